"""The log as an operator reads it, for the tests."""

import io
import json
import logging
import logging.config

from api.logs import configuration
from api.settings import Settings


class Log:
    """What was logged since the log was opened."""

    def __init__(self, **settings):
        self.stream = io.StringIO()
        chosen = configuration(Settings(**settings))
        chosen["handlers"]["lines"]["stream"] = self.stream
        logging.config.dictConfig(chosen)

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.text.splitlines()]

    def events(self, name: str) -> list[dict]:
        return [line for line in self.lines if line["event"] == name]
