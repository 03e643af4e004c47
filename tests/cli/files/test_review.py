"""A review asks one question a release, and every answer is remembered at once."""

from __future__ import annotations

import io
import json
import shlex
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.conftest import Ran, Run

FILM = "Kara no Kyoukai/Kara no Kyoukai Movie 7.mkv"  # seven films, whose numbers no name of theirs has


def pile(folder: Path) -> Path:
    """Four and two files of shows that nobody knows, and a film that may be one of several."""
    names = [
        *(f"Zzqqx Wwvv - {n:02}.mkv" for n in (1, 2, 3, 4)),
        "Qqxyz/Qqxyz - 13.mkv",
        "Qqxyz/Qqxyz - 14.mkv",
    ]
    for name in (*names, FILM):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    data = "".join(f"{line}\n" for line in lines).encode()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))


def keyed(monkeypatch: pytest.MonkeyPatch, *keys: str) -> None:
    typed(monkeypatch, *(json.dumps({"key": key}) for key in keys))


def pins(run: Run) -> list[tuple[str, int | None, int | None]]:
    return [
        (e["pin"]["id"], e["pin"].get("season"), e["pin"].get("offset"))
        for e in run("pins", "--json").of("pin")
    ]


def asked(done: Ran) -> list[tuple[int, int]]:
    return [(event["number"], len(event["files"])) for event in done.of("question")]


