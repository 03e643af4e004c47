"""Find the video that a subtitle, sound track, font, image or NFO belongs to, and name it beside it. Pure.

In: the planned videos of a run, and the other files. Out: for each file its video and its suffix, as in
`.Signs.zh-Hans.forced.ass`. A language is read only from what a name says beyond the video's own name,
and only as a whole token: a title is never a language.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple, TypeAlias

from anivault.core.models import FileKind, ParsedFile, ScannedFile
from anivault.core.planning.naming import Namer, cut, finish
from anivault.parser.models import EXTRAS, Number, ParseResult


class Track(NamedTuple):
    """What a sidecar's name says beyond the name of its video. `language` is BCP 47 or empty."""

    language: str = ""
    title: str = ""
    forced: bool = False
    sdh: bool = False
    default: bool = False


class Vocabulary(NamedTuple):
    """config/languages.toml by token."""

    languages: dict[str, str]
    pairs: dict[str, str]
    flags: dict[str, str]
    folders: frozenset[str]


@cache
def vocabulary() -> Vocabulary:
    """Read the words once."""
    table = tomllib.loads((files("anivault.config") / "languages.toml").read_text(encoding="utf-8"))
    by_word = {
        name: {word: code for code, words in table[name].items() for word in words.split()}
        for name in ("languages", "pairs", "flags")
    }
    return Vocabulary(**by_word, folders=frozenset(table["folders"]["words"].split()))


# --- what a tail says ------------------------------------------------------------------------------------

_SEGMENTS = re.compile(r"[.\[\](){}【】（）]+")
_SEPARATORS = re.compile(r"[\s_&+,-]+")
_TRACK = re.compile(r"(?:track|id)?0*\d{1,3}", re.IGNORECASE)
_NAME_LENGTH = 4  # letters; shorter words are codes, and codes are words of titles too: no, it, to, ru


class _Said(NamedTuple):
    """What one segment of a tail says."""

    languages: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()
    title: str = ""


def read_tail(tail: str) -> Track:
    """Read `.en.forced`, ` [CHS]`, `_track3_[eng]`, `.JPSC`: what is understood, the rest as title.

    Between dots or brackets either every word is understood, or a code of two or three letters counts
    for nothing there: `.To Love-Ru.it` is Italian. Of several languages the last counts.
    """
    said = [_read_segment(segment) for segment in _SEGMENTS.split(tail) if segment.strip(" _-&+,")]
    languages = [code for part in said for code in part.languages]
    flags = {flag for part in said for flag in part.flags}
    if "hi" in languages and set(languages) != {"hi"}:  # Hindi, but after another language hearing impaired
        languages = [code for code in languages if code != "hi"]
        flags.add("sdh")
    return Track(
        _one(languages),
        " ".join(part.title for part in said if part.title),
        "forced" in flags,
        "sdh" in flags,
        "default" in flags,
    )


def _one(languages: Sequence[str]) -> str:
    """The last; or a closer one of the same language: `zh-Hans` of `zh-Hans` and `zh`."""
    last = languages[-1] if languages else ""
    return next((code for code in reversed(languages) if code.startswith(f"{last}-")), last)


def _read_segment(segment: str) -> _Said:
    words = vocabulary()
    segment = segment.strip(" _-&+,")
    low = segment.lower()
    if code := words.languages.get(low):
        return _Said((code,))
    pair = _SEPARATORS.sub("_", low)
    if code := words.pairs.get(pair):
        return _Said((code,), title=pair)
    parts = _SEPARATORS.split(segment)
    known = [part for part in parts if _understood(part.lower())]
    if len(known) < len(parts):  # a phrase: only full names of languages mean one, and the words stay
        names = tuple(words.languages[p.lower()] for p in known if _is_name(p.lower()))
        return _Said(names, title=" ".join(part for part in parts if not _is_name(part.lower())))
    return _Said(
        tuple(code for part in parts if (code := words.languages.get(part.lower()))),
        frozenset(flag for part in parts if (flag := words.flags.get(part.lower()))),
    )


def _understood(word: str) -> bool:
    words = vocabulary()
    return word in words.languages or word in words.flags or bool(_TRACK.fullmatch(word))


