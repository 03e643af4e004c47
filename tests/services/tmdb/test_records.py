"""What TMDB answers becomes records, whatever is missing, doubled or of a wrong kind in it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.models import Candidate
from anivault.services.tmdb.answers import LONGEST_TEXT, Reader, clean, image, iso_date
from anivault.services.tmdb.candidates import candidate
from anivault.services.tmdb.records import (
    Group,
    Page,
    SeasonTable,
    Show,
    read_find,
    read_group,
    read_nothing,
    read_page,
    read_show,
)

Path = tuple[str | int, ...]
HIT: dict[str, Any] = {
    "id": 7, "name": "Harbour", "original_name": "みなと", "original_language": "ja", "genre_ids": [16, 35],
    "first_air_date": "2015-04-05", "popularity": 3.5, "poster_path": "/harbour.jpg",
    "overview": "Ships come in.", "vote_average": 7.5, "vote_count": 12,
}  # fmt: skip
SHOW: dict[str, Any] = HIT | {
    "genres": [{"id": 16, "name": "Animation"}], "status": "Ended", "episode_run_time": [24],
    "production_companies": [{"name": "Studio Pier"}], "networks": [{"name": "TV Harbour"}],
    "credits": {"cast": [{"name": "Mika", "character": "Pilot", "order": 0}]},
    "content_ratings": {"results": [{"iso_3166_1": "US", "rating": "TV-PG"}]},
    "images": {"logos": [{"file_path": "/logo.png", "iso_639_1": "en"}]},
    "external_ids": {"imdb_id": "tt7", "tvdb_id": 77, "wikidata_id": None},
    "translations": {"translations": [
        {"iso_639_1": "de", "iso_3166_1": "DE", "data": {"name": "Hafen", "overview": "Schiffe."}},
    ]},
    "alternative_titles": {"results": [{"title": "Minato", "iso_3166_1": "JP", "type": "Romaji"}]},
    "episode_groups": {"results": [{"id": "5f", "type": 6, "name": "Production"}]},
    "seasons": [{"season_number": 0, "episode_count": 1}, {"season_number": 1, "episode_count": 3,
                 "name": "Season 1", "air_date": "2015-04-05", "poster_path": "/first.jpg"}],
    "season/1": {"season_number": 1, "episodes": [
        {"episode_number": n, "name": f"Ship {n}", "air_date": f"2015-04-0{n}", "id": 500 + n, "runtime": 24,
         "still_path": f"/{n}.jpg", "vote_average": 8.0, "vote_count": 3, "overview": "In."}
        for n in (1, 2, 3)
    ]},
}  # fmt: skip
GROUP: dict[str, Any] = {
    "id": "5f", "type": 6, "name": "Production", "groups": [
        {"name": "Second", "order": 2, "episodes": [{"episode_number": 3, "season_number": 1, "order": 0}]},
        {"name": "First", "order": 1, "episodes": [
            {"episode_number": 2, "season_number": 1, "order": 1},
            {"episode_number": 1, "season_number": 1, "order": 0},
        ]},
    ],
}  # fmt: skip

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, here: Path = ()) -> Iterator[Path]:
    """Every place of a value where something else could stand."""
    inside = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    for key, each in inside:
        yield (*here, key)
        yield from places(each, (*here, key))


def spoiled(value: Any, place: Path, other: Any, *, gone: bool = False) -> Any:
    """A copy that has something else at a place, or nothing."""
    made = copy.deepcopy(value)
    inside = made
    for key in place[:-1]:
        inside = inside[key]
    if gone:
        del inside[place[-1]]
    else:
        inside[place[-1]] = other
    return made


def body(value: Any) -> bytes:
    return json.dumps(value).encode()


def show_of(value: Any) -> Show:
    return read_show(Reader(), body(value), "tv", 7)


def episodes(show: Show) -> list[int]:
    return [episode.number for table in show.seasons for episode in table.episodes]


# --- laws: no answer is too strange ---


@given(place=st.sampled_from(list(places(SHOW))), other=ANYTHING, gone=st.booleans())
def test_a_show_with_anything_anywhere_is_a_show_that_can_be_kept_and_used_or_one_error(
    place: Path, other: Any, gone: bool
) -> None:
    try:
        show = show_of(spoiled(SHOW, place, other, gone=gone))
    except ValueError:
        return

    assert show.id == 7
    assert msgspec.json.decode(msgspec.json.encode(show), type=Show) == show  # as the cache keeps it
    made = candidate(show, languages=["de", "ja"])
    assert msgspec.json.decode(msgspec.json.encode(made), type=Candidate) == made
    assert made.title
    assert "\n" not in made.title


@given(place=st.sampled_from(list(places(GROUP))), other=ANYTHING, gone=st.booleans())
def test_a_group_with_anything_anywhere_is_a_group_or_one_error(place: Path, other: Any, gone: bool) -> None:
    try:
        group = read_group(Reader(), body(spoiled(GROUP, place, other, gone=gone)))
    except ValueError:
        return

    assert msgspec.json.decode(msgspec.json.encode(group), type=Group) == group
    assert candidate(show_of(SHOW), groups=[group]).seasons


@given(hits=st.lists(st.just(HIT) | ANYTHING, max_size=4), pages=ANYTHING, find=st.booleans())
def test_a_bad_hit_costs_only_itself(hits: list[Any], pages: Any, find: bool) -> None:
    reader = Reader()
    try:
        if find:
            page = read_find(reader, body({"tv_results": hits, "movie_results": pages}))
        else:
            page = read_page(reader, body({"results": hits, "total_pages": pages}), "tv")
    except ValueError:
        return

    assert [show.id for show in page.hits].count(7) == hits.count(HIT)
    assert reader.spoiled or all(hit == HIT for hit in hits)
    assert 1 <= page.pages <= 500
    assert msgspec.json.decode(msgspec.json.encode(page), type=Page) == page


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode) | ANYTHING.map(body))
def test_bytes_of_any_kind_are_an_answer_or_a_value_error(sent: bytes) -> None:
    for read in (read_find, read_group, read_nothing, lambda r, b: read_page(r, b, "tv")):
        try:
            read(Reader(), sent)
        except (ValueError, RecursionError):
            continue


# --- what costs what ---


@pytest.mark.parametrize("place", [("season/1", "episodes", n) for n in range(3)], ids=str)
@pytest.mark.parametrize("other", [None, 5, {}, {"episode_number": -1}, {"episode_number": "one"}])
def test_an_episode_that_cannot_be_read_costs_itself_and_the_answer_is_spoiled(
    place: Path, other: Any
) -> None:
    reader = Reader()
    show = read_show(reader, body(spoiled(SHOW, place, other)), "tv", 7)

    assert episodes(show) == [n for n in (1, 2, 3) if n - 1 != place[-1]]
    assert reader.spoiled


@pytest.mark.parametrize("part", [key for key in SHOW if isinstance(SHOW[key], (list, dict))])
def test_a_part_that_was_not_asked_for_spoils_nothing(part: str) -> None:
    reader = Reader()
    show = read_show(reader, body({key: value for key, value in SHOW.items() if key != part}), "tv", 7)

    assert show.name == "Harbour"
    assert not reader.spoiled


@pytest.mark.parametrize("id", [8, 0, -7, "7", None, 7.5, 2**31 + 1])
def test_another_show_than_the_asked_one_is_no_answer(id: Any) -> None:  # noqa: A002 - TMDB's name
    with pytest.raises(msgspec.ValidationError):
        show_of(SHOW | {"id": id})


@pytest.mark.parametrize(
    "names",
    [{"name": "", "original_name": None}, {"name": "\u202e\u200b", "original_name": " "},
     {"name": "x" * (LONGEST_TEXT + 1), "original_name": ""}],
)  # fmt: skip
def test_a_show_without_a_title_is_none(names: dict[str, Any]) -> None:
    nameless = HIT | {"title": None, "original_title": None} | names

    assert read_page(Reader(), body({"results": [nameless]}), "tv").hits == ()


@pytest.mark.parametrize(
    ("media", "said", "kinds"),
    [
        ("", "tv", ["tv"]),
        ("", "movie", ["movie"]),
        ("", "person", []),
        ("", None, []),
        ("tv", "person", ["tv"]),
    ],
)
def test_what_was_searched_says_what_a_hit_is_else_the_hit_itself(
    media: str, said: str | None, kinds: list[str]
) -> None:
    page = read_page(Reader(), body({"results": [HIT | {"media_type": said}]}), media)

    assert [show.media_type for show in page.hits] == kinds


# --- what a field says ---


def test_half_a_character_is_mended_and_nothing_else_is_lost() -> None:
    sent = body(HIT | {"name": "Har?bour"}).replace(b"?", b"\\ud83d")
    page = read_page(Reader(), b'{"results": [' + sent + b"]}", "tv")

    assert [show.name for show in page.hits] == ["Har?bour"]


@pytest.mark.parametrize("sent", [b'{"results": [\\ud83d', b'"\\ud83d', b"\\ud", b'{"a": "\\ud83d\xff"}'])
def test_half_a_character_in_what_is_no_json_is_still_no_answer(sent: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_page(Reader(), sent, "tv")


def test_seasons_stand_in_order_with_the_episodes_of_their_own_table() -> None:
    extra = {"season_number": 3, "name": "Late", "episodes": [{"episode_number": 9}, {"episode_number": 4}]}
    show = show_of(SHOW | {"seasons": SHOW["seasons"][::-1], "season/3": extra})

    assert [table.number for table in show.seasons] == [0, 1, 3]
    assert [(t.count, [e.number for e in t.episodes]) for t in show.seasons] == [
        (1, []),
        (3, [1, 2, 3]),
        (2, [4, 9]),  # its table alone knows it: as many as it has
    ]
    assert (show.seasons[1].poster, show.seasons[1].episodes[1].still) == ("/first.jpg", "/2.jpg")


def test_parts_and_episodes_of_a_group_stand_in_the_order_of_the_group() -> None:
    group = read_group(Reader(), body(GROUP))

    assert [(part.name, part.places) for part in group.parts] == [
        ("First", ((1, 1), (1, 2))),
        ("Second", ((1, 3),)),
    ]


@pytest.mark.parametrize("id", ["", "../x", "a" * 65, "5f/../9", "é", 5])
def test_a_group_whose_id_could_lead_elsewhere_is_left_out(id: Any) -> None:  # noqa: A002 - TMDB's name
    answer = spoiled(SHOW, ("episode_groups", "results", 0, "id"), id)

    assert show_of(answer).groups == ()


@pytest.mark.parametrize(
    ("ids", "kept"),
    [
        ({"imdb_id": "tt7", "tvdb_id": 77}, {"imdb": "tt7", "tvdb": "77"}),
        ({"imdb_id": "", "tvdb_id": 0, "wikidata_id": "Q7"}, {"wikidata": "Q7"}),
        ({"imdb_id": ["tt7"], "tvdb_id": 77}, {"tvdb": "77"}),
    ],
)
def test_ids_of_other_sites_are_kept_where_they_say_something(
    ids: dict[str, Any], kept: dict[str, str]
) -> None:
    assert show_of(SHOW | {"external_ids": ids}).ids == kept


def test_the_ids_of_a_film_stand_in_its_own_fields() -> None:
    film = {"id": 7, "title": "Pier", "imdb_id": "tt70"}

    assert read_show(Reader(), body(film), "movie", 7).ids == {"imdb": "tt70"}


def test_every_spelling_of_another_title_is_a_name_with_its_language_or_country() -> None:
    film = {
        "id": 7,
        "title": "Pier",
        "alternative_titles": {"titles": [{"title": "Mole", "iso_3166_1": "FR"}]},
    }

    assert [(n.text, n.language, n.country, n.type) for n in show_of(SHOW).names] == [
        ("Hafen", "de-DE", "", ""),
        ("Minato", "", "JP", "romaji"),
    ]
    assert [name.text for name in read_show(Reader(), body(film), "movie", 7).names] == ["Mole"]


@given(st.text())
def test_a_title_is_one_line_that_turns_no_terminal_around(text: str) -> None:
    shown = clean(text)

    assert len(shown) <= LONGEST_TEXT
    assert shown == " ".join(shown.split())
    assert not set(shown) & set("\x00\x1b\u200e\u202e\u2066\ufeff")
    assert clean(shown) == shown


@pytest.mark.parametrize(
    ("path", "taken"),
    [("/a.jpg", True), ("/a-b_c.webp", True), ("/a.svg", False), ("a.jpg", False), ("/../a.jpg", False),
     ("/a/b.jpg", False), ("//host/a.jpg", False), ("/a.jpg?x", False), ("/é.jpg", False), ("", False)],
)  # fmt: skip
def test_a_picture_is_a_plain_name_on_the_image_host(path: str, taken: bool) -> None:
    assert image(path) == (path if taken else "")


@pytest.mark.parametrize(
    ("text", "taken"),
    [("2015-04-05", True), ("2015-13-05", False), ("2015-4-5", False), ("2015", False), ("0015-04-05", False),
     ("2015-04-05T00:00", False), ("２０１５-04-05", False)],
)  # fmt: skip
def test_a_date_is_one_as_iso_writes_it(text: str, taken: bool) -> None:
    assert iso_date(text) == (text if taken else "")


def test_a_season_may_say_nothing_of_its_episodes() -> None:
    (table,) = show_of(HIT | {"seasons": [{"season_number": 2}]}).seasons

    assert table == SeasonTable(2)
