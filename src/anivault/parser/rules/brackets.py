"""What each bracket is: technical words, a year, a number, a season, a kind, or words.

Brackets are where release names keep what is no title, and a release repeats the same few, so what a
bracket means is remembered by its content.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from anivault.parser.draft import GAPS, KIND, NOTE, SEASON, TERM, YEAR, Draft
from anivault.parser.models import VideoType, number
from anivault.parser.rules import numbers
from anivault.parser.rules.kind import several_kinds
from anivault.parser.rules.terms import Terms, is_note, terms
from anivault.parser.vocabulary import (
    CJK_BATCH,
    CJK_NOTES,
    EDITIONS,
    NUMBERED_TITLES,
    STRONG,
    TYPES,
    TYPES_NUMBERED,
    han,
)
from anivault.shared import regex as re

RULE = "rule:brackets"
FEW = 14  # no release holds more seasons at once (a guess)

_BRACKET = re.compile(r"\[([^\[\]]*)\]|\(([^()]*)\)|\{([^{}]*)\}")
_OPENING = re.compile(r"[\[({]")
_YEAR = re.compile(r"((?:19[1-9]|20[0-3])\d)年?(?: ?[-.~/] ?(?:(?:19|20)?\d\d)?(?:[-.~/]\d\d)?)?")
_DATE = re.compile(r"\d{1,2}[./]\d{1,2}[./]((?:19|20)\d\d)|((?:19|20)\d\d)[./-]\d{1,2}[./-]\d{1,2}")
_IDS = re.compile(r"(?:imdb|tmdb|tvdb|anidb|anilist|mal)(?:id)?[-=: ]?\w+", re.IGNORECASE)
_VOLUME = re.compile(
    r"(?:vol(?:ume)?\.?|(?P<disc>dis[ck]|cd|dvd))[ ._-]*(?P<number>\d{1,2})(?: ?(?:of|/) ?\d+)?",
    re.IGNORECASE,
)
_KIND = re.compile(
    r"(?:(?P<year>(?:19|20)\d\d) )?(?P<word>[^\W\d]+?(?:[ -][^\W\d]+?)*?)(?: - |[ _-]?)"
    r"(?:EP ?)?(?P<number>\d{1,3}[a-z]?)?(?:-(?P<last>\d{1,3}))?"
    r"(?:(?:(?<=\d)|[ _])v(?:er)?[. ]?(?P<version>\d))?(?:\+SP)?",
    re.IGNORECASE,
)
_COUNTED_KIND = re.compile(r"(\d{1,3}(?:-\d{1,3})?)[ _]?\(?(OVA|OAD|ONA|SP|Special)\)?", re.IGNORECASE)
_LAST_WORDS = frozenset(("pv", "cm", "menu", "preview", "trailer", "teaser"))
_EXPLICIT = re.compile(r"\d{3,4}[pi]|\d{3,4}x\d{3,4}", re.IGNORECASE)  # a resolution beyond doubt
_PART = re.compile(
    r"(?:parte?|teil|cour|pt\.?)[ .]?(\d)|第 ?([\d一二三四五]) ?(?:クール|部分)", re.IGNORECASE
)
_RANGED_BEHIND = re.compile(
    r"[^\d].*[\s_](\d{2,4}[-~]\d{2,4}) ?(?:Fin|END|完)?", re.IGNORECASE
)  # [BDRip 01-12]
_TITLED = re.compile(r"\[(\d{2,4})(?:(?: - |[ _])(?=[^\W\d])|(?=[「『]))")
_VIDEO_ID = re.compile(r"(?=.*[0-9_])[\w-]{11}")
_TOTAL = re.compile(r"全 ?(\d{1,4}) ?[话話集回]")
_OTHER_NUMBER = re.compile(r"(?<![A-Za-z\d])\d{2,3}(?![A-Za-z\d])")
_NUMBERED = re.compile(  # [01 1080p HEVC], [12 END 1080p], [01-12Fin WEBRip]
    r"(\d{2,3}(?:v\d)?|\d{1,4}\s?[-~]\s?\d{1,4}) ?(?:Fin|END|完)?\s+(?!bits?\b)(?=.*(?:\d{3,4}p|rip))",
    re.IGNORECASE,
)
_STATED = re.compile(
    r"S(?:eason )?(\d{1,2})(?:[ ._]?E|(?P<dash> ?- ?)(?=\d\d)|[ _](?=\d\d))(\d{1,4})(?:v(?P<version>\d))?"
    r"(?: ?\((?P<second>\d{1,4})\))?",
    re.IGNORECASE,
)
_COMPACT_DATE = re.compile(r"(?:(?:19|20)\d\d|[0-3]\d)(?:0\d|1[0-2])[0-3]\d|(?:19|20)\d\d(?:0\d|1[0-2])")
_SEASON_NOTE = re.compile(r"第.{1,3}[季部期].{0,3}?(?:\d{1,2}|[一二三四五六七八九十]{1,2})月.{0,6}")
_BATCH = re.compile(
    rf"(?:{CJK_BATCH})|(?:TV ?)?全集|全\d+[话話集回]|(?:TV ?)?アニメ(?: ?(?:TV|BD|DVD))?|\d{{1,2}}月",
    re.IGNORECASE,
)
_MONTH = re.compile(r"(?:\d{4}年)?\d{1,2}月(?:新番)?|新番")  # [4月新番][Group]
_DATE_NOTE = re.compile(r"((?:19|20)\d\d)年?(?:[春夏秋冬]季?(?:新番)?|\d{1,2}月(?:新番)?)")
_OF = re.compile(r"(?:of|/) ?\d+")
_EDITIONS = frozenset(edition.lower() for edition in EDITIONS)
_NOTED = re.compile(
    rf"\[(?=[^\]]{{5}})(?![招急诚誠附检檢仅僅])(?:[^\]](?!字幕|[双雙][语語]))*(?:{CJK_NOTES})[^\]]*\]"
)
_NOTE = re.compile(rf"[\s{GAPS}]*(?:[★☆][^★☆\[\]]*[★☆]?)?[\s{GAPS}]*")
_NUMBER_NEXT = re.compile(r"\[\d{1,4}(?:v\d)?(?: ?END)?\]")
_LETTER = re.compile(r"[^\W\d_]")
BROADCAST = "新終字再デ多無解"  # what recorders of Japanese television write: [新]Title[字]
_DOMAIN = re.compile(r"(?:www\.)?[\w-]+\.(?:com|net|org|info|tv|pw|me|cc|to|ru|xyz)", re.IGNORECASE)


_WHOLE = (_BATCH, _IDS, _DOMAIN, _OF)  # nothing but one of these


class Meaning(NamedTuple):
    """What one bracket says; all empty for words."""

    filler: str | None = None  # the gap that it becomes
    fields: tuple[tuple[str, object], ...] = ()
    numbers: numbers.Numbers | None = None
    rest: str | None = None  # a name found among technical words


_WORDS = Meaning()
_cache: dict[str, Meaning] = {}


def read(draft: Draft) -> None:
    """Sort every bracket; claim all but the ones that hold words or an episode number."""
    text = draft.text
    if _OPENING.search(text) is None:
        return
    first = True
    for found in _BRACKET.finditer(text):
        content = found[found.lastindex or 0]
        if (crc := numbers.checksum(content)) is not None:
            draft.fields["crc32"], draft.said["crc32"] = crc, "rule:checksum"
            draft.gap(*found.span(), TERM)
        else:
            meaning = (
                _WORDS if _is_in_title_place(draft, found) else _meaning_in(text, content, found, first=first)
            )
            _apply(draft, meaning, *found.span())
            first = False
    if "全" in text and not draft.numbers and not _OTHER_NUMBER.search(_BRACKET.sub("", text)):
        _read_total(draft, text)


def _read_total(draft: Draft, text: str) -> None:
    """`Title [全24话]`: all of them, where no number says which."""
    for found in _BRACKET.finditer(text):
        if (total := _TOTAL.fullmatch(found[found.lastindex or 0])) is not None:
            draft.numbers.append((*found.span(), numbers.Numbers((1, int(total[1])))))


def _is_behind_group(draft: Draft, start: int) -> bool:
    """Right behind the first brackets of words, but for a note: `[Group]★04月新番★[86]`."""
    return len(draft.texts) == 1 and _NOTE.fullmatch(draft.text, draft.texts[0][1], start) is not None


def _is_in_title_place(draft: Draft, found: re.Match[str]) -> bool:
    """`[Group][我们的重制人生][05]`: a word of notes is of the title, where nothing else can be the title."""
    if draft.text.isascii() or not _is_behind_group(draft, found.start()):
        return False
    return (
        _NOTED.fullmatch(draft.text, *found.span()) is not None
        and _NUMBER_NEXT.match(draft.text, found.end()) is not None
        and _LETTER.search(_BRACKET.sub("", draft.text[found.end() :])) is None
    )


def _is_video_id(content: str, found: re.Match[str], text: str) -> bool:
    """`Title [dQw4w9WgXcQ]`: eleven letters of both cases and digits that end a name are a site's."""
    return (
        len(content) == 11
        and found.start() > 2
        and not text[found.end() :].strip()
        and _VIDEO_ID.fullmatch(content) is not None
        and content not in (content.lower(), content.upper())
    )


