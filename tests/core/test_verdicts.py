"""Every video gets a verdict in its place, in the user's language; who cannot be read is told so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from anivault.core.matching.pins import Pin
from anivault.core.models import Decision, FileKind, ParsedFile, ScannedFile, Title
from anivault.core.pipeline.parser import parse_files
from anivault.core.pipeline.records import Read
from anivault.core.verdicts import NO_TITLE, Asked, called, match, releases
from anivault.parser.read import Reader
from tests.core.matching.makers import Shelf, entry, show

NATSU = show(1, entry("Natsu Monogatari", count=12))
FUYU = show(2, entry("Fuyu no Yoru", count=12))
SHOWS = {"natsu": NATSU, "fuyu": FUYU}


def read(*names: str, alone: bool = False) -> Read:
    files = [ScannedFile("/in", name, FileKind.VIDEO) for name in names]
    return Read(files=tuple(parse_files(files)), alone=alone)


def asked(**more: Any) -> Asked:
    return Asked(reader=Reader(), sources=[Shelf(NATSU, FUYU)], **more)


NAMES = [f"{title} - {n:02}.mkv" for n in (1, 2, 3) for title in ("Natsu Monogatari", "Fuyu no Yoru")]


def shown(files: Sequence[Any]) -> list[int | None]:
    return [item.match.best.candidate.id if item.match.best else None for item in files]


@pytest.mark.parametrize("alone", [False, True])
def test_each_video_has_its_verdict_in_the_order_of_the_files_of_a_release(alone: bool) -> None:
    found = read(*NAMES, alone=alone)
    by_name = {item.file.rel: item for item in match(found, asked())}

    assert set(by_name) == set(NAMES)
    assert shown([by_name[name] for name in NAMES]) == [1, 2] * 3
    assert {item.decision for item in by_name.values()} == {Decision.MATCHED}


def test_names_on_their_own_are_a_release_each_and_else_those_of_one_title_are_one() -> None:
    assert len(releases(read(*NAMES, alone=True))) == len(NAMES)
    assert sorted(len(one.files) for one in releases(read(*NAMES))) == [3, 3]


def unreadable(item: ParsedFile) -> ParsedFile:
    return replace(item, unreadable="Its name is damaged.")


def test_a_name_that_nobody_can_read_is_unmatched_with_the_reason_and_takes_nobody_along() -> None:
    found = read(*NAMES[:3])
    first, *others = found.files
    by_name = {
        item.file.rel: item for item in match(replace(found, files=(unreadable(first), *others)), asked())
    }

    lost = by_name[NAMES[0]]
    assert (lost.decision, lost.reasons, lost.coordinates) == (
        Decision.UNMATCHED,
        ("Its name is damaged.",),
        (),
    )
    assert by_name[NAMES[2]].decision is Decision.MATCHED


def test_a_name_without_a_title_is_told_so() -> None:
    found = ParsedFile(
        *(lambda item: (item.file, replace(item.parsed, title=None, titles=())))(read("01.mkv").files[0])
    )
    (item,) = match(Read(files=(found,)), asked())

    assert (item.decision, item.reasons) == (Decision.UNMATCHED, (NO_TITLE,))


def test_what_the_user_has_pinned_is_what_they_said_even_if_nobody_can_read_it() -> None:
    found = read("Natsu Monogatari - 01.mkv")
    pin = Pin(id="tmdb:2", title="Natsu Monogatari")
    (item,) = match(replace(found, files=(unreadable(found.files[0]),)), asked(pins=(pin,)))

    assert shown([item]) == [2]
    assert item.pinned


def test_shows_are_called_in_the_first_language_that_they_have_a_title_in() -> None:
    english = Title("Tale of Summer", "en", main=True)
    first = NATSU.entries[0]
    known = replace(NATSU, titles=(english,), entries=(replace(first, titles=(*first.titles, english)),))
    files = match(read(*NAMES[:1]), Asked(reader=Reader(), sources=[Shelf(known)]))

    assert files[0].match.best is not None
    titles = [
        one.match.best.candidate.title
        for languages in ((), ("en",), ("ko", "en"), ("ko",))
        for one in called(files, languages)
        if one.match.best
    ]
    assert titles[:3] == ["Natsu Monogatari", "Tale of Summer", "Tale of Summer"]
    assert files[0].match.best.candidate.title == "Natsu Monogatari"  # those that were given stay as they are
