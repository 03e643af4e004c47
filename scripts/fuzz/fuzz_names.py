"""Feed the parser names that nobody would write, and print the slowest.

    python scripts/fuzz/fuzz_names.py [--names 1000000] [--seed 1] [--corpus NAMES.jsonl]

Names are made of the parts that rules look for, of real shapes with characters deleted, doubled and moved,
and of any characters at all, lone surrogates among them; one in fifty is long. Times are of the processor,
so that a busy machine slows none. Exit code 1 on a crash.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from pathlib import Path

from anivault.parser.read import parse_name

PARTS = [
    *"[](){}【】「」-_.~+&/|#★ ", *"SEPvx第话話集季期全화기", " - ", "01", "1", "12.5", "1080p", "x264",
    "v2", "S01E02", "1x02", "OVA", "NCOP", "ED", "Movie", "Season 2", "Part 2", "2012", "BDRip", "-GRP",
    "END", "E01-E12", "½", "²", "٣", "Ⅳ", "\ud800", "\udcff", "\u202e", "\u0301", "\x00", "\x04", "\n",
    "\ufeff", "🎌", "İ", "ß", ".mkv", ".en.ass",
]  # fmt: skip
SHAPES = [
    "[Moon] Kaiba - 07v2 (1080p) [0123ABCD].mkv",
    "【字幕组】★10月新番★[海马/Kaiba][07][1080p][简日双语].mp4",
    "Kaiba.S01E07.A.Title.1080p.WEB-DL.AAC2.0.H.264-GRP.mkv",
    "[Moon] Kaiba (01-12) [BD 1080p][HEVC 10bit][Batch]",
    "카이바 2기 07화 1080p.mkv",
    "05 - Kaiba - A Title - [Moon](0123ABCD).mkv",
    "Evangelion 3.0+1.11 Thrice Upon a Time (2021).mkv",
]


def names(count: int, rng: random.Random, shapes: list[str]) -> list[str]:
    """Generated names."""
    return [
        (_made if rng.random() < 0.4 else _bent)(rng, shapes) * (40 if rng.random() < 0.02 else 1)
        for _ in range(count)
    ]


def _made(rng: random.Random, _shapes: list[str]) -> str:
    chars = "".join(map(chr, (rng.randrange(0x20, 0x3000) for _ in range(3))))
    return "".join(rng.choice([*PARTS, chars, "Kaiba", "海马"]) for _ in range(rng.randint(1, 25)))


def _bent(rng: random.Random, shapes: list[str]) -> str:
    text = rng.choice(shapes)
    for _ in range(rng.randint(1, 10)):
        at, to = sorted((rng.randrange(len(text) + 1), rng.randrange(len(text) + 1)))
        text = rng.choice(
            (text[:at] + rng.choice(PARTS) + text[at:], text[:at] + text[to:], text[:to] + text[at:])
        )
    return text


def main() -> int:
    """Parse every name; print the count, the median and the slowest."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, action="append", default=[], help="bend these names too")
    args = parser.parse_args()
    rng = random.Random(args.seed)  # noqa: S311 - names to try, no secret
    shapes = SHAPES + [
        json.loads(line)["name"] for path in args.corpus for line in path.open(encoding="utf-8")
    ]
    slowest, total, crashes = (0.0, ""), 0.0, 0
    for done in range(0, args.names, 10_000):
        for name in names(min(10_000, args.names - done), rng, shapes):
            start = time.process_time()
            try:
                parse_name(name)
            except Exception as error:  # noqa: BLE001 - a crash is what is looked for
                crashes += 1
                print(f"crash: {error!r} <- {name!r}")
            took = time.process_time() - start
            total += took
            slowest = max(slowest, (took, name))
    print(f"{args.names} names, {crashes} crashes, {total / args.names * 1e6:.0f} us a name")
    print(f"slowest {slowest[0] * 1000:.1f} ms, {len(slowest[1])} characters: {slowest[1][:200]!r}")
    return 1 if crashes else 0


if __name__ == "__main__":
    sys.exit(main())
