"""Templates render what is known into names that any file system takes."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.models import Candidate, Coordinates, Entry
from anivault.core.planning.naming import (
    FIELDS,
    NUMBERS,
    SHORTENED,
    Namer,
    Preset,
    Subject,
    builtin_presets,
    clean,
    cut,
    finish,
    fold,
    load_preset,
    parse_template,
)
from anivault.parser.models import ParseResult
from anivault.shared.errors import PresetError, TemplateError
from tests.core.records import show

BLEACH = show(
    30984, "Bleach", 2004, titles={"ja": "ブリーチ", "ja-Latn": "Burīchi", "en": "Bleach: The Soul"}
)
ENTRY = Entry(key="e", titles=(), type="tv", ids={"anidb": 2369, "mal": 269, "anilist": 270})
PARSED = ParseResult(
    group="Group", resolution="1080p", source="BD", video_codec="HEVC", audio_codec="FLAC", version=2,
    crc32="ABCD1234",
)  # fmt: skip
EPISODE = (Coordinates(season=2, episode=5, absolute=25, title="The End"),)
RANGE = tuple(Coordinates(season=1, episode=n, absolute=n + 20) for n in (1, 2, 3))
SUBJECT = Subject(BLEACH, ENTRY, PARSED, EPISODE)


def preset(name: str = "jellyfin", **keys: Any) -> Preset:
    return load_preset("mine", {"mine": {"base": name, **keys}})


def episode(template: str, subject: Subject = SUBJECT, name_max: int = 255, **keys: Any) -> str:
    """What `template` renders to, as the last component of an episode's name."""
    return (
        Namer(preset(episode=f"{{episode:0}} {template}", **keys), name_max)
        .episode(subject)
        .partition(" ")[2]
    )


# --- the language ---


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{title} ({year}) [{provider}id-{id}]", "Bleach (2004) [tmdbid-30984]"),
        ("{romaji}, {english}, {native}", "Burīchi, Bleach - The Soul, ブリーチ"),
        ("{{tmdb-{tmdb}}}", "{tmdb-30984}"),
        ("S{season:00}E{episode:000}", "S02E005"),
        ("{absolute:0000}", "0025"),
        ("{anidb} {mal} {anilist}", "2369 269 270"),
        ("{group} {resolution} {source} {video_codec} {audio_codec}", "Group 1080p BD HEVC FLAC"),
        ("v{version} {crc32}", "v2 ABCD1234"),
        ("{episode_title:4}!", "The…!"),
        ("{group:upper} {group:lower} {episode_title:6lower}", "GROUP group the e…"),
    ],
)  # fmt: skip
def test_fields_show_what_is_known(template: str, name: str) -> None:
    assert episode(template) == name


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("E{episode:00-E00}", "E01-E03"),
        ("E{episode:00-E00+}", "E01-E02-E03"),
        ("{absolute:000-000}", "021-023"),
        ("{episode:0}", "1-3"),
    ],
)
def test_several_numbers_are_joined_as_the_format_says(template: str, name: str) -> None:
    assert episode(template, SUBJECT._replace(coordinates=RANGE)) == name


def test_a_group_vanishes_when_a_field_in_it_is_empty() -> None:
    bare = Subject(show(1, "X", None), None, ParseResult(), (Coordinates(season=1, episode=1),))

    assert episode("{title}< ({year})>< - {episode_title}>< [{group}< {resolution}>]>", bare) == "X"
    assert (
        episode("{title}< [{group}< {resolution}>]>", bare._replace(parsed=ParseResult(group="G"))) == "X [G]"
    )


def test_an_inner_group_does_not_hide_the_outer_one() -> None:
    bare = Subject(
        show(1, "X", None), None, ParseResult(resolution="720p"), (Coordinates(season=1, episode=1),)
    )

    assert episode("{title}< {resolution}< by {group}>>", bare) == "X 720p"


def test_a_folder_of_nothing_vanishes() -> None:
    mine = preset(season="<{group}>/Season {season}")

    assert Namer(mine).season(Subject(BLEACH, None, ParseResult(), EPISODE)) == "Season 2"


