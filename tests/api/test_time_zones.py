"""The time zone database is named by the version that it is."""

import pytest
import tzdata

from api.time_zones import UNKNOWN, tzdata_version


@pytest.fixture
def database(tmp_path):
    (tmp_path / "Europe").mkdir()
    (tmp_path / "Europe" / "Rome").write_bytes(b"TZif")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "text", "version"),
    [
        ("tzdata.zi", "# version 2025b\n# ddeps zone.tab\n", "2025b"),
        ("+VERSION", "2024a\n", "2024a"),
        ("tzdata.zi", "R d 1916 o - Jun 14 23s 1 S\n", UNKNOWN),
        ("README", "2024a", UNKNOWN),
    ],
)
def test_the_systems_database_says_its_version_or_it_is_unknown(database, file, text, version):
    (database / file).write_text(text)
    assert tzdata_version((str(database),)) == version


def test_where_the_system_has_none_it_is_the_packages(tmp_path):
    assert tzdata_version((str(tmp_path), str(tmp_path / "nowhere"))) == tzdata.IANA_VERSION


def test_the_first_folder_that_holds_zones_is_the_one(database, tmp_path_factory):
    (database / "+VERSION").write_text("2024a")
    assert tzdata_version((str(tmp_path_factory.mktemp("empty")), str(database))) == "2024a"
