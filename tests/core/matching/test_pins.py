"""Pins are kept in a file that people can read, and hold for what they name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anivault.core.matching.pins import FILE, Pin, add, load, parted, remove
from anivault.core.models import Coordinates, Release
from anivault.parser.models import VideoType
from anivault.shared.errors import PinNotFoundError, PinRefusedError, PinsBrokenError
from tests.core.matching.makers import file, release

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


@settings(deadline=None)  # it waits for the disk
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


def pin_for(pins: Sequence[Pin], said: Release) -> Pin | None:
    """The pin of a release that has one."""
    (part,) = parted(pins, [said])
    return part.pin


def test_the_pin_that_says_most_is_heard_first_then_the_earlier() -> None:
    title, folder = Pin(id="tmdb:1", title="Natsu"), Pin(id="tmdb:2", folder="Box")
    narrow, later = Pin(id="tmdb:3", title="Natsu", group="G"), Pin(id="tmdb:4", folder="Box")
    few = Pin(id="tmdb:5", title="Natsu", group="G", episodes="1-3")
    said = named("Natsu", "Box", "G")

    assert pin_for([title, folder, narrow, later, few], said) is few
    assert pin_for([title, folder, narrow, later], said) is narrow
    assert pin_for([title, folder, later], said) is folder
    assert pin_for([title], said) is title
    assert pin_for([], said) is None


def parts(
    pin: Pin, *, numbers: Sequence[int] = range(11, 15), **parsed: Any
) -> list[tuple[list[int], Pin | None]]:
    """By part of a release its numbers and its pin."""
    return [
        ([int(f.parsed.episodes[0]) for f in part.release.files], part.pin)
        for part in parted([pin], [release("Natsu", numbers=numbers, **parsed)])
    ]


def test_a_pin_for_some_numbers_leaves_the_others_alone() -> None:
    pin = Pin(id="tmdb:1", title="Natsu", episodes="13-24", season=2, offset=-12)

    assert parts(pin) == [([11, 12], None), ([13, 14], pin)]
    assert parts(Pin(id="tmdb:1", title="Natsu", episodes="12"))[1][0] == [12]


def test_a_range_without_an_end_is_for_all_that_comes_after_its_first_number() -> None:
    pin = Pin(id="tmdb:1", title="Natsu", episodes="13-", season=2, offset=-12)

    assert parts(pin) == [([11, 12], None), ([13, 14], pin)]
    assert pin.first_episode == 1


def test_of_ranges_the_one_with_an_end_is_heard_first_then_the_one_that_begins_later() -> None:
    ranges = [
        Pin(id=f"tmdb:{n}", title="Natsu", episodes=e) for n, e in enumerate(("1-", "25-", "13-", "26"))
    ]
    heard = {
        int(f.parsed.episodes[0]): part.pin.episodes
        for part in parted(ranges, [release("Natsu", numbers=(1, 13, 25, 26, 27))])
        for f in part.release.files
        if part.pin
    }

    assert heard == {1: "1-", 13: "13-", 25: "25-", 26: "26", 27: "25-"}


def test_a_pin_that_counts_from_a_later_number_gives_the_earlier_ones_its_show_alone() -> None:
    pin = Pin(id="tmdb:1", title="Natsu", season=2, offset=-12)

    assert parts(pin) == [([11, 12], pin), ([13, 14], pin)]
    early, late = parted([pin], [release("Natsu", numbers=range(11, 15))])
    assert [pin.place(file) for file in early.release.files] == [None, None]
    assert [pin.place(file) for file in late.release.files] == [
        (Coordinates(season=2, episode=1),),
        (Coordinates(season=2, episode=2),),
    ]


@pytest.mark.parametrize(
    ("title", "season", "holds"),
    [
        ("Natsu", None, True),
        ("Natsu", 2, True),
        ("Natsu S2", 2, True),
        ("Natsu 2nd Season", 2, True),
        ("Natsu S2", None, False),
        ("Natsu S2", 3, False),
        ("Natsu S0", 0, True),
    ],
)
def test_a_title_with_a_season_word_is_pinned_where_names_say_it(
    title: str, season: int | None, *, holds: bool
) -> None:
    assert Pin(id="tmdb:1", title=title).holds_for(release("Natsu", numbers=[1], season=season)) is holds


@pytest.mark.parametrize("where", [{"title": "Natsu"}, {"folder": "Box"}])
@pytest.mark.parametrize(
    ("said", "placed"),
    [([None], [True]), ([2], [True]), ([None, 2], [True, False]), ([1, 2], [True, False]), ([1], [True])],
)
def test_where_names_say_several_seasons_a_pin_for_one_leaves_the_others_alone(
    where: dict[str, Any], said: list[int | None], placed: list[bool]
) -> None:
    pin = Pin(id="tmdb:1", season=1, **where)
    releases = [release("Natsu", numbers=[1], season=season, folder="Box") for season in said]

    assert [bool(pin.place(part.release.files[0], part.said)) for part in parted([pin], releases)] == placed


def test_a_folder_from_the_top_is_that_one_and_no_other_of_its_name() -> None:
    pin = Pin(id="tmdb:1", folder="/in/Shows/Natsu")

    assert pin.holds_for(named("Any", "Shows/Natsu"))
    assert pin.holds_for(named("Any", "Shows/Natsu/Season 1"))
    assert not pin.holds_for(named("Any", "in/Shows/Natsu"))
    assert not pin.holds_for(named("Any", "Shows/Natsume"))


@pytest.mark.parametrize("episodes", ["", "13--", "24-13", "a", "1,2", "-3", "-"])
def test_numbers_that_are_no_range_are_refused(episodes: str, tmp_path: Path) -> None:
    with pytest.raises(PinRefusedError):
        add(tmp_path / FILE, Pin(id="tmdb:1", title="A", episodes=episodes))


def test_pins_for_other_numbers_stand_side_by_side_and_go_together(tmp_path: Path) -> None:
    for pin in (Pin(id="tmdb:1", title="A", episodes=e) for e in ("1-12", "13-24", "13-24")):
        add(tmp_path / FILE, pin)

    assert [pin.episodes for pin in load(tmp_path / FILE)] == ["1-12", "13-24"]
    assert len(remove(tmp_path / FILE, "A")) == 2


def test_a_film_is_pinned_as_one() -> None:
    assert Pin(id="tmdb:movie/5", title="A").show == ("tmdb", "movie", 5)
    assert Pin(id="tmdb:5", title="A").show == ("tmdb", "tv", 5)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"season": -1}, "season is a number from 0 to 9999"),
        ({"season": 10_000}, "season is a number from 0 to 9999"),
        ({"season": 1, "offset": -10_000}, "offset one from -9999 to 9999"),
        ({"season": 1, "offset": 10_000}, "offset one from -9999 to 9999"),
        ({"season": 1, "episode": 10_000}, "episode is a number from 0 to 9999"),
        ({"season": 1, "episode": -1}, "episode is a number from 0 to 9999"),
        ({"episode": 3}, "goes with a season"),
        ({"group": "G" * 1001}, "at most 1,000 characters"),
    ],
)
def test_a_place_that_no_name_can_carry_is_refused(fields: dict[str, Any], why: str, tmp_path: Path) -> None:
    with pytest.raises(PinRefusedError, match=why):
        add(tmp_path / FILE, Pin(id="tmdb:1", title="A", **fields))


@pytest.mark.parametrize(
    "fields",
    [{"season": 0}, {"season": 9999, "offset": -9999}, {"offset": 9999}, {"season": 0, "episode": 0}],
)
def test_the_ends_of_what_a_name_can_carry_are_taken(fields: dict[str, Any], tmp_path: Path) -> None:
    pin = Pin(id="tmdb:1", title="A", **fields)
    add(tmp_path / FILE, pin)

    assert load(tmp_path / FILE) == (pin,)


@pytest.mark.parametrize(
    ("fields", "episodes", "places"),
    [
        ({}, (3,), None),  # it names the show alone
        ({"season": 2}, (3,), [(2, 3)]),
        ({"offset": 12}, (3,), [(1, 15)]),  # season 1, where it says none
        ({"season": 2, "offset": -12}, (13, 14), [(2, 1), (2, 2)]),
        ({"season": 2, "offset": -12}, (12,), None),  # it counts from a later number
        ({"season": 0, "episode": 4}, (), [(0, 4)]),  # the file has no number
        ({"season": 0, "episode": 4}, (1,), [(0, 1)]),  # its own number counts
        ({"season": 2}, (), []),
        ({"season": 2}, (12.5,), []),
    ],
)
def test_a_pin_places_the_numbers_of_a_file(
    fields: dict[str, Any], episodes: tuple[float, ...], places: list[tuple[int, int]] | None
) -> None:
    found = Pin(id="tmdb:1", title="Natsu", **fields).place(file("Natsu", episodes=episodes))

    assert (None if found is None else [(c.season, c.episode) for c in found]) == places


def test_a_pin_for_episodes_leaves_the_specials_where_names_say_both() -> None:
    pin = Pin(id="tmdb:1", title="Natsu", season=1)
    both = [release("Natsu", numbers=[1]), release("Natsu", numbers=[1], type=VideoType.OVA)]

    assert [bool(pin.place(p.release.files[0], p.said)) for p in parted([pin], both)] == [True, False]
    assert pin.place(both[1].files[0]) == (Coordinates(season=1, episode=1),)


PINS = st.lists(
    st.builds(
        Pin,
        id=st.sampled_from(["tmdb:1", "tmdb:2"]),
        title=st.sampled_from(["Emma", "Emma S2", "Emma (2005)", "Kaiba"]),
        group=st.sampled_from([None, "A"]),
        episodes=st.sampled_from([None, "1", "1-", "2-9"]),
        kind=st.sampled_from([None, "episode", "special"]),
        season=st.sampled_from([None, 1, 2]),
    ),
    max_size=5,
    unique_by=lambda pin: pin.target,
)
RELEASES = [
    release("Emma", numbers=[1, 2, 3], group="A", folder="a"),
    release("Emma", numbers=[1, 10], season=2, folder="b"),
    release("Emma", numbers=[2], year=2005, folder="c"),
    release("Emma", numbers=[1], type=VideoType.OVA, folder="d"),
    release("Kaiba", numbers=[1, 2], folder="e"),
    release("Kaiba", folder="f"),
]


@settings(deadline=None)
@given(pins=PINS, random=st.randoms(use_true_random=False))
def test_every_file_is_in_one_part_and_the_order_in_a_file_of_pins_decides_nothing(
    pins: list[Pin], random: Random
) -> None:
    def decided(pins: list[Pin]) -> dict[str, tuple[object, ...]]:
        parts = parted(pins, RELEASES)
        files = [(item.file.path, (part.pin, part.said)) for part in parts for item in part.release.files]
        assert len(files) == len(dict(files))
        return dict(files)

    made = decided(pins)
    assert set(made) == {item.file.path for one in RELEASES for item in one.files}
    assert decided(random.sample(pins, len(pins))) == made
    for part in parted(pins, RELEASES):
        pin = part.pin
        assert pin is None or all(pin.is_for(item) for item in part.release.files)
