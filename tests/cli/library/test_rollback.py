"""`rollback` on a library with a past: later runs, hands, rotten copies, files that are no more."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run

NAMES = ("Nichijou - 01", "Nichijou - 02")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "dl" / "Nichijou"
    folder.mkdir(parents=True)
    for name in NAMES:
        (folder / f"[Grp] {name}.mkv").write_text(f"content of {name}" * 50)
    return tmp_path / "dl"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "library"


def files(root: Path) -> dict[str, bytes]:
    """What is in a folder, AniVault's own left out."""
    found = (p for p in root.rglob("*") if not p.is_dir() and ".anivault" not in p.parts)
    return {str(p.relative_to(root)): p.read_bytes() for p in found}


def organize(run: Run, source: Path, library: Path, *words: str) -> str:
    """Organize, and return the run's name."""
    assert run("organize", source, "--to", library, "--apply", *words).code == 0
    return str(run("history", library, "--json").of("run")[-1]["run"])


@pytest.mark.parametrize("mode", ["hardlink", "copy", "move", "symlink"])
def test_a_run_whose_files_were_renamed_later_is_held_until_that_run_is_back(
    run: Run, source: Path, library: Path, mode: str
) -> None:
    before = files(source)
    first = organize(run, source, library, "--mode", mode)
    assert run("rename", library, "--preset", "plex", "--apply").code == 0
    later = run("history", library, "--json").of("run")[-1]["run"]
    renamed = files(library)
    preview = run("rollback", library, "--run", first, "--json")
    held = run("rollback", library, "--run", first, "--apply", "--json")

    assert (held.code, preview.code) == (10, 10)
    assert held.of("held") == preview.of("held")
    assert {(each["reason"], later in each["detail"]) for each in held.of("held")} == {("renamed", True)}
    assert files(library) == renamed
    assert run("rollback", library, "--run", later, "--apply").code == 0
    assert run("rollback", library, "--run", first, "--apply").code == 0
    assert (files(source), files(library)) == (before, {})


@pytest.mark.parametrize("mode", ["hardlink", "copy", "move", "symlink"])
def test_everything_goes_back_through_all_its_names(run: Run, source: Path, library: Path, mode: str) -> None:
    before = files(source)
    organize(run, source, library, "--mode", mode)
    for preset in ("plex", "kodi", "emby", "jellyfin"):
        run("rename", library, "--preset", preset, "--apply")
    done = run("rollback", library, "--since", "1970-01-02", "--apply")

    assert done.out.startswith("2 files of runs ")
    assert (files(source), files(library)) == (before, {})
    assert [path.name for path in library.iterdir()] == [".anivault"]


@pytest.mark.parametrize("mode", ["hardlink", "copy", "move", "symlink"])
def test_a_file_that_somebody_renamed_is_held_and_found(
    run: Run, source: Path, library: Path, mode: str
) -> None:
    organize(run, source, library, "--mode", mode)
    one = next(library.rglob("*E01.mkv"))
    one.rename(one.with_name("my own name.mkv"))
    preview = run("rollback", library, "--json")
    done = run("rollback", library, "--apply", "--json")
    held = [each for each in done.of("held") if each["reason"] == "renamed"]

    assert (done.code, preview.of("held")) == (10, done.of("held"))
    assert ["it is now at" in each["detail"] for each in held] == [True]
    assert "my own name.mkv" in held[0]["detail"]
    assert one.with_name("my own name.mkv").is_file()
    one.with_name("my own name.mkv").rename(one)
    assert run("rollback", library, "--apply").code == 0
    assert files(library) == {}


@pytest.mark.parametrize("flip", ["source", "library"])
def test_a_copy_goes_only_when_its_source_still_has_the_content(
    run: Run, source: Path, library: Path, flip: str
) -> None:
    organize(run, source, library, "--mode", "copy")
    rotten = next((source if flip == "source" else library).rglob("*01.mkv"))
    now = rotten.stat()
    rotten.write_bytes(rotten.read_bytes()[:-1] + b"!")
    os.utime(rotten, ns=(now.st_atime_ns, now.st_mtime_ns))
    preview = run("rollback", library, "--json")
    done = run("rollback", library, "--apply", "--json")

    assert preview.of("held") == done.of("held")
    kept = [Path(each["path"]).name for each in done.of("held") if each["reason"] == "changed"]
    # of a copy that was written to, the ctime tells
    assert kept == ["Nichijou - My Ordinary Life S01E01.mkv"]
    assert len(files(library)) == len(kept)


