"""What the folders above a file say together, and how that completes what its name says.

In: a root and the folders below it. Out: a Context; a ParseResult with what the name left open.
A name's own word wins; the nearest folder wins over those above it. Pure.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from msgspec.structs import replace

from anivault.core.pipeline.records import Context
from anivault.parser.folders import Folder, Use
from anivault.parser.models import EXTRAS, Number, ParseResult, VideoType
from anivault.parser.read import read_folder
from anivault.parser.vocabulary import EPISODE, NO_TITLES, any_of
from anivault.shared import regex as re

_ENDS_IN_NUMBER = re.compile(r"(.*[^\s._-])[ ._-]+(\d{1,4})")
_BEGINS_WITH_NUMBER = re.compile(rf"\s*(\d{{1,3}})[ ._]+(?!(?i:{any_of(EPISODE['counted'])})\b)([^\W\d].*)")
_ENDS_A_TITLE = re.compile(
    r"(?:the )?final(?: season| chapters?)?(?: part \d)?|[ivx]{2,4}|[a-z]|最[終终](?:季|章)|完[結结][编編篇]"
)
_PUNCTUATION = re.compile(r"[\W_]+")
_PLACES = frozenset({Use.SPECIALS, Use.EXTRAS, Use.MISC})
_TITLES_ONLY = {"folder_titles"}
_NOT_SAID = {"titles", "printed", "folder_titles"}


@lru_cache(maxsize=8192)  # all files of a folder share it
def context(root: str, folder: str) -> Context:
    """Combine the folders of a path: those below the root, its own name, and who is named above it."""
    folders: list[Folder] = []
    for name in _names(_parts(root), _parts(folder)):
        folders.append(_settle(read_folder(name), folders, name))
    return _combine(folders)


TITLES = 2  # a show's and that of a part of it
_PEOPLE = frozenset({"home", "users"})


def _parts(path: str) -> list[str]:
    return [part for part in path.replace(os.sep, "/").split("/") if part]


def _names(root: list[str], below: list[str]) -> list[str]:
    """The folders that are read, nearest last: so many that a root says the same as a folder above it.

    Above the root's own name the path is read to the second title, or to what says nothing (Downloads).
    Where disks and people's homes stand, a second title is not looked for, and nobody's name is a show's.
    """
    titles = sum(_is_title(name) for name in below)
    start = len(root)
    while start > 0:
        inside = start == len(root)  # the root's own name is always read
        name = root[start - 1]
        if not inside and (_says_nothing(name) or _is_place(root, start - 1, titles)):
            break
        start -= 1
        titles += _is_title(name)
        if titles >= TITLES or _says_nothing(name):
            break
    return [*root[start:], *below]


def show_folder(path: str) -> str:
    """The folder that a file's show has: above those of seasons, discs and extras, or the one it is in."""
    own = folder = os.path.dirname(path)
    while folder != os.path.dirname(folder):
        if _is_title(os.path.basename(folder)):
            return folder
        if _says_nothing(os.path.basename(folder)):
            return own
        folder = os.path.dirname(folder)
    return own


def _is_title(name: str) -> bool:
    return read_folder(name).use is Use.TITLE


def _says_nothing(name: str) -> bool:
    return read_folder(name).use is Use.GENERIC


def _is_place(root: list[str], at: int, titles: int) -> bool:
    """Whether a folder above the root is a disk's, or somebody's home."""
    return at < 2 and (titles > 0 or root[0].lower() in _PEOPLE)


def _settle(folder: Folder, above: list[Folder], name: str) -> Folder:
    """A bare number is a season where a title stands above it, else a title; `II` ends that title."""
    title = next((each.parsed.title for each in reversed(above) if each.parsed), None)
    said = (folder.parsed and folder.parsed.title) or name
    if folder.use in (Use.TITLE, Use.GENERIC) and title and _ENDS_A_TITLE.fullmatch(plain(said)):
        return read_folder(f"{title} {said}")
    if folder.use is not Use.NUMBER:
        return folder
    if title:
        return Folder(Use.SEASON, folder.number)
    return Folder(Use.TITLE, None, None, ParseResult(title=name, titles=(name,), engine="rules"))


# Fields of the context that a folder fills, with those of the folder that say them.
_SAID = {
    Use.SEASON: (("season", "number"), ("part", "part")),
    Use.PART: (("part", "part"),),
    Use.GENERIC: (("year", "number"),),
    Use.DISC: (("disc", "number"),),
}


