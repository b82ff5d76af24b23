"""What a viewer sees less of than the operator is said where it is missing, never left a silent blank."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from api.auth import INTERNAL
from api.deployment import deployed
from schema.root import Schema
from schema.scopes import READ_SCOPES, Scope
from schema.store import Viewer, ViewerKind
from tests.portfolio import NOW, load, load_more, settings_in

SCHEMA = Schema()
MOVED = {
    "accounts.csv": """reference,name,partner,country,theater,language,currency,recorded_at
SOUTH,South Partner,,IT,EUROPE,en,EUR,2025-01-01T00:00:00Z
GAMMA,Gamma,SOUTH,US,AMERICAS,en,USD,2025-01-01T00:00:00Z
DELTA,Delta,SOUTH,IT,EUROPE,it,EUR,2025-01-01T00:00:00Z
DELTA,Delta,NORTH,IT,EUROPE,it,EUR,2026-02-01T00:00:00Z
""",
    "licenses.csv": """serial,account,product,base,model,quantity,registered_on,installed_release,recorded_at
MOVED-1,GAMMA,FAX,,PERPETUAL,1,2025-06-01,,2025-06-01T00:00:00Z
MOVED-1,ACME,FAX,,PERPETUAL,1,2025-06-01,,2026-02-01T00:00:00Z
DELTA-1,DELTA,FAX,,PERPETUAL,1,2025-06-01,,2025-06-01T00:00:00Z
OWES-1,ACME,FAX,,PERPETUAL,1,2025-06-01,,2025-06-01T00:00:00Z
""",
    "charges.csv": """reference,order_reference,serial,amount,currency,due_on,paid_on,recorded_at
