"""Finds the tokens of the table in a line, also if the end of the line cuts them or a line wrap splits them.

Few lines hold a token. So one pattern looks for the fixed text of all forms first, and only the forms whose text is
there are tried. Each form takes linear time: what repeats without bound is followed by nothing that has to match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from operator import itemgetter
from string import Formatter
from typing import NamedTuple

from ci_failure_tracker.text.redaction.token_table import ALPHABETS, TOKENS, Token

_SIGNS = "_-.~$|"
"""The signs that end a prefix. The sign and the two characters before it tell which forms to try."""

_RARE_FIRST = "ABCDEFGHIJKLMNOPQRSTUVWXYZ+:!"
"""Fixed text that begins with one of these is searched by the one pattern; other text has to be in the line."""

_STRONG = 4
"""A prefix of this many characters with a sign is strong: no other text begins like it."""

_STRONG_WITHOUT_SIGN = 6

_SHORTEST = 16
"""Random characters that are enough after a strong prefix, if the vendor gives more."""

_SHORTEST_WEAK = 12
"""The same after a weak prefix, together with half of what the vendor gives."""

_CUT = 8
"""Random characters that are enough after a strong prefix at the end of a line."""

_LOOKED_AHEAD = 60
"""Characters in which a token shows that a machine made it."""

_LONGEST_PIECE = 400
"""Characters of a line that are examined for a piece of a token."""

_MOST_WRAPPED = 40
"""Lines over which one token may be wrapped."""

_ESCAPES = (
    r"(?<=%[0-9A-Fa-f]{2})|(?<=\\[nrtbf])|(?<=\\x[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4})"
    r"|(?<=\[\dm)|(?<=\[\d\dm)|(?<=;\d\dm)"
)
_INSIDE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_.~-%:|!$")
_INSIDE_OR_SPACE = _INSIDE | {" ", "\t"}
_WORD = re.compile(r"[A-Z]?[a-z]*[.:,!]?|[A-Z]+")


class _Part(NamedTuple):
    """A part of a form: fixed text, or `shortest` to `longest` characters of an alphabet."""

    text: str
    alphabet: str = ""
    shortest: int = 0
    longest: int = 0
    exact: bool = False


class _Form(NamedTuple):
    """One prefix of a row, as a pattern.

    `anchor` is fixed text of the token, or another word that the line has to hold. `before` is the number of characters
    between the beginning of the token and the end of the anchor; it is 0 if that varies. `longest` is the length of the
    longest token of today.
    """

    anchor: str
    before: int
    pattern: str
    longest: int


class _Found(NamedTuple):
    """Where a token is."""

    start: int
    end: int
    longest: int


def without_tokens(line: str, mask: str) -> str:
    """The line with `mask` for each token in it."""
    done, parts = 0, []
    for found in _tokens(line):
        parts += [line[done : found.start], mask]
        done = found.end
    return "".join([*parts, line[done:]]) if parts else line


def wrapped_tokens(lines: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """The index of a line, the start and the end of each piece of a token that line wraps split."""
    for number in range(len(lines) - 1):
        if lines[number][-1:] in _INSIDE and lines[number + 1][:1] in _INSIDE_OR_SPACE:
            yield from _pieces(lines, number)


# --- forms, from the table -----------------------------------------------------------------------


def _forms(token: Token) -> Iterator[_Form]:
    parts = tuple(_parts(token.rest))
    for prefix in token.prefixes.split() or [""]:
        anchor, before = (token.near, 0) if token.near else _anchor(prefix, parts)
        longest = len(prefix) + sum(part.longest + len(part.text) for part in parts)
        yield _Form(anchor, before, _pattern(prefix, parts), longest)


def _parts(rest: str) -> Iterator[_Part]:
    for text, alphabet, length, _ in Formatter().parse(rest):
        if text:
            yield _Part(text)
        if alphabet and length:
            shortest, _, longest = length.removeprefix("=").partition("-")
            yield _Part("", alphabet, int(shortest), int(longest or shortest), length.startswith("="))


def _anchor(prefix: str, parts: Sequence[_Part]) -> tuple[str, int]:
    fixed = max((part.text for part in parts), key=len)
    if not prefix or len(fixed) > _STRONG:
        return fixed, 0
    sign = max(map(prefix.rfind, _SIGNS))
    if sign > 0:
        return prefix[max(0, sign - 2) : sign + 1].lower(), sign + 1
    return prefix, len(prefix)


def _pattern(prefix: str, parts: Sequence[_Part]) -> str:
    exact = any(part.exact for part in parts)
    strong = not exact and _is_strong(prefix)
    whole = "".join(map(_middle, parts[:-1])) + _last(parts[-1], strong=strong)
    if strong:
        whole = f"(?:{whole}|{_cut(parts)})"
        return f"{_begins(parts, exact=False) if len(prefix) <= _STRONG else ''}(?i:{re.escape(prefix)}){_look(parts)}{whole}"
    return f"{_begins(parts, exact=exact)}{re.escape(prefix)}{_look(parts)}{whole}"


def _is_strong(prefix: str) -> bool:
    with_sign = any(sign in prefix for sign in _SIGNS)
    return len(prefix) >= (_STRONG if with_sign else _STRONG_WITHOUT_SIGN)


def _begins(parts: Sequence[_Part], *, exact: bool) -> str:
    """Where a word begins, also after an escape (`%3D`, `\\n`, what is left of a colour)."""
    inside = "+/" if parts[0].alphabet == "base64" else "_-" if exact else ""
    return rf"(?:(?<![A-Za-z0-9{inside}])|{_ESCAPES})"


def _look(parts: Sequence[_Part]) -> str:
    """A digit, or a capital among small letters, by which random characters differ from words."""
    small = "a-z" if _class(parts[0]).count("A-Z") and not parts[0].exact else "A-Za-z"
    return rf"(?=[{small}+/%_.~-]{{0,{_LOOKED_AHEAD}}}[{'A-Z' if small == 'a-z' else ''}0-9])"


def _class(part: _Part) -> str:
    return ALPHABETS[part.alphabet] + ("A-F" if part.alphabet == "hex" else "") if part.alphabet else ""


def _middle(part: _Part) -> str:
    if part.text:
        return re.escape(part.text)
    slack = 0 if part.exact else part.shortest // 4
    return f"[{_class(part)}]{{{part.shortest - slack},{part.longest + 2 * slack}}}"


def _last(part: _Part, *, strong: bool) -> str:
    if part.text:
        return re.escape(part.text)
    if part.exact:
        return f"[{_class(part)}]{{{part.shortest},{part.longest}}}(?![A-Za-z0-9])"
    shortest = min(part.shortest, _SHORTEST if strong else max(part.shortest // 2, _SHORTEST_WEAK))
    if part.alphabet == "dotted":
        return rf"(?>(?:[A-Za-z0-9_-]|\.(?=[A-Za-z0-9_-])){{{shortest},}})"
    return f"[{_class(part)}]{{{shortest},}}+{'={0,2}' if part.alphabet == 'base64' else ''}"


def _cut(parts: Sequence[_Part]) -> str:
    """What is left of a token at the end of a line, or before an ellipsis."""
    inside = "".join(re.escape(part.text) or _class(part).removesuffix("-") for part in parts)
    inside += "-" if any(_class(part).endswith("-") for part in parts) else ""
    return rf"(?=[A-Za-z+/%_.~-]{{0,{_CUT}}}\d)[{inside}]{{{_CUT},200}}+(?:\Z|(?=…|\.\.\.))"


# --- search --------------------------------------------------------------------------------------


def _by_anchor(forms: Sequence[_Form]) -> Mapping[str, tuple[_Form, ...]]:
    ordered = sorted(forms, key=itemgetter(0))
    return {anchor: tuple(group) for anchor, group in groupby(ordered, key=itemgetter(0))}


_ALL = tuple(dict.fromkeys(form for token in TOKENS for form in _forms(token)))
_AFTER_SIGN = _by_anchor([form for form in _ALL if form.before and form.anchor[-1] in _SIGNS])
_RARE = _by_anchor([form for form in _ALL if form.anchor[0] in _RARE_FIRST])
_OTHER = _by_anchor([form for form in _ALL if form.anchor not in {*_AFTER_SIGN, *_RARE}])


def _first_pattern() -> re.Pattern[str]:
    """Any sign with random characters after it, or any of the fixed texts that begin with a rare character."""
    signs = [rf"{re.escape(sign)}(?=[A-Za-z0-9+/%_-]{{{_CUT}}})" for sign in _SIGNS]
    texts = sorted(_RARE, key=lambda text: (text[0], -len(text)))
    rare = [
        f"{re.escape(first)}(?:{'|'.join(re.escape(text[1:]) for text in group)})"
        for first, group in groupby(texts, key=itemgetter(0))
    ]
    return re.compile("|".join([*signs, *rare]))


_FIRST = _first_pattern()


def _tokens(line: str) -> list[_Found]:
    """The tokens of a line in order; none overlaps another one."""
    every, done = list[_Found](), 0
    varying = set[_Form]()
    for match in _FIRST.finditer(line):
        anchor_end = match.end()
        if anchor_end > done and (forms := _forms_of(line, match)):
            for form in forms:
                if not form.before:
                    varying.add(form)
                elif found := _found_at(form, line, anchor_end - form.before):
                    every.append(found)
                    done = max(done, found.end)
    lowered = line.lower()
    for anchor, forms in _OTHER.items():
        if anchor in line or anchor in lowered:
            for form in forms:
                if form.before:
                    every += _found_after(form, line)
                else:
                    varying.add(form)
    for form in varying:
        every += [_Found(*match.span(), form.longest) for match in _compiled(form.pattern).finditer(line)]
    return _merged(every) if every else every


def _forms_of(line: str, match: re.Match[str]) -> Sequence[_Form]:
    """The forms whose anchor ends where a match of the first pattern ends."""
    text, end = match[0], match.end()
    if text not in _SIGNS:
        return [form for length in range(1, len(text) + 1) for form in _RARE.get(text[:length], ())]
    key = line[max(0, end - 3) : end].lower()
    return (*_AFTER_SIGN.get(key, ()), *_AFTER_SIGN.get(key[-2:], ()))


def _found_at(form: _Form, line: str, start: int) -> _Found | None:
    match = _compiled(form.pattern).match(line, start) if start >= 0 else None
    return _Found(*match.span(), form.longest) if match else None


def _found_after(form: _Form, line: str) -> Iterator[_Found]:
    place = line.find(form.anchor)
    while place >= 0:
        found = _found_at(form, line, place)
        if found:
            yield found
        place = line.find(form.anchor, found.end if found else place + 1)


def _merged(every: Sequence[_Found]) -> list[_Found]:
    merged: list[_Found] = []
    for found in sorted(every):
        last = merged[-1] if merged else found
        if last.end > found.start:
            end, longest = max(last.end, found.end), max(last.longest, found.longest)
            merged[-1:] = [_Found(last.start, end, longest)]
        else:
            merged.append(found)
    return merged


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern, compiled when it is first needed: most logs need few of them."""
    return re.compile(pattern, re.ASCII)


