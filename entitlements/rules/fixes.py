"""Fixes are made for the latest release only, and until their own end (R-CHK-9)."""

from collections.abc import Iterator

from entitlements import lifecycle, releases
from entitlements.cases import Case
from entitlements.messages import said
from entitlements.parameters import ENDS_SERVICE, FIXES_NEED_LATEST
from entitlements.reasons import ReasonCode, attaches, blocks, facts
from entitlements.rules import Finding


def fixable(case: Case) -> Iterator[Finding]:
    """Fixes are made for the latest release only, and until their own end (R-CHK-9)."""
    guide, day, service = case.guide, case.day, case.request.service
    needing = guide.entry(FIXES_NEED_LATEST, day)
    if service in needing.value:
        yield needing.clause
        latest = releases.latest_by(case.facts.releases, day)
        if case.installed is None:
            message = said("a fix is made for the latest release; the installed one is not recorded")
            yield attaches(ReasonCode.FACTS_MISSING, message, needing.clause, facts(missing="installed_release"))
        elif latest is not None and case.installed.released_on < latest.released_on:
            message = said(
                "fixes are made for {latest}, the latest release: upgrade from {installed} first",
                latest=latest.name,
                installed=case.installed.name,
            )
            told = facts(
                installed_release=case.installed.name,
                latest_release=latest.name,
                released_on=latest.released_on,
            )
            yield attaches(ReasonCode.NOT_LATEST_RELEASE, message, needing.clause, told)
    ends = guide.find(ENDS_SERVICE, service, day)
    if ends is None:
        return
    yield ends.clause
    milestone = lifecycle.milestone(case.license.product, case.license.installed_release, ends.value)
    if milestone is not None and lifecycle.last_day(milestone, guide) < day:
        message = said(
            "{service} for {product} ended on {on}",
            service=service,
            product=case.license.product.code,
            on=milestone.on,
        )
        told = facts(milestone=milestone.kind, on=milestone.on, product=case.license.product.code, day=day)
        yield blocks(ReasonCode(ends.value), message, ends.clause, told)
