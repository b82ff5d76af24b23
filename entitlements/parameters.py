"""What an edition of the guide states: the name and the shape of every value, never a value itself.

A `Parameter` is one value; a `Family` is one value for each of the guide's own codes (a plan, a feature, a theater …).
In an edition's files both are tables named `group.key`; see CONTRIBUTING.md for the form of an entry.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Any, Generic, TypeVar, cast
from zoneinfo import ZoneInfo

from entitlements import shapes
from entitlements.facts import LicenseModel, MilestoneKind
from entitlements.prices import Divisor
from entitlements.shapes import Reader

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Parameter(Generic[T]):
    """One value that every edition states, by its full name `group.key`."""

    name: str
    reader: Reader[T]


@dataclass(frozen=True, slots=True)
class Family(Generic[T]):
    """One value for each code that an edition has under a group."""

    group: str
    reader: Reader[T]


# ---------------------------------------------------------------- codes that the engine owns


class Availability(StrEnum):
    """Whether a plan grants a feature: always, by agreement case by case, or not."""

    INCLUDED = "INCLUDED"
    OPTIONAL = "OPTIONAL"
    NOT_INCLUDED = "NOT_INCLUDED"


class ActivationBasis(StrEnum):
    """Which recorded date starts a licence's coverage (R-COV-2)."""

    ORDER_FORM = "ORDER_FORM"
    EXECUTION = "EXECUTION"
    REGISTRATION = "REGISTRATION"
    COVERAGE = "COVERAGE"


class Weekday(StrEnum):
    """The days of the week, in the order of `date.weekday()`."""

    MON = "MON"
    TUE = "TUE"
    WED = "WED"
    THU = "THU"
    FRI = "FRI"
    SAT = "SAT"
    SUN = "SUN"


class Priority(StrEnum):
    """How grave a problem is; P1 is critical."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class CommitmentStrength(StrEnum):
    """How firmly a deadline is promised."""

    COMMITTED = "COMMITTED"
    TARGET = "TARGET"
    BEST_EFFORT = "BEST_EFFORT"


class Unit(StrEnum):
    """What a duration is counted in: the plan's window, the theater's working days, or the wall clock."""

    BUSINESS_MINUTES = "BUSINESS_MINUTES"
    BUSINESS_DAYS = "BUSINESS_DAYS"
    ELAPSED_MINUTES = "ELAPSED_MINUTES"


class StartRule(StrEnum):
    """When a renewed term starts."""

    DAY_AFTER_EXPIRY = "DAY_AFTER_EXPIRY"
    ORDER_DATE = "ORDER_DATE"


class HeldFrom(StrEnum):
    """From when an unpaid charge holds support (X-PAYMENT)."""

    DAY_AFTER_DUE = "DAY_AFTER_DUE"
    ORDER = "ORDER"


class YearsRounding(StrEnum):
    """How years of lateness are counted (R-FEE-1)."""

    STARTED = "STARTED"
    COMPLETED = "COMPLETED"
    PRORATED = "PRORATED"


class ReleaseOrder(StrEnum):
    """How two releases are compared: by date, or by year and season as printed (X-SEASONS)."""

    RELEASED_ON = "RELEASED_ON"
    SEASON = "SEASON"


# ---------------------------------------------------------------- shapes of the larger values


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """A support plan: a higher rank replaces a lower one, a higher queue rank is served first."""

    name: str
    rank: int
    queue_rank: int


@dataclass(frozen=True, slots=True)
class Feature:
    """A right that plans grant, include as an option, or lack; `offered_from` is its own first day, if it has one."""

    name: str
    plans: Mapping[str, Availability]
    offered_from: date | None = None


@dataclass(frozen=True, slots=True)
class TheaterTerms:
    """A service region: its zone, telephone number and public-holiday calendar."""

    name: str
    zone: ZoneInfo
    phone: str
    holidays: str


@dataclass(frozen=True, slots=True)
class Week:
    """A theater's week: normal days and the extended ones, with local hours; closing times are exclusive."""

    normal_days: frozenset[Weekday]
    opens: time
    closes: time
    extended_days: frozenset[Weekday]
    extended_opens: time
    extended_closes: time


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time and what it is counted in."""

    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Reactions:
    """A plan's reaction times by priority, and how firmly they are promised; a priority without one is best effort."""

    strength: CommitmentStrength
    within: Mapping[str, Duration]


@dataclass(frozen=True, slots=True)
class CauseTerms:
    """What follows from a cause: the reason it gives, if any; whether it blocks; whether an agreement lifts it."""

    name: str
    reason: str | None
    blocking: bool
    lifted_by_agreement: bool


