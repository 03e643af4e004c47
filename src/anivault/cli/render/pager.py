"""Show what is longer than a terminal page by page, in the program that the user likes for that."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from subprocess import PIPE, Popen

LESS = (
    "FRX"  # its switches where the user has set none: end at once if all fits, show colours, leave it there
)


def chosen() -> list[str]:
    """The words of the pager: `PAGER`, else less where it is there; none where the user wants none."""
    typed = os.environ.get("PAGER")
    with suppress(ValueError):  # quotes that do not close
        words = shlex.split("less" if typed is None else typed)
        if words and words != ["cat"] and shutil.which(words[0]) and os.environ.get("TERM") != "dumb":
            return words
    return []


def shows_colours(words: list[str]) -> bool:
    """Whether a pager is known to let colours through."""
    return os.path.basename(words[0]) == "less"


def page(words: list[str], text: str) -> bool:
    """Hand text to a pager and wait for it; False where it cannot be started."""
    try:
        pager = Popen(  # noqa: S603 - it is what the user has said
            words, stdin=PIPE, env={"LESS": LESS, **os.environ}, errors="replace", encoding="utf-8"
        )
    except OSError:
        return False
    with _its_keys():
        pager.communicate(text)  # one that is left before the end is no failure
    return True


@contextmanager
def _its_keys() -> Iterator[None]:
    """Leave Ctrl-C to the pager, as long as it is there."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
