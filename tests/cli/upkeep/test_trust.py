"""A library from somebody else changes nothing that is the user's word, and a broken file is one error."""

from __future__ import annotations

import os
import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from anivault.cli.demo_handler import write_sample
from tests.conftest import Ran, Run

NAME = "[SubsPlease] Sousou no Frieren - 01 (1080p).mkv"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / NAME).write_bytes(b"video")
    return tmp_path / "src"


@pytest.fixture
def home_of_library(tmp_path: Path) -> Path:
    (tmp_path / "lib/.anivault").mkdir(parents=True)
    return tmp_path / "lib/.anivault"


class Listener(BaseHTTPRequestHandler):
    heard: list[str]

    def do_GET(self) -> None:
        self.heard.append(f"{self.path} {self.headers}")
        self.send_error(500)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A real server on this machine, and what arrived there."""
    heard: list[str] = []
    server = HTTPServer(("127.0.0.1", 0), type("Here", (Listener,), {"heard": heard}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/3", heard
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_library_cannot_send_the_key_anywhere(
    run: Run,
    source: Path,
    home_of_library: Path,
    listener: tuple[str, list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, heard = listener
    images = url.replace("/3", "/t/p")
    config = f'[tmdb]\nurl = "{url}"\nimages = "{images}"\n[match]\nproviders = ["catalog"]\n'
    (home_of_library / "config.toml").write_text(config)
    monkeypatch.setenv("ANIVAULT_TMDB_KEY", "canary-canary-canary")
    library = home_of_library.parent
    done = run("organize", source, "--to", library, "--artwork", "--nfo")
    verified = run("verify", library, "--again")

    assert heard == []
    assert done.code == 0
    assert "sets tmdb.url, which a library may not" in done.err + verified.err
    assert "canary" not in done.out + done.err


def test_the_user_s_own_address_is_asked(
    run: Run, source: Path, home: Path, listener: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the test before could have heard something."""
    url, heard = listener
    monkeypatch.setenv("ANIVAULT_TMDB_KEY", "canary-canary-canary")
    monkeypatch.setenv("ANIVAULT_TMDB_URL", url)
    run("match", source, "--provider", "tmdb")

    assert "Bearer canary-canary-canary" in heard[0]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('[organize]\nmode = "move"', "organize.mode"),
        ('[library]\npath = "/elsewhere"', "library.path"),
        ('[tmdb]\nimages = "https://elsewhere/t/p"', "tmdb.images"),
        ('[match]\nproviders = ["somebodys"]', "match.providers"),
        ('[parser]\nengines = ["somebodys"]', "parser.engines"),
        ('[plugins.mine]\nurl = "https://elsewhere"', "plugins.mine"),
    ],
)
def test_what_only_the_user_may_say_is_named_and_not_heard(
    run: Run, home: Path, source: Path, home_of_library: Path, text: str, name: str
) -> None:
    (home_of_library / "config.toml").write_text(text)
    done = run("organize", source, "--to", home_of_library.parent, "--apply")

    assert done.code == 0
    assert f"{home_of_library / 'config.toml'} sets {name}" in done.err
    assert str(home / "config/anivault/config.toml") in done.err
    assert (source / NAME).exists()


def test_a_library_says_how_it_is_named(run: Run, source: Path, home_of_library: Path) -> None:
    (home_of_library / "config.toml").write_text(
        '[organize]\nmode = "copy"\npreset = "short"\n'
        '[presets.short]\nbase = "plex"\nseason = "S{season:00}"\n'
    )
    done = run("organize", source, "--to", home_of_library.parent, "--json")

    assert "/S01/" in done.of("move")[0]["target"]
    assert done.of("notice") == []


def test_the_user_s_own_word_is_needed_once_to_move(
    run: Run, home: Path, source: Path, home_of_library: Path
) -> None:
    (home_of_library / "config.toml").write_text('[organize]\nmode = "move"\n')
    (home / "config/anivault").mkdir(parents=True)
    (home / "config/anivault/config.toml").write_text('[organize]\nmode = "move"\n')
    done = run("organize", source, "--to", home_of_library.parent, "--apply")

    assert "may not" not in done.err
    assert not (source / NAME).exists()


