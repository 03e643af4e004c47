"""What the journal keeps, and that no damage to it goes unseen."""

from __future__ import annotations

import os
import random
import zlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.models import Mode
from anivault.core.moving import journal
from anivault.core.moving.journal import Do, Done, End, Made, Placed, Record, Root, Run, Step
from anivault.shared.errors import JournalDamagedError, JournalRefusedError, UnfinishedRunError
from tests.core.mover import Box, crashes

SCHEMA = Path(journal.__file__).parents[2] / "schemas" / "journal.schema.json"
names = st.binary(min_size=1, max_size=40).map(os.fsdecode)
hashes = st.text("0123456789abcdef", min_size=32, max_size=32)
made = st.builds(Made, inode=st.integers(0), mtime_ns=st.integers(), hash=hashes)
steps = st.builds(
    Step,
    i=st.integers(0, 10**6),
    do=st.sampled_from(Do),
    root=st.integers(0, 9),
    rel=names,
    to=names,
    size=st.integers(0),
    attrs=st.dictionaries(st.text("user.", min_size=1), st.binary(max_size=20), max_size=2),
)


def lines(*records: Record) -> bytes:
    return b"".join(journal.encode(record, number) for number, record in enumerate(records))


def run_of(*roots: str) -> Run:
    return Run(v=1, id="a", time=1, mode="move", roots=tuple(Root(root) for root in ("/library", *roots)))


@given(
    st.lists(steps, max_size=5, unique_by=lambda step: step.i),
    names,
    st.dictionaries(st.integers(0, 9), made),
)
def test_what_is_written_is_read_again_whatever_the_names(
    intents: list[Step], root: str, results: dict[int, Made]
) -> None:
    data = lines(run_of(root), *intents, Placed(results), Done({1: "changed"}, results), End("done", 2))
    (log,) = journal.parse(data).runs

    assert list(log.steps.values()) == intents
    assert log.run.roots[1].path == root
    assert log.made == results
    assert log.end == End("done", 2)


def test_the_bytes_of_a_name_that_is_no_utf8_stand_beside_it() -> None:
    line = journal.encode(Step(i=0, do=Do.LINK, rel=os.fsdecode(b"caf\xe9.mkv"), to="a"), 0)

    assert b'"rel":"caf\xef\xbf\xbd.mkv"' in line
    assert msgspec.json.decode(line)["rel_b64"] == "Y2Fm6S5ta3Y="


def test_the_schema_is_that_of_the_records() -> None:
    assert msgspec.json.decode(SCHEMA.read_bytes()) == journal.schema()


