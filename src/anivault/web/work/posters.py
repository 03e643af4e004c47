"""Fetch posters for the page into its folder, small ones; what TMDB lacks is noted as an empty file."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from anivault.core.models import ShowId
from anivault.core.planning.describing.pictures import Picture
from anivault.services.providers import cache_folder, key_or_why
from anivault.services.tmdb.artwork import fetch as fetch_pictures
from anivault.shared import fs
from anivault.web.work.telling import Order, Teller

WIDTH = "w185"  # pixels: as wide as a page shows a poster on a good screen
ROOM = 64 << 20  # bytes of all posters that are kept


def fetch(order: Order, teller: Teller) -> dict[str, Any]:
    """Fetch the posters of some shows. Nothing is asked for without a key."""
    key, _ = key_or_why()
    if key is None:
        return {"answer": 0}
    shows = [meant for show in order["shows"] if (meant := ShowId.read(show)) and meant.provider == "tmdb"]
    wanted = [_picture(show) for show in shows]
    tmdb = order.context.settings.tmdb
    found = fetch_pictures(
        wanted, key=key, folder=cache_folder(), url=tmdb.url, images=tmdb.images, widths={"poster": WIDTH},
        progress=teller("Fetching"),
    )  # fmt: skip
    came = {os.path.splitext(write.target)[0]: write.data for write in found.writes}
    folder = Path(order["folder"])
    folder.mkdir(0o700, parents=True, exist_ok=True)
    for picture in wanted:
        fs.write_whole(str(folder / picture.target), came.get(picture.target, b""), replace=True)
    _make_room(folder)
    return {"answer": len(came)}


def _picture(show: ShowId) -> Picture:
    name = f"{show.media_type}-{show.id}"
    return Picture(media_type=show.media_type, id=show.id, kind="poster", target=name, video="")


def _make_room(folder: Path) -> None:
    """Let the oldest posters go where there are too many."""
    found = sorted((at.st_mtime, at.st_size, path) for path in folder.iterdir() for at in [path.stat()])
    size = sum(each for _, each, _ in found)
    for _, each, path in found:
        if size <= ROOM:
            return
        with suppress(OSError):
            path.unlink()
        size -= each
