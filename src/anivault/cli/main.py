"""Where the program starts, and the only place where errors become text and exit codes."""

from __future__ import annotations

import errno
import os
import sys
from io import TextIOWrapper

from anivault.shared.exits import BUG, DONE, INTERRUPTED, MEMORY, USAGE

TYPE_CHECKING = False  # `typing` itself takes longer than all the rest of `--version`
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from typer import TyperException

    from anivault.cli.context import Repeatable, Work
    from anivault.shared.errors import AniVaultError


def main() -> None:
    """Run the command line of this process. `--version` and `--help` are answered before any import."""
    if sys.argv[1:] == ["--version"]:
        from anivault import __version__

        sys.stdout.write(f"anivault {__version__}\n")
        sys.exit(0)
    if _is_written(_stored_help(sys.argv[1:])):
        sys.exit(0)
    _listen(_leave)  # an exception in the middle of an import may be swallowed or become another one
    _heed_terminal()
    sys.unraisablehook = _unraisable
    import gc

    _read_paths_as_utf8()
    gc.set_threshold(200_000, 20, 20)  # records are many and never garbage: looking took a tenth of a run
    _streams()
    code = _ran(sys.argv[1:])
    _listen(lambda *_: os._exit(code))  # what was asked for is done, however the process ends
    sys.exit(code)


def _ran(arguments: Sequence[str]) -> int:
    """Import the commands, so that nothing is left to import for `run`, and run one.

    Where memory is too short to say so as usual, a line that needs none says it.
    """
    try:
        import anivault.cli.app  # noqa: F401

        _listen(_Stop.come)
        return run(arguments)
    except (MemoryError, ImportError) as error:
        if not _is_short(error):
            raise
        os.write(2, b"Error: There is too little memory to go on. What was moved is in the journal.\n")
        os._exit(MEMORY)


def _is_short(error: BaseException) -> bool:
    """Whether an error comes from too little memory, by whatever name."""
    number = getattr(error, "errno", None)
    words = str(error) if isinstance(error, ImportError) else ""
    return (
        isinstance(error, MemoryError)
        or number == errno.ENOMEM
        or "annot allocate" in words
        or "failed to map" in words
    )


def _stored_help(words: Sequence[str]) -> str:
    """What `... --help` prints in the usual width; nothing for other words, or where a terminal is narrow."""
    asked = words[-1:] in (["--help"], ["-h"]) and all(map(str.isalpha, words[:-1]))
    if not asked or _columns() < 80:
        return ""
    try:
        where = os.path.join(os.path.dirname(__file__), "commands", "help.txt")
        with open(where, encoding="ascii") as file:  # noqa: PTH123 - pathlib would be an import
            stored = file.read()
    except OSError:
        return ""
    return stored.partition(f"\f{' '.join(words[:-1])}\n")[2].partition("\f")[0]


def _columns() -> int:
    """How wide the terminal is, 0 where that cannot be told here; what is no terminal is as wide as usual."""
    try:
        return int(os.environ.get("COLUMNS") or os.get_terminal_size(1).columns)
    except ValueError:
        return 0
    except OSError:
        return 80


def _is_written(text: str) -> bool:
    """Write to stdout. What fails is told by whoever makes the text again."""
    left = text.encode()
    try:
        while left:
            left = left[os.write(1, left) :]
    except OSError:
        return False
    return bool(text)


def _listen(handler: Callable[..., object]) -> None:
    import signal

    signal.signal(signal.SIGINT, handler)
    signal.signal(signal.SIGTERM, handler)


def _heed_terminal() -> None:
    """Let a terminal that closes end the program as SIGTERM does. Under nohup it ends nothing."""
    import signal

    hangup = getattr(signal, "SIGHUP", None)  # Windows has none
    if hangup and signal.getsignal(hangup) is signal.SIG_DFL:
        signal.signal(hangup, _hung_up)


