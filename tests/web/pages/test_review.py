"""The review on the page: the questions of `anivault review`, and every answer that it takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from anivault.cli.demo_handler import write_sample
from anivault.core.matching.pins import Pin, add, load
from anivault.services.remembered import ignored
from anivault.web.records import QuestionRow
from tests.cli.files.test_review import FILM, keyed, pile
from tests.conftest import Run
from tests.web.conftest import Browser
from tests.web.test_whole_job import work


def pins_of(folder: Path) -> tuple[Pin, ...]:
    return load(folder / "Library/.anivault/pins.toml")


def lines_of(folder: Path) -> list[str]:
    return [line for listed in ignored.listed(str(folder / "Library")) for line in listed.lines]


def questions(browser: Browser) -> dict[int, QuestionRow]:
    """The open questions by number, in their order; those that are answered are not among them."""
    sheet = browser.house.desk.sheet("plan")
    assert sheet
    with sheet:
        answered = sheet.marked("answered")
        return {
            row.n: row.read(QuestionRow) for row in sheet.rows("question", most=999) if row.n not in answered
        }


def asked(browser: Browser, tmp_path: Path) -> dict[int, QuestionRow]:
    """The questions about the pile."""
    pile(tmp_path / "Downloads")
    work(browser, "plan")
    return questions(browser)


def number_of(found: dict[int, QuestionRow], begin: str) -> str:
    return str(next(n for n, question in found.items() if question.title.startswith(begin)))


@pytest.mark.parametrize("write", [pile, write_sample])
def test_the_page_asks_what_review_asks(
    inside: Browser, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, write: object
) -> None:
    source, library = tmp_path / "Downloads", tmp_path / "Library"
    (pile if write is pile else write_sample)(source)
    work(inside, "plan")
    page = [
        (q.files, q.path, q.why, [(choice.label, choice.pin.show) for choice in q.choices])
        for q in questions(inside).values()
    ]
    keyed(monkeypatch, *"l" * len(page))
    said = [
        (len(q["files"]), q["files"][0], q["why"], [(a["show"], a["id"]) for a in q["answers"] if a["id"]])
        for q in run("review", source, "--to", library, "--json").of("question")
    ]

    assert page == said
    assert page


def test_never_asks_no_more_and_undo_asks_again(inside: Browser, tmp_path: Path) -> None:
    found = asked(inside, tmp_path)
    assert 'data-key="n"' in inside.get("/review").text

    assert inside.post("/review/never", {"n": number_of(found, "Zzqqx")}).status == 303
    assert "never asked about again" in inside.get("/review").text
    assert lines_of(tmp_path) == [ignored.literal(str(tmp_path / "Downloads/Zzqqx Wwvv - ")) + "*"]
    work(inside, "plan")
    assert [q.title for q in questions(inside).values()] == [
        q.title for q in found.values() if not q.title.startswith("Zzqqx")
    ]

    inside.post("/review/never", {"n": number_of(questions(inside), "Qqxyz")})
    inside.post("/review/undo")
    assert len(lines_of(tmp_path)) == 1  # the older line stays
    assert "Qqxyz" in [q.title for q in questions(inside).values()]


def test_undo_brings_a_pin_back_that_the_answer_had_replaced(inside: Browser, tmp_path: Path) -> None:
    found = asked(inside, tmp_path)
    number = number_of(found, "Qqxyz")
    mine = Pin(id="tmdb:42916", folder=str(tmp_path / "Downloads/Qqxyz"))
    add(tmp_path / "Library/.anivault/pins.toml", mine)

    inside.post("/review/pin", {"n": number, "show": "tmdb:30991", "for": "folder"})
    assert [pin.id for pin in pins_of(tmp_path)] == ["tmdb:30991"]
    other = Pin(id="tmdb:1", title="Something since")
    add(tmp_path / "Library/.anivault/pins.toml", other)
    inside.post("/review/undo")

    assert set(pins_of(tmp_path)) == {mine, other}


def test_where_the_first_file_goes_is_said_with_the_show(inside: Browser, tmp_path: Path) -> None:
    number = number_of(asked(inside, tmp_path), "Qqxyz")

    inside.post("/review/pin", {"n": number, "show": "tmdb:42916", "season": "1", "first": "1"})
    (pin,) = pins_of(tmp_path)
    assert (pin.id, pin.season, pin.offset) == ("tmdb:42916", 1, -12)


def test_a_file_without_a_number_gets_the_place_that_is_said(inside: Browser, tmp_path: Path) -> None:
    found = asked(inside, tmp_path)
    (number,) = (str(n) for n, question in found.items() if question.path.endswith(FILM))

    inside.post("/review/pin", {"n": number, "show": "tmdb:42916", "season": "0", "first": "2"})
    (pin,) = pins_of(tmp_path)
    assert (pin.season, pin.episode) == (0, 2)


def test_files_become_the_extras_of_a_show(inside: Browser, tmp_path: Path) -> None:
    number = number_of(asked(inside, tmp_path), "Qqxyz")

    inside.post("/review/pin", {"n": number, "show": "tmdb:42916", "extras": "1"})
    (pin,) = pins_of(tmp_path)
    assert (pin.id, pin.extra) == ("tmdb:42916", True)


def alike(folder: Path) -> None:
    """Four releases that may be the same two shows."""
    for group in "ABCD":
        for n in (1, 2):
            path = folder / f"[{group}] Fullmetal Alchemist/[{group}] Fullmetal Alchemist - {n + 70}.mkv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{group}{n}")


def test_one_answer_is_taken_wherever_its_show_comes_first_and_undone_as_one(
    inside: Browser, tmp_path: Path
) -> None:
    alike(tmp_path / "Downloads")
    work(inside, "plan")
    assert len({question.show for question in questions(inside).values()}) == 1
    inside.post("/review/later", {"n": str(max(questions(inside)))})  # that is an answer too
    found = questions(inside)
    assert len(found) == 3
    first = min(found)
    assert "2 other questions" in inside.get("/review").text

    inside.post("/review/answer", {"n": str(first), "choice": "0", "all": "1"})
    assert len(pins_of(tmp_path)) == 3
    assert not questions(inside)
    inside.post("/review/undo")
    assert pins_of(tmp_path) == ()
    assert questions(inside) == found


@pytest.mark.parametrize("path", ["/review/answer", "/review/pin", "/review/never", "/review/later"])
def test_a_question_of_an_older_plan_takes_no_answer(inside: Browser, tmp_path: Path, path: str) -> None:
    asked(inside, tmp_path)

    answer = inside.post(path, {"n": "999999", "choice": "0", "show": "tmdb:1"})
    assert (answer.status, "not asked any more" in answer.text) == (404, True)
    assert (pins_of(tmp_path), lines_of(tmp_path)) == ((), [])


def test_a_show_that_was_searched_for_is_taken_for_the_files_of_the_question(
    inside: Browser, tmp_path: Path
) -> None:
    number = number_of(asked(inside, tmp_path), "Qqxyz")
    found = inside.get(f"/review/search?n={number}&q=Toradora").text
    show = re.search(r'name="show" value="(tmdb:\d+)"', found)
    assert show

    inside.post("/review/pin", {"n": number, "show": show[1], "label": "Toradora! (2008)"})
    assert [pin.id for pin in pins_of(tmp_path)] == [show[1]]
    assert "Taken: Toradora! (2008)." in inside.get("/review").text
