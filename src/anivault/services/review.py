"""Ask about what is held, and write each answer down at once.

In: paths, a library, those who are asked. Out: questions, one a release, and pins. What is asked is decided
in core/matching/questions.py; whether a terminal, a page or a program asks it is not known here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from msgspec.structs import replace

from anivault.core.arrivals import Rules, planned, stock
from anivault.core.living.repinned import settled, told
from anivault.core.matching.pins import Pin, load, put_back
from anivault.core.matching.questions import Question, Wanted, asked, crowded, searched, widened
from anivault.core.matching.scope import Alone, Verdicts
from anivault.core.models import Held, Mode, ParsedFile, ShowId
from anivault.core.pipeline.reading import read
from anivault.core.planning.naming.presets import load_preset
from anivault.core.verdicts import match
from anivault.services.asking import Asking, Opened, arriving, opened
from anivault.services.pinning import Pinned, PinRequest, file_of, pin, pins_in_force
from anivault.services.remembered import ignored
from anivault.services.remembered.ignored import Lines
from anivault.shared import fs
from anivault.shared.errors import PinRefusedError
from anivault.shared.progress import Bars, untold


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
        self._before: list[Callable[[], None]] = []

    @property
    def notices(self) -> tuple[str, ...]:
        """What engines and providers had to say."""
        return self._those.notices

    def take(self, wanted: Wanted) -> Pinned:
        """Give an answer. Raises PinRefusedError, and then nothing was written."""
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
        self._before.append(lambda: put_back(path, before))
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
        self._before.append(back)
        return written

    def apart(self, number: int) -> None:
        """Ask by itself about each release of a crowd: about the first now, about the others in the end."""
        self.questions[number], *others = self.questions[number].crowd
        self.questions += others

    def told(self, question: Question) -> Question:
        """The question with the places that each answer gives to the first and to the last file."""
        return told(question, list(map(self._named, question.files)), self._those.asked)

    def _named(self, item: Held) -> ParsedFile:
        """A file of a question, and what its name says."""
        verdict = self._verdicts[item.root, item.rel]
        return ParsedFile(verdict.file, verdict.parsed)

    def knows(self, show: str) -> bool:
        """Whether anybody knows a show; one of another list is looked up when it is pinned."""
        meant, sources = ShowId.read(show.lower()), self._those.asked.sources
        if meant is None or meant.provider not in {"tmdb", *(source.name for source in sources)}:
            return True
        return any(source.get(*meant) for source in sources)

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

    @property
    def given(self) -> int:
        """How many answers there are to take back."""
        return len(self._before)

    def undo(self) -> None:
        """Take the last answer back."""
        self._before.pop()()

    def settles(self, pin: Pin, question: Question) -> bool:
        """Whether a pin that was written for another question leaves nothing to ask about this one."""
        asked_now = replace(self._those.asked, pins=pins_in_force(self._library))
        return settled(pin, list(map(self._named, question.files)), asked_now)

    def parted(
        self, question: Question, begin: int, end: int | None = None
    ) -> tuple[Question, Question | None]:
        """The question about the files with these numbers alone, and that about the others.

        Raises PinRefusedError where no file has such a number.
        """
        numbers = f"{begin}-{'' if end is None else end}"
        some = Pin(id="", episodes=numbers)
        inside = [item for item in question.files if some.is_for(self._named(item))]
        if not inside:
            raise PinRefusedError(
                f"no file of these has a number in {numbers}", "Name them as they are printed."
            )
        path = question.path if self._is_all_of(question.path, question) else question.files[0].source
        part = replace(question, files=tuple(inside), begin=begin, alone=Alone(path, numbers))
        rest = asked([item for item in question.files if item not in inside], self._verdicts)
        return part, _led_by(path, rest[0]) if rest else None

    def _is_all_of(self, folder: str, question: Question) -> bool:
        """Whether a question is about every video of a folder."""
        asked_about = {item.source for item in question.files}
        there = (item.file.path for item in self._verdicts.values())
        return os.path.isdir(folder) and all(p in asked_about for p in there if fs.is_below(p, folder))

    def search(self, question: Question, title: str) -> Question:
        """The question with the shows that are called like `title`."""
        return searched(question, title, self._those.asked.sources)


def _led_by(path: str, question: Question) -> Question:
    """The question with answers of one kind with a pin for `path`: a folder's is heard before a title's."""
    answers = (
        replace(answer, pin=replace(answer.pin, path=path))
        if answer.pin and not answer.pin.episodes
        else answer
        for answer in question.answers
    )
    return replace(question, path=path, answers=tuple(answers))


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
        plan = planned(found, files, stock("" if inside else library or ""), what.paths, rules)
        verdicts = {(item.file.root, item.file.rel): item for item in files}
        yield Review(crowded(asked(plan.held, verdicts)), plan.roots, those, asking, library, verdicts)
