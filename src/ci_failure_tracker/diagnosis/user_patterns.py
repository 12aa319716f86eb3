"""Log patterns that users write, in TOML: a table `[[pattern]]` for each, with the fields of `LogPattern`."""

from __future__ import annotations

import re
import tomllib
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import Enum, IntEnum
from functools import cache
from typing import Any, get_args, get_type_hints

from ci_failure_tracker.diagnosis.log_pattern import LogPattern
from ci_failure_tracker.diagnosis.regex_cost import MOST_WAYS, ways
from ci_failure_tracker.errors import SettingsError

MOST_PATTERNS = 200
"""Patterns of a user. Each costs time in every log."""

MOST_KEYWORDS = 20
"""Keywords of a pattern."""

SHORTEST_KEYWORD = 3
"""Bytes of a keyword. A shorter one marks too many lines."""

LONGEST_TEXT = 2_000
"""Characters of a regular expression or of a keyword."""

BOUNDS = {"priority": (-1_000, 1_000), "max_lines": (1, 500), "max_context": (0, 100)}
"""The least and the greatest value of a field that holds a number; of any other, 0 and 1,000."""

_NO_EXPRESSIONS = {"name", "example"}
_SEARCHED = {"headline", "fingerprint", "facts"}
_MAY_BE_EMPTY = {"body", "context_before"}
_WANTED = {str: "a text", int: "a whole number", bool: "true or false"}
_NAME = re.compile(r"[a-z0-9_-]{1,60}\.[a-z0-9_-]{1,60}")


def parse_patterns(file: str, text: str) -> tuple[LogPattern, ...]:
    """The patterns in the text of a file.

    Raises:
        SettingsError: it holds every mistake, with the file and the pattern.
    """
    mistakes: list[str] = []
    patterns: list[LogPattern] = []
    for place, table in enumerate(_tables(file, text), 1):
        name = table.get("name")
        who = f"{file}, pattern `{name}`" if isinstance(name, str) and name else f"{file}, pattern {place}"
        found = [*_mistakes_of_table(table)]
        if not found:
            pattern = LogPattern(**{"example": "", **{key: _value(key, given) for key, given in table.items()}})
            found = [*_mistakes_of(pattern)]
            patterns.append(pattern)
        mistakes += [f"{who}: {mistake}" for mistake in found]
    mistakes += [
        f"{file}: {times} patterns have the name `{name}`. Give each pattern its own."
        for name, times in Counter(pattern.name for pattern in patterns).items()
        if times > 1
    ]
    if mistakes:
        raise SettingsError(mistakes)
    return tuple(patterns)


def _tables(file: str, text: str) -> list[Mapping[str, Any]]:
    form = 'Begin each pattern with a line `[[pattern]]`, then give its fields, such as `name = "gizmo.error"`.'
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        advice = "Write regular expressions between single quotes, where a backslash is a backslash."
        raise SettingsError([f"{file} is not TOML: {error}. {advice}"]) from None
    tables = content.get("pattern")
    unknown = sorted(content.keys() - {"pattern"})
    if unknown:
        raise SettingsError([f"{file} has `{unknown[0]}` outside of its patterns. {form}"])
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise SettingsError([f"{file} holds no pattern. {form}"])
    if len(tables) > MOST_PATTERNS:
        raise SettingsError([f"{file} holds {len(tables)} patterns. Leave {MOST_PATTERNS} at most."])
    return tables


# --- the fields of a table -------------------------------------------------------------------------


@cache
def _types() -> Mapping[str, Any]:
    """The type of each field. A pattern of a user has the fields that `LogPattern` has, whatever these are."""
    return get_type_hints(LogPattern)


