"""A pin may say that names count as TVDB does, or as TMDB: then a list, or the name, says the place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from anivault.core.matching.matcher import match_releases
from anivault.core.matching.pins import FILE, Pin, add
from anivault.core.matching.places.ordered import in_order
from anivault.core.matching.releases import group
from anivault.core.models import Decision, TvdbPlace
from anivault.shared.errors import PinRefusedError
from tests.core.matching.makers import Shelf, entry, file, show

# TMDB: a season of 24 and a special; TVDB: seasons of 12, the second in two entries, its S02E13 the special.
FIRST = replace(entry("Natsu", count=18, offset=0), tvdb=(TvdbPlace(1, 1, 1), TvdbPlace(13, 2, 1)))
SECOND = replace(entry("Natsu 2", count=6, begin="2016-01-01", offset=18), tvdb=(TvdbPlace(1, 2, 7),))
SPECIAL = replace(
    entry("Natsu OVA", count=1, begin="2016-09-01", season=0, offset=0), tvdb=(TvdbPlace(1, 2, 13),)
)
NATSU = show(1, FIRST, SECOND, SPECIAL)


@pytest.mark.parametrize(
    ("season", "numbers", "places"),
    [
        (1, [1], [(1, 1)]),
        (1, [12], [(1, 12)]),
        (2, [1], [(1, 13)]),
        (2, [6, 7], [(1, 18), (1, 19)]),  # over the border of two entries
        (2, [12], [(1, 24)]),
        (2, [13], [(0, 1)]),
        (1, [13], []),  # the next part of the entry is season 2 there
        (2, [14], []),
        (3, [1], []),
        (2, [12, 14], []),  # all of a file or nothing
    ],
)
def test_numbers_of_tvdb_lead_to_their_places_at_tmdb(
    season: int, numbers: Sequence[int], places: Sequence[tuple[int, int]]
) -> None:
    found = in_order("tvdb", NATSU, season, numbers).coordinates

    assert [(place.season, place.episode) for place in found] == list(places)


def matched(pin: Pin, *names: tuple[int | None, int]) -> list[tuple[Decision, list[tuple[int, int]]]]:
    files = [file("Natsu", episodes=[number], season=season) for season, number in names]
    found = match_releases(group(files), [Shelf(NATSU)], [pin])
    return [(item.decision, [(c.season, c.episode) for c in item.coordinates]) for item in found]


def test_a_pin_with_an_order_places_each_file_in_the_season_of_its_name() -> None:
    pin = Pin(id="tmdb:1", title="Natsu", order="tvdb")

    assert matched(pin, (2, 3)) == [(Decision.MATCHED, [(1, 15)])]
    assert matched(pin, (None, 3)) == [(Decision.MATCHED, [(1, 3)])]
    assert matched(pin, (3, 1)) == [(Decision.AMBIGUOUS, [])]  # asked about, and no guess


def test_season_and_offset_of_a_pin_are_those_of_its_order() -> None:
    pin = Pin(id="tmdb:1", title="Natsu", order="tvdb", season=2, offset=-12)

    assert matched(pin, (None, 13)) == [(Decision.MATCHED, [(1, 13)])]


def test_the_order_of_tmdb_is_the_number_as_it_is_printed() -> None:
    pin = Pin(id="tmdb:1", title="Natsu", order="tmdb")

    assert matched(pin, (2, 38)) == [(Decision.MATCHED, [(2, 38)])]


@pytest.mark.parametrize("wrong", [{"id": "tmdb:movie/5"}, {"season": 0, "episode": 2}])
def test_only_numbers_of_a_series_have_an_order(wrong: dict[str, object], tmp_path: Path) -> None:
    pin = replace(Pin(id="tmdb:1", title="Natsu", order="tvdb"), **wrong)
    with pytest.raises(PinRefusedError, match="order"):
        add(tmp_path / FILE, pin)


def test_of_entries_whose_length_nobody_knows_the_number_is_of_the_one_that_began_last() -> None:
    first = replace(entry("Natsu", count=None, offset=0), tvdb=(TvdbPlace(1, 1, 1),))
    later = entry("Natsu 2", count=None, begin="2016-01-01", season=2, offset=0)
    known = show(1, first, replace(later, tvdb=(TvdbPlace(1, 1, 13),)))

    assert [(p.season, p.episode) for p in in_order("tvdb", known, 1, [14]).coordinates] == [(2, 2)]
