"""What a plan raises when it meets what it was not made for."""


class Surprise(Exception):  # noqa: N818 - no fault: graphql-core answers instead
    """A value, or an error, that graphql-core has to answer for."""


class NotCompiled(Exception):  # noqa: N818 - no fault: graphql-core answers such operations
    """An operation that no plan is made of; the message says why."""
