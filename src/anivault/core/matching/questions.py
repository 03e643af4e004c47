"""Decide what to ask about files that are held, and which pin would answer.

In: held files, and the verdict on every video. Out: a Question a crowd of one folder that is held for one
reason, with the shows that it may be and the words that would say so. Asks which folder one is in, no more.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from anivault.core.matching.decide import is_of_another_season
from anivault.core.matching.explain import why
from anivault.core.matching.places.placed import STATED, UNCOUNTED
from anivault.core.matching.scope import Alone, Scope, Verdicts, first_number
from anivault.core.matching.source import Source
from anivault.core.models import Candidate, Held, HeldReason, MatchedFile, Query, Ranked, ReleaseKey
from anivault.parser.models import EXTRAS, VideoType
from anivault.shared import fs
from anivault.shared.errors import quoted
from anivault.shared.text import safe

NEAR = 0.1  # a show whose score is this far behind the best is no answer (a guess)
MOST = 3  # answers to one question
CROWD = 4  # unknown releases of one folder that are asked about in one (a guess)
MOST_KEYS = 9  # and those that were asked for: each has a key
_UNSURE = frozenset({HeldReason.AMBIGUOUS, HeldReason.NO_PLACE})
_SPECIAL = frozenset({VideoType.OVA, VideoType.SPECIAL})
_UNKNOWN = frozenset({HeldReason.UNMATCHED, HeldReason.UNREADABLE_NAME})


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a pin has to say: for which path, which show, and where its files go if the show is not enough."""

    path: str
    show: str
    season: int | None = None
    offset: int | None = None
    episodes: str | None = None
    extra: bool = False
    place: str | None = None  # `S00E02`: of one file that has no number

    @property
    def words(self) -> str:
        """The command that says so."""
        options = {
            "--season": self.season,
            "--offset": self.offset or None,
            "--episodes": self.episodes,
            "--episode": self.place,
        }
        said = "".join(f" {option} {value}" for option, value in options.items() if value is not None)
        extra = " --extra" if self.extra else ""
        return f"anivault pin {quoted(_near(self.path))} {self.show}{said}{extra}"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A show that held files may be, and what to type if they are; empty where no pin would place them.

    `first` and `last` are the places that it gives to the first and the last file; `stated`: a list says so.
    """

    show: str
    words: str
    dated: str = ""  # the show alone, where `show` also says a place
    pin: Wanted | None = None
    first: str = ""
    last: str = ""
    stated: bool = False
    why: str = ""  # what speaks for the show and against it
    against: tuple[str, ...] = ()  # what names say against the place


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Files of one folder, and of one release where they are videos, that are held for one reason."""

    files: tuple[Held, ...]
    why: str
    answers: tuple[Answer, ...] = ()
    path: str = ""  # a pin for it says the show of these files, and of no other's
    begin: int | None = None  # the number of the first file, as it is printed
    alone: Alone | None = None  # what a pin has to be for that is for these files and no others
    crowd: tuple[Question, ...] = ()  # the questions that it asks in one, each by itself
    cut: bool = False  # more shows than its answers are called as was searched for


def questions(held: Sequence[Held], verdicts: Verdicts, scope: Scope | None = None) -> list[Question]:
    """Put held files of one reason into crowds, in the order of their first files.

    Who asks about several reasons gives one `scope` of the verdicts for all.
    """
    crowds: dict[tuple[str, str, str, ReleaseKey | None], list[Held]] = {}
    for item in held:
        verdict = verdicts.get((item.root, item.rel))
        release = verdict.release_key if verdict and item.reason in _UNSURE | _UNKNOWN else None
        crowds.setdefault((item.root, os.path.dirname(item.rel), item.shared_detail, release), []).append(
            item
        )
    scope = scope or Scope(verdicts)
    made = [
        Question(files=tuple(files), why=why, answers=_answers(files, verdicts, scope))
        for (_, _, why, _), files in crowds.items()
    ]
    return list(_once(made))


