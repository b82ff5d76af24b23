"""Lists: pages in both directions, filters, and what is refused."""

import pytest

LICENSES = """
query (
  $filter: LicenseFilter, $orderBy: LicenseOrder! = SERIAL, $first: Int, $after: String, $last: Int, $before: String
) {
  licenses(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { serial } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
  }
}
"""
ACCOUNTS = """
query ($search: String, $first: Int, $after: String) {
  accounts(search: $search, first: $first, after: $after) {
    edges { cursor node { reference } }
    pageInfo { hasNextPage endCursor }
    totalCount
  }
}
"""
BY_SERIAL = ["CALL-1", "FAX-1", "FAX-1-HA", "FAX-2", "FAX-3"]


def serials(page: dict) -> list[str]:
    return [edge["node"]["serial"] for edge in page["edges"]]


def test_a_list_is_by_serial_unless_told(data_of):
    page = data_of(LICENSES, first=50)["licenses"]
    assert serials(page) == BY_SERIAL
    assert page["totalCount"] == 5
    assert page["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": page["edges"][0]["cursor"],
        "endCursor": page["edges"][-1]["cursor"],
    }


@pytest.mark.parametrize("order", ["SERIAL", "EXPIRES_ON"])
def test_pages_forward_and_backward_hold_every_item_once(data_of, order):
    whole = serials(data_of(LICENSES, orderBy=order, first=100)["licenses"])
    forward, after = [], None
    backward, before = [], None
    for _ in range(3):
        page = data_of(LICENSES, orderBy=order, first=2, after=after)["licenses"]
        forward += serials(page)
        after = page["pageInfo"]["endCursor"]
        page = data_of(LICENSES, orderBy=order, last=2, before=before)["licenses"]
        backward = serials(page) + backward
        before = page["pageInfo"]["startCursor"]
    assert forward == backward == whole


def test_the_flags_say_what_lies_beyond_a_page(data_of):
    first = data_of(LICENSES, first=2)["licenses"]
    assert (first["pageInfo"]["hasPreviousPage"], first["pageInfo"]["hasNextPage"]) == (False, True)
    second = data_of(LICENSES, first=2, after=first["pageInfo"]["endCursor"])["licenses"]
    assert (second["pageInfo"]["hasPreviousPage"], second["pageInfo"]["hasNextPage"]) == (True, True)


def test_an_empty_page_has_no_cursors(data_of):
    page = data_of(LICENSES, first=1, filter={"account": "NOPE"})["licenses"]
    assert (page["edges"], page["pageInfo"]["startCursor"], page["pageInfo"]["endCursor"]) == ([], None, None)
    assert page["totalCount"] == 0


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({"account": "ACME"}, ["FAX-1", "FAX-1-HA", "FAX-2"]),
        ({"account": "NOPE"}, []),
        ({"product": "CALL"}, ["CALL-1"]),
        ({"plan": "GOLD"}, ["FAX-1", "FAX-1-HA"]),
        ({"plan": "BASIC", "on": "2025-06-15"}, ["FAX-1", "FAX-2"]),
        ({"state": "EXPIRED_RENEWABLE"}, ["FAX-2"]),
        ({"state": "NOT_ACTIVATED"}, ["CALL-1"]),
        ({"expiresFrom": "2026-10-01", "expiresTo": "2026-12-31"}, ["FAX-3"]),
        ({"search": "fax-1"}, ["FAX-1", "FAX-1-HA"]),
        ({"search": "beta"}, ["CALL-1", "FAX-3"]),
        ({"account": None, "search": None}, BY_SERIAL),
    ],
)
def test_a_filter_holds_for_every_licence_of_the_list(data_of, chosen, found):
    page = data_of(LICENSES, filter=chosen, first=50)["licenses"]
    assert serials(page) == found
    assert page["totalCount"] == len(found)


def test_the_licences_of_an_account_are_its_own(data_of):
    document = '{ account(reference: "BETA") { licenses(first: 1) { edges { node { serial } } totalCount } } }'
    page = data_of(document)["account"]["licenses"]
    assert (serials(page), page["totalCount"]) == (["CALL-1"], 2)


def test_another_account_cannot_be_asked_for_within_one(refusal_of):
    error = refusal_of('{ account(reference: "BETA") { licenses(last: 1, filter: {account: "ACME"}) { totalCount } } }')
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


def test_accounts_are_listed_and_searched(data_of):
    page = data_of(ACCOUNTS, first=2)["accounts"]
    assert [edge["node"]["reference"] for edge in page["edges"]] == ["ACME", "BETA"]
    assert page["totalCount"] == 3
    rest = data_of(ACCOUNTS, first=2, after=page["pageInfo"]["endCursor"])["accounts"]
    assert [edge["node"]["reference"] for edge in rest["edges"]] == ["NORTH"]
    found = data_of(ACCOUNTS, search="north", first=50)["accounts"]
    assert [edge["node"]["reference"] for edge in found["edges"]] == ["NORTH"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"first": 101}, "BAD_PAGE"),
        ({"last": 101}, "BAD_PAGE"),
        ({}, "BAD_PAGE"),
        ({"first": None, "last": None}, "BAD_PAGE"),
        ({"first": 0}, "BAD_PAGE"),
        ({"last": 0}, "BAD_PAGE"),
        ({"first": -1}, "BAD_PAGE"),
        ({"last": -1}, "BAD_PAGE"),
        ({"first": 1, "last": 1}, "BAD_PAGE"),
        ({"first": 1, "after": ""}, "BAD_CURSOR"),
        ({"first": 1, "after": "not a cursor"}, "BAD_CURSOR"),
        ({"last": 1, "before": "WyJ4Il0"}, "BAD_CURSOR"),
        ({"first": 1, "after": "bnVsbA"}, "BAD_CURSOR"),
        ({"first": 1, "after": "W10"}, "BAD_CURSOR"),
        ({"first": 1, "filter": {"search": "\0"}}, "BAD_USER_INPUT"),
        ({"first": 1, "filter": {"account": "\ud800"}}, "BAD_USER_INPUT"),
    ],
)
def test_what_no_page_can_be_is_refused_with_a_code(refusal_of, asked, code):
    error = refusal_of(LICENSES, **asked)
    assert error["extensions"]["code"] == code
    assert error["path"] == ["licenses"]


def test_a_cursor_holds_for_its_own_list_and_order_only(data_of, refusal_of):
    cursor = data_of(LICENSES, first=1)["licenses"]["pageInfo"]["endCursor"]
    assert refusal_of(LICENSES, orderBy="EXPIRES_ON", first=1, after=cursor)["extensions"]["code"] == "BAD_CURSOR"
    assert refusal_of(ACCOUNTS, first=1, after=cursor)["extensions"]["code"] == "BAD_CURSOR"
