"""Every failure that a user can meet: what happened, what is still true, what to type next.

Exit codes: 0 done, 2 usage, 10 done but some held or findings, 20 and up the failures below,
70 a bug, 130/143 interrupted and resumable. docs/errors.md is generated from the classes.
One file: what AniVault says when it cannot go on is read, compared and numbered in one place.
"""

from __future__ import annotations

import errno
import os
import re

from anivault.shared.text import meant, safe

_PLAIN = re.compile(r"[\w@%+=:,./-]+", re.ASCII)


def quoted(path: str) -> str:
    """A path as a shell takes it, in one line: what no terminal shows stands as its bytes, in `$'\\x0a'`."""
    if _PLAIN.fullmatch(path):
        return path
    if safe(path) == path:
        return "'" + path.replace("'", "'\\''") + "'"
    plain = (c if safe(c) == c and c not in "'\\" else _bytes(c) for c in path)
    return f"$'{''.join(plain)}'"


def _bytes(character: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in os.fsencode(character))


def told(error: OSError) -> str:
    """What the system says of a failure, with the file where it names one and not a mere descriptor."""
    where = error.filename if isinstance(error.filename, str) else ""
    return f"{error.strerror or error}: {where}" if where else error.strerror or str(error)


def looked_at(path: str, error: OSError | None = None) -> str:
    """What shows why a file cannot be used: the file itself, or what exists nearest above it."""
    if error is not None and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        return f"df {quoted(_nearest(path))}"
    return f"ls -ld {quoted(_nearest(path))}"


def _nearest(path: str) -> str:
    while not os.path.lexists(path) and (above := os.path.dirname(path)) not in ("", path):
        path = above
    return path


def _library_of(path: str) -> str:
    """The library that a path lies in; '' for one that lies in none."""
    path = os.path.abspath(path)
    while (above := os.path.dirname(path)) != path:
        if os.path.isdir(os.path.join(above, ".anivault")):
            return above
        path = above
    return ""


SHOWN = 300  # characters


def shortened(problem: str) -> str:
    """A problem in one line, without the megabyte that it may quote."""
    problem = " ".join(problem.split())
    return problem if len(problem) <= SHOWN else f"{problem[:SHOWN]}…"


