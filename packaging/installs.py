"""Install the built wheel as users do, in clean environments, and put each through the whole job of smoke.py.

    python packaging/installs.py FOLDER [PYTHON...]

By `pip install`, `uv tool install` and `pipx install`; then with every PYTHON (a version or a path; else all
that uv finds from 3.11 on) once with the newest and once with the lowest versions of the direct dependencies.
uv has to be on the path, or beside the Python that runs this. One line for each; exit code 1 when one failed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
OLDEST = (3, 11)
BIN = "Scripts" if os.name == "nt" else "bin"
UV = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))


def run(*command: str | Path, **environment: str) -> str:
    """Run what has to succeed; its output."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words, env={**os.environ, **environment}, capture_output=True, text=True, check=False, cwd=HERE
    )
    if done.returncode:
        raise RuntimeError(
            f"{' '.join(words)}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        )
    return done.stdout


def pythons() -> list[str]:
    """One interpreter of each minor version that uv finds here."""
    found = json.loads(run(UV, "python", "list", "--only-installed", "--output-format", "json"))
    newest: dict[tuple[int, int], str] = {}
    for each in found:
        version = each["version_parts"]["major"], each["version_parts"]["minor"]
        if version >= OLDEST and each["implementation"] == "cpython":
            newest.setdefault(version, each["path"])
    return [newest[version] for version in sorted(newest)]


def smoke(program: Path, home: Path) -> None:
    """The whole job, with a home of its own."""
    home.mkdir(parents=True, exist_ok=True)
    run(sys.executable, HERE / "smoke.py", program, HOME=str(home), USERPROFILE=str(home))


def by_pip(folder: Path, wheel: Path, python: str) -> Path:
    """`pip install` into a new environment."""
    run(python, "-m", "venv", folder)
    run(folder / BIN / "python", "-m", "pip", "install", "-q", wheel)
    return folder / BIN / "anivault"


def by_uv_tool(folder: Path, wheel: Path, python: str) -> Path:
    """`uv tool install`."""
    tools = {"UV_TOOL_DIR": str(folder / "tools"), "UV_TOOL_BIN_DIR": str(folder / "bin")}
    run(UV, "tool", "install", "--python", python, wheel, **tools)
    return folder / "bin" / "anivault"


def by_pipx(folder: Path, wheel: Path, python: str) -> Path:
    """`pipx install`; pipx itself comes from a tool environment of uv."""
    places = {"PIPX_HOME": str(folder / "home"), "PIPX_BIN_DIR": str(folder / "bin")}
    run(UV, "tool", "run", "pipx", "install", "--python", python, wheel, **places)
    return folder / "bin" / "anivault"


def resolved(resolution: str) -> Callable[[Path, Path, str], Path]:
    """`uv pip install` with the highest, or the lowest, versions of the direct dependencies."""

    def install(folder: Path, wheel: Path, python: str) -> Path:
        run(UV, "venv", "-q", "--python", python, folder)
        target = ["--python", folder / BIN / "python", "--resolution", resolution]
        run(UV, "pip", "install", "-q", *target, wheel)
        return folder / BIN / "anivault"

    return install


def attempts(versions: list[str]) -> dict[str, tuple[Callable[[Path, Path, str], Path], str]]:
    """What is tried, by name: how it is installed, and with which Python."""
    first = versions[0]
    tried = {
        "pip install": (by_pip, first),
        "uv tool install": (by_uv_tool, first),
        "pipx install": (by_pipx, first),
    }
    for python in versions:
        for resolution in ("highest", "lowest-direct"):
            tried[f"{resolution} with {python}"] = (resolved(resolution), python)
    return tried


def main(folder: Path, versions: list[str]) -> int:
    """Build the wheel, then install it in every way."""
    run(UV, "build", "-q", "--wheel", "--out-dir", folder / "dist", ROOT)
    (wheel,) = (folder / "dist").glob("*.whl")
    failed = 0
    for number, (name, (install, python)) in enumerate(attempts(versions or pythons()).items()):
        place = folder / str(number)
        try:
            program = install(place, wheel, python)
            smoke(program, place / "user")
            print(f"ok      {name}", flush=True)
        except RuntimeError as error:
            failed += 1
            print(f"FAILED  {name}\n{error}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), sys.argv[2:]))
