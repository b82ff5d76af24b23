"""Killed at random, whenever it may be, while a caller retries with the same key: exactly one effect of each change.

Every mutation is asked for. A script of them is run on a licence of its own, with kills and, as the control, without.
"""

import asyncio
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from api.auth import INTERNAL
from api.deployment import deployed
from api.settings import Settings
from api.store import tables
from api.store.audit import faults_in
from api.store.tables import table_of
from schema.scopes import Scope
from tests.api.databases import *  # noqa: F403 - fixtures are found by their names
from tests.serving import free_port

SERVERS = """
import os, signal, sys
import uvicorn
from api.app import create_app
from api.editions import load_guide
from api.settings import Settings

load_guide(Settings().edition)
while True:
    child = os.fork()
    if child == 0:
        uvicorn.run(create_app(), host="127.0.0.1", port=int(sys.argv[1]), log_level="critical", lifespan="on")
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
"""
"""Serves, and serves again whenever the server was killed; each server is a process of its own."""

TODAY = datetime.now(UTC).date()
REGISTERED = TODAY - timedelta(days=400)
"""Its included year ended 35 days ago, or 34: a renewal is continuous."""


class Caller:
    """Asks until there is an answer, whatever happens to the server."""

    def __init__(self, port: int, key: str) -> None:
        self.port = port
        self.headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
        self.unanswered = 0

    def ask(self, document: str, **variables: Any) -> bytes:
        body = json.dumps({"query": document, "variables": variables})
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            try:
                connection.request("POST", "/graphql", body, self.headers)
                return connection.getresponse().read()
            except (OSError, http.client.HTTPException):
                self.unanswered += 1
                time.sleep(0.005)
            finally:
                connection.close()
        raise TimeoutError("no server answered within a minute")


def answer_of(body: bytes) -> dict[str, Any]:
    answer = json.loads(body)
    assert "errors" not in answer, answer["errors"]
    [found] = answer["data"].values()
    return found


QUOTES = """query ($plan: PlanChangeQuoteInput!, $module: AttachmentQuoteInput!) {
  planChangeQuote(input: $plan) { ... on PlanChangeQuote { total { amount } } }
  attachmentQuote(input: $module) { ... on AttachmentQuote { total { amount } } }
}"""
SHOWN = {
    "registerLicense": "... on License { id serial coverage { state expiresOn } }",
    "orderRenewal": "... on RenewalOrder { id quote { total { amount } } licenses { id } charge { reference } }",
    "recordPayment": "... on Charge { reference paidOn }",
    "changePlan": "... on PlanChangeOrder { license { coverageTimeline { plan { code } } } charge { reference } }",
    "attachLicense": "... on AttachmentOrder { license { id serial } charge { reference } }",
    "correctLicense": "... on License { quantity }",
    "correctCharge": "... on Charge { dueOn }",
    "correctCoverage": "... on License { coverageTimeline { startsOn } }",
    "cancelCoverage": "... on License { coverage { state } }",
    "recordDecision": "... on DecisionRecord { id decidedAt resultHash decision { verdict } replay { identical } }",
    "setMilestone": "... on Product { milestones { kind on } }",
}


