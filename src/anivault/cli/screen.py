"""The only writer to stdout and stderr. stdout is data, stderr is for people.

Everything that comes from outside goes through `safe`: no name moves the cursor, starts a colour
or writes from right to left. With --json every line of stdout is one event and nothing else.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from itertools import islice
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, ParamSpec, TextIO, TypeAlias, TypeVar
from unicodedata import east_asian_width

from anivault.shared.errors import AniVaultError, OutputError
from anivault.shared.text import safe

if TYPE_CHECKING:
    from rich.progress import Progress

    from anivault.cli.events import Event
    from anivault.shared.progress import Progress as Report

P = ParamSpec("P")
T = TypeVar("T")

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_PROGRESS_AFTER = 1.0  # seconds; what is quicker shows no bar
_REDRAWN_AFTER = 0.1  # seconds
_AT_ONCE = 256  # events
Copy: TypeAlias = Callable[[bool, bytes], None]  # gets whether it is a note, and its bytes


@cache
def _encoder() -> Callable[[Sequence[object]], bytes]:
    import msgspec  # not needed to print help or text

    return msgspec.json.Encoder().encode_lines


def _encoded(events: Sequence[object]) -> bytes:
    """Return events as lines of JSON; in a sentence a path that is not UTF-8 shows U+FFFD, as for people."""
    try:
        return _encoder()(events)
    except UnicodeEncodeError:
        import msgspec

        return _encoder()([_as_text(msgspec.to_builtins(event)) for event in events])


def _as_text(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if isinstance(value, dict):
        return {_as_text(key): _as_text(item) for key, item in value.items()}
    return [_as_text(item) for item in value] if isinstance(value, list | tuple) else value


def printed(write: Callable[P, T], *what: P.args, **how: P.kwargs) -> T:
    """Call what writes to stdout. Raises OutputError where it cannot, but for a reader that went away."""
    try:
        return write(*what, **how)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(error) from error


def print_no_more() -> None:
    """Give what is left of the output to nothing."""
    _to_nothing(sys.stdout)


def _to_nothing(stream: TextIO) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class _Telling:
    """What is told on stderr. Where nobody can be told any more, the work and its exit code count still."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> bool:
        failed = kind is not None and issubclass(kind, OSError)
        if failed:
            _to_nothing(sys.stderr)
        return failed


def tell(text: str) -> None:
    """Tell people something, if that is possible."""
    with _Telling():
        sys.stderr.write(text)


