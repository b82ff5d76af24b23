"""Which media type and language a caller accepts: headers with their quality values (RFC 9110, GraphQL over HTTP)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from schema.languages import ENGLISH, LANGUAGES, closest

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
HTML = "text/html"
WEIGHT = re.compile(r"0(\.[0-9]*)?|1(\.0*)?")
"""What is no weight counts as none: such a range is not acceptable."""


@dataclass(frozen=True, slots=True)
class Range:
    """A media range of an Accept header."""

    type: str
    subtype: str
    quality: float

    @property
    def specificity(self) -> int:
        """0 for everything, 1 for a type, 2 for one media type."""
        return (self.type != "*") + (self.subtype != "*")

    @property
    def is_exact(self) -> bool:
        """Whether it is one media type."""
        return "*" not in {self.type, self.subtype}

    def matches(self, media_type: str) -> bool:
        """Whether a media type lies in the range."""
        type_, _, subtype = media_type.partition("/")
        return self.type in {"*", type_} and self.subtype in {"*", subtype}


def accepted(headers: Headers) -> str | None:
    """What a caller accepts: every line of the header, since one may be sent as several; None where there is none."""
    return ", ".join(headers.getlist("accept")) or None


def response_type(accept: str | None) -> str | None:
    """The media type to answer in; None when none that GraphQL answers in is acceptable.

    Whoever names no preference, or takes anything at all, is answered in application/json, as clients of old expect.
    """
    if accept is None or not accept.strip(" ,"):
        return JSON
    ranges = _ranges(accept)
    new, old = _best(ranges, GRAPHQL_RESPONSE), _best(ranges, JSON)
    quality_of_new, quality_of_old = _quality(new), _quality(old)
    if not quality_of_new and not quality_of_old:
        return None
    if quality_of_new == quality_of_old:
        return GRAPHQL_RESPONSE if new is not None and new.is_exact else JSON
    return GRAPHQL_RESPONSE if quality_of_new > quality_of_old else JSON


def preferred(accept: str | None, offered: Sequence[str]) -> str | None:
    """The media type of an offer that a caller likes best, the first of those liked alike; None where none will do."""
    ranges = _ranges(accept or "")
    if not ranges:
        return offered[0]
    best = max(offered, key=lambda media_type: _quality(_best(ranges, media_type)))
    return best if _quality(_best(ranges, best)) else None


def wants_page(accept: str | None) -> bool:
    """Whether a browser asks: HTML is named, and no kind of JSON is named with a higher quality."""
    named = [range_ for range_ in _ranges(accept or "") if range_.is_exact]
    html = _quality(_best(named, HTML))
    return html > 0 and html >= max(_quality(_best(named, GRAPHQL_RESPONSE)), _quality(_best(named, JSON)))


def language_of(request: HTTPConnection) -> str:
    """The language to answer a request in."""
    return negotiated(", ".join(request.headers.getlist("accept-language")))


def negotiated(accept_language: str) -> str:
    """The language that an Accept-Language header asks for (RFC 4647, lookup); English when there is none of them.

    `*` stands for any language that is not named; one of quality 0 is answered in only when all of them are refused.
    """
    ranges = [_weighed(item) for item in accept_language.split(",")]
    wanted = [tag for tag, quality in sorted(ranges, key=lambda one: -one[1]) if quality]
    refused = {tag.lower() for tag, quality in ranges if not quality}
    fallback = next((language for language in LANGUAGES if language not in refused), ENGLISH)
    return closest(wanted, fallback)


def _best(ranges: list[Range], media_type: str) -> Range | None:
    """The most specific range that a media type lies in; it alone decides."""
    return max((one for one in ranges if one.matches(media_type)), key=lambda one: one.specificity, default=None)


def _quality(range_: Range | None) -> float:
    return range_.quality if range_ else 0.0


def _ranges(accept: str) -> list[Range]:
    found: list[Range] = []
    for item in accept.split(","):
        media_type, quality = _weighed(item)
        type_, slash, subtype = media_type.lower().partition("/")
        if slash:
            found.append(Range(type_, subtype, quality))
    return found


def _weighed(item: str) -> tuple[str, float]:
    """What an item of such a header names, and its quality."""
    named, *parameters = (part.strip() for part in item.split(";"))
    return named, _weight(parameters)


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            return float(value) if WEIGHT.fullmatch(value) else 0.0
    return 1.0
