"""`coverline pack` and `coverline verify`: a decision in one file that proves itself, whatever is changed in it."""

import asyncio
import json
import random
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from typer.testing import CliRunner

from api.auth import INTERNAL
from api.commands import app
from api.commands.packs import prove
from api.deployment import deployed
from api.settings import Settings
from api.signatures import SigningKeys, new_key, published, sign
from entitlements import packs
from schema.nodes import Kind, read_id_of
from schema.packs import pack_of
from schema.scopes import READ_SCOPES
from schema.store import Viewer
from tests.builders import GUIDE
from tests.ordering import CUSTOMER, ORDER, Ticking, asked_by, order
from tests.portfolio import NOW, client_of
from tests.recording import *  # noqa: F403 - fixtures are found by their names
from tests.recording import RECORD, recording

ACME = replace(CUSTOMER, key_id="a-key")


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def signed(small, tmp_path, monkeypatch) -> Settings:
    """The portfolio, FAX-2's decision recorded and signed; FAX-2 was renewed since."""
    SigningKeys(tmp_path / "keys").create(NOW)
    settings = small.model_copy(update={"signing_keys": tmp_path / "keys"})
    monkeypatch.setenv("COVERLINE_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("COVERLINE_SIGNING_KEYS", str(settings.signing_keys))
    return settings


@pytest.fixture
def recorded(signed) -> str:
    clock = Ticking()
    id_ = asked_by(signed, ACME, RECORD, clock, input=recording())["recordDecision"]["id"]
    found = asked_by(signed, ACME, ORDER, clock, input=order())["orderRenewal"]
    assert found["__typename"] == "RenewalOrder", found
    return id_


@pytest.fixture
def file(recorded, tmp_path):
    out = tmp_path / "pack.json"
    told = run("pack", recorded, "--out", out)
    assert told.exit_code == 0, told.output
    return out


def test_a_pack_proves_itself_without_a_database(file, monkeypatch, tmp_path):
    monkeypatch.setenv("COVERLINE_DATABASE_URL", "sqlite:////nowhere/at/all.db")
    monkeypatch.delenv("COVERLINE_SIGNING_KEYS")
    told = run("verify", file)
    assert told.exit_code == 0, told.output
    assert "fails" not in told.output
    assert "compare them with the signer's" in " ".join(told.output.split())
    assert [line.split()[-1] for line in told.output.splitlines() if line.startswith("holds")] == [
        "hashes", "edition", "replay", "clauses", "now", "token", "seal",
    ]  # fmt: skip


def test_a_pack_is_proven_by_the_signers_own_keys_and_by_no_others(file, tmp_path):
    own, other = tmp_path / "jwks.json", tmp_path / "other.json"
    own.write_text(run("signing-keys", "jwks").stdout)
    other.write_text(json.dumps(published([new_key()])))
    assert run("verify", file, "--key", own).exit_code == 0
    told = run("verify", file, "--key", other)
    assert told.exit_code == 10
    assert "its key" in told.output
    pem = tmp_path / "key.pem"
    [key] = SigningKeys(tmp_path / "keys").public
    pem.write_bytes(key.as_pem(private=False))
    assert run("verify", file, "--key", pem).exit_code == 0


def test_a_pack_tells_what_was_known_then_and_now_and_who_recorded_what(file):
    packed = json.loads(file.read_text())
    assert json.loads(packed["record"]["result"])["verdict"] == "NOT_ENTITLED"
    assert packed["now"]["verdict"] == "ENTITLED"
    assert any("PO-1" in one for one in packed["now"]["facts_changed"])
    assert [(one.get("mutation"), one.get("by")) for one in packed["changes"]] == [
        (None, None), ("recordDecision", "customer:ACME"), ("orderRenewal", "customer:ACME"),
    ]  # fmt: skip
    assert packed["changes"][-1]["key_id"] == "a-key"
    assert [clause["rule"] for clause in packed["clauses"]]
    assert packed["keys"]["keys"][0]["kid"]
    assert "Acme" not in file.read_text()


def test_old_packs_stay_proven_after_the_keys_were_rotated(file, recorded, signed, tmp_path):
    SigningKeys(signed.signing_keys).rotate(NOW.replace(year=2027))
    own, again = tmp_path / "jwks.json", tmp_path / "again.json"
    own.write_text(run("signing-keys", "jwks").stdout)
    run("pack", recorded, "--out", again)
    assert [run("verify", one, "--key", own).exit_code for one in (file, again)] == [0, 0]


def places(told: Any, path: tuple = ()) -> list[tuple]:
    """Every value without parts in a pack, by where it stands."""
    if isinstance(told, dict):
        return [one for name, part in told.items() for one in places(part, (*path, name))]
    if isinstance(told, list):
        return [one for number, part in enumerate(told) for one in places(part, (*path, number))]
    return [path]


def changed(packed: dict, path: tuple, change: Callable[[Any], Any]) -> dict:
    copy = json.loads(json.dumps(packed))
    within = copy
    for step in path[:-1]:
        within = within[step]
    within[path[-1]] = change(within[path[-1]])
    return copy


def altered(chance: random.Random) -> Callable[[Any], Any]:
    def alter(value: Any) -> Any:
        if isinstance(value, str) and value:
            at = chance.randrange(len(value))
            return value[:at] + ("x" if value[at] != "x" else "y") + value[at + 1 :]
        return "something" if value != "something" else None

    return alter


@pytest.mark.parametrize("count", [25, pytest.param(500, marks=pytest.mark.long)])
def test_whatever_is_altered_in_a_pack_is_found(file, tmp_path, count):
    packed, chance = json.loads(file.read_text()), random.Random(7)  # noqa: S311 - nobody need not guess it
    everywhere = places(packed)
    named = [path for path in everywhere if path[0] != "edition"]
    for path in [*named[:count], *chance.sample(everywhere, min(count, len(everywhere)))]:
        file.write_text(json.dumps(changed(packed, path, altered(chance))))
        told = run("verify", file)
        assert told.exit_code == 10, path
        assert "fails" in told.output or "is no dispute pack" in told.output, path


def test_what_fails_is_named(file):
    packed = json.loads(file.read_text())
    forged = packed["record"]["facts"].replace("2024-12-01", "2025-12-01")
    file.write_text(json.dumps(packed | {"record": packed["record"] | {"facts": forged}}))
    told = " ".join(run("verify", file).output.split())
    assert "fails hashes facts: the text has the sha256" in told
    assert 'verdict: "NOT_ENTITLED", now "ENTITLED"' in told
    assert "fails token" in told
    assert "the pack is not the one that was sealed" in told


def test_a_seal_of_another_pack_seals_nothing(file, tmp_path):
    """Whoever holds a key may sign what they like; under the signer's own keys it proves nothing."""
    own = tmp_path / "jwks.json"
    own.write_text(run("signing-keys", "jwks").stdout)
    packed, mine = json.loads(file.read_text()), new_key()
    packed["changes"] = []
    packed["keys"] = published([mine])
    packed["seal"] = sign({"pack": "0" * 64, "jti": packed["record"]["id"]}, mine)
    file.write_text(json.dumps(packed))
    assert run("verify", file).exit_code == 10
    assert run("verify", file, "--key", own).exit_code == 10


def test_a_pack_that_nobody_signed_is_not_proven(small, tmp_path, monkeypatch):
    monkeypatch.setenv("COVERLINE_DATABASE_URL", small.database_url)
    id_ = asked_by(small, INTERNAL, RECORD, Ticking(), input=recording())["recordDecision"]["id"]
    out = tmp_path / "pack.json"
    assert run("pack", id_, "--out", out).exit_code == 0
    told = run("verify", out)
    assert told.exit_code == 10
    assert told.output.count("nothing but the file itself says who made it") == 2


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "{}", '{"format": "coverline-dispute-pack/1"}', "[" * 100_000, '{"a": 1.5}', "\xff"]
)
def test_a_file_that_is_no_pack_is_refused_in_a_sentence(tmp_path, text):
    file = tmp_path / "pack.json"
    file.write_bytes(text.encode("latin-1"))
    told = run("verify", file)
    assert told.exit_code == 10
    assert "Traceback" not in told.output + told.stderr
    assert told.output + told.stderr


