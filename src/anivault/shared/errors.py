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


class ConfigError(AniVaultError):
    """A configuration file, or a variable of the environment, cannot be used."""

    code, exit_code = "config", 22

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"The configuration in {where} cannot be used: {why}. Nothing was changed.")
        self.hint = "Correct it, or compare it with what `anivault config default` prints."


class LibraryNotNamedError(AniVaultError):
    """A command needs a library, and neither the command line nor the configuration names one."""

    code, exit_code = "library-not-named", 23

    def __init__(self) -> None:
        super().__init__("No library was named. Nothing was changed.")
        self.hint = "Name it (--to LIB for organize), or set [library] path in the configuration."


class LibraryIsFileError(AniVaultError):
    """What was named as the library is a file."""

    code, exit_code = "library-is-file", 24

    def __init__(self, path: str) -> None:
        super().__init__(f"The library {path} is a file, not a folder. Nothing was changed.")
        self.hint = "Name a folder with --to; it is made when it does not exist."


class SourceInLibraryError(AniVaultError):
    """A folder to organize is the library, or lies in it."""

    code, exit_code = "source-in-library", 25

    def __init__(self, source: str, library: str) -> None:
        super().__init__(f"{source} lies in the library {library}. Nothing was changed.")
        self.hint = "Name folders outside the library, or another library with --to."


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


class TmdbError(AniVaultError):
    """TMDB could not be asked. The run goes on with what is known without it."""

    code, exit_code = "tmdb", 50


class TmdbKeyError(TmdbError):
    """There is no TMDB key, TMDB refuses it, or it lies where others can read it."""

    code, exit_code = "tmdb-key", 51

    def __init__(self, why: str) -> None:
        super().__init__(f"{why} Nothing was asked of TMDB with it; nothing was changed.")
        self.hint = "Put a key of your own from themoviedb.org into ANIVAULT_TMDB_KEY, or into a file with mode 600."


class TmdbUnreachableError(TmdbError):
    """TMDB cannot be reached, is down, or asks for a pause that is longer than a lookup may take."""

    code, exit_code = "tmdb-unreachable", 52

    def __init__(self, why: str) -> None:
        super().__init__(f"TMDB could not answer: {why}.")
        self.hint = "Run again later; what was answered is kept, and nothing is asked twice."


class TmdbAnswerError(TmdbError):
    """TMDB, or something in front of it, answered what no client can use."""

    code, exit_code = "tmdb-answer", 53

    def __init__(self, why: str) -> None:
        super().__init__(f"TMDB's answer could not be used: {why}.")
        self.hint = "Is there a login page between you and the internet? Check ANIVAULT_TMDB_URL and run again."


class TmdbNotFoundError(TmdbError):
    """TMDB has no such show, film, season or episode group."""

    code, exit_code = "tmdb-not-found", 54

    def __init__(self, path: str) -> None:
        super().__init__(f"TMDB has nothing at {path}.")
        self.hint = "The id may have been merged into another: look the title up on themoviedb.org."
