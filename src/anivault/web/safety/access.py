"""Decide who gets in: by a link that works once, by a password where one is set, and then by a cookie.

Everything is kept as digests: nothing of it can be read. Links and tries are in memory. Sessions are in a
file that only its owner can read, so that a restart lets nobody out; each page has a file of its own, and one
with another password, or that only shows, has another one.
"""

from __future__ import annotations

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
TRIES, EACH = 5, 12.0  # wrong tries that one address has at once, and the seconds until it has another
ALL_TRIES, ALL_EACH = 30, 2.0  # the same for everybody together
ADDRESSES = 4096  # of which tries are counted


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
        self._tries = Tries(clock)

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

    def by_link(self, token: str, address: str) -> str | None:
        """The cookie for a token that was not used yet; None lets nobody in."""
        if not self._tries.may(address):
            return None
        until = self._links.pop(_digest(token), 0.0)
        if until < self._clock():
            self._tries.failed(address)
            return None
        return self._enter()

    def by_password(self, password: str, address: str) -> str | None:
        """The cookie for the right password. Wrong tries get rarer."""
        if not self._hash or not self._tries.may(address):
            return None
        self._tries.failed(address)  # counted before it is checked: many at once are many tries
        if not _fits(self._hash, password):
            return None
        self._tries.forgive(address)
        return self._enter()

    def count(self, address: str) -> None:
        """Count a wrong try that was made elsewhere."""
        self._tries.failed(address)

    def waits(self, address: str) -> bool:
        """Whether an address has used up its tries for now."""
        return not self._tries.may(address)

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
    """Buckets of wrong tries: one an address, and one for all."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._all = Bucket(ALL_TRIES, ALL_EACH, clock())
        self._each: OrderedDict[str, Bucket] = OrderedDict()

    def may(self, address: str) -> bool:
        """Whether this address may try."""
        now = self._clock()
        return self._all.left(now) >= 1 and self._of(address).left(now) >= 1

    def failed(self, address: str) -> None:
        """Count a wrong try."""
        self._all.take(self._clock())
        self._of(address).take(self._clock())

    def forgive(self, address: str) -> None:
        """A right one: what went wrong before is forgotten."""
        self._all.give()
        self._each.pop(address, None)

    def _of(self, address: str) -> Bucket:
        bucket = self._each.setdefault(address, Bucket(TRIES, EACH, self._clock()))
        self._each.move_to_end(address)
        while len(self._each) > ADDRESSES:
            self._each.popitem(last=False)
        return bucket


class Bucket:
    """So many at once, and one more every so many seconds."""

    def __init__(self, most: int, each: float, now: float) -> None:
        self._most, self._each, self._left, self._at = most, each, float(most), now

    def left(self, now: float) -> float:
        """How many there are at this moment."""
        self._left = min(self._most, self._left + (now - self._at) / self._each)
        self._at = now
        return self._left

    def take(self, now: float) -> None:
        """Take one."""
        self._left = max(0.0, self.left(now) - 1)

    def give(self) -> None:
        """Give one back."""
        self._left = min(self._most, self._left + 1)
