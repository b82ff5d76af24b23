"""R-CHK, row by row: every sentence of the section at least once, with the days and hours on both sides.

Some rows have files of their own: R-CHK-4 test_payments.py, R-CHK-12 test_commitments.py, R-CHK-13 test_on_call.py,
R-CHK-14 test_releases.py.
"""

import pytest

from entitlements import coverage
from entitlements.messages import said
from entitlements.reasons import ReasonCode, attaches, blocks, ordered, verdict_of
from tests.builders import (
    ASKED,
    GUIDE,
    a_charge,
    a_lapsed_license,
    a_license,
    a_milestone,
    a_module_of,
    a_pause,
    a_product,
    a_term,
    a_warranty,
    an_account,
    an_option,
    codes,
    covered_by,
    day,
    decided,
    facts_of,
    hardware,
    judged,
    noon,
    reason,
    rome,
    told,
    verdict,
)


def product_ending(on, code="FAX", kind="BASE"):
    return a_product(code, kind, [a_milestone("END_OF_SUPPORT", on)])


def a(code, *, blocking):
    """A reason with nothing but a code."""
    make = blocks if blocking else attaches
    return make(ReasonCode(code), said("said"), None)


# ================================================================ R-CHK-1: the verdict


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        pytest.param([], "ENTITLED", id="no reason"),
        pytest.param([("LANGUAGE_NOT_OFFERED", False)], "CONDITIONAL", id="a reason that does not block"),
        pytest.param([("FACTS_MISSING", False)], "CONDITIONAL", id="a missing fact that does not block"),
        pytest.param([("FACTS_MISSING", True)], "UNKNOWN", id="a missing fact that blocks"),
        pytest.param([("FACTS_MISSING", True), ("LANGUAGE_NOT_OFFERED", False)], "UNKNOWN", id="beside a condition"),
        pytest.param(
            [("FACTS_MISSING", True), ("PLAN_EXCLUDES", True)], "NOT_ENTITLED", id="another reason blocks too"
        ),
        pytest.param([("PAYMENT_HOLD", True)], "NOT_ENTITLED", id="a reason that blocks"),
        pytest.param([("INVALID_REQUEST", True)], "UNKNOWN", id="an invalid request"),
        pytest.param(
            [("INVALID_REQUEST", True), ("EXPIRED_LATE", True)], "UNKNOWN", id="an invalid request goes first"
        ),
        pytest.param([("UNKNOWN_LICENSE", True)], "NOT_ENTITLED", id="an unknown licence"),
        pytest.param([("MANUFACTURER_WARRANTY", False)], "CONDITIONAL", id="the warranty"),
    ],
)
def test_the_verdict_follows_from_the_reasons(reasons, expected):
    assert verdict_of([a(code, blocking=blocking) for code, blocking in reasons]) == expected


def test_reasons_that_block_come_first_and_the_gravest_among_them():
    given = [
        a("LANGUAGE_NOT_OFFERED", blocking=False),
        a("FACTS_MISSING", blocking=True),
        a("PAYMENT_HOLD", blocking=True),
        a("EXPIRED_LATE", blocking=True),
    ]
    assert [str(one.code) for one in ordered(given)] == [
        "EXPIRED_LATE",
        "PAYMENT_HOLD",
        "FACTS_MISSING",
        "LANGUAGE_NOT_OFFERED",
    ]


def test_every_rule_that_stands_in_the_way_is_told_not_only_the_first():
    known = facts_of(a_license(registered_on="2025-01-01"), charges=[a_charge("2026-03-01")])
    asked = {
        "service": "PROFESSIONAL_SERVICES",
        "causes": ["MISUSE"],
        "language": "zh",
        "unmet_duties": ["REQUEST_FORM"],
    }
    assert codes(known, **asked) == [
        "EXPIRED_RENEWABLE",
        "PAYMENT_HOLD",
        "OUT_OF_SCOPE_PROFESSIONAL_SERVICES",
        "EXCLUDED_CAUSE",
        "CONDITIONS_UNMET",
        "LANGUAGE_NOT_OFFERED",
    ]


def test_a_clean_yes_has_no_reason_and_its_clauses():
    found = judged(covered_by("GOLD"))
    assert found.verdict == "ENTITLED"
    assert found.reasons == ()
    assert found.clauses
    assert found.plan == "GOLD"


@pytest.mark.parametrize(
    "license",
    [
        a_license(),
        a_license(registered_on=None),
        a_license(registered_on="2020-01-01"),
        covered_by("GOLD", retired_on="2026-01-31"),
    ],
)
def test_an_answer_always_cites_what_was_applied(license):
    found = judged(license)
    assert found.clauses
    assert {one.clause for one in found.reasons} <= set(found.clauses)
    assert all(one.clause is not None and one.message for one in found.reasons)


# ================================================================ R-CHK-2: the dates of a base


