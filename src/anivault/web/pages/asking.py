"""Turn what a page says of files into pins, as `anivault pin` does, and take the last ones back."""

from __future__ import annotations

import os
from collections.abc import Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from anivault.shared.errors import AniVaultError, PinRefusedError
from anivault.shared.progress import untold
from anivault.web.house import House
from anivault.web.pages.rendering import go, house_of, render
from anivault.web.records import PinWords


def set_pin(house: House, pin: PinWords) -> None:
    """Set a pin in the library's own file. Raises PinRefusedError for other paths, and what `pin` does."""
    if is_outside(house, pin.what):
        raise PinRefusedError("that path lies outside of the folders that this page may use")
    from anivault.services import pinning  # it knows names and matching, which no other page needs

    wanted = pinning.PinRequest(library=house.library, **msgspec.structs.asdict(pin))
    pinning.pin(wanted, house.settings, house.settings.match.providers, untold)


def is_outside(house: House, words: str) -> bool:
    """Whether words are a path that leads out of the folders that are served; a title or a pattern is not."""
    return (os.path.isabs(words) or os.path.lexists(words)) and not house.inside(words)


def take_back(house: House, what: str) -> None:
    """Take every pin for a folder, file or title out again."""
    from anivault.services import pinning

    pinning.unpin(what, house.library)


def pinned(request: Request, pin: PinWords, season: int, episode: int, back: str) -> Response:
    """Pin one file to a season and an episode, then plan again."""
    house = house_of(request)
    try:
        set_pin(house, _at(pin, season, episode))
    except AniVaultError as error:
        return refused(request, error, back)
    if not house.jobs.state.running:
        house.start("plan")
        return go(request, "/working")
    return go(request, back)


def _at(pin: PinWords, season: int, episode: int) -> PinWords:
    """The pin for this one file: its own number, and what leads from it to the episode."""
    own = [n for n in numbers(pin.what) if isinstance(n, int)]
    if season < 0 or episode < 0 or not own:
        raise PinRefusedError("a season and an episode are needed, and a file with a number in its name")
    return msgspec.structs.replace(
        pin, season=season, offset=(episode - own[0]) or None, episodes=str(own[0])
    )


def numbers(path: str) -> Sequence[object]:
    """The episode numbers that a file's own name says."""
    from anivault.core.models import ScannedFile
    from anivault.core.pipeline.parser import parse_alone
    from anivault.core.pipeline.scanner import kind_of

    return parse_alone(ScannedFile("", path, kind_of(path))).parsed.episodes


def refused(request: Request, error: AniVaultError, back: str) -> Response:
    """Say what happened, what is still true, and what can be done."""
    return render(
        request, "entrance/refused.html", 409, what=str(error), hint=getattr(error, "hint", ""), back=back
    )
