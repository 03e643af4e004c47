"""Name what goes with a video as servers read it: `.Signs.zh-Hans.forced.ass`, `-thumb.jpg`. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from anivault.core.models import FileKind, ParsedFile, ScannedFile
from anivault.core.planning.naming.characters import cut, finish
from anivault.core.planning.naming.names import Namer
from anivault.core.planning.sidecars.owners import Owner
from anivault.core.planning.sidecars.tracks import Track, vocabulary
from anivault.shared import regex as re

_FLAG_WORD = re.compile(r"(?<![^\W_])(?:forced|foreign|default)(?![^\W_])", re.IGNORECASE)
# Jellyfin and Emby look for these inside words too, where `Foreigner` would be forced: it is `For-eigner`.
_INSIDE_WORDS = frozenset({"jellyfin", "emby"})
_READ_AS_FORCED = re.compile(r"(for)(ced|eign)", re.IGNORECASE)
_READ_AS_DEFAULT = re.compile(r"(de)(fault)", re.IGNORECASE)
_PICTURES = {
    "poster": "poster", "cover": "poster", "folder": "poster", "fanart": "fanart", "backdrop": "fanart",
    "background": "fanart", "banner": "banner", "logo": "clearlogo", "clearlogo": "clearlogo",
    "clearart": "clearart", "landscape": "landscape", "thumb": "thumb", "disc": "disc",
}  # fmt: skip
_LABELS = 20  # how many files of one language and title go with a video


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
    preset, flags = namer.preset, {"default": track.default, "forced": track.forced, "sdh": track.sdh}
    said: dict[str, str] = {flag: word for flag, word in preset.flags.items() if flags[flag]}
    said["language"] = preset.languages.get(track.language, track.language)
    tail = "".join(f".{word}" for part in preset.track if (word := said.get(part))) + extension
    words = " ".join(filter(None, (track.title, label)))
    title = cut(_title(words, track, namer), room - len(tail.encode("utf-8")) - 1) if words else ""
    return f".{title}{tail}" if title else tail


def _title(words: str, track: Track, namer: Namer) -> str:
    """A title with no dot to split it, in which no server finds a language, or a flag it lacks."""
    known = vocabulary()
    text = _parted(_FLAG_WORD.sub("", finish(namer.clean(words)).replace(".", " ")), track, namer)
    kept = [w for w in text.split() if w.lower() not in known.flags]
    joined = "-".join(kept)
    return f"{joined}-track" if joined.lower() in known.languages else joined


def _parted(text: str, track: Track, namer: Namer) -> str:
    """Part the words in which a server that reads this name would find a flag that the track lacks."""
    if _INSIDE_WORDS.isdisjoint(namer.preset.servers):
        return text
    text = text if track.forced else _READ_AS_FORCED.sub(r"\1-\2", text)
    return text if track.default else _READ_AS_DEFAULT.sub(r"\1-\2", text)
