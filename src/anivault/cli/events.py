"""The shape of machine output: one struct an event. schemas/events.schema.json is made from these.

Paths that are no UTF-8 show U+FFFD for what cannot be shown, and carry `path_b64` beside.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET, UnsetType

from anivault.core.models import GONE, Candidate, Coordinates, Held, MatchedFile, Move, ParsedFile, Ranked
from anivault.parser.models import ParseResult

if TYPE_CHECKING:
    from anivault.core.moving.journal import Step
    from anivault.core.moving.verifier import Finding


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
    explanation: dict[str, Any] | None
    path_b64: str | UnsetType = UNSET


class PinEvent(Event, frozen=True, tag="pin"):
    """`pin`, `unpin`, `pins`: one pin and the file that it stands, or stood, in."""

    file: str
    pin: dict[str, Any]
    done: str  # "pinned", "unpinned", or "pin" where it was only listed
    show: str | None  # what it is called, where a list knows it


class LeftOutEvent(Event, frozen=True, tag="left-out"):
    """`scan`, `match`, `organize`: something below a root that is no file of the scan."""

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
    path_b64: str | UnsetType = UNSET


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
    """`organize`, `rollback`: one file that stays, and why."""

    path: str
    reason: str
    detail: str
    path_b64: str | UnsetType = UNSET


class FindingEvent(Event, frozen=True, tag="finding"):
    """`verify`: one thing that is not as the journal has it."""

    path: str
    symbol: str
    kind: str
    detail: str
    path_b64: str | UnsetType = UNSET


class RunEvent(Event, frozen=True, tag="run"):
    """`history`: one run of the journal. `living`: files of it that no rollback has taken back."""

    run: str
    time: int  # seconds since 1970
    mode: str
    files: int
    living: int
    state: str


class AboutEvent(Event, frozen=True, tag="about"):
    """`about`: version, folders, and whose data the catalogue is."""

    version: str
    python: str
    system: str
    folders: dict[str, str]
    tmdb: str
    catalogue: dict[str, Any]


class CatalogEvent(Event, frozen=True, tag="catalog"):
    """`catalog show`: whose data the catalogue is."""

    catalogue: dict[str, Any]


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


class SettingEvent(Event, frozen=True, tag="setting"):
    """`config show`: one setting, and who set it."""

    name: str
    value: Any
    origin: str


class PresetEvent(Event, frozen=True, tag="preset"):
    """`config presets`: one preset, as it stands in its table."""

    name: str
    table: dict[str, Any]


class TextEvent(Event, frozen=True, tag="text"):
    """`config path`, `config default`: a text as it is."""

    text: str


class SummaryEvent(Event, frozen=True, tag="summary"):
    """The last event of a command: what it did, in numbers."""

    command: str
    counts: dict[str, int]


class ErrorEvent(Event, frozen=True, tag="error"):
    """A known failure; the exit code is in docs/errors.md."""

    code: str
    message: str
    hint: str


def shown(path: str) -> str:
    """`path` as text: U+FFFD for what is no UTF-8."""
    return os.fsencode(path).decode("utf-8", "replace")


def b64(path: str) -> str | UnsetType:
    """The bytes of a path that is no UTF-8, in base64; nothing for any other."""
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
    identity = item.file.identity
    return FileEvent(
        path=shown(item.file.path),
        size=identity.size if identity else None,
        parsed=item.parsed,
        path_b64=b64(item.file.path),
    )


def match_event(item: MatchedFile) -> MatchEvent:
    """Describe one matched file with its candidates."""
    best = item.match.best
    return MatchEvent(
        path=shown(item.file.path),
        decision=item.decision,
        confidence=item.confidence,
        match=match_view(best, item.coordinates) if best else None,
        candidates=tuple(candidate_view(ranked) for ranked in item.match.ranked),
        parts=best.score.parts if best else {},
        reasons=item.reasons or item.match.reasons,
        path_b64=b64(item.file.path),
    )


def move_event(move: Move, *, done: bool) -> MoveEvent:
    """Describe one file that goes, or went, to its place."""
    return MoveEvent(
        path=shown(move.source),
        target=shown(move.target),
        mode=move.mode,
        reason=move.reason,
        done=done,
        path_b64=b64(move.source),
    )


def held_event(held: Held) -> HeldEvent:
    """Describe one file that stays."""
    return HeldEvent(
        path=shown(held.source), reason=held.reason, detail=held.detail, path_b64=b64(held.source)
    )


def finding_event(library: str, finding: Finding) -> FindingEvent:
    """Describe one finding of a verification."""
    path = os.path.join(library, finding.path)
    return FindingEvent(
        path=shown(path), symbol=finding.symbol, kind=finding.kind, detail=finding.detail, path_b64=b64(path)
    )


def step_event(roots: Sequence[str], step: Step, *, done: bool) -> MoveEvent:
    """Describe one file that goes, or went, back to where it was."""
    path = os.path.join(roots[0], step.rel)
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
    return MatchView(**_facts(ranked.candidate), coordinates=coordinates, ids=ids)


def _facts(candidate: Candidate) -> dict[str, Any]:
    return {
        "provider": candidate.provider,
        "id": candidate.id,
        "media_type": candidate.media_type,
        "title": candidate.title,
        "year": candidate.year,
    }
