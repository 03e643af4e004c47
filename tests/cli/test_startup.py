"""Commands about what was done load nothing that names, matches or plans: they start at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run

LOADED = """
import sys
sys.argv = ["anivault", *sys.argv[1:]]
from anivault.cli.main import main
try:
    main()
finally:
    print(*sorted(sys.modules), file=sys.stderr)
"""
NEEDLESS = (
    *(f"anivault.{room}" for room in ("parser", "services", "data")),
    *(f"anivault.core.{wing}" for wing in ("flow", "organizer", "matching", "pipeline", "planning")),
    *("rich", "httpx2", "tomllib", "tempfile", "anitomy"),
)


@pytest.mark.parametrize("command", ["history", "rollback", "verify", "recover"])
def test_a_command_about_what_was_done_loads_no_parser_and_no_matching(
    run: Run, tmp_path: Path, command: str
) -> None:
    (tmp_path / "pile").mkdir()
    (tmp_path / "pile" / "[Grp] Nichijou - 01.mkv").write_text("one")
    run("organize", tmp_path / "pile", "--to", tmp_path / "library", "--apply")
    words = [sys.executable, "-c", LOADED, command, str(tmp_path / "library")]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    loaded = done.stderr.splitlines()[-1].split()

    assert "anivault.core.moving.history" in loaded
    assert [name for name in loaded if name.startswith(NEEDLESS)] == []
