"""Say again what a plan said as events, but of the folders that changed what is planned now.

Events of files come in the order in which these lie (core/anew/lying.py), each in its place among the others.
"""

from __future__ import annotations

import os
from base64 import b64decode
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from itertools import product
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import msgspec

from anivault.cli.context import Work
from anivault.cli.events import NoticeEvent, SummaryEvent
from anivault.cli.render.plans import show
from anivault.cli.screen import Copy, Recorder, Screen
from anivault.core.anew.lying import Way, by_place, is_other
from anivault.core.models import HeldReason
from anivault.core.organized import Organized
from anivault.services.remembered.glance import undisturbed
from anivault.services.remembered.kept import Kept, kept, packed
from anivault.services.remembered.seen import Seen
from anivault.services.remembered.tapes import Old, Tape
from anivault.shared.exits import DONE, FINDINGS
from anivault.shared.work.cores import aside

Key: TypeAlias = tuple[int, bool, tuple[int, Way]]
_SECTIONS = {"move": 0, "held": 1, "left-out": 2}
_LAST: Key = (9, False, (0, ()))  # of what tells of no file


class Line(msgspec.Struct):
    """What of an event tells where it comes."""

    event: str
    path: str = ""
    path_b64: str = ""
    reason: str = ""

    @property
    def at(self) -> str:
        """The path as the system has it."""
        return os.fsdecode(b64decode(self.path_b64)) if self.path_b64 else self.path


_read = msgspec.json.Decoder(Line).decode
_Told: TypeAlias = tuple[Key, Line, bytes]
_FILES = {"move", "held"}


if TYPE_CHECKING:
    from anivault.cli.organize_handler import Anew, OrganizeRequest


def traced(tape: Tape, made: Organized) -> Callable[[], bytes]:
    """What a plan was made from, packed, for a time when some of that has changed; worked out aside."""
    trace = made.trace
    if not (trace and made.plain):
        return bytes
    seen = tape.glance
    return aside(
        lambda: packed(kept(seen.folders, trace(), made.held)) if undisturbed(seen, seen.times) else b""
    )


def known(put: Copy, once: Sequence[str] = ()) -> Copy:
    """Have events say of new files that they are known, as next time, and nothing of what is said `once`.

    To tell all again would take much longer. No text in JSON has a quote that nothing stands before, so that
    nothing else reads like this.
    """
    notes = {f"{line}\n".encode() for line in once}
    events = [msgspec.json.Encoder().encode_lines([NoticeEvent(text=line)]) for line in once]

    def keep(note: bool, data: bytes) -> None:
        data = data.replace(b',"new":true,"cand', b',"new":false,"cand')
        for event in events:
            data = data.replace(event, b"")
        if not (note and data in notes):
            put(note, data)

    return keep


def again(screen: Screen, tape: Tape, old: Old, request: OrganizeRequest) -> Work | None:
    """What was said, with what changed planned anew; None where all has to be."""
    from anivault.cli.organize_handler import anew  # most runs find all as it was

    seen = Seen(request.order.library)  # before a moment is waited in which a file may grow
    made = anew(request, old.made_from, tape.glance) if request.order.traced else None
    found = made and renewed(screen, old, made, seen)
    if found:
        return Work(lambda: found, partial(_show, screen, tape, seen))
    old.close()
    return None


def _show(screen: Screen, tape: Tape, seen: Seen, found: Renewed) -> int:
    """Show it, and keep it for the next time."""
    result = found.made.made
    with tape.recording() as recording:
        put = known(recording.put)
        for note, data, new in found.pieces():
            screen.again(data, note=note)
            (put if new else recording.put)(note, data)
        found.old.close()
        screen.flush()
        screen.counts = found.counts
        seen.remember(result.held, result.moves)
        if result.lasts:
            recording.end(found.code, found.counts, packed(found.made_from(tape.glance.folders)))
    return found.code


class Renewed(NamedTuple):
    """What is said now: what was said before, but for the `edits`, by the numbers of pieces.

    `made`: what is new. `counts`, `missed`: of all files, as in the summary; and the held ones to be missed.
    """

    old: Old
    made: Anew
    edits: dict[int, bytes]
    counts: dict[str, int]
    missed: int

    def pieces(self) -> Iterator[tuple[bool, bytes, bool]]:
        """Each piece: whether it is a note, its bytes, and whether it is new."""
        for number, piece in enumerate(self.old.pieces):
            new = self.edits.get(number)
            yield piece.note, self.old.read(piece) if new is None else new, new is not None

    @property
    def code(self) -> int:
        """The exit code, as `Organized` has it."""
        return FINDINGS if self.missed else DONE

    def made_from(self, seen: Mapping[str, bytes]) -> Kept:
        """What all of it is made from now."""
        return self.old.made_from.renewed(seen, self.made.homes, self.made.kin, self.missed)


class UnlikeError(Exception):
    """What was said is not what is remembered of it."""


