"""The portfolio that the tests of the API are given."""

from tests.api.conftest import portfolio

__all__ = ["portfolio"]
