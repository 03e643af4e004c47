"""The page in a real Chromium where it is not at home: behind a proxy, and with names of every script."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from tests.web.chromium import BINARY, DRIVER, Chromium
from tests.web.test_browser import come, log_out, look, press, serving, window

__all__ = ["window"]  # a fixture
pytestmark = pytest.mark.skipif(not (BINARY and DRIVER), reason="needs chromium and chromium-driver")
NGINX = shutil.which("nginx") or ""
GUIDE = Path(__file__).parents[2] / "docs/guide/boxes.md"


def location_of_the_guide() -> str:
    """What the guide tells people to write into nginx's configuration."""
    return GUIDE.read_text(encoding="utf-8").partition("```nginx\n")[2].partition("```")[0]


@contextmanager
def nginx(folder: Path, location: str) -> Iterator[int]:
    """A real nginx with one server, which has this location; gives its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {places} server {{ listen 127.0.0.1:{port};\n{location}\n}} }}\n"
    )
    served = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(configuration)])
    try:
        end = time.monotonic() + 30
        while not _answers(port):
            assert time.monotonic() < end, served.poll()
            time.sleep(0.05)
        yield port
    finally:
        served.terminate()
        served.wait()


def _answers(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def titled(window: Chromium, page: str) -> bool:
    return page in str(window.run("return document.title"))


@pytest.mark.skipif(not NGINX, reason="needs nginx")
@pytest.mark.parametrize("taken_away", [False, True], ids=["prefix kept", "prefix taken away"])
def test_the_whole_job_goes_behind_a_proxy_with_a_path(
    window: Chromium, home: Path, tmp_path: Path, taken_away: bool
) -> None:
    (tmp_path / "Downloads").mkdir()
    (tmp_path / "Downloads/[G] Cowboy Bebop - 01.mkv").write_text("video")
    (tmp_path / "proxy").mkdir()
    with serving(tmp_path, "--prefix", "/anivault") as link:
        own = link.split("/")[2]
        location = location_of_the_guide().replace("127.0.0.1:8686", own + ("/" if taken_away else ""))
        location = location.replace("location /anivault", "location /anivault/") if taken_away else location
        with nginx(tmp_path / "proxy", location) as port:
            window.width(1280)
            window.go(link.replace(own, f"127.0.0.1:{port}"))
            press(window, "Look what is there")
            come(window, "/anivault/plan")
            press(window, "Apply")
            window.wait(lambda: "See the library" in window.text())  # told by events through the proxy
            for page in ("Library", "History", "Verify", "Settings", "Explain", "Overview"):
                press(window, page)
                window.wait(partial(titled, window, page))
                assert window.address.startswith(f"http://127.0.0.1:{port}/anivault")
            lost = window.run(
                "return performance.getEntriesByType('resource').map(one => one.name)"
                ".filter(name => !name.includes('/anivault/'))"
            )
            assert lost == []
            assert window.run("return getComputedStyle(document.body).margin") == "0px"  # its style came
            log_out(window, "/anivault/login")

    assert len(list((tmp_path / "Library").rglob("*.mkv"))) == 1


NAMES = (
    "[字幕組] 葬送のフリーレン 第01話「冒険の終わり」 (1920x1080 x264 AAC).mkv",
    "[G] Die Mädchen vom Großherzoglich-Südwestböhmischen Überraschungsübungsplatz - 01.mkv",
    "مغامرات البحار الصغير - 01 [1080p].mkv",
    "שומרי הגן הסודי - 02 [720p].mkv",
    "[Grup] Şarkıcı ve Ağaç - 03.mkv",
    "นิทานริมทาง - 04.mkv",
    "가나다라마바사 - 05.mkv",
    "W" * 150 + " - 06.mkv",
)


@pytest.mark.parametrize("language", ["en", "ja", "de"])
def test_names_of_every_script_fit_every_width(
    window: Chromium, home: Path, tmp_path: Path, language: str
) -> None:
    for name in NAMES:
        folder = tmp_path / "Downloads" / name.rpartition(" - ")[0].rpartition("]")[2].strip()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    with serving(tmp_path, ANIVAULT_LANGUAGES=language) as link:
        base = link.partition("/?")[0]
        window.width(1280)
        window.go(link)
        press(window, "Look what is there")
        come(window, "/plan")
        look(window, f"names-{language}-plan", tmp_path)
        reason = window.run("return document.querySelector('#reason option:nth-child(2)').value")
        window.go(f"{base}/plan/held?reason={reason}")
        assert all(name in window.text() for name in NAMES if name.isascii() or "مغامرات" in name)
        directions = window.run(
            "return [...document.querySelectorAll('bdi')].map(e => getComputedStyle(e).unicodeBidi)"
        )
        assert set(directions) == {"isolate"}
        look(window, f"names-{language}-held", tmp_path)
        for number in range(1, 99):
            window.go(f"{base}/review?n={number}")
            if "مغامرات" in window.text():
                break
        look(window, f"names-{language}-review", tmp_path)
        window.go(f"{base}/plan")
        press(window, "Apply")
        window.wait(lambda: "See the library" in window.text())
        press(window, "See the library")
        come(window, "/library")
        title = {"ja": "葬送のフリーレン", "de": "Frieren"}.get(language, "Frieren")
        assert title in window.text()
        look(window, f"names-{language}-library", tmp_path)
        window.go(f"{base}/explain?file={os.path.basename(NAMES[2])}")
        window.wait(lambda: "How the name reads" in window.text())
        look(window, f"names-{language}-explain", tmp_path)
