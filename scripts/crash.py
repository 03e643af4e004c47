"""Kill, tear, fail and cut the power of the real commands at their file operations; nothing may be lost.

`python scripts/crash.py HARNESS [--points N] [--only "ROW;..."] [--jobs N] [--late | --power | --table]` runs
crashtest.py, at HARNESS, row by row and prints for each how many points were tried and survived. `--points`
is the most for each fault of a row (0: all, which takes hours; 4 takes two minutes a row). `--late` runs
the rows in which calls do their work and report an error all the same, with five seeds. `--power` needs
root: it runs the rows that cut the power, on loop images. `--table` is all of it, with 10 points (1 a seed of
the late rows), an hour or two. `--jobs` rows run at once, as many as there are cores unless told. Exit 1 when
a point did not survive, 2 when the harness did not work.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

TOOL = Path(sys.executable).with_name("anivault")
FAULTS = ["--modes", "kill,torn,SIGINT,SIGTERM,ENOSPC,ENOSPC+,EIO,EIO+,EACCES,EXDEV,EINTR"]
PHASES = ["--phases", "run,recover,rollback"]
LATES = ["--modes", "lateEIO,lateENOSPC,lateENOENT,lateEEXIST"]
SEEDS = range(1, 6)
CUTS = ["--modes", "power,power:meta"]
EITHER = ["--modes", "power,power:src,power:dst,power:meta"]
SHM = ["--dst-root", "/dev/shm"]  # noqa: S108
# A library that is there already and gets other names; both runs are taken back.
RENAMED = [
    *("--prepare", f"{TOOL} organize {{src}} --to {{dst}} --mode move --apply"),
    *("--rollback", f"{TOOL} rollback {{dst}} --since 2000-01-01 --apply"),
]


# A library that other programs have made: copies of the sources. In the end those go that are whole.
ADOPTED = [
    *("--prepare", "sh -c 'cp -a {src}/. {dst} && sync -f {dst}'", "--policy", "copy"),
    *("--run", f"{TOOL} adopt {{dst}} --apply", "--rollback", "sh BACK {src} {dst}"),
]
BACK = f"""
{TOOL} rollback "$2" --apply
cd "$1" && find . -type f -exec sh -c 'cmp -s "$0" "$1/$0" && rm "$1/$0"' {{}} "$2" \\;
true
"""
# Two weeks of one show: those of the second are better.
WEEKS = (
    "old/[A] Nichijou - 01 [720p].mkv",
    "old/[A] Nichijou - 01 [720p].en.ass",
    "old/[A] Nichijou - 02 [720p].mkv",
    "new/[A] Nichijou - 01v2 [720p].mkv",
    "new/[A] Nichijou - 01v2 [720p].en.ass",
    "new/[B] Nichijou - 02 [1080p].mp4",
)
UPGRADED = [
    *("--prepare", f"{TOOL} organize {{src}}/old --to {{dst}} --mode move --no-prune --apply"),
    *("--run", f"{TOOL} organize {{src}}/new --to {{dst}} --mode move --no-prune --upgrade --apply"),
    *("--rollback", f"{TOOL} rollback {{dst}} --since 2000-01-01 --apply", "--library", "WEEKS"),
]


def organize(mode: str, *more: str) -> list[str]:
    """Return the options of a row that organizes."""
    run = f"{TOOL} organize {{src}} --to {{dst}} --mode {mode} --apply"
    return ["--run", run, "--policy", "move" if mode == "move" else "copy", *PHASES, *more]


FAULTY = {
    "move": organize("move", *FAULTS),
    "move to another disk": organize("move", *FAULTS, *SHM),
    "hardlink": organize("hardlink", *FAULTS),
    "copy": organize("copy", *FAULTS),
    "move, places taken": organize("move", *FAULTS, "--collide"),
    "hardlink, places taken": organize("hardlink", *FAULTS, "--collide"),
    "upgrade": [*UPGRADED, *PHASES, *FAULTS],
    "upgrade, two disks": [*UPGRADED, *PHASES, *FAULTS, *SHM],
    "adopt": [*ADOPTED, *PHASES, *FAULTS],
    "rename": ["--run", f"{TOOL} rename {{dst}} --preset plex --apply", *PHASES, *FAULTS, *RENAMED],
    "move, with NFO files": [
        *("--run", f"{TOOL} organize {{src}} --to {{dst}} --mode move --nfo --apply"),
        *(*PHASES, *FAULTS, "--ignore", "*.nfo"),
    ],
}
LATE = {
    "move, late errors": organize("move", *LATES),
    "move to another disk, late errors": organize("move", *LATES, *SHM),
    "hardlink, late errors": organize("hardlink", *LATES),
    "copy, late errors": organize("copy", *LATES),
    "copy to another disk, late errors": organize("copy", *LATES, *SHM),
    "symlink, late errors": organize("symlink", *LATES),
    "upgrade, late errors": [*UPGRADED, *PHASES, *LATES],
    "adopt, late errors": [*ADOPTED, *PHASES, *LATES],
    "rename, late errors": [
        *("--run", f"{TOOL} rename {{dst}} --preset plex --apply"),
        *(*PHASES, *LATES, *RENAMED),
    ],
}
POWER = {
    **{f"move, {disk}": organize("move", *CUTS, "--power", disk) for disk in ("ext4", "xfs", "btrfs")},
    "move, two disks": organize("move", *EITHER, "--power", "ext4,ext4"),
    "move, ext4 to xfs": organize("move", *EITHER, "--power", "ext4,xfs"),
    "move, btrfs to ext4": organize("move", *EITHER, "--power", "btrfs,ext4"),
    "hardlink, ext4": organize("hardlink", *CUTS, "--power", "ext4"),
    "copy, xfs": organize("copy", *CUTS, "--power", "xfs"),
    "upgrade, ext4": [*UPGRADED, *PHASES, *CUTS, "--power", "ext4"],
    "adopt, ext4": [*ADOPTED, *PHASES, *CUTS, "--power", "ext4"],
    "rename, ext4": [
        *("--run", f"{TOOL} rename {{dst}} --preset plex --apply"),
        *(*PHASES, *CUTS, *RENAMED, "--power", "ext4"),
    ],
}


def main() -> int:
    """Run the chosen rows."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    ask.add_argument("harness", type=Path)
    ask.add_argument("--points", type=int)
    ask.add_argument("--only", default="", help="names of rows, with semicolons between")
    ask.add_argument("--jobs", type=int, default=os.cpu_count())
    kinds = ask.add_mutually_exclusive_group()
    for kind in ("power", "late", "table"):
        kinds.add_argument(f"--{kind}", action="store_true")
    options = ask.parse_args()
    tables = (
        [FAULTY, LATE, POWER]
        if options.table
        else [POWER if options.power else LATE if options.late else FAULTY]
    )
    points = options.points if options.points is not None else 10 if options.table else 4
    codes = []
    print("| row | tried | survived |\n| --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory(prefix="anivault-warm-") as warm:
        plant(Path(warm))
        for table in tables:
            chosen = [name for name in table if not options.only or name in options.only.split(";")]
            fewer = (points + 9) // 10 if options.table and table is LATE else points
            try_row = partial(row, options.harness, table=table, points=fewer, warm=Path(warm))
            with ThreadPoolExecutor(options.jobs) as pool:
                rows = list(pool.map(try_row, chosen))
            print(
                f"| together | {sum(r.tried for r in rows):,} | {sum(r.survived for r in rows):,} |",
                flush=True,
            )
            codes += [r.code for r in rows]
    return max(codes, default=2)


def plant(folder: Path) -> None:
    """Make what rows name in capitals: the files of two weeks, no two of one content, and a way back."""
    for number, name in enumerate(WEEKS):
        path = folder / "WEEKS" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes([65 + number]) * [70_000, 90, 200_000][number % 3])
        os.utime(path, ns=(10**18, 10**18 + number * 1_000_000_007))
    (folder / "BACK").write_text(BACK)


