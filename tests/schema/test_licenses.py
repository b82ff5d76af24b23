"""Licences and what hangs on them, now and as it was known."""

from api.operations import operation


def one(data_of, serial: str, **variables) -> dict:
    return data_of(operation("license"), by={"serial": serial}, **variables)["license"]


def test_a_licence_is_answered_with_all_that_is_recorded(data_of):
    found = one(data_of, "FAX-1")
    assert found["activatedOn"] == "2025-06-01"
    assert found["activationBasis"] == "REGISTRATION"
    assert found["licensedUntil"] is None
    assert found["installedRelease"] == "Winter '26"
    assert found["account"]["reference"] == "ACME"
    assert found["account"]["partner"] == {"reference": "NORTH", "name": "North Partner"}
    assert found["dependents"] == [{**found["dependents"][0], "serial": "FAX-1-HA"}]
    assert found["charges"] == [
        {
            "reference": "CH-1",
            "amount": {"amount": "1200.50", "currency": "EUR"},
            "dueOn": "2025-10-20",
            "paidOn": "2025-10-15",
        }
    ]


def test_the_timeline_has_every_period_in_order(data_of):
    periods = one(data_of, "FAX-1")["coverageTimeline"]
    assert [(p["plan"]["code"], p["startsOn"], p["expiresOn"], p["source"]) for p in periods] == [
        ("BASIC", "2025-06-01", "2025-09-30", "INCLUDED_FIRST_YEAR"),
        ("GOLD", "2025-10-01", "2026-09-30", "ORDERED"),
    ]


def test_a_dependent_names_its_base_and_has_no_dependents(data_of):
    found = one(data_of, "FAX-1-HA")
    assert found["base"]["serial"] == "FAX-1"
    assert found["dependents"] == []
    assert found["coverageTimeline"][0]["source"] == "FROM_BASE"


def test_coverage_is_answered_for_a_day(data_of):
    assert one(data_of, "FAX-1")["coverage"] == {
        "state": "COVERED",
        "expiresOn": "2026-09-30",
        "lastFreeOrderDate": "2027-01-28",
    }
    assert one(data_of, "FAX-1", on="2025-05-31")["coverage"]["state"] == "NOT_STARTED"
    assert one(data_of, "FAX-1", on="2026-10-01")["coverage"]["state"] == "EXPIRED_RENEWABLE"
    for end_of_time in ("0001-01-01", "9999-12-31"):
        assert one(data_of, "FAX-1", on=end_of_time)["coverage"]["state"] in {"NOT_STARTED", "EXPIRED_LATE"}


def test_what_was_not_known_then_is_not_answered(data_of):
    before_order = one(data_of, "FAX-1", knownAt="2025-09-01T00:00:00Z")
    assert [period["plan"]["code"] for period in before_order["coverageTimeline"]] == ["BASIC"]
    assert before_order["charges"] == []
    before_all = one(data_of, "FAX-1", knownAt="2025-01-01T00:00:00Z")
    assert before_all["coverage"] == {"state": "NOT_ACTIVATED", "expiresOn": None, "lastFreeOrderDate": None}
    assert before_all["coverageTimeline"] == []


def test_what_will_be_known_is_refused(refusal_of):
    document = '{ license(by: {serial: "FAX-1"}) { charges(knownAt: "2026-03-11T10:00:01Z") { reference } } }'
    assert refusal_of(document)["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_decision_shows_the_licence_as_known_then(data_of):
    document = """
    query ($input: EntitlementCheckInput!) { entitlementCheck(input: $input) {
      license { coverage(on: "2025-11-01") { period { plan { code } } } account { reference } charges { reference } }
    } }
    """
    asked = {"license": {"serial": "FAX-1"}, "knownAt": "2025-09-01T00:00:00Z", "at": "2025-09-01T00:00:00Z"}
    found = data_of(document, input=asked)["entitlementCheck"]["license"]
    assert found == {
        "coverage": {"period": {"plan": {"code": "BASIC"}}},
        "account": {"reference": "ACME"},
        "charges": [],
    }


def test_outstanding_charges_are_those_ordered_and_not_paid_by_the_days_end(data_of):
    document = """
    query ($serial: String!, $on: Date) { license(by: {serial: $serial}) { charges(outstandingOn: $on) { reference } } }
    """

    def outstanding(serial, on):
        return [charge["reference"] for charge in data_of(document, serial=serial, on=on)["license"]["charges"]]

    assert outstanding("FAX-1", None) == ["CH-1"]
    assert outstanding("FAX-1", "2025-09-19") == []
    assert outstanding("FAX-1", "2025-10-14") == ["CH-1"]
    assert outstanding("FAX-1", "2025-10-15") == []
    assert outstanding("FAX-3", "2026-02-01") == ["CH-2"]


def test_a_licence_that_does_not_exist_is_null(data_of):
    document = "query ($by: LicenseRef!) { license(by: $by) { serial } }"
    for by in ({"serial": "NOPE"}, {"serial": ""}, {"serial": "\0"}, {"id": ""}, {"id": "x"}, {"id": 7}):
        assert data_of(document, by=by) == {"license": None}


def test_a_reference_names_exactly_one_thing(refusal_of):
    document = "query ($by: LicenseRef!) { license(by: $by) { serial } }"
    for by in ({}, {"serial": "FAX-1", "id": "x"}, {"serial": None}):
        assert refusal_of(document, by=by)["extensions"]["code"] == "BAD_USER_INPUT"


def test_the_catalogue_is_answered_by_code(data_of):
    document = """
    query ($code: String!, $knownAt: DateTime) {
      product(code: $code) { code name kind milestones(knownAt: $knownAt) { kind on } }
    }
    """
    found = data_of(document, code="CALL")["product"]
    assert found == {
        "code": "CALL",
        "name": "Call Recording",
        "kind": "BASE",
        "milestones": [{"kind": "END_OF_SUPPORT", "on": "2030-06-30"}],
    }
    assert data_of(document, code="CALL", knownAt="2026-03-11T09:59:59Z")["product"]["milestones"] == []
    assert data_of(document, code="NOPE") == data_of(document, code="\0") == {"product": None}
