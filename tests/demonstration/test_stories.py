"""The demonstration: the same bytes on every run, and every story as the rules answer it."""

import asyncio
import csv
import subprocess
import sys
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from api.deployment import deployed
from api.interchange import import_folder
from api.settings import Settings
from api.store.revisions import migrate
from entitlements.decisions import Decision, decide
from entitlements.guide import Guide
from entitlements.parameters import Priority
from entitlements.reasons import ReasonCode
from entitlements.remedies import RemedyKind
from entitlements.requests import Cause, Channel, CheckRequest, Duty, Requester, Service
from schema.store import Viewer, ViewerKind

ROOT = Path(__file__).parents[2]
DEMONSTRATION = ROOT / "api/demonstration"
PORTFOLIO = DEMONSTRATION / "portfolio"
TOLD = tomllib.loads((DEMONSTRATION / "stories.toml").read_text(encoding="utf-8"))
STORIES: list[dict[str, Any]] = TOLD["story"]
KNOWN_AT: datetime = TOLD["known_at"]

ENUMS = {"service": Service, "channel": Channel, "priority": Priority, "requester": Requester}
LISTS = {"causes": Cause, "unmet_duties": Duty}


@dataclass(frozen=True)
class Told:
    """A story, with what the rules decide."""

    story: dict[str, Any]
    decision: Decision


def rows_of(name: str) -> list[dict[str, str]]:
    with (PORTFOLIO / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def request_of(story: dict[str, Any]) -> CheckRequest:
    given = dict(story.get("check", {}))
    known_at = given.pop("known_at", KNOWN_AT)
    asked = {name: ENUMS[name](value) if name in ENUMS else value for name, value in given.items()}
    asked |= {name: tuple(LISTS[name](one) for one in asked[name]) for name in LISTS if name in asked}
    return CheckRequest(at=story["at"], known_at=known_at, now=KNOWN_AT, serial=story["serial"], **asked)


async def judged(folder: Path) -> dict[str, Told]:
    """Every story, with the decision on the facts of a database that the files were imported into."""
    settings = Settings(database_url=f"sqlite:///{folder / 'coverline.sqlite3'}")
    await migrate(settings.database_url)
    async with deployed(settings, lambda: KNOWN_AT) as deployment:
        report = await import_folder(deployment.database, PORTFOLIO, now=KNOWN_AT, guide=deployment.guide)
        assert report.is_loaded, report.errors
        return await decided(deployment.store, deployment.guide)


async def decided(store, guide: Guide) -> dict[str, Told]:
    together: dict[datetime, list[dict[str, Any]]] = defaultdict(list)
    for story in STORIES:
        together[request_of(story).known_at].append(story)
    found: dict[str, Told] = {}
    for known_at, stories in together.items():
        facts = await store.facts_by_serial(VIEWER, [story["serial"] for story in stories], known_at)
        for story in stories:
            found[story["id"]] = Told(story, decide(facts[story["serial"]], request_of(story), guide))
    return found


VIEWER = Viewer(kind=ViewerKind.INTERNAL)


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> dict[str, Told]:
    return asyncio.run(judged(tmp_path_factory.mktemp("demonstration")))


@pytest.fixture(params=[story["id"] for story in STORIES])
def one(request, told: dict[str, Told]) -> Told:
    return told[request.param]


# ---------------------------------------------------------------- the files


def test_writing_the_files_again_gives_the_same_bytes(tmp_path):
    script = ROOT / "scripts/demonstration.py"
    subprocess.run([sys.executable, str(script), "--into", str(tmp_path)], check=True, capture_output=True)  # noqa: S603
    assert contents(tmp_path) == contents(DEMONSTRATION)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_there_are_250_licences():
    assert len({row["serial"] for row in rows_of("licenses")}) == 250


def test_the_accounts_stand_in_four_theaters_under_two_partners():
    accounts = rows_of("accounts")
    partners = {row["partner"] for row in accounts} - {""}
    assert len(accounts) == 41
    assert {row["theater"] for row in accounts} == {"AMERICAS", "EUROPE", "MIDDLE_EAST", "MIDDLE_EAST_UAE"}
    assert partners == {row["reference"] for row in accounts if not row["partner"]}
    assert len(partners) == 2


def test_every_account_has_a_licence():
    assert {row["account"] for row in rows_of("licenses")} == {row["reference"] for row in rows_of("accounts")}


def test_every_story_has_a_name_of_its_own():
    assert len({story["id"] for story in STORIES}) == len(STORIES)


# ---------------------------------------------------------------- the stories


def test_the_verdict_is_the_one_that_is_told(one: Told):
    assert one.decision.verdict == one.story["verdict"], one.decision.reasons


def test_the_reasons_are_those_that_are_told(one: Told):
    assert [reason.code.value for reason in one.decision.reasons] == one.story["reasons"]


def test_whatever_else_is_told_holds(one: Told):
    expected = dict(one.story.get("expect", {}))
    remedies = {act.kind.value for remedy in one.decision.remedies for act in remedy.acts}
    facts = {f"{fact.name}={fact.value}" for reason in one.decision.reasons for fact in reason.facts}
    assert remedies >= set(expected.pop("remedies", ()))
    assert facts >= set(expected.pop("facts", ()))
    # In a story an empty text stands for none.
    assert {name: getattr(one.decision.commitment, name) for name in expected} == {
        name: None if value == "" else value for name, value in expected.items()
    }


def test_every_reason_is_told_by_some_story():
    reasons = {reason for story in STORIES for reason in story["reasons"]}
    assert reasons == {code.value for code in ReasonCode} - {"INVALID_REQUEST", "UNKNOWN_LICENSE"}


def test_every_verdict_is_told_by_some_story():
    assert {story["verdict"] for story in STORIES} == {"ENTITLED", "CONDITIONAL", "NOT_ENTITLED", "UNKNOWN"}


def test_every_kind_of_remedy_helps_in_some_story(told: dict[str, Told]):
    kinds = {act.kind for one in told.values() for remedy in one.decision.remedies for act in remedy.acts}
    assert kinds == set(RemedyKind)


def test_every_service_channel_cause_duty_and_theater_is_asked_for_in_some_story(told: dict[str, Told]):
    requests = [request_of(story) for story in STORIES]
    assert {request.service for request in requests} == set(Service)
    assert {request.channel for request in requests} == set(Channel)
    assert {request.requester for request in requests} == set(Requester)
    assert {cause for request in requests for cause in request.causes} == set(Cause)
    assert {duty for request in requests for duty in request.unmet_duties} == set(Duty)
    licenses = [one.decision.license for one in told.values()]
    theaters = {license.account.theater for license in licenses if license}
    assert theaters == {"AMERICAS", "EUROPE", "MIDDLE_EAST", "MIDDLE_EAST_UAE"}
