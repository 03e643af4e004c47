"""The API: what a token may, and the whole job by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette")

from anivault.cli.demo_handler import tree, write_sample
from anivault.web.api import BASE, ENDPOINTS
from anivault.web.house import House
from anivault.web.safety.guard import Rules
from tests.cli.files.test_review import two_groups
from tests.published import assert_published
from tests.web.conftest import Answer, Browser, house_at


class Program:
    """Whoever brings a token: no cookie, no Origin."""

    def __init__(self, house: House, scope: str) -> None:
        self.browser, self.token = Browser(house), house.tokens.make(scope, scope)

    def ask(self, method: str, path: str, what: Any = None) -> Answer:
        body = json.dumps(what).encode() if what is not None else b""
        return self.browser.ask(method, BASE + path, body, {"authorization": f"Bearer {self.token}"})

    def get(self, path: str) -> Any:
        answer = self.ask("GET", path)
        assert answer.status == 200, answer.text
        return json.loads(answer.body)

    def work(self, path: str, what: Any = None) -> None:
        answer = self.ask("POST", path, what)
        assert answer.status == 202, answer.text
        self.browser.finish()


def seen(program: Program, sheet: str) -> dict[str, str]:
    """What is applied is what was seen."""
    return {"sheet": program.get("/overview")["sheets"][sheet]}


@pytest.mark.parametrize("path", ["/apply", "/rollback"])
def test_what_nobody_says_to_have_seen_is_not_done(house: House, tmp_path: Path, path: str) -> None:
    (tmp_path / "Downloads/Toradora! - 01.mkv").write_text("x")
    program = Program(house, "apply")
    program.work("/plan")
    if path == "/rollback":
        program.work("/apply", seen(program, "plan"))
        program.work("/rollback/preview", {})
    before = tree(tmp_path / "Library")

    said: tuple[Any, ...] = (None, {})
    for what in said:
        answer = program.ask("POST", path, what)
        assert (answer.status, json.loads(answer.body)["code"]) == (409, "sheet-unsaid")
    assert tree(tmp_path / "Library") == before
    assert program.ask("POST", path, seen(program, "plan" if path == "/apply" else "back")).status == 202
    program.browser.finish()


def test_errors_carry_the_exit_code_of_a_command(house: House, tmp_path: Path) -> None:
    program = Program(house, "apply")
    for method, path, what in (("POST", "/apply", {}), ("GET", "/runs?x=1", None), ("POST", "/cancel", {})):
        told = json.loads(program.ask(method, path, what).body)
        assert (told["event"], told["exit_code"]) == ("error", 2)
    assert json.loads(Program(house, "read").ask("POST", "/plan", {}).body)["exit_code"] == 2
    program.token = "wrong"
    assert json.loads(program.ask("GET", "/work").body)["exit_code"] == 2


def test_the_guide_has_every_endpoint() -> None:
    guide = Path(__file__).parents[2] / "docs/guide/page.md"
    rows = [line for line in guide.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]

    assert rows == [f"| `{e.method} {BASE}{e.path}` | {e.scope} | {e.summary} |" for e in ENDPOINTS]


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda e: f"{e.method} {e.path}")
def test_nothing_is_told_or_done_without_a_token(inside: Browser, endpoint: Any) -> None:
    assert inside.ask(endpoint.method, BASE + endpoint.path).status == 401  # a session opens nothing here
    assert (
        inside.ask(endpoint.method, BASE + endpoint.path, headers={"authorization": "Bearer x"}).status == 401
    )


@pytest.mark.parametrize("scope", ["read", "plan"])
def test_a_token_may_what_its_scope_says_and_no_more(house: House, scope: str) -> None:
    program = Program(house, scope)
    below = {"read": ("plan", "apply"), "plan": ("apply",)}[scope]
    refused = [e for e in ENDPOINTS if e.scope in below]

    assert refused
    assert {program.ask(e.method, e.path).status for e in refused} == {403}
    assert house.jobs.state.job == ""


def test_a_token_that_was_taken_back_opens_nothing(house: House) -> None:
    program = Program(house, "read")
    house.tokens.remove("read")

    assert program.ask("GET", "/work").status == 401


def test_guessing_tokens_gets_rarer(house: House) -> None:
    program = Program(house, "read")
    program.token = "guess"

    assert [program.ask("GET", "/work").status for _ in range(7)][-2:] == [429, 429]


def test_no_token_is_on_disk(house: House, home: Path) -> None:
    program = Program(house, "apply")
    file = home / "config/anivault/web-tokens.json"

    assert program.token not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0


def test_read_only_holds_for_programs_too(home: Path, tmp_path: Path) -> None:
    program = Program(house_at(tmp_path, Rules(read_only=True)), "apply")

    assert program.ask("POST", "/apply").status == 403
    assert program.ask("POST", "/verify", {"deep": True}).status == 403


def test_an_answer_names_the_questions_that_it_settles_too(house: House, tmp_path: Path) -> None:
    two_groups(tmp_path / "Downloads", "A", "B", "C")
    program = Program(house, "apply")
    program.work("/plan")
    asked = program.get("/questions")
    first, *others = (item["n"] for item in asked["items"])

    answer = program.ask("POST", "/answers", {"n": first, "sheet": asked["sheet"], "choice": 0})
    assert (answer.status, json.loads(answer.body)["settled"]) == (202, others)
    assert len(others) == 2


def refused(answer: Answer) -> tuple[int, str]:
    """The status and the code of a refusal, which is an event."""
    told = json.loads(answer.body)
    assert (told["event"], bool(told["message"])) == ("error", True)
    return answer.status, told["code"]


@pytest.fixture
def planned(house: House, tmp_path: Path) -> Program:
    """A program that has planned files of which three releases are asked about."""
    two_groups(tmp_path / "Downloads", "A", "B", "C")
    program = Program(house, "apply")
    program.work("/plan")
    return program


@pytest.mark.parametrize(
    ("path", "what"),
    [("/answers", {"choice": 0}), ("/answers", {"never": True}), ("/answers/undo", {"turn": 1})],
)
def test_a_number_is_heard_only_with_the_sheet_that_it_was_read_from(
    planned: Program, tmp_path: Path, path: str, what: dict[str, Any]
) -> None:
    asked = planned.get("/questions")
    said = {**what, **({"n": asked["items"][0]["n"]} if path == "/answers" else {})}
    assert refused(planned.ask("POST", path, said)) == (409, "sheet-unsaid")
    planned.work("/plan")
    again = planned.get("/questions")
    assert again["sheet"] == planned.get("/overview")["sheets"]["plan"] != asked["sheet"]

    for old in ("/answers", "/apply"):
        body = {"sheet": asked["sheet"], **(said if old == "/answers" and path == old else {})}
        if old == path or old == "/apply":
            assert refused(planned.ask("POST", old, body)) == (409, "replaced")
    assert refused(planned.ask("GET", f"/questions?sheet={asked['sheet']}")) == (409, "replaced")
    assert not (tmp_path / "Library/.anivault/pins.toml").exists()


def test_an_answer_that_stands_is_replaced_only_by_who_names_it(planned: Program, tmp_path: Path) -> None:
    asked = planned.get("/questions")
    said = {"n": asked["items"][0]["n"], "sheet": asked["sheet"]}
    assert asked["items"][0]["answer"] is None
    first = json.loads(planned.ask("POST", "/answers", {**said, "choice": 0}).body)["turn"]
    pins = (tmp_path / "Library/.anivault/pins.toml").read_text()

    other = {**said, "choice": 1}
    assert refused(planned.ask("POST", "/answers", other)) == (409, "answered")
    assert (tmp_path / "Library/.anivault/pins.toml").read_text() == pins
    stands = planned.get("/questions")["items"][0]["answer"]
    assert (stands["turn"], stands["put_off"]) == (first, False)
    second = json.loads(planned.ask("POST", "/answers", {**other, "was": first}).body)["turn"]
    assert (tmp_path / "Library/.anivault/pins.toml").read_text() != pins

    undone = {"sheet": asked["sheet"], "turn": first}
    assert refused(planned.ask("POST", "/answers/undo", undone)) == (409, "answered")
    assert planned.ask("POST", "/answers/undo", {**undone, "turn": second}).status == 202
    assert (tmp_path / "Library/.anivault/pins.toml").read_text() == pins


def test_a_program_puts_off_too_and_the_overview_counts_as_the_page_does(planned: Program) -> None:
    asked = planned.get("/questions")
    said = {"n": asked["items"][0]["n"], "sheet": asked["sheet"], "later": True}

    assert planned.ask("POST", "/answers", said).status == 202
    assert planned.get("/overview")["review"] == {"answered": 0, "open": 3, "later": 1}
    assert planned.get("/questions")["items"][0]["answer"]["put_off"] is True


@pytest.mark.parametrize(
    "what", [{}, {"choice": 0, "never": True}, {"never": True, "later": True}, {"choice": 0, "apart": True}]
)
def test_an_answer_says_one_thing(planned: Program, what: dict[str, Any]) -> None:
    asked = planned.get("/questions")
    said = {"n": asked["items"][0]["n"], "sheet": asked["sheet"], **what}

    assert refused(planned.ask("POST", "/answers", said)) == (400, "request")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/plan/moves?grup=x", (400, "parameter")),
        ("/plan/moves?after=x", (400, "parameter")),
        ("/plan/moves?after=-1", (400, "parameter")),
        ("/plan/moves?most=0", (400, "parameter")),
        ("/plan/moves?most=1001", (400, "parameter")),
        ("/plan/moves?after=1&after=2", (400, "parameter")),
        ("/plan/held?group=no-such-reason", (404, "not-there")),
        ("/plan/moves?after=999999", (404, "not-there")),
        ("/questions?plan=1", (400, "parameter")),
        ("/work?x=1", (400, "parameter")),
        ("/overview?x=1", (400, "parameter")),
        ("/library/files", (404, "not-there")),
        ("/library/shows", (404, "not-there")),
        ("/runs", (404, "not-there")),
        ("/findings", (404, "not-there")),
        ("/rollback/steps", (404, "not-there")),
        ("/questionz", (404, "not-there")),
        ("/apply", (405, "method")),
    ],
)
def test_what_is_not_there_or_not_heard_is_refused_and_never_empty(
    planned: Program, path: str, code: tuple[int, str]
) -> None:
    assert refused(planned.ask("GET", path)) == code


def test_what_is_looked_at_and_empty_is_no_error(planned: Program) -> None:
    planned.work("/library")
    planned.work("/plan")

    assert planned.get("/library/shows") == []
    assert planned.get("/runs") == []
    assert planned.get("/runs/files")["items"] == []
    assert refused(planned.ask("GET", "/library/shows?start=1")) == (404, "not-there")
    assert refused(planned.ask("GET", "/runs/files?group=run-1")) == (404, "not-there")


def test_every_refusal_is_an_event(planned: Program, home: Path, tmp_path: Path) -> None:
    browser = planned.browser
    page = {"accept": "text/html"}  # whatever else a program says that it takes
    assert refused(browser.ask("GET", f"{BASE}/work", headers=page)) == (401, "token")
    assert refused(browser.ask("DELETE", f"{BASE}/work")) == (405, "method")
    assert refused(browser.ask("GET", f"{BASE}/work", headers={"host": "evil.example"})) == (421, "host")
    reader = Program(planned.browser.house, "read")
    assert refused(reader.ask("POST", "/apply")) == (403, "scope")
    only = Program(house_at(tmp_path, Rules(read_only=True)), "apply")
    assert refused(only.ask("POST", "/apply")) == (403, "read-only")


def test_a_file_of_the_library_is_named_with_its_sheet(planned: Program) -> None:
    planned.work("/library")

    assert refused(planned.ask("POST", "/rollback/preview", {"file": 1})) == (409, "sheet-unsaid")
    old = {"file": 1, "sheet": "1.0"}
    assert refused(planned.ask("POST", "/rollback/preview", old)) == (409, "replaced")


def test_the_whole_job_by_a_program(house: House, tmp_path: Path) -> None:
    source, library = tmp_path / "Downloads", tmp_path / "Library"
    write_sample(source)
    before = tree(source)
    program = Program(house, "apply")
    program.work("/plan")

    moves = program.get("/plan/moves?most=10")
    assert len(moves["items"]) == 10
    rest = program.get(f"/plan/moves?after={moves['next']}")
    for item in [*moves["items"], *rest["items"], *program.get("/plan/held")["items"]]:
        assert_published(item["record"])
    asked = program.get("/questions")
    question = next(i for i in asked["items"] if i["record"]["choices"])
    said = {"n": question["n"], "sheet": asked["sheet"]}
    assert program.ask("POST", "/answers", {**said, "choice": 0}).status == 202
    assert program.ask("POST", "/answers", {**said, "choice": 9}).status == 404
    assert program.ask("POST", "/answers", {"n": "one"}).status == 400
    assert program.ask("POST", "/rollback").status == 409

    program.work("/apply", seen(program, "plan"))
    assert len(tree(library)) == program.get("/work")["counts"]["done"] > 40
    (run,) = program.get("/runs")
    assert len(program.get(f"/runs/files?group={run['run']}&most=1000")["items"]) == run["files"]
    program.work("/verify", {"deep": True})
    assert program.get("/overview")["verify"]["amiss"] == 0
    program.work("/rollback/preview", {"run": run["run"]})
    assert len(program.get("/rollback/steps?most=1000")["items"]) == run["files"]
    program.work("/rollback", seen(program, "back"))
    assert not tree(library)
    assert tree(source) == before


def test_the_description_names_every_endpoint_and_every_record(browser: Browser) -> None:
    told = json.loads(browser.get(f"{BASE}/openapi.json").body)

    assert {(m.upper(), p) for p, ways in told["paths"].items() for m in ways} == {
        (e.method, e.path) for e in ENDPOINTS
    }
    named = set(_refs(told))
    assert named
    assert {name.rpartition("/")[2] for name in named} <= told["components"]["schemas"].keys()


def test_the_description_says_what_every_endpoint_hears(browser: Browser) -> None:
    told = json.loads(browser.get(f"{BASE}/openapi.json").body)

    for endpoint in ENDPOINTS:
        said = told["paths"][endpoint.path][endpoint.method.lower()].get("parameters", [])
        assert [one["name"] for one in said] == [one.name for one in endpoint.asks]
        assert all(one["description"] for one in said)
    asked = told["paths"]["/questions"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert {"sheet", "items", "next"} <= asked["properties"].keys()
    assert "answer" in asked["properties"]["items"]["items"]["properties"]
    assert {"sheet", "was", "n"} <= told["components"]["schemas"]["Reply"]["properties"].keys()


def _refs(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [v for k, v in value.items() if k == "$ref"] + [r for v in value.values() for r in _refs(v)]
    return [r for v in value for r in _refs(v)] if isinstance(value, list) else []
