"""A plan as events is made anew of what changed alone; what else was said is said again."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from anivault.cli import organize_handler
from anivault.core import flow
from anivault.core.pipeline import reading
from anivault.services.remembered import tapes
from tests.conftest import Run

SHOWS = (
    "Cowboy Bebop",
    "Vinland Saga",
    "Nichijou",
    "Mushishi",
    "Zzyzx Unheard Of",
    "Planetes",
    "Monster",
    "Trigun",
)


def bring(pile: Path, name: str) -> None:
    path = pile / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(name)
    os.utime(path, (1e9, 1e9))


@pytest.fixture
def pile(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "pile"
    for show in SHOWS:
        for number in range(1, 4):
            bring(folder, f"{show}/[A] {show} - {number:02}.mkv")
    return folder


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[set[str] | None]:
    """Of every plan that was made: the names of the folders that it was made of; None for all."""
    handle, found = organize_handler.handle, []

    def noted(request: organize_handler.OrganizeRequest, *words: Any) -> Any:
        only = request.order.what.only
        found.append(None if only is None else {Path(folder).name for folder in only})
        return handle(request, *words)

    monkeypatch.setattr(organize_handler, "handle", noted)
    return found


def told(run: Run, pile: Path, *more: str) -> tuple[int, list[dict[str, Any]]]:
    ran = run("organize", pile, "--to", pile.parent / "lib", "--json", *more)
    return ran.code, [json.loads(line) for line in ran.out.splitlines()]


def known(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**event, "new": False} if "new" in event else event for event in events]


def test_a_folder_that_comes_is_planned_alone(run: Run, pile: Path, looked: list[set[str] | None]) -> None:
    told(run, pile)
    bring(pile, "Paranoia Agent/[A] Paranoia Agent - 01.mkv")
    code, events = told(run, pile)

    assert looked == [None, {"Paranoia Agent"}]
    assert code == 10
    assert [event["path"] for event in events if "Paranoia" in event.get("path", "")] == [
        str(pile / "Paranoia Agent/[A] Paranoia Agent - 01.mkv")
    ]
    assert (code, events) == told(run, pile, "--fresh")


def test_what_a_change_reaches_is_planned_with_it(
    run: Run, pile: Path, looked: list[set[str] | None]
) -> None:
    """A better file of an episode takes the place of one in another folder."""
    told(run, pile)
    bring(pile, "Week/[B] Cowboy Bebop - 02 [1080p].mkv")
    found = told(run, pile)

    assert looked == [None, {"Week"}, {"Week", "Cowboy Bebop"}]
    assert known(found[1]) == told(run, pile, "--fresh")[1]
    assert {event["event"] for event in found[1] if "Bebop - 02" in event.get("path", "")} == {"move", "held"}


@pytest.mark.parametrize(
    ("there", "comes"),
    [
        ("Week/poster.jpg", "Week/Monster/[A] Monster - 04.mkv"),
        ("Monster/tvshow.nfo", "Monster/A Film/Paprika (2006).mkv"),
        ("Week/Mon/[A] Monster - 04.ass", "Week/[A] Monster - 04.mkv"),
        ("Week/Extras/Monster - 04.mkv", "Month/[A] Monster - 04.mkv"),
    ],
)
def test_what_waits_for_a_video_elsewhere_is_planned_with_it(
    run: Run, pile: Path, there: str, comes: str
) -> None:
    bring(pile, there)
    told(run, pile)
    bring(pile, comes)
    found = told(run, pile)

    assert known(found[1]) == told(run, pile, "--fresh")[1]


def test_what_goes_is_said_no_more(run: Run, pile: Path, looked: list[set[str] | None]) -> None:
    told(run, pile)
    (pile / "Nichijou/[A] Nichijou - 02.mkv").unlink()
    for path in (pile / "Zzyzx Unheard Of").iterdir():
        path.unlink()
    code, events = told(run, pile)

    assert looked[0] is None
    assert None not in looked[1:]
    assert code == 0  # nothing is held any more
    assert (code, events) == told(run, pile, "--fresh")
    assert events[-1]["counts"] == {"moves": 20, "held": 0, "already-there": 0}


def test_only_what_is_planned_anew_is_new(run: Run, pile: Path) -> None:
    told(run, pile)
    bring(pile, "Qwzx Nobodys/Qwzx Nobodys - 01.mkv")
    _, events = told(run, pile)

    assert [event["new"] for event in events if event["event"] == "held"] == [True, False, False, False]
    assert known(events) == told(run, pile)[1]


@pytest.mark.parametrize("change", ["pin", "ignore list", "most of it", "library"])
def test_all_is_planned_where_more_than_some_folders_changed(
    run: Run, pile: Path, looked: list[set[str] | None], change: str
) -> None:
    told(run, pile)
    if change == "pin":
        run("pin", "Zzyzx Unheard Of", "tmdb:30991")
    elif change == "ignore list":
        (pile / "Mushishi/.anivaultignore").write_text("*02*\n")
    elif change == "library":
        bring(pile.parent, "lib/Shows/Mushishi (2005)/Season 01/Mushishi S01E01.mkv")
    else:
        for show in SHOWS[:4]:
            (pile / show / f"[A] {show} - 01.mkv").unlink()  # and the others are planned with it
    looked.clear()
    found = told(run, pile)

    assert looked == [None]
    assert known(found[1]) == told(run, pile, "--fresh")[1]


def test_what_was_damaged_is_not_believed(run: Run, pile: Path, looked: list[set[str] | None]) -> None:
    told(run, pile)
    (tape,) = (pile.parent / "cache/anivault" / tapes.FOLDER).iterdir()
    data = bytearray(tape.read_bytes())
    data[len(data) // 2] ^= 1
    tape.write_bytes(data)
    bring(pile, "Paranoia Agent/[A] Paranoia Agent - 01.mkv")
    found = told(run, pile)

    assert looked == [None, None]
    assert known(found[1]) == told(run, pile, "--fresh")[1]


def test_where_all_that_goes_has_gone_all_is_asked_about(
    run: Run, pile: Path, looked: list[set[str] | None]
) -> None:
    """A plan of which nothing is left may be an error, which what is planned anew does not tell."""
    for show in SHOWS:
        if show not in ("Zzyzx Unheard Of", "Planetes"):
            for path in (pile / show).iterdir():
                path.unlink()
    for number in range(4, 20):
        bring(pile, f"Zzyzx Unheard Of/[A] Zzyzx Unheard Of - {number:02}.mkv")
    told(run, pile)
    for path in (pile / "Planetes").iterdir():
        path.unlink()
    looked.clear()
    found = told(run, pile)

    assert looked[-1] is None
    assert known(found[1]) == told(run, pile, "--fresh")[1]


def test_a_name_that_is_not_utf8_has_all_planned(run: Run, pile: Path, looked: list[set[str] | None]) -> None:
    told(run, pile)
    os.mkdir(os.fsencode(pile) + b"/e\xff")
    found = [told(run, pile), told(run, pile)]
    bring(pile, "Paranoia Agent/[A] Paranoia Agent - 01.mkv")
    found.append(told(run, pile))

    assert [code for code, _ in found] == [10, 10, 10]
    assert looked[-1] is None
    assert known(found[-1][1]) == told(run, pile, "--fresh")[1]


def test_what_follows_videos_that_went_before_wants_places_of_one_show(run: Run, pile: Path) -> None:
    """Fonts of two folders, whose videos are in the library, go to one folder there."""
    bring(pile, "[A] Trigun BD1/[A] Trigun - 05.mkv")
    run(
        "organize",
        pile / "[A] Trigun BD1",
        "--to",
        pile.parent / "lib",
        "--mode=move",
        "--apply",
        "--no-prune",
    )
    bring(pile, "[B] Trigun BD2/[B] Trigun - 06.mkv")
    bring(pile, "[B] Trigun BD2/Fonts/arial.ttf")
    told(run, pile)
    bring(pile, "[A] Trigun BD1/Fonts/arial.ttf")
    found = told(run, pile)

    assert known(found[1]) == told(run, pile, "--fresh")[1]


def test_a_folder_that_was_away_while_all_was_planned_is_found_again(
    run: Run, pile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = reading.read

    def meanwhile(*words: Any) -> Any:
        (pile / "Monster").rename(pile.parent / "away")
        found = read(*words)
        (pile.parent / "away").rename(pile / "Monster")
        return found

    with monkeypatch.context() as now:
        now.setattr(flow, "read", meanwhile)
        told(run, pile)
    found = told(run, pile)

    assert known(found[1]) == told(run, pile, "--fresh")[1]


def test_a_library_that_arises_above_is_noticed(run: Run, pile: Path) -> None:
    bring(pile, "2024/Paranoia Agent/[A] Paranoia Agent - 01.mkv")
    bring(pile.parent, "other/[A] Planetes - 09.mkv")
    told(run, pile)
    run("organize", pile.parent / "other", "--to", pile / "2024", "--mode=symlink", "--apply")
    found = told(run, pile)

    assert known(found[1]) == told(run, pile, "--fresh")[1]


def test_a_folder_that_a_move_empties_is_told_of(run: Run, pile: Path) -> None:
    for show in SHOWS[:-1]:
        bring(pile, f"{show}/notes.txt")
    bring(pile, f"{SHOWS[-1]}/Other Stuff/notes.txt")
    told(run, pile, "--mode=move")
    shutil.rmtree(pile / SHOWS[-1] / "Other Stuff")
    found = told(run, pile, "--mode=move")

    assert "folder" in {event["event"] for event in found[1]}
    assert known(found[1]) == told(run, pile, "--mode=move", "--fresh")[1]
