"""What `organize` asks about held files, and whether the answers that it prints are answers."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from anivault.cli.demo_handler import write_sample
from tests.conftest import Ran, Run


def write(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


def answers(out: str) -> list[list[str]]:
    """The pins that were offered, as words."""
    return [
        shlex.split(line.partition("?  ")[2])[1:] for line in out.splitlines() if "?  anivault pin" in line
    ]


@pytest.mark.parametrize(
    ("names", "what"),
    [
        (["Cowbay Bebob/Cowbay Bebob - 01.mkv", "Cowbay Bebob/Cowbay Bebob - 02.mkv"], "Cowbay Bebob"),
        (
            ["Cowbay Bebob/Disc 1/Cowbay Bebob - 01.mkv", "Cowbay Bebob/Disc 2/Cowbay Bebob - 02.mkv"],
            "Cowbay Bebob",
        ),
        (["Cowbay Bebob - 01.mkv", "Azumanga Daioh - 01.mkv"], "Cowbay Bebob - 01.mkv"),
        (["new/Cowbay Bebob - 01.mkv"], "new/Cowbay Bebob - 01.mkv"),
        (
            ["My Cowbay Bebob/Cowbay Bebob - 01.mkv", "My Cowbay Bebob/Mushishi - 01.mkv"],
            "My Cowbay Bebob/Cowbay Bebob - 01.mkv",
        ),
    ],
)
def test_a_pin_that_is_offered_files_what_was_held(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: list[str], what: str
) -> None:
    write(tmp_path / "pile", *names)
    monkeypatch.chdir(tmp_path)
    plan = ("organize", "pile", "--to", "library")
    asked = run(*plan)

    (words, *_) = answers(asked.out)
    assert (asked.code, words) == (10, ["pin", f"pile/{what}", "tmdb:30991"])
    assert run(*words).code == 0
    assert run(*plan).code == 0


def test_the_pins_that_are_offered_for_the_sample_settle_it(run: Run, tmp_path: Path) -> None:
    write_sample(tmp_path / "pile")
    write(tmp_path / "pile", "[A] Overlord - OVA 01.mkv", "[A] K-On!! - 03.mkv", "K-On!!/Season 1/01.mkv")
    plan = ("organize", tmp_path / "pile", "--to", tmp_path / "library")
    offered = answers(run(*plan).out)
    for words in offered:
        assert run(*words).code == 0
    left = {event["reason"] for event in run(*plan, "--json").of("held")}

    assert len(offered) >= 3
    assert not left & {"ambiguous", "no-place"}


def test_many_files_of_one_release_are_one_question(run: Run, tmp_path: Path) -> None:
    write(
        tmp_path / "pile",
        *(f"Cowbay Bebob/Cowbay Bebob - {n:02}{e}" for n in range(1, 9) for e in (".mkv", ".en.ass")),
    )
    done = run("organize", tmp_path / "pile", "--to", tmp_path / "library")
    verbose = run("organize", tmp_path / "pile", "--to", tmp_path / "library", "--verbose")

    assert "  8 files: Cowbay Bebob/Cowbay Bebob - 01.mkv … Cowbay Bebob - 08.mkv  (" in done.out
    assert (
        "  8 files: Cowbay Bebob/Cowbay Bebob - 01.en.ass … Cowbay Bebob - 08.en.ass  (its video stays)"
        in done.out
    )
    assert len(answers(done.out)) == 1
    assert "Cowbay Bebob - 05.mkv" not in done.out
    assert "Cowbay Bebob - 05.mkv" in verbose.out


def test_unmatched_releases_are_named_one_by_one(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "pile", "IMG_2041.MOV", "Our Wedding.mkv", "Family Tapes - 03.mkv")
    done = run("organize", tmp_path / "pile", "--to", tmp_path / "library")

    assert all(
        name in done.out
        for name in ("  IMG_2041.MOV  (", "  Our Wedding.mkv  (", "  Family Tapes - 03.mkv  (")
    )
    assert "anivault pin PATH tmdb:ID" in done.err


def test_a_show_that_fits_nearly_as_well_is_an_answer_too(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "pile", "Devil - 01.mkv")
    words = answers(run("organize", tmp_path / "pile", "--to", tmp_path / "library").out)

    assert len({pin[2] for pin in words}) == len(words) >= 2


def test_a_name_that_no_shell_can_be_told_gets_no_pin(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "pile", "K-On!!\x1b - 01.mkv")
    done = run("organize", tmp_path / "pile", "--to", tmp_path / "library")

    assert answers(done.out) == []


def test_what_is_there_already_is_no_finding(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "pile", "Cowboy Bebop - 01.mkv", "notes.txt")
    week = ("organize", tmp_path / "pile", "--to", tmp_path / "library", "--nfo", "--apply")
    first = run(*week)
    again = run(*week)
    write(tmp_path / "pile", "Cowboy Bebop - 02.mkv")
    third = run(*week)

    assert first.out.splitlines()[-1].startswith(
        "1 file in the library by hardlink, 3 NFO files written, 1 held. Run "
    )
    assert (first.code, again.code, third.code) == (0, 0, 0)
    assert (
        again.out.splitlines()[-1]
        == "0 files in the library by hardlink, 1 there already, 1 held. Nothing was changed."
    )
    assert "Take it back" not in again.err
    assert third.out.splitlines()[-1].startswith(
        "1 file in the library by hardlink, 1 NFO file written, 1 there already, 1 held. Run "
    )


def test_a_plan_that_was_done_already_does_nothing_and_says_so(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "pile", "Cowboy Bebop - 01.mkv")
    monkeypatch.chdir(tmp_path)
    run("organize", "pile", "--to", "library", "--plan", "plan.json")
    run("organize", "pile", "--to", "library", "--from-plan", "plan.json", "--apply")
    done = run("organize", "pile", "--to", "library", "--from-plan", "plan.json", "--apply")

    assert (done.code, done.err) == (0, "")
    assert (
        done.out.splitlines()[-1]
        == "0 files in the library by hardlink, 1 there already. Nothing was changed."
    )


def test_a_later_version_replaces_one_in_the_library_by_two_commands(run: Run, tmp_path: Path) -> None:
    week = ("organize", tmp_path / "pile", "--to", tmp_path / "library", "--apply")
    write(tmp_path / "pile", "[A] Cowboy Bebop - 01.mkv")
    run(*week)
    write(tmp_path / "pile", "[A] Cowboy Bebop - 01v2.mkv")
    held = run(*week)
    (place,) = (tmp_path / "library").rglob("*.mkv")
    inside = place.relative_to(tmp_path / "library")

    assert "it is in the library already" in held.out
    assert "To let better files take the place of those there: --upgrade." in held.err
    assert run("rollback", tmp_path / "library", "--only", inside, "--apply").code == 0
    run(*week)
    assert place.read_text() == "[A] Cowboy Bebop - 01v2.mkv"


def test_a_later_version_replaces_one_in_the_library_by_the_option_that_is_named(
    run: Run, tmp_path: Path
) -> None:
    week = ("organize", tmp_path / "pile", "--to", tmp_path / "library", "--apply")
    write(tmp_path / "pile", "[A] Cowboy Bebop - 01.mkv")
    run(*week)
    write(tmp_path / "pile", "[A] Cowboy Bebop - 01v2.mkv")
    run(*week, "--upgrade")
    (place,) = (tmp_path / "library").rglob("*.mkv")

    assert place.read_text() == "[A] Cowboy Bebop - 01v2.mkv"


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on another file system than the temporary ones."""
    shm = Path("/dev/shm")
    if not shm.is_dir() or shm.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system")
    with TemporaryDirectory(dir=shm) as folder:
        yield Path(folder)


