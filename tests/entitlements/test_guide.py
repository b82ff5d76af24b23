"""The loader refuses what is undated, uncited, out of order, unknown or unproven, and says where and what to do.

The editions are of an invented guide, Harbour Care, in force from 2021-01-01.
"""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from entitlements.editing.building import build_guide
from entitlements.guide import GuideRefused, NotYetInForce
from entitlements.parameters import (
    FEATURE,
    GRACE_DAYS,
    HOLIDAYS,
    INCLUDED_MONTHS,
    PLAN,
    POLICY_ZONE,
    SERVICE,
    USUAL_MONTHS,
    WEEK,
)
from tests.guides import CLAUSES, HEAD, THIRTY_DAYS, guide_of, harbour, placed, stated, values_with

FIRST_DAY = date(2021, 1, 1)


def refusals(*editions):
    """Every sentence with which the loader refuses these editions."""
    with pytest.raises(GuideRefused) as refused:
        guide_of(*editions)
    assert str(refused.value) == "\n".join(refused.value.problems)
    return refused.value.problems


def refusal(*editions):
    """The one sentence with which the loader refuses these editions."""
    (problem,) = refusals(*editions)
    return problem


def with_value(name, fragment):
    """The invented edition with one value stated otherwise."""
    return harbour(values=values_with({name: fragment}))


def with_clauses(added):
    return harbour(clauses=CLAUSES + added)


# ---------------------------------------------------------------- a sound edition


def test_a_sound_edition_says_what_it_is():
    guide = guide_of()
    assert (guide.edition, guide.title, guide.in_force_from) == ("harbour-1", "Harbour Care, first edition", FIRST_DAY)
    assert guide.digest == "the digest of the files"


def test_a_value_is_read_in_its_own_type():
    guide = guide_of()
    assert guide.value(POLICY_ZONE, FIRST_DAY) == ZoneInfo("Europe/Lisbon")
    assert guide.series(HOLIDAYS, "PT").on(FIRST_DAY).value == {date(2021, 1, 1), date(2021, 4, 25)}
    assert guide.series(SERVICE, "HARDWARE_REPAIR").on(FIRST_DAY).value is None


def test_an_entry_carries_the_clause_that_states_it():
    clause = guide_of().entry(INCLUDED_MONTHS, FIRST_DAY).clause
    assert (clause.id, clause.rule, clause.section) == ("harbour-1/R-BUOYS", "R-BUOYS", "the-first-months")


def test_a_clause_under_a_rule_belongs_to_the_rule():
    assert guide_of().clause("R-RENEWAL/lanterns").rule == "R-RENEWAL"


def test_a_clause_may_name_another_rule_than_its_own_name_says():
    clauses = f'["R-TABLE/ROW"]\nrule = "R-RENEWAL"\nsummary = "A row."\n{placed(THIRTY_DAYS, "renewal")}'
    assert guide_of(with_clauses(clauses)).clause("R-TABLE/ROW").rule == "R-RENEWAL"


def test_a_reading_carries_the_clauses_that_it_reads():
    assert [clause.rule for clause in guide_of().clause("R-READ").reads] == ["R-BUOYS", "R-RENEWAL"]


def test_clauses_and_codes_keep_the_order_of_the_files():
    forward = (
        '[R-FIRST]\nsummary = "Reads what follows."\nbasis = "READING"\neffective = 2021-01-01\nreads = ["R-BUOYS"]\n'
    )
    guide = guide_of(harbour(clauses=forward + CLAUSES))
    assert list(guide.clauses) == ["R-FIRST", "R-BUOYS", "R-RENEWAL", "R-RENEWAL/lanterns", "R-READ"]
    assert guide.codes(PLAN) == ("DAY", "NIGHT")


# ---------------------------------------------------------------- looking up


def test_a_value_holds_from_its_own_day_until_the_next_one():
    grace = stated("renewals.grace_days", "30", "45", years=(2021, 2023))
    guide = guide_of(with_value("renewals.grace_days", grace))
    days = (date(2021, 1, 1), date(2022, 12, 31), date(2023, 1, 1), date(2040, 1, 1))
    assert [guide.value(GRACE_DAYS, day) for day in days] == [30, 30, 45, 45]