@pytest.mark.parametrize(
    ("facts", "on", "expected"),
    [
        pytest.param({"retired_on": "2026-03-10"}, "2026-03-10", [], id="the day of the retirement"),
        pytest.param({"retired_on": "2026-03-10"}, "2026-03-11", ["RETIRED"], id="the day after it"),
        pytest.param({"registered_on": None}, "2026-03-11", ["NOT_ACTIVATED"], id="no recorded start"),
        pytest.param(
            {"registered_on": "2026-03-12"}, "2026-03-11", ["NOT_STARTED"], id="the day before the first covered one"
        ),
        pytest.param({"registered_on": "2026-03-11"}, "2026-03-11", [], id="the first covered day"),
        pytest.param({"registered_on": "2025-03-12"}, "2026-03-11", [], id="the last covered day"),
        pytest.param({"registered_on": "2025-03-11"}, "2026-03-11", ["EXPIRED_RENEWABLE"], id="day 1"),
        pytest.param(
            {"registered_on": "2024-11-12"},
            "2026-03-11",
            ["EXPIRED_RENEWABLE"],
            id="day 120 after 2025-11-11: 19 + 31 + 31 + 28 + 11",
        ),
        pytest.param({"registered_on": "2024-11-11"}, "2026-03-11", ["EXPIRED_LATE"], id="day 121 after 2025-11-10"),
        pytest.param({"product": product_ending("2026-03-11")}, "2026-03-11", [], id="the day of the end of support"),
        pytest.param(
            {"product": product_ending("2026-03-10")}, "2026-03-11", ["END_OF_SUPPORT"], id="the day after it"
        ),
    ],
)
def test_the_dates_give_at_most_one_reason(facts, on, expected):
    assert codes(a_license(**facts), noon(on)) == expected
    assert all(one.blocking for one in judged(a_license(**facts), noon(on)).reasons)


def test_a_term_that_is_recorded_for_later_has_not_started():
    license = a_license(registered_on=None, terms=(a_term("GOLD", "2026-06-01", "2027-05-31"),))
    assert codes(license, noon("2026-05-31")) == ["NOT_STARTED"]
    assert codes(license, noon("2026-06-01")) == []


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param("2025-12-31", [], id="covered"),
        pytest.param("2026-03-31", ["EXPIRED_RENEWABLE"], id="expired, on the last day of support"),
        pytest.param("2026-04-01", ["END_OF_SUPPORT"], id="a day later the end of support replaces it"),
        pytest.param("2026-12-31", ["END_OF_SUPPORT"], id="also where the expiry would be late"),
    ],
)
def test_the_end_of_support_replaces_the_expiry(on, expected):
    license = a_license(registered_on="2025-01-01", product=product_ending("2026-03-31"))
    assert codes(license, noon(on)) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({"retired_on": "2025-06-30", "registered_on": None}, "RETIRED", id="retired, never activated"),
        pytest.param(
            {"retired_on": "2025-06-30", "registered_on": "2024-01-01", "product": product_ending("2025-01-31")},
            "RETIRED",
            id="retired, expired and past its end of support",
        ),
        pytest.param(
            {"registered_on": None, "product": product_ending("2025-01-31")},
            "NOT_ACTIVATED",
            id="not activated, past its end of support",
        ),
    ],
)
def test_the_first_of_them_stands_alone(facts, expected):
    assert codes(a_license(**facts)) == [expected]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param("2026-01-01", "EXPIRED_RENEWABLE", id="day 1 of the gap"),
        pytest.param("2026-04-30", "EXPIRED_RENEWABLE", id="day 120: 31 + 28 + 31 + 30"),
        pytest.param("2026-05-01", "EXPIRED_LATE", id="day 121"),
        pytest.param("2026-08-31", "EXPIRED_LATE", id="the eve of the next period"),
    ],
)
def test_in_a_gap_the_lapse_counts_from_the_period_before_it(on, expected):
    license = a_license(registered_on="2025-01-01", terms=(a_term("GOLD", "2026-09-01", "2027-08-31"),))
    assert codes(license, noon(on)) == [expected]
    assert told(reason(expected, license, noon(on)))["expires_on"] == "2025-12-31"


def test_an_expiry_tells_the_last_covered_day_the_lapse_and_the_last_free_order_date():
    facts = told(reason("EXPIRED_RENEWABLE", a_license(registered_on="2025-01-01")))
    assert facts["expires_on"] == "2025-12-31"
    assert facts["lapse_days"] == "70"  # 31 + 28 + 11
    assert facts["last_free_order_date"] == "2026-04-30"


@pytest.mark.parametrize(
    ("license", "starts_on"),
    [
        pytest.param(a_license(registered_on="2026-06-01"), "2026-06-01", id="its activation"),
        pytest.param(
            a_license(registered_on="2026-06-01", terms=(a_term("GOLD", "2026-05-01", "2026-05-31"),)),
            "2026-05-01",
            id="a term that starts before it",
        ),
        pytest.param(
            a_module_of(a_license(registered_on="2026-04-01"), registered_on="2026-06-01"),
            "2026-06-01",
            id="a module's own day, its base's being earlier",
        ),
    ],
)
def test_what_has_not_started_tells_its_first_day(license, starts_on):
    assert told(reason("NOT_STARTED", license))["starts_on"] == starts_on


