"""Decide what is done unasked: matched, ambiguous or unmatched, for each release and each file of it.

In: a release, the shows that fit it, and what the user has pinned. Out: a MatchedFile for every file. Pure.
The thresholds are those that scripts/calibrate.py finds; docs/matching.md shows what they cost and buy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from functools import partial

import msgspec
from msgspec.structs import replace

from anivault.core.matching.fits import POSSIBLE, Fit, score
from anivault.core.matching.pins import Part, Pin, Said
from anivault.core.matching.places.episodes import place
from anivault.core.matching.places.ordered import in_order
from anivault.core.matching.places.placed import (
    BEYOND,
    STATED,
    TABLED,
    UNCOUNTED,
    Counting,
    Frame,
    PlacedEntry,
    Placement,
    year_of,
)
from anivault.core.matching.said import has_lost_mark, numbers_of
from anivault.core.matching.titles.compared import differs_by_mark
from anivault.core.matching.titles.names import KNOWN
from anivault.core.matching.titles.normalize import forms, marks_in
from anivault.core.models import (
    Candidate,
    Coordinates,
    Decision,
    Match,
    MatchedFile,
    ParsedFile,
    Ranked,
    Release,
    ReleaseKey,
    Score,
)
from anivault.parser.models import EXTRAS, ParseResult, VideoType
from anivault.parser.title_words import split_season


class Thresholds(msgspec.Struct, frozen=True):
    """The least that is filed unasked (score, gap to the next, place), and that is an answer at all."""

    score: float = 0.9
    gap: float = 0.03
    place: float = 0.8
    candidate: float = 0.6


THRESHOLDS = Thresholds()
SHORT = 10  # episodes: *Monkey Turn V* is not season 5 of what had 25 before
KEPT = 8  # candidates kept for explaining and for review


def match_one(release: Release, fits: Sequence[Fit], thresholds: Thresholds) -> Iterator[MatchedFile]:
    """Judge each file of a release by the shows that fit it, best first."""
    match, fit, key = decide(fits, thresholds), fits[0] if fits else None, release.key
    for file in release.files:
        yield _file(file, fit, match, thresholds, key)


def decide(fits: Sequence[Fit], thresholds: Thresholds = THRESHOLDS) -> Match:
    """Judge the best fit by its score and by its gap to the next show."""
    ranked = tuple(Ranked(f.candidate, f.score, f.slot.entry) for f in fits[:KEPT])
    if not fits or fits[0].score.value < thresholds.candidate:
        return Match(Decision.UNMATCHED, 0.0, ranked, (_why_unmatched(fits),))
    value, gap = fits[0].score.value, gap_of(fits)
    reasons = []
    if value < thresholds.score:
        reasons.append(f"Nothing fits quite; {fits[0].candidate.dated} comes nearest.")
    if not fits[0].candidate.animated:
        reasons.append(
            f"{fits[0].candidate.dated} is not animation, says {_named(fits[0].candidate)}: is it this?"
        )
    if gap < thresholds.gap:
        reasons.append(f"It may be {fits[0].candidate.dated} or {fits[1].candidate.dated}: which?")
    decision = Decision.AMBIGUOUS if reasons else Decision.MATCHED
    return Match(decision, min(1.0, value) * min(1.0, gap / thresholds.gap), ranked, tuple(reasons))


def _named(candidate: Candidate) -> str:
    """The provider as people write it."""
    return candidate.provider.upper() if candidate.provider == "tmdb" else candidate.provider


def _why_unmatched(fits: Sequence[Fit]) -> str:
    """That nothing is called like this; or what is, and what speaks against it."""
    named = max(fits, key=lambda f: f.score.parts["title"], default=None)
    if named is None or named.score.parts["title"] < KNOWN:
        return "No show that is known has a title like this."
    show, film = named.candidate, named.candidate.media_type == "movie"
    against = [words for part, words in _AGAINST.items() if named.score.parts.get(part, 1.0) < LOW]
    if named.score.parts.get("type", 1.0) < LOW:
        against.insert(
            0, "the name is that of an episode or a special" if film else "the name looks like a film's"
        )
    but = f", but {' and '.join(against)}" if against else ", but too little else fits"
    return f"The {'film' if film else 'series'} {show.dated} has a title like this{but}."


LOW = 0.5  # parts below speak against a show
_AGAINST = {
    "season": "it has another season or part",
    "year": "it is of another year",
    "numbers": "it has no such episodes",
    "folder": "the folder names another",
    "agreement": "the other titles are another's",
    "name": "the name is another entry's",
}


def gap_of(fits: Sequence[Fit]) -> float:
    """How far the best show is ahead of the next."""
    best = fits[0].score.value
    return min((best - _as_namesake(fit, fits[0]) for fit in fits[1:KEPT]), default=1.0)


def _as_namesake(fit: Fit, best: Fit) -> float:
    """What a show is worth next to the best one, if it is called so as well as that one is.

    Numbers that both have tell neither: `Show` 01 to 13, of one with 18 episodes, or of one with 12 and a
    second cour. Nor does a first season, whichever season of a remake some list makes of it.
    """
    mine, its = fit.score.parts, best.score.parts
    if mine["title"] < its["title"]:
        return fit.score.value
    shared = {part: its[part] for part in _shared(fit, best)}
    return score({**mine, **shared}).value if shared else fit.score.value


def _shared(fit: Fit, best: Fit) -> Iterator[str]:
    """What the best show has, and another one has as well."""
    mine, its = fit.score.parts, best.score.parts
    if "numbers" in its and not best.counting.fills and mine.get("numbers", 0.0) >= POSSIBLE:
        yield "numbers"
    if best.season == 1 == fit.slot.season and "season" in its and mine.get("season", 0.0) >= POSSIBLE:
        yield "season"


def _file(
    file: ParsedFile, fit: Fit | None, match: Match, thresholds: Thresholds, release: ReleaseKey
) -> MatchedFile:
    parsed = file.parsed
    if fit is None or match.decision is Decision.UNMATCHED or parsed.type in EXTRAS:
        return MatchedFile(file.file, parsed, match, match.decision, (), match.reasons, release=release)
    placement = _place(file, fit)
    decision, reasons = match.decision, (*match.reasons, placement.rule)
    if decision is Decision.MATCHED and placement.sure < thresholds.place:
        decision = Decision.AMBIGUOUS
    return MatchedFile(
        file.file,
        parsed,
        match,
        decision,
        placement.coordinates,
        reasons,
        placement.sure,
        release=release,
        other=placement.other,
    )


def _place(file: ParsedFile, fit: Fit) -> Placement:
    numbers = numbers_of(file)
    if numbers is None:
        odd = ", ".join(str(n) for n in file.parsed.episodes)
        return Placement((), 0.0, f"Episode {odd} is no whole number: where does it belong?")
    placement = _as_counted(place(fit.slots, fit.slot, numbers, fit.counting), fit)
    placement = _of_one_season(_with_second(placement, file, fit), file, fit)
    placement = _of_marked_story(_of_one_year(placement, file, fit), file, numbers, fit)
    if has_lost_mark(file):
        placement = _with_lost_mark(placement, numbers, fit)
    if not (titles := fit.candidate.episode_titles):
        return placement
    named = tuple(
        replace(c, title=titles.get(f"S{c.season:02}E{c.episode:02}")) for c in placement.coordinates
    )
    return replace(placement, coordinates=named)


def _as_counted(placement: Placement, fit: Fit) -> Placement:
    """Ask where lists and the provider count seasons apart: a name may mean either."""
    said, slot = fit.season or 0, fit.slot
    if not (0 < said < slot.season or (said > slot.season > 0 and slot.cour == 1 and slot.first == 1)):
        return _of_shorter_seasons(placement, fit)
    provider = _named(fit.candidate)
    rule = f"The name says season {said}, which is season {fit.slot.season} at {provider}: which is meant?"
    first = _in_season(placement.coordinates, said)
    return _asked(placement, rule, first)


def _asked(placement: Placement, rule: str, other: tuple[Coordinates, ...] = ()) -> Placement:
    """The place, to be asked about however sure it was; `other`: where another reading has it."""
    return Placement(placement.coordinates, min(placement.sure, UNCOUNTED), rule, other)


def _in_entry(fit: Fit, slot: PlacedEntry, numbers: Sequence[int]) -> tuple[Coordinates, ...]:
    """Where the numbers are, if they count from the beginning of another entry."""
    return place(fit.slots, slot, numbers, Counting(Frame.OWN)).coordinates


def _of_one_year(placement: Placement, file: ParsedFile, fit: Fit) -> Placement:
    """Ask where two seasons began in the year that alone tells which is meant: *Bungou Stray Dogs (2023)*."""
    year, slot = file.parsed.year, fit.slot
    by_year = year is not None and year == year_of(slot) != fit.candidate.year
    if not by_year or fit.season is not None or "name" in fit.score.parts:
        return placement
    begun = [s for s in fit.slots if s.season > 0 and year_of(s) == year and (s.part or 1) == 1]
    rivals = [s for s in begun if s.marker != slot.marker]
    if not rivals:
        return placement
    rule = f"Two seasons of it began in {year}: which is meant?"
    return _asked(placement, rule, _in_entry(fit, rivals[0], numbers_of(file) or ()))


def _of_marked_story(placement: Placement, file: ParsedFile, numbers: Sequence[int], fit: Fit) -> Placement:
    """Ask where lists call a second part so: *Hataraku Maou-sama!! 2nd Season* after its first."""
    if (fit.season or 1) < 2 or not (said := {f for t in file.parsed.titles if marks_in(f := forms(t)[0])}):
        return placement
    called = [slot for slot in fit.slots if slot.season > 0 and _is_called(slot, said, fit.season)]
    if not called or fit.slot in called or _is_beyond(numbers, called[0]):
        return placement
    rule = f"{called[0].entry.titles[0].text} is what lists call another part of it: which is meant?"
    return _asked(placement, rule, _in_entry(fit, called[0], numbers))


def _is_beyond(numbers: Sequence[int], slot: PlacedEntry) -> bool:
    """Whether an entry is too short for these: `S02E13` counts in the season, where that part has 12."""
    return bool(numbers and slot.entry.episodes) and min(numbers) > (slot.entry.episodes or 0)


def _is_called(slot: PlacedEntry, said: Set[str], season: int | None) -> bool:
    """Whether an entry's own title is one of these, marks and all, with the season word."""
    split = (split_season(title.text) for title in slot.entry.titles)
    return any(words.season == season and forms(words.base)[0] in said for words in split)


