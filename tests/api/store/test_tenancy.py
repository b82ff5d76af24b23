"""Nobody is shown a word of another's accounts: every type, every id, every caller, over every path of the graph."""

import asyncio
import shutil
import statistics
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from operator import itemgetter

import pytest
from sqlalchemy import select, true
from starlette.testclient import TestClient

from api.deployment import deployed
from api.settings import Settings, embedded_url
from api.store import conditions, contracts, tables
from api.store.tables import SQLModel, table_of
from api.store.watching import watch_statements
from api.webhooks.secrets import Secrets
from schema.errors import INTERNAL_ERROR
from schema.nodes import Kind, read_id_of, write_id
from schema.store import Viewer
from tests.canaries import (
    RECORD,
    SCHEMA,
    asked_of_everything,
    canaries,
    documents,
    files_of_everything,
    leaked,
    plant,
    schema_of,
    unplanted,
)
from tests.conftest import copied
from tests.ordering import CUSTOMER, OPERATOR, PARTNER, Ticking, order
from tests.portfolio import NOW, client_of
from tests.sandboxes import NAMED as SANDBOX
from tests.sandboxes import sandbox_at, sandbox_key
from tests.timing import Measured, Verdict, verdicts

CALLERS = {"customer": CUSTOMER, "partner": PARTNER}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def planted(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "coverline.db")
        settings = Settings(database_url=embedded_url(folder / "coverline.db"))
        asyncio.run(plant(settings, folder))
        yield settings
        return
    server, template = (request.getfixturevalue(name) for name in ("postgres_server", "postgres_template"))
    with copied(server, template) as url:
        settings = Settings(database_url=url)
        asyncio.run(plant(settings, folder))
        yield settings


def is_sqlite(settings: Settings) -> bool:
    return settings.is_embedded


async def leaks(settings: Settings, viewer: Viewer, edges: int, every: int = 1) -> tuple[int, set[str]]:
    """How many questions were answered, and every canary in the answers; each so-manieth question is asked."""
    asked = await asked_of_everything(settings)
    documents_of, found, count = documents(edges, asked), set[str](), 0
    questions = [(field, text, given) for field, given in asked for text in documents_of[field]]
    async with deployed(settings, lambda: NOW) as deployment:
        # Those of one document follow one another, so that it is read once.
        for field, text, variables in sorted(questions[::every], key=itemgetter(0, 1)):
            context = deployment.context(viewer)
            result = await schema_of(field).execute(text, variable_values=variables, context_value=context)
            told = [error.message for error in result.errors or ()]
            faults = [error for error in result.errors or () if (error.extensions or {}).get("code") == INTERNAL_ERROR]
            assert not faults, (field, variables, faults)
            # What was refused before it was executed would have found nothing.
            assert all(error.path for error in result.errors or ()), (field, variables, result.errors)
            found |= {f"{field}: {canary}" for canary in leaked((result.data, told), variables)}
            count += 1
    return count, found


@pytest.fixture
def without_conditions(monkeypatch):
    """The application as it would be if every condition on who asks were forgotten."""

    def everything(*_) -> object:
        return true()

    contracts.contract_rows.cache_clear()
    for module in (conditions, contracts):
        monkeypatch.setattr(module, "visible_to", everything)
    yield
    contracts.contract_rows.cache_clear()


# ---------------------------------------------------------------- the matrix


def test_a_canary_is_in_every_text_of_foreign_accounts(planted):
    assert asyncio.run(unplanted(planted)) == []


@pytest.mark.parametrize("caller", CALLERS)
def test_no_foreign_canary_is_in_any_answer(planted, caller):
    count, found = asyncio.run(leaks(planted, CALLERS[caller], edges=2, every=4))
    assert count > 100
    assert found == set()