def test_an_end_of_support_tells_its_milestone_and_the_last_covered_day():
    facts = told(reason("END_OF_SUPPORT", a_license(product=product_ending("2026-02-28"))))
    assert (facts["milestone"], facts["last_covered_day"]) == ("END_OF_SUPPORT", "2026-02-28")


# ================================================================ R-CHK-3: the dates of a dependent

LAPSED = a_license(registered_on="2025-01-01")
COVERED = covered_by("GOLD")


@pytest.mark.parametrize(
    ("base", "facts", "expected"),
    [
        pytest.param(COVERED, {}, [], id="both covered"),
        pytest.param(LAPSED, {}, ["BASE_NOT_COVERED"], id="in place of its own expiry"),
        pytest.param(
            LAPSED, {"registered_on": "2020-01-01"}, ["BASE_NOT_COVERED"], id="however long its own year is over"
        ),
        pytest.param(
            LAPSED, {"registered_on": None}, ["NOT_ACTIVATED", "BASE_NOT_COVERED"], id="its own NOT_ACTIVATED beside it"
        ),
        pytest.param(
            LAPSED,
            {"registered_on": "2026-03-12"},
            ["NOT_STARTED", "BASE_NOT_COVERED"],
            id="its own NOT_STARTED beside it",
        ),
        pytest.param(
            LAPSED,
            {"product": product_ending("2026-01-31", "FAX-MODULE", "MODULE")},
            ["BASE_NOT_COVERED", "END_OF_SUPPORT"],
            id="its own END_OF_SUPPORT beside it",
        ),
        pytest.param(LAPSED, {"retired_on": "2026-03-10"}, ["RETIRED"], id="its own RETIRED alone"),
        pytest.param(COVERED, {"registered_on": None}, ["NOT_ACTIVATED"], id="a covered base, not activated"),
        pytest.param(
            COVERED, {"registered_on": "2026-03-12"}, ["NOT_STARTED"], id="a covered base, the day before its start"
        ),
        pytest.param(COVERED, {"registered_on": "2026-03-11"}, [], id="a covered base, its first day"),
        pytest.param(
            COVERED,
            {"product": product_ending("2026-03-10", "FAX-MODULE", "MODULE")},
            ["END_OF_SUPPORT"],
            id="a covered base, the day after its own end of support",
        ),
        pytest.param(
            COVERED,
            {"product": product_ending("2026-03-11", "FAX-MODULE", "MODULE")},
            [],
            id="a covered base, the day of its own end of support",
        ),
        pytest.param(COVERED, {"retired_on": "2026-03-10"}, ["RETIRED"], id="a covered base, retired"),
        pytest.param(COVERED, {"retired_on": "2026-03-11"}, [], id="a covered base, the day of its retirement"),
    ],
)
def test_the_dates_of_a_dependent(base, facts, expected):
    assert sorted(codes(a_module_of(base, **facts))) == sorted(expected)


@pytest.mark.parametrize(
    ("base", "state"),
    [
        pytest.param(a_license(registered_on="2025-01-01"), "EXPIRED_RENEWABLE", id="renewable"),
        pytest.param(a_license(registered_on="2024-01-01"), "EXPIRED_LATE", id="late"),
        pytest.param(a_license(registered_on=None), "NOT_ACTIVATED", id="not activated"),
        pytest.param(a_license(registered_on="2026-06-01"), "NOT_STARTED", id="not started"),
        pytest.param(a_license(product=product_ending("2026-01-31")), "END_OF_SUPPORT", id="past its end of support"),
        pytest.param(covered_by("GOLD", retired_on="2026-01-31"), "RETIRED", id="retired"),
    ],
)
def test_the_reason_names_the_base_and_its_state(base, state):
    found = reason("BASE_NOT_COVERED", a_module_of(base))
    assert found.blocking
    assert told(found)["base"] == "B-1"
    assert told(found)["base_state"] == state


@pytest.mark.parametrize(
    ("base", "facts", "state"),
    [
        (LAPSED, {}, "BASE_NOT_COVERED"),
        (LAPSED, {"registered_on": None}, "NOT_ACTIVATED"),
        (LAPSED, {"registered_on": "2026-03-12"}, "NOT_STARTED"),
        (LAPSED, {"product": product_ending("2026-01-31", "FAX-MODULE", "MODULE")}, "END_OF_SUPPORT"),
        (LAPSED, {"retired_on": "2026-03-10"}, "RETIRED"),
        (COVERED, {}, "COVERED"),
        (COVERED, {"registered_on": "2026-03-12"}, "NOT_STARTED"),
    ],
)
def test_the_state_of_a_dependent_is_its_own_first(base, facts, state):
    assert coverage.coverage_on(a_module_of(base, **facts), day("2026-03-11"), GUIDE).state == state


# ================================================================ R-CHK-4: payment; the rest is test_payments.py


@pytest.mark.parametrize(
    ("on", "held"), [("2026-03-10", False), ("2026-03-11", True), ("2026-03-14", True), ("2026-03-15", False)]
)
def test_neither_the_due_day_nor_the_payment_day_is_held(on, held):
    known = facts_of(covered_by("GOLD"), charges=[a_charge("2026-03-10", paid_on="2026-03-15")])
    assert (codes(known, noon(on)) == ["PAYMENT_HOLD"]) is held


