"""What every resolver may look at: who asks, the guide, the store, and the one instant that the request calls now."""

from asyncio import Lock, sleep
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Annotated, Any, Self
from uuid import uuid4

import strawberry

from entitlements.dates import ONE_DAY, day_of, start_of_day
from entitlements.guide import Guide
from entitlements.messages import said
from entitlements.parameters import POLICY_ZONE
from entitlements.records import Engine
from schema.errors import BadInput
from schema.languages import ENGLISH, closest, translated
from schema.loaders import Loaders
from schema.observing import Nobody, Observer
from schema.sending import Nowhere, Sending
from schema.shown import DocumentFormat, DocumentPath, Shown
from schema.store import Store, Viewer

Sign = Callable[[Mapping[str, object]], str | None]
"""A signed token that says what is given; None where there is no key to sign with."""


def unsigned(_claims: Mapping[str, object]) -> None:
    """Stands where there is no key."""


@dataclass
class Context:
    """One request's surroundings. `now` is read once at the edge; nothing below reads a clock.

    What a mutation brought about is answered as known from then: `now` is that instant while its answer is worked out.
    """

    viewer: Viewer
    guide: Guide
    store: Store
    now: datetime
    price_book: str = "LIST"
    """The price book of an account that has none of its own."""
    currency: str = "EUR"
    """The currency of an account that has none."""
    due_days: int = 30
    """Days from an order to the day on which its charge is due."""
    language: str = ENGLISH
    """The language that messages are told in, unless a field asks for another one."""
    engine: Engine = field(default_factory=Engine)
    """What evaluates, as records of decisions name it."""
    sending: Sending = field(default_factory=Nowhere)
    """How events are sent."""
    sign: Sign = unsigned
    """Signs what a record says."""
    document_path: DocumentPath | None = None
    """Where quotes are served as documents; None where they are not."""
    request_id: str = field(default_factory=lambda: uuid4().hex)
    observer: Observer = field(default_factory=Nobody)
    """Who is told what is run and decided."""
    is_alone: bool = False
    """Whether the operation's only field is being answered: nothing else could be read together with what it reads."""
    named: dict[int, Any] = field(default_factory=dict[int, Any])
    """What was made of facts that an answer names again and again, by their identity."""
    lasts_until: datetime | None = None
    """Until when the operation would be answered the same if nothing were committed, exclusive; None if unknown."""
    arrived: datetime = field(init=False)
    """The instant that the request itself calls now."""
    loaders: Loaders = field(init=False)

    def __post_init__(self) -> None:
        self.arrived = self.now
        self.loaders = Loaders(self.viewer, self.store)

    def anew(self, viewer: Viewer, now: datetime, language: str) -> Self:
        """The same surroundings for a request of a viewer at an instant: nothing is shared but what never changes."""
        other = object.__new__(type(self))
        other.__dict__ = self.__dict__ | {"viewer": viewer, "now": now, "arrived": now, "language": language}
        other.loaders = Loaders(viewer, self.store)
        other.named = {}
        return other

    @property
    def today(self) -> date:
        """The day of now in the policy zone (R-DATE-3)."""
        return self.day_of(self.now)

    @property
    def tomorrow(self) -> datetime:
        """The first instant of the next day in the policy zone."""
        return start_of_day(self.today + ONE_DAY, self.guide.value(POLICY_ZONE, self.guide.in_force_from))

    @cached_property
    def _turns(self) -> Lock:
        return Lock()

    async def turn(self) -> None:
        """Let other requests have their turn before some lengthy work, of which this request may have much to do."""
        async with self._turns:
            await sleep(0)

    def day_of(self, at: datetime) -> date:
        """The day of an instant in the policy zone."""
        return _day_of(self.guide, at)

    def known(self, known_at: datetime | None, otherwise: datetime) -> datetime:
        """The known time that a field was asked for; what will be known is refused."""
        if not known_at:
            return otherwise
        if known_at > self.now:
            raise BadInput(said("knownAt: what will be known is not known yet. Ask for now or an earlier instant."))
        return known_at

    def told(self, text: str, language: str | None = None) -> str:
        """A text in the language that a field was asked for, or the nearest there is: the request's own otherwise."""
        return translated(text, closest([language], self.language) if language else self.language)

    def path_of(self, shown: Shown, form: DocumentFormat, language: str | None) -> str | None:
        """Where a document is served; None where none are."""
        if self.document_path is None:
            return None
        return self.document_path(shown, {"format": form.value} | ({"language": language} if language else {}))


@lru_cache(maxsize=1024)
def _day_of(guide: Guide, at: datetime) -> date:
    return day_of(at, guide.value(POLICY_ZONE, guide.in_force_from))


Info = strawberry.Info[Context, None]
Language = Annotated[
    str | None,
    strawberry.argument(description="A BCP 47 tag; as the request's Accept-Language asks for when left out."),
]
"""The language that a message is asked for in."""
