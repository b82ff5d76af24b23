"""Stories of modules, clients, twins and tailoring, whose coverage ends with their base's (R-COT, R-CHK-3)."""

from portfolio.book import Book, given

MODULES = {"CALLISTO": ("CALLISTO-GROUPS", "GRP"), "TILIA": ("TILIA-INSIGHT", "INS"), "ORIOL": ("ORIOL-SEARCH", "SEA")}


def write(book: Book) -> None:
    """Each state of the base, then each date of the dependent's own."""
    _bases(book)
    _bases_that_ended(book)
    _bases_that_never_ran(book)
    _own_dates(book)
    _changes(book)


def _bases(book: Book) -> None:
    base = book.license("CAL-10011", "MAPLECREST", "CALLISTO", "2025-08-18")
    book.term(base, "GOLD", "2026-08-18", "2027-08-17", "2026-07-29", renewed=True)
    module = book.license("GRP-10011", "MAPLECREST", "CALLISTO-GROUPS", "2025-10-06", base=base)
    twin = book.license("TWN-10011", "MAPLECREST", "CALLISTO-TWIN", "2025-08-18", base=base)
    client = book.license("DSK-10011", "MAPLECREST", "CALLISTO-DESKTOP", "2025-08-20", base=base, quantity=240)
    tailoring = book.license("TLR-10011", "MAPLECREST", "CALLISTO-TAILOR", "2026-03-09", base=base)
    text = "The base was renewed with Gold in August 2026, and the module went with it: same plan, same last day."
    title = "A module whose base was renewed"
    book.story("module-base-renewed", module, title, text, channel="REMOTE_SESSION", at="2026-11-24T10:00:00-05:00")
    for id, serial, what in (
        ("redundancy-follows-base", twin, "A twin node"),
        ("client-follows-base", client, "A client licence"),
        ("customisation-follows-base", tailoring, "A customisation"),
    ):
        text = f"{what} has no term of its own: it is covered because its base is."
        book.story(id, serial, f"{what} under a covered base", text)

    base = book.license("CAL-10012", "TEXOLA", "CALLISTO", "2026-01-12")
    module = book.license("LOB-10012", "TEXOLA", "CALLISTO-LOBBY", "2026-02-23", base=base)
    text = "Both are in the base's included year, which the module shares."
    book.story("module-base-covered", module, "A module under a covered base", text)

    base = book.license("CAL-10013", "QUINTANA", "CALLISTO", "2025-04-07")
    book.term(base, "GOLD", "2026-04-07", "2027-04-06", "2026-03-16", renewed=True)
    order = book.term(base, "PLATINUM", "2026-10-01", "2027-04-06", "2026-10-01")
    module = book.license("LOB-10013", "QUINTANA", "CALLISTO-LOBBY", "2025-06-16", base=base)
    book.charge(order, base, "488.87", "2026-10-31", "2026-10-20", currency="USD")
    text = "The base was raised to Platinum on 1 October 2026; the module has Platinum from that day too."
    title = "A module whose base was raised to Platinum"
    book.story("module-base-upgraded", module, title, text, service="EXPERT")


