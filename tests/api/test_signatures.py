"""A signed token proves itself by the public key alone: no bit of it may change, and rotation takes nothing back."""

import base64
import json
import random
import stat
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc.jwk import ECKey, OctKey, OKPKey

from api.signatures import (
    SignatureRefused,
    SigningKeys,
    SigningKeysRefused,
    new_key,
    public_part,
    published,
    read_keys,
    sign,
    verify,
)

CLAIMS = {"verdict": "ENTITLED", "clauses": ["R-COV-1"], "stable_until": None}
KEY = new_key()
NOW = datetime(2026, 3, 11, 10, tzinfo=UTC)


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_a_verifier_needs_the_public_key_alone():
    [public] = read_keys(json.dumps(published([KEY])))
    assert not public.is_private
    assert verify(sign(CLAIMS, KEY), [public]) == CLAIMS


def test_a_token_is_verified_by_any_library_that_knows_ed25519():
    header, payload, signature = sign(CLAIMS, KEY).split(".")
    key = Ed25519PublicKey.from_public_bytes(decoded(public_part(KEY)["x"]))
    key.verify(decoded(signature), f"{header}.{payload}".encode())
    assert json.loads(decoded(header)) == {"alg": "EdDSA", "kid": KEY.thumbprint(), "typ": "coverline-decision+jws"}


def test_the_same_claims_are_the_same_token():
    assert sign(CLAIMS, KEY) == sign(dict(reversed(CLAIMS.items())), KEY)


def test_no_bit_of_a_token_may_change():
    token = sign(CLAIMS, KEY).encode()
    for position in range(len(token) * 8):
        changed = bytearray(token)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises(SignatureRefused):
            verify(changed.decode("latin-1"), [KEY])


def test_a_token_that_is_cut_or_grows_is_refused():
    token = sign(CLAIMS, KEY)
    for other in (token[:-1], token + "A", token + "=", token + "\n", " " + token, "", ".", "..", "a.b.c", token * 2):
        with pytest.raises(SignatureRefused):
            verify(other, [KEY])


def forged(header: dict, payload: dict, signature: str = "") -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, payload))
    return ".".join([*parts, signature])


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "Ed25519"},
        {"alg": "ES256"},
        {"alg": "EdDSA", "crit": ["b64"], "b64": False},
        {"alg": "EdDSA", "jwk": public_part(KEY)},
        {"alg": ["EdDSA"]},
        {},
    ],
)
def test_a_token_of_another_algorithm_or_with_a_key_of_its_own_is_refused(header):
    signature = sign(CLAIMS, KEY).rpartition(".")[2]
    for one in ("", signature):
        with pytest.raises(SignatureRefused):
            verify(forged({"kid": KEY.thumbprint(), **header}, CLAIMS, one), [KEY])


def test_a_token_of_another_key_is_refused_even_under_this_ones_name():
    other = new_key()
    with pytest.raises(SignatureRefused, match="none of those at hand"):
        verify(sign(CLAIMS, other), [KEY])
    header, payload, _ = sign(CLAIMS, KEY).split(".")
    signature = sign(CLAIMS, other).rpartition(".")[2]
    with pytest.raises(SignatureRefused, match="not by the key"):
        verify(f"{header}.{payload}.{signature}", [KEY])


# ---------------------------------------------------------------- keys in a folder


def test_without_keys_nothing_is_signed(tmp_path):
    assert SigningKeys().sign(CLAIMS) is None
    assert SigningKeys(tmp_path / "nowhere").sign(CLAIMS) is None
    with pytest.raises(SigningKeysRefused, match="COVERLINE_SIGNING_KEYS names no folder"):
        SigningKeys().create(NOW)


def test_rotation_keeps_old_tokens_verifiable_and_destroys_the_old_private_half(tmp_path):
    keys, chance = SigningKeys(tmp_path / "keys"), random.Random(1)  # noqa: S311 - nobody need not guess it
    keys.create(NOW)
    tokens = [keys.sign(CLAIMS | {"number": 0})]
    for number in range(1, 6):
        before = keys.active
        keys.rotate(NOW + timedelta(days=number, microseconds=chance.randrange(10**6)))
        assert keys.active is not before
        tokens.append(keys.sign(CLAIMS | {"number": number}))
    public = read_keys(json.dumps(published(keys.public)))
    assert [verify(token, public)["number"] for token in tokens if token] == list(range(6))
    assert [key.is_private for key in keys.public] == [False] * 5 + [True]
    assert all("d" not in part for part in published(keys.public)["keys"])


def test_another_process_signs_with_the_new_key_as_soon_as_it_is_there(tmp_path):
    keys, elsewhere = SigningKeys(tmp_path), SigningKeys(tmp_path)
    assert elsewhere.sign(CLAIMS) is None
    first = keys.create(NOW)
    assert verify(elsewhere.sign(CLAIMS) or "", [first]) == CLAIMS
    second = keys.rotate(NOW + timedelta(days=1))
    assert verify(elsewhere.sign(CLAIMS) or "", [second]) == CLAIMS


def test_key_files_are_for_their_owner_alone(tmp_path):
    SigningKeys(tmp_path / "keys").create(NOW)
    [file] = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_there_is_one_first_key_and_nothing_to_rotate_before_it(tmp_path):
    keys = SigningKeys(tmp_path)
    with pytest.raises(SigningKeysRefused, match="`coverline signing-keys create` makes one"):
        keys.rotate(NOW)
    keys.create(NOW)
    with pytest.raises(SigningKeysRefused, match="rotate"):
        keys.create(NOW)


def test_a_new_key_must_come_last_by_name(tmp_path):
    keys = SigningKeys(tmp_path)
    keys.create(NOW)
    with pytest.raises(SigningKeysRefused, match="would go on signing"):
        keys.rotate(NOW - timedelta(days=1))


def test_a_pem_signs_and_is_retired_as_a_jwk(tmp_path):
    key = OKPKey.generate_key("Ed25519")
    (tmp_path / "2020.pem").write_bytes(key.as_pem(private=True))
    keys = SigningKeys(tmp_path)
    token = keys.sign(CLAIMS) or ""
    keys.rotate(NOW)
    assert verify(token, keys.public) == CLAIMS
    assert not (tmp_path / "2020.pem").exists()
    assert "PRIVATE" not in "".join(file.read_text() for file in tmp_path.iterdir())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        json.dumps({"keys": []}),
        json.dumps(ECKey.generate_key("P-256").as_dict(private=True)),
        json.dumps(OctKey.generate_key(256).as_dict(private=True)),
        json.dumps({"kty": "OKP", "crv": "Ed25519", "x": "short"}),
        OKPKey.generate_key("X25519").as_pem(private=True).decode(),
        "-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n",
    ],
    ids=range(10),
)
def test_a_file_that_holds_no_such_key_is_named(tmp_path, text):
    (tmp_path / "bad.jwk").write_text(text)
    with pytest.raises(SigningKeysRefused, match=r"bad\.jwk cannot be used"):
        SigningKeys(tmp_path).sign(CLAIMS)
