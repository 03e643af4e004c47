"""Write docs/pictures/session.svg: a first session, as a terminal of 110 columns shows it.

    uv run python scripts/pictures/session.py

The commands are run; nothing is made up but the folder, which is called /home/you.
"""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[2]
WIDTH = 110
NAMES = [
    "[SubsPlease] Sousou no Frieren - 01 (1080p).mkv",
    "[SubsPlease] Sousou no Frieren - 01 (1080p).en.ass",
    "[SubsPlease] Sousou no Frieren - 02v2 (1080p).mkv",
    "Toradora! - 02 (1920x1080 x264 FLAC).mkv",
    "Made in Abyss/Season 2/03.mkv",
    "IMG_2041.MOV",
]
COMMANDS = [
    "organize Downloads --to Library",
    "organize Downloads --to Library --apply",
    "rollback Library --apply",
]


def main() -> None:
    """Run the session and draw it."""
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    with tempfile.TemporaryDirectory(prefix="anivault-picture-") as home:
        for name in NAMES:
            path = Path(home, "Downloads", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name, encoding="utf-8")
        shown("match Downloads", home)  # the catalogue is compiled once, behind a bar
        for command in COMMANDS:
            console.print(Text(f"$ anivault {command}", style="bold"))
            console.print(Text.from_ansi(shown(command, home).replace(home, "/home/you")))
            console.print()
    picture = ROOT / "docs/pictures/session.svg"
    picture.write_text(console.export_svg(title="AniVault", unique_id="session"), encoding="utf-8")


def shown(command: str, home: str) -> str:
    """What a terminal gets to see of a command."""
    ours, its = pty.openpty()
    places = {f"XDG_{name}_HOME": f"{home}/.{name.lower()}" for name in ("CONFIG", "CACHE", "DATA", "STATE")}
    environment = os.environ | places | {"HOME": home, "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    words = [sys.executable, "-m", "anivault", *command.split()]
    program = subprocess.Popen(words, cwd=home, env=environment, stdout=its, stderr=its)
    os.close(its)
    parts = []
    try:
        while part := os.read(ours, 1 << 16):
            parts.append(part)
    except OSError:  # the other end is closed
        os.close(ours)
    program.wait()
    return b"".join(parts).decode().replace("\r\n", "\n").strip("\n")


if __name__ == "__main__":
    main()
