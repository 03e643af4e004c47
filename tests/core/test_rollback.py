"""What is taken back, what is left alone, and the same as a script."""

from __future__ import annotations

import codecs
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
import tree_sitter
import tree_sitter_pwsh

from anivault.core import rollback_manager
from anivault.core.models import Held, HeldReason, Mode, Write
from anivault.core.moving import preflight
from anivault.core.moving.executor import Batch, execute
from anivault.core.moving.history import Replay
from anivault.core.moving.journal import log as reading
from anivault.core.moving.journal.log import History, read_journal
from anivault.core.moving.journal.records import Step, journal_path
from anivault.core.moving.rollback.outlook import outlook
from anivault.core.moving.rollback.script import powershell_script, write_script
from anivault.core.moving.verifying.verifier import verify
from anivault.core.rollback_manager import apply, plan_rollback
from anivault.shared.errors import (
    FolderNotFoundError,
    JournalDamagedError,
    NoSpaceError,
    OutputRefusedError,
    RunNotFoundError,
    UnsafePathError,
)
from tests.core.mover import NAMES, Box, tree

VIDEO = "[Group] Show - 02.mkv"
SHELLS = [["sh"], ["bash", "--posix"], ["busybox", "sh"]]


@pytest.fixture
def box(tmp_path: Path, request: pytest.FixtureRequest) -> Box:
    (tmp_path / "source").mkdir()
    return Box(tmp_path / "source", tmp_path / "library", getattr(request, "param", Mode.MOVE))


def reasons(held: tuple[Held, ...]) -> set[HeldReason]:
    return {item.reason for item in held}


def test_a_preview_changes_nothing(box: Box) -> None:
    box.run()
    before = tree(box.library.parent)
    plan = plan_rollback(str(box.library))

    assert tree(box.library.parent) == before
    assert len(plan.files) == 5
    assert outlook(plan).held == ()


@pytest.mark.parametrize("box", [Mode.MOVE, Mode.COPY], indirect=True)
def test_a_file_that_changed_since_stays_and_is_announced(box: Box) -> None:
    box.run()
    (box.library / NAMES[VIDEO]).write_bytes(b"edited")
    plan = plan_rollback(str(box.library))
    conflicts = outlook(plan).held
    report = apply(plan)

    assert [(c.rel, c.reason) for c in conflicts if c.reason is HeldReason.CHANGED] == [
        (NAMES[VIDEO], HeldReason.CHANGED)
    ]
    assert (box.library / NAMES[VIDEO]).read_bytes() == b"edited"
    assert report.moved == 4


def test_a_place_that_is_taken_stays_taken(box: Box) -> None:
    box.run()
    (box.source / VIDEO).write_text("a new download")
    plan = plan_rollback(str(box.library))
    conflicts = outlook(plan).held
    report = apply(plan)

    assert HeldReason.TARGET_TAKEN in reasons(conflicts)
    assert HeldReason.TARGET_TAKEN in reasons(report.held)
    assert (box.source / VIDEO).read_text() == "a new download"
    assert (box.library / NAMES[VIDEO]).exists()


@pytest.mark.parametrize("box", [Mode.COPY, Mode.HARDLINK], indirect=True)
def test_the_last_copy_of_a_content_is_never_removed(box: Box) -> None:
    box.run()
    (box.source / VIDEO).unlink()
    report = box.rollback()

    assert HeldReason.SOURCE_GONE in reasons(report.held)
    assert (box.library / NAMES[VIDEO]).exists()


@pytest.mark.parametrize("box", [Mode.COPY], indirect=True)
def test_a_copy_stays_when_its_source_was_replaced(box: Box) -> None:
    box.run()
    (box.source / VIDEO).write_bytes(b"another release")
    report = box.rollback()

    assert HeldReason.CHANGED in reasons(report.held)
    assert (box.library / NAMES[VIDEO]).exists()


def test_a_folder_with_a_file_of_the_user_stays(box: Box) -> None:
    box.run()
    mine = box.library / "Shows/Show/poster.jpg"
    mine.write_bytes(b"mine")
    plan = plan_rollback(str(box.library))
    conflicts = outlook(plan).held
    apply(plan)

    assert HeldReason.FOLDER_NOT_EMPTY in reasons(conflicts)
    assert mine.exists()
    assert box.folders() == {"Shows", "Shows/Show"}