CH-9,,OWES-1,777.77,EUR,2026-01-10,,2026-01-01T09:00:00Z
""",
}
"""MOVED-1 was another account's until February, and DELTA another partner's; OWES-1 is held by a charge."""
LICENSES = ("FAX-1", "FAX-1-HA", "FAX-2", "MOVED-1", "DELTA-1", "OWES-1")
THEN = "2026-01-15T10:00:00Z"

LOOK = """query ($serial: String!, $knownAt: DateTime) {
  entitlementCheck(input: {license: {serial: $serial}, knownAt: $knownAt}) {
    entitled verdict redactions { field permission message }
    license { ...Parts }
    plan { code }
    coverage { startsOn expiresOn plan { code } source }
    reasons { code blocking message facts { name value } redactions { field permission message } }
    commitment { strength theater { code } clockStartsAt reactBy }
    remedies { acts { kind message by cost { amount currency } charge license { serial } plan { code }
      redactions { field permission message } } }
    stableUntil
    conflicts { conflict { id } verdictOtherwise commitmentOtherwise { clockStartsAt } }
    clauses { id }
  }
  license(by: {serial: $serial}) { ...Parts }
}
fragment Parts on License {
  id serial model quantity installedRelease activatedOn activationBasis licensedUntil retiredOn
  account { id reference name country language theater { code } partner { reference name }
    redactions { field permission message } }
  product { code milestones { kind on } }
  base { serial } dependents { serial charges { reference } redactions { field permission message } }
  charges { reference amount { amount currency } dueOn paidOn }
  coverage { state expiresOn period { startsOn expiresOn } lastFreeOrderDate }
  coverageTimeline { startsOn expiresOn plan { code } }
  redactions { field permission message }
}"""


def holding(kind: ViewerKind, account: str | None, *scopes: Scope) -> Viewer:
    return Viewer(kind, account, scopes=frozenset(scopes))


FEW = (Scope.ENTITLEMENTS_CHECK, Scope.LICENSES_READ)
VIEWERS = {
    "customer": holding(ViewerKind.CUSTOMER, "ACME", *READ_SCOPES),
    "customer without billing": holding(ViewerKind.CUSTOMER, "ACME", *FEW),
    "partner": holding(ViewerKind.PARTNER, "NORTH", *READ_SCOPES),
    "partner without billing": holding(ViewerKind.PARTNER, "NORTH", *FEW),
    "internal without billing": holding(ViewerKind.INTERNAL, None, *FEW),
    "internal": holding(ViewerKind.INTERNAL, None, *READ_SCOPES),
}


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """What a viewer sees of a licence, now or as known at an instant."""
    folder = tmp_path_factory.mktemp("redactions")
    settings = settings_in(folder)

    async def filling() -> None:
        await load(settings, folder / "files")
        await load_more(settings, folder / "moved", MOVED)

    asyncio.run(filling())

    def looking(viewer: Viewer, serial: str, known_at: str | None = None, document: str = LOOK) -> dict[str, Any]:
        async def ask() -> Any:
            async with deployed(settings, lambda: NOW) as deployment:
                given = {"serial": serial, "knownAt": known_at}
                context = deployment.context(viewer)
                result = await SCHEMA.execute(document, variable_values=given, context_value=context)
                assert not result.errors, result.errors
                return result.data

        return asyncio.run(ask())

    return looking


def unsaid(owners: Any, viewers: Any, path: str = "") -> Iterator[str]:
    """Every place where two answers differ without an entry for the field, in the object or around it."""
    if isinstance(owners, dict) and isinstance(viewers, dict):
        entries = frozenset(entry["field"] for entry in viewers.get("redactions", ()))
        if "verdict" in viewers and "license" in entries:  # a decision about another holder is another one altogether
            return
        for field, value in owners.items():
            if field not in {"redactions", *entries}:
                yield from unsaid(value, viewers[field], f"{path}.{field}")
    elif isinstance(owners, list) and isinstance(viewers, list) and len(owners) == len(viewers):
        for position, (one, other) in enumerate(zip(owners, viewers, strict=True)):
            yield from unsaid(one, other, f"{path}[{position}]")
    elif owners != viewers:
        yield f"{path}: {owners!r} is shown as {viewers!r}"


def entries_of(answer: Any) -> set[str]:
    return {entry["field"] for entry in answer.get("redactions", ())} if isinstance(answer, dict) else set()


SEEN = [
    (name, serial)
    for name, viewer in VIEWERS.items()
    for serial in LICENSES
    if serial != "DELTA-1" or viewer.kind is not ViewerKind.CUSTOMER
]


@pytest.mark.parametrize("known_at", [None, THEN])
@pytest.mark.parametrize(("name", "serial"), SEEN)
def test_no_field_differs_from_the_operators_view_without_an_entry(seen, name, known_at, serial):
    theirs = seen(VIEWERS[name], serial, known_at)
    assert theirs["license"], "each of these licences is theirs to see now"
    assert list(unsaid(seen(INTERNAL, serial, known_at), theirs)) == []


def test_the_comparison_sees_a_difference_that_is_not_said():
    entry = {"field": "charges", "permission": "billing:read", "message": ""}
    shown = {"serial": "A", "charges": [], "redactions": []}
    assert list(unsaid({"serial": "A", "charges": [1]}, shown)) == [".charges: [1] is shown as []"]
    assert list(unsaid({"serial": "A", "charges": [1]}, {**shown, "redactions": [entry]})) == []
    assert list(unsaid({"serial": "A"}, {"serial": "B", "redactions": [entry]})) == [".serial: 'A' is shown as 'B'"]


def test_the_operator_who_may_read_everything_sees_no_redaction(seen):
    for serial in LICENSES:
        for known_at in (None, THEN):
            for viewer in (INTERNAL, VIEWERS["internal"]):
                assert '"field"' not in str(seen(viewer, serial, known_at)).replace("'", '"')


def test_charges_are_withheld_from_whoever_may_not_read_them_and_told_with_the_scope(seen):
    for name in ("customer without billing", "partner without billing", "internal without billing"):
        found = seen(VIEWERS[name], "OWES-1")
        license, decision = found["license"], found["entitlementCheck"]
        assert license["charges"] == []
        assert "billing:read" in {entry["permission"] for entry in license["redactions"]}
        [held] = [one for one in decision["reasons"] if one["code"] == "PAYMENT_HOLD"]
        assert {fact["name"] for fact in held["facts"]} == {"charge", "serial", "day"}
        [way] = [remedy["acts"] for remedy in decision["remedies"] if remedy["acts"][0]["kind"] == "PAY"]
        assert (way[0]["charge"], way[0]["cost"], entries_of(way[0])) == ("CH-9", None, {"cost", "message"})
        assert "777" not in str(found)
        assert decision["verdict"] == seen(INTERNAL, "OWES-1")["entitlementCheck"]["verdict"] == "NOT_ENTITLED"


def test_an_entry_tells_nothing_of_what_is_behind_it(seen):
    """A licence without a charge, and an account without a partner, have the same entries as those with one."""
    without = VIEWERS["customer without billing"]
    assert seen(without, "FAX-2")["license"]["redactions"] == seen(without, "OWES-1")["license"]["redactions"]
    beta = Viewer(ViewerKind.CUSTOMER, "BETA", scopes=READ_SCOPES)
    lone, managed = seen(beta, "FAX-3")["license"], seen(VIEWERS["customer"], "FAX-1")["license"]
    assert lone["account"]["redactions"] == managed["account"]["redactions"] != []
    then = [seen(VIEWERS["customer"], serial, THEN)["entitlementCheck"]["license"] for serial in ("MOVED-1", "FAX-1")]
    assert then[0]["redactions"] == then[1]["redactions"] != []


def test_a_holder_of_then_who_is_not_the_viewers_gives_way_to_the_present_one(seen):
    owners = seen(INTERNAL, "MOVED-1", THEN)["entitlementCheck"]
    theirs = seen(VIEWERS["customer"], "MOVED-1", THEN)["entitlementCheck"]
    assert owners["license"]["account"]["reference"] == "GAMMA"
    assert theirs["license"]["account"]["reference"] == "ACME"
    assert "account" in entries_of(theirs["license"])
    assert "GAMMA" not in str(theirs)


def test_what_is_tried_with_a_payment_needs_the_scope_that_shows_charges(seen):
    document = """query ($serial: String!, $knownAt: DateTime) { whatIf(
      changes: [{pay: {charge: "CH-9", on: "2026-03-01"}}], check: {license: {serial: $serial}, knownAt: $knownAt}
    ) { verdict } }"""
    assert seen(VIEWERS["customer"], "OWES-1", document=document)["whatIf"]["verdict"] == "ENTITLED"
    with pytest.raises(AssertionError, match="billing:read"):
        seen(VIEWERS["customer without billing"], "OWES-1", document=document)
