"""The titles: the first words that no rule has claimed. Behind the episode, its own title.

Titles keep their original spelling. A name may carry several: parted by ` / ` or `|`, the second in
brackets, before and behind a season, or a Chinese, Japanese or Korean one beside a Latin one.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from anivault.parser.draft import EMPTY, EPISODE, GAPS, KIND, NOTE, SEASON, YEAR, Draft
from anivault.parser.models import EXTRAS, GUESSED, VideoType
from anivault.parser.rules.terms import is_note, is_technical, terms
from anivault.parser.vocabulary import (
    CJK,
    CJK_FILMS,
    EDITIONS,
    HOLLOW,
    NEW_SHOWS,
    NUMBERED_TITLES,
    SLASHED,
    STREAMS,
    TEAM,
    TERMS,
    TYPES,
    any_of,
)
from anivault.parser.vocabulary import EPISODE as EPISODE_WORDS
from anivault.shared import regex as re

RULE = "rule:title"

_RUN = re.compile(rf"[^\s{GAPS}][^{GAPS}]*")
_WORD = re.compile(r"[^\W_]|[^\x00-\xff]")
_NOT_IN = "".join(f"(?<!{word})" for word in SLASHED)  # Fate/stay night is one title
_APART = re.compile(
    rf"\s+_\s+|(?<=[^\x00-\x7f])_|_(?=[^\x00-\x7f])|\s+[/／]\s*|\s*[/／]\s+|\s*[|｜]\s*|\s[-–—]\s{{2,}}"
    rf"|{_NOT_IN}(?<![/／])[/／](?![/／\d])|\s+(?:AKA|aka)\s+"
)
_GLUED_SCRIPTS = re.compile(r"(?<=[^\x00-\x7f])_(?=\S)|(?<=[A-Za-z])_(?=[^\x00-\x7f])")
_LATIN_SLASH = re.compile(r"(?<=[A-Za-z0-9])[/／](?=[A-Za-z])")
_APART_START = re.compile(r"\s*[/／|｜]")
# Between Latin words a slash without blanks is of the title: In/Spectre.
_APART_LATIN = re.compile(
    r"\s+[_/／]\s+|\s+[/／]|[/／]\s+|\s*\|\s*|\s[-–—]\s{2,}|\s+(?:AKA|aka|a[. ]k[. ]a\.?)\s+"
)
_APART_MARKS = ("/", "|", "／", " _ ", " -  ", " –  ", " —  ", " AKA ", " aka ", " a.k.a. ", " a k a ")
_CJK_ANY = re.compile(f"[{CJK}]")
_SCRIPTS = re.compile(
    rf"(?P<cjk>.*[{CJK}][^{CJK}A-Za-z\s]*)[\s·-]+(?P<latin>[A-Za-z][^{CJK}]+)"
    rf"|(?P<front>[A-Za-z][^{CJK}]+?)[\s·-]+(?P<behind>[^A-Za-z\s]*[{CJK}].*)"
)
_EDITION = re.compile(rf"(?:[ ._-]+(?:{any_of(EDITIONS)})|\s*\((?:{any_of(EDITIONS)})\))$", re.IGNORECASE)
_EDITION_ENDS = tuple({edition.split()[-1].lower() for edition in EDITIONS})
_OPEN, _SHUT = r"\[【〔〖［《⟨", r"\]】〕〗］》⟩"  # as they are shown
_SIDES, _SHUTS = _OPEN[1:] + _SHUT[1:], tuple(_SHUT[1:])
_SQUARE = re.compile(rf"[{_OPEN}]([^{_OPEN}{_SHUT}]*)[{_SHUT}]")
_LOCAL = re.compile(rf"[{_OPEN}]([^{_OPEN}{_SHUT}]*[^\x00-\x7f][^{_OPEN}{_SHUT}]*)[{_SHUT}]\s*([A-Za-z].*)")
_OPENED = re.compile(rf"[{_SHUT}]\s*[{_OPEN}][^{_SHUT}]*$")
_SIDE = re.compile(rf"[{_OPEN}{_SHUT}]")
_TAIL = re.compile(rf"\s*(?:[{_OPEN}][^{_OPEN}{_SHUT}]*[{_SHUT}]|\{{[^{{}}]*\}})\s*$")
_ASIDE = re.compile(r"\s*\(([^()]*)\)\s*$|\s+\(([^()]*)\)(?=\s)")
_BARE = rf"[^{_OPEN}{_SHUT}]"
_HEAD = rf"\s*({_BARE}*[^\s{_OPEN}{_SHUT}])"
_GLUED = re.compile(rf"{_HEAD}(?:[{_OPEN}]{_BARE}*[{_SHUT}]|\s\[[^\s{_OPEN}{_SHUT}]+\s{_BARE}+\])\s+")
_SPACED = re.compile(rf"{_HEAD}\s\[[^\W\d]+\]\s+")
_CLOSED = re.compile(r"\s-[^\s-][^-]*[^\s-]-[\s-]*$")  # Vivy -Fluorite Eye's Song-
_QUOTED_AHEAD = re.compile(r"[「『]([^「」『』]+)[」』](?=\s)")  # 「Title」 what this is of it
_HELD = re.compile(r"\(([^()]+)\)")
_QUOTED = re.compile(r"『([^「」『』]+)』")
_EDGE = " \t-‐‑‒–—―−_,:：|/／=★"
_LOOSE = re.compile(r"\s[+&;#]+$|^[+&;#]+\s")

_DATED = re.compile(rf"\s*{YEAR}{{4}}\s+-\s+[^\W\d]")  # Title 2010 - Its Name
_WORD_DASHED = re.compile(r"(Episode|Session)\s-\s", re.IGNORECASE)
_PARTING_DOT = re.compile(rf"[^\s._{GAPS}]\.[{SEASON}{EPISODE}]$")  # K-On!.S01E02

Runs = list[tuple[int, int]]  # the stretches of words that no rule has claimed


def read(draft: Draft) -> None:
    """Set the titles and the episode's title, as the first layout has them that fits the name."""
    runs = [found.span() for found in _RUN.finditer(draft.text) if _WORD.search(found[0])]
    if len(runs) > 1 and _is_bare_number(draft.text[slice(*runs[0])].strip()):  # 37 [Group] Title - 37
        runs = runs[1:]
    first = draft.text.find(EPISODE)
    behind = [run for run in runs[1:] if draft.shown[run[0]] in "|｜"] if "|" in draft.text else []
    runs = [run for run in runs if run not in behind] if behind else runs
    if not (_in_brackets(draft, runs, first) or _behind_episode(draft, runs, first)):
        _before_episode(draft, runs, first)
    if behind and "titles" in draft.fields:  # Title (BD 1080p) | Its Other Name
        more = (title for run in behind for title in _spellings(draft.shown[slice(*run)].lstrip("|｜ ")))
        draft.fields["titles"] = tuple(dict.fromkeys((*draft.fields["titles"], *filter(_is_name, more))))


