"""What is kept, on the page: pins are made and changed there, and files left out for good."""

from __future__ import annotations

import html
import re
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("starlette")

from anivault.core.matching.pins import Pin, add, load
from anivault.services.remembered import ignored
from anivault.shared.places import user_config_path
from anivault.shared.settings import load as load_settings
from tests.conftest import Run
from tests.web.conftest import Browser
from tests.web.test_whole_job import show_of, work


def pins_of(folder: Path) -> tuple[Pin, ...]:
    return load(folder / "Library/.anivault/pins.toml")


def written(pin: Pin) -> str:
    return msgspec.json.encode(pin).decode()


def test_a_title_is_pinned_on_the_page(inside: Browser, tmp_path: Path, run: Run) -> None:
    fields = {"what": "Toradora!", "show": "tmdb:31911", "season": "1", "offset": "-2", "episodes": "3-4"}

    assert inside.post("/settings/pin", fields).status == 303
    assert pins_of(tmp_path) == (
        Pin(id="tmdb:31911", title="Toradora!", season=1, offset=-2, episodes="3-4"),
    )
    (line,) = run("pins", "--to", tmp_path / "Library").out.splitlines()[1:]
    assert line.strip() in inside.get("/settings").text  # in the words of the command


def looked_at(browser: Browser, fields: dict[str, str]) -> str:
    """What the page says of a pin before it is written."""
    assert browser.post("/settings/preview", fields).headers["location"] == "/working"
    browser.finish()
    assert not browser.house.jobs.state.failed, browser.house.jobs.state
    assert browser.get("/working?done=1").headers["location"] == "/settings/preview"
    return html.unescape(browser.get("/settings/preview").text)


def fields_of(page: str, path: str) -> dict[str, str]:
    """What the form of this path sends."""
    form = page.partition(f'action="{path}"')[2].partition("</form>")[0]
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="((?:[^"]|"(?! *>))*)">', form))
    return {name: value for name, value in found.items() if name != "csrf"}


def test_a_pin_is_looked_at_in_the_words_of_the_command_and_written_as_it_was_shown(
    inside: Browser, tmp_path: Path, run: Run
) -> None:
    source, library = tmp_path / "Downloads", tmp_path / "Library"
    for n in (1, 2, 3):
        (source / f"[G] Toradora! S02E0{n}.mkv").write_bytes(b"%d" % n)
        (source / f"[G] Cowboy Bebop - 0{n}.mkv").write_bytes(b"b%d" % n)
    work(inside, "plan")
    work(inside, "apply")
    (source / "[G] Toradora! S02E04.mkv").write_text("4")
    words = {"what": "Toradora!", "show": "tmdb:30991", "season": "1", "episodes": "2-"}

    page = looked_at(inside, words)
    said = run("pin", "Toradora!", "tmdb:30991", "--season", "1", "--episodes", "2-", "--preview",
               "--in", source, "--to", library)  # fmt: skip
    assert pins_of(tmp_path) == ()
    changes = [line.split("→")[1].split() for line in said.out.splitlines() if "→" in line][1:]
    assert changes
    for after in changes:
        assert " ".join(after).partition(" … ")[0] in page
    for line in said.out.splitlines():
        if "pin wins" in line or "Nothing was written" in line:
            assert line.strip() in page, line
    assert "pin wins" in page
    assert "S02E04.mkv" in page  # that of the folder

    assert inside.post("/settings/pin", fields_of(page, "/settings/pin")).status == 303
    assert pins_of(tmp_path) == (Pin(id="tmdb:30991", title="Toradora!", season=1, episodes="2-"),)
    assert inside.get("/settings/preview").status == 303  # it is written: nothing is looked at any more


def test_a_change_of_a_pin_is_looked_at_too(inside: Browser, tmp_path: Path) -> None:
    source = tmp_path / "Downloads"
    (source / "[Coalgirls] Toradora! - 01.mkv").write_text("x")
    (source / "[Other] Toradora! - 01.mkv").write_text("y")
    mine = Pin(id="tmdb:42916", title="Toradora!", group="Coalgirls", season=1)
    add(tmp_path / "Library/.anivault/pins.toml", mine)

    page = looked_at(inside, {"pin": written(mine), "show": "tmdb:42916", "season": "0", "offset": "4"})
    assert "S01E01 → Toradora! (2008) S00E05" in re.sub(r"<[^>]*>", "", page)
    assert "[Other]" not in page  # the pin is not for this group
    assert pins_of(tmp_path) == (mine,)
    assert inside.post("/settings/repin", fields_of(page, "/settings/repin")).status == 303
    assert pins_of(tmp_path) == (
        Pin(id="tmdb:42916", title="Toradora!", group="Coalgirls", season=0, offset=4),
    )


