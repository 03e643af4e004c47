"""The records that stages hand on. Frozen; a record gains what the next stage needs.

Paths are `str` as `os.fsdecode` gives them: bytes that are not UTF-8 stand as lone surrogates, so
nothing is lost. What is printed or written as text goes through `shared.text`.
One file: every record that passes between rooms is here, so that each is there once.
"""

from __future__ import annotations

import os
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, NewType

import msgspec

from anivault.core import causes
from anivault.core.causes import Advantage, Cause
from anivault.shared import regex as re

if TYPE_CHECKING:  # what only moves files knows no parser
    from anivault.parser.models import ParseResult


def joined(root: str, rel: str) -> str:
    """Join as `os.path.join` does, at a third of its time: a run asks for each path a dozen times."""
    plain = os.sep == "/" and root[-1:] not in ("", "/") and rel[:1] != "/"
    return f"{root}/{rel}" if plain else os.path.join(root, rel)


class FileKind(StrEnum):
    """What a file is, by its extension."""

    VIDEO = "video"
    SUBTITLE = "subtitle"
    AUDIO = "audio"
    FONT = "font"
    IMAGE = "image"
    NFO = "nfo"
    OTHER = "other"


class Identity(msgspec.Struct, frozen=True, gc=False):
    """What tells that a file is still the same one: compared before it is touched."""

    size: int  # bytes
    mtime_ns: int
    device: int = 0
    inode: int = 0


_CHAPTERS = re.compile(r"[._ \[-]chap(?:ter)?s?[\])]*\.(?:xml|txt)\Z", re.IGNORECASE)


class ScannedFile(msgspec.Struct, frozen=True, gc=False):
    """One regular file below a scanned root. `rel` uses `/` and is relative to `root`.

    `identity` is None for names that were only read from standard input.
    """

    root: str
    rel: str
    kind: FileKind
    identity: Identity | None = None

    @property
    def path(self) -> str:
        """The whole path."""
        return joined(self.root, self.rel)

    @property
    def name(self) -> str:
        """The file name, with extension."""
        return self.rel.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The folder relative to the root; empty for the root itself."""
        return self.rel.rpartition("/")[0]

    @property
    def is_junk(self) -> bool:
        """Whether no library takes it, whatever its name: `readme.txt`, but not `Show - 01.chapters.txt`."""
        return self.kind is FileKind.OTHER and _CHAPTERS.search(self.rel) is None

    @property
    def whole_folder(self) -> str:
        """The folder from the top, with `/`: what tells folders of several roots apart."""
        return self.path.replace(os.sep, "/").rpartition("/")[0]


class EntryKind(StrEnum):
    """What stands at a place of the library."""

    FILE = "file"  # a FIFO, socket or device too: its place is taken all the same
    FOLDER = "folder"
    LINK = "link"  # a symbolic link or a junction, wherever it leads


class Inhabitant(msgspec.Struct, frozen=True, gc=False):
    """One thing that the library holds. `rel` uses `/` and is relative to the library.

    `identity` is a file's own; a link has that of the file that it leads to. It is None for folders, for what
    is not a regular file, and for links that lead to none.
    """

    rel: str
    kind: EntryKind
    identity: Identity | None = None


class ParsedFile(msgspec.Struct, frozen=True, gc=False):
    """A scanned file and what its name, folders and siblings say.

    `unreadable` tells why nobody can read its name: then it has no title, nor that of siblings or folders.
    """

    file: ScannedFile
    parsed: ParseResult
    unreadable: str = ""


ReleaseKey = NewType("ReleaseKey", str)  # the path of its first file: no other release of a run has it


class Release(msgspec.Struct, frozen=True, gc=False):
    """Files of one folder, title and group: matched once, with all its files as evidence.

    `folder` is the whole path of it, whichever root it was found under.
    """

    folder: str
    title: str
    group: str | None
    files: tuple[ParsedFile, ...]

    @property
    def key(self) -> ReleaseKey:
        """What tells it from every other release of the run."""
        return ReleaseKey(self.files[0].file.path)


_SHOW_ID = re.compile(r"(?P<provider>[a-z]{1,32}):(?:(?P<media>tv|movie)/)?(?P<number>[0-9]{1,12})")


class ShowId(NamedTuple):
    """Which show or film a provider means: shows and films are numbered apart."""

    provider: str  # "tmdb"
    media_type: str  # "tv" or "movie"
    id: int

    def __str__(self) -> str:
        """As it is typed, shown and stored everywhere: `tmdb:1234`, `tmdb:movie/1234`."""
        return f"{self.provider}:{'' if self.media_type == 'tv' else f'{self.media_type}/'}{self.id}"

    @classmethod
    def read(cls, text: str) -> ShowId | None:
        """Read it back; `tmdb:tv/1234` is one too. None for anything else."""
        found = _SHOW_ID.fullmatch(text)
        return cls(found["provider"], found["media"] or "tv", int(found["number"])) if found else None


class Query(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One release's question to a source. `titles` in order of trust, the folder's after the name's."""

    titles: tuple[str, ...]
    year: int | None = None
    movie: bool | None = None  # True: looks like a film, False: has episodes, None: cannot tell


