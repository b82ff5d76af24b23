"""Replays records in a process of its own: reads one a line, writes a line for each that is not the same bytes.

It is given the texts alone, and builds the edition from the sources that are kept with records. Its first line says
where it is, its last how many it read.
"""

import json
import sys

from entitlements.editing.building import guide_from
from entitlements.records import Hashes, Policy, Record, policy_read, replay
from tests.entitlements.properties.elsewhere import here


def answer() -> None:
    """Replays what stands on standard input, in the time zone and locale of the environment."""
    print(json.dumps(here()))  # noqa: T201 - this is the answer
    lines = sys.stdin.buffer
    guide = guide_from(json.loads(lines.readline()))
    count = 0
    for line in lines:
        texts, hashes = json.loads(line)
        kept = Record(**texts)
        found = replay(kept, Hashes(**hashes), guide, Policy.of(guide, policy_read(kept.policy).engine))
        count += 1
        if not found.identical or found.policy_differences:
            print(json.dumps([count, found.differences, found.policy_differences]))  # noqa: T201 - the same
    print("replayed", count)  # noqa: T201 - the same


if __name__ == "__main__":
    answer()
