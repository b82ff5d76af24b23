"""What is promised if a ticket is opened now: reaction, notification, escalation (R-SLA, R-CHK-12)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from entitlements import hours, on_call
from entitlements.cases import Case
from entitlements.hours import Hours
from entitlements.parameters import (
    ESCALATION_LEVELS,
    ESCALATION_STEPS,
    NOTIFICATION,
    ON_CALL_CHANNELS,
    ON_CALL_ELAPSED_PRIORITIES,
    ON_CALL_RESTRICTIONS,
    PLAN,
    REACTION,
    CommitmentStrength,
    Duration,
    Priority,
    Reactions,
    Unit,
)


@dataclass(frozen=True, slots=True)
class Escalation:
    """A step of escalation, who is reached, and when; UTC."""

    step: int
    level: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Commitment:
    """What is promised. Deadlines are UTC instants; None where there is none, or where it lies beyond the calendars."""

    strength: CommitmentStrength
    clock_starts_at: datetime
    react_by: datetime | None
    notify_by: datetime | None
    escalations: tuple[Escalation, ...]
    queue_rank: int
    theater: str
    phone: str
    on_call: bool
    restrictions: tuple[str, ...]


def commitment(case: Case) -> Commitment | None:
    """The commitment under the plan in force; None where none is."""
    plan = case.plan
    if plan is None:
        return None
    guide, request = case.guide, case.request
    at = case.at.astimezone(UTC)
    begun = guide.in_force_from
    reactions = guide.series(REACTION, plan).on(begun).value
    is_on_call, runs_elapsed = _on_call(case)
    without_deadlines = is_on_call and not runs_elapsed
    clock = _Clock(case, runs_elapsed=runs_elapsed)
    priority = None if without_deadlines else request.priority
    reaction = reactions.within.get(priority) if priority else None
    notification = guide.series(NOTIFICATION, plan).on(begun).value.get(priority) if priority else None
    on_wall_clock = is_on_call or runs_elapsed or (reaction is not None and reaction.unit is Unit.ELAPSED_MINUTES)
    return Commitment(
        strength=_strength(reactions, reaction),
        clock_starts_at=at if on_wall_clock else clock.opening,
        react_by=clock.after(reaction),
        notify_by=clock.after(notification),
        escalations=_escalations(case, plan, priority) if priority else (),
        queue_rank=guide.series(PLAN, plan).on(max(case.day, guide.first_in_force_from)).value.queue_rank,
        theater=case.theater,
        phone=case.window_hours.terms.phone,
        on_call=is_on_call,
        restrictions=guide.value(ON_CALL_RESTRICTIONS, case.day) if is_on_call else (),
    )


def _on_call(case: Case) -> tuple[bool, bool]:
    """Whether the call is answered by the on-call service, and whether reaction and notification are elapsed time.

    Elapsed time is for the gravest problems by phone with every condition met, inside hours too (R-SLA-2).
    """
    if case.request.channel not in case.guide.value(ON_CALL_CHANNELS, case.day):
        return False, False
    if not on_call.is_open_to(case) or on_call.unmet(case):
        return False, False
    elapsed = case.request.priority in case.guide.value(ON_CALL_ELAPSED_PRIORITIES, case.day)
    return not case.window_hours.is_open(case.at), elapsed


def _strength(reactions: Reactions, reaction: Duration | None) -> CommitmentStrength:
    return CommitmentStrength.BEST_EFFORT if reaction is None else reactions.strength


def _escalations(case: Case, plan: str, priority: Priority) -> tuple[Escalation, ...]:
    """Each step that somebody new is reached at; escalation stays in the window even during on-call (R-CHK-12)."""
    guide = case.guide
    steps = guide.series(ESCALATION_STEPS, plan).on(guide.in_force_from).value
    levels = guide.series(ESCALATION_LEVELS, priority).on(guide.in_force_from).value
    clock = _Clock(case, runs_elapsed=False)
    found: list[Escalation] = []
    for number, (duration, level) in enumerate(zip(steps, levels, strict=True), start=1):
        at = clock.after(duration)
        if level is not None and at is not None:
            found.append(Escalation(number, level, at))
    return tuple(found)


class _Clock:
    """Durations from the question's instant, in the units of the guide."""

    def __init__(self, case: Case, *, runs_elapsed: bool) -> None:
        self.case = case
        self.hours: Hours = case.clock_hours
        self.runs_elapsed = runs_elapsed
        self.opening = self.hours.opening_from(case.at)

    def after(self, duration: Duration | None) -> datetime | None:
        """The instant by which a duration has run; None without one, or beyond the calendars."""
        if duration is None:
            return None
        pauses = self.case.request.pauses
        if self.runs_elapsed or duration.unit is Unit.ELAPSED_MINUTES:
            deadline = hours.after_elapsed(self.case.at, duration.amount, pauses)
            return deadline if hours.within_calendars(self.case.guide, self.hours.day_of(deadline)) else None
        if duration.unit is Unit.BUSINESS_DAYS:
            return self.hours.close_of_business_day(self.opening, duration.amount, pauses)
        return self.hours.after_minutes(self.opening, duration.amount, pauses)
