"""The packages of JavaScript: any registry may serve them, what comes is proved, and none may run anything."""

import json

from tests.clients.running import FOLDER

LOCKED = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))["packages"]


def test_the_lock_file_names_no_registry_and_proves_every_package():
    packages = {name: package for name, package in LOCKED.items() if name}
    assert packages
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if not package.get("integrity", "").startswith("sha512-")] == []


def test_every_package_is_asked_for_in_one_version():
    wanted = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert wanted == {name: LOCKED[f"node_modules/{name}"]["version"] for name in wanted}


def test_no_package_is_let_run_anything_to_be_installed():
    assert "ignore-scripts=true" in (FOLDER / ".npmrc").read_text(encoding="utf-8").splitlines()
