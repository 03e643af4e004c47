"""Turn what is known of a file into folder and file names, as a preset wants them. Pure.

In: a preset and a Subject. Out: names that any file system takes and that mean to a media server what the
match says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple, TypeAlias

from anivault.core.models import Candidate, ShowId
from anivault.core.planning.naming.characters import COUNTS_ON, NAME_MAX, clean, cut, finish
from anivault.core.planning.naming.fields import (
    FIELDS,
    NUMBERS,
    SHORTENED,
    SPELLINGS,
    Subject,
    Value,
    episode_title,
    title_in,
    without_year,
)
from anivault.core.planning.naming.misread import Kind, is_plain_end, is_plain_start, mend, unlike_an_episode
from anivault.core.planning.naming.preset import Preset
from anivault.core.planning.naming.template import Component, Field, Group, Part, fields_of, parse_template
from anivault.parser.models import VideoType

STEM_ROOM = 55  # bytes a stem leaves for its files: " - label" of a version, ".title.zh-Hant.sdh.forced.ass"
LABEL_ROOM = 24  # bytes of those for the version

Limits: TypeAlias = Mapping[str, int]  # field -> bytes
Writer: TypeAlias = Callable[[Subject, Limits], str]
_NO_LIMITS: Limits = {}


class Namer:
    """A preset made ready. `name_max` is what the library's file system allows, in bytes."""

    def __init__(self, preset: Preset, name_max: int = NAME_MAX) -> None:
        self.preset = preset
        self.name_max = name_max
        self.room = name_max - STEM_ROOM
        self.is_plain_end = lru_cache(maxsize=4096)(lambda end: is_plain_end(end, self.finish))
        self._cleaned: dict[str, str] = {}
        self._episode_titles: dict[str, str] = {}
        self._titles: dict[ShowId, str] = {}
        self.show = self._path(preset.show)  # the folder of the show, relative to the library
        self.season = self._path(preset.season)  # the folder of the season, relative to the show
        self.episode = self._path(preset.episode)  # an episode's file name, without extension
        # Whether a show has several folders, one an entry, which are told apart by these fields.
        self.by_entry = any(
            fields_of(part) & {"anidb", "mal", "anilist"} for part in parse_template(preset.show)
        )
        self.film = self._path(preset.film, "film")  # a film's folder and file name, without extension
        self.season_poster = self._path(preset.season_poster)
        self.specials_poster = self._path(preset.specials_poster)

    def finish(self, name: str, kind: Kind = "episode") -> str:
        """Make a name portable, and one that none of the preset's servers misreads."""
        portable = finish(name)
        mended = mend(portable, self.preset.servers, kind)
        return portable if mended == portable else finish(mended)

    def labelled(self, stem: str, label: str, kind: Kind) -> str:
        """The name of another version of a file, told apart by its label."""
        name = f"{stem} - {cut(label, LABEL_ROOM - 3)}"
        return self.finish(unlike_an_episode(name) if kind == "extra" else name, kind)

    def as_extra(self, words: str) -> str:
        """The name of an extra, which no server reads as an episode, whatever numbers it has."""
        return self.finish(unlike_an_episode(self.clean(words)), "extra")

    def clean(self, text: str) -> str:
        """Make a value harmless, remembering it: titles and groups come back thousands of times."""
        cleaned = self._cleaned.get(text)
        if cleaned is None:
            cleaned = self._cleaned[text] = clean(text, self.preset)
        return cleaned

    def _quoted(self, title: str | None) -> str:
        """An episode title that does not go on counting: Jellyfin reads `S01E01 - E2 ...` as two episodes."""
        if not title:
            return ""
        quoted = self._episode_titles.get(title)
        if quoted is None:
            quoted = COUNTS_ON.sub(r"'\1'", self.clean(title).lstrip(" -._"))
            self._episode_titles[title] = quoted
        return quoted

    def title(self, candidate: Candidate) -> str:
        """The title in the preset's language order, without the year that follows it anyway."""
        key = candidate.key
        if (known := self._titles.get(key)) is None:
            known = self._titles[key] = self._make_title(candidate)
        return known

    def _make_title(self, candidate: Candidate) -> str:
        wanted = [title_in(candidate, language) for language in self.preset.titles]
        rest = [candidate.title, *(title.text for title in candidate.titles)]
        for text in filter(None, [*wanted, *rest]):
            if finish(cleaned := clean(without_year(text, candidate.year), self.preset)):
                return cleaned
        return f"{candidate.provider} {candidate.id}"

    def extras_folder(self, kind: VideoType) -> str:
        """The folder for extras of a kind, in that of the show or film."""
        return self.preset.extras.get(kind) or self.preset.extras[VideoType.MENU]

    def _path(self, template: str, kind: Kind = "episode") -> Callable[[Subject], str]:
        names = [_Name(self, component, kind) for component in parse_template(template)]
        if len(names) == 1:
            return names[0]
        return lambda subject: "/".join(filter(None, [name(subject) for name in names]))

    def writer(self, part: Part) -> str | Writer:
        """What writes one part of a template."""
        if isinstance(part, str):
            return part
        if isinstance(part, Group):
            return _group(part, [self.writer(inner) for inner in part.parts])
        return _number(part) if part.name in NUMBERS else self._text_writer(part)

    def _text_writer(self, field: Field) -> Writer:
        read, name, length = self.text(field.name), field.name, field.length
        if not length and not field.case:
            return lambda subject, limits: (
                cut(read(subject), limits[name]) if limits and name in limits else read(subject)
            )
        case: Callable[[str], str] = {"upper": str.upper, "lower": str.lower}.get(field.case, str)

        def write(subject: Subject, limits: Limits) -> str:
            text = read(subject)
            if length and len(text) > length:
                text = text[: length - 1].rstrip(" .-") + "…"
            return case(cut(text, limits[name]) if name in limits else text)

        return write

    def text(self, name: str) -> Callable[[Subject], str]:
        """What a field that is no number says."""
        if name == "title":
            return lambda subject: self.title(subject.candidate)
        if name == "episode_title":
            return lambda subject: self._quoted(episode_title(subject.coordinates))
        read = FIELDS[name]
        if name in SPELLINGS:
            return lambda s: self.clean(without_year(str(read(s) or ""), s.candidate.year))
        return lambda subject: self.clean(str(value)) if (value := read(subject)) else ""


