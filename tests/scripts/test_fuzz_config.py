"""However a configuration, pins, a key or a plan are broken, no command ends in a bug, or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts/fuzz/fuzz_config.py"


def test_sixty_broken_files_are_errors_with_a_code_of_their_own(home: Path) -> None:
    command = [sys.executable, str(SCRIPT), "--count", "60", "--seed", "7"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})

    assert done.stdout.splitlines()[-1].endswith(" 0 wrong"), done.stdout + done.stderr
    assert done.returncode == 0
