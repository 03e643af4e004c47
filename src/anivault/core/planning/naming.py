"""Turn what is known of a file into folder and file names. Pure.

In: a preset (templates and policies, as data) and a Subject. Out: names that any file system takes and
that mean to a media server what the match says: no value can add a folder, an id or an episode number.

The template language has text, `{field}`, `{field:format}`, `<groups>` that vanish when a field in them is
empty, and `/`. Only the fields of FIELDS exist; a template is refused when it is read, with the position.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple, TypeAlias

import msgspec

from anivault.core.models import Candidate, Coordinates, Entry
from anivault.parser.models import ParseResult, VideoType
from anivault.shared.errors import PresetError, TemplateError
from anivault.shared.text import meant

NAME_MAX = 255  # bytes; ext4, btrfs, xfs; NTFS and exFAT allow 255 characters, which are never fewer bytes
STEM_ROOM = 55  # bytes a stem leaves for its files: " - label" of a version, ".title.zh-Hant.forced.sdh.ass"
LABEL_ROOM = 24  # bytes of those for the version


class Preset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one server wants its library. docs/naming.md has every key."""

    show: str
    season: str
    episode: str
    film: str
    extras: dict[VideoType, str]  # kind -> folder in that of the show or film
    season_poster: str  # relative to the show, as is the next
    specials_poster: str
    thumb: Literal["", "-thumb"]  # what follows an episode's name in that of its still
    plexmatch: bool = False  # write .plexmatch where NFO files are wanted
    name_episodes: bool = False  # NFO: a server without a provider leaves out episodes without a title
    hide_extras: bool = False  # NFO: write .nomedia beside a film's extras, which the server lists as films
    flags: dict[Literal["default", "forced", "sdh"], str]
    languages: dict[str, str] = {}  # BCP 47 -> what this server reads, where that differs
    versions: int = 99  # how many files of one episode or film the server takes
    titles: tuple[str, ...] = ()  # languages of {title}, best first; empty: the provider's choice
    colon: Literal["dash", "space", "delete", "fullwidth"] = "dash"
    characters: Literal["portable", "fullwidth"] = "portable"
    case: Literal["keep", "lower", "upper"] = "keep"
    spaces: str = " "
    name: str = ""


# The kinds of extras that a preset must have a folder for; the others go with menus where it has none.
NAMED_EXTRAS = frozenset(
    {VideoType.OP, VideoType.ED, VideoType.PV, VideoType.CM, VideoType.MENU, VideoType.INTERVIEW}
)
TEMPLATES = ("show", "season", "episode", "film", "season_poster", "specials_poster")


class Subject(NamedTuple):
    """What a name is made from."""

    candidate: Candidate
    entry: Entry | None
    parsed: ParseResult
    coordinates: tuple[Coordinates, ...] = ()


Value: TypeAlias = str | int | tuple[int, ...] | None

FIELDS: dict[str, Callable[[Subject], Value]] = {
    "title": lambda s: s.candidate.title,
    "romaji": lambda s: _title_in(s.candidate, "ja-Latn"),
    "english": lambda s: _title_in(s.candidate, "en"),
    "native": lambda s: _title_in(s.candidate, "ja"),
    "year": lambda s: s.candidate.year,
    "provider": lambda s: s.candidate.provider,
    "id": lambda s: s.candidate.id,
    "tmdb": lambda s: s.candidate.id if s.candidate.provider == "tmdb" else None,
    "anidb": lambda s: s.entry.ids.get("anidb") if s.entry else None,
    "mal": lambda s: s.entry.ids.get("mal") if s.entry else None,
    "anilist": lambda s: s.entry.ids.get("anilist") if s.entry else None,
    "season": lambda s: s.coordinates[0].season if s.coordinates else None,
    "episode": lambda s: tuple([c.episode for c in s.coordinates]),
    "absolute": lambda s: tuple([c.absolute for c in s.coordinates if c.absolute is not None]),
    "episode_title": lambda s: _episode_title(s.coordinates),
    "group": lambda s: s.parsed.group,
    "resolution": lambda s: s.parsed.resolution,
    "source": lambda s: s.parsed.source,
    "video_codec": lambda s: s.parsed.video_codec,
    "audio_codec": lambda s: s.parsed.audio_codec,
    "version": lambda s: s.parsed.version,
    "crc32": lambda s: s.parsed.crc32,
}
NUMBERS = frozenset(
    {"year", "id", "tmdb", "anidb", "mal", "anilist", "season", "episode", "absolute", "version"}
)
# What a name that is too long loses first.
SHORTENED = (
    "episode_title", "group", "source", "video_codec", "audio_codec", "resolution", "crc32", "native",
    "english", "romaji", "title",
)  # fmt: skip


