"""Where a video should go: one folder a show, a place that every server reads, or the reason why not."""

from __future__ import annotations

import pytest

from anivault.core.causes import Cause
from anivault.core.models import Decision, Held, HeldReason, MatchedFile
from anivault.core.planning.library import Library
from anivault.core.planning.naming.names import Namer
from anivault.core.planning.naming.presets import load_preset
from anivault.core.planning.places import Places
from anivault.core.planning.wanted import Wanted
from anivault.parser.models import VideoType
from tests.core.records import film, in_library, show, video

MUSHISHI = show(1, "Mushishi", 2005)
PAPRIKA = film(2, "Paprika", 2006)


def places(preset: str = "jellyfin", *there: str, described: bool = False) -> Places:
    library = Library([in_library(rel) for rel in there])
    return Places(Namer(load_preset(preset), 255), library, described=described)


def wanted(item: MatchedFile, run: Places | None = None) -> Wanted:
    found = (run or places()).want(item)
    assert isinstance(found, Wanted)
    return found


def cause(item: MatchedFile, run: Places | None = None) -> tuple[HeldReason, Cause | None]:
    found = (run or places()).want(item)
    assert isinstance(found, Held)
    return found.reason, found.cause


def test_an_episode_claims_its_place_and_each_of_its_episodes() -> None:
    one = wanted(video("a.MKV", MUSHISHI, (1, 2), (1, 3)))

    assert one.place.target == "Shows/Mushishi (2005) [tmdbid-1]/Season 01/Mushishi S01E02-E03.mkv"
    assert one.slots == ((MUSHISHI.key, 1, 2), (MUSHISHI.key, 1, 3))
    assert (one.kind, one.episodes, one.season) == ("episode", "S01E02-E03", "season 1")
    assert one.clashes(wanted(video("b.mp4", MUSHISHI, (1, 3))))
    assert not one.clashes(wanted(video("b.mp4", MUSHISHI, (1, 4))))


def test_a_film_is_one_place_whatever_its_file_is_called() -> None:
    one, other = wanted(video("a.mkv", PAPRIKA)), wanted(video("b.mp4", PAPRIKA, resolution="720p"))

    assert (one.kind, one.episodes, one.season) == ("film", "this film", "this film")
    assert one.clashes(other)


def test_an_extra_claims_no_episode() -> None:
    one = wanted(video("NCOP1.mkv", MUSHISHI, type=VideoType.OP))

    assert one.place.folder == "Shows/Mushishi (2005) [tmdbid-1]/shorts"
    assert (one.kind, one.slots, one.episodes) == ("extra", (), "this extra")


@pytest.mark.parametrize(
    ("item", "reason", "why"),
    [
        (video("a.mkv", MUSHISHI), HeldReason.NO_PLACE, Cause.NO_NUMBER),
        (video("a.mkv", MUSHISHI, (1, 3), (1, 5)), HeldReason.NO_PLACE, Cause.NUMBERS_APART),
        (video("a.mkv", MUSHISHI, (1, 12), (2, 13)), HeldReason.NO_PLACE, Cause.TWO_SEASONS),
        (video("a.mkv", MUSHISHI, (1, 999), (1, 1000)), HeldReason.NO_PLACE, Cause.RANGE_TOO_HIGH),
        (video("a.mkv", MUSHISHI, (1, 1), type=VideoType.SAMPLE), HeldReason.SAMPLE, Cause.SAMPLE),
    ],
)
def test_what_no_server_could_read_is_held(item: MatchedFile, reason: HeldReason, why: Cause) -> None:
    assert cause(item) == (reason, why)


@pytest.mark.parametrize(
    ("decision", "title", "reason"),
    [
        (Decision.AMBIGUOUS, "x", HeldReason.AMBIGUOUS),
        (Decision.UNMATCHED, "x", HeldReason.UNMATCHED),
        (Decision.UNMATCHED, None, HeldReason.UNREADABLE_NAME),
    ],
)
def test_what_is_not_sure_is_held_for_what_is_not_sure(
    decision: Decision, title: str | None, reason: HeldReason
) -> None:
    assert cause(video("a.mkv", None, decision=decision, title=title))[0] is reason


@pytest.mark.parametrize("preset", ["jellyfin", "emby", "jellyfin+plex"])
def test_of_a_range_beyond_999_the_name_has_the_first_where_an_nfo_has_the_rest(preset: str) -> None:
    item = video("a.mkv", MUSHISHI, (1, 1071), (1, 1072))

    assert cause(item, places(preset))[1] is Cause.RANGE_TOO_HIGH
    assert wanted(item, places(preset, described=True)).place.stem.endswith("S01E1071")


@pytest.mark.parametrize(("preset", "end"), [("kodi", "S01E1071-E1072"), ("plex", "s01e1071-e1072")])
def test_a_server_that_reads_a_range_beyond_999_gets_it(preset: str, end: str) -> None:
    assert wanted(video("a.mkv", MUSHISHI, (1, 1071), (1, 1072)), places(preset)).place.stem.endswith(end)


@pytest.mark.parametrize(
    ("preset", "name", "end"),
    [
        ("kodi", "a.3gp", "S01E03 - Episode 3.3gp"),
        ("kodi", "a.mkv", "S01E03.mkv"),
        ("emby", "a.3gp", "S01E03.3gp"),
    ],
)
def test_kodi_reads_no_digit_of_an_extension_as_a_part(preset: str, name: str, end: str) -> None:
    assert wanted(video(name, MUSHISHI, (1, 3)), places(preset)).place.target.endswith(end)


def test_a_folder_is_the_first_shows_that_wants_it() -> None:
    run = places("kodi")  # without an id in it

    assert wanted(video("a.mkv", MUSHISHI, (1, 1)), run).base == "Shows/Mushishi (2005)"
    assert cause(video("b.mkv", show(7, "Mushishi", 2005), (1, 1)), run)[1] is Cause.FOLDER_OF_ANOTHER


@pytest.mark.parametrize(
    "there", ["Shows/mushishi (2005)", "Shows/Mushishi", "Anime/Mushishi (2005) {tvdb-79099}"]
)
def test_a_folder_that_the_show_has_is_used_and_its_seasons_too(there: str) -> None:
    run = places("jellyfin", f"{there}/Season 1/Mushishi S01E01.mkv")

    assert wanted(video("a.mkv", MUSHISHI, (1, 2)), run).place.folder == f"{there}/Season 1"
    assert wanted(video("b.mkv", MUSHISHI, (2, 1)), run).place.folder == f"{there}/Season 02"


@pytest.mark.parametrize(("name", "extension"), [("a.MKV", ".mkv"), ("a.m k v", ""), ("a", "")])
def test_an_extension_is_plain_or_left_out(name: str, extension: str) -> None:
    assert wanted(video(name, MUSHISHI, (1, 1))).place.extension == extension
