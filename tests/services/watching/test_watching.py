"""What `anivault watch` hands over and when, and that it goes on after whatever goes wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Hashable, Iterable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import anivault
from anivault.core import arrivals
from anivault.core.models import Plan
from anivault.core.moving import foresight
from anivault.core.pipeline.reading import read
from anivault.core.pipeline.records import What
from anivault.parser.read import open_reader
from anivault.services.watching.pile import Pile
from anivault.services.watching.unit import units
from anivault.services.watching.wake import Wake
from anivault.services.watching.watch import FIRST, LAST, Watch
from anivault.shared.errors import (
    AniVaultError,
    FolderNotFoundError,
    RunInterruptedError,
    RunStoppedError,
    UnfinishedRunError,
)
from tests.conftest import Run

SETTLE = 30.0
ROOT = Path(__file__).parents[3]


class Clock:
    """A time that only the test lets pass."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Idle:
    """Waits by the clock; `events` says whether the system tells of new files, and it tells of `named`."""

    def __init__(self, clock: Clock, *, events: bool, at: dict[float, Callable[[], object]]) -> None:
        self.clock, self.at, self.often, self.looks = clock, at, 10.0, list[float]()
        self.events: object = events
        self.named: set[str] = set()

    @property
    def longest(self) -> float:
        return 60.0 if self.events else self.often

    def begin(self) -> None:
        pass

    def wait(self, seconds: float, least: float = 0) -> None:
        due = [time for time in sorted(self.at) if time <= self.clock.now + seconds]
        self.clock.now = max(self.clock.now, due[0]) if due else self.clock.now + seconds
        for time in due[:1]:
            self.at.pop(time)()
        self.looks.append(self.clock.now)

    def told(self, paths: Iterable[str]) -> bool:
        told = set(paths) <= self.named
        self.named.clear()
        return told

    def stop_trusting(self) -> None:
        self.events = None


class Hands:
    """Notes what it is to do; `errors` are raised first."""

    def __init__(self, clock: Clock, *errors: AniVaultError) -> None:
        self.clock, self.errors = clock, list(errors)
        self.filed: list[tuple[float, tuple[str, ...]]] = []
        self.waiting: list[frozenset[str]] = []
        self.said: list[str] = []
        self.pauses: list[float] = []
        self.recovered = 0
        self.answered = 0

    def file(self, paths: tuple[str, ...], waiting: frozenset[str]) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.filed.append((self.clock.now, paths))
        self.waiting.append(waiting)

    def recover(self) -> None:
        self.recovered += 1

    def failed(self, error: AniVaultError, again: float) -> None:
        self.said.append(str(error))
        self.pauses.append(again)

    def noticed(self, text: str) -> None:
        self.said.append(text)

    def looked(self) -> Hashable:
        return self.answered


@pytest.fixture
def dl(tmp_path: Path) -> Path:
    (tmp_path / "dl").mkdir()
    return tmp_path / "dl"


def watched(
    dl: Path,
    hands: Hands,
    clock: Clock,
    at: dict[float, Callable[[], object]],
    *,
    events: bool = False,
    end: float = 2000,
) -> Idle:
    idle = Idle(clock, events=events, at=at)
    watch = Watch(Pile([str(dl)], (), SETTLE), idle, hands, lambda: clock.now >= end)  # type: ignore[arg-type]
    watch.clock = clock
    watch.run()
    return idle


def write(path: Path, text: str = "x") -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("a") as file:
        file.write(text)


def test_a_file_is_handed_over_once_when_it_has_been_left_alone(dl: Path) -> None:
    clock, path = Clock(), dl / "Show - 01.mkv"
    hands = Hands(clock)
    watched(dl, hands, clock, {1005.0 + 20 * step: lambda: write(path) for step in range(5)})

    assert hands.filed == [(1115.0, (str(path),))]


