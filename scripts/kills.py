"""Kill the real commands at random moments, half of them inside recover and rollback; nothing may be lost.

`python scripts/kills.py [--rounds 500] [--seed 0]` makes a small library a round, kills one command with
SIGKILL a moment after its first change, then recovers, verifies, rolls back and compares every file. The
rounds go through all modes, to the same and to another disk (/dev/shm), rename and upgrades. Exit 1 when a
round failed. 500 rounds take about half an hour on two cores.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path

TOOL = Path(sys.executable).with_name("anivault")
SHM = Path("/dev/shm")  # noqa: S108
SHOWS = (
    "[SubsPlease] Sousou no Frieren - {:02} (1080p).mkv",
    "Bocchi the Rock!/Bocchi the Rock! S01E{:02}.mkv",
)
FINE = frozenset({0, 10})
BETTER = "better/[SubsPlease] Sousou no Frieren - {:02}v2 (1080p).mkv"
WAYS = (
    *("move", "hardlink", "copy", "symlink", "move elsewhere", "copy elsewhere", "rename"),
    *("hardlink upgrade", "copy upgrade", "symlink upgrade", "move upgrade elsewhere"),
)
VICTIMS = ("run", "recover", "run", "rollback")
Tree = dict[str, tuple[object, ...]]


class Box:
    """A source with some episodes, a library with a file of the user, and the commands of one way."""

    def __init__(self, folder: Path, far: Path, way: str, rnd: random.Random) -> None:
        self.source, self.library = folder / "source", (far if "elsewhere" in way else folder) / "library"
        self.way = way
        self.state = folder / "state"
        shows = (*SHOWS, BETTER) if "upgrade" in way else SHOWS
        for number, show in enumerate(shows):
            for episode in range(1, 13):
                path = self.source / show.format(episode)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(
                    rnd.randbytes(rnd.choice([0, 900, 90_000, 300_000])) + bytes([number, episode])
                )
                os.utime(path, ns=(10**18, 10**18 + episode * 1_000_000_007))
        self.library.mkdir(parents=True)
        (self.library / "mine.txt").write_text("a file of the user")
        self.before = self.trees()
        self.command = self.organize(way.split()[0], *(() if "upgrade" in way else (self.source,)))
        if "upgrade" in way:
            self.call([*self.command, *map(str, self.source.glob("[!b]*"))])
            self.command += [str(self.source / "better"), "--upgrade"]
        if way == "rename":
            self.call(self.organize("move", self.source))
            self.command = ["rename", str(self.library), "--preset", "plex", "--apply"]

    def organize(self, mode: str, *paths: Path) -> list[str]:
        """The words that organize; more paths may follow."""
        return ["organize", "--to", str(self.library), "--mode", mode, "--apply", *map(str, paths)]

    @property
    def twice(self) -> bool:
        """True where the command follows another one on the same library."""
        return self.way == "rename" or "upgrade" in self.way

    def start(self, words: list[str]) -> subprocess.Popen[bytes]:
        """Start one command in a home of its own."""
        env = os.environ | {"HOME": str(self.state), "XDG_STATE_HOME": str(self.state)}
        pipe = subprocess.PIPE
        return subprocess.Popen([TOOL, *words], env=env, stdout=pipe, stderr=subprocess.STDOUT)

    def call(self, words: list[str]) -> int:
        """Run one command to its end."""
        process = self.start(words)
        process.communicate()
        return process.returncode

    def kill(self, words: list[str], rnd: random.Random) -> bool:
        """Kill a command a moment after its first change; False when it was done before."""
        process, before = self.start(words), self.mark()
        while process.poll() is None and self.mark() == before:
            time.sleep(0.0005)
        time.sleep(rnd.random() ** 2 * 0.08)
        process.kill()
        process.communicate()
        return process.returncode == -9

    def mark(self) -> int:
        """What changes with the first line of the journal that a command writes, or with its lock."""
        sizes: list[int] = []
        for name in ("journal.jsonl", "lock"):
            with suppress(FileNotFoundError):
                sizes.append((self.library / ".anivault" / name).stat().st_size)
        return sum(sizes) + len(sizes)

    def trees(self) -> tuple[Tree, Tree]:
        """Source and library, without AniVault's own files."""
        return tree(self.source), tree(self.library)


