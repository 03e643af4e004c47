"""A library comes to new names by moves that each find their place free."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anivault.core.models import Coordinates, MatchedFile, Mode, ParsedFile, Plan, ScannedFile
from anivault.core.moving.executor import execute
from anivault.core.organizer import rename
from anivault.core.pipeline.scanner import scan
from anivault.core.planning.naming.characters import fold
from anivault.core.planning.naming.fingerprint import fingerprint
from anivault.core.planning.naming.presets import builtin_presets, load_preset
from anivault.parser.models import VideoType
from tests.core.records import beside, film, planned, reasons, scanned, show, targets, video

SHOW = show(1, "Show", 2020)
FILM = film(2, "Film", 2021)
SEASON = "Shows/Show (2020) [tmdbid-1]/Season 01"


def organized(preset: str = "jellyfin") -> tuple[list[MatchedFile], list[ParsedFile]]:
    """A small library as a run left it: what each file is, under its name there."""
    videos = [
        *(video(f"s/{n}.mkv", SHOW, (1, n), group="A", resolution="1080p") for n in (1, 2, 3)),
        video("s/b1.mkv", SHOW, (1, 1), group="B", resolution="720p"),
        video("s/NCOP.mkv", SHOW, type=VideoType.OP),
        video("f.mkv", FILM),
    ]
    others = [beside("s/1.en.ass"), beside("s/1.jpg"), beside("s/b1.ja.ass"), beside("f.forced.de.srt")]
    others += [beside(name) for name in ("s/fonts/x.ttf", "s/cover.jpg")]
    made = planned(videos, others, preset=preset, on_conflict="version")
    assert not made.held
    where = targets(made)
    return (
        [msgspec.structs.replace(item, file=moved(item.file, where)) for item in videos],
        [msgspec.structs.replace(item, file=moved(item.file, where)) for item in others],
    )


def moved(file: ScannedFile, where: dict[str, str]) -> ScannedFile:
    return msgspec.structs.replace(file, root="/library", rel=where[file.rel])


def renamed(
    videos: list[MatchedFile], others: list[ParsedFile], preset: str, strangers: tuple[str, ...] = ()
) -> Plan:
    files = [item.file for item in videos] + [item.file for item in others]
    files += [msgspec.structs.replace(scanned(name, size=7), root="/library") for name in strangers]
    return rename(videos, others, library="/library", present=files, preset=load_preset(preset))


@pytest.mark.parametrize("preset", sorted(builtin_presets().keys() - {"kodi"}))  # which takes no versions
def test_a_library_that_has_its_names_is_left_alone(preset: str) -> None:
    result = renamed(*organized(preset), preset)

    assert targets(result) == {}
    assert set(reasons(result).values()) == {"already-there"}


@pytest.mark.parametrize("to", ["plex", "emby", "jellyfin+plex"])
def test_another_preset_moves_every_file_with_what_belongs_to_it(to: str) -> None:
    videos, others = organized()
    result = renamed(videos, others, to)

    assert len(result.moves) == len(videos) + len(others)
    there = organized(to)
    names = {*(item.file.rel for item in there[0]), *(item.file.rel for item in there[1])}
    assert {move.target for move in result.moves} == names
    assert {(move.mode, move.root) for move in result.moves} == {(Mode.MOVE, "/library")}


def test_only_what_changes_moves() -> None:
    videos, others = organized()
    changed = msgspec.structs.replace(videos[2], coordinates=(Coordinates(season=2, episode=1),))
    result = renamed([*videos[:2], changed, *videos[3:]], others, "jellyfin")

    assert targets(result) == {
        f"{SEASON}/Show S01E03.mkv": "Shows/Show (2020) [tmdbid-1]/Season 02/Show S02E01.mkv"
    }


def test_a_file_moves_after_the_one_that_has_its_place() -> None:
    videos = [named(n, (1, n + 1)) for n in (1, 2, 3)]
    result = renamed(videos, [], "jellyfin")

    assert [move.rel[-6:] for move in result.moves] == ["03.mkv", "02.mkv", "01.mkv"]


def named(number: int, place: tuple[int, int]) -> MatchedFile:
    """A file that has the name of episode `number`, and is in truth another one."""
    rel = f"{SEASON}/Show S01E{number:02}.mkv"
    return video(rel, SHOW, place, file=msgspec.structs.replace(scanned(rel), root="/library"))


def test_files_that_would_change_places_stay() -> None:
    result = renamed([named(1, (1, 2)), named(2, (1, 1)), named(3, (1, 4))], [], "jellyfin")

    assert list(targets(result).values()) == [f"{SEASON}/Show S01E04.mkv"]
    assert set(reasons(result).values()) == {"target-taken"}


def test_a_stranger_keeps_its_place() -> None:
    result = renamed([named(1, (1, 2))], [], "kodi", ("Shows/Show (2020)/Season 01/show s01e02.mkv",))

    assert reasons(result) == {f"{SEASON}/Show S01E01.mkv": "target-taken"}


def test_a_new_spelling_is_a_move() -> None:
    rel = "Shows/show (2020) [tmdbid-1]/Season 01/show S01E01.mkv"
    item = video(rel, SHOW, (1, 1), file=msgspec.structs.replace(scanned(rel), root="/library"))

    assert list(targets(renamed([item], [], "jellyfin"))) == [rel]


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(1, 7)), st.integers(0, 3), st.sets(st.integers(1, 9), max_size=3))
def test_no_move_ever_meets_a_file(order: list[int], shift: int, gone: set[int]) -> None:
    videos = [named(n, (1, place + shift)) for n, place in enumerate(order, 1) if n not in gone]
    result = renamed(videos, [], "jellyfin")

    there = {fold(item.file.rel) for item in videos}
    for move in result.moves:
        there.remove(fold(move.rel))
        assert fold(move.target) not in there
        there.add(fold(move.target))
    assert len(there) == len(videos)


def test_a_real_library_comes_to_its_new_names(tmp_path: Path) -> None:
    """Run after run, as long as something moves: what stood in the way then no longer does."""
    for n in (1, 2, 3):
        path = tmp_path / f"{SEASON}/Show S01E{n:02}.mkv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"episode {n}")

    moved_files = 3
    while moved_files:
        files = scan([str(tmp_path)]).files
        items = [
            video(file.rel, SHOW, (1, int(Path(file.path).read_text()[-1]) + 1), file=file) for file in files
        ]
        made = rename(items, [], library=str(tmp_path), present=files, preset=load_preset("jellyfin"))
        moved_files = execute(made).moved

    assert {path.name: path.read_text() for path in (tmp_path / SEASON).iterdir()} == {
        f"Show S01E{n + 1:02}.mkv": f"episode {n}" for n in (1, 2, 3)
    }


def test_a_new_title_or_number_changes_the_fingerprint() -> None:
    one = video("a.mkv", SHOW, (1, 1))

    assert fingerprint(one) == fingerprint(video("b.mkv", SHOW, (1, 1)))
    assert len({fingerprint(other) for other in (
        one, video("a.mkv", SHOW, (1, 2)), video("a.mkv", show(1, "Show", 2021), (1, 1)),
        video("a.mkv", SHOW, Coordinates(season=1, episode=1, title="T")),
    )}) == 4  # fmt: skip
