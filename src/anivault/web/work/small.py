"""Answer what is asked in passing: why a file is what it is, and which shows have a title."""

from __future__ import annotations

from typing import Any

import msgspec

from anivault.cli import events
from anivault.cli.commands.files import explain as explaining
from anivault.core.models import Query
from anivault.services.asking import opened
from anivault.web.work.telling import Order, Teller

MOST = 12  # shows that a search answers with


def explain(order: Order, teller: Teller) -> dict[str, Any]:
    """Explain one file, as `anivault explain` does."""
    done = explaining.handle(order.context.asking(), order["file"], teller)
    event = events.ExplainEvent(
        path=events.shown(done.parsed.file.path), parsed=done.parsed.parsed, explanation=done.explanation
    )
    said = {
        name: [str(who), _value(getattr(done.parsed.parsed, name, None))]
        for name, who in done.parsed.parsed.said.items()
    }
    return {"answer": {**msgspec.to_builtins(event), "said": said, "notices": list(done.notices)}}


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def search(order: Order, teller: Teller) -> dict[str, Any]:
    """The shows that have a title like these words."""
    with opened(order.context.asking(), None, teller("Searching")) as those:
        query = Query(titles=(order["words"],))
        found = [candidate for source in those.asked.sources for candidate in source.find([query])[0]]
    shows = {str(show.key): {"show": str(show.key), "title": show.title, "year": show.year} for show in found}
    return {"answer": list(shows.values())[:MOST]}
