"""Charges: what is due for an order."""

from datetime import date

import strawberry

from entitlements import facts
from schema.money import Money


@strawberry.type
class Charge:
    """An amount due for an order, and whether it was paid."""

    reference: str
    due_on: date
    paid_on: date | None

    @classmethod
    def is_type_of(cls, value: object, info: object) -> bool:  # noqa: ARG003 - the library's own signature
        """A charge among the results of a union is the domain's own."""
        return isinstance(value, facts.Charge)

    @strawberry.field
    @staticmethod
    def amount(charge: strawberry.Parent[facts.Charge]) -> Money:
        """The amount due."""
        return Money(amount=charge.amount, currency=charge.currency)
