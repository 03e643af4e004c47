"""`about`, `catalog`, `config` and `history` say what is so, to people and to programs."""

from __future__ import annotations

import tomllib
from pathlib import Path

from anivault import __version__
from anivault.cli.demo_handler import write_sample
from tests.conftest import Run


def test_about_names_version_folders_and_every_source_with_its_licence(run: Run, home: Path) -> None:
    done = run("about")

    assert done.code == 0
    assert f"AniVault {__version__}" in done.out
    assert str(home / "config") in done.out
    tmdb = "This product uses the TMDB API but is not endorsed or certified by TMDB."
    for words in ("bangumi-data 0.3", "CC BY 4.0", "bgmd", "MIT", "sha256", tmdb):
        assert words in done.out
    (event,) = run("about", "--json").of("about")
    assert {source["licence"] for source in event["catalogue"]["shipped"]["sources"]} == {"CC BY 4.0", "MIT"}


def test_catalog_import_takes_a_list_whole_or_not_at_all(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "list.json"
    broken.write_text("{")
    refused = run("catalog", "import", broken)

    assert refused.code >= 20
    assert "The catalogue is as it was" in refused.err
    assert run("catalog", "show", "--json").of("catalog")[0]["catalogue"]["imports"] == []


def test_removing_what_was_never_imported_says_so(run: Run) -> None:
    done = run("catalog", "remove", "anidb-titles")

    assert done.code == 65
    assert "Nothing was imported yet." in done.err


def test_config_show_names_who_set_what(run: Run, home: Path) -> None:
    path = Path(run("config", "path").out.strip())
    path.parent.mkdir(parents=True)
    path.write_text('[organize]\nmode = "copy"\n')
    settings = {event["name"]: event for event in run("config", "show", "--json").of("setting")}

    assert path.is_relative_to(home)
    assert (settings["organize.mode"]["value"], settings["organize.mode"]["origin"]) == ("copy", str(path))
    assert settings["organize.preset"]["origin"] == "default"


def test_the_default_configuration_can_be_copied_as_it_is(run: Run, tmp_path: Path) -> None:
    copied = tmp_path / "mine.toml"
    copied.write_text(run("config", "default").out)

    assert tomllib.loads(copied.read_text())["organize"]["mode"] == "hardlink"
    assert run("config", "show", "--config", copied).code == 0


def test_a_wrong_configuration_is_named_with_its_place(run: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[organize]\nmode = 'beam'\n")
    done = run("config", "show", "--config", wrong)

    assert done.code == 22
    assert str(wrong) in done.err
    assert "organize.mode" in done.err


def test_config_show_keeps_the_secrets_of_plug_ins(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[plugins.mine]\napi_key = "canary"\nurl = "https://example.org"\n')
    done = run("config", "show", "--config", tmp_path / "mine.toml")

    assert "canary" not in done.out
    assert "https://example.org" in done.out


def test_presets_of_the_user_are_listed_and_used(run: Run, home: Path, tmp_path: Path) -> None:
    path = home / "config/anivault/config.toml"
    path.parent.mkdir(parents=True)
    path.write_text('[presets.short]\nbase = "jellyfin"\nseason = "S{season:00}"\n')
    write_sample(tmp_path / "source")
    plan = run("organize", tmp_path / "source", "--to", tmp_path / "lib", "--preset", "short", "--json")

    assert "short" in [event["name"] for event in run("config", "presets", "--json").of("preset")]
    assert any("/S01/" in event["target"] for event in plan.of("move"))


def test_an_unknown_preset_is_refused_with_those_that_are(run: Run, tmp_path: Path) -> None:
    done = run("organize", tmp_path, "--to", tmp_path / "lib", "--preset", "nope")

    assert done.code >= 20
    assert "jellyfin" in done.err


def test_the_configured_library_is_meant_when_none_is_named(run: Run, home: Path, tmp_path: Path) -> None:
    path = home / "config/anivault/config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(f'[library]\npath = "{tmp_path}/lib"\n')
    write_sample(tmp_path / "source")

    assert run("organize", tmp_path / "source", "--apply").code == 10
    assert (tmp_path / "lib/Shows").is_dir()
    assert run("verify").code == 0
    assert [event["mode"] for event in run("history", "--json").of("run")] == ["hardlink"]
    assert run("rollback", "--apply").code == 0
    runs = run("history", "--json").of("run")
    assert [(event["mode"], event["living"]) for event in runs] == [("hardlink", 0), ("rollback", 0)]


def test_a_library_that_is_not_there_is_no_history(run: Run, tmp_path: Path) -> None:
    for command in ("history", "verify", "rollback", "recover"):
        done = run(command, tmp_path / "nope")
        assert (done.code, done.out) == (21, "")


def test_titles_come_in_the_language_that_is_wanted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "Toradora! - 01.mkv").write_bytes(b"video")

    (japanese,) = run("match", tmp_path, "--lang", "ja", "--json").of("match")
    asked = run("match", tmp_path, "--lang", "xx", "--json")
    (unknown,) = asked.of("match")
    assert any("'xx' finds no title" in notice["text"] for notice in asked.of("notice"))
    (plain,) = run("match", tmp_path, "--json").of("match")

    assert japanese["match"]["title"] == "とらドラ！"
    assert unknown["match"]["title"] == plain["match"]["title"]


def test_a_preview_shows_ten_names_and_changes_nothing(run: Run, tmp_path: Path) -> None:
    write_sample(tmp_path / "source")
    plex = run("config", "preview", tmp_path / "source", "--preset", "plex", "--json")

    assert len({event["target"].rpartition("/")[0] for event in plex.of("move")}) == 10
    assert all("{tmdb-" in event["target"] for event in plex.of("move"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source"]


def test_the_cache_is_counted_and_cleared(run: Run) -> None:
    (counted,) = run("cache", "stats", "--json").of("cache")
    (cleared,) = run("cache", "clear", "--json").of("cache")

    assert counted["path"].endswith(".sqlite")
    assert (cleared["answers"], cleared["dropped"]) == (0, counted["answers"])
    assert run("cache", "prune").code == 0


def test_warming_the_cache_without_a_key_says_that_there_is_none(run: Run, tmp_path: Path) -> None:
    (tmp_path / "Toradora! - 01.mkv").write_bytes(b"video")

    assert "TMDB key" in run("cache", "warm", tmp_path).err


def test_lines_that_somebody_broke_are_mended_one_at_a_time(run: Run, home: Path) -> None:
    path = home / "config/anivault/config.toml"
    path.parent.mkdir(parents=True)
    path.write_text('[organize]\nmode = "beam"\nupgrade = 7\n')

    first = run("config", "set", "organize.mode", "copy")
    assert first.code == 0
    assert "organize.upgrade" in first.err
    assert "Nothing was changed" not in first.err
    assert run("config", "set", "organize.upgrade", "--default").code == 0
    assert path.read_text() == '[organize]\nmode = "copy"\n'


def test_every_setting_can_be_taken_out_again(run: Run) -> None:
    for name in ("organize.mode", "organize.upgrade", "scan.settle", "organize.preset", "match.languages"):
        assert run("config", "set", name, "--default").code == 0
