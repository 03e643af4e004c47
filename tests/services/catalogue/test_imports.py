"""Users' own lists are read whole or refused whole, and add to the catalogue what it lacks."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from anivault.core.models import Candidate, Query, TvdbPlace
from anivault.services.catalogue import store as store
from anivault.services.catalogue.added import importers
from anivault.services.catalogue.added.importers import import_file
from anivault.services.catalogue.added.imports import import_texts, imports, remove_import
from anivault.services.catalogue.offline import Catalog
from anivault.services.catalogue.rows import Row, to_lines
from anivault.services.catalogue.sources import catalog_info
from anivault.shared.errors import ImportDamagedError, ImportRefusedError

SHIPPED = [
    Row(
        tmdb="tv/700",
        season=1,
        offset=0,
        type="tv",
        begin="2011-04-03",
        end="2011-07-03",
        episodes=14,
        derived=["season", "episodes"],
        ids={"anidb": 70, "mal": 71},
        titles={"ja": ["雲のお茶"]},
    ),
    Row(
        tmdb="tv/700",
        season=1,
        offset=14,
        type="tv",
        begin="2013-04-03",
        end="2013-06-19",
        episodes=12,
        derived=["season", "offset", "episodes"],
        ids={"anidb": 72, "mal": 73},
        titles={"ja": ["雲のお茶 続"]},
    ),
    Row(
        tmdb="tv/800",
        season=2,
        offset=0,
        type="tv",
        begin="2015-04-03",
        episodes=24,
        ids={"anidb": 80, "anilist": 81},
        titles={"ja": ["鉄の郵便屋 第二期"]},
    ),
]

OFFLINE_LINES = [
    {"$schema": "x", "license": {"name": "Open Data Commons"}, "repository": "y", "lastUpdate": "2026-01-04"},
    {
        "sources": [
            "https://anidb.net/anime/70",
            "https://anilist.co/anime/7001",
            "https://kitsu.app/anime/5",
        ],
        "title": "Tea for Clouds",
        "type": "TV",
        "episodes": 13,
        "synonyms": ["Kumo no Ocha", "Wolkentee"],
    },
    {
        "sources": ["https://myanimelist.net/anime/9999"],
        "title": "Nobody Knows This",
        "type": "TV",
        "episodes": 1,
        "synonyms": [],
    },
]
TITLES = """# created: Sun May  4 03:00:02 2025
# <aid>|<type>|<language>|<title>
70|1|x-jat|Kumo no Ocha
70|4|en|Tea for Clouds
70|4|ko|구름의 차
70|2|de|Wolkentee
80|3|x-jat|TetsuYuu
99|1|x-jat|Nobody Knows This
"""
MAPPING = """<?xml version="1.0" encoding="UTF-8"?>
<anime-list>
  <anime anidbid="72" tvdbid="1" tmdbtv="700" tmdbseason="2" tmdboffset="" imdbid="">
    <name>Kumo no Ocha Zoku</name>
  </anime>
  <anime anidbid="90" tmdbtv="700" tmdbseason="0" tmdboffset="3"><name>Kumo no Ocha OVA</name></anime>
  <anime anidbid="91" tmdbid="7777"><name>Kumo no Ocha &amp; Gekijouban</name></anime>
  <anime anidbid="92" tmdbtv="900" tmdbseason="a"><name>Long Voyage</name>
    <mapping-list>
      <mapping anidbseason="1" tmdbseason="1" start="1" end="61"/>
      <mapping anidbseason="1" tmdbseason="2" start="62" end="77"/>
      <mapping anidbseason="1" tmdbseason="3" start="78"/>
      <mapping anidbseason="0" tmdbseason="0">;1-5;</mapping>
      <mapping anidbseason="0" tmdbseason="2" start="1" end="2"/>
    </mapping-list>
  </anime>
  <anime anidbid="80" tmdbtv="800" tmdbseason="1" tmdboffset="12"><name>Tetsu no Yuubinya 2</name></anime>
  <anime anidbid="93" tmdbtv="" tmdbid="unknown"><name>Nowhere</name></anime>
