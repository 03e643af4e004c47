"""Run an engine in a process of its own, so that one that crashes or never returns harms nobody.

In: a name. Out: a ParseResult, or an EngineFailure that the caller counts. After several late answers
an engine is left off.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import msgspec

from anivault.parser.models import ParseResult
from anivault.shared import plugins
from anivault.shared.work.worker import LateFailure, Worker, WorkerFailure, serve

LIMIT = 2.0  # seconds an answer; the slowest engine needs 0.05 on an idle machine
MOST = 99_999  # of a season, an episode, a year
STRIKES = 3  # late answers before an engine is left off: each costs the user LIMIT seconds


class EngineFailure(Exception):  # noqa: N818 - it is an outcome, not an error of this program
    """An engine raised, died or did not answer in time."""


class Guarded:
    """An engine behind a process boundary. Satisfies Engine, but only ever raises EngineFailure."""

    def __init__(self, name: str, table: Mapping[str, Any] | None = None, *, limit: float = LIMIT) -> None:
        self.name = name
        table = table or {}
        self._worker = Worker("anivault.parser.guard", name, table, table.get(plugins.TIMEOUT, limit))
        self._strikes = 0

    def parse(self, name: str) -> ParseResult:
        """Ask the worker; kill it when it is late."""
        if self._strikes >= STRIKES:
            raise EngineFailure(f"it was left off after {STRIKES} late answers")
        try:
            result = msgspec.json.decode(self._worker.ask(name), type=ParseResult)
            _require_sound(result)
        except LateFailure as late:
            self._strikes += 1
            raise EngineFailure(str(late)) from late
        except (WorkerFailure, msgspec.MsgspecError) as error:
            raise EngineFailure(str(error)) from error

        return result

    def close(self) -> None:
        """End the worker."""
        self._worker.close()


def _require_sound(result: ParseResult) -> None:
    """Refuse numbers that no name means: `1-1000000` would be as many episodes."""
    single = (result.season, result.year, result.version, result.part)
    for number in (*single, *result.seasons, *result.episodes, *result.absolute):
        if isinstance(number, int | float) and not 0 <= number <= MOST:
            raise EngineFailure(f"it read a number that is below 0 or above {MOST:,}")


if __name__ == "__main__":
    serve(
        lambda table: plugins.make(plugins.load(plugins.PARSERS, sys.argv[1]), table),
        lambda engine, name: engine.parse(name),
    )
