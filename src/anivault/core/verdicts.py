"""Say of every video which show it is, in the language that the user reads.

In: parsed videos, sources, pins. Out: a MatchedFile each. Pure, but that sources are asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec
from msgspec.structs import replace

from anivault.core.matching.matcher import match_releases
from anivault.core.matching.pins import Pin
from anivault.core.matching.releases import each, group
from anivault.core.matching.source import Source
from anivault.core.models import (
    Candidate,
    Decision,
    Match,
    MatchedFile,
    ParsedFile,
    Release,
    ReleaseKey,
    ShowId,
)
from anivault.core.pipeline.records import Read
from anivault.core.planning.naming.fields import titled
from anivault.parser.read import Reader
from anivault.shared.progress import Progress, untold
from anivault.shared.work.memory import FORGETFUL, Memory

NO_TITLE = "No title can be read in its name or its folders."


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads names, who knows shows, and what the user has decided; `memory` is of earlier runs.

    `languages`: those in which titles are read, the first that a show has one in.
    """

    reader: Reader
    sources: Sequence[Source] = ()
    pins: Sequence[Pin] = ()
    languages: Sequence[str] = ()
    memory: Memory = FORGETFUL


def match(found: Read, asked: Asked, progress: Progress = untold) -> list[MatchedFile]:
    """Match every video, release by release; one at a time where each stands alone. Pins win."""
    forgetful = replace(asked, memory=FORGETFUL) if found.alone else asked
    return judged(releases(found), forgetful, progress)


def judged(wanted: Sequence[Release], asked: Asked, progress: Progress = untold) -> list[MatchedFile]:
    """Match the videos of these releases, in their order."""
    workers, memory = asked.reader.workers, asked.memory
    files = match_releases(
        wanted, asked.sources, asked.pins, progress=progress, memory=memory, workers=workers
    )
    why = [_unreadable(item) for release in wanted for item in release.files]
    if any(why):
        files = [_unmatched(item, said) if said else item for item, said in zip(files, why, strict=True)]
    return called(files, asked.languages)


def releases(found: Read) -> list[Release]:
    """The releases that the videos are. Names that nobody can read have nothing in common."""
    readable = [item for item in found.videos if not item.unreadable]
    alone = [item for item in found.videos if item.unreadable]
    return (each if found.alone else group)(readable) + each(alone)


def _unreadable(item: ParsedFile) -> str:
    """Why nobody can say what a file is called; empty where its name or a folder gives it a title."""
    return item.unreadable or ("" if item.parsed.title else NO_TITLE)


def _unmatched(item: MatchedFile, why: str) -> MatchedFile:
    """A file whose name nobody can read is what the user has pinned it to, or nothing."""
    if item.pinned:
        return item
    match = Match(Decision.UNMATCHED, 0.0, (), (why,))
    return MatchedFile(item.file, item.parsed, match, Decision.UNMATCHED, (), match.reasons)


def called(files: Sequence[MatchedFile], languages: Sequence[str]) -> list[MatchedFile]:
    """Call every show by its title in the first of `languages` that it has one in."""
    if not languages:
        return list(files)
    shows: Called = {}
    matches: dict[ReleaseKey, Match] = {}  # the files of a release share a match
    for item in files:
        if (release := item.release_key) not in matches:
            show = partial(_called, languages=languages, known=shows)
            ranked = tuple(replace(rank, candidate=show(rank.candidate)) for rank in item.match.ranked)
            matches[release] = replace(item.match, ranked=ranked)
    return [replace(item, match=matches[item.release_key]) for item in files]


Called = dict[ShowId, tuple[Candidate, Candidate]]  # a show as a source has it, and as it is to be called


def _called(show: Candidate, languages: Sequence[str], known: Called) -> Candidate:
    """The show with its title; a source may know more of it for another release, and then it is another."""
    if (key := show.key) not in known or known[key][0] is not show:
        known[key] = show, titled(show, languages)
    return known[key][1]
