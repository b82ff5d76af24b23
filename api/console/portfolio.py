"""The portfolio: what billing asks of it, as figures with bars, the rows behind each, and the same as files."""

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, RedirectResponse, Response

from api.console import words
from api.console.asking import Asked
from api.console.exports import MEDIA_TYPES, exported, remove
from api.console.frame import bad_input
from api.console.templates import ROOT
from api.interchange.exports.formats import Format
from api.interchange.exports.reports import QUESTIONS, WITHOUT_CALENDAR, Report, days_of
from entitlements.messages import Message, listed, said
from entitlements.problems import ProblemCode
from schema.store import ViewerKind

PAGE = 20
GROUPED_BY = {
    Report.RENEWALS: "MONTH",
    Report.GAPS: "KIND",
    Report.END_OF_SUPPORT: "PRODUCT",
    Report.LATE_FEES: "KIND",
    Report.CHARGES: "KIND",
    Report.LEAKAGE: "KIND",
}
"""What a report is added up by unless told."""
ALL, NONE = "*", "-"
"""Groups of an address: the report's every row, and the rows that belong to none."""
FULL = 100
"""The length of the longest bar."""


async def first_page(asked: Asked) -> Response:
    """The report that is looked at first."""
    return RedirectResponse(f"{ROOT}/portfolio/{Report.RENEWALS}?{asked.request.url.query}".rstrip("?"), 303)


def reports_of(asked: Asked) -> list[Report]:
    """The reports that a viewer may see, by the order in which they are shown."""
    is_operator = asked.viewer.kind is ViewerKind.INTERNAL
    return [Report(name) for name in words.REPORTS if name != Report.LEAKAGE or is_operator]


async def report(asked: Asked) -> Response:
    """A report: its figures, and the rows of the one that was chosen."""
    chosen = _chosen(asked)
    question = QUESTIONS[chosen]
    first, last = _days(asked, chosen)
    grouping, group = asked.given("by") or GROUPED_BY[chosen], asked.given("group")
    scope = {name: asked.given(name) for name in ("account", "partner") if asked.given(name)}
    if known := asked.instant("known"):
        scope["knownAt"] = known
    variables: dict[str, Any] = {"groupBy": grouping, "scope": scope, "first": PAGE, "after": asked.given("after")}
    variables |= {"on": str(last)} if question.is_of_one_day else {"from": str(first), "to": str(last)}
    answer = (await asked.ask(question.name.lower(), variables))[question.value]
    if answer["__typename"] == "Problem":
        raise bad_input(
            Message(answer["message"], {}), answer["code"], 403 if answer["code"] == ProblemCode.FORBIDDEN else 422
        )
    return asked.page(
        "report.html",
        chosen=chosen,
        reports={name: asked.wording.told(words.REPORTS[name]) for name in reports_of(asked)},
        groupings={code: asked.wording.told(word) for code, word in words.GROUPINGS.items()},
        grouping=grouping,
        report=answer,
        bars=bars(answer["groups"]),
        by_amount=has_one_currency(answer["groups"]),
        days={"first": first, "last": last, "one": question.is_of_one_day},
        group=group,
        kept=_kept(asked),
        shown=_rows(answer, group),
        files=[form for form in MEDIA_TYPES if form is not Format.ICS or chosen not in WITHOUT_CALENDAR],
    )


async def download(asked: Asked) -> Response:
    """A report's rows as a file, with the filters of its page."""
    chosen, form = _chosen(asked), asked.request.path_params["form"]
    offered = [one for one in MEDIA_TYPES if one is not Format.ICS or chosen not in WITHOUT_CALENDAR]
    if form not in offered:
        raise bad_input(said("{field}: one of {known}.", field="format", known=listed(", ", offered)), "NOT_FOUND", 404)
    file = await exported(asked, chosen, _days(asked, chosen), Format(form))
    return FileResponse(
        file,
        media_type=MEDIA_TYPES[Format(form)],
        filename=f"coverline-{chosen}.{form}",
        background=BackgroundTask(remove, file),
    )


def _chosen(asked: Asked) -> Report:
    name = asked.request.path_params["report"]
    known = reports_of(asked)
    if name not in known:
        raise bad_input(said("{field}: one of {known}.", field="report", known=listed(", ", known)), "NOT_FOUND", 404)
    return Report(name)


def _days(asked: Asked, chosen: Report) -> tuple[date, date]:
    """The days of the address, or those that a report is about when it names none."""
    given: dict[str, date | None] = {}
    for name in ("from", "to"):
        text = asked.given(name)
        try:
            given[name] = date.fromisoformat(text) if text else None
        except ValueError:
            raise bad_input(said("{field}: give a day, such as 2026-03-11.", field=name)) from None
    return days_of(chosen, given["from"], given["to"], asked.context.today)


def _kept(asked: Asked) -> str:
    """What another report is asked for as well: whose contracts, and as known when."""
    kept = {name: text for name in ("account", "partner", "known") if (text := asked.given(name))}
    return f"?{urlencode(kept)}" if kept else ""


def _rows(answer: dict[str, Any], group: str | None) -> dict[str, Any] | None:
    """The group whose rows are shown; None where none is chosen, or none is called so."""
    return next((one for one in answer["groups"] if name_of(one) == group), None) if group else None


def name_of(group: dict[str, Any]) -> str:
    """What a group is called in addresses."""
    return group["key"] if group["key"] is not None else NONE


def has_one_currency(groups: list[dict[str, Any]]) -> bool:
    """Whether all amounts can be compared."""
    return len({money["currency"] for group in groups for money in group["amounts"]}) == 1


def bars(groups: list[dict[str, Any]]) -> list[int]:
    """How long each group's bar is, of FULL: by amount where all are of one currency, and else by rows."""
    if has_one_currency(groups):
        sizes = [sum((Decimal(money["amount"]) for money in group["amounts"]), Decimal(0)) for group in groups]
    else:
        sizes = [Decimal(group["rowCount"]) for group in groups]
    longest = max(sizes, default=Decimal(0))
    return [int(FULL * size / longest) if longest > 0 else 0 for size in sizes]