@pytest.mark.parametrize(
    ("template", "position"),
    [
        ("{title.__class__}", 1), ("{title[0]}", 1), ("{t:>999999999}", 1), ("{}", 1), ("{ title}", 1),
        ("{title!r}", 1), ("ab {nope}", 4), ("{title:x}", 7), ("{title:0}", 7), ("{title:1000}", 7),
        ("{year:abc}", 6), ("{episode:0/0}", 10), ("{episode:0:0}", 10), ("{episode:0\x000}", 10),
        ("{title", 0), ("title}", 5), ("<{title}", 0), ("{title}>", 7), ("<text>", 0), ("<a/{title}>", 2),
        ("a:b{title}", 1), ("{title}?", 7), ("{title}\n", 7), ("{title}\0", 7), ("a\\b{title}", 1),
        ("{title}//x", 0), ("", 0), ("/{title}", 0), ("{title}/..", 0), ("./{title}", 0),
        ("x" * 101 + "{title}", 0),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_position(template: str, position: int) -> None:
    with pytest.raises(TemplateError) as refused:
        parse_template(template)

    assert refused.value.position == position
    assert f"character {position + 1}" in str(refused.value)


@given(st.text(alphabet="{}<>/:abc0title-E+ .", max_size=40))
def test_any_text_is_a_template_or_an_error(text: str) -> None:
    position = 0
    try:
        parse_template(text)
    except TemplateError as error:
        position = error.position

    assert 0 <= position <= len(text)


def test_every_field_is_a_number_or_can_be_shortened_or_names_the_provider() -> None:
    assert set(FIELDS) == NUMBERS | set(SHORTENED) | {"provider"}


# --- presets ---


@pytest.mark.parametrize("name", sorted(builtin_presets()))
def test_every_built_in_preset_loads(name: str) -> None:
    assert load_preset(name).name == name


def test_a_preset_of_ones_own_states_only_what_differs() -> None:
    mine = preset("plex", season="S{season}")

    assert (mine.season, mine.film, mine.name) == ("S{season}", load_preset("plex").film, "mine")


def test_a_built_in_preset_can_be_changed_under_its_name() -> None:
    own = {"jellyfin": {**builtin_presets()["kodi"], "versions": 5}}

    assert load_preset("jellyfin", own).versions == 5


FOLDERS = builtin_presets()["jellyfin"]["extras"]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"sesaon": "x"}, "sesaon"),
        ({"versions": "many"}, "versions"),
        ({"colon": "star"}, "colon"),
        ({"extras": {**FOLDERS, "OP": "a/b"}}, "folder"),
        ({"extras": {**FOLDERS, "OP": ".."}}, "folder"),
        ({"extras": {**FOLDERS, "OP": "x:y"}}, "folder"),
        ({"extras": {"OP": "x"}}, "CM, ED, Interview, Menu, PV"),
        ({"spaces": "--"}, "spaces"),
        ({"spaces": "/"}, "spaces"),
        ({"episode": "{title}"}, "episode"),
        ({"season": "all", "episode": "{episode}"}, "season"),
        ({"show": "Shows/{year}"}, "show"),
        ({"show": "Shows/<{title} {group}>"}, "show"),
        ({"show": "{title}/all"}, "show"),
        ({"film": "Movies/film"}, "film"),
        ({"film": "{title}"}, "film"),
        ({"film": "Movies/{title}"}, "film"),
        ({"film": "{title}/film"}, "film"),
        ({"base": "mine"}, "own base"),
        ({"base": "nobody"}, "nobody"),
    ],
)
def test_a_preset_that_cannot_be_is_refused_with_the_key(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(PresetError, match=said):
        preset(**keys)


def test_an_unknown_preset_is_refused_with_the_known_ones() -> None:
    with pytest.raises(PresetError, match="jellyfin, plex, emby, kodi"):
        load_preset("embyfin")


def test_a_template_error_of_a_preset_is_told_as_such() -> None:
    with pytest.raises(TemplateError):
        preset(show="{tilte}")


# --- titles ---


def test_titles_follow_the_order_of_languages() -> None:
    assert episode("{title}", titles=["en", "ja"]) == "Bleach - The Soul"
    assert episode("{title}", titles=["ko", "ja-Latn"]) == "Burīchi"
    assert episode("{title}") == "Bleach"


def test_a_year_that_ends_the_title_is_not_said_twice() -> None:
    subject = Subject(show(1, "Fruits Basket (2019)", 2019), None, ParseResult(), EPISODE)

    assert Namer(preset()).show(subject) == "Shows/Fruits Basket (2019) [tmdbid-1]"


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("HUNTER×HUNTER(2011)", "HUNTER×HUNTER (2011)"),
        ("Hunter x Hunter 2011", "Hunter x Hunter (2011)"),
        ("狩人（2011）", "狩人 (2011)"),
        ("Hunter [2011]", "Hunter (2011)"),
        ("2011", "2011 (2011)"),
        ("Space Pirate 2199", "Space Pirate 2199 (2011)"),
        ("Tokyo (1999)", "Tokyo (1999) (2011)"),
    ],
)
@pytest.mark.parametrize("field", ["title", "english"])
def test_the_year_of_the_show_stands_once_in_its_folder(title: str, wanted: str, field: str) -> None:
    subject = Subject(show(1, title, 2011, titles={"en": title}), None, PARSED)

    assert Namer(preset(show=f"{{{field}}}< ({{year}})> {{id}}")).show(subject) == f"{wanted} 1"


