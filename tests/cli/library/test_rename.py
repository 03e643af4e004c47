"""`rename`, `--nfo`, `--no-touch`, `verify --again` and `rollback --script` on a real library."""

from __future__ import annotations

import errno
import os
import shlex
import subprocess
from pathlib import Path

import msgspec
import pytest

from anivault.cli.demo_handler import tree, write_sample
from anivault.core import arrivals, rematched
from tests.conftest import Run


@pytest.fixture
def source(tmp_path: Path) -> Path:
    write_sample(tmp_path / "source")
    return tmp_path / "source"


@pytest.fixture
def library(run: Run, source: Path, tmp_path: Path) -> Path:
    assert run("organize", source, "--to", tmp_path / "library", "--nfo", "--apply").code == 10
    return tmp_path / "library"


def test_a_library_takes_another_preset_and_every_step_back(run: Run, source: Path, library: Path) -> None:
    before = tree(library)
    renamed = run("rename", library, "--preset", "kodi", "--apply", "--json")

    assert all(event["done"] for event in renamed.of("move"))
    assert not any("tmdbid" in name for name in tree(library))
    assert sorted(entry[2] for entry in tree(library).values()) == sorted(e[2] for e in before.values())
    assert run("verify", library, "--deep").code == 0
    assert run("rollback", library, "--apply").code == 0
    assert tree(library) == before
    assert run("rollback", library, "--apply").code == 0
    assert [path.name for path in library.iterdir()] == [".anivault"]


def test_only_what_changes_moves(run: Run, library: Path) -> None:
    done = run("rename", library, "--preset", "jellyfin", "--json")

    assert done.of("move") == []
    assert {event["reason"] for event in done.of("held")} == {"already-there"}


def test_a_pin_made_later_renames_what_is_there(run: Run, library: Path) -> None:
    assert (
        run("pin", "Vinland Saga", "tmdb:30991", "--season", "1", "--offset", "20", "--to", library).code == 0
    )
    moves = [event for event in run("rename", library, "--json").of("move") if event["path"].endswith(".mkv")]
    found = [
        event for event in run("verify", library, "--again", "--json").of("finding") if event["symbol"] == "~"
    ]

    assert ["S01E21.mkv" in move["target"] for move in moves] == [True]
    assert [Path(event["path"]).suffix for event in found] == [".mkv"]


def test_verify_again_finds_nothing_new_in_a_fresh_library(run: Run, library: Path) -> None:
    assert [
        event for event in run("verify", library, "--again", "--json").of("finding") if event["symbol"] == "~"
    ] == []


def test_nfo_files_are_beside_their_videos_and_go_with_a_rollback(
    run: Run, source: Path, library: Path
) -> None:
    nfo = [name for name in tree(library) if name.endswith(".nfo")]

    assert any(name.endswith("tvshow.nfo") for name in nfo)
    assert any(name.endswith("S01E01.nfo") for name in nfo)
    assert run("rollback", library, "--apply").code == 0
    assert tree(library) == {}


def test_no_touch_writes_beside_files_that_stay(run: Run, source: Path) -> None:
    before = tree(source)
    assert tree(source) == before
    held = run("organize", source, "--no-touch")
    assert tree(source) == before

    assert (held.code, "held: which show is it?" in held.out) == (10, True)
    assert run("organize", source, "--no-touch", "--apply").code == 10
    after = tree(source)
    assert {name: after[name] for name in before} == before
    assert {Path(name).suffix for name in after.keys() - before.keys()} == {".nfo"}
    assert run("rollback", source, "--apply").code == 0
    assert tree(source) == before


@pytest.mark.parametrize(
    "words", [("--mode", "move"), ("--to", "x"), ("--plan", "x"), ("--nfo",), ("--seal",)]
)
def test_no_touch_takes_no_words_about_moving(run: Run, source: Path, words: tuple[str, ...]) -> None:
    done = run("organize", source, "--no-touch", *words)

    assert done.code == 2
    assert words[0] in done.err


