"""Scopes: what a key or token may be used for, apart from whose accounts it sees."""

from collections.abc import Iterable
from enum import StrEnum
from functools import cache


class Scope(StrEnum):
    """A permission of a caller, by the name that keys and tokens carry."""

    ENTITLEMENTS_CHECK = "entitlements:check"
    LICENSES_READ = "licenses:read"
    LICENSES_WRITE = "licenses:write"
    BILLING_READ = "billing:read"
    BILLING_WRITE = "billing:write"
    CATALOG_WRITE = "catalog:write"
    WEBHOOKS_WRITE = "webhooks:write"
    ADMIN = "admin"


READ_SCOPES = frozenset({Scope.ENTITLEMENTS_CHECK, Scope.LICENSES_READ, Scope.BILLING_READ})
"""Scopes that change nothing; a key has all of them unless told otherwise."""

INCLUDED = {
    Scope.LICENSES_WRITE: frozenset({Scope.LICENSES_READ}),
    Scope.BILLING_WRITE: frozenset({Scope.BILLING_READ}),
    Scope.ADMIN: frozenset(Scope),
}
"""Who writes may read what was written; an administrator may do everything."""


def with_included(scopes: Iterable[Scope]) -> frozenset[Scope]:
    """Scopes with those that they include."""
    return _with_included(frozenset(scopes))


@cache
def _with_included(held: frozenset[Scope]) -> frozenset[Scope]:
    return held.union(*(INCLUDED.get(scope, frozenset()) for scope in held))


def in_order(scopes: Iterable[Scope]) -> tuple[Scope, ...]:
    """Scopes in the order in which they are listed."""
    held = frozenset(scopes)
    return tuple(scope for scope in Scope if scope in held)


def read_scopes(texts: Iterable[str]) -> frozenset[Scope]:
    """The scopes among texts; what is no scope of this version permits nothing."""
    known = {scope.value: scope for scope in Scope}
    return frozenset(known[text] for text in texts if text in known)
