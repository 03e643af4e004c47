"""`anivault pin`, `unpin`, `pins`: their words, and how pins look."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from anivault.cli import events
from anivault.cli.commands import completing
from anivault.cli.commands.options import ToOption
from anivault.cli.context import Context
from anivault.cli.render.parts import notices
from anivault.shared.errors import UsageError, quoted
from anivault.shared.exits import DONE

if TYPE_CHECKING:
    from anivault.cli.screen import Screen
    from anivault.core.matching.pins import Pin
    from anivault.services.pinning import Pinned

PinnedArg = Annotated[str, typer.Argument(metavar="PATH", help="A folder, a file, or a title.")]
UnpinnedArg = Annotated[
    str,
    typer.Argument(metavar="PATH", help="A folder, a file, or a title.", autocompletion=completing.pinned),
]
ShowArg = Annotated[
    str,
    typer.Argument(
        metavar="tmdb:ID", help="tmdb:123, tmdb:movie/123 for a film, or anidb:, mal:, anilist:, tvdb:."
    ),
]
SeasonOption = Annotated[
    int | None,
    typer.Option("--season", metavar="N", help="The season of these files.", show_default=False, min=0),
]
OffsetOption = Annotated[
    int | None,
    typer.Option("--offset", metavar="N", help="What to add to their episode numbers.", show_default=False),
]
EpisodesOption = Annotated[
    str | None,
    typer.Option(
        "--episodes", metavar="N-N", help="Only for these numbers, as 13-24 or 13-.", show_default=False
    ),
]
FromOption = Annotated[
    int | None,
    typer.Option(
        "--from", metavar="N", help="The episode that the first of --episodes is.", show_default=False
    ),
]
EpisodeOption = Annotated[
    str | None,
    typer.Option("--episode", metavar="S00E05", help="The place of one file.", show_default=False),
]
ExtraFlag = Annotated[
    bool, typer.Option("--extra", help="They are extras of the show: a folder, or one of --episodes.")
]


def pin(
    context: Context,
    what: PinnedArg,
    show: ShowArg,
    season: SeasonOption = None,
    offset: OffsetOption = None,
    episodes: EpisodesOption = None,
    first: FromOption = None,
    episode: EpisodeOption = None,
    extra: ExtraFlag = False,
    to: ToOption = None,
) -> int:
    """Say for good which show files belong to.

    A folder is pinned by its path, a file by its title and group, any other words as a title. The show may
    also be named as other lists number it: anidb:123, mal:123, anilist:123, tvdb:123.
    """
    from anivault.services import pinning

    if extra and not (episodes or os.path.isdir(what)):
        hint = "Put them in a folder of their own, or name their numbers with --episodes."
        raise UsageError(
            "--extra would make extras of all files with this title. Nothing was done.", hint=hint
        )
    home = context.library_or_none(to)
    request = pinning.PinRequest(
        what=what,
        show=show,
        season=season,
        offset=offset,
        episodes=episodes,
        first=first,
        place=episode,
        extra=extra,
        library=home,
    )
    made = pinning.pin(
        request, context.settings, context.settings.match.providers, context.screen.progress("Asking")
    )
    _show(context.screen, [made], "pinned", home)
    return DONE


def unpin(context: Context, what: UnpinnedArg, to: ToOption = None) -> int:
    """Take a pin back."""
    from anivault.services import pinning

    home = context.library_or_none(to)
    gone = pinning.unpin(what, home)
    _show(context.screen, _called(context, [gone]), "unpinned", home)
    return DONE


def pins(context: Context, to: ToOption = None) -> int:
    """List your pins."""
    from anivault.services import pinning

    listed = pinning.listed(context.library_or_none(to))
    _show(context.screen, _called(context, listed), "pin")
    return DONE


def _called(context: Context, found: list[Pinned]) -> list[Pinned]:
    from anivault.services import pinning

    return pinning.called(found, context.settings, ("catalog",), context.screen.progress("Asking"))


def _show(screen: Screen, found: Sequence[Pinned], done: str, library: str | None = None) -> None:
    """Every pin with its file, and what its show is called."""
    for pinned in found:
        screen.line(_PINS_IN[done].format(pinned.file), style="bold")
        for pin in pinned.pins:
            show = pinned.shows.get(pin.id)
            screen.event(events.PinEvent(file=events.shown(pinned.file), pin=pin, done=done, show=show))
            screen.line(f"  {_pin(pin, show)}")
        notices(screen, pinned.doubts)
    if not found:
        screen.line("There are no pins.")
    if done != "pin":
        screen.hint("Organize again to use it." if done == "pinned" else "From now on the names decide.")
        again = f"anivault rename {quoted(library)}" if library else "anivault rename"
        screen.hint(f"Files that are in a library already keep their names until: {again}")


_PINS_IN = {"pinned": "Pinned, in {}:", "unpinned": "No longer pinned, in {}:", "pin": "{}"}


def _pin(pin: Pin, show: str | None) -> str:
    """`Bleach [Group]  →  BLEACH (2004), tmdb:30984, season 1, numbers +12`."""
    group = f"[{pin.group}]" if pin.group else ""
    what = " ".join(filter(None, (pin.folder or pin.title, group, pin.kind, pin.episodes)))
    where = [show or "", pin.id, f"season {pin.season}" if pin.season is not None else ""]
    where.append(f"numbers {pin.offset:+}" if pin.offset else "")
    where.append(f"episode {pin.episode}" if pin.episode is not None else "")
    where.append("extras" if pin.extra else "")
    return f"{what}  →  {', '.join(filter(None, where))}"
