"""A decision as text in which nothing is left to chance, for comparing decisions that were made apart.

Run as a module it reads pickled questions and writes a line for each: this is how a property asks another process.
"""

import json
import pickle
import sys
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from entitlements.clauses import Clause
from entitlements.decisions import Decision, decide
from entitlements.facts import Facts, License
from entitlements.requests import CheckRequest
from tests.builders import GUIDE
from tests.entitlements.properties.elsewhere import here


def canonical(decision: Decision) -> str:
    """Everything that a decision says."""
    said: dict[str, Any] = {
        "verdict": decision.verdict,
        "reasons": decision.reasons,
        "clauses": decision.clauses,
        "plan": decision.plan,
        "coverage": decision.coverage,
        "at": decision.at,
        "known_at": decision.known_at,
        "commitment": decision.commitment,
        "remedies": decision.remedies,
        "conflicts": [
            (each.conflict.id, each.reading.id, each.verdict_otherwise, each.commitment_otherwise)
            for each in decision.conflicts
        ],
        "stable_until": decision.stable_until,
    }
    return json.dumps(_plain(said), sort_keys=True)


def _plain(value: object) -> object:
    match value:
        case Clause():
            return value.id
        case License():
            return value.serial
        case Enum() | date() | datetime():
            return str(value)
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case AbstractSet():
            return sorted(str(item) for item in value)
        case _ if is_dataclass(value):
            return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
        case _:
            return value


def answer() -> None:
    """Decide the questions on standard input, in the time zone and locale of the environment."""
    print(json.dumps(here()))  # noqa: T201 - this is the answer
    asked: list[tuple[Facts, CheckRequest]] = pickle.load(sys.stdin.buffer)  # noqa: S301 - the property's own questions
    for question in asked:
        print(canonical(decide(*question, GUIDE)))  # noqa: T201 - the same


if __name__ == "__main__":
    answer()
