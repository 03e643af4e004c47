"""Every failure that a user can meet: what happened, what is still true, what to type next.

Exit codes: 0 done, 2 usage, 10 done but some held or findings, 20 and up the failures below,
70 a bug, 130/143 interrupted and resumable. docs/errors.md is generated from the classes.
"""

from __future__ import annotations


class AniVaultError(Exception):
    """A known failure. Subclasses set `code` and `exit_code`; the message says what is still true."""

    code = "error"
    exit_code = 20

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(AniVaultError):
    """The command line asks for something that cannot be."""

    code, exit_code = "usage", 2


class FolderNotFoundError(AniVaultError):
    """A folder that was named does not exist, or is a file."""

    code, exit_code = "folder-not-found", 21

    def __init__(self, path: str, what: str = "folder") -> None:
        super().__init__(f"There is no {what} at {path}. Nothing was changed.")
        self.hint = "Check the path; quotes are needed when it has spaces."


class PluginNotFoundError(AniVaultError):
    """A parser or provider was asked for by a name that nothing has registered."""

    code, exit_code = "plugin-not-found", 45

    def __init__(self, group: str, name: str, known: list[str]) -> None:
        super().__init__(f"There is no {name!r} among the plug-ins of {group}. Nothing was changed.")
        self.hint = f"Choose one of: {', '.join(known)}."


class PluginBrokenError(AniVaultError):
    """A parser or provider is registered but cannot be imported, often because its package is missing."""

    code, exit_code = "plugin-broken", 46

    def __init__(self, group: str, name: str, why: str) -> None:
        super().__init__(f"{name!r} of {group} could not be loaded: {why}. Nothing was changed.")
        self.hint = f"pip install 'anivault[{name}]', or choose another."