# ================================================================ R-CHK-5: the plan; the rest is test_plans.py


@pytest.mark.parametrize(
    ("starts_on", "expires_on", "expected"),
    [
        pytest.param("2026-03-11", None, [], id="its first day"),
        pytest.param("2026-03-12", None, ["OPTION_NOT_AGREED"], id="the day before it"),
        pytest.param("2026-01-01", "2026-03-11", [], id="its last day"),
        pytest.param("2026-01-01", "2026-03-10", ["OPTION_NOT_AGREED"], id="the day after it"),
    ],
)
def test_an_option_has_to_be_in_force_that_day(starts_on, expires_on, expected):
    license = covered_by("GOLD", options=[an_option("DELIVERY_ON_SITE", starts_on, expires_on)])
    assert codes(license, service="ON_SITE") == expected


def test_an_option_for_another_feature_does_not_stand_in():
    license = covered_by("GOLD", options=[an_option("LEVEL_1_END_USER")])
    assert codes(license, service="ON_SITE") == ["OPTION_NOT_AGREED"]
    assert codes(license, requester="END_USER") == []


def test_an_option_of_the_base_holds_for_its_dependents_and_not_the_other_way():
    agreed = [an_option("DELIVERY_ON_SITE")]
    assert codes(a_module_of(covered_by("GOLD", options=agreed)), service="ON_SITE") == []
    assert codes(a_module_of(COVERED, options=agreed), service="ON_SITE") == []
    with_module = facts_of(COVERED, dependents=[a_module_of(COVERED, options=agreed)])
    assert codes(with_module, service="ON_SITE") == ["OPTION_NOT_AGREED"]


@pytest.mark.parametrize(
    ("plan", "on", "expected"),
    [
        pytest.param("PLATINUM", "2020-03-31", ["NOT_YET_OFFERED"], id="the eve of expert assistance"),
        pytest.param("PLATINUM", "2020-04-01", [], id="its first day"),
        pytest.param("GOLD", "2020-03-31", ["PLAN_EXCLUDES", "NOT_YET_OFFERED"], id="under a plan that lacks it, both"),
        pytest.param("GOLD", "2020-04-01", ["PLAN_EXCLUDES"], id="and then the plan alone"),
    ],
)
def test_expert_assistance_is_offered_from_april_2020(plan, on, expected):
    license = covered_by(plan, "2020-01-01", "2020-12-31", registered_on="2020-01-01")
    assert codes(license, noon(on), service="EXPERT") == expected


@pytest.mark.parametrize(("on", "expected"), [("2020-02-29", ["NOT_YET_OFFERED"]), ("2020-03-01", [])])
def test_proactive_support_is_offered_from_march_2020(on, expected):
    license = covered_by(
        "GOLD",
        "2020-01-01",
        "2020-12-31",
        registered_on="2020-01-01",
        installed_release="Winter '20",
        cloud_connected=True,
        cloud_licensed=True,
    )
    assert codes(license, noon(on), service="PROACTIVE") == expected


@pytest.mark.parametrize(
    "asked", [{"channel": "REMOTE_SESSION"}, {"requester": "END_USER"}, {"service": "ON_SITE"}, {"service": "EXPERT"}]
)
def test_the_plan_is_judged_only_where_one_is_in_force(asked):
    assert codes(LAPSED, **asked) == ["EXPIRED_RENEWABLE"]


def test_the_plan_in_force_is_that_of_the_day():
    license = a_license(terms=(a_term("GOLD", "2026-04-01", "2026-04-30"),))
    assert codes(license, noon("2026-03-31"), channel="REMOTE_SESSION") == ["PLAN_EXCLUDES"]
    assert codes(license, noon("2026-04-01"), channel="REMOTE_SESSION") == []
    assert codes(license, noon("2026-04-30"), channel="REMOTE_SESSION") == []
    assert codes(license, rome("2026-05-04 12:00"), channel="REMOTE_SESSION") == ["PLAN_EXCLUDES"]


# ================================================================ R-CHK-6: hours; on-call is test_on_call.py


@pytest.mark.parametrize("at", ["2026-03-11 11:00", "2026-03-11 03:00", "2026-03-15 11:00", "2026-01-06 11:00"])
@pytest.mark.parametrize("channel", ["ONLINE", "EMAIL"])
@pytest.mark.parametrize("plan", ["BASIC", "GOLD", "PLATINUM"])
def test_online_and_e_mail_are_accepted_at_any_hour(plan, channel, at):
    assert codes(covered_by(plan), rome(at), channel=channel) == []


