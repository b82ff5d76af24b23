"""Replays records in a process of its own: reads one a line, writes a line for each that is not the same bytes.

It is given the texts alone, and builds the edition from the sources that are kept with records.
"""

import json
import locale
import sys
import time

from entitlements.editing.building import guide_from
from entitlements.records import Hashes, Policy, Record, policy_read, replay


def answer() -> None:
    """Replays what stands on standard input, in the time zone and locale of the environment."""
    time.tzset()
    locale.setlocale(locale.LC_ALL, "")
    guide = guide_from(json.loads(sys.stdin.readline()))
    count = 0
    for line in sys.stdin:
        texts, hashes = json.loads(line)
        kept = Record(**texts)
        found = replay(kept, Hashes(**hashes), guide, Policy.of(guide, policy_read(kept.policy).engine))
        count += 1
        if not found.identical or found.policy_differences:
            print(count, found)  # noqa: T201 - this is the answer
    print("replayed", count)  # noqa: T201 - the same


if __name__ == "__main__":
    answer()
