"""Read one name: normal form, the rules in their order, engines beside them.

In: the name of a file, with or without extension, or that of a folder. Out: a ParseResult, or a Folder.
Touches nothing, but for the worker processes of engines that are not safe to run here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from anivault.parser import folders, form, vote
from anivault.parser.draft import Draft
from anivault.parser.folders import Folder
from anivault.parser.memo import CAPACITY, Memo
from anivault.parser.models import SURE, Engine, ParseResult
from anivault.parser.rules import (
    brackets,
    episode,
    episode_places,
    episode_stated,
    group,
    kind,
    media,
    season,
    title,
)
from anivault.parser.vocabulary import letters_of
from anivault.shared import plugins

ENGINE_BYTES = 255  # what a file system allows in one name; neurelease reads no more


def _list_words(draft: Draft) -> None:
    """Note what words are left, so that a rule none of whose words is there costs nothing."""
    draft.words = letters_of([draft.text])


# What each rule claims, the later ones no longer see.
RULES = (
    brackets.read,
    group.read,
    media.notes,
    _list_words,
    episode_stated.read_stated,
    season.read,
    episode_stated.read_worded,
    media.read,
    season.read_part,
    episode_places.read,
    season.settle_disc,
    kind.read,
    season.read_version,
    media.read_edition,
    season.read_year,
    group.read_last,
    title.read,
)


def read_rules(name: str, episode_at: tuple[int, int] | None = None) -> ParseResult:
    """What the rules alone read in `name`; siblings may have shown where its episode stands."""
    return _read_stem(form.stem_of(name[: form.LONGEST]), episode_at)


def _read_stem(stem: str, episode_at: tuple[int, int] | None = None) -> ParseResult:
    """What the rules read in a name without its extension, and without what marks a subtitle."""
    draft = Draft(*form.of_stem(stem))
    kind.read_ending(draft, stem)
    if episode_at is not None:
        episode.read_at(draft, *episode_at)
    for rule in RULES:
        rule(draft)
    title.read_printed(draft, stem)
    return ParseResult(**draft.fields, said=draft.said, engine="rules", confidence=draft.confidence)


@lru_cache(maxsize=8192)  # every file of a folder asks again
def read_folder(name: str) -> Folder:
    """What the rules read in the name of a folder."""
    return folders.read(name, read_rules)


@lru_cache(maxsize=8192)
def is_part_of_a_show(folder: str) -> bool:
    """Whether what is above a folder of this name says whose its files are: `Season 2`, `SPs`."""
    return folders.is_part_of_a_show(folder, read_rules)


@lru_cache(maxsize=8192)
def is_titled(folder: str) -> bool:
    """Whether a folder of this name stands for something by itself, whatever it is in."""
    return not (is_part_of_a_show(folder) or folders.says_nothing(folder))


def is_of_specials(folder: str) -> bool:
    """Whether a title folder says that it is of specials: `Show OVA`; few names have to be read for that."""
    return folders.may_be_of_specials(folder) and read_folder(folder).of_specials


class Reader:
    """The rules with engines beside them. `failures` counts what engines raised or left unanswered, `why`
    says what it was at first.

    A lone engine is asked only where the rules are in doubt, since it cannot overrule them; several
    are asked for every name, and vote.
    """

    def __init__(self, engines: Sequence[Engine] = (), workers: int = 1) -> None:
        self.engines = tuple(engines)
        self.workers = workers
        self.failures: Counter[str] = Counter()
        self.why: dict[str, str] = {}
        self._memo = Memo()
        self._lone = len(self.engines) < 2
        self._last: tuple[str | None, ParseResult] = None, ParseResult()
        self._sure: dict[str, ParseResult] = {}  # of shapes that the memo does not learn too
        self._guesses: dict[str, ParseResult] = {}

    @property
    def steady(self) -> tuple[str, ...] | None:
        """The engines, where all are AniVault's own and read a name as they did before; else None."""
        own = all(getattr(engine, "in_process", False) for engine in self.engines)
        return tuple(engine.name for engine in self.engines) if own else None

    def read(self, name: str) -> ParseResult:
        """Read one file name, never a path. Total: any text gives a result.

        A video and its subtitles read alike where the rules are sure: those see no extension. What they are
        not sure of is known by its whole name.
        """
        stem = form.stem_of(name[: form.LONGEST])
        asked = stem if self._lone else name  # several engines vote on all of it
        if asked == self._last[0]:
            return self._last[1]
        result = self._memo.find(asked)
        if result is None:
            result = self._sure.get(asked) or self._guesses.get(name) or self._read_anew(name, stem, asked)
        if result.confidence >= SURE:
            self._last = asked, result
        return result

    def _read_anew(self, name: str, stem: str, asked: str) -> ParseResult:
        failed = self.failures.total()
        result = self._read(name, stem)
        self._memo.keep(asked, result)
        if result.confidence >= SURE:
            _keep(self._sure, asked, result)
        elif self.failures.total() == failed:
            _keep(self._guesses, name, result)
        return result

    def _read(self, name: str, stem: str) -> ParseResult:
        own = _read_stem(stem)
        if not self.engines or (len(self.engines) == 1 and own.confidence >= SURE):
            return own
        asked = _plain(name)
        others = [result for engine in self.engines if (result := self._ask(engine, asked)) is not None]
        if not others:
            return own
        if own.title is None and not own.episodes:  # the rules found nothing at all
            return replace(others[0], confidence=0.5)
        return vote.settle(own, others)

    def close(self) -> None:
        """End the workers of guarded engines."""
        for engine in self.engines:
            if (close := getattr(engine, "close", None)) is not None:
                close()

    def _ask(self, engine: Engine, name: str) -> ParseResult | None:
        try:
            result = engine.parse(name)
            return replace(result, printed=result.titles)
        except Exception as error:  # noqa: BLE001 - a foreign parser may raise anything
            self.failures[engine.name] += 1
            self.why.setdefault(engine.name, str(error) or repr(error))
            return None


def _keep(known: dict[str, ParseResult], name: str, result: ParseResult) -> None:
    if len(known) >= CAPACITY:
        known.clear()
    known[name] = result


def open_reader(
    names: Sequence[str], tables: Mapping[str, Mapping[str, Any]] | None = None, workers: int = 0
) -> Reader:
    """A reader with the engines of these names; `tables` are their settings, by name.

    `workers`: how many processes read names where there are many; 0 for as many as help. Raises
    PluginNotFoundError, PluginBrokenError.
    """
    return Reader([_open(name, (tables or {}).get(name, {})) for name in names], workers)


def _open(name: str, table: Mapping[str, Any]) -> Engine:
    made = plugins.load(plugins.PARSERS, name)
    if name in plugins.BUILT_IN[plugins.PARSERS] and getattr(made, "in_process", False):
        engine: Engine = made()
        return engine
    from anivault.parser.guard import Guarded  # subprocess costs 5 ms that a plain run need not pay

    return Guarded(name, table)


@lru_cache(maxsize=1)
def default_reader() -> Reader:
    """The reader of a plain run: the rules and anitomy-ng."""
    return open_reader(["anitomy-ng"])


def parse_name(name: str) -> ParseResult:
    """Read one file name with the default reader."""
    return default_reader().read(name)


def _plain(name: str) -> str:
    """What an engine may see: no lone surrogates, no more bytes than a file system allows."""
    encoded = name.encode("utf-8", "replace")
    return (
        encoded.decode() if len(encoded) <= ENGINE_BYTES else encoded[:ENGINE_BYTES].decode("utf-8", "ignore")
    )
