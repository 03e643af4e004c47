"""Count how the house is built: `uv run python scripts/house/figures.py`.

Reads the sources, and starts the program twice: once for --help, and once to move a file between
temporary folders. Complexity is counted as radon counts it, so that radon need not be installed.
"""

from __future__ import annotations

import ast
import os
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Set
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/anivault"
COMPLEX = 11  # from here on radon calls a block complex
Function = ast.FunctionDef | ast.AsyncFunctionDef
Tree = ast.Module

# What the two processes run. Each writes its answer to stderr, a name a line.
LOADED = """
import sys
from anivault.cli.main import run
run(["--help"])
print(*[m for m in sys.modules if m.partition(".")[0] == "anivault"], sep="\\n", file=sys.stderr)
"""
RENAMED = """
import sys
from anivault.cli.main import run
from anivault.shared import fs_posix
found = []
def files_above(frame, event, called):
    if event == "call" and frame.f_code is fs_posix.rename_new.__code__ and not found:
        while frame is not None:
            found.append(frame.f_code.co_filename)
            frame = frame.f_back
sys.setprofile(files_above)
run(["organize", "pile", "--to", "library", "--mode", "move", "--apply"])
sys.setprofile(None)
print(*reversed(found), sep="\\n", file=sys.stderr)
"""
NAME = "[Grp] Nichijou - 01.mkv"


def main() -> None:
    """Print every figure, a line each, then those by folder."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
    lengths = sorted(length(function) for tree in trees.values() for function in functions(tree))
    own, tests = lines(PACKAGE), lines(ROOT / "tests")
    renaming, deepest = files_to_rename(), longest_chain(needs(trees, inside_functions=False))
    figures = {
        "modules": len(trees),
        "lines": own,
        "function lines, median": statistics.median(lengths),
        "function lines, p90": lengths[len(lengths) * 9 // 10],
        "function lines, max": lengths[-1],
        f"blocks of complexity {COMPLEX} or more": len(list(complex_blocks(trees))),
        "files from main to the rename": f"{len(renaming)}: {' '.join(renaming)}",
        "import depth": f"{len(deepest)}: {' '.join(deepest)}",
        "own modules loaded by --help": len(answer(LOADED)),
        "modules in import cycles": len(in_cycles(needs(trees, inside_functions=True))),
        "id() calls": sum(map(id_calls, trees.values())),
        "broad excepts": sum(map(broad_excepts, trees.values())),
        "tests : code": f"{tests / own:.2f} ({tests} : {own} lines)",
    }
    for name, value in figures.items():
        print(f"{name:34} {value}")
    print("\nfolder: files, lines")
    for folder, count in sorted(Counter(path.parent for path in trees).items()):
        total = sum(map(lines_of, folder.glob("*.py")))
        print(f"{folder.relative_to(PACKAGE.parent).as_posix():45} {count:3} {total:6}")


# --- size ---


def lines(folder: Path) -> int:
    """Lines of Python below a folder, blank ones and comments too."""
    return sum(map(lines_of, folder.rglob("*.py")))


def lines_of(path: Path) -> int:
    """Lines of one file."""
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(tree: ast.AST) -> Iterator[Function]:
    """All functions and methods, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def length(function: Function) -> int:
    """Lines from `def` to the end, its docstring counted and its decorators not."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


# --- complexity ---


def complex_blocks(trees: dict[Path, Tree]) -> Iterator[str]:
    """The functions and methods with many ways through them. A nested function counts by itself."""
    for path, tree in trees.items():
        for function in functions(tree):
            if complexity(function) >= COMPLEX:
                yield f"{path.relative_to(PACKAGE).as_posix()}:{function.name}"


def complexity(function: Function) -> int:
    """How many ways lead through a function, as radon counts them."""
    return 1 + sum(branches(node) for statement in function.body for node in within(statement))


def within(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it, but for what nested functions hold."""
    if not isinstance(node, Function):
        yield node
        for child in ast.iter_child_nodes(node):
            yield from within(child)


