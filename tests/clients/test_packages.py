"""The packages of JavaScript: any registry may serve them, what comes is proved, and none may run anything."""

import json

import pytest

from tests.benchmarks.servers import PEERS
from tests.clients.running import FOLDER

pytestmark = pytest.mark.parametrize("folder", [FOLDER, PEERS])


def read(folder, name):
    return json.loads((folder / name).read_text(encoding="utf-8"))


def test_the_lock_file_names_no_registry_and_proves_every_package(folder):
    packages = {name: package for name, package in read(folder, "package-lock.json")["packages"].items() if name}
    assert packages
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if not package.get("integrity", "").startswith("sha512-")] == []


def test_every_package_is_asked_for_in_one_version(folder):
    locked, package = read(folder, "package-lock.json")["packages"], read(folder, "package.json")
    wanted = package["dependencies"] | package.get("devDependencies", {})
    assert wanted == {name: locked[f"node_modules/{name}"]["version"] for name in wanted}


def test_no_package_is_let_run_anything_to_be_installed(folder):
    assert "ignore-scripts=true" in (folder / ".npmrc").read_text(encoding="utf-8").splitlines()
