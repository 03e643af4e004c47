"""`anivault config`: the settings that hold, where each comes from, and what could be set."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any

import msgspec

from anivault.cli import events
from anivault.cli.commands.options import FoldersArg, PresetOption
from anivault.cli.context import Context
from anivault.shared.exits import DONE

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
        context.screen.line(f"{name} = {msgspec.json.encode(shown).decode()}  # {origin}")
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
    from anivault.core.planning.naming.preset import builtin_presets

    for name, table in {**builtin_presets(), **context.settings.presets}.items():
        context.screen.event(events.PresetEvent(name=name, table=table))
        context.screen.line(f"[presets.{name}]", style="bold")
        for key, value in table.items():
            context.screen.line(f"{key} = {msgspec.json.encode(value).decode()}")
    return DONE


def preview(context: Context, paths: FoldersArg, preset: PresetOption = None) -> int:
    """Show a preset's names on ten of your files."""
    from anivault.cli import organize_handler
    from anivault.core.flow import Order
    from anivault.core.pipeline.reading import What
    from anivault.services.remembered.ignored import lists

    settle = context.settings.scan.settle
    rules = organize_handler.rules(context.settings, None, preset, None)
    order = Order(
        what=What(
            paths=tuple(paths), settle=settle, filing=True, ignored=lists(context.library_or_none(None))
        ),
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


def default(context: Context) -> int:
    """Print the commented default."""
    text = resources.files("anivault.config").joinpath("config.toml").read_text(encoding="utf-8")
    return _text(context.screen, text)


def path(context: Context) -> int:
    """Print where your own file is, or would be."""
    from anivault.shared.settings import user_config_path

    return _text(context.screen, str(user_config_path()))


def _text(screen: Screen, content: str) -> int:
    """A text as it is, line by line."""
    screen.event(events.TextEvent(text=content))
    for line in content.splitlines():
        screen.line(line)
    return DONE
