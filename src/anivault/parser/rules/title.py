"""The titles: the first words that no rule has claimed. Behind the episode, its own title.

Titles keep their original spelling. A name may carry several: parted by ` / ` or `|`, the second in
brackets, before and behind a season, or a Chinese, Japanese or Korean one beside a Latin one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from anivault.parser.draft import EPISODE, GAPS, GROUP, KIND, SEASON, Draft
from anivault.parser.models import VideoType

RULE = "rule:title"

_RUN = re.compile(f"[^{GAPS}]+")
_WORD = re.compile(r"[^\W_]|[^\x00-\xff]")
_APART = re.compile(
    r"\s+_\s+|(?<=[^\x00-\x7f])_|_(?=[^\x00-\x7f])|\s+[/／]\s*|\s*[/／]\s+|\s*[|｜]\s*|(?<=[^\x00-\x7f])[/／]|[/／](?=[^\x00-\x7f])"
)
_APART_LATIN = re.compile(r"\s+/\s*|\s*/\s+|\s*\|\s*")
_CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_CJK_ANY = re.compile(f"[{_CJK}]")
_SCRIPTS = re.compile(
    rf"(?P<cjk>.*[{_CJK}][^{_CJK}A-Za-z\s]*)[\s·-]+(?P<latin>[A-Za-z][^{_CJK}]+)|(?P<front>[A-Za-z][^{_CJK}]+?)[\s·-]+(?P<behind>[^A-Za-z\s]*[{_CJK}].*)"
)
_EDITION = re.compile(
    r"[ ._-]+(?:the )?(?:complete(?: (?:series|collection))?|batch|uncensored|remastered)$", re.IGNORECASE
)
_SQUARE = re.compile(r"\[([^\[\]]*)\]")
_LOCAL = re.compile(r"\[([^\[\]]*[^\x00-\x7f][^\[\]]*)\]\s*([A-Za-z].*)")
_TAIL = re.compile(r"\s*[\[{]([^\[\]{}]*)[\]}]\s*$")
_ASIDE = re.compile(r"\s*\(([^()]*)\)\s*$|\s+\(([^()]*)\)(?=\s)")
_EDGE = " \t-–—_,:|/／+&;=#★"


def read(draft: Draft) -> None:
    """Set the titles and the episode's title."""
    text = draft.text
    runs = [found.span() for found in _RUN.finditer(text) if _WORD.search(found[0])]
    if len(runs) > 1 and text[slice(*runs[0])].strip().isdecimal():  # 37 [Group] Title - 37
        runs = runs[1:]
    first = text.find(EPISODE)
    bracketed = bool(draft.numbers) and draft.numbers[0][0] == first
    if first >= 0 and not bracketed and _leads(draft, first) and runs:
        _read_leading(draft, runs)
        return
    if first == 0 and draft.numbers and draft.numbers[0][0] == 0:  # [01-12] Title
        first = -1
    before = [run for run in runs if first < 0 or run[0] < first]
    behind = [run for run in runs if first >= 0 and run[0] > first]
    _set_titles(draft, _titles(draft, before))
    if behind:
        _set_episode_title(draft, behind[0])


def _leads(draft: Draft, first: int) -> bool:
    """Tell whether nothing but a group stands before the episode."""
    return not _WORD.search(draft.text[:first])


def _read_leading(draft: Draft, runs: list[tuple[int, int]]) -> None:
    """`05 - Title - Episode title - [Group]`; without a group the folder has the title."""
    if draft.said.get("season") == "rule:episode" or "group" not in draft.fields:
        _set_episode_title(draft, runs[0])
        return
    start, end = runs[0]
    parts = re.split(r"\s-\s", draft.shown[start:end].strip(_EDGE), maxsplit=1)
    _set_titles(draft, _spellings(parts[0]))
    if len(parts) > 1:
        draft.set("episode_title", parts[1].strip(_EDGE), RULE)


def _titles(draft: Draft, runs: list[tuple[int, int]]) -> list[str]:
    """The titles in the stretches before the episode."""
    if not runs:
        return []
    start, end = runs[0]
    titles = list(_spellings(draft.shown[start:end]))
    for other_start, other_end in runs[1:]:
        gap = draft.text[other_start - 1]
        if gap != SEASON and not (gap == KIND):
            break
        more = list(_spellings(draft.shown[other_start:other_end]))
        if more and titles and not _CJK_ANY.search(titles[0]):
            more = [f"{titles[0]} {more[0]}"]
        titles += more
    if draft.fields.get("type") is VideoType.MOVIE and draft.text[end : end + 1] == KIND:
        whole = _clean(draft.shown[start : end + len(draft.text[end:]) - len(draft.text[end:].lstrip(KIND))])
        titles.append(whole)
    return titles


@lru_cache(maxsize=4096)  # a release repeats its title in every name
def _spellings(text: str) -> tuple[str, ...]:
    """Every title in one stretch: the parts between slashes, then those without their aside."""
    found: list[str] = []
    if text.isascii():
        parts = _APART_LATIN.split(text) if "/" in text or "|" in text else [text]
    else:
        parts = _APART.split(text)
    for part in parts:
        found.extend(_clean(piece) for piece in _one(part))
    return tuple(title for title in found if title)


def _one(part: str) -> list[str]:
    part = part.strip()
    if "[" in part and not _WORD.search(_SQUARE.sub("", part)):
        return [title for inside in _SQUARE.findall(part) for title in _one(inside)]
    if (local := _LOCAL.match(part)) is not None:
        return [local[1] + " " + local[2], local[1], local[2]]
    if part.count("[") != part.count("]"):
        part = part.strip("[]")
    while (tail := _TAIL.search(part)) is not None and tail.start() > 0:
        part = part[: tail.start()]
    titles = [part]
    if "(" in part and (aside := _ASIDE.search(part)) is not None and aside.start() > 0:
        titles.append(f"{part[: aside.start()]} {part[aside.end() :]}")
        inside = aside[1] or aside[2] or ""
        if " " in inside.strip() or not inside.isascii():  # (Kuro) alone names no show
            titles.append(inside)
    if not part.isascii() and (both := _SCRIPTS.fullmatch(part.strip())) is not None:
        titles += [both["cjk"] or both["front"], both["latin"] or both["behind"]]
    return titles


def _clean(text: str) -> str:
    """A title without the separators around it."""
    text = text.strip(_EDGE)
    if "  " in text:
        text = " ".join(text.split())
    if text.count("~") % 2:
        text = text.strip("~ ")
    text = _EDITION.sub("", text)
    return text if _WORD.search(text) else ""


def _set_titles(draft: Draft, titles: Iterable[str]) -> None:
    titles = list(dict.fromkeys(filter(None, titles)))
    if titles:
        draft.set("title", titles[0], RULE)
        draft.set("titles", tuple(titles), RULE)


def _set_episode_title(draft: Draft, run: tuple[int, int]) -> None:
    text = _clean(draft.shown[run[0] : run[1]])
    text = text[1:-1] if text[:1] in "[(" and text[-1:] in "])" else text
    if text and not text.isdecimal():
        draft.set("episode_title", text, RULE)


_ = GROUP
