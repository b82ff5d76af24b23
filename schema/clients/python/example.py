"""May support be opened, and what would a year of Gold cost? `python example.py URL KEY SERIAL`."""

import sys

from coverline_client import Client, EntitlementCheckInput, LicenseRef, RenewalQuoteInput

url, key, serial = sys.argv[1:]
asked = LicenseRef(serial=serial)
with Client(url, key) as client:
    decision = client.check(EntitlementCheckInput(license=asked)).entitlement_check
    quote = client.renewal_quote(RenewalQuoteInput(license=asked, plan="GOLD", months=12)).renewal_quote
print(decision.verdict.value, *(reason.code.value for reason in decision.reasons))
if quote.typename__ == "Problem":
    print(quote.code, quote.message)
else:
    print(quote.starts_on, "to", quote.expires_on, quote.total.amount if quote.total else "not priced")
