"""What was shown of held files is not listed again, and what is ignored is never asked about."""

from __future__ import annotations

from pathlib import Path

import pytest

from anivault.services.remembered.seen import Seen
from tests.conftest import Ran, Run

ODD = [f"Zzqqx Wwvv - {n:02}.mkv" for n in (1, 2, 3)]


@pytest.fixture
def pile(tmp_path: Path) -> Path:
    folder = tmp_path / "pile"
    folder.mkdir()
    for name in [*ODD, "[Grp] Nichijou - 01.mkv"]:
        (folder / name).write_text(name)
    return folder


def news(done: Ran) -> dict[str, bool]:
    return {Path(event["path"]).name: event["new"] for event in done.of("held")}


def test_held_files_that_were_shown_are_one_line(run: Run, pile: Path, tmp_path: Path) -> None:
    words = ("organize", pile, "--to", tmp_path / "library")
    first, second, again = run(*words), run(*words), run(*words, "--held")

    assert ODD[0] in first.out
    assert "as before" not in first.out
    assert ODD[0] not in second.out
    assert "3 files of 1 show held as before; --held lists them." in second.out
    assert second.code == first.code == 10
    assert ODD[0] in again.out
    assert "as before" not in again.out


def test_only_what_is_new_is_named(run: Run, pile: Path, tmp_path: Path) -> None:
    words = ("organize", pile, "--to", tmp_path / "library", "--json")
    assert news(run(*words)) == dict.fromkeys(ODD, True)
    (pile / "Zzqqx Wwvv - 04.mkv").write_text("new")

    assert news(run(*words)) == {**dict.fromkeys(ODD, False), "Zzqqx Wwvv - 04.mkv": True}


def test_each_library_has_a_memory_of_its_own(run: Run, pile: Path, tmp_path: Path) -> None:
    run("organize", pile, "--to", tmp_path / "one")

    assert ODD[0] in run("organize", pile, "--to", tmp_path / "two").out


def test_a_file_that_went_and_is_held_again_is_new(run: Run, pile: Path, tmp_path: Path) -> None:
    words = ("organize", pile, "--to", tmp_path / "library")
    run(*words)
    run("pin", pile / ODD[0], "tmdb:42916")
    run(*words)
    run("unpin", pile / ODD[0])

    assert all(news(run(*words, "--json")).values())


@pytest.mark.parametrize("damage", [b"\xff\x00garbage", b"", b"0123456789abcdef\n" * 3])
def test_a_damaged_memory_only_shows_things_again(
    run: Run, pile: Path, tmp_path: Path, damage: bytes
) -> None:
    words = ("organize", pile, "--to", tmp_path / "library")
    run(*words)
    Seen(str(tmp_path / "library")).path.write_bytes(damage)

    assert ODD[0] in run(*words).out
    assert "as before" in run(*words).out


def test_a_memory_that_cannot_be_written_fails_nothing(
    run: Run, pile: Path, tmp_path: Path, home: Path
) -> None:
    (home / "state").write_text("a file where the folder goes")

    assert run("organize", pile, "--to", tmp_path / "library").code == 10


def test_a_path_is_ignored_for_good(run: Run, pile: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    assert run("ignore", pile / ODD[0], "--to", library).code == 0

    assert set(news(run("organize", pile, "--to", library, "--json"))) == set(ODD[1:])
    assert set(news(run("organize", pile, "--to", tmp_path / "other", "--json"))) == set(ODD)
    assert (library / ".anivault" / "ignore").read_text().splitlines()[-1] == str(pile / ODD[0])


def test_a_pattern_holds_in_every_folder_of_every_library(run: Run, pile: Path, tmp_path: Path) -> None:
    (pile / "sub" / "raws").mkdir(parents=True)
    (pile / "sub" / "raws" / "Qqvvx - 01.mkv").write_text("odd")
    run("ignore", "Zzqqx*", "sub/raws")

    assert news(run("organize", pile, "--to", tmp_path / "library", "--json")) == {}
    assert run("scan", pile, "--json").of("left-out")[0]["reason"] == "ignored"


def test_odd_names_are_ignored_as_they_are(run: Run, pile: Path, tmp_path: Path) -> None:
    odd = pile / "[Zz] q*x? \\ #1 [1080p].mkv"
    odd.write_text("odd")
    (pile / "Z q1xy.mkv").write_text("another")
    run("ignore", odd)
    left = [Path(event["path"]).name for event in run("scan", pile, "--json").of("left-out")]

    assert left == [odd.name]


def test_a_line_can_be_taken_back(run: Run, pile: Path) -> None:
    run("ignore", pile / ODD[0], "*.iso")
    assert [e["line"] for e in run("ignore", "--json").of("ignore")] == [str(pile / ODD[0]), "*.iso"]
    run("ignore", "--remove", pile / ODD[0])

    assert [e["line"] for e in run("ignore", "--json").of("ignore")] == ["*.iso"]
    assert run("ignore", "--remove", "nothing").code == 2


@pytest.mark.parametrize("word", ["# a comment", "a\nb", "\\", "   "])
def test_what_names_nothing_is_refused_and_nothing_is_written(run: Run, home: Path, word: str) -> None:
    assert run("ignore", word).code == 2
    assert run("ignore").out == "Nothing is ignored.\n"


def test_a_list_of_a_folder_is_heard_before(run: Run, pile: Path, tmp_path: Path) -> None:
    run("ignore", "Zzqqx*")
    (pile / ".anivaultignore").write_text(f"!{ODD[1]}\n")

    assert set(news(run("organize", pile, "--to", tmp_path / "library", "--json"))) == {ODD[1]}


def test_a_list_that_was_emptied_ignores_nothing(run: Run, pile: Path, tmp_path: Path) -> None:
    run("ignore", "*.iso", "--to", tmp_path / "library")
    (tmp_path / "library" / ".anivault" / "ignore").write_text("\n")

    assert set(news(run("organize", pile, "--to", tmp_path / "library", "--json"))) == set(ODD)


def test_no_score_is_in_the_words_of_what_is_held(run: Run, pile: Path, tmp_path: Path) -> None:
    for name in ("Shaman King - 01.mkv", "Bleach Zzqq - 01.mkv", "Mushishi 3 - 99.mkv"):
        (pile / name).write_text(name)
    details = [e["detail"] for e in run("organize", pile, "--to", tmp_path / "l", "--json").of("held")]

    assert len(details) >= 4
    assert not [detail for detail in details if "0." in detail or "1.00" in detail]


@pytest.mark.parametrize(
    ("line", "what"), [("*", "everything"), ("*.mkv", "every file that ends in .mkv"), ("*sample*", "")]
)
def test_who_leaves_out_everything_is_told_and_how_to_take_it_back(
    run: Run, tmp_path: Path, line: str, what: str
) -> None:
    done = run("ignore", line, "--to", tmp_path, "--json")

    told = [notice["text"] for notice in done.of("notice")]
    assert done.code == 0
    assert told == (
        [f"{line} leaves out {what}. To take it back: anivault ignore --remove '{line}'"] if what else []
    )
    assert run("ignore", "--remove", line, "--to", tmp_path, "--json").of("notice") == []