def _mistakes_of_table(table: Mapping[str, Any]) -> Iterator[str]:
    """Fields that are missing or unknown, and values of another type."""
    needed = ("name", "keywords", "start")
    yield from (f"`{name}` is missing. A pattern needs {', '.join(needed)}." for name in needed if name not in table)
    for name, given in table.items():
        if name not in _types():
            near = get_close_matches(name, _types(), 1)
            meant = f"Did you mean `{near[0]}`?" if near else f"Known are {', '.join(_types())}."
            yield f"`{name}` is not a field of a pattern. {meant}"
            continue
        try:
            _value(name, given)
        except ValueError as error:
            yield f"`{name}` is {given!r}. Give {error}."


def _value(name: str, given: Any) -> Any:  # noqa: ANN401 - what TOML holds, and what the field holds
    """The value of a field. A `ValueError` says what would be right."""
    kind = _types()[name]
    choices = [each for each in (kind, *get_args(kind)) if isinstance(each, type) and issubclass(each, Enum)]
    if choices:
        return _choice(choices[0], given)
    if kind in {str, bool} and isinstance(given, kind):
        return given
    if kind is int and type(given) is int:
        least, most = BOUNDS.get(name, (0, 1_000))
        if least <= given <= most:
            return given
        raise ValueError(f"a number from {least} to {most}")
    if kind == tuple[str, ...] and isinstance(given, list) and all(isinstance(each, str) for each in given):
        return tuple(each.lower() for each in given)
    raise ValueError(
        {str: "a text", int: "a whole number", bool: "true or false"}.get(
            kind, 'a list of texts, such as ["frob error"]'
        )
    )


def _choice(kind: type[Enum], given: object) -> Enum:
    """A member of an enumeration: by its name if its values are numbers, else by its value."""
    texts = {member.name.lower() if issubclass(kind, IntEnum) else str(member.value): member for member in kind}
    if isinstance(given, str) and given.lower() in texts:
        return texts[given.lower()]
    raise ValueError(f"one of {', '.join(texts)}")


# --- a pattern -------------------------------------------------------------------------------------


def _mistakes_of(pattern: LogPattern) -> Iterator[str]:
    if not _NAME.fullmatch(pattern.name):
        yield "`name` has the wrong form. Give the tool, a dot and the kind, such as `gizmo.error`."
    yield from _mistakes_of_keywords(pattern.keywords)
    for name, kind in _types().items():
        source = getattr(pattern, name)
        if kind is str and name not in _NO_EXPRESSIONS and (source or name == "start"):
            mistake = _mistake_of_expression(name, source)
            if mistake:
                yield f"`{name}` {mistake}"


def _mistakes_of_keywords(keywords: tuple[str, ...]) -> Iterator[str]:
    if not 1 <= len(keywords) <= MOST_KEYWORDS:
        yield f"`keywords` holds {len(keywords)} texts. Give 1 to {MOST_KEYWORDS} that the first line of a block holds."
    for keyword in keywords:
        if len(keyword.strip().encode()) < SHORTEST_KEYWORD or len(keyword) > LONGEST_TEXT or "\n" in keyword:
            yield (
                f"the keyword {keyword[:40]!r} cannot be used. Give {SHORTEST_KEYWORD} letters or more of one line, "
                "as many as possible: each line that holds them is tried."
            )


def _mistake_of_expression(name: str, source: str) -> str:
    if len(source) > LONGEST_TEXT:
        return f"is longer than {LONGEST_TEXT:,} characters. Split it into two patterns."
    shown = f"`{source[:100]}`"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            expression = re.compile(source)
            number = ways(source, searched=name in _SEARCHED)
    except (re.error, RecursionError, OverflowError, Warning) as error:
        return f"is {shown}, which is not a regular expression of Python ({error}). Correct it."
    if name not in _MAY_BE_EMPTY and expression.match(""):
        return f"is {shown}, which matches an empty line. Name what the line has to hold."
    if number > MOST_WAYS:
        return (
            f"is {shown}, which can run for long: a line can match in too many ways. Let no repeat stand in a repeat, "
            r"and bound what repeats: `\S{1,200}` in place of `\S+`, or `\S++`, which never gives back."
        )
    return ""
