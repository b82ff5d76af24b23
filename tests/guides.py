"""A small invented guide: its text, and an edition of it as data that states every value the rules know.

`harbour()` is the edition's files by name, with any of them replaced; `guide_of` builds what it is given. A value is a
fragment of TOML: `stated("renewals.grace_days", "30")`.
"""

from collections.abc import Mapping

from entitlements.clauses import digest_of, fold
from entitlements.editing.building import build_guide
from entitlements.guide import Guide

TEXT = """
    Harbour Care

    The first months
    Every buoy is watched for   its first six months.

    Renewal
    A watch that is renewed within thirty days goes on from its last day.
    Lanterns are lit by night.
"""
SIX_MONTHS = "Every buoy is watched for its first six months."
THIRTY_DAYS = "A watch that is renewed within thirty days goes on from its last day."
BY_NIGHT = "Lanterns are lit by night."
IN_FORCE_FROM = "2021-01-01"


def placed(passage: str, section: str) -> str:
    """Where a passage stands in the text, and its digest, as a clause states them."""
    offset = fold(TEXT).index(passage)
    return (
        f'section = "{section}"\nlocator = "{offset}+{len(passage)}"\ndigest = "{digest_of(passage)}"\n'
        f'basis = "GUIDE"\neffective = {IN_FORCE_FROM}\n'
    )


HEAD = f"""
id = "harbour-1"
title = "Harbour Care, first edition"
in_force_from = {IN_FORCE_FROM}
source_digest = "{digest_of(fold(TEXT))}"
"""
CLAUSES = f"""
[R-BUOYS]
summary = "A buoy is watched for six months at first."
{placed(SIX_MONTHS, "the-first-months")}
[R-RENEWAL]
summary = "A renewal within thirty days is continuous."
{placed(THIRTY_DAYS, "renewal")}
["R-RENEWAL/lanterns"]
summary = "Lanterns are for the night."
{placed(BY_NIGHT, "renewal")}
[R-READ]
summary = "What the guide leaves open is read from the rest of it."
basis = "READING"
effective = {IN_FORCE_FROM}
reads = ["R-BUOYS", "R-RENEWAL"]
"""
WEEK = """{ normal_days = ["MON", "TUE", "WED", "THU", "FRI"], opens = 08:00:00, closes = 16:00:00, \
extended_days = ["SAT"], extended_opens = 08:00:00, extended_closes = 12:00:00 }"""
VALUES = {
    "dates.policy_zone": '"Europe/Lisbon"',
    "dates.calendar_first_day": "2020-01-01",
    "dates.calendar_last_day": "2030-12-31",
    "coverage.included_plan": '"DAY"',
    "coverage.included_months": "6",
    "coverage.evaluation_days": "10",
    "activation.PERPETUAL": '["REGISTRATION", "COVERAGE"]',
    "activation.SUBSCRIPTION": '["EXECUTION", "COVERAGE"]',
    "activation.EVALUATION": '["REGISTRATION"]',
    "cotermination.included_term_outlives_base": "false",
    "renewals.models": '["PERPETUAL", "SUBSCRIPTION"]',
    "renewals.grace_days": "30",
    "renewals.start_within_grace": '"DAY_AFTER_EXPIRY"',
    "renewals.start_after_grace": '"ORDER_DATE"',
    "renewals.usual_months": "12",
    "renewals.served_within_grace": "false",
    "late_fees.rate": '"UNSET"',
    "late_fees.years_rounding": '"STARTED"',
    "payments.held_from": '"DAY_AFTER_DUE"',
    "proration.divisor": '"TERM_DAYS"',
    "lifecycle.ends_coverage": '["END_OF_SUPPORT"]',
    "lifecycle.milestone_day_is_covered": "true",
    "ends_service.BUG_FIX": '"END_OF_FIXES"',
    "plan.DAY": '{ name = "Day", rank = 1, queue_rank = 1 }',
    "plan.NIGHT": '{ name = "Night", rank = 2, queue_rank = 1 }',
    "feature.WATCH": '{ name = "Watch", plans = { DAY = "INCLUDED", NIGHT = "INCLUDED" } }',
    "feature.LANTERN": '{ name = "Lantern", plans = { DAY = "NOT_INCLUDED", NIGHT = "INCLUDED" } }',
    "channel.PHONE": '{ feature = "WATCH", any_hour = false }',
    "service.TICKET": '"WATCH"',
    "service.BUG_FIX": '"WATCH"',
    "service.HARDWARE_REPAIR": '""',
    "level.ADMINISTRATOR": '"WATCH"',
    "languages.offered": '["pt"]',
    "theater.COAST": '{ name = "Coast", zone = "Europe/Lisbon", phone = "+351 200 000 000", holidays = "PT" }',
    "week.COAST": WEEK,
    "holidays.PT": "[2021-01-01, 2021-04-25]",
    "hours.extended_days_feature": '"LANTERN"',
    "hours.holidays_feature": '"LANTERN"',
    "hours.on_call_feature": '"LANTERN"',
    "hours.holiday_opens_rest_day": "true",
    "hours.normal_hours_only_levels": "[]",
    "clocks_run_extended.DAY": "true",
    "clocks_run_extended.NIGHT": "true",
    "reaction.DAY": '{ strength = "TARGET", within = { P1 = { amount = 1, unit = "BUSINESS_DAYS" } } }',
    "reaction.NIGHT": '{ strength = "COMMITTED", within = { P1 = { amount = 30, unit = "BUSINESS_MINUTES" } } }',
    "notification.DAY": "{}",
    "notification.NIGHT": "{}",
    "escalation_steps.DAY": '[{ amount = 2, unit = "BUSINESS_DAYS" }]',
    "escalation_steps.NIGHT": '[{ amount = 1, unit = "BUSINESS_DAYS" }]',
    "escalation_levels.P1": '["harbour master"]',
    "on_call.channels": '["PHONE"]',
    "on_call.priorities": '["P1"]',
    "on_call.planned_maintenance": "false",
    "on_call.languages": '["pt"]',
    "on_call.pin_required": "false",
    "on_call.excluded_countries": "[]",
    "on_call.excluded_levels": "[]",
    "on_call.elapsed_priorities": "[]",
    "on_call.restrictions": "[]",
    "releases.order": '"RELEASED_ON"',
    "releases.seasons": '["TIDE"]',
    "releases.fixes_need_latest": '["BUG_FIX"]',
    "proactive.minimum_release": '{ season = "TIDE", year = 2021 }',
    "proactive.needs": "[]",
}


