"""What every resolver may look at: who asks, the guide, the store, and the one instant that the request calls now."""

from asyncio import Lock, sleep
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import uuid4

import strawberry

from entitlements.dates import day_of
from entitlements.guide import Guide
from entitlements.parameters import POLICY_ZONE
from schema.errors import BadInput
from schema.loaders import Loaders
from schema.store import Store, Viewer


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
    request_id: str = field(default_factory=lambda: uuid4().hex)
    arrived: datetime = field(init=False)
    """The instant that the request itself calls now."""
    _turns: Lock = field(default_factory=Lock, init=False)
    loaders: Loaders = field(init=False)

    def __post_init__(self) -> None:
        self.arrived = self.now
        self.loaders = Loaders(self.viewer, self.store)

    @property
    def today(self) -> date:
        """The day of now in the policy zone (R-DATE-3)."""
        return self.day_of(self.now)

    async def turn(self) -> None:
        """Let other requests have their turn before some lengthy work, of which this request may have much to do."""
        async with self._turns:
            await sleep(0)

    def day_of(self, at: datetime) -> date:
        """The day of an instant in the policy zone."""
        return day_of(at, self.guide.value(POLICY_ZONE, self.guide.in_force_from))

    def known(self, known_at: datetime | None, otherwise: datetime) -> datetime:
        """The known time that a field was asked for; what will be known is refused."""
        if not known_at:
            return otherwise
        if known_at > self.now:
            raise BadInput("knownAt: what will be known is not known yet. Ask for now or an earlier instant.")
        return known_at


Info = strawberry.Info[Context, None]
