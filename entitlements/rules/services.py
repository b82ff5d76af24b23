"""Services with conditions of their own: proactive support, professional services, hardware (R-SVC, R-CHK-10)."""

from collections.abc import Iterator

from entitlements import releases
from entitlements.cases import Case
from entitlements.messages import said
from entitlements.parameters import PROACTIVE_MINIMUM_RELEASE, PROACTIVE_NEEDS
from entitlements.reasons import ReasonCode, attaches, blocks, facts
from entitlements.requests import Service
from entitlements.rules import Finding


def proactive(case: Case) -> Iterator[Finding]:
    """Whether proactive support's own conditions hold (R-CHK-10, R-SVC-1)."""
    if case.request.service is not Service.PROACTIVE:
        return
    guide, day = case.guide, case.day
    needs = guide.entry(PROACTIVE_NEEDS, day)
    yield needs.clause
    known: dict[str, bool | None] = {name: getattr(case.license, name) for name in needs.value}
    minimum = guide.value(PROACTIVE_MINIMUM_RELEASE, day)
    known["installed_release"] = (
        releases.is_at_least(case.installed, minimum, case.facts.releases, guide, day) if case.installed else None
    )
    for name, holds in known.items():
        if holds:
            continue
        wanted = (
            said("{season} {year} or later", season=minimum.season, year=minimum.year)
            if name == "installed_release"
            else said("true")
        )
        has = case.installed.name if name == "installed_release" and case.installed else holds
        told = facts(condition=name, needed=wanted, recorded=has)
        if holds is None:
            message = said(
                "proactive support needs {condition} to be {needed}, and it is not known", condition=name, needed=wanted
            )
            yield blocks(ReasonCode.FACTS_MISSING, message, needs.clause, (*facts(missing=name), *told))
        else:
            message = (
                said(
                    "proactive support needs {condition} to be {needed}; it is {release}",
                    condition=name,
                    needed=wanted,
                    release=has,
                )
                if isinstance(has, str)
                else said(
                    "proactive support needs {condition} to be {needed}; it is not", condition=name, needed=wanted
                )
            )
            yield blocks(ReasonCode.CONDITIONS_UNMET, message, needs.clause, told)


def professional_services(case: Case) -> Iterator[Finding]:
    """Installation, configuration and customisation are not support (R-SVC-5)."""
    if case.request.service is Service.PROFESSIONAL_SERVICES:
        message = said(
            "installation, configuration and customisation are professional services, ordered apart from support"
        )
        yield blocks(ReasonCode.OUT_OF_SCOPE_PROFESSIONAL_SERVICES, message, case.guide.clause("R-SVC-5"))


def manufacturer_warranty(case: Case) -> Iterator[Finding]:
    """Hardware goes to its manufacturer, in warranty or for a priced repair (R-SVC-4, R-CHK-10)."""
    warranty = case.license.warranty
    if warranty is None:
        message = said(
            "the manufacturer's warranty is not recorded: support puts the customer in touch with the supplier"
        )
        told = facts(warranty="not recorded")
    else:
        inside = case.day <= warranty.expires_on
        status = "in warranty" if inside else "out of warranty"
        named = {"expires_on": warranty.expires_on, "supplier": warranty.supplier}
        message = (
            said(
                "in warranty (through {expires_on}): {supplier} replaces the part, support puts the customer in touch",
                **named,
            )
            if inside
            else said(
                "out of warranty (through {expires_on}): {supplier} quotes the repair, "
                "support puts the customer in touch",
                **named,
            )
        )
        told = facts(warranty=status, supplier=warranty.supplier, expires_on=warranty.expires_on, day=case.day)
    yield attaches(ReasonCode.MANUFACTURER_WARRANTY, message, case.guide.clause("R-SVC-4"), told)
