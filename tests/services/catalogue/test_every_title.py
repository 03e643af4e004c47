"""`[G] TITLE - 01` goes to the entry that is called so, is asked about, or is a title that needs a person.

Over the titles of every entry of the shows that have several, but for romaji that a rule made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from anivault.core.matching.matcher import match_releases
from anivault.core.matching.releases import each
from anivault.core.matching.titles.normalize import normal_form
from anivault.core.models import Candidate, Decision, Entry, FileKind, ScannedFile
from anivault.core.pipeline.parser import parse_alone
from anivault.parser.read import default_reader
from anivault.services.catalogue.offline import Catalog

AMBIGUOUS = Path(__file__).parent / "ambiguous_titles.txt"
LANGUAGES = ("ja", "en", "ja-Latn", "zh-Hans", "zh-Hant")
YEAR = re.compile(r"\s*\((?:19|20)\d\d\)")
Named = tuple[Candidate, Entry, str]


def form(title: str) -> str:
    return normal_form(YEAR.sub("", title))


def is_another_s(show: Candidate, entry: Entry, title: str) -> bool:
    """Whether another entry of the show is called so too."""
    others = (other for other in show.entries if other.key != entry.key)
    return form(title) in {form(t.text) for other in others for t in other.titles}


def named(catalog: Catalog) -> Iterator[Named]:
    for (number,) in catalog._database.execute("SELECT id FROM shows"):
        show = catalog._candidate(number)
        for entry in show.entries if show.media_type == "tv" and len(show.entries) > 1 else ():
            for title in entry.titles:
                if title.main and title.language in LANGUAGES:
                    yield show, entry, title.text


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The titles that are filed, and as another entry than theirs."""
    folder = tmp_path_factory.mktemp("catalogue")
    catalog = Catalog.open(str(folder / "cache"), str(folder / "data"))
    asked = [item for item in named(catalog) if not is_another_s(*item)]
    names = (f"[G] {title.replace('/', '／')} - 01.mkv" for _, _, title in asked)
    reader = default_reader()
    files = [parse_alone(ScannedFile("", name, FileKind.VIDEO), reader) for name in names]
    found = match_releases(each(files), [catalog])
    catalog.close()

    assert len(asked) > 5000
    return {
        title
        for (show, entry, title), item in zip(asked, found, strict=True)
        if item.decision is Decision.MATCHED
        and (best := item.match.best)
        and (best.candidate.id, best.entry and best.entry.key) != (show.id, entry.key)
    }


def test_a_title_goes_to_its_entry_or_is_asked_about(elsewhere: set[str]) -> None:
    known = set(AMBIGUOUS.read_text(encoding="utf-8").splitlines())

    assert sorted(elsewhere - known) == []
    assert sorted(known - elsewhere) == []  # what is listed is ambiguous still
