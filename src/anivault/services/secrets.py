"""Find the user's keys: environment, keyring, then a file that only they can read.

Out: a `Secret`, which shows itself nowhere. Touches: the environment, the keyring when that package
is installed, and `tmdb.key`, `server-NAME.key` and `client-NAME.key` in the user's configuration folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from anivault.shared import trust
from anivault.shared.errors import NotTrustedError, TmdbKeyError

VARIABLES = ("ANIVAULT_TMDB_KEY", "TMDB_API_KEY")
ADDRESS = "ANIVAULT_TMDB_URL"  # a server in TMDB's place takes what key it likes
SHORTEST = 8  # letters of a key of TMDB's own (a guess)
LONGEST = 4096  # bytes
KEYRING_SERVICE, KEYRING_USER = "anivault", "tmdb"


class Secret:
    """A text that no log, traceback or `repr` shows."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself: only where it is sent."""
        return self._text

    def __repr__(self) -> str:
        """Show that something is there, and not what."""
        return "Secret(***)"


def find_key(folder: Path, environment: Mapping[str, str] = os.environ) -> Secret | None:
    """Return the key, or None if it is nowhere. `folder` is the user's configuration folder.

    Raises TmdbKeyError for one that cannot be a key, and for a file that others can read.
    """
    named = next((environment[name] for name in VARIABLES if environment.get(name)), None)
    text = named or _from_keyring() or _from_file(folder / "tmdb.key")
    if not text or not text.strip():
        return None
    shortest = 1 if environment.get(ADDRESS) else SHORTEST
    if not re.fullmatch(rf"[\w.~+/=-]{{{shortest},2048}}", text.strip(), re.ASCII):
        raise TmdbKeyError("What stands as the TMDB key cannot be one.")
    return Secret(text.strip())


def has_key(folder: Path) -> bool:
    """Whether there is a key for TMDB that can be used."""
    try:
        return find_key(folder) is not None
    except TmdbKeyError:
        return False


def find_key_of(
    what: str, name: str, folder: Path, environment: Mapping[str, str] = os.environ
) -> Secret | None:
    """Return the key of a "server" or "client": a variable, the keyring, or a file with the configuration.

    Raises TmdbKeyError for a file that others can read, or that cannot be read.
    """
    variable = f"ANIVAULT_{what.upper()}_{re.sub(r'[^A-Z0-9]', '_', name.upper())}_KEY"
    text = environment.get(variable) or _from_keyring(f"{what}.{name}")
    text = text or _from_file(folder / f"{what}-{name}.key", f"key of {name}")
    return Secret(text.strip()) if text and text.strip() else None


def _from_keyring(user: str = KEYRING_USER) -> str | None:
    """Return what the keyring holds; nothing on a machine without a working one."""
    if find_spec("keyring") is None:
        return None
    import keyring
    from keyring.errors import KeyringError

    try:
        found = keyring.get_password(KEYRING_SERVICE, user)
    except KeyringError:
        return None
    return str(found) if found else None


def _from_file(path: Path, what: str = "TMDB key") -> str | None:
    try:
        return trust.read(str(path), LONGEST, private=True).decode()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except NotTrustedError as error:
        why = f"Others can read the {what} in {path}, or it is theirs: chmod 600 it."
        raise TmdbKeyError(why) from error
    except (OSError, UnicodeDecodeError) as error:
        raise TmdbKeyError(f"The {what} in {path} cannot be read.") from error
