"""The scanner finds every file of interest, and nothing it finds harms it."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from anivault.core.models import FileKind
from anivault.core.pipeline import scanner
from anivault.core.pipeline.left_out import LeftOutReason
from anivault.core.pipeline.records import Scan, kind_of
from anivault.core.pipeline.scanner import outermost, scan
from anivault.shared import fs
from anivault.shared.errors import FolderNotFoundError
from anivault.shared.work import cores, walk


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())


def found(result: Scan) -> list[str]:
    return [file.rel for file in result.files]


def why(result: Scan) -> dict[str, LeftOutReason]:
    return {os.path.basename(item.path): item.reason for item in result.left_out}


def test_files_are_listed_by_folder_and_name_with_kind_and_identity(tmp_path: Path) -> None:
    make(
        tmp_path, "b/02.mkv", "b/01.mkv", "a.ass", "b/c/x.TTF", "b/cover.jpg", "b/tvshow.nfo", "b/readme.txt"
    )

    files = scan([str(tmp_path)]).files
    status = (tmp_path / "b/01.mkv").stat()

    assert [(file.rel, file.kind) for file in files] == [
        ("a.ass", FileKind.SUBTITLE),
        ("b/01.mkv", FileKind.VIDEO),
        ("b/02.mkv", FileKind.VIDEO),
        ("b/cover.jpg", FileKind.IMAGE),
        ("b/readme.txt", FileKind.OTHER),
        ("b/tvshow.nfo", FileKind.NFO),
        ("b/c/x.TTF", FileKind.FONT),
    ]
    assert files[1].identity is not None
    assert (files[1].identity.size, files[1].identity.inode) == (status.st_size, status.st_ino)
    assert files[1].path == str(tmp_path / "b/01.mkv")


@pytest.mark.parametrize(
    "name",
    [
        "Demon Slayer - 01.mkv",
        "Baka to Test to Shoukanjuu - 01.mkv",
        "Sample of Life.mkv",
        ".hack SIGN/.hack SIGN - 01.mkv",
        "Partial Memories - 01.mkv",
        "Show - 01.mkv.download.mkv",
        "Trailer Park Girls - 02.mkv",
    ],
)
def test_no_title_is_dropped_for_a_word_in_it(tmp_path: Path, name: str) -> None:
    make(tmp_path, name)

    assert found(scan([str(tmp_path)])) == [name]


def test_empty_and_tiny_files_are_found(tmp_path: Path) -> None:
    (tmp_path / "short.srt").write_bytes(b"")
    (tmp_path / "short.mkv").write_bytes(b"1")

    assert found(scan([str(tmp_path)])) == ["short.mkv", "short.srt"]


@pytest.mark.parametrize("ending", ["part", "!qB", "crdownload", "!ut", "aria2", "parts", "filepart"])
def test_a_download_that_is_not_whole_is_left_out(tmp_path: Path, ending: str) -> None:
    make(tmp_path, f"Show - 01.mkv.{ending}")

    result = scan([str(tmp_path)])

    assert found(result) == []
    assert set(why(result).values()) == {LeftOutReason.PARTIAL}


def test_a_file_with_an_aria2_control_file_is_not_whole(tmp_path: Path) -> None:
    make(tmp_path, "Show - 01.mkv", "Show - 01.mkv.aria2", "Show - 02.mkv")

    assert found(scan([str(tmp_path)])) == ["Show - 02.mkv"]


def test_folders_and_files_of_systems_are_left_out(tmp_path: Path) -> None:
    make(
        tmp_path,
        "@eaDir/x.mkv",
        "#recycle/x.mkv",
        ".Trash-1000/x.mkv",
        ".anivault/x",
        "._a.mkv",
        "Thumbs.db",
        "ok.mkv",
    )

    result = scan([str(tmp_path)])

    assert found(result) == ["ok.mkv"]
    assert {os.path.basename(item.path): item.reason for item in result.left_out} == {
        "@eaDir": LeftOutReason.SYSTEM,
        "#recycle": LeftOutReason.DELETED,
        ".Trash-1000": LeftOutReason.DELETED,
        ".anivault": LeftOutReason.SYSTEM,
        "._a.mkv": LeftOutReason.SYSTEM,
        "Thumbs.db": LeftOutReason.SYSTEM,
    }


def test_links_are_never_followed(tmp_path: Path) -> None:
    make(tmp_path, "show/01.mkv")
    (tmp_path / "show/loop").symlink_to(tmp_path / "show")
    (tmp_path / "show/link.mkv").symlink_to(tmp_path / "show/01.mkv")

    result = scan([str(tmp_path)])

    assert found(result) == ["show/01.mkv"]
    assert why(result) == {"loop": LeftOutReason.LINK, "link.mkv": LeftOutReason.LINK}


def test_a_root_that_is_a_link_is_walked(tmp_path: Path) -> None:
    make(tmp_path, "show/01.mkv")
    (tmp_path / "way").symlink_to(tmp_path / "show")

    assert found(scan([str(tmp_path / "way")])) == ["01.mkv"]


def test_fifos_sockets_and_devices_are_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.mkv")
    os.mkfifo(tmp_path / ".ignore")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        result = scan([str(tmp_path)])

    assert found(result) == []
    assert why(result) == dict.fromkeys(("a.mkv", ".ignore", "s"), LeftOutReason.SPECIAL)


def test_a_folder_that_cannot_be_read_is_reported_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "a/01.mkv", "locked/02.mkv", "z/03.mkv")
    (tmp_path / "locked").chmod(0)
    opened = fs.open_folder

    def as_user(parent: fs.Folder | None, path: str) -> fs.Folder:  # root reads any folder
        if os.path.basename(path) == "locked":
            raise PermissionError(13, "Permission denied", path)
        return opened(parent, path)

    monkeypatch.setattr(fs, "open_folder", as_user)
    result = scan([str(tmp_path)])
    (tmp_path / "locked").chmod(0o755)

    assert found(result) == ["a/01.mkv", "z/03.mkv"]
    assert [(item.reason, item.detail) for item in result.left_out] == [
        (LeftOutReason.UNREADABLE, "Permission denied")
    ]


def test_names_that_are_no_utf8_are_kept_byte_for_byte(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/caf\xe9 \xff.mkv"
    Path(os.fsdecode(raw)).write_bytes(b"video")

    (file,) = scan([str(tmp_path)]).files

    assert os.fsencode(file.path) == raw


def test_ignore_lists_hold_below_them_and_the_innermost_decides(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "keep/a.txt", "keep/b.mkv", "drop/c.mkv", "x/drop/d.mkv")
    (tmp_path / ".ignore").write_text("*.txt\n/drop/\n")
    (tmp_path / "keep/.anivaultignore").write_text("!a.txt\n")

    result = scan([str(tmp_path)])

    assert found(result) == ["keep/a.txt", "keep/b.mkv", "x/drop/d.mkv"]
    assert why(result)["drop"] is LeftOutReason.IGNORED


def test_an_empty_ignore_list_leaves_out_its_folder(tmp_path: Path) -> None:
    make(tmp_path, "hidden/01.mkv", "hidden/deep/02.mkv", "seen/03.mkv")
    (tmp_path / "hidden/.ignore").touch()

    assert found(scan([str(tmp_path)])) == ["seen/03.mkv"]


def test_a_file_below_two_roots_is_listed_once(tmp_path: Path) -> None:
    make(tmp_path, "a/b/01.mkv", "ab/02.mkv")
    roots = [str(tmp_path / "a/b"), str(tmp_path / "a"), str(tmp_path / "ab"), str(tmp_path / "a/")]

    assert outermost(roots) == [str(tmp_path / "a"), str(tmp_path / "ab")]
    assert found(scan(roots)) == ["b/01.mkv", "02.mkv"]


def test_a_root_may_be_a_file(tmp_path: Path) -> None:
    make(tmp_path, "Show - 01.mkv", "Show - 02.mkv")

    (file,) = scan([str(tmp_path / "Show - 02.mkv")]).files

    assert (file.root, file.rel) == (str(tmp_path), "Show - 02.mkv")


def test_a_folder_to_skip_is_known_through_a_link_too(tmp_path: Path) -> None:
    make(tmp_path, "real/lib/01.mkv", "real/02.mkv")
    (tmp_path / "way").symlink_to(tmp_path / "real")

    assert found(scan([str(tmp_path / "way")], skip=[str(tmp_path / "real/lib")])) == ["02.mkv"]


def test_a_root_that_is_not_there_is_a_typed_error(tmp_path: Path) -> None:
    with pytest.raises(FolderNotFoundError, match="nope"):
        scan([str(tmp_path / "nope")])


def test_progress_counts_files(tmp_path: Path) -> None:
    make(tmp_path, "a/01.mkv", "b/02.mkv")
    seen: list[int] = []
    scan([str(tmp_path)], progress=lambda found, _: seen.append(found))

    assert seen == [0, 1, 2]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.MKV", FileKind.VIDEO),
        ("a.zh.ass", FileKind.SUBTITLE),
        ("a.mka", FileKind.AUDIO),
        ("mkv", FileKind.OTHER),
    ],
)
def test_the_extension_tells_the_kind(name: str, kind: FileKind) -> None:
    assert kind_of(name) is kind


NAMES = st.sampled_from(
    ["Nichijou", "Season 2", ".hidden", "NC 10", "NC 9", "@eadir", "b", ".ignore", "x.mkv", "y.ass"]
)
KINDS: dict[str, Callable[[Path], object]] = {
    "file": lambda path: path.write_bytes(b"some"),
    "nothing": lambda path: path.write_bytes(b""),
    "hole": lambda path: os.truncate(path, path.write_bytes(b"") + (1 << 20)),
    "link": lambda path: path.symlink_to("b"),
}


@given(
    st.lists(st.tuples(st.lists(NAMES, min_size=1, max_size=4), st.sampled_from(list(KINDS))), max_size=20),
    st.sampled_from([0, 2, 5]),
)
def test_folders_that_are_listed_at_once_give_what_one_after_another_gives(
    tmp_path_factory: pytest.TempPathFactory, paths: list[tuple[list[str], str]], workers: int
) -> None:
    root = tmp_path_factory.mktemp("tree")
    for parts, kind in paths:
        path = root.joinpath(*parts[:-1], parts[-1] + ("" if parts[-1] == ".ignore" else ".mkv"))
        with suppress(FileExistsError, NotADirectoryError, IsADirectoryError):
            path.parent.mkdir(parents=True, exist_ok=True)
            KINDS[kind](path)

    one = scan([str(root)], workers=1)
    with pytest.MonkeyPatch.context() as small:
        small.setattr(scanner, "AT_ONCE", 2)
        several_processes(small)
        many = scan([str(root)], workers=workers)

    assert replace(one, began=0) == replace(many, began=0)


def several_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have folders shared out at once, few to each of three processes."""
    monkeypatch.setattr(walk, "LONG", 0.0)
    monkeypatch.setattr(walk, "LOOKS", 2)
    if sys.platform == "linux":
        monkeypatch.setattr(cores, "_cores", lambda: 3)
        monkeypatch.setattr(cores, "_may_fork", lambda: True)  # also next to a thread of pytest's own


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks")
def test_many_files_are_found_by_several_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, *(f"Show {number}/{episode:02}.mkv" for number in range(8) for episode in range(9)))
    one = scan([str(tmp_path)], workers=1)
    forked, fork = [], os.fork

    def noted() -> int:
        forked.append(fork())
        return forked[-1]

    several_processes(monkeypatch)
    monkeypatch.setattr(os, "fork", noted)
    many = scan([str(tmp_path)])

    assert replace(one, began=0) == replace(many, began=0)
    assert forked


def test_at_a_share_folders_are_listed_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, *(f"Show {number}/Season {season}/01.mkv" for number in range(8) for season in (1, 2)))
    listed, most, here = os.scandir, [0], [0]

    def slow(path: str) -> Iterator[os.DirEntry[str]]:
        here[0] += 1
        most[0] = max(most[0], here[0])
        time.sleep(0.02)
        here[0] -= 1
        return listed(path)

    monkeypatch.setattr(os, "scandir", slow)
    monkeypatch.setattr(scanner, "share_of", lambda path, mounts: "nfs4" if "Show" not in path else "")

    found = scan([str(tmp_path)])

    assert len(found.files) == 16
    assert most[0] > 4
