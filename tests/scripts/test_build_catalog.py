"""The build script takes what it may, marks what it derives, and gives the same bytes every time."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from anivault.services.catalogue.rows import BY_RULE, Row

SCRIPT = Path(__file__).parents[2] / "scripts" / "build_catalog.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_catalog", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    path = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = path
    return module


def item(title: str, tmdb: str, bangumi: int, **more: Any) -> dict[str, Any]:
    sites = [{"site": "tmdb", "id": tmdb}, {"site": "bangumi", "id": str(bangumi)}, {"site": "unext"}]
    return {
        "title": title,
        "titleTranslate": {},
        "type": "tv",
        "lang": "ja",
        "begin": "2011-04-03T15:30:00.000Z",
        "end": "2011-06-19T15:30:00.000Z",
        "sites": sites,
        **more,
    }


ITEMS = [
    item("雲のお茶", "tv/700", 1, titleTranslate={"zh-Hans": ["云中茶"], "en": ["Tea for Clouds"]}),
    item("雲のお茶 続", "tv/700", 2, begin="2013-04-03T16:00:00.000Z", end="2013-06-19T16:00:00.000Z"),
    item("映画 雲のお茶 夏休み", "movie/701", 3, type="movie", end=""),
    item("鉄の郵便屋", "tv/90/season/0/episode/4", 4, type="ova", end="2011-04-01T16:00:00.000Z"),
    item("名もなき番組", "", 5),
    item(
        "静かな灯台 夜明け", "movie/702", 6, type="movie", titleTranslate={"en": ["Quiet Lighthouse: Dawn"]}
    ),
    item("静かな灯台2199", "tv/703", 7),
    item("静かな灯台 夏休み", "tv/704", 8),
]
NAMED = [
    {
        "id": 1,
        "name": "雲のお茶",
        "alias": ["Kumo no Ocha", "구름의 차", "The Name At TMDB", "雲の御茶", "云中茶"],
        "tmdb": {"name": "The Name At TMDB", "original_name": "雲のお茶", "overview": "long"},
    },
    {"id": 4, "name": "鉄の郵便屋", "alias": ["Iron Postman"]},
]
SUBJECTS = {
    1: {"eps": 13, "name_cn": "云端之茶", "collection": {"wish": 10, "collect": 32}},
    4: {"eps": [{"type": 0}, {"type": 0}, {"type": 2}]},
}


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    subjects = tmp_path / "anime-sachedule-search-data" / "dist" / "subject"
    for folder in (tmp_path / "bangumi-data" / "dist", tmp_path / "bgmd" / "data", subjects):
        folder.mkdir(parents=True)
    (tmp_path / "bangumi-data" / "dist" / "data.json").write_text(json.dumps({"items": ITEMS}))
    (tmp_path / "bgmd" / "data" / "full.json").write_text(json.dumps({"bangumis": NAMED}))
    for number, subject in SUBJECTS.items():
        (subjects / f"{number}.json").write_text(json.dumps(subject))
    return tmp_path


def romaji(text: str) -> list[str]:
    """Stand in for the dictionary: it knows a few words, and some wrongly."""
    words = {
        "雲のお茶": "Kumo no Oha",
        "続": "Zoku",
        "夏休み": "Natsuyasumi",
        "鉄の郵便屋": "Tetsu no Yuubinya",
    }
    found = [words.get(word, "") for word in text.split()]
    return [" ".join(word for word in found if word)] if any(found) else []


@pytest.fixture
def facts(script: ModuleType) -> Any:
    return script.corrections.Corrections(pages={}, numbers={}, titles={})


@pytest.fixture
def rows(script: ModuleType, packages: Path, facts: Any) -> list[Row]:
    return list(script.build(packages, romaji, facts))


def test_entries_with_a_tmdb_id_stand_in_order(rows: list[Row]) -> None:
    assert [row.tmdb for row in rows] == [
        "movie/701",
        "movie/702",
        "tv/90",
        "tv/700",
        "tv/700",
        "tv/703",
        "tv/704",
    ]
    assert [row.ids["bangumi"] for row in rows] == [3, 6, 4, 1, 2, 7, 8]


def test_stated_facts_are_taken_as_they_are(rows: list[Row]) -> None:
    special, first = rows[2], rows[3]

    assert (special.season, special.episode, special.offset, special.derived) == (0, 4, 3, [])
    assert (first.episodes, first.fans) == (13, 42)
    assert special.episodes == 2  # the regular ones


def test_dates_are_those_of_japan_where_the_time_is_known(rows: list[Row]) -> None:
    assert (rows[3].begin, rows[3].end) == ("2011-04-04", "2011-06-20")
    assert rows[4].begin == "2013-04-03"
    assert (rows[2].begin, rows[2].end) == (
        "2011-04-04",
        "2011-04-04",
    )  # an end before the beginning is a slip


def test_what_no_source_states_is_derived_and_marked(rows: list[Row]) -> None:
    assert (rows[4].season, rows[4].offset, rows[4].episodes) == (1, 13, 12)
    assert set(rows[4].derived) == {"season", "offset", "episodes"}


def test_titles_come_by_language_the_main_one_first(rows: list[Row]) -> None:
    titles = rows[3].titles

    assert titles["ja"] == ["雲のお茶", "雲の御茶"]
    assert titles["zh-Hans"] == ["云中茶", "云端之茶"]
    assert titles["en"] == ["Tea for Clouds"]
    assert titles["ko"] == ["구름의 차"]


def test_names_that_are_only_known_from_tmdb_are_left_out(rows: list[Row]) -> None:
    assert "The Name At TMDB" not in json.dumps([row.titles for row in rows])


def test_an_alias_that_spells_the_title_wins_over_the_rules(rows: list[Row]) -> None:
    assert rows[3].titles["ja-Latn"] == ["Kumo no Ocha"]
    assert rows[3].titles[BY_RULE] == ["Kumo no Oha"]


def test_sequels_and_films_are_spelled_as_their_show_is(rows: list[Row]) -> None:
    assert rows[4].titles[BY_RULE][0] == "Kumo no Ocha Zoku"
    assert rows[0].titles[BY_RULE][0] == "Kumo no Ocha Natsuyasumi"


def test_the_english_name_of_a_story_is_carried_to_what_else_it_tells(rows: list[Row]) -> None:
    assert rows[5].titles["en"] == ["Quiet Lighthouse 2199"]
    assert "Quiet Lighthouse Natsuyasumi" in rows[6].titles[BY_RULE]
    assert "en" not in rows[6].titles


def test_the_same_packages_give_the_same_bytes(
    script: ModuleType, packages: Path, facts: Any, tmp_path: Path
) -> None:
    outs = []
    for name in ("one", "two"):
        (folder := tmp_path / name).mkdir()
        sums = script.write(script.build(packages, romaji, facts), folder)
        outs.append((sums, (folder / "tv.jsonl").read_bytes(), (folder / "movie.jsonl").read_bytes()))

    assert outs[0] == outs[1]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Kumo no Ocha", "ja-Latn"),
        ("Shin'ya Shokudou", "ja-Latn"),
        ("Tea for Clouds", "en"),
        ("Quiet Lighthouse", "en"),
        ("구름의 차", "ko"),
        ("云中茶", "zh"),
        ("くもの茶", "ja"),
        ("2046", ""),
    ],
)
def test_the_language_of_an_alias_shows_in_its_script(script: ModuleType, text: str, language: str) -> None:
    assert script.language_of(text) == language


def fake_npm(folder: Path, integrity: str) -> None:
    """Put an npm into `folder` that installs nothing and locks one package."""
    lock = json.dumps({"packages": {"node_modules/bangumi-data": {"integrity": integrity}}})
    prefix = "sys.argv[sys.argv.index('--prefix') + 1]"
    npm = folder / "npm"
    npm.write_text(
        f"#!{sys.executable}\nimport sys\nopen({prefix} + '/package-lock.json', 'w').write({lock!r})\n"
    )
    npm.chmod(0o755)


@pytest.mark.skipif(os.name != "posix", reason="the stand-in for npm is a script")
@pytest.mark.parametrize("integrity", ["sha512-right", "sha512-wrong"])
def test_only_the_pinned_packages_are_taken(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, integrity: str
) -> None:
    fake_npm(tmp_path, integrity)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    pins = [{"name": "bangumi-data", "version": "1.2.3", "integrity": "sha512-right"}]

    if integrity == "sha512-right":
        assert script.install(pins, tmp_path) == tmp_path / "node_modules"
    else:
        with pytest.raises(SystemExit, match=r"bangumi-data 1\.2\.3"):
            script.install(pins, tmp_path)
