"""What the files of one folder settle together that none of them can alone.

Within a release the number that varies is the episode and what stays is the title. In: the names of
the files of one folder. Out: where in each name that number stands. Names that share no pattern with
others have no place; one odd name changes nothing for the rest. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Set

from anivault.parser.models import YEARS
from anivault.shared import regex as re

MEMBERS = 3  # names that must share a pattern before it tells anything
LONGEST = 4  # digits of an episode's number

Place = tuple[int, int]

_NUMBERS = re.compile(r"[\[(][0-9A-Fa-f]{8}[\])]|(\d+)")  # none in a checksum
# Numbers behind these vary without being the episode, or are read as what they are.
_COUNTS_OTHERS = re.compile(
    r"(?:(?<!\dst )(?<!\dnd )(?<!\drd )(?<!\dth )season|part|cour|vol(?:ume)?|dis[ck]|cd|dvd|movie|film"
    r"|op|ed|opening|ending|pv|cm|preview|trailer|menu"
    r"|(?<![^\W_])(?:pt\.?|[sv]))[ ._#-]*$",
    re.IGNORECASE,
)


def varying(names: Iterable[str], asked: Iterable[str]) -> dict[str, Place]:
    """Return where the varying number stands, for every name of `asked` that shares its pattern with enough.

    The pattern is the text in front of the number, to the letter: `Show 1 A.mkv`, `Show 2 B.mkv`,
    `Show 3 C.mkv` share `Show `. The first number of a name that varies is taken; a year is none.
    """
    wanted = {name[: found.start()] for name in asked for found in _numbers(name)}
    places = _by_front(names, wanted)
    settled: dict[str, Place] = {}
    shared = [item for item in places.items() if len(item[1]) >= MEMBERS]  # of thousands of fronts a few are
    for front, members in sorted(shared, key=lambda item: len(item[0])):
        if _tells(front, members):
            for name, place in members.items():
                settled.setdefault(name, place)
    return settled


def _by_front(names: Iterable[str], wanted: Set[str]) -> dict[str, dict[str, Place]]:
    """By text in front of a number, where that stands in each name with such a text."""
    places: defaultdict[str, dict[str, Place]] = defaultdict(dict)
    shortest = min(map(len, wanted), default=0)
    heads = {front[:shortest] for front in wanted}  # of thousands of names few begin like the one in doubt
    for name in names:
        for found in _numbers(name) if name[:shortest] in heads else ():
            if (front := name[: found.start()]) in wanted and _counts(found[0]):
                places[front].setdefault(name, found.span())
    return places


def _numbers(name: str) -> Iterator[re.Match[str]]:
    return (found for found in _NUMBERS.finditer(name) if found[1])


def _counts(digits: str) -> bool:
    """Whether a number may count episodes."""
    return len(digits) <= LONGEST and int(digits) not in YEARS


def _tells(front: str, members: dict[str, Place]) -> bool:
    """Tell whether the numbers behind `front` count episodes: enough of them, nearly all different."""
    if _COUNTS_OTHERS.search(front):
        return False
    numbers = {int(name[start:end]) for name, (start, end) in members.items()}
    return len(numbers) >= MEMBERS and len(numbers) * 4 >= len(members) * 3
