"""Refuse what no page should ever see, in one place: an ASGI application around the pages.

In: every request. Out: the answer of a page, with the headers that keep a browser from doing harm; or a
refusal in a line. What holds for every page holds here: the Host is ours (DNS rebinding), what changes
something comes from a page of ours (Origin, and the token of its session), bodies are small and come in time,
nobody gets further than the log-in without a session, and with read-only nothing is changed.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Mapping
from html import escape
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from anivault.cli import events
from anivault.shared.exits import USAGE
from anivault.web.safety.access import Access, Entered, same
from anivault.web.safety.tokens import Tokens

Scope = dict[str, Any]
MOST_BODY = 64 * 1024  # bytes: the longest form is a handful of names
MOST_FIELDS = 200
BODY_SECONDS = 10.0
DESCRIPTION = "/api/v1/openapi.json"
OPEN = ("/login", "/static/")  # what anybody may see
HARMLESS = (
    "/login", "/logout", "/link", "/jobs/plan", "/jobs/library", "/jobs/verify", "/jobs/preview",
    "/jobs/cancel", "/settings/preview", "/api/v1/plan", "/api/v1/library", "/api/v1/verify",
    "/api/v1/rollback/preview", "/api/v1/cancel",
)  # fmt: skip
# What the API calls a refusal, by its status.
CODES = {
    400: "request", 401: "token", 403: "read-only", 405: "method", 408: "slow", 413: "too-large",
    421: "host", 429: "too-many-tries",
}  # fmt: skip
HEADERS = [
    (b"content-security-policy",
     b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
     b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),  # with no-referrer a form's Origin would be null
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
]  # fmt: skip

# What a browser shows that was refused: without a session there is nothing else of ours around it.
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Not done · AniVault</title><link rel="stylesheet" href="{prefix}/static/page.css"></head>
<body><main><section class="card alone"><h1>Not done</h1><p role="alert">{why}</p>
<p><a class="button" href="{prefix}/">To the overview</a></p></section></main></body></html>
"""


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How the page is reached: names that it goes by, the path in front of it, and whether it only shows."""

    hosts: frozenset[str] = frozenset()
    prefix: str = ""
    read_only: bool = False
    cookie: str = "anivault"

    def may(self, path: str) -> bool:
        """Whether what a form at this path asks for is done; with read-only, what changes nothing."""
        return not self.read_only or path.startswith(HARMLESS)


class Refused(Exception):  # noqa: N818 - an answer, not an error of this program
    """A request that is not answered, with the status and a sentence; programs get `code` too."""

    def __init__(self, status: int, why: str, location: str = "") -> None:
        super().__init__(why)
        self.status, self.why, self.location = status, why, location


class Guard:
    """The pages behind their checks."""

    def __init__(self, pages: Any, rules: Rules, access: Access, tokens: Tokens) -> None:
        self._pages, self._rules, self._access, self._tokens = pages, rules, access, tokens

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._pages(scope, receive, send)
            return
        answer = _with_headers(send)
        try:
            body = await self._checked(scope, receive)
        except Refused as refused:
            await self._refuse(refused, scope, answer)
            return
        await self._pages(scope, _replay(body, receive), answer)

    async def _checked(self, scope: Scope, receive: Any) -> bytes:
        """Let a request through, with who asks in its state; raises Refused."""
        headers = _headers(scope)
        self._check_host(headers)
        scope["path"] = self._own_path(scope["path"])
        method, path = scope["method"], scope["path"]
        if method not in {"GET", "HEAD", "POST"}:
            raise Refused(405, "Only GET and POST are answered.")
        body = await _body(headers, receive) if method == "POST" else b""
        who = scope.setdefault("state", {})
        who |= {"session": None, "cookie": "", "form": {}}
        if path == DESCRIPTION:
            pass  # it says what anybody can read in the source
        elif path.startswith("/api/"):
            self._check_token(scope, headers)
        else:
            self._check_session(scope, headers, body)
        if method == "POST" and not self._rules.may(path):
            raise Refused(403, "This page only shows: it was started with --read-only. Nothing was changed.")
        return body

    async def _refuse(self, refused: Refused, scope: Scope, send: Callable[[Any], Any]) -> None:
        """Say why: as a small page to a browser that goes to one, as an event to programs, else as a line."""
        page = any(name.lower() == b"accept" and b"text/html" in value for name, value in scope["headers"])
        program = scope["path"].startswith("/api/") or f"{self._rules.prefix}/api/" in scope["path"]
        kind = b"application/json" if program else b"text/html" if page else b"text/plain"
        headers = [(b"content-type", kind + b"; charset=utf-8"), (b"connection", b"close")]
        if refused.location:
            headers.append((b"location", refused.location.encode()))
        body = refused.why.encode()
        if program:
            body = msgspec.json.encode(_event(refused))
        elif page:
            body = PAGE.format(why=escape(refused.why), prefix=self._rules.prefix).encode()
        await send({"type": "http.response.start", "status": refused.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _check_host(self, headers: Mapping[str, str]) -> None:
        """Addresses cannot be rebound to another machine; names can, so only ours are answered."""
        name = _host_name(headers.get("host", ""))
        if not (name and (_is_address(name) or name in self._rules.hosts)):
            raise Refused(421, "This name is not one of AniVault's. Add it to [web] hosts in the settings.")

    def _own_path(self, path: str) -> str:
        """The path below the prefix, whether the proxy takes the prefix away or not."""
        prefix = self._rules.prefix
        if prefix and (path == prefix or path.startswith(f"{prefix}/")):
            path = path[len(prefix) :] or "/"
        if "\0" in path or "//" in path or any(part in {".", ".."} for part in path.split("/")):
            raise Refused(400, "There is no such page.")
        return path

    def _check_session(self, scope: Scope, headers: Mapping[str, str], body: bytes) -> None:
        who, path = scope["state"], scope["path"]
        who["cookie"] = _cookie(headers.get("cookie", ""), self._rules.cookie)
        who["session"] = session = self._access.session(who["cookie"]) if who["cookie"] else None
        if scope["method"] == "POST":
            _check_origin(headers)
            who["form"] = _form(headers, body)
            _check_form(who["form"], headers, session)
        if session is None and not path.startswith(OPEN) and not (path == "/" and _brings_token(scope)):
            status = 401 if scope["method"] == "POST" or path == "/progress" else 303
            raise Refused(
                status, "Log in first. Nothing was changed.", location=f"{self._rules.prefix}/login"
            )

    def _check_token(self, scope: Scope, headers: Mapping[str, str]) -> None:
        """A program brings a token of its own; a browser's session opens nothing here."""
        kind, _, token = headers.get("authorization", "").partition(" ")
        scopes = self._tokens.scopes(token) if kind.lower() == "bearer" else None
        if scopes is None:
            if token and self._access.is_one_more():
                raise Refused(429, "Too many wrong tokens. Wait a minute.")
            raise Refused(
                401, "This needs a token: Authorization: Bearer …; `anivault serve --token` makes one."
            )
        scope["state"]["scopes"] = scopes