def test_a_rollback_script_needs_no_anivault(run: Run, source: Path, tmp_path: Path) -> None:
    before = tree(source)
    library = tmp_path / "moved"
    run("organize", source, "--to", library, "--mode", "move", "--apply")
    script = tmp_path / "back.sh"
    done = run("rollback", library, "--script", script)
    assert done.code == 0
    words = shlex.split(done.err.partition("Do it: ")[2])

    subprocess.run(["sh", script], check=True, capture_output=True)
    assert tree(library)
    subprocess.run(words, check=True, capture_output=True)
    assert tree(source) == before
    assert tree(library) == {}
    assert run("rollback", library, "--apply").code == 0
    assert run("verify", library, "--strict").code == 0


def test_a_library_with_another_preset_keeps_it_for_new_files(run: Run, source: Path, library: Path) -> None:
    hint = run("rename", library, "--preset", "plex", "--apply").err.splitlines()[-1]
    setting, _, file = hint.partition(": ")[2].partition(" in ")
    Path(file).write_text(setting + "\n")
    (source / "Mushishi - 01.mkv").write_text("a new one")
    (move,) = run("organize", source, "--to", library, "--json").of("move")

    assert "{tmdb-" in move["target"]
    assert run("rename", library, "--preset", "plex").err == ""


def test_a_rollback_that_finds_nothing_says_where_to_look(run: Run, library: Path) -> None:
    done = run("rollback", library, "--since", "2099-01-01", "--apply")

    assert (done.code, done.out) == (0, "There is nothing to take back.\n")
    assert done.err == f"What could be: anivault history {library}\n"


def folders(root: Path) -> set[str]:
    """Every folder of a library, AniVault's own left out."""
    found = (p for p in root.rglob("*") if p.is_dir() and ".anivault" not in p.parts)
    return {str(p.relative_to(root)) for p in found}


def pile(root: Path) -> Path:
    """Two episodes, each in a folder of its own, one with a file that stays."""
    for number, more in ((1, "a.mkv.txt"), (2, "")):
        folder = root / f"show {number}" / "deep"
        folder.mkdir(parents=True)
        (folder / f"[Grp] Nichijou - 0{number}.mkv").write_text(f"episode {number}")
        if more:
            (folder / more).write_text("stays")
    (root / "empty").mkdir()
    (root / "show 2").chmod(0o750)
    return root


@pytest.mark.parametrize("mode", ["hardlink", "copy", "move", "symlink"])
def test_old_folders_go_with_a_rename_and_come_back(run: Run, tmp_path: Path, mode: str) -> None:
    library = tmp_path / "lib"
    run("organize", pile(tmp_path / "dl"), "--to", library, "--mode", mode, "--apply")
    mine = library / "Shows" / "my own empty folder"
    mine.mkdir()
    before = folders(library)
    preview = run("rename", library, "--preset", "plex", "--json")
    done = run("rename", library, "--preset", "plex", "--apply", "--json")

    assert [each["path"] for each in preview.of("folder")] == [each["path"] for each in done.of("folder")]
    assert all(not Path(each["path"]).exists() for each in done.of("folder"))
    assert len(done.of("folder")) == 2
    assert mine.is_dir()
    assert len(folders(library)) == len(before)
    assert run("verify", library).code == 0
    assert run("rollback", library, "--apply").code == 0
    assert folders(library) == before
    mine.rmdir()
    assert run("rollback", library, "--apply").code == 0
    assert folders(library) == set()


def test_move_removes_the_folders_that_it_emptied_and_no_other(run: Run, tmp_path: Path) -> None:
    source, library = pile(tmp_path / "dl"), tmp_path / "lib"
    before = folders(source)
    preview = run("organize", source, "--to", library, "--mode", "move", "--json")
    done = run("organize", source, "--to", library, "--mode", "move", "--apply", "--json")
    after = folders(source)
    run("rollback", library, "--apply")

    assert [each["path"] for each in preview.of("folder")] == [each["path"] for each in done.of("folder")]
    assert before - after == {"show 2", "show 2/deep"}
    assert folders(source) == before
    assert (source / "show 2").stat().st_mode & 0o777 == 0o750


def test_no_prune_leaves_the_folders(run: Run, tmp_path: Path) -> None:
    source, library = pile(tmp_path / "dl"), tmp_path / "lib"
    before = folders(source)
    done = run("organize", source, "--to", library, "--mode", "move", "--no-prune", "--apply", "--json")

    assert (done.of("folder"), folders(source)) == ([], before)


