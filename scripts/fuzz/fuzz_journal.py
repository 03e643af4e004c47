"""Alter a journal in the ways of damage and malice, and see that no command discards or follows it.

`python scripts/fuzz/fuzz_journal.py [--rounds 1000] [--seed 0]` makes a library with a few runs, alters its
journal once a round, and gives it to history, verify, rollback (planned) and recover. A round fails when
one of them ends in anything but a result or a known error, when a byte of the journal is neither in it nor
in a file beside it, when an altered journal is followed as if it were sound, or when a file changes that
is not AniVault's. A journal that is cut after a whole line is an older one, and no failure. Exit 1 when a
round failed.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from anivault.cli.commands.library.history import runs
from anivault.core.models import Identity, Mode, Move, Plan
from anivault.core.moving.executor import execute
from anivault.core.moving.recover import recover
from anivault.core.moving.rollback.outlook import outlook
from anivault.core.moving.verifying.verifier import verify
from anivault.core.rollback_manager import apply, plan_rollback
from anivault.shared.errors import AniVaultError

REFUSED = frozenset({28, 29})
NAMES = ("Show - 01.mkv", "Show - 02.mkv", "Film.mkv")
NUMBERS: tuple[Any, ...] = (
    -(10**30),
    10**30,
    1.5,
    True,
    [1],
    [-1, -1],
    [10**12, 0],
    {"5": 1},
    [["a", 0]],
    ["a", 0],
)
LEADING_OUT = ("../../x", "/etc/passwd", "a\0b")
TEXTS = ("12", "\x1b[2J", "x" * 70_000)  # that could be the name of a file
NAMED = frozenset({"id", "rel", "to", "video", "metadata", "path", "beside"})


class Box:
    """A library with three finished runs, and a file outside that nothing may touch."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.source, self.library = folder, folder / "source", folder / "library"
        self.source.mkdir()
        (folder / "outside.txt").write_text("not AniVault's")
        for name in NAMES:
            (self.source / name).write_text(name * 50)
        self.organize(Mode.COPY)
        apply(plan_rollback(str(self.library)))
        self.organize(Mode.MOVE)
        self.journal = self.library / ".anivault" / "journal.jsonl"
        self.sound = self.journal.read_bytes()
        self.files = self.look()

    def organize(self, mode: Mode) -> None:
        """Bring all files into the library."""
        moves = tuple(self.move(name, mode) for name in NAMES)
        execute(
            Plan(library=str(self.library), roots=(str(self.source),), preset="-", mode=mode, moves=moves)
        )

    def move(self, name: str, mode: Mode) -> Move:
        """One file and its place."""
        now = (self.source / name).stat()
        identity = Identity(now.st_size, now.st_mtime_ns, now.st_dev, now.st_ino)
        return Move(root=str(self.source), rel=name, target=f"Show/{name}", mode=mode, identity=identity)

    def look(self) -> dict[str, bytes]:
        """All files but AniVault's own."""
        found = (p for p in self.folder.rglob("*") if p.is_file() and ".anivault" not in p.parts)
        return {str(path): path.read_bytes() for path in found}

    def kept(self) -> list[Path]:
        """What was cut."""
        return list(self.journal.parent.glob("journal.jsonl.cut-*"))


def flip(data: bytes, rnd: random.Random) -> bytes:
    """One bit."""
    at = rnd.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << rnd.randrange(8)]) + data[at + 1 :]


def lines_change(data: bytes, rnd: random.Random) -> bytes:
    """A line is lost, doubled or elsewhere."""
    rows = data.splitlines(keepends=True)
    at, to = rnd.randrange(len(rows) - 1), rnd.randrange(len(rows))
    row = rows.pop(at)
    rows[to:to] = rnd.choice([[], [row, row], [row]])
    return b"".join(rows)


def overwrite(data: bytes, rnd: random.Random) -> bytes:
    """A block of zeros or noise, in it or behind it."""
    size, at = rnd.choice([1, 16, 512, 4096]), rnd.randrange(len(data) + 1)
    block = rnd.choice([bytes(size), rnd.randbytes(size)])
    return data[:at] + block + data[at + rnd.choice([0, size]) :]


