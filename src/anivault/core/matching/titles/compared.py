"""Decide how a release's titles sound to a show, and which of its entries they name. Pure.

In: readings of a release's titles; a show's timeline and names. Out: a likeness by title (1 is equal, above
UNLIKE are slips of the pen), the season words those readings leave, and by entry a claim: how surely,
and by how long a title, the release names it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set

import msgspec
from msgspec.structs import replace

from anivault.core.matching.places.placed import PlacedEntry
from anivault.core.matching.said import FOLDER, PIECE, SCRIPT, WHOLE, Evidence, Reading
from anivault.core.matching.titles.names import (
    KNOWN,
    LENIENT,
    NO_CLAIM,
    UNLIKE,
    Claim,
    Names,
    TitleMatch,
    Titles,
)
from anivault.core.matching.titles.normalize import Forms, forms, marks_in
from anivault.parser.title_words import FINAL, split_number

STRIPPED = 0.92  # what a title is worth that is a show's only without season words, where a release has none
BARE = 0.99  # what an entry's own title is worth without the season or part words that stand behind it


def compare_titles(said: Evidence, names: Names) -> TitleMatch:
    """Find each title's best reading for this show; a bare last number is a season only if it has to be."""
    sounds = _sounds(said, names.shared)
    agreeing = _agreeing(sounds)
    best = _best_readings(sounds, agreeing)
    known = _known(said, best)
    return TitleMatch(
        names=names,
        likeness={title: worth for title, (worth, _) in best.items()},
        known=known,
        season=_first_said((said.season, *(r.season for r in known))),
        part=_first_said((said.part, *(r.part for r in known))),
        seasons=_seasons(said, known),
        agreeing=agreeing,
        first=_likest(best),
        wholly=frozenset(
            r.title for r, v in sounds.items() if r.title < FOLDER and r.trust == WHOLE and v >= LENIENT
        ),
        partly=frozenset(t for t, (_, r) in best.items() if r.trust < WHOLE and not r.bare),
    )


def _agreeing(sounds: Mapping[Reading, float]) -> frozenset[int]:
    """The titles in two scripts, both of whose halves name the show: `鬼灭之刃 Kimetsu no Yaiba`."""
    halves = Counter(r.title for r, likeness in sounds.items() if r.trust == SCRIPT and likeness >= KNOWN)
    return frozenset(title for title, times in halves.items() if times > 1)


def _trust(reading: Reading, agreeing: Set[int]) -> float:
    """How far to trust a reading: a half of a title more when its other half agrees."""
    return PIECE if reading.trust == SCRIPT and reading.title in agreeing else reading.trust


def _best_readings(sounds: Mapping[Reading, float], agreeing: Set[int]) -> dict[int, tuple[float, Reading]]:
    """By title the reading that is worth most, of equals the first, with what it is worth."""
    best: dict[int, tuple[float, Reading]] = {}
    for reading, likeness in sounds.items():
        worth = likeness * _trust(reading, agreeing)
        if worth > best.get(reading.title, (0.0, reading))[0]:
            best[reading.title] = worth, reading
    return best


def _known(said: Evidence, best: Mapping[int, tuple[float, Reading]]) -> list[Reading]:
    """The readings that are taken to be this show's; where none is, all of the names' own."""
    own = [reading for reading in said.readings if reading.title < FOLDER]
    return [reading for worth, reading in best.values() if worth >= KNOWN] or own


def _seasons(said: Evidence, known: Iterable[Reading]) -> frozenset[int]:
    """Every season that the names say, `Show 2nd Season S03E01`: not a folder's, and no final one."""
    own = (r.season for r in known if r.title < FOLDER)
    return frozenset(n for n in (said.season, *own) if n is not None and n != FINAL)


def _first_said(numbers: Iterable[int | None]) -> int | None:
    return next((n for n in numbers if n is not None), None)


