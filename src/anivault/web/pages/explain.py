"""Why a file is what AniVault thinks it is."""

from __future__ import annotations

import os
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from anivault.cli.commands.files.explain import NO_FILE
from anivault.web.house import House
from anivault.web.jobs import ask
from anivault.web.pages.rendering import house_of, render

OUTSIDE = "This path is outside of the folders that this page may look at: this is what its name alone says."
NOT_THERE = f"{NO_FILE} in the folders of this page: this is what its name alone says."


async def show(request: Request) -> Response:
    """Explain a file of the folders that are served, or any name by itself."""
    house, asked = house_of(request), request.query_params.get("file", "").strip()[:5000]
    if not asked or "\0" in asked:
        return render(request, "pages/explain.html", asked="", told=None, why="", hint="")
    found = await ask(house.order("explain", **_meant(house, asked)))
    why, hint = found.get("message", ""), found.get("hint", "")
    return render(request, "pages/explain.html", asked=asked, told=found.get("answer"), why=why, hint=hint)


def _meant(house: House, asked: str) -> dict[str, Any]:
    """What words mean: a file of the folders that are served, by its path or from one on; else a name.

    Of what lies outside nothing is looked at, so nothing tells whether it is there.
    """
    if os.path.isabs(asked):
        return {"file": asked} if house.inside(asked) else {"file": "", "name": asked, "notice": OUTSIDE}
    for root in house.sources:
        path = os.path.join(root, asked)
        if house.inside(path) and os.path.lexists(path):
            return {"file": path}
    return {"file": "", "name": asked, "notice": NOT_THERE}