def titled(candidate: Candidate, languages: Sequence[str]) -> Candidate:
    """Call a show by its title in the first of `languages` that it has one in; else as the provider does."""
    found = next(filter(None, (_title_in(candidate, language) for language in languages)), candidate.title)
    return msgspec.structs.replace(candidate, title=found)


def _title_in(candidate: Candidate, language: str) -> str | None:
    titles = [title for title in candidate.titles if title.language == language]
    return next((title.text for title in titles if title.main), titles[0].text if titles else None)


_SPELLINGS = frozenset({"romaji", "english", "native"})  # of the title
_YEAR_LAST = re.compile(r"(?<=\S)\s*[(\[{（［【〔]?\s*((?:19|20)\d\d)\s*[)\]}）］】〕]?\s*\Z")


def _without_year(title: str, year: int | None) -> str:
    """A title without the show's year at its end, which a name has anyway: `Title(2011)`, `Title 2011`."""
    found = _YEAR_LAST.search(title)
    return title[: found.start()] if found and int(found[1]) == year else title


def _episode_title(coordinates: tuple[Coordinates, ...]) -> str | None:
    if len(coordinates) == 1:
        return coordinates[0].title
    titles = dict.fromkeys(c.title for c in coordinates if c.title)
    return " & ".join(titles) or None


# --- the template language -------------------------------------------------------------------------------


class Field(NamedTuple):
    """`{name:format}`. Numbers: digits, and how the last (or `every` next) of several is joined."""

    name: str
    digits: int = 0
    joint: str = ""
    every: bool = False
    length: int = 0  # characters; 0 is no limit
    case: str = ""


class Group(NamedTuple):
    """`<parts>`, left out when a field directly in it is empty."""

    parts: tuple[Part, ...]


Part: TypeAlias = "str | Field | Group"
Component: TypeAlias = tuple[Part, ...]

_NUMBER_FORMAT = re.compile(r"(0+)(?:(\D*[^\d+])0+(\+?))?")
_TEXT_FORMAT = re.compile(r"([1-9][0-9]{0,2})?(upper|lower)?")
_PIECES = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[<>/{}]|[^<>/{}]+")
_PLAIN_MAX = 100  # bytes of plain text in a component, so that what is known has room
_TEMPLATE_MAX, _FOLDERS_MAX = 1000, 8  # characters, and parts between slashes: a path has room for no more
_WORD = re.compile(r"\w+(?:[.+-]\w+)*")  # a flag or language in a file's name
_WORD_MAX = 40  # characters
_UNFIT_TEXT = re.compile(r'[\x00-\x1f\x7f\\:"|?*\ud800-\udfff]')


def parse_template(text: str) -> tuple[Component, ...]:
    """Read a template into its folders and name. Raises TemplateError with the position."""
    if len(text) > _TEMPLATE_MAX:
        raise TemplateError(text[:60] + "…", 0, f"more than {_TEMPLATE_MAX:,} characters")
    components: list[list[Part]] = [[]]
    groups: list[tuple[int, list[Part]]] = []
    for found in _PIECES.finditer(text):
        piece, at = found.group(), found.start()
        parts = groups[-1][1] if groups else components[-1]
        if piece == "<":
            groups.append((at, []))
        elif piece == ">":
            _close(text, at, groups, components[-1])
        elif piece == "/" and not groups:
            components.append([])
        else:
            parts.append(_part(text, piece, at))
    if groups:
        raise TemplateError(text, groups[-1][0], "this < is never closed")
    _check_components(text, components)
    return tuple(tuple(parts) for parts in components)


def _close(text: str, at: int, groups: list[tuple[int, list[Part]]], component: list[Part]) -> None:
    if not groups:
        raise TemplateError(text, at, "this > closes nothing")
    start, parts = groups.pop()
    if not any(isinstance(part, Field) for part in parts):
        raise TemplateError(text, start, "a group needs a field of its own")
    (groups[-1][1] if groups else component).append(Group(tuple(parts)))


