"""Other places to run a process in: another time zone, locale, hash seed, working directory, and without assertions.

A machine often has the locale C alone, which differs in nothing. Others are compiled from the sources that its C
library comes with, and a process says where it is, so that a place that is none would be seen.
"""

import locale
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parents[3]
SUMMER = datetime(2026, 7, 1, 12, tzinfo=UTC)
COMMA = ("tr_TR", "de_DE", "fr_FR")
"""Where decimals have a comma."""


@dataclass(frozen=True)
class Elsewhere:
    """A place: a time zone, a language and its character set, a hash seed, options of the interpreter."""

    folder: Path
    zone: str
    language: str
    charset: str
    seed: str
    options: tuple[str, ...] = ()

    @cached_property
    def locale(self) -> str | None:
        """The name of the locale, compiled into the folder; None where the machine has no sources of it."""
        name = f"{self.language}.{self.charset}"
        compiler = shutil.which("localedef")
        if compiler is None or self.language == "C":
            return None
        # It compiles with warnings what is only incomplete.
        asked = [compiler, "--no-archive", "-i", self.language, "-f", self.charset, str(self.folder / name)]
        subprocess.run(asked, capture_output=True, check=False)  # noqa: S603 - the machine's own compiler
        return name if (self.folder / name / "LC_NUMERIC").exists() else None

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a process there; Python must not take the locale for another character set."""
        return {
            **os.environ, "PYTHONPATH": str(ROOT), "TZ": self.zone, "LC_ALL": self.locale or "C",
            "LOCPATH": str(self.folder), "PYTHONHASHSEED": self.seed, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0",
        }  # fmt: skip

    def process(self, module: str) -> "subprocess.Popen[bytes]":
        """A module of the tests, run there; its input and output are pipes."""
        return subprocess.Popen(  # noqa: S603 - this very interpreter
            [sys.executable, *self.options, "-m", module],
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    @property
    def expected(self) -> dict[str, object]:
        """What a process there says of where it is."""
        offset = SUMMER.astimezone(ZoneInfo(self.zone)).utcoffset()
        is_other = self.locale is not None
        return {
            "offset": offset.total_seconds() if offset else 0.0,
            "point": "," if is_other and self.language in COMMA else ".",
            "charset": self.charset.lower() if is_other else "ansi_x3.4-1968",
            "asserts": not {"-O", "-OO"} & set(self.options),
            "folder": str(self.folder),
        }


def here() -> dict[str, object]:
    """Where this process is, once it has taken on the time zone and the locale of its environment."""
    time.tzset()
    locale.setlocale(locale.LC_ALL, "")
    offset = SUMMER.astimezone().utcoffset()
    return {
        "offset": offset.total_seconds() if offset else 0.0,
        "point": locale.localeconv()["decimal_point"],
        "charset": locale.getencoding().lower(),
        "asserts": __debug__,
        "folder": str(Path.cwd()),
    }
