"""The figures count what they say."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


def loaded() -> ModuleType:
    path = Path(__file__).parents[2] / "scripts" / "house" / "figures.py"
    spec = importlib.util.spec_from_file_location("figures", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


figures = loaded()


@pytest.mark.parametrize(
    ("body", "ways"),
    [
        ("return 1", 1),
        ("if a and b or c: pass", 4),
        ("return [x for x in a if x if b]", 4),
        ("for x in a: pass\nelse: pass", 3),
        ("try: pass\nexcept A: pass\nexcept B: pass\nelse: pass", 4),
        ("match a:\n case 1: pass\n case 2: pass\n case _: pass", 3),
        ("match a:\n case 1: pass\n case 2: pass", 3),
        ("def inner():\n  if a: pass\nreturn inner", 1),
    ],
)
def test_complexity_is_what_radon_says(body: str, ways: int) -> None:
    indented = "\n".join(f" {line}" for line in body.splitlines())
    (outer, *_) = figures.functions(ast.parse(f"def f():\n{indented}"))

    assert figures.complexity(outer) == ways


def test_modules_that_import_each_other_are_a_cycle_and_those_below_are_none() -> None:
    needed = {"a": {"b"}, "b": {"a", "c"}, "c": set()}

    assert figures.in_cycles(needed) == ["a", "b"]
    assert figures.in_cycles({"a": {"b"}, "b": {"c"}, "c": set()}) == []


def test_the_longest_chain_is_counted_in_modules() -> None:
    assert figures.longest_chain({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("caught", "broad"), [("", 1), ("Exception", 1), ("(OSError, BaseException)", 1), ("OSError", 0)]
)
def test_a_handler_of_everything_is_broad(caught: str, broad: int) -> None:
    assert figures.broad_excepts(ast.parse(f"try: pass\nexcept {caught}: pass")) == broad


def test_a_rename_is_followed_from_main_to_the_disk() -> None:
    files = figures.files_to_rename()

    assert files[0] == "cli/main.py"
    assert files[-1] == "shared/fs_posix.py"
