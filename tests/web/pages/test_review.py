"""The review on the page: the questions of `anivault review`, and every answer that it takes."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette")

from anivault.cli.demo_handler import write_sample
from anivault.core.matching.pins import Pin, add, load
from anivault.services.remembered import ignored
from anivault.web.house import House
from anivault.web.pages.answered.turns import settle
from anivault.web.pages.asking import set_pin
from anivault.web.records import PinWords, QuestionRow
from tests.cli.files.test_review import FILM, FILMS, cinema, keyed, pile, two_groups
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


def several(folder: Path) -> Path:
    """Four films of one folder that nobody knows, and what `pile` has."""
    return cinema(pile(folder), *FILMS)


def another_season(folder: Path) -> Path:
    """Files whose names say a season that the show they are called after has not, and another year."""
    names = ("Toradora! S04/Toradora! S04E01.mkv", "Cowboy Bebop (2011)/Cowboy Bebop (2011) - 01.mkv")
    for name in (*names, "Kara no Kyoukai (1999)/Kara no Kyoukai (1999) Movie 7.mkv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def choice_of(answer: dict[str, Any]) -> tuple[object, ...]:
    places = " … ".join(dict.fromkeys(filter(None, (answer["first"], answer["last"]))))
    return answer["show"], answer["id"], places, answer["stated"], answer["why"], tuple(answer["against"])


@pytest.mark.parametrize("write", [pile, write_sample, several, another_season])
def test_the_page_asks_what_review_asks_and_says_the_same_of_every_answer(
    inside: Browser, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path], Path]
) -> None:
    source, library = tmp_path / "Downloads", tmp_path / "Library"
    write(source)
    work(inside, "plan")
    page = [
        (
            (q.files, q.releases, q.path, q.why),
            [
                (c.label, c.pin.show if c.pin else "", c.places, c.stated, c.why, c.against)
                for c in q.choices[: q.offered]
            ],
        )
        for q in questions(inside).values()
    ]
    keyed(monkeypatch, *"l" * len(page))
    said = [
        ((len(q["files"]), q["releases"], q["files"][0], q["why"]), list(map(choice_of, q["answers"])))
        for q in run("review", source, "--to", library, "--json").of("question")
    ]

    assert page == said
    assert page
    if write is another_season:
        assert any(against for _, each in page for *_, against in each)


def test_more_shows_are_those_of_review(
    inside: Browser, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = another_season(pile(tmp_path / "Downloads"))
    work(inside, "plan")
    page = [[c.label for c in q.choices] for q in questions(inside).values()]
    keyed(monkeypatch, *["m", "l"] * len(page))
    told = run("review", source, "--to", tmp_path / "Library", "--json").of("question")[1::2]

    assert page == [[a["show"] for a in q["answers"]] for q in told]
    assert any(len(q.choices) > q.offered for q in questions(inside).values())


def test_several_unknown_releases_are_left_out_in_one_answer(inside: Browser, tmp_path: Path) -> None:
    cinema(tmp_path / "Downloads", *FILMS)
    work(inside, "plan")
    page = inside.get("/review").text
    assert "4 files of 4 shows or films" in page
    assert all(name in page for name in FILMS)
    (number,) = questions(inside)

    refused = inside.post("/review/pin", {"n": str(number), "show": "tmdb:movie/128"})
    assert (refused.status, "ask about each by itself" in refused.text) == (409, True)
    assert inside.get(f"/review/search?n={number}&q=x").status == 404
    inside.post("/review/never", {"n": str(number)})
    assert len(lines_of(tmp_path)) == len(FILMS)
    inside.post("/review/undo")
    assert lines_of(tmp_path) == []
    cinema(tmp_path / "Downloads", "Xxk Vvq (1995)")
    inside.post("/review/never", {"n": str(number)})
    work(inside, "plan")
    assert [(q.files, q.releases, q.first) for q in questions(inside).values()] == [
        (1, 1, "Xxk Vvq (1995).mkv")
    ]


def test_several_are_asked_about_one_by_one_on_demand(inside: Browser, tmp_path: Path) -> None:
    cinema(tmp_path / "Downloads", *FILMS)
    (tmp_path / "Downloads/Zzqqx Wwvv - 01.mkv").write_text("another folder's")
    work(inside, "plan")
    number, other = questions(inside)
    assert "0 questions answered, 2 open." in inside.get("/review").text

    first = inside.post("/review/apart", {"n": str(number)}).headers["location"].partition("n=")[2]
    found = questions(inside)
    assert [(q.files, q.releases) for q in found.values()] == [(1, 1)] * 5
    assert next(iter(found)) == other
    assert int(first) in found
    assert "0 questions answered, 5 open." in inside.get("/review").text
    assert inside.post("/review/later", {"n": str(number)}).status == 404  # it is not asked any more

    inside.post("/review/apart", {"n": first})  # it is one already
    assert questions(inside) == found
    inside.post("/review/pin", {"n": first, "show": "tmdb:movie/128"})
    assert [pin.id for pin in pins_of(tmp_path)] == ["tmdb:movie/128"]


def test_what_speaks_against_an_answer_is_said_after_it_is_taken_too(inside: Browser, tmp_path: Path) -> None:
    another_season(tmp_path / "Downloads")
    work(inside, "plan")
    number = number_of(questions(inside), "Toradora")

    inside.post("/review/pin", {"n": number, "show": "tmdb:99999901", "season": "4", "first": "1"})
    assert "The catalogue does not know tmdb:99999901" in inside.get("/review").text


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


@pytest.mark.parametrize(
    ("asked_for", "said"),
    [
        ("show=tmdb:42916&season=1&first=1", "Toradora! (2008)"),
        ("show=tmdb:42916&season=0&first=7", "S00E07 … S00E08"),
        ("show=anidb:6224", "S02E13 … S02E14"),  # as the list places that entry
        ("show=tmdb:99999901", "The catalogue does not know tmdb:99999901"),
        ("show=nothing", "names no show"),
        ("show=tmdb:42916&season=77", "no season 77"),
        ("q=Zzqqx", "No show that is known"),
    ],
)
def test_what_an_answer_would_come_to_is_said_before_it_is_taken(
    inside: Browser, tmp_path: Path, asked_for: str, said: str
) -> None:
    number = number_of(asked(inside, tmp_path), "Qqxyz")

    page = html.unescape(inside.get(f"/review/search?n={number}&{asked_for}").text)
    assert said in page
    assert pins_of(tmp_path) == ()


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


def test_what_one_answer_settles_is_not_asked_and_undone_with_it(inside: Browser, tmp_path: Path) -> None:
    two_groups(tmp_path / "Downloads", "A", "B", "C")
    pile(tmp_path / "Downloads")
    work(inside, "plan")
    found = questions(inside)
    first, other, another = (n for n, question in found.items() if question.title == "Shaman King")

    inside.post("/review/answer", {"n": str(first), "choice": "0"})
    assert list(questions(inside)) == [n for n in found if n not in (first, other, another)]
    assert len(pins_of(tmp_path)) == 1
    page = inside.get("/review").text
    assert "which answers 2 more questions too" in page
    assert "3 questions answered" in page

    assert inside.post("/review/undo").headers["location"] == f"/review?n={first}"
    assert (questions(inside), pins_of(tmp_path)) == (found, ())


def test_a_show_that_is_typed_settles_other_questions_too(inside: Browser, tmp_path: Path) -> None:
    two_groups(tmp_path / "Downloads", "A", "B")
    work(inside, "plan")
    first, other = questions(inside)
    inside.post("/review/later", {"n": str(other)})
    inside.post("/review/undo")

    inside.post("/review/pin", {"n": str(first), "show": "tmdb:30991", "for": "folder"})
    assert not questions(inside)
    assert "which answers 1 more question too" in inside.get("/review").text


def test_several_films_are_asked_about_still_when_an_answer_is_for_one_of_them(
    inside: Browser, tmp_path: Path
) -> None:
    cinema(tmp_path / "Downloads", *FILMS)
    two_groups(tmp_path / "Downloads", "A", "B")
    work(inside, "plan")
    crowd = next(n for n, question in questions(inside).items() if question.releases > 1)
    first = questions(inside)[crowd].path
    one = PinWords(what=first, show="tmdb:movie/128")

    taken = inside.loop.run_until_complete(_settled_by(inside.house, one))
    assert crowd not in taken
    assert crowd in questions(inside)


async def _settled_by(house: House, words: PinWords) -> tuple[int, ...]:
    """The questions that a pin which was set somewhere else settles."""
    return await settle(house, 0, words.show, [set_pin(house, words)])


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
