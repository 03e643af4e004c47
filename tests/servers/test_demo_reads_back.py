"""Each server reads every path planned for the demo's sample back to what `match` said of the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from anivault.cli.demo_handler import write_sample
from tests.conftest import Run
from tests.servers.readers.presets import READERS
from tests.servers.readers.reading import Reading

VIDEOS = (".mkv", ".mp4")
EXTRAS = {"OP", "ED", "PV", "CM", "Menu", "Interview"}


def expected(match: dict[str, Any], kind: str | None, target: str, preset: str) -> Reading:
    found = match["match"]
    named = (found["provider"], found["id"]) if preset != "kodi" else None
    reading = Reading("extra", target.split("/")[1], named)
    if kind in EXTRAS:
        return reading
    if found["media_type"] == "movie":
        return reading._replace(kind="film")
    places = found["coordinates"]
    return reading._replace(
        kind="episode", season=places[0]["season"], episodes=tuple(place["episode"] for place in places)
    )


def test_every_path_of_the_demo_reads_back(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "Downloads"
    write_sample(source)
    kinds = {event["path"]: event["parsed"]["type"] for event in run("scan", source, "--json").of("file")}
    matches = {event["path"]: event for event in run("match", source, "--json").of("match")}

    for preset, reader in READERS.items():
        done = run("organize", source, "--to", tmp_path / "Library", "--preset", preset, "--json")
        targets = {event["path"]: event["target"] for event in done.of("move")}
        beside = [*targets.values(), *(event["target"] for event in done.of("write"))]
        videos = {path: target for path, target in targets.items() if path.endswith(VIDEOS)}

        assert len(videos) > 30
        for path, target in videos.items():
            assert reader.read(target, beside) == expected(matches[path], kinds[path], target, preset), (
                path,
                target,
            )


@pytest.mark.parametrize("preset", sorted(READERS))
def test_forced_and_languages_of_the_demo_read_back(run: Run, tmp_path: Path, preset: str) -> None:
    source = tmp_path / "Downloads"
    write_sample(source)
    done = run("organize", source, "--to", tmp_path / "Library", "--preset", preset, "--json")
    targets = {Path(event["path"]).name: event["target"] for event in done.of("move")}
    (forced,) = (target for name, target in targets.items() if name.endswith(".de.forced.ass"))
    video = next(t for t in targets.values() if t.endswith(".mkv") and forced.startswith(t[:-4]))

    words = READERS[preset].words(Path(video).stem, Path(forced).name)

    assert (words.language, words.forced) == ("de", True)
