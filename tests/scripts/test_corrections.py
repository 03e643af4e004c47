"""Facts by hand are put in where sources are silent or wrong; the build stops when they are not needed."""

from __future__ import annotations

import importlib.util
import sys
import unicodedata
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from anivault.services.catalogue.rows import Row
from anivault.services.catalogue.store import rows_of, shipped

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "src" / "anivault" / "data" / "corrections.toml"
PAGES = {name: f"https://example/{{{name}}}" for name in ("mal", "anilist", "tmdb")}
BOTH = ["mal", "anilist"]


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # as it is when the build script imports it
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return loaded("corrections")


def row(**more: Any) -> Row:
    ids = {"mal": 1, "anilist": 1}
    titles = {"ja": ["雲のお茶"], "en": ["Tea for Clowds"]}
    return Row(**{"tmdb": "tv/700", "type": "tv", "ids": ids, "titles": titles} | more)


def fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace(" ", "")


def corrected(script: ModuleType, rows: list[Row], **facts: Any) -> list[Row]:
    file = {"pages": PAGES, "numbers": {}, "titles": {}} | facts
    found = script.apply(rows, msgspec.convert(file, script.Corrections), fold, lambda text: "en")
    return list(found)


def number(**more: Any) -> dict[str, Any]:
    return {"anilist:1": {"title": "Tea for Clowds", "at": BOTH} | more}


def test_a_fact_overrules_what_the_sources_say(script: ModuleType) -> None:
    (tea,) = corrected(script, [row(episodes=14)], numbers=number(episodes=12, season=2, offset=11))

    assert (tea.episodes, tea.season, tea.offset) == (12, 2, 11)
    assert set(tea.checked) == {"episodes", "season", "offset"}


def test_a_count_that_the_weeks_on_air_make_doubtful_is_a_fact_with_a_second_voice(
    script: ModuleType,
) -> None:
    aired = {"begin": "2020-01-06", "end": "2020-03-23"}  # twelve weeks, and two episodes in the first
    (tea,) = corrected(script, [row(episodes=13, **aired)], numbers=number(episodes=13))

    assert (tea.episodes, tea.checked) == (13, ["episodes"])
    with pytest.raises(SystemExit, match="the sources say"):
        corrected(script, [row(episodes=12, **aired)], numbers=number(episodes=12))


@pytest.mark.parametrize(
    ("sources", "fact"),
    [
        ({"episodes": 12}, {"episodes": 12}),
        ({"season": 2, "offset": 11}, {"season": 2, "offset": 11}),
        ({"season": 2, "episode": 12}, {"season": 2, "offset": 11}),
        ({"season": 2, "offset": 11}, {"season": 2, "offset": 11, "episodes": 13}),
    ],
)
def test_a_fact_that_the_sources_have_by_now_stops_the_build(
    script: ModuleType, sources: dict[str, int], fact: dict[str, int]
) -> None:
    with pytest.raises(SystemExit, match="the sources say"):
        corrected(script, [row(**sources)], numbers=number(**fact))


@pytest.mark.parametrize(
    "titles",
    [
        {"en": "Tea for Clowds"},
        {"also": ["雲のお茶"]},
        {"en": "Tea for Clouds", "wrong": ["Tea for Crowds"]},
    ],
)
def test_a_title_that_the_sources_have_or_no_longer_have_stops_the_build(
    script: ModuleType, titles: dict[str, Any]
) -> None:
    with pytest.raises(SystemExit, match="source"):
        corrected(script, [row()], titles={"mal:1": titles})


@pytest.mark.parametrize(
    "numbers",
    [
        {"anilist:2": {"title": "Tea for Clowds", "at": BOTH, "episodes": 3}},
        number(at=["mal"], episodes=3),
        number(at=["mal", "elsewhere"], episodes=3),
        number(title="Coffee for Clouds", episodes=3),
        number(),
    ],
    ids=["nobody has its id", "one place", "a place that has no page", "another title", "says nothing"],
)
def test_a_fact_that_nobody_can_check_stops_the_build(script: ModuleType, numbers: dict[str, Any]) -> None:
    with pytest.raises(SystemExit, match="anilist"):
        corrected(script, [row()], numbers=numbers)


