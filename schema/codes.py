"""The codes that the engine itself owns, as GraphQL enums; codes that come from a guide are strings."""

import strawberry

from entitlements.clauses import ClauseBasis
from entitlements.coverage import CoverageSource, CoverageState
from entitlements.events import EventType
from entitlements.facts import LicenseModel, MilestoneKind, ProductKind
from entitlements.parameters import ActivationBasis, Availability, CommitmentStrength, Priority
from entitlements.quotes import QuoteLineKind
from entitlements.reasons import ReasonCode, Verdict
from entitlements.remedies import RemedyKind
from entitlements.renewals import RenewalStanding
from entitlements.requests import Cause, Channel, Duty, Requester, Service
from schema.sending import DeliveryError, DeliveryState
from schema.shown import DocumentFormat
from schema.store import LicenseOrder
from schema.writing import RecordedKind

CODES = (
    ActivationBasis,
    Availability,
    Cause,
    Channel,
    ClauseBasis,
    CommitmentStrength,
    CoverageSource,
    CoverageState,
    DocumentFormat,
    DeliveryError,
    DeliveryState,
    Duty,
    EventType,
    LicenseModel,
    LicenseOrder,
    MilestoneKind,
    Priority,
    ProductKind,
    QuoteLineKind,
    ReasonCode,
    RecordedKind,
    RemedyKind,
    RenewalStanding,
    Requester,
    Service,
    Verdict,
)
for code in CODES:
    strawberry.enum(code)