def _likest(best: Mapping[int, tuple[float, Reading]]) -> Reading | None:
    """The reading that is likest, of those that are not only a folder's."""
    own = [item for title, item in best.items() if title < FOLDER]
    return max(own, key=lambda item: item[0])[1] if own else None


def _sounds(said: Evidence, titles: Titles) -> dict[Reading, float]:
    """The likeness of the readings; those that cannot be worth more than one before them are left out.

    A sequel that is a show of its own is not meant where the release has no season words.
    """
    sounds: dict[Reading, float] = {}
    worth: dict[int, float] = {}
    plain = said.season is None and said.part is None
    for reading in said.readings:
        if reading.trust == SCRIPT or reading.trust > worth.get(reading.title, 0.0):
            likeness = _likeness(reading, titles)
            if plain and reading.base == reading.text and titles.stripped(forms(reading.text)):
                likeness = min(likeness, STRIPPED)
            sounds[reading] = likeness
            worth[reading.title] = max(worth.get(reading.title, 0.0), likeness * reading.trust)
    return sounds


def _likeness(reading: Reading, titles: Titles) -> float:
    whole = titles.likeness(forms(reading.text))
    return (
        whole
        if whole == 1.0 or reading.base == reading.text
        else max(whole, titles.likeness(forms(reading.base)))
    )


def claims_of(said: Evidence, heard: TitleMatch, names: Names) -> list[Claim]:
    """By entry, how surely and by how long a title the release names it; nothing where there is no choice."""
    if len(names) == 1:
        return [NO_CLAIM]
    spoken = [_spoken(heard, reading, names.roots) for reading in said.readings]
    return [max((_claim(words, own) for words in spoken), default=NO_CLAIM) for own in names.own]


class _Spoken(msgspec.Struct, frozen=True, gc=False):
    """A reading, with the season and part that go with it, and what all of the show is called."""

    whole: Forms
    base: Forms
    season: int  # 1 where none is said
    part: int
    trust: float
    roots: Titles
    of_show: bool  # the season is the show's: `Show S2`, `Show 2 S2`
    least: float  # likeness; a folder's title, also of two folders together, has no slips of the pen

    @property
    def plain(self) -> bool:
        """Whether no season and no part but the first is said."""
        return self.season == self.part == 1


def _spoken(heard: TitleMatch, reading: Reading, roots: Titles) -> _Spoken:
    season, part = _first_said((reading.season, heard.season)), _first_said((reading.part, heard.part))
    of_show = heard.of_show or split_number(reading.base).season == season
    trust, least = _trust(reading, heard.agreeing), LENIENT if reading.title >= FOLDER else KNOWN
    return _Spoken(
        forms(reading.text), forms(reading.base), season or 1, part or 1, trust, roots, of_show, least
    )


def _claim(spoken: _Spoken, own: Titles) -> Claim:
    """Try the ways in which a reading can name an entry, the best first."""
    return next((claim for way in _WAYS if (claim := way(spoken, own))), NO_CLAIM)


def _by_title_and_part(spoken: _Spoken, own: Titles) -> Claim | None:
    """`Show: Its Sequel Part 2`, of the entry that lists call so."""
    if spoken.plain or not own.marked(spoken.base[-1], spoken.season, spoken.part):
        return None
    return spoken.trust, len(spoken.base[-1])


def _by_season_of_story(spoken: _Spoken, own: Titles) -> Claim | None:
    """`Show: Its Sequel 2nd Season`, of what lists call the second cour of that sequel."""
    base, season = spoken.base[-1], spoken.season
    if season == 1 or spoken.part > 1 or spoken.of_show:
        return None
    return (spoken.trust, len(base)) if own.marked(base, 1, season) else None


def _by_title(spoken: _Spoken, own: Titles) -> Claim | None:
    """`Show: Its Sequel`; less surely where the name says a season in another place."""
    likeness = _own_likeness(spoken, spoken.whole, own)
    elsewhere = not spoken.plain and spoken.base == spoken.whole
    return (likeness * (BARE if elsewhere else 1.0), len(spoken.whole[-1])) if likeness else None


