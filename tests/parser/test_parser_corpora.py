"""The shares of real names that are read right, where the corpora are at hand."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from anivault.core.models import FileKind, ScannedFile
from anivault.core.pipeline.parser import parse_alone

SHARED = Path(__file__).parents[3] / "shared"

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the corpora are not at hand")


@pytest.fixture(scope="module")
def tools() -> Any:
    sys.path.insert(0, str(SHARED / "tools"))
    try:
        return import_module("cli_eval"), import_module("parser_eval")
    finally:
        sys.path.pop(0)


def shares(tools: Any, corpus: str) -> dict[str, float]:
    """Per cent right by field, judged as the program is from outside."""
    cli_eval, parser_eval = tools
    rows = [
        json.loads(line) for line in (SHARED / "corpora" / corpus).read_text(encoding="utf-8").splitlines()
    ]
    found = {
        row["name"]: read(cli_eval.as_path(row["name"], row["source"]), parser_eval.FIELDS) for row in rows
    }
    tally, _, _ = parser_eval.evaluate(found.get, rows)
    return {field: 100 * right / stated for field, (right, stated) in tally["ALL"].items()}


def read(path: str, fields: tuple[str, ...]) -> dict[str, Any]:
    parsed = parse_alone(ScannedFile(root="", rel=path, kind=FileKind.VIDEO)).parsed
    more = {"episode": parsed.episodes, "season": parsed.seasons or parsed.season, "title": parsed.titles}
    return {**{field: getattr(parsed, field, None) for field in fields}, **more}


@pytest.mark.parametrize(
    ("field", "least"),
    [("right", 95), ("episode", 97), ("group", 93), ("crc32", 99.5), ("resolution", 99.5)],
)
def test_names_that_others_labelled_read_right(tools: Any, field: str, least: float) -> None:
    assert shares(tools, "parser-dev.jsonl")[field] >= least


def test_library_paths_read_right(tools: Any) -> None:
    assert shares(tools, "parser-dev-hand.jsonl")["right"] >= 99.5


def test_chinese_scene_names_read_right(tools: Any) -> None:
    assert shares(tools, "parser-dev-silver.jsonl")["right"] >= 97
