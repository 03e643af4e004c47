"""Measure AniVault against what bounds it, and write the table of docs/speed.md.

    uv run python benchmarks/all.py [--files 10000] [--rounds 5] [--only WORD] [--no-peers] [--print]

Each row measures a limit or a peer in the same round, in turn, and tells the median of the ratios, their
spread, and the median of our own figure. Peers that are Python packages are installed into a folder that
is removed afterwards. Nothing of the user's is read or written: the commands have a home of their own.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import make_library
import moves
import parse
import plan
import tmdb
from bench import NAMES, Bench, MissingError, clock, need, processor
from catalogue import lookups
from rapidfuzz import fuzz, process

from anivault.core.models import Mode, Query
from anivault.core.organizer import plan as planned
from anivault.core.pipeline.scanner import scan as scanned
from anivault.core.planning.naming.presets import load_preset
from anivault.services.catalogue import store as store
from anivault.services.catalogue.keys import title_keys
from anivault.services.catalogue.offline import Catalog
from anivault.services.tmdb.limiter import BURST, RATE

PAGE = Path(__file__).resolve().parent.parent / "docs" / "speed.md"
BEGIN, END = "<!-- benchmarks/all.py writes from here -->", "<!-- to here -->"
SMALL = 4096  # bytes
NEW = 100  # files that come to a library


class Pair(NamedTuple):
    """What one round found: ours and that of the limit or peer, in one unit."""

    ours: float
    other: float


class Row(NamedTuple):
    """One line of the table. `more`: whether more is better, as for files a second."""

    what: str
    against: str
    unit: str
    goal: str
    measure: Callable[[Bench], Pair]
    more: bool = False


# --- finding and reading -----------------------------------------------------------------------------


def of_scan(bench: Bench) -> Pair:
    return Pair(clock(lambda: scanned([str(bench.source)])), bench.find().clock)


def of_parse(bench: Bench, peer: str) -> Pair:
    """A name in its folder among its siblings, by us; the name alone, by the peer."""
    files = scanned([str(bench.source)]).files
    run = parse.anew(lambda: parse.together(files))
    ours = processor(run) / len(files)
    call = f"from {peer} import {'parse' if peer == 'anitopy' else 'guessit as parse'}"
    timed = "import sys, time; start = time.process_time()\nfor name in sys.argv[1:]: parse(name)"
    code = f"{call}\n{timed}\nprint(time.process_time() - start)"
    return Pair(ours * 1e6, float(asked(bench, code, *bench.names)) / NAMES * 1e6)


def of_likeness(bench: Bench) -> Pair:
    """Titles with two slips: the catalogue's answer, and `ratio` over all its keys."""
    opened = Catalog.open(str(bench.compiled / "anivault"))
    rows = lookups.keys_of(opened)
    slips = [lookups.slip(key) for key, _ in random.Random(2).sample(lookups.readable(rows), 60)]
    keys = [key for key, _ in rows]
    ours = processor(lambda: [opened.find([Query(titles=(slip,))]) for slip in slips])
    other = processor(lambda: [process.extractOne(slip, keys, scorer=fuzz.ratio) for slip in slips])
    opened.close()
    return Pair(ours / len(slips) * 1e6, other / len(slips) * 1e6)


def of_first_answer(bench: Bench) -> Pair:
    """The catalogue opened and asked, and SQLite opened and asked for one key."""
    title = "Sousou no Frieren"

    def ours() -> None:
        opened = Catalog.open(str(bench.compiled / "anivault"))
        opened.find([Query(titles=(title,))])
        opened.close()

    def other() -> None:
        with sqlite3.connect(next((bench.compiled / "anivault").glob("catalog-*.sqlite"))) as database:
            database.execute("SELECT show FROM keys WHERE key = ?", title_keys([title])).fetchall()

    return Pair(processor(ours) * 1e3, processor(other) * 1e3)


def of_compiling(bench: Bench) -> Pair:
    """The catalogue compiled, and its text only read as JSON."""
    texts, place = store.shipped(), bench.empty("catalogue") / "compiled.sqlite"
    ours = processor(lambda: store.compile_to(place, store.rows_of(texts)))
    return Pair(ours, processor(lambda: store.rows_of(texts)))


