"""Decide whether what else is known makes a short title, or one that is cut short, sure. Pure.

In: a release compared with a show, and one of the show's entries. Out: yes or no. Year, numbers, a season,
the folder, fame and a stream each back a title; a guess at how far, with an example beside each.
"""

from __future__ import annotations

from dataclasses import dataclass

from anivault.core.matching.evidence import Evidence
from anivault.core.matching.names import CUT_SHORT, Names
from anivault.core.matching.readings import FOLDER
from anivault.core.matching.timeline import MOVIE, PlacedEntry
from anivault.core.matching.titles import KNOWN, Claim, TitleMatch, names_show
from anivault.core.models import Candidate

BACKED = 0.93  # what a short or cut title is worth that year, numbers, folder or fame make sure
RUN = 3  # episodes from the first on that say which show it is (a guess)
WELL_KNOWN, FAMOUS = 1000, 10000  # people who keep a show in their lists (a guess)
WEB_SINCE = 2010  # simulcasts by the big sites began about then


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
