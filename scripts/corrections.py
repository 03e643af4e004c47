"""Put facts by hand into the catalogue: what its sources lack or have wrong.

In: src/anivault/data/corrections.toml, and the rows as the packages state them, before anything is derived.
Out: the rows, corrected. It stops, and names every one, where a fact is about no entry, has fewer than two
places where it can be checked, or has become what the sources say: then it has to go.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from anivault.services.catalogue.places import weeks_on_air
from anivault.services.catalogue.rows import Row

Fold = Callable[[str], str]
LanguageOf = Callable[[str], str]
ENOUGH = 2  # places where a fact can be checked
PLACE = ("tmdb", "season", "offset")


class Numbers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where an entry stands on TMDB, and how many episodes it has there. `title` is for the reader.

    `seasons` is for an entry that TMDB cuts: each season with its number of episodes, the last one perhaps
    without. `runs_on`: the numbers of those seasons go on where the one before ended.
    """

    title: str
    at: list[str]
    tmdb: str | None = None
    season: int | None = None
    offset: int | None = None
    episodes: int | None = None
    seasons: list[list[int]] = []
    runs_on: bool = False


class Titles(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an entry is called: English and romaji as people write it, other names, and spellings to drop."""

    en: str = ""
    romaji: str = ""
    also: list[str] = []
    wrong: list[str] = []


class Added(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry that the sources lack, or have without its place on TMDB."""

    tmdb: str
    season: int
    begin: str
    ids: dict[str, int]
    at: list[str]
    ja: str
    en: str
    romaji: str = ""
    also: list[str] = []
    offset: int = 0
    episodes: int | None = None
    end: str = ""
    type: str = "tv"


class Corrections(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file: addresses of pages by name, then facts by the id of their entry."""

    pages: dict[str, str]
    numbers: dict[str, Numbers]
    titles: dict[str, Titles]
    added: list[Added] = []


def read(path: Path) -> Corrections:
    """Read the file. msgspec.ValidationError for what has no place in it."""
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Corrections)


def apply(rows: Sequence[Row], facts: Corrections, fold: Fold, language_of: LanguageOf) -> list[Row]:
    """Return the rows as the facts have them. SystemExit with every fact that does not hold."""
    by_id: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for name, number in row.ids.items():
            by_id[f"{name}:{number}"].append(row)
    wrong = [*_unfounded(facts, by_id), *_needless(facts, by_id)]
    for key, titles in facts.titles.items():
        wrong += [f"{key}: {why}" for row in by_id[key] for why in _name(row, titles, fold, language_of)]
    for key, numbers in facts.numbers.items():
        wrong += [f"{key}: {why}" for row in by_id[key] for why in _count(row, numbers, fold)]
    if wrong:
        raise SystemExit("corrections.toml has facts that must go or be mended:\n" + "\n".join(wrong))
    cut = {id(row): fact for key, fact in facts.numbers.items() if fact.seasons for row in by_id[key]}
    parts = [part for row in rows for part in (_parts(row, cut[id(row)]) if id(row) in cut else [row])]
    return [*parts, *(_row(entry, language_of) for entry in facts.added)]


def _unfounded(facts: Corrections, by_id: dict[str, list[Row]]) -> Iterator[str]:
    """Name the facts whose entry is unknown or several, or that cannot be checked in two places."""
    for key in {**facts.numbers, **facts.titles}:
        if len(by_id[key]) != 1:
            yield f"{key}: {len(by_id[key])} entries have this id"
            continue
        pages = {*facts.pages} & {"tmdb", *by_id[key][0].ids}
        named = set(facts.numbers[key].at) if key in facts.numbers else pages
        if len(pages & named) < ENOUGH:
            yield f"{key}: it needs two places where it can be checked, among {', '.join(sorted(pages))}"


def _needless(facts: Corrections, by_id: dict[str, list[Row]]) -> Iterator[str]:
    """Name the entries that the sources have by now, or that cannot be checked in two places."""
    for entry in facts.added:
        known = [f"{name}:{number}" for name, number in entry.ids.items() if by_id[f"{name}:{number}"]]
        if known:
            yield f"{entry.en}: the sources have {known[0]} by now"
        if len({*facts.pages} & {"tmdb", *entry.ids} & {*entry.at}) < ENOUGH:
            yield f"{entry.en}: it needs two places where it can be checked"


def _row(entry: Added, language_of: LanguageOf) -> Row:
    """The row of an entry that the sources lack."""
    titles = {"ja": [entry.ja], "en": [entry.en], "ja-Latn": [entry.romaji] if entry.romaji else []}
    for text in entry.also:
        titles.setdefault(language_of(text), []).append(text)
    counted = ["episodes"] if entry.episodes else []
    return Row(
        tmdb=entry.tmdb,
        season=entry.season,
        offset=entry.offset,
        type=entry.type,
        begin=entry.begin,
        end=entry.end,
        episodes=entry.episodes,
        checked=[*(["romaji"] if entry.romaji else []), "season", "offset", *counted],
        ids=entry.ids,
        titles={language: texts for language, texts in titles.items() if texts},
    )


def _name(row: Row, fact: Titles, fold: Fold, language_of: LanguageOf) -> Iterator[str]:
    """Give a row its titles; what is right comes first in its language."""
    have = {text for texts in row.titles.values() for text in texts}
    first = {language: texts[0] for language, texts in row.titles.items()}
    yield from (f"no source has {text!r} any more" for text in fact.wrong if text not in have)
    yield from (f"the sources have {text!r} too" for text in fact.also if text in have)
    for language, text in (main := {"en": fact.en, "ja-Latn": fact.romaji}).items():
        if text and first.get(language) == text:
            yield f"the sources call it {text!r} too"
    gone = {fold(text) for text in (*fact.wrong, *main.values())}
    titles = {name: [text for text in texts if fold(text) not in gone] for name, texts in row.titles.items()}
    for language, text in main.items():
        titles[language] = [*([text] if text else []), *titles.get(language, [])]
    for text in fact.also:
        titles[language_of(text)] = [*titles.get(language_of(text), []), text]
    row.titles = {language: texts for language, texts in titles.items() if texts}
    row.checked = ["romaji"] if fact.romaji else []


def _count(row: Row, fact: Numbers, fold: Fold) -> Iterator[str]:
    """Give a row its place and count, and mark what was given so.

    A count that the weeks on air do not agree with is doubted, so a fact may say the same as the sources.
    """
    if fold(fact.title) not in {fold(text) for texts in row.titles.values() for text in texts}:
        yield f"no title of it is {fact.title!r}"
    offset = row.episode - 1 if row.offset is None and row.episode else row.offset
    says = {"tmdb": row.tmdb, "season": row.season, "offset": offset, "episodes": row.episodes}
    given = {name: value for name in says if (value := getattr(fact, name)) is not None}
    if not given and not fact.seasons:
        yield "it says nothing"
    for group in (PLACE, ("episodes",)):
        part = {name: value for name, value in given.items() if name in group}
        settles = group == ("episodes",) and weeks_on_air(row) not in (0, fact.episodes)
        if part and not settles and all(says[name] == value for name, value in part.items()):
            yield f"the sources say {part} too"
    for name, value in given.items():
        setattr(row, name, value)
    row.checked = [*row.checked, *given]


def _parts(row: Row, fact: Numbers) -> Iterator[Row]:
    """Cut a row into the seasons that TMDB makes of it."""
    start = row.offset or 0
    for season, *count in fact.seasons:
        episodes = count[0] if count else None
        checked = [*row.checked, "season", "offset", *(["episodes"] if episodes else [])]
        yield replace(row, season=season, offset=start, episode=None, episodes=episodes, checked=checked)
        start = start + (episodes or 0) if fact.runs_on else 0
