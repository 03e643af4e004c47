"""The normal form of a name: one character for one, so that a place in it is a place in the original.

In: a file name. Out: what rules read (`text`: ASCII brackets, digits, dashes and blanks) and the same
places in the original spelling (`shown`), from which titles are cut. Touches nothing.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from anivault.parser.vocabulary import EXTENSIONS, SUBTITLE_EXTENSIONS, SUBTITLE_MARKS
from anivault.shared import regex as re

LONGEST = 300  # characters read of a name; no file system allows more than 255 in a component

_SAME = {
    "【": "[", "】": "]", "〔": "[", "〕": "]", "〖": "[", "〗": "]", "［": "[", "］": "]", "《": "[",
    "》": "]",
    "（": "(", "）": ")", "｛": "{", "｝": "}", "⟨": "[", "⟩": "]",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
    "〜": "~", "～": "~", "∼": "~", "→": "~", "’": "'", "‘": "'", "`": "'", "“": '"', "”": '"',
    "、": ",", "⁄": "/", "∕": "/", "⧸": "/", "┃": "|", "│": "|",
}  # fmt: skip


def _table() -> dict[int, str]:
    """Every character with one plain equivalent; controls, odd blanks, marks of direction are blanks."""
    blank = dict.fromkeys((*range(32), *range(127, 161), 173, 12288, 65279, *range(8192, 8208)), " ")
    blank |= dict.fromkeys((*range(8232, 8240), *range(8288, 8304), *range(65529, 65534)), " ")
    wide = {n: unicodedata.normalize("NFKC", chr(n)) for n in range(0xFF01, 0xFF5F)}
    return blank | wide | {ord(char): plain for char, plain in _SAME.items()}


_TABLE = _table()
_CONTROLS = dict.fromkeys((*range(32), 127, *range(128, 160)), " ")
_ENCODED = re.compile(r"%(2[0-9]|5[BDbd])")
_SURROGATES = re.compile("[\ud800-\udfff]")
_QUOTED = re.compile(r"[「『★](\d{1,4}(?:v\d)?)[」』★]", re.IGNORECASE)  # 『07』, ★07★
_TWICE = re.compile(r"\[(?=\[)|(?<=\])\]")  # [[Group]]
_SHUT_FIRST = re.compile(r"\s*\](?=[^\[\]]{1,40}\])")  # ]Group]
_PLUS = re.compile(r"\+(?![^\[\](){}]*[\])}])")  # Title+Episode+3, but not [MP4+ASS]
_DASH = re.compile(r"-(?=\d{3,4}[PpIi])(?:(?<=[^\W\d_]-\d\d-)|(?<=[^\W\d_]-\d{3}-))")  # Title-05-720p
_BRACKETS = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|\{[^{}]*\}")
_LINE = re.compile("_")
_AT_BRACKET = re.compile(
    r"(?<!\s)_(?=[\s\[(])|_(?=[\[({]|\d{3,4}[PpIi]|-_)|(?<=[\s\])])_(?!\s)|(?<=_-)_|(?<=\d)_(?=$)"
    r"|(?<=[^\W\d_])_(?=\d{1,4}(?:v\d)?(?:_?[\[(]|_?$|\s\d{3,4}p))"  # Its Title_07_[720p]
    r"|_(?<=[ _]S\d_)(?=\d\d)|_(?<=[ _]S\d\d_)(?=\d\d)"  # Title S2_05
    r"|_(?<=- \d\d_)(?=[^\W\d_])"  # - 05_Its Name
)
_DOT = re.compile(
    r"\.(?!(?<=\d\.)(?<!\d{4}\.)\d(?![\dKk]|x\d\d(?!\d)|[oO][fF]\d))"
)  # but not that of 07.5 or 2.0
_STUCK = re.compile(r"(?<=\d)\.(?=[A-Za-z]{2}|\d{3,4}[pi])")  # 01.DVD, 01.720p
_MARK = rf"(?:{SUBTITLE_MARKS}|[a-z]{{2,3}}(?:-[A-Za-z]{{2,4}})?)"
_MARKS = re.compile(rf"(?:[.\[ ]{_MARK}(?:[&+_-]{_MARK})*\]?){{1,3}}$")


def is_legible(name: str) -> bool:
    """Whether nothing in a name may be a title that nobody can read: lost bytes, or symbols alone.

    `04` and `[Group] 04` hide no title; `????? - 04` in another encoding does, and so does `★★★ - 04`.
    """
    return name.isascii() or not any(c == "\ufffd" or unicodedata.category(c) in _HIDING for c in name)


_HIDING = frozenset({"Cs", "Co", "Cn", "So"})  # lone surrogates (lost bytes), private and unknown, symbols


class Form(NamedTuple):
    """A name without extension, twice: `text` for rules, `shown` for people. Both have one length."""

    text: str
    shown: str


def of(name: str) -> Form:
    """Normalise a file name. Total: any text has a form."""
    return of_stem(stem_of(name[:LONGEST]))


def of_stem(shown: str) -> Form:
    """Normalise a name without extension, of at most LONGEST characters."""
    if "%20" in shown:  # as addresses are written
        shown = _ENCODED.sub(lambda found: chr(int(found[1], 16)).ljust(3), shown)
    if shown.isascii():
        if not shown.isprintable():
            shown = shown.translate(_CONTROLS)
        return Form(*_blanks(_paired(shown), shown))
    shown = _QUOTED.sub(r"[\1]", shown)
    shown = _SURROGATES.sub("\ufffd", unicodedata.normalize("NFC", shown).translate(_CONTROLS))
    return Form(*_blanks(_paired(shown.translate(_TABLE)), shown))


def blank_of(name: str) -> str | None:
    """The blank or dot that alone parts the words of a name outside brackets."""
    outside = _BRACKETS.sub("", stem_of(name))
    if "_" in outside or (" " in outside and "." in outside) or len(name) > LONGEST:
        return None
    return " " if " " in outside else "."


def stem_of(name: str) -> str:
    """A name without its extension, and without what marks a subtitle."""
    stem, dot, extension = name.rpartition(".")
    extension = extension.lower()
    if not dot or extension not in EXTENSIONS:
        return name
    if extension in SUBTITLE_EXTENSIONS:
        return _MARKS.sub("", stem) or stem
    if "." in stem[-6:]:  # Title - 01.rmvb.mkv
        inner, _, extension = stem.rpartition(".")
        return inner if extension.lower() in EXTENSIONS else stem
    return stem


def _paired(text: str) -> str:
    """Blank every square bracket that has no other side, or holds nothing but another: `[[Group]`, `05]`."""
    if text.count("[") == text.count("]") and "[[" not in text:
        return text
    text = _TWICE.sub(" ", text)
    if (shut := _SHUT_FIRST.match(text)) is not None:
        text = f"{' ' * (shut.end() - 1)}[{text[shut.end() :]}"
    return _without_lone(text)


def _without_lone(text: str) -> str:
    """Blank the sides that nothing closes. One that shuts the first words stays: `Group] Title`."""
    chars, opened = list(text), -1
    for at, char in enumerate(text):
        if char == "[":
            if opened >= 0:
                chars[opened] = " "
            opened = at
        elif char == "]":
            if opened < 0 and any(c in "[]" for c in text[:at]):
                chars[at] = " "
            opened = -1
    if opened >= 0:
        chars[opened] = " "
    return "".join(chars)


def _blanks(text: str, shown: str) -> tuple[str, str]:
    """Turn into blanks what parts the words instead: plus and dash, underscores, the dots of scene names."""
    if "+" in text or ("-" in text and " " not in text):
        text, shown = _in_both(_joints(text), text, shown)
    if "_" not in text and "." not in text:
        return text, shown
    outside = _BRACKETS.sub("", text).strip()
    lines = _lines(text, outside) if "_" in text else None
    text, shown = _in_both(lines, text, shown)
    return _in_both(_dots(outside, lines) if "." in outside else None, text, shown)


def _in_both(parting: re.Pattern[str] | None, text: str, shown: str) -> tuple[str, str]:
    return (text, shown) if parting is None else (parting.sub(" ", text), parting.sub(" ", shown))


def _joints(text: str) -> re.Pattern[str] | None:
    """`Title+Episode+3`: where nothing else parts the words outside brackets; `Title-05-720p`."""
    outside = _BRACKETS.sub("", text) if "+" in text and "_" not in text else ""
    if outside.count("+") > 1 and " " not in outside and "." not in outside:
        return _PLUS
    return None if " " in text else _DASH


def _lines(text: str, outside: str) -> re.Pattern[str]:
    """All underscores where they are more than the blanks, else those beside brackets and numbers."""
    parting = outside.count("_") > outside.count(" ") or (not outside and text.isascii())
    return _LINE if parting else _AT_BRACKET


def _dots(outside: str, lines: re.Pattern[str] | None) -> re.Pattern[str]:
    """All dots where they are more than the blanks, else the one behind a number."""
    spaces = outside.count(" ") + (outside.count("_") if lines is _LINE else 0)
    return _DOT if not spaces or outside.count(".") > max(spaces, 2) else _STUCK