def test_a_torn_end_is_an_unfinished_run_and_is_cut(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    box = Box(tmp_path / "source", tmp_path / "library", Mode.MOVE)
    box.run()
    path = box.library / ".anivault" / "journal.jsonl"
    whole = path.read_bytes()
    for keep in range(len(whole) - 200, len(whole)):
        path.write_bytes(whole[:keep])
        with pytest.raises(UnfinishedRunError):
            box.rollback()
        box.recover()

        assert not journal.read(str(box.library)).unfinished
    before = box.trees()
    box.rollback()
    assert len(before[0]) == 0
    assert len(box.trees()[0]) == 5


def test_zeros_at_the_end_as_a_power_cut_leaves_them_are_a_torn_end() -> None:
    data = lines(run_of(), End("done", 2))
    history = journal.parse(data + bytes(5000))

    assert history.unfinished
    assert (history.good, history.torn) == (len(data), 5000)


def test_a_long_damaged_end_is_no_torn_write() -> None:
    with pytest.raises(JournalDamagedError):
        journal.parse(lines(run_of(), End("done", 2)) + b"x" * (journal.TORN_AT_MOST + 1))


def _flip(data: bytearray, rnd: random.Random) -> None:
    data[rnd.randrange(len(data))] ^= 1 << rnd.randrange(8)


def _drop_line(data: bytearray, rnd: random.Random) -> None:
    rows = bytes(data).splitlines(keepends=True)
    del rows[rnd.randrange(len(rows) - 1)]
    data[:] = b"".join(rows)


def _double_line(data: bytearray, rnd: random.Random) -> None:
    rows = bytes(data).splitlines(keepends=True)
    at = rnd.randrange(len(rows))
    data[:] = b"".join([*rows[: at + 1], rows[at], *rows[at + 1 :]])


def _swap_lines(data: bytearray, rnd: random.Random) -> None:
    rows = bytes(data).splitlines(keepends=True)
    one, other = rnd.sample(range(len(rows)), 2)
    rows[one], rows[other] = rows[other], rows[one]
    data[:] = b"".join(rows)


def _change_path(data: bytearray, rnd: random.Random) -> None:
    at = rnd.choice([i for i in range(len(data)) if data[i : i + 3] == b"Sho"])
    data[at : at + 3] = b"../"


def _zero_stretch(data: bytearray, rnd: random.Random) -> None:
    at = rnd.randrange(len(data) - 10)
    data[at : at + 10] = bytes(10)


def _insert(data: bytearray, rnd: random.Random) -> None:
    at = rnd.randrange(len(data))
    data[at:at] = rnd.randbytes(rnd.randrange(1, 30))


MUTATIONS: list[Callable[[bytearray, random.Random], None]] = [
    _flip,
    _drop_line,
    _double_line,
    _swap_lines,
    _change_path,
    _zero_stretch,
    _insert,
]


def test_of_a_thousand_altered_journals_none_is_taken_for_sound(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    box = Box(tmp_path / "source", tmp_path / "library", Mode.COPY)
    box.run()
    box.rollback()
    box.run()
    sound = (box.library / ".anivault" / "journal.jsonl").read_bytes()
    accepted = []
    for seed in range(1000):
        rnd, data = random.Random(seed), bytearray(sound)
        MUTATIONS[seed % len(MUTATIONS)](data, rnd)
        try:
            history = journal.parse(bytes(data))
        except JournalDamagedError:
            continue
        if not history.unfinished and bytes(data) != sound:
            accepted.append(seed)

    assert not journal.parse(sound).unfinished
    assert accepted == []


def test_a_damaged_journal_stops_every_command_and_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    box = Box(tmp_path / "source", tmp_path / "library", Mode.COPY)
    box.run()
    path = box.library / ".anivault" / "journal.jsonl"
    damaged = path.read_bytes().replace(b"Show S01E01", b"Show S01E09")
    path.write_bytes(damaged)
    works: list[Callable[[], object]] = [box.run, box.rollback, box.recover]
    for work in works:
        with pytest.raises(JournalDamagedError):
            work()

    assert path.read_bytes() == damaged


def test_a_line_of_a_later_version_is_refused_with_what_to_do() -> None:
    later = lines(msgspec.structs.replace(run_of(), v=2)).replace(b'"kind":"run"', b'"kind":"new"')
    body = later.rpartition(b',"sum"')[0]
    data = b'%s,"sum":"%08x"}\n' % (body, zlib.crc32(body))
    with pytest.raises(JournalRefusedError) as caught:
        journal.parse(data)

    assert "upgrade" in caught.value.hint


def test_fields_that_a_later_version_adds_are_passed_over() -> None:
    plain = lines(run_of(), Done(), End("done", 2)).splitlines(keepends=True)
    body = plain[1].replace(b'"kind":"done"', b'"kind":"done","new":[1]').rpartition(b',"sum"')[0]
    plain[1] = b'%s,"sum":"%08x"}\n' % (body, zlib.crc32(body))

    assert not journal.parse(b"".join(plain)).unfinished


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_journal_of_another_user_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    box = Box(tmp_path / "source", tmp_path / "library", Mode.COPY)
    box.run()
    os.chown(box.library / ".anivault" / "journal.jsonl", 4711, 4711)

    with pytest.raises(JournalRefusedError):
        box.rollback()


def test_a_journal_that_anyone_may_write_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    box = Box(tmp_path / "source", tmp_path / "library", Mode.COPY)
    box.run()
    (box.library / ".anivault" / "journal.jsonl").chmod(0o666)

    with pytest.raises(JournalRefusedError):
        box.rollback()


def test_a_library_and_its_sources_that_moved_together_are_recovered_and_taken_back(tmp_path: Path) -> None:
    (tmp_path / "here" / "source").mkdir(parents=True)
    box = Box(tmp_path / "here" / "source", tmp_path / "here" / "library", Mode.MOVE)
    before = box.trees()
    crashes(box.run, 20)
    (tmp_path / "here").rename(tmp_path / "there")
    box.source, box.library = tmp_path / "there" / "source", tmp_path / "there" / "library"
    box.recover()
    box.rollback()

    assert box.trees() == before
