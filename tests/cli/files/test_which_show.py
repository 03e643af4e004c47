"""Which show a file is, by real commands on real files: what was once matched wrongly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.files.test_pins_say import places, write
from tests.conftest import Run


@pytest.mark.parametrize(
    ("name", "film"),
    [
        ("Kara no Kyoukai Part 3.mkv", 23153),
        ("Kara no Kyoukai - Part 5 [1080p].mkv", 23155),
        ("Kizumonogatari Part 1.mkv", 357786),
        ("[G] Kizumonogatari III - Reiketsu-hen [BD 1080p].mkv", 362585),
    ],
)
def test_the_number_of_a_film_chooses_the_film(run: Run, tmp_path: Path, name: str, film: int) -> None:
    write(tmp_path / "Downloads", name)

    assert places(run, tmp_path / "Downloads")[name] == ("matched", film, [])


@pytest.mark.parametrize(
    ("name", "film"), [("[G] Kizumonogatari Part 2.mkv", 362584), ("Kizumonogatari Part 3.mkv", 362585)]
)
def test_a_film_that_bears_anothers_title_and_its_own_number_is_offered(
    run: Run, tmp_path: Path, name: str, film: int
) -> None:
    write(tmp_path / "Downloads", name)

    assert places(run, tmp_path / "Downloads")[name][:2] == ("ambiguous", film)


def test_a_later_story_with_a_sequel_of_its_own_is_not_the_whole_show(run: Run, tmp_path: Path) -> None:
    later = "[VCB-Studio] Owarimonogatari [01].mkv"
    first = [f"[VCB-Studio] Bakemonogatari [{n:02}].mkv" for n in range(1, 16)]
    found = places(run, write(tmp_path / "Downloads", later, *first))

    assert found[later] == ("matched", 46195, [(4, 1)])
    assert [found[name][2] for name in first] == [[(1, n)] for n in range(1, 16)]


def test_a_title_that_lists_give_a_second_season_alone_is_the_shows(run: Run, tmp_path: Path) -> None:
    folder = "The Devil Is a Part-Timer! (2013)/Season 01"
    names = [f"The Devil Is a Part-Timer! (2013) - s01e{n:02}.mkv" for n in (1, 2, 3)]
    found = places(run, write(tmp_path / "Downloads", *(f"{folder}/{name}" for name in names)))

    assert [found[name] for name in names] == [("matched", 45997, [(1, n)]) for n in (1, 2, 3)]


@pytest.mark.parametrize(
    "last",
    [
        "Cowboy Bebop - 26 - The Real Folk Blues (Part 2).mkv",
        "Cowboy Bebop - 26 - The Real Folk Blues [Part 2] [1080p].mkv",
        "Cowboy.Bebop.-.26.-.The Real Folk Blues.(Part.2).mkv",
    ],
)
@pytest.mark.parametrize("others", [0, 25])
def test_the_part_of_a_title_is_no_part_of_the_season(
    run: Run, tmp_path: Path, last: str, others: int
) -> None:
    names = [f"Cowboy Bebop - {n:02} - A Title.mkv" for n in range(1, others + 1)]
    found = places(run, write(tmp_path / "Downloads", last, *names))

    assert found[last] == ("matched", 30991, [(1, 26)])


def explained(run: Run, path: Path) -> dict[str, Any]:
    (event,) = run("explain", path, "--json").of("explain")
    told: dict[str, Any] = event["explanation"]
    return told


def test_a_film_that_is_called_like_an_episode_is_named(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "Downloads", "Akira - 03.mkv", "Zyxwv Utsrq - 01.mkv")

    assert explained(run, tmp_path / "Downloads/Akira - 03.mkv")["rules"] == [
        "The film Akira (1988) has a title like this, but the name is that of an episode or a special."
    ]
    assert explained(run, tmp_path / "Downloads/Zyxwv Utsrq - 01.mkv")["rules"] == [
        "No show that is known has a title like this."
    ]


@pytest.mark.parametrize("folder", ["NC", "SPs", "Extras", "Season 1/Extras"])
@pytest.mark.parametrize("name", ["NCOP.mkv", "Nichijou NCED.mkv", "PV1.mkv"])
def test_an_extra_is_explained_as_it_is_matched(run: Run, tmp_path: Path, folder: str, name: str) -> None:
    pile = write(tmp_path / "Downloads", "Nichijou/Nichijou - 01.mkv", f"Nichijou/{folder}/{name}")
    decision, show, _ = places(run, pile)[name]
    told = explained(run, pile / "Nichijou" / folder / name)

    assert (told["decision"], told["candidates"][0]["show"]) == (decision, f"tmdb:{show}")


@pytest.mark.parametrize("name", ["Akira - Special.mkv", "Violet Evergarden - Special.mkv"])
def test_a_special_is_not_the_film_of_that_name(run: Run, tmp_path: Path, name: str) -> None:
    write(tmp_path / "Downloads", name)

    assert places(run, tmp_path / "Downloads")[name][0] != "matched"


@pytest.mark.parametrize("kind", ["NCOP", "NCED2"])
def test_an_opening_alone_is_of_the_series_and_not_of_its_film(run: Run, tmp_path: Path, kind: str) -> None:
    name = f"[G] Yuru Camp [{kind}].mkv"
    write(tmp_path / "Downloads", name)

    assert places(run, tmp_path / "Downloads")[name][:2] == ("matched", 76075)
