"""Tokens: one that the issuer signed says who asks; whatever else is sent gets the same refusal."""

import asyncio
import hmac
import json
from datetime import timedelta

import pytest
from pydantic import ValidationError

from api.deployment import deployed
from api.settings import Settings
from api.tokens import LONGEST
from schema.scopes import Scope
from schema.store import Viewer, ViewerKind
from tests import issuing
from tests.issuing import AUDIENCE, CLAIMS, ISSUER, RSA, SECONDS, STRANGER, claims, key_set, packed, signed, token
from tests.portfolio import NOW, client_of

QUERY = {"query": '{ own: license(by: {serial: "FAX-1"}) { serial } other: license(by: {serial: "FAX-3"}) { serial } }'}
KEYS = (issuing.RSA, issuing.SECOND, issuing.WEAK, issuing.ENCRYPTS, issuing.OTHER_ALGORITHM, issuing.WRAPS)


@pytest.fixture(scope="module")
def settings(portfolio, tmp_path_factory):
    file = tmp_path_factory.mktemp("issuer") / "keys.json"
    file.write_bytes(key_set(*KEYS, issuing.EC, issuing.ED))
    update = {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE, "oidc_jwks": str(file)}
    return portfolio.model_copy(update=update)


@pytest.fixture(scope="module")
def served(settings):
    with client_of(settings, demo=False) as client:
        yield client


def ask(served, text: str):
    return served.post("/graphql", json=QUERY, headers={"authorization": f"Bearer {text}"})


def viewer_of(settings, text: str):
    async def finding():
        async with deployed(settings, lambda: NOW) as deployment:
            assert deployment.tokens is not None
            return await deployment.tokens.viewer_of(text, NOW)

    return asyncio.run(finding())


# ---------------------------------------------------------------- tokens that hold


def test_a_token_says_who_asks_and_for_what(served, settings):
    assert ask(served, token()).json()["data"] == {"own": {"serial": "FAX-1"}, "other": None}
    viewer = viewer_of(settings, token())
    assert (viewer.kind, viewer.account) == (ViewerKind.CUSTOMER, "ACME")
    assert viewer.scopes == {Scope.LICENSES_READ, Scope.ENTITLEMENTS_CHECK}


def test_nobodys_name_is_kept_of_a_token(settings):
    first, again, other = (
        viewer_of(settings, token(sub=sub)).key_id for sub in ("ann@x.example", "ann@x.example", "b")
    )
    assert first == again != other
    assert "ann" not in str(first)


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": ["other", AUDIENCE]},
        {"scope": ["licenses:read"]},
        {"iat": SECONDS + 59},
        {"exp": SECONDS - 59},
        {"nbf": SECONDS + 59},
        {"exp": SECONDS + 0.5},
        {"coverline_kind": "internal", "coverline_account": None},
        {"coverline_kind": "partner", "coverline_account": "NORTH"},
        {"header": {"typ": None}},
        {"header": {"typ": "JWT"}},
        {"header": {"typ": "application/AT+JWT"}},
        {"header": {"x5t": "abc"}},
        {"key": issuing.SECOND},
    ],
)
def test_a_good_token_is_let_in(served, changed):
    assert ask(served, token(**changed)).json()["data"]["own"] == {"serial": "FAX-1"}


@pytest.mark.parametrize("key", [issuing.EC, issuing.ED])
def test_the_algorithm_is_the_operators_choice(settings, key):
    algorithm = {"EC": "ES256", "OKP": "Ed25519"}[key.key_type]
    chosen = settings.model_copy(update={"oidc_algorithm": algorithm})
    text = token(key=key, header={"alg": algorithm})
    assert viewer_of(chosen, text).account == "ACME"
    with client_of(settings, demo=False) as client:
        assert ask(client, text).status_code == 401


def test_a_token_permits_what_such_a_viewer_may_be_given_and_no_more(settings):
    text = token(scope="admin billing:write catalog:write licenses:write everything")
    assert viewer_of(settings, text).scopes == {Scope.LICENSES_WRITE}


def test_a_token_without_a_scope_of_this_api_is_let_in_and_may_do_nothing(served):
    answer = ask(served, token(scope="openid profile"))
    assert answer.status_code == 200
    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {"FORBIDDEN"}


def test_keys_go_on_working_beside_tokens(served, settings):
    async def made() -> str:
        async with deployed(settings, lambda: NOW - timedelta(days=1)) as deployment:
            viewer = Viewer(ViewerKind.CUSTOMER, "ACME")
            return (await deployment.keys.create(viewer, [Scope.LICENSES_READ], deployment.clock()))[1]

    assert ask(served, asyncio.run(made())).json()["data"]["own"] == {"serial": "FAX-1"}


