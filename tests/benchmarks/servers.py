"""The servers that are measured: coverline, two floors, and peers in Python and Node; how each is started."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

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
        return serving_from(settings, COVERLINE_RATE="", **environment)

    return start


def python(module: str, interpreter: Path = Path(sys.executable), **environment: str) -> Start:
    """An ASGI application of this folder, under uvicorn as coverline is."""

    @contextmanager
    def start(ground: Ground) -> Iterator[Served]:
        port = free_port()
        options = ("--port", str(port), "--no-access-log", "--log-level", "warning")
        command = [str(interpreter), "-m", "uvicorn", f"tests.benchmarks.{module}:application", *options]
        given = {
            "COVERLINE_DATABASE_URL": ground.url,
            "COVERLINE_CONSTANT": str(ground.folder),
            "PYTHONPATH": str(ROOT),
        }
        with running(command, given | environment) as process:
            served = Served(port, process.pid, ground.key)
            wait_for(served)
            yield served

    return start


def node(script: str) -> Start:
    """A server in Node, which the wheel of the tests brings."""

    @contextmanager
    def start(ground: Ground) -> Iterator[Served]:
        port = free_port()
        made = json.loads((ground.folder / "made.json").read_text(encoding="utf-8"))
        given = {"port": port, "url": ground.url, "statements": statements(ground.engine), **made}
        file = ground.folder / f"{script}.json"
        file.write_text(json.dumps(given), encoding="utf-8")
        command = [str(Path(sys.executable).with_name("node")), str(PEERS / script)]
        with running(command, {"PEER_GIVEN": str(file), "NODE_ENV": "production", "NODE_NO_WARNINGS": "1"}) as process:
            served = Served(port, process.pid, ground.key)
            wait_for(served)
            yield served

    return start


KINDS = {
    kind.name: kind
    for kind in (
        Kind("coverline", "coverline", coverline(), everything=True),
        Kind("constant", "bare ASGI constant", python("constant"), everything=True, by_path=True),
        Kind("same-work", "same work, no GraphQL", python("peers.same_work"), by_path=True),
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
