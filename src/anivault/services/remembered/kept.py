"""Remember of a plan which folders it was made from, so that the next run plans anew only what that has to.

In: what was seen of the folders, and which homes have to do with one another (core/anew/kin.py). Out: the
homes that changed, and those that something of them reaches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from contextlib import suppress

import msgspec

from anivault.core.anew.kin import Home, Kin, home_of
from anivault.core.models import Held


class Known(msgspec.Struct, array_like=True):
    """A folder: the sum of what is in it, its home, and how many of its files the plan has."""

    seen: bytes
    home: str
    files: int


class Kept(msgspec.Struct, array_like=True):
    """All folders of a plan by their whole paths, and all homes.

    `missed`: how many held files somebody may miss.
    """

    folders: dict[str, Known]
    homes: dict[str, Home]
    missed: int

    def changed(self, seen: Mapping[str, bytes]) -> set[str]:
        """The homes of folders that came, went, or have other files in them."""
        found = {known.home for path, known in self.folders.items() if seen.get(path) != known.seen}
        return found | {home_of(path) for path in seen if path not in self.folders}

    def reached(self, homes: Set[str], made: Mapping[str, Home]) -> set[str]:
        """The homes that something in `homes` has to do with, as these were, or are as `made` now."""
        those = [*(self.homes[home] for home in homes if home in self.homes), *made.values()]
        asks = set[int]().union(*(home.asks for home in those))
        offers = set[int]().union(*(home.offers for home in those))
        return {
            name
            for name, home in self.homes.items()
            if not (asks.isdisjoint(home.offers) and offers.isdisjoint(home.asks))
        }

    def files_of(self, homes: Set[str]) -> int:
        """How many files the plan has of these homes."""
        return sum(known.files for known in self.folders.values() if known.home in homes)

    def folders_of(self, homes: Set[str]) -> Set[str]:
        """The folders that these homes had."""
        return {path for path, known in self.folders.items() if known.home in homes}

    def renewed(self, seen: Mapping[str, bytes], homes: Set[str], kin: Kin, missed: int) -> Kept:
        """The same with these homes as they are now."""
        stay = {path: known for path, known in self.folders.items() if known.home not in homes}
        others = {name: home for name, home in self.homes.items() if name not in homes}
        came = folders_of(homes, seen, self.folders)
        return Kept(stay | _known(came, seen, kin), others | kin.homes, missed)


def kept(seen: Mapping[str, bytes], kin: Kin, held: Iterable[Held]) -> Kept:
    """Remember all that a plan was made from."""
    return Kept(_known(seen, seen, kin), kin.homes, sum(item.reason.missed for item in held))


def folders_of(homes: Set[str], seen: Iterable[str], known: Mapping[str, Known]) -> frozenset[str]:
    """The folders of these homes that there are."""
    return frozenset(path for path in seen if (known[path].home if path in known else home_of(path)) in homes)


def _known(paths: Iterable[str], seen: Mapping[str, bytes], kin: Kin) -> dict[str, Known]:
    return {
        path: Known(seen[path], kin.home.get(path) or home_of(path), kin.files.get(path, 0)) for path in paths
    }


def packed(made_from: Kept) -> bytes:
    """The same as bytes; none where the name of a folder is not UTF-8."""
    with suppress(UnicodeEncodeError):
        return msgspec.msgpack.encode(made_from)
    return b""
