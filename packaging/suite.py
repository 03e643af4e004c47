"""Install the built wheel as users do with the Python of another Debian, in a root of its own.

    python packaging/suite.py FOLDER SUITE

SUITE is one that debootstrap knows: trixie has Python 3.13, sid the newest. FOLDER becomes its root, and
packaging/installs.py is run in it. Needs root and debootstrap. Exit code as that of installs.py.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NEEDED = "python3,python3-venv,python3-pip,ca-certificates,git"
HANDED_ON = ("PIP_", "UV_", "SSL_", "HTTP", "http", "NO_PROXY", "no_proxy")  # how packages are reached here
FILES = ("/etc/resolv.conf", "/etc/hosts", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")
WORK = (
    "set -e; python3 --version; rm -rf /tried; python3 -m venv /tools; /tools/bin/pip install -q uv;"
    "PATH=/tools/bin:$PATH exec /tools/bin/python /src/packaging/installs.py /tried /usr/bin/python3"
)


def main(folder: Path, suite: str) -> int:
    """Make the root, copy what git knows of the tree into it, and run."""
    if not (folder / "usr/bin/python3").exists():
        subprocess.run(
            ["debootstrap", "--variant=minbase", f"--include={NEEDED}", suite, folder],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    shutil.rmtree(folder / "src", ignore_errors=True)
    known = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    for name in filter(None, known.stdout.split("\0")):
        (folder / "src" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / "src" / name)
    for name in FILES:
        if Path(name).exists():
            shutil.copy(name, folder / name.lstrip("/"))
    environment = {name: value for name, value in os.environ.items() if name.startswith(HANDED_ON)}
    environment |= {"HOME": "/root", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    chroot = shutil.which("chroot") or "/usr/sbin/chroot"
    return subprocess.run([chroot, folder, "/bin/sh", "-c", WORK], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), sys.argv[2]))
