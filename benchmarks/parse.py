"""Time the parse stage on generated libraries, and the engines on the same names.

    python benchmarks/parse.py [--files 100000] [--sample 2000]

Every figure is microseconds of processor time a file, the median of five runs in one process, so that
they compare; engines in processes of their own are timed by the clock, once. Three of ten releases name
their episodes, so that their files differ in more than a number. Where anitopy is installed, the stage is
also given as a share of it.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from anivault.core.models import FileKind, ParsedFile, ScannedFile
from anivault.core.pipeline.folders import context
from anivault.core.pipeline.parser import parse_alone, parse_files
from anivault.parser.engines.anitomy_ng import AnitomyNg
from anivault.parser.read import Reader, default_reader, open_reader, read_folder, read_rules
from anivault.shared import plugins
from anivault.shared.errors import PluginBrokenError

WORDS = [
    "Sora",
    "no",
    "Kaze",
    "Hoshi",
    "Tsuki",
    "Umi",
    "Mahou",
    "Shoujo",
    "Gakuen",
    "Senki",
    "Yoru",
    "Hana",
    "Densetsu",
    "Ouji",
    "Kishi",
    "Ryuu",
    "Neko",
    "Machi",
    "Uta",
    "Yume",
    "Ken",
    "Oujo",
    "Shima",
    "Tabi",
    "Inu",
]
LATE = (
    "The Long Way Home",
    "A Promise",
    "First Snow",
    "Reunion",
    "Under One Roof",
    "Beyond the Gate",
    "Ashes",
)
GROUPS = ("Moonsub", "Kitsune", "Raws-X", "TidalSubs", "Nekomata", "Hoshizora")
STYLES: dict[str, str] = {
    "fansub": "{show}/[{group}] {show} - {n:02d} (1080p) [{crc:08X}].mkv",
    "fansub season": "{show} S{s}/[{group}] {show} S{s} - {n:02d} [1080p][HEVC 10bit][AAC].mkv",
    "bd brackets": "[{group}] {show} [BD 1080p]/[{group}] {show} [{n:02d}][Ma10p_1080p][x265_flac].mkv",
    "underscores": "{show}/[{group}]_{under}_-_{n:02d}_[1280x720_H.264_AAC][{crc:08X}].mkv",
    "library": "{show}/Season {s:02d}/{show} - S{s:02d}E{n:02d} - {title}.mkv",
    "scene": "{dots}.S{s:02d}/{dots}.S{s:02d}E{n:02d}.{dotted}.1080p.WEB-DL.AAC2.0.H.264-{group}.mkv",
    "chinese": "【{group}】★10月新番★[星空之旅/{show}][{n:02d}][1080p][简日双语].mp4",
    "bare": "{show}/{n:02d}.mkv",
    "named": "{show}/{show} - {n:02d} - {title}.mkv",
    "subtitle": "{show}/[{group}] {show} - {n:02d} (1080p).en.ass",
}


def paths(count: int, seed: int = 1) -> Iterator[str]:
    """Generated library paths, in the order of a scan."""
    rng = random.Random(seed)
    made = 0
    while made < count:
        show = " ".join(rng.sample(WORDS, rng.randint(2, 5)))
        style = rng.choice(list(STYLES.values()))
        season, group = rng.randint(1, 3), rng.choice(GROUPS)
        for n in range(1, rng.choice((12, 13, 24, 26)) + 1):
            title = f"{rng.choice(LATE)} {rng.choice(WORDS)}"
            spelled = {"show": show, "under": show.replace(" ", "_"), "dots": show.replace(" ", ".")}
            named = {"title": title, "dotted": title.replace(" ", ".")}
            yield style.format(**spelled, **named, group=group, s=season, n=n, crc=rng.getrandbits(32))
            made += 1


def median(run: Callable[[], object], items: int) -> float:
    """Microseconds of processor time an item, the median of several runs."""
    times = []
    for _ in range(5):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return statistics.median(times) / items * 1e6


def each(read: Callable[[Any], object], items: Sequence[Any]) -> Callable[[], object]:
    """A run that reads every name or file."""
    return lambda: [read(item) for item in items]


def anew(run: Callable[[], object]) -> Callable[[], object]:
    """A run that remembers no folder and no shape of an earlier one."""

    def forgetful() -> None:
        for remembered in (context, read_folder, default_reader):
            remembered.cache_clear()
        run()

    return forgetful


def together(files: Sequence[ScannedFile]) -> list[ParsedFile]:
    """The stage in this process alone, whose time is measured."""
    return parse_files(files, open_reader(["anitomy-ng"], workers=1))


def main() -> None:
    """Print one line a stage or engine."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--sample", type=int, default=2_000, help="names for the engines, which are slower")
    args = parser.parse_args()
    files = [ScannedFile(root="/library", rel=path, kind=FileKind.VIDEO) for path in paths(args.files)]
    names = [file.name for file in random.Random(2).sample(files, min(args.sample, len(files)))]
    print(f"{args.files} files, us a file")
    stage = median(anew(lambda: together(files)), len(files))
    print(f"  parse stage, siblings together  {stage:8.1f}")
    print(f"  parse stage, each by itself     {median(anew(each(parse_alone, files)), len(files)):8.1f}")
    print(f"{len(names)} names drawn from them, us a name")
    print(f"  rules alone, nothing remembered {median(each(read_rules, names), len(names)):8.1f}")
    print(f"  anitomy-ng alone                {median(each(AnitomyNg().parse, names), len(names)):8.1f}")
    if find_spec("anitopy") is not None:
        raw = median(each(import_module("anitopy").parse, names), len(names))
        print(f"  anitopy alone                   {raw:8.1f}   the stage is {stage / raw:.2f} of it")
    for engine in plugins.BUILT_IN[plugins.PARSERS]:
        _engine(engine, names[: args.sample // 4])


def _engine(engine: str, names: Sequence[str]) -> None:
    try:
        reader = open_reader(["anitomy-ng", engine] if engine != "anitomy-ng" else ["anitomy-ng"])
    except PluginBrokenError:
        print(f"  {engine} is not installed")
        return
    reader.read(names[0])
    start = time.perf_counter()
    for name in names:
        Reader(reader.engines).read(name)
    took = (time.perf_counter() - start) / len(names) * 1e6
    print(f"  rules with {' and '.join(e.name for e in reader.engines):30} {took:8.1f}")
    reader.close()


if __name__ == "__main__":
    main()
