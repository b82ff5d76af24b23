"""The acts that turn a no into a yes: sets that suffice and that nothing can be left out of, the cheapest first."""

import pytest

from entitlements import remedies
from entitlements.facts import Facts
from tests.builders import (
    ASKED,
    GUIDE,
    a_charge,
    a_lapsed_license,
    a_license,
    a_milestone,
    a_module_of,
    a_product,
    a_request,
    a_term,
    an_account,
    an_option,
    covered_by,
    day,
    decided,
    facts_of,
    hardware,
    noon,
    rome,
)

LAPSED = a_license(registered_on="2025-01-01")  # covered until 2025-12-31; free until 2026-04-30
SUNDAY = rome("2026-03-15 03:00")
ON_CALL = {"channel": "PHONE", "priority": "P1", "pin_verified": True}


def ways(of, at=ASKED, **asked):
    """Each set of acts, as the kinds in it."""
    return [sorted(str(act.kind) for act in remedy.acts) for remedy in decided(of, at, **asked).remedies]


def act(of, kind, at=ASKED, **asked):
    """The first act of a kind."""
    return next(one for remedy in decided(of, at, **asked).remedies for one in remedy.acts if one.kind == kind)


def ended(milestone, on, **facts):
    return a_license(product=a_product(milestones=[a_milestone(milestone, on)]), **facts)


CASES = [
    # what is asked, and the cheapest way
    pytest.param(LAPSED, {}, ["RENEW"], id="expired, renewable"),
    pytest.param(a_license(registered_on="2020-01-01"), {}, ["RENEW"], id="expired, late"),
    pytest.param(a_module_of(LAPSED), {}, ["RENEW"], id="a module of a lapsed base"),
    pytest.param(
        a_module_of(LAPSED, registered_on=None), {}, ["ACTIVATE", "RENEW"], id="a module not activated of a lapsed base"
    ),
    pytest.param(a_license(registered_on=None), {}, ["ACTIVATE"], id="not activated"),
    pytest.param(a_license(registered_on="2026-06-01"), {}, ["WAIT"], id="not started"),
    pytest.param(a_module_of(a_license(registered_on="2026-06-01")), {}, ["WAIT"], id="a base that has not started"),
    pytest.param(
        a_license(registered_on="2025-01-01", terms=(a_term("GOLD", "2026-06-01", "2027-05-31"),)),
        {},
        ["WAIT"],
        id="in a gap before a recorded term",
    ),
    pytest.param(facts_of(covered_by("GOLD"), charges=[a_charge("2026-03-01")]), {}, ["PAY"], id="a charge unpaid"),
    pytest.param(
        facts_of(covered_by("GOLD"), charges=[a_charge("2026-03-01", "A"), a_charge("2026-02-01", "B")]),
        {},
        ["PAY", "PAY"],
        id="two charges unpaid",
    ),
    pytest.param(
        facts_of(LAPSED, charges=[a_charge("2026-03-01")]), {}, ["PAY", "RENEW"], id="expired, with a charge unpaid"
    ),
    pytest.param(
        covered_by("BASIC"), {"channel": "REMOTE_SESSION"}, ["CHANGE_CHANNEL"], id="a channel that the plan lacks"
    ),
    pytest.param(
        covered_by("BASIC"), {"requester": "END_USER"}, ["CHANGE_REQUESTER"], id="a level that the plan lacks"
    ),
    pytest.param(covered_by("GOLD"), {"requester": "END_USER"}, ["CHANGE_REQUESTER"], id="a level that was not agreed"),
    pytest.param(covered_by("GOLD"), {"service": "ON_SITE"}, ["AGREE_OPTION"], id="a service that was not agreed"),
    pytest.param(covered_by("GOLD"), {"service": "EXPERT"}, ["UPGRADE_PLAN"], id="a service that the plan lacks"),
    pytest.param(covered_by("BASIC"), {"channel": "PHONE", "at": SUNDAY}, ["CHANGE_CHANNEL"], id="outside the window"),
    pytest.param(
        covered_by("PLATINUM"),
        {**ON_CALL, "pin_verified": False, "at": SUNDAY},
        ["CHANGE_CHANNEL"],
        id="on-call without the PIN",
    ),
    pytest.param(
        covered_by("PLATINUM", account=an_account(country=None)),
        {**ON_CALL, "at": SUNDAY},
        ["CHANGE_CHANNEL"],
        id="on-call, the country not known",
    ),
    pytest.param(covered_by("GOLD", altered=True), {}, ["OBTAIN_AGREEMENT"], id="recorded as altered"),
    pytest.param(
        covered_by("GOLD"),
        {"causes": ["UNCERTIFIED_ENVIRONMENT"]},
        ["OBTAIN_AGREEMENT"],
        id="an uncertified environment",
    ),
    pytest.param(
        covered_by("GOLD"),
        {"service": "PROACTIVE", "installed_release": "Winter '26"},
        ["SUPPLY_FACTS"] * 2,
        id="proactive, two facts missing",
    ),
    pytest.param(
        covered_by("GOLD", installed_release="Summer '19", cloud_connected=True, cloud_licensed=True),
        {"service": "PROACTIVE"},
        ["UPGRADE_RELEASE"],
        id="proactive, an old release",
    ),
    pytest.param(
        covered_by("GOLD", installed_release="Winter '26", cloud_connected=False, cloud_licensed=True),
        {"service": "PROACTIVE"},
        ["MEET_CONDITIONS"],
        id="proactive, not connected",
    ),
    pytest.param(
        covered_by("GOLD"),
        {"service": "FEATURE_RELEASE", "release": "Spring '26"},
        ["WAIT"],
        id="a release that is not out",
    ),
    pytest.param(
        a_license(registered_on="2025-01-01"),
        {"service": "FEATURE_RELEASE", "release": "Spring '26"},
        ["RENEW", "WAIT"],
        id="expired, and the release not out",
    ),
]


