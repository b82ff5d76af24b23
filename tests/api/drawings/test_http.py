"""Pictures over HTTP and from the command line: forms, languages, whose they are, and what is refused."""

from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from api.commands import app
from schema.scopes import Scope
from schema.store import Viewer, ViewerKind
from tests.ordering import CUSTOMER, PARTNER
from tests.portfolio import client_of

TIMELINE, DELAY = "/pictures/timeline/FAX-1", "/pictures/cost-of-delay/FAX-1"
MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png", "text": "text/plain; charset=utf-8"}
BEGINNINGS = {"svg": b"<?xml", "png": b"\x89PNG", "text": b"Coverage of FAX-1"}


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_a_form_is_named_by_a_parameter_a_suffix_or_the_accept_header(caller, form):
    suffix = {"text": "txt"}.get(form, form)
    by_parameter = caller.get(f"{TIMELINE}?format={form}", headers={"accept": "application/json"})
    by_suffix = caller.get(f"{TIMELINE}.{suffix}", headers={"accept": "application/json"})
    by_header = caller.get(TIMELINE, headers={"accept": MEDIA_TYPES[form].partition(";")[0]})
    assert by_parameter.content == by_suffix.content == by_header.content
    assert by_parameter.content.startswith(BEGINNINGS[form])
    assert by_parameter.headers["content-type"].removesuffix("; charset=utf-8") == MEDIA_TYPES[form].partition(";")[0]
    assert by_parameter.headers["content-disposition"] == f'inline; filename="timeline-FAX-1-2026-03-11.{suffix}"'
    assert by_parameter.headers["cache-control"] == "no-store"
    assert by_parameter.headers["x-content-type-options"] == "nosniff"
    assert by_parameter.headers["content-security-policy"].startswith("default-src 'none'")


def test_who_takes_anything_gets_svg_and_who_takes_none_is_told_which_there_are(caller):
    assert caller.get(TIMELINE).headers["content-type"].startswith("image/svg+xml")
    refused = caller.get(TIMELINE, headers={"accept": "application/pdf"})
    assert refused.status_code == 406
    assert "image/png" in refused.text


def test_a_serial_that_ends_like_a_form_is_asked_for_with_a_form_of_its_own(caller):
    serial = "ODD%2F%3Cb%3E%26.png"
    assert caller.get(f"/pictures/timeline/{serial}?format=svg").status_code == 200
    assert caller.get(f"/pictures/timeline/{serial}.svg").status_code == 200
    assert caller.get(f"/pictures/timeline/{serial}").status_code == 404


@pytest.mark.parametrize(("path", "accept"), [(TIMELINE, "image/png"), (f"{DELAY}?plan=GOLD", "image/svg+xml")])
def test_the_same_question_gives_the_same_bytes(drawn, caller, path, accept):
    with client_of(drawn) as another:
        headers = {"accept": accept}
        assert another.get(path, headers=headers).content == caller.get(path, headers=headers).content


def test_a_png_is_twice_as_large_as_its_drawing_and_shows_letters(caller, tmp_path):
    (tmp_path / "picture.png").write_bytes(caller.get(f"{TIMELINE}.png").content)
    with Image.open(tmp_path / "picture.png") as image:
        assert image.width == 1920
        title = image.convert("L").crop((48, 20, 600, 70))
        assert title.getextrema() == (0, 255)


def test_a_picture_is_told_in_the_language_of_its_account_or_in_the_one_asked_for(caller):
    assert caller.get("/pictures/timeline/FAX-3.txt").text.startswith("Couverture de FAX-3")
    asked = caller.get("/pictures/timeline/FAX-3.txt?language=it-CH")
    assert (asked.text.partition("\n")[0], asked.headers["content-language"]) == ("Copertura di FAX-3", "it")


# ---------------------------------------------------------------- whose they are


@pytest.mark.parametrize("path", [TIMELINE, f"{DELAY}?plan=GOLD"])
def test_without_a_key_there_is_no_picture(drawn, path):
    with client_of(drawn, demo=False) as served:
        assert served.get(path).status_code == 401


