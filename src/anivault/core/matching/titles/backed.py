"""Decide whether a title that is short, or cut short, is sure because of what else is known. Pure.

In: a release and one show, with how its titles sound to it; one of the show's entries. Out: yes or no. Each
thing that speaks for the title is a rule that counts one or two; a short title needs more of them than a
long one that is cut short.
"""

from __future__ import annotations

from functools import cached_property

import msgspec

from anivault.core.matching.places.placed import MOVIE, PlacedEntry, year_of
from anivault.core.matching.said import FOLDER, PIECE, Evidence
from anivault.core.matching.titles.names import CUT_SHORT, KNOWN, Claim, Names, TitleMatch
from anivault.core.matching.titles.normalize import forms
from anivault.core.models import Candidate

BACKED = 0.93  # what a short or cut title is worth that year, numbers, folder or fame make sure
RUN = 3  # episodes from the first on that say which show it is (a guess)
WELL_KNOWN, FAMOUS = 1000, 10000  # people who keep a show in their lists (a guess)
WEB_SINCE = 2010  # simulcasts by the big sites began about then


class Profile(msgspec.Struct, frozen=True, gc=False):
    """What is derived from a candidate alone: its timeline and its titles."""

    candidate: Candidate
    slots: tuple[PlacedEntry, ...]
    names: Names


class Compared(msgspec.Struct, frozen=True, dict=True):
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

    @cached_property
    def claimed(self) -> bool:
        """Whether a title names one entry: `Show Shippuden - 03`."""
        return max(self.claims)[0] > 0

    @cached_property
    def named(self) -> bool:
        """Whether the name says which entry or season it means."""
        return self.claimed or self.heard.season is not None or self.heard.part is not None

    @cached_property
    def vague(self) -> bool:
        """Whether all that is known of the title is that some entry goes by it, too."""
        several = self.heard.best >= KNOWN and len(self.slots) > 1
        return several and not self.named and not _names_show(self.said, self.profile.names)


def _names_show(said: Evidence, names: Names) -> bool:
    """Whether a title is one that the whole show goes by, not an alias of one entry that may say more."""
    return any(
        max(map(names.roots.known, (forms(r.text), forms(r.base)))) * r.trust >= KNOWN for r in said.readings
    )


def is_backed(compared: Compared, slot: PlacedEntry) -> bool:
    """Whether what else is known makes a short title sure: `Nana (2006)`, `K-On!` 01 to 13, `Saekano S2`.

    A title of up to four letters is many things' name, so it needs more than a long one that is cut short.
    """
    if slot.season == MOVIE:
        return _film_is_backed(compared, slot)
    if any(rule(compared, slot) for rule in _DENYING):
        return False
    return sum(rule(compared, slot) for rule in _BACKING) >= (2 if compared.heard.brief else 1)


def _film_is_backed(compared: Compared, slot: PlacedEntry) -> bool:
    """Never by a part of its title, whatever its year: its series may have films that no list knows."""
    year = compared.said.year
    return compared.heard.brief and year is not None and year == year_of(slot)


def _names_one_entry(compared: Compared, _: PlacedEntry) -> bool:
    """`Grand Princess Aria`, where that is a part of what one entry is called, and no other."""
    return compared.claimed and not compared.heard.brief


def _has_another_title(compared: Compared, _: PlacedEntry) -> bool:
    """`Grand Princess Aria / Grand Princess Lost`, where the show is the first of them."""
    own = [likeness for title, likeness in compared.heard.likeness.items() if title < FOLDER]
    return min(own, default=0.0) < CUT_SHORT * PIECE


def _is_another_s(compared: Compared, slot: PlacedEntry) -> bool:
    """`Grand Princess Aria`, where another show is called just so, and no year tells them apart."""
    first = compared.heard.first
    return first is not None and first.title in compared.spoken and not _year_backs(compared, slot)


_DENYING = (_names_one_entry, _has_another_title, _is_another_s)


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


def _folder_backs(compared: Compared, _: PlacedEntry) -> int:
    """`Saekano: How to Raise a Boring Girlfriend/Saekano - 03`."""
    return int(any(t >= FOLDER and v >= CUT_SHORT for t, v in compared.heard.likeness.items()))


def _fans_back(compared: Compared, _: PlacedEntry) -> int:
    """A show that many people keep in their lists is what its usual short name means."""
    fans = compared.profile.candidate.popularity
    return 2 if fans >= FAMOUS else int(fans >= WELL_KNOWN)


def _stream_backs(compared: Compared, slot: PlacedEntry) -> int:
    """A copy of a stream, of a show of these years."""
    return int(compared.said.streamed and (year_of(slot) or 0) >= WEB_SINCE)


_BACKING = (_year_backs, _run_backs, _season_backs, _folder_backs, _fans_back, _stream_backs)
