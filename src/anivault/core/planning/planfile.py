"""Write a plan as a file that people read and edit, and take back only what is whole. Touches that one file.

In: a Plan. Out: JSON as schemas/plan.schema.json says, a line a file, with a SHA-256 of all its other bytes.
Read: the roots and the library come from the caller, never from the file, whose paths are relative; what is
damaged, edited without `seal`, not the user's own, or points outside is refused as a whole. Whether a source
is still the same file is for the executor to check, one by one.
"""

from __future__ import annotations

import base64
import hashlib
import os
import stat
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal

import msgspec

from anivault.core.causes import Advantage, Cause
from anivault.core.models import Held, HeldReason, Identity, Mode, Move, Plan, Replaced, ShowId
from anivault.core.planning.naming.characters import fold
from anivault.shared import fs, trust
from anivault.shared import regex as re
from anivault.shared.errors import OutputRefusedError, PlanFileError, problem
from anivault.shared.text import counted, is_text

VERSION = 1
SIZE_MAX = 1 << 30  # bytes; a plan of a million files has half of that

_Whole = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class Located(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What moves and held files share: the number of a root, and the path below it."""

    root: _Whole
    path: Annotated[str, msgspec.Meta(min_length=1)]
    path_b64: str | None = None  # the bytes, where `path` cannot show them


class ReplacedEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The video of the library that makes room, as it was then, and why the new one is better."""

    path: Annotated[str, msgspec.Meta(min_length=1)]
    size: _Whole
    mtime_ns: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
    advantage: Advantage


class MoveEntry(Located, frozen=True, kw_only=True, omit_defaults=True):
    """One file that goes to `target`, relative to the library."""

    target: Annotated[str, msgspec.Meta(min_length=1)]
    mode: Mode
    size: _Whole
    mtime_ns: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
    device: Annotated[int, msgspec.Meta(ge=0)] = 0
    inode: Annotated[int, msgspec.Meta(ge=0)] = 0
    reason: str = ""
    video: str | None = None
    metadata: str | None = None
    crc32: str | None = None
    replaces: ReplacedEntry | None = None


class HeldEntry(Located, frozen=True, kw_only=True, omit_defaults=True):
    """One file that stays, and why: `detail` says in words what `cause` and its `facts` say to programs.

    `place`: where it would go, or is already, in the library; `other`: the path of the file in its way;
    `show`: what it is thought to be.
    """

    reason: HeldReason
    detail: str = ""
    cause: Cause | None = None
    facts: dict[str, str] = {}
    place: str = ""
    other: str = ""
    show: str = ""


class PlanDocument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file. `roots` and `library` tell people where the plan was made; they decide nothing."""

    anivault_plan: Literal[1]
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    library: str
    roots: Annotated[list[str], msgspec.Meta(min_length=1)]
    preset: str
    mode: Mode
    moves: list[MoveEntry]
    held: list[HeldEntry]


def schema() -> dict[str, Any]:
    """The JSON Schema of the file; schemas/plan.schema.json is this, and a test proves it."""
    document = msgspec.json.schema(PlanDocument)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An AniVault plan",
        **document,
    }


# --- write -----------------------------------------------------------------------------------------------

_HEAD = 1 << 12  # bytes; the checksum stands in front
_SUM = re.compile(rb'\A\s*\{\s*"anivault_plan"\s*:\s*\d+\s*,\s*"sha256"\s*:\s*"([^"\\]*)"')


def check_place(path: str, *, replace: bool = False) -> None:
    """Refuse a name that something has already: a plan is replaced by a plan, and nothing else is.

    A plan that was edited and not sealed is somebody's work; it needs `replace`. Raises OutputRefusedError.
    """
    if path.endswith(_SEPARATORS):
        raise OutputRefusedError(path, "it is the name of a folder")
    trust.require_outside(path)
    try:
        there = os.lstat(path)
    except FileNotFoundError:
        _check_folder(path)
    except OSError as error:
        raise OutputRefusedError(path, error.strerror or str(error)) from error
    else:
        _check_replaced(path, there, replace=replace)


_SEPARATORS = tuple(filter(None, (os.sep, os.altsep)))


def _check_folder(path: str) -> None:
    if not os.path.isdir(folder := os.path.dirname(os.path.abspath(path))):
        raise OutputRefusedError(path, f"there is no folder {folder}")


def _check_replaced(path: str, there: os.stat_result, *, replace: bool) -> None:
    if not stat.S_ISREG(there.st_mode):
        raise OutputRefusedError(path, "a folder, a link or a device has this name")
    try:
        with os.fdopen(fs.open_file(None, path), "rb") as file:
            raw = file.read(_HEAD)
            is_plan = bool(_SUM.match(raw))
            raw += file.read(SIZE_MAX) if is_plan else b""
    except OSError as error:
        raise OutputRefusedError(path, error.strerror or str(error)) from error
    if not is_plan:
        raise OutputRefusedError(path, "a file with this name is there, and it is not a plan of AniVault")
    if not (replace or _is_sealed(raw)):
        raise OutputRefusedError(
            path, "it is a plan that was edited", hint="Name another file, or replace it: add --replace."
        )


def write(plan: Plan, path: str, *, replace: bool = False) -> None:
    """Write `plan` to `path`, readable by its owner only, as a whole or not at all.

    A plan that is there is replaced, as `check_place` allows. Raises OutputRefusedError.
    """
    check_place(path, replace=replace)
    numbers = {root: number for number, root in enumerate(plan.roots)}
    head: dict[str, Any] = {
        "anivault_plan": VERSION, "sha256": "0" * 64, "library": _shown(plan.library),
        "roots": [_shown(root) for root in plan.roots], "preset": plan.preset, "mode": plan.mode,
    }  # fmt: skip
    moves = _lines(_move_entry(move, numbers) for move in plan.moves if move.root in numbers)
    held = _lines(_held_entry(item, numbers) for item in plan.held)
    text = b",\n".join(
        [msgspec.json.encode(head)[:-1].replace(b',"', b',\n"'), b'"moves":' + moves, b'"held":' + held]
    )
    _write(path, summed(text + b"}\n"))


def seal(path: str) -> None:
    """Set the checksum again after an edit, once everything else is in order.

    Raises PlanFileError as `read` does, for anything but the checksum.
    """
    raw = _load(path)
    sealed = summed(raw) if _SUM.match(raw) else raw
    document = _decode(path, sealed)
    _check(path, document)
    _write(os.path.realpath(path), sealed)


def _lines(entries: Iterable[msgspec.Struct]) -> bytes:
    encoded = [msgspec.json.encode(entry) for entry in entries]
    return b"[\n" + b",\n".join(encoded) + b"\n]" if encoded else b"[]"


def _move_entry(move: Move, numbers: dict[str, int]) -> MoveEntry:
    identity = move.identity
    return MoveEntry(
        root=numbers[move.root], path=_shown(move.rel), path_b64=_bytes_of(move.rel), target=move.target,
        mode=move.mode, size=identity.size, mtime_ns=identity.mtime_ns, device=identity.device,
        inode=identity.inode, reason=_shown(move.reason), video=move.video, metadata=move.metadata,
        crc32=move.crc32, replaces=_replaced_entry(move.replaces),
    )  # fmt: skip


def _replaced_entry(old: Replaced | None) -> ReplacedEntry | None:
    if old is None:
        return None
    size, time = old.identity.size, old.identity.mtime_ns
    return ReplacedEntry(path=old.rel, size=size, mtime_ns=time, advantage=old.advantage)


def _held_entry(item: Held, numbers: dict[str, int]) -> HeldEntry:
    return HeldEntry(
        root=numbers[item.root], path=_shown(item.rel), path_b64=_bytes_of(item.rel), reason=item.reason,
        detail=_shown(item.detail), cause=item.cause, facts={n: _shown(f) for n, f in item.facts.items()},
        place=_shown(item.place), other=_shown(item.other), show=str(item.show or ""),
    )  # fmt: skip


def _shown(text: str) -> str:
    return text if is_text(text) else text.encode("utf-8", "replace").decode("utf-8")


def _bytes_of(path: str) -> str | None:
    return None if is_text(path) else base64.b64encode(os.fsencode(path)).decode("ascii")


def summed(raw: bytes) -> bytes:
    """Return the file with its checksum set; as it is when it has no place for one."""
    found = _SUM.match(raw)
    if not found:
        return raw
    start, end = found.span(1)
    return raw[:start] + _digest(raw, start, end) + raw[end:]


def _digest(raw: bytes, start: int, end: int) -> bytes:
    digest = hashlib.sha256(raw[:start])
    digest.update(raw[end:])
    return digest.hexdigest().encode("ascii")


def _write(path: str, content: bytes) -> None:
    try:
        fs.write_whole(path, content, replace=os.path.lexists(path))
    except OSError as error:
        raise OutputRefusedError(path, error.strerror or str(error)) from error


# --- read ------------------------------------------------------------------------------------------------


def read(path: str, roots: Sequence[str], library: str) -> Plan:
    """Read a plan for the folders `roots` and the `library` that the user named.

    Roots that the file names in another order are found by name; else they count by position, so that a plan
    outlives a disk that is mounted elsewhere. Raises PlanFileError, and then nothing of the plan is used.
    """
    raw = _load(path)
    if not _is_sealed(raw):
        raise PlanFileError(
            path, "its checksum does not fit: it was damaged, or edited and not sealed", edited=True
        )
    document = _decode(path, raw)
    _check(path, document)
    home = _roots(path, document, roots)
    return Plan(
        library=library,
        roots=tuple(roots),
        preset=document.preset,
        mode=document.mode,
        moves=tuple(_move(entry, home) for entry in document.moves),
        held=tuple(_held(entry, home) for entry in document.held),
    )


def _is_sealed(raw: bytes) -> bool:
    found = _SUM.match(raw)
    return found is not None and _digest(raw, *found.span(1)) == found[1]


def _load(path: str) -> bytes:
    """The bytes of a regular file that only its owner, who is the user or root, can have written."""
    try:
        descriptor = fs.open_file(None, os.path.realpath(path))
        with os.fdopen(descriptor, "rb") as file:
            _check_owner(path, os.fstat(descriptor))
            return file.read(SIZE_MAX)
    except OSError as error:
        raise PlanFileError(path, f"it cannot be read: {error.strerror}") from error


def _check_owner(path: str, status: os.stat_result) -> None:
    if status.st_size >= SIZE_MAX:
        raise PlanFileError(path, "it is larger than a plan can be")
    if not fs.trusted(status):
        raise PlanFileError(path, "it belongs to another user, who could have written anything into it")
    if fs.others_may_write(status):
        raise PlanFileError(path, "others may write to it; chmod 600 it after looking at what it says")


def _decode(path: str, raw: bytes) -> PlanDocument:
    try:
        return msgspec.json.decode(raw, type=PlanDocument)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise PlanFileError(path, problem(error)) from error


def _check(path: str, document: PlanDocument) -> None:
    """Refuse paths that leave their folder, roots that do not exist, and places or sources named twice."""
    _check_targets(path, document)
    sources: set[tuple[int, str]] = set()
    for kind, entries in (("moves", document.moves), ("held", document.held)):
        for number, entry in enumerate(entries):
            _check_source(path, f"{kind}[{number}]", entry, len(document.roots), sources)


def _check_targets(path: str, document: PlanDocument) -> None:
    targets: set[str] = set()
    for number, move in enumerate(document.moves):
        where = f"moves[{number}]"
        replaced = move.replaces.path if move.replaces else None
        for field, rel in (("target", move.target), ("video", move.video), ("replaces.path", replaced)):
            if rel is not None:
                _check_path(path, f"{where}.{field}", rel)
        if (key := fold(move.target)) in targets:
            raise PlanFileError(path, f"{where}.target is the target of another entry too: {move.target}")
        targets.add(key)
    if inside := next((t for t in targets if any(p in targets for p in _parents(t))), None):
        raise PlanFileError(path, f"a target lies inside another one, a file: {inside}")


def _parents(target: str) -> Iterable[str]:
    parts = target.split("/")
    return ("/".join(parts[:end]) for end in range(1, len(parts)))


def _check_source(path: str, where: str, entry: Located, roots: int, known: set[tuple[int, str]]) -> None:
    if entry.root >= roots:
        raise PlanFileError(path, f"{where}.root is {entry.root}, and there are {roots}")
    try:
        rel = _rel(entry)
    except ValueError as error:
        raise PlanFileError(path, f"{where}.path_b64 is not the bytes of its path") from error
    _check_path(path, f"{where}.path", rel)
    if (entry.root, rel) in known:
        raise PlanFileError(path, f"{where}.path is in the plan twice: {entry.path}")
    known.add((entry.root, rel))


def _check_path(path: str, where: str, rel: str) -> None:
    if rel.startswith("/"):
        raise PlanFileError(path, f"{where} is absolute; paths in a plan are relative")
    if "\0" in rel or any(part in {"", ".", ".."} for part in rel.split("/")):
        raise PlanFileError(path, f"{where} has an empty, . or .. component or a NUL")


def _rel(entry: Located) -> str:
    if entry.path_b64 is None:
        return entry.path
    rel = os.fsdecode(base64.b64decode(entry.path_b64, validate=True))
    if _shown(rel) != entry.path:
        raise ValueError
    return rel


def _roots(path: str, document: PlanDocument, roots: Sequence[str]) -> list[str]:
    if len(document.roots) != len(roots):
        made = counted(len(document.roots), "folder")
        raise PlanFileError(path, f"it was made for {made}, and {len(roots)} were named")
    by_name = {_shown(root): root for root in roots}
    if sorted(by_name) == sorted(document.roots):
        return [by_name[name] for name in document.roots]
    return list(roots)


def _move(entry: MoveEntry, roots: Sequence[str]) -> Move:
    identity = Identity(entry.size, entry.mtime_ns, entry.device, entry.inode)
    return Move(
        root=roots[entry.root], rel=_rel(entry), target=entry.target, mode=entry.mode, identity=identity,
        reason=entry.reason, video=entry.video, metadata=entry.metadata, crc32=entry.crc32,
        replaces=_replaced(entry.replaces),
    )  # fmt: skip


def _replaced(entry: ReplacedEntry | None) -> Replaced | None:
    if entry is None:
        return None
    return Replaced(rel=entry.path, identity=Identity(entry.size, entry.mtime_ns), advantage=entry.advantage)


def _held(entry: HeldEntry, roots: Sequence[str]) -> Held:
    return Held(
        root=roots[entry.root], rel=_rel(entry), reason=entry.reason, cause=entry.cause, facts=entry.facts,
        said=entry.detail, place=entry.place, other=entry.other, show=ShowId.read(entry.show),
    )  # fmt: skip
