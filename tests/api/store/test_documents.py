# pyright: reportOptionalMemberAccess=false
"""Documents of facts tell what the rows tell, after every kind of write."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import pytest
from sqlalchemy import delete, select, text, update

from api.deployment import Deployment, deployed
from api.settings import Settings
from api.store import documents
from api.store.columns import LATEST
from api.store.erasing import erase
from api.store.personal import ERASED
from entitlements.facts import MilestoneKind
from schema.store import Viewer, ViewerKind
from tests.api.databases import *  # noqa: F403 - fixtures are found by their names
from tests.ordering import OPERATOR, SCHEMA, Ticking, asked_by, order
from tests.portfolio import NOW, load_more

T = TypeVar("T")
INTERNAL = Viewer(ViewerKind.INTERNAL)
VIEWERS = (
    INTERNAL,
    Viewer(ViewerKind.PARTNER, "NORTH"),
    Viewer(ViewerKind.CUSTOMER, "ACME"),
    Viewer(ViewerKind.CUSTOMER, "BETA"),
    Viewer(ViewerKind.PARTNER, "NOBODY"),
)
FAX_1, FAX_2, FAX_3 = ({"license": {"serial": f"FAX-{number}"}} for number in (1, 2, 3))
WHY = {"reason": "as it should have been"}

MUTATIONS = {
    "registerLicense": {"account": "ACME", "product": "FAX", "serial": "NEW-1", "registeredOn": "2026-03-01"},
    "attachLicense": {
        "quote": {**FAX_1, "product": "FAX-HA"}, "serial": "NEW-HA", "orderReference": "PO-7",
        "expectedTotal": "111.78",
    },
    "changePlan": {"quote": {**FAX_1, "plan": "PLATINUM"}, "orderReference": "PO-7", "expectedTotal": "469.48"},
    "orderRenewal": order(),
    "recordPayment": {"charge": "CH-2", "paidOn": "2026-03-11"},
    "correctCharge": {"charge": "CH-2", "amount": "2900.00", **WHY},
    "correctCoverage": {**FAX_3, "orderReference": "SO-2", "expiresOn": "2026-06-30", **WHY},
    "cancelCoverage": {**FAX_1, "orderReference": "SO-1", **WHY},
    "correctLicense": {**FAX_1, "installedRelease": "Summer '25", "retiredOn": "2026-05-01", **WHY},
    "setMilestone": {"product": "FAX", "kind": "END_OF_SUPPORT", "on": "2027-01-31", "source": "notice 3"},
    "recordDecision": {"check": FAX_2},
}  # fmt: skip
IMPORTS = {
    "a licence and its dependent in another account": {
        "licenses.csv": (
            "serial,account,product,base,model,quantity,registered_on\nFAX-1,BETA,FAX,,PERPETUAL,1,2025-06-01\n"
            "FAX-1-HA,BETA,FAX-HA,FAX-1,PERPETUAL,2,2025-07-01\n"
        )
    },
    "a dependent at another base": {
        "licenses.csv": (
            "serial,account,product,base,model,quantity,registered_on\nFAX-1-HA,ACME,FAX-HA,FAX-2,PERPETUAL,2,2025-07-01\n"
        )
    },
    "an account under another name, without its partner": {
        "accounts.csv": "reference,name,partner,country,theater,language,currency\nACME,Acme SpA,,IT,AMERICAS,it,USD\n"
    },
    "a partner under another name": {
        "accounts.csv": "reference,name,partner,country,theater,language,currency\nNORTH,Nord,,IT,EUROPE,en,EUR\n"
    },
    "a product, a release and a milestone": {
        "products.csv": "code,name,kind,family,bases\nFAX,Fax,BASE,F,\nTALK,Talk,BASE,,\n",
        "releases.csv": "name,season,year,released_on\nSpring '26,SPRING,2026,2026-03-01\n",
        "milestones.csv": "product,version,kind,on,source\nCALL,,END_OF_SUPPORT,,withdrawn\n",
    },
    "terms, options, charges and warranties": {
        "coverage.csv": (
            "order_reference,serial,plan,starts_on,expires_on,order_date,kind\nSO-1,FAX-1,GOLD,2025-10-01,,,ORDERED\n"
        ),
        "options.csv": "serial,feature,starts_on,expires_on\nFAX-3,HOURS_ON_CALL,2026-01-01,\n",
        "charges.csv": (
            "reference,order_reference,serial,amount,currency,due_on,paid_on\nCH-9,,FAX-1-HA,10.50,EUR,2026-04-01,\n"
        ),
        "warranties.csv": "serial,supplier,expires_on\nCALL-1,Pieces & Co,2027-01-01\n",
    },
}


@pytest.fixture
def settings(priced_url) -> Settings:
    return Settings(database_url=priced_url)


async def told(deployment: Deployment) -> int:
    """How many licences all viewers together see, each with the same facts from its document as from its rows."""
    seen, store = 0, deployment.store
    async with deployment.database.reading() as connection:
        ids = list((await connection.scalars(select(documents.licenses.c.id))).all())
        written = (await connection.scalars(select(documents.documents.c.license_id))).all()
    assert sorted(written) == sorted(ids), "every licence has a document"
    for viewer in VIEWERS:
        read = await store.reader.facts(viewer, "id", ids, LATEST)
        assert read is not None, "and it answers"
        rows = await rows_alone(store).facts_by_id(viewer, ids, LATEST)
        assert read == rows
        seen += len(rows)
    return seen


def rows_alone(store):
    """The same store as if there were no documents."""
    alone = type(store)(store.database, store.guide, store.clock)
    object.__setattr__(alone, "reader", None)
    return alone


def check(settings: Settings) -> int:
    async def checking() -> int:
        async with deployed(settings) as deployment:
            return await told(deployment)

    return asyncio.run(checking())


def check_after(settings: Settings, change: Callable[[], T]) -> T:
    """What a change gives that another process makes, after one that has read everything before told it all again."""

    async def checking() -> T:
        async with deployed(settings) as deployment:
            assert await told(deployment) == 13
            found = await asyncio.to_thread(change)
            await told(deployment)
            return found

    return asyncio.run(checking())


def test_an_import_writes_the_document_of_every_licence(settings):
    """Five licences: all of them for the operator, three for ACME and its partner, two for BETA."""
    assert check(settings) == 5 + 3 + 3 + 2 + 0


def test_every_mutation_is_written_about_here_but_those_of_webhooks():
    webhooks = {"createWebhook", "updateWebhook", "rotateWebhookSecret", "deleteWebhook", "replayDeliveries"}
    assert set(MUTATIONS) | webhooks == set(SCHEMA._schema.mutation_type.fields)


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_document_tells_what_the_rows_tell_after_a_mutation(settings, name):
    input_type = f"{name[0].upper()}{name[1:]}Input"
    document = f"mutation ($input: {input_type}!) {{ {name}(input: $input) {{ __typename }} }}"
    input_ = {"idempotencyKey": "k", **MUTATIONS[name]}
    found = check_after(settings, lambda: asked_by(settings, OPERATOR, document, Ticking(), input=input_))
    assert found[name]["__typename"] not in {"Problem", "InvalidInput"}
    assert check(settings) >= 13


@pytest.mark.parametrize("name", IMPORTS)
def test_a_document_tells_what_the_rows_tell_after_an_import_of(settings, tmp_path, name):
    at = NOW + timedelta(days=1)
    check_after(settings, lambda: asyncio.run(load_more(settings, tmp_path / "more", IMPORTS[name], at)))
    check(settings)


def test_a_name_that_was_erased_stands_in_no_document(settings):
    async def erasing() -> None:
        async with deployed(settings) as deployment:
            await erase(deployment.database, "ACME", NOW)
            found = await deployment.store.facts_by_serial(INTERNAL, ["FAX-1"], LATEST)
            assert found["FAX-1"].license.account.name == ERASED
            assert await told(deployment) == 13
            async with deployment.database.reading() as connection:
                bodies = (await connection.scalars(select(documents.documents.c.body))).all()
        assert not any("Acme" in body for body in bodies if body)

    asyncio.run(erasing())


def test_what_was_known_before_a_document_was_written_is_read_from_the_rows(settings):
    """CH-2 is paid a second after NOW: at NOW, it is not."""
    asked_by(
        settings, OPERATOR, "mutation ($input: RecordPaymentInput!) { recordPayment(input: $input) { __typename } }",
        Ticking(), input={"idempotencyKey": "k", **MUTATIONS["recordPayment"]},
    )  # fmt: skip

    async def reading() -> None:
        async with deployed(settings) as deployment:
            store = deployment.store
            assert await store.reader.facts(INTERNAL, "serial", ["FAX-3"], NOW) is None
            [before] = (await store.facts_by_serial(INTERNAL, ["FAX-3"], NOW))["FAX-3"].charges
            [after] = (await store.facts_by_serial(INTERNAL, ["FAX-3"], NOW + timedelta(hours=1)))["FAX-3"].charges
            assert (before.paid_on, str(after.paid_on)) == (None, "2026-03-11")

    asyncio.run(reading())


def test_documents_of_another_form_are_not_read_and_all_are_written_anew(settings):
    async def renewing() -> None:
        async with deployed(settings) as deployment:
            store = deployment.store
            async with deployment.database.writing() as connection:
                await connection.execute(update(documents.state).values(form=documents.FORM - 1))
                await connection.execute(update(documents.documents).values(body="not a document"))
            assert await store.reader.facts(INTERNAL, "serial", ["FAX-3"], LATEST) is None
            assert len(await store.facts_by_serial(INTERNAL, ["FAX-3"], LATEST)) == 1
            await store.ensure_derived()
            assert await told(deployment) == 13
            async with deployment.database.writing() as connection:
                await connection.execute(delete(documents.documents))
            assert len(await store.facts_by_serial(INTERNAL, ["FAX-3"], LATEST)) == 1, "the rows answer"

    asyncio.run(renewing())


def test_what_another_process_wrote_is_read_at_once(settings):
    async def both() -> None:
        async with deployed(settings) as one, deployed(settings) as other:
            for deployment in (one, other):
                assert await told(deployment) == 13
            input_ = {"idempotencyKey": "k", **MUTATIONS["setMilestone"]}
            document = "mutation ($input: SetMilestoneInput!) { setMilestone(input: $input) { __typename } }"
            context = one.context(OPERATOR)
            assert not (await SCHEMA.execute(document, {"input": input_}, context_value=context)).errors
            found = await other.store.facts_by_serial(INTERNAL, ["FAX-1"], LATEST)
            [milestone] = found["FAX-1"].license.product.milestones
            assert milestone.kind is MilestoneKind.END_OF_SUPPORT

    asyncio.run(both())


async def test_where_the_driver_cannot_answer_the_engine_does(database, store, tmp_path):
    """A table away, as while a revision is undone."""
    async with database.writing() as connection:
        await connection.execute(text("DROP TABLE read_state"))
    assert await store.facts_by_serial(INTERNAL, ["FAX-1"], LATEST) == {}
