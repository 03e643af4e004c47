"""`anivault config`: the settings that hold, where each comes from, and what could be set."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anivault.cli import events
from anivault.cli.commands.options import FoldersArg, PresetOption
from anivault.cli.context import Context
from anivault.shared.errors import ConfigError, UsageError, quoted, shortened
from anivault.shared.exits import DONE
from anivault.shared.text import as_json

if TYPE_CHECKING:
    from anivault.cli.screen import Screen
    from anivault.core.models import Move, Plan

_SECRET = re.compile("key|token|secret|passw|auth|cookie", re.IGNORECASE)
PREVIEWED = 10


def show(context: Context) -> int:
    """Show every setting and who set it."""
    from anivault.shared.settings import flatten

    loaded = context.loaded
    for name, value in flatten(loaded.settings):
        shown, origin = _shown(name, value), loaded.origin.get(name, "default")
        context.screen.event(events.SettingEvent(name=name, value=shown, origin=origin))
        context.screen.line(f"{name} = {as_json(shown)}  # {origin}")
    return DONE


def _shown(name: str, value: Any) -> Any:
    """What is given to a plug-in may be a secret of the user's; what a password was made into is one."""
    if name == "web.password_hash" and value:
        return "***"
    if not name.startswith("plugins."):
        return value
    return {key: "***" if _SECRET.search(key) else given for key, given in value.items()}


def presets(context: Context) -> int:
    """Show the naming presets."""
    from anivault.core.planning.naming.presets import builtin_presets

    for name, table in {**builtin_presets(), **context.settings.presets}.items():
        context.screen.event(events.PresetEvent(name=name, table=table))
        context.screen.line(f"[presets.{name}]", style="bold")
        for key, value in table.items():
            context.screen.line(f"{key} = {as_json(value)}")
    return DONE


def preview(context: Context, paths: FoldersArg, preset: PresetOption = None) -> int:
    """Show a preset's names on ten of your files."""
    from anivault.cli import organize_handler
    from anivault.core.flow import Order
    from anivault.core.pipeline.records import What
    from anivault.services.remembered.ignored import lists

    settle = context.settings.scan.settle
    rules = organize_handler.rules(context.settings, None, preset, None)
    order = Order(
        what=What(paths=tuple(paths), settle=settle, filing=True, ignored=lists(context.heard_library(None))),
        library="",
        rules=rules,
    )
    request = organize_handler.OrganizeRequest(order=order, asking=context.asking())
    _show_names(context.screen, organize_handler.preview(request, context.screen.progress))
    return DONE


def _show_names(screen: Screen, plan: Plan) -> None:
    """The names of some videos, each under the one it has."""
    for move in _various([move for move in plan.moves if move.video is None])[:PREVIEWED]:
        screen.event(events.move_event(move, done=False))
        screen.line(move.rel)
        screen.line(f"  {move.target}", style="bold")
    if not plan.moves:
        screen.line("None of these files is matched, so none has a name.")


def _various(moves: Sequence[Move]) -> list[Move]:
    """The first of every folder, then the second of every folder, and so on: ten of one show show little."""
    nth: Counter[str] = Counter()
    turns = []
    for move in moves:
        folder = move.target.rpartition("/")[0]
        turns.append((nth[folder], move))
        nth[folder] += 1
    return [move for _, move in sorted(turns, key=lambda turn: turn[0])]


NameArg = Annotated[str, typer.Argument(metavar="NAME", help="Such as organize.mode; config show has all.")]
ValueArg = Annotated[
    list[str] | None, typer.Argument(metavar="[VALUE...]", help="What it is to be.", show_default=False)
]
DefaultFlag = Annotated[bool, typer.Option("--default", help="Take it out, so that the default holds.")]
ServerOption = Annotated[
    str | None, typer.Option("--server", metavar="NAME", help="Of this [servers.NAME].", show_default=False)
]
ClientOption = Annotated[
    str | None, typer.Option("--client", metavar="NAME", help="Of this [clients.NAME].", show_default=False)
]


