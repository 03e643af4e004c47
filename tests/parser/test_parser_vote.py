"""Several readings of one name settle it field by field."""

from __future__ import annotations

from anivault.parser.models import SURE, ParseResult, VideoType
from anivault.parser.vote import settle


def reading(engine: str, title: str | None, *episodes: int, **fields: object) -> ParseResult:
    titles = (title,) if title else ()
    return ParseResult(title=title, titles=titles, episodes=episodes, engine=engine, **fields)  # type: ignore[arg-type]


OWN = reading("rules", "Star", 5, said={"title": "rule:title", "episodes": "rule:episode"})


def test_readings_that_agree_leave_no_doubt() -> None:
    settled = settle(OWN, [reading("a", "STAR!", 5), reading("b", "star", 5)])

    assert (settled.title, settled.episodes, settled.confidence) == ("Star", (5,), SURE)
    assert settled.engine == "rules+a+b"


def test_two_engines_do_not_overrule_the_rules_but_lower_the_confidence() -> None:
    settled = settle(OWN, [reading("a", "Star", 7), reading("b", "Star", 7)])

    assert settled.episodes == (5,)
    assert settled.confidence < SURE


def test_three_engines_that_agree_overrule_the_rules_and_say_so() -> None:
    settled = settle(OWN, [reading(name, "Star", 7) for name in "abc"])

    assert settled.episodes == (7,)
    assert settled.said["episodes"] == "a"
    assert settled.said["title"] == "rule:title"


def test_three_that_find_nothing_overrule_too() -> None:
    settled = settle(OWN, [reading(name, "Star 5") for name in "abc"])

    assert (settled.title, settled.episodes) == ("Star 5", ())


def test_more_disagreement_means_less_confidence() -> None:
    one = settle(OWN, [reading("a", "Star", 7), reading("b", "Star", 5)])
    two = settle(OWN, [reading("a", "Sun", 7), reading("b", "Star", 5)])

    assert two.confidence < one.confidence < SURE


def test_a_field_only_an_engine_has_is_filled_and_named() -> None:
    settled = settle(OWN, [reading("a", "Star", 5), reading("b", "Star", 5, group="Moon")])

    assert (settled.group, settled.said["group"]) == ("Moon", "b")


def test_several_episodes_get_no_kind_from_an_engine() -> None:
    batch = reading("rules", "Star", 1, 12)

    settled = settle(batch, [reading("a", "Star", 1, 12, type=VideoType.OVA)])

    assert settled.type is None
    assert settle(OWN, [reading("a", "Star", 5, type=VideoType.OVA)]).type is VideoType.OVA


def test_agreement_does_not_make_a_guess_certain() -> None:
    guess = reading("rules", "Star", 5, confidence=0.8)

    assert 0.8 < settle(guess, [reading("a", "Star", 5)]).confidence < SURE
