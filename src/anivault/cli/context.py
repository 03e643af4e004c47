"""What every command gets: where to print, the words as typed, and the settings that hold."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from anivault.cli.screen import Screen
from anivault.shared.errors import (
    ConfigError,
    LibraryNotNamedError,
    PresetError,
    TemplateError,
    quoted,
    shortened,
)

if TYPE_CHECKING:
    from anivault.services.asking import Asking
    from anivault.shared.settings import Loaded, Settings


class Session:
    """What outlives the reading of the words: the words as typed, where to print, and who runs more words."""

    words: Sequence[str] = ()
    screen = Screen()
    log: str | None = None  # the level that was typed
    library: str | None = None  # the one that the words are about, as soon as it is known
    run: Callable[[Sequence[str]], int]

    @classmethod
    def begin(cls, words: Sequence[str], run: Callable[[Sequence[str]], int]) -> None:
        """Take up new words. What is wrong with them has to be told too: as events where they ask for it."""
        cls.words, cls.screen, cls.run = words, Screen(json="--json" in words), staticmethod(run)
        cls.log = cls.library = None


def again() -> str:
    """The command as it was typed, to which options can be added: paths behind `--` are as if before it."""
    words = [*Session.words]
    if "--" in words:
        at = words.index("--")
        words[at:] = [f"./{path}" if path.startswith("-") else path for path in words[at + 1 :]]
    return " ".join(map(quoted, ["anivault", *words]))


class Work(NamedTuple):
    """What a command comes to once its words are read: the work, and how its result is shown.

    `show` returns the exit code.
    """

    do: Callable[[], Any]
    show: Callable[[Any], int]


class Repeatable(NamedTuple):
    """Work whose result may be known: `again` shows it once more where nothing has changed; else `work`."""

    again: Callable[[], Work | None]
    work: Callable[[], Work]


class Context:
    """What every command gets: where to print, and the settings that hold."""

    def __init__(self, screen: Screen, config: str | None) -> None:
        self.screen = screen
        self.config = config
        self._library: str | None = None

    @cached_property
    def loaded(self) -> Loaded:
        """The settings, read when first asked for. Raises ConfigError."""
        from anivault.shared.settings import load

        loaded = load(config=self.config, library=self._library)
        _check_presets(loaded)
        if unheard := _unheard(loaded):
            from anivault.cli.render.parts import notices  # much to import for what few have to be told

            notices(self.screen, unheard)
        return loaded

    @property
    def settings(self) -> Settings:
        """Your settings."""
        return self.loaded.settings

    def library(self, named: str | None) -> str:
        """The library of a command, absolute; its own settings hold from here on.

        Raises LibraryNotNamedError when neither the command line nor the configuration names one.
        """
        if found := self.library_or_none(named):
            return found
        raise LibraryNotNamedError

    def old_library(self, named: str | None, *, other_disk: bool = False) -> str:
        """The library of a command for what is in it: not the empty folder where its disk is not mounted."""
        from anivault.core.listing import JOURNAL

        library = self.library(named)
        if not (other_disk or os.path.exists(os.path.join(library, JOURNAL))):
            from anivault.services.libraries import require_there

            require_there(library)
        return library

    def library_or_none(self, named: str | None) -> str | None:
        """The library of a command that can do without one."""
        self._library = named
        path = named or self.settings.library.path
        Session.library = os.path.abspath(os.path.expanduser(path)) if path else None
        return Session.library

    def heard_library(self, named: str | None) -> str | None:
        """The library whose pins and ignore list a command hears, if any.

        Raises WrongDiskError or JournalLostError where it was named and is away; of the one in the settings
        that is said, and the command goes on without it.
        """
        from anivault.services.libraries import missed

        library = self.library_or_none(named)
        if error := missed(library):
            if named:
                raise error
            from anivault.cli.render.parts import notices

            notices(self.screen, (f"{error} {error.hint} Its pins and ignore list are not heard.",))
        return library

    def _doubt_languages(self, tags: Sequence[str]) -> None:
        """Say of words that are the language of no title that they find none."""
        from anivault.cli.render.parts import notices
        from anivault.shared.settings import LANGUAGE, fits

        wrong = (shortened(repr(tag)) for tag in tags if not fits(LANGUAGE, tag))
        notices(self.screen, (f"--lang {tag} finds no title: it is not {LANGUAGE.allowed}." for tag in wrong))

    def asking(
        self,
        parser: list[str] | None = None,
        provider: list[str] | None = None,
        lang: list[str] | None = None,
        *,
        fresh: bool = False,
    ) -> Asking:
        """Who reads names and who is asked about them: what the command line says, else the settings."""
        from anivault.services.asking import Asking

        settings = self.settings
        if provider:
            from anivault.services.providers import require

            require(provider)
        if lang:
            self._doubt_languages(lang)
        return Asking(
            settings=settings,
            engines=tuple(parser or settings.parser.engines),
            providers=tuple(provider or settings.match.providers),
            languages=tuple(lang or settings.match.languages),
            fresh=fresh,
        )


def _check_presets(loaded: Loaded) -> None:
    """Refuse a preset of a configuration that cannot be, with its file. Raises ConfigError."""
    chosen, own = loaded.settings.organize.preset, loaded.settings.presets
    places = {f"presets.{name}": name for name in own} | {"organize.preset": chosen}
    for place, name in places.items():
        if (where := loaded.origin[place]) != "default":
            _check_preset(name, own, where, place)


def _check_preset(name: str, own: dict[str, Any], where: str, place: str) -> None:
    from anivault.core.planning.naming.presets import load_preset

    try:
        load_preset(name, own)
    except (PresetError, TemplateError) as error:
        why = str(error).removesuffix(" Nothing was changed.").removesuffix(".")
        raise ConfigError(where, shortened(f"{place}: {why}")) from error


def _unheard(loaded: Loaded) -> list[str]:
    """Say what a library's own file sets that only the user may, and where the user can."""
    return [
        f"{item.file} sets {item.name}, which a library may not: it is not heard. "
        f"If you mean it, {_instead(item.name)} {item.instead}"
        for item in loaded.unheard
    ]


def _instead(name: str) -> str:
    return f"{'give --mode move, or ' if name == 'organize.mode' else ''}set it in"
