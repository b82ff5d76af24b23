"""The portfolio as it is being written: rows of the interchange files, and the stories told about them."""

from bisect import bisect_right
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

REFERENCE_DAY = date(2026, 11, 24)
"""The day the stories are asked on where they name no other; a Tuesday."""
LAST_RECORDED = datetime(2026, 11, 20, 17, tzinfo=UTC)
"""Nothing is recorded after this, so that the files load on any day from the reference day's week on."""
REFERENCE_INSTANT = "2026-11-24T10:00:00+01:00"

ACCOUNT_FACTS = ("country", "theater", "language", "currency", "price_book", "segment")
COLUMNS: dict[str, tuple[str, ...]] = {
    "accounts": ("reference", "name", "partner", *ACCOUNT_FACTS),
    "products": ("code", "name", "kind", "family", "bases"),
    "releases": ("name", "season", "year", "released_on"),
    "milestones": ("product", "version", "kind", "on", "source"),
    "licenses": (
        *("serial", "account", "product", "base", "model", "quantity", "effective_on", "executed_on", "registered_on"),
        *("license_expires_on", "retired_on", "installed_release", "cloud_connected", "cloud_licensed", "altered"),
    ),
    "coverage": ("order_reference", "serial", "plan", "starts_on", "expires_on", "order_date", "kind"),
    "options": ("serial", "feature", "starts_on", "expires_on"),
    "charges": ("reference", "order_reference", "serial", "amount", "currency", "due_on", "paid_on"),
    "warranties": ("serial", "supplier", "expires_on"),
    "prices": ("book", "currency", "product", "plan", "months", "effective_from", "amount"),
}
KEYS: dict[str, int] = {
    **dict.fromkeys(("accounts", "products", "releases", "licenses", "charges", "warranties"), 1),
    "milestones": 3,
    "coverage": 2,
    "options": 3,
    "prices": 6,
}
"""How many of a file's first columns are its key."""


@dataclass(frozen=True)
class Story:
    """A situation of the guide, the question that shows it, and what the guide's reading answers."""

    id: str
    serial: str
    title: str
    text: str
    at: str
    verdict: str
    reasons: tuple[str, ...]
    check: dict[str, Any]
    expect: dict[str, Any]


