"""An application with Relay: its documents compile against the committed SDL, and its runtime asks the server."""

import shutil

from tests.clients.running import FOLDER, node
from tests.schema.test_sdl import COMMITTED


def test_pages_of_a_list_are_joined_and_its_items_are_fetched_again_by_their_ids(endpoint, tmp_path):
    shutil.copy(FOLDER / "relay" / "Licenses.js", tmp_path)
    shutil.copy(COMMITTED, tmp_path / "schema.graphql")
    assert node("relay.mjs", {**endpoint, "folder": str(tmp_path)}) == {
        "sent": ["LicensesQuery", "LicensesNextQuery", "LicensesAgainQuery"],
        "pages": [["FAX-1", "FAX-1-HA"], ["FAX-1", "FAX-1-HA", "FAX-2"]],
        "more": [True, False],
        "license": {"state": "COVERED", "expiresOn": "2026-09-30"},
        "again": {"state": "EXPIRED_RENEWABLE", "expiresOn": "2026-09-30"},
    }
