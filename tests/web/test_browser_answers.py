"""What people change, in a real Chromium: the plan's places, files left out, answers by key, and posters."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from anivault.core.matching.pins import load
from anivault.services.remembered import ignored
from tests.cli.files.test_review import FILMS, cinema, pile
from tests.tmdb_server.bench import CANARY, small
from tests.tmdb_server.server import Reply, Server
from tests.web.chromium import BINARY, DRIVER, Chromium
from tests.web.pages.test_review import alike, another_season
from tests.web.test_browser import come, log_out, look, press, serving, window

__all__ = ["window"]  # a fixture
pytestmark = pytest.mark.skipif(not (BINARY and DRIVER), reason="needs chromium and chromium-driver")
TORADORA, BEBOP = "[G] Toradora! - 02.mkv", "[G] Cowboy Bebop - 01.mkv"
SHOWN = "return [...document.querySelectorAll('.poster img')].filter(one => one.naturalWidth > 2).length"


def png(width: int, height: int) -> bytes:
    """A grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def planned(window: Chromium, link: str) -> str:
    """Come in by the link and have the plan made; gives the address of the page."""
    window.width(1280)
    window.go(link)
    press(window, "Look what is there")
    come(window, "/plan")
    return link.partition("/?")[0]


def test_the_plan_is_changed_by_keyboard(window: Chromium, home: Path, tmp_path: Path) -> None:
    for name in (TORADORA, "[G] Toradora! - 02.en.ass", BEBOP, "Zzqqx Wwvv - 01.mkv"):
        (tmp_path / "Downloads").mkdir(exist_ok=True)
        (tmp_path / "Downloads" / name).write_text(name)
    with serving(tmp_path) as link:
        base = planned(window, link)

        press(window, "Toradora!")  # unfolds
        press(window, "Toradora! S01E02.mkv")
        come(window, "/plan/file")
        look(window, "plan-file", tmp_path)
        press(window, "To the content")  # else the next one is that of the navigation
        press(window, "Explain")
        window.wait(lambda: "How the name reads" in window.text())
        look(window, "explain-file", tmp_path)
        window.call("POST", "/back")
        come(window, "/plan/file")
        window.run("document.querySelector('#season').select()")
        window.press("0", "Tab", "7", "Enter")
        come(window, "/plan")
        window.wait(lambda: "Toradora!" in window.text())
        (pin,) = load(tmp_path / "Library/.anivault/pins.toml")
        assert (pin.season, pin.offset, pin.episodes) == (0, 5, "2")

        press(window, "Cowboy Bebop")
        window.wait(lambda: "Cowboy Bebop S01E01.mkv" in window.text())
        press(window, "Leave out")
        window.wait(lambda: window.run("return document.querySelectorAll('li.out').length") == 1)
        window.wait(lambda: "2 files to hardlink, 1 left out by you" in window.text())
        assert "0 files, 1 left out" in window.text()
        look(window, "plan-one-left-out", tmp_path)
        window.go(f"{base}/plan?state=left-out")
        look(window, "plan-left-out", tmp_path)
        assert "Cowboy Bebop S01E01.mkv" in window.text()
        window.go(f"{base}/plan")
        window.run("const e = document.querySelector('#reason'); e.selectedIndex = 1; e.form.requestSubmit()")
        window.wait(lambda: "reason=" in window.address)
        look(window, "plan-reason", tmp_path)
        assert "Cowboy Bebop" not in window.text()
        window.run("document.querySelector('details.fold').open = true")
        window.wait(lambda: "Zzqqx" in window.text())

        window.go(f"{base}/plan")
        press(window, "Apply")
        window.wait(lambda: "See the library" in window.text())

    filed = sorted(path.name for path in (tmp_path / "Library/Shows").rglob("*.*") if path.is_file())
    assert filed == ["Toradora! S00E07.en.ass", "Toradora! S00E07.mkv"]


