"""Measure what is read right by kind of name: on shows that rules were written on, and on a third kept apart.

    python benchmarks/kinds.py [--corpora FOLDER] [--tools FOLDER] [--write]

In: corpora of names with what they say, and the tool that judges them. Out: a table by kind of name, one by
field, and one of reliability: how sure the readings of each tenth are, and how many of them are right. A
show is kept apart by a hash of its title, so that nobody chooses: whoever writes rules looks at the scores of
those names only. With --write the tables replace those in docs/parsing.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
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

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "parsing.md"
START, END = "<!-- kinds -->", "<!-- /kinds -->"
CORPORA = {
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
        _read(corpus, json.loads(line), tools)
        for corpus, file in CORPORA.items()
        for line in (corpora / file).read_text(encoding="utf-8").splitlines()
    ]


def _read(corpus: str, row: dict[str, Any], tools: tuple[Any, Any]) -> Read:
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
        *((corpus, _of("corpus", corpus)) for corpus in CORPORA),
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
    """Print the tables, or write them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpora", type=Path, default=ROOT.parent / "shared" / "corpora")
    parser.add_argument("--tools", type=Path, default=ROOT.parent / "shared" / "tools")
    parser.add_argument("--write", action="store_true", help="replace the tables in docs/parsing.md")
    args = parser.parse_args()
    sys.path.insert(0, str(args.tools))
    text = report(read_all(args.corpora, (import_module("cli_eval"), import_module("parser_eval"))))
    print(text)
    if args.write:
        before, rest = DOCUMENT.read_text(encoding="utf-8").split(START)
        DOCUMENT.write_text(f"{before}{START}\n{text}\n{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
