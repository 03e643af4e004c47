"""A name reads the same whether its shape was seen before or not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from anivault.parser.memo import Memo
from anivault.parser.read import Reader, read_rules

SHAPES = [
    "[Moon] Kaiba - {n} (1080p) [{crc}].mkv",
    "[Moon] Kaiba - {n}v2 [720p].mkv",
    "[Moon][Kaiba][{n}][1080p].mkv",
    "Kaiba - S01E{n} - The {n} Doors.mkv",
    "Kaiba S{n}E05.mkv",
    "Kaiba {n} [1080p].mkv",
    "Kaiba 2008 - {n}.mkv",
    "{n}.mkv",
    "{n} - Name.mkv",
    "Kaiba - NCOP{n}.mkv",
    "[字幕组] 海马 第{n}话 [1080p].mp4",
    "Kaiba {n}-{n} [BD].mkv",
    "Digimon Adventure {n}.mkv",
]
numbers = st.integers(0, 1200).map(lambda n: f"{n:02d}")


@given(shape=st.sampled_from(SHAPES), known=numbers, asked=numbers, crc=st.integers(0, 2**32 - 1))
def test_a_known_shape_reads_as_if_it_were_new(shape: str, known: str, asked: str, crc: int) -> None:
    reader = Reader()
    reader.read(shape.format(n=known, crc="0123ABCD"))

    name = shape.format(n=asked, crc=f"{crc:08X}")
    assert reader.read(name) == read_rules(name)


def test_the_files_of_a_release_are_remembered() -> None:
    memo = Memo()
    first = "[Moon] Kaiba - 01 (1080p) [0123ABCD].mkv"
    memo.keep(first, read_rules(first))

    found = memo.find("[Moon] Kaiba - 12 (1080p) [DEADBEEF].mkv")

    assert found is not None
    assert (found.title, found.episodes, found.crc32) == ("Kaiba", (12,), "DEADBEEF")


def test_a_guess_is_not_remembered() -> None:
    memo = Memo()
    memo.keep("Kaiba 05.mkv", read_rules("Kaiba 05.mkv"))

    assert memo.find("Kaiba 06.mkv") is None


def test_a_nul_in_a_name_is_not_taken_for_a_number() -> None:
    reader = Reader()
    reader.read("E01")

    assert reader.read("E\0") == read_rules("E\0")
