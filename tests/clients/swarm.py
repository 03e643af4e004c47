"""Let a real torrent client download, call its hook, and seed on; tell what became of it.

    unshare -n python swarm.py CLIENT HOME HOOK FILED [THEN]     ends with 0 when all that is true

THEN is a command that is run while the client still seeds; what it prints is in HOME/then.out.
HOME holds `seed` (what to download: files and folders) and gets `dl` (where the client puts it) and `again`
(what a third peer got from the client, after the first one has gone). HOOK is the client's line or script,
FILED how many videos it has to bring into HOME/lib.
There is no network but the loopback device, which gets an address that clients accept as a peer's.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

HOST = "10.77.0.1"  # the tracker and the client
SEEDER, LEECH = "10.77.0.2", "10.77.0.3"  # Transmission takes two peers of one address for one
PORTS = {HOST: 51001, SEEDER: 51011, LEECH: 51021}  # the others listen at every address
TRACKER, PEER, CONTROL = 6969, PORTS[HOST], 51002
PIECE = 1 << 14


def bencode(value: object) -> bytes:
    """A value as torrents hold it."""
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str):
        return bencode(value.encode())
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, dict):
        return b"d" + b"".join(bencode(key) + bencode(value[key]) for key in sorted(value)) + b"e"
    assert isinstance(value, list)
    return b"l" + b"".join(map(bencode, value)) + b"e"


def torrent(path: Path) -> bytes:
    """A torrent of a file or a folder."""
    files = sorted(item for item in path.rglob("*") if item.is_file()) if path.is_dir() else [path]
    data = b"".join(file.read_bytes() for file in files)
    pieces = b"".join(hashlib.sha1(data[at : at + PIECE]).digest() for at in range(0, len(data), PIECE))
    info: dict[str, object] = {"name": path.name, "piece length": PIECE, "pieces": pieces, "private": 1}
    if path.is_dir():
        info["files"] = [
            {"length": file.stat().st_size, "path": list(file.relative_to(path).parts)} for file in files
        ]
    else:
        info["length"] = len(data)
    return bencode({"announce": f"http://{HOST}:{TRACKER}/announce", "info": info})


class Tracker(BaseHTTPRequestHandler):
    """Tells every peer of a torrent the others; one that stops is forgotten."""

    peers: ClassVar[dict[str, set[tuple[str, int]]]] = {}

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path != "/announce":
            self.send_error(404)
            return
        words = dict(pair.split("=", 1) for pair in query.split("&"))
        here = self.client_address[0], int(words["port"])
        peers = self.peers.setdefault(words["info_hash"].lower(), set())
        (peers.discard if words.get("event") == "stopped" else peers.add)(here)
        others = b"".join(bytes(map(int, ip.split("."))) + port.to_bytes(2) for ip, port in peers - {here})
        body = bencode({"interval": 2, "min interval": 1, "peers": others})
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Say nothing."""


def wait(ready: Callable[[], bool], what: str, seconds: float = 150) -> None:
    """Wait until something is so; a busy machine takes its time, and one that sleeps does not count."""
    for _ in range(int(seconds / 0.2)):
        with suppress(OSError, ValueError, subprocess.SubprocessError):
            if ready():
                return
        time.sleep(0.2)
    raise TimeoutError(what)


