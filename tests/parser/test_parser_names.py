"""What a name says, property by property: every line of the tables below names/ is a claim."""

from __future__ import annotations

from pathlib import Path

import pytest

from anivault.parser.models import ParseResult
from anivault.parser.read import parse_name

_TABLES = sorted(Path(__file__).with_name("names").rglob("*.tsv"))
CASES = [
    pytest.param(name, fields, id=f"{table.stem}: {name}")
    for table in _TABLES
    for line in table.read_text(encoding="utf-8").split("\n")
    if line and not line.startswith("# ")
    for name, *fields in [line.split("\t")]
]


def _printed(result: ParseResult, field: str) -> str:
    value = getattr(result, field)
    if isinstance(value, tuple):
        value = ",".join(map(str, value))
    return "-" if value in (None, "") else str(value)


@pytest.mark.parametrize(("name", "fields"), CASES)
def test_a_name_reads_as_its_rule_says(name: str, fields: list[str]) -> None:
    result = parse_name(name)

    wanted = dict(field.split("=", 1) for field in fields)
    assert {field: _printed(result, field) for field in wanted} == wanted
