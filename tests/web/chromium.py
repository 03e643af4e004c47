"""Drive Debian's Chromium by the WebDriver protocol: a page, its keys, its pictures."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BINARY = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), "")
DRIVER = shutil.which("chromedriver") or ""
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    "--hide-scrollbars", "--lang=en",
]  # fmt: skip
PATIENCE = 120.0  # seconds that something may take on a busy machine
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Space": " ", "Escape": "\ue00c"}


def axe() -> Path | None:
    """The script of axe-core: where ANIVAULT_AXE says, or in a folder node_modules at or above this one."""
    named = os.environ.get("ANIVAULT_AXE", "")
    root = Path(__file__).resolve().parents[2]
    places = (
        [Path(named)] if named else [p / "node_modules/axe-core/axe.min.js" for p in (root, *root.parents)]
    )
    return next((place for place in places if place.is_file()), None)


class Chromium:
    """One window."""

    def __init__(self, address: str) -> None:
        self._address = address

    def call(self, method: str, path: str, **what: Any) -> Any:
        """One word to the driver."""
        body = json.dumps(what).encode() if method == "POST" else None
        request = urllib.request.Request(
            self._address + path, body, {"content-type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)["value"]

    def go(self, address: str) -> None:
        """Open a page, and wait until it is whole."""
        self.call("POST", "/url", url=address)

    @property
    def address(self) -> str:
        """Where it is."""
        return str(self.call("GET", "/url"))

    def run(self, script: str, *values: Any) -> Any:
        """Run a script in the page."""
        return self.call("POST", "/execute/sync", script=script, args=list(values))

    def text(self) -> str:
        """What the page says."""
        return str(self.run("return document.body.innerText"))

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        actions = [
            {"type": kind, "value": KEYS.get(key, key)} for key in keys for kind in ("keyDown", "keyUp")
        ]
        self.call("POST", "/actions", actions=[{"type": "key", "id": "keys", "actions": actions}])

    def wait(self, what: Callable[[], Any]) -> Any:
        """Wait until something holds."""
        end = time.monotonic() + PATIENCE
        while not (found := what()):
            if time.monotonic() > end:
                raise TimeoutError(f"{self.address}: {self.text()[:500]}")
            time.sleep(0.05)
        return found

    def width(self, pixels: int, *, dark: bool = False) -> None:
        """Make the window so wide; phones have a height of their own."""
        self._cdp(
            "Emulation.setDeviceMetricsOverride", width=pixels, height=780 if pixels < 600 else 900,
            deviceScaleFactor=1, mobile=False,
        )  # fmt: skip
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self._cdp("Emulation.setEmulatedMedia", features=scheme)

    def picture(self, file: Path, *, whole: bool = True) -> None:
        """Write what the window shows; `whole`: what lies below it too."""
        shot = self._cdp("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(shot["data"]))

    def violations(self, script: Path) -> list[str]:
        """What axe finds wrong with the page, in words."""
        self._cdp("Page.setBypassCSP", enabled=True)
        self.run(script.read_text(encoding="utf-8"))
        found = self.call(
            "POST", "/execute/async",
            script="const done = arguments[0];"
            "axe.run().then(r => done(r.violations), e => done([{id: String(e), nodes: []}]))",
            args=[],
        )  # fmt: skip
        return [f"{one['id']}: {[node['html'][:120] for node in one['nodes']]}" for one in found]

    def _cdp(self, command: str, **what: Any) -> Any:
        return self.call("POST", "/goog/cdp/execute", cmd=command, params=what)


@contextmanager
def chromium() -> Iterator[Chromium]:
    """A Chromium of its own, in a new profile."""
    with tempfile.TemporaryDirectory(prefix="anivault-chromium-", ignore_cleanup_errors=True) as profile:
        driver = subprocess.Popen(
            [DRIVER, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        try:
            port = _port(driver)
            options = {"binary": BINARY, "args": [*FLAGS, f"--user-data-dir={profile}"]}
            wanted = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}
            base = f"http://127.0.0.1:{port}/session"
            session = Chromium(base).call("POST", "", **wanted)["sessionId"]
            window = Chromium(f"{base}/{session}")
            yield window
            window.call("DELETE", "")
        finally:
            driver.terminate()
            driver.communicate()


def _port(driver: subprocess.Popen[str]) -> int:
    assert driver.stdout
    for line in driver.stdout:
        if "successfully on port" in line:
            return int(line.rstrip(". \n").rpartition(" ")[2])
    raise OSError("the driver did not start")
