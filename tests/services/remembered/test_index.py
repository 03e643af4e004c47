"""What the index knows is what would be worked out; what it cannot know it does not say."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anivault.core.matching import matcher
from anivault.core.models import FileKind, MatchedFile, ParsedFile, ScannedFile
from anivault.core.pipeline import parser
from anivault.core.pipeline.parser import parse_files
from anivault.core.pipeline.reading import read
from anivault.core.pipeline.records import Read, What
from anivault.core.verdicts import Asked, match
from anivault.parser.models import ParseResult
from anivault.parser.read import Reader, open_reader
from anivault.services.catalogue.offline import Catalog
from anivault.services.remembered import index
from anivault.services.remembered.index import Index
from anivault.shared.work import cores
from anivault.shared.work.making import made_by
from tests.conftest import Run


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index is asked for the fewest files."""
    monkeypatch.setattr(parser, "FEW", 0)
    monkeypatch.setattr(matcher, "FEW", 0)


def test_what_is_kept_is_known_in_the_next_run(tmp_path: Path) -> None:
    Index(tmp_path).keep({b"a" * 16: b"one", b"b" * 16: b""})

    assert Index(tmp_path).known([b"a" * 16, b"b" * 16, b"c" * 16]) == {b"a" * 16: b"one", b"b" * 16: b""}


@pytest.mark.parametrize("place", [0, 100, 5000, -20])
def test_a_damaged_index_says_nothing_wrong_and_is_made_again(tmp_path: Path, place: int) -> None:
    values = {number.to_bytes(16, "big"): os.urandom(50) for number in range(200)}
    Index(tmp_path).keep(values)
    (file,) = tmp_path.iterdir()
    data = bytearray(file.read_bytes())
    data[place : place + 16] = b"\xff" * 16
    file.write_bytes(data)

    known = Index(tmp_path).known(list(values))
    Index(tmp_path).keep(values)

    assert known.items() <= values.items()
    assert Index(tmp_path).known(list(values)) == values


ODD = [
    "UPDATE kept SET value = 17",
    "UPDATE kept SET value = 1.5",
    "UPDATE kept SET value = CAST(x'f4ff' AS TEXT)",
    "UPDATE kept SET value = CAST(value AS TEXT)",
    "UPDATE kept SET value = x''",
    "UPDATE kept SET key = CAST(key AS TEXT)",
    "DROP TABLE kept",
    "ALTER TABLE kept RENAME COLUMN value TO val",
    "CREATE TRIGGER odd BEFORE INSERT ON kept BEGIN SELECT RAISE(ABORT, 'no'); END",
    "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = CAST(x'43f45245' AS TEXT)",
]


@pytest.mark.parametrize("odd", ODD)
def test_what_is_not_bytes_with_the_right_sum_is_not_known_and_is_made_again(
    tmp_path: Path, odd: str
) -> None:
    values = {b"a" * 16: b"one", b"b" * 16: b"two"}
    Index(tmp_path).keep(values)
    (file,) = tmp_path.iterdir()
    database = sqlite3.connect(file)
    database.executescript(odd)
    database.commit()
    database.close()

    assert Index(tmp_path).known(list(values)).items() <= values.items()
    Index(tmp_path).keep(values)
    assert Index(tmp_path).known(list(values)) == values


