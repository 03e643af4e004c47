"""Hard names against the catalogue that ships: what is filed is right, and what cannot be known is held."""

from __future__ import annotations

from pathlib import Path

import pytest

from anivault.core.matching.matcher import match_releases
from anivault.core.matching.releases import each
from anivault.core.models import Decision, FileKind, MatchedFile, ScannedFile
from anivault.core.pipeline.parser import parse_alone
from anivault.services.catalogue.offline import Catalog

LINES = (Path(__file__).parent / "tables/hard_cases.tsv").read_text(encoding="utf-8").splitlines()
CASES = [tuple(line.split("\t")) for line in LINES if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, MatchedFile]:
    catalog = Catalog.open(str(tmp_path_factory.mktemp("cache")), str(tmp_path_factory.mktemp("data")))
    files = [parse_alone(ScannedFile("", path, FileKind.VIDEO)) for _, _, path in CASES]
    matched = {m.file.rel: m for m in match_releases(each(files), [catalog])}
    catalog.close()
    return matched


def told(file: MatchedFile) -> str:
    """The best guess as the table writes it."""
    best = file.match.best
    show = f"{best.candidate.media_type}/{best.candidate.id}" if best else ""
    return " ".join([show, *(f"S{c.season:02}E{c.episode:02}" for c in file.coordinates)])


def test_there_are_enough_hard_cases() -> None:
    assert len(CASES) >= 200
    assert len({path for _, _, path in CASES}) == len(CASES)


@pytest.mark.parametrize(("verdict", "expected", "path"), CASES, ids=[path for _, _, path in CASES])
def test_a_hard_name_is_filed_right_or_held(
    verdict: str, expected: str, path: str, verdicts: dict[str, MatchedFile]
) -> None:
    file = verdicts[path]
    filed = file.decision is Decision.MATCHED

    if verdict == "held":
        assert not filed, told(file)
    else:
        assert told(file) == expected
        assert filed or verdict == "right", file.reasons
