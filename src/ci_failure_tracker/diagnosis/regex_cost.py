"""Estimates how long a regular expression can run, before it does.

Python tries one way after another in which a line can match. Each repeat that may end at several places multiplies the
ways, and a repeat in a repeat raises them to a power. Nothing can interrupt such a search, so it must not begin.
"""

from __future__ import annotations

import re
import re._constants as codes  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, TypeAlias

from ci_failure_tracker.diagnosis.log import LONGEST_LINE

MOST_WAYS = (LONGEST_LINE + 1) ** 2
"""Ways to match a line that may be tried: those of two repeats without a bound. They take a tenth of a second."""

_ENDLESS = 10**12
"""Stands for more ways than anybody can count."""

_OTHERS = ("\u0416", "\u0663", "\u2003", "\u2026")
"""A letter, a digit, a space and a sign. They stand for all characters that are not in Latin-1."""

_LAST_OF_LATIN = 255
_CHARACTERS = frozenset(map(chr, range(_LAST_OF_LATIN + 1))) | {*_OTHERS}
_CATEGORIES = {
    codes.CATEGORY_DIGIT: r"\d",
    codes.CATEGORY_NOT_DIGIT: r"\D",
    codes.CATEGORY_SPACE: r"\s",
    codes.CATEGORY_NOT_SPACE: r"\S",
    codes.CATEGORY_WORD: r"\w",
    codes.CATEGORY_NOT_WORD: r"\W",
}

_ASSERTIONS = (codes.ASSERT, codes.ASSERT_NOT)
_NO_CHARACTER = (codes.AT, codes.GROUPREF, *_ASSERTIONS)
_ATOMIC = (codes.ATOMIC_GROUP, codes.POSSESSIVE_REPEAT, *_ASSERTIONS)
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)

_Items: TypeAlias = Sequence[tuple[Any, Any]]
"""A parsed expression: an operation and its arguments for each of its parts."""

_Characters: TypeAlias = frozenset[str]
"""What may stand at a place. The empty set is the end of a line, and the end of an expression, which fits anything."""


def ways(source: str, *, searched: bool = False) -> int:
    """How many ways to match a line may be tried at most, as an estimate that is rather too high.

    A searched expression may begin anywhere in the line, unless it begins with `^`.
    """
    items = parser.parse(source).data
    anchored = bool(items) and items[0] == (codes.AT, codes.AT_BEGINNING)
    return min(_ENDLESS, _tried(items) * (LONGEST_LINE + 1 if searched and not anchored else 1))


def _tried(items: _Items) -> int:
    """The ways of a whole expression. What it holds of assertions and atomic groups may be tried in each way anew."""
    return _ways(items, frozenset()) * max(map(_tried, _expressions_in(items)), default=1)


def _expressions_in(items: _Items) -> Iterator[_Items]:
    """The assertions and atomic groups. Each leaves one way, however many it has tried."""
    for code, argument in items:
        for inner in _inner(code, argument):
            if code in _ATOMIC:
                yield inner
            else:
                yield from _expressions_in(inner)


def _ways(items: _Items, follow: _Characters) -> int:
    """The ways of neighbouring parts. `follow` is what may come after them."""
    found = 1
    for place, (code, argument) in enumerate(items):
        found *= _ways_of_part(code, argument, _first(items[place + 1 :], follow))
        if found >= _ENDLESS:
            return _ENDLESS
    return found


def _ways_of_part(code: Any, argument: Any, follow: _Characters) -> int:  # noqa: ANN401 - as the parser gives them
    if code in {codes.MAX_REPEAT, codes.MIN_REPEAT}:
        least, most, body = argument
        return _ways_of_repeat(least, most, body, follow)
    if code is codes.POSSESSIVE_REPEAT:
        return _empty_turns(argument[0], argument[-1])
    if code is codes.BRANCH:
        return _ways_of_branches(argument[1], follow)
    if code is codes.GROUPREF_EXISTS:
        return sum(_ways(items, follow) for items in _inner(code, argument))
    return _ways(argument[-1], follow) if code is codes.SUBPATTERN else 1


