"""A request that has much to do lets others have their turn in between."""

import asyncio

import pytest

from api.auth import INTERNAL
from api.deployment import deployed
from schema.checks import AT_A_TIME
from schema.root import Schema
from tests.portfolio import NOW

QUESTION = {"license": {"serial": "FAX-1"}, "at": "2026-03-11T10:00:00Z", "service": "EXPERT"}


@pytest.mark.parametrize(
    ("selection", "count", "turns"),
    [
        ("verdict", 200, 200 // AT_A_TIME),
        ("conflicts { verdictOtherwise }", 60, 60),
        ("remedies { acts { kind } }", 60, 60),
    ],
)
def test_others_have_their_turn_while_a_batch_is_answered(portfolio, selection, count, turns):
    async def answered() -> int:
        taken = 0

        async def another() -> None:
            nonlocal taken
            while True:
                await asyncio.sleep(0)
                taken += 1

        checks = f"entitlementChecks(inputs: $inputs) {{ {selection} }}"
        document = f"query ($inputs: [EntitlementCheckInput!]!) {{ {checks} }}"
        schema = Schema()
        async with deployed(portfolio, lambda: NOW) as deployment:
            other = asyncio.create_task(another())
            # The first of two requests reads the document and the facts.
            for _ in range(2):
                taken = 0
                result = await schema.execute(
                    document, variable_values={"inputs": [QUESTION] * count}, context_value=deployment.context(INTERNAL)
                )
                assert not result.errors
            other.cancel()
        return taken

    assert asyncio.run(answered()) >= turns
