"""What runs have decided stands: a correct library has nothing to rename, in whatever runs it was filled."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import Ran, Run

CLANNAD = [f"Clannad/[G] Clannad - {n:02}.mkv" for n in (1, 2, 3)]
AFTER = [f"Clannad After Story/[G] Clannad - {n:02}.mkv" for n in (1, 2, 3)]
BASKETS = [f"Fruits Basket ({year})/Fruits Basket - 0{n}.mkv" for year in (2001, 2019) for n in (1, 2)]


def write(folder: Path, names: Sequence[str]) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode() * 20)


def nothing_to_rename(run: Run, library: Path) -> None:
    done = run("rename", library, "--json")
    again = run("verify", library, "--again", "--json")

    assert done.of("move") == []
    assert {event["reason"] for event in done.of("held")} == {"already-there"}
    assert [event for event in again.of("finding") if event["symbol"] == "~"] == []


def organized(run: Run, library: Path, *paths: Path, mode: str = "hardlink") -> Ran:
    done = run("organize", *paths, "--to", library, "--mode", mode, "--apply", "--json")
    assert done.of("held") == [] or mode == "hardlink"
    return done


@pytest.mark.parametrize("mode", ["hardlink", "move"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_show_and_its_sequel_of_two_runs_stay_what_they_are(
    run: Run, tmp_path: Path, order: tuple[int, int], mode: str
) -> None:
    write(tmp_path / "in", [*CLANNAD, *AFTER])
    for turn in order:
        folder = tmp_path / "in" / ("Clannad", "Clannad After Story")[turn]
        organized(run, tmp_path / "library", folder, mode=mode)

    nothing_to_rename(run, tmp_path / "library")
    assert len(list((tmp_path / "library").rglob("*S02E0*.mkv"))) == 3


def test_files_that_came_from_one_place_one_after_the_other_stay_what_they_are(
    run: Run, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    for show in ("tmdb:36941", "tmdb:85991"):
        write(inbox, ["Fruits Basket - 01.mkv", "Fruits Basket - 02.mkv"])
        assert run("pin", inbox, show).code == 0
        organized(run, tmp_path / "library", inbox, mode="move")
        assert run("unpin", inbox).code == 0

    nothing_to_rename(run, tmp_path / "library")


@pytest.mark.parametrize("one_by_one", [True, False])
def test_a_library_filled_file_by_file_has_nothing_to_rename(
    run: Run, tmp_path: Path, *, one_by_one: bool
) -> None:
    names = [*CLANNAD, *AFTER, *BASKETS]
    write(tmp_path / "in", names)
    paths = [tmp_path / "in" / name for name in names]
    for path in paths if one_by_one else [tmp_path / "in"]:
        run("organize", path, "--to", tmp_path / "library", "--mode", "move", "--apply")

    nothing_to_rename(run, tmp_path / "library")


def test_what_a_pin_decided_stays_when_the_pin_is_gone_and_nothing_is_sure(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "in", ["Some Home Video/Zyxwv - 05.mkv"])
    assert run("pin", tmp_path / "in/Some Home Video", "tmdb:30991", "--season", "1").code == 0
    organized(run, tmp_path / "library", tmp_path / "in")
    assert run("unpin", tmp_path / "in/Some Home Video").code == 0

    nothing_to_rename(run, tmp_path / "library")
    moves = run("rename", tmp_path / "library", "--preset", "plex", "--json").of("move")
    assert ["s01e05" in move["target"] for move in moves if move["path"].endswith(".mkv")] == [True]


def test_a_library_takes_another_preset_though_its_files_say_less_than_their_runs_knew(
    run: Run, tmp_path: Path
) -> None:
    write(tmp_path / "in", [*CLANNAD, *AFTER])
    for name in ("Clannad", "Clannad After Story"):
        organized(run, tmp_path / "library", tmp_path / "in" / name)
    assert run("rename", tmp_path / "library", "--preset", "plex", "--apply").code == 0

    assert run("rename", tmp_path / "library", "--preset", "plex", "--json").of("move") == []
    assert len(list((tmp_path / "library").rglob("*s02e0*.mkv"))) == 3