def asked(held: Sequence[Held], verdicts: Verdicts) -> list[Question]:
    """One question a release, the one about most files first; extras and sidecars ask nothing."""
    releases: dict[ReleaseKey, list[Held]] = {}
    for item in held:
        verdict = verdicts.get((item.root, item.rel))
        if verdict and item.reason in _UNSURE | _UNKNOWN and verdict.parsed.type not in EXTRAS:
            releases.setdefault(verdict.release_key, []).append(item)
    scope = Scope(verdicts)
    made = [_asked(files, verdicts, scope) for files in releases.values()]
    return sorted(made, key=lambda question: -len(question.files))


def crowded(made: Sequence[Question]) -> list[Question]:
    """Ask in one about releases of one folder of which nothing is known: most such folders are no anime.

    What such a question allows is to leave all of them out, or to ask about each by itself.
    """
    folders: dict[tuple[str, str], list[Question]] = {}
    for question in made:
        if not question.answers and question.files[0].reason in _UNKNOWN:
            folder = os.path.dirname(question.files[0].source)
            folders.setdefault((folder, question.why), []).append(question)
    crowds = [crowd for crowd in folders.values() if len(crowd) >= CROWD]
    within = {question.files[0].source for crowd in crowds for question in crowd}
    alone = [question for question in made if question.files[0].source not in within]
    return sorted([*alone, *map(_crowd, crowds)], key=lambda question: -len(question.files))


def _crowd(crowd: Sequence[Question]) -> Question:
    files = tuple(item for question in crowd for item in question.files)
    return Question(files=files, why=crowd[0].why, crowd=tuple(crowd))


def _asked(files: Sequence[Held], verdicts: Verdicts, scope: Scope) -> Question:
    videos = [verdicts[item.root, item.rel] for item in files]
    first = videos[0]
    return Question(
        files=tuple(files),
        why=files[0].detail,
        answers=_explained(_answers(files, verdicts, scope), first),
        path=scope.show_path(first) or first.file.path,
        begin=first_number(first),
        alone=scope.alone(videos),
    )


def _explained(answers: Sequence[Answer], file: MatchedFile) -> tuple[Answer, ...]:
    whys = {str(ranked.candidate.key): why(ranked) for ranked in file.match.ranked}
    best = why(file.match.ranked[0]) if file.match.ranked else ""
    return tuple(replace(a, why=whys.get(a.pin.show, "") if a.pin else best) for a in answers)


def widened(question: Question, verdicts: Verdicts) -> Question:
    """The question with every other show that was considered, also those that fit badly."""
    first = verdicts[question.files[0].root, question.files[0].rel]
    offered = {answer.pin.show for answer in question.answers if answer.pin}
    others = (ranked.candidate for ranked in first.match.ranked)
    more = [
        _said(show.dated, _wanted(question.path, show)) for show in others if str(show.key) not in offered
    ]
    return replace(question, answers=(*question.answers, *_explained(more, first))[:MOST_KEYS])


def _once(made: Sequence[Question]) -> Iterator[Question]:
    """Offer each pin once: where it answers several questions, the first that it answers asks."""
    offered: set[str] = set()
    for question in made:
        answers = [replace(a, words="") if a.words in offered else a for a in question.answers]
        offered |= {answer.words for answer in answers}
        yield replace(question, answers=tuple(answers))


def _answers(files: Sequence[Held], verdicts: Verdicts, scope: Scope) -> tuple[Answer, ...]:
    """The shows that may be it, the best first. Extras have none: they go where their episodes go."""
    verdict = verdicts.get((files[0].root, files[0].rel))
    if verdict is None or files[0].reason not in _UNSURE or verdict.parsed.type in EXTRAS:
        return ()
    ranked = verdict.match.ranked
    near = [r for r in ranked if r.score.value > ranked[0].score.value - NEAR][:MOST]
    asked = [verdicts[item.root, item.rel] for item in files]
    answers = [_answer(r, verdict, asked, scope) for r in near]
    if verdict.other:
        otherwise = [replace(item, coordinates=item.other, sure=0.0) for item in asked]
        answers.insert(1, _answer(ranked[0], otherwise[0], otherwise, scope))
    return tuple(answers)


