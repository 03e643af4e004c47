"""How pins look, and what one would change: crowds of files, what they are and what they would be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from anivault.cli import events
from anivault.cli.render.parts import notices, summary
from anivault.core.causes import HEADS
from anivault.shared.text import counted

if TYPE_CHECKING:
    from anivault.cli.screen import Screen
    from anivault.core.living.repinned import Change
    from anivault.core.matching.pins import Pin
    from anivault.core.models import MatchedFile
    from anivault.services.remembered.previewing import Preview


def pin_told(pin: Pin, show: str | None) -> str:
    """`Bleach [Group]  →  BLEACH (2004), tmdb:30984, season 1, numbers +12`."""
    group = f"[{pin.group}]" if pin.group else ""
    what = " ".join(filter(None, (pin.folder or pin.title, group, pin.kind, pin.episodes)))
    where = [show or "", pin.id, f"season {pin.season}" if pin.season is not None else ""]
    where.append(f"numbers {pin.offset:+}" if pin.offset else "")
    where.append(f"episode {pin.episode}" if pin.episode is not None else "")
    where.append("extras" if pin.extra else "")
    where.append(f"in the order of {pin.order.upper()}" if pin.order else "")
    return f"{what}  →  {', '.join(filter(None, where))}"


def show(screen: Screen, found: Preview, command: str) -> bool:
    """What a pin would change, and what speaks against it; `command` writes it. True if something does."""
    (pin,) = found.pinned.pins
    called = found.pinned.shows.get(pin.id)
    screen.event(events.PinEvent(file=events.shown(found.pinned.file), pin=pin, done="preview", show=called))
    screen.line(pin_told(pin, called), style="bold")
    for change in (*found.changes, *found.library):
        screen.event(events.change_event(change))
    _crowds(screen, found.changes)
    if found.library:
        screen.line("In the library, once it is renamed:", style="bold")
        _crowds(screen, found.library)
    against = Counter(one.words for change in found.changes for one in change.objections)
    for words, files in against.items():
        screen.line(f"  {counted(files, 'file')}: {words}", style="yellow")
    notices(screen, [doubt for doubt in found.pinned.doubts if doubt not in against])
    _outcome(screen, found, against.total(), command)
    return bool(against)


def _crowds(screen: Screen, changes: Sequence[Change]) -> None:
    """Each crowd of one release that becomes the same: what it is, and what it would be."""
    crowds: dict[object, list[Change]] = {}
    for change in changes:
        if change.changes:
            kinds = (_kind(change.before), _kind(change.after))
            crowds.setdefault((change.before.release_key, kinds), []).append(change)
    for crowd in crowds.values():
        names = [change.before.file.rel for change in crowd]
        last = f" … {names[-1].rpartition('/')[2]}" if names[1:] else ""
        screen.line(f"  {counted(len(crowd), 'file')}: {names[0]}{last}")
        before, after = outcome_told([c.before for c in crowd]), outcome_told([c.after for c in crowd])
        screen.pair(f"      {before}", f"→  {after}")


def _kind(item: MatchedFile) -> object:
    best = item.match.best
    return _held(item) or (best and best.candidate.key, _is_extra(item))


def _is_extra(item: MatchedFile) -> bool:
    from anivault.parser.models import EXTRAS  # what only lists pins reads no names

    return item.parsed.type in EXTRAS


def _held(item: MatchedFile) -> str:
    """Why a file would be held; empty for one that goes."""
    if item.decision != "matched":
        sure = item.decision == "ambiguous" and item.match.decision == "matched"
        return HEADS["no-place" if sure else item.decision]
    return ""


def outcome_told(items: Sequence[MatchedFile]) -> str:
    """`held: which show is it?`, or `Bleach (2004) S01E01 … S01E12`."""
    from anivault.core.matching.questions import places_of  # it knows matching, as few commands need

    first, best = items[0], items[0].match.best
    if (why := _held(first)) or best is None:
        return f"held: {why}"
    ends = dict.fromkeys(filter(None, (places_of(first), places_of(items[-1]))))
    where = ", an extra" if _is_extra(first) else f" {' … '.join(ends)}" if ends else ""
    return f"{best.candidate.dated}{where}"


def _outcome(screen: Screen, found: Preview, against: int, command: str) -> None:
    """All in one line: `12 files to change, 3 as before. Nothing was written.`"""
    for words in unheard_told(found):
        screen.hint(words)
    summary(screen, "pin", Counter({**_totals(found), "against": against}), totals_told(found))
    if not (found.changes or found.library):
        screen.hint(NO_FILE)
    screen.hint(f"Write it: {command}")


def _totals(found: Preview) -> dict[str, int]:
    changes = sum(change.changes for change in found.changes)
    return {"changes": changes, "library": len(found.library), "stays": len(found.changes) - changes}


def totals_told(found: Preview) -> str:
    """`12 files to change, 3 as before. Nothing was written.`"""
    changes, library, stay = _totals(found).values()
    parts = [f"{counted(changes, 'file')} to change"]
    parts += [f"{library:,} in the library"] if library else []
    parts += [f"{stay:,} as before"] if stay else []
    return f"{', '.join(parts)}. Nothing was written."


def unheard_told(found: Preview) -> list[str]:
    """That another pin decides, where one does."""
    unheard = sum(not change.heard for change in found.changes)
    said = f"Of {counted(unheard, 'file')} another pin says more, or came earlier: anivault pins"
    return [said] if unheard else []


NO_FILE = "No video that is there has this title, group and numbers."
