"""`anivault watch`: file what arrives, until it is told to end."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Hashable
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from anivault.cli.commands.options import FoldersArg, ToOption
from anivault.cli.context import Context
from anivault.shared.errors import AniVaultError, ConfigError, FolderNotFoundError

if TYPE_CHECKING:
    from anivault.core.organized import Organized

UnitFlag = Annotated[
    bool, typer.Option("--unit", help="Print a systemd user unit and a timer; watch nothing.")
]


def watch(context: Context, paths: FoldersArg, to: ToOption = None, unit: UnitFlag = False) -> int:
    """File what arrives in these folders, as long as it runs.

    A file is organized once it has been left alone for `[watch] settle` seconds; what is held waits for your
    answer. SIGHUP reads the configuration again; a terminal that closes ends it.
    """
    folders = [os.path.abspath(path) for path in paths]
    if unit:
        return _unit(context, folders, to)
    for path in folders:
        if not os.path.isdir(path):
            raise FolderNotFoundError(path, "folder")
    asked = _Asked()
    while True:
        _watch(context, folders, to, asked)
        asked.come = False  # before the reading: who asks while it goes on is heard afterwards
        context = _read_again(context)


class _Asked:
    """Whether SIGHUP came, but for that of a terminal which has closed. Windows has none."""

    def __init__(self) -> None:
        self.come = False
        self.terminals = [stream for stream in (0, 1, 2) if os.isatty(stream)]
        if hangup := getattr(signal, "SIGHUP", None):
            self.before = signal.signal(hangup, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        closed = not all(map(os.isatty, self.terminals))
        if closed and callable(self.before):
            self.before(number, frame)
        self.come = True

    def __call__(self) -> bool:
        return self.come


def _watch(context: Context, folders: list[str], to: str | None, asked: _Asked) -> None:
    from anivault.services.remembered.ignored import lists
    from anivault.services.watching.pile import Pile
    from anivault.services.watching.wake import Wake
    from anivault.services.watching.watch import Watch

    library, settings = context.library(to), context.settings
    settle = max(settings.watch.settle, settings.scan.settle)
    pile = Pile(folders, (library,), settle, partial(lists, library))
    wake = Wake(pile.roots, settings.watch.poll, asked)
    how = "" if wake.events else f", looking every {wake.often:g} seconds"
    context.screen.note(f"Watching {', '.join(pile.roots)} for {library}{how}.")
    context.screen.flush()
    Watch(pile, wake, _Hands(context, library), asked).run()


def _read_again(context: Context) -> Context:
    """A new reading of the configuration; the old one where the new one cannot be used."""
    again = Context(context.screen, context.config)
    try:
        again.settings  # noqa: B018 - reads it
    except ConfigError as error:
        context.screen.error(error)
        return context
    return again


class _Hands:
    """Files by the command `organize`, and tells on the screen."""

    def __init__(self, context: Context, library: str) -> None:
        self.context, self.library = context, library

    def file(self, paths: tuple[str, ...], waiting: frozenset[str]) -> None:
        """Organize these, and show what was done or is held now."""
        from anivault.cli.organize_handler import OrganizeRequest, handle, order
        from anivault.cli.render.pace import paced

        there = tuple(path for path in paths if os.path.lexists(path))
        if not there:
            return
        context, bars = self.context, self.context.screen.progress
        wanted = order(context.settings, there, self.library)
        wanted = replace(wanted, what=replace(wanted.what, settle=0, waiting=waiting))
        result = handle(OrganizeRequest(order=wanted, asking=context.asking(), apply=True), bars, paced(bars))
        self._show(result)

    def _show(self, result: Organized) -> None:
        from anivault.cli.render.plans import show
        from anivault.core.models import HeldReason
        from anivault.services.remembered.seen import Seen

        seen = Seen(self.library)
        known = seen.known(result.held)
        there = HeldReason.ALREADY_THERE
        if result.moves or any(
            item.reason is not there and not before for item, before in zip(result.held, known, strict=True)
        ):
            show(self.context.screen, result, known=known, upgrade=self.context.settings.organize.upgrade)
        seen.remember(result.held, result.moves)
        self.context.screen.flush()

    def recover(self) -> None:
        """Settle what a crash left."""
        from anivault.cli.commands.library.recover import show
        from anivault.core.moving.recover import recover

        show(self.context.screen, recover(self.library), self.library)

    def failed(self, error: AniVaultError, again: float) -> None:
        """Say what went wrong, and that it is tried again."""
        self.context.screen.error(error)
        self.context.screen.note(f"The next try is in {again:g} seconds. Nothing has to be typed.")

    def noticed(self, text: str) -> None:
        """Say it in a line."""
        self.context.screen.note(text)

    def looked(self) -> Hashable:
        """Touch a file that tells that the watch is alive; when the files of pins were written."""
        from platformdirs import user_state_path

        from anivault.services.pinning import pin_files

        with suppress(OSError):
            alive = user_state_path("anivault", ensure_exists=True) / "watching"
            alive.touch()

        return tuple(map(_written, pin_files(self.library)))


def _written(path: str) -> tuple[int, int] | None:
    with suppress(OSError):
        found = os.stat(path)
        return found.st_mtime_ns, found.st_size
    return None


def _unit(context: Context, folders: list[str], to: str | None) -> int:
    from anivault.services.watching.unit import units

    context.library(to)  # a watch without a library would end as soon as it begins
    program = os.path.abspath(sys.argv[0])
    more = [*(["--to", os.path.abspath(to)] if to else []), *_config(context)]
    for line in units([program], folders, more).splitlines():
        context.screen.line(line)
    return 0


def _config(context: Context) -> list[str]:
    return ["--config", os.path.abspath(context.config)] if context.config else []
