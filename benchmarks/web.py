"""How the page answers over a plan and a library of so many files.

    python benchmarks/web.py --files 300000
    python benchmarks/web.py --run 3000 --clients 50

The first writes sheets as work writes them, serves them, and times pages: `server` is the processor time that
the page's process spends on an answer (mean), `clock` the time on the clock (median); then its memory. The
second applies a run of so many files by the page's own work, alone and while clients read pages, in turns,
and tells how much longer the run takes.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anivault.cli import events
from anivault.core.models import HeldReason
from anivault.shared.settings import Settings
from anivault.web import records
from anivault.web.house import House
from anivault.web.safety.guard import Rules

PAGES = ("/", "/review", "/plan", "/plan?q=show+77", "/library", "/history", "/verify")
A_SHOW = 24  # files


def main() -> None:
    """Measure what the words ask for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--run", type=int, default=0)
    parser.add_argument("--clients", type=int, default=50)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="anivault-bench-") as folder:
        os.environ |= {"XDG_CACHE_HOME": f"{folder}/cache", "ANIVAULT_PROVIDERS": "catalog", "HOME": folder}
        if given.files:
            _pages(Path(folder), given.files, given.rounds)
        if given.run:
            _reading(Path(folder), given.run, given.clients)


def _house(folder: Path, name: str) -> House:
    library, source = folder / name / "Library", folder / name / "Downloads"
    library.mkdir(parents=True)
    source.mkdir()
    return House.of(str(library), (str(source),), None, Settings(), Rules())


def _pages(folder: Path, files: int, rounds: int) -> None:
    house = _house(folder, "pages")
    _write(house, files)
    with _served(house) as (process, client):
        for page in PAGES:
            client.get(page)
            clock, server = [], []
            for _ in range(rounds):
                before, start = _spent(process.pid), time.perf_counter()
                client.get(page)
                clock.append((time.perf_counter() - start) * 1000)
                server.append((_spent(process.pid) - before) * 1000)
            print(
                f"{page:18} server {statistics.mean(server):6.1f} ms",
                f"clock {statistics.median(clock):6.1f} ms",
            )
        print(f"memory {_memory(process.pid):.0f} MB at its peak, {files:,} files")


