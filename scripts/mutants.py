"""Break the mover in the ways of mutants.toml, which lose files, and see that its tests notice each.

`python scripts/mutants.py [NAME...]` copies the tree to a temporary folder, makes one change at a time,
runs the mover's tests there, and prints a line for each: caught, by which test, or SURVIVED. Exit 1 when
one survives, 2 when a change no longer fits the code.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
MOVER = [
    "tests/core/test_rollback.py",
    *(f"tests/core/moving/test_{name}.py" for name in ("executor", "journal", "verifier", "crashes")),
]  # what a mutant is tried on that names no tests of its own
MUTANTS = {
    each["name"]: each for each in tomllib.loads((ROOT / "scripts/mutants.toml").read_text())["mutant"]
}


def main(names: list[str]) -> int:
    """Try the named mutants, or all."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        for part in ("src", "tests"):
            shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", tree)
        results = [trial(tree, name) for name in MUTANTS if not names or name in names]
    return max(results, default=2)


def trial(tree: Path, name: str) -> int:
    """Make one change, run the tests, undo it; 0 when they noticed."""
    mutant = MUTANTS[name]
    old, new = mutant["old"], mutant["new"]
    path = tree / "src" / "anivault" / mutant["file"]
    text = path.read_text()
    if text.count(old) != 1:
        print(f"{name:45} does not fit the code", flush=True)
        return 2
    path.write_text(text.replace(old, new))
    caught = failing_test(tree, mutant.get("tests", MOVER))
    path.write_text(text)
    print(f"{name:45} {'caught by ' + caught if caught else 'SURVIVED'}", flush=True)
    return 0 if caught else 1


def failing_test(tree: Path, tests: list[str]) -> str:
    """Return the first test that fails, '' when none does."""
    words = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "--tb=no", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(words, cwd=tree, capture_output=True, text=True, check=False, timeout=600)
    except subprocess.TimeoutExpired:
        return "a test that does not end"
    found = re.search(r"^(?:FAILED|ERROR) \S*?::(\S+)", done.stdout, re.MULTILINE)
    return found[1] if found else "" if done.returncode == 0 else done.stdout.strip()[-60:]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
