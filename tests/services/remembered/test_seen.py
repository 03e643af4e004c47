"""A held file is shown once for each reason; whatever is lost of that memory, it is only shown again."""

from __future__ import annotations

from pathlib import Path

import pytest

from anivault.core.models import Held, HeldReason, Identity, Mode, Move
from anivault.services.remembered import seen
from anivault.services.remembered.seen import Seen

pytestmark = pytest.mark.usefixtures("home")


def held(name: str, reason: HeldReason = HeldReason.AMBIGUOUS, root: str = "/in") -> Held:
    return Held(root=root, rel=name, reason=reason)


def move(name: str) -> Move:
    return Move(root="/in", rel=name, target=name, mode=Mode.COPY, identity=Identity(1, 1))


def known(*items: Held, library: str = "/lib") -> set[str]:
    return {item.source for item, before in zip(items, Seen(library).known(items), strict=True) if before}


def test_what_was_shown_is_known_from_then_on() -> None:
    assert known(held("1.mkv")) == set()
    Seen("/lib").remember([held("1.mkv")])

    assert known(held("1.mkv"), held("2.mkv")) == {"/in/1.mkv"}
    assert known(held("1.mkv", root="/more")) == set()


def test_what_is_held_for_another_reason_is_new() -> None:
    Seen("/lib").remember([held("1.mkv")])

    assert known(held("1.mkv", HeldReason.TARGET_TAKEN)) == set()
    Seen("/lib").remember([held("1.mkv", HeldReason.TARGET_TAKEN)])
    assert known(held("1.mkv")) == set()


def test_what_moves_is_forgotten_and_the_others_are_not() -> None:
    Seen("/lib").remember([held("1.mkv"), held("2.mkv")])
    Seen("/lib").remember([], [move("1.mkv"), move("3.mkv")])

    assert known(held("1.mkv"), held("2.mkv")) == {"/in/2.mkv"}


def test_of_several_lines_the_last_counts() -> None:
    Seen("/lib").remember([held("1.mkv"), held("2.mkv"), held("3.mkv")])
    Seen("/lib").remember([held("1.mkv", HeldReason.TARGET_TAKEN)], [move("2.mkv")])
    Seen("/lib").remember([held("1.mkv")])

    assert known(held("1.mkv"), held("2.mkv"), held("3.mkv")) == {"/in/1.mkv", "/in/3.mkv"}
    assert not Seen("/lib").remember([held("1.mkv"), held("3.mkv")], [move("2.mkv"), move("9.mkv")])


def test_lines_that_count_no_more_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "MOST", 3)
    Seen("/lib").remember([held("1.mkv"), held("2.mkv"), held("3.mkv")])
    Seen("/lib").remember([held("4.mkv")], [move("2.mkv")])

    assert known(*(held(f"{n}.mkv") for n in range(5))) == {"/in/1.mkv", "/in/3.mkv", "/in/4.mkv"}
    assert len(Seen("/lib").path.read_text().splitlines()) == 3


def test_each_library_has_its_own_by_its_whole_path(monkeypatch: pytest.MonkeyPatch) -> None:
    Seen("/lib").remember([held("1.mkv")])
    monkeypatch.chdir("/")

    assert known(held("1.mkv"), library="/other") == set()
    assert known(held("1.mkv"), library="lib") == {"/in/1.mkv"}


def test_a_library_is_one_by_the_name_of_a_link_too(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "library")
    Seen(str(tmp_path / "link")).remember([held("1.mkv")])

    assert known(held("1.mkv"), library=str(tmp_path / "library")) == {"/in/1.mkv"}


def test_nothing_new_writes_nothing() -> None:
    memory = Seen("/lib")
    memory.remember([held("1.mkv")])
    before = memory.path.stat().st_ino
    memory.remember([held("1.mkv")])
    memory.remember([], [move("9.mkv")])

    assert memory.path.stat().st_ino == before


def test_no_path_stands_in_the_file() -> None:
    memory = Seen("/lib")
    memory.remember([held("Secret Show.mkv")])

    (line,) = memory.path.read_text().splitlines()
    assert "Secret" not in line
    assert line.split(" ")[1] == "ambiguous"


def test_the_oldest_go_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "MOST", 2)
    Seen("/lib").remember([held(f"{n}.mkv") for n in range(3)])

    assert known(*(held(f"{n}.mkv") for n in range(3))) == {"/in/1.mkv", "/in/2.mkv"}


@pytest.mark.parametrize("odd", [b"\xff\xfe", b"no line\n", b"0123456789abcdef\n", b"x" * 5000])
def test_a_damaged_line_takes_no_other_with_it(odd: bytes) -> None:
    memory = Seen("/lib")
    memory.remember([held("1.mkv")])
    memory.path.write_bytes(odd + b"\n" + memory.path.read_bytes() + odd)

    assert known(held("1.mkv")) == {"/in/1.mkv"}


def test_a_memory_that_cannot_be_kept_is_no_failure(home: Path) -> None:
    (home / "state").write_text("a file where the folder would be")
    memory = Seen("/lib")
    memory.remember([held("1.mkv")])

    assert memory.known([held("1.mkv")]) == [True]  # in this run
    assert known(held("1.mkv")) == set()
