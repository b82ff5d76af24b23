"""The catalogue of an invented vendor of unified communications: products, releases, milestones, price books."""

from decimal import ROUND_HALF_UP, Decimal

from portfolio.book import Book, noon, releases

PRODUCTS = (
    # code, name, kind, family, bases, price of a year of Basic in euro, prefix of its serials
    ("CALLISTO", "Callisto Voice Platform", "BASE", "VOICE", "", "1200", "CAL"),
    ("TILIA", "Tilia Contact Desk", "BASE", "CONTACT", "", "1850", "TIL"),
    ("ORIOL", "Oriol Conversation Archive", "BASE", "ARCHIVE", "", "960", "ORI"),
    ("PAPERLINE", "Paperline Document Gateway", "BASE", "DOCUMENTS", "", "740", "PAP"),
    ("VETTA", "Vetta Meeting Rooms", "BASE", "MEETINGS", "", "620", "VET"),
    ("MIRTO", "Mirto Voice Portal", "BASE", "VOICE", "", "540", "MIR"),
    ("BRASA", "Brasa Cost Monitor", "BASE", "REPORTING", "", "460", "BRA"),
    ("CORRENTE", "Corrente Voice Mail", "BASE", "VOICE", "", "310", "COR"),
    ("CALLISTO-GROUPS", "Callisto Group Routing", "MODULE", "VOICE", "CALLISTO", "340", "GRP"),
    ("CALLISTO-LOBBY", "Callisto Lobby Desk", "MODULE", "VOICE", "CALLISTO", "280", "LOB"),
    ("TILIA-INSIGHT", "Tilia Insight Reports", "MODULE", "CONTACT", "TILIA", "420", "INS"),
    ("TILIA-SOCIAL", "Tilia Social Inbox", "MODULE", "CONTACT", "TILIA", "260", "SOC"),
    ("ORIOL-SEARCH", "Oriol Speech Search", "MODULE", "ARCHIVE", "ORIOL", "390", "SEA"),
    ("BRASA-TARIFF", "Brasa Tariff Import", "MODULE", "REPORTING", "BRASA", "120", "TAR"),
    ("PRESENCE", "Presence Bridge", "MODULE", "VOICE", "CALLISTO;TILIA;VETTA", "180", "PRE"),
    ("CALLISTO-DESKTOP", "Callisto Desktop", "CLIENT", "VOICE", "CALLISTO", "18", "DSK"),
    ("TILIA-SEAT", "Tilia Agent Seat", "CLIENT", "CONTACT", "TILIA", "36", "AGT"),
    ("CALLISTO-TWIN", "Callisto Twin Node", "REDUNDANCY", "VOICE", "CALLISTO", "520", "TWN"),
    ("PAPERLINE-TWIN", "Paperline Twin Node", "REDUNDANCY", "DOCUMENTS", "PAPERLINE", "330", "TWP"),
    ("CALLISTO-TAILOR", "Callisto Directory Tailoring", "CUSTOMISATION", "VOICE", "CALLISTO", "150", "TLR"),
    ("TILIA-TAILOR", "Tilia Screen Tailoring", "CUSTOMISATION", "CONTACT", "TILIA", "170", "TLT"),
    ("BASTION-GATE", "Bastion Line Gateway", "HARDWARE", "DEVICES", "", "95", "GAT"),
    ("BASTION-TABLE", "Bastion Table Phone", "HARDWARE", "DEVICES", "", "22", "TAB"),
)
PREFIX = {code: prefix for code, *_, prefix in PRODUCTS}

LIST_BOOK, PUBLIC_BOOK = "LIST", "PUBLIC"
CURRENCIES = {"EUR": Decimal("1.00"), "USD": Decimal("1.10"), "AED": Decimal("4.00")}
PLANS = {"BASIC": Decimal("1.00"), "GOLD": Decimal("1.45"), "PLATINUM": Decimal("2.00")}
MONTHS = {12: Decimal("1.00"), 24: Decimal("1.90"), 36: Decimal("2.70")}
BOOKS = (
    # book, the day its prices begin, factor, currencies
    (LIST_BOOK, "2019-01-01", Decimal("1.00"), ("EUR", "USD", "AED")),
    (LIST_BOOK, "2026-01-01", Decimal("1.06"), ("EUR", "USD", "AED")),
    (PUBLIC_BOOK, "2019-01-01", Decimal("0.85"), ("EUR", "USD")),
)
YEARLY_ONLY = ("CALLISTO-TAILOR", "TILIA-TAILOR")
"""Products that have a price for 12 months and for no other term."""

