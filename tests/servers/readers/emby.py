"""Emby, by the naming code that it published last."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tests.servers.readers import forms, items
from tests.servers.readers.jellyfin import Jellyfin
from tests.servers.readers.reading import Reading, Words, split


class Emby(Jellyfin):
    """Emby: its naming code of 2019, the last that was published."""

    forms = forms.EMBY
    parts = staticmethod(items.anywhere)

    extras = frozenset({
        "extras", "specials", "shorts", "scenes", "featurettes", "behind the scenes", "deleted scenes",
        "interviews", "trailers",
    })  # fmt: skip
    ids = re.compile(r"[\[{](tmdb|tvdb|imdb|anidb)(?:id)?[-=]\s*([^\]}\s]+)[\]}]")
    ignored = frozenset({"extrafanart", "extrathumbs", "subs", "metadata", "sample"})
    suffix = re.compile(
        r"(?<!\A)(?:[-._ ](?:trailer|sample)"
        r"|-(?:scene|clip|interview|behindthescenes|deleted|featurette|short))|\A(?:trailer|sample)\Z",
        re.IGNORECASE,
    )

    def read(self, path: str, beside: Sequence[str] = ()) -> Reading:
        """A folder of specials is a season, not extras, where its files are numbered."""
        _, folders, stem = split(path)
        numbered = self.number.search(stem) or forms.has_letter(stem)
        if len(folders) > 1 and folders[1].lower() == "specials" and numbered:
            path = path.replace(f"/{folders[1]}/", "/Season 00/")
        return super().read(path, beside)

    def is_dropped(self, path: str, beside: Sequence[str]) -> bool:
        return False

    def otherwise(self, reading: Reading, folders: list[str], stem: str) -> Reading:
        """`E05` says nothing: an episode of the folder's season without a number."""
        read = super().otherwise(reading, folders, stem)
        if read.kind == "nothing" and forms.has_letter(stem):
            return read._replace(kind="episode", season=self.season_of(folders))
        return read

    def season_of(self, folders: list[str]) -> int | None:
        return forms.season_of(folders[-1], more="") if len(folders) > 1 else 1

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
