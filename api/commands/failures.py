"""What goes wrong at the command line: a sentence on standard error that says what to do, and an exit code."""

import os
from typing import Any

import typer
from pydantic import ValidationError
from typer.core import TyperGroup

from api.deployment import SandboxRefused
from api.editions import UnknownEdition
from api.interchange.exports.formats import LibraryMissing
from api.interchange.exports.outputs import Unwritable
from api.signatures import SigningKeysRefused
from api.store.engine import DatabaseRefused
from api.store.keys import KeyRefused
from api.traces import ExtraMissing
from api.webhooks.delivering import NoKey
from entitlements.guide import GuideRefused

BAD_INPUT = 2
FAILED = 1


class Failure(Exception):  # noqa: N818 - a sentence for people
    """A command that cannot be done: what is wrong, what to do, and the exit code."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code


class Commands(TyperGroup):
    """The group of all commands: nothing leaves it as a traceback, unless COVERLINE_TRACEBACK asks for one."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - the library's own signature
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort):
            raise
        except Exception as problem:
            if _is_usage(problem) or os.environ.get("COVERLINE_TRACEBACK"):
                raise
            message, code = sentence(problem)
            typer.echo(f"coverline: {message}", err=True)
            raise typer.Exit(code) from None


def sentence(problem: Exception) -> tuple[str, int]:
    """What to tell about a problem, and the exit code that goes with it."""
    match problem:
        case Failure():
            return str(problem), problem.code
        case LibraryMissing() | Unwritable() | ExtraMissing():
            return f"{str(problem).removesuffix('.')}.", FAILED
        case KeyRefused() | SigningKeysRefused() | SandboxRefused() | NoKey():
            return f"{problem}.", BAD_INPUT
        case DatabaseRefused():
            return f"{problem}. COVERLINE_DATABASE_URL says which database to use.", BAD_INPUT
        case UnknownEdition():
            where = "COVERLINE_EDITION says which one to use, COVERLINE_EDITIONS where there are more"
            return f"{problem}. {where}.", BAD_INPUT
        case GuideRefused():
            return f"the guide's edition cannot be used:\n{problem}", FAILED
        case ValidationError():
            wrong = "; ".join(f"COVERLINE_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in problem.errors())
            return f"a setting cannot be used: {wrong}", BAD_INPUT
        case _:
            kind = type(problem).__name__
            first_line = next(iter(str(problem).splitlines()), "")
            hint = "`coverline doctor` checks the installation; COVERLINE_TRACEBACK=1 shows where it happened"
            return f"{kind}: {first_line}. {hint}.", FAILED


def _is_usage(problem: Exception) -> bool:
    """Whether it is the parser's own way to say that an argument is wrong."""
    return hasattr(problem, "exit_code") and hasattr(problem, "format_message")