def tree(root: Path) -> Tree:
    """All files below a folder: content, time and mode."""
    found = (p for p in root.rglob("*") if ".anivault" not in p.relative_to(root).parts and not p.is_dir())
    return {str(path.relative_to(root)): facts(path) for path in found}


def facts(path: Path) -> tuple[object, ...]:
    """What a file is to a user; a link is what it leads to."""
    if path.is_symlink():
        return ("link", str(path.readlink()))
    now = path.stat()
    return path.read_bytes(), now.st_mtime_ns, now.st_mode


def main(words: list[str]) -> int:
    """Do all rounds, two at a time."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    ask.add_argument("--rounds", type=int, default=500)
    ask.add_argument("--seed", type=int, default=0)
    options = ask.parse_args(words)
    seeds = range(options.seed, options.seed + options.rounds)
    inside, failed = Counter[str](), 0
    with ThreadPoolExecutor(2) as pool:
        for done, (seed, (way, victim, killed, wrong)) in enumerate(
            zip(seeds, pool.map(trial, seeds), strict=True), 1
        ):
            inside[victim] += killed
            failed += bool(wrong)
            if wrong:
                print(f"round {seed} ({way}): {wrong[0]}", flush=True)
            if done % 50 == 0 or done == options.rounds:
                told = ", ".join(f"{number} inside {name}" for name, number in inside.most_common())
                print(f"{done} rounds, killed: {told}; {failed} failed", flush=True)
    return 1 if failed else 0


def trial(seed: int) -> tuple[str, str, bool, list[str]]:
    """One round: the way, the command that was to be killed, whether it was, and what is wrong after it."""
    rnd = random.Random(seed)  # noqa: S311
    way, victim = WAYS[seed % len(WAYS)], VICTIMS[seed // len(WAYS) % len(VICTIMS)]
    with tempfile.TemporaryDirectory() as near, tempfile.TemporaryDirectory(dir=SHM) as far:
        box = Box(Path(near), Path(far), way, rnd)
        killed = strike(box, victim, rnd)
        return way, victim, killed, check(box, victim)


def strike(box: Box, victim: str, rnd: random.Random) -> bool:
    """Kill inside the command that was chosen."""
    library = str(box.library)
    if victim == "run":
        return box.kill(box.command, rnd)
    if victim == "rollback":
        box.call(box.command)
        return box.kill(["rollback", library, "--apply"], rnd)
    for _ in count():
        if not box.kill(box.command, rnd):
            return False
        if box.call(["rollback", library]) == 27:  # there is something to recover
            return box.kill(["recover", library], rnd)
    return False


def check(box: Box, victim: str) -> list[str]:
    """Recover, verify, look, roll back, look again; returns what is wrong."""
    library = str(box.library)
    codes = {name: box.call([name, library]) for name in ("recover", "verify")}
    wrong = [f"{name} ends with {code}" for name, code in codes.items() if code not in FINE]
    wrong += lost(box, box.before)
    back = ["rollback", library, "--apply", *(["--since", "2000-01-01"] if box.twice else [])]
    box.call(back)
    if victim == "rollback" and box.trees() != box.before:  # the first one may have been done in part
        box.call(back)
    return wrong if box.trees() == box.before else [*wrong, "source and library are not as they were"]


def lost(box: Box, before: tuple[Tree, Tree]) -> list[str]:
    """What is gone, doubled or left over."""
    source, library = box.trees()
    old = Counter([*before[0].values(), *before[1].values()])
    now = Counter(entry for entry in [*source.values(), *library.values()] if entry[0] != "link")
    if box.way.startswith(("copy", "hardlink", "symlink")):
        wrong = ["a source changed"] if source != before[0] else []
        return wrong + ["a file of nobody's"] * bool(now.keys() - old.keys())
    return [] if now == old else [f"{len(old - now)} files are gone, {len(now - old)} too many"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
