"""Time planning alone: matched videos and the files beside them to a Plan, in memory.

    uv run python benchmarks/plan.py [--files 300000] [--preset jellyfin] [--collide]

Makes records of 82 % videos, 12 % subtitles and 6 % others, as a scan and match would, then plans them once
a round. With --collide every third video has a rival. Prints the processor time of the best round.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Iterator

from anivault.core.models import (
    Candidate,
    Coordinates,
    Decision,
    FileKind,
    Identity,
    Match,
    MatchedFile,
    Mode,
    ParsedFile,
    Ranked,
    ScannedFile,
    Score,
)
from anivault.core.organizer import plan
from anivault.core.planning.naming.presets import load_preset
from anivault.parser.models import ParseResult

EPISODES = 14  # a release


def release(number: int, collide: bool) -> Iterator[MatchedFile]:
    """The videos of one release."""
    title = f"Show Number {number}"
    show = Candidate(provider="tmdb", id=number, media_type="tv", title=title, year=2000 + number % 25)
    match = Match(Decision.MATCHED, 0.98, (Ranked(show, Score(0.98, {})),))
    for episode in range(1, EPISODES + 1):
        place = (Coordinates(season=1 + number % 3, episode=episode, title=f"The {episode}th Day: Again"),)
        for group in ("Group", "Rival") if collide and episode % 3 == 0 else ("Group",):
            rel = f"[{group}] {title} [1080p]/[{group}] {title} - {episode:02} [1080p][ABCD{episode:04}].mkv"
            file = ScannedFile("/source", rel, FileKind.VIDEO, Identity(10**9, 1, 1, number * 100 + episode))
            parsed = ParseResult(
                title=title, episodes=(episode,), group=group, resolution="1080p", crc32="ABCD0123"
            )
            yield MatchedFile(file, parsed, match, Decision.MATCHED, place)


def others(videos: list[MatchedFile]) -> Iterator[ParsedFile]:
    """A subtitle beside every seventh video, something else beside every fourteenth."""
    for number, video in enumerate(videos):
        stem = video.file.rel.rpartition(".")[0]
        if number % 7 == 0:
            file = ScannedFile(
                "/source", f"{stem}.en.ass", FileKind.SUBTITLE, Identity(10**5, 1, 1, 10**9 + number)
            )
            yield ParsedFile(file, video.parsed)
        if number % 14 == 0:
            file = ScannedFile(
                "/source", f"{stem}.txt", FileKind.OTHER, Identity(10**3, 1, 1, 2 * 10**9 + number)
            )
            yield ParsedFile(file, video.parsed)


def main() -> None:
    """Plan a few times and print the best."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--files", type=int, default=300_000)
    options.add_argument("--preset", default="jellyfin")
    options.add_argument("--collide", action="store_true")
    options.add_argument("--rounds", type=int, default=3)
    args = options.parse_args()
    releases = int(args.files * 0.82 / EPISODES)
    videos = [item for number in range(releases) for item in release(number, args.collide)]
    beside = list(others(videos))
    preset = load_preset(args.preset)
    gc.freeze()
    best = float("inf")
    for _ in range(args.rounds):
        start = time.process_time()
        made = plan(videos, beside, library="/library", roots=["/source"], mode=Mode.HARDLINK, preset=preset)
        best = min(best, time.process_time() - start)
    count = len(videos) + len(beside)
    print(f"{count} files, {len(made.moves)} moves, {len(made.held)} held")
    print(f"{best:.2f} s, {best / count * 1e6:.1f} us a file")


if __name__ == "__main__":
    main()
