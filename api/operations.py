"""The documents of the callers that the schema is made for: the same for clients, the command line and the examples."""

from importlib.resources import files

OPERATIONS = files("schema") / "operations"


def operation(name: str) -> str:
    """The text of an operation by its file's name."""
    return (OPERATIONS / f"{name}.graphql").read_text(encoding="utf-8")


def operations() -> dict[str, str]:
    """Every operation, by its file's name."""
    names = sorted(item.name for item in OPERATIONS.iterdir() if item.name.endswith(".graphql"))
    return {name.removesuffix(".graphql"): operation(name.removesuffix(".graphql")) for name in names}
