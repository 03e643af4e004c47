"""What a shell may complete: libraries, runs, presets, pins. Whatever goes wrong, nothing is offered."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

import typer


def libraries(incomplete: str) -> list[str]:
    """The libraries that AniVault has worked in, and the one of the settings."""
    return _fitting(_libraries, incomplete)


def presets(incomplete: str) -> list[str]:
    """The presets that come with AniVault, and the user's own."""
    return _fitting(_presets, incomplete)


def runs(ctx: typer.Context, incomplete: str) -> list[str]:
    """The runs of the library that was typed, the last first; of every known one where none is read yet."""
    return _fitting(lambda: _runs(ctx.params.get("library")), incomplete)


def pinned(ctx: typer.Context, incomplete: str) -> list[str]:
    """The folders and titles that have pins."""
    return _fitting(lambda: _pinned(ctx.params.get("to")), incomplete)


def _fitting(names: Callable[[], Iterable[str]], incomplete: str) -> list[str]:
    with suppress(Exception):  # a shell that completes is no place for an error
        return [name for name in dict.fromkeys(names()) if name.startswith(incomplete)]
    return []


def _libraries() -> Iterator[str]:
    from anivault.services.libraries import remembered

    yield from (path for path in (_of_settings(), *remembered()) if path and os.path.isdir(path))


def _of_settings() -> str:
    from anivault.shared.settings import load

    return load().settings.library.path


def _presets() -> Iterator[str]:
    from anivault.core.planning.naming.presets import builtin_presets
    from anivault.shared.settings import load

    yield from builtin_presets()
    yield from load().settings.presets


def _runs(library: str | None) -> list[str]:
    from anivault.core.moving.journal.log import read_journal

    homes = [os.path.abspath(library)] if library else list(_libraries())
    return [log.run.id for home in homes for log in reversed(read_journal(home).runs)]


def _pinned(library: str | None) -> list[str]:
    from anivault.services.pinning import listed

    found = listed(library or _of_settings() or None)
    return [pin.folder or pin.title or "" for each in found for pin in each.pins]
