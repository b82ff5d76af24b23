from tests.benchmarks.made_up import figures
from tests.benchmarks.targets import Target, targets


def ratio(text: str) -> float | None:
    [target] = [target for target in targets() if target.text.startswith(text)]
    return target.reached_by(figures())


def test_a_peer_that_takes_twice_the_processor_time_is_a_ratio_of_two():
    # At 16 connections coverline takes 100 µs; at one it would be 400.
    assert ratio("check, SQLite, to the same work") == 0.9
    assert ratio("check, SQLite, to a bare ASGI constant") == 0.25
    assert ratio("check, SQLite, to strawberry's defaults") == 34
    assert ratio("check, SQLite, to mercurius") == 1.05


def test_of_several_peers_the_best_one_counts():
    assert ratio("check, SQLite, to the best peer in Python") == 2.5  # graphene's 250, not ariadne's 330


def test_growth_is_the_largest_portfolio_by_the_least():
    assert ratio("check, SQLite, processor time at 1,000,000") == 1.3


def test_the_tail_is_the_99th_percentile_by_the_median():
    assert ratio("check, SQLite, 16 connections") == 3


def test_what_a_run_did_not_measure_has_no_ratio():
    assert ratio("check, PostgreSQL, to mercurius") is None
    assert ratio("1,000 checks") is None
    assert ratio("check, PostgreSQL, processor time") is None
    assert ratio("check, PostgreSQL, 16 connections") is None


def test_a_floor_is_reached_from_above_and_a_ceiling_from_below():
    floor = Target("", 3, lambda _: None)
    ceiling = Target("", 3, lambda _: None, is_ceiling=True)
    assert [floor.holds(each) for each in (2.9, 3, 3.1)] == [False, True, True]
    assert [ceiling.holds(each) for each in (2.9, 3, 3.1)] == [True, True, False]
