"""Play a user who knows what every file is, and answer the questions of `review` as programs do.

    uv run python scripts/answers/answer_trees.py TREES.jsonl [--first N]

Each line of the file is `{"id", "files": [{"path", "size", "expect"}]}`; `expect` is the show (`tmdb_id`,
`media_type`) with `season` and `episode`, or `extra`, or null for what is no anime. All trees lie in one
folder, but for the last episode of each series, which comes a week later. Printed: questions, what became of
the files asked about, and how many questions the second week repeats.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from anivault.services.catalogue.offline import Catalog

Expect = dict[str, Any] | None
Event = dict[str, Any]
ANIVAULT = [sys.executable, "-m", "anivault"]


def main() -> None:
    """Two weeks: plant, ask and answer, see what the plan says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("trees", type=Path)
    parser.add_argument("--first", type=int, help="only so many trees")
    parser.add_argument("--misses", type=Path, help="write here what did not end well")
    chosen = parser.parse_args()
    trees = [json.loads(line) for line in chosen.trees.read_text().splitlines()][: chosen.first]
    with tempfile.TemporaryDirectory() as folder:
        game = Game(Path(folder))
        now, later = two_weeks(trees)
        game.plant(now)
        before = game.planned()
        first = game.review()
        after = game.planned()
        game.plant(later)
        second = game.review()
        misses = game.tell(before, after, first, second)
    if chosen.misses:
        chosen.misses.write_text("".join(f"{json.dumps(miss)}\n" for miss in misses))


def two_weeks(trees: list[dict[str, Any]]) -> tuple[list[Any], list[Any]]:
    """The files of the first week, and the last episode of each season of three and more for the second."""
    now, later = [], []
    for tree in trees:
        groups: dict[tuple[Any, ...], list[Any]] = {}
        for file in tree["files"]:
            said = file["expect"] or {}
            key = said.get("tmdb_id"), said.get("season"), os.path.dirname(file["path"])
            groups.setdefault(key, []).append(file)
        for (_, season, _), files in groups.items():
            files.sort(key=lambda file: (file["expect"] or {}).get("episode", 0))
            late = files[-1:] if season and len(files) > 2 else []
            later += late
            now += files[: len(files) - len(late)]
    return now, later


class Player:
    """Knows what every file is, and says so in the fewest keys. `tried` are the keys for this question."""

    def __init__(self, pile: Path, known: dict[str, Expect]) -> None:
        self.pile, self.known = pile, known
        self.asked: list[tuple[list[str], str]] = []
        self._number, self._tried = (0, 0), list[str]()
        self.catalog = Catalog.open()

    def answer(self, question: Event) -> str:
        """The next key for a question."""
        if (question["number"], question["releases"]) != self._number:
            self._number, self._tried = (question["number"], question["releases"]), []
            self.asked.append(([os.path.relpath(path, self.pile) for path in question["files"]], ""))
        key = self._key(question, [self.known[path] for path in self.asked[-1][0]])
        if key in self._tried:  # it was refused
            key = "l"
        self._tried.append(key)
        self.asked[-1] = self.asked[-1][0], key
        return key

    def _key(self, question: Event, truth: list[Expect]) -> str:
        shows = {show_of(expect) for expect in truth}
        if shows == {None}:
            return "n"
        if len(shows) > 1 or question["releases"] > 1:
            return "e" if question["releases"] > 1 else "l"
        show = str(shows.pop())
        if all(expect and "extra" in expect for expect in truth):
            return f"x {show}"
        ways = [self._offered(question, show, truth), f"/ {self._title(show)}", f"i {show}"]
        if ways[2] in self._tried:  # nobody knows it
            ways += [self._moved(truth), f"i  {show}"]
        return next((way for way in ways if way and way not in self._tried), "l")

    def _offered(self, question: Event, show: str, truth: list[Expect]) -> str:
        """The key of the show with the right places; `s` where only the places are wrong."""
        ends = (place_of(truth[0]), place_of(truth[-1]))
        of_show = [(str(key), a) for key, a in enumerate(question["answers"], 1) if a["id"] == show]
        right = [key for key, a in of_show if (a["first"], a["last"]) == ends]
        return (right or ([self._moved(truth)] if of_show else [""]))[0]

    @staticmethod
    def _moved(truth: list[Expect]) -> str:
        """`s 2 1`, where all files are of one season."""
        seasons = {expect.get("season") for expect in truth if expect}
        first = truth[0] or {}
        return f"s {first['season']} {first['episode']}" if len(seasons) == 1 and "season" in first else "l"

    def _title(self, show: str) -> str:
        _, _, rest = show.partition(":")
        media, _, number = rest.rpartition("/")
        known = self.catalog.get("tmdb", media or "tv", int(number))
        return known.title if known else "nobody knows"


