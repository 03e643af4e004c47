"""What every piece of work gets: the order, the settings that hold, and whom to tell how far it is."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from anivault.cli.context import Context
from anivault.cli.screen import Screen
from anivault.shared.progress import Progress
from anivault.web.desk import Desk

_TOLD_AFTER = 0.1  # seconds between two lines


class Order(dict[str, Any]):
    """What is to be done, as the page has sent it."""

    @property
    def library(self) -> str:
        """The library, absolute; its own settings hold."""
        return self.context.library(self["library"])

    @property
    def sources(self) -> tuple[str, ...]:
        """The folders to organize."""
        return tuple(self["sources"])

    @property
    def desk(self) -> Desk:
        """Where sheets go."""
        return Desk(Path(self["desk"]))

    @cached_property
    def context(self) -> Context:
        """What a command gets; it prints nothing. The settings of the library that is served hold."""
        context = Context(Screen(quiet=True), self.get("config"))
        context.library(self["library"])
        return context


class Teller:
    """Tells the page how far the work is. A page that went away stops nothing."""

    def __init__(self) -> None:
        self._told = 0.0
        self._out = os.dup(1)
        os.dup2(2, 1)  # what a plug-in prints is no word of ours

    def __call__(self, label: str) -> Progress:
        """Begin another kind of work. This is a `Bars`."""
        self._say({"label": label, "done": 0, "total": None})

        def progress(done: int, total: int | None) -> None:
            now = time.monotonic()
            if now - self._told >= _TOLD_AFTER:
                self._told = now
                self._say({"label": label, "done": done, "total": total})

        return progress

    def end(self, result: dict[str, Any]) -> None:
        """Say how it ended."""
        self._say(result)

    def _say(self, what: dict[str, Any]) -> None:
        with suppress(OSError):
            os.write(self._out, json.dumps(what).encode() + b"\n")