@pytest.mark.parametrize(("of", "asked", "cheapest"), CASES)
def test_the_cheapest_way_to_a_yes_comes_first(of, asked, cheapest):
    assert ways(of, **asked)[0] == cheapest


@pytest.mark.parametrize(("of", "asked", "cheapest"), CASES)
def test_every_way_suffices_and_nothing_can_be_left_out_of_it(of, asked, cheapest):
    known = of if isinstance(of, Facts) else facts_of(of)
    request = a_request(**asked)
    for remedy in decided(known, **asked).remedies:
        acts = remedy.acts
        assert remedies.Supposed(known, request, GUIDE).becomes_yes(acts)
        for left_out in range(len(acts)):
            assert not remedies.Supposed(known, request, GUIDE).becomes_yes(acts[:left_out] + acts[left_out + 1 :])


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"service": "BUG_FIX"},
        {"language": "zh"},
        {"causes": ["THIRD_PARTY_PRODUCT"]},
        {"unmet_duties": ["REQUEST_FORM"]},
    ],
)
def test_a_yes_needs_none(asked):
    assert decided(covered_by("GOLD"), **asked).remedies == ()


def test_a_repair_needs_none():
    assert decided(hardware(registered_on="2020-01-01"), service="HARDWARE_REPAIR").remedies == ()


# ---------------------------------------------------------------- where nothing helps


@pytest.mark.parametrize(
    ("of", "asked"),
    [
        pytest.param(
            ended("END_OF_RENEWAL", "2026-02-15", registered_on="2025-01-01"), {}, id="expired past the end of renewal"
        ),
        pytest.param(ended("END_OF_SUPPORT", "2026-02-15"), {}, id="past the end of support"),
        pytest.param(
            ended("END_OF_SUPPORT", "2026-02-15", registered_on="2025-01-01"),
            {},
            id="expired and past the end of support",
        ),
        pytest.param(covered_by("GOLD", retired_on="2026-01-31"), {}, id="retired"),
        pytest.param(a_license(model="EVALUATION"), {}, id="an evaluation that is over"),
        pytest.param(covered_by("GOLD"), {"causes": ["MISUSE"]}, id="an excluded cause"),
        pytest.param(LAPSED, {"causes": ["ACCIDENT"]}, id="an excluded cause, and expired"),
        pytest.param(covered_by("PLATINUM"), {"service": "PROFESSIONAL_SERVICES"}, id="professional services"),
        pytest.param(
            ended("END_OF_FIXES", "2026-02-15", installed_release="Winter '26"),
            {"service": "BUG_FIX"},
            id="past the end of fixes",
        ),
        pytest.param(
            a_module_of(
                covered_by("GOLD"),
                product=a_product("FAX-MODULE", "MODULE", [a_milestone("END_OF_SUPPORT", "2026-02-15")]),
            ),
            {},
            id="a module past its own end of support",
        ),
        pytest.param(a_module_of(covered_by("GOLD", retired_on="2026-01-31")), {}, id="a module of a retired base"),
        pytest.param(None, {}, id="an unknown licence"),
        pytest.param(covered_by("GOLD"), {"theater": "MOON"}, id="an invalid request"),
    ],
)
def test_where_nothing_helps_it_is_said_with_why(of, asked):
    (remedy,) = decided(of, **asked).remedies
    assert [str(one.kind) for one in remedy.acts] == ["NONE"]
    assert remedy.acts[0].message