def test_a_look_up_before_the_first_edition_is_made_on_its_first_day():
    assert guide_of().value(GRACE_DAYS, date(1999, 1, 1)) == 30


def test_a_look_up_before_a_value_s_first_entry_raises():
    guide = guide_of(with_value("renewals.grace_days", stated("renewals.grace_days", "30", years=(2023,))))
    with pytest.raises(NotYetInForce, match=r"^renewals\.grace_days has no value on 2022-12-31$"):
        guide.value(GRACE_DAYS, date(2022, 12, 31))
    assert guide.value(GRACE_DAYS, date(2023, 1, 1)) == 30


def test_an_ended_value_raises_from_its_end_and_answers_before_it():
    ended = stated("renewals.grace_days", "30") + (
        '[[renewals.grace_days.entries]]\neffective = 2024-01-01\nclause = "R-RENEWAL"\nended = true\n'
    )
    guide = guide_of(with_value("renewals.grace_days", ended))
    assert guide.value(GRACE_DAYS, date(2023, 12, 31)) == 30
    with pytest.raises(NotYetInForce, match="2024-01-01"):
        guide.value(GRACE_DAYS, date(2024, 1, 1))


def test_a_code_that_is_unknown_or_not_in_force_is_not_found():
    guide = guide_of(harbour(more=stated("holidays.ES", "[]", years=(2023,))))
    assert guide.find(HOLIDAYS, "FR", FIRST_DAY) is None
    assert guide.find(HOLIDAYS, "ES", FIRST_DAY) is None
    assert guide.find(HOLIDAYS, "ES", date(2023, 1, 1)) is not None
    with pytest.raises(KeyError):
        guide.series(HOLIDAYS, "FR")


# ---------------------------------------------------------------- what is refused: values


def test_an_undated_entry_is_refused():
    fragment = '[renewals.grace_days]\nsummary = "Days."\nentries = [{ value = 30, clause = "R-RENEWAL" }]\n'
    assert refusal(with_value("renewals.grace_days", fragment)) == (
        "harbour-1/values.toml: [renewals.grace_days] entry 1: is undated; "
        "give it the day from which it holds, effective = YYYY-MM-DD"
    )


def test_an_uncited_entry_is_refused():
    fragment = '[renewals.grace_days]\nsummary = "Days."\nentries = [{ effective = 2021-01-01, value = 30 }]\n'
    assert refusal(with_value("renewals.grace_days", fragment)) == (
        "harbour-1/values.toml: [renewals.grace_days] entry 1: is uncited; "
        'name the clause that states it, clause = "R-…"'
    )


def test_an_entry_that_cites_an_unknown_clause_is_refused():
    fragment = stated("renewals.grace_days", "30", clause="R-TIDES")
    assert refusal(with_value("renewals.grace_days", fragment)) == (
        "harbour-1/values.toml: [renewals.grace_days] entry 1: cites R-TIDES, which is not in clauses.toml; "
        "add the clause or mend the name"
    )


@pytest.mark.parametrize("later", [2021, 2020])
def test_entries_out_of_order_or_of_one_day_are_refused(later):
    fragment = stated("renewals.grace_days", "30", "40", years=(2021, later))
    assert refusals(with_value("renewals.grace_days", fragment))[0] == (
        f"harbour-1/values.toml: [renewals.grace_days] entry 2: {later}-01-01 does not come after 2021-01-01; "
        "put the entries in order, one for each day"
    )


def test_an_entry_from_before_the_edition_is_refused():
    assert refusal(with_value("renewals.grace_days", stated("renewals.grace_days", "30", years=(2020,)))) == (
        "harbour-1/values.toml: [renewals.grace_days] entry 1: 2020-01-01 is before the edition, 2021-01-01; "
        "date it from the edition on"
    )


def test_a_value_without_entries_is_refused():
    fragment = '[renewals.grace_days]\nsummary = "Days."\nentries = []\n'
    assert refusal(with_value("renewals.grace_days", fragment)) == (
        "harbour-1/values.toml: [renewals.grace_days]: has no entries; "
        "give at least one with effective, value and clause"
    )


