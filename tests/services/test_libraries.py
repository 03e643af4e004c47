"""On which disk a library lies is remembered; what cannot be remembered or read stops nobody."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import msgspec
import pytest
from xxhash import xxh3_64_hexdigest

from anivault.core.models import Mode
from anivault.core.moving.journal.records import journal_path
from anivault.services.libraries import lost_history, remember, remembered, require_there
from anivault.shared.errors import WrongDiskError
from tests.core.mover import Box

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def library(tmp_path: Path) -> str:
    """A library in which a run has worked."""
    box = Box(tmp_path / "source", tmp_path / "library", Mode.COPY)
    box.run()
    return str(tmp_path / "library")


def note(home: Path) -> Path:
    (path,) = (home / "state" / "anivault" / "libraries").glob("*")
    return path


def forget_journal(library: str) -> None:
    """The library is as it is on a disk that is not mounted, or after somebody tidied up."""
    folder = Path(library, ".anivault")
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def test_a_library_with_runs_is_remembered_by_its_path(library: str) -> None:
    assert remembered() == []
    remember(library)

    assert remembered() == [library]


@pytest.mark.parametrize("name", ["empty", "gone"])
def test_a_folder_without_runs_is_not(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    remember(str(tmp_path / name))

    assert remembered() == []


def test_it_is_one_library_however_it_is_named(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(library)
    remember(".")
    remember(library)

    assert remembered() == [library]


@pytest.mark.parametrize("first", ["library", "link"])
def test_it_is_one_library_by_the_name_of_a_link_too(library: str, tmp_path: Path, first: str) -> None:
    (tmp_path / "link").symlink_to(library)
    remember(str(tmp_path / first))
    forget_journal(library)

    assert remembered() == [library]
    assert [lost_history(str(tmp_path / name)) != "" for name in ("library", "link")] == [True, True]


def old_note(home: Path, path: str, name: bytes | None = None) -> Path:
    """What an older version noted: the name that was typed, and the disk."""
    folder = home / "state" / "anivault" / "libraries"
    folder.mkdir(parents=True)
    note = folder / f"{xxh3_64_hexdigest(name or os.fsencode(path))}.json"
    note.write_bytes(msgspec.json.encode({"path": path, "disk": "fsid:old"}))
    return note


@pytest.mark.parametrize("typed", ["library", "link"])
@pytest.mark.parametrize("asked", ["library", "link", "library/Anime", "Other"])
def test_what_an_older_version_noted_is_not_forgotten(
    library: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, asked: str
) -> None:
    (tmp_path / "disk").mkdir()
    os.rename(library, tmp_path / "away")
    (tmp_path / "link").symlink_to(tmp_path / "disk" / "library")
    old_note(home, str(tmp_path / {"library": "disk/library", "link": "link"}[typed]))
    monkeypatch.setattr("anivault.shared.fs.disk_id", lambda _path: "fsid:now")

    with pytest.raises(WrongDiskError):
        require_there(str(tmp_path / (asked if asked == "link" else f"disk/{asked}")))


def test_an_old_note_of_a_name_that_is_not_utf8_is_not_forgotten(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = os.fsencode(tmp_path) + b"/\xff"
    old_note(home, place.decode("utf-8", "replace"), place)
    monkeypatch.setattr("anivault.shared.fs.disk_id", lambda _path: "fsid:now")

    with pytest.raises(WrongDiskError):
        require_there(os.fsdecode(place))


def test_a_library_that_cannot_be_looked_at_hides_no_other_that_is_away(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("broken", "disk"):
        (tmp_path / name).mkdir()
    note = old_note(home, str(tmp_path / "broken" / "library"))
    note.rename(note.with_name("0.json"))  # it is looked at first
    note.with_name("1.json").write_bytes(
        msgspec.json.encode({"path": str(tmp_path / "disk" / "library"), "disk": "fsid:old"})
    )
    monkeypatch.setattr("anivault.shared.fs.disk_id", lambda _path: "fsid:now")
    listed = os.listdir

    def listdir(path: str) -> list[str]:
        if path == str(tmp_path / "broken"):
            raise OSError(errno.EIO, "broken")
        return listed(path)

    monkeypatch.setattr("os.listdir", listdir)

    with pytest.raises(WrongDiskError):
        require_there(str(tmp_path / "disk" / "Other"))


def test_an_old_note_goes_when_a_run_has_noted_where_its_link_leads(
    library: str, home: Path, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(library)
    old = old_note(home, str(tmp_path / "link"))
    remember(library)

    assert not old.exists()
    assert remembered() == [library]


def test_what_is_remembered_already_is_not_written_again(library: str, home: Path) -> None:
    remember(library)
    before = note(home).stat()
    remember(library)

    assert (note(home).stat().st_ino, note(home).stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_damaged_note_is_passed_over_and_made_again(library: str, home: Path) -> None:
    remember(library)
    whole = note(home).read_bytes()
    note(home).write_bytes(b"{")

    assert remembered() == []
    require_there(library)
    remember(library)
    assert note(home).read_bytes() == whole


def test_the_disk_is_asked_for_only_where_no_journal_is(
    library: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anivault.shared.fs.other_disk", lambda _was, _now: True)
    remember(library)
    require_there(library)  # its journal is there, wherever it is mounted

    forget_journal(library)
    with pytest.raises(WrongDiskError) as refused:
        require_there(library)
    assert "--other-disk" in refused.value.hint


def test_on_the_same_disk_a_library_may_begin_again(library: str) -> None:
    remember(library)
    forget_journal(library)
    require_there(library)


def test_of_a_library_that_nobody_remembers_no_disk_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anivault.shared.fs.other_disk", lambda _was, _now: True)

    require_there(str(tmp_path / "new"))


def test_for_a_library_that_is_gone_the_disk_of_the_folder_above_counts(
    library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    remember(library)

    def disk_id(path: str) -> str:
        asked.append(path)
        return ""

    monkeypatch.setattr("anivault.shared.fs.disk_id", disk_id)
    os.rename(library, f"{library} elsewhere")
    require_there(library)

    assert asked[-1] == os.path.dirname(library)


def test_a_journal_that_is_gone_is_missed_where_the_library_is_remembered(library: str) -> None:
    remember(library)
    assert lost_history(library) == ""
    forget_journal(library)

    assert lost_history(library) == "what AniVault remembers"


def test_a_library_that_is_remembered_and_empty_or_gone_is_missed(library: str) -> None:
    remember(library)
    os.rename(library, f"{library} elsewhere")
    assert lost_history(library) == "what AniVault remembers"
    Path(library).mkdir()

    assert lost_history(library) == "what AniVault remembers"


def test_an_emptied_journal_is_missed(library: str) -> None:
    remember(library)
    Path(journal_path(library)).write_bytes(b"")

    assert lost_history(library) == "what AniVault remembers"


def test_what_the_library_itself_tells_of_runs_comes_first(library: str) -> None:
    remember(library)
    Path(journal_path(library)).rename(Path(library, ".anivault", "journal.jsonl.cut-20260101-000000"))

    assert lost_history(library).endswith("journal.jsonl.cut-20260101-000000")


def test_what_nobody_remembers_is_not_missed(library: str) -> None:
    forget_journal(library)

    assert lost_history(library) == ""


def test_a_state_folder_that_cannot_be_written_is_no_failure(library: str, home: Path) -> None:
    (home / "state").write_text("a file where the folder would be")
    remember(library)

    assert remembered() == []
    require_there(library)
