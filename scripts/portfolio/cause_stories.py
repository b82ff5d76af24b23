"""Stories of causes, duties, releases and hardware (R-EXC, R-REL, R-SVC-4, R-CHK-8, R-CHK-9, R-CHK-14)."""

from portfolio.book import Book, given

SERIAL = "TIL-10061"
EXCLUDED = {
    "ACCIDENT": "A cleaner pulled the server off its shelf.",
    "TRANSPORT": "The server was moved to another office and did not survive the lorry.",
    "NEGLIGENCE": "The disk had been full for a year, and everybody knew.",
    "MISUSE": "The database was edited by hand.",
    "UNSUITABLE_ENVIRONMENT": "The server room reached fifty degrees.",
    "UNSPECIFIED_SUPPLIES": "The power supply was of another voltage.",
    "UNINTENDED_USE": "The platform was used to drive a door alarm.",
    "UNLISTED_SYSTEM": "It was installed on systems other than those of the contract.",
}


def write(book: Book) -> None:
    """One covered licence for every cause and duty, then releases and hardware."""
    book.license(SERIAL, "WESTERMEER", "TILIA", "2025-02-24", release="Winter 2025")
    book.term(SERIAL, "GOLD", "2026-02-24", "2027-02-23", "2026-02-04", renewed=True)
    _causes(book)
    _altered(book)
    _duties(book)
    _fixes(book)
    _feature_releases(book)
    _hardware(book)


def _causes(book: Book) -> None:
    text = "A defect of the product is what support is for."
    book.story("cause-defect", SERIAL, "Cause: the product itself", text, causes=["PRODUCT_DEFECT"])
    for cause, text in EXCLUDED.items():
        slug = cause.lower().replace("_", "-")
        title = f"Cause: {slug.replace('-', ' ')}"
        book.story(f"cause-{slug}", SERIAL, title, text, "EXCLUDED_CAUSE", causes=[cause])
    expect = {"remedies": ["OBTAIN_AGREEMENT"]}
    text = "The product was changed without the vendor's agreement."
    asked = given(causes=["PRODUCT_ALTERED"])
    title = "Cause: product altered"
    book.story("cause-product-altered", SERIAL, title, text, "PRODUCT_ALTERED", expect=expect, **asked)
    text = "It runs on a hypervisor that was never certified."
    asked = given(causes=["UNCERTIFIED_ENVIRONMENT"])
    title = "Cause: uncertified environment"
    book.story("cause-uncertified", SERIAL, title, text, "UNCERTIFIED_ENVIRONMENT", expect=expect, **asked)
    text = "The vendor agreed to that hypervisor, so nothing is refused on its ground."
    title = "Cause: uncertified environment, agreed"
    book.story("cause-uncertified-agreed", SERIAL, title, text, vendor_agreed=True, **asked)
    text = "No agreement makes up for an accident."
    title = "Cause: accident and uncertified environment, agreed"
    causes = given(causes=["UNCERTIFIED_ENVIRONMENT", "ACCIDENT"], vendor_agreed=True)
    book.story("cause-accident-agreed", SERIAL, title, text, "EXCLUDED_CAUSE", **causes)
    text = "Three causes at once: each is named."
    title = "Cause: several"
    asked = given(causes=["MISUSE", "TRANSPORT", "PRODUCT_ALTERED"])
    reasons = ("EXCLUDED_CAUSE", "EXCLUDED_CAUSE", "PRODUCT_ALTERED")
    book.story("cause-several", SERIAL, title, text, *reasons, **asked)
    text = "The cause lies in another party's product: the ticket is open and waits for that party."
    title = "Cause: third-party product"
    third = given(causes=["THIRD_PARTY_PRODUCT"], verdict="CONDITIONAL")
    book.story("cause-third-party", SERIAL, title, text, "THIRD_PARTY_CAUSE", **third)


def _altered(book: Book) -> None:
    serial = book.license("CAL-10061", "DUNAVIA", "CALLISTO", "2026-01-26", altered="false")
    book.again(serial, "2026-09-18T09:00:00Z", altered="true")
    expect = {"remedies": ["OBTAIN_AGREEMENT"]}
    text = "An engineer recorded in September 2026 that the product had been altered; no cause needs to be given."
    title = "Recorded as altered"
    book.story("altered-recorded", serial, title, text, "PRODUCT_ALTERED", expect=expect)
    text = "With the vendor's agreement nothing is refused on that ground."
    book.story("altered-agreed", serial, "Recorded as altered, and agreed", text, vendor_agreed=True)
    text = "Ten days before, nobody knew."
    known = given(at="2026-09-08T10:00:00+02:00", known_at="2026-09-08T12:00:00Z")
    book.story("altered-not-yet-known", serial, "Altered, before it was known", text, **known)


