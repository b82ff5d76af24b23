"""A report's rows as a file that a browser keeps."""

import os
from datetime import date, datetime
from tempfile import mkstemp

from api.console.asking import Asked
from api.console.frame import bad_input
from api.interchange.exports.columns import Title
from api.interchange.exports.exporting import export
from api.interchange.exports.formats import Format, writer_of
from api.interchange.exports.outputs import scratch_folder
from api.interchange.exports.reports import QUESTIONS, Report
from schema.permissions import NEEDED, require
from schema.questions import Scope
from schema.reports import ReportScope, refusal

MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.ICS: "text/calendar; charset=utf-8",
}


async def exported(asked: Asked, report: Report, days: tuple[date, date], form: Format) -> str:
    """A file of a report's rows, those that the API answers this viewer; whoever sends it removes it."""
    context, question, (first, last) = asked.context, QUESTIONS[report], days
    require(asked.viewer, question.value, NEEDED[f"Query.{question.value}"])
    known = asked.instant("known")
    scope = Scope(datetime.fromisoformat(known) if known else None, asked.given("account"), asked.given("partner"))
    of = ReportScope(known_at=scope.known_at, account=scope.account, partner=scope.partner)
    refused = refusal(context, of, first, last)
    if refused is not None:
        raise bad_input(refused.message, refused.code, 422)
    title = Title(question, report, first, last, scope.known_at or context.now, context.guide.edition)
    await asked.allowance.count(asked.request, asked.viewer)
    with asked.allowance.one(asked.request, asked.viewer), scratch_folder() as scratch:
        descriptor, whole = mkstemp(prefix="coverline-", suffix=f".{form}")
        try:
            with os.fdopen(descriptor, "wb") as file:
                sheet = writer_of(form)(file, title, scratch)
                await export(context, title, scope, sheet, whole, lambda _done, _total: None)
        except BaseException:
            remove(whole)
            raise
    return whole


def remove(file: str) -> None:
    """Removes a file that was sent."""
    os.unlink(file)  # noqa: PTH108 - within the event loop, where paths are not for use; it takes no time
