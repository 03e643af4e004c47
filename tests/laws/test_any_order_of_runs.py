"""Whatever is done in whatever order: what the screen says is so, nothing is lost, and there is a way back.

One example is a pile of files, a library on the same disk or another one, and a few steps: commands of
AniVault, and things that people do to files themselves. After each command the disk is compared with what
it was before and with what the command said it did, event by event.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.conftest import Ran, Run
from tests.core.mover import crashes
from tests.laws.conftest import law

PILE = (
    "[Grp] Nichijou/[Grp] Nichijou - 01.mkv",
    "[Grp] Nichijou/[Grp] Nichijou - 01.en.ass",
    "[Grp] Nichijou/[Grp] Nichijou - 02.mkv",
    "[Grp] Nichijou/notes.txt",
    "Films/Akira (1988)/Akira (1988) [1080p].mkv",
    "Mushishi - 03.mkv",
)
PRESETS = ("jellyfin", "plex", "kodi", "emby")
BETTER = (
    "[Grp] Nichijou/[Grp] Nichijou - 01v2.mkv",
    "[Grp] Nichijou/[Grp] Nichijou - 01v2.en.ass",
    "new/[Grp] Nichijou - 02v3.mp4",
    "Mushishi - 03v2.mkv",
    "Films/Akira (1988)/Akira (1988) [2160p].mkv",
)
MODES = ("hardlink", "copy", "move", "symlink")
ELSEWHERE = Path("/dev/shm")
NOTES = frozenset({"extra", "duplicate", "incomplete"})
Tree = dict[str, str]  # path -> content, or where a link leads


class World:
    """A pile, a library, and what has been there."""

    def __init__(self, run: Run, base: Path, library: Path, mode: str) -> None:
        self.run, self.source, self.library, self.mode = run, base / "pile", library, mode
        self.count = 0
        self.runs: list[str] = []
        self.been: dict[str, set[str]] = {}  # content -> every path that it ever had
        self.touched: set[str] = set()  # contents that somebody else had their hands on
        self.told: set[str] = set()  # paths that verify may say something about
        self.interrupted = False
        for name in PILE:
            self.put(self.source / name)
        self.library.mkdir()
        self.start = self.tree()
        self.folders_at_start = self.folders(self.source)
        self.folders_of_others: set[str] = set()
        self.note()

    # --- the disk ---

    def put(self, path: Path) -> str:
        """Make a file with a content of its own."""
        self.count += 1
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content {self.count} of {path.name}")
        os.utime(path, ns=(10**18, 10**18 + self.count * 10**9))
        return path.read_text()

    def tree(self) -> Tree:
        """Every file of pile and library, but AniVault's own."""
        found: Tree = {}
        for root in (self.source, self.library):
            for folder, names, files in os.walk(root):
                names[:] = [name for name in names if name != ".anivault"]
                for name in files:
                    path = os.path.join(folder, name)
                    found[path] = (
                        "-> " + os.readlink(path) if os.path.islink(path) else Path(path).read_text()
                    )
        return found

    def folders(self, root: Path) -> set[str]:
        """Every folder below one root."""
        return {str(p) for p in root.rglob("*") if p.is_dir() and ".anivault" not in p.parts}

    def note(self) -> None:
        """Remember where every content is now."""
        for path, content in self.tree().items():
            self.been.setdefault(content, set()).add(path)

    def ours(self) -> list[str]:
        """The files of the library, in order."""
        return sorted(path for path in self.tree() if path.startswith(f"{self.library}/"))

    # --- what people do ---

    def touch(self, path: str) -> None:
        """Somebody has their hands on a path: what is there, what was, and the other names of it."""
        now = self.tree().get(path)
        self.told.add(path)
        self.touched |= {content for content, places in self.been.items() if path in places}
        if now is not None and now.startswith("-> "):
            self.touched |= {c for c, places in self.been.items() if now[3:] in places}
        for content in list(self.touched):
            self.told |= self.been.get(content, set())

    def by_hand(self, what: str, number: int) -> None:
        """One thing that a person does to a file of the library, or to a place in it."""
        there = self.ours()
        if not there:
            return
        path = there[number % len(there)]
        self.touch(path)
        if what == "rename":
            new = f"{os.path.splitext(path)[0]} (mine){os.path.splitext(path)[1]}"
            if not os.path.lexists(new):
                os.rename(path, new)
                self.told.add(new)
        elif what == "delete":
            os.unlink(path)
        elif what == "edit" and not os.path.islink(path):
            os.unlink(path)
            self.put(Path(path))
        elif what == "beside":
            new = os.path.splitext(path)[0] + ".de.srt"
            if os.path.lexists(new):  # theirs from before, which a rename may have taken along
                self.touch(new)
            self.put(Path(new))
        self.note()

    def better(self, number: int) -> None:
        """A better file than one of the first ones comes."""
        path = self.source / BETTER[number % len(BETTER)]
        if not os.path.lexists(path) and str(path) not in {
            p for places in self.been.values() for p in places
        }:
            self.start[str(path)] = self.put(path)
            self.folders_at_start |= self.folders(self.source) & {str(path.parent)}
            self.note()

    def take_place(self, number: int) -> None:
        """A stranger takes a place where a file once was."""
        places = sorted({p for places in self.been.values() for p in places} - self.tree().keys())
        free = [p for p in places if not os.path.lexists(p) and os.path.isdir(os.path.dirname(p))]
        if free:
            path = free[number % len(free)]
            self.touch(path)
            self.put(Path(path))
            self.note()

    # --- what AniVault does, and whether it is as it says ---

    def do(self, *words: object) -> Ran:
        """Give a command that may change things, and hold it to its word."""
        before = self.tree()
        done = self.run(*words, "--json")
        assert done.code in (0, 10), (words, done.code, done.err)
        said = dict(before)
        for each in done.of("return"):
            assert each["done"] is ("--apply" in words), (words, each)
            if each["done"]:
                self.follow_return(said, each)
        for each in done.of("move"):
            assert each["done"] is ("--apply" in words), (words, each)
            if each["done"]:
                self.follow(said, each)
        after = self.tree()
        assert said == after, (words, done.out, _difference(said, after))
        assert set(before.values()) <= set(after.values()) | self.links(before), (words, "lost", done.out)
        held = {each["reason"] for each in done.of("held")} - {"already-there", "junk"}
        assert (done.code == 10) is bool(held), (words, done.code, done.out)
        self.note()
        return done

    def links(self, tree: Tree) -> set[str]:
        """What may be removed, since it only points to a content, or is a second name that is claimed."""
        return {content for content in tree.values() if content.startswith("-> ")}

    def follow_return(self, said: Tree, each: dict[str, Any]) -> None:
        """Do in thought what is said of a file that makes room."""
        path, to = each["path"], each["to"]
        content = said.pop(path)
        if each["how"] == "move":
            assert to not in said, each
            said[to] = content
        else:
            assert said.get(to) == content or content == f"-> {to}", each

    def follow(self, said: Tree, each: dict[str, Any]) -> None:
        """Do in thought what an event says."""
        path, target = each["path"], each["target"]
        if each["mode"] == "rollback":
            if each["reason"] == "gone":
                assert path not in said, each
            elif each["reason"] == "remove":
                content = said.pop(path, None)
                assert content is None or said.get(target) == content or content == f"-> {target}", each
            elif each["reason"] == "note":
                pass
            elif each["reason"] in ("link", "copy", "clone"):
                assert target not in said, each
                said[target] = said[path]
            elif each["reason"] == "symlink":
                assert target not in said, each
                said[target] = f"-> {path}"
            elif path in said:
                assert target not in said, each
                said[target] = said.pop(path)
            else:
                assert target in said, each
            return
        target = os.path.join(self.library, target)
        assert target not in said, each
        content = said.pop(path) if each["mode"] == "move" else said[path]
        said[target] = f"-> {path}" if each["mode"] == "symlink" else content

    def organize(self, preset: str, *more: str) -> None:
        """Take in what is there."""
        self.do("organize", self.source, "--to", self.library, "--preset", preset, *self.how(), *more)
        self.verify()

    def upgrade(self, preset: str) -> None:
        """Let better files take the places of those there: the preview is a promise, and twice is once."""
        words = ("organize", self.source, "--to", self.library, "--preset", preset, "--upgrade")
        preview = self.do(*words, "--mode", self.mode)
        done = self.do(*words, *self.how())
        for kind in ("held", "move", "return"):
            promised, kept = _facts(preview, kind), _facts(done, kind)
            assert promised == kept, (words, kind, set(promised) ^ set(kept))
        again = self.do(*words, *self.how())
        assert not again.of("return"), again.out
        assert not again.of("move"), again.out
        self.verify()

    def how(self) -> tuple[str, ...]:
        """The words that choose the mode and do it."""
        return ("--mode", self.mode, "--apply")

    def stranger(self, number: int) -> None:
        """Another program puts an episode into the library, as it calls them."""
        folder = self.library / "Mushishi/Season 1"
        for suffix in (".mkv", ".en.srt"):
            path = folder / f"Mushishi - S01E{number + 11:02} - Title HDTV-720p{suffix}"
            if not os.path.lexists(path) and str(path) not in {p for at in self.been.values() for p in at}:
                self.start[str(path)] = self.put(path)
                self.folders_of_others |= {str(folder), str(folder.parent)}
        self.note()

    def adopt(self) -> None:
        """Make what others put there known: the preview is a promise, and no file is touched."""
        preview = self.do("adopt", self.library)
        done = self.do("adopt", self.library, "--apply")
        assert [each["path"] for each in preview.of("adopt")] == [each["path"] for each in done.of("adopt")]
        assert not self.do("adopt", self.library, "--apply").of("adopt")
        self.verify()

    def rename(self, preset: str) -> None:
        """Give the library other names."""
        if (self.library / ".anivault").is_dir():
            self.do("rename", self.library, "--preset", preset, "--apply")
            self.verify()

    def rollback(self, *words: object) -> Ran | None:
        """Take something back: the preview is a promise."""
        if not (self.library / ".anivault").is_dir():
            return None
        preview = self.do("rollback", self.library, *words)
        done = self.do("rollback", self.library, *words, "--apply")
        for kind in ("held", "move"):
            promised, kept = _facts(preview, kind), _facts(done, kind)
            assert promised == kept, (words, kind, set(promised) ^ set(kept))
        self.verify()
        return done

    def rollback_run(self, number: int) -> None:
        """Take one run back, whichever."""
        names = [
            each["run"]
            for each in self.run("history", self.library, "--json").of("run")
            if each["mode"] != "rollback"
        ]
        if names:
            self.rollback("--run", names[number % len(names)])

    def rollback_file(self, number: int) -> None:
        """Take one file back, all the way."""
        if there := self.ours():
            path = there[number % len(there)]
            code = self.run("rollback", self.library, "--only", path, "--json").code
            if code in (0, 10):
                self.rollback("--only", path)

    def verify(self, *words: str) -> None:
        """Nobody touched it: then nothing is wrong with it."""
        if not (self.library / ".anivault").is_dir():
            return
        done = self.run("verify", self.library, "--json", *words)
        wrong = [each for each in done.of("finding") if each["kind"] not in NOTES]
        assert {each["path"] for each in wrong} <= self.told, (self.told, wrong)
        assert (done.code == 10) is bool(wrong), (done.code, done.out)

    def killed(self, at: int, preset: str, what: str) -> None:
        """The process dies in a run; `recover` settles it."""
        words = {
            "organize": ("organize", self.source, "--to", self.library, "--preset", preset, *self.how()),
            "upgrade": (
                *("organize", self.source, "--to", self.library, "--preset", preset, "--upgrade"),
                *self.how(),
            ),
            "adopt": ("adopt", self.library, "--apply"),
            "rename": ("rename", self.library, "--preset", preset, "--apply"),
            "rollback": ("rollback", self.library, "--apply"),
        }[what]
        before = set(self.tree().values())
        if what not in ("organize", "upgrade") and not (self.library / ".anivault").is_dir():
            return
        crashes(lambda: self.run(*words), at)
        assert self.run("recover", self.library).code in (0, 21)
        after = self.tree()
        assert {content for content in before if not content.startswith("-> ")} <= set(after.values())
        assert not [path for path in after if path.endswith(".tmp")]
        self.note()
        self.verify()

    def everything_back(self) -> None:
        """At the end: what nobody touched is where it was at the start."""
        done = self.rollback("--since", "1970-01-02")
        now = self.tree()
        for path, content in self.start.items():
            if content not in self.touched:
                assert now.get(path) == content, (path, done and done.out, now)
        if not self.touched:
            assert now == self.start
            assert self.folders(self.source) == self.folders_at_start
            assert self.folders(self.library) == self.folders_of_others
            self.verify("--deep", *([] if self.folders_of_others else ["--strict"]))


