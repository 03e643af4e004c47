"""`anivault organize`: its words, and which of them go together."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from anivault.cli.commands.options import (
    ApplyFlag,
    FoldersArg,
    FreshFlag,
    LanguageOption,
    OtherDiskFlag,
    ParserOption,
    PresetOption,
    ProviderOption,
    ToOption,
    new_file,
)
from anivault.cli.context import Context, Repeatable, Session, Work, again
from anivault.cli.screen import Recorder
from anivault.shared.errors import UsageError, quoted

if TYPE_CHECKING:
    from anivault.cli.organize_handler import OrganizeRequest
    from anivault.cli.screen import Screen
    from anivault.core.flow import Order
    from anivault.core.organized import Organized
    from anivault.services.asking import Asking
    from anivault.services.remembered.seen import Seen
    from anivault.services.remembered.tapes import Recording, Tape

# As in shared.settings, which is not imported to print the help.
ModeName = Literal["hardlink", "reflink", "copy", "move", "symlink"]
ModeOption = Annotated[
    ModeName | None,
    typer.Option("--mode", help="How files get into the library; else hardlink.", show_default=False),
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
        "--plan", metavar="FILE", help="Write the plan to this file.", show_default=False, callback=new_file
    ),
]
FromPlanOption = Annotated[
    str | None,
    typer.Option("--from-plan", metavar="FILE", help="Take the plan from this file.", show_default=False),
]
ReplaceFlag = Annotated[bool, typer.Option("--replace", help="With --plan: replace a plan that was edited.")]
SealFlag = Annotated[bool, typer.Option("--seal", help="Accept my edits: set the plan's checksum again.")]
NfoFlag = Annotated[bool, typer.Option("--nfo", help="Write NFO files (and .plexmatch) too.")]
ArtworkFlag = Annotated[bool, typer.Option("--artwork", help="Fetch posters and backdrops from TMDB too.")]
NoTouchFlag = Annotated[
    bool, typer.Option("--no-touch", help="Leave videos where they are; write NFO files next to them.")
]
PruneFlag = Annotated[
    bool,
    typer.Option("--prune/--no-prune", help="With move: remove the folders that this empties."),
]

UpgradeFlag = Annotated[
    bool | None,
    typer.Option(
        "--upgrade/--no-upgrade",
        help="Let better files take the place of those in the library.",
        show_default=False,
    ),
]
HeldFlag = Annotated[bool, typer.Option("--held", help="List every held file, not only the new ones.")]


def organize(
    context: Context,
    paths: FoldersArg,
    to: ToOption = None,
    apply: ApplyFlag = False,
    mode: ModeOption = None,
    preset: PresetOption = None,
    on_conflict: ConflictOption = None,
    plan: PlanOption = None,
    replace: ReplaceFlag = False,
    from_plan: FromPlanOption = None,
    seal: SealFlag = False,
    nfo: NfoFlag = False,
    artwork: ArtworkFlag = False,
    no_touch: NoTouchFlag = False,
    other_disk: OtherDiskFlag = False,
    prune: PruneFlag = True,
    upgrade: UpgradeFlag = None,
    held: HeldFlag = False,
    parser: ParserOption = None,
    provider: ProviderOption = None,
    lang: LanguageOption = None,
    fresh: FreshFlag = False,
) -> Work | Repeatable | int:
    """Plan where every file goes; --apply does it.

    A file is held, with the reason, if AniVault is not sure of it or its place is taken. Those that were
    shown before are counted; --held lists them again. Nothing is overwritten: with
    --upgrade a file that AniVault has put there goes back where it came from before a better one comes.
    """
    goes = {"--mode": mode, "--on-conflict": on_conflict, "--nfo": nfo, "--artwork": artwork}
    goes["--upgrade" if upgrade else "--no-upgrade"] = upgrade is not None
    asks = {"--parser": parser, "--provider": provider, "--lang": lang, "--fresh": fresh}
    if no_touch:
        plans = {"--to": to, "--plan": plan, "--from-plan": from_plan, "--seal": seal}
        _refuse({**goes, **plans}, "--no-touch moves nothing")
        return _describe(context, paths, preset, apply, context.asking(parser, provider, lang, fresh=fresh))
    if not plan:
        _refuse({"--replace": replace}, "it goes with --plan FILE")
    if from_plan:
        _refuse({**goes, **asks, "--preset": preset}, "a plan has its rules already")
    elif seal:
        raise UsageError("--seal needs a plan. Nothing was done.", hint="Name it with --from-plan FILE.")
    library, settings = context.library(to), context.settings

    def request(tape: Tape | None = None) -> OrganizeRequest:
        from anivault.cli.organize_handler import OrganizeRequest, rules
        from anivault.core.flow import Order
        from anivault.services.asking import arriving

        chosen = rules(settings, mode, preset, on_conflict, upgrade=upgrade)
        beyond = apply or chosen.upgrade or (prune and chosen.mode == "move")
        order = Order(
            what=arriving(settings, paths, library), library=library, rules=chosen, nfo=nfo, artwork=artwork,
            traced=_is_traced(context.screen, tape, beyond),
        )  # fmt: skip
        return OrganizeRequest(
            order=order, asking=context.asking(parser, provider, lang, fresh=fresh), apply=apply,
            plan_file=plan, replace=replace, from_plan=from_plan, seal=seal, other_disk=other_disk,
            prune=prune,
        )  # fmt: skip

    def made(tape: Tape | None = None) -> Work:
        from anivault.cli import organize_handler
        from anivault.cli.render.pace import paced

        asked, bars = request(tape), context.screen.progress
        looks = _Looks(asked.order, plan, apply, held)
        return Work(
            partial(organize_handler.handle, asked, bars, paced(bars)),
            partial(_shown, context.screen, looks, tape),
        )

    if fresh or plan or from_plan or artwork:
        return made()
    from anivault.services.remembered.tapes import Spoken, Tape

    shape = context.screen.shape
    spoken = Spoken(
        words=Session.words, shape=shape, paths=paths, library=library, settings=settings,
        engines=parser or (), providers=provider or (),
    )  # fmt: skip
    tape = Tape(spoken, context.screen.progress("Looking for changes"))
    return Repeatable(partial(_again, context.screen, tape, request, paged=not apply), partial(made, tape))


def _is_traced(screen: Screen, tape: Tape | None, beyond: bool) -> bool:
    """Whether it is noted what a plan was made from; `beyond`: it comes to more than what is said."""
    return screen.json and not beyond and tape is not None and tape.traces


class _Looks(NamedTuple):
    """How a plan is shown: what it is for, the file that it is in, and whether every held file is listed."""

    order: Order
    plan: str | None
    apply: bool
    held: bool


def _again(
    screen: Screen, tape: Tape, request: Callable[[Tape], OrganizeRequest], *, paged: bool
) -> Work | None:
    """What the command said, or what it says with what changed planned anew; nothing where all is to be."""
    from anivault.cli.render import repeated

    if work := repeated.again(screen, tape, paged=paged):
        return work
    if not (tape.traces and screen.json and (old := tape.old())):
        return None
    from anivault.cli.render import renewed

    return renewed.again(screen, tape, old, request(tape))


def _shown(screen: Screen, looks: _Looks, tape: Tape | None, result: Organized) -> int:
    """Show a plan, done or to be done, and keep what the same command would show next time."""
    from anivault.cli.render import renewed
    from anivault.services.remembered.seen import Seen

    seen = Seen(looks.order.library)
    if not (tape and tape.seen and result.lasts and screen.shape == tape.shape):
        _show(screen, looks, seen, result)
        screen.flush()
        seen.remember(result.held, result.moves)
        return result.exit_code
    next_time = _without_what_is_said_once(result)
    once = [line for line in result.notices if line not in next_time.notices]
    traced = renewed.traced(tape, next_time)
    with tape.recording() as recording:
        screen.copy = renewed.known(recording.put, once) if screen.json else recording.put
        _show(screen, looks, seen, result, recording.mark)
        screen.copy = None
        screen.flush()
        new = seen.remember(result.held, result.moves)
        if not screen.json and (new or once):
            _say_of_next_time(screen, recording, looks, seen, next_time)
        recording.end(result.exit_code, screen.counts, traced())
    return result.exit_code


def _say_of_next_time(
    screen: Screen, recording: Recording, looks: _Looks, seen: Seen, result: Organized
) -> None:
    """Record what comes next time instead of what was said of files that were new."""
    recording.begin_again()
    recorder = Recorder(screen, recording.put)
    with recorder.paged(wanted=not looks.apply):
        _show_rest(recorder, looks, seen, result, again())


def _without_what_is_said_once(result: Organized) -> Organized:
    from msgspec.structs import replace

    from anivault.services.catalogue.added import stale

    once = stale.words(stale.known_until())
    if once not in result.notices:
        return result
    return replace(result, notices=tuple(line for line in result.notices if line != once))


def _show(
    screen: Screen, looks: _Looks, seen: Seen, result: Organized, halfway: Callable[[], None] = lambda: None
) -> None:
    """Show all of a plan; what comes after `halfway` depends on what was shown before."""
    from anivault.cli.render.plans import show_going

    with screen.paged(wanted=not looks.apply):
        command = _next(screen, looks)
        show_going(screen, result)
        halfway()
        _show_rest(screen, looks, seen, result, command)


def _show_rest(screen: Screen, looks: _Looks, seen: Seen, result: Organized, command: str) -> None:
    from anivault.cli.render.plans import show_rest

    known, upgrades = seen.known(result.held), looks.order.rules.upgrade
    show_rest(screen, result, command=command, known=known, every=looks.held, upgrade=upgrades)


def _next(screen: Screen, looks: _Looks) -> str:
    """The command that does what was shown: with a plan file it follows that plan. A plan holds no NFO."""
    order, plan = looks.order, looks.plan
    if not plan or looks.apply or order.nfo or order.artwork:
        return again()
    screen.hint(f"The plan is in {plan}. If you edit it, seal it: add --seal to the command.")
    words = ["anivault", "organize", *order.what.paths, "--to", order.library, "--from-plan", plan]
    return " ".join(map(quoted, words))


def _describe(context: Context, paths: list[str], preset: str | None, apply: bool, asking: Asking) -> int:
    """`organize --no-touch`: describe the videos of each folder where they are."""
    from anivault.cli.organize_handler import DescribeRequest, describe, rules
    from anivault.cli.render.pace import paced
    from anivault.cli.render.plans import show
    from anivault.core.pipeline.records import What

    bars, scanning = context.screen.progress, context.settings.scan
    names = rules(context.settings, None, preset, None).preset
    results = []
    for folder in map(os.path.abspath, paths):
        what = What(paths=(folder,), settle=scanning.settle, workers=scanning.workers)
        request = DescribeRequest(folder=folder, preset=names, what=what, asking=asking, apply=apply)
        results.append(describe(request, bars, paced(bars)))
    for result in results:
        show(context.screen, result, "describe")
    return max(result.exit_code for result in results)


def _refuse(options: Mapping[str, object], why: str) -> None:
    """Refuse words that would be left unread."""
    for option in (option for option, value in options.items() if value):
        raise UsageError(
            f"{option} has no meaning here: {why}. Nothing was done.", hint=f"Leave {option} out."
        )