def _ways_of_repeat(least: int, most: int, body: _Items, follow: _Characters) -> int:
    first = _first(body, follow)
    most = min(most, LONGEST_LINE + least)
    ends = 1 if first.isdisjoint(follow) else most - least + 1
    inner = _ways(body, follow | first if most > 1 else follow)
    ends *= _empty_turns(least, body)
    # A power is never computed as a whole: it can have thousands of digits.
    # Two ways to the power of 40 are more than `_ENDLESS` already.
    return ends if inner == 1 else min(_ENDLESS, ends * inner ** min(most, 40))


def _empty_turns(least: int, body: _Items) -> int:
    """The turns of a repeat that take nothing of the line, so that the line does not bound them."""
    return max(1, least) if all(_may_be_empty(*item) for item in body) else 1


def _ways_of_branches(branches: Sequence[_Items], follow: _Characters) -> int:
    each = [_ways(branch, follow) for branch in branches]
    firsts = [_first(branch, follow) for branch in branches]
    if sum(map(len, firsts)) == len(frozenset().union(*firsts)) and all(firsts):
        return max(each)
    return sum(each)


def _inner(code: Any, argument: Any) -> Sequence[_Items]:  # noqa: ANN401
    """The expressions that a part consists of, if it is no single character."""
    if code is codes.ATOMIC_GROUP:
        return (argument,)
    if code is codes.BRANCH:
        return argument[1]  # type: ignore[no-any-return]
    if code is codes.GROUPREF_EXISTS:
        return [items for items in argument[1:] if items]
    return (argument[-1],) if code in {codes.SUBPATTERN, *_REPEATS, *_ASSERTIONS} else ()


# --- which characters may stand at a place ---------------------------------------------------------


def _first(items: _Items, follow: _Characters) -> _Characters:
    """The characters with which a match of these parts, and of what follows, may begin."""
    found: set[str] = set()
    for code, argument in items:
        if code is codes.AT and argument in {codes.AT_END, codes.AT_END_STRING}:
            return frozenset(found)
        if code in {codes.AT, *_ASSERTIONS}:
            continue
        found |= _first_of_part(code, argument)
        if not _may_be_empty(code, argument):
            return frozenset(found)
    return follow | found


def _first_of_part(code: Any, argument: Any) -> _Characters:  # noqa: ANN401
    inner = _inner(code, argument)
    if not inner:
        return _characters(code, argument)
    return frozenset().union(*(_first(items, frozenset()) for items in inner))


def _may_be_empty(code: Any, argument: Any) -> bool:  # noqa: ANN401
    if code in _ASSERTIONS or (code in _REPEATS and argument[0] == 0):
        return True
    if code is codes.GROUPREF_EXISTS and not all(argument[1:]):
        return True
    inner = _inner(code, argument)
    return any(all(_may_be_empty(*item) for item in items) for items in inner) if inner else code in _NO_CHARACTER


def _characters(code: Any, argument: Any) -> _Characters:  # noqa: ANN401
    """What a part of one character matches, in upper and lower case, and rather more than less."""
    if code is codes.LITERAL:
        return _range(argument, argument)
    if code is codes.NOT_LITERAL:
        return _CHARACTERS - {chr(argument)}
    if code is not codes.IN:
        return _CHARACTERS
    if argument[0][0] is codes.NEGATE:
        return _CHARACTERS.difference(*(_member(*member) - _only_in_part(*member) for member in argument[1:]))
    return frozenset().union(*(_member(*member) for member in argument))


def _member(code: Any, argument: Any) -> _Characters:  # noqa: ANN401
    if code is codes.CATEGORY:
        return _category(_CATEGORIES[argument])
    return _range(*(argument if code is codes.RANGE else (argument, argument)))


def _only_in_part(code: Any, _: Any) -> _Characters:  # noqa: ANN401
    """The signs that stand for more characters than a member of a set holds."""
    return frozenset() if code is codes.CATEGORY else frozenset(_OTHERS)


@cache
def _category(source: str) -> _Characters:
    return frozenset(char for char in _CHARACTERS if re.match(source, char))


def _range(first: int, last: int) -> _Characters:
    chars = map(chr, range(first, min(last, _LAST_OF_LATIN) + 1))
    others = _OTHERS if last > _LAST_OF_LATIN else ()
    return frozenset(case for char in chars for case in (char, char.lower(), char.upper())).union(others)
