"""What the journal keeps, and that no damage to it goes unseen."""

from __future__ import annotations

import io
import os
import random
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.models import Mode
from anivault.core.moving import journal
from anivault.core.moving.journal import log as reading
from anivault.core.moving.journal.lines import encode
from anivault.core.moving.journal.log import History, read_journal
from anivault.core.moving.journal.records import (
    Do,
    Done,
    End,
    Made,
    Placed,
    Record,
    Root,
    Run,
    Step,
    journal_path,
    schema,
)
from anivault.core.moving.journal.writer import writing
from anivault.shared.errors import JournalDamagedError, JournalRefusedError, UnfinishedRunError, quoted
from tests.conftest import Run as Runner
from tests.core.mover import Box, Calls, crashes, watched

SCHEMA = Path(journal.__file__).parents[3] / "schemas" / "journal.schema.json"
parts = st.binary(min_size=1, max_size=40).filter(
    lambda part: not {0, 47} & {*part} and part not in (b".", b"..")
)
names = st.lists(parts, min_size=1, max_size=3).map(lambda found: os.fsdecode(b"/".join(found)))
hashes = st.text("0123456789abcdef", min_size=32, max_size=32)
naturals, times = st.integers(0, 2**63 - 1), st.integers(-(2**63), 2**63 - 1)
made = st.builds(Made, inode=st.integers(0, 2**64 - 1), mtime_ns=times, hash=hashes)
steps = st.builds(
    Step,
    i=st.integers(0, 10**6),
    do=st.sampled_from(Do),
    root=st.integers(0, 1),
    rel=names,
    to=names,
    size=naturals,
    mtime_ns=times,
    attrs=st.dictionaries(
        parts.map(lambda part: "user." + os.fsdecode(part)), st.binary(max_size=20), max_size=2
    ),
)


def lines(*records: Record) -> bytes:
    return b"".join(encode(record, number) for number, record in enumerate(records))


def parse(data: bytes, path: str = "journal.jsonl") -> History:
    return reading.parse(io.BytesIO(data), path)


def run_of(*roots: str) -> Run:
    return Run(v=1, id="a", time=1, mode="move", roots=tuple(Root(root) for root in ("/library", *roots)))


@given(
    st.lists(steps, max_size=5, unique_by=lambda step: step.i),
    names,
    made,
)
def test_what_is_written_is_read_again_whatever_the_names(
    intents: list[Step], root: str, result: Made
) -> None:
    root, results = f"/{root}", {step.i: result for step in intents}
    data = lines(run_of(root), *intents, Placed(results), Done({1: "changed"}, results), End("done", 2))
    (log,) = parse(data).runs

    assert list(log.steps.values()) == intents
    assert log.run.roots[1].path == root
    assert log.made == results
    assert log.end == End("done", 2)


def test_the_bytes_of_a_name_that_is_no_utf8_stand_beside_it() -> None:
    line = encode(Step(i=0, do=Do.LINK, rel=os.fsdecode(b"caf\xe9.mkv"), to="a"), 0)

    assert b'"rel":"caf\xef\xbf\xbd.mkv"' in line
    assert msgspec.json.decode(line)["rel_b64"] == "Y2Fm6S5ta3Y="


def test_the_schema_is_that_of_the_records() -> None:
    assert msgspec.json.decode(SCHEMA.read_bytes()) == msgspec.json.decode(msgspec.json.encode(schema()))


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

        assert not read_journal(str(box.library)).unfinished
    before = box.trees()
    box.rollback()
    assert len(before[0]) == 0
    assert len(box.trees()[0]) == 5


def test_what_recover_cuts_is_kept_in_a_file_beside_the_journal_and_named(
    tmp_path: Path, run: Runner
) -> None:
    (tmp_path / "source").mkdir()
    box = Box(tmp_path / "source", tmp_path / "library", Mode.MOVE)
    box.run()
    path = box.library / ".anivault" / "journal.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    told = run("recover", box.library, "--json")
    (kept,) = path.parent.glob("journal.jsonl.cut-*")
    last = whole.splitlines(keepends=True)[-1]

    assert kept.read_bytes() == last[:-30]
    assert str(kept) in told.of("notice")[0]["text"]
    assert path.read_bytes().startswith(whole.removesuffix(last))


