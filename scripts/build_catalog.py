# /// script
# requires-python = ">=3.11"
# dependencies = ["cutlet==0.5.2", "msgspec>=0.20,<0.23", "unidic-lite==1.0.8"]
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
from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "scripts")]

import corrections  # noqa: E402

from anivault.services.catalogue.lists import bangumi_data  # noqa: E402
from anivault.services.catalogue.places import place, usual_counts  # noqa: E402
from anivault.services.catalogue.rows import BY_RULE, Row, to_lines  # noqa: E402

DATA = ROOT / "src" / "anivault" / "data"
Json = dict[str, Any]
Romaji = Callable[[str], list[str]]


def main() -> None:
    """Build, write, and say what was written."""
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--packages", type=Path, help="a node_modules folder to use instead of npm")
    args.add_argument("--out", type=Path, default=DATA, help="where to write; the package data by default")
    options = args.parse_args()
    pins = json.loads((DATA / "sources.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        packages = options.packages or install(pins["sources"], Path(folder))
        rows = build(packages, romanizer(), corrections.read(DATA / "corrections.toml"))
    pins |= counts(rows) | {"files": write(rows, options.out)}
    text = json.dumps(pins, ensure_ascii=False, indent=2) + "\n"
    (options.out / "sources.json").write_text(text, encoding="utf-8")
    print(f"{len(rows)} entries of {len({row.tmdb for row in rows})} shows and films in {options.out}")


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


def build(packages: Path, romaji: Romaji, facts: corrections.Corrections) -> list[Row]:
    """Read the packages, put in the facts, and return the rows in the order of the files."""
    items = bangumi_data.read((packages / "bangumi-data" / "dist" / "data.json").read_bytes())
    names = {b["id"]: b for b in load(packages / "bgmd" / "data" / "full.json")["bangumis"]}
    subjects = packages / "anime-sachedule-search-data" / "dist" / "subject"
    found: list[Row] = []
    for row in filter(None, map(bangumi_data.row_of, items)):
        bangumi = row.ids.get("bangumi", 0)
        subject = subjects / f"{bangumi}.json"
        enrich(row, load(subject) if subject.exists() else {})
        row.titles = titles(row, names.get(bangumi))
        found.append(row)
    shows: dict[str, list[Row]] = defaultdict(list)
    for row in corrections.apply(found, facts, fold, language_of):
        shows[row.tmdb].append(row)
    for rows in shows.values():
        rows.sort(key=lambda row: (row.begin, row.key, row.season or 0))
    ordered = [row for show in sorted(shows, key=show_order) for row in shows[show]]
    add_romaji(ordered, romaji)
    place(shows.values(), usual_counts(ordered))
    return ordered


def load(path: Path) -> Any:
    """Parse one JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def show_order(show: str) -> tuple[str, int]:
    """Order by media type, then by number."""
    media, _, number = show.partition("/")
    return media, int(number)


def enrich(row: Row, subject: Json) -> None:
    """Add the stated number of episodes, the Chinese name and the collectors of a Bangumi subject."""
    stated = subject.get("eps") or subject.get("eps_count")
    if isinstance(stated, list):  # the episodes themselves; type 0 are the regular ones
        stated = sum(1 for episode in stated if episode.get("type") == 0)
    row.episodes = int(stated) if stated else None
    row.fans = sum((subject.get("collection") or {}).values())
    row.titles.setdefault("zh-Hans", []).append(subject.get("name_cn") or "")


# --- titles ---------------------------------------------------------------------------------------

KANA = re.compile(r"[\u3040-\u30ff\uff66-\uff9f]")
HANGUL = re.compile(r"[\u1100-\u11ff\uac00-\ud7a3]")
HAN = re.compile(r"[\u3400-\u9fff]")
JAPANESE = re.compile(f"{KANA.pattern}|{HAN.pattern}")
LATIN_WORD = re.compile(r"[a-z'’\-]{2,}", re.IGNORECASE)
MORA = r"(?:[kgsztdnhbpmr]y?|sh|ch|ts|j|f|w|y|v)?[aeiouāēīōū]+|n(?![aeiou])|[kstp](?=[kstpc])|['’\-]"
ROMAJI_WORD = re.compile(rf"(?:{MORA})+", re.IGNORECASE)
COUNTED = re.compile(r"第(\d+)話")
FILM = re.compile(r"^(?:新?劇場版|映画)\s*")
NUMBERED = re.compile(r" (?:[IVX]+|\d+)$")
LONG_VOWEL = re.compile(r"([aeiou])-", re.IGNORECASE)
READS_ALIKE = (
    0.5  # an alias that shares less with the rules' spelling is another title, not a spelling (a guess)
)
BROKEN_WORD = re.compile(r"[a-z]{2}|\d{2}|[^\W\da-z]{2}|ー.", re.IGNORECASE)  # two letters of one word
SHORTEST_TITLE = 2  # characters that a title needs for another to be its continuation
LANGUAGES = ("ja", "en", "ja-Latn", BY_RULE, "ko", "zh-Hans", "zh-Hant", "zh", "")


def titles(row: Row, named: Json | None) -> dict[str, list[str]]:
    """Collect the titles that sources state by language; the first of a language is its main one."""
    found = {language: list(row.titles.get(language, [])) for language in LANGUAGES}
    known = {text for texts in found.values() for text in texts}
    for text in aliases(named, known) if named else ():
        found[language_of(text)].append(text)
    return without_repetitions(found)


def aliases(named: Json, known: set[str]) -> list[str]:
    """Return name and aliases, without those that stand there only because TMDB has them."""
    tmdb = named.get("tmdb") or {}
    foreign = {tmdb.get("name"), tmdb.get("original_name")} - known
    return [text for text in (named["name"], *named["alias"]) if text not in foreign]


def without_repetitions(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """Drop empty and repeated texts; what two languages have stays with the first of LANGUAGES."""
    seen, kept = {""}, {}
    for language in LANGUAGES:
        new: dict[str, str] = {}
        for text in found.get(language, []):
            new.setdefault(fold(text), clean(text))
        kept[language] = [text for key, text in new.items() if key not in seen]
        seen |= new.keys()
    return {language: texts for language, texts in kept.items() if texts}


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


# --- romaji ---------------------------------------------------------------------------------------


def add_romaji(rows: list[Row], romaji: Romaji) -> None:
    """Spell every Japanese title in Latin letters, as people spell it where an alias shows how."""
    read, english = readings(rows, romaji), translations(rows)
    for row in rows:
        own, titles = row.titles.get("ja", []), {**dict.fromkeys(LANGUAGES, ()), **row.titles}
        main = FILM.sub("", own[0]) if own else ""
        latin = [read[fold(text)] for text in own[:1] if fold(text) in read]
        ruled: list[str] = []
        for head, rest in beginnings(main, read):
            spelled = romaji(rest)
            (ruled if spelled else latin).extend(f"{head} {text}" for text in spelled or [rest])
        ruled += [text for title in own for text in romaji(title)]
        for head, rest in beginnings(main, english):
            ruled += [f"{head} {text}" for text in romaji(rest)]
            titles["en"] = [*titles["en"], *([] if JAPANESE.search(rest) else [f"{head} {rest}"])]
        by_hand = titles["ja-Latn"][: "romaji" in row.checked]
        people = [*by_hand, *latin, *titles["ja-Latn"]]
        row.titles = without_repetitions({**titles, "ja-Latn": people, BY_RULE: ruled})


def translations(rows: list[Row]) -> dict[str, str]:
    """Return the English title by the Japanese one; `Title: Subtitle` translates the first word alone too."""
    both = [(row.titles["ja"][0], row.titles["en"][0]) for row in rows if {"ja", "en"} <= row.titles.keys()]
    heads = [(FILM.sub("", ja).partition(" ")[0], en.partition(": ")[0]) for ja, en in both if ": " in en]
    found = {fold(ja): en for ja, en in reversed(heads) if JAPANESE.search(ja) and not NUMBERED.search(en)}
    return found | {fold(ja): en for ja, en in reversed(both)}


def readings(rows: list[Row], romaji: Romaji) -> dict[str, str]:
    """Return by Japanese title the alias that spells it: the one most like what the rules make of it.

    `Title: Subtitle` beside two Japanese words spells the first of them too.
    """
    found: dict[str, str] = {}
    for row in rows:
        title, latin = row.titles.get("ja", [""])[0], row.titles.get("ja-Latn", [])
        latin = latin[:1] if "romaji" in row.checked else latin
        heads = [text.partition(": ")[0] for text in latin if ": " in text and not FILM.match(title)]
        heads = [head for head in heads if not NUMBERED.search(head)]  # `Show 6: Its Film` is not the show
        for part, texts in ((title, latin), (title.partition(" ")[0], heads)):
            spelled = romaji(part)
            best = max(texts, key=lambda text: (alike(text, spelled), text), default="")
            if best and fold(part) not in found and alike(best, spelled) >= READS_ALIKE:
                found[fold(part)] = best
    return found


def alike(text: str, spelled: list[str]) -> float:
    """Return how much of `text` one of `spelled` has: 0 nothing, 1 all."""
    return max((SequenceMatcher(None, text.casefold(), o.casefold()).ratio() for o in spelled), default=0.0)


def beginnings(title: str, known: dict[str, str]) -> list[tuple[str, str]]:
    """Return the longest known title that `title` begins with, as it is spelled, and the rest."""
    for end in range(len(title) - 1, SHORTEST_TITLE - 1, -1):
        head, rest = title[:end], title[end:]
        if fold(head) in known and not BROKEN_WORD.match(head[-1] + rest[0]):
            return [(known[fold(head)], clean(rest))]
    return []


def romanizer() -> Romaji:
    """Return a function that spells a Japanese title in Latin letters: with loanwords, and by sound."""
    import cutlet

    readers = [cutlet.Cutlet(use_foreign_spelling=foreign) for foreign in (True, False)]

    def romaji(text: str) -> list[str]:
        plain = COUNTED.sub(r" dai \1 wa ", unicodedata.normalize("NFKC", text))
        plain = plain.replace("×", " x ").replace("・", " ").replace("&", " & ")
        if not JAPANESE.search(plain):
            return []
        spelled = [clean(reader.romaji(plain, title=True)) for reader in readers]
        if "-" not in plain:  # a stroke is then a long vowel that the rules left over
            spelled = [LONG_VOWEL.sub(r"\1\1", text) for text in spelled]
        spelled = [as_printed(text, plain) for text in spelled]
        return [text for text in spelled if "?" not in text or "?" in plain]

    return romaji


def as_printed(spelled: str, title: str) -> str:
    """Give the Latin words of `title` their capitals again."""
    for word in LATIN_WORD.findall(title):
        spelled = re.sub(rf"\b{re.escape(word)}\b", word, spelled, flags=re.IGNORECASE)
    return spelled


# --- files ----------------------------------------------------------------------------------------


def counts(rows: list[Row]) -> dict[str, int]:
    """Return how much the catalogue holds."""
    shows = {row.tmdb for row in rows}
    films = sum(1 for show in shows if show.startswith("movie"))
    return {"entries": len(rows), "shows": len(shows) - films, "films": films}


def write(rows: list[Row], folder: Path) -> dict[str, str]:
    """Write one file a media type and return their SHA-256 sums."""
    sums = {}
    for media in ("movie", "tv"):
        text = to_lines(row for row in rows if row.tmdb.startswith(media))
        (folder / f"{media}.jsonl").write_bytes(text)
        sums[f"{media}.jsonl"] = hashlib.sha256(text).hexdigest()
    return sums


if __name__ == "__main__":
    main()
