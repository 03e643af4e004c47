"""The documents say what the program does: the session is replayed, every command and option exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from anivault.cli.app import app
from anivault.shared import errors
from anivault.shared.exits import BUG
from tests.conftest import Run

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
DOCUMENTS += sorted((ROOT / "docs/guide").glob("*.md"))
NAMES = [
    "[SubsPlease] Sousou no Frieren - 01 (1080p).mkv",
    "[SubsPlease] Sousou no Frieren - 01 (1080p).en.ass",
    "[SubsPlease] Sousou no Frieren - 02 (1080p).mkv",
    "[SubsPlease] Sousou no Frieren - 02v2 (1080p).mkv",
    "IMG_2041.MOV",
    *(f"Shaman King/Shaman King - {number:02}.mkv" for number in range(1, 5)),
]


def session() -> list[tuple[list[str], list[str]]]:
    """The commands of the README's session, each with the lines below it."""
    block = (ROOT / "README.md").read_text().partition("## A session\n\n```\n")[2].partition("```")[0]
    steps = [step.strip().splitlines() for step in block.split("$ anivault ")[1:]]
    return [(shlex.split(step[0]), step[1:]) for step in steps]


def told(text: str, home: Path) -> list[str]:
    """What was printed, without what differs from run to run; the two streams have no common order."""
    text = (
        re.sub(r"\d{8}-\d{6}", "RUN", text).replace(str(home), "/home/you").replace("/config/", "/.config/")
    )
    return sorted(re.sub(r"[\d.]+ MB", "MB", text).splitlines())


def arrive(home: Path) -> None:
    """Put there what the documents' sessions begin with."""
    for name in NAMES:
        (home / "Downloads" / name).parent.mkdir(parents=True, exist_ok=True)
        (home / "Downloads" / name).write_text(name)


def test_the_session_of_the_readme_is_what_happens(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(home)
    monkeypatch.chdir(home)
    for words, lines in session():
        done = run(*words)
        printed, written = told(done.out + done.err, home), told("\n".join(lines), home)

        if "  ..." in lines:
            assert set(written) - {"  ..."} <= set(printed)
        else:
            assert written == printed


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_says_to_type_can_be_typed_in_that_order(
    run: Run, home: Path, document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(home)
    monkeypatch.chdir(home)
    for block in re.findall(r"```console\n(.*?)```", document.read_text(), re.DOTALL):
        for typed in re.findall(r"^\$ anivault (.*)$", block, re.MULTILINE):
            done = run(*shlex.split(typed))
            assert done.code in {0, 10}, (typed, done.err)
            assert "Nothing to" not in done.out + done.err, typed  # each has something to do


def anchors(document: Path) -> set[str]:
    """What a link may name behind # in a document."""
    titles = re.findall(r"^#+ (.*)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        name, _, anchor = link.partition("#")
        if ":" in name:
            continue
        there = (document.parent / name) if name else document
        assert there.exists(), link
        assert not anchor or anchor in anchors(there), link


def test_every_page_of_docs_is_in_the_site() -> None:
    pages = {str(path.relative_to(ROOT / "docs")) for path in DOCUMENTS if "docs" in path.parts}

    assert pages == set(re.findall(r'"([\w/-]+\.md)"', (ROOT / "zensical.toml").read_text()))


def commands(at: object, names: tuple[str, ...] = ()) -> dict[str, set[str]]:
    """Every command by its words, with its options."""
    inside = getattr(at, "commands", None)
    if not inside:
        return {" ".join(names): {opt for p in at.params for opt in p.opts}}  # type: ignore[attr-defined]
    found = {" ".join(names): {"--help", "--version", "--install-completion", "--show-completion"}}
    for name, command in inside.items():
        found |= commands(command, (*names, name))
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_and_option_in_a_document_exists(document: Path) -> None:
    known = commands(get_command(app))
    for typed in re.findall(r"(?:`|^\$ |run )anivault ([^`\n]+)", document.read_text(), re.MULTILINE):
        words = re.split(r"[ ,]+", typed)
        name = next((n for n in (" ".join(words[:2]), words[0], "") if n in known), "")

        assert name or words[0].startswith("-"), typed
        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known[name] | {
            "--help"
        }, typed


def test_every_error_has_a_code_and_an_exit_code_of_its_own() -> None:
    kinds = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and kind.__mro__[1:2] != (Exception,)
    ]
    failures = [kind for kind in kinds if issubclass(kind, errors.AniVaultError)]

    assert len({kind.code for kind in failures}) == len(failures)
    assert len({kind.exit_code for kind in failures}) == len(failures)
    assert all(kind.exit_code in {2, 130} or 20 < kind.exit_code < SHELLS for kind in failures)
    assert BUG not in {kind.exit_code for kind in failures}


SHELLS = 126  # from here on an exit code is the shell's own, or says which signal ended a program
