"""`anivault explain`: why a file is what AniVault thinks it is, from its name to its place."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from msgspec.structs import replace

from anivault.cli import events
from anivault.cli.commands.options import LanguageOption, ParserOption, ProviderOption, ToOption
from anivault.cli.context import Context
from anivault.cli.render.parts import notices
from anivault.core.models import Decision, FileKind, ParsedFile
from anivault.services.telling.torrents import torrents_of
from anivault.shared.errors import ClientError, UsageError, quoted
from anivault.shared.exits import DONE, FINDINGS
from anivault.shared.progress import Bars

if TYPE_CHECKING:
    from anivault.cli.match_handler import Matched
    from anivault.cli.screen import Screen
    from anivault.core.matching.explain import Explanation
    from anivault.core.pipeline.left_out import LeftOut, LeftOutReason
    from anivault.services.asking import Asking

NO_FILE = "There is no such file"
NamedFileArg = Annotated[str, typer.Argument(metavar="FILE", help="A file, or only its name.")]


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """How the name reads, and for a video the verdict with all its candidates."""

    parsed: ParsedFile
    explanation: Explanation | None
    notices: tuple[str, ...]
    torrent: str = ""  # that has the file, as a client of the user's says
    unknown: bool = False  # a name that no file has, and that nothing is called like

    @property
    def exit_code(self) -> int:
        """10 for a name of no file that is no show's either."""
        return FINDINGS if self.unknown else DONE


def explain(
    context: Context,
    file: NamedFileArg,
    parser: ParserOption = None,
    provider: ProviderOption = None,
    lang: LanguageOption = None,
    to: ToOption = None,
) -> int:
    """Show why AniVault takes a file for what it is.

    Every field with the rule that read it, every candidate with every part of its score.
    """
    library = context.heard_library(to)
    wanted = Wanted(asking=context.asking(parser, provider, lang), library=library)
    result = handle(wanted, file, context.screen.progress)
    show(context.screen, result)
    return result.exit_code


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asked; the library whose pins and ignore list hold; the folders that a plan would be made of."""

    asking: Asking
    library: str | None = None
    roots: tuple[str, ...] = ()


def handle(wanted: Wanted, file: str, bars: Bars) -> Explained:
    """Explain one file among its siblings; a name that is on no disk, or left out of scans, by itself.

    Raises UsageError for a folder, and what `match` raises.
    """
    if os.path.isdir(file):
        hint = "Name one file of it; anivault match shows them all."
        raise UsageError(f"{file} is a folder. Nothing was changed.", hint=hint)
    notice = f"{NO_FILE}: this is what its name alone says."
    if os.path.lexists(file):
        found = _among_siblings(os.path.abspath(file), wanted, bars)
        if isinstance(found, Explained):
            return found
        notice = f"Every scan leaves this file out ({found.value}): this is what its name alone says."
        return replace(by_name(wanted, file, bars, notice), unknown=False)
    return by_name(wanted, file, bars, notice)


def by_name(wanted: Wanted, file: str, bars: Bars, notice: str) -> Explained:
    """What a name says, without a look at the disk. That there is no file is told unless a name was meant."""
    from anivault.cli.match_handler import MatchRequest
    from anivault.cli.match_handler import handle as match
    from anivault.core.pipeline.records import What

    what = What(names=(file,))
    alone = match(MatchRequest(what=what, asking=wanted.asking, library=wanted.library), bars)
    unknown = alone.exit_code != DONE
    if os.sep in file or unknown or not notice.startswith(NO_FILE):
        return replace(_explained(alone, file, notice), unknown=unknown)
    return _explained(alone, file)


def _among_siblings(path: str, wanted: Wanted, bars: Bars) -> Explained | LeftOutReason:
    """One file as a scan of its show's folder finds it, or why no scan does."""
    from anivault.cli.match_handler import MatchRequest
    from anivault.cli.match_handler import handle as match
    from anivault.core.pipeline.left_out import LeftOutReason
    from anivault.core.pipeline.records import What
    from anivault.services.remembered.ignored import lists

    if os.path.islink(path):
        return LeftOutReason.LINK
    if not os.path.isfile(path):
        return LeftOutReason.SPECIAL
    scanning, ignored = wanted.asking.settings.scan, lists(wanted.library)
    what = What(
        paths=(_folder(path, wanted.roots),),
        settle=scanning.settle,
        ignored=ignored,
        workers=scanning.workers,
    )
    result = match(MatchRequest(what=what, asking=wanted.asking, library=wanted.library), bars)
    if any(item.file.path == path for item in result.read.files):
        return _with_torrent(_explained(result, path), path, wanted.asking)
    return _reason(result.read.left_out, path)