def stated(name: str, *literals: str, clause: str = "R-BUOYS", years: tuple[int, ...] = (2021,)) -> str:
    """A value of the edition, with an entry from the first day of each year."""
    entries = "".join(
        f'\n[[{name}.entries]]\neffective = {year}-01-01\nclause = "{clause}"\nvalue = {literal}'
        for year, literal in zip(years, literals, strict=True)
    )
    return f'\n[{name}]\nsummary = "What {name} is."{entries}\n'


def values_with(changed: Mapping[str, str | None] | None = None) -> str:
    """A file with all values; of those named, the given fragment stands instead, or nothing."""
    fragments = {name: stated(name, literal) for name, literal in VALUES.items()} | dict(changed or {})
    return "".join(fragment for fragment in fragments.values() if fragment is not None)


def harbour(**files: str) -> dict[str, str]:
    """The edition's files by name, the given ones (`values=…` is values.toml) in place of its own or beside them."""
    own = {"edition.toml": HEAD, "clauses.toml": CLAUSES, "values.toml": values_with()}
    return own | {f"{name}.toml": text for name, text in files.items()}


def guide_of(*editions: Mapping[str, str]) -> Guide:
    """The guide that these editions make, the oldest first; the invented one by itself when there are none."""
    return build_guide(editions or (harbour(),), "the digest of the files")