def _is_name(title: str) -> bool:
    """No mere letters (`SAO`), which name several shows, and no extras (`+Commentary`)."""
    return title[0] != "+" and not (title.isupper() and title.isascii() and len(title) < 5)


def _is_bare_number(text: str) -> bool:
    text = text.strip("()")
    return text.isdecimal() and text not in NUMBERED_TITLES


def _in_brackets(draft: Draft, runs: Runs, first: int) -> bool:
    """`[Group] [Title] - 05`, `【题名】第05话`: brackets in front hold the title where no words do."""
    titled = bool(runs) and not 0 <= first < runs[0][0]
    if titled or not draft.leading or (held := _title_bracket(draft)) is None:
        return False
    _set_titles(draft, _spellings(draft.shown[slice(*held)]))
    if runs:
        _set_episode_title(draft, runs[0])
    return True


def _behind_episode(draft: Draft, runs: Runs, first: int) -> bool:
    """`05 - Title - Episode title - [Group]`: nothing but a group stands before the episode."""
    in_one = not draft.leading and first >= 0 and draft.shown[first] in _SIDES  # [05_The_Title]
    bracketed = in_one or (bool(draft.numbers) and draft.numbers[0][0] == first)
    if first < 0 or bracketed or not runs or _WORD.search(draft.text, 0, first):
        return False
    _read_leading(draft, runs)
    return True


def _before_episode(draft: Draft, runs: Runs, first: int) -> None:
    """`Title - 05 - Episode title`; all words are the title where there is no episode, or it leads."""
    if runs and 0 <= first < runs[0][0] and draft.shown[first] in f"{_SIDES}(（":  # [01-12] Title
        draft.confidence = min(draft.confidence, GUESSED) if draft.leading else draft.confidence
        first = -1
    _set_titles(draft, _titles(draft, [run for run in runs if first < 0 or run[0] < first]))
    if behind := [run for run in runs if 0 <= first < run[0]]:
        _set_episode_title(draft, behind[0])


