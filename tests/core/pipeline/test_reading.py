"""Files are found, read and left out; what was read of a folder is known until a name in it changes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anivault.core.models import FileKind, ParsedFile, ScannedFile
from anivault.core.pipeline.left_out import LeftOut, LeftOutReason
from anivault.core.pipeline.parser import FEW, parse_files, parse_path
from anivault.core.pipeline.reading import read
from anivault.core.pipeline.records import EXTENSIONS, KINDS, Read, What, kind_of
from anivault.parser.models import ParseResult
from anivault.parser.read import Reader
from tests.core.records import Notebook

# --- names alone ---


@pytest.mark.parametrize(
    ("path", "root", "rel"),
    [
        ("Dennou Coil - 03.mkv", "", "Dennou Coil - 03.mkv"),
        ("Dennou Coil/Season 2/03.mkv", "", "Dennou Coil/Season 2/03.mkv"),
        ("/anime/Dennou Coil/03.mkv", "/anime/Dennou Coil", "03.mkv"),
        ("/03.mkv", "/", "03.mkv"),
        ("", "", ""),
    ],
)
def test_a_whole_path_is_a_file_in_its_folder_and_any_other_is_below_nothing(
    path: str, root: str, rel: str
) -> None:
    item = parse_path(path)

    assert (item.file.root, item.file.rel, item.file.path.lstrip("/")) == (root, rel, path.lstrip("/"))
    assert item.file.identity is None


def test_the_folders_of_a_path_say_what_its_name_does_not() -> None:
    for path in ("Dennou Coil/Season 2/03.mkv", "/anime/Dennou Coil/Season 2/03.mkv"):
        parsed = parse_path(path).parsed

        assert (parsed.title, parsed.season, parsed.episodes) == ("Dennou Coil", 2, (3,))


def test_names_alone_have_an_answer_each_and_nobody_looks_at_the_disk(tmp_path: Path) -> None:
    names = (
        "Dennou Coil - 03.mkv",
        "Dennou Coil - 03.ass",
        str(tmp_path / "nowhere" / "Dennou Coil - 04.mkv"),
    )
    found = read(What(names=names), Reader())

    assert found.alone
    assert [item.parsed.episodes for item in found.videos] == [(3,), (3,), (4,)]
    assert [item.file.kind for item in found.videos] == [FileKind.VIDEO, FileKind.SUBTITLE, FileKind.VIDEO]
    assert (found.left_out, found.amiss) == ((), False)


def test_what_no_library_takes_is_not_read_where_files_are_filed(tmp_path: Path) -> None:
    names = (
        "Emma - 01.mkv",
        "Emma - 01.txt",
        "Emma - 01.chapters.xml",
        "Emma - 01_Chap.txt",
        "Emma - 01.ass",
    )
    for name in names:
        (tmp_path / name).touch()
    read_all, filed = (
        {
            item.file.name: item.parsed
            for item in read(What(paths=(str(tmp_path),), filing=filing), Reader()).files
        }
        for filing in (False, True)
    )

    assert filed.pop("Emma - 01.txt") == ParseResult()
    assert read_all.pop("Emma - 01.txt").episodes == (1,)
    assert filed == read_all


# --- folders ---


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def test_of_folders_the_videos_are_matched_and_all_files_are_read(tmp_path: Path) -> None:
    put(tmp_path, "Monster - 05.mkv", "Monster - 05.ass", "Monster - 05.nfo", "Monster - 06.mkv.part")
    found = read(What(paths=(str(tmp_path),)), Reader())

    assert [item.file.rel for item in found.videos] == ["Monster - 05.mkv"]
    assert len(found.files) == 3
    assert [(Path(item.path).name, item.reason) for item in found.left_out] == [
        ("Monster - 06.mkv.part", LeftOutReason.PARTIAL)
    ]


def test_what_it_is_too_early_for_is_left_and_still_says_what_its_siblings_are(tmp_path: Path) -> None:
    names = [f"Area 51 {n}.mkv" for n in (1, 2, 3)]
    put(tmp_path, *names)
    waiting = frozenset(str(tmp_path / name) for name in names[1:])
    found = read(What(paths=(str(tmp_path),), waiting=waiting), Reader())

    (item,) = found.files
    assert (item.file.rel, item.parsed.title, item.parsed.episodes) == (names[0], "Area 51", (1,))


def test_a_folder_to_stay_out_of_is_not_read(tmp_path: Path) -> None:
    put(tmp_path, "new/Monster - 05.mkv", "library/Monster - 04.mkv")
    found = read(What(paths=(str(tmp_path),), skip=(str(tmp_path / "library"),)), Reader())

    assert [item.file.rel for item in found.files] == ["new/Monster - 05.mkv"]


# --- what was read before ---


class Counting(Reader):
    """A reader that notes which names it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def read(self, name: str) -> ParseResult:
        self.names.append(name)
        return super().read(name)


def scanned(*names: str, root: str = "/pile") -> list[ScannedFile]:
    return [ScannedFile(root, name, kind_of(name)) for name in names]


