"""Plan, apply, verify and roll back a whole library, and prove that nothing was lost.

    uv run python benchmarks/whole.py [--files 10000] [--mode hardlink] [--collide]

Runs the commands that users run. With --collide a file of the user's already lies at every third
place that the plan wants. Prints seconds a step; exits 1 when a tree is not what it must be.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from make_library import make

Tree = dict[str, tuple[int, int, int, str]]


def tree(root: Path) -> Tree:
    """{relative path: (size, mtime_ns, mode, sha256)} of every file below `root` but the journal."""
    found: Tree = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name != ".anivault"]
        for name in files:
            path = Path(folder) / name
            s = path.stat()
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found[str(path.relative_to(root))] = (s.st_size, s.st_mtime_ns, s.st_mode, digest)
    return found


def anivault(*words: str | Path) -> tuple[list[dict[str, object]], float]:
    """Run one command with --json; returns its events and its seconds. Exits on a failure."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "anivault", *map(str, words), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    took = time.perf_counter() - start
    if done.returncode not in (0, 10):
        sys.exit(f"{' '.join(command)} exits {done.returncode}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()], took


def collide(library: Path, moves: list[dict[str, object]]) -> None:
    """Lay a file of the user's at every third place that is wanted."""
    for number, move in enumerate(moves[::3]):
        path = Path(str(move["target"]))
        path = path if path.is_absolute() else library / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"the user's own file {number}")


def main() -> None:
    """Run all steps in a temporary folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--mode", default="hardlink")
    parser.add_argument("--collide", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="anivault-whole-") as name:
        source, library = Path(name) / "source", Path(name) / "library"
        make(source, options.files, seed=1)
        library.mkdir()
        organize = ("organize", source, "--to", library, "--mode", options.mode)

        plan, planned = anivault(*organize)
        moves = [event for event in plan if event["event"] == "move"]
        if options.collide:
            collide(library, moves)
        before, mine = tree(source), tree(library)
        done, applied = anivault(*organize, "--apply")
        between = {**tree(library), **tree(source)}
        _, verified = anivault("verify", library)
        _, deep = anivault("verify", library, "--deep")
        _, undone = anivault("rollback", library, "--apply")
        after, kept = tree(source), tree(library)

    moved = sum(event["event"] == "move" and bool(event.get("done")) for event in done)
    print(
        f"{options.files} files, {len(moves)} planned, {moved} done by {options.mode}, {len(mine)} in the way"
    )
    steps = {"plan": planned, "apply": applied, "verify": verified, "deep verify": deep, "rollback": undone}
    print(", ".join(f"{step} {seconds:.2f} s" for step, seconds in steps.items()))
    contents = {entry[3] for entry in before.values()} | {entry[3] for entry in mine.values()}
    checks = {
        "every content is there after the run": contents <= {entry[3] for entry in between.values()},
        "the user's own files are untouched": kept == mine,
        "the source is as it was": after == before,
    }
    for check, holds in checks.items():
        print(f"{'ok ' if holds else 'NOT'} {check}")
    sys.exit(not all(checks.values()))


if __name__ == "__main__":
    main()