def _bases_that_ended(book: Book) -> None:
    base = book.license("TIL-10012", "CORDOVA", "TILIA", "2025-09-22")
    module = book.license("INS-10012", "CORDOVA", "TILIA-INSIGHT", "2026-02-10", base=base)
    text = "The base ended on 21 September 2026; the module's own first year does not outlive it."
    expect = {"remedies": ["RENEW"], "facts": ["base=TIL-10012", "base_state=EXPIRED_RENEWABLE"]}
    title = "A module whose base has lapsed"
    book.story("module-base-lapsed", module, title, text, "BASE_NOT_COVERED", expect=expect)
    bought = book.license("AGT-10012", "CORDOVA", "TILIA-SEAT", "2026-11-03", base=base, quantity=12)
    text = "Seats registered in November, while the base was lapsed: not covered until the base is renewed."
    title = "Bought while the base was lapsed"
    book.story("bought-while-base-lapsed", bought, title, text, "BASE_NOT_COVERED", expect=expect)

    base = book.license("ORI-10012", "ANDINA", "ORIOL", "2024-10-01")
    module = book.license("SEA-10012", "ANDINA", "ORIOL-SEARCH", "2025-01-20", base=base)
    text = "The base ended on 30 September 2025, more than 120 days ago."
    expect = {"remedies": ["RENEW"], "facts": ["base=ORI-10012", "base_state=EXPIRED_LATE"]}
    title = "A module whose base is late"
    book.story("module-base-late", module, title, text, "BASE_NOT_COVERED", expect=expect)

    base = book.license("CAL-10014", "LAKESHORE", "CALLISTO", "2025-08-04")
    book.term(base, "BASIC", "2026-08-04", "2027-08-03", "2026-07-20", renewed=True)
    book.again(base, "2026-10-01T07:30:00Z", retired_on="2026-09-30")
    module = book.license("GRP-10014", "LAKESHORE", "CALLISTO-GROUPS", "2025-08-04", base=base)
    text = "The base was retired on 30 September 2026, and nothing can bring the module back under it."
    expect = {"remedies": ["NONE"], "facts": ["base_state=RETIRED"]}
    title = "A module whose base is retired"
    book.story("module-base-retired", module, title, text, "BASE_NOT_COVERED", expect=expect)

    base = book.license("BRA-10012", "HARLAN", "BRASA", "2024-04-01")
    book.term(base, "BASIC", "2025-04-01", "2027-03-31", "2025-03-11", renewed=True)
    module = book.license("TAR-10012", "HARLAN", "BRASA-TARIFF", "2024-04-01", base=base)
    text = "Support of the base's product ended on 30 June 2026; the module has no end of its own, and ends with it."
    expect = {"remedies": ["NONE"], "facts": ["base_state=END_OF_SUPPORT"]}
    title = "A module whose base is past its end of support"
    book.story("module-base-end-of-support", module, title, text, "BASE_NOT_COVERED", expect=expect)


def _bases_that_never_ran(book: Book) -> None:
    base = book.license("CAL-10015", "SERRA-VERDE", "CALLISTO", recorded="2026-09-28T09:00:00Z")
    module = book.license("PRE-10015", "SERRA-VERDE", "PRESENCE", "2026-10-05", base=base)
    text = "The module was registered, the base never was."
    expect = {"remedies": ["ACTIVATE"], "facts": ["base_state=NOT_ACTIVATED"]}
    title = "A module whose base was never activated"
    book.story("module-base-not-activated", module, title, text, "BASE_NOT_COVERED", expect=expect)

    base = book.license("VET-10015", "LULWA-BAY", "VETTA", effective="2027-02-01", recorded="2026-11-09T09:00:00Z")
    module = book.license("PRE-10016", "LULWA-BAY", "PRESENCE", "2026-11-09", base=base)
    text = "The module was registered in November; its base starts on 1 February 2027."
    expect = {"remedies": ["WAIT"], "facts": ["base_state=NOT_STARTED"]}
    title = "A module whose base has not started"
    book.story("module-base-not-started", module, title, text, "BASE_NOT_COVERED", expect=expect)