class Title(msgspec.Struct, frozen=True, gc=False):
    """One title. `language`: BCP 47 (`ja`, `ja-Latn` for romaji, `en`, `zh-Hans`), else empty."""

    text: str
    language: str = ""
    main: bool = False


class TvdbPlace(msgspec.Struct, frozen=True, gc=False):
    """From the entry's own episode `own` on, TVDB has it in `season`, from `episode` on."""

    own: int
    season: int
    episode: int


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One AniDB/MAL/AniList entry: a cour, a film, an OVA; part of a Candidate.

    `season` and `offset` place it in the provider's numbering: provider episode = own episode +
    offset. `episode` is set when the entry is one single episode there (a special, say).
    `stated` is True where a source names that place, False where it was derived or is unknown;
    `derived` names the fields that no source states; "room" where only the rest of a season gives the count.
    `checked` names those that are facts by hand: a count among them is how many the provider has.
    """

    key: str
    titles: tuple[Title, ...]
    type: str  # tv, web, movie, ova
    begin: str | None = None  # ISO date
    end: str | None = None
    episodes: int | None = None
    season: int | None = None
    offset: int | None = None
    episode: int | None = None
    stated: bool = False
    derived: tuple[str, ...] = ()
    checked: tuple[str, ...] = ()
    whole: bool = False  # whether a list has all of it in one season, however long it is
    ids: dict[str, int] = {}  # anidb, mal, anilist, bangumi; tvdb is the show's
    tvdb: tuple[TvdbPlace, ...] = ()  # the order of TVDB, where a list has it


class Season(msgspec.Struct, frozen=True, gc=False):
    """One season of the provider's table. Shows that never restart have `first` above 1."""

    number: int
    episodes: int | None = None
    first: int = 1
    begin: str | None = None


class Actor(msgspec.Struct, frozen=True):
    """Who speaks or plays whom."""

    name: str
    role: str = ""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider tells of a show, film or episode beyond its names; empty or 0 where it does not."""

    plot: str = ""
    date: str = ""  # ISO: first broadcast, release
    runtime: int = 0  # minutes
    rating: float = 0.0  # of 10
    votes: int = 0
    genres: tuple[str, ...] = ()
    studios: tuple[str, ...] = ()
    status: str = ""  # of a show: Continuing or Ended
    mpaa: str = ""  # for whom it is, in the words of a country
    actors: tuple[Actor, ...] = ()
    ids: dict[str, str] = {}  # of other sites, and of an episode its own


class Candidate(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A show or film of a provider, with the entries that make it up."""

    provider: str  # "tmdb"
    id: int
    media_type: str  # "tv" or "movie"
    title: str  # the one to show
    titles: tuple[Title, ...] = ()
    year: int | None = None
    entries: tuple[Entry, ...] = ()
    seasons: tuple[Season, ...] = ()
    tabled: bool = False  # whether `seasons` is the provider's own table, not what entries add up to
    popularity: float = 0.0
    episode_titles: dict[str, str] = {}  # "S01E02" -> title
    about: About = About()
    episodes: dict[str, About] = {}  # "S01E02" -> what is told of it
    animated: bool = True  # False where the provider says that it is something else

    @property
    def key(self) -> ShowId:
        """What tells it from every other show and film."""
        return ShowId(self.provider, self.media_type, self.id)

    def last_episode(self, season: int) -> int | None:
        """The last episode of a season, where its table has it."""
        table = next((table for table in self.seasons if table.number == season), None)
        return table.first - 1 + table.episodes if table and table.episodes else None

    @property
    def dated(self) -> str:
        """The title with its year behind it, once: `HUNTER×HUNTER (2011)` has it already."""
        if not self.year or self.title.rstrip(")]） ").endswith(str(self.year)):
            return self.title
        return f"{self.title} ({self.year})"