def test_a_folder_that_was_there_before_stays(box: Box) -> None:
    (box.library / "Shows").mkdir()
    box.run()
    box.rollback()

    assert box.folders() == {"Shows"}


def test_a_source_folder_that_is_gone_is_made_again(box: Box) -> None:
    before = box.trees()
    box.run()
    shutil.rmtree(box.source / "Film (2001)")
    box.rollback()

    assert box.trees() == before


def test_one_file_or_one_folder_can_be_taken_back(box: Box) -> None:
    before = tree(box.source)
    box.run()
    apply(plan_rollback(str(box.library), only=[str(box.library / NAMES[VIDEO])]))
    one = tree(box.source)
    apply(plan_rollback(str(box.library), only=[str(box.source / "Film (2001)")]))
    two = tree(box.source)
    box.rollback()

    assert one.keys() == {VIDEO}
    assert two.keys() == {VIDEO, *(name for name in NAMES if name.startswith("Film"))}
    assert tree(box.source) == before
    assert box.folders() == set()


def test_runs_are_taken_back_the_last_first_or_by_name_or_by_date(box: Box) -> None:
    plan = box.plan()
    before = box.trees()
    parts = (plan.moves[:2], plan.moves[2:4], plan.moves[4:])
    names = [execute(msgspec.structs.replace(plan, moves=moves)).run for moves in parts]
    apply(plan_rollback(str(box.library), names[0]))
    first = tree(box.source)
    box.rollback()
    last = tree(box.source)
    apply(plan_rollback(str(box.library), since=0))

    assert first.keys() == {m.rel for m in plan.moves[:2]}
    assert last.keys() == {m.rel for m in (*plan.moves[:2], plan.moves[4])}
    assert box.trees() == before
    assert box.folders() == set()


def test_a_run_that_was_taken_back_is_not_taken_back_again(box: Box) -> None:
    box.run()
    preview = plan_rollback(str(box.library))
    box.rollback()

    assert plan_rollback(str(box.library)).steps == ()
    assert apply(preview).moved == 0


