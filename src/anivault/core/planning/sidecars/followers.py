"""Decide what goes with the videos of a run: beside them, to a folder of fonts, or as a show's art. Pure.

In: the videos with their places, the other files, what the library holds. Out: a Move or a Held for each.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

from anivault.core.causes import Cause
from anivault.core.models import (
    FileKind,
    Held,
    HeldReason,
    Identity,
    MatchedFile,
    Mode,
    Move,
    ParsedFile,
    ScannedFile,
)
from anivault.core.planning.library import Library
from anivault.core.planning.naming.characters import cut, finish, fold
from anivault.core.planning.naming.fields import Subject
from anivault.core.planning.places import Places, already_there, extension_of, held, is_film, subject_of
from anivault.core.planning.sidecars.owners import Owner, Videos
from anivault.core.planning.sidecars.suffixes import folder_art, suffixes
from anivault.core.planning.wanted import Outcome
from anivault.parser.models import ParseResult
from anivault.shared.text import is_text

_DECORATION = frozenset({FileKind.IMAGE, FileKind.NFO})


class Followers:
    """What is claimed beside the videos so far.

    `outcomes`: what becomes of each of the videos `matched`.
    """

    def __init__(
        self,
        places: Places,
        outcomes: Sequence[Outcome],
        mode: Mode,
        matched: Sequence[MatchedFile],
        roots: Sequence[str],
    ) -> None:
        self.places, self.outcomes, self.mode, self.matched, self.roots = (
            places,
            outcomes,
            mode,
            matched,
            roots,
        )
        self.namer, self.taken = places.namer, places.taken
        self.videos = Videos([item.file for item in matched], [item.parsed for item in matched])
        self.claimed: set[str] = set()  # folded targets

    def base(self, index: int) -> str | None:
        """The target, without extension, of a video that is in the library after the run; else None."""
        outcome = self.outcomes[index]
        if isinstance(outcome, Move):
            return outcome.target.removesuffix(extension_of(self.matched[index].file))
        return outcome.place.rpartition(".")[0] if outcome.reason is HeldReason.ALREADY_THERE else None

    @cached_property
    def gone(self) -> Gone:
        """The videos that went before; few runs need them."""
        return Gone(self.taken, self.roots, {item.file.path for item in self.matched})

    def place(self, item: ParsedFile) -> Outcome:
        """Find the video or folder that `item` belongs to, and its name there."""
        file = item.file
        if self.taken and (there := self.taken.has(file)):
            return already_there(file, there)
        if file.is_junk:
            return held(file, HeldReason.JUNK, Cause.NOT_OF_A_LIBRARY)
        if file.kind is FileKind.FONT:
            return self._font(file)
        return self._with_video(item) or self._of_folder(file)

    def _with_video(self, item: ParsedFile) -> Outcome | None:
        """Beside its video, of this run or of an earlier one; None where it has none."""
        file = item.file
        if owner := self.videos.owner(item):
            alike = self.videos.alike(owner.video, file)
            goes = alike[0]
            if len(alike) > 1:
                goes = next((index for index in alike if self.base(index) is not None), goes)
            owner, video = Owner(goes, owner.tail, owner.track), self.matched[goes].file
            if item.unreadable and not file.name.startswith(video.name.rpartition(".")[0]):
                return Held(
                    root=file.root, rel=file.rel, reason=HeldReason.UNREADABLE_NAME, said=item.unreadable
                )
            return self._beside(item, owner)
        if self.taken and (found := self.gone.videos.owner(item)):
            return self._after(item, found._replace(video=self.gone.videos.alike(found.video, file)[0]))
        return None

    def _of_folder(self, file: ScannedFile) -> Outcome:
        if art := folder_art(file):
            return self._art(file, art)
        return held(
            file, HeldReason.JUNK if file.kind in _DECORATION else HeldReason.NO_VIDEO, Cause.NO_NAMESAKE
        )

    def _beside(self, item: ParsedFile, owner: Owner) -> Outcome:
        video, base = self.matched[owner.video], self.base(owner.video)
        if base is None or not is_text(base):  # the library may hold names of any bytes
            return held(item.file, HeldReason.NO_VIDEO, Cause.VIDEO_STAYS, video=video.file.rel)
        return self._named(item, owner, base, video.file, film=is_film(video))

    def _after(self, item: ParsedFile, owner: Owner) -> Outcome:
        """Beside a video that an earlier run took in."""
        base, video = self.gone.places[owner.video].rpartition(".")[0], self.gone.files[owner.video]
        return self._named(item, owner, base, video, film=self.gone.films[owner.video])

    def _named(self, item: ParsedFile, owner: Owner, base: str, video: ScannedFile, *, film: bool) -> Outcome:
        room = self.namer.name_max - len(base.rpartition("/")[2].encode("utf-8"))
        names = (f"{base}{suffix}" for suffix in suffixes(item, owner, film, self.namer, room))
        return self._first_free(item.file, names, video, f"{base}{extension_of(video)}")

    def _font(self, file: ScannedFile) -> Outcome:
        for index in self.videos.near(file):
            if (base := self.base(index)) is not None and is_text(base):
                video = self.matched[index]
                return self._font_near(file, base, video.file, film=is_film(video))
        if self.taken and (gone := self.gone.lone(file)) is not None:
            base, video_file = self.gone.places[gone].rpartition(".")[0], self.gone.files[gone]
            return self._font_near(file, base, video_file, film=self.gone.films[gone])
        return held(file, HeldReason.NO_VIDEO, Cause.NO_VIDEO_NEAR)

    def _font_near(self, file: ScannedFile, base: str, video: ScannedFile, *, film: bool) -> Outcome:
        stem, extension = file.name.rpartition(".")[0], extension_of(file)
        name = cut(finish(self.namer.clean(stem)), self.namer.room) or "font"
        folder = self.namer.preset.film_fonts if film else "fonts"
        names = [f"{base.rpartition('/')[0]}/{folder}/{name}{extension}"]
        return self._first_free(file, names, video, f"{base}{extension_of(video)}")

    def _art(self, file: ScannedFile, word: str) -> Outcome:
        """A picture or NFO of a whole folder, when all its videos are of one show or film."""
        near = [index for index in self.videos.near(file) if self.base(index) is not None]
        homes = {index: home for index in near if (home := self.places.home(self.matched[index])) is not None}
        folders = {home.folder for home in homes.values()}
        if len(folders) != 1 or self._went_elsewhere(file, *folders):
            return held(file, HeldReason.NO_VIDEO, Cause.SEVERAL_SHOWS)
        index, home = next(iter(homes.items()))
        name = self._art_name(word, {home.season for home in homes.values()}, self.matched[index])
        if name is None:
            return held(file, HeldReason.JUNK, Cause.NOT_SHOWN)
        video = self.matched[index].file
        target = f"{home.folder}/{name}{extension_of(file)}"
        return self._first_free(file, [target], video, f"{self.base(index)}{extension_of(video)}")

    def _went_elsewhere(self, file: ScannedFile, folder: str) -> bool:
        """Whether a video that lay near `file` before is of another show: theirs is a folder of several."""
        return bool(self.taken) and not all(place.startswith(f"{folder}/") for place in self.gone.near(file))

    def _art_name(self, word: str, seasons: set[int | None], item: MatchedFile) -> str | None:
        """The name below the show's or film's folder. A poster beside one later season is that season's."""
        if word in {"movie", "tvshow"}:
            return word if (None in seasons) == (word == "movie") else None
        subject = subject_of(item)
        season = next(iter(seasons)) if len(seasons) == 1 else None
        if subject is None or season is None:  # of several seasons, or of none
            return None if word == "season" else word
        return self._art_of_season(word, season, subject)

    def _art_of_season(self, word: str, season: int, subject: Subject) -> str:
        """`poster` beside season 2 is `season02-poster`, beside the first season it is the show's."""
        if word == "season":
            return f"{self.namer.season(subject)}/season"
        if word != "poster" or season == 1:
            return word
        return (self.namer.season_poster if season else self.namer.specials_poster)(subject)

    def _first_free(
        self, file: ScannedFile, names: Iterable[str], video: ScannedFile, beside: str
    ) -> Outcome:
        target = ""
        for target in names:
            key = fold(target)
            if copy := self.taken.copy_at(key, file):
                return already_there(file, copy)
            if self.taken.at(key) is None and key not in self.claimed:
                self.claimed.add(key)
                return Move(
                    root=file.root, rel=file.rel, target=target, mode=self.mode, video=beside,
                    identity=file.identity or Identity(0, 0), reason=f"goes with {video.name}",
                )  # fmt: skip
        if not target:
            return held(file, HeldReason.JUNK, Cause.NOT_SHOWN)
        reason = HeldReason.SAME_TARGET if fold(target) in self.claimed else HeldReason.TARGET_TAKEN
        return held(file, reason, Cause.PLACE_TAKEN, place=target, target=target)


