"""Timelines: what each tells in rows, and that the drawing says the same in black and white."""

from xml.etree import ElementTree as ET

import pytest

from api.operations import operation
from tests.api.drawings.conftest import TURNED

SVG = "{http://www.w3.org/2000/svg}"


def rows(caller, serial: str, **parameters) -> list[tuple[str, ...]]:
    """The rows of the text form, beneath the title, the subtitle and the headings."""
    response = caller.get(f"/pictures/timeline/{serial}", params={"format": "text", "language": "en", **parameters})
    assert response.status_code == 200, response.text
    return [tuple(part.strip() for part in line.split("  ") if part.strip()) for line in response.text.splitlines()[4:]]


def drawing(caller, serial: str, **parameters) -> ET.Element:
    response = caller.get(f"/pictures/timeline/{serial}.svg", params=parameters)
    assert response.status_code == 200, response.text
    return ET.fromstring(response.content)  # noqa: S314 - made by the project


def words(root: ET.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def test_each_stretch_is_told_by_its_days_and_what_holds_on_them(caller):
    """FAX-1: a year from 2025-06-01, Gold from October to the end of September; 120 days on it is 2027-01-28."""
    of_base = [row for row in rows(caller, "FAX-1") if row[0] == "FAX-1"]
    assert of_base == [
        ("FAX-1", "to 31 May 2025", "not started"),
        ("FAX-1", "1 June 2025 to 30 September 2025", "Basic, included first term"),
        ("FAX-1", "1 October 2025 to 30 September 2026", "Gold"),
        (
            "FAX-1",
            "1 October 2026 to 28 January 2027",
            "not covered; a renewal ordered by 28 January 2027 is without a late fee",
        ),
        ("FAX-1", "from 29 January 2027", "not covered, a renewal is late"),
    ]


def test_dependents_stand_under_their_base_from_their_own_start(caller):
    assert [row for row in rows(caller, "FAX-1") if row[0] == "FAX-1-HA"] == [
        ("FAX-1-HA", "to 30 June 2025", "not started"),
        ("FAX-1-HA", "1 July 2025 to 30 September 2025", "Basic"),
        ("FAX-1-HA", "1 October 2025 to 30 September 2026", "Gold"),
        ("FAX-1-HA", "from 1 October 2026", "the base is not covered"),
    ]


def test_a_dependent_is_shown_with_its_base_alone(caller):
    assert {row[0] for row in rows(caller, "FAX-9-HA-01")} == {"FAX-9", "FAX-9-HA-01"}


def test_end_of_support_cuts_what_is_covered_and_leaves_nothing_to_renew(caller):
    assert [row[1:] for row in rows(caller, "OLD-1") if row[0] == "OLD-1"] == [
        ("to 31 December 2023", "not started"),
        ("1 January 2024 to 31 December 2024", "Basic, included first term"),
        ("1 January 2025 to 30 June 2025", "Gold"),
        ("from 1 July 2025", "support has ended"),
    ]
    assert "End of support: 30 June 2025" in words(drawing(caller, "OLD-1"))


def test_what_was_never_activated_has_one_row(caller):
    assert rows(caller, "CALL-1") == [("CALL-1", "always", "not activated")]


def test_it_tells_what_was_known_at_an_instant(caller):
    """The Gold of FAX-1 was recorded on 2025-09-20, its dependent on 2025-07-01."""
    known = rows(caller, "FAX-1", knownAt="2025-06-15T00:00:00Z")
    assert [row[2] for row in known] == [
        "not started",
        "Basic, included first term",
        "not covered; a renewal ordered by 28 September 2026 is without a late fee",
        "not covered, a renewal is late",
    ]


def test_rows_are_what_graphql_answers(caller):
    variables = {"by": {"serial": "FAX-3"}, "on": "2026-03-11"}
    told = caller.post("/graphql", json={"query": operation("timeline"), "variables": variables}).json()["data"]
    stretches = told["license"]["timeline"]
    expected = [(s["from"], s["to"], [p["plan"]["code"] for p in s["periods"]]) for s in stretches]
    assert expected[:3] == [
        ("0001-01-01", "2022-12-31", []),
        ("2023-01-01", "2023-12-31", ["BASIC"]),
        ("2024-01-01", "2026-12-31", ["PLATINUM"]),
    ]
    assert len(rows(caller, "FAX-3")) == len(stretches)
    assert told["license"]["coverage"]["lastFreeOrderDate"] == "2027-04-30"


def test_the_drawing_has_its_rows_as_the_text_alternative(caller):
    root = drawing(caller, "FAX-1", language="en")
    assert root.get("role") == "img"
    assert (root.get("aria-labelledby"), root.get("lang")) == ("title description", "en")
    assert [child.tag for child in root[:2]] == [f"{SVG}title", f"{SVG}desc"]
    assert root[0].text == "Coverage of FAX-1"
    told = (root[1].text or "").splitlines()
    assert told[0] == "Digital Fax (FAX), Acme (ACME)"
    assert told[1:] == [", ".join(row) for row in rows(caller, "FAX-1")]


def test_nothing_is_told_by_colour_and_what_differs_has_another_pattern(caller):
    root = drawing(caller, "FAX-1")
    painted = {value for element in root.iter() for name in ("fill", "stroke") if (value := element.get(name))}
    assert {one for one in painted if not one.startswith("url(")} == {"#000", "#fff", "none"}
    bars = {(one.get("fill"), one.get("stroke-dasharray")) for one in root.iter(f"{SVG}rect") if one.get("stroke")}
    shown = {row[2].partition(";")[0] for row in rows(caller, "FAX-1")} - {"not started"}
    assert len(bars) == len(shown) == 6


def test_marks_are_named_with_their_days(caller):
    assert {one for one in words(drawing(caller, "FAX-1", on="2026-05-01")) if ": " in one} == {
        "Asked day: 1 May 2026",
        "Last order date without a late fee: 28 January 2027",
    }


def test_days_may_be_chosen(caller):
    """From 1 to 30 November 2026: all of it within the days of grace."""
    parameters = {"from": "2026-11-01", "to": "2026-11-30"}
    assert rows(caller, "FAX-1", **parameters)[0] == (
        "FAX-1",
        "1 November 2026 to 30 November 2026",
        "not covered; a renewal ordered by 28 January 2027 is without a late fee",
    )
    bars = [one for one in drawing(caller, "FAX-1", **parameters).iter(f"{SVG}rect") if one.get("height") == "18"]
    assert [(one.get("x"), one.get("width")) for one in bars] == [("24", "912")] * 2


def test_a_long_contract_is_cut_with_a_word_and_its_text_is_whole(caller):
    """51 licences: 40 are drawn."""
    root = drawing(caller, "FAX-9", language="en")
    assert "and 11 more" in words(root)
    assert len({row[0] for row in rows(caller, "FAX-9")}) == 51


def test_names_are_words_and_never_markup(caller):
    root = drawing(caller, "FAX-9")
    assert not list(root.iter(f"{SVG}script"))
    described = root[1].text or ""
    assert "</text><script>alert(1)</script>&amp;" in described
    assert TURNED not in described
    odd = drawing(caller, "ODD%2F%3Cb%3E%26.png")
    assert odd[0].text == "Coverage of ODD/<b>&.png"


def test_arabic_runs_from_the_right(caller):
    root = drawing(caller, "FAX-7")
    assert root.get("lang") == "ar"
    title = next(root.iter(f"{SVG}text"))
    assert (title.get("x"), title.get("text-anchor")) == ("936", "end")
    mirrored = [(round(960 - x - width, 1), width) for x, width in bars(drawing(caller, "FAX-7", language="en"))]
    assert [(round(x, 1), width) for x, width in bars(root)] == mirrored


def bars(root: ET.Element) -> list[tuple[float, float]]:
    found = [one for one in root.iter(f"{SVG}rect") if one.get("height") == "18"]
    return [(float(one.get("x") or 0), float(one.get("width") or 0)) for one in found]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"from": "2026-02-02", "to": "2026-02-01"}, "give two days in order: 2026-02-02 to 2026-02-01 is not"),
        ({"on": "yesterday"}, "A Date is written YYYY-MM-DD, such as 2020-03-01."),
        ({"knownAt": "2030-01-01T00:00:00Z"}, "knownAt: what will be known is not known yet."),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(caller, parameters, message):
    response = caller.get("/pictures/timeline/FAX-1", params=parameters)
    assert response.status_code == 400
    assert response.json()["errors"][0]["message"].startswith(message)