def problem(error: Exception) -> str:
    """What is wrong with a text that cannot be read, in words that are not Python's own."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if "set_int_max_str_digits" in str(error):
        return "it has a number with too many digits"
    return shortened(str(error))


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
    """What was named does not exist, or is a file where a folder is wanted."""

    code, exit_code = "folder-not-found", 21

    def __init__(self, path: str, what: str = "file or folder") -> None:
        super().__init__(f"There is no {what} at {path}. Nothing was changed.")
        self.hint = "Check the path, and that its disk is mounted; quotes are needed when it has spaces."
        if os.path.isfile(path):
            library = _library_of(path)
            inside = f" Its library is {quoted(library)}: name that." if library else ""
            self.hint = f"It is a file.{inside or ' Name a folder.'}"


class FolderUnreadableError(AniVaultError):
    """A folder that was named cannot be listed."""

    code, exit_code = "folder-unreadable", 58

    def __init__(self, path: str, error: OSError) -> None:
        super().__init__(
            f"The folder {path} cannot be read ({error.strerror or error}). Nothing was changed."
        )
        self.hint = looked_at(path)


class ConfigError(AniVaultError):
    """A configuration file, or a variable of the environment, cannot be used."""

    code, exit_code = "config", 22

    def __init__(self, where: str, why: str, *, hint: str = "") -> None:
        super().__init__(f"The configuration in {where} cannot be used: {why}. Nothing was changed.")
        self.hint = hint or "Correct it, or compare it with what `anivault config default` prints."


class LibraryNotNamedError(AniVaultError):
    """A command needs a library, and neither the command line nor the configuration names one."""

    code, exit_code = "library-not-named", 23

    def __init__(self) -> None:
        super().__init__("No library was named. Nothing was changed.")
        self.hint = (
            "Name its folder (after --to for organize), or set it in the file of `anivault config path`."
        )


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


class SourceIsLibraryError(AniVaultError):
    """Files to move lie in another library of AniVault, whose journal knows them."""

    code, exit_code = "source-is-library", 59

    def __init__(self, library: str) -> None:
        super().__init__(
            f"{library} is a library of AniVault: what is moved out of it is lost to its journal. "
            "Nothing was changed."
        )
        self.hint = "Leave it as it is with --mode hardlink or copy, or name folders outside of it."


class LibraryBusyError(AniVaultError):
    """Another AniVault is at work in this library."""

    code, exit_code = "library-busy", 26

    def __init__(self, library: str, *, waited: float = 0) -> None:
        long = f", and was not done in {waited:g} seconds" if waited else ""
        super().__init__(f"Another AniVault is working in {library}{long}. This one changed nothing.")
        self.hint = "Wait until it is done; its lock ends with its process, so there is no file to remove."


class UnfinishedRunError(AniVaultError):
    """An earlier run ended in the middle. It has to be settled first."""

    code, exit_code = "unfinished-run", 27

    def __init__(self, library: str) -> None:
        super().__init__(
            f"A run in {library} ended in the middle. No file is lost, and this one changed nothing."
        )
        self.hint = f"anivault recover {quoted(library)}"


class JournalDamagedError(AniVaultError):
    """The journal of a library holds something that AniVault did not write there."""

    code, exit_code = "journal-damaged", 28

    def __init__(self, path: str, why: str, sound: int = 0) -> None:
        super().__init__(f"The journal {path} cannot be trusted: {why}. Nothing was changed.")
        here, aside = quoted(path), quoted(f"{path}.damaged")
        self.hint = f"Put it back from a backup, or set it aside: mv {here} {aside}"
        if sound:
            self.hint += f"; its first {sound} lines are sound: head -n {sound} {aside} > {here}"


class JournalLostError(AniVaultError):
    """The journal of a library was emptied or deleted: nobody knows what its runs did."""

    code, exit_code = "journal-lost", 66

    def __init__(self, path: str, trace: str, *, hint: str = "") -> None:
        super().__init__(
            f"The journal {path} is empty or gone, but {trace} tells of runs. Nothing was changed."
        )
        self.hint = hint or "Put it back from a backup. Without one, `organize` begins a new journal."


class JournalRefusedError(AniVaultError):
    """The journal of a library was written by another user, or by a later version."""

    code, exit_code = "journal-refused", 29

    def __init__(self, path: str, why: str, hint: str) -> None:
        super().__init__(f"The journal {path} is not followed: {why}. Nothing was changed.")
        self.hint = hint


class RunStoppedError(AniVaultError):
    """A full disk, a broken one or a missing permission ended a run; each file is whole, here or there."""

    code, exit_code = "run-stopped", 30

    def __init__(self, why: str, done: int, hint: str) -> None:
        super().__init__(f"{why}. The run ended after {done} files. No file is lost or half there.")
        self.hint = hint


class NoSpaceError(AniVaultError):
    """The destination has too little room for the plan."""

    code, exit_code = "no-space", 31

    def __init__(self, path: str, needed: int, free: int, hint: str) -> None:
        super().__init__(f"{path} has {free:,} bytes free, and {needed:,} are needed. Nothing was changed.")
        self.hint = hint


class WrongDiskError(AniVaultError):
    """A folder lies on another disk than it did: its own is absent, or another one was put in its place."""

    code, exit_code = "wrong-disk", 39

    def __init__(self, path: str, what: str, *, hint: str = "") -> None:
        super().__init__(
            f"{path}, where {what} was, is on another disk now. Is its disk mounted? Nothing was changed."
        )
        again = "Mount the disk. If this one is right, give the same command with --other-disk."
        self.hint = hint or again


class DestinationError(AniVaultError):
    """The destination cannot hold what the plan needs: a link, a name, or two names that are one there."""

    code, exit_code = "destination", 32

    def __init__(self, why: str, hint: str) -> None:
        super().__init__(f"{why}. Nothing was changed.")
        self.hint = hint


class DiskError(AniVaultError):
    """A disk refused to be read or written before the files themselves were touched."""

    code, exit_code = "disk", 33

    def __init__(self, what: str, error: OSError, hint: str) -> None:
        super().__init__(f"{what} failed ({told(error)}). No file is lost or half there.")
        named = isinstance(error.filename, str) and os.path.isabs(error.filename)
        self.hint = looked_at(error.filename, error) if named else hint


class UnsafePathError(AniVaultError):
    """A relative path has a part that could lead out of its root."""

    code, exit_code = "unsafe-path", 34

    def __init__(self, rel: str) -> None:
        super().__init__(f"{rel!r} could lead out of its folder. Nothing was done with it.")
        self.hint = "Make the plan again, with --plan FILE."


class RunNotFoundError(AniVaultError):
    """The journal has no run of that name."""

    code, exit_code = "run-not-found", 35

    def __init__(self, run: str, library: str) -> None:
        super().__init__(f"There is no run {run!r} in the journal of {library}. Nothing was changed.")
        self.hint = f"anivault history {quoted(library)}"


class RunIsRollbackError(AniVaultError):
    """The run to take back is itself a rollback."""

    code, exit_code = "run-is-rollback", 43

    def __init__(self, run: str, undone: str, redo: str) -> None:
        super().__init__(f"Run {run} is a rollback: it took back {undone}. Nothing was changed.")
        self.hint = f"Do that again: {redo}"


class NotALibraryError(AniVaultError):
    """AniVault never put anything into this folder, so there is no journal to compare it with."""

    code, exit_code = "not-a-library", 38

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is not a library that AniVault knows. Nothing was changed.")
        library = _library_of(path)
        self.hint = f"Organize into it first: anivault organize PATH --to {quoted(path)}"
        if library:
            self.hint = f"It lies in the library {quoted(library)}: name that."


class NotInHistoryError(AniVaultError):
    """No run of the library ever had a file of that name."""

    code, exit_code = "not-in-history", 44

    def __init__(self, path: str, library: str) -> None:
        super().__init__(f"The history of {library} has no file or folder {path}. Nothing was changed.")
        self.hint = f"anivault history {quoted(library)}"


class OutputError(AniVaultError):
    """The output of a command cannot be written, as on a full disk."""

    code, exit_code = "output", 36

    def __init__(self, error: OSError) -> None:
        super().__init__(
            f"The output cannot be written ({error.strerror}). What was moved is in the journal."
        )
        self.tell()

    def tell(self, library: str | None = None) -> None:
        """Say what shows what was done, in this library if it is known."""
        history = " ".join(["anivault history", *([quoted(library)] if library else [])])
        self.hint = f"Make room, or let it print to the terminal. `{history}` shows what was done."


class RunInterruptedError(AniVaultError):
    """Ctrl-C, or a request to end (then the exit code is 143), stopped a run between two files."""

    code, exit_code = "interrupted", 130

    def __init__(self, signum: int, done: int, library: str) -> None:
        super().__init__(f"Stopped between two files, after {done}. No file is lost or half there.")
        self.exit_code = 128 + signum
        back = f"anivault rollback {quoted(library)} --apply"
        self.hint = f"Give the same command again to go on, or take it back: {back}"


class PluginNotFoundError(AniVaultError):
    """A parser or provider was asked for by a name that nothing has registered."""

    code, exit_code = "plugin-not-found", 45

    def __init__(self, group: str, name: str, known: list[str]) -> None:
        kind = group.rpartition(".")[2].removesuffix("s")
        super().__init__(f"There is no {kind} called {name!r}.{meant(name, known)} Nothing was changed.")
        self.hint = f"Choose one of: {', '.join(known)}."


class PluginBrokenError(AniVaultError):
    """A parser or provider is registered but cannot be imported, often because its package is missing."""

    code, exit_code = "plugin-broken", 46

    def __init__(self, group: str, name: str, why: str) -> None:
        super().__init__(f"{name!r} of {group} could not be loaded: {why}. Nothing was changed.")
        self.hint = (
            f"Install what it needs (pip install 'anivault[{name}]' for AniVault's), or choose another."
        )


class PluginFailedError(AniVaultError):
    """The only provider is a plug-in, and it failed: it raised, died, answered wrongly or too late."""

    code, exit_code = "plugin-failed", 47

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"The provider {name!r} failed, and there is no other: {why}. Nothing was changed.")
        self.hint = f"Ask another, such as --provider catalog, or look at its table [plugins.{name}]."


class NotTrustedError(AniVaultError):
    """A file or folder of AniVault's own is another user's, a link in a library, or anyone may write it."""

    code, exit_code = "not-trusted", 48

    def __init__(self, path: str, why: str, hint: str) -> None:
        super().__init__(f"{path} is not followed: {why}. Nothing in it was read, and nothing was changed.")
        self.hint = hint


class ClientError(AniVaultError):
    """A torrent client could not tell which files it has, so none is moved."""

    code, exit_code = "client", 56

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"The client {name} did not say which files are of torrents: {why}. Nothing was moved."
        )
        self.hint = (
            f"Start it, or mend [clients.{name}] in your configuration. organize --mode hardlink asks nobody."
        )


class TmdbError(AniVaultError):
    """TMDB could not be asked. The run goes on with what is known without it."""

    code, exit_code = "tmdb", 50


class TmdbKeyError(TmdbError):
    """There is no TMDB key, TMDB refuses it, or it lies where others can read it."""

    code, exit_code = "tmdb-key", 51

    def __init__(self, why: str) -> None:
        super().__init__(f"{why} Nothing was changed.")
        self.hint = (
            "Put a key of your own from themoviedb.org into ANIVAULT_TMDB_KEY, or into a file with mode 600."
        )


class TmdbUnreachableError(TmdbError):
    """TMDB cannot be reached, is down, or asks for a pause that is longer than a lookup may take."""

    code, exit_code = "tmdb-unreachable", 52

    def __init__(self, why: str) -> None:
        super().__init__(f"TMDB could not answer: {why}.")
        self.hint = "Run again later; what was answered is kept, and nothing is asked twice."


class TmdbOfflineError(TmdbUnreachableError):
    """No connection to TMDB can be made: no network, no such name, refused, or an untrusted certificate."""

    code, exit_code = "tmdb-offline", 55


class TmdbAnswerError(TmdbError):
    """TMDB, or something in front of it, gave an answer that cannot be used."""

    code, exit_code = "tmdb-answer", 53

    def __init__(self, why: str) -> None:
        super().__init__(f"TMDB's answer could not be used: {why}.")
        self.hint = (
            "Is there a login page between you and the internet? Check ANIVAULT_TMDB_URL and run again."
        )


class TmdbNotFoundError(TmdbError):
    """TMDB has no such show, film, season or episode group."""

    code, exit_code = "tmdb-not-found", 54

    def __init__(self, path: str) -> None:
        super().__init__(f"TMDB has nothing at {path}.")
        self.hint = "The id may have been merged into another: look the title up on themoviedb.org."


class PresetError(AniVaultError):
    """A naming preset does not exist, or has a key or value that cannot be."""

    code, exit_code = "preset", 40

    def __init__(self, name: str, problem: str, *, hint: str = "") -> None:
        super().__init__(f"The preset {name!r} cannot be used: {problem}. Nothing was changed.")
        self.hint = f"{hint} `anivault config presets` shows every preset with its keys.".strip()


class TemplateError(AniVaultError):
    """A naming template cannot be read."""

    code, exit_code = "template", 41

    def __init__(self, template: str, position: int, problem: str) -> None:
        super().__init__(
            f"At character {position + 1} of the template {template!r}: {problem}. Nothing was changed."
        )
        self.position = position
        self.hint = "docs/naming.md has the fields, their formats and examples."


class PlanFileError(AniVaultError):
    """A plan file is damaged, not sealed after an edit, someone else's, or leaves its folders."""

    code, exit_code = "plan-file", 42

    def __init__(self, path: str, problem: str, *, edited: bool = False) -> None:
        super().__init__(f"The plan {path} was not used: {shortened(problem)}. Nothing was changed.")
        self.hint = "Make a new one with --plan FILE."
        if edited:
            self.hint = (
                "If you edited it yourself, run the same command with --seal; otherwise make a new one with "
                "--plan FILE."
            )
        elif not os.path.isfile(path):
            self.hint = "Name the file that --plan FILE wrote."


