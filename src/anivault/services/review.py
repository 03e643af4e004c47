"""Ask about what is held, and write each answer down at once.

In: paths, a library, those who are asked. Out: questions, one a release, and pins. What is asked is decided
in core/matching/questions.py; whether a terminal, a page or a program asks it is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from msgspec.structs import replace

from anivault.core.arrivals import Rules, planned
from anivault.core.living.repinned import told
from anivault.core.matching.pins import load, put_back
from anivault.core.matching.questions import Answer, Question, Wanted, asked, crowded, widened
from anivault.core.matching.scope import Alone, Verdicts
from anivault.core.matching.source import Source
from anivault.core.models import Mode, ParsedFile, Query, ShowId
from anivault.core.pipeline.reading import read
from anivault.core.planning.naming.preset import load_preset
from anivault.core.verdicts import match
from anivault.services.asking import Asking, Opened, arriving, opened
from anivault.services.pinning import Pinned, PinRequest, file_of, pin
from anivault.services.remembered import ignored
from anivault.services.remembered.ignored import Lines
from anivault.shared import fs
from anivault.shared.progress import Bars, untold

FOUND = 5  # shows that a search names


class Review:
    """The questions about some paths. An answer is written as it is given, and can be taken back."""

    def __init__(
        self,
        questions: Sequence[Question],
        roots: Sequence[str],
        those: Opened,
        asking: Asking,
        library: str | None,
        verdicts: Verdicts,
    ) -> None:
        self.questions, self.roots = list(questions), tuple(roots)
        self._those, self._asking, self._library, self._verdicts = those, asking, library, verdicts
        self._before: list[tuple[int, Callable[[], None]]] = []

    @property
    def notices(self) -> tuple[str, ...]:
        """What engines and providers had to say."""
        return self._those.notices

    def take(self, number: int, wanted: Wanted) -> Pinned:
        """Answer a question. Raises PinRefusedError, and then nothing was written."""
        path = file_of(self._library)
        before = load(path)
        request = PinRequest(
            what=wanted.path,
            show=wanted.show,
            season=wanted.season,
            offset=wanted.offset,
            episodes=wanted.episodes,
            extra=wanted.extra,
            place=wanted.place,
            library=self._library,
        )
        asking = self._asking
        pinned = pin(request, asking.settings, asking.providers, untold)
        self._before.append((number, lambda: put_back(path, before)))
        return pinned

    def never(self, number: int) -> Lines:
        """Ask about the files of a question no more, nor about those that join them."""
        question = self.questions[number]
        everything = sorted(item.file.path for item in self._verdicts.values())
        lines = [
            line
            for one in question.crowd or (question,)
            for line in ignored.lines_for([item.source for item in one.files], everything, self.roots)
        ]
        back = ignored.kept(self._library)
        written = ignored.write(lines, self._library)
        self._before.append((number, back))
        return written

    def apart(self, number: int) -> None:
        """Ask by itself about each release of a crowd: about the first now, about the others in the end."""
        self.questions[number], *others = self.questions[number].crowd
        self.questions += others

    def told(self, question: Question) -> Question:
        """The question with the places that each answer gives to the first and to the last file."""
        verdicts = [self._verdicts[item.root, item.rel] for item in question.files]
        return told(question, [ParsedFile(one.file, one.parsed) for one in verdicts], self._those.asked)

    def knows(self, show: str) -> bool:
        """Whether anybody knows a show; one that other lists number is looked up when it is pinned."""
        meant = ShowId.read(show)
        return meant is None or any(source.get(*meant) for source in self._those.asked.sources)

    def more(self, question: Question) -> Question:
        """The question with the shows that fit less well."""
        return widened(question, self._verdicts)

    @staticmethod
    def extras_of(question: Question, show: str) -> Wanted | None:
        """What says that its files are extras of a show; None where no pin is for these files alone."""
        if question.alone is None:
            return None
        alone = question.alone
        return Wanted(path=alone.path, show=show, episodes=alone.numbers or None, extra=True)

    def undo(self) -> int | None:
        """Take the last answer back; returns the number of its question."""
        if not self._before:
            return None
        number, back = self._before.pop()
        back()
        return number

    def search(self, question: Question, title: str) -> Question:
        """The question with the shows that are called like `title`."""
        return searched(question, title, self._those.asked.sources)


def searched(question: Question, title: str, sources: Sequence[Source]) -> Question:
    """The question with the shows that are called like `title` as its answers."""
    found = [show for source in sources for show in source.find([Query(titles=(title,))])[0]]
    shows = list({show.key: show for show in found}.values())[:FOUND]
    answers = (
        Answer(show=show.dated, words=wanted.words, pin=wanted)
        for show in shows
        for wanted in [Wanted(path=question.path, show=str(show.key))]
    )
    return replace(question, answers=tuple(answers))


def placed(question: Question, season: int, first: int | None = None) -> Question:
    """The question with answers that put its files, and no others, into `season`, from episode `first` on."""
    offset = None if first is None or question.begin is None else first - question.begin
    alone = question.alone or Alone(question.path)
    where = {"path": alone.path, "episodes": alone.into(season), "season": season, "offset": offset}
    where["place"] = None
    if question.begin is None and first is not None and len(question.files) == 1:
        place = f"S{season:02}E{first:02}"
        where |= {"path": question.files[0].source, "episodes": None, "season": None, "place": place}
    answers = (
        replace(answer, pin=replace(answer.pin, **where), first="", last="")
        for answer in question.answers
        if answer.pin
    )
    return replace(question, answers=tuple(answers))


@contextmanager
def begun(paths: Sequence[str], library: str | None, asking: Asking, bars: Bars) -> Iterator[Review]:
    """Read and match `paths`, and ask about what `organize` would hold. Raises what these raise."""
    settings = asking.settings
    what = arriving(settings, paths, library)
    preset = load_preset(settings.organize.preset, settings.presets)
    rules = Rules(mode=Mode.SYMLINK, preset=preset)  # to ask needs neither room nor one disk
    with opened(asking, library, bars("Matching")) as those:
        found = read(what, those.asked.reader, bars("Scanning"), those.asked.memory)
        files = match(found, those.asked, bars("Matching"))
        inside = library and any(fs.is_below(path, library) for path in paths)  # to be adopted, not moved
        plan = planned(found, files, "" if inside else library or "", what.paths, rules)
        verdicts = {(item.file.root, item.file.rel): item for item in files}
        yield Review(crowded(asked(plan.held, verdicts)), plan.roots, those, asking, library, verdicts)
