"""Stories of charges: overdue, due today, paid late, cancelled (R-EXC-1, R-CHK-4)."""

from portfolio.book import Book, given, noon


def write(book: Book) -> None:
    """One licence for each standing of a charge."""
    _unpaid(book)
    _paid_late(book)
    _unpaid_renewal(book)


def _renewed(book: Book, serial: str, account: str) -> str:
    """A licence renewed with Gold from 1 October 2026; answers the order."""
    book.license(serial, account, "CALLISTO", "2025-10-01")
    return book.term(serial, "GOLD", "2026-10-01", "2027-09-30", "2026-09-14", renewed=True)


def _unpaid(book: Book) -> None:
    order = _renewed(book, "CAL-10031", "OLIVARES")
    book.charge(order, "CAL-10031", "1844.40", "2026-10-31")
    text = "The renewal's charge was due on 31 October 2026 and is not paid: support is held, whatever the dates say."
    expect = {"remedies": ["PAY"]}
    book.story("overdue", "CAL-10031", "A charge that is overdue", text, "PAYMENT_HOLD", expect=expect)

    order = _renewed(book, "CAL-10032", "TAGUS-LINE")
    book.charge(order, "CAL-10032", "1844.40", "2026-11-24", recorded=noon("2026-10-26"))
    text = "The charge is due on 24 November 2026; on that day itself nothing is held."
    book.story("due-today", "CAL-10032", "A charge that is due today", text)
    text = "A day later it is overdue."
    title = "The day after a charge was due"
    at = "2026-11-25T09:00:00+01:00"
    book.story("due-yesterday", "CAL-10032", title, text, "PAYMENT_HOLD", at=at)

    order = _renewed(book, "CAL-10033", "VERNAY")
    book.charge(order, "CAL-10033", "1844.40", "2026-12-15", recorded=noon("2026-11-16"))
    text = "The charge is open and due on 15 December 2026; until then it holds nothing."
    book.story("not-yet-due", "CAL-10033", "A charge that is not yet due", text)

    base = book.license("TIL-10031", "BRUMEL", "TILIA", "2025-06-09")
    book.term(base, "GOLD", "2026-06-09", "2027-06-08", "2026-05-25", renewed=True)
    module = book.license("INS-10031", "BRUMEL", "TILIA-INSIGHT", "2026-09-07", base=base)
    book.charge("ORD-2026-ATT-2", module, "486.37", "2026-10-07", recorded=noon("2026-09-07"))
    text = "The base is paid; the charge for a module attached in September is not. A contract is held as a whole."
    title = "Held through a dependent's charge"
    book.story("held-through-dependent", base, title, text, "PAYMENT_HOLD", expect={"remedies": ["PAY"]})
    text = "Seen from the module it is the same hold."
    book.story("held-dependent", module, "The dependent whose charge it is", text, "PAYMENT_HOLD")

    serial = book.license("CAL-10034", "DUNAVIA", "CALLISTO", "2024-07-15")
    order = book.term(serial, "BASIC", "2025-07-15", "2026-07-14", "2025-06-30", renewed=True)
    book.charge(order, serial, "1200.00", "2025-07-30")
    text = "Expired in July 2026, and the year before was never paid: both stand in the way, both have to be mended."
    title = "Expired late and unpaid at once"
    at = "2026-11-24T10:00:00+01:00"
    reasons = ("EXPIRED_LATE", "PAYMENT_HOLD")
    book.story("expired-and-unpaid", serial, title, text, *reasons, at=at, expect={"remedies": ["RENEW", "PAY"]})


def _paid_late(book: Book) -> None:
    order = _renewed(book, "CAL-10035", "WESTERMEER")
    book.charge(order, "CAL-10035", "1844.40", "2026-10-15", "2026-11-05", recorded=noon("2026-09-15"))
    text = "Due on 15 October and paid on 5 November 2026: on 30 October it was held."
    title = "A day before a late payment"
    at = "2026-10-30T10:00:00+01:00"
    book.story("held-before-payment", "CAL-10035", title, text, "PAYMENT_HOLD", at=at)
    text = "On the day of payment the hold is lifted."
    book.story("paid-late", "CAL-10035", "The day of a late payment", text, at="2026-11-05T08:00:00+01:00")

    order = _renewed(book, "CAL-10036", "LINDQVIST")
    book.charge(order, "CAL-10036", "1844.40", "2026-10-15", recorded=noon("2026-09-15"))
    newest = book.rows["charges"][-1]
    book.add("charges", *newest[:3], "", *newest[4:7], recorded="2026-11-02T10:00:00Z")
    at = "2026-10-30T10:00:00+01:00"
    text = "As known on 30 October 2026 the charge was overdue."
    title = "A charge before it was withdrawn"
    known = given(known_at="2026-10-30T12:00:00Z")
    book.story("charge-before-withdrawal", "CAL-10036", title, text, "PAYMENT_HOLD", at=at, **known)
    text = "It had been raised twice and was withdrawn on 2 November; as known today nothing was ever held."
    book.story("charge-withdrawn", "CAL-10036", "A charge that was withdrawn", text, at=at)


def _unpaid_renewal(book: Book) -> None:
    serial = book.license("ORI-10031", "HELIKON", "ORIOL", "2025-08-15")
    order = book.term(serial, "BASIC", "2026-08-15", "2027-08-14", "2026-10-01", renewed=True)
    book.charge(order, serial, "1017.60", "2026-10-31")
    text = "Renewed on 1 October 2026 within the window; not paid yet, not due yet, so support is back."
    title = "A renewal ordered and not yet due"
    book.story("renewal-not-yet-due", serial, title, text, at="2026-10-20T10:00:00+02:00")
    text = "Past its due day the unpaid renewal holds support again."
    title = "A renewal that was not paid"
    expect = {"remedies": ["PAY"]}
    book.story("renewal-unpaid", serial, title, text, "PAYMENT_HOLD", expect=expect)
    text = "Before the renewal was ordered the answer was another: lapsed, and renewable."
    title = "The same licence before its renewal"
    known = given(at="2026-09-10T10:00:00+02:00", known_at="2026-09-10T12:00:00Z")
    book.story("renewal-not-ordered", serial, title, text, "EXPIRED_RENEWABLE", **known)
