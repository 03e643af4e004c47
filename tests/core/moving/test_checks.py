"""A step is done only with the file that was planned, and a file goes only when its content is elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from xxhash import xxh3_128_hexdigest

from anivault.core.models import HeldReason
from anivault.core.moving.checks import (
    RefusedError,
    already_undone,
    checked_source,
    had_effect,
    require_inside,
    require_root,
    require_twin,
)
from anivault.core.moving.journal.records import Do, Step
from anivault.shared import fs
from anivault.shared.errors import UnsafePathError

CONTENT = b"a video" * 1000


@pytest.fixture
def roots(tmp_path: Path) -> Iterator[list[fs.Folders]]:
    """A library, number 0, and a source."""
    for name in ("library", "source"):
        (tmp_path / name).mkdir()
    found = [fs.Folders(str(tmp_path / name)) for name in ("library", "source")]
    yield found
    for each in found:
        each.close()


def put(tmp_path: Path, rel: str, data: bytes = CONTENT) -> Path:
    path = tmp_path / rel
    path.write_bytes(data)
    os.utime(path, ns=(10**18, 10**18))
    return path


def step_of(path: Path, **more: object) -> Step:
    """A step about a file of the source as it is now."""
    now = path.lstat()
    known = {"i": 0, "do": Do.LINK, "root": 1, "rel": path.name, "to": "new.mkv"}
    facts = {"size": now.st_size, "mtime_ns": now.st_mtime_ns, "inode": now.st_ino}
    return Step(**{**known, **facts, **more})  # type: ignore[arg-type]


def _shorter(path: Path) -> None:
    path.write_bytes(CONTENT[:-1])
    os.utime(path, ns=(10**18, 10**18))


def _later(path: Path) -> None:
    os.utime(path, ns=(10**18, 10**18 + 5 * 10**9))


def _another(path: Path) -> None:
    data = path.read_bytes()
    path.rename(path.with_suffix(".old"))
    path.write_bytes(data)
    os.utime(path, ns=(10**18, 10**18))


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("change", [_shorter, _later, _another, _folder, _fifo])
def test_a_file_that_is_not_the_planned_one_is_refused(
    roots: list[fs.Folders], tmp_path: Path, change: Callable[[Path], None]
) -> None:
    path = put(tmp_path, "source/a.mkv")
    step = step_of(path)
    assert checked_source(roots, step) == step
    change(path)

    with pytest.raises(RefusedError) as refused:
        checked_source(roots, step)
    assert refused.value.reason is HeldReason.CHANGED


def test_a_time_that_no_journal_holds_is_refused(roots: list[fs.Folders], tmp_path: Path) -> None:
    step = step_of(put(tmp_path, "source/a.mkv"), mtime_ns=10**19)

    with pytest.raises(RefusedError) as refused:
        checked_source(roots, step)
    assert refused.value.reason is HeldReason.ATTRIBUTE_REFUSED


def test_a_copy_gets_the_mode_and_the_attributes_of_its_source(
    roots: list[fs.Folders], tmp_path: Path
) -> None:
    path = put(tmp_path, "source/a.mkv")
    path.chmod(0o640)
    found = checked_source(roots, step_of(path, do=Do.COPY))

    assert (found.mode, found.owner) == (0o640, (path.stat().st_uid, path.stat().st_gid))


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("rotten", ["library/a.mkv", "source/a.mkv", ""])
def test_a_copy_is_compared_with_what_is_left(
    roots: list[fs.Folders], tmp_path: Path, rotten: str, known: bool
) -> None:
    here = put(tmp_path, "library/a.mkv")
    put(tmp_path, "source/a.mkv")
    if rotten:
        put(tmp_path, rotten, CONTENT[:-1] + b"!")
    known_hash = xxh3_128_hexdigest(CONTENT) if known else ""
    step = step_of(here, do=Do.REMOVE, root=0, to_root=1, to="a.mkv", hash=known_hash, inode=0)
    # A hash on record says that the copy was not written to: then the source alone is read.
    held = rotten == "source/a.mkv" or (rotten and not known)

    if held:
        with pytest.raises(RefusedError):
            require_twin(roots, step)
    else:
        require_twin(roots, step)


def test_a_second_name_needs_no_reading(roots: list[fs.Folders], tmp_path: Path) -> None:
    here = put(tmp_path, "library/a.mkv")
    (tmp_path / "source/a.mkv").hardlink_to(here)

    require_twin(roots, step_of(here, do=Do.REMOVE, root=0, to_root=1, to="a.mkv", hash="0" * 32))


def test_what_a_hand_has_taken_back_is_known(roots: list[fs.Folders], tmp_path: Path) -> None:
    here = put(tmp_path, "library/a.mkv")
    step = step_of(here, do=Do.RENAME, root=0, to_root=1, to="a.mkv")
    before = already_undone(roots, step)
    here.rename(tmp_path / "source/a.mkv")
    back = already_undone(roots, step)
    put(tmp_path, "source/a.mkv", b"another one")

    assert (before, back, already_undone(roots, step)) == (False, True, False)


def test_after_an_error_the_disk_says_what_was_done(roots: list[fs.Folders], tmp_path: Path) -> None:
    here = put(tmp_path, "source/a.mkv")
    steps = {do: step_of(here, do=do) for do in (Do.LINK, Do.RENAME, Do.SYMLINK)}
    steps[Do.MKDIR] = Step(i=1, do=Do.MKDIR, to="folder")
    steps[Do.REMOVE] = msgspec.structs.replace(steps[Do.LINK], do=Do.REMOVE)
    before = {do for do, step in steps.items() if had_effect(roots, step)}
    (tmp_path / "library/folder").mkdir()
    (tmp_path / "library/new.mkv").hardlink_to(here)
    linked = {do for do, step in steps.items() if had_effect(roots, step)}
    here.unlink()
    moved = {do for do, step in steps.items() if had_effect(roots, step)}

    assert before == set()
    assert linked == {Do.LINK, Do.MKDIR}
    assert moved == {Do.LINK, Do.MKDIR, Do.RENAME, Do.REMOVE}


def test_a_root_that_is_gone_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(RefusedError) as refused:
        require_root(fs.Folders(str(tmp_path / "gone")))

    assert str(tmp_path / "gone") in refused.value.detail


@pytest.mark.parametrize("path", ["../a", "a/../../b", "/a", "a//b", "a\0b", ".anivault/pins.toml"])
def test_no_step_leaves_its_root(path: str) -> None:
    with pytest.raises(UnsafePathError):
        require_inside([Step(i=0, do=Do.LINK, root=1, rel="a", to=path)])
