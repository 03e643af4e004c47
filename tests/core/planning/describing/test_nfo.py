"""NFO files say what is known, in XML that no title can break."""

from __future__ import annotations

from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.models import About, Actor, Coordinates, Entry, MatchedFile, Plan, Season
from anivault.core.planning.describing import nfo
from anivault.core.planning.naming.presets import load_preset
from anivault.parser.models import VideoType
from tests.core.records import beside, film, in_library, planned, scanned, show, video

CANDIDATE = show(
    30984, "The Bleach", 2004, titles={"ja": "ブリーチ", "en": "Bleach"},
    seasons=(Season(1, 20, 1, "2004-10-05"), Season(2, 21, 1, "2005-03-01")),
    entries=(
        Entry(key="b", titles=(), type="tv", begin="2004-10-05", ids={"mal": 269, "anidb": 2369}),
        Entry(key="a", titles=(), type="tv", begin="2022-10-11", ids={"anidb": 15449}),
    ),
)  # fmt: skip
SPECIAL = Entry(key="s", titles=(), type="ova", begin="2004-12-18", season=0)


def parsed(data: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(data)


def text(data: bytes, name: str) -> str | None:
    return parsed(data).findtext(name)


def written(result: Plan, items: list[MatchedFile], preset: str = "jellyfin") -> dict[str, bytes]:
    return {w.target: w.data for w in nfo.writes(result, items, load_preset(preset))}


def test_a_show_is_described_with_its_titles_dates_and_ids() -> None:
    data = nfo.tvshow(CANDIDATE)
    ids = {e.get("type"): (e.text, e.get("default")) for e in parsed(data).findall("uniqueid")}

    assert parsed(data).tag == "tvshow"
    assert (text(data, "title"), text(data, "originaltitle")) == ("The Bleach", "ブリーチ")
    assert (text(data, "sorttitle"), text(data, "year")) == ("Bleach", "2004")
    assert text(data, "premiered") == "2004-10-05"
    assert ids == {"tmdb": ("30984", "true"), "anidb": ("2369", None), "mal": ("269", None)}


def test_what_is_unknown_is_not_said() -> None:
    data = nfo.tvshow(show(1, "X", None))

    assert {child.tag for child in parsed(data)} == {
        "title",
        "uniqueid",
        "tmdbid",
    }


def test_an_episode_says_its_place_and_title() -> None:
    data = nfo.episode(CANDIDATE, None, [Coordinates(season=2, episode=21, title="Enter!")])

    assert [text(data, name) for name in ("season", "episode", "title", "showtitle")] == [
        "2", "21", "Enter!", "The Bleach",
    ]  # fmt: skip


def test_an_episode_without_a_title_gets_one_only_where_the_server_needs_it() -> None:
    place = [Coordinates(season=2, episode=21)]

    assert text(nfo.episode(CANDIDATE, None, place), "title") is None
    assert text(nfo.episode(CANDIDATE, None, place, named=True), "title") == "Episode 21"


def test_several_episodes_are_stacked() -> None:
    data = nfo.episode(CANDIDATE, None, [Coordinates(season=1, episode=n, title=f"T{n}") for n in (3, 4, 5)])
    blocks = parsed(b"<all>" + data.partition(b"?>")[2] + b"</all>").findall("episodedetails")

    assert [block.findtext("episode") for block in blocks] == ["3", "4", "5"]
    assert [block.findtext("episodenumberend") for block in blocks] == ["5", None, None]


FIRST = ("airsbefore_season", "airsbefore_episode", "displayseason", "displayepisode")


@pytest.mark.parametrize(
    ("begin", "place"),
    [
        ("2004-12-18", {"airsafter_season": "1", "displayafterseason": "1"}),
        ("2010-01-01", {"airsafter_season": "2", "displayafterseason": "2"}),
        ("2003-01-01", dict.fromkeys(FIRST, "1")),
        (None, {}),
    ],
)  # fmt: skip
def test_a_special_is_placed_by_its_date(begin: str | None, place: dict[str, str]) -> None:
    entry = Entry(key="s", titles=(), type="ova", begin=begin)
    data = nfo.episode(CANDIDATE, entry, [Coordinates(season=0, episode=1)])

    names = {
        "airsafter_season",
        "displayafterseason",
        "airsbefore_season",
        "airsbefore_episode",
        "displayseason",
        "displayepisode",
    }
    assert {child.tag: child.text for child in parsed(data) if child.tag in names} == place


def test_a_regular_episode_is_placed_nowhere_else() -> None:
    assert text(nfo.episode(CANDIDATE, SPECIAL, [Coordinates(season=1, episode=1)]), "displayseason") is None


TOLD = About(
    plot="A substitute.\nA soul.", date="2004-10-05", runtime=24, rating=8.34, votes=1700, mpaa="TV-14",
    genres=("Animation", "Action"), studios=("Pierrot",), status="Ended", ids={"tvdb": "74796"},
    actors=(Actor("Masakazu Morita", "Ichigo"), Actor("Fumiko Orikasa")),
)  # fmt: skip


def test_what_a_provider_tells_of_a_show_is_said() -> None:
    data = nfo.tvshow(msgspec.structs.replace(CANDIDATE, about=TOLD))
    names = ("plot", "premiered", "runtime", "rating", "votes", "mpaa", "studio", "status")

    assert [text(data, name) for name in names] == [
        "A substitute.\nA soul.", "2004-10-05", "24", "8.3", "1700", "TV-14", "Pierrot", "Ended",
    ]  # fmt: skip
    assert [each.text for each in parsed(data).findall("genre")] == ["Animation", "Action"]
    assert [(a.findtext("name"), a.findtext("role")) for a in parsed(data).findall("actor")] == [
        ("Masakazu Morita", "Ichigo"),
        ("Fumiko Orikasa", None),
    ]
    assert {each.get("type") for each in parsed(data).findall("uniqueid")} == {"tmdb", "anidb", "mal", "tvdb"}


def test_an_episode_has_its_own_day_plot_and_id() -> None:
    told = About(plot="It rains.", date="2004-10-12", runtime=23, rating=7.0, votes=12, ids={"tmdb": "62085"})
    candidate = msgspec.structs.replace(CANDIDATE, about=TOLD, episodes={"S01E02": told})

    data = nfo.episode(candidate, None, [Coordinates(season=1, episode=2)])

    assert [text(data, name) for name in ("aired", "plot", "runtime", "rating", "uniqueid")] == [
        "2004-10-12", "It rains.", "23", "7.0", "62085",
    ]  # fmt: skip
    assert text(data, "tmdbid") is None  # servers take that for the show's
    assert text(nfo.episode(candidate, None, [Coordinates(season=1, episode=3)]), "aired") is None


def test_a_special_stands_where_the_day_of_its_own_broadcast_puts_it() -> None:
    told = About(date="2010-01-01")
    candidate = msgspec.structs.replace(CANDIDATE, episodes={"S00E01": told})
    entry = Entry(key="s", titles=(), type="ova", begin="2003-01-01")

    data = nfo.episode(candidate, entry, [Coordinates(season=0, episode=1)])

    assert text(data, "airsafter_season") == "2"


def test_no_show_has_an_episode_guide() -> None:
    assert text(nfo.tvshow(CANDIDATE), "episodeguide") is None


def test_extras_of_a_film_are_hidden_without_other_files_too() -> None:
    items = [
        video("f/NCOP.mkv", film(9, "Paprika", 2006), type=VideoType.OP),
        video("s/NCOP.mkv", CANDIDATE, type=VideoType.OP),
    ]
    made = planned(items, preset="kodi")

    assert [w.target for w in nfo.hidden(made, items, load_preset("kodi"))] == [
        "Movies/Paprika (2006)/Extras/.nomedia"
    ]
    assert nfo.hidden(made, (), load_preset("kodi")) == nfo.hidden(made, items, load_preset("kodi"))
    assert nfo.hidden(planned(items), items, load_preset("jellyfin")) == ()


def test_a_film_is_described() -> None:
    data = nfo.movie(film(9, "Paprika", 2006, titles={"ja": "パプリカ"}), None)

    assert (parsed(data).tag, text(data, "title"), text(data, "originaltitle")) == (
        "movie",
        "Paprika",
        "パプリカ",
    )
    assert text(data, "tmdbid") == "9"


@given(st.text(st.characters(codec=None)), st.text(st.characters(codec=None)))
def test_no_title_breaks_the_xml(title: str, episode_title: str) -> None:
    candidate = show(1, title, 2020, titles={"ja": episode_title})

    assert parsed(nfo.tvshow(candidate)).findtext("year") == "2020"
    data = nfo.episode(candidate, None, [Coordinates(season=1, episode=2, title=episode_title)])
    assert parsed(data).findtext("episode") == "2"
    assert nfo.plexmatch(candidate).decode("utf-8").count("\n") == 3


def test_entities_and_markup_in_titles_stay_text() -> None:
    title = '&xxe; <!DOCTYPE x> ]]> "q" <a>'

    assert text(nfo.tvshow(show(1, title)), "title") == title


# --- which files ---


def test_every_level_of_a_show_gets_its_file() -> None:
    items = [video("a.mkv", CANDIDATE, (1, 1)), video("b.mkv", CANDIDATE, (2, 1))]
    result = planned(items)
    base = "Shows/The Bleach (2004) [tmdbid-30984]"

    assert sorted(written(result, items)) == [
        f"{base}/Season 01/The Bleach S01E01.nfo",
        f"{base}/Season 01/season.nfo",
        f"{base}/Season 02/The Bleach S02E01.nfo",
        f"{base}/Season 02/season.nfo",
        f"{base}/tvshow.nfo",
    ]


def test_a_show_is_described_in_the_folder_as_it_is_spelled() -> None:
    items = [video("a.mkv", CANDIDATE, (1, 1))]
    there = [in_library("shows/the bleach (2004) [tmdbid-30984]/x.txt")]

    assert "shows/the bleach (2004) [tmdbid-30984]/tvshow.nfo" in written(
        planned(items, library=there), items
    )


def test_a_file_is_written_only_with_its_video() -> None:
    items = [video("a.mkv", CANDIDATE, (1, 1))]
    result = planned(items)

    assert {write.video for write in nfo.writes(result, items, load_preset("jellyfin"))} == {
        result.moves[0].target
    }


HINTS = [b"Title: The Bleach\nYear: 2004\nTmdbId: 30984\n", b"Title: Paprika\nYear: 2006\nTmdbId: 9\n"]


@pytest.mark.parametrize(("preset", "hints"), [("plex", HINTS), ("jellyfin+plex", HINTS), ("jellyfin", [])])
def test_plex_gets_its_hints(preset: str, hints: list[bytes]) -> None:
    items = [video("a.mkv", CANDIDATE, (1, 1)), video("f.mkv", film(9, "Paprika", 2006))]
    made = written(planned(items, preset=preset), items, preset)
    found = [data for name, data in made.items() if name.endswith("/.plexmatch")]

    assert found == hints


def test_an_nfo_that_comes_along_is_not_written_again() -> None:
    items = [video("a.mkv", CANDIDATE, (1, 1))]
    result = planned(items, [beside("a.nfo")])

    assert "Shows/The Bleach (2004) [tmdbid-30984]/Season 01/The Bleach S01E01.nfo" not in written(
        result, items
    )


def test_a_video_that_is_there_already_is_described_where_it_is() -> None:
    items = [video("a.mkv", CANDIDATE, (1, 1), file=scanned("a.mkv", inode=7))]
    result = planned(items, library=[in_library("Old/x.mkv", inode=7)])

    assert list(written(result, items)) == ["Old/x.nfo"]


def test_held_videos_and_extras_are_not_described() -> None:
    items = [
        video("a.mkv", CANDIDATE, (1, 1)), video("b.mkv", CANDIDATE, (1, 1)),
        video("NCOP.mkv", CANDIDATE, type=VideoType.OP), video("x.mkv", CANDIDATE),
    ]  # fmt: skip

    assert len(written(planned(items), items)) == 3


def test_kodi_does_not_list_the_extras_of_a_film() -> None:
    items = [
        video("f.mkv", film(9, "Paprika", 2006)),
        video("PV.mkv", film(9, "Paprika", 2006), type=VideoType.PV),
    ]

    assert (
        written(planned(items, preset="kodi"), items, "kodi")["Movies/Paprika (2006)/Extras/.nomedia"] == b""
    )


def test_videos_that_stay_can_be_described_in_place() -> None:
    stays = nfo.Placed(video("Show/a.mkv", CANDIDATE, (1, 1)), "Show/a.mkv")

    assert [write.target for write in nfo.beside([stays], load_preset("kodi"))] == ["Show/a.nfo"]


def test_two_containers_of_one_video_share_their_nfo() -> None:
    both = [nfo.Placed(video(name, CANDIDATE, (1, 1)), name) for name in ("a.mkv", "a.mp4")]

    assert len(nfo.beside(both, load_preset("kodi"))) == 1


def test_a_title_of_another_language_is_no_original_title() -> None:
    assert text(nfo.tvshow(show(1, "X", titles={"fr": "Y"})), "originaltitle") is None
