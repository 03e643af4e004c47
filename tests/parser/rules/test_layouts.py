"""A name is read the same in whichever order, with whichever marks, its parts are put together."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anivault.parser.models import Number
from anivault.parser.read import parse_name, read_rules

TITLES = [
    "Haibane Renmei", "Serial Experiments Lain", "Steins;Gate", "Yuru Camp△", "K-On!", "灰羽連盟", "NANA",
    "Full Metal Panic! Fumoffu", "Hibike! Euphonium", "xxxHOLiC", "Kill la Kill", "Sakamichi no Apollon",
]  # fmt: skip
# A title and the number of an episode, as release names print the two.
NUMBERED = [
    "{t} - {n:02}", "{t} {n:02}", "{t}_-_{n:02}", "{t} [{n:02}]", "{t} ({n:02})", "{t} #{n}",
    "{t} - {n:02} END", "{t} Ep {n:02}", "{t} Ep.{n:02}", "{t} EP{n:02}", "{t} E{n:02}", "{t} Episode {n}",
    "{t} 第{n:02}話", "{t} [第{n:02}话]", "{t} {n:02} of 112", "{t} - {n:02} - A Quiet Town",
]  # fmt: skip
WITH_SEASON = [
    "{t} S{s:02}E{n:02}", "{t} {s}x{n:02}", "{t} s{s}e{n}", "{t} S{s:02}.E{n:02}", "{t}.S{s:02}E{n:02}",
    "{t} S{s} - {n:02}", "{t} Season {s} - {n:02}", "{t} - S{s:02}E{n:02} - A Quiet Town",
    "{t} (Season {s}) {n:02}", "{t} 第{s}季 - {n:02}", "{t} Season {s} Episode {n}",
]  # fmt: skip
# What stands around the two.
FRAMES = [
    "{x}", "[Orb] {x} [1080p]", "[Orb] {x} (BD 1920x1080 x264 FLAC) [0A1B2C3D]", "{x} [Orb]",
    "[Orb]_{x}_[480p]", "{x} 1080p WEB x265-Orb", "[Orb][1080p] {x}", "{x}[720p]", "【Orb】{x}【BIG5】",
]  # fmt: skip
NUMBERS = st.integers(1, 112)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(TITLES), NUMBERS, st.sampled_from(NUMBERED), st.sampled_from(FRAMES))
def test_title_and_number_are_found_wherever_they_stand(
    title: str, number: int, form: str, frame: str
) -> None:
    result = read_rules(frame.format(x=form.format(t=title, n=number)) + ".mkv")

    assert result.episodes == (number,)
    assert title in result.titles
    assert (result.season, result.absolute) == (None, ())


@settings(max_examples=300, deadline=None)
@given(
    title=st.sampled_from(TITLES),
    season=st.integers(1, 12),
    number=NUMBERS,
    form=st.sampled_from(WITH_SEASON),
    frame=st.sampled_from(FRAMES),
)
def test_season_and_number_are_told_apart_wherever_they_stand(
    title: str, season: int, number: int, form: str, frame: str
) -> None:
    result = read_rules(frame.format(x=form.format(t=title, s=season, n=number)) + ".mkv")

    assert (result.season, result.episodes) == (season, (number,))
    assert title in result.titles


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(TITLES), NUMBERS, st.integers(2, 9), st.sampled_from(["v{v}", "_v{v}", " v{v}"]))
def test_a_version_behind_the_number_is_none_of_it(title: str, number: int, version: int, form: str) -> None:
    result = read_rules(f"[Orb] {title} - {number:02}{form.format(v=version)} [720p].mkv")

    assert (result.episodes, result.version) == ((number,), version)


RANGES = [
    "{t} - {a:02}-{b:02}",
    "{t} [{a:02}-{b:02}]",
    "{t} S02E{a:02}-E{b:02}",
    "{t} {a:02}~{b:02}",
    "{t} E{a:02}-{b:02}",
]


@settings(max_examples=200, deadline=None)
@given(
    title=st.sampled_from(TITLES),
    first=st.integers(1, 60),
    more=st.integers(1, 30),
    form=st.sampled_from(RANGES),
    frame=st.sampled_from(FRAMES),
)
def test_a_range_has_its_two_ends(title: str, first: int, more: int, form: str, frame: str) -> None:
    name = frame.format(x=form.format(t=title, a=first, b=first + more))

    assert read_rules(f"{name}.mkv").episodes == (first, first + more)


# --- what is said of the file ---

TAGS = {
    "resolution": "1080p",
    "source": "BDRip",
    "video_codec": "x265",
    "audio_codec": "FLAC",
    "crc32": "0A1B2C3D",
}


@settings(max_examples=100, deadline=None)
@given(st.permutations(list(TAGS.values())), st.sampled_from(["[{}]", "({})", "【{}】"]))
def test_what_is_said_of_the_file_may_stand_in_any_order(tags: list[str], bracket: str) -> None:
    name = f"[Orb] Ergo Proxy - 07 {''.join(map(bracket.format, tags))}.mkv"
    result = read_rules(name)

    assert {field: getattr(result, field) for field in TAGS} == TAGS
    assert (result.title, result.episodes, result.group) == ("Ergo Proxy", (7,), "Orb")


@settings(max_examples=100, deadline=None)
@given(
    st.permutations([tag for field, tag in TAGS.items() if field != "crc32"]),
    st.sampled_from([" ", "_", ", ", " / "]),
)
def test_one_bracket_may_hold_all_of_it(tags: list[str], between: str) -> None:
    result = read_rules(f"[Orb] Ergo Proxy - 07 [{between.join(tags)}].mkv")

    assert {field: getattr(result, field) for field in TAGS if field != "crc32"} == {
        field: tag for field, tag in TAGS.items() if field != "crc32"
    }


@pytest.mark.parametrize("dot", [".", " ", "_"])
def test_a_scene_name_says_the_same_with_blanks_dots_and_underscores(dot: str) -> None:
    name = "Ergo Proxy S01E07 2006 1080p BluRay FLAC x264-Orb".replace(" ", dot)
    result = read_rules(f"{name}.mkv")

    assert (result.title, result.season, result.episodes, result.year) == ("Ergo Proxy", 1, (7,), 2006)
    assert (result.resolution, result.source, result.group) == ("1080p", "BluRay", "Orb")


# --- the group ---


@pytest.mark.parametrize(
    "name",
    [
        "[Orb] Noein - 07.mkv",
        "(Orb) Noein - 07.mkv",
        "Noein - 07 [Orb].mkv",
        "Noein - 07 [720p][Orb].mkv",
        "Noein 07 720p x264-Orb.mkv",
        "Noein.S01E07.720p.WEB.H264-Orb.mkv",
        "Orb] Noein - 07.mkv",
        "<Orb> Noein - 07.mkv",
        "Noein - 07 (Orb, 720p).mkv",
        "Bot.[Orb] Noein - 07.mkv",
    ],
)
def test_a_group_signs_in_front_behind_or_behind_a_dash(name: str) -> None:
    result = read_rules(name)

    assert (result.group, result.title, result.episodes) == ("Orb", "Noein", (7,))


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("(Not) Alone - 07.mkv", "(Not) Alone"),
        ("[千と千尋の神隠し].Sen.to.Chihiro.2001.1080p.x265-Orb.mkv", "千と千尋の神隠し Sen to Chihiro"),
        ("[1080p] Noein - 07.mkv", "Noein"),
        ("Noein - 07 [1080p].mkv", "Noein"),
        ("Noein - 07 WEB-DL.mkv", "Noein"),
    ],
)
def test_brackets_of_a_title_and_of_the_picture_are_nobodys(name: str, title: str) -> None:
    result = read_rules(name)

    assert result.title == title
    assert result.group in (None, "Orb")


# --- numbers that are none of an episode ---


@pytest.mark.parametrize(
    ("name", "episodes"),
    [
        ("Kanon 2006 - 07.mkv", (7,)),
        ("Kanon (2006) 07 [1920x1080].mkv", (7,)),
        ("Eyeshield 21 - 07 [480p].mkv", (7,)),
        ("Eyeshield 21 [480p].mkv", ()),
        ("Zom 100 - S01E07 [10bit].mkv", (7,)),
        ("Noein 10bit 5.1ch 23.976fps.mkv", ()),
        ("Noein 1080p 60fps x264 CRF18.mkv", ()),
        ("2001 Nights - 07.mkv", (7,)),
        ("Texhnolyze - 07 [20030416].mkv", (7,)),
        ("Texhnolyze - 07 [12345678].mkv", (7,)),
    ],
)
def test_years_measures_and_numbers_of_titles_are_no_episodes(
    name: str, episodes: tuple[Number, ...]
) -> None:
    assert read_rules(name).episodes == episodes


@pytest.mark.parametrize(
    "name", ["", ".mkv", "[].mkv", "[[[]]].mkv", "----.mkv", "()", "v2.mkv", "[1080p].mkv", "\x00"]
)
def test_a_name_of_nothing_says_nothing_and_is_read_all_the_same(name: str) -> None:
    result = parse_name(name)

    assert (result.episodes, result.season) == ((), None)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["[", "]", "(", ")", "07", "S2", "E", "v", " ", "-", ".", "第", "話", "Noein", "720p"]
        )
    )
)
def test_any_heap_of_parts_is_read_and_a_range_never_goes_down(parts: list[str]) -> None:
    result = read_rules("".join(parts))

    whole = [n for n in result.episodes if isinstance(n, int)]
    assert whole == sorted(whole)
    assert result.season is None or not result.seasons or result.season in result.seasons
    assert result.title in (*result.titles, None)
