"""What belongs to a video goes with it, and keeps its language and flags."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.models import FileKind
from anivault.core.planning.naming import Namer, builtin_presets, load_preset
from anivault.core.planning.sidecars import Track, Videos, read_tail, suffix, vocabulary
from anivault.parser.models import ParseResult, VideoType
from tests.core.records import beside, film, planned, reasons, scanned, show, targets, video

SHOW = show(1, "Show", 2020)
SEASON = "Shows/Show (2020) [tmdbid-1]/Season 01"
FILM = film(2, "Film", 2021)
FILM_FOLDER = "Movies/Film (2021) [tmdbid-2]"


def track(language: str = "", title: str = "", *flags: str) -> Track:
    return Track(language, title, *(name in flags for name in ("forced", "sdh", "default")))


# --- tails ---


@pytest.mark.parametrize(
    ("tail", "said"),
    [
        ("", track()),
        (".en", track("en")),
        (".ENG", track("en")),
        (".zh-Hans", track("zh-Hans")),
        (".zh-Hant.forced", track("zh-Hant", "", "forced")),
        (".pt-BR", track("pt-BR")),
        (" [CHS]", track("zh-Hans")),
        ("[cht]", track("zh-Hant")),
        (".sc", track("zh-Hans")),
        (".TC", track("zh-Hant")),
        (".gb", track("zh-Hans")),
        (".big5", track("zh-Hant")),
        (".简体", track("zh-Hans")),
        (".JPSC", track("zh-Hans", "jpsc")),
        (".jp&tc", track("zh-Hant", "jp_tc")),
        (".CHS_JPN", track("zh-Hans", "chs_jpn")),
        (".繁日雙語", track("zh-Hant", "繁日雙語")),
        (".zh-Hans.chi", track("zh-Hans")),
        ("_track3_[eng]", track("en")),
        (".2_English", track("en")),
        (".English (SDH)", track("en", "", "sdh")),
        (".en.cc", track("en", "", "sdh")),
        (".fr.hi", track("fr", "", "sdh")),
        (".hi", track("hi")),
        (".en-forced", track("en", "", "forced")),
        (".default.en.foreign", track("en", "", "forced", "default")),
        (".Signs & Songs.eng", track("en", "Signs Songs")),
        (" English Signs", track("en", "Signs")),
        (".GroupX.ru", track("ru", "GroupX")),
    ],
)
def test_tails_are_read_by_whole_words(tail: str, said: Track) -> None:
    assert read_tail(tail) == said


@pytest.mark.parametrize(
    "tail",
    [".To Love-Ru", ".Love Ru", " - No Name", ".It is so", "_as_he_is", ".Foreigner", ".Defaulted", ".Hit"],
)
def test_words_of_a_phrase_are_no_languages_and_no_flags(tail: str) -> None:
    said = read_tail(tail)

    assert (said.language, said.forced, said.sdh, said.default) == ("", False, False, False)


@given(st.text(st.characters(codec=None), max_size=60))
def test_any_tail_reads_as_a_known_language_or_none(tail: str) -> None:
    words = vocabulary()

    assert read_tail(tail).language in {"", *words.languages.values(), *words.pairs.values()}


def test_no_word_means_two_things() -> None:
    words = vocabulary()

    assert not set(words.languages) & set(words.flags)
    assert not set(words.languages) & set(words.pairs)
    assert not words.folders & set(words.languages)


@given(
    st.sampled_from(sorted(set(vocabulary().languages.values()))),
    st.booleans(), st.booleans(), st.sampled_from(sorted(builtin_presets())),
)  # fmt: skip
def test_what_is_written_reads_back(language: str, forced: bool, sdh: bool, preset: str) -> None:
    namer = Namer(load_preset(preset))
    written = suffix(Track(language, "", forced, sdh), ".ass", namer, 60)
    back = read_tail(written.removesuffix(".ass"))

    known = namer.preset.languages.get(language, language).rpartition(".")[2]
    assert back.language == vocabulary().languages[known.lower()]
    assert (back.forced, back.sdh) == (forced, sdh)


@given(st.text(max_size=80), st.integers(25, 60))
def test_a_long_title_gives_way_to_language_and_flags(title: str, room: int) -> None:
    written = suffix(Track("zh-Hant", title, True, True), ".ass", Namer(load_preset("jellyfin")), room)

    assert written.endswith(".zh-Hant.forced.sdh.ass")
    assert len(written.encode("utf-8")) <= room
    assert written.count("/") == 0


# --- whose it is ---


def follow(sidecar: str, *videos: str, **parsed: Any) -> str | None:
    """The target of `sidecar`, below its season, among videos that are episodes 1, 2, ..."""
    items = [video(name, SHOW, (1, number)) for number, name in enumerate(videos, 1)]
    result = planned(items, [beside(sidecar, **parsed)])
    return targets(result).get(sidecar, "").removeprefix(f"{SEASON}/") or None


@pytest.mark.parametrize(
    ("sidecar", "name"),
    [
        ("s/[G] Show - 01 [1080p].ass", "Show S01E01.ass"),
        ("s/[G] Show - 01 [1080p].en.ass", "Show S01E01.en.ass"),
        ("s/[g] show - 01 [1080P].EN.ASS", "Show S01E01.en.ass"),
        ("s/[G] Show - 01 [1080p][CHS].ass", "Show S01E01.zh-Hans.ass"),
        ("s/Subs/[G] Show - 01 [1080p].en.ass", "Show S01E01.en.ass"),
        ("s/Subs/English/[G] Show - 01 [1080p].ass", "Show S01E01.en.ass"),
        ("s/Rus Sub/AniTeam/[G] Show - 01 [1080p].ass", "Show S01E01.AniTeam.ru.ass"),
        ("s/Subs/[G] Show - 01 [1080p]/2_English.srt", "Show S01E01.en.srt"),
        ("s/[G] Show - 01.zh-Hant.ass", "Show S01E01.zh-Hant.ass"),
        ("s/[Fansub] Show - 01 [BIG5].ass", "Show S01E01.zh-Hant.ass"),
        ("s/Sound/[G] Show - 01 [1080p].rus.mka", "Show S01E01.ru.mka"),
        ("s/[G] Show - 01 [1080p].idx", "Show S01E01.idx"),
    ],
)
def test_a_track_finds_its_video(sidecar: str, name: str) -> None:
    assert follow(sidecar, "s/[G] Show - 01 [1080p].mkv", "s/[G] Show - 02 [1080p].mkv") == name


@pytest.mark.parametrize(
    "sidecar",
    [
        "s/[G] Show - 010 [1080p].ass",
        "other/[G] Show - 01 [1080p].ass",
        "s/readme.ass",
        "s/Season 2/[H] X.ass",
    ],
)
def test_a_track_of_no_video_stays(sidecar: str) -> None:
    assert follow(sidecar, "s/[G] Show - 01 [1080p].mkv", "s/[G] Show - 02 [1080p].mkv") is None


def test_the_longest_name_wins() -> None:
    assert follow("Show 1.5.ass", "Show 1.mkv", "Show 1.5.mkv") == "Show S01E02.ass"


def test_the_number_finds_the_video_when_the_names_differ() -> None:
    assert follow("s/Subs/Another Spelling 02.ass", "s/a.mkv", "s/b.mkv", episodes=(2,)) == "Show S01E02.ass"
    assert follow("s/Another Spelling 03.ass", "s/a.mkv", "s/b.mkv", episodes=(3,)) is None
    assert follow("s/Another S2 - 02.ass", "s/a.mkv", "s/b.mkv", episodes=(2,), season=2) is None


def test_the_number_of_an_opening_is_no_episode() -> None:
    items = [video("s/a.mkv", SHOW, (1, 1)), video("s/NCOP1.mkv", SHOW, type=VideoType.OP, episodes=(1,))]

    result = planned(items, [beside("s/Other - 01.ass", episodes=(1,))])

    assert targets(result)["s/Other - 01.ass"] == f"{SEASON}/Show S01E01.ass"


def test_a_language_alone_names_the_track_of_the_only_video() -> None:
    result = planned([video("f/x.mkv", FILM)], [beside("f/English.srt"), beside("f/Commentary.srt")])

    assert targets(result)["f/English.srt"] == f"{FILM_FOLDER}/Film (2021) [tmdbid-2].en.srt"
    assert reasons(result) == {"f/Commentary.srt": "no-video"}


def test_a_name_that_grows_in_lower_case_still_finds_its_video() -> None:
    assert follow("İ 1.en.ass", "İ 1.mkv", "x.mkv") in {None, "Show S01E01.en.ass"}
    assert Videos([scanned("İ 1.mkv")], [ParseResult()]).owner(beside("İ 1.ass")) is not None


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


@pytest.mark.parametrize(
    ("preset", "name"),
    [
        ("jellyfin", "x.jpsc.zh-Hans.default.forced.ass"),
        ("plex", "x.jpsc.Hans.zh.forced.ass"),
        ("emby", "x.jpsc.zh-CN.default.forced.ass"),
        ("kodi", "x.jpsc.Hans.zh.default.forced.ass"),
        ("jellyfin+plex", "x.jpsc.Hans.zh.forced.ass"),
    ],
)
def test_each_server_gets_the_codes_that_it_reads(preset: str, name: str) -> None:
    said = Track("zh-Hans", "jpsc", forced=True, default=True)

    assert "x" + suffix(said, ".ass", Namer(load_preset(preset)), 60) == name


@pytest.mark.parametrize("title", ["Foreigner Subs", "Forced-ish", "Default", "SDH", "en", "ru.en"])
def test_no_title_becomes_a_flag_or_a_language(title: str) -> None:
    written = suffix(Track("de", title), ".ass", Namer(load_preset("jellyfin")), 60)

    assert written.endswith(".de.ass")
    assert not {"forced", "foreign", "default"} & {
        w for w in ("forced", "foreign", "default") if w in written.lower()
    }


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Foreigner", "For-eigner"),
        ("Reinforced Team", "Reinfor-ced-Team"),
        ("Defaulter", "De-faulter"),
        ("Foreign Dub", "Dub"),
    ],
)
def test_a_title_is_cut_only_where_a_word_ends(title: str, kept: str) -> None:
    written = suffix(Track("en", title), ".srt", Namer(load_preset("jellyfin")), 60)

    assert written == f".{kept}.en.srt"


# --- fonts, chapters, pictures, NFO ---


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


def art(
    result_of: list[str], *places: tuple[int, int], preset: str = "jellyfin", folder: str = "s"
) -> dict[str, str]:
    items = [video(f"s/S{s}/Show {s} - {e}.mkv", SHOW, (s, e)) for s, e in places]
    result = planned(items, [beside(f"{folder}/{name}") for name in result_of], preset=preset)
    return {
        rel: target.partition("/")[2].partition("/")[2]
        for rel, target in targets(result).items()
        if "mkv" not in rel
    }


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


def test_kinds_are_those_of_the_scan() -> None:
    assert {scanned(f"x.{e}").kind for e in ("ass", "mka", "ttf", "jpg", "nfo", "txt")} == set(FileKind) - {
        FileKind.VIDEO
    }