def _by_first_part(spoken: _Spoken, own: Titles) -> Claim | None:
    """`Show: Its Sequel`, of the entry that lists call `Show: Its Sequel Part 1`."""
    marked = own.marked(spoken.base[-1], spoken.season, spoken.part)
    return (spoken.trust * LENIENT, len(spoken.base[-1])) if marked else None


def _by_mark(spoken: _Spoken, own: Titles) -> Claim | None:
    """`Yuru Yuri♪♪`, where lists have the mark in another language only."""
    told = _is_told_by_mark(spoken.whole, own, spoken.roots)
    return (spoken.trust * LENIENT, len(spoken.base[-1])) if told else None


def _by_title_without_part(spoken: _Spoken, own: Titles) -> Claim | None:
    """`Show: Its Sequel Part 2`, of the entry that is called `Show: Its Sequel`."""
    likeness = _own_likeness(spoken, spoken.base, own) if spoken.base != spoken.whole else 0.0
    return (likeness * BARE, len(spoken.base[-1])) if likeness else None


_WAYS = (_by_title_and_part, _by_season_of_story, _by_title, _by_first_part, _by_mark, _by_title_without_part)


def _own_likeness(spoken: _Spoken, form: Forms, own: Titles) -> float:
    """How surely a form is an entry's own title; 0 where it is not, or where it names the show as well."""
    if form in spoken.roots:
        return 0.0
    likeness = own.known(form)
    surely = likeness * spoken.trust
    alike = surely >= KNOWN and likeness >= spoken.least
    return surely if alike and likeness > spoken.roots.known(form) else 0.0


def _is_told_by_mark(form: Forms, own: Titles, roots: Titles) -> bool:
    """Whether a title is the show's but for a mark that an entry's titles have and the show's do not."""
    mark = marks_in(form[0])
    return bool(mark) and mark in own.marks and mark not in roots.marks and roots.known(form) >= LENIENT


def differs_by_mark(slot: PlacedEntry, sequel: PlacedEntry) -> bool:
    """Whether a sequel is called as this entry but for a mark: *Nisekoi:*, of *Nisekoi*."""
    mine = {forms(t.text) for t in slot.entry.titles}
    exact, letters = {f[0] for f in mine}, {f[-1] for f in mine}
    its = (forms(t.text) for t in sequel.entry.titles) if sequel.season > slot.season else ()
    return any(f[-1] in letters and f[0] not in exact for f in its)


def told_apart(said: Evidence, heard: list[TitleMatch]) -> list[TitleMatch]:
    """Tell the shows apart: a title that is one show's as it stands is not another's by a piece.

    `Fate/stay night [Unlimited Blade Works]` is not *Fate/stay night*, nor does a folder with the shorter
    title say so.
    """
    taken = frozenset(t for h in heard for t in h.wholly)
    shorter = _begun(said, taken) if taken else frozenset[int]()
    return [replace(h, likeness=_without_pieces(h, taken, shorter)) if taken else h for h in heard]


def _begun(said: Evidence, taken: Set[int]) -> frozenset[int]:
    """The folders' titles that the names' own, known ones only begin with."""
    own = {forms(r.text)[-1] for r in said.readings if r.title in taken and r.trust == WHOLE}
    above = {r.title: forms(r.text)[-1] for r in said.readings if r.title >= FOLDER and r.trust == WHOLE}
    return frozenset(t for t, f in above.items() if any(o.startswith(f) and o != f for o in own))


def _without_pieces(heard: TitleMatch, taken: Set[int], shorter: Set[int]) -> dict[int, float]:
    """The likeness by title, without what other shows' titles say for this one."""
    worth = {t: v for t, v in heard.likeness.items() if t not in shorter}
    others = (taken - heard.wholly) & heard.partly
    return {t: min(v, UNLIKE) if t in others else v for t, v in worth.items()}
