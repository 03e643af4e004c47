"""Decide how well each show, and each of its entries, fits a release. Pure.

In: the evidence of a release, and the candidates for it. Out: for each candidate its best entry,
with a score whose named parts tell why. A part that either side cannot speak about is left out of the
mean. The weights follow from the inequalities in docs/matching.md; tests prove them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from anivault.core.matching.episodes import MOVIE, Frame, Slot, frame_of, timeline
from anivault.core.matching.normalize import FINAL, forms, split_season
from anivault.core.matching.releases import Evidence, Reading
from anivault.core.models import Candidate, Score

WEIGHTS: Mapping[str, float] = {
    "title": 12,
    "agreement": 4,
    "name": 3,
    "season": 4,
    "year": 5,
    "type": 3,
    "numbers": 3,
}
POPULARITY = 1e-6  # below every other difference that a score can show
LENIENT = 0.97  # equal but for articles, marks or doubled vowels
FUZZY = 0.94  # the most that a likeness below equality is worth


@dataclass(frozen=True, slots=True)
class Fit:
    """A candidate, its timeline and the slot that fits best, with the frame of the release's numbers."""

    candidate: Candidate
    slots: tuple[Slot, ...]
    slot: Slot
    frame: Frame | None
    score: Score


@dataclass(frozen=True, slots=True)
class Name:
    """A title of an entry, ready to compare."""

    whole: tuple[str, ...]
    base: tuple[str, ...]
    season: int | None
    part: int | None


@dataclass(frozen=True, slots=True)
class Names:
    """What a show is called: `shared` names any of it, `own` (by slot) one entry alone."""

    shared: tuple[Name, ...]
    own: tuple[tuple[Name, ...], ...]


def rank(said: Evidence, candidates: Iterable[Candidate]) -> list[Fit]:
    """Rate every candidate and sort them, the best first; ties fall to popularity, then to the id."""
    known = [(c, _profile(c)) for c in candidates]
    titles = {id(c): _titles(said, names) for c, (_, names) in known}
    spoken = _spoken(titles.values())
    fits = [_best(said, c, slots, names, titles[id(c)], spoken) for c, (slots, names) in known if slots]
    return sorted(fits, key=lambda f: (-f.score.value, f.candidate.media_type, f.candidate.id))


def _best(
    said: Evidence,
    candidate: Candidate,
    slots: tuple[Slot, ...],
    names: Names,
    titles: Mapping[int, float],
    spoken: frozenset[int],
) -> Fit:
    show = {
        "title": max(titles.values(), default=0.0),
        "agreement": sum(titles.get(t, 0.0) for t in spoken) / len(spoken) if spoken else None,
    }
    fits = []
    for index, slot in enumerate(slots):
        frame = frame_of(slot, said.whole_numbers)
        parts = show | {
            "name": _rate_name(said, names, index),
            "season": _rate_season(said, slot, slots),
            "year": _rate_year(said, candidate, slot),
            "type": _rate_type(said, slot),
            "numbers": _rate_numbers(said, slot, frame),
        }
        fits.append(Fit(candidate, slots, slot, frame, score(parts, candidate.popularity)))
    return max(fits, key=lambda f: f.score.value)


def score(parts: Mapping[str, float | None], popularity: float = 0.0) -> Score:
    """Weigh the parts that speak: 0.0 is unrelated, 1.0 is certain. Popularity only breaks ties."""
    spoken = {name: part for name, part in parts.items() if part is not None}
    value = sum(WEIGHTS[n] * p for n, p in spoken.items()) / sum(WEIGHTS[n] for n in spoken)
    return Score(value + POPULARITY * popularity / (1 + popularity), spoken)


# --- titles ---------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _name(text: str) -> Name:
    base, season, part = split_season(text)
    return Name(forms(text), forms(base), season, part)


class _Profiles(dict[int, tuple[Candidate, tuple[Slot, ...], Names]]):
    """Timelines and names by candidate object, so that a run derives each once."""


_PROFILES = _Profiles()


def _profile(candidate: Candidate) -> tuple[tuple[Slot, ...], Names]:
    found = _PROFILES.get(id(candidate))
    if found is None or found[0] is not candidate:
        if len(_PROFILES) > 5000:
            _PROFILES.clear()
        slots = timeline(candidate)
        found = _PROFILES[id(candidate)] = (candidate, slots, _names(candidate, slots))
    return found[1], found[2]


def _names(candidate: Candidate, slots: Sequence[Slot]) -> Names:
    """Sort a show's titles into those that name it and those that name one entry.

    A title that two entries carry names the show. So does an unmarked alias of an entry whose main
    title is only the show's with a season word: lists give sequels the plain title as an alias.
    """
    count: dict[str, int] = {}
    by_slot = [[(t, _name(t.text)) for t in slot.entry.titles] for slot in slots]
    for names in by_slot:
        for form in {n.whole[0] for _, n in names}:
            count[form] = count.get(form, 0) + 1
    own: list[tuple[Name, ...]] = []
    for names in by_slot:
        marked = any(t.main and (n.season or n.part) for t, n in names)
        own.append(
            tuple(n for _, n in names if count[n.whole[0]] == 1 and (n.season or n.part or not marked))
        )
    every = {n.whole: n for names in by_slot for _, n in names} | {
        n.whole: n for n in (_name(t.text) for t in candidate.titles)
    }
    return Names(tuple(every.values()), tuple(own))


