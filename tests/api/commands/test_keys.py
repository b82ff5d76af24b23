"""`coverline keys`: created once, listed without the secret, revoked for good."""

import json

import pytest

from tests.api.commands.conftest import data_of


def test_a_key_is_shown_once(coverline):
    told = data_of(coverline("keys", "create", "--for", "internal", "--json"))
    assert set(told) == {"id", "key"}
    [listed] = data_of(coverline("keys", "list", "--json"))
    assert (listed["id"], listed["for"], listed["revokedAt"]) == (told["id"], "internal", None)
    assert listed["scopes"] == ["entitlements:check", "licenses:read", "billing:read"]
    assert told["key"] not in json.dumps(listed)
    assert told["key"].startswith(listed["prefix"])


def test_people_are_told_the_key_and_what_to_do_with_it(coverline):
    told = coverline("keys", "create", "--for", "internal", "--expires-on", "2999-12-31").stdout
    assert "Authorization: Bearer" in told
    assert "2999-12-31" in " ".join(coverline("keys", "list").stdout.split())


def test_a_key_is_revoked_by_its_id(coverline):
    key = data_of(coverline("keys", "create", "--for", "internal", "--json"))
    assert coverline("keys", "revoke", key["id"]).exit_code == 0
    [listed] = data_of(coverline("keys", "list", "--json"))
    assert listed["revokedAt"] is not None


def test_a_key_does_what_it_was_given_and_nothing_else(coverline):
    scopes = ["--scope", "licenses:write", "--scope", "entitlements:check"]
    coverline("keys", "create", "--for", "internal", *scopes)
    [listed] = data_of(coverline("keys", "list", "--json"))
    assert listed["scopes"] == ["entitlements:check", "licenses:write"]


def test_a_key_is_replaced_by_another_one(coverline):
    first = data_of(coverline("keys", "create", "--for", "internal", "--json"))
    told = data_of(coverline("keys", "rotate", first["id"], "--overlap", "0", "--json"))
    old, new = data_of(coverline("keys", "list", "--json"))
    assert (told["id"], told["replaces"]) == (new["id"], {"id": old["id"], "expiresOn": old["expiresOn"]})
    assert old["expiresOn"] is not None
    assert "holds through" in coverline("keys", "rotate", new["id"]).stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["create", "--for", "nobody"],
        ["create", "--for", "internal=ACME"],
        ["create", "--for", "customer"],
        ["create", "--for", "internal", "--scope", "everything"],
        ["create", "--for", "internal", "--scope", "read"],
        ["create", "--for", "customer=NOBODY"],
        ["rotate", "x"],
        ["rotate", "01890a5d-ac96-774b-bcce-b302099a8057"],
        ["create", "--for", "internal", "--expires-on", "soon"],
        ["create", "--for", "internal", "--expires-on", "2020-01-01"],
        ["revoke", "x"],
        ["revoke", "01890a5d-ac96-774b-bcce-b302099a8057"],
    ],
)
def test_what_cannot_be_done_is_told_with_what_can(coverline, arguments):
    result = coverline("keys", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("coverline: ")