def test_the_review_is_walked_by_its_keys(window: Chromium, home: Path, tmp_path: Path) -> None:
    pile(tmp_path / "Downloads")
    alike(tmp_path / "Downloads")
    with serving(tmp_path) as link:
        base = planned(window, link)
        pins = tmp_path / "Library/.anivault/pins.toml"

        def ask(begin: str) -> None:
            """Go to the question whose title begins so, by the list of those that come."""
            for number in range(1, 99):
                window.go(f"{base}/review?n={number}")
                if str(window.run("return document.querySelector('#what')?.innerText || ''")).startswith(
                    begin
                ):
                    return
            raise AssertionError(begin)

        ask("Zzqqx")
        window.press("n")
        window.wait(lambda: "never asked about again" in window.text())
        assert any(
            "Zzqqx" in line for found in ignored.listed(str(tmp_path / "Library")) for line in found.lines
        )
        window.press("u")
        window.wait(
            lambda: str(window.run("return document.querySelector('#what').innerText")).startswith("Zzqqx")
        )
        assert not ignored.listed(str(tmp_path / "Library"))

        ask("Fullmetal")
        window.press("a")  # in all four releases
        window.wait(lambda: "Taken:" in window.text())
        assert len(load(pins)) >= 2
        window.press("u")
        window.wait(lambda: "Taken:" not in window.text())
        assert load(pins) == ()

        window.press("x")
        window.wait(lambda: "Taken: extras of" in window.text())
        assert [pin.extra for pin in load(pins)] == [True]
        window.press("u")
        window.wait(lambda: "Taken:" not in window.text())

        window.press("/")  # the search has the focus; what is typed then is no key
        window.press(*"x", "Escape")
        assert "Taken:" not in window.text()
        window.press("l")
        window.wait(lambda: "Put off." in window.text())


def test_several_unknown_releases_are_one_question_and_a_place_is_looked_at_before_it_is_taken(
    window: Chromium, home: Path, tmp_path: Path
) -> None:
    another_season(cinema(tmp_path / "Downloads", *FILMS))
    with serving(tmp_path) as link:
        base = planned(window, link)
        window.go(f"{base}/review")
        window.wait(lambda: "4 files of 4 shows or films" in window.text())
        look(window, "review-several", tmp_path)
        window.press("n")
        window.wait(lambda: "never asked about again" in window.text())
        window.press("u")
        window.wait(lambda: "4 files of 4 shows or films" in window.text())
        window.press("e")
        window.wait(lambda: "4 files of" not in window.text())
        assert window.run("return document.querySelector('#what').innerText").startswith("Kkz Jjq")
        assert not ignored.listed(str(tmp_path / "Library"))

        for number in range(1, 99):
            window.go(f"{base}/review?n={number}")
            if "Toradora! S04E01" in window.text():
                break
        window.press("i")  # the form unfolds and has the focus
        window.press(*"tmdb:42916", "Tab", "1", "Tab", "3", "Enter")
        window.wait(lambda: "S01E03" in window.text())
        assert "The names say season 4, and the pin says season 1: the pin wins." in window.text()
        look(window, "review-against", tmp_path)
        assert load(tmp_path / "Library/.anivault/pins.toml") == ()
        window.run("document.querySelector('#found button').focus()")
        window.press("Enter")
        window.wait(lambda: "Taken:" in window.text())
        (pin,) = load(tmp_path / "Library/.anivault/pins.toml")
        assert (pin.id, pin.season, pin.offset) == ("tmdb:42916", 1, 2)


def test_a_key_takes_only_what_is_seen(window: Chromium, home: Path, tmp_path: Path) -> None:
    (tmp_path / "Downloads/Family").mkdir(parents=True)
    (tmp_path / "Downloads/Family/Christmas at grandma's 2014.mp4").write_text("x")
    pins = tmp_path / "Library/.anivault/pins.toml"
    with serving(tmp_path) as link:
        window.go(f"{planned(window, link)}/review")
        window.wait(lambda: "More shows" in window.text())
        window.press("1")
        window.press("/", *"The Gundam", "Enter")
        window.wait(lambda: "More shows are called so" in window.text())
        assert (
            window.run("return getComputedStyle(document.querySelector('#found ul')).listStyleType") == "none"
        )
        assert load(pins) == ()
        look(window, "review-search", tmp_path)

        window.press("Escape", "m", "1")
        window.wait(lambda: "Taken:" in window.text())
        assert len(load(pins)) == 1
        look(window, "review-answered", tmp_path)


