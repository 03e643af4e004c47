"""One setting is one line of the user's file; every other line stays as it is, byte for byte."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anivault.services.remembered.configured import begin, change, keep_key, value_of
from anivault.shared.errors import ConfigError, DiskError, TmdbKeyError, UsageError
from anivault.shared.settings import Settings, flatten

PLAIN = {"scan.settle": 5.0, "organize.mode": "copy", "organize.preset": "plex", "organize.upgrade": True}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "config.toml"


def wrote(path: Path, text: str, **changes: Any) -> str:
    """What stands in the file after these changes; settings are named with `__` for the dot."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    change(path, {name.replace("__", "."): value for name, value in changes.items()})
    return path.read_bytes().decode()


# --- where the line goes ---


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[organize]\nmode = "copy"\n'),
        ("[organize]\n", '[organize]\nmode = "copy"\n'),
        ("[organize]", '[organize]\nmode = "copy"\n'),
        ('[organize]\nmode = "move"\n', '[organize]\nmode = "copy"\n'),
        ('[organize]\n  mode="move" # mine\n', '[organize]\nmode = "copy"\n'),
        ('[organize]\npreset = "plex"\n', '[organize]\nmode = "copy"\npreset = "plex"\n'),
        ("[scan]\nsettle = 5\n", '[scan]\nsettle = 5\n\n[organize]\nmode = "copy"\n'),
        (
            "[scan]\nsettle = 5\n[ organize ] # mine\n[match]\nlanguages = []\n",
            '[scan]\nsettle = 5\n[ organize ] # mine\nmode = "copy"\n[match]\nlanguages = []\n',
        ),
    ],
)
def test_a_setting_is_one_line_below_its_head(path: Path, before: str, after: str) -> None:
    assert wrote(path, before, organize__mode="copy") == after


def test_a_key_of_the_same_name_in_another_table_is_another_setting(path: Path) -> None:
    text = '[presets.mine]\nbase = "plex"\nmode = "x"\n[organize]\nmode = "move"\n'
    text = text.replace('mode = "x"\n', "")  # a preset has no such key

    assert wrote(path, text, organize__mode="copy") == text.replace('"move"', '"copy"')


def test_taking_one_out_leaves_the_default(path: Path) -> None:
    assert wrote(path, '[organize]\nmode = "move"\nupgrade = true\n', organize__mode=None) == (
        "[organize]\nupgrade = true\n"
    )
    assert wrote(path, "", organize__mode=None) == "\n"  # nothing to take out


def test_several_at_once(path: Path) -> None:
    assert tomllib.loads(wrote(path, "", **{k.replace(".", "__"): v for k, v in PLAIN.items()})) == {
        "scan": {"settle": 5.0},
        "organize": {"mode": "copy", "preset": "plex", "upgrade": True},
    }


