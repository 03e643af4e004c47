"""The journal, replayed: each file that is there with its whole way, whatever was done and taken back."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from anivault.core.models import Mode, Move, Plan
from anivault.core.moving import history
from anivault.core.moving.executor import execute
from anivault.core.moving.history import Replay, difference, files_of, lies_in, lost
from anivault.core.moving.journal.records import HASHES, LOCK, NAME, Do, Step
from anivault.core.moving.whereabouts import Whereabouts
from anivault.core.rollback_manager import apply, plan_rollback
from anivault.shared.errors import FolderNotFoundError, JournalLostError, NotALibraryError
from tests.core.mover import NAMES, Box, identity, tree

EPISODE, SUBTITLE, SECOND, FILM, ODD = NAMES.values()
SOURCES = {target: name for name, target in NAMES.items()}
MODES = [Mode.HARDLINK, Mode.COPY, Mode.SYMLINK, Mode.MOVE]


@pytest.fixture
def box(tmp_path: Path, request: pytest.FixtureRequest) -> Box:
    return Box(tmp_path / "pile", tmp_path / "library", getattr(request, "param", Mode.HARDLINK))


def replay(box: Box) -> Replay:
    return history.read(str(box.library))


def rename(box: Box, **names: str) -> None:
    """Give files of the library other names, by one run."""
    home = str(box.library)
    moves = tuple(
        Move(root=home, rel=old, target=new, mode=Mode.MOVE, identity=identity(box.library / old))
        for old, new in names.items()
    )
    assert execute(Plan(library=home, roots=(home,), preset="-", mode=Mode.MOVE, moves=moves)).held == ()


def back(box: Box, run: str | None = None) -> None:
    assert apply(plan_rollback(str(box.library), run)).held == ()


def there(box: Box) -> set[str]:
    """What the disk has, without what the user had before."""
    return set(tree(box.library)) - {"mine.txt"}


# --- where each file is ---


@pytest.mark.parametrize("box", MODES, indirect=True)
def test_after_each_run_what_is_known_is_what_is_there(box: Box) -> None:
    assert replay(box).files == {}
    box.run()
    assert set(replay(box).files) == there(box) == set(NAMES.values())
    rename(box, **{FILM: "Films/Other/Other.mkv"})
    assert set(replay(box).files) == there(box)
    back(box)
    assert set(replay(box).files) == there(box) == set(NAMES.values())
    back(box)
    assert replay(box).files == {}


def test_a_file_keeps_its_way_through_all_its_names(box: Box) -> None:
    box.run()
    rename(box, **{FILM: "Films/b.mkv"})
    rename(box, **{"Films/b.mkv": "Films/c.mkv"})
    past = replay(box).files["Films/c.mkv"]

    assert [os.path.relpath(name, box.library.parent) for name in past.names] == [
        f"pile/{SOURCES[FILM]}", f"library/{FILM}", "library/Films/b.mkv", "library/Films/c.mkv",
    ]  # fmt: skip
    assert past.first == (str(box.source), SOURCES[FILM])
    assert past.place == "Films/c.mkv"
    assert [put.run for put in past.puts] == [log.run.id for log in replay(box).runs]


def test_what_is_taken_back_of_a_way_is_its_end_alone(box: Box) -> None:
    box.run()
    rename(box, **{FILM: "Films/b.mkv"})
    rename(box, **{"Films/b.mkv": "Films/c.mkv"})
    back(box)

    assert [put.place for put in replay(box).files["Films/b.mkv"].puts] == [FILM, "Films/b.mkv"]


def test_a_name_that_two_files_have_had_belongs_to_the_last_one(box: Box) -> None:
    box.run()
    rename(box, **{FILM: "Films/gone.mkv"})
    rename(box, **{SECOND: FILM})
    found = replay(box).files

    assert found[FILM].first[1] == SOURCES[SECOND]
    assert found["Films/gone.mkv"].first[1] == SOURCES[FILM]


@pytest.mark.parametrize("box", MODES, indirect=True)
def test_only_a_symbolic_link_is_told_as_one_by_whatever_name(box: Box) -> None:
    box.run()
    assert replay(box).files[FILM].link is (box.mode is Mode.SYMLINK)
    rename(box, **{FILM: "Films/b.mkv"})

    assert replay(box).files["Films/b.mkv"].link is (box.mode is Mode.SYMLINK)


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("library/Films", True),
        (f"library/{FILM}", True),
        (f"pile/{SOURCES[FILM]}", True),
        ("pile", True),
        ("library/mine.txt", False),
        ("library/Film", False),  # the beginning of a name is not a folder
        ("elsewhere", False),
    ],
)
def test_a_path_is_known_that_a_file_ever_had_and_folders_above_it(box: Box, path: str, known: bool) -> None:
    box.run()
    back(box)

    assert replay(box).knows(str(box.library.parent / path)) is known


def test_the_living_steps_are_those_that_nobody_has_taken_back(box: Box) -> None:
    box.run()
    (first,) = replay(box).runs
    rename(box, **{FILM: "Films/b.mkv"})
    assert len(replay(box).living()) == len(NAMES) + 1
    back(box)

    assert {put.run for put in replay(box).living()} == {first.run.id}
    assert len(replay(box).living()) == len(NAMES)
    assert list(replay(box).undone.values()) == [[log.run.id] for log in replay(box).runs[1:2]]


def test_the_folders_that_runs_made_are_known_until_they_are_taken_back(box: Box) -> None:
    box.run()
    assert set(replay(box).made_folders()) == box.folders()
    back(box)

    assert replay(box).made_folders() == {}
    assert box.folders() == set()


def test_a_run_counts_each_file_once_however_many_names_it_gave(box: Box) -> None:
    one = Step(i=0, do=Do.LINK, root=1, rel="a", to="b", size=1, mtime_ns=1, inode=1)
    again = Step(i=1, do=Do.RENAME, root=0, rel="b", to="c", size=1, mtime_ns=1, inode=1)
    other = Step(i=2, do=Do.LINK, root=1, rel="x", to="y", size=1, mtime_ns=1, inode=2)
    folder = Step(i=3, do=Do.MKDIR, to="d")
    gone = Step(i=4, do=Do.REMOVE, rel="z", size=1, mtime_ns=1, inode=3)

    assert files_of([one, again]) == 1
    assert files_of([one, other]) == 2
    assert files_of([folder]) == 0
    assert files_of([gone, folder, one, again, other]) == 3


# --- what is not as it was left ---


def edited(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"more")


def touched(path: Path) -> None:
    os.utime(path, ns=(1, 1))


def replaced(path: Path) -> None:
    path.unlink()
    path.mkdir()


def linked(path: Path) -> None:
    path.unlink()
    path.symlink_to("/somewhere/else")


@pytest.mark.parametrize(
    ("box", "happened", "told"),
    [
        (Mode.COPY, edited, "bytes instead of"),
        (Mode.COPY, touched, "its time is another one"),
        (Mode.COPY, replaced, "it is no longer a file"),
        (Mode.COPY, linked, "it is no longer a file"),
        (Mode.SYMLINK, linked, "it no longer points to its source"),
        (Mode.SYMLINK, replaced, "it no longer points to its source"),
    ],
    indirect=["box"],
)
def test_what_is_another_than_it_was_left_is_told(
    box: Box, happened: Callable[[Path], None], told: str
) -> None:
    box.run()
    past, path = replay(box).files[FILM], box.library / FILM
    assert difference(str(box.library), FILM, path.lstat(), past) == ""
    happened(path)

    assert told in difference(str(box.library), FILM, path.lstat(), past)


@pytest.mark.parametrize("box", [Mode.SYMLINK], indirect=True)
def test_a_link_whose_source_is_gone_is_told(box: Box) -> None:
    box.run()
    (box.source / SOURCES[FILM]).unlink()
    path = box.library / FILM

    assert difference(str(box.library), FILM, path.lstat(), replay(box).files[FILM])


# --- libraries that are none, or that lost their journal ---


def own(library: Path, **files: str) -> Path:
    (library / ".anivault").mkdir(parents=True)
    for name, text in files.items():
        (library / ".anivault" / name).write_text(text)
    return library


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, ""),
        ({"pins.toml": ""}, ""),  # a pin alone tells of no run
        ({NAME: "something"}, ""),
        ({NAME: ""}, ""),  # a run that was refused before its first step
        ({NAME: "", LOCK: ""}, ""),
        ({LOCK: ""}, LOCK),
        ({HASHES: "{}"}, HASHES),
        ({NAME: "", HASHES: "{}"}, HASHES),
        ({NAME: "something", HASHES: "{}"}, ""),
        ({f"{NAME}.cut-1": "rest"}, f"{NAME}.cut-1"),
    ],
    ids=str,
)
def test_what_tells_of_runs_where_the_journal_has_none(
    tmp_path: Path, files: dict[str, str], told: str
) -> None:
    library = own(tmp_path / "library", **files)

    assert lost(str(library)) == told
    if told:
        with pytest.raises(JournalLostError):
            history.require_library(str(library))
    else:
        history.require_library(str(library))


def test_a_folder_is_a_library_when_it_has_what_is_ours(tmp_path: Path) -> None:
    with pytest.raises(FolderNotFoundError):
        history.require_library(str(tmp_path / "gone"))
    with pytest.raises(NotALibraryError):
        history.require_library(str(tmp_path))
    (tmp_path / ".anivault").write_text("a file")

    assert not history.is_library(str(tmp_path))


@pytest.mark.parametrize(
    ("path", "folder", "inside"),
    [("/a/b", "/a", True), ("/a", "/a", True), ("/a/b", "/a/", True), ("/ab", "/a", False),
     ("/a", "/a/b", False), ("/a", "/", True)],
)  # fmt: skip
def test_a_path_lies_in_a_folder_by_whole_names(path: str, folder: str, inside: bool) -> None:
    assert lies_in(path, folder) is inside


# --- files that somebody renamed ---


def test_every_file_is_found_and_no_link_is_followed(box: Box) -> None:
    box.run()
    (box.library / "leads").symlink_to(box.source)
    found = Whereabouts(str(box.library), [])

    assert set(found.others) == there(box) | {"mine.txt", "leads"}
    assert found.unread == []


def test_what_is_expected_is_no_stranger(box: Box) -> None:
    box.run()
    (box.library / FILM).rename(box.library / "renamed.mkv")
    found = Whereabouts(str(box.library), replay(box).files)

    assert set(found.strangers.values()) == {"renamed.mkv", "mine.txt"}
    assert found.now(replay(box).files[FILM]) == "renamed.mkv"
    assert found.now(replay(box).files[EPISODE]) is None


def test_a_folder_that_cannot_be_listed_is_told_and_the_others_are_looked_at(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.run()
    listed = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("Films"):
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)  # root may list any folder
    found = Whereabouts(str(box.library), [])

    assert found.unread == [("Films", "Permission denied")]
    assert EPISODE in found.others
