"""Tell media servers which folders have changed, so that they look at those alone.

In: folders of the library, and one server's settings with its key. Out: nothing; TellingError where the
server could not be told, with the reason in words. Jellyfin and Emby get `Library/Media/Updated`, Plex a
refresh of the section by path, Kodi `VideoLibrary.Scan` of the folder. Touches the network, at addresses of
the user's own alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from anivault.services.secrets import Secret
from anivault.shared.settings import ServerSettings

if TYPE_CHECKING:
    import httpx2

SECONDS = 10.0  # until a server that does not answer is left alone
MOST = 50  # folders that are told one by one; of more, those above them


class TellingError(Exception):
    """A server, or a person, was not told; the message says why in a few words."""


def tell(server: ServerSettings, key: Secret | None, folders: Sequence[str]) -> None:
    """Tell one server that these folders have changed. Raises TellingError."""
    told = [mapped(folder, server.paths) for folder in folders]
    with client() as http:
        KINDS[server.kind](http, server.url.rstrip("/"), key.reveal() if key else "", told)


def mapped(folder: str, paths: Mapping[str, str]) -> str:
    """The folder as the server calls it: by the longest path of ours that it lies in."""
    ours = max((path for path in paths if _lies_in(folder, path)), key=len, default=None)
    if ours is None:
        return folder
    return paths[ours].rstrip("/") + folder[len(ours.rstrip("/")) :]


def client() -> httpx2.Client:
    """Who asks: never through a redirect, which could carry a key elsewhere."""
    import logging

    import httpx2

    for name in ("httpx2", "httpcore2"):  # they log addresses, and a key may stand in those
        logging.getLogger(name).setLevel(logging.WARNING)
    return httpx2.Client(timeout=SECONDS, follow_redirects=False)


def asked(http: httpx2.Client, method: str, url: str, **how: Any) -> httpx2.Response:
    """One question. Raises TellingError for everything but an answer of success."""
    import httpx2

    try:
        answer = http.request(method, url, **how)
    except httpx2.TimeoutException as error:
        raise TellingError(f"it did not answer in {SECONDS:g} seconds") from error
    except UnicodeError as error:
        raise TellingError("its key, its address or a folder has letters that it cannot be sent") from error
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        raise TellingError(f"it cannot be reached ({type(error).__name__})") from error
    if answer.status_code in (401, 403):
        raise TellingError("it does not take the key")
    if not answer.is_success:
        raise TellingError(f"it answered {answer.status_code}")
    return answer


def _lies_in(folder: str, path: str) -> bool:
    return folder == path or folder.startswith(path.rstrip("/") + "/")


def _jellyfin(http: httpx2.Client, url: str, key: str, folders: Sequence[str]) -> None:
    body = {"Updates": [{"Path": folder, "UpdateType": "Created"} for folder in folders]}
    asked(http, "POST", f"{url}/Library/Media/Updated", json=body, headers={"X-Emby-Token": key})


def _plex(http: httpx2.Client, url: str, key: str, folders: Sequence[str]) -> None:
    headers = {"X-Plex-Token": key, "Accept": "application/json"}
    sections = _sections(asked(http, "GET", f"{url}/library/sections", headers=headers))
    for folder in folders:
        found = [number for number, path in sections if _lies_in(folder, path)]
        if not found:
            raise TellingError(f"it has no library for {folder}: is `paths` right?")
        for number in found:
            where = f"{url}/library/sections/{number}/refresh"
            asked(http, "GET", where, params={"path": folder}, headers=headers)


def _sections(answer: httpx2.Response) -> list[tuple[str, str]]:
    """The number and the folder of each section of a Plex."""
    try:
        found = answer.json()["MediaContainer"].get("Directory", [])
        return [(str(one["key"]), str(place["path"])) for one in found for place in one.get("Location", [])]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TellingError("it answered what no Plex does") from error


def _kodi(http: httpx2.Client, url: str, key: str, folders: Sequence[str]) -> None:
    name, _, word = key.partition(":")
    for number, folder in enumerate(folders, 1):
        params = {"directory": folder.rstrip("/") + "/", "showdialogs": False}
        body = {"jsonrpc": "2.0", "id": number, "method": "VideoLibrary.Scan", "params": params}
        answer = asked(http, "POST", f"{url}/jsonrpc", json=body, auth=(name, word) if key else None)
        try:
            result = answer.json()
            taken = result.get("result") == "OK"
        except (ValueError, AttributeError) as error:
            raise TellingError("it answered what no Kodi does") from error
        if not taken:
            raise TellingError("it did not begin to scan")


KINDS: Mapping[str, Callable[[httpx2.Client, str, str, Sequence[str]], None]] = {
    "jellyfin": _jellyfin, "emby": _jellyfin, "plex": _plex, "kodi": _kodi,
}  # fmt: skip