@pytest.mark.parametrize("name", ["renewals.grace_dais", "tides.height"])
def test_a_value_that_the_rules_do_not_know_is_refused(name):
    assert refusal(harbour(more=stated(name, "30"))) == (
        f"harbour-1/more.toml: [{name}]: is not a value that the rules know; "
        "mend the name; entitlements/parameters.py lists them"
    )


def test_a_missing_value_is_refused():
    assert refusal(with_value("renewals.grace_days", None)) == (
        "harbour-1: [renewals.grace_days]: is missing; add it to one of the edition's files"
    )


def test_a_value_that_was_refused_is_not_called_missing_as_well():
    assert "is missing" not in refusal(with_value("renewals.grace_days", stated("renewals.grace_days", '"many"')))


@pytest.mark.parametrize(
    ("name", "literal", "problem"),
    [
        ("renewals.grace_days", "-1", "must be a whole number, zero or more, not -1"),
        ("renewals.grace_days", "true", "must be a whole number, zero or more, not True"),
        ("renewals.served_within_grace", '"no"', "must be true or false, not 'no'"),
        ("coverage.included_plan", '" "', "must be a non-empty string, not ' '"),
        ("dates.calendar_first_day", '"2020"', "must be a date such as 2020-03-01, without quotes, not '2020'"),
        ("dates.policy_zone", '"Atlantis"', "must be an IANA time zone such as Europe/Rome, not 'Atlantis'"),
        ("payments.held_from", '"LATER"', "must be one of DAY_AFTER_DUE, ORDER, not 'LATER'"),
        ("languages.offered", '"pt"', "must be a list, not 'pt'"),
        ("on_call.channels", '["PHONE", "PHONE"]', "must not name an item twice"),
        ("plan.DAY", '{ name = "Day", rank = 1 }', "lacks the field queue_rank"),
        (
            "plan.DAY",
            '{ name = "Day", rank = 1, queue_rank = 1, price = 3 }',
            "has an unknown field price; it knows name, rank, queue_rank",
        ),
        ("plan.DAY", "{ name = 3, rank = 1, queue_rank = 1 }", "at name must be a non-empty string, not 3"),
    ],
)
def test_a_value_of_another_shape_is_refused(name, literal, problem):
    assert refusal(with_value(name, stated(name, literal))) == (
        f"harbour-1/values.toml: [{name}] entry 1: the value {problem}; mend the value"
    )


def test_a_value_and_an_end_at_once_are_refused():
    fragment = stated("renewals.grace_days", "30") + "ended = true\n"
    assert refusal(with_value("renewals.grace_days", fragment)) == (
        "harbour-1/values.toml: [renewals.grace_days] entry 1: has a value and an end, or neither; "
        "give a value, or ended = true without one"
    )


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('governed_by = "tide"', "must be one of asked_day, order_date, activation_date, start_date, not 'tide'"),
        ('reaches = "all"', "must be running or new, not 'all'"),
    ],
)
def test_an_unknown_governing_date_or_reach_is_refused(line, problem):
    fragment = stated("renewals.grace_days", "30").replace('is."\n', f'is."\n{line}\n', 1)
    assert problem in refusal(with_value("renewals.grace_days", fragment))


def test_a_value_stated_in_two_files_is_refused():
    assert refusal(harbour(more=stated("renewals.grace_days", "40"))) == (
        "harbour-1/more.toml: [renewals.grace_days]: is stated again from 2021-01-01; "
        "begin after its last entry, 2021-01-01"
    )


def test_a_key_outside_a_table_is_refused():
    assert refusal(harbour(more="grace_days = 30")) == (
        "harbour-1/more.toml: grace_days: stands outside a table; write it as [group.key] with its entries"
    )


def test_a_file_that_is_not_toml_is_refused_by_name():
    (problem,) = refusals(harbour(more="grace_days: 30"))
    assert problem.startswith("more.toml: the file: is not TOML (")


def test_every_problem_is_named_at_once():
    fragments = {
        "renewals.grace_days": stated("renewals.grace_days", '"many"'),
        "renewals.usual_months": None,
        "coverage.included_months": stated("coverage.included_months", "6", clause="R-TIDES"),
    }
    assert len(refusals(harbour(values=values_with(fragments)))) == 3


# ---------------------------------------------------------------- what is refused: clauses

ADDED = '\n[R-ADDED]\nsummary = "Added."\neffective = 2021-01-01\n'


