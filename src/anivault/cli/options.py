"""The options that commands share, each with its help, in one place."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

# As in shared.settings, which is not imported to print the help.
ModeName = Literal["hardlink", "reflink", "copy", "move", "symlink"]


def _alone(words: list[str]) -> list[str]:
    """Refuse other paths next to `-`, which stands for all paths of standard input."""
    if "-" in words and len(words) > 1:
        raise typer.BadParameter(
            "- stands for all paths of standard input, so it has to stand alone. Nothing was done."
        )
    return words


def _new_file(name: str | None) -> str | None:
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
FileArg = Annotated[str, typer.Argument(metavar="FILE", help="The list to import.")]
NamedFileArg = Annotated[str, typer.Argument(metavar="FILE", help="A file, or only its name.")]
PinnedArg = Annotated[str, typer.Argument(metavar="PATH", help="A folder, a file, or a title.")]
ShowArg = Annotated[str, typer.Argument(metavar="tmdb:ID", help="tmdb:123, or tmdb:movie/123 for a film.")]
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
    typer.Option("--episodes", metavar="N-N", help="Only for these numbers, as 13-24.", show_default=False),
]
KindArg = Annotated[str, typer.Argument(metavar="KIND", help="The list, as `catalog show` names it.")]
LibraryArg = Annotated[
    str | None,
    typer.Argument(metavar="[LIB]", help="The library; else the one in your settings.", show_default=False),
]
ToOption = Annotated[
    str | None,
    typer.Option(
        "--to", metavar="LIB", help="The library; else the one in your settings.", show_default=False
    ),
]
OtherDiskFlag = Annotated[
    bool, typer.Option("--other-disk", help="Go on though a folder is on another disk than it was.")
]
ApplyFlag = Annotated[bool, typer.Option("--apply", help="Do it. Without this nothing is changed.")]
ModeOption = Annotated[
    ModeName | None,
    typer.Option("--mode", help="How files get into the library; else hardlink.", show_default=False),
]
PresetOption = Annotated[
    str | None,
    typer.Option(
        "--preset", metavar="NAME", help="Naming preset: jellyfin, plex, emby, kodi, ...", show_default=False
    ),
]
ConflictOption = Annotated[
    Literal["hold", "version"] | None,
    typer.Option(
        "--on-conflict", help="If two files want one place: hold one, or keep both.", show_default=False
    ),
]
PlanOption = Annotated[
    str | None,
    typer.Option(
        "--plan", metavar="FILE", help="Write the plan to this file.", show_default=False, callback=_new_file
    ),
]
FromPlanOption = Annotated[
    str | None,
    typer.Option("--from-plan", metavar="FILE", help="Take the plan from this file.", show_default=False),
]
ReplaceFlag = Annotated[bool, typer.Option("--replace", help="With --plan: replace a plan that was edited.")]
SealFlag = Annotated[bool, typer.Option("--seal", help="Accept my edits: set the plan's checksum again.")]
RunOption = Annotated[
    str | None,
    typer.Option("--run", metavar="RUN", help="The run of this name; see history.", show_default=False),
]
SinceOption = Annotated[
    str | None,
    typer.Option("--since", metavar="DATE", help="All runs since this date.", show_default=False),
]
OnlyOption = Annotated[
    list[str] | None,
    typer.Option(
        "--only", metavar="PATH", help="Only this file or folder of the library.", show_default=False
    ),
]
NfoFlag = Annotated[bool, typer.Option("--nfo", help="Write NFO files (and .plexmatch) too.")]
ArtworkFlag = Annotated[bool, typer.Option("--artwork", help="Fetch posters and backdrops from TMDB too.")]
AgainFlag = Annotated[
    bool, typer.Option("--again", help="Match every file again; ~ marks those to be named differently.")
]
ScriptOption = Annotated[
    str | None,
    typer.Option(
        "--script",
        metavar="FILE",
        help="Write the rollback as a script, .sh or .ps1.",
        show_default=False,
        callback=_new_file,
    ),
]
NoTouchFlag = Annotated[
    bool, typer.Option("--no-touch", help="Leave videos where they are; write NFO files next to them.")
]
PruneFlag = Annotated[
    bool,
    typer.Option("--prune/--no-prune", help="With move: remove the folders that this empties."),
]
DeepFlag = Annotated[bool, typer.Option("--deep", help="Read every file and compare its content.")]
SubsetOption = Annotated[
    str | None,
    typer.Option(
        "--subset", metavar="1/N", help="Read one part of N, and the next part next time.", show_default=False
    ),
]
StrictFlag = Annotated[bool, typer.Option("--strict", help="Count extra files and gaps as failures.")]
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
LanguageOption = Annotated[
    list[str] | None,
    typer.Option(
        "--lang", metavar="TAG", help="Language of titles (en, ja-Latn, ja), best first.", show_default=False
    ),
]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print NDJSON events instead of text.")]
QuietFlag = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but results and errors.")]
VerboseFlag = Annotated[bool, typer.Option("--verbose", "-v", help="Say more: every file and every reason.")]
ConfigOption = Annotated[
    str | None,
    typer.Option("--config", metavar="FILE", help="Use this configuration file.", show_default=False),
]
