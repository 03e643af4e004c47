"""The engines behind the protocol: the default one always, the extras where they are installed."""

from __future__ import annotations

from importlib.util import find_spec

import anitomy_ng
import pytest
from anitomy_ng._anitomy import parse as compiled

from anivault.parser.engines.anitomy_ng import AnitomyNg
from anivault.parser.models import SURE, VideoType
from anivault.parser.read import open_reader
from anivault.shared import plugins
from anivault.shared.errors import PluginBrokenError

NAME = "[Moon] Kaiba S2 - 07v2 (1080p) [0123ABCD].mkv"
EXTRAS = sorted(set(plugins.BUILT_IN[plugins.PARSERS]) - {"anitomy-ng"})


def test_the_compiled_call_finds_what_the_public_one_finds() -> None:
    public = [(element.kind.value, element.value, element.position) for element in anitomy_ng.parse(NAME)]

    assert [(element.kind, element.value, element.position) for element in compiled(NAME)] == public


def test_anitomy_ng_fills_the_record() -> None:
    result = AnitomyNg().parse(NAME)

    assert (result.title, result.season, result.episodes, result.version) == ("Kaiba", 2, (7,), 2)
    assert (result.group, result.resolution, result.crc32) == ("Moon", "1080p", "0123ABCD")


def test_anitomy_ng_names_the_kind() -> None:
    assert AnitomyNg().parse("[Moon] Kaiba - NCED1 [BD].mkv").type is VideoType.ED


@pytest.mark.parametrize("engine", EXTRAS)
def test_an_extra_engine_reads_the_plain_name_when_it_is_installed(engine: str) -> None:
    if find_spec(engine) is None:
        pytest.skip(f"{engine} is an optional extra and not installed")
    reader = open_reader([engine])
    try:
        result = reader.engines[0].parse("[Moon] Kaiba - 07 (1080p) [0123ABCD].mkv")
    finally:
        reader.close()

    assert (result.title, result.episodes, result.engine) == ("Kaiba", (7,), engine)


@pytest.mark.parametrize("engine", EXTRAS)
def test_an_extra_engine_that_is_missing_says_what_to_install(engine: str) -> None:
    if find_spec(engine) is not None:
        pytest.skip(f"{engine} is installed")

    with pytest.raises(PluginBrokenError) as raised:
        open_reader([engine])

    assert f"anivault[{engine}]" in raised.value.hint


def test_the_name_that_anitopy_never_returns_from_is_read() -> None:
    if find_spec("anitopy") is None:
        pytest.skip("anitopy is an optional extra and not installed")
    reader = open_reader(["anitopy", "anitomy-ng"])
    try:
        assert reader.read("Show 2 -.mkv").title is not None
    finally:
        reader.close()


def test_several_engines_are_named_in_the_result() -> None:
    result = open_reader(["anitomy-ng", "anitomy-ng"]).read(NAME)

    assert (result.engine, result.confidence) == ("rules+anitomy-ng+anitomy-ng", SURE)


def test_a_sure_name_does_not_ask_a_lone_engine() -> None:
    assert open_reader(["anitomy-ng"]).read(NAME).engine == "rules"


def test_a_doubtful_name_asks_the_lone_engine() -> None:
    assert open_reader(["anitomy-ng"]).read("Kaiba 2.mkv").engine == "rules+anitomy-ng"
