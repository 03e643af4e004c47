"""What a journal's lines say: runs, steps, and what became of them; and what is called how for them.

The types of the records say what can be true.
"""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

import msgspec

from anivault.shared.places import FOLDER

NAME = "journal.jsonl"
LOCK = "lock"  # who works in a library holds it
HASHES = "hashes.jsonl"  # what `verify --deep` keeps beside the journal
VERSION = 1
ADOPT = "adopt"  # the mode of a run that takes nothing anywhere: it notes what lies there

# What can be true of a file; whatever else a sound line says stops the tool.
Natural: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
FileNumber: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]
Nanoseconds: TypeAlias = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Seconds: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=250_000_000_000)]  # since 1970, to the year 9892
Permissions: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=0o7777)]
Hash: TypeAlias = Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{32})?$")]
Crc32: TypeAlias = Annotated[str, msgspec.Meta(pattern="^[0-9A-Fa-f]{8}$")]
Word: TypeAlias = Annotated[str, msgspec.Meta(pattern="^[a-z-]{1,20}$")]
Account: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]


class Do(StrEnum):
    """What one step does."""

    LINK = "link"
    CLONE = "clone"
    COPY = "copy"
    SYMLINK = "symlink"
    RENAME = "rename"
    CARRY = "carry"  # to another filesystem: copy, check, then the source goes
    WRITE = "write"  # a new small file
    REMOVE = "remove"  # a file that a run made and whose content is elsewhere too
    MKDIR = "mkdir"
    RMDIR = "rmdir"
    NOTE = "note"  # nothing: a file that lies there is known from now on; one that takes back: no longer


class Root(msgspec.Struct, frozen=True, omit_defaults=True):
    """A folder that steps are relative to; number 0 is the library."""

    path: str
    beside: str = ""  # the same, relative to the library: for when both were moved elsewhere
    disk: str = ""  # tells its disk from others, where something does
    path_b64: str = ""  # the bytes of a path that is no UTF-8
    beside_b64: str = ""


class Run(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="run", tag_field="kind"):
    """The first line of a run."""

    v: int
    id: str
    time: Seconds
    mode: Word  # of the plan; "rollback" for a run that takes others back
    roots: Annotated[tuple[Root, ...], msgspec.Meta(min_length=1)]


class Step(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="step", tag_field="kind", gc=False
):
    """One intent. The file's size, time and mode are those it has before."""

    i: Natural  # its number in the run; unique, not without gaps
    do: Do
    root: Natural = 0
    rel: str = ""  # the file or folder that it starts from, or is about
    to_root: Natural = 0
    to: str = ""  # the name it gets; for `remove` the place where the content stays
    size: Natural = 0
    mtime_ns: Nanoseconds = 0
    inode: FileNumber = 0
    then_mtime_ns: Nanoseconds = 0  # the time that a copy gets, where that is another one
    mode: Permissions = 0
    owner: tuple[Account, ...] = ()  # user and group
    attrs: dict[str, bytes] = {}
    hash: Hash = ""  # xxh3-128, when known
    reserve: bool = False  # the name is first taken by an empty file (exFAT)
    undoes: tuple[str, int] | None = None  # run and step
    crc32: Crc32 | None = None
    metadata: str | None = None
    video: str | None = None
    rel_b64: str = ""
    to_b64: str = ""


class Made(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What a step left at its new name, where it is not the same file as before."""

    inode: FileNumber
    mtime_ns: Nanoseconds
    hash: Hash = ""


class Placed(msgspec.Struct, frozen=True, tag="placed", tag_field="kind"):
    """The copies of this batch are durable and were read back; now their sources may go."""

    made: dict[int, Made]


class Done(msgspec.Struct, frozen=True, omit_defaults=True, tag="done", tag_field="kind"):
    """All steps up to here are settled: those in `void` did not happen, all others did."""

    void: dict[int, str] = {}
    made: dict[int, Made] = {}


class End(msgspec.Struct, frozen=True, tag="end", tag_field="kind"):
    """The run is over: `done`, `interrupted`, `stopped` or `recovered`."""

    state: Word
    time: Seconds


Later: TypeAlias = Step | Placed | Done | End
Record: TypeAlias = Run | Later


def is_own(rel: str) -> bool:
    """True for a path in the library that is, or leads into, AniVault's own folder."""
    return rel.startswith(".") and rel.partition("/")[0].lower() == FOLDER


def journal_path(library: str) -> str:
    """Return where the journal of a library is."""
    return os.path.join(library, FOLDER, NAME)


def temporary_name(to: str, run: str, i: int) -> str:
    """Return what a copy is called in the making, beside the name that it gets; `recover` removes it."""
    return f"{to[: to.rfind('/') + 1]}.anivault-{run}-{i}.tmp"


def schema() -> dict[str, Any]:
    """Return the JSON schema of a line; schemas/journal.schema.json is this."""
    (ref,), parts = msgspec.json.schema_components([Record], ref_template="#/$defs/{name}")
    line = {"n": {"type": "integer"}, "sum": {"type": "string", "pattern": "^[0-9a-f]{8}$"}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One line of LIB/.anivault/journal.jsonl",
        "allOf": [ref, {"properties": line, "required": ["n", "sum"]}],
        "$defs": parts,
    }