def _event(refused: Refused) -> events.ErrorEvent:
    """A refusal as every command tells a failure to programs."""
    code = CODES.get(refused.status, "refused")
    return events.ErrorEvent(code=code, message=refused.why, hint="", exit_code=USAGE)


def _headers(scope: Scope) -> dict[str, str]:
    """The headers by name. Host, Origin and the like may come once only."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        if key in found and key in {"host", "origin", "content-length", "authorization", "content-type"}:
            raise Refused(400, f"The header {key} came twice.")
        found[key] = f"{found[key]}; {value.decode('latin-1')}" if key in found else value.decode("latin-1")
    return found


def _host_name(host: str) -> str:
    """The name of `name:port` and `[::1]:port`, in small letters; empty for what is neither."""
    try:
        found = urlsplit(f"//{host}")
        _ = found.port
    except ValueError:
        return ""
    return "" if "@" in host or "/" in host or "\\" in host else (found.hostname or "").rstrip(".")


def _is_address(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _check_origin(headers: Mapping[str, str]) -> None:
    """What changes something has to come from a page of this very address."""
    origin = headers.get("origin", "")
    if not origin.startswith(("http://", "https://")) or origin.partition("//")[2] != headers.get("host"):
        raise Refused(403, "This did not come from a page of AniVault. Nothing was changed.")


def _check_form(form: Mapping[str, str], headers: Mapping[str, str], session: Entered | None) -> None:
    """A form of a session brings the word that only pages of this session have."""
    given = form.get("csrf", "") or headers.get("x-csrf", "")
    if session and not same(given, session.csrf):
        raise Refused(403, "This form is not of your session. Load the page again. Nothing was changed.")


def _cookie(text: str, name: str) -> str:
    try:
        found = SimpleCookie(text).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def _brings_token(scope: Scope) -> bool:
    return bool(scope["method"] == "GET" and scope["query_string"].startswith(b"token="))


def _form(headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    if headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise Refused(415, "A form was expected. Nothing was changed.")
    try:
        return dict(
            parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
        )
    except ValueError as error:
        raise Refused(400, "The form cannot be read. Nothing was changed.") from error


async def _body(headers: Mapping[str, str], receive: Any) -> bytes:
    """The whole body, if it is small and comes in time."""
    length = headers.get("content-length", "0")
    if not length.isdecimal() or len(length) > 9 or int(length) > MOST_BODY:
        raise Refused(413, "That is too much at once. Nothing was changed.")
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _read(receive)
    except TimeoutError as error:
        raise Refused(408, "That took too long. Nothing was changed.") from error


async def _read(receive: Any) -> bytes:
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "The rest did not come.")
        body += bytes(message.get("body", b""))
        if len(body) > MOST_BODY:
            raise Refused(413, "That is too much at once. Nothing was changed.")
        if not message.get("more_body"):
            return body


def _replay(body: bytes, receive: Any) -> Callable[[], Any]:
    """The body again, for the page; then what the connection says."""
    given = False

    async def again() -> Any:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _with_headers(send: Any) -> Callable[[Any], Any]:
    async def answer(message: Any) -> None:
        if message["type"] == "http.response.start":
            own = {name for name, _ in message["headers"]}
            added = [*HEADERS, (b"cache-control", b"no-store")]
            message = {**message, "headers": [*message["headers"], *(h for h in added if h[0] not in own)]}
        await send(message)

    return answer
