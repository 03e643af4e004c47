"""Check an event against schemas/events.schema.json, as a program that reads AniVault would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

SCHEMA = json.loads((files("anivault.schemas") / "events.schema.json").read_text(encoding="utf-8"))
TYPES: dict[str, Any] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "object": dict, "array": list,
    "null": type(None),
}  # fmt: skip


def assert_published(event: dict[str, Any]) -> None:
    """The event is as the schema says, and has nothing that the schema does not name."""
    assert list(wrong(event, SCHEMA, event["event"])) == []


def wrong(value: Any, schema: dict[str, Any], at: str) -> Iterator[str]:
    """Yield whatever is not as the schema says."""
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        tries = [list(wrong(value, one, at)) for one in schema["anyOf"]]
        yield from [] if [] in tries else min(tries, key=len)
    elif "enum" in schema:
        yield from [] if value in schema["enum"] else [f"{at}: {value!r} is not one of {schema['enum']}"]
    elif not _is(value, schema["type"]):
        yield f"{at}: {value!r} is no {schema['type']}"
    elif isinstance(value, dict):
        yield from _wrong_in_object(value, schema, at)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from wrong(item, schema["items"], f"{at}[{number}]")


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _wrong_in_object(value: dict[str, Any], schema: dict[str, Any], at: str) -> Iterator[str]:
    known, more = schema.get("properties", {}), schema.get("additionalProperties")
    yield from (f"{at} lacks {name}" for name in schema.get("required", []) if name not in value)
    for name, item in value.items():
        if name in known:
            yield from wrong(item, known[name], f"{at}.{name}")
        elif isinstance(more, dict):
            yield from wrong(item, more, f"{at}.{name}")
        else:
            yield f"{at}.{name} is in no schema"
