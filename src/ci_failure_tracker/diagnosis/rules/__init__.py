"""The rules, one module a family; a module with `RULES` in this folder is all it takes to add one."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from ci_failure_tracker.diagnosis.rule import Rank, Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule; of those that match a line, the first one wins.

    NOISE comes first, then the higher rank, then the higher priority. Where all of these are equal, which no example
    allows, the order is that of the modules' names, and of the rules within a module.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    rules = (rule for name in names for rule in import_module(f"{__name__}.{name}").RULES)
    return tuple(sorted(rules, key=_precedence))


def _precedence(rule: Rule) -> tuple[bool, int, int]:
    return rule.rank is not Rank.NOISE, -rule.rank, -rule.priority