def _is_name(word: str) -> bool:
    return word in vocabulary().languages and (len(word) >= _NAME_LENGTH or not word.isascii())


def languages_of(name: str) -> frozenset[str]:
    """The languages that a video's name states: in brackets, between its last dots, or as a full word."""
    stem = name.rpartition(".")[0]
    said = _bracket_track(stem).language
    words = {word for word in _WORDS.split(stem.lower()) if _is_name(word)}
    return frozenset({vocabulary().languages[word] for word in words} | ({said} if said else set()))


# --- whose it is -----------------------------------------------------------------------------------------

_BOUNDARY = re.compile(r"[.\s_\-\[({【（+&]")
_BRACKETS = re.compile(r"\[[^\]]*\]|\([^)]*\)|【[^】]*】")
_WORDS = re.compile(r"[\W_]+")
_Place: TypeAlias = tuple[tuple[Number, ...], int, bool]  # episodes, season, whether it is an extra
_SHORT = 6  # letters of a name that says too little by itself: 01, Ep 12
_LEVELS = 3  # how far above a sidecar its video may lie: Subs/Chinese/fonts


class Owner(NamedTuple):
    """The index of the video a file belongs to; what the file's name says beyond it, raw and read."""

    video: int
    tail: str
    track: Track


class Videos:
    """The videos of a run by folder, to be asked for each other file."""

    def __init__(self, videos: Sequence[ScannedFile], parsed: Sequence[ParseResult]) -> None:
        self._stems: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        self._loose: dict[tuple[str, str], dict[str, list[int]]] = {}
        self._numbered: dict[tuple[str, str], dict[_Place, list[int]]] = {}
        self._below: dict[tuple[str, str], list[int]] | None = None
        self._everywhere: dict[str, int] | None = None
        self._videos, self._parsed = videos, parsed
        for index, video in enumerate(videos):
            folder, _, name = video.rel.rpartition("/")
            self._stems[video.root, folder].setdefault(name.rpartition(".")[0].lower(), index)

    def owner(self, item: ParsedFile) -> Owner | None:
        """Return whose sidecar `item` is; None when no video or more than one could be meant."""
        file = item.file
        folder, _, name = file.rel.rpartition("/")
        stem = name.rpartition(".")[0] or name
        between: list[str] = []  # folders between the file and the video's folder
        for _ in range(_LEVELS):
            if (stems := self._stems.get((file.root, folder))) and (
                found := self._in_folder(item, stem, (file.root, folder), stems, between)
            ):
                return found
            if not folder:
                return None
            folder, _, last = folder.rpartition("/")
            between.insert(0, last)
        return None

    def named(self, item: ParsedFile) -> Owner | None:
        """Return whose sidecar `item` is by name alone, wherever it lies; None when it could be several."""
        if self._everywhere is None:
            count = Counter(stem for stems in self._stems.values() for stem in stems)
            every = (entry for stems in self._stems.values() for entry in stems.items())
            self._everywhere = {s: index for s, index in every if count[s] == 1 and len(s) > _SHORT}
        stem = item.file.name.rpartition(".")[0]
        at = _longest_prefix(stem, self._everywhere)
        return Owner(self._everywhere[stem[:at].lower()], stem[at:], read_tail(stem[at:])) if at else None

    def near(self, file: ScannedFile) -> list[int]:
        """The videos in the folder of `file` or below it; for a folder of its own kind, those beside it."""
        if self._below is None:
            self._below = self._by_folder()
        folder = file.folder
        while True:
            if found := self._below.get((file.root, folder)):
                return found
            folder, _, last = folder.rpartition("/")
            if not last or not _is_sidecar_folder(last):
                return []

    def _by_folder(self) -> dict[tuple[str, str], list[int]]:
        below: dict[tuple[str, str], list[int]] = defaultdict(list)
        for index, video in enumerate(self._videos):
            folder = video.folder
            for _ in range(_LEVELS):
                below[video.root, folder].append(index)
                if not folder:
                    break
                folder = folder.rpartition("/")[0]
        return below

    def _in_folder(
        self, item: ParsedFile, stem: str, key: tuple[str, str], stems: dict[str, int], between: list[str]
    ) -> Owner | None:
        if between and (index := stems.get(between[-1].lower())) is not None:  # Subs/<video>/2_English.srt
            return Owner(index, stem, read_tail(stem))
        if (at := _longest_prefix(stem, stems)) is not None:
            tail = stem[at:]
            return Owner(stems[stem[:at].lower()], tail, _with_folders(read_tail(tail), between))
        if item.file.kind not in {FileKind.SUBTITLE, FileKind.AUDIO}:
            return None
        if between and not all(map(_is_sidecar_folder, between)):
            return None
        if found := self._same_but_brackets(stem, key, stems):
            return Owner(found.video, "", _with_folders(found.track, between))
        return self._by_number(item, stem, key, stems, between)

    def _same_but_brackets(self, stem: str, key: tuple[str, str], stems: dict[str, int]) -> Owner | None:
        """`[Group] Show - 01 [CHS].ass`, `Show - 01.en.ass` beside `[Group] Show - 01 [1080p][CRC].mkv`."""
        if key not in self._loose:
            table: dict[str, list[int]] = defaultdict(list)
            for known, index in stems.items():
                table[_loose(known)].append(index)
            self._loose[key] = table
        bare = _BRACKETS.sub(" ", stem).strip()
        for at in (len(bare), *(found.start() for found in reversed([*_BOUNDARY.finditer(bare)]))):
            found = self._loose[key].get(_loose(bare[:at].lower()), []) if at else []
            tail = read_tail(bare[at:])
            if len(found) == 1 and (at == len(bare) or (tail.language and not tail.title)):
                return Owner(found[0], "", tail if tail.language else _bracket_track(stem))
        return None

    def _by_number(
        self, item: ParsedFile, stem: str, key: tuple[str, str], stems: dict[str, int], between: list[str]
    ) -> Owner | None:
        """The only video of the folder with the same episode; or the only video, for `English.srt`."""
        if len(stems) == 1 and (read := read_tail(stem)).language and not read.title:
            return Owner(next(iter(stems.values())), "", read)
        if key not in self._numbered:
            table: dict[_Place, list[int]] = defaultdict(list)
            for index in stems.values():
                table[_place(self._parsed[index])].append(index)
            self._numbered[key] = table
        same = self._numbered[key].get(_place(item.parsed), [])
        if not item.parsed.episodes or len(same) != 1:
            return None
        return Owner(same[0], "", _with_folders(_bracket_track(stem), between))


