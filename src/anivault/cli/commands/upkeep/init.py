"""`anivault init`: four questions, and the settings that follow from the answers.

For programs a question is an event, and a line of input is `{"key": "..."}`; an empty line takes the default.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from anivault.cli import events
from anivault.cli.context import Context
from anivault.cli.render.parts import summary
from anivault.shared.errors import UsageError, quoted
from anivault.shared.exits import DONE
from anivault.shared.settings import LANGUAGE
from anivault.shared.text import as_json, counted

SERVERS = ("jellyfin", "plex", "emby", "kodi")


class _Ask(NamedTuple):
    """A question: its name, its words, what an empty line means, and what is wrong with an answer."""

    name: str
    text: str
    default: str
    wrong: Callable[[str], str]


def init(context: Context) -> int:
    """Answer four questions; your settings are written from them.

    Where your downloads are tells whether hardlinks lead to the library; if not, files are copied. Nothing is
    written before the last answer.
    """
    from anivault.services.remembered import configured
    from anivault.shared.places import user_config_path

    path = Path(context.config) if context.config else user_config_path()
    said = {ask.name: _answer(context, ask) for ask in _ASKS}
    library, downloads = (
        os.path.abspath(os.path.expanduser(said[name])) for name in ("library", "downloads")
    )
    changes: dict[str, Any] = {
        "library.path": library,
        "organize.mode": _mode(context, downloads, library),
        "organize.preset": said["server"],
        "match.languages": [part.strip() for part in said["languages"].split(",") if part.strip()],
        "web.sources": [downloads],
    }
    configured.change(path, changes)
    for name, value in changes.items():
        context.screen.event(events.SettingEvent(name=name, value=value, origin=str(path)))
        context.screen.line(f"{name} = {as_json(value)}")
    counts = Counter(settings=len(changes))
    summary(context.screen, "init", counts, f"{counted(len(changes), 'setting')} written to {path}.")
    context.screen.hint(f"See where your files would go: anivault organize {quoted(downloads)}")
    context.screen.hint("With a key TMDB is asked too: anivault config set-key")
    return DONE


def _mode(context: Context, downloads: str, library: str) -> str:
    """Hardlinks where they lead from the downloads to the library; else copies, and why."""
    from anivault.services.checkup.disks import source
    from anivault.services.checkup.found import Level

    way = [
        check for check in source(downloads, library) if check.name == "way" and check.level is Level.FAULT
    ]
    for check in way:
        context.screen.note(f"{check.text} Files will be copied. {check.mend}")
    return "copy" if way else "hardlink"


def _answer(context: Context, ask: _Ask) -> str:
    """Ask until the answer can be one. Raises UsageError when there is no more input."""
    screen = context.screen
    while True:
        screen.event(events.AskEvent(name=ask.name, text=ask.text, default=ask.default))
        screen.line(f"{ask.text}{f' [{ask.default}]' if ask.default else ''}")
        screen.flush()
        raw = sys.stdin.buffer.readline()
        if not raw:
            hint = "Run it on a terminal, or set one at a time: anivault config set library.path LIB"
            raise UsageError("The answers ended before the questions. Nothing was written.", hint=hint)
        said = _read(raw.decode("utf-8", "surrogateescape").strip(), json=screen.json) or ask.default
        if not (why := ask.wrong(said)):
            return said
        screen.note(why)


def _read(text: str, *, json: bool) -> str:
    from anivault.cli.commands.files.review import Line

    if not json:
        return text
    try:
        return msgspec.json.decode(text, type=Line).key.strip()
    except msgspec.MsgspecError:
        return "\0"


def _no_library(said: str) -> str:
    if not said or "\0" in said:
        return "Name a folder, such as /media/anime."
    return f"{said} is a file; name a folder." if os.path.isfile(os.path.expanduser(said)) else ""


def _no_folder(said: str) -> str:
    there = "\0" not in said and os.path.isdir(os.path.expanduser(said))
    return "" if there else "There is no such folder."


def _no_server(said: str) -> str:
    return "" if said in SERVERS else f"One of {', '.join(SERVERS)}."


def _no_languages(said: str) -> str:
    wrong = [part for part in said.split(",") if part.strip() and not LANGUAGE.form.fullmatch(part.strip())]
    return "Such as en, or ja-Latn,en." if wrong else ""


_ASKS = (
    _Ask("library", "Where is your library, or where is it to be?", "", _no_library),
    _Ask("downloads", "Which folder do your files come from?", "", _no_folder),
    _Ask("server", f"Which server reads it: {', '.join(SERVERS)}?", "jellyfin", _no_server),
    _Ask("languages", "Titles in which languages, best first (en, ja-Latn, ja, ...)?", "en", _no_languages),
)
