"""`adopt` makes a library known as it is, whoever put its files there, and touches none of them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from anivault.core.living import adopted
from anivault.core.moving.pace import Pace
from tests.conftest import Ran, Run
from tests.core.mover import crashes

SONARR = "Nichijou/Season 1/Nichijou - S01E{:02} - Title Bluray-720p.mkv"
SHOWS = {
    **{SONARR.format(n): f"episode {n}" for n in (1, 2, 3)},
    "Nichijou/Season 1/Nichijou - S01E01 - Title Bluray-720p.en.srt": "a subtitle",
    "Nichijou/Season 1/Nichijou - S01E01 - Title Bluray-720p.nfo": "of Sonarr",
    "Nichijou/poster.jpg": "a picture",
    "Akira (1988)/Akira (1988).mkv": "a film",
}
DOUBTFUL = "Hyakumonogatari of Nobody/Season 1/Hyakumonogatari of Nobody - S01E01.mkv"


class Shelf:
    """A library that other programs have made."""

    def __init__(self, run: Run, base: Path) -> None:
        self.run, self.library = run, base / "library"
        for name, text in SHOWS.items():
            self.put(name, text)

    def put(self, name: str, text: str) -> Path:
        path = self.library / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def adopt(self, *words: str) -> Ran:
        return self.run("adopt", self.library, "--json", *words)

    def state(self) -> dict[str, tuple[object, ...]]:
        """Everything but AniVault's own: content, times, mode, number, links."""
        return dict(self._facts())

    def _facts(self) -> Iterator[tuple[str, tuple[object, ...]]]:
        for path in sorted(self.library.rglob("*")):
            if ".anivault" not in path.parts:
                now = path.lstat()
                content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
                yield str(path), (content, now.st_mtime_ns, now.st_mode, now.st_ino, now.st_nlink)

    def verified(self) -> dict[str, str]:
        found = self.run("verify", self.library, "--json").of("finding")
        return {os.path.relpath(each["path"], self.library): each["kind"] for each in found}


@pytest.fixture
def shelf(run: Run, tmp_path: Path) -> Shelf:
    return Shelf(run, tmp_path)


def told(done: Ran) -> dict[str, tuple[str, list[tuple[int, int]]]]:
    """What each video is taken for."""
    return {
        os.path.basename(each["path"]): (
            each["show"], [(place["season"], place["episode"]) for place in each["coordinates"]]
        )
        for each in done.of("adopt")
        if not each["video"]
    }  # fmt: skip


def test_a_preview_says_what_is_there_and_writes_nothing(shelf: Shelf) -> None:
    before = shelf.state()
    shown = shelf.adopt()

    assert told(shown) == {
        **{os.path.basename(SONARR.format(n)): ("tmdb:44684", [(1, n)]) for n in (1, 2, 3)},
        "Akira (1988).mkv": ("tmdb:movie/149", []),
    }
    (subtitle,) = (each for each in shown.of("adopt") if each["video"])
    assert subtitle["video"].endswith("Nichijou - S01E01 - Title Bluray-720p.mkv")
    assert shown.of("summary")[0]["counts"] == {"adopts": 5, "held": 0, "known": 0, "others": 2}
    assert shelf.state() == before
    assert not (shelf.library / ".anivault").exists()
    words = shelf.run("adopt", shelf.library).out
    assert "Nichijou: My Ordinary Life (2011)  3 videos, season 1" in words
    assert "5 files to adopt. Nothing was changed." in words


def test_it_is_known_then_and_not_a_byte_is_another(shelf: Shelf) -> None:
    before = shelf.state()
    done = shelf.adopt("--apply")

    assert done.code == 0
    assert shelf.state() == before
    assert shelf.verified() == {
        "Nichijou/poster.jpg": "extra",
        "Nichijou/Season 1/Nichijou - S01E01 - Title Bluray-720p.nfo": "extra",
    }
    assert [each["mode"] for each in shelf.run("history", shelf.library, "--json").of("run")] == ["adopt"]
    again = shelf.adopt("--apply")
    assert (again.code, again.of("adopt")) == (0, [])
    assert again.of("summary")[0]["counts"]["known"] == 5
    assert len(shelf.run("history", shelf.library, "--json").of("run")) == 1


def test_a_rollback_forgets_it_and_says_so_before(shelf: Shelf) -> None:
    before = shelf.state()
    shelf.adopt("--apply")
    preview = shelf.run("rollback", shelf.library, "--json")
    done = shelf.run("rollback", shelf.library, "--apply", "--json")

    assert {each["reason"] for each in preview.of("move")} == {"note"}
    assert [each["path"] for each in done.of("move")] == [each["path"] for each in preview.of("move")]
    assert shelf.state() == before
    assert len(shelf.adopt().of("adopt")) == 5


