"""`anivault rename`: its words; it looks as organize does."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from anivault.cli.commands.options import ApplyFlag, LanguageOption, LibraryArg, PresetOption, ProviderOption
from anivault.cli.context import Context, Work

if TYPE_CHECKING:
    from anivault.core.organized import Organized


def rename(
    context: Context,
    library: LibraryArg = None,
    preset: PresetOption = None,
    apply: ApplyFlag = False,
    provider: ProviderOption = None,
    lang: LanguageOption = None,
) -> Work:
    """Give an organized library new names; --apply does it.

    To another preset, to pins made since, to numbers that a provider changed. Only what differs moves.
    """
    from anivault.cli import organize_handler, rename_handler
    from anivault.cli.render.pace import paced
    from anivault.cli.render.plans import show

    home = context.old_library(library)
    rules = organize_handler.rules(context.settings, None, preset, None)
    asking = context.asking(None, provider, lang)
    request = rename_handler.RenameRequest(library=home, preset=rules.preset, asking=asking, apply=apply)
    bars = context.screen.progress

    def shown(result: Organized) -> int:
        with context.screen.paged(wanted=not apply):
            show(context.screen, result, "rename")
        if preset and preset != context.settings.organize.preset:
            file = os.path.join(home, ".anivault", "config.toml")
            context.screen.hint(f'So that new files are named so too: organize.preset = "{preset}" in {file}')
        return result.exit_code

    return Work(partial(rename_handler.handle, request, bars, paced(bars)), shown)
