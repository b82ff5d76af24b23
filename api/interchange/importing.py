"""Loading a folder of interchange files: all or nothing, a thousand rows at a time, every bad row reported."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from api.interchange.files import RECORDED_AT, Line, Sheet, lines_of
from api.interchange.late_fees import policies_of
from api.interchange.references import Facts, References
from api.interchange.report import KEPT, Counts, Findings, ImportReport
from api.interchange.sheets import sheets
from api.store import audit, derived, documents, entities, recording
from api.store.engine import Connection, Database
from api.store.entities import Attachment
from api.store.identifiers import uuid7
from api.store.recording import Ledger, Outcome, Recording
from entitlements.chains import OPERATOR, details_of
from entitlements.editing.policies import FILE as LATE_FEES
from entitlements.guide import Guide

CHUNK = 1_000
SETTLED = frozenset(4**power for power in range(10))
"""After so many chunks of a file the database is told how large its table has grown."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, how far it is, and how far it goes: bytes of a file, or licences that are derived."""


def chunks(lines: Iterator[Line]) -> Iterator[list[Line]]:
    """Rows a thousand at a time."""
    while chunk := list(islice(lines, CHUNK)):
        yield chunk


async def import_folder(
    database: Database,
    folder: Path,
    *,
    now: datetime,
    guide: Guide,
    dry_run: bool = False,
    progress: Progress = lambda _what, _done, _all: None,
    before: Callable[[Connection], Awaitable[None]] | None = None,
) -> ImportReport:
    """Loads the interchange files of a folder in one transaction; nothing is kept of a rehearsal or after any error.

    `now` is the moment of the import (UTC): the known time of rows that name none. A missing file is an empty one. What
    lists need of coverage is derived again in the same transaction, and `before` is done first in it.
    """
    findings = Findings()
    known = sheets(guide)
    if not _folder_is_right(folder, known.values(), findings):
        return findings.report(dry_run=dry_run)
    async with database.writing() as connection:
        if before:
            await before(connection)
        loading = _Loading(connection, folder, guide, now, findings, progress, dry_run)
        await loading.run(known)
        if findings.error_count or dry_run:
            await connection.rollback()
        else:
            await derived.follow_edition(connection, guide)
            await loading.derive()
            if any(counts.added or counts.superseded for counts in findings.counts.values()):
                await audit.append(connection, OPERATOR, _told(now, folder, findings))
    return findings.report(dry_run=dry_run)


def _told(now: datetime, folder: Path, findings: Findings) -> audit.Act:
    """One entry for an import: the digest of every file that was read, and what it came to."""
    parts = [
        {"file": file, "sha256": sha256((folder / file).read_bytes()).hexdigest(), **asdict(counts)}
        for file, counts in findings.counts.items()
        if (folder / file).exists()
    ]
    return audit.Act(now, "import", audit.COMMAND_LINE, details_of(parts))


def _folder_is_right(folder: Path, known: Iterable[Sheet], findings: Findings) -> bool:
    if not folder.is_dir():
        findings.refuse(folder.name, None, None, f"{folder} is not a folder; give the one that holds the CSV files")
        return False
    names = [*(sheet.file for sheet in known), LATE_FEES]
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name not in names and not path.name.startswith("."):
            message = (
                f"is not a file this import knows; it reads {', '.join(names)}: move it elsewhere, or mend its name"
            )
            findings.refuse(path.name, None, None, message)
    return True