def _title_bracket(draft: Draft) -> tuple[int, int] | None:
    """The bracket in front that holds the title: behind the group, or a lone one of another script."""
    start, end = draft.leading[-1]
    if len(draft.leading) == 1:
        if draft.shown[start + 1 : end - 1].isascii() or TEAM.search(draft.shown, start, end) is not None:
            return None
        del draft.fields["group"], draft.said["group"]
    return start, end


def _read_leading(draft: Draft, runs: Runs) -> None:
    """`05 - Title - Episode title - [Group]`; without a group the folder has the title."""
    followed = draft.text[runs[0][1] : runs[0][1] + 1] == SEASON  # Episode 14 The Title (Season 2)
    if draft.said.get("season") == "rule:episode" or not ("group" in draft.fields or followed):
        _set_episode_title(draft, runs[0])
        return
    start, end = runs[0]
    parts = re.split(r"\s-\s", draft.shown[start:end].lstrip(" .").strip(_EDGE), maxsplit=1)
    _set_titles(draft, _spellings(parts[0]))
    if len(parts) > 1:
        draft.set("episode_title", parts[1].strip(_EDGE), RULE)


def _titles(draft: Draft, runs: Runs) -> list[str]:
    """The titles in the stretches before the episode."""
    if not runs:
        return []
    start, end = runs[0]
    if draft.shown[start - 1 : start + 1] == "]." and start:  # [Group].Title
        start += 1
    if _PARTING_DOT.search(draft.text, start, end + 1) is not None:  # The Title.S01E02
        end -= 1
    titles = [*_spellings(draft.shown[start:end]), *_behind_kind(draft, start, end)]
    dated = EPISODE in draft.text[start:] or _DATED.match(draft.text, end) is not None
    on = (SEASON, KIND, NOTE, YEAR) if dated else (SEASON, KIND, NOTE)
    for run in runs[1:]:
        if draft.text[: run[0]].rstrip()[-1:] not in on:
            break
        titles += _going_on(draft, titles, run)
        end = run[1]
    whole = _through(draft, titles, *runs[0], end)
    return [*titles, *_with_kind(draft, *runs[0]), *_with_word(draft, *runs[0]), *whole]


def _going_on(draft: Draft, titles: list[str], run: tuple[int, int]) -> list[str]:
    """`Title 2nd Season: Its Name`: a Latin title goes on behind what was claimed; others stand alone."""
    more = [title for title in _spellings(draft.shown[slice(*run)]) if title.lower() not in EDITIONS]
    apart = not titles or _CJK_ANY.search(titles[0]) or _APART_START.match(draft.shown, run[0])
    return more if apart or not more else [f"{titles[0]} {more[0]}"]


def _through(draft: Draft, titles: list[str], start: int, first: int, last: int) -> list[str]:
    """`Title - OVA - Its Name`, `题名 第二季 ~其名~`: as printed, with what was claimed in its midst."""
    claimed = draft.text[first:last].lstrip()[:1]
    if len(titles) < 2 or not claimed:
        return []
    if titles[-1].startswith(f"{titles[0]} "):
        dated = _DATED.match(draft.text, first) is not None
        goes_on = dated or claimed == (SEASON if "season" in draft.fields else KIND)
    else:  # 题名剧场版～其名～
        goes_on = claimed == KIND and draft.fields.get("type") not in EXTRAS
    return _as_printed(draft.shown[start:last]) if goes_on else []


def _as_printed(text: str) -> list[str]:
    """A stretch of one bracket or of none, as it stands there."""
    whole = _clean(text.strip(_SIDES))
    return [] if any(side in whole for side in _SIDES) else [whole]


def _with_kind(draft: Draft, start: int, end: int) -> list[str]:
    """`Summer Special`, `The Movie`: with its kind it may be a title too."""
    if draft.text[end : end + 1] != KIND or not draft.shown[end : end + 1].isalnum():
        return []
    last = len(draft.text) - len(draft.text[end:].lstrip(KIND))
    film = TYPES.get(draft.shown[end:last].lower()) is VideoType.MOVIE
    if draft.fields.get("type") in EXTRAS and not film:  # no show is called `Title - NCED 2`
        return []
    return _as_printed(draft.shown[start:last])


def _with_word(draft: Draft, start: int, end: int) -> list[str]:
    """`Grand Episode - 05`, `Chance Session - 05`: with the word before the dash it may be a title too."""
    word = _WORD_DASHED.match(draft.shown, end) if draft.text[end : end + 1] == EPISODE else None
    return _as_printed(draft.shown[start : word.end(1)]) if word is not None else []


