"""The release group: in brackets in front, else behind a dash at the very end, else in the last brackets."""

from __future__ import annotations

from anivault.parser.draft import EMPTY, EPISODE, GAPS, GROUP, YEAR, Draft
from anivault.parser.vocabulary import ASIDES, CJK, TEAM
from anivault.shared import regex as re

RULE = "rule:group"

_LETTER = re.compile(r"[^\W_]")
_GAP = re.compile(f"[{GAPS}]")
_SCENE = re.compile(r"(?:1080|720|2160|[xh]26).*-[\w&@]+$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]|\d{2}|\d$")
_LETTER_BEHIND = re.compile(r"[^\W\d_]")
_NUMBER_BEHIND = re.compile(r"\s*第\s*\d")
_ANY_BRACKET = re.compile(r"\[[^\[\]]*\]")
_PARTING = f" ._-{EMPTY}"
_NUMBERED = re.compile(rf"[\s._{GAPS}-]*\d{{2,4}}[\s._{GAPS}-]*")
# One side of the brackets is lost: `Group] Title`, `(Group] Title`; or they are others: `<Group> Title`.
_HALF = re.compile(
    r"\s*(?:(?:\((?=[^()]*[\]}])|\{(?=[^{}]*[\])]))?(?P<name>(?=\d*[^\W\d])[^\[\](){}<>]{2,30})[\])}]"
    r"|<(?P<sharp>[^<>]{2,30})>)(?=.*[^\W\d])"
)
_WHOLE = re.compile(r"\[[^\[\]]*\]|\([^()\[\]{}]*\)|\{[^{}()\[\]]*\}")  # both sides alike
# Title][05][1080p: a number at once, and no words behind it
_NUMBER_AHEAD = re.compile(rf"\[\d[^\[\]]*\](?:[\s{GAPS}._-]|\[[^\[\]]*\])*$")
_AHEAD = re.compile(r"[^\W\d_]\w{1,20}\.")  # whoever passed it on: Bot.[Group]
_BETWEEN = re.compile(rf"[\s{GAPS}-]*")
_BEHIND = re.compile(r"(?<=\x04)\s*(?<=\s)-(?P<name>[^\W\d_]\w*)\s*$")  # Title 05 -Group
_GLUED = re.compile(rf"[{CJK}][\[][^\x00-\x7f]+\]")  # 題名[新編]
_SPACED = re.compile(r"(?<=\x02)\s*-\s*(?P<name>[^\W\d_][\w&@.-]*(?: [\w&@.-]+)?)[\s\x02]*$")


def read(draft: Draft) -> None:
    """Claim brackets in front: the first is the group, more Latin ones before words are its partners."""
    if _read_half(draft) or not draft.texts:
        return
    (start, end), others = draft.texts[0], draft.texts[1:]
    front = draft.text[:start]
    ahead = _AHEAD.fullmatch(front) is not None
    if not ahead and _ANY_BRACKET.sub("", front).strip(" .-()0123456789\x02"):
        return
    words = _WORD.search(_ANY_BRACKET.sub("", draft.text[end:])) is not None
    if not (others or words) or _is_title(draft, start, end):
        return
    _claim(draft, start, end)
    if ahead:  # Bot.[Group] Title
        draft.gap(0, start, GROUP)
    draft.texts = others
    draft.leading.append((start, end))
    if words:
        _claim_partners(draft, end)


def _read_half(draft: Draft) -> bool:
    """`Group] Title`, `<Group> Title`."""
    half = _HALF.match(draft.text) if _WHOLE.match(draft.text) is None else None
    if half is None or (not draft.texts and _NUMBER_AHEAD.match(draft.text, half.end()) is not None):
        return False
    name = half.lastgroup or "name"
    draft.set("group", draft.shown[half.start(name) : half.end(name)].strip(), RULE)
    draft.gap(half.start(), half.end(), GROUP)
    return True


def _claim_partners(draft: Draft, end: int) -> None:
    """`[Group][Partner] Title`."""
    while draft.texts and _adjoins(draft, end, draft.texts[0]):
        start, end = draft.texts.pop(0)
        draft.leading.append((start, end))
        draft.gap(start, end, GROUP)


