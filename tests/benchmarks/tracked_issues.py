"""`make bench-issues`: the CPU time of one sweep by the number of issues that it tracks.

The project is one workflow with many failing jobs. Each job has an issue and a cause of its own. GitHub is in memory,
so the time is that of the program alone. It is the CPU time of this process, which depends less on other work on the
machine than the time on the clock does. Each sweep is measured once. The three sweeps of each size:

first: no issue exists yet, and each failing job gets one.
nothing new: the issues are as the first sweep left them.
read again: nothing is new, but no issue says how far a sweep has read, so all runs are read and compared again.
"""

from __future__ import annotations

import argparse
import dataclasses
import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import wraps
from time import process_time
from typing import ParamSpec, TypeVar
from unittest.mock import patch

from builders import START, a_diagnosis, a_job, a_run, some_settings
from ci_failure_tracker.issues.body import IssueTemplate
from ci_failure_tracker.issues.marker import read_tracked
from ci_failure_tracker.model import Action, Issue, Job, JobDiagnosis, LogRequest, Outcome, Run, Skip, State
from ci_failure_tracker.selection import log_requests
from ci_failure_tracker.sweep import sweep
from ci_failure_tracker.tracking.decide import decide
from ci_failure_tracker.tracking.track import track
from memory_github import ForgetfulGitHub, MemoryGitHub, MemoryWriter

SIZES = (500, 2_500, 5_000)
_FIRST, _NOTHING_NEW, _READ_AGAIN = "first", "nothing new", "read again"
_MOST_SECONDS = 8.0
"""CPU seconds that a sweep with nothing new may take at the largest of the usual sizes."""

_LINEAR = 1.5
"""So many times the CPU time of an issue may grow from the smallest size to the largest."""

_FIRST_RUNS = 3
_JOB_IDS = 100_000
"""Job ids of one run; the remainder tells the job."""

_P = ParamSpec("_P")
_R = TypeVar("_R")

# --- what a sweep does ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Work:
    """What one sweep did.

    `histories` and `plans` are calls of `track` and `decide`, `bodies` the regions of an issue's body that the template
    rendered. `read` are the bodies whose markers were read, `written` the bodies that were written, in order.
    """

    seconds: float
    histories: int
    plans: int
    bodies: int
    read: tuple[str, ...]
    written: tuple[str, ...]


@dataclass
class _Counts:
    histories: int = 0
    plans: int = 0
    read: list[str] = field(default_factory=list)

    def add_history(self, *_arguments: object, **_named: object) -> None:
        self.histories += 1

    def add_plan(self, *_arguments: object, **_named: object) -> None:
        self.plans += 1

    def add_read(self, issue: Issue) -> None:
        self.read.append(issue.body)


class CountingTemplate(IssueTemplate):
    """The built-in template; `bodies` counts the regions that it rendered."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies = 0

    def regions(self, state: State, url: str, close_after: int) -> Iterator[str]:
        for region in super().regions(state, url, close_after):
            self.bodies += 1
            yield region


@contextmanager
def _counted() -> Iterator[_Counts]:
    counts = _Counts()
    with ExitStack() as stack:
        _tell(stack, track, counts.add_history)
        _tell(stack, decide, counts.add_plan)
        _tell(stack, read_tracked, counts.add_read)
        yield counts


def _tell(stack: ExitStack, function: Callable[_P, _R], told: Callable[_P, None]) -> None:
    """Report each call of a function that any module of the program makes."""

    @wraps(function)
    def telling(*arguments: _P.args, **named: _P.kwargs) -> _R:
        told(*arguments, **named)
        return function(*arguments, **named)

    name = telling.__name__
    for module_name, module in list(sys.modules.items()):
        if module_name.startswith("ci_failure_tracker.") and vars(module).get(name) is function:
            stack.enter_context(patch.object(module, name, telling))


# --- the project ---------------------------------------------------------------------------------


class Project:
    """One workflow with `jobs` jobs. Each run and each sweep takes an hour of the project's own clock."""

    def __init__(self, jobs: int) -> None:
        """Let all jobs fail in three runs."""
        self.issues: dict[int, Issue] = {}
        self._jobs = jobs
        self._runs: list[Run] = []
        self._hours = 0
        settings = some_settings()
        # The inputs take no more than 500 new issues a sweep.
        self._settings = dataclasses.replace(settings, max_new_issues=max(jobs, settings.max_new_issues))
        for _ in range(_FIRST_RUNS):
            self.run("failure")

    def run(self, conclusion: str) -> None:
        """Add a run in which all jobs end alike."""
        self._hours += 1
        self._runs.append(a_run(self._hours, conclusion))

    def sweep(self, source: type[MemoryGitHub] = MemoryGitHub) -> Work:
        """Sweep once, and say what that took."""
        self._hours += 1
        now = START + timedelta(hours=self._hours)
        github = source(self._runs, self._jobs_of, self.issues, job_diagnosis=_diagnosis)
        written: list[Action] = []
        writer = MemoryWriter(self.issues, now, lambda _number, action: written.append(action))
        template = CountingTemplate()
        with ExitStack() as stack:
            counts = stack.enter_context(_counted())
            # A sweep reads 50 logs and leaves the others to later sweeps. Here the first sweep reads all of them, so
            # that nothing is new in the second one.
            stack.enter_context(patch.object(log_requests, "MOST_LOGS", self._jobs * len(self._runs)))
            gc.collect()
            started = process_time()
            sweep(github, writer, self._settings, template, now)
            seconds = process_time() - started
        bodies = tuple(action.body for action in written if not isinstance(action, Skip))
        return Work(seconds, counts.histories, counts.plans, template.bodies, tuple(counts.read), bodies)

    def _jobs_of(self, run: Run) -> list[Job]:
        ids = range(run.number * _JOB_IDS, run.number * _JOB_IDS + self._jobs)
        return [a_job(f"job {place}", run.conclusion, number, run.updated_at) for place, number in enumerate(ids)]


