"""Measure what the rules and each engine read right, and write the table of docs/parsing.md.

    python scripts/measure_parser.py [--sample 120] [--corpora FOLDER] [--tools FOLDER] [--write]

In: corpora of names with what they say, and the tool that judges them. Out: a table on standard output;
with --write it replaces the one in docs/parsing.md. Engines that are not installed are left out.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
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
START, END = "<!-- measured -->", "<!-- /measured -->"
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
    return float(100 * right / stated)


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


def main() -> None:
    """Print the table, or write it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpora", type=Path, default=ROOT.parent / "shared" / "corpora")
    parser.add_argument("--tools", type=Path, default=ROOT.parent / "shared" / "tools")
    parser.add_argument("--sample", type=int, default=120, help="lines drawn from each corpus; 0 is all")
    parser.add_argument("--write", action="store_true", help="replace the table in docs/parsing.md")
    args = parser.parse_args()
    sys.path.insert(0, str(args.tools))
    measured = table(args.corpora, (import_module("cli_eval"), import_module("parser_eval")), args.sample)
    print(measured)
    if args.write:
        text = DOCUMENT.read_text(encoding="utf-8")
        before, rest = text.split(START)
        DOCUMENT.write_text(f"{before}{START}\n{measured}\n{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