def _combine(folders: list[Folder]) -> Context:
    titles: list[str] = []
    found: dict[str, Any] = {}
    for folder in reversed(folders):
        if folder.use is Use.TITLE and folder.parsed is not None:
            _add_title(found, titles, folder.parsed)
        elif "titled" not in found:  # a season above a title is another show's
            _add_numbers(found, folder)
            _add_place(found, folder)
    return Context(titles=tuple(dict.fromkeys(titles)), lends=_lent_by(found.get("titled")), **found)


def _lent_by(titled: ParseResult | None) -> tuple[tuple[str, Any], ...]:
    said = ((field, getattr(titled, field, None)) for field in ("group", "resolution", "source", "year"))
    return tuple((field, value) for field, value in said if value is not None)


def _add_title(found: dict[str, Any], titles: list[str], parsed: ParseResult) -> None:
    """Add a folder's title; `Show/Its Sequel` may be one title, cut in two."""
    related = not titles or _related(parsed.titles, titles)
    nearest = found.setdefault("titled", parsed)
    if not related and nearest.titles == tuple(titles):
        titles.append(f"{parsed.title} {nearest.title}")
        found.setdefault("year", nearest.year or parsed.year)
    titles.extend(parsed.titles)
    if related and parsed.part is not None:
        found.setdefault("part", parsed.part)
    if related and parsed.season is not None and not parsed.seasons:
        found.setdefault("titled_season", parsed.season)


def _add_numbers(found: dict[str, Any], folder: Folder) -> None:
    if folder.use is Use.GENERIC and folder.number is None:  # Anime
        return
    for field, said in _SAID.get(folder.use, ()):
        found.setdefault(field, getattr(folder, said))


def _add_place(found: dict[str, Any], folder: Folder) -> None:
    if folder.use in _PLACES and "type" not in found and "extra" not in found:
        found["type" if folder.use is Use.SPECIALS else "extra"] = folder.type
        found["misc"] = folder.use is Use.MISC
        if folder.number is not None:
            found.setdefault("season", folder.number)


class Known(NamedTuple):
    """What the videos outside folders of extras are: plain titles of theirs, and the episodes with them."""

    titles: frozenset[str] = frozenset()
    episodes: frozenset[tuple[str, Number]] = frozenset()


def known(videos: Iterable[ParseResult], asked: Iterable[str]) -> Known:
    """Sum up what those videos say of the titles `asked`."""
    wanted = set(map(plain, asked))
    every = ((plain(title), result) for result in videos for title in result.titles)
    named = [(title, result) for title, result in every if title in wanted]
    return Known(
        frozenset(title for title, _ in named),
        frozenset((title, number) for title, result in named for number in result.episodes),
    )


class Case(NamedTuple):
    """One file's name, its folders, and the kind of extra that those make it."""

    own: ParseResult
    above: Context
    extra: VideoType | None

    @property
    def type(self) -> VideoType | None:
        """The kind by the name's own word, else by the folders."""
        return self.own.type or self.above.type or self.extra


Changes = dict[str, Any]  # fields of a ParseResult


def complete(own: ParseResult, above: Context, others: Known = Known()) -> ParseResult:  # noqa: B008 - frozen
    """Fill from the folders what the name leaves open, field by field."""
    case = Case(own, above, _extra(own, above, others) if above.extra is not None else None)
    changes: Changes = {}
    for asked, rule in _RULES:
        if above[asked] is not None:
            changes |= rule(case)
    if not changes:
        return own
    if changes.keys() != _TITLES_ONLY:
        changes["said"] = own.said | {field: "folder" for field in changes if field not in _NOT_SAID}
    return replace(own, **changes)


def _release(case: Case) -> Changes:
    """`[Moon] Show (2014) [BD 1080p]/Show - 01.mkv`: group, resolution, source and year."""
    return {field: said for field, said in case.above.lends if getattr(case.own, field) is None}


def _title(case: Case) -> Changes:
    """`The Show/01.mkv`, `The Show/Extras/Interview.mkv`: the title is the folder's."""
    own, above, titled = case.own, case.above, case.above.titled
    if titled is None:
        return {}
    if _is_untitled(own) or (case.extra and not _is_of(own, above)):
        lent = {field: getattr(titled, field) for field in ("title", "titles", "printed")}
        return {**lent, "folder_titles": above.titles[len(titled.titles) :]}
    return {"folder_titles": above.titles}


def _number(case: Case) -> Changes:
    """`The Show/The Show 5.mkv`: what goes beyond the folder's title is the episode."""
    title = case.own.title
    if case.above.titled is None or case.own.episodes or case.own.type is not None or not title:
        return {}
    found = None if _is_untitled(case.own) else _ENDS_IN_NUMBER.fullmatch(title)
    if found is None or plain(found[1]) not in map(plain, case.above.titles):
        return {}
    return {"title": found[1], "titles": (found[1],), "printed": (found[1],), "episodes": (int(found[2]),)}


