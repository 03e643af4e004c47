"""scripts/clean_cache.py drops what it says and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from anivault.services.tmdb.cache import DAY, Cache

SCRIPT = Path(__file__).parents[2] / "scripts" / "clean_cache.py"


def clean(folder: Path, *options: str) -> str:
    command = [sys.executable, str(SCRIPT), "--folder", str(folder), *options]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_it_drops_expired_answers_and_all_of_them_when_told(tmp_path: Path) -> None:
    (tmp_path / "catalog-1.sqlite").write_text("not its business")
    with Cache(tmp_path) as cache:
        cache.put("old", 200, b"x", -1)
        cache.put("new", 200, b"x", DAY)

    assert clean(tmp_path).startswith("1 answers dropped; 1 left")
    assert clean(tmp_path, "--all").startswith("1 answers dropped; 0 left")
    assert (tmp_path / "catalog-1.sqlite").read_text() == "not its business"
