"""What AniVault says to type can be typed, and does what it says; what was mistyped is understood."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

from anivault.shared import errors
from tests.conftest import Run
from tests.typed import assert_typable, commands_in

NAMES = [
    "[SubsPlease] Sousou no Frieren - 01 (1080p).mkv",
    "Shaman King - 01.mkv",
    "Nobody Knows This - 03.mkv",
]
PLACES = [
    "plain",
    "two words",
    'it\'s $HOME `x` "q" \\ ! #',
    "two\nlines",
    "colour \x1b[31m",
    "caf\udce9",
    "ü 木",
]


@pytest.fixture(params=PLACES, ids=ascii)
def there(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    home = tmp_path / str(request.param)
    source = home / "dl"
    source.mkdir(parents=True)
    for name in NAMES:
        (source / name).write_bytes(name.encode())
    return home


def hinted(run: Run, *words: str | Path) -> list[str]:
    """Run it, and return the last command that it says to type."""
    done = run(*words)
    assert_typable(done.err)
    return list(commands_in(done.err))[-1]


def test_what_is_said_to_be_typed_does_it(run: Run, there: Path) -> None:
    """From the first preview through the library and back, by hints alone."""
    library = there / "lib"
    do = hinted(run, "organize", there / "dl", "--to", library)
    assert not library.exists()
    back = hinted(run, *do)
    assert len(list(library.rglob("*.mkv"))) == 1
    assert_typable(run("organize", there / "dl", "--to", library, "--preset", "plex").err)
    renaming = hinted(run, "rename", library, "--preset", "plex")
    assert run(*renaming).code in {0, 10}
    assert run("history", library, "--json").of("summary")[0]["counts"]["runs"] == 2
    assert run(*back).code in {0, 10}
    assert_typable(run("rollback", library, "--only", "nope").err)


def test_a_plan_that_is_written_is_done_as_it_says(run: Run, there: Path) -> None:
    words = ["organize", str(there / "dl"), "--to", str(there / "lib"), "--plan", str(there / "plan.json")]
    do = hinted(run, *words)

    assert run(*do).code in {0, 10}
    assert len(list((there / "lib").rglob("*.mkv"))) == 1


def test_pins_name_the_library_that_they_are_in(run: Run, there: Path) -> None:
    library = there / "lib"
    library.mkdir()
    done = run("pin", "Nobody Knows This", "tmdb:30991", "--season", "1", "--to", library)
    gone = run("unpin", "Nobody Knows This", "--to", library)

    assert list(commands_in(done.err)) == list(commands_in(gone.err)) == [["rename", str(library)]]
    assert done.out.startswith("Pinned, in ")
    assert gone.out.startswith("No longer pinned, in ")
    assert run("unpin", "Nobody Knows This", "--to", library).code == 64


def test_pins_say_that_a_library_is_to_be_named_where_none_is_known(run: Run) -> None:
    done = run("pin", "Nobody Knows This", "tmdb:30991", "--season", "1")

    assert list(commands_in(done.err)) == [["rename", "LIB"]]


def test_a_folder_that_looks_like_an_option_is_no_option(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "-dash").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        Path("-dash", name).write_bytes(name.encode())
    shown = run("organize", "--to", "lib", "--", "-dash")
    pins = [words for words in commands_in(shown.out.replace("?  ", ": ")) if words[0] == "pin"]

    assert {run(*words).code for words in pins} == {0}
    assert run(*list(commands_in(shown.err))[-1]).code in {0, 10}
    assert list(Path("lib").rglob("*.mkv"))


def made(kind: type[errors.AniVaultError]) -> errors.AniVaultError:
    """An error of this kind about something with a name that a shell must not read."""
    values: dict[str, Any] = {
        "str": "/it's here", "int": 2, "list[str]": ["one"], "OSError": OSError(28, "No space left", "/x")
    }  # fmt: skip
    parameters = list(inspect.signature(kind).parameters.values())
    return kind(*(values[p.annotation] for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD))


KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.AniVaultError)
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_says_what_can_be_typed(kind: type[errors.AniVaultError]) -> None:
    error = made(kind)

    assert str(error)
    assert_typable(error.hint)
    assert "LIB" not in error.hint.split()


@pytest.mark.parametrize(
    ("words", "code", "meant"),
    [
        ("organize {0} --to {0}/../lib --preset Plex", 40, "Did you mean plex?"),
        ("organize {0} --to {0}/../lib --preset jelyfin", 40, "Did you mean jellyfin?"),
        ("rename {0} --preset KODI", 40, "Did you mean kodi?"),
        ("config preview {0} --preset embi", 40, "Did you mean emby?"),
        ("organize {0} --to {0}/../lib --mode Hardlink", 2, "Did you mean hardlink?"),
        ("organize {0} --to {0}/../lib --mode coppy", 2, "Did you mean copy?"),
        ("organize {0} --to {0}/../lib --on-conflict HOLD", 2, "Did you mean hold?"),
        ("scan {0} --parser Anitopy", 45, "Did you mean anitopy?"),
        ("match {0} --provider TMDB", 45, "Did you mean tmdb?"),
        ("match {0} --provider katalog", 45, "Did you mean catalog?"),
        ("Organize {0}", 2, "Did you mean organize?"),
        ("ORGANISE {0}", 2, "Did you mean organize?"),
        ("catalog SHOW", 2, "Did you mean show?"),
        ("scan {0} --jsn", 2, "--json"),
    ],
)
def test_what_was_mistyped_is_understood(run: Run, tmp_path: Path, words: str, code: int, meant: str) -> None:
    (tmp_path / "dl").mkdir()
    done = run(*words.format(tmp_path / "dl").split())

    assert (done.code, meant in done.err) == (code, True), done.err


@pytest.mark.parametrize(
    "words", ["scan", "organize --nope", "catalog import", "pin x", "nope", "catalog nope"]
)
def test_a_usage_error_names_the_command_and_its_help(run: Run, words: str) -> None:
    done = run(*words.split(), "--json")
    command = " ".join(["anivault", *words.split()[: {"catalog import": 2}.get(words, 1)]])
    command = "anivault" if words == "nope" else command

    (event,) = done.events
    assert (done.code, event["exit_code"], event["code"]) == (2, 2, "usage")
    assert event["message"].startswith(f"{command}: ")
    assert event["message"].endswith(" Nothing was done.")
    assert f"Usage: {command} [OPTIONS]" in done.err
    assert event["hint"] == f"Try '{command} --help' for help."


def test_a_bug_is_an_event_too(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a mistake of ours")

    monkeypatch.setattr("anivault.cli.scan_handler.handle", broken)
    (event,) = run("scan", tmp_path, "--json").events

    assert (event["event"], event["code"], event["exit_code"]) == ("error", "bug", 70)
    assert "ZeroDivisionError: a mistake of ours" in event["message"]
