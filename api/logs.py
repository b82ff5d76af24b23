"""How logs are written: one line an event, as JSON or for a terminal, those of the libraries like our own.

Whatever is logged while a request is answered bears its id. Stacks are logged without the values of variables.
"""

import logging
import logging.config
import sys
import traceback
from collections.abc import Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any, NamedTuple, TextIO, cast

import structlog
from structlog.stdlib import BoundLogger, ProcessorFormatter
from structlog.types import EventDict, ExcInfo, Processor

from api.encoding import Default, json_of
from api.settings import LogFormat, Settings

REQUEST: ContextVar[str | None] = ContextVar("REQUEST", default=None)
"""The id of the request that is being answered."""
OURS = ("api", "schema")
"""Whose logs may be as detailed as the setting says. Libraries log parameters of statements below INFO."""
PREAMBLES = {"Context impl %s.", "Will assume %s DDL."}
"""What Alembic says whenever a revision is looked up, as each `/readyz` does."""
VALUES = ("DETAIL:", "CONTEXT:")
"""How lines begin in which PostgreSQL quotes the values of a row."""


def logger(name: str) -> BoundLogger:
    """A logger of events with fields."""
    return structlog.wrap_logger(
        logging.getLogger(name),
        processors=[structlog.stdlib.filter_by_level, ProcessorFormatter.wrap_for_formatter],
        wrapper_class=BoundLogger,
    )


def configure(settings: Settings) -> None:
    """Write the logs of this process as the settings say, to standard error."""
    logging.config.dictConfig(configuration(settings))


def configuration(settings: Settings) -> dict[str, Any]:
    """The same as a dictionary for `logging.config`, which the server hands to each of its workers."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "api.logs.formatter", "form": settings.log_format}},
        "filters": {"preambles": {"()": "api.logs.WithoutPreambles"}},
        "handlers": {
            "lines": {"class": "api.logs.Lines", "formatter": "lines", "filters": ["preambles"]},
        },
        "root": {"handlers": ["lines"], "level": max(level, logging.INFO)},
        "loggers": {name: {"level": level} for name in OURS},
    }


def formatter(form: LogFormat) -> ProcessorFormatter:
    """What makes a line of a record, ours or a library's."""
    if form == "console" or (form == "auto" and sys.stderr.isatty()):
        colors = sys.stderr.isatty()
        renderer: Processor = structlog.dev.ConsoleRenderer(
            colors=colors, exception_formatter=structlog.dev.plain_traceback
        )
        return ProcessorFormatter(processors=[*_chain(), renderer])
    return JsonLine(processors=[*_chain(), structlog.processors.JSONRenderer(_in_json)])


class JsonLine(ProcessorFormatter):
    """Makes a line of JSON of a record."""


class Lines(logging.StreamHandler[TextIO]):
    """Writes lines to a stream."""

    def write(self, lines: str) -> None:
        """Write what is made already: a line, or several."""
        with cast("AbstractContextManager[object]", self.lock):
            self.stream.write(lines + self.terminator)
            self.stream.flush()


class Line(NamedTuple):
    """An event of a request, of which nothing more is to be found out than the instant."""

    level: int
    event: str
    request_id: str
    fields: dict[str, Any]


def log_all(log: BoundLogger, lines: Sequence[Line]) -> None:
    """Log events of requests that are over.

    Where all logs are lines of JSON in one stream, they are written together, the same that the logger would write,
    which takes it many times as long. They name no trace then.
    """
    name = log._logger  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    stream = _only(name)
    if stream is None:
        for line in lines:
            before = REQUEST.set(line.request_id)
            log.log(line.level, line.event, **line.fields)
            REQUEST.reset(before)
        return
    stamp = STAMP(None, "", {})
    written = [
        _in_json(
            {
                **line.fields,
                "event": line.event,
                "request_id": line.request_id,
                "level": LEVELS[line.level],
                "logger": name.name,
                **stamp,
            }
        )
        for line in lines
        if name.isEnabledFor(line.level)
    ]
    if written:
        stream.write(stream.terminator.join(written))


def _only(log: logging.Logger | None) -> Lines | None:
    """Where all that a logger is told goes, if that is lines of JSON in one stream and nothing else."""
    found: Lines | None = None
    while log is not None:
        for handler in log.handlers:
            if found is not None or handler.__class__ is not Lines or handler.formatter.__class__ is not JsonLine:
                return None
            found = cast("Lines", handler)
        log = log.parent
    return found


STAMP = structlog.processors.TimeStamper(fmt="iso", utc=True)
LEVELS = {logging.DEBUG: "debug", logging.INFO: "info"}


def _chain() -> list[Processor]:
    """What is found out of an event before it is written."""
    return [
        structlog.contextvars.merge_contextvars,
        _of_request,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        STAMP,
        ProcessorFormatter.remove_processors_meta,
        structlog.processors.ExceptionRenderer(_stack),
    ]


def _of_request(_logger: object, _method: str, event: EventDict) -> EventDict:
    request_id = REQUEST.get()
    if request_id is not None:
        event.setdefault("request_id", request_id)
    return event


def _in_json(event: object, default: Default | None = None) -> str:
    return json_of(event, default).decode()


class WithoutPreambles(logging.Filter):
    """Leaves out what is said before anything is done."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is written."""
        return record.msg not in PREAMBLES if isinstance(record.msg, str) else True


def _stack(exc_info: ExcInfo) -> str:
    """An exception's stack, without the lines of a message in which the database quotes what it holds."""
    lines = "".join(traceback.format_exception(*exc_info)).splitlines()
    return "\n".join(line for line in lines if not line.startswith(VALUES))