def _behind_kind(draft: Draft, start: int, end: int) -> list[str]:
    """`劇場版 題名`, `Gekijouban Title`: with the kind in front it may be a title too."""
    if KIND not in draft.text[:start]:
        return []
    before = draft.text[:start].rstrip()
    claimed = len(before) - len(before.rstrip(KIND))
    first = len(before) - claimed
    if not claimed or not draft.shown[first].isalnum() or draft.text[:first].strip(f"{EMPTY}["):
        return []
    text = draft.shown[first:end]
    paired = sum(text.count(side) for side in _SIDES) % 2 == 0
    return [_clean(text)] if paired else _as_printed(text)


@lru_cache(maxsize=4096)  # a release repeats its title in every name
def _spellings(text: str) -> tuple[str, ...]:
    """Every title in one stretch: the parts between slashes, then those without their aside."""
    found: list[str] = []
    if text.isascii() or _CJK_ANY.search(text) is None:
        parts = _APART_LATIN.split(text) if any(mark in text for mark in _APART_MARKS) else [text]
    else:
        parts = _APART.split(text)
    for part in parts:
        found.extend(_without_edition(_clean(piece)) for piece in _one(part))
    if len(parts) == 2 and _LATIN_SLASH.search(text) is not None:  # 題名 In/Spectre
        found.extend(map(_clean, _by_script(text)))
    if len(parts) == 2 and _GLUED_SCRIPTS.search(text) is not None:  # 題名_Title is one, too
        found += _as_printed(text.replace("_", " "))
    found.extend(filter(None, map(_without_initials, found[:1])))
    return tuple(title for title in found if title)


def _without_initials(title: str) -> str | None:
    """`Infinite Stratos - IS`: without what only repeats the first letters of its words."""
    words, dash, last = title.rpartition(" - ")
    initials = "".join(word[0] for word in words.split())
    return words if dash and len(last) > 1 and last.isupper() and last == initials.upper() else None


def _without_edition(title: str) -> str:
    """A title without what release names say of the file behind it: `Title Complete`, `Title (Uncut)`."""
    return _EDITION.sub("", title) if title.lower().rstrip(")").endswith(_EDITION_ENDS) else title


def _one(part: str) -> list[str]:
    """The readings of one title: bare of brackets behind it, without its aside, by script."""
    if (glued := _GLUED.fullmatch(part)) is not None:  # Title[heart] - 05, Title [Its Other Part] - 05
        return [part.strip(), *_bare(glued[1])]
    if (spaced := _SPACED.fullmatch(part)) is not None:  # Title [Something] - 05
        return [*_bare(spaced[1]), part.strip()]
    part = part.strip()
    if _OPENED.search(part) is not None:  # [海马][Kaiba, where the rest was a season
        return [title for inside in _SIDE.split(part) if inside.strip() for title in _one(inside)]
    if _SQUARE.search(part) is not None:
        return _with_squares(part)
    return _bare(part.strip(_SIDES))  # the other side was claimed


def _with_squares(part: str) -> list[str]:
    """`[One][Two]` are titles each, `[题名] Title` one and both; brackets behind a title are none of it."""
    if not _WORD.search(outside := _SQUARE.sub("", part)) or is_technical(outside):  # 【题名】【Title】GB
        return [title for inside in _SQUARE.findall(part) for title in _one(inside)]
    if (local := _LOCAL.match(part)) is not None:
        return [f"{local[1]} {local[2]}", local[1], local[2]]
    while (tail := _TAIL.search(part)) is not None and tail.start() > 0:
        part = part[: tail.start()]
    return _bare(part)


def _bare(part: str) -> list[str]:
    if (held := _HELD.fullmatch(part)) is not None:  # [Group]-(Title)-05
        part = held[1]
    quoted = _QUOTED_AHEAD.match(part)
    return [*_by_script(part), *_without_aside(part), *([quoted[1]] if quoted else [])]


def _by_script(part: str) -> list[str]:
    """A Chinese, Japanese or Korean title beside a Latin one; a dash between them parts them for certain."""
    if part.isascii() or (both := _SCRIPTS.fullmatch(part)) is None:
        return [part]
    titles = [both["cjk"] or both["front"], both["latin"] or both["behind"]]
    dashed = "-" in part[len(titles[0]) : len(part) - len(titles[1])]
    return [*titles, part] if dashed else [part, *titles]


