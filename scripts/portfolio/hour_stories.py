"""Stories of windows, holidays, the on-call service, languages and deadlines (R-CAL, R-SLA, R-CHK-6, R-CHK-12)."""

from portfolio.book import Book, given

OUTSIDE, ON_CALL = "OUTSIDE_SERVICE_WINDOW", "ON_CALL_CONDITIONS"
PHONE = given(channel="PHONE")
CRITICAL = given(channel="PHONE", priority="P1", pin_verified=True)
NIGHT = "2026-11-22T03:00:00+01:00"

LICENSES = (
    # serial, account, registered, plan and term after the included year
    ("CAL-10051", "CASTELMOR", "2025-02-10", "BASIC"),
    ("CAL-10052", "CASTELMOR", "2025-02-10", "GOLD"),
    ("CAL-10053", "NORDHAVEN", "2025-02-10", "PLATINUM"),
    ("CAL-10054", "PINE-RIDGE", "2025-02-10", "GOLD"),
    ("CAL-10055", "NAJDIYA", "2025-02-10", "BASIC"),
    ("CAL-10056", "NAJDIYA", "2025-02-10", "GOLD"),
    ("CAL-10057", "TAUMARU", "2025-02-10", "PLATINUM"),
    ("CAL-10058", "MISTRAL", "2025-02-10", "PLATINUM"),
    ("CAL-10059", "SURAVI", "2025-02-10", "PLATINUM"),
)
BASIC, GOLD, PLATINUM, US_GOLD, GULF_BASIC, GULF_GOLD, NZ, NOWHERE, INDIA = (row[0] for row in LICENSES)
UAE_BASIC, UAE_GOLD = "ORI-10051", "ORI-10052"


def write(book: Book) -> None:
    """Licences by plan and theater, and what each hour of the week answers."""
    for serial, account, registered, plan in LICENSES:
        book.license(serial, account, "CALLISTO", registered)
        book.term(serial, plan, "2026-02-10", "2028-02-09", "2026-01-22", renewed=True)
    for serial, plan in ((UAE_BASIC, "BASIC"), (UAE_GOLD, "GOLD")):
        book.license(serial, "DANAT", "ORIOL", "2020-09-14")
        book.term(serial, plan, "2021-09-14", "2024-09-13", "2021-08-30", renewed=True)
        book.term(serial, plan, "2024-09-14", "2027-09-13", "2024-08-19", renewed=True)
        book.again(serial, "2026-03-02T07:30:00Z", installed_release="Winter 2026")
    _windows(book)
    _holidays(book)
    _gulf(book)
    _on_call(book)
    _on_call_refused(book)
    _night_work(book)
    _languages(book)
    _basic_deadlines(book)
    _deadlines(book)


def _windows(book: Book) -> None:
    text = "Europe answers the telephone from nine to six; eight in the evening is too late."
    expect = {"remedies": ["WAIT", "CHANGE_CHANNEL"]}
    title = "A call in the evening"
    at = "2026-11-24T20:00:00+01:00"
    book.story("phone-evening", GOLD, title, text, OUTSIDE, at=at, expect=expect, **PHONE)
    text = "The same evening a ticket is taken online; its clock starts at the next opening."
    expect = {"clock_starts_at": "2026-11-25T09:00:00+01:00", "react_by": "2026-11-25T11:00:00+01:00"}
    book.story("online-evening", GOLD, "A ticket in the evening", text, at=at, priority="P2", expect=expect)
    text = "The window is open at nine exactly."
    book.story("phone-opening", GOLD, "A call at opening time", text, at="2026-11-24T09:00:00+01:00", **PHONE)
    text = "And closed at six exactly."
    title = "A call at closing time"
    book.story("phone-closing", GOLD, title, text, OUTSIDE, at="2026-11-24T18:00:00+01:00", **PHONE)
    text = "The caller asks for the hours of another theater, where it is two in the afternoon."
    title = "A call in the evening, served from America"
    book.story("other-theater", GOLD, title, text, at=at, theater="AMERICAS", **PHONE)

    saturday = "2026-11-21T10:00:00+01:00"
    text = "Gold includes Saturdays."
    book.story("saturday-gold", GOLD, "A call on Saturday, Gold", text, at=saturday, **PHONE)
    text = "Basic does not."
    book.story("saturday-basic", BASIC, "A call on Saturday, Basic", text, OUTSIDE, at=saturday, **PHONE)
    text = "In America Saturday's window ends at noon."
    title = "A call on Saturday afternoon in America"
    book.story("saturday-america", US_GOLD, title, text, OUTSIDE, at="2026-11-21T13:00:00-05:00", **PHONE)
    text = "Sunday is the other rest day, which Gold does not include."
    title = "A call on Sunday, Gold"
    book.story("sunday-gold", GOLD, title, text, OUTSIDE, at="2026-11-22T10:00:00+01:00", **PHONE)


