"""A plan file is taken back whole or not at all."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from anivault.core.models import Held, HeldReason, Identity, Mode, Move, Plan
from anivault.core.planning import planfile
from anivault.shared.errors import OutputRefusedError, PlanFileError

ROOTS = ("/data/torrents", "/data/more")
LIBRARY = "/library"


def move(rel: str, target: str, **more: Any) -> Move:
    more = {
        "root": ROOTS[0],
        "mode": Mode.HARDLINK,
        "identity": Identity(5, 6, 7, 8),
        "reason": "why",
        **more,
    }
    return Move(rel=rel, target=target, **more)


PLAN = Plan(
    library=LIBRARY,
    roots=ROOTS,
    preset="jellyfin",
    mode=Mode.HARDLINK,
    moves=(
        move("a/01.mkv", "Shows/A/Season 01/A S01E01.mkv", crc32="DEADBEEF", metadata="m"),
        move("a/01.ass", "Shows/A/Season 01/A S01E01.ass", video="Shows/A/Season 01/A S01E01.mkv"),
        move("b/\udcff\udcfe.mkv", "Shows/B/Season 01/B S01E01.mkv", root=ROOTS[1]),
        move("第3話 “x”.mkv", "Movies/蟲師/蟲師.mkv", identity=Identity(2**62, -5)),
    ),
    held=(Held(root=ROOTS[1], rel="sam\udcffple.mkv", reason=HeldReason.SAMPLE, said="a sample \udcff"),),
)


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    planfile.write(PLAN, str(path))
    return path


def read(path: Path, roots: tuple[str, ...] = ROOTS) -> Plan:
    return planfile.read(str(path), roots, LIBRARY)


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the document as an editor would, without setting the checksum."""
    document = json.loads(path.read_bytes())
    change(document)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")


def seal_and_read(path: Path) -> Plan:
    planfile.seal(str(path))
    return read(path)


def test_a_plan_comes_back_as_it_was(plan_file: Path) -> None:
    back = read(plan_file)

    assert back.moves == PLAN.moves
    assert [(item.rel, item.reason) for item in back.held] == [("sam\udcffple.mkv", HeldReason.SAMPLE)]
    assert (back.library, back.roots, back.preset, back.mode) == (LIBRARY, ROOTS, "jellyfin", Mode.HARDLINK)


def test_the_same_plan_gives_the_same_bytes(plan_file: Path, tmp_path: Path) -> None:
    planfile.write(read(plan_file), str(tmp_path / "again.json"))
    planfile.write(read(tmp_path / "again.json"), str(tmp_path / "third.json"))

    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "third.json").read_bytes()


def test_the_file_is_utf8_json_for_its_owner_with_a_line_a_file(plan_file: Path) -> None:
    text = plan_file.read_text(encoding="utf-8")

    assert plan_file.stat().st_mode & 0o777 == 0o600
    assert sum('"path":' in line for line in text.splitlines()) == len(PLAN.moves) + len(PLAN.held)
    assert json.loads(text)["moves"][2]["path"] == "b/??.mkv"


def test_paths_in_the_file_are_relative_and_the_roots_come_from_the_caller(plan_file: Path) -> None:
    back = read(plan_file, ("/mnt/elsewhere", "/mnt/more"))

    assert [item.root for item in back.moves] == ["/mnt/elsewhere"] * 2 + ["/mnt/more", "/mnt/elsewhere"]


def test_roots_named_in_another_order_are_found_by_name(plan_file: Path) -> None:
    assert [item.root for item in read(plan_file, ROOTS[::-1]).moves] == [item.root for item in PLAN.moves]


def test_another_number_of_roots_is_refused(plan_file: Path) -> None:
    with pytest.raises(PlanFileError, match="made for 2 folders, and 1"):
        read(plan_file, ("/data/torrents",))


def test_an_edit_counts_once_it_is_sealed(plan_file: Path) -> None:
    edit(plan_file, lambda d: d["moves"][0].update(target="Shows/A/Season 01/Renamed S01E01.mkv"))

    with pytest.raises(PlanFileError, match="checksum") as refused:
        read(plan_file)
    assert "--seal" in refused.value.hint
    assert seal_and_read(plan_file).moves[0].target == "Shows/A/Season 01/Renamed S01E01.mkv"


def test_a_sealed_file_stays_as_it_was_written(plan_file: Path) -> None:
    before = plan_file.read_bytes()

    planfile.seal(str(plan_file))

    assert plan_file.read_bytes() == before


