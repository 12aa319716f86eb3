"""Readers for the fields of GitHub's answers; each checks the type of what it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from ci_failure_tracker.model import Problem, Severity
from ci_failure_tracker.model.words import some_of

_T = TypeVar("_T")

Fields = Mapping[str, Any]
"""An object of an answer."""

_TYPES = {int: "a whole number", str: "a text", bool: "true or false", list: "a list", dict: "an object"}


class FormError(ValueError):
    """A part of an answer is missing or has another type; the message names it and holds no foreign text."""


def checked(value: object, kind: type[_T], what: str) -> _T:
    """A value of this type.

    Raises:
        FormError: it has another type.
    """
    # For Python `True` is a whole number.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise FormError(f"{what} is {'null' if value is None else f'not {_TYPES[kind]}'}")
    return value


def as_object(value: object, what: str) -> Fields:
    """An object with named fields."""
    return checked(value, dict, what)


def required(data: Fields, name: str, kind: type[_T]) -> _T:
    """A field that is always there."""
    _check_present(data, name)
    return checked(data[name], kind, f"`{name}`")


def nullable(data: Fields, name: str, kind: type[_T]) -> _T | None:
    """A field that is always there and may be null."""
    _check_present(data, name)
    return optional(data, name, kind)


def optional(data: Fields, name: str, kind: type[_T]) -> _T | None:
    """A field that may be null or missing."""
    value = data.get(name)
    return None if value is None else checked(value, kind, f"`{name}`")


def moment(data: Fields, name: str) -> datetime:
    """A time that is always there, in UTC."""
    return _moment(required(data, name, str), name)


def optional_moment(data: Fields, name: str) -> datetime | None:
    """A time that may be null or missing, in UTC."""
    text = optional(data, name, str)
    return None if text is None else _moment(text, name)


def items(data: Fields, name: str) -> Sequence[Fields]:
    """A list of objects that is always there."""
    return [as_object(item, f"a part of `{name}`") for item in required(data, name, list)]


def _check_present(data: Fields, name: str) -> None:
    if name not in data:
        raise FormError(f"`{name}` is missing")


def _moment(text: str, name: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
        # Old servers leave the zone out, and all their times are in UTC.
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise FormError(f"`{name}` is not a time") from None


# --- items that are left out ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An item of a list that is left out because it is malformed; `workflow_id` is that of a run, if it is known."""

    name: str
    why: str
    workflow_id: int | None = None


def each(
    listed: Iterable[object], kind: str, parse: Callable[[Fields], _T], left_out: list[LeftOut] | None
) -> Iterator[_T]:
    """The parsed items of a list; those that are malformed are added to `left_out`.

    Raises:
        FormError: an item is malformed, and there is no `left_out`.
    """
    for item in listed:
        try:
            yield parse(as_object(item, "it"))
        except FormError as error:
            if left_out is None:
                raise
            data = item if isinstance(item, dict) else {}
            left_out.append(LeftOut(_name(data, kind), str(error), _number(data, "workflow_id")))


def left_out_problems(left_out: Iterable[LeftOut]) -> Iterator[Problem]:
    """One problem for each cause instead of one for each item."""
    items_left_out = tuple(left_out)
    # A change of GitHub's form hits all items, and a hundred equal warnings hide the one that is different.
    for why in dict.fromkeys(item.why for item in items_left_out):
        names = some_of([item.name for item in items_left_out if item.why == why])
        what = f"Left out: {names}. GitHub's answer has an unexpected form: {why}."
        yield Problem(Severity.ERROR, what, "The next sweep tries again.")


def _name(data: Fields, kind: str) -> str:
    number = _number(data, "number")
    if number is not None:
        return f"{kind} #{number}"
    identifier = _number(data, "id")
    return f"a {kind}" if identifier is None else f"{kind} {identifier}"


def _number(data: Fields, name: str) -> int | None:
    try:
        return optional(data, name, int)
    except FormError:
        return None
