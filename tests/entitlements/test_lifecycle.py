"""R-EOL: what the milestones of a product, or of one version of it, end, and on which day."""

from dataclasses import replace

import pytest

from entitlements import coverage, lifecycle
from entitlements.facts import MilestoneKind
from entitlements.parameters import MILESTONE_DAY_IS_COVERED
from tests.builders import GUIDE, a_license, a_milestone, a_product, a_term, codes, covered_by, day, judged, noon


def ending_with(*milestones, **facts):
    """A licence covered by Gold for 2026 whose product has milestones."""
    return covered_by("GOLD", product=a_product(milestones=milestones), **facts)


def last_covered_day(license):
    return coverage.timeline(license, GUIDE).periods[-1].expires_on.isoformat()


@pytest.mark.parametrize(
    ("end_of_support", "last_day", "cut"),
    [
        pytest.param("2026-06-30", "2026-06-30", True, id="support ends first: its own day is the last covered one"),
        pytest.param("2026-12-30", "2026-12-30", True, id="a day before the contract"),
        pytest.param("2026-12-31", "2026-12-31", False, id="on the contract's last day"),
        pytest.param("2027-01-01", "2026-12-31", False, id="the contract ends first"),
    ],
)
def test_coverage_ends_at_the_earlier_of_the_contract_s_end_and_the_end_of_support(end_of_support, last_day, cut):
    license = ending_with(a_milestone("END_OF_SUPPORT", end_of_support))
    (period,) = coverage.timeline(license, GUIDE).periods
    assert period.expires_on == day(last_day)
    assert (period.cut_by is not None) is cut
    assert codes(license, noon(last_day)) == []
    assert codes(license, noon(day(last_day).fromordinal(day(last_day).toordinal() + 1))) != []


def test_periods_wholly_after_the_end_of_support_do_not_exist():
    license = a_license(
        product=a_product(milestones=[a_milestone("END_OF_SUPPORT", "2026-06-30")]),
        terms=(a_term("GOLD", "2026-07-01", "2027-06-30"),),
    )
    assert last_covered_day(license) == "2026-06-30"
    assert codes(license, noon("2026-08-01")) == ["END_OF_SUPPORT"]


def test_whether_the_day_of_the_end_of_support_is_covered_is_policy_data():
    series = GUIDE.values[MILESTONE_DAY_IS_COVERED.name]
    entries = tuple(replace(entry, value=False) for entry in series.entries)
    other = replace(GUIDE, values={**GUIDE.values, series.name: replace(series, entries=entries)})
    license = ending_with(a_milestone("END_OF_SUPPORT", "2026-06-30"))
    assert coverage.timeline(license, other).periods[-1].expires_on == day("2026-06-29")


# ---------------------------------------------------------------- R-EOL-3


@pytest.mark.parametrize(
    ("milestones", "last_day"),
    [
        pytest.param([("END_OF_LIFE", "2026-06-30")], "2026-06-30", id="end of life alone acts as end of support"),
        pytest.param(
            [("END_OF_SUPPORT", "2026-05-31"), ("END_OF_LIFE", "2026-09-30")],
            "2026-05-31",
            id="where both are given the end of support acts",
        ),
        pytest.param(
            [("END_OF_LIFE", "2026-09-30"), ("END_OF_SUPPORT", "2026-05-31")],
            "2026-05-31",
            id="in whatever order they are recorded",
        ),
    ],
)
def test_end_of_life_acts_as_end_of_support_where_it_is_the_only_one(milestones, last_day):
    assert last_covered_day(ending_with(*(a_milestone(*one) for one in milestones))) == last_day


@pytest.mark.parametrize(
    "kind",
    [
        "ANNOUNCED",
        "END_OF_SALE",
        "END_OF_NEW_ATTACHMENT",
        "END_OF_RENEWAL",
        "END_OF_FIXES",
        "END_OF_SECURITY_FIXES",
    ],
)
def test_no_other_milestone_ends_coverage_or_refuses_a_ticket(kind):
    license = ending_with(a_milestone(kind, "2026-01-31"))
    assert last_covered_day(license) == "2026-12-31"
    assert codes(license) == []


# ---------------------------------------------------------------- R-EOL-4


@pytest.mark.parametrize(
    ("milestone", "service", "refused"),
    [
        ("END_OF_FIXES", "BUG_FIX", True),
        ("END_OF_FIXES", "SECURITY_FIX", False),
        ("END_OF_FIXES", "TICKET", False),
        ("END_OF_FIXES", "FEATURE_RELEASE", False),
        ("END_OF_SECURITY_FIXES", "BUG_FIX", False),
        ("END_OF_SECURITY_FIXES", "SECURITY_FIX", True),
        ("END_OF_SECURITY_FIXES", "TICKET", False),
    ],
)
def test_the_end_of_fixes_refuses_its_own_service_only(milestone, service, refused):
    license = ending_with(a_milestone(milestone, "2026-02-28"), installed_release="Winter '26")
    assert (milestone in codes(license, service=service)) is refused
    assert codes(license, service=service) == ([milestone] if refused else [])


