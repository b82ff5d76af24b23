"""Identifiers that need no sequence: UUIDs of version 7 (RFC 9562), which sort by the moment they were made."""

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_newest = 0

VERSION = 0x7 << 76
VARIANT = 0b10 << 62


def uuid7() -> UUID:
    """A new identifier, greater than every one that this process made before it, even when the clock stands still."""
    global _newest  # noqa: PLW0603 - what was made last is the process's own
    random = int.from_bytes(os.urandom(8))
    moment = time.time_ns()
    # 48 bits of milliseconds, then 12 of the fraction of the millisecond (RFC 9562, method 3).
    ticks = (moment // 1_000_000 << 12) | (moment % 1_000_000 * 4096 // 1_000_000)
    with _lock:
        ticks = max(ticks, _newest + 1)
        _newest = ticks
    high, fraction = ticks >> 12, ticks & 0xFFF
    return UUID(int=high << 80 | VERSION | fraction << 64 | VARIANT | random & (1 << 62) - 1)
