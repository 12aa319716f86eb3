"""The rules, one module a family; a module with `RULES` in this folder is all it takes to add one."""

from __future__ import annotations

import pkgutil
from collections import defaultdict
from functools import cache
from importlib import import_module

from ci_failure_tracker.diagnosis.rule import Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, those of one family together, in the order of their module."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(rule for name in names for rule in import_module(f"{__name__}.{name}").RULES)


@cache
def rules_by_word() -> tuple[tuple[str, tuple[Rule, ...]], ...]:
    """The rules that a line has to be tried with, by the word it holds; higher ranks and narrower rules first."""
    found: dict[str, list[Rule]] = defaultdict(list)
    for rule in all_rules():
        found[rule.word].append(rule)
    return tuple((word, tuple(rules)) for word, rules in found.items())