def test_what_was_deleted_or_edited_since_is_forgotten_too(shelf: Shelf) -> None:
    shelf.adopt("--apply")
    (shelf.library / SONARR.format(1)).unlink()
    (shelf.library / SONARR.format(2)).write_text("edited since")
    before = shelf.state()

    assert set(shelf.verified().values()) == {"extra", "missing", "changed"}
    assert shelf.run("rollback", shelf.library, "--apply").code == 0
    assert shelf.state() == before


def test_organize_goes_around_it_and_upgrade_and_rename_work_on_it(shelf: Shelf, tmp_path: Path) -> None:
    before = shelf.state()
    shelf.adopt("--apply")
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    (downloads / "[B] Nichijou - 02 [BD][1080p].mkv").write_text("better")
    (downloads / "[B] Nichijou - 04 [BD][1080p].mkv").write_text("the fourth")
    words = ("organize", downloads, "--to", shelf.library, "--json", "--apply")
    around = shelf.run(*words)
    better = shelf.run(*words, "--upgrade")

    assert [os.path.dirname(each["target"]) for each in around.of("move")] == ["Nichijou/Season 1"]
    assert [os.path.basename(each["path"]) for each in better.of("move")] == [
        "[B] Nichijou - 02 [BD][1080p].mkv"
    ]
    assert (downloads / os.path.basename(SONARR.format(2))).read_text() == "episode 2"
    renamed = shelf.run("rename", shelf.library, "--apply", "--json")
    assert renamed.code == 0
    assert {each["target"].partition("/")[0] for each in renamed.of("move")} == {"Shows", "Movies"}
    assert set(shelf.verified().values()) <= {"extra"}
    assert shelf.run("rollback", shelf.library, "--since", "2000-01-01", "--apply").code == 0
    assert {path: facts[0] for path, facts in shelf.state().items()} == {p: f[0] for p, f in before.items()}


def test_what_is_in_doubt_is_a_question_and_a_pin_answers_it(shelf: Shelf) -> None:
    shelf.put(DOUBTFUL, "who knows")
    shown = shelf.adopt()
    (asked,) = shown.of("held")

    assert shown.code == 10
    assert (asked["path"], asked["reason"]) == (str(shelf.library / DOUBTFUL), "unmatched")
    reviewed = shelf.run("review", shelf.library, "--to", shelf.library, "--json")
    (question,) = reviewed.of("question")
    assert question["files"] == [str(shelf.library / DOUBTFUL)]
    shelf.run("pin", (shelf.library / DOUBTFUL).parent, "tmdb:44684", "--to", shelf.library)
    assert told(shelf.adopt("--apply"))[os.path.basename(DOUBTFUL)] == ("tmdb:44684", [(1, 1)])


def test_an_id_in_a_folder_that_says_another_show_than_the_name_is_asked_about(shelf: Shelf) -> None:
    shelf.put("Mushishi [tmdbid-44684]/Mushishi S01E01.mkv", "which?")
    shelf.put("A Name That Nobody Knows [tmdbid-26867]/A Name That Nobody Knows S01E02.mkv", "by its id")
    shelf.put("Cowboy Bebop {tvdb-999999999}/Cowboy Bebop - S01E01.mkv", "an id that nobody knows")
    done = shelf.adopt()

    assert {(os.path.basename(each["path"]), each["cause"]) for each in done.of("held")} == {
        ("Mushishi S01E01.mkv", "folder-says-other"),
        ("Cowboy Bebop - S01E01.mkv", "folder-says-other"),
    }
    assert told(done)["A Name That Nobody Knows S01E02.mkv"] == ("tmdb:26867", [(1, 2)])


def test_two_files_that_count_apart_are_not_one_episode(shelf: Shelf) -> None:
    shelf.put("Nichijou/Season 1/Nichijou - 1x02 - Other.mkv", "counts alike")
    shelf.put("Nichijou/Extra/Nichijou - 02.mkv", "counts apart")
    held = {os.path.basename(each["path"]): each["cause"] for each in shelf.adopt().of("held")}

    assert set(held.values()) <= {"same-as-other"}
    assert "Nichijou - 02.mkv" in held or "Nichijou - 02.mkv" in told(shelf.adopt())


def test_of_two_shows_with_one_title_none_is_taken_for_the_other(shelf: Shelf) -> None:
    for number in (*range(1, 9), *range(13, 18)):  # as many as fit one of them better
        shelf.put(f"Ranma12/Season 1/Ranma12 - S01E{number:02} - A Title HDTV-720p.mkv", str(number))
    done = shelf.adopt()

    assert {each["show"] for each in done.of("adopt")} <= {"tmdb:44684", "tmdb:movie/149", ""}
    assert sum("Ranma12" in each["path"] for each in done.of("held")) == 13


