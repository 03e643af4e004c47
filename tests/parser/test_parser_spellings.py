"""One release in all its spellings: names that a person reads alike say the same title, season and episode.

Titles with numbers, marks, dashes or other scripts in them are the hard ones; each spelling is tried on all.
"""

from __future__ import annotations

import pytest

from anivault.parser.models import ParseResult
from anivault.parser.read import parse_name

LATIN = (
    "3-gatsu no Lion",
    "07-Ghost",
    "91 Days",
    "Persona 5 the Animation",
    "K-On!",
    "Working!!!",
    "Steins;Gate 0",
    "Mob Psycho 100",
    "Area 88",
    "Dr. Stone",
    "Kaiju No. 8",
    "Hunter x Hunter",
    "Overlord IV",
    "Vivy -Fluorite Eye's Song-",
    "Kaguya-sama wa Kokurasetai - Tensai-tachi no Renai",
    "I'm Standing on 1,000,000 Lives.",
    "Hidamari Sketch x 365",
    "Hero Level 99",
    "Garnet Rebel 3199",
    "Night Raid 1874",
    "Tokyo Magnitude 8.0",
    "Submarine 707",
    "F-91",
    "BLOOD+",
    "X",
    "Design File 170 Letters",
)
OTHERS = (
    "鬼灭之刃 柱训练篇",
    "5等分的花嫁",
    "進撃の巨人",
    "かぐや様は告らせたい？",
    "귀멸의 칼날",
    "我们的重制人生",
    "神圣十月",
    "サイボーグ009",
)

# `{t}` is the title, `{e}` the episode of two digits, `{n}` the same without its zero.
PLAIN = (
    "[Group] {t} - {e} [1080p].mkv",
    "[Group] {t} - {e} (1080p) [A1B2C3D4].mkv",
    "(Group) {t} - {e} [1080p].mkv",
    "{{Group}} {t} - {e} [1080p].mkv",
    "【Group】 {t} - {e} 【1080p】.mkv",
    "［Group］ {t} – {e} （1080p）.mkv",
    "{t} - {e} [1080p] [Group].mkv",
    "{t} - {e} [Group][1080p].mkv",
    "{t} - {e}.mkv",
    "{t} - {e}",
    "[Group] {t} - {e}v2 [1080p].mkv",
    "[Group] {t} - {e}V2 [1080p].mkv",
    "[Group] {t} - {e} v2 [1080p].mkv",
    "[Group] {t} - {e} [v2][1080p].mkv",
    "[Group] {t} - {e} END [1080p].mkv",
    "[Group] {t} — {e} [1080p].mkv",
    "[Group] {t}_-_{e}_[1080p].mkv",
    "[Group] {t} [{e}][1080p].mkv",
    "[Group] {t} [{e}v2][1080p].mkv",
    "[Group] {t} [{e} END][1080p].mkv",
    "[Group] {t} [EP{e}][1080p].mkv",
    "[Group] {t} [第{e}话][1080p].mkv",
    "[Group][{t}][{e}][1080p][HEVC].mkv",
    "【字幕组】【{t}】【{e}】【1080P】.mkv",
    "[Group] {t} E{e} [1080p].mkv",
    "[Group] {t} Ep{e} [1080p].mkv",
    "[Group] {t} EP.{e} [1080p].mkv",
    "[Group] {t} Ep {n} [1080p].mkv",
    "[Group] {t} - Episode {n} [1080p].mkv",
    "[Group] {t} episode {e} [1080p].mkv",
    "[Group] {t} #{e} [1080p].mkv",
    "[Group] {t} 第{e}話 [1080p].mkv",
    "[Group] {t} - {e} of 26 [1080p].mkv",
    "[Group] {t} - {e} - The Long Way [1080p].mkv",
    "[Group] {t} - {e} - 100 Days Later [1080p].mkv",
    "[Group] {t} - {e} - The Return, Part 2 [1080p].mkv",
    "[Group] {t} - {e} The Long Way [1080p].mkv",
    '[Group] {t} - {e} "The Long Way" [1080p].mkv',
    "[Group] {t} - {e}. The Long Way [1080p].mkv",
    "[Group] {t} - {e} 「長い道」 [1080p].mkv",
    "[Group] {t} (2019) - {e} [1080p].mkv",
    "[Group] {t} (TV) - {e} [1080p].mkv",
    "[Group] {t} ／ The Other Name - {e} [1080p].mkv",
    "[Group] {t} | The Other Name - {e} [1080p].mkv",
    "[Group] {t} AKA The Other Name - {e} [1080p].mkv",
    "[Group] {t} (The Other Name) - {e} [1080p].mkv",
)  # fmt: skip
SECOND = (
    "[Group] {t} S2 - {e} [1080p].mkv",
    "[Group] {t} S02 - {e} [1080p].mkv",
    "[Group] {t} S2-{e} [1080p].mkv",
    "[Group] {t} (S2) - {e} [1080p].mkv",
    "[Group] {t} [S2][{e}][1080p].mkv",
    "[Group] {t} S2 [{e}][1080p].mkv",
    "[Group] {t} 2nd Season - {e} [1080p].mkv",
    "[Group] {t} Second Season - {e} [1080p].mkv",
    "[Group] {t} Season 2 - {e} [1080p].mkv",
    "[Group] {t} Season 2-{e} [1080p].mkv",
    "[Group] {t} - Season 2 - {e} [1080p].mkv",
    "[Group] {t} Season Two - {e} [1080p].mkv",
    "[Group] {t} Season 2 Episode {n} [1080p].mkv",
    "[Group] {t} 第二季 - {e} [1080p].mkv",
    "[Group] {t} 第2期 第{e}話 [1080p].mkv",
    "{t} S02E{e} 1080p WEB-DL AAC2.0 H.264-GROUP.mkv",
    "{t} s02e{e} [1080p].mkv",
    "{t} - S02E{e} - The Long Way.mkv",
    "{t} S02 E{e} [1080p].mkv",
    "{t} [S02E{e}] [1080p].mkv",
    "{t} (S02E{e}) [1080p].mkv",
    "{t} - 2x{e} - The Long Way.mkv",
    "{t} (2019) - S02E{e} - The Long Way (1080p BluRay).mkv",
)
BATCHES = (
    "[Group] {t} - 01-{e} [BD 1080p]",
    "[Group] {t} - 01 ~ {e} [BD 1080p]",
    "[Group] {t} 01-{e} [BD 1080p]",
    "[Group] {t} (01-{e}) [Batch]",
    "[Group] {t} [01-{e}][BD 1080p]",
    "[Group] {t} [01-{e} END][BD 1080p]",
    "[Group] {t} [01-{e}+OVA][BD 1080p]",
    "[Group] {t} E01-E{e} [BD 1080p]",
    "[Group] {t} Episodes 01-{e} [BD 1080p]",
    "[Group] {t} 第01-{e}話 [BD 1080p]",
    "[Group] {t} - 01–{e} [BD 1080p]",
    "[Group] {t} 01-{e} Complete [BD 1080p]",
)


