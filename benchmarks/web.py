"""How the page answers over a plan and a library of so many files.

    python benchmarks/web.py --files 300000
    python benchmarks/web.py --run 3000 --clients 50

The first writes sheets as work writes them, serves them, and times pages: `made` is the processor time that
the page's process spends on a page that has to be made, `again` on one that has not changed (means), `clock`
the time on the clock of the former (median); then its memory. The second applies a run of so many files by
the page's own work, in turns: alone, while clients read as many and as long answers from a server that only
hands them out, and while they read the page. The clients cost the machine something themselves, which they do
not in life: what the page costs is the difference between the last two. For each it prints the time on the
clock, which a busy machine spoils, and the run's own processor time, which it does not; then the share of one
processor that the page takes meanwhile: what a run could lose to it where there is one processor alone.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

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
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--hand-out", type=int, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.hand_out:
        asyncio.run(_hand_out(given.hand_out))
    with tempfile.TemporaryDirectory(prefix="anivault-bench-") as folder:
        os.environ |= {"XDG_CACHE_HOME": f"{folder}/cache", "ANIVAULT_PROVIDERS": "catalog", "HOME": folder}
        if given.files:
            _pages(Path(folder), given.files, given.rounds)
        if given.run:
            _reading(Path(folder), given.run, given.clients, given.turns)


def _house(folder: Path, name: str, source: Path | None = None) -> House:
    library, source = folder / name / "Library", source or folder / name / "Downloads"
    library.mkdir(parents=True)
    source.mkdir(exist_ok=True)
    return House.of(str(library), (str(source),), None, Settings(), Rules())


def _pages(folder: Path, files: int, rounds: int) -> None:
    house = _house(folder, "pages")
    _write(house, files)
    with _served(house) as (process, client):
        for page in PAGES:
            client.get(page)
            made, again, clock = [], [], []
            for number in range(rounds):
                before, start = _spent(process.pid), time.perf_counter()
                client.get(f"{page}{'&' if '?' in page else '?'}new={number}")
                clock.append((time.perf_counter() - start) * 1000)
                made.append((_spent(process.pid) - before) * 1000)
                before = _spent(process.pid)
                client.get(page)
                again.append((_spent(process.pid) - before) * 1000)
            print(
                f"{page:18} made {statistics.mean(made):6.1f} ms  again {statistics.mean(again):6.1f} ms",
                f" clock {statistics.median(clock):6.1f} ms",
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
            question = _question(n)
            sheet.row("question", question.show, question.title, question)
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
            amiss=files // 100, told=f"{files:,} same",
        ))  # fmt: skip


def _question(n: int) -> records.QuestionRow:
    bars = tuple(records.Bar(name=name, value=0.9, words="the season fits") for name in "abcdef")
    pin = records.PinWords(what="/srv/downloads/x.mkv", show=f"tmdb:{n}")
    show = f"Show {n} (2020)"
    choice = records.Choice(label=f"{show} from S01E01", title=show, pin=pin, bars=bars)
    return records.QuestionRow(
        title=f"Question {n}", folder="/srv/downloads", files=12, first="01.mkv", last="12.mkv",
        why="TMDB may count this as season 2.", reason="ambiguous", path="/srv/downloads/x.mkv",
        about="/srv/downloads/x.mkv", choices=(choice,) * 3, never=("/srv/downloads/x*",),
    )  # fmt: skip


def _plan_facts(files: int) -> records.PlanFacts:
    return records.PlanFacts(
        made=time.time(), mode="hardlink", preset="jellyfin", moves=files, held=files // 50, there=0,
        size=10**12, questions=files // 100, asked=files // 50, passed_over=0,
        sources=("/srv/downloads",),
        told=f"{files:,} files to hardlink.", decided="",
    )  # fmt: skip


class Ran(NamedTuple):
    """One run: seconds on the clock, of the processor, those of the page, and how many pages were read."""

    clock: float
    work: float
    page: float
    read: int


def _reading(folder: Path, files: int, clients: int, turns: int) -> None:
    """The same run alone, with readers of ready answers, and of the page, in turns from one source."""
    maker, source = Path(__file__).with_name("make_library.py"), folder / "Downloads"
    words = [sys.executable, maker, source, "--files", str(files)]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    runs: dict[str, list[Ran]] = {"alone": [], "ready": [], "page": []}
    for turn in range(turns):
        order = list(runs) if turn % 2 else list(runs)[::-1]
        for kind in order:
            runs[kind].append(_run(folder / f"{turn}-{kind}", source, clients, kind))
    print(f"{files:,} files, {clients} clients, {turns} turns; medians, and from the least to the most")
    for kind, each in runs.items():
        print(
            f"{kind:6} {statistics.median(r.clock for r in each):6.2f} s on the clock,",
            f"{statistics.median(r.work for r in each):6.2f} s of the processor",
        )
    for against in ("alone", "ready"):
        pairs = list(zip(runs[against], runs["page"], strict=True))
        print(f"page against {against}: clock {_more(b.clock / a.clock for a, b in pairs)},")
        print(f"    the run's own processor time {_more(b.work / a.work for a, b in pairs)}")
    shares = sorted(each.page / each.clock for each in runs["page"])
    read = sum(each.read / each.clock for each in runs["page"]) / turns
    print(f"the page took {_spread(shares)} of one processor, for {read:.0f} pages a second")


def _more(ratios: Iterable[float]) -> str:
    return _spread(sorted(ratio - 1 for ratio in ratios), "+")


def _spread(found: list[float], sign: str = "") -> str:
    return f"{statistics.median(found):{sign}.1%} ({found[0]:{sign}.1%} to {found[-1]:{sign}.1%})"


def _run(folder: Path, source: Path, clients: int, kind: str) -> Ran:
    """Apply a run into a library of its own, and let clients read meanwhile."""
    house = _house(folder, "run", source)
    with _served(house) as (process, client), _ready(client) as ready:
        client.work("plan")
        host = {"alone": "", "ready": ready, "page": client.host}[kind]
        page, work = _spent(process.pid), _spent(process.pid, children=True)
        with _readers(host, client.cookie, clients if host else 0) as read:
            clock = client.work("apply")
            page, count = _spent(process.pid) - page, read()
        return Ran(clock, _spent(process.pid, children=True) - work, page, count)


@contextmanager
def _ready(client: Client) -> Iterator[str]:
    """A server that hands out answers of the page's usual length, and does nothing else."""
    length = sum(len(client.get(page)) for page in PAGES) // len(PAGES)
    words = [sys.executable, __file__, "--hand-out", str(length)]
    served = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert served.stdout
    try:
        yield f"127.0.0.1:{served.stdout.readline().strip()}"
    finally:
        served.terminate()
        served.communicate()