def test_a_part_with_a_name_of_its_own_is_not_numbered_as_its_season(shelf: Shelf) -> None:
    name = "Hoozuki no Reitetsu Daini Ki Sono Ni"
    for number in range(1, 6):
        shelf.put(f"{name}/{name} - {number:02} - A Title.mkv", str(number))
    done = shelf.adopt()

    taken = {path: what for path, what in told(done).items() if path.startswith(name)}
    assert taken in (
        {},
        {f"{name} - {n:02} - A Title.mkv": ("tmdb:61529", [(2, n + 13)]) for n in range(1, 6)},
    )
    assert len(taken) + sum(name in each["path"] for each in done.of("held")) == 5


def test_a_title_that_lost_its_mark_on_the_disk_is_asked_about(shelf: Shelf) -> None:
    name = "Kaguya-sama wa Kokurasetai Tensai-tachi no Ren`ai Zunousen"  # the second season's has a ? in it
    for number in range(1, 9):
        shelf.put(f"{name}/{name} - {number:02} - A Title.mkv", str(number))
    done = shelf.adopt()

    assert not any(path.startswith(name) for path in told(done))
    assert len(done.of("held")) == 8


def test_a_title_with_brackets_is_not_taken_for_the_one_without(shelf: Shelf) -> None:
    name = "Fatestay night [Unlimited Blade Works]"
    for number in (*range(1, 9), *range(14, 22)):
        shelf.put(f"{name}/Season 1/{name} - S01E{number:02} - A Title WEBDL-1080p.mkv", str(number))
    done = shelf.adopt()

    taken = {what[0] for path, what in told(done).items() if path.startswith(name)}
    assert taken <= {"tmdb:61415"}
    assert taken or any(name in each["path"] for each in done.of("held"))


def test_a_season_that_tmdb_does_not_have_is_asked_about_where_parts_lie_close(shelf: Shelf) -> None:
    name = "Bungo Stray Dogs"  # TVDB's second season is the third part: the first two are one there
    for number in range(1, 9):
        shelf.put(f"{name}/Season 3/{name} - S03E{number:02} - A Title WEBDL-1080p.mkv", str(number))
    done = shelf.adopt()

    assert not any(path.startswith(name) for path in told(done))
    assert {each["cause"] for each in done.of("held")} == {"other-season"}


@pytest.mark.parametrize("tag", ["", " {tmdb-39379}"])
def test_a_place_that_a_name_states_is_not_counted_on_from_its_part(shelf: Shelf, tag: str) -> None:
    name = "Full Metal Panic!"  # the first episode of its second season at TMDB is of no part
    for number in range(2, 10):
        shelf.put(f"{name} (2002){tag}/Season 02/{name} - S02E{number:02} - A Title.mkv", str(number))
    done = shelf.adopt()

    taken = {path: what for path, what in told(done).items() if path.startswith(name)}
    right = {f"{name} - S02E{n:02} - A Title.mkv": ("tmdb:39379", [(2, n)]) for n in range(2, 10)}
    assert taken.items() <= right.items()
    assert len(taken) + sum(name in each["path"] for each in done.of("held")) == 8


def test_a_library_with_a_journal_gets_to_know_only_what_is_new(run: Run, tmp_path: Path) -> None:
    downloads, library = tmp_path / "downloads", tmp_path / "library"
    downloads.mkdir()
    for number in (1, 2):
        (downloads / f"[A] Nichijou - {number:02}.mkv").write_text(f"episode {number}")
    run("organize", downloads, "--to", library, "--apply")
    ours = sorted(library.rglob("*.mkv"))
    renamed = ours[0].rename(ours[0].with_name("Nichijou S01E01 (mine).mkv"))
    new = ours[0].with_name("Nichijou S01E03.mkv")
    new.write_text("of somebody else")
    done = run("adopt", library, "--apply", "--json")

    assert [each["path"] for each in done.of("adopt")] == [str(new)]
    assert [(each["path"], each["cause"]) for each in done.of("held")] == [(str(renamed), "renamed-by-hand")]
    assert done.of("summary")[0]["counts"]["known"] == 1


def test_a_library_whose_journal_is_gone_is_adopted_and_that_is_said(run: Run, tmp_path: Path) -> None:
    downloads, library = tmp_path / "downloads", tmp_path / "library"
    downloads.mkdir()
    (downloads / "[A] Nichijou - 01.mkv").write_text("episode 1")
    run("organize", downloads, "--to", library, "--apply")
    (library / ".anivault/journal.jsonl").unlink()
    done = run("adopt", library, "--apply", "--json")

    assert [os.path.basename(each["path"]) for each in done.of("adopt")] == [
        "Nichijou - My Ordinary Life S01E01.mkv"
    ]
    assert any("is empty or gone" in each["text"] for each in done.of("notice"))
    assert run("verify", library).code == 0


