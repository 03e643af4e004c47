"""The only writer to stdout and stderr. stdout is data, stderr is for people.

Everything that comes from outside goes through `safe`: no name moves the cursor, starts a colour
or writes from right to left. With --json every line of stdout is one event and nothing else.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from anivault.shared.errors import AniVaultError, OutputError
from anivault.shared.text import safe

if TYPE_CHECKING:
    import msgspec
    from rich.progress import Progress

P = ParamSpec("P")
T = TypeVar("T")

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_PROGRESS_AFTER = 1.0  # seconds; what is quicker shows no bar


@cache
def _encoder() -> Callable[[object], bytes]:
    import msgspec  # not needed to print help or text

    return msgspec.json.Encoder().encode


def printed(write: Callable[P, T], *what: P.args, **how: P.kwargs) -> T:
    """Call what writes to stdout. Raises OutputError where it cannot, but for a reader that went away."""
    try:
        return write(*what, **how)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(error) from error


class Screen:
    """Where a command prints. One a run."""

    def __init__(self, *, json: bool = False, quiet: bool = False, verbose: bool = False) -> None:
        self.json, self.quiet, self.verbose = json, quiet, verbose
        self._colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ and not json

    def event(self, event: msgspec.Struct | dict[str, Any]) -> None:
        """Print one event of machine output; does nothing without --json."""
        if self.json:
            printed(sys.stdout.buffer.write, _encoder()(event) + b"\n")

    def line(self, text: str = "", *, style: str = "") -> None:
        """Print one line of the result for people; does nothing with --json."""
        if not self.json:
            printed(sys.stdout.write, self._painted(safe(text), style) + "\n")

    def note(self, text: str) -> None:
        """Tell people something beside the result; --quiet leaves it out."""
        if not self.quiet:
            self.flush()
            sys.stderr.write(safe(text) + "\n")

    def hint(self, text: str) -> None:
        """Say what to type next."""
        if not self.json:
            self.note(text)

    def detail(self, text: str) -> None:
        """Tell people what only --verbose wants to know."""
        if self.verbose:
            self.note(text)

    def error(self, error: AniVaultError) -> None:
        """Say what happened, what is still true and what to type next."""
        hint = getattr(error, "hint", "")
        self.event({"event": "error", "code": error.code, "message": safe(str(error)), "hint": safe(hint)})
        self.flush()
        sys.stderr.write(f"Error: {safe(str(error))}\n" + (f"  {safe(hint)}\n" if hint else ""))

    def progress(self, label: str) -> Callable[[int, int | None], None]:
        """Return a callback (done, total or None) that draws on stderr once a second has passed."""
        if self.quiet or not sys.stderr.isatty():
            return _no_bar
        return _Bar(label)

    def flush(self) -> None:
        """Write out what was printed so far, so that both streams appear in order."""
        printed(sys.stdout.flush)

    def _painted(self, text: str, style: str) -> str:
        if not (self._colour and style):
            return text
        codes = ";".join(_STYLES[word] for word in style.split())
        return f"\x1b[{codes}m{text}\x1b[0m"


def _no_bar(done: int, total: int | None) -> None:
    """Draw nothing: nobody is looking."""
    del done, total


class _Bar:
    """A progress bar that appears after a second and vanishes when all is done."""

    def __init__(self, label: str) -> None:
        self._label, self._start = label, time.monotonic()
        self._bar: Progress | None = None

    def __call__(self, done: int, total: int | None) -> None:
        if self._bar is None:
            if time.monotonic() - self._start < _PROGRESS_AFTER or done == total:
                return
            self._bar = self._open(total)
        self._bar.update(self._bar.task_ids[0], completed=done, total=total)
        if done == total:
            self._bar.stop()

    def _open(self, total: int | None) -> Progress:
        from rich.console import Console
        from rich.progress import Progress

        bar = Progress(console=Console(stderr=True), transient=True)
        bar.add_task(self._label, total=total)
        bar.start()
        return bar