@pytest.mark.parametrize("missing", ["section", "locator", "digest"])
def test_a_citation_without_its_proof_is_refused(missing):
    lines = [line for line in placed(THIRTY_DAYS, "renewal").splitlines() if not line.startswith(missing)]
    clause = '\n[R-ADDED]\nsummary = "Added."\n' + "\n".join(lines) + "\n"
    assert refusal(with_clauses(clause)) == (
        "harbour-1/clauses.toml: [R-ADDED]: cites the guide without its proof; give section, locator and digest"
    )


@pytest.mark.parametrize("locator", ["12", "12-30", "012+30", "12+0", " 12+30", "12+30\\n"])
def test_a_malformed_locator_is_refused(locator):
    clause = f'{ADDED}basis = "GUIDE"\nsection = "renewal"\nlocator = "{locator}"\ndigest = "{"0" * 64}"\n'
    assert "[R-ADDED]: has a malformed locator" in refusal(with_clauses(clause))


@pytest.mark.parametrize("digest", ["0" * 63, "0" * 65, "A" * 64, "g" * 64])
def test_a_malformed_digest_is_refused(digest):
    clause = f'{ADDED}basis = "GUIDE"\nsection = "renewal"\nlocator = "12+30"\ndigest = "{digest}"\n'
    assert refusal(with_clauses(clause)) == (
        "harbour-1/clauses.toml: [R-ADDED]: has a malformed digest; give the 64 lower-case hex digits of sha256"
    )


def test_a_reading_of_nothing_is_refused():
    assert refusal(with_clauses(f'{ADDED}basis = "READING"\n')) == (
        "harbour-1/clauses.toml: [R-ADDED]: is a reading of nothing; name in `reads` the clauses that it reads"
    )


def test_a_reading_of_an_unknown_clause_is_refused():
    assert refusal(with_clauses(f'{ADDED}basis = "READING"\nreads = ["R-TIDES"]\n')) == (
        "harbour-1/clauses.toml: [R-ADDED]: reads R-TIDES, which is not a clause here; add it or mend the name"
    )


def test_a_reading_with_a_place_in_the_guide_is_refused():
    clause = f'{ADDED}basis = "READING"\nreads = ["R-BUOYS"]\nsection = "renewal"\n'
    assert refusal(with_clauses(clause)) == (
        "harbour-1/clauses.toml: [R-ADDED]: has a place in the guide but the basis READING; use basis GUIDE"
    )


def test_a_citation_that_also_reads_is_refused():
    clause = f'\n[R-ADDED]\nsummary = "Added."\nreads = ["R-BUOYS"]\n{placed(THIRTY_DAYS, "renewal")}'
    assert refusal(with_clauses(clause)) == (
        "harbour-1/clauses.toml: [R-ADDED]: cites the guide and reads clauses; use basis READING for a reading"
    )


def test_readings_in_a_circle_are_refused_once_and_the_circle_is_shown():
    circle = "".join(
        f'\n[{rule}]\nsummary = "Reads."\neffective = 2021-01-01\nbasis = "READING"\nreads = ["{read}"]\n'
        for rule, read in (("R-A", "R-B"), ("R-B", "R-C"), ("R-C", "R-A"))
    )
    assert refusal(with_clauses(circle)) == (
        "harbour-1/clauses.toml: [R-C]: reads itself in a circle, R-A → R-B → R-C → R-A; leave out one of these"
    )


def test_a_reading_of_itself_is_refused():
    assert "reads itself in a circle, R-ADDED → R-ADDED" in refusal(
        with_clauses(f'{ADDED}basis = "READING"\nreads = ["R-ADDED"]\n')
    )


def test_an_undated_clause_is_refused():
    clause = '\n[R-ADDED]\nsummary = "Added."\nbasis = "READING"\nreads = ["R-BUOYS"]\n'
    assert "[R-ADDED]: lacks the field effective" in refusal(with_clauses(clause))


# ---------------------------------------------------------------- what is refused: editions


@pytest.mark.parametrize("field", ["id", "title", "in_force_from", "source_digest"])
def test_an_edition_that_does_not_say_what_it_is_is_refused(field):
    head = "\n".join(line for line in HEAD.splitlines() if not line.startswith(field))
    assert f"edition.toml: the edition: lacks the field {field}" in refusals(harbour(edition=head))[0]


