"""Ask a plug-in in a process of its own, so that one that crashes or never returns harms nobody.

In: questions that JSON can say. Out: the answer's JSON, or a WorkerFailure that says why nothing came.
What a plug-in prints goes nowhere. Touches: one child process, which is killed when an answer is late,
started again for the next question, and ended by `close` or with this one.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from anivault.shared.errors import shortened

START_LIMIT = 20.0  # seconds until the worker is up: guessit alone imports for half a second

LONGEST = 64 << 20  # bytes of one answer


class WorkerFailure(Exception):  # noqa: N818 - it is an outcome, not an error of this program
    """A plug-in raised, died, could not be started or did not answer in time."""


class LateFailure(WorkerFailure):
    """It did not answer in time."""


class Worker:
    """A plug-in behind a process boundary; `module` is what runs there and calls `serve`."""

    def __init__(self, module: str, name: str, table: Mapping[str, Any], limit: float) -> None:
        self.limit = limit
        self._module, self._name, self._table = module, name, dict(table)
        self._process: subprocess.Popen[bytes] | None = None
        self._unable = ""  # why it cannot be started; another try would take as long

    def ask(self, question: Any) -> bytes:
        """Ask, and kill the worker when it is late. Raises WorkerFailure."""
        if self._unable:
            raise WorkerFailure(self._unable)
        try:
            return self._answer(self._process or self._start(), question)
        except OSError as error:
            self.close()
            raise WorkerFailure(f"it died ({error.strerror})") from error

    def close(self) -> None:
        """End the worker."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with _Forgiven():
                        stream.close()
            process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        paths = os.pathsep.join(filter(None, sys.path))
        self._process = process = subprocess.Popen(  # noqa: S603 - this interpreter, a registered name
            [sys.executable, "-m", self._module, self._name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": paths},
        )
        try:
            self._send(process, self._table)
            self._line(process, START_LIMIT)
        except (OSError, WorkerFailure) as failure:
            self.close()
            self._unable = f"it could not be started: {failure}"
            raise WorkerFailure(self._unable) from failure
        return process

    def _answer(self, process: subprocess.Popen[bytes], question: Any) -> bytes:
        self._send(process, question)
        try:
            return self._line(process, self.limit)
        except LateFailure:
            self.close()
            raise

    @staticmethod
    def _send(process: subprocess.Popen[bytes], what: Any) -> None:
        if process.stdin is not None:
            process.stdin.write(msgspec.json.encode(what) + b"\n")
            process.stdin.flush()

    def _line(self, process: subprocess.Popen[bytes], limit: float) -> bytes:
        """One line of the worker's."""
        if process.stdout is None:
            raise WorkerFailure("it is gone")
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            if not selector.select(limit):
                raise LateFailure(f"it did not answer in {limit:g} s")
        line = process.stdout.readline(LONGEST)
        if line.startswith(b"!"):
            raise WorkerFailure(f"it raised {shortened(line[1:].decode('utf-8', 'replace').strip())}")
        if not line.endswith(b"\n"):
            self.close()
            raise WorkerFailure("it died" if len(line) < LONGEST else "its answer is too long")
        return line


class _Forgiven:
    """What a pipe still holds for a worker that is gone cannot be written."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        return kind is not None and issubclass(kind, OSError)


def serve(make: Callable[[dict[str, Any]], Any], answer: Callable[[Any, Any], Any]) -> None:
    """The worker's side: the settings, then a question a line in; an answer or `!error` a line out."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a plug-in that prints has not answered
    lines = sys.stdin.buffer
    plugin: Any = None

    def made(table: dict[str, Any]) -> str:
        nonlocal plugin
        plugin = make(table)
        return "ready"

    _tell(out, made, next(lines))
    for line in lines:
        _tell(out, lambda question: answer(plugin, question), line)


def _tell(out: Any, work: Callable[[Any], Any], line: bytes) -> None:
    try:
        said = msgspec.json.encode(work(msgspec.json.decode(line)))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - foreign code may raise anything
        said = b"!" + _told(error).encode("utf-8", "replace").replace(b"\n", b" ")
    out.write(said + b"\n")
    out.flush()


def _told(error: BaseException) -> str:
    try:
        return repr(error)
    except Exception:  # noqa: BLE001 - this is foreign code too
        return type(error).__name__
