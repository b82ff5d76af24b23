"""A portfolio is read contract by contract, in bounded steps, as known at an instant, by whom may see it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from api.store import portfolio
from schema.store import Portfolio, Viewer, ViewerKind
from tests.api.folders import NOW, loaded

INTERNAL = Viewer(ViewerKind.INTERNAL)
PARTNER = Viewer(ViewerKind.PARTNER, "PART")
BETA = Viewer(ViewerKind.CUSTOMER, "BETA")
EARLY = datetime(2021, 1, 1, tzinfo=UTC)

FILES: dict[str, Any] = {
    "accounts": (
        "reference,name,partner,country,theater,recorded_at\n"
        "ACME,Acme,PART,IT,EUROPE,\nBETA,Beta,,DE,EUROPE,\nPART,Partner,,FR,EUROPE,\n"
        "BETA,Beta,PART,DE,EUROPE,2022-01-01T00:00:00Z\nBETA,Beta,,DE,EUROPE,2023-01-01T00:00:00Z\n"
    ),
    "products": "code,name,kind,family,bases\nFAX,Fax,BASE,F,\nFAX-HA,Fax HA,REDUNDANCY,F,FAX\n",
    "licenses": (
        "serial,account,product,base,effective_on,recorded_at\n"
        + "".join(f"A-{n},ACME,FAX,,2020-03-01,2020-03-01T00:00:00Z\n" for n in range(8))
        + "A-0-HA,ACME,FAX-HA,A-0,2020-06-01,2020-06-01T00:00:00Z\n"
        + "B-1,BETA,FAX,,2024-03-01,2024-03-01T00:00:00Z\n"
    ),
    "charges": (
        "reference,order_reference,serial,amount,currency,due_on,paid_on,recorded_at\n"
        "CH-1,,A-1,10.00,EUR,2021-01-01,,2020-12-01T00:00:00Z\n"
        "CH-2,,A-0-HA,10.00,EUR,2021-01-01,,2020-12-01T00:00:00Z\n"
        "CH-3,,B-1,10.00,EUR,2025-01-01,,2024-12-01T00:00:00Z\n"
    ),
}
ALL = [*(f"A-{n}" for n in range(8)), "B-1"]


@pytest.fixture
async def filled(database, store, tmp_path, monkeypatch):
    monkeypatch.setattr(portfolio, "CHUNK", 3)
    await loaded(database, tmp_path, **FILES)
    return store


async def bases(store, chosen, viewer=INTERNAL, after=None):
    """The serials of the contracts' bases, in steps."""
    return [[one.facts.license.serial for one in some] async for some in store.contracts(viewer, chosen, after)]


async def serials(store, chosen, viewer=INTERNAL):
    found = [serial for some in await bases(store, chosen, viewer) for serial in some]
    assert await store.count_contracts(viewer, chosen) == len(found)
    return sorted(found)


async def test_every_contract_comes_once_with_its_dependents_in_steps_that_are_bounded(filled):
    steps = await bases(filled, Portfolio(NOW))
    assert [len(step) for step in steps] == [3, 3, 3]
    assert sorted(serial for step in steps for serial in step) == ALL
    known = [one.facts async for some in filled.contracts(INTERNAL, Portfolio(NOW)) for one in some]
    ids = [one.license.id for one in known]
    assert ids == sorted(ids)
    assert [[d.serial for d in one.dependents] for one in known if one.license.serial == "A-0"] == [["A-0-HA"]]


async def test_it_can_be_taken_up_again_after_any_contract(filled):
    known = [one.facts async for some in filled.contracts(INTERNAL, Portfolio(NOW)) for one in some]
    for place, one in enumerate(known):
        rest = await bases(filled, Portfolio(NOW), after=one.license.id)
        assert [serial for step in rest for serial in step] == [later.license.serial for later in known[place + 1 :]]


async def test_a_pass_costs_two_statements_however_many_contracts_there_are(database, filled):
    sent: list[str] = []
    event.listen(
        database.engine.sync_engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_rest: sent.append(statement),
    )
    assert len(await bases(filled, Portfolio(NOW))) == 3
    selects = [one for one in sent if one.lstrip().upper().startswith(("SELECT", "WITH"))]
    assert len(selects) == 2


async def test_it_is_read_as_known_then_by_whom_may_see_it_now(filled):
    assert await serials(filled, Portfolio(EARLY)) == ALL[:-1]
    assert await serials(filled, Portfolio(NOW), PARTNER) == ALL[:-1]
    assert await serials(filled, Portfolio(NOW), BETA) == ["B-1"]
    assert await serials(filled, Portfolio(EARLY), BETA) == []


async def test_what_is_chosen_is_there_and_a_partner_of_then_is_kept(filled):
    assert await serials(filled, Portfolio(NOW, account="BETA")) == ["B-1"]
    assert await serials(filled, Portfolio(NOW, account="NOBODY")) == []
    assert await serials(filled, Portfolio(NOW, partner="PART")) == ALL  # BETA was once: the report looks closer


async def test_contracts_without_charges_can_be_left_out(filled):
    assert await serials(filled, Portfolio(NOW, charged=True)) == ["A-0", "A-1", "B-1"]
    assert await serials(filled, Portfolio(EARLY, charged=True)) == ["A-0", "A-1"]
    assert await serials(filled, Portfolio(EARLY - timedelta(days=60), charged=True)) == []


async def test_contracts_that_end_elsewhere_can_be_left_out(filled):
    assert await serials(filled, Portfolio(NOW, expiring=(date(2021, 2, 28), date(2021, 2, 28)))) == ALL[:-1]
    assert await serials(filled, Portfolio(NOW, expiring=(date(2025, 2, 28), date(2026, 1, 1)))) == ["B-1"]
    assert await serials(filled, Portfolio(NOW, expiring=(date(2030, 1, 1), date.max))) == []
