"""Reports for the tests: one contract with what prices it, and its rows as text."""

from collections.abc import Iterable, Sequence
from typing import Any

from entitlements.facts import Charge, License
from entitlements.guide import Guide
from entitlements.late_fees import LateFeePolicies
from entitlements.prices import PriceBook
from entitlements.reports.rows import Contract, Row, Served
from tests.builders import GUIDE, day, facts_of, noon
from tests.pricing import BOOK, UNSET


def a_contract(
    base: License,
    dependents: Iterable[License] = (),
    charges: Iterable[Charge] = (),
    book: PriceBook = BOOK,
    policies: LateFeePolicies = UNSET,
    guide: Guide = GUIDE,
    served: Sequence[Served] = (),
) -> Contract:
    """A contract priced from BOOK, without a late-fee policy."""
    return Contract(facts_of(base, charges, dependents=dependents), base, book, policies, guide, served)


def served(serial: str, *days: str) -> list[Served]:
    """Decisions that said yes, at noon of some days."""
    return [Served(serial, day(one), noon(one)) for one in days]


def told(rows: Iterable[Row]) -> list[tuple[Any, ...]]:
    """Serial, kind, first and last day, days, and amount or what is missing."""
    return [
        (
            row.license.serial,
            str(row.kind),
            str(row.from_on),
            str(row.through_on),
            row.days,
            str(row.amount.amount) if row.amount else str(row.missing and row.missing[0]),
        )
        for row in rows
    ]
