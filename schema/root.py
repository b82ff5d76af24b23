"""The schema, put together: every root field and the function that resolves it."""

from typing import Any

import strawberry
from graphql import GraphQLError, GraphQLSchema, build_ast_schema, lexicographic_sort_schema, parse, print_schema
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.tools import create_type
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.field import StrawberryField

from entitlements.messages import Message
from schema import (
    accounts,
    attachments,
    checks,
    codes,
    delays,
    descriptions,
    errors,
    fetching,
    guide,
    hypotheses,
    licenses,
    milestones,
    orders,
    payments,
    permissions,
    plans,
    products,
    quotes,
    records,
    registrations,
    reports,
    subgraph,
    terms,
    webhook_changes,
    webhooks,
)
from schema.context import Context
from schema.documents import Documents, Examined
from schema.errors import UNKNOWN_OPERATION, BadInput
from schema.observing import Observed
from schema.scalars import SCALARS


def asked() -> list[StrawberryField]:
    """The root fields that both schemas answer."""
    return [
        strawberry.field(licenses.license),
        strawberry.field(licenses.licenses),
        strawberry.field(accounts.account),
        strawberry.field(accounts.accounts),
        strawberry.field(products.product),
        strawberry.field(plans.all_plans, name="plans"),
        strawberry.field(guide.the_guide, name="guide"),
        strawberry.field(checks.entitlement_check),
        strawberry.field(checks.entitlement_checks),
        strawberry.field(checks.account_checks),
        strawberry.field(hypotheses.what_if),
        strawberry.field(records.decision_record),
        strawberry.field(quotes.renewal_quote),
        strawberry.field(delays.cost_of_delay),
        strawberry.field(attachments.attachment_quote),
        strawberry.field(attachments.plan_change_quote),
        strawberry.field(reports.renewals_due),
        strawberry.field(reports.late_fee_exposure),
        strawberry.field(reports.coverage_gaps),
        strawberry.field(reports.end_of_support_schedule),
        strawberry.field(reports.outstanding_charges),
        strawberry.field(reports.revenue_leakage),
        strawberry.field(webhooks.webhook),
        strawberry.field(webhooks.webhooks),
    ]


BY_ID = [strawberry.field(fetching.node), strawberry.field(fetching.nodes)]
Query = create_type("Query", [*BY_ID, *asked()], description="What can be asked.")
SubgraphQuery = create_type("Query", [*subgraph.fields(), *asked()], description="What can be asked.")

Mutation = create_type(
    "Mutation",
    [
        strawberry.mutation(records.record_decision),
        strawberry.mutation(registrations.register_license),
        strawberry.mutation(orders.order_renewal),
        strawberry.mutation(orders.attach_license),
        strawberry.mutation(orders.change_plan),
        strawberry.mutation(payments.record_payment),
        strawberry.mutation(milestones.set_milestone),
        strawberry.mutation(terms.cancel_coverage),
        strawberry.mutation(terms.correct_coverage),
        strawberry.mutation(registrations.correct_license),
        strawberry.mutation(payments.correct_charge),
        strawberry.mutation(webhook_changes.create_webhook),
        strawberry.mutation(webhook_changes.update_webhook),
        strawberry.mutation(webhook_changes.rotate_webhook_secret),
        strawberry.mutation(webhook_changes.delete_webhook),
        strawberry.mutation(webhook_changes.replay_deliveries),
    ],
    description="What can be brought about. Each is done once for its key.",
)


class Schema(strawberry.Schema):
    """The executable schema, or that of the subgraph. Introspection is for development and demonstration."""

    def __init__(self, *, introspection: bool = False, federation: bool = False, compiled: bool = True) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            query=SubgraphQuery if federation else Query,
            mutation=Mutation,
            types=codes.CODES,
            extensions=[Observed, lambda: Examined(self.documents)],
            config=StrawberryConfig(disable_field_suggestions=True, scalar_map=SCALARS | subgraph.SCALARS),
        )
        descriptions.describe(self._schema)
        permissions.enforce(self._schema)
        converter = self.schema_converter if compiled else None
        self.documents = Documents(self._schema, introspection=introspection, converter=converter)

    async def execute(self, *args: Any, **kwargs: Any) -> ExecutionResult:  # noqa: ANN401 - the library's own signature
        """Execute an operation; every error of the result carries its code, and faults of ours are masked."""
        context: Context = kwargs["context_value"]
        try:
            result = await super().execute(*args, **kwargs)
        except CannotGetOperationTypeError as unknown:
            message = Message(unknown.as_http_error_reason(), {})
            result = PreExecutionError(data=None, errors=[BadInput(message, UNKNOWN_OPERATION)])
        if result.errors:
            executed = not isinstance(result, PreExecutionError)
            result.errors = [
                errors.told(error, context.request_id, context.language, executed=executed) for error in result.errors
            ]
        return result

    @property
    def graphql_core(self) -> GraphQLSchema:
        """The schema as the library beneath has it."""
        return self._schema

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing is logged here: what is our fault is logged where it is masked, the rest goes to the caller."""


def sdl() -> str:
    """The schema as text, sorted. Only this copy is: a sorted schema would break every union at run time."""
    return print_schema(lexicographic_sort_schema(build_ast_schema(parse(Schema().as_str())))) + "\n"


def subgraph_sdl() -> str:
    """The subgraph as text."""
    return subgraph.written(sdl())
