"""Organize twice is organize once, rename twice is rename once, and a new week leaves what is there alone."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from tests.conftest import Run
from tests.laws.conftest import law

MODES = ["hardlink", "copy", "move", "symlink"]
PRESETS = ["jellyfin", "plex", "kodi", "emby", "by-group", "absolute"]
OWN = """
[presets.by-group]
base = "jellyfin"
episode = "{title} S{season:00}E{episode:00-E00} [{group}]< {resolution}>"

[presets.absolute]
base = "plex"
season = "All"
episode = "{title} {absolute:000}< - S{season:00}E{episode:00-e00}><v{version}>"
"""
FILES = st.builds(
    lambda show, number, group, version, tail: f"{group} {show} - {number}{version} (1080p){tail}",
    st.sampled_from(["Cowboy Bebop", "Vinland Saga"]),
    st.sampled_from(["01", "02", "03", "04", "05", "02-03"]),
    st.sampled_from(["[A]", "[B]", "[C]"]),
    st.sampled_from(["", "", "v2"]),
    st.sampled_from([".mkv", ".mkv", ".mkv", ".mp4", ".en.ass", ".ass"]),
)
EXTRAS = st.sampled_from(
    [
        "[A] Cowboy Bebop - NCOP.mkv", "[B] Cowboy Bebop - NCOP.mkv", "[A] Cowboy Bebop - PV1.mkv",
        "NC/Cowboy Bebop - NCOP.mkv", "SPs/Cowboy Bebop - NCOP.mkv", "SPs/Cowboy Bebop - PV1.mkv",
        "Paprika (2006) - cd1.mkv", "Paprika (2006) - cd2.mkv", "Paprika (2006) [1080p].mkv",
        "Cowboy Bebop/Cowboy Bebop - 01.mkv", "Cowboy Bebop/Scenes/The Parade.mkv",
        "Paprika (2006)/Extras/A Talk.mkv",
    ]
)  # fmt: skip
BEATEN = {"same-target", "target-taken"}
WEEK = st.lists(FILES | EXTRAS, min_size=1, max_size=7, unique=True)
WORLDS = st.fixed_dictionaries(
    {
        "weeks": st.lists(WEEK, min_size=2, max_size=3),
        "by_week": st.booleans(),  # each week in a folder of its own, or all in one
        "mode": st.sampled_from(MODES),
        "preset": st.sampled_from(PRESETS),
        "renamed": st.sampled_from(PRESETS),
        "conflict": st.sampled_from(["hold", "version"]),
        "upgrade": st.booleans(),
    }
)


def library_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    """The videos and subtitles of a library: which file each is."""
    files = [p for p in folder.rglob("*") if p.is_file() and ".anivault" not in p.parts]
    return {str(p.relative_to(folder)): (p.lstat().st_ino, p.read_bytes()) for p in files}


def bring(downloads: Path, week: int, names: list[str], *, by_week: bool) -> None:
    folder = downloads / f"week {week}" if by_week else downloads
    for number, path in enumerate(folder / name for name in names):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{path.name} " * (100 * week + number + 1))  # no two of one size


def renamed_once(run: Run, library: Path, preset: str) -> None:
    """Rename a library twice, where there is one: the second time does nothing."""
    words = ["rename", library, "--preset", preset, "--apply", "--json"]
    if not library.exists():
        return
    assert run(*words).code in {0, 10}
    there = library_of(library)
    assert run(*words).of("move") == []
    assert library_of(library) == there


# Subtitles that came before their video, which comes in another folder.
EARLY = {
    "weeks": [
        ["[C] Vinland Saga - 02 (1080p).ass"],
        ["[B] Vinland Saga - 02 (1080p).ass"],
        ["[C] Vinland Saga - 02 (1080p).mkv"],
    ],
    "by_week": True, "mode": "move", "conflict": "hold", "preset": "emby", "upgrade": False,
}  # fmt: skip


# Two openings of a show whose folder holds no season that a name tells.
SHORTS = {
    "weeks": [
        [
            "[B] Cowboy Bebop - NCOP.mkv", "[A] Cowboy Bebop - NCOP.mkv", "[B] Cowboy Bebop - 02 (1080p).mkv",
            "[B] Cowboy Bebop - 02-03v2 (1080p).mkv", "[A] Cowboy Bebop - PV1.mkv",
            "[C] Vinland Saga - 02-03v2 (1080p).mkv", "[B] Vinland Saga - 01 (1080p).mkv",
        ],
        ["[A] Cowboy Bebop - NCOP.mkv", "[A] Cowboy Bebop - PV1.mkv"],
    ],
    "by_week": True, "mode": "move", "conflict": "hold", "preset": "absolute", "upgrade": False,
}  # fmt: skip


@law(short=30, long=1500)
@example(
    world={
        "by_week": False, "mode": "symlink", "conflict": "version", "preset": "by-group", "upgrade": False,
        "weeks": [["[C] Vinland Saga - 04v2 (1080p).mkv", "[C] Vinland Saga - 04v2 (1080p).mp4"]],
        "renamed": "kodi",
    }
)  # fmt: skip
@example(
    world={
        "by_week": True, "mode": "hardlink", "conflict": "version", "preset": "emby", "upgrade": True,
        "weeks": [
            ["[B] Cowboy Bebop - 02 (1080p).mkv"],
            ["[B] Cowboy Bebop - 02v2 (1080p).mkv", "[A] Cowboy Bebop - 02 (1080p).mkv"],
        ],
    }
)  # fmt: skip
@example(world=EARLY)
@example(world=SHORTS)
@given(world=WORLDS)
def test_a_second_run_does_nothing_and_a_new_week_leaves_the_old_ones_alone(
    run: Run, home: Path, world: dict[str, Any]
) -> None:
    (home / "config/anivault").mkdir(parents=True, exist_ok=True)
    (home / "config/anivault/config.toml").write_text(OWN)
    base = Path(tempfile.mkdtemp(prefix="twice-"))
    library, downloads = base / "library", base / "downloads"
    words = ["organize", downloads, "--to", library, "--mode", world["mode"], "--preset", world["preset"]]
    words += ["--on-conflict", world["conflict"], "--apply", "--json"]
    words += ["--upgrade"] if world["upgrade"] else []
    try:
        known: set[str] = set()
        placed: set[str] = set()
        beaten: set[str] = set()
        for week, names in enumerate(world["weeks"]):
            bring(downloads, week, [n for n in names if n not in known], by_week=world["by_week"])
            known |= set(names)
            there = library_of(library) if library.exists() else {}
            ran = run(*words)
            now = library_of(library)

            assert ran.code in {0, 10}
            gone = {os.path.relpath(event["path"], library) for event in ran.of("return")}
            left = {rel: what for rel, what in there.items() if rel not in gone}
            assert {rel: now.get(rel) for rel in left} == left, "what was there is as it was"
            moved = {event["path"] for event in ran.of("move")}
            if not world["upgrade"]:
                assert moved.isdisjoint(placed | beaten), "who was placed, or stayed, does not move"
            placed |= moved
            beaten |= {event["path"] for event in ran.of("held") if event["reason"] in BEATEN}

            again = run(*words)
            assert again.of("move") == again.of("return") == []
            assert library_of(library) == now
            assert again.code == ran.code or gone  # what was moved out is held from then on
        renamed_once(run, library, world.get("renamed", "plex"))
    finally:
        shutil.rmtree(base)
