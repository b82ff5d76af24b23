"""What codes are called on pages. Messages come from the API in words already; these are the codes beside them."""

from api.documents.quotes import STANDINGS
from entitlements.events import EventType
from entitlements.messages import Message, said
from schema.sending import DeliveryError, DeliveryState

VERDICTS = {
    "ENTITLED": said("Yes: open the ticket"),
    "CONDITIONAL": said("Yes, on conditions"),
    "NOT_ENTITLED": said("No"),
    "UNKNOWN": said("Not known: a fact is missing"),
}
SERVICES = {
    "TICKET": said("Ticket"),
    "BUG_FIX": said("Bug fixes"),
    "SECURITY_FIX": said("Vulnerability fixes"),
    "FEATURE_RELEASE": said("New features"),
    "ON_SITE": said("On-site assistance"),
    "PROACTIVE": said("Proactive support"),
    "EXPERT": said("Expert assistance"),
    "HARDWARE_REPAIR": said("Hardware repair"),
    "PROFESSIONAL_SERVICES": said("Professional services"),
}
CHANNELS = {
    "ONLINE": said("Ticket by web"),
    "EMAIL": said("E-mail"),
    "PHONE": said("Telephone"),
    "CHAT": said("Chat"),
    "REMOTE_SESSION": said("Remote session"),
}
REQUESTERS = {
    "ADMINISTRATOR": said("System administrator"),
    "END_USER": said("End user"),
    "RESELLER": said("Reseller"),
}
STATES = {
    "COVERED": said("Covered"),
    "NOT_STARTED": said("Not started"),
    "NOT_ACTIVATED": said("Not activated"),
    "EXPIRED_RENEWABLE": said("Expired, renewable without a late fee"),
    "EXPIRED_LATE": said("Expired, late"),
    "END_OF_SUPPORT": said("End of support"),
    "BASE_NOT_COVERED": said("The base is not covered"),
    "RETIRED": said("Retired"),
}
SOURCES = {
    "INCLUDED_FIRST_YEAR": said("Included first year"),
    "ORDERED": said("Ordered"),
    "RENEWED": said("Renewed"),
    "FROM_BASE": said("From the base"),
}
MILESTONES = {
    "ANNOUNCED": said("Announced"),
    "END_OF_SALE": said("End of sale"),
    "END_OF_NEW_ATTACHMENT": said("End of new attachment"),
    "END_OF_RENEWAL": said("End of renewal"),
    "END_OF_FIXES": said("End of fixes"),
    "END_OF_SECURITY_FIXES": said("End of security fixes"),
    "END_OF_LIFE": said("End of life"),
}
STRENGTHS = {
    "COMMITTED": said("Committed"),
    "TARGET": said("Target"),
    "BEST_EFFORT": said("Best effort"),
}
AVAILABILITIES = {
    "INCLUDED": said("Included"),
    "OPTIONAL": said("By agreement"),
    "NOT_INCLUDED": said("Not included"),
}
RECORDED = {
    "CHARGE": said("Charge"),
    "COVERAGE": said("Coverage"),
    "DECISION": said("Decision"),
    "LICENSE": said("Licence"),
    "MILESTONE": said("Milestone"),
    "OPTION": said("Agreed option"),
    "WARRANTY": said("Warranty"),
}
EVENTS = {
    EventType.LICENSE_REGISTERED: said("Licence registered"),
    EventType.LICENSE_ATTACHED: said("Module attached"),
    EventType.LICENSE_RETIRED: said("Licence retired"),
    EventType.LICENSE_CORRECTED: said("Licence corrected"),
    EventType.PLAN_CHANGED: said("Plan changed"),
    EventType.COVERAGE_CANCELLED: said("Coverage cancelled"),
    EventType.COVERAGE_CORRECTED: said("Coverage corrected"),
    EventType.CHARGE_CORRECTED: said("Charge corrected"),
    EventType.RENEWAL_ORDERED: said("Renewal ordered"),
    EventType.PAYMENT_RECORDED: said("Payment recorded"),
    EventType.PAYMENT_OVERDUE: said("Payment overdue"),
    EventType.MILESTONE_SET: said("Milestone set"),
    EventType.COVERAGE_EXPIRING: said("Coverage expires soon"),
    EventType.COVERAGE_EXPIRED: said("Coverage expired"),
    EventType.FREE_RENEWAL_CLOSING: said("Last day without a late fee is near"),
    EventType.FREE_RENEWAL_CLOSED: said("Last day without a late fee has passed"),
    EventType.SUPPORT_ENDING: said("End of support is near"),
}
"""What events are about; receivers know them by the names of their types."""
DELIVERIES = {
    DeliveryState.PENDING: said("Waiting"),
    DeliveryState.DELIVERED: said("Delivered"),
    DeliveryState.DEAD: said("Given up"),
    DeliveryState.WITHDRAWN: said("Withdrawn"),
}
FAILURES = {
    DeliveryError.STATUS: said("the answer was not a success"),
    DeliveryError.GONE: said("the receiver says that it is gone"),
    DeliveryError.TIMEOUT: said("no answer in time"),
    DeliveryError.CONNECTION: said("no connection"),
    DeliveryError.TLS: said("its certificate is not trusted"),
    DeliveryError.NAME: said("its name is not known"),
    DeliveryError.ADDRESS_REFUSED: said("its address is not allowed"),
}
GROUPINGS = {
    "MONTH": said("Month"),
    "PLAN": said("Plan"),
    "PRODUCT": said("Product"),
    "PARTNER": said("Partner"),
    "ACCOUNT": said("Account"),
    "THEATER": said("Theater"),
    "KIND": said("Kind"),
}
REPORTS = {
    "renewals": said("Renewals due"),
    "gaps": said("Coverage gaps"),
    "end-of-support": said("Ends of support"),
    "late-fees": said("Late-fee exposure"),
    "charges": said("Outstanding charges"),
    "leakage": said("Revenue leakage"),
}
ALL: dict[str, Message] = {
    code: word
    for table in (VERDICTS, STATES, SOURCES, MILESTONES, STRENGTHS, STANDINGS, AVAILABILITIES, RECORDED)
    for code, word in table.items()
}


def word(code: str) -> str:
    """What a code is called; the code itself where it has no other name."""
    return ALL.get(code, code)
