"""Decide who gets in: by a link that works once, by a password where one is set, and then by a cookie.

Everything is kept as digests: nothing of it can be read. Links and tries are in memory. Sessions are in a
file that only its owner can read, so that a restart lets nobody out; each page has a file of its own, and one
with another password, or that only shows, has another one.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

MOST = 64  # sessions, and links that wait; the oldest goes
IDLE = 30 * 86_400.0  # seconds; a phone on the sofa is not asked every evening
NOTED = 86_400.0  # seconds after which it is written down that a session is in use
LINK = 600.0  # seconds that a link from the page works; the one that is printed works until it is used
# Wrong tries at once, the seconds until there is another, and how many can wait for theirs. Addresses say
# nothing of who tries: behind a proxy all have one. So all share their tries, but not a browser that was in
# once: it has its own, and nobody can use them up.
ALL_TRIES, ALL_EACH, ALL_WAITING = 30, 2.0, 10
TRIES, EACH, WAITING = 5, 12.0, 2


class CrowdedError(Exception):
    """Too many wait for their try at the password."""


class Session(msgspec.Struct):
    """One browser that is let in: what it goes by, and when it was seen last, in seconds since 1970."""

    digest: str
    seen: float


class Entered(msgspec.Struct, frozen=True):
    """A browser that is in. `csrf` goes into every form of it."""

    csrf: str


class Access:
    """Links, sessions and tries. `password_hash` is argon2's, or empty; `file`: where sessions are kept."""

    def __init__(
        self,
        password_hash: str = "",
        clock: Callable[[], float] = time.monotonic,
        file: Path | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._hash, self._clock, self._file, self._now = password_hash, clock, file, now
        self._sessions = _read(file)
        self._links: OrderedDict[str, float] = OrderedDict()
        self._all = Tries(ALL_TRIES, ALL_EACH, ALL_WAITING, clock)
        self._known: OrderedDict[str, Tries] = OrderedDict()
        self._programs = Tries(TRIES, EACH, 0, clock)
        self._key = hashlib.sha256(f"was in {password_hash}".encode()).digest()

    @property
    def has_password(self) -> bool:
        """Whether a password lets people in too."""
        return bool(self._hash)

    def invite(self, seconds: float = LINK) -> str:
        """Make the token of a link that works once."""
        token = secrets.token_urlsafe(32)
        self._links[_digest(token)] = self._clock() + seconds
        _trim(self._links)
        return token

    def by_link(self, token: str) -> str | None:
        """The cookie for a token that was not used yet; None lets nobody in. Nobody can guess one."""
        until = self._links.pop(_digest(token), 0.0)
        return self._enter() if until >= self._clock() else None

    async def by_password(self, password: str, known: str = "") -> str | None:
        """The cookie for the right password, once it is its turn. Raises CrowdedError.

        `known` is what a browser got that was in before.
        """
        if not self._hash:
            return None
        tries = self._tries_of(known)
        wait = tries.take()  # counted before it is checked: many at once are many tries
        if wait is None:
            raise CrowdedError
        await asyncio.sleep(wait)
        if not _fits(self._hash, password):
            return None
        tries.give()
        return self._enter()

    def remembered(self) -> str:
        """What a browser keeps to be known again after it was in; it lets nobody in by itself."""
        name = secrets.token_urlsafe(16)
        return f"{name}.{self._signed(name)}"

    def _signed(self, name: str) -> str:
        return hmac.new(self._key, name.encode("utf-8", "replace"), "sha256").hexdigest()

    def _tries_of(self, known: str) -> Tries:
        """The tries of a browser that was in before; those of all others."""
        name, _, signed = known.partition(".")
        if not same(signed, self._signed(name)):
            return self._all
        tries = self._known.setdefault(name, Tries(TRIES, EACH, WAITING, self._clock))
        self._known.move_to_end(name)
        _trim(self._known)
        return tries

    def is_one_more(self) -> bool:
        """Count a wrong token of a program; whether it is one too many."""
        return self._programs.take() is None

    def session(self, cookie: str) -> Entered | None:
        """The session of a cookie, which is in use again."""
        key, now = _digest(cookie), self._now()
        found = self._sessions.get(key)
        if found is None or now - found.seen > IDLE:
            self._sessions.pop(key, None)
            return None
        self._sessions.move_to_end(key)
        if now - found.seen > NOTED:
            found.seen = now
            self._write()
        return Entered(_digest(f"form {cookie}"))

    def leave(self, cookie: str) -> None:
        """End a session."""
        if self._sessions.pop(_digest(cookie), None):
            self._write()

    def _enter(self) -> str:
        cookie = secrets.token_urlsafe(32)
        self._sessions[_digest(cookie)] = Session(_digest(cookie), self._now())
        _trim(self._sessions)
        self._write()
        return cookie

    def _write(self) -> None:
        """Keep the sessions; where that cannot be, a restart lets everybody out."""
        if self._file is None:
            return
        from anivault.shared import fs

        with suppress(OSError):
            self._file.parent.mkdir(0o700, parents=True, exist_ok=True)
            kept = msgspec.json.encode(list(self._sessions.values()))
            fs.write_whole(str(self._file), kept, mode=0o600, replace=True)


def _read(file: Path | None) -> OrderedDict[str, Session]:
    """The sessions that were kept; none where somebody else can have written or read the file."""
    from anivault.shared import trust
    from anivault.shared.errors import AniVaultError

    with suppress(OSError, AniVaultError, msgspec.MsgspecError):
        if file and not os.stat(file).st_mode & trust.EVERYONE:
            kept = msgspec.json.decode(trust.read(str(file)), type=list[Session])
            return OrderedDict((one.digest, one) for one in kept[-MOST:])
    return OrderedDict()


def same(one: str, other: str) -> bool:
    """Compare secrets in a time that tells nothing."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def hashed(password: str) -> str:
    """What goes into the settings for a password."""
    from argon2 import PasswordHasher

    return PasswordHasher().hash(password)


def _fits(hash_: str, password: str) -> bool:
    from argon2 import PasswordHasher
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        return PasswordHasher().verify(hash_, password[:1024])
    except (Argon2Error, InvalidHashError):
        return False


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _trim(kept: OrderedDict[str, Any]) -> None:
    while len(kept) > MOST:
        kept.popitem(last=False)


class Tries:
    """So many at once, and one more every so many seconds; who comes sooner waits, and few can wait."""

    def __init__(self, most: int, each: float, waiting: int, clock: Callable[[], float]) -> None:
        self._most, self._each, self._waiting, self._clock = most, each, waiting, clock
        self._left, self._at = float(most), clock()

    def take(self) -> float | None:
        """Take one: the seconds until it may be tried; None where too many wait."""
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._at) / self._each)
        self._at = now
        if self._left < 1 - self._waiting:
            return None
        self._left -= 1
        return max(0.0, -self._left * self._each)

    def give(self) -> None:
        """Give one back: it was right."""
        self._left = min(self._most, self._left + 1)
