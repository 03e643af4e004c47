"""Read AniDB's titles dump: `aid|type|language|title`, a line each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from anivault.services.catalogue.lists.found import BrokenListError, Found
from anivault.services.catalogue.rows import Row
from anivault.shared import regex as re

_LANGUAGES = {
    "x-jat": "ja-Latn",
    "x-kot": "ko-Latn",
    "x-zht": "zh-Latn",
    "x-other": "",
    "x-unk": "",
    "x-in": "",
}
_DUMP_LINE = re.compile(r"(\d+)\|([1-9])\|([a-z][\w-]*)\|(.+)")
_CREATED = re.compile(r"^# created: (.+)$", re.MULTILINE)


def read_anidb_titles(text: bytes) -> Found:
    """Read `aid|type|language|title` lines; official titles come first in their language."""
    lines = [line.removesuffix("\r") for line in text.decode("utf-8").split("\n")]
    titles: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    for line in lines:
        if line and not line.startswith("#"):
            if (found := _DUMP_LINE.fullmatch(line)) is None:
                raise BrokenListError(f"a line is not a title: {line[:60]!r}")
            rank = "1423".find(found[2]) % 9  # primary, official, synonym, short; then what AniDB adds
            titles[int(found[1])].append((rank, _LANGUAGES.get(found[3], found[3]), found[4]))
    created = _CREATED.search("\n".join(lines[:20]))
    rows = [Row(ids={"anidb": aid}, titles=_by_language(found)) for aid, found in titles.items()]
    return Found(rows=rows, version=created[1] if created else "")


def _by_language(found: Iterable[tuple[int, str, str]]) -> dict[str, list[str]]:
    titles: dict[str, list[str]] = defaultdict(list)
    for _, language, title in sorted(found, key=lambda item: item[0]):
        titles[language].append(title)
    return dict(titles)