def _writable(path: str) -> str:
    """What would let a new file be written."""
    folder = os.path.dirname(os.path.abspath(path))
    if os.path.lexists(path) or path.endswith(os.sep):
        return "Name a file that does not exist yet."
    return looked_at(folder) if os.path.isdir(folder) else f"mkdir -p {quoted(folder)}"


class OutputRefusedError(AniVaultError):
    """A file could not be written, or its name is taken: nothing is replaced."""

    code, exit_code = "output-refused", 49

    def __init__(self, path: str, why: str, *, hint: str = "") -> None:
        super().__init__(f"{path} was not written: {why}. Nothing was changed.")
        self.hint = hint or _writable(path)


class MemoryShortError(AniVaultError):
    """There is too little memory for what was asked."""

    code, exit_code = "memory", 71

    def __init__(self) -> None:
        super().__init__("There is too little memory to go on. What was moved is in the journal.")
        self.hint = "Give fewer folders at once. Is memory limited here? ulimit -v"


class HereGoneError(AniVaultError):
    """The folder that the command was given in is not there any more."""

    code, exit_code = "here-gone", 72

    def __init__(self) -> None:
        super().__init__("The folder that you are in was removed. What was moved is in the journal.")
        self.hint = "Go to another folder (cd), or name whole paths."


