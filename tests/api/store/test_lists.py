"""Lists: the same order on both engines, pages both ways, filters and searches, all as the rules say of a day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from api.interchange import import_folder
from entitlements.coverage import CoverageState, coverage_on
from schema.store import LicenseFilter, LicenseOrder, PageRequest, Viewer, ViewerKind
from tests.api.folders import NOW, SMALL, export, license_of, loaded, renamed
from tests.builders import GUIDE
from tests.strategies import contracts, examples_of

INTERNAL = Viewer(ViewerKind.INTERNAL)
DAY = date(2022, 4, 1)


async def all_pages(store, viewer, chosen, order, size, *, backwards=False):
    """Every item of a list, page by page; checks what each page says of its neighbours."""
    found: list = []
    request = PageRequest(last=size) if backwards else PageRequest(first=size)
    while True:
        page = await store.licenses(viewer, chosen, order, request)
        items = list(page.items)
        assert (page.has_previous if not backwards else page.has_next) == bool(found)
        found = items + found if backwards else found + items
        if not (page.has_previous if backwards else page.has_next):
            return found
        assert len(items) == size
        key = items[0][0] if backwards else items[-1][0]
        request = PageRequest(last=size, before=key) if backwards else PageRequest(first=size, after=key)


async def serials_of(store, chosen, order=LicenseOrder.SERIAL, viewer=INTERNAL) -> list[str]:
    return [key[-1] for key, _ in await all_pages(store, viewer, chosen, order, 500)]


@pytest.fixture
async def generated(database, store, tmp_path):
    """Sixty generated contracts in a database, and every licence of them."""
    given = [renamed(facts, number) for number, facts in enumerate(examples_of(contracts(), 60))]
    report = await import_folder(database, export(given, tmp_path / "in"), now=NOW, guide=GUIDE)
    assert report.is_loaded, "\n".join(map(str, report.errors))
    found = {}
    for facts in given:
        for license in (license_of(facts).contract_base, license_of(facts), *facts.dependents):
            found[license.serial] = license
    return found


def days_of(licenses) -> Sequence[date]:
    """Days spread over the histories, and those about the ends of some."""
    spread = [date(2014, 6, 1) + timedelta(days=step) for step in range(0, 8000, 700)]
    near = [
        license.terms[0].expires_on + timedelta(days=step)
        for license in [one for one in licenses if one.terms][:6]
        for step in (0, 1, 120, 121)
    ]
    return [*spread, *near]


async def test_lists_agree_with_the_rules_on_state_plan_and_expiry_of_every_day(store, generated):
    for day in days_of(generated.values()):
        expected = {serial: coverage_on(license, day, GUIDE) for serial, license in generated.items()}
        for state in CoverageState:
            of_state = sorted(serial for serial, one in expected.items() if one.state is state)
            assert await serials_of(store, LicenseFilter(day, state=state)) == of_state
            assert await store.count_licenses(INTERNAL, LicenseFilter(day, state=state)) == len(of_state)
        for plan in ("BASIC", "GOLD", "PLATINUM"):
            of_plan = sorted(serial for serial, one in expected.items() if one.period and one.period.plan == plan)
            assert await serials_of(store, LicenseFilter(day, plan=plan)) == of_plan
        ends = {serial: one.expires_on for serial, one in expected.items()}
        by_expiry = sorted(ends, key=lambda serial: (ends[serial] or date.max, serial))
        assert await serials_of(store, LicenseFilter(day), LicenseOrder.EXPIRES_ON) == by_expiry
        first, last = day - timedelta(days=200), day + timedelta(days=200)
        within = sorted(serial for serial, end in ends.items() if end and first <= end <= last)
        assert await serials_of(store, LicenseFilter(day, expires_from=first, expires_to=last)) == within
        ended = sorted(serial for serial, end in ends.items() if end and end <= day)
        assert await serials_of(store, LicenseFilter(day, expires_to=day)) == ended


async def test_pages_forwards_and_backwards_hold_every_licence_once(store, generated):
    chosen = LicenseFilter(DAY)
    assert await store.count_licenses(INTERNAL, chosen) == len(generated)
    for order, size in product(LicenseOrder, [1, 7, 500]):
        forwards = await all_pages(store, INTERNAL, chosen, order, size)
        backwards = await all_pages(store, INTERNAL, chosen, order, size, backwards=True)
        assert forwards == backwards
        assert sorted(key[-1] for key, _ in forwards) == sorted(generated)


async def test_a_page_between_two_keys_knows_that_there_is_more_on_either_side(store, generated):
    every = await all_pages(store, INTERNAL, LicenseFilter(DAY), LicenseOrder.EXPIRES_ON, 500)
    request = PageRequest(first=3, after=every[4][0], before=every[20][0])
    page = await store.licenses(INTERNAL, LicenseFilter(DAY), LicenseOrder.EXPIRES_ON, request)
    assert ([*page.items], page.has_next, page.has_previous) == (every[5:8], True, True)
    request = replace(request, first=None, last=50)
    page = await store.licenses(INTERNAL, LicenseFilter(DAY), LicenseOrder.EXPIRES_ON, request)
    assert ([*page.items], page.has_next, page.has_previous) == (every[5:20], True, True)


async def test_a_page_of_none_only_says_whether_there_is_anything(store, generated):
    page = await store.licenses(INTERNAL, LicenseFilter(DAY), LicenseOrder.SERIAL, PageRequest(first=0))
    assert (page.items, page.has_next, page.has_previous) == ((), True, False)
    nothing = LicenseFilter(DAY, account="NOBODY")
    page = await store.licenses(INTERNAL, nothing, LicenseOrder.SERIAL, PageRequest(first=0))
    assert (page.items, page.has_next, page.has_previous) == ((), False, False)


async def test_a_page_needs_one_size(store):
    for request in (PageRequest(), PageRequest(first=1, last=1), PageRequest(first=-1)):
        with pytest.raises(ValueError, match="either a first or a last"):
            await store.licenses(INTERNAL, LicenseFilter(DAY), LicenseOrder.SERIAL, request)


async def test_a_key_of_another_list_is_refused(store):
    by_expiry, by_serial = LicenseOrder.EXPIRES_ON, LicenseOrder.SERIAL
    for order, key in ((by_expiry, ("B-1",)), (by_expiry, ("x", "B-1")), (by_serial, (None,)), (by_serial, ("a", "b"))):
        with pytest.raises(ValueError, match=r"a key|isoformat"):
            await store.licenses(INTERNAL, LicenseFilter(DAY), order, PageRequest(first=1, after=key))


@pytest.fixture
async def small(database, store, tmp_path):
    await loaded(database, tmp_path, **SMALL)
    return store


FILTERS: list[tuple[dict, list[str]]] = [
    ({}, ["B-1", "B-2", "M-1"]),
    ({"account": "ACME"}, ["B-1", "M-1"]),
    ({"account": "acme"}, []),
    ({"product": "FAX"}, ["B-1"]),
    ({"product": "NONE"}, []),
    ({"account": "BETA", "product": "FAX"}, []),
    ({"search": "m-1"}, ["M-1"]),
    ({"search": "ACME S"}, ["B-1", "M-1"]),
    ({"search": "eta"}, ["B-2"]),
    ({"search": "partner"}, []),
    ({"search": ""}, ["B-1", "B-2", "M-1"]),
    ({"state": CoverageState.EXPIRED_RENEWABLE}, ["B-1"]),
    ({"state": CoverageState.EXPIRED_LATE}, ["B-2"]),
    ({"state": CoverageState.BASE_NOT_COVERED}, ["M-1"]),
    ({"expires_from": date(2022, 2, 28), "expires_to": date(2022, 2, 28)}, ["B-1", "M-1"]),
    ({"plan": "GOLD"}, []),
    ({"plan": "GOLD", "on": date(2022, 2, 28)}, ["B-1", "M-1"]),
]


async def test_a_filter_holds_what_it_names(small):
    for chosen, found in FILTERS:
        assert await serials_of(small, LicenseFilter(**{"on": DAY, **chosen})) == found, chosen
        assert await small.count_licenses(INTERNAL, LicenseFilter(**{"on": DAY, **chosen})) == len(found), chosen


VIEWERS = [
    (Viewer(ViewerKind.CUSTOMER, "BETA"), ["B-2"]),
    (Viewer(ViewerKind.PARTNER, "PART"), ["B-1", "M-1"]),
    (Viewer(ViewerKind.CUSTOMER, "PART"), []),
]


async def test_a_list_holds_only_what_its_viewer_may_see(small):
    for (viewer, found), order in product(VIEWERS, LicenseOrder):
        assert sorted(await serials_of(small, LicenseFilter(DAY), order, viewer)) == found, viewer
        assert await small.count_licenses(viewer, LicenseFilter(DAY)) == len(found), viewer


async def test_nothing_in_a_search_stands_for_other_characters(database, store, tmp_path):
    serials = ["A%B", "A_B", "AxB", "A\\B", "ÀÉß", "a'b"]
    rows = "".join(f"{serial},ACME,FAX\n" for serial in serials)
    await loaded(
        database,
        tmp_path,
        **{**SMALL, "licenses": f"serial,account,product\n{rows}", "coverage": "order_reference,serial\n"},
    )
    for search, found in {
        "%": ["A%B"], "_": ["A_B"], "a\\b": ["A\\B"], "àé": ["ÀÉß"], "SS": ["ÀÉß"], "'": ["a'b"], "X": ["AxB"],
        "\N{COMBINING GRAVE ACCENT}": [], "a\N{COMBINING GRAVE ACCENT}é": ["ÀÉß"],
    }.items():  # fmt: skip
        assert await serials_of(store, LicenseFilter(DAY, search=search)) == sorted(found), search


async def test_serials_are_ordered_by_their_bytes_on_every_engine(database, store, tmp_path):
    serials = ["a", "B", "_", "-", "é", "Z", "z9", "z10", "漢", "A-1", "A1", "ÿ", "🙂"]
    rows = "".join(f"{serial},ACME,FAX\n" for serial in serials)
    await loaded(
        database,
        tmp_path,
        **{**SMALL, "licenses": f"serial,account,product\n{rows}", "coverage": "order_reference,serial\n"},
    )
    assert await serials_of(store, LicenseFilter(DAY)) == sorted(serials, key=str.encode)


async def test_accounts_are_paged_by_reference_and_searched_by_name(small):
    async def references(search, request, viewer=INTERNAL):
        page = await small.accounts(viewer, search, request)
        return [key[0] for key, _ in page.items], page.has_next, page.has_previous

    assert await references(None, PageRequest(first=2)) == (["ACME", "BETA"], True, False)
    assert await references(None, PageRequest(first=2, after=("BETA",))) == (["PART"], False, True)
    assert await references(None, PageRequest(last=1)) == (["PART"], False, True)
    assert await references("acme sp", PageRequest(first=9)) == (["ACME"], False, False)
    assert await references("%", PageRequest(first=9)) == ([], False, False)
    assert await references(None, PageRequest(first=9), Viewer(ViewerKind.PARTNER, "PART")) == (
        ["ACME", "PART"],
        False,
        False,
    )
    assert [await small.count_accounts(INTERNAL, search) for search in (None, "a", "acme")] == [3, 3, 1]


async def test_a_list_follows_what_is_recorded_later(database, small, tmp_path):
    renewal = "order_reference,serial,plan,starts_on,expires_on,kind\nPO-2,B-1,PLATINUM,2022-03-01,2023-02-28,RENEWED\n"
    await loaded(database, tmp_path, NOW + timedelta(days=1), coverage=renewal)
    assert await serials_of(small, LicenseFilter(DAY, plan="PLATINUM")) == ["B-1", "M-1"]
    ending = "product,kind,on\nFAX,END_OF_SUPPORT,2022-03-31\n"
    await loaded(database, tmp_path, NOW + timedelta(days=2), milestones=ending)
    assert await serials_of(small, LicenseFilter(DAY, state=CoverageState.END_OF_SUPPORT)) == ["B-1"]
    assert await serials_of(small, LicenseFilter(DAY, state=CoverageState.BASE_NOT_COVERED)) == ["M-1"]
    moved = "serial,account,product,base,effective_on\nB-1,BETA,FAX,,2020-03-01\nM-1,BETA,FAX-HA,B-1,2020-06-01\n"
    await loaded(database, tmp_path, NOW + timedelta(days=3), licenses=moved)
    assert await serials_of(small, LicenseFilter(DAY, account="BETA"), LicenseOrder.EXPIRES_ON) == ["B-2", "B-1", "M-1"]