def _part(text: str, piece: str, at: int) -> Part:
    if piece in {"{{", "}}"}:
        return piece[0]
    if piece == "/":
        raise TemplateError(text, at, "a group cannot span folders")
    if piece in {"{", "}"}:
        raise TemplateError(text, at, "a single brace; write {{ or }} for the character")
    if piece.startswith("{"):
        return _field(text, piece[1:-1], at)
    if unfit := _UNFIT_TEXT.search(piece):
        raise TemplateError(text, at + unfit.start(), "this character is not allowed in names")
    return unicodedata.normalize("NFC", piece)


def _field(text: str, inner: str, at: int) -> Field:
    name, _, form = inner.partition(":")
    if name not in FIELDS:
        raise TemplateError(text, at + 1, f"there is no field {name!r}; known are {', '.join(FIELDS)}")
    found = (_NUMBER_FORMAT if name in NUMBERS else _TEXT_FORMAT).fullmatch(form) if form else None
    if form and not found:
        wanted = "zeros, as in 00 or 00-E00" if name in NUMBERS else "a length, upper or lower"
        raise TemplateError(text, at + len(name) + 2, f"{name} takes {wanted}")
    if found is None:
        return Field(name, digits=1, joint="-")
    if name in NUMBERS:
        if unfit := _UNFIT_TEXT.search(form) or re.search("[/<>]", form):
            raise TemplateError(
                text, at + len(name) + 2 + unfit.start(), "this character is not allowed in names"
            )
        return Field(name, digits=min(len(found[1]), 9), joint=found[2] or "-", every=bool(found[3]))
    return Field(name, length=int(found[1] or 0), case=found[2] or "")


def _check_components(text: str, components: list[list[Part]]) -> None:
    if len(components) > _FOLDERS_MAX:
        raise TemplateError(text, 0, f"more than {_FOLDERS_MAX} folders in one another")
    for parts in components:
        plain = "".join(part for part in parts if isinstance(part, str))
        if not parts or (
            plain and not plain.strip(". ") and not any(isinstance(part, Field) for part in parts)
        ):
            raise TemplateError(text, 0, "a folder or name in it is empty, . or ..")
        if len(plain.encode("utf-8")) > _PLAIN_MAX:
            raise TemplateError(text, 0, f"more than {_PLAIN_MAX} bytes of plain text in one name")


def fields_of(component: Component) -> set[str]:
    """Return the names of the fields that a component uses, in groups too."""
    found: set[str] = set()
    for part in component:
        if isinstance(part, Field):
            found.add(part.name)
        elif isinstance(part, Group):
            found |= fields_of(part.parts)
    return found


# --- presets ---------------------------------------------------------------------------------------------


@cache
def builtin_presets() -> dict[str, dict[str, Any]]:
    """The presets that are shipped, as tables, by name."""
    return tomllib.loads((files("anivault.config") / "presets.toml").read_text(encoding="utf-8"))


def load_preset(name: str, own: Mapping[str, Mapping[str, Any]] | None = None) -> Preset:
    """Return the preset `name`, of the user's `own` tables or built in, with its templates checked.

    Raises PresetError for an unknown name, key or value, TemplateError for a template.
    """
    tables: dict[str, Mapping[str, Any]] = {**builtin_presets(), **(own or {})}
    table = _with_base(name, tables)
    try:
        preset = msgspec.convert({**table, "name": name}, Preset)
    except msgspec.ValidationError as error:
        raise PresetError(name, str(error)) from error
    _check_preset(preset)
    return preset


