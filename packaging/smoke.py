"""Put an installed AniVault through its whole job: demo, organize, verify, roll back.

    python smoke.py [--in FOLDER [--as FOLDER]] COMMAND...

COMMAND is how AniVault is called here, such as `dist/anivault/anivault`. It works in a temporary folder, or
in the one after `--in`, which COMMAND sees as the one after `--as`. Prints one line a step; exit code 0 when
all is as it should be. Imports nothing of AniVault.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

NAMES = [f"[SubsPlease] Sousou no Frieren - {number:02} (1080p).mkv" for number in (1, 2, 3)]
NAMES += ["とらドラ！ 第02話 (1920x1080 x264 FLAC).mkv", "IMG_2041.mkv"]


class Tried:
    """One AniVault, by the words that call it, and a folder that it sees under another name perhaps."""

    def __init__(self, command: list[str], here: Path, there: str) -> None:
        self.command, self.here, self.there = command, here, there

    def run(self, *words: str, code: int) -> list[dict[str, object]]:
        """Run one command with --json; its events. Exits when its code is another."""
        done = subprocess.run(
            [*self.command, *words, "--json"], capture_output=True, encoding="utf-8", check=False
        )
        if done.returncode != code:
            sys.exit(f"{words}: exit code {done.returncode}, not {code}\n{done.stdout}\n{done.stderr}")
        print(f"{' '.join(words)}: exit code {code}")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def files(self) -> set[tuple[str, bytes]]:
        """All files with their content, but for AniVault's own."""
        found = (path for path in self.here.rglob("*") if path.is_file())
        return {
            (path.relative_to(self.here).as_posix(), path.read_bytes())
            for path in found
            if ".anivault" not in path.parts
        }


def main() -> None:
    """Read the words, and try all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--in", dest="here", help="a folder to work in")
    parser.add_argument("--as", dest="there", help="what that folder is called where COMMAND runs")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        here = Path(words.here or folder)
        tried = Tried(words.command, here, words.there or str(here))
        downloads, library = f"{tried.there}/dl", f"{tried.there}/lib"
        (here / "dl").mkdir()
        for name in NAMES:
            (here / "dl" / name).write_bytes(name.encode() * 100)
        before = tried.files()
        tried.run("demo", code=0)
        tried.run("organize", downloads, "--to", library, code=10)  # one file is held
        assert tried.files() == before, "a preview changed something"
        tried.run("organize", downloads, "--to", library, "--apply", code=10)
        filed = tried.files() - before
        assert len(filed) == len(NAMES) - 1, filed
        assert any("S01E02" in name and "Toradora" in name for name, _ in filed), filed
        tried.run("verify", library, "--deep", code=0)
        tried.run("rollback", library, "--apply", code=0)
        assert tried.files() == before, "a rollback left something"
        print("all as it should be")


if __name__ == "__main__":
    main()
