# /// script
# requires-python = ">=3.11"
# dependencies = ["cutlet==0.5.2", "unidic-lite==1.0.8"]
# ///
"""Make the catalogue that AniVault ships: `uv run scripts/build_catalog.py`.

In: three npm packages at the versions that src/anivault/data/sources.json pins, installed into a
temporary folder and compared with the checksums there; or a folder that has them (`--packages`).
Out: tv.jsonl and movie.jsonl beside it, one line an entry, and their checksums in sources.json.
The same packages give the same bytes. Of bgmd only `name` and `alias` are taken, and of these none
that are only there because TMDB has them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "scripts")]

from place_entries import place_entries  # noqa: E402

DATA = ROOT / "src" / "anivault" / "data"
Item = dict[str, Any]
Row = dict[str, Any]
IDS = {"anidb": "anidb", "mal": "mal", "aniList": "anilist", "bangumi": "bangumi"}
TMDB_ID = re.compile(r"(?P<show>(?:tv|movie)/\d+)(?:/season/(?P<season>\d+))?(?:/episode/(?P<episode>\d+))?")
JAPAN = timezone(timedelta(hours=9))


def main() -> None:
    """Build, write, and say what was written."""
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--packages", type=Path, help="a node_modules folder to use instead of npm")
    args.add_argument("--out", type=Path, default=DATA, help="where to write; the package data by default")
    options = args.parse_args()
    pins = json.loads((DATA / "sources.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        packages = options.packages or install(pins["sources"], Path(folder))
        rows = build(packages, romanizer())
    pins["files"] = write(rows, options.out)
    text = json.dumps(pins, ensure_ascii=False, indent=2) + "\n"
    (options.out / "sources.json").write_text(text, encoding="utf-8")
    print(f"{len(rows)} entries of {len({r['tmdb'] for r in rows})} shows and films in {options.out}")


def install(pins: list[dict[str, str]], folder: Path) -> Path:
    """Install the pinned packages with npm; stop when one is not the one that was pinned."""
    wanted = [f"{pin['name']}@{pin['version']}" for pin in pins]
    npm = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder)]
    subprocess.run([*npm, *wanted], check=True, stdout=subprocess.DEVNULL)
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for pin in pins:
        if lock[f"node_modules/{pin['name']}"]["integrity"] != pin["integrity"]:
            raise SystemExit(f"{pin['name']} {pin['version']} is not the package that sources.json pins.")
    return folder / "node_modules"


def build(packages: Path, romaji: Callable[[str], list[str]]) -> list[Row]:
    """Read the packages and return the rows in the order of the files."""
    items = load(packages / "bangumi-data" / "dist" / "data.json")["items"]
    names = {b["id"]: b for b in load(packages / "bgmd" / "data" / "full.json")["bangumis"]}
    subjects = packages / "anime-sachedule-search-data" / "dist" / "subject"
    shows: dict[str, list[Row]] = defaultdict(list)
    for item in items:
        row = entry(item)
        if row is None:
            continue
        bangumi = row["ids"].get("bangumi", 0)
        subject = subjects / f"{bangumi}.json"
        enrich(row, load(subject) if subject.exists() else {})
        row["titles"] = titles(item, names.get(bangumi), row.pop("name_cn", ""), romaji)
        shows[row["tmdb"]].append(row)
    for rows in shows.values():
        rows.sort(key=lambda r: (r["begin"], r["titles"]["ja"][0] if "ja" in r["titles"] else "", line(r)))
    place_entries(shows.values())
    return [row for show in sorted(shows, key=show_order) for row in shows[show]]


def load(path: Path) -> Any:
    """Parse one JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def show_order(show: str) -> tuple[str, int]:
    """Order by media type, then by number."""
    media, _, number = show.partition("/")
    return media, int(number)


def entry(item: Item) -> Row | None:
    """Return what bangumi-data states about one entry, or None when it names no TMDB id."""
    sites = {site["site"]: site.get("id", "") for site in item["sites"]}
    place = TMDB_ID.match(sites.get("tmdb", ""))
    if place is None:
        return None
    row: Row = {
        "tmdb": place["show"],
        "type": item["type"],
        "begin": day(item["begin"]),
        "end": day(item["end"]),
    }
    row |= {name: int(place[name]) for name in ("season", "episode") if place[name]}
    row["ids"] = {ours: int(sites[name]) for name, ours in IDS.items() if sites.get(name, "").isdigit()}
    return row


def day(moment: str) -> str:
    """Return the Japanese date of a UTC time. 16:00:00 stands for an unknown time: the date as it is."""
    if not moment or moment.endswith("T16:00:00.000Z"):
        return moment[:10]
    return datetime.fromisoformat(moment).astimezone(JAPAN).date().isoformat()


