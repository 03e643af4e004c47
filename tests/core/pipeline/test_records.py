"""Of what was read, the videos are matched; and what a user should look at is amiss."""

from __future__ import annotations

from anivault.core.models import ParsedFile
from anivault.core.pipeline.left_out import LeftOut, LeftOutReason
from anivault.core.pipeline.records import EXTENSIONS, KINDS, Read
from anivault.parser.models import ParseResult
from tests.core.records import scanned

FILES = tuple(ParsedFile(scanned(rel), ParseResult(title="Show")) for rel in ("a.mkv", "a.ass", "a.txt"))


def test_other_files_than_videos_follow_and_are_not_matched() -> None:
    assert [item.file.rel for item in Read(files=FILES).videos] == ["a.mkv"]


def test_of_names_alone_each_has_an_answer() -> None:
    assert Read(files=FILES, alone=True).videos == FILES


def test_what_the_user_has_ignored_is_not_amiss_and_what_cannot_be_read_is() -> None:
    ignored, closed = (LeftOut("/x", why) for why in (LeftOutReason.IGNORED, LeftOutReason.UNREADABLE))

    assert not Read(files=(), left_out=(ignored,)).amiss
    assert Read(files=(), left_out=(ignored, closed)).amiss


def test_an_extension_is_of_one_kind() -> None:
    assert len(KINDS) == sum(len(extensions.split()) for extensions in EXTENSIONS.values())
