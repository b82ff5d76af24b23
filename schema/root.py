"""The schema, put together: every root field and the function that resolves it."""

from typing import Any

import strawberry
from graphql import GraphQLError, build_ast_schema, lexicographic_sort_schema, parse, print_schema
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.tools import create_type
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError

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
    plans,
    products,
    quotes,
    registrations,
    terms,
)
from schema.context import Context
from schema.documents import Documents, Examined
from schema.errors import UNKNOWN_OPERATION, BadInput
from schema.scalars import SCALARS

Query = create_type(
    "Query",
    [
        strawberry.field(fetching.node),
        strawberry.field(fetching.nodes),
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
        strawberry.field(quotes.renewal_quote),
        strawberry.field(delays.cost_of_delay),
        strawberry.field(attachments.attachment_quote),
        strawberry.field(attachments.plan_change_quote),
    ],
    description="What can be asked.",
)

Mutation = create_type(
    "Mutation",
    [
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
    ],
    description="What can be brought about. Each is done once for its key.",
)


class Schema(strawberry.Schema):
    """The executable schema. Introspection is for development and demonstration."""

    def __init__(self, *, introspection: bool = False) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            query=Query,
            mutation=Mutation,
            types=codes.CODES,
            extensions=[lambda: Examined(self.documents)],
            config=StrawberryConfig(disable_field_suggestions=True, scalar_map=SCALARS),
        )
        descriptions.describe(self._schema)
        self.documents = Documents(self._schema, introspection=introspection)

    async def execute(self, *args: Any, **kwargs: Any) -> ExecutionResult:  # noqa: ANN401 - the library's own signature
        """Execute an operation; every error of the result carries its code, and faults of ours are masked."""
        context: Context = kwargs["context_value"]
        try:
            result = await super().execute(*args, **kwargs)
        except CannotGetOperationTypeError as unknown:
            result = PreExecutionError(data=None, errors=[BadInput(unknown.as_http_error_reason(), UNKNOWN_OPERATION)])
        if result.errors:
            executed = not isinstance(result, PreExecutionError)
            result.errors = [errors.told(error, context.request_id, executed=executed) for error in result.errors]
        return result

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing is logged here: what is our fault is logged where it is masked, the rest goes to the caller."""


def sdl() -> str:
    """The schema as text, sorted. Only this copy is: a sorted schema would break every union at run time."""
    return print_schema(lexicographic_sort_schema(build_ast_schema(parse(Schema().as_str())))) + "\n"
