"""What a pin would change, and what names say against it, is shown before it is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.files.test_review import keyed
from tests.conftest import Ran, Run

TORADORA, FRIEREN = "tmdb:42916", "tmdb:209867"


def write(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode() * 20)
    return folder


def place(outcome: dict[str, Any]) -> tuple[str, int | None, list[tuple[int, int]]]:
    found = outcome["match"] or {}
    where = [(c["season"], c["episode"]) for c in found.get("coordinates", ())]
    return outcome["decision"], found.get("id"), where


def changed(done: Ran) -> dict[str, tuple[Any, Any]]:
    """By name what each file is, and what it would be."""
    return {
        Path(e["path"]).name: (place(e["before"]), place(e["after"]))
        for e in done.of("change")
        if e["changes"]
    }


def test_a_preview_says_what_every_file_is_and_would_be_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    folder = write(tmp_path / "Box", *(f"Zzqqx Wwvv - {n:02}.mkv" for n in (13, 14)))
    done = run("pin", folder, TORADORA, "--season", "1", "--offset", "-12", "--preview", "--json")

    assert changed(done) == {
        f"Zzqqx Wwvv - {n}.mkv": (("unmatched", None, []), ("matched", 42916, [(1, n - 12)]))
        for n in (13, 14)
    }
    assert done.of("pin")[0]["done"] == "preview"
    assert done.of("summary")[0]["counts"] == {"changes": 2, "library": 0, "stays": 0, "against": 0}
    assert done.code == 0
    assert run("pins", "--json").of("pin") == []


def test_what_a_preview_says_is_what_the_pin_does(run: Run, tmp_path: Path) -> None:
    names = ["[G] Toradora! - 05.mkv", "[G] Toradora! - 06.mkv", "[G] Toradora! - NCOP1.mkv"]
    words = ("pin", write(tmp_path, *names) / names[0], FRIEREN, "--episodes", "6-", "--season", "1")
    foretold = {name: after for name, (_, after) in changed(run(*words, "--preview", "--json")).items()}
    run(*words)
    events = run("match", tmp_path, "--json").of("match")
    done = {Path(e["path"]).name: place({"decision": e["decision"], "match": e["match"]}) for e in events}

    assert foretold == {names[1]: ("matched", 209867, [(1, 6)])}
    assert {name: done[name] for name in foretold} == foretold
    assert done[names[0]][1] == 42916


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        (
            "Toradora! S03E01.mkv",
            (TORADORA, "--season", "1"),
            "The names say season 3, and the pin says season 1",
        ),
        (
            "Toradora! OVA - 01.mkv",
            (TORADORA, "--season", "1"),
            "The names say OVA, and the pin makes it one of",
        ),
        ("Toradora! Movie - 01.mkv", (TORADORA, "--season", "1"), "The names say film, and the pin makes it"),
        ("Toradora! - 07.mkv", ("tmdb:movie/128",), "The names say episode 7, and the pin names a film"),
        ("Toradora! (1994) - 07.mkv", (TORADORA,), "The names say 1994, and"),
    ],
)
def test_what_a_name_says_against_a_pin_is_shown_before_it_is_written(
    run: Run, tmp_path: Path, name: str, words: tuple[str, ...], said: str
) -> None:
    folder = write(tmp_path / "Box", name)
    preview = run("pin", folder, *words, "--preview")
    written = run("pin", folder, *words, "--json")

    assert said in preview.out
    assert preview.code == 10
    events = [
        e["text"] if e["event"] == "notice" else e["event"] for e in written.events if e["event"] != "log"
    ]
    assert said in events[0]
    assert events.index("pin") > 0


def test_a_pin_that_names_agree_with_has_nothing_against_it(run: Run, tmp_path: Path) -> None:
    folder = write(tmp_path / "Toradora (2008)", "Toradora! S01E03.mkv", "Toradora! NCOP1.mkv")

    assert run("pin", folder, TORADORA, "--season", "1", "--preview", "--json").code == 0
    assert run("pin", folder, TORADORA, "--season", "1", "--json").of("notice") == []


def test_a_pin_that_another_is_heard_before_says_so(run: Run, tmp_path: Path) -> None:
    name = "[G] Toradora! - 05.mkv"
    run("pin", write(tmp_path, name) / name, FRIEREN)
    done = run("pin", "Toradora!", TORADORA, "--preview", "--in", tmp_path, "--json")

    assert [(e["heard"], e["changes"]) for e in done.of("change")] == [(False, False)]
    assert "another pin says more" in run("pin", "Toradora!", TORADORA, "--preview", "--in", tmp_path).err


def test_a_title_needs_to_be_told_where_its_files_are(run: Run, tmp_path: Path) -> None:
    refused = run("pin", "Toradora!", TORADORA, "--preview")
    assert refused.code == 2
    assert "--in FOLDER" in refused.err
    assert run("pin", "Toradora!", TORADORA, "--in", tmp_path).code == 2


def test_a_preview_ends_with_the_command_that_writes_the_pin(run: Run, tmp_path: Path) -> None:
    write(tmp_path, "Toradora! - 05.mkv")
    done = run("pin", "Toradora!", TORADORA, "--in", tmp_path, "--preview", "--season", "1")

    assert f"Write it: anivault pin 'Toradora!' {TORADORA} --season 1\n" in done.err


def test_files_of_the_library_that_a_rename_would_change_are_shown_too(run: Run, tmp_path: Path) -> None:
    source, library = write(tmp_path / "dl", "Toradora! - 05.mkv"), tmp_path / "lib"
    assert run("organize", source, "--to", library, "--apply").code == 0
    words = ("pin", "Toradora!", TORADORA, "--season", "1", "--offset", "1", "--to", library)
    done = run(*words, "--preview", "--json")

    assert done.of("summary")[0]["counts"]["library"] == 1
    assert list(changed(done).values()) == [(("matched", 42916, [(1, 5)]), ("matched", 42916, [(1, 6)]))]
    assert "S01E06" not in run("pins", "--to", library).out
    run(*words)
    assert [e["target"].rpartition(" ")[2] for e in run("rename", library, "--json").of("move")]


def test_an_answer_of_a_review_says_what_names_say_against_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "dl", "Zzqqx Wwvv S03E01.mkv")
    keyed(monkeypatch, "/ Toradora", "s 1 1", "q")
    questions = run("review", folder, "--json").of("question")

    assert questions[1]["answers"][0]["against"] == []
    assert "season 3" in json.dumps(questions[2]["answers"][0]["against"])