def test_an_edition_without_its_file_is_refused():
    files = {name: text for name, text in harbour().items() if name != "edition.toml"}
    assert refusals(files)[0] == (
        "edition.toml: the file: is missing; add it with id, title, in_force_from and source_digest"
    )


def test_a_malformed_source_digest_is_refused():
    head = HEAD.replace('source_digest = "', 'source_digest = "0')
    assert refusal(harbour(edition=head)) == (
        "edition.toml: source_digest: is malformed; give the 64 lower-case hex digits of sha256"
    )


def test_no_edition_at_all_is_refused():
    with pytest.raises(GuideRefused, match="no edition was given"):
        build_guide([], "")


# ---------------------------------------------------------------- what is refused: values that do not agree


@pytest.mark.parametrize(
    ("name", "literal", "named"),
    [
        ("coverage.included_plan", '"DUSK"', "plan.DUSK"),
        ("hours.extended_days_feature", '"BELL"', "feature.BELL"),
        ("hours.holidays_feature", '"BELL"', "feature.BELL"),
        ("hours.on_call_feature", '"BELL"', "feature.BELL"),
        ("hours.normal_hours_only_levels", '["BELL"]', "feature.BELL"),
        ("on_call.excluded_levels", '["BELL"]', "feature.BELL"),
        ("on_call.channels", '["FLAG"]', "channel.FLAG"),
        ("releases.fixes_need_latest", '["PAINT"]', "service.PAINT"),
        ("channel.PHONE", '{ feature = "BELL", any_hour = true }', "feature.BELL"),
        ("service.TICKET", '"BELL"', "feature.BELL"),
        ("level.ADMINISTRATOR", '"BELL"', "feature.BELL"),
        ("theater.COAST", '{ name = "Coast", zone = "UTC", phone = "1", holidays = "FR" }', "holidays.FR"),
    ],
)
def test_a_value_that_names_an_unknown_code_is_refused(name, literal, named):
    code = named.partition(".")[2]
    assert refusal(with_value(name, stated(name, literal))) == (
        f"harbour-1/values.toml: [{name}]: names {code}, which is not stated; add [{named}] or mend the name"
    )


@pytest.mark.parametrize(
    ("name", "literal", "problem"),
    [
        (
            "feature.WATCH",
            '{ name = "Watch", plans = { DAY = "INCLUDED" } }',
            "names the plans ['DAY']; state every plan of the edition: ['DAY', 'NIGHT']",
        ),
        (
            "notification.DAY",
            '{ P5 = { amount = 1, unit = "BUSINESS_DAYS" } }',
            "names the priority P5; write one of P1, P2, P3, P4",
        ),
        ("escalation_levels.P1", '["bosun", "master"]', "has 2 levels for [1] steps; state one level for each step"),
    ],
)
def test_values_that_do_not_match_each_other_are_refused(name, literal, problem):
    assert refusal(with_value(name, stated(name, literal))) == f"harbour-1/values.toml: [{name}]: {problem}"


def test_a_theater_without_a_week_is_refused():
    assert refusal(with_value("week.COAST", None)) == (
        "harbour-1/values.toml: [theater.COAST]: has no week; add [week.COAST]"
    )


def test_a_plan_without_reaction_times_is_refused():
    assert refusal(with_value("reaction.NIGHT", None)) == (
        "harbour-1: [reaction.NIGHT]: plans and reaction differ; state it for every plan and for no other"
    )


# ---------------------------------------------------------------- conflicts


def conflict(*overrides, executable="true", chosen="plain", clause="R-BUOYS"):
    """A conflict of two readings, the second with its overrides."""
    return (
        f'[X-ONE]\nsummary = "Two ways."\nchosen = "{chosen}"\nwhy = "One is plainer."\nexecutable = {executable}\n'
        f'[X-ONE.readings.plain]\ntext = "Plain."\nclauses = ["{clause}"]\n'
        f'[X-ONE.readings.other]\ntext = "Other."\nclauses = ["R-RENEWAL"]\n' + "".join(overrides)
    )