def _place(parsed: ParseResult) -> _Place:
    return parsed.episodes, parsed.season or 1, parsed.type in EXTRAS


def _longest_prefix(stem: str, stems: dict[str, int]) -> int | None:
    """The length of the longest known stem that `stem` starts with, up to a boundary."""
    lower = stem.lower()
    if lower in stems:
        return len(stem)
    if len(lower) != len(stem):  # a character whose lower case is longer: offsets would not agree
        return None
    cuts = [found.start() for found in _BOUNDARY.finditer(lower)]
    return next((at for at in reversed(cuts) if at and lower[:at] in stems), None)


def _loose(stem: str) -> str:
    return _WORDS.sub(" ", _BRACKETS.sub(" ", stem)).strip()


def _bracket_track(stem: str) -> Track:
    """What the brackets and last dotted parts of a name say about language; the rest is no title."""
    said = " ".join([found[1:-1] for found in _BRACKETS.findall(stem)] + stem.split(".")[1:][-2:])
    return read_tail(said)._replace(title="")


def _is_sidecar_folder(name: str) -> bool:
    words = re.split(r"[\W_]+", name.lower())
    return any(word in vocabulary().folders for word in words) or _read_segment(name).languages != ()


def _with_folders(track: Track, between: Iterable[str]) -> Track:
    """Let the folders speak where the name is silent: `Subs/English/Show - 01.ass`."""
    for folder in between:
        words = [word for word in re.split(r"[\s_]+", folder) if word.lower() not in vocabulary().folders]
        said = read_tail(" ".join(words))
        if not track.language and said.language:
            track = track._replace(language=said.language)
        if said.title and not track.title:
            track = track._replace(title=said.title)
    return track