def test_a_plan_says_that_hardlinks_lead_to_no_other_disk(run: Run, tmp_path: Path, other_disk: Path) -> None:
    write(tmp_path / "pile", "Cowboy Bebop - 01.mkv")
    words = ("organize", tmp_path / "pile", "--to", other_disk / "library")

    assert "--mode copy, move or symlink" in run(*words).err
    assert "--mode copy, move or symlink" not in run(*words, "--mode", "copy").err
    assert run(*words, "--apply").code == 32


def test_files_of_several_folders_are_named_whole(run: Run, tmp_path: Path) -> None:
    one = write(tmp_path / "one/anime", "Cowboy Bebop - 01.mkv", "IMG_2041.MOV")
    two = write(tmp_path / "two/anime", "Cowboy Bebop - 02.mkv", "IMG_2041.MOV")
    plan = run("organize", one, two, "--to", tmp_path / "library").out
    verdicts = run("match", one, two).out

    assert all(f"  ←  {path}/Cowboy" in plan and f"  {path}/IMG" in plan for path in (one, two))
    assert all(f"{path}/Cowboy" in verdicts for path in (one, two))
    assert str(one) not in run("organize", one, "--to", tmp_path / "library").out


def test_what_to_type_after_a_plan_was_written_uses_the_plan(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same command with --apply would plan anew, and write over what was edited."""
    write(tmp_path / "my pile", "Cowboy Bebop - 01.mkv")
    monkeypatch.chdir(tmp_path)
    done = run("organize", "my pile", "--to", "library", "--preset", "plex", "--plan", "plan.json")
    edited = Path("plan.json").read_text().replace("s01e01", "s01e09")
    Path("plan.json").write_text(edited)
    words = shlex.split(done.err.splitlines()[-1].removeprefix("Do it: anivault "))

    assert run(*words).code == 42
    assert run(*words, "--seal").code == 0
    assert [path.name for path in Path("library").rglob("*.mkv")] == ["Cowboy Bebop (1998) - s01e09.mkv"]


def test_an_empty_folder_is_called_empty(run: Run, tmp_path: Path) -> None:
    (tmp_path / "pile").mkdir()
    done = run("organize", tmp_path / "pile", "--to", tmp_path / "L", "--apply")

    assert (done.code, done.out) == (0, "No files there. Nothing was changed.\n")


@pytest.mark.parametrize(
    ("matched", "held"),
    [
        (["KonoSuba/Season 1/KonoSuba S01E01.mkv"], ["KonoSuba/Specials/KonoSuba S00E01.mkv"]),
        (["KonoSuba S01E01.mkv"], ["KonoSuba S00E01.mkv"]),
        (["One Punch Man/Season 1/One Punch Man - 01.mkv"], ["One Punch Man/OVA/One Punch Man - 01.mkv"]),
    ],
)
def test_no_pin_that_is_offered_moves_what_was_matched(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, matched: list[str], held: list[str]
) -> None:
    write(tmp_path / "pile", *matched, *held)
    monkeypatch.chdir(tmp_path)
    plan = ("organize", "pile", "--to", "library")
    before = targets_of(run(*plan, "--json"), matched)
    for words in answers(run(*plan).out):
        assert run(*words).code == 0

    assert len(before) == len(matched)
    assert targets_of(run(*plan, "--json"), matched) == before


def targets_of(planned: Ran, names: list[str]) -> list[str]:
    """Where these files are planned."""
    return [move["target"] for move in planned.of("move") if move["path"].endswith(tuple(names))]


def test_a_pin_that_answers_two_questions_is_offered_once(run: Run, tmp_path: Path) -> None:
    write(
        tmp_path / "pile",
        *(f"Cowbay Bebob/[{group}] Cowbay Bebob - {n:02}.mkv" for group in "AB" for n in (1, 2)),
    )
    done = run("organize", tmp_path / "pile", "--to", tmp_path / "library")

    assert done.out.count("Cowboy Bebop (1998) from S01E01?") == 2
    assert len(answers(done.out)) == 1


def test_a_pin_is_offered_for_the_numbers_that_it_places_and_no_others(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"[A] Mushoku Tensei S2 - {n:02}.mkv" for n in (0, 1, 2)]
    write(tmp_path / "pile", *names)
    monkeypatch.chdir(tmp_path)
    plan = ("organize", "pile", "--to", "library")
    assert run("pin", f"pile/{names[1]}", "tmdb:94664").code == 0
    (words,) = answers(run(*plan).out)

    assert words[-2:] == ["--episodes", "0"]
    before = targets_of(run(*plan, "--json"), names[1:])
    assert run(*words).code == 0
    assert run(*plan).code == 0
    assert targets_of(run(*plan, "--json"), names[1:]) == before


def test_no_pin_that_is_offered_is_for_another_show_of_the_same_name(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows = ("Hunter x Hunter (1999)", "Hunter x Hunter (2011)")
    write(tmp_path / "pile", *(f"{show}/Hunter x Hunter - {n:02}.mkv" for show in shows for n in (1, 2, 3)))
    monkeypatch.chdir(tmp_path)
    for roots in (["pile"], [f"pile/{show}" for show in shows]):
        asked = run("organize", *roots, "--to", "library")
        assert [words[1] for words in answers(asked.out)] in ([], [f"pile/{shows[1]}"])