@dataclass
class Book:
    """Rows by file, in the order in which they were written, and the stories."""

    rows: dict[str, list[tuple[str, ...]]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    stories: list[Story] = field(default_factory=list)
    _known: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict)
    _orders: int = 0
    _charges: int = 0

    # ------------------------------------------------------------ rows

    def add(self, file: str, *cells: object, recorded: str = "") -> None:
        """A row of a file; a later one of the same key must be recorded later."""
        row = tuple("" if cell is None else str(cell) for cell in cells)
        if len(row) != len(COLUMNS[file]):
            raise ValueError(f"{file}: {row} has {len(row)} cells; {len(COLUMNS[file])} are needed")
        key = (file, row[: KEYS[file]])
        if key in self._known and recorded <= self._known[key]:
            raise ValueError(f"{file}: {key[1]} is recorded twice, and not later the second time")
        if recorded and datetime.fromisoformat(recorded) > LAST_RECORDED:
            raise ValueError(f"{file}: {key[1]} is recorded at {recorded}, after {LAST_RECORDED}")
        self._known[key] = recorded
        self.rows[file].append((*row, recorded))

    def license(
        self,
        serial: str,
        account: str,
        product: str,
        registered: str = "",
        *,
        base: str = "",
        model: str = "PERPETUAL",
        quantity: int = 1,
        effective: str = "",
        executed: str = "",
        expires: str = "",
        retired: str = "",
        release: str = "",
        cloud: tuple[str, str] = ("", ""),
        altered: str = "",
        recorded: str = "",
    ) -> str:
        """A licence, known from the morning after its first date unless said otherwise; answers its serial."""
        first = min((one for one in (effective, executed, registered) if one), default="")
        recorded = recorded or after(first)
        release = "" if release == "unknown" else release or latest_release(recorded[:10])
        cells = (serial, account, product, base, model, quantity, effective, executed, registered)
        self.add("licenses", *cells, expires, retired, release, *cloud, altered, recorded=recorded)
        return serial

    def again(self, serial: str, recorded: str, **changes: str) -> None:
        """A later row of a licence, with some columns changed."""
        newest = next(row for row in reversed(self.rows["licenses"]) if row[0] == serial)
        cells = dict(zip(COLUMNS["licenses"], newest, strict=False)) | changes
        self.add("licenses", *cells.values(), recorded=recorded)

    def term(
        self,
        serial: str,
        plan: str,
        starts: str,
        expires: str,
        ordered: str,
        *,
        renewed: bool = False,
        recorded: str = "",
        reference: str = "",
    ) -> str:
        """A term, recorded on the afternoon of its order, once the licence is; answers the order's reference."""
        if not reference:
            self._orders += 1
            reference = f"ORD-{ordered[:4]}-{self._orders:05}"
        kind = "RENEWED" if renewed else "ORDERED"
        cells = (reference, serial, plan, starts, expires, ordered, kind)
        first = next(row[-1] for row in self.rows["licenses"] if row[0] == serial)
        self.add("coverage", *cells, recorded=recorded or max(noon(ordered), first))
        return reference

    def charge(
        self,
        order: str,
        serial: str,
        amount: str,
        due: str,
        paid: str = "",
        *,
        currency: str = "EUR",
        recorded: str = "",
    ) -> str:
        """A charge of an order, known a month before it is due; its payment is known the morning after."""
        self._charges += 1
        reference = f"INV-{due[:4]}-{self._charges:05}"
        cells = (reference, order, serial, amount, currency, due)
        self.add("charges", *cells, "", recorded=recorded or noon(shifted(due, -30)))
        if paid:
            self.add("charges", *cells, paid, recorded=after(paid))
        return reference

    def option(self, serial: str, feature: str, starts: str, expires: str = "") -> None:
        """A feature agreed for a licence, known a week before it begins."""
        self.add("options", serial, feature, starts, expires, recorded=noon(shifted(starts, -7)))

    # ------------------------------------------------------------ stories

    def story(
        self,
        id: str,
        serial: str,
        title: str,
        text: str,
        *reasons: str,
        verdict: str = "",
        at: str = REFERENCE_INSTANT,
        expect: dict[str, Any] | None = None,
        **check: Any,  # noqa: ANN401
    ) -> None:
        """A story. Without a verdict it is ENTITLED when there is no reason, else NOT_ENTITLED."""
        verdict = verdict or ("NOT_ENTITLED" if reasons else "ENTITLED")
        self.stories.append(Story(id, serial, title, text, at, verdict, reasons, check, expect or {}))


def given(**check: Any) -> dict[str, Any]:  # noqa: ANN401 - a question's fields are of many kinds
    """Fields by name, for several questions, or for licences that share them."""
    return check


# ---------------------------------------------------------------- dates


def noon(day: str) -> str:
    """The afternoon of a day, when its orders are entered."""
    return f"{day}T14:20:00Z"


def after(day: str) -> str:
    """The morning after a day, when what happened on it is entered."""
    return f"{shifted(day, 1)}T07:30:00Z"


def shifted(day: str, days: int) -> str:
    """A day so many days later."""
    return str(date.fromisoformat(day) + timedelta(days=days))


def term_end(start: date, months: int, anchor: int) -> date:
    """The last day of a term of so many months, by the day of the month that its chain keeps."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    return date(year, month, min(anchor, monthrange(year, month)[1])) - timedelta(days=1)


def is_recordable(day: date) -> bool:
    """Whether what happens on a day can still be known in the portfolio."""
    return datetime.combine(day + timedelta(days=1), time(12), UTC) <= LAST_RECORDED


# ---------------------------------------------------------------- releases

SEASONS = (("WINTER", 2, 2), ("SPRING", 5, 3), ("SUMMER", 9, 2))
"""A season, the month of its release, and which Tuesday of that month it is."""


def releases() -> list[tuple[str, str, int, date]]:
    """Every seasonal release from 2019 through 2026: its name, season, year and day."""
    return [
        (f"{season.title()} {year}", season, year, _tuesday(year, month, nth))
        for year in range(2019, 2027)
        for season, month, nth in SEASONS
    ]


def latest_release(day: str) -> str:
    """The name of the latest release on a day; the first of all before that."""
    known = releases()
    position = bisect_right(known, date.fromisoformat(day), key=lambda release: release[3])
    return known[max(position - 1, 0)][0]


def _tuesday(year: int, month: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(1 - first.weekday()) % 7 + 7 * (nth - 1))
