"""Scan a tree over sshfs with 5 ms of latency: one folder after another, and as many at once as help.

    uv run python benchmarks/disks/share.py [--files 2000] [--latency 5]

Needs sshfs, sshd and the right to mount (Linux). The share is this machine, over a relay that holds each byte
back by half of the latency, there and back. Prints medians of three.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from anivault.core.pipeline.scanner import AT_A_SHARE, scan

ROUNDS = 3


def make(source: Path, files: int) -> None:
    """Lay shows with two seasons of ten episodes."""
    for number in range(files):
        folder = source / f"Show {number // 20}" / f"Season {number // 10 % 2 + 1}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"Show - {number % 10 + 1:02}.mkv").write_bytes(b"x")


async def relayed(port: int, delay: float) -> None:
    """Be what ssh speaks through: standard input and output, each held back by `delay` seconds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    loop, mine = asyncio.get_running_loop(), asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(mine), sys.stdin)

    async def carry(source: asyncio.StreamReader, give: object) -> None:
        while data := await source.read(65536):
            loop.call_later(delay, give, data)  # type: ignore[arg-type]

    await asyncio.wait(
        [
            asyncio.create_task(carry(mine, writer.write)),
            asyncio.create_task(carry(reader, lambda data: os.write(1, data))),
        ],
        return_when=asyncio.FIRST_COMPLETED,
    )


def served(home: Path, port: int) -> subprocess.Popen[bytes]:
    """An sshd of our own, that lets one new key in."""
    for name in ("host", "key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", home / name], check=True)
    (home / "authorized").write_bytes((home / "key.pub").read_bytes())
    Path("/run/sshd").mkdir(exist_ok=True)
    words = [f"ListenAddress=127.0.0.1:{port}", f"HostKey={home}/host"]
    words += [
        f"AuthorizedKeysFile={home}/authorized",
        "StrictModes=no",
        "Subsystem=sftp internal-sftp",
        "PidFile=none",
        "UsePAM=no",
    ]
    command = ["/usr/sbin/sshd", "-D", "-f", "/dev/null", *(word for each in words for word in ("-o", each))]
    return subprocess.Popen(command)


def mounted(home: Path, source: Path, port: int, latency: float) -> Path:
    """The source, over sshfs; without its caches, as on the first look."""
    place = home / "share"
    place.mkdir(exist_ok=True)
    relay = shlex.join([sys.executable, __file__, "--relay", str(port), "--latency", str(latency)])
    options = [f"ProxyCommand={relay}", f"IdentityFile={home}/key", "StrictHostKeyChecking=no"]
    options += ["UserKnownHostsFile=/dev/null", "LogLevel=ERROR"]
    command = [
        "sshfs",
        f"root@share:{source}",
        str(place),
        *(word for each in options for word in ("-o", each)),
    ]
    subprocess.run(command, check=True)
    return place


def seconds(place: Path, workers: int) -> float:
    """How long a scan takes."""
    began = time.perf_counter()
    scan([str(place)], workers=workers)
    return time.perf_counter() - began


def main() -> None:
    """Print how long each takes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--latency", type=float, default=5, help="milliseconds")
    parser.add_argument("--port", type=int, default=22922)
    parser.add_argument("--relay", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.relay:
        asyncio.run(relayed(options.relay, options.latency / 2000))
        return
    with tempfile.TemporaryDirectory(prefix="anivault-share-") as name:
        home = Path(name)
        make(home / "source", options.files)
        server = served(home, options.port)
        time.sleep(1)
        found: dict[int, list[float]] = {1: [], AT_A_SHARE: []}
        try:
            for _ in range(ROUNDS):
                for workers, taken in found.items():
                    place = mounted(home, home / "source", options.port, options.latency)
                    try:
                        taken.append(seconds(place, workers))
                    finally:
                        subprocess.run(["fusermount", "-u", place], check=True)
        finally:
            server.terminate()
    one, many = (median(taken) for taken in found.values())
    print(f"{options.files} files: one folder after another {one:.2f} s, ", end="")
    print(f"{AT_A_SHARE} at once {many:.2f} s: {one / many:.1f} x as fast")


if __name__ == "__main__":
    main()
