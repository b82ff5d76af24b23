"""Answers: as they are written, and as they are kept to be given again."""

from datetime import datetime
from typing import NamedTuple

from api.front.heads import Form, Head, Headers
from api.telemetry import HEADER, Observation, new_id
from schema.store import Viewer

OK = b"HTTP/1.1 200 OK\r\n"
LONGEST = 4 * 1024
"""Bytes of an answer that is kept."""


class Answered(NamedTuple):
    """The answer to a request, and what is told of it."""

    body: bytes
    form: Form
    path: str
    request_id: str
    viewer: Viewer
    seen: Observation
    began: float

    def written(self, first: bytes) -> bytes:
        """The answer as HTTP/1.1 writes it, with all its headers after some that the server writes first."""
        form, body, request_id = self.form, self.body, self.request_id.encode()
        return b"%b%b%b%d%b%b\r\n\r\n%b" % (OK, first, form.start, len(body), form.middle, request_id, body)

    @property
    def headers(self) -> Headers:
        """The same headers as a list."""
        length = (b"content-length", b"%d" % len(self.body))
        return [*self.form.before, length, self.form.content_type, (HEADER, self.request_id.encode())]


class Kept(NamedTuple):
    """An answer that is the same for its caller from an instant until another, unless something is committed."""

    body: bytes
    viewer: Viewer
    form: Form
    version: object
    """Of the database, told before anything was read for the answer."""
    since: datetime
    until: datetime
    """Exclusive."""
    seen: Observation
    """What is told of it each time."""

    def holds(self, viewer: Viewer, form: Form, version: object, now: datetime) -> bool:
        """Whether it answers a caller at an instant, when the database tells a version.

        A key that was read again gives another viewer, whatever was changed of it.
        """
        return (
            viewer is self.viewer and form is self.form and version == self.version and self.since <= now < self.until
        )

    def again(self, head: Head, began: float) -> Answered:
        """The answer to a further request."""
        request_id = head.request_id or new_id()
        return Answered(self.body, self.form, head.path, request_id, self.viewer, self.seen, began)
