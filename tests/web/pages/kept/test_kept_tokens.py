"""Tokens on the page: made and shown once, taken back, and told in words where the disk refuses them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from anivault.web.safety.tokens import PREFIX
from tests.web.conftest import Browser

PATH = "/settings/token"
READ = {"name": "phone", "scope": "read"}


def test_a_token_is_shown_once_and_opens_what_it_says(inside: Browser) -> None:
    page = inside.post(PATH, READ).text
    (made,) = set(re.findall(rf"{PREFIX}[\w-]+", page))

    assert inside.house.tokens.scopes(made) == frozenset({"read"})
    assert made not in inside.get("/settings").text


def test_a_token_that_is_taken_back_opens_nothing(inside: Browser) -> None:
    (made,) = set(re.findall(rf"{PREFIX}[\w-]+", inside.post(PATH, READ).text))
    answer = inside.post(PATH, {"name": "phone", "remove": "1"})

    assert answer.headers["location"] == "/settings"
    assert inside.house.tokens.scopes(made) is None


@pytest.mark.parametrize(
    "fields",
    [{"name": "", "scope": "read"}, {"name": "  ", "scope": "read"}, {"name": "phone", "scope": "root"}, {}],
)
def test_a_token_without_a_name_or_with_a_scope_of_its_own_is_not_made(
    inside: Browser, fields: dict[str, str]
) -> None:
    assert "A token needs a name" in inside.post(PATH, fields).text
    assert inside.house.tokens.listed() == []


@pytest.mark.parametrize("fields", [READ, {"name": "phone", "remove": "1"}], ids=["make", "take back"])
def test_a_disk_that_refuses_tokens_is_told_in_words(
    inside: Browser, home: Path, fields: dict[str, str]
) -> None:
    (home / "config").rename(home / "elsewhere") if (home / "config").exists() else None
    (home / "config").write_text("a file where the folder should be")
    answer = inside.post(PATH, fields)

    assert answer.status == 409
    assert "web-tokens.json" in answer.text
