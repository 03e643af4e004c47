"""A parser and a provider for AniVault, to start from."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from anivault.core.models import Candidate, Entry, Query, Season, Title
from anivault.parser.models import ParseResult


class ExampleParser:
    """Reads names like `Title #12.mkv`."""

    name = "example"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.mark = re.escape(settings.get("mark", "#"))

    def parse(self, name: str) -> ParseResult:
        found = re.match(rf"(?P<title>.+?) {self.mark}(?P<episode>\d+)", name)
        if not found:
            return ParseResult(engine=self.name)
        title = found["title"]
        return ParseResult(title=title, titles=(title,), episodes=(int(found["episode"]),), engine=self.name)


class ExampleProvider:
    """Knows the shows of its settings: a title, the number that TMDB has for it, and its episodes."""

    name = "example"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.shows = [self.candidate(show) for show in settings.get("shows", [])]

    def candidate(self, show: Mapping[str, Any]) -> Candidate:
        titles = (Title(show["title"], language="en", main=True),)
        entry = Entry(
            key=f"example:{show['tmdb']}", titles=titles, type="tv", episodes=show["episodes"],
            season=1, offset=0, stated=True,
        )  # fmt: skip
        return Candidate(
            provider="tmdb", id=show["tmdb"], media_type="tv", title=show["title"], titles=titles,
            entries=(entry,), seasons=(Season(number=1, episodes=show["episodes"]),), tabled=True,
        )  # fmt: skip

    def find(self, queries: Sequence[Query]) -> list[list[Candidate]]:
        return [[show for show in self.shows if self.may_be(show, query)] for query in queries]

    def may_be(self, show: Candidate, query: Query) -> bool:
        return show.title.casefold() in {title.casefold() for title in query.titles}

    def get(self, provider: str, media_type: str, id: int) -> Candidate | None:  # noqa: A002
        wanted = (provider, media_type, id)
        return next((s for s in self.shows if (s.provider, s.media_type, s.id) == wanted), None)
