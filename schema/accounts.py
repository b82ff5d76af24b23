"""Accounts: customers and partners, and the licences of each."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import strawberry

from entitlements import facts
from entitlements.messages import said
from entitlements.remembering import remembered
from schema import licenses
from schema.context import Info
from schema.errors import BadInput
from schema.nodes import Kind, Node, write_id
from schema.paging import Listing, PageInfo, is_text
from schema.redactions import REDACTIONS, Redaction, of_others
from schema.store import LicenseOrder
from schema.theaters import Theater

if TYPE_CHECKING:
    from schema.licenses import LicenseConnection, LicenseFilter

BY_REFERENCE = Listing("accounts", (is_text,))


@strawberry.type
class Account(Node):
    """A customer or a partner."""

    reference: str
    name: str
    country: str | None = strawberry.field(description="ISO 3166-1 alpha-2.")
    language: str | None = strawberry.field(description="BCP 47.")
    account: strawberry.Private[facts.Account]
    is_past: strawberry.Private[bool] = False

    @strawberry.field
    def theater(self, info: Info) -> Theater:
        """The service region that was chosen for the account."""
        return Theater.of(info.context.guide, self.account.theater)

    @strawberry.field
    async def partner(self, info: Info) -> Annotated["Account", strawberry.lazy("schema.accounts")] | None:
        """The partner that manages the account; null when there is none, or it is not the viewer's to see."""
        seen = await self._seen_partner(info)
        return Account.of(seen) if seen else None

    @strawberry.field
    async def licenses(
        self,
        info: Info,
        *,
        wanted: Annotated[
            Annotated["LicenseFilter", strawberry.lazy("schema.licenses")] | None, strawberry.argument(name="filter")
        ] = strawberry.UNSET,
        order_by: LicenseOrder = LicenseOrder.SERIAL,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        last: int | None = strawberry.UNSET,
        before: str | None = strawberry.UNSET,
    ) -> Annotated["LicenseConnection", strawberry.lazy("schema.licenses")]:
        """The account's licences, as known now, 1 to 100 at once; a filter that names an account must name this one."""
        chosen = licenses.chosen(info, wanted)
        if chosen.account not in (None, self.reference):
            raise BadInput(
                said(
                    "filter.account: these are the licences of {account}; ask `licenses` for others.",
                    account=self.reference,
                )
            )
        page = licenses.listing(order_by).page(first, after, last, before)
        return await licenses.connection(info, replace(chosen, account=self.reference), order_by, page)

    @strawberry.field(description=REDACTIONS)
    async def redactions(self, info: Info) -> list[Redaction]:  # noqa: D102 - described as every such field is
        if not self.is_past and await self._seen_partner(info) is not None:
            return []
        return of_others(info.context.viewer, "partner", said("A partner who is not yours to see is left out."))

    async def _seen_partner(self, info: Info) -> facts.Account | None:
        partner = self.account.partner
        return await info.context.loaders.accounts_by_id.load(partner.id) if partner else None

    @classmethod
    def of(cls, account: facts.Account, *, is_past: bool = False) -> "Account":
        """An account that the viewer may see; a past one is as it was known then."""
        return _shown(account, is_past)


@remembered
def _shown(account: facts.Account, is_past: bool) -> Account:
    return Account(
        id=write_id(Kind.ACCOUNT, account.id),
        reference=account.reference,
        name=account.name,
        country=account.country,
        language=account.language,
        account=account,
        is_past=is_past,
    )


@strawberry.type
class AccountEdge:
    """An account in a list."""

    node: Account
    cursor: str


@strawberry.type
class AccountConnection:
    """A page of accounts."""

    edges: list[AccountEdge]
    page_info: PageInfo
    search: strawberry.Private[str | None]

    @strawberry.field
    async def total_count(self, info: Info) -> int:
        """How many accounts the whole list holds."""
        return await info.context.store.count_accounts(info.context.viewer, self.search)


async def account(info: Info, reference: str) -> Account | None:
    """An account by its reference, as known now."""
    if not reference.isprintable():
        return None
    found = await info.context.loaders.accounts_by_reference.load(reference)
    return Account.of(found) if found else None


async def accounts(
    info: Info,
    search: str | None = strawberry.UNSET,
    first: int | None = strawberry.UNSET,
    after: str | None = strawberry.UNSET,
    last: int | None = strawberry.UNSET,
    before: str | None = strawberry.UNSET,
) -> AccountConnection:
    """The accounts that the viewer may see, by reference, 1 to 100 at once; the search is in reference and name."""
    wanted = search or None
    if wanted is not None and not wanted.isprintable():
        raise BadInput(said("{field}: printable characters only.", field="search"))
    page = await info.context.store.accounts(info.context.viewer, wanted, BY_REFERENCE.page(first, after, last, before))
    edges = [AccountEdge(node=Account.of(found), cursor=BY_REFERENCE.cursor(key)) for key, found in page.items]
    return AccountConnection(edges=edges, page_info=PageInfo.of(page, [edge.cursor for edge in edges]), search=wanted)