def _facts(done: Ran, kind: str) -> list[tuple[str, str, str]]:
    if kind == "return":
        return [(each["path"], each["to"], each["detail"]) for each in done.of(kind)]
    keys = ("path", "reason", "detail") if kind == "held" else ("path", "target", "reason")
    return [tuple(str(each[key]) for key in keys) for each in done.of(kind)]  # type: ignore[misc]


def _difference(said: Tree, after: Tree) -> dict[str, tuple[str | None, str | None]]:
    """By path: what should be there, and what is."""
    return {
        path: (said.get(path), after.get(path))
        for path in said.keys() | after.keys()
        if said.get(path) != after.get(path)
    }


NUMBERS = st.integers(0, 9)
STEPS: st.SearchStrategy[tuple[Any, ...]] = st.one_of(
    st.builds(lambda p: ("organize", p), st.sampled_from(PRESETS)),
    st.builds(lambda p: ("organize", p, "--no-prune"), st.sampled_from(PRESETS)),
    st.builds(lambda p: ("rename", p), st.sampled_from(PRESETS)),
    st.builds(lambda p: ("rename", p), st.sampled_from(PRESETS)),
    st.just(("rollback",)),
    st.builds(lambda n: ("rollback_run", n), NUMBERS),
    st.builds(lambda n: ("rollback_file", n), NUMBERS),
    st.just(("rollback", "--since", "1970-01-02")),
    st.builds(
        lambda w, n: ("by_hand", w, n), st.sampled_from(["rename", "delete", "edit", "beside"]), NUMBERS
    ),
    st.builds(lambda n: ("take_place", n), NUMBERS),
    st.builds(lambda n: ("better", n), NUMBERS),
    st.builds(lambda n: ("better", n), NUMBERS),
    st.builds(lambda p: ("upgrade", p), st.sampled_from(PRESETS)),
    st.builds(lambda p: ("upgrade", p), st.sampled_from(PRESETS)),
    st.builds(lambda n: ("stranger", n), NUMBERS),
    st.just(("adopt",)),
    st.just(("verify", "--deep")),
    st.builds(
        lambda at, p, w: ("killed", at, p, w),
        st.integers(1, 60),
        st.sampled_from(PRESETS),
        st.sampled_from(["organize", "upgrade", "adopt", "rename", "rollback"]),
    ),
)