def test_a_written_file_that_was_edited_is_not_removed(run: Run, source: Path, library: Path) -> None:
    organize(run, source, library, "--nfo")
    nfo = next(library.rglob("*E01.nfo"))
    now = nfo.stat()
    nfo.write_bytes(nfo.read_bytes()[:-2] + b"!\n")
    os.utime(nfo, ns=(now.st_atime_ns, now.st_mtime_ns))
    done = run("rollback", library, "--apply", "--json")

    assert [each["path"] for each in done.of("held") if each["reason"] == "changed"] == [str(nfo)]
    assert nfo.read_bytes().endswith(b"!\n")


def test_to_take_back_a_rollback_is_refused_with_the_words_that_do_it_again(
    run: Run, source: Path, library: Path
) -> None:
    first = organize(run, source, library, "--mode", "move")
    run("rollback", library, "--apply")
    back = run("history", library, "--json").of("run")[-1]["run"]
    done = run("rollback", library, "--run", back, "--apply")

    assert done.code == 43
    assert f"is a rollback: it took back {first}" in done.err
    words = done.err.partition("Do that again: ")[2].replace("'", "").split()
    assert words == [
        "anivault",
        "organize",
        str(source),
        "--to",
        str(library),
        *["--mode", "move", "--apply"],
    ]
    assert run(*words[1:]).code == 0
    assert len(files(library)) == 2


def test_a_name_that_no_run_knows_is_an_error(run: Run, source: Path, library: Path) -> None:
    organize(run, source, library)
    done = run("rollback", library, "--only", "nope.mkv", "--apply")

    assert (done.code, done.out) == (44, "")
    assert "nope.mkv" in done.err
    assert len(files(library)) == 2


def test_only_the_runs_that_touched_a_file_are_named(run: Run, source: Path, library: Path) -> None:
    first = organize(run, source, library)
    (source / "Mushishi - 03.mkv").write_text("another")
    second = organize(run, source, library)
    done = run("rollback", library, "--only", next(library.rglob("*ushishi S01E03.mkv")))

    assert second in done.out
    assert first not in done.out.replace(second, "")


@pytest.mark.parametrize("mode", ["hardlink", "copy", "move", "symlink"])
@pytest.mark.parametrize("renamed", [False, True])
@pytest.mark.parametrize("gone", ["library", "both"])
def test_a_file_that_was_deleted_on_purpose_can_be_let_go(
    run: Run, source: Path, library: Path, mode: str, renamed: bool, gone: str
) -> None:
    organize(run, source, library, "--mode", mode)
    if renamed:
        run("rename", library, "--preset", "plex", "--apply")
    one = next(path for path in library.rglob("*.mkv") if "E01" in path.name.upper())
    one.unlink()
    if gone == "both":
        shutil.rmtree(source)
        source.mkdir()
    assert run("verify", library).code == 10
    preview = run("rollback", library, "--only", one, "--json")
    done = run("rollback", library, "--only", one, "--apply", "--json")
    found = [each for each in run("verify", library, "--json").of("finding") if each["symbol"] == "-"]

    assert (preview.code, done.code) == (0, 0)
    assert len(preview.of("move")) == len(done.of("move"))
    assert found == []
    assert run("history", library).code == 0


def test_what_is_let_go_is_never_removed(run: Run, source: Path, library: Path) -> None:
    from anivault.core.rollback_manager import apply, plan_rollback

    organize(run, source, library, "--mode", "move")
    one = next(library.rglob("*E01.mkv"))
    one.rename(library.parent / "taken out.mkv")
    plan = plan_rollback(str(library), only=[str(one)])
    (library.parent / "taken out.mkv").rename(one)
    report = apply(plan)

    assert one.exists()
    assert [item.reason for item in report.held] == ["changed"]


def test_a_folder_that_is_no_library_is_a_finding(run: Run, source: Path) -> None:
    done = run("verify", source)

    assert (done.code, done.out.count("\n")) == (10, 2)
    assert "no-library" in done.out


@pytest.mark.parametrize("command", ["rollback", "history", "rename"])
def test_a_folder_that_is_no_library_is_named_so(run: Run, source: Path, command: str) -> None:
    done = run(command, source)

    assert (done.code, done.out) == (38, "")
    assert "not a library" in done.err