# --- the name beside the video ---------------------------------------------------------------------------

# Servers look for these inside any token: as words they go, longer words are parted there (`For-eigner`).
_FLAG_WORD = re.compile(r"(?<![^\W_])(?:forced|foreign|default)(?![^\W_])", re.IGNORECASE)
_READ_AS_FLAG = re.compile(r"(for|de)(ced|eign|fault)", re.IGNORECASE)
_CHAPTERS = re.compile(r"[._ \[-]chap(?:ter)?s?[\])]*\.(?:xml|txt)\Z", re.IGNORECASE)
_PICTURES = {
    "poster": "poster", "cover": "poster", "folder": "poster", "fanart": "fanart", "backdrop": "fanart",
    "background": "fanart", "banner": "banner", "logo": "clearlogo", "clearlogo": "clearlogo",
    "clearart": "clearart", "landscape": "landscape", "thumb": "thumb", "disc": "disc",
}  # fmt: skip
_LABELS = 20  # how many files of one language and title go with a video


def is_chapters(name: str) -> bool:
    """Tell whether a file lists the chapters of a video: `<video>.chapters.xml`."""
    return _CHAPTERS.search(name) is not None


def folder_art(file: ScannedFile) -> str | None:
    """The picture or NFO of a whole folder that a name stands for: `poster`, `fanart`, `tvshow`, ..."""
    stem = file.name.rpartition(".")[0].lower()
    if file.kind is FileKind.NFO:
        return stem if stem in {"tvshow", "season", "movie"} else None
    return _PICTURES.get(stem) if file.kind is FileKind.IMAGE else None


def suffixes(item: ParsedFile, owner: Owner, film: bool, namer: Namer, room: int) -> Iterator[str]:
    """Yield what may follow the video's name, best first; nothing when no server would look at it."""
    extension = "." + item.file.name.rpartition(".")[2].lower()
    kind = item.file.kind
    if kind is FileKind.SUBTITLE or kind is FileKind.AUDIO:
        yield suffix(owner.track, extension, namer, room)
        for label in (item.parsed.group or "2", *map(str, range(2, _LABELS))):
            yield suffix(owner.track, extension, namer, room, label)
    elif kind is FileKind.IMAGE:
        word = _PICTURES.get(owner.tail.strip(" .-_").lower(), "") if owner.tail else ""
        yield from _picture(word, bool(owner.tail), film, extension, namer)
    elif kind is FileKind.NFO and not owner.tail:
        yield extension
    elif kind is FileKind.OTHER:
        yield f".chapters{extension}"


def _picture(word: str, named: bool, film: bool, extension: str, namer: Namer) -> Iterator[str]:
    """A film has every kind of picture beside it, an episode only a still."""
    if film and (word or not named):
        yield f"-{word or 'poster'}{extension}"
    elif not film and (word == "thumb" or not named):
        yield f"{namer.preset.thumb}{extension}"


def suffix(track: Track, extension: str, namer: Namer, room: int, label: str = "") -> str:
    """Return `[.title].language[.flags].ext` as the server reads it, in at most `room` bytes.

    `label` tells apart what would have one name; the title gives way before anything else.
    """
    said = {"default": track.default, "forced": track.forced, "sdh": track.sdh}
    flags = [word for flag, word in namer.preset.flags.items() if said[flag]]
    language = namer.preset.languages.get(track.language, track.language)
    tail = "".join(f".{part}" for part in (language, *flags) if part) + extension
    words = " ".join(filter(None, (track.title, label)))
    title = cut(_title(words, namer), room - len(tail.encode("utf-8")) - 1) if words else ""
    return f".{title}{tail}" if title else tail


def _title(words: str, namer: Namer) -> str:
    """A title with no dot to split it, in which no server finds a flag or a language."""
    known = vocabulary()
    text = _READ_AS_FLAG.sub(r"\1-\2", _FLAG_WORD.sub("", finish(namer.clean(words)).replace(".", " ")))
    kept = [w for w in text.split() if w.lower() not in known.flags]
    joined = "-".join(kept)
    return f"{joined}-track" if joined.lower() in known.languages else joined
