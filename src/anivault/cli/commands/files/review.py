"""`anivault review`: one question a release; what is answered is remembered as a pin at once.

The dialogue is the same for people and for programs: a line of input answers the question that was asked
last. With --json a question is an event, and a line of input is `{"key": "1"}`.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, NamedTuple

import msgspec
import typer
from msgspec.structs import replace

from anivault.cli import events
from anivault.cli.commands.options import FoldersArg, LanguageOption, ParserOption, ProviderOption, ToOption
from anivault.cli.context import Context
from anivault.cli.render.held import within
from anivault.cli.render.parts import answers_told, notices, summary
from anivault.shared.errors import AniVaultError, quoted
from anivault.shared.exits import DONE, FINDINGS
from anivault.shared.text import counted

if TYPE_CHECKING:
    from anivault.cli.screen import Screen
    from anivault.core.matching.questions import Question, Wanted
    from anivault.services.asking import Asking
    from anivault.services.review import Review

AcceptFlag = Annotated[
    bool, typer.Option("--accept", help="Take every question with one answer, if a list states its place.")
]
KEYS = (
    "Keys: 1-9 take it    m more shows    / TITLE search    i tmdb:ID by its number",
    "s SEASON [FROM] [13-24] where they go    x [1-9|ID] extras    n never again",
    "a the first, here and for all of its show    l later    u undo    q quit",
)
KEYS_OF_SEVERAL = (
    "Keys: n never ask about any of these    e about each by itself    l later",
    "u undo    q quit",
)
NAMED = 6  # releases of a crowd


def review(
    context: Context,
    paths: FoldersArg,
    to: ToOption = None,
    accept: AcceptFlag = False,
    parser: ParserOption = None,
    provider: ProviderOption = None,
    lang: LanguageOption = None,
) -> int:
    """Answer one question a release; answers are remembered.

    A question names the shows that the files may be, with the place of the first and the last file. An answer
    is a pin and is written at once, so Ctrl-C loses none.
    """
    from anivault.services import libraries
    from anivault.services.review import begun

    home = context.library_or_none(to)
    libraries.require_kept(home)  # where the answers are written
    asking = context.asking(parser, provider, lang)
    with begun(paths, home, asking, context.screen.progress) as found:
        dialogue = Dialogue(context.screen, found)
        (dialogue.accept if accept else dialogue.run)()
        notices(context.screen, found.notices)
    answered, left = len(dialogue.answered), len(found.questions) - len(dialogue.answered)
    text = answers_told(answered, left)
    summary(context.screen, "review", Counter(answered=answered, open=left), text)
    from anivault.shared import fs

    if answered and home and any(fs.is_below(path, home) for path in paths):
        context.screen.hint(f"See what the library has: anivault adopt {quoted(home)}")
    elif answered and home:
        _go_on(context, dialogue, asking, paths, home)
    elif answered:
        context.screen.hint(f"See what they make of the files: anivault match {' '.join(map(quoted, paths))}")
    return FINDINGS if left else DONE


def _go_on(context: Context, dialogue: Dialogue, asking: Asking, paths: list[str], library: str) -> None:
    """Show the plan as it is with the answers; `y` does it, `u` takes back what was answered last."""
    from anivault.cli.organize_handler import OrganizeRequest, handle, order
    from anivault.cli.render.pace import paced
    from anivault.cli.render.plans import show

    screen, bars = context.screen, context.screen.progress
    wanted = order(context.settings, paths, library)
    request = OrganizeRequest(order=wanted, asking=asking)
    words = " ".join(map(quoted, ["anivault", "organize", *paths, "--to", library]))
    made = handle(request, bars, paced(bars))
    show(screen, made, command=words, upgrade=wanted.rules.upgrade)
    if not made.moves:
        return
    screen.hint("y and Enter do it now, u takes back the last answer; else it stays as it is.")
    screen.flush()
    line = dialogue.line()
    if line == "u":
        dialogue.undo()
    elif line == "y":
        show(screen, handle(replace(request, apply=True), bars, paced(bars)), command=words)


_PLACE = re.compile(r"(\d{1,4})(?: +(\d{1,4}))?(?: +(\d{1,4})-(\d{1,4})?)?", re.ASCII)
_SHORT = re.compile(r"\d{1,4}", re.ASCII)  # a number that can stand for something


class _Turn(NamedTuple):
    """How things were before a line that answered something, put it off or took it apart."""

    at: int
    question: Question
    answered: frozenset[int]
    given: int
    asked: int


class Dialogue:
    """Asks the questions one by one. `answered` are the numbers of those that have a pin now."""

    def __init__(self, screen: Screen, found: Review) -> None:
        self.screen, self.found = screen, found
        self.answered: set[int] = set()
        self._at, self._now = 0, dict(enumerate(found.questions))
        self._said: dict[int, tuple[int, int | None]] = {}  # by question: the season, and the first episode
        self._rest: dict[int, Question] = {}  # by question: what is left of it after the answer
        self._turns: list[_Turn] = []
        self._shown: tuple[int, Question] | None = None

    def accept(self) -> None:
        """Take every question that has one answer, whose place a list states; none that was only derived."""
        for number, question in self._now.items():
            (answer, *more) = question.answers or (None,)
            if answer and not more and answer.stated and answer.pin:
                self._take(number, answer.pin)

    def run(self) -> None:
        """Ask until every question was asked, or the user has had enough."""
        while self._at < len(self._now):
            if self._at in self.answered:
                self._at += 1
                continue
            self._now[self._at] = self.found.told(self._now[self._at])
            self._ask(self._at, self._now[self._at])
            line = self.line()
            if line is None or line == "q":
                return
            self._obey(line)

    def _ask(self, number: int, question: Question) -> None:
        """Show a question, but to people only if it differs from what they have before them."""
        if self.screen.json or self._shown != (number, question):
            self._show(number, question)
        self._shown = number, question
        self.screen.flush()

    def _obey(self, line: str) -> None:
        """Do what a line says, and note what it takes to take that back."""
        whole = self.found.questions[self._at]
        asked, turns = len(self.found.questions), len(self._turns)
        before = _Turn(self._at, whole, frozenset(self.answered), self.found.given, asked)
        try:
            self._do(line)
        except AniVaultError as error:
            self.screen.note(f"{error} {getattr(error, 'hint', '')}")
        after = self._at, self.found.given, len(self.found.questions)
        if after != (before.at, before.given, asked) and len(self._turns) == turns:  # else it was undone
            self._turns.append(before)

    def _do(self, line: str) -> None:
        """Do what a line says; one that says nothing changes nothing."""
        word, _, rest = line.partition(" ")
        if word.startswith("/"):
            word, rest = "/", line[1:]
        do: dict[str, Callable[[str], None]] = {
            "": self._later, "l": self._later, "u": self.undo, "a": self._alike,
            "1": self._number, "/": self._search, "i": self._named, "s": self._placed,
            "m": self._more, "x": self._extras, "n": self._never, "e": self._apart,
        }  # fmt: skip
        if _SHORT.fullmatch(word):
            word, rest = "1", word
        if self._now[self._at].crowd and word not in ("", "l", "u", "n", "e"):
            word = "?"
        do.get(word, self._unheard)(rest.strip())

    def _unheard(self, _: str) -> None:
        for line in self._keys:
            self.screen.note(line)

    @property
    def _keys(self) -> tuple[str, ...]:
        return KEYS_OF_SEVERAL if self._now[self._at].crowd else KEYS

    def _apart(self, _: str) -> None:
        """Ask about each release of a crowd by itself."""
        if not self._now[self._at].crowd:
            self.screen.note("It is one release already.")
            return
        self.found.apart(self._at)
        self._now = {**dict(enumerate(self.found.questions)), **self._now}
        self._now[self._at] = self.found.questions[self._at]

    def _later(self, _: str) -> None:
        self._at += 1

    def _number(self, word: str) -> None:
        answers = dict(enumerate(self._now[self._at].answers, 1))
        answer = answers.get(int(word))
        if answer is None:
            self.screen.note(f"There is no answer {int(word)} here: look for a show with / TITLE.")
        elif answer.pin is None:
            self.screen.note("No pin can say that: name the show with i, and where its files go with s.")
        else:
            self._take(self._at, answer.pin)
            self._go()

    def _go(self) -> None:
        """Go to the next question, or to what an answer for some of the files has left of this one."""
        rest = self._rest.pop(self._at, None)
        if rest is None:
            self._at += 1
            return
        self._said.pop(self._at, None)
        self.answered.discard(self._at)
        self._now[self._at] = self.found.questions[self._at] = rest

    def _named(self, rest: str) -> None:
        """`i tmdb:1234`; what `s` said before holds for it."""
        from anivault.core.matching.questions import Answer, Wanted, placed

        question, where = self._now[self._at], self._said.get(self._at)
        if where is None and not self.found.knows(rest):
            self.screen.note(
                f"Nobody here knows {rest}: say where its files go, as s 1 1, and then i {rest}."
            )
            return
        named = Answer(show=rest, words="", pin=Wanted(path=question.path, show=rest))
        (answer,) = placed(replace(question, answers=(named,)), *where).answers if where else (named,)
        assert answer.pin
        self._take(self._at, answer.pin)
        self._go()

    def _placed(self, rest: str) -> None:
        """`s 2 1`: where the files go, for whichever show is taken then; `s 2 1 13-24` those of the range."""
        from anivault.core.matching.questions import placed

        said = _PLACE.fullmatch(rest)
        if said is None:
            self.screen.note("s 2 1 makes S02E01 of the first file, s 2 1 13-24 of number 13 to 24 alone.")
            return
        season, first, begin, end = (int(number) if number else None for number in said.groups())
        question = replace(self.found.questions[self._at], answers=self._now[self._at].answers)
        self._rest.pop(self._at, None)
        if begin is not None:
            question, left = self.found.parted(question, begin, end)
            self._rest |= {self._at: left} if left else {}
        where = season or 0, first
        self._said[self._at] = where
        self._now[self._at] = placed(question, *where)

    def _search(self, rest: str) -> None:
        from anivault.core.matching.questions import placed

        if not rest:
            self.screen.note("Which title? / Toradora looks for shows that are called so.")
            return
        found, where = self.found.search(self._now[self._at], rest), self._said.get(self._at)
        if not found.answers:
            self.screen.note(f"No show that is known is called {rest}. With its number: i tmdb:1234.")
            return
        self._now[self._at] = placed(found, *where) if where else found
        if found.cut:
            self.screen.note("More shows are called so: type more of the title, or i and the number of one.")

    def _more(self, _: str) -> None:
        """Offer the shows that fit less well, too."""
        before = self._now[self._at]
        self._now[self._at] = self.found.more(before)
        if len(self._now[self._at].answers) == len(before.answers):
            self.screen.note("No other show was considered: look for one with / TITLE.")

    def _extras(self, rest: str) -> None:
        """`x`, `x 2`, `x tmdb:1234`: they are extras of the first show, of another, of one that is named."""
        question = self._now[self._at]
        shows = {str(key): answer.pin.show for key, answer in enumerate(question.answers, 1) if answer.pin}
        show = shows.get(rest or "1", rest)
        if not show or show.isdecimal():
            self.screen.note("x 1, or x tmdb:1234: which show they are extras of.")
            return
        if wanted := self.found.extras_of(question, show):
            self._take(self._at, wanted)
            self._go()
        else:
            self.screen.note("No pin is for these files alone: put them in a folder of their own.")

    def _never(self, _: str) -> None:
        """Leave these files out for good."""
        lines = self.found.never(self._at)
        for line in lines.lines:
            event = events.IgnoreEvent(file=events.shown(lines.file), line=events.shown(line), done="ignored")
            self.screen.event(event)
        more = f", and {len(lines.lines) - 1:,} more" if len(lines.lines) > 1 else ""
        self.screen.line(f"  never again: {lines.lines[0]}{more}", style="green")
        self.answered.add(self._at)
        self._at += 1

    def _alike(self, _: str) -> None:
        """Take the first answer, here and in every later question whose first answer is the same show."""
        first = next(iter(self._now[self._at].answers), None)
        if first is None or first.pin is None:
            self.screen.note("There is no answer to take.")
            return
        for number in (n for n in range(self._at, len(self._now)) if n not in self.answered):
            answer = next(iter(self._now[number].answers), None)
            if answer and answer.pin and answer.pin.show == first.pin.show:
                self._take(number, answer.pin)
        self._go()

    def undo(self, _: str = "") -> None:
        """Take back all that the last line did which answered something, put it off or took it apart."""
        if not self._turns:
            self.screen.note("There is no answer to take back.")
            return
        turn = self._turns.pop()
        while self.found.given > turn.given:
            self.found.undo()
        for number in range(turn.asked, len(self.found.questions)):
            self._now.pop(number, None)
        del self.found.questions[turn.asked :]
        self.answered, self._at = set(turn.answered), turn.at
        self._now[turn.at] = self.found.questions[turn.at] = turn.question
        self._said.pop(turn.at, None)
        self.screen.line("  taken back", style="green")

    def _take(self, number: int, wanted: Wanted) -> None:
        """Write an answer, and say what it is."""
        pinned = self.found.take(wanted)
        (pin,) = pinned.pins
        open_ = [other for other in self._now if other not in self.answered and other != number]
        too = [other for other in open_ if self.found.settles(pin, self._now[other])]
        self.answered |= {number, *too}
        show = pinned.shows.get(pin.id)
        self.screen.event(events.PinEvent(file=events.shown(pinned.file), pin=pin, done="pinned", show=show))
        more = f", which answers {counted(len(too), 'more question')} too" if too else ""
        said = "taken as extras of" if pin.extra else "taken:"
        self.screen.line(f"  {said} {show or pin.id}{more}", style="green")
        notices(self.screen, pinned.doubts)

    def _show(self, number: int, question: Question) -> None:
        """Show a question: how many files, from which to which, why, and what they may be."""
        files = question.files
        self.screen.measure()
        self.screen.event(events.question_event(number + 1, len(self._now), question))
        first = within(self.found.roots, files[0])
        last = f" … {files[-1].rel.rpartition('/')[2]}" if len(files) > 1 else ""
        self.screen.line()
        self.screen.line(f"{number + 1} of {len(self._now)}: {first}{last}", style="bold")
        several = f" of {len(question.crowd):,} shows or films" if question.crowd else ""
        self.screen.line(f"  {counted(len(files), 'file')}{several}. {question.why}")
        for one in question.crowd[:NAMED]:
            self.screen.line(f"     {within(self.found.roots, one.files[0])}")
        if more := len(question.crowd[NAMED:]):
            self.screen.line(f"     and {more:,} more")
        for key, answer in enumerate(question.answers, 1):
            where = " … ".join(dict.fromkeys(filter(None, (answer.first, answer.last))))
            self.screen.pair(f"  {key}  {answer.dated or answer.show}", where)
            if answer.why:
                self.screen.line(f"       {answer.why}", style="dim")
            for words in answer.against:
                self.screen.line(f"       {words}", style="yellow")
        for line in self._keys:
            self.screen.hint(line)

    def line(self) -> str | None:
        """The next line of input; None when there is no more."""
        raw = sys.stdin.buffer.readline()
        if not raw:
            return None
        text = raw.decode("utf-8", "replace").strip()
        if not self.screen.json:
            return text
        try:
            return msgspec.json.decode(text, type=Line).key.strip()
        except msgspec.MsgspecError:
            return "?"


class Line(msgspec.Struct, frozen=True):
    """One line of input with --json."""

    key: str
