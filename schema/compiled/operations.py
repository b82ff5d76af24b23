"""The plans of a document's operations, each made when its operation is asked for again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode

from schema.compiled.plans import Data, Plan, plan_of
from schema.compiled.surprises import NotCompiled, Surprise
from schema.context import Context

Operation = str | None
"""An operation's name in its document."""
FIRST = 1
"""Times that an operation is left to graphql-core before a plan is made of it."""


@dataclass(slots=True)
class Plans:
    """The plans of one document."""

    schema: GraphQLSchema
    converter: Any
    document: DocumentNode
    asked: dict[Operation, int] = field(default_factory=dict[Operation, int])
    made: dict[Operation, Plan | None] = field(default_factory=dict[Operation, Plan | None])

    async def run(self, operation: Operation, context: Context, variables: Mapping[str, Any] | None) -> Data | None:
        """The data of an operation; None where graphql-core has to answer. The observer is told of surprises."""
        plan = self.of(operation)
        if plan is None:
            return None
        try:
            return await plan.run(context, plan.read(variables))
        except Surprise:
            context.observer.bailed_out()
            return None

    def of(self, operation: Operation) -> Plan | None:
        """The plan of an operation, once it was asked for before; None for one that plans do not serve."""
        if operation in self.made:
            return self.made[operation]
        asked = self.asked[operation] = self.asked.get(operation, 0) + 1
        if asked <= FIRST:
            return None
        self.made[operation] = self._plan(operation)
        return self.made[operation]

    def _plan(self, operation: Operation) -> Plan | None:
        nodes = [node for node in self.document.definitions if isinstance(node, OperationDefinitionNode)]
        chosen = [node for node in nodes if operation is None or (node.name and node.name.value == operation)]
        if len(chosen) != 1:
            return None
        try:
            return plan_of(self.schema, self.converter, self.document, chosen[0])
        except NotCompiled:
            return None