def _write(house: House, files: int) -> None:
    """Sheets as of a plan, a library and a verification of so many files."""
    shows = files // A_SHOW
    with house.desk.writing("plan") as sheet:
        for show in range(shows):
            key = f"Shows/Show {show} (2020)"
            part = records.ShowPart(
                title=f"Show {show} (2020)", show=f"tmdb:{show}", files=A_SHOW, size=10**9
            )
            sheet.group("show", key, part.title, part)
            for n in range(1, A_SHOW + 1):
                target = f"{key}/Season 01/Show {show} S01E{n:02}.mkv"
                event = events.MoveEvent(
                    path=f"/srv/downloads/[Group] Show {show} - {n:02} (1080p).mkv", target=target,
                    mode="hardlink", reason="", done=False,
                )  # fmt: skip
                sheet.row("move", key, target, event)
        for reason in HeldReason:
            sheet.group("reason", reason, reason, records.HeldPart(reason=reason, files=100, missed=True))
        for n in range(files // 100):
            sheet.row("question", "", f"Question {n}", _question(n))
        sheet.fact("plan", _plan_facts(files))
    cells = tuple(records.Cell(episode=n, files=1) for n in range(1, A_SHOW + 1))
    with house.desk.writing("library") as sheet:
        for show in range(shows):
            made = records.LibraryShow(
                title=f"Show {show}", year=2020, show=f"tmdb:{show}", film=False, folder=f"Show {show}",
                files=A_SHOW, size=10**9, strips=(records.Strip(season=1, cells=cells, known=True),),
            )  # fmt: skip
            sheet.group("show", made.folder, made.title, made)
            for n in range(1, A_SHOW + 1):
                file = records.LibraryFile(place=f"Show {show}/{n}.mkv", source="/srv/x", run="run", size=1)
                sheet.row("file", made.folder, file.place, file)
        sheet.fact("library", records.LibraryFacts(
            made=time.time(), journal="", shows=shows, files=files, episodes=files, size=10**12,
            unfinished=False,
        ))  # fmt: skip
    with house.desk.writing("runs") as sheet:
        for n in range(500):
            run = events.RunEvent(
                run=f"run-{n}", time=n, mode="hardlink", files=600, living=600, open=0, state="done"
            )
            sheet.group("run", run.run, run.run, run)
    with house.desk.writing("verify") as sheet:
        for n in range(files // 100):
            row = records.FindingRow(path=f"Show {n}/1.mkv", symbol="-", kind="missing", detail="")
            sheet.row("finding", row.kind, row.path, row)
        sheet.fact("verify", records.VerifyFacts(
            made=time.time(), deep=False, same=files, read=0, bytes=0, findings=files // 100,
            amiss=files // 100,
        ))  # fmt: skip


def _question(n: int) -> records.QuestionRow:
    bars = tuple(records.Bar(name=name, value=0.9, words="the season fits") for name in "abcdef")
    pin = records.PinWords(what="/srv/downloads/x.mkv", show=f"tmdb:{n}")
    choice = records.Choice(label=f"Show {n} (2020) from S01E01", pin=pin, bars=bars)
    return records.QuestionRow(
        title=f"Question {n}", folder="/srv/downloads", files=12, first="01.mkv", last="12.mkv",
        why="TMDB may count this as season 2.", reason="ambiguous", path="/srv/downloads/x.mkv",
        choices=(choice,) * 3,
    )  # fmt: skip


def _plan_facts(files: int) -> records.PlanFacts:
    return records.PlanFacts(
        made=time.time(), mode="hardlink", preset="jellyfin", moves=files, held=files // 50, there=0,
        size=10**12, questions=files // 100, asked=files // 50, left_out=0, sources=("/srv/downloads",),
    )  # fmt: skip


def _reading(folder: Path, files: int, clients: int) -> None:
    """The same run alone and with readers, in turns; the page's own times count."""
    alone: list[float] = []
    read: list[float] = []
    answers: list[int] = []
    maker = Path(__file__).with_name("make_library.py")
    for turn in range(6):
        house = _house(folder, f"run{turn}")
        subprocess.run(
            [sys.executable, maker, house.sources[0], "--files", str(files)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        with _served(house) as (_, client):
            client.work("plan")
            stop = threading.Event()
            readers = [
                threading.Thread(target=_read, args=(client, stop, answers))
                for _ in range(clients * (turn % 2))
            ]
            for reader in readers:
                reader.start()
            (read if readers else alone).append(client.work("apply"))
            stop.set()
            for reader in readers:
                reader.join()
    longer = statistics.median(read) / statistics.median(alone) - 1
    print(f"alone {statistics.median(alone):.1f} s, with {clients} clients {statistics.median(read):.1f} s")
    print(f"{longer:+.1%}")
    print(f"{sum(answers)} answers meanwhile")


def _read(client: Client, stop: threading.Event, answers: list[int]) -> None:
    """Read pages as a person does: one, then a look at it."""
    count = 0
    while not stop.is_set():
        client.get(PAGES[count % len(PAGES)])
        count += 1
        stop.wait(1)
    answers.append(count)


class Client:
    """A browser that is let in."""

    def __init__(self, address: str) -> None:
        self.host = address.split("/")[2]
        answer = self._ask("GET", address.split(self.host)[1])
        self.cookie = answer.getheader("set-cookie", "").partition(";")[0]

    def _ask(self, method: str, path: str, body: str = "", cookie: str = "") -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(self.host, timeout=600)
        headers = {"cookie": cookie, "origin": f"http://{self.host}", "content-type": FORM} if cookie else {}
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        self.text = answer.read().decode()
        connection.close()
        return answer

    def get(self, path: str) -> str:
        """A page."""
        answer = self._ask("GET", path, cookie=self.cookie)
        assert answer.status == 200, (path, answer.status)
        return self.text

    def work(self, job: str) -> float:
        """Have work done; returns how many seconds it took."""
        csrf = self.get("/more").partition('name="csrf" value="')[2].partition('"')[0]
        self._ask("POST", f"/jobs/{job}", f"csrf={csrf}", self.cookie)
        connection = http.client.HTTPConnection(self.host, timeout=600)
        connection.request("GET", "/progress", headers={"cookie": self.cookie})
        for line in connection.getresponse():
            state = json.loads(line[6:]) if line.startswith(b"data: ") else None
            if state and not state["running"]:
                assert state["code"] in (0, 10), state
                return float(state["ended"] - state["started"])
        raise OSError("the page went away")


FORM = "application/x-www-form-urlencoded"


@contextmanager
def _served(house: House) -> Iterator[tuple[subprocess.Popen[str], Client]]:
    words = ["serve", *house.sources, "--to", house.library, "--port", "0", "--json"]
    served = subprocess.Popen([sys.executable, "-m", "anivault", *words], stdout=subprocess.PIPE, text=True)
    assert served.stdout
    try:
        yield served, Client(json.loads(served.stdout.readline())["text"])
    finally:
        served.terminate()
        served.communicate()


def _spent(process: int) -> float:
    """Seconds of processor time."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(process: int) -> float:
    """The most that a process has had, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
