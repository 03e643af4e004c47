"""Count what servers misread in libraries of biting names: `uv run python scripts/servers/misread.py JUDGE`.

JUDGE is a program that is called as `JUDGE LIBRARY --preset NAME`, prints a line for each name that the
servers of the preset misread, and ends with 0 where there is none. For every preset a library is planned
twice: once other files of an episode are held, once they go there as versions. Its files are empty.
Ends with 1 where a name is misread.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from pathlib import Path

RAW = argparse.RawDescriptionHelpFormatter
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from anivault.core.planning.describing import nfo  # noqa: E402
from anivault.core.planning.naming.presets import builtin_presets, load_preset  # noqa: E402
from tests.core.records import planned  # noqa: E402
from tests.servers.piles import candidates, files_of, subtitles_of  # noqa: E402


def main() -> int:
    """Make each library, have it judged, and print one line for it and one for all."""
    parser = argparse.ArgumentParser(description=str(__doc__), formatter_class=RAW)
    parser.add_argument("judge", type=Path)
    parser.add_argument("--shows", type=int, default=250, help="of each library")
    parser.add_argument("--seed", default="1", help="another one makes other libraries")
    asked = parser.parse_args()
    whole = wrong = 0
    for preset in builtin_presets():
        for on_conflict in ("hold", "version"):
            with tempfile.TemporaryDirectory() as folder:
                library = Path(folder)
                paths = make(library, preset, on_conflict, asked.shows, asked.seed)
                misread = judged(asked.judge, library, preset)
            print(f"{preset:14} {on_conflict:8} {paths:7,} paths {len(misread):5} misread", flush=True)
            print(*misread, sep="\n", end="\n" if misread else "")
            whole, wrong = whole + paths, wrong + len(misread)
    print(f"{'all':23} {whole:7,} paths {wrong:5} misread")
    return int(wrong > 0)


def make(library: Path, preset: str, on_conflict: str, shows: int, seed: str) -> int:
    """Plan a collection into `library`, and make its files without a byte in them; returns how many."""
    chance = random.Random(f"{seed} {preset} {on_conflict}")  # noqa: S311
    items = [item for candidate in candidates(chance, shows) for item in files_of(candidate, chance)]
    subtitles = [subtitle for subtitle, _, _ in subtitles_of(items, chance)]
    plan = planned(items, subtitles, preset=preset, on_conflict=on_conflict)
    hidden = nfo.hidden(plan, items, load_preset(preset))
    targets = [*(move.target for move in plan.moves), *(write.target for write in hidden)]
    for target in targets:
        path = library / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return len(targets)


def judged(judge: Path, library: Path, preset: str) -> list[str]:
    """The lines that the judge prints. A judge that fails says why, and ends this."""
    command = [sys.executable, str(judge), str(library), "--preset", preset]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in {0, 1}:
        raise SystemExit(f"{judge} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout.splitlines()


if __name__ == "__main__":
    sys.exit(main())
