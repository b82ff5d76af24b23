"""What if: a check on facts that were never written, the same answer as when they are."""

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from strawberry.types import ExecutionResult

from api.auth import INTERNAL
from api.deployment import deployed
from api.operations import operation
from api.settings import embedded_url
from schema.root import Schema
from tests.portfolio import NOW, load_more

AT = "2026-03-11T10:00:00Z"
CHECKED = """
  verdict entitled plan { code } coverage { startsOn expiresOn source plan { code } cutBy { kind on } } stableUntil
  reasons { code blocking facts { name value } } commitment { strength reactBy }
  remedies { acts { kind by plan { code } charge } }
  license { coverage(on: "2026-03-11") { state expiresOn } activatedOn installedRelease }
"""
WHAT_IF = f"""query ($changes: [HypotheticalChange!]!, $check: EntitlementCheckInput!) {{
  whatIf(changes: $changes, check: $check) {{ {CHECKED} }}
}}"""
CHECK = f"query ($check: EntitlementCheckInput!) {{ entitlementCheck(input: $check) {{ {CHECKED} }} }}"


def serial(of: str) -> dict:
    return {"serial": of}


def question(of: str, **asked) -> dict:
    return {"license": serial(of), "at": AT, **asked}


def renew(of: str, plan: str = "GOLD", months: int = 12, on: str = "2026-03-11") -> dict:
    return {"renew": {"license": serial(of), "plan": plan, "months": months, "orderDate": on}}


def change_plan(of: str, plan: str, on: str = "2026-03-11") -> dict:
    return {"changePlan": {"license": serial(of), "plan": plan, "on": on}}


@pytest.fixture
def supposed(data_of):
    def asking(changes: list[dict], check: dict) -> dict:
        return data_of(WHAT_IF, changes=changes, check=check)["whatIf"]

    return asking


@pytest.fixture
def checked(data_of):
    return lambda check: data_of(CHECK, check=check)["entitlementCheck"]


def codes(decision: dict) -> list[str]:
    return [reason["code"] for reason in decision["reasons"]]


# ---------------------------------------------------------------- the same as when it is done

COVERAGE = "order_reference,serial,plan,starts_on,expires_on,order_date,kind\n"
LICENSES = "serial,account,product,base,model,quantity,registered_on,installed_release\n"
DONE = {
    "a renewal": (
        [renew("FAX-2", "PLATINUM")],
        {"coverage.csv": f"{COVERAGE}SO-9,FAX-2,PLATINUM,2025-12-01,2026-11-30,2026-03-11,RENEWED\n"},
        question("FAX-2", service="EXPERT"),
    ),
    "a renewal of the base of the module that is checked": (
        [renew("FAX-1", "GOLD", on="2026-10-20")],
        {"coverage.csv": f"{COVERAGE}SO-9,FAX-1,GOLD,2026-10-01,2027-09-30,2026-10-20,RENEWED\n"},
        question("FAX-1-HA", at="2026-10-20T08:00:00Z"),
    ),
    "a payment": (
        [{"pay": {"charge": "CH-2", "on": "2026-03-11"}}],
        {
            "charges.csv": "reference,order_reference,serial,amount,currency,due_on,paid_on\n"
            "CH-2,SO-2,FAX-3,3000.00,EUR,2026-03-01,2026-03-11\n"
        },
        question("FAX-3"),
    ),
    "a milestone": (
        [{"changeMilestone": {"product": "FAX", "kind": "END_OF_SUPPORT", "on": "2026-03-10"}}],
        {"milestones.csv": "product,version,kind,on\nFAX,,END_OF_SUPPORT,2026-03-10\n"},
        question("FAX-1-HA"),
    ),
    "a higher plan": (
        [change_plan("FAX-1", "PLATINUM")],
        {"coverage.csv": f"{COVERAGE}SO-9,FAX-1,PLATINUM,2026-03-11,2026-09-30,2026-03-11,ORDERED\n"},
        question("FAX-1-HA", service="EXPERT"),
    ),
    "an option": (
        [{"agreeOption": {"license": serial("FAX-1"), "feature": "LEVEL_1_END_USER", "startsOn": "2026-03-11"}}],
        {"options.csv": "serial,feature,starts_on\nFAX-1,LEVEL_1_END_USER,2026-03-11\n"},
        question("FAX-1-HA", requester="END_USER"),
    ),
    "an activation": (
        [{"activate": {"license": serial("CALL-1"), "on": "2026-03-01"}}],
        {"licenses.csv": f"{LICENSES}CALL-1,BETA,CALL,,PERPETUAL,1,2026-03-01,\n"},
        question("CALL-1", priority="P1"),
    ),
    "a release": (
        [{"installRelease": {"license": serial("FAX-1"), "release": "Summer '25"}}],
        {"licenses.csv": f"{LICENSES}FAX-1,ACME,FAX,,PERPETUAL,1,2025-06-01,Summer '25\n"},
        question("FAX-1", service="BUG_FIX"),
    ),
    "a withdrawn milestone": (
        [
            {"changeMilestone": {"product": "CALL", "kind": "END_OF_SUPPORT"}},
            {"activate": {"license": serial("CALL-1"), "on": "2029-12-01"}},
        ],
        {
            "milestones.csv": "product,version,kind,on\nCALL,,END_OF_SUPPORT,\n",
            "licenses.csv": f"{LICENSES}CALL-1,BETA,CALL,,PERPETUAL,1,2029-12-01,\n",
        },
        question("CALL-1", at="2030-07-01T08:00:00Z"),
    ),
}