def _meaning_in(text: str, content: str, found: re.Match[str], *, first: bool) -> Meaning:
    """What a bracket says where it stands: `[720]` beside `[1080p]` is a number, a term in front a group."""
    if content in numbers.RESOLUTIONS and _EXPLICIT.search(text) is not None:
        return Meaning(numbers=numbers.Numbers((int(content),)))
    if found[0] == "(新)":  # a later show of the same name: in square brackets a first broadcast
        return _WORDS
    meaning = _meaning(content)
    if meaning is _WORDS and _is_video_id(content, found, text):
        return Meaning(TERM)
    leads = first and found.start() < 2 and meaning.filler == TERM and _MONTH.fullmatch(content) is None
    return _WORDS if leads and _may_be_group(meaning, text, found.end()) else meaning


def _may_be_group(meaning: Meaning, text: str, end: int) -> bool:
    """A leading `[BDMV]` or `[Raw]` is whoever made the file; `[1080p]` and `[201810]` in front are not."""
    if not any(map(str.isalpha, text[:end])):
        return False
    return not any(field == "resolution" for field, _ in meaning.fields) and bool(text[end:].strip())


def _apply(draft: Draft, meaning: Meaning, start: int, end: int) -> None:
    for field, value in meaning.fields:
        draft.set(field, value, RULE)
    if meaning.numbers is not None and not _is_title(draft, start, end):
        draft.numbers.append((start, end, meaning.numbers))
        if meaning.fields and (blank := draft.text.find(" ", start, end)) > 0:  # [01 1080p HEVC]
            draft.gap(blank, end - 1, TERM)
    elif meaning.filler is None:
        _apply_words(draft, start, end)
    else:
        _apply_gap(draft, meaning, start, end)


