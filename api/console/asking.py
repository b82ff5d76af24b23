"""What a page is made from: who asks, in which language, and what the schema answers them within their limits."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.asking import answered
from api.bodies import Refused
from api.console.templates import ROOT, rendered
from api.console.wording import ConsoleWording
from api.deployment import Deployment
from api.negotiation import language_of
from api.rates import Allowance
from api.sessions import SAFE, Session
from entitlements.messages import Message, said
from entitlements.parameters import POLICY_ZONE
from schema.context import Context
from schema.languages import LANGUAGES
from schema.permissions import ANYONE, NEEDED, lacked
from schema.root import Schema
from schema.scopes import Scope
from schema.store import Viewer, ViewerKind

LANGUAGE_COOKIE = "coverline_language"
PLACES = (
    ("desk", "", said("Support desk"), NEEDED["Query.entitlementCheck"]),
    ("licenses", "/licenses", said("Licences"), NEEDED["Query.licenses"]),
    ("portfolio", "/portfolio", said("Portfolio"), NEEDED["Query.renewalsDue"]),
    ("webhooks", "/webhooks", said("Webhooks"), NEEDED["Query.webhooks"]),
    ("guide", "/guide", said("Guide"), NEEDED["Query.guide"]),
    ("explorer", "/graphiql", said("GraphiQL"), ANYONE),
)
"""Where one may go: a name, its path, what it is called, and the scopes that it needs."""


def chosen_language(request: Request) -> str:
    """The language of a reader: the one chosen on a page, or else that of the browser."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in LANGUAGES else language_of(request)


def here(request: Request) -> str:
    """The address of the page that a reader is on: of a form that was sent, the one that it stood on."""
    if request.method in SAFE:
        return own_page(f"{path_of(request)}?{request.url.query}".rstrip("?"))
    try:
        sent_from = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return ROOT
    return own_page(f"{sent_from.path}?{sent_from.query}".rstrip("?"))


def path_of(request: Request) -> str:
    """The path of an address as it was asked for: a serial may have signs that mean something in addresses."""
    return quote(request.scope["path"])


def own_page(address: str) -> str:
    """A page of the console to go to; its first one for whatever lies elsewhere."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ROOT
    is_own = not parts.scheme and not parts.netloc and (parts.path == ROOT or parts.path.startswith(f"{ROOT}/"))
    return address if is_own and "\\" not in address and address.isprintable() else ROOT


@dataclass(slots=True)
class Asked:
    """A page that a viewer asks for."""

    request: Request
    deployment: Deployment
    schema: Schema
    allowance: Allowance
    viewer: Viewer
    session: Session | None
    explores: bool
    """Whether GraphiQL is for this viewer."""
    is_open: bool
    """Whether nobody signs in: a demonstration, asked from this machine."""
    context: Context = field(init=False)
    wording: ConsoleWording = field(init=False)

    def __post_init__(self) -> None:
        state, language = self.request.state, chosen_language(self.request)
        self.context = self.deployment.context(self.viewer, state.request_id, language, state.seen)
        self.wording = ConsoleWording(language)

    async def ask(self, name: str, variables: dict[str, Any]) -> dict[str, Any]:
        """What an operation answers. Raises Unanswered where it is an error, Refused for one too many."""
        await self.allowance.count(self.request, self.viewer)
        with self.allowance.one(self.request, self.viewer):
            return await answered(self.schema, self.context, name, variables)

    def may(self, *scopes: Scope) -> bool:
        """Whether the viewer holds scopes."""
        return not lacked(self.viewer, scopes)

    # ------------------------------------------------------------ what the address holds

    def given(self, name: str) -> str | None:
        """A parameter of the address; None where it is empty."""
        return self.request.query_params.get(name, "").strip() or None

    def instant(self, name: str) -> str | None:
        """An instant of the address: RFC 3339, or by the clocks of the policy zone. Raises Refused."""
        text = self.given(name)
        if text is None:
            return None
        try:
            at = datetime.fromisoformat(text)
            return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(self.zone))).astimezone(UTC).isoformat()
        except (ValueError, OverflowError):
            message = said("{field}: give a day and a time, such as 2026-03-11T10:00.", field=name)
            raise Refused(400, "BAD_REQUEST", message) from None

    def local(self, name: str) -> str:
        """An instant of the address as a form shows it, by the clocks of the policy zone."""
        at = self.instant(name)
        zone = ZoneInfo(self.zone)
        return datetime.fromisoformat(at).astimezone(zone).strftime("%Y-%m-%dT%H:%M") if at else ""

    @property
    def zone(self) -> str:
        """The name of the policy zone, in which days are counted and forms are filled in."""
        guide = self.deployment.guide
        return guide.value(POLICY_ZONE, guide.in_force_from).key

    def address(self, **changes: object) -> str:
        """This page's address with other parameters; None leaves one out."""
        kept = {name: value for name, value in self.request.query_params.items() if value} | changes
        query = urlencode({name: value for name, value in kept.items() if value is not None})
        path = path_of(self.request)
        return f"{path}?{query}" if query else path

    # ------------------------------------------------------------ answering

    def page(self, template: str, **values: Any) -> HTMLResponse:  # noqa: ANN401 - whatever a template shows
        """A page."""
        return HTMLResponse(rendered(template, self.wording, **self.frame(), **values))

    def frame(self) -> dict[str, Any]:
        """What every page shows around its own."""
        return {
            "asked": self,
            "places": self.places,
            "here": here(self.request),
            "who": self.wording.told(self._who()),
            "form": self.session.form if self.session else "",
        }

    @property
    def places(self) -> list[tuple[str, str, str]]:
        """Where the viewer may go: a name, the address, and what it is called."""
        return [
            (name, ROOT + path, self.wording.told(title))
            for name, path, title, needed in PLACES
            if self.may(*needed) and (name != "explorer" or self.explores)
        ]

    def _who(self) -> Message:
        viewer = self.viewer
        if viewer.kind is ViewerKind.INTERNAL:
            return said("the operator")
        if viewer.kind is ViewerKind.PARTNER:
            return said("partner {account}", account=viewer.account)
        return said("customer {account}", account=viewer.account)
