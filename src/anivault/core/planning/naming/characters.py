"""Make text fit for names: of any file system, and so that no server reads more from it than it says. Pure.

In: a title, a group, any value; how a preset spells. Out: text that can add no folder, id or episode number.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

import msgspec

from anivault.shared import regex as re

NAME_MAX = 255  # bytes; ext4, btrfs, xfs; NTFS and exFAT allow 255 characters, which are never fewer bytes


class Spelling(msgspec.Struct, frozen=True, kw_only=True):
    """How a preset writes what it names."""

    colon: Literal["dash", "space", "delete", "fullwidth"] = "dash"
    characters: Literal["portable", "fullwidth"] = "portable"
    case: Literal["keep", "lower", "upper"] = "keep"
    spaces: str = " "


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
_EPISODE_LIKE = re.compile(r"(s\d+)[ ._x+-]*(e\d+)", re.IGNORECASE)
COUNTS_ON = re.compile(r"\A([ex]p?[ ._-]?\d+)", re.IGNORECASE)
_ID_LIKE = re.compile(r"((?:t[mv]|im|ani)db|anilist|anisearch|tvmaze)(id)?[-=]", re.IGNORECASE)
RESERVED = frozenset(
    {"CON", "PRN", "AUX", "NUL"} | {f"{d}{n}" for d in ("COM", "LPT") for n in "123456789¹²³"}
)
_RESERVED_STARTS = frozenset(name[:3] for name in RESERVED)


def clean(text: str, spelling: Spelling) -> str:
    """Make one value harmless: no separator, nothing invisible, nothing that servers read as number or id."""
    text = unicodedata.normalize("NFC", _DROPPED.sub(_blank, text))
    first, joined, alone = _COLONS[spelling.colon]
    text = text.replace(first, joined).replace(":", alone)
    text = text.translate(_FULLWIDTH if spelling.characters == "fullwidth" else _PORTABLE)
    text = _EPISODE_LIKE.sub(r"\1, \2", _ID_LIKE.sub(r"\1\2 ", text))
    text = _BLANKS.sub(" ", text).strip().replace(" ", spelling.spaces)
    return {"keep": text, "lower": text.lower(), "upper": text.upper()}[spelling.case]


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
