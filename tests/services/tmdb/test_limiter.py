"""The pacing machine: never too fast, pauses when told, and one budget for all processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.services.tmdb.limiter import (
    BREAK_MIN,
    CALM,
    IN_FLIGHT,
    PAUSE_CAP,
    PROBE_CAP,
    PROBE_FIRST,
    PROBE_FORGOTTEN,
    RATE,
    SECOND_CAP,
    Limiter,
    Phase,
    State,
    backoff,
    retry_after,
)
from tests.tmdb_server.bench import START, FakeClock

HARD_LIMIT = 50  # requests a second that TMDB's front takes


def busiest_second(times: list[float]) -> int:
    return max((sum(start <= t < start + 1 for t in times) for start in times), default=0)


def granted(state: State, start: float, seconds: float, step: float = 0.001) -> list[float]:
    """Ask again and again for `seconds`; return the times at which a request could go out."""
    ticks = (start + n * step for n in range(int(seconds / step)))
    return [now for now in ticks if state.admit(now) == 0]


def broken(now: float = START) -> State:
    state = State()
    for _ in range(BREAK_MIN):
        state.failed(now, now, 1.0)
    return state


def test_two_busy_processes_stay_below_the_hard_limit() -> None:
    assert SECOND_CAP + 2 * IN_FLIGHT < HARD_LIMIT


def test_a_full_bucket_lets_a_burst_through_and_then_its_rate() -> None:
    times = granted(State(), START, 10)

    assert len(times) >= RATE * 10
    assert busiest_second(times) <= SECOND_CAP


@given(st.lists(st.floats(0, 0.5), max_size=200))
def test_no_second_holds_more_than_the_cap_however_requests_come(gaps: list[float]) -> None:
    state, now = State(), START
    times: list[float] = []
    for gap in gaps:
        now += gap
        if state.admit(now) == 0:
            times.append(now)

    assert busiest_second(times) <= SECOND_CAP


@given(st.lists(st.floats(0, 0.1), min_size=60, max_size=120))
def test_who_waits_as_long_as_told_is_let_through_in_the_end(gaps: list[float]) -> None:
    state, now = State(), START
    for gap in gaps:
        now += gap
        while wait := state.admit(now):
            assert wait > 0
            now += wait + 1e-6


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("86400", 86_400.0),
        ("Wed, 21 Oct 2015 07:28:30 GMT", 30.0),
        ("Wed, 21 Oct 2015 07:27:00 GMT", 0.0),
        ("Wed, 21 Oct 2099 07:28:00 GMT", None),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
        ("99999999999", None),
        ("٣", None),
        ("9" * 5000, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date_and_garbage_is_none(
    header: str | None, seconds: float | None
) -> None:
    now = 1445412480.0  # Wed, 21 Oct 2015 07:28:00 GMT

    assert retry_after(header, now) == seconds


def test_a_429_puts_everyone_to_sleep_until_its_retry_after() -> None:
    state = State()
    state.admit(START)
    state.limited(START, START, 5.0, 0.0)

    assert state.phase is Phase.SLEEP_THEN_RESUME
    assert state.admit(START + 4.9) == pytest.approx(0.1)
    assert state.admit(START + 5) == 0
    assert state.phase.value == "throttle"


@pytest.mark.parametrize(
    ("wish", "least", "most"), [(0.0, 1, 2), (None, 1, 3), (3600.0, PAUSE_CAP, PAUSE_CAP)]
)
def test_a_pause_is_at_least_a_second_and_at_most_the_cap(
    wish: float | None, least: float, most: float
) -> None:
    state = State()
    state.limited(START, START, wish, 1.0)

    assert least <= state.pause(START) <= most


def test_pauses_without_retry_after_double_until_the_cap() -> None:
    pauses = [backoff(strikes, 1.0) for strikes in range(1, 10)]

    assert pauses == sorted(pauses)
    assert pauses[0] == 2
    assert pauses[-1] == PAUSE_CAP
    assert all(backoff(strikes, 0.0) == 1 for strikes in range(1, 10))


def test_requests_that_were_out_together_are_one_offence() -> None:
    state = State()
    for _ in range(4):
        state.limited(START + 0.1, START, None, 0.0)

    assert state.strikes == 1


def test_a_longer_retry_after_of_a_late_answer_extends_the_pause_and_a_shorter_does_not_cut_it() -> None:
    state = State()
    state.limited(START, START, 2.0, 0.0)
    state.limited(START + 0.1, START, 9.0, 0.0)
    state.limited(START + 0.2, START, 1.0, 0.0)

    assert state.pause(START + 0.2) == pytest.approx(8.9)


def test_the_throttle_ends_only_after_a_row_of_successes() -> None:
    state = State()
    state.limited(START, START, 1.0, 0.0)
    state.admit(START + 1)
    for n in range(CALM - 1):
        state.succeeded(START + 2 + n, START + 2 + n)
    state.failed(START + 30, START + 30, 0.0)
    for n in range(CALM):
        assert state.phase is Phase.THROTTLE
        state.succeeded(START + 31 + n, START + 31 + n)

    assert state.phase is Phase.NORMAL


def test_a_throttled_client_asks_less() -> None:
    normal, throttled = State(), State(phase=Phase.THROTTLE)

    assert len(granted(throttled, START, 8)) < len(granted(normal, START, 8)) / 2


@pytest.mark.parametrize(
    ("bad", "good", "phase"), [(9, 0, Phase.NORMAL), (5, 5, Phase.NORMAL), (6, 4, Phase.CACHE_ONLY)]
)
def test_the_breaker_opens_at_six_failures_of_ten(bad: int, good: int, phase: Phase) -> None:
    state = State()
    for _ in range(good):
        state.succeeded(START, START)
    for _ in range(bad):
        state.failed(START, START, 0.0)

    assert state.phase is phase


def test_failures_of_long_ago_do_not_open_the_breaker() -> None:
    state = State()
    for n in range(9):
        state.failed(START + n, START + n, 0.0)
    state.failed(START + 400, START + 400, 0.0)

    assert state.phase is Phase.NORMAL


def test_an_open_breaker_lets_one_probe_through_at_its_time() -> None:
    state = broken()

    assert state.admit(START + PROBE_FIRST - 0.1) > 0
    assert state.admit(START + PROBE_FIRST) == 0
    assert state.admit(START + PROBE_FIRST + 0.1) > 0


def test_a_good_probe_closes_the_breaker_into_the_throttle() -> None:
    state, probe = broken(), START + PROBE_FIRST
    state.admit(probe)
    state.succeeded(probe + 1, probe)

    assert state.phase is Phase.THROTTLE
    assert state.admit(probe + 1) == 0


def test_a_good_probe_does_not_end_a_pause_that_a_late_answer_asked_for() -> None:
    state, probe = broken(), START + PROBE_FIRST
    state.admit(probe)
    state.limited(probe + 0.1, START, 5.0, 0.0)
    state.succeeded(probe + 0.2, probe)

    assert state.phase is Phase.SLEEP_THEN_RESUME
    assert state.pause(probe + 0.1) == pytest.approx(5)


def test_failed_probes_double_the_pause_up_to_a_cap() -> None:
    state, now = broken(), START
    pauses: list[float] = []
    for _ in range(12):
        pauses.append(state.pause(now))
        now += pauses[-1]
        assert state.admit(now) == 0
        state.failed(now, now, 1.0)

    assert pauses[:4] == [2, 4, 8, 16]
    assert max(pauses) == PROBE_CAP


def test_what_was_sent_before_the_breaker_opened_is_no_probe() -> None:
    state = broken()
    state.succeeded(START + 1, START - 1)
    state.failed(START + 1, START - 1, 1.0)

    assert state.phase is Phase.CACHE_ONLY
    assert state.pause(START) == PROBE_FIRST


def test_a_probe_whose_process_died_is_forgotten() -> None:
    state, probe = broken(), START + PROBE_FIRST
    state.admit(probe)

    assert state.admit(probe + PROBE_FORGOTTEN) == 0


def test_an_open_breaker_does_not_shorten_a_retry_after() -> None:
    state = State()
    state.limited(START, START, 50.0, 0.0)
    for _ in range(BREAK_MIN):
        state.failed(START, START, 0.0)

    assert state.pause(START) == 50


def test_a_clock_that_is_set_back_blocks_nobody_for_long() -> None:
    state = State()
    state.limited(START, START, 30.0, 0.0)

    assert state.admit(START - 86_400) <= PROBE_CAP
    assert len(granted(State(filled=START + 86_400, tokens=0), START, 2)) > RATE


def test_processes_share_one_state(tmp_path: Path) -> None:
    clock = FakeClock()
    one, two = Limiter(tmp_path, clock), Limiter(tmp_path, clock)
    one.limited(START, "10")

    assert two.phase() is Phase.SLEEP_THEN_RESUME
    assert two.pause() >= 10


@pytest.mark.parametrize("damage", [b"{", b"\xff\x00", b'{"phase": "faster"}', b'{"tokens": "many"}'])
def test_a_damaged_state_file_begins_anew_without_a_burst(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "tmdb-limits.json").write_bytes(damage)
    limiter = Limiter(tmp_path, FakeClock())

    assert limiter.admit() > 0
    assert Limiter(tmp_path, FakeClock()).phase() is Phase.NORMAL


def test_without_a_folder_to_write_in_a_process_paces_itself(tmp_path: Path) -> None:
    limiter = Limiter(tmp_path / "is" / "missing", FakeClock())

    assert sum(limiter.admit() == 0 for _ in range(100)) == RATE


WORKER = """
import sys, time
from pathlib import Path
from anivault.services.tmdb.limiter import Limiter
limiter, end = Limiter(Path(sys.argv[1])), time.time() + 2.2
while time.time() < end:
    wait = limiter.admit()
    if wait:
        time.sleep(min(wait, 0.05))
    else:
        print(limiter._state.recent[-1])
"""


def test_two_real_processes_together_keep_to_one_budget(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WORKER, str(tmp_path)]
    source = {"PYTHONPATH": str(Path(__file__).parents[3] / "src")}
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=source) for _ in range(2)]
    times = [float(line) for process in processes for line in process.communicate()[0].split()]

    assert len(times) > RATE
    assert busiest_second(times) <= SECOND_CAP
