"""Paths that lead out, in every field of every form: nothing outside is read or changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

pytest.importorskip("starlette")

from anivault import web
from anivault.cli import events
from anivault.core.matching.pins import Pin, add, load
from anivault.core.models import HeldReason
from anivault.services.remembered import ignored
from anivault.web import pages, records
from anivault.web.app import PAGES
from anivault.web.house import House
from tests.web.conftest import Browser, house_at

PIN = msgspec.json.encode(Pin(id="tmdb:31911", title="Toradora!")).decode()
NUMBERS = {
    "show": "tmdb:31911", "season": "1", "offset": "1", "episodes": "1-2", "first": "1", "place": "S01E01",
    "extra": "1", "order": "tvdb",
}  # fmt: skip
JOBS = ("plan", "apply", "verify", "preview")
JOB = {
    "deep": "1",
    "run": "run-1",
    "file": "1",
    "finding": "1",
    "step": "1",
    "made": "1.0",
    "then": "/plan",
    "anew": "1",
}
SECRET = "what lies outside"
# What each form sends when it is used as it is meant.
FORMS: dict[str, dict[str, str]] = {
    "/login": {"password": "x"},
    "/logout": {"sure": "1"},
    "/link": {},
    "/review/answer": {"n": "2", "choice": "0", "all": "1", "was": "0"},
    "/review/pin": {
        "n": "2", "show": "tmdb:31911", "season": "1", "first": "1", "extras": "1", "for": "folder",
        "label": "x", "was": "0",
    },
    "/review/never": {"n": "2"},
    "/review/apart": {"n": "2"},
    "/review/later": {"n": "2"},
    "/review/undo": {"turn": "1"},
    "/plan/leave": {"n": "1", "out": "1"},
    "/plan/place": {"n": "1", "season": "1", "episode": "2"},
    "/settings/preview": {"what": "Toradora!", "pin": PIN, **NUMBERS},
    "/settings/pin": {"what": "Toradora!", **NUMBERS},
    "/settings/repin": {"pin": PIN, **NUMBERS},
    "/settings/unpin": {"what": "Toradora!"},
    "/settings/ignore": {"what": "*.nfo", "plan": "1", "sure": "*.nfo"},
    "/settings/heed": {"line": "*.nfo"},
    "/settings/set": {"name": "organize.preset", "value": "plex", "default": "1"},
    "/settings/token": {"name": "phone", "scope": "read", "remove": "1"},
    "/jobs/cancel": {},
    **{f"/jobs/{job}": JOB for job in JOBS},
}  # fmt: skip


def climbs(outside: Path) -> Iterator[str]:
    """Ways out: whole, upwards, encoded, by a link, at home, in a pin, as an address."""
    yield from (str(outside), f"{outside}/show.mkv", f"{outside}/*", "../outside", "../outside/show.mkv")
    yield from ("..%2foutside%2fshow.mkv", "....//outside", "..\\outside", "out/show.mkv", "./../outside/.")
    yield from (
        "~/.ssh/id_rsa",
        f"\0{outside}",
        f"file://{outside}/show.mkv",
        f"{outside}\n{outside}/show.mkv",
    )
    for folder in (str(outside), "../outside"):
        yield msgspec.json.encode(Pin(id="tmdb:31911", folder=folder)).decode()


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "show.mkv").write_text(SECRET)
    return folder


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What work was asked for; none is done."""
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr("anivault.web.jobs.Jobs.start", lambda _, order, title: asked.append(order))
    return asked


