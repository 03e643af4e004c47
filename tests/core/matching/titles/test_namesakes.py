"""Shows that share a title, or a piece of one, are told apart by what the name says, or asked about."""

from __future__ import annotations

from typing import Any

from anivault.core.matching.matcher import match_releases
from anivault.core.matching.releases import group
from anivault.core.models import Candidate, Decision, MatchedFile, ParsedFile
from tests.core.matching.makers import Shelf, entry, file, show

OLD = show(1, entry("Natsu ½", "Natsu", count=18, begin="1989-04-01"))
NEW = show(
    2,
    entry("Natsu ½ (2024)", "Natsu", begin="2024-10-06"),
    entry("Natsu ½ 2nd Season", begin="2025-10-05", offset=12),
)
ROOT = show(3, entry("Fuyu/owari night", count=24, begin="2006-01-07"))
WORKS = show(
    4,
    entry("Fuyu/owari night [Endless Snow]", begin="2014-10-05"),
    entry("Fuyu/owari night [Endless Snow] 2nd Season", begin="2015-04-05", season=2, offset=0),
)


def best(*files: ParsedFile, of: tuple[Candidate, ...]) -> MatchedFile:
    return match_releases(group(files), [Shelf(*of)])[0]


def run(title: str, last: int, **said: Any) -> list[ParsedFile]:
    return [file(title, episodes=[n], **said) for n in range(1, last + 1)]


def test_numbers_that_both_namesakes_have_tell_neither() -> None:
    shared = best(*run("Natsu", 13), of=(OLD, NEW))

    assert shared.decision is Decision.AMBIGUOUS
    assert "which?" in shared.reasons[0]
    assert best(*run("Natsu", 12), of=(OLD, NEW)).decision is Decision.AMBIGUOUS


def test_all_the_numbers_of_one_namesake_and_a_year_tell_it() -> None:
    whole = best(*run("Natsu", 18), of=(OLD, NEW))
    dated = best(*run("Natsu", 13, year=2024), of=(OLD, NEW))

    assert (whole.decision, whole.match.ranked[0].candidate.id) == (Decision.MATCHED, 1)
    assert (dated.decision, dated.match.ranked[0].candidate.id) == (Decision.MATCHED, 2)


def test_a_number_that_only_one_namesake_has_tells_it() -> None:
    short = show(5, entry("Natsu", begin="2024-10-06"))

    assert best(file("Natsu", episodes=[15]), of=(OLD, short)).match.ranked[0].candidate.id == 1
    assert best(file("Natsu", episodes=[15]), of=(OLD, short)).decision is Decision.MATCHED


def test_a_title_that_is_known_whole_is_not_another_show_s_by_a_piece_of_it() -> None:
    files = run("Fuyuowari night [Endless Snow]", 24, folder_titles=("Fuyuowari night",))
    found = best(*files, of=(ROOT, WORKS))

    assert found.match.ranked[0].candidate.id == 4
    assert found.decision is Decision.MATCHED
    assert found.match.ranked[0].score.parts.get("agreement", 1.0) == 1.0  # the folder's is cut short


def test_a_piece_names_its_show_where_nobody_knows_the_whole() -> None:
    found = best(*run("Fuyuowari night [Some Words]", 24), of=(ROOT, WORKS))

    assert found.match.ranked[0].candidate.id == 3


def test_a_number_behind_a_title_is_no_piece_that_leaves_something_out() -> None:
    first = show(6, entry("Angel"), entry("Angel 2nd Season", begin="2016-04-01", season=2))
    ranked = best(file("Angel 2", episodes=[9]), of=(first, show(7, entry("Angel II")))).match.ranked

    assert [r.candidate.id for r in ranked] == [7, 6]
    assert ranked[1].score.value > 0.95


def test_a_first_season_tells_no_namesakes_apart() -> None:
    called_second = show(5, entry("Natsu", "Natsu 2nd Season", begin="2006-10-05"))
    first = show(6, entry("Natsu", begin="2002-01-31"))
    found = best(file("Natsu", episodes=[1], season=1), of=(called_second, first))

    assert found.decision is Decision.AMBIGUOUS


def test_a_number_that_only_the_less_like_title_has_itself_decides_nothing() -> None:
    less_like = show(7, entry("The Haru", count=50, begin="1979-04-04"))
    exact = show(
        8, entry("Haru", count=13), entry("Haru Season 2", season=2, offset=0, begin="2016-04-01", count=12)
    )

    assert best(file("Haru", episodes=[17]), of=(less_like, exact)).decision is Decision.AMBIGUOUS
