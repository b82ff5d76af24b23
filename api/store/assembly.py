"""Facts from the rows of a contract's statement."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row

from api.store.contracts import Kind
from entitlements.facts import (
    Account,
    Charge,
    Facts,
    License,
    LicenseModel,
    Milestone,
    MilestoneKind,
    Option,
    Product,
    ProductKind,
    Release,
    Term,
    TermKind,
    Warranty,
)
from entitlements.records import request_read
from schema.store import Opened

NOWHERE = Account(UUID(int=0), "", "", "")
"""Stands for the account where accounts were not asked for."""


_read = msgspec.json.Decoder(list[tuple[int, list[Any]]]).decode
"""The rows of a contract's text: a kind and its values each."""


def day(text: str | None) -> date | None:
    """A date of a JSON array."""
    return None if text is None else date.fromisoformat(text)


def flag(value: int | None) -> bool | None:
    """A boolean of a JSON array: SQLite's are numbers."""
    return None if value is None else bool(value)


@dataclass(slots=True)
class Member:
    """A licence of a contract before its relations are put together."""

    was_known: bool
    id: str
    account_id: str
    holder_id: str
    product_id: str
    base_id: str | None
    license: dict[str, Any]


@dataclass(slots=True)
class AccountRow:
    """An account before its partner is put together."""

    account: dict[str, Any]
    partner_then: str | None
    partner_now: str | None