@pytest.mark.parametrize("command", ["verify", "rollback", "history", "recover"])
def test_matching_and_parser_are_not_loaded_for_nothing(
    run: Run, source: Path, library: Path, command: str
) -> None:
    organize(run, source, library)
    code = (
        "import sys\nfrom anivault.cli.main import run\nrun(sys.argv[1:])\n"
        "names = ('anivault.parser.read', 'anivault.core.matching', 'anivault.core.organizer')\n"
        "print([name for name in names if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, command, library], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"


def test_a_stranger_in_an_old_place_holds_the_file_and_its_earlier_steps(
    run: Run, source: Path, library: Path
) -> None:
    organize(run, source, library)
    old = next(library.rglob("*E01.mkv"))
    run("rename", library, "--preset", "plex", "--apply")
    old.parent.mkdir(parents=True)
    old.write_text("a stranger")
    preview = run("rollback", library, "--since", "1970-01-02", "--json")
    done = run("rollback", library, "--since", "1970-01-02", "--apply", "--json")

    assert preview.of("held") == done.of("held")
    assert {each["reason"] for each in done.of("held")} == {"target-taken", "renamed", "folder-not-empty"}
    assert old.read_text() == "a stranger"
    assert len(files(library)) == 2


def test_files_whose_disk_is_away_are_held_for_that_and_folders_are_counted_as_folders(
    run: Run, source: Path, library: Path
) -> None:
    organize(run, source, library, "--mode", "move")
    source.rename(source.with_name("away"))
    done = run("rollback", library)

    assert "2 held: the folder they go back to is not there\n" in done.out
    assert f"({source} is not there: make it, or mount its disk)" in done.out
    assert "3 folders stay: something else is in there\n" in done.out
    assert done.out.endswith("2 held, 3 folders stay. Nothing was changed.\n")
    assert len(files(library)) == 2


def test_a_folder_that_a_file_of_the_user_comes_back_into_is_held_from_the_preview_on(
    run: Run, source: Path, library: Path
) -> None:
    organize(run, source, library, "--mode", "copy")
    first = next(library.rglob("*E01.mkv"))
    first.with_suffix(".de.srt").write_text("mine")
    run("rename", library, "--preset", "plex", "--apply")
    for video in [*library.rglob("*.mkv")]:
        assert run("rollback", library, "--only", video, "--apply").code in (0, 10)
    preview = run("rollback", library, "--since", "1970-01-02", "--json")
    done = run("rollback", library, "--since", "1970-01-02", "--apply", "--json")

    assert preview.of("held") == done.of("held")
    assert {each["reason"] for each in done.of("held")} == {"folder-not-empty"}
    assert first.with_suffix(".de.srt").read_text() == "mine"


@pytest.mark.parametrize("gone", ["root", "folder"])
@pytest.mark.parametrize("mode", ["hardlink", "copy", "move", "symlink"])
def test_the_reason_is_the_same_before_and_after_when_the_source_is_gone(
    run: Run, source: Path, library: Path, mode: str, gone: str
) -> None:
    organize(run, source, library, "--mode", mode)
    shutil.rmtree(source if gone == "root" else source / "Nichijou", ignore_errors=True)
    preview = run("rollback", library, "--json")
    done = run("rollback", library, "--apply", "--json")

    assert preview.of("held") == done.of("held")
    assert preview.code == done.code


def test_only_the_runs_that_a_file_was_in_are_named(run: Run, source: Path, library: Path) -> None:
    (source / "Mushishi - 03.mkv").write_text("another show, of which the first run lives on")
    first = organize(run, source, library)
    (source / "Nichijou" / "[Grp] Nichijou - 03.mkv").write_text("a third one")
    second = organize(run, source, library)
    for video in library.rglob("Nichijou*E0[12].mkv"):
        assert run("rollback", library, "--only", video, "--apply").code == 0
    said = run("rollback", library, "--only", next(library.rglob("*E03.mkv"))).out

    assert second in said  # the folder that goes with it is of the first run
    assert f"{first} " not in said
    assert f"{first}," not in said


def test_a_rollback_counts_a_file_once_however_many_names_it_had(
    run: Run, source: Path, library: Path
) -> None:
    organize(run, source, library)
    run("rename", library, "--preset", "plex", "--apply")
    run("rollback", library, "--since", "1970-01-02", "--apply")

    assert [each["files"] for each in run("history", library, "--json").of("run")] == [2, 2, 2]


def test_the_hint_to_replace_a_file_is_given_where_a_rollback_can_do_it(
    run: Run, source: Path, library: Path, tmp_path: Path
) -> None:
    organize(run, source, library, "--mode", "copy")
    other = tmp_path / "other"
    other.mkdir()
    (other / "[Grp] Nichijou - 01.mkv").write_text("another recording")
    ours = run("organize", other, "--to", library, "--upgrade")
    foreign = tmp_path / "foreign"
    place = foreign / next(library.rglob("*E01.mkv")).relative_to(library)
    place.parent.mkdir(parents=True)
    place.write_text("nobody's run put it here")
    theirs = run("organize", other, "--to", foreign, "--upgrade")

    assert "To replace a file" in ours.err
    assert "To replace a file" not in theirs.err
    assert theirs.code == 10
