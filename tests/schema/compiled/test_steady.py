"""What is remembered of an outcome is what graphql-core answers, whoever asks for it, when and in which language."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.auth import INTERNAL
from api.deployment import deployed
from schema.checks import EntitlementDecision
from schema.compiled import operations as compiled
from schema.compiled.plans import Plan
from schema.root import Schema
from schema.scopes import Scope
from tests import strategies
from tests.ordering import CUSTOMER, PARTNER, fill
from tests.portfolio import NOW, settings_in
from tests.queries import SCHEMA, SERIALS, selections

PLAIN, COMPILED = Schema(compiled=False), Schema()


def plan_of(text: str) -> Plan | None:
    plans = COMPILED.documents.read(text).plans
    return plans.of(None) if plans is not None else None


TYPE = SCHEMA._schema.type_map["EntitlementDecision"]
WITHOUT_AMOUNTS = replace(INTERNAL, scopes=frozenset({Scope.ENTITLEMENTS_CHECK}))
VIEWERS = [INTERNAL, WITHOUT_AMOUNTS, PARTNER, CUSTOMER]
ASKED = [
    (viewer, language, days)
    for viewer in VIEWERS
    for language in ("en", "ar")
    for days in (0, 400)
    if viewer is not None
]


INNER = {"plan": "Plan", "coverage": "CoveragePeriod", "reasons": "Reason"}
WHOLE = """entitled verdict stableUntil
plan { code name features { name } }
coverage { plan { name } startsOn expiresOn source cutBy { kind } clauses { id summary reads { summary } } }
reasons { code blocking message facts { name value } redactions { field message } clause { summary section } }"""


def question(serial: str, selection: str) -> str:
    """A check of a licence at an instant that is always the same."""
    asked = f'{{license: {{serial: "{serial}"}}, at: "2026-03-11T09:00:00Z"}}'
    return f"{{ entitlementCheck(input: {asked}) {{ {selection} }} }}"


@st.composite
def questions(draw: st.DrawFn) -> str:
    """A check of one licence with any of its steady fields."""
    steady = sorted(EntitlementDecision.steady.fields)
    chosen = draw(st.lists(st.sampled_from(steady), min_size=1, max_size=4, unique=True))
    parts = []
    for name in chosen:
        inner = draw(selections(SCHEMA._schema.type_map[INNER[name]], draw(st.integers(1, 3)))) if name in INNER else ""
        parts.append(f"{name} {{ {inner} }}" if inner else name)
    return question(draw(SERIALS), " ".join(parts))


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    settings = settings_in(tmp_path_factory.mktemp("steady"))
    fill(settings, tmp_path_factory.mktemp("files"))
    return settings


@pytest.fixture
def compare(filled, monkeypatch):
    """Asks a question for one caller after the other, by its plan and by graphql-core; says how often it had a plan."""
    monkeypatch.setattr(compiled, "FIRST", 0)

    async def compared(text: str, order: list) -> int:
        plan, count = plan_of(text), 0
        async with deployed(filled, lambda: NOW) as deployment:
            for viewer, language, days in order:
                context = replace(deployment.context(viewer, "the-request", language), now=NOW + timedelta(days))
                plain = await PLAIN.execute(text, context_value=context)
                if plan is not None and not plain.errors:
                    assert await plan.run(replace(context), plan.read(None), shares=True) == plain.data
                    count += 1
        return count

    return lambda text, order: asyncio.run(compared(text, order))


@pytest.mark.parametrize("serial", ["FAX-1", "FAX-2", "FAX-3", "NONE"])
@pytest.mark.parametrize("selection", [WHOLE, WHOLE.replace("features { name }", "")], ids=["with features", "without"])
def test_each_caller_is_answered_for_itself(compare, serial, selection):
    order = ASKED + ASKED[::-1]
    assert compare(question(serial, selection), order) == len(order)


@pytest.mark.parametrize("examples", [10, pytest.param(500, marks=pytest.mark.long)])
def test_what_is_remembered_for_one_caller_is_what_each_other_is_answered(compare, examples):
    counted: Counter[bool] = Counter()

    def check(text, order):
        counted[compare(text, order) == len(order)] += 1

    order = st.lists(st.sampled_from(ASKED), min_size=2, max_size=6)
    run = given(text=questions(), order=order)(check)
    strategies.settings(strategies.settings.get_profile("short"), max_examples=examples)(run)()
    assert counted[True] > counted[False]


def test_a_plan_asks_once_for_what_does_not_change_and_again_for_what_does(filled, monkeypatch):
    monkeypatch.setattr(compiled, "FIRST", 0)
    asked = '{ entitlementCheck(input: {license: {serial: "FAX-1"}}) { %s } }'
    alone, with_features = asked % "verdict reasons { code }", asked % "verdict plan { features { name } }"

    async def same(text: str) -> bool:
        async with deployed(filled, lambda: NOW) as deployment:
            plan = plan_of(text)
            assert plan is not None
            first, second = [
                await plan.run(deployment.context(INTERNAL), plan.read(None), shares=True) for _ in range(2)
            ]
            third = await plan.run(deployment.context(INTERNAL), plan.read(None))
            assert first == second == third
            assert third["entitlementCheck"] is not first["entitlementCheck"]
            return first["entitlementCheck"] is second["entitlementCheck"]

    assert asyncio.run(same(alone))
    assert not asyncio.run(same(with_features))
