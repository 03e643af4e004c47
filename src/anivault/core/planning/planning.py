"""Settle which video gets which place, when several want one or the library has it already. Pure.

In: the matched videos of a show. Out: a Move or a Held for each.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Literal, TypeAlias

from msgspec.structs import replace

from anivault.core.causes import Advantage, Cause
from anivault.core.models import Held, HeldReason, Identity, MatchedFile, Mode, Move, Replaced, ScannedFile
from anivault.core.planning.library import is_longer_or_shorter
from anivault.core.planning.naming.characters import cut, fold
from anivault.core.planning.naming.fingerprint import fingerprint
from anivault.core.planning.naming.names import LABEL_ROOM
from anivault.core.planning.parts import Cut, cut_up, is_complete, is_numbered, number_of
from anivault.core.planning.places import Places, already_there, once, shown, stay, taken_by, yields_to
from anivault.core.planning.preference import Choice, told_apart
from anivault.core.planning.rivals import labels, rivals, same_inode, same_release
from anivault.core.planning.upgrades import Upgrade, Upgrades
from anivault.core.planning.wanted import Outcome, Place, Scope, Shelf, Slot, Wanted
from anivault.parser.models import EXTRAS
from anivault.shared import regex as re

OnConflict: TypeAlias = Literal["hold", "version"]
_VERSIONS = 100  # of one file; more would be a mistake
_PART = re.compile(r" - cd\d+\Z")


class Planning:
    """One plan in the making: what is claimed so far."""

    def __init__(
        self,
        places: Places,
        mode: Mode,
        on_conflict: OnConflict,
        prefer: Sequence[str],
        *,
        upgrade: bool = False,
        own: str = "",
        last: Container[str] = (),
    ) -> None:
        self._own = own  # the library, where its own files get names
        self._last = last  # files that yield to every other that wants their place
        self.upgrades = Upgrades(places.taken, prefer) if upgrade and places.taken else None
        self.places, self.namer, self.taken = places, places.namer, places.taken
        self.mode, self.on_conflict, self.prefer = mode, on_conflict, prefer
        self.joins = "jellyfin" in self.namer.preset.servers  # files that begin with one episode
        self._begin()

    def shelf(self, item: MatchedFile) -> Shelf | Held:
        """The show that a video is of, with its folder; or why it stays."""
        shelf = self.places.shelf(item)
        return self._held(item.file, shelf) if isinstance(shelf, Held) else shelf

    def show(self, videos: Iterable[tuple[int, MatchedFile, Shelf | Held]]) -> Iterator[tuple[int, Outcome]]:
        """Decide about all videos of one show, by their numbers: no other show wants a place of it."""
        self._begin()
        for index, item, shelf in videos:
            wanted = shelf if isinstance(shelf, Held) else self.places.place(item, shelf)
            if isinstance(wanted, Held):
                yield index, self._held(item.file, wanted)
            else:
                self.wanted[index] = wanted
                self.stems.add(wanted.place.key)
        yield from self._settled()

    def _begin(self) -> None:
        """Begin with another show: of a large library one at a time is in memory."""
        self.wanted: dict[int, Wanted] = {}
        self._placed: set[int] = set()  # the videos that are in the library after the run
        self.stems: set[str] = set()  # folded targets of videos, without extension
        self._given: set[str] = set()  # those of them that a video has got
        self._starts: dict[Slot, Wanted] = {}  # by its first episode: the first that is placed
        self._scopes: dict[Scope, list[MatchedFile]] = {}
        self._choices: dict[Scope, Choice] = {}

    def _settled(self) -> Iterable[tuple[int, Outcome]]:
        """Decide about all videos that want a place."""
        is_empty = not self.taken
        for indexes in rivals(self.wanted):
            first = self.wanted[indexes[0]]
            if len(indexes) > 1 or self.upgrades or is_numbered(first.item):
                yield from self._settle(indexes)
            elif is_empty:
                yield indexes[0], self._move(indexes[0], first.item, first.place)
            else:
                yield indexes[0], self._whole(indexes[0], first)

    def _settle(self, indexes: list[int]) -> Iterable[tuple[int, Outcome]]:
        """Decide about videos that cannot all be had; often it is one."""
        if any(is_numbered(self.wanted[index].item) for index in indexes):
            items = {index: self.wanted[index].item for index in indexes}
            cut = cut_up(items, self._choice(self.wanted[indexes[0]]).order)
            yield from self._in_parts(cut)
            indexes = cut.whole
        indexes = self._better_first(indexes)
        if found := self._best(indexes):
            yield from self._upgraded(found, indexes)
        elif len(indexes) == 1:
            yield indexes[0], self._whole(indexes[0], self.wanted[indexes[0]])
        elif indexes:
            yield from self._ranked(indexes)

    def _better_first(self, indexes: list[int]) -> list[int]:
        """The same videos by how good they are, whatever the order in which they were found."""
        items = [self.wanted[index].item for index in indexes]
        order = self._choice(self.wanted[indexes[0]]).order(items) if len(items) > 1 else range(len(items))
        better = [indexes[position] for position in order]
        return sorted(better, key=self._yields) if self._last else better

    def _yields(self, index: int) -> bool:
        """Whether a video goes only where no other wants to go."""
        return self.wanted[index].item.file.path in self._last

    # --- upgrades ---

    def _best(self, indexes: list[int]) -> Upgrade | None:
        """The best of several videos that are better than the one that the library has."""
        if self.upgrades is None:
            return None
        first = [n for n in indexes if not self._yields(n)] or indexes
        return self.upgrades.best((n, self.wanted[n]) for n in first if not self._found(self.wanted[n]))

    def _upgraded(self, best: Upgrade, indexes: list[int]) -> Iterable[tuple[int, Outcome]]:
        """The better one takes the place; who wanted it too stays."""
        wanted, there = self.wanted[best.number], best.there
        others = [index for index in indexes if index != best.number]
        if wanted.place.key == fold(there.rel).rpartition(".")[0]:
            self.taken.release(there)
        elif not self._is_free(wanted.place):
            yield best.number, self._taken_by(wanted, there)
            yield from self._settle(others)
            return
        old = Replaced(rel=there.rel, identity=there.identity or Identity(0, 0), advantage=best.advantage)
        yield best.number, replace(self._move(best.number, wanted.item, wanted.place), replaces=old)
        rivals = [index for index in others if self.wanted[index].clashes(wanted)]
        yield from self._after_upgrade(best, rivals)
        yield from self._settle([index for index in others if index not in rivals])

    def _after_upgrade(self, best: Upgrade, rivals: list[int]) -> Iterable[tuple[int, Outcome]]:
        """Who wanted the place of a better file too: it stays, or is a version if it is not a worse one."""
        winner = self.wanted[best.number]
        names = labels([winner.item, *(self.wanted[index].item for index in rivals)], self.namer.clean)[1:]
        won = [winner]
        for number, (index, label) in enumerate(zip(rivals, names, strict=True), 1):
            wanted = self.wanted[index]
            worse = self.upgrades is None or self.upgrades.is_worse(wanted, won)
            if worse or self.on_conflict == "hold":
                yield index, yields_to(wanted, winner, Cause.BETTER_FILE, advantage=best.advantage.value)
                continue
            yield index, self._beside(index, wanted, winner, (label, number))
            won += [wanted] if index in self._placed else []

    def _keeps_its_place(self, wanted: Wanted, other: ScannedFile) -> Held | None:
        """A video that has to stay since the one in the library is not worse; None where others decide."""
        if self.upgrades is None:
            return None
        why = self.upgrades.why_not(wanted)
        if self.on_conflict == "version":
            why = Cause.NOT_BETTER if self.upgrades.is_beaten(wanted) else None
        return taken_by(wanted, other, why, there=other.rel, what=wanted.episodes) if why else None

    # --- parts ---

    def _in_parts(self, cut: Cut) -> Iterable[tuple[int, Outcome]]:
        """What becomes of parts: they go together, and where nothing has the whole."""
        given: dict[int, Wanted] = {}  # two files may say that they are part 2
        for index in (*cut.parts, *cut.loose):
            whole = self.wanted[index]
            number = number_of(whole.item) or 1
            part = replace(whole, place=whole.place.part(number), slots=())
            if found := self._found(part):
                yield index, self._already(index, whole.item.file, found)
            elif stays := self._part_stays(index, cut, number):
                yield index, stays
            elif number in given:
                yield index, yields_to(whole, given[number], Cause.RIVAL)
            else:
                given[number] = whole
                yield index, self._place_or_hold(index, part)

    def _part_stays(self, index: int, cut: Cut, number: int) -> Held | None:
        """Why a part stays: no server joins it, a rival or the whole is there, or the others are missing."""
        whole, taken = self.wanted[index], cut.whole or list(cut.parts)
        if whole.kind == "episode" and "kodi" in self.namer.preset.servers:
            return stay(whole, HeldReason.NO_PLACE, Cause.PARTS_APART)
        if taken and index not in taken:
            return yields_to(whole, self.wanted[taken[0]], Cause.RIVAL)
        if there := self._has_whole(whole):
            return taken_by(whole, there, Cause.THERE_WHOLE, there=there.rel)
        if not cut.parts and not self._completes(cut.loose, whole.place):
            return stay(whole, HeldReason.NO_PLACE, Cause.PART_ALONE, part=str(number))
        return None

    def _has_whole(self, wanted: Wanted) -> ScannedFile | None:
        """The video in the library that is all of this episode or film."""
        holders = self.taken.holders(wanted.slots, wanted.base) if self.taken else []
        whole = (file for file in holders if not _PART.search(file.rel.rpartition(".")[0]))
        return self.taken.video(wanted.place.key) or next(whole, None)

    def _completes(self, loose: Sequence[int], place: Place) -> bool:
        """Whether these parts and those in the library are all."""
        numbers = {number_of(self.wanted[index].item) or 1 for index in loose}
        there = {n for n in range(1, 100) if self.taken.video(place.part(n).key)}
        return is_complete(numbers | there)

    def _whole(self, index: int, wanted: Wanted) -> Outcome:
        """A video without a rival in this run; the library may have it in parts."""
        if self.taken and (there := self.taken.video(wanted.place.part(1).key)):
            return taken_by(wanted, there, Cause.THERE_IN_PARTS, there=there.rel)
        return self._place_or_hold(index, wanted)

    # --- rivals ---

    def _ranked(self, indexes: list[int]) -> Iterable[tuple[int, Outcome]]:
        """Decide among several videos for one place, or for one episode; the better ones come first."""
        # Who is in the library already, or is told_apart so, keeps its place, however good the others are.
        if self.taken or self._own:
            indexes.sort(key=lambda index: not self._is_there(self.wanted[index]))
        names = self._labels(indexes) if self.on_conflict == "version" else [""] * len(indexes)
        won: dict[object, int] = {}  # by what only one file can have: which of these has it
        for number, (index, label) in enumerate(zip(indexes, names, strict=True)):
            wanted = self.wanted[index]
            claims = wanted.claims
            if better := [won[claim] for claim in claims if claim in won]:
                number = self._version_number(wanted, indexes, number)
                yield index, self._beside(index, wanted, self.wanted[indexes[min(better)]], (label, number))
                continue
            yield index, self._place_or_hold(index, wanted, label)
            if index in self._placed:
                won.update(dict.fromkeys(claims, number))

    def _labels(self, indexes: Sequence[int]) -> list[str]:
        return labels([self.wanted[index].item for index in indexes], self.namer.clean)

    def _version_number(self, wanted: Wanted, indexes: Sequence[int], number: int) -> int:
        """Which version a video would be; behind all that there may be where it is worse than one placed."""
        if self.upgrades is None:
            return number
        placed = [self.wanted[other] for other in indexes if other in self._placed]
        return self.namer.preset.versions if self.upgrades.is_worse(wanted, placed) else number

    def _is_there(self, wanted: Wanted) -> bool:
        """Whether a file is in the library already; of its own files whether it has the name it would get."""
        file = wanted.item.file
        named_so = file.root == self._own and fold(file.rel).rpartition(".")[0] == wanted.place.key
        return named_so or self._found(wanted) is not None

    def _choice(self, wanted: Wanted) -> Choice:
        """The order of the releases of the season that a video is of."""
        scope = wanted.scope
        if scope not in self._choices:
            if not self._scopes:
                for one in self.wanted.values():
                    self._scopes.setdefault(one.scope, []).append(one.item)
            there = self.taken.season(*scope, wanted.base) if self.taken else []
            came = [self.taken.as_it_came(file) for file in there]
            self._choices[scope] = Choice(self._scopes[scope], self.prefer, came)
        return self._choices[scope]

    def _beside(self, index: int, wanted: Wanted, better: Wanted, version: tuple[str, int]) -> Outcome:
        """A video whose place a better one takes; as a `version` it would have this label and number."""
        item, (label, number) = wanted.item, version
        if found := self._found(wanted):
            return self._already(index, item.file, found)
        if same_inode(item.file, better.item.file):
            return yields_to(wanted, better, Cause.HARD_LINK)
        if item.parsed.type in EXTRAS and same_release(item, better.item):
            return self._version(index, wanted, str(number + 1))  # both say too little to differ
        if self.on_conflict == "version" and number < self.namer.preset.versions:
            if self._is_free(wanted.place):
                return self._of_its_own(index, wanted)
            return self._version(index, wanted, label)
        return self._second(wanted, better)

    def _is_free(self, place: Place) -> bool:
        """Whether neither this run nor the library has a video at a place."""
        return place.key not in self._given and not self.taken.video(place.key)

    def _of_its_own(self, index: int, wanted: Wanted) -> Outcome:
        """A video that shares an episode with others and has another name; Jellyfin 12 takes some for one."""
        if self.joins and wanted.kind == "episode":
            start = wanted.slots[0]
            first = self._starts.get(start)
            if first and first.slots != wanted.slots:
                return yields_to(wanted, first, Cause.ONE_OF_TWO, what=shown(start))
            for there in self.taken.holders([start], wanted.base) if self.taken else ():
                if is_longer_or_shorter(there, wanted.slots):
                    return taken_by(wanted, there, Cause.ONE_OF_TWO, file=there.rel, what=shown(start))
        return self._move(index, wanted.item, wanted.place)

    def _second(self, wanted: Wanted, better: Wanted) -> Held:
        """A video that has to stay: said of the whole release where that was chosen for the season."""
        item, winner, choice = wanted.item, better.item, self._choice(wanted)
        if self._last and item.file.path in self._last:
            return yields_to(wanted, better, Cause.RIVAL)
        there = self._is_there(better)
        advantage = Advantage.IN_LIBRARY if there else choice.advantage(winner, item)
        same = wanted.slots == better.slots or set(wanted.slots) == set(better.slots)
        if same and choice.is_of_season(winner, item):
            facts = {"season": wanted.season, "advantage": advantage.value}
            return yields_to(wanted, better, Cause.RELEASE_CHOSEN, release=told_apart(winner, item), **facts)
        if wanted.slots == better.slots:
            return yields_to(wanted, better, Cause.BETTER_FILE, advantage=advantage.value)
        return yields_to(wanted, better, Cause.LONGER_FILE, advantage=advantage.value, what=better.episodes)

    def _version(self, index: int, wanted: Wanted, label: str) -> Outcome:
        """The first free version name; a file that is there under one of them stays."""
        place = wanted.place
        for count in range(1, _VERSIONS):
            text = label if count == 1 else f"{cut(label, LABEL_ROOM - 6)} {count}"
            version = place.named(self.namer.labelled(place.stem, text, wanted.kind))
            if self._is_lettered(version):
                version = place.named(self.namer.labelled(place.stem, f"'{text}'", wanted.kind))
            if found := self._found(replace(wanted, place=version)):
                return self._already(index, wanted.item.file, found)
            if version.key not in self.stems and self.taken.video(version.key) is None:
                return self._move(index, wanted.item, version)
        return stay(wanted, HeldReason.SAME_TARGET, Cause.TOO_MANY_VERSIONS, target=place.target)

    def _is_lettered(self, version: Place) -> bool:
        """Whether another file differs in the last letter alone: Emby and Kodi take them for parts of one."""
        key = version.key
        others = (f"{key[:-1]}{letter}" for letter in "abcd" if key[-1] in "abcd" and letter != key[-1])
        return any(other in self.stems or self.taken.video(other) for other in others)

    # --- the library ---

    def _place_or_hold(self, index: int, wanted: Wanted, label: str | None = None) -> Outcome:
        """The one video that a place is for; the library may have it, or another, there already."""
        item, place = wanted.item, wanted.place
        if not self.taken:
            return self._move(index, item, place)
        if found := self._found(wanted):
            return self._already(index, item.file, found)
        holders = self.taken.holders(wanted.slots, wanted.base)
        there = self.taken.video(place.key) or self.taken.at(place.key + place.extension)
        others = [there] if there else holders
        if not others:
            return self._move(index, item, place)
        if stays := self._keeps_its_place(wanted, others[0]):
            return stays
        if self._is_full(len(holders)):
            return self._taken_by(wanted, others[0])
        if not there:
            return self._of_its_own(index, wanted)
        return self._version(index, wanted, label or labels([item], self.namer.clean)[0])

    def _is_full(self, holders: int) -> bool:
        """Whether an episode that has a file takes no other: Kodi has no versions, Emby eight."""
        return self.on_conflict == "hold" or max(holders, 1) >= self.namer.preset.versions

    def _taken_by(self, wanted: Wanted, other: ScannedFile) -> Held:
        """A video in whose place the library has another; of a whole release it is said once."""
        if not wanted.slots:
            return taken_by(wanted, other, Cause.OTHER_FILE, there=other.rel)
        if self._choice(wanted).count(wanted.item) > 1:
            return taken_by(wanted, other, Cause.OTHER_RELEASE, season=wanted.season)
        return taken_by(wanted, other, Cause.OTHER_EPISODE_FILE, there=other.rel, what=wanted.episodes)

    def _found(self, wanted: Wanted) -> str | None:
        """Where the library has this very file: a hard link, one that a run took in, a copy at its place."""
        file, place = wanted.item.file, wanted.place
        if file.identity is None or not self.taken:
            return None
        if there := self.taken.has(file):
            return there
        return self.taken.copy_at(place.key + place.extension, file)

    def _held(self, file: ScannedFile, stays: Held) -> Held:
        """A file that is held; one that is in the library is there, whatever today's match says of it."""
        there = self.taken.has(file) if self.taken else None
        return already_there(file, there) if there else stays

    def _already(self, index: int, file: ScannedFile, there: str) -> Held:
        self._placed.add(index)
        return already_there(file, there)

    def _move(self, index: int, item: MatchedFile, place: Place) -> Move:
        self._placed.add(index)
        self.stems.add(place.key)
        self._given.add(place.key)
        wanted = self.wanted[index]
        if self.joins and wanted.slots:
            self._starts.setdefault(wanted.slots[0], wanted)
        return self.moved(item, place.target, wanted.why, fingerprint(item))

    def moved(self, item: MatchedFile, target: str, why: str, metadata: str | None) -> Move:
        """A video that goes to its place."""
        file = item.file
        return Move(
            root=file.root, rel=file.rel, target=once(target), mode=self.mode, reason=why, metadata=metadata,
            identity=file.identity or Identity(0, 0), crc32=item.parsed.crc32,
        )  # fmt: skip
