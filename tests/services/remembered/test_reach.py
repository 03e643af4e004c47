"""A line of an ignore list is told by what it takes: all, all videos, or so many files."""

from __future__ import annotations

import pytest

from anivault.services.remembered.reach import count, told

PILE = "/mnt/pile"
FILES = [f"{PILE}/Show {n}/Show {n} - 0{e}.mkv" for n in (1, 2) for e in (1, 2, 3)]


@pytest.mark.parametrize("line", ["*", "**", "*/", "**/*", "*.*", "/*", "/**", "?*", "[!x]*"])
def test_what_takes_any_name_is_everything(line: str) -> None:
    assert told(line) == "everything"


@pytest.mark.parametrize(
    ("line", "what"),
    [("*.mkv", "every file that ends in .mkv"), ("*.mp*", "every file that ends in .mp4 or .mpg or .mpeg")],
)
def test_what_takes_any_video_of_an_ending_says_which(line: str, what: str) -> None:
    assert told(line) == what


@pytest.mark.parametrize(
    "line",
    ["*.nfo", "Show 1", "Show*", "*sample*", "[Group]*", "extras/", f"{PILE}/Show 1", "!*", "# *", "*/x.mkv"],
)
def test_what_means_some_files_is_not_told_of(line: str) -> None:
    assert told(line) == ""
    assert told(line, [PILE]) == ""


def test_all_of_a_folder_is_told_where_that_folder_counts() -> None:
    assert told(f"{PILE}/*", [PILE]) == f"everything in {PILE}"
    assert told(f"{PILE}/*", ["/mnt/other", PILE]) == f"everything in {PILE}"
    assert told(f"{PILE}/*.mkv", [PILE]) == ""  # those in folders stay
    assert told(f"{PILE}/**/*.mkv", [PILE]) == f"every file in {PILE} that ends in .mkv"
    assert told(PILE, [PILE]) == ""  # it is always read itself


@pytest.mark.parametrize(
    ("line", "files"),
    [("*", 6), ("Show 1", 3), ("*01.mkv", 2), (f"{PILE}/Show 2", 3), (PILE, 0), ("!*", 0), ("*.nfo", 0)],
)
def test_files_are_counted_as_a_scan_would_leave_them_out(line: str, files: int) -> None:
    assert count(line, FILES, [PILE]) == files
