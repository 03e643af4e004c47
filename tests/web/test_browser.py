"""The page in a real Chromium: the whole job by keyboard, at three widths, with a screen reader's eyes.

ANIVAULT_PICTURES names a folder for the pictures of every page; they are made to be looked at.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from anivault.cli.demo_handler import tree, write_sample
from anivault.core.moving.journal.turns import turn
from tests.web.chromium import BINARY, DRIVER, Chromium, axe, chromium

pytestmark = pytest.mark.skipif(not (BINARY and DRIVER), reason="needs chromium and chromium-driver")
WIDTHS = (360, 1280, 2560)
MOST_TABS = 150
APART = """return [...document.querySelectorAll('label[for]')].filter(label => {
  const one = label.getBoundingClientRect();
  const other = document.getElementById(label.htmlFor).getBoundingClientRect();
  const apart = other.left < one.left || one.top > other.bottom || other.top > one.bottom + 24;
  return label.innerText && other.height && apart;
}).map(label => label.innerText)"""

ONE_WAY = """return [...document.querySelectorAll('input')].filter(one =>
  ['text', 'search'].includes(one.type) && !one.readOnly && one.dir !== 'auto').map(one => one.name)"""
EMPTY = "return [...document.querySelectorAll('main p')].filter(one => !one.textContent.trim()).length"


@contextmanager
def serving(folder: Path, *more: str, **environment: str) -> Iterator[str]:
    """The page of the downloads and the library in a folder; gives the link that lets one browser in."""
    (folder / "Library").mkdir(exist_ok=True)
    words = [
        "serve",
        str(folder / "Downloads"),
        "--to",
        str(folder / "Library"),
        "--port",
        "0",
        "--json",
        *more,
    ]
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "ANIVAULT_PROVIDERS": "catalog",
        **environment,
    }
    served = subprocess.Popen(
        [sys.executable, "-m", "anivault", *words], stdout=subprocess.PIPE, text=True, env=env
    )
    try:
        assert served.stdout
        yield json.loads(served.stdout.readline())["text"]
    finally:
        served.terminate()
        served.communicate()


@pytest.fixture
def link(home: Path, tmp_path: Path) -> Iterator[str]:
    """The page of the demo's files, and the link that lets one browser in."""
    write_sample(tmp_path / "Downloads")
    with serving(tmp_path) as link:
        yield link


@pytest.fixture(scope="module")
def window() -> Iterator[Chromium]:
    with chromium() as window:
        yield window


def press(window: Chromium, label: str) -> None:
    """Go with Tab to the link or button of this name, see that it shows, and press Enter."""
    now = "const e = document.activeElement; return [e.innerText || '', getComputedStyle(e).outlineStyle]"
    for _ in range(MOST_TABS):
        window.press("Tab")
        text, outline = window.run(now)
        if text.strip().startswith(label):
            assert outline != "none", f"nobody sees that {label!r} has the focus"
            window.press("Enter")
            return
    raise AssertionError(f"Tab does not lead to {label!r} on {window.address}")


def come(window: Chromium, end: str) -> None:
    """Wait until the page whose address ends so is whole."""
    ready = "return document.readyState === 'complete'"
    window.wait(lambda: window.address.split("?")[0].endswith(end) and window.run(ready))


def log_out(window: Chromium, end: str = "/login") -> None:
    """Log out, and say that it is meant: no password is set."""
    press(window, "Log out")
    come(window, "/logout")
    press(window, "To the content")  # else the next one is that of the navigation
    press(window, "Log out")
    come(window, end)


