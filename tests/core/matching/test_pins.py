"""Pins are kept in a file that people can read, and hold for what they name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.matching.pins import FILE, Pin, add, load, pin_for, remove
from anivault.core.models import Release
from anivault.shared.errors import PinNotFoundError, PinRefusedError, PinsBrokenError
from tests.core.matching.makers import release

words = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1, max_size=30
).filter(str.strip)


def named(title: str, folder: str = "", group: str | None = None) -> Release:
    return release(title, numbers=[1], folder=folder, group=group)


def test_a_file_that_is_not_there_has_no_pins(tmp_path: Path) -> None:
    assert load(tmp_path / FILE) == ()


def test_a_pin_is_written_so_that_a_person_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "deep" / FILE
    add(path, Pin(id="tmdb:tv/35461", title='Sora "no" Woto', group="Coalgirls", season=1, offset=12))

    table = [
        'title = "Sora \\"no\\" Woto"',
        'group = "Coalgirls"',
        'id = "tmdb:tv/35461"',
        "season = 1",
        "offset = 12",
    ]
    assert path.read_text(encoding="utf-8").endswith("\n".join(["", "[[pin]]", *table, ""]))


@given(titles=st.lists(words, unique=True, max_size=5))
def test_whatever_is_pinned_comes_back(titles: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("pins") / FILE
    pins = [Pin(id=f"tmdb:{n}", folder=title) for n, title in enumerate(titles, 1)]
    for pin in pins:
        add(path, pin)

    assert list(load(path)) == pins


def test_a_second_pin_for_the_same_replaces_the_first(tmp_path: Path) -> None:
    add(tmp_path / FILE, Pin(id="tmdb:1", title="Ōkami"))
    add(tmp_path / FILE, Pin(id="tmdb:2", title="Ookami"))

    assert [pin.id for pin in load(tmp_path / FILE)] == ["tmdb:2"]


def test_a_pin_is_taken_out_by_its_title_or_folder(tmp_path: Path) -> None:
    add(tmp_path / FILE, Pin(id="tmdb:1", title="Ōkami"))
    add(tmp_path / FILE, Pin(id="tmdb:2", folder="Shows/Ookami"))

    assert [pin.id for pin in remove(tmp_path / FILE, "ookami")] == ["tmdb:1"]
    assert [pin.id for pin in remove(tmp_path / FILE, "Shows/Ookami")] == ["tmdb:2"]
    with pytest.raises(PinNotFoundError):
        remove(tmp_path / FILE, "Ookami")


@pytest.mark.parametrize(
    "pin",
    [
        Pin(id="nothing", title="A"),
        Pin(id="tmdb:", title="A"),
        Pin(id="tmdb:1"),
        Pin(id="tmdb:1", title="A", folder="B"),
        Pin(id="tmdb:1", group="G"),
        Pin(id="tmdb:1", folder="\udcff"),
    ],
)
def test_a_pin_that_says_too_little_is_refused(pin: Pin, tmp_path: Path) -> None:
    with pytest.raises(PinRefusedError):
        add(tmp_path / FILE, pin)

    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    "text",
    [
        "[[pin]",
        '[[pin]]\nid = "tmdb:1"',
        '[[pin]]\nid = 1\ntitle = "A"',
        '[[pin]]\nid = "tmdb:1"\ntitel = "A"',
        "pin = 1",
    ],
)
def test_a_broken_file_is_refused_whole_and_left_as_it_is(text: str, tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text(text, encoding="utf-8")

    with pytest.raises(PinsBrokenError):
        load(path)
    with pytest.raises(PinsBrokenError):
        add(path, Pin(id="tmdb:1", title="A"))
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("folder", "holds"),
    [
        ("Shows/Natsu", True),
        ("Natsu", True),
        ("/in/Shows/Natsu", True),
        ("Shows", True),  # what lies below a pinned folder is pinned too
        ("Natsu/", True),
        ("Nat", False),
        ("Natsu/Extras", False),
    ],
)
def test_a_folder_is_pinned_by_the_end_of_its_path(folder: str, *, holds: bool) -> None:
    assert Pin(id="tmdb:1", folder=folder).holds_for(named("Any", "Shows/Natsu")) is holds


def test_a_title_is_pinned_in_any_spelling_and_any_folder() -> None:
    pin = Pin(id="tmdb:1", title="Ookami to Koushinryou")

    assert pin.holds_for(named("Ōkami to Kōshinryō", "somewhere"))
    assert not pin.holds_for(named("Ookami Kodomo"))


def test_a_group_narrows_a_title() -> None:
    pin = Pin(id="tmdb:1", title="Natsu", group="Coalgirls")

    assert pin.holds_for(named("Natsu", group="coalgirls"))
    assert not pin.holds_for(named("Natsu", group="Other"))
    assert not pin.holds_for(named("Natsu"))


def test_the_pin_that_says_most_is_heard_first_then_the_earlier() -> None:
    title, folder = Pin(id="tmdb:1", title="Natsu"), Pin(id="tmdb:2", folder="Box")
    narrow, later = Pin(id="tmdb:3", title="Natsu", group="G"), Pin(id="tmdb:4", folder="Box")
    said = named("Natsu", "Box", "G")

    assert pin_for([title, folder, narrow, later], said) is narrow
    assert pin_for([title, folder, later], said) is folder
    assert pin_for([title], said) is title
    assert pin_for([], said) is None


def test_a_film_is_pinned_as_one() -> None:
    assert Pin(id="tmdb:movie/5", title="A").show == ("tmdb", "movie", 5)
    assert Pin(id="tmdb:5", title="A").show == ("tmdb", "tv", 5)