def _answer(ranked: Ranked, file: MatchedFile, asked: Sequence[MatchedFile], scope: Scope) -> Answer:
    """That files are of this show. The best show is offered with the places that it gives."""
    show = ranked.candidate
    if ranked is not file.match.best:
        return _said(show.dated, _wanted(scope.show_path(file), show))
    where = _where(file) if show.media_type == "tv" else {}
    if where is None:
        said = _said(show.dated, None)
    else:
        called = _called(show, file, several=len(asked) > 1)
        said = _said(called, _placing(show, file, asked, scope, where))
    return replace(
        said,
        dated=show.dated,
        first=places_of(asked[0]),
        last=places_of(asked[-1]),
        stated=file.sure >= STATED,
    )


def _said(show: str, wanted: Wanted | None) -> Answer:
    return Answer(show=show, words=wanted.words if wanted else "", pin=wanted)


def _placing(
    show: Candidate, file: MatchedFile, asked: Sequence[MatchedFile], scope: Scope, where: Mapping[str, int]
) -> Wanted | None:
    """What a pin has to say that puts what is asked about where it is guessed to belong."""
    if not where:
        return _wanted(scope.show_path(file), show)
    alone = scope.alone(asked)
    if alone is None:
        return None
    return _wanted(alone.path, show, episodes=alone.into(where.get("season")), **where)


def _wanted(path: str, show: Candidate, *, episodes: str | None = None, **where: int) -> Wanted | None:
    """What a pin has to say for `path`; None where there is no path, or none that a shell can be told."""
    if not path or safe(path) != path:
        return None
    return Wanted(path=path, show=str(show.key), episodes=episodes, extra=False, place=None, **where)


def places_of(file: MatchedFile) -> str:
    """`S01E02`, or several; empty for a file that has no place."""
    return " ".join(f"S{place.season:02}E{place.episode:02}" for place in file.coordinates)


def _called(show: Candidate, file: MatchedFile, *, several: bool) -> str:
    """`BLEACH (2004) from S01E01`: with the place of the first file, where there is a guess."""
    if not file.coordinates:
        return show.dated
    first = file.coordinates[0]
    return f"{show.dated}{' from' if several else ''} S{first.season:02}E{first.episode:02}"


def _where(file: MatchedFile) -> dict[str, int] | None:
    """What a pin has to say of season and numbers, where the show alone is not enough; None: it cannot."""
    if file.parsed.type in _SPECIAL and any(c.season for c in file.coordinates):
        return None  # the show alone would make an episode of it
    if file.sure >= UNCOUNTED and not file.other and not is_of_another_season(file.parsed, file):
        return {}
    return _guess(file)


def _guess(file: MatchedFile) -> dict[str, int] | None:
    """The season, and how far the file's own number is from the place that is guessed: 13 as S02E01, -12."""
    own = first_number(file)
    if not file.coordinates or own is None:
        return None
    guess = file.coordinates[0]
    offset = guess.episode - own
    return {"season": guess.season} | ({"offset": offset} if offset else {})


def _near(path: str) -> str:
    """The path as it is typed from here, where that is shorter."""
    try:
        near = fs.beside(path, os.getcwd())
    except FileNotFoundError:  # the folder that we are in was removed
        return path
    if not near or near.startswith(".."):
        return path
    return f"./{near}" if near.startswith("-") else near  # `-dash` would be an option


# --- other answers than those that were found --------------------------------------------------------


FOUND = 5  # shows that a search names


def searched(question: Question, title: str, sources: Sequence[Source]) -> Question:
    """The question with the shows that are called like `title` as its answers."""
    found = [show for source in sources for show in source.find([Query(titles=(title,))])[0]]
    known = list({show.key: show for show in found}.values())
    shows = known[:FOUND]
    answers = (
        Answer(show=show.dated, words=wanted.words, pin=wanted)
        for show in shows
        for wanted in [Wanted(path=question.path, show=str(show.key))]
    )
    return replace(question, answers=tuple(answers), cut=len(known) > FOUND)


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
