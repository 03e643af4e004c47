"""What is said again because nothing has changed is what would be found anew, whatever has changed before."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from hypothesis import example, given
from hypothesis import strategies as st

from anivault.services.remembered.tapes import Tape
from tests.conftest import Ran, Run
from tests.laws.conftest import law

NAMES = [
    "[A] Cowboy Bebop - 01 (1080p).mkv", "[A] Cowboy Bebop - 02 (1080p).mkv", "[B] Cowboy Bebop - 02.mkv",
    "[B] Cowboy Bebop - 02.en.ass", "[A] Vinland Saga - 03.mkv", "Paprika (2006) [1080p].mkv",
]  # fmt: skip
Change = Callable[[Path, Path, int], None]  # of the downloads, the library, and a number


def file_of(downloads: Path, number: int) -> Path:
    return downloads / ("week" if number % 2 else ".") / NAMES[number % len(NAMES)]


def bring(downloads: Path, _library: Path, number: int) -> None:
    path = file_of(downloads, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text(f"{number} " * 9)
        os.utime(path, (1e9, 1e9 + number))


def grow(downloads: Path, _library: Path, number: int) -> None:
    """A file is written on, and its time set back to what it was."""
    path = file_of(downloads, number)
    if path.is_file():
        before = path.stat()
        with path.open("a") as stream:
            stream.write("more")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace(downloads: Path, _library: Path, number: int) -> None:
    """Another file of the same size and time takes the name of one."""
    path = file_of(downloads, number)
    if path.is_file():
        before, other = path.stat(), path.with_name("other")
        other.write_bytes(b"x" * before.st_size)
        os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
        other.replace(path)


def change_names(downloads: Path, _library: Path, number: int) -> None:
    one, other = file_of(downloads, number), file_of(downloads, number + 2)
    if one.is_file() and other.is_file() and one != other:
        spare = one.with_name("spare")
        one.rename(spare)
        other.rename(one)
        spare.rename(other)


def move_folder(downloads: Path, _library: Path, number: int) -> None:
    week, other = downloads / "week", downloads / f"week {number}"
    if week.is_dir() and not other.exists():
        week.rename(other)


def take_away(downloads: Path, _library: Path, number: int) -> None:
    file_of(downloads, number).unlink(missing_ok=True)


def ignore(downloads: Path, _library: Path, number: int) -> None:
    """A list of as many letters as the one before."""
    (downloads / ".anivaultignore").write_text(["*Bebop*\n", "*Saga *\n", "*zzzz *\n"][number % 3])


def link_into(downloads: Path, library: Path, number: int) -> None:
    """A link in the library, or where it leads, changes."""
    link, there = library / "A link.mkv", file_of(downloads, number)
    library.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(there)


def settle(downloads: Path, _library: Path, number: int) -> None:
    """Every file is old, or was written just now."""
    for path in downloads.rglob("*.mkv"):
        os.utime(path, (1e9, 1e9) if number % 2 else None)


def forbid(downloads: Path, _library: Path, number: int) -> None:
    if (folder := downloads / "week").is_dir():
        folder.chmod([0o755, 0o555, 0o000][number % 3])


CHANGES: list[Change] = [
    bring, bring, bring, grow, replace, change_names, move_folder, take_away, ignore, link_into, settle,
    forbid,
]  # fmt: skip
COMMANDS = [
    ["organize", "--apply"], ["organize", "--apply", "--mode", "move"], ["rollback", "--apply"],
    ["pin", "Cowboy Bebop", "tmdb:30991"], ["pin", "Cowboy Bebop", "tmdb:30984"], ["unpin", "Cowboy Bebop"],
    ["ignore", "*Saga*"], ["config", "set", "organize.preset", "plex"],
    ["config", "set", "organize.preset", "kodi"],
]  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from([*range(len(CHANGES)), *range(-len(COMMANDS), 0)]), st.integers(0, 11)),
    min_size=3,
    max_size=8,
)
ROOTS = st.sampled_from([["."], ["week", "."], [NAMES[0], NAMES[1]]])
WORLDS = st.fixed_dictionaries(
    {"steps": STEPS, "roots": ROOTS, "mode": st.sampled_from(["hardlink", "move", "copy", "symlink"])}
)


def do(run: Run, downloads: Path, library: Path, step: tuple[int, int]) -> None:
    which, number = step
    if which >= 0:
        CHANGES[which](downloads, library, number)
        return
    words = COMMANDS[which]
    if words[0] == "organize":
        run(words[0], downloads, "--to", library, *words[1:])
    elif words[0] == "rollback":
        run(words[0], library, *words[1:])
    else:
        run(*words, *(["--to", library] if words[0] != "config" else []))


def found(ran: Ran) -> tuple[int, str]:
    return ran.code, ran.out


def looked(run: Run, words: list[str | Path], looks: list[tuple[bytes, bool]]) -> None:
    """Every look finds the same: the first, the next one, which may be said again, and a fresh one."""
    looks.clear()
    first, again = run(*words), run(*words)
    fresh = run(*words, "--fresh")
    assert found(again) == found(fresh)
    assert first.code == fresh.code
    assert first.out.replace('"new":true', '"new":false') == fresh.out
    (before, _), (after, said) = looks
    if before == after and "being-written" not in fresh.out and fresh.code in {0, 10}:
        assert said or "--mode=copy" in words  # which needs room


@law(short=20, long=1500)
@example(world={"steps": [(0, 0), (0, 2), (6, 0), (5, 0)], "roots": ["."], "mode": "hardlink"})
@example(world={"steps": [(0, 0), (3, 0), (4, 0), (8, 0), (8, 1)], "roots": ["."], "mode": "hardlink"})
@given(world=WORLDS)
def test_what_is_said_again_is_what_would_be_found(run: Run, home: Path, world: dict[str, Any]) -> None:
    base = Path(tempfile.mkdtemp(prefix="again-"))
    library, downloads = base / "library", base / "downloads"
    looks: list[tuple[bytes, bool]] = []
    known = Tape.known

    def noted(tape: Tape) -> Any:
        said = known(tape)
        looks.append((tape.seen, said is not None))
        return said

    for number in range(3):
        bring(downloads, library, number)
    roots = [downloads if root == "." else downloads / root for root in world["roots"]]
    words = ["organize", *roots, "--to", library, f"--mode={world['mode']}", "--json"]
    try:
        with mock.patch.object(Tape, "known", noted):
            for step in world["steps"]:
                do(run, downloads, library, step)
                looked(run, words, looks)
    finally:
        for folder in downloads.rglob("week*"):
            folder.chmod(0o755)
        shutil.rmtree(base)
        shutil.rmtree(home / "config", ignore_errors=True)