def _apply_gap(draft: Draft, meaning: Meaning, start: int, end: int) -> None:
    if meaning.rest and draft.loose_group is None:
        draft.loose_group = meaning.rest
    note = draft.text[start] == "(" and not meaning.fields and not draft.text[start:end].isascii()
    draft.gap(start, end, NOTE if note else meaning.filler or TERM)


def _apply_words(draft: Draft, start: int, end: int) -> None:
    """Words; behind two brackets of words they may begin with the number: `[957 呪われた美術館]`."""
    if draft.text[start] == "[" and "[" in draft.text[:start]:
        draft.held.append(draft.shown[start + 1 : end - 1])
    titled = _TITLED.match(draft.text, start, end) if len(draft.texts) > 1 else None
    if titled is None:
        draft.texts.append((start, end))
        return
    draft.set("episode_title", draft.shown[titled.end() : end - 1].strip(), RULE)
    draft.numbers.append((start, end, numbers.Numbers((int(titled[1]),), stated=True)))


def _is_title(draft: Draft, start: int, end: int) -> bool:
    """`[Group][86][05]`, `[Group][No.6][05]`: a number that is a title, right behind the group's brackets."""
    if draft.text[end : end + 1] != "[" or not _is_behind_group(draft, start):
        return False
    inside = draft.text[start + 1 : end - 1]
    return inside in NUMBERED_TITLES or (
        inside[:2].lower() == "no" and _NUMBER_NEXT.match(draft.text, end) is not None
    )


def _meaning(content: str) -> Meaning:
    if (known := _cache.get(content)) is None:
        if len(_cache) > 4096:
            _cache.clear()
        known = _cache[content] = _read(content.strip())
    return known


def _read(content: str) -> Meaning:
    if not content:
        return Meaning(TERM)
    return next(filter(None, (reads(content) for reads in _READERS)), _WORDS)


def _year(content: str) -> Meaning | None:
    """`[2012]`, `(1992-2017)`."""
    found = _YEAR.fullmatch(content)
    return Meaning(YEAR, (("year", int(found[1])),)) if found else None


def _date(content: str) -> Meaning | None:
    """`[2023.10.06]`, `(20231006)`; `（第二季七月播出）` says when, not what."""
    if (found := _DATE.fullmatch(content) or _DATE_NOTE.fullmatch(content)) is not None:
        return Meaning(TERM, (("year", int(found[found.lastindex or 1])),))
    return Meaning(TERM) if _COMPACT_DATE.fullmatch(content) or _SEASON_NOTE.fullmatch(content) else None


def _number(content: str) -> Meaning | None:
    """`[07]`, `(01-12)`, `[Part 2]`, `[01OVA]`."""
    if (counted := _COUNTED_KIND.fullmatch(content)) is not None:
        return Meaning(numbers=numbers.bracket(counted[1]), fields=(("type", TYPES[counted[2].lower()]),))
    if (inside := numbers.bracket(content) or numbers.bracket(content.replace("_", " "))) is not None:
        return Meaning(numbers=inside)
    part = _PART.fullmatch(content)
    return Meaning(SEASON, (("part", han(part[part.lastindex or 1])),)) if part else None


