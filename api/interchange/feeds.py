"""Reading milestones from a feed of endoflife.date (API v1, JSON), by an operator's mapping of names (TOML).

Nothing is guessed: products, releases and kinds of dates that the mapping does not name are left out, and said.
"""

import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from api.interchange import cells
from api.interchange.json_places import line_of
from api.interchange.report import Findings
from entitlements.facts import MilestoneKind

Code = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=False)]
DateName = Literal["eoasFrom", "eolFrom", "eoesFrom", "discontinuedFrom"]
WITHOUT_VERSION = ""
"""Stands for the product as a whole, in place of one of its releases."""


class MappedProduct(BaseModel):
    """Which product a product of the feed is, and which release each of its release cycles is."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    feed: Code
    code: Code
    releases: dict[str, Annotated[str, StringConstraints(max_length=64)]] = Field(min_length=1)


class Mapping(BaseModel):
    """The mapping: which kind of milestone each date is, and which products and releases are meant."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dates: dict[DateName, MilestoneKind] = Field(
        default={"eoasFrom": MilestoneKind.END_OF_FIXES, "eolFrom": MilestoneKind.END_OF_LIFE}
    )
    product: list[MappedProduct] = Field(min_length=1)


class FeedRelease(BaseModel):
    """A release cycle of the feed; a date that is null is not known."""

    name: str
    eoas_from: date | None = Field(default=None, alias="eoasFrom")
    eol_from: date | None = Field(default=None, alias="eolFrom")
    eoes_from: date | None = Field(default=None, alias="eoesFrom")
    discontinued_from: date | None = Field(default=None, alias="discontinuedFrom")

    def on(self, date_name: DateName) -> date | None:
        """One of its dates by the feed's own name."""
        names = {"eoasFrom": self.eoas_from, "eolFrom": self.eol_from, "eoesFrom": self.eoes_from}
        return {**names, "discontinuedFrom": self.discontinued_from}[date_name]


class FeedLinks(BaseModel):
    """Where a product's page is."""

    html: Annotated[str, StringConstraints(min_length=1, max_length=300)]


class FeedProduct(BaseModel):
    """A product of the feed with its release cycles."""

    name: str
    links: FeedLinks
    releases: list[FeedRelease]


@dataclass(frozen=True, slots=True)
class Told:
    """A date that the feed tells of a product's release, or that it is not known (`on` is None)."""

    product: str
    version: str
    kind: MilestoneKind
    on: date | None
    source: str
    line: int
    column: str


@dataclass(slots=True)
class Feed:
    """What a feed tells, and what of it the mapping does not name."""

    told: list[Told] = field(default_factory=list[Told])
    unmapped: list[str] = field(default_factory=list[str])


def mapping_of(path: Path, findings: Findings) -> Mapping | None:
    """The mapping of a file; None with a fault, which is noted."""
    text = _text_of(path, findings)
    if text is None:
        return None
    try:
        read = Mapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as problem:
        findings.refuse(path.name, None, None, f"is not TOML ({problem}); mend the line that it names")
        return None
    except ValidationError as problem:
        for error in problem.errors():
            findings.refuse(path.name, None, _dotted(error["loc"]), f"{_lowered(error['msg'])}; {_FORM}")
        return None
    kinds = list(read.dates.values())
    if len(set(kinds)) < len(kinds):
        findings.refuse(path.name, None, "dates", "two dates are of one kind of milestone; give each its own")
    for number, one in enumerate(read.product):
        versions = list(one.releases.values())
        if twice := {version for version in versions if versions.count(version) > 1}:
            shown = ", ".join(sorted(version or "the product as a whole" for version in twice))
            findings.refuse(path.name, None, f"product.{number}.releases", f"{shown}: named twice; keep one of the two")
        if any(other.code == one.code or other.feed == one.feed for other in read.product[:number]):
            findings.refuse(path.name, None, f"product.{number}", f"{one.feed}: named twice; put them into one table")
    return None if findings.error_count else read


