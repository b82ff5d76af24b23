"""Imports run one way, api → schema → entitlements, and the rules stay pure.

A decision can be replayed and tested by the million because whatever it depends on is an argument: a rule
reads no clock, no file and no environment, and counts money in no float. These tests read the source and say
which line breaks that, and why it matters. They see what is written down; an import made by name at run time
escapes them.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("api", "schema", "entitlements", "migrations")
CLIENTS = "schema/clients/"
"""Packages of their own, for whoever asks the server: no layer of it, and not shipped with it."""

SPEAKS_TO_DATABASES = ("api/store/", "api/store.", "migrations/")
DATABASE_LIBRARIES = {"sqlmodel", "sqlalchemy", "asyncpg", "aiosqlite", "sqlite3"}
ALLOWED_TO_RULES = sys.stdlib_module_names | {"dateutil", "entitlements"}

CLOCKS = {
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
}
ENVIRONMENT = {"os.environ", "os.getenv"}
FILE_CALLS = {"open", "read_text", "read_bytes", "write_text", "write_bytes"}

WHY_DOWNWARD = "imports run one way, api → schema → entitlements, so that a rule never knows who asks"
WHY_CLIENTS = "the typed clients are generated from the schema, for those who ask; the server is made without them"
WHY_TABLES = "of the project, a migration knows api.store.tables alone, so that old revisions keep running"
WHY_STORE = "only api/store and migrations speak to a database, so that no second source of facts can drift"
WHY_PURE = "a rule is built on the standard library and dateutil alone, so that it can be replayed anywhere"
WHY_SCHEMA = "the schema must not know that it is served over HTTP; that is api's part"
WHY_CLOCK = "a rule reads no clock; the asked date is an argument, so that a decision can be replayed"
WHY_ENVIRONMENT = "a rule reads no environment; the edition and the facts are arguments"
WHY_FILES = "a rule reads no files; the guide is built from the texts it is given"
WHY_FLOAT = "amounts and rates are Decimal, since a float cannot hold a cent"


def faults(path: str, source: str) -> list[str]:
    """Every line of a file that breaks a rule of its layer, as `path:line says what: why`."""
    tree = ast.parse(source, filename=path)
    found = [
        (line, f"imports {name}", why)
        for line, name in imports(path, tree)
        for why in [why_not_import(path, name)]
        if why
    ]
    if layer(path) == "entitlements":
        found += impurities(tree)
    return [f"{path}:{line} {what}: {why}" for line, what, why in sorted(set(found))]


def layer(path: str) -> str:
    return path.partition("/")[0]


def imports(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every dotted name that a file imports, relative ones made absolute: `from a import b` gives `a.b`."""
    package = path.split("/")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = [*base, *([node.module] if node.module else [])]
            yield from ((node.lineno, ".".join([*module, alias.name])) for alias in node.names)


def why_not_import(path: str, name: str) -> str | None:
    """The reason why this file may not import that name, or None where it may."""
    here, top = layer(path), name.partition(".")[0]
    if top == "coverline_client" or name.startswith("schema.clients"):
        return WHY_CLIENTS
    if top in DATABASE_LIBRARIES and not path.startswith(SPEAKS_TO_DATABASES):
        return WHY_STORE
    if here == "entitlements" and top not in ALLOWED_TO_RULES:
        return WHY_DOWNWARD if top in PACKAGES else WHY_PURE
    if here == "schema" and top in {"api", "migrations"}:
        return WHY_DOWNWARD
    if here == "schema" and top == "starlette":
        return WHY_SCHEMA
    if here == "migrations" and top in {"api", "schema", "entitlements"}:
        return None if f"{name}.".startswith("api.store.tables.") else WHY_TABLES
    return None


