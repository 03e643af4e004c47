"""Keep the tokens of programs: each with a name and what it may do. Only digests are on disk, in one file.

`read` sees what the page shows; `plan` also plans, answers and verifies; `apply` also changes the library.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

import msgspec

from anivault.shared.errors import DiskError, quoted
from anivault.shared.places import user_config_path

SCOPES = ("read", "plan", "apply")  # each may what those before it may
PREFIX = "avt_"
MOST = 32


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """One token: what it is called, what it may do, and its digest."""

    name: str
    scope: str
    digest: str


class Tokens:
    """The tokens in a file that only its owner reads."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or user_config_path().parent / "web-tokens.json"

    def listed(self) -> list[Token]:
        """All of them; a file that cannot be read has none."""
        with suppress(OSError, msgspec.MsgspecError):
            return msgspec.json.decode(self._path.read_bytes(), type=list[Token])
        return []

    def scopes(self, token: str) -> frozenset[str] | None:
        """What a token may do; None where there is no such token."""
        digest = _digest(token)
        for known in self.listed():
            if secrets.compare_digest(known.digest, digest) and known.scope in SCOPES:
                return frozenset(SCOPES[: SCOPES.index(known.scope) + 1])
        return None

    def make(self, name: str, scope: str) -> str:
        """Make a token in the place of one of that name; it is shown this once. Raises DiskError."""
        token = PREFIX + secrets.token_urlsafe(32)
        kept = [known for known in self.listed() if known.name != name][-(MOST - 1) :]
        self._write([*kept, Token(name=name, scope=scope, digest=_digest(token))])
        return token

    def remove(self, name: str) -> None:
        """Revoke a token. Raises DiskError, and then it still opens what it did."""
        self._write([known for known in self.listed() if known.name != name])

    def _write(self, tokens: list[Token]) -> None:
        from anivault.shared.fs import write_whole

        folder = self._path.parent
        try:
            folder.mkdir(0o700, parents=True, exist_ok=True)
            write_whole(str(self._path), msgspec.json.encode(tokens), replace=os.path.exists(self._path))
        except OSError as error:
            raise DiskError(f"Writing {self._path}", error, f"ls -ld {quoted(str(folder))}") from error


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