@pytest.mark.parametrize(
    ("plan", "at", "is_open"),
    [
        pytest.param("BASIC", "2026-03-11 08:59:59", False, id="Basic, a second before 09:00"),
        pytest.param("BASIC", "2026-03-11 09:00:00", True, id="Basic, 09:00"),
        pytest.param("BASIC", "2026-03-11 17:59:59", True, id="Basic, a second before 18:00"),
        pytest.param("BASIC", "2026-03-11 18:00:00", False, id="Basic, 18:00"),
        pytest.param("BASIC", "2026-03-14 11:00:00", False, id="Basic, Saturday"),
        pytest.param("GOLD", "2026-03-14 11:00:00", True, id="Gold, Saturday"),
        pytest.param("GOLD", "2026-03-14 18:00:00", False, id="Gold, Saturday 18:00"),
        pytest.param("GOLD", "2026-03-15 11:00:00", False, id="Gold, Sunday"),
        pytest.param("BASIC", "2026-01-06 11:00:00", False, id="Basic, Epiphany"),
        pytest.param("GOLD", "2026-01-06 11:00:00", True, id="Gold, Epiphany"),
        pytest.param("GOLD", "2026-04-05 11:00:00", True, id="Gold, Easter Sunday: a holiday on the rest day"),
        pytest.param("BASIC", "2026-04-05 11:00:00", False, id="Basic, Easter Sunday"),
        pytest.param("PLATINUM", "2026-03-15 11:00:00", False, id="Platinum, Sunday, without a priority"),
    ],
)
@pytest.mark.parametrize("channel", ["PHONE", "CHAT"])
def test_phone_and_chat_are_answered_in_the_window_of_the_plan(channel, plan, at, is_open):
    expected = [] if is_open else ["OUTSIDE_SERVICE_WINDOW"]
    assert codes(covered_by(plan), rome(at), channel=channel) == expected
    assert verdict(covered_by(plan), rome(at), channel=channel) == ("ENTITLED" if is_open else "NOT_ENTITLED")


@pytest.mark.parametrize(
    ("at", "is_open"), [("2026-03-14 17:59", True), ("2026-03-14 18:00", False), ("2026-03-15 11:00", False)]
)
def test_remote_sessions_too(at, is_open):
    expected = [] if is_open else ["OUTSIDE_SERVICE_WINDOW"]
    assert codes(covered_by("GOLD"), rome(at), channel="REMOTE_SESSION") == expected


def test_a_plan_that_lacks_the_channel_is_told_beside_the_hour():
    found = codes(covered_by("BASIC"), rome("2026-03-11 03:00"), channel="REMOTE_SESSION")
    assert found == ["PLAN_EXCLUDES", "OUTSIDE_SERVICE_WINDOW"]


def test_the_hours_are_those_of_the_theater_asked_for_else_of_the_account():
    american = covered_by("BASIC", account=an_account(theater="AMERICAS", country="US"))
    at = rome("2026-03-11 11:00")  # 06:00 in New York, an hour before it opens; 14:00 in Dubai
    assert codes(american, at, channel="PHONE") == ["OUTSIDE_SERVICE_WINDOW"]
    assert codes(american, at, channel="PHONE", theater="EUROPE") == []
    assert codes(covered_by("BASIC"), at, channel="PHONE", theater="MIDDLE_EAST") == []


def test_the_reason_says_when_it_opens():
    found = reason("OUTSIDE_SERVICE_WINDOW", covered_by("BASIC"), rome("2026-03-13 18:00"), channel="PHONE")
    assert told(found)["opens_at"] == "2026-03-16T08:00:00Z"  # Monday 09:00 in Rome


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        pytest.param("2026-03-11 11:00", [], id="a normal day"),
        pytest.param("2026-03-14 11:00", ["OUTSIDE_SERVICE_WINDOW"], id="Saturday"),
        pytest.param("2026-01-06 11:00", ["OUTSIDE_SERVICE_WINDOW"], id="a holiday"),
    ],
)
@pytest.mark.parametrize("plan", ["GOLD", "PLATINUM"])
def test_end_users_have_the_business_hours_of_normal_days_only(plan, at, expected):
    license = covered_by(plan, options=[an_option("LEVEL_1_END_USER")])
    assert codes(license, rome(at), channel="PHONE", requester="END_USER") == expected


def test_no_window_is_judged_where_no_plan_is_in_force():
    assert codes(LAPSED, rome("2026-03-11 03:00"), channel="PHONE") == ["EXPIRED_RENEWABLE"]


# ================================================================ R-CHK-7: languages


@pytest.mark.parametrize("language", ["it", "en", "de", "fr", "es", "pt", "ar", "pt-BR", "EN", "fr-CH", None])
def test_one_of_the_seven_languages_is_answered_in(language):
    assert codes(COVERED, language=language) == []


@pytest.mark.parametrize("language", ["zh", "nl", "ru", "ca"])
def test_another_language_is_told_and_does_not_block(language):
    found = judged(COVERED, language=language)
    assert [(str(one.code), one.blocking) for one in found.reasons] == [("LANGUAGE_NOT_OFFERED", False)]
    assert found.verdict == "CONDITIONAL"


def test_the_account_s_language_does_not_stand_in():
    assert codes(covered_by("GOLD", account=an_account(language="zh"))) == []


# ================================================================ R-CHK-8: causes and duties

