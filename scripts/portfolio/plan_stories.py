"""Stories of what the plans grant: channels, levels, options, services (R-PLAN, R-CHK-5, R-SVC)."""

from typing import Any

from portfolio.book import Book, given

GOLD, BASIC, PLATINUM = "TIL-10041", "TIL-10042", "TIL-10043"
CLOUD = ("true", "true")


def write(book: Book) -> None:
    """Three licences that differ in their plan, and what each of them is granted."""
    for serial, account, plan in ((GOLD, "CASTELMOR", "GOLD"), (PLATINUM, "NORDHAVEN", "PLATINUM")):
        book.license(serial, account, "TILIA", "2025-03-17", release="Winter 2025", cloud=CLOUD)
        book.term(serial, plan, "2026-03-17", "2027-03-16", "2026-03-02", renewed=True)
        book.again(serial, "2026-09-28T07:30:00Z", installed_release="Summer 2026")
    book.license(BASIC, "CASTELMOR", "TILIA", "2026-03-17", cloud=CLOUD)
    book.again(BASIC, "2026-09-28T07:30:00Z", installed_release="Summer 2026")
    _channels(book)
    _levels(book)
    _on_site(book)
    _proactive(book)
    _expert(book)
    _professional(book)


def _channels(book: Book) -> None:
    for channel, name in (("EMAIL", "e-mail"), ("PHONE", "telephone"), ("CHAT", "chat")):
        text = f"Every plan has {name}; on a Tuesday at ten it is answered."
        book.story(f"basic-{channel.lower()}", BASIC, f"Basic by {name}", text, channel=channel)
    text = "Screens are shared from Gold on; the ticket itself would be taken by every other channel."
    expect = {"remedies": ["CHANGE_CHANNEL", "UPGRADE_PLAN"]}
    session = given(channel="REMOTE_SESSION")
    title = "A remote session on Basic"
    book.story("basic-remote-session", BASIC, title, text, "PLAN_EXCLUDES", expect=expect, **session)
    text = "Gold includes remote sessions."
    book.story("gold-remote-session", GOLD, "A remote session on Gold", text, **session)


def _levels(book: Book) -> None:
    asked = given(requester="END_USER")
    text = "Basic serves administrators; an end user's administrator may ask instead."
    expect = {"remedies": ["CHANGE_REQUESTER"]}
    title = "An end user on Basic"
    book.story("end-user-basic", BASIC, title, text, "PLAN_EXCLUDES", expect=expect, **asked)
    text = "Gold may serve end users where that was agreed; here it was not."
    expect = {"remedies": ["CHANGE_REQUESTER", "AGREE_OPTION"]}
    title = "An end user on Gold, nothing agreed"
    book.story("end-user-gold", GOLD, title, text, "OPTION_NOT_AGREED", expect=expect, **asked)

    serial = book.license("CAL-10041", "FONTANELLA", "CALLISTO", "2025-06-23")
    book.term(serial, "GOLD", "2026-06-23", "2027-06-22", "2026-06-03", renewed=True)
    book.option(serial, "LEVEL_1_END_USER", "2026-09-01", "2027-06-22")
    module = book.license("LOB-10041", "FONTANELLA", "CALLISTO-LOBBY", "2025-06-23", base=serial)
    text = "Support of end users was agreed from 1 September 2026."
    book.story("end-user-agreed", serial, "An end user on Gold, as agreed", text, channel="PHONE", **asked)
    text = "What was agreed for the base holds for its module too."
    book.story("end-user-agreed-base", module, "An end user of a module, agreed for its base", text, **asked)
    text = "On 31 August 2026 it was Gold already, but the agreement began a day later."
    title = "An end user before the agreement"
    at = "2026-08-31T10:00:00+02:00"
    book.story("end-user-before-agreement", serial, title, text, "OPTION_NOT_AGREED", at=at, **asked)
    text = "End users are served in the hours of normal days only, and 21 November 2026 is a Saturday."
    title = "An end user on a Saturday"
    at = "2026-11-21T10:00:00+01:00"
    reason = "OUTSIDE_SERVICE_WINDOW"
    book.story("end-user-saturday", serial, title, text, reason, at=at, channel="PHONE", **asked)
    text = "The same Saturday, the administrator's call is answered."
    book.story("administrator-saturday", serial, "An administrator on a Saturday", text, at=at, channel="PHONE")
    text = "A reseller asks at the administrators' level."
    book.story("reseller", GOLD, "The reseller asks", text, requester="RESELLER", channel="PHONE")


def _on_site(book: Book) -> None:
    asked = given(service="ON_SITE")
    text = "No plan brings an engineer on site unless that was agreed."
    expect = {"remedies": ["AGREE_OPTION"]}
    title = "On site, nothing agreed"
    book.story("on-site-not-agreed", PLATINUM, title, text, "OPTION_NOT_AGREED", expect=expect, **asked)
    serial = book.license("CAL-10042", "SANTAMARTA", "CALLISTO", "2026-01-19")
    book.option(serial, "DELIVERY_ON_SITE", "2026-04-01", "2026-10-31")
    text = "Visits were agreed from April to October 2026, on Basic too."
    title = "On site, as agreed"
    book.story("on-site-agreed", serial, title, text, at="2026-10-31T10:00:00+01:00", **asked)
    text = "The agreement ended on 31 October."
    title = "On site, after the agreement"
    book.story("on-site-agreement-over", serial, title, text, "OPTION_NOT_AGREED", **asked)


