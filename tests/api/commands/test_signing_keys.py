"""`coverline signing-keys`: made, listed, rotated, published; never shown."""

import json

import pytest

from api.signatures import SigningKeys, read_keys, verify


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COVERLINE_SIGNING_KEYS", str(tmp_path / "keys"))
    return tmp_path / "keys"


def test_keys_are_made_rotated_and_published_and_old_tokens_stay_good(coverline, folder):
    assert coverline("signing-keys", "create").exit_code == 0
    token = SigningKeys(folder).sign({"verdict": "ENTITLED"}) or ""
    assert coverline("signing-keys", "rotate").exit_code == 0
    published = coverline("signing-keys", "jwks").stdout
    assert verify(token, read_keys(published)) == {"verdict": "ENTITLED"}
    listed = coverline("signing-keys", "list").stdout
    assert [key.thumbprint() in listed for key in read_keys(published)] == [True, True]
    assert listed.count("yes") == 1
    secret = json.loads(max(folder.iterdir()).read_text())["d"]
    assert secret not in listed + published


def test_without_a_folder_it_is_said_which_setting_names_one(coverline):
    told = coverline("signing-keys", "create")
    assert told.exit_code == 2
    assert "COVERLINE_SIGNING_KEYS" in told.stderr


def test_a_second_first_key_is_refused(coverline, folder):
    coverline("signing-keys", "create")
    told = coverline("signing-keys", "create")
    assert (told.exit_code, "rotate" in told.stderr) == (2, True)