@pytest.mark.parametrize("caller", CALLERS)
def test_no_foreign_canary_is_in_any_file(planted, caller):
    async def key() -> str:
        viewer = CALLERS[caller]
        async with deployed(planted, lambda: NOW) as deployment:
            return (await deployment.keys.create(viewer, viewer.scopes, NOW))[1]

    with client_of(planted, demo=False, headers={"X-API-Key": asyncio.run(key())}) as client:
        answers = {path: client.get(path) for path in asyncio.run(files_of_everything(planted))}
    assert {answer.status_code for answer in answers.values()} == {200, 404, 422}
    shown = {path.split("/")[1] for path, answer in answers.items() if answer.status_code == 200}
    assert shown == {"quotes", "orders", "records"}
    assert {path: found for path, answer in answers.items() if (found := leaked(answer.text, path))} == {}


@pytest.fixture
def beside(planted, request, tmp_path):
    """The planted database with a sandbox of the same kind beside it, and the sandbox's own settings."""
    url = "" if is_sqlite(planted) else request.getfixturevalue("postgres_url")
    settings = planted.model_copy(
        update={"federation": True, "sandbox_url": url or f"sqlite:///{tmp_path / 'sandbox.db'}"}
    )
    return settings, sandbox_at(settings, tmp_path / "sandbox")


Sent = tuple[str, dict]
"""Where to, and a document with its variables; nothing for a file."""


