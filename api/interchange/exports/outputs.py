"""Where an export goes: a file that is there whole or not at all, or standard output."""

import os
import shutil
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import BinaryIO

STANDARD = "standard output"


class Unwritable(Exception):  # noqa: N818 - a sentence for people
    """An export cannot be written where it was asked for: what is wrong, and what to do."""


class Closed(Exception):  # noqa: N818 - nobody reads on; that is no fault
    """Whoever read standard output has gone."""


@contextmanager
def writing_to(name: str) -> Generator[None]:
    """Around what writes: a failure of the system becomes a sentence about the output."""
    try:
        yield
    except BrokenPipeError:
        raise Closed from None
    except OSError as problem:
        raise Unwritable(f"{name} cannot be written: {problem.strerror or problem}.") from problem


@contextmanager
def file_at(path: Path, *, force: bool) -> Generator[BinaryIO]:
    """A new file; it takes its name when it is whole. A file that is there is replaced only by `force`."""
    _refuse(path, force=force)
    whole = path.resolve()  # a link stays one
    part = whole.with_name(f".{whole.name}.{os.getpid()}.part")
    try:
        with writing_to(str(path)):
            file = part.open("xb")
        with file:
            yield file
            with writing_to(str(path)):
                file.flush()
                os.fsync(file.fileno())
        _refuse(path, force=force)
        with writing_to(str(path)):
            part.replace(whole)
    finally:
        part.unlink(missing_ok=True)


def _refuse(path: Path, *, force: bool) -> None:
    if path.is_dir():
        raise Unwritable(f"{path} is a folder; name a file in it.")
    if path.exists() and not path.is_file():
        raise Unwritable(f"{path} is no file; leave --output out, and send standard output there.")
    if path.exists() and not force:
        raise Unwritable(f"{path} is there already; name another file, or replace it with --force.")
    if not path.parent.is_dir():
        raise Unwritable(f"there is no folder {path.parent}; make it, or name another.")


@contextmanager
def standard_output(*, whole: bool) -> Generator[BinaryIO]:
    """Standard output; a format that is only put together at the end is written there at once, when it is `whole`."""
    out = sys.stdout.buffer
    if not whole:
        yield out
    else:
        with TemporaryFile() as file:
            yield file
            file.seek(0)
            with writing_to(STANDARD):
                shutil.copyfileobj(file, out)
    with writing_to(STANDARD):
        out.flush()


def silence() -> None:
    """Lets nothing be written to standard output any more, so that the interpreter does not try again at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


@contextmanager
def scratch_folder() -> Generator[Path]:
    """A folder for what a format keeps until the end."""
    with TemporaryDirectory(prefix="coverline-") as folder:
        yield Path(folder)
