"""One question about one licence, with what the rules keep asking of it: the day, the coverage, the plan, the hours.

A case is what every check, commitment and remedy looks at. It is read-only: what every check asks for is there from the
beginning, what is dear and asked for by some is worked out once, on demand.
"""

from datetime import datetime
from functools import cached_property

from entitlements import coverage, plans
from entitlements.coverage import CoverageState
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
    """A licence that exists, a request and a guide; `at` where another instant is asked about than the request's."""

    def __init__(
        self, facts: Facts, license: License, request: CheckRequest, guide: Guide, at: datetime | None = None
    ) -> None:
        self.facts = facts
        self.license = license
        self.request = request
        self.guide = guide
        self.at = at or request.at
        self.day = day = day_of(self.at, guide.value(POLICY_ZONE, guide.in_force_from))
        """The day of `at` in the policy zone (R-CHK)."""
        self.timeline = coverage.timeline(license, guide)
        """The licence's own timeline."""
        self.coverage = coverage.coverage_from(license, self.timeline, day, guide)
        """The licence's coverage on the day."""
        self.base_coverage = coverage.coverage_on(license.base, day, guide) if license.base else None
        """The base's coverage on the day; None for a licence without a base."""
        self.is_served_within_grace = self._is_served_within_grace()
        """Whether the guide is read to serve the days of grace, and this is one of them (X-GAP-SERVICE)."""
        self.period = self.timeline.held_last(day) if self.is_served_within_grace else self.coverage.period
        """The period in force on the day."""
        self.plan = self.period.plan if self.period else None
        """The plan in force on the day."""

    def _is_served_within_grace(self) -> bool:
        contract = self.base_coverage or self.coverage
        if contract.state is not CoverageState.EXPIRED_RENEWABLE:
            return False
        own = self.coverage.state in {CoverageState.EXPIRED_RENEWABLE, CoverageState.BASE_NOT_COVERED}
        return own and self.guide.value(SERVED_WITHIN_GRACE, self.day)

    # ------------------------------------------------------------ what the plan grants

    @property
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
        return self.window_hours if extended else self._hours(extended=False)

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
