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
from rapidfuzz.distance import Levenshtein

from anivault.core.matching.episodes import MOVIE, Frame, Slot, frame_of, timeline
from anivault.core.matching.normalize import FINAL, forms, split_number, split_season
from anivault.core.matching.releases import Evidence, Reading
from anivault.core.models import Candidate, Score

WEIGHTS: Mapping[str, float] = {
    "agreement": 4,
    "name": 3,
    "season": 4,
    "year": 5,
    "type": 3,
    "numbers": 3,
    "era": 1,
}
POPULARITY = 1e-6  # below every other difference that a score can show
LENIENT = 0.98  # equal but for articles, marks or doubled vowels
SLIP = 0.96  # a letter or two are wrong: 0.02 less for each
BRIEF = 0.88  # what an equal title of up to four letters is worth alone
CUT, CUT_SHORT = 10, 0.88  # the fewest letters of a title cut short, and what that is worth
UNLIKE = 0.85  # the most that titles are worth which differ by more than slips
CLAIM = 0.9  # from here on a title of an entry's own is taken to be meant
KNOWN = 0.9  # from here on a title is taken to be this show's
WEB_SINCE = 2010  # simulcasts by the big sites began about then


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


@dataclass(frozen=True, slots=True)
class Heard:
    """How a release sounds to one show: each title's best likeness, and the season words that leaves."""

    likeness: Mapping[int, float]
    season: int | None
    part: int | None


def rank(said: Evidence, candidates: Iterable[Candidate]) -> list[Fit]:
    """Rate every candidate and sort them, the best first; ties fall to popularity, then to the id."""
    profiles = [(c, *_profile(c)) for c in candidates]
    heard = [_hear(said, names) for _, _, names in profiles]
    spoken = frozenset(t for h in heard for t, likeness in h.likeness.items() if likeness >= KNOWN)
    fits = [
        _best(said, candidate, slots, names, hears, spoken)
        for (candidate, slots, names), hears in zip(profiles, heard, strict=True)
        if slots
    ]
    return sorted(fits, key=lambda f: (-f.score.value, f.candidate.media_type, f.candidate.id))


def _best(
    said: Evidence,
    candidate: Candidate,
    slots: Sequence[Slot],
    names: Names,
    heard: Heard,
    spoken: frozenset[int],
) -> Fit:
    show = {
        "title": max(heard.likeness.values(), default=0.0),
        "agreement": sum(heard.likeness.get(t, 0.0) for t in spoken) / len(spoken)
        if len(spoken) > 1
        else None,
        "era": _rate_era(said, candidate),
    }
    fits = []
    claims = _claims(said, heard, names)
    named = max(claims, default=(0.0, 0))[0] > 0
    for index, slot in enumerate(slots):
        frame = frame_of(slot, said.whole_numbers)
        parts = show | {
            "name": _rate_name(claims, index),
            "season": None if named and heard.season is None else _rate_season(said, heard, slot, slots),
            "year": _rate_year(said, candidate, slot),
            "type": _rate_type(said, slot),
            "numbers": _rate_numbers(said, slot, frame),
        }
        fits.append(Fit(candidate, tuple(slots), slot, frame, score(parts, candidate.popularity)))
    return max(fits, key=lambda f: f.score.value)


def score(parts: Mapping[str, float | None], popularity: float = 0.0) -> Score:
    """Weigh the parts that speak: 0.0 is unrelated, 1.0 is certain.

    The title is the ceiling that the mean of the other parts can only lower: no year or number makes
    up for another title. Popularity only breaks ties.
    """
    spoken = {name: part for name, part in parts.items() if part is not None}
    rest = [n for n in spoken if n != "title"]
    mean = sum(WEIGHTS[n] * spoken[n] for n in rest) / sum(WEIGHTS[n] for n in rest) if rest else 1.0
    return Score(spoken["title"] * mean + POPULARITY * popularity / (1 + popularity), spoken)


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
    """Sort a show's titles into those that name it and those that name one entry, or a few.

    The plain titles of the first entry name the show: they are used for any season. So does every title
    that is another's without its season words: lists give sequels the plain title as an alias.
    """
    by_slot = [[_entry_name(t.text, slot) for t in slot.entry.titles] for slot in slots]
    every = [n for names in by_slot for n in names] + [_name(t.text) for t in candidate.titles]
    roots = {n.base[-1] for n in every if n.season or n.part}
    roots |= {
        n.whole[-1] for slot, names in zip(slots, by_slot, strict=True) if _is_first(slot) for n in names
    }
    own = (tuple(n for n in names if n.season or n.part or n.whole[-1] not in roots) for names in by_slot)
    return Names(tuple({n.whole: n for n in every}.values()), tuple(own))


def _is_first(slot: Slot) -> bool:
    return slot.nth == 1 and slot.cour == 1