@pytest.mark.parametrize("done", DONE)
def test_what_is_supposed_answers_as_when_it_is_done(supposed, checked, portfolio, tmp_path, done):
    changes, files, check = DONE[done]
    before, what_if = checked(check), supposed(changes, check)
    assert what_if != before
    assert what_if == really(portfolio, tmp_path, files, check)
    assert checked(check) == before, "nothing was written"


def really(portfolio, folder: Path, files: dict[str, str], check: dict) -> dict:
    """The check after the files were imported into a copy of the portfolio."""
    result = in_a_copy(portfolio, folder, files, CHECK, check=check)
    assert not result.errors, result.errors
    assert result.data
    return result.data["entitlementCheck"]


def in_a_copy(portfolio, folder: Path, files: dict[str, str], document: str, **variables) -> ExecutionResult:
    """What is answered after files were imported, an hour later, into a copy of the portfolio."""
    copy = folder / "copy.db"
    shutil.copy(portfolio.database_url.removeprefix("sqlite:///"), copy)
    settings = portfolio.model_copy(update={"database_url": embedded_url(copy)})
    later = NOW + timedelta(hours=1)

    async def asking() -> ExecutionResult:
        await load_more(settings, folder / "done", files, later)
        async with deployed(settings, lambda: later) as deployment:
            context = deployment.context(INTERNAL)
            return await Schema().execute(document, variable_values=variables, context_value=context)

    return asyncio.run(asking())


# ---------------------------------------------------------------- together


def test_the_remedies_of_a_no_turn_it_into_a_yes(supposed, checked):
    check = question("FAX-2")
    [act] = checked(check)["remedies"][0]["acts"]
    assert supposed([renew("FAX-2", act["plan"]["code"])], check)["verdict"] == "ENTITLED"


def test_changes_are_made_in_their_order(supposed, refusal_of):
    check = question("FAX-2", service="EXPERT")
    changes = [renew("FAX-2", "GOLD"), change_plan("FAX-2", "PLATINUM")]
    assert supposed(changes, check)["verdict"] == "ENTITLED"
    error = refusal_of(WHAT_IF, changes=changes[::-1], check=check)
    assert error["extensions"]["code"] == "BASE_NOT_COVERED"
    assert error["message"].startswith("changes[0].changePlan: ")


def test_no_changes_are_the_check_itself(supposed, checked):
    assert supposed([], question("FAX-2")) == checked(question("FAX-2"))


def test_a_release_supposed_in_use_goes_before_the_one_that_the_check_names(supposed):
    check = question("FAX-1", service="BUG_FIX", installedRelease="Summer '25")
    assert codes(supposed([], check)) == ["NOT_LATEST_RELEASE"]
    installed = {"installRelease": {"license": serial("FAX-1"), "release": "Winter '26"}}
    assert codes(supposed([installed], check)) == []


def test_a_licence_may_be_named_by_its_id(supposed, data_of):
    id_ = data_of('{ license(by: {serial: "FAX-2"}) { id } }')["license"]["id"]
    by_id = {"renew": {**renew("FAX-2")["renew"], "license": {"id": id_}}}
    check = question("FAX-2")
    assert supposed([by_id], check) == supposed([renew("FAX-2")], check)


def test_the_document_of_the_support_desk_shows_the_licence_as_supposed(data_of):
    answer = data_of(operation("what_if"), changes=[renew("FAX-2")], check=question("FAX-2"))["whatIf"]
    assert (answer["plan"]["code"], answer["coverage"]["expiresOn"]) == ("GOLD", "2026-11-30")


def test_an_unknown_licence_stays_unknown_whatever_is_changed(supposed, checked):
    for check in (question("NOPE"), {"license": {"id": "not-an-id"}}):
        assert supposed([renew("FAX-2")], check) == checked(check)


