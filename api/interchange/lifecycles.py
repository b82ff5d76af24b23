"""Loading the milestones that a feed tells: all or nothing, each with its source, superseding what moved."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from api.interchange import feeds
from api.interchange.feeds import Feed, Told
from api.interchange.report import Findings, RowError
from api.store import affected, audit, catalogue, derived, outbox, recording
from api.store.derived import LATEST
from api.store.engine import Connection, Database
from api.store.recording import Fact, Outcome
from entitlements import canonical
from entitlements.chains import OPERATOR, details_of
from entitlements.dates import day_of
from entitlements.events import milestone_set
from entitlements.facts import Milestone, MilestoneKind, Product
from entitlements.guide import Guide
from entitlements.parameters import POLICY_ZONE
from entitlements.shifts import Shift, shift

SHOWN = 1_000
"""So many licences are named; all are counted."""


@dataclass(frozen=True, slots=True)
class Move:
    """A milestone that is new, moved or withdrawn: its day before and after; None where there is none."""

    product: str
    version: str
    kind: MilestoneKind
    before: date | None
    after: date | None
    source: str


@dataclass(slots=True)
class LifecycleReport:
    """What an import of milestones came to. Nothing was loaded by a rehearsal, or when there is any error."""

    dry_run: bool
    moves: list[Move] = field(default_factory=list[Move])
    unchanged: int = 0
    unmapped: list[str] = field(default_factory=list[str])
    """Products and releases of the feed that the mapping does not name."""
    unknown_releases: list[str] = field(default_factory=list[str])
    """Releases that the mapping names and that nothing here is known to run: a licence is concerned by none of them."""
    shifts: list[Shift] = field(default_factory=list[Shift])
    """The first licences whose end moves."""
    shift_count: int = 0
    errors: tuple[RowError, ...] = ()
    error_count: int = 0

    @property
    def is_loaded(self) -> bool:
        """Whether the database holds what the feed says."""
        return not self.dry_run and self.error_count == 0


async def import_lifecycle(
    database: Database, file: Path, mapping: Path, *, now: datetime, guide: Guide, dry_run: bool, replace: bool = False
) -> LifecycleReport:
    """Records the milestones that a feed tells, in one transaction; nothing of a rehearsal or after any error.

    A moved day supersedes the one before, and one that is no longer known is withdrawn. Days that another source
    recorded stand, and one that differs is an error, unless they are to be replaced.
    """
    report, findings = LifecycleReport(dry_run), Findings()
    mapped = feeds.mapping_of(mapping, findings)
    feed = feeds.feed_of(file, mapped, findings) if mapped else Feed()
    report.unmapped = feed.unmapped
    if not findings.error_count:
        async with database.writing() as connection:
            loading = _Loading(connection, file.name, guide, now, findings, report, replaces=replace)
            await loading.run(feed.told)
            if findings.error_count or dry_run or not report.moves:
                await connection.rollback()
            else:
                await derived.follow_edition(connection, guide)
                await derived.derive_missing(connection, guide)
                await audit.append(connection, OPERATOR, _act(now, (file, mapping), report))
    if findings.error_count:
        report.moves, report.shifts, report.shift_count = [], [], 0
    report.errors, report.error_count = tuple(findings.errors), findings.error_count
    return report


def _act(now: datetime, files: Sequence[Path], report: LifecycleReport) -> audit.Act:
    """One entry: the digest of both files, and every milestone that it moved."""
    read: list[object] = [{"file": one.name, "sha256": sha256(one.read_bytes()).hexdigest()} for one in files]
    moves = [canonical.told_in(canonical.written(one)) for one in report.moves]
    return audit.Act(now, "import-lifecycle", audit.COMMAND_LINE, details_of([*read, *moves]))


@dataclass(slots=True)
class _Loading:
    """One import under way, within its transaction."""

    connection: Connection
    file: str
    guide: Guide
    now: datetime
    findings: Findings
    report: LifecycleReport
    replaces: bool

    async def run(self, told: Sequence[Told]) -> None:
        codes = sorted({one.product for one in told})
        products = {one.code: one for one in await catalogue.known_products(self.connection, "code", codes, LATEST)}
        self._products_exist(told, products)
        known = {one.name for one in await catalogue.known_releases(self.connection, LATEST)}
        self.report.unknown_releases = sorted({one.version for one in told if one.version} - known)
        wanted = list(self._wanted(told, products))
        if self.findings.error_count:
            return
        facts = [_fact(one, products[one.product].id) for one in wanted]
        recordings = await recording.record(self.connection, recording.MILESTONES, facts, self.now)
        for one, recorded in zip(wanted, recordings, strict=True):
            if recorded.outcome is Outcome.TOO_EARLY:
                message = (
                    f"differs from what was recorded at {recorded.newest}, not before this import; check the clock"
                )
                self.findings.refuse(self.file, one.line, one.column, message)
        if self.findings.error_count:
            return
        changed = {products[move.product].id for move in self.report.moves}
        if changed:
            await self._tell(products)
            await derived.forget_products(self.connection, sorted(changed))
            before = {one.id: one.milestones for one in products.values() if one.id in changed}
            await self._find_shifts(before)

    def _products_exist(self, told: Sequence[Told], products: Mapping[str, Product]) -> None:
        missing = {one.product: one for one in reversed(told) if one.product not in products}
        for code, one in missing.items():
            message = f"there is no product {code!r} in the database; import it first, or mend the mapping"
            self.findings.refuse(self.file, one.line, None, message)

    def _wanted(self, told: Sequence[Told], products: Mapping[str, Product]) -> Iterator[Told]:
        """What is to be recorded: what is new, moved or withdrawn."""
        for one in told:
            if one.product not in products:
                continue
            held = products[one.product].milestone(one.kind, one.version or None)
            if (held.on if held else None) == one.on:
                self.report.unchanged += 1
            elif held is not None and held.source != one.source and not self.replaces:
                if one.on is None:
                    self.report.unchanged += 1
                    continue
                by = held.source or "a source that is not recorded"
                fix = "withdraw that one, leave this out of the mapping, or import with --replace"
                self.findings.refuse(
                    self.file, one.line, one.column, f"is {one.on}, and {held.on} was recorded from {by}; {fix}"
                )
            else:
                before = held.on if held else None
                self.report.moves.append(Move(one.product, one.version, one.kind, before, one.on, one.source))
                yield one

    async def _tell(self, products: Mapping[str, Product]) -> None:
        """Tells of each milestone as its change by the API does."""
        on = day_of(self.now, self.guide.value(POLICY_ZONE, self.guide.in_force_from))
        moves = [(products[move.product], move.kind, move.version or None, move.after) for move in self.report.moves]
        await outbox.write(self.connection, [milestone_set(*move, on, self.guide) for move in moves], self.now)

    async def _find_shifts(self, before: Mapping[UUID, tuple[Milestone, ...]]) -> None:
        async for licenses in affected.licenses_of(self.connection, sorted(before)):
            for license in licenses:
                found = shift(license, before, self.guide)
                if found is not None:
                    self.report.shift_count += 1
                    if len(self.report.shifts) < SHOWN:
                        self.report.shifts.append(found)


def _fact(told: Told, product: UUID) -> Fact:
    return Fact(
        {
            "product_id": product,
            "version": told.version,
            "kind": told.kind.value,
            "on": told.on,
            "source": told.source,
        }
    )
