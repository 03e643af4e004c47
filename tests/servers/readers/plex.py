"""Plex, by its published scanners."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tests.servers.readers import forms
from tests.servers.readers.jellyfin import Jellyfin
from tests.servers.readers.languages import ISO
from tests.servers.readers.reading import Reading, Words, split


class Plex(Jellyfin):
    """Plex: its published scanners."""

    forms = forms.PLEX

    extras = frozenset({
        "behind the scenes", "deleted scenes", "featurettes", "interviews", "scenes", "shorts", "trailers",
        "other", "short", "scene", "trailer", "interview", "featurette", "deleted", "behindthescenes",
    })  # fmt: skip
    starts = re.compile(r"extras?|bonus|samples?", re.IGNORECASE)
    ids = re.compile(r"\{(tmdb|tvdb|imdb)-(?:tt)?(\d+)\}")
    suffix = re.compile(
        r"-(?:behindthescenes|deleted|featurette|interview|scene|short|trailer|other)\Z", re.IGNORECASE
    )
    ignored = frozenset()
    small = re.compile(r"[-._]sample|sample[-._]", re.IGNORECASE)
    number = re.compile(r"s(\d+)[._ ]*e(\d+)", re.IGNORECASE)
    more = re.compile(r"[-_. ]?(?:s\d+)?e(\d+)", re.IGNORECASE)
    television = re.compile(
        r"s\d+[._ ]*e\d|s\d\d[._ -]+\d|(?<!\d)(?:\d{1,2}|19[3-9]\d|20[0-5]\d)x\d", re.IGNORECASE
    )

    def read(self, path: str, beside: Sequence[str] = ()) -> Reading:
        """Text in square brackets is not read at all; a small file with sample in its path is left out."""
        show = path.split("/")[1]
        if self.small.search(path) or path.endswith(".mka"):
            return Reading("nothing", show)
        bare = "/".join(re.sub(r"\[[^\]]*\]", "", part) for part in path.split("/"))
        folders = bare.split("/")[2:-1]
        if folders and self.starts.match(folders[0]):
            return Reading("extra", show, super().read(bare).id)
        return super().read(bare)._replace(show=show)

    def is_dropped(self, path: str, beside: Sequence[str]) -> bool:
        library, _, stem = split(path)
        return library == "Movies" and bool(self.television.search(stem))

    def range(self, first: int, rest: str) -> tuple[int, ...]:
        """Of three numbers the first two; a lower second number makes no episode."""
        found = self.more.match(rest)
        last = int(found[1]) if found else first
        return tuple(range(first, last + 1))

    def episode(self, reading: Reading, folders: list[str], stem: str) -> Reading:
        read = super().episode(reading, folders, stem)
        return read if read.episodes or read.is_date else reading

    def otherwise(self, reading: Reading, folders: list[str], stem: str) -> Reading:
        """Of `215` the 2 is a season; but what is not the folder's season stays in the number too."""
        read = super().otherwise(reading, folders, stem)
        if read.is_date:
            return read._replace(season=None)
        season = self.season_of(folders)
        if (bare := forms.split_number(stem)) and bare.season != season and read.season == bare.season:
            return read._replace(episodes=(100 * (bare.season or 0) + bare.episodes[0],))
        return read

    def season_of(self, folders: list[str]) -> int | None:
        return forms.season_at_the_end(folders[-1]) if len(folders) > 1 else 1

    def flags(self, path: str, beside: Sequence[str] = ()) -> frozenset[str]:
        return frozenset({"date"} if self.read(path, beside).is_date else ())

    def words(self, video: str, name: str) -> Words:
        """The flags are last, the language is right before them."""
        tokens = name.removeprefix(video).rpartition(".")[0].split(".")[1:]
        words = Words()
        while tokens and tokens[-1] in {"forced", "sdh", "cc"}:
            flag = tokens.pop()
            words = words._replace(forced=words.forced or flag == "forced", sdh=words.sdh or flag != "forced")
        return words._replace(language=tokens[-1]) if tokens and tokens[-1] in ISO else words


class PlexLegacy(Plex):
    """Plex's published scanner of subtitles, which knows no flag but one, the last word."""

    def words(self, video: str, name: str) -> Words:
        """The last word is the language, but for a flag behind it."""
        *_, word = tokens = name.removeprefix(video).rpartition(".")[0].split(".")[1:]
        words = Words(forced=word == "forced", default=word == "default")
        if word in {"forced", "default", "normal"} and tokens[:-1]:
            word = tokens[-2]
        return words._replace(language=word)

    def stored(self, language: str) -> str:
        """A language without its region."""
        return language.partition("-")[0] if language.partition("-")[0] in ISO else language
