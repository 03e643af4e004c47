"""`anivault serve` as a user types it: a process, an address, Ctrl-C."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from anivault.shared.settings import load
from tests.conftest import Run
from tests.published import assert_published


@pytest.fixture
def served(home: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    (tmp_path / "Library").mkdir()
    words = ["serve", str(tmp_path), "--to", str(tmp_path / "Library"), "--port", "0", "--json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "anivault", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert process.stdout
    event = json.loads(process.stdout.readline())
    assert_published(event)
    yield process, event["text"]
    process.kill()
    process.communicate()


def test_the_address_that_is_printed_lets_one_browser_in_and_ctrl_c_ends_it(
    served: tuple[subprocess.Popen[str], str],
) -> None:
    process, address = served
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with opener.open(address, timeout=30) as answer:
        assert b"<h1>Overview</h1>" in answer.read()
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(address, timeout=30)

    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0


@pytest.mark.parametrize(
    "begin", [b"", b"GET / HTTP/1.1\r\nHost: 127.0", b"POST /login HTTP/1.1\r\nContent-Le"]
)
def test_a_slow_client_is_not_waited_for(served: tuple[subprocess.Popen[str], str], begin: bytes) -> None:
    port = int(served[1].partition("/?")[0].rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(begin)
        start = time.monotonic()
        said = client.recv(100)

    assert not said or said.startswith(b"HTTP/1.1 4")
    assert time.monotonic() - start < 59


def test_a_head_that_does_not_end_is_cut_off(served: tuple[subprocess.Popen[str], str]) -> None:
    port = int(served[1].partition("/?")[0].rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X: y\r\n" * 20_000)
        assert client.recv(100).startswith(b"HTTP/1.1 4")


def test_an_answer_is_one_piece_and_what_is_written_before_the_end_goes_too() -> None:
    from anivault.web.server import _AtOnce

    sent: list[bytes] = []

    class Wire:
        def write(self, data: bytes) -> None:
            sent.append(data)

        def close(self) -> None:
            sent.append(b"closed")

    async def answered() -> None:
        whole = _AtOnce(Wire(), asyncio.get_running_loop())  # type: ignore[arg-type]
        whole.write(b"head")
        whole.write(b"body")
        await asyncio.sleep(0)
        whole.write(b"more")
        whole.close()
        await asyncio.sleep(0)

    asyncio.run(answered())
    assert sent == [b"headbody", b"more", b"closed"]


@pytest.mark.skipif(sys.platform != "linux", reason="schedulers are Linux's")
def test_a_page_steps_back_behind_other_work_and_its_own_work_does_not(
    served: tuple[subprocess.Popen[str], str],
) -> None:
    process, link = served
    urllib.request.urlopen(link.partition("/?")[0] + "/login", timeout=60).close()
    script = (
        "import os, anivault.web.work.run as run\n"
        "os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))\n"
        "run.outcome = lambda *_: {'is': os.sched_getscheduler(0)}\n"
        "run.main()"
    )
    order = json.dumps({"job": "nothing"}).encode()
    done = subprocess.run(
        [sys.executable, "-c", script], input=order, capture_output=True, check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip

    assert os.sched_getscheduler(process.pid) == os.SCHED_BATCH
    assert json.loads(done.stdout) == {"is": os.SCHED_OTHER}


def test_the_page_ends_with_its_terminal(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.cli.test_closed_terminal import in_a_terminal

    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # what runs the tests may ignore it
    words = ["serve", str(tmp_path), "--to", str(tmp_path / "Library"), "--port", "0"]

    def answers(shown: str) -> bool:
        found = re.search(r"http://[\d.:]+/", shown) if "?token=" in shown else None
        return found is not None and urllib.request.urlopen(f"{found[0]}login", timeout=30).status == 200

    assert in_a_terminal([sys.executable, "-m", "anivault", *words], answers) == 0
    signal.signal(signal.SIGHUP, before)


def test_work_hears_of_ctrl_c_once_by_the_page(tmp_path: Path) -> None:
    """A terminal tells all processes of its session; the second Ctrl-C would end a run in its middle."""
    from anivault.web.jobs import _begin

    async def session() -> int:
        process = await _begin({"job": "library"})
        found = os.getsid(process.pid)
        process.kill()
        await process.communicate()
        return found

    assert asyncio.run(session()) != os.getsid(0)


def test_a_port_that_is_taken_is_said(run: Run, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run("serve", "--to", tmp_path, "--port", str(taken.getsockname()[1]))

    assert result.code == 69
    assert "--port" in result.err


def test_without_the_extra_it_says_what_to_install(home: Path) -> None:
    code = (
        "import sys; sys.modules['starlette'] = None; from anivault.cli.main import run;"
        "sys.exit(run(['serve', '--to', '/nowhere']))"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False)

    assert done.returncode == 57
    assert "pip install 'anivault[web]'" in done.stderr


def test_no_other_command_loads_the_page(home: Path) -> None:
    code = (
        "import sys; from anivault.cli.main import run; run(['history', sys.argv[1]]); run(['--help']);"
        "print([m for m in sys.modules if m.startswith(('anivault.web', 'starlette', 'uvicorn', 'jinja2'))])"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code, "/"], capture_output=True, text=True, env=env, check=True
    )

    assert done.stdout.endswith("[]\n")


def test_a_password_becomes_a_setting_that_is_taken(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    result = run("serve", "--password")
    path = home / "config/anivault/config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(f"[web]\n{result.out}")

    assert load().settings.web.password_hash.startswith("$argon2id$")
    assert "correct horse" not in result.out
    assert "$argon2id$" not in run("config", "show").out


@pytest.mark.parametrize("words", [("--token", "phone"), ("--token", "phone:all"), ("--prefix", "vault")])
def test_words_that_cannot_be_are_refused(run: Run, tmp_path: Path, words: tuple[str, str]) -> None:
    assert run("serve", "--to", tmp_path, *words).code == 2


def test_what_is_vendored_is_what_its_checksum_says() -> None:
    import hashlib
    from importlib import resources

    static = resources.files("anivault.web").joinpath("static")
    for line in static.joinpath("CHECKSUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256(static.joinpath(name).read_bytes()).hexdigest() == digest


def test_pages_name_no_other_machine_and_no_script_or_style_of_their_own() -> None:
    from importlib import resources

    templates = Path(str(resources.files("anivault.web").joinpath("templates")))
    found = list(templates.rglob("*.html"))

    assert found
    for page in found:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"https?://|<style|\sstyle=|\son[a-z]+=|<script(?! src)|\|safe", text), page


def test_the_end_of_input_at_the_password_is_no_bug(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("os.isatty", lambda descriptor: True)
    monkeypatch.setattr("getpass.getpass", ended)
    done = run("serve", "--password")

    assert (done.code, "at least 8 characters" in done.err) == (2, True)