def override(name, literal, year=2021, reading="other"):
    return (
        f'[[X-ONE.readings.{reading}.overrides."{name}"]]\n'
        f'effective = {year}-01-01\nvalue = {literal}\nclause = "R-RENEWAL"\n'
    )


def test_a_conflict_has_its_readings_the_chosen_one_and_why():
    (found,) = guide_of(harbour(conflicts=conflict(override("renewals.grace_days", "90")))).conflicts
    assert [reading.id for reading in found.readings] == ["X-ONE/plain", "X-ONE/other"]
    assert (found.chosen.text, found.why, found.executable) == ("Plain.", "One is plainer.", True)
    assert [clause.rule for clause in found.readings[1].clauses] == ["R-RENEWAL"]


def test_the_guide_under_another_reading_has_the_values_of_that_reading_and_all_others():
    overrides = override("renewals.grace_days", "90"), override("feature.WATCH", WATCH_BY_NIGHT)
    guide = guide_of(harbour(conflicts=conflict(*overrides)))
    otherwise = guide.under(guide.conflicts[0].readings[1])
    assert otherwise.value(GRACE_DAYS, FIRST_DAY) == 90
    assert otherwise.series(FEATURE, "WATCH").on(FIRST_DAY).value.plans["DAY"] == "NOT_INCLUDED"
    assert otherwise.entry(GRACE_DAYS, FIRST_DAY).clause.rule == "R-RENEWAL"
    assert otherwise.value(USUAL_MONTHS, FIRST_DAY) == guide.value(USUAL_MONTHS, FIRST_DAY)
    assert otherwise.conflicts == ()


def test_the_guide_itself_stays_as_it_was_under_another_reading():
    guide = guide_of(harbour(conflicts=conflict(override("renewals.grace_days", "90"))))
    guide.under(guide.conflicts[0].readings[1])
    assert guide.value(GRACE_DAYS, FIRST_DAY) == 30


def test_a_reading_that_begins_later_leaves_what_was_before():
    guide = guide_of(harbour(conflicts=conflict(override("renewals.grace_days", "90", year=2023))))
    otherwise = guide.under(guide.conflicts[0].readings[1])
    assert [otherwise.value(GRACE_DAYS, day) for day in (date(2022, 12, 31), date(2023, 1, 1))] == [30, 90]


NOT_SO = (
    "[X-ONE]: is executable without overrides, or has them without being so; "
    "give an alternative reading its overrides, or set executable = false and say why"
)
WATCH_BY_NIGHT = '{ name = "Watch", plans = { DAY = "NOT_INCLUDED", NIGHT = "INCLUDED" } }'


@pytest.mark.parametrize(
    ("conflicts", "problem"),
    [
        (
            conflict(chosen="third"),
            "[X-ONE]: chooses third, which is not one of its readings; name one of them",
        ),
        (
            conflict(),
            NOT_SO,
        ),
        (
            conflict(override("renewals.grace_days", "90"), executable="false"),
            NOT_SO,
        ),
        (
            conflict(override("renewals.grace_days", "90"), override("renewals.usual_months", "6", reading="plain")),
            "[X-ONE]: overrides the data in the chosen reading; state the chosen one in the data itself",
        ),
        (
            conflict(override("renewals.grace_dais", "90")),
            "[X-ONE.readings.other]: overrides renewals.grace_dais, which the edition does not state; mend the name",
        ),
        (
            conflict(override("renewals.grace_days", "90"), clause="R-TIDES"),
            "[X-ONE.readings.plain]: cites R-TIDES, which is not in clauses.toml; add the clause or mend the name",
        ),
        (
            conflict(override("renewals.grace_days", '"many"')),
            "[renewals.grace_days] entry 1: the value must be a whole number, zero or more, not 'many'; mend the value",
        ),
    ],
)
def test_a_conflict_that_does_not_hold_together_is_refused(conflicts, problem):
    assert refusals(harbour(conflicts=conflicts))[0] == f"harbour-1/conflicts.toml: {problem}"


def test_a_conflict_with_one_reading_only_is_refused():
    one = conflict(executable="false").partition("[X-ONE.readings.other]")[0]
    assert refusal(harbour(conflicts=one)) == (
        "harbour-1/conflicts.toml: [X-ONE]: has one reading only; state the other one"
    )


