"""Make the shows and films that matching sees from the entries of the catalogue. Pure.

In: rows, one an entry. Out: Candidates, one a TMDB id, each with its entries and what they add up to.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from anivault.core.models import Candidate, Entry, Season, Title, TvdbPlace
from anivault.parser.title_words import split_season
from anivault.services.catalogue.capitals import as_written
from anivault.services.catalogue.rows import BY_RULE, Row
from anivault.shared import regex as re

DISPLAY = ("ja-Latn", "ja", "en")  # the first of these that a show has, when nothing names it better
BRIEF = 0.4  # of the romaji's length: an English title shorter than that is an abbreviation (a guess)


def candidates(rows: Iterable[Row]) -> list[Candidate]:
    """Group the rows by TMDB id, in the order in which the ids appear."""
    shows: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        shows[row.tmdb].append(row)
    return [_candidate(tmdb, members) for tmdb, members in shows.items()]


def _candidate(tmdb: str, rows: Sequence[Row]) -> Candidate:
    media_type, _, number = tmdb.partition("/")
    first = min(rows, key=lambda row: (not row.season, row.season or 0, row.begin or "9"))
    entries = tuple(_entry(row) for row in rows)
    return Candidate(
        provider="tmdb",
        id=int(number),
        media_type=media_type,
        title=as_written(_name(first, rows)),
        titles=entries[rows.index(first)].titles,
        year=int(first.begin[:4]) if first.begin else None,
        entries=entries,
        seasons=tuple(_seasons(rows)),
        popularity=float(max(row.fans for row in rows)),
    )


def _entry(row: Row) -> Entry:
    """Return a row as an entry; its place is stated when nothing of it was derived."""
    single = row.episode is not None and (row.episodes or 1) == 1
    return Entry(
        key=row.key,
        titles=_titles(row),
        type=row.type,
        begin=row.begin or None,
        end=row.end or None,
        episodes=row.episodes,
        season=row.season,
        offset=row.offset,
        episode=row.episode if single else None,
        stated=row.season is not None and not {"season", "offset"} & set(row.derived) and not row.unsure,
        derived=tuple(row.derived),
        checked=tuple(row.checked),
        whole=row.whole,
        ids=row.ids,
        tvdb=tuple(TvdbPlace(*place) for place in row.tvdb),
    )


def _titles(row: Row) -> tuple[Title, ...]:
    return tuple(
        Title(
            as_written(text), language, position == 0 and (language != BY_RULE or "ja-Latn" not in row.titles)
        )
        for language, texts in row.titles.items()
        for position, text in enumerate(texts)
    )


def _name(first: Row, rows: Sequence[Row]) -> str:
    """Return the name to show: the first season's, or a later one's without its season words.

    Romaji that was made by rule misreads names: it is the last resort.
    """
    name = _latin(first.titles.get("ja", [""])[0]) or _english(first)
    if not name and (later := _later_name(rows)):
        return later
    name = name or _best_title(first)
    return split_season(name).base if (first.season or 0) > 1 else name


def _best_title(row: Row) -> str:
    """A title in the language that is shown before the others that there are."""
    order = (*DISPLAY, *(language for language in row.titles if language != BY_RULE), BY_RULE)
    return next(row.titles[language][0] for language in order if language in row.titles)


def _later_name(rows: Sequence[Row]) -> str | None:
    """The English name of a later season without its season words: *Show 2nd Season* is of *Show*."""
    later = (split_season(row.titles["en"][0]) for row in rows if row.season and "en" in row.titles)
    return next((split.base for split in later if split.season), None)


def _latin(original: str) -> str:
    """The original title where it is written in Latin letters: *Angel Beats!*, *SPY×FAMILY*."""
    plain = unicodedata.normalize("NFKC", original)
    return plain if re.search("[A-Za-z]", plain) and not _EAST_ASIAN.search(plain) else ""


_EAST_ASIAN = re.compile("[\u2e80-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]")


def _english(row: Row) -> str:
    """The English title, not an abbreviation; rather one that cries as the original does (*Haikyu!!*)."""
    romaji = _romaji(row)
    english = row.titles.get("en", ())
    whole = [title for title in english if _is_whole(title, romaji)]
    whole = whole or [title for title in english if _ends(romaji, title.casefold())]
    cry = _cry(row.titles.get("ja", [""])[0])
    return next((title for title in whole if _cry(title) == cry), whole[0] if whole else "")


def _romaji(row: Row) -> str:
    return (row.titles.get("ja-Latn") or row.titles.get(BY_RULE) or [""])[0].casefold()


def _is_whole(title: str, romaji: str) -> bool:
    return len(title) >= BRIEF * len(romaji) or romaji.startswith(title.casefold())


def _ends(romaji: str, title: str) -> bool:
    """Whether a short title is the words that the romaji ends in: *Sailor Moon*."""
    return " " in title and romaji.endswith(f" {title}")


def _cry(title: str) -> str:
    """The exclamation and question marks that a title ends in."""
    found = re.search(r"[!?]*$", unicodedata.normalize("NFKC", title))
    return found.group() if found else ""


def _seasons(rows: Sequence[Row]) -> Iterator[Season]:
    """Return the seasons up to the last that is known. Of one without entries only its number is known.

    A season has a count when each of its entries has a place and a count; and none when the next season
    has no entry, for then the last entry may go on into that one (*One Piece*). Numbers that do not
    restart show in the offset of a season's first entry: it is where the season before ended.
    """
    by_number = _by_season(rows)
    last, ended = max(by_number, default=0), 0
    for number in range(1, last + 1):
        members = by_number.get(number, [])
        end, start = _end(members), min((row.offset or 0 for row in members), default=0)
        before = start if start == ended else 0
        open_end = not end or (number < last and number + 1 not in by_number)
        yield Season(number, None if open_end else end - before, before + 1, _begin(members))
        ended = end


def _by_season(rows: Sequence[Row]) -> dict[int, list[Row]]:
    """The entries of each season but that of specials."""
    by_number: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if row.season:
            by_number[row.season].append(row)
    return by_number


def _begin(members: Sequence[Row]) -> str | None:
    """The first day of a season."""
    return min((row.begin for row in members if row.begin), default=None)


def _end(members: Sequence[Row]) -> int:
    """Return the number of a season's last episode; 0 when an entry of it has no place or no count."""
    ends = [row.offset + row.episodes for row in members if row.offset is not None and row.episodes]
    return max(ends) if ends and len(ends) == len(members) else 0