@given(places=st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 7)), min_size=1, max_size=200))
@settings(max_examples=60)
def test_an_index_with_flipped_bits_says_nothing_wrong(
    tmp_path_factory: pytest.TempPathFactory, places: list[tuple[int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("flipped")
    values = {number.to_bytes(16, "big"): bytes([number]) * 50 for number in range(150)}
    Index(folder).keep(values)
    (file,) = folder.iterdir()
    data = bytearray(file.read_bytes())
    for place, bit in places:
        data[place % len(data)] ^= 1 << bit
    file.write_bytes(data)

    assert Index(folder).known(list(values)).items() <= values.items()
    Index(folder).keep(values)
    assert Index(folder).known(list(values)).items() <= values.items()


def test_an_index_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / index.NAME.format(made_by()))

    assert Index(tmp_path).known([b"a" * 16]) == {}
    Index(tmp_path).keep({b"a" * 16: b"one"})
    assert Index(tmp_path).known([b"a" * 16]) == {b"a" * 16: b"one"}


def test_another_version_of_the_code_knows_nothing_and_takes_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Index(tmp_path).keep({b"a" * 16: b"one"})
    monkeypatch.setattr(index, "made_by", lambda: "another")

    assert Index(tmp_path).known([b"a" * 16]) == {}
    Index(tmp_path).keep({b"a" * 16: b"two"})
    assert [file.name for file in tmp_path.iterdir()] == ["index-another.sqlite"]


def test_an_index_that_has_grown_too_large_begins_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Index(tmp_path).keep({b"a" * 16: b"one" * 5000})
    monkeypatch.setattr(index, "MOST", 10_000)

    Index(tmp_path).keep({b"b" * 16: b"two"})

    assert Index(tmp_path).known([b"a" * 16, b"b" * 16]) == {b"b" * 16: b"two"}


def test_an_index_that_another_program_writes_is_not_waited_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "WAIT", 0.05)
    Index(tmp_path).keep({b"a" * 16: b"one"})
    (file,) = tmp_path.iterdir()
    other = sqlite3.connect(file)
    other.execute("BEGIN EXCLUSIVE")

    Index(tmp_path).keep({b"b" * 16: b"two"})
    known = Index(tmp_path).known([b"a" * 16])
    other.close()

    assert known == {}
    assert Index(tmp_path).known([b"a" * 16, b"b" * 16]) == {b"a" * 16: b"one"}


def test_nothing_is_written_on_a_network_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "share_of", lambda path: "nfs")

    Index(tmp_path).keep({b"a" * 16: b"one"})

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", ["a file", "a folder"])
def test_a_cache_that_cannot_be_is_done_without(tmp_path: Path, there: str) -> None:
    cache = tmp_path / "cache"
    if there == "a file":
        cache.write_text("")
    else:
        (cache / index.NAME.format(made_by())).mkdir(parents=True)

    Index(cache).keep({b"a" * 16: b"one"})

    assert Index(cache).known([b"a" * 16]) == {}


# --- readings and verdicts ------------------------------------------------------------------------

SHOWS = ("Nichijou", "Clannad", "Hyouka", "Kino no Tabi", "Planetes", "k-on!")
FORMS = (
    "[G] {} - {:02} [1080p].mkv",
    "{} {:02}.mkv",
    "{1:02}.mkv",
    "{} S2 - {:02}.ass",
    "{} NCOP{}.mkv",
    "{} \udcff {}.mkv",
)
FOLDERS = ("", "Season 2", "Extras", "Disc 1", "Disc 2", "SPs")


def change(tree: Path, dice: random.Random) -> None:
    """Do to a tree what people and programs do."""
    files = [path for path in tree.rglob("*") if path.is_file()]
    show = dice.choice(SHOWS)
    match dice.randrange(5):
        case 0 if files:
            dice.choice(files).unlink()
        case 1 if files:
            file = dice.choice(files)
            file.rename(file.with_name(dice.choice(FORMS).format(dice.choice(SHOWS), dice.randrange(30))))
        case 2:
            folders = [path for path in tree.rglob("*") if path.is_dir()]
            if folders and not (new := tree / f"{show} {dice.randrange(9)}").exists():
                dice.choice(folders).rename(new)
        case _:
            folder = tree / show / dice.choice(FOLDERS)
            folder.mkdir(parents=True, exist_ok=True)
            for number in range(dice.randrange(1, 4)):
                name = dice.choice(FORMS).format(show, number + dice.randrange(12))
                (folder / name).write_bytes(b"x" * dice.randrange(1, 9))


def told(found: Read, files: Sequence[MatchedFile]) -> list[object]:
    return [repr(found.files), *map(repr, files)]


