"""A name that nobody can read is held with what it may have been, and is never a sibling of others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from anivault.core.models import FileKind, ScannedFile
from anivault.core.pipeline.parser import parse_files
from anivault.core.pipeline.readable import unreadable
from tests.conftest import Run

FRIEREN = [f"[SubsPlease] Sousou no Frieren - {number:02} (1080p).mkv" for number in (1, 2, 3)]
LOST = [
    ("Торадора - 04 (1080p).mkv", "cp1251"),
    ("Торадора - 04 (1080p).mkv", "koi8-r"),
    ("[Grp] Атака титанов S2 - 04 [720p].mkv", "cp1251"),
    ("[Grp] Атака титанов S2 - 04 [720p].mkv", "koi8-r"),
    ("Волчица и пряности - 04.mkv", "cp866"),
    ("[Sub] 進撃の巨人 - 04.mkv", "shift_jis"),
    ("とらドラ！ 第04話.mkv", "euc-jp"),
    ("[字幕组] 葬送的芙莉莲 - 04.mkv", "gbk"),
    ("[字幕组][葬送的芙莉莲][04][1080p].mkv", "gbk"),
    ("葬送的芙莉蓮 第04話.mkv", "big5"),
    ("진격의 거인 - 04.mkv", "euc-kr"),
    ("Éàéè - 04.mkv", "cp1252"),
]
SIGNS = [
    "??? - 04.mkv",
    "!!! - 04.mkv",
    "____ - 04.mkv",
    "♥♥♥ - 04 [1080p].mkv",
    "\ufffd\ufffd\ufffd - 04.mkv",
]
READABLE = [
    b"04.mkv", b"[04].mkv", b"- 04.mkv", b"#04.mkv", b"S01E04.mkv", b"S01E04 - !!!.mkv", b"K - 04.mkv",
    b"86 - 04.mkv", b"Pok\xe9mon - 04.mkv", b"Caf\xe9 Kichijouji S01E04.mkv", "第04話.mkv".encode(),
    "進撃の巨人 - 04.mkv".encode(), "【Sub】★4月新番★[香格里拉][01].mp4".encode(),
    "【异域字幕组】★【10月新番】[未来日记][Mirai Nikki][12].mkv".encode(),
    "[风车字幕组][名侦探柯南][857集][简体].mkv".encode(),
    b"Toradora! - 04 - \xd2\xee\xf0\xe0\xe4\xee\xf0\xe0.mkv",
]  # fmt: skip


def judge(name: bytes, folder: bytes = b"") -> str:
    rel = os.fsdecode(folder + name)
    (parsed,) = parse_files([ScannedFile("/dl/src", rel, FileKind.VIDEO)])
    return unreadable(parsed)


@pytest.mark.parametrize(("name", "encoding"), LOST)
def test_an_old_encoding_is_named_with_the_name_it_gives(name: str, encoding: str) -> None:
    assert f"{name} in {encoding}" in judge(name.encode(encoding))


@pytest.mark.parametrize("name", SIGNS)
def test_signs_alone_are_no_name(name: str) -> None:
    assert "signs" in judge(name.encode())


@pytest.mark.parametrize("name", READABLE)
def test_what_has_a_title_or_never_had_one_can_be_read(name: bytes) -> None:
    assert judge(name) == ""


def test_a_folder_that_nobody_can_read_gives_its_files_no_name() -> None:
    assert "Торадора/04.mkv in cp1251" in judge(b"04.mkv", "Торадора/".encode("cp1251"))
    assert judge(b"Toradora! - 04.mkv", "Торадора/".encode("cp1251")) == ""


ALIEN = [name.encode(encoding) for name, encoding in LOST] + [name.encode() for name in SIGNS]


@pytest.mark.parametrize("name", ALIEN)
@pytest.mark.parametrize("folder", ["dl", "Sousou no Frieren"])
def test_such_a_file_is_held_whatever_lies_around_it(
    run: Run, tmp_path: Path, name: bytes, folder: str
) -> None:
    source = tmp_path / folder
    source.mkdir()
    for video in FRIEREN:
        (source / video).write_bytes(b"video")
    for extension in (b"mkv", b"ass"):
        path = os.path.join(os.fsencode(source), name.removesuffix(b"mkv") + extension)
        Path(os.fsdecode(path)).write_bytes(b"data")
    done = run("organize", source, "--to", tmp_path / "lib", "--json")

    assert len(done.of("move")) == 3
    assert {item["reason"] for item in done.of("held")} <= {"unreadable-name", "no-video"}
    assert "unreadable-name" in {item["reason"] for item in done.of("held")}
    assert done.code == 10


def test_what_the_screen_says_can_be_acted_upon(run: Run, tmp_path: Path) -> None:
    (tmp_path / os.fsdecode("Торадора - 04.mkv".encode("cp1251"))).write_bytes(b"video")
    done = run("organize", tmp_path, "--to", tmp_path.parent / "lib")

    assert "Торадора - 04.mkv in cp1251" in done.out
    assert "1 held: no title can be read" in done.out