def test_a_second_window_sees_which_answer_stands(window: Chromium, home: Path, tmp_path: Path) -> None:
    alike(tmp_path / "Downloads")
    pins = tmp_path / "Library/.anivault/pins.toml"
    with serving(tmp_path) as link:
        base = planned(window, link)
        window.go(f"{base}/review")
        shown = window.run("return document.querySelector('form.take, form:has(.take)').outerHTML")
        asked = str(shown).replace('name="choice" value="0"', 'name="choice" value="1"')
        window.press("1")
        window.wait(lambda: "Taken:" in window.text())
        (first, *_) = load(pins)
        window.run("document.querySelector('main').insertAdjacentHTML('afterbegin', arguments[0])", asked)
        window.run("document.querySelector('main form button').click()")
        window.wait(lambda: "Answered already" in window.text())
        look(window, "review-stands", tmp_path)
        press(window, "Keep it as it is")
        come(window, "/review")
        assert load(pins)[0] == first

        window.press("u")
        window.wait(lambda: "Taken:" not in window.text())
        window.press("l")
        window.wait(lambda: "Put off." in window.text())
        look(window, "review-put-off", tmp_path)
        for _ in range(9):
            if "You have put off 4 questions" in window.text():
                break
            window.press("l")
            window.wait(lambda: window.run("return document.readyState") == "complete")
        window.go(f"{base}/review")
        look(window, "review-end", tmp_path)
        window.go(f"{base}/settings")
        window.run("document.querySelector('#ignore').value = '*'")
        window.run("document.querySelector('#ignore').form.requestSubmit()")
        window.wait(lambda: "Leave all that out?" in window.text())
        look(window, "settings-wide", tmp_path)
        press(window, "Change nothing")
        come(window, "/settings")
        look(window, "settings", tmp_path)
        window.go(f"{base}/explain?file=/mnt/elsewhere/Toradora!/Toradora! - 07.mkv")
        look(window, "explain-outside", tmp_path)
        window.go(base)
        look(window, "overview-reviewed", tmp_path)
        log_out(window)
        look(window, "login", tmp_path)


def test_a_pin_is_looked_at_before_it_is_written(window: Chromium, home: Path, tmp_path: Path) -> None:
    (tmp_path / "Downloads").mkdir()
    for n in (5, 6, 7):
        (tmp_path / f"Downloads/[G] Toradora! S01E0{n}.mkv").write_text(f"{n}")
    pins = tmp_path / "Library/.anivault/pins.toml"
    with serving(tmp_path) as link:
        base = link.partition("/?")[0]
        window.width(1280)
        window.go(link)
        window.go(f"{base}/settings")
        press(window, "Make a pin")
        for what in ("Toradora!", "tmdb:42916", "0", "1"):
            window.press("Tab", *what)
        press(window, "Look what changes")
        come(window, "/settings/preview")
        assert "Toradora! (2008) S01E05 → Toradora! (2008) S00E06" in window.text()
        assert "3 files: The names say season 1, and the pin says season 0: the pin wins." in window.text()
        assert load(pins) == ()
        look(window, "settings-preview", tmp_path)
        press(window, "Leave it")
        come(window, "/settings")
        assert load(pins) == ()
        window.go(f"{base}/settings/preview")
        press(window, "Pin it")
        come(window, "/settings")
        window.wait(lambda: "Pinned." in window.text())
        assert "season 0, numbers +1" in window.text()
        look(window, "settings-pinned", tmp_path)

        press(window, "Change")
        window.press("Tab", "Tab", "1")
        press(window, "Look what changes")
        come(window, "/settings/preview")
        press(window, "Pin it")
        window.wait(lambda: "Pinned." in window.text())
    (pin,) = load(pins)
    assert (pin.title, pin.season, pin.offset) == ("Toradora!", 1, 1)


def test_posters_are_seen_where_there_is_a_key(window: Chromium, home: Path, tmp_path: Path) -> None:
    (tmp_path / "Downloads").mkdir()
    for name in ("The Star Ferry (2015) - S01E01.mkv", "Zzqqx Wwvv - 01.mkv"):
        (tmp_path / "Downloads" / name).write_text(name)
    with Server(small(), key=CANARY) as tmdb:
        tmdb.facts.by_id["tv", 9001]["poster_path"] = "/show.png"
        tmdb.images = {"show.png": Reply(body=png(185, 278))}
        settings = {
            "ANIVAULT_TMDB_URL": tmdb.url, "ANIVAULT_TMDB_IMAGES": tmdb.image_url,
            "ANIVAULT_TMDB_KEY": CANARY, "ANIVAULT_PROVIDERS": "tmdb",
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
        }  # fmt: skip
        with serving(tmp_path, **settings) as link:
            planned(window, link)
            press(window, "Answer")
            come(window, "/review")
            window.press("/")
            window.run("document.querySelector('#q').value = 'Star Ferry'")
            window.press("Enter")
            window.wait(lambda: window.run(SHOWN))
            look(window, "review-posters", tmp_path)
            press(window, "Plan")
            come(window, "/plan")
            press(window, "Apply")
            window.wait(lambda: "See the library" in window.text())
            press(window, "See the library")
            come(window, "/library")
            window.wait(lambda: window.run(SHOWN))
            look(window, "library-posters", tmp_path)
            assert CANARY not in str(window.call("GET", "/source"))
