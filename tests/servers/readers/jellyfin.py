"""Jellyfin, by its source."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tests.servers.readers import forms, items
from tests.servers.readers.languages import ISO, NAMES, TERMS
from tests.servers.readers.reading import Reading, Words, near, split


class Jellyfin:
    """Jellyfin 10.11, by its source."""

    forms: Sequence[forms.Form] = forms.JELLYFIN
    parts = staticmethod(items.at_the_end)
    labels = "-["  # what the label of a film's version begins with
    joins = False  # files that begin with the same episode

    extras = frozenset({
        "behind the scenes", "deleted scenes", "interviews", "scenes", "samples", "shorts", "featurettes",
        "clips", "other", "extras", "extra", "trailers", "backdrops",
    })  # fmt: skip
    ids = re.compile(r"\[(tmdb|tvdb|imdb|anidb|anilist|anisearch|tvmaze)id[-=]\s*([^\]\s]+)\]", re.IGNORECASE)
    suffix = re.compile(
        r"(?:(?:[-._]|- )(?:trailer|sample)|-(?:scene|clip|interview|behindthescenes|deleted|deletedscene"
        r"|featurette|short|extra|other))\d*\Z|\A(?:trailer|sample)\Z",
        re.IGNORECASE,
    )
    ignored = frozenset({
        "metadata", "ps3_update", "ps3_vprm", "extrafanart", "extrathumbs", "lost+found", "subs", "temprec",
        "tempsbe", "eadir", "#recycle", "sample",
    })  # fmt: skip
    sample = re.compile(r"\bsample\b", re.IGNORECASE)
    number = re.compile(r"s(\d+)[\]\[ ._x-]*e(\d+)", re.IGNORECASE)
    more = re.compile(r"(?: - |-)?[xe](\d{1,3})(?![\dip])|-(\d{1,3})(?![\dip])", re.IGNORECASE)
    later = re.compile(
        r"(?:(?<!\d)\d{1,4}x|s\d{1,4}[x.]?e)\d{1,3}(?:(?: - |-)?[xe]|-| - \d{1,4}[xe])(\d{1,3})(?![\dip])",
        re.IGNORECASE,
    )
    season = re.compile(r"(?:season ?0*(\d+)|specials)", re.IGNORECASE)
    ends_only = True  # of S01E01-E03 the ends are named, the server fills in
    knows_sdh = True

    def read(self, path: str, beside: Sequence[str] = ()) -> Reading:
        """What a video is; `beside` are the other files of the library."""
        library, folders, stem = split(path)
        named = list(set(self.ids.findall(folders[0])))
        one = named[0] if len(named) == 1 and named[0][1].isdecimal() else None
        reading = Reading("nothing", folders[0], (one[0], int(one[1])) if one else None)
        if any(name.lower() in self.ignored or name.startswith(".") for name in (*folders, stem)):
            return reading
        if stem.lower().endswith(".sample") or "theme-music" in folders[1:]:
            return reading
        if len(folders) > 1 and folders[1].lower() in self.extras:
            return reading._replace(kind="extra")
        if self.is_dropped(path, beside):
            return reading
        if self.suffix.search(stem):
            return reading._replace(kind="extra")
        return (
            self.film(reading, folders, stem) if library == "Movies" else self.episode(reading, folders, stem)
        )

    def is_dropped(self, path: str, beside: Sequence[str]) -> bool:
        """The word sample drops a video when one without it lies in its folder."""
        others = (split(other)[2] for other in near(path, beside))
        return bool(self.sample.search(split(path)[2])) and not all(map(self.sample.search, others))

    def film(self, reading: Reading, folders: list[str], stem: str) -> Reading:
        part = re.search(r"[ _.-]+(?:cd|part|pt|disc|disk|dvd)[ _.-]*(\d+)\Z", stem)
        return reading._replace(kind="film", part=int(part[1]) if part else None)

    def episode(self, reading: Reading, folders: list[str], stem: str) -> Reading:
        found = self.number.search(stem)
        if not found:
            return self.otherwise(reading, folders, stem)
        episodes = self.range(int(found[2]), stem[found.end() :])
        return reading._replace(kind="episode", season=int(found[1]), episodes=episodes)

    def otherwise(self, reading: Reading, folders: list[str], stem: str) -> Reading:
        """A name without `S01E02`: by one of its other forms, and by the season's folder."""
        said, season = forms.read(self.forms, stem), self.season_of(folders)
        if said is None:
            return reading
        season = season if said.season is None else said.season
        return reading._replace(kind="episode", season=season, episodes=said.episodes, is_date=said.is_date)

    def season_of(self, folders: list[str]) -> int | None:
        """The season of a folder; 1 where there is none, but none in a folder for something else."""
        return forms.season_of(folders[-1]) if len(folders) > 1 else 1

    def flags(self, path: str, beside: Sequence[str] = ()) -> frozenset[str]:
        """Whether a video is a part or a version of an item with others, or of a day."""
        reading, (_, folders, stem) = self.read(path, beside), split(path)
        others = [split(other)[2] for other in near(path, beside) if self.read(other).kind == reading.kind]
        item = None
        if reading.kind == "film":
            item = items.of_film(folders[-1], stem, others, self.parts, self.labels)
        elif reading.kind == "episode":
            item = items.of_episode(stem, others, self.parts, joins=self.joins)
        return frozenset(filter(None, (item, "date" if reading.is_date else None)))

    def known_ids(self, name: str) -> dict[str, str]:
        """The ids that a name has, the first of a provider; an IMDb id stands anywhere in it."""
        found = {provider.lower(): number for provider, number in reversed(self.ids.findall(name))}
        bare = re.search(r"tt\d{7,8}", name)
        return {"imdb": bare[0], **found} if bare else found

    def range(self, first: int, rest: str) -> tuple[int, ...]:
        last, whole = first, rest
        while found := self.more.match(rest):
            last, rest = int(found[1] or found[2]), rest[found.end() :]
        if last == first and rest == whole and (found := self.later.search(rest)):
            last = int(found[1])
            return (first, last)
        if rest == whole:
            return (first,)
        return tuple(range(first, last + 1)) if last > first else (first, last)

    def words(self, video: str, name: str) -> Words:
        """Tokens from the right: flags by substring, then one language, the rest is title."""
        tokens = name.removeprefix(video).rpartition(".")[0].split(".")
        words = Words()
        for token in reversed([token for token in tokens if token]):
            low = token.lower()
            if "default" in low:
                words = words._replace(default=True)
            elif "forced" in low or "foreign" in low:
                words = words._replace(forced=True)
            elif low in {"sdh", "cc"} or (low == "hi" and words.language):
                words = words._replace(sdh=True)
            elif words.language == "hi" and self.is_language(low):
                words = words._replace(language=token, sdh=True)
            elif not words.language and self.is_language(low):
                words = words._replace(language=token)
        return words

    def is_language(self, token: str) -> bool:
        known = {"zh-hans", "zh-hant", "zh-cn", "zh-tw", "pt-br", "es-419", *NAMES}
        return token in ISO or token in known

    def stored(self, language: str) -> str:
        """What the server keeps of a language."""
        return {**TERMS, **NAMES, "el": "Greek, Modern (1453-)"}.get(language.lower(), language)


class Jellyfin12(Jellyfin):
    """Jellyfin 12.0-rc: more brackets for ids, more signs for versions, and versions of episodes."""

    forms = forms.JELLYFIN_12
    labels = "-[._"
    joins = True
    ids = re.compile(
        r"[\[({](tmdb|tvdb|imdb|anidb|anilist|anisearch|tvmaze)(?:id)?[-=]\s*([^\])}\s]+)[\])}]",
        re.IGNORECASE,
    )

    def ids_of_episode(self, stem: str) -> dict[str, str]:
        """Ids in the name of an episode are the episode's."""
        return self.known_ids(stem)
