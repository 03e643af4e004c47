"""Answers are kept, age, make room, and survive a damaged file."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.services.tmdb.cache import DAY, LONGEST, Answer, Cache
from tests.tmdb_server.bench import FakeClock


def opened(folder: Path, clock: FakeClock | None = None, size_cap: int = 2**20) -> Cache:
    return Cache(folder, now=(clock or FakeClock()).now, size_cap=size_cap)


def test_an_answer_is_kept_across_runs(tmp_path: Path) -> None:
    with opened(tmp_path) as cache:
        cache.put("tv/1?", 200, b"body", DAY)
    with opened(tmp_path) as cache:
        assert cache.get("tv/1?") == Answer(200, b"body", fresh=True)
        assert cache.get("tv/2?") is None


@given(st.text(max_size=50), st.binary(max_size=500), st.sampled_from([200, 404]))
def test_what_is_put_comes_back_whatever_it_is(key: str, body: bytes, status: int) -> None:
    cache = Cache(Path("/dev/null/no/folder"))
    key = key.encode("utf-8", "replace").decode()
    cache.put(key, status, body, DAY)

    assert cache.get(key) == Answer(status, body, fresh=True)
    cache.close()


def test_an_expired_answer_is_stale_and_not_gone(tmp_path: Path) -> None:
    clock = FakeClock()
    with opened(tmp_path, clock) as cache:
        cache.put("k", 200, b"old", DAY)
        clock.time += DAY + 1

        assert cache.get("k") == Answer(200, b"old", fresh=False)


def test_nothing_is_kept_longer_than_six_months(tmp_path: Path) -> None:
    clock = FakeClock()
    with opened(tmp_path, clock) as cache:
        cache.put("k", 200, b"old", 10_000 * DAY)
        clock.time += LONGEST - 1
        assert cache.get("k") == Answer(200, b"old", fresh=True)
        clock.time += 2

        assert cache.get("k") is None
        assert cache.stats().answers == 0


@pytest.mark.parametrize(
    "change", ["body = x'00'", "status = 500", "body = 'text'", "fetched = 'then'", "key = 'b'"]
)
def test_a_row_that_was_tampered_with_is_dropped(tmp_path: Path, change: str) -> None:
    with opened(tmp_path) as cache:
        cache.put("a", 200, b"body", DAY)
    with sqlite3.connect(tmp_path / "tmdb.sqlite") as database:
        database.execute(f"UPDATE answers SET {change}")
    with opened(tmp_path) as cache:
        assert cache.get("b" if "key" in change else "a") is None
        assert cache.stats().answers == 0


@pytest.mark.parametrize("damage", [b"no database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "tmdb.sqlite").write_bytes(damage)
    with opened(tmp_path) as cache:
        cache.put("k", 200, b"new", DAY)

        assert cache.get("k") == Answer(200, b"new", fresh=True)
        assert cache.why == ""


@pytest.mark.parametrize(
    "odd",
    [
        "ALTER TABLE answers RENAME COLUMN body TO flesh",
        "UPDATE answers SET body = CAST(x'f4ff' AS TEXT)",
        "UPDATE answers SET body = 17",
        "CREATE TRIGGER odd BEFORE INSERT ON answers BEGIN SELECT RAISE(ABORT, 'no'); END",
        "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = CAST(x'43f45245' AS TEXT)",
    ],
)
def test_a_file_with_odd_values_or_tables_is_begun_again(tmp_path: Path, odd: str) -> None:
    with opened(tmp_path) as cache:
        cache.put("old", 200, b"body", DAY)
    database = sqlite3.connect(tmp_path / "tmdb.sqlite")
    database.executescript(odd)
    database.close()
    with opened(tmp_path) as cache:
        assert cache.get("old") is None or "TRIGGER" in odd
        cache.put("k", 200, b"new", DAY)
        cache.put("k", 200, b"new", DAY)

        assert cache.get("k") == Answer(200, b"new", fresh=True)


def test_damage_that_appears_while_it_is_open_costs_answers_and_no_run(tmp_path: Path) -> None:
    with opened(tmp_path) as cache:
        for n in range(200):
            cache.put(f"k{n}", 200, b"x" * 1000, DAY)
        cache._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cache._db.execute("PRAGMA cache_size = 0")
        with (tmp_path / "tmdb.sqlite").open("r+b") as file:
            file.seek(100)
            file.write(b"\xff" * 100_000)
        for n in range(200):
            cache.get(f"k{n}")
        cache.put("after", 200, b"fine", DAY)

        assert cache.get("after") == Answer(200, b"fine", fresh=True)


def test_where_no_folder_can_be_had_memory_serves_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with opened(tmp_path / "file") as cache:
        cache.put("k", 200, b"x", DAY)

        assert cache.get("k") is not None
        assert cache.why


def test_the_least_recently_used_make_room(tmp_path: Path) -> None:
    clock = FakeClock()
    with opened(tmp_path, clock) as cache:
        for n in range(10):
            cache.put(f"k{n}", 200, b"x" * 1000, 30 * DAY)
            clock.time += 1
        clock.time += 2 * DAY
        cache.get("k0")
    with opened(tmp_path, clock, size_cap=10_000) as cache:
        cache.put("new", 200, b"x" * 1000, DAY)

        assert cache.get("k0")
        assert cache.get("new")
        assert cache.get("k1") is None
        assert cache.stats().answers <= 9


def test_reading_writes_nothing_within_a_day(tmp_path: Path) -> None:
    clock = FakeClock()
    with opened(tmp_path, clock) as cache:
        cache.put("k", 200, b"x", DAY)
        before = cache._db.total_changes
        for _ in range(100):
            cache.get("k")

        assert cache._db.total_changes == before


def test_prune_drops_what_has_expired_and_clear_everything(tmp_path: Path) -> None:
    clock = FakeClock()
    with opened(tmp_path, clock) as cache:
        cache.put("old", 200, b"x" * 50_000, DAY)
        cache.put("new", 404, b"", 9 * DAY)
        clock.time += 2 * DAY
        size = cache.stats().size

        assert cache.prune() == 1
        assert cache.stats().answers == 1
        assert cache.stats().size < size
        assert cache.clear() == 1
        assert cache.stats().answers == 0


def test_stats_count_what_is_there(tmp_path: Path) -> None:
    clock = FakeClock()
    with opened(tmp_path, clock) as cache:
        cache.put("a", 200, b"x", DAY)
        clock.time += 2 * DAY
        cache.put("b", 404, b"", DAY)
        stats = cache.stats()

    assert (stats.answers, stats.not_found, stats.expired) == (2, 1, 1)
    assert stats.path == str(tmp_path / "tmdb.sqlite")
    assert stats.size > 0


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o755)
    with opened(folder) as cache:
        cache.put("k", 200, b"x", DAY)
        modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}

    assert modes == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_table_of_another_version_is_thrown_away(tmp_path: Path) -> None:
    with opened(tmp_path) as cache:
        cache.put("k", 200, b"x", DAY)
    with sqlite3.connect(tmp_path / "tmdb.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    with opened(tmp_path) as cache:
        assert cache.get("k") is None


WRITER = """
import sys
from pathlib import Path
from anivault.services.tmdb.cache import Cache
print("ready", flush=True)
sys.stdin.readline()
with Cache(Path(sys.argv[1])) as cache:
    for n in range(60):
        cache.put(f"{sys.argv[2]}-{n}", 200, b"x" * 100, 1000)
        cache.get(f"0-{n}")
"""


def writer_of(folder: Path, name: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, folder, name],
        env={"PYTHONPATH": str(Path(__file__).parents[3] / "src")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


@pytest.mark.parametrize("attempt", range(6))
def test_processes_open_it_and_write_to_it_at_once(tmp_path: Path, attempt: int) -> None:
    if attempt % 2:  # what another version left is thrown away once, not with what others wrote since
        with closing(sqlite3.connect(tmp_path / "tmdb.sqlite")) as old:
            old.execute("CREATE TABLE answers (key TEXT)")
    with ExitStack() as running:
        writers = [running.enter_context(writer_of(tmp_path, str(name))) for name in range(4)]
        assert [writer.stdout and writer.stdout.readline() for writer in writers] == [b"ready\n"] * 4
        for writer in writers:
            writer.stdin and writer.stdin.close()  # go

    assert [writer.returncode for writer in writers] == [0] * 4
    with Cache(tmp_path) as cache:
        assert cache.stats().answers == 240