def test_what_is_still_written_waits_and_the_rest_of_its_folder_does_not(dl: Path) -> None:
    clock, folder = Clock(), dl / "Show"
    hands = Hands(clock)
    at: dict[float, Callable[[], object]] = {
        1005.0 + 20 * n: lambda: write(folder / "Show - 02.mkv") for n in range(4)
    }
    at[1001.0] = lambda: write(folder / "Show - 01.mkv")
    watched(dl, hands, clock, at)

    assert [paths for _, paths in hands.filed] == [(str(folder),)] * 2
    assert hands.waiting == [{str(folder / "Show - 02.mkv")}, frozenset()]


def test_an_episode_that_arrives_is_looked_at_with_those_of_its_show(dl: Path) -> None:
    clock = Clock()
    hands = Hands(clock)
    old, other, new = dl / "[G] Show - 26 [1080p].mkv", dl / "[G] Else - 27.mkv", dl / "[G] Show - 27.mkv"
    at: dict[float, Callable[[], object]] = {
        1001.0: lambda: write(old),
        1101.0: lambda: write(other),
        1201.0: lambda: write(new),
    }
    watched(dl, hands, clock, at)

    assert [paths for _, paths in hands.filed] == [(str(old),), (str(other),), (str(new), str(old))]


def test_a_folder_that_vanishes_and_comes_back_is_waited_for(dl: Path) -> None:
    clock, hidden = Clock(), dl.with_name("hidden")
    hands = Hands(clock)
    write(dl / "Show - 01.mkv")
    at: dict[float, Callable[[], object]] = {
        1010.0: lambda: dl.rename(hidden),
        1200.0: lambda: hidden.rename(dl),
        1300.0: lambda: write(dl / "Show - 02.mkv"),
    }
    watched(dl, hands, clock, at)

    assert hands.said == [f"{dl} is not there any more. Waiting until it is back.", f"{dl} is back."]
    assert [paths[0] for _, paths in hands.filed] == [str(dl / "Show - 01.mkv"), str(dl / "Show - 02.mkv")]


def test_a_full_disk_is_told_once_and_tried_again_later_each_time(dl: Path) -> None:
    clock = Clock()
    full = [RunStoppedError("No space left on device", 0, "Make room.") for _ in range(9)]
    hands = Hands(clock, *full)
    write(dl / "Show - 01.mkv")
    watched(dl, hands, clock, {}, end=9000)

    assert len(hands.said) == 1
    assert hands.pauses == [FIRST]
    assert [paths for _, paths in hands.filed] == [(str(dl / "Show - 01.mkv"),)]
    assert hands.filed[0][0] == pytest.approx(1030 + sum(min(LAST, FIRST * 2**n) for n in range(9)), abs=100)


