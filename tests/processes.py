"""What a process and those that it started have worked and hold; and on which core they may run."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

CORES = getattr(psutil.Process(), "cpu_affinity", list[int])()
"""The cores that this process was given; none where the system does not let them be chosen."""


def tree(pid: int) -> Iterator[psutil.Process]:
    """A process and all that come from it."""
    first = psutil.Process(pid)
    yield first
    yield from first.children(recursive=True)


def cpu_seconds(pid: int) -> float:
    """The time that a process and all that came from it have worked so far, those that ended too."""
    worked = 0.0
    for process in tree(pid):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            worked += times.user + times.system + times.children_user + times.children_system
    return worked


def resident_bytes(pid: int) -> int:
    """The memory that a process and all that come from it hold."""
    held = 0
    for process in tree(pid):
        with suppress(psutil.NoSuchProcess):
            held += process.memory_info().rss
    return held


@contextmanager
def on_core(number: int) -> Iterator[None]:
    """What is started here runs on one core, where the system lets cores be chosen and has two."""
    if len(CORES) < 2:
        yield
        return
    this = psutil.Process()
    before = this.cpu_affinity()
    this.cpu_affinity([CORES[number]])
    try:
        yield
    finally:
        this.cpu_affinity(before)
