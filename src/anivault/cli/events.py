"""The shape of machine output: one struct an event. schemas/events.schema.json is made from these.

Paths that are not UTF-8 show U+FFFD for what cannot be shown, and carry `path_b64` too.
One file: programs that read events find every one of them here.
"""

from __future__ import annotations

import base64
import operator
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET, UnsetType

from anivault.core.causes import Cause
from anivault.core.models import (
    GONE,
    Candidate,
    Coordinates,
    Held,
    Match,
    MatchedFile,
    Move,
    ParsedFile,
    Ranked,
)

if TYPE_CHECKING:  # what printing does not need and `schema` imports
    from anivault.core.living.adopted import Adopted
    from anivault.core.living.repinned import Change
    from anivault.core.matching.explain import Explanation
    from anivault.core.matching.pins import Pin
    from anivault.core.matching.questions import Answer, Question
    from anivault.core.moving.journal.records import Step
    from anivault.core.moving.verifying.verifier import Finding
    from anivault.core.organized import Returned
    from anivault.parser.models import ParseResult
    from anivault.services.catalogue.sources import CatalogInfo
    from anivault.shared.settings import Scalar, Value


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """One line of NDJSON; `event` names its kind."""


class FileEvent(Event, frozen=True, tag="file"):
    """`scan`: one file and how its name reads."""

    path: str
    size: int | None
    parsed: ParseResult
    path_b64: str | UnsetType = UNSET


class CandidateView(msgspec.Struct, frozen=True, kw_only=True):
    """A show or film that was considered."""

    provider: str
    id: int
    media_type: str
    title: str
    year: int | None
    score: float
    parts: dict[str, float]


class MatchView(msgspec.Struct, frozen=True, kw_only=True):
    """The best candidate, with the file's place in it."""

    provider: str
    id: int
    media_type: str
    title: str
    year: int | None
    coordinates: tuple[Coordinates, ...]
    ids: dict[str, int]


class MatchEvent(Event, frozen=True, tag="match"):
    """`match`: one file, which show, season and episode, and how sure."""

    path: str
    decision: str
    confidence: float
    match: MatchView | None
    candidates: tuple[CandidateView, ...]
    parts: dict[str, float]
    reasons: tuple[str, ...]
    path_b64: str | UnsetType = UNSET


class ExplainEvent(Event, frozen=True, tag="explain"):
    """`explain`: how a name reads, field by field, and the verdict with all its candidates."""

    path: str
    parsed: ParseResult
    explanation: Explanation | None
    torrent: str | UnsetType = UNSET  # a client of the user's has the file in this torrent
    path_b64: str | UnsetType = UNSET


class PinEvent(Event, frozen=True, tag="pin"):
    """`pin`, `unpin`, `pins`: one pin and the file that it stands, or stood, in."""

    file: str
    pin: Pin
    done: str  # "pinned", "unpinned", "preview", or "pin" where it was only listed
    show: str | None  # what it is called, where a list knows it


class OutcomeView(msgspec.Struct, frozen=True, kw_only=True):
    """What a file is taken for, and whether that is sure enough to file it unasked (`matched`)."""

    decision: str
    match: MatchView | None


class ChangeEvent(Event, frozen=True, tag="change"):
    """`pin --preview`: a video that the pin is for, what it is without and with it, what speaks against."""

    path: str
    before: OutcomeView
    after: OutcomeView
    changes: bool
    heard: bool  # this pin decides; else another one, that says more or came earlier
    against: tuple[str, ...]
    path_b64: str | UnsetType = UNSET


class IgnoreEvent(Event, frozen=True, tag="ignore"):
    """`ignore`, `review`: one line of an ignore list, and the file that it stands, or stood, in."""

    file: str
    line: str
    done: str  # "ignored", "removed", or "listed"


class LeftOutEvent(Event, frozen=True, tag="left-out"):
    """`scan`, `match`, `organize`: something below a root that the scan left out."""

    path: str
    reason: str
    detail: str
    path_b64: str | UnsetType = UNSET


class NoticeEvent(Event, frozen=True, tag="notice"):
    """What a provider has to say, such as that it did not answer; what a library's settings may not say."""

    text: str


class MoveEvent(Event, frozen=True, tag="move"):
    """`organize`, `rollback`: one file and where it goes, or went."""

    path: str
    target: str
    mode: str
    reason: str
    done: bool
    replaces: str | UnsetType = UNSET  # `organize --upgrade`: the file of the library that makes room for it
    why: str | UnsetType = UNSET  # then: why it is better, and what becomes of that one
    path_b64: str | UnsetType = UNSET