def _plain(title: str | None) -> str:
    return " ".join((title or "").replace("_", " ").split()).casefold()


def _says(result: ParseResult, title: str) -> bool:
    return _plain(title) in map(_plain, result.titles)


@pytest.mark.parametrize("spelling", PLAIN)
def test_an_episode_is_the_same_however_it_is_spelled(spelling: str) -> None:
    for title in (*LATIN, *OTHERS):
        for episode in ("05", "24"):
            result = parse_name(spelling.format(t=title, e=episode, n=int(episode)))

            assert (title, _says(result, title), result.episodes) == (title, True, (int(episode),))
            assert result.season is None


@pytest.mark.parametrize("spelling", SECOND)
def test_a_season_is_the_same_however_it_is_spelled(spelling: str) -> None:
    for title in (*LATIN, *OTHERS):
        for episode in ("05", "24"):
            result = parse_name(spelling.format(t=title, e=episode, n=int(episode)))

            assert (title, _says(result, title), result.episodes) == (title, True, (int(episode),))
            assert (result.season, result.seasons) == (2, ())


@pytest.mark.parametrize("spelling", BATCHES)
def test_a_batch_is_the_same_however_it_is_spelled(spelling: str) -> None:
    for title in (*LATIN, *OTHERS):
        result = parse_name(spelling.format(t=title, e="24"))

        assert (title, _says(result, title), result.episodes) == (title, True, (1, 24))
        assert result.season is None


@pytest.mark.parametrize("title", LATIN)
def test_blanks_may_be_lines_dots_or_small(title: str) -> None:
    name = f"[Group] {title} - 05 [1080p].mkv"
    wanted = _plain(title).replace(".", " ")

    for spelled in (name.replace(" ", "_"), name.replace(" ", ".").replace("..", "."), name.lower()):
        result = parse_name(spelled)

        assert (result.episodes, result.season) == ((5,), None)
        assert " ".join(wanted.split()) in [
            " ".join(_plain(said).replace(".", " ").split()) for said in result.titles
        ]
