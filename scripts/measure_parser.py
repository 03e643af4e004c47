"""Measure what is read right, and write the tables of docs/parsing.md.

    python scripts/measure_parser.py kinds|engines [--sample 120] [--corpora DIR] [--tools DIR] [--write]

In: corpora of names with what they say, and the tool that judges them. Out: tables on standard output; with
--write they replace those in docs/parsing.md. `engines`: the rules and each engine, alone and voting; those
that are not installed are left out. `kinds`: by kind of name and by field, on shows that rules were written
on and on a third kept apart; and reliability: how sure the readings of each tenth are, and how many are
right. A show is kept apart by a hash of its title, so that nobody chooses: whoever writes rules looks at the
scores of those names only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from anivault.core.models import FileKind, ScannedFile
from anivault.core.pipeline.parser import parse_alone
from anivault.parser.models import SURE, ParseResult
from anivault.parser.read import Reader, open_reader
from anivault.shared import plugins
from anivault.shared.errors import PluginBrokenError

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "parsing.md"
CORPORA = ("parser-dev.jsonl", "parser-dev-hand.jsonl", "parser-dev-silver.jsonl")


class Alone(Reader):
    """One engine without the rules."""

    def read(self, name: str) -> ParseResult:
        """Read a name with the engine only; a failure reads as nothing."""
        try:
            return self.engines[0].parse(name)
        except Exception:  # noqa: BLE001 - a foreign parser may raise anything
            self.failures[self.engines[0].name] += 1
            return ParseResult()


def readers() -> list[tuple[str, Reader]]:
    """Every reader to measure, with its name in the table."""
    listed: list[tuple[str, Reader]] = [
        ("rules", open_reader([])),
        ("rules, anitomy-ng (default)", open_reader(["anitomy-ng"])),
    ]
    for engine in plugins.BUILT_IN[plugins.PARSERS]:
        try:
            listed.append((f"{engine} alone", Alone(open_reader([engine]).engines)))
            if engine != "anitomy-ng":
                listed.append((f"rules, anitomy-ng, {engine}", open_reader(["anitomy-ng", engine])))
        except PluginBrokenError as error:
            print(error, file=sys.stderr)
    extras = [e.name for _, r in listed if isinstance(r, Alone) for e in r.engines if e.name != "guessit"]
    if len(extras) > 2:
        listed.append((f"rules, {', '.join(extras)}", open_reader(extras)))
    return listed


def judge(reader: Reader, rows: list[dict[str, Any]], tools: tuple[Any, Any]) -> tuple[float, float, float]:
    """Per cent of `rows` right in title, season and episode; per cent certain; per cent right of those."""
    cli_eval, parser_eval = tools
    found, certain = {}, set()
    for row in rows:
        path = cli_eval.as_path(row["name"], row["source"])
        parsed = parse_alone(ScannedFile(root="", rel=path, kind=FileKind.VIDEO), reader).parsed
        season = parsed.seasons or parsed.season
        found[row["name"]] = {"title": parsed.titles, "episode": parsed.episodes, "season": season}
        if parsed.confidence >= SURE:
            certain.add(row["name"])
    sure = [row for row in rows if row["name"] in certain]
    return _right(found, rows, parser_eval), 100 * len(sure) / len(rows), _right(found, sure, parser_eval)


def _right(found: dict[str, Any], rows: list[dict[str, Any]], parser_eval: Any) -> float:
    tally, _, _ = parser_eval.evaluate(found.get, rows)
    right, stated = tally["ALL"]["right"]
    return float(100 * right / stated) if stated else 0.0


def table(corpora: Path, tools: tuple[Any, Any], sample: int) -> str:
    """The table in Markdown."""
    sets = [_rows(corpora / name, sample) for name in CORPORA]
    lines = [
        "| read by | names | library paths | Chinese scene | certain | right when certain | failures |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, reader in readers():
        judged = [judge(reader, rows, tools) for rows in sets]
        rights = " | ".join(f"{right:.1f} %" for right, _, _ in judged)
        _, certain, right_then = judged[0]
        shown = "| | |" if isinstance(reader, Alone) else f"| {certain:.1f} % | {right_then:.1f} % |"
        lines.append(f"| {name} | {rights} {shown} {sum(reader.failures.values())} |")
        reader.close()
    return "\n".join(lines)


def _rows(path: Path, sample: int) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return random.Random(1).sample(rows, min(sample or len(rows), len(rows)))  # noqa: S311 - a sample


# --- by kind of name -------------------------------------------------------------------------------

LABELLED = {
    "names": "parser-dev.jsonl",
    "library paths": "parser-dev-hand.jsonl",
    "Chinese scene": "parser-dev-silver.jsonl",
}
KINDS = {  # by shape, the first that fits
    "library path": r"/.*\.\w{2,4}$",
    "season and episode": r"(?i)(?<![a-z])s\d{1,2}[ ._-]*ep?\d|(?<!\d)\d{1,2}x\d{2,3}(?!\d)",
    "range or batch": r"(?i)(?<!\d)\d{1,4} ?[-~+&] ?\d{1,4}(?! ?(?:-|bit|\d))|batch|全\d*[话話集]|合集",
    "all in brackets": r"^(?:[\[【（(][^\[\]【】]*[\]】)）]\W*){3,}(?:\.\w+)?$",
    "a word for the episode": r"(?i)第 ?\d+|\d ?[话話集회화]|(?<![a-z])(?:e|ep|episode)[ ._]?\d|#\d",
    "behind a dash": r"[\s_]-[\s_]\d{1,4}",
    "number in brackets": r"[\[【(]\d{1,4}(?:\.5)?(?:v\d)?(?: ?END)?[\]】)]",
    "scene": r"^[^\s\[\]]+\.[^\s]*(?:\d{3,4}p|x26|h\.?26)",
    "number elsewhere": r"\d",
    "no number": "",
}
JUDGED = ("title", "episode", "season")
FIELDS = ("type", "version", "group", "episode_title", "year", "resolution")


@dataclass(frozen=True, slots=True)
class Read:
    """A labelled name that was read: its kind, whether it is kept apart, and which fields are right."""

    corpus: str
    kind: str
    apart: bool
    fields: dict[str, bool]
    confidence: float

    @property
    def right(self) -> bool | None:
        """Title, season and episode all right; None where the label does not state title and episode."""
        if not {"title", "episode"} <= self.fields.keys():
            return None
        return all(self.fields.get(field, True) for field in JUDGED)


def kept_apart(row: dict[str, Any]) -> bool:
    """Whether the names of this show are a third that nobody reads who writes rules."""
    title = row["expect"].get("title") or row["name"]
    title = title[0] if isinstance(title, list) else title
    plain = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", title).casefold())[:12]
    return hashlib.sha256(plain.encode()).digest()[0] % 3 == 0


def kind_of(name: str) -> str:
    """The shape of a name."""
    return next(kind for kind, shape in KINDS.items() if re.search(shape, name))


def read_all(corpora: Path, tools: tuple[Any, Any]) -> list[Read]:
    """Read every labelled name by itself, as the program does."""
    return [
        _read_row(corpus, json.loads(line), tools)
        for corpus, file in LABELLED.items()
        for line in (corpora / file).read_text(encoding="utf-8").splitlines()
    ]


def _read_row(corpus: str, row: dict[str, Any], tools: tuple[Any, Any]) -> Read:
    cli_eval, parser_eval = tools
    path = cli_eval.as_path(row["name"], row["source"])
    parsed = parse_alone(ScannedFile(root="", rel=path, kind=FileKind.VIDEO)).parsed
    got = {field: getattr(parsed, field, None) for field in parser_eval.FIELDS}
    got |= {"title": parsed.titles, "episode": parsed.episodes, "season": parsed.seasons or parsed.season}
    expect = row["expect"]
    fields = {
        field: parser_eval.agrees(field, expect[field], got.get(field), expect, False)
        for field in parser_eval.FIELDS
        if field in expect
    }
    return Read(corpus, kind_of(row["name"]), kept_apart(row), fields, parsed.confidence)


def report(reads: list[Read]) -> str:
    """The three tables in Markdown."""
    lines = ["| names | read | right | kept apart | right |", "| --- | ---: | ---: | ---: | ---: |"]
    for words, chosen in (
        *((corpus, _of("corpus", corpus)) for corpus in LABELLED),
        *((kind, _of("kind", kind)) for kind in KINDS),
        ("all", lambda _: True),
    ):
        lines.append(_row(words, [read for read in reads if chosen(read)], lambda read: read.right))
    lines += ["", "| field | read | right | kept apart | right |", "| --- | ---: | ---: | ---: | ---: |"]
    lines += [_row(field, reads, lambda read, field=field: read.fields.get(field)) for field in FIELDS]  # type: ignore[misc]
    lines += [
        "",
        "| confidence | names kept apart | sure, on average | right |",
        "| --- | ---: | ---: | ---: |",
    ]
    return "\n".join([*lines, *reliability([read for read in reads if read.apart])])


def reliability(reads: list[Read]) -> list[str]:
    """A row for each tenth of confidence that readings fall in."""
    rows = []
    for tenth in range(10):
        inside = [r for r in reads if r.right is not None and min(int(r.confidence * 10), 9) == tenth]
        if inside:
            sure = sum(read.confidence for read in inside) / len(inside)
            right = sum(bool(read.right) for read in inside) / len(inside)
            low = tenth / 10
            rows.append(f"| {low:.1f} to {low + 0.1:.1f} | {len(inside)} | {sure:.1%} | {right:.1%} |")
    return rows


def _of(attribute: str, value: str) -> Callable[[Read], bool]:
    return lambda read: getattr(read, attribute) == value


def _row(words: str, reads: list[Read], judged: Callable[[Read], bool | None]) -> str:
    cells = []
    for apart in (False, True):
        verdicts = [right for read in reads if read.apart is apart and (right := judged(read)) is not None]
        cells += [str(len(verdicts)), _percent(verdicts)]
    return f"| {words} | {' | '.join(cells)} |"


def _percent(verdicts: Iterable[bool]) -> str:
    counted = list(verdicts)
    return f"{100 * sum(counted) / len(counted):.1f} %" if counted else ""


def main() -> None:
    """Print the table, or write it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("kinds", "engines"))
    parser.add_argument("--corpora", type=Path, default=ROOT.parent / "shared" / "corpora")
    parser.add_argument("--tools", type=Path, default=ROOT.parent / "shared" / "tools")
    parser.add_argument("--sample", type=int, default=120, help="lines drawn from each corpus; 0 is all")
    parser.add_argument("--write", action="store_true", help="replace the tables in docs/parsing.md")
    args = parser.parse_args()
    sys.path.insert(0, str(args.tools))
    tools = import_module("cli_eval"), import_module("parser_eval")
    kinds = args.what == "kinds"
    measured = report(read_all(args.corpora, tools)) if kinds else table(args.corpora, tools, args.sample)
    print(measured)
    if args.write:
        start, end = f"<!-- {args.what} -->", f"<!-- /{args.what} -->"
        before, rest = DOCUMENT.read_text(encoding="utf-8").split(start)
        DOCUMENT.write_text(f"{before}{start}\n{measured}\n{end}{rest.split(end)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
