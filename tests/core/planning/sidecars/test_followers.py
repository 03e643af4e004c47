"""What belongs to a video or a show goes with it."""

from __future__ import annotations

import pytest

from tests.core.planning.sidecars.makers import FILM, SEASON, SHOW, art
from tests.core.records import beside, planned, reasons, show, targets, video


def test_two_tracks_of_one_language_are_told_apart() -> None:
    items = [video("Show - 01 [1080p].mkv", SHOW, (1, 1))]
    tracks = [
        beside(f"{name} Show - 01.en.ass", group=group)
        for name, group in (("[A]", "Alpha"), ("[B]", "Beta"), ("[C]", None))
    ]

    names = {
        rel[:3]: target.rpartition("/")[2]
        for rel, target in targets(planned(items, tracks)).items()
        if "ass" in rel
    }

    assert names == {
        "[A]": "Show S01E01.en.ass",
        "[B]": "Show S01E01.Beta.en.ass",
        "[C]": "Show S01E01.2.en.ass",
    }


def test_a_track_of_a_video_that_stays_stays_with_it() -> None:
    items = [video("a.mkv", SHOW, (1, 1)), video("b.mkv", SHOW, (1, 1))]

    assert reasons(planned(items, [beside("b.ass")])) == {"b.mkv": "same-target", "b.ass": "no-video"}


def test_a_track_names_its_video() -> None:
    result = planned([video("a.mkv", SHOW, (1, 1))], [beside("a.en.ass")])

    assert [move.video for move in result.moves] == [None, f"{SEASON}/Show S01E01.mkv"]


def test_fonts_lie_in_one_folder_beside_the_videos() -> None:
    items = [video(f"s/Show - {n}.mkv", SHOW, (1, n)) for n in (1, 2)]
    fonts = ["s/Fonts/Arial Bold.TTF", "s/Fonts/x.otf", "s/y.ttf", "other/z.ttf"]

    result = planned(items, [beside(font) for font in fonts])

    assert {rel: target for rel, target in targets(result).items() if "mkv" not in rel} == {
        "s/Fonts/Arial Bold.TTF": f"{SEASON}/fonts/Arial Bold.ttf",
        "s/Fonts/x.otf": f"{SEASON}/fonts/x.otf",
        "s/y.ttf": f"{SEASON}/fonts/y.ttf",
    }
    assert reasons(result) == {"other/z.ttf": "no-video"}


def test_one_font_from_two_folders_is_taken_once() -> None:
    items = [video(f"{folder}/Show - {n}.mkv", SHOW, (1, n)) for n, folder in enumerate("ab", 1)]

    result = planned(items, [beside("a/fonts/x.ttf"), beside("b/fonts/x.ttf")])

    assert reasons(result) == {"b/fonts/x.ttf": "same-target"}


def test_chapters_go_with_their_video_and_other_text_does_not() -> None:
    result = planned(
        [video("a.mkv", SHOW, (1, 1))], [beside("a.chapters.xml"), beside("a_Chapter.txt"), beside("a.txt")]
    )

    assert targets(result)["a.chapters.xml"] == f"{SEASON}/Show S01E01.chapters.xml"
    assert targets(result)["a_Chapter.txt"] == f"{SEASON}/Show S01E01.chapters.txt"
    assert reasons(result) == {"a.txt": "junk"}


@pytest.mark.parametrize(("preset", "still"), [("jellyfin", "-thumb.jpg"), ("plex", ".jpg")])
def test_the_still_of_an_episode_is_named_as_the_server_looks_for_it(preset: str, still: str) -> None:
    items = [video("a.mkv", SHOW, (1, 1))]
    for name in ("a.jpg", "a-thumb.jpg"):
        assert targets(planned(items, [beside(name)], preset=preset))[name].endswith(still)


def test_pictures_that_no_server_shows_stay() -> None:
    result = planned([video("a.mkv", SHOW, (1, 1))], [beside("a_screenshot 3.png"), beside("scan01.png")])

    assert reasons(result) == {"a_screenshot 3.png": "junk", "scan01.png": "junk"}


def test_a_film_has_its_pictures_beside_it() -> None:
    result = planned([video("x.mkv", FILM)], [beside("x.jpg"), beside("x-fanart.jpg"), beside("cover.png")])

    assert sorted(target.rpartition("/")[2] for rel, target in targets(result).items() if rel != "x.mkv") == [
        "Film (2021) [tmdbid-2]-fanart.jpg", "Film (2021) [tmdbid-2]-poster.jpg", "poster.png",
    ]  # fmt: skip


def test_art_of_a_whole_folder_goes_to_the_show() -> None:
    found = art(["cover.jpg", "Fanart.PNG", "tvshow.nfo", "banner.jpg"], (1, 1), (2, 1))

    assert found == {
        "s/cover.jpg": "poster.jpg", "s/Fanart.PNG": "fanart.png", "s/tvshow.nfo": "tvshow.nfo",
        "s/banner.jpg": "banner.jpg",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("preset", "place", "name"),
    [
        ("jellyfin", (1, 1), "poster.jpg"),
        ("jellyfin", (2, 1), "Season 02/poster.jpg"),
        ("plex", (2, 1), "Season 02/Season02.jpg"),
        ("kodi", (2, 1), "season02-poster.jpg"),
        ("kodi", (0, 1), "season-specials-poster.jpg"),
    ],
)
def test_a_poster_beside_one_later_season_is_that_seasons(
    preset: str, place: tuple[int, int], name: str
) -> None:
    assert art(["poster.jpg"], place, preset=preset) == {"s/poster.jpg": name}


def test_a_season_nfo_goes_to_its_season_and_not_to_two() -> None:
    assert art(["season.nfo"], (2, 1)) == {"s/season.nfo": "Season 02/season.nfo"}
    assert art(["season.nfo"], (1, 1), (2, 1)) == {}


def test_art_of_a_folder_with_two_shows_stays() -> None:
    items = [video("s/a.mkv", SHOW, (1, 1)), video("s/b.mkv", show(9, "Other"), (1, 1))]

    assert reasons(planned(items, [beside("s/poster.jpg")])) == {"s/poster.jpg": "no-video"}


def test_the_nfo_of_an_episode_goes_with_it_and_a_film_nfo_is_no_show() -> None:
    items = [video("s/a.mkv", SHOW, (1, 1))]
    result = planned(items, [beside("s/a.nfo"), beside("s/movie.nfo"), beside("s/group.nfo")])

    assert targets(result)["s/a.nfo"] == f"{SEASON}/Show S01E01.nfo"
    assert reasons(result) == {"s/movie.nfo": "junk", "s/group.nfo": "junk"}
