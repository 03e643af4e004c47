"""A name says to each server what the match says, whatever words and numbers its title has."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from anivault.core.planning.naming import misread
from anivault.core.planning.naming.misread import (
    Kind,
    Server,
    is_plain_end,
    is_plain_start,
    mend,
    path_warnings,
    unlike_an_episode,
)
from anivault.core.planning.naming.names import Namer
from anivault.core.planning.naming.presets import builtin_presets, load_preset

SERVERS: tuple[Server, ...] = ("jellyfin", "plex", "emby", "kodi")


@pytest.mark.parametrize(
    ("server", "name", "mended"),
    [
        ("jellyfin", "X S01E01 - Free Sample", "X S01E01 - Free S-ample"),
        ("jellyfin", "X S01E01 - 'Sample'", "X S01E01 - 'S-ample'"),
        ("jellyfin", "X S01E01 - Samples", "X S01E01 - Samples"),
        ("kodi", "X S01E01 - Free Sample", "X S01E01 - Free 'Sample'"),
        ("kodi", "_Sample_ S01E01", "_'Sample'_ S01E01"),
        ("plex", "X - s01e01 - Resample", "X - s01e01 - 'Resample'"),
        ("plex", "X - s01e01 - Sample Tea", "X - s01e01 - Sample Tea"),
        ("emby", "X - S01E01 - In a Trailer Park", "X - S01E01 - In a 'Trailer' Park"),
        ("emby", "Nice-Shortcut - S01E01", "Nice-'Shortcut' - S01E01"),
        ("jellyfin", "Nice-Shortcut S01E01", "Nice-Shortcut S01E01"),
        ("jellyfin", "X S01E01 - Trailer", "X S01E01 - 'Trailer'"),
        ("jellyfin", "X S01E01 - Short12", "X S01E01 - 'Short12'"),
        ("jellyfin", "X S01E01 - Short 3", "X S01E01 - Short 3"),
        ("plex", "X-other", "X-'other'"),
        ("jellyfin", "X S01E01 - x265", "X S01E01 - 'x265'"),
        ("emby", "X - S01E01 - E7 Group", "X - S01E01 - 'E7' Group"),
        ("jellyfin", "X S01E01 - 720p x265", "X S01E01 - 720p x265"),
        ("jellyfin", "X S01E01 - 2x1-7", "X S01E01 - 2×1-7"),
        ("jellyfin", "X S01E01 - 3x3 Eyes", "X S01E01 - 3x3 Eyes"),
        ("jellyfin", "X S01E01-05", "X S01E01 - 05"),
        ("kodi", "X 2014-05-06 (2014)", "X 2014 05 06 (2014)"),
        ("kodi", "50%41 Off", "50％41 Off"),
        ("kodi", "100% Pascal", "100% Pascal"),
        ("kodi", "X S01E01 - Night.special", "X S01E01 - Night special"),
        ("jellyfin", "Metadata", "Metadata_"),
        ("jellyfin", "Metadata (2010)", "Metadata (2010)"),
        ("jellyfin", "tt0213338 (1998)", "tt 0213338 (1998)"),
    ],
)  # fmt: skip
def test_a_name_is_mended_for_the_servers_that_misread_it(server: Server, name: str, mended: str) -> None:
    assert mend(name, [server]) == mended


def test_what_one_server_needs_is_nothing_that_another_misreads() -> None:
    assert mend("_Sample_ S01E01", ["jellyfin", "plex"]) == "_'S-ample'_ S01E01"


def test_a_film_is_no_episode_to_plex() -> None:
    assert mend("3x3 Eyes (1991)", ["plex"], "film") == "3×3 Eyes (1991)"
    assert mend("S01 05 (1991)", ["plex"], "film") == "S01, 05 (1991)"


def test_an_extra_may_be_called_a_trailer() -> None:
    assert mend("Trailer", SERVERS, "extra") == "Trailer"


NAMES = st.text(st.sampled_from("se0123xX -._'amplepart"), max_size=30)


WORDS = st.sampled_from(
    [
        "Sample",
        "ſample",
        "trailer",
        "TRAİLER",
        "clıp",
        "clip",
        "Other2",
        "special",
        "%41",
        "tt0213338",
        "S01E01",
    ]
)


@given(st.lists(WORDS | st.sampled_from(" -._('é") | NAMES, max_size=6).map("".join))
def test_a_name_that_is_not_looked_through_has_nothing_to_mend(name: str) -> None:
    skipped = {r for r in {*misread.ANYWHERE, *misread.NO_EXTRAS} if not misread._may_have(r.words, name)}

    assert not [rule for rule in skipped if rule.words and rule.pattern.search(name)]
    assert misread._may_end_with(misread._LAST_WORDS, name) or not misread._ENDS.search(name)


PIECES = st.lists(
    WORDS | st.sampled_from([" ", " - ", ".", "2014", "05.06", "3x", "E7", "CON"]) | NAMES, max_size=4
)


@given(
    PIECES, st.sampled_from(["S01E", " s02e", "E", ""]), PIECES, st.sampled_from(sorted(builtin_presets()))
)
@example(["Show "], "E", [" - S01E02-3"], "jellyfin")
@example(["Show S01E02 2x"], "", ["-E7"], "jellyfin")
def test_what_is_plain_in_two_parts_is_plain_as_a_whole(
    before: list[str], mark: str, after: list[str], preset: str
) -> None:
    finish = Namer(load_preset(preset)).finish
    start, end = f"{''.join(before)}{mark}", f"05{''.join(after)}"

    plain = is_plain_start(start, finish) and is_plain_end(end, finish)
    assert not plain or finish(start + end) == start + end


def test_most_names_are_plain() -> None:
    finish = Namer(load_preset("jellyfin")).finish

    assert is_plain_start("Mushishi S01E", finish)
    assert is_plain_end("05-E06 - The Green Seat", finish)


def test_the_words_of_a_rule_are_lower_case_as_they_are_looked_for() -> None:
    words = [word for rule in (*misread.ANYWHERE, *misread.NO_EXTRAS, *misread.FILMS) for word in rule.words]

    assert words
    assert [word for word in words if word != word.lower() or re.search(r"\d", word)] == []


@given(NAMES, st.sampled_from(["episode", "film", "extra"]))
def test_mending_twice_changes_nothing_more(name: str, kind: Kind) -> None:
    once = mend(name, SERVERS, kind)

    assert mend(once, SERVERS, kind) == once


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("Opening Theme2", "Opening Theme (2)"),
        ("Menu Volume1", "Menu Volume (1)"),
        ("Trailer E3", "Trailer Episode 3"),
        ("Trailer E103", "Trailer Episode (103)"),
        ("Commercial 101a", "Commercial (101a)"),
        ("Interview 12.5", "Interview 12.5"),
        ("Trailer 1920x1080", "Trailer 1920×1080"),
        ("Trailer pt 2x3", "Trailer pt 2×3"),
        ("Trailer Part II", "Trailer (Part II)"),
        ("Interview 2014-05-06", "Interview (2014 05 06)"),
        ("Trailer.special", "Trailer special"),
        ("Trailer+103", "Trailer＋103"),
        ("Menu 2", "Menu 2"),
    ],
)
def test_no_extra_reads_as_an_episode(name: str, read: str) -> None:
    assert unlike_an_episode(name) == read


@pytest.mark.parametrize(
    ("library", "server", "warned"),
    [
        ("/media/2014-05-06/anime", "kodi", True),
        ("/media/2014-05-06/anime", "jellyfin", False),
        ("/media/sample/anime", "jellyfin", True),
        ("/media/my.sample/anime", "plex", True),
        ("/media/anime", "kodi", False),
    ],
)
def test_a_library_whose_path_is_misread_is_warned_about(library: str, server: Server, warned: bool) -> None:
    assert bool(list(path_warnings(library, [server]))) == warned
