"""An old catalogue is mentioned once, with the command that makes it new."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from anivault.services.catalogue.added import stale
from anivault.services.catalogue.added.imports import ImportInfo, keep_import
from tests.conftest import Run

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def old(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stale, "OLD", timedelta(days=120))


def bring(kind: str, day: date) -> None:
    facts = {"home": "", "licence": "", "version": "", "file": "", "sha256": ""}
    keep_import(ImportInfo(kind=kind, imported=day.isoformat(), entries=0, **facts), [])


def test_an_old_catalogue_is_mentioned_once() -> None:
    late = stale.known_until() + 121 * DAY

    assert "anivault catalog update" in stale.mention(late)
    assert stale.mention(late) == ""


def test_a_new_catalogue_is_not_mentioned() -> None:
    assert stale.mention(stale.known_until() + 119 * DAY) == ""


def test_a_newer_list_makes_it_new_and_its_age_is_told_again() -> None:
    late = stale.known_until() + 121 * DAY
    stale.mention(late)
    bring("bangumi-data", late)

    assert stale.mention(late + DAY) == ""
    assert "anivault catalog update" in stale.mention(late + 121 * DAY)


def test_a_list_that_brings_no_shows_makes_nothing_new() -> None:
    late = stale.known_until() + 121 * DAY
    bring("anidb-titles", late)

    assert stale.mention(late)


def test_a_run_says_it_to_people_and_the_next_one_does_not(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Cowboy Bebop - 01.mkv").touch()
    monkeypatch.setattr(stale, "OLD", timedelta(0))
    first, second = run("match", tmp_path, "--json"), run("match", tmp_path)

    assert "catalog update" in first.err
    assert [e["text"] for e in first.of("notice") if "catalog update" in e["text"]]
    assert "catalog update" not in second.out + second.err
