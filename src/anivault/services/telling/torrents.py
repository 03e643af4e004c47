"""Ask torrent clients which files they have, so that none of these is moved away.

In: the user's `[clients]`, and paths. Out: the name of the torrent that a file is of. Touches the network, at
addresses of the user's own alone, and only when the first path is asked about. qBittorrent's Web API 2
(`auth/login`, `torrents/info`, `torrents/files`) is spoken.
"""

from __future__ import annotations

import os
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from anivault.core.planning.seeding import TorrentOf, of_none
from anivault.services.secrets import Secret, find_key_of
from anivault.services.telling.servers import TellingError, asked, client
from anivault.shared import regex as re
from anivault.shared.errors import ClientError, TmdbKeyError
from anivault.shared.places import user_config_path
from anivault.shared.settings import ClientSettings, Settings

if TYPE_CHECKING:
    import httpx2

_T = TypeVar("_T")
_DRIVE = re.compile(r"[A-Za-z]:\\")


class _Listed(msgspec.Struct, frozen=True):
    """A torrent, as `torrents/info` tells of it; the paths are the client's."""

    hash: str
    name: str
    save_path: str
    content_path: str = ""  # its file, or its folder; without a folder of its own, the one it is saved in
    state: str = ""


class _File(msgspec.Struct, frozen=True):
    """A file of a torrent, as `torrents/files` tells of it, below where the torrent is saved."""

    name: str


class _Torrent(NamedTuple):
    name: str
    hash: str
    folder: str  # where it is saved, as we call it
    content: str


def torrents_of(settings: Settings) -> TorrentOf:
    """Who tells the torrent of a file. What it returns raises ClientError when a client cannot be asked."""
    if not settings.clients:
        return of_none
    home = user_config_path().parent
    clients = [Client(name, own, home) for name, own in settings.clients.items()]
    return lambda path: next((found for one in clients if (found := one.torrent_of(path))), "")


class Client:
    """One client; it is asked for its torrents once, and for the files of those that may matter."""

    def __init__(self, name: str, settings: ClientSettings, home: Path) -> None:
        self.name, self.settings, self.home = name, settings, home
        self._files = cache(self._ask_files)

    def torrent_of(self, path: str) -> str:
        """The name of the torrent that a file is of, or "". Raises ClientError."""
        path = _real(path)
        here, elsewhere = self._torrents
        for above in (path, *map(str, Path(path).parents)):
            for torrent in here.get(above, ()):
                if above == path or path in self._files(torrent):
                    return torrent.name
            if name := elsewhere.get(os.path.basename(above)):
                return name
        return ""

    @cached_property
    def _torrents(self) -> tuple[dict[str, list[_Torrent]], dict[str, str]]:
        """Torrents by their content's path; and names, by their content's, where their folder is not here.

        A client in a container calls folders otherwise. Where `paths` does not say how, a name has to do.
        """
        here: dict[str, list[_Torrent]] = {}
        elsewhere: dict[str, str] = {}
        for one in self._ask("torrents/info", list[_Listed]):
            folder, content = map(self._ours, (one.save_path, one.content_path))
            if os.path.isdir(folder):
                torrent = _Torrent(one.name, one.hash, _real(folder), _real(content or folder))
                here.setdefault(torrent.content, []).append(torrent)
            elif content != folder and one.state != "missingFiles":
                elsewhere[os.path.basename(content)] = one.name
        return here, elsewhere

    def _ask_files(self, torrent: _Torrent) -> frozenset[str]:
        found = self._ask("torrents/files", list[_File], hash=torrent.hash)
        return frozenset(os.path.join(torrent.folder, *file.name.split("/")) for file in found)

    def _ask(self, what: str, kind: type[_T], **params: str) -> _T:
        try:
            url = f"{self.settings.url.rstrip('/')}/api/v2/{what}"
            answer = asked(self._http, "GET", url, params=params)
            return msgspec.json.decode(answer.content, type=kind)
        except (TellingError, TmdbKeyError) as error:
            raise ClientError(self.name, str(error)) from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ClientError(self.name, "it answered what no qBittorrent does") from error

    @cached_property
    def _http(self) -> httpx2.Client:
        http = client()
        if key := find_key_of("client", self.name, self.home):
            _log_in(http, self.settings.url.rstrip("/"), key)
        return http

    def _ours(self, path: str) -> str:
        """A path of the client's as we call it: by the longest of its folders that `paths` knows."""
        path = _plain(path)
        known = {_plain(theirs): ours for ours, theirs in self.settings.paths.items()}
        theirs = max((name for name in known if f"{path}/".startswith(f"{name}/")), key=len, default=None)
        return path if theirs is None else known[theirs].rstrip("/") + path[len(theirs) :]


def _log_in(http: httpx2.Client, url: str, key: Secret) -> None:
    name, _, word = key.reveal().partition(":")
    body = {"username": name, "password": word}
    answer = asked(http, "POST", f"{url}/api/v2/auth/login", data=body, headers={"Referer": url})
    if answer.text.strip().startswith("Fails"):
        raise TellingError("it does not take the key")


def _plain(path: str) -> str:
    """A path without a slash at its end; of Windows' with slashes."""
    return (path.replace("\\", "/") if _DRIVE.match(path) else path).rstrip("/")


def _real(path: str) -> str:
    """A path with no link on its way; what is at its end stays what it is."""
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.join(os.path.realpath(folder), name)