def look(window: Chromium, name: str, tmp_path: Path) -> None:
    """See that a page fits every width, take its pictures, and let axe look at it, light and dark."""
    folder = Path(os.environ.get("ANIVAULT_PICTURES", "") or tmp_path / "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    script = axe()
    for width in WIDTHS:
        window.width(width, dark=width == WIDTHS[-1])
        assert window.run("return document.documentElement.scrollWidth") <= width, (
            f"{name} is wider than {width}"
        )
        assert window.run(APART) == [], f"{name} at {width}: labels stand apart from their fields"
        window.picture(folder / f"{name}-{width}.png")
        assert window.run(ONE_WAY) == [], f"{name}: names of Hebrew and Arabic are typed from their end"
        assert window.run(EMPTY) == 0, f"{name}: what belongs into a paragraph stands outside of it"
        if script:
            assert window.violations(script) == [], f"{name} at {width}"
    window.width(1280)


def test_the_whole_job_by_keyboard_only(window: Chromium, link: str, tmp_path: Path) -> None:
    source, library = tmp_path / "Downloads", tmp_path / "Library"
    before, base = tree(source), link.partition("/?")[0]
    window.width(1280)
    window.go(link)
    look(window, "overview-new", tmp_path)
    press(window, "Look what is there")
    come(window, "/plan")
    look(window, "plan", tmp_path)

    press(window, "Answer")
    come(window, "/review")
    look(window, "review", tmp_path)
    first = window.run("return document.querySelector('#what').innerText")
    window.press("1")
    window.wait(lambda: "Taken:" in window.text())
    window.press("u")
    window.wait(lambda: window.run("return document.querySelector('#what').innerText") == first)
    window.press("1")
    window.wait(lambda: "Taken:" in window.text())
    look(window, "review-answered", tmp_path)
    window.press("p")
    come(window, "/plan")

    press(window, "Apply")
    window.wait(lambda: "Done" in window.text() and "See the library" in window.text())
    moved = len(tree(library)) - len([place for place in tree(library) if place.startswith(".anivault")])
    assert moved > 40
    look(window, "applied", tmp_path)
    press(window, "See the library")
    come(window, "/library")
    look(window, "library", tmp_path)
    window.go(window.run("return document.querySelector('a.show[href*=Frieren]').href"))
    look(window, "show", tmp_path)

    press(window, "Verify")
    come(window, "/verify")
    press(window, "Deep")
    window.wait(lambda: "All as it was left" in window.text())
    look(window, "verify", tmp_path)

    press(window, "History")
    come(window, "/history")
    look(window, "history", tmp_path)
    press(window, "Filed by hard links")
    come(window, "/history/run")
    look(window, "run", tmp_path)
    press(window, "Take it back")
    come(window, "/undo")
    look(window, "undo", tmp_path)
    press(window, "Take back")
    window.wait(lambda: "Done" in window.text())
    assert tree(source) == before
    assert not tree(library)

    for name in ("", "settings", "more", "explain?file=%5BHorribleSubs%5D%20Haikyuu!!%20-%2026.mkv"):
        window.go(f"{base}/{name}")
        look(window, name.partition("?")[0] or "overview", tmp_path)
        if name == "settings":  # the forms that unfold
            window.run("document.querySelectorAll('details').forEach(one => one.open = true)")
            look(window, "settings-open", tmp_path)
    log_out(window)
    look(window, "login", tmp_path)


def test_without_scripts_the_job_goes_too(window: Chromium, link: str, tmp_path: Path) -> None:
    window._cdp("Emulation.setScriptExecutionDisabled", value=True)
    try:
        window.go(link)
        _click(window, "Look what is there")
        come_without_scripts(window, "/plan")
        _click(window, "Apply")
        window.wait(lambda: "See the library" in str(window.call("GET", "/source")))
    finally:
        window._cdp("Emulation.setScriptExecutionDisabled", value=False)
    assert tree(tmp_path / "Library")


def come_without_scripts(window: Chromium, end: str) -> None:
    window.wait(lambda: window.address.split("?")[0].endswith(end))


def _click(window: Chromium, label: str) -> None:
    path = f"//button[starts-with(normalize-space(.), '{label}')]"
    (found,) = window.call("POST", "/element", using="xpath", value=path).values()
    window.call("POST", f"/element/{found}/click")


def test_going_back_after_apply_shows_what_is_true_by_then(
    window: Chromium, link: str, tmp_path: Path
) -> None:
    window.go(link)
    press(window, "Look what is there")
    come(window, "/plan")
    press(window, "Apply")
    window.wait(lambda: "See the library" in window.text())
    window.call("POST", "/back")

    come(window, "/plan")
    window.wait(lambda: "There is no plan now" in window.text())


def test_a_page_whose_server_is_gone_says_that_what_it_shows_may_be_old(
    window: Chromium, home: Path, tmp_path: Path
) -> None:
    write_sample(tmp_path / "Downloads")
    (home / "config/anivault").mkdir(parents=True)
    (home / "config/anivault/config.toml").write_text("[library]\nwait = 600\n")
    with turn(str(tmp_path / "Library"), shared=False), serving(tmp_path) as link:
        window.width(360)
        window.go(link)
        press(window, "Look what is there")
        come(window, "/plan")
        press(window, "Apply")
        window.wait(lambda: "Waiting for another AniVault" in window.text())
        assert "No connection" not in window.text()
        look(window, "working-waits", tmp_path)
    window.wait(lambda: "No connection to AniVault" in window.text())
    look(window, "working-lost", tmp_path)
