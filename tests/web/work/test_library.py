"""What the desk has of a library: its shows, episode by episode, every file once, and its runs."""

from __future__ import annotations

import os

import pytest

from anivault.cli import events
from anivault.cli.demo_handler import tree, write_sample
from anivault.web.records import BackRow, LibraryFacts, LibraryFile, LibraryShow, Strip
from anivault.web.work.library import POSTERS
from tests.conftest import Run
from tests.web.work.conftest import Bench


def organized(bench: Bench, run: Run, *names: str) -> None:
    bench.have(*names)
    assert run("organize", bench.source, "--to", bench.library, "--apply").code in (0, 10)


def facts(bench: Bench) -> LibraryFacts:
    found: LibraryFacts = bench.fact("library", LibraryFacts)
    return found


def shows(bench: Bench) -> list[LibraryShow]:
    return list(bench.groups("library", "show", LibraryShow).values())


def strip(bench: Bench, season: int) -> Strip:
    (show,) = shows(bench)
    return next(strip for strip in show.strips if strip.season == season)


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_without_a_library_is_told_as_an_empty_one(bench: Bench, there: bool) -> None:
    if not there:
        bench.library.rmdir()

    assert bench.do("library")["counts"] == {"shows": 0}
    assert (facts(bench).files, facts(bench).journal) == (0, "")
    assert not os.path.lexists(bench.library / ".anivault")


def test_the_shows_together_are_the_library(bench: Bench, run: Run) -> None:
    write_sample(bench.source)
    organized(bench, run)
    done = bench.do("library")

    files = bench.rows("library", "file", LibraryFile)
    assert {file.place for file in files} == set(tree(bench.library))
    assert sum(show.files for show in shows(bench)) == len(files) == facts(bench).files
    assert sum(show.size for show in shows(bench)) == facts(bench).size
    assert facts(bench).size == sum(os.path.getsize(bench.library / file.place) for file in files)
    assert done["counts"] == {"shows": len(shows(bench)), "files": len(files)}
    for key, show in bench.groups("library", "show", LibraryShow).items():
        assert len(bench.rows("library", "file", LibraryFile, key)) == show.files


def test_a_file_is_told_with_its_first_home_and_the_run_that_put_it_where_it_is(
    bench: Bench, run: Run
) -> None:
    organized(bench, run, "Toradora! - 01.mkv")
    run("rename", bench.library, "--preset", "plex", "--apply")
    bench.do("library")
    (file,) = bench.rows("library", "file", LibraryFile)
    first, second = run("history", bench.library, "--json").of("run")

    assert file.source == str(bench.source / "Toradora! - 01.mkv")
    assert (first["run"], file.run) == (first["run"], second["run"])
    assert (bench.library / file.place).is_file()


def test_a_season_has_a_cell_for_each_episode_that_is_there_or_lacks(bench: Bench, run: Run) -> None:
    organized(bench, run, "Toradora! - 01.mkv", "Toradora! - 24.mkv")
    bench.do("library")
    cells = strip(bench, 1).cells

    assert [cell.episode for cell in cells] == list(range(1, 26))
    assert [cell.episode for cell in cells if cell.files] == [1, 24]
    assert facts(bench).episodes == strip(bench, 1).there == 2
    assert all(cell.state == "missing" for cell in cells if cell.episode not in (1, 24))


def test_of_specials_only_those_that_are_there_have_a_cell(bench: Bench, run: Run) -> None:
    bench.have("Toradora! - 01.mkv", "Toradora! - SP5.mkv")
    special = bench.source / "Toradora! - SP5.mkv"
    assert run("pin", special, "tmdb:42916", "--episode", "S00E05", "--to", bench.library).code == 0
    organized(bench, run)
    bench.do("library")
    (show,) = shows(bench)

    assert [(each.season, len(each.cells), each.known) for each in show.strips] == [
        (1, 25, True),
        (0, 1, False),
    ]


def test_a_film_has_no_seasons(bench: Bench, run: Run) -> None:
    organized(bench, run, "Your Name (2016).mkv")
    bench.do("library")
    (film,) = shows(bench)

    assert (film.film, film.strips, film.year) == (True, (), 2016)


@pytest.mark.parametrize("name", POSTERS)
def test_the_poster_in_the_folder_of_a_show_is_told(bench: Bench, run: Run, name: str) -> None:
    organized(bench, run, "Toradora! - 01.mkv")
    bench.do("library")
    (show,) = shows(bench)
    assert show.poster == ""
    (bench.library / show.folder / name).write_bytes(b"a picture")
    bench.do("library")

    assert [each.poster for each in shows(bench)] == [f"{show.folder}/{name}"]