NOTICE = "Lifecycle notice"
MILESTONES = (
    # product, version, kind, on, recorded on, notice
    ("BRASA", "", "ANNOUNCED", "2024-06-03", "2024-06-03", "2024-11"),
    ("BRASA", "", "END_OF_SALE", "2024-12-31", "2024-06-03", "2024-11"),
    ("BRASA", "", "END_OF_NEW_ATTACHMENT", "2025-06-30", "2024-06-03", "2024-11"),
    ("BRASA", "", "END_OF_RENEWAL", "2025-12-31", "2024-06-03", "2024-11"),
    ("BRASA", "", "END_OF_SUPPORT", "2026-06-30", "2024-06-03", "2024-11"),
    ("CORRENTE", "", "END_OF_LIFE", "2025-12-31", "2024-02-05", "2024-02"),
    ("MIRTO", "", "ANNOUNCED", "2023-11-06", "2023-11-06", "2023-19"),
    ("MIRTO", "", "END_OF_SALE", "2024-06-30", "2023-11-06", "2023-19"),
    ("MIRTO", "", "END_OF_NEW_ATTACHMENT", "2025-06-30", "2023-11-06", "2023-19"),
    ("MIRTO", "", "END_OF_RENEWAL", "2026-06-30", "2023-11-06", "2023-19"),
    ("MIRTO", "", "END_OF_FIXES", "2026-06-30", "2023-11-06", "2023-19"),
    ("MIRTO", "", "END_OF_SECURITY_FIXES", "2026-09-30", "2023-11-06", "2023-19"),
    ("MIRTO", "", "END_OF_SUPPORT", "2027-12-31", "2023-11-06", "2023-19"),
    ("ORIOL", "Winter 2021", "END_OF_SUPPORT", "2026-03-31", "2025-03-10", "2025-04"),
    ("TILIA-SOCIAL", "", "END_OF_SUPPORT", "2026-06-30", "2025-06-16", "2025-09"),
    ("PAPERLINE", "", "END_OF_SUPPORT", "2026-09-30", "2025-09-01", "2025-14"),
    ("PAPERLINE", "", "END_OF_SUPPORT", "2028-09-30", "2026-05-12", "2026-07"),
    ("VETTA", "", "END_OF_SUPPORT", "2026-08-31", "2026-01-15", "2026-01"),
    ("VETTA", "", "END_OF_SUPPORT", "", "2026-07-01", "2026-10"),
)


def write(book: Book) -> None:
    """Products, releases, milestones and prices."""
    for code, name, kind, family, bases, _, _ in PRODUCTS:
        book.add("products", code, name, kind, family, bases)
    for name, season, year, day in releases():
        book.add("releases", name, season, year, day)
    for product, version, kind, on, recorded, notice in MILESTONES:
        book.add("milestones", product, version, kind, on, f"{NOTICE} {notice}", recorded=noon(recorded))
    for name, begins, _, currencies in BOOKS:
        for currency in currencies:
            _write_prices(book, name, currency, begins)


def _write_prices(book: Book, name: str, currency: str, begins: str) -> None:
    for code, *_ in PRODUCTS:
        for plan in PLANS:
            for months in MONTHS:
                if months == min(MONTHS) or code not in YEARLY_ONLY:
                    amount = price(name, currency, code, plan, months, begins)
                    book.add("prices", name, currency, code, plan, months, begins, amount)


def price(book: str, currency: str, product: str, plan: str, months: int, on: str) -> Decimal:
    """The price of one unit for the whole of so many months, by the prices in force on a day."""
    factor = max((begins, factor) for name, begins, factor, _ in BOOKS if name == book and begins <= on)[1]
    yearly = next(Decimal(amount) for code, *_, amount, _ in PRODUCTS if code == product)
    amount = yearly * factor * CURRENCIES[currency] * PLANS[plan] * MONTHS[months]
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