def test_a_source_root_is_never_removed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "dl").mkdir()
    (tmp_path / "dl" / "[Grp] Nichijou - 01.mkv").write_text("x")
    run("organize", tmp_path / "dl", "--to", tmp_path / "lib", "--mode", "move", "--apply")

    assert list((tmp_path / "dl").iterdir()) == []


def test_a_symlink_is_renamed_itself(run: Run, tmp_path: Path) -> None:
    source, library = pile(tmp_path / "dl"), tmp_path / "lib"
    run("organize", source, "--to", library, "--mode", "symlink", "--apply")
    leads = sorted(path.readlink() for path in library.rglob("*.mkv"))
    done = run("rename", library, "--preset", "plex", "--apply", "--json")

    assert (done.code, len(done.of("move"))) == (0, 2)
    assert all((library / each["target"]).is_symlink() for each in done.of("move"))
    assert sorted(path.readlink() for path in library.rglob("*.mkv")) == leads
    assert run("verify", library, "--deep").code == 0


def test_a_rename_across_disks_leaves_nothing_missing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, library = pile(tmp_path / "dl"), tmp_path / "lib"
    run("organize", source, "--to", library, "--mode", "copy", "--apply")
    before = tree(library)
    with monkeypatch.context() as two_mounts:
        two_mounts.setattr("anivault.shared.fs.rename_new", across_disks)
        assert run("rename", library, "--preset", "plex", "--apply").code == 0
    assert '"do":"carry"' in (library / ".anivault" / "journal.jsonl").read_text()
    found = run("verify", library, "--deep", "--json")

    assert (found.code, found.of("finding")) == (0, [])
    assert found.of("summary")[0]["counts"] == {"same": 2}
    run("rollback", library, "--apply")
    assert {name: each[2] for name, each in tree(library).items()} == {n: e[2] for n, e in before.items()}
    assert run("rollback", library, "--apply").code == 0
    assert tree(library) == {}


def across_disks(source: int, name: str, target: int, new: str) -> int:
    """Rename as between two mounts: only within a folder. Returns the error's number, 0 for none."""
    if not os.path.samestat(os.fstat(source), os.fstat(target)):
        return errno.EXDEV
    os.rename(name, new, src_dir_fd=source, dst_dir_fd=target)
    return 0


BESIDE = {
    "Season 01/Nichijou - My Ordinary Life S01E01.de.srt": "Season 01/{plex} - s01e01.de.srt",
    "Season 01/Nichijou - My Ordinary Life S01E01.nfo": "Season 01/{plex} - s01e01.nfo",
    "Season 01/Nichijou - My Ordinary Life S01E01-thumb.jpg": "Season 01/{plex} - s01e01-thumb.jpg",
    "Season 01/Nichijou - My Ordinary Life S01E01.trickplay/320/0.jpg": (
        "Season 01/{plex} - s01e01.trickplay/320/0.jpg"
    ),
    "poster.jpg": "poster.jpg",
    "season01-poster.jpg": "season01-poster.jpg",
    ".actors/someone.jpg": ".actors/someone.jpg",
}


def test_what_other_programs_put_beside_a_file_goes_along_and_comes_back(run: Run, tmp_path: Path) -> None:
    source, library = pile(tmp_path / "dl"), tmp_path / "lib"
    run("organize", source, "--to", library, "--apply")
    show = next(library.glob("Shows/*"))
    for name in BESIDE:
        (show / name).parent.mkdir(parents=True, exist_ok=True)
        (show / name).write_text(name)
    before = tree(library)
    assert run("rename", library, "--preset", "plex", "--apply").code == 0
    (new,) = library.glob("Shows/*")

    there = {path.read_text(): str(path.relative_to(new)) for path in new.rglob("*") if path.is_file()}
    for name, target in BESIDE.items():
        assert there[name] == target.format(plex="Nichijou - My Ordinary Life (2011)")
    assert run("verify", library).code == 0
    assert run("rollback", library, "--apply").code == 0
    assert tree(library) == before


