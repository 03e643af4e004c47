"""Say why a file is held: as codes with parameters for programs, and here alone in words for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Cause(StrEnum):
    """What keeps a file where it is. WORDS has the sentence, which names the facts that go with it."""

    # what it is
    SAMPLE = "sample"
    NOT_OF_A_LIBRARY = "not-of-a-library"
    NO_NUMBER = "no-number"
    TWO_SEASONS = "two-seasons"
    NUMBERS_APART = "numbers-apart"
    NAMELESS = "nameless"
    RANGE_TOO_HIGH = "range-too-high"
    PARTS_APART = "parts-apart"
    NAME_TOO_LONG = "name-too-long"
    # what is in the library
    THERE = "there"
    THERE_WHOLE = "there-whole"
    THERE_IN_PARTS = "there-in-parts"
    OTHER_FILE = "other-file"
    OTHER_EPISODE_FILE = "other-episode-file"
    OTHER_RELEASE = "other-release"
    NOT_BETTER = "not-better"
    NOT_KNOWN_BETTER = "not-known-better"
    NOT_IN_JOURNAL = "not-in-journal"
    CHANGED_SINCE = "changed-since"
    RENAMED_BY_HAND = "renamed-by-hand"
    FOLDER_SAYS_OTHER = "folder-says-other"
    SAME_AS_OTHER = "same-as-other"
    SAME_TITLE = "same-title"
    COUNTS_IN_PART = "counts-in-part"
    OTHER_SEASON = "other-season"
    SOURCE_CLOSED = "source-closed"
    FOLDER_OF_ANOTHER = "folder-of-another"
    PLACE_TAKEN = "place-taken"
    # what else is in the plan
    RELEASE_CHOSEN = "release-chosen"
    BETTER_FILE = "better-file"
    LONGER_FILE = "longer-file"
    RIVAL = "rival"
    HARD_LINK = "hard-link"
    PART_ALONE = "part-alone"
    ONE_OF_TWO = "one-of-two"
    TOO_MANY_VERSIONS = "too-many-versions"
    CIRCLE = "circle"
    # what it would go with
    NO_NAMESAKE = "no-namesake"
    VIDEO_STAYS = "video-stays"
    NO_VIDEO_NEAR = "no-video-near"
    SEVERAL_SHOWS = "several-shows"
    NOT_SHOWN = "not-shown"
    NO_ONE_PLACE = "no-one-place"
    NO_FILE = "no-file"
    OF_A_TORRENT = "of-a-torrent"
    # what the disk says
    IN_THE_WAY = "in-the-way"
    NOT_A_FOLDER = "not-a-folder"
    NO_REFLINKS = "no-reflinks"
    NO_HARD_LINK = "no-hard-link"
    LINK_STAYS = "link-stays"
    FOLDER_KEEPS_IT = "folder-keeps-it"
    UNREADABLE_FILE = "unreadable-file"
    NOT_THE_OWNER = "not-the-owner"
    FOLDER_IS_CLOSED = "folder-is-closed"
    NOT_AS_PLANNED = "not-as-planned"
    TIME_BEYOND = "time-beyond"


class Advantage(StrEnum):
    """Why one video goes first and another stays: the fact `advantage` of a Cause."""

    IN_LIBRARY = "in-library"
    RELEASE_THERE = "release-there"
    GROUP_THERE = "group-there"
    GROUP = "group"
    RESOLUTION_WISHED = "resolution-wished"
    SOURCE_WISHED = "source-wished"
    LANGUAGE = "language"
    SIZE_WISHED = "size-wished"
    EPISODES = "episodes"
    RESOLUTION = "resolution"
    SOURCE = "source"
    NOT_EMPTY = "not-empty"
    VERSION = "version"
    SIZE = "size"
    PATH = "path"
    NAME = "name"
    REPLACED = "replaced"
    EQUAL = "equal"


WORDS: dict[Cause, str] = {
    Cause.SAMPLE: "a sample of a video",
    Cause.NOT_OF_A_LIBRARY: "no part of a library",
    Cause.NO_NUMBER: "its number has no season and episode",
    Cause.TWO_SEASONS: "its episodes are of two seasons; a server reads one",
    Cause.NUMBERS_APART: "its episodes do not follow one another; a server would read a range",
    Cause.NAMELESS: "the preset names files by what is not known of this one",
    Cause.RANGE_TOO_HIGH: (
        "the server reads only the first episode of a range beyond 999; --nfo tells it the rest"
    ),
    Cause.PARTS_APART: "an episode in parts, which the server lists as one episode twice",
    Cause.NAME_TOO_LONG: "its name would be too long",
    Cause.THERE: "{there}",
    Cause.THERE_WHOLE: "the library has it whole: {there}",
    Cause.THERE_IN_PARTS: "the library has it in parts: {there}",
    Cause.OTHER_FILE: "the library has another file: {there}",
    Cause.OTHER_EPISODE_FILE: "the library has another file of {what}: {there}",
    Cause.OTHER_RELEASE: "the library has another release of {season}",
    Cause.NOT_BETTER: "the library has a file of {what} that is as good or better: {there}",
    Cause.NOT_KNOWN_BETTER: "which is better, it or {there}? their names do not say",
    Cause.NOT_IN_JOURNAL: "AniVault replaces only files that it knows, and it does not know {there}",
    Cause.RENAMED_BY_HAND: "AniVault put it there as {there}, and somebody renamed it",
    Cause.FOLDER_SAYS_OTHER: "its name says {show}, and the id in its folder's name does not",
    Cause.SAME_TITLE: "{show} and {namesake} are both called like this: which is it?",
    Cause.COUNTS_IN_PART: "does its number count in {part} alone, or in its season?",
    Cause.OTHER_SEASON: "its name says season {season}; does TMDB count the parts of this show so?",
    Cause.SAME_AS_OTHER: "it would be the same episode as {file}, and their names count apart",
    Cause.CHANGED_SINCE: "it would take the place of {there}, which somebody has changed since",
    Cause.SOURCE_CLOSED: "{there} would go to its folder, where nothing can be written",
    Cause.FOLDER_OF_ANOTHER: (
        "another show has the folder {folder}; a preset with {{id}} in it tells them apart"
    ),
    Cause.PLACE_TAKEN: "another file is {target}",
    Cause.RELEASE_CHOSEN: "{release} is the release for {season}: {advantage}",
    Cause.BETTER_FILE: "{file} goes there: {advantage}",
    Cause.LONGER_FILE: "{file} goes there and has {what}: {advantage}",
    Cause.RIVAL: "{file} goes there",
    Cause.HARD_LINK: "it is a hard link of {file}",
    Cause.PART_ALONE: "it is part {part}, and the other parts are not here",
    Cause.ONE_OF_TWO: "the server takes it and {file} for one file: both begin with {what}",
    Cause.TOO_MANY_VERSIONS: "{target} has a hundred versions",
    Cause.CIRCLE: "{target} is the name of a file that stays, or that waits for this one",
    Cause.NO_NAMESAKE: "no video in its folder has its name",
    Cause.VIDEO_STAYS: "its video stays: {video}",
    Cause.NO_VIDEO_NEAR: "no video near it is planned",
    Cause.SEVERAL_SHOWS: "its folder is not of one show",
    Cause.NOT_SHOWN: "no server shows such a file here",
    Cause.OF_A_TORRENT: "it would no longer be seeded; its torrent is {torrent}",
    Cause.NO_FILE: "AniVault did not put it there, and it is a link, or not a regular file",
    Cause.NO_ONE_PLACE: "AniVault did not put it there, and no one place is right for it",
    Cause.IN_THE_WAY: "{what} is there: {target}",
    Cause.NOT_A_FOLDER: "{path} is {what}, not a folder",
    Cause.NO_REFLINKS: "{filesystem} has no reflinks",
    Cause.NO_HARD_LINK: "no hard link leads to another disk",
    Cause.LINK_STAYS: "it is a symbolic link, and its new place is on another disk",
    Cause.FOLDER_KEEPS_IT: "nothing can be taken out of its folder",
    Cause.UNREADABLE_FILE: "it cannot be read",
    Cause.NOT_THE_OWNER: "only its owner may make a hard link of it",
    Cause.FOLDER_IS_CLOSED: "nothing can be written to {path}",
    Cause.NOT_AS_PLANNED: "it is not the file that was planned",
    Cause.TIME_BEYOND: "its time is beyond the year 2262: touch it",
}
ADVANTAGES: dict[str, str] = {
    Advantage.IN_LIBRARY: "it is in the library already",
    Advantage.RELEASE_THERE: "the library has more of this release",
    Advantage.GROUP_THERE: "the library has more of this group",
    Advantage.GROUP: "a preferred group",
    Advantage.RESOLUTION_WISHED: "a preferred resolution",
    Advantage.SOURCE_WISHED: "a preferred source",
    Advantage.LANGUAGE: "a preferred language",
    Advantage.SIZE_WISHED: "a preferred size",
    Advantage.EPISODES: "it has more episodes",
    Advantage.RESOLUTION: "a higher resolution",
    Advantage.SOURCE: "a better source",
    Advantage.NOT_EMPTY: "the other is empty",
    Advantage.VERSION: "a later version",
    Advantage.SIZE: "a larger file",
    Advantage.PATH: "its path sorts first",
    Advantage.NAME: "its name sorts first",
    Advantage.REPLACED: "a later version of the other is here",
    Advantage.EQUAL: "as good as the other, and one has to be chosen",
}
# What is said of a file where it is its release that has the advantage.
OF_ITS_RELEASE: dict[str, str] = {
    Advantage.LANGUAGE: "more of its release is in a preferred language",
    Advantage.SIZE_WISHED: "the files of its release are nearer to a preferred size",
    Advantage.EPISODES: "more episodes of its release are here",
    Advantage.NAME: "the name of its release sorts first",
}
_OF_FILES = ADVANTAGES | OF_ITS_RELEASE

# What becomes of a file that makes room for a better one, by the mode that it came by.
RETURNS: dict[str, str] = {
    "move": "it goes to {home}",
    "copy": "its copy goes, and the file stays at {home}",
    "reflink": "its copy goes, and the file stays at {home}",
    "hardlink": "its link goes, and the file stays at {home}",
    "symlink": "its link goes, and the file stays at {home}",
}


def replaced(advantage: str, mode: str, home: str) -> str:
    """Why a file makes room, and what becomes of it. `advantage` is "" for what goes with its video."""
    why = ADVANTAGES.get(advantage, "its video goes")
    return f"{why}; {RETURNS[mode].format(home=home)}"


# What a reason says above its files, by the value of a HeldReason; and the words to type that settle it.
HEADS: dict[str, str] = {
    "unmatched": "no show is called like this",
    "ambiguous": "which show is it?",
    "no-place": "which season and episode is it?",
    "target-taken": "the library has its place taken",
    "same-target": "another file goes to its place",
    "unreadable-name": "no title can be read",
    "sample": "samples",
    "junk": "no part of a library",
    "no-video": "its video does not go",
    "already-there": "in the library already",
    "source-gone": "gone meanwhile",
    "renamed": "renamed meanwhile",
    "changed": "changed meanwhile",
    "other-filesystem": "on another disk than the library",
    "not-permitted": "not permitted",
    "folder-away": "the folder they go back to is not there",
    "seeding": "a torrent client seeds it",
    "name-refused": "the disk takes no such name",
    "attribute-refused": "the disk cannot keep what belongs to it",
    "unreadable": "it cannot be read",
    "folder-is-link": "a folder on the way is a link",
    "folder-is-file": "a file has the name of a folder on the way",
    "folder-not-empty": "something else is in there",
    "stopped": "not begun, as the run ended",
}
# By the value of a HeldReason, or of a Cause that is settled in another way.
SETTLED: dict[str, str] = {
    Cause.NOT_BETTER: "",  # it is settled
    Cause.NOT_KNOWN_BETTER: "To keep both, where the server knows versions: --on-conflict version",
    Cause.NOT_IN_JOURNAL: "To make the files of a library known to AniVault: anivault adopt LIB",
    Cause.CHANGED_SINCE: "To keep both, where the server knows versions: --on-conflict version",
    "unmatched": "If you know what it is: anivault pin PATH tmdb:ID",
    "unreadable-name": "If you know what it is: anivault pin PATH tmdb:ID",
    "same-target": (
        "To keep both, where the server knows versions: --on-conflict version. "
        "To say which you like better: [organize] prefer."
    ),
    "target-taken": (
        "To let better files take the place of those there: --upgrade. "
        "To keep both, where the server knows versions: --on-conflict version"
    ),
    "sample": "To hear no more of them: anivault ignore '*sample*'",
    "other-filesystem": "To copy instead: --mode copy",
    "seeding": "To have it in the library and go on seeding: --mode hardlink",
}


# Of several files together, where each has facts of its own.
WORDS_OF_SEVERAL: dict[Cause, str] = {
    Cause.VIDEO_STAYS: "its video stays",
    Cause.NOT_BETTER: "the library has files that are as good or better",
    Cause.NOT_IN_JOURNAL: "AniVault replaces only files that it knows",
}


def words(cause: Cause, facts: Mapping[str, str]) -> str:
    """The sentence for a cause; a fact that is missing, as in a plan that somebody edited, shows as a gap."""
    known = _Gaps(facts)
    if advantage := facts.get("advantage"):
        said = ADVANTAGES if cause is Cause.RELEASE_CHOSEN else _OF_FILES
        known["advantage"] = said.get(advantage, advantage)
    return WORDS[cause].format_map(known)


class _Gaps(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"