def _holidays(book: Book) -> None:
    at = "2026-12-08T10:00:00+01:00"
    text = "8 December is a public holiday in Italy, and Gold includes holidays."
    book.story("holiday-gold", GOLD, "A call on a public holiday, Gold", text, at=at, **PHONE)
    text = "Basic is closed that day."
    book.story("holiday-basic", BASIC, "A call on a public holiday, Basic", text, OUTSIDE, at=at, **PHONE)
    text = "Thanksgiving has Saturday's hours in America, seven to noon."
    title = "A call on Thanksgiving, in the afternoon"
    at = "2026-11-26T13:00:00-05:00"
    book.story("thanksgiving-afternoon", US_GOLD, title, text, OUTSIDE, at=at, **PHONE)
    text = "In the morning it is answered."
    title = "A call on Thanksgiving, in the morning"
    book.story("thanksgiving-morning", US_GOLD, title, text, at="2026-11-26T10:00:00-05:00", **PHONE)
    text = "1 November 2026 is a Sunday, which Gold does not include, and a public holiday, which it does."
    title = "A holiday on the rest day"
    book.story("holiday-on-rest-day", GOLD, title, text, at="2026-11-01T10:00:00+01:00", **PHONE)


def _gulf(book: Book) -> None:
    friday, sunday, saturday = "2026-11-20T10:00:00+04:00", "2026-11-22T10:00:00+04:00", "2026-11-21"
    text = "In the Middle East Friday is the rest day, on Gold too."
    book.story("gulf-friday", GULF_GOLD, "A call on Friday in Riyadh", text, OUTSIDE, at=friday, **PHONE)
    text = "Sunday is a normal day there, on Basic too."
    book.story("gulf-sunday", GULF_BASIC, "A call on Sunday in Riyadh", text, at=sunday, **PHONE)
    text = "Saturday's window opens at noon there."
    title = "A call on Saturday morning in Riyadh"
    book.story("gulf-saturday-morning", GULF_GOLD, title, text, OUTSIDE, at=f"{saturday}T10:00:00+04:00", **PHONE)
    title = "A call on Saturday afternoon in Riyadh"
    text = "And is answered from then to six."
    book.story("gulf-saturday-afternoon", GULF_GOLD, title, text, at=f"{saturday}T13:00:00+04:00", **PHONE)

    text = "Since 2022 the week of the Emirates is Monday to Friday."
    book.story("uae-friday", UAE_BASIC, "A call on Friday in Dubai", text, at=friday, **PHONE)
    text = "So Sunday is the rest day there, on Gold too."
    book.story("uae-sunday", UAE_GOLD, "A call on Sunday in Dubai", text, OUTSIDE, at=sunday, **PHONE)
    text = "Until the end of 2021 it was Friday."
    title = "A call on Friday in Dubai, in 2021"
    at = "2021-11-19T10:00:00+04:00"
    book.story("uae-friday-2021", UAE_GOLD, title, text, OUTSIDE, at=at, **PHONE)
    text = "And Sunday was a normal day."
    title = "A call on Sunday in Dubai, in 2021"
    book.story("uae-sunday-2021", UAE_BASIC, title, text, at="2021-11-21T10:00:00+04:00", **PHONE)