@dataclass(slots=True)
class Contracts:
    """The rows of contracts, by what they are; identifiers stay as the engine writes them."""

    members: dict[str, Member] = field(default_factory=dict[str, Member])
    terms: defaultdict[str, list[Term]] = field(default_factory=lambda: defaultdict[str, list[Term]](list))
    options: defaultdict[str, list[Option]] = field(default_factory=lambda: defaultdict[str, list[Option]](list))
    charges: defaultdict[str, list[list[Any]]] = field(default_factory=lambda: defaultdict[str, list[list[Any]]](list))
    warranties: dict[str, Warranty] = field(default_factory=dict[str, Warranty])
    products: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    milestones: defaultdict[str, list[Milestone]] = field(
        default_factory=lambda: defaultdict[str, list[Milestone]](list)
    )
    accounts: dict[str, AccountRow] = field(default_factory=dict[str, AccountRow])
    releases: list[Release] = field(default_factory=list[Release])
    opened: defaultdict[UUID, list[Opened]] = field(default_factory=lambda: defaultdict[UUID, list[Opened]](list))

    def take(self, rows: Iterable[Row[int, str]]) -> None:
        """Sorts the statement's rows."""
        for kind, packed in rows:
            TAKERS[kind](self, json.loads(packed))

    def take_text(self, text: str) -> None:
        """Sorts the rows of a contract that came as one text."""
        for kind, values in _read(text):
            TAKERS[kind](self, values)

    # -------------------------------------------------------- one row of each kind

    def take_license(self, v: list[Any]) -> None:
        """A licence; one that was not known yet keeps no dates."""
        was_known = bool(v[0])
        values: dict[str, Any] = {"id": UUID(v[1]), "serial": v[2], "model": LicenseModel(v[7])}
        if was_known:
            values |= {
                "quantity": v[8], "effective_on": day(v[9]), "executed_on": day(v[10]), "registered_on": day(v[11]),
                "license_expires_on": day(v[12]), "retired_on": day(v[13]), "installed_release": v[14],
                "cloud_connected": flag(v[15]), "cloud_licensed": flag(v[16]), "altered": flag(v[17]),
            }  # fmt: skip
        self.members[v[1]] = Member(was_known, v[1], v[3], v[4], v[5], v[6] if was_known else None, values)

    def take_term(self, v: list[Any]) -> None:
        """A term of coverage."""
        starts_on, expires_on = date.fromisoformat(v[3]), date.fromisoformat(v[4])
        self.terms[v[0]].append(Term(v[1], v[2], starts_on, expires_on, TermKind(v[5]), day(v[6])))

    def take_option(self, v: list[Any]) -> None:
        """An agreed option."""
        self.options[v[0]].append(Option(v[1], date.fromisoformat(v[2]), day(v[3])))

    def take_charge(self, v: list[Any]) -> None:
        """A charge, kept as it is until its contract is known."""
        self.charges[v[0]].append(v)

    def take_warranty(self, v: list[Any]) -> None:
        """A warranty."""
        self.warranties[v[0]] = Warranty(v[1], date.fromisoformat(v[2]))

    def take_product(self, v: list[Any]) -> None:
        """A product."""
        self.products[v[0]] = {"id": UUID(v[0]), "code": v[1], "name": v[2], "kind": ProductKind(v[3]), "family": v[4]}

    def take_milestone(self, v: list[Any]) -> None:
        """A milestone of a product."""
        self.milestones[v[0]].append(Milestone(MilestoneKind(v[1]), date.fromisoformat(v[2]), v[3] or None, v[4]))

    def take_account(self, v: list[Any]) -> None:
        """An account."""
        names = ("reference", "name", "theater", "country", "language", "currency", "price_book", "segment")
        values: dict[str, Any] = {"id": UUID(v[0]), **dict(zip(names, v[1:9], strict=True))}
        self.accounts[v[0]] = AccountRow(values, v[9], v[10])

    def take_release(self, v: list[Any]) -> None:
        """A release."""
        self.releases.append(Release(v[0], v[1], v[2], date.fromisoformat(v[3])))

    def take_decision(self, v: list[Any]) -> None:
        """A recorded decision that said yes."""
        request = request_read(v[1])
        self.opened[UUID(v[0])].append(Opened(request.service, date.fromisoformat(v[2]), request.at))

    # -------------------------------------------------------- put together

    def addresses(self) -> dict[UUID, UUID]:
        """The account where each licence stands now."""
        return {UUID(member.id): UUID(member.account_id) for member in self.members.values()}

    def facts(self) -> list[Facts]:
        """The facts of every licence that was known; those of a contract share their parts."""
        products = {id_: self._product_of(id_) for id_ in self.products}
        accounts = {id_: self._account_of(id_) for id_ in self.accounts}
        contracts: defaultdict[str, list[Member]] = defaultdict(list)
        for member in self.members.values():
            contracts[member.base_id or member.id].append(member)
        releases = tuple(sorted(self.releases, key=lambda release: (release.released_on, release.name)))
        found: list[Facts] = []
        for base_id, members in contracts.items():
            if base_id in self.members:  # the viewer may not see a base that went elsewhere: then nothing of it
                found += self._facts_of(base_id, members, products, accounts, releases)
        return found

    def _facts_of(
        self,
        base_id: str,
        members: list[Member],
        products: dict[str, Product],
        accounts: dict[str, Account],
        releases: tuple[Release, ...],
    ) -> Iterable[Facts]:
        base = self._license_of(self.members[base_id], None, products, accounts)
        dependents = sorted(
            (self._license_of(m, base, products, accounts) for m in members if m.id != base_id),
            key=lambda one: one.serial,
        )
        order_dates = {term.order_reference: term.order_date for m in members for term in self.terms[m.id]}
        serials = {m.id: m.license["serial"] for m in members}
        charges = tuple(
            sorted(
                (_charge(v, serials[id_], order_dates) for id_ in serials for v in self.charges[id_]),
                key=lambda charge: (charge.due_on, charge.reference),
            )
        )
        for license in (base, *dependents):
            if license is not base or self.members[base_id].was_known:
                yield Facts(license, releases, tuple(dependents), charges)

    def _license_of(
        self, member: Member, base: License | None, products: dict[str, Product], accounts: dict[str, Account]
    ) -> License:
        id_ = member.id
        return License(
            **member.license,
            account=self._where(member, accounts),
            product=products[member.product_id],
            base=base,
            terms=tuple(
                sorted(self.terms[id_], key=lambda term: (term.starts_on, term.expires_on, term.order_reference))
            ),
            options=tuple(sorted(self.options[id_], key=lambda option: (option.starts_on, option.feature))),
            warranty=self.warranties.get(id_),
        )

    def _where(self, member: Member, accounts: dict[str, Account]) -> Account:
        """The holder as recorded then, where the viewer may see that account; otherwise the one where it stands now."""
        if not accounts:
            return NOWHERE
        return accounts[member.holder_id if member.holder_id in accounts else member.account_id]

    def _product_of(self, id_: str) -> Product:
        ordered = sorted(self.milestones[id_], key=lambda one: (one.on, one.kind, one.version or ""))
        return Product(**self.products[id_], milestones=tuple(ordered))

    def _account_of(self, id_: str) -> Account:
        """With its partner as recorded then, or else the present one, where the viewer may see it."""
        row = self.accounts[id_]
        partner_id = row.partner_then
        if partner_id is not None and partner_id not in self.accounts:
            partner_id = row.partner_now
        partner = self.accounts.get(partner_id) if partner_id else None
        return Account(**row.account, partner=Account(**partner.account) if partner else None)


def _charge(v: list[Any], serial: str, order_dates: dict[str, date | None]) -> Charge:
    _, reference, amount, currency, due_on, paid_on, order_reference = v
    return Charge(
        reference=reference,
        serial=serial,
        amount=Decimal(amount),
        currency=currency,
        due_on=date.fromisoformat(due_on),
        paid_on=day(paid_on),
        order_reference=order_reference,
        order_date=order_dates.get(order_reference),
    )


TAKERS: dict[int, Callable[[Contracts, list[Any]], None]] = {
    Kind.LICENSE: Contracts.take_license,
    Kind.TERM: Contracts.take_term,
    Kind.OPTION: Contracts.take_option,
    Kind.CHARGE: Contracts.take_charge,
    Kind.WARRANTY: Contracts.take_warranty,
    Kind.PRODUCT: Contracts.take_product,
    Kind.MILESTONE: Contracts.take_milestone,
    Kind.ACCOUNT: Contracts.take_account,
    Kind.RELEASE: Contracts.take_release,
    Kind.DECISION: Contracts.take_decision,
}
