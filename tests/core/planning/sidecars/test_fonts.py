"""An ASS file's fonts are looked for in its video and beside it."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.models import Mode, Plan
from anivault.core.organizer import plan
from anivault.core.pipeline.scanner import scan
from anivault.core.planning.naming.presets import load_preset
from anivault.core.planning.sidecars.fonts import attached_fonts, font_names, missing, wanted_fonts
from tests.core.records import beside, show, video

SHOW = show(1, "Show", 2020)
SUBTITLE = r"""[Script Info]
; Style: Comment,NoFont
[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Open Sans,48
Style: Sign,@Vertical Face,48
Style: Unused,Nobody Needs,48
Style: Switched,Switch Font,10
[Events]
Format: Layer, Start, End, Style, Name, Text
Comment: 0,0:00:01.00,0:00:02.00,Unused,,{\fnComment Font}x
Dialogue: 0,0:00:01.00,0:00:02.00,Default,,Hello, {\b1\fnOverride Font\i1}world{\rSwitched}
Dialogue: 0,0:00:01.00,0:00:02.00,*Sign,,{\fn}{\fn0}plain \fnNot a tag
"""


def font(*names: str, platform: int = 3) -> bytes:
    """A font that has a name table and nothing else."""
    encoded = [name.encode("mac-roman" if platform == 1 else "utf-16-be") for name in names]
    records, strings = b"", b""
    for kind, raw in zip((1, 4, 6), encoded, strict=False):
        records += struct.pack(">6H", platform, 1, 0, kind, len(raw), len(strings))
        strings += raw
    table = struct.pack(">3H", 0, len(encoded), 6 + len(records)) + records + strings
    return (
        b"\0\1\0\0" + struct.pack(">4H", 1, 0, 0, 0) + b"name" + struct.pack(">3I", 0, 28, len(table)) + table
    )


def element(identifier: int, content: bytes, *, unknown: bool = False) -> bytes:
    size = b"\x01" + (b"\xff" * 7 if unknown else len(content).to_bytes(7, "big"))
    return identifier.to_bytes((identifier.bit_length() + 7) // 8, "big") + size + content


def matroska(*fonts: bytes, unknown: bool = False) -> bytes:
    """A video of two empty clusters and attachments."""
    files = b"".join(element(0x61A7, element(0x466E, b"a.ttf") + element(0x465C, data)) for data in fonts)
    inside = element(0x1F43B675, b"\0" * 300) + element(0x1F43B675, b"") + element(0x1941A469, files)
    return element(0x1A45DFA3, b"\0" * 20) + element(0x18538067, inside, unknown=unknown)


def test_the_fonts_of_used_styles_and_of_overrides_are_wanted() -> None:
    assert wanted_fonts(SUBTITLE) == {"Open Sans", "Vertical Face", "Override Font", "Switch Font"}


@pytest.mark.parametrize("unknown", [False, True])
def test_the_fonts_in_a_video_are_found_by_their_names(tmp_path: Path, unknown: bool) -> None:
    path = tmp_path / "a.mkv"
    path.write_bytes(
        matroska(font("Open Sans", "Open Sans Bold"), font("Ümläut", platform=1), unknown=unknown)
    )

    assert attached_fonts(str(path)) == {"open sans", "open sans bold", "ümläut"}


def test_every_font_of_a_collection_is_found() -> None:
    first = 12 + 8
    one, two = font("One"), font("Two")
    # Offsets in a collection count from its beginning.
    shifted = [
        data[:20] + struct.pack(">I", 28 + at) + data[24:]
        for data, at in ((one, first), (two, first + len(one)))
    ]
    data = b"ttcf" + struct.pack(">4I", 0x10000, 2, first, first + len(one)) + b"".join(shifted)

    assert font_names(io.BytesIO(data), 0) == {"one", "two"}


@given(st.binary(max_size=400))
def test_no_bytes_confuse_the_readers(data: bytes) -> None:
    assert isinstance(font_names(io.BytesIO(b"\0\1\0\0" + data), 0), set)
    assert isinstance(font_names(io.BytesIO(b"ttcf" + data), 0), set)


@given(st.binary(max_size=200), st.integers(0, 500))
def test_a_damaged_video_ends_the_search(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int
) -> None:
    whole = matroska(font("Open Sans"))
    path = tmp_path_factory.mktemp("damaged") / "a.mkv"
    path.write_bytes(whole[:at] + noise + whole[at + len(noise) :])

    assert isinstance(attached_fonts(str(path)), set)


@pytest.mark.parametrize("content", [b"", b"RIFF....AVI ", b"\0" * 40, b"\x1a\x45\xdf\xa3"])
def test_other_files_have_no_fonts(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.mkv").write_bytes(content)

    assert attached_fonts(str(tmp_path / "a.mkv")) == set()


def made(folder: Path, *attached: bytes, **beside_it: bytes) -> Plan:
    """A plan of one video with its subtitle and loose fonts, all on disk."""
    (folder / "fonts").mkdir()
    (folder / "a.mkv").write_bytes(matroska(*attached))
    (folder / "a.en.ass").write_text(SUBTITLE, encoding="utf-8-sig")
    for name, data in beside_it.items():
        (folder / "fonts" / f"{name}.ttf").write_bytes(data)
    files = scan([str(folder)]).files
    return plan(
        [video(f.rel, SHOW, (1, 1), file=f) for f in files if f.rel.endswith("mkv")],
        [beside(f.rel, file=f) for f in files if not f.rel.endswith("mkv")],
        library=str(folder / "library"), roots=[str(folder)], mode=Mode.COPY, preset=load_preset("jellyfin"),
    )  # fmt: skip


def test_what_is_neither_attached_nor_beside_is_told(tmp_path: Path) -> None:
    result = made(tmp_path, font("OPEN SANS"), font("x", "Switch Font"), loose=font("Override Font"))

    assert list(missing(result)) == [(str(tmp_path / "a.en.ass"), ("Vertical Face",))]


def test_nothing_is_told_when_nothing_lacks_or_can_be_read(tmp_path: Path) -> None:
    names = ("Open Sans", "Switch Font", "Override Font", "Vertical Face")
    result = made(tmp_path, *(font(name) for name in names))

    assert list(missing(result)) == []
    (tmp_path / "a.mkv").unlink()
    assert list(missing(result)) == []
