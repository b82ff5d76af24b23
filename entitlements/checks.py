"""The check: an ordered list of small rules, each of which says what stands in the way and which clauses it applied.

Every rule is asked, not only until the first no. `judge` is the whole of it; R-CHK says case by case what is answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from entitlements.cases import Case
from entitlements.clauses import Clause
from entitlements.coverage import Period
from entitlements.facts import Facts
from entitlements.guide import Guide
from entitlements.messages import said
from entitlements.reasons import Reason, ReasonCode, Verdict, blocks, ordered, verdict_of
from entitlements.requests import CheckRequest, Service
from entitlements.rules import Finding, Rule, causes, dates, feature_releases, fixes, hours, payment, plan, services
from entitlements.validity import invalid

RULES: tuple[Rule, ...] = (
    dates.covered,
    payment.charges_paid,
    plan.granted,
    services.professional_services,
    causes.excluded_causes,
    fixes.fixable,
    hours.service_window,
    services.proactive,
    feature_releases.offered,
    causes.unmet_duties,
    hours.language,
)
"""Every rule of a check, in the order in which their clauses are cited."""

RULES_BY_SERVICE: dict[Service, tuple[Rule, ...]] = {Service.HARDWARE_REPAIR: (services.manufacturer_warranty,)}
"""Services that are judged by rules of their own alone (R-CHK-10)."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome of every rule."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    findings: tuple[Finding, ...]
    """What the rules yielded, in their order."""
    case: Case | None = field(default=None, compare=False, repr=False)
    """What the rules were asked about; None where they were not asked."""

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """Every clause that was applied, once."""
        cited = (finding.clause if isinstance(finding, Reason) else finding for finding in self.findings)
        return tuple({clause.id: clause for clause in cited if clause is not None}.values())

    @property
    def plan(self) -> str | None:
        """The plan in force on the day."""
        return self.case.plan if self.case else None

    @property
    def period(self) -> Period | None:
        """The period in force on the day, else the last one before it."""
        return (self.case.period or self.case.timeline.held_last(self.case.day)) if self.case else None


def judge(known: Facts, request: CheckRequest, guide: Guide) -> Judgement:
    """Every reason, gravest first, and the verdict that follows from them (R-CHK-1)."""
    faults = invalid(known, request, guide)
    if faults:
        return _concluded(faults)
    if known.license is None:
        message = said("no licence of this reference exists, or it is not yours to see")
        return _concluded([blocks(ReasonCode.UNKNOWN_LICENSE, message, guide.clause("R-CHK-11"))])
    return judged(Case(known, known.license, request, guide))


def judged(case: Case) -> Judgement:
    """The outcome of every rule for a request that can be judged."""
    rules = RULES_BY_SERVICE.get(case.request.service, RULES)
    return _concluded([finding for rule in rules for finding in rule(case)], case)


def _concluded(findings: Sequence[Finding], case: Case | None = None) -> Judgement:
    reasons = ordered([finding for finding in findings if isinstance(finding, Reason)])
    return Judgement(verdict_of(reasons), reasons, tuple(findings), case)
