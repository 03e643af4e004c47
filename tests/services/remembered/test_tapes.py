"""What a command said is said again while all that it depends on is as it was, and only then."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from anivault.services import libraries
from anivault.services.remembered import tapes
from anivault.services.remembered.seen import place_of
from anivault.services.remembered.tapes import Said, Spoken, Tape
from anivault.shared import fs
from anivault.shared.settings import ClientSettings, MatchSettings, ParserSettings, Settings
from tests.powers import as_anybody

SETTINGS = Settings()
PIECES = [(False, b"a line\n"), (True, b"a note\n"), (False, b"\xff another\n")]


@pytest.fixture
def spoken(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Spoken:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "in").mkdir()
    (tmp_path / "in/Show - 01.mkv").write_text("words")
    return Spoken(
        words=("organize", "in"), shape=(0, 80), paths=(str(tmp_path / "in"),),
        library=str(tmp_path / "lib"), settings=SETTINGS,
    )  # fmt: skip


def record(spoken: Spoken, code: int = 10) -> Tape:
    tape = Tape(spoken)
    assert tape.known() is None
    with tape.recording() as recording:
        for note, text in PIECES:
            recording.put(note, text)
        recording.end(code, {"moves": 3})
    return tape


def heard(spoken: Spoken) -> list[tuple[bool, bytes]] | None:
    said = Tape(spoken).known()
    return None if said is None else list(said)


def test_it_says_what_was_said_piece_by_piece(spoken: Spoken) -> None:
    record(spoken)
    said = Tape(spoken).known()

    assert isinstance(said, Said)
    assert list(said) == PIECES
    assert (said.end.code, said.end.counts) == (10, {"moves": 3})


@pytest.mark.parametrize("change", ["copied", "swapped"])
def test_what_another_command_said_is_not_believed_under_this_name(spoken: Spoken, change: str) -> None:
    one, other = (
        record(spoken)._path,
        record(replace(spoken, words=("organize", "in", "--preset", "plex")))._path,
    )
    mine, theirs = one.read_bytes(), other.read_bytes()
    one.write_bytes(theirs)
    if change == "swapped":
        other.write_bytes(mine)

    assert heard(spoken) is None


def test_a_folder_that_may_not_be_entered_has_nothing_and_takes_nothing(spoken: Spoken) -> None:
    folder = record(spoken)._path.parent
    folder.chmod(0)
    with as_anybody():
        record(spoken)
    folder.chmod(0o700)

    assert heard(spoken) == PIECES


def test_nothing_is_kept_of_a_command_that_names_files_one_by_one(spoken: Spoken) -> None:
    single = replace(spoken, paths=(f"{spoken.paths[0]}/Show - 01.mkv",))
    record(single)

    assert not Tape(single).known()
    assert not Tape(single).seen
    assert heard(spoken) is None


@pytest.mark.parametrize(
    "other",
    [
        {"words": ("organize", "in", "--verbose")},
        {"shape": (0, 60)},
        {"settings": replace(SETTINGS, scan=replace(SETTINGS.scan, settle=5))},
        {"library": "/another"},
    ],
)
def test_another_command_has_said_nothing(spoken: Spoken, other: dict[str, Any]) -> None:
    record(spoken)

    assert heard(replace(spoken, **other)) is None
    assert heard(spoken) == PIECES


def test_a_folder_that_is_gone_keeps_nobody_from_anything(
    spoken: Spoken, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / "here").rmdir()

    assert Tape(spoken).known() is None


def test_what_cannot_be_looked_at_is_not_kept(spoken: Spoken, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tapes, "glanced", full)
    tape = Tape(spoken)

    assert tape.known() is None
    assert not tape.seen


def test_words_mean_something_else_in_another_folder(
    spoken: Spoken, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(spoken)
    monkeypatch.chdir(tmp_path)

    assert heard(spoken) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("date", type("Tomorrow", (), {"today": staticmethod(lambda: date(2100, 1, 1))})),
        ("installed", lambda: ["another AniVault"]),
        ("fs.mounts", lambda: {"/": "another"}),
        ("fs.who", lambda: (4321, 4321)),
    ],
)
def test_another_day_version_mount_or_user_has_to_look(
    spoken: Spoken, name: str, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(spoken)
    monkeypatch.setattr(f"anivault.services.remembered.tapes.{name}", value)

    assert heard(spoken) is None


@pytest.mark.parametrize(("below", "counts"), [("", True), ("in/Show", True), ("elsewhere", False)])
def test_a_mount_counts_where_the_files_are(
    tmp_path: Path, spoken: Spoken, below: str, counts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / below
    record(spoken)
    there = fs.mounts()
    monkeypatch.setattr(
        "anivault.services.remembered.tapes.fs.mounts", lambda: there | {os.path.realpath(place): "ext4"}
    )

    assert (heard(spoken) is None) is counts


@pytest.mark.parametrize("name", ["pins.toml", "ignore"])
def test_the_users_own_words_count(spoken: Spoken, home: Path, name: str) -> None:
    record(spoken)
    (home / "config/anivault").mkdir(parents=True, exist_ok=True)
    (home / "config/anivault" / name).write_text("more")

    assert heard(spoken) is None


def test_a_list_that_was_fetched_counts(spoken: Spoken, home: Path) -> None:
    record(spoken)
    (home / "data/anivault/catalog").mkdir(parents=True)
    (home / "data/anivault/catalog/tvdb-mal.jsonl").touch()

    assert heard(spoken) is None


def test_what_was_shown_of_held_files_counts(spoken: Spoken) -> None:
    record(spoken)
    path = place_of(spoken.library)
    path.parent.mkdir(parents=True)
    path.write_text("0123456789abcdef ambiguous\n")

    assert heard(spoken) is None


@pytest.mark.parametrize(
    "other",
    [
        {"providers": ("tmdb",)},
        {"providers": ("catalog", "tmdb")},
        {"engines": ("of-a-stranger",)},
        {"engines": ("guessit",)},
        {"settings": replace(SETTINGS, match=MatchSettings(providers=("tmdb",)))},
        {"settings": replace(SETTINGS, parser=ParserSettings(engines=("of-a-stranger",)))},
        {"settings": replace(SETTINGS, clients={"mine": ClientSettings("qbittorrent", "http://127.0.0.1")})},
    ],
)
def test_nothing_is_kept_of_who_may_answer_otherwise(spoken: Spoken, other: dict[str, Any]) -> None:
    tape = Tape(replace(spoken, **other))

    assert tape.known() is None
    assert not tape.seen


def test_nothing_is_kept_while_there_is_a_key_for_a_network(
    spoken: Spoken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANIVAULT_TMDB_KEY", "0123456789abcdef0123456789abcdef")
    tape, catalog = Tape(spoken), Tape(replace(spoken, providers=("catalog",)))
    tape.known(), catalog.known()

    assert (bool(tape.seen), bool(catalog.seen)) == (False, True)


def test_a_key_that_cannot_be_used_has_to_be_told_each_time(
    spoken: Spoken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANIVAULT_TMDB_KEY", "?")
    tape = Tape(spoken)
    tape.known()

    assert not tape.seen


def test_a_network_share_is_looked_at_each_time(spoken: Spoken, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fs, "share_of", lambda *_: "nfs4")
    tape = Tape(spoken)
    tape.known()

    assert not tape.seen


def test_a_library_that_is_away_is_looked_for_each_time(
    spoken: Spoken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libraries, "is_away", lambda _: True)
    tape = Tape(spoken)
    tape.known()

    assert not tape.seen


@pytest.mark.parametrize("at", [0, 20, 40, -1])
def test_a_file_that_was_damaged_says_nothing(spoken: Spoken, tmp_path: Path, at: int) -> None:
    record(spoken)
    (path,) = (tmp_path / "cache/anivault/said").iterdir()
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)

    assert heard(spoken) is None


def test_a_file_that_was_cut_off_says_nothing(spoken: Spoken, tmp_path: Path) -> None:
    record(spoken)
    (path,) = (tmp_path / "cache/anivault/said").iterdir()
    for length in (0, 10, 31, 33, path.stat().st_size - 1):
        path.write_bytes(path.read_bytes()[:length])
        assert heard(spoken) is None
        path.unlink()
        record(spoken)


def test_what_ends_in_an_error_leaves_nothing_behind(spoken: Spoken, tmp_path: Path) -> None:
    tape = Tape(spoken)
    tape.known()

    def interrupted() -> None:
        with tape.recording() as recording:
            recording.put(False, b"half a result")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list((tmp_path / "cache/anivault/said").iterdir()) == []
    assert heard(spoken) is None


def test_what_begins_again_has_said_nothing_yet(spoken: Spoken) -> None:
    tape = Tape(spoken)
    tape.known()
    with tape.recording() as recording:
        recording.put(False, b"x" * 2 * tapes.PIECE)
        recording.put(True, b"a note\n")
        recording.begin_again()
        recording.put(False, b"a line\n")
        recording.end(0, {})

    assert heard(spoken) == [(False, b"a line\n")]


def test_what_was_put_before_a_mark_is_kept_when_it_begins_again(spoken: Spoken) -> None:
    tape = Tape(spoken)
    tape.known()
    with tape.recording() as recording:
        recording.put(False, b"what goes\n")
        recording.mark()
        recording.put(False, b"what stays, said the first time\n")
        recording.begin_again()
        recording.put(False, b"what stays\n")
        recording.end(0, {})

    assert heard(spoken) == [(False, b"what goes\n"), (False, b"what stays\n")]


def test_small_pieces_of_one_kind_are_one(spoken: Spoken) -> None:
    tape = Tape(spoken)
    tape.known()
    with tape.recording() as recording:
        for _ in range(3 * tapes.PIECE):
            recording.put(False, b"1")
        recording.end(0, {})
    pieces = heard(spoken) or []

    assert b"".join(text for _, text in pieces) == b"1" * 3 * tapes.PIECE
    assert 3 <= len(pieces) <= 4


def test_a_full_disk_keeps_nothing_and_stops_nothing(
    spoken: Spoken, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tape = Tape(spoken)
    tape.known()
    with monkeypatch.context() as disk, tape.recording() as recording:
        disk.setattr(tapes.Recording, "_add", full)
        recording.put(False, b"a line\n")
        recording.end(0, {})

    assert not recording.is_whole
    assert list(tmp_path.rglob("cache/anivault/said/*")) == []


def full(*_: object) -> bytes:
    raise OSError(28, "No space left on device")


def test_the_newest_commands_are_kept(spoken: Spoken, tmp_path: Path) -> None:
    every = [replace(spoken, words=("organize", str(number))) for number in range(tapes.KEPT + 3)]
    for one in every:
        record(one)

    assert [heard(one) is not None for one in every] == [False] * 3 + [True] * tapes.KEPT


def test_they_take_so_much_room_and_no_more(
    spoken: Spoken, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tapes, "MOST", 150)
    first, second, third = (replace(spoken, words=("organize", str(number))) for number in range(3))
    record(first)
    size = next((tmp_path / "cache/anivault/said").iterdir()).stat().st_size
    assert size < tapes.MOST < 2 * size
    record(second)

    assert heard(first) is None
    assert heard(second) == PIECES
    monkeypatch.setattr(tapes, "MOST", 1)
    record(third)
    assert heard(third) == PIECES  # the newest is kept however large it is
