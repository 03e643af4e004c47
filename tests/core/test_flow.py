"""The program from folder to library: each step takes what the one before gives."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from anivault.core import flow
from anivault.core.arrivals import Rules
from anivault.core.models import HeldReason, Mode
from anivault.core.moving.journal.log import read_journal
from anivault.core.organized import Fetched, Organized
from anivault.core.pipeline.left_out import LeftOutReason
from anivault.core.pipeline.reading import read
from anivault.core.pipeline.records import What
from anivault.core.planning.describing.pictures import Picture
from anivault.core.planning.naming.presets import load_preset
from anivault.core.verdicts import Asked
from anivault.parser.read import Reader, open_reader
from anivault.services.catalogue.offline import Catalog
from anivault.shared.exits import DONE, FINDINGS

EPISODE = "[Group] Cowboy Bebop - 05 [1080p].mkv"


@pytest.fixture
def asked(home: Path) -> Asked:
    with closing(open_reader(("anitomy-ng",), {})) as reader:
        return Asked(reader=reader, sources=[Catalog.open()])


def order(source: Path, library: Path, *, mode: Mode = Mode.COPY, nfo: bool = False) -> flow.Order:
    return flow.Order(
        what=What(paths=(str(source),), skip=(str(library),), filing=True),
        library=str(library),
        rules=Rules(mode=mode, preset=load_preset("jellyfin", {})),
        nfo=nfo,
    )


def organized(asked: Asked, wanted: flow.Order) -> Organized:
    return flow.organize(wanted, asked, lambda _: lambda _done, _total: None)


def test_a_run_goes_on_with_the_journal_as_it_is_not_as_its_plan_has_read_it(
    asked: Asked, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    sources = [
        filled(tmp_path / name, f"[Group] Cowboy Bebop - 0{number} [1080p].mkv")
        for number, name in enumerate(("one", "two", "three"), 1)
    ]
    first, *others = [order(source, library) for source in sources]
    flow.carry_out(flow.organize(first, asked, lambda _: lambda *_told: None, applied=True), no_pictures)
    plans = [flow.organize(other, asked, lambda _: lambda *_told: None, applied=True) for other in others]
    for made in plans:
        assert made.journal
        assert made.plan.moves, made.plan.held
        assert len(made.journal.runs) == 1
        assert flow.carry_out(made, no_pictures).journal is None

    assert len({log.run.id for log in read_journal(str(library)).runs}) == 3


def no_pictures(_: object) -> Fetched:
    return Fetched()


def filled(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def reader() -> Reader:
    return open_reader(("anitomy-ng",), {})


def test_names_alone_are_read_without_the_disk() -> None:
    found = read(What(names=("/nowhere/Bleach - 12.mkv", "Bleach - 13.ass")), reader())

    assert [item.parsed.episodes for item in found.files] == [(12,), (13,)]
    assert found.alone
    assert len(found.videos) == 2


def test_of_folders_only_videos_are_matched(tmp_path: Path) -> None:
    found = read(What(paths=(str(filled(tmp_path, EPISODE, "notes.txt")),)), reader())

    assert [item.file.name for item in found.videos] == [EPISODE]
    assert not found.amiss


def test_a_file_that_is_not_whole_is_left_out_and_amiss(tmp_path: Path) -> None:
    (filled(tmp_path, EPISODE) / "[Group] Cowboy Bebop - 06.mkv").touch()
    found = read(What(paths=(str(tmp_path),)), reader())

    assert [item.file.name for item in found.files] == [EPISODE]
    assert [item.reason for item in found.left_out] == [LeftOutReason.EMPTY]
    assert found.amiss


def test_a_plan_changes_nothing_and_says_where_all_goes(asked: Asked, tmp_path: Path) -> None:
    source, library = filled(tmp_path / "dl", EPISODE), tmp_path / "lib"
    made = organized(asked, order(source, library))

    assert [move.target[-11:] for move in made.moves] == [" S01E05.mkv"]
    assert not library.exists()
    assert made.report is None
    assert made.exit_code == DONE


def test_what_is_held_makes_the_exit_code(asked: Asked, tmp_path: Path) -> None:
    source = filled(tmp_path / "dl", EPISODE, "Zzqqx Wwvv - 01.mkv", "poem.txt")
    made = organized(asked, order(source, tmp_path / "lib"))

    assert {item.reason for item in made.held} == {HeldReason.UNMATCHED, HeldReason.JUNK}
    assert made.exit_code == FINDINGS


def test_it_is_carried_out_with_what_describes_it(asked: Asked, tmp_path: Path) -> None:
    source, library = filled(tmp_path / "dl", EPISODE), tmp_path / "lib"
    done = flow.carry_out(organized(asked, order(source, library, nfo=True)), no_pictures)

    assert done.report is not None
    assert sorted(path.suffix for path in library.rglob("*S01E05*")) == [".mkv", ".nfo"]
    assert {write.target for write in done.made(done.writes)} >= {
        path.relative_to(library).as_posix() for path in library.rglob("*S01E05*.nfo")
    }


def test_pictures_that_came_are_written_and_none_is_left_to_fetch(asked: Asked, tmp_path: Path) -> None:
    source, library = filled(tmp_path / "dl", EPISODE), tmp_path / "lib"
    wanted = order(source, library)
    made = organized(
        asked, flow.Order(what=wanted.what, library=str(library), rules=wanted.rules, artwork=True)
    )
    seen: list[Picture] = []

    def none_came(pictures: object) -> Fetched:
        assert isinstance(pictures, tuple)
        seen.extend(pictures)
        return Fetched(notices=("none came",))

    done = flow.carry_out(made, none_came)

    assert seen == list(made.pictures) != []
    assert (done.pictures, done.fetched, done.notices[-1]) == ((), (), "none came")


def test_where_there_is_nothing_to_do_no_library_is_made(asked: Asked, tmp_path: Path) -> None:
    source = filled(tmp_path / "dl", "notes.txt")
    done = flow.carry_out(organized(asked, order(source, tmp_path / "lib")), no_pictures)

    assert done.report is not None
    assert done.report.run == ""
    assert not (tmp_path / "lib").exists()


def test_folders_that_a_plan_empties_are_removed_where_that_was_asked(asked: Asked, tmp_path: Path) -> None:
    source, library = filled(tmp_path / "dl", f"Bebop/{EPISODE}"), tmp_path / "lib"
    made = organized(asked, order(source, library, mode=Mode.MOVE))
    pruned = flow.pruned(made)

    assert made.emptied == []
    assert pruned.emptied == [str(source / "Bebop")]
    assert flow.carry_out(pruned, no_pictures).emptied == [str(source / "Bebop")]
    assert not (source / "Bebop").exists()


def test_a_library_of_somebody_else_on_the_way_is_told(asked: Asked, tmp_path: Path) -> None:
    other = filled(tmp_path / "other", EPISODE, ".anivault/journal.jsonl")
    made = organized(asked, order(other, tmp_path / "lib"))

    assert [str(other) in line for line in made.notices] == [True]
