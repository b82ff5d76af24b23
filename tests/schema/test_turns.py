"""A request that has much to do lets others have their turn in between."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.auth import INTERNAL
from api.deployment import deployed
from entitlements.decisions import Decision
from schema import checks
from schema.checks import AT_A_TIME, WORK
from schema.root import Schema
from tests.portfolio import NOW

QUESTION = {"license": {"serial": "FAX-1"}, "service": "EXPERT"}
ASKED = 250


@pytest.fixture
def turn() -> list[int]:
    """Which turn of the others it is."""
    return [0]


@pytest.fixture
def worked(monkeypatch, turn) -> dict[str, Counter[int]]:
    """How often each part of an answer was worked out in each turn."""
    counted: dict[str, Counter[int]] = {"verdict": Counter(), "conflicts": Counter(), "remedies": Counter()}

    def counting(part: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def working(*arguments: Any) -> Any:
            counted[part][turn[0]] += 1
            return work(*arguments)

        return working

    conflicts = Decision.__dict__["conflicts"]
    monkeypatch.setattr(checks, "decide", counting("verdict", checks.decide))
    monkeypatch.setattr(checks, "_costed", counting("remedies", checks._costed))
    monkeypatch.setattr(Decision, "conflicts", property(counting("conflicts", conflicts.__get__)))
    return counted


@pytest.mark.parametrize(
    ("part", "selection", "apart", "most"),
    [
        ("verdict", "verdict", 0, AT_A_TIME),
        ("verdict", "verdict", 1, AT_A_TIME // WORK),
        ("conflicts", "conflicts { verdictOtherwise }", 0, 1),
        ("remedies", "remedies { acts { kind } }", 0, 1),
    ],
    ids=["verdicts that are remembered", "verdicts that are worked out", "conflicts", "remedies"],
)
def test_others_have_their_turn_while_a_batch_is_answered(portfolio, turn, worked, part, selection, apart, most):
    days = (datetime(2026, 1, 1, 10, tzinfo=UTC) + timedelta(days=apart * number) for number in range(ASKED))
    inputs = [QUESTION | {"at": at.isoformat()} for at in days]

    async def answer() -> None:
        async def others() -> None:
            while True:
                turn[0] += 1
                await asyncio.sleep(0)

        asked = f"query ($inputs: [EntitlementCheckInput!]!) {{ entitlementChecks(inputs: $inputs) {{ {selection} }} }}"
        async with deployed(portfolio, lambda: NOW) as deployment:
            waiting = asyncio.create_task(others())
            context = deployment.context(INTERNAL)
            result = await Schema().execute(asked, variable_values={"inputs": inputs}, context_value=context)
            waiting.cancel()
        assert not result.errors

    asyncio.run(answer())
    assert worked[part].total() == ASKED
    assert max(worked[part].values()) <= most
