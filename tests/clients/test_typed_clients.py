"""The typed clients are those of this schema and of these documents, and ask the running server."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.app import create_app
from schema.store import ViewerKind
from scripts.typed_clients import CLIENTS, RECORD, ROOT, Unclear, files_in, merged, record
from tests.clients.running import FOLDER as TESTS
from tests.clients.running import run, served
from tests.portfolio import NOW

PYTHON, TYPESCRIPT = CLIENTS / "python", CLIENTS / "typescript"
ANSWERED = ["NOT_ENTITLED EXPIRED_RENEWABLE", "2025-12-01 to 2026-11-30 not priced"]
"""FAX-2 on 11 March 2026: its included year ended on 30 November, 101 days before; there is no price book."""
PROBLEM = "RENEW_THE_BASE"
"""What a quote for FAX-1-HA is answered, which ends with its base."""
TYPED = """
import asyncio, sys
from datetime import UTC, date, datetime
from coverline_client import *

async def main(url, key):
    about = EntitlementCheckInput(license=LicenseRef(serial="FAX-2"), at=datetime(2026, 1, 5, 10, tzinfo=UTC))
    async with AsyncClient(url, key, trusted=True) as client:
        check = (await client.check(about)).entitlement_check
        print(repr(check.at), check.license and repr(check.license.activated_on))
    with Client(url, key, trusted=True) as client:
        owed = client.outstanding_charges(date(2026, 3, 11), ReportGrouping.MONTH, 20).outstanding_charges
        print(owed.typename__ == "Report" and repr(owed.total.amounts[0].amount))
        paying = RecordPaymentInput(charge="CH-2", paid_on=date(2026, 3, 1), idempotency_key="k")
        match client.record_payment(paying).record_payment:
            case RecordPaymentRecordPaymentProblem(code=code):
                print(code)
    with Client(url, key) as client:
        try:
            client.check(about)
        except Refused as refusal:
            print(refusal.status, *refusal.codes)
    with Client(url.replace("graphql", "healthz"), key) as client:
        try:
            client.check(about)
        except Unanswered as problem:
            print(problem.status)

asyncio.run(main(*sys.argv[1:]))
"""


def test_the_typed_clients_were_generated_from_this_schema_by_the_locked_generators():
    noted = json.loads(RECORD.read_text(encoding="utf-8"))
    assert noted == record(files_in(CLIENTS)), "run `make typed-clients`"


@pytest.mark.long
def test_the_generators_make_the_typed_clients_that_are_there():
    ran = subprocess.run(
        [sys.executable, "scripts/typed_clients.py", "--check"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr


def test_two_fragments_of_one_name_are_refused_by_the_document_that_brings_the_second():
    one = "query A { a { ...P } } fragment P on T { b }"
    assert merged({"a": one, "b": one.replace("query A", "query B")}).count("fragment P") == 1
    with pytest.raises(Unclear, match=r"^b\.graphql: .* fragment P"):
        merged({"a": one, "b": "query B { a { ...P } } fragment P on T { c }"})


@pytest.fixture(scope="module")
def trusted_endpoint(portfolio, endpoint):
    """A server that takes documents by their ids alone."""
    settings = portfolio.model_copy(update={"trusted_only": frozenset({ViewerKind.INTERNAL})})
    with served(create_app(settings, clock=lambda: NOW)) as address:
        yield {**endpoint, "url": f"{address}/graphql"}


def asked(endpoint) -> list[str]:
    return [endpoint["url"], endpoint["headers"]["authorization"].removeprefix("Bearer ")]


def python(*arguments: str) -> list[str]:
    """What Python prints that can import the client."""
    command, environment = [sys.executable, *arguments], {**os.environ, "PYTHONPATH": str(PYTHON)}
    ran = subprocess.run(command, env=environment, cwd=PYTHON, capture_output=True, text=True, check=False)  # noqa: S603
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def node(script: Path, *arguments: str) -> list[str]:
    ran = run(str(script), *arguments)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout.splitlines()


def example_of_python(*given: str) -> list[str]:
    return python("example.py", *given)


def example_of_typescript(*given: str) -> list[str]:
    return node(TYPESCRIPT / "example.ts", *given)


@pytest.mark.parametrize("example", [example_of_python, example_of_typescript])
def test_the_example_tells_a_quote_from_a_problem(endpoint, example):
    assert example(*asked(endpoint), "FAX-2") == ANSWERED
    verdict, problem = example(*asked(endpoint), "FAX-1-HA")
    assert [verdict, problem.split()[0]] == ["ENTITLED", PROBLEM]


def test_the_clients_of_python_send_the_ids_of_documents_and_read_days_instants_and_amounts(trusted_endpoint):
    assert python("-c", TYPED, *asked(trusted_endpoint)) == [
        "datetime.datetime(2026, 1, 5, 10, 0, tzinfo=TzInfo(0)) datetime.date(2024, 12, 1)",
        "Decimal('3000.00')",
        "FORBIDDEN",
        "403 TRUSTED_DOCUMENT_REQUIRED",
        "405",
    ]


def test_the_client_of_typescript_sends_the_ids_of_documents(trusted_endpoint):
    assert node(TESTS / "trusted.mjs", *asked(trusted_endpoint)) == ["NOT_ENTITLED", "TRUSTED_DOCUMENT_REQUIRED"]


def test_the_client_of_typescript_and_its_example_satisfy_a_strict_compiler():
    compiler = TYPESCRIPT / "node_modules" / "typescript" / "bin" / "tsc"
    assert run(str(compiler), "--project", str(TYPESCRIPT)).stdout == ""
