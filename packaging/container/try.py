"""Build the container from a Debian of our own, and put it through its whole job.

    python packaging/container/try.py FOLDER

Needs root, buildah and debootstrap; no daemon, no registry of images: the base is made by debootstrap, and
what `podman run` would do is done by `buildah run` with chroot isolation. Prints one line a step; exit code 0
when all is as it should be.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BASE = ["--variant=minbase", "--include=python3,python3-venv,python3-pip,ca-certificates,tzdata,util-linux"]
OWNER = 1234
PORT = 8686
NAME = "[SubsPlease] Sousou no Frieren - 01 (1080p).mkv"


def run(*words: str | Path, code: int = 0) -> str:
    """Run what has to end with this code; what it printed, errors too."""
    command = [str(word) for word in words]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != code:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}, not {code}\n{done.stdout[-3000:]}")
    return done.stdout


def buildah(folder: Path, *words: str | Path, code: int = 0) -> str:
    """Run buildah with a storage of our own."""
    places = ["--root", folder / "images", "--runroot", folder / "run", "--storage-driver", "vfs"]
    return run("buildah", *places, *words, code=code)


def build(folder: Path) -> str:
    """Make the base and build on it; returns a working container."""
    if not (folder / "base").exists():
        run("debootstrap", *BASE, "bookworm", folder / "base")
    base = buildah(folder, "from", "scratch").strip()
    buildah(folder, "add", "--quiet", base, folder / "base", "/")
    buildah(folder, "commit", "--quiet", base, "debian-python")
    file = HERE / "Containerfile"
    certificates = "/etc/ssl/certs:/etc/ssl/certs:ro"
    options = ["--isolation", "chroot", "--build-arg", "BASE=localhost/debian-python", "-v", certificates]
    buildah(folder, "bud", *options, "--ignorefile", HERE / "ignore", "-f", file, "-t", "anivault", ROOT)
    return buildah(folder, "from", "localhost/anivault").strip()


def inside(folder: Path, container: str, *words: str, code: int = 0, mounts: tuple[str, ...] = ()) -> str:
    """Run a command in the container, as its entry point does."""
    data = folder / "data"
    volumes = [word for mount in (f"{data}:/data", *mounts) for word in ("-v", mount)]
    user = ["--env", f"PUID={OWNER}", "--env", f"PGID={OWNER}"]
    how = ["run", "--isolation", "chroot", *volumes, *user, container, "--", "anivault-container"]
    return buildah(folder, *how, *words, code=code)


def whole_job(folder: Path, container: str) -> None:
    """Demo, organize, verify and roll back, as a user that is not root."""
    downloads, library = folder / "data" / "downloads", folder / "data" / "library"
    for place in (downloads, library):
        place.mkdir(parents=True, exist_ok=True)
        os.chown(place, OWNER, OWNER)
    (downloads / NAME).write_bytes(b"video")
    os.chown(downloads / NAME, OWNER, OWNER)
    inside(folder, container, "demo")
    inside(folder, container, "organize", "/data/downloads", "--apply")
    (filed,) = library.rglob("*.mkv")
    assert filed.stat().st_ino == (downloads / NAME).stat().st_ino
    assert (library / ".anivault").stat().st_uid == OWNER
    inside(folder, container, "verify", "--deep")
    inside(folder, container, "rollback", "--apply")
    assert not list(library.rglob("*.mkv"))
    print("demo, organize, verify, rollback: as they should be, and all files belong to PUID")


def two_mounts(folder: Path, container: str) -> None:
    """Downloads in a mount of their own: no hard link, and the error says what to do."""
    mounts = (f"{folder}/data/downloads:/downloads",)
    said = inside(folder, container, "organize", "/downloads", code=32, mounts=mounts)
    assert "no hard link leads to another" in said, said
    print("two mounts: refused before anything is touched, with what to do")


def up(folder: Path, container: str) -> None:
    """The command that the image starts by itself: it files, shows its page, and ends when told."""
    library = folder / "data" / "library"
    command = ["buildah", "--root", folder / "images", "--runroot", folder / "run", "--storage-driver", "vfs"]
    command += ["run", "--isolation", "chroot", "-v", f"{folder}/data:/data", "--env", f"PUID={OWNER}"]
    command += ["--env", f"PGID={OWNER}", container, "--", "anivault-container", "up"]
    with (folder / "up.log").open("w") as log:
        process = subprocess.Popen([str(word) for word in command], stdout=log, stderr=log)
    try:
        until = time.monotonic() + 300
        while not list(library.rglob("*.mkv")) and time.monotonic() < until:
            time.sleep(1)
        assert list(library.rglob("*.mkv")), (folder / "up.log").read_text()
        inside(folder, container, "healthy")
        with closing(HTTPConnection("127.0.0.1", PORT)) as page:  # chroot isolation shares the network
            page.request("GET", "/")
            assert page.getresponse().headers["location"] == "/login", "the page lets in who has no link"
    finally:
        end_up()
        process.wait(60)
    with suppress(ConnectionRefusedError), closing(HTTPConnection("127.0.0.1", PORT)) as page:
        page.connect()
        raise AssertionError("the page did not end with its container")
    print("up: files what arrives, shows its page, is healthy, and ends when told")


def end_up() -> None:
    """Send SIGTERM to the container's first process, as an engine does; buildah does not hand it on."""
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if place.stat().st_uid == OWNER and b"anivault-container\0up" in (place / "cmdline").read_bytes():
                os.kill(int(place.name), signal.SIGTERM)


def main(folder: Path) -> None:
    """Build and try."""
    folder.mkdir(parents=True, exist_ok=True)
    container = build(folder)
    whole_job(folder, container)
    two_mounts(folder, container)
    up(folder, container)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
