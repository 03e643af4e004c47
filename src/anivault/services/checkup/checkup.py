"""All that is looked at, in order; a look that fails is a fault of its own, and the others go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from anivault.services import libraries
from anivault.services.checkup import disks, state
from anivault.services.checkup.found import Check, fault
from anivault.shared.errors import AniVaultError, WrongDiskError
from anivault.shared.settings import Settings


def checks(paths: Sequence[str], library: str | None, settings: Settings) -> Iterator[Check]:
    """Everything about a library, its sources, what AniVault knows, and the program."""
    looks: list[tuple[str, Callable[[], Iterator[Check]]]] = []
    if isinstance(libraries.missed(library), WrongDiskError):
        looks.append(("library", partial(state.library, library or "")))
        library = None  # nothing can be said of its disk, nor of the way there
    elif library:
        looks += [("library", partial(disks.library, library)), ("library", partial(state.library, library))]
    looks += [("source", partial(disks.source, path, library or "")) for path in paths]
    looks += [
        ("catalogue", state.catalogue),
        ("key", partial(state.tmdb, settings)),
        ("program", partial(state.program, settings)),
    ]
    for name, look in looks:
        yield from _safely(name, look)


def _safely(name: str, look: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    try:
        yield from look()
    except AniVaultError as error:
        yield fault(name, str(error), getattr(error, "hint", ""))
    except OSError as error:
        yield fault(
            name,
            f"Looking at the {name} failed: {error.strerror or error}.",
            "Is its disk sound? dmesg | tail",
        )
