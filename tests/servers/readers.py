"""Small readers of what each server makes of names: they see paths only, as the server does.

Each is written from the server's published rules and traps, not from the presets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote_plus


class Reading(NamedTuple):
    """What a server makes of a video."""

    kind: str  # episode, film, extra, nothing
    show: str = ""  # the folder of the show or film
    id: tuple[str, int] | None = None
    season: int | None = None
    episodes: tuple[int, ...] = ()
    part: int | None = None


BARE = r"[\\/._ -](\d+)(\d\d)[a-i]?(?=[._ -][^\\/]*$)"  # 103, 1997
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}


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
# Codes of three letters that servers keep: ISO 639-2, for terminology; Kodi has those of bibliography.
TERMS = {
    "de": "deu", "en": "eng", "es": "spa", "fr": "fra", "hi": "hin", "it": "ita", "ja": "jpn", "ko": "kor",
    "nb": "nob", "pt": "por", "ru": "rus", "zh": "zho", "br": "bre", "tw": "twi", "ca": "cat", "ger": "deu",
    "chi": "zho", "fre": "fra",
}  # fmt: skip
BOOKS = TERMS | {"de": "ger", "zh": "chi", "fr": "fre", "deu": "ger", "zho": "chi", "fra": "fre"}
VIDEOS = (".mkv", ".mp4", ".avi", ".3gp", ".ts", ".m4v", ".webm")


def split(path: str) -> tuple[str, list[str], str]:
    """The library (Shows, Movies), the folders below it, the name without extension."""
    library, *folders, name = path.split("/")
    return library, folders, name.rpartition(".")[0]


class Jellyfin:
    """Jellyfin 10.11, by its source."""

    extras = frozenset({
        "behind the scenes", "deleted scenes", "interviews", "scenes", "samples", "shorts", "featurettes",
        "clips", "other", "extras", "extra", "trailers", "backdrops",
    })  # fmt: skip
    ids = re.compile(r"\[(tmdb|tvdb|imdb|anidb|anilist|anisearch|tvmaze)id[-=](\d+)\]")
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
        named = self.ids.findall(folders[0])
        reading = Reading("nothing", folders[0], (named[0][0], int(named[0][1])) if len(named) == 1 else None)
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
        folder, _, name = path.rpartition("/")
        near = (other.rpartition("/") for other in beside if other.endswith(VIDEOS))
        return bool(self.sample.search(name)) and any(
            where == folder and not self.sample.search(other) for where, _, other in near
        )

    def film(self, reading: Reading, folders: list[str], stem: str) -> Reading:
        part = re.search(r"[ _.-]+(?:cd|part|pt|disc|disk|dvd)[ _.-]*(\d+)\Z", stem)
        return reading._replace(kind="film", part=int(part[1]) if part else None)

    def episode(self, reading: Reading, folders: list[str], stem: str) -> Reading:
        found = self.number.search(stem)
        if not found:
            return reading
        episodes = self.range(int(found[2]), stem[found.end() :])
        return reading._replace(kind="episode", season=int(found[1]), episodes=episodes)

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
        known = {"zh-hans", "zh-hant", "zh-cn", "zh-tw", "pt-br", "es-419", "english"}
        return token in ISO or token in known

    def stored(self, language: str) -> str:
        """What the server keeps of a language."""
        return {"english": "eng", **TERMS}.get(language.lower(), language)


class Plex(Jellyfin):
    """Plex: its published scanners."""

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
        return read if read.episodes else reading

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


class Emby(Jellyfin):
    """Emby: its naming code of 2019, the last that was published."""

    extras = frozenset({
        "extras", "specials", "shorts", "scenes", "featurettes", "behind the scenes", "deleted scenes",
        "interviews", "trailers",
    })  # fmt: skip
    ids = re.compile(r"[\[{](tmdb|tvdb|imdb|anidb)(?:id)?[-=](\d+)[\]}]")
    ignored = frozenset({"extrafanart", "extrathumbs", "subs", "metadata", "sample"})
    suffix = re.compile(
        r"(?<!\A)(?:[-._ ](?:trailer|sample)"
        r"|-(?:scene|clip|interview|behindthescenes|deleted|featurette|short))|\A(?:trailer|sample)\Z",
        re.IGNORECASE,
    )

    def read(self, path: str, beside: Sequence[str] = ()) -> Reading:
        """A folder of specials is a season, not extras, where its files are numbered."""
        _, folders, stem = split(path)
        if len(folders) > 1 and folders[1].lower() == "specials" and self.number.search(stem):
            path = path.replace(f"/{folders[1]}/", "/Season 00/")
        return super().read(path, beside)

    def is_dropped(self, path: str, beside: Sequence[str]) -> bool:
        return False

    knows_sdh = False

    def words(self, video: str, name: str) -> Words:
        """The last word is the language, whatever it is; flags are words of their own."""
        tokens = name.removeprefix(video).rpartition(".")[0].split(".")[1:]
        flags = {"default", "forced", "foreign"}
        said = [token for token in tokens if token.lower() not in flags]
        forced = any(token.lower() in {"forced", "foreign"} for token in tokens)
        return Words(said[-1] if said else "", forced=forced, default="default" in tokens)

    def stored(self, language: str) -> str:
        """As it stands."""
        return language


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
            return reading._replace(kind="episode")
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


class JellyfinAndPlex:
    """Both at once: they must agree."""

    knows_sdh = True

    def read(self, path: str, beside: Sequence[str] = ()) -> Reading:
        one, other = Jellyfin().read(path, beside), Plex().read(path, beside)
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
