"""Find the thresholds of matching on labelled names, and write what they cost and buy into docs/matching.md.

In: JSON lines of labelled names (`path`, `kind`, `source`, `tags`, `expect`), matched against the catalogue
that ships. Out: the strictest rule that is wrong in at most one of `--wrong` names it files, the curve of
precision against coverage, and a table by kind of name; with `--write` between the marks in the document.

    python scripts/calibrate.py match-dev.jsonl nomatch-dev.jsonl --write
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from anivault.core.matching.decide import THRESHOLDS, Thresholds
from anivault.core.matching.matcher import match_releases
from anivault.core.matching.releases import each
from anivault.core.models import FileKind, MatchedFile, ScannedFile
from anivault.core.pipeline.parser import parse_alone
from anivault.services.catalogue.offline import Catalog

DOCUMENT = Path(__file__).parents[1] / "docs/matching.md"
VIDEO = (".mkv", ".mp4", ".avi", ".webm", ".m2ts", ".ts", ".mov", ".wmv", ".flv", ".m4v", ".ogm", ".mpg")
SCORES = tuple(x / 100 for x in range(70, 100, 2))
GAPS = (0.0, 0.01, 0.02, 0.03, 0.05, 0.1)
PLACES = (0.4, 0.55, 0.7, 0.8, 0.87, 0.92)
KINDS = {
    "season": "season words",
    "sequel title": "sequel by title",
    "sequel marker": "sequel by number",
    "split cour": "split cour",
    "absolute": "absolute number",
    "offset": "season shared by entries",
    "special": "special, OVA",
    "movie": "film",
    "remake": "remake with year",
    "english": "English title",
    "romaji": "romaji title",
    "native": "native title",
    "latin": "Latin letters",
    "zh": "Chinese",
    "ja": "Japanese",
    "ko": "Korean",
    "synonym": "synonym",
    "abbreviation": "abbreviation",
    "typo": "one slip",
}


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled name and its verdict: is the show right, is the place right too, and how sure was it."""

    kind: str
    tags: tuple[str, ...]
    nothing: bool  # nothing in an anime catalogue can be right
    show: bool
    place: bool
    score: float
    gap: float
    sure: float
    why: str  # of a miss: what the catalogue does not know

    def filed(self, t: Thresholds) -> bool:
        """Whether it would be filed unasked."""
        return self.score >= t.score and self.gap >= t.gap and (self.sure >= t.place or self.nothing)


