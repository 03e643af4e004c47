"""What a pin says: of which files, and whether anybody knows the show."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from anivault.core.pipeline import reading
from tests.conftest import Run

TORADORA = "tmdb:42916"


def write(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode() * 20)
    return folder


def places(run: Run, *paths: Path) -> dict[str, list[tuple[int, int]]]:
    found = {}
    for event in run("match", *paths, "--json").of("match"):
        where = event["match"]["coordinates"] if event["match"] else []
        found[Path(event["path"]).name] = [(c["season"], c["episode"]) for c in where]
    return found


@pytest.mark.parametrize("together", [True, False])
def test_a_pin_of_a_special_says_nothing_of_the_episodes(run: Run, tmp_path: Path, *, together: bool) -> None:
    special, episode = "[G] Toradora! - SP01.mkv", "[G] Toradora! - 05.mkv"
    write(tmp_path, special, episode)
    assert run("pin", tmp_path / special, TORADORA, "--season", "0").code == 0
    paths = [tmp_path] if together else [tmp_path / special, tmp_path / episode]

    assert places(run, *paths) == {special: [(0, 1)], episode: [(1, 5)]}


def test_a_pin_of_an_episode_says_nothing_of_the_specials(run: Run, tmp_path: Path) -> None:
    special, episode = "[G] Toradora! - SP01.mkv", "[G] Toradora! - 05.mkv"
    write(tmp_path, special, episode)
    assert run("pin", tmp_path / episode, TORADORA, "--season", "1").code == 0

    assert places(run, tmp_path / episode) == {episode: [(1, 5)]}
    assert places(run, tmp_path / special)[special] != [(1, 1)]


def test_a_pin_of_a_show_of_one_year_is_not_for_that_of_another(run: Run, tmp_path: Path) -> None:
    old, new = "Fruits Basket (2001) - 01.mkv", "Fruits Basket (2019) - 01.mkv"
    write(tmp_path, old, new)
    done = run("pin", tmp_path / old, TORADORA, "--json")
    found = {Path(e["path"]).name: e["match"]["id"] for e in run("match", tmp_path, "--json").of("match")}

    assert done.of("pin")[0]["pin"]["title"] == "Fruits Basket (2001)"
    assert found[old] == 42916 != found[new]


def test_a_file_without_a_number_goes_where_its_pin_says(run: Run, tmp_path: Path) -> None:
    name = "[G] Toradora! - Bento no Gokui Special.mkv"
    write(tmp_path, name)
    assert run("pin", tmp_path / name, TORADORA, "--episode", "S00E04").code == 0

    assert places(run, tmp_path) == {name: [(0, 4)]}


def test_one_file_of_a_release_goes_elsewhere_alone(run: Run, tmp_path: Path) -> None:
    names = [f"[G] Toradora! - {n:02}.mkv" for n in (1, 2, 26)]
    write(tmp_path, *names)
    assert run("pin", tmp_path / names[2], TORADORA, "--episode", "s0e1").code == 0

    assert places(run, tmp_path) == {names[0]: [(1, 1)], names[1]: [(1, 2)], names[2]: [(0, 1)]}


def test_a_range_of_numbers_begins_where_its_pin_says(run: Run, tmp_path: Path) -> None:
    names = [f"[G] Zatsu Zoku - {n}.mkv" for n in (12, 13, 14)]
    write(tmp_path, *names)
    for episodes, season, first in (("1-12", 1, 1), ("13-24", 2, 1)):
        words = ["--episodes", episodes, "--season", season, "--from", first]
        assert run("pin", tmp_path / names[0], "tmdb:30991", *map(str, words)).code == 0

    assert [places(run, tmp_path)[name] for name in names] == [[(1, 12)], [(2, 1)], [(2, 2)]]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["anilist:999999999"], "no list here knows anilist:999999999"),
        (["nobody:12"], "nobody here numbers shows"),
        ([TORADORA, "--season", "99"], "has no season 99"),
        ([TORADORA, "--from", "1"], "--episodes"),
        ([TORADORA, "--episode", "5"], "S00E05"),
        (["Toradora"], "names no show"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_written(run: Run, words: list[str], why: str) -> None:
    done = run("pin", "Some Title", *words)

    assert done.code == 63
    assert why in done.err
    assert run("pins", "--json").of("pin") == []


def test_a_show_that_nobody_can_look_up_is_doubted_aloud(run: Run) -> None:
    done = run("pin", "Some Title", "tmdb:99999999", "--season", "1")

    assert done.code == 0
    assert "The catalogue does not know tmdb:99999999" in done.err


def test_a_show_is_named_as_another_site_numbers_it(run: Run, tmp_path: Path) -> None:
    name = "Abc Xyz - 03.mkv"
    write(tmp_path, name)
    assert run("pin", tmp_path / name, "mal:4224").code == 0

    (event,) = run("match", tmp_path, "--json").of("match")
    assert (event["match"]["id"], event["match"]["coordinates"][0]["episode"]) == (42916, 3)


def test_a_pin_that_contradicts_the_names_says_so(run: Run, tmp_path: Path) -> None:
    write(tmp_path, "Toradora! S2 - 01.mkv")
    done = run("pin", tmp_path / "Toradora! S2 - 01.mkv", TORADORA, "--season", "1")

    assert "The names say season 2" in done.err


def test_pins_of_older_versions_hold_as_they_did(run: Run, home: Path) -> None:
    file = home / "config/anivault/pins.toml"
    file.parent.mkdir(parents=True)
    file.write_text(
        '[[pin]]\ntitle = "Abc Xyz S2"\ngroup = "G"\nid = "tmdb:42916"\nseason = 1\noffset = 12\n'
    )
    write(home / "dl", "[G] Abc Xyz S2 - 01.mkv")

    assert places(run, home / "dl") == {"[G] Abc Xyz S2 - 01.mkv": [(1, 13)]}


def test_a_pin_file_that_cannot_be_written_leaves_nothing_behind(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("pin", "Some Title", TORADORA).code == 0
    before = (home / "config/anivault/pins.toml").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("anivault.shared.fs.sync_file", full)
    done = run("pin", "Another", TORADORA)
    names = sorted(path.name for path in (home / "config/anivault").iterdir())

    assert done.code not in (0, 70)
    assert (names, (home / "config/anivault/pins.toml").read_bytes()) == (["pins.toml"], before)


@pytest.mark.parametrize(
    ("made", "why"),
    [(os.mkfifo, "special"), (lambda name: os.symlink("nowhere", name), "link"), (Path.touch, "empty")],
    ids=["fifo", "link", "empty"],
)
def test_explaining_what_no_scan_takes_says_why(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: Callable[[Path], None], why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    made(Path("Nichijou - 01.mkv"))

    for named in ("Nichijou - 01.mkv", "./Nichijou - 01.mkv"):
        assert f"Every scan leaves this file out ({why})" in run("explain", named).err


def test_explaining_what_is_no_file_looks_at_no_other(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`/dev` may be very large."""
    monkeypatch.setattr(reading, "scan", None)

    assert "Every scan leaves this file out (special)" in run("explain", "/dev/zero").err


def test_explaining_a_name_that_no_file_has_says_so(run: Run) -> None:
    done = run("explain", "nothere.mkv")

    assert done.code == 10
    assert "There is no such file" in done.err


def test_a_pin_may_say_whose_counting_names_follow(run: Run, tmp_path: Path) -> None:
    name = "Bleach S17E14.mkv"  # TVDB's; TMDB has season 2
    write(tmp_path, name)
    assert run("pin", tmp_path / name, "tmdb:30984", "--order", "tmdb").code == 0
    assert places(run, tmp_path) == {name: [(17, 14)]}
    again = run("pin", tmp_path / name, "tmdb:30984", "--order", "tvdb")

    assert "in the order of TVDB" in again.out
    assert run("pins", "--json").of("pin")[0]["pin"]["order"] == "tvdb"
    (told,) = run("match", tmp_path, "--json").of("match")
    assert "S17E14 of TVDB" in told["reasons"][-1]  # no list that says so is here
    assert run("pin", tmp_path / name, "tmdb:movie/128", "--order", "tvdb").code != 0