def branches(node: ast.AST) -> int:
    """How many ways a node adds."""
    match node:
        case ast.If() | ast.IfExp() | ast.Assert():
            return 1
        case ast.For() | ast.AsyncFor() | ast.While():
            return 1 + bool(node.orelse)
        case ast.Try():
            return len(node.handlers) + bool(node.orelse)
        case ast.BoolOp():
            return len(node.values) - 1
        case ast.comprehension():
            return 1 + len(node.ifs)
        case ast.Match():
            return len(node.cases) - any(is_default(case) for case in node.cases)
    return 0


def is_default(case: ast.match_case) -> bool:
    """Whether a case is `case _`."""
    return isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None


# --- imports ---


def needs(trees: dict[Path, Tree], *, inside_functions: bool) -> dict[str, set[str]]:
    """The modules of the package that each one imports, but for types alone."""
    by_name = {module_of(path): tree for path, tree in trees.items()}
    return {
        name: by_name.keys() & set(imported(tree, by_name.keys(), inside_functions)) - {name}
        for name, tree in by_name.items()
    }


def module_of(path: Path) -> str:
    """`anivault.core.flow`, from its path."""
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


def imported(node: ast.AST, known: Set[str], inside_functions: bool) -> Iterator[str]:
    """The names that import statements ask for; `from a import b` is module a.b if there is one."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        if isinstance(child, Function) and not inside_functions:
            continue
        if isinstance(child, ast.ImportFrom) and child.module:
            names = [f"{child.module}.{alias.name}" for alias in child.names]
            yield from (name if name in known else child.module for name in names)
        elif isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        yield from imported(child, known, inside_functions)


def in_cycles(needed: dict[str, set[str]]) -> list[str]:
    """The modules that import themselves by way of others, and those that need one that does."""
    left = needed
    while free := {name for name, wants in left.items() if not wants & left.keys()}:
        left = {name: wants for name, wants in left.items() if name not in free}
    return sorted(left)


def longest_chain(needed: dict[str, set[str]]) -> list[str]:
    """The longest way from import to import, where none is inside a function."""

    @cache
    def chain(name: str) -> list[str]:
        return [name, *max(map(chain, sorted(needed[name])), key=len, default=[])]

    return max(map(chain, needed), key=len)


# --- what is to be avoided ---


def id_calls(tree: Tree) -> int:
    """How often the address of an object is asked for."""
    return sum(isinstance(node, ast.Call) and name_of(node.func) == "id" for node in ast.walk(tree))


def broad_excepts(tree: Tree) -> int:
    """Handlers of everything, or of all that is an Exception."""
    return sum(isinstance(node, ast.ExceptHandler) and is_broad(node.type) for node in ast.walk(tree))


def is_broad(caught: ast.expr | None) -> bool:
    """Whether a handler names nothing, or Exception or BaseException among others."""
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(each is None or name_of(each) in {"Exception", "BaseException"} for each in names)


def name_of(node: ast.expr) -> str:
    """The name that a plain name is, else nothing."""
    return node.id if isinstance(node, ast.Name) else ""


# --- running the program ---


def files_to_rename() -> list[str]:
    """The files of the package that are entered, one from another, when a file of a pile is renamed."""
    paths = [Path(line) for line in answer(RENAMED)]
    ours = [path.relative_to(PACKAGE).as_posix() for path in paths if path.is_relative_to(PACKAGE)]
    return list(dict.fromkeys(ours))


def answer(code: str) -> list[str]:
    """Run code in a folder and a home of its own; return what it writes to stderr, by line."""
    with tempfile.TemporaryDirectory() as folder:
        pile = Path(folder, "pile")
        pile.mkdir()
        (pile / NAME).write_text("a video", encoding="utf-8")
        homes = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"), folder)
        words = [sys.executable, "-c", code]
        environment = {**os.environ, **homes, "XDG_STATE_HOME": folder}
        done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stderr.splitlines()


if __name__ == "__main__":
    main()
