"""Who is in stays in when the page is started again, and nobody else gets in by what is kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from anivault.shared.settings import WebSettings
from anivault.web.safety import access
from anivault.web.safety.access import Access
from anivault.web.safety.guard import Rules
from tests.web.conftest import Browser, house_at

RULES = Rules(hosts=frozenset({"127.0.0.1"}), cookie="anivault-8686")


def again(tmp_path: Path, cookie: str, rules: Rules = RULES, web: WebSettings | None = None) -> Browser:
    """The page started again, with the browser that was in."""
    browser = Browser(house_at(tmp_path, rules, web))
    browser.cookie = f"{rules.cookie}={cookie}"
    return browser


@pytest.fixture
def entered(home: Path, tmp_path: Path) -> Browser:
    return Browser(house_at(tmp_path, RULES)).enter()


def kept(home: Path) -> Path:
    (file,) = (home / "state/anivault/web").iterdir()
    return file


def test_who_is_in_stays_in_when_the_page_is_started_again(entered: Browser, tmp_path: Path) -> None:
    csrf, cookie = entered.csrf, entered.cookie.partition("=")[2]
    browser = again(tmp_path, cookie)

    assert browser.get("/more").status == 200
    assert browser.csrf == csrf  # a page that is still open goes on
    assert browser.post("/settings/ignore", {"what": "*.nfo"}).status == 303
    assert Browser(house_at(tmp_path, RULES)).get("/more").status == 303


def test_what_is_kept_lets_nobody_in_and_only_its_owner_reads_it(entered: Browser, home: Path) -> None:
    text, cookie = kept(home).read_text(), entered.cookie.partition("=")[2]

    assert kept(home).stat().st_mode & 0o777 == 0o600
    assert kept(home).parent.stat().st_mode & 0o077 == 0
    assert cookie not in text
    assert entered.csrf not in text


def test_who_has_left_is_out_after_a_start_too(entered: Browser, tmp_path: Path) -> None:
    cookie = entered.cookie.partition("=")[2]
    entered.post("/logout", {"sure": "1"})

    assert again(tmp_path, cookie).get("/more").status == 303


def test_a_link_that_was_used_is_used_after_a_start_too(home: Path, tmp_path: Path) -> None:
    first = Browser(house_at(tmp_path, RULES))
    token = first.house.access.invite()
    assert first.get(f"/?token={token}").status == 303

    assert Browser(house_at(tmp_path, RULES)).get(f"/?token={token}").status == 403


@pytest.mark.parametrize(
    ("rules", "web"),
    [
        (Rules(cookie="anivault-8687"), None),
        (Rules(cookie="anivault-8686", read_only=True), None),
        (Rules(cookie="anivault-8686", prefix="/vault"), None),
        (RULES, WebSettings(password_hash="$argon2id$another")),
    ],
    ids=["port", "read-only", "prefix", "password"],
)
def test_a_session_opens_no_other_page(
    entered: Browser, tmp_path: Path, rules: Rules, web: WebSettings | None
) -> None:
    cookie = entered.cookie.partition("=")[2]

    assert again(tmp_path, cookie, rules, web).get("/more").status == 303


def test_who_was_let_in_to_look_may_not_change_anything_later(home: Path, tmp_path: Path) -> None:
    only = Rules(cookie="anivault-8686", read_only=True)
    guest = Browser(house_at(tmp_path, only)).enter()

    assert again(tmp_path, guest.cookie.partition("=")[2]).get("/more").status == 303


def test_a_session_of_another_library_opens_nothing(entered: Browser, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()

    assert again(tmp_path / "other", entered.cookie.partition("=")[2]).get("/more").status == 303


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"digest": 1}]', "[" * 9999, "null"])
def test_what_cannot_be_read_lets_nobody_in(entered: Browser, home: Path, tmp_path: Path, text: str) -> None:
    kept(home).write_text(text)
    browser = again(tmp_path, entered.cookie.partition("=")[2])

    assert browser.get("/more").status == 303
    assert browser.enter().get("/more").status == 200


def test_what_others_can_read_lets_nobody_in(entered: Browser, home: Path, tmp_path: Path) -> None:
    kept(home).chmod(0o644)

    assert again(tmp_path, entered.cookie.partition("=")[2]).get("/more").status == 303


def test_where_nothing_can_be_kept_people_get_in_all_the_same(home: Path, tmp_path: Path) -> None:
    (home / "state").write_text("a file where the folder goes")

    assert Browser(house_at(tmp_path, RULES)).enter().get("/more").status == 200


def test_a_page_at_any_port_keeps_nothing(home: Path, tmp_path: Path) -> None:
    Browser(house_at(tmp_path, Rules(hosts=RULES.hosts, cookie="anivault-0"))).enter()

    assert not os.path.lexists(home / "state/anivault/web")


def test_who_was_not_seen_for_a_month_is_out(tmp_path: Path) -> None:
    now = [1e9]
    made = Access(file=tmp_path / "s.json", now=lambda: now[0])
    cookie = made.by_link(made.invite()) or ""
    for _ in range(3):
        now[0] += access.IDLE - 1
        assert Access(file=tmp_path / "s.json", now=lambda: now[0]).session(cookie)  # it is in use: noted
    now[0] += access.IDLE + 1

    assert Access(file=tmp_path / "s.json", now=lambda: now[0]).session(cookie) is None
    assert made.session(cookie) is None