def test_a_title_of_nothing_gives_way_to_another_then_to_the_id() -> None:
    other = show(1, "???", 2019, titles={"en": "What"})

    assert episode("{title}", SUBJECT._replace(candidate=other)) == "What"
    assert episode("{title}", SUBJECT._replace(candidate=show(7, "[]"))) == "tmdb 7"


# --- characters ---


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Re:ZERO", "Re-ZERO"),
        ("Code Geass: R2", "Code Geass - R2"),
        ("Fate/Zero", "Fate-Zero"),
        ("What?", "What"),
        ('"Quoted"', "'Quoted'"),
        ("a|b\\c*d<e>", "a-b-c-de"),
        ("[Oshi no Ko]", "Oshi no Ko"),
        ("{x}", "x"),
        ("a\u202eb\u200b\ufeffc", "abc"),
        ("two\nlines\tand  blanks", "two lines and blanks"),
        ("broken \udcff", "broken"),
        ("a\u0308", "ä"),
        ("Free Sample", "Free 'Sample'"),
        ("Samples", "Samples"),
        ("S01E02 in it", "S01, E02 in it"),
        ("tmdbid-5 tvdb=6", "tmdbid 5 tvdb 6"),
    ],
)
def test_values_are_made_harmless(text: str, shown: str) -> None:
    assert clean(text, preset()) == shown


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ({"colon": "space"}, "A B CD"), ({"colon": "delete"}, "A BCD"), ({"colon": "fullwidth"}, "A： B：CD"),
        ({"characters": "fullwidth"}, "A - B-C？D"), ({"case": "lower"}, "a - b-cd"),
        ({"case": "upper"}, "A - B-CD"),
        ({"spaces": "."}, "A.-.B-CD"), ({"spaces": "_"}, "A_-_B-CD"),
    ],
)  # fmt: skip
def test_policies_of_characters(keys: dict[str, str], shown: str) -> None:
    assert clean("A: B:C?D", preset(**keys)) == shown


@pytest.mark.parametrize(
    ("name", "finished"),
    [
        (".hack", "hack"), ("end.", "end"), (" blanks ", "blanks"), ("CON", "CON_"), ("con.mkv", "con_.mkv"),
        ("nul .x", "nul_.x"), ("COM1", "COM1_"), ("COM", "COM"), ("Console", "Console"),
        ("lpt9.txt", "lpt9_.txt"),
        ("Show S01E01 - Trailer", "Show S01E01 - 'Trailer'"), ("x-other", "x-'other'"),
        ("Another", "Another"), ("..", ""),
    ],
)  # fmt: skip
def test_names_are_portable(name: str, finished: str) -> None:
    assert finish(name) == finished


