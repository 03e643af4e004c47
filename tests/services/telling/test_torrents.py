"""Files of a client's torrents stay where they are. The answers follow qBittorrent's Web API 2."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import Run

KEY = "user:secret-word"
ONE = "[G] Nichijou - 01.mkv"
TWO = "[G] Nichijou - 02.mkv"


class Box(BaseHTTPRequestHandler):
    """A qBittorrent with the torrents that a test puts in; `fault` makes it misbehave."""

    torrents: ClassVar[list[dict[str, str]]] = []
    files: ClassVar[dict[str, list[str]]] = {}
    asked: ClassVar[list[str]] = []
    fault: ClassVar[str] = ""
    locked: ClassVar[bool] = False

    def do_GET(self) -> None:
        where = urlsplit(self.path)
        self.asked.append(where.path)
        if self.locked and self.headers["Cookie"] != "SID=in":
            self._answer(403, b"Forbidden")
        elif self.fault == "broken":
            self._answer(500, b"")
        elif self.fault == "garbage":
            self._answer(200, b"<html>")
        elif where.path == "/api/v2/torrents/info":
            self._answer(200, json.dumps(self.torrents).encode())
        else:
            names = self.files[parse_qs(where.query)["hash"][0]]
            self._answer(200, json.dumps([{"name": name, "size": 1} for name in names]).encode())

    def do_POST(self) -> None:
        body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        good = body == {"username": ["user"], "password": ["secret-word"]} and self.headers["Referer"]
        cookie = {"Set-Cookie": "SID=in; HttpOnly; path=/"}
        self._answer(200, b"Ok." if good else b"Fails.", cookie if good else {})

    def _answer(self, code: int, data: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(code)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *words: object) -> None:
        """Say nothing."""


class Place:
    """A user with downloads, a library and a client."""

    def __init__(self, run: Run, home: Path, config: Path) -> None:
        self.run, self.downloads, self.library, self.config = run, home / "dl", home / "lib", config
        self.downloads.mkdir()
        self.extra = ""

    def file(self, rel: str) -> Path:
        path = self.downloads / rel
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(rel.encode() * 50)
        return path

    def torrent(self, content: Path | str, files: list[str] = [], **more: str) -> None:  # noqa: B006
        number = str(len(Box.torrents))
        Box.files[number] = files
        known = {"hash": number, "name": f"torrent {number}", "save_path": str(self.downloads)}
        Box.torrents.append({**known, "content_path": str(content), "state": "stalledUP", **more})

    def move(self, *more: object) -> Any:
        where = ("--to", self.library, "--mode", "move", "--apply", "--json")
        return self.run("organize", self.downloads, *where, *more)


@pytest.fixture
def place(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    Box.torrents, Box.files, Box.asked, Box.fault, Box.locked = [], {}, [], "", False
    http = ThreadingHTTPServer(("127.0.0.1", 0), Box)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    config = tmp_path / "config.toml"
    config.write_text(f'[clients.box]\nkind = "qbittorrent"\nurl = "http://127.0.0.1:{http.server_port}/"\n')
    monkeypatch.setenv("ANIVAULT_CONFIG", str(config))
    yield Place(run, tmp_path, config)
    http.shutdown()
    http.server_close()


def held(result: Any) -> dict[str, str]:
    """By name, why a file is held."""
    found = (event for event in result.events if event["event"] == "held")
    return {Path(event["path"]).name: event["reason"] for event in found}


def test_a_file_of_a_torrent_stays_with_its_subtitle_and_others_move(place: Place) -> None:
    one, two, subtitle = place.file(ONE), place.file(TWO), place.file(ONE.replace(".mkv", ".en.ass"))
    place.torrent(one)
    result = place.move()

    assert held(result) == {ONE: "seeding", subtitle.name: "no-video"}
    assert result.code == 10
    assert one.exists()
    assert subtitle.exists()
    assert not two.exists()
    assert "torrent 0" in result.out


def test_a_preview_holds_what_the_run_holds(place: Place) -> None:
    place.torrent(place.file(ONE))
    result = place.run("organize", place.downloads, "--to", place.library, "--mode", "move", "--json")

    assert held(result) == {ONE: "seeding"}


def test_of_a_folder_only_the_torrents_own_files_stay(place: Place) -> None:
    one, two = place.file(f"Nichijou/{ONE}"), place.file(f"Nichijou/{TWO}")
    place.torrent(one.parent, [f"Nichijou/{ONE}"])
    place.move()

    assert one.exists()
    assert not two.exists()


def test_a_torrent_without_a_folder_of_its_own_keeps_its_files(place: Place) -> None:
    one, two = place.file(ONE), place.file(TWO)
    place.torrent(place.downloads, [TWO])
    place.move()

    assert two.exists()
    assert not one.exists()


def test_links_on_the_way_hide_no_torrent(place: Place, tmp_path: Path) -> None:
    one = place.file(ONE)
    (tmp_path / "other").symlink_to(place.downloads)
    place.torrent(tmp_path / "other" / ONE, save_path=str(tmp_path / "other"))
    place.move()

    assert one.exists()


@pytest.mark.parametrize("theirs", ["/data/dl", "D:\\dl"])
def test_the_clients_names_of_folders_are_ours_by_the_settings(place: Place, theirs: str) -> None:
    one, two = place.file(ONE), place.file(TWO)
    text = place.config.read_text(encoding="utf-8")
    place.config.write_text(text + f"paths = {{ '{place.downloads}' = '{theirs}' }}\n", encoding="utf-8")
    mark = "\\" if "\\" in theirs else "/"
    place.torrent(f"{theirs}{mark}{ONE}", save_path=theirs)
    place.move()

    assert one.exists()
    assert not two.exists()


def test_where_no_setting_leads_to_a_torrent_its_name_has_to_do(place: Place) -> None:
    one, two = place.file(f"Nichijou/{ONE}"), place.file(TWO)
    place.torrent("/in/a/container/Nichijou", save_path="/in/a/container")
    place.move()

    assert one.exists()
    assert not two.exists()


def test_a_torrent_whose_files_are_gone_holds_no_namesake(place: Place) -> None:
    one = place.file(ONE)
    place.torrent(f"/gone/{ONE}", save_path="/gone", state="missingFiles")
    place.move()

    assert not one.exists()


@pytest.mark.parametrize("fault", ["broken", "garbage", "locked", "away"])
def test_nothing_is_moved_while_the_client_cannot_be_asked(
    place: Place, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = place.file(ONE)
    Box.fault, Box.locked = fault, fault == "locked"
    if fault == "away":
        place.config.write_text('[clients.box]\nkind = "qbittorrent"\nurl = "http://127.0.0.1:9"\n')
    result = place.move()

    assert result.code == 56
    assert "[clients.box]" in result.out + result.err
    assert one.exists()
    assert not place.library.exists()


def test_a_key_lets_in_and_is_shown_nowhere(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    one = place.file(ONE)
    place.torrent(one)
    Box.locked = True
    monkeypatch.setenv("ANIVAULT_CLIENT_BOX_KEY", KEY)
    result = place.move()

    assert held(result) == {ONE: "seeding"}
    assert "secret-word" not in result.out + result.err
    monkeypatch.setenv("ANIVAULT_CLIENT_BOX_KEY", "user:wrong-word")
    refused = place.move()
    assert refused.code == 56
    assert "wrong-word" not in refused.out + refused.err


def test_hard_links_ask_no_client(place: Place) -> None:
    place.torrent(place.file(ONE))
    result = place.run("organize", place.downloads, "--to", place.library, "--apply")

    assert result.code == 0
    assert Box.asked == []


def test_a_written_plan_spares_what_seeds_by_now(place: Place, tmp_path: Path) -> None:
    one = place.file(ONE)
    plan = tmp_path / "plan.json"
    place.run("organize", place.downloads, "--to", place.library, "--mode", "move", "--plan", plan)
    place.torrent(one)
    result = place.run(
        "organize", place.downloads, "--to", place.library, "--from-plan", plan, "--apply", "--json"
    )

    assert held(result) == {ONE: "seeding"}
    assert one.exists()


def test_a_library_that_seeds_keeps_its_names(place: Place) -> None:
    place.file(ONE)
    place.move()
    (film,) = place.library.rglob("*.mkv")
    place.torrent(film, save_path=str(film.parent))
    result = place.run("rename", place.library, "--preset", "plex", "--apply", "--json")

    assert film.exists()
    assert held(result)[film.name] == "seeding"


def test_explain_names_the_torrent_of_a_file(place: Place) -> None:
    one = place.file(ONE)
    place.torrent(one)

    assert "of the torrent torrent 0" in place.run("explain", one).out
    Box.fault = "broken"
    result = place.run("explain", one)
    assert result.code == 0
    assert "did not say which files are of torrents" in result.out + result.err


def test_people_read_why_a_file_stays_and_what_to_type_instead(place: Place) -> None:
    one = place.file(ONE)
    place.torrent(one)
    done = place.run("organize", place.downloads, "--to", place.library, "--mode", "move")

    assert done.code == 10
    assert "1 held: a torrent client seeds it" in done.out + done.err
    assert "its torrent is torrent 0" in done.out
    assert "--mode hardlink" in done.err


ODD = ["", "/", "\x00", "/a\x00b", "a" * 5000, "\n", "C:\\", "relative/path", "//", "\ud83d", "/dev/null"]


@pytest.mark.parametrize("path", ODD, ids=lambda text: ascii(text)[1:20])
@pytest.mark.parametrize("field", ["save_path", "content_path", "name", "state", "hash"])
def test_a_torrent_that_is_told_oddly_frees_no_other_and_is_no_bug(
    place: Place, field: str, path: str
) -> None:
    one = place.file(ONE)
    place.torrent(one)
    place.torrent(place.downloads / "odd", ["odd/1.mkv"])
    Box.torrents[-1][field] = path
    Box.files.setdefault(path, [])
    done = place.move()

    assert done.code != 70
    assert one.exists()


@pytest.mark.parametrize("name", ODD, ids=lambda text: ascii(text)[1:20])
def test_a_file_that_is_told_oddly_frees_no_other(place: Place, name: str) -> None:
    one = place.file(f"Pack/{ONE}")
    place.torrent(place.downloads / "Pack", [name, f"Pack/{ONE}"])
    done = place.move()

    assert done.code != 70
    assert one.exists()
