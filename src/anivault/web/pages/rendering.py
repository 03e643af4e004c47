"""How every page is made: a template, what the page found, and what all of them show."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from xxhash import xxh32_hexdigest

from anivault.cli.render.runs import files_told
from anivault.core.causes import HEADS
from anivault.shared.errors import quoted
from anivault.shared.text import safe

if TYPE_CHECKING:  # what is served comes with each request
    from anivault.web.desk import Row
    from anivault.web.house import House

NAVIGATION = (
    ("/", "Overview"),
    ("/review", "Review"),
    ("/plan", "Plan"),
    ("/library", "Library"),
    ("/history", "History"),
    ("/verify", "Verify"),
    ("/settings", "Settings"),
    ("/explain", "Explain"),
)


ENDED = {
    "done": "did that",
    "interrupted": "was stopped between two files",
    "stopped": "ended at an error",
    "recovered": "was cut off, and is settled",
    "unfinished": "did not end, and has to be settled first",
}


# What a run did, by its mode; any other is called as it is.
DID = {
    "hardlink": "Filed by hard links",
    "reflink": "Filed by clones",
    "copy": "Filed by copies",
    "symlink": "Filed by links",
    "move": "Moved",
    "rollback": "Taken back",
}


def house_of(request: Request) -> House:
    """What is served."""
    house: House = request.app.state.house
    return house


def form(request: Request) -> dict[str, str]:
    """The fields that came."""
    fields: dict[str, str] = request.scope["state"]["form"]
    return fields


def number(text: str | None, default: int = 0) -> int:
    """A whole number of a form or an address; anything else is the default."""
    text = text or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else default


def cut(rows: list[Row], most: int) -> tuple[list[Row], int]:
    """The rows of one page, and the number behind which the next one begins; 0 where those are all."""
    return rows[:most], rows[most - 1].n if len(rows) > most else 0


def optional(text: str | None) -> int | None:
    """A whole number that a field may say, also one below zero; None where it says none."""
    text = (text or "").strip()
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    return sign * number(digits) if digits.isascii() and digits.isdecimal() else None


def render(request: Request, template: str, status: int = 200, **found: Any) -> Response:
    """Make a page."""
    house = house_of(request)
    session = request.scope["state"]["session"]
    page = _environment().get_template(template)
    text = page.render(
        house=house,
        job=house.jobs.state,
        csrf=session.csrf if session else "",
        here=request.scope["path"],
        navigation=NAVIGATION,
        may=house.rules.may,
        url=lambda path, **query: address(house, path, **query),
        **found,
    )
    return HTMLResponse(text, status)


def address(house: House, path: str, **query: object) -> str:
    """The address of a page, below the prefix."""
    asked = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{house.rules.prefix}{quote(path)}" + (f"?{urlencode(asked, errors='replace')}" if asked else "")


def go(request: Request, path: str, **query: object) -> Response:
    """Send the browser to another page after something was done."""
    return RedirectResponse(address(house_of(request), path, **query), 303)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("anivault.web"), autoescape=True, finalize=_harmless, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {"size": size, "ago": ago, "count": count, "date": date, "lasted": lasted}
    environment.filters |= {
        "did": lambda mode: DID.get(mode, mode),
        "held": held,
        "files_told": files_told,
        "ended": ended,
        "quoted": quoted,
    }
    environment.filters["id"] = lambda key: xxh32_hexdigest(key.encode())
    return environment


def _harmless(value: Any) -> Any:
    """No name turns the direction of a page, or hides in it; what is markup already is ours."""
    return safe(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def size(found: int) -> str:
    """Bytes for people."""
    value = float(found)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:,.1f} TB"


def count(found: int, one: str = "", many: str = "") -> str:
    """A number with its noun."""
    if not one:
        return f"{found:,}"
    return f"{found:,} {one if found == 1 else many or one + 's'}"


def held(reason: str) -> str:
    """Why files are held, in the words of every command."""
    return HEADS.get(reason, reason)


def ended(state: str) -> str:
    """How a run ended, in words."""
    return ENDED.get(state, state)


def ago(when: float | None) -> str:
    """How long ago, in words."""
    if not when:
        return "never"
    seconds = max(0.0, time.time() - when)
    for length, unit in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= length:
            return f"{count(int(seconds // length), unit)} ago"
    return "just now"


def lasted(seconds: float) -> str:
    """How long something took."""
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def date(when: float) -> str:
    """A moment, as people write it."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(when))


def missing(
    request: Request,
    what: str,
    back: str = "/",
    label: str = "To the overview",
    hint: str = "",
    **query: object,
) -> Response:
    """Say that there is no such thing, and where to go from here."""
    return render(
        request, "entrance/missing.html", 404, what=what, hint=hint, label=label,
        back=address(house_of(request), back, **query), bare="hx-request" in request.headers,
    )  # fmt: skip


def past_the_end(request: Request, back: str, **query: Any) -> Response:
    """Say that a list has no such page, and where it begins."""
    return missing(
        request, "This list has no such page: it is shorter than that.", back, "To its beginning", **query
    )


def replaced(request: Request, back: str) -> Response:
    """Refuse a form that is about what is no longer there: it would do what nobody has looked at."""
    what = "What this page showed is there no longer: it was done, or looked at anew. Nothing was done."
    return render(request, "entrance/refused.html", 409, what=what, hint="Look at it again.", back=back)
