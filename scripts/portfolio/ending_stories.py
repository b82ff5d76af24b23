"""Stories of licences and products that end: retirement and milestones (R-COV-6, R-EOL)."""

from portfolio.book import Book, given


def write(book: Book) -> None:
    """Retirement, end of support, milestones that move, and the ends of single services."""
    _retired(book)
    _end_of_support(book)
    _moved(book)
    _end_of_services(book)


def _retired(book: Book) -> None:
    serial = book.license("CAL-10021", "CASTELMOR", "CALLISTO", "2024-02-19")
    book.term(serial, "GOLD", "2025-02-19", "2027-02-18", "2025-01-30", renewed=True)
    book.again(serial, "2026-09-24T07:30:00Z", retired_on="2026-09-30")
    text = "Taken out of use on 30 September 2026, although its Gold was paid for longer."
    expect = {"remedies": ["NONE"]}
    book.story("retired", serial, "A retired licence", text, "RETIRED", expect=expect)
    text = "The day of its retirement is still covered."
    at = "2026-09-30T17:00:00+02:00"
    book.story("retired-last-day", serial, "A licence on the day it is retired", text, at=at)
    text = "Summer 2026 came out before the licence was retired, so it may still be installed."
    title = "A release that a retired licence keeps"
    release = given(service="FEATURE_RELEASE", release="Summer 2026")
    book.story("retired-keeps-release", serial, title, text, **release)


def _end_of_support(book: Book) -> None:
    serial = book.license("BRA-10021", "SANTAMARTA", "BRASA", "2024-04-01")
    book.term(serial, "GOLD", "2025-04-01", "2027-03-31", "2025-03-10", renewed=True)
    text = "Gold was bought until March 2027, but support of the product ended on 30 June 2026 and cut it."
    expect = {"remedies": ["NONE"]}
    title = "Cut by the product's end of support"
    book.story("end-of-support-cut", serial, title, text, "END_OF_SUPPORT", expect=expect)
    text = "30 June 2026, the day that the milestone names, is the last covered one."
    title = "On the day of end of support"
    book.story("end-of-support-day", serial, title, text, at="2026-06-30T22:00:00+02:00")

    serial = book.license("COR-10021", "BRUMEL", "CORRENTE", "2021-06-14")
    book.term(serial, "BASIC", "2022-06-14", "2025-06-13", "2022-06-01", renewed=True)
    book.term(serial, "BASIC", "2025-06-14", "2026-06-13", "2025-05-20", renewed=True)
    text = "For this product only an end of life is given, 31 December 2025; it acts as the end of support."
    title = "Only an end of life is given"
    book.story("end-of-life-only", serial, title, text, "END_OF_SUPPORT", at="2026-03-02T10:00:00+01:00")

    old = book.license("ORI-10021", "ALPENHOF", "ORIOL", "2024-12-02", release="Winter 2021")
    book.term(old, "GOLD", "2025-12-02", "2026-12-01", "2025-11-18", renewed=True)
    text = "Only the version Winter 2021 left support, on 31 March 2026, and this licence still runs it."
    title = "The end of one version, on a licence that runs it"
    book.story("version-ended", old, title, text, "END_OF_SUPPORT")
    new = book.license("ORI-10022", "ALPENHOF", "ORIOL", "2024-12-02", release="Summer 2024")
    book.term(new, "GOLD", "2025-12-02", "2026-12-01", "2025-11-18", renewed=True)
    book.again(new, "2026-09-21T07:30:00Z", installed_release="Summer 2026")
    text = "The same product, the same dates, a later version: the milestone is not this licence's."
    title = "The end of one version, on a licence that left it"
    book.story("version-not-installed", new, title, text)
    text = "The caller names the old version; what is recorded of the licence decides, not what the caller names."
    title = "The end of one version, named by the caller only"
    book.story("version-named-by-caller", new, title, text, installed_release="Winter 2021")


def _moved(book: Book) -> None:
    serial = book.license("PAP-10021", "FONTANELLA", "PAPERLINE", "2023-11-06")
    book.term(serial, "GOLD", "2024-11-06", "2027-11-05", "2024-10-21", renewed=True)
    at = "2026-10-20T10:00:00+02:00"
    text = "In April 2026 the product's support was still to end on 30 September, before the day asked about."
    title = "An end of support before it was moved"
    known = given(known_at="2026-04-01T09:00:00Z")
    book.story("milestone-before-move", serial, title, text, "END_OF_SUPPORT", at=at, **known)
    text = "In May 2026 the end of support was moved to 2028; the older date is superseded, and can still be asked for."
    book.story("milestone-moved", serial, "An end of support that was moved", text, at=at)

    serial = book.license("VET-10021", "AUERBACH", "VETTA", "2025-12-15")
    at = "2026-09-15T10:00:00+02:00"
    text = "In June 2026 an end of support on 31 August was known."
    title = "An end of support before it was withdrawn"
    known = given(known_at="2026-06-15T09:00:00Z")
    book.story("milestone-before-withdrawal", serial, title, text, "END_OF_SUPPORT", at=at, **known)
    text = "On 1 July 2026 the end of support was withdrawn, and nothing ended."
    book.story("milestone-withdrawn", serial, "An end of support that was withdrawn", text, at=at)


def _end_of_services(book: Book) -> None:
    serial = book.license("MIR-10021", "DUNAVIA", "MIRTO", "2024-09-11")
    book.term(serial, "BASIC", "2025-09-11", "2026-09-10", "2025-08-25", renewed=True)
    text = "It lapsed on 10 September 2026, and renewals of the product had ended on 30 June: nothing brings it back."
    expect = {"remedies": ["NONE"]}
    title = "Lapsed after the end of renewals"
    book.story("end-of-renewal", serial, title, text, "EXPIRED_RENEWABLE", expect=expect)

    serial = book.license("MIR-10022", "ZIELONA", "MIRTO", "2024-05-20")
    book.term(serial, "GOLD", "2025-05-20", "2027-05-19", "2025-05-05", renewed=True)
    book.again(serial, "2026-09-29T07:30:00Z", installed_release="Summer 2026")
    text = "Covered until May 2027, but bugs of the product are no longer fixed since 30 June 2026."
    expect = {"remedies": ["NONE"]}
    title = "A fix after the end of fixes"
    book.story("end-of-fixes", serial, title, text, "END_OF_FIXES", service="BUG_FIX", expect=expect)
    text = "Vulnerabilities were fixed for three months more, until 30 September 2026."
    title = "A security fix after the end of security fixes"
    book.story("end-of-security-fixes", serial, title, text, "END_OF_SECURITY_FIXES", service="SECURITY_FIX")
    text = "On 15 September 2026 bugs were no longer fixed, vulnerabilities still were."
    title = "A security fix between the two ends"
    check = given(at="2026-09-15T10:00:00+02:00", service="SECURITY_FIX")
    book.story("security-fix-between", serial, title, text, **check)
    text = "A question is still answered: only the fixes have ended, not support."
    book.story("ticket-after-end-of-fixes", serial, "A ticket after the end of fixes", text)
