"""Finds the tokens of the table in a line, also if the end of the line cuts them or a line wrap splits them.

Few lines hold a token. So one pattern looks for the fixed text of all forms first, and only the forms whose text is
there are tried. Each form takes linear time: what repeats without bound is followed by nothing that has to match.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby, pairwise
from operator import itemgetter
from string import Formatter
from typing import NamedTuple

from ci_failure_tracker.text.redaction.token_table import ALPHABETS, TOKENS, Token

_SIGN_AND_ONE = 2
_SIGNS = "_-.~$|:"
"""The signs that end a prefix. The sign and the two characters before it select the forms to try."""

_RARE_SIGNS = ("+", "!")
_RARE_FIRST = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ").union(_RARE_SIGNS, _SIGNS)
"""Fixed text that begins with one of these is searched by the one pattern. Other text is searched by itself."""

_STRONG = 4
"""A prefix of this many characters with a sign is strong: no other text begins like it."""

_STRONG_WITHOUT_SIGN = 6
_SURE = 3
"""After a prefix of fewer characters, an exact length needs a digit too: a capital is also in names of code."""

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

_SHORT_REST = 4
"""A longer word at the beginning of a line is no rest of a token: random letters are not all small."""

_MOST_WRAPPED = 40
"""Lines over which one token may be wrapped."""

_MOST_WRAPPED_EXACT = 6
"""The same for a token of exact length."""

# The end of an escape before a token looks like a part of its word.
_ESCAPES = (
    r"(?<=%[0-9A-Fa-f]{2})|(?<=\\[nrtbf])|(?<=\\x[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4})"
    r"|(?<=\[\dm)|(?<=\[\d\dm)|(?<=;\d\dm)"
)
_RANDOM = r"[A-Za-z0-9+/=%_-]"
_AT_RANDOM = (
    rf"(?![-_]{{3}})(?={_RANDOM}{{{_SHORTEST_WEAK}}}|{_RANDOM}{{{_CUT},{_SHORTEST_WEAK}}}(?:\Z|…|\.))"
    rf"(?=[a-z+/=%_-]{{0,{_LOOKED_AHEAD}}}[A-Z0-9])"
)
_INSIDE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_.~-%:|!$")
_INSIDE_OR_SPACE = _INSIDE | {" ", "\t"}
# Random characters nearly always have one of these: a digit, or a capital after a small letter.
_MADE = re.compile(r"[0-9]|[a-z][A-Z]")
_WORD = re.compile(r"[A-Z]?[a-z]*[.:,!]?|[A-Z]+")


class _Part(NamedTuple):
    """A part of a form: fixed text, or `shortest` to `longest` characters of an alphabet."""

    text: str
    alphabet: str = ""
    shortest: int = 0
    longest: int = 0
    exact: bool = False


class _Form(NamedTuple):
    """One prefix of a row, with what follows it.

    `anchor` is fixed text of the token. `before` is the number of characters between the beginning of the token and the
    end of the anchor; it is 0 if that varies. `length` is the length of a token; it is 0 if that varies.
    """

    anchor: str
    before: int
    prefix: str
    parts: tuple[_Part, ...]
    length: int


class _Found(NamedTuple):
    """Where a token is."""

    start: int
    end: int
    length: int


def without_tokens(line: str, mask: str) -> str:
    """The line with `mask` for each token in it."""
    done, parts = 0, []
    for found in _tokens(line):
        parts += [line[done : found.start], mask]
        done = found.end
    return "".join([*parts, line[done:]]) if parts else line


def wrapped_tokens(lines: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """The index of a line, the start and the end of each piece of a token that line wraps split."""
    for number, (line, following) in enumerate(pairwise(lines)):
        if line[-1:] in _INSIDE and following[:1] in _INSIDE_OR_SPACE:
            head = _first_word(following)
            if len(head) <= _SHORT_REST or not (head.isalpha() and (head.islower() or head.istitle())):
                joined = _last_word(line) + head
                if len(joined) >= _SHORTEST and _MADE.search(joined) and _may_hold_token(joined):
                    yield from _pieces(lines, number)


# --- forms, from the table -----------------------------------------------------------------------


def _forms(token: Token) -> Iterator[_Form]:
    parts = tuple(_parts(token.rest))
    for prefix in token.prefixes.split() or [""]:
        anchor, before = _anchor(prefix, parts)
        varies = any(part.shortest < part.longest for part in parts)
        length = 0 if varies else len(prefix) + sum(part.longest + len(part.text) for part in parts)
        yield _Form(anchor, before, prefix, parts, length)


def _parts(rest: str) -> Iterator[_Part]:
    for text, alphabet, length, _ in Formatter().parse(rest):
        if text:
            yield _Part(text)
        if alphabet and length:
            shortest, _, longest = length.removeprefix("=").partition("-")
            yield _Part("", alphabet, int(shortest), int(longest or shortest), length.startswith("="))


def _anchor(prefix: str, parts: Sequence[_Part]) -> tuple[str, int]:
    fixed = max((part.text for part in parts), key=len)
    # Long fixed text within a token is rarer than a short prefix.
    if not prefix or len(fixed) > _STRONG or fixed[:1] in _RARE_SIGNS:
        return fixed, 0
    sign = max(map(prefix.rfind, _SIGNS))
    if sign > 0:
        return prefix[max(0, sign - 2) : sign + 1].lower(), sign + 1
    return prefix, len(prefix)


def _pattern(prefix: str, parts: Sequence[_Part]) -> str:
    exact = any(part.exact for part in parts)
    strong = not exact and _is_strong(prefix)
    fixed = re.escape(prefix)
    whole = "".join(map(_middle, parts[:-1])) + _last(parts[-1], strong=strong)
    begins = "" if strong and len(prefix) > _STRONG else _begins(prefix, parts, exact=exact)
    if strong:
        # A strong prefix counts in any case, and also if the end of the line cuts the token.
        fixed, whole = f"(?i:{fixed})", f"(?:{whole}|{_cut(parts)})"
    return f"{begins}{fixed}{_look(prefix, parts)}{whole}"


def _is_strong(prefix: str) -> bool:
    return len(prefix) >= (_STRONG if _has_sign(prefix) else _STRONG_WITHOUT_SIGN)


def _has_sign(prefix: str) -> bool:
    return any(sign in prefix for sign in _SIGNS)


def _begins(prefix: str, parts: Sequence[_Part], *, exact: bool) -> str:
    """Where a word begins, also after an escape (`%3D`, `\\n`, what is left of a colour)."""
    if not prefix and parts[0].alphabet == "digit":
        return r"(?<!\d)"
    inside = "+/" if not prefix and parts[0].alphabet == "base64" else "_-" if exact else ""
    return rf"(?:(?<![A-Za-z0-9{inside}])|{_ESCAPES})"


def _look(prefix: str, parts: Sequence[_Part]) -> str:
    """A digit, or a capital among small letters, by which random characters differ from words."""
    if not prefix or (parts[0].alphabet == "upper" and not _has_sign(prefix)):
        return ""
    sure = not parts[0].exact or len(prefix) >= _SURE
    has_cases = sure and "a-z" in _class(parts[0]) and "A-Z" in _class(parts[0])
    word, other = ("a-z", "A-Z0-9") if has_cases else ("A-Za-z", "0-9")
    return rf"(?=[{word}+/%_.~-]{{0,{_LOOKED_AHEAD}}}[{other}])"


def _class(part: _Part) -> str:
    return ALPHABETS[part.alphabet] + ("A-F" if part.alphabet == "hex" else "") if part.alphabet else ""


def _middle(part: _Part) -> str:
    if part.text:
        return re.escape(part.text)
    # A vendor may change the length of a part.
    slack = 0 if part.exact else part.shortest // 4
    return f"[{_class(part)}]{{{part.shortest - slack},{part.longest + 2 * slack}}}"


def _last(part: _Part, *, strong: bool) -> str:
    if part.text:
        return re.escape(part.text)
    if part.exact:
        return f"[{_class(part)}]{{{part.shortest},{part.longest}}}(?![A-Za-z0-9])"
    shortest = min(part.shortest, _SHORTEST if strong else max(part.shortest // 2, _SHORTEST_WEAK))
    if part.alphabet == "dotted":
        # A dot at the end belongs to the sentence.
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


_ALL = tuple(form for token in TOKENS for form in _forms(token))
_AFTER_SIGN = _by_anchor([form for form in _ALL if form.before and form.anchor[-1] in _SIGNS])
_RARE = _by_anchor([form for form in _ALL if form.anchor[0] in _RARE_FIRST and form.anchor not in _AFTER_SIGN])
_OTHER = _by_anchor([form for form in _ALL if form.anchor not in _AFTER_SIGN and form.anchor not in _RARE])


def _first_pattern() -> re.Pattern[str]:
    """The end of a prefix with random characters after it, or any fixed text that begins with a rare character."""
    keys = {key for text in _AFTER_SIGN for key in (text, text.upper())}
    rest = {sign: [_AT_RANDOM + _preceded_by({key for key in keys if key[-1] == sign})] for sign in _SIGNS}
    for text in sorted(_RARE, key=len):
        follows = rf"(?={_RANDOM}{{{_SHORTEST_WEAK}}})" if all(form.before for form in _RARE[text]) else ""
        rest.setdefault(text[0], []).insert(0, re.escape(text[1:]) + follows)
    return re.compile("|".join(f"{re.escape(first)}(?:{'|'.join(texts)})" for first, texts in sorted(rest.items())))


def _preceded_by(keys: Iterable[str]) -> str:
    """A look back at one of the keys, which end in the same sign, with the characters before the sign in classes."""
    before: dict[str, str] = {}
    for key in sorted(keys):
        before[key[-2:]] = before.get(key[-2:], "") + key[:-2]
    long = [f"[{re.escape(''.join(before[end]))}]{re.escape(end)}" for end in before if before[end]]
    short = [re.escape(key) for key in keys if len(key) == _SIGN_AND_ONE]
    return f"(?:{'|'.join(f'(?<={chr(124).join(texts)})' for texts in (long, short) if texts)})"


_FIRST = _first_pattern()


def _tokens(line: str) -> list[_Found]:
    """The tokens of a line in order; none overlaps another one."""
    every: list[_Found] = []
    varying: set[_Form] = set()
    done = 0
    for match in _FIRST.finditer(line):
        # A place within a token that was found is not tried again.
        for form, start in _forms_of(line, match) if match.end() > done else ():
            if not form.before:
                varying.add(form)
            elif found := _found_at(form, line, start):
                every.append(found)
                done = max(done, found.end)
    for anchor in filter(line.__contains__, _OTHER):
        every += (found for form in _OTHER[anchor] for found in _found_after(form, line))
    for form in varying:
        every += (_Found(*match.span(), form.length) for match in _compiled(form).finditer(line))
    return _merged(every) if every else every


def _forms_of(line: str, match: re.Match[str]) -> Iterator[tuple[_Form, int]]:
    """The forms that have the text of a match of the first pattern, and where their token begins."""
    text, (start, end) = match[0], match.span()
    if text[0] in _SIGNS:
        key = line[max(0, start - 2) : start + 1].lower()
        for form in (*_AFTER_SIGN.get(key, ()), *_AFTER_SIGN.get(key[-2:], ())):
            yield form, start + 1 - form.before
    for length in range(2, end - start + 1):
        for form in _RARE.get(text[:length], ()):
            yield form, start


def _found_at(form: _Form, line: str, start: int) -> _Found | None:
    match = _compiled(form).match(line, start) if start >= 0 else None
    return _Found(*match.span(), form.length) if match else None


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
            # Tokens that overlap are one; the length is known only if both agree.
            length = last.length if last.length == found.length else 0
            merged[-1:] = [_Found(last.start, max(last.end, found.end), length)]
        else:
            merged.append(found)
    return merged


@cache
def _compiled(form: _Form) -> re.Pattern[str]:
    """The pattern of a form, compiled when it is first needed: most logs need few of them."""
    return re.compile(_pattern(form.prefix, form.parts), re.ASCII)


# --- line wraps ----------------------------------------------------------------------------------


def _pieces(lines: Sequence[str], number: int) -> Iterator[tuple[int, int, int]]:
    """The pieces of a token that begins at the end of a line and goes on at the beginning of the next ones."""
    line, tail = lines[number], _last_word(lines[number])
    heads = tuple(_heads(lines, number + 1))
    found = _crossing(tail, heads)
    if not found:
        return
    joined, ends = tail, []
    for head in heads:
        length = min(found.end - len(joined), len(head))
        if length <= 0 or _is_next_word(joined, head[:length], found):
            break
        ends.append(length)
        joined += head
    if ends:
        yield number, len(line) - len(tail) + found.start, len(line)
    for index, (head, length) in enumerate(zip(heads, ends, strict=False), number + 1):
        place = lines[index].index(head)
        yield index, place, place + length


def _crossing(tail: str, heads: Sequence[str]) -> _Found | None:
    """The longest token that begins in a tail and goes on in some of the heads; a form may not allow the next head."""
    counts = {1}
    if len(heads) > 1 and _begins_in(tail, heads[0]):
        counts.update(range(2, min(len(heads), _MOST_WRAPPED_EXACT) + 1), (len(heads) - 1, len(heads)))
    founds = (found for count in counts for found in _tokens(tail + "".join(heads[:count])))
    return max((it for it in founds if it.start < len(tail) < it.end), key=itemgetter(1), default=None)


def _begins_in(tail: str, head: str) -> bool:
    """Whether the prefix of a form begins in a tail, and may end in a head. Text that begins at random may too."""
    text, end = tail + head, len(tail)
    rare = any(
        start < end or not form.before for match in _FIRST.finditer(text) for form, start in _forms_of(text, match)
    )
    return rare or any(0 <= text.find(anchor) < end for anchor in _OTHER)


def _may_hold_token(text: str) -> bool:
    return bool(_FIRST.search(text)) or any(map(text.__contains__, _OTHER))


def _last_word(line: str) -> str:
    return line[line.rfind(" ") + 1 :][-_LONGEST_PIECE:]


def _first_word(line: str) -> str:
    return (line[: 2 * _LONGEST_PIECE].split(None, 1) or [""])[0][:_LONGEST_PIECE]


def _heads(lines: Sequence[str], number: int) -> Iterator[str]:
    """The first word of a line and, as long as it is the whole line, of the next ones."""
    for line in lines[number : number + _MOST_WRAPPED]:
        head = _first_word(line)
        yield head
        if not head or not line.endswith(head):
            return


def _is_next_word(joined: str, piece: str, token: _Found) -> bool:
    """Whether a piece is a word after a whole token, not its last characters."""
    length = len(joined) - token.start
    if token.length:
        return length >= token.length
    return bool(_WORD.fullmatch(piece)) and any(other.start == token.start for other in _tokens(joined))
