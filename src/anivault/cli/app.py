"""Every command: its words, its options, the handler it calls and the function that renders it.

A command is a plain function of a Context and its options that returns an exit code; `command`
registers it and gives it the options that stand everywhere. Handlers are imported when called, so
that `--help` imports none.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import typer

from anivault.cli.exits import DONE
from anivault.cli.options import (
    AgainFlag,
    ApplyFlag,
    ArtworkFlag,
    ConfigOption,
    ConflictOption,
    DeepFlag,
    EpisodesOption,
    FileArg,
    FoldersArg,
    FromPlanOption,
    JsonFlag,
    KindArg,
    LanguageOption,
    LibraryArg,
    ModeOption,
    NamedFileArg,
    NfoFlag,
    NoTouchFlag,
    OffsetOption,
    OnlyOption,
    OtherDiskFlag,
    ParserOption,
    PathsArg,
    PinnedArg,
    PlanOption,
    PresetOption,
    ProviderOption,
    PruneFlag,
    QuietFlag,
    ReplaceFlag,
    RunOption,
    ScriptOption,
    SealFlag,
    SeasonOption,
    ShowArg,
    SinceOption,
    StrictFlag,
    SubsetOption,
    ToOption,
    VerboseFlag,
)
from anivault.cli.screen import Screen
from anivault.shared.errors import LibraryNotNamedError, UsageError, quoted

if TYPE_CHECKING:
    from anivault.cli.pin_handler import Pinned
    from anivault.shared.settings import Loaded, Settings

app = typer.Typer(
    epilog="Try `anivault demo` first: it needs no key and no network.",
    no_args_is_help=True,
    suggest_commands=False,  # cli/main.py does, for every kind of word
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _root() -> None:
    """Turn a pile of anime files into a library that media servers read."""


def _group(text: str) -> typer.Typer:
    return typer.Typer(help=text, no_args_is_help=True, suggest_commands=False)


catalog_app = _group("The catalogue, and lists of your own.")
cache_app = _group("The answers of TMDB that are kept on disk.")
config_app = _group("Your settings.")
app.add_typer(catalog_app, name="catalog")
app.add_typer(config_app, name="config")
app.add_typer(cache_app, name="cache")


Command = Callable[..., int]


class Session:
    """What outlives the reading of the words: the words as typed, and where to print."""

    words: Sequence[str] = ()
    screen = Screen()

    @classmethod
    def begin(cls, words: Sequence[str]) -> None:
        """Take up new words. What is wrong with them has to be told too: as events where they ask for it."""
        cls.words, cls.screen = words, Screen(json="--json" in words)


class Context:
    """What every command gets: where to print, and the settings that hold."""

    def __init__(self, screen: Screen, config: str | None) -> None:
        self.screen = screen
        self._config = config
        self._library: str | None = None

    @cached_property
    def loaded(self) -> Loaded:
        """The settings, read when first asked for. Raises ConfigError."""
        from anivault.cli.config_handler import check_presets, unheard
        from anivault.cli.render import notices
        from anivault.shared.settings import load

        loaded = load(config=self._config, library=self._library)
        check_presets(loaded)
        notices(self.screen, unheard(loaded))
        return loaded

    @property
    def settings(self) -> Settings:
        """Your settings."""
        return self.loaded.settings

    def library(self, named: str | None) -> str:
        """The library of a command, absolute; its own settings hold from here on.

        Raises LibraryNotNamedError when neither the command line nor the configuration names one.
        """
        if found := self.library_or_none(named):
            return found
        raise LibraryNotNamedError

    def library_or_none(self, named: str | None) -> str | None:
        """The library of a command that can do without one."""
        self._library = named
        path = named or self.settings.library.path
        return os.path.abspath(os.path.expanduser(path)) if path else None


def command(name: str | None = None, *, group: typer.Typer = app) -> Callable[[Command], Command]:
    """Register a command; --json, --quiet, --verbose and --config are added to its options.

    Typer only reads the words: what it returns is the command with its options, still to be called,
    so that no error or interrupt of the command passes through it.
    """

    def register(function: Command) -> Command:
        def read(
            *, json: bool, quiet: bool, verbose: bool, config: str | None, **own: Any
        ) -> Callable[[], int]:
            Session.screen = Screen(json=json, quiet=quiet, verbose=verbose)
            _refuse_empty(parameters, {**own, "config": config})
            return partial(function, Context(Session.screen, config), **own)

        own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
        parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own] + _COMMON
        read.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        read.__annotations__ = {p.name: p.annotation for p in parameters}
        read.__doc__ = function.__doc__
        group.command(name or function.__name__.replace("_", "-"))(read)
        return function

    return register


def _refuse_empty(parameters: list[inspect.Parameter], values: Mapping[str, Any]) -> None:
    """Refuse words that name nothing: an empty path is a variable that was not set, not this folder."""
    for parameter in parameters:
        value = values.get(parameter.name)
        if value == "" or (isinstance(value, list) and "" in value):
            told = parameter.annotation.__metadata__[0]
            is_option = isinstance(told, typer.models.OptionInfo)
            word = f"--{parameter.name.replace('_', '-')}" if is_option else told.metavar
            hint = "Was a variable of the shell not set?"
            raise UsageError(f"{word} is empty, and names nothing. Nothing was done.", hint=hint)


def _common(name: str, annotation: Any, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


_COMMON = [
    _common("json", JsonFlag, False),
    _common("quiet", QuietFlag, False),
    _common("verbose", VerboseFlag, False),
    _common("config", ConfigOption, None),
]


def _names(paths: list[str]) -> tuple[str, ...]:
    """The paths on standard input, one a line, when `-` was given."""
    if paths != ["-"]:
        return ()
    lines = (line.removesuffix(b"\r") for line in sys.stdin.buffer.read().split(b"\n"))
    return tuple(os.fsdecode(line) for line in lines if line)


@command()
def demo(context: Context) -> int:
    """See it all happen on a sample folder.

    Organizes it, verifies it and takes it back, in a temporary folder; no key, no network.
    """
    from anivault.cli import demo_handler
    from anivault.cli.main import run

    demo_handler.run(context.screen, run)
    return DONE


@command()
def scan(context: Context, paths: PathsArg, parser: ParserOption = None) -> int:
    """Show what every file name says."""
    from anivault.cli import render, scan_handler

    settings = context.settings
    request = scan_handler.ScanRequest(
        paths=_folders(paths),
        names=_names(paths),
        engines=tuple(parser or settings.parser.engines),
        plugins=settings.plugins,
        settle=settings.scan.settle,
    )
    return render.scan(context.screen, scan_handler.handle(request, context.screen.progress("Scanning")))


@command()
def match(
    context: Context,
    paths: PathsArg,
    parser: ParserOption = None,
    provider: ProviderOption = None,
    lang: LanguageOption = None,
) -> int:
    """Show which show and episode each video is."""
    from anivault.cli import match_handler, render

    asked = _asked(context, parser, provider, lang)
    request = match_handler.MatchRequest(paths=_folders(paths), names=_names(paths), **asked)
    return render.match(context.screen, match_handler.handle(request, context.screen.progress))


def _asked(
    context: Context, parser: list[str] | None, provider: list[str] | None, lang: list[str] | None
) -> dict[str, Any]:
    """Who reads names and who is asked about them: what the command line says, else the settings."""
    settings = context.settings
    if provider:
        from anivault.services.providers import require

        require(provider)
    return {
        "settings": settings,
        "engines": tuple(parser or settings.parser.engines),
        "plugins": settings.plugins,
        "settle": settings.scan.settle,
        "providers": tuple(provider or settings.match.providers),
        "languages": tuple(lang or settings.match.languages),
    }


@command()
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
    parser: ParserOption = None,
    provider: ProviderOption = None,
    lang: LanguageOption = None,
) -> int:
    """Plan where every file goes; --apply does it.

    A file is held, with the reason, if AniVault is not sure of it or its place is taken. Nothing is
    overwritten.
    """
    from anivault.cli import organize_handler, render_plan

    goes = {"--mode": mode, "--on-conflict": on_conflict, "--nfo": nfo, "--artwork": artwork}
    asks = {"--parser": parser, "--provider": provider, "--lang": lang}
    if no_touch:
        plans = {"--to": to, "--plan": plan, "--from-plan": from_plan, "--seal": seal}
        _refuse({**goes, **plans}, "--no-touch moves nothing")
        return _describe(context, paths, preset, apply, _asked(context, parser, provider, lang))
    if not plan:
        _refuse({"--replace": replace}, "it goes with --plan FILE")
    if from_plan:
        _refuse({**goes, **asks, "--preset": preset}, "a plan has its rules already")
    elif seal:
        raise UsageError("--seal needs a plan. Nothing was done.", hint="Name it with --from-plan FILE.")
    library = context.library(to)
    request = organize_handler.OrganizeRequest(
        paths=tuple(paths),
        library=library,
        rules=organize_handler.rules(context.settings, mode, preset, on_conflict),
        apply=apply,
        plan_file=plan,
        replace=replace,
        from_plan=from_plan,
        seal=seal,
        nfo=nfo,
        artwork=artwork,
        other_disk=other_disk,
        prune=prune,
        **_asked(context, parser, provider, lang),
    )
    result = organize_handler.handle(request, context.screen.progress)
    replay = plan if not (nfo or artwork) else None  # a plan file holds neither
    again = _replay(context, paths, to or library, replay) if replay and not apply else _again()
    return render_plan.organize(context.screen, result, again)


def _again() -> str:
    """The command as it was typed."""
    return " ".join(map(quoted, ["anivault", *Session.words]))


def _replay(context: Context, paths: list[str], library: str, plan: str) -> str:
    """The command that does the plan which was written: the one that was typed would plan again."""
    context.screen.hint(f"The plan is in {plan}. If you edit it, seal it: add --seal to the command.")
    words = ["anivault", "organize", *paths, "--to", library, "--from-plan", plan]
    return " ".join(map(quoted, words))


def _describe(
    context: Context, paths: list[str], preset: str | None, apply: bool, asked: dict[str, Any]
) -> int:
    """`organize --no-touch`: describe the videos of each folder where they are."""
    from anivault.cli import describe_handler, organize_handler, render_plan

    names = organize_handler.rules(context.settings, None, preset, None).preset
    requests = [
        describe_handler.DescribeRequest(folder=os.path.abspath(path), preset=names, apply=apply, **asked)
        for path in paths
    ]
    results = [describe_handler.handle(request, context.screen.progress) for request in requests]
    return max(render_plan.organize(context.screen, result, _again(), "describe") for result in results)


def _refuse(options: Mapping[str, object], why: str) -> None:
    """Refuse words that would be left unread."""
    for option in (option for option, value in options.items() if value):
        raise UsageError(
            f"{option} has no meaning here: {why}. Nothing was done.", hint=f"Leave {option} out."
        )


@command()
def verify(
    context: Context,
    library: LibraryArg = None,
    deep: DeepFlag = False,
    subset: SubsetOption = None,
    strict: StrictFlag = False,
    again: AgainFlag = False,
) -> int:
    """Compare the library with its journal.

    = same, - missing, + extra, * differs, ! error, ~ the provider renumbered it.
    """
    from anivault.cli import render, verify_handler

    request = verify_handler.VerifyRequest(
        library=context.library(library),
        deep=deep,
        subset=verify_handler.one_nth(subset),
        again=again,
        asked=_asked(context, None, None, None),
    )
    result = verify_handler.handle(request, context.screen.progress)
    return render.verify(context.screen, result, strict=strict)


@command()
def rollback(
    context: Context,
    library: LibraryArg = None,
    run: RunOption = None,
    since: SinceOption = None,
    only: OnlyOption = None,
    apply: ApplyFlag = False,
    script: ScriptOption = None,
    other_disk: OtherDiskFlag = False,
) -> int:
    """Put back what a run moved; --apply does it.

    Without --run, --since and --only it is the last run. Nothing is overwritten.
    """
    from anivault.cli import render_plan, rollback_handler

    home = context.library(library)
    request = rollback_handler.RollbackRequest(
        library=home,
        run=run,
        since=since,
        only=tuple(_as_printed(path, home) for path in only or ()),
        apply=apply,
        script=script,
        other_disk=other_disk,
    )
    result = rollback_handler.handle(request, context.screen.progress)
    code = render_plan.rollback(context.screen, result, _again())
    if not result.plan.steps and (only or since or run):
        context.screen.hint(f"What could be: anivault history {quoted(home)}")
    return code


def _as_printed(path: str, library: str) -> str:
    """A path from here, else from the library, as plans and findings print it."""
    inside = os.path.join(library, path)
    return inside if os.path.lexists(inside) and not os.path.lexists(path) else path


@command()
def recover(context: Context, library: LibraryArg = None, other_disk: OtherDiskFlag = False) -> int:
    """Settle what a crash left unfinished."""
    from anivault.cli import render
    from anivault.core.moving import recover

    report = recover.recover(context.library(library), other_disk=other_disk)
    return render.recover(context.screen, report)


@command()
def history(context: Context, library: LibraryArg = None) -> int:
    """List what was done, run by run."""
    from anivault.cli import history_handler, render

    return render.history(context.screen, history_handler.handle(context.library(library)))


@command()
def rename(
    context: Context,
    library: LibraryArg = None,
    preset: PresetOption = None,
    apply: ApplyFlag = False,
    provider: ProviderOption = None,
    lang: LanguageOption = None,
) -> int:
    """Give an organized library new names; --apply does it.

    To another preset, to pins made since, to numbers that a provider changed. Only what differs moves.
    """
    from anivault.cli import organize_handler, rename_handler, render_plan

    home = context.library(library)
    rules = organize_handler.rules(context.settings, None, preset, None)
    request = rename_handler.RenameRequest(
        library=home, preset=rules.preset, apply=apply, **_asked(context, None, provider, lang)
    )
    result = rename_handler.handle(request, context.screen.progress)
    code = render_plan.organize(context.screen, result, _again(), "rename")
    if preset and preset != context.settings.organize.preset:
        file = os.path.join(home, ".anivault", "config.toml")
        context.screen.hint(f'So that new files are named so too: organize.preset = "{preset}" in {file}')
    return code


@command()
def explain(
    context: Context,
    file: NamedFileArg,
    parser: ParserOption = None,
    provider: ProviderOption = None,
    lang: LanguageOption = None,
) -> int:
    """Show why AniVault takes a file for what it is.

    Every field with the rule that read it, every candidate with every part of its score.
    """
    from anivault.cli import explain_handler, match_handler, render

    request = match_handler.MatchRequest(**_asked(context, parser, provider, lang))
    return render.explain(context.screen, explain_handler.handle(request, file, context.screen.progress))


@command()
def pin(
    context: Context,
    what: PinnedArg,
    show: ShowArg,
    season: SeasonOption = None,
    offset: OffsetOption = None,
    episodes: EpisodesOption = None,
    to: ToOption = None,
) -> int:
    """Say for good which show files belong to.

    A folder is pinned by its path, a file by its title and group, any other words as a title.
    """
    from anivault.cli import pin_handler, render

    home = context.library_or_none(to)
    request = pin_handler.PinRequest(
        what=what,
        show=show,
        season=season,
        offset=offset,
        episodes=episodes,
        library=home,
    )
    made = [pin_handler.handle(request)]
    called = _called(context, made, context.settings.match.providers)
    return render.pins(context.screen, called, "pinned", home)


@command()
def unpin(context: Context, what: PinnedArg, to: ToOption = None) -> int:
    """Take a pin back."""
    from anivault.cli import pin_handler, render

    home = context.library_or_none(to)
    gone = pin_handler.unpin(what, home)
    return render.pins(context.screen, _called(context, [gone]), "unpinned", home)


@command()
def pins(context: Context, to: ToOption = None) -> int:
    """List your pins."""
    from anivault.cli import pin_handler, render

    listed = pin_handler.listed(context.library_or_none(to))
    return render.pins(context.screen, _called(context, listed), "pin")


def _called(context: Context, found: list[Pinned], providers: Sequence[str] = ("catalog",)) -> list[Pinned]:
    from anivault.cli import pin_handler

    return pin_handler.called(found, context.settings, providers, context.screen.progress("Asking"))


@command()
def about(context: Context) -> int:
    """Show version, folders, sources and licences."""
    from anivault.cli import about_handler, render

    return render.about(context.screen, about_handler.handle())


@command("show", group=catalog_app)
def catalog_show(context: Context) -> int:
    """Show whose data it is, with licences."""
    from anivault.cli import catalog_handler, render

    return render.catalog(context.screen, catalog_handler.show())


@command("import", group=catalog_app)
def catalog_import(context: Context, file: FileArg) -> int:
    """Add a list to the catalogue.

    anime-offline-database, AniDB titles, anime-lists, anime-relations or bangumi-data; also as .gz or .zst.
    """
    from anivault.cli import catalog_handler, render

    return render.imported(context.screen, catalog_handler.add(file))


@command("remove", group=catalog_app)
def catalog_remove(context: Context, kind: KindArg) -> int:
    """Remove a list that you imported."""
    from anivault.cli import catalog_handler

    catalog_handler.remove(kind)
    context.screen.note(f"{kind} is out of the catalogue.")
    return DONE


@command("stats", group=cache_app)
def cache_stats(context: Context) -> int:
    """Count what is kept of TMDB's answers."""
    from anivault.cli import cache_handler, render

    return render.cache(context.screen, cache_handler.stats())


