"""Checks through the schema: every answer is a decision, and the input reaches the rules as it was given."""

from api.operations import operation

VERDICTS = """
query ($inputs: [EntitlementCheckInput!]!) {
  entitlementChecks(inputs: $inputs) {
    verdict entitled license { serial } reasons { code message facts { name value } }
  }
}
"""


def question(serial: str, **asked) -> dict:
    return {"license": {"serial": serial}, **asked}


def check(data_of, serial: str, **asked) -> dict:
    return data_of(operation("check"), input=question(serial, **asked))["entitlementCheck"]


def codes(decision: dict) -> list[str]:
    return [reason["code"] for reason in decision["reasons"]]


def test_a_covered_licence_is_entitled_by_its_plan(data_of):
    decision = check(data_of, "FAX-1")
    assert decision["verdict"] == "ENTITLED"
    assert decision["entitled"] is True
    assert decision["plan"] == {"code": "GOLD", "name": "Gold", "rank": decision["plan"]["rank"]}
    assert decision["coverage"]["expiresOn"] == "2026-09-30"
    assert decision["clauses"]


def test_the_instants_default_to_now_and_are_answered_in_utc(data_of):
    decision = check(data_of, "FAX-1")
    assert decision["at"] == decision["knownAt"] == "2026-03-11T10:00:00Z"
    decision = check(data_of, "FAX-1", at="2026-03-11T12:30:00+01:00")
    assert decision["at"] == "2026-03-11T11:30:00Z"


def test_a_denial_is_an_answer_with_every_reason_and_a_way_out(data_of):
    decision = check(data_of, "FAX-2")
    assert decision["verdict"] == "NOT_ENTITLED"
    assert codes(decision) == ["EXPIRED_RENEWABLE"]
    [renew] = decision["remedies"][0]["acts"]
    assert renew["kind"] == "RENEW"
    assert renew["license"]["serial"] == "FAX-2"
    assert renew["by"] == "2026-03-30"
    assert renew["cost"] is None
    assert decision["commitment"] is None


def test_a_commitment_names_the_theater_and_its_deadlines(data_of):
    commitment = check(data_of, "FAX-1", priority="P1")["commitment"]
    assert commitment["strength"] == "COMMITTED"
    assert commitment["reactBy"] == "2026-03-11T11:00:00Z"
    assert commitment["theater"] == {"code": "EUROPE", "name": "Europe", "timeZone": "Europe/Rome"}


def test_what_was_recorded_later_is_not_known_earlier(data_of):
    at = "2025-11-10T10:00:00Z"
    before = check(data_of, "FAX-1", at=at, knownAt="2025-09-01T00:00:00Z")
    after = check(data_of, "FAX-1", at=at)
    assert (before["plan"]["code"], after["plan"]["code"]) == ("BASIC", "GOLD")


def test_a_licence_recorded_later_was_unknown(data_of):
    decision = check(data_of, "FAX-1", knownAt="2025-05-31T00:00:00Z")
    assert codes(decision) == ["UNKNOWN_LICENSE"]
    assert decision["license"] is None


def test_every_argument_reaches_the_rules(data_of):
    def reasons(**asked):
        return codes(check(data_of, "FAX-1", **asked))

    assert reasons(service="EXPERT") == ["PLAN_EXCLUDES"]
    assert reasons(channel="PHONE", at="2026-03-11T22:00:00Z") == ["OUTSIDE_SERVICE_WINDOW"]
    assert reasons(requester="END_USER") == ["OPTION_NOT_AGREED"]
    assert reasons(language="xx") == ["LANGUAGE_NOT_OFFERED"]
    assert reasons(causes=["MISUSE", "PRODUCT_ALTERED"]) == ["EXCLUDED_CAUSE", "PRODUCT_ALTERED"]
    assert reasons(causes=["PRODUCT_ALTERED"], vendorAgreed=True) == []
    assert reasons(unmetDuties=["REQUEST_FORM"]) == ["CONDITIONS_UNMET"]
    assert reasons(service="BUG_FIX", installedRelease="Summer '25") == ["NOT_LATEST_RELEASE"]
    assert reasons(service="FEATURE_RELEASE", release="Winter '26") == []
    assert reasons(theater="ATLANTIS") == ["INVALID_REQUEST"]
    assert reasons(pauses=[{"from": "2026-03-11T11:00:00Z", "to": "2026-03-11T10:00:00Z"}]) == ["INVALID_REQUEST"]
    assert reasons(knownAt="2026-03-11T10:00:01Z") == ["INVALID_REQUEST"]


def test_pauses_stop_the_clocks(data_of):
    pauses = [{"from": "2026-03-11T10:10:00Z", "to": "2026-03-11T10:40:00Z"}]
    commitment = check(data_of, "FAX-1", priority="P1", pauses=pauses)["commitment"]
    assert commitment["reactBy"] == "2026-03-11T11:30:00Z"