def test_a_fact_about_one_of_several_entries_with_an_id_stops_the_build(script: ModuleType) -> None:
    with pytest.raises(SystemExit, match="2 entries"):
        corrected(script, [row(), row()], numbers=number(episodes=3))


def test_right_titles_come_first_and_wrong_ones_go(script: ModuleType) -> None:
    fact = {"en": "Tea for Clouds", "romaji": "Kumo no Ocha", "also": ["T4C"], "wrong": ["Tea for Clowds"]}
    (tea,) = corrected(script, [row()], titles={"mal:1": fact})

    assert tea.titles == {"ja": ["雲のお茶"], "en": ["Tea for Clouds", "T4C"], "ja-Latn": ["Kumo no Ocha"]}


def lacking(**more: Any) -> dict[str, Any]:
    known = {
        "ja": "雲のお茶 第2期",
        "en": "Tea for Clouds Season 2",
        "ids": {"mal": 2, "anilist": 2},
        "at": BOTH,
    }
    return {"tmdb": "tv/700", "season": 2, "begin": "2016-04-01", "episodes": 12} | known | more


def test_an_entry_that_the_sources_lack_is_there_with_its_place_as_a_fact(script: ModuleType) -> None:
    _, second = corrected(script, [row()], added=[lacking(also=["T4C 2"])])

    assert (second.tmdb, second.season, second.offset, second.episodes) == ("tv/700", 2, 0, 12)
    assert second.checked == ["season", "offset", "episodes"]
    assert second.titles == {"ja": ["雲のお茶 第2期"], "en": ["Tea for Clouds Season 2", "T4C 2"]}


@pytest.mark.parametrize(
    "more", [{"ids": {"mal": 1, "anilist": 2}}, {"at": ["mal"]}], ids=["known", "one place"]
)
def test_an_added_entry_that_is_known_or_cannot_be_checked_stops_the_build(
    script: ModuleType, more: dict[str, Any]
) -> None:
    with pytest.raises(SystemExit, match="Tea for Clouds Season 2"):
        corrected(script, [row()], added=[lacking(**more)])


def test_an_entry_is_cut_into_the_seasons_of_tmdb(script: ModuleType) -> None:
    parts = corrected(script, [row()], numbers=number(seasons=[[1, 24], [2, 12], [3]]))

    assert [(p.season, p.offset, p.episodes) for p in parts] == [(1, 0, 24), (2, 0, 12), (3, 0, None)]
    assert ["episodes" in p.checked for p in parts] == [True, True, False]


def test_numbers_that_run_on_are_where_the_season_before_ended(script: ModuleType) -> None:
    parts = corrected(script, [row()], numbers=number(seasons=[[1, 24], [2, 12], [3]], runs_on=True))

    assert [(p.season, p.offset) for p in parts] == [(1, 0), (2, 24), (3, 36)]


def test_a_word_that_has_no_place_in_the_file_is_refused(script: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "corrections.toml"
    file.write_text('[pages]\n[titles]\n[numbers]\n"mal:1" = { title = "Tea", at = [], seasonn = 2 }\n')

    with pytest.raises(msgspec.ValidationError, match="seasonn"):
        script.read(file)


def test_what_ships_has_every_fact(script: ModuleType) -> None:
    facts, rows = script.read(SHIPPED), rows_of(shipped())
    by_id: dict[str, list[Row]] = {}
    for each in rows:
        for item in each.ids.items():
            by_id.setdefault("{}:{}".format(*item), []).append(each)

    for key, fact in facts.numbers.items():
        wanted = fact.seasons or [[fact.season, *([fact.episodes] if fact.episodes else [])]]
        have = [[each.season, each.episodes] for each in by_id[key]]
        for season, *count in wanted:
            assert any((season in (None, s)) and (not count or count == [n]) for s, n in have), key
    for entry in facts.added:
        here = [each for name, number in entry.ids.items() for each in by_id[f"{name}:{number}"]]
        assert {(each.tmdb, each.season, each.offset) for each in here} == {
            (entry.tmdb, entry.season, entry.offset)
        }, entry.en
    for key, fact in facts.titles.items():
        texts = {text for each in by_id[key] for some in each.titles.values() for text in some}
        assert not texts & set(fact.wrong)
        assert {fold(t) for t in (fact.en, fact.romaji, *fact.also) if t} <= {fold(t) for t in texts}, key
