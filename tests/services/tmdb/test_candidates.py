"""What TMDB says of a show becomes one candidate."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.models import Candidate, Entry, Title
from anivault.services.tmdb.candidates import candidate, chosen, episode_titles, language
from anivault.services.tmdb.records import Episode, Group, GroupPart, Name, SeasonTable, Show

KNOWN = Candidate(provider="tmdb", id=7, media_type="movie", title="Heist")


@pytest.mark.parametrize(
    ("genres", "known", "animated"),
    [((16, 35), None, True), ((35, 80), None, False), ((), None, True), ((35, 80), KNOWN, True)],
)
def test_animation_is_a_genre_that_is_given_or_the_catalogue_s_word(
    genres: tuple[int, ...], known: Candidate | None, animated: bool
) -> None:
    show = Show(id=7, media_type="movie", name="Heist", genres=genres, date="2001-01-01")

    assert candidate(show, known).animated is animated


def test_a_count_that_is_cut_to_the_season_says_so() -> None:
    cours = (
        Entry(key="a", titles=(), type="tv", begin="2015-04-01", episodes=13, season=1, offset=0),
        Entry(key="b", titles=(), type="tv", begin="2016-04-01", episodes=13, season=1, offset=13),
    )
    known = Candidate(provider="tmdb", id=7, media_type="tv", title="Harbour", entries=cours)
    tables = (SeasonTable(number=1, count=24), SeasonTable(number=2, count=12))

    found = candidate(Show(id=7, media_type="tv", name="Harbour", seasons=tables), known)

    assert found.tabled
    assert [(e.key, e.episodes, "room" in e.derived) for e in found.entries[:2]] == [
        ("a", 13, False),
        ("b", 11, True),
    ]


# --- titles ---


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        (Name("Hafen", "de-DE"), "de"),
        (Name("港", "zh-TW"), "zh-Hant"),
        (Name("港", "zh-CN"), "zh-Hans"),
        (Name("Porto", "pt-BR"), "pt-BR"),
        (Name("Porto", "pt-PT"), "pt"),
        (Name("Minato", country="JP"), "ja-Latn"),
        (Name("みなと", country="JP"), "ja"),
        (Name("Minató", country="JP", type="romaji"), "ja-Latn"),
        (Name("港", country="HK"), "zh-Hant"),
        (Name("Harbour", country="US"), ""),  # a country says no language
    ],
)
def test_a_title_gets_the_tag_that_settings_name_languages_by(name: Name, tag: str) -> None:
    assert language(name) == tag


TITLES = (Title("Minato", "ja-Latn"), Title("みなと", "ja", main=True), Title("Hafen", "de"),
          Title("Der Hafen", "de", main=True), Title("港", "zh-Hant"))  # fmt: skip


@pytest.mark.parametrize(
    ("languages", "text"),
    [
        (["de"], "Der Hafen"),  # a main title before others
        (["fr", "de"], "Der Hafen"),
        (["zh"], "港"),  # whichever script there is
        (["zh-Hans"], None),
        (["ja"], "みなと"),  # never romaji for who wants Japanese
        (["ja-Latn"], "Minato"),
        ([], None),
    ],
)
def test_the_title_is_in_the_first_language_that_has_one(languages: list[str], text: str | None) -> None:
    assert chosen(TITLES, languages) == text


def test_every_spelling_is_a_title_once_and_the_first_word_on_it_stands() -> None:
    names = (Name("Hafen", "de-DE"), Name("Harbour", country="US"), Name("Hafen", country="AT"))
    show = Show(
        id=7, media_type="tv", name="Harbour", original_name="みなと", original_language="ja", names=names
    )
    known = Candidate(
        provider="tmdb", id=7, media_type="tv", title="x", titles=(Title("Port", "en"), Title("Hafen"))
    )

    assert candidate(show, known).titles == (
        Title("みなと", "ja", main=True),
        Title("Harbour", "en", main=True),
        Title("Hafen", "de", main=True),
        Title("Port", "en"),
    )


@pytest.mark.parametrize(
    ("title", "counts"),
    [("Cast Off", True), ("Episode 5", False), ("Folge 5", False), ("第5話", False), ("TBA", False),
     ("To Be Announced", False), ("5화", False), ("5", False), ("Episode 5: Cast Off", True), ("", False)],
)  # fmt: skip
def test_a_placeholder_is_not_the_title_of_an_episode(title: str, counts: bool) -> None:
    tables = (SeasonTable(number=1, count=9, episodes=(Episode(5, title),)),)

    assert episode_titles(tables) == ({"S01E05": title} if counts else {})


# --- seasons ---


def show(*tables: SeasonTable, **fields: Any) -> Show:
    return Show(id=7, media_type="tv", name="Harbour", seasons=tables, **fields)


def known(*entries: Entry) -> Candidate:
    return Candidate(provider="tmdb", id=7, media_type="tv", title="Harbour", entries=entries)


def part(key: str, **fields: Any) -> Entry:
    return Entry(key=key, titles=(), type="tv", **fields)


def laid(found: Candidate) -> list[tuple[str, int | None, int | None, int | None]]:
    """Where each entry stands: its key, season, offset and episodes."""
    return [(entry.key, entry.season, entry.offset, entry.episodes) for entry in found.entries]


def test_each_season_that_no_list_knows_is_an_entry_of_its_own() -> None:
    tables = (
        SeasonTable(number=1, count=12, date="2015-04-05"),
        SeasonTable(number=2, count=10, name="The Deep"),
    )
    found = candidate(show(*tables))

    assert laid(found) == [("tmdb:tv/7:S01", 1, 0, 12), ("tmdb:tv/7:S02", 2, 0, 10)]
    assert all(entry.stated for entry in found.entries)
    first, second = ([title.text for title in entry.titles] for entry in found.entries)
    assert first == ["Harbour"]
    assert second == ["The Deep", "Harbour The Deep", "Harbour Season 2"]


@pytest.mark.parametrize(
    "name", ["Season 2", "season 02", "Staffel 2", "第2期", "シーズン2", "2", "", "Specials"]
)
def test_a_season_that_is_called_by_its_number_has_no_title_of_its_own(name: str) -> None:
    found = candidate(show(SeasonTable(number=1, count=1), SeasonTable(number=2, count=1, name=name)))

    assert [title.text for title in found.entries[1].titles] == ["Harbour Season 2"]


def test_numbers_that_never_restart_go_on_from_season_to_season() -> None:
    tables = (
        SeasonTable(number=1, count=12, episodes=tuple(Episode(n) for n in range(1, 13))),
        SeasonTable(number=2, count=2, episodes=(Episode(13), Episode(14))),
        SeasonTable(number=3, count=9),  # without a table of its own
    )
    found = candidate(show(*tables))

    assert laid(found) == [
        ("tmdb:tv/7:S01", 1, 0, 12),
        ("tmdb:tv/7:S02", 2, 12, 2),
        ("tmdb:tv/7:S03", 3, 14, 9),
    ]
    assert [season.first for season in found.seasons] == [1, 13, 15]


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ({"season": 1, "begin": "2016-04-03"}, (2, 0)),  # began when season 2 did
        ({"season": 1, "begin": "2016-04-13"}, (2, 0)),  # TMDB may be days off
        ({"season": 1, "begin": "2016-04-14"}, (1, 0)),  # and not more
        ({"season": 1, "begin": "2016-04-03", "stated": True}, (1, 0)),  # a list says where
        ({"season": None, "begin": "2016-04-03"}, (None, 0)),  # no season: nothing to correct
        ({"season": 1, "begin": "2016-02-31"}, (1, 0)),  # no such day
        ({"season": 1, "begin": None}, (1, 0)),
    ],
)
def test_an_entry_whose_place_was_worked_out_moves_to_the_season_that_began_with_it(
    entry: dict[str, Any], place: tuple[int | None, int]
) -> None:
    tables = (
        SeasonTable(number=1, count=12, date="2015-04-05"),
        SeasonTable(number=2, count=12, date="2016-04-03"),
    )
    found = candidate(show(*tables), known(part("a", offset=0, episodes=12, **entry)))
    (moved,) = (each for each in found.entries if each.key == "a")

    assert (moved.season, moved.offset) == place


@pytest.mark.parametrize(
    ("episodes", "last", "becomes"),
    [
        (12, True, [("a", 1, 0, 12), ("tmdb:S01E13", 1, 12, 12)]),  # what TMDB has beyond it
        (24, True, [("a", 1, 0, 24)]),
        (26, True, [("a", 1, 0, 26)]),  # TMDB may lack the newest ones
        (26, False, [("a", 1, 0, 24)]),  # a season that is over has what it has
        (None, True, [("a", 1, 0, 24)]),
    ],
)
def test_entries_reach_to_the_end_of_their_season(
    episodes: int | None, last: bool, becomes: list[tuple[str, int, int, int]]
) -> None:
    tables = [SeasonTable(number=1, count=24)] + ([] if last else [SeasonTable(number=2, count=1)])
    found = candidate(show(*tables), known(part("a", season=1, offset=0, episodes=episodes)))

    assert [each for each in laid(found) if each[1] == 1] == becomes


def test_a_season_whose_last_entry_nobody_can_place_is_left_as_the_list_has_it() -> None:
    entry = part("a", season=1, offset=None, episodes=12)

    assert candidate(show(SeasonTable(number=1, count=24)), known(entry)).entries == (entry,)


def test_entries_of_a_season_that_counts_on_are_counted_from_its_first_number() -> None:
    tables = (
        SeasonTable(number=1, count=12),
        SeasonTable(number=2, count=12, episodes=tuple(Episode(n) for n in range(13, 25))),
    )
    entries = (part("a", season=1, offset=0, episodes=12), part("b", season=2, offset=0, episodes=12))

    assert ("b", 2, 12, 12) in laid(candidate(show(*tables), known(*entries)))


@pytest.mark.parametrize(("count", "offset"), [(1, 0), (4, None)])
def test_specials_are_one_entry_and_only_a_single_one_has_a_place(count: int, offset: int | None) -> None:
    found = candidate(show(SeasonTable(number=0, count=count), SeasonTable(number=1, count=12)))
    (special,) = (entry for entry in found.entries if entry.season == 0)

    assert (special.type, special.offset, special.stated) == ("ova", offset, offset == 0)
    assert [title.text for title in special.titles] == ["Harbour Specials"]


def test_specials_that_a_list_knows_one_by_one_are_not_added_again() -> None:
    ova = part("ova", season=0, offset=0, episodes=1)
    found = candidate(show(SeasonTable(number=0, count=3), SeasonTable(number=1, count=12)), known(ova))

    assert [entry.key for entry in found.entries if entry.season == 0] == ["ova"]


# --- groups ---


def in_parts(*parts: range, season: int = 1, name: str = "5f") -> Group:
    return Group(name, 6, tuple(GroupPart("", tuple((season, n) for n in part)) for part in parts))


def test_a_long_season_is_cut_as_a_group_cuts_it() -> None:
    found = candidate(
        show(SeasonTable(number=1, count=24, date="2015-04-05")),
        groups=[in_parts(range(1, 13), range(13, 25))],
    )

    assert laid(found) == [("tmdb:group/5f:1", 1, 0, 12), ("tmdb:group/5f:2", 1, 12, 12)]
    assert [entry.begin for entry in found.entries] == ["2015-04-05", None]
    assert [[t.text for t in e.titles] for e in found.entries] == [["Harbour"], ["Harbour Season 2"]]


@pytest.mark.parametrize(
    "group",
    [
        in_parts(range(1, 25)),  # cuts nothing
        in_parts(range(1, 13), range(14, 25)),  # lacks an episode
        in_parts(range(1, 13), range(12, 25)),  # has one twice
        in_parts(range(13, 25), range(1, 13)),  # another order
        in_parts(range(1, 13), range(13, 25), season=2),  # of another season
        Group("5f", 6, ()),
        Group("5f", 6, (GroupPart("", ()), GroupPart("", ()))),
    ],
    ids=["one", "gap", "twice", "order", "elsewhere", "empty", "empty parts"],
)
def test_a_group_that_does_not_tile_the_season_cuts_nothing(group: Group) -> None:
    assert laid(candidate(show(SeasonTable(number=1, count=24)), groups=[group])) == [
        ("tmdb:tv/7:S01", 1, 0, 24)
    ]


def test_the_first_group_that_fits_is_taken() -> None:
    groups = [in_parts(range(1, 5)), in_parts(range(1, 13), range(13, 25), name="b"),
              in_parts(range(1, 7), range(7, 25), name="c")]  # fmt: skip
    found = candidate(show(SeasonTable(number=1, count=24)), groups=groups)

    assert [entry.key for entry in found.entries] == ["tmdb:group/b:1", "tmdb:group/b:2"]


def test_what_a_list_says_is_never_cut_by_a_group() -> None:
    found = candidate(
        show(SeasonTable(number=1, count=24)),
        known(part("a", season=1, offset=0, episodes=24)),
        groups=[in_parts(range(1, 13), range(13, 25))],
    )

    assert laid(found) == [("a", 1, 0, 24)]


# --- films ---


def test_a_film_is_one_entry_unless_a_list_has_it() -> None:
    film = Show(id=7, media_type="movie", name="Pier", date="2001-02-03")
    ours = Entry(key="anidb:7", titles=(Title("Pier"),), type="movie")

    assert [(e.key, e.type, e.begin, e.episodes) for e in candidate(film).entries] == [
        ("tmdb:movie/7", "movie", "2001-02-03", 1)
    ]
    listed = Candidate(provider="tmdb", id=7, media_type="movie", title="Pier", entries=(ours,), year=1999)
    made = candidate(film, listed)
    assert (made.entries, made.year, made.tabled) == ((ours,), 2001, False)


def test_the_lists_fill_in_what_tmdb_leaves_open() -> None:
    listed = Candidate(
        provider="tmdb", id=7, media_type="tv", title="Harbour", year=2015, popularity=9.0,
        episode_titles={"S01E01": "Cast Off"},
    )  # fmt: skip
    made = candidate(show(popularity=1.0), listed)

    assert (made.year, made.popularity, made.episode_titles) == (2015, 9.0, {"S01E01": "Cast Off"})


# --- a law ---


@given(
    counts=st.lists(st.integers(1, 30), min_size=1, max_size=4),
    cuts=st.lists(st.integers(1, 29), max_size=3),
)
def test_entries_that_are_laid_into_a_table_cover_each_episode_once(
    counts: list[int], cuts: list[int]
) -> None:
    """Those of a list have their season's start and some lengths; TMDB has how many there are."""
    begins = [0, *sorted({cut for cut in cuts if cut < counts[0]})]
    lengths = [end - begin for begin, end in pairwise(begins)]
    entries = [
        part(f"e{begin}", season=1, offset=begin, episodes=length)
        for begin, length in zip(begins, [*lengths, None], strict=True)
    ]
    tables = [SeasonTable(number=n, count=count) for n, count in enumerate(counts, 1)]
    found = candidate(show(*tables), known(*entries))

    for number, count in enumerate(counts, 1):
        inside = [e for e in found.entries if e.season == number]
        covered = [(e.offset or 0) + n for e in inside for n in range(1, (e.episodes or 0) + 1)]
        assert sorted(covered) == list(range(1, count + 1))