class Gone:
    """Videos that earlier runs took in and that are not here any more: what was left behind follows them.

    By their old names, not by their numbers: a flat folder has seen many a fifth episode.
    """

    def __init__(self, taken: Library, roots: Sequence[str], here: Collection[str]) -> None:
        went = [(rel, origin) for rel, origin in taken.videos_taken_in() if origin.file.path not in here]
        self.places = [rel for rel, _ in went]
        self.films = [":movie:" in (origin.metadata or "") for _, origin in went]
        self.files = [_below(origin.file, roots) for _, origin in went]
        self.videos = Videos(self.files, [ParseResult()] * len(went))

    def near(self, file: ScannedFile) -> list[str]:
        """Where the videos that were near `file` are now."""
        return [self.places[index] for index in self.videos.near(file)]

    def lone(self, file: ScannedFile) -> int | None:
        """A video near `file`, where all that were near it have gone to one folder."""
        near = self.videos.near(file)
        folders = {self.places[index].rpartition("/")[0] for index in near}
        return near[0] if len(folders) == 1 else None


def _below(file: ScannedFile, roots: Sequence[str]) -> ScannedFile:
    """The same file, relative to the one of `roots` that it lies in, if any."""
    for root in sorted(roots, key=len, reverse=True):
        if file.path.startswith(os.path.join(root, "")):
            return ScannedFile(root, file.path[len(os.path.join(root, "")) :], file.kind, file.identity)
    return file
