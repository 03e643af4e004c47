"""Tell names in which no letter can be read, and how they might have been meant.

In: a parsed file. Out: why its name cannot be read, with what it would be in other encodings; '' for a name
that can be read, or that never had a title (`03.mkv`). Pure.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator

from anivault.core.models import ParsedFile
from anivault.shared import regex as re
from anivault.shared.text import is_text

SHOWN = 4  # readings that are offered
# Old encodings of names, in the order in which equally good readings are offered.
LATIN = "cp1252"
ENCODINGS = ("cp1251", "koi8-r", "shift_jis", "euc-jp", "gbk", "big5", "euc-kr", LATIN, "cp866")
_JAPANESE = frozenset({"shift_jis", "euc-jp"})  # hardly ever without kana
_NUMBERED = re.compile(r"\W*S\d+E\d+", re.IGNORECASE)  # what follows is an episode's title
_BRACKETS = re.compile(r"[\[({【「『《〔（［][^\])}】」』》〕）］]*[\])}】」』》〕）］]")
_PLAIN = frozenset(
    "-_.,~#+&@'=;%$^`–—・、。　"
)  # what stands between the parts of a name, or before a number
_SIGNS = frozenset('!?*|<>:"')


def unreadable(item: ParsedFile) -> str:
    """Why nobody can read what `item` is called, '' when one can."""
    rel, title = item.file.rel, item.parsed.title or ""
    own = bool(title) and item.parsed.said.get("title") != "folder"
    if not is_text(rel):
        lost = [title] if own else map(_words, rel.split("/"))
        return _undecodable(item.file.name if own else rel) if any(map(_mostly_lost, lost)) else ""
    if own and any(map(str.isalnum, title)):
        return ""
    return "its name has signs and no letters" if _only_signs(item.file.name) else ""


def _words(name: str) -> str:
    """What stands outside of brackets, without the extension; all where nothing does."""
    stem = name.rpartition(".")[0] or name
    outside = _BRACKETS.sub(" ", stem)
    return outside if any(character.isalpha() or not is_text(character) for character in outside) else stem


def _mostly_lost(words: str) -> bool:
    """Tell whether a name has lost most of its letters.

    Bytes of another encoding now and then look like UTF-8, so that letters stand among the lost ones.
    """
    lost = sum("\ud800" <= character <= "\udfff" or character == "\ufffd" for character in words)
    return lost * 3 > sum(map(len, _letters(words))) * 2


def _letters(words: str) -> list[str]:
    """The words that are letters; `S01E02` and `1080p` are none of a title's."""
    return [word for word in re.findall(r"[^\W\d_]+", words) if not _touches_digit(word, words)]


def _touches_digit(word: str, words: str) -> bool:
    return bool(re.search(rf"\d{re.escape(word)}|{re.escape(word)}\d", words))


def _only_signs(name: str) -> bool:
    """Tell whether signs stand where a title would: `♥♥♥ - 06`, `??? - 06`, `____ - 06`.

    Where the number stands in brackets the title does too: `★[Golden Time][24]`.
    """
    words = _BRACKETS.sub(" ", name.rpartition(".")[0] or name)
    if _letters(words) or _NUMBERED.match(words) or not any(map(str.isdigit, words)):
        return False
    signs = [c for c in words if not c.isspace() and not c.isalnum() and c not in _PLAIN]
    return bool(signs) or "___" in words


def _undecodable(name: str) -> str:
    """Say which encodings would make a name readable, the likeliest first."""
    readings = dict(_readings(os.fsencode(name)))
    # Letters with accents alone are rare, and look like noise beside any other script: shown, but last.
    likely = [*[each for each in readings.items() if each[0] != LATIN][: SHOWN - 1]]
    likely += [(LATIN, readings[LATIN])] if LATIN in readings else []
    if not likely:
        return "its name is not UTF-8, nor in any other encoding that is known"
    return "its name is not UTF-8; it would read " + ", or ".join(
        f"{text} in {code}" for code, text in likely
    )


def _readings(raw: bytes) -> Iterator[tuple[str, str]]:
    found: list[tuple[float, int, str, str]] = []
    for encoding in ENCODINGS:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        found.append((-_plausible(text, encoding), len(found), encoding, text))
    best = min(found, default=(0.0,))[0]
    return ((encoding, text) for score, _, encoding, text in sorted(found) if score <= best / 2 < 0)


def _plausible(text: str, encoding: str) -> float:
    """Rate how much a text looks like one that was meant: 0 is noise, 1 is sure."""
    foreign = [character for character in text if not character.isascii()]
    if not foreign:
        return 0.0
    doubtful = encoding in _JAPANESE and not any("\u3041" <= character <= "\u30fe" for character in text)
    return sum(map(_rate, foreign)) / len(foreign) * _cased(text) * (0.6 if doubtful else 1.0)


def _rate(character: str) -> float:
    """Rate one character: scripts that names are written in, common Han before rare."""
    name = unicodedata.name(character, "")
    if name.startswith(("CYRILLIC", "HIRAGANA", "KATAKANA", "HANGUL SYLLABLE")):
        return 0.0 if "HALFWIDTH" in name else 1.0
    if name.startswith("CJK UNIFIED"):
        return 0.9 if _is_common(character) else 0.1
    if name.startswith(("FULLWIDTH", "CJK", "IDEOGRAPHIC")):
        return 0.8
    return 0.5 if name.startswith("LATIN") else 0.0


def _is_common(character: str) -> bool:
    """Tell whether a Han character is in the first level of a national set: sorted by use, not by stroke."""
    for encoding, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6), ("shift_jis", 0x88, 0x97)):
        try:
            lead = character.encode(encoding)[0]
        except UnicodeEncodeError:
            continue
        if first <= lead <= last:
            return True
    return False


def _cased(text: str) -> float:
    """Lower what has capitals inside of words: KOI8-R that is read as cp1251 has nothing else."""
    words = re.findall(r"[^\W\d_]{2,}", text)
    odd = sum(word[1:] != word[1:].lower() and word != word.upper() for word in words if not word.isascii())
    shouted = sum(word == word.upper() != word.lower() for word in words if not word.isascii())
    return (1 - odd / len(words)) * (1 - shouted / len(words) / 2) if words else 1.0
