"""A preview holds what a run would hold, file by file, and looks without touching anything."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anivault.core.causes import Cause
from anivault.core.models import HeldReason, Mode, Move, Plan
from anivault.core.moving.executor import execute
from anivault.core.moving.foresight import check_writable, foresee
from anivault.shared import fs
from anivault.shared.errors import DestinationError, DiskError, UnfinishedRunError
from tests.core.mover import NAMES, Box, tree
from tests.core.mover import identity as identity_of

EPISODE, SUBTITLE, SECOND, FILM, ODD = NAMES.values()
SOURCES = {target: name for name, target in NAMES.items()}
MODES = [Mode.HARDLINK, Mode.COPY, Mode.SYMLINK, Mode.MOVE]


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path / "pile", tmp_path / "library", Mode.HARDLINK)


def foreseen(box: Box, plan: Plan | None = None, *, replayed: bool = False) -> Plan:
    return foresee(plan or box.plan(), unfinished=False, replayed=replayed)


def held(plan: Plan) -> dict[str, tuple[HeldReason, Cause | None]]:
    return {item.place: (item.reason, item.cause) for item in plan.held}


def going(plan: Plan) -> list[str]:
    return [move.target for move in plan.moves]


@pytest.mark.parametrize("mode", MODES)
def test_where_nothing_is_against_it_a_plan_is_as_it_was_and_nothing_was_touched(
    tmp_path: Path, mode: Mode
) -> None:
    box = Box(tmp_path / "pile", tmp_path / "library", mode)
    before = box.trees(), box.folders()

    assert foreseen(box) == box.plan()
    assert (box.trees(), box.folders()) == before


# --- what stands against one move ---


@dataclass
class Against:
    """Something on the disk that one move cannot go past."""

    do: Callable[[Box], object]
    reason: HeldReason
    cause: Cause | None
    alone: bool = True  # whether it is against no other move
    facts: dict[str, str] = field(default_factory=dict)


def library(box: Box, rel: str) -> Path:
    """A place of the library, its folder made."""
    path = box.library / rel
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def elsewhere(box: Box) -> Path:
    """A folder outside."""
    path = box.source.parent / "elsewhere"
    path.mkdir(exist_ok=True)
    return path


TAKEN, FILE, LINK = HeldReason.TARGET_TAKEN, HeldReason.FOLDER_IS_FILE, HeldReason.FOLDER_IS_LINK
AGAINST = {
    "a file": Against(
        lambda box: library(box, FILM).write_text("there"),
        TAKEN, Cause.IN_THE_WAY, facts={"what": "a file", "target": FILM},
    ),
    "a folder": Against(
        lambda box: library(box, FILM).mkdir(),
        TAKEN, Cause.IN_THE_WAY, facts={"what": "a folder", "target": FILM},
    ),
    "a link": Against(
        lambda box: library(box, FILM).symlink_to("anywhere"),
        TAKEN, Cause.IN_THE_WAY, facts={"what": "a link", "target": FILM},
    ),
    "a file for a folder": Against(
        lambda box: library(box, "Films/Film (2001)").write_text("a file"),
        FILE, Cause.NOT_A_FOLDER, alone=False, facts={"path": "Films/Film (2001)", "what": "a file"},
    ),
    "a link for a folder": Against(
        lambda box: library(box, "Films").symlink_to(elsewhere(box)),
        LINK, Cause.NOT_A_FOLDER, alone=False, facts={"path": "Films", "what": "a link"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("against", AGAINST)
def test_what_is_in_the_way_holds_the_move_that_it_is_in_the_way_of(
    tmp_path: Path, against: str, mode: Mode
) -> None:
    box, what = Box(tmp_path / "pile", tmp_path / "library", mode), AGAINST[against]
    what.do(box)
    before = box.trees()
    made = foreseen(box)

    stays = {FILM} if what.alone else {FILM, ODD}
    assert held(made) == dict.fromkeys(stays, (what.reason, what.cause))
    assert {frozenset(item.facts.items()) for item in made.held} == {frozenset(what.facts.items())}
    assert going(made) == [target for target in NAMES.values() if target not in stays]
    assert box.trees() == before


@pytest.mark.parametrize("against", AGAINST)
def test_a_run_holds_what_its_preview_holds_and_does_the_rest(box: Box, against: str) -> None:
    AGAINST[against].do(box)
    made = foreseen(box)
    report = execute(made)

    assert report.held == ()
    assert report.moved == len(made.moves)
    stays = msgspec.structs.replace(
        box.plan(), moves=tuple(m for m in box.plan().moves if m.target in held(made))
    )
    assert {item.rel for item in execute(stays).held} == {item.rel for item in made.held}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(st.sampled_from(list(NAMES.values())), unique=True), st.sampled_from(MODES))
def test_each_file_of_a_plan_is_foreseen_to_go_or_to_stay_once(
    tmp_path_factory: pytest.TempPathFactory, taken: list[str], mode: Mode
) -> None:
    folder = tmp_path_factory.mktemp("box")
    box = Box(folder / "pile", folder / "library", mode)
    for target in taken:
        library(box, target).write_text("there")
    made = foreseen(box)

    assert sorted([*going(made), *held(made)]) == sorted(NAMES.values())
    assert sorted(held(made)) == sorted(taken)
    assert foreseen(box, made) == made  # to look twice is to look once


def test_what_belongs_to_a_video_that_stays_stays_with_it(box: Box) -> None:
    plan = box.plan()
    moves = tuple(
        msgspec.structs.replace(move, video=EPISODE) if move.target == SUBTITLE else move
        for move in plan.moves
    )
    library(box, EPISODE).write_text("there")
    made = foreseen(box, msgspec.structs.replace(plan, moves=moves))
    told = {item.place: item for item in made.held}

    assert told[SUBTITLE].reason is HeldReason.NO_VIDEO
    assert told[SUBTITLE].facts == {"video": SOURCES[EPISODE]}
    assert SECOND in going(made)


# --- places that get free ---


def inside(box: Box, rel: str, target: str) -> Move:
    """A rename within the library."""
    path = library(box, rel)
    if not path.exists():
        path.write_text(rel)
    identity = identity_of(path)
    return Move(root=str(box.library), rel=rel, target=target, mode=Mode.MOVE, identity=identity)


def renames(box: Box, *moves: Move) -> Plan:
    return Plan(library=str(box.library), roots=(str(box.library),), preset="-", mode=Mode.MOVE, moves=moves)


def test_a_place_that_another_file_leaves_before_is_free(box: Box) -> None:
    first, second = inside(box, "b.mkv", "c.mkv"), inside(box, "a.mkv", "b.mkv")

    assert going(foreseen(box, renames(box, first, second))) == ["c.mkv", "b.mkv"]


def test_a_place_that_a_file_leaves_only_afterwards_is_taken(box: Box) -> None:
    first, second = inside(box, "a.mkv", "b.mkv"), inside(box, "b.mkv", "c.mkv")
    made = foreseen(box, renames(box, first, second))

    assert going(made) == ["c.mkv"]
    assert held(made) == {"b.mkv": (TAKEN, Cause.IN_THE_WAY)}


def test_a_place_that_a_file_does_not_leave_after_all_is_taken(box: Box) -> None:
    first, second = inside(box, "b.mkv", "c.mkv"), inside(box, "a.mkv", "b.mkv")
    library(box, "c.mkv").write_text("there")
    made = foreseen(box, renames(box, first, second))

    assert set(held(made)) == {"b.mkv", "c.mkv"}


def test_a_file_is_not_in_its_own_way_where_only_the_case_changes(box: Box) -> None:
    move = inside(box, "film.mkv", "Film.mkv")
    os.link(box.library / "film.mkv", box.library / "Film.mkv")  # as a disk without case shows it

    assert going(foreseen(box, renames(box, move))) == ["Film.mkv"]
    (box.library / "Film.mkv").unlink()
    (box.library / "Film.mkv").write_text("another")
    assert going(foreseen(box, renames(box, move))) == []


# --- a plan that was written ---


def changed(box: Box) -> None:
    (box.source / SOURCES[FILM]).write_text("changed since")


def gone(box: Box) -> None:
    (box.source / SOURCES[FILM]).unlink()


def another(box: Box) -> None:
    path = box.source / SOURCES[FILM]
    path.rename(path.with_suffix(".old"))
    path.mkdir()


@pytest.mark.parametrize(
    ("happened", "reason"),
    [(changed, HeldReason.CHANGED), (gone, HeldReason.SOURCE_GONE), (another, HeldReason.CHANGED)],
)
@pytest.mark.parametrize("mode", [Mode.HARDLINK, Mode.COPY, Mode.MOVE])
def test_a_source_that_is_another_than_the_written_one_stays(
    tmp_path: Path, mode: Mode, happened: Callable[[Box], None], reason: HeldReason
) -> None:
    box = Box(tmp_path / "pile", tmp_path / "library", mode)
    plan = box.plan()
    happened(box)
    made = foreseen(box, plan, replayed=True)

    assert {place: why for place, (why, _) in held(made).items()} == {FILM: reason}
    assert len(made.moves) == len(NAMES) - 1


@pytest.mark.parametrize("mode", MODES)
def test_what_a_written_plan_has_done_already_is_there_and_the_rest_goes(tmp_path: Path, mode: Mode) -> None:
    box = Box(tmp_path / "pile", tmp_path / "library", mode)
    plan = box.plan()
    some = msgspec.structs.replace(plan, moves=plan.moves[:2])
    assert execute(some).held == ()
    made = foreseen(box, plan, replayed=True)

    assert held(made) == dict.fromkeys((EPISODE, SUBTITLE), (HeldReason.ALREADY_THERE, Cause.THERE))
    assert going(made) == [SECOND, FILM, ODD]


@pytest.mark.parametrize("mode", MODES)
def test_another_file_at_the_place_is_not_what_the_plan_has_done(tmp_path: Path, mode: Mode) -> None:
    box = Box(tmp_path / "pile", tmp_path / "library", mode)
    plan = box.plan()
    library(box, FILM).write_text("somebody else's")

    assert held(foreseen(box, plan, replayed=True)) == {FILM: (TAKEN, Cause.IN_THE_WAY)}


# --- what disks and owners allow ---


def kinds(box: Box, there: str, here: str = "ext4") -> dict[str, str]:
    """The library on a mount of its own."""
    return {"/": here, str(box.library): there}


def test_where_no_link_leads_to_another_mount_the_run_is_refused_as_a_whole(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fs, "mounts", lambda: kinds(box, "ext4"))

    with pytest.raises(DestinationError, match="no hard link leads to another disk"):
        foreseen(box)


def test_where_some_are_on_another_mount_those_stay(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    far = str(box.source / "Film (2001)")
    monkeypatch.setattr(fs, "mounts", lambda: {"/": "ext4", far: "ext4"})
    made = foreseen(box)

    assert held(made) == dict.fromkeys((FILM, ODD), (HeldReason.OTHER_FILESYSTEM, Cause.NO_HARD_LINK))
    assert going(made) == [EPISODE, SUBTITLE, SECOND]


@pytest.mark.parametrize("kind", ["ext4", "tmpfs", "vfat", "exfat", "ntfs3"])
def test_a_disk_that_has_no_reflinks_refuses_a_run_by_reflinks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    box = Box(tmp_path / "pile", tmp_path / "library", Mode.REFLINK)
    monkeypatch.setattr(fs, "mounts", lambda: kinds(box, kind))

    with pytest.raises(DestinationError, match=f"{kind} has no reflinks"):
        foreseen(box)
    monkeypatch.setattr(fs, "mounts", lambda: kinds(box, "btrfs"))
    assert len(foreseen(box).moves) == len(NAMES)


def test_files_of_a_container_may_have_devices_of_their_own(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = box.plan()
    moves = tuple(
        msgspec.structs.replace(m, identity=msgspec.structs.replace(m.identity, device=99_999))
        for m in plan.moves
    )
    plan = msgspec.structs.replace(plan, moves=moves)
    monkeypatch.setattr(fs, "mounts", lambda: {"/": "overlay"})
    assert len(foreseen(box, plan).moves) == len(NAMES)

    monkeypatch.setattr(fs, "mounts", lambda: {"/": "ext4"})
    with pytest.raises(DestinationError):
        foreseen(box, plan)


def test_only_an_owner_may_make_hard_links(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fs, "may_link", lambda path: not path.endswith(SOURCES[FILM]))

    assert held(foreseen(box)) == {FILM: (HeldReason.NOT_PERMITTED, Cause.NOT_THE_OWNER)}


@pytest.mark.parametrize(
    ("mode", "closed", "right", "cause", "stays"),
    [
        (Mode.COPY, "pile/Film (2001)/映画.mkv", os.R_OK, Cause.UNREADABLE_FILE, {FILM}),
        (Mode.MOVE, "pile/Film (2001)", os.W_OK, Cause.FOLDER_KEEPS_IT, {FILM, ODD}),
        (Mode.HARDLINK, "pile/Film (2001)", os.W_OK, None, set()),  # nothing is taken out
        (Mode.HARDLINK, "library/Films", os.W_OK, Cause.FOLDER_IS_CLOSED, {FILM, ODD}),
    ],
)
def test_what_nobody_may_do_is_foreseen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    mode: Mode, closed: str, right: int, cause: Cause | None, stays: set[str],
) -> None:  # fmt: skip
    box = Box(tmp_path / "pile", tmp_path / "library", mode)
    (box.library / "Films").mkdir()
    access, place = os.access, str(tmp_path / closed)
    monkeypatch.setattr(
        "os.access", lambda p, m, **how: access(p, m, **how) and not (p == place and m & right)
    )
    made = foreseen(box)

    assert held(made) == dict.fromkeys(stays, (HeldReason.NOT_PERMITTED, cause))


@pytest.mark.parametrize(("read_only", "number"), [(True, errno.EROFS), (False, errno.EACCES)])
def test_a_library_that_nobody_can_write_to_is_refused_before_a_run(
    box: Box, monkeypatch: pytest.MonkeyPatch, read_only: bool, number: int
) -> None:
    monkeypatch.setattr(fs, "is_read_only", lambda path: read_only)
    monkeypatch.setattr("os.access", lambda path, mode, **how: False)

    with pytest.raises(DiskError, match=os.strerror(number)):
        check_writable(str(box.library))


def test_a_time_that_no_disk_can_keep_holds_its_file(box: Box) -> None:
    plan = box.plan()
    late = msgspec.structs.replace(plan.moves[0].identity, mtime_ns=2**63)
    moves = (msgspec.structs.replace(plan.moves[0], identity=late), *plan.moves[1:])

    assert held(foreseen(box, msgspec.structs.replace(plan, moves=moves))) == {
        EPISODE: (HeldReason.ATTRIBUTE_REFUSED, Cause.TIME_BEYOND)
    }


# --- the whole ---


def test_over_a_run_without_an_end_nothing_is_planned(box: Box) -> None:
    with pytest.raises(UnfinishedRunError):
        foresee(box.plan(), unfinished=True)


def test_a_disk_that_fails_while_it_is_looked_at_is_an_error_and_no_answer(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*words: object) -> bool:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(fs, "may_link", fails)
    with pytest.raises(DiskError, match="Looking at the library"):
        foreseen(box)
    assert tree(box.library) == {"mine.txt": tree(box.library)["mine.txt"]}
