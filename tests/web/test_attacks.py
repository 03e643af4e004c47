"""What others try at the page: none of it gets through."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette")

from anivault.shared.settings import WebSettings
from anivault.web.app import PAGES
from anivault.web.house import House
from anivault.web.safety import access, guard
from anivault.web.safety.access import Access, CrowdedError
from anivault.web.safety.guard import MOST_BODY, Rules
from tests.web.conftest import HOST, PASSWORD, Browser, house_at

GETS = [route.path for route in PAGES if "GET" in (route.methods or ()) and route.path != "/login"]
POSTS = [
    route.path.replace("{job}", "apply")
    for route in PAGES
    if "POST" in (route.methods or ()) and route.path != "/login"
]
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("path", GETS)
def test_nobody_sees_a_page_without_a_session(browser: Browser, path: str) -> None:
    answer = browser.get(path)

    assert answer.status in (303, 401)
    assert answer.headers["location"] == "/login"


@pytest.mark.parametrize("path", POSTS)
def test_nothing_is_done_without_a_session(browser: Browser, path: str) -> None:
    assert browser.post(path).status == 401
    assert browser.house.jobs.state.job == ""


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "origin",
    ["", "null", "http://evil.example", "https://127.0.0.1:8687", "http://127.0.0.1:8686.evil.example"],
)
def test_what_another_page_sends_is_refused(inside: Browser, path: str, origin: str) -> None:
    assert inside.post(path, origin=origin).status == 403
    assert inside.house.jobs.state.job == ""


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("csrf", ["", "guessed", "\udcff", "é" * 50])
def test_a_form_without_the_token_of_its_session_is_refused(inside: Browser, path: str, csrf: str) -> None:
    answer = inside.post(path, {"csrf": csrf.encode("utf-8", "replace").decode()})

    assert answer.status == 403
    assert inside.house.jobs.state.job == ""


def test_the_token_of_another_session_opens_nothing(house: House, inside: Browser) -> None:
    other = Browser(house).enter()

    assert inside.post("/jobs/plan", {"csrf": other.csrf}).status == 403


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8686", "127.0.0.1.evil.example", "localhost.evil.example", "",
     "a@127.0.0.1", "127.0.0.1:8686/x", "[::1", "nas.local.evil", "127.1:99999999", "127.0.0.1\\evil"],
)  # fmt: skip
def test_a_name_that_is_not_ours_is_not_answered(inside: Browser, host: str) -> None:
    assert inside.get("/", host=host).status == 421
    assert inside.get("/login", host=host).status == 421


@pytest.mark.parametrize(
    "host", [HOST, "localhost:8686", "[::1]:8686", "nas.local", "NAS.local:80", "192.168.7.3"]
)
def test_our_names_and_addresses_are_answered(inside: Browser, host: str) -> None:
    assert inside.get("/more", host=host).status == 200


@pytest.mark.parametrize("name", ["host", "origin", "content-length", "content-type", "authorization"])
def test_a_header_that_decides_may_come_once_only(inside: Browser, name: str) -> None:
    assert inside.ask("GET", "/more", headers={name: HOST}, again={name: "evil.example"}).status == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"])
def test_other_methods_are_refused(inside: Browser, method: str) -> None:
    assert inside.ask(method, "/").status == 405


CLIMBS = [
    "../../../etc/passwd",
    "/etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "....//etc/passwd",
    "\0/etc/passwd",
    "%00",
]


@pytest.mark.parametrize("climb", CLIMBS)
@pytest.mark.parametrize(
    "path", ["/static/", "/poster?key=", "/library/show?key=", "/plan/show?key=", "/plan/held?reason=",
             "/history/run?run=", "/plan/file?n=", "/review?n=", "/undo?after="],
)  # fmt: skip
def test_no_parameter_leads_out_of_the_folders(inside: Browser, path: str, climb: str) -> None:
    answer = inside.get(path + climb)

    assert answer.status in (200, 303, 400, 404)
    assert b"root:" not in answer.body


@pytest.mark.parametrize("path", ["/etc/passwd", "/root/../etc/passwd", "../../etc/shadow", "~/.ssh/id_rsa"])
def test_explain_reads_nothing_outside_the_folders(
    inside: Browser, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def ask(order: dict[str, Any]) -> dict[str, Any]:
        asked.append(order["file"])
        return {"answer": None}

    monkeypatch.setattr("anivault.web.pages.explain.ask", ask)
    inside.get(f"/explain?file={path}")

    assert asked
    assert "/" not in asked[0]


def test_a_link_in_a_source_does_not_lead_out(house: House, tmp_path: Path) -> None:
    out = tmp_path / "Downloads/out"
    out.symlink_to("/etc")

    assert house.inside(str(tmp_path / "Downloads/here.mkv"))
    assert not house.inside(str(out / "passwd"))


@pytest.mark.parametrize("what", ["/etc", "/", "/tmp/../etc"])
def test_a_pin_names_nothing_outside_the_folders(house: House, what: str) -> None:
    from anivault.shared.errors import PinRefusedError
    from anivault.web.pages.asking import set_pin
    from anivault.web.records import PinWords

    with pytest.raises(PinRefusedError):
        set_pin(house, PinWords(what=what, show="tmdb:1"))


def test_a_link_works_once(browser: Browser) -> None:
    token = browser.house.access.invite()
    first = browser.get(f"/?token={token}")

    assert first.status == 303
    assert {"HttpOnly", "SameSite=strict"} <= set(first.headers["set-cookie"].split("; "))
    browser.cookie = ""
    assert browser.get(f"/?token={token}").status == 403


def test_a_head_request_does_not_use_a_link_up(browser: Browser) -> None:
    token = browser.house.access.invite()
    browser.ask("HEAD", f"/?token={token}")

    assert browser.get(f"/?token={token}").status == 303


def test_a_link_from_the_page_is_too_old_after_ten_minutes() -> None:
    now = [0.0]
    entrance = Access(clock=lambda: now[0])
    token = entrance.invite()
    now[0] = access.LINK + 1

    assert entrance.by_link(token) is None


def test_ten_thousand_tries_at_the_password_get_nowhere(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []

    def fits(hash_: str, password: str) -> bool:
        checked.append(password)
        return password == PASSWORD

    monkeypatch.setattr(access, "_fits", fits)
    now, waited = [0.0], [0.0]

    async def wait(seconds: float) -> None:
        waited[0] = seconds

    monkeypatch.setattr("anivault.web.safety.access.asyncio.sleep", wait)
    entrance = Access("hash", clock=lambda: now[0])
    known, forged = entrance.remembered(), Access("another").remembered()

    async def let_in(password: str, known: str = "") -> bool:
        with suppress(CrowdedError):
            return await entrance.by_password(password, known) is not None
        return False

    async def attack() -> None:
        for n in range(10_000):
            assert not await let_in(f"guess {n}", ("", forged, "x.y", known[:-1])[n % 4])
            now[0] += 0.01
            if n % 500 == 0:  # the owner is let in all the while, where they were in before
                assert await let_in(PASSWORD, known)
                assert waited[0] <= access.EACH * access.WAITING

    Browser.loop.run_until_complete(attack())
    guesses = [word for word in checked if word != PASSWORD]
    assert len(guesses) <= access.ALL_TRIES + access.ALL_WAITING + 100 / access.ALL_EACH + 1
    assert not any(Browser.loop.run_until_complete(let_in("guess")) for _ in range(50))
    assert not Browser.loop.run_until_complete(let_in(PASSWORD))  # too many wait just now
    now[0] += access.ALL_EACH
    assert Browser.loop.run_until_complete(let_in(PASSWORD))  # it only waits for its turn
    assert 0 < waited[0] <= access.ALL_EACH * access.ALL_WAITING


def test_who_was_in_before_has_no_more_tries_than_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "_fits", lambda hash_, password: False)
    entrance = Access("hash", clock=lambda: 0.0)
    known = entrance.remembered()
    tries = [entrance._tries_of(known).take() for _ in range(1000)]

    assert tries.count(0.0) == access.TRIES
    assert sum(wait is not None for wait in tries) == access.TRIES + access.WAITING


def test_wrong_tries_of_others_do_not_keep_the_right_password_or_token_or_link_out(
    home: Path, tmp_path: Path
) -> None:
    browser = Browser(house_at(tmp_path, web=WebSettings(password_hash=access.hashed(PASSWORD))))
    token, good = browser.house.tokens.make("phone", "read"), {"cookie": ""}
    wrong = [browser.get("/api/v1/work", authorization="Bearer avt_x").status for _ in range(20)]
    for _ in range(8):
        assert browser.post("/login", {"password": "wrong"}).status == 403
        assert browser.get("/?token=wrong").status == 403

    assert wrong[-1] == 429
    assert browser.get("/api/v1/work", authorization=f"Bearer {token}", **good).status == 200
    assert browser.get(f"/?token={browser.house.access.invite()}", **good).status == 303
    assert browser.post("/login", {"password": PASSWORD}, **good).status == 303


def test_the_right_password_lets_in_and_a_wrong_one_does_not(home: Path, tmp_path: Path) -> None:
    web = WebSettings(password_hash=access.hashed(PASSWORD))
    browser = Browser(house_at(tmp_path, web=web))

    assert browser.post("/login", {"password": "wrong"}).status == 403
    assert not browser.cookie
    assert browser.post("/login", {"password": PASSWORD}).status == 303
    assert browser.get("/more").status == 200
    assert browser.post("/login", {"password": PASSWORD}, origin="http://evil.example").status == 403


def test_without_a_password_none_lets_in(browser: Browser) -> None:
    assert browser.post("/login", {"password": ""}).status == 403


@pytest.mark.parametrize("length", [MOST_BODY + 1, 10**8, 10**30, -1])
def test_a_body_that_says_it_is_large_is_not_read(inside: Browser, length: int) -> None:
    assert inside.post("/jobs/plan", content_length=str(length)).status == 413


def test_a_body_that_grows_is_cut_off(inside: Browser) -> None:
    body = b"csrf=" + b"x" * (2 * MOST_BODY)
    headers = {**FORM, "origin": f"http://{HOST}", "content-length": ""}

    assert inside.ask("POST", "/jobs/plan", body, headers).status == 413


def test_a_body_that_does_not_come_is_not_waited_for(
    inside: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.05)

    async def late() -> Any:
        await asyncio.sleep(2)
        return {"type": "http.request", "body": b"0123456789", "more_body": False}

    async def refused() -> int:
        with pytest.raises(guard.Refused) as caught:
            await guard._body({"content-length": "10"}, late)
        return caught.value.status

    assert inside.loop.run_until_complete(refused()) == 408


def test_a_form_of_a_thousand_fields_is_refused(inside: Browser) -> None:
    assert inside.post("/jobs/plan", {f"f{n}": "" for n in range(1000)}).status == 400


def test_json_is_not_taken_for_a_form(inside: Browser) -> None:
    assert inside.post("/jobs/plan", content_type="application/json").status == 415


@pytest.mark.parametrize("path", [*GETS, "/static/page.css", "/nowhere"])
def test_every_answer_forbids_scripts_frames_and_guessing(inside: Browser, path: str) -> None:
    if path == "/progress":
        return  # it does not end by itself; its headers are those of every other page
    answer = inside.get(path)

    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", [p for p in POSTS if not p.startswith(guard.HARMLESS)])
def test_read_only_changes_nothing(home: Path, tmp_path: Path, path: str) -> None:
    browser = Browser(house_at(tmp_path, Rules(read_only=True))).enter()

    answer = browser.post(path)

    assert answer.status == 403
    assert "only shows" in answer.text


@pytest.mark.parametrize("path", ["/", "/plan", "/review", "/library", "/history", "/verify", "/settings"])
def test_every_page_says_that_it_only_shows(home: Path, tmp_path: Path, path: str) -> None:
    told = "Only showing: no file, answer or setting is changed here."
    assert Browser(house_at(tmp_path, Rules(read_only=True))).enter().get(path).text.count(told) == 1
    assert told not in Browser(house_at(tmp_path)).enter().get(path).text


def test_with_a_password_logging_out_asks_nothing(home: Path, tmp_path: Path) -> None:
    browser = Browser(house_at(tmp_path, web=WebSettings(password_hash=access.hashed(PASSWORD)))).enter()

    assert browser.post("/logout").headers["location"] == "/login"


def test_below_a_prefix_every_address_has_it(home: Path, tmp_path: Path) -> None:
    browser = Browser(house_at(tmp_path, Rules(prefix="/vault"))).enter()

    kept, taken = browser.get("/vault/more"), browser.get("/more")
    assert kept.text == taken.text
    assert 'href="/vault/plan"' in kept.text
    assert 'href="/plan"' not in kept.text
    assert browser.post("/vault/logout", {"sure": "1"}).headers["location"] == "/vault/login"


def test_who_logs_out_is_out(inside: Browser) -> None:
    before = inside.cookie
    asked = inside.post("/logout")
    assert (asked.status, "No password is set" in asked.text) == (200, True)
    assert inside.get("/more").status == 200  # nothing has happened yet
    assert inside.post("/logout", {"sure": "1"}).status == 303
    inside.cookie = before

    assert inside.get("/more").status == 303
