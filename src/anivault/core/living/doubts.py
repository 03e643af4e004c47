"""Say why a video of a library is not taken for what its name seems to say, though matching is sure. Pure.

In: a matched video. Out: a Held, or nothing. What is adopted is kept for good, and a program that may count
otherwise than TMDB has named it: two shows of one title, a part with its own name, seasons of another list.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from anivault.core.causes import Cause
from anivault.core.matching.titles.normalize import normal_form
from anivault.core.models import Candidate, Entry, Held, HeldReason, MatchedFile, Ranked
from anivault.core.pipeline.folders import show_folder
from anivault.core.planning.library import slots_of
from anivault.core.planning.naming.fingerprint import fingerprint
from anivault.core.planning.naming.said import bare, named_in_full
from anivault.core.planning.places import held
from anivault.parser.models import EXTRAS
from anivault.shared import regex as re

_CODE = re.compile(r"s\d{1,4}[ ._-]*e\d|\b\d{1,2}x\d", re.IGNORECASE)  # it says its season

_REFUSED = re.compile(r'[<>:"/\\|?*？：]')


def doubt(item: MatchedFile, *, by_id: bool) -> Held | None:
    """Why a matched video is asked about; None where nothing speaks against its verdict.

    `by_id`: the id in its folder's name says the show, and nobody has said its place.
    """
    best, by_user = item.match.best, item.pinned is not None and not by_id
    if best is None:
        return held(item.file, HeldReason.UNMATCHED, Cause.NO_NUMBER)
    rules = (_of_another, _without_place) if by_user else (_of_another, _of_part, _of_season, _without_place)
    return next((found for rule in rules if (found := rule(item, best))), None)


def _of_another(item: MatchedFile, best: Ranked) -> Held | None:
    other = None if item.pinned else _called_in_full(item, best.candidate) or _namesake(item, best)
    shows = {"show": best.candidate.dated, "namesake": other.dated} if other else {}
    return held(item.file, HeldReason.AMBIGUOUS, Cause.SAME_TITLE, **shows) if other else None


def _of_part(item: MatchedFile, best: Ranked) -> Held | None:
    part = _other_part(item, best)
    part_title = part.titles[0].text if part else ""
    return held(item.file, HeldReason.NO_PLACE, Cause.COUNTS_IN_PART, part=part_title) if part else None


def _of_season(item: MatchedFile, best: Ranked) -> Held | None:
    if not _is_converted(item, best):
        return None
    return held(item.file, HeldReason.NO_PLACE, Cause.OTHER_SEASON, season=str(item.parsed.season))


def _without_place(item: MatchedFile, best: Ranked) -> Held | None:
    placed = item.coordinates or item.parsed.type in EXTRAS or best.candidate.media_type == "movie"
    return None if placed else held(item.file, HeldReason.NO_PLACE, Cause.NO_NUMBER)


def twice(videos: Iterable[MatchedFile]) -> dict[str, Held]:
    """Those that would be one episode though their names count apart: one of them is something else."""
    found: dict[str, Held] = {}
    for items in _claims(videos):
        if len({_printed(item) for item in items}) > 1:
            for item in items:
                other = next(one for one in items if _printed(one) != _printed(item))
                found[item.file.rel] = held(
                    item.file, HeldReason.NO_PLACE, Cause.SAME_AS_OTHER, file=other.file.rel
                )
    return found


def _claims(videos: Iterable[MatchedFile]) -> Iterable[list[MatchedFile]]:
    """The videos by what they would be. An extra is no episode and no film, whatever number it has."""
    claims: defaultdict[object, list[MatchedFile]] = defaultdict(list)
    for item in (one for one in videos if one.parsed.type not in EXTRAS):
        for slot in slots_of(fingerprint(item)):
            claims[slot].append(item)
    return claims.values()


def _printed(item: MatchedFile) -> object:
    """How a name counts: files of one episode count alike, whatever else their names say."""
    parsed = item.parsed
    return item.release_key if not parsed.episodes else (parsed.season, parsed.episodes)


def _namesake(item: MatchedFile, best: Ranked) -> Candidate | None:
    """Another show that is called like this, where no year says which is meant.

    How many episodes there are is a sign of which, and not enough for what is kept for good.
    """
    if item.parsed.year or not _has_title(best):
        return None
    others = (one.candidate for one in item.match.ranked if _has_title(one))
    kind = best.candidate.media_type
    return next((one for one in others if one.key != best.candidate.key and one.media_type == kind), None)


def _called_in_full(item: MatchedFile, taken_for: Candidate) -> Candidate | None:
    """A show that is called as the folder is, brackets and all: `Fate stay night [Unlimited Blade Works]`."""
    name = normal_form(named_in_full(show_folder(item.file.path).rpartition(os.sep)[2]))
    others = (one.candidate for one in item.match.ranked if one.candidate.key != taken_for.key)
    full = next((one for one in others if _is_called(one, name)), None)
    return None if full is None or _is_called(taken_for, name) else full


def _is_called(show: Candidate, name: str) -> bool:
    return any(normal_form(title.text) == name for entry in show.entries for title in entry.titles)


def _has_title(ranked: Ranked) -> bool:
    return ranked.score.parts.get("title", 0.0) >= 1.0


def _other_part(item: MatchedFile, best: Ranked) -> Entry | None:
    """A part of a show that is called as the file's folder is, and in which its number is another place."""
    numbers, name = _printed_numbers(item), _on_disk(bare(item.file.folder))
    if not numbers or _CODE.search(item.file.name):
        return None
    here = [(place.season, place.episode) for place in item.coordinates]
    called = (part for part in best.candidate.entries if any(_on_disk(t.text) == name for t in part.titles))
    return next((part for part in called if _places(part, numbers) not in ([], here)), None)


