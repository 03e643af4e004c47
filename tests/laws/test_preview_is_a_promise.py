"""On a quiet disk --apply holds nothing that the preview planned, and does nothing that it did not show.

Sources and libraries of every shape, on one disk and on two; what lies in the way is drawn, and put where a
first preview wanted to go. Where a run would be refused, the preview is refused in the same way.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Ran, Run
from tests.laws.conftest import law

MODES = ["hardlink", "copy", "move", "symlink", "reflink"]
PRESETS = ["jellyfin", "plex", "kodi", "emby"]
SHOWS = ["Cowboy Bebop", "Vinland Saga", "Bocchi the Rock!"]
OTHER_DISK = Path("/dev/shm")
OBSTACLES = [
    "folder-at-target", "file-at-season", "file-at-show", "link-at-season", "link-at-target", "other-case",
    "other-video", "file-of-sonarr", "dangling-link",
]  # fmt: skip

FILES = st.builds(
    lambda show, number, group, version: f"[{group}] {show} - {number:02}{version} (1080p).mkv",
    st.sampled_from(SHOWS),
    st.integers(1, 4),
    st.sampled_from(["A", "B"]),
    st.sampled_from(["", "", "v2"]),
)
# Extras in several folders and of no group, halves of a film, a sample.
OTHERS = st.sampled_from(
    [
        "Vinland Saga/NC/NCOP.mkv", "Vinland Saga/SPs/NCOP.mkv", "Vinland Saga/SPs/Vinland Saga NCED1.mkv",
        "Vinland Saga/NC/Vinland Saga NCED1.mkv", "Vinland Saga/Vinland Saga - 01.mkv",
        "Paprika (2006) - cd1.mkv", "Paprika (2006) - cd2.mkv", "Disc 1/Paprika (2006) pt2.mkv",
        "Paprika (2006)/Menu.mkv", "Paprika (2006)/Extras/Menu.mkv", "Paprika (2006)/Paprika-sample.mkv",
    ]
)  # fmt: skip
WORLDS = st.fixed_dictionaries(
    {
        "files": st.lists(FILES | FILES | OTHERS, min_size=1, max_size=8, unique=True),
        "subtitled": st.booleans(),
        "alone": st.booleans(),  # each file named, and not their folder
        "mode": st.sampled_from(MODES),
        "preset": st.sampled_from(PRESETS),
        "conflict": st.sampled_from(["hold", "version"]),
        "library": st.sampled_from(["absent", "empty", "link", "far", "filled"]),
        "obstacles": st.lists(st.sampled_from(OBSTACLES), max_size=3, unique=True),
        "unfinished": st.sampled_from([False, False, False, True]),
        "better": st.lists(st.sampled_from(["v3", "v4"]), max_size=3),  # versions that come later
        "changed": st.booleans(),  # somebody has edited what the first run put there
    }
)


@contextmanager
def folders(far: bool) -> Iterator[tuple[Path, Path]]:
    """A place for sources, and one for the library: on another disk where that is wanted and there is one."""
    base = Path(tempfile.mkdtemp(prefix="promise-"))
    there = Path(tempfile.mkdtemp(prefix="promise-", dir=OTHER_DISK)) if far and OTHER_DISK.is_dir() else base
    try:
        yield base, there
    finally:
        shutil.rmtree(base)
        shutil.rmtree(there, ignore_errors=True)


def make_sources(base: Path, world: dict[str, Any]) -> list[str]:
    source = base / "downloads"
    source.mkdir()
    for number, name in enumerate(world["files"]):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(b"%d" % number * 500)
        if world["subtitled"]:
            (source / name.replace(".mkv", ".en.ass")).write_text(name)
    return (
        sorted(str(path) for path in source.rglob("*") if path.is_file()) if world["alone"] else [str(source)]
    )


def season(episodes: int) -> dict[str, Any]:
    names = [f"[A] Cowboy Bebop - {n:02}.mkv" for n in range(1, episodes + 1)]
    return {"files": names, "subtitled": True, "alone": False}


def make_library(there: Path, kind: str) -> Path:
    library = there / "library"
    if kind == "link":
        (there / "real").mkdir()
        library.symlink_to(there / "real")
    elif kind != "absent":
        library.mkdir()
    return library


def put_in_the_way(library: Path, what: str, target: str) -> None:
    """Put one thing where a preview wanted to go, if nothing else is there yet."""
    path = library / target
    show = library / "/".join(target.split("/")[:2])
    place = {"file-at-season": path.parent, "link-at-season": path.parent, "file-at-show": show}.get(
        what, path
    )
    if what == "other-case":
        place = path.with_name(path.name.swapcase())
    elif what == "other-video":
        place = path.with_suffix(".mp4")
    elif what == "file-of-sonarr":
        place = path.with_name(path.stem.replace(" ", ".") + ".x264-GROUP.mkv")
    if os.path.lexists(place) or any(p.is_file() or p.is_symlink() for p in place.parents):
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    if what == "folder-at-target":
        place.mkdir()
    elif "link" in what:
        place.symlink_to(library.parent / ("nowhere" if what == "dangling-link" else "elsewhere"))
    else:
        place.write_text("in the way")


def leave_unfinished(library: Path) -> None:
    """As a crash leaves it: the last run has no end."""
    journal = library / ".anivault/journal.jsonl"
    if journal.exists():
        journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-1]))


def said(ran: Ran) -> tuple[set[tuple[str, str]], set[tuple[str, str]], set[tuple[str, str]]]:
    """What goes where, what is held for which reason, and what makes room and why."""
    moves = {(event["path"], event["target"]) for event in ran.of("move")}
    returns = {(event["path"], event["detail"]) for event in ran.of("return")}
    return moves, {(event["path"], event["reason"]) for event in ran.of("held")}, returns


def bring_better(base: Path, library: Path, world: dict[str, Any]) -> list[str]:
    """Later versions of the first files, in a folder of their own; and the words that let them in."""
    folder = base / "better"
    folder.mkdir()
    for name, version in zip(world["files"], world["better"], strict=False):
        later = name.replace("v2 (", " (").replace(" (1080p)", f"{version} (1080p)")
        (folder / later).parent.mkdir(parents=True, exist_ok=True)
        (folder / later).write_text(later)
        (folder / later.replace(".mkv", ".en.ass")).write_text(later)
    ours = sorted(p for p in library.rglob("*.mkv") if p.is_file())
    if world["changed"] and ours:
        ours[0].write_text("edited by its owner")
    return [str(folder), "--upgrade"]


def tree(folder: Path) -> dict[str, str | bytes]:
    """Everything below a folder: files with their content, links with where they lead."""
    paths = {str(path.relative_to(folder)): path for path in folder.rglob("*")}
    return {
        rel: os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else ""
        for rel, path in paths.items()
    }


def keeps_its_promise(run: Run, words: list[str], base: Path, library: Path) -> Ran:
    before = [tree(base), tree(library.parent)]
    shown = run("organize", *words, "--json")
    assert [tree(base), tree(library.parent)] == before, "a preview changes nothing"
    done = run("organize", *words, "--json", "--apply")
    assert shown.code not in {70, 1}
    assert (done.code, said(done)) == (shown.code, said(shown))
    for event in done.of("move"):
        assert event["done"]
        assert (library / event["target"]).is_file()
    return shown


@law(short=30, long=1500)
@given(world=WORLDS)
def test_what_a_preview_shows_is_what_a_run_does(run: Run, world: dict[str, Any]) -> None:
    with folders(world["library"] == "far") as (base, there):
        (there / "elsewhere").mkdir()
        paths = make_sources(base, world)
        library = make_library(there, world["library"])
        words = [
            *paths,
            "--to",
            str(library),
            "--preset",
            world["preset"],
            "--on-conflict",
            world["conflict"],
        ]
        if world["library"] == "filled":
            run("organize", *words, "--mode", "copy", "--apply")
            (base / "downloads/[C] Cowboy Bebop - 05 (1080p).mkv").write_text("new")
            words += bring_better(base, library, world)
        targets = [
            event["target"] for event in run("organize", *words, "--mode", "symlink", "--json").of("move")
        ]
        for what, target in zip(world["obstacles"], targets, strict=False):
            put_in_the_way(library, what, target)
        if world["unfinished"]:
            leave_unfinished(library)

        keeps_its_promise(run, [*words, "--mode", world["mode"]], base, library)


@pytest.mark.parametrize("mode", ["hardlink", "copy", "move", "symlink"])
def test_a_plan_file_keeps_its_promise_where_the_disk_has_changed(
    run: Run, tmp_path: Path, mode: str
) -> None:
    paths, library = make_sources(tmp_path, season(4)), tmp_path / "library"
    words = [*paths, "--to", str(library)]
    shown = run("organize", *words, "--mode", mode, "--plan", str(tmp_path / "plan"), "--json").of("move")
    (tmp_path / "downloads/[A] Cowboy Bebop - 01.mkv").unlink()
    (tmp_path / "downloads/[A] Cowboy Bebop - 02.mkv").write_text("another")
    put_in_the_way(library, "folder-at-target", next(e["target"] for e in shown if "03.mkv" in e["path"]))

    ran = keeps_its_promise(run, [*words, "--from-plan", str(tmp_path / "plan")], tmp_path, library)

    videos = {(path[-6:], reason) for path, reason in said(ran)[1] if path.endswith(".mkv")}
    assert videos == {("01.mkv", "source-gone"), ("02.mkv", "changed"), ("03.mkv", "target-taken")}


@pytest.mark.parametrize("mode", ["hardlink", "copy", "move", "symlink"])
def test_a_plan_file_whose_folder_went_holds_its_files(run: Run, tmp_path: Path, mode: str) -> None:
    base, library = tmp_path / "downloads/week", tmp_path / "library"
    base.mkdir(parents=True)
    make_sources(base, season(2))
    words = [str(tmp_path / "downloads"), "--to", str(library)]
    run("organize", *words, "--mode", mode, "--plan", str(tmp_path / "plan"))
    shutil.rmtree(base)

    ran = keeps_its_promise(run, [*words, "--from-plan", str(tmp_path / "plan")], tmp_path, library)

    assert {reason for path, reason in said(ran)[1] if path.endswith(".mkv")} == {"source-gone"}


@pytest.mark.parametrize("mode", ["hardlink", "copy", "move"])
@pytest.mark.parametrize("kind", ["bind", "read-only", "folder-of-another-disk"])
def test_mounts_are_seen_beforehand(run: Run, tmp_path: Path, mode: str, kind: str) -> None:
    paths, library = make_sources(tmp_path, season(2)), tmp_path / "library"
    (tmp_path / "disk").mkdir()
    words = [*paths, "--to", str(library), "--mode", mode]
    target = run("organize", *words, "--json").of("move")[0]["target"]
    point = (library / target).parent if kind == "folder-of-another-disk" else library
    point.mkdir(parents=True)
    with mounted(tmp_path / "disk", point, read_only=kind == "read-only"):
        ran = keeps_its_promise(run, words, tmp_path, library)

    if kind == "read-only":
        assert ran.code == 33
    elif mode == "hardlink":
        assert ran.code == 32


def test_a_link_that_would_be_renamed_to_another_disk_is_held_beforehand(run: Run, tmp_path: Path) -> None:
    paths, library = make_sources(tmp_path, season(3)), tmp_path / "library"
    run("organize", *paths, "--to", str(library), "--mode", "symlink", "--apply")
    words = ["rename", str(library), "--preset", "plex", "--json"]
    folder = os.path.dirname(run(*words).of("move")[0]["target"])
    (library / folder).mkdir(parents=True)
    (tmp_path / "disk").mkdir()
    with mounted(tmp_path / "disk", library / folder, read_only=False):
        shown, done = run(*words), run(*words, "--apply")

    videos = {reason for path, reason in said(shown)[1] if path.endswith(".mkv")}
    assert videos == {"other-filesystem"}
    assert (done.code, said(done)) == (shown.code, said(shown))
    assert "symbolic link" in done.out


@pytest.mark.parametrize("below", ["", "Anime"])
def test_a_library_at_a_link_to_nothing_is_refused_before_and_after(
    run: Run, tmp_path: Path, below: str
) -> None:
    paths, link = make_sources(tmp_path, season(3)), tmp_path / "link"
    link.symlink_to(tmp_path / "unmounted")
    for more in ([], ["--apply"]):
        done = run("organize", *paths, "--to", link / below, "--json", *more)
        assert done.code == 21
        assert str(tmp_path / "unmounted") in done.of("error")[0]["message"]
    assert not (tmp_path / "unmounted").exists()


def test_a_library_that_nobody_can_write_to_promises_no_way_back(run: Run, tmp_path: Path) -> None:
    paths, library = make_sources(tmp_path, season(3)), tmp_path / "library"
    run("organize", *paths, "--to", str(library), "--apply")
    with mounted(library, library, read_only=True):
        shown, done = run("rollback", library, "--json"), run("rollback", library, "--apply", "--json")

    assert (shown.code, shown.of("move")) == (done.code, done.of("move")) == (33, [])
    assert shown.of("error")[0]["hint"] == done.of("error")[0]["hint"]


@contextmanager
def mounted(disk: Path, point: Path, *, read_only: bool) -> Iterator[None]:
    if subprocess.run(["mount", "--bind", disk, point], check=False, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        if read_only:
            subprocess.run(["mount", "-o", "remount,ro,bind", point], check=True)
        yield
    finally:
        subprocess.run(["umount", point], check=True)
