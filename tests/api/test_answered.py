"""An answer is given again only while it is what would be answered now, to whoever it was made for."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.deployment import deployed
from api.front.front import Front
from api.operations import document_id, operation
from api.settings import Settings
from schema.store import Viewer, ViewerKind
from tests import strategies
from tests.api.test_auth import key_of
from tests.api.test_wire import Servers, both_of, request
from tests.ordering import OPERATOR, SCHEMA, Ticking
from tests.portfolio import NOW
from tests.recording import *  # noqa: F403 - fixtures are found by their names

INTERNAL = Viewer(ViewerKind.INTERNAL)
PARTNER = Viewer(ViewerKind.PARTNER, "NORTH")
CUSTOMER = Viewer(ViewerKind.CUSTOMER, "BETA")
STEADY = """query ($input: EntitlementCheckInput!) { entitlementCheck(input: $input) {
  entitled verdict reasons { code message redactions { field } facts { name value } }
  plan { code name } coverage { expiresOn } stableUntil } }"""
"""All that it asks for rests on the facts, the question and the caller."""
OF_ITS_INSTANT = "query ($input: EntitlementCheckInput!) { entitlementCheck(input: $input) { verdict at knownAt } }"
CORRECT = """mutation ($input: CorrectChargeInput!) { correctCharge(input: $input) {
  ... on Problem { message } ... on Charge { paidOn } } }"""
COUNTED = 30
ENOUGH = 6
"""Times that a question is asked until its answer is kept, and given again at least once."""


@dataclass
class Asking:
    """Two servers of a database, one of which gives answers again; a clock for both; and another process."""

    settings: Settings
    at: datetime = NOW + timedelta(minutes=1)
    keys: dict[Viewer, str] = field(default_factory=dict[Viewer, str])
    given: int = 0
    """Answers that were given again."""
    changes: int = 0
    _both: Servers | None = None

    @contextmanager
    def begun(self, **update: Any) -> Iterator["Asking"]:
        """While both servers are there."""
        with pytest.MonkeyPatch.context() as patch:
            again = Front.again

            def counted(front: Front, *asked: Any) -> Any:
                answered = again(front, *asked)
                self.given += answered is not None
                return answered

            patch.setattr(Front, "again", counted)
            with both_of(self.settings, lambda: self.at, **update) as self._both:
                yield self

    @property
    def both(self) -> Servers:
        assert self._both is not None
        return self._both

    def key(self, viewer: Viewer) -> str:
        if viewer not in self.keys:
            self.keys[viewer] = key_of(self.settings, viewer=viewer)
        return self.keys[viewer]

    def request(self, viewer: Viewer = INTERNAL, language: str = "en", query: str = STEADY, **asked: Any) -> bytes:
        """A request to check a licence, by default FAX-3, at an instant, or now where it is None."""
        sent = {"query": query} if query else {"documentId": document_id(operation("check"))}
        asked = {"serial": "FAX-3", "at": "2026-03-11T10:00:00Z"} | asked
        check = {"license": {"serial": asked.pop("serial")}} | {name: one for name, one in asked.items() if one}
        content = json.dumps(sent | {"variables": {"input": check}}).encode()
        named = (f"X-API-Key: {self.key(viewer)}", "X-Request-Id: abc", f"Accept-Language: {language}")
        return request(content, *named)

    def hear(self, said: bytes, times: int = ENOUGH) -> tuple[list[bytes], int]:
        """What both servers answer to a request that is sent again and again; and how often the one did so again."""
        before = self.given
        heard = [self.both.hear(self.both.wire, [said]) for _ in range(times)]
        assert heard == [self.both.hear(self.both.plain, [said]) for _ in range(times)]
        return heard, self.given - before

    def ask(self, times: int = ENOUGH, **asked: Any) -> tuple[Any, int]:
        """The data that both answer to a check, the same each time; and how often the one gave it again."""
        heard, given = self.hear(self.request(**asked), times)
        [told] = {one.partition(b"\r\n\r\n")[2] for one in heard}
        assert b"errors" not in told, told
        return json.loads(told)["data"]["entitlementCheck"], given

    def verdict(self, times: int = 1, **asked: Any) -> tuple[str, bool]:
        """The verdict, and whether every answer was given again."""
        told, given = self.ask(times, **asked)
        return told["verdict"], given == times

    def correct(self, paid_on: str | None, ahead: timedelta = timedelta(0)) -> None:
        """Another process, whose clock may be ahead, corrects whether FAX-3 is paid for."""

        async def correcting() -> None:
            self.changes += 1
            asked = {"charge": "CH-2", "paidOn": paid_on, "reason": "told", "idempotencyKey": str(self.changes)}
            async with deployed(self.settings, lambda: self.at + ahead) as deployment:
                context = deployment.context(OPERATOR)
                told = await SCHEMA.execute(CORRECT, variable_values={"input": asked}, context_value=context)
                assert told.data == {"correctCharge": {"paidOn": paid_on}}

        self.both.runner.run(correcting())
        self.at += timedelta(seconds=1)


@contextmanager
def asking(settings: Settings, **update: Any) -> Iterator[Asking]:
    with Asking(settings).begun(**update) as found:
        yield found


def test_what_was_answered_is_given_again_until_something_is_committed(settings):
    """FAX-3 is held for want of a payment until that is recorded, and again when it was not made after all."""
    with asking(settings) as caller:
        for paid_on, verdict in ((None, "NOT_ENTITLED"), ("2026-03-09", "ENTITLED"), (None, "NOT_ENTITLED")):
            if caller.changes or paid_on:
                caller.correct(paid_on)
            assert caller.verdict() == (verdict, False)
            caller.ask()
            assert caller.verdict(3) == (verdict, True)


def test_each_caller_is_given_its_own_answer(settings):
    """BETA and internal callers may see FAX-3, NORTH may not; amounts and languages differ."""
    with asking(settings) as caller:
        callers = [(viewer, language) for viewer in (INTERNAL, PARTNER, CUSTOMER) for language in ("en", "fr")]
        told = [caller.ask(viewer=viewer, language=language) for viewer, language in callers * 2]
        answers = [json.dumps(answer) for answer, _ in told]
        assert answers[:6] == answers[6:]
        assert len(set(answers)) > 3
        given = {viewer: count for (viewer, _), (_, count) in zip(callers, told[6:], strict=True)}
        assert given[INTERNAL] > 0
        assert given[CUSTOMER] > 0
        assert given[PARTNER] == 0, "an unknown licence has no facts that could be kept"


def test_an_answer_of_now_is_given_again_until_the_day_ends(small):
    """FAX-1 is covered to 30 September 2026, which ends in Europe/Rome at 22:00 UTC."""
    with asking(small) as caller:
        caller.at = datetime(2026, 9, 30, 21, 59, 58, tzinfo=UTC)
        caller.ask(serial="FAX-1", at=None)
        caller.at = datetime(2026, 9, 30, 21, 59, 59, 999_999, tzinfo=UTC)
        assert caller.verdict(serial="FAX-1", at=None) == ("ENTITLED", True)
        caller.at += timedelta(microseconds=1)
        assert caller.verdict(serial="FAX-1", at=None) == ("NOT_ENTITLED", False)
        caller.ask(serial="FAX-1", at=None)
        caller.at -= timedelta(seconds=1)
        assert caller.verdict(serial="FAX-1", at=None) == ("ENTITLED", False)


def test_the_answer_of_a_named_instant_is_given_again_on_other_days(small):
    with asking(small) as caller:
        caller.at = datetime(2026, 3, 11, 22, 59, 59, tzinfo=UTC)
        caller.ask(serial="FAX-1")
        caller.at += timedelta(seconds=1)
        assert caller.verdict(serial="FAX-1") == ("ENTITLED", True)


def test_what_tells_the_instant_of_its_request_is_answered_anew(small):
    with asking(small) as caller:
        told = []
        for _ in range(ENOUGH):
            answer, given = caller.ask(1, at=None, query=OF_ITS_INSTANT)
            told.append(answer["at"])
            caller.at += timedelta(seconds=1)
            assert given == 0
        assert len(set(told)) == ENOUGH


def test_a_channel_that_is_answered_at_some_hours_only_is_looked_at_each_time(small):
    with asking(small) as caller:
        assert caller.ask(serial="FAX-1", at=None, channel="PHONE")[1] == 0


def test_nothing_is_given_again_of_what_was_recorded_by_a_clock_that_is_ahead(small):
    """The payment is known from ten minutes on; until then rows tell what was known."""
    with asking(small) as caller:
        caller.correct("2026-03-09", ahead=timedelta(minutes=10))
        assert caller.verdict(ENOUGH) == ("NOT_ENTITLED", False)
        caller.at += timedelta(minutes=9)
        assert caller.verdict(ENOUGH) == ("NOT_ENTITLED", False)
        caller.at += timedelta(minutes=2)
        assert caller.verdict() == ("ENTITLED", False)


def test_a_key_that_is_revoked_is_given_nothing(settings):
    async def revoke(text: str) -> None:
        async with deployed(settings, lambda: NOW) as deployment:
            viewer = await deployment.keys.viewer_of(text, NOW)
            assert viewer is not None
            assert viewer.key_id is not None
            await deployment.keys.revoke(UUID(viewer.key_id), NOW)

    with asking(settings) as caller:
        assert caller.ask()[1] > 0
        caller.both.runner.run(revoke(caller.key(INTERNAL)))
        [said], given = caller.hear(caller.request(), 1)
        assert (said[:12], given) == (b"HTTP/1.1 401", 0)


def test_requests_that_are_given_an_answer_again_count_for_the_rate(small):
    with asking(small, rate="8/minute") as caller:
        assert caller.hear(caller.request(), 8)[1] > 4
        assert caller.both.hear(caller.both.wire, [caller.request()]).startswith(b"HTTP/1.1 429 ")


def test_whoever_may_send_registered_documents_alone_is_given_nothing_for_another_text(small):
    """The text is known, for others may send it; and the answer is kept, for it is asked for by the document's id."""
    text = operation("check")
    with asking(small, trusted_only=frozenset({ViewerKind.PARTNER})) as caller:
        caller.hear(caller.request(query=text))
        said, _ = caller.hear(caller.request(PARTNER, query="", serial="FAX-1"))
        assert said[0].startswith(b"HTTP/1.1 200 ")
        [refused], given = caller.hear(caller.request(PARTNER, query=text, serial="FAX-1"), 1)
        assert given == 0
        assert b'"errors"' in refused


