"""What is rubbish, a snapshot or not whole yet is left out with its reason; what has a title is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from anivault.core.pipeline.left_out import LeftOutReason as Why
from anivault.core.pipeline.records import Scan
from anivault.core.pipeline.scanner import scan
from anivault.shared.errors import FolderUnreadableError


def put(path: Path, data: bytes = b"video") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def found(result: Scan) -> list[str]:
    return [file.rel for file in result.files]


def why(result: Scan) -> dict[str, Why]:
    return {os.path.basename(item.path): item.reason for item in result.left_out}


FOLDERS = {
    Why.PARTIAL: [
        "incomplete", "Incomplete", ".incomplete", ".unwanted", "_UNPACK_Show - 03",
        "_FAILED_Show", "_unpack",
        "__ADMIN__", ".~tmp~", "Show - 01.mkv.download", "@download",
    ],
    Why.DELETED: [
        "@Recycle", "#recycle", ".recycle", ".Recycle.Bin", "$RECYCLE.BIN", "RECYCLER",
        ".Trash-1000", ".Trashes",
        ".local/share/Trash/files",
    ],
    Why.SNAPSHOT: [
        ".snapshot", ".snap", ".zfs", ".snapshots", "#snapshot", "@Recently-Snapshot", ".stversions",
    ],
    Why.SYSTEM: [
        "@eaDir", "@tmp", "System Volume Information", "lost+found", ".AppleDouble",
        ".sync/Archive", ".@__thumb",
        "found.000",
    ],
    Why.HIDDEN: [".cache", ".hidden show"],
}  # fmt: skip
FILES = {
    Why.PARTIAL: [
        "Show - 01.temp.mkv", "Show - 01 [id].f137.mp4", "Show.f251.webm", "Show.fhls-720.mp4", "a.mkv.!qB",
        "a.mkv.part", "a.mkv.part-Frag7", "a.mkv.ytdl", "a.mkv.crdownload",
        ".Show - 01.mkv.Xa83bT", "a.mkv.tmp",
        "a.mkv.0a1b2c.partial", ".syncthing.a.mkv.tmp",
    ],
    Why.SYSTEM: ["._Show - 01.mkv", "Thumbs.db", ".DS_Store"],
    Why.HIDDEN: [".Show - 02.mkv", ".nomedia"],
}  # fmt: skip
WHOLE = [
    ".hack SIGN/.hack SIGN - 01.mkv", ".hack//x/01.mkv", "...And Then/01.mkv",
    "Mobile.Suit.Gundam.F91.1991.mkv",
    "Incomplete Idols/01.mkv", "Trash/01.mkv", "Archive/01.mkv", "Recycle of Penguindrum/01.mkv",
    "Temp.Show.01.mkv",
    "Snap - 01.mkv", "Show.Part.2.mkv", "_Summer/01.mkv", "UNPACK/01.mkv", "Show.f1.mkv",
    "Show - 01.mkv.download.mkv",
]  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "name"), [(reason, name) for reason, names in FOLDERS.items() for name in names]
)
def test_a_folder_of_a_program_is_left_out_by_what_it_is(tmp_path: Path, reason: Why, name: str) -> None:
    put(tmp_path / "dl" / name / "Show - 03.mkv")
    put(tmp_path / "dl/ok.mkv")
    result = scan([str(tmp_path / "dl")])
    expected = Why.HIDDEN if name.startswith(".local") else reason

    assert found(result) == ["ok.mkv"]
    assert [item.reason for item in result.left_out] == [expected]


def test_a_recycle_bin_is_known_below_any_root(tmp_path: Path) -> None:
    put(tmp_path / ".local/share/Trash/files/01.mkv")

    assert why(scan([str(tmp_path / ".local")])) == {"Trash": Why.DELETED}


@pytest.mark.parametrize(
    ("reason", "name"), [(reason, name) for reason, names in FILES.items() for name in names]
)
def test_a_file_of_a_program_is_left_out_by_what_it_is(tmp_path: Path, reason: Why, name: str) -> None:
    put(tmp_path / name)
    put(tmp_path / "ok.mkv")
    result = scan([str(tmp_path)])

    assert found(result) == ["ok.mkv"]
    assert why(result) == {name: reason}


@pytest.mark.parametrize("name", WHOLE)
def test_what_may_be_a_title_is_found(tmp_path: Path, name: str) -> None:
    put(tmp_path / name)

    assert found(scan([str(tmp_path)])) == [os.path.normpath(name)]


@pytest.mark.parametrize("name", ["incomplete", ".unwanted", "@Recycle", ".hidden", "_UNPACK_x"])
def test_the_user_is_taken_at_their_word_about_a_root(tmp_path: Path, name: str) -> None:
    put(tmp_path / name / "Show - 01.mkv")
    put(tmp_path / ".ignore", b"*\n")

    assert found(scan([str(tmp_path / name)])) == ["Show - 01.mkv"]


def test_roots_of_one_folder_are_judged_as_below_it(tmp_path: Path) -> None:
    names = [
        "Show/01.mkv",
        "incomplete/02.mkv",
        "@eaDir/03.mkv",
        "04.mkv",
        "05.temp.mkv",
        "06.txt",
        "Skip/07.mkv",
    ]
    for name in names:
        put(tmp_path / name)
    put(tmp_path / ".ignore", b"*.txt\nSkip/\n")
    starred = scan(sorted(str(path) for path in tmp_path.glob("[!.]*")))
    whole = scan([str(tmp_path)])

    assert sorted(file.path for file in starred.files) == sorted(file.path for file in whole.files)
    assert {item.path for item in starred.left_out} == {
        item.path for item in whole.left_out if not item.path.endswith(".ignore")
    }


def test_an_empty_video_is_left_out(tmp_path: Path) -> None:
    put(tmp_path / "Show - 01.mkv", b"")
    put(tmp_path / "Show - 02.mkv")
    result = scan([str(tmp_path)])

    assert found(result) == ["Show - 02.mkv"]
    assert why(result) == {"Show - 01.mkv": Why.EMPTY}


def hole(path: Path, size: int = 1 << 20) -> None:
    path.touch()
    os.truncate(path, size)


@pytest.mark.parametrize("filing", [True, False])
def test_a_file_of_one_hole_is_known_among_others(tmp_path: Path, filing: bool) -> None:
    hole(tmp_path / "Show - 01.mkv")
    hole(tmp_path / "Show - 02.mkv")
    with (tmp_path / "Show - 02.mkv").open("r+b") as file:
        file.seek(1 << 19)
        file.write(b"data")
    result = scan([str(tmp_path)])

    assert [os.path.basename(item.path) for item in result.hollow(filing=filing)] == ["Show - 01.mkv"]


def test_holes_alone_are_shown_and_a_few_are_not_filed(tmp_path: Path) -> None:
    hole(tmp_path / "Show - 01.mkv")
    few = scan([str(tmp_path)])
    for number in range(2, 20):
        hole(tmp_path / f"Show - {number:02}.mkv")
    many = scan([str(tmp_path)])

    assert (len(few.hollow(filing=True)), len(few.hollow(filing=False))) == (1, 0)
    assert many.hollow(filing=True) == []


def test_numbers_are_in_their_own_order(tmp_path: Path) -> None:
    names = [f"One Piece - {number}.mkv" for number in (1, 2, 9, 10, 99, 100, 517, 999, 1000, 1001, 1015)]
    for name in [*names, "Season 10/1.mkv", "Season 2/1.mkv"]:
        put(tmp_path / name)

    assert found(scan([str(tmp_path)])) == [*names, "Season 2/1.mkv", "Season 10/1.mkv"]


def test_a_bad_line_of_an_ignore_list_is_named_and_the_rest_holds(tmp_path: Path) -> None:
    put(tmp_path / "Extras/01.mkv")
    put(tmp_path / "Show/02.mkv")
    put(tmp_path / "x/.ignore", b"!\r\n*.txt\r\n")
    put(tmp_path / "x/a.txt")
    put(tmp_path / ".ignore", b"!\nShow/\nExtras\\\n")
    result = scan([str(tmp_path)])
    faults = [
        (os.path.relpath(i.path, tmp_path), i.detail) for i in result.left_out if i.reason is Why.IGNORE_LIST
    ]

    assert found(result) == ["Extras/01.mkv"]
    assert [(path, detail.split(" is not")[0]) for path, detail in faults] == [
        (".ignore", "line 1"), (".ignore", "line 3"), ("x/.ignore", "line 1"),
    ]  # fmt: skip


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: os.symlink("/dev/zero", path)])
def test_an_ignore_list_that_is_no_file_is_named_and_not_read(tmp_path: Path, make: object) -> None:
    put(tmp_path / "Show - 01.mkv")
    make(tmp_path / ".ignore")  # type: ignore[operator]
    result = scan([str(tmp_path)])

    assert found(result) == ["Show - 01.mkv"]
    assert Why.UNREADABLE in {item.reason for item in result.left_out}


def test_an_ignore_list_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "Show - 01.mkv")
    put(tmp_path / ".ignore", b"*")

    def refuse(folder: object, name: str) -> int:
        raise PermissionError(13, "Permission denied", name)

    monkeypatch.setattr("anivault.shared.fs.open_file", refuse)
    result = scan([str(tmp_path)])

    assert found(result) == ["Show - 01.mkv"]
    assert (result.left_out[0].reason, result.left_out[0].detail) == (Why.UNREADABLE, "Permission denied")


def test_a_root_that_cannot_be_listed_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "scandir", refuse)  # root may list any folder

    with pytest.raises(FolderUnreadableError, match="Permission denied"):
        scan([str(tmp_path)])


def test_folders_without_end_are_walked_as_far_as_paths_reach(deep: Path) -> None:
    (deep / ".ignore").write_bytes(b"**/x/**/y\n")
    result = scan([str(deep)])
    (deep / ".ignore").unlink()

    assert Why.UNREADABLE in why(result).values()
    assert [item.reason for item in result.left_out].count(Why.EMPTY) > 1500
