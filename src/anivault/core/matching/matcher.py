"""Match releases: pinned ones as the user said, the others by what sources propose. The door of this room.

In: releases, sources, pins. Out: a MatchedFile for each file, in the order of the releases. Pure but for
what sources, a memory and other cores do. A pin wins over everything.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache, partial

import msgspec

from anivault.core.matching.decide import THRESHOLDS, Thresholds, match_one, match_pinned
from anivault.core.matching.evidence import evidence, query
from anivault.core.matching.pins import Part, Pin, parted
from anivault.core.matching.said import Evidence, has_lost_mark
from anivault.core.matching.scoring import Profiles, rank
from anivault.core.matching.source import Source, Steady, steady
from anivault.core.models import (
    Candidate,
    Coordinates,
    Decision,
    Entry,
    Match,
    MatchedFile,
    Ranked,
    Release,
    Score,
    ShowId,
)
from anivault.shared.progress import Progress, untold
from anivault.shared.work.columns import decode, encode
from anivault.shared.work.cores import spread
from anivault.shared.work.memory import FORGETFUL, Memory, digest

FEW = 30  # so many releases are matched in less time than a memory needs
BATCH = 50  # releases: a tenth of a second


def match_releases(
    releases: Sequence[Release],
    sources: Sequence[Source],
    pins: Sequence[Pin] = (),
    thresholds: Thresholds = THRESHOLDS,
    progress: Progress = untold,
    memory: Memory = FORGETFUL,
    workers: int = 1,
) -> list[MatchedFile]:
    """Match every release, asking each source once for all that no pin has decided.

    Where sources answer as they did before, `memory` is asked first, and `workers` processes ask them: 0 for
    as many as help.
    """
    parts = parted(pins, releases)
    free = [part.release for part in parts if part.pin is None]
    batch = partial(_match_batch, sources=sources, profiles={}, thresholds=thresholds)
    if sure := steady(sources):
        found = iter(_steadily(free, batch, sure, progress, memory, workers))
    else:
        found = _told(batch(free), progress, len(free))
    files: list[MatchedFile] = []
    for part in parts:
        pin = part.pin
        files += _as_pinned(part, pin, sources) if pin else next(found)
    if len(parts) == len(releases):
        return files
    verdicts = {item.file: item for item in files}  # a release that pins part keeps its order
    return [verdicts[file.file] for release in releases for file in release.files]


def _as_pinned(part: Part, pin: Pin, sources: Sequence[Source]) -> Iterator[MatchedFile]:
    """Match as the user said: the show that is pinned is the only one to fit the release."""
    candidate = _pinned(part.release, pin, sources)
    fits = rank(evidence(part.release), [candidate])
    return match_pinned(part, pin, candidate, fits[0] if fits else None)


def _pinned(release: Release, pin: Pin, sources: Sequence[Source]) -> Candidate:
    provider, media_type, number = pin.show
    known = (source.get(provider, media_type, number) for source in sources)
    unknown = Candidate(provider=provider, id=number, media_type=media_type, title=release.title or pin.id)
    return next((candidate for candidate in known if candidate), unknown)


Verdicts = list[MatchedFile]  # on the files of one release
Batch = Callable[[Sequence[Release]], Iterator[Verdicts]]


def _told(found: Iterator[Verdicts], progress: Progress, of_all: int) -> Iterator[Verdicts]:
    for done, verdicts in enumerate(found, 1):
        progress(done, of_all)
        yield verdicts


def _match_batch(
    releases: Sequence[Release], sources: Sequence[Source], profiles: Profiles, thresholds: Thresholds
) -> Iterator[Verdicts]:
    """Match releases by what the sources propose for them together."""
    said = list(map(evidence, releases))
    for release, words, proposed in zip(releases, said, _ask(said, sources), strict=True):
        yield list(match_one(release, rank(words, proposed, profiles), thresholds))


def _ask(said: Sequence[Evidence], sources: Sequence[Source]) -> list[list[Candidate]]:
    """Every source's candidates, each show once: the first source that knows a show is heard."""
    merged: list[dict[ShowId, Candidate]] = [{} for _ in said]
    queries = [query(words) for words in said]
    for source in sources:
        for known, found in zip(merged, source.find(queries), strict=True):
            for candidate in found:
                known.setdefault(candidate.key, candidate)
    return [list(known.values()) for known in merged]


# --- what is known already, and other cores --------------------------------------------------------