async def _hand_out(length: int) -> None:
    answer = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % length + b"x" * length

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await _head(reader):
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(served, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


@contextmanager
def _readers(host: str, cookie: str, clients: int) -> Iterator[Callable[[], int]]:
    """Clients that read as people do: a page, then a second's look at it."""
    count = 0
    loop = asyncio.new_event_loop()

    async def one(number: int) -> None:
        nonlocal count
        name, _, port = host.partition(":")
        await asyncio.sleep(number / clients)
        reader, writer = await asyncio.open_connection(name, int(port))
        while True:
            page = PAGES[(number + count) % len(PAGES)]
            writer.write(f"GET {page} HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\n\r\n".encode())
            head = (await _head(reader)).lower()
            assert b" 200 " in head, head
            await reader.readexactly(int(head.partition(b"content-length: ")[2].split()[0]))
            count += 1
            await asyncio.sleep(1)

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    tasks = [asyncio.run_coroutine_threadsafe(one(number), loop) for number in range(clients)]
    try:
        yield lambda: count
        assert not [task for task in tasks if task.done()], "a client has ended"
    finally:
        for task in tasks:
            task.cancel()
        loop.call_soon_threadsafe(loop.call_later, 0.2, loop.stop)
        thread.join()


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


def _spent(process: int, *, children: bool = False) -> float:
    """Seconds of processor time; of its children those that have ended."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    user, system = fields[13:15] if children else fields[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _memory(process: int) -> float:
    """The most that a process has had, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
