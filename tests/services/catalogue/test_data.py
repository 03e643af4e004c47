"""What ships is what it says: sums, sources, notices, and lines that a person can review."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files
from pathlib import Path

import pytest

from anivault.services.catalogue.rows import BY_RULE, Row, from_lines, to_lines
from anivault.services.catalogue.shows import candidates
from anivault.services.catalogue.sources import Source, catalog_info
from anivault.services.catalogue.store import rows_of, shipped

ROOT = Path(__file__).parents[3]
SHIPPED = catalog_info("no such folder").shipped
ROWS = rows_of(shipped())


def data(name: str) -> bytes:
    return (files("anivault.data") / name).read_bytes()


@pytest.mark.parametrize("name", ["movie.jsonl", "tv.jsonl"])
def test_the_files_have_the_sums_that_are_named(name: str) -> None:
    assert hashlib.sha256(data(name)).hexdigest() == SHIPPED.files[name]


def test_the_counts_are_those_of_the_files() -> None:
    films = {row.tmdb for row in ROWS if row.tmdb.startswith("movie/")}
    shows = {row.tmdb for row in ROWS if row.tmdb.startswith("tv/")}

    assert (SHIPPED.entries, SHIPPED.shows, SHIPPED.films) == (len(ROWS), len(shows), len(films))


def test_the_page_about_the_catalogue_has_its_counts() -> None:
    words = " ".join((ROOT / "docs/catalogue.md").read_text().split())

    said = f"{SHIPPED.entries:,} entries of {SHIPPED.shows:,} shows and {SHIPPED.films:,} films on TMDB"
    assert said in words


@pytest.mark.parametrize("document", ["NOTICE", "src/anivault/data/README.md"])
@pytest.mark.parametrize("source", SHIPPED.sources, ids=lambda source: source.name)
def test_every_source_is_attributed_with_version_home_and_licence(document: str, source: Source) -> None:
    text = " ".join((ROOT / document).read_text(encoding="utf-8").split())

    for fact in (source.name, source.version, source.home, source.licence):
        assert fact in text


@pytest.mark.parametrize("source", SHIPPED.sources, ids=lambda source: source.name)
def test_notice_says_what_was_changed_and_who_made_it(source: Source) -> None:
    notice = " ".join((ROOT / "NOTICE").read_text(encoding="utf-8").split())
    entry = notice[notice.index(f"- {source.name} ") :]

    assert "Changed:" in entry.partition("- ")[2]
    assert source.by.split(",")[0] in entry
    assert "creativecommons.org/licenses/by/4.0" in notice


def test_lines_are_read_and_written_alike() -> None:
    for name in ("movie.jsonl", "tv.jsonl"):
        assert to_lines(from_lines(data(name))) == data(name)


def test_lines_stand_in_the_order_of_their_shows() -> None:
    for name in ("movie.jsonl", "tv.jsonl"):
        numbers = [int(row.tmdb.partition("/")[2]) for row in from_lines(data(name))]

        assert numbers == sorted(numbers)


def test_entries_are_sound() -> None:
    day = re.compile(r"\d{4}-\d\d-\d\d|")
    for row in ROWS:
        assert re.fullmatch(r"(tv|movie)/\d+", row.tmdb)
        assert row.titles
        assert all(text.strip() for texts in row.titles.values() for text in texts)
        assert day.fullmatch(row.begin)
        assert day.fullmatch(row.end)
        assert not row.end or row.begin <= row.end
        assert row.type in {"tv", "web", "ova", "movie"}
        assert set(row.derived) <= {"season", "offset", "episodes"}
        assert set(row.checked) <= {"romaji", "tmdb", "season", "offset", "episodes"}
        assert not set(row.derived) & set(row.checked)


def test_series_have_a_season_and_films_have_none() -> None:
    assert all((row.season is None) == row.tmdb.startswith("movie/") for row in ROWS)


def test_no_field_is_called_derived_that_is_empty() -> None:
    assert not [
        row for row in ROWS for name in row.derived if name != "offset" and getattr(row, name) is None
    ]


def test_a_show_is_named_after_its_first_season() -> None:
    rows = [
        Row(tmdb="tv/1", season=0, offset=0, begin="2001-01-01", titles={"en": ["Tea for Clouds: Pilot"]}),
        Row(tmdb="tv/1", season=2, offset=0, begin="2003-01-01", titles={"en": ["Tea for Clouds Season 2"]}),
        Row(tmdb="tv/1", season=1, offset=0, begin="2002-01-01", titles={"en": ["Tea for Clouds"]}),
    ]
    (show,) = candidates(rows)

    assert (show.title, show.year) == ("Tea for Clouds", 2002)


def test_a_show_known_by_a_later_season_only_loses_the_season_words() -> None:
    rows = [
        Row(tmdb="tv/1", season=2, offset=0, begin="2003-01-01", titles={"en": ["Tea for Clouds Season 2"]})
    ]

    assert candidates(rows)[0].title == "Tea for Clouds"


def test_the_first_season_keeps_its_name_as_it_is() -> None:
    rows = [
        Row(tmdb="tv/1", season=1, offset=0, begin="2003-01-01", titles={"en": ["Tea for Clouds 1st Season"]})
    ]

    assert candidates(rows)[0].title == "Tea for Clouds 1st Season"


def test_a_show_is_named_in_english_when_a_later_season_is() -> None:
    rows = [
        Row(tmdb="tv/1", season=1, offset=0, begin="2002-01-01", titles={"ja": ["雲のお茶"]}),
        Row(tmdb="tv/1", season=2, offset=0, begin="2003-01-01", titles={"en": ["Tea for Clouds Season 2"]}),
    ]

    assert candidates(rows)[0].title == "Tea for Clouds"


def test_a_show_with_a_latin_title_is_named_by_it() -> None:
    rows = [Row(tmdb="tv/1", season=1, offset=0, titles={"ja": ["TEA+"], "ja-Latn": ["Chaa Purasu"]})]

    assert candidates(rows)[0].title == "TEA+"


def test_a_season_has_a_count_when_all_its_entries_have_one() -> None:
    first = Row(tmdb="tv/1", season=1, offset=0, episodes=12, begin="2002-01-01", titles={"en": ["A"]})
    second = Row(tmdb="tv/1", season=1, offset=12, episodes=11, begin="2003-01-01", titles={"en": ["B"]})
    running = Row(tmdb="tv/1", season=2, offset=0, begin="2004-01-01", titles={"en": ["C"]})
    (show,) = candidates([first, second, running])

    assert [(s.number, s.episodes, s.begin) for s in show.seasons] == [
        (1, 23, "2002-01-01"),
        (2, None, "2004-01-01"),
    ]


def test_seasons_without_an_entry_are_listed_and_leave_the_one_before_them_open() -> None:
    rows = [
        Row(tmdb="tv/1", season=1, offset=0, episodes=120, begin="2002-01-01", titles={"en": ["A"]}),
        Row(tmdb="tv/1", season=4, offset=0, episodes=12, begin="2009-01-01", titles={"en": ["B"]}),
    ]

    assert [(s.number, s.episodes) for s in candidates(rows)[0].seasons] == [
        (1, None),
        (2, None),
        (3, None),
        (4, 12),
    ]


def test_seasons_that_go_on_counting_say_where_they_begin() -> None:
    rows = [
        Row(tmdb="tv/1", season=1, offset=0, episodes=61, begin="1999-01-01", titles={"en": ["A"]}),
        Row(tmdb="tv/1", season=2, offset=61, episodes=16, begin="2001-01-01", titles={"en": ["A"]}),
        Row(tmdb="tv/1", season=3, offset=77, begin="2002-01-01", titles={"en": ["A"]}),
    ]

    assert [(s.number, s.episodes, s.first) for s in candidates(rows)[0].seasons] == [
        (1, 61, 1),
        (2, 16, 62),
        (3, None, 78),
    ]


def test_a_second_cour_alone_is_not_taken_for_a_season_that_goes_on_counting() -> None:
    rows = [Row(tmdb="tv/1", season=2, offset=12, episodes=12, begin="2001-01-01", titles={"en": ["A"]})]

    assert candidates(rows)[0].seasons[-1].first == 1


def test_a_place_is_stated_only_when_nothing_of_it_was_derived() -> None:
    rows = [
        Row(tmdb="tv/1", season=1, offset=0, derived=["season"], titles={"en": ["A"]}),
        Row(tmdb="tv/1", season=2, offset=0, derived=["episodes"], titles={"en": ["B"]}),
        Row(tmdb="tv/1", season=2, offset=9, derived=["offset"], titles={"en": ["C"]}),
    ]

    assert [entry.stated for entry in candidates(rows)[0].entries] == [False, True, False]


def test_one_episode_stands_by_its_number_and_several_by_their_offset() -> None:
    rows = [
        Row(tmdb="tv/1", season=0, episode=7, offset=6, episodes=1, titles={"en": ["A"]}),
        Row(tmdb="tv/1", season=0, episode=8, offset=7, episodes=3, titles={"en": ["B"]}),
    ]

    assert [entry.episode for entry in candidates(rows)[0].entries] == [7, None]


@pytest.mark.parametrize(
    ("titles", "name"),
    [
        ({"ja": ["Kaze Beats!"], "en": ["KB"]}, "Kaze Beats!"),
        ({"ja": ["KAZE×UMI"], "en": ["KAZE UMI"]}, "Kaze×Umi"),
        (
            {"ja": ["風の歌"], "ja-Latn": ["Kaze no Uta"], "en": ["KU", "Song of the Wind"]},
            "Song of the Wind",
        ),
        ({"ja": ["カゼ!!"], "ja-Latn": ["Kaze!!"], "en": ["KAZE", "Kaze!!"]}, "Kaze!!"),
        ({"ja": ["GOKI -ゴーキ-"], "ja-Latn": ["GOKI - Gooki -"], "en": ["GOKI"]}, "Goki"),
        ({"ja": ["風の歌"], BY_RULE: ["Fuu no Uta"], "en": ["KU"]}, "風の歌"),
        ({"ja": ["風の歌"], BY_RULE: ["Fuu no Tatakau Otome Umi Kaze"], "en": ["Umi Kaze"]}, "Umi Kaze"),
        ({"ja": ["風の歌"], BY_RULE: ["Fuu no Tatakau Otome Umi Kaze"], "en": ["Kaze"]}, "風の歌"),
        ({"ja": ["風の歌"], BY_RULE: ["Fuu no Uta"]}, "風の歌"),
        ({"ja": ["風の歌"], BY_RULE: ["Fuu no Uta"], "ja-Latn": ["Kaze no Uta"]}, "Kaze no Uta"),
        ({BY_RULE: ["Fuu no Uta"]}, "Fuu no Uta"),
        ({"ja": ["風の歌"], "ja-Latn": ["Kaze no Uta"], "en": ["KU"]}, "Kaze no Uta"),
    ],
)
def test_a_show_has_the_name_that_people_know_it_by(titles: dict[str, list[str]], name: str) -> None:
    (show,) = candidates([Row(tmdb="tv/1", type="tv", begin="2020-01-01", titles=titles)])

    assert show.title == name