@dataclass(slots=True)
class _Loading:
    """One import under way, within its transaction."""

    connection: Connection
    folder: Path
    guide: Guide
    now: datetime
    findings: Findings
    progress: Progress
    is_rehearsal: bool
    began: UUID = field(default_factory=uuid7)

    async def run(self, known: dict[str, Sheet]) -> None:
        """Every file in the order of what refers to what; keys that rows of one file refer to are added beforehand."""
        references = References(self.connection, self.findings)
        accounts, products, licenses = known["accounts"], known["products"], known["licenses"]
        await self._add(accounts, self._add_accounts)
        await self._load(accounts, recording.ACCOUNTS, references.accounts)
        await self._add(products, self._add_products)
        await self._load(products, recording.PRODUCTS, references.products)
        await self._load(known["releases"], recording.RELEASES, references.releases)
        await self._load(known["milestones"], recording.MILESTONES, references.milestones)
        await self._add(licenses, self._add_licenses)
        await self._load(licenses, recording.LICENSES, references.licenses)
        await self._check_attachments(licenses)
        await self._load(known["coverage"], recording.COVERAGE, references.coverage)
        await self._load(known["options"], recording.OPTIONS, references.options)
        await self._load(known["charges"], recording.CHARGES, references.charges)
        await self._load(known["warranties"], recording.WARRANTIES, references.warranties)
        await self._load(known["prices"], recording.PRICES, references.prices)
        await self._load_policies()

    async def derive(self) -> None:
        """Builds what lists need of every licence that a fact of this import touched."""
        total = await derived.count_missing(self.connection)
        await derived.derive_missing(self.connection, self.guide, lambda done: self.progress("coverage", done, total))
        await documents.write_missing(self.connection, self.now)

    # -------------------------------------------------------- files

    def _lines(self, sheet: Sheet, findings: Findings, *, quiet: bool = False) -> Iterator[Line]:
        path = self.folder / sheet.file
        if not path.exists():
            return iter(())
        size = path.stat().st_size

        def told(done: int) -> None:
            if not quiet:
                self.progress(sheet.file, done, size)

        return lines_of(sheet, path, findings, self.now, told)

    async def _add(self, sheet: Sheet, add: Callable[[Sequence[Line]], Awaitable[None]]) -> None:
        """Adds the keys of a file's readable rows; what is wrong with the others is told when they are loaded."""
        remembered = Findings(refused_keys=self.findings.refused_keys, unreadable=self.findings.unreadable)
        for number, lines in enumerate(chunks(self._lines(sheet, remembered, quiet=True)), start=1):
            await add(lines)
            if number in SETTLED:
                await recording.settle(self.connection, sheet.file.removesuffix(".csv"))

    async def _add_accounts(self, lines: Sequence[Line]) -> None:
        await entities.add_accounts(self.connection, (line.values["reference"] for line in lines))

    async def _add_products(self, lines: Sequence[Line]) -> None:
        await entities.add_products(self.connection, (line.values["code"] for line in lines))

    async def _add_licenses(self, lines: Sequence[Line]) -> None:
        accounts = await entities.accounts_by_reference(self.connection, (line.values["account"] for line in lines))
        first: dict[str, UUID] = {}
        for line in lines:
            if line.values["account"] in accounts:
                first.setdefault(line.values["serial"], accounts[line.values["account"]])
            else:
                self.findings.refuse_key("licenses.csv", line.values["serial"])
        await entities.add_licenses(self.connection, first)

    async def _load(
        self,
        sheet: Sheet,
        ledger: Ledger,
        resolve: Callable[[Sequence[Line]], Awaitable[Facts]],
    ) -> None:
        counts = self.findings.counts[sheet.file] = Counts()
        for number, lines in enumerate(chunks(self._lines(sheet, self.findings)), start=1):
            facts = await resolve(lines)
            recordings = await recording.record(self.connection, ledger, [fact for _, fact in facts], self.now)
            for (line, _), one in zip(facts, recordings, strict=True):
                self._count(sheet.file, line.number, one, counts)
            changed = [fact.values for (_, fact), one in zip(facts, recordings, strict=True) if is_change(one)]
            if not self.findings.error_count:
                await self._follow(ledger, changed)
            if number in SETTLED:
                await recording.settle(self.connection, ledger.table.name)

    async def _load_policies(self) -> None:
        counts = self.findings.counts[LATE_FEES] = Counts()
        facts = list(policies_of(self.folder, self.guide, self.findings))
        for one in await recording.record(self.connection, recording.DOCUMENTS, facts, self.now):
            if one.outcome is Outcome.TOO_EARLY:
                message = f"differs from what was recorded at {one.newest}, not before this import; check the clock"
                self.findings.refuse(LATE_FEES, None, None, message)
            else:
                self._count(LATE_FEES, None, one, counts)

    def _count(self, file: str, line: int | None, recorded: Recording, counts: Counts) -> None:
        match recorded.outcome:
            case Outcome.ADDED:
                counts.added += 1
            case Outcome.SUPERSEDED:
                counts.superseded += 1
            case Outcome.UNCHANGED:
                counts.unchanged += 1
            case Outcome.TOO_EARLY:
                newest = recorded.newest.isoformat().replace("+00:00", "Z") if recorded.newest else ""
                fix = "give it a later recorded_at, or remove the row"
                message = (
                    f"differs from what was recorded, and is not later than the newest of its key, {newest}; {fix}"
                )
                self.findings.refuse(file, line, RECORDED_AT, message)

    async def _follow(self, ledger: Ledger, changed: Sequence[Mapping[str, Any]]) -> None:
        """What follows from recorded facts: licences move with what belongs to them, and derived rows are forgotten."""
        if ledger is recording.LICENSES:
            stands = {values["license_id"]: (values["account_id"], values["holder_id"]) for values in changed}
            moved = {license_id: holder for license_id, (address, holder) in stands.items() if address != holder}
            await entities.move_licenses(self.connection, moved)
        if not changed or self.is_rehearsal:
            return
        if ledger in {recording.LICENSES, recording.COVERAGE}:
            await derived.forget(self.connection, list({values["license_id"] for values in changed}))
        elif ledger is recording.MILESTONES:
            await derived.forget_products(self.connection, list({values["product_id"] for values in changed}))

    # -------------------------------------------------------- dependents and their bases

    async def _check_attachments(self, sheet: Sheet) -> None:
        """Dependents and bases fit together once every row is there; a fault is told at either's row."""
        faults = await entities.unfit_attachments(self.connection, self.began, KEPT + 1)
        if not faults:
            return
        wanted = {serial for fault in faults for serial in (fault.serial, fault.base)}
        rows = self._lines(sheet, Findings(), quiet=True)
        line_of = {line.values["serial"]: line.number for line in rows if line.values["serial"] in wanted}
        for fault in faults:
            number = line_of.get(fault.serial, line_of.get(fault.base))
            for column, message in _messages(fault):
                self.findings.refuse(sheet.file, number, column, message)


def is_change(recorded: Recording) -> bool:
    """Whether recording a fact changed what is known."""
    return recorded.outcome in {Outcome.ADDED, Outcome.SUPERSEDED}


def _messages(fault: Attachment) -> Iterator[tuple[str, str]]:
    """What is wrong with a dependent and its base, by column."""
    if fault.base_is_dependent:
        yield "base", f"{fault.base}, the base of {fault.serial}, is itself a dependent licence; name a base product's"
    if fault.accounts_differ:
        fix = "give both the same account, in one import"
        yield "account", f"{fault.serial} and its base {fault.base} are in different accounts; {fix}"
    if fault.product_may_not:
        fix = "name another base, or add that product to `bases` in products.csv"
        yield "base", f"the product of {fault.serial} may not be attached to that of {fault.base}; {fix}"
    if fault.has_coverage:
        fix = "withdraw them first, with an empty expires_on in coverage.csv"
        yield "base", f"{fault.serial} has terms of coverage of its own, and a dependent licence has none; {fix}"
