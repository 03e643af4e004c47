"""Every element of an NFO is one that servers read, and what people expect of one is there."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import msgspec
import pytest

from anivault.core.models import About, Actor, Coordinates, Entry, MatchedFile, Season
from anivault.core.planning.describing import nfo
from anivault.core.planning.naming.presets import builtin_presets, load_preset
from tests.core.records import film, planned, show, video

# What Jellyfin and Emby read, by their source; Kodi, by its database. Of ids each has elements of its own.
JELLYFIN = {
    "title", "originaltitle", "sorttitle", "plot", "year", "premiered", "aired", "runtime", "mpaa", "rating",
    "votes", "genre", "studio", "tag", "director", "credits", "actor", "uniqueid", "status", "namedseason",
    "seasonnumber", "season", "episode", "episodenumberend", "airsbefore_season", "airsbefore_episode",
    "airsafter_season", "displayseason", "displayepisode", "displayafterseason", "tmdbid", "anidbid",
    "anilistid", "showtitle",
}  # fmt: skip
KODI = {
    "title", "originaltitle", "sorttitle", "plot", "premiered", "aired", "runtime", "mpaa", "rating", "votes",
    "genre", "studio", "status", "actor", "director", "credits", "uniqueid", "namedseason", "season",
    "episode", "displayseason", "displayepisode", "displayafterseason", "showtitle", "year",
}  # fmt: skip
EXPECTED = {
    "tvshow": {
        "title",
        "plot",
        "premiered",
        "genre",
        "studio",
        "status",
        "mpaa",
        "rating",
        "actor",
        "uniqueid",
    },
    "movie": {
        "title",
        "plot",
        "premiered",
        "genre",
        "studio",
        "mpaa",
        "rating",
        "runtime",
        "actor",
        "uniqueid",
    },
    "episodedetails": {"title", "season", "episode", "aired", "plot", "runtime", "rating", "uniqueid"},
    "season": {"seasonnumber"},
}
TOLD = About(
    plot="A <plot> & more.", date="2001-04-01", runtime=24, rating=8.2, votes=9, mpaa="TV-14",
    genres=("Drama",), studios=("Artland",), status="Ended", ids={"tvdb": "79099"},
    actors=(Actor("Somebody", "Ginko"),),
)  # fmt: skip
OF_EPISODES = {
    f"S{season:02}E{episode:02}": About(
        plot="Rain.", date=f"200{season + 1}-04-0{episode}", runtime=23, rating=7.5,
        ids={"tmdb": f"9{season}{episode}"},
    )
    for season, episode in ((0, 1), (1, 1), (1, 2), (2, 1))
}  # fmt: skip
SHOW = show(
    1, "Mushishi", 2001, about=TOLD, episodes=OF_EPISODES, titles={"ja": "蟲師"},
    seasons=(Season(1, 2, 1, "2001-04-01"), Season(2, 1, 1, "2003-04-01")),
    entries=(Entry(key="m", titles=(), type="tv", begin="2001-04-01", ids={"anidb": 1, "mal": 2}),),
)  # fmt: skip


def documents(preset: str) -> dict[str, list[ElementTree.Element]]:
    """The blocks of every NFO of a show with a special, a range and a film, by what they describe."""
    items: list[MatchedFile] = [
        video(
            "a.mkv",
            SHOW,
            Coordinates(season=1, episode=1, title="One"),
            Coordinates(season=1, episode=2, title="Two"),
        ),
        video("b.mkv", SHOW, Coordinates(season=2, episode=1, title="Three")),
        video("s.mkv", SHOW, Coordinates(season=0, episode=1, title="Between")),
        video("f.mkv", film(2, "Paprika", 2006, about=TOLD)),
    ]
    made = nfo.writes(planned(items, preset=preset), items, load_preset(preset))
    found: dict[str, list[ElementTree.Element]] = {}
    for write in made:
        if write.target.endswith(".nfo"):
            text = re.sub(r"<\?xml[^>]*\?>", "", write.data.decode("utf-8"))
            for block in ElementTree.fromstring(
                f"<all>{text}</all>"
            ):  # several episodes of one file are stacked
                found.setdefault(block.tag, []).append(block)
    return found


@pytest.mark.parametrize("preset", sorted(builtin_presets()))
def test_every_element_is_read_by_a_server_of_the_preset(preset: str) -> None:
    read = KODI if preset == "kodi" else JELLYFIN
    also = {"airsbefore_season", "airsbefore_episode", "airsafter_season", "seasonnumber", "episodenumberend"}
    also |= {"tmdbid", "anidbid", "anilistid"}  # of no meaning to Kodi, which leaves them out

    found = {child.tag for blocks in documents(preset).values() for block in blocks for child in block}

    assert found <= read | (also if preset == "kodi" else set())
    assert not found & {"episodeguide", "lockdata"}


@pytest.mark.parametrize("preset", sorted(builtin_presets()))
def test_what_people_expect_is_there(preset: str) -> None:
    found = documents(preset)

    assert set(found) == set(EXPECTED)
    for kind, blocks in found.items():
        for block in blocks:
            assert EXPECTED[kind] <= {child.tag for child in block}, ElementTree.tostring(block)
    assert len(found["episodedetails"]) == 4


@pytest.mark.parametrize("preset", sorted(builtin_presets()))
def test_an_episode_has_its_own_id_and_day_and_a_special_its_place(preset: str) -> None:
    blocks = {
        (int(block.findtext("season") or 0), int(block.findtext("episode") or 0)): block
        for block in documents(preset)["episodedetails"]
    }

    assert {place: block.findtext("uniqueid") for place, block in blocks.items()} == {
        (1, 1): "911", (1, 2): "912", (2, 1): "921", (0, 1): "901",
    }  # fmt: skip
    assert {block.findtext("aired") for block in blocks.values()} == {
        "2002-04-01", "2002-04-02", "2003-04-01", "2001-04-01",
    }  # fmt: skip
    assert blocks[0, 1].findtext("displayafterseason") == blocks[0, 1].findtext("airsafter_season") == "1"
    assert blocks[0, 1].findtext("displayepisode") is None
    assert all(block.findtext("displayafterseason") is None for place, block in blocks.items() if place[0])


def test_a_title_that_sorts_as_it_stands_has_no_second_one() -> None:
    (block,) = documents("jellyfin")["tvshow"]
    other = ElementTree.fromstring(nfo.tvshow(msgspec.structs.replace(SHOW, title="The Mushishi")))

    assert block.findtext("sorttitle") is None
    assert other.findtext("sorttitle") == "Mushishi"
