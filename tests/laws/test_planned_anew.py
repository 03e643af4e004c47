"""What is planned anew of folders that changed, put into what was said, is what would be planned of all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from anivault.cli import organize_handler, screen
from anivault.services.remembered import tapes
from tests.conftest import Run
from tests.laws.conftest import law

FOLDERS = [
    ".", "Cowboy Bebop", "Cowboy Bebop/Season 1", "Cowboy Bebop/Subs", "Cowboy Bebop/NCs", "Bebop BD/Extras",
    "[B] Cowboy Bebop [BD]", "Vinland Saga", "Vinland Saga/Season 2", "Vinland Saga/Fonts", "Mixed",
    "Mixed/Disc 1", "Mixed/Disc 2", "Mixed/Paprika (2006)", "Extras", "Subs", "Week/Mon", "Week/Tue",
    "Week/Tue/Cowboy Bebop Subs", ".hidden", "Nichijou Disc 1",
]  # fmt: skip
NAMES = [
    "[A] Cowboy Bebop - 01 (1080p).mkv", "[A] Cowboy Bebop - 02 (1080p).mkv", "[B] Cowboy Bebop - 02.mkv",
    "[A] Cowboy Bebop - 01 (1080p).ass", "[B] Cowboy Bebop - 02.en.ass", "Cowboy Bebop - 02.ass", "02.mkv",
    "Vinland Saga - 03.mkv", "Vinland Saga S2 - 03.mkv", "Paprika (2006) [1080p].mkv", "NCOP1.mkv", "01.mkv",
    "poster.jpg", "Arial.ttf", "tvshow.nfo", "notes.txt", "Cowboy Bebop - NCED.mkv", "Nobody Knows - 04.mkv",
    "[A] Cowboy Bebop - 09.mkv.part", "English.srt", "Cowboy Bebop Movie.mkv", "★☆★ - 02.mkv",
]  # fmt: skip
Change = Callable[[Path, int], None]


def file_of(base: Path, number: int) -> Path:
    return base / FOLDERS[number % len(FOLDERS)] / NAMES[number // len(FOLDERS) % len(NAMES)]


def bring(base: Path, number: int) -> None:
    path = file_of(base, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{number} " * (number % 7 + 1))
    os.utime(path, (1e9, 1e9 + number))


def take_away(base: Path, number: int) -> None:
    files = sorted(path for path in base.rglob("*") if path.is_file())
    if files:
        files[number % len(files)].unlink()


def rename(base: Path, number: int) -> None:
    """A folder gets the name of another one, if that is free."""
    folders = sorted(path for path in base.rglob("*") if path.is_dir())
    to = base / FOLDERS[number % len(FOLDERS)]
    if folders and not to.exists():
        of = folders[number // len(FOLDERS) % len(folders)]
        if not to.is_relative_to(of):
            to.parent.mkdir(parents=True, exist_ok=True)
            of.rename(to)


def empty(base: Path, number: int) -> None:
    (base / FOLDERS[number % len(FOLDERS)]).mkdir(parents=True, exist_ok=True)


def ignore(base: Path, number: int) -> None:
    folder = base / FOLDERS[number % len(FOLDERS)]
    if folder.is_dir():
        (folder / ".anivaultignore").write_text(["*Bebop*\n", "Week/\n", "*02*\n", "Mixed\n"][number % 4])


def link(base: Path, number: int) -> None:
    path = file_of(base, number)
    if path.parent.is_dir() and not path.exists():
        path.unlink(missing_ok=True)
        path.symlink_to("elsewhere")


CHANGES: list[Change] = [bring, bring, bring, bring, take_away, rename, empty, ignore, link]
NUMBERS = st.integers(0, len(FOLDERS) * len(NAMES) - 1)
WORLDS = st.fixed_dictionaries(
    {
        "first": st.lists(NUMBERS, min_size=6, max_size=24, unique=True),
        "rounds": st.lists(
            st.lists(st.tuples(st.integers(0, len(CHANGES) - 1), NUMBERS), min_size=1, max_size=3),
            min_size=1,
            max_size=4,
        ),
        "mode": st.sampled_from(["hardlink", "symlink"]),
        "roots": st.sampled_from([["."], ["."], ["."], ["Cowboy Bebop", "Vinland Saga", "Mixed", "Week"]]),
    }
)


def planned(run: Run, words: list[str | Path]) -> tuple[int, str]:
    ran = run(*words)
    return ran.code, ran.out.replace('"new":true,"cand', '"new":false,"cand')


@law(short=25, long=3000)
@given(world=WORLDS)
def test_what_is_planned_anew_is_what_would_be_planned_of_all(
    run: Run, home: Path, world: dict[str, Any]
) -> None:
    base = Path(tempfile.mkdtemp(prefix="anew-"))
    library, downloads = base / "library", base / "downloads"
    roots = [downloads / root for root in world["roots"]]
    for root in roots:
        root.mkdir(parents=True, exist_ok=True)
    for number in world["first"]:
        bring(downloads, number)
    words = ["organize", *roots, "--to", library, f"--mode={world['mode']}", "--json"]
    try:
        with (
            mock.patch.object(organize_handler, "MOST", 0),
            mock.patch.object(screen, "_AT_ONCE", 2),
            mock.patch.object(tapes, "PIECE", 1),
        ):  # however much has changed; and of few files there are many pieces
            for changes in [[], *world["rounds"]]:
                for which, number in changes:
                    CHANGES[which](downloads, number)
                for root in roots:
                    root.mkdir(parents=True, exist_ok=True)
                now, again, fresh = (
                    planned(run, words),
                    planned(run, words),
                    planned(run, [*words, "--fresh"]),
                )
                assert now == fresh
                assert again == fresh
    finally:
        shutil.rmtree(base)
        shutil.rmtree(home / "config", ignore_errors=True)
