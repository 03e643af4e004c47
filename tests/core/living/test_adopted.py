"""What a library has is looked at before it is known: by names, by ids of folders, by what goes with it."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

import pytest

from anivault.core.causes import Cause
from anivault.core.living.adopted import Adoption, adopt, look
from anivault.core.matching.pins import Pin
from anivault.core.models import HeldReason, ShowId
from anivault.core.moving import history
from anivault.core.moving.journal.records import ADOPT, Do
from anivault.core.pipeline.records import What
from anivault.core.verdicts import Asked
from anivault.parser.read import Reader
from anivault.shared.errors import (
    FolderNotFoundError,
    LibraryIsFileError,
    SourceInLibraryError,
    UnfinishedRunError,
)
from anivault.shared.exits import DONE, FINDINGS
from anivault.shared.progress import untold
from tests.core.matching.makers import Shelf, entry, film, show
from tests.core.mover import crashes

HAIBANE = show(11, entry("Haibane Renmei", count=13, begin="2002-10-10", ids={"anidb": 119}))
RYVIUS = show(12, entry("Infinite Ryvius", count=26, begin="1999-10-06", ids={"tvdb": 79604}))
SATURN = show(13, entry("Saturn Apartments", count=13))  # numbered as the film is: both are apart
METROPOLIS = film(13, "Metropolis", begin="2001-05-26")
SEASON = "Haibane Renmei/Season 1/Haibane Renmei - S01E{:02}.mkv"
BY_ANIDB = {("anidb", 119): HAIBANE.key, ("anidb", 404): ShowId("tmdb", "tv", 404)}


class Library:
    """A folder of files that somebody has put there, and who is asked about them."""

    def __init__(self, base: Path) -> None:
        self.folder, self.pins = base / "library", list[Pin]()
        self.folder.mkdir()

    def put(self, *names: str) -> None:
        for name in names:
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)

    def look(self) -> Adoption:
        asked = Asked(reader=Reader(), sources=[Shelf(HAIBANE, RYVIUS, METROPOLIS, SATURN)], pins=self.pins)
        what = What(paths=(str(self.folder),))
        return look(what, str(self.folder), asked, lambda *id_: BY_ANIDB.get(id_), lambda _: untold)

    def known(self) -> dict[str, str | None]:
        """What the journal knows, each sidecar with its video."""
        return {rel: past.puts[-1].step.video for rel, past in history.read(str(self.folder)).files.items()}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


def shows(found: Adoption) -> dict[str, ShowId]:
    """What each video that is sure is taken for."""
    best = {item.file.rel: item.verdict.match.best for item in found.files if item.verdict}
    return {rel: one.candidate.key for rel, one in best.items() if one}


def causes(found: Adoption) -> dict[str, Cause | None]:
    return {held.rel: held.cause for held in found.held}


def noted(found: Adoption) -> list[str]:
    return sorted(item.file.rel for item in found.noted)


def test_every_sure_video_is_noted_with_the_sidecars_that_are_named_after_it(library: Library) -> None:
    one, two = SEASON.format(1), SEASON.format(2)
    stem = one.removesuffix(".mkv")
    along = [f"{stem}.de.forced.ass", f"{stem}.mka"]
    library.put(one, two, *along, f"{stem}.nfo", f"{stem}-thumb.jpg", "Haibane Renmei/notes.txt")
    found = library.look()

    assert shows(found) == {one: HAIBANE.key, two: HAIBANE.key}
    assert {item.file.rel: item.video for item in found.files if item.video} == dict.fromkeys(along, one)
    assert (found.known, found.others, found.exit_code) == (0, 3, DONE)
    assert not (library.folder / ".anivault").exists()


def test_a_sidecar_of_no_video_or_of_one_in_doubt_is_not_noted(library: Library) -> None:
    library.put(SEASON.format(1), "Haibane Renmei/Season 1/Commentary.ass")
    library.put("Kino/Kino - S01E01.mkv", "Kino/Kino - S01E01.ass")
    found = library.look()

    assert noted(found) == [SEASON.format(1)]
    assert found.others == 2
    assert [held.rel for held in found.held] == ["Kino/Kino - S01E01.mkv"]
    assert found.exit_code == FINDINGS


def test_what_is_adopted_is_known_by_its_place_and_another_look_finds_nothing_new(library: Library) -> None:
    video, subtitle = SEASON.format(1), SEASON.format(1).replace(".mkv", ".ja.srt")
    library.put(video, subtitle)
    first = adopt(library.look())

    assert first.report is not None
    assert library.known() == {video: None, subtitle: video}
    again = library.look()
    assert (again.files, again.known, again.held) == ((), 2, ())
    nothing = adopt(again).report
    assert nothing is not None
    assert (nothing.mode, len(history.read(str(library.folder)).runs)) == (ADOPT, 1)


def test_a_step_says_what_a_video_was_taken_for_and_what_its_name_promises(library: Library) -> None:
    library.put("Ryvius/Infinite Ryvius - 05 [0A1B2C3D].mkv", "Ryvius/Infinite Ryvius - 05 [0A1B2C3D].ass")
    video, subtitle = (item.step for item in library.look().files)

    assert (video.do, video.rel, video.crc32) == (
        Do.NOTE,
        "Ryvius/Infinite Ryvius - 05 [0A1B2C3D].mkv",
        "0A1B2C3D",
    )
    assert (video.metadata or "").startswith("tmdb:tv:12:S01E05:")
    assert (subtitle.video, subtitle.metadata, subtitle.crc32) == (video.rel, None, None)
    assert (video.size, subtitle.size) == (len(video.rel), len(subtitle.rel))


@pytest.mark.parametrize("folder", ["[anidb-119]", "[anidbid-119]", "{tmdb-11}", "Haibane [tmdbid-11]"])
def test_the_id_of_a_folder_says_the_show_of_names_that_say_none(library: Library, folder: str) -> None:
    name = f"{folder}/Old Home - S01E03.mkv"
    library.put(name)

    assert shows(library.look()) == {name: HAIBANE.key}


def test_the_nearest_folder_with_an_id_counts(library: Library) -> None:
    name = "Box [tmdbid-12]/Haibane [tmdbid-11]/Season 1/Old Home - S01E03.mkv"
    library.put(name)

    assert shows(library.look()) == {name: HAIBANE.key}


@pytest.mark.parametrize(
    ("folder", "held"),
    [
        ("Infinite Ryvius [tmdbid-11]", Cause.FOLDER_SAYS_OTHER),  # that is another show
        ("Infinite Ryvius [anidb-404]", Cause.FOLDER_SAYS_OTHER),  # of a show that nobody who is asked knows
        ("Infinite Ryvius [tmdbid-404]", Cause.FOLDER_SAYS_OTHER),
        ("Infinite Ryvius [tvdbid-1]", Cause.FOLDER_SAYS_OTHER),
        ("Infinite Ryvius [tvdbid-79604]", None),  # a list knows it for the show's
        ("Infinite Ryvius [imdb-tt0283783]", None),  # not a number
        ("Infinite Ryvius [tmdbid-12]", None),
        ("Infinite Ryvius", None),
    ],
)
def test_a_name_that_is_surely_another_show_than_its_folders_id_is_asked_about(
    library: Library, folder: str, held: Cause | None
) -> None:
    name = f"{folder}/Infinite Ryvius - S01E01.mkv"
    library.put(name)

    assert causes(library.look()) == ({name: held} if held else {})


def test_a_pin_of_the_user_is_heard_before_the_id_of_a_folder(library: Library) -> None:
    name = "Infinite Ryvius [tmdbid-11]/Infinite Ryvius - S01E01.mkv"
    library.put(name)
    library.pins = [Pin(id="tmdb:12", folder="Infinite Ryvius [tmdbid-11]")]
    found = library.look()

    assert shows(found) == {name: RYVIUS.key}
    assert found.held == ()


def test_an_id_is_of_a_film_where_no_name_has_a_number(library: Library) -> None:
    library.put("A Robot Girl [tmdbid-13]/A Robot Girl.mkv")

    assert [*shows(library.look()).values()] == [METROPOLIS.key]


@pytest.mark.parametrize(
    "extra",
    [
        "Metropolis (2001)-trailer.mkv",
        "Metropolis (2001) - Trailer.mkv",
        "Extras/NCOP2.mkv",
        "Subs/2_English.srt",
        "trailers/Metropolis Trailer.mkv",
    ],
)
def test_a_film_is_one_whatever_extras_lie_before_it(library: Library, extra: str) -> None:
    film_ = "Metropolis [tmdbid-13]/Metropolis (2001).mkv"
    library.put(film_, f"Metropolis [tmdbid-13]/{extra}")
    found = library.look()

    assert shows(found)[film_] == METROPOLIS.key
    assert SATURN.key not in shows(found).values()
    assert film_ not in causes(found)


@pytest.mark.parametrize("first", ["A Talk.mkv", "A Talk.ass", "Extras/A Talk.mkv"])
def test_a_series_is_one_whatever_lies_before_its_first_episode(library: Library, first: str) -> None:
    library.put("Box [tmdbid-13]/Upstairs - S01E03.mkv", f"Box [tmdbid-13]/{first}")

    assert shows(library.look())["Box [tmdbid-13]/Upstairs - S01E03.mkv"] == SATURN.key


def test_extras_alone_are_of_a_series(library: Library) -> None:
    library.put("Box [tmdbid-13]/Extras/NCOP1.mkv")

    assert [*shows(library.look()).values()] == [SATURN.key]


def test_two_files_that_would_be_one_episode_though_they_count_apart_are_both_held(library: Library) -> None:
    names = [SEASON.format(5), "Haibane Renmei/Haibane Renmei - 05.mkv"]
    library.put(*names, SEASON.format(6))
    found = library.look()

    assert causes(found) == dict.fromkeys(names, Cause.SAME_AS_OTHER)
    assert noted(found) == [SEASON.format(6)]


def test_a_sample_is_held_for_what_it_is(library: Library) -> None:
    library.put(SEASON.format(1), "Haibane Renmei/Season 1/Sample/Haibane Renmei - S01E01-sample.mkv")
    (held,) = library.look().held

    assert (held.reason, held.cause) == (HeldReason.SAMPLE, Cause.SAMPLE)


def test_a_file_that_somebody_renamed_since_is_held_with_the_name_that_the_journal_has(
    library: Library,
) -> None:
    library.put(SEASON.format(1), SEASON.format(2))
    adopt(library.look())
    by_hand = SEASON.format(2).replace("E02", "E02 (best)")
    os.rename(library.folder / SEASON.format(2), library.folder / by_hand)
    (held,) = library.look().held

    assert (held.rel, held.cause, held.facts) == (by_hand, Cause.RENAMED_BY_HAND, {"there": SEASON.format(2)})


def test_a_subtitle_that_somebody_renamed_since_is_not_noted_again(library: Library) -> None:
    library.put(SEASON.format(1), subtitle := SEASON.format(1).replace(".mkv", ".ass"))
    adopt(library.look())
    os.rename(library.folder / subtitle, library.folder / subtitle.replace(".ass", ".de.ass"))
    library.put(SEASON.format(1).replace(".mkv", ".mp4"))  # a new one that it is named after too
    found = library.look()

    assert noted(found) == [SEASON.format(1).replace(".mkv", ".mp4")]


def test_a_known_subtitle_is_not_noted_again_for_a_new_video_of_its_name(library: Library) -> None:
    library.put(SEASON.format(1), SEASON.format(1).replace(".mkv", ".ass"))
    adopt(library.look())
    library.put(other := SEASON.format(1).replace(".mkv", ".mp4"))
    found = library.look()

    assert (noted(found), found.known, found.left_out) == ([other], 2, ())


def test_a_library_in_the_middle_of_a_run_is_not_looked_at(library: Library) -> None:
    library.put(SEASON.format(1), SEASON.format(2))
    looked = library.look()
    for at in count(1):
        if not crashes(lambda: adopt(looked), at):
            pytest.fail("no run was unfinished")
        if history.read(str(library.folder)).unfinished:
            break

    with pytest.raises(UnfinishedRunError):
        library.look()


def test_a_name_that_differs_in_case_or_form_from_a_known_one_is_known(library: Library) -> None:
    library.put("Ryvius/Infinite Ryvius - S01E01 - Café.mkv")
    adopt(library.look())
    (library.folder / "Ryvius/Infinite Ryvius - S01E01 - Café.mkv").unlink()
    library.put("RYVIUS/infinite ryvius - s01e01 - CAFE\u0301.MKV")
    found = library.look()

    assert (found.known, found.files, found.held) == (1, (), ())


def test_a_file_that_was_changed_while_it_was_looked_at_is_told_and_not_noted(library: Library) -> None:
    library.put(SEASON.format(1), SEASON.format(2))
    looked = library.look()
    (library.folder / SEASON.format(2)).write_text("other content by now")
    done = adopt(looked)

    assert noted(done) == [SEASON.format(1)]
    assert [held.rel for held in done.held] == [SEASON.format(2)]
    assert library.known() == {SEASON.format(1): None}


@pytest.mark.parametrize(
    ("place", "error"),
    [
        ("nowhere", FolderNotFoundError),
        ("library/a file", LibraryIsFileError),
        ("library/Haibane Renmei", SourceInLibraryError),
    ],
)
def test_what_is_no_library_is_refused(
    library: Library, tmp_path: Path, place: str, error: type[Exception]
) -> None:
    library.put(SEASON.format(1), "a file")
    adopt(library.look())
    library.folder = tmp_path / place

    with pytest.raises(error):
        library.look()


def test_videos_are_noted_before_what_goes_with_them(library: Library) -> None:
    names = [SEASON.format(n) for n in (1, 2)]
    library.put(*names, *(name.replace(".mkv", ".ass") for name in names))

    assert [item.video is not None for item in library.look().files] == [False, False, True, True]