class _Way(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How files of a release were placed: alike for most of them."""

    decision: Decision
    reasons: tuple[str, ...]
    sure: float


_Place = tuple[int, int, int | None, str | None]  # the fields of Coordinates
_File = tuple[int, tuple[_Place, ...], tuple[_Place, ...]]  # which way, where to, and where else


class _Rank(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A Ranked, with the keys of its candidate and entry; an entry that the candidate lacks as it is."""

    show: ShowId
    entry: str | Entry | None
    value: float
    parts: dict[str, float]


class _Verdict(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The verdicts on a release, without what is known from the release and the sources."""

    decision: Decision
    confidence: float
    ranked: tuple[_Rank, ...]
    reasons: tuple[str, ...]
    ways: tuple[_Way, ...]
    files: tuple[_File, ...]


def _steadily(
    releases: Sequence[Release],
    batch: Batch,
    sources: Sequence[Steady],
    progress: Progress,
    memory: Memory,
    workers: int,
) -> list[Verdicts]:
    """Match what is not known; it is known from then on."""
    sums = _sums(releases, sources, memory)
    known, kept = memory.known(list(sums.values())), dict[bytes, bytes]()
    get, same = cache(partial(_get, sources)), Same()
    found: list[Verdicts] = [[]] * len(releases)
    for place, release in enumerate(releases):
        if packed := known.get(sums.get(place, b"")):
            found[place] = list(_unpack(packed, release, get, same))
    fresh = [place for place, verdicts in enumerate(found) if not verdicts]
    fresh.sort(key=lambda place: releases[place].title.casefold())  # what is made of a show is made once
    made = _in_batches([releases[place] for place in fresh], batch, sources, progress, workers)
    for place, packed in zip(fresh, made, strict=True):
        found[place] = list(_unpack(packed, releases[place], get, same))
        if sums:
            kept[sums[place]] = packed
    memory.keep(kept)
    return found


def _in_batches(
    releases: Sequence[Release], batch: Batch, sources: Sequence[Steady], progress: Progress, workers: int
) -> Iterator[bytes]:
    """Match releases on as many cores as help; each verdict packed."""
    batches = [releases[start : start + BATCH] for start in range(0, len(releases), BATCH)]
    done = 0
    for made in spread(
        lambda some: list(map(_pack, batch(some))), batches, workers, partial(_reopen, sources)
    ):
        yield from made
        done += len(made)
        progress(done, len(releases))


def _reopen(sources: Sequence[Steady]) -> None:
    for source in sources:
        source.reopen()


def _sums(releases: Sequence[Release], sources: Sequence[Steady], memory: Memory) -> dict[int, bytes]:
    """For each release, by its place, a key for all that its verdicts are made from; none for few of them."""
    if memory is FORGETFUL or len(releases) <= FEW:
        return {}
    versions = "\0".join(["matched", *(source.version for source in sources)]).encode()
    return {place: digest([versions, *_said(release)]) for place, release in enumerate(releases)}


def _said(release: Release) -> Iterator[bytes]:
    yield os.fsencode(release.folder)
    yield encode([file.parsed for file in release.files])
    yield bytes(map(has_lost_mark, release.files))


def _pack(verdicts: Verdicts) -> bytes:
    match = verdicts[0].match
    ranked = tuple(map(_ranked, match.ranked))
    ways: dict[tuple[Decision, tuple[str, ...], float], int] = {}
    files = tuple(
        (
            ways.setdefault((v.decision, v.reasons, v.sure), len(ways)),
            _places(v.coordinates),
            _places(v.other),
        )
        for v in verdicts
    )
    how = tuple(_Way(*way) for way in ways)
    return encode(_Verdict(match.decision, match.confidence, ranked, match.reasons, how, files))


def _places(coordinates: tuple[Coordinates, ...]) -> tuple[_Place, ...]:
    return tuple((c.season, c.episode, c.absolute, c.title) for c in coordinates)


def _ranked(rank: Ranked) -> _Rank:
    entry = rank.entry
    known = entry is None or any(each.key == entry.key and each == entry for each in rank.candidate.entries)
    return _Rank(
        rank.candidate.key, entry.key if entry and known else entry, rank.score.value, rank.score.parts
    )


Get = Callable[[ShowId], Candidate]
Same = dict[tuple[_Place, ...], tuple[Coordinates, ...]]  # places, each once: S01E01 is many files'


def _get(sources: Sequence[Source], show: ShowId) -> Candidate:
    return next(found for source in sources if (found := source.get(*show)))


def _unpack(packed: bytes, release: Release, get: Get, same: Same) -> Iterator[MatchedFile]:
    said = decode(packed, _Verdict)
    ranked = tuple(_hung(rank, get(rank.show)) for rank in said.ranked)
    match, key = Match(said.decision, said.confidence, ranked, said.reasons), release.key
    for file, (way, places, other) in zip(release.files, said.files, strict=True):
        how = said.ways[way]
        yield MatchedFile(
            file.file,
            file.parsed,
            match,
            how.decision,
            _coordinates(places, same),
            how.reasons,
            how.sure,
            release=key,
            other=_coordinates(other, same),
        )


def _coordinates(places: tuple[_Place, ...], same: Same) -> tuple[Coordinates, ...]:
    if (found := same.get(places)) is None:
        found = same[places] = tuple(
            Coordinates(season=season, episode=episode, absolute=absolute, title=title)
            for season, episode, absolute, title in places
        )
    return found


def _hung(rank: _Rank, candidate: Candidate) -> Ranked:
    """The candidate and its entry as the sources have them: each show is there once."""
    entry = rank.entry
    if isinstance(entry, str):
        entry = next(each for each in candidate.entries if each.key == entry)
    return Ranked(candidate, _score(rank.value, tuple(rank.parts.items())), entry)


@lru_cache(maxsize=4096)
def _score(value: float, parts: tuple[tuple[str, float], ...]) -> Score:
    """Equal scores as one object: of ten, nine are like others."""
    return Score(value, dict(parts))
