"""Law 1: whatever is named on the command line, a file gets the same verdict.

Piles of real files are matched by real commands: the folder that holds everything, the folders in it, what
is in those, every file at once, one file at a time, and their paths as a list. The names above the shows say
nothing.
"""

from __future__ import annotations

import io
import itertools
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.conftest import Run
from tests.laws.conftest import law

# Neighbours by name, by year, by number in the name; sequels with and without a word for the season.
FAMILIES = (
    ("Fruits Basket (2001)", "Fruits Basket (2019)"),
    ("Hunter x Hunter (1999)", "Hunter x Hunter (2011)"),
    ("Clannad", "Clannad After Story"),
    ("Spice and Wolf", "Spice and Wolf (2024)"),
    ("Bakemonogatari", "Owarimonogatari", "Kizumonogatari Part 2"),
    ("Area 88", "Area 51 Files", "86", "Mob Psycho 100"),
    ("Mushoku Tensei", "Mushoku Tensei S2", "Nichijou", "Akira (1988)"),
)
# What their files are called in a folder that says the rest.
SHORT = {
    "Fruits Basket (2001)": "Fruits Basket", "Fruits Basket (2019)": "Fruits Basket",
    "Hunter x Hunter (1999)": "Hunter x Hunter", "Hunter x Hunter (2011)": "Hunter x Hunter",
    "Clannad After Story": "Clannad", "Spice and Wolf (2024)": "Spice and Wolf",
}  # fmt: skip
FORMS = ("[Kitsune] {show} - {n:02} [1080p]", "{show} - {n:02}", "{show} E{n:02} 720p x264")
HOLDERS = ("Downloads", "anime/new", "anime/old")
BARE = "{n:02}"

Answer = tuple[str, tuple[Any, ...]]  # the decision; show and places


@st.composite
def releases(draw: st.DrawFn, show: str) -> list[str]:
    """The files of one release: loose, or in a folder of the show, maybe with an extra."""
    folder = draw(st.sampled_from(["", f"{show}/", f"{show}/", f"[Kitsune] {show} [BD]/"]))
    form = draw(st.sampled_from([*FORMS, BARE] if folder else FORMS))
    first, count = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    called = draw(st.sampled_from([show, SHORT.get(show, show)])) if folder else show
    names = [f"{folder}{form.format(show=called, n=n)}.mkv" for n in range(first, first + count)]
    if folder and draw(st.booleans()):
        names.append(f"{folder}{draw(st.sampled_from(['', 'NC/', 'Extras/']))}{show} - NCOP1.mkv")
    return names


@st.composite
def piles(draw: st.DrawFn) -> list[tuple[str, list[str]]]:
    """One or two families of shows, each release in one of three folders."""
    families = draw(st.lists(st.sampled_from(FAMILIES), min_size=1, max_size=2, unique=True))
    shows = [show for family in families for show in family]
    return [(draw(st.sampled_from(HOLDERS)), draw(releases(show))) for show in shows]


def answers(run: Run, paths: Iterable[str | Path], names: Iterable[str] = ()) -> dict[str, Answer]:
    """By path what `match` says of every file, or with `-` of every name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("\n".join(names).encode())))
        said = run("match", *paths, "--json")
    assert said.code in (0, 10), said.err
    return {event["path"]: _answer(event) for event in said.of("match")}


def _answer(event: dict[str, Any]) -> Answer:
    match = event["match"]
    places = match and [(c["season"], c["episode"]) for c in match["coordinates"]]
    return event["decision"], (match["media_type"], match["id"], *places) if match else ()


def write(root: Path, pile: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """Write the files; returns each once."""
    paths = {f"{folder}/{name}" for folder, names in pile for name in names}
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(path.encode() * 20)
    return sorted(str(root / path) for path in paths)


def below(folders: Iterable[Path]) -> list[Path]:
    """What a shell makes of FOLDER/* for each of them."""
    return sorted(itertools.chain.from_iterable(folder.iterdir() for folder in folders))


@law(15, 1000)
@given(pile=piles())
def test_a_file_gets_one_verdict_whatever_roots_it_is_found_under(
    pile: list[tuple[str, list[str]]], run: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("p") / "data"
    files = write(root, pile)
    whole = answers(run, [root])

    assert sorted(whole) == files
    assert answers(run, below([root])) == whole
    holders = [folder for name in HOLDERS if (folder := root / name).is_dir()]
    assert answers(run, below(holders)) == whole
    assert answers(run, files) == whole


# Two shows of one name, the first of which has three episodes.
AREA_88 = [
    *(f"Area 88/Area 88 - {n:02}.mkv" for n in range(2, 6)),
    "Area 88/Area 88 - NCOP1.mkv",
]
# A file of the show that was there before, among those of the remake; by another group, and by none.
WOLVES = [f"Spice and Wolf (2024) E{n:02} 720p x264.mkv" for n in (4, 5, 6)]
OLD_WOLF = "Spice and Wolf - 04"


@law(15, 1000)
@example(pile=[("anime/old", AREA_88)])
@example(pile=[("anime/old", [f"[Kitsune] {OLD_WOLF} [1080p].mkv", *WOLVES])])
@example(pile=[("anime/old", [f"{OLD_WOLF}.mkv", *WOLVES])])
@given(pile=piles())
def test_a_file_alone_gets_the_verdict_that_it_has_in_company_or_is_asked_about(
    pile: list[tuple[str, list[str]]], run: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("p") / "data"
    files = write(root, pile)
    whole = answers(run, [root])
    named = answers(run, ["-"], files)

    for file in files:
        decision, answer = answers(run, [file])[file]
        assert named[file] == (decision, answer), file
        if decision == "matched":
            assert (decision, answer) == whole[file], file