def _with_base(name: str, tables: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    chain: list[str] = []
    merged: dict[str, Any] = {}
    current: Any = name
    while current is not None:
        if current in chain or not isinstance(current, str) or current not in tables:
            why = "is its own base" if current in chain else f"is not one of {', '.join(tables)}"
            raise PresetError(name, f"{current!r} {why}", hint=meant(str(current), tables))
        chain.append(current)
        table = dict(tables[current])
        current = table.pop("base", None)
        merged = {**table, **merged}
    return merged


def _check_preset(preset: Preset) -> None:
    templates = {key: parse_template(getattr(preset, key)) for key in TEMPLATES}
    names = fields_of(templates["episode"][-1])
    if not names & {"episode", "absolute"}:
        raise PresetError(preset.name, "episode needs {episode} or {absolute}, or all would share one name")
    if not names & {"season", "absolute"} and "season" not in fields_of(templates["season"][-1]):
        raise PresetError(preset.name, "{season} is in neither season nor episode")
    film = templates["film"]
    if len(film) < 2 or not all(map(_is_named, (templates["show"][-1], *film[-2:]))):
        raise PresetError(preset.name, "show, and film's folder and name, need {title} or {id} outside < >")
    if missing := NAMED_EXTRAS - set(preset.extras):
        raise PresetError(preset.name, f"extras has no folder for {', '.join(sorted(missing))}")
    for folder in preset.extras.values():
        if not _is_folder(folder):
            raise PresetError(preset.name, f"{folder[:60]!r} in extras is no folder name")
    _check_words(preset)
    if len(preset.spaces) > 1 or preset.spaces not in " ._-":
        raise PresetError(preset.name, "spaces is one of ' ', '.', '_', '-' or ''")


def _is_folder(name: str) -> bool:
    """Tell whether text is one plain folder name on every system."""
    fits = finish(name) == name and len(name.encode("utf-8", "replace")) <= _PLAIN_MAX
    return fits and bool(name) and "/" not in name and not _UNFIT_TEXT.search(name)


def _check_words(preset: Preset) -> None:
    """Refuse a flag or language that would be more than a word in a file's name."""
    for key in ("flags", "languages"):
        for name, word in getattr(preset, key).items():
            if not _WORD.fullmatch(word) or len(word) > _WORD_MAX or finish(word) != word:
                allowed = f"letters and digits with . + or - between them, at most {_WORD_MAX}"
                raise PresetError(preset.name, f"{key}.{name[:60]} is {word[:60]!r}; allowed are {allowed}")


def _is_named(component: Component) -> bool:
    """Tell whether no two shows or films share a name, and none has an empty one."""
    return any(isinstance(part, Field) and part.name in {"title", "id"} for part in component)


# --- characters ------------------------------------------------------------------------------------------

_PORTABLE = str.maketrans({"/": "-", "\\": "-", "|": "-", "*": "-", '"': "'", "?": "", "<": "", ">": ""})
_FULLWIDTH = str.maketrans('/\\|*"?<>', "／＼｜＊＂？＜＞")
_COLONS = {
    "dash": (": ", " - ", "-"),
    "space": (": ", " ", " "),
    "delete": (": ", " ", ""),
    "fullwidth": (":", "：", "："),
}
# Invisible and direction characters, controls, surrogates; square and curly brackets, in which servers look
# for ids and which Plex does not read.
_DROPPED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0e\ufeff"
    "\ufff9-\ufffd\ufffe\uffff\U000e0000-\U000e007f\ud800-\udfff\\[\\]{}]"
)
_BLANKS = re.compile(r"\s+")
_EPISODE_LIKE = re.compile(r"(s\d+)[ ._x-]*(e\d+)", re.IGNORECASE)
# Kodi leaves out whatever has this word between separators; a quote after it is none.
_SAMPLE = re.compile(r"(?<![^\s!-./\\])(sample)(?![^\s._/-])", re.IGNORECASE)
_COUNTS_ON = re.compile(r"\A([ex]p?[ ._-]?\d+)", re.IGNORECASE)
_ID_LIKE = re.compile(r"((?:t[mv]|im|ani)db|anilist|anisearch|tvmaze)(id)?[-=]", re.IGNORECASE)
RESERVED = frozenset(
    {"CON", "PRN", "AUX", "NUL"} | {f"{d}{n}" for d in ("COM", "LPT") for n in "123456789¹²³"}
)
# A name that ends with one of these behind a mark is an extra or a part of its neighbour, no episode or film.
_ENDINGS = frozenset(
    {
        "trailer", "sample", "scene", "clip", "interview", "behindthescenes", "deleted", "deletedscene",
        "featurette", "short", "other", "extra",
    }
)  # fmt: skip
_RESERVED_STARTS = frozenset(name[:3] for name in RESERVED)


def clean(text: str, preset: Preset) -> str:
    """Make one value harmless: no separator, nothing invisible, nothing that servers read as number or id."""
    text = unicodedata.normalize("NFC", _DROPPED.sub(_blank, text))
    first, joined, alone = _COLONS[preset.colon]
    text = text.replace(first, joined).replace(":", alone)
    text = text.translate(_FULLWIDTH if preset.characters == "fullwidth" else _PORTABLE)
    text = _SAMPLE.sub(r"'\1'", _EPISODE_LIKE.sub(r"\1, \2", _ID_LIKE.sub(r"\1\2 ", text)))
    text = _BLANKS.sub(" ", text).strip().replace(" ", preset.spaces)
    return {"keep": text, "lower": text.lower(), "upper": text.upper()}[preset.case]


