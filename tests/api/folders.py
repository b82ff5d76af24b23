"""Folders of interchange files for the tests: written from text, or from the facts of contracts."""

import csv
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from api.interchange import ImportReport, import_folder
from api.store.engine import Database
from entitlements.facts import Facts, License, Product
from tests.builders import GUIDE

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)

SMALL: dict[str, Any] = {
    "accounts": (
        "reference,name,partner,country,theater\n"
        "ACME,Acme SpA,PART,IT,EUROPE\nPART,Partner,,FR,EUROPE\nBETA,Beta,,DE,EUROPE\n"
    ),
    "products": "code,name,kind,family,bases\nFAX,Fax,BASE,F,\nFAX-HA,Fax HA,REDUNDANCY,F,FAX\nCALL,Call,BASE,C,\n",
    "licenses": (
        "serial,account,product,base,quantity,effective_on\n"
        "M-1,ACME,FAX-HA,B-1,2,2020-06-01\nB-1,ACME,FAX,,1,2020-03-01\nB-2,BETA,CALL,,1,2020-03-01\n"
    ),
    "coverage": (
        "order_reference,serial,plan,starts_on,expires_on,order_date,kind\n"
        "PO-1,B-1,GOLD,2021-03-01,2022-02-28,2021-02-01,RENEWED\n"
    ),
}
"""A partner's account with a base and its dependent, and an account on its own."""


def write(folder: Path, **texts: str | bytes) -> Path:
    """A folder with these files, by their names without the ending; `name__toml` stands for another one."""
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        file = folder / (name.replace("__", ".") if "__" in name else f"{name}.csv")
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


async def load(database: Database, folder: Path, now: datetime = NOW, **texts: Any) -> ImportReport:
    """Writes files into a folder of their own, and imports it."""
    place = folder / f"import-{uuid4()}"
    return await import_folder(database, write(place, **texts), now=now, guide=GUIDE)


async def loaded(database: Database, folder: Path, now: datetime = NOW, **texts: Any) -> ImportReport:
    """The same, where no error is expected."""
    report = await load(database, folder, now, **texts)
    assert report.is_loaded, "\n".join(map(str, report.errors))
    return report


# ---------------------------------------------------------------- from facts


def license_of(facts: Facts) -> License:
    """The licence of facts that are known to have one."""
    assert facts.license is not None
    return facts.license


def renamed(facts: Facts, number: int) -> Facts:
    """A contract of its own: its serials, products, account and references are like no other's."""
    tail = f"-{number:04}"

    def product(of: Product) -> Product:
        kept = {(one.kind, one.version): one for one in of.milestones}
        return replace(of, code=of.code + tail, milestones=tuple(kept.values()))

    def license_(of: License) -> License:
        account = replace(of.account, reference=of.account.reference + tail)
        options = {(one.feature, one.starts_on): one for one in of.options}
        terms = tuple(replace(term, order_reference=f"{term.order_reference}{tail}") for term in of.terms)
        base = license_(of.base) if of.base else None
        kept: dict[str, Any] = {"options": tuple(options.values()), "terms": terms, "base": base}
        return replace(of, serial=of.serial + tail, account=account, product=product(of.product), **kept)

    assert facts.license is not None
    charges = tuple(
        replace(charge, reference=charge.reference + tail, serial=charge.serial + tail) for charge in facts.charges
    )
    dependents = tuple(license_(one) for one in facts.dependents)
    return replace(facts, license=license_(facts.license), dependents=dependents, charges=charges)


def export(contracts: Iterable[Facts], folder: Path) -> Path:
    """The interchange files of contracts."""
    files: dict[str, dict[tuple[Any, ...], tuple[Any, ...]]] = {name: {} for name in HEADERS}
    for facts in contracts:
        assert facts.license is not None
        base = facts.license.contract_base
        for one in (*facts.dependents, facts.license, base):
            _add(files, one)
        for c in facts.charges:
            row = (c.reference, c.order_reference, c.serial, c.amount, c.currency, c.due_on, c.paid_on)
            files["charges"][c.reference,] = row
        for r in facts.releases:
            files["releases"][r.name,] = (r.name, r.season, r.year, r.released_on)
    bases = {(row[2], row[3]) for row in files["licenses"].values()}
    product_of = {row[0]: row[2] for row in files["licenses"].values()}
    for dependent, serial in bases:
        if serial:
            files["products"][dependent,] = (*files["products"][dependent,][:4], product_of[serial])
    folder.mkdir(exist_ok=True)
    for name, rows in files.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(HEADERS[name].split(","))
            writer.writerows([[_cell(value) for value in row] for row in rows.values()])
    return folder


HEADERS = {
    "accounts": "reference,name,partner,country,theater,language,currency,price_book,segment",
    "products": "code,name,kind,family,bases",
    "releases": "name,season,year,released_on",
    "milestones": "product,version,kind,on,source",
    "licenses": (
        "serial,account,product,base,model,quantity,effective_on,executed_on,registered_on,license_expires_on,"
        "retired_on,installed_release,cloud_connected,cloud_licensed,altered"
    ),
    "coverage": "order_reference,serial,plan,starts_on,expires_on,order_date,kind",
    "options": "serial,feature,starts_on,expires_on",
    "charges": "reference,order_reference,serial,amount,currency,due_on,paid_on",
    "warranties": "serial,supplier,expires_on",
}


def _cell(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _add(files: dict[str, dict[tuple[Any, ...], tuple[Any, ...]]], one: License) -> None:
    a, p = one.account, one.product
    files["accounts"][a.reference,] = (
        a.reference, a.name, None, a.country, a.theater, a.language, a.currency, a.price_book, a.segment,
    )  # fmt: skip
    files["products"].setdefault((p.code,), (p.code, p.name, p.kind, p.family, None))
    for m in p.milestones:
        files["milestones"][p.code, m.version, m.kind] = (p.code, m.version, m.kind, m.on, m.source)
    files["licenses"][one.serial,] = (
        one.serial, a.reference, p.code, one.base.serial if one.base else None, one.model, one.quantity,
        one.effective_on, one.executed_on, one.registered_on, one.license_expires_on, one.retired_on,
        one.installed_release, one.cloud_connected, one.cloud_licensed, one.altered,
    )  # fmt: skip
    for t in one.terms:
        row = (t.order_reference, one.serial, t.plan, t.starts_on, t.expires_on, t.order_date, t.kind)
        files["coverage"][t.order_reference, one.serial] = row
    for o in one.options:
        files["options"][one.serial, o.feature, o.starts_on] = (one.serial, o.feature, o.starts_on, o.expires_on)
    if one.warranty:
        files["warranties"][one.serial,] = (one.serial, one.warranty.supplier, one.warranty.expires_on)