def _entry_name(text: str, slot: Slot) -> Name:
    """A title of an entry; a bare last number is a season word when it is the entry's season."""
    name, (base, season, _) = _name(text), split_number(text)
    if name.season is None and season is not None and season in (slot.marker, slot.season):
        name = Name(name.whole, forms(base), season, name.part)
    return Name(name.whole, name.base, name.season, name.part or slot.part) if name.season else name


def _hear(said: Evidence, names: Names) -> Heard:
    """Find each title's best reading for this show; a bare last number is a season only if it has to be."""
    best: dict[int, tuple[float, Reading]] = {}
    for reading in said.readings:
        likeness = max((_likeness(reading, n) for n in names.shared), default=0.0) * reading.trust
        if likeness > best.get(reading.title, (0.0, reading))[0]:
            best[reading.title] = likeness, reading
    known = [reading for likeness, reading in best.values() if likeness >= KNOWN]
    season = next((r.season for r in known if r.season is not None), None)
    part = next((r.part for r in known if r.part is not None), None)
    return Heard(
        {title: likeness for title, (likeness, _) in best.items()},
        season if said.season is None else said.season,
        part if said.part is None else said.part,
    )


def _likeness(reading: Reading, name: Name) -> float:
    whole, base = forms(reading.text), forms(reading.base)
    if whole == base and name.whole == name.base:
        return alike(whole, name.whole)
    return max(alike(whole, name.whole), alike(base, name.base), alike(base, name.whole))


def alike(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """Compare a release's title with a show's by their forms: 1 is equal, above UNLIKE are slips of the pen.

    Digits and what follows the end of a title are no slips: `Railgun S` is not `Railgun T`. A long
    title cut short is nearly as good as a slip.
    """
    x, y = a[-1], b[-1]
    if a[0] == b[0] or x == y:
        return (1.0 if a[0] == b[0] else LENIENT) * (BRIEF if _is_brief(x) else 1.0)
    if len(x) >= CUT and y.startswith(x):
        return CUT_SHORT
    slips = Levenshtein.distance(x, y, score_cutoff=3)
    if slips <= min(3, max(len(x), len(y)) // 8) and _is_slip(x, y):
        return SLIP - 0.02 * slips
    return UNLIKE * fuzz.ratio(x, y, score_cutoff=60) / 100


def _is_brief(form: str) -> bool:
    """Whether a title is so short that many things are called that."""
    return len(form) <= (4 if form.isascii() else 1)


def _is_slip(a: str, b: str) -> bool:
    return a[-1] == b[-1] and [c for c in a if c.isdigit()] == [c for c in b if c.isdigit()]


# --- parts: each 0 (against) to 1 (for), None when nothing can be said ----------------------------


def _rate_name(claims: Sequence[tuple[float, int]], index: int) -> float | None:
    """How surely a title names this entry; 0 when one names another entry of the show better."""
    mine, best = claims[index], max(claims)
    if not best[0]:
        return None
    return mine[0] if mine == best else 0.0


def _claims(said: Evidence, heard: Heard, names: Names) -> list[tuple[float, int]]:
    """By entry, how surely and by how long a title the release names it."""
    return [
        max((_claim(heard, r, n) for r in said.readings for n in own), default=(0.0, 0)) for own in names.own
    ]


def _claim(heard: Heard, reading: Reading, name: Name) -> tuple[float, int]:
    whole, base = forms(reading.text), forms(reading.base)
    likeness = alike(whole, name.whole) * reading.trust
    if likeness >= CLAIM:
        return likeness, len(whole[-1])
    if base[-1] != name.base[-1] or not (name.season or name.part):
        return 0.0, 0
    season = heard.season if reading.season is None else reading.season
    part = heard.part if reading.part is None else reading.part
    same = (season or 1) == (name.season or 1) and (part or 1) == (name.part or 1)
    return (reading.trust, len(base[-1])) if same else (0.0, 0)


def _rate_season(said: Evidence, heard: Heard, slot: Slot, slots: Sequence[Slot]) -> float | None:
    """Compare season and part words with the entry's own words, the provider's season and its turn."""
    if slot.season == MOVIE:
        return None if heard.season is None else 0.3
    if slot.season == 0:
        return 1.0 if heard.season == 0 or said.special else 0.2
    if heard.season is None and heard.part is None:
        return 1.0 if _is_first(slot) else 0.7
    value = 1.0 if heard.season is None else _season_fits(heard.season, slot, slots)
    if heard.part:
        return value * _part_fits(heard.part, slot)
    return value * (0.95 if (slot.part or 1) > 1 else 1.0)


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
    if slot.count is None:
        return 0.7
    return {Frame.OWN: 1.0, Frame.SEASON: 0.9, Frame.SHOW: 0.8}[frame]


def _rate_era(said: Evidence, candidate: Candidate) -> float | None:
    """A copy of a stream is rarely of an old show: of namesakes it is the newer."""
    if not said.streamed or candidate.year is None:
        return None
    return 1.0 if candidate.year >= WEB_SINCE else 0.3
