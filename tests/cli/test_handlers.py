"""What each handler makes of a request: what is done, and what is said about it. No words are parsed here."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from anivault.cli import (
    match_handler,
    organize_handler,
    rename_handler,
    rollback_handler,
    scan_handler,
    verify_handler,
)
from anivault.core.flow import Order
from anivault.core.models import Decision, Mode
from anivault.core.moving.journal.records import Do
from anivault.core.pipeline.records import What
from anivault.core.planning.naming.presets import load_preset
from anivault.services.asking import Asking
from anivault.shared.errors import (
    FolderNotFoundError,
    LibraryIsFileError,
    SourceInLibraryError,
    UsageError,
)
from anivault.shared.exits import DONE, FINDINGS
from anivault.shared.progress import Progress
from anivault.shared.settings import Settings

NAME = "[Group] Cowboy Bebop - 05 [1080p].mkv"


class Bars:
    """Remembers which kinds of work were begun."""

    def __init__(self) -> None:
        self.begun: list[str] = []

    def __call__(self, label: str) -> Progress:
        self.begun.append(label)
        return lambda done, total: None


def pace(do: Do, done: int, total: int) -> None:
    del do, done, total


@pytest.fixture
def asking(home: Path) -> Asking:
    return Asking(settings=Settings(), engines=("anitomy-ng",), providers=("catalog",))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "dl"
    folder.mkdir()
    (folder / NAME).write_text("content")
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "lib"


def request(asking: Asking, source: Path, library: Path) -> organize_handler.OrganizeRequest:
    rules = organize_handler.rules(asking.settings, "copy", None, None)
    what = What(paths=(str(source),), skip=(str(library),), filing=True)
    return organize_handler.OrganizeRequest(
        order=Order(what=what, library=str(library), rules=rules), asking=asking
    )


def apply(asking: Asking, source: Path, library: Path) -> None:
    organize_handler.handle(replace(request(asking, source, library), apply=True), Bars(), pace)


# --- scan and match ---------------------------------------------------------------------------------


def test_scan_reads_and_asks_nobody(asking: Asking, source: Path) -> None:
    bars = Bars()
    wanted = scan_handler.ScanRequest(what=What(paths=(str(source),)), asking=asking)
    found = scan_handler.handle(wanted, bars)

    assert [item.parsed.title for item in found.read.files] == ["Cowboy Bebop"]
    assert (found.exit_code, bars.begun) == (DONE, ["Scanning"])


def test_scan_of_what_is_not_there_is_an_error(asking: Asking, tmp_path: Path) -> None:
    wanted = scan_handler.ScanRequest(what=What(paths=(str(tmp_path / "no"),)), asking=asking)

    with pytest.raises(FolderNotFoundError):
        scan_handler.handle(wanted, Bars())


@pytest.mark.parametrize(("name", "code"), [(NAME, DONE), ("Zzqqx Wwvv - 01.mkv", FINDINGS)])
def test_match_says_what_is_sure_and_what_is_not(asking: Asking, name: str, code: int) -> None:
    wanted = match_handler.MatchRequest(what=What(names=(name,)), asking=asking)
    found = match_handler.handle(wanted, Bars())

    assert (found.files[0].decision is Decision.MATCHED) == (code == DONE)
    assert found.exit_code == code


def test_pins_of_the_library_in_the_settings_hold_for_match(asking: Asking, tmp_path: Path) -> None:
    (tmp_path / ".anivault").mkdir()
    (tmp_path / ".anivault/pins.toml").write_text('[[pin]]\ntitle = "Zzqqx Wwvv"\nid = "tmdb:30991"\n')
    settings = replace(Settings(), library=replace(Settings().library, path=str(tmp_path)))
    wanted = match_handler.MatchRequest(
        what=What(names=("Zzqqx Wwvv - 01.mkv",)), asking=replace(asking, settings=settings)
    )

    assert match_handler.handle(wanted, Bars()).files[0].pinned


# --- organize, rename -------------------------------------------------------------------------------


def test_organize_plans_and_touches_nothing(asking: Asking, source: Path, library: Path) -> None:
    made = organize_handler.handle(request(asking, source, library), Bars(), pace)

    assert len(made.moves) == 1
    assert made.report is None
    assert not library.exists()


def test_organize_applies_where_asked(asking: Asking, source: Path, library: Path) -> None:
    done = organize_handler.handle(replace(request(asking, source, library), apply=True), Bars(), pace)

    assert done.report is not None
    assert [path.read_text() for path in library.rglob("*.mkv")] == ["content"]


def test_a_plan_that_was_written_is_followed(asking: Asking, source: Path, library: Path) -> None:
    plan = str(source.parent / "plan.json")
    organize_handler.handle(replace(request(asking, source, library), plan_file=plan), Bars(), pace)
    again = replace(request(asking, source, library), from_plan=plan, apply=True)

    assert organize_handler.handle(again, Bars(), pace).report is not None
    assert list(library.rglob("*.mkv"))


def test_places_that_cannot_be_are_refused(asking: Asking, source: Path) -> None:
    with pytest.raises(LibraryIsFileError):
        organize_handler.handle(request(asking, source, source / NAME), Bars(), pace)
    with pytest.raises(SourceInLibraryError):
        organize_handler.handle(request(asking, source, source.parent), Bars(), pace)


def test_without_a_key_no_pictures_are_looked_for(
    asking: Asking, source: Path, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANIVAULT_TMDB_KEY", raising=False)
    wanted = request(asking, source, library)
    made = organize_handler.handle(replace(wanted, order=replace(wanted.order, artwork=True)), Bars(), pace)

    assert made.pictures == ()
    assert "No pictures are fetched." in made.notices[0]


def test_videos_that_stay_are_described_next_to_them(asking: Asking, source: Path) -> None:
    wanted = organize_handler.DescribeRequest(
        folder=str(source),
        preset=load_preset("jellyfin", {}),
        what=What(paths=(str(source),)),
        asking=asking,
        apply=True,
    )
    done = organize_handler.describe(wanted, Bars(), pace)

    assert [write.target for write in done.writes] == [NAME.replace(".mkv", ".nfo")]
    assert (source / NAME.replace(".mkv", ".nfo")).exists()


def test_a_preview_of_names_is_for_no_library(asking: Asking, source: Path) -> None:
    wanted = request(asking, source, Path())
    wanted = replace(wanted, order=replace(wanted.order, library=""))

    assert [move.rel for move in organize_handler.preview(wanted, Bars()).moves] == [NAME]


def test_what_the_words_say_comes_before_the_settings() -> None:
    rules = organize_handler.rules(Settings(), "symlink", "plex", "version")

    assert (rules.mode, rules.preset.name, rules.on_conflict) == (Mode.SYMLINK, "plex", "version")


def test_rename_gives_what_differs_another_name(asking: Asking, source: Path, library: Path) -> None:
    apply(asking, source, library)
    wanted = rename_handler.RenameRequest(
        library=str(library), preset=load_preset("plex", {}), asking=asking, apply=True
    )
    done = rename_handler.handle(wanted, Bars(), pace)

    assert done.report is not None
    assert [path.name[-19:] for path in library.rglob("*.mkv")] == ["(1998) - s01e05.mkv"]
    assert not rename_handler.handle(replace(wanted, apply=False), Bars(), pace).moves


# --- verify, rollback -------------------------------------------------------------------------------


def test_verify_finds_what_is_missing(asking: Asking, source: Path, library: Path) -> None:
    apply(asking, source, library)
    assert verify_handler.handle(verify_handler.VerifyRequest(library=str(library)), Bars()).exit_code == DONE
    next(library.rglob("*.mkv")).unlink()
    found = verify_handler.handle(verify_handler.VerifyRequest(library=str(library)), Bars())

    assert [finding.symbol for finding in found.report.findings] == ["-"]
    assert found.exit_code == FINDINGS


def test_what_is_merely_there_is_a_failure_where_that_was_asked(
    asking: Asking, source: Path, library: Path
) -> None:
    apply(asking, source, library)
    (library / "extra.txt").write_text("mine")
    wanted = verify_handler.VerifyRequest(library=str(library))

    assert verify_handler.handle(wanted, Bars()).exit_code == DONE
    assert verify_handler.handle(replace(wanted, strict=True), Bars()).exit_code == FINDINGS


def test_verify_asks_again_where_that_was_asked(asking: Asking, source: Path, library: Path) -> None:
    apply(asking, source, library)
    bars = Bars()
    wanted = verify_handler.VerifyRequest(library=str(library), again=asking)

    assert verify_handler.handle(wanted, bars).exit_code == DONE
    assert bars.begun == ["Asking", "Verifying"]


@pytest.mark.parametrize("words", ["2/30", "1/0", "1", "x", "1/x"])
def test_a_part_that_is_none_is_refused(words: str) -> None:
    assert verify_handler.one_nth(" 1 / 30 ") == 30
    with pytest.raises(UsageError):
        verify_handler.one_nth(words)


def test_rollback_plans_and_then_takes_back(asking: Asking, source: Path, library: Path) -> None:
    apply(asking, source, library)
    wanted = rollback_handler.RollbackRequest(library=str(library))
    planned = rollback_handler.handle(wanted, Bars(), pace)
    assert (len(planned.back), planned.report, planned.exit_code) == (1, None, DONE)
    done = rollback_handler.handle(replace(wanted, apply=True), Bars(), pace)

    assert done.report is not None
    assert list(library.rglob("*.mkv")) == []


def test_a_date_that_is_none_is_refused(asking: Asking, source: Path, library: Path) -> None:
    apply(asking, source, library)

    with pytest.raises(UsageError):
        rollback_handler.handle(
            rollback_handler.RollbackRequest(library=str(library), since="yesterday"), Bars(), pace
        )
