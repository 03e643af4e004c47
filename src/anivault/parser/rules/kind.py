"""The kind of video: OVA, film, special, and the extras that are no episode (NCOP, NCED, PV, CM, menu, ...).

A word that also stands in titles (`OP`, `Movie`, `Special`) counts only where a title has ended:
behind a dash or blank and before a number, a bracket or the end.
"""

from __future__ import annotations

from anivault.parser.draft import EPISODE, GAPS, KIND, TERM, Draft
from anivault.parser.models import EXTRAS, VideoType, number
from anivault.parser.vocabulary import (
    CJK_FILMS,
    CJK_TYPES,
    TYPE_WORDS,
    TYPES,
    TYPES_ALWAYS,
    TYPES_CAPITALS,
    TYPES_ENDINGS,
    TYPES_NUMBERED,
    TYPES_RUNNING,
    TYPES_WORDS,
    any_of,
)
from anivault.shared import regex as re

RULE, BRACKETS = "rule:kind", "rule:brackets"

_GATE = TYPE_WORDS | {word + "v" for word in TYPE_WORDS}  # NCOPv2
_NUMBER = (
    r"(?:[ _.#-]{0,2}(?P<number>\d{1,3}(?!\d)(?:\.\d)?[a-e]?)"
    r"(?:(?:[-~](?:SP|OVA|OAD|EP?)?|[&+](?=\d))(?P<last>\d{1,3})(?!\d))?)?"
    r"(?:[ _]?v(?P<version>\d))?"
)
_END = rf"(?=\s*(?:$|[{GAPS}\[({{+]|-\s|-[\W\d]|\s-))"
_ALWAYS = re.compile(
    rf"(?<![^\W_])(?:The )?(?P<word>{any_of(TYPES_ALWAYS)}){_NUMBER}(?![^\W_])", re.IGNORECASE
)
_CAPITALS = re.compile(
    rf"(?<![^\W_])(?P<word>{any_of(TYPES_CAPITALS)}|(?:{any_of(TYPES_NUMBERED)})(?=\d)"
    rf"|(?<=[\s\]])(?:sp|op|ed|pv|cm|ex)(?=\d)){_NUMBER}"
    rf"(?:{_END}|(?<=[A-Zpdvm]\d\d)(?=\s))"  # SP01 Its Title
)
_WORDS = re.compile(
    rf"(?:(?<![^\W_])(?:The )?(?P<running>{any_of(TYPES_RUNNING)}|(?:opening|ending)(?=\s\d))"
    rf"|(?:^\s*|-\s*|[{GAPS}]\s*)(?P<word>{any_of(TYPES_WORDS)})){_NUMBER}{_END}",
    re.IGNORECASE,
)
_KINDS = any_of((*(w for w in TYPES if len(w) > 1 and TYPES[w] not in EXTRAS), "tv版", "extras", "映像特典"))
_ADDED = rf"\s*[+&,]\s*(?:{_KINDS})(?:版|s)?(?:[ .]?\d{{1,2}}(?:-\d{{1,2}})?)?"
_SEVERAL = re.compile(rf"(?:{_KINDS})(?:{_ADDED})+", re.IGNORECASE)
_SEVERAL_BEHIND = re.compile(
    rf"(?:(?<=\S)\s+(?:{_KINDS})|(?<=[^\s{GAPS}])(?!\+\s))(?:{_ADDED})+{_END}", re.IGNORECASE
)
NEW = "新"  # 新劇場版
_GLUED = re.compile(rf"(?:(?<=[a-z])|(?<=[^\x00-\x7f]))(?P<word>OVA|OAD){_NUMBER}(?![^\W_])")  # TitleOVA
_CJK = re.compile(rf"(?P<word>{any_of((*CJK_TYPES, *map(NEW.__add__, CJK_FILMS)))}){_NUMBER}")
_NUMBERED = re.compile(rf"\s*{EPISODE}")
_GOES_ON = re.compile(r"\s*[-:]\s*[^\W\d]")
_WORD = re.compile(r"[^\W_]")
_MIDST = re.compile(r"\s+[^\W\d_]|:\s?[^\W\d_]|(?<=[^\x00-\x7f])[^\W\d_]")
_OF_EPISODES = frozenset((VideoType.PV, VideoType.SAMPLE))
_FILMS = frozenset(("movie", "film", "gekijouban", "eiga"))
_ENDINGS = tuple(TYPES_ENDINGS)
_ENDING = re.compile(rf"(?<=[^\s-])-(?P<word>{any_of(TYPES_ENDINGS)})\d{{0,2}}$", re.IGNORECASE)
# `Title.sample`, and behind a blank where the title has ended: `S01E05 sample`, `[1080p] sample`.
_SAMPLE = re.compile(
    r"(?:(?<=\S)[._]|(?<=[\])]) |(?<=\d) |(?<=\d[pi]) )(?P<word>sample)\d{0,2}$", re.IGNORECASE
)
_AHEAD = re.compile(r"sample-(?=\S)|[Ss](?:ample|AMPLE)-(?=\S+$)")  # but not `Sample-kun - 01`
# An episode's title stands at the end: `S01E05 - Ultra-Short`.
_EPISODE_TITLE = re.compile(r"\d(?:v\d)?[\])]?\s+-\s+[^\[\]()]*$")
_LEADING = re.compile(r"[\s\x01]*(Gekijouban|Eiga)(?=\s+\S)", re.IGNORECASE)


