"""The shipped edition, ImagicleCare 4.1, against tables that are written out here a second time."""

import tomllib
from collections.abc import Iterator
from datetime import date, time
from hashlib import sha256
from typing import TypeVar

import pytest

from api.editions import EDITIONS, load_guide, texts_of
from entitlements import parameters
from entitlements.clauses import ClauseBasis
from entitlements.facts import LicenseModel
from entitlements.parameters import (
    FEATURE,
    HOLIDAYS,
    PARAMETERS,
    PLAN,
    REACTION,
    THEATER,
    WEEK,
    Duration,
    Family,
    Unit,
    Weekday,
)
from entitlements.requests import Cause, Channel, Duty, Requester, Service

T = TypeVar("T")
GUIDE = load_guide("imagicle-care-4.1")
TEXTS = texts_of(EDITIONS / "imagicle-care-4.1")
FIRST_DAY = date(2020, 3, 1)
PLANS = ("BASIC", "GOLD", "PLATINUM")
PRIORITIES = ("P1", "P2", "P3", "P4")


def words(text: str) -> list[str]:
    """The words of a text that is written as a list."""
    return text.split()


RULES = words("""
    R-DATE-1 R-DATE-2 R-DATE-3 R-DATE-4
    R-COV-1 R-COV-2 R-COV-3 R-COV-4 R-COV-5 R-COV-6
    R-COT-1 R-COT-2 R-COT-3 R-COT-4 R-COT-5 R-COT-6 R-COT-7
    R-REN-1 R-REN-2 R-REN-3 R-REN-4 R-REN-5 R-REN-6 R-REN-7 R-REN-8 R-REN-9 R-REN-10 R-REN-11 R-REN-12
    R-FEE-1 R-FEE-2 R-FEE-3 R-FEE-4
    R-EOL-1 R-EOL-2 R-EOL-3 R-EOL-4 R-EOL-5 R-EOL-6
    R-PLAN
    R-SLA-1 R-SLA-2 R-SLA-3 R-SLA-4 R-SLA-5 R-SLA-6 R-SLA-7 R-SLA-8
    R-CAL
    R-REL-1 R-REL-2 R-REL-3
    R-SVC-1 R-SVC-2 R-SVC-3 R-SVC-4 R-SVC-5 R-SVC-6
    R-EXC-1 R-EXC-2 R-EXC-3 R-EXC-4 R-EXC-5 R-EXC-6
    R-CHK-1 R-CHK-2 R-CHK-3 R-CHK-4 R-CHK-5 R-CHK-6 R-CHK-7 R-CHK-8 R-CHK-9 R-CHK-10 R-CHK-11 R-CHK-12 R-CHK-13
    R-CHK-14 R-CHK-15
""")
CONFLICTS = words("""
    X-REMOTE X-FEE-RATE X-FEE-YEARS X-DAY-120 X-GAP-SERVICE X-PLATINUM-HOURS X-P1-CLOCK X-GOLD-PROSE
    X-ON-CALL-SEVERITY X-LANGUAGES X-MIDDLE-EAST-WEEK X-PHONE-AMERICAS X-THEATERS X-BASIC-PRIORITY X-NOTIFICATION
    X-ESCALATION-BLANKS X-DISK X-OVERRUN-TWICE X-EOL-TERMS X-FIRST-YEAR-ADDON X-TICKETS X-EXPERT-DATE X-PAYMENT
    X-ASIA-PACIFIC X-EXTENDED-HOURS X-SEASONS X-FOOTNOTES X-EXECUTES X-HOLIDAY-REST-DAY X-CREDIT
""")


def on_first_day(family: Family[T], code: str) -> T:
    """A family's value for a code on the edition's first day."""
    return GUIDE.series(family, code).on(FIRST_DAY).value


def other_readings(id_):
    """The readings of a conflict that were not chosen."""
    (found,) = (conflict for conflict in GUIDE.conflicts if conflict.id == id_)
    return [reading for reading in found.readings if reading is not found.chosen]