def _duties(book: Book) -> None:
    duties = {
        "REQUEST_FORM": ("request-form", "the request form is missing", "The form has to be filled in first."),
        "REMOTE_CONNECTIVITY": ("remote-access", "no remote access", "Support has to be let in when it asks."),
        "LATEST_RELEASE": ("latest-release", "no effort to be up to date", "The customer has to plan an upgrade."),
        "CONNECTION_AUTHORISATION": ("authorisation", "no authorisation", "Nobody connects without being allowed to."),
    }
    unmet = given(verdict="CONDITIONAL")
    for duty, (slug, title, text) in duties.items():
        told = f"The ticket is taken. {text}"
        name = f"Duty: {title}"
        book.story(f"duty-{slug}", SERIAL, name, told, "CONDITIONS_UNMET", unmet_duties=[duty], **unmet)
    text = "Two duties are unmet: two conditions, and still a yes."
    reasons = ("CONDITIONS_UNMET", "CONDITIONS_UNMET")
    asked = given(unmet_duties=["REQUEST_FORM", "REMOTE_CONNECTIVITY"])
    book.story("duty-two", SERIAL, "Duty: two at once", text, *reasons, **asked, **unmet)


def _fixes(book: Book) -> None:
    fix = given(service="BUG_FIX")
    conditional = given(verdict="CONDITIONAL")
    text = "Winter 2025 is installed and fixes are made for Summer 2026: upgrade first, which is free."
    title = "A fix for an older release"
    book.story("fix-older-release", SERIAL, title, text, "NOT_LATEST_RELEASE", **fix, **conditional)
    text = "The caller says that Summer 2026 is installed by now."
    title = "A fix, the latest release in use"
    book.story("fix-latest-release", SERIAL, title, text, installed_release="Summer 2026", **fix)
    text = "On the day that Winter 2025 was still the latest, nothing was asked of it."
    title = "A fix, when the release was the latest"
    book.story("fix-when-latest", SERIAL, title, text, at="2025-05-19T10:00:00+02:00", **fix)
    text = "A plain ticket asks nothing of the release."
    book.story("ticket-older-release", SERIAL, "A ticket for an older release", text)
    serial = book.license("ORI-10061", "LINDQVIST", "ORIOL", "2026-02-16", release="unknown")
    text = "Which release is installed is not known; the fix is promised if it turns out to be the latest."
    title = "A fix, the release not known"
    fix = given(service="SECURITY_FIX")
    book.story("fix-release-unknown", serial, title, text, "FACTS_MISSING", **fix, **conditional)


def _feature_releases(book: Book) -> None:
    serial = book.license("PAP-10061", "ATLAS-RIF", "PAPERLINE", "2024-07-01")
    asked = given(service="FEATURE_RELEASE")
    text = "Covered until 30 June 2025: Spring 2025 came out before that, and may be installed ever after."
    title = "A release of the covered time, long after"
    book.story("release-held", serial, title, text, release="Spring 2025", **asked)
    text = "Summer 2025 came out after the last covered day."
    title = "A release later than the coverage"
    expect = {"remedies": ["RENEW"]}
    book.story("release-later", serial, title, text, "EXPIRED_LATE", expect=expect, release="Summer 2025", **asked)
    text = "No release is named, so the latest is meant, and that one came too late."
    title = "The latest release, long after"
    book.story("release-latest-expired", serial, title, text, "EXPIRED_LATE", **asked)
    text = "Covered, and the latest release is Summer 2026."
    book.story("release-latest", SERIAL, "The latest release, while covered", text, **asked)
    text = "On 20 August 2026 the release of 8 September is not out, for anybody."
    title = "A release that is not out yet"
    expect = {"remedies": ["WAIT"]}
    check = asked | given(release="Summer 2026", at="2026-08-20T10:00:00+02:00")
    book.story("release-not-yet", SERIAL, title, text, "NOT_YET_OFFERED", expect=expect, **check)


def _hardware(book: Book) -> None:
    told = given(service="HARDWARE_REPAIR", verdict="CONDITIONAL")
    reason = "MANUFACTURER_WARRANTY"

    serial = book.license("GAT-10061", "CASTELMOR", "BASTION-GATE", "2025-10-13")
    book.term(serial, "BASIC", "2026-10-13", "2027-10-12", "2026-09-30", renewed=True)
    book.add("warranties", serial, "Bastion Devices", "2027-10-12")
    text = "In the manufacturer's warranty until October 2027: the supplier replaces it."
    expect = {"facts": ["warranty=in warranty"]}
    book.story("hardware-in-warranty", serial, "Hardware in warranty", text, reason, expect=expect, **told)
    text = "A question about the device is a ticket like any other."
    book.story("hardware-ticket", serial, "A ticket for hardware", text)

    serial = book.license("GAT-10062", "FONTANELLA", "BASTION-GATE", "2022-05-09")
    book.add("warranties", serial, "Bastion Devices", "2024-05-08")
    text = "The warranty ended in May 2024, and so did the coverage in 2023: the supplier quotes the repair."
    expect = {"facts": ["warranty=out of warranty"]}
    book.story("hardware-out-of-warranty", serial, "Hardware out of warranty", text, reason, expect=expect, **told)

    serial = book.license("TAB-10061", "SANTAMARTA", "BASTION-TABLE", "2026-06-08", quantity=25)
    text = "Nobody recorded the warranty: support asks the supplier."
    expect = {"facts": ["warranty=not recorded"]}
    title = "Hardware, the warranty not recorded"
    book.story("hardware-warranty-unknown", serial, title, text, reason, expect=expect, **told)
