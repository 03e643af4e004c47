"""The page without a server: requests are handed to it as a server would, one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode

import msgspec
import pytest

for needed in ("starlette", "uvicorn", "jinja2", "argon2"):
    pytest.importorskip(needed)

from anivault.shared.settings import Settings, WebSettings  # noqa: E402
from anivault.web.app import app  # noqa: E402
from anivault.web.house import House  # noqa: E402
from anivault.web.safety.guard import Rules  # noqa: E402

HOST = "127.0.0.1:8686"
PASSWORD = "a long enough password"


class Answer(msgspec.Struct, frozen=True):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Browser:
    """A browser: it keeps its cookie, and says where its requests come from."""

    loop: ClassVar[asyncio.AbstractEventLoop]

    def __init__(self, house: House) -> None:
        self.house, self.app, self.cookie = house, app(house), ""

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        again: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request with these headers; one that is "" is left out. Those of `again` come too."""
        given = {"host": HOST, "cookie": self.cookie, "content-length": str(len(body)), **(headers or {})}
        asked = {
            "type": "http", "http_version": "1.1", "method": method, "scheme": "http", "root_path": "",
            "path": path.partition("?")[0], "raw_path": path.partition("?")[0].encode(),
            "query_string": path.partition("?")[2].encode(), "client": ("127.0.0.1", 1234),
            "server": ("127.0.0.1", 8686), "state": {},
            "headers": [
                (n.encode(), v.encode("latin-1")) for n, v in (*given.items(), *(again or {}).items()) if v
            ],
        }  # fmt: skip
        return self.loop.run_until_complete(self._answered(asked, body))

    async def _answered(self, scope: dict[str, Any], body: bytes) -> Answer:
        sent: list[Any] = []
        parts = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Any:
            return parts.pop(0) if parts else await asyncio.sleep(3600)

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        begin = sent[0]
        headers = {name.decode(): value.decode() for name, value in begin["headers"]}
        if "set-cookie" in headers:
            self.cookie = headers["set-cookie"].partition(";")[0]
        return Answer(begin["status"], headers, b"".join(m.get("body", b"") for m in sent[1:]))

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=_named(headers))

    def post(self, path: str, fields: Mapping[str, str] | None = None, **headers: str) -> Answer:
        """Send a form as a page of ours would: with our Origin and the token of the session."""
        body = urlencode({"csrf": self.csrf, **(fields or {})}).encode()
        form = {"content-type": "application/x-www-form-urlencoded", "origin": f"http://{HOST}"}
        return self.ask("POST", path, body, {**form, **_named(headers)})

    @property
    def csrf(self) -> str:
        session = self.house.access.session(self.cookie.partition("=")[2])
        return session.csrf if session else ""

    def enter(self) -> Browser:
        """Use a link of ours."""
        assert self.get(f"/?token={self.house.access.invite()}").status == 303
        return self

    def finish(self) -> None:
        """Wait until the work that was begun is over."""
        task = self.house.jobs._task
        assert task
        self.loop.run_until_complete(asyncio.wait_for(task, 300))
        self.house.jobs._task = None


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def house_at(folder: Path, rules: Rules | None = None, web: WebSettings | None = None) -> House:
    (folder / "Downloads").mkdir(exist_ok=True)
    (folder / "Library").mkdir(exist_ok=True)
    settings = Settings(web=web or WebSettings())
    rules = rules or Rules(hosts=frozenset({"127.0.0.1", "nas.local"}))
    return House.of(str(folder / "Library"), (str(folder / "Downloads"),), None, settings, rules)


@pytest.fixture(scope="session", autouse=True)
def loop() -> Iterator[None]:
    """One event loop for all browsers, closed in the end."""
    Browser.loop = asyncio.new_event_loop()
    yield
    Browser.loop.run_until_complete(Browser.loop.shutdown_asyncgens())
    Browser.loop.close()


@pytest.fixture
def house(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setenv("ANIVAULT_PROVIDERS", "catalog")
    return house_at(tmp_path)


@pytest.fixture
def browser(house: House) -> Iterator[Browser]:
    browser = Browser(house)
    yield browser
    browser.loop.run_until_complete(house.jobs.close())


@pytest.fixture
def inside(browser: Browser) -> Browser:
    """A browser that is let in."""
    return browser.enter()