</anime-list>
"""
RELATIONS = """# Anime relations
::meta
- version: 1.3.0
- last_modified: 2024-05-01
::rules
- 71|500|7001:14-25 -> 73|501|7003:1-12!
- 73|501|7003:5 -> 99|502|7009:1
"""
BANGUMI = {
    "siteMeta": {},
    "items": [
        {
            "title": "静かな灯台",
            "titleTranslate": {"en": ["Quiet Lighthouse"], "zh-Hans": ["寂静的灯塔"]},
            "type": "tv",
            "lang": "ja",
            "begin": "2027-01-08T15:30:00.000Z",
            "end": "",
            "sites": [{"site": "tmdb", "id": "tv/950/season/2"}, {"site": "anidb", "id": "95"}],
        }
    ],
}
ANIBRIDGE = {
    "anilist:7001": {"mal:71": {"1-13": "1-13"}, "tmdb_show:700:s1": {"1-13": "1-13"}},
    "mal:73": {"tmdb_show:700:s2": {"1-12": "1-12"}, "tvdb_show:9:s3": {"1-12": "1-12"}},
    "anidb:80:R": {"tvdb_show:10:s1": {"1-12": "13-24"}, "tvdb_show:10:s2": {"13-": "1-"}},
    "anidb:1:S": {"tmdb_show:1:s1": {"1": "1"}},
    "tmdb_movie:5": {"imdb_movie:tt5": {"1": "1"}},
}
TVDB = """AnimeMap:
  - malid: 73
    title: Tea
    type: tv
    tvdbid: 9
    tvdbseason: 1
    start: 14
    useMapping: false
    animeMapping: []
  - malid: 5
    title: 'Long: Voyage'
    type: tv
    tvdbid: 11
    tvdbseason: 0
    start: 0
    useMapping: true
    animeMapping:
      - {tvdbseason: 1, start: 0}
      - {tvdbseason: 2, start: 62}
"""
OFFLINE = "\n".join(json.dumps(line) for line in OFFLINE_LINES) + "\n"
LISTS: dict[str, str] = {
    "anime-offline-database": OFFLINE,
    "anidb-titles": TITLES,
    "anime-lists": MAPPING,
    "anime-relations": RELATIONS,
    "bangumi-data": json.dumps(BANGUMI),
    "anibridge-mappings": json.dumps(ANIBRIDGE),
    "tvdb-mal": TVDB,
    "anilist-counts": json.dumps({"81": 12, "7001": None}),
}


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "shipped", lambda: [to_lines(SHIPPED)])


class Shelf:
    """A data folder, a cache folder, and what the catalogue then answers."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data, self.cache = folder, str(folder / "data"), str(folder / "cache")

    def bring(self, content: str | bytes, name: str = "list") -> Any:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_file(path, self.data)

    def show(self, title: str) -> Candidate:
        catalog = Catalog.open(self.cache, self.data)
        return next(c for c in catalog.find([Query(titles=(title,))])[0])

    def places(self, title: str) -> list[tuple[int | None, int | None, int | None]]:
        return [(e.season, e.offset, e.episodes) for e in self.show(title).entries]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


# --- what each list adds --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_is_known_by_what_it_holds(shelf: Shelf, kind: str) -> None:
    assert shelf.bring(LISTS[kind], "whatever.bin").info.kind == kind


def test_ranges_state_seasons_and_counts_and_places_on_tvdb(shelf: Shelf) -> None:
    shelf.bring(json.dumps(ANIBRIDGE))
    first, second = shelf.show("雲のお茶").entries

    assert [(e.season, e.offset, e.episodes, e.stated) for e in (first, second)] == [
        (1, 0, 13, True),
        (2, 0, 12, True),
    ]
    assert first.ids["anilist"] == 7001
    assert (second.ids["tvdb"], second.tvdb) == (9, (TvdbPlace(1, 3, 1),))


def test_a_list_that_has_an_entry_in_one_season_says_that_it_is_not_cut(shelf: Shelf) -> None:
    assert not any(entry.whole for entry in shelf.show("雲のお茶").entries)
    shelf.bring(json.dumps(ANIBRIDGE))

    assert all(entry.whole for entry in shelf.show("雲のお茶").entries)


@pytest.mark.parametrize(("start", "whole"), [("15", True), ("14", False)])
def test_what_tvdb_has_in_the_same_season_is_not_cut(shelf: Shelf, start: str, whole: bool) -> None:
    shelf.bring(TVDB.replace("start: 14", f"start: {start}"))

    assert shelf.show("雲のお茶").entries[1].whole == whole


def test_the_edits_by_hand_are_read_as_the_published_whole_is(shelf: Shelf) -> None:
    lines = ["$schema:", "  version: 3.0.0", "mal:73:", "  tmdb_show:700:s2:", '    "1-12": "1-12"']
    report = shelf.bring("\n".join(lines) + "\n")

    assert (report.info.kind, report.info.entries) == ("anibridge-mappings", 1)
    assert shelf.places("雲のお茶")[1] == (2, 0, 12)


