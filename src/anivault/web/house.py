"""What all pages share: the library and folders that are served, the desk, the work, and who gets in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import platformdirs
from xxhash import xxh3_64_hexdigest

from anivault.core.moving.journal.records import journal_path
from anivault.services.secrets import has_key
from anivault.shared.errors import JournalLostError
from anivault.shared.places import user_config_path
from anivault.shared.settings import Settings
from anivault.web.decided import decided
from anivault.web.desk import DONE, LEFT_OUT, MOUNT, Desk, stamp
from anivault.web.jobs import Jobs, State, ask
from anivault.web.posters import Posters
from anivault.web.records import LibraryFacts, Made, PlanFacts, Since
from anivault.web.safety.access import Access
from anivault.web.safety.guard import Rules
from anivault.web.safety.tokens import Tokens

TITLES = {
    "plan": "Planning",
    "apply": "Applying the plan",
    "library": "Looking at the library",
    "rollback": "Comparing",
    "undo": "Taking back",
    "verify": "Verifying",
    "recover": "Settling",
    "pin": "Looking at a pin",
}


class House(msgspec.Struct, kw_only=True):
    """One served library. Paths are absolute."""

    library: str
    sources: tuple[str, ...]
    config: str | None
    settings: Settings
    rules: Rules
    access: Access
    tokens: Tokens
    jobs: Jobs
    desk: Desk
    posters: Posters

    @classmethod
    def of(
        cls, library: str, sources: tuple[str, ...], config: str | None, settings: Settings, rules: Rules
    ) -> House:
        """The house of a library: its desk lies in the user's cache, under a name made from what is served.

        A plan is one of certain folders: who serves others has a desk of their own.
        """
        sources = tuple(os.path.abspath(os.path.expanduser(path)) for path in sources)
        cache = Path(platformdirs.user_cache_dir("anivault"), "web")
        return cls(
            library=library,
            sources=sources,
            config=config,
            settings=settings,
            rules=rules,
            access=Access(settings.web.password_hash, file=_sessions(library, settings, rules)),
            tokens=Tokens(),
            jobs=Jobs(),
            desk=Desk(cache / xxh3_64_hexdigest(os.fsencode("\0".join([library, *sources])))),
            posters=Posters(cache / "posters", cls.has_key, settings.match.providers),
        )

    @staticmethod
    def has_key() -> bool:
        """Whether there is a key for TMDB that can be used."""
        return has_key(user_config_path().parent)

    def start(self, job: str, title: str = "", **more: Any) -> State:
        """Begin work. Raises BusyError."""
        self.jobs.start(self.order(job, **more), title or TITLES[job])
        return self.jobs.state

    def order(self, job: str, **more: Any) -> dict[str, Any]:
        """What a worker gets."""
        return {
            "job": job,
            "library": self.library,
            "sources": list(self.sources),
            "config": self.config,
            "desk": str(self.desk.folder),
            **more,
        }

    async def poster(self, show: str) -> bytes:
        """The poster of a show; empty where none can be had."""
        folder = str(self.posters.folder)
        return await self.posters.get(
            show, lambda shows: ask(self.order("posters", shows=shows, folder=folder))
        )

    def is_changed(self) -> bool:
        """Whether the journal has changed since the library was looked at: by a command, by another page."""
        known = self.desk.fact("library", LibraryFacts)
        return stamp(self.library) != (known.journal if known else "")

    def is_away(self) -> bool:
        """Whether there was a library that is not there now: perhaps its disk is not mounted."""
        if stamp(self.library):
            return False
        known = self.desk.fact("library", LibraryFacts)
        beginning = self.jobs.state.running and self.jobs.state.job == "apply"  # a lock, and no journal yet
        return bool((known and known.journal) or (not beginning and _lost(self.library)))

    def require_there(self) -> None:
        """Raise JournalLostError where the library is away: what is written there would begin another one."""
        if self.is_away():
            trace = _lost(self.library) or "what this page has seen"
            raise JournalLostError(journal_path(self.library), trace, hint=MOUNT)

    def is_of_here(self, plan: PlanFacts) -> bool:
        """Whether a plan was made for what is there now: the library, or where that is away none."""
        away = self.is_away()
        return plan.away == away and not (away and plan.journal)

    def since(self, plan: PlanFacts | None) -> Since | None:
        """What runs have done since a plan was made, as far as the page has looked; None where nobody did."""
        known = self.desk.fact("since", Since)
        return known if known and plan and known.made == plan.made else None

    def is_behind(self) -> bool:
        """Whether a run has changed the library since the plan was made, and nobody has looked at that."""
        plan = self.desk.fact("plan", PlanFacts)
        known, now = self.since(plan) or plan, stamp(self.library)
        return known is not None and now not in ("", known.journal)  # one that is away is not changed

    def left_out(self) -> int:
        """How many files the user leaves out of the plan."""
        sheet = self.desk.sheet("plan")
        if sheet is None:
            return 0
        with sheet:
            return len(sheet.marked(LEFT_OUT).keys() - sheet.marked(DONE).keys())

    def made(self, sheet: str) -> float | None:
        """When a sheet was made, which tells it from the one before; None where there is none."""
        facts = self.desk.fact(sheet, Made)
        return facts.made if facts else None

    def is_shown(self, sheet: str, fields: Mapping[str, str]) -> bool:
        """Whether a form is of the sheet that is there now; one that was replaced since has other numbers.

        A form that does not say which it is of, as a program's, is of the one that is there.
        """
        made = self.made(sheet)
        return made is not None and fields.get("made", str(made)) == str(made)

    def is_outdated(self, plan: PlanFacts | None) -> bool:
        """Whether pins, ignore lists or settings say something else than when a plan was made."""
        return plan is not None and plan.decided != decided(self.library, self.config)

    def inside(self, path: str) -> bool:
        """Whether a path lies below one of the folders that are served, links followed."""
        real = os.path.realpath(path)
        return any(
            real == root or real.startswith(root.rstrip(os.sep) + os.sep)
            for root in map(os.path.realpath, (*self.sources, self.library))
        )


def _sessions(library: str, settings: Settings, rules: Rules) -> Path | None:
    """Where the sessions of a page are kept: one opens no other page, nor one that shows more than it did.

    None for one at any port, which no browser finds again.
    """
    if rules.cookie.endswith("-0"):
        return None
    said = (library, rules.cookie, rules.prefix, rules.read_only, settings.web.password_hash)
    return Path(
        platformdirs.user_state_dir("anivault"), "web", f"{xxh3_64_hexdigest(repr(said).encode())}.json"
    )


def _lost(library: str) -> str:
    """What tells of runs where no journal is: asked by no page of a library that is there."""
    from anivault.services.libraries import lost_history

    return lost_history(library)
