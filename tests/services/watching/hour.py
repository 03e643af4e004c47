"""An hour of `anivault watch`, compressed: files arrive in any order and speed, and it is killed meanwhile.

    python tests/services/watching/hour.py FOLDER [--files 5000] [--minutes 10] [--seed N]

FOLDER gets `dl` and `lib`. Files are written in pieces, renamed when they are whole, begun and deleted, or
deleted after they were filed. The watch is ended and started again three times, and killed (kill -9) twice.
In the end each file that is there and sure is in the library once, with all that was written, and its memory
has not grown. Prints what it saw; exit code 1 where that is not so.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[3]
GROWTH = 1.25  # of its memory, from when the last file has come to when all are filed
SETTLE, LONGEST_PAUSE = 2.0, 0.3  # seconds; a writer writes far more often than the watch waits


def names(count: int, chance: random.Random) -> list[str]:
    """So many names, each another episode of a show that the catalogue has."""
    made = []
    for line in (ROOT / "src/anivault/data/tv.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        title = next(iter(row["titles"].get("ja-Latn", [])), None)
        if (
            title
            and "/" not in title
            and row.get("type") == "tv"
            and row.get("season") == 1
            and not row.get("offset")
        ):
            episodes = min(row.get("episodes", 0), 13)
            made += [f"[Group] {title} - {number:02} (1080p).mkv" for number in range(1, episodes + 1)]
    return chance.sample(list(dict.fromkeys(made)), count)


class Feeder(threading.Thread):
    """Several hands that put files into a folder."""

    def __init__(self, folder: Path, todo: list[str], seconds: float, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self.folder, self.todo, self.chance = folder, todo, chance
        self.pause = seconds / max(1, len(todo))
        self.whole: dict[str, int] = {}  # by name, the sizes of the files that were written to their end

    def run(self) -> None:
        """Write one after the other, each in a way of its own; some beside the next ones."""
        slow: list[threading.Thread] = []
        for name in self.todo:
            way = self.chance.choice([self.at_once, self.in_pieces, self.renamed, self.deleted])
            hand = threading.Thread(target=way, args=(name, self.chance.random()), daemon=True)
            hand.start()
            slow.append(hand)
            time.sleep(self.pause * self.chance.uniform(0, 2))
        for hand in slow:
            hand.join()

    def at_once(self, name: str, more: float) -> None:
        """As a move within a disk brings it."""
        data = os.urandom(1000 + int(more * 5000))
        (self.folder / name).write_bytes(data)
        self.whole[name] = len(data)

    def in_pieces(self, name: str, more: float) -> None:
        """As a slow copy brings it, under its own name from the first byte on."""
        size = 0
        with (self.folder / name).open("wb", buffering=0) as file:
            for _ in range(2 + int(more * 6)):
                size += file.write(os.urandom(700))
                time.sleep(LONGEST_PAUSE * more)
        self.whole[name] = size

    def renamed(self, name: str, more: float) -> None:
        """As a download client brings it."""
        part = self.folder / f"{name}.part"
        part.write_bytes(os.urandom(800))
        time.sleep(LONGEST_PAUSE * more)
        part.rename(self.folder / name)
        self.whole[name] = 800

    def deleted(self, name: str, more: float) -> None:
        """Half of them while they are written, the others some time after."""
        path = self.folder / name
        path.write_bytes(os.urandom(900))
        time.sleep(more * SETTLE * 2)
        path.unlink()


class Watched:
    """The watch, in a process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "config.toml"
        self.config.write_text(f"[watch]\nsettle = {SETTLE}\npoll = 1\n")
        self.most = 0
        self.start()

    def start(self) -> None:
        """Start it (again)."""
        words = [
            sys.executable,
            "-m",
            "anivault",
            "watch",
            str(self.folder / "dl"),
            "--to",
            str(self.folder / "lib"),
        ]
        with (self.folder / "watch.log").open("ab") as log:
            self.told = log.tell()
            self.process = subprocess.Popen(
                [*words, "--config", str(self.config)], stdout=log, stderr=log, cwd=ROOT
            )

    def end(self, number: signal.Signals) -> None:
        """End it in the way that is named, and start it again."""
        self.look()
        self.process.send_signal(number)
        self.process.wait()
        print(f"ended by {number.name}: {self.process.returncode}", flush=True)
        self.start()

    def warm(self) -> None:
        """Wait until it has filed something since it was started: until then its memory says nothing."""
        until = time.monotonic() + 60
        while time.monotonic() < until and b"Take it back" not in self._log():
            time.sleep(0.1)

    def _log(self) -> bytes:
        return (self.folder / "watch.log").read_bytes()[self.told :]

    def look(self) -> int:
        """Its memory now, in KB."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
        except OSError:
            return 0
        now = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)
        self.most = max(self.most, now)
        return now


def filed(library: Path) -> dict[int, int]:
    """By inode, the sizes that the journal has of the files that were linked."""
    found: dict[int, int] = {}
    for line in (library / ".anivault" / "journal.jsonl").read_text().splitlines():
        step = json.loads(line)
        if step.get("kind") == "step" and step.get("do") == "link":
            found[step["inode"]] = step["size"]
    return found


def looked(folder: Path) -> tuple[int, dict[str, str]]:
    """How many files an `organize` would still file, and by name why it would hold the others."""
    words = [
        sys.executable,
        "-m",
        "anivault",
        "organize",
        str(folder / "dl"),
        "--to",
        str(folder / "lib"),
        "--json",
    ]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=False)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    moves = sum(event["event"] == "move" for event in events) if done.returncode in {0, 10} else -1
    return moves, {Path(e["path"]).name: e["reason"] for e in events if e["event"] == "held"}


def judged(folder: Path, feeder: Feeder) -> list[str]:
    """What is not as it should be."""
    library, wrong = folder / "lib", []
    linked = Counter(path.stat().st_ino for path in library.rglob("*.mkv"))
    sizes = filed(library)
    left, held = looked(folder)
    for name, size in feeder.whole.items():
        inode = (folder / "dl" / name).stat().st_ino
        if inode in sizes and sizes[inode] != size:
            wrong.append(f"early: {name} was filed with {sizes[inode]} of {size} bytes")
        if linked[inode] > 1:
            wrong.append(f"{name} is in the library {linked[inode]} times")
        if not linked[inode] and held.get(name, "already-there") == "already-there":
            wrong.append(f"lost: {name} is neither in the library nor asked about")
    if left:
        wrong.append(f"{left} files were not filed")
    words = [sys.executable, "-m", "anivault", "verify", str(library)]
    if subprocess.run(words, cwd=ROOT, capture_output=True, check=False).returncode not in {0, 10}:
        wrong.append("the library does not verify")
    asked = Counter(reason for name, reason in held.items() if reason != "already-there")
    print(f"asked about: {dict(asked)}", flush=True)
    return wrong


def main() -> int:
    """Feed, end and kill, wait until nothing is left to do, judge."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    words = parser.parse_args()
    folder, chance = words.folder.resolve(), random.Random(words.seed)
    (folder / "dl").mkdir(parents=True)
    watch = Watched(folder)
    feeder = Feeder(folder / "dl", names(words.files, chance), words.minutes * 60, chance)
    feeder.start()
    ends = [signal.SIGTERM, signal.SIGKILL, signal.SIGTERM, signal.SIGKILL, signal.SIGTERM]
    for number in ends:
        time.sleep(words.minutes * 60 / (len(ends) + 1))
        watch.end(number)
    feeder.join()
    watch.warm()
    early = watch.look()
    until = time.monotonic() + 120 + words.minutes * 60
    while looked(folder)[0] and time.monotonic() < until:
        time.sleep(SETTLE)
    memory = watch.look()
    watch.process.send_signal(signal.SIGTERM)
    watch.process.wait()
    wrong = judged(folder, feeder)
    if memory > early * GROWTH:
        wrong.append("its memory grew")
    print(f"{len(feeder.whole)} files whole, {len(filed(folder / 'lib'))} filed", flush=True)
    print(
        f"memory: {early // 1000} MB when the last one had come, {memory // 1000} MB at the end", flush=True
    )
    print(*(wrong[:20] or ["each once, none early, nothing lost"]), sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
