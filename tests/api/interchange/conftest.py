"""A database of either kind at the newest revision, and a store on it."""

from tests.api.databases import *  # noqa: F403 - fixtures are found by their names