# What is the same for all files of a season; it is written once.
_STEADY = frozenset({"title", "romaji", "english", "native", "year", "provider", "id", "tmdb", "season"})


def _is_steady(part: Part) -> bool:
    return isinstance(part, str) or fields_of((part,)) <= _STEADY


class _Start(NamedTuple):
    """How the names of a season's files start. `plain`: no server misreads that, whatever number follows."""

    text: str
    plain: bool


class _Name:
    """The name of a folder or file, as one part of a template has it; its start is written once a season."""

    def __init__(self, namer: Namer, component: Component, kind: Kind) -> None:
        writers = list(map(namer.writer, component))
        steady = len(list(takewhile(_is_steady, component)))
        self._namer, self._kind, self._is_steady = namer, kind, steady == len(component)
        self._begin, self._end = _joined(writers[:steady]), _joined(writers[steady:])
        self._shortened = [field for field in SHORTENED if field in fields_of(component)]
        self._is_of_show = not fields_of(component) <= {"season"}  # else all shows have it: `Season 01`
        self._known: dict[object, _Start | str] = {}  # by show and season

    def __call__(self, subject: Subject) -> str:
        show, places = subject.candidate, subject.coordinates
        season = places[0].season if places else None
        key = (show.provider, show.media_type, show.id, season) if self._is_of_show else season
        if (start := self._known.get(key)) is None:
            start = self._known[key] = self._of_season(subject)
        if isinstance(start, str):
            return start
        end = self._end(subject, _NO_LIMITS)
        text = f"{start.text}{end}"
        if start.plain and self._namer.is_plain_end(end) and self._is_short(text):
            return text
        return self._finished(text, subject)

    def _of_season(self, subject: Subject) -> _Start | str:
        """How the names of a season start; the name itself where all its files share it."""
        text = self._begin(subject, _NO_LIMITS)
        if self._is_steady:
            return self._finished(text, subject)
        return _Start(text, self._kind == "episode" and is_plain_start(text, self._namer.finish))

    def _finished(self, text: str, subject: Subject) -> str:
        name = self._namer.finish(text, self._kind)
        return name if self._is_short(name) else self._shorten(subject)

    def _is_short(self, name: str) -> bool:
        return len(name) * 4 <= self._namer.room or len(name.encode("utf-8")) <= self._namer.room

    def _shorten(self, subject: Subject) -> str:
        """Cut the fields one after the other, each no further than to 12 bytes, until the name fits."""
        limits: dict[str, int] = {}
        name = self._limited(subject, limits)
        for field in self._shortened:
            over = len(name.encode("utf-8")) - self._namer.room
            if over <= 0:
                break
            limits[field] = max(len(self._namer.text(field)(subject).encode("utf-8")) - over, 12)
            name = self._limited(subject, limits)
        return finish(cut(name, self._namer.room))

    def _limited(self, subject: Subject, limits: Limits) -> str:
        text = f"{self._begin(subject, limits)}{self._end(subject, limits)}"
        return self._namer.finish(text, self._kind)


def _joined(writers: list[str | Writer]) -> Writer:
    if len(writers) == 2 and callable(first := writers[0]) and callable(second := writers[1]):
        # As names of episodes end: {episode:00}< - {episode_title}>
        return lambda subject, limits: f"{first(subject, limits)}{second(subject, limits)}"
    return lambda subject, limits: "".join(
        [write if isinstance(write, str) else write(subject, limits) for write in writers]
    )


def _group(group: Group, writers: list[str | Writer]) -> Writer:
    needed = [number for number, part in enumerate(group.parts) if isinstance(part, Field)]
    if len(writers) == 2 and isinstance(before := writers[0], str) and callable(field := writers[1]):
        # As most are: < - {episode_title}>
        return lambda subject, limits: f"{before}{text}" if (text := field(subject, limits)) else ""

    def write(subject: Subject, limits: Limits) -> str:
        texts = [part if isinstance(part, str) else part(subject, limits) for part in writers]
        return "".join(texts) if all(map(texts.__getitem__, needed)) else ""

    return write


def _number(field: Field) -> Writer:
    read = FIELDS[field.name]

    @lru_cache(maxsize=4096)
    def shown(value: Value) -> str:
        if isinstance(value, int):
            return f"{value:0{field.digits}}"
        if not isinstance(value, tuple) or not value:
            return ""
        every = value if field.every or len(value) == 1 else (value[0], value[-1])
        return field.joint.join(f"{number:0{field.digits}}" for number in every)

    return lambda subject, _limits: shown(read(subject))  # numbers are never cut