# ---------------------------------------------------------------- renewals


def test_a_renewal_in_time_is_free_by_the_last_free_order_date():
    found = act(LAPSED, "RENEW")
    assert (found.by, found.months, found.license) == (day("2026-04-30"), 12, LAPSED)


def test_a_late_renewal_costs_the_same_until_the_next_year_of_lateness():
    license = a_lapsed_license("2019-12-31")
    assert act(license, "RENEW", noon("2020-04-30")).by == day("2020-12-31")
    assert act(license, "RENEW", noon("2020-12-31")).by == day("2020-12-31")
    assert act(license, "RENEW", noon("2021-01-01")).by == day("2021-12-31")


@pytest.mark.parametrize("milestone", ["END_OF_RENEWAL", "END_OF_SUPPORT"])
@pytest.mark.parametrize(
    ("expires_on", "asked_on", "ends_on"),
    [
        pytest.param("2025-12-31", "2026-03-11", "2026-04-15", id="within the grace"),
        pytest.param("2025-12-31", "2026-06-01", "2026-08-15", id="late"),
    ],
)
def test_a_renewal_is_possible_only_until_the_end_of_renewal_or_of_support(milestone, expires_on, asked_on, ends_on):
    license = a_lapsed_license(expires_on, product=a_product(milestones=[a_milestone(milestone, ends_on)]))
    assert act(license, "RENEW", noon(asked_on)).by == day(ends_on)


def test_a_dependent_s_base_is_renewed():
    assert act(a_module_of(LAPSED), "RENEW").license == LAPSED


def test_the_plan_held_last_is_among_the_renewals_and_the_lowest_that_suffices_comes_first():
    found = decided(a_lapsed_license("2026-01-31", "GOLD")).remedies
    plans = [one.plan for remedy in found for one in remedy.acts]
    assert plans[0] == "BASIC"
    assert "GOLD" in plans


def test_a_renewal_may_bring_the_plan_that_the_question_needs():
    found = decided(LAPSED, channel="REMOTE_SESSION").remedies
    assert [(str(one.kind), one.plan) for one in found[0].acts] == [("RENEW", "GOLD")]


# ---------------------------------------------------------------- operands


def test_a_payment_names_its_charge():
    assert act(facts_of(covered_by("GOLD"), charges=[a_charge("2026-03-01", "INV-9")]), "PAY").charge == "INV-9"


def test_waiting_is_until_the_first_instant_of_the_day_or_the_opening():
    assert act(a_license(registered_on="2026-06-01"), "WAIT").at == rome("2026-06-01 00:00")
    assert act(covered_by("BASIC"), "WAIT", SUNDAY, channel="PHONE").at == rome("2026-03-16 09:00")


def test_an_option_names_its_feature():
    assert act(covered_by("GOLD"), "AGREE_OPTION", service="ON_SITE").feature == "DELIVERY_ON_SITE"


def test_a_higher_plan_is_named_the_lowest_that_suffices():
    assert act(covered_by("BASIC"), "UPGRADE_PLAN", channel="REMOTE_SESSION").plan == "GOLD"
    assert act(covered_by("BASIC"), "UPGRADE_PLAN", service="EXPERT").plan == "PLATINUM"


def test_the_plan_of_a_dependent_is_raised_at_its_base():
    base = covered_by("GOLD")
    assert act(a_module_of(base), "UPGRADE_PLAN", service="EXPERT").license == base


