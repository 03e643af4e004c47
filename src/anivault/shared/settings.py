"""Settings: flag > environment > library > user > default. Reads TOML files; writes nothing.

A file may leave out anything; what it names must exist and have a value that can be, else the whole
file is refused with the place. A library's file is heard about names and matching alone (`HEARD`): a
library may come from somebody else. `origin` tells for each setting who won.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias

import msgspec

from anivault.shared import trust
from anivault.shared.errors import ConfigError, shortened
from anivault.shared.places import FOLDER, user_config_path
from anivault.shared.plugins import BUILT_IN, PARSERS, PROVIDERS, TIMEOUT

ModeName = Literal["hardlink", "reflink", "copy", "move", "symlink"]
ConflictPolicy = Literal["hold", "version"]
Scalar: TypeAlias = str | int | float | bool
Value: TypeAlias = Scalar | list[Scalar | dict[str, Scalar]] | dict[str, Scalar | list[Scalar]]


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the configuration."""


class LibrarySettings(Section, frozen=True):
    """The library that commands mean when none is named."""

    path: str = ""
    wait: Annotated[float, msgspec.Meta(ge=0, le=86_400)] = 600  # seconds


class OrganizeSettings(Section, frozen=True):
    """How files reach the library."""

    mode: ModeName = "hardlink"
    preset: str = "jellyfin"
    on_conflict: ConflictPolicy = "hold"
    prefer: tuple[str, ...] = ()
    upgrade: bool = False


class ScanSettings(Section, frozen=True):
    """Which files are whole, and how many folders are listed at once; 0: as many as help."""

    settle: Annotated[float, msgspec.Meta(ge=0, le=86_400)] = 0  # seconds
    workers: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0


class WatchSettings(Section, frozen=True):
    """How long a file has to be left alone before `watch` files it, and how often it looks without events."""

    settle: Annotated[float, msgspec.Meta(gt=0, le=86_400)] = 30  # seconds
    poll: Annotated[float, msgspec.Meta(gt=0, le=86_400)] = 10  # seconds


class ParserSettings(Section, frozen=True):
    """Which engines read names."""

    engines: tuple[str, ...] = ("anitomy-ng",)


class ParseSettings(Section, frozen=True):
    """How many processes read names, match releases, plan shows; 0: as many as help, of many files."""

    workers: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0


class MatchSettings(Section, frozen=True):
    """Who is asked what a show is, and in which languages titles are wanted."""

    providers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


class TmdbSettings(Section, frozen=True):
    """Where TMDB is. Its key is elsewhere: environment, keyring, or `tmdb.key` next to the user's file."""

    url: str = "https://api.themoviedb.org/3"
    images: str = "https://image.tmdb.org/t/p"


class CatalogSettings(Section, frozen=True):
    """Where `catalog update` asks for lists; empty: where each is published."""

    mirror: str = ""


class WebSettings(Section, frozen=True):
    """The page of `anivault serve`: where it is reached, which folders it may organize, and who gets in."""

    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = 8686
    sources: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    prefix: str = ""
    password_hash: str = ""  # argon2; without one only the links that AniVault makes let anybody in
    read_only: bool = False


class ServerSettings(Section, frozen=True):
    """A media server that is told of new files. Its key is not a setting, like TMDB's."""

    kind: Literal["jellyfin", "emby", "plex", "kodi"]
    url: str
    paths: dict[str, str] = {}  # what it calls folders of ours


class ClientSettings(Section, frozen=True):
    """A torrent client, whose files are not moved away. Its key is not a setting either."""

    kind: Literal["qbittorrent"]
    url: str
    paths: dict[str, str] = {}  # what it calls folders of ours


class TellSettings(Section, frozen=True):
    """How people hear of a run."""

    webhook: str = ""
    apprise: str = ""  # a file: its addresses have passwords in them
    page: str = ""


