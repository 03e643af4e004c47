"""`anivault report`: pack what a report of a bug needs, and say what is in it."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anivault.cli import events
from anivault.cli.app import COMMANDS
from anivault.cli.context import Context
from anivault.shared.errors import AniVaultError, OutputRefusedError, UsageError
from anivault.shared.exits import DONE

if TYPE_CHECKING:
    from anivault.services.remembered.reports import Namer

FileArg = Annotated[
    str | None,
    typer.Argument(metavar="[FILE]", help="Where to; else the folder of the log.", show_default=False),
]
NamesFlag = Annotated[bool, typer.Option("--names", help="With the names of your files and folders.")]


def report(context: Context, file: FileArg = None, names: NamesFlag = False) -> int:
    """Pack what a report of a bug needs into a zip file.

    Versions, settings, what doctor finds, and the log. Names of files and folders are hashed, and keys are
    not in it. Look into it before you send it; nothing is sent by AniVault.
    """
    from anivault.services.remembered.reports import Namer, log_lines, pack, words_of
    from anivault.shared.logs import lines

    named = Namer(shown=names)
    commands = {*COMMANDS, *(word for entry in COMMANDS.values() for word in entry.below)}
    parts = {
        "about.json": _json(_about()),
        "settings.json": _json(_settings(context, named)),
        "checks.json": _json(_checks(context, named)),
        "log.ndjson": log_lines(lines.files(), lambda line: words_of(line, named, commands)),
    }
    folder = os.path.dirname(lines.path())
    path = os.path.abspath(file or os.path.join(folder, time.strftime("report-%Y%m%d-%H%M%S.zip")))
    try:
        os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
        pack(path, parts)
    except FileExistsError as error:
        raise UsageError(f"{path} is there already. Nothing was done.", hint="Name another file.") from error
    except OSError as error:
        elsewhere = "" if file else "Name another place, as in: anivault report FILE"
        raise OutputRefusedError(path, error.strerror or str(error), hint=elsewhere) from error
    context.screen.event(events.TextEvent(text=path))
    context.screen.line(path)
    context.screen.hint("Look into it before you send it: " + ", ".join(parts))
    return DONE


def _json(facts: Any) -> str:
    return json.dumps(facts, indent=1) + "\n"


def _about() -> dict[str, str]:
    from anivault import __version__

    return {
        "version": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "encoding": sys.getfilesystemencoding(),
    }


def _settings(context: Context, named: Namer) -> dict[str, Any]:
    """Every setting that is not at its default; a file that cannot be read is a fact, too."""
    from anivault.services.remembered.reports import setting
    from anivault.shared.settings import flatten

    try:
        loaded = context.loaded
    except AniVaultError as error:
        return {"error": error.code}
    said = dict(flatten(loaded.settings))
    return {n: setting(n, said[n], named) for n, where in loaded.origin.items() if where != "default"}


def _checks(context: Context, named: Namer) -> list[dict[str, Any]]:
    from anivault.services.checkup.checkup import checks
    from anivault.shared.settings import Settings

    try:
        settings = context.settings
    except AniVaultError:
        settings = Settings()
    found = checks([], settings.library.path or None, settings)
    return [named.line({"name": c.name, "level": str(c.level), "text": c.text}) for c in found]
