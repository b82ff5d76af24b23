"""The accounts: two partners, and the customers that they manage in the four theaters."""

from portfolio.book import Book
from portfolio.catalogue import LIST_BOOK, PUBLIC_BOOK

PARTNERS = ("BOREALE", "MERIDIAN-ARC")
EUROPE, AMERICAS, MIDDLE_EAST, UAE = "EUROPE", "AMERICAS", "MIDDLE_EAST", "MIDDLE_EAST_UAE"
B, M, NOBODY = *PARTNERS, ""

ACCOUNTS = (
    # reference, name, partner, country, theater, language, currency, segment
    ("BOREALE", "Boreale Integrators S.r.l.", NOBODY, "IT", EUROPE, "it", "EUR", "PARTNER"),
    ("MERIDIAN-ARC", "Meridian Arc Communications LLC", NOBODY, "US", AMERICAS, "en", "USD", "PARTNER"),
    ("CASTELMOR", "Castelmor Ceramiche S.p.A.", B, "IT", EUROPE, "it", "EUR", "ENTERPRISE"),
    ("ALPENHOF", "Alpenhof Kliniken GmbH", B, "DE", EUROPE, "de", "EUR", "ENTERPRISE"),
    ("VERNAY", "Vernay Assurances SA", B, "FR", EUROPE, "fr", "EUR", "ENTERPRISE"),
    ("TAGUS-LINE", "Tagus Line Transportes Lda", B, "PT", EUROPE, "pt", "EUR", "MIDMARKET"),
    ("OLIVARES", "Bodegas Olivares del Sur S.L.", B, "ES", EUROPE, "es", "EUR", "MIDMARKET"),
    ("NORDHAVEN", "Nordhaven Shipping ApS", M, "DK", EUROPE, "en", "EUR", "ENTERPRISE"),
    ("BRUMEL", "Brumel et Fils SA", B, "BE", EUROPE, "fr", "EUR", "MIDMARKET"),
    ("KESTREL-MOOR", "Kestrel Moor Utilities plc", M, "GB", EUROPE, "en", "EUR", "ENTERPRISE"),
    ("SANTAMARTA", "Comune di Santamarta Vecchia", B, "IT", EUROPE, "it", "EUR", "PUBLIC"),
    ("LINDQVIST", "Lindqvist Trä AB", M, "SE", EUROPE, "en", "EUR", "MIDMARKET"),
    ("ZIELONA", "Zielona Dolina Sp. z o.o.", B, "PL", EUROPE, "en", "EUR", "MIDMARKET"),
    ("AUERBACH", "Auerbach Optik AG", B, "CH", EUROPE, "de", "EUR", "MIDMARKET"),
    ("FONTANELLA", "Fontanella Hotels S.r.l.", B, "IT", EUROPE, "it", "EUR", "ENTERPRISE"),
    ("HELIKON", "Helikon Press S.A.", B, "GR", EUROPE, "en", "EUR", "MIDMARKET"),
    ("WESTERMEER", "Westermeer Logistiek B.V.", M, "NL", EUROPE, "en", "EUR", "ENTERPRISE"),
    ("DUNAVIA", "Dunavia Steel a.s.", B, "SK", EUROPE, "en", "EUR", "MIDMARKET"),
    ("ATLAS-RIF", "Atlas Rif Agrumes SARL", B, "MA", EUROPE, "fr", "EUR", "MIDMARKET"),
    ("MISTRAL", "Mistral Holding", B, "", EUROPE, "en", "EUR", "MIDMARKET"),
    ("HARLAN", "Harlan County Water District", M, "US", AMERICAS, "en", "USD", "PUBLIC"),
    ("PINE-RIDGE", "Pine Ridge Credit Union", M, "US", AMERICAS, "en", "USD", "ENTERPRISE"),
    ("BLUEWATER", "Bluewater Outfitters Inc.", M, "US", AMERICAS, "en", "USD", "MIDMARKET"),
    ("CORDOVA", "Cordova Minerales S.A.", M, "CL", AMERICAS, "es", "USD", "ENTERPRISE"),
    ("MAPLECREST", "Maplecrest Health Network", M, "CA", AMERICAS, "en", "USD", "ENTERPRISE"),
    ("SERRA-VERDE", "Serra Verde Alimentos Ltda", M, "BR", AMERICAS, "pt", "USD", "MIDMARKET"),
    ("TEXOLA", "Texola Freight Lines Inc.", M, "US", AMERICAS, "en", "USD", "MIDMARKET"),
    ("QUINTANA", "Grupo Quintana S.A. de C.V.", M, "MX", AMERICAS, "es", "USD", "ENTERPRISE"),
    ("LAKESHORE", "Lakeshore Unified School District", M, "US", AMERICAS, "en", "USD", "PUBLIC"),
    ("ANDINA", "Andina Textil S.A.C.", M, "PE", AMERICAS, "es", "USD", "MIDMARKET"),
    ("TAUMARU", "Taumaru Dairy Co-operative", M, "NZ", AMERICAS, "en", "USD", "MIDMARKET"),
    ("NAJDIYA", "Najdiya Trading Company", B, "SA", MIDDLE_EAST, "ar", "USD", "ENTERPRISE"),
    ("LULWA-BAY", "Lulwa Bay Hospitality W.L.L.", B, "QA", MIDDLE_EAST, "en", "USD", "ENTERPRISE"),
    ("MUSANDAM", "Musandam Harbours SAOC", M, "OM", MIDDLE_EAST, "en", "USD", "ENTERPRISE"),
    ("KANDARI", "Kandari Medical Group", B, "KW", MIDDLE_EAST, "ar", "USD", "MIDMARKET"),
    ("NILE-DELTA", "Nile Delta Packaging SAE", B, "EG", MIDDLE_EAST, "ar", "USD", "MIDMARKET"),
    ("SURAVI", "Suravi Components Pvt. Ltd.", M, "IN", MIDDLE_EAST, "en", "USD", "MIDMARKET"),
    ("DANAT", "Danat Marina Developments LLC", B, "AE", UAE, "en", "AED", "ENTERPRISE"),
    ("SAQR", "Saqr Aviation Services FZE", M, "AE", UAE, "en", "AED", "ENTERPRISE"),
    ("WAHAT", "Wahat Foods Trading LLC", B, "AE", UAE, "ar", "AED", "MIDMARKET"),
    ("RIMAL", "Rimal Schools Group", M, "AE", UAE, "ar", "AED", "MIDMARKET"),
)
CURRENCY = {row[0]: row[6] for row in ACCOUNTS}
PRICE_BOOK = {row[0]: PUBLIC_BOOK if row[7] == "PUBLIC" else LIST_BOOK for row in ACCOUNTS}


def write(book: Book) -> None:
    """Every account, the partners first."""
    for reference, name, partner, country, theater, language, currency, segment in ACCOUNTS:
        where = (country, theater, language, currency)
        book.add("accounts", reference, name, partner, *where, PRICE_BOOK[reference], segment)