def test_a_file_that_is_not_there_and_a_record_that_is_not_there_are_bad_input(signed, tmp_path):
    assert run("verify", tmp_path / "none.json").exit_code == 2
    assert run("pack", "nothing").exit_code == 2


# ---------------------------------------------------------------- over HTTP


def test_a_pack_is_served_to_whoever_may_see_the_record(recorded, signed, tmp_path):
    async def key() -> str:
        async with deployed(signed) as deployment:
            _, text = await deployment.keys.create(INTERNAL, READ_SCOPES, NOW)
            return text

    bearer = {"Authorization": f"Bearer {asyncio.run(key())}"}
    file = tmp_path / "served.json"
    with client_of(signed, demo=False) as caller:
        path = f"/records/{recorded}/pack"
        answer = caller.get(path, headers=bearer)
        assert answer.status_code == 200
        assert answer.headers["content-disposition"].startswith("attachment")
        file.write_bytes(answer.content)
        assert run("verify", file).exit_code == 0
        assert caller.get(path).status_code == 401
        for unknown in ("nothing", recorded[:-1], "%00", "../../etc"):
            assert caller.get(f"/records/{unknown}/pack", headers=bearer).status_code == 404
        assert caller.post(path, headers=bearer).status_code == 405


def test_the_owners_pack_holds_no_key_ids(recorded, signed):
    id_ = read_id_of(Kind.DECISION_RECORD, recorded)
    assert id_ is not None

    async def packed(viewer: Viewer) -> dict | None:
        async with deployed(signed, Ticking(NOW.replace(hour=12))) as deployment:
            return await pack_of(deployment.context(viewer), id_, {"keys": []})

    assert "a-key" in json.dumps(asyncio.run(packed(INTERNAL)))
    assert "a-key" not in json.dumps(asyncio.run(packed(ACME)))
    assert asyncio.run(packed(replace(CUSTOMER, account="BETA"))) is None


