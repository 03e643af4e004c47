"""A real client downloads, its hook files what came, and it seeds on from the file in the library."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import anivault
from tests.clients import swarm
from tests.conftest import Run

AUTOMATION = Path(__file__).parents[2] / "docs/automation.md"
FOLDER = """[It's "Group"; $(touch gone) `x` & 木] Cowboy Bebop"""
SINGLE = """[It's; the $HOME "team" #1] Sousou no Frieren - 05 (1080p).mkv"""
CLIENTS = {
    "qbittorrent-nox": "qbittorrent",
    "transmission-daemon": "transmission",
    "deluged": "deluge",
    "aria2c": "aria2",
}


def is_possible(client: str) -> bool:
    """The client and its seeder are here, and so is a network of our own."""
    if not all(map(shutil.which, (client, "aria2c", "unshare", "ip"))):
        return False
    return subprocess.run(["unshare", "-n", "true"], check=False, capture_output=True).returncode == 0


def documented(name: str, library: Path, downloads: Path) -> str:
    """The line of docs/automation.md, with this library, these downloads and this program."""
    found = re.search(rf"```{name}\n(.*?)```", AUTOMATION.read_text(encoding="utf-8"), re.DOTALL)
    assert found, name
    program = f"{sys.executable} -m anivault"
    line = found[1].replace("/media/anime", str(library)).replace("/downloads\n", f"{downloads}\n")
    return re.sub(r"\banivault organize\b", f"{program} organize", line)


def then(client: str, home: Path) -> str:
    """Move all that it seeds to another library, where AniVault knows how to ask the client."""
    if client != "qbittorrent-nox":
        return ""
    config = home / "box.toml"
    config.write_text(f'[clients.box]\nkind = "qbittorrent"\nurl = "http://127.0.0.1:{swarm.CONTROL}"\n')
    move = f"organize {home}/dl --to {home}/moved --mode move --apply --json"
    return f"ANIVAULT_CONFIG={config} {sys.executable} -m anivault {move}"


@pytest.mark.parametrize("client", CLIENTS)
def test_what_a_client_hands_over_is_filed_and_seeds_on(
    run: Run, client: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_possible(client):
        pytest.skip(f"{client}, aria2c or a network namespace is missing")
    monkeypatch.setenv("PYTHONPATH", str(Path(anivault.__file__).parents[1]))
    season = tmp_path / "seed" / FOLDER
    season.mkdir(parents=True)
    for number in (1, 2, 3):
        (season / f"Cowboy Bebop - {number:02}.mkv").write_bytes(f"bebop {number}".encode() * 9000)
    (season.parent / SINGLE).write_bytes(b"frieren" * 9000)
    hook = documented(CLIENTS[client], tmp_path / "lib", tmp_path / "dl")
    script = [sys.executable, swarm.__file__, client, str(tmp_path), hook, "4", then(client, tmp_path)]
    done = subprocess.run(
        ["unshare", "-n", *script], capture_output=True, text=True, timeout=600, check=False
    )
    logs = "".join(path.read_text(errors="replace")[-1500:] for path in tmp_path.glob("*.log"))

    assert done.returncode == 0, done.stderr[-1500:] + logs
    downloaded = {path.stat().st_ino for path in (tmp_path / "dl").rglob("*.mkv")}
    assert {path.stat().st_ino for path in (tmp_path / "lib").rglob("*.mkv")} == downloaded
    assert not list(tmp_path.rglob("gone"))
    if client == "qbittorrent-nox":
        said = [json.loads(line) for line in (tmp_path / "then.out").read_text().splitlines()]
        assert [event["reason"] for event in said if event["event"] == "held"] == ["seeding"] * 4
    assert run("verify", tmp_path / "lib", "--deep").code == 0