@contextmanager
def world(run: Run, mode: str, *, far: bool) -> Iterator[World]:
    """A pile on one disk, and a library on the same or on another one."""
    base = Path(tempfile.mkdtemp(prefix="anivault-law-"))
    there = Path(tempfile.mkdtemp(prefix="anivault-law-", dir=ELSEWHERE)) if far else base
    try:
        yield World(run, base, there / "library", mode)
    finally:
        shutil.rmtree(base)
        shutil.rmtree(there, ignore_errors=True)


def _two_disks() -> bool:
    return ELSEWHERE.is_dir() and ELSEWHERE.stat().st_dev != os.stat(tempfile.gettempdir()).st_dev


WAYS = [(mode, False) for mode in MODES] + [(mode, True) for mode in MODES if mode != "hardlink"]


@pytest.mark.parametrize(("mode", "far"), WAYS)
@law(short=6, long=286)
@example(steps=[("killed", 10, "jellyfin", "rollback"), ("organize", "plex")])
@example(
    steps=[
        ("by_hand", "beside", 0), ("rename", "plex"), ("rename", "kodi"),
        ("organize", "kodi", "--no-prune"), ("rollback_file", 9),
    ]
)  # fmt: skip
@example(
    steps=[
        ("by_hand", "beside", 2), ("killed", 55, "plex", "rename"), ("by_hand", "beside", 2),
        ("rollback_file", 2), ("rollback",), ("verify", "--deep"), ("organize", "plex", "--no-prune"),
        ("rollback", "--since", "1970-01-02"),
    ]
)  # fmt: skip
@example(steps=[("rename", "emby"), ("by_hand", "delete", 3), ("rollback_file", 3), ("rename", "plex")])
@example(
    steps=[
        ("better", 0), ("better", 1), ("better", 2), ("better", 4), ("upgrade", "jellyfin"),
        ("rename", "plex"), ("rollback",), ("rollback_file", 1), ("upgrade", "kodi"), ("rollback_run", 1),
    ]
)  # fmt: skip
@example(
    steps=[
        ("stranger", 1), ("stranger", 2), ("adopt",), ("rename", "plex"), ("by_hand", "delete", 3),
        ("rollback",), ("adopt",), ("rollback_file", 4), ("killed", 9, "kodi", "adopt"), ("rollback_run", 1),
    ]
)  # fmt: skip
@given(steps=st.lists(STEPS, min_size=1, max_size=8))
def test_any_order_of_runs_keeps_its_word(run: Run, mode: str, far: bool, steps: list[Any]) -> None:
    if far and not _two_disks():
        pytest.skip("needs /dev/shm on a disk of its own")
    with world(run, mode, far=far) as here:
        here.organize("jellyfin")
        for name, *words in steps:
            getattr(here, name)(*words)
        here.everything_back()
