"""Permissions: which scopes a field needs, and the one place where that is enforced.

Whose accounts a viewer sees is the store's part. Here it is only decided what the viewer may ask for and bring about.
"""

from collections.abc import Callable
from typing import Any

from graphql import (
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLUnionType,
)

from entitlements import problems
from entitlements.messages import listed, said
from entitlements.problems import ProblemCode
from schema.context import Context
from schema.errors import Forbidden
from schema.nodes import Kind
from schema.problems import Problem
from schema.scopes import READ_SCOPES, Scope
from schema.store import Viewer, ViewerKind

Needed = tuple[Scope, ...]
Resolver = Callable[..., Any]

ANYONE: Needed = ()
"""The catalogue and the guide are for whoever is let in."""

EVENTS: Needed = (Scope.LICENSES_READ, Scope.BILLING_READ)
"""Events tell of licences, and of what is due and paid for them."""

NEEDED: dict[str, Needed] = {
    "Query.node": ANYONE,  # what it names needs its own: see NODES
    "Query.nodes": ANYONE,
    "Query._entities": ANYONE,  # of the subgraph, as nodes are
    "Query._service": ANYONE,
    "Query.product": ANYONE,
    "Query.plans": ANYONE,
    "Query.guide": ANYONE,
    "Query.license": (Scope.LICENSES_READ,),
    "Query.licenses": (Scope.LICENSES_READ,),
    "Query.account": (Scope.LICENSES_READ,),
    "Query.accounts": (Scope.LICENSES_READ,),
    "Account.licenses": (Scope.LICENSES_READ,),
    "Query.entitlementCheck": (Scope.ENTITLEMENTS_CHECK,),
    "Query.entitlementChecks": (Scope.ENTITLEMENTS_CHECK,),
    "Query.accountChecks": (Scope.ENTITLEMENTS_CHECK,),
    "Query.whatIf": (Scope.ENTITLEMENTS_CHECK,),
    "Query.decisionRecord": (Scope.ENTITLEMENTS_CHECK,),
    "Query.renewalQuote": (Scope.BILLING_READ,),
    "Query.costOfDelay": (Scope.BILLING_READ,),
    "Query.attachmentQuote": (Scope.BILLING_READ,),
    "Query.planChangeQuote": (Scope.BILLING_READ,),
    "Query.renewalsDue": (Scope.BILLING_READ,),
    "Query.lateFeeExposure": (Scope.BILLING_READ,),
    "Query.coverageGaps": (Scope.BILLING_READ,),
    "Query.endOfSupportSchedule": (Scope.BILLING_READ,),
    "Query.outstandingCharges": (Scope.BILLING_READ,),
    "Query.revenueLeakage": (Scope.BILLING_READ,),
    "Mutation.recordDecision": (Scope.ENTITLEMENTS_CHECK,),
    # An order changes what is covered, and answers with what is due for it.
    "Mutation.orderRenewal": (Scope.LICENSES_WRITE, Scope.BILLING_READ),
    "Mutation.attachLicense": (Scope.LICENSES_WRITE, Scope.BILLING_READ),
    "Mutation.changePlan": (Scope.LICENSES_WRITE, Scope.BILLING_READ),
    "Mutation.registerLicense": (Scope.LICENSES_WRITE,),
    "Mutation.correctLicense": (Scope.LICENSES_WRITE,),
    "Mutation.correctCoverage": (Scope.LICENSES_WRITE,),
    "Mutation.cancelCoverage": (Scope.LICENSES_WRITE,),
    "Mutation.recordPayment": (Scope.BILLING_WRITE,),
    "Mutation.correctCharge": (Scope.BILLING_WRITE,),
    "Mutation.setMilestone": (Scope.CATALOG_WRITE,),
    "Query.webhook": EVENTS,
    "Query.webhooks": EVENTS,
    "Mutation.createWebhook": (Scope.WEBHOOKS_WRITE, *EVENTS),
    "Mutation.updateWebhook": (Scope.WEBHOOKS_WRITE, *EVENTS),
    "Mutation.rotateWebhookSecret": (Scope.WEBHOOKS_WRITE, *EVENTS),
    "Mutation.deleteWebhook": (Scope.WEBHOOKS_WRITE, *EVENTS),
    "Mutation.replayDeliveries": (Scope.WEBHOOKS_WRITE, *EVENTS),
}
"""What each field of the root needs, and fields further down that lead to more than what was asked for."""

