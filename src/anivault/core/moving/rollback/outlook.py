"""Say what a rollback will hold as things are now, by walking through it without doing it.

In: a RollbackPlan. Out: an Outlook. Reads names, metadata, and the content of copies and their sources.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Container, Sequence
from contextlib import suppress

import msgspec

from anivault.core.models import Held, HeldReason
from anivault.core.moving.checks import (
    READS,
    RefusedError,
    already_undone,
    checked_source,
    require_root,
    require_twin,
)
from anivault.core.moving.executor import REASONS
from anivault.core.moving.journal.records import Do, Step
from anivault.core.moving.rollback.inverse import RollbackPlan
from anivault.shared import fs
from anivault.shared.progress import Progress


class Outlook(msgspec.Struct, frozen=True):
    """What a rollback will hold, and the run and number of each step that it will not take back."""

    held: tuple[Held, ...]
    kept: frozenset[tuple[str, int]]


class _Forecast:
    """Walks through a rollback without doing it."""

    def __init__(self, roots: Sequence[str]) -> None:
        self.folders = [fs.Folders(root) for root in roots]
        self.given: dict[
            tuple[int, str], tuple[int, str]
        ] = {}  # names that come back, and where they are now
        self.gone: set[tuple[int, str]] = set()
        self.not_given: set[tuple[int, str]] = set()
        self.inside: defaultdict[tuple[int, str], Counter[str]] = defaultdict(Counter)  # by folder

    def look(self, step: Step) -> None:
        """Raise what the executor would meet at this step, as things will be then."""
        here, there = (step.root, step.rel), (step.to_root, step.to)
        if here in self.not_given:
            raise RefusedError(HeldReason.RENAMED, "a later name of it could not be taken back")
        if step.do is Do.NOTE:
            return
        root, rel = self.given.get(here, here)
        now = msgspec.structs.replace(step, root=root, rel=rel)
        checked_source(self.folders, now)
        if step.do is Do.REMOVE:
            require_twin(self.folders, now)
        _check_place(self.folders, step, self.gone, self.given)
        if step.do is Do.RMDIR:
            self.empty(step.rel)
        self.gone.add(here)
        if self.given.pop(here, None):
            self.count(here, -1)
        if step.do in READS:
            self.gone.discard(there)
            self.given[there] = root, rel
            self.count(there, 1)

    def count(self, place: tuple[int, str], by: int) -> None:
        """Note in each folder above a name that it comes there, with the folders on its way, or leaves."""
        root, rel = place
        while rel:
            folder, _, name = rel.rpartition("/")
            self.inside[root, folder][name] += by
            rel = folder

    def empty(self, rel: str) -> None:
        """Refuse to remove a folder that will not be empty; it need not be there yet."""
        inside = {name for name, count in self.inside[0, rel].items() if count}
        with suppress(FileNotFoundError):
            there = os.listdir(self.folders[0].open(rel))
            inside.update(name for name in there if (0, f"{rel}/{name}") not in self.gone)
        if inside:
            raise RefusedError(HeldReason.FOLDER_NOT_EMPTY, min(inside))


def outlook(plan: RollbackPlan, progress: Progress | None = None) -> Outlook:
    """Say what a rollback will hold as things are now; copies are compared with their sources."""
    forecast, held, kept = _Forecast(plan.roots), list(plan.held), set()
    for number, step in enumerate(plan.steps, 1):
        if (refused := _refusal(forecast, step)) and step.undoes:
            root = plan.roots[step.root]
            held.append(Held(root=root, rel=step.rel, reason=refused.reason, said=refused.detail))
            kept.add(step.undoes)
            forecast.not_given.add((step.to_root, step.to))
        if progress:
            progress(number, len(plan.steps))
    for each in forecast.folders:
        each.close()
    return Outlook(tuple(held), frozenset(kept))


def does_anything(plan: RollbackPlan) -> bool:
    """Whether a rollback would take anything back as things are now."""
    forecast = _Forecast(plan.roots)
    try:
        return any(_refusal(forecast, step) is None for step in plan.steps)
    finally:
        for each in forecast.folders:
            each.close()


def _refusal(forecast: _Forecast, step: Step) -> RefusedError | None:
    try:
        forecast.look(step)
    except RefusedError as refused:
        return refused
    except OSError as error:
        if not already_undone(forecast.folders, step):
            reason = REASONS.get(error.errno or 0, HeldReason.NOT_PERMITTED)
            return RefusedError(reason, error.strerror or "")
    return None


def _check_place(
    folders: list[fs.Folders], step: Step, gone: set[tuple[int, str]], given: Container[tuple[int, str]]
) -> None:
    """Refuse a place that is taken, or will be by then."""
    there = (step.to_root, step.to)
    if step.do not in READS or there in gone:
        return
    folder, _, name = step.to.rpartition("/")
    try:
        taken = there in given or fs.exists(folders[step.to_root].open(folder), name)
    except FileNotFoundError:
        require_root(folders[step.to_root])
        return
    if taken:
        raise RefusedError(HeldReason.TARGET_TAKEN)
