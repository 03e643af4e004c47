"""Commands that AniVault tells people to type, found in what it prints and read as a shell reads them."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator

from anivault.cli.app import app

_COMMAND = re.compile(r"`(anivault [^`]+)`|(?:^|: ) *(anivault .+)$", re.MULTILINE)
STANDS_FOR = {"ID": "1", "FILE": "x", "PATH": "x", "PATH...": "x"}  # what people fill in themselves


def commands_in(text: str) -> Iterator[list[str]]:
    """Every command of a text as its words, with something in the place of what people fill in."""
    told = "\n".join(line for line in text.splitlines() if not line.startswith(("Error: ", "Usage: ")))
    for found in _COMMAND.finditer(told):
        words = _words(found[1] or found[2])[1:]
        yield [STANDS_FOR.get(word, word).replace("tmdb:ID", "tmdb:1") for word in words]


def _words(line: str) -> list[str]:
    if "$'" not in line:
        return shlex.split(line)
    raw = subprocess.run(["bash", "-c", f"printf '%s\\0' {line}"], capture_output=True, check=True).stdout
    return [word.decode("utf-8", "surrogateescape") for word in raw.split(b"\0")[:-1]]


def assert_typable(text: str) -> None:
    """Every command in a text is one: its words and options exist, and none is a library to be named yet."""
    for words in commands_in(text):
        assert "LIB" not in words, text
        called = app(list(words), prog_name="anivault", standalone_mode=False)
        assert callable(called) or "--help" in words, words
