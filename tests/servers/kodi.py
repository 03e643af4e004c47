"""Let a real Kodi scan a library on its own, and tell what landed in its database.

    unshare -n python kodi.py HOME LIBRARY [COMMAND...]     prints JSON: shows, episodes, films

It runs under Xvfb with a new home and no network, on NFO files alone. The first start makes the
database; then the content of Shows and Movies is set in it, as a person would; the second start scans.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

BINARY = next(iter(Path("/usr/lib").glob("*/kodi/kodi.bin")), None)
SETTINGS = {
    "services.esenabled": "true",  # the JSON-RPC socket
    "services.esallinterfaces": "false",
    "services.webserver": "true",
    "services.webserverport": "8081",
    "services.webserverauthentication": "true",
    "services.webserverusername": "kodi",
    "services.webserverpassword": "secret",
    "services.zeroconf": "false",
    "services.upnp": "false",
    "general.addonupdates": "2",
    "videolibrary.updateonstartup": "false",
    "myvideos.extractflags": "false",
    "myvideos.extractthumb": "false",
}
NETWORK = ["link set lo up"]
# Kodi's web server starts only where there is a network: a pair of ends that lead to each other.
LINK = [
    "link add a0 type veth peer name a1", "addr add 10.9.9.1/24 dev a0", "link set a0 up", "link set a1 up",
    "route add default dev a0",
]  # fmt: skip


def installed() -> bool:
    """Tell whether all that is needed is here, network namespaces too."""
    tools = all(map(shutil.which, ("Xvfb", "unshare", "ip")))
    if not (BINARY and tools and Path("/usr/share/kodi").is_dir()):
        return False
    return subprocess.run(["unshare", "-n", "true"], check=False).returncode == 0


def read_library(home: Path, library: Path, words: Sequence[str] = ()) -> dict[str, list[dict[str, Any]]]:
    """Scan `library` in a Kodi without network; the paths that come back are relative to it.

    With `words` nothing but that command, which tells Kodi, has it scan.
    """
    command = ["unshare", "-n", sys.executable, str(Path(__file__)), str(home), str(library), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)
    for row in (*found["episodes"], *found["films"]):
        parts = row["path"].rpartition("stack://")[2].split(" , ")  # a film in parts is a stack of them
        row["paths"] = [part.removeprefix(f"{library}/") for part in parts]
        row["path"] = row["paths"][0]
    return found


def prepare(home: Path) -> Path:
    """Write the settings of a new home; returns its userdata."""
    userdata = home / ".kodi" / "userdata"
    userdata.mkdir(parents=True)
    (home / "run").mkdir(mode=0o700)
    settings = "".join(f'<setting id="{key}">{value}</setting>' for key, value in SETTINGS.items())
    (userdata / "guisettings.xml").write_text(f'<settings version="2">{settings}</settings>')
    return userdata


@contextmanager
def screen() -> Iterator[str]:
    """An X server on a number of its own choice."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "640x480x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL) as server:
        number = os.read(reader, 16).decode().strip()
        try:
            yield f":{number}"
        finally:
            server.terminate()


@contextmanager
def kodi(home: Path, display: str) -> Iterator[None]:
    """A running Kodi that answers."""
    more = {
        "HOME": str(home),
        "DISPLAY": display,
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "XDG_RUNTIME_DIR": f"{home}/run",
    }
    command = [str(BINARY), "--standalone"]
    process = subprocess.Popen(
        command, env={**os.environ, **more}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await_answer()
        yield
        with suppress(OSError):
            call("Application.Quit")
        process.wait(30)
    finally:
        process.kill()
        process.wait()


def _await_answer() -> None:
    """Wait until Kodi is up; a busy machine takes minutes."""
    for _ in range(1000):
        with suppress(OSError):
            call("JSONRPC.Ping")
            return
        time.sleep(0.2)
    raise TimeoutError("kodi did not start")


def call(method: str, params: dict[str, Any] | None = None, wait: str = "", timeout: float = 10) -> None:
    """Call a method; return at its answer, or at the notification `wait`."""
    request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}
    with socket.create_connection(("127.0.0.1", 9090), 3) as connection:
        connection.settimeout(timeout)
        connection.sendall(json.dumps(request).encode())
        heard = b""
        while (wait.encode() if wait else b'"id":1') not in heard:
            heard += connection.recv(65536) or (_ for _ in ()).throw(ConnectionError("kodi hung up"))


def set_content(database: Path, library: Path) -> None:
    """Say what Shows and Movies hold, films in any depth, with local NFO only."""
    with sqlite3.connect(database) as db:
        for folder, content, depth in (("Shows", "tvshows", 0), ("Movies", "movies", 2**31 - 1)):
            db.execute(
                "insert into path(strPath, strContent, strScraper, strHash, scanRecursive, useFolderNames,"
                " strSettings, noUpdate, exclude) values(?, ?, 'metadata.local', '', ?, 0, '', 0, 0)",
                (f"{library}/{folder}/", content, depth),
            )
    db.close()


def report(database: Path) -> dict[str, list[dict[str, Any]]]:
    """What the library has: paths are whole."""
    db = sqlite3.connect(database)
    db.row_factory = sqlite3.Row
    queries = {
        "shows": "select c00 title, c01 plot, c05 premiered from tvshow order by 1",
        "episodes": "select t.c00 show, cast(e.c12 as int) season, cast(e.c13 as int) episode,"
        " e.c00 title, e.c01 plot, e.c05 aired, cast(e.c15 as int) after_season,"
        " p.strPath || f.strFilename path"
        " from episode e join tvshow t using(idShow)"
        " join files f using(idFile) join path p on p.idPath = f.idPath",
        "films": "select c00 title, c01 plot, p.strPath || f.strFilename path"
        " from movie join files f using(idFile)"
        " join path p on p.idPath = f.idPath",
        "ids": "select media_type, type, value from uniqueid",
    }
    found = {name: [dict(row) for row in db.execute(query)] for name, query in queries.items()}
    db.close()
    return found


def _await_episode(database: Path) -> None:
    """Wait until an episode is in the library, or the minute after which none will come."""
    for _ in range(300):
        if report(database)["episodes"]:
            return
        time.sleep(0.2)


def main(home: Path, library: Path, words: list[str]) -> None:
    """Run inside the namespace. With `words` it is that command that has Kodi scan."""
    for line in (*NETWORK, *LINK) if words else NETWORK:
        subprocess.run(["ip", *line.split()], check=True)
    userdata = prepare(home)
    with screen() as display:
        with kodi(home, display):
            pass
        database = max((userdata / "Database").glob("MyVideos*.db"))
        set_content(database, library)
        with kodi(home, display):
            if words:
                subprocess.run(words, check=False, stdout=sys.stderr)
                _await_episode(database)
            else:
                call(
                    "VideoLibrary.Scan",
                    {"showdialogs": False},
                    wait="VideoLibrary.OnScanFinished",
                    timeout=400,
                )
    json.dump(report(database), sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