@dataclass(frozen=True, slots=True)
class ChannelTerms:
    """A way of asking: the feature that grants it, and whether it is accepted at any hour."""

    feature: str
    any_hour: bool


@dataclass(frozen=True, slots=True)
class SeasonalRelease:
    """A release named by its season and year."""

    season: str
    year: int


@dataclass(frozen=True, slots=True)
class ProactiveEventTerms:
    """A monitored event, with its priority and reaction in hours; disputed where the guide's own figure looks wrong."""

    name: str
    priority: Priority
    react_within_hours: int
    disputed: bool


_duration = shapes.record(Duration, {"amount": shapes.count, "unit": shapes.one_of(Unit)})
_text_set = shapes.set_of(shapes.text)

# ---------------------------------------------------------------- dates and coverage

POLICY_ZONE = Parameter("dates.policy_zone", shapes.zone)
CALENDAR_FIRST_DAY = Parameter("dates.calendar_first_day", shapes.day)
CALENDAR_LAST_DAY = Parameter("dates.calendar_last_day", shapes.day)

INCLUDED_PLAN = Parameter("coverage.included_plan", shapes.text)
INCLUDED_MONTHS = Parameter("coverage.included_months", shapes.count)
EVALUATION_DAYS = Parameter("coverage.evaluation_days", shapes.count)
ACTIVATION = Family("activation", shapes.list_of(shapes.one_of(ActivationBasis)))
"""By licence model: the dates that start coverage, the first recorded one first (R-COV-2)."""
INCLUDED_TERM_OUTLIVES_BASE = Parameter("cotermination.included_term_outlives_base", shapes.flag)
RENEWABLE_MODELS = Parameter("renewals.models", shapes.set_of(shapes.one_of(LicenseModel)))

# ---------------------------------------------------------------- renewals

GRACE_DAYS = Parameter("renewals.grace_days", shapes.count)
START_WITHIN_GRACE = Parameter("renewals.start_within_grace", shapes.one_of(StartRule))
START_AFTER_GRACE = Parameter("renewals.start_after_grace", shapes.one_of(StartRule))
USUAL_MONTHS = Parameter("renewals.usual_months", shapes.count)
"""The term that a remedy's renewal proposes; the year that fees are stated for."""
SERVED_WITHIN_GRACE = Parameter("renewals.served_within_grace", shapes.flag)
YEARS_ROUNDING = Parameter("late_fees.years_rounding", shapes.one_of(YearsRounding))
FEE_RATE = Parameter("late_fees.rate", shapes.text)
"""The guide's own rate, or UNSET where it gives none; an operator's policy is another matter (R-FEE-2, R-FEE-3)."""
HELD_FROM = Parameter("payments.held_from", shapes.one_of(HeldFrom))

# ---------------------------------------------------------------- end of life

ENDS_COVERAGE = Parameter("lifecycle.ends_coverage", shapes.list_of(shapes.one_of(MilestoneKind)))
"""The milestones that end coverage, in order of preference: the first one given acts (R-EOL-3)."""
MILESTONE_DAY_IS_COVERED = Parameter("lifecycle.milestone_day_is_covered", shapes.flag)
ENDS_SERVICE = Family("ends_service", shapes.one_of(MilestoneKind))
"""By service: the milestone after which that service alone is refused (R-EOL-4)."""

# ---------------------------------------------------------------- plans

PLAN = Family("plan", shapes.record(PlanTerms, {"name": shapes.text, "rank": shapes.count, "queue_rank": shapes.count}))
FEATURE = Family(
    "feature",
    shapes.record(
        Feature,
        {"name": shapes.text, "plans": shapes.table_of(shapes.one_of(Availability))},
        offered_from=(shapes.day, None),
    ),
)
CHANNEL = Family("channel", shapes.record(ChannelTerms, {"feature": shapes.text, "any_hour": shapes.flag}))
SERVICE = Family("service", shapes.optional(shapes.text))
"""By service: the feature that grants it; the empty string where no plan feature does."""
LEVEL = Family("level", shapes.text)
"""By requester: the feature that grants the level of support."""
LANGUAGES = Parameter("languages.offered", shapes.list_of(shapes.text))

# ---------------------------------------------------------------- hours

