"""Pins by real commands: each says what it is for, and moves nothing else."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.conftest import Ran, Run


def write(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode() * 20)
    return folder


def places(run: Run, *paths: Path) -> dict[str, tuple[str, int, list[tuple[int, int]]]]:
    """By name of each file: the decision, the show, season and episode."""
    found = {}
    for event in run("match", *paths, "--json").of("match"):
        match = event["match"] or {"id": 0, "coordinates": []}
        where = [(c["season"], c["episode"]) for c in match["coordinates"]]
        found[Path(event["path"]).name] = event["decision"], match["id"], where
    return found


def answers(done: Ran) -> list[list[str]]:
    lines = [line for line in done.out.splitlines() if "?  anivault pin" in line]
    return [shlex.split(line.partition("?  ")[2])[1:] for line in lines]


def test_a_pin_for_one_folder_is_not_one_for_another_of_its_name(run: Run, tmp_path: Path) -> None:
    write(tmp_path, *(f"{side}/Fruits Basket/Fruits Basket - 0{n}.mkv" for side in "AB" for n in (1, 2)))
    before = places(run, tmp_path / "B" / "Fruits Basket")
    for folder, show in (("A/Fruits Basket", "tmdb:36941"), ("A", "tmdb:36941")):
        assert run("pin", tmp_path / folder, show).code == 0

    assert {show for _, show, _ in places(run, tmp_path / "A/Fruits Basket").values()} == {36941}
    assert places(run, tmp_path / "B" / "Fruits Basket") == before
    both = run("match", tmp_path / "A/Fruits Basket", tmp_path / "B/Fruits Basket", "--json").of("match")
    assert [e["match"]["id"] == 36941 and e["confidence"] == 1 for e in both] == [True, True, False, False]


def test_a_folder_is_unpinned_as_it_was_pinned_also_when_it_is_gone(run: Run, tmp_path: Path) -> None:
    folder = write(tmp_path / "Box", "x.mkv")
    assert run("pin", folder, "tmdb:36941").code == 0
    assert str(folder) in run("pins").out
    (folder / "x.mkv").unlink()
    folder.rmdir()

    assert run("unpin", folder).code == 0
    assert run("unpin", folder).code == 64


def test_a_pin_for_a_show_leaves_the_names_their_season(run: Run, tmp_path: Path) -> None:
    first = [f"[SubsPlease] Mushoku Tensei - {n:02} (1080p).mkv" for n in (1, 11, 12, 23)]
    numbers = (0, 1, 12, 13, 24)
    second = [f"[SubsPlease] Mushoku Tensei S2 - {n:02} (1080p).mkv" for n in numbers]
    pile = write(tmp_path / "pile", *first, *second)
    assert run("pin", pile / first[0], "tmdb:94664").code == 0
    found = places(run, pile)

    assert [found[name][2] for name in first] == [[(1, n)] for n in (1, 11, 12, 23)]
    assert [found[name][2] for name in second] == [[(2, n)] for n in numbers]
    assert [found[name][0] for name in second] == ["ambiguous", *["matched"] * 4]


@pytest.mark.parametrize("more", [[], ["--episodes", "13-24"]])
def test_a_pin_that_counts_from_the_thirteenth_leaves_the_twelfth_where_it_was(
    run: Run, tmp_path: Path, more: list[str]
) -> None:
    names = [f"[SubsPlease] Dandadan - {n:02} (1080p).mkv" for n in (1, 12, 13, 14, 24)]
    pile = write(tmp_path / "pile", *names)
    pin = ("pin", pile / names[2], "tmdb:240411", "--season", "2", "--offset", "-12", *more)
    assert run(*pin).code == 0
    found = places(run, pile)

    assert [found[name][0] for name in names] == ["matched"] * 5
    assert [found[name][2] for name in names] == [[(1, 1)], [(1, 12)], [(2, 1)], [(2, 2)], [(2, 12)]]


def test_a_pin_for_a_file_of_a_season_is_for_that_season(run: Run, tmp_path: Path) -> None:
    names = ["Planetes - 01.mkv", "Planetes S2 - 01.mkv"]
    pile = write(tmp_path / "pile", *names)
    before = places(run, pile)[names[0]]
    assert run("pin", pile / names[1], "tmdb:30991", "--season", "1", "--offset", "12").code == 0
    found = places(run, pile)

    assert found[names[0]] == before
    assert found[names[1]] == ("matched", 30991, [(1, 13)])


@pytest.mark.parametrize("above", ["12/dl", "Season 4/dl", "OVA/Downloads", "Movies/2019/in"])
def test_a_pin_for_a_file_is_heard_whatever_the_folders_above_are_called(
    run: Run, tmp_path: Path, above: str
) -> None:
    name = "[SubsPlease] Planetes - 01.mkv"
    pile = write(tmp_path / above, name)
    assert run("pin", pile / name, "tmdb:26707").code == 0

    assert places(run, pile)[name] == ("matched", 26707, [(1, 1)])


def test_each_pin_is_offered_once_and_none_moves_what_another_placed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"[SubsPlease] Mushoku Tensei{s} - {n:02}.mkv" for s in ("", " S2") for n in (1, 12, 13, 24)]
    names += [f"[SubsPlease] Dandadan - {n:02}.mkv" for n in (1, 12, 13, 14, 24)]
    write(tmp_path / "pile", *names)
    monkeypatch.chdir(tmp_path)
    for _ in range(6):
        offered = answers(run("organize", "pile", "--to", "library"))
        assert len({tuple(words) for words in offered}) == len(offered)
        before = {name: found for name, found in places(run, Path("pile")).items() if found[0] == "matched"}
        if not offered:
            break
        assert run(*offered[0]).code == 0
        after = places(run, Path("pile"))
        assert {name: after[name][2] for name in before} == {n: found[2] for n, found in before.items()}


@pytest.mark.parametrize(
    "words",
    [
        ("--episodes", "13-24", "--from", "1", "--offset", "2"),
        ("--episode", "S00E05", "--season", "1"),
        ("--episode", "S00E05", "--episodes", "1-2"),
        ("--order", "tvdb", "--season", "2"),
        ("--order", "tvdb", "--episode", "S00E05"),
    ],
    ids=" ".join,
)
def test_words_of_which_some_would_not_be_heard_are_refused(
    run: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    write(tmp_path, "[A] Spy x Family - 13.mkv")
    file = tmp_path / "[A] Spy x Family - 13.mkv"

    assert run("pin", file, "tmdb:120089", *words, "--preview").code == 63
    done = run("pin", file, "tmdb:120089", *words)
    assert (done.code, run("pins").out) == (63, "There are no pins.\n")
    assert "Leave out" in done.err


def test_a_range_that_an_earlier_pin_takes_some_of_is_said(run: Run, tmp_path: Path) -> None:
    write(tmp_path, *(f"[A] Spy x Family - {n}.mkv" for n in range(10, 16)))
    file = tmp_path / "[A] Spy x Family - 13.mkv"
    first = run("pin", file, "tmdb:120089", "--episodes", "13-24", "--season", "2", "--from", "1")
    layer = run("pin", file, "tmdb:120089", "--episodes", "10-", "--season", "1")
    said = run("pin", file, "tmdb:120089", "--episodes", "10-14", "--season", "1")

    assert "earlier pin" not in first.err + layer.err
    assert "For some of them an earlier pin is heard: that for episodes 13-24." in said.err
    assert places(run, tmp_path)["[A] Spy x Family - 13.mkv"] == ("matched", 120089, [(2, 1)])


def test_a_pin_that_takes_the_place_of_another_says_of_which(run: Run, tmp_path: Path) -> None:
    write(tmp_path, "A/Spy x Family - 13.mkv", "B/Spy x Family - 13.mkv")
    first, second = tmp_path / "A/Spy x Family - 13.mkv", tmp_path / "B/Spy x Family - 13.mkv"
    alone = run("pin", first, "tmdb:120089", "--season", "2")
    same = run("pin", first, "tmdb:120089", "--season", "2")
    preview = run("pin", second, "tmdb:30991", "--preview")
    other = run("pin", second, "tmdb:30991", "--season", "2")

    said = "It takes the place of the pin to tmdb:120089, season 2, which was for the same files."
    assert "takes the place" not in alone.err + same.err + preview.err
    assert said in other.err
    assert len(run("pins", "--json").of("pin")) == 1


def test_a_broken_file_of_pins_is_told_in_one_sentence(run: Run, home: Path, tmp_path: Path) -> None:
    write(tmp_path / "dl", "[A] Spy x Family - 13.mkv")
    run("pin", tmp_path / "dl", "tmdb:120089")
    file = next(home.rglob("pins.toml"))
    file.write_text('[[pin]]\nid = "tmdb:1"\n')
    said = run("match", tmp_path / "dl").err

    assert (
        "cannot be read: a pin is for a folder, or for a title with or without a group. Nothing was" in said
    )
    assert "Nothing was pinned" not in said
