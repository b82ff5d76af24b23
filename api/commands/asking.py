"""Asking the schema in process: the same documents, the same answers as over HTTP."""

from typing import Any

from api.auth import INTERNAL
from api.commands.failures import BAD_INPUT, FAILED, Failure
from api.deployment import Deployment
from api.operations import operation
from schema.errors import BAD_USER_INPUT, INTERNAL_ERROR
from schema.root import Schema


async def ask(deployment: Deployment, name: str, variables: dict[str, Any]) -> dict[str, Any]:
    """The data that an operation answers to an internal viewer."""
    result = await Schema().execute(
        operation(name), variable_values=variables, context_value=deployment.context(INTERNAL)
    )
    if result.errors:
        codes = {(error.extensions or {}).get("code", BAD_USER_INPUT) for error in result.errors}
        message = "; ".join(error.message for error in result.errors)
        raise Failure(message, FAILED if INTERNAL_ERROR in codes else BAD_INPUT)
    return result.data or {}