THEATER = Family(
    "theater",
    shapes.record(
        TheaterTerms,
        {"name": shapes.text, "zone": shapes.zone, "phone": shapes.text, "holidays": shapes.text},
    ),
)
WEEK = Family(
    "week",
    shapes.record(
        Week,
        {
            "normal_days": shapes.set_of(shapes.one_of(Weekday)),
            "opens": shapes.clock_time,
            "closes": shapes.clock_time,
            "extended_days": shapes.set_of(shapes.one_of(Weekday)),
            "extended_opens": shapes.clock_time,
            "extended_closes": shapes.clock_time,
        },
    ),
)
HOLIDAYS = Family("holidays", shapes.set_of(shapes.day))
EXTENDED_DAYS_FEATURE = Parameter("hours.extended_days_feature", shapes.text)
HOLIDAYS_FEATURE = Parameter("hours.holidays_feature", shapes.text)
ON_CALL_FEATURE = Parameter("hours.on_call_feature", shapes.text)
HOLIDAY_OPENS_REST_DAY = Parameter("hours.holiday_opens_rest_day", shapes.flag)
CLOCKS_RUN_EXTENDED = Family("clocks_run_extended", shapes.flag)
"""By plan: whether its clocks run in the extended days' and holidays' windows too (X-EXTENDED-HOURS)."""
NORMAL_HOURS_ONLY_LEVELS = Parameter("hours.normal_hours_only_levels", _text_set)
"""The levels (features) that are served in the normal days' hours only (R-SLA-8)."""

# ---------------------------------------------------------------- commitments

REACTION = Family(
    "reaction",
    shapes.record(Reactions, {"strength": shapes.one_of(CommitmentStrength), "within": shapes.table_of(_duration)}),
)
NOTIFICATION = Family("notification", shapes.table_of(_duration))
"""By plan: the time to the first notification, by priority; a priority without one has none (null, not zero)."""
ESCALATION_STEPS = Family("escalation_steps", shapes.list_of(_duration))
"""By plan: after how long each step is reached."""
ESCALATION_LEVELS = Family("escalation_levels", shapes.list_of(shapes.optional(shapes.text)))
"""By priority: who is reached at each step; the empty string where nobody new is."""

# ---------------------------------------------------------------- on-call

ON_CALL_CHANNELS = Parameter("on_call.channels", _text_set)
ON_CALL_PRIORITIES = Parameter("on_call.priorities", shapes.set_of(shapes.one_of(Priority)))
ON_CALL_PLANNED_MAINTENANCE = Parameter("on_call.planned_maintenance", shapes.flag)
ON_CALL_LANGUAGES = Parameter("on_call.languages", _text_set)
ON_CALL_PIN = Parameter("on_call.pin_required", shapes.flag)
ON_CALL_EXCLUDED_COUNTRIES = Parameter("on_call.excluded_countries", _text_set)
ON_CALL_EXCLUDED_LEVELS = Parameter("on_call.excluded_levels", _text_set)
ON_CALL_ELAPSED_PRIORITIES = Parameter("on_call.elapsed_priorities", shapes.set_of(shapes.one_of(Priority)))
"""The priorities whose reaction and notification run on the wall clock when on-call conditions are met (R-SLA-2)."""
ON_CALL_RESTRICTIONS = Parameter("on_call.restrictions", shapes.list_of(shapes.text))

# ---------------------------------------------------------------- services of their own

RELEASE_ORDER = Parameter("releases.order", shapes.one_of(ReleaseOrder))
SEASONS = Parameter("releases.seasons", shapes.list_of(shapes.text))
FIXES_NEED_LATEST = Parameter("releases.fixes_need_latest", _text_set)
"""The services that are made for the latest release only (R-REL-2)."""
PROACTIVE_MINIMUM_RELEASE = Parameter(
    "proactive.minimum_release", shapes.record(SeasonalRelease, {"season": shapes.text, "year": shapes.count})
)
PROACTIVE_NEEDS = Parameter("proactive.needs", shapes.list_of(shapes.text))
"""The facts of the licence that proactive support needs to be true: cloud_connected, cloud_licensed."""
PROACTIVE_EVENT = Family(
    "proactive_event",
    shapes.record(
        ProactiveEventTerms,
        {
            "name": shapes.text,
            "priority": shapes.one_of(Priority),
            "react_within_hours": shapes.count,
            "disputed": shapes.flag,
        },
    ),
)
CAUSE = Family(
    "cause",
    shapes.record(
        CauseTerms,
        {
            "name": shapes.text,
            "reason": shapes.optional(shapes.text),
            "blocking": shapes.flag,
            "lifted_by_agreement": shapes.flag,
        },
    ),
)
DUTY = Family("duty", shapes.text)
"""By duty of the customer: what it asks, in a sentence (R-EXC-6)."""

# ---------------------------------------------------------------- money

PRORATION_DIVISOR = Parameter("proration.divisor", shapes.one_of(Divisor))

PARAMETERS = tuple(cast("Parameter[Any]", value) for value in [*globals().values()] if isinstance(value, Parameter))
FAMILIES = tuple(cast("Family[Any]", value) for value in [*globals().values()] if isinstance(value, Family))
