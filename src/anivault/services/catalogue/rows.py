"""One entry of the catalogue as a line of text, and reading and writing such lines. Pure.

The tracked files, what is imported, and the compiler share this record.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

BY_RULE = "ja-Latn-x-rule"  # the language of romaji that nobody wrote: made by rule from a Japanese title


class Row(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An entry and its place in TMDB's numbering; the order of the fields is that of a line.

    `tmdb` is `tv/1234` or `movie/1234`, empty in an import that does not know it. `derived` names the
    fields that no source states, `checked` those that are facts by hand. `fans` is how many people keep
    the entry in a list of theirs.
    """

    tmdb: str = ""
    season: int | None = None
    offset: int | None = None
    episode: int | None = None  # the first episode there, as a source names it
    type: str = ""  # tv, web, ova, movie
    begin: str = ""  # ISO dates in Japanese time
    end: str = ""
    episodes: int | None = None
    derived: list[str] = []
    checked: list[str] = []
    unsure: bool = False  # whether its place is a proposal: of those a list made, two in three are right
    whole: bool = False  # whether a list has all of it in one season
    fans: int = 0
    ids: dict[str, int] = {}  # anidb, mal, anilist, bangumi, tvdb
    tvdb: list[list[int]] = []  # own episode, TVDB's season and the episode there, for each part
    titles: dict[str, list[str]] = {}  # by language, the main one first

    @property
    def key(self) -> str:
        """What names the entry: its id in the first list that has it."""
        source = next((name for name in ("bangumi", "anidb", "mal", "anilist") if name in self.ids), "")
        return f"{source}:{self.ids[source]}" if source else f"{self.tmdb}:{self.begin}"

    @property
    def main_titles(self) -> set[str]:
        """The first title in each language."""
        return {texts[0] for texts in self.titles.values()}


def to_lines(rows: Iterable[Row]) -> bytes:
    """Return the rows as text, one line each."""
    return msgspec.json.Encoder().encode_lines(list(rows))


def from_lines(text: bytes) -> list[Row]:
    """Read rows back. msgspec.ValidationError when a line cannot be a row."""
    return msgspec.json.Decoder(Row).decode_lines(text)
