"""The answers of the bench's documents as plain dictionaries, which servers without coverline's schema give."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from entitlements.clauses import Clause
from entitlements.coverage import coverage_on
from entitlements.decisions import Decision
from entitlements.facts import Facts, License
from entitlements.guide import Guide
from entitlements.money import Money
from entitlements.problems import Problem
from entitlements.quotes import QuoteLine, RenewalQuote
from schema.store import Page

Plain = dict[str, Any]


def checked(decision: Decision) -> Plain:
    """What `Answer` of check.graphql selects."""
    period, plan, until = decision.coverage, decision.plan, decision.stable_until
    return {
        "entitled": decision.entitled,
        "verdict": decision.verdict.value,
        "reasons": [
            {"code": one.code.value, "blocking": one.blocking, "clause": _clause(one.clause)}
            for one in decision.reasons
        ],
        "plan": {"code": plan} if plan else None,
        "coverage": {"expiresOn": period.expires_on.isoformat()} if period else None,
        "stableUntil": _instant(until) if until else None,
    }


def quoted(quote: RenewalQuote | Problem) -> Plain:
    """What quote.graphql selects."""
    if isinstance(quote, Problem):
        clause = {"rule": quote.clause.rule} if quote.clause else None
        return {"__typename": "Problem", "code": quote.code.value, "clause": clause}
    return {
        "__typename": "RenewalQuote",
        "lapseDays": quote.standing.lapse_days,
        "standing": quote.standing.standing.value,
        "startsOn": quote.term.starts_on.isoformat(),
        "expiresOn": quote.term.expires_on.isoformat(),
        "lines": [_line(one) for one in quote.lines],
        "total": _money(quote.total),
        "orderable": quote.orderable,
    }


def listed(page: Page[UUID], facts: Mapping[UUID, Facts], on: date, guide: Guide) -> Plain:
    """What list.graphql selects."""
    edges: list[Plain] = []
    for key, id_ in page.items:
        known = facts[id_]
        license = known.license
        assert license is not None
        node = _license(license, on, guide)
        node["account"] = {"reference": license.account.reference, "name": license.account.name}
        node["dependents"] = [_license(one, on, guide) for one in known.dependents] if license.base is None else []
        edges.append({"cursor": _packed(json.dumps(["licenses/SERIAL", *key], separators=(",", ":"))), "node": node})
    end = edges[-1]["cursor"] if edges else None
    return {"edges": edges, "pageInfo": {"hasNextPage": page.has_next, "endCursor": end}}


def serial_after(cursor: str) -> str:
    """The serial that a cursor of the list names."""
    return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))[1]


def cursor_after(serial: str) -> str:
    """The cursor of a licence in the list by serial."""
    return _packed(json.dumps(["licenses/SERIAL", serial], separators=(",", ":")))


def _license(license: License, on: date, guide: Guide) -> Plain:
    coverage = coverage_on(license, on, guide)
    return {
        "id": _packed(f"License:{license.id.hex}"),
        "serial": license.serial,
        "product": {"code": license.product.code, "name": license.product.name},
        "coverage": {
            "state": coverage.state.value,
            "expiresOn": coverage.expires_on.isoformat() if coverage.expires_on else None,
        },
    }


def _line(line: QuoteLine) -> Plain:
    return {
        "kind": line.kind.value,
        "quantity": line.quantity,
        "factor": line.factor,
        "license": {"serial": line.license.serial},
        "amount": _money(line.amount),
        "clause": _clause(line.clause),
    }


def _money(money: Money | None) -> Plain | None:
    return {"amount": format(money.amount, "f"), "currency": money.currency} if money else None


def _clause(clause: Clause | None) -> Plain | None:
    if clause is None:
        return None
    return {"rule": clause.rule, "section": clause.section, "locator": clause.locator, "digest": clause.digest}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def _packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
