"""The map is true: rooms import one way, ARCHITECTURE.md names what is there, documents are whole."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/anivault"
# A room may import itself and what stands before it.
ORDER = ["shared", "parser", "core", "services", "cli", "web"]
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def imports(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse((PACKAGE / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_of(names: Iterator[str]) -> set[str]:
    return {parts[1] for name in names if (parts := name.split("."))[0] == "anivault" and parts[1:]}


@pytest.mark.parametrize("module", [m for m in MODULES if m.parts[0] in ORDER], ids=str)
def test_a_room_imports_only_rooms_before_it(module: Path) -> None:
    allowed = {*ORDER[: ORDER.index(module.parts[0]) + 1], "__version__", "config", "data", "schemas"}

    assert rooms_of(imports(module)) <= allowed


@pytest.mark.parametrize("module", [m for m in MODULES if m.parts[0] in ("core", "parser")], ids=str)
def test_the_core_knows_no_terminal_and_no_network(module: Path) -> None:
    outside = {name.split(".")[0] for name in imports(module)}

    assert not outside & {"typer", "rich", "httpx2", "socket", "urllib", "http"}


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_only_the_screen_prints(module: Path) -> None:
    tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
    prints = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "print"]
    attributes = [
        n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr in ("stdout", "stderr")
    ]
    streams = [n for n in attributes if isinstance(n.value, ast.Name) and n.value.id == "sys"]

    assert not prints
    # A plug-in's worker is a process of its own, whose stdout is a pipe to its parent.
    assert not streams or module.as_posix() in ("cli/screen.py", "cli/main.py", "shared/work/worker.py")


def test_nothing_in_the_package_imports_scripts() -> None:
    assert not [m for m in MODULES if any(name.split(".")[0] in ("scripts", "tests") for name in imports(m))]


def test_the_map_names_every_module() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w/]+\.py)`", text))
    there = {m.as_posix() for m in MODULES if m.name not in ("__init__.py", "__main__.py")}

    assert sorted(there - named) == []
    assert sorted(named - there) == []


def test_plug_ins_are_declared_as_the_table_has_them() -> None:
    from anivault.shared.plugins import BUILT_IN

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["entry-points"] == BUILT_IN


def test_what_a_newcomer_installs_has_no_linters() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    installed = [*project["project"]["dependencies"], *groups["dev"]]  # what `uv run` installs by itself

    assert "default-groups" not in project.get("tool", {}).get("uv", {})
    assert not [wanted for wanted in installed if re.match("ruff|mypy|types-", wanted)]
    assert [wanted for wanted in groups["lint"] if re.match("ruff|mypy", wanted)]


def test_generated_documents_are_what_the_program_says() -> None:
    import importlib.util

    spec = importlib.util.spec_from_file_location("generate_docs", ROOT / "scripts/generate_docs.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    stale = [
        str(path) for path, text in module.generated().items() if path.read_text(encoding="utf-8") != text
    ]

    assert stale == [], "run: uv run python scripts/generate_docs.py"


def test_links_between_documents_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]

    assert broken == []


ASKED = {"exists", "is_file", "is_dir"}  # of a pathlib.Path these raise where a folder may not be entered
# Of entries of a folder that was listed by then, and of files of the package itself.
PATHS_ASKED = {
    "shared/work/making.py",
    "web/desk.py",
    "services/catalogue/added/updates.py",
    "services/tmdb/cache.py",
}


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_whether_a_file_is_there_is_asked_of_os_path(module: Path) -> None:
    tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
    calls = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and not (node.args or node.keywords)
    ]
    asked = {node.func.attr for node in calls if isinstance(node.func, ast.Attribute)} & ASKED

    assert not asked or module.as_posix() in PATHS_ASKED
