"""graphene, with types of its own for what the bench's documents select, and documents kept.

    COVERLINE_DATABASE_URL=URL .tools/peers/bin/python -m uvicorn tests.benchmarks.peers.graphene_cached:application

It has no server of its own: graphql-core runs its schema. It holds by graphql-core 3.2, which coverline cannot use.
"""

# ruff: noqa: N815 - fields bear the schema's own names, so that nothing is renamed for a request

from typing import Any

import graphene  # pyright: ignore[reportMissingImports] - it has an environment of its own

from tests.benchmarks.peers import resolvers
from tests.benchmarks.peers.resolvers import Cached


class Date(graphene.Scalar):
    serialize = parse_value = staticmethod(lambda value: value)


class DateTime(graphene.Scalar):
    serialize = parse_value = staticmethod(lambda value: value)


class Decimal(graphene.Scalar):
    serialize = parse_value = staticmethod(lambda value: value)


class Clause(graphene.ObjectType):
    rule = graphene.NonNull(graphene.String)
    section = graphene.String()
    locator = graphene.String()
    digest = graphene.String()


class Plan(graphene.ObjectType):
    code = graphene.NonNull(graphene.String)


class CoveragePeriod(graphene.ObjectType):
    expiresOn = graphene.NonNull(Date)


class Reason(graphene.ObjectType):
    code = graphene.NonNull(graphene.String)
    blocking = graphene.NonNull(graphene.Boolean)
    clause = graphene.Field(Clause)


class EntitlementDecision(graphene.ObjectType):
    entitled = graphene.NonNull(graphene.Boolean)
    verdict = graphene.NonNull(graphene.String)
    reasons = graphene.NonNull(graphene.List(graphene.NonNull(Reason)))
    plan = graphene.Field(Plan)
    coverage = graphene.Field(CoveragePeriod)
    stableUntil = DateTime()


class Product(graphene.ObjectType):
    code = graphene.NonNull(graphene.String)
    name = graphene.NonNull(graphene.String)


class Account(graphene.ObjectType):
    reference = graphene.NonNull(graphene.String)
    name = graphene.NonNull(graphene.String)


class Coverage(graphene.ObjectType):
    state = graphene.NonNull(graphene.String)
    expiresOn = Date()


class License(graphene.ObjectType):
    id = graphene.NonNull(graphene.ID)
    serial = graphene.NonNull(graphene.String)
    product = graphene.NonNull(Product)
    account = graphene.NonNull(Account)
    coverage = graphene.NonNull(Coverage, on=Date())
    dependents = graphene.NonNull(graphene.List(graphene.NonNull(lambda: License)))

    @staticmethod
    def resolve_coverage(license: Any, _info: Any, on: str) -> Any:
        return license["coverage"]


class LicenseEdge(graphene.ObjectType):
    cursor = graphene.NonNull(graphene.String)
    node = graphene.NonNull(License)


class PageInfo(graphene.ObjectType):
    hasNextPage = graphene.NonNull(graphene.Boolean)
    endCursor = graphene.String()


class LicenseConnection(graphene.ObjectType):
    edges = graphene.NonNull(graphene.List(graphene.NonNull(LicenseEdge)))
    pageInfo = graphene.NonNull(PageInfo)


class Money(graphene.ObjectType):
    amount = graphene.NonNull(Decimal)
    currency = graphene.NonNull(graphene.String)


class LicenseOfLine(graphene.ObjectType):
    serial = graphene.NonNull(graphene.String)


class QuoteLine(graphene.ObjectType):
    kind = graphene.NonNull(graphene.String)
    quantity = graphene.NonNull(graphene.Int)
    factor = graphene.NonNull(graphene.String)
    license = graphene.NonNull(LicenseOfLine)
    amount = graphene.Field(Money)
    clause = graphene.Field(Clause)


class RenewalQuote(graphene.ObjectType):
    lapseDays = graphene.NonNull(graphene.Int)
    standing = graphene.NonNull(graphene.String)
    startsOn = graphene.NonNull(Date)
    expiresOn = graphene.NonNull(Date)
    lines = graphene.NonNull(graphene.List(graphene.NonNull(QuoteLine)))
    total = graphene.Field(Money)
    orderable = graphene.NonNull(graphene.Boolean)


class Problem(graphene.ObjectType):
    code = graphene.NonNull(graphene.String)
    clause = graphene.Field(Clause)


class RenewalQuoteResult(graphene.Union):
    class Meta:
        types = (RenewalQuote, Problem)

    @classmethod
    def resolve_type(cls, instance: Any, info: Any) -> Any:
        return RenewalQuote if instance["__typename"] == "RenewalQuote" else Problem


class LicenseRef(graphene.InputObjectType):
    serial = graphene.String()


class EntitlementCheckInput(graphene.InputObjectType):
    license = graphene.NonNull(LicenseRef)
    at = DateTime()


class RenewalQuoteInput(graphene.InputObjectType):
    license = graphene.NonNull(LicenseRef)
    plan = graphene.NonNull(graphene.String)
    months = graphene.NonNull(graphene.Int)
    orderDate = Date()


class Query(graphene.ObjectType):
    entitlementCheck = graphene.Field(
        graphene.NonNull(EntitlementDecision),
        input=graphene.NonNull(EntitlementCheckInput),
        resolver=resolvers.entitlement_check,
    )
    entitlementChecks = graphene.Field(
        graphene.NonNull(graphene.List(graphene.NonNull(EntitlementDecision))),
        inputs=graphene.NonNull(graphene.List(graphene.NonNull(EntitlementCheckInput))),
        resolver=resolvers.entitlement_checks,
    )
    renewalQuote = graphene.Field(
        graphene.NonNull(RenewalQuoteResult),
        input=graphene.NonNull(RenewalQuoteInput),
        resolver=resolvers.renewal_quote,
    )
    licenses = graphene.Field(
        graphene.NonNull(LicenseConnection), first=graphene.Int(), after=graphene.String(), resolver=resolvers.licenses
    )


application = Cached(graphene.Schema(query=Query, auto_camelcase=False).graphql_schema)
