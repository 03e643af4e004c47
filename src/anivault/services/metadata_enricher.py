"""Find shows in the catalogue first, and add what TMDB knows beyond it. A source for matching.

In: all queries of a run at once. Out: for each the candidates, the catalogue's and TMDB's as one.
TMDB is searched only for titles that the catalogue has nothing equal to, and asked for details only
of what a title may really mean: translations, today's season tables, episode titles, episode groups.
Each question is asked once, however many releases need it. When TMDB fails, what came is kept, and
`notices` says so in a line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

import msgspec

from anivault.core.matching.source import Source
from anivault.core.matching.titles.normalize import forms, normal_form
from anivault.core.models import Candidate, Query
from anivault.parser.title_words import split_number, split_season
from anivault.services.secrets import Secret
from anivault.services.tmdb.cache import Cache
from anivault.services.tmdb.candidates import candidate, episode_titles
from anivault.services.tmdb.limiter import Limiter
from anivault.services.tmdb.records import Group, Page, SeasonTable, Show
from anivault.services.tmdb.wire import TMDB, Wire
from anivault.services.tmdb_client import APPENDED, Ask, TmdbClient, details, episode_group, search
from anivault.shared import regex as re
from anivault.shared.errors import TmdbAnswerError, TmdbError, TmdbNotFoundError, TmdbUnreachableError
from anivault.shared.progress import Progress

SEARCHES = 4  # titles looked up for one query, at most
HITS = 3  # hits of a search that are asked for details
EXACT = 3  # catalogue shows of equal title that are
LIKELY = 2  # shows of one query whose season tables are asked for
TABLE_EPISODES = 400  # episodes in one request for season tables: about 2 MB with casts
LONGEST_WAIT = 60.0  # seconds that a run sleeps for TMDB to come back, once per step
NAMES = ("translations", "alternative_titles", "episode_groups", "credits", "content_ratings", "external_ids")
FILM_NAMES = ("translations", "alternative_titles", "credits", "release_dates")
CUTS = (7, 6, 3)  # episode groups that cut a show into seasons: TV, production, DVD

PASSING = (TmdbUnreachableError, TmdbAnswerError)  # failures that another try may not meet
STROKE = re.compile(r"[/|／｜]")
ENGLISH, JAPANESE = "en-US", "ja-JP"
TMDB_LANGUAGES = {"en": ENGLISH, "ja": JAPANESE, "zh-Hans": "zh-CN", "zh-Hant": "zh-TW"}

T = TypeVar("T")
Key = tuple[str, int]  # media type and id
Found = list[list[Candidate]]  # by query
Lacks = Callable[[Show], list[SeasonTable]]


def open_source(
    catalog: Source | None,
    *,
    key: Secret | None,
    folder: Path,
    url: str = TMDB,
    languages: Sequence[str] = ("en",),
    progress: Progress | None = None,
) -> Enricher:
    """Open TMDB on top of `catalog`; `folder` is the user's cache. Without a key the cache alone speaks."""
    wire = Wire(key, url) if key else None
    client = TmdbClient(wire, Cache(folder), Limiter(folder))
    return Enricher(client, catalog, languages=languages, progress=progress)