def _with_lost_mark(placement: Placement, numbers: Sequence[int], fit: Fit) -> Placement:
    """Ask where a lost mark may be one that tells a sequel: *Nisekoi_* is *Nisekoi*, or *Nisekoi:*."""
    sequel = next(filter(partial(differs_by_mark, fit.slot), fit.slots), None) if fit.season is None else None
    if sequel is None or not numbers:
        return placement
    rule = (
        "The _ may stand for a mark that tells a sequel, which names of files cannot have: is it the sequel?"
    )
    return _asked(placement, rule, _in_entry(fit, sequel, numbers))


def _of_shorter_seasons(placement: Placement, fit: Fit) -> Placement:
    """Ask where the season that is said is only the provider's, and lists count more: *Bleach* S02.

    Season 2 at TMDB is what lists call season 17, and their season 2 is in TMDB's first.
    """
    if not 1 < (said := fit.season or 0) == fit.slot.season:
        return placement
    called = {s.season: s.marker for s in reversed(fit.slots) if s.marker}
    marker = called.get(said, said)
    if said >= marker or said in called.values() or (fit.slot.before or 0) < SHORT * (marker - 1):
        return placement
    rule = (
        f"Lists call season {said} of {_named(fit.candidate)} season {marker}: which season {said} is meant?"
    )
    return _asked(placement, rule)