@pytest.mark.parametrize("update", [{"kept_documents": 0}, {"read_model_seconds": 60}])
def test_nothing_is_given_again_where_nothing_is_kept_or_facts_may_be_older(small, update):
    with Asking(small).begun() as caller:
        assert caller.ask()[1] > 0
    with Asking(small).begun(**update) as caller:
        assert caller.ask()[1] == 0


def test_answers_that_are_given_again_are_counted_as_all_others(small):
    metrics = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: abc\r\n\r\n"

    async def told() -> None:
        await asyncio.sleep(0)

    with asking(small) as caller:
        _, given = caller.ask(20)
        assert given > 10
        caller.both.runner.run(told())
        wire, plain = (caller.both.hear(server, [metrics]) for server in (caller.both.wire, caller.both.plain))
        for name in (b"coverline_checks_total", b"coverline_check_reasons_total", b"coverline_operation_seconds_count"):
            [line] = [line for line in plain.splitlines() if line.startswith(name + b"{")]
            assert line.endswith(b" 20.0")
            assert line in wire.splitlines()


def test_no_answer_is_given_again_that_was_committed_over_before_it_was_asked(settings):
    """The amount that FAX-3 owes counts up; each caller knows which was committed when it asks."""
    committed, answered = [0], [0, 0]

    async def counting() -> None:
        async with deployed(settings, Ticking()) as another:
            for number in range(1, COUNTED + 1):
                asked = {"charge": "CH-2", "amount": f"{number}.00", "reason": "told", "idempotencyKey": str(number)}
                context = another.context(OPERATOR)
                told = await SCHEMA.execute(CORRECT, variable_values={"input": asked}, context_value=context)
                assert told.data
                committed[0] = number
                await asyncio.sleep(0.01 * (number % 4))

    async def asking_on(caller: Asking) -> None:
        connection, transport = caller.both.wire.connect()
        while committed[0] < COUNTED:
            least = committed[0]
            transport.said = b""
            connection.data_received(caller.request())
            await caller.both.wire.rests(connection, transport)
            answer = json.loads(transport.said.partition(b"\r\n\r\n")[2])["data"]["entitlementCheck"]
            [amount] = [fact["value"] for fact in answer["reasons"][0]["facts"] if fact["name"] == "amount"]
            assert least <= float(amount) % 3000
            answered[least > 0] += 1
            await asyncio.sleep(0.001 * (answered[1] % 3))
        connection.connection_lost(None)

    async def both(caller: Asking) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(asyncio.to_thread(asyncio.run, counting()))
            for _ in range(5):
                tasks.create_task(asking_on(caller))

    with asking(settings) as caller:
        caller.at += timedelta(days=1)
        caller.ask()
        given = caller.given
        caller.both.runner.run(both(caller))
        assert caller.given > given + COUNTED
        assert answered[1] > COUNTED