class Enricher:
    """The catalogue with TMDB on top. Satisfies core.matching.source.Source; one batch a run."""

    name = "tmdb"

    def __init__(
        self,
        client: TmdbClient,
        catalog: Source | None = None,
        *,
        languages: Sequence[str] = ("en",),
        progress: Progress | None = None,
    ) -> None:
        self.client, self._catalog = client, catalog
        self._languages, self._progress = tuple(languages), progress
        written = [TMDB_LANGUAGES.get(tag, tag) for tag in languages if not tag.endswith("-Latn")]
        self._written = tuple(dict.fromkeys(written)) or (ENGLISH,)  # TMDB has no titles in romaji
        self._failed: dict[str, tuple[TmdbError, int]] = {}  # by code: the first failure, and how many

    def close(self) -> None:
        """Close the connections, the cache and the catalogue below."""
        self.client.close()
        if close := getattr(self._catalog, "close", None):
            close()

    @property
    def notices(self) -> list[str]:
        """What went wrong so far, one line for each kind of failure; empty when nothing did."""
        lines = [
            f"{error} Going on with what is known ({count} lookups are without an answer)."
            for error, count in self._failed.values()
        ]
        if self.client.stale:
            lines.append(f"{self.client.stale} answers are older than they should be: TMDB gave no new ones.")
        return lines

    def find(self, queries: Sequence[Query]) -> Found:
        """Return the candidates for each query. Never raises because of TMDB."""
        known = self._catalog.find(queries) if self._catalog else [[] for _ in queries]
        by_key = {_key(c): c for found in known for c in found}
        wanted = self._wanted(queries, known, by_key)
        by_key |= self._also_known(key for key in _distinct(wanted) if key not in by_key)
        shows = self._details(_distinct(wanted), by_key)
        shows = self._with_tables(shows, _distinct(keys[:LIKELY] for keys in wanted))
        made = self._candidates(shows, by_key)
        return [_together(found, keys, made) for found, keys in zip(known, wanted, strict=True)]

    def _also_known(self, keys: Iterable[Key]) -> dict[Key, Candidate]:
        """What the catalogue has of shows that TMDB found by a title which the catalogue lacks."""
        found = {key: self._catalog.get(self.name, *key) for key in keys} if self._catalog else {}
        return {key: candidate for key, candidate in found.items() if candidate}

    def get(self, provider: str, media_type: str, id: int) -> Candidate | None:  # noqa: A002
        """Return the one show or film of this id, from both as one; None when neither has it."""
        below = self._catalog.get(provider, media_type, id) if self._catalog else None
        if provider != self.name:
            return below
        key, known = (media_type, id), {(media_type, id): below} if below else {}
        shows = self._with_tables(self._details([key], known), [key])
        return self._candidates(shows, known).get(key, below)

    def _wanted(
        self, queries: Sequence[Query], known: Found, by_key: dict[Key, Candidate]
    ) -> list[list[Key]]:
        """Return by query what it may really mean: the catalogue's shows of equal title, then TMDB's hits."""
        names = {key: _forms_of(c) for key, c in by_key.items()}
        exact = [_exact(query, found, names) for query, found in zip(queries, known, strict=True)]
        hits = self._search(
            {n: query for n, query in enumerate(queries) if not _is_settled(query, exact[n], names)}
        )
        return [
            _distinct([[_key(c) for c in exact[n][:EXACT]], _best_hits(query, hits.get(n, ()))])
            for n, query in enumerate(queries)
        ]

    def _search(self, queries: dict[int, Query]) -> dict[int, tuple[Show, ...]]:
        """Look up each query's titles in turn until one finds something; every turn is one batch."""
        turns = {n: list(islice(_searches(query), SEARCHES)) for n, query in queries.items()}
        found: dict[int, tuple[Show, ...]] = {}
        for turn in range(SEARCHES):
            asks = {n: plan[turn] for n, plan in turns.items() if n not in found and turn < len(plan)}
            pages = self._ask(asks.values())
            found |= {n: pages[ask].hits for n, ask in asks.items() if ask in pages and pages[ask].hits}
        return found

    def _details(self, keys: Iterable[Key], known: dict[Key, Candidate]) -> dict[Key, Show]:
        asks = {key: _detail_ask(key, known.get(key), self._written[0]) for key in keys}
        answers = self._ask(asks.values())
        return {key: answers[ask] for key, ask in asks.items() if ask in answers}

    def _with_tables(self, shows: dict[Key, Show], keys: Iterable[Key]) -> dict[Key, Show]:
        """Complete the season tables of the likely shows; Japanese titles help out who reads them."""
        likely = {key: shows[key] for key in keys if key in shows and key[0] == "tv"}
        likely = self._tables(likely, _without_episodes, self._written[0])
        if JAPANESE in self._written[1:]:
            likely = self._tables(likely, _without_titles, JAPANESE)
        return shows | likely

    def _tables(self, shows: dict[Key, Show], lacks: Lacks, language: str) -> dict[Key, Show]:
        asks = {key: list(_table_asks(show, lacks(show), language)) for key, show in shows.items()}
        answers = self._ask(ask for several in asks.values() for ask in several)
        return {
            key: _with_episodes(show, [answers[ask] for ask in asks[key] if ask in answers])
            for key, show in shows.items()
        }

    def _candidates(self, shows: dict[Key, Show], known: dict[Key, Candidate]) -> dict[Key, Candidate]:
        asks = {key: _group_ask(show) for key, show in shows.items() if key not in known}
        groups = self._ask(ask for ask in asks.values() if ask)
        return {
            key: candidate(
                show,
                known.get(key),
                languages=self._languages,
                asked_in=self._written[0],
                groups=[groups[ask]] if (ask := asks.get(key)) and ask in groups else (),
            )
            for key, show in shows.items()
        }

    def _ask(self, asks: Iterable[Ask[T]]) -> dict[Ask[T], T]:
        """Ask a batch. What failed in passing is asked once more when TMDB comes back soon."""
        answers = self.client.fetch(asks, self._progress)
        again = [ask for ask, answer in answers.items() if isinstance(answer, PASSING)]
        if again and self.client.reached and self.client.wait(LONGEST_WAIT):
            answers |= self.client.fetch(again, self._progress)
        self._count_failures(answers.values())
        return {ask: answer for ask, answer in answers.items() if not isinstance(answer, TmdbError)}

    def _count_failures(self, answers: Iterable[object]) -> None:
        """Remember what to say of each kind of failure; that TMDB lacks something is an answer."""
        for answer in answers:
            if isinstance(answer, TmdbError) and not isinstance(answer, TmdbNotFoundError):
                error, count = self._failed.get(answer.code, (answer, 0))
                self._failed[answer.code] = error, count + 1