def _volume(content: str) -> Meaning | None:
    """`[Vol.3]`, `[Disc 2]`; a DVD5 is a kind of disc."""
    found = _VOLUME.fullmatch(content)
    if found is None or content.lower() in STRONG:
        return None
    return Meaning(TERM, (("disc", int(found["number"])),) if found["disc"] else ())


def _stated(content: str) -> Meaning | None:
    """`[S02E05]`, `(S4-24)`: an episode with its season. `(S1-3)`, `(S01-03)` are seasons."""
    if (found := _STATED.fullmatch(content)) is None:
        return None
    season, episode = int(found[1]), number(found[3])
    alike = len(found[1]) >= len(found[3]) and int(found[3]) < FEW
    if found["dash"] and (season < 2 or alike):
        return None
    version, second = (int(text) if (text := found[name]) else None for name in ("version", "second"))
    inside = numbers.Numbers((episode,), version, second, stated=True)
    return Meaning(numbers=inside, fields=(("season", season),))


def _season(content: str) -> Meaning | None:
    """`[S2]`, `(2nd Season)`, `【第二季】`."""
    found = numbers.whole_season(content)
    if found is None:
        return None
    fields: list[tuple[str, object]] = list(found.items())
    return Meaning(SEASON, tuple(fields))


def _kind(content: str) -> Meaning | None:
    """`[OVA]`, `[NCOP 2]`, `(2012 Movie)`."""
    found = _KIND.fullmatch(content)
    kind = _kind_of(found["word"].lower().replace("_", " ")) if found else None
    if found is None or kind is None:
        return None
    if not found["number"] and found["word"] in TYPES_NUMBERED:  # [IV] counts something else
        return None
    if not found["number"] and kind is VideoType.TV:
        return Meaning(TERM, (("type", kind),))
    return Meaning(KIND, tuple(_kind_fields(found, kind)))


def _kind_fields(found: re.Match[str], kind: VideoType) -> Iterator[tuple[str, object]]:
    yield "type", kind
    if found["year"]:
        yield "year", int(found["year"])
    if found["number"] and kind is not VideoType.MOVIE:
        yield "episodes", tuple(map(number, filter(None, (found["number"], found["last"]))))
    if found["version"]:
        yield "version", int(found["version"])


def _kind_of(words: str) -> VideoType | None:
    """The kind that words name; of some the last word is enough: `Character PV`."""
    last = words.rpartition(" ")[2]
    return TYPES.get(words) or (TYPES[last] if last in _LAST_WORDS else None)


def _several_kinds(content: str) -> Meaning | None:
    """`(TV + OVA)`: what a batch holds; it is of no one kind."""
    return Meaning(TERM) if several_kinds(content) else None


def _technical(content: str) -> Meaning | None:
    """`[1080p]`, `(BD 720p AAC)`, `[01 1080p HEVC]`, `[简日双语]`."""
    if len(content) == 1 and content.isalpha():  # [Group][X][05]
        return Meaning(NOTE) if content in BROADCAST else None
    if _is_known(content):
        return Meaning(TERM)
    found = terms(content)
    if found.strong or (found.known and not found.rest):
        return _of_terms(content, found)
    return Meaning(TERM) if is_note(content) else None


def _is_known(content: str) -> bool:
    """Whether all that a bracket holds is one thing that is said of files."""
    return content.lower() in _EDITIONS or any(known.fullmatch(content) for known in _WHOLE)


def _of_terms(content: str, found: Terms) -> Meaning:
    """What technical words say, with the episode before them or the name among them."""
    if (numbered := _NUMBERED.match(content) or _RANGED_BEHIND.fullmatch(content)) is not None:
        return Meaning(fields=found.fields, numbers=numbers.bracket(numbered[1]))
    rest = _name_among(content, found) if found.rest else None
    return Meaning(TERM, (*found.fields, *_version(content)), rest=rest)


def _version(content: str) -> tuple[tuple[str, object], ...]:
    found = re.search(r"(?<![a-z0-9])v(\d)(?![a-z0-9])", content, re.IGNORECASE)
    return (("version", int(found[1])),) if found else ()


def _name_among(content: str, found: Terms) -> str | None:
    """The part between commas or dashes that holds only unknown words: `(Central Anime, 720p)`."""
    for part in re.split(r"\s*,\s*|\.", content):
        words = part.split()
        if words and all(word in found.rest for word in words):
            return part
    return None


# What a bracket may be, the first that fits; else it is words.
_READERS = (_year, _date, _stated, _season, _number, _volume, _kind, _several_kinds, _technical)