SHOWS = ["Monster", "Area 51", "Kaiji Season 2", "\udce7\udcf4", "Disc 1"]
PILE = [
    *(f"{show}/{show.partition(' Season')[0]} {n}.mkv" for show in SHOWS for n in range(1, FEW // 4)),
    "Boogiepop/Extras/01.mkv", "Boogiepop/Disc 2/01.mkv", "Boogiepop/Disc 1/01.mkv",
    "Boogiepop/Disc 1/02.mkv",
]  # fmt: skip


def parsed(names: Sequence[str], book: Notebook) -> tuple[list[ParsedFile], list[str]]:
    reader = Counting()
    return parse_files(scanned(*names), reader, memory=book), reader.names


def test_what_was_read_before_is_the_same_and_not_read_again() -> None:
    book = Notebook()
    first, read_first = parsed(PILE, book)
    again, read_again = parsed(PILE, book)

    assert len(read_first) == len(PILE) > FEW
    assert read_again == []
    assert again == first == parse_files(scanned(*PILE), Reader())


@pytest.mark.parametrize(
    ("changed", "names_read"),
    [
        ([*PILE, "Monster/Monster 900.mkv"], "Monster"),  # one more
        (PILE[1:], "Monster"),  # one fewer
        ([PILE[0].replace("Monster 1.", "Monster 01."), *PILE[1:]], "Monster"),
        ([*PILE, "Perfect Blue/Perfect Blue.mkv"], "Perfect Blue"),
        ([*PILE, "Boogiepop/Disc 1/03.mkv"], "0"),  # the second disc goes on behind it
    ],
)
def test_only_the_folder_that_changed_is_read_again(changed: list[str], names_read: str) -> None:
    book = Notebook()
    parsed(PILE, book)
    again, names = parsed(changed, book)

    assert names
    assert all(name.startswith(names_read) for name in names)
    assert again == parse_files(scanned(*changed), Reader())


def test_the_same_names_below_another_root_are_read_with_what_that_one_says() -> None:
    book, names = Notebook(), [f"{n:03}.mkv" for n in range(FEW + 5)]
    titles = {
        root: {item.parsed.title for item in parse_files(scanned(*names, root=root), memory=book)}
        for root in ("/anime/Monster", "/anime/Boogiepop")
    }

    assert titles == {"/anime/Monster": {"Monster"}, "/anime/Boogiepop": {"Boogiepop"}}


def test_what_an_engine_failed_at_is_not_kept() -> None:
    class Failing:
        name, in_process = "failing", True

        def parse(self, name: str) -> ParseResult:
            raise ValueError(name)

    book = Notebook()
    parse_files(scanned(*PILE), Reader([Failing(), Failing()]), memory=book)

    assert book.pages == {}


def test_few_names_and_those_that_foreign_engines_read_are_not_kept() -> None:
    class Foreign:
        name = "foreign"

        def parse(self, name: str) -> ParseResult:
            return ParseResult(engine="foreign")

    book = Notebook()
    parse_files(scanned(*PILE[:FEW]), memory=book)
    parse_files(scanned(*PILE), Reader([Foreign()]), memory=book)

    assert book.pages == {}


# --- order ---

FOLDERS = ["", "Monster/", "Monster/Season 2/", "Monster/Extras/", "Monster/Disc 1/", "Monster/Disc 2/"]
NAMES = [
    "Monster - 01.mkv",
    "Monster 2 Rain.mkv",
    "01.mkv",
    "02.mkv",
    "03 - A Talk.mkv",
    "NCOP.mkv",
    "Blue 7.mkv",
]


@settings(max_examples=150, deadline=None)
@given(
    paths=st.sets(st.builds(str.__add__, st.sampled_from(FOLDERS), st.sampled_from(NAMES)), max_size=14),
    random=st.randoms(use_true_random=False),
)
def test_the_order_in_which_files_are_found_changes_no_reading(paths: set[str], random: object) -> None:
    files = scanned(*sorted(paths))
    shuffled = files.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert {item.file: item for item in parse_files(shuffled)} == {
        item.file: item for item in parse_files(files)
    }


def test_what_the_user_has_ignored_is_not_amiss_and_what_cannot_be_read_is() -> None:
    ignored, closed = (LeftOut("/x", why) for why in (LeftOutReason.IGNORED, LeftOutReason.UNREADABLE))

    assert not Read(files=(), left_out=(ignored,)).amiss
    assert Read(files=(), left_out=(ignored, closed)).amiss


def test_an_extension_is_of_one_kind() -> None:
    assert len(KINDS) == sum(len(extensions.split()) for extensions in EXTENSIONS.values())


@pytest.mark.parametrize("names_at_once", [1, 2, 7, 1000])
def test_a_folder_is_read_alike_however_many_names_are_read_at_once(
    names_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = scanned(*PILE, *(f"Pile/Area 51 {n}.{end}" for n in range(1, 30) for end in ("ass", "mkv")))
    whole = parse_files(files, Reader())
    monkeypatch.setattr("anivault.core.pipeline.parallel_reader.BATCH", names_at_once)

    book = Notebook()
    assert parse_files(files, Reader(), memory=book) == whole
    assert parse_files(files, Reader(), memory=book) == whole
