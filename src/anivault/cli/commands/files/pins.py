"""`anivault pin`, `unpin`, `pins`: their words, and how pins look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from msgspec.structs import replace

from anivault.cli import events
from anivault.cli.commands import completing
from anivault.cli.commands.options import ToOption
from anivault.cli.context import Context, Session
from anivault.cli.render.parts import notices
from anivault.cli.render.repinned import pin_told
from anivault.shared.errors import UsageError, quoted
from anivault.shared.exits import DONE, FINDINGS

if TYPE_CHECKING:
    from anivault.cli.screen import Screen
    from anivault.services.pinning import Pinned, PinRequest

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

OrderOption = Annotated[
    Literal["tmdb", "tvdb"] | None,
    typer.Option("--order", help="Their names count as this database does.", show_default=False),
]
PreviewFlag = Annotated[
    bool, typer.Option("--preview", help="Show what it would change, and what names say against it.")
]
InOption = Annotated[
    list[str] | None,
    typer.Option(
        "--in", metavar="FOLDER", help="With --preview: look for its files here.", show_default=False
    ),
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
    order: OrderOption = None,
    preview: PreviewFlag = False,
    inside: InOption = None,
    to: ToOption = None,
) -> int:
    """Say for good which show files belong to.

    A folder is pinned by its path, a file by its title and group, any other words as a title. The show may
    also be named as other lists number it: anidb:123, mal:123, anilist:123, tvdb:123.
    """
    from anivault.services import pinning
    from anivault.services.remembered.previewing import near

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
        order=order,
        library=home,
    )
    if pinning.is_too_wide(request):
        hint = "Put them in a folder of their own, or name their numbers with --episodes."
        raise UsageError(
            "--extra would make extras of all files with this title. Nothing was done.", hint=hint
        )
    if preview:
        context.heard_library(to)
        return _preview(context, request, inside or near(what))
    if inside:
        raise UsageError("--in goes with --preview. Nothing was done.", hint="Add --preview.")
    screen, asked = context.screen, context.settings.match.providers
    objections = _objections(context, request)
    notices(screen, objections)
    screen.flush()
    made = pinning.pin(request, context.settings, asked, screen.progress("Asking"))
    doubts = tuple(doubt for doubt in made.doubts if doubt not in objections)
    _show(screen, [replace(made, doubts=doubts)], "pinned", home)
    return DONE


def _preview(context: Context, request: PinRequest, paths: list[str]) -> int:
    """Show what a pin would change; 10 where names say something against it."""
    from anivault.cli.render.repinned import show
    from anivault.services.remembered.previewing import preview

    if not paths and not request.library:
        raise UsageError(
            "Files with this title may be anywhere. Nothing was done.", hint="Say where to look: --in FOLDER"
        )
    found = preview(request, context.asking(), paths, context.screen.progress)
    return FINDINGS if show(context.screen, found, _written_by(Session.words)) else DONE


def _written_by(words: Sequence[str]) -> str:
    """The command that writes what was only shown."""
    kept = list(words)
    while "--in" in kept:
        del kept[kept.index("--in") : kept.index("--in") + 2]
    kept = [word for word in kept if word != "--preview" and not word.startswith("--in=")]
    return " ".join(map(quoted, ["anivault", *kept]))


def _objections(context: Context, request: PinRequest) -> tuple[str, ...]:
    """What names say against a pin, as far as its files are known."""
    from anivault.services.remembered.previewing import near, objected

    paths = near(request.what)
    return objected(request, context.asking(), paths, context.screen.progress) if paths else ()


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

    listed = pinning.listed(context.heard_library(to))
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
            screen.line(f"  {pin_told(pin, show)}")
        notices(screen, pinned.doubts)
    if not found:
        screen.line("There are no pins.")
    if done != "pin":
        screen.hint("Organize again to use it." if done == "pinned" else "From now on the names decide.")
        again = f"anivault rename {quoted(library) if library else 'LIB'}"
        screen.hint(f"Files that are in a library already keep their names until: {again}")


_PINS_IN = {"pinned": "Pinned, in {}:", "unpinned": "No longer pinned, in {}:", "pin": "{}"}
