"""Write a pile of small files named as release groups name them, from the shows of the catalogue.

    uv run python benchmarks/make_library.py OUT --files 10000 [--seed 1]

The same seed gives the same tree. Every file has content of its own, so that none can stand in for
another. About 83 % are episodes, 12 % subtitles beside them, 5 % what no library holds.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator
from importlib import resources
from itertools import islice
from pathlib import Path

Show = tuple[str, int, int]  # title, season, episodes
Style = Callable[[Show, int], str]


def subsplease(show: Show, episode: int) -> str:
    """One folder for all, as a download client leaves it."""
    title, season, _ = show
    mark = f" S{season}" if season > 1 else ""
    return f"[SubsPlease] {title}{mark} - {episode:02} (1080p) [{crc(show, episode)}].mkv"


def erai(show: Show, episode: int) -> str:
    """A batch folder with the range in its name."""
    title, season, count = show
    mark = f" {season}nd Season" if season == 2 else f" {season}th Season" if season > 3 else ""
    release = f"[Erai-raws] {title}{mark}"
    return f"{release} - 01 ~ {count:02} [1080p]/{release} - {episode:02} [1080p][Multiple Subtitle].mkv"


def library(show: Show, episode: int) -> str:
    """Show and season folders, as media servers want them."""
    title, season, _ = show
    return f"{title}/Season {season}/{title} - S{season:02}E{episode:02}.mkv"


def bare(show: Show, episode: int) -> str:
    """Only numbers; the folders say the rest."""
    title, season, _ = show
    return f"{title}/Season {season:02}/{episode:02}.mkv"


def scene(show: Show, episode: int) -> str:
    """Dots for blanks, the group at the end."""
    title, season, _ = show
    words = ".".join(title.replace("-", " ").split())
    return f"{words}.S{season:02}E{episode:02}.1080p.WEB-DL.AAC2.0.H.264-VARYG.mkv"


STYLES: list[Style] = [subsplease, erai, library, bare, scene]
JUNK = ["readme.txt", "cover.jpg", "frieren.torrent", "IMG_{n}.MOV", "notes {n}.txt", "scan {n}.pdf"]


def crc(show: Show, episode: int) -> str:
    """Eight hexadecimal digits as in names; they are of no content."""
    return f"{random.Random(f'{show}{episode}').getrandbits(32):08X}"


def shows() -> list[Show]:
    """Regular seasons with a plain Latin title and a known number of episodes."""
    found = []
    for line in resources.files("anivault.data").joinpath("tv.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        titles = [t for t in row["titles"].get("en", []) if t.isascii() and len(t) < 80 and "/" not in t]
        count, season = row.get("episodes"), row.get("season", 1)
        if row["type"] == "tv" and titles and count and 5 < count < 60 and season:
            found.append((titles[0].rstrip(". "), season, count))
    return found


def names(seed: int) -> Iterator[str]:
    """Yield relative paths without end, none twice."""
    rnd, seen, number = random.Random(seed), set(), 0
    pool = shows()
    while True:
        show, style = rnd.choice(pool), rnd.choice(STYLES)
        for episode in range(1, show[2] + 1):
            path = style(show, episode)
            stem = path.rpartition(".")[0]
            more = (
                [f"{stem}.{rnd.choice(['en', 'ja', 'zh-Hans', 'en.forced'])}.ass"]
                if rnd.random() < 0.15
                else []
            )
            if rnd.random() < 0.06:
                number += 1
                more.append(f"misc/{number // 50}/{number} {rnd.choice(JUNK).format(n=number)}")
            yield from (p for p in [path, *more] if p not in seen)
            seen.update([path, *more])


def make(out: Path, files: int, seed: int) -> None:
    """Write the first `files` of them below `out`."""
    for number, name in enumerate(islice(names(seed), files)):
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"{number}:{name}".encode() * (1 + number % 7))


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    make(options.out, options.files, options.seed)
    print(f"{options.files} files below {options.out}")


if __name__ == "__main__":
    main()