def test_an_option_for_a_dependent_is_agreed_where_it_holds():
    assert ways(a_module_of(covered_by("GOLD")), service="ON_SITE") == [["AGREE_OPTION"]]


def test_every_channel_that_would_be_answered_is_named():
    found = decided(covered_by("BASIC"), channel="REMOTE_SESSION").remedies
    channels = {str(one.channel) for remedy in found for one in remedy.acts if one.kind == "CHANGE_CHANNEL"}
    assert channels == {"ONLINE", "EMAIL", "PHONE", "CHAT"}


def test_outside_the_window_only_what_is_accepted_at_any_hour_helps_at_once():
    found = decided(covered_by("BASIC"), SUNDAY, channel="PHONE").remedies
    channels = {str(one.channel) for remedy in found for one in remedy.acts if one.kind == "CHANGE_CHANNEL"}
    assert channels == {"ONLINE", "EMAIL"}


# ---------------------------------------------------------------- on-call


def test_a_pin_that_is_not_verified():
    assert ["VERIFY_PIN"] in ways(covered_by("PLATINUM"), SUNDAY, **{**ON_CALL, "pin_verified": False})


def test_a_pin_and_a_language():
    asked = {**ON_CALL, "pin_verified": False, "language": "it"}
    assert ["CHANGE_LANGUAGE", "VERIFY_PIN"] in ways(covered_by("PLATINUM"), SUNDAY, **asked)
    assert act(covered_by("PLATINUM"), "CHANGE_LANGUAGE", SUNDAY, **asked).language == "en"


def test_a_country_that_is_not_known():
    unknown = covered_by("PLATINUM", account=an_account(country=None))
    assert ["SUPPLY_FACTS"] in ways(unknown, SUNDAY, **ON_CALL)
    assert act(unknown, "SUPPLY_FACTS", SUNDAY, **ON_CALL).facts == ("country",)


def test_a_country_of_asia_pacific_is_no_way_to_on_call():
    kinds = ways(covered_by("PLATINUM", account=an_account(country="JP")), SUNDAY, **ON_CALL)
    assert {kind for way in kinds for kind in way} == {"CHANGE_CHANNEL", "WAIT"}


def test_gold_may_raise_its_plan_for_the_on_call_service():
    assert ["UPGRADE_PLAN"] in ways(covered_by("GOLD"), SUNDAY, **ON_CALL)


def test_an_end_user_may_let_an_administrator_call():
    license = covered_by("PLATINUM", options=[an_option("LEVEL_1_END_USER")])
    assert ["CHANGE_REQUESTER"] in ways(license, SUNDAY, **ON_CALL, requester="END_USER")


# ---------------------------------------------------------------- what was missing


def test_everything_that_is_missing_is_asked_for():
    found = decided(covered_by("GOLD"), service="PROACTIVE").remedies
    missing = {name for one in found[0].acts for name in one.facts}
    assert missing == {"installed_release", "cloud_connected", "cloud_licensed"}


def test_a_release_is_upgraded_to_the_latest():
    license = covered_by("GOLD", installed_release="Summer '19", cloud_connected=True, cloud_licensed=True)
    assert act(license, "UPGRADE_RELEASE", service="PROACTIVE").release == "Winter '26"


@pytest.mark.parametrize(("milestone", "service"), [("END_OF_SUPPORT", "TICKET"), ("END_OF_FIXES", "BUG_FIX")])
def test_another_release_lifts_what_one_version_s_end_refuses(milestone, service):
    product = a_product(milestones=[a_milestone(milestone, "2026-02-15", version="Summer '25")])
    license = covered_by("GOLD", product=product, installed_release="Summer '25")
    assert ways(license, service=service) == [["UPGRADE_RELEASE"]]
    assert act(license, "UPGRADE_RELEASE", service=service).release == "Winter '26"


def test_one_agreement_lifts_both_grounds():
    assert ways(covered_by("GOLD"), causes=["PRODUCT_ALTERED", "UNCERTIFIED_ENVIRONMENT"]) == [["OBTAIN_AGREEMENT"]]


def test_an_agreement_does_not_lift_an_excluded_cause():
    assert ways(covered_by("GOLD"), causes=["PRODUCT_ALTERED", "MISUSE"]) == [["NONE"]]