@settings(max_examples=15)
@given(st.integers(0, 10**9))
def test_a_tree_that_changes_is_read_and_matched_as_in_a_first_run(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    dice, tree = random.Random(seed), tmp_path_factory.mktemp("changes")
    memory = Index(tree.with_suffix(".cache"))
    catalog, reader = Catalog.open(), open_reader(["anitomy-ng"])
    for _ in range(4):
        for _ in range(4):
            change(tree, dice)
        what = What(paths=(str(tree),))
        fresh, known = (
            Asked(reader=reader, sources=[catalog]),
            Asked(reader=reader, sources=[catalog], memory=memory),
        )
        first, again = read(what, reader), read(what, reader, memory=memory)
        assert told(again, match(again, known)) == told(first, match(first, fresh))
    shutil.rmtree(tree)


class Counting:
    """An index that counts what it knew."""

    def __init__(self, folder: Path) -> None:
        self.index, self.asked, self.knew = Index(folder), 0, 0

    def known(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        found = self.index.known(keys)
        self.asked, self.knew = self.asked + len(keys), self.knew + len(found)
        return found

    def keep(self, found: Mapping[bytes, bytes]) -> None:
        self.index.keep(found)


def scanned(*rels: str) -> list[ScannedFile]:
    return [ScannedFile("/in", rel, FileKind.VIDEO) for rel in rels]


def test_a_folder_that_is_as_it_was_is_not_read_again_and_its_release_not_matched(tmp_path: Path) -> None:
    old = scanned(*(f"Nichijou/Nichijou - {n:02}.mkv" for n in range(1, 5)))
    new = scanned(*(f"Hyouka/Hyouka - {n:02}.mkv" for n in range(1, 5)))
    reader, sources = open_reader(["anitomy-ng"]), [Catalog.open()]

    def run(files: list[ScannedFile]) -> Counting:
        memory = Counting(tmp_path)
        found = Read(files=tuple(parse_files(files, reader, memory=memory)))
        match(found, Asked(reader=reader, sources=sources, memory=memory))
        return memory

    first, second, third = run(old), run(old), run([*new, *old])

    assert (first.knew, second.asked, second.knew) == (0, 2, 2)
    assert (third.asked, third.knew) == (4, 2)


class Failing:
    """An engine of AniVault's that fails."""

    name = "failing"
    in_process = True

    def parse(self, name: str) -> object:
        raise ValueError(name)


def test_what_an_engine_failed_at_is_asked_again(tmp_path: Path) -> None:
    memory = Counting(tmp_path)
    for _ in range(2):
        reader = Reader([Failing()])  # type: ignore[list-item]
        parse_files(scanned("Show/Show 5 6.mkv"), reader, memory=memory)
        assert reader.failures == {"failing": 1}

    assert memory.knew == 0


class Foreign:
    """A plug-in, which may read a name otherwise tomorrow."""

    name = "foreign"

    def parse(self, name: str) -> ParseResult:
        return ParseResult(title=name)


def test_readings_of_a_plug_in_are_not_remembered(tmp_path: Path) -> None:
    memory = Counting(tmp_path)

    parse_files(scanned("Show/Show - 01.mkv"), Reader([Foreign()]), memory=memory)

    assert memory.asked == 0


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], list[MatchedFile]]:
    """Match with so many processes, however little the work is."""
    monkeypatch.setattr(cores, "WORTH", 0.0)
    monkeypatch.setattr(cores, "_may_fork", lambda: True)  # also next to a thread of pytest's own
    monkeypatch.setattr("anivault.core.pipeline.parallel_reader.BATCH", 7)
    monkeypatch.setattr(matcher, "BATCH", 2)
    files = scanned(*(f"{s}/{f.format(s, n)}" for s in SHOWS for f in FORMS for n in (1, 2, 3)))

    def run(workers: int) -> list[MatchedFile]:
        reader = open_reader(["anitomy-ng"], workers=workers)
        found: list[ParsedFile] = parse_files(files, reader)
        return match(Read(files=tuple(found)), Asked(reader=reader, sources=[Catalog.open()]))

    return run


def test_several_processes_say_what_one_says(two_cores: Callable[[int], list[MatchedFile]]) -> None:
    assert list(map(repr, two_cores(3))) == list(map(repr, two_cores(1)))


def test_fresh_asks_no_index_and_says_the_same(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in" / "Nichijou").mkdir(parents=True)
    for number in range(1, 5):
        (tmp_path / "in" / "Nichijou" / f"Nichijou - {number:02}.mkv").write_bytes(b"x")
    memory = Counting(tmp_path / "cache")
    monkeypatch.setattr(Index, "of_user", classmethod(lambda cls: memory))

    words = [("scan",), ("match",), ("organize", "--to", tmp_path / "lib")]
    for word, *more in words:
        plain = run(word, tmp_path / "in", *more, "--json")
        asked = memory.asked
        assert run(word, tmp_path / "in", *more, "--json", "--fresh").out == plain.out
        assert memory.asked == asked > 0