def renewed(screen: Screen, old: Old, made: Anew, seen: Seen) -> Renewed | None:
    """Put what is planned anew into what was said; None where that is not what is remembered of it."""
    plan, known = made.made.plan, old.made_from
    try:
        pages = _Pages(old, plan.roots)
    except UnlikeError:
        return None
    for event in _events(screen, made, seen):
        pages.put(event)
    for folder in made.folders:
        pages.open(folder)
    edits, counts = pages.edited(made.folders)
    told = {name: number + counts[name] for name, number in old.end.counts.items()}
    if counts["gone"] != known.files_of(made.homes) or (old.end.counts["moves"] and not told["moves"]):
        return None  # where nothing goes any more, that may be an error
    last = max(edits)
    edits[last] = _with_summary(edits[last], told)
    return Renewed(old, made, edits, told, known.missed + counts["missed"])


def _events(screen: Screen, made: Anew, seen: Seen) -> Iterator[bytes]:
    """The events of what is planned anew. Where roots lie in one folder, a scan judges all of them."""
    said: list[bytes] = []
    result = made.made
    recorder = Recorder(screen, lambda _, data: said.append(data))
    show(recorder, result, known=seen.known(result.held))
    for event in b"".join(said).splitlines(keepends=True):
        if _is_about(_read(event), made.folders):
            yield event


def _is_about(line: Line, folders: Set[str]) -> bool:
    """Whether an event tells of what is in one of these folders, or of one of them."""
    return line.event in _SECTIONS and (line.at in folders or os.path.dirname(line.at) in folders)


class _Pages:
    """The pieces of a tape as pages: each has the events of a stretch of files."""

    def __init__(self, old: Old, roots: Sequence[str]) -> None:
        self._old, self._place = old, by_place(roots)
        self._numbers = [number for number, piece in enumerate(old.pieces) if not piece.note]
        self._firsts = [self._key(_read(old.first(old.pieces[number]))) for number in self._numbers]
        if self._firsts != sorted(self._firsts):
            raise UnlikeError
        self._open: dict[int, list[bytes]] = {len(self._firsts) - 1: []}  # by page: what comes into it

    def _key(self, line: Line) -> Key:
        section = _SECTIONS.get(line.event)
        if section is None:
            return _LAST
        return section, section < 2 and is_other(line.at), self._place(line.at)

    def _page(self, key: Key) -> int:
        return max(bisect_right(self._firsts, key) - 1, 0)

    def put(self, event: bytes) -> None:
        """Put an event where it belongs."""
        self._open.setdefault(self._page(self._key(_read(event))), []).append(event)

    def open(self, folder: str) -> None:
        """Open the pages that may tell of files of a folder, or of the folder itself."""
        root, (*way, _) = self._place(f"{folder}/file")
        for section, other in product((0, 1, 2), (False, True)):
            first = self._page((section, other, (root, (*way, (False,)))))
            last = bisect_left(self._firsts, (section, other, (root, (*way, (True,)))))
            self._opened(range(first, max(first + 1, last)))
        self._opened([self._page((2, False, self._place(folder)))])

    def _opened(self, pages: Iterable[int]) -> None:
        for page in pages:
            self._open.setdefault(page, [])

    def edited(self, folders: Set[str]) -> tuple[dict[int, bytes], Counter[str]]:
        """The pages that are open, by the numbers of their pieces, without what was said of these folders.

        And how many files more there are of each count; `gone`: of how many nothing more is said.
        """
        edits, counts = dict[int, bytes](), Counter[str]()
        for page, new in self._open.items():
            number = self._numbers[page]
            stay, go = self._parted(self._old.read(self._old.pieces[number]), folders)
            came = [self._told(event) for event in new]
            edits[number] = b"".join(event for *_, event in sorted([*stay, *came], key=itemgetter(0)))
            counts.update(name for _, line, _ in came for name in _counts(line))
            counts.subtract(name for _, line, _ in go for name in _counts(line))
            counts["gone"] += sum(line.event in _FILES for _, line, _ in go)
        return edits, counts

    def _told(self, event: bytes) -> _Told:
        line = _read(event)
        return self._key(line), line, event

    def _parted(self, page: bytes, folders: Set[str]) -> tuple[list[_Told], list[_Told]]:
        """The events of a page: those that stay, and those that go."""
        stay: list[_Told] = []
        go: list[_Told] = []
        for event in page.splitlines(keepends=True):
            told = self._told(event)
            (go if _is_about(told[1], folders) else stay).append(told)
        return stay, go


def _counts(line: Line) -> list[str]:
    """The counts of a summary that an event is part of; and of the held files that somebody may miss."""
    if line.event == "move":
        return ["moves"]
    if line.event != "held":
        return []
    there, missed = line.reason == HeldReason.ALREADY_THERE, HeldReason(line.reason).missed
    return ["held", *["already-there"] * there, *["missed"] * missed]


def _with_summary(page: bytes, counts: dict[str, int]) -> bytes:
    """The last page with these counts at its end."""
    *events, last = page.splitlines(keepends=True)
    summary = msgspec.json.decode(last, type=SummaryEvent)
    return b"".join([*events, msgspec.json.encode(msgspec.structs.replace(summary, counts=counts)), b"\n"])
