"""Read one file name: normal form, then the rules in their order.

In: a name with or without extension. Out: a ParseResult. Touches nothing.
"""

from __future__ import annotations

from anivault.parser import form
from anivault.parser.draft import Draft
from anivault.parser.models import ParseResult
from anivault.parser.rules import brackets, episode, group, kind, media, part, season, title, version, year


def read_rules(name: str) -> ParseResult:
    """What AniVault's own rules read in `name`."""
    draft = Draft(form.of(name))
    for rule in RULES:
        rule(draft)
    return ParseResult(**draft.fields, said=draft.said, engine="rules")


RULES = (
    brackets.read,
    group.read,
    media.notes,
    Draft.list_words,
    part.read,
    episode.read_stated,
    season.read,
    episode.read_worded,
    media.read,
    episode.read,
    kind.read,
    version.read,
    year.read,
    group.read_last,
    title.read,
)


def parse_name(name: str) -> ParseResult:
    """Read one file name, never a path. Total: any text gives a result."""
    return read_rules(name)
