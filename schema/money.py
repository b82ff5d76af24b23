"""Amounts of money."""

from decimal import Decimal

import strawberry


@strawberry.type
class Money:
    """An exact amount in one currency."""

    amount: Decimal
    currency: str = strawberry.field(description="ISO 4217.")
