"""How work tells how far it is. A screen is handed in; nothing here draws."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int | None], None]  # how much is done; of how much, where that is known
Bars: TypeAlias = Callable[[str], Progress]  # begin another kind of work, by its name


def untold(done: int, total: int | None) -> None:
    """Tell nobody how far work is."""
    del done, total
