"""The library: its shows, and one show season by season."""

from __future__ import annotations

import os

from starlette.requests import Request
from starlette.responses import Response

from anivault.shared import fs
from anivault.web.house import House
from anivault.web.pages.rendering import cut, house_of, missing, number, past_the_end, render
from anivault.web.pages.unchanged import while_unchanged
from anivault.web.records import FindingRow, LibraryFacts, LibraryFile, LibraryShow, VerifyFacts

SHOWS, FILES = 60, 100
MOST_POSTER = 8 << 20  # bytes
# Nothing to see: the first letter of the title shows through it.
NO_POSTER = b'<svg xmlns="http://www.w3.org/2000/svg" width="2" height="3"/>'
IMAGES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"RIFF": "image/webp"}


@while_unchanged
def show(request: Request) -> Response:
    """All shows, some at a time."""
    house = house_of(request)
    facts, sheet = house.desk.fact("library", LibraryFacts), house.desk.sheet("library")
    if facts is None or sheet is None:
        return render(request, "library/library.html", shelf=None, changed=True, away=house.is_away())
    search, start = request.query_params.get("q", "")[:200], number(request.query_params.get("start"))
    with sheet:
        shows = sheet.groups("show", LibraryShow, search=search, start=start, most=SHOWS)
        found = sheet.count_groups("show", search)
    if start and start >= found:
        return past_the_end(request, "/library", q=search)
    return render(
        request, "library/library.html", shelf=facts, shows=shows, found=found, search=search, start=start,
        step=SHOWS, changed=house.is_changed(), away=house.is_away(),
    )  # fmt: skip


@while_unchanged
def one(request: Request) -> Response:
    """One show: its seasons as strips, its files, and what verify found of them."""
    house = house_of(request)
    key, after = request.query_params.get("key", ""), number(request.query_params.get("after"))
    sheet = house.desk.sheet("library")
    found, rows = None, []
    if sheet:
        with sheet:
            found = sheet.one_group("show", key, LibraryShow)
            rows = sheet.rows("file", key, after=after, most=FILES + 1)
    if found is None:
        what = "The library has no such show. Perhaps it was renamed or taken back."
        return missing(request, what, "/library", "To the library")
    if after and not rows:
        return past_the_end(request, "/library/show", key=key)
    rows, more = cut(rows, FILES)
    return render(
        request,
        "library/show.html",
        show=found,
        key=key,
        rows=[(row.n, row.read(LibraryFile)) for row in rows],
        more=more,
        check=house.desk.fact("verify", VerifyFacts),
        findings=_findings(request, found.folder),
    )


def _findings(request: Request, folder: str) -> list[FindingRow]:
    sheet = house_of(request).desk.sheet("verify")
    if sheet is None:
        return []
    with sheet:
        return [row.read(FindingRow) for row in sheet.rows_like("finding", f"{folder}/", most=50)]


async def poster(request: Request) -> Response:
    """The poster of a show by its id, or of a show of the library: its own picture, else TMDB's."""
    house, asked = house_of(request), request.query_params
    found = _show_of(house, asked["key"]) if "key" in asked else None
    data = _picture(os.path.join(house.library, found.poster)) if found and found.poster else b""
    if not (kind := _kind(data)):
        data = await house.poster(found.show if found else asked.get("show", ""))
        kind = _kind(data)
    if kind:
        return Response(data, media_type=kind, headers={"cache-control": "private, max-age=86400"})
    return Response(NO_POSTER, media_type="image/svg+xml", headers={"cache-control": "private, max-age=600"})


def _show_of(house: House, key: str) -> LibraryShow | None:
    sheet = house.desk.sheet("library")
    if sheet is None:
        return None
    with sheet:
        return sheet.one_group("show", key, LibraryShow)


def _kind(data: bytes) -> str:
    """What kind of picture these bytes are; empty for anything else."""
    return next((kind for sign, kind in IMAGES.items() if data.startswith(sign)), "")


def _picture(path: str) -> bytes:
    try:
        with os.fdopen(fs.open_file(None, path), "rb") as file:
            return file.read(MOST_POSTER)
    except OSError:
        return b""