class ReturnEvent(Event, frozen=True, tag="return"):
    """`organize --upgrade`: one file of the library that makes room for a better one.

    `how` "move": it goes to `to`; else its link or copy goes, and the file stays there. `instead`: what
    comes.
    """

    path: str
    to: str
    how: str
    instead: str
    detail: str
    done: bool
    path_b64: str | UnsetType = UNSET
    to_b64: str | UnsetType = UNSET


class WriteEvent(Event, frozen=True, tag="write"):
    """`organize --nfo` and `--no-touch`: a small new file that describes a video."""

    target: str
    size: int
    done: bool


class FolderEvent(Event, frozen=True, tag="folder"):
    """`organize`, `rename`: a folder that the run empties, and removes."""

    path: str
    done: bool
    path_b64: str | UnsetType = UNSET


class HeldEvent(Event, frozen=True, tag="held"):
    """`organize`, `rename`, `rollback`: one file that is held, why, and the shows that it could be.

    `cause` and its `facts` say what `detail` says in words. `place`: where the file would go, or is already,
    relative to the library; `other`: the path of the file in its way; `show`: what it is thought to be.
    """

    path: str
    reason: str
    detail: str
    cause: Cause | None = None
    facts: dict[str, str] = {}
    place: str = ""
    other: str = ""
    show: str = ""
    new: bool = True  # whether it was not shown before, for the same reason
    candidates: tuple[CandidateView, ...] = ()
    path_b64: str | UnsetType = UNSET
    other_b64: str | UnsetType = UNSET


class AdoptEvent(Event, frozen=True, tag="adopt"):
    """`adopt`: one file of a library, and what it is taken for. `video`: the one that a sidecar goes with."""

    path: str
    show: str  # tmdb:123; empty for a sidecar
    title: str
    coordinates: tuple[Coordinates, ...]
    video: str
    done: bool
    path_b64: str | UnsetType = UNSET


class FindingEvent(Event, frozen=True, tag="finding"):
    """`verify`: one thing that is not as the journal has it."""

    path: str
    symbol: str
    kind: str
    detail: str
    path_b64: str | UnsetType = UNSET


class RunEvent(Event, frozen=True, tag="run"):
    """`history`: one run of the journal. `living`: its files that are left; `open`: not settled.

    `again`: lost, and put there again by a later run. What is none of these was taken back.
    """

    run: str
    time: int  # seconds since 1970
    mode: str
    files: int
    living: int
    open: int
    state: str
    again: int = 0


class CheckEvent(Event, frozen=True, tag="check"):
    """`doctor`: one thing that was looked at, how it is, and what mends it."""

    name: str
    level: str  # "ok", "warning" or "fault"
    text: str
    mend: str


class AboutEvent(Event, frozen=True, tag="about"):
    """`about`: version, folders, and whose data the catalogue is."""

    version: str
    python: str
    system: str
    folders: dict[str, str]
    tmdb: str
    catalogue: CatalogInfo


class CatalogEvent(Event, frozen=True, tag="catalog"):
    """`catalog show`: whose data the catalogue is."""

    catalogue: CatalogInfo


class CacheEvent(Event, frozen=True, tag="cache"):
    """`cache`: what is kept of TMDB's answers; `dropped` how many just went. `size` in bytes."""

    path: str
    answers: int
    not_found: int
    expired: int
    size: int
    dropped: int = 0


class ImportEvent(Event, frozen=True, tag="import"):
    """`catalog import`: a list that was taken into the catalogue."""

    kind: str
    entries: int
    licence: str
    replaced: bool


class UpdateEvent(Event, frozen=True, tag="update"):
    """`catalog update`: what became of a list. `state`: updated, same, early, off or failed, and `why`."""

    name: str
    state: str
    why: str
    entries: int
    version: str
    licence: str


class SettingEvent(Event, frozen=True, tag="setting"):
    """`config show`: one setting, and who set it."""

    name: str
    value: Scalar | list[Scalar] | dict[str, Value]  # a table is one preset
    origin: str


class PresetEvent(Event, frozen=True, tag="preset"):
    """`config presets`: one preset, as it stands in its table."""

    name: str
    table: dict[str, Value]


class TextEvent(Event, frozen=True, tag="text"):
    """`config path`, `config default`, `serve`: a text as it is."""

    text: str


