"""Records that are written as columns come back as they were, to the type of each value."""

from __future__ import annotations

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from anivault.parser.models import ParseResult, VideoType
from anivault.shared.work.columns import Same, columns, decode, encode

NUMBERS = st.one_of(st.integers(0, 3), st.sampled_from([1.0, 12.5]), st.sampled_from(["1", "01b"]))
READINGS = st.builds(
    ParseResult,
    title=st.one_of(st.none(), st.sampled_from(["Nichijou", "ニ\ud800ch"])),
    titles=st.lists(st.sampled_from(["A", "B"]), max_size=2).map(tuple),
    season=st.one_of(st.none(), st.integers(0, 2)),
    episodes=st.lists(NUMBERS, max_size=2).map(tuple),
    type=st.one_of(st.none(), st.sampled_from(VideoType)),
    streamed=st.booleans(),
    said=st.dictionaries(st.sampled_from(["title", "season"]), st.sampled_from(["rule", "folder"])),
    confidence=st.sampled_from([0.97, 1.0, 0.0]),
)


@given(st.lists(READINGS, max_size=8))
@example([ParseResult(episodes=(1,)), ParseResult(episodes=(1.0,))])
def test_what_is_packed_comes_back(readings: list[ParseResult]) -> None:
    packed = columns(ParseResult)

    assert list(map(repr, packed.unpack(packed.pack(readings)))) == list(map(repr, readings))


def test_equal_values_are_one_object_afterwards() -> None:
    packed = columns(ParseResult)
    readings = [ParseResult(title="Nichijou " * 5, episodes=(number,)) for number in range(3)]

    first, *others = packed.unpack(packed.pack(readings))

    assert all(other.title is first.title for other in others)


@given(st.lists(READINGS, min_size=1, max_size=3), st.lists(st.integers(0, 2), max_size=6))
def test_a_record_in_several_places_is_one_object_afterwards(
    readings: list[ParseResult], places: list[int]
) -> None:
    several = [readings[place % len(readings)] for place in places]
    packed = columns(ParseResult)

    found = packed.unpack(packed.pack(several))

    assert list(map(repr, found)) == list(map(repr, several))
    assert len(set(map(id, found))) == len(set(map(id, several)))


@given(st.lists(READINGS, max_size=4), st.lists(READINGS, max_size=4))
@example([ParseResult(episodes=(1,))], [ParseResult(episodes=(1.0,))])
def test_what_is_read_together_comes_back_and_shares_equal_values(
    some: list[ParseResult], more: list[ParseResult]
) -> None:
    packed, same = columns(ParseResult), Same()

    found = [reading for each in (some, more) for reading in packed.unpack(packed.pack(each), same)]

    assert list(map(repr, found)) == list(map(repr, [*some, *more]))
    for field in ("titles", "episodes", "said"):
        values = [getattr(reading, field) for reading in found]
        assert len(set(map(id, values))) == len(set(map(repr, values)))


@given(
    st.dictionaries(st.integers(0, 3), st.sampled_from(["plain", "not \udcff UTF-8"])), st.binary(max_size=3)
)
def test_values_with_names_that_are_not_utf_8_come_back(words: dict[int, str], data: bytes) -> None:
    value = Mixed(words, data)

    assert decode(encode(value), Mixed) == value


class Mixed(msgspec.Struct):
    """What an index holds: words by number, and bytes."""

    words: dict[int, str]
    data: bytes