def test_an_invalid_request_stays_invalid_whatever_is_changed(supposed):
    check = question("FAX-2", knownAt="2026-03-11T10:00:01Z")
    assert codes(supposed([renew("FAX-2")], check)) == ["INVALID_REQUEST"]


# ---------------------------------------------------------------- what cannot be


@pytest.mark.parametrize(
    ("change", "code", "told"),
    [
        (renew("FAX-3"), "UNKNOWN_LICENSE", "changes[0].renew.license: is no licence of the contract"),
        (renew("NOPE"), "UNKNOWN_LICENSE", "that has FAX-1, FAX-1-HA"),
        (renew("FAX-1-HA"), "RENEW_THE_BASE", "changes[0].renew: "),
        (renew("FAX-1", "SILVER", 0), "UNKNOWN_PLAN", "a term has 1 to 120 months, not 0"),
        (renew("FAX-1", on="9999-12-31"), "INVALID_DATE", "outside the calendars"),
        (renew("FAX-1", on="2025-01-01"), "NOT_ACTIVATED", "FAX-1 starts on 2025-06-01"),
        ({"pay": {"charge": "CH-2", "on": "2026-03-11"}}, "UNKNOWN_CHARGE", "that has CH-1"),
        ({"pay": {"charge": "CH-1", "on": "0001-01-01"}}, "INVALID_DATE", "changes[0].pay.on: "),
        (
            {"changeMilestone": {"product": "CALL", "kind": "END_OF_SUPPORT"}},
            "UNKNOWN_PRODUCT",
            "changes[0].changeMilestone.product: ",
        ),
        (
            {"changeMilestone": {"product": "FAX", "kind": "END_OF_SUPPORT", "on": "9999-12-31"}},
            "INVALID_DATE",
            "give a date from 1900 to 2999",
        ),
        (change_plan("FAX-1", "BASIC"), "DOWNGRADE_AT_RENEWAL_ONLY", "it can be chosen at the renewal"),
        (change_plan("FAX-1-HA", "PLATINUM"), "RENEW_THE_BASE", "changes[0].changePlan: "),
        (
            {"agreeOption": {"license": serial("FAX-1"), "feature": "TEA", "startsOn": "2026-03-11"}},
            "UNKNOWN_FEATURE",
            "changes[0].agreeOption.feature: ",
        ),
        (
            {
                "agreeOption": {
                    "license": serial("FAX-1"),
                    "feature": "LEVEL_1_END_USER",
                    "startsOn": "2026-03-11",
                    "expiresOn": "2026-03-10",
                }
            },
            "INVALID_DATE",
            "2026-03-10 is before 2026-03-11",
        ),
        ({"activate": {"license": serial("FAX-3"), "on": "2026-03-11"}}, "UNKNOWN_LICENSE", "changes[0].activate"),
        (
            {"installRelease": {"license": serial("FAX-1"), "release": "Spring '99"}},
            "UNKNOWN_RELEASE",
            "changes[0].installRelease.release: ",
        ),
    ],
)
def test_a_change_that_cannot_be_made_is_an_error_that_names_it(refusal_of, change, code, told):
    error = refusal_of(WHAT_IF, changes=[change], check=question("FAX-1"))
    assert error["extensions"]["code"] == code
    assert told in error["message"]


def test_a_renewal_that_the_operators_policy_no_longer_allows_cannot_be_supposed(portfolio, tmp_path):
    policy = """[[policy]]
name = "A YEAR"
summary = "Nothing is renewed after a year."
effective = 2020-01-01
maximum_lapse = { amount = 1, unit = "YEARS" }
tiers = [{ percent = 10 }]
"""
    asked = {"changes": [renew("FAX-2", on="2026-12-01")], "check": question("FAX-2", at="2026-12-01T10:00:00Z")}
    result = in_a_copy(portfolio, tmp_path, {"late_fees.toml": policy}, WHAT_IF, **asked)
    [error] = result.errors or []
    assert (error.extensions or {})["code"] == "LAPSE_TOO_LONG"
    assert "longer than A YEAR allows" in error.message


def test_a_change_is_exactly_one_thing(refusal_of):
    both = {**renew("FAX-1"), "pay": {"charge": "CH-1", "on": "2026-03-11"}}
    for change in (both, {}):
        assert refusal_of(WHAT_IF, changes=[change], check=question("FAX-1"))["extensions"]["code"]


def test_more_than_a_hundred_changes_are_an_error(refusal_of):
    error = refusal_of(WHAT_IF, changes=[renew("FAX-1")] * 101, check=question("FAX-1"))
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "not 101" in error["message"]
