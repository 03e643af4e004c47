"""Work without a process of its own: an order is carried out here, and what it says is heard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette")

from anivault.web.desk import Sheet
from anivault.web.house import House
from anivault.web.work.run import work_of
from anivault.web.work.telling import Order, Teller


class Ears(Teller):
    """Hears what the page would be told."""

    def __init__(self) -> None:
        self._told = 0.0
        self.said: list[dict[str, Any]] = []

    def _say(self, what: dict[str, Any]) -> None:
        self.said.append(what)

    @property
    def labels(self) -> list[str]:
        return list(dict.fromkeys(what["label"] for what in self.said))


class Bench:
    """Downloads, a library and a desk, and who works on them."""

    def __init__(self, house: House) -> None:
        self.house, self.ears = house, Ears()
        self.source, self.library = Path(house.sources[0]), Path(house.library)

    def have(self, *names: str) -> None:
        """Put files into the downloads, each with its name as its content."""
        for name in names:
            path = self.source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)

    def do(self, job: str, **more: Any) -> dict[str, Any]:
        """Carry out an order as the process for it does; raises what the process would tell."""
        return work_of(job)(Order(self.house.order(job, **more)), self.ears)

    def sheet(self, name: str) -> Sheet:
        sheet = self.house.desk.sheet(name)
        assert sheet
        return sheet

    def rows(self, name: str, kind: str, record: type[Any], group: str | None = None) -> list[Any]:
        """The records of one kind on a sheet."""
        with self.sheet(name) as sheet:
            return [row.read(record) for row in sheet.rows(kind, group, most=10_000)]

    def groups(self, name: str, kind: str, record: type[Any]) -> dict[str, Any]:
        """The groups of one kind on a sheet, by key, in their order."""
        with self.sheet(name) as sheet:
            return dict(sheet.groups(kind, record, most=10_000))

    def fact(self, name: str, record: type[Any]) -> Any:
        found = self.house.desk.fact(name, record)
        assert found
        return found


@pytest.fixture
def bench(house: House) -> Bench:
    return Bench(house)
