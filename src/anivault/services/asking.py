"""Open everybody who is asked in a run: engines that read names, providers that know shows, and pins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import msgspec

from anivault.parser.read import Reader, open_reader
from anivault.services.remembered.index import Index
from anivault.shared.errors import shortened
from anivault.shared.progress import Progress
from anivault.shared.settings import Settings
from anivault.shared.text import counted
from anivault.shared.work.memory import FORGETFUL, Memory

if TYPE_CHECKING:
    from anivault.core.pipeline.records import What
    from anivault.core.verdicts import Asked
    from anivault.services.providers import Providers


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """Who is to be asked, by name, and the settings that hold for them."""

    settings: Settings
    engines: tuple[str, ...]
    providers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    fresh: bool = False  # whether what earlier runs worked out is worked out again


class Opened:
    """Those who are asked, ready to answer; `notices` is what they had to say in the end."""

    def __init__(self, asked: Asked, providers: Providers) -> None:
        self.asked, self.providers = asked, providers

    @property
    def notices(self) -> tuple[str, ...]:
        """What engines and providers failed at, and that the run went on."""
        return (*failures(self.asked.reader), *self.providers.notices)


@contextmanager
def opened(asking: Asking, library: str | None, progress: Progress) -> Iterator[Opened]:
    """Open them, with the pins of `library`; close them in the end.

    Raises PluginNotFoundError, PluginBrokenError, PinsBrokenError.
    """
    from anivault.core.verdicts import Asked  # `scan` asks engines alone: matching is much to import
    from anivault.services.pinning import pins_in_force
    from anivault.services.providers import Providers

    settings = asking.settings
    pins = pins_in_force(library or settings.library.path)
    with (
        closing(reader_of(asking)) as reader,
        Providers(settings, asking.providers, progress) as providers,
    ):
        asked = Asked(
            reader=reader,
            sources=providers.sources,
            pins=pins,
            languages=asking.languages,
            memory=memory_of(asking),
        )
        yield Opened(asked, providers)


def reader_of(asking: Asking) -> Reader:
    """Who reads names. Raises PluginNotFoundError, PluginBrokenError."""
    settings = asking.settings
    return open_reader(asking.engines, settings.plugins, settings.parse.workers)


def memory_of(asking: Asking) -> Memory:
    """What earlier runs worked out, unless it is to be worked out again."""
    return FORGETFUL if asking.fresh else Index.of_user()


def arriving(settings: Settings, paths: Sequence[str], library: str | None) -> What:
    """What is read of folders whose files are to go to a library."""
    from anivault.core.pipeline.records import What
    from anivault.services.remembered.ignored import lists

    return What(
        paths=tuple(paths),
        skip=(library,) if library else (),
        settle=settings.scan.settle,
        workers=settings.scan.workers,
        filing=True,
        ignored=lists(library),
    )


def failures(reader: Reader) -> tuple[str, ...]:
    """What engines had to be forgiven."""
    return tuple(
        f"{engine} failed on {counted(count, 'name')}: {shortened(reader.why[engine])}."
        for engine, count in reader.failures.items()
    )
