"""Open who is asked what a show is.

A built-in provider is a function of the settings, the sources opened so far and a progress callback; it
returns the sources to ask from then on: those before and its own, or one that answers for both. A plug-in
is asked in a process of its own. The first source that knows a show is heard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from anivault.core.matching.source import Source
from anivault.core.models import Candidate, Query
from anivault.services.catalogue.offline import Catalog
from anivault.services.secrets import Secret, find_key
from anivault.shared import plugins
from anivault.shared.errors import TmdbKeyError
from anivault.shared.places import user_config_path
from anivault.shared.progress import Progress
from anivault.shared.settings import Settings

if TYPE_CHECKING:
    from anivault.services.plugin_source import PluginSource

UNKEPT = "The catalogue is compiled again in every run, for it cannot be kept. See why: anivault doctor"
_NO_KEY = "There is no TMDB key (ANIVAULT_TMDB_KEY)."


class Providers:
    """The opened providers of one run; a context manager that closes them."""

    def __init__(self, settings: Settings, names: Sequence[str], progress: Progress) -> None:
        self.sources: Sequence[Source] = ()
        self._plugins: list[PluginSource] = []
        for name in names or default_names():
            if name in plugins.BUILT_IN[plugins.PROVIDERS]:
                self.sources = plugins.load(plugins.PROVIDERS, name)(settings, self.sources, progress)
            else:
                self._add_plugin(name, settings.plugins.get(name, {}))

    def _add_plugin(self, name: str, table: Mapping[str, Any]) -> None:
        from anivault.services.plugin_source import PluginSource  # subprocess costs 5 ms

        plugins.find(plugins.PROVIDERS, name)
        self._plugins.append(PluginSource(name, table, self._are_failed))
        self.sources = [*self.sources, self._plugins[-1]]

    def _are_failed(self) -> bool:
        """Tell whether nobody is left to be asked."""
        return all(getattr(source, "failure", "") for source in self.sources)

    def __enter__(self) -> Providers:
        """Return the providers, opened already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close every source that can be closed."""
        for source in self.sources:
            getattr(source, "close", _nothing)()

    @property
    def notices(self) -> list[str]:
        """What the sources have to say to people: what failed, and that the run went on."""
        asked = dict.fromkeys([*self.sources, *self._plugins])  # TMDB answers for the one before it
        return [line for source in asked for line in getattr(source, "notices", ())]


def _nothing() -> None:
    """Close nothing."""


def default_names() -> Sequence[str]:
    """The catalogue, and TMDB when the user has a key for it: one that cannot be used has to be told."""
    try:
        wanted = find_key(user_config_path().parent) is not None
    except TmdbKeyError:
        wanted = True
    return ("catalog", "tmdb") if wanted else ("catalog",)


def open_catalog(_: Settings, before: Sequence[Source], progress: Progress) -> Sequence[Source]:
    """Open the catalogue that ships with AniVault. An Opener."""
    from anivault.services.catalogue.added.stale import mention

    del progress  # it answers at once
    catalog = Catalog.open()
    unkept = "" if catalog.is_kept else UNKEPT
    catalog.notices = [line for line in (mention(), unkept) if line]
    return [*before, catalog]


def open_tmdb(settings: Settings, before: Sequence[Source], progress: Progress) -> Sequence[Source]:
    """Open TMDB on top of the source before it, or say why it cannot be asked. An Opener."""
    from anivault.services.metadata_enricher import open_source

    key, why = key_or_why()
    if key is None:
        return [*before, Absent("tmdb", f"{why} Going on with what is known offline.")]
    below = before[-1] if before else None
    folder = cache_folder()
    url, languages = settings.tmdb.url, settings.match.languages or ("en",)
    enricher = open_source(below, key=key, folder=folder, url=url, languages=languages, progress=progress)
    return [*before[:-1], enricher]


def require(names: Sequence[str]) -> None:
    """Refuse what is asked for by name and cannot be asked. Raises TmdbKeyError.

    A provider that only the settings name may be absent: the run goes on and says so.
    """
    if "tmdb" in names and find_key(user_config_path().parent) is None:
        raise TmdbKeyError(_NO_KEY)


def cache_folder() -> Path:
    """Where TMDB's answers are kept."""
    return Path(platformdirs.user_cache_dir("anivault"))


def key_or_why() -> tuple[Secret | None, str]:
    """The user's TMDB key, or why it cannot be used."""
    try:
        return find_key(user_config_path().parent), _NO_KEY
    except TmdbKeyError as error:
        return None, str(error)


class Absent:
    """A provider that cannot be asked; it says so once."""

    def __init__(self, name: str, notice: str) -> None:
        self.name = name
        self.notices = [notice]

    def find(self, queries: Sequence[Query]) -> list[list[Candidate]]:
        """Know nothing."""
        return [[] for _ in queries]

    def get(self, provider: str, media_type: str, id: int) -> Candidate | None:  # noqa: A002, ARG002 - the field's name
        """Know nothing."""
        return None
