"""A report tells what the program did and nothing of what somebody has, unless they want that shown."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.services.remembered.reports import Namer, log_lines, pack, setting, words_of

SECRET = "Zzqqx Wwvv"


@pytest.fixture
def hashed() -> Namer:
    return Namer(shown=False)


def test_a_name_is_the_same_hash_throughout_a_report_and_another_in_the_next(hashed: Namer) -> None:
    assert hashed(SECRET) == hashed(SECRET)
    assert hashed(SECRET) != hashed(SECRET + "x")
    assert hashed(SECRET) != Namer(shown=False)(SECRET)
    assert SECRET not in hashed(SECRET)


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("Zzqqx - 01.mkv", ".mkv"),
        ("Zzqqx.ass", ".ass"),
        ("Zzqqx.tar.gz", ".gz"),
        ("Zzqqx. Wwvv", ""),  # what is behind the dot is part of a title
        ("Zzqqx.Wwvvvv", ""),
        ("Zzqqx.", ""),
        ("Zzqqx", ""),
    ],
)
def test_an_extension_stays_readable(hashed: Namer, name: str, end: str) -> None:
    _, dot, extension = hashed(name).partition(".")

    assert dot + extension == end
    assert hashed(name).startswith("h-")


def test_names_that_are_shown_lose_their_secrets_all_the_same() -> None:
    shown = Namer(shown=True)

    assert shown(SECRET) == SECRET
    assert "0123456789abcdef" not in shown("https://x/?api_key=0123456789abcdef0123456789abcdef")


JSON: st.SearchStrategy[Any] = st.recursive(
    st.just(SECRET) | st.integers() | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
)


@given(JSON)
def test_no_name_is_left_however_deep_it_stands(fact: Any) -> None:
    told = json.dumps(Namer(shown=False).line({"path": fact, "paths": [fact]}))

    assert SECRET not in told


def test_numbers_and_options_are_no_names(hashed: Namer) -> None:
    assert hashed.any([1, None, True, 1.5]) == [1, None, True, 1.5]
    assert hashed.any("--apply") == "--apply"
    assert SECRET not in hashed.any(f"--to={SECRET}")


def test_what_says_nothing_of_anybody_stays(hashed: Namer) -> None:
    line = {"time": "2026-01-01", "code": 10, "event": "end", "error": "DiskError", "library": SECRET}
    told = hashed.line(line)

    assert {**told, "library": SECRET} == line
    assert told["library"] == hashed(SECRET)


def test_of_a_command_its_own_words_stay(hashed: Namer) -> None:
    line = {"event": "begin", "words": ["organize", SECRET, "--apply"], "counts": {"done": 3}}
    told = words_of(line, hashed, ["organize", "scan"])

    assert told["words"] == ["organize", hashed(SECRET), "--apply"]
    assert told["counts"] == {"done": 3}


def test_a_line_whose_words_and_counts_are_something_else_is_hashed_too(hashed: Namer) -> None:
    told = words_of({"words": SECRET, "counts": [SECRET]}, hashed, [SECRET])

    assert SECRET not in json.dumps(told)


@pytest.mark.parametrize(
    ("name", "stays"),
    [
        ("organize.mode", True),
        ("scan.workers", True),
        ("tmdb.url", True),
        ("library.wait", True),
        ("organize.prefer", False),  # names of groups
        ("library.path", False),
        ("telling.servers", False),
        ("tmdb.images", False),
    ],
)
def test_settings_that_name_somebodys_things_are_hashed(hashed: Namer, name: str, stays: bool) -> None:
    assert (setting(name, SECRET, hashed) == SECRET) is stays


def test_the_log_is_told_oldest_first_and_damaged_lines_are_counted(tmp_path: Path) -> None:
    new, old = tmp_path / "log", tmp_path / "log.1"
    new.write_bytes(b'{"n": 3}\n{"n": \xff\n[1]\n')
    old.write_bytes(b'{"n": 1}\n{"n": 2}\n')
    text = log_lines([str(new), str(old)], lambda line: {"n": line.get("n")})

    assert [json.loads(line) for line in text.splitlines()] == [
        {"n": 1},
        {"n": 2},
        {"n": 3},
        {"odd_lines": 2},
    ]


def test_a_whole_log_counts_nothing(tmp_path: Path) -> None:
    (tmp_path / "log").write_text('{"n": 1}\n')

    assert log_lines([str(tmp_path / "log")], dict) == '{"n": 1}\n'


def test_a_report_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "report.zip"
    pack(str(path), {"a.txt": "one", "b.txt": "two"})
    with zipfile.ZipFile(path) as packed:
        assert {name: packed.read(name).decode() for name in packed.namelist()} == {
            "a.txt": "one",
            "b.txt": "two",
        }
    with pytest.raises(FileExistsError):
        pack(str(path), {"a.txt": "three"})
    with zipfile.ZipFile(path) as packed:
        assert packed.read("a.txt") == b"one"
