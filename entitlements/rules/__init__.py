"""The rules of the check, one subject a module; each yields its reasons and the clauses that it applied."""

from collections.abc import Callable, Iterator

from entitlements.cases import Case
from entitlements.clauses import Clause
from entitlements.reasons import Reason

Finding = Reason | Clause
"""What a rule yields: a reason, or a clause that it applied."""
Rule = Callable[[Case], Iterator[Finding]]
