"""What the files of one folder settle together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.models import FileKind, ParsedFile, ScannedFile
from anivault.core.pipeline.parser import parse_alone, parse_files
from anivault.core.pipeline.siblings import varying


def scanned(*paths: str, root: str = "/library") -> list[ScannedFile]:
    return [ScannedFile(root=root, rel=path, kind=FileKind.VIDEO) for path in paths]


def episodes(parsed: list[ParsedFile]) -> list[tuple[object, ...]]:
    return [file.parsed.episodes for file in parsed]


@pytest.mark.parametrize(
    ("names", "title"),
    [
        (["Area 51 1.mkv", "Area 51 2.mkv", "Area 51 3.mkv"], "Area 51"),
        (["Blue Sea 1 Rain.mkv", "Blue Sea 2 Snow.mkv", "Blue Sea 3 Hail.mkv"], "Blue Sea"),
        (["Show 2 - Foo 1.mkv", "Show 2 - Foo 2.mkv", "Show 2 - Foo 3.mkv"], "Show 2 - Foo"),
        (["Star (1).mkv", "Star (2).mkv", "Star (3).mkv"], "Star"),
        (["[G] Star 24 [01].mkv", "[G] Star 24 [02].mkv", "[G] Star 24 [03].mkv"], "Star 24"),
        (["Mob Psycho 100 - 01.mkv", "Mob Psycho 100 - 02.mkv", "Mob Psycho 100 - 03.mkv"], "Mob Psycho 100"),
        (["Unit 99 x 1.mkv", "Unit 99 x 2.mkv", "Unit 99 x 3.mkv"], "Unit 99 x"),
    ],
)
def test_what_varies_is_the_episode_and_what_stays_the_title(names: list[str], title: str) -> None:
    parsed = parse_files(scanned(*(f"Stuff/{name}" for name in names)))

    assert episodes(parsed) == [(1,), (2,), (3,)]
    assert {file.parsed.title for file in parsed} == {title}


def test_a_season_before_an_x_is_kept_when_siblings_show_the_episode() -> None:
    parsed = parse_files(scanned(*(f"Stuff/Star 2x{n}.mkv" for n in (1, 2, 3))))

    assert [(file.parsed.season, file.parsed.episodes) for file in parsed] == [(2, (n,)) for n in (1, 2, 3)]


def test_one_odd_name_does_not_overrule_twelve() -> None:
    twelve = [f"Stuff/Lake 7 {n}.mkv" for n in range(1, 13)]

    parsed = parse_files(scanned(*twelve, "Stuff/Lake 88 Extra Cut.mkv"))

    assert episodes(parsed)[:12] == [(n,) for n in range(1, 13)]
    assert {file.parsed.title for file in parsed[:12]} == {"Lake 7"}


@pytest.mark.parametrize("word", ["Movie", "Part", "Season", "Vol.", "OP", "PV", "Disc "])
def test_numbers_that_count_something_else_are_no_episodes(word: str) -> None:
    names = [f"Star {word} {n}.mkv" for n in (1, 2, 3)]

    assert varying(names, names) == {}


def test_years_that_vary_are_no_episodes() -> None:
    parsed = parse_files(scanned("Films/Star 1998.mkv", "Films/Star 2001.mkv", "Films/Star 2005.mkv"))

    assert episodes(parsed) == [(), (), ()]
    assert [file.parsed.year for file in parsed] == [1998, 2001, 2005]


def test_two_shows_in_one_folder_do_not_mix() -> None:
    parsed = parse_files(scanned(*(f"Stuff/{show} {n}.mkv" for show in ("Star", "Lake") for n in (1, 2, 3))))

    assert [(f.parsed.title, f.parsed.episodes[0]) for f in parsed] == [
        (show, n) for show in ("Star", "Lake") for n in (1, 2, 3)
    ]


def test_discs_that_restart_are_numbered_on() -> None:
    parsed = parse_files(scanned(*(f"Star/Disc {disc}/{n:02d}.mkv" for disc in (1, 2, 3) for n in (1, 2))))

    assert episodes(parsed) == [(1,), (2,), (3,), (4,), (5,), (6,)]
    assert {file.parsed.said["episodes"] for file in parsed[2:]} == {"siblings"}


def test_discs_that_continue_stay_as_printed() -> None:
    parsed = parse_files(scanned("Star/Disc 1/01.mkv", "Star/Disc 1/02.mkv", "Star/Disc 2/03.mkv"))

    assert episodes(parsed) == [(1,), (2,), (3,)]


def test_extras_of_a_disc_are_not_counted() -> None:
    parsed = parse_files(scanned("Star/Disc 1/01.mkv", "Star/Disc 1/NCOP 01.mkv", "Star/Disc 2/01.mkv"))

    assert episodes(parsed) == [(1,), (1,), (2,)]


def test_a_root_named_like_a_show_gives_its_title() -> None:
    (file,) = parse_files(scanned("Season 2/03.mkv", root="/home/me/Anime/Haibane Renmei"))

    assert (file.parsed.title, file.parsed.season, file.parsed.episodes) == ("Haibane Renmei", 2, (3,))


def test_a_root_that_says_nothing_gives_no_title() -> None:
    (file,) = parse_files(scanned("03.mkv", root="/home/me/Anime"))

    assert file.parsed.title is None


def test_a_folder_of_sure_names_reads_as_each_does_alone() -> None:
    files = scanned(*(f"Star/[G] Star - {n:02d} [1080p].mkv" for n in range(1, 14)))

    assert parse_files(files) == [parse_alone(file) for file in files]


BYTES = st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF)  # that are not UTF-8, as Python reads them
LETTERS = st.characters(exclude_characters="/", exclude_categories=["Cs"])


@given(st.lists(st.text(LETTERS | BYTES, max_size=30), max_size=12))
def test_any_names_together_give_one_result_each_in_order(names: list[str]) -> None:
    files = scanned(*(f"Stuff/{name}" for name in names))

    assert [parsed.file for parsed in parse_files(files)] == files


def test_how_many_names_are_read_is_told_on_the_way() -> None:
    told: list[tuple[int, int | None]] = []
    parse_files(
        scanned(*(f"Show - {number}.mkv" for number in range(2500))),
        progress=lambda done, total: told.append((done, total)),
    )

    assert told == [(1000, 2500), (2000, 2500), (2500, 2500)]


@pytest.mark.parametrize("discs", [(1, 3), (2, 3), (2,)])
def test_discs_that_restart_over_a_gap_have_no_numbers(discs: tuple[int, ...]) -> None:
    parsed = parse_files(scanned(*(f"Star/Disc {disc}/{n:02d}.mkv" for disc in discs for n in (1, 2))))

    later = [item.parsed.episodes for item in parsed if "Disc 1" not in item.file.rel]
    assert later == [()] * len(later)


def test_files_of_several_roots_settle_nothing_for_each_other() -> None:
    apart = [
        file
        for name in ("Area 88", "Area 51 Files", "Area 12 Gone")
        for file in scanned(f"{name}.mkv", root=f"/library/{name}")
    ]

    assert episodes(parse_files(apart)) == episodes([parse_alone(file) for file in apart])


def test_a_folder_is_one_whichever_of_its_files_are_roots() -> None:
    names = [f"Lake 7 {n}.mkv" for n in (1, 2, 3)]
    below = scanned(*(f"Lake 7/{name}" for name in names))
    roots = scanned(*names, root="/library/Lake 7")

    assert [f.parsed for f in parse_files(roots)] == [f.parsed for f in parse_files(below)]


def test_discs_that_are_roots_number_on_as_those_below_one() -> None:
    discs = [f for disc in (1, 2) for f in scanned("01.mkv", "02.mkv", root=f"/in/Star/Disc {disc}")]

    assert episodes(parse_files(discs)) == [(1,), (2,), (3,), (4,)]


def test_discs_of_two_shows_count_apart() -> None:
    parsed = parse_files(scanned("Disc 1/Star - 01.mkv", "Disc 1/Star - 02.mkv", "Disc 2/Moon - 01.mkv"))

    assert episodes(parsed) == [(1,), (2,), (1,)]


def test_a_lone_disc_below_no_show_is_only_a_folder() -> None:
    parsed = parse_files(scanned("d2/Star - 01.mkv", "d2/Star - 02.mkv"))

    assert episodes(parsed) == [(1,), (2,)]


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("[G] Star S01E02-E03.mkv", (2, 3)),
        ("[G] Star S01E02-03 [1080p].mkv", (2, 3)),
        ("[G] Star - 02-03.mkv", (2, 3)),
        ("[G] Star - 02v2.mkv", (2,)),
        ("[G] Star 1x02.mkv", (2,)),
        ("[G] Star Episode 2.mkv", (2,)),
        ("[G] Star S01E02.5.mkv", (2.5,)),
        ("[G] Star [02][720p].mkv", (2,)),
    ],
)
@pytest.mark.parametrize(
    "extras",
    [
        ("[G] Star NCOP - Theme2.mkv", "[G] Star NCED - Theme3.mkv", "[G] Star CM 103.mkv"),
        ("[G] Star S01E03 3.mkv", "[G] Star S01E04 4.mkv", "[G] Star S01E05 6.mkv"),
    ],
)
def test_odd_names_beside_it_overrule_no_sure_reading(
    name: str, read: tuple[object, ...], extras: tuple[str, ...]
) -> None:
    assert episodes(parse_files(scanned(*(f"Star/{each}" for each in (name, *extras)))))[0] == read


@pytest.mark.parametrize(
    "form",
    [
        "Star S2 {} Words.mkv",
        "Star 2nd Season {} Words.mkv",
        "Star S2 - Foo {}.mkv",
        "[DB]Star S2_-_{:02d}_(10bit_BD1080p_x265).mkv",
        "[G] Star Part 2 - {:02d}.mkv",
        "[G] Star Part 2 {:02d} [720p].mkv",
        "Star Season 2 {} Words.mkv",
        "星 第2季 {} 1080p.mkv",
    ],
)
def test_an_episode_may_have_the_number_of_its_season(form: str) -> None:
    parsed = parse_files(scanned(*(f"Star/{form.format(n)}" for n in (1, 2, 3, 4))))

    assert episodes(parsed) == [(1,), (2,), (3,), (4,)]
    assert {file.parsed.season or file.parsed.part for file in parsed} == {2}


def test_titles_that_begin_with_numbers_keep_them_in_a_pile_of_many_shows() -> None:
    shows = [("3-nen Z-gumi", 1), ("30-sai made", 9), ("1,000 GAME", 5), ("86", 8), ("91 Days", 9)]
    others = [(f"Show {letter}", number) for letter in "ABCDEF" for number in (8, 9)]
    files = scanned(*(f"Stuff/[G] {title} - {n:02d} (1080p).mkv" for title, n in [*shows, *others]))

    assert parse_files(files) == [parse_alone(file) for file in files]