UNPRIVILEGED = Viewer(ViewerKind.CUSTOMER, "ACME", scopes=frozenset({Scope.LICENSES_READ}))


@pytest.mark.parametrize(
    ("viewer", "path", "status"),
    [
        (PARTNER, TIMELINE, 200),
        (CUSTOMER, f"{DELAY}?plan=GOLD", 200),
        (CUSTOMER, "/pictures/timeline/FAX-3", 404),
        (CUSTOMER, "/pictures/cost-of-delay/FAX-3?plan=GOLD", 404),
        (UNPRIVILEGED, TIMELINE, 200),
        (UNPRIVILEGED, f"{DELAY}?plan=GOLD", 403),
    ],
)
def test_a_picture_shows_what_its_viewer_may_see(caller, monkeypatch, viewer, path, status):
    async def viewer_of(*_, **__) -> Viewer:
        return viewer

    monkeypatch.setattr("api.auth.viewer_of", viewer_of)
    assert caller.get(path).status_code == status


def test_a_licence_of_others_looks_like_one_that_does_not_exist(caller, monkeypatch):
    missing = caller.get("/pictures/timeline/NONE").json()

    async def viewer_of(*_, **__) -> Viewer:
        return CUSTOMER

    monkeypatch.setattr("api.auth.viewer_of", viewer_of)
    hidden = caller.get("/pictures/timeline/FAX-3").json()
    assert hidden == missing
    assert missing["code"] == "UNKNOWN_LICENSE"


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        (DELAY, 400, "Missing in the query: plan."),
        (f"{TIMELINE}?plan=GOLD", 400, "plan: not in this query"),
        (f"{TIMELINE}?on=2026-01-01&on=2026-01-02", 400, "on: not in this query, or twice"),
        (f"{TIMELINE}?format=gif", 400, "format: one of svg, png, text."),
        (f"{DELAY}?plan=TIN", 422, "no plan TIN"),
        (f"{DELAY}?plan=GOLD&months=twelve", 400, "months"),
        (f"{DELAY}?plan=GOLD&from=2026-01-01&to=2040-01-01", 422, "at most 1100 days"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_a_sentence(caller, path, status, words):
    response = caller.get(path, headers={"accept": "*/*"})
    assert response.status_code == status
    assert words in response.text


# ---------------------------------------------------------------- the command line


@pytest.fixture
def coverline(drawn, monkeypatch):
    monkeypatch.setenv("COVERLINE_DATABASE_URL", drawn.database_url)
    return lambda *arguments: CliRunner().invoke(app, ["picture", *arguments])


def test_the_command_writes_what_the_server_answers(coverline, caller, tmp_path: Path):
    for suffix in ("svg", "png", "txt"):
        file = tmp_path / f"picture.{suffix}"
        made = coverline("timeline", "FAX-1", "--on", "2026-03-11", "--output", str(file))
        assert made.exit_code == 0, made.output
        assert file.read_bytes() == caller.get(f"{TIMELINE}.{suffix}").content


def test_without_a_file_the_rows_are_told(coverline):
    told = coverline("cost-of-delay", "FAX-2", "--plan", "GOLD", "--from", "2026-03-11", "--to", "2026-12-31")
    assert told.exit_code == 0
    assert told.output.startswith("Cost of delay for FAX-2\nGold, 12 months, Digital Fax (FAX), Acme (ACME)\n")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("timeline", "NONE"), 10, "UNKNOWN_LICENSE"),
        (("cost-of-delay", "FAX-1"), 2, "needs --plan"),
        (("timeline", "FAX-1", "--plan", "GOLD"), 2, "has no --plan"),
        (("timeline", "FAX-1", "--output", "x.gif"), 2, "one of .svg, .png, .txt"),
        (("timeline", "FAX-1", "--on", "never"), 2, "A Date is written"),
    ],
)
def test_the_command_says_what_is_wrong(coverline, arguments, code, words):
    told = coverline(*arguments)
    assert (told.exit_code, words in told.output) == (code, True), told.output