def test_config_show_tells_what_a_library_may_not_say(run: Run, home: Path, home_of_library: Path) -> None:
    (home_of_library / "config.toml").write_text('[organize]\nmode = "move"\n')
    (home / "config/anivault").mkdir(parents=True)
    (home / "config/anivault/config.toml").write_text(f'[library]\npath = "{home_of_library.parent}"\n')
    shown = run("config", "show", "--json")

    assert "organize.mode" in shown.of("notice")[0]["text"]
    assert {e["value"] for e in shown.of("setting") if e["name"] == "organize.mode"} == {"hardlink"}


def link(path: Path) -> None:
    path.parent.joinpath("elsewhere").mkdir(exist_ok=True)
    path.symlink_to("elsewhere", target_is_directory=True)


def open_to_all(path: Path) -> None:
    path.mkdir()
    path.chmod(0o777)


def others(path: Path) -> None:
    path.mkdir()
    os.chown(path, 4711, 4711)


@pytest.mark.parametrize(
    "make", [link, open_to_all, pytest.param(others, marks=pytest.mark.skipif("os.geteuid()"))]
)
def test_nothing_is_done_in_a_library_whose_folder_others_command(
    run: Run, source: Path, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    library = tmp_path / "lib"
    library.mkdir()
    make(library / ".anivault")
    commands: list[list[str | Path]] = [
        ["organize", source, "--to", library],
        ["organize", source, "--to", library, "--apply"],
        ["rename", library],
        ["rollback", library],
        ["recover", library],
        ["history", library],
        ["verify", library],
        ["pin", "Frieren", "tmdb:209867", "--to", library],
        ["pins", "--to", library],
        ["unpin", "Frieren", "--to", library],
    ]
    done = [run(*words) for words in commands]

    assert [each.code for each in done] == [48] * len(commands)
    assert all(".anivault is not followed" in each.err for each in done)
    assert [p.name for p in library.rglob("*") if p.name not in (".anivault", "elsewhere")] == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"path":5',
        b'{"of":3,"part":1e400',
        b"[1",
        b'{"size":' + b"9" * 9000,
        b"[" * 100_000,
        b'{"path":"\xff"',
    ],
)
def test_a_stored_hash_with_a_right_sum_and_no_meaning_is_damage_and_no_bug(
    run: Run, source: Path, tmp_path: Path, body: bytes
) -> None:
    library = tmp_path / "lib"
    run("organize", source, "--to", library, "--mode", "copy", "--apply")
    (library / ".anivault/hashes.jsonl").write_bytes(b'%s,"sum":"%08x"}\n' % (body, zlib.crc32(body)))
    done = run("verify", library, "--deep")

    assert done.code in {0, 10}, done.err
    assert "bug" not in done.err


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def test_a_library_that_is_made_under_an_open_umask_is_followed_again(
    run: Run, source: Path, tmp_path: Path, open_umask: None
) -> None:
    library = tmp_path / "lib"

    assert run("pin", "X", "tmdb:1", "--to", library).code == 0
    assert run("pins", "--to", library).code == 0
    (library / ".anivault/pins.toml").unlink()
    (library / ".anivault").rmdir()
    assert run("organize", source, "--to", library, "--apply").code == 0
    assert run("verify", library, "--deep").code == 0
    assert run("rollback", library, "--apply").code == 0