def _leading(case: Case) -> Changes:
    """`The Show/Season 2/16 Its Name.mkv`: a season's file begins with its number, or its show and that."""
    own, above = case.own, case.above
    stated = own.episodes or own.season is not None or own.type is not None or not above.season
    if stated or not own.title:
        return {}
    named = (title for title in above.titles if own.title.casefold().startswith(f"{title} ".casefold()))
    found = _BEGINS_WITH_NUMBER.fullmatch(own.title, len(next(named, "")))
    if found is None or plain(own.title) in map(plain, above.titles):
        return {}
    lent = above.titled or ParseResult()
    titles = {"title": lent.title, "titles": lent.titles, "printed": lent.printed}
    return {**titles, "episodes": (int(found[1]),), "episode_title": found[2]}


def _kind(case: Case) -> Changes:
    """`The Show/OVA/01.mkv`, `The Show/Extras/01.mkv`."""
    return {"type": case.type} if case.own.type is None and case.type is not None else {}


def _disc(case: Case) -> Changes:
    """`The Film/Disc 2/film.mkv`."""
    own, disc = case.own, case.above.disc
    return {"disc": disc} if disc is not None and own.disc is None and not own.episodes else {}


def _year(case: Case) -> Changes:
    """`The Show/2019/The Show - 01.mkv`."""
    own, year = case.own, case.above.year
    return {"year": year} if year is not None and own.year is None and _is_of(own, case.above) else {}


def _season(case: Case) -> Changes:
    """`The Show/Season 2/01.mkv`, `The Show S2/The Show - 01.mkv`; a film has none."""
    own, above = case.own, case.above
    if own.season is not None or case.type is VideoType.MOVIE:
        return {}
    if above.season is not None:
        return {} if above.season == 0 and case.type in EXTRAS else {"season": above.season}
    if above.titled_season is None or not _is_of(own, above):
        return {}
    return {"season": above.titled_season}


def _part(case: Case) -> Changes:
    """`The Show/Season 3 Part 2/The Show - 01.mkv`."""
    own, above = case.own, case.above
    if above.part is None or own.part is not None:
        return {}
    same = (own.season or above.season) == above.season
    return {"part": above.part} if same and _is_of(own, above) else {}


# Each with the place in a Context without which it says nothing.
_RULES = tuple(
    (Context._fields.index(field), rule)
    for field, rule in (
        ("lends", _release),
        ("titled", _title),
        ("titled", _number),
        ("season", _leading),
        ("type", _kind),
        ("extra", _kind),
        ("disc", _disc),
        ("year", _year),
        ("season", _season),
        ("titled_season", _season),
        ("part", _part),
    )
)


def _extra(own: ParseResult, above: Context, others: Known) -> VideoType | None:
    """The kind of extra that a file is by its folder: below a show's, without the number of an episode.

    `Show/Extras/Show - 01.mkv` is episode 1, unless the show has that one elsewhere.
    """
    if above.extra is VideoType.SAMPLE:
        return above.extra
    if above.extra is None or above.titled is None or own.type is not None:
        return None
    if own.episodes and (own.season is not None or not _is_untitled(own)):
        return above.extra if _is_twice(own, others) else None
    return None if _is_of_nothing(own, above, others) else above.extra


def _is_twice(own: ParseResult, others: Known) -> bool:
    """Whether the show has this episode elsewhere."""
    ours = {(plain(title), number) for title in own.titles for number in own.episodes}
    return not ours.isdisjoint(others.episodes)


def _is_of_nothing(own: ParseResult, above: Context, others: Known) -> bool:
    """`My Things/Other/Its Film.mkv`."""
    return above.misc and not _is_of(own, above) and others.titles.isdisjoint(map(plain, above.titles))


def _is_untitled(own: ParseResult) -> bool:
    return own.title is None or plain(own.title) in NO_TITLES


def _is_of(own: ParseResult, above: Context) -> bool:
    """Whether a name is of what its folders name, as far as can be told."""
    return own.title is None or _related(own.titles, above.titles)


def _related(titles: tuple[str, ...], others: tuple[str, ...] | list[str]) -> bool:
    """Tell whether two titles may name one show: equal, or one goes on where the other ends."""
    ours, theirs = [plain(t) for t in titles], [plain(t) for t in others]
    return any(a == b or a.startswith(b + " ") or b.startswith(a + " ") for a in ours for b in theirs)


@lru_cache(maxsize=8192)
def plain(title: str) -> str:
    """A title as it is compared."""
    return _PUNCTUATION.sub(" ", title.lower()).strip()