class DemoFailedError(AniVaultError):
    """A step of the demo did not end as it must."""

    code, exit_code = "demo-failed", 37

    def __init__(self, what: str) -> None:
        super().__init__(f"The demo does not hold: {what}. Only its own folder was touched.")
        self.hint = "This is a defect of AniVault or of this machine: please report it with `anivault about`."


class ImportRefusedError(AniVaultError):
    """A file given to `catalog import` is broken, too large, or of no known kind."""

    code, exit_code = "import-refused", 60

    def __init__(self, path: str, why: str, *, hint: str = "") -> None:
        super().__init__(f"{path} was not imported: {why}. The catalogue is as it was.")
        self.why = why
        again = "Get the file again and try once more; docs/catalogue.md names the kinds that can be read."
        self.hint = hint or again


class ImportDamagedError(AniVaultError):
    """A list that was imported earlier cannot be read any more."""

    code, exit_code = "import-damaged", 61

    def __init__(self, path: str) -> None:
        super().__init__(f"The imported list {path} is damaged. No file of yours was touched.")
        self.hint = "Import the list again, or delete that file."


class ListUnknownError(AniVaultError):
    """`catalog update` was asked for a list that does not exist."""

    code, exit_code = "list-unknown", 67

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"No list is called {name!r}.{meant(name, known)} Nothing was asked for.")
        self.hint = f"Choose one of: {', '.join(known)}."


