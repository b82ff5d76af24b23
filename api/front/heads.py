"""Heads: what the headers of a request say of who asks, and of how to answer."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from api.answers import answer_headers
from api.auth import NOW
from api.negotiation import negotiated, response_type
from api.store.keys import MARK, Presented
from api.telemetry import HEADER, REQUEST_ID

CONTENT_TYPE = re.compile(rb'application/json(; ?charset="?utf-?8"?)?', re.IGNORECASE)
BEARER = b"Bearer "
CLOCK = NOW.encode()
OF_OURS = f"{MARK}_"
MOST_FORMS = 256
"""Forms of answers that are kept, by the headers that ask for them."""
Headers = list[tuple[bytes, bytes]]


class Form(NamedTuple):
    """How a request is answered: what its headers ask for."""

    language: str
    before: Headers
    """Headers of the answer that stand before its length."""
    content_type: tuple[bytes, bytes]
    start: bytes
    """The same headers as they are written, up to the length itself."""
    middle: bytes
    """What is written between the length and the request's id."""


class Head(NamedTuple):
    """What the headers of a request say."""

    path: str
    key: str
    form: Form
    request_id: str | None
    """The caller's own; None where there is none, or no plain one."""


class Heads:
    """Reads heads. Callers who ask for the same form of an answer are given the very same."""

    def __init__(self) -> None:
        self._forms: dict[tuple[bytes, bytes], Form | None] = {}

    def read(self, path: str, given: Headers) -> Head | None:
        """What the headers of a POST say, whose names are in lower case; None where the view has to look at them."""
        headers = dict(given)
        if len(headers) < len(given) or b"content-encoding" in headers or CLOCK in headers:
            return None
        if not CONTENT_TYPE.fullmatch(headers.get(b"content-type", b"")):
            return None
        key = _key(headers)
        wanted = headers.get(b"accept", b""), headers.get(b"accept-language", b"")
        form = self._forms[wanted] if wanted in self._forms else self._form(wanted)
        if key is None or form is None:
            return None
        request_id = headers.get(HEADER)
        is_plain = request_id is not None and REQUEST_ID.fullmatch(request_id)
        return Head(path, Presented(key), form, request_id.decode() if request_id is not None and is_plain else None)

    def _form(self, wanted: tuple[bytes, bytes]) -> Form | None:
        accept, accept_language = (text.decode("latin-1") for text in wanted)
        media_type, language = response_type(accept or None), negotiated(accept_language)
        if len(self._forms) >= MOST_FORMS:
            self._forms.clear()
        self._forms[wanted] = form = _form_of(media_type, language) if media_type is not None else None
        return form


def _form_of(media_type: str, language: str) -> Form:
    before = [(name.lower().encode(), value.encode()) for name, value in answer_headers(language).items()]
    content_type = (b"content-type", f"{media_type}; charset=utf-8".encode())
    start = b"".join([*(b"%b: %b\r\n" % one for one in before), b"content-length: "])
    return Form(language, before, content_type, start, b"\r\n%b: %b\r\n%b: " % (*content_type, HEADER))


def _key(headers: Mapping[bytes, bytes]) -> str | None:
    """A key of ours among headers; None where there is none, or no plain one."""
    authorization = headers.get(b"authorization")
    if authorization is None:
        key = headers.get(b"x-api-key", b"")
    elif authorization.startswith(BEARER):
        key = authorization[len(BEARER) :].strip()
    else:
        return None
    text = key.decode("latin-1")
    return text if text.startswith(OF_OURS) else None
