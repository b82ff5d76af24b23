"""The operator's late-fee policies among the interchange files: one document, checked against the guide as a whole."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from api.interchange.report import Findings
from api.store.recording import Fact
from entitlements.editing.policies import FILE, build_policies
from entitlements.guide import Guide, GuideRefused


def policies_of(folder: Path, guide: Guide, findings: Findings) -> Iterator[Fact]:
    """The folder's policies as a fact to record; none for a missing file, or one with a fault, which is noted."""
    path = folder / FILE
    if not path.exists():
        return
    try:
        text = path.read_bytes().decode("utf-8").removeprefix("\ufeff")
        build_policies(text, guide)
    except OSError as problem:
        findings.refuse(FILE, None, None, f"cannot be read ({problem.strerror}); check its permissions")
    except UnicodeDecodeError:
        findings.refuse(FILE, None, None, "is not UTF-8; save the file as UTF-8 and import it again")
    except GuideRefused as refused:
        for problem in refused.problems:
            entry, _, message = problem.removeprefix(f"{FILE}: ").partition(": ")
            findings.refuse(FILE, None, entry, message)
    else:
        yield Fact({"name": FILE, "text": text, "digest": sha256(text.encode()).hexdigest()})
