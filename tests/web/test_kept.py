"""What is kept, on the page: pins are made and changed there, and files left out for good."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

pytest.importorskip("starlette")

from anivault.core.matching.pins import Pin, add, load
from anivault.services.remembered import ignored
from anivault.shared.settings import load as load_settings
from anivault.shared.settings import user_config_path
from tests.web.conftest import Browser
from tests.web.test_whole_job import show_of, work


def pins_of(folder: Path) -> tuple[Pin, ...]:
    return load(folder / "Library/.anivault/pins.toml")


def written(pin: Pin) -> str:
    return msgspec.json.encode(pin).decode()


def test_a_title_is_pinned_on_the_page(inside: Browser, tmp_path: Path) -> None:
    fields = {"what": "Toradora!", "show": "tmdb:31911", "season": "1", "offset": "-2", "episodes": "3-4"}

    assert inside.post("/settings/pin", fields).status == 303
    assert pins_of(tmp_path) == (
        Pin(id="tmdb:31911", title="Toradora!", season=1, offset=-2, episodes="3-4"),
    )
    assert "tmdb:31911, season 1, numbers -2, only 3-4" in inside.get("/settings").text


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"what": "", "show": "tmdb:1"}, "a pin is for"),
        ({"what": "Toradora!", "show": ""}, "names no show"),
        ({"what": "Toradora!", "show": "tmdb:31911", "season": "9"}, "no season 9"),
        ({"what": "Toradora!", "show": "tmdb:31911", "season": "1", "episodes": "4-3"}, "as 13-24"),
        ({"what": "/etc", "show": "tmdb:31911"}, "outside"),
    ],
)
def test_a_pin_that_says_too_little_is_refused_with_why(
    inside: Browser, tmp_path: Path, fields: dict[str, str], why: str
) -> None:
    answer = inside.post("/settings/pin", fields)

    assert (answer.status, why in answer.text) == (409, True)
    assert pins_of(tmp_path) == ()


def test_a_pin_is_changed_and_stays_for_what_it_was(inside: Browser, tmp_path: Path) -> None:
    file = tmp_path / "Library/.anivault/pins.toml"
    mine = Pin(id="tmdb:31911", title="Toradora!", group="Coalgirls", episodes="1-3", season=1, extra=False)
    other = Pin(id="tmdb:30991", title="Cowboy Bebop")
    for pin in (mine, other):
        add(file, pin)
    changed = {"pin": written(mine), "show": "tmdb:31911", "season": "0", "offset": "1", "episodes": "2"}

    assert inside.post("/settings/repin", changed).status == 303
    new = Pin(id="tmdb:31911", title="Toradora!", group="Coalgirls", episodes="2", season=0, offset=1)
    assert set(pins_of(tmp_path)) == {other, new}


@pytest.mark.parametrize(
    ("pin", "show"),
    [("", "tmdb:1"), ("{", "tmdb:1"), ("[1]", "tmdb:1"), (written(Pin(id="tmdb:1", title="X")), "tmdb:1")],
)
def test_a_pin_that_is_not_there_cannot_be_changed(
    inside: Browser, tmp_path: Path, pin: str, show: str
) -> None:
    add(tmp_path / "Library/.anivault/pins.toml", Pin(id="tmdb:30991", title="Cowboy Bebop"))

    assert inside.post("/settings/repin", {"pin": pin, "show": show}).status == 409
    assert pins_of(tmp_path) == (Pin(id="tmdb:30991", title="Cowboy Bebop"),)


def test_a_pin_is_not_changed_to_a_show_that_nobody_knows(inside: Browser, tmp_path: Path) -> None:
    mine = Pin(id="tmdb:31911", title="Toradora!")
    add(tmp_path / "Library/.anivault/pins.toml", mine)

    assert inside.post("/settings/repin", {"pin": written(mine), "show": "nothing"}).status == 409
    assert pins_of(tmp_path) == (mine,)


def test_a_file_that_is_left_out_for_good_is_not_planned_until_the_line_is_taken_back(
    inside: Browser, tmp_path: Path
) -> None:
    source = tmp_path / "Downloads"
    for n in (1, 2):
        (source / f"[Group] Toradora! - 0{n}.mkv").write_bytes(b"%d" % n)
    path = str(source / "[Group] Toradora! - 02.mkv")

    assert inside.post("/settings/ignore", {"what": path}).status == 303
    (line,) = ignored.listed(str(tmp_path / "Library"))[0].lines
    assert line in inside.get("/settings").text
    work(inside, "plan")
    planned = show_of(inside, "Toradora!")
    assert "S01E01" in planned
    assert "S01E02" not in planned

    assert inside.post("/settings/heed", {"line": line}).status == 303
    work(inside, "plan")
    assert "S01E02" in show_of(inside, "Toradora!")


def test_a_held_file_is_left_out_where_it_is_shown(inside: Browser, tmp_path: Path) -> None:
    (tmp_path / "Downloads/Our Wedding.mkv").write_text("x")
    work(inside, "plan")
    assert "Never ask" in inside.get("/plan/held?reason=unmatched").text

    answer = inside.post(
        "/settings/ignore", {"what": str(tmp_path / "Downloads/Our Wedding.mkv"), "plan": "1"}
    )
    assert answer.headers["location"] == "/plan"
    work(inside, "plan")
    assert "Our Wedding" not in inside.get("/plan/held?reason=unmatched").text


@pytest.mark.parametrize("what", ["", "/etc/passwd", "a\nb", "# nothing"])
def test_what_cannot_be_left_out_is_refused(inside: Browser, tmp_path: Path, what: str) -> None:
    assert inside.post("/settings/ignore", {"what": what}).status == 409
    assert ignored.listed(str(tmp_path / "Library")) == []


def test_a_path_that_is_not_there_is_refused(inside: Browser, tmp_path: Path) -> None:
    assert inside.post("/settings/ignore", {"what": str(tmp_path / "Downloads/gone.mkv")}).status == 409
    assert ignored.listed(str(tmp_path / "Library")) == []


def test_a_line_that_is_not_there_cannot_be_taken_back(inside: Browser) -> None:
    assert inside.post("/settings/heed", {"line": "*.nfo"}).status == 409


def test_a_setting_is_changed_in_the_users_file_and_holds_for_the_next_plan(
    inside: Browser, tmp_path: Path
) -> None:
    (tmp_path / "Downloads/[Group] Toradora! - 01.mkv").write_text("x")

    assert inside.post("/settings/set", {"name": "organize.preset", "value": "plex"}).status == 303
    assert load_settings().settings.organize.preset == "plex"
    assert 'value="plex"' in inside.get("/settings").text
    work(inside, "plan")
    assert "s01e01" in show_of(inside, "Toradora!")

    back = {"name": "organize.preset", "value": "plex", "default": "1"}
    assert inside.post("/settings/set", back).status == 303
    assert load_settings().origin.get("organize.preset", "default") == "default"


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("organize.mode", "teleport", "Nothing was changed"),
        ("organize.nothing", "1", "There is no setting"),
        ("scan.settle", "soon", "is a number"),
        ("scan.settle", "-1", "Nothing was changed"),
        ("match.languages", "<script>", "Nothing was changed"),
        ("web.password_hash", "", "cannot be changed on the page"),
        ("web.hosts", "evil.example", "cannot be changed on the page"),
        ("web.sources", "/etc", "cannot be changed on the page"),
        ("library.path", "/etc", "cannot be changed on the page"),
        ("tmdb.url", "http://evil.example", "cannot be changed on the page"),
        ("tell.webhook", "http://evil.example", "cannot be changed on the page"),
        ("", "1", "cannot be changed on the page"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_and_the_file_stays(
    inside: Browser, name: str, value: str, why: str
) -> None:
    answer = inside.post("/settings/set", {"name": name, "value": value})

    assert (answer.status, why in answer.text) == (409, True), answer.text
    assert not user_config_path().exists()


def test_what_is_given_to_a_plug_in_is_never_shown_nor_put_into_a_field(inside: Browser) -> None:
    user_config_path().parent.mkdir(parents=True, exist_ok=True)
    user_config_path().write_text('[plugins.mine]\napi_key = "sesame"\n')

    assert "sesame" not in inside.get("/settings").text