def _on_call(book: Book) -> None:
    title = "A critical problem on Saturday night"
    text = "Platinum, by telephone, with the PIN: the on-call service answers, and its clock runs at once."
    expect = {"on_call": True, "react_by": "2026-11-22T04:00:00+01:00", "notify_by": "2026-11-22T03:30:00+01:00"}
    book.story("on-call", PLATINUM, title, text, at=NIGHT, expect=expect, **CRITICAL)


def _on_call_refused(book: Book) -> None:
    asked = CRITICAL | given(pin_verified=False)
    text = "Without the PIN the on-call service does not take the call."
    expect = {"remedies": ["VERIFY_PIN"]}
    title = "On call without the PIN"
    book.story("on-call-no-pin", PLATINUM, title, text, ON_CALL, at=NIGHT, expect=expect, **asked)
    asked = CRITICAL | given(language="it")
    text = "At night English is spoken, and nothing else."
    expect = {"remedies": ["CHANGE_LANGUAGE"]}
    title = "On call in Italian"
    book.story("on-call-italian", PLATINUM, title, text, ON_CALL, at=NIGHT, expect=expect, **asked)
    asked = CRITICAL | given(language="ja", pin_verified=False)
    reasons = (ON_CALL, ON_CALL, "LANGUAGE_NOT_OFFERED")
    text = "No PIN, and a language that is offered neither at night nor by day: every obstacle is named."
    title = "On call in Japanese, without the PIN"
    book.story("on-call-twice-unmet", PLATINUM, title, text, *reasons, at=NIGHT, **asked)
    text = "New Zealand is in Asia-Pacific, where the on-call service is not offered, whatever theater was chosen."
    title = "On call from New Zealand"
    at = "2026-11-22T10:00:00+13:00"
    book.story("on-call-asia-pacific", NZ, title, text, ON_CALL, at=at, **CRITICAL)
    text = "India too, served from the Middle East, on its rest day."
    title = "On call from India"
    at = "2026-11-20T12:00:00+05:30"
    book.story("on-call-india", INDIA, title, text, ON_CALL, at=at, **CRITICAL)
    text = "The account's country is not recorded, so nobody can tell whether the service is offered there."
    title = "On call, the country not known"
    expect = {"remedies": ["SUPPLY_FACTS"], "facts": ["missing=country"]}
    book.story("on-call-country-unknown", NOWHERE, title, text, "FACTS_MISSING", verdict="UNKNOWN", at=NIGHT,
               expect=expect, **CRITICAL)  # fmt: skip


def _night_work(book: Book) -> None:
    asked = CRITICAL | given(priority="P2")
    text = "The on-call service is there for critical problems only."
    title = "A less than critical problem at night"
    book.story("on-call-p2", PLATINUM, title, text, OUTSIDE, at=NIGHT, **asked)
    text = "Gold has no on-call service."
    title = "A critical problem at night, Gold"
    book.story("on-call-gold", GOLD, title, text, OUTSIDE, at=NIGHT, **CRITICAL)
    asked = CRITICAL | given(channel="CHAT")
    text = "It is reached by telephone, not by chat."
    title = "A critical problem at night, by chat"
    book.story("on-call-chat", PLATINUM, title, text, OUTSIDE, at=NIGHT, **asked)
    book.option(PLATINUM, "LEVEL_1_END_USER", "2026-02-10")
    asked = CRITICAL | given(requester="END_USER")
    text = "End users were agreed to, but the on-call service is not for them."
    expect = {"remedies": ["CHANGE_REQUESTER"]}
    title = "An end user at night"
    book.story("on-call-end-user", PLATINUM, title, text, OUTSIDE, at=NIGHT, expect=expect, **asked)
    asked = CRITICAL | given(priority="P3", planned_maintenance=True)
    text = "Planned maintenance is taken at night at any priority, without a deadline."
    expect = {"on_call": True, "strength": "BEST_EFFORT", "react_by": ""}
    title = "Planned maintenance at night"
    book.story("planned-maintenance", PLATINUM, title, text, at=NIGHT, expect=expect, **asked)
    text = "Half past two comes twice on the night of 25 October 2026; sixty minutes after the first is the second."
    expect = {"on_call": True, "react_by": "2026-10-25T02:30:00+01:00"}
    title = "On call in the night the clocks go back"
    at = "2026-10-25T02:30:00+02:00"
    book.story("clocks-back", PLATINUM, title, text, at=at, expect=expect, **CRITICAL)


