"""How logs are written: one line an event, as JSON or for a terminal, those of the libraries like our own.

Whatever is logged while a request is answered bears its id. Stacks are logged without the values of variables.
"""

import logging
import logging.config
import sys
import traceback
from typing import Any

import structlog
from structlog.stdlib import BoundLogger, ProcessorFormatter
from structlog.types import ExcInfo, Processor

from api.settings import LogFormat, Settings

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
            "lines": {"class": "logging.StreamHandler", "formatter": "lines", "filters": ["preambles"]},
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
    else:
        renderer = structlog.processors.JSONRenderer()
    return ProcessorFormatter(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.ExceptionRenderer(_stack),
            renderer,
        ]
    )


class WithoutPreambles(logging.Filter):
    """Leaves out what is said before anything is done."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is written."""
        return record.msg not in PREAMBLES if isinstance(record.msg, str) else True


def _stack(exc_info: ExcInfo) -> str:
    """An exception's stack, without the lines of a message in which the database quotes what it holds."""
    lines = "".join(traceback.format_exception(*exc_info)).splitlines()
    return "\n".join(line for line in lines if not line.startswith(VALUES))
