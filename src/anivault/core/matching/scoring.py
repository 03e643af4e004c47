"""Decide how well each show, and each of its entries, fits a release. Pure.

In: the evidence of a release, and the candidates for it. Out: for each candidate its best entry,
with a score whose named parts tell why. A part that either side cannot speak about is left out of the
mean. The weights follow from the inequalities in docs/matching.md; tests prove them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

from anivault.core.matching.fits import POSSIBLE, Fit, score
from anivault.core.matching.places.counting import Told, counting
from anivault.core.matching.places.placed import MOVIE, Counting, Frame, PlacedEntry, year_of
from anivault.core.matching.places.timeline import number_of_film, timeline
from anivault.core.matching.said import FOLDER, PIECE, WHOLE, Evidence
from anivault.core.matching.titles.backed import BACKED, WEB_SINCE, Compared, Profile, is_backed
from anivault.core.matching.titles.compared import BARE, claims_of, compare_titles, told_apart
from anivault.core.matching.titles.names import CUT_SHORT, KNOWN, NO_CLAIM, Claim, Names, TitleMatch
from anivault.core.matching.titles.normalize import forms
from anivault.core.models import Candidate, ShowId
from anivault.parser.title_words import FINAL

NUMBERS = {Frame.OWN: 1.0, Frame.ENTRY: 1.0, Frame.SEASON: 0.9, Frame.SHOW: 0.8}
OTHER_COUR = 0.95  # what the name of a season is worth for a cour that is not its first
YEAR = 52  # weeks: who counts beyond counts through the show


Profiles = dict[ShowId, Profile]  # a run derives each show's once


def rank(said: Evidence, candidates: Iterable[Candidate], profiles: Profiles | None = None) -> list[Fit]:
    """Rate every candidate and sort them, the best first; ties fall to popularity, then to the id.

    What is derived from a candidate alone is kept in `profiles` for the next release.
    """
    kept = {} if profiles is None else profiles
    shows = [profile for c in candidates if (profile := _profile(c, kept)).slots]
    heard = told_apart(said, [compare_titles(said, profile.names) for profile in shows])
    spoken = frozenset(t for h in heard for t, likeness in h.likeness.items() if likeness >= KNOWN)
    longer = _going_on(said)
    fits = [
        _best(Compared(said, profile, hears, spoken, longer, _claims(said, hears, profile)))
        for profile, hears in zip(shows, heard, strict=True)
    ]
    return sorted(fits, key=lambda f: (-f.score.value, f.candidate.media_type, f.candidate.id))


def _claims(said: Evidence, heard: TitleMatch, profile: Profile) -> tuple[Claim, ...]:
    """By slot, how surely the name is its own: that of a first cour with `Part 2` is the second's.

    Where no later cour is known the claim stays, and the part speaks against it.
    """
    claims = claims_of(said, heard, profile.names)
    if (heard.part or 1) == 1 or not any(claims):
        return tuple(claims)
    moved = [NO_CLAIM] * len(claims)
    for index, claim in enumerate(claims):
        at = _later_cour(profile.slots, index, heard.part or 1)
        moved[at] = max(moved[at], claim)
    return tuple(moved)


def _later_cour(slots: Sequence[PlacedEntry], index: int, part: int) -> int:
    """Where the cour `part` of a season stands whose first is at `index`; there, where none does."""
    slot = slots[index]
    if slot.season < 1 or (slot.part or 1) != 1:
        return index
    later = [n for n, s in enumerate(slots) if s.season == slot.season and s.cour == slot.cour + part - 1]
    return later[0] if later else index


def _best(compared: Compared) -> Fit:
    """The show's entry that fits best, of equals the first; those that cannot are not rated."""
    show = _rate_show(compared)
    best = _fit(compared, 0, show)
    for index in range(1, len(compared.slots)):
        if _at_most(compared, index, show, best) > best.score.value:
            best = max(best, _fit(compared, index, show), key=lambda fit: fit.score.value)
    return best