def test_a_video_of_somebody_else_is_named_when_its_folder_is_left(run: Run, tmp_path: Path) -> None:
    source, library = pile(tmp_path / "dl"), tmp_path / "lib"
    run("organize", source, "--to", library, "--apply")
    season = next(library.glob("Shows/*/Season 01"))
    (season / "home video.mkv").write_text("mine")
    done = run("rename", library, "--preset", "plex", "--apply", "--json")

    assert [(each["path"], each["reason"]) for each in done.of("held")] == [
        (str(season / "home video.mkv"), "no-video")
    ]
    assert (season / "home video.mkv").is_file()


def test_a_rename_over_an_unfinished_run_says_so(run: Run, library: Path) -> None:
    journal = library / ".anivault" / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().rpartition(b'{"kind":"end"')[0])
    done = run("rename", library, "--preset", "plex")

    assert done.code == 27
    assert "anivault recover" in done.err


def test_a_disk_that_shows_names_in_another_case_is_renamed_all_the_same(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, library = pile(tmp_path / "dl"), tmp_path / "lib"
    run("organize", source, "--to", library, "--apply")
    shown = [*arrivals.inhabitants(str(library))]
    lower = [msgspec.structs.replace(file, rel=file.rel.lower()) for file in shown]
    for module in (arrivals, rematched):
        monkeypatch.setattr(module, "inhabitants", lambda _: iter(lower))

    assert len(run("rename", library, "--preset", "plex", "--json").of("move")) == 2


def test_what_is_left_behind_is_named(run: Run, library: Path) -> None:
    folder = next(library.rglob("*S01E01*.mkv")).parent
    (folder / "mine.mkv").symlink_to("nowhere")
    os.mkfifo(folder / "pipe.srt")
    (folder / "empty").mkdir()
    for words in ((), ("--apply",)):
        done = run("rename", library, "--preset", "kodi", "--json", *words)
        named = {Path(each["path"]).name for each in done.of("held") if each["reason"] == "no-video"}
        assert {"mine.mkv", "pipe.srt"} <= named
        assert any(each["text"].endswith("/empty") for each in done.of("notice"))

    assert {path.name for path in folder.iterdir()} == {"mine.mkv", "pipe.srt", "empty"}


EXTRAS = ["Scenes/The Parade.mkv", "Extras/The Walk (Cut).mkv", "Deleted Scenes/At Sea 2.mkv", "NC/NCOP.mkv"]


@pytest.mark.parametrize("mode", ["hardlink", "move"])
@pytest.mark.parametrize("adopted", [False, True])
def test_extras_keep_their_names_however_often_they_are_renamed(
    run: Run, tmp_path: Path, mode: str, *, adopted: bool
) -> None:
    for name in ("Hyouka - 01.mkv", *EXTRAS):
        path = tmp_path / "dl/Hyouka" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode() * 20)
    library = tmp_path / "lib"
    assert run("organize", tmp_path / "dl", "--to", library, "--mode", mode, "--apply").code == 0
    names = {path.name for path in library.rglob("*.mkv")}
    assert names >= {"Scene The Parade.mkv", "Extra The Walk.mkv", "Deleted Scene At Sea 2.mkv"}
    if adopted:
        (library / ".anivault/journal.jsonl").unlink()
        assert run("adopt", library, "--apply").code == 0

    for preset in ("jellyfin", "kodi", "kodi", "jellyfin"):
        assert run("rename", library, "--preset", preset, "--apply").code == 0
    assert {path.name for path in library.rglob("*.mkv")} == names
    assert run("rename", library, "--preset", "jellyfin", "--json").of("move") == []


def test_two_versions_that_differ_in_nothing_keep_their_names(run: Run, tmp_path: Path) -> None:
    library = tmp_path / "lib"
    for name in ("1/[B] Vinland Saga - 04.mkv", "2/[B] Vinland Saga - 04.mp4"):
        (tmp_path / "dl" / name).parent.mkdir(parents=True)
        (tmp_path / "dl" / name).write_bytes(name.encode() * 20)
        done = run("organize", tmp_path / "dl", "--to", library, "--on-conflict", "version", "--apply")
        assert done.code == 0
    assert {path.suffix for path in library.rglob("*Version*")} == {".mp4"}

    assert run("rename", library, "--preset", "jellyfin", "--json").of("move") == []
    for preset in ("plex", "jellyfin"):  # where neither is called as it will be
        assert run("rename", library, "--preset", preset, "--apply").code == 0
        assert {path.suffix for path in library.rglob("*Version*")} == {".mp4"}
