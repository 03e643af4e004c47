"""Pins on the page: look at one, write it, say something else of it, remove it."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from anivault.shared.errors import AniVaultError, PinRefusedError
from anivault.shared.progress import untold
from anivault.web.house import House
from anivault.web.pages.asking import is_outside, refused, set_pin, whole
from anivault.web.pages.rendering import cut, form, go, house_of, number, render
from anivault.web.pages.unchanged import while_unchanged
from anivault.web.pages.working import begin
from anivault.web.records import Order, PinChange, PinFacts, PinWords

LONGEST = 5000  # characters of what a pin is for
FILES = 100


async def look(request: Request) -> Response:
    """Find out what a new pin, or a change of one, would come to."""
    fields = form(request)
    try:
        words = _changed(fields) if fields.get("pin") else _new(fields)
        _require_fit(house_of(request), words)
    except AniVaultError as error:
        return refused(request, error, "/settings")
    return begin(request, job="pin", words=msgspec.to_builtins(words), old=fields.get("pin", ""))


@while_unchanged
def preview(request: Request) -> Response:
    """What the pin that was looked at last would change, some files at a time; a form that writes it."""
    house, after = house_of(request), number(request.query_params.get("after"))
    facts, sheet = house.desk.fact("pin", PinFacts), house.desk.sheet("pin")
    if facts is None or sheet is None:
        return go(request, "/settings")
    with sheet:
        rows = sheet.rows("change", after=after, most=FILES + 1)
        library = sheet.rows("library", most=FILES)
        whole = sum(sheet.count_rows("library", "").values())
    rows, more = cut(rows, FILES)
    fields = {name: value for name, value in msgspec.to_builtins(facts.words).items() if value is not None}
    return render(
        request,
        "pages/preview.html",
        looked=facts,
        fields={**fields, "extra": "1" if facts.words.extra else "", "pin": facts.old},
        rows=[row.read(PinChange) for row in rows],
        more=more,
        library=[row.read(PinChange) for row in library],
        unshown=whole - len(library),
    )


def make(request: Request) -> Response:
    """Pin a folder or file of the served ones, or a title."""
    house = house_of(request)
    try:
        words = _new(form(request))
        _require_fit(house, words)
        set_pin(house, words)
    except AniVaultError as error:
        return refused(request, error, "/settings")
    house.desk.drop("pin")  # it is done
    return go(request, "/settings", pinned="1")


def change(request: Request) -> Response:
    """Say another show, season or numbers of a pin; what it is for stays."""
    from anivault.core.matching.pins import Pin
    from anivault.services import pinning

    house, fields = house_of(request), form(request)
    try:
        house.require_there()
        words = _changed(fields)
        old = msgspec.json.decode(fields["pin"], type=Pin)
        wanted = pinning.PinRequest(library=house.library, **msgspec.structs.asdict(words))
        pinning.change(old, wanted, house.settings, house.settings.match.providers, untold)
    except AniVaultError as error:
        return refused(request, error, "/settings")
    house.desk.drop("pin")
    return go(request, "/settings", pinned="1")


def _new(fields: dict[str, str]) -> PinWords:
    """The new pin that a form asks for. Raises PinRefusedError."""
    words = _words(fields.get("what", "").strip()[:LONGEST], fields)
    if not words.what or min(words.what) < " ":  # no name has control characters
        raise PinRefusedError("a pin is for a folder, a file or a title")
    return words


def _changed(fields: dict[str, str]) -> PinWords:
    """What a form makes of a pin that is there. Raises PinRefusedError."""
    from anivault.core.matching.pins import Pin

    try:
        old = msgspec.json.decode(fields.get("pin", ""), type=Pin)
    except msgspec.MsgspecError as error:
        raise PinRefusedError("the form says no pin") from error
    return _words(old.title or old.folder or "", fields)


def _words(what: str, fields: dict[str, str]) -> PinWords:
    order: dict[str, Order] = {"tvdb": "tvdb", "tmdb": "tmdb"}
    return PinWords(
        what=what,
        show=fields.get("show", "").strip()[:60],
        season=whole(fields.get("season"), "a season"),
        offset=whole(fields.get("offset"), "what is added to numbers", -9999),
        episodes=fields.get("episodes", "").strip()[:20] or None,
        first=whole(fields.get("first"), "an episode"),
        place=fields.get("place", "").strip()[:20] or None,
        extra=fields.get("extra") == "1",
        order=order.get(fields.get("order", "")),
    )


def _require_fit(house: House, words: PinWords) -> None:
    """Refuse a path outside of the served folders, and what would make extras of all files with a title."""
    from anivault.services.pinning import PinRequest, is_too_wide

    if is_outside(house, words.what):
        raise PinRefusedError("that path lies outside of the folders that this page may use")
    if is_too_wide(PinRequest(library=house.library, **msgspec.structs.asdict(words))):
        raise PinRefusedError("that would make extras of all files with this title: name their numbers")


def unpin(request: Request) -> Response:
    """Take every pin for a folder, file or title out again."""
    from anivault.services import pinning

    try:
        house_of(request).require_there()
        pinning.unpin(form(request).get("what", "")[:LONGEST], house_of(request).library)
    except AniVaultError as error:
        return refused(request, error, "/settings")
    return go(request, "/settings")