ODD = (None, True, 0, -1, 10**30, "", "x", "\0", [], {}, [[]], {"": None}, {"keys": [None]}, {"keys": 3})


@pytest.mark.parametrize("count", [150, pytest.param(3000, marks=pytest.mark.long)])
def test_a_pack_of_any_other_shape_is_refused_and_never_a_fault(file, count, monkeypatch):
    """Something odd in place of any part, within the kept texts too; nothing but findings comes of it."""
    packed, chance = json.loads(file.read_text()), random.Random(5)  # noqa: S311 - nobody need not guess it
    keys = json.dumps(packed["keys"])
    monkeypatch.setattr(packs, "guide_from", lambda _: GUIDE)  # its digest is compared before; building it takes long
    for number in range(count):
        copy = json.loads(json.dumps(packed))
        within = copy
        if number % 2:
            name = chance.choice(["request", "facts", "policy", "result"])
            inner = json.loads(copy["record"][name])
            spoil(inner, chance)
            copy["record"][name] = json.dumps(inner)
            copy["record"]["hashes"][name] = sha256(copy["record"][name].encode()).hexdigest()
        else:
            spoil(within, chance)
        found = prove(copy, keys)
        assert any(one.problems for one in found)


def spoil(told: Any, chance: random.Random) -> None:
    """Puts something odd somewhere into what JSON holds."""
    while True:
        steps = list(told) if isinstance(told, dict) else list(range(len(told)))
        step = chance.choice(steps)
        part = told[step]
        if chance.random() < 0.3 or not isinstance(part, dict | list) or not part:
            told[step] = chance.choice(ODD)
            return
        told = part
