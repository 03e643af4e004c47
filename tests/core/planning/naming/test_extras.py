"""An extra is called what it is, keeps what tells it from its like, and is read as an episode nowhere."""

from __future__ import annotations

import pytest

from anivault.core.planning.naming.extras import extra_name, unlabelled
from anivault.core.planning.naming.names import Namer
from anivault.core.planning.naming.presets import builtin_presets, load_preset
from anivault.parser.models import EXTRAS, ParseResult, VideoType
from tests.core.records import film, planned, targets, video

NAMER = Namer(load_preset("jellyfin"))


def named(name: str, kind: VideoType, *titles: str) -> str:
    parsed = ParseResult(title="Paprika", titles=titles or ("Paprika",), type=kind)
    return NAMER.as_extra(extra_name(name, parsed, None))


@pytest.mark.parametrize(
    ("name", "kind", "wanted"),
    [
        ("Paprika (2006)-behindthescenes.mkv", VideoType.BEHIND_THE_SCENES, "Behind the Scenes"),
        ("Paprika-deleted2.mkv", VideoType.DELETED_SCENE, "Deleted Scene 2"),
        ("Paprika - Deleted Scene 3.mkv", VideoType.DELETED_SCENE, "Deleted Scene 3"),
        ("The Dream World.mkv", VideoType.FEATURETTE, "Featurette The Dream World"),
        ("Paprika - The Parade [1080p].mkv", VideoType.SCENE, "Scene The Parade"),
        ("Paprika Storyboards 1080p BluRay.mkv", VideoType.EXTRA, "Extra Storyboards"),
        ("The Other Side.mkv", VideoType.EXTRA, "Extra The Other Side"),
        ("Scene by Scene Guide.mkv", VideoType.SCENE, "Scene Scene by Scene Guide"),
        ("Volume2 Step4.mkv", VideoType.EXTRA, "Extra Volume (2) Step (4)"),
    ],
)
def test_an_extra_keeps_what_its_name_says_beyond_the_show(name: str, kind: VideoType, wanted: str) -> None:
    assert named(name, kind) == wanted


@pytest.mark.parametrize(
    ("name", "kind", "left"),
    [
        ("Scene The Parade.mkv", VideoType.SCENE, "The Parade.mkv"),
        ("deleted.scene.At.sea.2.mkv", VideoType.DELETED_SCENE, "At.sea.2.mkv"),
        ("Scene 2.mkv", VideoType.SCENE, "Scene 2.mkv"),
        ("Scene.mkv", VideoType.SCENE, "Scene.mkv"),
        ("Other Side.mkv", VideoType.EXTRA, "Other Side.mkv"),
        ("Scenery of Rome.mkv", VideoType.SCENE, "Scenery of Rome.mkv"),
        ("Scene 01.mkv", None, "Scene 01.mkv"),
    ],
)
def test_a_name_that_an_extra_has_got_is_told_from_what_it_came_with(
    name: str, kind: VideoType | None, left: str
) -> None:
    assert unlabelled(name, kind) == left


@pytest.mark.parametrize("preset", builtin_presets())
def test_only_trailers_and_commercials_go_to_trailers(preset: str) -> None:
    kinds = sorted(EXTRAS - {VideoType.SAMPLE})
    items = [video(f"a/Paprika {number}.mkv", film(1, "Paprika", 2006), type=kind)
             for number, kind in enumerate(kinds)]  # fmt: skip

    placed = dict(zip(kinds, targets(planned(items, preset=preset)).values(), strict=True))

    for kind, target in placed.items():
        if kind not in (VideoType.PV, VideoType.CM):
            assert "trailer" not in target.lower(), target


def test_a_preset_that_knows_fewer_kinds_puts_the_others_with_menus() -> None:
    few = dict.fromkeys(("OP", "ED", "PV", "CM", "Interview"), "x") | {"Menu": "more"}
    item = video("a/Paprika-deleted.mkv", film(1, "Paprika", 2006), type=VideoType.DELETED_SCENE)

    result = planned([item], preset="mine", own={"mine": {"base": "jellyfin", "extras": few}})

    assert targets(result)["a/Paprika-deleted.mkv"].endswith("/more/Deleted Scene.mkv")