def _is_title(draft: Draft, start: int, end: int) -> bool:
    """Tell whether the first brackets hold a title: those of `[Spirited Away][01][1080p][GROUP]`."""
    if len(draft.texts) == 2 and (_is_closed(draft, end) or _is_numbered(draft, end)):
        return True
    return (
        draft.shown[start] == "《"  # these marks hold titles
        or _is_aside(draft, start, end)
        or _is_local(draft, start, end)
    )


def _is_local(draft: Draft, start: int, end: int) -> bool:
    """`[千与千寻].Spirited.Away.x265-GROUP`, `[千与千寻][Spirited Away][1080p][GROUP]`, `《题名》第05话`."""
    if draft.text[start:end].isascii() or TEAM.search(draft.text, start, end) is not None:
        return False
    if len(draft.texts) == 1 and _NUMBER_BEHIND.match(draft.text, end) is not None:
        return True
    first = _LETTER_BEHIND.search(draft.text, end)  # the other title is a Latin one
    if first is None or not first[0].isascii():
        return False
    return _SCENE.search(draft.text, end) is not None or (len(draft.texts) > 2 and _is_paired(draft, end))


def _is_closed(draft: Draft, end: int) -> bool:
    """A number follows at once, and behind technical brackets one with words ends the name."""
    start, last = draft.texts[1]
    numbered = bool(draft.numbers) and draft.numbers[0][0] == end
    return numbered and last == len(draft.text.rstrip()) and draft.text[start - 1] == "\x02"


def _is_numbered(draft: Draft, end: int) -> bool:
    """Only a number and technical words stand between it and the last brackets: `[Title].148.[Group]`."""
    start, last = draft.texts[1]
    between = _ANY_BRACKET.sub("", draft.text[end:start])
    if draft.text[last:].strip(_PARTING):
        return False
    if not between.strip(_PARTING):
        return any(end <= place[0] < start for place in draft.numbers)
    return _NUMBERED.fullmatch(between) is not None


def _is_aside(draft: Draft, start: int, end: int) -> bool:
    """`(Not) Alone`: a small word in round brackets begins the title."""
    return draft.text[start] == "(" and draft.text[start + 1 : end - 1].lower() in ASIDES


def _is_paired(draft: Draft, end: int) -> bool:
    """A Latin title follows at once, and another bracket behind technical ones may be the group."""
    second, last = draft.texts[1], draft.texts[-1]
    latin = second[0] == end and draft.text[second[0] : second[1]].isascii()
    return latin and last[0] > second[1] and _GAP.search(draft.text, second[1], last[0]) is not None


def _adjoins(draft: Draft, end: int, place: tuple[int, int]) -> bool:
    between, inside = draft.text[end : place[0]], draft.text[place[0] : place[1]]
    partner = inside.isascii() or TEAM.search(inside, len(inside) - 4) is not None
    return _BETWEEN.fullmatch(between) is not None and partner and not _is_aside(draft, *place)


def read_last(draft: Draft) -> None:
    """Look behind the title when no group stood in front."""
    if "group" in draft.fields:
        return
    if (spaced := _SPACED.search(draft.text) or _BEHIND.search(draft.text)) is not None:
        draft.set("group", draft.shown[spaced.start("name") : spaced.end("name")], RULE)
        draft.gap(spaced.start(), spaced.end(), GROUP)
        return
    behind = [place for place in draft.texts if _is_behind(draft, *place)]
    if behind:
        _claim(draft, *behind[-1])
        draft.texts.remove(behind[-1])
    elif draft.loose_group:
        draft.set("group", draft.loose_group, RULE)


def _is_behind(draft: Draft, start: int, end: int) -> bool:
    """Behind the title and a gap; or square, with words in front and none behind.

    Several words right before the episode end the title: `Title [Its Other Part] - 05`.
    """
    words = _LETTER.search(draft.text, 0, start)
    if _GLUED.match(draft.text, max(start - 1, 0)) and TEAM.search(draft.text, start, end) is None:
        return False
    if words is not None and _GAP.search(draft.text, words.end(), start):
        return True
    return (
        draft.text[start] == "["
        and bool(_WORD.search(draft.text, 0, start))
        and not _WORD.search(draft.text, end)
        and not (" " in draft.text[start:end] and draft.text[end:].lstrip()[:1] in (EPISODE, YEAR))
    )


def _claim(draft: Draft, start: int, end: int) -> None:
    draft.set("group", draft.shown[start + 1 : end - 1].strip(), RULE)
    draft.gap(start, end, GROUP)