# --- planning ----------------------------------------------------------------------------------------


def of_planning(bench: Bench) -> Pair:
    """Planning of records in memory on all cores, and find over as many files: what a user waits for."""
    shows = int(bench.files * 0.82 / plan.EPISODES)
    videos = [item for number in range(shows) for item in plan.release(number, collide=False)]
    beside, preset = list(plan.others(videos)), load_preset("jellyfin")
    ours = clock(
        lambda: planned(
            videos, beside, library="/l", roots=["/s"], mode=Mode.HARDLINK, preset=preset, workers=0
        )
    )
    return Pair(ours, bench.find().clock)


def of_whole(bench: Bench) -> Pair:
    return Pair(bench.organize(bench.cold()).clock, bench.find().clock)


def of_second_time(bench: Bench) -> Pair:
    known = bench.known
    return Pair(bench.organize(known).clock, bench.find().clock)


def of_new_files(bench: Bench) -> Pair:
    known = bench.known
    folder = bench.source / f"New Show {next(bench.numbers)}"
    folder.mkdir()
    for number in range(1, NEW + 1):
        (folder / f"{folder.name} - {number:02}.mkv").write_text(f"{folder.name} {number}")
    return Pair(bench.organize(known).clock, bench.find().clock)


def of_new_episode(bench: Bench) -> Pair:
    """One file filed into a library, and find over that library."""
    library, number = bench.filed, next(bench.numbers)
    new = bench.empty("episode") / f"[Group] One Piece - {100 + number}.mkv"
    new.write_text(str(number))
    ours = bench.anivault("organize", str(new), "--to", str(library), "--apply", "--json")
    return Pair(ours.clock, bench.find(library).clock)


def of_memory(bench: Bench) -> Pair:
    """Peak memory of planning the pile above that of an idle Python."""
    idle = bench.peak("-c", "pass")
    return Pair(bench.peak("-m", "anivault", *bench.planning(), cache=bench.cold()) - idle, idle)


