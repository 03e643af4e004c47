"""What other programs put beside ours goes along with it, and is never guessed at."""

from __future__ import annotations

import pytest

from anivault.core.causes import Cause
from anivault.core.models import Held, Identity, Mode, Move
from anivault.core.planning.sidecars.companions import companions
from tests.core.records import in_library

OLD, NEW = "Shows/Mushishi/Season 1", "Shows/Mushishi (2005)/Season 01"


def moved(rel: str, target: str, video: str | None = None) -> Move:
    return Move(
        root="/library",
        rel=rel,
        target=target,
        mode=Mode.MOVE,
        identity=Identity(1, 1),
        reason="test",
        video=video,
    )


EPISODE = moved(f"{OLD}/a.mkv", f"{NEW}/Mushishi S01E01.mkv")


def went(
    *foreign: str,
    moves: tuple[Move, ...] = (EPISODE,),
    stays: tuple[str, ...] = (),
    links: tuple[str, ...] = (),
    name_max: int = 255,
) -> tuple[dict[str, str], list[Held]]:
    files = [in_library(rel) for rel in foreign]
    going, held = companions(moves, stays, files, name_max, links)
    return {move.rel: move.target for move in going}, held


@pytest.mark.parametrize("tail", [".nfo", "-thumb.jpg", ".en.srt", " (commentary).mka", ".trickplay/1.jpg"])
def test_what_begins_with_the_name_of_a_video_keeps_the_rest_of_its_own(tail: str) -> None:
    assert went(f"{OLD}/a{tail}") == ({f"{OLD}/a{tail}": f"{NEW}/Mushishi S01E01{tail}"}, [])


def test_a_longer_word_is_another_name() -> None:
    assert went(f"{OLD}/ab.nfo")[0] == {f"{OLD}/ab.nfo": f"{NEW}/ab.nfo"}


@pytest.mark.parametrize(
    ("rel", "target"),
    [
        ("Shows/Mushishi/tvshow.nfo", "Shows/Mushishi (2005)/tvshow.nfo"),
        (f"{OLD}/season.nfo", f"{NEW}/season.nfo"),
        (f"{OLD}/.hidden/x.txt", f"{NEW}/.hidden/x.txt"),
    ],
)
def test_what_has_no_name_of_a_video_follows_the_folder(rel: str, target: str) -> None:
    assert went(rel) == ({rel: target}, [])


def test_where_ours_go_to_two_folders_nothing_is_guessed() -> None:
    other = moved(f"{OLD}/b.mkv", "Shows/Another (2020)/Season 01/Another S01E01.mkv")

    going, (held,) = went(f"{OLD}/season.nfo", moves=(EPISODE, other))

    assert going == {}
    assert held.cause is Cause.NO_ONE_PLACE


def test_where_one_of_ours_stays_its_folder_stays() -> None:
    assert went(f"{OLD}/season.nfo", stays=(f"{OLD}/b.mkv",)) == ({}, [])


def test_a_video_of_another_program_follows_no_folder() -> None:
    going, (held,) = went(f"{OLD}/home movie.mkv")

    assert going == {}
    assert held.cause is Cause.NO_ONE_PLACE


def test_a_link_goes_nowhere() -> None:
    going, (held,) = went(f"{OLD}/a.nfo", links=(f"{OLD}/a.nfo",))

    assert going == {}
    assert held.cause is Cause.NO_FILE


def test_a_place_that_is_taken_or_too_long_is_not_entered() -> None:
    going, held = went(f"{OLD}/a.nfo", f"{NEW}/Mushishi S01E01.nfo", f"{OLD}/a.{'x' * 30}.txt", name_max=40)

    assert going == {}
    assert [one.cause for one in held] == [Cause.PLACE_TAKEN, Cause.NAME_TOO_LONG]


def test_what_lies_elsewhere_is_left_alone() -> None:
    assert went("Shows/Another/a.nfo", "a.nfo") == ({}, [])
