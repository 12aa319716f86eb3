"""Whether a line names something.

A line *names* something if it holds a word that is no plain word: a path, a quoted text, a name with a dot, a number or
a capital within. "Tests failed" names nothing, and so it is the same line in every log.
"""

from __future__ import annotations

import re

from ci_failure_tracker.text.lazy import lazy

_NAME = lazy(
    r"'(?!s |t |re |ve |ll )[^']{2,200}'|\"[^\"]{2,200}\"|`[^`]{2,200}`|‘[^’]{2,200}’"
    r"|[A-Za-z0-9_@][./\\:#=_-]{1,2}[A-Za-z0-9_]|[a-z][A-Z]|[A-Z][a-z]{1,40}[A-Z]|[A-Z]{1,6}[0-9]{2,6}|--?[a-z]{2}"
    r"|[\w-] {0,3}[<>=]=? ?[0-9]"
)
_NO_NAME = lazy(
    r"(?:and/or|pass/fail|exit[- ]code|exit[- ]?status|non[- ]zero|[0-9][./:][0-9]|pre-\w|re-\w"
    r"|(?:up|out)-(?:to|of)-\w{1,9})"
    r"|https?://\S{1,400}",
    re.IGNORECASE,
)


def names(text: str) -> bool:
    """Whether a line names something."""
    return _NAME.search(_NO_NAME.sub(" ", text)) is not None
