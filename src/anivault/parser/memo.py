"""Remember how a release is named: its files differ in the episode, its title and the checksum only.

In: a name whose shape was read before, with another number. Out: the former result with the new number,
title and checksum, at a tenth of the cost. Only sure readings are kept, of numbers that no rule treats by
their value and titles of words that no rule knows; tests hold that a name reads the same with and without.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from anivault.parser.form import LONGEST, blank_of
from anivault.parser.models import SURE, ParseResult
from anivault.parser.vocabulary import KNOWN, SUBTITLE_EXTENSIONS, TERMS
from anivault.shared import regex as re

CAPACITY = 4096  # shapes; a hundred thousand files have a few thousand

_RUNS = re.compile(r"([\[(][0-9A-Fa-f]{8}[\])]|\d+)")
_BY_VALUE = frozenset(("480", "540", "576", "720"))  # taken for a resolution in brackets
_SEASON, _EPISODE = frozenset("sS"), frozenset("eE")
_WORDS = re.compile(r"[A-Za-z]+(?:[ .][A-Za-z]+)*")


class _Shape(NamedTuple):
    runs: list[str]  # the numbers and the checksum of the name it was learnt from
    episode: int  # which of them is the episode
    checksum: int | None
    result: ParseResult


class _Titled(NamedTuple):
    """A shape with a title behind the episode; `texts` without it, it stands in the one behind the number."""

    shape: _Shape
    texts: list[str]
    before: str
    after: str
    blank: str


class Memo:
    """The shapes seen so far."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[str, ...], _Shape] = {}
        self._titled: dict[tuple[str, ...], _Titled] = {}  # by the texts before the episode

    def find(self, name: str) -> ParseResult | None:
        """Return the reading of `name` if its shape is known."""
        pieces = _RUNS.split(name)
        if (shape := self._shapes.get(tuple(pieces[::2]))) is not None:
            return _fill(shape, pieces[1::2])
        for episode in range(min(2, len(pieces) // 2) if len(name) <= LONGEST else 0):
            if (titled := self._titled.get(tuple(pieces[: 2 * episode + 1 : 2]))) is not None:
                return _fill_titled(titled, pieces)
        return None

    def keep(self, name: str, result: ParseResult) -> None:
        """Learn the shape of a name, if its reading is sure to hold for other numbers."""
        if result.confidence < SURE or len(result.episodes) != 1 or result.absolute:
            return
        pieces = _RUNS.split(name)
        shape = _shape(pieces, result)
        if shape is None:
            return
        if len(self._shapes) >= CAPACITY:
            self._shapes.clear()
            self._titled.clear()
        self._shapes[tuple(pieces[::2])] = shape
        if result.episode_title is not None and (titled := _titled(name, shape, pieces[::2])) is not None:
            self._titled[tuple(pieces[: 2 * shape.episode + 1 : 2])] = titled


def _shape(pieces: list[str], result: ParseResult) -> _Shape | None:
    runs = pieces[1::2]
    episode = _episode(pieces, runs, result)
    if episode is None or not _may_vary(runs[episode]):
        return None
    match [n for n, run in enumerate(runs) if not run.isdecimal()]:
        case []:
            return _Shape(runs, episode, None, result)
        case [checksum] if runs[checksum][1:-1] == result.crc32:
            return _Shape(runs, episode, checksum, result)
    return None


def _episode(pieces: list[str], runs: list[str], result: ParseResult) -> int | None:
    """Which run is the episode; of `S01E01` the second one, where the name has no third that is equal."""
    match [n for n, run in enumerate(runs) if run.isdecimal() and int(run) == result.episodes[0]]:
        case [only]:
            return only
        case [season, episode] if result.season == result.episodes[0] and episode == season + 1:
            texts = pieces[2 * season], pieces[2 * episode]
            return episode if texts[0][-1:] in _SEASON and texts[1] in _EPISODE else None
    return None


def _may_vary(run: str) -> bool:
    return 1 < len(run) < 4 and run not in _BY_VALUE


def _titled(name: str, shape: _Shape, texts: list[str]) -> _Titled | None:
    """Cut the title out of the text behind the episode, where its words may be replaced by others."""
    blank, title = blank_of(name), shape.result.episode_title
    if blank is None or title is None or name.rpartition(".")[2].lower() in SUBTITLE_EXTENSIONS:
        return None
    printed, place = title.replace(" ", blank), shape.episode + 1
    before, found, after = texts[place].partition(printed)
    if not before or not found or not _is_plain(printed, blank):
        return None
    return _Titled(shape, texts[:place] + texts[place + 1 :], before, after, blank)


def _is_plain(title: str, blank: str) -> bool:
    words = title.lower().split(blank)
    spoken = not all(word in TERMS for word in words)  # technical words alone are no title
    return spoken and _WORDS.fullmatch(title) is not None and KNOWN.isdisjoint(words)


def _fill_titled(titled: _Titled, pieces: list[str]) -> ParseResult | None:
    texts = pieces[::2]
    text = texts.pop(titled.shape.episode + 1)
    if texts != titled.texts or not text.startswith(titled.before) or not text.endswith(titled.after):
        return None
    title = text[len(titled.before) : len(text) - len(titled.after)]
    if not _is_plain(title, titled.blank):
        return None
    result = _fill(titled.shape, pieces[1::2])
    return result and replace(result, episode_title=title.replace(titled.blank, " "))


def _fill(shape: _Shape, runs: list[str]) -> ParseResult | None:
    """The shape's reading with the numbers of another name, if all but episode and checksum are the same."""
    episode = runs[shape.episode]
    if len(episode) != len(shape.runs[shape.episode]) or episode in _BY_VALUE:
        return None
    runs[shape.episode] = shape.runs[shape.episode]
    if shape.checksum is None:
        return replace(shape.result, episodes=(int(episode),)) if runs == shape.runs else None
    checksum = runs[shape.checksum]
    runs[shape.checksum] = shape.runs[shape.checksum]
    if runs != shape.runs:
        return None
    return replace(shape.result, episodes=(int(episode),), crc32=checksum[1:-1])