def _diagnosis(log: LogRequest) -> JobDiagnosis:
    found = a_diagnosis(f"Error {log.job_id % _JOB_IDS}")
    return JobDiagnosis(log.job_id, found.signature, found.headline, Outcome.FAILURE, None, 2, found)


# --- the table -----------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the tables; the exit code is 0 whatever the figures are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--issues", type=int, nargs="+", default=list(SIZES), help="how many issues are tracked")
    sizes: list[int] = sorted(set(parser.parse_args(arguments).issues))
    if sizes[0] < 1:
        parser.error("--issues takes numbers from 1 on")
    _show(f"Python {sys.version.split()[0]}, CPU time of one process, each sweep measured once\n")
    _show("| issues | sweep | CPU | CPU an issue | histories | plans | bodies | markers read | issues written |")
    _show("|---|---|---|---|---|---|---|---|---|")
    quiet = {}
    for size in sizes:
        for name, work in _sweeps(size):
            _show(_row(size, name, work))
            if name == _NOTHING_NEW:
                quiet[size] = work
    _show("\n| target, with nothing new | wanted | here | |\n|---|---|---|---|")
    for line in _targets(quiet):
        _show(line)
    return 0


def _sweeps(size: int) -> Iterator[tuple[str, Work]]:
    project = Project(size)
    yield _FIRST, project.sweep()
    yield _NOTHING_NEW, project.sweep()
    yield _READ_AGAIN, project.sweep(ForgetfulGitHub)


def _row(size: int, name: str, work: Work) -> str:
    counts = (work.histories, work.plans, work.bodies, len(work.read), len(work.written))
    cells = (f"{size:,}", name, f"{work.seconds:.2f} s", f"{work.seconds / size * 1000:.2f} ms")
    return "| " + " | ".join([*cells, *(f"{count:,}" for count in counts)]) + " |"


def _targets(quiet: dict[int, Work]) -> Iterator[str]:
    least, most = min(quiet), max(quiet)
    if most >= max(SIZES):
        seconds = quiet[most].seconds
        yield _target(
            f"{most:,} issues", f"{_MOST_SECONDS:.0f} s of CPU or less", f"{seconds:.2f} s", seconds <= _MOST_SECONDS
        )
    if least < most:
        times = quiet[most].seconds / most / (quiet[least].seconds / least)
        what = f"CPU an issue, {most:,} issues beside {least:,}"
        yield _target(what, f"{_LINEAR} times or less", f"{times:.2f} times", times <= _LINEAR)
    again = [body for work in quiet.values() for body in work.written if body in set(work.read)]
    yield _target("bodies written and read back in one sweep", "0", str(len(again)), not again)


def _target(what: str, wanted: str, figure: str, reached: bool) -> str:
    return f"| {what} | {wanted} | {figure} | {'reached' if reached else 'MISSED'} |"


def _show(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