def _places(part: Entry, numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Where these numbers are, counted in the part; none where it does not have them."""
    if part.season is None or part.offset is None or max(numbers) > (part.episodes or 0):
        return []
    return [(part.season, number + part.offset) for number in numbers]


def _printed_numbers(item: MatchedFile) -> list[int]:
    return [n for n in item.parsed.episodes if isinstance(n, int)]


def _on_disk(title: str) -> str:
    """A title as it is told from others where names of files lack what Windows refuses: `Kaguya-sama?`."""
    return normal_form(_REFUSED.sub("", title))


def _is_converted(item: MatchedFile, best: Ranked) -> bool:
    """Whether the place that a name states was read as another one, by the parts of the show alone.

    A list that knows TVDB's places is believed. Parts of one year may be one season there, so that nobody
    knows which is the third.
    """
    said, places = item.parsed.season, item.coordinates
    if not said or not places or not _CODE.search(item.file.name):
        return False
    if places[0].season == 0 or (best.entry and best.entry.tvdb):
        return False
    if places[0].season == said:
        return _counts_otherwise(item, best.candidate, said)
    return _has_close_parts(best.candidate)


def _counts_otherwise(item: MatchedFile, show: Candidate, season: int) -> bool:
    """Whether an episode is neither the one that its name says, nor so many behind the season's first."""
    there, printed = item.coordinates[0].episode, _printed_numbers(item)[:1]
    first = next((one.first for one in show.seasons if one.number == season), 1)
    return [there] not in (printed, [n + first - 1 for n in printed])


def _has_close_parts(show: Candidate) -> bool:
    parts = [part for part in show.entries if part.type in ("tv", "web") and part.begin]
    pairs = pairwise(sorted(parts, key=lambda part: part.begin or ""))
    return any(_days(one.end, two.begin) < A_SEASON_APART for one, two in pairs)


A_SEASON_APART = 240  # days between two parts that no list takes for one season (a guess)


def _days(end: str | None, begin: str | None) -> int:
    try:
        return (date.fromisoformat(begin or "") - date.fromisoformat(end or "")).days
    except ValueError:  # a list may know the year alone
        return 0
