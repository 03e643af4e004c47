"""The list of mutants fits the code: one whose text is gone would show nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MUTANTS = tomllib.loads((ROOT / "scripts/mutants.toml").read_text(encoding="utf-8"))["mutant"]


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant["name"] for mutant in MUTANTS])
def test_a_mutant_changes_one_place_and_names_tests_that_are_there(mutant: dict[str, Any]) -> None:
    code = (ROOT / "src/anivault" / mutant["file"]).read_text(encoding="utf-8")
    tests = [test.partition("::")[0] for test in mutant.get("tests", [])]

    assert code.count(mutant["old"]) == 1
    assert mutant["new"] != mutant["old"]
    assert [test for test in tests if not (ROOT / test).exists()] == []


def test_every_mutant_has_a_name_of_its_own() -> None:
    names = [mutant["name"] for mutant in MUTANTS]

    assert sorted(set(names)) == sorted(names)  # of two with one name only the later one would be tried
