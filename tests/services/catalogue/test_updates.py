"""Lists come whole from where they are published, or not at all; whatever a server does, nothing is lost."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
import zstandard

from anivault.services.catalogue import store
from anivault.services.catalogue.added import fetch as fetching
from anivault.services.catalogue.added import importers, published
from anivault.services.catalogue.added.imports import KINDS, import_info, import_texts, remove_import
from anivault.services.catalogue.added.published import published as table
from anivault.services.catalogue.added.updates import Outcome, UpdateReport, update, update_from
from anivault.services.catalogue.lists.formats import FORMATS
from anivault.services.catalogue.rows import to_lines
from anivault.shared.errors import ConfigError, FolderNotFoundError, ListUnknownError
from tests.conftest import Run
from tests.services.catalogue.lists_server import ListServer, Reply
from tests.services.catalogue.test_imports import LISTS, SHIPPED
from tests.tmdb_server.bench import FakeClock

SHARED = Path(__file__).parents[4] / "shared" / "sources"
NAMES = list(table())
PATHS = {name: urlsplit(source.address[0]).path for name, source in table().items()}
ANIBRIDGE = json.dumps(
    {
        "anilist:7001": {
            "mal:71": {"1-13": "1-13"},
            "tmdb_show:700:s1": {"1-13": "1-13"},
            "tvdb_show:9:s1": {"1-13": "1-13"},
        },
        "mal:73": {"tmdb_show:700:s2": {"1-12": "1-12"}, "tvdb_show:9:s2": {"1-12": "1-12"}},
        "anidb:80:R": {"imdb_show:tt1:s1": {"1": "1"}},
    }
)
TVDB = (
    "AnimeMap:\n  - malid: 73\n    title: Tea\n    type: tv\n    tvdbid: 9\n    tvdbseason: 2\n    start: 0\n"
)
PUBLISHED = {
    **{name: LISTS[name].encode() for name in NAMES if name in LISTS},
    "anibridge-mappings": ANIBRIDGE.encode(),
    "tvdb-mal": TVDB.encode(),
}
PUBLISHED["anime-offline-database"] = zstandard.compress(PUBLISHED["anime-offline-database"])
PUBLISHED["anidb-titles"] = gzip.compress(PUBLISHED["anidb-titles"])
HOUR = published.HOUR


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "shipped", lambda: [to_lines(SHIPPED)])
    monkeypatch.setattr("anivault.services.catalogue.added.updates.shipped", lambda: [to_lines(SHIPPED)])


@pytest.fixture
def server() -> Iterator[ListServer]:
    """Publishes every list, each with a tag."""
    with ListServer(
        {PATHS[n]: Reply(body=PUBLISHED[n], headers={"ETag": f'"{n}"'}) for n in NAMES}
    ) as server:
        yield server


class Desk:
    """A data folder, a clock, and a server to ask."""

    def __init__(self, folder: Path, server: ListServer) -> None:
        self.data, self.clock, self.server = str(folder / "data"), FakeClock(), server

    def update(self, *names: str) -> UpdateReport:
        return update(names, mirror=self.server.url, data_dir=self.data, clock=self.clock)

    def one(self, name: str) -> Outcome:
        (outcome,) = self.update(name).lists
        return outcome


@pytest.fixture
def desk(tmp_path: Path, server: ListServer) -> Desk:
    return Desk(tmp_path, server)


def states(report: UpdateReport) -> dict[str, str]:
    return {one.name: one.state.value for one in report.lists}


# --- the table ------------------------------------------------------------------------------------


def test_every_published_list_can_be_read_and_says_whose_it_is() -> None:
    licences = {form.kind: form.licence for form in FORMATS}

    for name, source in table().items():
        assert licences[source.importer] == source.licence
        assert all(address.startswith("https://") for address in source.address)
        assert source.on != bool(source.off), name


def test_a_list_without_a_licence_is_off() -> None:
    assert [name for name, source in table().items() if not source.on] == ["anime-lists"]


def test_lists_are_merged_in_the_order_in_which_their_kinds_stand() -> None:
    assert tuple(form.kind for form in FORMATS) == KINDS


# --- what comes -----------------------------------------------------------------------------------


def test_all_lists_that_are_on_are_taken_and_what_is_new_is_counted(desk: Desk) -> None:
    report = desk.update()

    assert states(report) == {n: "off" if n == "anime-lists" else "updated" for n in NAMES}
    assert (report.before.shows, report.after.shows) == (2, 3)
    assert report.after.places > report.before.places
    assert report.after.titles > report.before.titles
    assert desk.server.asked(PATHS["anime-lists"]) == []


def test_a_list_that_is_off_is_taken_when_it_is_named(desk: Desk) -> None:
    assert states(desk.update("anime-lists")) == {"anime-lists": "updated"}


def test_a_list_can_be_taken_out_again(desk: Desk) -> None:
    report = desk.update("bangumi-data")
    remove_import("bangumi-data", desk.data)

    assert desk.update("anime-relations").before == report.before


def test_the_program_says_who_it_is(desk: Desk) -> None:
    desk.update("anidb-titles")

    assert desk.server.asked(PATHS["anidb-titles"])[0]["user-agent"].startswith("anivault/")


def test_a_list_that_has_not_changed_is_not_sent_again(desk: Desk) -> None:
    first = desk.one("bangumi-data")
    desk.clock.time += 2 * HOUR
    second = desk.one("bangumi-data")

    assert (first.state, second.state) == ("updated", "same")
    assert desk.server.asked(PATHS["bangumi-data"])[1]["if-none-match"] == '"bangumi-data"'


def test_a_list_that_was_removed_is_sent_again(desk: Desk) -> None:
    desk.one("bangumi-data")
    remove_import("bangumi-data", desk.data)
    desk.clock.time += 2 * HOUR

    assert desk.one("bangumi-data").state == "updated"


@pytest.mark.parametrize("header", ["ETag", "Last-Modified"])
def test_a_tag_that_cannot_be_sent_back_is_not_kept(desk: Desk, header: str) -> None:
    path = PATHS["bangumi-data"]
    desk.server.replies[path] = [Reply(body=PUBLISHED["bangumi-data"], headers={header: "é"})]
    assert desk.one("bangumi-data").state == "updated"
    desk.clock.time += 2 * HOUR

    assert desk.one("bangumi-data").why == ""
    assert len(desk.server.asked(path)) == 2


def test_the_same_bytes_without_a_tag_are_nothing_new(desk: Desk) -> None:
    desk.server.replies[PATHS["anime-relations"]] = [Reply(body=PUBLISHED["anime-relations"])]
    desk.one("anime-relations")
    desk.clock.time += 2 * HOUR

    assert desk.one("anime-relations").state == "same"


@pytest.mark.parametrize(("hours", "requests"), [(23, 1), (25, 2)])
def test_anidb_is_asked_once_a_day_at_most(desk: Desk, hours: int, requests: int) -> None:
    desk.one("anidb-titles")
    desk.clock.time += hours * HOUR
    again = desk.one("anidb-titles")

    assert len(desk.server.asked(PATHS["anidb-titles"])) == requests
    assert (again.state == "early") == (requests == 1)


def test_an_answer_that_is_no_list_counts_as_asked_too(desk: Desk) -> None:
    desk.server.replies[PATHS["anidb-titles"]] = [Reply(403)]
    desk.one("anidb-titles")
    desk.one("anidb-titles")

    assert len(desk.server.asked(PATHS["anidb-titles"])) == 1


def test_a_clock_that_went_back_does_not_stop_updates_for_ever(desk: Desk) -> None:
    desk.one("anidb-titles")
    desk.clock.time -= 1000 * HOUR

    assert desk.one("anidb-titles").state == "same"


def test_a_name_that_nobody_knows_asks_for_nothing(desk: Desk) -> None:
    with pytest.raises(ListUnknownError, match="bangumi-data"):
        desk.update("bangumi-dat")

    assert desk.server.seen == []


# --- faults ---------------------------------------------------------------------------------------

TEA = PUBLISHED["bangumi-data"]
FAULTS: dict[str, Reply] = {
    "cut": Reply(body=TEA, cut=100),
    "cut in gzip": Reply(body=gzip.compress(TEA)[:-20], headers={"Content-Encoding": "gzip"}),
    "broken gzip": Reply(body=b"no gzip", headers={"Content-Encoding": "gzip"}),
    "another packing": Reply(body=TEA, headers={"Content-Encoding": "br"}),
    "no list": Reply(body=b"<html>Sign in to the hotel network</html>"),
    "another list": Reply(body=PUBLISHED["anime-relations"]),
    "empty": Reply(),
    "broken": Reply(body=TEA[:-30]),
    "bad zstd": Reply(body=zstandard.compress(TEA)[:-9]),
    "too large": Reply(body=b" " * (3 * 2**20)),
    "larger than it says": Reply(body=b" " * (3 * 2**20), headers={"Content-Length": "5"}),
    "gzip bomb": Reply(body=gzip.compress(b" " * (3 * 2**20)), headers={"Content-Encoding": "gzip"}),
    "sent elsewhere": Reply(302, headers={"Location": "https://example.org/data.json"}),
    "sent to plain http": Reply(302, headers={"Location": "http://example.org/data.json"}),
    "sent to a file": Reply(302, headers={"Location": "file:///etc/passwd"}),
    "sent nowhere": Reply(302),
    "sent to what is no address": Reply(302, headers={"Location": "http://[::1"}),
    "sent to a port that is none": Reply(302, headers={"Location": "https://127.0.0.1:99999/data.json"}),
    "sent in a circle": Reply(302, headers={"Location": PATHS["bangumi-data"]}),
    "not there": Reply(404),
    "a fault": Reply(500),
    "a pause": Reply(429, headers={"Retry-After": "3"}),
    "a long pause": Reply(429, headers={"Retry-After": "7200"}),
    "not changed, though nothing is known": Reply(304),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_costs_only_its_list_and_what_was_there_stays(
    desk: Desk, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "anivault.services.catalogue.added.updates.published",
        lambda: {name: source_of(name, mib=2) for name in ("bangumi-data", "anime-relations")},
    )
    desk.one("bangumi-data")
    before = import_texts(desk.data)
    desk.clock.time += 2 * HOUR
    desk.server.replies[PATHS["bangumi-data"]] = [FAULTS[fault]]
    told = {one.name: one for one in desk.update().lists}

    if fault != "not changed, though nothing is known":  # here something is
        assert (told["bangumi-data"].state, bool(told["bangumi-data"].why)) == ("failed", True)
    assert told["anime-relations"].state == "updated"
    assert before.items() <= import_texts(desk.data).items()


def source_of(name: str, **changed: Any) -> published.Published:
    return msgspec.structs.replace(table()[name], **changed)


def test_not_changed_is_no_answer_when_nothing_is_known(desk: Desk) -> None:
    desk.server.replies[PATHS["bangumi-data"]] = [Reply(304)]

    assert desk.one("bangumi-data").state == "failed"
    assert import_info("bangumi-data", desk.data) is None


@pytest.mark.parametrize(
    "fault",
    ["cut", "a fault", "a pause"],
)
def test_a_fault_of_a_moment_is_tried_again(desk: Desk, fault: str) -> None:
    desk.server.replies[PATHS["bangumi-data"]] = [FAULTS[fault], FAULTS[fault], Reply(body=TEA)]

    assert desk.one("bangumi-data").state == "updated"
    assert len(desk.server.asked(PATHS["bangumi-data"])) == 3


def test_a_pause_that_is_asked_for_is_kept_and_a_long_one_is_not_waited_for(desk: Desk) -> None:
    desk.server.replies[PATHS["bangumi-data"]] = [FAULTS["a pause"], Reply(body=TEA)]
    began = desk.clock.now()
    desk.one("bangumi-data")
    waited = desk.clock.now() - began
    desk.server.replies[PATHS["anime-relations"]] = [FAULTS["a long pause"]]
    desk.one("anime-relations")

    assert waited >= 3
    assert desk.clock.now() - began - waited < 1
    assert len(desk.server.asked(PATHS["anime-relations"])) == 1


def test_a_server_that_says_nothing_is_left(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TRY_SECONDS", 0.1)
    desk.server.replies[PATHS["bangumi-data"]] = [Reply(body=TEA, late=1.0)]

    assert "in time" in desk.one("bangumi-data").why


def test_the_next_address_is_asked_where_one_fails(desk: Desk) -> None:
    desk.server.replies["/other"] = [Reply(body=TEA)]
    got = fetching.fetch(
        [f"{desk.server.url}/gone", f"{desk.server.url}/other"], hosts=(), cap=2**20, clock=desk.clock
    )

    assert got.body == TEA
    assert got.asked.address.endswith("/other")


def test_an_answer_may_send_on_to_a_host_that_is_named(desk: Desk) -> None:
    with ListServer({"/there": Reply(body=TEA)}) as other:
        there = other.url.replace("127.0.0.1", "localhost") + "/there"
        desk.server.replies["/here"] = [Reply(302, headers={"Location": there})]
        here = [f"{desk.server.url}/here"]
        with pytest.raises(fetching.FetchError, match="localhost"):
            fetching.fetch(here, hosts=(), cap=2**20, clock=desk.clock)

        assert fetching.fetch(here, hosts=("localhost",), cap=2**20, clock=desk.clock).body == TEA


@pytest.mark.parametrize("mirror", ["http://example.org", "ftp://example.org", "https://me@example.org"])
def test_a_mirror_that_anyone_could_change_is_refused(desk: Desk, mirror: str) -> None:
    with pytest.raises(ConfigError):
        update(["bangumi-data"], mirror=mirror, data_dir=desk.data, clock=desk.clock)


def test_a_damaged_memory_of_what_was_asked_is_no_memory(desk: Desk) -> None:
    desk.one("bangumi-data")
    (Path(desk.data) / "catalog" / "asked.json").write_bytes(b"\xff{")

    assert desk.one("bangumi-data").state == "same"


# --- from a folder --------------------------------------------------------------------------------


def fill(folder: Path, lists: Mapping[str, bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in lists.items():
        (folder / f"{name}.bin").write_bytes(text)
    return folder


def test_lists_are_taken_from_a_folder_whatever_they_are_called(desk: Desk, tmp_path: Path) -> None:
    folder = fill(tmp_path / "lists", {**PUBLISHED, "notes": b"hello", "nothing": b""})
    (folder / "below").mkdir()
    report = update_from(folder, (), data_dir=desk.data)

    assert set(states(report).values()) == {"updated"}
    assert set(states(report)) == set(NAMES)
    assert desk.server.seen == []


def test_only_the_named_kinds_are_taken_and_one_that_is_not_there_is_told(desk: Desk, tmp_path: Path) -> None:
    folder = fill(tmp_path / "lists", {"bangumi-data": TEA, "anidb-titles": PUBLISHED["anidb-titles"]})
    report = update_from(folder, ("bangumi-data", "tvdb-mal"), data_dir=desk.data)

    assert states(report) == {"bangumi-data": "updated", "tvdb-mal": "failed"}


def test_the_newest_of_two_lists_of_a_kind_is_taken(desk: Desk, tmp_path: Path) -> None:
    folder = fill(tmp_path / "lists", {"a": TEA.replace(b"Quiet", b"Loud"), "b": TEA})
    os.utime(folder / "b.bin", (1, 1))
    update_from(folder, (), data_dir=desk.data)

    assert b"Loud Lighthouse" in next(iter(import_texts(desk.data).values()))


def test_a_broken_list_in_a_folder_costs_only_itself(desk: Desk, tmp_path: Path) -> None:
    folder = fill(tmp_path / "lists", {**PUBLISHED, "bangumi-data": TEA[:-20]})
    told = states(update_from(folder, (), data_dir=desk.data))

    assert told.pop("bangumi-data") == "failed"
    assert set(told.values()) == {"updated"}


def test_a_folder_that_is_not_there_is_told(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(FolderNotFoundError):
        update_from(tmp_path / "nowhere", (), data_dir=desk.data)


def test_the_kind_of_a_file_is_told_by_its_beginning_alone(tmp_path: Path) -> None:
    (large := tmp_path / "large").write_bytes(gzip.compress(LISTS["anidb-titles"].encode() * 9999)[:-99])
    (fifo := tmp_path / "fifo").touch()

    assert importers.kind_of(large) == "anidb-titles"
    assert importers.kind_of(fifo) is None
    assert importers.kind_of(tmp_path / "nothing") is None


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def mirrored(server: ListServer, monkeypatch: pytest.MonkeyPatch) -> ListServer:
    monkeypatch.setenv("ANIVAULT_CATALOG_MIRROR", server.url)
    return server


def test_the_command_tells_what_became_of_each_list(run: Run, mirrored: ListServer) -> None:
    done = run("catalog", "update", "bangumi-data", "anime-relations", "--json")

    assert done.code == 0
    assert [event["state"] for event in done.of("update")] == ["updated", "updated"]
    assert done.of("summary")[0]["counts"]["shows"] == 3
    assert "bangumi-data" in run("catalog", "show").out
    assert run("catalog", "remove", "bangumi-data").code == 0


def test_the_command_says_that_something_failed(run: Run, mirrored: ListServer) -> None:
    mirrored.replies[PATHS["bangumi-data"]] = [Reply(404)]

    assert run("catalog", "update", "bangumi-data", "anime-relations").code == 10

    again = run("catalog", "update", "bangumi-data")

    assert again.code == 0
    assert "again in" in again.out  # it was asked for a moment ago


def test_the_command_fails_when_no_list_came(run: Run, mirrored: ListServer) -> None:
    mirrored.replies.clear()
    done = run("catalog", "update")

    assert done.code == 68
    assert "--from" in done.err


def test_the_command_takes_lists_from_a_folder(run: Run, tmp_path: Path) -> None:
    folder = fill(tmp_path / "lists", PUBLISHED)

    assert run("catalog", "update", "--from", folder).code == 0
    assert run("catalog", "update", "--from", tmp_path / "nowhere").code == 21
    assert run("catalog", "update", "nosuch", "--from", folder).code == 67


# --- the lists as they really are -----------------------------------------------------------------


@pytest.mark.skipif(not SHARED.is_dir(), reason="the lists as they really are lie beside the project only")
def test_the_real_lists_are_taken_from_a_folder_and_from_a_server(tmp_path: Path) -> None:
    report = update_from(SHARED, (), data_dir=str(tmp_path / "one"))
    real = {
        "bangumi-data": next(SHARED.glob("bangumi-data-*")).read_bytes(),
        "anibridge-mappings": next(SHARED.glob("anibridge-*")).read_bytes(),
        "tvdb-mal": next(SHARED.glob("tvdb-mal*")).read_bytes(),
        "anime-relations": next(SHARED.glob("anime-relations*")).read_bytes(),
        "anidb-titles": next(SHARED.glob("anidb-titles*")).read_bytes(),
    }
    with ListServer({PATHS[name]: Reply(body=body) for name, body in real.items()}) as server:
        desk = Desk(tmp_path / "two", server)
        served = desk.update(*real)

    assert set(states(report).values()) == set(states(served).values()) == {"updated"}
    assert report.after.places > 1000
    shutil.rmtree(tmp_path / "one")
