"""Write many records as columns, each value once: small, quick to read back, and equal values are one object.

In: records of one msgspec class. Out: bytes; and from bytes the records. A value has to be hashable, or a
mapping of such.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import repeat
from operator import is_
from typing import Any, Generic, TypeVar, get_origin

import msgspec
from msgspec.structs import replace

Record = TypeVar("Record", bound=msgspec.Struct)
Kind = TypeVar("Kind")
Same = dict[Any, Any]  # values by what tells them apart
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
    """How records of one class are written and read. Decoding raises msgspec.DecodeError for other bytes.

    A record that stands in several places is written once, and is one object again when it is read.
    """

    def __init__(self, record: type[Record]) -> None:
        self._record = record
        fields = msgspec.structs.fields(record)
        self._names = [field.name for field in fields]
        self._nested = [f.name for f in fields if (get_origin(f.type) or f.type) in _NESTED]
        self._table = msgspec.defstruct(
            f"{record.__name__}Columns",
            [
                ("count", int),
                ("places", tuple[int, ...]),
                *((field.name, tuple[tuple[field.type, ...], tuple[int, ...]]) for field in fields),  # type: ignore[name-defined]
            ],
            array_like=True,
            frozen=True,
            gc=False,
        )

    def pack(self, records: Sequence[Record]) -> bytes:
        """Write them."""
        once, places = _once(records)
        rows = map(msgspec.structs.astuple, once)
        columns = map(_column, zip(*rows, strict=True)) if once else repeat(([], []), len(self._names))
        return encode(self._table(len(once), places, *columns))

    def unpack(self, packed: bytes, same: Same | None = None) -> list[Record]:
        """Read them back. What is read with one `same` shares tuples and mappings that are equal."""
        table: Any = decode(packed, self._table)
        if not table.count:
            return []
        columns = {name: getattr(table, name) for name in self._names}
        if same is not None:
            columns |= {name: (_shared(columns[name][0], same), columns[name][1]) for name in self._nested}
        first = self._record(**{name: values[at[0] if at else 0] for name, (values, at) in columns.items()})
        cells = {name: map(values.__getitem__, at) for name, (values, at) in columns.items() if at}
        rows = zip(*cells.values(), strict=True) if cells else repeat((), table.count)
        made = [replace(first, **dict(zip(cells, row, strict=True))) for row in rows]
        return list(map(made.__getitem__, table.places)) if table.places else made


@cache
def columns(record: type[Record]) -> Columns[Record]:
    """How records of this class are written: made once, for the class says how."""
    return Columns(record)


def _once(values: Sequence[Any]) -> tuple[list[Any], list[int]]:
    """The objects, each once, and which of them stands where; that needs no telling where all differ.

    None of them goes meanwhile, so that its address is its own.
    """
    ids = list(map(id, values))
    once = dict(zip(ids, values, strict=True))
    if len(once) == len(ids):
        return list(values), []
    return list(once.values()), _places(once, ids)


def _column(values: Sequence[Any]) -> tuple[list[Any], list[int]]:
    """The values, each once, and which of them each record has; one value for all needs no telling.

    Records of one release share most of their values: these are compared as objects first.
    """
    first = values[0]
    if first is values[-1] and all(
        map(is_, values, repeat(first))
    ):  # as most of a folder are, and empty ones
        return [first], []
    objects, at = _once(values)
    keys = _keys(objects)
    once = dict(zip(keys, objects, strict=True))
    if len(once) == 1:
        return list(once.values()), []
    places = _places(once, keys)
    return list(once.values()), list(map(places.__getitem__, at)) if at else places


def _places(once: Iterable[Any], keys: Iterable[Any]) -> list[int]:
    """Where in `once` each key stands."""
    place = {key: number for number, key in enumerate(once)}
    return list(map(place.__getitem__, keys))


def _shared(values: Sequence[Any], same: Same) -> list[Any]:
    """The values, each as the first object that is equal to it in every way."""
    return [same.setdefault(_key(value), value) for value in values]


def _keys(values: list[Any]) -> list[Any]:
    """What tells values apart: 1 and 1.0 and True are equal, and written in different ways."""
    types = set(map(type, values)) - {type(None)}
    return values if len(types) < 2 and types.isdisjoint(_NESTED) else list(map(_key, values))


def _key(value: Any) -> Any:
    if type(value) is dict:
        return tuple(value.items())
    return (value, *map(type, value)) if type(value) is tuple else (type(value), value)


_NESTED = (tuple, dict)