def _at_most(compared: Compared, index: int, show: Mapping[str, float | None], best: Fit) -> float:
    """What one entry of the show can be worth, whatever the release counts from."""
    ceiling = {"title": BACKED if _is_weak(compared) else show["title"]}
    popularity = compared.profile.candidate.popularity
    most = score(ceiling, popularity).value
    if most <= best.score.value:
        return most
    entry = {**_rate_entry(compared, index, _SUITING), "numbers": 1.0}
    return score({**show, **entry, **ceiling}, popularity).value


_SUITING = Counting(Frame.SHOW)


def _fit(compared: Compared, index: int, show: Mapping[str, float | None]) -> Fit:
    """Rate one entry of the show."""
    profile, slot = compared.profile, compared.slots[index]
    counted = _counting(compared, index)
    parts = {**show, **_rate_entry(compared, index, counted)}
    heard = compared.heard
    if _is_weak(compared) and heard.whole and is_backed(compared, slot):
        parts["title"] = BACKED
    rated = score(parts, profile.candidate.popularity)
    by_show = heard.by_show and not _is_of_story(compared)
    season, seasons = (heard.season, heard.seasons) if by_show else (None, frozenset[int]())
    return Fit(profile.candidate, profile.slots, slot, counted, rated, season, seasons)


def _is_weak(compared: Compared) -> bool:
    """Whether a title is short or cut short, so that what else is known may make it sure."""
    return CUT_SHORT * PIECE <= compared.heard.best < KNOWN


def _counting(compared: Compared, index: int) -> Counting:
    """How the release counts if it is of this entry."""
    said, heard, slot = compared.said, compared.heard, compared.slots[index]
    by_year = said.year is not None and said.year == year_of(slot) != compared.profile.candidate.year
    cour = compared.claims[index][0] > 0 or heard.part is not None
    told = Told(
        compared.slots,
        slot,
        said.whole_numbers,
        named=compared.named or by_year,
        season=heard.season,
        cour=cour or by_year,
        printed=said.printed and heard.season == slot.season,
    )
    return counting(told)


def _rate_show(compared: Compared) -> dict[str, float | None]:
    """The parts that are one for all entries of a show."""
    return {
        "title": compared.heard.best,
        "agreement": _rate_agreement(compared),
        "folder": _rate_folder(compared),
        "era": _rate_era(compared.said, compared.profile.candidate),
    }


def _rate_entry(compared: Compared, index: int, counted: Counting) -> dict[str, float | None]:
    said, slot = compared.said, compared.slots[index]
    return {
        "name": 0.5 if compared.vague else _rate_name(compared, index),
        "season": _rate_season(compared, slot, counted.frame),
        "year": _rate_year(said, compared.profile.candidate, slot, compared.slots),
        "type": _rate_type(said, slot),
        "numbers": _rate_numbers(said, slot, counted),
    }


def _profile(candidate: Candidate, profiles: Profiles) -> Profile:
    found = profiles.get(candidate.key)
    if found is None or found.candidate is not candidate:  # a source may know more of it for another query
        slots = timeline(candidate)
        found = profiles[candidate.key] = Profile(candidate, slots, Names(candidate, slots))
    return found


def _going_on(said: Evidence) -> frozenset[int]:
    """Folders' titles that go on after the names' own, and so say more: `Show Brotherhood/Show - 01`."""
    own = {forms(r.text)[-1] for r in said.readings if r.title < FOLDER and r.trust == WHOLE}
    above = (r for r in said.readings if r.title >= FOLDER and r.text == r.base)
    return frozenset(r.title for r in above if _goes_on(forms(r.text)[-1], own))


def _goes_on(form: str, own: Set[str]) -> bool:
    return form.startswith(tuple(own)) and form not in own


# --- parts: each 0 (against) to 1 (for), None when nothing can be said ----------------------------


def _rate_agreement(compared: Compared) -> float | None:
    """How far the titles that are known at all are this show's: `中文 / Romaji` speak together."""
    spoken, likeness = compared.spoken, compared.heard.likeness
    return sum(likeness.get(t, 0.0) for t in spoken) / len(spoken) if len(spoken) > 1 else None