def _own_dates(book: Book) -> None:
    base = book.license("TIL-10013", "MUSANDAM", "TILIA", "2025-05-12")
    book.term(base, "GOLD", "2026-05-12", "2028-05-11", "2026-04-20", renewed=True)
    module = book.license("SOC-10013", "MUSANDAM", "TILIA-SOCIAL", "2025-05-12", base=base)
    text = "The base is covered until May 2028, but the module's own product left support on 30 June 2026."
    expect = {"remedies": ["NONE"]}
    title = "A module with an earlier end of its own"
    book.story("module-own-end-of-support", module, title, text, "END_OF_SUPPORT", expect=expect)
    text = "30 June 2026 itself is the last covered day."
    title = "A module on the day of its own end of support"
    book.story("module-own-last-day", module, title, text, at="2026-06-30T16:00:00+04:00")
    text = "The tailoring was delivered, but it was never registered."
    tailoring = book.license("TLT-10013", "MUSANDAM", "TILIA-TAILOR", base=base, recorded="2026-08-10T09:00:00Z")
    title = "A dependent licence that was never activated"
    expect = {"remedies": ["ACTIVATE"]}
    book.story("dependent-not-activated", tailoring, title, text, "NOT_ACTIVATED", expect=expect)
    later = given(effective="2027-01-01", recorded="2026-11-03T09:00:00Z")
    seats = book.license("AGT-10013", "MUSANDAM", "TILIA-SEAT", base=base, quantity=30, **later)
    text = "Thirty more seats from 1 January 2027 by the order form; the base is covered all along."
    title = "A dependent licence that has not started"
    book.story("dependent-not-started", seats, title, text, "NOT_STARTED", expect={"remedies": ["WAIT"]})

    base = book.license("TIL-10014", "NILE-DELTA", "TILIA", "2025-09-08")
    module = book.license("SOC-10014", "NILE-DELTA", "TILIA-SOCIAL", "2025-09-08", base=base)
    text = "The base lapsed on 7 September 2026 and the module's own product left support before that: both are said."
    title = "A module past its end, under a lapsed base"
    reasons = ("BASE_NOT_COVERED", "END_OF_SUPPORT")
    book.story("module-ended-base-lapsed", module, title, text, *reasons, expect={"remedies": ["NONE"]})
    seats = book.license("AGT-10014", "NILE-DELTA", "TILIA-SEAT", base=base, quantity=8, **later)
    text = "It starts on 1 January 2027, and today its base is lapsed: both are said."
    title = "A dependent not started, under a lapsed base"
    book.story("not-started-base-lapsed", seats, title, text, "NOT_STARTED", "BASE_NOT_COVERED")
    retired = book.license("INS-10014", "NILE-DELTA", "TILIA-INSIGHT", "2025-09-08", base=base)
    book.again(retired, "2026-05-16T07:30:00Z", retired_on="2026-05-15")
    text = "The module was given up on 15 May 2026; that its base has lapsed since does not matter."
    title = "A retired module under a lapsed base"
    book.story("module-retired", retired, title, text, "RETIRED", expect={"remedies": ["NONE"]})

    base = book.license("ORI-10013", "KANDARI", "ORIOL", "2025-10-16")
    module = book.license("SEA-10013", "KANDARI", "ORIOL-SEARCH", "2026-07-16", base=base)
    text = "Registered three months before its base ends; 15 October 2026 is the base's last day, and so its own."
    title = "A module registered late in its base's term"
    book.story("three-months-last-day", module, title, text, at="2026-10-15T12:00:00+04:00")
    text = "Three months were what it got; the included year does not go on without the base."
    title = "The same module after its base ended"
    book.story("three-months-after", module, title, text, "BASE_NOT_COVERED", expect={"remedies": ["RENEW"]})


def _changes(book: Book) -> None:
    base = book.license("TIL-10015", "WESTERMEER", "TILIA", "2025-04-01")
    order = book.term(base, "GOLD", "2026-04-01", "2027-03-31", "2026-03-12", renewed=True)
    book.charge(order, base, "2843.45", "2026-04-11", "2026-04-02")
    module = book.license("INS-10015", "WESTERMEER", "TILIA-INSIGHT", "2026-10-15", base=base)
    text = "Attached on 15 October 2026 in the middle of the base's term: Gold like the base, and paid until 31 March."
    book.charge("ORD-2026-ATT-1", module, "297.13", "2026-11-14", "2026-11-12", recorded="2026-10-15T14:20:00Z")
    title = "A module attached in mid-term"
    book.story("attached-in-mid-term", module, title, text, channel="CHAT")
    seats = book.license("AGT-10015", "WESTERMEER", "TILIA-SEAT", "2025-04-01", base=base, quantity=45)
    text = "A day before the module was attached, the seats under the same base were covered all the same."
    title = "Seats beside a module attached later"
    book.story("beside-an-attachment", seats, title, text, at="2026-10-14T10:00:00+02:00")
    text = "Asked about the day before its registration, it had not started."
    title = "The day before the attachment"
    at = "2026-10-14T10:00:00+02:00"
    book.story("before-the-attachment", module, title, text, "NOT_STARTED", at=at)
