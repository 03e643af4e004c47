"""`anivault demo`: the real commands on a sample folder, each shown as it would be typed.

Writes only below one new temporary folder, which it names and leaves. A step that does not give
what it must ends the demo with DemoFailedError.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from pathlib import Path

import msgspec

from anivault.cli.screen import Screen
from anivault.shared.errors import DemoFailedError, DiskError, quoted
from anivault.shared.exits import DONE, FINDINGS, INTERRUPTED, TERMINATED

Command = Callable[[Sequence[str]], int]
Tree = dict[str, tuple[int, int, str]]


class Step(msgspec.Struct, frozen=True):
    """One command: the question it answers, its words, its exit code, how many lines of it to show.

    A negative number of lines shows the last ones.
    """

    question: str
    words: str
    code: int
    lines: int


STEPS = (
    Step("What is there, and how does each name read?", "scan {source}", DONE, 10),
    Step("Which show, season and episode is each, and how sure is that?", "match {source}", FINDINGS, 12),
    Step(
        "Where does every file go? Nothing is touched yet.", "organize {source} --to {library}", FINDINGS, 99
    ),
    Step(
        "Do it, by hard links: the sources stay, and keep seeding.",
        "organize {source} --to {library} --mode hardlink --apply",
        FINDINGS,
        -1,
    ),
    Step("Is the library still what the journal says?", "verify {library} --deep", DONE, -4),
    Step("Take every step back.", "rollback {library} --apply", DONE, -1),
)


def run(screen: Screen, command: Command) -> None:
    """Write the sample, run every step through `command`, and check that the source is as it was."""
    folder = _folder()
    source, library = folder / "Downloads", folder / "Library"
    names = write_sample(source)
    library.mkdir()
    before = tree(source)
    screen.line(f"{len(names)} small files with the names that release groups give them are in")
    screen.line(str(source), style="bold")
    with _settings_of_its_own(folder):
        for number, step in enumerate(STEPS, 1):
            _run_step(screen, command, number, step, str(source), str(library))
    _check(tree(source) == before, "the source is not as it was")
    _check(not tree(library), "the library still has files after the rollback")
    screen.line()
    screen.line("Every name, byte, time and mode in the source is as it was.", style="green")
    screen.line(f"The folder stays for you to look at: {folder}")
    screen.line()
    screen.line("Now your own files. This only shows a plan and changes nothing:")
    screen.line("  anivault organize /path/to/your/anime --to /path/to/library", style="bold")


def serve(screen: Screen, command: Command) -> int:
    """Write the sample, and show it on the page until somebody stops that; the folder stays."""
    folder = _folder()
    source, library = folder / "Downloads", folder / "Library"
    write_sample(source)
    library.mkdir()
    screen.note(f"The sample is in {source}; nothing else is touched.")
    with _settings_of_its_own(folder):
        words = ["serve", str(source), "--to", str(library), "--port", "0"]
        return command([*words, "--json"] if screen.json else words)


def _folder() -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix="anivault-demo-"))
    except OSError as error:
        raise DiskError(
            "Making a folder for the demo", error, "Name one that can be written: TMPDIR=DIR"
        ) from error


@contextlib.contextmanager
def _settings_of_its_own(folder: Path) -> Iterator[None]:
    """Leave out the user's configuration, pins, lists and TMDB key: the demo is the same for everybody."""
    before = dict(os.environ)
    for name in [name for name in before if name.startswith("ANIVAULT_")]:
        del os.environ[name]
    os.environ |= {"ANIVAULT_CONFIG": str(folder / "config.toml"), "ANIVAULT_PROVIDERS": "catalog"}
    os.environ["XDG_DATA_HOME"] = str(folder / "data")
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _run_step(screen: Screen, command: Command, number: int, step: Step, source: str, library: str) -> None:
    words = step.words.format(source="\0", library="\1").split()
    words = [{"\0": source, "\1": library}.get(word, word) for word in words]
    screen.line()
    screen.line(f"{number}. {step.question}", style="bold")
    screen.line(f"$ {' '.join(map(quoted, ['anivault', *words]))}", style="cyan")
    if screen.json:
        _check_code(command([*words, "--json"]), number, step)
        return
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = command(words)
    for line in _some(out.getvalue().splitlines(), step.lines):
        screen.line(line)
    if code != step.code:
        for line in err.getvalue().splitlines():
            screen.note(line)
    _check_code(code, number, step)


def _check_code(code: int, number: int, step: Step) -> None:
    if code in {INTERRUPTED, TERMINATED}:  # the step was told to stop, and so is the demo
        raise KeyboardInterrupt
    _check(code == step.code, f"step {number} gave exit code {code}, not {step.code}")


def _some(lines: list[str], most: int) -> Iterator[str]:
    yield from lines[:most] if most > 0 else lines[most:]
    if 0 < most < len(lines):
        yield f"  … and {len(lines) - most} more lines"


def _check(holds: bool, what: str) -> None:
    if not holds:
        raise DemoFailedError(what)


def write_sample(folder: Path) -> list[str]:
    """Write the files that data/demo.txt names; returns the names. Each has content of its own.

    `[CRC32]` in a name becomes the checksum of the content, and in names that go on from a video's
    name the checksum of that video.
    """
    text = resources.files("anivault.data").joinpath("demo.txt").read_text(encoding="utf-8")
    names = [line for line in text.splitlines() if line and not line.startswith("#")]
    sums: dict[str, str] = {}
    written = []
    for number, name in enumerate(names, 1):
        content = f"{number} {name}\n".encode() * number
        stem = name.partition("[CRC32]")[0]
        crc = sums.setdefault(stem, f"[{zlib.crc32(content):08X}]")
        path = folder / name.replace("[CRC32]", crc)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(str(path.relative_to(folder)))
    return written


def tree(root: Path) -> Tree:
    """{relative path: (mode, mtime_ns, sha256)} of every file below `root` but AniVault's own."""
    found: Tree = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name != ".anivault"]
        for name in files:
            path = Path(folder, name)
            status = path.stat()
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found[str(path.relative_to(root))] = (status.st_mode, status.st_mtime_ns, digest)
    return found
