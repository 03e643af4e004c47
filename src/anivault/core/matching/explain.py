"""Decide how a verdict is told: every candidate, every part and every rule, in words and as data. Pure.

In: a matched file. Out: an Explanation for JSON, and its lines for people.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from anivault.core.matching.fits import WEIGHTS
from anivault.core.models import Coordinates, Entry, MatchedFile, Ranked


class Part(msgspec.Struct, frozen=True):
    """One part of a score: 0 speaks against, 1 for; `weight` is None for the title, which caps the rest."""

    name: str
    value: float
    weight: float | None
    words: str


class Told(msgspec.Struct, frozen=True):
    """One candidate with all that speaks for and against it."""

    show: str  # tmdb:123, tmdb:movie/123
    title: str
    year: int | None
    entry: str | None
    score: float
    parts: tuple[Part, ...]


class Explanation(msgspec.Struct, frozen=True):
    """Why a file is what AniVault thinks it is."""

    path: str
    titles: tuple[str, ...]
    decision: str
    confidence: float
    sure: float
    pinned: str | None
    coordinates: tuple[Coordinates, ...]
    rules: tuple[str, ...]
    candidates: tuple[Told, ...]


HIGH = 0.95
MOST_WORDS = 3  # of a candidate, in a question
# What a part says where it is high, middling and low. The middle reaches from 0.5 to 0.95.
WORDS: dict[str, tuple[str, str, str]] = {
    "title": ("a title is the same", "a title is much alike, or cut short", "no title is alike"),
    "agreement": (
        "all known titles in the name agree",
        "most titles agree",
        "titles in the name are other shows'",
    ),
    "folder": ("", "", "its folder's title goes on, and is another's, or none that is known"),
    "name": (
        "the name is this entry's own",
        "the name is nearly this entry's own",
        "the name is another entry's own",
    ),
    "season": ("the season fits", "the season may fit", "the season is another"),
    "year": ("the year fits", "the year is one off", "the year is another"),
    "type": (
        "film or series, as the name says",
        "the name does not look like this kind",
        "it is of another kind",
    ),
    "numbers": (
        "the episode numbers fit",
        "the numbers fit if they go on counting",
        "there are no such episodes",
    ),
    "era": (
        "streamed, and the show is recent",
        "streamed, and the show is not recent",
        "streamed, and the show is old",
    ),
    "pin": ("you have pinned it", "", ""),
}


def explain(file: MatchedFile) -> Explanation:
    """Lay out the verdict on one file."""
    return Explanation(
        path=file.file.rel,
        titles=file.parsed.titles,
        decision=str(file.decision),
        confidence=file.match.confidence,
        sure=file.sure,
        pinned=file.pinned,
        coordinates=file.coordinates,
        rules=file.reasons,
        candidates=tuple(_told(ranked) for ranked in file.match.ranked),
    )


def why(ranked: Ranked) -> str:
    """What speaks for a candidate and what against it, the title first."""
    parts = _told(ranked).parts
    told = [part.words for part in parts if part.words and (part.name == "title" or part.value < HIGH)]
    return "; ".join(told[:MOST_WORDS])


def lines(explanation: Explanation) -> Iterator[str]:
    """Say it to a person, a line each, indented by what belongs together."""
    yield f"{explanation.path}"
    yield f"  reads as: {' / '.join(explanation.titles) or 'no title'}"
    yield f"  {explanation.decision}{': ' if explanation.coordinates else ''}{where(explanation)}"
    for rule in explanation.rules:
        yield f"    {rule}"
    for told in explanation.candidates:
        yield f"  {told.score:.3f}  {told.title}{f' ({told.year})' if told.year else ''}  {told.show}"
        if told.entry:
            yield f"         as {told.entry}"
        for part in told.parts:
            weight = "" if part.weight is None else f" x{part.weight:g}"
            yield f"         {part.name:<10} {part.value:.2f}{weight}  {part.words}"


def where(explanation: Explanation) -> str:
    """The places that a file has, and how sure that is; empty where it has none."""
    places = ", ".join(
        f"S{c.season:02}E{c.episode:02}" + (f" (absolute {c.absolute})" if c.absolute else "")
        for c in explanation.coordinates
    )
    return f"{places}, {explanation.sure:.0%} sure of the place" if places else ""


def _told(ranked: Ranked) -> Told:
    candidate = ranked.candidate
    return Told(
        show=str(candidate.key),
        title=candidate.title,
        year=candidate.year,
        entry=_entry(ranked.entry),
        score=min(1.0, ranked.score.value),
        parts=tuple(Part(n, v, WEIGHTS.get(n), _words(n, v)) for n, v in ranked.score.parts.items()),
    )


def _entry(entry: Entry | None) -> str | None:
    if entry is None:
        return None
    title = next(
        (t.text for t in entry.titles if t.main), entry.titles[0].text if entry.titles else entry.key
    )
    facts = [entry.begin or "", f"{entry.episodes} episodes" if entry.episodes else "", entry.key]
    return f"{title} ({', '.join(f for f in facts if f)})"


def _words(name: str, value: float) -> str:
    high, middle, low = WORDS.get(name, ("", "", ""))
    return high if value >= HIGH else middle if value >= 0.5 else low
