"""What waiting costs, as rows and as steps."""

from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from api.operations import operation

SVG = "{http://www.w3.org/2000/svg}"
DAYS = {"from": "2026-03-11", "to": "2027-12-31"}


def rows(caller, serial: str, **parameters) -> list[list[str]]:
    asked = {"format": "text", "language": "en", "plan": "GOLD", **DAYS, **parameters}
    response = caller.get(f"/pictures/cost-of-delay/{serial}", params=asked)
    assert response.status_code == 200, response.text
    return [[part.strip() for part in line.split("  ") if part.strip()] for line in response.text.splitlines()[4:]]


def test_each_stretch_is_told_with_its_total(caller):
    """FAX-2 expired on 2025-11-30: 120 days on it is 2026-03-30. Gold is 1,000.00, a started year a tenth of it."""
    assert rows(caller, "FAX-2") == [
        ["11 March 2026 to 30 March 2026", "continuous: within the days of grace", "€1,000.00"],
        ["31 March 2026 to 30 November 2026", "late, started years: 1", "€1,100.00"],
        ["1 December 2026 to 30 November 2027", "late, started years: 2", "€1,200.00"],
        ["1 December 2027 to 31 December 2027", "late, started years: 3", "€1,300.00"],
    ]


def test_order_dates_that_are_refused_are_told_between_the_others(caller):
    """FAX-2 starts on 2024-12-01; before that there is nothing to renew."""
    assert rows(caller, "FAX-2", **{"from": "2024-11-01", "to": "2024-12-31"}) == [
        ["1 November 2024 to 30 November 2024", "no renewal can be ordered"],
        ["1 December 2024 to 31 December 2024", "early: before the coverage ends", "€1,000.00"],
    ]


def test_a_price_that_is_not_configured_is_said(caller):
    told = rows(caller, "FAX-2", months="24")
    assert {row[-1] for row in told} == {"not configured"}


def test_rows_are_the_points_that_graphql_answers(caller):
    asked = {"license": {"serial": "FAX-2"}, "plan": "GOLD", "months": 12, **DAYS}
    answer = caller.post("/graphql", json={"query": operation("cost_of_delay"), "variables": {"input": asked}}).json()
    totals = [Decimal(point["total"]["amount"]) for point in answer["data"]["costOfDelay"]["points"]]
    assert totals == [Decimal(row[-1].lstrip("€").replace(",", "")) for row in rows(caller, "FAX-2")]


def test_what_was_known_is_what_is_quoted(caller):
    """FAX-1 had no Gold before 2025-09-20: its included year ended on 2026-05-31, and 120 days on it is 2026-09-28."""
    told = rows(caller, "FAX-1", knownAt="2025-09-01T00:00:00Z", **{"from": "2026-09-28", "to": "2026-09-29"})
    assert [row[1] for row in told] == ["continuous: within the days of grace", "late, started years: 1"]


def test_steps_are_as_high_as_their_totals_and_as_wide_as_their_days(caller):
    """1,300.00 is the highest, 220 units; 1,000.00 is 169.23. 661 days take 912 units, so 20 of them 27.59."""
    asked = {"plan": "GOLD", "language": "en", **DAYS}
    root = ET.fromstring(caller.get("/pictures/cost-of-delay/FAX-2.svg", params=asked).content)  # noqa: S314 - our own
    steps = [one for one in root.iter(f"{SVG}rect") if one.get("stroke") and one.get("height") != "12"]
    assert [one.get("height") for one in steps] == ["169.23", "186.15", "203.08", "220"]
    assert (steps[0].get("x"), steps[0].get("width")) == ("24", "27.59")
    assert [one.get("fill") for one in steps] == ["url(#rising)", "url(#grid)", "url(#grid)", "url(#grid)"]
    words = [one.text for one in root.iter(f"{SVG}text")]
    assert [one for one in words if one and one.isdecimal()] == ["1", "2", "3", "4", "1", "2", "3", "4"]
    assert any(one and one.startswith("11 March 2026 to 30 March 2026, continuous") for one in words)


@pytest.mark.parametrize(("path", "title"), [("FAX-1", "Cost of delay for FAX-1"), ("FAX-7", "تكلفة التأخير")])
def test_it_has_a_text_alternative_in_its_language(caller, path, title):
    root = ET.fromstring(caller.get(f"/pictures/cost-of-delay/{path}.svg?plan=GOLD").content)  # noqa: S314 - our own
    assert (root[0].text or "").startswith(title)
    assert len((root[1].text or "").splitlines()) > 1
