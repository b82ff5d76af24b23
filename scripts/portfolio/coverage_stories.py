"""Stories of when coverage starts, which plan holds, and when it ends (R-COV, R-DATE, R-REN-4, R-REN-5)."""

from portfolio.book import REFERENCE_DAY, Book, given, shifted

LAPSES = {
    # days since the last covered one: account, what it shows, the reason
    119: ("BRUMEL", "The day before the window closes", "EXPIRED_RENEWABLE"),
    120: ("KESTREL-MOOR", "The last day of the window", "EXPIRED_RENEWABLE"),
    121: ("LINDQVIST", "The first late day", "EXPIRED_LATE"),
    366: ("ZIELONA", "Late by more than a year", "EXPIRED_LATE"),
    800: ("AUERBACH", "Late by more than two years", "EXPIRED_LATE"),
}


def write(book: Book) -> None:
    """Starts, plans over plans, ends, renewals."""
    _starts(book)
    _plans(book)
    _ends(book)
    _lapses(book)
    _renewals(book)
    _anchors(book)


def _starts(book: Book) -> None:
    serial = book.license("CAL-10001", "CASTELMOR", "CALLISTO", "2026-03-16")
    title = "In its included first year"
    text = "Registered on 16 March 2026, nothing bought since: the year of Basic that comes with the product covers it."
    book.story("included-first-year", serial, title, text)
    _evaluations(book)
    _subscription_and_perpetual(book)
    _order_form_and_rows(book)


def _evaluations(book: Book) -> None:
    serial = book.license("CAL-10002", "VERNAY", "CALLISTO", "2026-11-02", model="EVALUATION", expires="2026-12-01")
    text = "An evaluation registered on 2 November 2026 has 30 days of Basic, the last of them 1 December."
    book.story("evaluation-running", serial, "An evaluation that is running", text)
    text = "The thirtieth day is still covered, to its last minute."
    at = "2026-12-01T23:59:00+01:00"
    book.story("evaluation-last-day", serial, "An evaluation on its last day", text, at=at)

    serial = book.license("TIL-10001", "ALPENHOF", "TILIA", "2026-09-15", model="EVALUATION", expires="2026-10-14")
    text = "The 30 days ended on 14 October 2026; an evaluation is replaced or extended, never renewed."
    expect = {"remedies": ["NONE"]}
    title = "An evaluation that has ended"
    book.story("evaluation-expired", serial, title, text, "EXPIRED_RENEWABLE", expect=expect)

    serial = book.license("TIL-10002", "OLIVARES", "TILIA", "2026-10-01", model="EVALUATION", expires="2026-11-29")
    book.term(serial, "BASIC", "2026-10-31", "2026-11-29", "2026-10-27")
    text = "Its 30 days ended on 30 October, and a term of 30 more was agreed before that."
    book.story("evaluation-extended", serial, "An evaluation that was extended", text)


def _subscription_and_perpetual(book: Book) -> None:
    serial = book.license("CAL-10003", "NORDHAVEN", "CALLISTO", model="SUBSCRIPTION", executed="2026-01-20")
    registered = given(registered_on="2026-02-05", license_expires_on="2027-01-19")
    book.again(serial, "2026-02-06T07:30:00Z", **registered)
    text = "A subscription starts when its order is executed, here on 20 January 2026, not when it is registered later."
    at = "2026-01-25T10:00:00+01:00"
    book.story("subscription-by-execution", serial, "A subscription, before it is registered", text, at=at)

    serial = book.license("CAL-10004", "NORDHAVEN", "CALLISTO", executed="2026-01-20")
    book.again(serial, "2026-02-06T07:30:00Z", registered_on="2026-02-05")
    text = "The same two dates on a perpetual licence: only the registration of 5 February 2026 starts its coverage."
    title = "A perpetual licence, before it is registered"
    expect = {"remedies": ["WAIT"]}
    book.story("perpetual-before-registration", serial, title, text, "NOT_STARTED", at=at, expect=expect)
    text = "From 5 February 2026 on, its own year of Basic."
    title = "A perpetual licence from its registration on"
    book.story("perpetual-by-registration", serial, title, text, at="2026-02-05T00:00:00+01:00")


