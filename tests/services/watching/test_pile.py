"""A file is handed over once, when it has stayed as it is for long enough, and again when it is another."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.pipeline.ignore import Everywhere, parse
from anivault.services.watching.pile import Pile

SETTLE = 30.0


@pytest.fixture
def dl(tmp_path: Path) -> Path:
    (tmp_path / "dl").mkdir()
    return tmp_path / "dl"


@pytest.fixture
def pile(dl: Path) -> Pile:
    return Pile([str(dl)], [], SETTLE)


def write(path: Path, text: str = "video") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


def test_a_file_settles_when_it_was_left_alone_over_all_looks_and_not_before(dl: Path, pile: Pile) -> None:
    file = write(dl / "1.mkv")

    assert pile.look(100) == {file}
    assert (pile.settled(100), pile.waiting(100), pile.next_due(100)) == ([], frozenset({file}), SETTLE)
    assert pile.look(129) == set()
    assert (pile.settled(129), pile.next_due(129)) == ([], 1)
    pile.look(130)
    assert (pile.settled(130), pile.waiting(130), pile.next_due(130)) == ([file], frozenset(), 0)


def test_one_that_goes_on_growing_waits_from_its_last_change(dl: Path, pile: Pile) -> None:
    file = write(dl / "1.mkv")
    pile.look(100)
    write(dl / "1.mkv", "video and more")

    assert pile.look(120) == {file}
    assert pile.settled(130) == []
    assert pile.settled(150) == [file]


def test_its_own_time_counts_for_nothing(dl: Path, pile: Pile) -> None:
    file = write(dl / "1.mkv")
    os.utime(file, (0, 0))
    pile.look(100)

    assert pile.settled(110) == []


def test_what_is_handed_over_is_not_again_until_it_is_another(dl: Path, pile: Pile) -> None:
    file = write(dl / "1.mkv")
    pile.look(0)
    pile.handed_over([file])

    assert (pile.settled(100), pile.next_due(100)) == ([], None)
    write(dl / "1.mkv", "another content")
    pile.look(200)
    assert pile.settled(200) == []
    assert pile.settled(230) == [file]


def test_a_file_that_went_and_came_back_is_new(dl: Path, pile: Pile) -> None:
    file = write(dl / "1.mkv")
    pile.look(0)
    pile.handed_over([file])
    os.rename(file, f"{file}.away")
    pile.look(50)
    os.rename(f"{file}.away", file)

    assert file in pile.look(100)
    assert file in pile.settled(130)


def test_after_an_answer_all_is_handed_over_again_without_waiting(dl: Path, pile: Pile) -> None:
    file = write(dl / "1.mkv")
    pile.look(0)
    pile.handed_over([file])
    pile.open_again()

    assert pile.settled(40) == [file]


def test_the_next_one_is_due_when_the_first_of_them_is(dl: Path, pile: Pile) -> None:
    write(dl / "1.mkv")
    pile.look(0)
    write(dl / "2.mkv")
    pile.look(10)

    assert pile.next_due(20) == 10
    assert pile.next_due(1000) == 0  # never less than nothing
    assert Pile([str(dl)], [], SETTLE).next_due(0) is None


def test_entries_are_what_lies_directly_in_a_watched_folder(dl: Path, pile: Pile) -> None:
    files = [write(dl / name) for name in ("Natsu/S1/1.mkv", "Natsu/S1/2.mkv", "single.mkv")]
    pile.look(0)

    assert pile.entries(files) == (str(dl / "Natsu"), str(dl / "single.mkv"))


def test_a_folder_that_is_away_has_no_files_until_it_is_back(dl: Path, pile: Pile) -> None:
    file = write(dl / "1.mkv")
    pile.look(0)
    dl.rename(dl.with_name("away"))

    assert pile.look(10) == set()
    assert (pile.absent, pile.settled(100)) == ({str(dl)}, [])
    dl.with_name("away").rename(dl)
    assert pile.look(200) == {file}
    assert (pile.absent, pile.settled(200)) == (set(), [])


def test_one_folder_that_is_away_takes_nothing_from_the_others(dl: Path, tmp_path: Path) -> None:
    file = write(dl / "1.mkv")
    pile = Pile([str(tmp_path / "gone"), str(dl)], [], SETTLE)

    assert pile.look(0) == {file}
    assert pile.absent == {str(tmp_path / "gone")}


def test_a_folder_in_another_is_looked_at_once(dl: Path) -> None:
    file = write(dl / "inner" / "1.mkv")
    pile = Pile([str(dl), str(dl / "inner")], [], SETTLE)
    pile.look(0)

    assert pile.entries([file]) == (str(dl / "inner"),)


def test_the_library_and_what_is_ignored_by_then_are_left_out(dl: Path) -> None:
    write(dl / "library" / "1.mkv")
    file, sample = write(dl / "1.mkv"), write(dl / "2.mkv")
    lines = ["# nothing yet"]

    def ignored() -> list[Everywhere]:
        return [Everywhere("list", parse("\n".join(lines).encode()))]

    pile = Pile([str(dl)], [str(dl / "library")], SETTLE, ignored)
    assert pile.look(0) == {file, sample}
    lines.append("2.mkv")
    pile.look(10)
    assert pile.settled(100) == [file]


@given(st.lists(st.sampled_from(["write", "look", "hand"]), min_size=1, max_size=30), st.data())
def test_nothing_is_handed_over_that_changed_within_the_time(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("dl")
    pile, now, changed, handed = Pile([str(folder)], [], SETTLE), 0.0, 0.0, ""
    text = ""
    for step in steps:
        now += data.draw(st.integers(1, 40))
        if step == "write":
            text += "x"
            write(folder / "1.mkv", text)
            changed = now
        else:
            pile.look(now)
            if ready := pile.settled(now):
                assert now - changed >= SETTLE
                assert handed != text
                if step == "hand":
                    pile.handed_over(ready)
                    handed = text