def test_a_killed_adopt_is_settled_and_can_be_done_again(run: Run, tmp_path: Path) -> None:
    for at in count(1):
        shelf = Shelf(run, tmp_path / str(at))
        before = shelf.state()
        if not crashes(partial(shelf.adopt, "--apply"), at, torn=at % 2 == 0):
            assert at > 10
            break
        assert run("recover", shelf.library).code in (0, 10, 21)
        assert shelf.state() == before
        assert shelf.adopt("--apply").code == 0
        assert set(shelf.verified().values()) == {"extra"}
        assert run("rollback", shelf.library, "--since", "2000-01-01", "--apply").code == 0
        assert shelf.state() == before
        assert len(shelf.adopt().of("adopt")) == 5


def test_a_killed_rollback_of_it_is_settled_and_can_be_done_again(run: Run, tmp_path: Path) -> None:
    for at in count(1):
        shelf = Shelf(run, tmp_path / str(at))
        before = shelf.state()
        shelf.adopt("--apply")
        if not crashes(partial(run, "rollback", shelf.library, "--apply"), at, torn=at % 2 == 0):
            assert at > 5
            break
        run("recover", shelf.library)
        run("rollback", shelf.library, "--apply")
        assert shelf.state() == before
        assert len(shelf.adopt().of("adopt")) == 5


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    if subprocess.run(["mount", "--bind", folder, folder], check=False, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_library_that_nobody_can_write_to_is_refused_before_and_after(shelf: Shelf) -> None:
    with read_only(shelf.library):
        shown, done = shelf.adopt(), shelf.adopt("--apply")

    assert (shown.code, done.code) == (33, 33)
    assert not (shelf.library / ".anivault").exists()


def _a_file(base: Path) -> Path:
    path = base / "video.mkv"
    path.write_text("a video")
    return path


def _nothing_there(base: Path) -> Path:
    return base / "nothing"


def _inside_a_library(base: Path) -> Path:
    journal = base / "home/.anivault/journal.jsonl"
    journal.parent.mkdir(parents=True, mode=0o755)
    journal.touch()
    (base / "home/Shows").mkdir()
    return base / "home/Shows"


@pytest.mark.parametrize(("place", "code"), [(_a_file, 24), (_nothing_there, 21), (_inside_a_library, 25)])
def test_what_is_no_library_is_refused_and_nothing_is_made(
    run: Run, tmp_path: Path, place: Callable[[Path], Path], code: int
) -> None:
    path = place(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    for words in ([], ["--apply"]):
        assert run("adopt", path, *words).code == code
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_without_videos_stays_without_a_journal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers/letter.txt").write_text("Dear")
    done = run("adopt", tmp_path / "papers", "--apply")

    assert done.code == 0
    assert "No videos there. Nothing was changed." in done.out
    assert [path.name for path in (tmp_path / "papers").iterdir()] == ["letter.txt"]


def test_links_are_left_out(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.mkv").write_text("elsewhere")
    (shelf.library / SONARR.format(4)).symlink_to(tmp_path / "elsewhere.mkv")

    assert os.path.basename(SONARR.format(4)) not in told(shelf.adopt())


def test_a_file_that_changes_while_it_is_looked_at_is_held(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = adopted.adopt

    def meanwhile(adoption: adopted.Adoption, pace: Pace | None = None) -> adopted.Adoption:
        (shelf.library / SONARR.format(1)).write_text("another one by now")
        return real(adoption, pace)

    monkeypatch.setattr("anivault.services.adoption.adopt", meanwhile)
    done = shelf.adopt("--apply")

    assert [(os.path.basename(each["path"]), each["reason"]) for each in done.of("held")] == [
        (os.path.basename(SONARR.format(1)), "changed")
    ]
    assert done.of("summary")[0]["counts"]["done"] == 4


@pytest.mark.parametrize(("another", "looks"), [(False, 1), (True, 2)])
def test_a_library_is_looked_at_once_unless_another_run_wrote_meanwhile(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, another: bool, looks: int
) -> None:
    (tmp_path / "dl").mkdir()
    (tmp_path / "dl" / "Toradora! - 03.mkv").write_text("another's")
    seen: list[adopted.Adoption] = []
    look = adopted.look

    def looked(*words: Any) -> Any:
        seen.append(look(*words))
        if another and len(seen) == 1:  # as while it waits for its turn
            shelf.run("organize", tmp_path / "dl", "--to", shelf.library, "--apply")
        return seen[-1]

    monkeypatch.setattr("anivault.services.adoption.look", looked)
    done = shelf.adopt("--apply")

    assert done.code in (0, 10)
    assert len(seen) == looks
    assert done.of("summary")[0]["counts"]["done"]
