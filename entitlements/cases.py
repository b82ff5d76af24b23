"""One question about one licence, with what the rules keep asking of it: the day, the coverage, the plan, the hours.

A case is what every check, commitment and remedy looks at. It is read-only; what is dear is worked out once, on demand.
"""

from datetime import date
from functools import cached_property

from entitlements import coverage, plans
from entitlements.coverage import Coverage, CoverageState, Period, Timeline
from entitlements.dates import day_of
from entitlements.facts import Facts, License, Release
from entitlements.guide import Guide
from entitlements.hours import Hours, hours_of
from entitlements.parameters import (
    CLOCKS_RUN_EXTENDED,
    EXTENDED_DAYS_FEATURE,
    HOLIDAYS_FEATURE,
    LEVEL,
    NORMAL_HOURS_ONLY_LEVELS,
    POLICY_ZONE,
    SERVED_WITHIN_GRACE,
    Availability,
)
from entitlements.releases import by_name
from entitlements.requests import CheckRequest


class Case:
    """A licence that exists, a request and a guide."""

    def __init__(self, facts: Facts, license: License, request: CheckRequest, guide: Guide) -> None:
        self.facts = facts
        self.license = license
        self.request = request
        self.guide = guide

    @cached_property
    def day(self) -> date:
        """The day of `at` in the policy zone (R-CHK)."""
        return day_of(self.request.at, self.guide.value(POLICY_ZONE, self.guide.in_force_from))

    # ------------------------------------------------------------ coverage

    @cached_property
    def timeline(self) -> Timeline:
        """The licence's own timeline."""
        return coverage.timeline(self.license, self.guide)

    @cached_property
    def coverage(self) -> Coverage:
        """The licence's coverage on the day."""
        return coverage.coverage_from(self.license, self.timeline, self.day, self.guide)

    @cached_property
    def base_coverage(self) -> Coverage | None:
        """The base's coverage on the day; None for a licence without a base."""
        base = self.license.base
        return coverage.coverage_on(base, self.day, self.guide) if base else None

    @cached_property
    def is_served_within_grace(self) -> bool:
        """Whether the guide is read to serve the days of grace, and this is one of them (X-GAP-SERVICE)."""
        contract = self.base_coverage or self.coverage
        within = contract.state is CoverageState.EXPIRED_RENEWABLE
        own = self.coverage.state in {CoverageState.EXPIRED_RENEWABLE, CoverageState.BASE_NOT_COVERED}
        return within and own and self.guide.value(SERVED_WITHIN_GRACE, self.day)

    @cached_property
    def period(self) -> Period | None:
        """The period in force on the day."""
        return self.timeline.held_last(self.day) if self.is_served_within_grace else self.coverage.period

    @property
    def plan(self) -> str | None:
        """The plan in force on the day."""
        return self.period.plan if self.period else None

    # ------------------------------------------------------------ what the plan grants

    @cached_property
    def level(self) -> str:
        """The level of support, a feature's code, that the requester is served at."""
        return self.guide.series(LEVEL, self.request.requester).on(self.guide.in_force_from).value

    def grants(self, feature: str) -> bool:
        """Whether the plan in force includes a feature on the day."""
        plan = self.plan
        return plan is not None and plans.availability(self.guide, plan, feature, self.day) is Availability.INCLUDED

    # ------------------------------------------------------------ hours

    @property
    def theater(self) -> str:
        """The theater asked for, else the account's."""
        return self.request.theater or self.license.account.theater

    @cached_property
    def window_hours(self) -> Hours:
        """The hours in which this requester may reach support under the plan in force."""
        return self._hours(extended=True)

    @cached_property
    def clock_hours(self) -> Hours:
        """The hours in which the plan's clocks run (R-SLA-1)."""
        plan = self.plan
        extended = plan is None or self.guide.series(CLOCKS_RUN_EXTENDED, plan).on(self.guide.in_force_from).value
        return self._hours(extended=extended)

    def _hours(self, *, extended: bool) -> Hours:
        guide, at = self.guide, self.day
        extended = extended and self.level not in guide.value(NORMAL_HOURS_ONLY_LEVELS, at)
        return hours_of(
            guide,
            self.theater,
            at,
            on_extended_days=extended and self.grants(guide.value(EXTENDED_DAYS_FEATURE, at)),
            on_holidays=extended and self.grants(guide.value(HOLIDAYS_FEATURE, at)),
        )

    # ------------------------------------------------------------ releases

    @cached_property
    def installed(self) -> Release | None:
        """The release in use: the request's, else the recorded one; None where unknown."""
        return by_name(self.facts.releases, self.request.installed_release or self.license.installed_release)
