"""Samples, extras and parts of a film on their whole way: by the command that users type."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run


@pytest.fixture
def organize(run: Run, tmp_path: Path):  # type: ignore[no-untyped-def]
    """Make files below a folder, organize some of it, and return where each goes or why it stays."""

    def organize_it(*paths: str, roots: tuple[str, ...] = (".",)) -> dict[str, str]:
        for path in paths:
            place = tmp_path / "pile" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.encode() * 100)
        folders = [tmp_path / "pile" / root for root in roots]
        found = run("organize", *folders, "--to", tmp_path / "lib", "--json")
        said = {event["path"]: event["target"].partition("/")[2] for event in found.of("move")}
        said |= {event["path"]: event["reason"] for event in found.of("held")}
        return {str(Path(source).relative_to(tmp_path / "pile")): what for source, what in said.items()}

    return organize_it


SENPAI = "dungeon.meshi.s01e02.1080p.web.h264-senpai"


@pytest.mark.parametrize(
    "name", [f"{SENPAI}-sample.mkv", f"{SENPAI}.sample.mkv", f"sample-{SENPAI}.mkv", f"Sample/{SENPAI}.mkv"]
)
def test_a_sample_is_held_and_the_episode_filed(organize, name: str) -> None:  # type: ignore[no-untyped-def]
    placed = organize(f"{SENPAI}/{SENPAI}.mkv", f"{SENPAI}/{name}")

    assert placed[f"{SENPAI}/{SENPAI}.mkv"].endswith("S01E02.mkv")
    assert placed[f"{SENPAI}/{name}"] == "sample"


@pytest.mark.parametrize(
    "folder", ["Other", "misc", "Clips", "Shorts", "Scenes", "Bonus", "Trailers", "Promo"]
)
@pytest.mark.parametrize("inside", [True, False])
def test_an_episode_in_a_folder_of_odds_and_ends_is_an_episode(organize, folder: str, inside: bool) -> None:  # type: ignore[no-untyped-def]
    path = f"dl/{folder}/[SubsPlease] Lycoris Recoil - 01 (1080p).mkv"

    placed = organize(path, roots=(f"dl/{folder}" if inside else ".",))

    assert placed[path].endswith("Season 01/Lycoris Recoil S01E01.mkv")


@pytest.mark.parametrize("folder", ["SPs", "NC", "Extras", "Menu", "CDs", "映像特典"])
def test_extras_take_their_show_from_the_folder_that_they_are_in(organize, folder: str) -> None:  # type: ignore[no-untyped-def]
    placed = organize("Nichijou/Nichijou - 01.mkv", f"Nichijou/{folder}/Nichijou NCOP.mkv")

    show = "Nichijou - My Ordinary Life (2011) [tmdbid-44684]"
    assert placed == {
        "Nichijou/Nichijou - 01.mkv": f"{show}/Season 01/Nichijou - My Ordinary Life S01E01.mkv",
        f"Nichijou/{folder}/Nichijou NCOP.mkv": f"{show}/shorts/Creditless Opening.mkv",
    }


@pytest.mark.parametrize(
    "word",
    ["behindthescenes", "deleted", "featurette", "interview", "scene", "short", "other", "clip", "trailer"],
)
def test_a_film_with_an_ending_is_an_extra_of_it_also_alone(organize, word: str) -> None:  # type: ignore[no-untyped-def]
    path = f"Paprika (2006)/Paprika (2006)-{word}.mkv"

    folder, name = organize(path)[path].split("/")[1:]

    assert not name.startswith("Paprika")
    assert ("trailer" in f"{folder} {name}".lower()) is (word == "trailer")


@pytest.mark.parametrize(
    "names",
    [
        ("Akira (1988) - cd1", "Akira (1988) - cd2"),
        ("Akira [CD1]", "Akira [CD2]"),
        ("Akira.1988.CD1.x264-GRP", "Akira.1988.CD2.x264-GRP"),
        ("Akira cd1", "Akira cd2"),
        ("Akira disc 1", "Akira disc 2"),
        ("Akira pt1", "Akira pt2"),
        ("Akira Part 1", "Akira Part 2"),
        ("Akira (1988) [pt1]", "Akira (1988) [pt2]"),
        ("Akira.1988.pt1.DVDRip", "Akira.1988.pt2.DVDRip"),
        ("Akira pt1", "Akira pt2", "Akira pt3"),
        ("CD1/Akira", "CD2/Akira"),
    ],
)
def test_a_film_in_parts_is_filed_in_parts(organize, names: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    paths = [f"Akira (1988)/{name}.avi" for name in names]

    placed = organize(*paths)

    assert [placed[path].rpartition(" - ")[2] for path in paths] == [
        f"cd{number}.avi" for number in range(1, len(names) + 1)
    ]


@pytest.mark.parametrize("folder", ["d4", "Disc 1", "CD2"])
@pytest.mark.parametrize("part", ["- pt{}", "part {}", "(pt{})"])
def test_parts_are_told_by_their_names_in_whatever_folder(organize, folder: str, part: str) -> None:  # type: ignore[no-untyped-def]
    paths = [f"{folder}/Paprika (2006) {part.format(number)}.avi" for number in (1, 2)]

    placed = organize(*paths)

    assert [placed[path].rpartition(" - ")[2] for path in paths] == ["cd1.avi", "cd2.avi"]


def test_half_a_film_is_held(organize) -> None:  # type: ignore[no-untyped-def]
    assert organize("Akira (1988)/Akira [CD2].avi") == {"Akira (1988)/Akira [CD2].avi": "no-place"}