class Settings(Section, frozen=True):
    """All settings, with the built-in defaults."""

    library: LibrarySettings = LibrarySettings()
    organize: OrganizeSettings = OrganizeSettings()
    scan: ScanSettings = ScanSettings()
    watch: WatchSettings = WatchSettings()
    parser: ParserSettings = ParserSettings()
    parse: ParseSettings = ParseSettings()
    match: MatchSettings = MatchSettings()
    catalog: CatalogSettings = CatalogSettings()
    tmdb: TmdbSettings = TmdbSettings()
    web: WebSettings = WebSettings()
    tell: TellSettings = TellSettings()
    servers: dict[str, ServerSettings] = {}  # by the user's name for each
    clients: dict[str, ClientSettings] = {}
    presets: dict[str, dict[str, Value]] = {}  # the user's own; docs/naming.md has every key
    plugins: dict[str, dict[str, Value]] = {}  # by a plug-in's name: what it is given; docs/plugins.md


YES_NO = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
# Which variable sets what. A list is written with commas.
ENVIRONMENT = {
    "ANIVAULT_LIBRARY": "library.path",
    "ANIVAULT_MODE": "organize.mode",
    "ANIVAULT_PRESET": "organize.preset",
    "ANIVAULT_ON_CONFLICT": "organize.on_conflict",
    "ANIVAULT_PREFER": "organize.prefer",
    "ANIVAULT_UPGRADE": "organize.upgrade",
    "ANIVAULT_PARSERS": "parser.engines",
    "ANIVAULT_PROVIDERS": "match.providers",
    "ANIVAULT_LANGUAGES": "match.languages",
    "ANIVAULT_CATALOG_MIRROR": "catalog.mirror",
    "ANIVAULT_TMDB_URL": "tmdb.url",
    "ANIVAULT_TMDB_IMAGES": "tmdb.images",
}


# What a library's own file may say. Addresses, plug-ins, other paths, and that sources go: the user's word.
HEARD: dict[str, Callable[[Any], bool]] = {
    "organize.mode": lambda mode: mode != "move",
    "organize.preset": bool,
    "organize.on_conflict": bool,
    "scan.settle": lambda _: True,
    "parser.engines": lambda names: set(names) <= BUILT_IN[PARSERS].keys(),
    "match.providers": lambda names: set(names) <= BUILT_IN[PROVIDERS].keys(),
    "match.languages": lambda _: True,
}
HEARD_SECTIONS = frozenset({"presets"})


class Kind(NamedTuple):
    """What a value may look like, as a pattern and in words; `begins`: its first part, behind `behind`."""

    form: re.Pattern[str]
    allowed: str
    begins: str = ""
    behind: str = ""