def strings_in(value: object) -> Iterator[str]:
    """Every piece of text in what TOML gives."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings_in(item)


# ---------------------------------------------------------------- rules and citations


def test_every_rule_and_conflict_of_the_reading_has_its_clause_and_there_is_no_other():
    assert {clause.rule for clause in GUIDE.clauses.values()} == {*RULES, *CONFLICTS}
    assert all(GUIDE.clause(rule).rule == rule for rule in (*RULES, *CONFLICTS))


def test_every_clause_cites_the_guide_or_reads_what_does():
    def cited(clause):
        return clause.basis is ClauseBasis.GUIDE or all(cited(read) for read in clause.reads)

    assert [clause.id for clause in GUIDE.clauses.values() if not cited(clause)] == []


@pytest.mark.parametrize("prefix", ["R-DATE-", "R-CHK-", "X-"])
def test_what_the_guide_only_implies_is_a_reading(prefix):
    stated = [GUIDE.clause(rule) for rule in (*RULES, *CONFLICTS) if rule.startswith(prefix)]
    assert {clause.basis for clause in stated} == {ClauseBasis.READING}


def test_every_summary_is_one_sentence():
    summaries = [clause.summary for clause in GUIDE.clauses.values()]
    assert [summary for summary in summaries if not summary.endswith(".") or ". " in summary] == []


def test_no_two_clauses_say_the_same():
    summaries = [clause.summary for clause in GUIDE.clauses.values()]
    assert len(set(summaries)) == len(summaries)


# ---------------------------------------------------------------- none of the guide's sentences


def test_no_text_of_the_edition_is_french():
    french = words("le la les un une des du au aux et ou où est sont ne pas que qui dans pour par avec sur ces ses")
    values = [value for text in TEXTS.values() for value in strings_in(tomllib.loads(text))]
    found = {word.strip(".,;:()") for value in values for word in words(value)}
    assert found & set(french) == set()  # as written: AU and LA are countries


def test_no_text_of_the_edition_holds_a_passage_that_it_cites():
    proofs = {clause.digest: clause.id for clause in GUIDE.clauses.values() if clause.digest}
    lengths = {int(clause.locator.partition("+")[2]) for clause in GUIDE.clauses.values() if clause.locator}
    held = [
        (name, proofs[digest])
        for name, text in TEXTS.items()
        for value in set(strings_in(tomllib.loads(text)))
        for length in lengths
        for start in range(len(value) - length + 1)
        if (digest := sha256(value[start : start + length].encode()).hexdigest()) in proofs
    ]
    assert held == []


# ---------------------------------------------------------------- values


def test_every_value_says_what_it_is_and_begins_with_the_edition():
    stated = [GUIDE.values[parameter.name] for parameter in PARAMETERS]
    stated += [series for codes in GUIDE.families.values() for series in codes.values()]
    assert [series.name for series in stated if not series.summary.endswith(".")] == []
    assert [series.name for series in stated if series.entries[0].effective != FIRST_DAY] == []


def test_every_family_is_stated():
    assert [group for group, codes in GUIDE.families.items() if not codes] == []


@pytest.mark.parametrize(
    ("family", "codes"),
    [
        (parameters.ACTIVATION, LicenseModel),
        (parameters.SERVICE, Service),
        (parameters.CHANNEL, Channel),
        (parameters.LEVEL, Requester),
        (parameters.CAUSE, Cause),
        (parameters.DUTY, Duty),
        (parameters.ESCALATION_LEVELS, parameters.Priority),
    ],
)
def test_what_the_engine_can_be_asked_is_all_stated(family, codes):
    assert set(GUIDE.codes(family)) == set(codes)


def test_late_renewals_are_governed_by_the_order_date_and_plans_by_the_day_asked_about():
    by_order = {name for name, series in GUIDE.values.items() if series.governed_by == "order_date"}
    assert {"renewals.grace_days", "renewals.start_after_grace", "late_fees.rate", "proration.divisor"} <= by_order
    assert {GUIDE.series(FEATURE, code).governed_by for code in GUIDE.codes(FEATURE)} == {"asked_day"}


FEATURES = """
    BUG_FIXES                 I I I
    NEW_FEATURES              I I I
    SECURITY_OWASP_TOP_10     I I I
    SECURITY_FIXES            I I I
    CHANNEL_ONLINE            I I I
    CHANNEL_EMAIL             I I I
    CHANNEL_PHONE             I I I
    CHANNEL_CHAT              I I I
    CHANNEL_REMOTE_SESSION    - I I
    UNLIMITED_TICKETS         I I I
    TICKET_BY_WEB             I I I
    DELIVERY_REMOTE           I I I
    DELIVERY_ON_SITE          O O O
    QUEUE_PRIORITY            - I I
    COMMITTED_RESPONSE        - I I
    LEVEL_1_END_USER          - O O
    LEVEL_2_ADMINISTRATOR     I I I
    HOURS_CONTINUOUS          I I I
    HOURS_NORMAL_DAYS         I I I
    HOURS_SATURDAY            - I I
    HOURS_PUBLIC_HOLIDAYS     - I I
    HOURS_ON_CALL             - - I
    PROACTIVE                 - I I
    EXPERT                    - - I
