"""Ask a provider that is a plug-in, in a process of its own; nothing that it does ends the run.

In: queries. Out: candidates that are sound, or none: one that raises, dies, answers in the wrong number
or type, or not in time is left off and named. Only where no other provider is left, it ends the run.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import msgspec

from anivault.core.models import Candidate, Entry, Query, Title
from anivault.shared import plugins
from anivault.shared import regex as re
from anivault.shared.errors import PluginFailedError
from anivault.shared.settings import Settings
from anivault.shared.text import counted
from anivault.shared.work.worker import Worker, WorkerFailure, serve

LIMIT = 30.0  # seconds for one question, which may be about hundreds of releases
MOST = 99_999  # a season, an episode, a year
PROVIDER = re.compile("[a-z]{1,32}")

Answer = TypeVar("Answer")


class PluginSource:
    """A provider behind a process boundary. Satisfies core.matching.source.Source.

    `is_alone` tells, once this one has failed, whether no other is left.
    """

    def __init__(self, name: str, table: Mapping[str, Any], is_alone: Callable[[], bool]) -> None:
        self.name, self.failure = name, ""
        self._is_alone = is_alone
        limit = table.get(plugins.TIMEOUT, LIMIT)
        self._worker = Worker("anivault.services.plugin_source", name, table, limit)

    @property
    def notices(self) -> list[str]:
        """What failed."""
        return (
            [f"The provider {self.name} failed: {self.failure}. Going on without it."] if self.failure else []
        )

    def close(self) -> None:
        """End the process."""
        self._worker.close()

    def find(self, queries: Sequence[Query]) -> list[list[Candidate]]:
        """Return the candidates for each query; none for all when the plug-in fails."""
        found = self._ask(["find", queries], list[list[Candidate]]) if queries else []
        if found is not None and len(found) != len(queries):
            self._fail(f"it gave {counted(len(found), 'answer')} to {counted(len(queries), 'question')}")
            found = None
        if found is None:
            return [[] for _ in queries]
        return [[_with_entry(candidate) for candidate in shows] for shows in found]

    def get(self, provider: str, media_type: str, id: int) -> Candidate | None:  # noqa: A002 - the field's name
        """Return the one show or film of this id; None when the plug-in does not know it, or fails."""
        found = self._ask(["get", provider, media_type, id], Candidate | None)  # type: ignore[arg-type]
        return _with_entry(found) if found else None

    def _ask(self, question: list[Any], kind: type[Answer]) -> Answer | None:
        if self.failure:
            return None
        try:
            answer = msgspec.json.decode(self._worker.ask(question), type=kind)
            for candidate in _candidates(answer):
                _require_sound(candidate)
        except WorkerFailure as failure:
            self._fail(str(failure))
        except (msgspec.MsgspecError, UnicodeDecodeError, ValueError) as error:
            self._fail(f"its answer cannot be used: {error}")
        else:
            return answer
        return None

    def _fail(self, why: str) -> None:
        self.failure = why
        self.close()
        if self._is_alone():
            raise PluginFailedError(self.name, why)


def _with_entry(show: Candidate) -> Candidate:
    """A show whose plug-in knows no entries is one: names are compared with the titles of entries."""
    if show.entries:
        return show
    titles = show.titles or (Title(show.title, main=True),)
    kind = "movie" if show.media_type == "movie" else "tv"
    entry = Entry(key=f"{show.provider}:{show.id}", titles=titles, type=kind)
    return msgspec.structs.replace(show, entries=(entry,))


def _candidates(answer: Any) -> Iterator[Candidate]:
    if isinstance(answer, list):
        for one in answer:
            yield from _candidates(one)
    elif answer is not None:
        yield answer


def _require_sound(show: Candidate) -> None:
    """Refuse what has the right types but cannot be a show. Raises ValueError."""
    if not PROVIDER.fullmatch(show.provider) or show.media_type not in {"tv", "movie"}:
        raise ValueError("provider is a word of small letters, media_type is tv or movie")
    if not show.title.strip() or any(not title.text.strip() for title in _titles(show)):
        raise ValueError("a title is empty")
    for day in _days(show):
        date.fromisoformat(day)
    if any(abs(number) > MOST for number in _numbers(show)) or show.id < 0:
        raise ValueError("a number cannot be that of a season, an episode or a year")


def _titles(show: Candidate) -> Iterator[Any]:
    yield from show.titles
    for entry in show.entries:
        yield from entry.titles


def _days(show: Candidate) -> Iterator[str]:
    for entry in show.entries:
        yield from filter(None, (entry.begin, entry.end))
    yield from (season.begin for season in show.seasons if season.begin)


def _numbers(show: Candidate) -> Iterator[int]:
    yield show.year or 0
    for entry in show.entries:
        yield from (entry.episodes or 0, entry.season or 0, entry.offset or 0, entry.episode or 0)
    for season in show.seasons:
        yield from (season.number, season.episodes or 0, season.first)


# --- the process -----------------------------------------------------------------------------------


def _made(table: dict[str, Any]) -> Any:
    name = sys.argv[1]
    factory = plugins.load(plugins.PROVIDERS, name)
    if plugins.takes(factory) < OPENER:
        return plugins.make(factory, table)
    own = {key: value for key, value in table.items() if key != plugins.TIMEOUT}
    (source,) = factory(Settings(plugins={name: own}), [], lambda *_: None)
    return source


OPENER = (
    3  # arguments: one that is made as the built-in ones are, of settings, the sources before and progress
)


def _answered(source: Any, question: list[Any]) -> Any:
    what, *rest = question
    if what == "find":
        return [list(found) for found in source.find(msgspec.convert(rest[0], list[Query]))]
    return source.get(*rest)


if __name__ == "__main__":
    serve(_made, _answered)
