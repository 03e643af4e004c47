"""Write many records as columns, each value once: small, quick to read back, and equal values are one object.

In: records of one msgspec class. Out: bytes; and from bytes the records. A value has to be hashable, or a
mapping of such.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import repeat
from operator import attrgetter
from typing import Any, Generic, TypeVar

import msgspec

Record = TypeVar("Record", bound=msgspec.Struct)
Kind = TypeVar("Kind")
Column = tuple[Sequence[Any], Sequence[int]]  # values, each once, and which of them each record has
_ODD = b"\xc1"  # begins nothing in msgpack


def encode(value: Any) -> bytes:
    """Write a value; also one with names that are not UTF-8, which msgpack cannot say."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        return _ODD + json.dumps(msgspec.to_builtins(value)).encode()


def decode(packed: bytes, kind: type[Kind]) -> Kind:
    """Read what `encode` wrote. Raises msgspec.DecodeError for what is not such a value."""
    if packed[:1] == _ODD:
        return msgspec.convert(json.loads(packed[1:]), kind, str_keys=True)
    found: Kind = _decoder(kind)(packed)  # type: ignore[arg-type]
    return found


_encode = msgspec.msgpack.Encoder().encode


@cache
def _decoder(kind: Any) -> Callable[[bytes], Any]:
    return msgspec.msgpack.Decoder(kind).decode


class Columns(Generic[Record]):
    """How records of one class are written and read. Decoding raises msgspec.DecodeError for other bytes."""

    def __init__(self, record: type[Record]) -> None:
        self._record = record
        fields = msgspec.structs.fields(record)
        self._names = [field.name for field in fields]
        self._table = msgspec.defstruct(
            f"{record.__name__}Columns",
            [
                ("count", int),
                *((field.name, tuple[tuple[field.type, ...], tuple[int, ...]]) for field in fields),  # type: ignore[name-defined]
            ],
            array_like=True,
            frozen=True,
            gc=False,
        )

    def pack(self, records: Sequence[Record]) -> bytes:
        """Write them."""
        columns = (_column(list(map(attrgetter(name), records))) for name in self._names)
        return encode(self._table(len(records), *columns))

    def unpack(self, packed: bytes) -> list[Record]:
        """Read them back."""
        table: Any = decode(packed, self._table)
        if not table.count:
            return []
        columns = {name: getattr(table, name) for name in self._names}
        same = {name: values[0] for name, (values, at) in columns.items() if not at}
        rows = _rows({name: column for name, column in columns.items() if name not in same}, table.count)
        return list(map(partial(_made, self._record, same), rows))


def _rows(columns: dict[str, Column], count: int) -> Iterator[dict[str, Any]]:
    """What each record has that not all have."""
    if not columns:
        return repeat({}, count)
    cells = (map(values.__getitem__, at) for values, at in columns.values())
    return (dict(zip(columns, row, strict=True)) for row in zip(*cells, strict=True))


def _made(record: type[Record], same: dict[str, Any], own: dict[str, Any]) -> Record:
    return record(**same, **own)


@cache
def columns(record: type[Record]) -> Columns[Record]:
    """How records of this class are written: made once, for the class says how."""
    return Columns(record)


def _column(values: list[Any]) -> tuple[list[Any], list[int]]:
    """The values, each once, and which of them each record has; one value for all needs no telling."""
    if not values:
        return [], []
    if values.count(None) == len(values):  # most columns of a name are empty
        return [None], []
    keys = _keys(values)
    once = dict(zip(keys, values, strict=True))
    if len(once) == 1:
        return list(once.values()), []
    place = {key: number for number, key in enumerate(once)}
    return list(once.values()), list(map(place.__getitem__, keys))


def _keys(values: list[Any]) -> list[Any]:
    """What tells values apart: 1 and 1.0 and True are equal, and written in different ways."""
    types = set(map(type, values)) - {type(None)}
    return values if len(types) < 2 and types.isdisjoint(_NESTED) else list(map(_key, values))


def _key(value: Any) -> Any:
    if type(value) is dict:
        return tuple(value.items())
    return (value, *map(type, value)) if type(value) is tuple else (type(value), value)


_NESTED = (tuple, dict)
