"""Make candidates of what TMDB says, alone or together with what the catalogue knows. Pure.

In: a TMDB show with its season tables, the catalogue's candidate of the same id if there is one,
and the user's languages. Out: one Candidate. The catalogue's entries are kept: they know cours and
other lists' ids. TMDB's table corrects where they stand, and adds the seasons they lack.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import msgspec

from anivault.core.models import About, Candidate, Entry, Season, Title
from anivault.services.tmdb.records import Group, Name, SeasonTable, Show
from anivault.shared import regex as re

SAME_START = 10  # days between an entry's first broadcast and TMDB's date that still mean the same season
ROMAJI_COUNTRY = "JP"
ANIMATION = 16  # TMDB's number of the genre
NAMED_AFTER = 3  # titles of the show that a season's own titles are made with
SCRIPTS = {"zh-CN": "zh-Hans", "zh-SG": "zh-Hans", "zh-TW": "zh-Hant", "zh-HK": "zh-Hant", "pt-BR": "pt-BR"}
PLAIN_SEASON = re.compile(
    r"\W*(?:(?:season|series|staffel|saison|temporada|stagione|シーズン|시즌|第)\s*\d+\s*[季期]?|\d+|specials?)\W*",
    re.IGNORECASE,
)
PLACEHOLDER = re.compile(
    r"tb[ad]|to be (?:announced|determined)|(?:episode|folge|épisode|episodio|第)\s*\d+\s*[話集话]?|\d+화?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Table:
    """A regular season of TMDB's: `count` episodes from number `first` on; 0 when it is not known."""

    number: int
    first: int
    count: int
    date: str
    name: str

    @property
    def end(self) -> int:
        """The number of the last episode."""
        return self.first + self.count - 1


def candidate(
    show: Show,
    known: Candidate | None = None,
    *,
    languages: Sequence[str] = (),
    asked_in: str = "en-US",
    groups: Sequence[Group] = (),
) -> Candidate:
    """Return what is known of `show`; the catalogue's entries and popularity stand where there are any.

    `languages` are the user's, best first; `asked_in` is the one that TMDB was asked in.
    """
    titles = _titles(show, known, asked_in)
    made = Candidate(
        provider="tmdb",
        id=show.id,
        media_type=show.media_type,
        title=chosen(titles, languages) or show.name,
        titles=titles,
        year=int(show.date[:4]) if show.date else None,
        entries=_entries(show, known, titles, groups),
        seasons=tuple(Season(t.number, t.count or None, t.first, t.date or None) for t in _regular(show)),
        tabled=show.media_type == "tv",
        popularity=show.popularity,
        episode_titles=episode_titles(show.seasons),
        about=_about(show, languages),
        episodes=_told_episodes(show.seasons),
        animated=not show.genres or ANIMATION in show.genres,
    )
    return _completed(made, known) if known else made


def _completed(made: Candidate, known: Candidate) -> Candidate:
    """Take from the catalogue what TMDB leaves open. It lists nothing but animation."""
    return msgspec.structs.replace(
        made,
        year=made.year or known.year,
        popularity=known.popularity,
        episode_titles=made.episode_titles or known.episode_titles,
        animated=True,
    )


def _entries(
    show: Show, known: Candidate | None, titles: tuple[Title, ...], groups: Sequence[Group]
) -> tuple[Entry, ...]:
    """The catalogue's entries as TMDB has them, or entries made of TMDB's seasons; of a film a single one."""
    entries = known.entries if known else ()
    if show.media_type != "tv":
        return entries or (_film(show, titles),)
    entries = _settled(entries, show, titles)
    return entries if known else tuple(part for entry in entries for part in _cut(entry, groups, titles))


def chosen(titles: Iterable[Title], languages: Sequence[str]) -> str | None:
    """Return the title in the first of `languages` that has one; main titles before others."""
    ordered = sorted(titles, key=lambda title: not title.main)
    for language in languages:
        for title in ordered:
            if title.language == language or (language != "ja" and title.language.startswith(f"{language}-")):
                return title.text
    return None


def episode_titles(tables: Iterable[SeasonTable]) -> dict[str, str]:
    """Return the titles by place; "Episode 5" does not count."""
    return {
        f"S{table.number:02}E{episode.number:02}": episode.title
        for table in tables
        for episode in table.episodes
        if episode.title and not PLACEHOLDER.fullmatch(episode.title)
    }


