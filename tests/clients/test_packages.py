"""The packages of JavaScript: any registry may serve them, what comes is proved, and none may run anything."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.typed_clients import CLIENTS
from tests.benchmarks.servers import PEERS
from tests.clients.running import FOLDER

FOLDERS = [FOLDER, FOLDER.parent / "browser", CLIENTS / "typescript", PEERS]
pytestmark = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def locked(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]


def test_the_lock_file_names_no_registry_and_proves_every_package(folder):
    packages = {name: package for name, package in locked(folder).items() if name}
    assert packages
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if not package.get("integrity", "").startswith("sha512-")] == []


def test_every_package_is_asked_for_in_one_version(folder):
    package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    wanted = package["dependencies"] | package.get("devDependencies", {})
    assert wanted == {name: locked(folder)[f"node_modules/{name}"]["version"] for name in wanted}


def test_no_package_is_let_run_anything_to_be_installed(folder):
    assert "ignore-scripts=true" in (folder / ".npmrc").read_text(encoding="utf-8").splitlines()