EXCLUDED = [
    "ACCIDENT",
    "TRANSPORT",
    "NEGLIGENCE",
    "MISUSE",
    "UNSUITABLE_ENVIRONMENT",
    "UNSPECIFIED_SUPPLIES",
    "UNINTENDED_USE",
    "UNLISTED_SYSTEM",
]


@pytest.mark.parametrize(
    ("cause", "code", "blocking", "lifted"),
    [
        ("PRODUCT_DEFECT", None, None, None),
        ("PRODUCT_ALTERED", "PRODUCT_ALTERED", True, True),
        ("UNCERTIFIED_ENVIRONMENT", "UNCERTIFIED_ENVIRONMENT", True, True),
        ("THIRD_PARTY_PRODUCT", "THIRD_PARTY_CAUSE", False, False),
        *[(cause, "EXCLUDED_CAUSE", True, False) for cause in EXCLUDED],
    ],
)
def test_what_follows_from_each_cause_and_whether_the_vendor_s_agreement_lifts_it(cause, code, blocking, lifted):
    found = judged(COVERED, causes=[cause]).reasons
    assert [(str(one.code), one.blocking) for one in found] == ([] if code is None else [(code, blocking)])
    agreed = codes(COVERED, causes=[cause], vendor_agreed=True)
    assert agreed == ([] if code is None or lifted else [code])


def test_a_third_party_s_product_is_a_condition_not_a_denial():
    assert verdict(COVERED, causes=["THIRD_PARTY_PRODUCT"]) == "CONDITIONAL"


def test_several_causes_give_several_reasons():
    asked = ["ACCIDENT", "MISUSE", "PRODUCT_ALTERED", "THIRD_PARTY_PRODUCT", "PRODUCT_DEFECT"]
    assert codes(COVERED, causes=asked) == ["EXCLUDED_CAUSE", "EXCLUDED_CAUSE", "PRODUCT_ALTERED", "THIRD_PARTY_CAUSE"]


@pytest.mark.parametrize("causes", [[], ["PRODUCT_DEFECT"], ["PRODUCT_ALTERED"]])
def test_a_licence_recorded_as_altered_has_that_reason_whatever_the_cause(causes):
    assert codes(covered_by("GOLD", altered=True), causes=causes) == ["PRODUCT_ALTERED"]
    assert codes(covered_by("GOLD", altered=True), causes=causes, vendor_agreed=True) == []


def test_the_reason_says_whether_the_alteration_was_recorded_or_named():
    assert told(reason("PRODUCT_ALTERED", covered_by("GOLD", altered=True)))["recorded"] == "true"
    assert told(reason("PRODUCT_ALTERED", COVERED, causes=["PRODUCT_ALTERED"]))["recorded"] == "false"


@pytest.mark.parametrize("altered", [False, None])
def test_a_licence_not_known_to_be_altered_has_not(altered):
    assert codes(covered_by("GOLD", altered=altered)) == []


@pytest.mark.parametrize("duty", ["REQUEST_FORM", "REMOTE_CONNECTIVITY", "LATEST_RELEASE", "CONNECTION_AUTHORISATION"])
def test_a_duty_named_as_unmet_is_a_condition(duty):
    found = judged(COVERED, unmet_duties=[duty])
    assert [(str(one.code), one.blocking) for one in found.reasons] == [("CONDITIONS_UNMET", False)]
    assert found.verdict == "CONDITIONAL"


def test_each_unmet_duty_is_told():
    found = judged(COVERED, unmet_duties=["REQUEST_FORM", "LATEST_RELEASE"]).reasons
    assert {told(one)["duty"] for one in found} == {"REQUEST_FORM", "LATEST_RELEASE"}


# ================================================================ R-CHK-9, with test_releases.py and test_lifecycle.py


def test_fixes_of_an_unknown_release_are_conditional_never_refused():
    found = judged(COVERED, service="BUG_FIX")
    assert [(str(one.code), one.blocking) for one in found.reasons] == [("FACTS_MISSING", False)]
    assert found.verdict == "CONDITIONAL"


# ================================================================ R-CHK-10: services of their own

READY = {"installed_release": "Winter '20", "cloud_connected": True, "cloud_licensed": True}
"""What proactive support needs, just so (R-SVC-1)."""


@pytest.mark.parametrize(
    ("facts", "reasons", "expected"),
    [
        pytest.param({}, [], "ENTITLED", id="every condition holds, with the earliest release"),
        pytest.param({"installed_release": "Spring '26"}, [], "ENTITLED", id="a later release"),
        pytest.param(
            {"installed_release": "Summer '19"}, ["CONDITIONS_UNMET"], "NOT_ENTITLED", id="the release before it"
        ),
        pytest.param({"cloud_connected": False}, ["CONDITIONS_UNMET"], "NOT_ENTITLED", id="not connected"),
        pytest.param(
            {"cloud_licensed": False}, ["CONDITIONS_UNMET"], "NOT_ENTITLED", id="not licensed through the portal"
        ),
        pytest.param({"installed_release": None}, ["FACTS_MISSING"], "UNKNOWN", id="the release is not known"),
        pytest.param(
            {"cloud_connected": None}, ["FACTS_MISSING"], "UNKNOWN", id="whether it is connected is not known"
        ),
        pytest.param({"cloud_licensed": None}, ["FACTS_MISSING"], "UNKNOWN", id="how it is licensed is not known"),
        pytest.param(
            {"cloud_connected": None, "cloud_licensed": None}, ["FACTS_MISSING"] * 2, "UNKNOWN", id="two unknown"
        ),
        pytest.param(
            {"cloud_connected": False, "cloud_licensed": None},
            ["CONDITIONS_UNMET", "FACTS_MISSING"],
            "NOT_ENTITLED",
            id="one unmet and one unknown",
        ),
    ],
)
def test_proactive_support_has_conditions_that_block(facts, reasons, expected):
    found = judged(covered_by("GOLD", **{**READY, **facts}), service="PROACTIVE")
    assert [str(one.code) for one in found.reasons] == reasons
    assert all(one.blocking for one in found.reasons)
    assert found.verdict == expected


