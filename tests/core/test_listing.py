"""The library is listed as it is: nothing that is meant for sources hides what stands at a place."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from anivault.core.listing import libraries_of, listing
from anivault.core.models import EntryKind, Identity
from anivault.shared import fs, fs_posix
from tests.conftest import Run


def put(path: Path, data: bytes = b"data") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def kinds(library: Path) -> dict[str, EntryKind]:
    return {item.rel: item.kind for item in listing(str(library))}


def identity(path: Path) -> Identity:
    s = path.stat()
    return Identity(s.st_size, s.st_mtime_ns, s.st_dev, s.st_ino)


def test_files_folders_and_links_are_told_apart_with_the_identity_of_each(tmp_path: Path) -> None:
    video = put(tmp_path / "lib/Show/01.mkv")
    elsewhere = put(tmp_path / "elsewhere.mkv", b"other")
    (tmp_path / "lib/link.mkv").symlink_to(elsewhere)
    (tmp_path / "lib/dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "lib/away").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "lib/pipe")

    found = {item.rel: (item.kind, item.identity) for item in listing(str(tmp_path / "lib"))}

    assert found == {
        "Show": (EntryKind.FOLDER, None),
        "Show/01.mkv": (EntryKind.FILE, identity(video)),
        "away": (EntryKind.LINK, None),
        "dangling": (EntryKind.LINK, None),
        "link.mkv": (EntryKind.LINK, identity(elsewhere)),
        "pipe": (EntryKind.FILE, None),
    }


def test_no_rule_of_a_source_hides_what_a_library_holds(tmp_path: Path) -> None:
    names = [
        ".ignore", "@eaDir/x.mkv", ".hidden/a.mkv", "incomplete/b.mkv", "c.mkv.part", "._d.mkv",
        "Show/.anivault/e",
    ]  # fmt: skip
    for name in names:
        put(tmp_path / name)
    put(tmp_path / ".ignore", b"*\n")
    put(tmp_path / "empty.mkv", b"")
    put(tmp_path / ".anivault/journal.jsonl")

    there = kinds(tmp_path)

    assert {name for name, kind in there.items() if kind is EntryKind.FILE} == {*names, "empty.mkv"}
    assert ".anivault" not in there


def test_a_folder_comes_before_what_is_in_it(tmp_path: Path) -> None:
    put(tmp_path / "a/b/c/d.mkv")
    put(tmp_path / "a/b.mkv")

    assert list(kinds(tmp_path)) == ["a", "a/b", "a/b.mkv", "a/b/c", "a/b/c/d.mkv"]


def test_no_library_has_nothing_in_it(tmp_path: Path) -> None:
    assert list(listing(str(tmp_path / "nope"))) == []


def test_folders_without_end_are_listed_as_far_as_paths_reach(deep: Path) -> None:
    depths = [item.rel.count("/") for item in listing(str(deep))]

    assert max(depths) > 1500


@pytest.mark.parametrize("lists", [b"*\n", b"", b"Shows/\n", b"*.mkv\n"])
def test_a_library_with_an_ignore_list_knows_its_own_files(run: Run, tmp_path: Path, lists: bytes) -> None:
    put(tmp_path / "dl/[SubsPlease] Sousou no Frieren - 01 (1080p).mkv")
    first = run("organize", tmp_path / "dl", "--to", tmp_path / "lib", "--apply", "--mode", "copy")
    put(tmp_path / "lib/.ignore", lists)
    again = run("organize", tmp_path / "dl", "--to", tmp_path / "lib", "--mode", "copy", "--json")
    renamed = run("rename", tmp_path / "lib", "--preset", "plex", "--json")

    assert first.code == 0
    assert [item["reason"] for item in again.of("held")] == ["already-there"]
    assert again.of("move") == []
    assert len(renamed.of("move")) == 1


def mountinfo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *rows: str) -> None:
    (tmp_path / "mountinfo").write_text("".join(f"1 1 {row} rw - ext4 /dev/sda1 rw\n" for row in rows))
    monkeypatch.setattr(fs_posix, "MOUNTS", tmp_path / "mountinfo")


def test_a_library_is_known_where_a_folder_of_it_is_mounted_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "lib/.anivault/journal.jsonl")
    put(tmp_path / "lib/Shows/Show/01.mkv")
    place = tmp_path / "second"
    place.symlink_to(tmp_path / "lib/Shows")  # the one file that both places have; no test may mount
    monkeypatch.setattr(os.path, "realpath", os.path.abspath)
    mountinfo(tmp_path, monkeypatch, "8:1 / /", f"8:1 {tmp_path}/lib/Shows {place}")

    assert libraries_of([str(place / "Show")]) == [str(tmp_path / "lib")]
    assert fs.is_below(str(place / "Show/01.mkv"), str(tmp_path / "lib"))


def test_a_mount_that_has_no_other_place_is_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "disk/Shows/01.mkv")
    for rows in (
        ["8:1 / /", f"8:2 /Shows {tmp_path}/disk"],
        ["8:1 / /", f"8:1 /nowhere {tmp_path}/disk"],
        [],
    ):
        mountinfo(tmp_path, monkeypatch, *rows)
        assert fs.real(str(tmp_path / "disk/Shows")) == str(tmp_path / "disk/Shows")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts")
def test_no_library_is_emptied_through_a_mount_of_its_folder(run: Run, tmp_path: Path) -> None:
    put(tmp_path / "pile/[Grp] Nichijou - 01.mkv")
    run("organize", tmp_path / "pile", "--to", tmp_path / "lib", "--mode", "copy", "--apply")
    second = tmp_path / "second"
    second.mkdir()
    if subprocess.run(["mount", "--bind", tmp_path / "lib", second], capture_output=True).returncode:
        pytest.skip("no mount can be made here")
    try:
        subprocess.run(["umount", second], check=True)
        subprocess.run(["mount", "--bind", tmp_path / "lib" / "Shows", second], check=True)
        done = run("organize", second, "--to", tmp_path / "other", "--mode", "move", "--apply")
        inside = run("organize", second, "--to", tmp_path / "lib", "--mode", "move", "--apply")
    finally:
        subprocess.run(["umount", second], check=True)

    assert (done.code, inside.code) == (59, 25)
    assert len(list((tmp_path / "lib").rglob("*.mkv"))) == 1
