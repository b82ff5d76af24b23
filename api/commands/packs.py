"""`coverline pack` and `coverline verify`: a recorded decision in one file, and the proof of such a file offline."""

import json
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from rich.markup import escape

from api.auth import INTERNAL
from api.commands.failures import BAD_INPUT, Failure
from api.commands.running import console, run, running
from api.signatures import SignatureRefused, SigningKeysRefused, published, read_keys
from api.signatures import verify as verified
from entitlements import packs
from entitlements.canonical import Unreadable, told_in
from entitlements.packs import Checked
from schema.nodes import Kind, read_id_of
from schema.packs import pack_of

NOT_PROVEN = 10
LARGEST = 64 * 1024 * 1024


def pack(
    id_: Annotated[str, typer.Argument(metavar="ID", help="The record's id, as recordDecision answered it.")],
    *,
    out: Annotated[Path | None, typer.Option(help="The file to write; standard output when left out.")] = None,
) -> None:
    """Put a recorded decision and all that it rests on into one file, which `coverline verify` proves offline."""
    known = read_id_of(Kind.DECISION_RECORD, id_)

    async def work() -> dict[str, Any] | None:
        async with running() as deployment:
            context = deployment.context(INTERNAL)
            return await pack_of(context, known, published(deployment.signing.public)) if known else None

    packed = run(work())
    if packed is None:
        raise Failure(f"there is no record {id_}; give the id that recordDecision answered.", BAD_INPUT)
    text = json.dumps(packed, indent=1, sort_keys=True)
    if out is None:
        typer.echo(text)
    else:
        out.write_text(text + "\n", encoding="utf-8")
        console().print(f"{escape(str(out))} holds the decision; `coverline verify {escape(str(out))}` proves it.")


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A dispute pack.")],
    *,
    key: Annotated[
        Path | None, typer.Option(help="The signer's public keys: its /.well-known/jwks.json, a JWK or a PEM.")
    ] = None,
) -> None:
    """Prove a dispute pack, offline, without a database. Exit code 0 when all of it holds, 10 when anything fails."""
    packed = _read(file)
    keys = packed.get("keys") if key is None else _text(key)
    found = prove(packed, keys if isinstance(keys, str) else json.dumps(keys))
    for one in found:
        mark = "[red]fails[/]" if one.problems else "[green]holds[/]"
        console().print(f"{mark}  {one.what}")
        for problem in one.problems:
            console().print(f"       {escape(problem)}")
    if any(one.problems for one in found):
        raise typer.Exit(NOT_PROVEN)
    if key is None:
        console().print(
            "The keys are those in the file itself. Whose they are it cannot prove: compare them with the signer's "
            "own, or give those by --key."
        )


def prove(packed: dict[str, Any], keys: str) -> list[Checked]:
    """Everything that a pack proves or fails to, its signatures by these keys."""
    found: list[Checked] = []
    said = {name: _said(name, packed, keys, found) for name in ("token", "seal")}
    try:
        return [*found, *packs.checked(packed, **said)]
    except (Unreadable, RecursionError) as problem:
        return [*found, Checked("pack", (str(problem),))]


def _said(name: str, packed: dict[str, Any], keys: str, found: list[Checked]) -> dict[str, Any] | None:
    """What a signed part says; what is wrong with it goes to what was found."""
    token = packed.get(name)
    if not isinstance(token, str):
        found.append(Checked(name, ("there is none: nothing but the file itself says who made it",)))
        return None
    try:
        said = verified(token, read_keys(keys))
    except (SignatureRefused, SigningKeysRefused) as problem:
        found.append(Checked(name, (str(problem),)))
        return None
    return said


def _read(file: Path) -> dict[str, Any]:
    try:
        told = told_in(_text(file))
    except Unreadable as problem:
        raise Failure(f"{file} is no dispute pack: {problem}.", NOT_PROVEN) from None
    if not isinstance(told, dict):
        raise Failure(f"{file} is no dispute pack.", NOT_PROVEN)
    return cast("dict[str, Any]", told)


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST:
            raise Failure(f"{file} is larger than any dispute pack.", NOT_PROVEN)
        return file.read_text(encoding="utf-8")
    except OSError as problem:
        raise Failure(f"{file} cannot be read: {problem.strerror}.", BAD_INPUT) from None
    except UnicodeDecodeError:
        raise Failure(f"{file} is no text.", NOT_PROVEN) from None