def fifo(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()


def utf16(path: Path) -> None:
    path.write_bytes("[organize]\n".encode("utf-16"))


def nuls(path: Path) -> None:
    path.write_bytes(bytes(1000))


def deep(path: Path) -> None:
    path.write_text("a = " + "[" * 100_000)


def huge(path: Path) -> None:
    path.write_bytes(b"#\n" * 2**20)


def number(path: Path) -> None:
    path.write_text("a = " + "9" * 9_000)


def points_away(path: Path) -> None:
    path.symlink_to("/etc/passwd")


BROKEN = [fifo, folder, utf16, nuls, deep, huge, number, points_away]


@pytest.mark.parametrize("make", BROKEN)
def test_a_broken_file_of_a_library_is_one_error_with_its_place(
    run: Run, source: Path, home_of_library: Path, make: Callable[[Path], None]
) -> None:
    for name, code in (("config.toml", 22), ("pins.toml", 62)):
        make(home_of_library / name)
        done = run("organize", source, "--to", home_of_library.parent)

        assert (done.code, str(home_of_library / name) in done.err) == (code, True), done.err
        assert len(done.err) < 1000
        (home_of_library / name).rmdir() if make is folder else (home_of_library / name).unlink()


def _given(path: Path, run: Run, source: Path) -> list[Ran]:
    return [
        run("scan", source, "--config", path),
        run("catalog", "import", path),
        run("organize", source, "--to", source.parent / "lib", "--from-plan", path),
    ]


@pytest.mark.parametrize("make", BROKEN)
def test_a_broken_file_that_is_named_is_one_error(
    run: Run, source: Path, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "given")

    assert {done.code for done in _given(tmp_path / "given", run, source)} <= {22, 42, 60}


@pytest.mark.parametrize("make", [fifo, folder, nuls, huge])
def test_a_broken_key_file_is_no_key(
    run: Run, home: Path, source: Path, make: Callable[[Path], None]
) -> None:
    (home / "config/anivault").mkdir(parents=True)
    make(home / "config/anivault/tmdb.key")
    (home / "config/anivault/tmdb.key").chmod(0o600)
    done = run("match", source)

    assert "TMDB key" in done.err
    assert done.code in {0, 10}


@pytest.mark.parametrize("make", [fifo, folder, nuls])
def test_a_broken_import_that_was_kept_is_named(
    run: Run, home: Path, source: Path, make: Callable[[Path], None]
) -> None:
    (home / "data/anivault/catalog").mkdir(parents=True)
    make(home / "data/anivault/catalog/anidb-titles.jsonl")

    assert run("match", source).code == 61
    assert run("catalog", "show").code == 61


def test_a_folder_of_tmdb_s_cache_full_of_fifos_is_passed_over(
    run: Run, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache/anivault"
    cache.mkdir(parents=True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("ANIVAULT_TMDB_KEY", "canary-canary-canary")
    monkeypatch.setenv("ANIVAULT_TMDB_URL", "http://127.0.0.1:9/3")
    for name in ("tmdb.sqlite", "tmdb-limits.json"):
        os.mkfifo(cache / name)

    assert run("match", source, "--provider", "tmdb").code in {0, 10}


@pytest.mark.parametrize(
    "text",
    [
        '[[pin]]\ntitle = "X"\nid = "tmdb:' + "9" * 5000 + '"',
        '[[pin]]\ntitle = "X"\nid = "tmdb:١"',
        '[[pin]]\ntitle = "X"\nid = "tmdb:1"\nseason = -1',
        '[[pin]]\ntitle = "X"\nid = "tmdb:1"\nseason = 99999999999999999999999999',
        '[[pin]]\ntitle = "X"\nid = "tmdb:1"\noffset = -10000',
        '[[pin]]\ntitle = "' + "x" * 2000 + '"\nid = "tmdb:1"',
    ],
)
def test_a_pin_that_names_no_show_or_place_is_refused_when_it_is_read(
    run: Run, source: Path, home_of_library: Path, text: str
) -> None:
    (home_of_library / "pins.toml").write_text(text)
    done = run("organize", source, "--to", home_of_library.parent)

    assert done.code == 62
    assert "pins.toml" in done.err
    assert len(done.err) < 1000


def test_a_pin_for_no_season_that_can_be_is_refused_when_it_is_typed(run: Run, home: Path) -> None:
    assert run("pin", "X", "tmdb:1", "--season", "99999999999999999999").code in {2, 63}
    assert run("pin", "X", "tmdb:1", "--season", "10000").code == 63
    assert run("pin", "X", "tmdb:" + "9" * 5000).code == 63


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[organize]\npreset = "../x"', "[organize] preset"),
        ('[organize]\npreset = ""', "[organize] preset"),
        ('[organize]\npreset = "a\\u0000b"', "[organize] preset"),
        ('[organize]\npreset = "nobodys"', "organize.preset"),
        ('[library]\npath = "/a\\u0000b"', "[library] path"),
        ('[library]\npath = "/a\\nb"', "[library] path"),
        ('[match]\nlanguages = ["../en"]', "[match] languages"),
        ('[match]\nproviders = ["a/b"]', "[match] providers"),
        ('[parser]\nengines = [""]', "[parser] engines"),
        ('[tmdb]\nurl = "file:///etc/passwd"', "[tmdb] url"),
        ('[presets."../x"]\nbase = "plex"', "[presets.…]"),
        ('[presets.mine]\nbase = "plex"\nseason = "../{season}"', "presets.mine"),
        ('[presets.mine]\nbase = "plex"\nseason = "..<{season}>"', "presets.mine"),
        ('[presets.mine]\nbase = "plex"\nseason = "/{season}"', "presets.mine"),
        ('[presets.mine]\nbase = "plex"\nseason = "a\\\\{season}"', "presets.mine"),
        ('[presets.mine]\nbase = "plex"\nseason = "' + "a{season}/" * 50 + '"', "presets.mine"),
        ('[presets.mine]\nbase = "plex"\nseason = "' + "<{season}" * 500 + ">" * 500 + '"', "presets.mine"),
        ('[presets.mine]\nbase = "plex"\nflags = {forced = "../x"}', "flags.forced"),
        ('[presets.mine]\nbase = "plex"\nflags = {forced = ""}', "flags.forced"),
        ('[presets.mine]\nbase = "plex"\nflags = {sdh = "a\\u0007"}', "flags.sdh"),
        ('[presets.mine]\nbase = "plex"\nflags = {sdh = "' + "a" * 300 + '"}', "flags.sdh"),
        ('[presets.mine]\nbase = "plex"\nlanguages = {en = "e/n"}', "languages.en"),
        ('[presets.mine]\nbase = "plex"\nlanguages = {en = ".."}', "languages.en"),
        ('[presets.mine]\nbase = "plex"\nlanguages = {en = "NUL"}', "languages.en"),
        ('[presets.mine]\nbase = "plex"\nextras = {OP = "../x"}', "presets.mine"),
        (
            '[presets.mine]\nbase = "plex"\nextras = {OP = "CON", ED = "a", PV = "a", CM = "a", Menu = "a", '
            'Interview = "a"}',
            "extras",
        ),
        ('[presets.mine]\nbase = "plex"\nspaces = "/"', "presets.mine"),
        ('[presets.mine]\nbase = "mine"', "presets.mine"),
        ("[presets.mine]\nbase = 5", "presets.mine"),
        ('[presets.mine]\nbase = ["plex"]', "presets.mine"),
    ],
)
def test_a_value_that_becomes_a_path_is_checked_when_it_is_read_with_its_place(
    run: Run, tmp_path: Path, text: str, place: str
) -> None:
    (tmp_path / "mine.toml").write_text(text)
    write_sample(tmp_path / "source")
    done = run("organize", tmp_path / "source", "--to", tmp_path / "lib", "--config", tmp_path / "mine.toml")

    assert done.code == 22, done.err
    assert f"{tmp_path / 'mine.toml'}" in done.err
    assert place in done.err
    assert len(done.err) < 1000


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="the system has no such attributes here")
def test_an_attribute_whose_name_is_no_utf_8_goes_along_and_comes_back(
    run: Run, source: Path, tmp_path: Path
) -> None:
    key = b"user.\xff\xfe"
    try:
        os.setxattr(os.fsencode(source / NAME), key, b"kept")
    except OSError:
        pytest.skip("this disk has no attributes")
    library = tmp_path / "lib"
    assert run("organize", source, "--to", library, "--mode", "copy", "--apply").code == 0
    (copied,) = library.rglob("*.mkv")

    assert os.getxattr(os.fsencode(copied), key) == b"kept"
    assert run("verify", library).code == 0
    assert run("rollback", library, "--apply").code == 0
    assert os.getxattr(os.fsencode(source / NAME), key) == b"kept"
