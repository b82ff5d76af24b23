"""Facts come back as they were recorded, as known at an instant, to whom may see them, in one statement."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import chain

import pytest

from api.interchange import import_folder
from api.store.watching import watch_statements
from entitlements.facts import Facts, License
from schema.store import Viewer, ViewerKind
from tests.api.folders import NOW, SMALL, export, license_of, load, loaded, renamed
from tests.builders import GUIDE
from tests.strategies import contracts, examples_of

INTERNAL = Viewer(ViewerKind.INTERNAL)
ACME = Viewer(ViewerKind.CUSTOMER, "ACME")
BETA = Viewer(ViewerKind.CUSTOMER, "BETA")
PARTNER = Viewer(ViewerKind.PARTNER, "PART")
ALL = ["B-1", "B-2", "M-1"]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def statements(database):
    """Every statement that the database is sent."""
    sent: list[str] = []

    def note(statement):
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    watch_statements(database, note, lambda _token, _failure: None)
    return sent


def nameless(facts: Facts) -> Facts:
    """Facts without what the store itself assigns, in an order of their own."""
    nobody = date(1, 1, 1)

    def license_(of: License) -> License:
        return replace(
            of,
            id=None,
            account=replace(of.account, id=None),
            product=replace(of.product, id=None, milestones=tuple(sorted(of.product.milestones, key=repr))),
            base=license_(of.base) if of.base else None,
            terms=tuple(sorted(of.terms, key=repr)),
            options=tuple(sorted(of.options, key=repr)),
        )

    charges = sorted((replace(one, order_date=nobody) for one in facts.charges), key=repr)
    dependents = sorted((license_(one) for one in facts.dependents), key=repr)
    assert facts.license is not None
    return Facts(license_(facts.license), (), tuple(dependents), tuple(charges))


async def test_generated_contracts_come_back_as_they_were_imported(database, store, tmp_path):
    given = [renamed(facts, number) for number, facts in enumerate(examples_of(contracts(), 120))]
    report = await import_folder(database, export(given, tmp_path / "in"), now=NOW, guide=GUIDE)
    assert report.is_loaded, "\n".join(map(str, report.errors))
    found = await store.facts_by_serial(INTERNAL, [license_of(facts).serial for facts in given], NOW)
    assert len(found) == len(given)
    for facts in given:
        assert nameless(found[license_of(facts).serial]) == nameless(facts)


async def test_a_charge_has_the_date_of_its_order_wherever_the_order_stands_in_the_contract(database, store, tmp_path):
    charges = "reference,order_reference,serial,amount,currency,due_on\nINV-1,PO-1,M-1,100.50,EUR,2021-03-31\n"
    await loaded(database, tmp_path, **SMALL, charges=charges)
    found = await store.facts_by_serial(INTERNAL, ["B-1"], NOW)
    [charge] = found["B-1"].charges
    assert (charge.amount, charge.serial, charge.order_date) == (Decimal("100.50"), "M-1", date(2021, 2, 1))


async def test_one_licence_and_a_thousand_take_one_statement(database, store, tmp_path, statements):
    serials = [f"S-{number:04}" for number in range(1000)]
    rows = "".join(f"{serial},ACME,FAX,2020-01-01\n" for serial in serials)
    licenses = f"serial,account,product,effective_on\n{rows}"
    files = {"accounts": SMALL["accounts"], "products": SMALL["products"], "licenses": licenses}
    await loaded(database, tmp_path, **files)
    await store.facts_by_serial(INTERNAL, serials[:1], NOW)  # what is the same for every licence is kept from now on
    counts = []
    for asked in (serials[1:2], serials):
        statements.clear()
        assert len(await store.facts_by_serial(INTERNAL, asked, NOW)) == len(asked)
        counts.append(len(statements))
    assert counts == [1, 1]


async def test_ids_and_serials_lead_to_the_same_facts(database, store, tmp_path):
    await loaded(database, tmp_path, **SMALL)
    by_serial = await store.facts_by_serial(INTERNAL, ALL, NOW)
    by_id = await store.facts_by_id(INTERNAL, [facts.license.id for facts in by_serial.values()], NOW)
    assert sorted(by_serial) == ALL
    assert {facts.license.serial: facts for facts in by_id.values()} == by_serial


async def test_a_base_and_its_dependent_share_their_contract(database, store, tmp_path):
    await loaded(database, tmp_path, **SMALL)
    found = await store.facts_by_serial(INTERNAL, ALL, NOW)
    assert found["M-1"].license.base == found["B-1"].license
    assert found["M-1"].dependents == found["B-1"].dependents == (found["M-1"].license,)
    assert found["B-2"].dependents == ()


VIEWERS = [
    (INTERNAL, ["B-1", "B-2", "M-1"]),
    (ACME, ["B-1", "M-1"]),
    (BETA, ["B-2"]),
    (PARTNER, ["B-1", "M-1"]),
    (Viewer(ViewerKind.CUSTOMER, "PART"), []),
    (Viewer(ViewerKind.PARTNER, "ACME"), ["B-1", "M-1"]),
    (Viewer(ViewerKind.CUSTOMER, "NOBODY"), []),
    (Viewer(ViewerKind.CUSTOMER, None), []),
]


async def test_a_viewer_gets_the_licences_it_may_see_and_no_sign_of_others(database, store, tmp_path):
    await loaded(database, tmp_path, **SMALL)
    for viewer, seen in VIEWERS:
        assert sorted(await store.facts_by_serial(viewer, [*ALL, "NONE"], NOW)) == seen, viewer


# ---------------------------------------------------------------- known time


async def test_what_was_known_at_an_instant_is_answered_whatever_came_after(database, store, tmp_path):
    first, later = at("2024-01-01T10:00"), at("2024-06-01T10:00")
    await loaded(database, tmp_path, first, **SMALL)
    before = await store.facts_by_serial(INTERNAL, ALL, first)
    withdrawn = "order_reference,serial,plan,starts_on,expires_on,kind\nPO-1,B-1,,,,\n"
    charges = "reference,serial,amount,currency,due_on\nINV-1,B-1,10,EUR,2024-05-01\n"
    milestones = "product,kind,on\nFAX,END_OF_SUPPORT,2025-12-31\n"
    options = "serial,feature,starts_on\nB-1,DELIVERY_ON_SITE,2024-01-01\n"
    retired = "serial,account,product,effective_on,retired_on\nB-1,ACME,FAX,2020-03-01,2024-12-31\n"
    await loaded(
        database, tmp_path, later, coverage=withdrawn, charges=charges, milestones=milestones, options=options,
        licenses=retired,
    )  # fmt: skip
    assert await store.facts_by_serial(INTERNAL, ALL, first) == before
    assert await store.facts_by_serial(INTERNAL, ALL, later - timedelta(microseconds=1)) == before
    known = (await store.facts_by_serial(INTERNAL, ALL, later))["B-1"]
    assert (known.license.terms, len(known.charges), len(known.license.options)) == ((), 1, 1)
    assert (known.license.retired_on, len(known.license.product.milestones)) == (date(2024, 12, 31), 1)
    assert await store.facts_by_serial(INTERNAL, ALL, first - timedelta(microseconds=1)) == {}


async def test_a_base_that_was_not_known_yet_covers_nothing_of_its_dependent(database, store, tmp_path):
    licenses = (
        "serial,account,product,base,effective_on,recorded_at\n"
        "M-1,ACME,FAX-HA,B-1,2020-06-01,2024-01-01T00:00:00Z\nB-1,ACME,FAX,,2020-03-01,2024-06-01T00:00:00Z\n"
    )
    await loaded(database, tmp_path, **{**SMALL, "licenses": licenses})
    found = await store.facts_by_serial(INTERNAL, ["M-1", "B-1"], at("2024-03-01T00:00"))
    assert list(found) == ["M-1"]
    base = found["M-1"].license.base
    assert (base.serial, base.effective_on, base.terms) == ("B-1", None, ())


async def test_an_account_and_a_product_not_known_yet_are_answered_as_first_recorded(database, store, tmp_path):
    accounts = (
        "reference,name,theater,recorded_at\n"
        "ACME,Acme,EUROPE,2024-06-01T00:00:00Z\nACME,Acme and Sons,AMERICAS,2025-01-01T00:00:00Z\n"
    )
    products = "code,name,kind,recorded_at\nFAX,Fax,BASE,2024-06-01T00:00:00Z\n"
    licenses = "serial,account,product,effective_on,recorded_at\nB-1,ACME,FAX,2020-03-01,2024-01-01T00:00:00Z\n"
    await loaded(database, tmp_path, accounts=accounts, products=products, licenses=licenses)
    for known_at, name in (("2024-02-01", "Acme"), ("2024-07-01", "Acme"), ("2025-02-01", "Acme and Sons")):
        found = await store.facts_by_serial(INTERNAL, ["B-1"], at(known_at))
        assert (found["B-1"].license.account.name, found["B-1"].license.product.name) == (name, "Fax")


async def test_a_version_in_between_is_known_from_its_instant_until_just_before_the_next(database, store, tmp_path):
    licenses = (
        "serial,account,product,quantity,effective_on,recorded_at\n"
        "B-1,ACME,FAX,1,2020-03-01,2024-01-01T00:00:00+02:00\n"
        "B-1,ACME,FAX,5,2020-03-01,2024-02-01T00:00:00.250Z\n"
        "B-1,ACME,FAX,9,2020-03-01,2024-03-01T00:00:00Z\n"
    )
    await loaded(database, tmp_path, **{**SMALL, "licenses": licenses})
    turns = {
        "2023-12-31T21:59:59.999999": None, "2023-12-31T22:00:00": 1, "2024-02-01T00:00:00.249999": 1,
        "2024-02-01T00:00:00.250": 5, "2024-02-29T23:59:59.999999": 5, "2024-03-01T00:00:00": 9,
    }  # fmt: skip
    for known_at, quantity in turns.items():
        found = await store.facts_by_serial(INTERNAL, ["B-1"], at(known_at))
        assert (found["B-1"].license.quantity if found else None) == quantity


# ---------------------------------------------------------------- who may see is judged now

MOVED = (
    "serial,account,product,base,quantity,effective_on\nB-1,BETA,FAX,,1,2020-03-01\nM-1,BETA,FAX-HA,B-1,2,2020-06-01\n"
)


async def test_a_licence_that_moved_is_its_new_accounts_with_its_whole_history(database, store, tmp_path):
    first, later = at("2024-01-01T10:00"), at("2024-06-01T10:00")
    charges = "reference,serial,amount,currency,due_on\nINV-1,B-1,10,EUR,2024-05-01\n"
    await loaded(database, tmp_path, first, **SMALL, charges=charges)
    await loaded(database, tmp_path, later, licenses=MOVED)
    for known_at in (first, later):
        assert await store.facts_by_serial(ACME, ["B-1", "M-1"], known_at) == {}
        assert await store.facts_by_serial(PARTNER, ["B-1", "M-1"], known_at) == {}
        found = await store.facts_by_serial(BETA, ["B-1", "M-1"], known_at)
        assert sorted(found) == ["B-1", "M-1"]
        assert {facts.license.account.reference for facts in found.values()} == {"BETA"}
        assert [len(facts.charges) for facts in found.values()] == [1, 1]


async def test_who_may_see_the_former_holder_is_still_told_of_it(database, store, tmp_path):
    first, later = at("2024-01-01T10:00"), at("2024-06-01T10:00")
    await loaded(database, tmp_path, first, **SMALL)
    before = await store.facts_by_serial(INTERNAL, ["B-1", "M-1"], first)
    await loaded(database, tmp_path, later, licenses=MOVED)
    assert await store.facts_by_serial(INTERNAL, ["B-1", "M-1"], first) == before
    found = await store.facts_by_serial(INTERNAL, ["B-1"], later)
    assert found["B-1"].license.account.reference == "BETA"
    of_then = [await store.account_license_ids(INTERNAL, one, first, date(2024, 1, 1)) for one in ("ACME", "BETA")]
    of_now = [await store.account_license_ids(INTERNAL, one, later, date(2024, 1, 1)) for one in ("ACME", "BETA")]
    assert ([len(ids) for ids in of_then], [len(ids) for ids in of_now]) == ([2, 1], [0, 3])


async def test_a_former_partner_sees_nothing_and_is_named_to_nobody_it_is_not_known_to(database, store, tmp_path):
    first, later = at("2024-01-01T10:00"), at("2024-06-01T10:00")
    await loaded(database, tmp_path, first, **SMALL)
    accounts = "reference,name,partner,country,theater\nACME,Acme SpA,NEXT,IT,EUROPE\nNEXT,Next,,FR,EUROPE\n"
    await loaded(database, tmp_path, later, accounts=accounts)
    assert await store.facts_by_serial(PARTNER, ["B-1"], first) == {}
    successor = await store.facts_by_serial(Viewer(ViewerKind.PARTNER, "NEXT"), ["B-1"], first)
    assert successor["B-1"].license.account.partner.reference == "NEXT"
    internal = await store.facts_by_serial(INTERNAL, ["B-1"], first)
    assert internal["B-1"].license.account.partner.reference == "PART"


async def test_licences_of_an_account_leave_out_those_retired_before_the_day(database, store, tmp_path):
    licenses = (
        "serial,account,product,effective_on,retired_on\n"
        "Z-1,ACME,FAX,2020-03-01,\nA-1,ACME,FAX,2020-03-01,2024-12-31\nB-2,BETA,CALL,2020-03-01,\n"
    )
    await loaded(database, tmp_path, **{**SMALL, "licenses": licenses, "coverage": "order_reference,serial\n"})
    found = await store.facts_by_serial(INTERNAL, ["A-1", "Z-1"], NOW)
    a, z = found["A-1"].license.id, found["Z-1"].license.id
    assert await store.account_license_ids(ACME, "ACME", NOW, date(2024, 12, 31)) == (a, z)
    assert await store.account_license_ids(ACME, "ACME", NOW, date(2025, 1, 1)) == (z,)
    assert await store.account_license_ids(BETA, "ACME", NOW, date(2024, 1, 1)) == ()


# ---------------------------------------------------------------- the catalogue and accounts


async def test_products_are_answered_by_code_and_id_with_the_milestones_known_then(database, store, tmp_path):
    first, later = at("2024-01-01T10:00"), at("2024-06-01T10:00")
    milestones = (
        "product,version,kind,on,source\nFAX,,END_OF_SALE,2025-01-01,notice\nFAX,Winter '20,END_OF_FIXES,2024-01-01,\n"
    )
    await loaded(database, tmp_path, first, **SMALL, milestones=milestones)
    await loaded(database, tmp_path, later, milestones="product,version,kind,on\nFAX,,END_OF_SALE,\n")
    products = await store.products_by_code(["FAX", "CALL", "NONE"], first)
    assert sorted(products) == ["CALL", "FAX"]
    assert [(one.kind, one.version) for one in products["FAX"].milestones] == [
        ("END_OF_FIXES", "Winter '20"), ("END_OF_SALE", None),
    ]  # fmt: skip
    fax = products["FAX"].id
    assert len((await store.products_by_id([fax], later))[fax].milestones) == 1


async def test_releases_are_answered_by_date_as_known(database, store, tmp_path):
    releases = (
        "name,season,year,released_on,recorded_at\n"
        "Spring '26,SPRING,2026,2026-05-11,2026-05-01T00:00:00Z\nWinter '26,WINTER,2026,2026-01-19,\n"
    )
    await loaded(database, tmp_path, **SMALL, releases=releases)
    assert [release.name for release in await store.releases(NOW)] == ["Winter '26", "Spring '26"]
    assert [release.name for release in await store.releases(at("2026-04-30T00:00"))] == ["Winter '26"]


async def test_accounts_are_found_by_reference_and_id_as_far_as_a_viewer_may_see(database, store, tmp_path):
    await loaded(database, tmp_path, **SMALL)
    found = await store.accounts_by_reference(INTERNAL, ["ACME", "BETA", "NONE"])
    assert sorted(found) == ["ACME", "BETA"]
    assert found["ACME"].partner.name == "Partner"
    ids = [account.id for account in found.values()]
    for viewer, seen in ((PARTNER, ["ACME"]), (BETA, ["BETA"]), (INTERNAL, ["ACME", "BETA"])):
        assert sorted(one.reference for one in (await store.accounts_by_id(viewer, ids)).values()) == seen
        assert sorted(await store.accounts_by_reference(viewer, ["ACME", "BETA"])) == seen


async def test_text_of_every_script_and_quote_comes_back(database, store, tmp_path):
    name = 'Œuvre "d\'été" 漢字 🙂 \\ % _; , été'
    accounts = 'reference,name,theater\nACME,"' + name.replace('"', '""') + '",EUROPE\n'
    await loaded(database, tmp_path, **{**SMALL, "accounts": accounts, "licenses": MOVED.replace("BETA", "ACME")})
    found = await store.facts_by_serial(INTERNAL, ["B-1"], NOW)
    assert found["B-1"].license.account.name == name


async def test_nothing_is_asked_of_many_kinds_without_an_answer(database, store, tmp_path):
    report = await load(database, tmp_path)
    assert report.is_loaded
    assert await store.facts_by_serial(INTERNAL, [], NOW) == {}
    assert await store.facts_by_id(INTERNAL, [], NOW) == {}
    assert list(chain(await store.releases(NOW), await store.products_by_code(["X"], NOW))) == []
