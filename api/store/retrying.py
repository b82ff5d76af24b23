"""Whole transactions once more, where the database says that another try may do."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError

T = TypeVar("T")

TRIES = 8
FIRST_PAUSE = 0.02
LONGEST_PAUSE = 1.0
RETRIED = {"40001", "40P01", "57P01", "25006"}
"""PostgreSQL: not serializable, deadlock, shut down by an administrator, read-only after a failover."""
CONNECTION_LOST = "08"
SQLITE_BUSY = {5, 6}


async def again(transaction: Callable[[], Awaitable[T]]) -> T:
    """What a transaction answers, tried up to eight times with pauses at random.

    A lost connection leaves unknown whether it was committed; the transaction itself must find out what came of it.
    """
    for tried in range(1, TRIES):
        try:
            return await transaction()
        except DBAPIError as fault:
            if not is_passing(fault):
                raise
        except ConnectionError:
            pass
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2**tried)
        await asyncio.sleep(random.uniform(0, longest))  # noqa: S311 - nobody need not guess it
    return await transaction()


def is_passing(fault: DBAPIError) -> bool:
    """Whether the same transaction may succeed the next time.

    A constraint that was broken says that somebody came first: the next try sees what they left.
    """
    if fault.connection_invalidated or isinstance(fault, IntegrityError):
        return True
    cause: Any = fault.orig
    state = getattr(cause, "sqlstate", None) or ""
    return (
        state in RETRIED
        or state.startswith(CONNECTION_LOST)
        or (getattr(cause, "sqlite_errorcode", 0) & 0xFF) in SQLITE_BUSY
    )
