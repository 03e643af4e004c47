"""Every key of the review is undone exactly; no answer replaces one that nobody has seen; counts are true."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("starlette")

from anivault.core.matching.pins import Pin, add
from anivault.services.remembered import ignored
from anivault.web.house import House
from anivault.web.pages.answered import turns
from anivault.web.records import PlanFacts, QuestionRow, Turn
from tests.cli.files.test_review import FILMS, cinema, two_groups
from tests.web.conftest import Browser
from tests.web.pages.test_review import alike, lines_of, number_of, pins_of, questions
from tests.web.test_whole_job import work

TAGS = re.compile(r"<[^>]+>")
SINCE = "have changed since"
MINE = Pin(id="tmdb:31911", title="Something else")


def words_of(browser: Browser, path: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(TAGS.sub(" ", browser.get(path).text)))


@pytest.fixture
def pile(inside: Browser, tmp_path: Path) -> Browser:
    """Questions of every kind: with choices, without, one that leads several, one of several films."""
    cinema(tmp_path / "Downloads", *FILMS)
    alike(tmp_path / "Downloads")
    two_groups(tmp_path / "Downloads", "A", "B")
    for n in (1, 2):
        (tmp_path / f"Downloads/Zzqqx Wwvv - 0{n}.mkv").write_text(f"{n}")
    add(tmp_path / "Library/.anivault/pins.toml", MINE)
    ignored.add(["*.nfo"], str(tmp_path / "Library"))
    work(inside, "plan")
    return inside


def state(house: House) -> Any:
    """All that an answer may change: pins and lines in their order, questions and their answers."""
    sheet, facts = house.desk.sheet("plan"), house.desk.fact("plan", PlanFacts)
    assert sheet
    with sheet:
        rows = sheet._connection.execute("SELECT n, kind, grp FROM rows ORDER BY n").fetchall()
        return (
            pins_of(Path(house.library).parent),
            ignored.said(house.library),
            rows,
            turns.answers(sheet),
            sheet.last_turn(Turn),
            facts,
        )


def _answer(house: House, n: int, was: int, kind: str) -> None:
    sheet = house.desk.sheet("plan")
    assert sheet
    with sheet:
        row = sheet.row("question", n)
    if row is None:
        return
    question = row.read(QuestionRow)
    pin = question.choices[0].pin if question.choices else None
    does: dict[str, Callable[[], object]] = {
        "later": lambda: turns.take(house, n, was, "later", None),
        "never": lambda: turns.take_never(house, n, was, question),
        "apart": lambda: turns.take_apart(house, row, was),
        "first": lambda: pin and turns.take_pin(house, n, was, "first", pin),
        "alike": lambda: pin and turns.take_alike(house, row, was),
    }
    does[kind]()


KEYS = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from(["later", "never", "apart", "first", "alike"])), max_size=8
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(keys=KEYS)
def test_as_many_undos_as_keys_bring_back_the_start(pile: Browser, keys: list[tuple[int, str]]) -> None:
    house = pile.house
    seen = [state(house)]
    for at, kind in keys:
        open_ = _asked(house)
        n = open_[at % len(open_)]
        _answer(house, n, _was(house, n), kind)
        if state(house) != seen[-1]:
            seen.append(state(house))
    while len(seen) > 1:
        seen.pop()
        turns.undo(house, None)

        assert state(house) == seen[-1]
    assert turns.undo(house, None) == 0


def _asked(house: House) -> list[int]:
    sheet = house.desk.sheet("plan")
    assert sheet
    with sheet:
        return [row.n for row in sheet.rows("question", most=999)]


def _was(house: House, n: int) -> int:
    sheet = house.desk.sheet("plan")
    assert sheet
    with sheet:
        stands = turns.answers(sheet).get(n)
    return stands.turn if stands else 0


def test_what_is_asked_one_by_one_is_asked_in_one_again_after_undo(pile: Browser) -> None:
    before = questions(pile)
    crowd = next(n for n, question in before.items() if question.releases > 1)
    first = pile.post("/review/apart", {"n": str(crowd)}).headers["location"]
    assert "Each of 4 is asked about by itself." in words_of(pile, first)
    assert "Undo" in words_of(pile, first)
    assert crowd not in questions(pile)

    assert pile.post("/review/undo").headers["location"] == f"/review?n={crowd}"
    assert questions(pile) == before


def test_put_off_is_open_everywhere_and_says_so(pile: Browser) -> None:
    first, *others = questions(pile)
    whole = len(others) + 1
    pile.post("/review/later", {"n": str(first)})
    told = f"0 questions answered, {whole} open. You have put off 1 of them."
    assert told in words_of(pile, "/review")
    assert told in words_of(pile, "/")
    assert f"Answer {whole} questions" in words_of(pile, "/plan")
    assert SINCE not in words_of(pile, "/plan")

    number = number_of(questions(pile), "Zzqqx")
    pile.post("/review/never", {"n": number})
    told = f"1 question answered, {whole - 1} open. You have put off 1 of them."
    assert told in words_of(pile, "/review")
    assert told in words_of(pile, "/")
    for n in questions(pile):
        pile.post("/review/later", {"n": str(n)})
    page = words_of(pile, "/review")
    assert f"You have put off {whole - 1} questions. Every other question has an answer." in page
    assert "Every question has an answer" not in page
    assert f"/review?n={first}" in pile.get("/review").text  # what was put off can be answered all the same
    assert "You have put this question off." in words_of(pile, f"/review?n={first}")


def test_a_list_that_is_cut_says_how_many_more_there_are(inside: Browser, tmp_path: Path) -> None:
    for n in range(12):
        name = f"{chr(97 + n) * 3}qqx Wwv{chr(97 + n)}"
        path = tmp_path / f"Downloads/{name}/{name} - 01.mkv"
        path.parent.mkdir()
        path.write_text(name)
    work(inside, "plan")
    found = len(questions(inside))
    assert found > 10
    assert f"and {found - 9} more" in words_of(inside, "/review")
    last = max(questions(inside))
    assert f"and {found - 9} more" in words_of(inside, f"/review?n={last}")  # those before it come too

    for n in questions(inside):
        inside.post("/review/later", {"n": str(n)})
    assert f"and {found - 8} more" in words_of(inside, "/review")


def test_a_search_that_finds_more_than_it_names_says_so(pile: Browser) -> None:
    number = number_of(questions(pile), "Zzqqx")
    more = "More shows are called so"

    assert more in words_of(pile, f"/review/search?n={number}&q=Gundam")
    assert more not in words_of(pile, f"/review/search?n={number}&q=Toradora")


def test_a_second_window_is_asked_before_it_replaces_an_answer(pile: Browser, tmp_path: Path) -> None:
    number = next(n for n, q in questions(pile).items() if q.offered > 1)
    start = state(pile.house)
    window = pile.get(f"/review?n={number}").text
    assert 'name="was" value="0"' in window
    pile.post("/review/answer", {"n": str(number), "choice": "0", "was": "0"})
    first = pins_of(tmp_path)

    answer = pile.post("/review/answer", {"n": str(number), "choice": "1", "was": "0"})
    assert answer.status == 409
    said = html.unescape(TAGS.sub(" ", answer.text))
    for choice in (0, 1):
        assert _label(pile.house, number, choice) in said
    assert pins_of(tmp_path) == first

    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', answer.text.partition("Answered already")[2]))
    assert pile.post("/review/answer", fields).status == 303
    assert pins_of(tmp_path) != first
    assert MINE in pins_of(tmp_path)
    assert len(pins_of(tmp_path)) == len(first)  # the answer that was replaced is gone
    pile.post("/review/undo")
    assert pins_of(tmp_path) == first
    pile.post("/review/undo")
    assert state(pile.house) == start


def _label(house: House, n: int, choice: int) -> str:
    sheet = house.desk.sheet("plan")
    assert sheet
    with sheet:
        row = sheet.row("question", n)
    assert row
    return row.read(QuestionRow).choices[choice].label


@pytest.mark.parametrize("path", ["answer", "pin", "never", "later"])
def test_no_form_of_a_question_replaces_an_answer_that_it_did_not_show(
    pile: Browser, tmp_path: Path, path: str
) -> None:
    number = next(n for n, q in questions(pile).items() if q.offered > 1)
    pile.post("/review/pin", {"n": str(number), "show": "tmdb:42916"})
    before = state(pile.house)

    answer = pile.post(f"/review/{path}", {"n": str(number), "choice": "0", "show": "tmdb:30991"})
    assert (answer.status, "Taken: tmdb:42916." in answer.text) == (409, True)
    assert state(pile.house) == before


@pytest.mark.parametrize("key", ["answer", "pin", "never", "later", "apart", "undo"])
def test_a_button_that_is_pressed_twice_shows_what_the_first_press_did(pile: Browser, key: str) -> None:
    found = questions(pile)
    number = next(n for n, q in found.items() if (q.releases > 1 if key == "apart" else q.offered))
    fields = {"n": str(number), "choice": "0", "show": "tmdb:42916", "was": "0"}
    if key == "undo":
        pile.post("/review/later", fields)
        turn = re.search(r'name="turn" value="(\d+)"', pile.get("/review").text)
        fields = {"turn": turn[1] if turn else ""}
    first = pile.post(f"/review/{key}", fields)
    after = state(pile.house)
    second = pile.post(f"/review/{key}", fields)

    assert (first.status, second.status) == (303, 303)
    assert second.headers["location"] == first.headers["location"]
    assert state(pile.house) == after


def test_a_press_after_its_answer_was_undone_is_an_answer_again(pile: Browser) -> None:
    fields = {"n": str(next(n for n, q in questions(pile).items() if q.offered)), "choice": "0"}
    pile.post("/review/answer", fields)
    after = state(pile.house)[0]
    pile.post("/review/undo")

    assert pile.post("/review/answer", fields).status == 303
    assert state(pile.house)[0] == after


def test_several_that_were_left_out_are_not_taken_apart_unseen(pile: Browser, tmp_path: Path) -> None:
    crowd = next(n for n, question in questions(pile).items() if question.releases > 1)
    pile.post("/review/never", {"n": str(crowd)})
    lines = lines_of(tmp_path)

    answer = pile.post("/review/apart", {"n": str(crowd)})
    assert answer.status == 409
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', answer.text.partition("Answered already")[2]))
    assert pile.post("/review/apart", fields).status == 303
    assert lines_of(tmp_path) == ["*.nfo"]
    pile.post("/review/undo")
    assert lines_of(tmp_path) == lines


def test_undo_of_a_window_that_has_not_seen_the_last_answer_is_refused(pile: Browser, tmp_path: Path) -> None:
    first, second, *_ = (n for n, question in questions(pile).items() if question.releases == 1)
    pile.post("/review/pin", {"n": str(first), "show": "tmdb:42916"})
    window = re.search(r'name="turn" value="(\d+)"', pile.get("/review").text)
    assert window
    pile.post("/review/pin", {"n": str(second), "show": "tmdb:30991", "label": "Another"})
    before = pins_of(tmp_path)

    answer = pile.post("/review/undo", {"turn": window[1]})
    assert (answer.status, "Taken: Another." in answer.text) == (409, True)
    assert pins_of(tmp_path) == before


def test_an_undo_of_what_somebody_has_changed_since_does_not_get_stuck(pile: Browser, tmp_path: Path) -> None:
    number = number_of(questions(pile), "Zzqqx")
    pile.post("/review/never", {"n": number})
    (line,) = set(lines_of(tmp_path)) - {"*.nfo"}
    pile.post("/settings/heed", {"line": line})

    assert pile.post("/review/undo").status == 303
    assert lines_of(tmp_path) == ["*.nfo"]
    assert int(number) in questions(pile)


def test_an_answer_that_fails_changes_nothing(pile: Browser, tmp_path: Path) -> None:
    number = next(n for n, q in questions(pile).items() if q.offered > 1)
    pile.post("/review/pin", {"n": str(number), "show": "tmdb:42916"})
    before = state(pile.house)
    was = str(_was(pile.house, number))

    answer = pile.post("/review/pin", {"n": str(number), "show": "nothing", "was": was})
    assert answer.status == 409
    assert state(pile.house) == before


@pytest.mark.parametrize("change", ["pins", "ignore", "config"])
def test_a_plan_is_not_outdated_by_how_files_are_written(
    pile: Browser, tmp_path: Path, home: Path, change: str
) -> None:
    own = home / "config/anivault/config.toml"
    own.parent.mkdir(parents=True, exist_ok=True)
    file = {
        "pins": tmp_path / "Library/.anivault/pins.toml",
        "ignore": tmp_path / "Library/.anivault/ignore",
        "config": own,
    }[change]
    said = {"pins": "\n[[pin]]\nid = 'tmdb:1'\ntitle = 'X'\n", "ignore": "*.txt\n"}
    text = file.read_text() if file.exists() else ""
    file.write_text("# a remark\n\n" + text.replace(" = ", "   =   "))
    if change == "config":
        file.write_text('# a remark\n[web]\nport = 9999\n[organize]\nmode = "hardlink"\n')
    assert SINCE not in words_of(pile, "/plan")

    file.write_text(text + said.get(change, '[organize]\nmode = "copy"\n'))
    assert SINCE in words_of(pile, "/plan")
