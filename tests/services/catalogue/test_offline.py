"""The catalogue answers by any title, survives a damaged file, and is safe to compile twice at once."""

from __future__ import annotations

import os
import random
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anivault.core.models import Candidate, Query
from anivault.services.catalogue import store as store
from anivault.services.catalogue.offline import Catalog
from anivault.services.catalogue.rows import Row, to_lines


@pytest.fixture(scope="session")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return Catalog.open(str(tmp_path_factory.mktemp("cache")), str(tmp_path_factory.mktemp("data")))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue of two shows, for tests that compile."""
    rows = [
        Row(
            tmdb="tv/1", season=1, offset=0, type="tv", begin="2011-04-03", titles={"en": ["Tea for Clouds"]}
        ),
        Row(tmdb="tv/2", season=1, offset=0, type="tv", begin="2012-04-03", titles={"en": ["Iron Postman"]}),
    ]
    monkeypatch.setattr(store, "shipped", lambda: [to_lines(rows)])


def found(catalog: Catalog, *titles: str) -> list[Candidate]:
    return catalog.find([Query(titles=titles)])[0]


def ids(catalog: Catalog, *titles: str) -> list[int]:
    return [candidate.id for candidate in found(catalog, *titles)]


# --- finding --------------------------------------------------------------------------------------


def test_whatever_was_asked_before_an_answer_is_the_same(catalog: Catalog, tmp_path: Path) -> None:
    rows = [row for row in store.rows_of(store.shipped()) if row.titles]
    titles = [next(iter(row.titles.values()))[0] for row in random.Random(3).sample(rows, 60)]
    titles += [title[: len(title) // 2] + "x" + title[len(title) // 2 :] for title in titles[:30]]
    for title in titles:
        found(catalog, title)
    fresh = Catalog.open(str(tmp_path / "cache"), str(tmp_path / "data"))

    assert [ids(catalog, title) for title in titles] == [ids(fresh, title) for title in reversed(titles)][
        ::-1
    ]
    fresh.close()


def test_every_title_finds_its_show(catalog: Catalog) -> None:
    rows = [row for row in store.rows_of(store.shipped()) if row.titles]
    picked = [
        (row, text) for row in random.Random(7).sample(rows, 400) for t in row.titles.values() for text in t
    ]

    lost = [
        text
        for row, text in picked
        if row.tmdb not in {f"{c.media_type}/{c.id}" for c in found(catalog, text)}
    ]

    assert [text for text in lost if any(c.isalnum() for c in text)] == []


@pytest.mark.parametrize(
    ("title", "tmdb"),
    [
        ("Girls und Panzer", 43967),
        ("ガールズ&パンツァー", 43967),
        ("GIRLS & PANZER", 43967),
        ("Barakamon", 67048),
        ("ばらかもん", 67048),
        ("バラカモン", 67048),
        ("Uchuu Kyoudai", 45209),
        ("Uchū Kyōdai", 45209),
        ("uchu kyodai", 45209),
        ("宇宙兄弟", 45209),
        ("蟲師", 26867),
        ("虫师", 26867),
    ],
)
def test_a_show_is_found_however_its_title_is_spelled(catalog: Catalog, title: str, tmdb: int) -> None:
    assert tmdb in ids(catalog, title)


@pytest.mark.parametrize("title", ["Barakamom", "Brakamon", "Barakammon TV"])
def test_a_slip_of_the_keyboard_is_forgiven(catalog: Catalog, title: str) -> None:
    assert 67048 in ids(catalog, title)


def test_a_title_with_something_before_or_after_it_is_found(catalog: Catalog) -> None:
    assert 45209 in ids(catalog, "Uchuu Kyoudai - Wagaya no Uchuujin")
    assert 45209 in ids(catalog, "New on air Uchuu Kyoudai")


def test_what_begins_like_the_title_is_proposed_too(catalog: Catalog) -> None:
    first, *others = found(catalog, "Girls und Panzer")

    assert first.id == 43967
    assert "Girls und Panzer der Film" in {candidate.title for candidate in others}


def test_a_candidate_comes_with_all_its_entries(catalog: Catalog) -> None:
    show = next(c for c in found(catalog, "Mushishi") if c.id == 26867)

    assert show.year == 2005
    assert {entry.season for entry in show.entries} >= {1, 2}
    assert all(entry.titles and entry.key for entry in show.entries)
    assert [season.number for season in show.seasons] == [1, 2]


def test_a_show_is_found_by_its_id(catalog: Catalog) -> None:
    show = catalog.get("tmdb", "tv", 26867)

    assert show is not None
    assert (show.media_type, show.id) == ("tv", 26867)
    assert catalog.get("tmdb", "movie", 26867) is None
    assert catalog.get("tvdb", "tv", 26867) is None


def test_a_show_is_the_same_object_however_many_lie_between(catalog: Catalog) -> None:
    names = {row.tmdb for row in store.rows_of(store.shipped())}
    first = catalog.get("tmdb", "tv", 26867)
    for name in sorted(names)[:1000]:
        media_type, _, number = name.partition("/")
        catalog.get("tmdb", media_type, int(number))

    assert catalog.get("tmdb", "tv", 26867) is first
    assert next(c for c in found(catalog, "Mushishi") if c.id == 26867) is first


def test_answers_stand_in_the_order_of_the_queries(catalog: Catalog) -> None:
    answers = catalog.find([Query(titles=("Barakamon",)), Query(titles=()), Query(titles=("Uchuu Kyoudai",))])

    assert [bool(answer) for answer in answers] == [True, False, True]
    assert answers[0][0].id == 67048
    assert answers[2][0].id == 45209


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_no_title_makes_it_fail(catalog: Catalog, title: str) -> None:
    assert len(found(catalog, title)) < 60


@pytest.mark.parametrize(
    "title", ["", " ", "!?", "\x00", "a" * 5000, "の" * 2000, "%_'\"; DROP TABLE keys", "\ud800"]
)
def test_odd_titles_are_answered(catalog: Catalog, title: str) -> None:
    found(catalog, title)


# --- the compiled file ----------------------------------------------------------------------------


def compiled(cache: Path) -> list[Path]:
    return sorted(cache.glob("catalog-*"))


@pytest.mark.usefixtures("few")
def test_it_is_compiled_once_and_only_for_its_user(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    Catalog.open(str(cache), str(tmp_path)).close()
    (first,) = compiled(cache)
    before = first.stat()
    Catalog.open(str(cache), str(tmp_path)).close()

    assert compiled(cache) == [first]
    assert first.stat().st_mtime_ns == before.st_mtime_ns
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert stat.S_IMODE(before.st_mode) == 0o600


@pytest.mark.usefixtures("few")
def test_another_text_makes_another_file_and_removes_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Catalog.open(str(tmp_path), str(tmp_path)).close()
    old = compiled(tmp_path)
    row = Row(tmdb="tv/3", type="tv", begin="2013-04-03", titles={"en": ["Quiet Lighthouse"]})
    monkeypatch.setattr(store, "shipped", lambda: [to_lines([row])])

    assert ids(Catalog.open(str(tmp_path), str(tmp_path)), "Quiet Lighthouse") == [3]
    assert len(compiled(tmp_path)) == 1
    assert compiled(tmp_path) != old


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("damage", ["empty", "text", "torn", "other", "blob"])
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: str) -> None:
    Catalog.open(str(tmp_path), str(tmp_path)).close()
    (path,) = compiled(tmp_path)
    whole = path.read_bytes()
    if damage == "other":
        path.unlink()
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE cats (name)")
    elif damage == "blob":
        with sqlite3.connect(path) as database:
            database.execute("UPDATE shows SET candidate = x'c1'")
    else:
        path.write_bytes({"empty": b"", "text": b"hello " * 999, "torn": whole[: len(whole) // 3]}[damage])

    assert ids(Catalog.open(str(tmp_path), str(tmp_path)), "Iron Postman") == [2]


ODD = [
    "UPDATE meta SET value = 17",
    "UPDATE meta SET value = x'' WHERE key = 'lengths'",
    "UPDATE meta SET value = x'' WHERE key = 'taken'",
    "UPDATE meta SET value = 'another' WHERE key = 'name'",
    "UPDATE shows SET candidate = 1000000000000",
    "UPDATE shows SET candidate = CAST(x'f4ff' AS TEXT)",
    "UPDATE keys SET key = CAST(x'f4ff' AS TEXT)",
    "UPDATE grams SET keys = x'0102030405'",
    "UPDATE grams SET keys = 5",
    "UPDATE grams SET keys = x'ffffffff'",
    "DROP TABLE grams",
]


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("odd", ODD)
def test_a_file_with_odd_values_is_made_again(tmp_path: Path, odd: str) -> None:
    Catalog.open(str(tmp_path), str(tmp_path)).close()
    (path,) = compiled(tmp_path)
    database = sqlite3.connect(path)
    database.executescript(odd)
    database.close()

    assert ids(Catalog.open(str(tmp_path), str(tmp_path)), "Iron Postmen") == [2]


@pytest.mark.usefixtures("few")
def test_a_file_under_the_name_of_another_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Catalog.open(str(tmp_path), str(tmp_path)).close()
    old = compiled(tmp_path)[0].read_bytes()
    row = Row(tmdb="tv/3", type="tv", begin="2013-04-03", titles={"en": ["Quiet Lighthouse"]})
    monkeypatch.setattr(store, "shipped", lambda: [to_lines([row])])
    Catalog.open(str(tmp_path), str(tmp_path)).close()
    compiled(tmp_path)[0].write_bytes(old)

    assert ids(Catalog.open(str(tmp_path), str(tmp_path)), "Quiet Lighthouse") == [3]


@pytest.mark.usefixtures("few")
def test_damage_is_noticed_by_whatever_is_asked_first(tmp_path: Path) -> None:
    Catalog.open(str(tmp_path), str(tmp_path)).close()
    with sqlite3.connect(compiled(tmp_path)[0]) as database:
        database.execute("UPDATE shows SET candidate = x'c1'")
    show = Catalog.open(str(tmp_path), str(tmp_path)).get("tmdb", "tv", 2)

    assert show is not None
    assert show.title == "Iron Postman"


@pytest.mark.usefixtures("few")
def test_a_run_keeps_its_answers_when_the_cache_is_emptied_meanwhile(tmp_path: Path) -> None:
    catalog = Catalog.open(str(tmp_path), str(tmp_path))
    for path in compiled(tmp_path):
        path.unlink()

    assert ids(catalog, "Tea for Clouds") == [1]


def test_processes_that_compile_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    code = (
        "import sys; from anivault.services.catalogue.offline import Catalog;"
        "from anivault.core.models import Query;"
        "print(Catalog.open(sys.argv[1], sys.argv[1]).find([Query(titles=('Barakamon',))])[0][0].id)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    env = os.environ | {"PYTHONPATH": str(Path(store.__file__).parents[3])}
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, env=env) for _ in range(3)]
    answers = [process.communicate()[0].strip() for process in running]

    assert answers == [b"67048"] * 3
    assert len(compiled(tmp_path)) == 1


@pytest.mark.usefixtures("few")
def test_without_a_cache_it_answers_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    catalog = Catalog.open(str(tmp_path / "file" / "cache"), str(tmp_path))

    assert ids(catalog, "Iron Postman") == [2]
    assert catalog.get("tmdb", "tv", 1) is not None


@pytest.mark.usefixtures("few")
def test_nothing_is_left_behind_when_compiling_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "shipped", lambda: [b"{not a row}\n"])

    with pytest.raises(ValueError, match="malformed"):
        Catalog.open(str(tmp_path), str(tmp_path))
    assert compiled(tmp_path) == []


def test_a_cache_that_cannot_be_looked_into_is_done_without(tmp_path: Path) -> None:
    catalog = Catalog.open(str(tmp_path / ("x" * 300)), str(tmp_path))

    assert catalog.find([Query(titles=("Barakamon",))])[0][0].title == "Barakamon"
    catalog.close()
