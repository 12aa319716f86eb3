"""The log patterns, one module for each ecosystem. docs/patterns.md says how to add one."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from ci_failure_tracker.diagnosis.log_pattern import LogPattern

_of_user: tuple[LogPattern, ...] = ()


def set_user_patterns(patterns: tuple[LogPattern, ...]) -> None:
    """Add these patterns to the built-in ones. `keywords.use_patterns` also makes its tables anew."""
    global _of_user  # noqa: PLW0603 - the tables that are made of the patterns belong to the process, too
    _of_user = patterns
    all_patterns.cache_clear()


@cache
def all_patterns() -> tuple[LogPattern, ...]:
    """Every pattern. If several match a line, the first one wins.

    The higher confidence comes first, then a pattern of the user, then the higher priority. A test keeps two built-in
    patterns from being equal in all of these on a line of an example. Beyond the examples the order of the files
    decides.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    built_in = (pattern for name in names for pattern in import_module(f"{__name__}.{name}").PATTERNS)
    ranked = [*((0, pattern) for pattern in _of_user), *((1, pattern) for pattern in built_in)]
    ranked.sort(key=lambda one: (not one[1].ends_job, -one[1].confidence, one[0], -one[1].priority))
    return tuple(pattern for _, pattern in ranked)
