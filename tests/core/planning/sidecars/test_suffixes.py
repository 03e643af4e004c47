"""Each server gets the names that it reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.planning.naming.names import Namer
from anivault.core.planning.naming.presets import builtin_presets, load_preset
from anivault.core.planning.sidecars.suffixes import suffix
from anivault.core.planning.sidecars.tracks import Track, read_tail, vocabulary


@given(
    st.sampled_from(sorted(set(vocabulary().languages.values()))),
    st.booleans(), st.booleans(), st.sampled_from(sorted(builtin_presets())),
)  # fmt: skip
def test_what_is_written_reads_back(language: str, forced: bool, sdh: bool, preset: str) -> None:
    namer = Namer(load_preset(preset))
    written = suffix(Track(language, "", forced, sdh), ".ass", namer, 60)
    back = read_tail(written.removesuffix(".ass"))

    known = namer.preset.languages.get(language, language).rpartition(".")[2]
    assert back.language == vocabulary().languages[known.lower()]
    assert (back.forced, back.sdh) == (forced, sdh)


@given(st.text(max_size=80), st.integers(25, 60))
def test_a_long_title_gives_way_to_language_and_flags(title: str, room: int) -> None:
    written = suffix(Track("zh-Hant", title, True, True), ".ass", Namer(load_preset("jellyfin")), room)

    assert written.endswith(".zh-Hant.sdh.forced.ass")
    assert len(written.encode("utf-8")) <= room
    assert written.count("/") == 0


@pytest.mark.parametrize(
    ("preset", "name"),
    [
        ("jellyfin", "x.jpsc.zh-Hans.default.forced.ass"),
        ("plex", "x.jpsc.Hans.zh.forced.ass"),
        ("emby", "x.jpsc.zh-CN.default.forced.ass"),
        ("kodi", "x.jpsc.Hans.zh.default.forced.ass"),
        ("jellyfin+plex", "x.jpsc.Hans.zh.forced.ass"),
    ],
)
def test_each_server_gets_the_codes_that_it_reads(preset: str, name: str) -> None:
    said = Track("zh-Hans", "jpsc", forced=True, default=True)

    assert "x" + suffix(said, ".ass", Namer(load_preset(preset)), 60) == name


@pytest.mark.parametrize("title", ["Foreigner Subs", "Forced-ish", "Default", "SDH", "en", "ru.en"])
def test_no_title_becomes_a_flag_or_a_language(title: str) -> None:
    written = suffix(Track("de", title), ".ass", Namer(load_preset("jellyfin")), 60)

    assert written.endswith(".de.ass")
    assert not {"forced", "foreign", "default"} & {
        w for w in ("forced", "foreign", "default") if w in written.lower()
    }


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Foreigner", "For-eigner"),
        ("Reinforced Team", "Reinfor-ced-Team"),
        ("Defaulter", "De-faulter"),
        ("Foreign Dub", "Dub"),
    ],
)
def test_a_title_is_cut_only_where_a_word_ends(title: str, kept: str) -> None:
    written = suffix(Track("en", title), ".srt", Namer(load_preset("jellyfin")), 60)

    assert written == f".{kept}.en.srt"


@pytest.mark.parametrize("preset", ["plex", "kodi"])
@pytest.mark.parametrize("title", ["Foreigner", "Reinforced-Team", "Defaulter"])
def test_where_no_server_reads_inside_words_a_title_stays_as_it_is(preset: str, title: str) -> None:
    assert f".{title}." in suffix(Track("en", title), ".srt", Namer(load_preset(preset)), 60)


@pytest.mark.parametrize(
    "track", [Track("en", "Foreigner", forced=True), Track("en", "Defaulter", default=True)]
)
def test_a_title_that_says_what_the_track_is_stays_as_it_is(track: Track) -> None:
    assert suffix(track, ".srt", Namer(load_preset("jellyfin")), 60).startswith(f".{track.title}.en.")