def _titles(said: Evidence, names: Names) -> dict[int, float]:
    """How well each title of the release names the show, by its best reading."""
    best: dict[int, float] = {}
    for reading in said.readings:
        likeness = max((_likeness(reading, n) for n in names.shared), default=0.0) * reading.trust
        best[reading.title] = max(best.get(reading.title, 0.0), likeness)
    return best


def _spoken(all_titles: Iterable[Mapping[int, float]]) -> frozenset[int]:
    """The titles that some candidate bears: one that nobody knows is no evidence against any."""
    return frozenset(t for titles in all_titles for t, likeness in titles.items() if likeness >= 0.9)


def _likeness(reading: Reading, name: Name) -> float:
    whole, base = forms(reading.text), forms(reading.base)
    return max(_alike(whole, name.whole), _alike(base, name.base), _alike(base, name.whole))


def _alike(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    if a[0] == b[0]:
        return 1.0
    if a[-1] == b[-1]:
        return LENIENT
    return FUZZY * fuzz.ratio(a[-1], b[-1], score_cutoff=60) / 100


# --- parts: each 0 (against) to 1 (for), None when nothing can be said --------------------------


def _rate_name(said: Evidence, names: Names, index: int) -> float | None:
    """1 when a title names this entry alone, 0 when it names another entry of the show alone."""
    mine = max((_names_entry(said, n) for n in names.own[index]), default=0.0)
    others = max(
        (_names_entry(said, n) for i, own in enumerate(names.own) if i != index for n in own), default=0.0
    )
    if mine == others:
        return None
    return 1.0 if mine > others else 0.0


def _names_entry(said: Evidence, name: Name) -> float:
    return max((_same_entry(said, r, name) for r in said.readings), default=0.0)


def _same_entry(said: Evidence, reading: Reading, name: Name) -> float:
    whole, base = forms(reading.text), forms(reading.base)
    if whole[0] == name.whole[0] or whole[-1] == name.whole[-1]:
        return reading.trust
    season = reading.season if reading.season is not None else said.season
    part = reading.part if reading.part is not None else said.part
    same = (
        base[-1] == name.base[-1] and (season or 1) == (name.season or 1) and (part or 1) == (name.part or 1)
    )
    return reading.trust if same and (name.season or name.part) else 0.0


def _rate_season(said: Evidence, slot: Slot, slots: Sequence[Slot]) -> float | None:
    """Compare season and part words with the entry's own words, the provider's season and its turn."""
    if slot.season == MOVIE:
        return None if said.season is None else 0.3
    if slot.season == 0:
        return 1.0 if said.season == 0 or said.special else 0.2
    if said.season is None:
        return 1.0 if slot.nth == 1 and slot.cour == 1 else 0.7
    value = _season_fits(said.season, slot, slots)
    return value * _part_fits(said.part, slot) if said.part else value


def _season_fits(season: int, slot: Slot, slots: Sequence[Slot]) -> float:
    if season == FINAL:
        return 1.0 if slot.marker == FINAL or slot.season == max(s.season for s in slots) else 0.3
    if slot.marker is not None:
        return 1.0 if slot.marker == season else 0.6 if slot.season == season else 0.1
    if slot.season == season:
        return 1.0 if slot.cour == 1 else 0.95
    return 0.7 if slot.nth == season else 0.1


def _part_fits(part: int, slot: Slot) -> float:
    return 1.0 if (slot.part or slot.cour) == part else 0.9 if slot.cour == part else 0.5


def _rate_year(said: Evidence, candidate: Candidate, slot: Slot) -> float | None:
    """The year of the entry, or of the show: releases carry either."""
    if said.year is None:
        return None
    years = [int(slot.entry.begin[:4])] if slot.entry.begin else []
    years += [candidate.year] if candidate.year else []
    distance = min((abs(said.year - y) for y in years), default=None)
    return None if distance is None else {0: 1.0, 1: 0.7}.get(distance, 0.0)


def _rate_type(said: Evidence, slot: Slot) -> float | None:
    film = slot.season == MOVIE or slot.entry.type == "movie"
    if said.movie is None:
        return None if film or slot.count == 1 else 0.4
    if said.special and not film:
        return 1.0 if slot.season == 0 or slot.entry.type == "ova" else 0.3
    return 1.0 if film == said.movie else 0.1


def _rate_numbers(said: Evidence, slot: Slot, frame: Frame | None) -> float | None:
    """Whether the release's numbers can be this entry's; the more of them, the better the proof."""
    if not said.whole_numbers or slot.season == MOVIE:
        return None
    if frame is None:
        held = sum(bool(slot.frames(n)) for n in said.whole_numbers)
        return 0.5 * held / len(said.whole_numbers)
    return {Frame.OWN: 1.0, Frame.SEASON: 0.9, Frame.SHOW: 0.8}[frame]
