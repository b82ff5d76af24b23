"""From rows to facts: what a row refers to must exist, and the row must make sense as a whole."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from api.interchange.files import Line
from api.interchange.report import Findings
from api.store import entities
from api.store.conditions import folded
from api.store.engine import Connection
from api.store.entities import LicenseEntry, ProductEntry
from api.store.recording import Fact

T = TypeVar("T")
Facts = list[tuple[Line, Fact]]


@dataclass(slots=True)
class References:
    """What rows refer to, looked up a chunk at a time."""

    connection: Connection
    findings: Findings

    def missing(self, file: str, line: Line, column: str, of: str) -> None:
        """Notes a reference to what does not exist, unless its own row was refused already."""
        key = line.values[column]
        if not self.findings.may_hold(f"{of}.csv", key):
            message = f"there is no {of[:-1]} {key!r}, in the database or in {of}.csv; add it, or mend the cell"
            self.findings.refuse(file, line.number, column, message)

    async def accounts(self, lines: Sequence[Line]) -> Facts:
        """Accounts; a partner may stand anywhere in the file."""
        file = "accounts.csv"
        known = await entities.accounts_by_reference(self.connection, _cells(lines, "reference", "partner"))
        facts: Facts = []
        for line in lines:
            v = line.values
            if v["partner"] is not None and v["partner"] not in known:
                self.missing(file, line, "partner", "accounts")
            elif v["partner"] == v["reference"]:
                message = "is the account itself; leave the cell empty, or name its partner"
                self.findings.refuse(file, line.number, "partner", message)
            elif v["reference"] in known:
                values = {name: v[name] for name in v if name not in {"reference", "partner"}}
                values["account_id"] = known[v["reference"]]
                values["partner_id"] = known[v["partner"]] if v["partner"] else None
                values["search"] = folded(v["reference"])
                facts.append((line, Fact(values, line.recorded_at)))
        return facts

    async def products(self, lines: Sequence[Line]) -> Facts:
        """Products; those they may be attached to may stand anywhere in the file."""
        file = "products.csv"
        bases = [base for line in lines for base in line.values["bases"]]
        known = await entities.products_by_code(self.connection, [*_cells(lines, "code"), *bases])
        facts: Facts = []
        for line in lines:
            v = line.values
            unknown = [one for one in v["bases"] if one not in known]
            for one in unknown:
                if not self.findings.may_hold(file, one):
                    message = f"names {one!r}, which is not a product; add it to products.csv, or mend the cell"
                    self.findings.refuse(file, line.number, "bases", message)
            if not unknown and v["code"] in known:
                values = {
                    "product_id": known[v["code"]].id,
                    "name": v["name"],
                    "kind": v["kind"],
                    "family": v["family"],
                }
                values["bases"] = f";{';'.join(v['bases'])};" if v["bases"] else ""
                facts.append((line, Fact(values, line.recorded_at)))
        return facts

    async def releases(self, lines: Sequence[Line]) -> Facts:
        """Releases refer to nothing."""
        return [(line, Fact(line.values, line.recorded_at)) for line in lines]

    async def milestones(self, lines: Sequence[Line]) -> Facts:
        """Milestones of products that exist."""
        return [
            (line, Fact({**_without(line, "product"), "product_id": product.id}, line.recorded_at))
            for line, product in await self._of_products("milestones.csv", lines)
        ]

    async def prices(self, lines: Sequence[Line]) -> Facts:
        """Prices of products that exist."""
        return [
            (line, Fact({**_without(line, "product"), "product_id": product.id}, line.recorded_at))
            for line, product in await self._of_products("prices.csv", lines)
        ]

    async def _of_products(self, file: str, lines: Sequence[Line]) -> list[tuple[Line, ProductEntry]]:
        known = await entities.products_by_code(self.connection, _cells(lines, "product"))
        return self._found(file, lines, "product", "products", known)

    async def licenses(self, lines: Sequence[Line]) -> Facts:
        """Licences; a base may stand anywhere in the file."""
        file = "licenses.csv"
        accounts = await entities.accounts_by_reference(self.connection, _cells(lines, "account"))
        products = await entities.products_by_code(self.connection, _cells(lines, "product"))
        known = await entities.licenses_by_serial(self.connection, _cells(lines, "serial", "base"))
        facts: Facts = []
        for line in lines:
            v = line.values
            before = self.findings.error_count
            complete = True
            for column, there in (("account", accounts), ("product", products), ("base", known)):
                if v[column] is not None and v[column] not in there:
                    self.missing(file, line, column, "licenses" if column == "base" else f"{column}s")
                    complete = False
            if v["product"] in products:
                self._base_fits(file, line, products[v["product"]])
            if self.findings.error_count > before or not complete:
                self.findings.refuse_key(file, v["serial"])
            elif v["serial"] in known:
                own = known[v["serial"]]
                values = _without(line, "serial", "account", "product", "base")
                values |= {"license_id": own.id, "account_id": own.account_id, "holder_id": accounts[v["account"]]}
                values |= {
                    "product_id": products[v["product"]].id,
                    "base_id": known[v["base"]].id if v["base"] else None,
                }
                facts.append((line, Fact(values, line.recorded_at)))
        return facts

    def _base_fits(self, file: str, line: Line, product: ProductEntry) -> None:
        """A dependent product's licence names its base, any other names none."""
        base, code = line.values["base"], line.values["product"]
        if product.kind is None:
            return
        if product.kind.is_dependent and base is None:
            message = f"is empty, and {code} is of the kind {product.kind}; name the licence that it depends on"
            self.findings.refuse(file, line.number, "base", message)
        elif not product.kind.is_dependent and base is not None:
            message = f"names a base, and {code} is of the kind {product.kind}, which depends on none; leave it empty"
            self.findings.refuse(file, line.number, "base", message)
        elif base is not None and base == line.values["serial"]:
            self.findings.refuse(
                file, line.number, "base", "is the licence itself; name the licence that it depends on"
            )

    async def coverage(self, lines: Sequence[Line]) -> Facts:
        """Terms of coverage of licences that exist and are no dependents."""
        file = "coverage.csv"
        facts: Facts = []
        for line, license in await self._of_licenses(file, lines):
            if license.is_dependent:
                message = "is a dependent licence, covered by its base's terms; name the base, or remove the row"
                self.findings.refuse(file, line.number, "serial", message)
            elif self._term_is_whole(file, line):
                facts.append((line, Fact(_without(line, "serial") | _address(license), line.recorded_at)))
        return facts

    def _term_is_whole(self, file: str, line: Line) -> bool:
        v = line.values
        if v["expires_on"] is None:
            return True
        empty = [name for name in ("plan", "starts_on") if v[name] is None]
        for name in empty:
            self.findings.refuse(file, line.number, name, "is empty; a term that is not withdrawn needs it")
        return not empty and self._in_order(file, line)

    async def options(self, lines: Sequence[Line]) -> Facts:
        """Options agreed for licences that exist."""
        file = "options.csv"
        return [
            (line, Fact(_without(line, "serial") | _address(license), line.recorded_at))
            for line, license in await self._of_licenses(file, lines)
            if self._in_order(file, line)
        ]

    async def charges(self, lines: Sequence[Line]) -> Facts:
        """Charges for licences that exist."""
        file = "charges.csv"
        facts: Facts = []
        for line, license in await self._of_licenses(file, lines):
            v = line.values
            empty = [name for name in ("currency", "due_on") if v[name] is None and v["amount"] is not None]
            for name in empty:
                self.findings.refuse(file, line.number, name, "is empty; a charge that is not withdrawn needs it")
            if not empty:
                facts.append((line, Fact(_without(line, "serial") | _address(license), line.recorded_at)))
        return facts

    async def warranties(self, lines: Sequence[Line]) -> Facts:
        """Warranties of licences that exist."""
        return [
            (line, Fact(_without(line, "serial") | _address(license), line.recorded_at))
            for line, license in await self._of_licenses("warranties.csv", lines)
        ]

    async def _of_licenses(self, file: str, lines: Sequence[Line]) -> list[tuple[Line, LicenseEntry]]:
        known = await entities.licenses_by_serial(self.connection, _cells(lines, "serial"))
        return self._found(file, lines, "serial", "licenses", known)

    def _found(
        self, file: str, lines: Sequence[Line], column: str, of: str, known: Mapping[str, T]
    ) -> list[tuple[Line, T]]:
        found: list[tuple[Line, T]] = []
        for line in lines:
            entry = known.get(line.values[column])
            if entry is None:
                self.missing(file, line, column, of)
            else:
                found.append((line, entry))
        return found

    def _in_order(self, file: str, line: Line) -> bool:
        starts_on: date = line.values["starts_on"]
        expires_on: date | None = line.values["expires_on"]
        if expires_on is None or starts_on <= expires_on:
            return True
        message = f"{expires_on} is before {starts_on}, the start; both days are inclusive, so it is that day at least"
        self.findings.refuse(file, line.number, "expires_on", message)
        return False


def _cells(lines: Iterable[Line], *columns: str) -> list[str]:
    return [line.values[column] for line in lines for column in columns if line.values[column] is not None]


def _without(line: Line, *columns: str) -> dict[str, Any]:
    return {name: value for name, value in line.values.items() if name not in columns}


def _address(license: LicenseEntry) -> dict[str, Any]:
    return {"license_id": license.id, "account_id": license.account_id}