class Row(NamedTuple):
    """What became of one row."""

    code: int
    tried: int
    survived: int


def row(harness: Path, name: str, *, table: dict[str, list[str]], points: int, warm: Path) -> Row:
    """Run one row, once a seed where it is one of late errors, and print its line."""
    seeds = [str(seed) for seed in SEEDS] if table is LATE else [""]
    found = [once(harness, table[name], points, warm, f"{name}{seed}.json", seed) for seed in seeds]
    whole = Row(*(max(f[0] for f in found), sum(f[1] for f in found), sum(f[2] for f in found)))
    print(f"| {name} | {whole.tried:,} | {whole.survived:,} |", flush=True)
    return whole


def once(harness: Path, words: list[str], points: int, warm: Path, file: str, seed: str) -> Row:
    """Run the harness once, and tell of failures."""
    result = warm / file
    command = [
        *(sys.executable, harness, "--points", str(points), "--json", result, "--fine", "0,10"),
        *("--recover", f"{TOOL} recover {{dst}}", "--verify", f"{TOOL} verify {{dst}}"),
        *("--rollback", f"{TOOL} rollback {{dst}} --apply", "--ignore", ".anivault*"),
        *("--env", "HOME={state}", "--env", f"XDG_CACHE_HOME={warm}"),
    ]
    env = os.environ | {"CT_SEED": seed, "CT_LINKS": "1" if "--mode symlink" in words[1] else ""}
    words = [re.sub(r"\b(WEEKS|BACK)\b", lambda found: str(warm / found[0]), word) for word in words]
    done = subprocess.run([*command, *words], stdout=subprocess.DEVNULL, env=env, check=False)
    found = json.loads(result.read_text()) if result.exists() else {"tried": 0, "survived": 0, "failures": []}
    for failure in found["failures"]:
        what = f"{failure['phase']} {failure['mode']} at call {failure['k']}: {failure['problems'][0]}"
        print(f"    {what}", file=sys.stderr, flush=True)
    return Row(done.returncode, found["tried"], found["survived"])


if __name__ == "__main__":
    sys.exit(main())
