"""Build the executable for Linux, run it where there is no Python, and measure it beside the wheel.

    python packaging/executable.py FOLDER

FOLDER gets `venv` (the wheel, installed), `dist/anivault` (the executable) and `root`: busybox, the C
library and zlib of this system, and nothing else. The whole job of smoke.py is done in it by chroot, so this
has to run as root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
TIMES = 10
EXTRAS = "anitopy,aniparse,guessit,watch"
GLIBC = (
    "ld-linux-*",
    "libc.so.6",
    "libm.so.6",
    "libdl.so.2",
    "libpthread.so.0",
    "librt.so.1",
    "libresolv.so.2",
)
GLIBC = (*GLIBC, "libz.so.1", "libutil.so.1", "libnss_files.so.2", "libnss_dns.so.2")


def run(*command: str | Path) -> None:
    """Run what has to succeed."""
    subprocess.run([str(word) for word in command], check=True)


def build(folder: Path) -> Path:
    """Install the tree with PyInstaller, and build; returns the executable."""
    run(sys.executable, "-m", "venv", folder / "venv")
    python = folder / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "-q", f"{ROOT}[{EXTRAS}]", "pyinstaller>=6.16,<7")
    places = ["--distpath", folder / "dist", "--workpath", folder / "build"]
    run(python, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *places, HERE / "anivault.spec")
    return folder / "dist" / "anivault" / "anivault"


def bare_root(folder: Path, program: Path) -> Path:
    """A root with a shell, the C library and the program: no Python."""
    root = folder / "root"
    for name in ("bin", "tmp", "data", "proc", "dev", "opt"):
        (root / name).mkdir(parents=True, exist_ok=True)
    os.mknod(root / "dev" / "null", 0o666 | 0o020000, os.makedev(1, 3))
    busybox = shutil.which("busybox") or sys.exit("busybox is not installed")
    shutil.copy(busybox, root / "bin" / "busybox")
    (root / "bin" / "sh").symlink_to("busybox")
    loader = next(Path("/lib64").glob("ld-linux-*"))
    for name in GLIBC:
        for path in Path(os.path.realpath("/lib")).glob(f"*-linux-gnu/{name}"):
            place = root / "lib" / path.parent.name / path.name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(os.path.realpath(path), place)
    (root / "lib64").mkdir(exist_ok=True)
    shutil.copy(os.path.realpath(loader), root / "lib64" / loader.name)
    shutil.copytree(program.parent, root / "opt" / "anivault", symlinks=True)
    return root


def best(*command: str | Path) -> float:
    """The shortest of ten runs, in milliseconds."""
    words, times = [str(word) for word in command], []
    for _ in range(TIMES):
        start = time.perf_counter()
        subprocess.run(words, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return min(times) * 1000


def size(folder: Path) -> float:
    """What the files of a folder take, in MB."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def main(folder: Path) -> None:
    """Build, try, measure."""
    folder.mkdir(parents=True, exist_ok=True)
    program = build(folder)
    root = bare_root(folder, program)
    assert not list(root.glob("*/python*"))
    chroot = [shutil.which("chroot") or "/usr/sbin/chroot", root, "/opt/anivault/anivault"]
    environment = ["env", "-i", "HOME=/tmp", "PATH=/bin"]
    run(sys.executable, HERE / "smoke.py", "--in", root / "data", "--as", "/data", *environment, *chroot)
    run(*environment, *chroot, "scan", "/data", "--parser", "guessit", "--json")  # a worker of its own
    wheel = folder / "venv" / "bin" / "anivault"
    print(f"size: {size(program.parent):.0f} MB")
    for words in (["--version"], ["--help"], ["pins"]):
        print(f"{words[0]}: {best(program, *words):.0f} ms; the wheel: {best(wheel, *words):.0f} ms")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
