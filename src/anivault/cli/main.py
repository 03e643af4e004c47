"""Where the program starts, and the only place where errors become text and exit codes."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper

from anivault.cli.exits import BUG, DONE, INTERRUPTED, TERMINATED

TYPE_CHECKING = False  # `typing` itself takes longer than all the rest of `--version`
if TYPE_CHECKING:
    from collections.abc import Sequence

    from typer import TyperException


def main() -> None:
    """Run the command line of this process. `--version` is answered before any import."""
    if sys.argv[1:] == ["--version"]:
        from anivault import __version__

        sys.stdout.write(f"anivault {__version__}\n")
        sys.exit(0)
    import gc
    import signal

    _read_paths_as_utf8()
    gc.set_threshold(50_000, 20, 20)  # records are many and never garbage: looking took a tenth of a run
    signal.signal(signal.SIGTERM, _terminate)
    _streams()
    sys.exit(run(sys.argv[1:]))


def _read_paths_as_utf8() -> None:
    """Start again where the locale is no UTF-8, which every name on disk would be read in.

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


class TerminatedError(KeyboardInterrupt):
    """SIGTERM came: stop as for Ctrl-C, with its own exit code. While files move, the executor listens."""


def _terminate(*_: object) -> None:
    raise TerminatedError


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit code (docs/errors.md lists them)."""
    from typer import TyperException

    from anivault.cli.app import Session, app
    from anivault.cli.screen import printed
    from anivault.shared.errors import AniVaultError, OutputError

    Session.words = arguments
    try:
        command = printed(app, list(arguments), prog_name="anivault", standalone_mode=False)
        code: int = command() if callable(command) else DONE  # not callable: help was printed
        Session.screen.flush()
    except KeyboardInterrupt as stop:
        Session.screen.note("Interrupted. Nothing more was done.")
        return TERMINATED if isinstance(stop, TerminatedError) else INTERRUPTED
    except AniVaultError as error:
        if isinstance(error, OutputError):
            _print_no_more()
        Session.screen.error(error)
        return error.exit_code
    except TyperException as error:
        return _usage(error)
    except BrokenPipeError:  # the reader went away, as `| head` does
        _print_no_more()
        return DONE
    except Exception as error:  # noqa: BLE001 - the one boundary
        return _bug(error, arguments)
    return code


def _print_no_more() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _usage(error: TyperException) -> int:
    show = getattr(error, "show", None)
    if show:
        show(file=sys.stderr)
    else:
        sys.stderr.write(f"Error: {error}\n")
    return 2


def _bug(error: Exception, arguments: Sequence[str]) -> int:
    """Say that this is our fault, with what a report needs. Nothing that was moved is undone."""
    import platform
    import traceback

    from anivault import __version__
    from anivault.cli.app import Session
    from anivault.shared.text import safe

    Session.screen.clear()
    trace = "".join(traceback.format_exception(error))
    sys.stderr.write(
        "This is a bug in AniVault. Whatever was moved before is in the journal: "
        "`anivault recover` and `anivault rollback` work.\nPlease report these lines:\n\n"
        f"anivault {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
        f"anivault {safe(' '.join(arguments))}\n"
    )
    sys.stderr.write("\n".join(safe(line) for line in trace.splitlines()) + "\n")
    return BUG
