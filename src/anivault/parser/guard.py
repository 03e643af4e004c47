"""Run an engine in a process of its own, so that one that crashes or never returns harms nobody.

In: a name. Out: a ParseResult, or an EngineFailure that the caller counts. The worker is killed when
an answer is late and started again for the next name; after several late answers it is left off.
Touches: one child process, ended by `close` or with this one.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
from typing import Any

import msgspec

from anivault.parser.models import ParseResult
from anivault.shared import plugins

START_LIMIT = 20.0  # seconds until the worker is up: guessit alone imports for half a second
LIMIT = 2.0  # seconds an answer; the slowest engine needs 0.05 on an idle machine
STRIKES = 3  # late answers before an engine is left off: each costs the user LIMIT seconds


class EngineFailure(Exception):  # noqa: N818 - it is an outcome, not an error of this program
    """An engine raised, died or did not answer in time."""


class Guarded:
    """An engine behind a process boundary. Satisfies Engine, but only ever raises EngineFailure."""

    in_process = True

    def __init__(self, name: str, *, limit: float = LIMIT, start_limit: float = START_LIMIT) -> None:
        self.name = name
        self._limit, self._start_limit = limit, start_limit
        self._worker: subprocess.Popen[bytes] | None = None
        self._strikes = 0

    def parse(self, name: str) -> ParseResult:
        """Ask the worker; kill it when it is late."""
        if self._strikes >= STRIKES:
            raise EngineFailure(f"{self.name} was left off after {STRIKES} late answers")
        worker = self._worker or self._start()
        try:
            return self._ask(worker, name)
        except (OSError, ValueError, msgspec.ValidationError) as error:
            self.close()
            raise EngineFailure(f"{self.name} died: {error}") from error

    def close(self) -> None:
        """End the worker."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()
            for stream in (worker.stdin, worker.stdout):
                if stream is not None:
                    stream.close()
            worker.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        paths = os.pathsep.join(filter(None, sys.path))
        self._worker = worker = subprocess.Popen(  # noqa: S603 - this interpreter, a registered name
            [sys.executable, "-m", "anivault.parser.guard", self.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": paths},
        )
        if self._line(worker, self._start_limit) != b"ready":
            self.close()
            raise EngineFailure(f"{self.name} could not be started")
        return worker

    def _ask(self, worker: subprocess.Popen[bytes], name: str) -> ParseResult:
        if worker.stdin is None:
            raise EngineFailure(f"{self.name} is gone")
        worker.stdin.write(json.dumps(name).encode() + b"\n")
        worker.stdin.flush()
        line = self._line(worker, self._limit)
        if line is None:
            self._strikes += 1
            self.close()
            raise EngineFailure(f"{self.name} did not answer in {self._limit:g} s")
        if line.startswith(b"!"):
            raise EngineFailure(f"{self.name} raised {line[1:].decode('utf-8', 'replace')}")
        return msgspec.json.decode(line, type=ParseResult)

    def _line(self, worker: subprocess.Popen[bytes], limit: float) -> bytes | None:
        """One line of the worker's, or None when it is late or gone."""
        if worker.stdout is None:
            return None
        with selectors.DefaultSelector() as selector:
            selector.register(worker.stdout, selectors.EVENT_READ)
            if not selector.select(limit):
                return None
        return worker.stdout.readline().rstrip(b"\n")


def serve(engine: Any, lines: Any, out: Any) -> None:
    """The worker's side: one JSON string a line in, one JSON result or `!error` a line out."""
    out.write(b"ready\n")
    out.flush()
    for line in lines:
        try:
            answer = msgspec.json.encode(engine.parse(json.loads(line)))
        except Exception as error:  # noqa: BLE001 - a foreign parser may raise anything
            answer = b"!" + repr(error).encode("utf-8", "replace").replace(b"\n", b" ")
        out.write(answer + b"\n")
        out.flush()


if __name__ == "__main__":
    serve(plugins.load(plugins.PARSERS, sys.argv[1])(), sys.stdin.buffer, sys.stdout.buffer)
