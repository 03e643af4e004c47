"""Decide how a release's titles sound to a show, and which of its entries they name. Pure.

In: readings of a release's titles; a show's timeline and names. Out: a likeness by title (1 is equal, above
UNLIKE are slips of the pen), the season words those readings leave, and by entry a claim: how surely,
and by how long a title, the release names it. A short title, or one that is cut short, is sure where
something else backs it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from anivault.core.matching.evidence import Evidence
from anivault.core.matching.places.timeline import MOVIE, PlacedEntry
from anivault.core.matching.titles.names import CUT_SHORT, LENIENT, Names, Titles, is_brief
from anivault.core.matching.titles.normalize import forms, marks_in
from anivault.core.matching.titles.readings import FOLDER, PIECE, SCRIPT, Reading
from anivault.core.models import Candidate

STRIPPED = 0.92  # what a title is worth that is a show's only without season words, where a release has none
BACKED = 0.93  # what a short or cut title is worth that year, numbers, folder or fame make sure
RUN = 3  # episodes from the first on that say which show it is (a guess)
WELL_KNOWN, FAMOUS = 1000, 10000  # people who keep a show in their lists (a guess)
WEB_SINCE = 2010  # simulcasts by the big sites began about then
BARE = 0.99  # what an entry's own title is worth without the season or part words that stand behind it
KNOWN = 0.895  # from here on a title is taken to be this show's, or this entry's

Claim = tuple[float, int]  # how surely, by how many letters
NO_CLAIM: Claim = (0.0, 0)


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """How a release sounds to one show: each title's best likeness, and the season words that leaves."""

    likeness: Mapping[int, float]
    season: int | None
    part: int | None
    agreeing: frozenset[int] = frozenset()  # titles in two scripts, both of whose halves name the show
    likest: int | None = None  # the title that is likest, of those that are not only a folder's
    brief: bool = False  # whether the title that is likest is so short that many things are called that
    by_show: bool = False  # whether the season is one of the show, and not a part of what an entry is called
    whole: bool = False  # whether that title was read whole, and is the show's or begins as the show's does

    def trust(self, reading: Reading) -> float:
        """How far to trust a reading here: a half of a title more when its other half agrees."""
        return PIECE if reading.trust == SCRIPT and reading.title in self.agreeing else reading.trust

    @property
    def best(self) -> float:
        """The best likeness of a title that is not only a folder's."""
        return max((likeness for title, likeness in self.likeness.items() if title < FOLDER), default=0.0)


def compare_titles(said: Evidence, names: Names) -> TitleMatch:
    """Find each title's best reading for this show; a bare last number is a season only if it has to be."""
    sounds = _sounds(said, names.shared)
    halves = Counter(r.title for r, likeness in sounds.items() if r.trust == SCRIPT and likeness >= KNOWN)
    heard = TitleMatch(
        {}, said.season, said.part, frozenset(title for title, times in halves.items() if times > 1)
    )
    best: dict[int, tuple[float, Reading]] = {}
    for reading, likeness in sounds.items():
        worth = likeness * heard.trust(reading)
        if worth > best.get(reading.title, (0.0, reading))[0]:
            best[reading.title] = worth, reading
    own, likest = [reading for reading in said.readings if reading.title < FOLDER], _likest(best)
    known = [reading for worth, reading in best.values() if worth >= KNOWN] or own
    season = next((r.season for r in known if r.season is not None), None)
    part = next((r.part for r in known if r.part is not None), None)
    return replace(
        heard,
        likeness={title: worth for title, (worth, _) in best.items()},
        likest=likest.title if likest else None,
        brief=likest is not None and is_brief(forms(likest.base)[-1]),
        by_show=_counts_seasons(known, names),
        whole=likest is not None and _begins_as_the_show(likest, names.roots),
        season=season if said.season is None else said.season,
        part=part if said.part is None else said.part,
    )


def _likest(best: Mapping[int, tuple[float, Reading]]) -> Reading | None:
    """The reading that is likest, of those that are not only a folder's."""
    own = [item for title, item in best.items() if title < FOLDER]
    return max(own, key=lambda item: item[0])[1] if own else None


def _counts_seasons(readings: Iterable[Reading], names: Names) -> bool:
    """Whether season words are what they seem: *Raise wa Tanin ga Ii* only seems to end in a number."""
    says = next((r for r in readings if r.season is not None), None)
    return says is None or says.text == says.base or names.shared.likeness_within(forms(says.text)) < 1.0


def _begins_as_the_show(reading: Reading, roots: Titles) -> bool:
    """`Kaguya-sama wa Kokurasetai`, and not `Nisekoi 2nd`: that is how a later entry's title begins."""
    read_whole = reading.trust >= PIECE and not reading.bare
    return read_whole and roots.likeness_within(forms(reading.base)) >= CUT_SHORT


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
    if len(names.own) == 1:
        return [NO_CLAIM]
    return [
        max((_claim(heard, r, own, names.roots) for r in said.readings), default=(0.0, 0))
        for own in names.own
    ]


def _claim(heard: TitleMatch, reading: Reading, own: Titles, roots: Titles) -> Claim:
    """Try the ways in which a reading can name an entry, the best first.

    `Show: Its Sequel Part 2` names the entry that is called so with its part, and less surely the one that is
    called `Show: Its Sequel`.
    """
    trust, whole, base = heard.trust(reading), forms(reading.text), forms(reading.base)
    season = heard.season if reading.season is None else reading.season
    part = heard.part if reading.part is None else reading.part
    said = (season or 1, part or 1) != (1, 1)
    marked = own.marked(base[-1], season or 1, part or 1)
    if said and marked:
        return trust, len(base[-1])
    if (likeness := _own_likeness(whole, trust, own, roots)) >= KNOWN:
        elsewhere = said and base == whole  # the words stand elsewhere in the name
        return likeness * (BARE if elsewhere else 1.0), len(whole[-1])
    if marked or _is_told_by_mark(whole, own, roots):
        return trust * LENIENT, len(base[-1])
    likeness = _own_likeness(base, trust, own, roots) if base != whole else 0.0
    return (likeness * BARE, len(base[-1])) if likeness >= KNOWN else NO_CLAIM


