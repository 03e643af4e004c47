"""Fields show what is known."""

from __future__ import annotations

import pytest

from anivault.core.models import Candidate
from anivault.core.planning.naming.fields import FIELDS, NUMBERS, SHORTENED
from tests.core.planning.naming.makers import (
    episode,
)


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


def test_every_field_is_a_number_or_can_be_shortened_or_names_the_provider() -> None:
    assert set(FIELDS) == NUMBERS | set(SHORTENED) | {"provider"}


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