def test_what_proactive_support_lacks_is_named():
    found = judged(covered_by("GOLD"), service="PROACTIVE").reasons
    assert {told(one)["missing"] for one in found} == {"installed_release", "cloud_connected", "cloud_licensed"}


def test_the_request_s_release_counts_for_proactive_support():
    recorded = covered_by("GOLD", **{**READY, "installed_release": None})
    assert codes(recorded, service="PROACTIVE", installed_release="Winter '26") == []
    assert codes(recorded, service="PROACTIVE", installed_release="Summer '19") == ["CONDITIONS_UNMET"]


def test_basic_lacks_proactive_support_whatever_is_unknown():
    assert verdict(covered_by("BASIC"), service="PROACTIVE") == "NOT_ENTITLED"


@pytest.mark.parametrize(
    ("warranty", "status"),
    [
        pytest.param(a_warranty("2026-03-11"), "in warranty", id="its last day"),
        pytest.param(a_warranty("2026-03-10"), "out of warranty", id="the day after it"),
        pytest.param(None, "not recorded", id="not recorded"),
    ],
)
def test_hardware_is_redirected_to_its_manufacturer(warranty, status):
    found = judged(hardware(warranty=warranty), service="HARDWARE_REPAIR")
    assert [(str(one.code), one.blocking) for one in found.reasons] == [("MANUFACTURER_WARRANTY", False)]
    assert told(found.reasons[0])["warranty"] == status
    assert found.verdict == "CONDITIONAL"


@pytest.mark.parametrize(
    ("license", "asked"),
    [
        pytest.param(hardware(registered_on="2020-01-01"), {}, id="expired"),
        pytest.param(hardware(registered_on=None), {}, id="not activated"),
        pytest.param(hardware(retired_on="2026-01-31"), {}, id="retired"),
        pytest.param(hardware(altered=True), {}, id="altered"),
        pytest.param(hardware(), {"causes": ["MISUSE", "ACCIDENT"]}, id="an excluded cause"),
        pytest.param(
            hardware(),
            {"channel": "REMOTE_SESSION", "at": rome("2026-03-15 03:00")},
            id="a channel and an hour that are refused",
        ),
        pytest.param(hardware(), {"requester": "END_USER", "language": "zh"}, id="an end user in another language"),
        pytest.param(hardware(), {"unmet_duties": ["REQUEST_FORM"]}, id="a duty unmet"),
    ],
)
def test_a_repair_is_judged_by_the_warranty_alone(license, asked):
    known = facts_of(license, charges=[a_charge("2026-01-01", serial="H-1")])
    assert codes(known, service="HARDWARE_REPAIR", **asked) == ["MANUFACTURER_WARRANTY"]


def test_a_repair_of_an_unknown_licence_or_with_an_invalid_request_is_answered_as_any():
    assert codes(None, service="HARDWARE_REPAIR") == ["UNKNOWN_LICENSE"]
    assert codes(hardware(), service="HARDWARE_REPAIR", theater="MOON") == ["INVALID_REQUEST"]


def test_a_ticket_on_hardware_is_judged_like_any_other():
    assert codes(hardware(registered_on="2025-01-01")) == ["EXPIRED_RENEWABLE"]


@pytest.mark.parametrize("plan", ["BASIC", "GOLD", "PLATINUM"])
def test_professional_services_are_out_of_scope_on_every_plan(plan):
    found = judged(covered_by(plan), service="PROFESSIONAL_SERVICES")
    assert [(str(one.code), one.blocking) for one in found.reasons] == [("OUT_OF_SCOPE_PROFESSIONAL_SERVICES", True)]
    assert found.verdict == "NOT_ENTITLED"


# ================================================================ R-CHK-11: an unknown licence


def test_an_unknown_licence_is_a_no_with_nothing_else():
    found = decided(None, causes=["MISUSE"], language="zh", channel="PHONE", service="PROACTIVE")
    assert [str(one.code) for one in found.reasons] == ["UNKNOWN_LICENSE"]
    assert found.verdict == "NOT_ENTITLED"
    assert (found.license, found.plan, found.coverage, found.commitment) == (None, None, None, None)
    assert found.conflicts == ()
    assert found.stable_until is None


