"""The trials of a job, and how many passes in a row close its issue (rule 8)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

MOST_PASSES = 150
"""Passes in a row that close an issue, however often it failed before."""

LEAST_PASSES = 20
"""Passes in a row that an issue waits for if it also passed between its failures."""

_CHANCE = 0.01
"""How likely the passes may be if nothing was fixed."""


@dataclass(frozen=True, slots=True)
class Trials:
    """The runs in which something really ran, counted from its first known failure.

    total    all of them
    failed   those that failed
    passes   those since the newest failure, which all passed
    longest  the most passes in a row before a failure
    """

    total: int = 0
    failed: int = 0
    passes: int = 0
    longest: int = 0

    def then(self, *, passed: bool) -> Trials:
        """The trials with one more, which is newer than all of them; a pass before the first failure does not count."""
        if passed:
            return replace(self, total=self.total + 1, passes=self.passes + 1) if self.failed else self
        return Trials(self.total + 1, self.failed + 1, 0, max(self.longest, self.passes))

    @property
    def until_failure(self) -> int:
        """The trials from the first failure to the newest one."""
        return self.total - self.passes

    @property
    def always_failed(self) -> bool:
        """Whether it never passed from the first failure to the newest one."""
        return self.failed >= self.until_failure

    def passes_to_close(self, close_after: int) -> int:
        """The passes in a row that close the issue.

        If it always failed, a pass is no chance, and `close_after` passes are enough. Otherwise, assume that
        nothing was fixed. Then the failures after the first one may lie anywhere among the trials. That all of them
        lie before the newest passes has a chance of (n / (n + passes)) ^ (failures - 1), which has to be below 1 %.
        """
        if self.always_failed:
            return close_after
        if self.failed < 2:  # noqa: PLR2004 - only a marker that a person edited says so
            return MOST_PASSES
        factor: float = (1 / _CHANCE) ** (1 / (self.failed - 1))
        unlikely = math.floor(self.until_failure * (factor - 1)) + 1
        return min(MOST_PASSES, max(LEAST_PASSES, self.longest + 1, unlikely))


NO_TRIALS = Trials()