# ---------------------------------------------------------------- forgeries


def swapped(text: str, position: int, value: str) -> str:
    parts = text.split(".")
    parts[position] = value
    return ".".join(parts)


def flipped(text: str, position: int) -> str:
    segment = text.split(".")[position]
    middle = len(segment) // 2
    return swapped(text, position, segment[:middle] + ("A" if segment[middle] != "A" else "B") + segment[middle + 1 :])


def with_public_key_as_secret(public: bytes) -> str:
    """The public key taken for the secret of an HMAC: what a verifier falls for that believes the token's algorithm."""
    covered = f"{packed({'alg': 'HS256', 'kid': 'rsa-1', 'typ': 'JWT'})}.{packed(claims())}"
    return f"{covered}.{packed(hmac.digest(public, covered.encode(), 'sha256'))}"


GOOD = token()
STRANGERS = STRANGER.as_dict(private=False)
TWICE = json.dumps(CLAIMS)[:-1].encode()
FORGERIES = {
    "none": swapped(signed(claims(), {"alg": "none", "kid": "rsa-1"}, RSA), 2, ""),
    "none, in capitals": f"{packed({'alg': 'NONE', 'kid': 'rsa-1'})}.{packed(claims())}.",
    "none, with the signature": swapped(GOOD, 0, packed({"alg": "none", "kid": "rsa-1"})),
    "no algorithm": signed(claims(), {"kid": "rsa-1", "typ": "JWT"}),
    "HS256 with the public key as PEM": with_public_key_as_secret(RSA.as_pem(private=False)),
    "HS256 with the public key as DER": with_public_key_as_secret(RSA.as_der(private=False)),
    "HS256 with the public key as JWK": with_public_key_as_secret(json.dumps(RSA.as_dict(private=False)).encode()),
    "another RSA algorithm": token(header={"alg": "PS256"}),
    "a longer hash": token(header={"alg": "RS512"}),
    "another family": token(key=issuing.EC, header={"alg": "ES256"}),
    "the algorithm as a list": swapped(GOOD, 0, packed({"alg": ["RS256"], "kid": "rsa-1"})),
    "signed by a stranger": token(key=STRANGER),
    "signed by another key of the issuer": token(key=issuing.SECOND, header={"kid": "rsa-1"}),
    "an unknown key": token(header={"kid": "rsa-9"}),
    "no name of a key": token(header={"kid": None}),
    "an empty name": token(header={"kid": ""}),
    "the name as a number": token(header={"kid": 1}),
    "the name as a path": token(header={"kid": "../../../../dev/null"}),
    "the name as SQL": token(header={"kid": "x' UNION SELECT 'key"}),
    "a key that is too weak": token(key=issuing.WEAK),
    "a key for encryption": token(key=issuing.ENCRYPTS),
    "a key of another algorithm": token(key=issuing.OTHER_ALGORITHM),
    "a key that does not verify": token(key=issuing.WRAPS),
    "a key brought along": token(key=STRANGER, header={"jwk": STRANGERS}),
    "a key brought along, its own name": token(key=STRANGER, header={"jwk": STRANGERS, "kid": "stranger"}),
    "the address of keys": token(key=STRANGER, header={"jku": "https://evil.example/keys"}),
    "the address of keys, rightly signed": token(header={"jku": "https://evil.example/keys"}),
    "the address of a certificate": token(header={"x5u": "https://evil.example/cert"}),
    "a certificate brought along": token(header={"x5c": ["MIIB"]}),
    "an extension that has to be understood": token(header={"crit": ["exp"], "exp": SECONDS + 9}),
    "an empty list of extensions": token(header={"crit": []}),
    "a payload that is not packed": token(header={"b64": False, "crit": ["b64"]}),
    "a payload that says it is packed": token(header={"b64": True}),
    "a compressed payload": token(header={"zip": "DEF"}),
    "an ID token's notice of logout": token(header={"typ": "logout+jwt"}),
    "a proof of possession": token(header={"typ": "dpop+jwt"}),
    "a type that is none": token(header={"typ": 1}),
    "a header whose member stands twice": signed(claims(), b'{"alg":"none","alg":"RS256","kid":"rsa-1"}'),
    "expired": token(exp=SECONDS - 61),
    "expired at the end of the leeway": token(exp=SECONDS - 60),
    "never expiring": token(exp=None),
    "expiring at no number": token(exp="tomorrow"),
    "expiring at true": token(exp=True),
    "expiring at infinity": signed(json.dumps(claims()).replace(str(SECONDS + 300), "1e999").encode()),
    "expiring at NaN": signed(json.dumps(claims()).replace(str(SECONDS + 300), "NaN").encode()),
    "not yet valid": token(nbf=SECONDS + 61),
    "not before some text": token(nbf="now"),
    "issued in the future": token(iat=SECONDS + 61),
    "issued at no time": token(iat=None),
    "of another issuer": token(iss="https://login.example/other"),
    "of an issuer that begins the same": token(iss=f"{ISSUER}/"),
    "of an issuer in other letters": token(iss=ISSUER.upper()),
    "of two issuers": token(iss=[ISSUER]),
    "of no issuer": token(iss=None),
    "for another audience": token(aud="other"),
    "for other audiences": token(aud=["other", f"{AUDIENCE}x"]),
    "for no audience": token(aud=None),
    "for an empty list": token(aud=[]),
    "for an object": token(aud={AUDIENCE: True}),
    "of nobody": token(sub=None),
    "of somebody without a name": token(sub=""),
    "of a number": token(sub=7),
    "without a kind": token(coverline_kind=None),
    "of another kind": token(coverline_kind="superuser"),
    "of a kind that is a list": token(coverline_kind=["internal"]),
    "of a kind in other letters": token(coverline_kind="Internal"),
    "internal, with an account": token(coverline_kind="internal"),
    "a customer without an account": token(coverline_account=None),
    "a customer of a list of accounts": token(coverline_account=["ACME", "BETA"]),
    "an account with a zero byte": token(coverline_account="ACME\0"),
    "scopes as an object": token(scope={"admin": True}),
    "a claim that stands twice": signed(TWICE + b', "coverline_kind": "internal"}'),
    "an audience that stands twice": signed(TWICE + b', "aud": "coverline"}'),
    "claims that are a list": signed(b'["iss"]'),
    "claims that are no JSON": signed(b"iss=me"),
    "claims that are not UTF-8": signed(b'{"iss": "\xff"}'),
    "claims nested beyond reading": signed(b'{"a":' * 1_100 + b"1" + b"}" * 1_100),
    "the payload changed": flipped(GOOD, 1),
    "the header changed": flipped(GOOD, 0),
    "the signature changed": flipped(GOOD, 2),
    "the claims of another": swapped(GOOD, 1, packed(claims(coverline_account="BETA"))),
    "the signature cut": GOOD[:-4],
    "the signature gone": swapped(GOOD, 2, ""),
    "two segments": GOOD.rpartition(".")[0],
    "one segment": "eyJhbGciOiJSUzI1NiJ9",
    "a fourth segment": f"{GOOD}.x",
    "five segments, as encrypted ones have": f"{GOOD}.x.y",
    "padded": f"{GOOD}==",
    "in another alphabet": GOOD.replace("-", "+").replace("_", "/") + "+/",
    "the header empty": swapped(GOOD, 0, ""),
    "dots alone": "..",
    "huge": token(more="x" * LONGEST),
    "larger than any header": "a" * 60_000,
    "a signature of another make": swapped(GOOD, 2, token(key=issuing.EC, header={"alg": "ES256"}).split(".")[2]),
}


