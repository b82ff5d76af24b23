from tests.benchmarks.figures import kept
from tests.benchmarks.made_up import figures, row


def test_a_figure_is_the_median_of_the_visits_and_the_spread_a_part_of_it():
    one = row("coverline", 90, 100, 120)
    assert one.middle("processor") == 100
    assert one.spread == 0.3  # (120 - 90) / 100
    assert one.middle("rate") == 10_000


def test_figures_that_were_kept_are_read_back_as_they_were(tmp_path):
    figures().keep(tmp_path / "new" / "figures.json")
    assert kept(tmp_path / "new" / "figures.json") == figures()


def test_a_table_is_found_by_its_connections_or_is_the_one_with_the_fewest():
    found = figures()
    fewer, more, grown = found.tables
    assert found.table("sqlite", "check", 1) is fewer
    assert found.table("sqlite", "check", 16) is more
    assert found.table("sqlite", "check") is fewer
    assert found.table("sqlite", "check", growth=True) is grown
    assert found.table("sqlite", "check", 64) is None
    assert found.table("postgresql", "check") is None


def test_a_row_is_found_by_its_server_or_its_size():
    _, compared, grown = figures().tables
    assert compared.row("graphene") is compared.rows[4]
    assert compared.row("yoga") is None
    assert grown.of_size(1_000_000) is grown.rows[2]
    assert grown.of_size(2) is None
