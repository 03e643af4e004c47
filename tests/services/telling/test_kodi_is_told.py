"""A real Kodi that is told of one folder, by JSON-RPC over HTTP, reads the new episode in it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import anivault
from tests.servers import kodi


@pytest.mark.skipif(not kodi.installed(), reason="Kodi, Xvfb or network namespaces are missing")
def test_kodi_has_the_episode_that_it_was_told_of(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(anivault.__file__).parents[1]))
    monkeypatch.setenv("ANIVAULT_SERVER_TV_KEY", "kodi:secret")
    for name in ("dl", "lib/Shows", "lib/Movies", "kodi"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "dl" / "[SubsPlease] Sousou no Frieren - 01 (1080p).mkv").write_bytes(b"video")
    config = tmp_path / "config.toml"
    config.write_text('[servers.tv]\nkind = "kodi"\nurl = "http://127.0.0.1:8081"\n')
    words = ["organize", tmp_path / "dl", "--to", tmp_path / "lib", "--nfo", "--apply", "--config", config]
    command = [sys.executable, "-m", "anivault", *map(str, words)]
    found = kodi.read_library(tmp_path / "kodi", tmp_path / "lib", command)

    assert [(row["season"], row["episode"]) for row in found["episodes"]] == [(1, 1)]
