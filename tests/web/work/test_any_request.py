"""Whatever a request carries, it is answered: no field, number, name or body is a fault of the server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest

pytest.importorskip("starlette")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anivault.web.api import BASE, ENDPOINTS
from anivault.web.app import PAGES
from anivault.web.desk import Sheet
from anivault.web.jobs import Jobs
from tests.web.conftest import HOST, Browser
from tests.web.work.conftest import Bench

NAMES = [
    "n", "choice", "show", "season", "first", "last", "episode", "what", "kind", "pin", "old", "name",
    "scope", "value", "remove", "q", "after", "key", "reason", "run", "file", "words", "episodes",
    "offset", "place", "order", "line", "lines", "out", "deep", "from", "extra", "start", "most", "group",
    "folder", "title", "job", "next", "only", "path",
]  # fmt: skip
NUMBERS = ["", "0", "1", "2", "-1", "99", "1.5", "²", "١", "9" * 25, "9" * 5000, "0x1", "1e3", "NaN"]
TEXTS = [
    "a", "tmdb:42916", "tmdb:movie/0", "anidb:x", "S01E02", "1-3", "13-", "3-1", "../../etc/passwd", "/",
    "\x00", "a\nb", "{", "{}", "[]", '{"id": "tmdb:1"}', "%00", "'; --", "<b>", "\u202e", "é", "𝟙",
    "x" * 3000, "organize.mode", "tmdb",
]  # fmt: skip
HERE = {"question": "QUESTION", "move": "MOVE", "file": "FILE"}  # stand for the number of such a row
TYPED = st.sampled_from([*HERE.values(), *NUMBERS, *TEXTS])
VALUES = TYPED.map(str.encode) | TYPED.map(str.encode) | st.binary(max_size=6)
FIELDS = st.fixed_dictionaries(
    {}, optional={"n": st.just(b"QUESTION") | st.just(b"MOVE") | VALUES, "choice": st.just(b"0") | VALUES}
).flatmap(
    lambda some: st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4).map(lambda more: more | some)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from([*NUMBERS, *TEXTS]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=6,
) | st.fixed_dictionaries(
    {"n": st.just("QUESTION") | st.integers()},
    optional={"choice": st.integers(-2, 3), "never": st.booleans(), "apart": st.booleans()},
)
ANSWERED = {200, 202, 303, 400, 403, 404, 405, 409, 413}
FUNCTION_SCOPED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)


@pytest.fixture
def asked(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """A page with a plan that asks, a library, and work that is only begun."""
    bench.have("Qqxyz/Qqxyz - 13.mkv", "Toradora! - 01.mkv", *(f"Crowd/{t}qz - 01.mkv" for t in "ABCD"))
    bench.do("plan")
    bench.do("apply")
    bench.have("Toradora! - 02.mkv")
    bench.do("plan")
    bench.do("rollback")
    bench.do("verify")
    monkeypatch.setattr(Jobs, "start", lambda self, order, title: None)
    monkeypatch.setattr("anivault.web.jobs._begin", nothing_begins)
    return Browser(bench.house).enter()


async def nothing_begins(order: dict[str, Any]) -> Any:
    raise OSError("no process in this test")


def numbered(browser: Browser, text: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    """The text with the numbers of rows that are there now; `before` and `after` are what JSON has around."""
    for kind, word in HERE.items():
        with must(browser.house.desk.sheet("library" if kind == "file" else "plan")) as sheet:
            rows = sheet.rows(kind, most=1)
        number = str(rows[0].n if rows else 1).encode()
        text = text.replace(before + word.encode() + after, number)
    return text


def must(sheet: Sheet | None) -> Sheet:
    assert sheet
    return sheet


def encoded(browser: Browser, fields: dict[str, bytes]) -> str:
    return "&".join(f"{name}={quote_from_bytes(numbered(browser, text))}" for name, text in fields.items())


@FUNCTION_SCOPED
@given(path=st.sampled_from([r.path for r in PAGES if "GET" in (r.methods or ())]), fields=FIELDS)
def test_any_page_answers_any_words_in_its_address(
    asked: Browser, path: str, fields: dict[str, bytes]
) -> None:
    if path == "/progress":  # it goes on for as long as somebody looks
        return

    assert asked.get(f"{path}?{encoded(asked, fields)}").status in ANSWERED


@FUNCTION_SCOPED
@given(path=st.sampled_from([r.path for r in PAGES if "POST" in (r.methods or ())]), fields=FIELDS)
def test_any_form_is_answered_whatever_its_fields_hold(
    asked: Browser, path: str, fields: dict[str, bytes]
) -> None:
    if path == "/logout":
        fields.pop("sure", None)
    form = {"content-type": "application/x-www-form-urlencoded", "origin": f"http://{HOST}"}
    body = f"{urlencode({'csrf': asked.csrf})}&{encoded(asked, fields)}".encode()

    assert asked.ask("POST", path.replace("{job}", "plan"), body, form).status in ANSWERED


@FUNCTION_SCOPED
@given(endpoint=st.sampled_from(ENDPOINTS), what=JSON | st.binary(max_size=20), fields=FIELDS)
def test_any_body_and_any_words_to_the_api_are_answered_in_json(
    asked: Browser, endpoint: Any, what: Any, fields: dict[str, bytes]
) -> None:
    token = asked.house.tokens.make("any", "apply")
    body = numbered(asked, what if isinstance(what, bytes) else json.dumps(what).encode(), b'"', b'"')
    if endpoint.method == "GET":
        body = b""
    answer = Browser(asked.house).ask(
        endpoint.method,
        f"{BASE}{endpoint.path}?{encoded(asked, fields)}",
        body,
        {"authorization": f"Bearer {token}"},
    )

    assert answer.status in ANSWERED
    assert json.loads(answer.body) is not None


def test_the_files_of_the_user_are_where_they_were(asked: Browser, tmp_path: Path) -> None:
    assert (tmp_path / "Downloads/Toradora! - 01.mkv").read_text() == "Toradora! - 01.mkv"
