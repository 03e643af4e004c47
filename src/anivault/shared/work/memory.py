"""What is worked out once and known from then on: the Protocol of memories, and keys for what they hold.

A memory holds bytes by key. A key is a digest of all that its bytes were made from, so that nothing in it
is ever wrong: what changed has another key. It may forget at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol


class Memory(Protocol):
    """Keeps bytes by key, for this run and for later ones. Never raises: what cannot be kept is forgotten."""

    def known(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Return what is known, of these keys."""
        ...

    def keep(self, found: Mapping[bytes, bytes]) -> None:
        """Remember."""
        ...


class Forgetful:
    """Remembers nothing: everything is worked out."""

    def known(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Know nothing."""
        del keys
        return {}

    def keep(self, found: Mapping[bytes, bytes]) -> None:
        """Forget."""
        del found


FORGETFUL = Forgetful()

ODD_BYTES = (ValueError, TypeError, LookupError, OverflowError)  # what odd bytes in a database become


def is_damaged(error: Exception) -> bool:
    """Whether an error says that a file of SQLite is to be begun again: not locked, full or out of reach."""
    import sqlite3

    if not isinstance(error, sqlite3.OperationalError):
        return True
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)  # Python's own have none
    return bool(code & 0xFF == sqlite3.SQLITE_ERROR)  # such as a table or a column that is not there


def digest(parts: Iterable[bytes]) -> bytes:
    """Return a key for `parts`: 16 bytes; other parts, or the same cut in other places, have another one."""
    from hashlib import blake2b  # 5 ms that a run about a few files need not pay

    made = blake2b(digest_size=16)
    for part in parts:
        made.update(len(part).to_bytes(8, "little"))
        made.update(part)
    return made.digest()
