"""Tell once that the catalogue is old. Writes one small file in the user's state folder."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

import msgspec
from platformdirs import user_state_dir

from anivault.services.catalogue.added.imports import import_info

OLD = timedelta(days=120)  # a season of new shows has begun and another one is announced
BRINGS_SHOWS = ("bangumi-data", "anime-lists")


class _Source(msgspec.Struct):
    data_until: str


class _Shipped(msgspec.Struct):
    sources: list[_Source]


def mention(today: date | None = None) -> str:
    """Return a sentence the first time that the catalogue is found to be old; else nothing.

    It is told again when a list that was fetched later has grown old too.
    """
    newest = known_until()
    if (today or date.today()) - newest < OLD or _was_told(newest):
        return ""
    return words(newest)


def words(newest: date) -> str:
    """Return the sentence itself, which one run says and the next one does not."""
    return f"The catalogue knows shows until {newest:%Y-%m}. For newer ones: anivault catalog update"


def known_until() -> date:
    """Return until when shows are known: what ships, or a newer list of the user's."""
    text = (files("anivault.data") / "sources.json").read_bytes()
    months = [source.data_until for source in msgspec.json.decode(text, type=_Shipped).sources]
    added = [info.imported for kind in BRINGS_SHOWS if (info := import_info(kind))]
    return max(date.fromisoformat(day) for day in (*(f"{month}-01" for month in months), *added))


def _was_told(newest: date) -> bool:
    """Tell whether it was said of this date; if not, remember it. True where nothing can be remembered."""
    folder = Path(user_state_dir("anivault"))
    path = folder / f"catalogue-of-{newest.isoformat()}.told"
    if os.path.exists(path):
        return True
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch()
        return False
    return True
