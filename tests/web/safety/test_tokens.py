"""A token lets a program do what it was made for, until it is taken back; only its digest is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from anivault.web.safety.tokens import MOST, PREFIX, Tokens

READ = frozenset({"read"})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "web-tokens.json"


@pytest.mark.parametrize(
    ("scope", "may"),
    [("read", {"read"}), ("plan", {"read", "plan"}), ("apply", {"read", "plan", "apply"})],
)
def test_a_token_may_what_it_was_made_for_and_less(file: Path, scope: str, may: set[str]) -> None:
    token = Tokens(file).make("box", scope)

    assert Tokens(file).scopes(token) == frozenset(may)


@pytest.mark.parametrize("wrong", ["", PREFIX, "avt_x", "\udcff"])
def test_other_words_open_nothing(file: Path, wrong: str) -> None:
    tokens = Tokens(file)
    tokens.make("box", "apply")

    assert tokens.scopes(wrong) is None


def test_the_file_has_no_token_in_it_and_is_its_owners_alone(file: Path) -> None:
    token = Tokens(file).make("box", "read")

    assert token.removeprefix(PREFIX) not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0


def test_a_new_token_of_a_name_ends_the_old_one(file: Path) -> None:
    tokens = Tokens(file)
    old, other = tokens.make("box", "apply"), tokens.make("phone", "read")
    new = tokens.make("box", "read")

    assert tokens.scopes(old) is None
    assert tokens.scopes(new) == tokens.scopes(other) == READ


def test_a_token_that_was_taken_back_opens_nothing_and_the_others_still_do(file: Path) -> None:
    tokens = Tokens(file)
    box, phone = tokens.make("box", "apply"), tokens.make("phone", "read")
    tokens.remove("box")

    assert (tokens.scopes(box), tokens.scopes(phone)) == (None, READ)


def test_of_too_many_the_oldest_goes(file: Path) -> None:
    tokens = Tokens(file)
    made = [tokens.make(f"program {n}", "read") for n in range(MOST + 1)]

    assert tokens.scopes(made[0]) is None
    assert all(tokens.scopes(token) for token in made[1:])


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"name": "box", "scope": "all", "digest": "x"}]'])
def test_a_damaged_file_lets_nobody_in(file: Path, text: str) -> None:
    tokens = Tokens(file)
    token = tokens.make("box", "apply")
    file.write_text(text)

    assert tokens.scopes(token) is None


def test_a_scope_that_does_not_exist_may_nothing(file: Path) -> None:
    tokens = Tokens(file)
    token = tokens.make("box", "read")
    file.write_text(file.read_text().replace('"read"', '"root"'))

    assert tokens.scopes(token) is None
