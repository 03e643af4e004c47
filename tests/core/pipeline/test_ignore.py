"""Ignore lists are read as git reads them, whatever is in them, and never take long."""

from __future__ import annotations

import codecs
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.pipeline.ignore import MOST_BYTES, MOST_WILD, IgnoreList, parse


def judge(text: str | bytes, path: str) -> bool | None:
    data = text.encode() if isinstance(text, str) else text
    return parse(data).judge(path.rstrip("/"), folder=path.endswith("/"))


@pytest.mark.parametrize(
    ("text", "ignored", "kept"),
    [
        ("Extras", ["Extras", "a/Extras/", "a/b/Extras"], ["Extras2", "a/extras"]),
        ("Extras/", ["Extras/", "a/Extras/"], ["Extras"]),
        ("/Extras/", ["Extras/"], ["a/Extras/"]),
        ("a/b.mkv", ["a/b.mkv"], ["c/a/b.mkv", "b.mkv"]),
        ("*.txt", ["a.txt", "b/c.txt"], ["a.txt.mkv"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["b", "a/bb"]),
        ("**/NC/*.mkv", ["NC/a.mkv", "x/y/NC/a.mkv"], ["NC/x/a.mkv"]),
        ("a/**", ["a/b", "a/b/c"], ["a/", "b"]),
        ("[[]Group[]]*", ["[Group] a.mkv"], ["Group a.mkv"]),
        (r"\[Group\]*", ["[Group] a.mkv"], ["G"]),
        ("[Group", ["[Group"], ["G"]),
        ("ep[0-9][!0-4].mkv", ["ep15.mkv"], ["ep14.mkv", "epx5.mkv"]),
        ("ep[[:digit:]]", ["ep1"], ["epx"]),
        ("x[z-a]", [], ["xz", "xa", "xb"]),
        ("?.mkv", ["a.mkv", "é.mkv"], ["ab.mkv", ".mkv"]),
        ("a*b*c", ["abc", "aXbXc", "abcbc"], ["acb", "abcd"]),
        ("***", ["anything"], []),
        (r"\!keep", ["!keep"], ["keep"]),
        (r"\#1", ["#1"], []),
        ("tail   ", ["tail"], ["tail   "]),
        ("tail\\ ", ["tail "], ["tail"]),
        ("*.mkv\n!01.mkv", ["02.mkv"], ["x"]),
        ("a\n!a\na", ["a"], []),
        ("# words\n\n*.nfo", ["a.nfo"], ["# words"]),
    ],
)
def test_patterns_mean_what_they_mean_to_git(text: str, ignored: list[str], kept: list[str]) -> None:
    assert [path for path in ignored if judge(text, path) is not True] == []
    assert [path for path in kept if judge(text, path)] == []


def test_the_last_pattern_decides() -> None:
    assert judge("*.mkv\n!01.mkv", "01.mkv") is False
    assert judge("!01.mkv\n*.mkv", "01.mkv") is True
    assert judge("01.mkv\n!*.mkv", "01.mkv") is False
    assert judge("*.txt", "01.mkv") is None


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", [b"", codecs.BOM_UTF8])
def test_line_ends_and_a_byte_order_mark_are_no_part_of_a_pattern(end: str, bom: bytes) -> None:
    data = bom + end.join(["Extras", "*.txt", "フォルダ", ""]).encode()

    assert [judge(data, path) for path in ("Extras/", "a.txt", "フォルダ")] == [True] * 3


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_list_that_an_editor_of_windows_wrote_is_read(encoding: str) -> None:
    bom = codecs.BOM_UTF16_LE if encoding.endswith("le") else codecs.BOM_UTF16_BE

    assert judge(bom + "Extras\r\n".encode(encoding), "Extras/") is True


def test_bytes_that_are_no_utf8_match_the_same_bytes() -> None:
    assert judge(b"caf\xe9.mkv", "caf\udce9.mkv") is True


@pytest.mark.parametrize("empty", [b"", b"\n \n", codecs.BOM_UTF8])
def test_a_list_without_a_line_ignores_everything(empty: bytes) -> None:
    assert judge(empty, "a/b.mkv") is True


def test_a_list_of_comments_ignores_nothing() -> None:
    assert judge("# nothing yet\n", "a.mkv") is None


@pytest.mark.parametrize(
    "line", ["!", "/", "//", "!/", "Extras\\", "!a\\", "a\0b", "a" * 5000, "[" * 100, "*\\\\\\"]
)
def test_a_line_that_says_nothing_is_named_and_the_others_hold(line: str) -> None:
    found = parse(f"*.txt\n{line}\r\nSamples/\n".encode())

    assert [(fault.line, fault.text) for fault in found.faults] == [(2, line[:80])]
    assert found.judge("a.txt", folder=False) is True
    assert found.judge("Samples", folder=True) is True


def test_a_list_without_end_is_read_to_its_bound() -> None:
    wild = parse(b"".join(b"*%d*\n" % number for number in range(MOST_WILD + 5)))
    long = parse(b"*.txt\n" + b"#" * MOST_BYTES)

    assert [fault.line for fault in wild.faults] == list(range(MOST_WILD + 1, MOST_WILD + 6))
    assert "1 MiB" in long.faults[-1].why
    assert long.judge("a.txt", folder=False)


HARD = {
    "a few stars": ("*a" * 3 + "*b", "a" * 200),  # first: a pattern that tries twice is found out in a minute
    "stars": ("*a" * 25 + "*b", "a" * 255),
    "double stars": ("a" + "**a" * 25, "a" * 254 + "c"),
    "questions": ("*?" * 40 + "b", "a" * 255),
    "sets": ("*[a-z]" * 40 + "b", "a" * 255),
    "stars over folders": ("**/a/" * 25 + "b", "a/" * 1500 + "c"),
    "stars in folders": ("**/*a*a*a*a/" * 10 + "b", "aaaaaaaa/" * 400 + "c"),
    "open sets": ("*[" * 60 + "\\]", "[" * 255),
    "spaces": (" " * 4000 + "x", "x"),
    "colons": ("[:a" * 60, "[:a"),
}


@pytest.mark.parametrize("case", HARD)
def test_no_pattern_takes_long_on_any_name(case: str) -> None:
    pattern, path = HARD[case]
    found = parse("\n".join([pattern] * 20).encode())
    start = time.process_time()
    for _ in range(10):
        found.judge(path, folder=False)

    assert time.process_time() - start < 5  # a pattern that tries twice needs years for most of these


PATTERNS = st.text(alphabet="ab*?/[]!-.\\ #", min_size=1, max_size=12)
PATHS = st.lists(st.text(alphabet="ab]-. ", min_size=1, max_size=3), min_size=1, max_size=3)


@given(st.lists(PATTERNS, max_size=4), PATHS)
def test_any_list_is_read_and_any_path_is_judged(lines: list[str], parts: list[str]) -> None:
    assert parse("\n".join(lines).encode()).judge("/".join(parts), folder=False) in {True, False, None}


def ignored(found: IgnoreList, path: str) -> bool:
    """Whether a path or a folder above it is ignored: what a walk leaves out."""
    above = [path[:place] for place, character in enumerate(path) if character == "/"]
    return any(found.judge(folder, folder=True) for folder in above) or bool(found.judge(path, folder=False))


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
def test_git_judges_the_same(tmp_path: Path) -> None:
    patterns = [
        "a*b",
        "/a",
        "a/",
        "b/*",
        "**/b",
        "a/**",
        "a/**/b",
        "!b",
        "[a-b]b",
        "[!a]b",
        "?b",
        "a?",
        "*/a/*",
        "[]-]b",
    ]
    names = ["a", "b", "ab", "bb", "-b", "]b"]
    paths = [*names, *(f"{one}/{two}" for one in names for two in names), "a/a/b", "b/a/b", "a/b/a/b"]
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    for pattern in patterns:
        (tmp_path / ".gitignore").write_text(f"{pattern}\n")
        words = ["git", "-C", str(tmp_path), "check-ignore", "--no-index", "--stdin"]
        done = subprocess.run(words, input="\n".join(paths), capture_output=True, text=True, check=False)
        found = parse(f"{pattern}\n".encode())

        assert [path for path in paths if ignored(found, path)] == done.stdout.splitlines(), pattern