@given(st.text(st.characters(codec=None), max_size=400), st.sampled_from(sorted(builtin_presets())))
def test_no_value_leaves_its_name(text: str, name: str) -> None:
    value = clean(text, load_preset(name))

    assert not set(value) & set('/\\:*?"<>|[]{}\0\n')
    assert unicodedata.is_normalized("NFC", value)
    value.encode("utf-8")


@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text, preset())

    assert clean(once, preset()).replace("'", "") == once.replace("'", "")


# --- length ---


@given(st.text(max_size=100), st.integers(0, 60))
def test_a_cut_fits_and_is_a_prefix(text: str, room: int) -> None:
    short = cut(text, room)

    assert len(short.encode("utf-8")) <= room or short == text
    assert text.startswith(short.removesuffix("…"))


def test_a_letter_keeps_its_marks_when_cut() -> None:
    assert cut("aaaa" + "n\u0303" * 3, 9) == "aaaa…"


def test_the_episode_title_is_shortened_before_the_title() -> None:
    long = (Coordinates(season=1, episode=1, title="long " * 60),)
    name = Namer(preset()).episode(Subject(BLEACH, None, ParseResult(), long))

    assert name.startswith("Bleach S01E01 - long long")
    assert name.endswith("…")


def test_the_number_outlives_every_shortening() -> None:
    candidate = show(1, "長い" * 200)
    places = (Coordinates(season=1, episode=1071, title="題" * 200),)
    name = Namer(preset(), 143).episode(Subject(candidate, None, ParseResult(), places))

    assert "S01E1071" in name
    assert len(name.encode("utf-8")) <= 143 - 55


@pytest.mark.parametrize("name_max", [143, 255])
@pytest.mark.parametrize("name", sorted(builtin_presets()))
def test_a_name_leaves_room_for_the_longest_sidecar(name: str, name_max: int) -> None:
    namer = Namer(load_preset(name), name_max)
    subject = Subject(
        show(1, "é" * 300), None, ParseResult(), (Coordinates(season=1, episode=1, title="字" * 300),)
    )

    stem = namer.episode(subject) + " - 1080p Some Long Grou"
    assert len((stem + ".zh-Hant.forced.sdh.ass").encode("utf-8")) <= name_max


def test_shortening_is_the_same_each_time() -> None:
    subject = Subject(show(1, "x" * 300), None, ParseResult(), EPISODE)

    assert Namer(preset()).show(subject) == Namer(preset()).show(subject)


# --- folding ---


@pytest.mark.parametrize(
    ("one", "other"),
    [("ABC", "abc"), ("\u00e4", "a\u0308"), ("Ä", "a\u0308"), ("straße", "STRASSE"), ("\u212a", "k")],
)
def test_names_that_some_file_system_takes_for_one_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text(), st.text())
def test_folding_is_stable(one: str, other: str) -> None:
    assert fold(fold(one)) == fold(one)
    assert (fold(one) == fold(other)) or one != other


def test_a_candidate_of_another_provider_is_named_by_it() -> None:
    other = Candidate(provider="anidb", id=5, media_type="tv", title="X")

    assert Namer(preset()).show(SUBJECT._replace(candidate=other)) == "Shows/X [anidbid-5]"
    assert Namer(preset("plex")).show(SUBJECT._replace(candidate=other)) == "Shows/X"


def test_every_preset_key_and_field_is_documented() -> None:
    docs = (Path(__file__).parents[3] / "docs" / "naming.md").read_text(encoding="utf-8")
    keys = {field.name for field in msgspec.structs.fields(Preset)} - {"name"}
    wanted = [*(f"`{{{name}}}`" for name in FIELDS), *(f"`{name}`" for name in (*keys, *builtin_presets()))]

    assert [name for name in wanted if name not in docs] == []


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Toradora!", "Toradora! (2011)"),
        ("HUNTER×HUNTER (2011)", "HUNTER×HUNTER (2011)"),
        ("Show（2011）", "Show（2011）"),
        ("Show 2011", "Show 2011"),
        ("Show 2010", "Show 2010 (2011)"),
    ],
)
def test_a_title_is_shown_with_its_year_once(title: str, shown: str) -> None:
    assert Candidate(provider="tmdb", id=1, media_type="tv", title=title, year=2011).dated == shown
