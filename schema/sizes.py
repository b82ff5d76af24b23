"""How many objects each list holds at most as far as costs are concerned, where its arguments do not say.

Lists of the guide are as long as its editions make them; lists of a contract are taken for as long as contracts get.
A longer one is answered in full all the same: what an answer used is always counted as it is.
"""

MOST_CHECKS = 1_000
"""Of one batch, and of one account at once."""
CLAUSES = 40
"""Clauses that one answer rests on."""
OF_A_LICENSE = 25
"""What a contract has of one kind: dependent licences, charges, periods of coverage."""
LINES = 30
"""A quote's: one for each licence of the contract, then back pay and a late fee."""
PROBLEMS = 20
REDACTIONS = 3

SIZES = {
    "Account.redactions": REDACTIONS,
    "AttachmentQuote.clauses": CLAUSES,
    "AttachmentQuote.lines": 2,
    "AttachmentQuote.missing": PROBLEMS,
    "Clause.reads": 10,
    "Commitment.escalations": 5,
    "Conflict.readings": 4,
    "CostOfDelay.points": 1_100,
    "CoveragePeriod.clauses": 10,
    "CoverageStretch.periods": 5,
    "EntitlementDecision.clauses": CLAUSES,
    "EntitlementDecision.conflicts": 50,
    "EntitlementDecision.reasons": 10,
    "EntitlementDecision.redactions": REDACTIONS,
    "EntitlementDecision.remedies": 10,
    "Guide.clauses": 300,
    "Guide.conflicts": 50,
    "Guide.proactiveEvents": 30,
    "Guide.theaters": 10,
    "License.charges": OF_A_LICENSE,
    "License.coverageTimeline": OF_A_LICENSE,
    "License.dependents": OF_A_LICENSE,
    "License.redactions": REDACTIONS,
    "License.timeline": OF_A_LICENSE,
    "Plan.features": 40,
    "PlanChangeQuote.clauses": CLAUSES,
    "PlanChangeQuote.lines": LINES,
    "PlanChangeQuote.missing": LINES,
    "Problem.others": PROBLEMS,
    "Product.milestones": 50,
    "Query.accountChecks": MOST_CHECKS,
    "Query.plans": 10,
    "Reading.clauses": 8,
    "Reason.facts": 10,
    "Reason.redactions": REDACTIONS,
    "Remedy.acts": 6,
    "RemedyAct.redactions": REDACTIONS,
    "RenewalOrder.licenses": LINES,
    "RenewalQuote.clauses": CLAUSES,
    "RenewalQuote.lines": LINES,
    "RenewalQuote.missing": LINES,
    "Report.groups": 50,
    "ReportFigure.amounts": 5,
    "TermQuote.clauses": CLAUSES,
    "TermQuote.lines": LINES,
    "TermQuote.missing": LINES,
}
"""Lists that no argument bounds."""

COUNTED = {"Query.entitlementChecks": "inputs", "Query.nodes": "ids", "Query._entities": "representations"}
"""Lists that are as long as one of their arguments."""

PAGED = {
    "AccountConnection.edges",
    "LicenseConnection.edges",
    "LicenseChangeConnection.edges",
    "ReportRowConnection.edges",
    "WebhookConnection.edges",
    "WebhookDeliveryConnection.edges",
}
"""Lists that are as long as the page that the connection around them was asked for."""
