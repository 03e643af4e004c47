"""Decide what titles a file name carries, and the ways in which each can be read. Pure.

In: a parsed file; the titles of a release. Out: the titles that stand for themselves, with the pieces of
each; and for every way to read one the text, what is left without season words, and how far to trust it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from anivault.core.matching.said import HEAD, NUMBERED, PIECE, SCRIPT, WHOLE, Reading
from anivault.core.matching.titles.normalize import normal_form
from anivault.parser.title_words import split_number, split_season, without_film_words
from anivault.shared import regex as re

SCRAP = 0.8  # the most for a piece that leaves most of its title unsaid
LEAST_SHARE = 0.3  # of a title; a piece that says less leaves most of it unsaid
MAX_TITLES = 16  # a guess: real names carry one to four, and the pieces of those


def titles_of(texts: Iterable[str]) -> dict[str, list[str]]:
    """Every title that the names carry, with the pieces of it that they carry too.

    A piece (`東京喵喵` where there is `東京喵喵 NEW`) is no title of its own: it would speak for other shows.
    What spaced strokes part (`中文 / Romaji`) are titles, and the whole is not.
    """
    each_form = {t: normal_form(t) for text in texts for t in _strokes(text)}
    titles = _with_pieces(each_form)
    return {t: titles[t] for t in list(each_form)[:MAX_TITLES] if t in titles and each_form[t]}


def _with_pieces(each_form: Mapping[str, str]) -> dict[str, list[str]]:
    """The longest titles, each with what is a part of it; a second spelling of one is left out."""
    titles: dict[str, list[str]] = {}
    for text, form in sorted(each_form.items(), key=lambda item: -len(item[1])):
        whole = next((t for t in titles if form in each_form[t]), None)
        if whole is None:
            titles[text] = []
        elif form != each_form[whole]:
            titles[whole].append(text)
    return titles


@lru_cache(maxsize=16384)
def _strokes(title: str) -> list[str]:
    """A title, or where strokes part it (`中文 / Romaji`) the titles it is made of."""
    spaced = [p.strip(_TRIM) for p in _SPACED_STROKE.split(title)]
    pieces = [p for part in spaced for p in _parted(part)]
    return [p for p in pieces if p] if len(pieces) > 1 else [title]


def _parted(title: str) -> list[str]:
    """Part at strokes without space where they stand between scripts; *Fate/stay night* stays whole."""
    pieces = [p.strip(_TRIM) for p in _STROKE.split(title)]
    return pieces if len({bool(_HAS_CJK.search(p)) for p in pieces}) == 2 else [title]


def readings_of(
    titles: dict[str, list[str]], films: tuple[int, ...] = (), first: int = 0
) -> Iterator[Reading]:
    """Read each title in every way that makes sense; `films` are numbers that a film's title may have."""
    for index, (title, pieces) in enumerate(titles.items(), first):
        seen: set[str] = set()
        least = LEAST_SHARE * _weight(title)
        for text, full in (*_variants(title, films), *((piece, SCRIPT) for piece in pieces)):
            trust = min(full, SCRAP) if _weight(text) < least else full
            if normal_form(text) and text not in seen:
                seen.add(text)
                base, season, part = split_season(text)
                yield Reading(text, base, season, part, trust, index)
                bare = split_number(text)
                if season is None and part is None and bare.season is not None:
                    yield Reading(text, bare.base, bare.season, None, trust * NUMBERED, index, bare=True)


def _weight(text: str) -> int:
    """How much a text says: a Han character or kana as much as three letters."""
    return sum(map(str.isalnum, text)) + 2 * len(_HAS_CJK.findall(text))


def _variants(title: str, films: tuple[int, ...]) -> Iterator[tuple[str, float]]:
    """The title whole, as numbered film, in its pieces by bracket, stroke and script, and its head."""
    yield title, WHOLE
    yield without_film_words(title), PIECE
    for number in films:
        yield f"{title} Movie {number}", WHOLE
        yield f"{title} {number}", PIECE
    yield from _by_bracket(title)
    for trust, pieces in (
        (PIECE if _MIXED_DASH.search(title) else SCRIPT, _by_script(title)),
        (SCRIPT, _STROKE.split(title)),
    ):
        for piece in pieces:
            if len(piece.strip(_TRIM)) > 1:
                yield piece.strip(_TRIM), trust
    head, separator, _ = _SUBTITLE.split(title, maxsplit=1) if _SUBTITLE.search(title) else (title, "", "")
    if separator and len(head) > 2:
        yield head.strip(), HEAD


def _by_bracket(title: str) -> Iterator[tuple[str, float]]:
    """The pieces of a title, little trusted where brackets tell a sequel that they do not: `Show (TV 2)`."""
    pieces = [p for p in (piece.strip(_TRIM) for piece in _BRACKETED.split(title)) if len(p) > 1]
    sequel = any(_TELLS_SEQUEL.search(inside) for inside in _INSIDE.findall(title))
    for piece in pieces:
        yield piece, SCRIPT if sequel and not _TELLS_SEQUEL.search(piece) else PIECE


_TRIM = " -~:："
_INSIDE = re.compile(r"[(（【\[]([^)）】\]]*)")
_TELLS_SEQUEL = re.compile(
    r"(?<![\d.])[2-9](?![\d.])|\b(?:second|third|fourth|final|next|sequel|zoku(?:hen)?|shin|kan?ketsu-?hen)\b|[続续新完]",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"[(（【\[]|[)）】\]]")
_SPACED_STROKE = re.compile(r"\s+[/／|｜]+\s+|\s{2,}")
_STROKE = re.compile(r"\s*[/／|｜]\s*")
_SUBTITLE = re.compile(r"(\s+-\s+|[:：~～―]\s*)")
_CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f"
_HAS_CJK = re.compile(f"[{_CJK}]")
_SEAM = re.compile(
    rf"(?<=[{_CJK}])(?=[^{_CJK}A-Za-z]*[A-Za-z]{{3}})|(?<=[A-Za-z]{{3}})(?=[^{_CJK}A-Za-z]*[{_CJK}]{{2}})"
)
_MIXED_DASH = re.compile(rf"[A-Za-z]\W*\s-\s\W*[{_CJK}]|[{_CJK}]\W*\s-\s\W*[A-Za-z]")


def _by_script(title: str) -> Sequence[str]:
    """A title in two scripts (`鬼灭之刃 Kimetsu no Yaiba`) may be two titles: parted at the first seam."""
    pieces = _SEAM.split(title, maxsplit=1)
    return pieces if len(pieces) == 2 else ()
