"""What is ignored is a line that a person can read, for what was named and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.pipeline.ignore import parse
from anivault.core.pipeline.scanner import scan
from anivault.services.remembered.ignored import (
    HEADER,
    Lines,
    add,
    file_of,
    kept,
    lines_for,
    listed,
    lists,
    literal,
    remove,
    write,
)
from anivault.shared.errors import DiskError, NotTrustedError, UsageError

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def pile(tmp_path: Path) -> Path:
    """Two shows and a stray file."""
    for name in ("Natsu/01.mkv", "Natsu/02.mkv", "Natsu [x]/01.mkv", "Fuyu/01.mkv", "Fuyu/01.nfo"):
        file = tmp_path / "pile" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    return tmp_path / "pile"


@pytest.fixture
def library(tmp_path: Path) -> str:
    (tmp_path / "library").mkdir()
    return str(tmp_path / "library")


def left(pile: Path, library: str | None = None) -> list[str]:
    """What a scan still finds."""
    return sorted(file.rel for file in scan([str(pile)], ignored=lists(library)).files)


EVERYTHING = ["Fuyu/01.mkv", "Fuyu/01.nfo", "Natsu [x]/01.mkv", "Natsu/01.mkv", "Natsu/02.mkv"]


# --- what a line is for ---


def test_a_path_that_is_there_is_that_path_whatever_signs_it_has(pile: Path) -> None:
    said = add([str(pile / "Natsu [x]")], None)

    assert said.lines == (f"{pile}/Natsu \\[x\\]",)
    assert left(pile) == [name for name in EVERYTHING if "[x]" not in name]


def test_a_path_is_meant_from_where_it_was_typed(pile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(pile)

    assert add(["Natsu"], None).lines == (f"{pile}/Natsu",)


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("*.nfo", "*.nfo"),
        ("Extras/", "Extras/"),
        ("Natsu/01.mkv", "**/Natsu/01.mkv"),  # in any folder
        ("/gone/Natsu", "/gone/Natsu"),
        ("**/NC/*", "**/NC/*"),
        ("!Natsu", "!Natsu"),
        ("!/mnt/Natsu", "!/mnt/Natsu"),
        ("!a/b", "!a/b"),
    ],
)
def test_what_is_not_there_is_a_pattern(word: str, line: str) -> None:
    assert add([word], None).lines == (line,)
    assert listed(None) == [Lines(str(file_of(None)), (line,))]


@pytest.mark.parametrize("word", ["a\nb", "a\rb", "a\0b", "# all", "#", "", "   "])
def test_what_would_be_no_line_or_a_comment_is_refused_and_nothing_is_written(word: str) -> None:
    with pytest.raises(UsageError, match=r"Nothing was changed\.$") as refused:
        add(["*.nfo", word], None)

    assert refused.value.hint
    assert not file_of(None).exists()


def test_a_line_that_stands_there_is_not_written_twice(pile: Path) -> None:
    add(["*.nfo"], None)
    before = file_of(None).read_bytes()
    add(["*.nfo", "*.nfo"], None)

    assert file_of(None).read_bytes() == before
    add(["*.txt", "*.nfo", "*.txt"], None)
    assert listed(None)[0].lines == ("*.nfo", "*.txt")


def test_a_new_list_says_what_it_is_and_an_own_one_is_kept_as_it_is() -> None:
    write(["*.nfo"], None)
    assert file_of(None).read_text() == f"{HEADER}*.nfo\n"

    file_of(None).write_text("# mine\n\n*.txt")  # no line break at the end
    write(["*.nfo"], None)
    assert file_of(None).read_text() == "# mine\n\n*.txt\n*.nfo\n"


# --- whose list holds ---


def test_the_users_list_holds_everywhere_and_a_librarys_for_it_alone(pile: Path, library: str) -> None:
    add(["*.nfo"], None)
    add(["Natsu"], library)

    assert left(pile) == [name for name in EVERYTHING if name[-4:] != ".nfo"]
    assert left(pile, library) == ["Fuyu/01.mkv", "Natsu [x]/01.mkv"]
    assert [each.file for each in listed(library)] == [str(file_of(library)), str(file_of(None))]
    assert [each.file for each in listed(None)] == [str(file_of(None))]


def test_a_librarys_list_takes_back_what_the_users_says(pile: Path, library: str) -> None:
    add(["*.mkv"], None)
    add(["!02.mkv"], library)

    assert left(pile, library) == ["Fuyu/01.nfo", "Natsu/02.mkv"]


def test_a_list_that_another_user_may_write_is_not_trusted(library: str) -> None:
    add(["*.nfo"], library)
    file_of(library).chmod(0o666)

    with pytest.raises(NotTrustedError):
        lists(library)


def test_a_list_that_cannot_be_read_is_an_error_and_no_empty_list(library: str) -> None:
    file_of(None).mkdir(parents=True)

    with pytest.raises(DiskError) as told:
        lists(None)
    assert str(file_of(None)) in told.value.hint
    with pytest.raises(DiskError):
        add(["*.nfo"], None)


def test_a_list_that_cannot_be_written_is_an_error(home: Path) -> None:
    (home / "config").write_text("a file where the folder would be")

    with pytest.raises(DiskError):
        add(["*.nfo"], None)


# --- taking back ---


def test_a_line_is_taken_out_as_it_stands_or_by_its_path(pile: Path) -> None:
    add([str(pile / "Natsu [x]"), "*.nfo", "Natsu/01.mkv"], None)

    assert remove([str(pile / "Natsu [x]")], None).lines == (f"{pile}/Natsu \\[x\\]",)
    assert remove(["Natsu/01.mkv"], None).lines == ("**/Natsu/01.mkv",)
    assert remove(["*.nfo"], None).lines == ("*.nfo",)
    assert file_of(None).read_text() == HEADER
    assert listed(None) == []


@pytest.mark.parametrize("sign", ["\u2028", "\x85", "\x0b", "\x1c"])
def test_a_name_with_what_unicode_calls_the_end_of_a_line_is_one_line_for_good(sign: str, pile: Path) -> None:
    odd = pile / f"Na{sign}tsu"
    odd.mkdir()
    add([str(odd), "*.nfo"], None)

    assert listed(None)[0].lines == (str(odd), "*.nfo")
    remove(["*.nfo"], None)
    assert listed(None)[0].lines == (str(odd),)
    assert add([str(odd)], None).lines == (str(odd),)
    assert file_of(None).read_text() == f"{HEADER}{odd}\n"
    remove([str(odd)], None)
    assert listed(None) == []


def test_a_list_from_windows_is_read_and_its_other_lines_stay_as_they_are() -> None:
    file_of(None).parent.mkdir(parents=True)
    file_of(None).write_bytes(b"# mine\r\n*.nfo\r\n*.txt\r\n")
    add(["*.nfo"], None)

    assert listed(None)[0].lines == ("*.nfo", "*.txt")
    assert remove(["*.nfo"], None).lines == ("*.nfo",)
    assert file_of(None).read_bytes() == b"# mine\r\n*.txt\r\n"


def test_taking_out_what_is_not_there_is_refused_and_changes_nothing() -> None:
    add(["*.nfo"], None)
    before = file_of(None).read_bytes()

    with pytest.raises(UsageError, match=r"'\*\.txt'.*Nothing was changed"):
        remove(["*.txt"], None)
    assert file_of(None).read_bytes() == before


def test_what_was_kept_comes_back_byte_for_byte(library: str) -> None:
    file_of(None).parent.mkdir(parents=True)
    file_of(None).write_bytes(b"# mine \xff\n*.txt")
    back = kept(None)
    add(["*.nfo"], None)
    back()

    assert file_of(None).read_bytes() == b"# mine \xff\n*.txt"


@given(st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), min_size=1))
def test_a_literal_line_matches_its_path_and_not_its_sibling(name: str) -> None:
    name = name.replace("/", "_").replace("\n", " ").replace("\r", " ").rstrip(" .") or "x"
    pattern = parse(literal(f"/pile/{name}").encode())

    assert pattern.judge(os.path.join("pile", name), folder=True)
    assert not pattern.judge(os.path.join("pile", f"{name}x"), folder=True)


# --- the lines for what a question is about ---


def of(files: list[str], *others: str, roots: tuple[str, ...] = ("/p",)) -> list[str]:
    return lines_for(files, sorted([*files, *others]), roots)


def test_files_that_have_a_folder_to_themselves_are_left_out_by_it() -> None:
    assert of(["/p/N/1.mkv", "/p/N/2.mkv"], "/p/F/1.mkv") == ["/p/N"]


def test_a_folder_that_is_named_on_the_command_line_is_read_so_its_content_is_left_out() -> None:
    assert of(["/p/1.mkv", "/p/2.mkv"]) == ["/p/*"]


def test_else_they_are_left_out_by_how_their_names_begin_and_next_weeks_too() -> None:
    assert of(["/p/Natsu - 01.mkv", "/p/Natsu - 02.mkv"], "/p/Fuyu - 01.mkv") == ["/p/Natsu - *"]


def test_a_number_is_not_part_of_how_names_begin() -> None:
    assert of(["/p/Natsu 11.mkv", "/p/Natsu 12.mkv"], "/p/Fuyu.mkv") == ["/p/Natsu *"]


@pytest.mark.parametrize(
    ("files", "others"),
    [
        (["/p/Natsu - 01.mkv", "/p/Natsu - 02.mkv"], ["/p/Natsu - OVA.mkv"]),  # another begins so
        (["/p/abc1.mkv", "/p/abc2.mkv"], ["/p/x.mkv"]),  # three letters say too little
        (["/p/N/1.mkv", "/p/F/1.mkv"], ["/p/x.mkv"]),  # in two folders
        (["/p/Natsu - 01.mkv"], ["/p/x.mkv"]),  # one file
        (["/p/N/1.mkv"], []),
    ],
)
def test_else_each_is_named(files: list[str], others: list[str]) -> None:
    assert of(files, *others) == [literal(file) for file in files]


NAMES = st.lists(
    st.sampled_from(["/p/Natsu - 1", "/p/Natsu - 2", "/p/Natsu", "/p/N/Natsu 1", "/p/N/Natsu 2", "/p/[x] 1"]),
    min_size=1, unique=True,
)  # fmt: skip


@given(NAMES, NAMES)
def test_lines_leave_out_what_they_are_for_and_no_other(files: list[str], others: list[str]) -> None:
    rest = sorted(set(others) - set(files))
    list_ = parse("\n".join(of(files, *rest)).encode())

    def is_out(path: str) -> bool:
        parts = path.strip("/").split("/")
        above = ["/".join(parts[:n]) for n in range(1, len(parts))]
        return bool(
            list_.judge("/".join(parts), folder=False) or any(list_.judge(f, folder=True) for f in above)
        )

    assert all(map(is_out, files))
    assert not any(map(is_out, rest))