class AnswerView(msgspec.Struct, frozen=True, kw_only=True):
    """A show that held files may be: the pin that says so, and the places of the first and the last file."""

    show: str
    id: str
    season: int | None
    offset: int | None
    episodes: str | None
    first: str
    last: str
    stated: bool  # by a list, not derived
    why: str  # what speaks for the show and against it
    against: tuple[str, ...]  # what names say against the place


class QuestionEvent(Event, frozen=True, tag="question"):
    """`review`: one release, its files, why it is asked about, and the answers by their keys from 1 on.

    `releases` above 1: unknown ones of one folder, which `n` leaves out and `e` asks about one by one.
    """

    number: int
    of: int
    files: tuple[str, ...]
    why: str
    answers: tuple[AnswerView, ...]
    releases: int


class AskEvent(Event, frozen=True, tag="ask"):
    """`init`: a question, and what an empty answer means."""

    name: str
    text: str
    default: str


class SummaryEvent(Event, frozen=True, tag="summary"):
    """The last event of a command: what it did, in numbers."""

    command: str
    counts: dict[str, int]


class ErrorEvent(Event, frozen=True, tag="error"):
    """Any command that failed; docs/errors.md lists the codes, besides "bug" (70) and "interrupted"."""

    code: str
    message: str
    hint: str
    exit_code: int


def schema() -> dict[str, Any]:
    """The JSON Schema of a line; schemas/events.schema.json is this, and a test proves it."""
    from anivault.core.matching.explain import Explanation
    from anivault.core.matching.pins import Pin
    from anivault.parser.models import ParseResult
    from anivault.services.catalogue.sources import CatalogInfo
    from anivault.shared.settings import Scalar, Value

    records = {"Explanation": Explanation, "Pin": Pin, "CatalogInfo": CatalogInfo, "ParseResult": ParseResult}
    globals().update(records, Scalar=Scalar, Value=Value)  # where msgspec looks annotations up
    kinds = sorted(Event.__subclasses__(), key=lambda kind: kind.__name__)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "AniVault machine output",
        **msgspec.json.schema(reduce(operator.or_, kinds)),
    }


def shown(path: str) -> str:
    """`path` as text: U+FFFD for what is not UTF-8."""
    if path.isascii():  # most are, and a plan asks for each several times
        return path
    return os.fsencode(path).decode("utf-8", "replace")


def b64(path: str) -> str | UnsetType:
    """The bytes of a path that is not UTF-8, in base64; nothing for any other."""
    if path.isascii():
        return UNSET
    raw = os.fsencode(path)
    return UNSET if _is_text(raw) else base64.b64encode(raw).decode("ascii")


