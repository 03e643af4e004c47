"""The command line as a user and as a program meets it."""

from __future__ import annotations

import base64
import fcntl
import io
import os
import shlex
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from anivault import __version__
from anivault.cli import app as app_module
from tests.conftest import Run

FRIEREN = "[SubsPlease] Sousou no Frieren - 01v2 (1080p) [ABCD1234].mkv"


def feed(monkeypatch: pytest.MonkeyPatch, *names: str | bytes) -> None:
    data = b"".join(os.fsencode(name) + b"\n" for name in names)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))


def unread(pipe: int) -> int:
    """How many bytes of a pipe its reader has not taken yet: none once it waits for more."""
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)


def test_version_is_answered_before_any_import() -> None:
    code = (
        "import sys; sys.argv = ['anivault', '--version']\n"
        "from anivault.cli.main import main\n"
        "try: main()\n"
        "finally: print([m for m in ('typing', 'typer', 'msgspec', 'rich', 'json') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == f"anivault {__version__}\n[]\n"


def test_help_imports_no_handler() -> None:
    code = (
        "import sys; from anivault.cli.main import run; code = run(['--help'])\n"
        "print(code, [m for m in sys.modules if 'handler' in m or m in ('rich', 'rapidfuzz', 'anitomy_ng')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "0 []"


@pytest.mark.parametrize("words", [["--nope"], ["scan"], ["scan", "--nope", "x"], ["frobnicate"]])
def test_a_wrong_command_line_exits_with_2_and_names_the_help(run: Run, words: list[str]) -> None:
    done = run(*words)

    assert done.code == 2
    assert "Try 'anivault" in done.err
    assert done.out == ""


def test_scan_prints_one_event_a_file_and_a_summary(run: Run, tmp_path: Path) -> None:
    (tmp_path / FRIEREN).write_bytes(b"12345")
    done = run("scan", tmp_path, "--json")

    (event,) = done.of("file")
    assert done.code == 0
    assert (event["path"], event["size"]) == (str(tmp_path / FRIEREN), 5)
    parsed = event["parsed"]
    assert (parsed["title"], parsed["episodes"], parsed["version"]) == ("Sousou no Frieren", [1], 2)
    assert (parsed["group"], parsed["crc32"], parsed["resolution"]) == ("SubsPlease", "ABCD1234", "1080p")
    assert done.of("summary") == [{"event": "summary", "command": "scan", "counts": {"video": 1}}]


def test_scan_reads_names_from_standard_input_in_order(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"Cowboy Bebop - {number:02}.mkv" for number in (3, 1, 2)]
    feed(monkeypatch, *names)
    done = run("scan", "-", "--json")

    assert [event["path"] for event in done.of("file")] == names
    assert [event["parsed"]["episodes"] for event in done.of("file")] == [[3], [1], [2]]
    assert {event["size"] for event in done.of("file")} == {None}


def test_every_name_on_standard_input_has_its_answer(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that lacks its extension, or has one of a subtitle; a list may come from Windows."""
    names = [
        "[SubsPlease] Sousou no Frieren - 01 (1080p)",
        "Mushishi - 02.ass",
        "notes.txt",
        "Mushishi - 02.mkv",
    ]
    feed(monkeypatch, *(f"{name}\r" for name in names))
    found = run("match", "-", "--json").of("match")

    assert [event["path"] for event in found] == names
    assert [event["decision"] for event in found] == ["matched", "matched", "unmatched", "matched"]


def test_a_name_that_is_no_utf8_keeps_its_bytes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = b"caf\xe9 - 01.mkv"
    feed(monkeypatch, raw)
    (event,) = run("scan", "-", "--json").of("file")

    assert event["path"] == "caf\ufffd - 01.mkv"
    assert base64.b64decode(event["path_b64"]) == raw


@pytest.mark.parametrize(
    "name", ["\x1b[31mred\x1b[0m - 01.mkv", "a\rb - 02.mkv", "\u202egnp.mkv", "[b]x[/b] - 1.mkv"]
)
def test_no_name_reaches_the_terminal_as_control(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    feed(monkeypatch, name)
    done = run("scan", "-")

    assert not set(done.out + done.err) & set("\x1b\r\u202e")


def test_match_names_show_and_place(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, FRIEREN, "IMG_2041.MOV")
    done = run("match", "-", "--json")

    frieren, image = done.of("match")
    assert done.code == 10
    assert frieren["decision"] == "matched"
    assert (frieren["match"]["id"], frieren["match"]["media_type"]) == (209867, "tv")
    assert [(c["season"], c["episode"]) for c in frieren["match"]["coordinates"]] == [(1, 1)]
    assert frieren["match"]["ids"]["anidb"] == 17617
    assert image["decision"] == "unmatched"


def test_quiet_leaves_only_results_and_verbose_adds_reasons(run: Run, tmp_path: Path) -> None:
    (tmp_path / FRIEREN).write_bytes(b"video")
    (tmp_path / "x.mkv.part").touch()

    assert "Left out" in run("match", tmp_path).err
    assert run("match", tmp_path, "--quiet").err == ""
    assert "x.mkv.part" in run("match", tmp_path, "--verbose").err


def test_a_missing_folder_is_one_line_of_what_happened_and_one_to_type(run: Run, tmp_path: Path) -> None:
    done = run("scan", tmp_path / "nope")

    assert done.code == 21
    what, hint = done.err.splitlines()
    assert what == f"Error: There is no file or folder at {tmp_path}/nope. Nothing was changed."
    assert hint.startswith("  Check the path")
    assert run("scan", tmp_path / "nope", "--json").events[0]["code"] == "folder-not-found"


def test_a_provider_that_does_not_exist_is_named_with_those_that_do(run: Run, tmp_path: Path) -> None:
    done = run("match", tmp_path, "--provider", "nope")

    assert done.code == 45
    assert "catalog" in done.err


def test_a_bug_is_one_report_and_exit_code_70(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a mistake of ours")

    monkeypatch.setattr("anivault.cli.scan_handler.handle", broken)
    done = run("scan", tmp_path)

    assert done.code == 70
    assert "a bug in AniVault" in done.err
    assert "ZeroDivisionError: a mistake of ours" in done.err


def test_a_bug_names_the_library_that_is_to_be_looked_at(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("anivault.cli.organize_handler.handle", broken)
    done = run("organize", tmp_path, "--to", tmp_path / "my lib")

    assert f"`anivault recover '{tmp_path}/my lib'` and `anivault rollback '{tmp_path}/my lib'`" in done.err


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path, home: Path) -> None:
    for number in range(3000):
        (tmp_path / f"Show - {number:04}.mkv").write_bytes(b"video")
    command = f"{sys.executable} -m anivault scan {tmp_path} --json | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_every_command_takes_the_common_options() -> None:
    import typer

    def leaves(command: object) -> list[object]:
        inside = getattr(command, "commands", None)
        return [leaf for sub in inside.values() for leaf in leaves(sub)] if inside else [command]

    for command in leaves(typer.main.get_command(app_module.app)):
        options = {opt for p in command.params for opt in p.opts}  # type: ignore[attr-defined]
        assert {"--json", "--quiet", "--verbose", "--config"} <= options


def test_explain_tells_every_field_and_every_candidate(run: Run, tmp_path: Path) -> None:
    (tmp_path / FRIEREN).write_bytes(b"video")
    done = run("explain", tmp_path / FRIEREN)
    (event,) = run("explain", tmp_path / FRIEREN, "--json").of("explain")

    assert "SubsPlease  (rule:group)" in done.out
    assert "tmdb:209867" in done.out
    assert event["parsed"]["said"]["crc32"].startswith("rule:")
    assert event["explanation"]["candidates"][0]["show"] == "tmdb:209867"
    assert {part["name"] for part in event["explanation"]["candidates"][0]["parts"]} >= {"title", "numbers"}


def test_explain_says_how_to_decide_otherwise(run: Run, tmp_path: Path) -> None:
    for name in (FRIEREN, "Shaman King - 01.mkv"):
        (tmp_path / name).write_bytes(b"video")
    unsure = run("explain", tmp_path / "Shaman King - 01.mkv").err.splitlines()[-1]

    assert "pin" in run("explain", tmp_path / FRIEREN).err
    assert run(*shlex.split(unsure.partition("anivault ")[2])).code == 0
    assert run("match", tmp_path).code == 0


def test_explain_takes_a_bare_name_and_refuses_a_folder(run: Run, tmp_path: Path) -> None:
    assert "tmdb:209867" in run("explain", FRIEREN).out
    assert run("explain", tmp_path).code == 2
    assert "Only videos are matched" in run("explain", "Show - 01.ass").out


def test_a_pin_wins_survives_and_is_taken_back(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "My Odd Folder"
    folder.mkdir()
    (folder / "Nobody Knows This - 03.mkv").write_bytes(b"video")
    match = ("match", folder, "--json")

    assert run(*match).of("match")[0]["decision"] == "unmatched"
    assert run("pin", folder, "tmdb:30991", "--season", "1", "--offset", "2").code == 0
    (event,) = run(*match).of("match")
    assert (event["decision"], event["match"]["id"]) == ("matched", 30991)
    assert [(c["season"], c["episode"]) for c in event["match"]["coordinates"]] == [(1, 5)]
    assert run("pins", "--json").of("pin")[0]["pin"]["folder"].endswith("/My Odd Folder")
    assert run("unpin", folder).code == 0
    assert run(*match).of("match")[0]["decision"] == "unmatched"
    assert run("pins").out == "There are no pins.\n"


def test_a_file_is_pinned_by_title_and_group_and_words_by_title(run: Run, tmp_path: Path) -> None:
    (tmp_path / "[Fans] Some Fan Name - 01.mkv").write_bytes(b"video")

    by_file = run("pin", tmp_path / "[Fans] Some Fan Name - 01.mkv", "tmdb:30991", "--json").of("pin")
    by_words = run("pin", "Another Name", "tmdb:movie/129", "--to", tmp_path / "lib", "--json").of("pin")

    assert (by_file[0]["pin"]["title"], by_file[0]["pin"]["group"]) == ("Some Fan Name", "Fans")
    assert by_words[0]["file"] == str(tmp_path / "lib/.anivault/pins.toml")


def test_a_pin_is_shown_with_the_name_of_its_show(run: Run, tmp_path: Path) -> None:
    (tmp_path / "Odd").mkdir()
    done = run("pin", tmp_path / "Odd", "tmdb:30991", "--season", "1", "--offset", "2")
    (event,) = run("pins", "--json").of("pin")

    assert f"  {tmp_path}/Odd  →  Cowboy Bebop (1998), tmdb:30991, season 1, numbers +2" in done.out
    assert event["show"] == "Cowboy Bebop (1998)"
    assert done.err.startswith("Organize again to use it.\n")


def test_a_pin_to_a_show_that_no_list_knows_is_kept_and_doubted(run: Run) -> None:
    done = run("pin", "Some Title", "tmdb:999999999")

    assert (done.code, "The catalogue does not know tmdb:999999999" in done.err) == (0, True)
    assert run("pins", "--json").of("pin")[0]["show"] is None


@pytest.mark.parametrize("words", ["./nope", "nope.mkv", "{0}/nope", "{0}/nope.mkv"])
def test_a_path_that_leads_nowhere_is_no_title(run: Run, tmp_path: Path, words: str) -> None:
    done = run("pin", words.format(tmp_path), "tmdb:30991")

    assert (done.code, "there is no file or folder at" in done.err) == (63, True)
    assert run("pin", "Fate/stay night", "tmdb:30991").code == 0


def test_a_pin_of_a_folder_that_is_gone_can_be_taken_back(run: Run, tmp_path: Path) -> None:
    (tmp_path / "Odd").mkdir()
    run("pin", tmp_path / "Odd", "tmdb:30991")
    (tmp_path / "Odd").rmdir()

    assert run("unpin", tmp_path / "Odd").code == 0
    assert run("pins").out == "There are no pins.\n"


@pytest.mark.parametrize("show", ["tmdb", "30991", "tmdb:", "tmdb:show/3", "../x:1"])
def test_a_pin_to_no_show_is_refused(run: Run, show: str) -> None:
    done = run("pin", "Some Title", show)

    assert done.code >= 20
    assert run("pins").out == "There are no pins.\n"


def test_several_parsers_vote_and_an_unknown_one_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / FRIEREN).write_bytes(b"video")

    assert run("scan", tmp_path, "--parser", "anitomy-ng").code == 0
    assert run("scan", tmp_path, "--parser", "nope").code == 45


def test_without_a_key_the_tmdb_of_the_settings_says_so_once_and_the_run_goes_on(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / FRIEREN).write_bytes(b"video")
    assert run("match", tmp_path).err == ""

    monkeypatch.setenv("ANIVAULT_PROVIDERS", "catalog,tmdb")
    done = run("match", tmp_path)

    assert done.code == 0
    assert done.err.count("TMDB key") == 1


@pytest.mark.parametrize("words", ["match {0}", "organize {0} --to {0}/../lib", "rename {0}", "explain {1}"])
def test_a_tmdb_that_is_asked_for_by_name_and_cannot_be_asked_is_an_error(
    run: Run, tmp_path: Path, words: str
) -> None:
    (tmp_path / "dl").mkdir()
    typed = words.format(tmp_path / "dl", FRIEREN.replace(" ", "_")).split()
    done = run(*typed, "--provider", "catalog", "--provider", "tmdb", "--json")

    assert (done.code, [event["code"] for event in done.events]) == (51, ["tmdb-key"])
    assert "ANIVAULT_TMDB_KEY" in done.err
    assert run("cache", "warm", tmp_path / "dl").code == 51


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_ends_a_command_with_a_word_and_its_exit_code(home: Path, name: str, code: int) -> None:
    command = [sys.executable, "-m", "anivault", "scan", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin
        process.stdin.write(b"Show - 01.mkv\n")
        process.stdin.flush()
        deadline = time.monotonic() + 30
        while unread(process.stdin.fileno()) and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.Signals[name])
        err = process.stderr.read().decode() if process.stderr else ""

    assert process.returncode == code
    assert err.splitlines()[-1] == "Interrupted. Nothing more was done."


@pytest.mark.parametrize("words", [["scan", ""], ["explain", ""], ["pin", "", "tmdb:1"], ["scan", "-", "x"]])
def test_words_that_name_nothing_are_refused(run: Run, words: list[str]) -> None:
    """An empty path is a variable that was not set; it does not mean the folder that one is in."""
    done = run(*words)

    assert (done.code, done.out) == (2, "")
    assert "Nothing was done." in done.err


def test_explain_says_why_a_file_is_in_no_scan_and_what_its_name_says(run: Run, tmp_path: Path) -> None:
    (tmp_path / FRIEREN).symlink_to("nowhere")
    (tmp_path / "Cowboy Bebop - 01.mkv.part").touch()
    os.mkfifo(tmp_path / "Mushishi - 01.mkv")

    link, partial = (run("explain", tmp_path / name) for name in (FRIEREN, "Cowboy Bebop - 01.mkv.part"))
    fifo, gone = (run("explain", tmp_path / name) for name in ("Mushishi - 01.mkv", "Toradora - 01.mkv"))

    assert "leaves this file out (link)" in link.err
    assert "tmdb:209867" in link.out
    assert (partial.code, "leaves this file out (partial)" in partial.err) == (0, True)
    assert "leaves this file out (special)" in fifo.err
    assert "There is no such file: this is what its name alone says." in gone.err
    assert run("explain", FRIEREN).err == ""


def test_pins_that_cannot_be_written_are_a_known_failure(run: Run, home: Path) -> None:
    (home / "config").symlink_to("nowhere")
    done = run("pin", "Some Title", "tmdb:30991")

    assert (done.code, done.err.startswith("Error: Writing ")) == (33, True)


def test_a_tmdb_key_that_cannot_be_one_is_told_of(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANIVAULT_TMDB_KEY", "short")
    feed(monkeypatch, FRIEREN)
    done = run("match", "-")

    assert "S01E01" in done.out
    assert "TMDB key cannot be one" in done.err
