"""Servers and people hear of a run, each in its own words; one that does not listen fails no run.

The answers here follow the published interfaces: Jellyfin's and Emby's `POST /Library/Media/Updated` (204,
the key in X-Emby-Token), Plex's `/library/sections` and its refresh by path, Kodi's JSON-RPC over HTTP.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from anivault.services.secrets import Secret
from anivault.services.telling import servers
from anivault.shared.settings import ServerSettings
from tests.conftest import Run

KINDS = ["jellyfin", "emby", "plex", "kodi"]
KEY = "user:secret-word"
SHOW = "Shows/Frieren - Beyond the Journey's End (2023) [tmdbid-209867]"


class Server(BaseHTTPRequestHandler):
    """All kinds at one address; `fault` makes it misbehave."""

    fault: ClassVar[str] = ""
    asked: ClassVar[list[tuple[str, dict[str, Any]]]] = []
    library: ClassVar[str] = ""

    def do_GET(self) -> None:
        where = urlsplit(self.path)
        if not self._is_known(self.headers["X-Plex-Token"]):
            return
        if where.path == "/library/sections":
            place = {"id": 1, "path": self.library}
            directory = [
                {"key": "7", "Location": [place]},
                {"key": "8", "Location": [{"id": 2, "path": "/else"}]},
            ]
            self._answer(200, {"MediaContainer": {"size": 2, "Directory": directory}})
        else:
            self.asked.append((where.path, {name: value[0] for name, value in parse_qs(where.query).items()}))
            self._answer(200, None)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        path = urlsplit(self.path).path
        if path == "/jsonrpc":
            word = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
            if self._is_known(word):
                self.asked.append((path, body))
                self._answer(200, {"id": body["id"], "jsonrpc": "2.0", "result": "OK"})
        elif path == "/hook" or self._is_known(self.headers["X-Emby-Token"]):
            self.asked.append((path, body))
            self._answer(204, None)

    def _is_known(self, key: str | None) -> bool:
        if self.fault == "late":
            time.sleep(1)
        if key == KEY and self.fault in {"", "late", "garbage", "nonsense", "redirect"}:
            return True
        self._answer(500 if self.fault == "broken" else 401, None)
        return False

    def _answer(self, code: int, body: object) -> None:
        if self.fault == "redirect":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        data = b"" if body is None else json.dumps(body).encode()
        if self.fault in {"garbage", "nonsense"} and data:
            data = b"<html>" if self.fault == "garbage" else b"[1]"
        self.send_response(code)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    Server.fault, Server.asked, Server.library = "", [], "/data/anime"
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


Told = Callable[..., Any]


@pytest.fixture
def organized(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    """Organize one episode and one unknown video, with a configuration."""
    monkeypatch.setenv("ANIVAULT_SERVER_MY_HOME_KEY", KEY)
    (tmp_path / "dl").mkdir()
    for name in ("[SubsPlease] Sousou no Frieren - 01 (1080p).mkv", "IMG_2041.mkv"):
        (tmp_path / "dl" / name).write_bytes(name.encode())

    def organize(config: str, *more: str) -> Any:
        (tmp_path / "config.toml").write_text(config)
        words = ["organize", tmp_path / "dl", "--to", tmp_path / "lib", "--config", tmp_path / "config.toml"]
        return run(*words, *(more or ["--apply"]))

    return organize


def configured(kind: str, address: str, tmp_path: Path) -> str:
    mapped = f'paths = {{ "{tmp_path}" = "/wrong", "{tmp_path}/lib" = "/data/anime/" }}'
    return f'[servers.my-home]\nkind = "{kind}"\nurl = "{address}/"\n{mapped}\n'


def expected(kind: str) -> list[tuple[str, dict[str, Any]]]:
    folder = f"/data/anime/{SHOW}"
    if kind == "plex":
        return [("/library/sections/7/refresh", {"path": folder})]
    if kind == "kodi":
        params = {"directory": f"{folder}/", "showdialogs": False}
        return [("/jsonrpc", {"jsonrpc": "2.0", "id": 1, "method": "VideoLibrary.Scan", "params": params})]
    return [("/Library/Media/Updated", {"Updates": [{"Path": folder, "UpdateType": "Created"}]})]


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_is_told_of_the_folder_that_changed_by_its_own_name(
    organized: Told, address: str, tmp_path: Path, kind: str
) -> None:
    done = organized(configured(kind, address, tmp_path))

    assert done.code == 10
    assert "was not told" not in done.err
    assert Server.asked == expected(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_files_nothing_tells_no_server(
    organized: Told, address: str, tmp_path: Path, kind: str
) -> None:
    config = configured(kind, address, tmp_path)
    organized(config)
    Server.asked.clear()
    organized(config)
    organized(config, "--json")

    assert Server.asked == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("fault", "why"),
    [("refused", "does not take the key"), ("broken", "answered 500"), ("late", "did not answer in"),
     ("redirect", "answered 302"), ("garbage", "answered what no"), ("nonsense", "answered what no")],
)  # fmt: skip
def test_a_server_that_does_not_listen_is_named_once_and_the_run_is_done(
    organized: Told,
    address: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    fault: str,
    why: str,
) -> None:
    monkeypatch.setattr(servers, "SECONDS", 0.3)
    Server.fault = fault
    if fault in {"garbage", "nonsense"} and kind in {"jellyfin", "emby"}:
        pytest.skip("its answer has no body")
    done = organized(configured(kind, address, tmp_path))

    assert done.code == 10
    assert len(list((tmp_path / "lib").rglob("*.mkv"))) == 1
    assert done.err.count("my-home was not told") == 1
    assert why in done.err
    assert KEY not in done.err + done.out


def test_a_server_that_is_off_is_named(organized: Told, tmp_path: Path) -> None:
    done = organized(configured("jellyfin", "http://127.0.0.1:9", tmp_path))

    assert "jellyfin my-home was not told of new files: it cannot be reached" in done.err


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("key", "address", "library"),
    [("“curly”", "http://127.0.0.1:9", "/lib"), (KEY, "http://127.0.0.1:9", "/\udcff"),
     (KEY, f"http://{'a' * 300}", "/lib"), (KEY, "http://127.0.0.1:99999", "/lib"),
     (KEY, "http://[::1", "/lib"), ("two\nlines", "http://127.0.0.1:9", "/lib")],
    ids=["key", "folder", "host", "port", "no address", "lines"],
)  # fmt: skip
def test_what_http_cannot_carry_is_said_and_no_run_ends_with_it(
    kind: Any, key: str, address: str, library: str
) -> None:
    with pytest.raises(servers.TellingError):
        servers.tell(ServerSettings(kind=kind, url=address), Secret(key), [f"{library}/Shows"])


def test_a_key_with_strange_letters_costs_no_run(
    organized: Told, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANIVAULT_SERVER_MY_HOME_KEY", "“curly”")
    done = organized(configured("jellyfin", address, tmp_path))

    assert done.code == 10
    assert "my-home was not told of new files: its key" in done.err
    assert len(list((tmp_path / "lib").rglob("*.mkv"))) == 1


def test_a_plex_without_a_library_for_the_folder_says_so(
    organized: Told, address: str, tmp_path: Path
) -> None:
    Server.library = "/other"
    done = organized(configured("plex", address, tmp_path))

    assert "it has no library for /data/anime/Shows" in done.err


def test_a_key_that_others_can_read_is_not_used(
    organized: Told, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANIVAULT_SERVER_MY_HOME_KEY")
    key = Path(os.environ["XDG_CONFIG_HOME"]) / "anivault" / "server-my-home.key"
    key.parent.mkdir(parents=True)
    key.write_text(KEY)
    key.chmod(0o644)
    refused = organized(configured("jellyfin", address, tmp_path))

    assert "Others can read the key of my-home" in refused.err
    assert Server.asked == []


def test_a_webhook_gets_what_was_done_and_what_is_held(organized: Told, address: str, tmp_path: Path) -> None:
    organized(f'[tell]\nwebhook = "{address}/hook"\npage = "https://example.org/page"\n')
    ((_, told),) = Server.asked

    assert told["text"] == "AniVault: 1 file in the library, 1 held. https://example.org/page"
    assert [path.startswith(SHOW) for path in told["done"]] == [True]
    assert told["held"] == [{"file": "IMG_2041.mkv", "reason": "unmatched"}]
    assert told["counts"] == {"done": 1, "held": 1}
    assert told["run"]


def test_nobody_is_told_again_of_what_is_held_as_before(
    organized: Told, address: str, tmp_path: Path
) -> None:
    config = f'[tell]\nwebhook = "{address}/hook"\n'
    organized(config)
    organized(config)
    (tmp_path / "dl" / "IMG_2042.mkv").write_bytes(b"another")
    organized(config)
    _, (_, told) = Server.asked

    assert told["held"] == [{"file": "IMG_2042.mkv", "reason": "unmatched"}]
    assert told["counts"] == {"done": 0, "held": 1}


def test_a_webhook_that_is_off_is_named_and_the_run_is_done(organized: Told, tmp_path: Path) -> None:
    done = organized('[tell]\nwebhook = "http://127.0.0.1:9/hook"\n')

    assert done.code == 10
    assert "The webhook was not told of this run: it cannot be reached" in done.err


@pytest.fixture
def people(tmp_path: Path) -> Callable[[str], str]:
    """A file of addresses; returns the setting that names it."""

    def written(addresses: str) -> str:
        path = tmp_path / "people"
        path.write_text(addresses)
        path.chmod(0o600)
        return f'[tell]\napprise = "{path}"\npage = "https://example.org/page"\n'

    return written


def test_people_are_told_by_apprise(organized: Told, address: str, people: Callable[[str], str]) -> None:
    pytest.importorskip("apprise")
    done = organized(people(f"# me\n{address.replace('http', 'json')}/hook\n"))
    ((_, told),) = Server.asked

    assert told["message"] == "AniVault: 1 file in the library, 1 held. https://example.org/page"
    assert "of this run" not in done.err


@pytest.mark.parametrize(
    ("addresses", "said"),
    [
        ("json://127.0.0.1:9/secret-word", "Apprise could not reach them all"),
        ("nonsense", "has no address that Apprise knows"),
    ],
)
def test_people_who_cannot_be_told_are_a_notice_without_their_address(
    organized: Told, people: Callable[[str], str], addresses: str, said: str
) -> None:
    pytest.importorskip("apprise")
    done = organized(people(addresses))

    assert done.code == 10
    assert said in done.err
    assert "secret-word" not in done.out + done.err


def test_addresses_that_others_can_read_are_not_used(
    organized: Told, address: str, people: Callable[[str], str], tmp_path: Path
) -> None:
    config = people(f"{address.replace('http', 'json')}/hook\n")
    (tmp_path / "people").chmod(0o644)

    assert "Nobody was told of this run" in organized(config).err
    assert Server.asked == []


def test_without_apprise_a_notice_says_what_to_install(
    organized: Told, people: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)

    assert "pip install 'anivault[apprise]'" in organized(people("json://127.0.0.1:9")).err


@pytest.mark.parametrize(
    "config",
    [
        '[servers.x]\nkind = "jellyfin"\n',
        '[servers.x]\nkind = "winamp"\nurl = "http://x"\n',
        '[servers.x]\nkind = "plex"\nurl = "file:///etc"\n',
        '[servers."a/../b"]\nkind = "plex"\nurl = "http://x"\n',
        '[tell]\nwebhook = "nowhere"\n',
    ],
)
def test_settings_that_cannot_be_are_refused(organized: Told, config: str) -> None:
    assert organized(config).code == 22


def test_a_folder_is_called_by_the_longest_path_that_it_lies_in() -> None:
    assert servers.mapped("/a/bc/d", {"/a/b": "/x", "/a": "/y"}) == "/y/bc/d"
    assert servers.mapped("/a/b", {"/a/b": "/x/"}) == "/x"
    assert servers.mapped("/else", {"/a": "/y"}) == "/else"
