"""What is read at once gives what one after another gives, in the same order."""

from __future__ import annotations

from anivault.core.pipeline.parallel_reader import BATCH, parts, read_all
from anivault.parser.models import ParseResult
from anivault.parser.read import Reader, read_rules
from anivault.shared.progress import Progress, untold


class Failing:
    """An engine that cannot read names with a 7."""

    name = "failing"
    in_process = True

    def parse(self, name: str) -> ParseResult:
        if "7" in name:
            raise ValueError(f"no idea of {name}")
        return read_rules(name)


NAMES = [f"Gankutsuou {n}.mkv" for n in range(1, 41)] + ["Monster - 05.mkv", "Monster - 06 [720p].mkv", "?"]


def read(tasks: list[list[str]], reader: Reader, progress: Progress = untold) -> list[list[ParseResult]]:
    """Read the names of each task, in this process or in others."""

    def readings(names: list[str]) -> list[ParseResult]:
        return list(map(reader.read, names))

    return list(read_all(tasks, readings, reader, progress, pack=lambda answer: answer))


def test_names_are_read_in_their_order_each_by_itself() -> None:
    tasks = [NAMES[:10], NAMES[10:11], NAMES[11:]]

    assert read(tasks, Reader()) == [list(map(Reader().read, names)) for names in tasks]


def test_progress_tells_how_many_of_all_are_read_batch_by_batch() -> None:
    told: list[tuple[int, int | None]] = []
    many = [f"Monster - {n:04}.mkv" for n in range(BATCH + 3)]
    read([*map(list, parts(many))], Reader(), lambda done, of: told.append((done, of)))

    assert told == [(BATCH, len(many)), (len(many), len(many))]


def test_small_tasks_are_read_together_and_none_is_cut() -> None:
    told: list[int] = []
    tasks = [[f"Monster {n}.mkv"] * size for n, size in enumerate((600, 300, 200, 900, 1))]
    read(tasks, Reader(), lambda done, _: told.append(done))

    assert told == [900, 1100, 2001]


def test_what_engines_fail_at_is_counted_once_over_all_batches() -> None:
    reader = Reader([Failing(), Failing()])
    names = [f"Gankutsuou {n % 10}x{n}.mkv" for n in range(BATCH + 20)]
    read([*map(list, parts(names))], reader)

    assert reader.failures == {"failing": 2 * sum("7" in name for name in names)}
    assert reader.why["failing"].startswith("no idea of Gankutsuou")


def test_no_names_are_no_work() -> None:
    assert read([], Reader()) == []
