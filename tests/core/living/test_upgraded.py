"""A file that makes room goes home: as its link where its source is whole, else to the new folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from anivault.core.causes import Advantage, Cause
from anivault.core.living.upgraded import upgraded
from anivault.core.models import HeldReason, Identity, Mode, Move, Plan, Replaced, ScannedFile
from anivault.core.moving.executor import execute
from anivault.core.pipeline.records import kind_of
from anivault.core.rollback_manager import brought_back
from anivault.shared.errors import AniVaultError
from tests.core.mover import identity

PLACE, SUBTITLE = "Show/E01.mkv", "Show/E01.en.ass"
LINKS = [Mode.HARDLINK, Mode.COPY, Mode.SYMLINK]


class Shelf:
    """A library that has an old episode with its subtitle, and a folder with a better one."""

    def __init__(self, base: Path, mode: Mode) -> None:
        self.mode, self.library, self.old, self.new = mode, base / "library", base / "old", base / "new"
        for number, path in enumerate((self.old / "a.mkv", self.old / "a.ass", self.new / "b.mkv")):
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"content {number}")
            os.utime(path, ns=(10**18, 10**18 + number * 10**9))
        self.library.mkdir()
        video = self.move(self.old / "a.mkv", PLACE)
        execute(self.plan(video, self.move(self.old / "a.ass", SUBTITLE, video=PLACE), mode=mode))

    def move(self, source: Path, target: str, video: str | None = None) -> Move:
        root, rel = os.path.split(source)
        what = identity(source)
        return Move(root=root, rel=rel, target=target, mode=self.mode, identity=what, video=video)

    def plan(self, *moves: Move, mode: Mode) -> Plan:
        roots = (str(self.old), str(self.new))
        return Plan(library=str(self.library), roots=roots, preset="-", mode=mode, moves=moves)

    def better(self, target: str = PLACE, rel: str = PLACE) -> Move:
        """The move of the better file, which takes the place of the one at `rel`."""
        there = self.library / rel
        known = identity(there) if os.path.lexists(there) else Identity(1, 1)
        if self.mode is Mode.SYMLINK:
            now = there.stat()
            known = Identity(now.st_size, now.st_mtime_ns)
        replaces = Replaced(rel=rel, identity=known, advantage=Advantage.VERSION)
        return replace(self.move(self.new / "b.mkv", target), replaces=replaces)

    def upgrade(self, *moves: Move, name_max: int = 255) -> Plan:
        files = (path for path in self.library.rglob("*") if path.is_file() and ".anivault" not in path.parts)
        rels = (str(path.relative_to(self.library)) for path in files)
        present = [
            ScannedFile(str(self.library), rel, kind_of(rel), identity(self.library / rel)) for rel in rels
        ]
        return upgraded(self.plan(*(moves or (self.better(),)), mode=self.mode), present, name_max)

    def touch(self, name: str, text: str = "of somebody") -> Path:
        path = self.library / name
        path.unlink(missing_ok=True)
        path.write_text(text)
        return path


@pytest.fixture
def shelf(tmp_path: Path, request: pytest.FixtureRequest) -> Shelf:
    return Shelf(tmp_path, getattr(request, "param", Mode.HARDLINK))


def homes(plan: Plan) -> dict[str, tuple[Mode, str]]:
    return {one.rel: (one.mode, one.home) for one in plan.returns}


def causes(plan: Plan) -> dict[str, tuple[HeldReason, Cause | None]]:
    return {held.rel: (held.reason, held.cause) for held in plan.held}


@pytest.mark.parametrize("shelf", LINKS, indirect=True)
def test_a_link_or_copy_goes_and_its_source_stays_where_it_is(shelf: Shelf) -> None:
    made = shelf.upgrade()

    old = str(shelf.old)
    assert homes(made) == {PLACE: (shelf.mode, f"{old}/a.mkv"), SUBTITLE: (shelf.mode, f"{old}/a.ass")}
    assert [(one.instead, one.waits_for) for one in made.returns] == [(PLACE, None), (PLACE, "a.mkv")]
    assert made.held == ()


@pytest.mark.parametrize("shelf", [Mode.MOVE], indirect=True)
def test_a_file_that_was_moved_in_goes_to_the_folder_of_the_new_one(shelf: Shelf) -> None:
    new = str(shelf.new)

    assert homes(shelf.upgrade()) == {
        PLACE: (Mode.MOVE, f"{new}/a.mkv"),
        SUBTITLE: (Mode.MOVE, f"{new}/a.ass"),
    }


@pytest.mark.parametrize("shelf", LINKS[:2], indirect=True)
def test_a_file_whose_source_is_gone_or_another_is_the_only_one_and_is_kept(shelf: Shelf) -> None:
    (shelf.old / "a.mkv").unlink()
    (shelf.old / "a.ass").unlink()
    (shelf.old / "a.ass").write_text("another one by now")
    new = str(shelf.new)

    assert homes(shelf.upgrade()) == {
        PLACE: (Mode.MOVE, f"{new}/a.mkv"),
        SUBTITLE: (Mode.MOVE, f"{new}/a.ass"),
    }


def test_a_name_that_is_taken_there_is_numbered(shelf: Shelf) -> None:
    (shelf.old / "a.mkv").unlink()
    (shelf.new / "a.mkv").write_text("somebody's")
    (shelf.new / "a (2).mkv").symlink_to("nowhere")

    assert homes(shelf.upgrade())[PLACE] == (Mode.MOVE, f"{shelf.new}/a (3).mkv")


def test_two_old_files_of_one_name_go_to_one_folder_under_two_names(shelf: Shelf) -> None:
    other = shelf.new / "more" / "a.mkv"
    other.parent.mkdir()
    other.write_text("content of another")
    came = replace(shelf.move(other, "Show/E02.mkv"), root=str(shelf.new), rel="more/a.mkv")
    execute(shelf.plan(came, mode=shelf.mode))
    (shelf.new / "c.mkv").write_text("better still")
    for source in (shelf.old / "a.mkv", other):
        source.unlink()
    second = replace(
        shelf.move(shelf.new / "c.mkv", "Show/E02.mkv"),
        replaces=Replaced(
            rel="Show/E02.mkv", identity=identity(shelf.library / "Show/E02.mkv"), advantage=Advantage.VERSION
        ),
    )
    found = homes(shelf.upgrade(shelf.better(), second))

    assert found[PLACE] == (Mode.MOVE, f"{shelf.new}/a.mkv")
    assert found["Show/E02.mkv"] == (Mode.MOVE, f"{shelf.new}/a (2).mkv")


def test_it_goes_to_the_very_folder_that_the_new_one_is_in(shelf: Shelf) -> None:
    (shelf.old / "a.mkv").unlink()
    (shelf.new / "week 2").mkdir()
    better = replace(shelf.better(), rel="week 2/b.mkv")

    assert homes(shelf.upgrade(better))[PLACE] == (Mode.MOVE, f"{shelf.new}/week 2/a.mkv")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_where_the_folder_takes_nothing_the_old_file_keeps_its_place(shelf: Shelf) -> None:
    (shelf.old / "a.mkv").unlink()
    shelf.new.chmod(0o555)

    made = shelf.upgrade()
    shelf.new.chmod(0o755)
    assert causes(made) == {"b.mkv": (HeldReason.NOT_PERMITTED, Cause.SOURCE_CLOSED)}
    assert (made.moves, made.returns) == ((), ())


def test_a_file_that_somebody_changed_since_keeps_its_place(shelf: Shelf) -> None:
    shelf.touch(PLACE)

    made = shelf.upgrade()
    assert causes(made) == {"b.mkv": (HeldReason.TARGET_TAKEN, Cause.CHANGED_SINCE)}
    assert made.held[0].facts == {"there": PLACE}
    assert (made.moves, made.returns) == ((), ())


def test_a_file_that_changed_between_plan_and_look_keeps_its_place(shelf: Shelf) -> None:
    better = shelf.better()
    assert better.replaces is not None
    known = replace(better.replaces.identity, size=better.replaces.identity.size + 1)

    made = shelf.upgrade(replace(better, replaces=replace(better.replaces, identity=known)))
    assert causes(made) == {"b.mkv": (HeldReason.TARGET_TAKEN, Cause.CHANGED_SINCE)}


@pytest.mark.parametrize("gone", [PLACE, "Show/never.mkv"])
def test_a_file_that_is_not_there_or_that_no_run_put_there_makes_no_room(shelf: Shelf, gone: str) -> None:
    better = shelf.better(rel=gone)
    (shelf.library / PLACE).unlink()

    assert causes(shelf.upgrade(better)) == {"b.mkv": (HeldReason.TARGET_TAKEN, Cause.CHANGED_SINCE)}


def test_what_belongs_to_a_better_file_that_is_held_is_held_too(shelf: Shelf) -> None:
    shelf.touch(PLACE)
    (shelf.new / "b.ass").write_text("subtitle")
    mine = shelf.move(shelf.new / "b.ass", "Show/E01.de.ass", video=PLACE)

    assert causes(shelf.upgrade(shelf.better(), mine))["b.ass"] == (HeldReason.NO_VIDEO, Cause.VIDEO_STAYS)


def test_a_subtitle_that_somebody_edited_stays(shelf: Shelf) -> None:
    shelf.touch(SUBTITLE)

    assert set(homes(shelf.upgrade())) == {PLACE}


def test_a_move_that_takes_nobodys_place_returns_nothing(shelf: Shelf) -> None:
    plain = shelf.move(shelf.new / "b.mkv", "Show/E02.mkv")
    made = shelf.upgrade(plain)

    assert (made.moves, made.returns, made.held) == ((plain,), (), ())


def test_a_plan_that_was_followed_before_returns_nothing_more(shelf: Shelf) -> None:
    better = shelf.better()
    (shelf.library / PLACE).unlink()
    os.link(shelf.new / "b.mkv", shelf.library / PLACE)

    made = shelf.upgrade(better)
    assert (made.returns, made.held) == ((), ())


# --- where the new one has another name ---


def test_the_old_one_waits_for_a_new_one_of_another_name(shelf: Shelf) -> None:
    made = shelf.upgrade(shelf.better(target="Show/E01.mp4"))

    assert [(one.rel, one.waits_for) for one in made.returns] == [
        (PLACE, "Show/E01.mp4"),
        (SUBTITLE, "Show/E01.mp4"),
    ]


def test_names_that_differ_in_case_are_one_place(shelf: Shelf) -> None:
    made = shelf.upgrade(shelf.better(target=PLACE.upper()))

    assert made.returns[0].waits_for is None  # the old one goes first: both cannot be there on every disk


def test_what_others_put_next_to_it_goes_along_under_the_new_name(shelf: Shelf) -> None:
    for name in ("Show/E01.nfo", "Show/E01-thumb.jpg", "Show/E02.nfo"):
        shelf.touch(name)
    made = shelf.upgrade(shelf.better(target="Show/Season 1 E01.mkv"))

    along = {move.rel: move.target for move in made.moves[1:]}
    assert along == {
        "Show/E01.nfo": "Show/Season 1 E01.nfo",
        "Show/E01-thumb.jpg": "Show/Season 1 E01-thumb.jpg",
    }


def test_what_describes_the_episode_stays_where_the_name_stays(shelf: Shelf) -> None:
    shelf.touch("Show/E01.nfo")

    assert [move.target for move in shelf.upgrade().moves] == [PLACE]
    assert [move.target for move in shelf.upgrade(shelf.better(target="Show/E01.mp4")).moves] == [
        "Show/E01.mp4"
    ]


def test_what_the_new_one_brings_itself_is_not_brought_twice(shelf: Shelf) -> None:
    shelf.touch("Show/E01.nfo")
    (shelf.new / "b.nfo").write_text("its own")
    target = "Show/S1E01.mkv"
    own = shelf.move(shelf.new / "b.nfo", "Show/S1E01.nfo", video=target)
    made = shelf.upgrade(shelf.better(target=target), own)

    assert [move.source for move in made.moves if move.target == "Show/S1E01.nfo"] == [
        str(shelf.new / "b.nfo")
    ]


def test_a_name_too_long_for_the_disk_goes_nowhere(shelf: Shelf) -> None:
    shelf.touch("Show/E01-thumb.jpg")
    better = shelf.better(target="Show/Season 1 E01.mkv")

    assert len(shelf.upgrade(better).moves) == 2
    assert len(shelf.upgrade(better, name_max=20).moves) == 1


# --- a better one that does not come after all ---


@pytest.fixture
def planned(shelf: Shelf) -> Iterator[Plan]:
    plan = shelf.upgrade()
    assert plan.returns
    yield plan
    assert (shelf.library / PLACE).read_text() == "content 0"


def lose(shelf: Shelf, plan: Plan) -> None:
    """Carry the plan out, but for the better file: that one is gone when its turn comes."""
    (shelf.new / "b.mkv").unlink()
    execute(plan)
    assert not (shelf.library / PLACE).exists()


def test_the_old_one_is_brought_back_where_the_better_one_did_not_come(shelf: Shelf, planned: Plan) -> None:
    with brought_back(planned):
        lose(shelf, planned)


def test_it_is_brought_back_whatever_the_run_ended_with(shelf: Shelf, planned: Plan) -> None:
    def end() -> None:
        with brought_back(planned):
            lose(shelf, planned)
            raise AniVaultError("the disk is full")

    with pytest.raises(AniVaultError, match="the disk is full"):
        end()


def test_where_the_better_one_came_nothing_is_brought_back(shelf: Shelf) -> None:
    plan = shelf.upgrade()
    with brought_back(plan):
        execute(plan)

    assert (shelf.library / PLACE).read_text() == "content 2"
    assert not (shelf.library / SUBTITLE).exists()


def test_a_plan_without_returns_brings_nothing_back_that_went_before(shelf: Shelf) -> None:
    plan = shelf.upgrade()
    lose(shelf, plan)
    with brought_back(replace(plan, returns=())):
        pass

    assert not (shelf.library / PLACE).exists()
