"""The editions that the package holds, and the guides that they make."""

import pytest

from api import editions
from api.editions import UnknownEdition, available, load_guide
from entitlements.editing.building import digest_of
from entitlements.guide import GuideRefused
from tests.guides import HEAD, harbour, stated

SECOND = HEAD.replace("harbour-1", "harbour-2").replace("2021-01-01", "2023-01-01") + 'supersedes = "harbour-1"\n'


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A folder of editions in the package's place; `shelf(edition, files)` puts one there."""
    monkeypatch.setattr(editions, "EDITIONS", tmp_path)
    load_guide.cache_clear()

    def put(edition, files):
        (tmp_path / edition).mkdir()
        for name, text in files.items():
            (tmp_path / edition / name).parent.mkdir(exist_ok=True)
            (tmp_path / edition / name).write_text(text, encoding="utf-8")

    yield put
    load_guide.cache_clear()


def test_the_package_holds_the_guide_of_care():
    assert available() == ("imagicle-care-4.1",)
    assert load_guide("imagicle-care-4.1").edition == "imagicle-care-4.1"


def test_an_edition_is_loaded_once():
    assert load_guide("imagicle-care-4.1") is load_guide("imagicle-care-4.1")


@pytest.mark.parametrize("name", ["imagicle-care-5", "", "..", "../editions/imagicle-care-4.1", "imagicle-care-4.1/"])
def test_an_unknown_edition_is_refused_with_the_names_of_those_there_are(name):
    with pytest.raises(UnknownEdition) as unknown:
        load_guide(name)
    assert str(unknown.value) == f"there is no edition {name!r}; available: imagicle-care-4.1"


def test_a_folder_without_an_edition_is_not_one(shelf):
    shelf("notes", {"values.toml": ""})
    assert available() == ()
    with pytest.raises(UnknownEdition, match=r"there is no edition 'notes'; available: none"):
        load_guide("notes")


def test_files_in_folders_of_an_edition_are_read_by_their_path(shelf):
    more = stated("holidays.ES", '"never"')
    shelf("harbour-1", harbour() | {"holidays/ES.toml": more, "readme.txt": "not data"})
    with pytest.raises(GuideRefused, match=r"^harbour-1/holidays/ES\.toml: \[holidays\.ES\] entry 1: the value"):
        load_guide("harbour-1")


def test_an_edition_is_loaded_over_those_that_it_supersedes(shelf):
    shelf("harbour-1", harbour())
    shelf("harbour-2", {"edition.toml": SECOND, "values.toml": stated("renewals.grace_days", "45", years=(2023,))})
    assert available() == ("harbour-1", "harbour-2")
    guide = load_guide("harbour-2")
    assert [entry.value for entry in guide.values["renewals.grace_days"].entries] == [30, 45]
    assert guide.digest != load_guide("harbour-1").digest


def test_an_edition_that_supersedes_one_that_is_not_there_says_so(shelf):
    shelf("harbour-2", {"edition.toml": SECOND})
    with pytest.raises(UnknownEdition) as unknown:
        load_guide("harbour-2")
    assert str(unknown.value) == "there is no edition 'harbour-1', which harbour-2 supersedes; available: harbour-2"


def test_editions_that_supersede_each_other_are_refused(shelf):
    shelf("harbour-1", harbour(edition=HEAD + 'supersedes = "harbour-2"\n'))
    shelf("harbour-2", {"edition.toml": SECOND})
    with pytest.raises(GuideRefused, match="harbour-2: supersedes itself by way of harbour-1"):
        load_guide("harbour-2")


def test_an_edition_whose_own_file_is_not_toml_is_refused_by_the_loader(shelf):
    shelf("harbour-1", harbour(edition="id: harbour"))
    with pytest.raises(GuideRefused, match=r"edition\.toml: the file: is not TOML"):
        load_guide("harbour-1")


def test_the_digest_changes_with_every_name_and_every_text():
    sets = [
        {"e": {"a.toml": "x", "b.toml": "y"}},
        {"e": {"a.toml": "x", "b.toml": "z"}},
        {"e": {"a.toml": "x", "c.toml": "y"}},
        {"f": {"a.toml": "x", "b.toml": "y"}},
        {"e": {"a.toml": "xb.tomly"}},
        {"e": {"a.toml": "x"}, "f": {"b.toml": "y"}},
    ]
    assert len({digest_of(texts) for texts in sets}) == len(sets)