def _order_form_and_rows(book: Book) -> None:
    serial = book.license("ORI-10001", "FONTANELLA", "ORIOL", "2026-03-02", effective="2026-05-01")
    text = "Registered in March, but the order form says from 1 May 2026, and the order form comes first."
    title = "A start that the order form sets later"
    book.story("order-form-first", serial, title, text, "NOT_STARTED", at="2026-04-15T10:00:00+02:00")

    serial = book.license("PAP-10001", "HELIKON", "PAPERLINE", recorded="2026-06-25T09:00:00Z")
    book.term(serial, "GOLD", "2026-07-01", "2027-06-30", "2026-06-25")
    text = "No date of its own is recorded; the first term that was bought, from 1 July 2026, is its start."
    book.story("start-from-coverage", serial, "A start taken from a bought term", text)

    serial = book.license("VET-10001", "TAGUS-LINE", "VETTA", recorded="2026-10-08T09:00:00Z")
    text = "Delivered but never registered, and nothing bought: it is neither covered nor expired."
    expect = {"remedies": ["ACTIVATE"]}
    title = "A licence that was never activated"
    book.story("not-activated", serial, title, text, "NOT_ACTIVATED", expect=expect)

    serial = book.license("TIL-10003", "WESTERMEER", "TILIA", effective="2027-01-11", recorded="2026-11-16T09:00:00Z")
    text = "The order form sets the start to 11 January 2027; until then there is nothing to claim."
    expect = {"remedies": ["WAIT"]}
    title = "A licence that has not started"
    book.story("not-started", serial, title, text, "NOT_STARTED", expect=expect)


def _plans(book: Book) -> None:
    serial = book.license("CAL-10005", "CASTELMOR", "CALLISTO", "2026-02-02")
    book.term(serial, "GOLD", "2026-09-01", "2026-11-30", "2026-08-26")
    session = given(channel="REMOTE_SESSION")
    text = "In August it has the included Basic, which has no remote sessions."
    title = "Basic, before three months of Gold"
    at = "2026-08-20T10:00:00+02:00"
    book.story("before-gold", serial, title, text, "PLAN_EXCLUDES", at=at, **session)
    text = "Gold was bought for September to November, within the included year, and replaces Basic meanwhile."
    book.story("gold-within-basic", serial, "Gold in the middle of the included year", text, **session)
    text = "On 10 December 2026 the three months of Gold are over and the included Basic holds again."
    title = "Basic again, after the months of Gold"
    at = "2026-12-10T10:00:00+01:00"
    book.story("after-gold", serial, title, text, "PLAN_EXCLUDES", at=at, **session)

    serial = book.license("TIL-10004", "PINE-RIDGE", "TILIA", "2025-01-13")
    book.term(serial, "GOLD", "2026-01-13", "2027-01-12", "2025-12-18", renewed=True)
    order = book.term(serial, "PLATINUM", "2026-06-01", "2027-01-12", "2026-06-01")
    book.charge(order, serial, "734.59", "2026-07-01", "2026-06-24", currency="USD")
    text = "In May it has Gold, and no named expert comes with that."
    title = "Gold, before it was raised to Platinum"
    at = "2026-05-15T10:00:00-04:00"
    book.story("before-upgrade", serial, title, text, "PLAN_EXCLUDES", at=at, service="EXPERT")
    text = "Raised to Platinum on 1 June 2026 for the rest of the term: of two plans on one day the higher holds."
    title = "Platinum over Gold, raised in mid-term"
    at = "2026-11-24T10:00:00-05:00"
    book.story("platinum-over-gold", serial, title, text, at=at, service="EXPERT")


def _ends(book: Book) -> None:
    serial = book.license("CAL-10006", "ALPENHOF", "CALLISTO", "2025-11-25")
    text = "Its last covered day is 24 November 2026, and the whole of that day is covered."
    at = "2026-11-24T23:30:00+01:00"
    book.story("last-covered-day", serial, "On the last covered day", text, at=at)
    text = "Ten minutes after midnight the coverage is over; a renewal still continues it without a fee."
    expect = {"remedies": ["RENEW"]}
    title = "The day after"
    at = "2026-11-25T00:10:00+01:00"
    book.story("day-after", serial, title, text, "EXPIRED_RENEWABLE", at=at, expect=expect)

    serial = book.license("CAL-10007", "BLUEWATER", "CALLISTO", "2025-11-25")
    text = (
        "It is still 24 November in Boston, but a contract's days are those of the policy's zone, where it is the 25th."
    )
    title = "Which day it is, asked from America"
    at = "2026-11-24T20:00:00-05:00"
    book.story("policy-zone-day", serial, title, text, "EXPIRED_RENEWABLE", at=at)


def _lapses(book: Book) -> None:
    for number, (days, (account, title, reason)) in enumerate(LAPSES.items(), start=1):
        ended = shifted(str(REFERENCE_DAY), -days)
        begun = f"{int(ended[:4]) - 1}{shifted(ended, 1)[4:]}"
        serial = book.license(f"ORI-1010{number}", account, "ORIOL", begun)
        within = "a renewal is continuous and free of a fee" if reason == "EXPIRED_RENEWABLE" else "a renewal is late"
        text = f"Its coverage ended on {ended}, {days} days before 24 November 2026: {within}."
        expect = {"remedies": ["RENEW"]}
        book.story(f"lapse-of-{days}-days", serial, f"{title}: {days} days", text, reason, expect=expect)