def _about(show: Show, languages: Sequence[str]) -> About:
    """What TMDB tells, in the first of `languages` that it has a text in."""
    region = next((part for tag in languages for part in tag.split("-")[1:] if len(part) == 2), "US")
    ratings = [show.ratings.get(country, "") for country in (region, "US", *sorted(show.ratings))]
    ids = {kind: number for kind, number in show.ids.items() if kind in {"imdb", "tvdb"}}
    return msgspec.structs.replace(
        show.about,
        plot=_in_order(show.plots, languages) or show.about.plot or show.plots.get("en-US", ""),
        mpaa=next(filter(None, ratings), ""),
        ids=ids,
    )


def _in_order(plots: dict[str, str], languages: Sequence[str]) -> str:
    for language in languages:
        for tag, plot in plots.items():
            if SCRIPTS.get(tag, tag.partition("-")[0]) == language or tag == language:
                return plot
    return ""


def _told_episodes(tables: Iterable[SeasonTable]) -> dict[str, About]:
    return {
        f"S{table.number:02}E{episode.number:02}": episode.about
        for table in tables
        for episode in table.episodes
        if episode.about
    }


# --- titles ---------------------------------------------------------------------------------------


def _titles(show: Show, known: Candidate | None, asked_in: str) -> tuple[Title, ...]:
    """Every title once: TMDB's own first, then its translations and alternatives, then the catalogue's."""
    found = [Title(show.original_name, show.original_language, True)] if show.original_name else []
    if show.name != show.original_name:
        found.append(Title(show.name, language(Name(show.name, asked_in)), True))
    found += [Title(name.text, language(name), bool(name.language)) for name in show.names]
    found += known.titles if known else ()
    once: dict[str, Title] = {}
    for title in found:
        once.setdefault(title.text, title)  # its place is the first one too
    return tuple(once.values())


def language(name: Name) -> str:
    """Return the BCP 47 tag of a title: `zh-Hans` for CN, `ja-Latn` for romaji, else the language alone."""
    if name.language:
        return SCRIPTS.get(name.language, name.language.partition("-")[0])
    if name.country == ROMAJI_COUNTRY:
        return "ja-Latn" if name.text.isascii() or name.type == "romaji" else "ja"
    return SCRIPTS.get(f"zh-{name.country}", "")


def _shown(titles: Sequence[Title]) -> list[str]:
    """The few titles that a season's own ones are made with."""
    main = [title.text for tag in ("en", "ja-Latn", "ja") if (title := _find(titles, tag))]
    return (main or [title.text for title in titles])[:NAMED_AFTER]


def _find(titles: Sequence[Title], tag: str) -> Title | None:
    return next((title for title in titles if title.language == tag), None)


# --- entries --------------------------------------------------------------------------------------


def _film(show: Show, titles: tuple[Title, ...]) -> Entry:
    return Entry(
        key=f"tmdb:movie/{show.id}",
        titles=titles,
        type="movie",
        begin=show.date or None,
        episodes=1,
        stated=True,
    )


def _settled(entries: Sequence[Entry], show: Show, titles: Sequence[Title]) -> tuple[Entry, ...]:
    """Lay the catalogue's entries into TMDB's table and add what they leave uncovered."""
    tables = _regular(show)
    placed = [_by_date(entry, tables) for entry in entries]
    for table in tables:
        inside = [entry for entry in placed if entry.season == table.number]
        others = [entry for entry in placed if entry.season != table.number]
        filled = _fill(inside, table, titles, is_last=table is tables[-1])
        placed = others + (filled or [_season_entry(table, show, titles)])
    has_specials = any(entry.season == 0 for entry in placed)
    return tuple(placed) if has_specials else (*placed, *_all_specials(show, titles))


def _regular(show: Show) -> list[Table]:
    """The regular seasons. Where numbers never restart, a season without episodes goes on from the last."""
    tables: list[Table] = []
    for season in show.seasons:
        if season.number:
            first = season.episodes[0].number if season.episodes else 0
            last = tables[-1] if tables else None
            if not first:
                first = last.first + last.count if last and last.first > 1 else 1
            tables.append(Table(season.number, first, season.count or 0, season.date, season.name))
    return tables


def _by_date(entry: Entry, tables: Sequence[Table]) -> Entry:
    """Move an entry whose place was only derived to the season that began when it did."""
    if entry.stated or not entry.begin or not entry.season:
        return entry
    same = next((t for t in tables if t.date and abs(_days(entry.begin, t.date)) <= SAME_START), None)
    if same is None or same.number == entry.season:
        return entry
    return msgspec.structs.replace(entry, season=same.number, offset=same.first - 1, stated=True)


def _days(a: str, b: str) -> int:
    try:
        return (date.fromisoformat(a) - date.fromisoformat(b)).days
    except ValueError:
        return SAME_START + 1


