"""Kodi 20, as a real one did."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote_plus

from tests.servers.readers import items
from tests.servers.readers.jellyfin import Jellyfin
from tests.servers.readers.languages import BOOKS, ISO
from tests.servers.readers.reading import Reading, Words, near, split

BARE = r"[\\/._ -](\d+)(\d\d)[a-i]?(?=[._ -][^\\/]*$)"  # 103, 1997
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}


class Kodi(Jellyfin):
    """Kodi 20, with the defaults of advancedsettings.xml; checked against a real one."""

    ids = re.compile(r"(?!)()()")
    sample = re.compile(r"[!-._ \\/]sample[-._ \\/]", re.IGNORECASE)
    special = re.compile(r".\.special\.[a-z0-9]+\Z", re.IGNORECASE)
    date = re.compile(
        r"\d{4}[.-](?:0[1-9]|1[0-2])[.-](?:0[1-9]|[12]\d|3[01])"
        r"|(?:0[1-9]|1[0-2])[.-](?:0[1-9]|[12]\d|3[01])[.-]\d{4}"
    )
    first = re.compile(r"s(\d+)[ ._x-]*e(\d+)", re.IGNORECASE)
    bare = re.compile(BARE, re.IGNORECASE)
    sub = re.compile(  # S01E12.5, 103a, also S01E03.3gp
        r"(?:e\d+|\d+x\d+|(?<=[\\/._ -])\d{3,})(?:[a-i](?=[._ -])|\.[1-9])(?!\d)", re.IGNORECASE
    )
    numbers = tuple(
        re.compile(pattern, re.IGNORECASE)
        for pattern in (
            r"()ep[ ._-]?(\d+)", r"()e(\d+)", r"[\\/._ \[(-](\d+)x(\d+)",
            BARE,
            r"[/._ -]p(?:ar)?t[_. -]()(\d+|[ivx]+)(?=[._ -][^/]*$)",
        )
    )  # fmt: skip
    more = re.compile(r"[-_ex]+(\d+)", re.IGNORECASE)
    ends_only = False
    knows_sdh = False

    def read(self, path: str, beside: Sequence[str] = ()) -> Reading:
        """Every video below a show is tried, wherever it lies, once its name is decoded."""
        library, folders, _ = split(path)
        reading = Reading("nothing", folders[0])
        if self.sample.search("/" + path):
            return reading
        if library == "Movies":
            return self.film_of(reading, path, beside)
        path = unquote_plus(path)
        name = "/" + path.rpartition("/")[2]  # every pattern ends with the name
        if self.special.search(name):
            return reading._replace(kind="episode", season=0)
        if found := self.first.search(name):
            return self.numbered(reading, name, found)
        if self.date.search(path):
            return reading._replace(kind="episode", is_date=True)
        if not (found := next((found for each in self.numbers if (found := each.search(name))), None)):
            return reading._replace(kind="extra")
        return self.numbered(reading, name, found)

    def numbered(self, reading: Reading, name: str, found: re.Match[str]) -> Reading:
        rest = name[found.end() :]
        number = int(found[2]) if found[2].isdigit() else ROMAN[found[2].lower()]
        season = int(found[1] or 1)
        episodes = self.range(number, rest.rpartition(".")[0])
        if (second := self.first.search(rest)) or (
            found.re is self.bare and (second := self.bare.search(rest))
        ):  # is a second episode
            episodes = (*episodes, int(second[2]))
        return reading._replace(kind="episode", season=season, episodes=episodes)

    def film_of(self, reading: Reading, path: str, beside: Sequence[str]) -> Reading:
        """Extras are films, unless `.nomedia` is beside them."""
        _, folders, stem = split(path)
        if "-trailer" in path.lower():
            return reading
        if len(folders) > 1:
            hidden = f"{path.rpartition('/')[0]}/.nomedia" in beside
            return reading._replace(kind="extra" if hidden else "film")
        part = re.search(r"[ _.-]+(?:cd|dvd|p(?:ar)?t|dis[ck])[ _.-]*(\d+)\Z", stem)
        return reading._replace(kind="film", part=int(part[1]) if part else None)

    def flags(self, path: str, beside: Sequence[str] = ()) -> frozenset[str]:
        """A part of an episode is told by what follows its number, one of a film by the files beside it."""
        reading, (_, folders, stem) = self.read(path, beside), split(path)
        name = "/" + unquote_plus(path).rpartition("/")[2]
        if reading.kind == "film":
            others = [split(other)[2] for other in near(path, beside)]
            item = items.of_film(folders[-1], stem, others, items.anywhere, "")
            return frozenset(filter(None, [item]))
        is_special = reading.kind == "episode" and self.special.search(name)
        said = {
            "special": bool(is_special),
            "date": reading.is_date,
            "sub-episode": reading.kind == "episode" and not is_special and bool(self.sub.search(name)),
        }
        return frozenset(flag for flag, is_said in said.items() if is_said)

    def range(self, first: int, rest: str) -> tuple[int, ...]:
        numbers = [first]
        while found := self.more.match(rest):
            numbers.append(int(found[1]))
            rest = rest[found.end() :]
        return tuple(numbers)

    def words(self, video: str, name: str) -> Words:
        """Every token between dots, blanks and dashes may be a flag or, the last one, a language."""
        tail = name.removeprefix(video).rpartition(".")[0]
        words = Words()
        for token in filter(None, re.split(r"[. _-]", tail)):
            low = token.lower()
            if low == "forced":
                words = words._replace(forced=True)
            elif low == "default":
                words = words._replace(default=True)
            elif low in ISO or low == "und":
                words = words._replace(language=low)
        return words

    def stored(self, language: str) -> str:
        """Kodi's codes have three letters."""
        return BOOKS.get(language, language)
