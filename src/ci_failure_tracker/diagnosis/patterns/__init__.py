"""The log patterns, one module for each ecosystem. See docs/diagnosis.md for how to add one."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from ci_failure_tracker.diagnosis.log_pattern import LogPattern


@cache
def all_patterns() -> tuple[LogPattern, ...]:
    """Every pattern. If several match a line, the first one wins.

    The higher confidence comes first, then the higher priority. A test keeps two patterns from being equal in both on a
    line of an example. Beyond the examples the order of the files decides.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    patterns = (pattern for name in names for pattern in import_module(f"{__name__}.{name}").PATTERNS)
    return tuple(sorted(patterns, key=_precedence))


def _precedence(pattern: LogPattern) -> tuple[int, int]:
    return -pattern.confidence, -pattern.priority
