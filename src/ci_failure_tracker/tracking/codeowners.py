"""Who owns a file by the text of CODEOWNERS, with GitHub's rules; pure.

https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from itertools import takewhile

from ci_failure_tracker.text.lazy import lazy

_WORDS = lazy(r"(?:\\.|[^\s\\])+")
_OWNER = lazy(
    r"@[A-Za-z0-9][A-Za-z0-9_-]{0,60}(?:/[A-Za-z0-9_.-]{1,100})?|[^\s@,;:<>()`]{1,64}@[A-Za-z0-9.-]{1,190}", re.ASCII
)
_UNKNOWN_SIGNS = ("!", "[", "]")
"""Signs that `.gitignore` knows and CODEOWNERS does not: GitHub passes over a line with them."""


def owners_of_file(text: str, path: str) -> tuple[str, ...]:
    """The owners of a file: the last line counts whose pattern fits, and it may name nobody."""
    # GitHub takes the last matching line, so the first one from below is the answer. A file may begin with a byte-order
    # mark.
    for line in reversed(text.removeprefix("\ufeff").splitlines()):
        pattern, *owners = _words(line) or [""]
        is_valid = (
            # GitHub passes over a line with an owner that it cannot read.
            pattern and not any(sign in pattern for sign in _UNKNOWN_SIGNS) and all(map(_OWNER.fullmatch, owners))
        )
        if is_valid and _fits(re.sub(r"\\(.)", r"\1", pattern), path):
            return tuple(dict.fromkeys(owners))
    return ()


def _words(line: str) -> list[str]:
    """The words of a line up to a comment, which begins a word."""
    return list(takewhile(lambda word: not word.startswith("#"), _WORDS.findall(line)))


def _fits(pattern: str, path: str) -> bool:
    """Whether a pattern fits a path: step by step, `reached` are the places in the path where the rest may begin."""
    parts, steps = path.split("/"), _steps(pattern)
    reached = {0}
    for place, step in enumerate(steps):
        if step == "**":
            is_last = place == len(steps) - 1
            # At the end it stands for everything below, else for any number of folders.
            reached = {later for start in reached for later in range(start + is_last, len(parts) + 1)}
        else:
            reached = {start + 1 for start in reached if start < len(parts) and _fits_part(step, parts[start])}
    # A pattern that ends in `/*` fits the files of a folder alone; any other fits all that is below, too.
    whole = {len(parts)} if steps[-1] == "*" else set(range(1, len(parts) + 1))
    return bool(reached & whole)


def _steps(pattern: str) -> Sequence[str]:
    """The parts of a pattern. One without a slash, but for one at its end, fits at any depth."""
    steps = pattern.strip("/").split("/")
    if pattern.endswith("/"):
        steps.append("**")
    # GitHub reads `docs/` and `docs` at any depth, and `/docs` or `a/docs` from the root.
    return steps if "/" in pattern.rstrip("/") else ["**", *steps]


def _fits_part(pattern: str, part: str) -> bool:
    return pattern == part or (("*" in pattern or "?" in pattern) and fnmatchcase(part, pattern))
