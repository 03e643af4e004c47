"""Tell servers and people what a run has done, if anyone is to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from anivault.core.organized import Organized
    from anivault.shared.settings import Settings


def told(made: Organized, settings: Settings) -> Organized:
    """Tell them of a run; returns the same with a notice for each who could not be told."""
    if not (settings.servers or settings.tell.webhook or settings.tell.apprise):
        return made
    from anivault.services.telling.tell import tell_all  # few have either

    return replace(made, notices=(*made.notices, *tell_all(settings, made)))
