"""The process that does work: an order comes in, and whatever happens the last line says how it ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from anivault.shared.errors import FolderNotFoundError
from anivault.shared.exits import BUG, INTERRUPTED
from anivault.web.jobs import MODULE
from anivault.web.work import checked
from anivault.web.work.run import WORK, outcome, work_of
from anivault.web.work.telling import Order, Teller
from tests.web.work.conftest import Bench, Ears


@pytest.mark.parametrize("job", WORK)
def test_every_job_has_somebody_who_does_it(job: str) -> None:
    assert callable(work_of(job))


@pytest.mark.parametrize(
    ("raised", "code", "message"),
    [
        (FolderNotFoundError("/gone", "folder"), FolderNotFoundError.exit_code, "/gone"),
        (KeyboardInterrupt(), INTERRUPTED, "Stopped before anything was changed."),
        (ZeroDivisionError("by zero"), BUG, "This is a bug in AniVault (ZeroDivisionError: by zero)."),
        (OSError(5, "Input/output error"), BUG, "Input/output error"),
    ],
    ids=["an error of ours", "stopped", "a bug", "a disk"],
)
def test_whatever_happens_is_told_as_an_exit_code_and_a_sentence(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, raised: BaseException, code: int, message: str
) -> None:
    def fails(order: Order, teller: Teller) -> dict[str, Any]:
        raise raised

    monkeypatch.setattr(checked, "verify", fails)
    told = outcome(Order(bench.house.order("verify")), bench.ears)

    assert told["code"] == code
    assert message in told["message"]


def test_an_error_of_ours_brings_its_hint(bench: Bench) -> None:
    bench.library.rmdir()
    told = outcome(Order(bench.house.order("verify")), bench.ears)

    assert told["code"] not in (0, BUG)
    assert told["hint"]


def worker(order: dict[str, Any] | bytes) -> tuple[list[dict[str, Any]], subprocess.CompletedProcess[bytes]]:
    """The real process; what it says, line by line."""
    sent = order if isinstance(order, bytes) else json.dumps(order).encode()
    done = subprocess.run([sys.executable, "-m", MODULE], input=sent, capture_output=True, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()], done


def test_the_process_says_how_far_it_is_and_in_the_end_what_came_of_it(bench: Bench) -> None:
    bench.have("Toradora! - 01.mkv")
    *states, last = worker(bench.house.order("plan"))[0]

    assert {"Scanning", "Matching"} <= {state["label"] for state in states}
    assert last == {"code": 0, "counts": {"moves": 1, "held": 0}}


# --- telling ---


def test_a_new_kind_of_work_is_told_at_once_and_its_progress_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    ears = Ears()
    progress = ears("Scanning")
    for done in range(1, 1001):
        now += 0.001
        progress(done, 1000)

    told = [said["done"] for said in ears.said]
    assert told[:2] == [0, 1]
    assert 5 <= len(told) <= 15  # a thousand files in one second
    assert told == sorted(told)


SAYS = """
import os
from anivault.web.work.telling import Teller
teller = Teller()
print("a plug-in prints")
os.write(1, b"and writes")
teller("Scanning")(3, None)
teller.end({"code": 0})
"""


def test_what_others_print_is_no_word_of_ours() -> None:
    done = subprocess.run([sys.executable, "-c", SAYS], capture_output=True, check=True)

    assert [json.loads(line) for line in done.stdout.splitlines()][-1] == {"code": 0}
    assert b"a plug-in prints" not in done.stdout
    assert b"a plug-in prints" in done.stderr
    assert b"and writes" in done.stderr


def test_a_page_that_went_away_stops_nothing(tmp_path: Path) -> None:
    code = SAYS + f"open({str(tmp_path / 'done')!r}, 'w').close()"
    reads, writes = os.pipe()
    with subprocess.Popen([sys.executable, "-c", code], stdout=writes, stderr=subprocess.DEVNULL) as process:
        os.close(reads)
        os.close(writes)

        assert process.wait(60) == 0
    assert (tmp_path / "done").exists()


# --- orders ---


def test_the_settings_of_the_library_hold_for_its_orders(bench: Bench) -> None:
    (bench.library / ".anivault").mkdir()
    (bench.library / ".anivault/config.toml").write_text('[organize]\npreset = "plex"\n')
    order = Order(bench.house.order("plan"))

    assert order.library == str(bench.library)
    assert order.context.settings.organize.preset == "plex"
    assert order.sources == (str(bench.source),)
    assert order.desk.folder == bench.house.desk.folder
