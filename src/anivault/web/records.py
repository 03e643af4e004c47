"""What sheets hold: the shape of every row, group and fact that work writes and pages read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from anivault.shared.text import counted

if TYPE_CHECKING:
    from anivault.core.matching.questions import Wanted

Order = Literal["tmdb", "tvdb"]  # as a pin says whose numbers names have


class PlanFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A plan in numbers."""

    made: float  # seconds since 1970
    mode: str
    preset: str
    moves: int
    held: int  # without those that are there
    there: int  # in the library already
    size: int  # bytes
    questions: int
    asked: int  # files that they are about
    passed_over: int  # what was found and is nothing to plan, as samples
    sources: tuple[str, ...]
    notices: tuple[str, ...] = ()
    told: str  # all in one line, as `organize` says it
    decided: str  # the pins, ignore lists and settings that it was made by
    journal: str = ""  # tells whether a run has changed the library since
    missing: tuple[str, ...] = ()  # folders that could not be read: nothing of them is planned
    goes: str = ""  # what becomes of its files, and in parts what else is to be told of it
    besides: tuple[str, ...] = ()
    away: bool = False  # made while a known library was not there: it heeds neither its files nor its pins

    def but(self, left_out: int) -> str:
        """All in one line, with what the user leaves out of it."""
        if not left_out:
            return self.told
        going = f"{counted(self.moves - left_out, 'file')} {self.goes}"
        parts = ", ".join([going, f"{left_out:,} left out by you", *self.besides])
        return f"{parts}. Nothing was changed."


class Since(msgspec.Struct, frozen=True, kw_only=True):
    """What runs have done since a plan was made, as the journal said it when the library was looked at last.

    `run` is the last one that did a part of the plan, or else the last of all; `state` says how it ended.
    """

    made: float  # the plan
    journal: str
    done: int = 0  # files of the plan that are in the library
    run: str = ""
    state: str = ""


class ShowPart(msgspec.Struct, frozen=True, kw_only=True):
    """The files of a plan that are of one show."""

    title: str
    show: str  # tmdb:123; empty where nothing says
    files: int
    size: int
    held: int = 0


class HeldPart(msgspec.Struct, frozen=True, kw_only=True):
    """The files of a plan that are held for one reason."""

    reason: str
    files: int
    missed: bool


class PinWords(msgspec.Struct, frozen=True, kw_only=True):
    """What a pin says, as `pinning.PinRequest` takes it."""

    what: str
    show: str
    season: int | None = None
    offset: int | None = None
    episodes: str | None = None
    first: int | None = None
    place: str | None = None
    extra: bool = False
    order: Order | None = None

    @classmethod
    def of(cls, wanted: Wanted) -> PinWords:
        """What core wants pinned, as a page carries it."""
        fields = msgspec.structs.asdict(wanted)
        return cls(what=os.path.abspath(fields.pop("path")), **fields)


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that speaks for an answer or against it: 0 against, 1 for."""

    name: str
    value: float
    words: str


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One answer to a question: what it says, the pin that says so, and what speaks for it."""

    label: str
    title: str  # the show alone, where the label says a place too
    pin: PinWords | None  # None: no pin can say that
    places: str = ""  # of the first and the last file
    stated: bool = False  # a list says so
    why: str = ""  # what speaks for it, in a sentence
    against: tuple[str, ...] = ()  # what names say against it
    bars: tuple[Bar, ...] = ()


class QuestionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One question about held files, as `core/matching/questions.py` asks it.

    One about several shows or films is about files of which nothing is known: it can be taken apart.
    """

    title: str  # as the name reads
    folder: str
    files: int
    first: str
    last: str
    why: str
    reason: str
    path: str  # of the first file
    about: str  # a pin for it says the show of these files, and of no other's
    begin: int | None = None  # the number of the first file
    alone: tuple[str, str] | None = None  # a path and numbers whose pin is for these files alone
    goes_on: bool = False  # no other file of the release has a number after these
    choices: tuple[Choice, ...] = ()
    offered: int = 0  # so many choices are offered at once, the others to who wants more
    never: tuple[str, ...] = ()  # the lines that leave these files out for good
    releases: int = 1
    names: tuple[str, ...] = ()  # the first files of some of several releases

    @property
    def show(self) -> str:
        """The show of the first choice; empty where there is no choice, or no pin for it."""
        pin = self.choices[0].pin if self.choices else None
        return pin.show if pin else ""


class Changed(msgspec.Struct, frozen=True):
    """What an answer changed: pins as their file has them, and lines of the ignore list.

    What went is kept with its place in the file: of two pins for the same files the first may be heard, and
    of two lines the last. `doubts`: what speaks against the answer all the same.
    """

    came: tuple[dict[str, Any], ...] = ()
    went: tuple[dict[str, Any], ...] = ()
    places: tuple[int, ...] = ()  # of the pins that went
    lines: tuple[str, ...] = ()
    lines_went: tuple[tuple[int, str], ...] = ()
    doubts: tuple[str, ...] = ()


class Given(msgspec.Struct, frozen=True):
    """The answer that a question has: in words, what it changed by itself, and the turn that gave it.

    `at`: the question where it was given. One that was given at another question changed nothing here if that
    left nothing to ask about this one.
    """

    label: str
    changed: Changed | None = None  # None: put off
    at: int = 0
    turn: int = 0

    @property
    def said(self) -> str:
        """The answer in a sentence."""
        if self.changed is None:
            return "Put off."
        return "These are never asked about again." if self.changed.lines else f"Taken: {self.label}."


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """What one key or button of the review did, with all that it takes to undo it.

    `before`: the answers that questions had before it. `parts`: the questions that one was taken apart to.
    """

    at: int
    changed: Changed = Changed()
    before: tuple[tuple[int, Given | None], ...] = ()
    parts: tuple[int, ...] = ()


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How far a review is. A question that was put off is open."""

    answered: int = 0
    open: int = 0
    later: int = 0  # of the open ones: put off


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One episode of a season: how many files the library has of it."""

    episode: int
    files: int
    title: str = ""
    versions: bool = False  # several files that servers read as versions of one episode

    @property
    def state(self) -> str:
        """What people see of it: missing, there, version or double."""
        several = "version" if self.versions else "double"
        return "missing" if not self.files else several if self.files > 1 else "there"

    @property
    def said(self) -> str:
        """The same in words."""
        words = {"version": f"{self.files} versions", "double": f"{self.files} times"}
        return words.get(self.state, self.state)


class Strip(msgspec.Struct, frozen=True, kw_only=True):
    """One season."""

    season: int
    cells: tuple[Cell, ...]
    known: bool = False  # whether a list says how many episodes there are

    @property
    def there(self) -> int:
        """How many episodes the library has."""
        return sum(cell.files > 0 for cell in self.cells)


class LibraryShow(msgspec.Struct, frozen=True, kw_only=True):
    """One show or film of the library."""

    title: str
    year: int | None
    show: str
    film: bool
    folder: str
    files: int
    size: int
    poster: str = ""  # a picture of the library, relative to it
    strips: tuple[Strip, ...] = ()


class LibraryFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the library: where a run put it, where it came from, and how the disk has it now."""

    place: str
    source: str
    run: str
    size: int
    state: str = ""  # missing, changed or misnamed, as verify says it; empty where it is as it was left
    said: str = ""  # the same in words


class LibraryFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A library in numbers. `journal` tells whether it has changed since."""

    made: float
    journal: str
    shows: int
    files: int
    episodes: int
    size: int
    unfinished: bool
    astray: int = 0  # files that are not there, or not as they were left
    notices: tuple[str, ...] = ()


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What the facts of every sheet have: when it was made, which tells it from the one before."""

    made: float


class BackRow(msgspec.Struct, frozen=True, kw_only=True):
    """One file that goes back, or is held."""

    path: str
    to: str
    why: str = ""  # of a step what is done, of a held file the reason
    said: str = ""  # the same in words, as `history` and `rollback` say it
    place: str = ""  # in the library, of a file that is there as this step of a run has put it


class BackFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A rollback in numbers, and what it is of."""

    made: float
    run: str | None
    only: str | None  # a place of the library
    told: str  # all in one line
    along: tuple[str, ...] = ()  # what goes with that file by its name, and stays
    runs: tuple[str, ...]
    back: int
    gone: int
    held: int
    folders: int = 0  # empty ones, which go
    stay: int = 0  # folders that something else is in
    journal: str = ""  # tells whether a run has changed the library since


class FindingRow(msgspec.Struct, frozen=True, kw_only=True):
    """One finding of a verification."""

    path: str
    symbol: str
    kind: str
    detail: str
    was: str = ""  # the name that a run gave it, where that is another one
    file: tuple[int, int, int] | None = None  # number, size and time of one whose bytes told it


class VerifyFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A verification in numbers."""

    made: float
    deep: bool
    same: int
    read: int
    bytes: int
    findings: int
    amiss: int  # of them: what is more than a note
    run: str = ""  # the last run that it knew of
    kept: int = 0  # findings of the last time that every byte was read, of which nothing newer is known
    kept_from: float = 0.0  # that time
    notices: tuple[str, ...] = ()
    told: str  # all in one line, as `verify` says it

    @property
    def notes(self) -> int:
        """What is only to be known."""
        return self.findings - self.amiss


class PinChange(msgspec.Struct, frozen=True, kw_only=True):
    """One file that a pin would be for: what it is, what it would be, and what its name says against that."""

    path: str
    before: str
    after: str
    against: tuple[str, ...] = ()


class PinFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A pin that was looked at and is not written yet, and all that it would come to, in words."""

    made: float
    words: PinWords
    old: str  # the pin that it changes, as its form carries it; empty for a new one
    told: str
    file: str  # that it would stand in
    total: str
    remarks: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
