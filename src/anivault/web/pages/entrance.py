"""Let people in and out."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from anivault.web.pages.rendering import address, form, go, house_of, render

YEAR = 365 * 86_400


def show(request: Request) -> Response:
    """The log-in; a browser that is in already goes on."""
    if request.scope["state"]["session"]:
        return go(request, "/")
    return render(request, "entrance/login.html", why="")


def enter(request: Request) -> Response:
    """Log in by password."""
    house, who = house_of(request), request.scope["state"]["address"]
    if house.access.waits(who):
        return render(
            request, "entrance/login.html", 429, why="Too many wrong tries. Wait a minute, then try again."
        )
    cookie = house.access.by_password(form(request).get("password", ""), who)
    if cookie is None:
        return render(request, "entrance/login.html", 403, why="That is not the password.")
    return _with_cookie(request, cookie)


def by_link(request: Request) -> Response:
    """Log in by the token of a link, which works once; the address keeps nothing of it."""
    house = house_of(request)
    token, who = request.query_params.get("token", ""), request.scope["state"]["address"]
    if request.scope["state"]["session"]:
        return go(request, "/")
    cookie = house.access.by_link(token, who)
    if cookie is None:
        return render(request, "entrance/login.html", 403, why="This link was used already, or is too old.")
    return _with_cookie(request, cookie)


def leave(request: Request) -> Response:
    """Log out."""
    house = house_of(request)
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
    response.set_cookie(
        house.rules.cookie,
        cookie,
        max_age=YEAR,
        path=house.rules.prefix or "/",
        secure=request.headers.get("origin", "").startswith("https://"),
        httponly=True,
        samesite="strict",
    )
    return response
