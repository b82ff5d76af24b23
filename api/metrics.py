"""Figures for Prometheus. Every label has few values, all of them ours: nothing that a caller sends becomes one.

Several workers write theirs to one folder, which `coverline serve` makes (PROMETHEUS_MULTIPROC_DIR names another):
whichever worker is asked answers for all.
"""

import os
import platform
import tempfile
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http import HTTPMethod
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from graphql import OperationDefinitionNode, parse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import (
    MultiProcessCollector,
    mark_process_dead,  # pyright: ignore[reportUnknownVariableType]
)

from api.operations import operations
from api.store.deliveries import Backlog
from entitlements.decisions import Summary

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = CONTENT_TYPE_LATEST
OTHER = "other"
NONE = "NONE"
"""Stands for the gravest reason where there is none."""
METHODS = {method.value for method in HTTPMethod}
"""A caller may name any other; it is told as OTHER."""
disable_created_metrics()  # a second series for each counter, which says when it was first counted
SECONDS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


T = TypeVar("T", Counter, Histogram)


class _Series(dict[tuple[str, ...], T]):
    """The series of a figure by their labels. The library's own way to one takes longer than counting in it."""

    def __init__(self, figure: T) -> None:
        super().__init__()
        self._figure = figure

    def __missing__(self, labels: tuple[str, ...]) -> T:
        found = self[labels] = self._figure.labels(*labels)
        return found


class Metrics:
    """The figures of one application."""

    def __init__(self, edition: str) -> None:
        self.registry = registry = CollectorRegistry()
        self.requests = Counter(
            "coverline_http_requests", "Requests answered, by path and status.", ["path", "status"], registry=registry
        )
        self.operations = Histogram(
            "coverline_operation_seconds",
            "Time from a request to its answer, by the operation that was run: those of schema/operations, or other.",
            ["operation"],
            buckets=SECONDS,
            registry=registry,
        )
        self.checks = Counter(
            "coverline_checks",
            "Checks decided, by verdict and gravest reason (NONE without one); not hypothetical ones, nor a sandbox's.",
            ["verdict", "reason"],
            registry=registry,
        )
        self.reasons = Counter(
            "coverline_check_reasons", "Reasons that decided checks named, each of them.", ["reason"], registry=registry
        )
        self.errors = Counter("coverline_errors", "Errors answered, by code.", ["code"], registry=registry)
        self.refused = Counter(
            "coverline_refused", "Requests that a limit refused, by limit.", ["limit"], registry=registry
        )
        self.bail_outs = Counter(
            "coverline_plans_bailed_out",
            "Operations that were compiled but were executed without their plan.",
            registry=registry,
        )
        self.connections = Gauge(
            "coverline_database_connections_in_use",
            "Connections to the database that are in use.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.deliveries = Counter(
            "coverline_webhook_tries",
            "Tries to deliver events to webhooks, by what came of them: delivered, failed, dead or withdrawn.",
            ["outcome"],
            registry=registry,
        )
        self.waiting = Gauge(
            "coverline_webhook_deliveries",
            "Deliveries to webhooks, by state: those pending of enabled ones, events not handed on yet, and the dead.",
            ["state"],
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self.failing = Gauge(
            "coverline_webhooks_failing",
            "Enabled webhooks that took nothing when they were last tried.",
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self.lag = Gauge(
            "coverline_webhook_lag_seconds",
            "For how long the oldest delivery that is due has waited.",
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        build = Gauge(
            "coverline_build_info",
            "Always 1: the version, the guide's edition and the Python that answer.",
            ["version", "edition", "python"],
            registry=registry,
            multiprocess_mode="livemax",
        )
        build.labels(version("coverline"), edition, platform.python_version()).set(1)
        self.names = frozenset(_names(operations().values()))
        self._answers, self._times = _Series(self.requests), _Series(self.operations)
        self._checks = _Series(self.checks)
        self._reasons, self._errors = _Series(self.reasons), _Series(self.errors)
        self._refused = _Series(self.refused)

    def answered(self, answers: Mapping[tuple[str, int], int]) -> None:
        """Count answers, by their path and status."""
        for (path, status), count in answers.items():
            self._answers[path, str(status)].inc(count)

    def took(self, operation: str, seconds: float) -> None:
        """Count the time from a request to its answer, where an operation was run."""
        self._times[operation if operation in self.names else OTHER,].observe(seconds)

    def decided(self, checks: Mapping[Summary, int]) -> None:
        """Count what was decided while requests were answered."""
        for (verdict, codes), count in checks.items():
            self._checks[verdict, codes[0] if codes else NONE].inc(count)
            for code in codes:
                self._reasons[code,].inc(count)

    def noted(self, errors: Mapping[str, int], limits: Mapping[str, int], bail_outs: int) -> None:
        """Count what went otherwise than it was asked."""
        if bail_outs:
            self.bail_outs.inc(bail_outs)
        _count(self._errors, errors)
        _count(self._refused, limits)

    def delivered(self, outcome: str) -> None:
        """Count a try to deliver an event."""
        self.deliveries.labels(outcome).inc()

    def waits(self, backlog: Backlog, now: datetime) -> None:
        """Set what waits to be delivered."""
        for state, count in (("pending", backlog.pending), ("unrouted", backlog.unrouted), ("dead", backlog.dead)):
            self.waiting.labels(state).set(count)
        self.failing.set(backlog.failing)
        self.lag.set(backlog.lag(now).total_seconds())

    def exposition(self) -> bytes:
        """The figures in the text format of Prometheus; those of all workers where there are several."""
        folder = os.environ.get(FOLDER)
        if not folder:
            return generate_latest(self.registry) + generate_latest(_process())
        _forget_the_dead(Path(folder))
        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=folder)  # pyright: ignore[reportUnknownMemberType]
        return generate_latest(registry)


@contextmanager
def shared_figures() -> Generator[None]:
    """A folder for the figures of several workers, started meanwhile: the operator's own, or one that goes then."""
    if os.environ.get(FOLDER):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="coverline-metrics-") as folder:
        os.environ[FOLDER] = folder  # the library reads it when a worker imports it
        try:
            yield
        finally:
            del os.environ[FOLDER]


def _count(series: "_Series[Counter]", counts: Mapping[str, int]) -> None:
    for label, count in counts.items():
        series[label,].inc(count)


def _process() -> CollectorRegistry:
    """Memory, processor time and open files of this process."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    return registry


def _names(documents: Iterable[str]) -> Iterator[str]:
    for document in documents:
        for node in parse(document).definitions:
            if isinstance(node, OperationDefinitionNode) and node.name:
                yield node.name.value


def _forget_the_dead(folder: Path) -> None:
    """Drop what is only true of a living worker for those that are gone; what they counted stays."""
    for pid in {int(file.stem.rpartition("_")[2]) for file in folder.glob("gauge_live*.db")}:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid, str(folder))
        except PermissionError:
            continue