def feed_of(path: Path, mapping: Mapping, findings: Findings) -> Feed:
    """What the file of a feed tells: one product, or several in a list."""
    feed = Feed()
    text = _text_of(path, findings)
    if text is None:
        return feed
    try:
        data = json.loads(text)
    except json.JSONDecodeError as problem:
        findings.refuse(path.name, problem.lineno, None, f"is not JSON ({problem.msg}); fetch it again")
        return feed
    except RecursionError:
        findings.refuse(path.name, None, None, "is nested too deeply; it is no answer of endoflife.date")
        return feed
    reading = _Reading(path.name, text, mapping, findings, feed)
    reading.take(data)
    return feed


@dataclass(slots=True)
class _Reading:
    """A feed that is being read."""

    file: str
    text: str
    mapping: Mapping
    findings: Findings
    feed: Feed

    def take(self, data: Any) -> None:  # noqa: ANN401 - any JSON
        fields = _fields(data)
        version = fields.get("schema_version")
        if not isinstance(version, str) or not version.startswith("1."):
            fix = "fetch /api/v1/products/NAME, or /api/v1/products/full"
            self.refuse(["schema_version"], f"is no answer of version 1 of the API; {fix}")
            return
        result = fields.get("result")
        by_name = {product.feed: product for product in self.mapping.product}
        if not isinstance(result, list):
            self._take_product(result, ["result"], by_name)
            return
        for number, each in enumerate(cast("list[Any]", result)):
            if _fields(each).get("name") in by_name:
                self._take_product(each, ["result", number], by_name)

    def _take_product(self, each: Any, path: list[str | int], by_name: dict[str, MappedProduct]) -> None:  # noqa: ANN401
        try:
            product = FeedProduct.model_validate_json(json.dumps(each), strict=True)
        except ValidationError as problem:
            for error in problem.errors():
                self.refuse([*path, *error["loc"]], f"{_lowered(error['msg'])}; fetch it again, or mend it")
            return
        mapped = by_name.get(product.name)
        if mapped is None:
            known = ", ".join(by_name)
            self.refuse([*path, "name"], f"{product.name!r} is not in the mapping, which has {known}; add it there")
            return
        seen: set[str] = set()
        for number, release in enumerate(product.releases):
            if release.name in seen:
                self.refuse([*path, "releases", number, "name"], f"{release.name!r} is there twice; fetch it again")
            seen.add(release.name)
            if release.name in mapped.releases:
                place = [*path, "releases", number]
                self.feed.told.extend(self._told(release, mapped, product.links.html, place))
            else:
                self.feed.unmapped.append(f"{product.name} {release.name}")
        for name in mapped.releases:
            if name not in seen:
                known = ", ".join(sorted(seen)) or "none"
                self.refuse([*path, "releases"], f"has no release {name!r}, which the mapping names; it has {known}")

    def _told(
        self, release: FeedRelease, mapped: MappedProduct, source: str, path: Sequence[str | int]
    ) -> Iterator[Told]:
        version = mapped.releases[release.name]
        for name, kind in self.mapping.dates.items():
            on, place = release.on(name), [*path, name]
            if on is not None and not cells.FIRST_YEAR <= on.year <= cells.LAST_YEAR:
                self.refuse(place, f"{on} is not a date from {cells.FIRST_YEAR} to {cells.LAST_YEAR}; mend it")
                continue
            yield Told(mapped.code, version, kind, on, source, line_of(self.text, place), _dotted(place))

    def refuse(self, path: Sequence[str | int], message: str) -> None:
        self.findings.refuse(self.file, line_of(self.text, path), _dotted(path), message)


def _fields(data: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """The members of an object; none of anything else."""
    return cast("dict[str, Any]", data) if isinstance(data, dict) else {}


_FORM = "see the README for a mapping's form"


def _text_of(path: Path, findings: Findings) -> str | None:
    try:
        return path.read_bytes().decode("utf-8").removeprefix("\ufeff")
    except OSError as problem:
        findings.refuse(path.name, None, None, f"cannot be read ({problem.strerror}); check its name and permissions")
    except UnicodeDecodeError:
        findings.refuse(path.name, None, None, "is not UTF-8; save the file as UTF-8 and import it again")
    return None


def _dotted(path: Sequence[str | int]) -> str:
    return ".".join(str(step) for step in path)


def _lowered(message: str) -> str:
    return f"{message[:1].lower()}{message[1:]}"