@pytest.mark.parametrize(
    "ranges",
    [
        {"2-13": "1-12"},
        {"1-12": "1-24|2"},
        {"1-12": "1-11,13"},
        {"1-12": "1-13"},
        {"1-": "1-12"},
        {"x": "1"},
    ],
    ids=["not from the first", "two for one", "with a gap", "longer", "without an end", "no numbers"],
)
def test_a_range_that_says_more_than_that_numbers_run_on_is_passed_over(
    shelf: Shelf, ranges: dict[str, str]
) -> None:
    before = shelf.places("雲のお茶")
    shelf.bring(json.dumps({"mal:73": {"tmdb_show:700:s2": ranges}, "mal:1": {"tvdb_show:1:s1": {"1": "1"}}}))

    assert shelf.places("雲のお茶") == before


def test_a_place_among_specials_is_a_proposal(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    special = Row(tmdb="tv/700", season=1, offset=26, type="ova", begin="2014-01-01", episodes=1)
    special.derived, special.ids, special.titles = ["season", "offset"], {"mal": 75}, {"en": ["Cold Tea"]}
    monkeypatch.setattr(store, "shipped", lambda: [to_lines([*SHIPPED, special])])
    shelf.bring(
        json.dumps({"mal:75": {"tmdb_show:700:s0": {"1": "4"}}, "mal:73": {"tmdb_show:700:s0": {"1": "5"}}})
    )
    by_title = {entry.titles[0].text: entry for entry in shelf.show("Cold Tea").entries}

    assert (by_title["Cold Tea"].season, by_title["Cold Tea"].episode) == (0, 4)
    assert not by_title["Cold Tea"].stated
    assert by_title["雲のお茶 続"].season == 1  # a series is no special


def test_a_derived_place_that_tvdb_has_too_is_stated(shelf: Shelf) -> None:
    assert not shelf.show("雲のお茶").entries[1].stated
    shelf.bring(TVDB.replace("start: 14", "start: 15"))

    assert shelf.show("雲のお茶").entries[1].stated


def test_a_derived_place_that_tvdb_has_elsewhere_stays_derived(shelf: Shelf) -> None:
    shelf.bring(TVDB.replace("start: 14", "start: 13"))
    second = shelf.show("雲のお茶").entries[1]

    assert not second.stated
    assert second.tvdb == (TvdbPlace(1, 1, 13),)


def test_an_entry_that_was_cut_by_hand_shares_out_its_places_on_tvdb(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    common = {"tmdb": "tv/1", "ids": {"mal": 5}, "titles": {"en": ["Long Voyage"]}, "type": "tv"}
    parts = [
        Row(season=1, offset=0, episodes=50, checked=["season"], **common),  # type: ignore[arg-type]
        Row(season=2, offset=0, episodes=50, checked=["season"], **common),  # type: ignore[arg-type]
    ]
    monkeypatch.setattr(store, "shipped", lambda: [to_lines(parts)])
    shelf.bring(TVDB)

    assert [e.tvdb for e in shelf.show("Long Voyage").entries] == [
        (TvdbPlace(1, 1, 1),),
        (TvdbPlace(1, 1, 51), TvdbPlace(12, 2, 1)),
    ]


def newer(**changed: Any) -> str:
    item = BANGUMI["items"][0] | {"title": "鉄の郵便屋 第二期", "titleTranslate": {}}  # type: ignore[index]
    sites = [
        {"site": "tmdb", "id": changed.pop("tmdb")},
        {"site": "bangumi", "id": "800"},
        {"site": "anidb", "id": "80"},
    ]
    return json.dumps({"siteMeta": {}, "items": [item | {"sites": sites} | changed]})


@pytest.mark.parametrize(
    ("tmdb", "place"),
    [
        ("tv/800/season/3", (800, 3, 0)),
        ("tv/800/season/3/episode/5", (800, 3, 4)),
        ("tv/801/season/1", (801, 1, 0)),
        ("tv/800/season/2", (800, 2, 0)),
    ],
)
def test_a_newer_release_of_what_ships_overrules_it(
    shelf: Shelf, tmdb: str, place: tuple[int, int, int]
) -> None:
    shelf.bring(newer(tmdb=tmdb))
    show = shelf.show("鉄の郵便屋 第二期")
    (entry,) = show.entries

    assert (show.id, entry.season, entry.offset) == place
    assert entry.stated


def test_a_newer_release_overrules_no_fact_by_hand(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    by_hand = msgspec.structs.replace(SHIPPED[2], checked=["season", "offset"])
    monkeypatch.setattr(store, "shipped", lambda: [to_lines([by_hand])])
    shelf.bring(newer(tmdb="tv/800/season/3"))

    assert shelf.places("鉄の郵便屋 第二期") == [(2, 0, 24)]


@pytest.mark.parametrize(
    "text", ["AnimeMap: [&a {}, *a]\n", "AnimeMap: 5\n", "AnimeMap: [\n", "AnimeMap: !!python/name:os\n"]
)
def test_yaml_that_stands_for_something_else_is_refused(shelf: Shelf, text: str) -> None:
    with pytest.raises(ImportRefusedError):
        shelf.bring(text)


def test_the_offline_database_adds_titles_ids_and_counts(shelf: Shelf) -> None:
    shelf.bring(OFFLINE)
    show = shelf.show("Wolkentee")

    assert show.id == 700
    assert show.entries[0].ids == {"anidb": 70, "mal": 71, "anilist": 7001}
    assert shelf.places("Wolkentee") == [(1, 0, 13), (1, 13, 12)]


def test_the_older_form_of_the_offline_database_is_read_too(shelf: Shelf) -> None:
    whole = {"license": {"name": "ODbL"}, "lastUpdate": "2024-02", "data": OFFLINE_LINES[1:]}
    report = shelf.bring(json.dumps(whole))

    assert (report.info.version, report.info.licence, report.info.entries) == ("2024-02", "ODbL", 2)


def test_anidb_titles_add_names_in_their_languages(shelf: Shelf) -> None:
    shelf.bring(TITLES)
    titles = {(t.language, t.text) for t in shelf.show("구름의 차").entries[0].titles}

    assert {("ja-Latn", "Kumo no Ocha"), ("ko", "구름의 차"), ("de", "Wolkentee")} <= titles
    assert shelf.show("TetsuYuu").id == 800


def test_the_mapping_replaces_derived_places_and_keeps_stated_ones(shelf: Shelf) -> None:
    shelf.bring(MAPPING)

    assert (2, 0, 12) in shelf.places("雲のお茶")
    assert shelf.places("鉄の郵便屋 第二期") == [(2, 0, 24)]


def test_the_mapping_adds_entries_and_films(shelf: Shelf) -> None:
    shelf.bring(MAPPING)

    assert (0, 3, None) in shelf.places("Kumo no Ocha OVA")
    assert shelf.show("Kumo no Ocha & Gekijouban").id == 7777


def test_a_show_whose_numbers_never_restart_is_cut_into_its_seasons(shelf: Shelf) -> None:
    shelf.bring(MAPPING)

    assert shelf.places("Long Voyage") == [(1, 0, 61), (2, 61, 16), (3, 77, None)]


def test_an_entry_that_ships_is_cut_too(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    row = Row(tmdb="tv/900", season=1, offset=0, type="tv", ids={"anidb": 92}, titles={"ja": ["長い航海"]})
    monkeypatch.setattr(store, "shipped", lambda: [to_lines([row])])
    shelf.bring(MAPPING)

    assert shelf.places("長い航海") == [(1, 0, 61), (2, 61, 16), (3, 77, None)]


def test_a_later_season_that_ships_is_kept_when_an_entry_is_cut(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        Row(tmdb="tv/900", season=1, offset=0, begin="1999", ids={"anidb": 92}, titles={"ja": ["長い航海"]}),
        Row(
            tmdb="tv/900", season=3, offset=0, begin="2020", ids={"anidb": 92}, titles={"ja": ["長い航海 終"]}
        ),
    ]
    monkeypatch.setattr(store, "shipped", lambda: [to_lines(rows)])
    shelf.bring(MAPPING)

    assert shelf.places("長い航海") == [(1, 0, 61), (2, 61, 16), (3, 0, None)]


def test_an_entry_that_stands_in_the_same_place_is_the_same(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [*SHIPPED, Row(tmdb="tv/700", season=0, offset=3, type="ova", titles={"ja": ["雲のお茶 特別編"]})]
    monkeypatch.setattr(store, "shipped", lambda: [to_lines(rows)])
    shelf.bring(MAPPING)
    (special,) = [e for e in shelf.show("雲のお茶").entries if e.season == 0]

    assert special.ids == {"anidb": 90}
    assert "Kumo no Ocha OVA" in {title.text for title in special.titles}


def test_titles_are_not_repeated(shelf: Shelf) -> None:
    shelf.bring(TITLES)
    shelf.bring(OFFLINE)
    texts = [title.text for title in shelf.show("Wolkentee").entries[0].titles]

    assert len(texts) == len(set(texts)) == 5


def test_relations_correct_a_derived_count_and_what_follows_from_it(shelf: Shelf) -> None:
    shelf.bring(RELATIONS)

    assert shelf.places("雲のお茶") == [(1, 0, 13), (1, 13, 12)]


def test_a_relation_in_the_middle_of_an_entry_is_no_count(shelf: Shelf) -> None:
    shelf.bring("::meta\n::rules\n- 71|500|7001:5-8 -> 99|503|7009:1-4\n")

    assert shelf.places("雲のお茶") == [(1, 0, 14), (1, 14, 12)]


def test_a_relation_leaves_a_stated_count(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    stated = [msgspec.structs.replace(row, derived=["season"]) for row in SHIPPED]
    monkeypatch.setattr(store, "shipped", lambda: [to_lines(stated)])
    shelf.bring(RELATIONS)

    assert shelf.places("雲のお茶")[0] == (1, 0, 14)


def test_what_stands_before_the_first_range_is_where_the_entry_is(shelf: Shelf) -> None:
    shelf.bring(
        '<anime-list><anime anidbid="94" tmdbtv="910" tmdbseason="1"><name>Two Harbours</name><mapping-list>'
        '<mapping anidbseason="1" tmdbseason="2" start="13" end="24" offset="-12"/>'
        "</mapping-list></anime></anime-list>"
    )

    assert shelf.places("Two Harbours") == [(1, 0, 12), (2, 0, 12)]


def test_newer_bangumi_data_adds_shows(shelf: Shelf) -> None:
    shelf.bring(json.dumps(BANGUMI))
    show = shelf.show("Quiet Lighthouse")

    assert (show.id, show.year, show.entries[0].season, show.entries[0].stated) == (950, 2027, 2, True)
    assert show.entries[0].begin == "2027-01-09"


def test_newer_bangumi_data_says_when_a_series_ended(shelf: Shelf) -> None:
    ended = {**BANGUMI["items"][0], "end": "2015-09-11T15:30:00.000Z", "begin": ""}  # type: ignore[index]
    ended["sites"] = [{"site": "tmdb", "id": "tv/800/season/2"}, {"site": "anidb", "id": "80"}]
    shelf.bring(json.dumps({"siteMeta": {}, "items": [ended]}))
    (entry,) = shelf.show("鉄の郵便屋 第二期").entries

    assert (entry.begin, entry.end, entry.episodes) == ("2015-04-03", "2015-09-12", 24)


def test_lists_work_together(shelf: Shelf) -> None:
    titles = TITLES + "91|1|ko|구름의 차 극장판\n"
    shelf.bring(titles)
    shelf.bring(MAPPING)

    assert shelf.show("구름의 차 극장판").id == 7777


# --- keeping --------------------------------------------------------------------------------------


def test_an_import_tells_its_source_date_and_licence(shelf: Shelf) -> None:
    shelf.bring(OFFLINE, "anime-offline-database.jsonl")
    (info,) = catalog_info(shelf.data).imports

    assert (info.kind, info.version, info.licence) == (
        "anime-offline-database",
        "2026-01-04",
        "Open Data Commons",
    )
    assert info.file == "anime-offline-database.jsonl"
    assert info.entries == 2
    assert len(info.imported) == len("2026-01-04")


def test_the_same_list_again_replaces_the_first(shelf: Shelf) -> None:
    first = shelf.bring(TITLES)
    second = shelf.bring(TITLES + "80|4|en|Iron Postman\n")

    assert first.replaced is None
    assert second.replaced == first.info
    assert len(imports(shelf.data)) == 1
    assert shelf.show("Iron Postman").id == 800


def test_an_import_can_be_taken_away(shelf: Shelf) -> None:
    shelf.bring(TITLES)

    assert remove_import("anidb-titles", shelf.data)
    assert not remove_import("anidb-titles", shelf.data)
    assert not remove_import("../../etc/passwd", shelf.data)
    assert imports(shelf.data) == []


@pytest.mark.parametrize("kind", LISTS)
def test_packed_lists_are_read(shelf: Shelf, kind: str) -> None:
    text = LISTS[kind].encode()
    plain = shelf.bring(text).info

    assert shelf.bring(gzip.compress(text)).info.entries == plain.entries
    assert shelf.bring(zstandard.compress(text)).info.entries == plain.entries


def test_a_damaged_kept_list_is_named(shelf: Shelf) -> None:
    shelf.bring(TITLES)
    (path,) = import_texts(shelf.data)
    Path(path).write_text("{}\n{]")

    with pytest.raises(ImportDamagedError, match="anidb-titles"):
        Catalog.open(shelf.cache, shelf.data)
    with pytest.raises(ImportDamagedError, match="anidb-titles"):
        imports(shelf.data)


# --- refusing -------------------------------------------------------------------------------------

BOMB = """<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]>
<anime-list><anime anidbid="72" tmdbtv="700"><name>&y;</name></anime></anime-list>"""
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><anime-list/>'
BROKEN: dict[str, str | bytes] = {
    "empty": "",
    "prose": "This is no list at all.",
    "endless title": TITLES + "70|2|en|" + "a" * 1001 + "\n",
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(99),
    "torn lines": OFFLINE[:-40],
    "wrong types": '{"lastUpdate": "2026"}\n{"sources": "none", "title": 3}\n',
    "no entry": '{"lastUpdate": "2026"}\n\n',
    "titles with a bad line": TITLES + "this is no title\n",
    "titles that are not UTF-8": TITLES.encode() + b"70|1|en|\xff\xfe\n",
    "torn mapping": MAPPING[:-60],
    "another XML": "<rss><channel/></rss>",
    "entities": BOMB,
    "outside entity": OUTSIDE,
    "deep XML": MAPPING.replace("</anime-list>", "<anime>" * 500 + "</anime>" * 500 + "</anime-list>"),
    "deep JSON": '{"siteMeta": ' + '{"a":' * 100_000 + "1" + "}" * 100_000 + "}",
    "relations without rules": "::meta\n- version: 1\n",
    "relations with a bad line": RELATIONS + "- nonsense\n",
    "bangumi without items": '{"siteMeta": {}}',
    "torn gzip": gzip.compress(OFFLINE.encode())[:-20],
    "torn zstd": zstandard.compress(OFFLINE.encode())[:-20],
    "zstd without its sum": zstandard.ZstdCompressor(write_checksum=True).compress(OFFLINE.encode())[:-4],
    "gzip of nothing known": gzip.compress(b"hello"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_list_is_refused_and_nothing_is_kept(shelf: Shelf, name: str) -> None:
    with pytest.raises(ImportRefusedError, match="The catalogue is as it was"):
        shelf.bring(BROKEN[name])

    assert import_texts(shelf.data) == {}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_list_leaves_the_earlier_one(shelf: Shelf, name: str) -> None:
    for text in LISTS.values():
        shelf.bring(text)
    before = import_texts(shelf.data)
    with pytest.raises(ImportRefusedError):
        shelf.bring(BROKEN[name])

    assert import_texts(shelf.data) == before


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
def test_a_list_that_is_too_large_is_refused(
    shelf: Shelf, pack: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importers, "LARGEST", 4096)

    with pytest.raises(ImportRefusedError, match="more than"):
        shelf.bring(pack(b"70|1|en|" + b"a" * 200_000))


def test_a_missing_file_and_a_folder_are_refused(shelf: Shelf) -> None:
    for path in (shelf.folder / "nothing", shelf.folder):
        with pytest.raises(ImportRefusedError, match="cannot be read"):
            import_file(path, shelf.data)


@given(
    kind=st.sampled_from(sorted(LISTS)),
    at=st.floats(0, 1),
    junk=st.binary(max_size=12),
    cut=st.integers(0, 40),
)
@example(kind="anime-lists", at=0.03125, junk=b"A", cut=0)  # encoding="UATF-8"
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_damage_makes_an_import_crash(shelf: Shelf, kind: str, at: float, junk: bytes, cut: int) -> None:
    text = LISTS[kind].encode()
    place = int(at * len(text))
    try:
        report = shelf.bring(text[:place] + junk + text[place + cut :])
    except ImportRefusedError:
        return

    assert report.info.entries > 0
    Catalog.open(shelf.cache, shelf.data).close()


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_imports_are_for_their_user_only(shelf: Shelf) -> None:
    shelf.bring(TITLES)
    (path,) = import_texts(shelf.data)

    assert Path(path).stat().st_mode & 0o077 == 0
    assert Path(path).parent.stat().st_mode & 0o077 == 0
