"""Decide where every file goes: the front door of core/planning. Pure: reads its arguments, never the disk.

In: the matched videos, the other files, what the library holds already, a preset.
Out: a Plan; every file is in exactly one of its moves and held ones, in the order given, and no
two targets are equal where case or Unicode form does not count. Nothing is ever overwritten.
"""

from __future__ import annotations

from collections.abc import Sequence

from anivault.core.models import Held, MatchedFile, Mode, Move, ParsedFile, Plan
from anivault.core.planning.library import Library
from anivault.core.planning.naming.characters import NAME_MAX
from anivault.core.planning.naming.names import Namer
from anivault.core.planning.naming.preset import Preset
from anivault.core.planning.places import Places
from anivault.core.planning.planning import OnConflict, Planning
from anivault.core.planning.sidecars.followers import Followers


def plan(
    matched: Sequence[MatchedFile],
    others: Sequence[ParsedFile] = (),
    *,
    library: str,
    roots: Sequence[str],
    mode: Mode,
    preset: Preset,
    taken: Library | None = None,
    on_conflict: OnConflict = "hold",
    prefer: Sequence[str] = (),
    name_max: int = NAME_MAX,
    described: bool = False,
    upgrade: bool = False,
) -> Plan:
    """Plan the videos `matched` and the `others` that follow them.

    Of two files for one episode, or for one place, the better one goes there (planning/preference.py); the
    other is held, or with on_conflict="version" goes beside it under a name that servers read as a version.
    `described`: NFO files will say what names cannot. `upgrade`: a better file takes the place of one that a
    run has put into the library.
    """
    places = Places(Namer(preset, name_max), taken or Library(), described=described)
    own = library if library in roots else ""
    run = Planning(places, mode, on_conflict, prefer, upgrade=upgrade, own=own)
    outcomes = run.videos(matched)
    followers = Followers(run, matched, roots)
    outcomes += [followers.place(item) for item in others]
    return Plan(
        library=library,
        roots=tuple(roots),
        preset=preset.name,
        mode=mode,
        moves=tuple(outcome for outcome in outcomes if isinstance(outcome, Move)),
        held=tuple(outcome for outcome in outcomes if isinstance(outcome, Held)),
    )