def _blank(found: re.Match[str]) -> str:
    return " " if found.group() in "\t\n\v\f\r\u2028\u2029" else ""


def finish(name: str) -> str:
    """Make one rendered component portable: no hidden, reserved or dot-ended name; NFC."""
    if not name.isascii():
        name = unicodedata.normalize("NFC", name)
    name = name.lstrip(". ").rstrip(". ")
    if name[:3].upper() in _RESERVED_STARTS:
        head, dot, tail = name.partition(".")
        if head.rstrip().upper() in RESERVED:
            name = f"{head.rstrip()}_{dot}{tail}"
    mark = max(name.rfind("-"), name.rfind("."), name.rfind("_"))
    if mark >= 0 and (word := name[mark + 1 :].lstrip()).lower() in _ENDINGS:
        name = f"{name[: -len(word)]}'{word}'"
    return name


def cut(text: str, room: int) -> str:
    """Shorten `text` to `room` bytes at a character, marked with an ellipsis where that fits."""
    if len(text) * 4 <= room or len(raw := text.encode("utf-8")) <= room:
        return text
    if room < 4:
        return raw[: max(room, 0)].decode("utf-8", "ignore")
    kept = raw[: room - 3].decode("utf-8", "ignore").rstrip(" .-")
    while kept and unicodedata.combining(text[len(kept)]):  # a letter and its marks stay together
        kept = kept[:-1]
    return kept + "…"


def fold(path: str) -> str:
    """Return what two paths share that a case-insensitive or normalising file system takes for one."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


# --- names -----------------------------------------------------------------------------------------------

Limits: TypeAlias = Mapping[str, int]  # field -> bytes
Writer: TypeAlias = Callable[[Subject, Limits], str]
_NO_LIMITS: Limits = {}


class Namer:
    """A preset made ready. `name_max` is what the library's file system allows, in bytes."""

    def __init__(self, preset: Preset, name_max: int = NAME_MAX) -> None:
        self.preset = preset
        self.name_max = name_max
        self.room = name_max - STEM_ROOM
        self._cleaned: dict[str, str] = {}
        self._episode_titles: dict[str, str] = {}
        self._titles: dict[tuple[str, str, int], str] = {}
        self.show = self._path(preset.show)  # the folder of the show, relative to the library
        self.season = self._path(preset.season)  # the folder of the season, relative to the show
        self.episode = self._path(preset.episode)  # an episode's file name, without extension
        # Whether a show has several folders, one an entry, which are told apart by these fields.
        self.by_entry = any(
            fields_of(part) & {"anidb", "mal", "anilist"} for part in parse_template(preset.show)
        )
        self.film = self._path(preset.film)  # a film's folder and file name, without extension
        self.season_poster = self._path(preset.season_poster)
        self.specials_poster = self._path(preset.specials_poster)

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
            quoted = _COUNTS_ON.sub(r"'\1'", self.clean(title).lstrip(" -._"))
            self._episode_titles[title] = quoted
        return quoted

    def title(self, candidate: Candidate) -> str:
        """The title in the preset's language order, without the year that follows it anyway."""
        key = candidate.provider, candidate.media_type, candidate.id
        if (known := self._titles.get(key)) is None:
            known = self._titles[key] = self._make_title(candidate)
        return known

    def _make_title(self, candidate: Candidate) -> str:
        wanted = [_title_in(candidate, language) for language in self.preset.titles]
        rest = [candidate.title, *(title.text for title in candidate.titles)]
        for text in filter(None, [*wanted, *rest]):
            if finish(cleaned := clean(_without_year(text, candidate.year), self.preset)):
                return cleaned
        return f"{candidate.provider} {candidate.id}"

    def extras_folder(self, kind: VideoType) -> str:
        """The folder for extras of a kind, in that of the show or film."""
        return self.preset.extras.get(kind) or self.preset.extras[VideoType.MENU]

    def _path(self, template: str) -> Callable[[Subject], str]:
        names = [self._name(component) for component in parse_template(template)]
        if len(names) == 1:
            return names[0]
        return lambda subject: "/".join(filter(None, [name(subject) for name in names]))

    def _name(self, component: Component) -> Callable[[Subject], str]:
        room, quick = self.room, self.room // 4  # no character has more than 4 bytes
        writers = [(self._writer(part), _is_steady(part)) for part in component]
        write = _joined([writer for writer, _ in writers])
        shortened = [field for field in SHORTENED if field in fields_of(component)]
        known: dict[tuple[str, str, int, int | None], list[str | Writer]] = {}

        def name(subject: Subject) -> str:
            show, places = subject.candidate, subject.coordinates
            key = show.provider, show.media_type, show.id, places[0].season if places else None
            pieces = known.get(key)
            if pieces is None:
                pieces = known[key] = _written(writers, subject)
            parts = [piece if isinstance(piece, str) else piece(subject, _NO_LIMITS) for piece in pieces]
            text = finish("".join(parts))
            if len(text) <= quick or len(text.encode("utf-8")) <= room:
                return text
            return self._shorten(write, subject, shortened)

        return name

    def _shorten(self, write: Writer, subject: Subject, fields: list[str]) -> str:
        """Cut the fields one after the other, each no further than to 12 bytes, until the name fits."""
        limits: dict[str, int] = {}
        name = finish(write(subject, limits))
        for field in fields:
            over = len(name.encode("utf-8")) - self.room
            if over <= 0:
                break
            limits[field] = max(len(self._text(field)(subject).encode("utf-8")) - over, 12)
            name = finish(write(subject, limits))
        return finish(cut(name, self.room))

    def _writer(self, part: Part) -> str | Writer:
        if isinstance(part, str):
            return part
        if isinstance(part, Group):
            return _group(part, [self._writer(inner) for inner in part.parts])
        return _number(part) if part.name in NUMBERS else self._text_writer(part)

    def _text_writer(self, field: Field) -> Writer:
        read, name, length = self._text(field.name), field.name, field.length
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

    def _text(self, name: str) -> Callable[[Subject], str]:
        if name == "title":
            return lambda subject: self.title(subject.candidate)
        if name == "episode_title":
            return lambda subject: self._quoted(_episode_title(subject.coordinates))
        read = FIELDS[name]
        if name in _SPELLINGS:
            return lambda s: self.clean(_without_year(str(read(s) or ""), s.candidate.year))
        return lambda subject: self.clean(str(value)) if (value := read(subject)) else ""


