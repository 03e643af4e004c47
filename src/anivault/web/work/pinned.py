"""Look at a pin before it is written, as `pin --preview` does: file by file, on a sheet."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from anivault.cli import events
from anivault.cli.render.repinned import NO_FILE, outcome_told, pin_told, totals_told, unheard_told
from anivault.core.living.repinned import Change
from anivault.core.matching.pins import Pin
from anivault.services.pinning import PinRequest
from anivault.shared.exits import DONE, FINDINGS
from anivault.shared.text import counted
from anivault.web.records import PinChange, PinFacts, PinWords
from anivault.web.work.telling import Order, Teller

if TYPE_CHECKING:
    from anivault.services.remembered.previewing import Preview


def look(order: Order, teller: Teller) -> dict[str, Any]:
    """Write what the pin would change on the sheet; nothing else is written."""
    from anivault.services.remembered.previewing import near, preview

    words, old = msgspec.convert(order["words"], PinWords), order["old"]
    request = PinRequest(library=order.library, **msgspec.structs.asdict(words))
    paths = near(request.what) or order.sources
    before = msgspec.json.decode(old, type=Pin) if old else None
    found = preview(request, order.context.asking(), paths, teller, before)
    against = Counter(one.words for change in found.changes for one in change.objections)
    with order.desk.writing("pin") as sheet:
        for row in _rows(found.changes):
            sheet.row("change", "", row.path, row)
        for row in _rows(found.library):
            sheet.row("library", "", row.path, row)
        sheet.fact("pin", _facts(found, words, old, against))
    changes, library = (sum(c.changes for c in each) for each in (found.changes, found.library))
    return {
        "code": FINDINGS if against else DONE,
        "counts": {"to change": changes, "in the library": library},
    }


def _rows(changes: Sequence[Change]) -> Iterator[PinChange]:
    for change in changes:
        if change.changes or change.objections:
            yield PinChange(
                path=events.shown(change.after.file.path),
                before=outcome_told([change.before]),
                after=outcome_told([change.after]),
                against=tuple(one.words for one in change.objections),
            )


def _facts(found: Preview, words: PinWords, old: str, against: Counter[str]) -> PinFacts:
    (pin,) = found.pinned.pins
    remarks = unheard_told(found) + ([] if found.changes or found.library else [NO_FILE])
    doubts = [f"{counted(files, 'file')}: {said}" for said, files in against.items()]
    return PinFacts(
        made=time.time(),
        words=words,
        old=old,
        told=pin_told(pin, found.pinned.shows.get(pin.id)),
        file=found.pinned.file,
        total=totals_told(found),
        remarks=tuple(remarks),
        doubts=(*doubts, *(doubt for doubt in found.pinned.doubts if doubt not in against)),
    )