def test_a_wait_ends_when_the_configuration_is_to_be_read_again(
    dl: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def step(_: Wake, seconds: float) -> None:
        raise AssertionError(f"it waits {seconds} seconds more")

    monkeypatch.setattr(Wake, "_step", step)
    Wake([str(dl)], 3600, asked=lambda: True).wait(3600, least=3600)


def test_what_a_crash_left_is_settled_without_being_asked(dl: Path) -> None:
    clock = Clock()
    hands = Hands(clock, UnfinishedRunError("/lib"))
    write(dl / "Show - 01.mkv")
    watched(dl, hands, clock, {})

    assert hands.recovered == 1
    assert len(hands.filed) == 1
    assert hands.said == []


def test_a_signal_in_a_run_ends_the_watch(dl: Path) -> None:
    clock = Clock()
    write(dl / "Show - 01.mkv")

    with pytest.raises(RunInterruptedError):
        watched(dl, Hands(clock, RunInterruptedError(15, 0, "/lib")), clock, {})


def test_a_file_that_went_as_it_was_to_be_filed_stops_nobody(dl: Path) -> None:
    clock, gone = Clock(), dl / "Show - 01.mkv"

    class Late(Hands):
        def file(self, paths: tuple[str, ...], waiting: frozenset[str]) -> None:
            if str(gone) in paths:
                gone.unlink()
                raise FolderNotFoundError(str(gone))
            super().file(paths, waiting)

    hands = Late(clock)
    write(gone)
    write(dl / "Show - 02.mkv")
    watched(dl, hands, clock, {}, end=1100)

    assert [paths for _, paths in hands.filed] == [(str(dl / "Show - 02.mkv"),)]
    assert hands.filed[0][0] < 1000 + SETTLE + FIRST  # at the next look, not after a pause
    assert hands.said == []


def test_a_folder_that_is_missing_is_told(dl: Path) -> None:
    clock = Clock()
    hands = Hands(clock, FolderNotFoundError("/media/library"))
    write(dl / "Show - 01.mkv")
    watched(dl, hands, clock, {}, end=1100)

    assert (len(hands.said), len(hands.filed)) == (1, 1)


def test_an_answer_has_all_looked_at_again(dl: Path) -> None:
    clock = Clock()
    hands = Hands(clock)
    write(dl / "Show - 01.mkv")
    watched(dl, hands, clock, {1100.0: lambda: setattr(hands, "answered", 1)})

    assert len(hands.filed) == 2


def test_a_system_that_tells_nothing_is_found_out(dl: Path) -> None:
    clock = Clock()
    hands = Hands(clock)
    idle = watched(dl, hands, clock, {1030.0: lambda: write(dl / "Show - 01.mkv")}, events=True)

    assert [text for text in hands.said if "tells nothing" in text] == hands.said
    assert len(hands.said) == 1
    assert max(b - a for a, b in zip(idle.looks[-20:], idle.looks[-19:], strict=False)) <= 10
    assert len(hands.filed) == 1


def test_events_that_come_are_trusted(dl: Path) -> None:
    clock, path = Clock(), dl / "Show - 01.mkv"
    hands = Hands(clock)
    idle = Idle(clock, events=True, at={})

    def arrive() -> None:
        write(path)
        idle.named.add(str(path))

    idle.at[1030.0] = arrive
    watch = Watch(Pile([str(dl)], (), SETTLE), idle, hands, lambda: clock.now >= 2000)  # type: ignore[arg-type]
    watch.clock = clock
    watch.run()

    assert hands.said == []
    assert idle.events


@given(
    changes=st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(["write", "rename", "remove"])), max_size=12
    ),
    pauses=st.lists(st.floats(0, 60), min_size=12, max_size=12),
)
def test_no_file_is_handed_over_before_it_was_still_for_long_enough(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, str]], pauses: list[float]
) -> None:
    dl, now = tmp_path_factory.mktemp("dl"), 0.0
    pile, touched = Pile([str(dl)], (), SETTLE), dict[str, float]()
    for (number, what), pause in zip(changes, pauses, strict=False):
        path = dl / f"Show - {number:02}.mkv"
        if what == "write":
            write(path)
            touched[str(path)] = now
        elif path.exists():
            path.rename(dl / f"Show - {number + 10:02}.mkv") if what == "rename" else path.unlink()
            touched[str(dl / f"Show - {number + 10:02}.mkv")] = now
        pile.look(now)
        now += pause
        pile.look(now)
        ready = pile.settled(now)
        pile.handed_over(ready)

        assert all(now - touched[each] >= SETTLE for each in ready)
    pile.look(now + SETTLE)
    handed = set(pile.settled(now + SETTLE)) | set(pile._handed)
    assert handed == {str(path) for path in dl.iterdir()}


def test_an_event_that_comes_behind_others_is_waited_for(dl: Path) -> None:
    wake = Wake([str(dl)], 1)
    wake.events = iter([{"/dl/1.mkv"}, {"/dl/2.mkv"}, {"/dl/3.mkv"}, {"/dl/4.mkv"}])

    assert wake.told(["/dl/1.mkv", "/dl/3.mkv"])
    assert wake.events


def test_what_arrives_while_the_watch_begins_is_named(dl: Path) -> None:
    pytest.importorskip("watchfiles")
    wake = Wake([str(dl)], 1)
    wake.begin()
    write(dl / "Show - 01.mkv")

    assert wake.told([str(dl / "Show - 01.mkv")])