def steps(caller: Caller, number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every mutation in turn, on a licence of its own; prices of parts of a term are quoted first."""
    serial, order, change = f"K-{number}", f"PO-{number}", f"PC-{number}"
    license = {"serial": serial}
    yield "registerLicense", {"serial": serial, "account": "ACME", "product": "FAX", "registeredOn": str(REGISTERED)}
    quote = {"license": license, "plan": "GOLD", "months": 12}
    yield "orderRenewal", {"quote": quote, "orderReference": order, "expectedTotal": "1000.00"}
    yield "recordPayment", {"charge": f"{order}/{serial}", "paidOn": str(TODAY)}
    plan, module = {"license": license, "plan": "PLATINUM"}, {"license": license, "product": "FAX-HA"}
    totals = json.loads(caller.ask(QUOTES, plan=plan, module=module))["data"]
    yield "attachLicense", {
        "quote": module, "serial": f"{serial}-HA", "orderReference": f"PA-{number}",
        "expectedTotal": totals["attachmentQuote"]["total"]["amount"],
    }  # fmt: skip
    yield "correctLicense", {"license": {"serial": f"{serial}-HA"}, "retiredOn": str(TODAY), "reason": "given back"}
    # The module is retired from tomorrow on: its part of the plan's price is one day.
    totals = json.loads(caller.ask(QUOTES, plan=plan, module=module))["data"]
    raised = totals["planChangeQuote"]["total"]["amount"]
    yield "changePlan", {"quote": plan, "orderReference": change, "expectedTotal": raised}
    yield "correctCharge", {"charge": f"{change}/{serial}", "dueOn": str(TODAY + timedelta(days=60)), "reason": "later"}
    yield "correctCoverage", {"license": license, "orderReference": change, "plan": "GOLD", "reason": "not raised"}
    yield "recordDecision", {"check": {"license": license}, "ticket": f"T-{number}"}
    yield "cancelCoverage", {"license": license, "orderReference": order, "reason": "withdrawn"}
    on = str(date(2040, 1, 1) + timedelta(days=number))
    yield "setMilestone", {"product": "CALL", "kind": "END_OF_LIFE", "on": on, "source": f"script {number}"}


def run_script(caller: Caller, number: int) -> list[str]:
    """Runs the script; everything is asked for once more, and answered with the same bytes. Gives the keys."""
    keys: list[str] = []
    for name, input in steps(caller, number):
        keys.append(f"{number}/{name}")
        document = f"mutation ($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ "
        document += f"__typename {SHOWN[name]} ... on Problem {{ code message }} }} }}"
        asked = {"idempotencyKey": keys[-1], **input}
        first = caller.ask(document, input=asked)
        assert answer_of(first)["__typename"] != "Problem", (name, first)
        assert caller.ask(document, input=asked) == first
    return keys


@contextmanager
def servers(settings: Settings, port: int) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "COVERLINE_DATABASE_URL": settings.database_url}
    command = [sys.executable, "-c", SERVERS, str(port)]
    with subprocess.Popen(  # noqa: S603 - our own script
        command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def wait_for(port: int) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.005)
    raise TimeoutError("no server came up within a minute")


def kill(process: subprocess.Popen[str], port: int, kills: int, chance: random.Random, done: threading.Event) -> None:
    """Kills each server that comes up, some time after it listens."""
    assert process.stdout is not None
    for pid in process.stdout:
        if kills <= 0:
            break
        wait_for(port)
        time.sleep(chance.uniform(0, 0.25))
        os.kill(int(pid), signal.SIGKILL)
        kills -= 1
    done.set()


def endure(settings: Settings, kills: int) -> None:
    seed = random.SystemRandom().getrandbits(32)
    print(f"seed {seed}")  # noqa: T201 - shown when it fails
    port, done, keys = free_port(), threading.Event(), list[str]()

    async def key() -> str:
        async with deployed(settings) as deployment:
            _, text = await deployment.keys.create(INTERNAL, {Scope.ADMIN}, datetime.now(UTC))
            return text

    caller, chance = Caller(port, asyncio.run(key())), random.Random(seed)  # noqa: S311 - nobody need not guess it
    with servers(settings, port) as process:
        killing = threading.Thread(target=kill, args=(process, port, kills, chance, done), daemon=True)
        killing.start()
        number = 0
        while not done.is_set():
            number += 1
            keys += run_script(caller, number)
        keys += run_script(caller, number + 1)  # the control: nobody kills any more
        killing.join(60)
    counted = asyncio.run(effects(settings))
    assert caller.unanswered > 0
    assert sorted(counted.pop("keys")) == sorted(keys)
    [control] = [what for script, what in counted.items() if script == f"K-{number + 1}"]
    assert control.total() > 0
    assert {script: what for script, what in counted.items() if what != control} == {}


async def effects(settings: Settings) -> dict[str, Any]:
    """Every key that was kept, and for each script how many versions it left in each table."""
    licenses, changes = table_of(tables.License), table_of(tables.Change)
    found: dict[str, Any] = {}
    async with deployed(settings) as deployment, deployment.database.reading() as connection:
        assert (await faults_in(connection))[1] == [], "the audit log tells of every change, and of nothing else"
        found["keys"] = list((await connection.execute(select(changes.c.idempotency_key))).scalars())
        for model in (tables.LicenseFacts, tables.Coverage, tables.Charge, tables.Order, tables.DecisionRecord):
            table = table_of(model)
            statement = select(licenses.c.serial).join(table, table.c.license_id == licenses.c.id)
            for serial in (await connection.execute(statement.where(licenses.c.serial.like("K-%")))).scalars():
                found.setdefault(serial.removesuffix("-HA"), Counter())[table.name] += 1
        for payload in (await connection.execute(select(table_of(tables.OutboxEvent).c.payload))).scalars():
            license = json.loads(payload)["data"]["license"]
            if license is not None:
                found[license["serial"].removesuffix("-HA")]["events"] += 1
        milestones = table_of(tables.Milestone)
        for source in (await connection.execute(select(milestones.c.source))).scalars():
            if source.startswith("script "):
                found[f"K-{source[7:]}"]["milestones"] += 1
    return found


@pytest.fixture
def settings(priced_url) -> Settings:
    return Settings(database_url=priced_url)


def test_a_server_that_is_killed_five_times_does_everything_once(settings):
    endure(settings, 5)


@pytest.mark.long
def test_a_server_that_is_killed_two_hundred_times_does_everything_once(settings):
    endure(settings, 200)