def test_a_journal_that_changed_since_the_preview_is_read_again_and_another_is_not(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.run()
    plan, path = plan_rollback(str(box.library)), Path(journal_path(str(box.library)))
    sound = path.read_bytes()
    path.write_bytes(sound.replace(b"S01E01", b"S01E07"))  # as long as before

    with pytest.raises(JournalDamagedError):
        apply(plan)

    path.write_bytes(sound)
    monkeypatch.setattr(reading, "parse", None)

    assert apply(plan).moved == 5


def test_what_was_organized_again_can_be_taken_back_again(box: Box) -> None:
    before = box.trees()
    for _ in range(3):
        box.run()
        box.rollback()

    assert box.trees() == before


def test_an_unknown_run_and_an_absent_library_are_named(box: Box, tmp_path: Path) -> None:
    box.run()
    with pytest.raises(RunNotFoundError):
        plan_rollback(str(box.library), "never")
    with pytest.raises(FolderNotFoundError):
        plan_rollback(str(tmp_path / "nowhere"))


def test_a_rollback_that_would_leave_its_roots_is_refused(box: Box) -> None:
    box.run()
    log = read_journal(str(box.library)).runs[0]
    (step,) = (s for s in log.steps.values() if s.rel == VIDEO)
    log.steps[step.i] = msgspec.structs.replace(step, rel="../../etc/passwd")
    replay = Replay(History([log], 0, 0, 0), str(box.library))

    with pytest.raises(UnsafePathError):
        rollback_manager._plan(replay, None, None, [])


# The script


@pytest.fixture(params=SHELLS, ids=lambda words: words[0])
def shell(request: pytest.FixtureRequest) -> list[str]:
    if not shutil.which(request.param[0]):
        pytest.skip(f"needs {request.param[0]}")
    words: list[str] = request.param
    return words


def run_script(box: Box, shell: list[str], *words: str) -> subprocess.CompletedProcess[str]:
    path = box.library.parent / "undo.sh"
    if not path.exists():
        write_script(plan_rollback(str(box.library)), str(path))
    return subprocess.run(
        [*shell, str(path), *words],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"]},
    )


@pytest.mark.parametrize("box", [Mode.MOVE, Mode.COPY, Mode.HARDLINK, Mode.SYMLINK], indirect=True)
def test_the_script_takes_a_run_back_without_anivault(box: Box, shell: list[str]) -> None:
    (box.source / "it's $HOME `x`\n-rf.mkv").write_bytes(b"odd name")
    before = box.trees()
    odd = box.move("it's $HOME `x`\n-rf.mkv", 'Shows/it\'s "$(odd)".mkv')
    plan = msgspec.structs.replace(box.plan(), moves=(*box.plan().moves, odd))
    execute(plan, writes=[Write(target="Shows/Show/tvshow.nfo", data=b"<x/>")])
    done = box.trees()
    shown = run_script(box, shell)
    after_showing = box.trees()
    result = run_script(box, shell, "--apply")

    assert after_showing == done
    assert shown.stdout.count("would") >= 7
    assert (result.returncode, result.stderr) == (0, "")
    assert box.trees() == before
    assert box.folders() == set()


def _edit(box: Box) -> None:
    (box.library / NAMES[VIDEO]).write_bytes(b"edited")


def _take(box: Box) -> None:
    box.source.joinpath(VIDEO).unlink(missing_ok=True)
    box.source.joinpath(VIDEO).write_bytes(b"a new download")


def _add(box: Box) -> None:
    (box.library / "Shows/Show/poster.jpg").write_bytes(b"mine")


@pytest.mark.parametrize("box", [Mode.MOVE, Mode.COPY], indirect=True)
@pytest.mark.parametrize("change", [_edit, _take, _add])
def test_the_script_keeps_what_the_rollback_would_keep(
    box: Box, shell: list[str], change: Callable[[Box], None]
) -> None:
    box.run()
    change(box)
    conflicts = outlook(plan_rollback(str(box.library))).held
    result = run_script(box, shell, "--apply")

    assert result.returncode == 1
    for conflict in conflicts:
        assert f"kept: {box.library}/{conflict.rel} (" in result.stdout


def test_the_powershell_script_has_every_step_and_a_name_that_it_cannot_hold_as_a_comment(box: Box) -> None:
    name = os.fsdecode(b"caf\xe9.mkv")
    (box.source / name).write_bytes(b"x")
    (box.source / "it's.mkv").write_bytes(b"x")
    odd = [box.move(name, "a.mkv"), box.move("it's.mkv", "b.mkv")]
    execute(msgspec.structs.replace(box.plan(), moves=(*box.plan().moves, *odd)))
    text = powershell_script(plan_rollback(str(box.library))).decode("utf-8-sig")

    assert sum(line.startswith("Back '") for line in text.split("\r\n")) == 6
    assert sum(line.startswith("Fold '") for line in text.split("\r\n")) == 5
    assert "it''s.mkv'" in text
    assert "# not Unicode: Back" in text


def powershell_strings(script: bytes) -> list[str]:
    """The strings of a script as PowerShell's grammar reads them; none when it does not fit the grammar."""
    language = tree_sitter.Language(tree_sitter_pwsh.language())
    root = tree_sitter.Parser(language).parse(script).root_node
    return [] if root.has_error else list(_verbatim(root))


def _verbatim(node: tree_sitter.Node) -> Iterator[str]:
    if node.type == "verbatim_string_characters" and node.text:
        yield re.sub("(['\u2018\u2019\u201a\u201b])\\1", r"\1", node.text.decode()[1:-1])
    for child in node.children:
        yield from _verbatim(child)


@pytest.mark.parametrize(
    "name",
    ["it's", "\u2018so\u2019", "$(Get-Item .)", "`n; exit", 'a"b', "a\nb", "-x", "#", "'@", "@('", "\u201a'"],
)
def test_every_name_is_one_string_in_the_grammar_of_powershell(box: Box, name: str) -> None:
    (box.source / name).write_bytes(b"x")
    execute(msgspec.structs.replace(box.plan(), moves=(box.move(name, "Films/a.mkv"),)))
    script = powershell_script(plan_rollback(str(box.library)))[len(codecs.BOM_UTF8) :]

    assert powershell_strings(script)[-3:-1] == [
        str(box.library / "Films/a.mkv"),
        str(box.source / name),
    ]
    assert powershell_strings(script + b"}") == []


def test_a_script_replaces_no_file(box: Box) -> None:
    box.run()
    plan = plan_rollback(str(box.library))
    with pytest.raises(OutputRefusedError) as caught:
        write_script(plan, str(box.library / "mine.txt"))

    assert "File exists" in str(caught.value)
    assert (box.library / "mine.txt").read_text() == "a file of the user"


@pytest.mark.parametrize("box", [Mode.MOVE, Mode.HARDLINK, Mode.COPY], indirect=True)
def test_what_a_script_took_back_is_no_conflict_and_a_rollback_notes_it(box: Box, tmp_path: Path) -> None:
    before = box.trees()
    box.run()
    write_script(plan_rollback(str(box.library)), str(tmp_path / "back.sh"))
    subprocess.run(["sh", tmp_path / "back.sh", "--apply"], check=True)
    assert verify(str(box.library)).failed()
    plan = plan_rollback(str(box.library))

    assert outlook(plan).held == ()
    assert apply(plan).held == ()
    assert not verify(str(box.library)).failed()
    assert box.trees() == before
    assert plan_rollback(str(box.library)).steps == ()


def test_a_file_that_is_gone_from_both_places_is_a_conflict(box: Box) -> None:
    box.run()
    (box.library / NAMES[VIDEO]).unlink()
    plan = plan_rollback(str(box.library))

    assert [(c.rel, c.reason) for c in outlook(plan).held] == [(NAMES[VIDEO], HeldReason.SOURCE_GONE)]
    assert reasons(apply(plan).held) == {HeldReason.SOURCE_GONE}


def test_a_way_back_that_has_no_room_is_refused_before_the_first_file(
    tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "more").mkdir()
    box = Box(tmp_path / "more", elsewhere / "library", Mode.MOVE)
    before = box.trees()
    box.run()
    after = box.trees()

    with monkeypatch.context() as full:
        full.setattr(preflight, "SPARE", 1 << 60)
        with pytest.raises(NoSpaceError):
            box.rollback()
    assert box.trees() == after
    box.rollback()
    assert box.trees() == before


def test_a_comment_of_the_powershell_script_is_one_line(box: Box) -> None:
    name = os.fsdecode(b"a\xff\nRemove-Item x\r\n#.mkv")
    (box.source / name).write_bytes(b"x")
    execute(msgspec.structs.replace(box.plan(), moves=(box.move(name, "a.mkv"),)))
    text = powershell_script(plan_rollback(str(box.library)))

    assert b"\n" + b"Remove-Item x" not in text


def test_a_folder_that_became_a_link_holds_its_files_and_no_others(box: Box, tmp_path: Path) -> None:
    box.run()
    (box.library / "Films").rename(tmp_path / "films")
    (box.library / "Films").symlink_to(tmp_path / "films")
    plan = plan_rollback(str(box.library))

    assert HeldReason.FOLDER_IS_LINK in reasons(outlook(plan).held)
    assert apply(plan).moved >= 3
    assert (tmp_path / "films" / "Film (2001)" / "Film (2001).mkv").exists()


def test_a_root_that_is_gone_is_announced(box: Box) -> None:
    box.run()
    shutil.rmtree(box.source)
    plan = plan_rollback(str(box.library))

    assert len(outlook(plan).held) >= 5
    assert "mount its disk" in outlook(plan).held[0].detail


@pytest.mark.parametrize("box", [Mode.COPY], indirect=True)
def test_the_last_copy_is_not_removed_when_its_source_goes_in_the_middle(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.run()
    wanted = (box.library / NAMES[VIDEO]).read_bytes()
    intend = Batch.intend

    def and_the_source_goes(self: Batch, ready: list[Step]) -> None:
        intend(self, ready)
        (box.source / VIDEO).unlink(missing_ok=True)

    monkeypatch.setattr(Batch, "intend", and_the_source_goes)
    report = box.rollback()

    assert [item.rel for item in report.held if item.rel == NAMES[VIDEO]] == [NAMES[VIDEO]]
    assert (box.library / NAMES[VIDEO]).read_bytes() == wanted