@contextmanager
def running(home: Path, *command: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program, its output in a file named after it, until the end."""
    words = [str(word) for word in command]
    with (home / f"{Path(words[0]).name}.log").open("ab") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log, env={**os.environ, "HOME": str(home)})
        try:
            yield process
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(15)
            process.kill()
            process.wait()


def aria2(home: Path, folder: Path, host: str, torrents: list[Path], *more: str) -> list[str | Path]:
    """The command of an aria2 that downloads, or checks and seeds what is there."""
    quiet = ["--enable-dht=false", "--enable-peer-exchange=false", "--bt-enable-lpd=false", "--no-conf"]
    seeds = [
        "--seed-ratio=0.0",
        f"--interface={host}",
        f"--listen-port={PORTS[host]}",
        f"--dir={folder}",
        "--bt-tracker-interval=2",
    ]
    return ["aria2c", *quiet, *seeds, "--check-integrity=true", "--console-log-level=warn", *more, *torrents]


@contextmanager
def in_aria2(home: Path, hook: str, torrents: list[Path]) -> Iterator[None]:
    """An aria2 with its hook."""
    options = [f"--on-bt-download-complete={script(home, hook)}"]
    with running(home, *aria2(home, home / "dl", HOST, torrents, *options)):
        yield


def script(home: Path, text: str) -> Path:
    """A hook in a file of its own."""
    path = home / "anivault-done"
    path.write_text(text)
    path.chmod(0o755)
    return path


def call(url: str, data: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
    """Ask a client that runs here."""
    request = urllib.request.Request(f"http://127.0.0.1:{CONTROL}{url}", data, headers or {})
    with urllib.request.urlopen(request, timeout=10) as answer:
        got: bytes = answer.read()
        return got


QBITTORRENT = f"""
[LegalNotice]
Accepted=true
[Preferences]
WebUI\\Enabled=true
WebUI\\Address=127.0.0.1
WebUI\\Port={CONTROL}
WebUI\\LocalHostAuth=false
[BitTorrent]
Session\\DHTEnabled=false
Session\\LSDEnabled=false
Session\\PeXEnabled=false
Session\\MultiConnectionsPerIp=true
"""


@contextmanager
def in_qbittorrent(home: Path, hook: str, torrents: list[Path]) -> Iterator[None]:
    """A qBittorrent whose hook is set as its page does it.

    Its profile holds the socket by which torrents come, whose path has room for 107 bytes.
    """
    with tempfile.TemporaryDirectory(prefix="q") as profile:
        folder = Path(profile, "qBittorrent", "config")
        folder.mkdir(parents=True)
        (folder / "qBittorrent.conf").write_text(QBITTORRENT)
        words = ["qbittorrent-nox", f"--profile={profile}"]
        with running(home, *words, f"--torrenting-port={PEER}"):
            wait(lambda: bool(call("/api/v2/app/version")), "qbittorrent did not start")
            chosen = json.dumps({"autorun_enabled": True, "autorun_program": hook.strip()})
            call("/api/v2/app/setPreferences", urllib.parse.urlencode({"json": chosen}).encode())
            for path in torrents:
                add = [*words, f"--save-path={home}/dl", str(path)]
                environment = {**os.environ, "HOME": str(home)}
                subprocess.run(add, env=environment, check=False, capture_output=True, timeout=30)
            yield


TRANSMISSION = {
    "dht-enabled": False, "lpd-enabled": False, "pex-enabled": False, "utp-enabled": False,
    "peer-port": PEER, "rpc-port": CONTROL, "rpc-bind-address": "127.0.0.1",
    "script-torrent-done-enabled": True, "ratio-limit-enabled": False,
}  # fmt: skip


@contextmanager
def in_transmission(home: Path, hook: str, torrents: list[Path]) -> Iterator[None]:
    """A Transmission whose script is set in its file."""
    more = {"script-torrent-done-filename": str(script(home, hook)), "download-dir": f"{home}/dl"}
    (home / "settings.json").write_text(json.dumps({**TRANSMISSION, **more}))
    with running(home, "transmission-daemon", "-f", "--config-dir", home, "--no-auth"):
        remote = ["transmission-remote", f"127.0.0.1:{CONTROL}"]
        wait(
            lambda: subprocess.run([*remote, "-si"], capture_output=True, check=False).returncode == 0,
            "transmission did not start",
        )
        for path in torrents:
            subprocess.run([*remote, "-a", str(path)], check=True, capture_output=True, timeout=30)
        yield


@contextmanager
def in_deluge(home: Path, hook: str, torrents: list[Path]) -> Iterator[None]:
    """A Deluge with the plug-in Execute."""
    config = home / "deluge"
    config.mkdir()
    core: dict[str, Any] = {
        "daemon_port": CONTROL, "listen_ports": [PEER, PEER], "random_port": False, "dht": False,
        "lsd": False, "utpex": False, "upnp": False, "natpmp": False, "enabled_plugins": ["Execute"],
        "download_location": f"{home}/dl",
    }  # fmt: skip
    head = json.dumps({"file": 1, "format": 1})
    (config / "core.conf").write_text(head + json.dumps(core))
    command = [["1" * 40, "complete", str(script(home, hook))]]
    (config / "execute.conf").write_text(head + json.dumps({"commands": command}))
    with running(home, "deluged", "-d", "-c", config, "-p", str(CONTROL)):
        console = ["deluge-console", "-c", str(config), "-d", "127.0.0.1", "-p", str(CONTROL)]
        names = dict(line.split(":")[:2] for line in _auth(config))
        console += ["-U", "localclient", "-P", names["localclient"]]
        add = "; ".join(f'add -p "{home}/dl" "{path}"' for path in torrents)
        wait(lambda: _says(b"Torrent added", *console, add), "deluge took no torrent")
        yield


def _says(word: bytes, *command: str) -> bool:
    return word in subprocess.run(command, capture_output=True, check=False).stdout


def _auth(config: Path) -> list[str]:
    wait(lambda: "localclient:" in (config / "auth").read_text(), "deluge did not start")
    return (config / "auth").read_text().splitlines()


CLIENTS = {
    "qbittorrent-nox": in_qbittorrent,
    "transmission-daemon": in_transmission,
    "deluged": in_deluge,
    "aria2c": in_aria2,
}


def same(one: Path, other: Path) -> bool:
    """Whether all content of `one` is in `other` too; Transmission saves some names in another way."""
    contents = [
        {file.read_bytes() for file in folder.rglob("*") if file.is_file()} for folder in (one, other)
    ]
    return contents[0] <= contents[1]


def main(client: str, home: Path, hook: str, filed: int, then: str = "") -> None:
    """Run inside the namespace."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in (HOST, SEEDER, LEECH):
        subprocess.run(["ip", "addr", "add", f"{address}/24", "dev", "lo"], check=True)
    for name in ("torrents", "dl", "again"):
        (home / name).mkdir()
    torrents = []
    for number, path in enumerate(sorted((home / "seed").iterdir())):
        torrents.append(home / "torrents" / f"{number}.torrent")
        torrents[-1].write_bytes(torrent(path))
    server = ThreadingHTTPServer((HOST, TRACKER), Tracker)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with ExitStack() as stack:
        with running(home, *aria2(home, home / "seed", SEEDER, torrents)):
            stack.enter_context(CLIENTS[client](home, hook, torrents))
            wait(lambda: same(home / "seed", home / "dl"), "the client did not download")
            library = home / "lib"
            wait(lambda: len(list(library.rglob("*.mkv"))) >= filed, "the hook filed nothing")
        if then:
            with (home / "then.out").open("wb") as out:
                subprocess.run(["sh", "-c", then], stdout=out, stderr=out, timeout=60, check=False)
        if client == "deluged":  # its upload to a peer at another address did not begin in two minutes
            return
        for peers in Tracker.peers.values():
            peers.discard((SEEDER, PORTS[SEEDER]))
        stack.enter_context(running(home, *aria2(home, home / "again", LEECH, torrents)))
        wait(lambda: same(home / "seed", home / "again"), "the client does not seed any more")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), *sys.argv[5:])