"""
MARKS = {"I": "INCLUDED", "O": "OPTIONAL", "-": "NOT_INCLUDED"}


def test_each_plan_has_the_features_of_the_comparison():
    rows = [line.split() for line in FEATURES.strip().splitlines()]
    table = {code: dict(zip(PLANS, (MARKS[mark] for mark in marks), strict=True)) for code, *marks in rows}
    assert {code: dict(on_first_day(FEATURE, code).plans) for code in GUIDE.codes(FEATURE)} == table
    assert list(GUIDE.codes(FEATURE)) == list(table)


@pytest.mark.parametrize("code", [line.split()[0] for line in FEATURES.strip().splitlines()])
def test_each_feature_rests_on_its_own_row(code):
    clause = GUIDE.series(FEATURE, code).on(FIRST_DAY).clause
    assert (clause.id, clause.basis) == (f"imagicle-care-4.1/R-PLAN/{code}", ClauseBasis.GUIDE)


def test_two_features_have_a_first_day_of_their_own():
    offered = {code: on_first_day(FEATURE, code).offered_from for code in GUIDE.codes(FEATURE)}
    own = {code: day for code, day in offered.items() if day is not None}
    assert own == {"PROACTIVE": date(2020, 3, 1), "EXPERT": date(2020, 4, 1)}


def test_plans_rank_in_their_order_and_no_queue_puts_platinum_before_gold():
    terms = [on_first_day(PLAN, plan) for plan in PLANS]
    assert [term.rank for term in terms] == sorted({term.rank for term in terms})
    assert [term.queue_rank for term in terms] == [1, 2, 2]


MINUTES, DAYS = Unit.BUSINESS_MINUTES, Unit.BUSINESS_DAYS


@pytest.mark.parametrize(
    ("plan", "strength", "within"),
    [
        ("BASIC", "TARGET", {"P1": Duration(1, DAYS), "P2": Duration(2, DAYS)}),
        (
            "GOLD",
            "COMMITTED",
            {
                "P1": Duration(60, MINUTES),
                "P2": Duration(2 * 60, MINUTES),
                "P3": Duration(4 * 60, MINUTES),
                "P4": Duration(8 * 60, MINUTES),
            },
        ),
    ],
)
def test_reaction_times_are_those_of_the_table(plan, strength, within):
    reactions = on_first_day(REACTION, plan)
    assert (reactions.strength, reactions.within) == (strength, within)


def test_platinum_reacts_in_its_window_as_gold_does():
    assert on_first_day(REACTION, "PLATINUM") == on_first_day(REACTION, "GOLD")


def test_only_critical_cases_have_a_notification_time():
    times = {plan: dict(on_first_day(parameters.NOTIFICATION, plan)) for plan in PLANS}
    half_an_hour = {"P1": Duration(30, MINUTES)}
    assert times == {"BASIC": {"P1": Duration(4 * 60, MINUTES)}, "GOLD": half_an_hour, "PLATINUM": half_an_hour}


def test_escalation_steps_and_levels_are_those_of_the_table():
    steps = {plan: [step.amount for step in on_first_day(parameters.ESCALATION_STEPS, plan)] for plan in PLANS}
    hours = [60 * hour for hour in (2, 4, 8, 16, 40)]
    assert steps == {"BASIC": [2, 3, 5, 10, 20], "GOLD": hours, "PLATINUM": hours}
    team, leader, manager, board = "support team", "team leader", "support manager", "co-CEO and CTO"
    assert [on_first_day(parameters.ESCALATION_LEVELS, priority) for priority in PRIORITIES] == [
        (leader, leader, manager, board, board),
        (team, leader, leader, manager, board),
        (team, team, team, leader, manager),
        (team, team, team, team, leader),
    ]


MONDAY_TO_FRIDAY = frozenset(Weekday) - {Weekday.SAT, Weekday.SUN}
SUNDAY_TO_THURSDAY = frozenset(Weekday) - {Weekday.FRI, Weekday.SAT}


@pytest.mark.parametrize(
    ("code", "zone", "holidays", "phone", "days", "hours", "extended"),
    [
        ("AMERICAS", "America/New_York", "US", "+1 305 5013030", MONDAY_TO_FRIDAY, (7, 17), (7, 12)),
        ("EUROPE", "Europe/Rome", "IT", "+39 0584 943232", MONDAY_TO_FRIDAY, (9, 18), (9, 18)),
        ("MIDDLE_EAST", "Asia/Dubai", "AE", "+971 436 05197", SUNDAY_TO_THURSDAY, (9, 18), (12, 18)),
        ("MIDDLE_EAST_UAE", "Asia/Dubai", "AE", "+971 436 05197", SUNDAY_TO_THURSDAY, (9, 18), (12, 18)),
    ],
)
def test_each_theater_has_its_hours(code, zone, holidays, phone, days, hours, extended):
    theater, week = on_first_day(THEATER, code), on_first_day(WEEK, code)
    assert (theater.zone.key, theater.holidays, theater.phone) == (zone, holidays, phone)
    assert (week.normal_days, (week.opens, week.closes)) == (days, tuple(map(time, hours)))
    assert week.extended_days == {Weekday.SAT}
    assert (week.extended_opens, week.extended_closes) == tuple(map(time, extended))


@pytest.mark.parametrize(
    ("day", "days"), [(date(2021, 12, 31), SUNDAY_TO_THURSDAY), (date(2022, 1, 1), MONDAY_TO_FRIDAY)]
)
def test_the_emirates_week_changes_with_2022(day, days):
    assert GUIDE.series(WEEK, "MIDDLE_EAST_UAE").on(day).value.normal_days == days
    assert GUIDE.series(WEEK, "MIDDLE_EAST").on(day).value.normal_days == SUNDAY_TO_THURSDAY


@pytest.mark.parametrize("country", ["US", "IT", "AE"])
def test_the_calendars_cover_2000_to_2050(country):
    days = on_first_day(HOLIDAYS, country)
    assert {day.year for day in days} == set(range(2000, 2051))
    assert min(sum(day.year == year for day in days) for year in range(2000, 2051)) >= 5
    assert GUIDE.value(parameters.CALENDAR_FIRST_DAY, FIRST_DAY) == date(2000, 1, 1)
    assert GUIDE.value(parameters.CALENDAR_LAST_DAY, FIRST_DAY) == date(2050, 12, 31)


@pytest.mark.parametrize(
    ("country", "day"),
    [
        ("US", "2020-11-26"),  # Thanksgiving
        ("US", "2021-07-05"),  # Independence Day, observed on the Monday
        ("IT", "2020-04-13"),  # Easter Monday
        ("IT", "2020-08-15"),  # Ferragosto
        ("AE", "2020-12-02"),  # National Day
        ("AE", "2020-05-24"),  # Eid al-Fitr
    ],
)
def test_well_known_holidays_are_there(country, day):
    assert date.fromisoformat(day) in on_first_day(HOLIDAYS, country)


def test_asia_pacific_is_four_regions_without_iran():
    eastern = "CN HK JP KP KR MN MO TW"
    south_eastern = "BN ID KH LA MM MY PH SG TH TL VN"
    southern = "AF BD BT IN LK MV NP PK"
    oceania = "AS AU CC CK CX FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS"
    countries = GUIDE.value(parameters.ON_CALL_EXCLUDED_COUNTRIES, FIRST_DAY)
    assert countries == set(words(f"{eastern} {south_eastern} {southern} {oceania}"))


PROACTIVE_EVENTS = """
    VOIP_STACK_DOWN              P1  1
    LICENSED_APPLICATION_DOWN    P1  1
    REPLICATION_FAULT            P3  4
    DISK_EXHAUSTED               P4  8  disputed
    DISK_NEAR_SATURATION         P3  4  disputed
    DATABASE_EXHAUSTED           P4  8  disputed
    DATABASE_NEAR_SATURATION     P3  4  disputed
    CHANNELS_EXHAUSTED           P3  4
    LICENSE_OVERRUN              P3  4
    CLOUD_UNREACHABLE            P1  1