def test_who_knows_shows_may_fail_and_the_files_are_told_all_the_same(
    bench: Bench, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    organized(bench, run, "Toradora! - 01.mkv")
    (bench.library / ".anivault/pins.toml").write_text("this is no pin")
    bench.do("library")
    (show,) = shows(bench)

    assert (show.files, show.show, show.strips) == (1, "", ())
    assert any("pins.toml" in notice for notice in facts(bench).notices)


def test_runs_stand_with_the_latest_first_and_their_files_the_way_they_went(bench: Bench, run: Run) -> None:
    organized(bench, run, "Toradora! - 01.mkv")
    run("rollback", bench.library, "--apply")
    bench.do("library")
    back, there = bench.groups("runs", "run", events.RunEvent).values()
    home, place = str(bench.source / "Toradora! - 01.mkv"), "S01E01.mkv"

    assert back.run > there.run
    for each in (back, there):
        (row,) = bench.rows("runs", "step", BackRow, each.run)
        assert row.path.endswith(place)
        assert row.to == home


def test_every_file_of_a_run_is_a_row_and_no_folder_is(bench: Bench, run: Run) -> None:
    write_sample(bench.source)
    organized(bench, run)
    bench.do("library")
    ((key, each),) = bench.groups("runs", "run", events.RunEvent).items()

    rows = bench.rows("runs", "step", BackRow, key)
    assert len(rows) == each.files == len(tree(bench.library))
    assert {row.path for row in rows} == set(tree(bench.library))


def test_what_changed_the_library_since_is_noticed_until_it_is_looked_at(bench: Bench, run: Run) -> None:
    organized(bench, run, "Toradora! - 01.mkv")
    bench.do("library")
    assert not bench.house.is_changed()
    organized(bench, run, "Toradora! - 02.mkv")

    assert bench.house.is_changed()
    bench.do("library")
    assert not bench.house.is_changed()


def file(bench: Bench, end: str) -> LibraryFile:
    found: list[LibraryFile] = bench.rows("library", "file", LibraryFile)
    (one,) = [row for row in found if row.place.endswith(end)]
    return one


NAMES = [f"Toradora! - 0{number}.mkv" for number in range(1, 6)]


def upset(bench: Bench) -> None:
    """One file is deleted, one renamed, one written anew, one made a link by somebody."""
    (one, two, three, four, _) = (bench.library / path for path in sorted(tree(bench.library)))
    one.unlink()
    two.rename(two.with_name("Toradora! S01E99.mkv"))
    three.write_text("something longer than before")
    four.unlink()
    four.symlink_to("/etc/hostname")


@pytest.mark.parametrize("job", ["library", "verify"])
def test_files_are_shown_as_the_disk_has_them_also_once_they_are_verified(
    bench: Bench, run: Run, job: str
) -> None:
    organized(bench, run, *NAMES)
    bench.do("library")
    upset(bench)
    bench.do(job)

    assert [file(bench, f"E0{n}.mkv").state for n in range(1, 6)] == [
        "missing", "misnamed", "changed", "missing", "",
    ]  # fmt: skip
    assert file(bench, "E02.mkv").said.endswith("Toradora! S01E99.mkv now")
    assert (facts(bench).files, facts(bench).astray) == (3, 4)
    assert shows(bench)[0].files == 3
    assert [cell.state for cell in strip(bench, 1).cells[:5]] == [
        "missing", "missing", "there", "missing", "there",
    ]  # fmt: skip


def test_a_library_that_is_mended_is_shown_so(bench: Bench, run: Run) -> None:
    organized(bench, run, *NAMES)
    path = bench.library / min(tree(bench.library))
    path.rename(path.with_name("renamed.mkv"))
    bench.do("verify")
    assert facts(bench).astray == 1
    path.with_name("renamed.mkv").rename(path)
    bench.do("verify")

    assert (facts(bench).files, facts(bench).astray) == (5, 0)


def test_a_show_keeps_its_title_when_none_of_its_files_has_its_name(bench: Bench, run: Run) -> None:
    organized(bench, run, NAMES[0])
    bench.do("library")
    (before,) = shows(bench)
    path = bench.library / tree(bench.library).popitem()[0]
    path.rename(path.with_name("renamed.mkv"))
    bench.do("verify")

    (after,) = shows(bench)
    assert before.show
    assert (after.title, after.year, after.show, after.files) == (before.title, before.year, before.show, 1)
