"""`organize --upgrade`: a better file takes the place of one that AniVault put there, which goes home."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from anivault.core.moving.effects import Effects
from anivault.core.moving.journal.records import Step
from tests.conftest import Ran, Run

OLD = "[Grp] Nichijou - 01 [720p]"
NEW = "[Grp] Nichijou - 01v2 [720p]"
FOLDER = "Shows/Nichijou - My Ordinary Life (2011) [tmdbid-44684]/Season 01"
PLACE = f"{FOLDER}/Nichijou - My Ordinary Life S01E01"
MODES = ["hardlink", "copy", "move", "symlink"]


class Home:
    """Downloads of two weeks, and a library that has the first."""

    def __init__(self, run: Run, base: Path, mode: str = "hardlink") -> None:
        self.run, self.base, self.mode = run, base, mode
        self.library, self.old, self.new = base / "library", base / "old", base / "new"
        for folder, name in ((self.old, OLD), (self.new, NEW)):
            folder.mkdir()
            (folder / f"{name}.mkv").write_text(f"video {name}")
            (folder / f"{name}.en.ass").write_text(f"subtitle {name}")
        self.organize(self.old, "--apply")

    def organize(self, *words: object) -> Ran:
        return self.run("organize", *words, "--to", self.library, "--mode", self.mode, "--json")

    def upgrade(self, *words: object) -> Ran:
        return self.organize(self.new, "--upgrade", *words)

    def there(self) -> dict[str, str]:
        files = [p for p in self.library.rglob("*") if p.is_file() and ".anivault" not in p.parts]
        return {str(p.relative_to(self.library)): p.read_text() for p in files}


@pytest.fixture
def home_of(run: Run, tmp_path: Path, request: pytest.FixtureRequest) -> Home:
    return Home(run, tmp_path, getattr(request, "param", "hardlink"))


@pytest.mark.parametrize("home_of", MODES, indirect=True)
def test_the_preview_says_in_words_what_goes_where_and_changes_nothing(home_of: Home) -> None:
    before = home_of.there()
    shown = home_of.upgrade()
    told = {os.path.basename(each["path"]): each for each in shown.of("return")}

    assert home_of.there() == before
    video = told["Nichijou - My Ordinary Life S01E01.mkv"]
    assert video["detail"].startswith("a later version; ")
    assert video["to"] in video["detail"]
    assert os.path.dirname(video["to"]) == str(home_of.new if home_of.mode == "move" else home_of.old)
    assert told["Nichijou - My Ordinary Life S01E01.en.ass"]["detail"].startswith("its video goes; ")
    move = next(each for each in shown.of("move") if each["path"].endswith(".mkv"))
    assert (move["replaces"], move["why"]) == (f"{PLACE}.mkv", video["detail"])
    words = home_of.run(
        "organize", home_of.new, "--upgrade", "--to", home_of.library, "--mode", home_of.mode, "--verbose"
    ).out
    assert f"{PLACE}.mkv: {video['detail']}" in words
    assert "1 old file to replace" in words


@pytest.mark.parametrize("home_of", MODES, indirect=True)
def test_it_is_done_once_and_can_be_taken_back(home_of: Home) -> None:
    before = home_of.there()
    done = home_of.upgrade("--apply")

    assert done.code == 0
    assert home_of.there() == {f"{PLACE}.mkv": f"video {NEW}", f"{PLACE}.en.ass": f"subtitle {NEW}"}
    again = home_of.organize(home_of.new, home_of.old, "--upgrade", "--apply")
    assert (again.of("move"), again.of("return")) == ([], [])
    assert home_of.run("verify", home_of.library, "--deep").code == 0
    assert home_of.run("rollback", home_of.library, "--apply").code == 0
    assert home_of.there() == before


def test_a_file_that_somebody_changed_since_keeps_its_place(home_of: Home) -> None:
    path = home_of.library / f"{PLACE}.mkv"
    path.unlink()
    path.write_text("edited by its owner")
    done = home_of.upgrade("--apply")

    assert path.read_text() == "edited by its owner"
    assert {(each["cause"], each["reason"]) for each in done.of("held")} == {
        ("changed-since", "target-taken"),
        ("video-stays", "no-video"),
    }
    assert done.code == 10


def test_a_file_that_no_run_put_there_keeps_its_place(run: Run, tmp_path: Path) -> None:
    home = Home(run, tmp_path)
    run("rollback", home.library, "--apply")
    stranger = home.library / f"{PLACE}.mkv"
    stranger.parent.mkdir(parents=True)
    stranger.write_text("of somebody else")
    done = home.upgrade("--apply")

    assert stranger.read_text() == "of somebody else"
    assert [each["cause"] for each in done.of("held")] == ["not-in-journal", "video-stays"]


@pytest.mark.parametrize("home_of", ["hardlink", "copy"], indirect=True)
def test_a_file_whose_source_is_gone_goes_to_the_new_source_and_not_away(home_of: Home) -> None:
    (home_of.old / f"{OLD}.mkv").unlink()
    before = home_of.there()
    assert home_of.upgrade("--apply").code == 0

    assert (home_of.new / f"{OLD}.mkv").read_text() == f"video {OLD}"
    assert home_of.run("rollback", home_of.library, "--apply").code == 0
    assert home_of.there() == before


@pytest.mark.parametrize("home_of", MODES, indirect=True)
def test_what_describes_the_episode_stays_and_an_edited_subtitle_too(home_of: Home) -> None:
    (home_of.library / f"{PLACE}.nfo").write_text("of a server")
    (home_of.library / f"{PLACE}-thumb.jpg").write_text("a picture")
    subtitle = home_of.library / f"{PLACE}.en.ass"
    subtitle.unlink()
    subtitle.write_text("edited by its owner")
    (home_of.new / f"{NEW}.en.ass").unlink()
    assert home_of.upgrade("--apply").code == 0

    assert home_of.there() == {
        f"{PLACE}.mkv": f"video {NEW}",
        f"{PLACE}.nfo": "of a server",
        f"{PLACE}-thumb.jpg": "a picture",
        f"{PLACE}.en.ass": "edited by its owner",
    }


def test_where_the_new_one_has_another_name_what_others_put_there_goes_along(
    run: Run, home: Path, tmp_path: Path
) -> None:
    config = home / "config/anivault/config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(
        '[organize]\npreset = "own"\nupgrade = true\n[presets.own]\nbase = "jellyfin"\n'
        'episode = "{title} S{season:00}E{episode:00}< [v{version}]>"\n'
    )
    here = Home(run, tmp_path)
    (here.library / f"{PLACE}-thumb.jpg").write_text("a picture")
    before = here.there()
    assert here.organize(here.new, "--apply").code == 0

    assert here.there() == {
        f"{PLACE} [v2].mkv": f"video {NEW}",
        f"{PLACE} [v2].en.ass": f"subtitle {NEW}",
        f"{PLACE} [v2]-thumb.jpg": "a picture",
    }
    assert run("rollback", here.library, "--apply").code == 0
    assert here.there() == before


@pytest.mark.parametrize(("word", "returns"), [("true", 2), ("Yes", 2), ("off", 0)])
def test_a_variable_says_yes_or_no(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str, returns: int
) -> None:
    here = Home(run, tmp_path)
    monkeypatch.setenv("ANIVAULT_UPGRADE", word)

    assert len(here.organize(here.new).of("return")) == returns
    monkeypatch.setenv("ANIVAULT_UPGRADE", "perhaps")
    assert here.organize(here.new).code == 22


def test_the_setting_holds_and_an_option_wins(run: Run, home: Path, tmp_path: Path) -> None:
    here = Home(run, tmp_path)
    (home / "config/anivault").mkdir(parents=True, exist_ok=True)
    (home / "config/anivault/config.toml").write_text("[organize]\nupgrade = true\n")

    assert len(here.organize(here.new).of("return")) == 2
    assert here.organize(here.new, "--no-upgrade").of("return") == []


def test_a_librarys_own_settings_let_nothing_go(run: Run, tmp_path: Path) -> None:
    here = Home(run, tmp_path)
    (here.library / ".anivault/config.toml").write_text("[organize]\nupgrade = true\n")

    assert here.organize(here.new).of("return") == []


@pytest.mark.parametrize("home_of", MODES, indirect=True)
def test_a_plan_is_followed_and_following_it_again_does_nothing(home_of: Home) -> None:
    plan = home_of.base / "plan"
    shown = home_of.upgrade("--plan", plan)
    words = ("organize", home_of.new, "--to", home_of.library, "--from-plan", plan, "--json", "--apply")
    done = home_of.run(*words)

    facts = [(each["path"], each["to"], each["detail"]) for each in shown.of("return")]
    assert [(each["path"], each["to"], each["detail"]) for each in done.of("return")] == facts
    assert home_of.there()[f"{PLACE}.mkv"] == f"video {NEW}"
    after = home_of.there()
    again = home_of.run(*words)
    assert (again.code, again.of("move"), again.of("return")) == (0, [], [])
    assert home_of.there() == after


@pytest.mark.parametrize("home_of", ["hardlink", "copy", "move"], indirect=True)
def test_an_old_file_comes_back_where_the_new_one_does_not_come_after_all(
    home_of: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = {"hardlink": "link", "copy": "copy", "move": "rename"}[home_of.mode]
    real = getattr(Effects, way)

    def refused(self: Effects, step: Step) -> None:
        if not step.undoes and step.to == f"{PLACE}.mkv":
            raise PermissionError(1, "not permitted")
        real(self, step)

    before = home_of.there()
    monkeypatch.setattr(Effects, way, refused)
    done = home_of.upgrade("--apply")

    assert home_of.there() == before
    assert {each["reason"] for each in done.of("held")} == {"not-permitted", "no-video"}
    assert done.of("return") == []
    assert home_of.run("verify", home_of.library).code == 0


def test_two_paths_are_told_apart_where_the_new_folder_has_the_old_name(run: Run, tmp_path: Path) -> None:
    home = Home(run, tmp_path, "move")
    (home.new / f"{OLD}.mkv").write_text("another file of that name")
    assert home.upgrade("--apply").code == 10

    assert (home.new / f"{OLD}.mkv").read_text() == "another file of that name"
    assert (home.new / f"{OLD} (2).mkv").read_text() == f"video {OLD}"


def test_history_tells_of_each_file_what_became_of_it(home_of: Home) -> None:
    home_of.upgrade("--apply")
    run = home_of.run("history", home_of.library, "--json").of("run")[-1]["run"]
    words = home_of.run("history", home_of.library, run).out

    assert f"(removed; it is still {home_of.old / OLD}.mkv)" in words
    assert f"←  {home_of.new / NEW}.mkv" in words


def test_a_file_in_the_way_is_told_one_way_to_be_replaced(run: Run, tmp_path: Path) -> None:
    home = Home(run, tmp_path)
    words = ("organize", home.new, "--to", home.library)
    first = run(*words).err
    rollback = f"anivault rollback {home.library} --only FILE --apply"
    home.upgrade("--apply")
    settled = run("organize", home.old, "--to", home.library, "--upgrade").err

    assert "--upgrade" in first
    assert rollback not in first
    assert "To let better files" not in settled


def test_a_better_file_next_to_the_old_one_is_told_of_upgrade_once(run: Run, tmp_path: Path) -> None:
    home = Home(run, tmp_path)
    for path in home.new.iterdir():
        path.rename(home.old / path.name)
    words = ("organize", home.old, "--to", home.library)
    first, again = run(*words).err, run(*words).err
    run(*words, "--upgrade", "--apply")
    settled = run(*words, "--upgrade")

    assert first.count("To let better files") == 1
    assert "[organize] prefer" not in first
    assert "rollback" not in first + again + settled.err


def test_files_that_are_held_as_before_are_of_the_shows_of_videos(run: Run, tmp_path: Path) -> None:
    home = Home(run, tmp_path)
    home.upgrade("--apply")
    words = ("organize", home.old, home.new, "--to", home.library)
    run(*words)

    assert "of 1 show held as before" in run(*words).out
