"""`coverline check`: the API's answer, and an exit code for scripts."""

import asyncio
import json

import pytest
import time_machine

from api.commands.asking import ask
from api.deployment import deployed
from api.settings import Settings
from tests.portfolio import NOW

AT = "2026-03-11T10:00:00Z"

pytestmark = pytest.mark.usefixtures("loaded")


@pytest.mark.parametrize(
    ("arguments", "exit_code", "verdict"),
    [
        (["FAX-1"], 0, "ENTITLED"),
        (["FAX-1", "--language", "xx"], 0, "CONDITIONAL"),
        (["FAX-2"], 10, "NOT_ENTITLED"),
        (["NOPE"], 10, "NOT_ENTITLED"),
        (["FAX-1", "--theater", "ATLANTIS"], 11, "UNKNOWN"),
        (["FAX-1", "--cause", "MISUSE", "--cause", "ACCIDENT"], 10, "NOT_ENTITLED"),
        (["FAX-1", "--cause", "PRODUCT_ALTERED", "--vendor-agreed"], 0, "ENTITLED"),
        (["FAX-1", "--service", "EXPERT"], 10, "NOT_ENTITLED"),
        (["FAX-1", "--service", "expert"], 10, "NOT_ENTITLED"),
        (["FAX-1", "--requester", "END_USER"], 10, "NOT_ENTITLED"),
        (["FAX-1", "--channel", "PHONE", "--priority", "P1", "--pin-verified"], 0, "ENTITLED"),
        (["FAX-1", "--service", "BUG_FIX", "--installed-release", "Summer '25"], 0, "CONDITIONAL"),
        (["FAX-2", "--service", "FEATURE_RELEASE", "--release", "Summer '25"], 0, "ENTITLED"),
    ],
)
def test_the_exit_code_tells_the_verdict(coverline, arguments, exit_code, verdict):
    for output in ([], ["--json"]):
        result = coverline("check", *arguments, "--at", AT, *output)
        assert (result.exit_code, result.stderr) == (exit_code, "")
        assert verdict in result.stdout


def test_what_was_known_earlier_decides_when_it_is_asked_for(coverline):
    asked = ("check", "FAX-1", "--at", "2025-11-10T10:00:00Z", "--json")
    assert json.loads(coverline(*asked).stdout)["plan"]["code"] == "GOLD"
    before = coverline(*asked, "--known-at", "2025-09-01T00:00:00Z")
    assert json.loads(before.stdout)["plan"]["code"] == "BASIC"


def test_json_is_what_the_graphql_type_answers(coverline):
    async def asked() -> dict:
        async with deployed(Settings(), lambda: NOW) as deployment:
            asked = {"license": {"serial": "FAX-2"}, "priority": "P1"}
            return (await ask(deployment, "check", {"input": asked}))["entitlementCheck"]

    with time_machine.travel(NOW, tick=False):
        result = coverline("check", "FAX-2", "--priority", "P1", "--json")
    assert json.loads(result.stdout) == asyncio.run(asked())


def test_people_read_why_and_what_would_help(coverline):
    told = coverline("check", "FAX-2", "--at", AT).stdout
    for part in ("NOT_ENTITLED", "FAX-2", "EXPIRED_RENEWABLE", "R-REN-4", "RENEW", "2026-03-30"):
        assert part in told


def test_people_read_what_is_promised(coverline):
    told = coverline("check", "FAX-1", "--at", AT, "--priority", "P1").stdout
    for part in ("ENTITLED", "Gold", "COMMITTED", "2026-03-11T11:00:00Z"):
        assert part in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["FAX-1", "--at", "yesterday"], "RFC 3339"),
        (["FAX-1", "--at", "2026-03-11"], "RFC 3339"),
        (["FAX-1", "--service", "NOTHING"], "TICKET"),
        (["FAX-1", "--priority", "P9"], "P1"),
        ([], "SERIAL"),
    ],
)
def test_what_cannot_be_asked_is_told_on_standard_error(coverline, arguments, told):
    result = coverline("check", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told.lower() in result.stderr.lower()
    assert "Traceback" not in result.stderr
