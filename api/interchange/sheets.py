"""The files of the interchange format, column by column, in the order in which they are loaded."""

from api.interchange import cells
from api.interchange.files import Column, Sheet
from entitlements.facts import LicenseModel, MilestoneKind, ProductKind, TermKind
from entitlements.guide import Guide
from entitlements.parameters import FEATURE, PLAN, SEASONS, THEATER


def sheets(guide: Guide) -> dict[str, Sheet]:
    """Every file by its name without the ending; codes of theaters, plans, features and seasons are the guide's own."""
    theater = cells.one_of("a theater of the guide", guide.codes(THEATER))
    plan = cells.one_of("a plan of the guide", guide.codes(PLAN))
    feature = cells.one_of("a feature of the guide", guide.codes(FEATURE))
    season = cells.one_of("a season of the guide", guide.value(SEASONS, guide.in_force_from))
    kind = cells.one_of("a kind of product", ProductKind)
    model = cells.one_of("a licence model", LicenseModel)
    milestone = cells.one_of("a kind of milestone", MilestoneKind)
    term = cells.one_of("a kind of term", TermKind)
    found = (
        Sheet(
            "accounts.csv",
            (
                Column("reference", cells.code, required=True),
                Column("name", cells.name, required=True),
                Column("partner", cells.code),
                Column("country", cells.country),
                Column("theater", theater, required=True),
                Column("language", cells.language),
                Column("currency", cells.currency),
                Column("price_book", cells.code),
                Column("segment", cells.code),
            ),
        ),
        Sheet(
            "products.csv",
            (
                Column("code", cells.code, required=True),
                Column("name", cells.name, required=True),
                Column("kind", kind, required=True),
                Column("family", cells.code),
                Column("bases", cells.codes, default=()),
            ),
        ),
        Sheet(
            "releases.csv",
            (
                Column("name", cells.code, required=True),
                Column("season", season, required=True),
                Column("year", cells.year, required=True),
                Column("released_on", cells.day, required=True),
            ),
        ),
        Sheet(
            "milestones.csv",
            (
                Column("product", cells.code, required=True),
                Column("version", cells.code, default=""),
                Column("kind", milestone, required=True),
                Column("on", cells.day),
                Column("source", cells.name),
            ),
        ),
        Sheet(
            "licenses.csv",
            (
                Column("serial", cells.serial, required=True),
                Column("account", cells.code, required=True),
                Column("product", cells.code, required=True),
                Column("base", cells.serial),
                Column("model", model, default=LicenseModel.PERPETUAL.value),
                Column("quantity", cells.count, default=1),
                Column("effective_on", cells.day),
                Column("executed_on", cells.day),
                Column("registered_on", cells.day),
                Column("license_expires_on", cells.day),
                Column("retired_on", cells.day),
                Column("installed_release", cells.code),
                Column("cloud_connected", cells.flag),
                Column("cloud_licensed", cells.flag),
                Column("altered", cells.flag),
            ),
        ),
        Sheet(
            "coverage.csv",
            (
                Column("order_reference", cells.code, required=True),
                Column("serial", cells.serial, required=True),
                Column("plan", plan),
                Column("starts_on", cells.day),
                Column("expires_on", cells.day),
                Column("order_date", cells.day),
                Column("kind", term, default=TermKind.ORDERED.value),
            ),
        ),
        Sheet(
            "options.csv",
            (
                Column("serial", cells.serial, required=True),
                Column("feature", feature, required=True),
                Column("starts_on", cells.day, required=True),
                Column("expires_on", cells.day),
            ),
        ),
        Sheet(
            "charges.csv",
            (
                Column("reference", cells.code, required=True),
                Column("order_reference", cells.code),
                Column("serial", cells.serial, required=True),
                Column("amount", cells.amount),
                Column("currency", cells.currency),
                Column("due_on", cells.day),
                Column("paid_on", cells.day),
            ),
        ),
        Sheet(
            "warranties.csv",
            (
                Column("serial", cells.serial, required=True),
                Column("supplier", cells.name, required=True),
                Column("expires_on", cells.day, required=True),
            ),
        ),
        Sheet(
            "prices.csv",
            (
                Column("book", cells.code, required=True),
                Column("currency", cells.currency, required=True),
                Column("product", cells.code, required=True),
                Column("plan", plan, required=True),
                Column("months", cells.count, required=True),
                Column("effective_from", cells.day, required=True),
                Column("amount", cells.amount, required=True),
            ),
        ),
    )
    return {sheet.file.removesuffix(".csv"): sheet for sheet in found}
