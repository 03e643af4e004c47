"""Break configurations, pins, keys and plans in every way that files break, and count what ends in a bug.

`python scripts/fuzz/fuzz_config.py --count 1000 [--seed 1]` makes one broken file at a time in a home and a
library of its own, gives it to the real commands in this process, and prints what they ended with. Exit 1
when one ended in exit 70, in an exception, not within ten seconds, or wrote a path outside of the library.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path

from anivault.cli.main import run
from anivault.core.planning import planfile

LIMIT = 10  # seconds for one command
NAME = "[SubsPlease] Sousou no Frieren - 01 (1080p).mkv"
CONFIG = """
[library]
path = "LIBRARY"
[organize]
mode = "copy"
preset = "mine"
on_conflict = "version"
[parser]
engines = ["anitomy-ng"]
[match]
providers = ["catalog"]
languages = ["ja-Latn", "en"]
[tmdb]
url = "http://127.0.0.1:9/3"
[presets.mine]
base = "jellyfin"
season = "S{season:00}"
episode = "{title} - S{season:00}E{episode:00}< - {episode_title}>"
flags = { forced = "forced", sdh = "cc" }
languages = { "pt-BR" = "Brazil.pt" }
extras = { OP = "a", ED = "b", PV = "c", CM = "d", Menu = "e", Interview = "f" }
prefer = ["group", "larger"]
[plugins.mine]
timeout = 5
list = [{ a = 1, b = [1, 2, 3] }]
"""
NOBODY = '[tmdb]\nurl = "http://127.0.0.1:9/3"\n'  # where no key goes anywhere
PINS = """
[[pin]]
title = "Sousou no Frieren"
group = "SubsPlease"
id = "tmdb:tv/209867"
season = 1
offset = 0
[[pin]]
folder = "anime/Frieren"
id = "tmdb:209867"
"""
HOSTILE = [
    "''", '"../../x"', '"/etc"', '"a/b"', r'"a\\b"', r'"\u0000"', r'"\u001b[31m"', '"CON"', '".."', '"x" = 1',
    "-1", "0", "9" * 9000, "1e400", "nan", "-inf", "true", "[]", "{}", "[[]]", "1979-05-27T07:32:00Z",
    "25:61:61", "0x" + "f" * 9000, '"' + "x" * 5000 + '"', '"' + "é" * 300 + '"', '"{title}{title}{title}"',
    '"<<<<{id}>>>>"', '"{' * 500 + '"', '"{{}}"', '"tmdb:' + "9" * 6000 + '"', '"\u202e"', "'''", '"""',
    "[" * 100_000, "{a=" * 100_000, ".".join("a" * 100_000),
]  # fmt: skip
RAW = [
    b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\r", b"\r\n", b"\x1b[2J", b"\xe2\x80\xa8",
    b"[" * 100_000, b"=" * 1000, b"#" * 1000, b"'''", b"[[pin]]\n" * 500, b"\n[a.b.c.d.e.f.g]\n",
    b"a.b.c = 1\n" * 50,
]  # fmt: skip


def broken(text: bytes, dice: random.Random) -> bytes:
    """Break a file once or a few times."""
    for _ in range(dice.choice([1, 1, 1, 2, 4])):
        text = dice.choice(WAYS)(text, dice)
    return text


def _value(text: bytes, dice: random.Random) -> bytes:
    lines = text.split(b"\n")
    number = dice.choice([n for n, line in enumerate(lines) if b"=" in line] or [0])
    key = lines[number].partition(b"=")[0]
    lines[number] = key + b"= " + dice.choice(HOSTILE).encode("utf-8", "surrogatepass")
    return b"\n".join(lines)


def _noise(text: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(text) + 1)
    return text[:at] + dice.choice([*RAW, dice.randbytes(dice.randrange(1, 200))]) + text[at:]


def _flipped(text: bytes, dice: random.Random) -> bytes:
    changed = bytearray(text or b"x")
    changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def _cut(text: bytes, dice: random.Random) -> bytes:
    one, other = sorted(dice.randrange(len(text) + 1) for _ in range(2))
    return text[:one] + text[other:]


def _doubled(text: bytes, dice: random.Random) -> bytes:
    lines = text.split(b"\n")
    return b"\n".join([*lines, *dice.sample(lines, dice.randrange(len(lines) + 1))])


def _recoded(text: bytes, dice: random.Random) -> bytes:
    return text.decode("utf-8", "replace").encode(dice.choice(["utf-16", "utf-16-be", "utf-32", "utf-8-sig"]))


def _large(text: bytes, dice: random.Random) -> bytes:
    return text + dice.choice([b"#", b"\n", b"a = 1\n", b"[[pin]]\n"]) * dice.choice([1000, 300_000])


WAYS: list[Callable[[bytes, random.Random], bytes]] = [
    _value, _value, _value, _value, _value, _noise, _noise, _flipped, _cut, _doubled, _recoded, _large,
]  # fmt: skip


def placed(path: Path, text: bytes, dice: random.Random) -> None:
    """Put a broken file at its place; seldom it is not even a file."""
    shape = dice.randrange(40)
    if shape == 0:
        os.mkfifo(path)
    elif shape == 1:
        path.mkdir()
    elif shape == 2:
        path.symlink_to(dice.choice(["nowhere", "/dev/zero", "/etc/passwd", path.name]))
    else:
        path.write_bytes(broken(text, dice))
        path.chmod(0o600 if shape else 0o000)


class Late(BaseException):
    """A command did not end in time."""


def _late(*_: object) -> None:
    raise Late


class Bench:
    """A home, a source and a library, made again for each case."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home, self.source, self.library = folder / "config/anivault", folder / "src", folder / "lib"
        for name in ("CONFIG", "DATA", "CACHE"):
            os.environ[f"XDG_{name}_HOME"] = str(folder / name.lower())
        for variable in [name for name in os.environ if name.startswith(("ANIVAULT_", "TMDB_"))]:
            del os.environ[variable]

    def case(self, number: int, seed: int) -> tuple[str, Counter[str], list[str]]:
        """Break one file, give it to the commands that read it; what they ended with, and what went wrong."""
        dice = random.Random(f"{seed} {number}")  # noqa: S311 - to be repeated, not to be secret
        for folder in (self.home, self.library / ".anivault", self.source):
            shutil.rmtree(
                folder.parent if folder.name in ("anivault", ".anivault") else folder, ignore_errors=True
            )
            folder.mkdir(parents=True)
        (self.source / NAME).write_bytes(b"video")
        # What an earlier case met at the address where nobody is would be waited for, up to a minute.
        (self.folder / "cache/anivault/tmdb-limits.json").unlink(missing_ok=True)
        kind = KINDS[number % len(KINDS)]
        ends: Counter[str] = Counter()
        wrong: list[str] = []
        for words in self.commands(kind, dice):
            end = self.ran(words)
            ends[end] += 1
            if end not in GOOD:
                wrong.append(f"case {number} of seed {seed} ({kind}): {end}: {' '.join(words)}")
        if stray := [path for path in self.folder.iterdir() if path.name not in KNOWN]:
            wrong.append(f"case {number} of seed {seed} ({kind}): made {stray}")
        return kind, ends, wrong

    def commands(self, kind: str, dice: random.Random) -> Iterator[list[str]]:
        """Place the broken file, and yield the commands that read it."""
        source, library = str(self.source), str(self.library)
        organize = ["organize", source, "--to", library]
        config = CONFIG.replace("LIBRARY", library).encode()
        if kind == "config":
            placed(self.home / "config.toml", config, dice)
            yield from (["config", "show"], ["match", source], [*organize, "--apply"])
        elif kind == "default config":
            text = resources.files("anivault.config").joinpath("config.toml").read_bytes()
            placed(self.folder / "given", text, dice)
            yield [*organize, "--config", str(self.folder / "given")]
            _removed(self.folder / "given")
        elif kind == "library's config":
            placed(self.library / ".anivault/config.toml", config, dice)
            yield from (organize, [*organize, "--apply"], ["rename", library])
        elif kind == "pins":
            home = dice.choice([self.home, self.library / ".anivault"])
            placed(home / "pins.toml", PINS.encode(), dice)
            yield from (
                [*organize, "--apply"],
                ["pins", "--to", library],
                ["pin", "X", "tmdb:1", "--to", library],
            )
            yield ["unpin", "X", "--to", library]
        elif kind == "key":
            placed(self.home / "tmdb.key", b"canary-canary-canary\n", dice)
            (self.home / "config.toml").write_text(NOBODY)
            yield ["match", source]
            yield ["cache", "stats"]
        else:
            plan = self.folder / "plan.json"
            yield [*organize, "--plan", str(plan)]
            text = plan.read_bytes() if plan.exists() else b"{}"  # a busy machine may be too late for it
            plan.unlink(missing_ok=True)
            placed(plan, planfile.summed(broken(text, dice)) if dice.random() < 0.7 else text, dice)
            yield [*organize, "--from-plan", str(plan)]
            yield [*organize, "--from-plan", str(plan), "--seal", "--apply"]
            _removed(plan)

    def ran(self, words: list[str], limit: int = LIMIT) -> str:
        """Run one command; its exit code, or what went wrong. A limit of 0 seconds is none."""
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace")
        signal.alarm(limit)
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()) as told:
                code = run(words)
        except Late:
            return "late"
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is counted
            return f"{type(error).__name__}"
        finally:
            signal.alarm(0)
        return str(code) if len(told.getvalue()) < LONGEST or code == 70 else "long"


LONGEST = 20_000  # characters of what is told
KINDS = ("config", "library's config", "pins", "plan", "key", "default config")
KNOWN = {"config", "src", "lib", "data", "cache"}
GOOD = {str(code) for code in (0, 2, 10, *range(20, 70))}


def _removed(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


def main() -> int:
    """Run the cases; 1 when anything went wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the number of the first case, to repeat one")
    asked = parser.parse_args()
    signal.signal(signal.SIGALRM, _late)
    totals: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        bench.ran(["explain", NAME], limit=0)  # the first command compiles the catalogue
        for number in range(asked.first, asked.first + asked.count):
            kind, ends, problems = bench.case(number, asked.seed)
            totals[kind] += ends
            wrong += problems
    for kind, ends in totals.items():
        print(f"{kind:18}", "  ".join(f"{end}: {count}" for end, count in sorted(ends.items())))
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"{asked.count} files, {sum(map(Counter.total, totals.values()))} commands, {len(wrong)} wrong")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
