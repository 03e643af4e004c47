"""Read the rules of anime-relations: how numbers run on from one entry to the next."""

from __future__ import annotations

from collections.abc import Iterator

from anivault.services.catalogue.lists.found import BrokenListError, Found
from anivault.services.catalogue.rows import Row
from anivault.shared import regex as re

_RULE = re.compile(
    r"- (?P<source>[\d|?~]+):(?P<from>\d+)(?:-(?P<to>\d+|\?))? -> [\d|?~]+:(?P<first>\d+)(?:-(?:\d+|\?))?!?"
)
_MODIFIED = re.compile(r"^- last_modified: (.+)$", re.MULTILINE)
_RULE_IDS = ("mal", "", "anilist")  # the second is Kitsu's, which nothing else here knows


def read_anime_relations(text: bytes) -> Found:
    """Read the rules: where episode 13 is the first of a sequel, the entry itself has twelve."""
    whole = text.decode("utf-8")
    head, found, rules = whole.partition("::rules")
    if not found:
        raise BrokenListError("it has no ::rules")
    modified = _MODIFIED.search(head)
    rows = [row for line in rules.splitlines() if line.startswith("- ") for row in _rule(line.strip())]
    return Found(rows=rows, version=modified[1].strip() if modified else "")


def _rule(line: str) -> Iterator[Row]:
    found = _RULE.fullmatch(line)
    if found is None:
        raise BrokenListError(f"a line is not a rule: {line[:60]!r}")
    ids = {
        n: int(i) for n, i in zip(_RULE_IDS, found["source"].split("|"), strict=False) if n and i.isdigit()
    }
    if ids and found["first"] == "1" and found["to"] and int(found["from"]) > 1:
        yield Row(ids=ids, episodes=int(found["from"]) - 1)