def main() -> None:
    """Match every name once; the thresholds are tried on the verdicts."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("corpus", nargs="+", type=Path)
    arguments.add_argument("--wrong", type=int, default=100, help="one wrong in so many filed is allowed")
    arguments.add_argument("--write", action="store_true", help=f"write into {DOCUMENT.name}")
    given = arguments.parse_args()
    cases = judge([json.loads(row) for path in given.corpus for row in path.open(encoding="utf-8")])
    text = report(cases, best(cases, given.wrong), given.wrong)
    print(text)
    if given.write:
        before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition("<!-- calibrate -->")
        _, _, after = rest.partition("<!-- /calibrate -->")
        DOCUMENT.write_text(f"{before}<!-- calibrate -->\n{text}<!-- /calibrate -->{after}", encoding="utf-8")


def judge(rows: Sequence[dict[str, Any]]) -> list[Case]:
    """Match every name by itself."""
    catalog = Catalog.open()
    files = [parse_alone(ScannedFile("", on_disk(row), FileKind.VIDEO)) for row in rows]
    return [
        _case(row, file, catalog)
        for row, file in zip(rows, match_releases(each(files), [catalog]), strict=True)
    ]


def on_disk(row: dict[str, Any]) -> str:
    """What would stand on a disk: a slash inside a release name is the full-width one there."""
    name = " ".join(row["path"].split("\n"))
    if not row["source"].endswith("-path") and not name.lower().endswith(VIDEO):
        name = name.replace("/", "／")
    return name if name.lower().endswith(VIDEO) else name + ".mkv"


def _case(row: dict[str, Any], file: MatchedFile, catalog: Catalog) -> Case:
    want, ranked = row["expect"], file.match.ranked
    nothing = want["tmdb_id"] is None or "not anime" in row["tags"]
    best_id = (ranked[0].candidate.id, ranked[0].candidate.media_type) if ranked else (None, None)
    show = not nothing and best_id == (want["tmdb_id"], want["media_type"])
    places = [(c.season, c.episode) for c in file.coordinates]
    place = show and (want.get("episode") is None or (want.get("season"), want["episode"]) in places)
    scores = [r.score.value for r in ranked[:2]] + [0.0, 0.0]
    why = "" if place or nothing else _why(want, file, show, catalog)
    return Case(
        row["kind"],
        tuple(row["tags"]),
        nothing,
        show,
        place,
        scores[0],
        scores[0] - scores[1],
        file.sure,
        why,
    )


def _why(want: dict[str, Any], file: MatchedFile, show: bool, catalog: Catalog) -> str:
    if show:
        return "place unsure" if file.sure < THRESHOLDS.place else "place"
    if catalog.get("tmdb", want["media_type"], want["tmdb_id"]) is None:
        return "show not in the catalogue"
    likeness = {
        (r.candidate.id, r.candidate.media_type): r.score.parts.get("title", 0.0) for r in file.match.ranked
    }.get((want["tmdb_id"], want["media_type"]), 0.0)
    return "title not in the catalogue" if likeness < 0.85 else "another show as well"


def best(cases: Iterable[Case], one_in: int) -> Thresholds:
    """The thresholds that file most, of those wrong in at most one of `one_in`; else the least wrong ones."""
    cases = list(cases)
    tried = [
        (Thresholds(score=s, gap=g, place=p, candidate=THRESHOLDS.candidate), *counts(cases, s, g, p))
        for s, g, p in product(SCORES, GAPS, PLACES)
    ]
    allowed = [t for t in tried if t[2] * one_in <= t[1]] or [min(tried, key=lambda t: t[2] / (t[1] or 1))]
    return max(allowed, key=lambda t: (t[1], t[0].score, t[0].gap, t[0].place))[0]


def counts(cases: Iterable[Case], score: float, gap: float, place: float) -> tuple[int, int]:
    """How many names are filed, and how many of those are wrong."""
    limits = Thresholds(score=score, gap=gap, place=place)
    filed = [c for c in cases if c.filed(limits)]
    return len(filed), sum(not c.place for c in filed)


# --- the report ------------------------------------------------------------------------------------


def report(cases: Sequence[Case], found: Thresholds, one_in: int) -> str:
    """Everything, as Markdown."""
    real = [c for c in cases if c.kind == "real"]
    made = [c for c in cases if c.kind == "synthetic" and not c.nothing]
    lines = [
        f"Thresholds in force: score {THRESHOLDS.score}, gap {THRESHOLDS.gap}, place {THRESHOLDS.place}. "
        f"Those that file most with at most one wrong in {one_in} here: "
        f"score {found.score}, gap {found.gap}, place {found.place}.",
        "",
        *table(cases),
        "",
        "Precision against coverage as the score that is needed falls from 1.00 (gap and place as in force; "
        "each row is one threshold, the bar is the share filed unasked):",
        "",
        "```",
        *curve("real names", real),
        "",
        *curve("synthetic names", made),
        "```",
        "",
        "What was missed, and what the catalogue does not know about it:",
        "",
        *missed(real, made),
    ]
    return "\n".join(lines) + "\n"


def table(cases: Sequence[Case]) -> list[str]:
    """A row by kind of name."""
    rows = [
        "| names | of | right show | and place | filed unasked | of those wrong |",
        "| --- | --: | --: | --: | --: | --: |",
    ]
    for kind in ("real", "synthetic"):
        these = [c for c in cases if c.kind == kind and not c.nothing]
        rows.append(_row(f"**{kind}**", these))
        rows += [
            _row(f"{kind}: {words}", tagged)
            for tag, words in KINDS.items()
            if len(tagged := [c for c in these if tag in c.tags]) >= 5
        ]
    nothing = [c for c in cases if c.nothing]
    filed = sum(c.filed(THRESHOLDS) for c in nothing)
    return [*rows, f"| nothing to match | {len(nothing)} | | | {_percent(filed, len(nothing))} | |"]


def _row(words: str, cases: Sequence[Case]) -> str:
    filed = [c for c in cases if c.filed(THRESHOLDS)]
    cells = [
        _percent(sum(c.show for c in cases), len(cases)),
        _percent(sum(c.place for c in cases), len(cases)),
        _percent(len(filed), len(cases)),
        _percent(sum(not c.place for c in filed), len(filed)),
    ]
    return f"| {words} | {len(cases)} | {' | '.join(cells)} |"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else ""


def curve(words: str, cases: Sequence[Case]) -> list[str]:
    """One line a threshold: how many are filed, how many of those are right, and a bar."""
    lines = [f"{words:<17} filed   right"]
    for score in (0.995, 0.98, 0.96, 0.94, 0.92, 0.9, 0.88, 0.86, 0.84, 0.8, 0.75, 0.7):
        filed, wrong = counts(cases, score, THRESHOLDS.gap, THRESHOLDS.place)
        share = filed / len(cases)
        right = f"{100 * (filed - wrong) / filed:6.2f} %" if filed else "       -"
        lines.append(f"  score >= {score:<5}  {100 * share:5.1f} % {right}  {'█' * round(share * 40)}")
    return lines


def missed(real: Sequence[Case], made: Sequence[Case]) -> list[str]:
    """How often each thing was missing."""
    counted = [Counter(c.why for c in cases if c.why) for cases in (real, made)]
    rows = ["| what | real | synthetic |", "| --- | --: | --: |"]
    return rows + [
        f"| {why} | {counted[0][why]} | {counted[1][why]} |" for why in sorted({*counted[0], *counted[1]})
    ]


if __name__ == "__main__":
    main()
