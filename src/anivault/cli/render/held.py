"""How held files look: by reason, crowds in one line, and what to type where a pin would settle it.

Those that were shown before are one line, unless the user wants to see every one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from anivault.cli import events
from anivault.core.causes import HEADS, SETTLED, Advantage, Cause
from anivault.core.models import Decision, Held, HeldReason, Move
from anivault.shared.errors import quoted
from anivault.shared.text import counted

if TYPE_CHECKING:
    from anivault.cli.screen import Screen
    from anivault.core.matching.questions import Question
    from anivault.core.matching.scope import Verdicts
    from anivault.core.models import Match, MatchedFile, ShowId

_FEW = 2  # held files of one kind that are named; of more the first and the last


def show_held(
    screen: Screen,
    held: Sequence[Held],
    roots: Sequence[str] = (),
    verdicts: Verdicts | None = None,
    *,
    known: Sequence[bool] = (),
    every: bool = False,
    settle: bool = False,
    upgrade: bool = False,
    library: str = "",
) -> None:
    """Every reason with its files, crowds in one line; with `settle` also what to type that settles it.

    `known`: of each whether it was shown before; of none if it is empty. `upgrade`: better files take the
    place of those in the library as it is. `library`: where they are to go.
    """
    verdicts, known = verdicts or {}, known or [False] * len(held)
    if screen.json:
        _to_programs(screen, held, verdicts, known)
    if screen.json or not held:
        return
    every = every or screen.verbose
    old, shown = ([], held) if every else _by_whether_known(held, known)
    _by_reason(screen, shown, roots, verdicts)
    if old:
        screen.line(f"{_counted(old, verdicts)} held as before; --held lists them.", style="yellow")
    if settle:
        _to_review(screen, held, roots, library)
        _what_next(screen, shown, upgrade=upgrade)


def _to_programs(screen: Screen, held: Sequence[Held], verdicts: Verdicts, known: Sequence[bool]) -> None:
    """Every one as an event; files of one release, which follow one another, have the same candidates."""

    def described() -> Iterator[events.HeldEvent]:
        match: Match | None = None
        candidates: tuple[events.CandidateView, ...] = ()
        for item, before in zip(held, known, strict=True):
            verdict = verdicts.get((item.root, item.rel))
            if (found := verdict.match if verdict else None) is not match:
                match, candidates = found, tuple(map(events.candidate_view, found.ranked if found else ()))
            yield events.held_event(item, candidates, new=not before)

    screen.events(described())


def _by_whether_known(held: Sequence[Held], known: Sequence[bool]) -> tuple[list[Held], list[Held]]:
    """The files that somebody may miss and that were shown before, and the others."""
    parts: tuple[list[Held], list[Held]] = [], []
    for item, before in zip(held, known, strict=True):
        parts[0 if before and item.reason.missed else 1].append(item)
    return parts


def _to_review(screen: Screen, held: Sequence[Held], roots: Sequence[str], library: str) -> None:
    """The command that asks about these, where there is something to ask."""
    if any(item.reason in _ASKED for item in held):
        screen.hint(f"Answer one question a release: {_review(roots, library)}")


def _by_reason(screen: Screen, held: Sequence[Held], roots: Sequence[str], verdicts: Verdicts) -> None:
    by_reason: dict[HeldReason, list[Held]] = {}
    for item in held:
        by_reason.setdefault(item.reason, []).append(item)
    from anivault.core.matching.questions import questions  # they know matching, as few commands need
    from anivault.core.matching.scope import Scope

    scope = Scope(verdicts)
    for reason, items in by_reason.items():
        of_folders = reason is HeldReason.FOLDER_NOT_EMPTY
        counts = stay_told(len(items)) if of_folders else f"{len(items):,} held"
        screen.line(f"{counts}: {HEADS[reason]}", style="yellow")
        if screen.verbose or reason.missed:
            for question in questions(items, verdicts, scope):
                _question(screen, question, roots)


def _counted(held: Sequence[Held], verdicts: Verdicts) -> str:
    """`148 files of 12 shows` where each video is matched with one; sidecars are of the shows of videos."""
    videos = ((item, verdicts.get((item.root, item.rel))) for item in held)
    shows = {item.show or _show(verdict) for item, verdict in videos if verdict}
    files = counted(len(held), "file")
    return f"{files} of {counted(len(shows), 'show')}" if shows and None not in shows else files


def _show(verdict: MatchedFile) -> ShowId | None:
    """The show that a release is matched with, or is most likely."""
    match = verdict.match
    return match.best.candidate.key if match.best and match.decision != Decision.UNMATCHED else None


_ASKED = {HeldReason.UNMATCHED, HeldReason.UNREADABLE_NAME, HeldReason.AMBIGUOUS, HeldReason.NO_PLACE}


def _review(roots: Sequence[str], library: str) -> str:
    """The command that asks about what is held on the way from these folders to the library."""
    to = ["--to", library] if library else []
    return " ".join(map(quoted, ["anivault", "review", *roots, *to]))


def _what_next(screen: Screen, shown: Sequence[Held], *, upgrade: bool) -> None:
    """What settles these: a pin, an option, or that nobody wants them."""
    reasons = dict.fromkeys(item.reason for item in shown)
    settled = (_settled_by(item, upgrade=upgrade) for item in shown)
    for hint in filter(None, dict.fromkeys(settled)):
        screen.hint(hint)
    if _ASKED & reasons.keys():
        screen.hint("To hear no more of a file or folder: anivault ignore PATH")


def _settled_by(item: Held, *, upgrade: bool) -> str:
    """What settles a held file: one that the library has no room for may be a better one."""
    there = item.facts.get("advantage") == Advantage.IN_LIBRARY
    taken = item.reason is HeldReason.TARGET_TAKEN and (item.cause or "") not in SETTLED
    if there or taken:
        return SETTLED[Cause.NOT_KNOWN_BETTER if upgrade else HeldReason.TARGET_TAKEN]
    return SETTLED.get(item.cause or "", SETTLED.get(item.reason, ""))


def _question(screen: Screen, question: Question, roots: Sequence[str]) -> None:
    files = question.files
    if screen.verbose or len(files) <= _FEW:
        for item in files:
            screen.pair(f"  {within(roots, item)}", f"({item.detail})" if item.detail else "")
    else:
        last = files[-1].rel.rpartition("/")[2]
        first = within(roots, files[0])
        what = "folders" if files[0].reason is HeldReason.FOLDER_NOT_EMPTY else "files"
        screen.pair(f"  {len(files):,} {what}: {first} … {last}", f"({question.why})")
    for answer in question.answers:
        screen.pair(f"      {answer.show}?", answer.words)


def stay_told(folders: int) -> str:
    """The folders that were to go, and that something else is in."""
    return f"{counted(folders, 'folder')} {'stays' if folders == 1 else 'stay'}"


def within(roots: Sequence[str], item: Move | Held) -> str:
    """A source as its path below the root, or whole where there are several."""
    return item.rel if len(roots) < 2 else item.source