def _of_one_season(placement: Placement, file: ParsedFile, fit: Fit) -> Placement:
    """Ask where a name says two seasons, `Show 2nd Season S03E01`, and not one in two countings."""
    said, slot = fit.seasons.union(file.parsed.seasons), fit.slot
    if len(said) < 2 or said <= {slot.season, slot.marker}:
        return placement
    rule = f"The name says {' and '.join(f'season {n}' for n in sorted(said))}: which is meant?"
    other = min(said - {place.season for place in placement.coordinates}, default=slot.season)
    return _asked(placement, rule, _in_season(placement.coordinates, other))


def _in_season(places: Sequence[Coordinates], season: int) -> tuple[Coordinates, ...]:
    """The same episodes of another season."""
    return tuple(Coordinates(season=season, episode=place.episode) for place in places)


def _with_second(placement: Placement, file: ParsedFile, fit: Fit) -> Placement:
    """Hear the second number of `S02E01 - 021`: it makes a place sure, or asks where it means another."""
    second, places = file.parsed.absolute, placement.coordinates
    if len(second) != 1 or len(places) != 1 or places[0].absolute is None or placement.sure < UNCOUNTED:
        return placement
    if second[0] in (places[0].absolute, places[0].episode):
        return replace(placement, sure=max(placement.sure, TABLED))
    if not fit.slot.likely:
        return placement
    rule = f"The name has two numbers that are two episodes: the season's, or {second[0]} of the show?"
    return _asked(placement, rule)