async def questions(named: Settings, edges: int, every: int) -> list[Sent]:
    """Each so-manieth question over some edges about every name in a database, and as many of the files."""
    asked = (await asked_of_everything(named))[::every]
    documents_of = documents(edges, asked)
    return [
        *(
            ("/subgraph" if field.startswith("_") else "/graphql", {"query": text, "variables": given})
            for field, given in asked
            for text in documents_of[field]
        ),
        *((path, {}) for path in (await files_of_everything(named))[:: every // 4 + 1]),
    ]


def told_over_http(client: TestClient, key: str, asked: list[Sent]) -> Iterator[tuple[str, Sent]]:
    """What each is answered, beside what was sent."""
    headers = {"X-API-Key": key}
    for path, body in asked:
        answer = client.post(path, json=body, headers=headers) if body else client.get(path, headers=headers)
        assert answer.status_code in ({200} if body else {200, 404, 422}), answer.text
        yield answer.text, (path, body)


def neither_sees_the_other(planted: Settings, beside: tuple[Settings, Settings], edges: int, every: int) -> None:
    settings, sandbox = beside

    async def operators_key() -> str:
        async with deployed(settings, lambda: NOW) as deployment:
            return (await deployment.keys.create(OPERATOR, OPERATOR.scopes, NOW))[1]

    inside, operators = sandbox_key(settings, OPERATOR.scopes), asyncio.run(operators_key())
    seen: dict[str, set[str]] = {"canaries": set(), "sandbox": set()}
    with client_of(settings, demo=False) as client:
        for named in (planted, sandbox):
            asked = asyncio.run(questions(named, edges, every))
            for text, sent in told_over_http(client, inside, asked):
                assert leaked(text, sent) == set(), sent
                seen["sandbox"] |= named_in(text) - named_in(sent)
            for text, sent in told_over_http(client, operators, asked):
                assert named_in(text) - named_in(sent) == set(), sent
                seen["canaries"] |= leaked(text, sent)
    # Each sees its own, so that what is the other's would have been seen.
    assert all(seen.values())


def test_no_canary_is_seen_from_a_sandbox_and_nothing_of_a_sandbox_by_the_operator(planted, beside):
    neither_sees_the_other(planted, beside, edges=1, every=24)


@pytest.mark.long
def test_the_sandbox_and_the_real_world_keep_apart_whatever_is_asked(planted, beside):
    neither_sees_the_other(planted, beside, edges=2, every=1)


def named_in(told: object) -> set[str]:
    return set(SANDBOX.findall(str(told)))


@pytest.mark.long
@pytest.mark.parametrize("caller", CALLERS)
def test_no_foreign_canary_is_in_any_answer_over_four_edges(planted, caller):
    count, found = asyncio.run(leaks(planted, CALLERS[caller], edges=4))
    assert count > 2000
    assert found == set()


def test_with_the_applications_conditions_gone_the_database_shows_none_either(planted, without_conditions):
    """On SQLite, which has no second line, the same questions find canaries: so they would be seen."""
    for viewer in CALLERS.values():
        _, found = asyncio.run(leaks(planted, viewer, edges=2, every=7))
        if is_sqlite(planted):
            assert len(found) > 10
        else:
            assert found == set()


@pytest.mark.long
def test_with_the_applications_conditions_gone_the_database_shows_none_over_four_edges(planted, without_conditions):
    for viewer in CALLERS.values():
        _, found = asyncio.run(leaks(planted, viewer, edges=4))
        assert bool(found) == is_sqlite(planted)


def test_the_operator_is_shown_the_canaries(planted):
    _, found = asyncio.run(leaks(planted, OPERATOR, edges=1, every=3))
    assert len(found) > 20


# ---------------------------------------------------------------- not there, and not yours

FOREIGN, ABSENT = "KANARIE-1", "ABSENTE-1"
OF_LICENSE = {
    "license": "query ($it: String!) { license(by: {serial: $it}) { serial } }",
    "check": """query ($it: String!) { entitlementCheck(input: {license: {serial: $it}}) {
        verdict reasons { code message facts { name value } } remedies { acts { kind } } license { id } } }""",
    "quote": """query ($it: String!) { renewalQuote(input: {license: {serial: $it}, plan: "GOLD", months: 12}) {
        __typename ... on Problem { code message field others { code } } } }""",
    "order": """mutation ($it: String!) { orderRenewal(input: {
        idempotencyKey: "k", orderReference: "PO", expectedTotal: "1",
        quote: {license: {serial: $it}, plan: "GOLD", months: 12}
    }) { ... on Problem { code message field } } }""",
}
OF_ACCOUNT = {
    "account": "query ($it: String!) { account(reference: $it) { name } }",
    "list": "query ($it: String!) { licenses(first: 9, filter: {account: $it}) { totalCount edges { cursor } } }",
    "checks": "query ($it: String!) { accountChecks(account: $it, check: {}) { verdict } }",
}
SAME = {
    **{name: (document, FOREIGN, ABSENT, "OWN-1") for name, document in OF_LICENSE.items()},
    **{name: (document, "KANARIE-BETA", "ABSENTE-BETA", "ACME") for name, document in OF_ACCOUNT.items()},
}


async def told(settings: Settings, viewer: Viewer, document: str, it: str) -> tuple[str, list[str]]:
    """The whole answer, with the name that was asked for blanked, and the statements that it took."""
    async with deployed(settings, lambda: NOW) as deployment:
        statements: list[str] = []

        watch_statements(deployment.database, statements.append, lambda _token, _failure: None)
        context = deployment.context(viewer, "the-same")
        result = await SCHEMA.execute(document, variable_values={"it": it}, context_value=context)
        return str((result.data, result.errors)).replace(it, "…"), statements


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("name", SAME)
def test_what_is_not_there_and_what_is_not_yours_get_one_answer_by_the_same_statements(planted, caller, name):
    document, foreign, absent, _ = SAME[name]
    answers = [asyncio.run(told(planted, CALLERS[caller], document, it)) for it in (foreign, absent)]
    assert answers[0] == answers[1]
    assert answers[0][1]


PLANTED = 0.05
"""The share of what a question takes that is planted, to see that it would be seen."""
AS_EXPECTED = {
    "not theirs": Verdict.SAME,
    "not there either": Verdict.SAME,
    "not there, a little later": Verdict.TOLD,
    "theirs": Verdict.TOLD,
}


@pytest.mark.long
@pytest.mark.parametrize("name", ["license", "check", "account", "quote"])
def test_nobody_can_tell_by_the_clock_what_is_not_there_from_what_is_not_theirs(planted, name):
    """Two that are not there are the control of it, and one with a twentieth more work that it could fail.

    It is the processor's time that is compared, which other work of the machine disturbs least; of SQLite, whose
    work is this process's own.
    """
    if not is_sqlite(planted):
        pytest.skip("PostgreSQL works in processes of its own; it is given the same statements")
    document, foreign, absent, theirs = SAME[name]

    async def measure() -> dict[str, Verdict]:
        async with deployed(planted, lambda: NOW) as deployment:

            def asking(it: str, more: int = 0) -> Measured:
                async def ask() -> int:
                    context = deployment.context(CUSTOMER)
                    begun = time.process_time_ns()
                    await SCHEMA.execute(document, variable_values={"it": it}, context_value=context)
                    ends = time.process_time_ns() + more
                    while time.process_time_ns() < ends:
                        pass
                    return time.process_time_ns() - begun

                return ask

            usual = asking(absent)
            planting = int(statistics.median([await usual() for _ in range(100)]) * PLANTED)
            return await verdicts(
                usual,
                {
                    "not theirs": asking(foreign),
                    "not there either": asking(absent.replace("ABSENTE", "ABSENZA")),
                    "not there, a little later": asking(absent, planting),
                    "theirs": asking(theirs),
                },
            )

    # What is told by chance is not told again.
    for _ in range(3):
        found = asyncio.run(measure())
        if found == AS_EXPECTED:
            return
    assert found == AS_EXPECTED


# ---------------------------------------------------------------- writes

ATTEMPTS = {
    "orderRenewal": order(serial=FOREIGN),
    "attachLicense": {
        "quote": {"license": {"serial": FOREIGN}, "product": "FAX-HA"}, "serial": "MINE-1",
        "orderReference": "PO-1", "expectedTotal": "1.00", "idempotencyKey": "k",
    },
    "changePlan": {
        "quote": {"license": {"serial": FOREIGN}, "plan": "PLATINUM"}, "orderReference": "PO-1",
        "expectedTotal": "1.00", "idempotencyKey": "k",
    },
    "registerLicense": {"serial": "MINE-2", "account": "KANARIE-BETA", "product": "FAX", "idempotencyKey": "k"},
    "correctLicense": {"license": {"serial": FOREIGN}, "reason": "me", "quantity": 9, "idempotencyKey": "k"},
    "correctCoverage": {
        "license": {"serial": FOREIGN}, "orderReference": "KANARIE-order-1", "reason": "me", "plan": "BASIC",
        "idempotencyKey": "k",
    },
    "cancelCoverage": {
        "license": {"serial": FOREIGN}, "orderReference": "KANARIE-order-1", "reason": "me", "idempotencyKey": "k",
    },
    "recordPayment": {"charge": "KANARIE-charge-1", "paidOn": "2026-03-11", "idempotencyKey": "k"},
    "correctCharge": {"charge": "KANARIE-charge-1", "reason": "me", "amount": "0.00", "idempotencyKey": "k"},
    "setMilestone": {"product": "FAX", "kind": "ANNOUNCED", "on": "2026-03-11", "source": "me", "idempotencyKey": "k"},
    "createWebhook": {"url": "https://hooks.example.com", "accounts": ["KANARIE-BETA"], "idempotencyKey": "k"},
    "updateWebhook": {"webhook": "", "url": "https://mine.example.com", "idempotencyKey": "k"},
    "rotateWebhookSecret": {"webhook": "", "idempotencyKey": "k"},
    "deleteWebhook": {"webhook": "", "idempotencyKey": "k"},
    "replayDeliveries": {"webhook": "", "idempotencyKey": "k"},
}  # fmt: skip
REFUSALS = {"FORBIDDEN", "UNKNOWN_LICENSE", "UNKNOWN_ACCOUNT", "UNKNOWN_WEBHOOK"}


def test_every_mutation_is_attempted():
    mutations = SCHEMA._schema.mutation_type
    assert mutations is not None
    assert ATTEMPTS.keys() | {"recordDecision"} == mutations.fields.keys()


@pytest.mark.parametrize("caller", CALLERS)
def test_no_mutation_touches_what_is_not_the_callers(planted, caller):
    async def attempt() -> None:
        async with deployed(planted, Ticking()) as deployment:
            before, hook = await everything_in(deployment), await foreign_hook(deployment)
            for name, attempted in ATTEMPTS.items():
                given = attempted | ({"webhook": hook} if "webhook" in attempted else {})
                document = (
                    f"mutation ($input: {name[0].upper()}{name[1:]}Input!) "
                    f"{{ {name}(input: $input) {{ ... on Problem {{ code message others {{ code message }} }} }} }}"
                )
                context = replace(deployment, secrets=Secrets("a key")).context(CALLERS[caller])
                result = await SCHEMA.execute(document, variable_values={"input": given}, context_value=context)
                assert not result.errors, result.errors
                assert result.data is not None
                assert result.data[name]["code"] in REFUSALS, (name, result.data)
                assert leaked(result.data, given) == set()
            assert await everything_in(deployment) == before

    asyncio.run(attempt())


@pytest.mark.parametrize("caller", CALLERS)
def test_a_decision_about_what_is_not_the_callers_stands_at_its_own_account_and_knows_nothing(planted, caller):
    """Asking is anyone's right, and so is having it kept that one asked."""
    licenses, accounts, records = (table_of(one) for one in (tables.License, tables.Account, tables.DecisionRecord))
    foreign = select(licenses.c.id).where(licenses.c.serial == FOREIGN)
    own = select(accounts.c.id).where(accounts.c.reference == CALLERS[caller].account)

    async def kept(id_: uuid.UUID) -> dict[str, object]:
        async with deployed(planted, lambda: NOW) as deployment:
            license = {"id": write_id(Kind.LICENSE, id_)}
            given = {"check": {"license": license}, "idempotencyKey": str(id_)}
            context = deployment.context(CALLERS[caller])
            result = await SCHEMA.execute(RECORD, variable_values={"input": given}, context_value=context)
            assert result.data is not None, result.errors
            record = read_id_of(Kind.DECISION_RECORD, result.data["recordDecision"]["id"])
            async with deployment.database.reading() as connection:
                found = (await connection.execute(select(records).where(records.c.id == record))).mappings().one()
                assert found["account_id"] == await connection.scalar(own)
            assert leaked((result.data, found), "") == set()
            return {name: found[name] for name in ("license_id", "verdict", "facts", "policy", "result", "token")}

    async def id_of_foreign() -> uuid.UUID:
        async with deployed(planted) as deployment, deployment.database.reading() as connection:
            return (await connection.execute(foreign)).scalar_one()

    answers = [asyncio.run(kept(id_)) for id_ in (asyncio.run(id_of_foreign()), uuid.uuid4())]
    assert answers[0] == answers[1]
    assert answers[0]["license_id"] is None


async def foreign_hook(deployment) -> str:
    """The id of BETA's webhook."""
    endpoints = table_of(tables.WebhookEndpoint)
    found = select(endpoints.c.endpoint_id).where(endpoints.c.viewer == "customer:KANARIE-BETA")
    async with deployment.database.reading() as connection:
        return str(write_id(Kind.WEBHOOK, (await connection.execute(found)).scalar_one()))


async def everything_in(deployment) -> dict[str, set[str]]:
    async with deployment.database.reading() as connection:
        return {
            name: {str(row) for row in await connection.execute(select(table))}
            for name, table in SQLModel.metadata.tables.items()
        }


def test_a_canary_is_told_from_what_was_asked():
    assert leaked("KANARIE-1 KANARIE-2", {"serial": "KANARIE-1"}) == {"KANARIE-2"}
    assert canaries("a kanarie-name, b") == {"kanarie-name"}
    assert canaries({"cursor": "WyJzZXJpYWwiLCJLQU5BUklFLTEiXQ"}) == {"KANARIE-1"}
