"""The catalogue first, TMDB for what it lacks, and both as one candidate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from anivault.core.models import Candidate, Entry, Query, Title
from anivault.services.metadata_enricher import Enricher, open_source
from anivault.services.tmdb.candidates import candidate
from anivault.services.tmdb.records import Episode, SeasonTable, Show
from anivault.services.tmdb_client import details
from tests.tmdb_server.bench import CANARY, FakeClock, client, small
from tests.tmdb_server.server import Reply, Server

FERRY, VOYAGE, LANTERN, OLD_FERRY, KOREAN, FILM = 9001, 9002, 9003, 9004, 9005, 9101


class Shelf:
    """A catalogue of a few shows: all are proposed for every query."""

    name = "catalog"

    def __init__(self, *shows: Candidate) -> None:
        self.shows = list(shows)

    def find(self, queries: Sequence[Query]) -> list[list[Candidate]]:
        return [list(self.shows) for _ in queries]

    def get(self, provider: str, media_type: str, id: int) -> Candidate | None:  # noqa: A002
        wanted = (provider, media_type, id)
        return next((c for c in self.shows if (c.provider, c.media_type, c.id) == wanted), None)


def entry(title: str, **fields: object) -> Entry:
    known = {"key": title, "titles": (Title(title),), "type": "tv", "season": 1, "offset": 0}
    return Entry(**known | fields)  # type: ignore[arg-type]


def known(id: int, *entries: Entry, media_type: str = "tv") -> Candidate:  # noqa: A002
    titles = tuple(title for each in entries for title in each.titles)
    return Candidate(
        provider="tmdb",
        id=id,
        media_type=media_type,
        title=titles[0].text,
        titles=titles,
        entries=entries,
        popularity=0.5,
    )


FERRY_KNOWN = known(
    FERRY,
    entry("Hoshi no Ferry", begin="2015-04-05", episodes=12, ids={"anidb": 1}),
    entry("Hoshi no Ferry Tooi Kishi", begin="2017-10-02", offset=12, episodes=13, ids={"anidb": 2}),
)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(small(), key=CANARY) as server:
        yield server


Opener = Callable[..., Enricher]


@pytest.fixture
def enricher(server: Server, tmp_path: Path) -> Iterator[Opener]:
    """Open the enricher on top of a few known shows; close it in the end."""
    with ExitStack() as stack:

        def opened(*shows: Candidate, clock: FakeClock | None = None, **options: Any) -> Enricher:
            source = Enricher(client(server.url, tmp_path, clock), Shelf(*shows), **options)
            stack.callback(source.close)
            return source

        yield opened


def only(source: Enricher, id: int, *titles: str, **fields: object) -> Candidate:  # noqa: A002
    """Ask one query; return the candidate of this id."""
    (found,) = source.find([Query(titles=titles, **fields)])  # type: ignore[arg-type]
    return next(each for each in found if each.id == id)


def searches(server: Server) -> list[str]:
    return [path for path in server.paths() if "/search/" in path]


def places(show: Candidate) -> dict[str, tuple[int | None, int | None, int | None]]:
    return {each.titles[0].text: (each.season, each.offset, each.episodes) for each in show.entries}


# --- what is asked --------------------------------------------------------------------------------


def test_a_title_that_the_catalogue_has_is_not_searched(server: Server, enricher: Opener) -> None:
    found = only(enricher(FERRY_KNOWN), FERRY, "Hoshi no Ferry")

    assert searches(server) == []
    assert {title.text for title in found.titles} >= {"The Star Ferry", "Ferry of Stars", "星のフェリー"}


@pytest.mark.parametrize(
    ("title", "fields"),
    [
        ("The Star Ferry", {"movie": True}),
        ("Hoshi no Ferry: Saigo no Tokou", {}),
        ("Hoshi no Ferry", {"year": 1979}),
    ],
)
def test_another_kind_year_or_subtitle_than_the_catalogue_has_is_searched(
    server: Server, title: str, fields: dict[str, Any], enricher: Opener
) -> None:
    titles = (title, title.partition(":")[0])
    enricher(FERRY_KNOWN).find([Query(titles=titles, **fields)])

    assert searches(server)


def test_season_words_are_left_out_of_a_search(server: Server, enricher: Opener) -> None:
    assert only(enricher(), LANTERN, "Chouchin Gakuen 2nd Season", "Chouchin Gakuen", movie=False)
    assert len(searches(server)) == 1


def test_the_next_title_is_tried_when_one_finds_nothing(server: Server, enricher: Opener) -> None:
    assert only(enricher(), LANTERN, "No Such Thing", "Nor This", "Lantern Academy", movie=False)
    assert len(searches(server)) == 3


def test_a_film_that_looks_like_a_series_is_found_among_all_kinds(server: Server, enricher: Opener) -> None:
    assert only(enricher(), FILM, "The Star Ferry Last Crossing", movie=False)
    assert searches(server) == ["/3/search/tv", "/3/search/multi"]


def test_a_show_that_tmdb_finds_by_a_title_of_its_own_has_what_the_catalogue_knows(
    server: Server, tmp_path: Path
) -> None:
    shelf = Shelf(FERRY_KNOWN)
    shelf.find = lambda queries: [[] for _ in queries]  # type: ignore[method-assign]
    with closing(Enricher(client(server.url, tmp_path, None), shelf)) as source:
        found = only(source, FERRY, "星之渡輪")

    assert [each.ids for each in found.entries if each.ids] == [{"anidb": 1}, {"anidb": 2}]


def test_equal_queries_are_one_question_each(server: Server, enricher: Opener) -> None:
    source = enricher()
    answers = source.find([Query(titles=("Lantern Academy",))] * 50)

    assert len({request.target for request in server.requests}) == len(server.requests)
    assert len({each.id for found in answers for each in found}) == 1


def test_a_show_that_two_queries_need_is_one_object(enricher: Opener) -> None:
    one, two = enricher().find([Query(titles=("Lantern Academy",)), Query(titles=("提灯学園",))])

    assert one[0] is two[0]


def test_a_second_run_asks_for_nothing(server: Server, enricher: Opener) -> None:
    queries = [
        Query(titles=(title,))
        for title in ("Endless Voyage", "The Star Ferry", "No Such Thing", "바다의 아침")
    ]
    first = enricher().find(queries)
    asked = len(server.requests)
    second = enricher().find(queries)

    assert second == first
    assert asked == len(server.requests) > 0


# --- what comes of it -----------------------------------------------------------------------------


def test_a_show_that_the_catalogue_lacks_has_an_entry_for_every_season(
    server: Server, enricher: Opener
) -> None:
    found = only(enricher(), FERRY, "The Star Ferry", movie=False)

    assert {"The Star Ferry", "星のフェリー", "Hoshi no Ferry"} <= {
        title.text for title in found.entries[0].titles
    }
    assert [(each.season, each.offset, each.episodes) for each in found.entries if each.season] == [
        (1, 0, 12),
        (2, 0, 12),
    ]
    assert "Far Shore" in {title.text for title in found.entries[1].titles}
    assert all(each.stated for each in found.entries if each.season)


def test_numbers_that_never_restart_are_kept(enricher: Opener) -> None:
    found = only(enricher(), VOYAGE, "Endless Voyage")

    assert [(each.number, each.first, each.episodes) for each in found.seasons] == [
        (1, 1, 20),
        (2, 21, 15),
        (3, 36, 10),
    ]
    assert [(each.season, each.offset, each.episodes) for each in found.entries] == [
        (1, 0, 20),
        (2, 20, 15),
        (3, 35, 10),
    ]


def test_an_episode_group_cuts_the_one_season_of_a_show(enricher: Opener) -> None:
    found = only(enricher(), LANTERN, "Lantern Academy")

    assert [(each.season, each.offset, each.episodes) for each in found.entries] == [(1, 0, 12), (1, 12, 12)]
    assert "Lantern Academy Season 2" in {title.text for title in found.entries[1].titles}


def test_a_film_has_one_entry(enricher: Opener) -> None:
    found = only(enricher(), FILM, "Hoshi no Ferry: Saigo no Tokou", movie=True)

    assert (found.media_type, found.year, len(found.entries), found.entries[0].type) == (
        "movie",
        2018,
        1,
        "movie",
    )


def test_the_catalogues_entries_stay_and_move_to_the_season_that_began_with_them(
    server: Server, enricher: Opener
) -> None:
    found = only(enricher(FERRY_KNOWN), FERRY, "Hoshi no Ferry")

    assert places(found)["Hoshi no Ferry"] == (1, 0, 12)
    assert places(found)["Hoshi no Ferry Tooi Kishi"] == (2, 0, 13)
    assert [each.ids for each in found.entries if each.ids] == [{"anidb": 1}, {"anidb": 2}]
    assert found.popularity == FERRY_KNOWN.popularity


@pytest.mark.parametrize(
    ("languages", "title"),
    [
        (("en",), "The Star Ferry"),
        (("de", "en"), "Die Sternenfähre"),
        (("ja-Latn", "en"), "Hoshi no Ferry"),
        (("ja",), "星のフェリー"),
        (("zh-Hant",), "星之渡輪"),
        (("fr", "xx"), "星のフェリー"),
    ],
)
def test_the_title_is_in_the_first_language_of_the_user_that_has_one(
    server: Server, languages: tuple[str, ...], title: str, enricher: Opener
) -> None:
    assert only(enricher(languages=languages), FERRY, "The Star Ferry", movie=False).title == title


def test_episode_titles_come_by_place_and_placeholders_are_none(enricher: Opener) -> None:
    found = only(enricher(), FERRY, "The Star Ferry", movie=False)

    assert found.episode_titles == {
        "S01E01": "The Landing",
        "S01E02": "Low Tide",
        "S01E03": "A Paper Lamp",
        "S02E01": "The Other Harbour",
    }


# --- the table of seasons -------------------------------------------------------------------------


def show(*tables: SeasonTable) -> Show:
    return Show(
        id=1,
        media_type="tv",
        name="Show",
        original_name="ショー",
        original_language="ja",
        date="2010-01-01",
        seasons=tables,
    )


def table(number: int, count: int, first: int = 1, date: str = "") -> SeasonTable:
    return SeasonTable(number, count, "", date, tuple(Episode(first + n) for n in range(count)))


def laid(shown: Show, *entries: Entry) -> list[tuple[int | None, int | None, int | None]]:
    found = candidate(shown, known(1, *entries))
    return sorted((each.season or 0, each.offset or 0, each.episodes) for each in found.entries)


def test_an_entry_of_unknown_length_ends_with_its_season() -> None:
    assert laid(show(table(1, 24)), entry("A", episodes=12), entry("B", offset=12)) == [
        (1, 0, 12),
        (1, 12, 12),
    ]


def test_an_entry_that_reaches_into_later_seasons_is_cut() -> None:
    assert laid(show(table(1, 13), table(2, 12)), entry("A", episodes=25)) == [(1, 0, 13), (2, 0, 12)]


def test_of_the_last_season_an_entry_may_be_longer_than_what_tmdb_lists_yet() -> None:
    assert laid(show(table(1, 5)), entry("A", episodes=12)) == [(1, 0, 12)]


def test_what_tmdb_has_beyond_the_last_entry_becomes_one() -> None:
    assert laid(show(table(1, 24)), entry("A", episodes=12)) == [(1, 0, 12), (1, 12, 12)]


def test_stated_places_are_not_moved_by_dates() -> None:
    shown = show(table(1, 12, date="2010-01-01"), table(2, 12, date="2011-01-01"))
    stated = entry("B", offset=12, episodes=12, begin="2011-01-02", stated=True)

    assert (1, 12, 12) in laid(shown, entry("A", episodes=12), stated)


def test_entries_of_a_season_that_goes_on_counting_do_so_too() -> None:
    assert laid(
        show(table(1, 20), table(2, 10, first=21)), entry("A", episodes=20), entry("B", season=2, episodes=10)
    ) == [(1, 0, 20), (2, 20, 10)]


def test_specials_that_only_tmdb_has_get_no_place_they_might_not_have() -> None:
    found = candidate(show(table(0, 3), table(1, 12)), None)

    assert [(each.offset, each.stated) for each in found.entries if each.season == 0] == [(None, False)]


# --- failures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "word"),
    [
        (Reply(500), "status 500"),
        (Reply(401), "refuses the key"),
        (Reply(200, b"<html>"), "could not be used"),
    ],
)
def test_whatever_tmdb_does_the_catalogue_answers_and_one_line_says_so(
    server: Server, reply: Reply, word: str, enricher: Opener
) -> None:
    server.always = reply
    source = enricher(FERRY_KNOWN)
    found = source.find([Query(titles=("Hoshi no Ferry",))] * 3)

    assert found == [[FERRY_KNOWN]] * 3
    assert len(source.notices) == 1
    assert word in source.notices[0]


def test_without_a_key_the_catalogue_answers_and_one_line_says_so(tmp_path: Path) -> None:
    source = open_source(Shelf(FERRY_KNOWN), key=None, folder=tmp_path)
    found = source.find([Query(titles=("Hoshi no Ferry",))])
    source.close()

    assert found == [[FERRY_KNOWN]]
    assert len(source.notices) == 1
    assert "no TMDB key" in source.notices[0]


def test_what_failed_in_passing_is_asked_again_when_tmdb_is_back(server: Server, enricher: Opener) -> None:
    clock = FakeClock()
    source = enricher(clock=clock)
    source.client.get(details("tv", KOREAN))
    server.instead.append(Reply(429, b"", {"Retry-After": "45"}))

    assert only(source, LANTERN, "Lantern Academy")
    assert sum(clock.slept) >= 45
    assert source.notices == []


def test_part_of_a_batch_is_kept_when_the_rest_fails(server: Server, enricher: Opener) -> None:
    source = enricher(FERRY_KNOWN)
    server.instead.extend([Reply(200, b"<html>")] * 4)  # to the search
    found = source.find([Query(titles=("Hoshi no Ferry",)), Query(titles=("Lantern Academy",))])

    assert found[0][0].seasons
    assert found[1] == found[0]
    assert "1 lookups" in source.notices[0]


def test_progress_counts_up_to_all(enricher: Opener) -> None:
    steps: list[tuple[int, int | None]] = []
    source = enricher(progress=lambda done, total: steps.append((done, total)))
    source.find([Query(titles=(title,)) for title in ("Lantern Academy", "Endless Voyage")])

    assert steps
    assert (2, 2) in steps


def test_an_empty_batch_asks_nothing(server: Server, enricher: Opener) -> None:
    assert enricher().find([]) == []
    assert server.requests == []


def test_a_pinned_show_is_had_by_its_id(enricher: Opener) -> None:
    source = enricher(FERRY_KNOWN)
    ferry, voyage = source.get("tmdb", "tv", FERRY), source.get("tmdb", "tv", VOYAGE)

    assert ferry is not None
    assert [each.ids for each in ferry.entries if each.ids] == [{"anidb": 1}, {"anidb": 2}]
    assert voyage is not None
    assert len(voyage.entries) == 3
    assert source.get("tmdb", "tv", 424242) is None
    assert source.get("anidb", "tv", FERRY) is None
