"""`anivault match`: its words, and how verdicts look."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from anivault.cli import events
from anivault.cli.commands.files.scan import what
from anivault.cli.commands.options import FreshFlag, LanguageOption, ParserOption, PathsArg, ProviderOption
from anivault.cli.context import Context, Work
from anivault.cli.render.parts import counts_told, left_out, notices, summary
from anivault.core.models import Coordinates, Decision, MatchedFile, Ranked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from anivault.cli.match_handler import Matched
    from anivault.cli.screen import Screen


def match(
    context: Context,
    paths: PathsArg,
    parser: ParserOption = None,
    provider: ProviderOption = None,
    lang: LanguageOption = None,
    fresh: FreshFlag = False,
) -> Work:
    """Show which show and episode each video is."""
    from anivault.cli import match_handler

    asking = context.asking(parser, provider, lang, fresh=fresh)
    request = match_handler.MatchRequest(what=what(context, paths), asking=asking)

    def shown(result: Matched) -> int:
        with context.screen.paged():
            show(context.screen, result)
        return result.exit_code

    return Work(partial(match_handler.handle, request, context.screen.progress), shown)


def show(screen: Screen, result: Matched) -> None:
    """Every video with its show and place."""
    counts = Counter({decision.value: 0 for decision in Decision})
    counts.update(item.decision.value for item in result.files)
    for event in events.match_events(result.files if screen.json else ()):
        screen.event(event)
    whole = len({item.file.root for item in result.files}) > 1
    for item in () if screen.json else result.files:
        _verdict(screen, item, whole=whole)
    left_out(screen, result.read.left_out)
    notices(screen, result.notices)
    summary(screen, "match", counts, f"{counts_told(counts)}." if result.files else "No videos there.")


_STYLE = {Decision.MATCHED: "green", Decision.AMBIGUOUS: "yellow", Decision.UNMATCHED: "red"}


def _verdict(screen: Screen, item: MatchedFile, *, whole: bool) -> None:
    screen.line(item.file.path if whole else item.file.rel)
    best = item.match.best
    answer = f"{identified(best)} {places(item.coordinates)}".rstrip() if best else "nothing fits"
    screen.line(f"  {item.decision} {item.confidence:.0%}  {answer}", style=_STYLE[item.decision])
    for reason in item.reasons or item.match.reasons:
        screen.detail(f"      {reason}")


def identified(ranked: Ranked) -> str:
    """A show or film in one phrase, with the id that says exactly which."""
    show = ranked.candidate
    return f"{show.dated} [{show.key}]"


def places(coordinates: Iterable[Coordinates]) -> str:
    """The season and episode numbers in the usual spelling."""
    return " ".join(f"S{place.season:02}E{place.episode:02}" for place in coordinates)
