"""Which media type a caller accepts: the Accept header with its quality values (RFC 9110, GraphQL over HTTP)."""

import re
from dataclasses import dataclass

from starlette.datastructures import Headers

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


def wants_page(accept: str | None) -> bool:
    """Whether a browser asks: HTML is named, and no kind of JSON is named with a higher quality."""
    named = [range_ for range_ in _ranges(accept or "") if range_.is_exact]
    html = _quality(_best(named, HTML))
    return html > 0 and html >= max(_quality(_best(named, GRAPHQL_RESPONSE)), _quality(_best(named, JSON)))


def _best(ranges: list[Range], media_type: str) -> Range | None:
    """The most specific range that a media type lies in; it alone decides."""
    return max((one for one in ranges if one.matches(media_type)), key=lambda one: one.specificity, default=None)


def _quality(range_: Range | None) -> float:
    return range_.quality if range_ else 0.0


def _ranges(accept: str) -> list[Range]:
    found: list[Range] = []
    for item in accept.split(","):
        media_type, *parameters = (part.strip() for part in item.split(";"))
        type_, slash, subtype = media_type.lower().partition("/")
        if slash:
            found.append(Range(type_, subtype, _weight(parameters)))
    return found


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            return float(value) if WEIGHT.fullmatch(value) else 0.0
    return 1.0
