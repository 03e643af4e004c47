"""Small readers of what each server makes of names: they see paths only, as the server does.

Each is written from the server's published rules and traps, not from the presets.
"""

from __future__ import annotations

from collections.abc import Sequence

from anivault.core.planning.naming.presets import builtin_presets, load_preset
from tests.servers.readers.emby import Emby
from tests.servers.readers.jellyfin import Jellyfin, Jellyfin12
from tests.servers.readers.kodi import Kodi
from tests.servers.readers.plex import Plex
from tests.servers.readers.reading import Reading, Words


class Together:
    """Several servers at once: they must agree."""

    def __init__(self, *servers: Jellyfin) -> None:
        self.servers = servers
        self.knows_sdh = all(server.knows_sdh for server in servers)

    def read(self, path: str, beside: Sequence[str] = ()) -> Reading:
        first, *others = said = [server.read(path, beside) for server in self.servers]
        return first if all(other == first for other in others) else Reading(" but ".join(map(str, said)))

    def words(self, video: str, name: str) -> Words:
        first, *others = said = [server.words(video, name) for server in self.servers]
        return first if all(other == first for other in others) else Words(" but ".join(map(str, said)))


SERVERS: dict[str, tuple[Jellyfin, ...]] = {
    "jellyfin": (Jellyfin(), Jellyfin12()),
    "plex": (Plex(),),
    "emby": (Emby(),),
    "kodi": (Kodi(),),
}


def _reader(preset: str) -> Jellyfin | Together:
    """What reads a preset back: every server that it is for."""
    found = [reader for server in load_preset(preset).servers for reader in SERVERS[server]]
    return found[0] if len(found) == 1 else Together(*found)


READERS = {preset: _reader(preset) for preset in builtin_presets()}
