"""What other programs and AniVault itself have named is adopted for what it is, or asked about."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts/answers/adopt_libraries.py"


def test_libraries_of_every_maker_are_adopted_right_and_no_file_is_touched() -> None:
    done = subprocess.run(
        [sys.executable, SCRIPT, "--files", "240"], capture_output=True, text=True, check=False
    )
    rows = re.findall(r"\| (.+) \| ([\d,]+) \| ([\d,]+) \| (\d+) \| ([\d,]+) \| (\d+) \|", done.stdout)
    *makers, (_, files, right, wrong, _, changed) = rows

    assert (done.returncode, done.stderr) == (0, "")
    assert len(makers) == 12
    assert (files, wrong, changed) == ("240", "0", "0")
    assert int(right) > 200