def test_what_is_cut_is_durable_before_it_goes(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    box = Box(tmp_path / "source", tmp_path / "library", Mode.MOVE)
    box.run()
    path = box.library / ".anivault" / "journal.jsonl"
    path.write_bytes(path.read_bytes()[:-30])
    with watched(Calls()) as calls:
        box.recover()
    names = calls.names()

    assert names[names.index("write") : names.index("ftruncate")] == ["write", "fsync", "fsync"]


SOUND = lines(run_of(), Step(i=0, do=Do.MKDIR, to="a"), Done(), End("done", 2))
LAST = SOUND.splitlines(keepends=True)[-1]


@pytest.mark.parametrize("keep", range(1, len(LAST)))
def test_a_last_line_that_ends_early_is_torn(keep: int) -> None:
    history = parse(SOUND + LAST.replace(b'"n":3', b'"n":4')[:keep])

    assert history.unfinished
    assert history.good == len(SOUND)


def test_a_bad_sum_on_the_very_last_line_is_torn() -> None:
    assert parse(SOUND.replace(b'"state":"done"', b'"state":"dono"')).torn == len(LAST)


def sound_until(size: int) -> bytes:
    """A journal that ends after so many bytes."""
    more = size - len(lines(run_of(), Step(i=0, do=Do.MKDIR, to="a")))
    return lines(run_of(), Step(i=0, do=Do.MKDIR, to="a" * (more + 1)))


@pytest.mark.parametrize("size", [1023, 1025, 4095])
def test_a_length_without_its_data_is_what_a_power_cut_left_of_a_write(size: int) -> None:
    data = sound_until(size)
    for end in range(size + 1, size // 4096 * 4096 + 4097):
        assert parse(data + bytes(end - size)).torn == end - size


@pytest.mark.parametrize(
    ("size", "zeros"), [(1024, 20), (1023, 4096), (4095, 2), (4096, 4096), (1536, 1)], ids=str
)
def test_zeros_that_a_lost_write_would_not_leave_are_damage(size: int, zeros: int) -> None:
    with pytest.raises(JournalDamagedError):
        parse(sound_until(size) + bytes(zeros))


FOREIGN = {
    "line ends of Windows": SOUND.replace(b"\n", b"\r\n"),
    "line ends of old Macs": SOUND.replace(b"\n", b"\r"),
    "UTF-16": SOUND.decode().encode("utf-16"),
    "UTF-32": SOUND.decode().encode("utf-32-le"),
    "a byte order mark": b"\xef\xbb\xbf" + SOUND,
    "EBCDIC": SOUND.decode().encode("cp037"),
    "zeros after the end": SOUND + bytes(4096),
    "a zeroed end": SOUND[:-40] + bytes(40),
    "a zeroed block": SOUND[:20] + bytes(100) + SOUND[120:],
    "zeros and then noise": SOUND + bytes(9) + b"x",
    "only zeros": bytes(len(SOUND)),
    "noise after the end": SOUND + random.Random(1).randbytes(300),
    "only noise": random.Random(2).randbytes(300),
    "two lines become one": SOUND[: -len(LAST) - 1] + LAST,
    "an empty line": SOUND + b"\n",
    "two bad last lines": SOUND[: -len(LAST)] + LAST[:-9] + b"\n" + LAST[:-9],
    "text": b"This file was emptied by a clever tool.\n",
}


@pytest.mark.parametrize("data", FOREIGN.values(), ids=FOREIGN)
def test_a_journal_that_is_not_as_it_was_written_stops_recover_and_stays(
    data: bytes, tmp_path: Path, run: Runner
) -> None:
    path = tmp_path / ".anivault" / "journal.jsonl"
    path.parent.mkdir()
    path.write_bytes(data)
    told = run("recover", tmp_path)

    assert told.code == 28
    assert f"mv {quoted(str(path))}" in told.err
    assert path.read_bytes() == data
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_the_hint_over_a_damaged_journal_keeps_its_sound_lines(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(SOUND + bytes(4096))
    with pytest.raises(JournalDamagedError) as caught:
        parse(path.read_bytes(), str(path))
    aside, kept = caught.value.hint.partition("aside: ")[2].split("; its first 4 lines are sound: ")
    subprocess.run(["sh", "-c", f"{aside} && {kept}"], check=True)

    assert path.read_bytes() == SOUND


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
            history = parse(bytes(data))
        except JournalDamagedError:
            continue
        if not history.unfinished and bytes(data) != sound:
            accepted.append(seed)

    assert not parse(sound).unfinished
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
        parse(data)

    assert "upgrade" in caught.value.hint


def test_a_later_version_is_refused_before_anything_is_followed() -> None:
    with pytest.raises(JournalRefusedError):
        parse(lines(msgspec.structs.replace(run_of(), v=2), End("done", 2)))


STEP = Step(i=0, do=Do.RENAME, root=1, rel="a.mkv", to="b.mkv")
ABSURD: dict[str, list[object]] = {
    "a negative size": [{"size": -1}],
    "a huge size": [{"size": 10**30}],
    "a negative time": [{"mtime_ns": -(10**30)}],
    "a huge time": [{"mtime_ns": 10**30}],
    "a text for a number": [{"size": "12"}],
    "a fraction": [{"size": 1.5}],
    "a list for a name": [{"rel": ["a"]}],
    "a mode beyond all modes": [{"mode": 1 << 20}],
    "a path that leads out": [{"to": "../b.mkv"}],
    "a path that leads out below": [{"rel": "a/../../b.mkv"}],
    "a whole path": [{"to": "/etc/passwd"}],
    "a NUL": [{"to": "a\0b"}],
    "a NUL in base64": [{"to_b64": "YQBi"}],
    "base64 that is none": [{"to_b64": "!"}],
    "a way out in base64": [{"to_b64": "Li4vYg=="}],
    "AniVault's own folder": [{"to": ".anivault/journal.jsonl"}],
    "AniVault's own folder in capitals": [{"to": ".AniVault/lock"}],
    "an unknown root": [{"root": 2}],
    "an unknown root to go to": [{"to_root": 7}],
    "a negative root": [{"root": -1}],
    "no name": [{"rel": ""}],
    "no new name": [{"to": ""}],
    "an owner too few": [{"owner": [1]}],
    "an owner too many": [{"owner": [1, 2, 3]}],
    "a huge owner": [{"owner": [1 << 40, 1]}],
    "a NUL in an attribute's name": [{"attrs": {"user.\0": ""}}],
    "an unknown way": [{"do": "explode"}],
    "an unknown kind": [{"kind": "wish"}],
    "it takes itself back": [{"undoes": ["a", 0]}],
    "it takes back a step of its own run": [{}, {"i": 1, "undoes": ["a", 0]}],
    "it takes back an unknown run": [{"undoes": ["b", 0]}],
    "the same number twice": [{}, {}],
    "made, of an unknown step": [{}, {"kind": "placed", "made": {"5": {"inode": 1, "mtime_ns": 1}}}],
    "done, of an unknown step": [{}, {"kind": "done", "made": {"5": {"inode": 1, "mtime_ns": 1}}}],
    "void, of a settled step": [{}, {"kind": "done"}, {"kind": "done", "void": {"0": "x"}}],
    "an absurd end": [{"kind": "end", "state": "done", "time": 10**18}],
    "something after the end": [{"kind": "end", "state": "done", "time": 1}, {}],
    "a run in a run": [
        {"kind": "run", "v": 1, "id": "b", "time": 1, "mode": "move", "roots": [{"path": "/l"}]}
    ],
}
RUNS: dict[str, dict[str, object]] = {
    "version 0": {"v": 0},
    "an absurd time": {"time": 10**18},
    "no root": {"roots": []},
    "a root that is no whole path": {"roots": [{"path": "library"}]},
    "a root with a NUL": {"roots": [{"path": "/library"}, {"path": "/a\0"}]},
    "a name that is a path": {"id": "../../etc/x"},
    "no name": {"id": ""},
}


def sealed(*records: object) -> bytes:
    found = b""
    for number, record in enumerate(records):
        body = b'%s,"n":%d' % (msgspec.json.encode(record)[:-1], number)
        found += b'%s,"sum":"%08x"}\n' % (body, zlib.crc32(body))
    return found


@pytest.mark.parametrize("changes", ABSURD.values(), ids=ABSURD)
def test_sound_lines_that_cannot_be_true_stop_the_tool(changes: list[dict[str, object]]) -> None:
    step = msgspec.to_builtins(STEP)
    records = [
        change if "kind" in change and change["kind"] != "wish" else step | change for change in changes
    ]
    assert parse(sealed(run_of("/source"), step)).runs
    with pytest.raises(JournalDamagedError):
        parse(sealed(run_of("/source"), *records))


@pytest.mark.parametrize("change", RUNS.values(), ids=RUNS)
def test_a_run_that_cannot_be_true_stops_the_tool(change: dict[str, object]) -> None:
    with pytest.raises(JournalDamagedError):
        parse(sealed(msgspec.to_builtins(run_of("/source")) | change))


def test_the_same_run_twice_stops_the_tool() -> None:
    with pytest.raises(JournalDamagedError):
        parse(lines(run_of(), End("done", 1), run_of(), End("done", 1)))


@pytest.mark.parametrize("value", ["9" * 9000, "[" * 100_000, "{" * 100_000, '"\\ud800"', "nul", ""])
def test_a_sound_line_that_nothing_can_read_stops_the_tool(value: str) -> None:
    body = f'{{"kind":"run","v":1,"id":{value},"n":0'.encode()
    with pytest.raises(JournalDamagedError):
        parse(b'%s,"sum":"%08x"}\n' % (body, zlib.crc32(body)))


def test_fields_that_a_later_version_adds_are_passed_over() -> None:
    plain = lines(run_of(), Done(), End("done", 2)).splitlines(keepends=True)
    body = plain[1].replace(b'"kind":"done"', b'"kind":"done","new":[1]').rpartition(b',"sum"')[0]
    plain[1] = b'%s,"sum":"%08x"}\n' % (body, zlib.crc32(body))

    assert not parse(b"".join(plain)).unfinished


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


@pytest.mark.parametrize(
    "absurd",
    [
        {"mtime_ns": 2**63}, {"size": -1}, {"inode": 2**64}, {"mode": 0o10000}, {"hash": "xyz"},
        {"owner": [1]}, {"rel": "../out"}, {"to": ".anivault/journal.jsonl"}, {"attrs": {"a\0": b""}},
        {"root": 7},
    ],
)  # fmt: skip
def test_what_could_not_be_read_again_is_not_written(tmp_path: Path, absurd: dict[str, object]) -> None:
    fine = {"i": 1, "do": Do.RENAME, "rel": "a", "to": "b"}
    with writing(str(tmp_path)) as log:
        run = log.new_run("move", [])
        with pytest.raises(OSError, match="no meaning"):
            log.append([run, Step(**{**fine, **absurd})])  # type: ignore[arg-type]

    assert not Path(journal_path(str(tmp_path))).exists()


def test_a_file_of_a_time_that_no_journal_holds_stays_and_the_others_go(run: Runner, tmp_path: Path) -> None:
    for name in ("Nichijou - 01.mkv", "Nichijou - 02.mkv"):
        (tmp_path / "pile").mkdir(exist_ok=True)
        (tmp_path / "pile" / name).write_text(name)
    late = tmp_path / "pile" / "Nichijou - 02.mkv"
    os.utime(late, (10**10, 10**10))
    if late.stat().st_mtime_ns != 10**19:
        pytest.skip("this disk keeps no such time")
    words = ("organize", tmp_path / "pile", "--to", tmp_path / "lib", "--json")
    preview, done = run(*words), run(*words, "--apply")

    assert [each["reason"] for each in done.of("held")] == ["attribute-refused"]
    assert [each | {"new": False} for each in preview.of("held")] == done.of("held")  # it was shown by then
    assert len([*(tmp_path / "lib").rglob("*.mkv")]) == 1
    assert run("verify", tmp_path / "lib").code == 0


@pytest.mark.parametrize("body", [b'{"kind":' * 100_000, b'{"kind":"run","v":' + b"9" * 9000])
def test_python_s_own_words_are_not_told(body: bytes) -> None:
    line = b'%s,"n":0' % body
    line = b'%s,"sum":"%08x"}\n' % (line, zlib.crc32(line))
    with pytest.raises(JournalDamagedError) as told:
        parse(line)

    assert not {"recursion", "sys.", "digits()"} & {*str(told.value).replace("_", " ").split()}
