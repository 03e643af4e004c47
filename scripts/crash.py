"""Kill, tear, fail and cut the power of the real commands at their file operations; nothing may be lost.

`python scripts/crash.py HARNESS [--points N] [--only "ROW;..."] [--power]` runs crashtest.py, at HARNESS, row
by row and prints for each how many points were tried and survived. `--points` is the most for each fault of
a row (0: all, which takes hours; 4 takes about two minutes a row). `--power` needs root: it runs the rows
that cut the power, on loop images. Exit 1 when a point did not survive, 2 when the harness did not work.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

TOOL = Path(sys.executable).with_name("anivault")
FAULTS = ["--modes", "kill,torn,SIGINT,SIGTERM,ENOSPC,ENOSPC+,EIO,EIO+,EACCES,EXDEV,EINTR"]
PHASES = ["--phases", "run,recover,rollback"]
ROWS = {
    "move": ["move", *FAULTS, *PHASES],
    "move to another disk": ["move", *FAULTS, *PHASES, "--dst-root", "/dev/shm"],  # noqa: S108
    "hardlink": ["hardlink", *FAULTS, *PHASES],
    "copy": ["copy", *FAULTS, *PHASES],
    "move, places taken": ["move", *FAULTS, *PHASES, "--collide"],
    "hardlink, places taken": ["hardlink", *FAULTS, *PHASES, "--collide"],
}
POWER = {
    **{
        f"move, {disk}": ["move", "--power", disk, "--modes", "power,power:meta", *PHASES]
        for disk in ("ext4", "xfs", "btrfs")
    },
    "move, two disks": [
        *("move", "--power", "ext4,ext4", *PHASES),
        *("--modes", "power,power:src,power:dst,power:meta"),
    ],
}


def main() -> int:
    """Run the chosen rows."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    ask.add_argument("harness", type=Path)
    ask.add_argument("--points", type=int, default=4)
    ask.add_argument("--only", default="", help="names of rows, with semicolons between")
    ask.add_argument("--power", action="store_true")
    options = ask.parse_args()
    rows = POWER if options.power else ROWS
    chosen = options.only.split(";") if options.only else list(rows)
    with tempfile.TemporaryDirectory(prefix="anivault-warm-") as warm:
        return max(row(options.harness, name, rows[name], options.points, Path(warm)) for name in chosen)


def row(harness: Path, name: str, words: list[str], points: int, warm: Path) -> int:
    """Run one row and print its line; returns the harness's exit code."""
    mode, *more = words
    result = warm / "result.json"
    result.unlink(missing_ok=True)
    command = [
        *(sys.executable, harness, "--points", str(points), "--json", result, "--fine", "0,10"),
        *("--run", f"{TOOL} organize {{src}} --to {{dst}} --mode {mode} --apply"),
        *("--recover", f"{TOOL} recover {{dst}}", "--verify", f"{TOOL} verify {{dst}}"),
        *("--rollback", f"{TOOL} rollback {{dst}} --apply", "--ignore", ".anivault*"),
        *("--env", "HOME={state}", "--env", f"XDG_CACHE_HOME={warm}"),
        *("--policy", "move" if mode == "move" else "copy"),
    ]
    done = subprocess.run([*command, *more], stdout=subprocess.DEVNULL, check=False)
    found = json.loads(result.read_text()) if result.exists() else {"tried": 0, "survived": 0, "failures": []}
    print(f"{name:25} {found['tried']:6} tried {found['survived']:6} survived", flush=True)
    for failure in found["failures"]:
        print(f"    {failure['phase']} {failure['mode']} at call {failure['k']}: {failure['problems'][0]}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
