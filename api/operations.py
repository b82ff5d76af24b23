"""The documents of the callers that the schema is made for: the same for clients, the command line and the examples.

They are the trusted documents too: a request may name one by its id in place of sending it.
"""

from functools import cache
from hashlib import sha256
from importlib.resources import files

OPERATIONS = files("schema") / "operations"


def operation(name: str) -> str:
    """The text of an operation by its file's name."""
    return (OPERATIONS / f"{name}.graphql").read_text(encoding="utf-8")


def operations() -> dict[str, str]:
    """Every operation, by its file's name."""
    names = sorted(item.name for item in OPERATIONS.iterdir() if item.name.endswith(".graphql"))
    return {name.removesuffix(".graphql"): operation(name.removesuffix(".graphql")) for name in names}


def document_id(text: str) -> str:
    """The id of a document: the sha256 of its text in UTF-8, in lower-case hexadecimal digits."""
    return sha256(text.encode()).hexdigest()


@cache
def _trusted() -> dict[str, str]:
    return {document_id(text): text for text in operations().values()}


def trusted(id_: str) -> str | None:
    """The text of a trusted document by its id, with or without `sha256:` before it; None for any other id."""
    return _trusted().get(id_.removeprefix("sha256:").lower())
