"""Bring old files back whose better ones did not come after all, whatever the run ended with.

In: a plan with returns, while it is carried out. Out: nothing; what did leave for nothing is in the library
again, by a rollback of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from anivault.core import rollback_manager
from anivault.core.models import Plan
from anivault.core.moving import history
from anivault.shared.errors import AniVaultError


@contextmanager
def brought_back(plan: Plan) -> Iterator[None]:
    """Bring old files back whose better ones did not come after all, whatever the run ended with."""
    try:
        yield
    finally:
        if plan.returns:
            with suppress(AniVaultError):  # the run's own error is the one to tell
                _bring_back(plan)


def _bring_back(plan: Plan) -> None:
    replay = history.read(plan.library)
    if replay.unfinished:  # `recover` has to come first
        return
    run = replay.runs[-1].run.id
    instead = {one.rel: one.instead for one in plan.returns}
    lost = [
        os.path.join(plan.library, past.place)
        for (name, _), past in replay.left.items()
        if name == run and instead.get(past.place, past.place) not in replay.files
    ]
    if lost:
        rollback_manager.apply(rollback_manager.plan_rollback(plan.library, run, only=lost))