def set_(context: Context, name: NameArg, value: ValueArg = None, default: DefaultFlag = False) -> int:
    """Change one setting in your own file; all else in it stays as it is."""
    from anivault.services.remembered import configured

    if default == bool(value):
        hint = "Give a value, or --default to have the default again."
        raise UsageError(f"config set {name} says no value. Nothing was changed.", hint=hint)
    wanted = configured.default_of(name) if default else configured.value_of(name, value or [])
    path = _own_file(context)
    configured.change(path, {name: None if default else wanted})
    _show_set(context, name, str(path), wanted)
    return DONE


def _own_file(context: Context) -> Path:
    from anivault.shared.places import user_config_path

    return Path(context.config) if context.config else user_config_path()


def _show_set(context: Context, name: str, path: str, wanted: Any) -> None:
    """What holds now, or what keeps the file from being used; who wins over the file, where somebody does."""
    from anivault.shared.settings import flatten, load

    try:
        loaded = load(config=path)
    except ConfigError as error:
        context.screen.event(events.SettingEvent(name=name, value=wanted, origin=path))
        why = str(error).removesuffix(" Nothing was changed.")
        context.screen.note(f"{name} is set. Something else is wrong: {why}")
        return
    value, origin = dict(flatten(loaded.settings))[name], loaded.origin[name]
    context.screen.event(events.SettingEvent(name=name, value=value, origin=origin))
    context.screen.line(f"{name} = {as_json(value)}  # {origin}")
    if origin not in (path, "default"):
        context.screen.note(f"{path} says otherwise, and {origin} wins over it.")


def edit(context: Context) -> int:
    """Open your own file in your editor, and check it."""
    from anivault.services.remembered import configured
    from anivault.shared.settings import load

    path = _own_file(context)
    words = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "")
    editor = words or [found for found in map(shutil.which, ("nano", "vi", "notepad")) if found][:1]
    if not editor:
        hint = "Name one: EDITOR=nano anivault config edit"
        raise UsageError("There is no editor. Nothing was changed.", hint=hint)
    if not os.path.exists(path):
        configured.begin(path)
    try:
        subprocess.run([*editor, str(path)], check=True)  # noqa: S603 - the user's own editor
    except (OSError, subprocess.CalledProcessError) as error:
        told = shortened(str(error))
        raise UsageError(f"The editor failed: {told}.", hint=f"Is it there? {quoted(editor[0])}") from error
    load(config=str(path))
    return _text(context.screen, f"{path} can be read, and holds.")


def set_key(context: Context, server: ServerOption = None, client: ClientOption = None) -> int:
    """Keep a key in a file that only you can read: TMDB's, or a server's or client's.

    It is read from the terminal without being shown, or from standard input; never from the command line.
    """
    from anivault.services.remembered import configured

    if server and client:
        raise UsageError("--server and --client are two keys. Nothing was changed.", hint="Give one of them.")
    of = f"server-{server}" if server else f"client-{client}" if client else "tmdb"
    if not re.fullmatch(r"[\w .+&-]{1,80}", of):
        raise UsageError(
            f"{shortened(repr(of))} is no name. Nothing was changed.", hint="See: anivault config show"
        )
    path = _own_file(context).with_name(f"{of}.key")
    configured.keep_key(path, _typed())
    return _text(context.screen, f"Kept in {path}. Does it work? anivault doctor")


def _typed() -> str:
    if sys.stdin.isatty():
        import getpass

        return getpass.getpass("Key (it is not shown): ").strip()
    return sys.stdin.readline().strip()


def default(context: Context) -> int:
    """Print the commented default."""
    text = resources.files("anivault.config").joinpath("config.toml").read_text(encoding="utf-8")
    return _text(context.screen, text)


def path(context: Context) -> int:
    """Print where your own file is, or would be."""
    from anivault.shared.places import user_config_path

    return _text(context.screen, str(user_config_path()))


def _text(screen: Screen, content: str) -> int:
    """A text as it is, line by line."""
    screen.event(events.TextEvent(text=content))
    for line in content.splitlines():
        screen.line(line)
    return DONE