def _hung_up(number: int, frame: object) -> None:  # noqa: ARG001 - a signal handler's
    """Do what SIGTERM does at this moment, once: the shell tells of a closed terminal, and the system too."""
    import signal

    signal.signal(number, signal.SIG_IGN)
    for stream in (0, 1, 2):
        if _is_dead_terminal(stream):
            os.dup2(os.open(os.devnull, os.O_RDWR), stream)
    signal.raise_signal(signal.SIGTERM)


def _is_dead_terminal(stream: int) -> bool:
    import stat

    try:
        return stat.S_ISCHR(os.fstat(stream).st_mode) and not os.isatty(stream)
    except OSError:  # closed
        return False


def _read_paths_as_utf8() -> None:
    """Start again where the locale is not UTF-8, which every name on disk would be read in.

    The words are handed on byte for byte, and the terminal goes on getting what it reads.
    """
    if sys.flags.utf8_mode or sys.getfilesystemencoding() == "utf-8" or not sys.executable:
        return
    if sys.stdout:
        os.environ.setdefault("PYTHONIOENCODING", sys.stdout.encoding)
    os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 - itself


def _streams() -> None:
    """Give closed streams to nothing, so that no file of ours becomes one; escape what no charset has."""
    while (nothing := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(nothing)
    sys.stdin = sys.stdin or open(0, encoding="utf-8")  # noqa: SIM115 - open as long as the process
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


class _Stop:
    """Ctrl-C or SIGTERM: the first one is an exception, the next one ends the process at once.

    While files move, the executor listens in our place.
    """

    number = 0

    @classmethod
    def come(cls, number: int, frame: object) -> None:
        if cls.number:
            _leave(number, frame)
        cls.number = number
        raise KeyboardInterrupt


STOPPED = "Interrupted. Nothing more was done."


def _leave(number: int = INTERRUPTED - 128, frame: object = None) -> None:  # noqa: ARG001 - a signal handler's
    """End the process with one line, from wherever it is. A bar may have hidden the cursor."""
    cursor = "\x1b[?25h" if os.isatty(2) else ""
    try:
        os.write(2, f"{cursor}{STOPPED}\n".encode())
    finally:
        os._exit(128 + number)


def _unraisable(lost: sys.UnraisableHookArgs) -> None:
    """Obey a Ctrl-C that came where no exception can be raised, such as in a destructor."""
    if issubclass(lost.exc_type, KeyboardInterrupt):
        _leave(_Stop.number or INTERRUPTED - 128)
    sys.__unraisablehook__(lost)


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit code (docs/errors.md lists them)."""
    from anivault.cli.context import Session
    from anivault.cli.screen import print_no_more
    from anivault.shared.errors import OutputError

    Session.begin(arguments, run)
    try:
        return _run(arguments)
    except OutputError as error:  # also where an error was to be told
        print_no_more()
        error.tell(Session.library)
        Session.screen.error(error)
        return error.exit_code
    except BrokenPipeError:  # the reader of a help went away
        print_no_more()
        return DONE


def _run(arguments: Sequence[str]) -> int:
    from typer import TyperException

    from anivault.cli.app import app
    from anivault.cli.context import Session
    from anivault.cli.screen import printed
    from anivault.shared.errors import AniVaultError, OutputError

    try:
        command = printed(app, list(arguments), prog_name="anivault", standalone_mode=False)
        code: int = _logged(command, arguments) if callable(command) else DONE  # else help was printed
        Session.screen.flush()
    except KeyboardInterrupt:
        return _interrupted()
    except (OutputError, BrokenPipeError):
        raise
    except AniVaultError as error:
        Session.screen.error(error)
        return error.exit_code
    except TyperException as error:
        return _usage(error)
    except Exception as error:  # noqa: BLE001 - the one boundary
        return _interrupted() if _Stop.number else _bug(error, arguments)
    return code


def _around(error: Exception) -> AniVaultError | None:
    """What a failure comes to that has its cause around the program, wherever it was met."""
    from anivault.shared.errors import HereGoneError, MemoryShortError

    if _is_short(error):
        return MemoryShortError()
    try:
        os.getcwd()
    except FileNotFoundError:
        return HereGoneError() if isinstance(error, FileNotFoundError) else None
    return None


def _logged(command: Callable[[], Work | Repeatable | int], words: Sequence[str]) -> int:
    """Run a command between two lines of the log: what it says is to be done, and how that is shown."""
    import time

    from anivault.cli.context import Repeatable, Session
    from anivault.shared.errors import AniVaultError
    from anivault.shared.logs import lines

    lines.begin(list(words), Session.log)
    began, code, failed = time.monotonic(), INTERRUPTED, None
    try:
        made = command()
        if isinstance(made, Repeatable):
            made = made.again() or made.work()
        code = made if isinstance(made, int) else made.show(made.do())
    except AniVaultError as error:
        code, failed = error.exit_code, (error.code, str(error))
        raise
    except Exception as error:
        if known := _around(error):
            code, failed = known.exit_code, (known.code, str(known))
            raise known from error
        code, failed = BUG, ("bug", f"{type(error).__name__}: {error}")
        raise
    finally:
        lines.end(code, time.monotonic() - began, failed, Session.screen.counts)
    return code


def _interrupted() -> int:
    from anivault.cli.context import Session

    code = 128 + _Stop.number if _Stop.number else INTERRUPTED
    Session.screen.failed("interrupted", STOPPED, "", code, told=STOPPED)
    return code


def _usage(error: TyperException) -> int:
    """Say which command it is about, what is wrong with its words, and where its help is."""
    from anivault.cli.context import Session
    from anivault.cli.screen import tell
    from anivault.shared.text import safe

    context = getattr(error, "ctx", None)
    if not Session.words or type(error).__name__ == "NoArgsIsHelpError":  # a group alone: its help
        tell(f"{error}\n")
        return USAGE
    command = context.command_path if context else "anivault"
    what = f"{command}: {_problem(error)} Nothing was done."
    usage = f"{context.get_usage().translate(_BRACES)}\n" if context else ""
    hint = f"Try '{command} --help' for help."
    Session.screen.failed("usage", what, hint, USAGE, told=f"{usage}Error: {safe(what)}\n  {hint}")
    return USAGE


_BRACES = {ord(brace): None for brace in "{}"}  # {PATH...}: what has to be there


def _problem(error: TyperException) -> str:
    """One sentence on words that cannot be read, with the word that may have been meant."""
    import re

    from anivault.shared.text import meant

    text = str(getattr(error, "format_message", error.__str__)())
    text = text.removesuffix(" Nothing was done.").rstrip(".").replace("valid int range", "whole number")
    wrong = re.search(r"(?:^No such command|:) '(.*?)'(?: is not one of|$)", text)
    group = getattr(getattr(error, "ctx", None), "command", None)
    kind = getattr(getattr(error, "param", None), "type", None)
    known: Iterable[str] = getattr(kind, "choices", getattr(group, "commands", ()))
    return f"{text}.{meant(wrong[1], known) if wrong else ''}"


def _bug(error: Exception, arguments: Sequence[str]) -> int:
    """Say that this is our fault, with what a report needs. Nothing that was moved is undone."""
    import platform
    import traceback

    from anivault import __version__
    from anivault.cli.context import Session
    from anivault.shared.errors import quoted
    from anivault.shared.text import safe

    library = f" {quoted(Session.library)}" if Session.library else ""
    trace = "".join(traceback.format_exception(error))
    lines = [
        "This is a bug in AniVault. Whatever was moved before is in the journal: "
        f"`anivault recover{library}` and `anivault rollback{library}` work.",
        "Please report these lines (`anivault report` packs the rest):",
        "",
        f"anivault {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"anivault {safe(' '.join(arguments))}",
        *map(safe, trace.splitlines()),
    ]
    what = f"This is a bug in AniVault ({type(error).__name__}: {error}). What was moved is in the journal."
    hint = "Run the command without --json, and report the lines that it prints."
    Session.screen.failed("bug", what, hint, BUG, told="\n".join(lines))
    return BUG
