"""Tell servers and people what a run has done. That fails no run: what could not be told is a notice.

In: the settings, and a run's result. Out: notices, one for each who was not told. Touches the network.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from anivault.core.models import Held, HeldReason
from anivault.core.organized import Organized
from anivault.services.remembered.seen import Seen
from anivault.services.secrets import find_key_of
from anivault.services.telling.servers import MOST, TellingError, asked, client, tell
from anivault.shared import trust
from anivault.shared.errors import NotTrustedError, TmdbKeyError
from anivault.shared.places import user_config_path
from anivault.shared.settings import Settings

LARGEST = 1 << 16  # bytes of a file of addresses
LONGEST = 200  # files of one kind that a message names


def tell_all(settings: Settings, made: Organized) -> tuple[str, ...]:
    """Tell everyone who is to be told; returns what could not be."""
    folders = changed(made)
    notices = [*_servers(settings, folders)] if folders else []
    held = asked_now(made)
    if made.moves or held:
        said = message(settings, made, held)
        notices += [*_webhook(settings, said), *_apprise(settings, said)]
    return tuple(notices)


def asked_now(made: Organized) -> list[Held]:
    """The files that are held now and were not told before: nobody hears of a question every night."""
    known = Seen(made.plan.library).known(made.held)
    return [
        item
        for item, before in zip(made.held, known, strict=True)
        if item.reason is not HeldReason.ALREADY_THERE and not before
    ]


def changed(made: Organized) -> list[str]:
    """The shows' and films' folders that a run put something into; of very many the folders above them."""
    library = made.plan.library
    parts = dict.fromkeys(tuple(move.target.split("/")[:-1][:2]) for move in made.moves)
    if len(parts) > MOST:
        parts = dict.fromkeys(part[:1] for part in parts)
    return [os.path.join(library, *part) for part in parts]


def _servers(settings: Settings, folders: Sequence[str]) -> Iterator[str]:
    home = user_config_path().parent
    for name, server in settings.servers.items():
        try:
            tell(server, find_key_of("server", name, home), folders)
        except (TellingError, TmdbKeyError) as error:
            yield f"{server.kind} {name} was not told of new files: {error}. Its own scan will find them."


def _webhook(settings: Settings, said: dict[str, Any]) -> Iterator[str]:
    if not settings.tell.webhook:
        return
    try:
        with client() as http:
            asked(http, "POST", settings.tell.webhook, json=said)
    except TellingError as error:
        yield f"The webhook was not told of this run: {error}."


def _apprise(settings: Settings, said: dict[str, Any]) -> Iterator[str]:
    """Tell those whose addresses stand in the user's file, a line of which may hold a password."""
    if not (path := settings.tell.apprise):
        return
    try:
        addresses = trust.read(os.path.expanduser(path), LARGEST, private=True).decode()
        count, heard = _notified(addresses, said["text"])
    except ImportError:
        yield "Nobody was told of this run: [tell] apprise needs `pip install 'anivault[apprise]'`."
    except (OSError, UnicodeDecodeError, NotTrustedError) as error:
        yield f"Nobody was told of this run: {error}"
    else:
        if not count:
            yield f"Nobody was told of this run: {path} has no address that Apprise knows."
        elif not heard:
            yield "Not everybody was told of this run: Apprise could not reach them all."


def _notified(addresses: str, text: str) -> tuple[int, bool]:
    """How many addresses there are, and whether all were told. Raises ImportError without Apprise."""
    import apprise

    found, people = apprise.AppriseConfig(), apprise.Apprise()
    found.add_config(addresses, format="text")
    people.add(found)
    try:
        return len(people), bool(people.notify(body=text))
    except Exception:  # noqa: BLE001 - it speaks to a hundred services, and a run is done whatever they do
        return len(people), False


def message(settings: Settings, made: Organized, held: Sequence[Held]) -> dict[str, Any]:
    """What a webhook gets. `text` is for people, the rest for programs."""
    done = len(made.moves)
    said = [f"{done} {'file' if done == 1 else 'files'} in the library"] if done else []
    said += [f"{len(held)} held"] if held else []
    return {
        "text": f"AniVault: {', '.join(said)}. {settings.tell.page}".strip(),
        "library": _shown(made.plan.library),
        "run": made.report.run if made.report else "",
        "done": [_shown(move.target) for move in made.moves[:LONGEST]],
        "held": [{"file": _shown(item.rel), "reason": str(item.reason)} for item in held[:LONGEST]],
        "counts": {"done": done, "held": len(held)},
        "page": settings.tell.page,
    }


def _shown(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
