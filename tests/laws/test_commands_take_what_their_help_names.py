"""Every command takes whatever stands where its help says PATH, FILE or LIB: it answers or says why not.

The cases come from the table of commands, so a new command or option joins by itself. No case ends in exit
70, none hangs, and with --json what went wrong is an event that says what the exit code says.
"""

from __future__ import annotations

import io
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from anivault.cli.app import app
from anivault.shared.exits import BUG, DONE, FINDINGS, INTERRUPTED
from tests.conftest import Ran, Run
from tests.laws.conftest import LONG
from tests.published import assert_published
from tests.typed import assert_typable

FRIEREN = "[SubsPlease] Sousou no Frieren - 01 (1080p).mkv"
PATHS = {"PATH...", "PATH", "FILE", "LIB", "[LIB]"}
PATIENCE = 20  # seconds; a command that answers takes a tenth of one
LASTING = {"serve", "watch"}  # they go on until somebody stops them
ENOUGH = 1.0  # seconds; then somebody stops them


def leaves(at: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with the words that name it."""
    for name, inside in at.commands.items():
        if hasattr(inside, "commands"):
            yield from leaves(inside, (*words, name))
        else:
            yield (*words, name), inside


COMMANDS = dict(leaves(get_command(app)))


def cases(wanted: Callable[[Any], bool], values: Sequence[str]) -> list[Any]:
    """Each value for each wanted parameter of each command; the short way takes every fourth of them.

    The step and the number of values have no common factor, so that each parameter gets other values.
    """
    every = [
        pytest.param(words, parameter, value, id=f"{' '.join(words)} {parameter.opts[0]} {value[:20]!a}")
        for words, command in COMMANDS.items()
        for parameter in command.params
        if wanted(parameter)
        for value in values
    ]
    return every if LONG else every[:: 4 if len(values) % 2 else 5]


def typed(words: tuple[str, ...], parameter: Any, value: str) -> list[str]:
    """The command with `value` there, and something usual wherever a word is needed."""
    line, arguments = [*words], []
    for other in COMMANDS[words].params:
        if other.param_type_name == "argument":
            given = value if other is parameter else USUAL.get(other.metavar, "") if other.required else ""
            arguments += [given] if given or other is parameter else []
        elif other is parameter:
            line.append(f"{other.opts[0]}={value}" if value.startswith("-") else other.opts[0])
            line += [] if value.startswith("-") else [value]
    needs_library = "--to" in {option for p in COMMANDS[words].params for option in p.opts}
    line += ["--to", "lib"] if needs_library and parameter.opts[0] != "--to" else []
    return [*line, *arguments]


USUAL = {"PATH...": "dl", "PATH": "dl", "FILE": f"dl/{FRIEREN}", "tmdb:ID": "tmdb:209867", "KIND": "x"}


def named_by(shape: str, here: Path) -> str:
    """Make what `shape` says, and return the words that name it."""
    (here / "dl").mkdir()
    (here / "dl" / FRIEREN).write_bytes(b"1234")
    (here / "lib").mkdir()
    return SHAPES[shape](here)


def _folder(name: str, tail: str = "") -> Callable[[Path], str]:
    def make(here: Path) -> str:
        (here / name).mkdir()
        (here / name / FRIEREN).write_bytes(b"1234")
        return name + tail

    return make


def _file(name: str, content: bytes = b"1234") -> Callable[[Path], str]:
    def make(here: Path) -> str:
        (here / name).write_bytes(content)
        return name

    return make


def _link(to: str) -> Callable[[Path], str]:
    def make(here: Path) -> str:
        (here / "link").symlink_to(to)
        return "link"

    return make


def _fifo(here: Path) -> str:
    os.mkfifo(here / "fifo.mkv")
    return "fifo.mkv"


def _socket(here: Path) -> str:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")  # a longer path would not fit
    return "socket"


def _unreadable(here: Path) -> str:
    _folder("locked")(here)
    (here / "locked").chmod(0)
    return "locked"


def _deep(here: Path) -> str:
    folder = here
    for _ in range(120):
        folder /= "deep"
    folder.mkdir(parents=True)
    (folder / FRIEREN).write_bytes(b"1234")
    return "deep"


SHAPES: dict[str, Callable[[Path], str]] = {
    "folder": lambda _: "dl",
    "absolute folder": lambda here: str(here / "dl"),
    "folder with a slash": lambda _: "dl/",
    "folder with two": lambda _: ".//dl//",
    "file": lambda _: f"dl/{FRIEREN}",
    "absolute file": lambda here: str(here / "dl" / FRIEREN),
    "file with a slash": lambda _: f"dl/{FRIEREN}/",
    "below a file": lambda _: f"dl/{FRIEREN}/x.mkv",
    "dot": lambda _: ".",
    "dot dot": lambda _: "..",
    "dash": lambda _: "-",
    "roundabout": lambda _: "dl/../dl/./" + FRIEREN,
    "link to a folder": _link("dl"),
    "link to a file": _link(f"dl/{FRIEREN}"),
    "link to nothing": _link("nothing"),
    "link to itself": _link("link"),
    "newline folder": _folder("two\nlines"),
    "newline file": _file("two\nlines - 01.mkv"),
    "folder that is not UTF-8": _folder(os.fsdecode(b"caf\xe9")),
    "file that is not UTF-8": _file(os.fsdecode(b"caf\xe9 - 01.mkv")),
    "not there": lambda _: "nope",
    "not there, not UTF-8": lambda _: os.fsdecode(b"nope\xff.mkv"),
    "far from there": lambda _: "nope/no/such/thing.mkv",
    "fifo": _fifo,
    "socket": _socket,
    "device": lambda _: "/dev/zero",
    "unreadable folder": _unreadable,
    "empty": lambda _: "",
    "blank": lambda _: " ",
    "long name": lambda _: "x" * 300,
    "long path": lambda _: "x/" * 3000,
    "folder named like a dash": _folder("--apply"),
    "home": lambda _: "~",
    "nobody's home": lambda _: "~nobody-is-called-that/x",
    "deep": _deep,
    "empty file": _file("empty.json", b""),
    "glob": lambda _: "dl/*.mkv",
    "root": lambda _: "/proc/self/cwd/dl",
}


@contextmanager
def patience(lasting: bool) -> Iterator[None]:
    """A command that hangs is a failure, not a test that never ends; one that lasts is stopped by Ctrl-C."""
    waits = [PATIENCE, ENOUGH][: 1 + lasting]

    def lose(*_: object) -> None:
        if len(waits) == 1:
            raise SystemExit("it hangs")
        waits.pop()
        signal.setitimer(signal.ITIMER_REAL, waits[-1])
        os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGALRM, lose)
    asked = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    signal.setitimer(signal.ITIMER_REAL, waits[-1])
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        signal.signal(signal.SIGINT, asked)


def answered(run: Run, words: list[str]) -> Ran:
    """Run it; whatever came of it is clear to people and to programs."""
    with patience(words[0] in LASTING):
        done = run(*words, "--json")
    shown = f"{words}\n{done.err}"

    assert done.code != BUG, shown
    assert "Traceback" not in done.err, shown
    errors = done.of("error")
    for event in done.events:
        assert_published(event)
    assert_typable(done.err)
    if done.code not in {DONE, FINDINGS}:
        assert [event["exit_code"] for event in errors] == [done.code], shown
        assert errors[0]["message"], shown
        assert ("Interrupted." if done.code == INTERRUPTED and words[0] in LASTING else "rror") in done.err, (
            shown
        )
    else:
        assert errors == [], shown
    return done


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    names = io.BytesIO(b"dl/Toradora! - 01.mkv\n\xff.mkv\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(names, errors="surrogateescape"))
    yield tmp_path / "here"
    with suppress(FileNotFoundError):
        (tmp_path / "here" / "locked").chmod(0o700)


@pytest.mark.parametrize(
    ("words", "parameter", "shape"), cases(lambda p: p.metavar in PATHS and p.name != "config", [*SHAPES])
)
def test_every_command_takes_every_path(
    run: Run, here: Path, words: tuple[str, ...], parameter: Any, shape: str
) -> None:
    line = typed(words, parameter, named_by(shape, here))
    before = contents(here)
    answered(run, line)

    assert {path: data for path, data in contents(here).items() if path in before} == before
    if "--apply" in {option for p in COMMANDS[words].params for option in p.opts}:
        answered(run, [line[0], "--apply", *line[1:]])


def contents(folder: Path) -> dict[Path, bytes]:
    """What every file there holds."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.is_symlink()}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_configuration_file_is_read_or_refused(run: Run, here: Path, shape: str) -> None:
    answered(run, ["config", "show", "--config", named_by(shape, here)])


ABSURD = [
    "", " ", "x", "0", "-1", "9" * 40, "-" + "9" * 40, "1/" + "9" * 6000, "0001-01-01", "9999-12-31T23:59",
    "a\nb", os.fsdecode(b"\xff"), "../../x", "tmdb:" + "9" * 6000, "tmdb:movie/-1", "x" * 70000, "\x1b[31m",
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "parameter", "value"),
    cases(lambda p: p.metavar not in PATHS and not getattr(p, "is_flag", False), ABSURD),
)
def test_every_other_word_is_understood_or_refused(
    run: Run, here: Path, words: tuple[str, ...], parameter: Any, value: str
) -> None:
    answered(run, typed(words, parameter, named_by("folder", here) and value))
