"""The house stays one that a newcomer finds the way in: small rooms, one direction, short ways."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import Run

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/anivault"
FILES = {
    ".".join(["anivault", *path.relative_to(PACKAGE).with_suffix("").parts]).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
WINGS = {"pipeline", "matching", "planning", "moving"}
# What passes between wings, and what every one of them may ask.
SHARED = ("anivault.core.models", "anivault.core.causes", "anivault.core.listing")


@cache
def imports(module: str, *, inside_functions: bool = True) -> frozenset[str]:
    """The modules of the package that `module` imports when it runs, not only for its types."""
    return frozenset(_imported(ast.parse(FILES[module].read_text(encoding="utf-8")), inside_functions))


def _imported(node: ast.AST, inside_functions: bool) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and not inside_functions:
            continue
        if isinstance(child, ast.ImportFrom) and child.module:
            names = [f"{child.module}.{alias.name}" for alias in child.names]
            yield from (name if name in FILES else child.module for name in names)
        elif isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        yield from _imported(child, inside_functions)


def own(module: str, *, inside_functions: bool) -> set[str]:
    found = imports(module, inside_functions=inside_functions)
    return {name for name in found if name in FILES} - {module}


def wing_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[2] if parts[1:2] == ["core"] and len(parts) > 3 and parts[2] in WINGS else None


@pytest.mark.parametrize("module", [m for m in FILES if wing_of(m)])
def test_a_wing_of_core_imports_no_other(module: str) -> None:
    wing = wing_of(module)
    core = {name for name in own(module, inside_functions=True) if name.startswith("anivault.core.")}
    outside = {name for name in core if wing_of(name) != wing and not name.endswith(f".{wing}")}

    assert outside <= set(SHARED)


@pytest.mark.parametrize("module", [m for m in FILES if wing_of(m) == "planning"])
def test_planning_reads_no_names(module: str) -> None:
    """What names say is read before a plan is made: of the parser it knows the records alone."""
    parser = {name for name in own(module, inside_functions=True) if name.startswith("anivault.parser")}

    assert parser <= {"anivault.parser", "anivault.parser.models"}


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Not even inside functions: whoever reads one of a circle has to read them all."""
    left = {module: own(module, inside_functions=True) for module in FILES}
    while free := {module for module, needs in left.items() if not needs & left.keys()}:
        left = {module: needs for module, needs in left.items() if module not in free}

    assert sorted(left) == []


def deepest() -> list[str]:
    """The longest chain of modules of which each needs the next one to be imported."""

    @cache
    def below(module: str) -> list[str]:
        needs = map(below, own(module, inside_functions=False))
        return [module, *max(needs, key=len, default=[])]

    return max(map(below, FILES), key=len)


def test_the_way_through_the_imports_is_short() -> None:
    assert len(deepest()) <= DEEPEST, deepest()


DEEPEST = 10


@cache
def figures() -> ModuleType:
    """What counts how the house is built."""
    spec = importlib.util.spec_from_file_location("figures", ROOT / "scripts/house/figures.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_way_of_a_file_from_main_to_its_rename_is_short() -> None:
    way = figures().files_to_rename()

    assert (way[0], way[-1]) == ("cli/main.py", "shared/fs_posix.py")
    assert len(way) <= FARTHEST, way


FARTHEST = 6  # files


def test_few_functions_have_many_ways_through_them() -> None:
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES.values()}
    found = list(figures().complex_blocks(trees))

    assert len(found) <= MOST_COMPLEX, found


MOST_COMPLEX = 25  # functions of complexity 11 or more


def folders() -> list[Path]:
    found = {path.parent for room in ROOMS for path in (ROOT / room).rglob("*") if path.is_file()}
    return sorted(folder for folder in found if "__pycache__" not in folder.parts)


ROOMS = ("src", "tests", "docs", "scripts", "benchmarks")


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.relative_to(ROOT).as_posix())
def test_no_folder_holds_more_than_a_dozen_files(folder: Path) -> None:
    files = [path for path in folder.iterdir() if path.is_file() and path.name != "__init__.py"]

    assert len(files) <= 12, sorted(path.name for path in files)


LONG = [path for path in FILES.values() if len(path.read_text(encoding="utf-8").splitlines()) > 400]


@pytest.mark.parametrize("path", LONG, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_file_of_more_than_400_lines_says_why(path: Path) -> None:
    header = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""

    assert "One file: " in header


def test_no_record_is_known_by_its_address() -> None:
    """An address is another record's once the first one is gone, and says nothing to another room."""
    keys = [
        f"{module}:{node.lineno}"
        for module, path in FILES.items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "id"
    ]

    assert keys == []


def loaded(*words: str) -> set[str]:
    """The modules of the package that a process has loaded once it has run a command."""
    code = (
        "import sys; from anivault.__main__ import main; from anivault.cli.main import run\n"
        "sys.stdout, out = sys.stderr, sys.stdout; run(sys.argv[1:])\n"
        "out.write(' '.join(m for m in sys.modules if m.partition('.')[0] == 'anivault'))"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_help_loads_ten_modules_of_ours_at_most() -> None:
    assert len(loaded("--help") - {"anivault.__main__"}) <= 10


@pytest.mark.parametrize("command", ["verify", "rollback", "history", "recover"])
def test_what_a_library_was_is_told_without_matching_or_parser(
    command: str, tmp_path: Path, run: Run
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "[SubsPlease] Sousou no Frieren - 01 (1080p).mkv").write_bytes(b"x")
    run("organize", tmp_path / "in", "--to", tmp_path / "library", "--apply")
    rooms = ("anivault.core.matching", "anivault.parser", "anivault.core.planning", "anivault.services")
    ours = {name for name in loaded(command, str(tmp_path / "library")) if name.startswith(rooms)}

    assert sorted(ours) == []