def _proactive(book: Book) -> None:
    asked = given(service="PROACTIVE")
    text = "Gold, a recent release, connected to the cloud and licensed through it: everything that is needed."
    book.story("proactive", GOLD, "Proactive support", text, **asked)
    text = "The same conditions hold, but Basic has no proactive support."
    title = "Proactive support on Basic"
    expect = {"remedies": ["UPGRADE_PLAN"]}
    book.story("proactive-basic", BASIC, title, text, "PLAN_EXCLUDES", expect=expect, **asked)

    def gold(serial: str, account: str, **recorded: Any) -> str:  # noqa: ANN401
        book.license(serial, account, "CALLISTO", "2025-11-10", **recorded)
        book.term(serial, "GOLD", "2025-11-10", "2027-11-09", "2025-11-03")
        return serial

    serial = gold("CAL-10043", "ALPENHOF", cloud=("false", "true"))
    text = "The suite is not connected to the cloud."
    expect = {"remedies": ["MEET_CONDITIONS"]}
    title = "Proactive support without the connection"
    book.story("proactive-unmet", serial, title, text, "CONDITIONS_UNMET", expect=expect, **asked)
    serial = gold("CAL-10044", "VERNAY", cloud=CLOUD, release="Summer 2019")
    text = "Summer 2019 is older than the first release that can be watched."
    expect = {"remedies": ["UPGRADE_RELEASE"]}
    title = "Proactive support for an old release"
    book.story("proactive-old-release", serial, title, text, "CONDITIONS_UNMET", expect=expect, **asked)
    serial = gold("CAL-10045", "HELIKON", cloud=("true", ""))
    text = "Whether the licence is managed through the cloud was never recorded, and that is not taken for a yes."
    expect = {"remedies": ["SUPPLY_FACTS"], "facts": ["missing=cloud_licensed"]}
    title = "Proactive support, a fact not known"
    unknown = given(verdict="UNKNOWN", expect=expect)
    book.story("proactive-unknown", serial, title, text, "FACTS_MISSING", **unknown, **asked)
    serial = gold("CAL-10046", "BRUMEL", cloud=("false", ""), release="unknown")
    text = "Not connected, and neither the release nor the licensing is known: everything is said at once."
    title = "Proactive support, unmet and not known"
    reasons = ("CONDITIONS_UNMET", "FACTS_MISSING", "FACTS_MISSING")
    book.story("proactive-unmet-unknown", serial, title, text, *reasons, **asked)


def _expert(book: Book) -> None:
    asked = given(service="EXPERT")
    text = "A named engineer comes with Platinum."
    book.story("expert", PLATINUM, "Expert assistance on Platinum", text, **asked)
    text = "Gold does not include it; raising the plan would."
    expect = {"remedies": ["UPGRADE_PLAN"]}
    book.story("expert-gold", GOLD, "Expert assistance on Gold", text, "PLAN_EXCLUDES", expect=expect, **asked)

    serial = book.license("CAL-10047", "WESTERMEER", "CALLISTO", "2019-11-04", release="Summer 2019", cloud=CLOUD)
    book.term(serial, "PLATINUM", "2020-01-01", "2022-12-31", "2019-12-09")
    book.again(serial, "2020-02-14T07:30:00Z", installed_release="Winter 2020")
    text = "Expert assistance is offered from 1 April 2020; on 16 March it could not be had on any plan."
    expect = {"remedies": ["WAIT"]}
    title = "Expert assistance before it was offered"
    at = "2020-03-16T10:00:00+01:00"
    book.story("expert-not-yet-offered", serial, title, text, "NOT_YET_OFFERED", at=at, expect=expect, **asked)
    text = "On the first day that it is offered."
    at = "2020-04-01T10:00:00+02:00"
    book.story("expert-first-day", serial, "Expert assistance on its first day", text, at=at, **asked)
    text = "Proactive support is offered from 1 March 2020."
    title = "Proactive support before it was offered"
    at = "2020-02-28T10:00:00+01:00"
    service = given(service="PROACTIVE")
    book.story("proactive-not-yet-offered", serial, title, text, "NOT_YET_OFFERED", at=at, **service)


def _professional(book: Book) -> None:
    text = "Having something installed, configured or built is ordered apart, on any plan."
    expect = {"remedies": ["NONE"]}
    title = "Configuration work"
    service = given(service="PROFESSIONAL_SERVICES")
    reason = "OUT_OF_SCOPE_PROFESSIONAL_SERVICES"
    book.story("professional-services", PLATINUM, title, text, reason, expect=expect, **service)