@pytest.mark.parametrize(
    ("milestone", "service"), [("END_OF_FIXES", "BUG_FIX"), ("END_OF_SECURITY_FIXES", "SECURITY_FIX")]
)
def test_the_day_of_that_milestone_is_the_last_one_of_the_service(milestone, service):
    license = ending_with(a_milestone(milestone, "2026-03-10"), installed_release="Winter '26")
    assert codes(license, noon("2026-03-10"), service=service) == []
    assert codes(license, noon("2026-03-11"), service=service) == [milestone]


# ---------------------------------------------------------------- R-EOL-6


@pytest.mark.parametrize(
    ("installed", "last_day"),
    [
        pytest.param("Winter '20", "2026-02-28", id="the recorded release has a milestone"),
        pytest.param("Winter '26", "2026-12-31", id="another release does not"),
        pytest.param("Winter '2", "2026-12-31", id="the name has to be exactly that"),
        pytest.param("winter '20", "2026-12-31", id="to the letter's case"),
        pytest.param(None, "2026-12-31", id="nor does an unknown one"),
    ],
)
def test_the_milestone_of_a_version_holds_for_licences_recorded_with_it(installed, last_day):
    milestone = a_milestone("END_OF_SUPPORT", "2026-02-28", version="Winter '20")
    assert last_covered_day(ending_with(milestone, installed_release=installed)) == last_day


def test_the_milestone_of_a_version_never_holds_by_the_request_s_release():
    milestone = a_milestone("END_OF_SUPPORT", "2026-02-28", version="Winter '20")
    recorded = ending_with(milestone, installed_release="Winter '26")
    assert codes(recorded, installed_release="Winter '20") == []
    other = ending_with(milestone, installed_release="Winter '20")
    assert codes(other, installed_release="Winter '26") == ["END_OF_SUPPORT"]


def test_the_end_of_fixes_of_a_version_never_holds_by_the_request_s_release():
    milestone = a_milestone("END_OF_FIXES", "2026-02-28", version="Winter '20")
    recorded = ending_with(milestone, installed_release="Winter '26")
    assert "END_OF_FIXES" not in codes(recorded, service="BUG_FIX", installed_release="Winter '20")
    other = ending_with(milestone, installed_release="Winter '20")
    assert codes(other, service="BUG_FIX", installed_release="Winter '26") == ["END_OF_FIXES"]


@pytest.mark.parametrize(
    ("of_product", "of_version", "last_day"),
    [
        pytest.param(
            ("END_OF_SUPPORT", "2026-06-30"), ("END_OF_SUPPORT", "2026-04-30"), "2026-04-30", id="the version's"
        ),
        pytest.param(
            ("END_OF_SUPPORT", "2026-04-30"), ("END_OF_SUPPORT", "2026-06-30"), "2026-04-30", id="the product's"
        ),
        pytest.param(
            ("END_OF_SUPPORT", "2026-06-30"),
            ("END_OF_LIFE", "2026-04-30"),
            "2026-04-30",
            id="the version's end of life, its only end",
        ),
        pytest.param(
            ("END_OF_LIFE", "2026-04-30"),
            ("END_OF_SUPPORT", "2026-06-30"),
            "2026-04-30",
            id="the product's end of life, its only end",
        ),
    ],
)
def test_the_earlier_of_the_product_s_and_the_version_s_milestone_applies(of_product, of_version, last_day):
    license = ending_with(
        a_milestone(*of_product), a_milestone(*of_version, version="Winter '26"), installed_release="Winter '26"
    )
    assert last_covered_day(license) == last_day


def test_the_earlier_milestone_of_a_kind_is_found():
    product = a_product(
        milestones=[
            a_milestone("END_OF_RENEWAL", "2026-06-30"),
            a_milestone("END_OF_RENEWAL", "2026-03-31", version="Winter '20"),
        ]
    )
    of_product, of_version = product.milestones
    assert lifecycle.milestone(product, "Winter '20", MilestoneKind.END_OF_RENEWAL) == of_version
    assert lifecycle.milestone(product, "Winter '26", MilestoneKind.END_OF_RENEWAL) == of_product
    assert lifecycle.milestone(product, None, MilestoneKind.END_OF_SALE) is None


# ---------------------------------------------------------------- R-EOL-5


def test_of_two_milestones_of_one_day_the_products_own_comes_before_its_releases():
    own = a_milestone("END_OF_LIFE", "2026-06-30")
    of_release = a_milestone("END_OF_SUPPORT", "2026-06-30", version="Winter '20")
    license = ending_with(of_release, own, installed_release="Winter '20")
    assert lifecycle.end_of_support(license, GUIDE) == own


def test_the_period_says_which_milestone_cut_it():
    milestone = a_milestone("END_OF_LIFE", "2026-06-30")
    period = judged(ending_with(milestone)).period
    assert period is not None
    assert period.cut_by == milestone
    assert "R-EOL-2" in {clause.rule for clause in period.clauses}
