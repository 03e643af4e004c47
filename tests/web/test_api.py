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
    first, *others = (item["n"] for item in program.get("/questions")["items"])

    answer = program.ask("POST", "/answers", {"n": first, "choice": 0})
    assert (answer.status, json.loads(answer.body)["settled"]) == (202, others)
    assert len(others) == 2


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
    question = next(i for i in program.get("/questions")["items"] if i["record"]["choices"])
    assert program.ask("POST", "/answers", {"n": question["n"], "choice": 0}).status == 202
    assert program.ask("POST", "/answers", {"n": question["n"], "choice": 9}).status == 404
    assert program.ask("POST", "/answers", {"n": "one"}).status == 400
    assert program.ask("POST", "/rollback").status == 409

    program.work("/apply")
    assert len(tree(library)) == program.get("/work")["counts"]["done"] > 40
    (run,) = program.get("/runs")
    assert len(program.get(f"/runs/files?group={run['run']}&most=1000")["items"]) == run["files"]
    program.work("/verify", {"deep": True})
    assert program.get("/overview")["verify"]["amiss"] == 0
    program.work("/rollback/preview", {"run": run["run"]})
    assert len(program.get("/rollback/steps?most=1000")["items"]) == run["files"]
    program.work("/rollback")
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


def _refs(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [v for k, v in value.items() if k == "$ref"] + [r for v in value.values() for r in _refs(v)]
    return [r for v in value for r in _refs(v)] if isinstance(value, list) else []