def _own_likeness(form: tuple[str, ...], trust: float, own: Titles, roots: Titles) -> float:
    """How surely a form is an entry's own title; 0 where it names the show as well."""
    likeness = own.likeness_within(form)
    return likeness * trust if likeness > roots.likeness_within(form) else 0.0


def _is_told_by_mark(form: tuple[str, ...], own: Titles, roots: Titles) -> bool:
    """`Yuru Yuri♪♪`, where lists have the mark in another language only, and the show's titles without it."""
    mark = marks_in(form[0])
    return mark in own.marks and mark not in roots.marks and roots.likeness_within(form) >= LENIENT


def names_show(said: Evidence, names: Names) -> bool:
    """Whether a title is one that the whole show goes by, not an alias of one entry that may say more."""
    return any(
        max(map(names.roots.likeness_within, (forms(r.text), forms(r.base)))) * r.trust >= KNOWN
        for r in said.readings
    )


# --- what backs a title that is short, or cut short ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class Profile:
    """What is derived from a candidate alone: its timeline and its titles."""

    candidate: Candidate
    slots: tuple[PlacedEntry, ...]
    names: Names


@dataclass(frozen=True, slots=True)
class Compared:
    """A release and one show: how its titles sound to it, and what the other candidates make of them."""

    said: Evidence
    profile: Profile
    heard: TitleMatch
    spoken: frozenset[int]  # titles that some candidate goes by
    longer: frozenset[int]  # folders' titles that say more than the names' own
    claims: tuple[Claim, ...]  # by slot

    @property
    def slots(self) -> tuple[PlacedEntry, ...]:
        """The show's timeline."""
        return self.profile.slots

    @property
    def claimed(self) -> bool:
        """Whether a title names one entry: `Show Shippuden - 03`."""
        return max(self.claims)[0] > 0

    @property
    def named(self) -> bool:
        """Whether the name says which entry or season it means."""
        return self.claimed or self.heard.season is not None or self.heard.part is not None

    @property
    def vague(self) -> bool:
        """Whether all that is known of the title is that some entry goes by it, too."""
        several = self.heard.best >= KNOWN and len(self.slots) > 1
        return several and not self.named and not names_show(self.said, self.profile.names)


def is_backed(compared: Compared, slot: PlacedEntry) -> bool:
    """Whether what else is known makes a short title sure: `Nana (2006)`, `K-On!` 01 to 13, `Saekano S2`.

    A title of up to four letters is many things' name, so it needs more than a long one that is cut short. A
    film is never sure by a part of its title: its series may have films that no list knows.
    """
    brief = compared.heard.brief
    if slot.season == MOVIE:
        return brief and compared.said.year is not None and compared.said.year == year_of(slot)
    if compared.claimed and not brief:
        return False  # it is a part of what one entry is called
    own = [likeness for title, likeness in compared.heard.likeness.items() if title < FOLDER]
    if min(own, default=0.0) < CUT_SHORT * PIECE:
        return False  # the name has another title, which is not this show's
    if compared.heard.likest in compared.spoken and not _year_backs(compared, slot):
        return False  # another show is called just so
    return sum(rule(compared, slot) for rule in _BACKING) >= (2 if brief else 1)


def _year_backs(compared: Compared, slot: PlacedEntry) -> int:
    """`Nana (2006)`."""
    year = compared.said.year
    return 2 if year is not None and year in (year_of(slot), compared.profile.candidate.year) else 0


def _run_backs(compared: Compared, slot: PlacedEntry) -> int:
    """`Nana` 01 to 47: all of its episodes, or the first of them, at least three."""
    numbers = sorted(compared.said.whole_numbers)
    if len(numbers) < RUN or numbers != list(range(1, len(numbers) + 1)):
        return 0
    if slot.count is None or len(numbers) > slot.count:
        return 0
    return 2 if len(numbers) == slot.count else 1


def _season_backs(compared: Compared, slot: PlacedEntry) -> int:
    """`Saekano S2`, of a show that has a second season."""
    season = compared.heard.season or 1
    return int(season > 1 and season in (slot.marker, slot.season))


def _folder_backs(compared: Compared, slot: PlacedEntry) -> int:  # noqa: ARG001 - one shape for all
    """`Nana/Nana - 03`."""
    return int(any(t >= FOLDER and v >= CUT_SHORT for t, v in compared.heard.likeness.items()))


def _fans_back(compared: Compared, slot: PlacedEntry) -> int:  # noqa: ARG001
    """A show that many people keep in their lists is what its usual short name means."""
    fans = compared.profile.candidate.popularity
    return 2 if fans >= FAMOUS else int(fans >= WELL_KNOWN)


def _stream_backs(compared: Compared, slot: PlacedEntry) -> int:
    """A copy of a stream, of a show of these years."""
    return int(compared.said.streamed and (year_of(slot) or 0) >= WEB_SINCE)


_BACKING = (_year_backs, _run_backs, _season_backs, _folder_backs, _fans_back, _stream_backs)


def year_of(slot: PlacedEntry) -> int | None:
    """The year in which an entry began."""
    return int(slot.entry.begin[:4]) if slot.entry.begin else None
