"""Write what is done as JSON lines into the user's state folder: begun, ended, and each change of a library.

In: an event and its facts. Out: a line with time, run and level; secrets are taken out. A file that has grown
is put by, and five are kept. A log that cannot be written keeps nobody from anything.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from typing import Any, Literal, get_args

from anivault.shared import fs
from anivault.shared.errors import UsageError, shortened
from anivault.shared.logs.redact import redacted

Level = Literal["off", "error", "info", "debug"]
LEVELS: tuple[str, ...] = get_args(Level)
VARIABLE = "ANIVAULT_LOG"
MOST = 1 << 20  # bytes of one file
KEPT = 5  # files that were full


class _Log:
    """The log of this process. `run` tells its lines from those of others that write at the same time."""

    run = ""
    level = "info"
    depth = 0


def begin(words: list[str], level: str | None = None) -> None:
    """A command begins. Raises UsageError for a level that there is not."""
    _Log.level = _level(level)
    _Log.run = _Log.run or f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{os.getpid()}"
    _Log.depth += 1
    if _Log.level == "debug":
        _listen()
    write("info", "begin", words=words, folder=_here() if _Log.level == "debug" else None)


def _here() -> str | None:
    with suppress(FileNotFoundError):  # it was removed
        return os.getcwd()
    return None


def _listen() -> None:
    """Take in what libraries and providers tell by Python's own logging."""
    import logging

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            write("debug", "detail", logger=record.name, text=record.getMessage())

    logger = logging.getLogger("anivault")
    if not logger.handlers:
        logger.addHandler(Handler())
    logger.setLevel(logging.DEBUG)


def _level(level: str | None) -> str:
    if level:
        return level
    named = os.environ.get(VARIABLE, "").strip().lower() or "info"
    if named not in LEVELS:
        hint = f"Give one of {', '.join(LEVELS)}."
        raise UsageError(f"{VARIABLE} is {shortened(repr(named))}. Nothing was done.", hint=hint)
    return named


def end(code: int, seconds: float, failed: tuple[str, str] | None, counts: dict[str, int]) -> None:
    """A command ends; nothing is said of one that has not begun, such as a help."""
    if not _Log.depth:
        return
    _Log.depth -= 1
    error, message = failed or (None, None)
    level = "error" if failed else "info"
    write(level, "end", code=code, seconds=round(seconds, 3), error=error, message=message, counts=counts)


def audit(operation: str, library: str, run: str, *, done: int, held: int) -> None:
    """A library was changed: by what, in which run of its journal, and how many files."""
    if run:
        write("info", "audit", operation=operation, library=library, journal_run=run, done=done, held=held)


def write(level: Level | str, event: str, **facts: Any) -> None:
    """Write one line, if lines of this level are wanted."""
    if LEVELS.index(level) > LEVELS.index(_Log.level):
        return
    head = {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "run": _Log.run, "level": level}
    said = {name: _clean(fact) for name, fact in facts.items() if fact is not None}
    line = json.dumps({**head, "event": event, **said}, ensure_ascii=True) + "\n"
    with suppress(OSError):
        _append(line.encode())


def _clean(fact: Any) -> Any:
    if isinstance(fact, str):
        return redacted(fact)
    return [_clean(each) for each in fact] if isinstance(fact, list | tuple) else fact


def path() -> str:
    """Where the newest lines are."""
    return os.path.join(_state(), "log", "anivault.ndjson")


def _state() -> str:
    """The user's state folder; on Linux as platformdirs has it, whose import takes as long as a command."""
    if fs.LINUX:
        home = os.environ.get("XDG_STATE_HOME", "").strip() or os.path.expanduser("~/.local/state")
        return os.path.join(home, "anivault")
    from platformdirs import user_state_dir

    return user_state_dir("anivault")


def files() -> list[str]:
    """The files that there are, the newest first."""
    newest = path()
    return [name for name in (newest, *(f"{newest}.{n}" for n in range(1, KEPT + 1))) if os.path.exists(name)]


def _append(data: bytes) -> None:
    newest = path()
    with suppress(FileNotFoundError):
        if os.path.getsize(newest) + len(data) > MOST:
            _put_by(newest)
    try:
        fd = fs.open_to_append(newest, new=True, mode=0o600)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(newest), 0o700, exist_ok=True)
        fd = fs.open_to_append(newest, new=True, mode=0o600)
    try:
        os.write(fd, data)
    finally:
        os.close(fd)


def _put_by(newest: str) -> None:
    """Give each file the next number; the last one goes."""
    for number in range(KEPT - 1, 0, -1):
        with suppress(FileNotFoundError):
            os.replace(f"{newest}.{number}", f"{newest}.{number + 1}")
    os.replace(newest, f"{newest}.1")