@pytest.fixture
def served(home: Path, tmp_path: Path, outside: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A page with a move, a question, a pin, and a link in its source that leads out."""
    monkeypatch.setenv("ANIVAULT_PROVIDERS", "catalog")
    house = house_at(tmp_path)
    downloads = tmp_path / "Downloads"
    (downloads / "out").symlink_to(outside)
    file = downloads / "Toradora! - 01.mkv"
    file.write_text("video")
    monkeypatch.chdir(downloads)
    add(tmp_path / "Library/.anivault/pins.toml", Pin(id="tmdb:31911", title="Toradora!"))
    choice = records.Choice(
        label="Toradora!", title="Toradora!", pin=records.PinWords(what=str(file), show="tmdb:31911")
    )
    with house.desk.writing("plan") as sheet:
        sheet.group("show", "s", "s", records.ShowPart(title="Toradora!", show="tmdb:31911", files=1, size=1))
        move = events.MoveEvent(path=str(file), target="s/1.mkv", mode="hardlink", reason="", done=False)
        sheet.row("move", "s", "1.mkv", move)
        sheet.row("question", "tmdb:31911", "Toradora!", records.QuestionRow(
            title="Toradora!", folder=str(downloads), files=1, first=file.name, last=file.name, why="?",
            reason=str(HeldReason.AMBIGUOUS), path=str(file), about=str(file), choices=(choice,),
            alone=(str(file), "1"), never=(str(file),),
        ))  # fmt: skip
    return house


def test_every_form_and_every_field_is_tried() -> None:
    posts = {route.path for route in PAGES if "POST" in (route.methods or ())}
    read: set[str] = set()
    for path in Path(pages.__file__).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        read |= set(re.findall(r'(?:fields|form\(request\))(?:\.get\(|\[)"(\w+)"', text))
        read |= set(re.findall(r'"(\w+)" in fields', text))

    assert {"/jobs/{job}" if re.match(r"/jobs/(?!cancel)", path) else path for path in FORMS} == posts
    assert {field for fields in FORMS.values() for field in fields} == read


@pytest.mark.parametrize("path", FORMS)
def test_no_field_of_a_form_leads_out(
    served: House, orders: list[dict[str, Any]], outside: Path, tmp_path: Path, path: str
) -> None:
    browser = Browser(served).enter()
    before = [(at, at.lstat().st_mtime_ns) for at in sorted(outside.rglob("*"))]
    for field in FORMS[path] or {"anything": ""}:
        for climb in climbs(outside):
            answer = browser.post(path, {**FORMS[path], field: climb})

            assert answer.status in (200, 303, 401, 403, 404, 409), (field, climb)
            assert SECRET not in answer.text
            browser = browser if browser.csrf else Browser(served).enter()
    assert [(at, at.lstat().st_mtime_ns) for at in sorted(outside.rglob("*"))] == before
    assert (outside / "show.mkv").read_text() == SECRET
    pins = load(tmp_path / "Library/.anivault/pins.toml")
    assert not [pin for pin in pins if "outside" in (pin.folder or "") or min(pin.title or "x") < " "]
    lines = [line for listed in ignored.listed(served.library) for line in listed.lines]
    assert not [line for line in lines if line.startswith(str(outside))]
    assert all((o["library"], tuple(o["sources"])) == (served.library, served.sources) for o in orders)
    assert not [o for o in orders if str(outside) in str(o.get("only", ""))]


def parameters() -> set[str]:
    """Every name that a page or the API reads from an address."""
    found: set[str] = set()
    for path in Path(web.__file__).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'(?:query_params|asked)(?:\.get\(|\[)"(\w+)"', text))
    return found | {"key", "reason"}  # those that `_some` is told


GETS = [route.path for route in PAGES if "GET" in (route.methods or ()) and route.path != "/progress"]


@pytest.mark.parametrize("path", GETS)
def test_no_parameter_of_an_address_leads_out(
    served: House, outside: Path, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    explained: list[str] = []

    async def ask(order: dict[str, Any], seconds: float = 60.0) -> dict[str, Any]:
        explained.append(order.get("file", ""))
        return {"answer": [] if order["job"] == "search" else None}

    monkeypatch.setattr("anivault.web.pages.explain.ask", ask)
    monkeypatch.setattr("anivault.web.pages.review.ask", ask)
    browser = Browser(served).enter()
    names = parameters()
    assert {"q", "n", "after", "start", "file", "run", "key", "show", "reason", "state"} <= names
    for name in sorted(names - {"token"}):
        for climb in climbs(outside):
            answer = browser.get(f"{path}?{urlencode({name: climb})}")

            assert answer.status in (200, 303, 404, 409), (name, climb)
            assert SECRET not in answer.text
    assert not [file for file in explained if "/" in file]
