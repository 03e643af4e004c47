"""The key is found where it may be, refused where others can read it, and shown nowhere."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from anivault.services.secrets import Secret, find_key
from anivault.shared.errors import TmdbKeyError


def found(folder: Path, **environment: str) -> str | None:
    key = find_key(folder, environment)
    return key.reveal() if key else None


def keyring(password: str | None, error: bool = False) -> dict[str, ModuleType]:
    """A keyring package with one entry, or one that has no backend."""
    package, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    package.__spec__ = sys.__spec__
    errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]

    def get_password(service: str, user: str) -> str | None:
        if error:
            raise errors.KeyringError
        return password if (service, user) == ("anivault", "tmdb") else None

    package.get_password = get_password  # type: ignore[attr-defined]
    return {"keyring": package, "keyring.errors": errors}


def write(folder: Path, text: str, mode: int = 0o600) -> None:
    (folder / "tmdb.key").write_text(text)
    (folder / "tmdb.key").chmod(mode)


def test_the_environment_comes_first_and_the_own_variable_before_the_common_one(tmp_path: Path) -> None:
    write(tmp_path, "from-the-file")

    assert found(tmp_path, ANIVAULT_TMDB_KEY="own-variable", TMDB_API_KEY="common-variable") == "own-variable"
    assert found(tmp_path, ANIVAULT_TMDB_KEY="", TMDB_API_KEY="common-variable") == "common-variable"
    assert found(tmp_path) == "from-the-file"


def test_the_keyring_comes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "from-the-file")
    for name, module in keyring("from-the-keyring").items():
        monkeypatch.setitem(sys.modules, name, module)

    assert found(tmp_path) == "from-the-keyring"


def test_a_keyring_that_does_not_work_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "from-the-file")
    for name, module in keyring(None, error=True).items():
        monkeypatch.setitem(sys.modules, name, module)

    assert found(tmp_path) == "from-the-file"


def test_where_there_is_none_there_is_none(tmp_path: Path) -> None:
    assert found(tmp_path) is None
    write(tmp_path, " \n")
    assert found(tmp_path) is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    write(tmp_path, "from-the-file", mode)
    with pytest.raises(TmdbKeyError, match="chmod 600"):
        find_key(tmp_path, {})


@pytest.mark.parametrize("text", ["two words here", "short", "line\nbreak: x", "ключключключ", "x" * 3000])
def test_what_cannot_be_a_key_is_refused_without_being_shown(tmp_path: Path, text: str) -> None:
    with pytest.raises(TmdbKeyError) as refused:
        find_key(tmp_path, {"ANIVAULT_TMDB_KEY": text})

    assert text not in str(refused.value)


def test_a_server_in_tmdb_s_place_may_have_any_key(tmp_path: Path) -> None:
    named = {"ANIVAULT_TMDB_KEY": "any", "ANIVAULT_TMDB_URL": "http://127.0.0.1:8080/3"}
    found = find_key(tmp_path, named)

    assert found
    assert found.reveal() == "any"
    with pytest.raises(TmdbKeyError):
        find_key(tmp_path, named | {"ANIVAULT_TMDB_KEY": "two words"})


def test_a_secret_shows_itself_nowhere() -> None:
    secret = Secret("canary-canary")

    assert "canary" not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal() == "canary-canary"
