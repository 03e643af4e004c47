"""`anivault adopt`: its words, and how what a library has looks."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from anivault.cli import events
from anivault.cli.commands.options import ApplyFlag, LanguageOption, LibraryArg, ParserOption, ProviderOption
from anivault.cli.context import Context, again
from anivault.cli.render.held import show_held
from anivault.cli.render.parts import left_out, notices, summary
from anivault.shared.errors import quoted
from anivault.shared.text import counted, natural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from anivault.cli.screen import Screen
    from anivault.core.living.adopted import Adopted, Adoption
    from anivault.core.models import Candidate, MatchedFile, ShowId


def adopt(
    context: Context,
    library: LibraryArg = None,
    apply: ApplyFlag = False,
    parser: ParserOption = None,
    provider: ProviderOption = None,
    lang: LanguageOption = None,
) -> int:
    """Make a library known to AniVault as it is; --apply does it.

    Whoever put its files there: none is touched, its journal alone learns which shows and episodes they are.
    What is not sure is held, as a question. rollback forgets them again.
    """
    from anivault.cli.render.pace import paced
    from anivault.services import adoption

    home = context.old_library(library)
    asking = context.asking(parser, provider, lang)
    request = adoption.AdoptRequest(library=home, asking=asking, apply=apply)
    bars = context.screen.progress
    result = adoption.handle(request, bars, paced(bars))
    with context.screen.paged(wanted=not apply):
        show(context.screen, result)
    return result.exit_code


def show(screen: Screen, result: Adoption) -> None:
    """Every show with its seasons, with --verbose every file; what is in doubt, and what to type next."""
    done = result.report is not None
    for item in result.noted:
        screen.event(events.adopt_event(result.library, item, done=done))
    if not screen.json:
        _shows(screen, result)
    verdicts = {(item.file.root, item.file.rel): item for item in result.verdicts}
    show_held(screen, result.held, (result.library,), verdicts, settle=True)
    left_out(screen, result.left_out)
    notices(screen, result.notices)
    noted = len(result.noted)
    counts = {"done" if done else "adopts": noted, "held": len(result.held), "known": result.known}
    summary(screen, "adopt", Counter({**counts, "others": result.others}), _outcome(result))
    if noted and not done:
        screen.hint(f"Do it: {again()} --apply")
    elif noted:
        screen.hint(f"To forget them again: anivault rollback {quoted(result.library)} --apply")


def _shows(screen: Screen, result: Adoption) -> None:
    """Every show with how many files it has, and in which seasons."""
    for item in result.noted if screen.verbose else ():
        screen.pair(f"  {item.file.rel}", f"=  {_what(item)}")
    if result.report:  # who has seen it need not see it twice
        return
    for show, videos in sorted(_by_show(result), key=lambda each: natural(each[0].dated)):
        seasons = sorted({place.season for video in videos for place in video.coordinates})
        told = f", {'season' if len(seasons) == 1 else 'seasons'} {_ranges(seasons)}" if seasons else ""
        screen.line(
            f"  {show.dated}  {counted(len(videos), 'video')}{told if show.media_type == 'tv' else ''}"
        )


def _by_show(result: Adoption) -> Iterable[tuple[Candidate, list[MatchedFile]]]:
    found: dict[ShowId, tuple[Candidate, list[MatchedFile]]] = {}
    for item in result.noted:
        if item.verdict and item.verdict.match.best:
            best = item.verdict.match.best.candidate
            found.setdefault(best.key, (best, []))[1].append(item.verdict)
    return found.values()


def _ranges(numbers: list[int]) -> str:
    """`0-2, 4`."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(f"{part[0]}-{part[-1]}" if len(part) > 1 else str(part[0]) for part in parts)


def _what(item: Adopted) -> str:
    """What a file is taken for."""
    if item.verdict is None or item.verdict.match.best is None:
        return f"goes with {(item.video or '').rpartition('/')[2]}"
    places = item.verdict.coordinates
    where = f" S{places[0].season:02}" + "".join(f"E{place.episode:02}" for place in places) if places else ""
    return f"{item.verdict.match.best.candidate.dated}{where}"


def _outcome(result: Adoption) -> str:
    """All in one line: `312 files to adopt, 12 known already, 3 held. Nothing was changed.`"""
    noted, done = len(result.noted), result.report is not None
    if not (noted or result.known or result.held):
        return "No videos there. Nothing was changed."
    parts = [f"{counted(noted, 'file')} {'known from now on' if done else 'to adopt'}"]
    parts += [f"{result.known:,} known already"] if result.known else []
    parts += [f"{len(result.held):,} held"] if result.held else []
    run = result.report.run if result.report else ""
    return f"{', '.join(parts)}. {f'Run {run}. No file was touched.' if run else 'Nothing was changed.'}"