HOSTILE: dict[str, Callable[[dict[str, Any]], object]] = {
    "absolute target": lambda d: d["moves"][0].update(target="/etc/passwd"),
    "target that climbs": lambda d: d["moves"][0].update(target="Shows/../../x.mkv"),
    "target of dots": lambda d: d["moves"][0].update(target=".."),
    "target with a dot component": lambda d: d["moves"][0].update(target="Shows/./x.mkv"),
    "target with an empty component": lambda d: d["moves"][0].update(target="Shows//x.mkv"),
    "target that is a folder": lambda d: d["moves"][0].update(target="Shows/"),
    "empty target": lambda d: d["moves"][0].update(target=""),
    "NUL in the target": lambda d: d["moves"][0].update(target="Shows/x\0.mkv"),
    "absolute source": lambda d: d["moves"][0].update(path="/etc/shadow"),
    "source that climbs": lambda d: d["moves"][0].update(path="../other/x.mkv"),
    "held source that climbs": lambda d: d["held"][0].update(path="../x", path_b64=None),
    "bytes that climb": lambda d: d["moves"][2].update(path="../??", path_b64="Li4v//4="),
    "bytes of another path": lambda d: d["moves"][2].update(path_b64="Yi9hLm1rdg=="),
    "bytes that are no base64": lambda d: d["moves"][2].update(path_b64="!!"),
    "video that climbs": lambda d: d["moves"][1].update(video="../x.mkv"),
    "unknown version": lambda d: d.update(anivault_plan=2),
    "version missing": lambda d: d.pop("anivault_plan"),
    "unknown key": lambda d: d.update(run_this="rm -rf /"),
    "unknown key in an entry": lambda d: d["moves"][0].update(overwrite=True),
    "unknown mode": lambda d: d["moves"][0].update(mode="overwrite"),
    "negative size": lambda d: d["moves"][0].update(size=-1),
    "size that is no number": lambda d: d["moves"][0].update(size="5"),
    "size missing": lambda d: d["moves"][0].pop("size"),
    "root that does not exist": lambda d: d["moves"][0].update(root=2),
    "negative root": lambda d: d["moves"][0].update(root=-1),
    "same target twice": lambda d: d["moves"][1].update(target=d["moves"][0]["target"]),
    "same target but for case": lambda d: d["moves"][1].update(target=d["moves"][0]["target"].upper()),
    "same target but for Unicode form": lambda d: (
        d["moves"][0].update(target="Shows/\u00e4.mkv"), d["moves"][1].update(target="Shows/a\u0308.mkv")
    ),
    "target below a target": lambda d: d["moves"][1].update(target=d["moves"][0]["target"] + "/x.ass"),
    "same source twice": lambda d: d["moves"][1].update(path=d["moves"][0]["path"]),
    "no roots": lambda d: d.update(roots=[]),
    "moves missing": lambda d: d.pop("moves"),
}  # fmt: skip


@pytest.mark.parametrize("attack", HOSTILE)
def test_what_leads_outside_or_cannot_be_is_not_even_sealed(plan_file: Path, attack: str) -> None:
    edit(plan_file, HOSTILE[attack])
    before = plan_file.read_bytes()

    with pytest.raises(PlanFileError):
        seal_and_read(plan_file)
    assert plan_file.read_bytes() == before


@pytest.mark.parametrize("attack", HOSTILE)
def test_it_is_refused_with_a_right_checksum_too(plan_file: Path, attack: str) -> None:
    edit(plan_file, HOSTILE[attack])
    plan_file.write_bytes(planfile.summed(plan_file.read_bytes()))

    with pytest.raises(PlanFileError):
        read(plan_file)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"null", b"[]", b"\xff\xfe", b'{"anivault_plan":1}', b"[" * 100_000, b"\0" * 50]
)
def test_what_is_no_plan_is_refused(plan_file: Path, content: bytes) -> None:
    plan_file.write_bytes(content)

    with pytest.raises(PlanFileError):
        read(plan_file)
    with pytest.raises(PlanFileError):
        planfile.seal(str(plan_file))


def test_of_a_thousand_damaged_plans_none_is_accepted(plan_file: Path) -> None:
    whole, chance = plan_file.read_bytes(), random.Random(7)
    for _ in range(1000):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(damaged))
            kind = chance.randrange(4)
            if kind == 0:
                damaged[at] ^= 1 << chance.randrange(8)
            elif kind == 1:
                del damaged[at : at + chance.randint(1, 40)]
            elif kind == 2:
                damaged[at:at] = whole[chance.randrange(len(whole)) :][: chance.randint(1, 40)]
            else:
                damaged = damaged[: max(at, 1)]
        if damaged == whole:
            continue
        plan_file.write_bytes(damaged)

        with pytest.raises(PlanFileError):
            read(plan_file)


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_refused(plan_file: Path, mode: int) -> None:
    plan_file.chmod(mode)

    with pytest.raises(PlanFileError, match="others may write"):
        read(plan_file)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(plan_file: Path) -> None:
    os.chown(plan_file, 65534, 65534)

    with pytest.raises(PlanFileError, match="another user"):
        read(plan_file)


def test_a_pipe_in_place_of_a_plan_neither_hangs_nor_counts(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "plan.json")

    with pytest.raises(PlanFileError, match="no regular file"):
        read(tmp_path / "plan.json")


@pytest.mark.parametrize("path", ["missing.json", "."])
def test_what_cannot_be_read_is_said(tmp_path: Path, path: str) -> None:
    with pytest.raises(PlanFileError):
        read(tmp_path / path)


def test_a_plan_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OutputRefusedError, match="there is no folder"):
        planfile.write(PLAN, str(tmp_path / "missing" / "plan.json"))
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputRefusedError, match="has this name"):
        planfile.write(PLAN, str(tmp_path / "folder"))

    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_an_empty_plan_is_a_plan(tmp_path: Path) -> None:
    empty = Plan(library=LIBRARY, roots=("/x",), preset="kodi", mode=Mode.MOVE)

    planfile.write(empty, str(tmp_path / "plan.json"))

    assert planfile.read(str(tmp_path / "plan.json"), ["/x"], LIBRARY) == empty


def test_the_published_schema_is_that_of_the_records() -> None:
    published = (files("anivault.schemas") / "plan.schema.json").read_text(encoding="utf-8")

    assert json.loads(published) == planfile.schema()