def enrich(row: Row, subject: Item) -> None:
    """Add the stated number of episodes, the Chinese name and the collectors of a Bangumi subject."""
    stated = subject.get("eps") or subject.get("eps_count")
    if isinstance(stated, list):  # the episodes themselves; type 0 are the regular ones
        stated = sum(1 for e in stated if e.get("type") == 0)
    if stated:
        row["episodes"] = int(stated)
    row["fans"] = sum((subject.get("collection") or {}).values())
    row["name_cn"] = subject.get("name_cn") or ""


# --- titles ---------------------------------------------------------------------------------------

KANA = re.compile(r"[\u3040-\u30ff\uff66-\uff9f]")
HANGUL = re.compile(r"[\u1100-\u11ff\uac00-\ud7a3]")
HAN = re.compile(r"[\u3400-\u9fff]")
LATIN_WORD = re.compile(r"[a-z'’\-]{2,}", re.IGNORECASE)
MORA = r"(?:[kgsztdnhbpmr]y?|sh|ch|ts|j|f|w|y|v)?[aeiouāēīōū]+|n(?![aeiou])|[kstp](?=[kstpc])|['’\-]"
ROMAJI_WORD = re.compile(rf"(?:{MORA})+", re.IGNORECASE)
LANGUAGES = ("ja", "ja-Latn", "en", "ko", "zh-Hans", "zh-Hant", "zh", "")


def titles(
    item: Item, named: Item | None, name_cn: str, romaji: Callable[[str], list[str]]
) -> dict[str, list[str]]:
    """Collect every title by language; the first of a language is its main one."""
    found: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    found[item["lang"]].append(item["title"])
    for language, texts in item["titleTranslate"].items():
        found[language] += texts
    found["zh-Hans"].append(name_cn)
    known = {text for texts in found.values() for text in texts}
    for text in aliases(named, known) if named else ():
        found[language_of(text)].append(text)
    found["ja-Latn"] = [r for text in found["ja"] for r in romaji(text)] + found["ja-Latn"]
    return {language: kept for language, texts in found.items() if (kept := distinct(texts, found, language))}


def aliases(named: Item, known: set[str]) -> list[str]:
    """Return name and aliases, without those that stand there only because TMDB has them."""
    tmdb = named.get("tmdb") or {}
    foreign = {tmdb.get("name"), tmdb.get("original_name")} - known
    return [text for text in (named["name"], *named["alias"]) if text not in foreign]


def distinct(texts: Iterable[str], found: dict[str, list[str]], language: str) -> list[str]:
    """Drop empty texts and repetitions; what another language has as well stays with the first."""
    earlier = LANGUAGES[: LANGUAGES.index(language)]
    seen = {fold(text) for other in earlier for text in found[other]} | {""}
    kept = []
    for text in (clean(t) for t in texts):
        if fold(text) not in seen:
            seen.add(fold(text))
            kept.append(text)
    return kept


def clean(text: str) -> str:
    """Level white space."""
    return " ".join(text.split())


def fold(text: str) -> str:
    """Return what two titles must share to be one: all but width, case and spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def language_of(text: str) -> str:
    """Tell the language of an alias by its script; Latin words made of Japanese syllables are romaji."""
    if KANA.search(text):
        return "ja"
    if HANGUL.search(text):
        return "ko"
    if HAN.search(text):
        return "zh"
    words = LATIN_WORD.findall(text)
    if not words:
        return ""
    return "ja-Latn" if all(ROMAJI_WORD.fullmatch(word) for word in words) else "en"


def romanizer() -> Callable[[str], list[str]]:
    """Return a function that spells a Japanese title in Latin letters: loanwords as such, and by sound."""
    import cutlet

    readers = [cutlet.Cutlet(use_foreign_spelling=foreign) for foreign in (False, True)]

    def romaji(text: str) -> list[str]:
        plain = unicodedata.normalize("NFKC", text).replace("×", " x ").replace("・", " ")
        if not (KANA.search(plain) or HAN.search(plain)):
            return []
        spelled = [clean(reader.romaji(plain, title=True)) for reader in readers]
        return [text for text in spelled if "?" not in text or "?" in plain]

    return romaji


# --- files ----------------------------------------------------------------------------------------


def write(rows: list[Row], folder: Path) -> dict[str, str]:
    """Write one file a media type and return their SHA-256 sums."""
    sums = {}
    for media in ("movie", "tv"):
        text = "".join(line(row) + "\n" for row in rows if row["tmdb"].startswith(media))
        (folder / f"{media}.jsonl").write_text(text, encoding="utf-8", newline="\n")
        sums[f"{media}.jsonl"] = hashlib.sha256(text.encode()).hexdigest()
    return sums


FIELDS = (
    "tmdb",
    "season",
    "offset",
    "episode",
    "type",
    "begin",
    "end",
    "episodes",
    "derived",
    "fans",
    "ids",
    "titles",
)


def line(row: Row) -> str:
    """Return a row as one line; empty fields are left out."""
    shown = {name: row[name] for name in FIELDS if row.get(name) not in (None, "", [], {})}
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main()
