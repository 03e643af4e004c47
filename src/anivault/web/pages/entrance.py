"""Let people in and out."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from anivault.web.pages.rendering import address, form, go, house_of, render
from anivault.web.safety.access import CrowdedError

YEAR = 365 * 86_400


def show(request: Request) -> Response:
    """The log-in; a browser that is in already goes on."""
    if request.scope["state"]["session"]:
        return go(request, "/")
    return render(request, "entrance/login.html", why="")


CROWDED = (
    "Many are trying passwords now. Try again in a minute, or open an address that lets you in: a browser "
    "that is in makes one, and so does anivault serve when it is started."
)


async def enter(request: Request) -> Response:
    """Log in by password. Who has tried too often waits for the answer."""
    house, known = house_of(request), request.cookies.get(_known(request), "")
    try:
        cookie = await house.access.by_password(form(request).get("password", ""), known)
    except CrowdedError:
        return render(request, "entrance/login.html", 429, why=CROWDED)
    if cookie is None:
        return render(request, "entrance/login.html", 403, why="That is not the password.")
    return _with_cookie(request, cookie)


def _known(request: Request) -> str:
    return f"{house_of(request).rules.cookie}-known"


def by_link(request: Request) -> Response:
    """Log in by the token of a link, which works once; the address keeps nothing of it."""
    house = house_of(request)
    token = request.query_params.get("token", "")
    if request.scope["state"]["session"]:
        return go(request, "/")
    cookie = house.access.by_link(token)
    if cookie is None:
        return render(request, "entrance/login.html", 403, why="This link was used already, or is too old.")
    return _with_cookie(request, cookie)


def leave(request: Request) -> Response:
    """Log out. Where only links let anybody in, this is asked first: it may lock out who has no other."""
    house = house_of(request)
    if not house.access.has_password and form(request).get("sure") != "1":
        return render(request, "entrance/leave.html")
    house.access.leave(request.scope["state"]["cookie"])
    response = go(request, "/login")
    response.delete_cookie(house.rules.cookie, path=house.rules.prefix or "/")
    return response


def link(request: Request) -> Response:
    """Make a link for another device."""
    house = house_of(request)
    host = request.headers["host"]
    origin = request.headers["origin"].partition("://")[0]
    made = f"{origin}://{host}{address(house, '/', token=house.access.invite())}"
    return render(request, "entrance/link.html", link=made)


def _with_cookie(request: Request, cookie: str) -> Response:
    house = house_of(request)
    response = go(request, "/")
    known = {_known(request): house.access.remembered()} if house.access.has_password else {}
    for name, value in (*known.items(), (house.rules.cookie, cookie)):
        response.set_cookie(
            name,
            value,
            max_age=YEAR,
            path=house.rules.prefix or "/",
            secure=request.headers.get("origin", "").startswith("https://"),
            httponly=True,
            samesite="strict",
        )
    return response