def _without_aside(part: str) -> list[str]:
    """`Kimetsu no Yaiba (Demon Slayer)`: without the aside, and the aside where it may be a title."""
    if "(" not in part or (aside := _ASIDE.search(part)) is None or aside.start() == 0:
        return []
    inside = (aside[1] or aside[2] or "").strip()
    alone = [inside] if " " in inside or not inside.isascii() else []  # (Kuro) alone names no show
    return [f"{part[: aside.start()]} {part[aside.end() :]}", *alone]


def _clean(text: str) -> str:
    """A title without the separators around it."""
    if text.endswith(_SHUTS) and sum(map(text.count, _SIDES)) % 2:  # [題名[新編]物語]
        text = text[:-1]
    closed = text.rstrip().endswith("-") and _CLOSED.search(text) is not None
    text = text.rstrip(f"{_EDGE}(").lstrip(_EDGE)
    if not text.isalnum():
        text = _LOOSE.sub("", text).strip(_EDGE)
    if closed:
        text += "-"
    if "  " in text:
        text = " ".join(text.split())
    if text.count("_") > 1 and " " not in text:  # [Group][4月新番][Its_Long_Title]
        text = text.replace("_", " ")
    if text.count("~") % 2:
        text = text.strip("~ ")
    if (quoted := _QUOTED.fullmatch(text)) is not None:
        text = quoted[1]
    return text if _WORD.search(text) else ""


def _set_titles(draft: Draft, titles: Iterable[str]) -> None:
    if titles := [title for title in dict.fromkeys(titles) if title]:
        draft.set("title", titles[0], RULE)
        draft.set("titles", tuple(titles), RULE)


def _says_nothing(draft: Draft, text: str) -> bool:
    """`BIG5 MP4`, `END`, the group; a technical word alone may be a title."""
    if text.strip("- ") == draft.fields.get("group"):
        return True
    if text.split(None, 1)[0].lower() not in TERMS:
        return text in EPISODE_WORDS["endings"]
    found = terms(text)
    return (found.known > 1 and not found.rest) or text in EPISODE_WORDS["endings"]


def _set_episode_title(draft: Draft, run: tuple[int, int]) -> None:
    text = draft.shown[run[0] : run[1]]
    text = _clean((_TAIL.sub("", text) if "]" in text else text).lstrip(" ."))
    text = text[1:-1] if text[:1] in "[(" and text[-1:] in "])" else text.rstrip("]】")
    if text and not text.isdecimal() and not is_note(text) and not _says_nothing(draft, text):
        draft.set("episode_title", text, RULE)


# --- as they are printed -----------------------------------------------------------------------------

_MARK = re.compile(r"(?:[!?+:'*°！？＋：’＊]+|[ _][:：+＋#＃*＊@＠]+)(?=[\s_.\])】-]|$)")
_HOLLOW = re.compile(rf"{any_of(CJK_FILMS)}|\b(?:{any_of(HOLLOW)})\b|[\W_]", re.IGNORECASE)
_STREAM = re.compile(rf"\b(?:{any_of(STREAMS)})\b|{any_of(NEW_SHOWS)}", re.IGNORECASE)
_STREAMED = (*STREAMS, *NEW_SHOWS)
_MARKS = "!?+:'*°！？＋：’＊ _"


def read_printed(draft: Draft, stem: str) -> None:
    """Note the titles as `stem` prints them, and whether it names a stream."""
    said = [title for title in draft.fields.get("titles", ()) if not _is_hollow(title)]
    draft.fields["printed"] = tuple(_with_mark(stem, title) for title in said) or tuple(draft.held)
    lower = stem.lower()
    if any(word in lower for word in _STREAMED) and _STREAM.search(stem) is not None:
        draft.fields["streamed"] = True


@lru_cache(maxsize=4096)  # a release repeats its title in every name
def _is_hollow(title: str) -> bool:
    """Whether a title says only what kind of video it is, or next to nothing."""
    if any(len(word) > 2 and word.isalnum() and word not in HOLLOW for word in title.lower().split()):
        return not title.isascii() and _is_of_hollow_words(title)
    return _is_of_hollow_words(title)


def _is_of_hollow_words(title: str) -> bool:
    return len(title.strip()) > 1 and len(_HOLLOW.sub("", title)) < 2 and not title.strip().isdigit()


def _with_mark(stem: str, title: str) -> str:
    at = stem.rfind(title)
    end = at + len(title)
    if at < 0 or stem[end : end + 1] not in _MARKS:
        return title
    mark = _MARK.match(stem, end)
    return title + mark[0] if mark else title
