"""A judge from outside finds no name that a server misreads in libraries of biting names."""

from __future__ import annotations

import random
import runpy
from pathlib import Path

import pytest

from anivault.core.planning.describing import nfo
from anivault.core.planning.naming.presets import load_preset
from tests.core.records import planned
from tests.servers.piles import candidates, files_of, subtitles_of
from tests.servers.readers.presets import READERS

JUDGE = Path(__file__).resolve().parents[3] / "shared/tools/server_facts.py"
SHOWS, PATHS = 160, 2_000  # of each preset, twice; 20,000 paths in all
pytestmark = pytest.mark.skipif(not JUDGE.exists(), reason="needs the judge of names")


@pytest.mark.parametrize("on_conflict", ["hold", "version"])
@pytest.mark.parametrize("preset", sorted(READERS))
def test_no_name_of_a_library_is_misread(tmp_path: Path, preset: str, on_conflict: str) -> None:
    chance = random.Random(f"judge {preset} {on_conflict}")
    items = [item for candidate in candidates(chance, SHOWS) for item in files_of(candidate, chance)]
    subtitles = [subtitle for subtitle, _, _ in subtitles_of(items, chance)]
    made = planned(items, subtitles, preset=preset, on_conflict=on_conflict)
    hidden = nfo.hidden(made, items, load_preset(preset))
    for target in (*(move.target for move in made.moves), *(write.target for write in hidden)):
        (tmp_path / target).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / target).touch()

    assert list(runpy.run_path(str(JUDGE))["judge"](str(tmp_path), preset)) == []
    assert len(made.moves) > PATHS