def _rate_folder(compared: Compared) -> float | None:
    """Whether a folder's longer title is another show's, or one that nobody knows and that may restart."""
    said, spoken, longer = compared.said, compared.spoken, compared.longer
    if any(compared.heard.likeness.get(t, 0.0) < KNOWN for t in longer & spoken):
        return 0.0
    early = min(said.whole_numbers, default=0) <= YEAR
    return 0.4 if early and longer & said.joined - spoken else None


def _rate_name(compared: Compared, index: int) -> float | None:
    """How surely a title names this entry; 0 when one names another entry of the show better.

    `Show S3` names the first cour of season 3, and nearly as well the others; `Show III: Its Story` does not.
    """
    claims, slots, heard = compared.claims, compared.slots, compared.heard
    mine, best = claims[index], max(claims)
    if not best[0]:
        return None
    if mine == best:
        return mine[0]
    named, slot = slots[claims.index(best)], slots[index]
    cours = named.marker is not None and (named.marker, named.season) == (slot.marker, slot.season)
    return OTHER_COUR if cours and heard.season and heard.part is None and heard.of_show else 0.0


def _rate_season(compared: Compared, slot: PlacedEntry, frame: Frame | None) -> float | None:
    """Compare season and part words with the entry's own words, the provider's season and its turn."""
    heard = compared.heard
    if slot.season == MOVIE:
        return _rate_film_number(heard, slot)
    if slot.season == 0:
        return _rate_special(compared)
    if compared.claimed and _is_of_story(compared):
        return None
    if compared.claimed and heard.season is None:
        return _part_fits(heard.part, slot, None) if heard.part else None
    return _rate_words(heard, slot, compared.slots) if compared.named else _rate_plain(slot, frame)


def _is_of_story(compared: Compared) -> bool:
    """Whether season words count within a sequel, and an entry is called just so: `Its Sequel 2nd Season`.

    That entry is the part of that number; not where the provider has the sequel in the season of it.
    """
    said, claims = compared.heard.season, compared.claims
    named = compared.slots[claims.index(max(claims))]
    if max(claims)[0] <= BARE or said not in {named.part, named.cour} - {None} or compared.heard.of_show:
        return False
    known = (s for s, claim in zip(compared.slots, claims, strict=True) if claim[0] >= KNOWN)
    return all(slot.season != said for slot in known)


def _rate_plain(slot: PlacedEntry, frame: Frame | None) -> float:
    """`Show - 13` is of the show's first entry, or of one that its numbers reach."""
    return 1.0 if slot.is_first else 0.95 if frame in (Frame.SEASON, Frame.SHOW) else 0.7


def _rate_words(heard: TitleMatch, slot: PlacedEntry, slots: Sequence[PlacedEntry]) -> float:
    """`Show S2 Part 2`; a second part is less likely where no part is named."""
    season = 1.0 if heard.season is None else _season_fits(heard.season, slot, slots)
    if heard.part:
        return season * _part_fits(heard.part, slot, heard.season)
    return season * (0.95 if (slot.part or 1) > 1 else 1.0)


def _rate_special(compared: Compared) -> float:
    """An entry of season 0 is meant by `S00`, by `OVA`, or by its own title."""
    season = compared.heard.season
    if season == 0 or compared.said.special:
        return 1.0
    return 0.9 if compared.claimed and season is None else 0.2


def _rate_film_number(heard: TitleMatch, slot: PlacedEntry) -> float | None:
    """Compare the `Part 2`, or the `II`, of a film's name with the number that its own titles say."""
    number = heard.season if heard.part is None else heard.part
    own = number_of_film(slot.entry) if number is not None else None
    if number is None or (own is None and heard.season is None):
        return None
    return 0.3 if own is None else 1.0 if own == number else 0.1