"""


def test_proactive_events_have_the_published_priorities():
    events = {code: on_first_day(parameters.PROACTIVE_EVENT, code) for code in GUIDE.codes(parameters.PROACTIVE_EVENT)}
    rows = [line.split() for line in PROACTIVE_EVENTS.strip().splitlines()]
    assert {code: (event.priority, event.react_within_hours, event.disputed) for code, event in events.items()} == {
        code: (priority, int(hours), bool(disputed)) for code, priority, hours, *disputed in rows
    }


# ---------------------------------------------------------------- conflicts

OVERRIDES = {
    "X-REMOTE": [{"feature.CHANNEL_REMOTE_SESSION"}],
    "X-GAP-SERVICE": [{"renewals.served_within_grace"}],
    "X-PLATINUM-HOURS": [{"reaction.PLATINUM", "notification.PLATINUM", "escalation_steps.PLATINUM"}],
    "X-P1-CLOCK": [{"reaction.GOLD", "reaction.PLATINUM"}],
    "X-GOLD-PROSE": [
        {
            "feature.HOURS_SATURDAY",
            "feature.HOURS_PUBLIC_HOLIDAYS",
            "feature.LEVEL_1_END_USER",
            "feature.CHANNEL_REMOTE_SESSION",
        }
    ],
    "X-ON-CALL-SEVERITY": [{"on_call.priorities", "on_call.elapsed_priorities"}],
    "X-LANGUAGES": [{"on_call.languages"}],
    "X-MIDDLE-EAST-WEEK": [{"week.MIDDLE_EAST_UAE"}],
    "X-PHONE-AMERICAS": [{"theater.AMERICAS"}],
    "X-BASIC-PRIORITY": [{"reaction.BASIC"}, {"reaction.BASIC"}],
    "X-NOTIFICATION": [{f"notification.{plan}" for plan in PLANS}],
    "X-ESCALATION-BLANKS": [{f"escalation_levels.{priority}" for priority in PRIORITIES}],
    "X-EOL-TERMS": [{"lifecycle.ends_coverage"}],
    "X-FIRST-YEAR-ADDON": [{"cotermination.included_term_outlives_base"}],
    "X-EXPERT-DATE": [{"feature.PROACTIVE"}],
    "X-PAYMENT": [{"payments.held_from"}],
    "X-ASIA-PACIFIC": [{"on_call.excluded_countries"}],
    "X-EXTENDED-HOURS": [{"clocks_run_extended.GOLD"}],
    "X-SEASONS": [{"releases.order", "releases.seasons"}],
    "X-HOLIDAY-REST-DAY": [{"hours.holiday_opens_rest_day"}],
}


def test_the_conflicts_are_those_of_the_reading():
    assert [conflict.id for conflict in GUIDE.conflicts] == CONFLICTS
    assert {conflict.id for conflict in GUIDE.conflicts if conflict.executable} == set(OVERRIDES)


@pytest.mark.parametrize("id_", OVERRIDES)
def test_another_reading_overrides_just_what_it_is_about(id_):
    assert [set(reading.overrides) for reading in other_readings(id_)] == OVERRIDES[id_]


@pytest.mark.parametrize("id_", OVERRIDES)
def test_another_reading_gives_another_value_from_the_first_day_on(id_):
    for reading in other_readings(id_):
        guide = GUIDE.under(reading)
        for name in reading.overrides:
            group, _, code = name.partition(".")
            before = GUIDE.values.get(name) or GUIDE.families[group][code]
            after = guide.values.get(name) or guide.families[group][code]
            assert before.on(FIRST_DAY).value != after.on(FIRST_DAY).value


def test_another_reading_that_restates_a_value_keeps_its_other_parts():
    (remote,) = other_readings("X-REMOTE")
    (expert,) = other_readings("X-EXPERT-DATE")
    (phone,) = other_readings("X-PHONE-AMERICAS")
    assert GUIDE.under(remote).series(FEATURE, "CHANNEL_REMOTE_SESSION").on(FIRST_DAY).value.name == "Remote session"
    proactive = GUIDE.under(expert).series(FEATURE, "PROACTIVE").on(FIRST_DAY).value
    assert proactive.plans == on_first_day(FEATURE, "PROACTIVE").plans
    assert proactive.offered_from == date(2020, 4, 1)
    assert GUIDE.under(phone).series(THEATER, "AMERICAS").on(FIRST_DAY).value.zone.key == "America/New_York"


def test_a_conflict_that_no_check_can_turn_on_says_why():
    silent = [conflict for conflict in GUIDE.conflicts if not conflict.executable]
    assert [conflict.id for conflict in silent if "No check can turn on" not in conflict.why] == []
