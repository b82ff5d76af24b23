"""Errors that a caller can act on carry a stable code; our own faults are masked, and named by the request's id."""

import logging
import re

from graphql import GraphQLError, GraphQLSyntaxError

from entitlements.messages import Message, said
from schema.languages import translated

PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
UNKNOWN_OPERATION = "UNKNOWN_OPERATION"
QUERY_TOO_COMPLEX = "QUERY_TOO_COMPLEX"
BAD_USER_INPUT = "BAD_USER_INPUT"
BAD_CURSOR = "BAD_CURSOR"
BAD_PAGE = "BAD_PAGE"
BATCH_SIZE = "BATCH_SIZE"
UNKNOWN_EDITION = "UNKNOWN_EDITION"
UNKNOWN_CHARGE = "UNKNOWN_CHARGE"
UNKNOWN_FEATURE = "UNKNOWN_FEATURE"
UNKNOWN_RELEASE = "UNKNOWN_RELEASE"
FORBIDDEN = "FORBIDDEN"
INTERNAL_ERROR = "INTERNAL_ERROR"

SUGGESTION = re.compile(r" Did you mean [^?]*\?")

log = logging.getLogger(__name__)


class BadInput(GraphQLError):  # noqa: N818 - the fault is the caller's
    """Input that no answer can be given to: what is wrong, what is allowed, and a stable code."""

    def __init__(self, message: Message, code: str = BAD_USER_INPUT, **details: object) -> None:
        super().__init__(message, extensions={"code": code, **details})
        self.said = message


class Forbidden(GraphQLError):  # noqa: N818 - an answer to the caller
    """Something that the viewer may not ask for; it names the permission that would do."""

    def __init__(self, message: Message, permission: str) -> None:
        super().__init__(message, extensions={"code": FORBIDDEN, "permission": permission})
        self.said = message


def told(error: GraphQLError, request_id: str, language: str, *, executed: bool) -> GraphQLError:
    """An error as the caller is told it: with a code, and without a word of an exception that nobody expected.

    What the library says of a document stays in English; what is said here is told in the language.
    """
    cause = error.original_error
    if isinstance(cause, RecursionError) and not executed:
        error = cause = BadInput(said("The document is nested too deeply to be read."), VALIDATION_FAILED)
    if cause is not None and not isinstance(cause, GraphQLError):
        return _masked(error, cause, request_id, language)
    # The library's own switch leaves out arguments, input fields, enums and types.
    error.message = SUGGESTION.sub("", error.message)
    ours = error if isinstance(error, BadInput | Forbidden) else cause
    if isinstance(ours, BadInput | Forbidden):
        error.message = error.message.replace(ours.said, translated(ours.said, language))
    extensions = error.extensions or {}
    if "code" not in extensions:
        error.extensions = {**extensions, "code": _code_of(error, executed=executed)}
    return error


def _code_of(error: GraphQLError, *, executed: bool) -> str:
    """The code of an error that names none: by the stage at which the request was refused."""
    if isinstance(error, GraphQLSyntaxError):
        return PARSE_FAILED
    return BAD_USER_INPUT if executed else VALIDATION_FAILED


def fault_of_ours(request_id: str) -> Message:
    """What a caller is told of a fault that nobody expected."""
    return said("This request met a fault of ours. Report it with the request id {request_id}.", request_id=request_id)


def _masked(error: GraphQLError, cause: Exception, request_id: str, language: str) -> GraphQLError:
    log.error("request %s failed at %s", request_id, error.path, exc_info=cause)
    return GraphQLError(
        translated(fault_of_ours(request_id), language),
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions={"code": INTERNAL_ERROR, "requestId": request_id},
    )
