"""Decides which values are secrets if only their name says so: `password=…`, `--token …`, `Authorization: …`.

Most lines that name a password do not show one: they are messages, code, or refer to a variable. To hide those hides
why a job failed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from ci_failure_tracker.text.lazy import lazy

_LOOKED_AT = 80
"""Characters of a value that are examined."""

_SHORTEST = 3
"""Characters that may be a secret."""

_SHORTEST_MADE = 6
"""The shortest token that a machine makes."""

_SHORTEST_GIVEN = 8
"""The shortest token that a person writes."""

_SHORTEST_PASSPHRASE = 3
"""Words that may be a passphrase, although some of them are in messages."""

_BOUNDARY = r"\s|$|[,;&<>()\[\]{}|\"'`.]|[\w.-]{1,40}[\"']?[=:]"
_BARE = lazy(
    rf"(?>(?:[^\s\"'`,;&<>()\[\]{{}}|\\.:…]++|[.:…](?![\s\"'`]|$)|[,;&<>()\[\]{{}}|\"'`\\](?!{_BOUNDARY}))+)", re.ASCII
)
"""Up to a space or to a sign that ends a value here: one that another sign or another name follows."""

_QUOTED = {quote: re.compile(rf"(?>(?:[^{quote}\\]++|\\.?)+)", re.DOTALL) for quote in "\"'`"}

_OF_MESSAGES = """
a accepted accessible an and are argument as at auth authentication authorization bad be been blank by can cannot could
denied did disabled does doesn't empty enabled error expected expired failed failure field flag for forbidden found from
given had has hash have if in incorrect input instead invalid is isn't it length loaded masked match may mismatch
missing must need needed needs never none not of ok okay on only option optional or parameter permission please prompt
protected provided read received rejected removed required requires revoked set should specified success successful than
that the this to too type unable unauthorized unexpected unknown unset unsupported used using valid value via was wasn't
were when will with without write wrong you your
"""
_OF_CODE = """
any apikey async await basic bearer bool boolean buffer bytes char default digest false filtered function hidden int
integer lambda new nil no null number object off passwd password redacted return secretstr str string text token true
undefined uint8array void yes
"""
_OF_PASSPHRASES = """
a an and are as at be been by can do for from given had has have if in is it never none not of ok okay on only or that
the this to was were when will with you your
"""
_MESSAGE_WORDS = frozenset(_OF_MESSAGES.split())
_WORDS_ABOUT_SECRETS = _MESSAGE_WORDS.difference(_OF_PASSPHRASES.split()).union(
    ("characters", "key", "long", "passphrase", "passwd", "password", "secret", "short", "token", "weak")
)
"""What a text about a secret says, and hardly a passphrase of several words."""
_INNOCENT_WORDS = _MESSAGE_WORDS.union(_OF_CODE.split())
_CLOSING = {"<": ">", "[": "]", "(": ")", "{": "}"}
_FILLED_IN_ELSEWHERE = lazy(
    r"-----BEGIN|\$[{(]|#\{|\$env:|\$[A-Za-z_]+(?:->.*|\[.*)?\Z|\$[A-Z][A-Z0-9_]*\Z|\{\{"
    r"|%\w+%\Z|%[sdvqr]\Z|%\(|\.\.|…|@[A-Za-z_]+\Z"
)
_CODE = lazy(
    r"[A-Za-z_][A-Za-z_.]*[(\[]|[A-Za-z_]\w*\[\w{1,20}(?:\]|$)|[A-Za-z_]+::|[A-Z][A-Za-z]+<|new [A-Z]"
    r"|&(?:mut |'\w+ )?(?:str|\w+\.)"
    r"|(?:self|this|cls|os|process|env|environ|environment|config|settings|args|options|opts|params|props|request|req"
    r"|response|res|user|data|ctx|context|secrets|vars|inputs|github|matrix|steps|needs|credentials|creds|account|auth"
    r"|client|state|event|var|local|module|System|Environment)\.[A-Za-z_]"
)
_PLACE = lazy(
    r"https?://|(?:~|\.{1,2})/|[A-Za-z]:[\\/]"
    r"|/(?:home|usr|etc|tmp|var|opt|root|run|github|Users|mnt|workspace|builds|app|dev|proc|srv|data|private|secrets?"
    r"|__w)/"
)
_CONSTANT = lazy(r"(?:[A-Z]+_){0,4}(?:PASSWORD|PASSPHRASE|TOKEN|SECRET|KEY|VALUE|STRING)")
_NAME = lazy(r"[\w.-]*(?:pass\w*|token|key|secret|auth\w*|credentials?)", re.ASCII | re.IGNORECASE)
_WORD = lazy(r"[A-Za-z][a-z'-]{0,20}|[A-Z'-]{1,20}")
_NEXT_WORD = lazy(r"[,.]?\s{1,3}[\w(\"'`](?!\w{0,40}\s?[:=])")
_COUNT = lazy(r"[\d.,_]+[kKmM%]?")
_LINE_NUMBER = lazy(r"\d{1,5}")
_VERSION = lazy(r"v?\d{1,6}(?:\.\d{1,6}){1,4}")
_NAME_WITH_VERSION = lazy(r"[A-Za-z]+(?:[-_./][A-Za-z]+)*(?:[-_.:@]v?\d{1,4})+")


_STRONG_WITH = {
    "key": (
        *("access", "account", "api", "app", "consumer", "encryption", "license", "master"),
        *("private", "secret", "signing", "storage", "subscription"),
    ),
    "secret": ("app", "client", "consumer", "signing", "webhook"),
    "token": ("access", "auth", "bearer", "private", "refresh", "security", "session"),
}
"""Words that say little alone, and the words that make them the name of a secret if they come before."""


class _Strength(IntEnum):
    """How much a name says of the value: nothing, that it may be a secret, that it is one."""

    NONE = 0
    WEAK = 1
    STRONG = 2


@dataclass(frozen=True, slots=True)
class _Value:
    """The text after a name and a sign, as far as it is examined, and the text after it."""

    text: str
    after: str
    sign: str
    quoted: bool


def secret_values(names: re.Pattern[str], line: str) -> Iterator[tuple[int, int]]:
    """The start and the end of each secret that follows a match of `names`, in order and without overlap.

    `names` has the group `sign`. It may have the group `name`, if the name alone does not say that the value is a
    secret, and the group `quote`, which opens the value.
    """
    done = 0
    for match in names.finditer(line):
        if match.end() >= done and (strength := _strength(match, line)):
            quote = match["quote"] if "quote" in names.groupindex else None
            if _is_secret(_value(match, line, quote), strength):
                done = _end(line, match.end(), quote)
                yield match.end(), done


def _strength(match: re.Match[str], line: str) -> _Strength:
    # Without the group, each name that the pattern finds means a secret.
    if "name" not in match.re.groupindex:
        return _Strength.STRONG
    name, start = match["name"], match.start("name")
    # 16 characters hold the longest of the words that strengthen a name, and the signs after it.
    before, word = line[max(0, start - 16) : start].lower(), name.lower()
    if word in _STRONG_WITH:
        if before.rstrip(" _-").endswith(_STRONG_WITH[word]):
            return _Strength.STRONG
        # `key` alone names an entry of a map more often than a secret.
        return _Strength.NONE if word == "key" else _Strength.WEAK
    if word in {"pass", "pwd", "auth"}:
        return _strength_of_short(name, before, match["sign"])
    return _Strength.STRONG if word.startswith("pass") else _Strength.WEAK


def _strength_of_short(name: str, before: str, sign: str) -> _Strength:
    """The strength of a word that may also be the end of another word, or the outcome of a test."""
    within_word = before[-1:].isalpha()
    # `userPass` has a hump; `bypass` and `compass` have none.
    is_hump = within_word and name[0].isupper() and name[1:].islower()
    assigned = sign.lstrip().startswith("=") or sign.strip(" \\]")[:1] in {'"', "'"}
    is_name = name.lower() == "pwd" or assigned or (name.lower() == "pass" and (is_hump or before[-1:] in {"_", "-"}))
    return _Strength.WEAK if is_name and (is_hump or not within_word) else _Strength.NONE


def _value(match: re.Match[str], line: str, quote: str | None) -> _Value:
    start = match.end()
    end = _end(line, start, quote, start + _LOOKED_AT)
    return _Value(line[start:end], line[end : end + _LOOKED_AT], match["sign"], bool(quote))


def _end(line: str, start: int, quote: str | None, limit: int | None = None) -> int:
    limit = len(line) if limit is None else min(limit, len(line))
    # An escaped quote ends at the next one with as many backslashes.
    if quote and quote.startswith("\\"):
        end = line.find(quote, start, limit)
        return limit if end < 0 else end
    match = (_QUOTED[quote] if quote else _BARE).match(line, start, limit)
    return match.end() if match else start


def _is_secret(value: _Value, strength: _Strength) -> bool:
    text = value.text
    if (
        len(text) < _SHORTEST
        or not any(map(str.isalnum, text))
        or (strength is _Strength.WEAK and not _is_telling(value))
        or (_is_compared(value) and not _is_made(text))
    ):
        return False
    return not (_is_stand_in(value) or _is_code(value) or _is_message(value))


def _is_stand_in(value: _Value) -> bool:
    """Whether it is a mask, a placeholder, a variable, or, after an empty value, the next name."""
    text, closing = value.text, _CLOSING.get(value.text[0], "")
    # A word in brackets is a placeholder; a digit among letters speaks for a secret.
    if closing and (value.after.startswith(closing) or text.endswith(closing)):
        return text[1:].isdigit() or not any(map(str.isdigit, text))
    is_name = value.after.startswith(":") and _NAME.fullmatch(text)
    return not text.strip("xX") or bool(is_name or _FILLED_IN_ELSEWHERE.match(text) or _CONSTANT.fullmatch(text))


def _is_code(value: _Value) -> bool:
    """Whether it is a call, a field, a type, a path, an address, a version or the number of a line."""
    # `token:12` and `auth:1.2.3` name a line or a version.
    if value.sign == ":" and (_VERSION.match(value.text) or _LINE_NUMBER.fullmatch(value.text)):
        return True
    return bool(_CODE.match(value.text + value.after[:2]) or _PLACE.match(value.text))


def _is_message(value: _Value) -> bool:
    """Whether it is a sentence about a password, such as `password: must be longer`."""
    words = [word.strip(".,!?:;").lower() for word in value.text.split()]
    if len(words) > 1:
        # Several quoted words may be a passphrase, so fewer words speak for a message.
        about = _WORDS_ABOUT_SECRETS if value.quoted and len(words) >= _SHORTEST_PASSPHRASE else _MESSAGE_WORDS
        return not about.isdisjoint(words)
    if words[0] in _INNOCENT_WORDS:
        return True
    if value.quoted or ":" not in value.sign:
        return False
    return bool(_WORD.fullmatch(value.text) and (_NEXT_WORD.match(value.after) or value.after.startswith("…")))


def _is_telling(value: _Value) -> bool:
    """Whether a machine made the value of a weak name, or it was given as it is: `token=…`."""
    text = value.text
    if text.startswith("/") or _COUNT.fullmatch(text) or _VERSION.match(text) or _NAME_WITH_VERSION.fullmatch(text):
        return False
    if value.sign.endswith("=") and len(text) >= _SHORTEST_GIVEN:
        # A name of capitals, as in `token=GITHUB_TOKEN`, is that of a variable.
        return not (text.isupper() and text.replace("_", "").isalpha())
    return _is_made(text)


def _is_compared(value: _Value) -> bool:
    """Whether a value stands in a comparison: code and tests compare with words, too."""
    # `-e` and `-n` are the beginnings of `-eq` and `-ne` of shells.
    return value.sign.strip().lstrip("\"'`]\\").lstrip()[:2] in {"==", "!=", "-e", "-n"}


def _is_made(text: str) -> bool:
    # `=` at the end fills up base64.
    marks = any(map(str.isdigit, text)) or text.endswith("=")
    return marks and len(text) >= _SHORTEST_MADE and any(map(str.isalpha, text))
