"""Files of our own are read only where nobody else can have written them, and none of them hangs us."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from anivault.shared import trust
from anivault.shared.errors import SHOWN, NotTrustedError

root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")


@pytest.fixture
def library(tmp_path: Path) -> Path:
    (tmp_path / "lib/.anivault").mkdir(parents=True)
    (tmp_path / "lib/.anivault/config.toml").write_text("[organize]\n")
    return tmp_path / "lib"


def test_a_folder_and_a_file_of_the_user_are_read(library: Path) -> None:
    assert trust.read_toml(str(library / ".anivault/config.toml")) == {"organize": {}}


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o703, 0o702])
def test_a_folder_that_anyone_may_write_is_refused_with_what_to_type(library: Path, mode: int) -> None:
    (library / ".anivault").chmod(mode)

    with pytest.raises(NotTrustedError, match="anyone may write") as refused:
        trust.require_home(str(library))
    assert "chmod -R o-w" in refused.value.hint


@pytest.mark.parametrize("mode", [0o666, 0o602, 0o646])
def test_a_file_that_anyone_may_write_is_refused(library: Path, mode: int) -> None:
    (library / ".anivault/config.toml").chmod(mode)

    with pytest.raises(NotTrustedError, match="anyone may write"):
        trust.read(str(library / ".anivault/config.toml"))


@pytest.mark.parametrize("mode", [0o700, 0o755, 0o775, 0o2770])
def test_a_group_may_share_a_library(library: Path, mode: int) -> None:
    (library / ".anivault").chmod(mode)
    (library / ".anivault/config.toml").chmod(0o664)

    assert trust.read(str(library / ".anivault/config.toml"))


@root
@pytest.mark.parametrize("whose", [".anivault", ".anivault/config.toml"])
def test_what_belongs_to_another_user_is_refused(library: Path, whose: str) -> None:
    os.chown(library / whose, 4711, 4711)

    with pytest.raises(NotTrustedError, match="another user"):
        trust.read(str(library / ".anivault/config.toml"))


@root
def test_root_follows_what_the_owner_of_the_library_wrote(library: Path) -> None:
    for path in (library, library / ".anivault", library / ".anivault/config.toml"):
        os.chown(path, 4711, 4711)

    assert trust.read(str(library / ".anivault/config.toml"))


def as_link(path: Path) -> None:
    kept = path.with_name("elsewhere")
    path.rename(kept)
    path.symlink_to(kept, target_is_directory=kept.is_dir())


def as_dangling_link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("nowhere")


def as_fifo(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    os.mkfifo(path)


def as_file(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.write_text("")


@pytest.mark.parametrize("change", [as_link, as_dangling_link, as_fifo, as_file])
def test_a_library_s_folder_that_is_no_folder_is_refused(
    library: Path, change: Callable[[Path], None]
) -> None:
    change(library / ".anivault")

    with pytest.raises(NotTrustedError, match="a link or a file"):
        trust.require_home(str(library))


@pytest.mark.parametrize("change", [as_link, as_dangling_link, as_fifo])
def test_a_library_s_file_that_is_no_file_is_never_followed(
    library: Path, change: Callable[[Path], None]
) -> None:
    change(library / ".anivault/config.toml")

    with pytest.raises(OSError, match=r"it is a link, and none is followed|no regular file"):
        trust.read(str(library / ".anivault/config.toml"))


def test_a_user_s_own_file_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "kept.toml").write_text("[organize]\n")
    (tmp_path / "config.toml").symlink_to("kept.toml")

    assert trust.read_toml(str(tmp_path / "config.toml")) == {"organize": {}}


def test_where_every_file_may_be_written_by_anyone_modes_say_nothing(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NTFS, exFAT and some shares show 0777 for all: imitated, as a file system without modes."""
    (library / ".anivault").chmod(0o777)
    (library / ".anivault/config.toml").chmod(0o777)
    monkeypatch.setattr(trust, "keeps_modes", lambda _: False)

    assert trust.read(str(library / ".anivault/config.toml"))


def test_a_file_system_with_modes_is_known_without_a_trace(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)

    assert trust.keeps_modes(str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_read_up_to_a_bound(tmp_path: Path) -> None:
    (tmp_path / "big.toml").write_bytes(b"#" * (trust.MOST + 1))

    with pytest.raises(OSError, match="more than"):
        trust.read(str(tmp_path / "big.toml"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a = " + "[" * 100_000, "nested"),
        ("a = " + "{a=" * 100_000, "nested"),
        ("a = " + "[" * 30 + "]" * 30, "nested"),
        (".".join("a" * 100_000) + " = 1", "dots"),
        ('."\u2028".'.join("a" * 50_000) + " = 1", "dots"),  # ends no line of TOML
        ("[" + ".".join("a" * 900) + "]", "nested"),
        ("a = " + "9" * 9_000, "digits"),
        ("a = 1\x00", "line 1"),
        ("a = '" + "x" * 100_000, "end of document"),
        ("x" * 500_000, "after a key"),
    ],
)
def test_toml_beyond_all_sense_is_one_short_error(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as refused:
        trust.parse_toml(text)
    assert len(str(refused.value)) <= SHOWN + 1


def test_a_byte_order_mark_is_read_and_another_encoding_named(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1\n")
    assert trust.read_toml(str(path)) == {"a": 1}
    path.write_bytes("a = 1\n".encode("utf-16"))

    with pytest.raises(ValueError, match="UTF-8"):
        trust.read_toml(str(path))
