"""Write docs/pictures/page.png: the page on the demo's files, as README shows it.

    uv run python scripts/pictures/page.py

Needs Chromium and its driver. Reaches loopback only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from anivault.cli.demo_handler import write_sample  # noqa: E402
from tests.web.chromium import Chromium, chromium  # noqa: E402

PRESS = """
const all = [...document.querySelectorAll("button, a.button")];
const found = all.find(button => button.innerText.startsWith(arguments[0]));
if (found) found.click();
return Boolean(found);
"""


def main() -> None:
    """Plan and apply the demo's files through the page, and take the picture of the library."""
    with tempfile.TemporaryDirectory(prefix="anivault-picture-") as folder, chromium() as window:
        os.environ |= {"XDG_CACHE_HOME": f"{folder}/cache", "HOME": folder, "ANIVAULT_PROVIDERS": "catalog"}
        source, library = Path(folder, "Downloads"), Path(folder, "Library")
        write_sample(source)
        library.mkdir()
        words = ["serve", str(source), "--to", str(library), "--port", "0", "--json"]
        served = subprocess.Popen(
            [sys.executable, "-m", "anivault", *words], stdout=subprocess.PIPE, text=True
        )
        assert served.stdout
        try:
            _take(window, json.loads(served.stdout.readline())["text"])
        finally:
            served.terminate()
            served.communicate()


def _take(window: Chromium, link: str) -> None:
    window.width(1280)
    window.go(link)
    for button in ("Look what is there", "Apply", "See the library"):
        window.wait(lambda button=button: window.run(PRESS, button))
    window.wait(lambda: window.address.endswith("/library"))
    picture = ROOT / "docs/pictures/page.png"
    picture.parent.mkdir(exist_ok=True)
    window.picture(picture, whole=False)


if __name__ == "__main__":
    main()
