"""The options that several commands have, each with its help; those of one command stand in its module."""

from __future__ import annotations

from typing import Annotated

import typer

from anivault.cli.commands import completing


def _alone(words: list[str]) -> list[str]:
    """Refuse other paths next to `-`, which stands for all paths of standard input."""
    if "-" in words and len(words) > 1:
        raise typer.BadParameter(
            "- stands for all paths of standard input, so it has to stand alone. Nothing was done."
        )
    return words


def new_file(name: str | None) -> str | None:
    """Refuse `-`: plans and scripts go to files, never to standard output."""
    if name == "-":
        raise typer.BadParameter("write ./- for a file that is called -. Nothing was done.")
    return name


PathsArg = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH...",
        help="Folders or files; - reads paths from standard input.",
        show_default=False,
        callback=_alone,
    ),
]
FoldersArg = Annotated[list[str], typer.Argument(metavar="PATH...", help="Folders or files.")]
LibraryArg = Annotated[
    str | None,
    typer.Argument(
        metavar="[LIB]",
        help="The library; else the one in your settings.",
        show_default=False,
        autocompletion=completing.libraries,
    ),
]
ToOption = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar="LIB",
        help="The library; else the one in your settings.",
        show_default=False,
        autocompletion=completing.libraries,
    ),
]
OtherDiskFlag = Annotated[
    bool, typer.Option("--other-disk", help="Go on though a folder is on another disk than it was.")
]
ApplyFlag = Annotated[bool, typer.Option("--apply", help="Do it. Without this nothing is changed.")]
PresetOption = Annotated[
    str | None,
    typer.Option(
        "--preset",
        metavar="NAME",
        help="Naming preset: jellyfin, plex, emby, kodi, ...",
        show_default=False,
        autocompletion=completing.presets,
    ),
]
ParserOption = Annotated[
    list[str] | None,
    typer.Option(
        "--parser",
        metavar="NAME",
        help="Engine that reads names (anitomy-ng); several vote.",
        show_default=False,
    ),
]
ProviderOption = Annotated[
    list[str] | None,
    typer.Option(
        "--provider",
        metavar="NAME",
        help="Where to look shows up: catalog, tmdb; or several.",
        show_default=False,
    ),
]
FreshFlag = Annotated[
    bool,
    typer.Option(
        "--fresh", help="Read every name and match every release again, whatever earlier runs found."
    ),
]
LanguageOption = Annotated[
    list[str] | None,
    typer.Option(
        "--lang", metavar="TAG", help="Language of titles (en, ja-Latn, ja), best first.", show_default=False
    ),
]