def test_real_events_name_what_is_written(dl: Path) -> None:
    pytest.importorskip("watchfiles")
    wake = Wake([str(dl)], 1)
    assert wake.events is not None
    wake.begin()
    (dl / "Show").mkdir()
    write(dl / "Show" / "Show - 01.mkv")

    assert wake.told([str(dl / "Show" / "Show - 01.mkv")])


def test_a_folder_whose_name_is_not_utf8_is_looked_at_often(tmp_path: Path) -> None:
    folder = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")
    os.mkdir(folder)
    wake = Wake([folder], 1)

    wake.wait(0.01)
    assert wake.events is None
    assert wake.longest == 1


def test_units_keep_every_word_whole() -> None:
    text = units(["/opt/any vault"], ['/dl/100% "x" $y'], ["--to", "/lib"])

    assert 'ExecStart="/opt/any vault" watch "/dl/100%% \\"x\\" $$y" --to /lib\n' in text
    assert text.count("[Install]") == 2


def test_no_unit_is_printed_for_a_watch_that_has_no_library(run: Run, dl: Path) -> None:
    done = run("watch", dl, "--unit")

    assert (done.code, done.out) == (23, "")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    text = units([sys.executable], [str(tmp_path / "d l")], ["--to", str(tmp_path / "lib")])
    files = [part.split("\n", 1) for part in text.split("# ~/.config/systemd/user/")[1:]]
    for name, body in files:
        (tmp_path / name).write_text(body)
    paths = [str(tmp_path / name) for name, _ in files]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", *paths], capture_output=True, text=True, check=False
    )

    assert not [line for line in done.stderr.splitlines() if "anivault-" in line], done.stderr


def test_a_minute_of_arrivals_over_restarts_and_kills(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The small one of tests/services/watching/hour.py."""
    monkeypatch.setenv("PYTHONPATH", str(Path(anivault.__file__).parents[1]))
    words = [
        sys.executable,
        str(ROOT / "tests/services/watching/hour.py"),
        str(tmp_path / "w"),
        "--files",
        "60",
        "--minutes",
        "0.4",
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env={**os.environ})

    assert done.returncode == 0, done.stdout + done.stderr + (tmp_path / "w/watch.log").read_text()[-3000:]


@pytest.mark.parametrize("mode", ["hardlink", "reflink", "copy", "move", "symlink"])
def test_a_file_that_goes_while_it_is_looked_at_is_held_and_the_others_go(
    run: Run, dl: Path, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2, 3):
        write(dl / f"Sousou no Frieren - {number:02}.mkv", str(number))
    write(dl / "Sousou no Frieren - 02.ass", "[V4+ Styles]")
    looked = foresight.foresee

    def gone_first(plan: Plan, **how: bool) -> Plan:
        (dl / "Sousou no Frieren - 02.mkv").unlink()
        return looked(plan, **how)

    monkeypatch.setattr(arrivals, "foresee", gone_first)
    done = run("organize", dl, "--to", dl.parent / "lib", "--mode", mode, "--apply")

    if mode == "reflink" and done.code == 32:
        pytest.skip("no reflinks on this disk")
    assert done.code == 10, done.err
    assert sorted(path.name[-10:] for path in (dl.parent / "lib").rglob("*.mkv")) == [
        "S01E01.mkv",
        "S01E03.mkv",
    ]
    assert "02.mkv" in done.out


def test_a_file_that_it_is_too_early_for_is_read_and_not_filed(dl: Path) -> None:
    paths = [dl / f"Show - {number:02}.mkv" for number in (1, 2)]
    for path in paths:
        write(path)
    waiting = frozenset({str(paths[0])})
    with closing(open_reader(("anitomy-ng",), {})) as reader:
        found = read(What(paths=(str(dl),), waiting=waiting), reader)

    assert [item.file.path for item in found.files] == [str(paths[1])]
    assert found.left_out == ()