def show_of(expect: Expect) -> str | None:
    """`tmdb:1234`, as AniVault writes it."""
    if expect is None:
        return None
    return f"tmdb:{'movie/' if expect['media_type'] == 'movie' else ''}{expect['tmdb_id']}"


def place_of(expect: Expect) -> str:
    """`S01E02`."""
    return f"S{expect['season']:02}E{expect['episode']:02}" if expect and "season" in expect else ""


class Game:
    """A pile, a library that is only planned, and a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.pile, self.library = folder / "pile", folder / "library"
        self.known: dict[str, Expect] = {}
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("ANIVAULT_", "TMDB_", "XDG_"))}
        self.env = {**kept, "HOME": str(folder)}

    def plant(self, files: list[Any]) -> None:
        """Write files as sparse ones of their size."""
        for file in files:
            path = self.pile / file["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as out:
                out.truncate(file["size"])
            self.known[file["path"]] = file["expect"]

    def planned(self) -> dict[str, str]:
        """What becomes of each file: right, wrong, or held; of what is no anime `held` is right."""
        words = [*ANIVAULT, "organize", str(self.pile), "--to", str(self.library), "--json"]
        done = subprocess.run(words, capture_output=True, env=self.env, check=False)
        moves = (event for event in map(json.loads, done.stdout.splitlines()) if event["event"] == "move")
        goes = {os.path.relpath(event["path"], self.pile): event["target"] for event in moves}
        return {path: fate(expect, goes.get(path)) for path, expect in self.known.items()}

    def review(self) -> Player:
        """Answer every question once."""
        player = Player(self.pile, self.known)
        words = [*ANIVAULT, "review", str(self.pile), "--to", str(self.library), "--json"]
        with (
            subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self.env) as review,
            closing(player.catalog),
        ):
            assert review.stdin
            assert review.stdout
            for line in review.stdout:
                event = json.loads(line)
                if event["event"] == "question":
                    review.stdin.write(json.dumps({"key": player.answer(event)}).encode() + b"\n")
                    review.stdin.flush()
                elif event["event"] == "summary" and event["command"] == "review":
                    review.stdin.close()
        return player

    def tell(
        self, before: dict[str, str], after: dict[str, str], first: Player, second: Player
    ) -> list[dict[str, Any]]:
        """Print the figures; returns what did not end well."""
        asked = [path for files, _ in first.asked for path in files]
        held = [path for path, found in before.items() if found == "held" and self.known[path]]
        fates = Counter(after[path] for path in asked if self.known[path])
        harmed = [path for path in before if after[path] == "wrong" != before[path]]
        keys = Counter(key.partition(" ")[0] for _, key in first.asked)
        answered = {path for files, key in first.asked if key != "l" for path in files}
        folders = {os.path.dirname(path) for path in answered if os.path.dirname(path)}
        again = [f for f, _ in second.asked if answered & set(f) or os.path.dirname(f[0]) in folders]
        share = 100 * len(first.asked) / len(before)
        print(f"files {len(before)}, right before {Counter(before.values())['right']}, held {len(held)}")
        print(f"questions {len(first.asked)} = {share:.2f} per 100 files; keys {dict(keys)}")
        print(f"files asked about {len(asked)}: {dict(fates)}; led to a wrong place {len(harmed)}")
        print(f"second week: questions {len(second.asked)}, of what was answered {len(again)}")
        odd = [path for path in asked if self.known[path] and after[path] != "right"]
        keyed = {path: key for files, key in first.asked for path in files}
        return [
            {"path": p, "expect": self.known[p], "fate": after[p], "key": keyed.get(p)}
            for p in (*odd, *harmed)
        ] + [{"again": files[:3]} for files in again]


def fate(expect: Expect, target: str | None) -> str:
    """Whether a place of the preset jellyfin is the right one."""
    if target is None:
        return "held"
    ident = re.search(r"\[tmdbid-(\d+)\]", target)
    if expect is None or ident is None or int(ident[1]) != expect["tmdb_id"]:
        return "wrong"
    inner = target.split("/")[2:]
    extra = len(inner) > 1 and not re.match(r"(Season \d|Specials)", inner[0])
    if "extra" in expect or expect["media_type"] == "movie":
        return "right" if extra == ("extra" in expect) else "wrong"
    number = None if extra else re.search(r" S(\d+)E(\d+)", inner[-1])
    return "right" if number and number[0].strip() == place_of(expect) else "wrong"


if __name__ == "__main__":
    main()
