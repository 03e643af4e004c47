"""What is built works elsewhere: the wheel carries its data, and its demo runs away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = out.glob("*.whl")
    return built


def test_the_wheel_carries_data_configuration_and_schemas(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = [
        path.relative_to(ROOT / "src").as_posix()
        for folder in ("config", "data", "schemas", "parser", "core", "web")
        for path in (ROOT / "src/anivault" / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]

    assert [name for name in tracked if name not in names] == []
    assert any(name.endswith("licenses/NOTICE") for name in names)


def test_the_demo_runs_from_an_installed_wheel(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(installed)
    # The dependencies come from this environment, the program only from the wheel.
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "ANIVAULT"))},
        "PYTHONPATH": str(installed),
        "HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "TMPDIR": str(tmp_path),
    }
    code = (
        "import anivault, sys; sys.stderr.write(anivault.__file__)\n"
        "from anivault.cli.main import run; sys.exit(run(['demo']))"
    )
    command = [sys.executable, "-P", "-c", code]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert str(installed) in done.stderr
    assert "is as it was" in done.stdout
