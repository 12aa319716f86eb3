"""Removes secrets from foreign text, before people read it in an issue, a summary or a chat.

GitHub masks only the secrets that it knows. It does not mask a secret that a program made, read from a file or got from
a person. So each line is searched for the forms of secrets and for their names: `kinds` is the table of both, `values`
distinguishes a secret from other text in its place, `private_keys` finds secrets of several lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from ci_failure_tracker.text.redaction.elements import element_lines
from ci_failure_tracker.text.redaction.kinds import KINDS, MASK, SecretKind
from ci_failure_tracker.text.redaction.private_keys import key_lines, parted
from ci_failure_tracker.text.redaction.tokens import without_tokens, wrapped_tokens
from ci_failure_tracker.text.redaction.values import secret_values

_HINTS = tuple(dict.fromkeys(hint for kind in KINDS for hint in kind.hints))
_SHORT_HINTS = tuple(hint for hint in _HINTS if not any(other in hint for other in _HINTS if other != hint))
_LONG_HINTS = tuple(hint for hint in _HINTS if hint not in _SHORT_HINTS)
"""These hold a short hint, so they are looked for only if a short hint is there."""


@lru_cache(256)
def redacted(line: str) -> str:
    """The line with `***` for each secret in it; the names of the secrets stay.

    The last lines are kept: an excerpt is redacted once more together with its context.
    """
    line = without_tokens(line, MASK)
    lowered = line.lower()
    hints = tuple(filter(lowered.__contains__, _SHORT_HINTS))
    for kind in _kinds((*hints, *filter(lowered.__contains__, _LONG_HINTS))) if hints else ():
        pattern = _compiled(kind.pattern)
        line = pattern.sub(kind.shown, line) if kind.shown else "".join(_without_values(pattern, line))
    return line


def redacted_lines(lines: Iterable[str]) -> tuple[str, ...]:
    """Each line redacted, in order; also the lines of a private key, which only several lines together show."""
    all_lines = list(lines)
    # From the last line back, so that the places of earlier pieces stay right.
    for number, start, end in reversed(tuple(wrapped_tokens(all_lines))):
        all_lines[number] = f"{all_lines[number][:start]}{MASK}{all_lines[number][end:]}"
    for number in element_lines(all_lines):
        value = all_lines[number].strip()
        # The indentation stays, so that the excerpt looks like the log.
        all_lines[number] = all_lines[number].replace(value, MASK)
    hidden = frozenset(key_lines(all_lines))
    return tuple(_hidden(line) if number in hidden else redacted(line) for number, line in enumerate(all_lines))


def _hidden(line: str) -> str:
    before, _, after = parted(line)
    return f"{redacted(before)}{MASK}{after}"


def _without_values(names: re.Pattern[str], line: str) -> Iterator[str]:
    done = 0
    for start, end in secret_values(names, line):
        yield line[done:start]
        yield MASK
        done = end
    yield line[done:]


@lru_cache(256)
def _kinds(hints: tuple[str, ...]) -> tuple[SecretKind, ...]:
    """The kinds that a line with these hints may hold."""
    return tuple(kind for kind in KINDS if not set(hints).isdisjoint(kind.hints))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern, compiled when it is first needed: most logs need few of them."""
    return re.compile(pattern, re.ASCII)