# --- line wraps ----------------------------------------------------------------------------------


def _pieces(lines: Sequence[str], number: int) -> Iterator[tuple[int, int, int]]:
    """The pieces of a token that begins at the end of a line and goes on at the beginning of the next ones."""
    line, joined = lines[number], lines[number].rsplit(None, 1)[-1][-_LONGEST_PIECE:]
    for index in range(number + 1, min(len(lines), number + _MOST_WRAPPED)):
        following = lines[index].lstrip()
        head = following[:_LONGEST_PIECE].split(None, 1)[0] if following else ""
        found = _crossing(joined, head)
        if not found:
            return
        if index == number + 1:
            yield number, len(line) - len(joined) + found.start, len(line)
        place = len(lines[index]) - len(following)
        end = place + found.end - len(joined)
        yield index, place, end
        if end < len(lines[index]):
            return
        joined += head


def _crossing(tail: str, head: str) -> _Found | None:
    """The token that goes on from a `tail` to a `head`; none if the tail has all of it and the head is a word."""
    place = len(tail)
    if place + len(head) < _SHORTEST:
        return None
    for found in _tokens(tail + head):
        if found.start < place < found.end:
            is_whole = any(other.start == found.start for other in _tokens(tail))
            goes_on = found.end - found.start == found.longest or not _WORD.fullmatch((tail + head)[place : found.end])
            return found if place - found.start < found.longest and (goes_on or not is_whole) else None
    return None