def test_a_pin_says_all_that_the_command_can_say(inside: Browser, tmp_path: Path) -> None:
    film = tmp_path / "Downloads/Toradora! - Bento.mkv"
    film.write_text("x")
    for fields in (
        {"what": "A", "show": "tmdb:42916", "season": "1", "episodes": "13-", "first": "1"},
        {"what": str(film), "show": "tmdb:42916", "place": "S00E02"},
        {"what": "B", "show": "tmdb:42916", "episodes": "3", "extra": "1"},
        {"what": "C", "show": "tmdb:42916", "order": "tvdb"},
    ):
        assert inside.post("/settings/pin", fields).status == 303
    made = [(pin.offset, pin.episode, pin.extra, pin.order) for pin in pins_of(tmp_path)]
    assert made == [(-12, None, False, None), (None, 2, False, None), (None, None, True, None),
                    (None, None, False, "tvdb")]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"what": "", "show": "tmdb:1"}, "a pin is for"),
        ({"what": "Toradora!", "show": "tmdb:31911", "extra": "1"}, "extras of all files with this title"),
        ({"what": "Toradora!", "show": "tmdb:31911", "place": "S00E01"}, "place of one file"),
        ({"what": "Toradora!", "show": "tmdb:31911", "first": "1"}, "Name the range"),
        ({"what": "Toradora!", "show": "tmdb:31911", "season": "x"}, "is a whole number"),
        ({"what": "Toradora!", "show": "tmdb:31911", "season": "99999999999"}, "is a whole number"),
        ({"what": "Toradora!", "show": "tmdb:31911", "offset": "1.5"}, "is a whole number"),
        ({"what": "Toradora!", "show": "tmdb:31911", "episodes": "3-", "first": "-3"}, "is a whole number"),
        ({"what": "Toradora!", "show": ""}, "names no show"),
        ({"what": "Toradora!", "show": "tmdb:31911", "season": "9"}, "no season 9"),
        ({"what": "Toradora!", "show": "tmdb:31911", "season": "1", "episodes": "4-3"}, "Write 7, 13-24"),
        ({"what": "/etc", "show": "tmdb:31911"}, "outside"),
        ({"what": "Akira", "show": "tmdb:movie/149", "season": "1"}, "a film has no season"),
        ({"what": "Akira", "show": "tmdb:movie/149", "offset": "2"}, "a film has no season"),
        ({"what": "Toradora!", "show": "tmdb:31911", "episodes": "1-12", "offset": "-12"}, "is an episode"),
        ({"what": "Toradora!", "show": "tmdb:31911", "offset": "-9999"}, "is an episode"),
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
    assert "Leave out for good" in inside.get("/plan/held?reason=unmatched").text

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


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("*", "leaves out everything"),
        ("**/*", "leaves out everything"),
        ("*.*", "leaves out everything"),
        ("[!.]*", "leaves out everything"),
        ("*.mkv", "that ends in .mkv"),
        ("*.m*", "that ends in .mkv or .mp4"),
        ("{source}/*", "leaves out everything in {source}"),
        (r"\[Coalgirls*", "more than half of the files"),
    ],
)
def test_a_line_that_leaves_out_nearly_all_is_shown_first(
    inside: Browser, tmp_path: Path, words: str, what: str
) -> None:
    source = tmp_path / "Downloads"
    for n in range(1, 13):
        (source / f"[Coalgirls] Toradora! - {n:02}.mkv").write_text(f"{n}")
    work(inside, "plan")
    words, what = (text.replace("{source}", str(source)) for text in (words, what))
    answer = inside.post("/settings/ignore", {"what": words})
    said = html.unescape(re.sub(r"<[^>]*>", "", answer.text))

    assert (answer.status, what in said) == (409, True), said
    assert ": 12 of the 12 files of the last plan." in said
    assert ignored.listed(str(tmp_path / "Library")) == []
    fields = dict(
        re.findall(r'name="(\w+)" value="([^"]*)"', answer.text.partition("Leave all that out?")[2])
    )
    assert inside.post("/settings/ignore", fields).status == 303
    assert [line for listed in ignored.listed(str(tmp_path / "Library")) for line in listed.lines] == [words]


@pytest.mark.parametrize("words", ["*.nfo", "*sample*", "NCOP*", "Toradora!", "*.txt"])
def test_a_line_that_means_some_files_is_written_at_once(inside: Browser, words: str) -> None:
    assert inside.post("/settings/ignore", {"what": words}).status == 303


def test_a_folder_that_is_always_read_cannot_be_left_out(inside: Browser, tmp_path: Path) -> None:
    answer = inside.post("/settings/ignore", {"what": str(tmp_path / "Downloads")})

    assert (answer.status, "it is always read" in answer.text) == (409, True)
    assert f"{tmp_path / 'Downloads'}/*" in html.unescape(answer.text)


def test_a_line_that_is_not_there_cannot_be_taken_back(inside: Browser) -> None:
    assert inside.post("/settings/heed", {"line": "*.nfo"}).status == 409


def test_a_setting_is_changed_in_the_users_file_and_holds_for_the_next_plan(
    inside: Browser, tmp_path: Path
) -> None:
    (tmp_path / "Downloads/[Group] Toradora! - 01.mkv").write_text("x")

    assert inside.post("/settings/set", {"name": "organize.preset", "value": "plex"}).status == 303
    assert load_settings().settings.organize.preset == "plex"
    assert "<option selected>plex</option>" in inside.get("/settings").text
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
        ("match.languages", "xx-klingon", "ja-Latn, zh-Hans, pt-BR"),
        ("match.languages", "en, klingon", "ja-Latn, zh-Hans, pt-BR"),
        ("match.languages", "English", "ja-Latn, zh-Hans, pt-BR"),
        ("match.languages", "EN", "ja-Latn, zh-Hans, pt-BR"),
        ("match.languages", "en-Klin", "ja-Latn, zh-Hans, pt-BR"),
        ("match.providers", "catalog, nobody", "match.providers is one of catalog, tmdb"),
        ("organize.preset", "jellyfish", "organize.preset is one of jellyfin, plex"),
        ("organize.prefer", "source:klingon", "bd, web, dvd, tv"),
        ("organize.prefer", "language:xx", "language:en"),
        ("scan.workers", "1.5", "a whole number from 0 to 64"),
        ("scan.settle", "nan", "a number from 0 to 86,400"),
        ("watch.poll", "0", "a number above 0 to 86,400"),
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
