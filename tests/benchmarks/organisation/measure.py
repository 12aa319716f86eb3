"""Sweeps of an organisation: by one process for all its repositories, and by one process for each of them."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.one_process import Measured, measured
from benchmarks.organisation.hosted import Hosted, Taken, hosted
from sandbox.organisation import APP_TOKEN, Organisation

ONE, EACH, CENTRAL = "one process", "one process each", "one process, central issues"
PLANNED, FIRST, AGAIN, QUIET, NEW = "first, planned", "first", "right after", "nothing new", "5 new failures"
"""The sweeps. After a sweep that wrote issues, the next one looks at these repositories once more."""

NEW_FAILURES = 5
"""Repositories in which a run fails before the last sweep."""

ISSUES = Organisation().issues_repository
_PATIENCE = 1800.0
_ACTION = (sys.executable, "-m", "ci_failure_tracker", "action")


@dataclass(frozen=True)
class Sweep:
    """What one sweep of all repositories took; of several processes the sums, and the largest memory."""

    name: str
    taken: Taken
    seconds: float
    cpu_seconds: float
    megabytes: float


@dataclass(frozen=True)
class Swept:
    """The sweeps of an organisation, one after another."""

    repositories: int
    failing: int
    contender: str
    sweeps: tuple[Sweep, ...]

    def __getitem__(self, name: str) -> Sweep:
        return next(sweep for sweep in self.sweeps if sweep.name == name)


def in_one_process(repositories: int, *, central: bool = False) -> Swept:
    """One process for all repositories. What it knows of the last sweep is in the report of that.

    `central`: all issues are in one more repository.
    """
    with tempfile.TemporaryDirectory() as folder, hosted(repositories) as organisation:
        given = {"INPUT_REPOSITORIES": f"org:{Organisation.login}", "INPUT_REPORT_DIR": folder}
        if central:
            given |= dict.fromkeys(("INPUT_ISSUES_REPOSITORY", "INPUT_EXCLUDE_REPOSITORIES"), ISSUES)
        last = {"INPUT_LAST_REPORT": str(Path(folder, "report.json"))}

        def sweep(name: str) -> Sequence[Measured]:
            return [_measured(organisation, name, given if name in {PLANNED, FIRST} else {**given, **last})]

        sweeps = [_counted(name, organisation, sweep) for name in (PLANNED, FIRST, AGAIN, QUIET)]
        organisation.fail(NEW_FAILURES)
        sweeps.append(_counted(NEW, organisation, sweep))
        return Swept(repositories, organisation.failing(), CENTRAL if central else ONE, tuple(sweeps))


def in_a_process_each(repositories: int) -> Swept:
    """One process for each repository, one after another."""
    with hosted(repositories) as organisation:

        def sweep(name: str) -> Sequence[Measured]:
            return [_measured(organisation, name, {"INPUT_REPOSITORY": one}) for one in organisation.names()]

        sweeps = [_counted(name, organisation, sweep) for name in (PLANNED, FIRST, QUIET)]
        return Swept(repositories, organisation.failing(), EACH, tuple(sweeps))


def _counted(name: str, organisation: Hosted, sweep: Callable[[str], Sequence[Measured]]) -> Sweep:
    took = sweep(name)
    return Sweep(
        name,
        organisation.taken(),
        sum(one.seconds for one in took),
        sum(one.cpu_seconds for one in took),
        max(one.megabytes for one in took),
    )


def _measured(organisation: Hosted, name: str, given: Mapping[str, str]) -> Measured:
    inputs = {"INPUT_TOKEN": APP_TOKEN, "INPUT_DRY_RUN": "true" if name == PLANNED else "false"}
    return measured(_ACTION, {**organisation.variables(), **inputs, **given}, _PATIENCE)
