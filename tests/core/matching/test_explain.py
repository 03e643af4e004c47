"""An explanation leaves nothing out, in words and as data."""

from __future__ import annotations

import msgspec

from anivault.core.matching.explain import WORDS, explain, lines
from anivault.core.matching.fits import WEIGHTS
from anivault.core.matching.matcher import match_releases
from anivault.core.matching.pins import Pin
from anivault.core.matching.releases import each
from anivault.core.models import MatchedFile
from tests.core.matching.makers import Shelf, entry, file, show

OLD, NEW = show(1, entry("Natsu no Hikari", begin="1999-04-01")), show(2, entry("Natsu no Hikari"))


def verdict(*, year: int | None = None, pins: tuple[Pin, ...] = ()) -> MatchedFile:
    return match_releases(each([file("Natsu no Hikari", episodes=[3], year=year)]), [Shelf(OLD, NEW)], pins)[
        0
    ]


def test_every_candidate_and_every_part_is_told() -> None:
    told = explain(verdict(year=1999))

    assert [c.show for c in told.candidates] == ["tmdb:1", "tmdb:2"]
    assert {p.name for p in told.candidates[0].parts} == {"title", "season", "year", "type", "numbers"}
    assert all(p.words for c in told.candidates for p in c.parts)


def test_every_part_that_is_weighed_has_words() -> None:
    assert WEIGHTS.keys() < WORDS.keys()
    assert WORDS.keys() - WEIGHTS.keys() == {"title", "pin"}


def test_the_words_say_why_one_lost() -> None:
    text = "\n".join(lines(explain(verdict(year=1999))))

    assert "S01E03 (absolute 3), 100% sure of the place" in text
    assert "the year fits" in text
    assert "the year is another" in text


def test_a_question_says_what_is_unclear() -> None:
    assert any("which?" in line for line in lines(explain(verdict())))


def test_a_pin_is_told_as_one() -> None:
    told = explain(verdict(pins=(Pin(id="tmdb:1", title="Natsu no Hikari", season=2),)))

    assert told.pinned == "tmdb:1"
    assert "You have pinned it." in told.rules


def test_an_explanation_is_plain_json() -> None:
    told = explain(verdict())

    assert msgspec.json.decode(msgspec.json.encode(told))["candidates"][0]["parts"][0]["name"] == "title"
