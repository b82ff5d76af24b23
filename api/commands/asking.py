"""Asking the schema in process: the same documents, the same answers as over HTTP."""

from typing import Any

from api.asking import Unanswered, answered
from api.auth import INTERNAL
from api.commands.failures import BAD_INPUT, FAILED, Failure
from api.deployment import Deployment
from schema.root import Schema


async def ask(deployment: Deployment, name: str, variables: dict[str, Any]) -> dict[str, Any]:
    """The data that an operation answers to an internal viewer."""
    try:
        return await answered(Schema(), deployment.context(INTERNAL), name, variables)
    except Unanswered as problem:
        raise failure(problem) from None


def failure(problem: Unanswered) -> Failure:
    """What a command fails with that was not answered."""
    return Failure(str(problem), FAILED if problem.is_ours else BAD_INPUT)