def read_ending(draft: Draft, stem: str) -> None:
    """Claim the word at the end by which media servers know an extra (`Title-deleted`), and scene samples.

    In capitals it may be the last word of an episode's title. `stem` still has the dots of the name.
    """
    if (ahead := _AHEAD.match(stem)) is not None:
        draft.set("type", VideoType.SAMPLE, RULE)
        draft.gap(0, ahead.end(), KIND)
    lower = stem.lower()
    found = _ENDING.search(stem) if lower.rstrip("0123456789").endswith(_ENDINGS) else None
    if found is None and "sample" in lower:
        found = _SAMPLE.search(stem)
    if found is None or (not found["word"].islower() and _EPISODE_TITLE.search(stem, 0, found.start())):
        return
    draft.set("type", TYPES_ENDINGS[found["word"].lower()], RULE)
    end = len(draft.text)
    draft.gap(end - len(found[0]), end, KIND)


def several_kinds(text: str) -> bool:
    """`TV + OVA`, `TV+SP 1-2`: the kinds of video that a batch holds."""
    return _SEVERAL.fullmatch(text) is not None


def read(draft: Draft) -> None:
    """Claim the word that names the kind, with its own number and version."""
    if "+" in draft.text and (several := _SEVERAL_BEHIND.search(draft.text)) is not None:
        draft.gap(several.start(), several.end(), TERM)  # Title TV+OVA: a batch is of no one kind
        return
    found = _find(draft)
    if found is None:
        return
    kind = _kind_of(found)
    if any(is_other(draft, found, kind) for is_other in _OTHERS):
        return
    if kind in EXTRAS and draft.said.get("type") == BRACKETS:  # [SP01] NCOP
        draft.fields["type"], draft.said["type"] = kind, RULE
        draft.fields.pop("episodes", None)
    draft.set("type", kind, RULE)
    if not _is_of_the_title(draft.text, found, kind):
        _number(draft, found)
        draft.gap(found.start(), found.end(), KIND)


def _is_a_title(draft: Draft, found: re.Match[str], _: VideoType) -> bool:
    """`Special 7 - 05`: nothing stands in front, and the episode has a number of its own."""
    return (
        found.re.pattern == _WORDS.pattern
        and bool(found["number"])
        and "episodes" in draft.fields
        and _WORD.search(draft.text, 0, found.start()) is None
    )


def _is_a_channel(_: Draft, found: re.Match[str], kind: VideoType) -> bool:
    """`TV 5`."""
    return kind is VideoType.TV and found["number"] is not None


