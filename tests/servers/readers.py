"""Small readers of what each server publishes about names: they see paths only, as the server does.

Each is written from the server's documentation and traps, not from the presets.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Reading(NamedTuple):
    """What a server makes of a video."""

    kind: str  # episode, film, extra, nothing
    show: str = ""  # the folder of the show or film
    id: tuple[str, int] | None = None
    season: int | None = None
    episodes: tuple[int, ...] = ()
    part: int | None = None


class Words(NamedTuple):
    """What a server makes of a subtitle's name."""

    language: str = ""
    forced: bool = False
    sdh: bool = False
    default: bool = False


ISO = frozenset(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz
    ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln
    lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi
    pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti
    tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu eng jpn chi zho ger deu
    fre fra spa ita rus kor por ara pol
    """.split()  # noqa: SIM905
)
SUFFIXES = (
    r"trailer|sample|scene|clip|interview|behindthescenes|deleted|deletedscene|featurette|short|other|extra"
)


def split(path: str) -> tuple[str, list[str], str]:
    """The library (Shows, Movies), the folders below it, the name without extension."""
    library, *folders, name = path.split("/")
    return library, folders, name.rpartition(".")[0]


class Jellyfin:
    """Jellyfin 10.11."""

    extras = frozenset({
        "behind the scenes", "deleted scenes", "interviews", "scenes", "samples", "shorts", "featurettes",
        "clips", "other", "extras", "trailers", "theme-music", "backdrops",
    })  # fmt: skip
    ids = re.compile(r"\[(tmdb|tvdb|imdb|anidb|anilist|anisearch|tvmaze)id[-=](\d+)\]")
    suffix = re.compile(rf"(?:-|- |\.|_)(?:{SUFFIXES})\Z", re.IGNORECASE)
    number = re.compile(r"s(\d+)[\]\[ ._x-]*e(\d+)", re.IGNORECASE)
    more = re.compile(r"(?:-| - )?[xe](\d{1,3})(?!\d)", re.IGNORECASE)
    season = re.compile(r"(?:season ?0*(\d+)|specials)", re.IGNORECASE)
    ends_only = True  # of S01E01-E03 the ends are named, the server fills in

    def read(self, path: str) -> Reading:
        library, folders, stem = split(path)
        show = folders[0]
        named = self.ids.findall(show)
        reading = Reading("nothing", show, (named[0][0], int(named[0][1])) if len(named) == 1 else None)
        found = self.number.search(stem)
        if any(folder.lower() in self.extras for folder in folders[1:]):
            return reading._replace(kind="nothing" if found else "extra")
        if self.suffix.search(stem):
            return reading._replace(kind="extra")
        return (
            self.film(reading, folders, stem) if library == "Movies" else self.episode(reading, folders, stem)
        )

    def film(self, reading: Reading, folders: list[str], stem: str) -> Reading:
        """Files of one film start with the name of their folder; a version or part follows."""
        rest = stem.removeprefix(folders[0])
        if (
            len(folders) != 1
            or not stem.startswith(folders[0])
            or (rest and not rest.startswith((" - ", "-")))
        ):
            return reading
        part = re.fullmatch(r"[ _.-]+(?:cd|part|pt|disc|disk|dvd)[ _.-]*(\d+)", rest)
        return reading._replace(kind="film", part=int(part[1]) if part else None)

    def episode(self, reading: Reading, folders: list[str], stem: str) -> Reading:
        season = self.season.fullmatch(folders[1]) if len(folders) == 2 else None
        found = self.number.search(stem)
        if not season or not found or int(season[1] or 0) != int(found[1]):
            return reading
        return reading._replace(
            kind="episode", season=int(found[1]), episodes=self.range(int(found[2]), stem[found.end() :])
        )

    def range(self, first: int, rest: str) -> tuple[int, ...]:
        last = first
        while found := self.more.match(rest):
            last, rest = int(found[1]), rest[found.end() :]
        return tuple(range(first, last + 1)) if last >= first else (first, last)

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
            elif low in {"sdh", "cc"}:
                words = words._replace(sdh=True)
            elif words.language == "hi" and self.is_language(low):
                words = words._replace(language=token, sdh=True)
            elif not words.language and self.is_language(low):
                words = words._replace(language=token)
        return words

    def is_language(self, token: str) -> bool:
        return token in ISO or token in {"zh-hans", "zh-hant", "pt-br", "es-419"}


class Plex(Jellyfin):
    """Plex Media Server with the Plex TV Series and Movie agents."""

    extras = frozenset({
        "behind the scenes", "deleted scenes", "featurettes", "interviews", "scenes", "shorts", "trailers",
        "other",
    })  # fmt: skip
    ids = re.compile(r"\{(tmdb|tvdb|imdb)-(?:tt)?(\d+)\}")
    suffix = re.compile(
        r"-(?:behindthescenes|deleted|featurette|interview|scene|short|trailer|other)\Z", re.IGNORECASE
    )
    more = re.compile(r"-e(\d+)", re.IGNORECASE)

    def read(self, path: str) -> Reading:
        """Text in square brackets is not read at all."""
        show = path.split("/")[1]
        bare = "/".join(re.sub(r"\[[^\]]*\]", "", part) for part in path.split("/"))
        return super().read(bare)._replace(show=show)

    def words(self, video: str, name: str) -> Words:
        """The flags are last, the language is right before them."""
        tokens = name.removeprefix(video).rpartition(".")[0].split(".")[1:]
        words = Words()
        while tokens and tokens[-1] in {"forced", "sdh", "cc"}:
            flag = tokens.pop()
            words = words._replace(forced=words.forced or flag == "forced", sdh=words.sdh or flag != "forced")
        return words._replace(language=tokens[-1]) if tokens and tokens[-1] in ISO else words


class Emby(Jellyfin):
    """Emby Server 4.9."""

    extras = frozenset({
        "extras", "specials", "shorts", "scenes", "featurettes", "behind the scenes", "deleted scenes",
        "interviews", "trailers",
    })  # fmt: skip
    ids = re.compile(r"[\[{](tmdb|tvdb|imdb|anidb)(?:id)?[-=](\d+)[\]}]")
    more = re.compile(r"-E(\d+)", re.IGNORECASE)

    def is_language(self, token: str) -> bool:
        return token in ISO or token in {"zh-cn", "zh-tw", "pt-br", "es-419"}


class Kodi(Jellyfin):
    """Kodi 20, with the defaults of advancedsettings.xml; checked against a real one."""

    ids = re.compile(r"(?!)()()")
    sample = re.compile(r"[!-._ \\/]sample[-._ \\/]", re.IGNORECASE)
    numbers = tuple(
        re.compile(pattern, re.IGNORECASE)
        for pattern in (
            r"s(\d+)[ ._x-]*e(\d+)",
            r"[\\/._ \[(-]()e(?:p[ ._-]?)?(\d+)",
            r"[\\/._ \[(-](\d+)x(\d+)",
            r"[\\/._ -](\d+)(\d\d)(?=[._ -][^\\/]*$)",
            r"[/._ -]p(?:ar)?t[_. -]()(\d+|[ivx]+)(?=[._ -][^/]*$)",
        )
    )
    more = re.compile(r"[-_ex]+(\d+)", re.IGNORECASE)
    ends_only = False

    def read(self, path: str) -> Reading:
        library, folders, stem = split(path)
        reading = Reading("nothing", folders[0])
        if self.sample.search("/" + path):
            return reading
        if library == "Movies":
            if folders[-1] != folders[0]:
                return reading._replace(kind="extra")
            part = re.search(r"[ _.-]+(?:cd|dvd|p(?:ar)?t|dis[ck])[ _.-]*(\d+)\Z", stem)
            return reading._replace(kind="film", part=int(part[1]) if part else None)
        name = "/" + path.rpartition("/")[2]  # every pattern ends with the name
        found = next((found for pattern in self.numbers if (found := pattern.search(name))), None)
        if not found:
            return reading._replace(kind="extra")
        season = int(found[1] or 1) if (found[1] or "1").isdigit() else 1
        rest = name[found.end() :].rpartition(".")[0]
        if self.numbers[0].search(rest):  # a second one is a second episode
            return reading
        episodes = self.range(int(found[2]) if found[2].isdigit() else 0, rest)
        return reading._replace(kind="episode", season=season, episodes=episodes)

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
            elif low in {"sdh", "cc", "hi"} and words.language:
                words = words._replace(sdh=True)
            elif low in ISO:
                words = words._replace(language=low)
        return words


class JellyfinAndPlex:
    """Both at once: they must agree."""

    def read(self, path: str) -> Reading:
        one, other = Jellyfin().read(path), Plex().read(path)
        return one if one == other else Reading(f"{one} but {other}")

    def words(self, video: str, name: str) -> Words:
        one, other = Jellyfin().words(video, name), Plex().words(video, name)
        return one if one == other else Words(f"{one} but {other}")


READERS: dict[str, Jellyfin | JellyfinAndPlex] = {
    "jellyfin": Jellyfin(),
    "plex": Plex(),
    "emby": Emby(),
    "kodi": Kodi(),
    "jellyfin+plex": JellyfinAndPlex(),
}
