"""Dataclasses as JSON and back, from one description of each: the name of a field, its key and the form of its value.

A value that equals the default of its field is left out. That saves room, and older texts with fewer fields stay
readable.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_REQUIRED: Any = object()
"""Stands for the default of a field without one."""


@dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    """Writes a value as JSON and reads it back.

    Reading raises ValueError, TypeError, KeyError or another error of Python if the JSON has another form.
    """

    write: Callable[[T], Any]
    read: Callable[[Any], T]


def _same(value: T) -> T:
    return value


INT: Codec[int] = Codec(_same, int)
TEXT: Codec[str] = Codec(_same, str)
FLAG: Codec[bool] = Codec(_same, bool)


def _time(moment: datetime) -> str:
    # `strftime` would write the year 1 as one digit.
    in_utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return in_utc.isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


_LENGTH = len("2026-03-01T14:05:00Z")


def _moment(text: str) -> datetime:
    if len(text) != _LENGTH or not text.endswith("Z"):
        raise ValueError(f"{text!r} is no moment")
    return datetime.fromisoformat(text)  # five times as fast as reading by the form


TIME: Codec[datetime] = Codec(_time, _moment)
"""`2026-03-01T14:05:00Z`."""


def enum(kind: type[StrEnum]) -> Codec[Any]:
    """A value of an enumeration as its text."""
    return Codec(_same, kind)


def maybe(of: Codec[T]) -> Codec[T | None]:
    """A value, or null."""
    write, read = of.write, of.read
    return Codec(
        lambda value: None if value is None else write(value), lambda data: None if data is None else read(data)
    )


def many(of: Codec[T]) -> Codec[tuple[T, ...]]:
    """Several values as a list."""
    write, read = of.write, of.read
    return Codec(lambda values: [*map(write, values)], lambda data: tuple(map(read, data)))


def triple(first: Codec[Any], second: Codec[Any], third: Codec[Any]) -> Codec[tuple[Any, Any, Any]]:
    """Three values as a list."""

    def read(data: Any) -> tuple[Any, Any, Any]:  # noqa: ANN401 - what JSON holds
        x, y, z = data
        return first.read(x), second.read(y), third.read(z)

    return Codec(lambda value: [first.write(value[0]), second.write(value[1]), third.write(value[2])], read)


@dataclass(frozen=True, slots=True)
class Key:
    """A field of a dataclass in an object: its key, the form of its value, and the value that is left out.

    Without a `default` here, the default of the dataclass counts. A field without any default is always written.
    """

    name: str
    key: str
    of: Codec[Any]
    default: Any = _REQUIRED


def as_list(kind: type[T], least: int | None = None, **of: Codec[Any]) -> Codec[T]:
    """A dataclass as a list of its fields in this order. After the first `least` ones, a default is null or cut off.

    Reading raises ValueError if the list has another length.
    """
    names, codecs = tuple(of), tuple(of.values())
    least = len(names) if least is None else least
    defaults = tuple(_default_of(kind, name) if place >= least else _REQUIRED for place, name in enumerate(names))
    parts = tuple(zip(names, (codec.write for codec in codecs), defaults, strict=True))

    def write(value: T) -> list[Any]:
        values = [
            None if (held := getattr(value, name)) == default else encode(held) for name, encode, default in parts
        ]
        # Defaults at the end need no place, because reading fills them in.
        while len(values) > least and values[-1] is None:
            values.pop()
        return values

    def read(data: Any) -> T:  # noqa: ANN401 - what JSON holds
        # A list of another length is of another version, and its values would stand under wrong names.
        if not least <= len(data) <= len(names):
            raise ValueError(f"{len(data)} values in place of {len(names)}")
        fields_read = zip(names, codecs, defaults, data, strict=False)
        return kind(
            **{
                name: codec.read(value)
                for name, codec, default, value in fields_read
                if value is not None or default is _REQUIRED
            }
        )

    return Codec(write, read)


@dataclass(frozen=True, slots=True)
class Inline:
    """A field whose own fields stand in the object of the outer dataclass."""

    name: str
    of: Codec[Any]


def as_object(kind: type[T], *parts: Key | Inline) -> Codec[T]:
    """A dataclass as an object with its keys in this order."""
    known = tuple(_Part.of(kind, part) for part in parts)

    def write(value: T) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for part in known:
            held = getattr(value, part.name)
            if not part.key:
                data |= part.write(held)
            elif held != part.default:
                data[part.key] = part.write(held)
        return data

    def read(data: Any) -> T:  # noqa: ANN401 - what JSON holds
        return kind(
            **{
                part.name: part.read(data[part.key] if part.key else data)
                for part in known
                if part.default is _REQUIRED or part.key in data
            },
            **{part.name: part.default for part in known if part.default is not _REQUIRED and part.key not in data},
        )

    return Codec(write, read)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of an object. A part without a key stands in the object itself."""

    name: str
    key: str
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]
    default: Any = _REQUIRED

    @staticmethod
    def of(kind: type[Any], part: Key | Inline) -> _Part:
        if isinstance(part, Inline):
            return _Part(part.name, "", part.of.write, part.of.read)
        default = _default_of(kind, part.name) if part.default is _REQUIRED else part.default
        return _Part(part.name, part.key, part.of.write, part.of.read, default)


def _default_of(kind: type[Any], name: str) -> Any:  # noqa: ANN401 - a default may be anything
    default = next(field.default for field in fields(kind) if field.name == name)
    return _REQUIRED if default is MISSING else default
