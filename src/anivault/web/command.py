"""`anivault serve`: its words, and the address that it prints."""

from __future__ import annotations

import getpass
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer

from anivault.cli import events
from anivault.cli.commands.options import ToOption
from anivault.cli.context import Context
from anivault.shared.errors import ExtraMissingError, UsageError
from anivault.shared.exits import DONE

if TYPE_CHECKING:
    from anivault.shared.settings import Settings
    from anivault.web.safety.guard import Rules

NEEDED = ("starlette", "uvicorn", "jinja2", "argon2")
SourcesArg = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PATH...]", help="The folders that it may organize; else those of your settings.",
        show_default=False,
    ),
]  # fmt: skip
HostOption = Annotated[
    str | None, typer.Option("--host", metavar="ADDRESS", help="Else this machine alone.", show_default=False)
]
PortOption = Annotated[
    int | None, typer.Option("--port", metavar="N", help="Else 8686.", show_default=False, min=0, max=65_535)
]
PrefixOption = Annotated[
    str | None,
    typer.Option("--prefix", metavar="/PATH", help="The path at a reverse proxy.", show_default=False),
]
ReadOnlyFlag = Annotated[bool, typer.Option("--read-only", help="Only show: nothing can be changed.")]
TokenOption = Annotated[
    str | None,
    typer.Option(
        "--token", metavar="NAME:SCOPE", help="Print a token for a program: read, plan or apply.",
        show_default=False,
    ),
]  # fmt: skip
PasswordFlag = Annotated[bool, typer.Option("--password", help="Ask for a password, and print its setting.")]


def serve(
    context: Context,
    paths: SourcesArg = None,
    to: ToOption = None,
    host: HostOption = None,
    port: PortOption = None,
    prefix: PrefixOption = None,
    read_only: ReadOnlyFlag = False,
    token: TokenOption = None,
    password: PasswordFlag = False,
) -> int:
    """Show it all on a page in the browser.

    Prints an address that lets one browser in, once. Ends with Ctrl-C.
    """
    _require_extra()
    if token:
        return _make_token(context, token)
    if password:
        return _make_password(context)
    from anivault.web import server
    from anivault.web.house import House

    library, settings = context.library(to), context.settings
    rules = _rules(settings, host, port, prefix, read_only=read_only)
    house = House.of(library, tuple(paths or settings.web.sources), context.config, settings, rules)
    once = house.access.invite(seconds=float("inf"))
    address, at = host or settings.web.host, settings.web.port if port is None else port

    def tell(name: str, number: int) -> None:
        shown = f"[{name}]" if ":" in name else name
        link = f"http://{shown}:{number}{rules.prefix}/?token={once}"
        context.screen.event(events.TextEvent(text=link))
        context.screen.line(link, style="bold")
        context.screen.hint(
            "Open it in a browser: it lets one in, once, who then stays in. Ctrl-C ends the page."
        )
        context.screen.flush()

    server.run(house, address, at, tell)
    return DONE


def _require_extra() -> None:
    """Raise ExtraMissingError where the packages of `anivault[web]` are not installed."""
    for name in NEEDED:
        try:
            import_module(name)
        except ImportError as error:
            raise ExtraMissingError("serve", "web", name) from error


def _rules(
    settings: Settings, host: str | None, port: int | None, prefix: str | None, *, read_only: bool
) -> Rules:
    from anivault.web.safety.guard import Rules

    chosen = settings.web
    below = (chosen.prefix if prefix is None else prefix).rstrip("/")
    if below and not below.startswith("/"):
        raise UsageError(f"--prefix begins with /, and {below!r} does not.", hint=f"Write it as /{below}.")
    names = {name.lower() for name in (*chosen.hosts, host or chosen.host)}
    return Rules(
        hosts=frozenset(names),
        prefix=below,
        read_only=read_only or chosen.read_only,
        cookie=f"anivault-{chosen.port if port is None else port}",
    )


def _make_token(context: Context, words: str) -> int:
    from anivault.web.safety.tokens import SCOPES, Tokens

    name, _, scope = words.partition(":")
    if not name or scope not in SCOPES:
        raise UsageError(f"{words!r} names no token.", hint=f"Write it as phone:read; {', '.join(SCOPES)}.")
    made = Tokens().make(name, scope)
    context.screen.event(events.TextEvent(text=made))
    context.screen.line(made)
    context.screen.hint("It is shown this once. Programs send it as: Authorization: Bearer TOKEN")
    return DONE


def _make_password(context: Context) -> int:
    from anivault.web.safety.access import hashed

    try:
        typed = getpass.getpass("Password: ") if os.isatty(0) else sys.stdin.readline().rstrip("\n")
    except EOFError:  # the end of input at the question
        typed = ""
    if len(typed) < 8:
        raise UsageError("A password has at least 8 characters. Nothing was set.", hint="Try again.")
    setting = f'password_hash = "{hashed(typed)}"'
    context.screen.event(events.TextEvent(text=setting))
    context.screen.line(setting)
    context.screen.hint("Put this line below [web] in your settings: anivault config path")
    return DONE
