"""A plan that several processes make, a show here and a show there, is the one that one process makes."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anivault.core.models import MatchedFile, Mode, Plan, ScannedFile
from anivault.core.organizer import plan
from anivault.core.pipeline.parser import parse_alone
from anivault.core.planning import shows
from anivault.core.planning.library import Library, Origin
from anivault.core.planning.naming.names import Namer
from anivault.core.planning.naming.presets import load_preset
from anivault.core.planning.places import Places
from anivault.core.planning.planning import OnConflict, Planning
from anivault.core.planning.shows import unpack
from tests.core.records import ROOT, beside, film, in_library, scanned, show, video

SHOWS = [show(1, "Planetes"), show(2, "Mushishi"), film(3, "Memories"), show(4, "A\udcff Show"), None]
SAID = st.fixed_dictionaries(
    {
        "show": st.sampled_from(SHOWS),
        "places": st.sampled_from([((1, 1),), ((1, 2),), ((1, 1), (1, 2)), ()]),
        "inode": st.integers(1, 9),
        "size": st.sampled_from([0, 10, 20]),
        "group": st.sampled_from([None, "Orb"]),
        "resolution": st.sampled_from([None, "720p", "1080p"]),
        "disc": st.sampled_from([None, None, 1, 2]),
        "crc32": st.sampled_from([None, "ABCDEF01"]),
        "came": st.sampled_from(["mkv", "3gp"]),
    }
)
THERE = [
    "Shows/Planetes (2020) [tmdbid-1]/Season 01/Planetes S01E01.mkv",
    "Shows/Mushishi (2020)/Season 1/Mushishi - S01E02.mkv",
    "Films/Memories (2020)/Memories (2020).mkv",
]


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Have two processes plan whatever is to plan, a show each; tells how many outcomes they handed back."""
    if sys.platform != "linux":
        pytest.skip("only Linux forks")
    handed: list[int] = []

    def noted(run: Planning, matched: Sequence[MatchedFile], packed: bytes) -> list[shows.Numbered]:
        outcomes = unpack(run, matched, packed)
        handed.append(len(outcomes))
        return outcomes

    threads = threading.active_count()
    monkeypatch.setattr(shows, "unpack", noted)
    monkeypatch.setattr(shows, "BATCH", 1)
    monkeypatch.setattr(shows, "FEW", 0)
    monkeypatch.setattr(threading, "active_count", lambda: len(threading.enumerate()) - threads + 1)
    return handed


def _video(number: int, said: dict[str, Any]) -> MatchedFile:
    told = {field: said[field] for field in ("group", "resolution", "disc", "crc32")}
    file = scanned(f"{number}.{said['came']}", size=said["size"], inode=said["inode"])
    return video(file.rel, said["show"], *said["places"], file=file, **told)


def _planned(videos: Sequence[MatchedFile], there: Sequence[ScannedFile] = (), **more: Any) -> Plan:
    subtitles = [f"{item.file.rel.partition('.')[0]}.ass" for item in videos]
    others = [beside(rel, file=scanned(rel, inode=0)) for rel in subtitles]
    return plan(
        videos, others, library="/library", roots=[ROOT], mode=Mode.HARDLINK, preset=load_preset("jellyfin"),
        taken=more.pop("taken", None) or Library(there), **more,
    )  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.lists(SAID, min_size=4, max_size=16),
    there=st.sets(st.sampled_from(THERE)),
    on_conflict=st.sampled_from(["hold", "version"]),
)
def test_the_plan_of_several_processes_is_that_of_one(
    forks: list[int], said: list[dict[str, Any]], there: set[str], on_conflict: str
) -> None:
    videos = [_video(number, one) for number, one in enumerate(said)]
    files = [in_library(rel, inode=1) for rel in sorted(there)]

    assert _planned(videos, files, on_conflict=on_conflict, workers=2) == _planned(
        videos, files, on_conflict=on_conflict
    )


def test_several_processes_do_plan(forks: list[int]) -> None:
    videos = [video(f"{n}.mkv", show(n, f"Show {n}"), (1, 1)) for n in range(6)]

    assert len(_planned(videos, workers=2).moves) == 12
    assert sum(forks) == 6


def test_few_videos_are_planned_in_this_process(forks: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shows, "FEW", 6)

    assert _planned([video(f"{n}.mkv", show(n, f"Show {n}"), (1, 1)) for n in range(6)], workers=2).moves
    assert not forks


def test_where_files_make_room_one_process_knows_of_all_that_went(forks: list[int]) -> None:
    numbers = range(1, 6)
    old = {n: f"Shows/Show {n} (2020) [tmdbid-{n}]/Season 01/Show {n} S01E01" for n in numbers}
    origins = {f"{old[n]}.mkv": Origin(scanned(f"[A] {n} - 01 [720p].mkv"), _metadata(n)) for n in numbers}
    origins |= {f"{old[n]}.ass": Origin(scanned(f"{n}.ass"), video=f"{old[n]}.mkv") for n in numbers}
    videos = [video(f"{n}.mkv", show(n, f"Show {n}"), (1, 1), resolution="1080p") for n in numbers]

    def upgraded(workers: int) -> Plan:
        taken = Library(map(in_library, origins), origins, reread=parse_alone)
        return _planned(videos, taken=taken, upgrade=True, workers=workers)

    assert len(upgraded(1).moves) == 10  # each with its subtitle
    assert upgraded(2) == upgraded(1)
    assert not forks


def _metadata(number: int) -> str:
    return f"tmdb:tv:{number}:S01E01:00000000"


@settings(max_examples=150, deadline=None)
@given(said=st.lists(SAID, max_size=16), on_conflict=st.sampled_from(["hold", "version"]))
def test_an_outcome_loses_nothing_on_its_way(said: list[dict[str, Any]], on_conflict: OnConflict) -> None:
    videos = [_video(number, one) for number, one in enumerate(said)]
    taken = Library([in_library(rel, inode=1) for rel in THERE])
    places = Places(Namer(load_preset("jellyfin")), taken, described=False)
    run = Planning(places, Mode.COPY, on_conflict, ())
    outcomes = list(enumerate(shows.videos(run, videos)))

    assert sorted(unpack(run, videos, shows.pack(outcomes)), key=itemgetter(0)) == outcomes
