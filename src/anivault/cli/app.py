"""The table of commands, and how the words of one become its options.

A command is a plain function of a Context and its options. It returns what is to be done and how that is
shown, a `Work`; or an exit code, where it has done it all. Its module, below cli/commands, is imported when
its word is typed: the help of `anivault` itself needs none of them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from functools import partial
from importlib import import_module
from typing import Annotated, Any, Literal, NamedTuple

import typer
from typer.core import TyperGroup
from typer.main import get_command

from anivault.cli.context import Context, Repeatable, Session, Work
from anivault.cli.screen import Screen
from anivault.shared.errors import UsageError


class Entry(NamedTuple):
    """A command, or a group of them: its module below cli/commands, and what it does, in a line.

    What a floor above the command line adds is named whole.
    """

    module: str
    help: str
    below: Mapping[str, str] = {}  # the commands of a group, each with what it does


COMMANDS = {
    "demo": Entry("upkeep.demo", "See it all happen on a sample folder."),
    "init": Entry("upkeep.init", "Answer four questions; your settings are written from them."),
    "scan": Entry("files.scan", "Show what every file name says."),
    "match": Entry("files.match", "Show which show and episode each video is."),
    "organize": Entry("files.organize", "Plan where every file goes; --apply does it."),
    "watch": Entry("files.watch", "File what arrives, as long as it runs."),
    "verify": Entry("library.verify", "Compare the library with its journal."),
    "rollback": Entry("library.rollback", "Put back what a run moved; --apply does it."),
    "recover": Entry("library.recover", "Settle what a crash left unfinished."),
    "history": Entry("library.history", "List what was done, run by run."),
    "rename": Entry("library.rename", "Give an organized library new names; --apply does it."),
    "adopt": Entry("library.adopt", "Make a library known as it is, whoever put its files there."),
    "explain": Entry("files.explain", "Show why AniVault takes a file for what it is."),
    "pin": Entry("files.pins", "Say for good which show files belong to."),
    "unpin": Entry("files.pins", "Take a pin back."),
    "pins": Entry("files.pins", "List your pins."),
    "review": Entry("files.review", "Answer one question a release; answers are remembered."),
    "ignore": Entry("files.ignore", "Leave files out for good."),
    "doctor": Entry("upkeep.doctor", "Look for what would keep a run from working, and say what mends it."),
    "report": Entry("upkeep.report", "Pack what a report of a bug needs; names are hashed."),
    "about": Entry("upkeep.about", "Show version, folders, sources and licences."),
    "serve": Entry("anivault.web.command", "Show it all on a page in the browser."),
    "catalog": Entry(
        "upkeep.catalog",
        "The catalogue, and lists of your own.",
        {
            "update": "Get the newest lists from where they are published.",
            "show": "Show whose data it is, with licences.",
            "import": "Add a list to the catalogue.",
            "remove": "Remove a list that you imported.",
        },
    ),
    "config": Entry(
        "upkeep.config",
        "Your settings.",
        {
            "show": "Show every setting and who set it.",
            "set": "Change one setting in your own file.",
            "edit": "Open your own file in your editor, and check it.",
            "set-key": "Keep a key in a file that only you can read.",
            "presets": "Show the naming presets.",
            "preview": "Show a preset's names on ten of your files.",
            "default": "Print the commented default.",
            "path": "Print where your own file is, or would be.",
        },
    ),
    "cache": Entry(
        "upkeep.cache",
        "The answers of TMDB that are kept on disk.",
        {
            "stats": "Count what is kept of TMDB's answers.",
            "prune": "Drop answers that have expired.",
            "clear": "Drop every answer.",
            "warm": "Ask TMDB now for what is in these folders.",
        },
    ),
}


class _Commands(MutableMapping[str, Any]):
    """The commands of a group by name; each is imported when it is asked for."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self.helps = {name: entry.help for name, entry in entries.items()}
        self._entries, self._made = dict(entries), dict[str, Any]()

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = _made(name, self._entries[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._entries[name]


class _Group(TyperGroup):
    """Lists its commands from the table, without importing them."""

    entries: Mapping[str, Entry] = COMMANDS

    def __init__(self, **given: Any) -> None:
        super().__init__(**{**given, "commands": {}})
        self.lazy = _Commands(self.entries)
        self.commands = self.lazy

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a line for each command."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(self.lazy.helps.items()))


def _typer(help_: str, entries: Mapping[str, Entry], **how: Any) -> typer.Typer:
    group = type("_Group", (_Group,), {"entries": entries})
    made = typer.Typer(
        cls=group, no_args_is_help=True, suggest_commands=False, rich_markup_mode=None, **how
    )  # cli/main.py suggests words of every kind
    made.callback(help=help_)(lambda: None)
    return made


def _made(name: str, entry: Entry) -> Any:
    """The command, or group of commands, of one row."""
    if entry.below:
        below = {word: Entry(f"{entry.module}:{word}", text) for word, text in entry.below.items()}
        group = get_command(_typer(entry.help, below, add_completion=False))
        group.name = name
        return group
    module, _, word = entry.module.partition(":")
    found = import_module(module if module.startswith("anivault.") else f"anivault.cli.commands.{module}")
    known = (word or name).replace("-", "_")
    function = getattr(found, known, None) or getattr(found, f"{known}_")
    alone = typer.Typer(add_completion=False, rich_markup_mode=None, context_settings=_HELP)
    alone.command(word or name)(_readable(function))
    return get_command(alone)


_HELP = {"help_option_names": ["-h", "--help"]}
app = _typer(
    "Turn a pile of anime files into a library that media servers read.",
    COMMANDS,
    epilog="Try `anivault demo` first: it needs no key and no network.",
    pretty_exceptions_enable=False,
    context_settings=_HELP,
)

JsonFlag = Annotated[bool, typer.Option("--json", help="Print NDJSON events instead of text.")]
QuietFlag = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but results and errors.")]
VerboseFlag = Annotated[bool, typer.Option("--verbose", "-v", help="Say more: every file and every reason.")]
# As in shared.logs, which is not imported to print the help.
LogOption = Annotated[
    Literal["off", "error", "info", "debug"] | None,
    typer.Option(
        "--log", help="How much is written into the log; else ANIVAULT_LOG, else info.", show_default=False
    ),
]
ConfigOption = Annotated[
    str | None,
    typer.Option("--config", metavar="FILE", help="Use this configuration file.", show_default=False),
]


def _common(name: str, annotation: Any, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


_COMMON = [
    _common("json", JsonFlag, False),
    _common("quiet", QuietFlag, False),
    _common("verbose", VerboseFlag, False),
    _common("config", ConfigOption, None),
    _common("log", LogOption, None),
]


def _readable(function: Callable[..., Work | Repeatable | int]) -> Callable[..., Any]:
    """The function that reads the words of a command; --json, --quiet and the like are added.

    Typer only reads the words: what it returns is the command with its options, still to be called,
    so that no error or interrupt of the command passes through it.
    """

    def read(
        *, json: bool, quiet: bool, verbose: bool, config: str | None, log: str | None, **own: Any
    ) -> Callable[[], Work | Repeatable | int]:
        Session.screen, Session.log = Screen(json=json, quiet=quiet, verbose=verbose), log
        _refuse_empty(parameters, {**own, "config": config})
        return partial(function, Context(Session.screen, config), **own)

    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own] + _COMMON
    read.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    read.__annotations__ = {p.name: p.annotation for p in parameters}
    read.__doc__ = function.__doc__
    return read


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