def _season_fits(season: int, slot: PlacedEntry, slots: Sequence[PlacedEntry]) -> float:
    """Compare the season that a name says with the one that the entry's titles name, else with its place."""
    if season == FINAL:
        return 1.0 if slot.marker == FINAL or slot.season == max(s.season for s in slots) else 0.3
    if slot.marker is not None:
        return 1.0 if slot.marker == season else _fits_provider(season, slot, slots)
    if slot.season == season:
        return 1.0 if slot.cour == 1 else 0.95
    return 0.7 if slot.nth == season else 0.1


def _fits_provider(season: int, slot: PlacedEntry, slots: Sequence[PlacedEntry]) -> float:
    """Whether the provider counts an entry, whose titles name another season, as the one that is meant."""
    if slot.season != season:
        return 0.1
    return 0.6 if any(s.marker == season for s in slots) else 0.9


def _part_fits(part: int, slot: PlacedEntry, season: int | None) -> float:
    """Compare `Part 2` with the entry's own part, else with its turn in the season that the name says."""
    if season is not None and slot.marker == season != slot.season:
        return 1.0 if (slot.part or 1) == part else 0.5
    return 1.0 if (slot.part or slot.cour) == part else 0.9 if slot.cour == part else 0.5


def _rate_year(
    said: Evidence, candidate: Candidate, slot: PlacedEntry, slots: Sequence[PlacedEntry]
) -> float | None:
    """The year of the entry, or of the show: releases carry either. One year off is no slip where
    another entry of the show began in that year.
    """
    if said.year is None:
        return None
    years = [y for y in (year_of(slot), candidate.year) if y]
    distance = min((abs(said.year - y) for y in years), default=None)
    if distance == 1:
        return 0.7 if _is_slip_of_year(said.year, slot, slots) else 0.3
    return None if distance is None else float(distance == 0)


def _is_slip_of_year(year: int, slot: PlacedEntry, slots: Sequence[PlacedEntry]) -> bool:
    """Whether a year that is one off may be meant: of a film, or of a series that began about New Year.

    `Erased 2017`, of a series that began in January 2016, is the live action.
    """
    if any(year_of(other) == year for other in slots):
        return False
    begin = slot.entry.begin or ""
    month = begin[5:7]
    turn = (month == "01" and int(begin[:4]) > year) or (month == "12" and int(begin[:4]) < year)
    return turn or slot.season == MOVIE


def _rate_type(said: Evidence, slot: PlacedEntry) -> float | None:
    """Compare what kind of video a name is of with the entry's."""
    film = slot.season == MOVIE or slot.entry.type == "movie"
    if said.movie is None:
        return _rate_unnumbered(said, slot, film)
    if said.special and not film:
        return 1.0 if slot.season == 0 or slot.entry.type == "ova" else 0.3
    return 1.0 if film == said.movie else 0.1


def _rate_unnumbered(said: Evidence, slot: PlacedEntry, film: bool) -> float | None:
    """A name without a number is mostly a film's; a special of a film is another film, or none.

    `Show - NCOP` is of a series, which most often has one opening.
    """
    if slot.season == MOVIE:
        return 0.3 if said.special or said.songs else None
    return None if film or said.songs or slot.count == 1 else 0.4


def _rate_numbers(said: Evidence, slot: PlacedEntry, counted: Counting) -> float | None:
    """Whether the release's numbers can be this entry's; those that may be extras speak neither way."""
    numbers = [n for n in said.whole_numbers if n not in counted.extra]
    if not numbers or slot.season == MOVIE:
        return None
    if counted.frame is None:
        return 0.5 * slot.share(numbers)
    return _rate_counted(max(numbers), slot, counted.frame)


def _rate_counted(last: int, slot: PlacedEntry, frame: Frame) -> float:
    """How well a way to count is known to fit; own numbers may run on into the season's next entry."""
    own = frame is Frame.OWN
    if slot.count is None:
        return POSSIBLE if own else 0.8
    return 0.9 if own and last > slot.count else NUMBERS[frame]


def _rate_era(said: Evidence, candidate: Candidate) -> float | None:
    """A copy of a stream is rarely of an old show: of namesakes it is the newer."""
    if not said.streamed or candidate.year is None:
        return None
    return 1.0 if candidate.year >= WEB_SINCE else 0.3