# --- what a query may mean ------------------------------------------------------------------------


def _key(known: Candidate) -> Key:
    return known.media_type, known.id


def _forms_of(known: Candidate) -> frozenset[str]:
    titles = chain(known.titles, *(entry.titles for entry in known.entries))
    return frozenset(form for title in titles for form in forms(title.text))


def _exact(query: Query, found: Iterable[Candidate], names: dict[Key, frozenset[str]]) -> list[Candidate]:
    """Return the candidates with a title equal to one of the query's, in the order of its trust."""
    equal: dict[Key, Candidate] = {}
    for title in query.titles:
        wanted = set(forms(title))
        equal |= {_key(c): c for c in found if _key(c) not in equal and wanted & names[_key(c)]}
    return list(equal.values())


def _is_settled(query: Query, exact: Sequence[Candidate], names: dict[Key, frozenset[str]]) -> bool:
    """Tell whether the catalogue's shows of equal title leave nothing to look up."""
    strong = {form for title in _strong(query.titles) for form in forms(title)}
    return any(strong & names[_key(c)] and _can_be(query, c) for c in exact)


def _strong(titles: Sequence[str]) -> Iterator[str]:
    """Yield the titles that do not merely begin another: *Show* of "Show: The Other One" is another show.

    What is left of a title without its season words is as good as the title.
    """
    for title in titles:
        longer = [other for other in titles if other != title and other.startswith(title)]
        if not longer or any(title in (split_season(o).base, split_number(o).base) for o in longer):
            yield title


def _can_be(query: Query, known: Candidate) -> bool:
    """Tell whether kind and year speak for it: a film that only has a series as namesake is looked up."""
    if query.movie is not None and query.movie != (known.media_type == "movie"):
        return False
    years = [int(entry.begin[:4]) for entry in known.entries if entry.begin]
    years += [known.year] if known.year else []
    return query.year is None or not years or any(abs(query.year - year) <= 1 for year in years)