def test_null_is_the_same_as_left_out(data_of):
    left_out = check(data_of, "FAX-1")
    names = ("at", "knownAt", "priority", "language", "theater", "installedRelease", "release")
    assert check(data_of, "FAX-1", **dict.fromkeys(names)) == left_out


def test_an_empty_text_is_not_the_same_as_left_out(data_of):
    assert codes(check(data_of, "FAX-1", theater="")) == ["INVALID_REQUEST"]


def test_a_licence_may_be_named_by_its_id(data_of):
    known = check(data_of, "FAX-1")
    by_id = data_of(operation("check"), input={"license": {"id": known["license"]["id"]}})["entitlementCheck"]
    assert by_id == known


def test_a_batch_is_answered_in_order_and_one_bad_item_spoils_no_other(data_of):
    inputs = [question("FAX-1"), question("NOPE"), {"license": {"id": "not-an-id"}}, question("a b"), question("FAX-2")]
    decisions = data_of(VERDICTS, inputs=inputs)["entitlementChecks"]
    verdicts = [decision["verdict"] for decision in decisions]
    assert verdicts == ["ENTITLED", "NOT_ENTITLED", "UNKNOWN", "UNKNOWN", "NOT_ENTITLED"]
    assert codes(decisions[1]) == ["UNKNOWN_LICENSE"]
    assert codes(decisions[2]) == codes(decisions[3]) == ["INVALID_REQUEST"]
    assert [fact["value"] for fact in decisions[2]["reasons"][0]["facts"] if fact["name"] == "field"] == ["license"]


def test_the_id_of_something_else_is_no_licence(data_of):
    product = data_of('{ product(code: "FAX") { id } }')["product"]["id"]
    [decision] = data_of(VERDICTS, inputs=[{"license": {"id": product}}])["entitlementChecks"]
    assert codes(decision) == ["INVALID_REQUEST"]


def test_a_well_formed_id_of_nothing_is_an_unknown_licence(data_of):
    known = data_of('{ license(by: {serial: "FAX-1"}) { id } }')["license"]["id"]
    other = known[:-4] + ("AAAA" if not known.endswith("AAAA") else "BBBB")
    [decision] = data_of(VERDICTS, inputs=[{"license": {"id": other}}])["entitlementChecks"]
    assert decision["verdict"] in {"NOT_ENTITLED", "UNKNOWN"}
    assert decision["license"] is None


def test_a_serial_that_no_database_can_hold_is_a_malformed_request(data_of):
    inputs = [question("\0"), question("\ud800"), question(""), question("x" * 65), question("FAX-1")]
    decisions = data_of(VERDICTS, inputs=inputs)["entitlementChecks"]
    assert [codes(decision) for decision in decisions] == [["INVALID_REQUEST"]] * 4 + [[]]


def test_a_batch_of_none_or_of_more_than_a_thousand_is_refused_as_a_whole(refusal_of):
    document = "query ($inputs: [EntitlementCheckInput!]!) { entitlementChecks(inputs: $inputs) { verdict } }"
    for count in (0, 1_001):
        error = refusal_of(document, inputs=[question("FAX-1")] * count)
        assert error["extensions"]["code"] == "BATCH_SIZE"
        assert f"not {count:,}" in error["message"]


def test_a_batch_of_a_thousand_is_answered(data_of):
    decisions = data_of(
        "query ($inputs: [EntitlementCheckInput!]!) { entitlementChecks(inputs: $inputs) { verdict } }",
        inputs=[question("FAX-1")] * 1_000,
    )["entitlementChecks"]
    assert [decision["verdict"] for decision in decisions] == ["ENTITLED"] * 1_000


def test_an_account_is_answered_for_by_each_of_its_licences(data_of):
    decisions = data_of(operation("account_checks"), account="ACME", check={})["accountChecks"]
    assert [decision["license"]["serial"] for decision in decisions] == ["FAX-1", "FAX-1-HA", "FAX-2"]
    assert [decision["verdict"] for decision in decisions] == ["ENTITLED", "ENTITLED", "NOT_ENTITLED"]


def test_an_account_that_does_not_exist_has_no_licences(data_of):
    for reference in ("NOPE", "", "\0"):
        assert data_of(operation("account_checks"), account=reference, check={}) == {"accountChecks": []}


def test_an_instant_outside_the_calendars_is_an_invalid_request_even_at_the_ends_of_time(data_of):
    for at in ("0001-01-03T00:00:00Z", "9999-12-29T00:00:00Z"):
        assert codes(check(data_of, "FAX-1", at=at)) == ["INVALID_REQUEST"]