# What is the same for all files of a season; it is written once.
_STEADY = frozenset({"title", "romaji", "english", "native", "year", "provider", "id", "tmdb", "season"})


def _is_steady(part: Part) -> bool:
    return isinstance(part, str) or fields_of((part,)) <= _STEADY


def _written(writers: list[tuple[str | Writer, bool]], subject: Subject) -> list[str | Writer]:
    """Write what is steady and join it with its neighbours; the rest stays to be written."""
    pieces: list[str | Writer] = []
    for writer, steady in writers:
        if not steady:
            pieces.append(writer)
            continue
        text = writer if isinstance(writer, str) else writer(subject, _NO_LIMITS)
        if pieces and isinstance(pieces[-1], str):
            pieces[-1] += text
        else:
            pieces.append(text)
    return pieces


def _joined(writers: list[str | Writer]) -> Writer:
    return lambda subject, limits: "".join(
        [write if isinstance(write, str) else write(subject, limits) for write in writers]
    )


def _group(group: Group, writers: list[str | Writer]) -> Writer:
    needed = [isinstance(part, Field) for part in group.parts]

    def write(subject: Subject, limits: Limits) -> str:
        texts = []
        for need, part in zip(needed, writers, strict=True):
            text = part if isinstance(part, str) else part(subject, limits)
            if need and not text:
                return ""
            texts.append(text)
        return "".join(texts)

    return write


def _number(field: Field) -> Writer:
    read, digits = FIELDS[field.name], field.digits

    def write(subject: Subject, limits: Limits) -> str:  # noqa: ARG001 - numbers are never cut
        value = read(subject)
        if isinstance(value, int):
            return f"{value:0{digits}}"
        if not isinstance(value, tuple) or not value:
            return ""
        if len(value) == 1:
            return f"{value[0]:0{digits}}"
        shown = value if field.every else (value[0], value[-1])
        return field.joint.join(str(number).zfill(digits) for number in shown)

    return write