def _searches(query: Query) -> Iterator[Ask[Page]]:
    """Yield the searches for a query, best first; without season words, which would empty the result."""
    media = {True: "movie", False: "tv", None: "multi"}[query.movie]
    texts: dict[str, str] = {}
    for title in query.titles:
        base = split_season(title).base
        texts.setdefault(normal_form(base), base)
    plain = sorted((text for form, text in texts.items() if form), key=lambda t: bool(STROKE.search(t)))
    yield from (search(media, text) for text in plain[: SEARCHES - 1])
    if media != "multi" and plain:
        yield search("multi", plain[0])


def _best_hits(query: Query, hits: Sequence[Show]) -> list[Key]:
    """Return the likeliest hits: equal in title first, then TMDB's own order."""
    wanted = {form for title in query.titles for form in forms(title)}

    def unlike(show: Show) -> bool:
        return wanted.isdisjoint((*forms(show.name), *forms(show.original_name)))

    return [(show.media_type, show.id) for show in sorted(hits, key=unlike)[:HITS]]


# --- what is asked for a show ---------------------------------------------------------------------


def _detail_ask(key: Key, known: Candidate | None, language: str) -> Ask[Show]:
    """Ask for names, and for the season tables that are sure to be there: mostly nothing else is needed."""
    if key[0] == "movie":
        return details(*key, append=FILM_NAMES, language=language)
    entries = known.entries if known else ()
    seasons = sorted({entry.season for entry in entries if entry.season}) or [1]
    if sum(entry.episodes or 0 for entry in entries) > TABLE_EPISODES:
        seasons = []
    tables = [f"season/{number}" for number in seasons[: APPENDED - len(NAMES)]]
    return details(*key, append=(*NAMES, *tables), language=language)


def _without_episodes(show: Show) -> list[SeasonTable]:
    return [table for table in show.seasons if table.count and not table.episodes]


def _without_titles(show: Show) -> list[SeasonTable]:
    """Return every season of a show if none of its episodes has a title."""
    return [] if episode_titles(show.seasons) else [table for table in show.seasons if table.episodes]


def _table_asks(show: Show, tables: Iterable[SeasonTable], language: str) -> Iterator[Ask[Show]]:
    """Yield the requests for some seasons of a show, as many in each as TMDB and the size allow."""
    batch: list[str] = []
    episodes = 0
    for table in tables:
        if batch and (len(batch) == APPENDED or episodes + (table.count or 0) > TABLE_EPISODES):
            yield details("tv", show.id, append=batch, language=language)
            batch, episodes = [], 0
        batch.append(f"season/{table.number}")
        episodes += table.count or 0
    if batch:
        yield details("tv", show.id, append=batch, language=language)


def _with_episodes(show: Show, answers: Iterable[Show]) -> Show:
    episodes = {t.number: t.episodes for answer in answers for t in answer.seasons if t.episodes}
    seasons = (
        msgspec.structs.replace(table, episodes=episodes.get(table.number, table.episodes))
        for table in show.seasons
    )
    return msgspec.structs.replace(show, seasons=tuple(seasons))


def _group_ask(show: Show) -> Ask[Group] | None:
    """Return the request for the group that cuts a show of one season, the only kind that needs one."""
    if sum(1 for table in show.seasons if table.number) != 1:
        return None
    useful = sorted((g for g in show.groups if g.type in CUTS), key=lambda group: CUTS.index(group.type))
    return episode_group(useful[0].id) if useful else None


# --- putting together -----------------------------------------------------------------------------


def _distinct(keys: Iterable[Sequence[Key]]) -> list[Key]:
    return list(dict.fromkeys(chain.from_iterable(keys)))


def _together(found: Sequence[Candidate], keys: Sequence[Key], made: dict[Key, Candidate]) -> list[Candidate]:
    """The catalogue's candidates, each enriched where it could be, and what TMDB has besides."""
    known = {_key(c) for c in found}
    return [made.get(_key(c), c) for c in found] + [made[k] for k in keys if k in made and k not in known]
