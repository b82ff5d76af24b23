"""`coverline check`: one decision, as the API would answer it."""

import json
from typing import Annotated, Any

import typer

from api.commands.asking import ask
from api.commands.decisions import show
from api.commands.running import console, run, running
from entitlements.parameters import Priority
from entitlements.requests import Cause, Channel, Requester, Service

NOT_ENTITLED, UNKNOWN = 10, 11


def check(
    serial: Annotated[str, typer.Argument(metavar="SERIAL", help="The licence's serial.")],
    *,
    at: Annotated[
        str | None, typer.Option(help="The instant support is asked for, RFC 3339; now when left out.")
    ] = None,
    known_at: Annotated[str | None, typer.Option(help="Answer from what had been recorded by this instant.")] = None,
    service: Annotated[Service, typer.Option(case_sensitive=False)] = Service.TICKET,
    channel: Annotated[Channel, typer.Option(case_sensitive=False)] = Channel.ONLINE,
    priority: Annotated[Priority | None, typer.Option(case_sensitive=False)] = None,
    requester: Annotated[Requester, typer.Option(case_sensitive=False)] = Requester.ADMINISTRATOR,
    language: Annotated[str | None, typer.Option(help="BCP 47, such as fr.")] = None,
    theater: Annotated[str | None, typer.Option(help="A theater's code; the account's own when left out.")] = None,
    installed_release: Annotated[
        str | None, typer.Option(help="The release in use; the recorded one when left out.")
    ] = None,
    release: Annotated[str | None, typer.Option(help="The release that FEATURE_RELEASE asks for.")] = None,
    cause: Annotated[list[Cause] | None, typer.Option(case_sensitive=False, help="May be given several times.")] = None,
    vendor_agreed: Annotated[bool, typer.Option("--vendor-agreed", help="The vendor has agreed explicitly.")] = False,
    pin_verified: Annotated[bool, typer.Option("--pin-verified", help="The on-call PIN was verified.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what the GraphQL type answers.")] = False,
) -> None:
    """May support be given for this licence, and why? Exit code 0 entitled, 10 not entitled, 11 unknown."""
    optional = {
        "at": at,
        "knownAt": known_at,
        "priority": priority,
        "language": language,
        "theater": theater,
        "installedRelease": installed_release,
        "release": release,
    }
    asked: dict[str, Any] = {
        "license": {"serial": serial},
        "service": service.value,
        "channel": channel.value,
        "requester": requester.value,
        "causes": [one.value for one in cause or []],
        "vendorAgreed": vendor_agreed,
        "pinVerified": pin_verified,
        **{name: value for name, value in optional.items() if value is not None},
    }
    decision = run(decided(asked))
    if as_json:
        typer.echo(json.dumps(decision, indent=2, ensure_ascii=False))
    else:
        show(console(), serial, decision)
    raise typer.Exit(exit_code(decision))


async def decided(asked: dict[str, Any]) -> dict[str, Any]:
    """The decision on one question, by the database of the environment."""
    async with running() as deployment:
        return (await ask(deployment, "check", {"input": asked}))["entitlementCheck"]


def exit_code(decision: dict[str, Any]) -> int:
    """The exit code that tells a script the verdict."""
    if decision["entitled"]:
        return 0
    return UNKNOWN if decision["verdict"] == "UNKNOWN" else NOT_ENTITLED