def _languages(book: Book) -> None:
    text = "The ticket is accepted; the answer comes in one of the seven languages."
    reason = "LANGUAGE_NOT_OFFERED"
    title = "A language that is not offered"
    book.story("language-not-offered", GOLD, title, text, reason, verdict="CONDITIONAL", language="ja")
    text = "Brazilian Portuguese is Portuguese."
    book.story("language-region", GOLD, "A language with its region", text, language="pt-BR")


def _basic_deadlines(book: Book) -> None:
    text = "Basic's target is the close of the next business day, and word within four business hours."
    expect = {"strength": "TARGET", "react_by": "2026-11-25T18:00:00+01:00", "notify_by": "2026-11-24T14:00:00+01:00"}
    book.story("basic-p1", BASIC, "A critical problem on Basic", text, priority="P1", expect=expect)
    text = "Two business days, and no notification."
    expect = {"strength": "TARGET", "react_by": "2026-11-26T18:00:00+01:00", "notify_by": ""}
    book.story("basic-p2", BASIC, "A grave problem on Basic", text, priority="P2", expect=expect)
    text = "No deadline at all."
    expect = {"strength": "BEST_EFFORT", "react_by": "", "notify_by": ""}
    book.story("basic-p3", BASIC, "A lesser problem on Basic", text, priority="P3", expect=expect)
    text = "Opened on Saturday, it counts from Monday's opening: the next business day is Tuesday."
    expect = {"clock_starts_at": "2026-11-23T09:00:00+01:00", "react_by": "2026-11-24T18:00:00+01:00"}
    title = "A critical problem on Basic, on Saturday"
    book.story("basic-p1-saturday", BASIC, title, text, at="2026-11-21T10:00:00+01:00", priority="P1", expect=expect)


def _deadlines(book: Book) -> None:
    late = "2026-11-24T17:30:00+01:00"
    text = "Thirty minutes are left today and thirty more run tomorrow; word comes by closing time."
    expect = {
        "strength": "COMMITTED",
        "react_by": "2026-11-25T09:30:00+01:00",
        "notify_by": "2026-11-24T18:00:00+01:00",
    }
    title = "A critical problem on Gold, shortly before closing"
    book.story("gold-p1-closing", GOLD, title, text, at=late, priority="P1", expect=expect, **PHONE)
    text = "With the on-call conditions met, Platinum's sixty minutes run through the closing."
    expect = {"on_call": False, "react_by": "2026-11-24T18:30:00+01:00"}
    title = "A critical problem on Platinum, shortly before closing"
    book.story("platinum-p1-closing", PLATINUM, title, text, at=late, expect=expect, **CRITICAL)
    text = "Asked online, Platinum's sixty minutes stay in the window like Gold's."
    expect = {"on_call": False, "react_by": "2026-11-25T09:30:00+01:00"}
    title = "A critical problem on Platinum, asked online"
    book.story("platinum-p1-online", PLATINUM, title, text, at=late, priority="P1", expect=expect)
    text = "Four business hours from Friday at four in the afternoon: two on Friday, two on Saturday."
    expect = {"react_by": "2026-11-28T11:00:00+01:00"}
    title = "A weekend on Gold"
    book.story("gold-weekend", GOLD, title, text, at="2026-11-27T16:00:00+01:00", priority="P3", expect=expect)
    text = "Eight business hours from Saturday at two; the clocks go back on Sunday, when nobody works."
    expect = {"react_by": "2026-10-26T13:00:00+01:00"}
    title = "A weekend on which the clocks go back"
    book.story("gold-clocks-back", GOLD, title, text, at="2026-10-24T14:00:00+02:00", priority="P4", expect=expect)
