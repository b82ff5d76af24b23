# pyright: reportOptionalMemberAccess=false
"""Facts kept in memory are never older than was chosen, and by default are not kept."""

import asyncio
from datetime import timedelta
from time import monotonic

import pytest

from api.auth import INTERNAL as OPERATOR
from api.deployment import Deployment, deployed
from api.settings import Settings
from api.store.read_model import ReadModel
from entitlements.facts import Facts
from schema.store import Viewer, ViewerKind
from tests.ordering import SCHEMA, Ticking
from tests.portfolio import NOW
from tests.recording import *  # noqa: F403 - fixtures are found by their names

INTERNAL = Viewer(ViewerKind.INTERNAL)
CUSTOMER = Viewer(ViewerKind.CUSTOMER, "BETA")
BOUND = 1.0
"""Seconds."""
HOLD = """mutation ($input: CorrectChargeInput!) { correctCharge(input: $input) { __typename } }"""
CHECK = """{ entitlementCheck(input: {license: {serial: "FAX-3"}}) { reasons { code } } }"""
FREE = {"idempotencyKey": "free", "charge": "CH-2", "dueOn": "2026-12-31", "reason": "agreed"}
HELD = {"idempotencyKey": "held", "charge": "CH-2", "dueOn": "2026-03-01", "reason": "withdrawn"}


async def is_held(deployment: Deployment) -> bool:
    found = await SCHEMA.execute(CHECK, context_value=deployment.context(OPERATOR))
    assert not found.errors
    assert found.data is not None
    return "PAYMENT_HOLD" in [reason["code"] for reason in found.data["entitlementCheck"]["reasons"]]


async def bring_about(deployment: Deployment, hold: dict) -> None:
    found = await SCHEMA.execute(HOLD, variable_values={"input": hold}, context_value=deployment.context(OPERATOR))
    assert found.data == {"correctCharge": {"__typename": "Charge"}}, found


async def test_what_another_process_changed_is_answered_once_the_bound_is_over_and_not_before(settings):
    """Read at 0 s, changed at once: at 1 s the hold is not told yet, and just after it is."""
    kept = settings.model_copy(update={"read_model_seconds": BOUND})
    clock = Ticking(NOW + timedelta(hours=1))
    async with deployed(settings, clock) as writes, deployed(kept, clock) as answers:
        now = 0.0
        answers.store.read_model.clock = lambda: now
        await bring_about(writes, FREE)
        assert not await is_held(answers)
        await bring_about(writes, HELD)
        now = BOUND
        assert not await is_held(answers)
        now = BOUND + 0.001
        assert await is_held(answers)


@pytest.mark.long
@pytest.mark.parametrize("bound", [0, BOUND])
def test_no_answer_is_wrong_that_is_asked_for_later_than_the_bound_after_a_committed_hold(settings, bound):
    """One process answers while another holds support: the last wrong answer was asked for within the bound."""
    asks = settings.model_copy(update={"read_model_seconds": bound})

    async def racing() -> tuple[float, int]:
        clock = Ticking(NOW + timedelta(hours=1))
        async with deployed(settings, clock) as writes, deployed(asks, clock) as answers:
            last_wrong = wrong = 0
            for round_ in range(3):
                await bring_about(writes, {**FREE, "idempotencyKey": f"free {round_}"})
                await asyncio.sleep(bound)
                assert not await is_held(answers)
                await bring_about(writes, {**HELD, "idempotencyKey": f"held {round_}"})
                committed = monotonic()
                while (began := monotonic()) < committed + bound + 0.1:
                    if not await is_held(answers):
                        last_wrong, wrong = max(last_wrong, began - committed), wrong + 1
                assert await is_held(answers)
            return last_wrong, wrong

    last_wrong, wrong = asyncio.run(racing())
    assert last_wrong <= bound
    assert wrong == 0 or bound


def test_what_a_process_changes_itself_it_answers_at_once(settings):
    kept = settings.model_copy(update={"read_model_seconds": 3600})

    async def changing() -> None:
        async with deployed(kept, Ticking(NOW)) as deployment:
            assert await is_held(deployment)
            await bring_about(deployment, FREE)
            assert not await is_held(deployment)

    asyncio.run(changing())


def test_what_is_kept_for_one_viewer_is_no_others_and_an_earlier_instant_is_read():
    model = ReadModel(10, clock=lambda: 0.0)
    model.keep(INTERNAL, {}, ["FAX-3"], 0.0, NOW)
    assert model.facts(INTERNAL, ["FAX-3"], NOW) == {}
    assert model.facts(CUSTOMER, ["FAX-3"], NOW) is None
    assert model.facts(INTERNAL, ["FAX-3", "FAX-1"], NOW) is None
    assert model.facts(INTERNAL, ["FAX-3"], NOW - timedelta(seconds=1)) is None


def test_as_many_are_kept_as_memory_was_given_for():
    model = ReadModel(10, clock=lambda: 0.0, most=2)
    for serial in ("A", "B", "C"):
        model.keep(INTERNAL, {serial: Facts(None)}, [serial], 0.0, NOW)
    assert model.facts(INTERNAL, ["A"], NOW) is None
    assert model.facts(INTERNAL, ["C"], NOW) == {}


def test_a_time_is_not_negative():
    with pytest.raises(ValueError, match="read_model_seconds"):
        Settings(read_model_seconds=-1)
