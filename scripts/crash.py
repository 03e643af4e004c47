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
CUTS = ["--modes", "power,power:meta"]
EITHER = ["--modes", "power,power:src,power:dst,power:meta"]
SHM = ["--dst-root", "/dev/shm"]  # noqa: S108
# A library that is there already and gets other names; both runs are taken back.
RENAMED = [
    *("--prepare", f"{TOOL} organize {{src}} --to {{dst}} --mode move --apply"),
    *("--rollback", f"{TOOL} rollback {{dst}} --since 2000-01-01 --apply"),
]


def organize(mode: str, *more: str) -> list[str]:
    """Return the options of a row that organizes."""
    run = f"{TOOL} organize {{src}} --to {{dst}} --mode {mode} --apply"
    return ["--run", run, "--policy", "move" if mode == "move" else "copy", *PHASES, *more]


ROWS = {
    "move": organize("move", *FAULTS),
    "move to another disk": organize("move", *FAULTS, *SHM),
    "hardlink": organize("hardlink", *FAULTS),
    "copy": organize("copy", *FAULTS),
    "move, places taken": organize("move", *FAULTS, "--collide"),
    "hardlink, places taken": organize("hardlink", *FAULTS, "--collide"),
    "rename": ["--run", f"{TOOL} rename {{dst}} --preset plex --apply", *PHASES, *FAULTS, *RENAMED],
    "move, with NFO files": [
        *("--run", f"{TOOL} organize {{src}} --to {{dst}} --mode move --nfo --apply"),
        *(*PHASES, *FAULTS, "--ignore", "*.nfo"),
    ],
}
POWER = {
    **{f"move, {disk}": organize("move", *CUTS, "--power", disk) for disk in ("ext4", "xfs", "btrfs")},
    "move, two disks": organize("move", *EITHER, "--power", "ext4,ext4"),
    "move, ext4 to xfs": organize("move", *EITHER, "--power", "ext4,xfs"),
    "move, btrfs to ext4": organize("move", *EITHER, "--power", "btrfs,ext4"),
    "hardlink, ext4": organize("hardlink", *CUTS, "--power", "ext4"),
    "copy, xfs": organize("copy", *CUTS, "--power", "xfs"),
    "rename, ext4": [
        *("--run", f"{TOOL} rename {{dst}} --preset plex --apply"),
        *(*PHASES, *CUTS, *RENAMED, "--power", "ext4"),
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
    result = warm / "result.json"
    result.unlink(missing_ok=True)
    command = [
        *(sys.executable, harness, "--points", str(points), "--json", result, "--fine", "0,10"),
        *("--recover", f"{TOOL} recover {{dst}}", "--verify", f"{TOOL} verify {{dst}}"),
        *("--rollback", f"{TOOL} rollback {{dst}} --apply", "--ignore", ".anivault*"),
        *("--env", "HOME={state}", "--env", f"XDG_CACHE_HOME={warm}"),
    ]
    done = subprocess.run([*command, *words], stdout=subprocess.DEVNULL, check=False)
    found = json.loads(result.read_text()) if result.exists() else {"tried": 0, "survived": 0, "failures": []}
    print(f"{name:25} {found['tried']:6} tried {found['survived']:6} survived", flush=True)
    for failure in found["failures"]:
        print(f"    {failure['phase']} {failure['mode']} at call {failure['k']}: {failure['problems'][0]}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