@command("prune", group=cache_app)
def cache_prune(context: Context) -> int:
    """Drop answers that have expired."""
    from anivault.cli import cache_handler, render

    cleaned = cache_handler.prune()
    return render.cache(context.screen, cleaned.left, cleaned.dropped)


@command("clear", group=cache_app)
def cache_clear(context: Context) -> int:
    """Drop every answer."""
    from anivault.cli import cache_handler, render

    cleaned = cache_handler.clear()
    return render.cache(context.screen, cleaned.left, cleaned.dropped)


@command("warm", group=cache_app)
def cache_warm(context: Context, paths: FoldersArg) -> int:
    """Ask TMDB now for what is in these folders."""
    from anivault.cli import cache_handler, match_handler, render

    asked = _asked(context, None, ["catalog", "tmdb"], None)
    request = match_handler.MatchRequest(paths=tuple(paths), **asked)
    result = match_handler.handle(request, context.screen.progress)
    render.notices(context.screen, result.notices)
    return render.cache(context.screen, cache_handler.stats())


@command("show", group=config_app)
def config_show(context: Context) -> int:
    """Show every setting and who set it."""
    from anivault.cli import config_handler, render

    return render.settings(context.screen, config_handler.show(context.loaded))


@command("presets", group=config_app)
def config_presets(context: Context) -> int:
    """Show the naming presets."""
    from anivault.cli import config_handler, render

    return render.presets(context.screen, config_handler.presets(context.loaded))


@command("preview", group=config_app)
def config_preview(context: Context, paths: FoldersArg, preset: PresetOption = None) -> int:
    """Show a preset's names on ten of your files."""
    from anivault.cli import organize_handler, render

    request = organize_handler.OrganizeRequest(
        paths=tuple(paths),
        library="",
        rules=organize_handler.rules(context.settings, None, preset, None),
        **_asked(context, None, None, None),
    )
    return render.preview(context.screen, organize_handler.preview(request, context.screen.progress))


@command("default", group=config_app)
def config_default(context: Context) -> int:
    """Print the commented default."""
    from anivault.cli import config_handler, render

    return render.text(context.screen, config_handler.default())


@command("path", group=config_app)
def config_path(context: Context) -> int:
    """Print where your own file is, or would be."""
    from anivault.cli import render
    from anivault.shared.settings import user_config_path

    return render.text(context.screen, str(user_config_path()))


def _folders(paths: list[str]) -> tuple[str, ...]:
    return () if paths == ["-"] else tuple(paths)