def _folder(path: str, roots: Sequence[str]) -> str:
    """The folder that a file's show has; not above the folder that a plan is made of."""
    from anivault.core.pipeline.folders import show_folder

    folder = show_folder(path)
    inside = [root for root in roots if os.path.join(path, "").startswith(os.path.join(root, ""))]
    root = max(inside, key=len, default=folder)
    return max(folder, root, key=len)


def _explained(result: Matched, path: str, *notices: str) -> Explained:
    from anivault.core.matching.explain import explain

    parsed = next(item for item in result.read.files if item.file.path == path)
    verdict = next((explain(item) for item in result.files if item.file.path == path), None)
    if parsed.file.kind not in {FileKind.VIDEO, FileKind.OTHER}:  # OTHER: a name may lack its extension
        verdict = None
    return Explained(parsed=parsed, explanation=verdict, notices=(*result.notices, *notices))


def _with_torrent(explained: Explained, path: str, asking: Asking) -> Explained:
    """Add the torrent that a file is of; a client that cannot be asked is a notice here."""
    try:
        return replace(explained, torrent=torrents_of(asking.settings)(path))
    except ClientError as error:
        return replace(explained, notices=(*explained.notices, str(error)))


def _reason(left_out: Sequence[LeftOut], path: str) -> LeftOutReason:
    """Why a scan passes over this file, or the folder that it is in."""
    from anivault.core.pipeline.left_out import LeftOutReason

    inside = os.path.normcase(f"{path}/")
    above = (item.reason for item in left_out if inside.startswith(os.path.normcase(f"{item.path}/")))
    return next(above, LeftOutReason.IGNORED)


def show(screen: Screen, result: Explained) -> None:
    """Every field with who read it, then every candidate with what speaks for and against it."""
    from anivault.core.matching.explain import lines

    item, told = result.parsed, result.explanation
    screen.event(
        events.ExplainEvent(
            path=events.shown(item.file.path),
            parsed=item.parsed,
            explanation=told,
            torrent=result.torrent or msgspec.UNSET,
            path_b64=events.b64(item.file.path),
        )
    )
    screen.line(item.file.path, style="bold")
    for field, who in item.parsed.said.items():
        value = getattr(item.parsed, field, None)
        screen.line(f"  {field:14} {value_told(value)}  ({who})")
    screen.line(f"  {sure_told(item)}")
    for line in lines(told) if told else [unmatched(item)]:
        screen.line(line)
    if result.torrent:
        screen.line(f"  {torrent_told(result.torrent)}")
    notices(screen, result.notices)
    if told and item.file.root:
        screen.hint(_decide(told, item.file.path))


def _decide(told: Explanation, path: str) -> str:
    """What to type if the verdict is missing or wrong."""
    if told.decision == Decision.AMBIGUOUS:
        return f"Is it that? anivault pin {quoted(path)} {told.candidates[0].show}"
    return f"Is it something else? anivault pin {quoted(path)} tmdb:ID"


def sure_told(item: ParsedFile) -> str:
    """How sure the reading of a name is."""
    return f"sure of the reading: {item.parsed.confidence:.0%}"


def torrent_told(torrent: str) -> str:
    """What it means that a file is of a torrent."""
    return f"of the torrent {torrent}: --mode move leaves it here"


def unmatched(item: ParsedFile) -> str:
    """Why a file has no verdict."""
    other = item.file.kind is FileKind.OTHER
    return (
        f"Only videos are matched; this file {'is not part of a library' if other else 'follows its video'}."
    )


def value_told(value: object) -> str:
    """What a name says of one thing."""
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
