"""What a torrent client has stays where it is, and what belongs to it stays too."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.causes import Cause
from anivault.core.models import HeldReason, Identity, Mode, Move, Plan
from anivault.core.planning.seeding import of_none, spare

WHAT = Identity(1, 1)


def move(name: str, video: str | None = None, mode: Mode = Mode.MOVE) -> Move:
    return Move(root="/in", rel=name, target=f"Show/{name}", mode=mode, identity=WHAT, video=video)


def plan(*moves: Move, mode: Mode = Mode.MOVE) -> Plan:
    return Plan(library="/lib", roots=("/in",), preset="-", mode=mode, moves=moves)


@dataclass
class Client:
    """A torrent client that has these files; it notes what it was asked."""

    files: frozenset[str]
    asked: list[str] = field(default_factory=list)

    def __call__(self, path: str) -> str:
        self.asked.append(path)
        return "Natsu 01-12" if path in self.files else ""


def test_what_a_torrent_has_is_held_with_its_name_and_place() -> None:
    made = spare(plan(move("1.mkv"), move("2.mkv")), Client(frozenset({"/in/1.mkv"})))

    (held,) = made.held
    assert [one.rel for one in made.moves] == ["2.mkv"]
    assert (held.rel, held.reason, held.cause) == ("1.mkv", HeldReason.SEEDING, Cause.OF_A_TORRENT)
    assert (held.facts, held.place) == ({"torrent": "Natsu 01-12"}, "Show/1.mkv")


def test_what_belongs_to_a_video_that_stays_stays_too() -> None:
    subtitle = move("1.ass", video="Show/1.mkv")
    font = move("font.ttf", video="Show/1.ass")
    other = move("2.ass", video="Show/2.mkv")
    made = spare(plan(move("1.mkv"), subtitle, font, move("2.mkv"), other), Client(frozenset({"/in/1.mkv"})))

    assert [one.rel for one in made.moves] == ["2.mkv", "2.ass"]
    told = {held.rel: (held.reason, held.cause, held.facts) for held in made.held[1:]}
    assert told == {
        "1.ass": (HeldReason.NO_VIDEO, Cause.VIDEO_STAYS, {"video": "1.mkv"}),
        "font.ttf": (HeldReason.NO_VIDEO, Cause.VIDEO_STAYS, {"video": "1.ass"}),
    }


@pytest.mark.parametrize("mode", [mode for mode in Mode if mode is not Mode.MOVE])
def test_links_and_copies_take_nothing_from_a_torrent_so_nobody_is_asked(mode: Mode) -> None:
    client = Client(frozenset({"/in/1.mkv"}))
    made = plan(move("1.mkv", mode=mode), mode=mode)

    assert spare(made, client) == made
    assert client.asked == []


def test_what_was_held_before_is_held_still() -> None:
    first = spare(plan(move("1.mkv"), move("2.mkv")), Client(frozenset({"/in/1.mkv"})))
    second = spare(first, Client(frozenset({"/in/2.mkv"})))

    assert [held.rel for held in second.held] == ["1.mkv", "2.mkv"]
    assert second.moves == ()


def test_without_a_client_a_plan_is_what_it_was() -> None:
    made = plan(move("1.mkv"))

    assert spare(made, of_none) is made


@given(st.sets(st.integers(0, 9)), st.lists(st.integers(0, 9), max_size=10))
def test_every_file_goes_or_is_held_and_none_goes_without_its_video(
    seeded: set[int], subtitles: list[int]
) -> None:
    moves = [move(f"{n}.mkv") for n in range(10)]
    moves += [move(f"{n} {k}.ass", video=f"Show/{n}.mkv") for k, n in enumerate(subtitles)]
    made = spare(plan(*moves), Client(frozenset(f"/in/{n}.mkv" for n in seeded)))

    assert sorted([*(m.rel for m in made.moves), *(h.rel for h in made.held)]) == sorted(m.rel for m in moves)
    gone = {one.target for one in made.moves}
    assert all(one.video in gone for one in made.moves if one.video)
    assert {held.rel for held in made.held if held.reason is HeldReason.SEEDING} == {
        f"{n}.mkv" for n in seeded
    }