def of_tenfold(bench: Bench) -> Pair:
    """Time a file, of the pile and of a tenth of it."""
    tenth = bench.folder / "tenth"
    if not tenth.exists():
        make_library.make(tenth, bench.files // 10, seed=1)
    ours, small = bench.organize(bench.cold()).clock, bench.organize(bench.cold(), tenth).clock
    return Pair(ours / bench.files * 1e6, small / (bench.files // 10) * 1e6)


# --- moving and checking -----------------------------------------------------------------------------


def of_moving(bench: Bench, mode: Mode, bare: Callable[[str, str], None]) -> Pair:
    return Pair(*moves.moves(bench.empty("moves"), bench.files, mode, bare))


def of_rollback(bench: Bench) -> Pair:
    back, run, _ = moves.rollbacks(bench.empty("moves"), bench.files)
    return Pair(back, run)


def of_copy(bench: Bench) -> Pair:
    return Pair(*moves.copies(bench.empty("moves"), 512 << 20))


def of_deep(bench: Bench) -> Pair:
    return Pair(*moves.deep(bench.empty("moves"), 512 << 20))


def of_rsync(bench: Bench) -> Pair:
    """The same files copied by us and by rsync, both until they are on the disk."""
    base = bench.empty("rsync")
    pairs = moves.make_large(base / "source", 512 << 20)
    made = moves.plan_of(base / "source", base / "library", Mode.COPY, pairs)
    ours = moves.timed(lambda: moves.execute(made))
    copy = f"rsync -a {need('rsync') and base}/source/ {base}/raw && sync -f {base}/raw"
    other = moves.timed(lambda: subprocess.run(copy, shell=True, check=True))
    total = len(pairs) * moves.LARGE / 1e6
    shutil.rmtree(base)
    return Pair(total / ours, total / other)


def of_small_files(bench: Bench) -> Pair:
    """Many files of 4 KiB verified, and their digests by openssl."""
    base = bench.empty("small")
    pairs = moves.make_source(base / "source", min(bench.files, 20_000))
    for name, _ in pairs:
        (base / "source" / name).write_bytes(os.urandom(SMALL))
    moves.execute(moves.plan_of(base / "source", base / "library", Mode.HARDLINK, pairs))
    ours = clock(lambda: moves.verify(str(base / "library"), deep=True))
    digest = (
        f"find {base}/library -name '*.mkv' -print0 | xargs -0 {need('openssl')} dgst -sha256 >{base}/sums"
    )
    other = clock(lambda: subprocess.run(digest, shell=True, check=True))
    shutil.rmtree(base)
    return Pair(ours / len(pairs) * 1e6, other / len(pairs) * 1e6)


# --- starting, asking --------------------------------------------------------------------------------


def of_start(bench: Bench, *words: str) -> Pair:
    """One command, and a Python that does nothing."""
    named = [str(bench.folder / "nothing") if word == "NOTHING" else word for word in words]
    (bench.folder / "nothing").mkdir(exist_ok=True)
    ours, idle = bench.anivault(*named), bench.run([sys.executable, "-I", "-c", "pass"])
    return Pair(ours.processor * 1e3, idle.processor * 1e3)


def of_mnamer(bench: Bench) -> Pair:
    """What `--version` takes, ours and mnamer's."""
    if not bench.peers or bench.venv is None:
        raise MissingError("mnamer")
    other = bench.run([str(bench.venv.with_name("mnamer")), "--version"])
    return Pair(bench.anivault("--version").processor * 1e3, other.processor * 1e3)


def of_asking(bench: Bench) -> Pair:
    """400 lookups at a server with 50 ms of latency, and the time that the limiter allows at best."""
    wanted = 400
    with tmdb.server(0.05) as url:
        took, _, _ = tmdb.ended(tmdb.worker(url, bench.empty("tmdb"), "cache", 0, wanted))
    return Pair(took, (wanted - BURST) / RATE)


def of_cache_hit(bench: Bench) -> Pair:
    """An answer that is kept, and one row of SQLite by its key."""
    with tmdb.server(0.0) as url:
        _, _, hit = tmdb.ended(tmdb.worker(url, bench.empty("tmdb"), "cache", 0, 100))
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE kept (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID")
    database.executemany("INSERT INTO kept VALUES (?, ?)", ((str(n), b"x" * 500) for n in range(1000)))
    ask = "SELECT value FROM kept WHERE key = ?"
    bare = clock(lambda: [database.execute(ask, (str(n),)).fetchone() for n in range(1000)]) / 1000
    return Pair(hit * 1e6, bare * 1e6)


# --- the rows ----------------------------------------------------------------------------------------

FIND, IDLE, LOOP = "`find -printf`", "`python -I -c pass`", "a bare loop"
ROWS = (
    Row("scan, with every size and time kept", FIND, "s", "1.3", of_scan),
    Row("parse a name", "anitopy", "us", "0.11", lambda b: of_parse(b, "anitopy")),
    Row("parse a name", "guessit", "us", "", lambda b: of_parse(b, "guessit")),
    Row("the shows of a title with two slips", "`ratio` over all titles", "us", "0.1", of_likeness),
    Row("catalogue opened, first answer", "SQLite opened, one row", "ms", "", of_first_answer),
    Row("catalogue compiled, processor time", "its text read", "s", "", of_compiling),
    Row("plan alone", FIND, "s", "1.5", of_planning),
    Row("`organize`, first time, nothing applied", FIND, "s", "10", of_whole),
    Row("the same, second time", FIND, "s", "1.5", of_second_time),
    Row(f"the same, {NEW} new files", FIND, "s", "1.8", of_new_files),
    Row("the same, first time, a file", "a file of a tenth of the pile", "us", "1.2", of_tenfold),
    Row("one new episode, applied, in its library", FIND, "s", "", of_new_episode),
    Row("peak memory above an idle Python", "that Python", "MB", "", of_memory),
    Row("hard links", LOOP, "a second", "0.75", lambda b: of_moving(b, Mode.HARDLINK, os.link), more=True),
    Row("moves", LOOP, "a second", "0.75", lambda b: of_moving(b, Mode.MOVE, os.rename), more=True),
    Row("rollback of moves", "making them", "a second", "1.0", of_rollback, more=True),
    Row("copy", "`cp -r`, synced", "MB a second", "", of_copy, more=True),
    Row("copy", "`rsync -a`, synced", "MB a second", "", of_rsync, more=True),
    Row("`verify --deep`", "reading alone", "MB a second", "", of_deep, more=True),
    Row("`verify --deep`, a file of 4 KiB", "`xargs openssl dgst`", "us", "1.2", of_small_files),
    Row("`--version`", IDLE, "ms", "1.5", lambda b: of_start(b, "--version")),
    Row("`--version`", "mnamer's", "ms", "", of_mnamer),
    Row("`--help`", IDLE, "ms", "2", lambda b: of_start(b, "--help")),
    Row("`scan` of an empty folder", IDLE, "ms", "12", lambda b: of_start(b, "scan", "NOTHING")),
    Row("400 lookups at TMDB", "the limiter at its best", "s", "1.1", of_asking),
    Row("an answer from the cache", "a row of SQLite", "us", "", of_cache_hit),
)


def asked(bench: Bench, code: str, *words: str) -> str:
    """What the Python of the peers prints; MissingError without them."""
    if not bench.peers or bench.venv is None:
        raise MissingError("peers")
    done = subprocess.run([bench.venv, "-c", code, *words], capture_output=True, text=True, check=True)
    return done.stdout


def line(bench: Bench, row: Row, rounds: int) -> str:
    """One row of the table, measured."""
    try:
        row.measure(bench)  # what is loaded and compiled once is not measured
        pairs = [row.measure(bench) for _ in range(rounds)]
    except MissingError as missing:
        return f"| {row.what} | {row.against} | not measured: {missing} is missing | | | |"
    ratios = sorted(ours / other for ours, other in pairs)
    ours = median(pair.ours for pair in pairs)
    shown = f"{ours:,.0f}" if ours >= 100 else f"{ours:.3g}"
    goal = f"{'at least' if row.more else 'at most'} {row.goal}" if row.goal else ""
    spread = f"{ratios[0]:.3g} to {ratios[-1]:.3g}"
    return f"| {row.what} | {row.against} | {median(ratios):.3g} | {spread} | {goal} | {shown} {row.unit} |"


def machine() -> str:
    """What it was measured on."""
    text = Path("/proc/cpuinfo").read_text("utf-8") if Path("/proc/cpuinfo").exists() else ""
    models = [at.partition(":")[2].strip() for at in text.splitlines() if at.startswith("model name")]
    cores = os.cpu_count()
    return (
        f"{cores} cores ({models[0] if models else platform.machine()}), Python {platform.python_version()}"
    )


def table(bench: Bench, rows: Sequence[Row], rounds: int) -> Iterator[str]:
    """The lines of the table, as they are measured."""
    load = os.getloadavg()[0]
    yield f"`uv run python benchmarks/all.py --files {bench.files} --rounds {rounds}`: {machine()},"
    yield f"{load:.1f} processes at work when it began."
    yield ""
    yield "| what | against | ratio, median | spread | goal | ours, median |"
    yield "| --- | --- | ---: | ---: | ---: | ---: |"
    yield from (line(bench, row, rounds) for row in rows)


def write(lines: Sequence[str]) -> None:
    """Put the table between its marks."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    PAGE.write_text(
        "\n".join([f"{before}{BEGIN}", "", *lines, "", f"{END}{rest.partition(END)[2]}"]), "utf-8"
    )


def main() -> None:
    """Measure, print, and write the page unless told not to."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--files", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--only", default="", help="rows with this word; the page is not written")
    options.add_argument("--no-peers", action="store_true", help="install nothing")
    options.add_argument("--print", action="store_true", help="leave the page as it is")
    options.add_argument("--folder", default=None, help="on the disk to measure")
    args = options.parse_args()
    rows = [row for row in ROWS if args.only in f"{row.what} {row.against}"]
    with tempfile.TemporaryDirectory(dir=args.folder, prefix="anivault-bench-") as folder:
        bench, lines = Bench(Path(folder), args.files, peers=not args.no_peers), []
        for text in table(bench, rows, args.rounds):
            print(text, flush=True)
            lines.append(text)
    if not (args.only or args.print):
        write(lines)


if __name__ == "__main__":
    main()
