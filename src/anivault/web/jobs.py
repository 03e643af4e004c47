"""Have work done in a process of its own, one at a time, and tell everybody who looks how far it is.

A process apart: the page answers while 300,000 files are planned, a run is stopped as Ctrl-C stops it
(between files, journal closed), and a page that dies ends no run. A page that looks waits for the next state.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, TypeVar

import msgspec

from anivault.shared.errors import shortened

T = TypeVar("T")
MODULE = "anivault.web.work.run"
LAST_WORDS = 4000  # bytes of a traceback that are kept
NOT_BEGUN = "The work could not be begun: {}"
SILENT = "The work ended without a word. {}"
LOOK = "No file is lost or half there. The plan and the history say what was done until then."
CHANGING = frozenset({"apply", "rollback", "recover"})
LOOK_SECONDS = 600.0
LOOKS = 100  # pages that may follow at once


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Where work is. `number` counts its states; `code` is an exit code once it is over."""

    number: int = 0
    job: str = ""  # "" where nothing was asked yet
    title: str = ""
    label: str = ""
    done: int = 0
    total: int | None = None
    code: int | None = None
    message: str = ""
    hint: str = ""
    started: float = 0.0
    ended: float | None = None
    counts: dict[str, int] = {}
    run: str = ""
    said: str = ""  # what came of it in words, as the command says it
    cancelled: bool = False

    @property
    def running(self) -> bool:
        """Whether it is at work."""
        return bool(self.job) and self.code is None

    @property
    def failed(self) -> bool:
        """Whether it ended with an error."""
        return self.code is not None and self.code not in (0, 10)


class _Going(msgspec.Struct, frozen=True, kw_only=True):
    """How far work is, as its process says it."""

    label: str
    done: int = 0
    total: int | None = None


class _Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How it ended, as its process says it."""

    code: int
    message: str = ""
    hint: str = ""
    counts: dict[str, int] = {}
    run: str = ""
    said: str = ""


class BusyError(Exception):
    """Work is going on: there is one at a time."""


class Jobs:
    """The one that runs, the last one that ran, and who looks."""

    def __init__(self) -> None:
        self.state = State()
        self.order: dict[str, Any] = {}  # what was asked for last
        self._changed = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._looking = 0
        self.closing = False

    def start(self, order: dict[str, Any], title: str) -> None:
        """Begin work. Raises BusyError."""
        if self.state.running or self.closing:
            raise BusyError
        self.order = order
        self._tell(
            State(
                number=self.state.number,
                job=order["job"],
                title=title,
                label="Beginning",
                started=time.time(),
            )
        )
        self._task = asyncio.create_task(self._run(order))

    def cancel(self) -> None:
        """Stop it between two files."""
        if self.state.running and self._process and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGINT)
            self._tell(msgspec.structs.replace(self.state, cancelled=True, label="Stopping"))

    async def close(self) -> None:
        """Stop what runs, and wait until its journal is closed."""
        self.closing = True
        self._changed.set()
        self.cancel()
        if self._task:
            await self._task

    async def states(self) -> AsyncIterator[State]:
        """Every state from now on, or as many as the reader keeps up with."""
        if self._looking >= LOOKS:
            return
        self._looking += 1
        try:
            seen = -1
            while not self.closing:
                if self.state.number != seen:
                    seen = self.state.number
                    yield self.state
                    continue
                with suppress(TimeoutError):
                    async with asyncio.timeout(15):
                        await self._changed.wait()
                if self.state.number == seen:
                    seen = -1  # say it again: a proxy closes what is silent
        finally:
            self._looking -= 1

    def _tell(self, state: State) -> None:
        self.state = msgspec.structs.replace(state, number=state.number + 1)
        self._changed.set()
        self._changed = asyncio.Event()

    async def _run(self, order: dict[str, Any]) -> None:
        try:
            self._process = await _begin(order)
            words = asyncio.create_task(_last_words(self._process))
            ended = await self._follow(self._process)
            await self._process.wait()
            if not ended:
                message, hint = SILENT.format(shortened(await words)), await self._look_after(order)
                self._end(_Ended(code=70, message=message.strip(), hint=hint))
        except OSError as error:
            self._end(_Ended(code=70, message=NOT_BEGUN.format(error.strerror or error)))

    async def _look_after(self, order: dict[str, Any]) -> str:
        """See what the disk holds after work that was killed, which could not do so; returns a hint."""
        if order["job"] not in CHANGING or self.closing:
            return ""
        self._tell(msgspec.structs.replace(self.state, label="Looking at what was done"))
        await ask({**order, "job": "library"}, LOOK_SECONDS)
        return LOOK

    async def _follow(self, process: asyncio.subprocess.Process) -> bool:
        """Take in what the process tells, line by line; whether it told its end."""
        assert process.stdout
        async for line in process.stdout:
            told = _word(line)
            if isinstance(told, _Ended):
                self._end(told)
                return True
            if told:
                self._tell(msgspec.structs.replace(self.state, **msgspec.structs.asdict(told)))
        return False

    def _end(self, how: _Ended) -> None:
        ended = msgspec.structs.asdict(how)
        self._tell(msgspec.structs.replace(self.state, ended=time.time(), **ended))


def _word(line: bytes) -> _Ended | _Going | None:
    """What a line of a process says; None for one that says nothing."""
    return _as(line, _Ended) or _as(line, _Going)


def _as(line: bytes, kind: type[T]) -> T | None:
    with suppress(msgspec.MsgspecError, UnicodeDecodeError):
        return msgspec.json.decode(line, type=kind)
    return None


async def ask(order: dict[str, Any], seconds: float = 60.0) -> dict[str, Any]:
    """Have something small done now, next to the work that runs; returns what it says."""
    try:
        process = await _begin(order)
    except OSError as error:
        return {"code": 70, "message": NOT_BEGUN.format(error.strerror or error), "hint": "Try again."}
    try:
        lines = (await _said(process, seconds)).splitlines()
        return msgspec.json.decode(lines[-1], type=dict[str, Any])
    except (TimeoutError, ValueError, IndexError):
        return {"code": 70, "message": "There was no answer.", "hint": "Try again."}


async def _said(process: asyncio.subprocess.Process, seconds: float) -> bytes:
    """All that a process says; one that takes longer is ended. Raises TimeoutError."""
    try:
        async with asyncio.timeout(seconds):
            return (await process.communicate())[0]
    finally:
        if process.returncode is None:
            process.kill()
            await _drained(process)


async def _drained(process: asyncio.subprocess.Process) -> None:
    """Wait for the end of a process that was killed; whoever else holds its pipes is not waited for."""
    with suppress(TimeoutError):
        async with asyncio.timeout(1):
            await process.communicate()


async def _begin(order: dict[str, Any]) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-X", "utf8", "-m", MODULE,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}, limit=1 << 24,
        start_new_session=True,  # Ctrl-C and a terminal that closes end the page, which stops the work, once
    )  # fmt: skip
    assert process.stdin
    process.stdin.write(json.dumps(order).encode())
    process.stdin.close()
    return process


async def _last_words(process: asyncio.subprocess.Process) -> str:
    assert process.stderr
    kept = b""
    while some := await process.stderr.read(1 << 14):
        kept = (kept + some)[-LAST_WORDS:]
    return kept.decode("utf-8", "replace").strip().rpartition("\n")[2]