class Score(msgspec.Struct, frozen=True, gc=False):
    """How well a candidate fits: 0 is unrelated, 1 certain. The named parts tell why."""

    value: float
    parts: dict[str, float]


class Ranked(msgspec.Struct, frozen=True, gc=False):
    """A candidate with its score; `entry` is the cour that the release looks like, when one does."""

    candidate: Candidate
    score: Score
    entry: Entry | None = None


class Decision(StrEnum):
    """What is done unasked: only what is matched."""

    MATCHED = "matched"
    AMBIGUOUS = "ambiguous"
    UNMATCHED = "unmatched"


class Match(msgspec.Struct, frozen=True, gc=False):
    """The verdict on one release. `ranked` is best first; `reasons` are sentences for people."""

    decision: Decision
    confidence: float
    ranked: tuple[Ranked, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def best(self) -> Ranked | None:
        """The best candidate, whatever the decision."""
        return self.ranked[0] if self.ranked else None


class Coordinates(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A place in the provider's numbering, with the absolute number and title where known."""

    season: int
    episode: int
    absolute: int | None = None
    title: str | None = None


class MatchedFile(msgspec.Struct, frozen=True, gc=False):
    """A file with its release's verdict and its own place.

    `decision` is the file's own: a file of a matched release whose number has no place is ambiguous.
    `sure` is about the place alone, 0 to 1; `pinned` names the pin that decided, as in its file; `release` is
    the one that the file was matched with; `other` is where it goes if its numbers are read in another way.
    `came`: the name that a file of a library came with, from which all else was read.
    """

    file: ScannedFile
    parsed: ParseResult
    match: Match
    decision: Decision
    coordinates: tuple[Coordinates, ...] = ()
    reasons: tuple[str, ...] = ()
    sure: float = 1.0
    pinned: str | None = None
    release: ReleaseKey | None = None
    other: tuple[Coordinates, ...] = ()
    came: str = ""

    @property
    def release_key(self) -> ReleaseKey:
        """What its release is told from others by; a file that was not matched with others is one alone."""
        return self.release or ReleaseKey(self.file.path)

    @property
    def confidence(self) -> float:
        """How sure of show and place together: 0 to 1."""
        return self.match.confidence * self.sure


class Mode(StrEnum):
    """How a file reaches the library."""

    HARDLINK = "hardlink"
    REFLINK = "reflink"
    COPY = "copy"
    MOVE = "move"
    SYMLINK = "symlink"


class Replaced(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A video of the library that makes room for a better one; `rel` is relative to the library."""

    rel: str
    identity: Identity
    advantage: Advantage  # why the other one is better


class Return(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One file that leaves the library, since a better one comes `instead`, which is that one's target.

    By MOVE it goes to `to` below `root`; by any other mode only its link or copy goes, and its content is
    there. `waits_for`: the name whose step has to happen first, if that is another.
    """

    rel: str  # in the library
    root: str
    to: str
    mode: Mode
    identity: Identity
    instead: str
    waits_for: str | None = None

    @property
    def home(self) -> str:
        """The whole path where it goes, or where its content is."""
        return joined(self.root, self.to)


class Move(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One file, one destination. `target` is relative to the library, `rel` to `root`; all use `/`."""

    root: str
    rel: str
    target: str
    mode: Mode
    identity: Identity
    reason: str = ""  # why this place, for people
    video: str | None = None  # for a sidecar: the target of its video
    metadata: str | None = None  # hash of what the name was made from
    crc32: str | None = None  # the CRC32 that the name promises
    replaces: Replaced | None = None  # the video of the library that makes room for it

    @property
    def source(self) -> str:
        """The whole source path."""
        return joined(self.root, self.rel)


class Write(msgspec.Struct, frozen=True, kw_only=True):
    """A small new file for the library: an NFO, an image. Never replaces one."""

    target: str  # relative to the library
    data: bytes
    video: str | None = None  # the target of the video it describes; without it, it is not written


class HeldReason(StrEnum):
    """Why a file stays where it is."""

    UNMATCHED = "unmatched"
    AMBIGUOUS = "ambiguous"
    NO_PLACE = "no-place"  # matched, but its number has no season and episode
    TARGET_TAKEN = "target-taken"  # something is in the library there already
    SAME_TARGET = "same-target"  # another file of this plan goes there
    UNREADABLE_NAME = "unreadable-name"  # no title could be read
    SAMPLE = "sample"
    JUNK = "junk"  # no part of a library: text, torrents, playlists
    NO_VIDEO = "no-video"  # a sidecar whose video is not planned
    ALREADY_THERE = "already-there"  # the same file is in the library already
    SOURCE_GONE = "source-gone"  # the mover no longer finds it
    RENAMED = "renamed"  # a later run, or somebody, gave it another name
    CHANGED = "changed"  # size, time or kind are not what was planned
    OTHER_FILESYSTEM = "other-filesystem"  # no hardlink reaches there
    NOT_PERMITTED = "not-permitted"
    FOLDER_AWAY = "folder-away"  # the folder that was named, and that it goes back to, is not there
    SEEDING = "seeding"  # a torrent client has it
    NAME_REFUSED = "name-refused"  # the destination has no such names
    ATTRIBUTE_REFUSED = "attribute-refused"  # the destination cannot hold one of its attributes
    UNREADABLE = "unreadable"  # its disk does not give its content
    FOLDER_IS_LINK = "folder-is-link"  # a folder on the way is a link
    FOLDER_IS_FILE = "folder-is-file"  # a file has the name of a folder on the way
    FOLDER_NOT_EMPTY = "folder-not-empty"  # a rollback leaves what it did not make
    STOPPED = "stopped"  # the run ended before its turn

    @property
    def missed(self) -> bool:
        """Whether somebody may miss a file that is held for this; of others the number is enough."""
        return self is not HeldReason.JUNK and self is not HeldReason.ALREADY_THERE


GONE = -(
    2**63
)  # the time, in a rollback's step, of a file that is no more: no file has it, so none is removed


class Held(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One file that stays, and why: `cause` says it more closely than `reason`, with its `facts` by name.

    `place`: where it would go, or is already, in the library; `other`: the path of what is in its way;
    `show`: what it is thought to be. `said`: words of matching or of the system, where there are no others.
    """

    root: str
    rel: str
    reason: HeldReason
    cause: Cause | None = None
    facts: dict[str, str] = {}
    said: str = ""
    place: str = ""
    other: str = ""
    show: ShowId | None = None

    @property
    def detail(self) -> str:
        """Why, in words for people; no program reads them."""
        return causes.words(self.cause, self.facts) if self.cause else self.said

    @property
    def shared_detail(self) -> str:
        """Why, in the words that files of one crowd share."""
        return causes.WORDS_OF_SEVERAL.get(self.cause, self.detail) if self.cause else self.said

    @property
    def source(self) -> str:
        """The whole source path."""
        return joined(self.root, self.rel)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Where every file goes. Every scanned file is in exactly one of `moves` and `held`.

    `roots` are the folders that the files' `rel` is relative to; of a file that was named alone, its folder.
    """

    library: str
    roots: tuple[str, ...]
    preset: str
    mode: Mode
    moves: tuple[Move, ...] = ()
    held: tuple[Held, ...] = ()
    returns: tuple[Return, ...] = ()  # files of the library that make room for some of the moves
    shelves: tuple[tuple[ShowId, str], ...] = ()  # the shows that have a place, with the folders they want