OTHERS = st.lists(
    st.sampled_from(
        [
            "# a remark",
            "# a remark with \u2028 and \x85 in it",
            "",
            "  ",
            '[organize]\nprefer = ["group:A\u2028B"]',
            "[scan]\nsettle = 7",
            '[match]\nlanguages = ["de", "en"]  # mine',
            '[presets.mine]\nbase = "plex"',
        ]
    ),
    unique_by=lambda text: text.partition("]")[0] if "[" in text else object(),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(OTHERS, st.sampled_from(sorted(PLAIN)), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_all_other_lines_stay_byte_for_byte_and_mean_the_same(
    path: Path, parts: list[str], name: str, end: str, ended: bool
) -> None:
    text = end.join("\n".join(parts).split("\n")) + (end if ended else "")
    if name == "scan.settle" and "settle = 7" in text:
        name = "organize.mode"
    section, _, key = name.partition(".")
    before = tomllib.loads(text.replace("\r\n", "\n"))
    made = wrote(path, text, **{name.replace(".", "__"): PLAIN[name]})

    old, new = text.split("\n"), made.split("\n")
    added = [line for line in new if line.startswith(f"{key} =") or line == f"[{section}]"]
    rest = [line for line in new if line not in added or line in old]
    assert [line for line in rest if line.strip()] == [line for line in old if line.strip()]
    wanted = {**before, section: {**before.get(section, {}), key: PLAIN[name]}}
    assert tomllib.loads(made.replace("\r\n", "\n")) == wanted


# --- what is refused ---


@pytest.mark.parametrize(
    "text",
    [
        "no toml",
        '[organize]\nprefer = [\n  "group:A",\n]\n',  # of several lines
        'organize.prefer = ["group:A"]\n',
        'organize = { prefer = ["group:A"] }\n',
        '["organize"]\nprefer = ["group:A"]\n',
        "[organize]\nmode = 7\n",  # what is wrong already is not made worse
    ],
)
def test_what_no_line_can_change_is_refused_and_the_file_is_as_it_was(path: Path, text: str) -> None:
    with pytest.raises(ConfigError):
        wrote(path, text, organize__prefer=["group:B"])
    assert path.read_text() == text


@pytest.mark.parametrize(
    ("name", "value"), [("organize.mode", "nonsense"), ("scan.settle", -1.0), ("organize.upgrade", "x")]
)
def test_a_value_that_does_not_hold_is_refused(path: Path, name: str, value: Any) -> None:
    with pytest.raises(ConfigError):
        change(path, {name: value})
    assert not path.exists()


def test_a_file_that_is_not_utf_8_is_refused_and_stays(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"# \xff\n")

    with pytest.raises(ConfigError, match="UTF-8"):
        change(path, {"organize.mode": "copy"})
    assert path.read_bytes() == b"# \xff\n"


def test_a_link_to_where_somebody_keeps_their_files_stays_one(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    (tmp_path / "kept.toml").write_text("# mine\n")
    path.symlink_to(tmp_path / "kept.toml")
    change(path, {"organize.mode": "copy"})

    assert path.is_symlink()
    assert (tmp_path / "kept.toml").read_text() == '# mine\n\n[organize]\nmode = "copy"\n'


def test_what_cannot_be_written_is_an_error(path: Path) -> None:
    path.parent.write_text("a file where the folder would be")

    with pytest.raises(DiskError):
        begin(path)


# --- what words mean ---


@pytest.mark.parametrize(
    ("name", "words", "value"),
    [
        ("organize.mode", ["copy"], "copy"),
        ("organize.upgrade", ["yes"], True),
        ("organize.upgrade", ["NO"], False),
        ("scan.settle", ["5"], 5),
        ("scan.settle", ["1.5"], 1.5),
        ("organize.prefer", ["group:A, group:B", "size:larger"], ["group:A", "group:B", "size:larger"]),
        ("organize.prefer", [" , "], []),
        ("library.path", ["/my", "library"], "/my library"),
    ],
)
def test_words_are_read_by_the_kind_of_their_setting(name: str, words: list[str], value: Any) -> None:
    read = value_of(name, words)

    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("organize.upgrade", ["perhaps"]),
        ("scan.settle", ["soon"]),
        ("organize.mod", ["copy"]),
        ("nothing", ["x"]),
        ("presets.mine", ["x"]),
    ],
)
def test_words_that_cannot_be_meant_are_refused_with_what_to_type(name: str, words: list[str]) -> None:
    with pytest.raises(UsageError, match="Nothing was changed") as refused:
        value_of(name, words)
    assert "anivault config" in refused.value.hint


def test_a_setting_that_is_nearly_one_is_told() -> None:
    with pytest.raises(UsageError, match=r"organize\.mode"):
        value_of("organize.mod", ["copy"])


# --- the first file, and a key ---


def test_a_first_file_has_every_setting_and_puts_none_in_force(path: Path) -> None:
    begin(path)
    text = path.read_text()

    assert not any(tomllib.loads(text).values())
    assert all(f"# {name.rpartition('.')[2]} = " in text for name, _ in flatten(Settings()) if "." in name)
    change(path, {"organize.mode": "copy"})
    assert path.read_text().replace('mode = "copy"\n', "", 1) == text


def test_a_key_is_for_the_user_alone(path: Path) -> None:
    keep_key(path, "0123456789abcdef")

    assert path.read_text() == "0123456789abcdef\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.stat(path.parent).st_mode & 0o077 == 0


@pytest.mark.parametrize("key", ["", "short", "with a blank in it", "x" * 3000, "line\nbreak1234"])
def test_what_cannot_be_a_key_is_not_kept(path: Path, key: str) -> None:
    with pytest.raises(TmdbKeyError):
        keep_key(path, key)
    assert not path.exists()
