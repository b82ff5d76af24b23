"""Looks every package of locked requirements up in a database of known vulnerabilities: `make audit`.

An audit that audited nothing must not look like one that found nothing. pip-audit leaves out, with no more than a
warning, what the database does not know (behind a mirror of packages that is everything), and what is meant for
another platform. Here each line of the lock is asked for, and one that was not answered fails the audit.

    python scripts/audit.py requirements.txt [--osv-url URL]
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PINNED = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*])?==(?P<version>[^\s;\\]+)(?P<marker> *;[^\\\n]*)?", re.MULTILINE
)


def pinned(lock: str) -> set[str]:
    """The packages of a lock, as `name==version`."""
    return {f"{normal(found['name'])}=={found['version']}" for found in PINNED.finditer(lock)}


def everywhere(lock: str) -> str:
    """A lock for all platforms at once: without the conditions under which a package is left out."""
    return PINNED.sub(lambda found: found[0].removesuffix(found["marker"] or "") + " ", lock)


def normal(name: str) -> str:
    """A package's name as packages are compared by."""
    return re.sub(r"[-_.]+", "-", name).lower()


def faults(report: dict[str, Any], expected: Iterable[str]) -> list[str]:
    """What a report of pip-audit says against a lock: vulnerabilities, and packages that were not audited."""
    audited: set[str] = set()
    found: list[str] = []
    for package in report.get("dependencies", []):
        if "skip_reason" in package:
            continue
        named = f"{normal(package['name'])}=={package['version']}"
        audited.add(named)
        for known in package["vulns"]:
            mended = ", ".join(known.get("fix_versions", [])) or "no version yet"
            found.append(f"{named} has {known['id']}, mended in {mended}")
    found += [f"{package} was not audited" for package in sorted(set(expected) - audited)]
    return found or ([] if audited else ["nothing was audited"])


def audit(lock: Path, osv_url: str | None) -> list[str]:
    """The faults of a lock; that the service does not answer is one."""
    text = lock.read_text(encoding="utf-8")
    expected = pinned(text)
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / lock.name
        asked.write_text(everywhere(text), encoding="utf-8")
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(asked), "--require-hashes", "--disable-pip"]
        command += ["--format", "json", "--progress-spinner", "off", "--vulnerability-service", "osv"]
        command += ["--osv-url", osv_url] if osv_url else []
        ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
    try:
        report = json.loads(ran.stdout)
    except ValueError:
        why = next(reversed(ran.stderr.strip().splitlines()), "it said nothing")
        return [f"none of {len(expected)} packages was audited: {why}"]
    return faults(report, expected)


def main() -> int:
    """Audit each lock; 1 when one has a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("locks", nargs="+", type=Path, metavar="LOCK")
    parser.add_argument("--osv-url", help="another service that speaks as osv.dev does")
    given = parser.parse_args()
    failed = False
    for lock in given.locks:
        found = audit(lock, given.osv_url)
        failed = failed or bool(found)
        print(*(f"{lock.name}: {fault}" for fault in found), sep="\n", end="\n" if found else "")
        if not found:
            print(f"{lock.name}: {len(pinned(lock.read_text(encoding='utf-8')))} packages, none with a known fault")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
