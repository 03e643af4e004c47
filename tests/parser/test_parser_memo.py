"""A name reads the same whether its shape was seen before or not."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from anivault.parser.memo import Memo
from anivault.parser.models import ParseResult
from anivault.parser.read import Reader, read_rules

SHAPES = [
    "[Moon] Kaiba - {n} (1080p) [{crc}].mkv",
    "[Moon] Kaiba - {n}v2 [720p].mkv",
    "[Moon][Kaiba][{n}][1080p].mkv",
    "Kaiba - S01E{n} - The {n} Doors.mkv",
    "Kaiba S{n}E05.mkv",
    "Kaiba - 05 (S{n}).mkv",
    "Kaiba S05E{n}.mkv",
    "Kaiba.5.S05E{n}.5.1.mkv",
    "Kaiba - {n} - S05E{n}.mkv",
    "[Moon] Kaiba - S05E{n} (5) [{crc}].mkv",
    "Kaiba {n} [1080p].mkv",
    "Kaiba 2008 - {n}.mkv",
    "{n}.mkv",
    "{n} - Name.mkv",
    "Kaiba - NCOP{n}.mkv",
    "[字幕组] 海马 第{n}话 [1080p].mp4",
    "Kaiba {n}-{n} [BD].mkv",
    "Digimon Adventure {n}.mkv",
]
TITLED = [
    "Kaiba - S01E{n} - {title}.mkv",
    "Kaiba - {n} - {title}.mkv",
    "Kaiba - {n} - {title} [1080p][{crc}].mkv",
    "[Moon] Kaiba - {n} - {title} (BD 1080p).mkv",
    "Kaiba S01E{n} {title}.mkv",
    "Kaiba 1x{n} {title} - [Moon].avi",
    "Kaiba.S01E{n}.{title}.1080p.WEB-DL.AAC2.0.H.264-Moon.mkv",
    "Dr. Kaiba - S01E{n} - {title}.mkv",
    "{n} - {title}.mkv",
    "Kaiba - {n} - {title}.en.ass",
    "Kaiba.S01E{n}.{title}.srt",
    "Kaiba E{n}: {title}.mkv.mkv",
]
WORDS = re.findall(
    r"\w+",
    "The of Sea Night A Go OVA Part II Special Movie END Preview I s WEB Dual Season Episode mkv v2 7 Making"
    " Creditless First en RAW Sub",
)
numbers = (st.sampled_from([1, 5]) | st.integers(0, 1200)).map(lambda n: f"{n:02d}")


@example(shape="Kaiba - 05 (S{n}).mkv", known="05", asked="06", crc=0)
@given(shape=st.sampled_from(SHAPES), known=numbers, asked=numbers, crc=st.integers(0, 2**32 - 1))
def test_a_known_shape_reads_as_if_it_were_new(shape: str, known: str, asked: str, crc: int) -> None:
    reader = Reader()
    reader.read(shape.format(n=known, crc="0123ABCD"))

    name = shape.format(n=asked, crc=f"{crc:08X}")
    assert reader.read(name) == read_rules(name)


@given(
    shape=st.sampled_from(TITLED),
    known=numbers,
    asked=numbers,
    titles=st.tuples(*[st.lists(st.sampled_from(WORDS), min_size=1, max_size=4)] * 2),
)
def test_a_known_shape_with_another_title_reads_as_if_it_were_new(
    shape: str, known: str, asked: str, titles: tuple[list[str], list[str]]
) -> None:
    reader = Reader()
    blank = " " if " " in shape else "."
    learnt, new = (blank.join(words) for words in titles)
    reader.read(shape.format(n=known, title=learnt, crc="0123ABCD"))

    name = shape.format(n=asked, title=new, crc="89ABCDEF")
    assert reader.read(name) == read_rules(name)


def test_the_files_of_a_release_with_titles_are_remembered() -> None:
    memo = Memo()
    first = "Kaiba - S01E02 - The Sea [1080p].mkv"
    memo.keep(first, read_rules(first))

    found = memo.find("Kaiba - S01E12 - A Long Night of Stars [1080p].mkv")

    assert found is not None
    assert (found.title, found.episodes, found.episode_title) == ("Kaiba", (12,), "A Long Night of Stars")


def test_the_first_episode_of_the_first_season_is_remembered() -> None:
    memo = Memo()
    first = "Kaiba.S01E01.1080p.mkv"
    memo.keep(first, read_rules(first))

    found = memo.find("Kaiba.S01E12.1080p.mkv")

    assert found == read_rules("Kaiba.S01E12.1080p.mkv")


def test_a_title_of_words_that_rules_know_is_read_anew() -> None:
    memo = Memo()
    first = "Kaiba - S01E02 - The Sea.mkv"
    memo.keep(first, read_rules(first))

    assert memo.find("Kaiba - S01E03 - OVA.mkv") is None
    assert memo.find("Kaiba - S01E03 - en en.mkv") is None  # technical words are no title


def test_the_files_of_a_release_are_remembered() -> None:
    memo = Memo()
    first = "[Moon] Kaiba - 01 (1080p) [0123ABCD].mkv"
    memo.keep(first, read_rules(first))

    found = memo.find("[Moon] Kaiba - 12 (1080p) [DEADBEEF].mkv")

    assert found is not None
    assert (found.title, found.episodes, found.crc32) == ("Kaiba", (12,), "DEADBEEF")


@pytest.mark.parametrize("name", [*SHAPES, *TITLED, ".mkv", "mkv", "Kaiba en.ass", "Kaiba 05 {n}.ass"])
def test_what_marks_a_subtitle_changes_no_reading(name: str) -> None:
    reader, stem = Reader(), name.format(n="07", title="A Sea", crc="0123ABCD").rpartition(".")[0]
    for ending in (".en.ass", ".mkv", ".zh-Hans.forced.ass", ".srt", ".mkv", ".mp4"):
        assert reader.read(stem + ending) == read_rules(stem + ending)


def test_a_subtitle_has_the_reading_of_its_video() -> None:
    reader = Reader()

    assert reader.read("Kaiba - 01.en.ass") is reader.read("Kaiba - 01.mkv")


class Noting:
    """An engine that notes what it is asked, and cannot read names with a 7."""

    name = "noting"
    in_process = True

    def __init__(self) -> None:
        self.names: list[str] = []

    def parse(self, name: str) -> ParseResult:
        self.names.append(name)
        if "7" in name:
            raise ValueError(name)
        return ParseResult(title="noted", engine="noting")


def test_a_name_that_is_not_sure_is_read_once_unless_an_engine_failed_at_it() -> None:
    engine = Noting()
    reader = Reader([engine])
    names = ("cover 1.jpg", "cover 1.png", "cover 1.jpg", "7 cover.jpg", "7 cover.jpg")
    readings = list(map(reader.read, names))

    assert engine.names == ["cover 1.jpg", "cover 1.png", "7 cover.jpg", "7 cover.jpg"]
    assert readings[0] is readings[2]
    assert reader.failures == {"noting": 2}


def test_a_guess_is_not_remembered() -> None:
    memo = Memo()
    memo.keep("Kaiba 05.mkv", read_rules("Kaiba 05.mkv"))

    assert memo.find("Kaiba 06.mkv") is None


def test_a_nul_in_a_name_is_not_taken_for_a_number() -> None:
    reader = Reader()
    reader.read("E01")

    assert reader.read("E\0") == read_rules("E\0")
