"""The first lines that run, of `anivault` and of `python -m anivault`: Ctrl-C is one line from here on.

A Ctrl-C while Python itself starts is told by Python. So that little comes before these lines, they import
nothing that is not there yet.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType


def _leave() -> None:
    os.write(2, b"Interrupted. Nothing was done.\n")
    os._exit(130)


def _uncaught(kind: type[BaseException], error: BaseException, trace: "TracebackType | None") -> None:
    if issubclass(kind, KeyboardInterrupt):
        _leave()
    sys.__excepthook__(kind, error, trace)


def _unraisable(lost: "sys.UnraisableHookArgs") -> None:
    if issubclass(lost.exc_type, KeyboardInterrupt):
        _leave()
    sys.__unraisablehook__(lost)


sys.excepthook, sys.unraisablehook = _uncaught, _unraisable  # before anything else is imported

from anivault.cli.main import main  # noqa: E402

if __name__ == "__main__":
    main()