def test_an_override_that_names_nothing_is_refused():
    assert refusal(harbour(conflicts=conflict(override("coverage.included_plan", '"DUSK"')))) == (
        "harbour-1/conflicts.toml: [X-ONE/other]: [coverage.included_plan]: names DUSK, which is not stated; "
        "add [plan.DUSK] or mend the name"
    )


# ---------------------------------------------------------------- an edition that supersedes another

SECOND_HEAD = HEAD.replace("harbour-1", "harbour-2").replace("first", "second").replace("2021-01-01", "2023-01-01")


def second(values="", clauses="", supersedes='supersedes = "harbour-1"', **files):
    """The second edition, from 2023-01-01; it holds only what it changes."""
    return {"edition.toml": SECOND_HEAD + supersedes, "clauses.toml": clauses, "values.toml": values} | files


def test_a_later_edition_changes_what_it_states_and_keeps_the_rest():
    guide = guide_of(harbour(), second(stated("renewals.grace_days", "45", years=(2023,))))
    assert (guide.edition, guide.in_force_from) == ("harbour-2", date(2023, 1, 1))
    assert [guide.value(GRACE_DAYS, day) for day in (date(2022, 12, 31), date(2023, 1, 1))] == [30, 45]
    assert guide.value(USUAL_MONTHS, date(2023, 1, 1)) == 12


def test_a_day_before_the_later_edition_is_answered_by_the_earlier_and_before_both_by_its_first_day():
    guide = guide_of(harbour(), second(stated("renewals.grace_days", "45", years=(2023,))))
    assert guide.first_in_force_from == FIRST_DAY
    assert guide.value(GRACE_DAYS, date(1999, 1, 1)) == 30


def test_a_later_edition_s_clause_stands_for_its_own_entries_and_the_earlier_one_for_those_before():
    restated = f'[R-BUOYS]\nsummary = "Restated."\n{placed(THIRTY_DAYS, "renewal")}'
    guide = guide_of(harbour(), second(stated("renewals.grace_days", "45", years=(2023,)), restated))
    assert guide.entry(GRACE_DAYS, date(2022, 1, 1)).clause.id == "harbour-1/R-BUOYS"
    assert guide.entry(GRACE_DAYS, date(2023, 1, 1)).clause.id == "harbour-2/R-BUOYS"
    assert guide.clause("R-BUOYS").summary == "Restated."


def test_a_later_edition_may_cite_and_read_the_earlier_one_s_clauses():
    reading = '[R-NEW]\nsummary = "New."\neffective = 2023-01-01\nbasis = "READING"\nreads = ["R-RENEWAL"]\n'
    guide = guide_of(harbour(), second(stated("holidays.ES", "[]", clause="R-NEW", years=(2023,)), reading))
    assert guide.clause("R-NEW").reads[0].id == "harbour-1/R-RENEWAL"
    assert guide.find(HOLIDAYS, "ES", date(2022, 12, 31)) is None


def test_a_later_edition_may_not_rewrite_the_earlier_one_s_time():
    assert refusal(harbour(), second(stated("renewals.grace_days", "45", years=(2022,)))) == (
        "harbour-2/values.toml: [renewals.grace_days] entry 1: 2022-01-01 is before the edition, 2023-01-01; "
        "date it from the edition on"
    )


def test_a_code_of_a_later_edition_counts_for_its_cross_references():
    plan = stated("plan.DUSK", '{ name = "Dusk", rank = 3, queue_rank = 1 }', years=(2023,))
    assert any("[feature.WATCH]: names the plans" in problem for problem in refusals(harbour(), second(plan)))


def test_an_edition_that_supersedes_another_than_the_one_before_it_is_refused():
    assert refusal(harbour(), second(supersedes='supersedes = "harbour-0"')) == (
        "harbour-2/edition.toml: supersedes: harbour-0 is not the edition before it (harbour-1); "
        "name the edition that this one changes, or leave it out for a first edition"
    )


def test_a_later_edition_without_the_one_that_it_supersedes_is_refused():
    assert "harbour-1 is not the edition before it (nothing)" in refusals(second())[0]


def test_the_order_of_weeks_and_codes_does_not_depend_on_the_later_edition():
    guide = guide_of(harbour(), second())
    assert guide.codes(WEEK) == ("COAST",)