NAME = Kind(re.compile(r"\w[\w .+&-]{0,63}"), "a name: letters, digits, space and . + & - _, at most 64")
ADDRESS = Kind(
    re.compile(r"(?i:https?)://[^\s\x00-\x1f\x7f]{1,2000}"), "an address that begins with https://"
)
MAYBE_ADDRESS = Kind(re.compile(f"(?:{ADDRESS.form.pattern})?"), ADDRESS.allowed)
LANGUAGES = """
aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en
eo es et eu fa ff fi fil fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it
iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my
na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm
sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo yue
za zh zu cmn
"""  # of ISO 639-1, and three that have no short code: providers name titles by these
SCRIPTS = "Arab|Beng|Cyrl|Deva|Grek|Hang|Hani|Hans|Hant|Hebr|Hira|Jpan|Kana|Kore|Latn|Thai"
LANGUAGE = Kind(
    re.compile(rf"[a-z]{{2,3}}(?:-(?:{SCRIPTS}))?(?:-(?:[A-Z]{{2}}|\d{{3}}))?"),
    "a code of a language: en, de, ja, or with a script or country ja-Latn, zh-Hans, pt-BR",
    LANGUAGES,
)
WISH = Kind(
    re.compile(
        r"group:.+|resolution(:\d{3,4}[pi]?)?|source(:\w+)?|language:[A-Za-z-]+|size:(larger|smaller)"
    ),
    "a wish: group:NAME, resolution:1080p, source:web, language:en or size:smaller",
    LANGUAGES,
    "language:",
)
PATH = Kind(re.compile(r"[^\x00-\x1f\x7f]{0,4096}"), "a path without control characters")
HOST = Kind(re.compile(r"[A-Za-z0-9.:_-]{1,253}"), "a name or an address of a machine")
PASSWORD = Kind(  # never said again: it may be the password itself
    re.compile(r"(?:\$argon2id?\$[\w$=,+/]{20,300})?"), "what `anivault serve --password` prints"
)
# Values that become a name, a path or an address somewhere; the rest is a choice of words by its type.
KINDS = {
    "library.path": PATH,
    "organize.preset": NAME,
    "organize.prefer": WISH,
    "parser.engines": NAME,
    "match.providers": NAME,
    "match.languages": LANGUAGE,
    "catalog.mirror": MAYBE_ADDRESS,
    "tmdb.url": ADDRESS,
    "tmdb.images": ADDRESS,
    "web.host": HOST,
    "web.sources": PATH,
    "web.hosts": HOST,
    "web.prefix": Kind(re.compile(r"(?:/[A-Za-z0-9._~-]+){0,8}"), "a path such as /anivault"),
    "web.password_hash": PASSWORD,
    "tell.webhook": MAYBE_ADDRESS,
    "tell.page": MAYBE_ADDRESS,
    "tell.apprise": PATH,
}
MOST_SECONDS = 3600
NAMED = frozenset({"presets", "plugins", "servers", "clients"})  # sections whose keys are names


class Unheard(msgspec.Struct, frozen=True):
    """A setting of a library's file that only the user may set, and that would change something."""

    name: str
    file: str
    instead: str  # where the user can say it


class Loaded(msgspec.Struct, frozen=True):
    """The settings in force, by dotted name where each comes from, and what a library may not say."""

    settings: Settings
    origin: dict[str, str]
    unheard: tuple[Unheard, ...] = ()


def load(
    *, config: str | None = None, library: str | None = None, environment: Mapping[str, str] = os.environ
) -> Loaded:
    """Read the layers. `config` (--config) replaces the user's file and must exist.

    Raises ConfigError for a file that cannot be read, is not TOML, or names what does not exist, and
    NotTrustedError for one that is another's.
    """
    user = Path(config) if config else user_config_path(environment)
    mine = _read(user, must_exist=bool(config))
    spoken = _from_environment(environment)
    home = library or _library_of(spoken) or _library_of(mine)
    path = Path(os.path.expanduser(home), FOLDER, "config.toml")
    theirs = _read(path) if home else {}
    loaded = _merge([(str(user), mine), (str(path), _heard(theirs)), ("environment", spoken)])
    holding = dict(flatten(loaded.settings))
    unheard = tuple(
        Unheard(name, str(path), str(user))
        for name, value in _named(theirs)
        if not _is_heard(name, value) and holding.get(name) != value
    )
    return msgspec.structs.replace(loaded, unheard=unheard)


def flatten(settings: Settings) -> Iterator[tuple[str, Any]]:
    """Yield every setting by its dotted name, in the order of the sections."""
    for section, table in msgspec.to_builtins(settings).items():
        for name, value in table.items():
            yield f"{section}.{name}", value


def _read(path: Path, *, must_exist: bool = False) -> dict[str, Any]:
    try:
        table = trust.read_toml(str(path))
    except (FileNotFoundError, NotADirectoryError) as error:
        if must_exist:
            hint = "Name a file that exists. What may be in one: anivault config default"
            raise ConfigError(str(path), "there is no such file", hint=hint) from error
        return {}
    except OSError as error:
        raise ConfigError(str(path), error.strerror or str(error), hint=trust.let_in(path, error)) from error
    except ValueError as error:
        raise ConfigError(str(path), str(error)) from error
    return checked(str(path), table)


