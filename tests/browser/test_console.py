"""The console in a real Chromium: by the keyboard alone, without a fault that a browser or axe-core would tell."""

from itertools import product
from pathlib import Path

import pytest

from schema.languages import LANGUAGES
from tests.clients.running import node

FOLDER = Path(__file__).parent
MINUTES = 30 * 60
PAGES = {
    "desk": "/console",
    "no": "/console?serial=FAX-2",
    "yes": "/console?serial=FAX-1&channel=PHONE&priority=P1",
    "search": "/console?serial=acme",
    "licences": "/console/licenses",
    "licence": "/console/licenses/FAX-2?plan=GOLD",
    "renewals": "/console/portfolio/renewals?from=2026-01-01&to=2026-12-31&group=2026-09",
    "gaps": "/console/portfolio/gaps?from=2025-01-01&to=2026-12-31",
    "end-of-support": "/console/portfolio/end-of-support?from=2030-01-01&to=2030-12-31",
    "late-fees": "/console/portfolio/late-fees?to=2026-06-01",
    "charges": "/console/portfolio/charges",
    "leakage": "/console/portfolio/leakage",
    "webhooks": "/console/webhooks",
    "webhook": "/console/webhooks/{webhook}",
    "plans": "/console/guide",
    "clauses": "/console/guide/clauses",
    "conflicts": "/console/guide/conflicts",
    "graphiql": "/console/graphiql",
    "sign-in": "/console/sign-in",
}
WITHOUT = {"graphiql": ["#graphiql"]}
"""What of a page is a library's own: how readable GraphiQL is, is its publishers' to mend."""
LOOKS = [
    {"language": language, "theme": theme, "width": width}
    for language, theme, width in product(LANGUAGES, ("light", "dark"), ("desktop", "phone"))
]


@pytest.mark.parametrize("scripts", [True, pytest.param(False, marks=pytest.mark.long)])
def test_the_main_path_of_each_page_goes_by_the_keyboard_alone_and_needs_no_script(production, pictures, scripts):
    folder = pictures / ("main-paths" if scripts else "without-scripts")
    given = {**production, "folder": str(folder), "scripts": scripts}
    steps = node("main_paths.mjs", given, FOLDER, 120)
    assert {step["name"]: step["wrong"] for step in steps if step["wrong"]} == {}
    told = {step["name"]: step["seen"] for step in steps}
    assert told["desk-no"] == ["No", "EXPIRED_RENEWABLE"]
    assert told["record"][0] == "R-REN-4"
    assert "T-42" in told["record"][1]
    assert told["desk-yes"][0] == "Yes: open the ticket"
    assert told["desk-yes"][1].endswith("Europe/Rome")
    assert told["desk-yes"][2] == scripts, "the agent's own clock is shown beside it"
    assert told["licence"][0] == "FAX-1"
    assert told["portfolio"][1].startswith("FAX-")
    assert told["webhook-refused"][0].startswith("give an https address")
    assert told["webhook-secret"][0].startswith("whsec_")
    assert told["webhook"] == ["https://hooks.example.com/a", "Paused"]
    assert told["guide"] == ["Conflicts"]
    assert told["arabic"][0] == "rtl"
    assert told["signed-out"] == ["Sign in"]


@pytest.mark.long
def test_graphiql_asks_and_is_answered_with_nothing_from_elsewhere(demonstration):
    told = node("graphiql.mjs", demonstration, FOLDER, 120)
    assert "BASIC" in told["answer"]
    assert told["wrong"] == []


@pytest.mark.long
def test_every_page_holds_in_every_language_theme_and_width(demonstration, pictures):
    paths = {name: path.format(**demonstration) for name, path in PAGES.items()}
    pages = [{"name": name, "path": path, "without": WITHOUT.get(name, [])} for name, path in paths.items()]
    given = {**demonstration, "pages": pages, "looks": LOOKS, "folder": str(pictures / "every-page")}
    found = node("every_page.mjs", given, FOLDER, MINUTES)
    assert len(found) == len(LOOKS) * len(PAGES)
    wrong = {
        "-".join(one[name] for name in ("name", "language", "theme", "width")): one["wrong"] or one["status"]
        for one in found
        if one["wrong"] or one["status"] != 200
    }
    assert wrong == {}
    assert {(one["lang"], one["dir"]) for one in found} == {
        (language, "rtl" if language == "ar" else "ltr") for language in LANGUAGES
    }