def _is_of_an_episode(draft: Draft, found: re.Match[str], kind: VideoType) -> bool:
    """`S01E05 - Ending` names an episode, `Interview - 04` a show; `Title - Interview 02` is an extra.

    Behind a bare number, a preview (`05 - Preview`) is that of the episode.
    """
    if kind not in EXTRAS or found.re.pattern != _WORDS.pattern or draft.said.get("type") == BRACKETS:
        return False
    if "episodes" not in draft.fields or found["number"] is not None:
        return False
    if kind in _OF_EPISODES and found["word"] and "season" not in draft.fields:
        return False
    return _NUMBERED.match(draft.text, found.end()) is None or _is_dashed_show(draft, found)


def _is_dashed_show(draft: Draft, found: re.Match[str]) -> bool:
    dashed = draft.shown[found.end() :].lstrip().startswith("-")
    return dashed and _WORD.search(draft.text, 0, found.start()) is None


_OTHERS = (_is_a_title, _is_a_channel, _is_of_an_episode)  # where the word names no kind of this file


def _find(draft: Draft) -> re.Match[str] | None:
    found = _find_word(draft) or _find_glued(draft) or _find_cjk(draft)
    if found is None and not draft.words.isdisjoint(_FILMS):
        _film(draft)
    return found


def _find_word(draft: Draft) -> re.Match[str] | None:
    """`NCOP 2`, `- Preview`, `SP01`; `Title OVA NCOP` is an opening, and that of an OVA."""
    if draft.words.isdisjoint(_GATE):
        return None
    found = _ALWAYS.search(draft.text) or _WORDS.search(draft.text) or _CAPITALS.search(draft.text)
    return found and (_extra_behind(draft.text, found) or found)


def _extra_behind(text: str, found: re.Match[str]) -> re.Match[str] | None:
    """`Title OVA NCOP`, `Title OVA - PV 2`, `Title the Movie - Trailer`."""
    kind = _kind_of(found)
    if kind in EXTRAS:
        return None
    at = len(text) - len(text[found.end() :].lstrip())
    extra = _ALWAYS.search(text, at) or _CAPITALS.match(text, len(text) - len(text[at:].lstrip(" -_")))
    if extra is None and kind is VideoType.MOVIE:
        extra = _WORDS.match(text, at)
    return extra if extra is not None and _kind_of(extra) in EXTRAS else None


def _kind_of(found: re.Match[str]) -> VideoType:
    said = found.groupdict()
    return TYPES[(said["word"] or said["running"]).lower().removeprefix(NEW)]


def _find_glued(draft: Draft) -> re.Match[str] | None:
    """`TitleOVA 2`."""
    return _GLUED.search(draft.text) if "OVA" in draft.text or "OAD" in draft.text else None


def _find_cjk(draft: Draft) -> re.Match[str] | None:
    """`剧场版`, in front of the episode."""
    text = draft.text
    if text.isascii():
        return None
    return _CJK.search(text, 0, text.find(EPISODE) if EPISODE in text else len(text))


def _is_of_the_title(text: str, found: re.Match[str], kind: VideoType) -> bool:
    """The title goes on with it: `Girls und Panzer OVA Anzio-sen`, `Title the Movie - Name`."""
    number, end = found["number"], found.end()
    if kind is VideoType.MOVIE and (_GOES_ON.match(text, end) or (number and not number.startswith("0"))):
        return True
    amid = _WORD.search(text, 0, found.start()) is not None and _MIDST.match(text, end) is not None
    return amid and number is None and kind not in EXTRAS


def _film(draft: Draft) -> None:
    """`Gekijouban Title`, `Title Movie 3 Subtitle`: the word may stand within the title."""
    if "episodes" in draft.fields or "season" in draft.fields:
        return
    draft.set("type", VideoType.MOVIE, RULE)
    if (leading := _LEADING.match(draft.text)) is not None:
        draft.gap(leading.start(1), leading.end(1), KIND)


def _number(draft: Draft, found: re.Match[str]) -> None:
    if found["version"] is not None:
        draft.set("version", int(found["version"]), RULE)
    if found["number"] is not None:
        printed = filter(None, (found["number"], found["last"]))
        draft.set("episodes", tuple(map(number, printed)), RULE)