def checked(where: str, table: dict[str, Any]) -> dict[str, Any]:
    """Return a layer whose settings exist, have their types, and are values that can be."""
    try:
        msgspec.convert(table, Settings)
    except msgspec.ValidationError as error:
        raise ConfigError(where, shortened(str(error))) from error
    except UnicodeEncodeError as error:  # of a variable; a choice of words is compared as UTF-8
        raise ConfigError(where, f"{shortened(repr(error.object))} is not UTF-8") from error
    for name, value in _named(table):
        section, _, key = name.partition(".")
        if section in NAMED:
            _require(NAME, key, where, f"the name of [{section}.…]")
            if section in {"servers", "clients"}:
                _require(ADDRESS, value["url"], where, f"[{section}.{key}] url")
            if section == "plugins":
                _require_seconds(value.get(TIMEOUT, 1), where, f"[plugins.{key}] {TIMEOUT}")
        elif name in KINDS:
            for text in [value] if isinstance(value, str) else value:
                _require(KINDS[name], text, where, f"[{section}] {key}")
    return table


def _require(kind: Kind, text: str, where: str, place: str) -> None:
    if not fits(kind, text):
        said = "what stands there" if kind is PASSWORD else shortened(repr(text))
        raise ConfigError(where, f"{place}: {said} is not {kind.allowed}")


def fits(kind: Kind, text: str) -> bool:
    """Whether a value is of a kind."""
    said = text.removeprefix(kind.behind)
    free = not kind.begins or (kind.behind and said == text)
    begins = free or said.partition("-")[0].lower() in kind.begins.split()
    return bool(begins and kind.form.fullmatch(text))


def _require_seconds(value: Any, where: str, place: str) -> None:
    if type(value) not in (int, float) or not 0 < value <= MOST_SECONDS:
        shown = shortened(repr(value))
        raise ConfigError(where, f"{place}: {shown} is not a number of seconds, at most {MOST_SECONDS}")


def _named(table: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield every setting of a layer by its dotted name."""
    return ((f"{section}.{key}", value) for section, keys in table.items() for key, value in keys.items())


def _is_heard(name: str, value: Any) -> bool:
    return name.partition(".")[0] in HEARD_SECTIONS or (name in HEARD and HEARD[name](value))


def _heard(table: dict[str, Any]) -> dict[str, Any]:
    """Return what a library's file may say."""
    kept: dict[str, Any] = {}
    for name, value in _named(table):
        if _is_heard(name, value):
            section, _, key = name.partition(".")
            kept.setdefault(section, {})[key] = value
    return kept


def _library_of(table: dict[str, Any]) -> str:
    return str(table.get("library", {}).get("path", ""))


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    defaults = dict(flatten(Settings()))
    for variable, name in ENVIRONMENT.items():
        if text := environment.get(variable):
            section, _, key = name.partition(".")
            table.setdefault(section, {})[key] = _as_typed(text, defaults[name])
    return checked("the environment", table)


def _as_typed(text: str, default: object) -> object:
    """The value that a variable's text means, for a setting with such a default."""
    if isinstance(default, list | tuple):
        return [part.strip() for part in text.split(",")]
    return YES_NO.get(text.lower(), text) if isinstance(default, bool) else text


def _merge(layers: list[tuple[str, dict[str, Any]]]) -> Loaded:
    merged = msgspec.to_builtins(Settings())
    origin = {name: "default" for name, _ in flatten(Settings())}
    for where, table in layers:
        for section, values in table.items():
            merged[section].update(values)
            origin.update({f"{section}.{key}": where for key in values})
    merged["library"]["path"] = os.path.expanduser(merged["library"]["path"])
    return Loaded(msgspec.convert(merged, Settings), origin)