def _is_text(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def file_event(item: ParsedFile) -> FileEvent:
    """Describe one scanned and parsed file."""
    path, identity = item.file.path, item.file.identity
    return FileEvent(
        path=shown(path), size=identity.size if identity else None, parsed=item.parsed, path_b64=b64(path)
    )


def match_events(files: Iterable[MatchedFile]) -> Iterator[MatchEvent]:
    """Describe matched files with their candidates, which the files of a release share."""
    described: Match | None = None
    candidates: tuple[CandidateView, ...] = ()
    for item in files:
        if item.match is not described:
            described, candidates = item.match, tuple(map(candidate_view, item.match.ranked))
        path, best = item.file.path, described.best
        yield MatchEvent(
            path=shown(path),
            decision=item.decision,
            confidence=item.confidence,
            match=match_view(best, item.coordinates) if best else None,
            candidates=candidates,
            parts=best.score.parts if best else {},
            reasons=item.reasons or described.reasons,
            path_b64=b64(path),
        )


def change_event(change: Change) -> ChangeEvent:
    """Describe one video that a pin would be for."""
    path = change.after.file.path
    return ChangeEvent(
        path=shown(path),
        before=_outcome_view(change.before),
        after=_outcome_view(change.after),
        changes=change.changes,
        heard=change.heard,
        against=tuple(one.words for one in change.objections),
        path_b64=b64(path),
    )


def _outcome_view(item: MatchedFile) -> OutcomeView:
    best = item.match.best
    taken = best if item.decision != "unmatched" else None
    return OutcomeView(decision=item.decision, match=match_view(taken, item.coordinates) if taken else None)


def return_event(library: str, returned: Returned, *, done: bool) -> ReturnEvent:
    """Describe one file of a library that makes room, or did."""
    one = returned.file
    path = os.path.join(library, one.rel)
    return ReturnEvent(
        path=shown(path),
        to=shown(one.home),
        how=one.mode,
        instead=shown(one.instead),
        detail=shown(returned.words),
        done=done,
        path_b64=b64(path),
        to_b64=b64(one.home),
    )


def move_event(move: Move, *, done: bool, old: Returned | None = None) -> MoveEvent:
    """Describe one file that goes, or went, to its place; and the `old` one that makes room for it."""
    path = move.source
    return MoveEvent(
        path=shown(path),
        target=shown(move.target),
        mode=move.mode,
        reason=move.reason,
        done=done,
        replaces=shown(old.file.rel) if old else UNSET,
        why=shown(old.words) if old else UNSET,
        path_b64=b64(path),
    )


def held_event(held: Held, candidates: tuple[CandidateView, ...] = (), *, new: bool = True) -> HeldEvent:
    """Describe one file that is held, with the shows that were considered for it."""
    path = held.source
    return HeldEvent(
        path=shown(path),
        reason=held.reason,
        detail=shown(held.detail),
        cause=held.cause,
        facts={name: shown(fact) for name, fact in held.facts.items()},
        place=shown(held.place),
        other=shown(held.other),
        show=str(held.show or ""),
        new=new,
        candidates=candidates,
        path_b64=b64(path),
        other_b64=b64(held.other),
    )


def adopt_event(library: str, item: Adopted, *, done: bool) -> AdoptEvent:
    """Describe one file that the journal of a library gets to know, or got."""
    best = item.verdict.match.best if item.verdict else None
    return AdoptEvent(
        path=shown(item.file.path),
        show=str(best.candidate.key) if best else "",
        title=best.candidate.title if best else "",
        coordinates=item.verdict.coordinates if item.verdict else (),
        video=shown(os.path.join(library, item.video)) if item.video else "",
        done=done,
        path_b64=b64(item.file.path),
    )


def question_event(number: int, of: int, question: Question) -> QuestionEvent:
    """Describe one question of a review."""
    return QuestionEvent(
        number=number,
        of=of,
        files=tuple(shown(item.source) for item in question.files),
        why=question.why,
        answers=tuple(map(_answer_view, question.answers)),
        releases=len(question.crowd) or 1,
    )


def _answer_view(answer: Answer) -> AnswerView:
    pin = answer.pin
    return AnswerView(
        show=answer.show,
        id=pin.show if pin else "",
        season=pin.season if pin else None,
        offset=pin.offset if pin else None,
        episodes=pin.episodes if pin else None,
        first=answer.first,
        last=answer.last,
        stated=answer.stated,
        why=answer.why,
        against=answer.against,
    )


def finding_event(library: str, finding: Finding) -> FindingEvent:
    """Describe one finding of a verification."""
    path = os.path.join(library, finding.path)
    return FindingEvent(
        path=shown(path), symbol=finding.symbol, kind=finding.kind, detail=finding.detail, path_b64=b64(path)
    )


def step_event(roots: Sequence[str], step: Step, *, done: bool) -> MoveEvent:
    """Describe one file that goes, or went, back to where it was."""
    path = os.path.join(roots[step.root], step.rel)
    return MoveEvent(
        path=shown(path),
        target=shown(os.path.join(roots[step.to_root], step.to)) if step.to else "",
        mode="rollback",
        reason="gone" if step.mtime_ns == GONE else step.do,  # a file that is no more: only noted
        done=done,
        path_b64=b64(path),
    )


def candidate_view(ranked: Ranked) -> CandidateView:
    """Describe one candidate with its score."""
    candidate, score = ranked.candidate, ranked.score
    return CandidateView(**_facts(candidate), score=round(score.value, 4), parts=score.parts)


def match_view(ranked: Ranked, coordinates: tuple[Coordinates, ...]) -> MatchView:
    """Describe the best candidate and the file's place in it."""
    ids = ranked.entry.ids if ranked.entry else {}
    show = ranked.candidate
    return MatchView(
        provider=show.provider,
        id=show.id,
        media_type=show.media_type,
        title=show.title,
        year=show.year,
        coordinates=coordinates,
        ids=ids,
    )


def _facts(candidate: Candidate) -> dict[str, Any]:
    return {
        "provider": candidate.provider,
        "id": candidate.id,
        "media_type": candidate.media_type,
        "title": candidate.title,
        "year": candidate.year,
    }
