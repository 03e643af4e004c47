"""What folders say fills what a name leaves open, and never overrules it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.pipeline.folders import complete, context, known, show_folder
from anivault.core.pipeline.records import Context
from anivault.parser.models import EXTRAS, Number, ParseResult, VideoType

SHOW = ParseResult(title="Natsu", titles=("Natsu",), printed=("Natsu",))


def named(title: str | None = None, *episodes: Number, **more: Any) -> ParseResult:
    titles = (title,) if title else ()
    return ParseResult(title=title, titles=titles, printed=titles, episodes=episodes, **more)


def above(**said: Any) -> Context:
    """Folders whose nearest title is Natsu."""
    return Context(titles=("Natsu",), titled=SHOW)._replace(**said)


# --- one rule each, with what it leaves alone ---


def test_a_name_without_a_title_has_its_folders() -> None:
    made = complete(named(None, 1), above())

    assert (made.title, made.titles, made.said["title"]) == ("Natsu", ("Natsu",), "folder")
    assert made.folder_titles == ()


def test_a_name_with_a_title_keeps_it_and_its_folders_only_support() -> None:
    own = named("Fuyu", 1)
    made = complete(own, above())

    assert (made.title, made.folder_titles) == ("Fuyu", ("Natsu",))
    assert made.said == own.said  # nothing of the name came from a folder


def test_the_outer_titles_of_folders_still_support_a_lent_one() -> None:
    assert complete(named(None, 1), above(titles=("Natsu", "Haru"))).folder_titles == ("Haru",)


@pytest.mark.parametrize("field", ["group", "resolution", "source", "year"])
def test_what_the_folder_of_the_title_says_of_its_release_is_lent(field: str) -> None:
    says: dict[str, Any] = {"group": "Grp", "resolution": "720p", "source": "BD", "year": 2011}
    lends = above(lends=((field, says[field]),))

    assert getattr(complete(named("Natsu", 1), lends), field) == says[field]
    own = named("Natsu", 1, **{field: 1999 if field == "year" else "own"})
    assert getattr(complete(own, lends), field) == getattr(own, field)


@pytest.mark.parametrize(
    ("own", "title", "episodes"),
    [
        (named("Natsu 5"), "Natsu", (5,)),
        (named("Natsu - 012"), "Natsu", (12,)),
        (named("NATSU 5"), "NATSU", (5,)),
        (named("Fuyu 5"), "Fuyu 5", ()),  # of another title
        (named("Natsu 12345"), "Natsu 12345", ()),
        (named("Natsu 5", 7), "Natsu 5", (7,)),  # it has a number
        (named("Natsu 5", type=VideoType.MOVIE), "Natsu 5", ()),
        (named("Natsu"), "Natsu", ()),
    ],
)
def test_what_goes_beyond_the_folders_title_is_the_episode(
    own: ParseResult, title: str, episodes: tuple[int, ...]
) -> None:
    made = complete(own, above())

    assert (made.title, made.episodes) == (title, episodes)


def test_a_folder_of_specials_says_the_kind_of_what_says_none() -> None:
    assert complete(named("Natsu", 1), above(type=VideoType.OVA)).type is VideoType.OVA
    assert complete(named("Natsu", 1, type=VideoType.PV), above(type=VideoType.OVA)).type is VideoType.PV


def test_a_disc_is_of_a_film_and_no_episodes() -> None:
    assert complete(named("Natsu"), above(disc=2)).disc == 2
    assert complete(named("Natsu", 1), above(disc=2)).disc is None
    assert complete(named("Natsu", disc=1), above(disc=2)).disc == 1


def test_a_year_is_of_files_that_carry_the_title_and_have_none() -> None:
    assert complete(named("Natsu", 1), above(year=2011)).year == 2011
    assert complete(named(None, 1), above(year=2011)).year == 2011
    assert complete(named("Fuyu", 1), above(year=2011)).year is None
    assert complete(named("Natsu", 1, year=1999), above(year=2011)).year == 1999


def test_a_season_folder_holds_for_every_file_and_a_titles_season_for_files_of_that_title() -> None:
    assert complete(named("Fuyu", 1), above(season=2)).season == 2
    assert complete(named("Natsu", 1, season=1), above(season=2)).season == 1
    assert complete(named("Natsu", 1), above(titled_season=3)).season == 3
    assert complete(named("Natsu Sequel", 1), above(titled_season=3)).season == 3
    assert complete(named("Natsuko", 1), above(titled_season=3)).season is None
    assert complete(named("Natsu", 1), above(season=2, titled_season=3)).season == 2


def test_films_have_no_season_and_extras_none_of_specials() -> None:
    assert complete(named("Natsu", type=VideoType.MOVIE), above(season=2)).season is None
    assert complete(named("Natsu"), above(season=2, type=VideoType.MOVIE)).season is None
    assert complete(named("Natsu", type=VideoType.OP), above(season=0)).season is None
    assert complete(named("Natsu", type=VideoType.OP), above(season=1)).season == 1
    assert complete(named("Natsu", 1), above(season=0)).season == 0


def test_a_part_is_of_the_season_that_its_folder_is_in() -> None:
    assert complete(named("Natsu", 1), above(season=3, part=2)).part == 2
    assert complete(named("Natsu", 1, season=3), above(season=3, part=2)).part == 2
    assert complete(named("Natsu", 1, season=2), above(season=3, part=2)).part is None
    assert complete(named("Natsu", 1, part=1), above(season=3, part=2)).part == 1
    assert complete(named("Fuyu", 1), above(season=3, part=2)).part is None


# --- extras ---


def kind(own: ParseResult, *others: ParseResult, **said: Any) -> VideoType | None:
    folders = above(**{"extra": VideoType.EXTRA} | said)
    return complete(own, folders, known(others, [*own.titles, *folders.titles])).type


def test_a_file_without_a_number_below_a_shows_extras_is_one() -> None:
    assert kind(named("Interview")) is VideoType.EXTRA
    assert kind(named(None, 1)) is VideoType.EXTRA
    assert kind(named("Interview"), titled=None) is None
    assert kind(named("Interview", type=VideoType.PV)) is VideoType.PV


def test_an_episode_among_extras_is_one_unless_the_show_has_it_elsewhere() -> None:
    assert kind(named("Natsu", 1)) is None
    assert kind(named("Natsu", 1), named("natsu!", 1)) is VideoType.EXTRA
    assert kind(named("Natsu", 1), named("Natsu", 2)) is None
    assert kind(named("Natsu", 1), named("Fuyu", 1)) is None
    assert kind(named(None, 1, season=1)) is None  # `S01E01` is an episode, whatever its folder is


def test_what_may_be_anything_is_an_extra_only_of_what_is_there() -> None:
    assert kind(named("Fuyu"), misc=True) is None
    assert kind(named("Fuyu"), named("Natsu", 1), misc=True) is VideoType.EXTRA
    assert kind(named("Natsu Talk"), misc=True) is VideoType.EXTRA


def test_a_sample_is_one_wherever_it_lies() -> None:
    assert kind(named("Fuyu", 1), extra=VideoType.SAMPLE, titled=None) is VideoType.SAMPLE


def test_an_extra_of_another_name_has_the_shows_title() -> None:
    assert complete(named("Interview"), above(extra=VideoType.EXTRA)).title == "Natsu"
    assert complete(named("Natsu Interview"), above(extra=VideoType.EXTRA)).title == "Natsu Interview"


RESULTS = st.builds(
    named, st.sampled_from([None, "Natsu", "Fuyu", "Natsu 5"]), st.integers(1, 3),
    season=st.none() | st.integers(0, 3), part=st.none() | st.integers(1, 2), year=st.none() | st.just(1999),
    type=st.none() | st.sampled_from([VideoType.OVA, VideoType.MOVIE, *EXTRAS]),
    group=st.none() | st.just("own"), disc=st.none() | st.just(1),
)  # fmt: skip
CONTEXTS = st.builds(
    above, season=st.none() | st.integers(0, 3), part=st.none() | st.integers(1, 2),
    titled_season=st.none() | st.integers(1, 3), type=st.none() | st.just(VideoType.SPECIAL),
    extra=st.none() | st.sampled_from(sorted(EXTRAS)), disc=st.none() | st.just(2),
    year=st.none() | st.just(2011), lends=st.sampled_from([(), (("group", "lent"), ("year", 2011))]),
)  # fmt: skip


@given(RESULTS, CONTEXTS)
def test_what_a_name_says_is_never_overruled(own: ParseResult, folders: Context) -> None:
    made = complete(own, folders)

    for field in ("season", "part", "year", "type", "group", "disc"):
        said = getattr(own, field)
        assert said is None or getattr(made, field) == said
    assert set(own.episodes) <= set(made.episodes)
    assert complete(own, Context()) == own


# --- combining folders ---


def test_the_nearest_title_is_the_show_and_those_above_support() -> None:
    found = context("/downloads", "Haru/Natsu")

    assert found.titled is not None
    assert found.titled.title == "Natsu"
    assert found.titles[:1] == ("Natsu",)
    assert "Haru" in found.titles


def test_a_season_above_a_title_is_another_shows() -> None:
    assert context("/downloads", "Season 2/Natsu").season is None
    assert context("/downloads", "Natsu/Season 2").season == 2
    assert context("/downloads", "Natsu/Season 2/Season 3").season == 3  # the nearest


def test_a_bare_number_is_a_season_below_a_title_and_a_title_elsewhere() -> None:
    below, alone = context("/downloads", "Natsu/2"), context("/downloads", "86")

    assert below.season == 2
    assert (alone.season, alone.titled and alone.titled.title) == (None, "86")


def test_a_folder_lends_what_it_says_of_its_release() -> None:
    assert dict(context("/downloads", "[Grp] Natsu (2011) [BD 1080p]").lends) == {
        "group": "Grp", "resolution": "1080p", "source": "BD", "year": 2011,
    }  # fmt: skip
    assert context("/downloads", "Natsu").lends == ()


def test_the_nearest_place_decides() -> None:
    assert context("/downloads", "Natsu/Extras/OVA").type is VideoType.OVA
    assert context("/downloads", "Natsu/OVA/Extras").type is None
    assert context("/downloads", "Natsu/OVA/Extras").extra is VideoType.EXTRA


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("/p/Natsu/Season 1/01.mkv", "/p/Natsu"),
        ("/p/Natsu/01.mkv", "/p/Natsu"),
        ("/p/Natsu/Extras/Disc 1/01.mkv", "/p/Natsu"),
        ("/p/Downloads/01.mkv", "/p/Downloads"),
        ("/Season 1/01.mkv", "/Season 1"),
        ("/Downloads/Season 1/01.mkv", "/Downloads/Season 1"),
    ],
)
def test_the_folder_of_a_show_is_above_those_of_its_seasons(path: str, folder: str) -> None:
    assert show_folder(path) == folder