class UpdateFailedError(AniVaultError):
    """`catalog update` could not take any of the lists."""

    code, exit_code = "update-failed", 68

    def __init__(self, why: str) -> None:
        super().__init__(f"No list could be taken: {why}. The catalogue is as it was.")
        self.hint = "Run again later, or get the lists on another machine and give their folder: --from DIR."


class ImportNotFoundError(AniVaultError):
    """`catalog remove` was asked for a list that was not imported."""

    code, exit_code = "import-not-found", 65

    def __init__(self, kind: str, known: list[str]) -> None:
        super().__init__(f"No import is called {kind!r}.{meant(kind, known)} Nothing was changed.")
        self.hint = f"Choose one of: {', '.join(known)}." if known else "Nothing was imported yet."


class PinsBrokenError(AniVaultError):
    """A file of pins is not TOML, or has keys that no pin has."""

    code, exit_code = "pins-broken", 62

    def __init__(self, path: str, why: str, *, hint: str = "") -> None:
        super().__init__(f"The pins in {path} cannot be read: {why}. Nothing was matched or changed.")
        self.hint = hint or "Correct the file, or move it away and pin again."


class PinRefusedError(AniVaultError):
    """A pin does not say which show it means, or for what."""

    code, exit_code = "pin-refused", 63

    def __init__(self, why: str, hint: str = "") -> None:
        super().__init__(f"Nothing was pinned: {why}.")
        self.why = why
        named = "Name a show like tmdb:1234, tmdb:movie/1234 or anidb:1234, and a folder or a title."
        self.hint = hint or named


class PinNotFoundError(AniVaultError):
    """`unpin` was asked for a pin that does not exist."""

    code, exit_code = "pin-not-found", 64

    def __init__(self, what: str) -> None:
        super().__init__(f"Nothing is pinned for {what!r}. Nothing was changed.")
        self.hint = "See what is pinned with `anivault pins`."


class ExtraMissingError(AniVaultError):
    """A command needs packages that are not installed."""

    code, exit_code = "extra-missing", 57

    def __init__(self, command: str, extra: str, missing: str) -> None:
        super().__init__(f"`anivault {command}` needs packages that are not installed ({missing}).")
        self.hint = f"pip install 'anivault[{extra}]'"


class AddressError(AniVaultError):
    """The page cannot be served at the address that was named."""

    code, exit_code = "address", 69

    def __init__(self, host: str, port: int, error: OSError) -> None:
        super().__init__(f"The page cannot be served at {host}, port {port}: {error.strerror or error}.")
        self.hint = "Name another one: anivault serve --host 127.0.0.1 --port 8687"
