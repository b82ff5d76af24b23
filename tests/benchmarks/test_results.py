from xml.etree import ElementTree as ET

import pytest

from tests.benchmarks import results
from tests.benchmarks.made_up import figures
from tests.benchmarks.printing import figured

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def folder(tmp_path):
    results.write(figures(), tmp_path)
    return tmp_path


def cells(folder, first: str) -> list[str]:
    """The line of a table that begins with a cell."""
    text = (folder / results.FILE).read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith(f"| {first} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_every_target_is_told_with_what_was_measured_and_whether_that_reaches_it(folder):
    assert cells(folder, "check, SQLite, to the same work without GraphQL")[1:] == ["≥ 0.85", "0.90", "yes"]
    assert cells(folder, "check, SQLite, to mercurius + jit")[1:] == ["≥ 1.1", "1.05", "no"]
    assert cells(folder, "check, SQLite, 16 connections, p99 to p50")[1:] == ["≤ 4", "3.00", "yes"]
    assert cells(folder, "check, PostgreSQL, to mercurius + jit")[1:] == ["≥ 1.3", "–", "not measured"]


def test_a_server_is_told_beside_coverline_and_beside_the_floor(folder):
    told = dict(zip(results.COMPARED, cells(folder, "graphene, cached"), strict=True))
    # 250 µs are 2.5 times coverline's 100 and ten times the constant's 25.
    assert (told["CPU, µs"], told["× coverline"], told["× constant"]) == ("250", "2.5", "10")
    assert (told["p50, ms"], told["p99, ms"], told["p99/p50"], told["MiB"]) == ("1.00", "3.00", "3.00", "50")
    assert told["DB, µs"] == "–"  # of SQLite: the server's own


def test_growth_is_told_by_size_with_its_exponent_at_the_largest(folder):
    told = dict(zip(results.GROWN, cells(folder, "1,000,000"), strict=True))
    assert (told["CPU, µs"], told["Exponent"]) == ("130", "0.03")
    assert cells(folder, "1,000")[-1] == "–"


def test_the_file_names_what_the_run_ran_on_and_every_picture_that_is_there(folder):
    text = (folder / results.FILE).read_text(encoding="utf-8")
    assert "- Machine: none" in text
    assert "in 0.60 s" in text
    drawn = sorted(file.name for file in (folder / results.PICTURES).iterdir())
    assert drawn == ["growth-memory.svg", "growth-processor.svg", "ratios-sqlite.svg"]
    assert all(f"({results.PICTURES}/{name})" in text for name in drawn)


def test_every_picture_is_well_formed_follows_a_dark_page_and_keeps_within_its_frame(folder):
    for file in (folder / results.PICTURES).iterdir():
        root = ET.parse(file).getroot()  # noqa: S314 - of our own making
        _, _, width, height = map(float, root.attrib["viewBox"].split())
        assert "prefers-color-scheme: dark" in file.read_text(encoding="utf-8")
        for shape in root.iter():
            places = {name: float(value) for name, value in shape.attrib.items() if name in {"x", "x2", "cx"}}
            assert all(0 <= place <= width for place in places.values()), (file.name, shape.attrib)
            levels = {name: float(value) for name, value in shape.attrib.items() if name in {"y", "y2", "cy"}}
            assert all(0 <= level <= height for level in levels.values()), (file.name, shape.attrib)


def test_a_tenth_and_ten_times_are_drawn_as_far_from_one(tmp_path):
    drawn = results.pictures.ratios("", [results.pictures.Ratios("", [("a", 0.1), ("ours", 1), ("b", 10)])])
    tenth, one, ten = (float(dot.attrib["cx"]) for dot in ET.fromstring(drawn).iter(f"{SVG}circle"))  # noqa: S314
    assert one - tenth == pytest.approx(ten - one, abs=0.2)
    assert tenth < one


def test_names_of_lines_that_end_together_stand_one_below_another():
    assert list(results.pictures.apart([(100, "b"), (98, "a"), (200, "c")])) == [(98, "a"), (114, "b"), (200, "c")]


def test_figures_are_told_by_three_digits_however_small_or_large_they_are():
    assert [figured(each) for each in (0.00765, 0.667, 1, 12.34, 100.4, 25_301.2)] == [
        "0.00765",
        "0.667",
        "1",
        "12.3",
        "100",
        "25,301",
    ]