def test_two_licences_that_are_not_to_be_seen_look_the_same():
    assert judged(None, serial="A-1") == judged(None, serial="A-2")


# ================================================================ R-CHK-15: validity


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        pytest.param({"known_at": "2026-03-11T10:00:01Z"}, "knownAt", id="knownAt a second in the future"),
        pytest.param({"theater": "MOON"}, "theater", id="an unknown theater"),
        pytest.param({"theater": "europe"}, "theater", id="a theater in another case"),
        pytest.param({"installed_release": "Autumn '26"}, "installedRelease", id="an unknown installed release"),
        pytest.param({"release": "Autumn '26", "service": "FEATURE_RELEASE"}, "release", id="an unknown release"),
        pytest.param({"serial": ""}, "license", id="an empty serial"),
        pytest.param({"serial": "A 1"}, "license", id="a serial with a space"),
        pytest.param({"serial": "é-1"}, "license", id="a serial that is not ASCII"),
        pytest.param({"language": "english please"}, "language", id="a language that is no tag"),
        pytest.param({"language": ""}, "language", id="an empty language"),
        pytest.param({"language": "e"}, "language", id="a language of one letter"),
        pytest.param(
            {"pauses": [a_pause("2026-03-11T10:00Z", "2026-03-11T10:00Z")]}, "pauses.0", id="a pause without length"
        ),
        pytest.param(
            {"pauses": [a_pause("2026-03-11T10:00Z", "2026-03-11T09:00Z")]},
            "pauses.0",
            id="a pause that ends before it starts",
        ),
        pytest.param({"at": "1999-12-31T22:59:59Z"}, "at", id="the last second of 1999 in Rome"),
        pytest.param({"at": "2050-12-31T23:00:00Z"}, "at", id="the first instant of 2051 in Rome"),
    ],
)
def test_what_cannot_be_judged_stands_alone(asked, field):
    license = a_license(registered_on="2025-01-01")
    found = judged(license, **asked)
    assert [str(one.code) for one in found.reasons] == ["INVALID_REQUEST"]
    assert told(found.reasons[0])["field"] == field
    assert found.verdict == "UNKNOWN"


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"known_at": ASKED}, id="knownAt now"),
        pytest.param({"known_at": "2020-01-01T00:00Z"}, id="knownAt long ago"),
        pytest.param({"at": "2026-12-31T22:59:59Z"}, id="at in the future"),
        pytest.param({"serial": "B-1"}, id="a serial"),
        pytest.param({"serial": "!" * 64}, id="a serial of 64 signs"),
        pytest.param({"language": "pt-BR"}, id="a language with a region"),
        pytest.param({"language": "ar-Arab-EG"}, id="a language with a script"),
        pytest.param({"theater": "MIDDLE_EAST_UAE"}, id="a theater"),
        pytest.param({"pauses": [a_pause("2026-03-11T10:00:00Z", "2026-03-11T10:00:01Z")]}, id="a pause of a second"),
    ],
)
def test_what_can_be_judged_is(asked):
    assert codes(a_license(), **asked) == []


def test_a_serial_of_65_signs_is_malformed():
    assert codes(a_license(), serial="A" * 65) == ["INVALID_REQUEST"]


@pytest.mark.parametrize(
    ("at", "license"),
    [
        ("1999-12-31T23:00:00Z", a_license(registered_on="2000-01-01")),
        ("2050-12-31T22:59:59Z", a_license(registered_on="2050-01-01")),
    ],
)
def test_the_calendars_begin_and_end_by_the_policy_zone(at, license):
    assert codes(license, at) == []


def test_several_faults_are_told_together():
    found = judged(a_license(), theater="MOON", language="?", known_at="2027-01-01T00:00Z")
    assert {told(one)["field"] for one in found.reasons} == {"theater", "language", "knownAt"}
    assert {str(one.code) for one in found.reasons} == {"INVALID_REQUEST"}


def test_an_invalid_request_about_an_unknown_licence_is_invalid():
    assert codes(None, theater="MOON") == ["INVALID_REQUEST"]


def test_a_check_may_be_about_the_future():
    assert codes(a_license(), noon("2027-06-01")) == ["EXPIRED_LATE"]
    assert codes(a_license(), noon("2027-04-30")) == [
        "EXPIRED_RENEWABLE"
    ]  # day 120 after 2026-12-31: 31 + 28 + 31 + 30


def test_before_the_first_edition_its_first_entries_apply():
    license = covered_by("GOLD", "2005-01-01", "2005-12-31", registered_on="2005-01-01")
    assert codes(license, rome("2005-03-09 11:00"), channel="REMOTE_SESSION") == []
    assert codes(license, rome("2005-03-13 11:00"), channel="PHONE") == ["OUTSIDE_SERVICE_WINDOW"]  # a Sunday
    assert codes(license, rome("2005-03-09 11:00"), service="ON_SITE") == ["OPTION_NOT_AGREED"]


def test_lapsed_licences_of_every_age_are_judged():
    assert codes(a_lapsed_license("2019-12-31"), noon("2050-12-31")) == ["EXPIRED_LATE"]