STEPS = st.one_of(
    st.tuples(
        st.just("ask"),
        st.fixed_dictionaries(
            {
                "viewer": st.sampled_from([INTERNAL, CUSTOMER, PARTNER]),
                "query": st.sampled_from([STEADY, STEADY, OF_ITS_INSTANT, operation("check")]),
                "language": st.sampled_from(["en", "it"]),
                "serial": st.sampled_from(["FAX-1", "FAX-3", "FAX-3", "CALL-1", "NONE"]),
                "knownAt": st.sampled_from([None, None, "2026-03-11T10:01:00Z", "2026-03-11T11:00:00Z"]),
                "at": st.sampled_from([None, None, "2026-03-11T10:00:00Z", "2026-10-01T00:00:00+02:00"]),
            }
        ),
        st.integers(1, ENOUGH),
    ),
    st.tuples(st.just("pass"), st.sampled_from([-1, 1, 3_600, 14 * 3_600, 203 * 86_400])),
    st.tuples(st.just("correct"), st.sampled_from([None, "2026-03-09", "2026-03-10"]), st.sampled_from([0, 0, 600])),
)


@pytest.mark.parametrize("examples", [12, pytest.param(500, marks=pytest.mark.long)])
def test_whatever_happens_between_them_requests_are_answered_as_if_nothing_was_kept(small, examples):
    counted = [0, 0]

    with asking(small) as caller:

        def check(steps: list[Any]) -> None:
            caller.at += timedelta(hours=1)
            for what, *told in steps:
                if what == "pass":
                    caller.at += timedelta(seconds=told[0])
                elif what == "correct":
                    caller.correct(told[0], timedelta(seconds=told[1]))
                else:
                    _, given = caller.hear(caller.request(**told[0]), told[1])
                    counted[0] += given
                    counted[1] += told[1] - given

        run = given(st.lists(STEPS, min_size=2, max_size=12))(check)
        strategies.settings(strategies.settings.get_profile("short"), max_examples=examples)(run)()
    assert counted[0] * 10 > counted[1]