class Screen:
    """Where a command prints. One a run."""

    def __init__(self, *, json: bool = False, quiet: bool = False, verbose: bool = False) -> None:
        self.json, self.quiet, self.verbose = json, quiet, verbose
        self._colour = sys.stdout.isatty() and not json and _knows_colours()
        self._bar: _Bar | None = None
        self._held_back: list[tuple[bool, str]] | None = None  # notes, and lines for a pager
        self.counts: dict[str, int] = {}  # of the last summary, for the log
        self.logged = True  # whether what is said is logged too
        self.copy: Copy | None = None  # who else gets what is said
        self.measure()

    @property
    def shape(self) -> tuple[int, ...]:
        """All that decides how a result looks here."""
        return self.json, self.quiet, self.verbose, self._colour, self._columns, self.rows

    def measure(self) -> None:
        """See how wide the terminal is; a dialogue does so before each question, as people resize it."""
        size = get_terminal_size() if sys.stdout.isatty() else None
        self._columns, self.rows = (size.columns, size.lines) if size else (0, 0)

    def event(self, event: Event) -> None:
        """Print one event of machine output; does nothing without --json."""
        self.events((event,))

    def events(self, events: Iterable[Event]) -> None:
        """Print many events, of which few are in memory at once; does nothing without --json."""
        if not self.json:
            return
        left = iter(events)
        while some := list(islice(left, _AT_ONCE)):
            self.clear()
            data = _encoded(some)
            if self.copy:
                self.copy(False, data)
            self._print(sys.stdout.buffer.write, data)

    def line(self, text: str = "", *, style: str = "") -> None:
        """Print one line of the result for people; does nothing with --json."""
        if not self.json:
            self.clear()
            self._say(self._painted(safe(text), style) + "\n")

    def pair(self, left: str, right: str) -> None:
        """Print two things in one line; in two where a terminal is too narrow for both."""
        whole = f"{left}  {right}" if right else left
        if right and self._columns and _cells(safe(whole)) > self._columns:
            self.line(left)
            self.line(f"      {right}")
        else:
            self.line(whole)

    def note(self, text: str) -> None:
        """Tell people something that is not the result; --quiet leaves it out."""
        if not self.quiet:
            self._say(safe(text) + "\n", note=True)

    @contextmanager
    def paged(self, *, wanted: bool = True) -> Iterator[None]:
        """Show the lines of a result page by page where a terminal cannot hold them; notes come after it."""
        from anivault.cli.render.pager import page  # few results are on a terminal

        self.measure()
        words = self._pager(wanted=wanted)
        if not words:
            yield
            return
        self._held_back = []
        try:
            with self._coloured_for(words):
                yield
        finally:
            said, self._held_back = self._held_back, None
            self.flush()
            self._turn(partial(page, words), said)

    def _pager(self, *, wanted: bool) -> list[str]:
        """The words of the pager that shows a result; none where there is none to turn pages for."""
        from anivault.cli.render.pager import chosen

        return chosen() if wanted and self.rows and not self.json else []

    @contextmanager
    def _coloured_for(self, words: list[str]) -> Iterator[None]:
        """Leave colours out for a pager that does not show them."""
        from anivault.cli.render.pager import shows_colours

        colour = self._colour
        self._colour = colour and (not words or shows_colours(words))
        try:
            yield
        finally:
            self._colour = colour

    def _turn(self, page: Callable[[str], bool], said: Sequence[tuple[bool, str]]) -> None:
        """Page the lines of the result if they are many, and print all else."""
        result = "".join(text for note, text in said if not note)
        rows = sum(max(1, -(-_cells(line) // self._columns)) for line in result.splitlines())
        shown = rows >= self.rows and page(result)
        for note, text in said:
            if note or not shown:
                self._say(text, note=note)

    def _say(self, text: str, *, note: bool = False) -> None:
        if self.copy:
            self.copy(note, text.encode("utf-8", "surrogatepass"))
        if self._held_back is not None:
            self._held_back.append((note, text))
        elif note:
            self.flush()
            self._tell(text)
        else:
            self._print(sys.stdout.write, text)

    def _tell(self, text: str) -> None:
        tell(text)

    def again(self, said: bytes, *, note: bool) -> None:
        """Print pieces that a `copy` got."""
        if self.json and not note:
            self._print(sys.stdout.buffer.write, said)
        else:
            self._say(said.decode("utf-8", "surrogatepass"), note=note)

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
        self.failed(error.code, str(error), getattr(error, "hint", ""), error.exit_code)

    def failed(self, code: str, message: str, hint: str, exit_code: int, *, told: str = "") -> None:
        """Say that the command failed: one event for programs, and for people `told`, else the same."""
        message, hint = safe(message), safe(hint)
        if self.json:
            from anivault.cli.events import ErrorEvent  # much to import for what seldom happens

            self.event(ErrorEvent(code=code, message=message, hint=hint, exit_code=exit_code))
        self.flush()
        text = f"Error: {message}\n  {hint}" if hint else f"Error: {message}"
        tell(f"{told or text}\n")

    def progress(self, label: str) -> Report:
        """Return a callback (done, total or None) that draws on stderr once a second has passed.

        There is one bar, of the label that came last. It vanishes before anything else is printed.
        """
        if self.quiet or not sys.stderr.isatty():
            return _no_bar
        self._bar = self._bar or _Bar()
        self._bar.begin(label)
        return self._bar

    def clear(self) -> None:
        """Take the bar off the screen."""
        if self._bar:
            self._bar.end()
            self._bar = None

    def flush(self) -> None:
        """Write out what was printed so far, so that both streams appear in order."""
        self.clear()
        self._print(sys.stdout.flush)

    def _print(self, write: Callable[P, object], *what: P.args, **how: P.kwargs) -> None:
        """Print; when the reader went away, as `| head` does, the result counts still."""
        try:
            printed(write, *what, **how)
        except BrokenPipeError:
            print_no_more()

    def _painted(self, text: str, style: str) -> str:
        if not (self._colour and style):
            return text
        codes = ";".join(_STYLES[word] for word in style.split())
        return f"\x1b[{codes}m{text}\x1b[0m"


class Recorder(Screen):
    """A screen like another one that prints nothing: what is said goes to `copy` alone."""

    def __init__(self, like: Screen, copy: Copy) -> None:
        super().__init__(json=like.json, quiet=like.quiet, verbose=like.verbose)
        self.logged, self.copy = False, copy

    @contextmanager
    def paged(self, *, wanted: bool = True) -> Iterator[None]:
        """Take the lines of a result as a pager would get them."""
        with self._coloured_for(self._pager(wanted=wanted)):
            yield

    def flush(self) -> None:
        """Print nothing."""

    def _print(self, write: Callable[P, object], *what: P.args, **how: P.kwargs) -> None:
        """Print nothing."""

    def _tell(self, text: str) -> None:
        """Tell nobody."""


def _cells(text: str) -> int:
    """How many columns a terminal needs: Han, kana and Hangul take two."""
    return len(text) if text.isascii() else sum(1 + (east_asian_width(c) in "WF") for c in text)


def _knows_colours() -> bool:
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _no_bar(done: int, total: int | None) -> None:
    """Draw nothing: nobody is looking."""
    del done, total


class _Bar:
    """What is being done and how far it is, from the second on; redrawn ten times a second at most."""

    def __init__(self) -> None:
        self._label, self._start, self._drawn = "", time.monotonic(), 0.0
        self._bar: Progress | None = None

    def begin(self, label: str) -> None:
        """Go on to another stage; a bar that is there already says so at once."""
        self._label = label
        if self._bar:
            with _Telling():
                self._draw(self._bar, 0, None)

    def __call__(self, done: int, total: int | None) -> None:
        now = time.monotonic()
        if now - self._start < _PROGRESS_AFTER or now - self._drawn < _REDRAWN_AFTER:
            return
        self._drawn = now
        with _Telling():
            self._bar = self._bar or _open()
            self._draw(self._bar, done, total)

    def end(self) -> None:
        """Take the bar off the screen."""
        if self._bar:
            with _Telling():
                self._bar.stop()

    def _draw(self, bar: Progress, done: int, total: int | None) -> None:
        count = f"{done:,} of {total:,}" if total else f"{done:,}" if done else ""
        task = bar.task_ids[0]
        bar.update(task, description=self._label, completed=done, total=total, count=count, refresh=True)


def _open() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[count]}")
    console = Console(stderr=True)
    bar = Progress(*columns, TimeRemainingColumn(), console=console, transient=True, auto_refresh=False)
    bar.add_task("", total=None, count="")
    bar.start()
    return bar