def impurities(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Where a rule reaches for the clock, the environment, a file or a float."""
    names = imported_names(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float()):
                yield node.lineno, f"holds the float {node.value!r}", WHY_FLOAT
            case ast.Call(func=ast.Name(id="float")):
                yield node.lineno, "calls float()", WHY_FLOAT
            case ast.Call(func=ast.Name(id="open") | ast.Attribute(attr="open")):
                yield node.lineno, "calls open()", WHY_FILES
            case ast.Call(func=ast.Attribute(attr=call)) if call in FILE_CALLS:
                yield node.lineno, f"calls {call}()", WHY_FILES
            case ast.Name() | ast.Attribute():
                name = dotted(node, names)
                if name in CLOCKS:
                    yield node.lineno, f"uses {name}", WHY_CLOCK
                elif name in ENVIRONMENT:
                    yield node.lineno, f"uses {name}", WHY_ENVIRONMENT


def imported_names(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for: `import datetime as dt` makes dt stand for datetime."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                names[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def dotted(node: ast.expr, names: dict[str, str]) -> str | None:
    """The full name of an expression such as `dt.date.today`, if it starts from an imported name."""
    match node:
        case ast.Name(id=name):
            return names.get(name)
        case ast.Attribute(value=value, attr=attribute):
            base = dotted(value, names)
            return base and f"{base}.{attribute}"
    return None


@pytest.mark.parametrize("package", PACKAGES)
def test_every_file_keeps_to_its_layer(package):
    files = {file.relative_to(ROOT).as_posix(): file for file in sorted((ROOT / package).rglob("*.py"))}
    assert files, f"no Python file found under {package}/; has it moved?"
    broken = [
        fault
        for path, file in files.items()
        if not path.startswith(CLIENTS)
        for fault in faults(path, file.read_text(encoding="utf-8"))
    ]
    assert not broken, "\n" + "\n".join(broken)


@pytest.mark.parametrize(
    ("path", "line", "why"),
    [
        ("entitlements/coverage.py", "import api.app", WHY_DOWNWARD),
        ("entitlements/coverage.py", "from schema.root import Query", WHY_DOWNWARD),
        ("entitlements/editions/load.py", "from ... import api", WHY_DOWNWARD),
        ("entitlements/coverage.py", "import pydantic", WHY_PURE),
        ("entitlements/coverage.py", "import strawberry", WHY_PURE),
        ("entitlements/coverage.py", "from sqlite3 import connect", WHY_STORE),
        ("entitlements/coverage.py", "def f():\n    from sqlalchemy import select", WHY_STORE),
        ("schema/root.py", "from api.store import tables", WHY_DOWNWARD),
        ("schema/root.py", "from ..api import store", WHY_DOWNWARD),
        ("schema/root.py", "from starlette.requests import Request", WHY_SCHEMA),
        ("schema/root.py", "import sqlmodel", WHY_STORE),
        ("schema/root.py", "from .clients import python", WHY_CLIENTS),
        ("api/app.py", "from schema.clients.python import coverline_client", WHY_CLIENTS),
        ("api/app.py", "from coverline_client import Client", WHY_CLIENTS),
        ("api/app.py", "from sqlalchemy.ext.asyncio import AsyncSession", WHY_STORE),
        ("api/storefront.py", "import aiosqlite", WHY_STORE),
        ("migrations/env.py", "from api.store import sessions", WHY_TABLES),
        ("migrations/env.py", "import api.store.tables_old", WHY_TABLES),
        ("migrations/env.py", "from entitlements.facts import Facts", WHY_TABLES),
        ("entitlements/dates.py", "from datetime import date\nasked = date.today()", WHY_CLOCK),
        ("entitlements/dates.py", "import datetime as dt\nat = dt.datetime.now(dt.UTC)", WHY_CLOCK),
        ("entitlements/dates.py", "from datetime import datetime as d\nat = d.utcnow", WHY_CLOCK),
        ("entitlements/dates.py", "from time import time\nat = time()", WHY_CLOCK),
        ("entitlements/guide.py", "import os\nedition = os.environ['EDITION']", WHY_ENVIRONMENT),
        ("entitlements/guide.py", "from os import getenv\nedition = getenv('EDITION')", WHY_ENVIRONMENT),
        ("entitlements/guide.py", "text = open('plans.toml').read()", WHY_FILES),
        ("entitlements/guide.py", "def f(path):\n    return path.open()", WHY_FILES),
        ("entitlements/guide.py", "def f(path):\n    return path.read_text()", WHY_FILES),
        ("entitlements/money.py", "rate = 0.1", WHY_FLOAT),
        ("entitlements/money.py", "rate = -1e-3", WHY_FLOAT),
        ("entitlements/money.py", "def f(amount):\n    return float(amount)", WHY_FLOAT),
    ],
)
def test_a_planted_fault_is_found_on_its_line(path, line, why):
    source = f'"""A module."""\n{line}\n'
    [fault] = faults(path, source)
    assert fault.startswith(f"{path}:{len(source.splitlines())} ")
    assert fault.endswith(why)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("entitlements/dates.py", "from dateutil.relativedelta import relativedelta"),
        ("entitlements/dates.py", "from datetime import date\nleap_day = date(2024, 2, 29)"),
        ("entitlements/dates.py", "def f(clock):\n    return clock.now()"),
        ("entitlements/guide.py", "from . import clauses"),
        ("entitlements/guide.py", "import tomllib\nfrom decimal import Decimal\nload = tomllib.loads"),
        ("schema/licenses.py", "from entitlements.coverage import coverage"),
        ("api/app.py", "from starlette.applications import Starlette\nfrom schema.root import schema"),
        ("api/store/sessions.py", "from sqlalchemy.ext.asyncio import AsyncSession"),
        ("api/pricing.py", "timeout = 0.5"),
        ("migrations/env.py", "from api.store import tables\nimport sqlmodel\nfrom alembic import context"),
        ("migrations/env.py", "from api.store.tables import License"),
    ],
)
def test_what_a_layer_may_do_is_left_alone(path, line):
    assert faults(path, line) == []


def test_two_faults_of_one_file_are_both_named_in_order():
    assert faults("entitlements/late_fees.py", "import sqlmodel\nrate = 0.5\n") == [
        f"entitlements/late_fees.py:1 imports sqlmodel: {WHY_STORE}",
        f"entitlements/late_fees.py:2 holds the float 0.5: {WHY_FLOAT}",
    ]
