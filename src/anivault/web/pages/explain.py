"""Why a file is what AniVault thinks it is."""

from __future__ import annotations

import os

from starlette.requests import Request
from starlette.responses import Response

from anivault.web.jobs import ask
from anivault.web.pages.rendering import house_of, render


async def show(request: Request) -> Response:
    """Explain a file of the folders that are served, or any name by itself."""
    house, asked = house_of(request), request.query_params.get("file", "").strip()[:5000]
    if not asked or "\0" in asked:
        return render(request, "pages/explain.html", asked="", told=None, why="", hint="")
    file = asked if os.path.isabs(asked) and house.inside(asked) else os.path.basename(asked.rstrip("/"))
    found = await ask(house.order("explain", file=file))
    why, hint = found.get("message", ""), found.get("hint", "")
    return render(request, "pages/explain.html", asked=asked, told=found.get("answer"), why=why, hint=hint)