def _fill(inside: list[Entry], table: Table, titles: Sequence[Title], *, is_last: bool) -> list[Entry]:
    """Make the entries of a season reach from its first episode to its last.

    Of the last season TMDB may not list every episode yet, so there an entry may be longer.
    """
    inside = [_shifted(entry, table.first - 1) for entry in inside]
    if not inside or not table.count:
        return inside
    last = max(inside, key=_begin)
    room = _room(last, table)
    if room <= 0:
        return inside
    if last.episodes is None or (last.episodes > room and not is_last):
        cut = msgspec.structs.replace(last, episodes=room, derived=(*last.derived, "room"))
        inside[inside.index(last)] = cut
    elif last.episodes < room:
        inside.append(_rest(table.end - room + last.episodes, table, titles))
    return inside


def _begin(entry: Entry) -> int:
    return entry.offset or 0


def _room(entry: Entry, table: Table) -> int:
    """How many episodes the season has from where an entry begins on; 0 where nobody knows that."""
    return 0 if entry.offset is None else table.end - entry.offset


def _shifted(entry: Entry, start: int) -> Entry:
    """Count from the season's first number where numbers never restart."""
    if entry.offset is None or entry.offset >= start:
        return entry
    return msgspec.structs.replace(entry, offset=entry.offset + start)


def _rest(begin: int, table: Table, titles: Sequence[Title]) -> Entry:
    """What TMDB has of a season beyond the last entry that is known."""
    return Entry(
        key=f"tmdb:S{table.number:02}E{begin + 1:02}",
        titles=tuple(Title(f"{text} Season {table.number} Part 2") for text in _shown(titles)),
        type="tv",
        episodes=table.end - begin,
        season=table.number,
        offset=begin,
        stated=True,
    )


def _season_entry(table: Table, show: Show, titles: Sequence[Title]) -> Entry:
    """A season that only TMDB knows. The first carries the show's titles, later ones their number or name."""
    own = [Title(f"{text} Season {table.number}") for text in _shown(titles)]
    if table.name and not PLAIN_SEASON.fullmatch(table.name):
        own = [Title(table.name), *(Title(f"{text} {table.name}") for text in _shown(titles)), *own]
    return Entry(
        key=f"tmdb:tv/{show.id}:S{table.number:02}",
        titles=tuple(titles) if table.number == 1 else tuple(own),
        type="tv",
        begin=table.date or None,
        episodes=table.count or None,
        season=table.number,
        offset=table.first - 1,
        stated=True,
    )


def _all_specials(show: Show, titles: Sequence[Title]) -> list[Entry]:
    """The specials that TMDB counts, as an entry of their own."""
    return [_specials(table, show, titles) for table in show.seasons if table.number == 0 and table.count]


def _specials(table: SeasonTable, show: Show, titles: Sequence[Title]) -> Entry:
    """Season 0 as TMDB has it. Which special is which the table does not say, so none has a place there."""
    return Entry(
        key=f"tmdb:tv/{show.id}:S00",
        titles=tuple(Title(f"{text} Specials") for text in _shown(titles)),
        type="ova",
        episodes=table.count,
        season=0,
        offset=0 if table.count == 1 else None,
        stated=table.count == 1,
    )


def _cut(entry: Entry, groups: Sequence[Group], titles: Sequence[Title]) -> list[Entry]:
    """Cut a long season of TMDB's own into the seasons of an episode group, where these tile it.

    *Show S2 - 03* is then found although TMDB has one season.
    """
    for group in groups:
        pieces = _pieces(group, entry.season)
        if len(pieces) > 1 and [n for _, piece in pieces for n in piece] == list(_numbers(entry)):
            return [_piece(entry, group, number, piece, titles) for number, piece in pieces]
    return [entry]


def _pieces(group: Group, season: int | None) -> list[tuple[int, list[int]]]:
    """The group's regular seasons that lie in one season of the show: their numbers and their episodes."""
    regular = [part for part in group.parts if part.places and part.places[0][0]]
    return [
        (number, [episode for _, episode in part.places])
        for number, part in enumerate(regular, 1)
        if all(place[0] == season for place in part.places)
    ]


def _numbers(entry: Entry) -> range:
    start = (entry.offset or 0) + 1
    return range(start, start + (entry.episodes or 0))


def _piece(entry: Entry, group: Group, number: int, piece: list[int], titles: Sequence[Title]) -> Entry:
    """One of the group's seasons; the first keeps what the whole one was called."""
    own = entry.titles if number == 1 else tuple(Title(f"{text} Season {number}") for text in _shown(titles))
    return msgspec.structs.replace(
        entry,
        key=f"tmdb:group/{group.id}:{number}",
        titles=own,
        begin=entry.begin if number == 1 else None,
        episodes=len(piece),
        offset=piece[0] - 1,
    )
