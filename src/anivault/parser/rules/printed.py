"""What else a name shows of its show: its titles with the mark that ends them, and whether it was streamed.

Shows are told apart by such a mark alone (*Nisekoi*, *Nisekoi:*), which titles are cut without.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from anivault.parser.draft import Draft
from anivault.parser.rules import brackets
from anivault.parser.vocabulary import CJK_FILMS, HOLLOW, NEW_SHOWS, STREAMS, any_of
from anivault.shared import regex as re

_MARK = re.compile(r"(?:[!?+:'*°！？＋：’＊]+|[ _][:：+＋#＃*＊@＠]+)(?=[\s_.\])】-]|$)")
_HOLLOW = re.compile(rf"{any_of(CJK_FILMS)}|\b(?:{any_of(HOLLOW)})\b|[\W_]", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"[\[【]([^\[\]【】]+)[\]】]")
_STREAM = re.compile(rf"\b(?:{any_of(STREAMS)})\b|{any_of(NEW_SHOWS)}", re.IGNORECASE)
_STREAMED = (*STREAMS, *NEW_SHOWS)
_MARKS = "!?+:'*°！？＋：’＊ _"


def read(draft: Draft, stem: str) -> None:
    """Note the titles as `stem` prints them, and whether it names a stream."""
    said = [title for title in draft.fields.get("titles", ()) if not _is_hollow(title)]
    draft.fields["printed"] = tuple(_with_mark(stem, title) for title in said) or tuple(_bracketed(stem))
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


def _bracketed(stem: str) -> Iterable[str]:
    """What stands in brackets behind the group and is words: all there is where no title was read."""
    return filter(brackets.is_words, _IN_BRACKETS.findall(stem)[1:])
