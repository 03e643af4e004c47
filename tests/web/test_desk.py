"""A sheet gives back what work wrote on it, a stretch at a time, and is never seen half written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from anivault.services import pinning
from anivault.services.remembered import ignored
from anivault.shared.errors import DiskError
from anivault.shared.places import user_config_path
from anivault.web.decided import deciding
from anivault.web.desk import Desk, Row, Sheet, stamp


class Item(msgspec.Struct, frozen=True):
    """What a row of these tests holds."""

    name: str
    notes: tuple[str, ...] = ()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "desk")


def written(desk: Desk, rows: int = 5) -> Sheet:
    """A sheet of two shows whose rows take turns."""
    with desk.writing("plan") as writer:
        for n in range(rows):
            writer.row("move", f"show {n % 2}", f"Label {n}", Item(f"{n}.mkv"))
        writer.row("held", "why", "Straße", Item("held.mkv"))
        for title in ("Zeta", "Ärger im Paradies", "alpha"):
            writer.group("show", title, title, Item(title))
        writer.fact("count", rows)
    sheet = desk.sheet("plan")
    assert sheet
    return sheet


def names(rows: list[Row]) -> list[str]:
    return [row.read(Item).name for row in rows]


def test_before_any_work_there_is_no_sheet(desk: Desk) -> None:
    assert desk.sheet("plan") is None


def test_rows_come_a_stretch_at_a_time_in_their_order(desk: Desk) -> None:
    with written(desk) as sheet:
        first = sheet.rows("move", most=2)
        second = sheet.rows("move", after=first[-1].n, most=2)

        assert names([*first, *second]) == ["0.mkv", "1.mkv", "2.mkv", "3.mkv"]


def test_rows_of_a_group_are_those_alone(desk: Desk) -> None:
    with written(desk) as sheet:
        assert names(sheet.rows("move", "show 1")) == ["1.mkv", "3.mkv"]


def test_more_rows_than_are_kept_in_hand_are_all_there(desk: Desk) -> None:
    with written(desk, rows=4500) as sheet:
        assert len(sheet.rows("move", most=9999)) == 4500


def test_groups_keep_the_order_in_which_they_were_written(desk: Desk) -> None:
    with written(desk) as sheet:
        assert [key for key, _ in sheet.groups("show", Item)] == ["Zeta", "Ärger im Paradies", "alpha"]
        assert [key for key, _ in sheet.groups("show", Item, start=1, most=1)] == ["Ärger im Paradies"]


@pytest.mark.parametrize(("search", "count"), [("", 3), ("A", 3), ("ÄRGER", 1), ("%", 0), ("_", 0)])
def test_a_search_finds_groups_whatever_the_case_and_knows_no_wildcards(
    desk: Desk, search: str, count: int
) -> None:
    with written(desk) as sheet:
        assert sheet.count_groups("show", search) == len(sheet.groups("show", Item, search=search)) == count


def test_a_row_is_found_by_its_number_and_its_kind(desk: Desk) -> None:
    with written(desk) as sheet:
        (held,) = sheet.rows("held")

        assert sheet.row("held", held.n) == held
        assert sheet.row("move", held.n) is None


def test_rows_are_found_by_how_their_label_begins(desk: Desk) -> None:
    with written(desk) as sheet:
        assert names(sheet.rows_like("move", "Label 3")) == ["3.mkv"]
        assert sheet.rows_like("move", "Label%") == []


def test_facts_are_as_they_were_last_set(desk: Desk) -> None:
    with written(desk) as sheet:
        assert sheet.fact("count", int) == 5
        assert sheet.fact("other", int) is None


def test_marks_lead_from_row_to_row_until_all_have_one(desk: Desk) -> None:
    with written(desk, rows=3) as sheet:
        seen = []
        while row := sheet.unmarked("move", "asked"):
            seen.append(row.n)
            sheet.mark([row.n], "asked", b"yes")

        assert seen == [row.n for row in sheet.rows("move")]
        assert sheet.marked("asked") == dict.fromkeys(seen, b"yes")
        sheet.unmark(seen[1:2], "asked")
        assert sheet.marked("asked") == dict.fromkeys([seen[0], seen[2]], b"yes")


def test_a_mark_of_one_kind_is_none_of_another(desk: Desk) -> None:
    with written(desk, rows=1) as sheet:
        sheet.mark([1], "asked")

        assert sheet.marked("left") == {}
        assert sheet.unmarked("move", "left")


def test_work_that_fails_leaves_the_old_sheet_and_no_other_file(desk: Desk) -> None:
    written(desk).__exit__()
    with pytest.raises(TypeError), desk.writing("plan") as writer:
        writer.fact("count", object())

    with Sheet(desk.path("plan")) as sheet:
        assert sheet.fact("count", int) == 5
    assert [path.name for path in desk.folder.iterdir()] == ["plan.sqlite"]


def test_a_reader_goes_on_with_its_sheet_while_a_new_one_takes_its_place(desk: Desk) -> None:
    with written(desk) as old:
        written(desk, rows=1).__exit__()

        assert old.fact("count", int) == 5


def test_a_name_that_is_not_utf8_can_be_shown(desk: Desk) -> None:
    with desk.writing("plan") as writer:
        writer.row("move", "", "\udcff.mkv", Item("\udcff.mkv", ("why \udcff",)))

    with Sheet(desk.path("plan")) as sheet:
        assert sheet.rows("move")[0].read(Item) == Item("?.mkv", ("why ?",))


def test_a_sheet_that_is_not_true_any_more_is_gone(desk: Desk) -> None:
    written(desk).__exit__()
    desk.drop("plan")
    desk.drop("plan")

    assert desk.sheet("plan") is None


def test_the_stamp_of_a_library_changes_with_its_journal(tmp_path: Path) -> None:
    assert stamp(str(tmp_path)) == ""
    journal = tmp_path / ".anivault" / "journal.jsonl"
    journal.parent.mkdir()
    journal.write_text("{}\n")
    before = stamp(str(tmp_path))
    journal.write_text("{}\n{}\n")

    assert "" != before != stamp(str(tmp_path))


def test_a_fact_is_that_of_the_sheet_that_is_there_now(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.fact("runs", int) is None
    for number in (1, 2):
        with desk.writing("runs") as sheet:
            sheet.fact("runs", number)
        assert [desk.fact("runs", int), desk.fact("runs", int)] == [number, number]
    desk.drop("runs")
    assert desk.fact("runs", int) is None


def no_folder(desk: Desk) -> None:
    desk.folder.write_text("a file where the folder should be")


def no_place(desk: Desk) -> None:
    desk.path("plan").mkdir(parents=True)


@pytest.mark.parametrize("spoil", [no_folder, no_place])
def test_a_desk_that_the_disk_refuses_is_an_error_with_a_hint_and_no_bug(
    tmp_path: Path, spoil: Callable[[Desk], None]
) -> None:
    desk = Desk(tmp_path / "desk")
    spoil(desk)
    with pytest.raises(DiskError) as error, desk.writing("plan") as sheet:
        sheet.fact("name", "value")

    assert str(desk.folder) in f"{error.value} {error.value.hint}"


def test_a_full_disk_is_told_in_the_words_of_the_database(desk: Desk) -> None:
    with pytest.raises(DiskError, match="full"), desk.writing("plan"):
        raise sqlite3.OperationalError("database or disk is full")

    assert not list(desk.folder.iterdir())


@pytest.mark.parametrize("library", ["/srv/library", None])
def test_what_decides_lies_where_those_who_read_it_look(home: Path, library: str | None) -> None:
    files = set(deciding("/srv/library", None))

    assert {pinning.file_of(library), ignored.file_of(library), user_config_path()} <= files
    assert Path("/etc/own.toml") in deciding("/srv/library", "/etc/own.toml")


def test_a_sheet_of_another_version_is_not_read(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with desk.writing("plan") as sheet:
        sheet.row("move", "a", "b", {"a": 1})
    assert desk.sheet("plan")
    with sqlite3.connect(desk.path("plan")) as connection:
        connection.execute("PRAGMA user_version = 7")

    assert desk.sheet("plan") is None
    assert desk.fact("plan", dict) is None
    desk.path("plan").write_bytes(b"")
    assert desk.sheet("plan") is None
