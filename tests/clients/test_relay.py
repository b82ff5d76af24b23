"""An application with Relay: its documents compile against the committed SDL, and the server answers them."""

import shutil

from tests.clients.running import FOLDER, node
from tests.schema.test_sdl import COMMITTED


def test_a_list_is_paged_and_its_items_are_fetched_again_by_their_ids(endpoint, tmp_path):
    shutil.copy(FOLDER / "relay" / "Licenses.js", tmp_path)
    shutil.copy(COMMITTED, tmp_path / "schema.graphql")
    assert node("relay.mjs", {**endpoint, "folder": str(tmp_path)}) == {
        "pages": [["FAX-1", "FAX-1-HA"], ["FAX-2"]],
        "license": {"state": "COVERED", "expiresOn": "2026-09-30"},
        "again": {"state": "EXPIRED_RENEWABLE", "expiresOn": "2026-09-30"},
    }