def test_a_question_a_release_the_largest_first(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyed(monkeypatch, "l", "l", "l")
    done = run("review", pile(tmp_path / "dl"), "--json")

    assert asked(done) == [(1, 4), (2, 2), (3, 1)]
    assert len(done.of("question")[2]["answers"]) > 1
    assert done.code == 10
    assert done.of("summary")[0]["counts"] == {"answered": 0, "open": 3}
    assert pins(run) == []


def test_an_answer_is_a_pin_and_is_not_asked_for_again(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = pile(tmp_path / "dl")
    keyed(monkeypatch, "i tmdb:42916", "i tmdb:30991", "1")
    done = run("review", folder, "--json")
    assert (done.code, len(pins(run))) == (0, 3)
    keyed(monkeypatch)

    assert asked(run("review", folder, "--json")) == []


def test_where_files_go_is_said_before_the_show(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyed(monkeypatch, "l", "/ Toradora", "s 1 1", "1", "q")
    run("review", pile(tmp_path / "dl"), "--json")

    assert pins(run) == [("tmdb:42916", 1, -12)]


def test_a_show_is_found_by_its_title(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keyed(monkeypatch, "l", "/ Toradora", "1", "q")
    run("review", pile(tmp_path / "dl"), "--json")

    assert [pin[0] for pin in pins(run)] == ["tmdb:42916"]


def test_the_last_answer_can_be_taken_back(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keyed(monkeypatch, "i tmdb:42916", "u", "q")
    done = run("review", pile(tmp_path / "dl"), "--json")

    assert [number for number, _ in asked(done)] == [1, 2, 1]
    assert pins(run) == []


@pytest.mark.parametrize(
    "line",
    [
        *("?", "9", "0", "²", "9" * 5000, "u", "x", "x 9", "/", "/ zzqqxx", "\x1b[A"),
        *("i", "i nothing", "i foo:3", "i anidb:999999999", "i tmdb:" + "9" * 5000),
        *("s", "s x", "s 1 " + "9" * 5000, "s 99999 1", "s 1 1 4-1", "s 1 1 50-60"),
    ],
    ids=lambda line: line[:12],
)
def test_a_line_that_says_nothing_changes_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    keyed(monkeypatch, line, "q")
    done = run("review", pile(tmp_path / "dl"), "--json")

    assert (done.code, pins(run)) == (10, [])


def test_accept_takes_nothing_that_is_only_derived(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = pile(tmp_path / "dl")
    keyed(monkeypatch, "l", "l", "l")
    questions = run("review", folder, "--json").of("question")
    sure = [
        q for q in questions if len(q["answers"]) == 1 and q["answers"][0]["stated"] and q["answers"][0]["id"]
    ]
    keyed(monkeypatch)
    done = run("review", folder, "--accept", "--json")

    assert done.of("summary")[0]["counts"] == {"answered": len(sure), "open": len(questions) - len(sure)}
    assert [pin[0] for pin in pins(run)] == [q["answers"][0]["id"] for q in sure]


def test_people_read_the_same_questions_in_80_columns(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "l", "q")
    done = run("review", pile(tmp_path / "dl"))

    assert "1 of 3: Zzqqx Wwvv - 01.mkv … Zzqqx Wwvv - 04.mkv" in done.out
    assert "4 files." in done.out
    assert "Keys: 1-9" in done.err
    assert done.out.rstrip().endswith("0 questions answered, 3 open.")


def test_a_reader_that_ends_leaves_what_was_answered(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "i tmdb:42916")
    done = run("review", pile(tmp_path / "dl"))

    assert (done.code, len(pins(run))) == (10, 1)


def test_never_is_remembered_for_the_whole_release_and_can_be_taken_back(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = pile(tmp_path / "dl")
    keyed(monkeypatch, "n", "q")
    done = run("review", folder, "--json")
    assert [event["done"] for event in done.of("ignore")] == ["ignored"]
    (folder / "Zzqqx Wwvv - 05.mkv").write_text("next week's")
    keyed(monkeypatch)
    assert [len(e["files"]) for e in run("review", folder, "--json").of("question")][:1] == [2]
    keyed(monkeypatch, "n", "u", "q")
    run("review", folder, "--json")
    keyed(monkeypatch)

    assert [len(e["files"]) for e in run("review", folder, "--json").of("question")][:1] == [2]


def test_more_shows_are_offered_on_demand(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dl").mkdir()
    (tmp_path / "dl" / "Shaman King - 01.mkv").write_text("one")
    keyed(monkeypatch, "m", "q")
    first, second = run("review", tmp_path / "dl", "--json").of("question")

    assert len(second["answers"]) >= len(first["answers"])
    assert all(answer["why"] for answer in first["answers"])


def test_files_are_extras_of_a_show(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, library = pile(tmp_path / "dl"), tmp_path / "library"
    keyed(monkeypatch, "x tmdb:4224", "q", "y")
    done = run("review", folder, "--to", library, "--json")

    (pin,) = done.of("pin")
    assert pin["pin"]["extra"] is True
    goes = [event["target"] for event in done.of("move") if event["done"]]
    assert len(goes) == 4
    assert all("/other/Extra " in place for place in goes)


def test_files_that_became_extras_are_said_to_be_so(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "x tmdb:42916", "q")

    assert "  taken as extras of Toradora! (2008)" in run("review", pile(tmp_path / "dl")).out


def test_the_plan_with_the_answers_is_done_only_by_its_key(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, library = pile(tmp_path / "dl"), tmp_path / "library"
    keyed(monkeypatch, "i tmdb:42916", "q", "l")
    done = run("review", folder, "--to", library, "--json")

    assert [event["done"] for event in done.of("move")] == [False] * 4
    assert list(library.rglob("*.mkv")) == []


def test_every_show_says_the_places_that_it_would_give(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyed(monkeypatch, "/ Toradora", "s 0 7", "q")
    _, found, placed = run("review", pile(tmp_path / "dl"), "--json").of("question")

    first = next(a for a in found["answers"] if a["id"] == "tmdb:8691" or "Toradora" in a["show"])
    assert (first["first"], first["last"]) == ("S01E01", "S01E04")
    assert {(a["first"], a["last"]) for a in placed["answers"]} == {("S00E07", "S00E10")}


def test_a_show_that_nobody_knows_is_taken_with_the_place_of_its_files(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, library = pile(tmp_path / "dl"), tmp_path / "library"
    keyed(monkeypatch, "i tmdb:99999901", "s 1 1", "i tmdb:99999901", "q")
    done = run("review", folder, "--to", library, "--json")

    assert "say where its files go" in done.err
    assert [e["pin"]["season"] for e in done.of("pin")] == [1]
    assert len(done.of("move")) == 4


def test_what_is_said_of_places_is_for_these_files_alone(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A special of the same title keeps its own place."""
    folder = tmp_path / "dl"
    for name in ("A/Zzqqx Wwvv - 01.mkv", "A/Zzqqx Wwvv - 02.mkv", "B/Zzqqx Wwvv - 09.mkv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    keyed(monkeypatch, "s 2 1", "i tmdb:99999901", "q")
    done = run("review", folder, "--to", tmp_path / "library", "--json")

    assert [Path(event["path"]).parent.name for event in done.of("move")] == ["A", "A"]


def test_asking_needs_no_room_for_what_is_asked_about(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "dl"
    folder.mkdir()
    for number in range(1, 15):
        with (folder / f"Zzqqx Wwvv - {number:02}.mkv").open("wb") as file:
            file.truncate(1 << 40)
    keyed(monkeypatch)

    assert asked(run("review", folder, "--to", tmp_path / "library", "--json")) == [(1, 14)]


def test_a_file_without_a_number_gets_the_place_that_is_said(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "dl"
    folder.mkdir()
    (folder / "[Grp] Zzqqx Wwvv - Kitto Ppqq [1080p].mkv").write_text("one")
    keyed(monkeypatch, "/ Toradora", "s 0 2", "1", "n")
    done = run("review", folder, "--to", tmp_path / "library", "--json")

    assert done.of("question")[-1]["answers"][0]["first"] == "S00E02"
    (moved,) = done.of("move")
    assert "S00E02" in moved["target"]


FILMS = ("Qqwx Zv (1991)", "Vvb Xx (1992)", "Kkz Jjq (1993)", "Wwp Qx (1994)")  # that nobody knows


def cinema(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / "Cinema").mkdir(parents=True, exist_ok=True)
        (folder / "Cinema" / f"{name}.mkv").write_text(name)
    return folder


def test_unknown_releases_of_one_folder_are_one_question_that_leaves_these_out_and_no_others(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = cinema(tmp_path, *FILMS)
    (folder / "Zzqqx Wwvv - 01.mkv").write_text("another folder's")
    keyed(monkeypatch, "n", "u", "n", "n")
    done = run("review", folder, "--json")
    keyed(monkeypatch, "l")
    later = run("review", cinema(folder, "Xxk Vvq (1995)"), "--json").of("question")

    asked_about = [(e["releases"], len(e["files"])) for e in done.of("question")]
    assert asked_about == [(4, 4), (1, 1), (4, 4), (1, 1)]
    assert len({e["line"] for e in done.of("ignore")}) == 5
    assert [[Path(path).stem for path in e["files"]] for e in later] == [["Xxk Vvq (1995)"]]


def test_each_of_several_is_asked_about_by_itself_on_demand_and_nothing_is_pinned_for_all(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyed(monkeypatch, "i tmdb:30991", "s 1 1", "1", "e", "e", "i tmdb:movie/128", "l", "l", "l")
    done = run("review", cinema(tmp_path, *FILMS), "--json")

    assert [e["releases"] for e in done.of("question")] == [4, 4, 4, 4, 1, 1, 1, 1, 1]
    assert pins(run) == [("tmdb:movie/128", None, None)]
    assert done.of("summary")[0]["counts"] == {"answered": 1, "open": 3}


def test_several_are_named_with_the_keys_that_they_have(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "q")
    done = run("review", cinema(tmp_path, *FILMS))

    assert all(name in done.out for name in FILMS)
    assert "4 files of 4 shows or films" in done.out
    assert "e about each by itself" in done.err


def two_groups(folder: Path, *groups: str) -> Path:
    """Two episodes of each group in one folder; two shows are called so."""
    for name in (f"[{group}] Shaman King - {n:02}.mkv" for group in groups for n in (1, 2)):
        (folder / "Shaman King" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "Shaman King" / name).write_text(name)
    return folder


def test_what_one_answer_settles_is_asked_once(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = two_groups(tmp_path / "dl", "A", "B", "C")
    keyed(monkeypatch, "1", "2", "2")
    done = run("review", folder, "--json")

    assert (done.code, len(asked(done)), len(pins(run))) == (0, 1, 1)
    assert done.of("summary")[0]["counts"] == {"answered": 3, "open": 0}


def test_undo_takes_back_what_an_answer_has_settled_too(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = two_groups(tmp_path / "dl", "A", "B"), pile(tmp_path / "other") / "Qqxyz"
    keyed(monkeypatch, "1", "u", "l", "q")
    done = run("review", *folders, "--json")

    assert [files for _, files in asked(done)] == [2, 2, 2, 2]
    assert [number for number, _ in asked(done)] == [1, 3, 1, 2]
    assert (pins(run), done.of("summary")[0]["counts"]) == ([], {"answered": 0, "open": 3})


def test_all_alike_is_one_answer_to_take_back_and_nothing_of_it_is_asked_again(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, other = two_groups(tmp_path / "1", "A"), two_groups(tmp_path / "2", "B"), pile(tmp_path / "dl")
    keyed(monkeypatch, "l", "a", "u", "a", "l", "l", "l")
    done = run("review", one, two, other, "--json")

    assert [number for number, _ in asked(done)] == [1, 2, 4, 2, 4, 5]
    assert done.of("summary")[0]["counts"] == {"answered": 2, "open": 3}
    assert len(pins(run)) == 2


def test_undo_asks_again_what_was_put_off_or_taken_apart(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = cinema(tmp_path / "films", *FILMS)
    (several / "other").mkdir()
    (several / "other/Zzqqx Wwvv - 01.mkv").write_text("another")
    keyed(monkeypatch, "l", "u", "e", "l", "u", "u", "n", "q")
    found = [(e["releases"], e["of"]) for e in run("review", several, "--json").of("question")]

    assert found == [(4, 2), (1, 2), (4, 2), (1, 5), (1, 5), (1, 5), (4, 2), (1, 2)]


def test_undo_leaves_no_pin_of_all_alike(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, other = two_groups(tmp_path / "1", "A"), two_groups(tmp_path / "2", "B"), pile(tmp_path / "dl")
    keyed(monkeypatch, "l", "a", "u", "q")
    run("review", one, two, other, "--json")

    assert pins(run) == []


@pytest.mark.parametrize("number", ["anidb:69", "mal:21", "ANIDB:69", "tmdb:37854"])
def test_a_show_is_named_as_any_list_numbers_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    keyed(monkeypatch, f"i {number}", "q")
    run("review", pile(tmp_path / "dl"), "--json")

    assert [pin[0] for pin in pins(run)] == ["tmdb:37854"]


def test_a_range_of_a_release_has_its_own_place_and_the_rest_is_asked_about(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = pile(tmp_path / "dl")
    keyed(monkeypatch, "/ Toradora", "s 2 1 3-3", "1", "i tmdb:42916", "q")
    done = run("review", folder, "--json")
    assert asked(done)[:4] == [(1, 4), (1, 4), (1, 1), (1, 3)]
    assert [asked(done)[-1][0], done.of("summary")[0]["counts"]["answered"]] == [2, 1]
    moves = run("organize", folder, "--to", tmp_path / "lib", "--json").of("move")
    places = {Path(move["path"]).stem[-2:]: Path(move["target"]).stem[-6:] for move in moves}

    assert places == {"01": "S01E01", "02": "S01E02", "03": "S02E01", "04": "S01E04"}


def test_a_range_that_is_taken_back_leaves_the_whole_question(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyed(monkeypatch, "/ Toradora", "s 2 1 3-4", "1", "u", "i tmdb:42916", "q")
    done = run("review", pile(tmp_path / "dl"), "--json")

    assert [files for number, files in asked(done) if number == 1] == [4, 4, 2, 2, 4]
    assert pins(run) == [("tmdb:42916", None, None)]


def test_a_wrong_key_does_not_print_the_question_again(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "9", "/", "u", "q")
    done = run("review", pile(tmp_path / "dl"))

    assert done.out.count("1 of 3") == 1
    assert done.err.count("There is no answer") == 2


def test_a_search_that_finds_more_than_it_names_says_so(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "/ Gundam", "/ Toradora", "q")

    assert run("review", pile(tmp_path / "dl")).err.count("More shows are called so") == 1


def test_keys_fit_80_columns(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "q")
    done = run("review", pile(tmp_path / "dl"))

    assert max(map(len, done.err.splitlines())) < 80


def test_the_review_that_organize_names_ends_with_the_plan(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, library = two_groups(tmp_path / "dl", "A"), tmp_path / "lib"
    said = run("organize", folder, "--to", library).err
    line = next(line for line in said.splitlines() if "anivault review" in line)
    typed(monkeypatch, "1", "y")
    done = run(*shlex.split(line.partition(": anivault ")[2]))

    assert done.code == 0
    assert len(list(library.rglob("Shaman King S01E0?.mkv"))) == 2


def test_a_review_without_a_library_ends_with_a_command_that_works(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "1")
    said = run("review", two_groups(tmp_path / "dl", "A")).err
    words = shlex.split(said.splitlines()[-1].partition(": anivault ")[2])

    assert run(*words).code == 0


def test_the_last_answer_of_all_can_be_taken_back_too(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, library = two_groups(tmp_path / "dl", "A"), tmp_path / "lib"
    typed(monkeypatch, "1", "u")
    done = run("review", folder, "--to", library)

    assert done.out.rstrip().endswith("taken back")
    assert not list(library.rglob("*.mkv"))
    assert run("pins", "--to", library, "--json").of("pin") == []