# --- pinned releases -------------------------------------------------------------------------------


def match_pinned(part: Part, pin: Pin, candidate: Candidate, fit: Fit | None) -> Iterator[MatchedFile]:
    """Match as the user said. The pin's season and offset place the files; without them they go their way.

    `fit` is how the show that is pinned fits the release; None where no list knows its entries.
    """
    ranked = Ranked(candidate, Score(1.0, {"pin": 1.0}), fit.slot.entry if fit else None)
    match = Match(Decision.MATCHED, 1.0, (ranked,), ("You have pinned it.",))
    for file in map(_as_extra, part.release.files) if pin.extra else part.release.files:
        made = _pinned_file(file, pin, _pinned_place(file, pin, part.said, fit, candidate), match)
        yield replace(made, release=part.release.key)


def _as_extra(file: ParsedFile) -> ParsedFile:
    """The file as an extra; one whose name says which kind stays what it says."""
    kind = file.parsed.type
    return file if kind in EXTRAS else replace(file, parsed=replace(file.parsed, type=VideoType.EXTRA))


def _pinned_file(file: ParsedFile, pin: Pin, placement: Placement, match: Match) -> MatchedFile:
    placed = file.parsed.type in EXTRAS or placement.sure >= UNCOUNTED
    decision = Decision.MATCHED if placed else Decision.AMBIGUOUS
    reasons = (*match.reasons, placement.rule)
    return MatchedFile(
        file.file,
        file.parsed,
        match,
        decision,
        placement.coordinates,
        reasons,
        placement.sure,
        pin.id,
        other=placement.other,
    )


def _pinned_place(
    file: ParsedFile, pin: Pin, said: frozenset[Said], fit: Fit | None, show: Candidate
) -> Placement:
    """Place a pinned file. A guess by counts is good enough here: the user has chosen the show."""
    if pin.extra:
        return Placement((), STATED, "The pin says that it is an extra.")
    if pin.show[1] == "movie":
        return Placement((), STATED, "The pin names a film.")
    if pin.order:
        return _in_order(pin, file, show)
    coordinates = pin.place(file, said)
    if coordinates:
        placement = Placement(coordinates, STATED, "The pin says where it goes.")
        return _within_season(placement, pin, show, _place(file, fit) if fit else placement)
    if coordinates is not None:
        return Placement((), 0.0, "The name has no number that the pin could place.")
    if fit is None:
        return Placement((), 0.0, "No list knows the show that is pinned: the pin needs --season.")
    return _as_said(file, _place(file, fit))


def _in_order(pin: Pin, file: ParsedFile, show: Candidate) -> Placement:
    """Place a file by the order of a database: in the season of its name, else of the pin, else the first."""
    numbers, season = numbers_of(file), file.parsed.season
    if not numbers:
        return Placement((), 0.0, "The name has no number that the pin could place.")
    season = next(n for n in (season, pin.season, 1) if n is not None)
    return in_order(pin.order or "", show, season, [number + (pin.offset or 0) for number in numbers])


def _within_season(placement: Placement, pin: Pin, show: Candidate, unpinned: Placement) -> Placement:
    """Ask where a range that goes on, `13-`, is past the end of its season: this may be the next one."""
    last = placement.coordinates[-1]
    end = show.last_episode(last.season) if pin.goes_on else None
    first = pin.first_episode
    if end is None or first is None or not first <= end < last.episode:
        return placement
    rule = f"Season {last.season} has {end} episodes, and your pin of {pin.episodes} goes on: is it in there?"
    other = unpinned.coordinates if unpinned.coordinates != placement.coordinates else ()
    return Placement(placement.coordinates, BEYOND, rule, other)


def _as_said(file: ParsedFile, placement: Placement) -> Placement:
    """Ask where a guess would put a file into another season than its name says: no pin has said that."""
    if not is_of_another_season(file.parsed, placement):
        return placement
    said = file.parsed.season
    rule = f"The name says season {said}, the pin says nothing of it, and no list says what that is."
    return Placement(placement.coordinates, min(placement.sure, BEYOND), rule)


def is_of_another_season(parsed: ParseResult, placed: Placement | MatchedFile) -> bool:
    """Whether a place is a guess, and in another season than the name says."""
    said = parsed.season
    return (
        said is not None
        and placed.sure < THRESHOLDS.place
        and any(place.season != said for place in placed.coordinates)
    )
