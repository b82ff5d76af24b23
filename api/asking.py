"""Asking the schema in process: the same documents, the same answers as over HTTP."""

from typing import Any

from api.operations import operation
from schema.context import Context
from schema.errors import BAD_USER_INPUT, INTERNAL_ERROR
from schema.root import Schema


class Unanswered(Exception):  # noqa: N818 - it is what was asked that has no answer
    """A question without an answer: every error's message, and the gravest code."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code

    @property
    def is_ours(self) -> bool:
        """Whether the fault is ours, and not in what was asked."""
        return self.code == INTERNAL_ERROR


async def answered(schema: Schema, context: Context, name: str, variables: dict[str, Any]) -> dict[str, Any]:
    """The data that an operation answers. Raises Unanswered for anything else."""
    result = await schema.execute(operation(name), variable_values=variables, context_value=context)
    if result.errors:
        codes = [str((error.extensions or {}).get("code", BAD_USER_INPUT)) for error in result.errors]
        message = "; ".join(error.message for error in result.errors)
        raise Unanswered(message, INTERNAL_ERROR if INTERNAL_ERROR in codes else codes[0])
    return result.data or {}
