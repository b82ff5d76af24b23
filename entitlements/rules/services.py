"""Services with conditions of their own: proactive support, professional services, hardware (R-SVC, R-CHK-10)."""

from collections.abc import Iterator

from entitlements import releases
from entitlements.cases import Case
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
        wanted = f"{minimum.season} {minimum.year} or later" if name == "installed_release" else "true"
        has = case.installed.name if name == "installed_release" and case.installed else holds
        told = facts(condition=name, needed=wanted, recorded=has)
        if holds is None:
            message = f"proactive support needs {name} to be {wanted}, and it is not known"
            yield blocks(ReasonCode.FACTS_MISSING, message, needs.clause, (*facts(missing=name), *told))
        else:
            message = f"proactive support needs {name} to be {wanted}; it is {has if isinstance(has, str) else 'not'}"
            yield blocks(ReasonCode.CONDITIONS_UNMET, message, needs.clause, told)


def professional_services(case: Case) -> Iterator[Finding]:
    """Installation, configuration and customisation are not support (R-SVC-5)."""
    if case.request.service is Service.PROFESSIONAL_SERVICES:
        message = "installation, configuration and customisation are professional services, ordered apart from support"
        yield blocks(ReasonCode.OUT_OF_SCOPE_PROFESSIONAL_SERVICES, message, case.guide.clause("R-SVC-5"))


def manufacturer_warranty(case: Case) -> Iterator[Finding]:
    """Hardware goes to its manufacturer, in warranty or for a priced repair (R-SVC-4, R-CHK-10)."""
    warranty = case.license.warranty
    if warranty is None:
        status, message = (
            "not recorded",
            "the manufacturer's warranty is not recorded: support puts the customer in touch with the supplier",
        )
        told = facts(warranty=status)
    else:
        inside = case.day <= warranty.expires_on
        status = "in warranty" if inside else "out of warranty"
        what = "replaces the part" if inside else "quotes the repair"
        message = (
            f"{status} (through {warranty.expires_on}): {warranty.supplier} {what}, support puts the customer in touch"
        )
        told = facts(warranty=status, supplier=warranty.supplier, expires_on=warranty.expires_on, day=case.day)
    yield attaches(ReasonCode.MANUFACTURER_WARRANTY, message, case.guide.clause("R-SVC-4"), told)