NODES: dict[Kind, Needed] = {
    Kind.LICENSE: (Scope.LICENSES_READ,),
    Kind.ACCOUNT: (Scope.LICENSES_READ,),
    Kind.PRODUCT: ANYONE,
    Kind.DECISION_RECORD: (Scope.ENTITLEMENTS_CHECK,),
    Kind.RENEWAL_ORDER: (Scope.LICENSES_READ, Scope.BILLING_READ),
    Kind.WEBHOOK: EVENTS,
    Kind.WEBHOOK_DELIVERY: EVENTS,
}
"""What the objects behind global ids need."""

MAY_HOLD: dict[ViewerKind, frozenset[Scope]] = {
    ViewerKind.INTERNAL: frozenset(Scope),
    ViewerKind.PARTNER: READ_SCOPES | {Scope.LICENSES_WRITE, Scope.WEBHOOKS_WRITE},
    ViewerKind.CUSTOMER: READ_SCOPES | {Scope.LICENSES_WRITE, Scope.WEBHOOKS_WRITE},
}
"""The scopes that a viewer of a kind may be given: payments, the catalogue and the rest are the operator's."""


def enforce(schema: GraphQLSchema) -> None:
    """Has every field that needs scopes refuse a viewer without them, before it is resolved."""
    for path, needed in NEEDED.items():
        of, _, name = path.partition(".")
        type_ = schema.type_map[of]
        if needed and isinstance(type_, GraphQLObjectType):
            field = type_.fields[name]
            if field.resolve is not None:
                field.resolve = _guarded(field.resolve, name, needed, tells=_tells(field.type))


def _tells(type_: Any) -> bool:  # noqa: ANN401 - a type of the library, generic without end
    """Whether a field's answer may be a Problem."""
    answer: object = getattr(type_, "of_type", type_)
    return isinstance(answer, GraphQLUnionType) and any(one.name == "Problem" for one in answer.types)


def _guarded(resolve: Resolver, name: str, needed: Needed, *, tells: bool) -> Resolver:
    """A resolver for those who hold the scopes; the others are told by a Problem where the field has one to answer."""

    def guarded(source: Any, info: GraphQLResolveInfo[Context], **arguments: Any) -> Any:  # noqa: ANN401 - any resolver's
        lacking = lacked(info.context.viewer, needed)
        if not lacking:
            return resolve(source, info, **arguments)
        refusal = forbidden(name, lacking)
        if tells:
            return Problem.of(problems.Problem(ProblemCode.FORBIDDEN, refusal.said))
        raise refusal

    return guarded


def lacked(viewer: Viewer, needed: Needed) -> Needed:
    """The scopes among those needed that a viewer does not hold."""
    return tuple(scope for scope in needed if not viewer.may(scope))


def forbidden(what: str, lacking: Needed) -> Forbidden:
    """The refusal of something that needs scopes which the viewer lacks."""
    names = " and ".join(lacking)
    message = said(
        "{what} needs the scope {scopes}. Ask the operator for a key or token that has it.",
        what=what,
        scopes=listed(" and ", lacking),
    )
    return Forbidden(message, names)


def require(viewer: Viewer, what: str, needed: Needed) -> None:
    """Raises Forbidden for a viewer who lacks a scope that something needs."""
    lacking = lacked(viewer, needed)
    if lacking:
        raise forbidden(what, lacking)
