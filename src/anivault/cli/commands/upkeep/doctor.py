"""`anivault doctor`: its words, and how checks look."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from anivault.cli import events
from anivault.cli.commands.options import ToOption
from anivault.cli.context import Context
from anivault.cli.render.parts import summary
from anivault.shared.errors import ConfigError
from anivault.shared.exits import DONE, FINDINGS
from anivault.shared.text import counted

if TYPE_CHECKING:
    from anivault.services.checkup.found import Check
    from anivault.shared.settings import Settings

SourcesArg = Annotated[
    list[str] | None,
    typer.Argument(metavar="[PATH...]", help="Folders that you organize from.", show_default=False),
]
_STYLES = {"ok": "green", "warning": "yellow", "fault": "red"}


def doctor(context: Context, paths: SourcesArg = None, to: ToOption = None) -> int:
    """Look for what would keep a run from working, and say what mends it.

    It looks at the library's disk, the way from your folders to it, the journal, the catalogue, TMDB and the
    program. Nothing is changed; one hidden folder is made at the library and removed.
    """
    from anivault.services.checkup.checkup import checks

    found: list[Check] = []
    settings = _settings(context, found)
    home = to or settings.library.path
    library = os.path.abspath(os.path.expanduser(home)) if home else None
    for check in found:
        _show(context, check)
    for check in checks([os.path.abspath(path) for path in paths or ()], library, settings):
        found.append(check)
        _show(context, check)
    counts = Counter(str(check.level) for check in found)
    faults, warnings = counts["fault"], counts["warning"]
    text = f"{counted(faults, 'fault')}, {counted(warnings, 'warning')}, {counts['ok']:,} as it should be."
    summary(context.screen, "doctor", Counter(ok=counts["ok"], warning=warnings, fault=faults), text)
    if library is None:
        context.screen.hint("To look at a library and the way to it: anivault doctor PATH --to LIB")
    return FINDINGS if faults else DONE


def _settings(context: Context, found: list[Check]) -> Settings:
    """The settings; where they cannot be read that is the first fault, and the defaults hold."""
    from anivault.services.checkup.found import fault
    from anivault.shared.settings import Settings

    try:
        return context.settings
    except ConfigError as error:
        found.append(fault("settings", str(error), error.hint))
        return Settings()


def _show(context: Context, check: Check) -> None:
    screen = context.screen
    event = events.CheckEvent(name=check.name, level=str(check.level), text=check.text, mend=check.mend)
    screen.event(event)
    screen.line(f"{check.level:<8} {check.name:<10} {check.text}", style=_STYLES[check.level])
    if check.mend:
        screen.line(f"                    {check.mend}")
