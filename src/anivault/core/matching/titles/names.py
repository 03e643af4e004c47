"""Decide which titles of a show name it, and which name one of its entries. Pure.

In: a show's timeline. Out: its Names, ready to be compared with many readings: the titles that all of it goes
by, and by entry those that name it alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain

import msgspec
from msgspec.structs import replace
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from anivault.core.matching.places.placed import PlacedEntry
from anivault.core.matching.said import FOLDER, PIECE, Reading
from anivault.core.matching.titles.normalize import Forms, forms, is_brief, is_slip, marks_in
from anivault.core.models import Candidate
from anivault.parser.title_words import split_number, split_season, without_film_words
from anivault.shared import regex as re

LENIENT = 0.98  # equal but for articles, marks or doubled vowels
SLIP = 0.96  # a letter or two are wrong: 0.02 less for each
CUT, CUT_SHORT = 10, 0.88  # the fewest letters of a title cut short, and what that is worth
BRIEF = 0.88  # what an equal title of up to four letters is worth alone
STEM = 4  # letters; a shorter title begins too many others
INSIDE = 0.6  # what a title is worth that is only a part of another
UNLIKE = 0.85  # the most that titles are worth which differ by more than slips
KNOWN = 0.895  # from here on a title is taken to be this show's, or this entry's
Claim = tuple[float, int]  # how surely, by how many letters
NO_CLAIM: Claim = (0.0, 0)


class Name(msgspec.Struct, frozen=True, gc=False):
    """A title of an entry, with and without its season words; `text` is empty for what is a part of one."""

    text: str
    whole: Forms
    base: Forms
    season: int | None = None
    part: int | None = None

    @property
    def head(self) -> str:
        """What stands before a subtitle."""
        found = _SUBTITLE.search(self.text) if _SEPARATOR.search(self.text) else None
        return forms(self.text[: found.start()])[-1] if found else ""


class Titles:
    """Names made ready to be compared with many readings: what a reading asks for is made when one does.

    With `bases` they are taken without their season words too. `sequels` are those of a show that is itself a
    sequel: without their season words they are another's.
    """

    def __init__(self, names: Iterable[Name], *, bases: bool = False, sequels: Iterable[Name] = ()) -> None:
        self._names = tuple(names)
        self._spellings = [n.whole for n in self._names] + [n.base for n in self._names if bases]
        self._exact = {key[0] for key in self._spellings}
        self._stripped = _left_of(sequels, self._names) if sequels else frozenset[str]()

    @cached_property
    def _lone(self) -> dict[str, str]:
        """By lenient form, the letters in it that are words."""
        return {key[-1]: key.lone for key in self._spellings}

    @cached_property
    def _lenient(self) -> tuple[str, ...]:
        return tuple(self._lone)

    @cached_property
    def _heads(self) -> frozenset[str]:
        return frozenset(n.head for n in self._names)

    @cached_property
    def _marked(self) -> frozenset[tuple[str, int, int]]:
        said = (n for n in self._names if n.season or n.part)
        return frozenset((n.base[-1], n.season or 1, n.part or 1) for n in said)

    @cached_property
    def marks(self) -> frozenset[str]:
        """The marks that the names have, as `marks_in` finds them."""
        return frozenset(mark for n in self._names if (mark := marks_in(n.whole[0])))

    def likeness(self, form: Forms) -> float:
        """Compare a title by its forms with all names; the best counts.

        An equal title of up to four letters is no proof of its show.
        """
        likeness = self.likeness_within(form)
        return likeness * BRIEF if likeness >= LENIENT and is_brief(form[-1]) else likeness

    def likeness_within(self, form: Forms) -> float:
        """Compare a title with names of a show that is known, however short it is."""
        return self.known(form) or self._ratio(form[-1])

    def known(self, form: Forms) -> float:
        """The likeness of a title that is a name but for what rules forgive; 0 of any other.

        Digits and what follows the end of a title are no slips: `Railgun S` is not `Railgun T`. A long
        title cut short is nearly as good as a slip.
        """
        if form[0] in self._exact:
            return 1.0
        x = form[-1]
        if x in self._lone:
            return LENIENT
        return max(CUT_SHORT if self._is_cut(x) else 0.0, self._slip(x, form.lone))

    def __contains__(self, form: Forms) -> bool:
        """Whether a title is a name as it stands."""
        return form[0] in self._exact

    def stripped(self, form: tuple[str, ...]) -> bool:
        """Whether a title is only what is left of a sequel's names without their season words."""
        return form[0] in self._stripped or form[-1] in self._stripped

    def marked(self, base: str, season: int, part: int) -> bool:
        """Whether a name is `base` with these season and part words."""
        return (base, season, part) in self._marked

    def _is_cut(self, x: str) -> bool:
        """`Grand Princess Aria`, of `Grand Princess Aria: The Long Way Home`."""
        return x in self._heads or (len(x) >= CUT and any(y.startswith(x) for y in self._lenient))

    def _slip(self, x: str, lone: str) -> float:
        """`Natsume Yujinncho` is `Natsume Yujincho`: one slip in eight letters, three at most.

        A letter that is a word is none: `Kidou Senshi V Gundam`.
        """
        allowed = min(3, len(x) // 8)
        if not allowed:
            return 0.0
        near = process.extract(x, self._lenient, scorer=Levenshtein.distance, score_cutoff=allowed)
        likely = (slips for y, slips, _ in near if is_slip(x, y) and self._lone[y] == lone)
        return max((SLIP - 0.02 * slips for slips in likely), default=0.0)

    def _ratio(self, x: str) -> float:
        """How alike a title is that no rule knows, up to UNLIKE: as a whole, or as a part of a name."""
        near = process.extractOne(x, self._lenient, scorer=fuzz.ratio, score_cutoff=60)
        inside = [y for y in self._lenient if x in y] if len(x) >= STEM else []
        share = max((len(x) / len(y) for y in inside), default=0.0)
        return max(UNLIKE * near[1] / 100 if near else 0.0, INSIDE + share / 10 if share else 0.0)


def _left_of(sequels: Iterable[Name], names: Sequence[Name]) -> frozenset[str]:
    """What sequels are called without season words, where it is no name itself: `Show`, of `Show 2` alone."""
    plain = {f for n in names for f in (n.whole if _is_marked(n) else (*n.whole, *n.base))}
    return frozenset(f for n in sequels for f in n.base) - plain


class Names:
    """A show's titles, ready to be compared with many readings: each kind is made when it is first asked for.

    The plain titles of the first entry name the show: they are used for any season. So does what is
    another title without its season words, and a plain alias of an entry whose first title has season
    words, unless it goes on after the show's title: lists give sequels the show's title as an alias.
    """

    def __init__(self, candidate: Candidate, slots: Sequence[PlacedEntry]) -> None:
        self._candidate, self._slots = candidate, slots
        self._by_slot = [[_entry_name(t.text, slot) for t in slot.entry.titles] for slot in slots]
        self._firsts = _firsts(slots, self._by_slot)

    def __len__(self) -> int:
        """How many entries the show has."""
        return len(self._slots)

    @cached_property
    def shared(self) -> Titles:
        """All titles of the show and its entries."""
        every = [*chain.from_iterable(self._by_slot), *(_name(t.text) for t in self._candidate.titles)]
        sequels = [n for n in self._firsts.values() if (n.season or 1) > 1]
        return Titles(every, bases=True, sequels=sequels)

    @cached_property
    def firsts(self) -> Titles:
        """Those of the entry that the show begins with."""
        return Titles(self._firsts.values(), bases=True)

    @cached_property
    def roots(self) -> Titles:
        """Those that name any of the show."""
        return Titles(self._roots.values())

    @cached_property
    def own(self) -> tuple[Titles, ...]:
        """By slot, those that name one entry or a few."""
        roots, stems = self._roots, _stems(self._roots)
        return tuple(
            Titles(
                [*_own(names, roots, stems, self._marked), *_of_special(slot, names, roots, stems)],
                bases=False,
            )
            for slot, names in zip(self._slots, self._by_slot, strict=True)
        )

    @cached_property
    def _roots(self) -> dict[str, Name]:
        of_show = _of_show(self._candidate, self._by_slot)
        return of_show | _roots(self._slots, self._by_slot, self._firsts, self._marked)

    @cached_property
    def _marked(self) -> frozenset[str]:
        return _marked_stories(self._by_slot, self._firsts)


class TitleMatch(msgspec.Struct, frozen=True, dict=True):
    """How a release sounds to one show: each title's best likeness, and the season words that leaves.

    `known`: readings that are taken to be this show's. `agreeing`: titles in two scripts, whose halves both
    name it. `first`: how the likest title is read, of those that are not only a folder's. `wholly`: of these,
    titles that are the show's as they stand; `partly`: those of which only a piece is. What few releases ask
    for is found when they do.
    """

    names: Names
    likeness: Mapping[int, float]
    known: Sequence[Reading]
    season: int | None
    part: int | None
    seasons: frozenset[int]  # all that the names say: two, where they disagree
    agreeing: frozenset[int]
    first: Reading | None
    wholly: frozenset[int]
    partly: frozenset[int]

    @cached_property
    def best(self) -> float:
        """The best likeness of a title that is not only a folder's."""
        return max((likeness for title, likeness in self.likeness.items() if title < FOLDER), default=0.0)

    @cached_property
    def brief(self) -> bool:
        """Whether the likest title is so short that many things are called that."""
        return self.first is not None and is_brief(forms(self.first.base)[-1])

    @cached_property
    def whole(self) -> bool:
        """Whether it was read whole, and is the show's or begins as the show's does: not `Nisekoi 2nd`."""
        first = self.first
        read = first is not None and first.trust >= PIECE and not first.bare
        return first is not None and read and self.names.roots.known(forms(first.base)) >= CUT_SHORT

    @cached_property
    def by_show(self) -> bool:
        """Whether its season is one of the show: *Raise wa Tanin ga Ii* only seems to end in a number."""
        says = next((r for r in self.known if r.season is not None), None)
        return says is None or says.text == says.base or self.names.shared.known(forms(says.text)) < 1.0

    @cached_property
    def of_show(self) -> bool:
        """Whether a title is the show's but for season words, and no story's own."""
        return any(self.names.firsts.known(forms(r.base)) >= LENIENT for r in self.known)


def _of_show(candidate: Candidate, by_slot: Sequence[Sequence[Name]]) -> dict[str, Name]:
    """What the provider calls the show in each language, of that what no entry is called."""
    of_entries = {form for names in by_slot for n in names for form in (*n.whole, *n.base)}
    names = (_name(t.text) for t in candidate.titles if t.main)
    return {n.whole[0]: n for n in names if of_entries.isdisjoint(n.whole) and not _is_marked(n)}


def _roots(
    slots: Sequence[PlacedEntry],
    by_slot: Sequence[Sequence[Name]],
    firsts: Mapping[str, Name],
    marked: frozenset[str],
) -> dict[str, Name]:
    """The titles that name any of the show, by their exact form.

    Those of its first entry, and what a later title is without its season words, unless that is a story's.
    """
    roots = dict(firsts)
    stories, bearers = _stories(by_slot, firsts), _bearers(by_slot)
    for first, n in _with_season_words(slots, by_slot, stories):
        shared = _is_marked(first) or bearers[n.base[-1]] > 1
        if shared and n.base[-1] not in stories and n.base[0] not in marked:
            roots[n.base[0]] = Name("", n.base, n.base)
    return roots


def _with_season_words(
    slots: Sequence[PlacedEntry], by_slot: Sequence[Sequence[Name]], stories: frozenset[str]
) -> Iterator[tuple[Name, Name]]:
    """Each title that says a season, of an entry that is in one, after the first title of its entry.

    Not of the second season of a story, in whatever language: `Show: Its Sequel 2`.
    """
    for slot, names in zip(slots, by_slot, strict=True):
        if names and names[0].base[-1] not in stories:
            yield from ((names[0], n) for n in names if slot.season and n.season)


def _stories(by_slot: Sequence[Sequence[Name]], roots: Mapping[str, Name]) -> frozenset[str]:
    """The titles that name one story of the show, also when it has a sequel.

    Because of `Owarimonogatari Second Season` not all of its show is `Owarimonogatari`: only one entry goes
    by that, and its first title is unlike the show's.
    """
    stems, firsts = _stems(roots), tuple({n.whole[-1] for n in roots.values()})
    plain = _count_entries((n.whole[-1] for n in names if not _is_marked(n)) for names in by_slot)
    return frozenset(
        form
        for names in by_slot
        for n in _plain(names)
        if _goes_on(form := n.whole[-1], stems)
        or (plain[form] == 1 and not names[0].whole[-1].startswith((*firsts, *stems)))
    )


def _marked_stories(by_slot: Sequence[Sequence[Name]], roots: Mapping[str, Name]) -> frozenset[str]:
    """The titles that only a mark tells from the show's: `Show!!`, whose second part is `Show!! 2nd Season`.

    Not by a mark that a title of the show's first entry has, too.
    """
    firsts = {n.whole[-1] for n in roots.values()}
    usual = {marks_in(form) for form in roots}
    plain = {n.whole for names in by_slot for n in names if not _is_marked(n) and n.whole[-1] in firsts}
    return frozenset(whole[0] for whole in plain if marks_in(whole[0]) not in usual and whole[0] not in roots)


def _bearers(by_slot: Iterable[Iterable[Name]]) -> Counter[str]:
    """How many entries go by each title, with their season words or without."""
    return _count_entries((f for n in names for f in (n.whole[-1], n.base[-1])) for names in by_slot)


def _count_entries(by_slot: Iterable[Iterable[str]]) -> Counter[str]:
    """How many entries go by each form."""
    return Counter(form for forms_of in by_slot for form in set(forms_of))


def _firsts(slots: Sequence[PlacedEntry], by_slot: Sequence[Sequence[Name]]) -> dict[str, Name]:
    """The titles of the entry that the show begins with, by their exact form."""
    first = (names for slot, names in zip(slots, by_slot, strict=True) if slot.is_first)
    return {n.whole[0]: n for names in first for n in names}


def _own(
    names: Sequence[Name], roots: Mapping[str, Name], stems: tuple[str, ...], marked: frozenset[str]
) -> list[Name]:
    """The titles of an entry that do not name the show as well."""
    plain = bool(_plain(names))
    return [
        n for n in names if _is_marked(n) or n.whole[0] in marked or _is_own(n, roots, stems, plain=plain)
    ]


def _of_special(
    slot: PlacedEntry, names: Sequence[Name], roots: Mapping[str, Name], stems: tuple[str, ...]
) -> Iterator[Name]:
    """A special's titles without the season that it goes with: `Show S2: Lesson` is `Show: Lesson`."""
    for n in names if slot.season == 0 and stems else ():
        if n.season and n.base[0] not in roots and _goes_on(n.base[-1], stems):
            yield Name("", n.base, n.base)


def _is_own(name: Name, roots: Mapping[str, Name], stems: tuple[str, ...], *, plain: bool) -> bool:
    return name.whole[0] not in roots and (plain or _goes_on(name.whole[-1], stems))


def _plain(names: Sequence[Name]) -> Sequence[Name]:
    """The titles without season words of an entry whose first title has none: it tells a story of its own."""
    return [n for n in names if not _is_marked(n)] if names and not _is_marked(names[0]) else ()


def _stems(roots: Mapping[str, Name]) -> tuple[str, ...]:
    return tuple(n.whole[-1] for n in roots.values() if len(n.whole[-1]) >= STEM)


def _goes_on(form: str, stems: tuple[str, ...]) -> bool:
    return form.startswith(stems) and form not in stems


def _is_marked(name: Name) -> bool:
    return name.season is not None or name.part is not None


@lru_cache(maxsize=16384)
def _name(text: str) -> Name:
    base, season, part = split_season(without_film_words(text))
    return Name(text, forms(text), forms(base), season, part)


_SEPARATOR = re.compile("[-–—:：~～―〜]")
_SUBTITLE = re.compile(r"\s+[-–—]|\s*[:：~～―〜]")


def _entry_name(text: str, slot: PlacedEntry) -> Name:
    """A title of an entry; a bare last number is a season word when it is the entry's season."""
    name, (base, season, _) = _name(text), split_number(text)
    if not _is_marked(name) and season is not None and season in (slot.marker, slot.season):
        name = replace(name, base=forms(base), season=season)
    return replace(name, part=name.part or slot.part) if name.season else name