def recode(data: bytes, rnd: random.Random) -> bytes:
    """Other line ends, another encoding, a mark in front."""
    text = data.decode()
    return rnd.choice(
        [
            *(data.replace(b"\n", end) for end in (b"\r\n", b"\r", b"\n\n", b"", b" ")),
            *(text.encode(code) for code in ("utf-16", "utf-16-be", "utf-32", "utf-8-sig", "utf-7", "cp037")),
        ]
    )


def tear(data: bytes, rnd: random.Random) -> bytes:
    """The end of a write that did not end, or other text behind it."""
    cut = data[: rnd.randrange(len(data))]
    return rnd.choice([cut, cut + b"\n", cut + b"\n# edited\n", cut + data[-len(data) // 3 :]])


def reseal(data: bytes, rnd: random.Random) -> bytes:
    """A field says what cannot be, and the sum is right."""
    rows = data.splitlines(keepends=True)
    number = rnd.randrange(len(rows))
    fields = msgspec.json.decode(rows[number])
    del fields["sum"], fields["n"]
    key = rnd.choice(sorted(fields.keys() - NAMED | {"id", "rel", "to"} & fields.keys()))
    fields[key] = rnd.choice([*NUMBERS, *LEADING_OUT, *(() if key in NAMED else TEXTS)])
    body = b'%s,"n":%d' % (msgspec.json.encode(fields)[:-1], number)
    rows[number] = b'%s,"sum":"%08x"}\n' % (body, zlib.crc32(body))
    return b"".join(rows)


WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    flip,
    lines_change,
    overwrite,
    recode,
    tear,
    reseal,
)


def main(words: list[str]) -> int:
    """Do all rounds."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    ask.add_argument("--rounds", type=int, default=1000)
    ask.add_argument("--seed", type=int, default=0)
    options = ask.parse_args(words)
    counts: Counter[str] = Counter()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="anivault-fuzz-") as folder:
        box = Box(Path(folder))
        for number in range(options.seed, options.seed + options.rounds):
            way = WAYS[number % len(WAYS)]
            data = way(box.sound, random.Random(number))  # noqa: S311
            outcome, wrong = trial(box, data)
            counts[outcome] += 1
            failed += bool(wrong)
            if wrong:
                print(f"round {number} ({way.__name__}): {wrong}")
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
    print(f"{options.rounds} altered journals: {told}; {failed} failed")
    return 1 if failed else 0


def trial(box: Box, data: bytes) -> tuple[str, str]:
    """Give one journal to all commands; returns what became of it, and what was wrong with that."""
    box.journal.write_bytes(data)
    for path in box.kept():
        path.unlink()
    library = str(box.library)
    looks = (runs, verify, lambda place: outlook(plan_rollback(place)).held)
    codes = [code_of(look, library) for look in looks] + [code_of(recover, library)]
    kept = b"".join(path.read_bytes() for path in box.kept())
    good = data[: len(data) - len(kept)]
    wrong = ""
    if not all(isinstance(code, int) for code in codes):
        wrong = f"it crashed: {codes}"
    elif not (data.endswith(kept) and box.journal.read_bytes().startswith(good)):
        wrong = "bytes of the journal are gone"
    elif box.look() != box.files:
        wrong = "a file changed"
    elif codes[-1] not in REFUSED and not kept and not box.sound.startswith(data):
        wrong = f"it was followed: {codes}" if not same(data, box.sound) else ""
    return outcome(codes[-1], data, kept, box.sound), wrong


def outcome(code: int | str, data: bytes, kept: bytes, sound: bytes) -> str:
    """A word for what `recover` made of it."""
    if code in REFUSED:
        return "refused"
    if kept:
        return "with a torn line that is kept"
    return "as they were" if same(data, sound) else "that end early" if sound.startswith(data) else "followed"


def same(data: bytes, sound: bytes) -> bool:
    """True when the alteration changed nothing that a line says."""
    try:
        return [msgspec.json.decode(row) | {"sum": ""} for row in data.splitlines()] == [
            msgspec.json.decode(row) | {"sum": ""} for row in sound.splitlines()
        ]
    except (msgspec.MsgspecError, UnicodeDecodeError, TypeError):
        return False


def code_of(command: Callable[[str], object], library: str) -> int | str:
    """The exit code that a command would give; the name of what was raised when it is no known error."""
    try:
        command(library)
    except AniVaultError as error:
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - what is looked for
        return repr(error)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
