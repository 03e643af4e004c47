"""Every link and form lies below a proxy's prefix, and no word that anybody sends is a part of a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from anivault.web.app import PAGES
from anivault.web.safety.guard import Rules
from tests.cli.files.test_review import FILMS, cinema
from tests.web.conftest import Browser, house_at
from tests.web.pages.test_review import alike, questions

PREFIX = "/vault"
LEADS = re.compile(r'\b(?:href|action|src|data-hx-\w+|data-progress|data-done|url)="?(/[^"\s]*)')
SCRIPT = "<script>alert(1)</script>"
GETS = [route.path for route in PAGES if "GET" in (route.methods or ()) and route.path != "/progress"]


@pytest.fixture
def proxied(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """A page below a prefix, with a plan that asks about shows, and about films that nobody knows."""
    monkeypatch.setenv("ANIVAULT_PROVIDERS", "catalog")
    browser = Browser(house_at(tmp_path, Rules(hosts=frozenset({"127.0.0.1"}), prefix=PREFIX))).enter()
    alike(tmp_path / "Downloads")
    cinema(tmp_path / "Downloads", *FILMS)
    browser.post("/jobs/plan")
    browser.finish()
    return browser


def test_every_link_form_and_stream_lies_below_the_prefix(proxied: Browser) -> None:
    first, *_ = (n for n, question in questions(proxied).items() if question.offered)
    fields = {"n": str(first), "choice": "0"}
    given = proxied.post(f"{PREFIX}/review/answer", fields)
    assert given.headers["location"].startswith(f"{PREFIX}/review")
    pages = [proxied.get(PREFIX + path) for path in GETS]
    pages += [
        proxied.post(f"{PREFIX}/review/answer", {**fields, "choice": "1"}),  # another answer stands
        proxied.post(f"{PREFIX}/settings/ignore", {"what": "*"}),
        proxied.get(f"{PREFIX}/review/search?n={first}&q=Toradora"),
    ]

    assert [page.status for page in pages[-3:]] == [409, 409, 200]
    leads = [lead for page in pages for lead in LEADS.findall(page.text)]
    assert len(leads) > 200
    assert {lead for lead in leads if not lead.startswith(PREFIX)} == set()
    for page in pages:
        assert page.headers.get("location", PREFIX).startswith(PREFIX)
    assert proxied.get(f"{PREFIX}/api/v1/openapi.json").text.count(f'"{PREFIX}/api/v1"') == 1


def test_no_word_that_somebody_sends_becomes_a_part_of_a_page(proxied: Browser) -> None:
    first, *_ = (n for n, question in questions(proxied).items() if question.offered)
    proxied.post("/review/pin", {"n": str(first), "show": "tmdb:42916", "label": SCRIPT})
    stands = proxied.post("/review/answer", {"n": str(first), "choice": "0", SCRIPT: SCRIPT})
    pages = [
        stands,
        proxied.get("/review"),
        proxied.get(f"/review?n={first}"),
        proxied.post("/settings/ignore", {"what": f"*{SCRIPT}", "sure": SCRIPT}),
        proxied.post("/settings/ignore", {"what": "*", SCRIPT: SCRIPT}),
        proxied.post("/settings/set", {"name": "match.languages", "value": SCRIPT}),
        proxied.post("/settings/set", {"name": "organize.preset", "value": SCRIPT}),
        proxied.get(f"/explain?file={SCRIPT}"),
        proxied.get(f"/explain?file=/{SCRIPT}/{SCRIPT}.mkv"),
        proxied.get("/settings"),
    ]

    assert stands.status == 409
    assert not [page.text for page in pages if "<script>alert" in page.text]
    assert "&lt;script&gt;" in stands.text


def test_a_page_that_only_shows_does_nothing_that_a_form_asks_for(home: Path, tmp_path: Path) -> None:
    browser = Browser(house_at(tmp_path, Rules(read_only=True))).enter()
    changing = [r.path for r in PAGES if "POST" in (r.methods or ()) and not browser.house.rules.may(r.path)]

    assert {"/review/answer", "/review/undo", "/review/apart", "/settings/ignore", "/settings/set"} <= set(
        changing
    )
    assert {browser.post(path, {"sure": "*", "what": "*"}).status for path in changing} == {403}
    assert not list((tmp_path / "Library").iterdir())
