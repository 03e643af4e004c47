"""Pack what a report of a bug needs: versions, settings, checks, the log; names are hashed.

In: what was found. Out: a zip file. A hash is the same for the same name within one report, so that lines can
be compared, and with a salt of the report's own, so that no list of titles tells what it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from anivault.shared.logs.redact import redacted

# What says nothing of what somebody has: names of commands, codes, times, numbers.
PLAIN = frozenset(
    {"time", "run", "journal_run", "level", "event", "operation", "error", "code", "name", "origin"}
)
_PLAIN_SETTINGS = ("organize.", "scan.", "watch.", "parser.", "match.", "tmdb.url", "library.wait")


class Namer:
    """Gives each name its hash; with `shown` it stays as it is."""

    def __init__(self, *, shown: bool) -> None:
        self._shown, self._salt = shown, secrets.token_bytes(16)

    def __call__(self, text: str) -> str:
        """`h-1f2e3d4c.mkv` for a name; the extension stays."""
        if self._shown:
            return redacted(text)
        extension = os.path.splitext(text)[1]
        kept = extension if extension[1:].isalnum() and len(extension) < 6 else ""
        return f"h-{hashlib.blake2b(self._salt + os.fsencode(text), digest_size=5).hexdigest()}{kept}"

    def line(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """A line of the log, or a check, with its names hashed."""
        return {name: fact if name in PLAIN else self.any(fact) for name, fact in facts.items()}

    def any(self, fact: Any) -> Any:
        """Whatever stands in JSON; options such as --apply are no names."""
        if isinstance(fact, str):
            return fact if fact.startswith("--") and "=" not in fact else self(fact)
        if isinstance(fact, list | tuple):
            return [self.any(each) for each in fact]
        return {key: self.any(each) for key, each in fact.items()} if isinstance(fact, dict) else fact


def words_of(line: Mapping[str, Any], named: Namer, commands: Iterable[str]) -> dict[str, Any]:
    """A line of the log; of the words of a command the command stays readable."""
    known = frozenset(commands)
    made = named.line(line)
    if isinstance(line.get("words"), list):
        made["words"] = [word if word in known else named.any(word) for word in line["words"]]
    if isinstance(line.get("counts"), dict):
        made["counts"] = line["counts"]
    return made


def setting(name: str, value: Any, named: Namer) -> Any:
    """The value of a setting, where it names no folder, address or person."""
    return value if name.startswith(_PLAIN_SETTINGS) and "prefer" not in name else named.any(value)


def _lines(file: str) -> Iterator[str]:
    """The lines of a file as far as it can be read."""
    with (
        suppress(OSError),
        open(file, encoding="utf-8", errors="replace") as lines,  # noqa: PTH123 - a path as the log has it
    ):
        yield from lines


def log_lines(files: Iterable[str], told: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> str:
    """The log, oldest first; a line that cannot be read is counted."""
    made, odd = [], 0
    for file in reversed(list(files)):
        for text in _lines(file):
            try:
                made.append(json.dumps(told(json.loads(text))))
            except (ValueError, AttributeError):
                odd += 1
    return "\n".join([*made, *([f'{{"odd_lines": {odd}}}'] if odd else [])]) + "\n"


def pack(path: str, parts: Mapping[str, str]) -> None:
    """Write the zip file; one that is there stays. Raises FileExistsError, OSError."""
    with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