@pytest.mark.parametrize("text", FORGERIES.values(), ids=FORGERIES)
def test_a_forgery_is_refused_without_a_word_of_what_is_wrong_with_it(served, text):
    answer = ask(served, text)
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (401, "UNAUTHENTICATED")
    assert error["message"] == "The token is not valid here. Get a new one from its issuer."
    assert answer.headers["www-authenticate"] == 'Bearer realm="coverline", error="invalid_token"'


def test_the_forgeries_are_forgeries_of_a_token_that_holds(served):
    assert ask(served, GOOD).status_code == 200
    assert len(set(FORGERIES.values())) == len(FORGERIES)
    assert GOOD not in FORGERIES.values()


def test_without_an_issuer_no_token_is_taken(portfolio):
    with client_of(portfolio, demo=False) as client:
        assert ask(client, GOOD).status_code == 401


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize(
    "given",
    [
        {"oidc_issuer": ISSUER},
        {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE},
        {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE, "oidc_jwks": "http://login.example/keys"},
        {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE, "oidc_jwks": "ftp://login.example/keys"},
        {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE, "oidc_jwks": "keys.json", "oidc_algorithm": "HS256"},
        {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE, "oidc_jwks": "keys.json", "oidc_algorithm": "none"},
    ],
)
def test_settings_that_would_take_tokens_unsafely_are_refused(given):
    with pytest.raises(ValidationError, match=r"COVERLINE_OIDC|oidc_algorithm"):
        Settings(**given)