def _renewals(book: Book) -> None:
    serial = book.license("TIL-10005", "DUNAVIA", "TILIA", "2025-09-01")
    book.term(serial, "GOLD", "2027-01-01", "2027-12-31", "2026-11-10")
    text = "Covered until 31 August 2026 and again from 1 January 2027: in the gap one can only wait."
    expect = {"remedies": ["WAIT"]}
    title = "In a gap before a term that is recorded"
    book.story("gap-between-terms", serial, title, text, "EXPIRED_RENEWABLE", expect=expect)

    serial = book.license("TIL-10006", "HELIKON", "TILIA", "2024-03-01")
    book.term(serial, "BASIC", "2026-12-01", "2027-11-30", "2026-11-12")
    text = "Covered until 28 February 2025 and again from 1 December 2026; the lapse counts from before the gap."
    title = "In a long gap before a term that is recorded"
    book.story("long-gap-between-terms", serial, title, text, "EXPIRED_LATE", expect=expect)

    serial = book.license("CAL-10008", "FONTANELLA", "CALLISTO", "2025-07-01")
    order = book.term(serial, "GOLD", "2026-07-01", "2027-06-30", "2026-09-08", renewed=True)
    book.charge(order, serial, "1844.40", "2026-10-08", "2026-10-01")
    known = given(known_at="2026-08-20T12:00:00Z", at="2026-08-20T10:00:00+02:00")
    text = "On 20 August 2026 nobody had ordered a renewal, and that is what was answered then."
    title = "A lapsed day, as known on that day"
    book.story("renewed-known-before", serial, title, text, "EXPIRED_RENEWABLE", **known)
    text = "The renewal ordered on 8 September continues from 1 July, so the same day is covered as known today."
    title = "The same day, as known after the renewal"
    book.story("renewed-known-after", serial, title, text, at=known["at"])

    serial = book.license("CAL-10009", "KESTREL-MOOR", "CALLISTO", "2024-05-06")
    book.term(serial, "GOLD", "2025-10-20", "2026-10-19", "2025-10-20", renewed=True)
    book.term(serial, "GOLD", "2026-10-20", "2027-10-19", "2026-10-01", renewed=True)
    text = "Ordered 168 days late, so it began on the order's day; 1 July 2025 lies in the gap, beyond a repair."
    title = "A day in the gap that a late renewal left"
    at = "2025-07-01T10:00:00+02:00"
    book.story("late-renewal-gap", serial, title, text, "EXPIRED_RENEWABLE", at=at)
    text = "From its order on 20 October 2025 the late renewal covers, and the next one continues it."
    book.story("late-renewal-covered", serial, "Covered again after a late renewal", text)


def _anchors(book: Book) -> None:
    serial = book.license("PAP-10002", "BRUMEL", "PAPERLINE", "2020-02-29")
    book.term(serial, "BASIC", "2021-02-28", "2024-02-28", "2021-02-01", renewed=True)
    text = "It began on 29 February 2020, so three years from 28 February 2021 last to 28 February 2024."
    title = "A chain from a leap day, on its last day"
    book.story("leap-day-chain-last", serial, title, text, at="2024-02-28T18:00:00+01:00")
    text = "29 February 2024 would have been the first day of the next term."
    title = "A chain from a leap day, a day later"
    at = "2024-02-29T09:00:00+01:00"
    book.story("leap-day-chain-after", serial, title, text, "EXPIRED_RENEWABLE", at=at)

    serial = book.license("PAP-10003", "VERNAY", "PAPERLINE", "2021-02-28")
    book.term(serial, "GOLD", "2021-02-28", "2024-02-27", "2021-02-22")
    text = "It began on 28 February 2021, so its three years end on 27 February 2024, not on the 28th."
    title = "A chain from 28 February, a day later"
    at = "2024-02-28T18:00:00+01:00"
    book.story("no-leap-day-chain", serial, title, text, "EXPIRED_RENEWABLE", at=at)

    serial = book.license("VET-10002", "OLIVARES", "VETTA", "2025-01-31")
    book.term(serial, "GOLD", "2026-01-31", "2026-02-27", "2026-01-20", renewed=True)
    book.term(serial, "GOLD", "2026-02-28", "2026-03-30", "2026-02-17", renewed=True)
    text = "Monthly Gold from 31 January 2026: the second month begins on 28 February and still ends before the 31st."
    title = "A chain from the 31st, on its last day"
    book.story("anchor-31-last", serial, title, text, at="2026-03-30T12:00:00+02:00")
    text = "The third month was never ordered; it would have begun on 31 March 2026."
    title = "A chain from the 31st, a day later"
    at = "2026-03-31T12:00:00+02:00"
    book.story("anchor-31-after", serial, title, text, "EXPIRED_RENEWABLE", at=at)
