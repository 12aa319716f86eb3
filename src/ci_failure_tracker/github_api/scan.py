"""The scan: which runs, jobs and issues a sweep reads, and what it does when some cannot be read."""

from __future__ import annotations

import difflib
import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from itertools import islice

from ci_failure_tracker.diagnosis.observations import needs_jobs
from ci_failure_tracker.errors import (
    ArchivedError,
    GitHubError,
    IssuesDisabledError,
    UnknownWorkflowError,
)
from ci_failure_tracker.github_api.reads import Reads
from ci_failure_tracker.model import Gravity, Problem, Repository, Run, RunJobs, Scan, Window, Workflow
from ci_failure_tracker.progress import Progress
from ci_failure_tracker.settings import MAX_RUNS_LIMIT, Settings
from ci_failure_tracker.tracking.marker import needs_viewer

_SEPARATE_LISTINGS = 5
"""Up to so many workflows are listed one by one; beyond, the repository's list is read and sifted."""

_EVERYTHING = "*"


def scan(reads: Reads, settings: Settings, now: datetime, progress: Progress) -> Scan:
    """Read all that a sweep needs.

    Raises:
        TrackerError: where the sweep cannot go on at all. A run whose jobs cannot be read is a problem in the
            result, and the rest is read all the same.
    """
    progress.phase("Read the runs")
    repository = _usable(reads.repository())
    known = reads.workflows()
    chosen, problems = choose_workflows(known, settings)
    runs, window, cut = _read_runs(reads, repository, known, chosen, settings, now)
    problems = [*problems, *cut]
    jobs, unread = _read_jobs(reads, runs, progress)
    progress.phase("Read the tracked issues")
    issues = reads.issues(settings.labels[0])
    return Scan(
        repository=repository,
        runs=runs,
        jobs=jobs,
        issues=issues,
        viewer=reads.viewer() if any(needs_viewer(issue) for issue in issues) else None,
        window=Window(window.listed, window.forks, window.partial or bool(unread)),
        problems=(*problems, *unread),
    )


def _usable(repository: Repository) -> Repository:
    if repository.archived:
        raise ArchivedError(repository.full_name)
    if not repository.has_issues:
        raise IssuesDisabledError(repository.full_name)
    return repository


# --- workflows -----------------------------------------------------------------------------------


def choose_workflows(known: Sequence[Workflow], settings: Settings) -> tuple[tuple[Workflow, ...], list[Problem]]:
    """The workflows that the settings ask for.

    Raises:
        UnknownWorkflowError: where one that is asked for does not exist, with the nearest names.
    """
    for asked in settings.workflow:
        if not any(_is_called(workflow, asked) for workflow in known):
            raise _unknown(asked, known)
    problems = [
        Problem(Gravity.WARNING, str(_unknown(asked, known)), "`exclude-workflow` has nothing to leave out there.")
        for asked in settings.exclude_workflow
        if not any(_is_called(workflow, asked) for workflow in known)
    ]
    return tuple(
        workflow
        for workflow in known
        if any(_is_called(workflow, asked) for asked in settings.workflow or (_EVERYTHING,))
        and not any(_is_called(workflow, asked) for asked in settings.exclude_workflow)
    ), problems


def _is_called(workflow: Workflow, asked: str) -> bool:
    names = (workflow.name, workflow.file_name, workflow.path)
    # Equal before alike: a name may hold the signs of a glob.
    return asked in names or any(fnmatchcase(name.casefold(), asked.casefold()) for name in names)


def _unknown(asked: str, known: Sequence[Workflow]) -> UnknownWorkflowError:
    names = {name.casefold(): name for one in known for name in (one.file_name, one.name)}
    nearest = difflib.get_close_matches(asked.casefold(), names, n=3, cutoff=0.5)
    return UnknownWorkflowError(asked, [names[name] for name in nearest], sorted({one.name for one in known}))


# --- runs ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sieve:
    """What GitHub's own filters cannot do: several values, globs, forks."""

    workflows: frozenset[int] | None
    branches: tuple[str, ...]
    events: tuple[str, ...]

    def lets_through(self, run: Run) -> bool:
        return (
            (self.workflows is None or run.workflow.id in self.workflows)
            and any(run.branch == branch or fnmatchcase(run.branch, branch) for branch in self.branches)
            and (not self.events or run.event in self.events)
        )


def _read_runs(
    reads: Reads,
    repository: Repository,
    known: Sequence[Workflow],
    chosen: Sequence[Workflow],
    settings: Settings,
    now: datetime,
) -> tuple[tuple[Run, ...], Window, list[Problem]]:
    branches = settings.branch or (repository.default_branch,)
    everything = len(chosen) == len(known)
    sieve = _Sieve(None if everything else frozenset(one.id for one in chosen), branches, settings.event)
    start = settings.since.start(now)
    listing = _Listing(
        reads,
        workflows=tuple(chosen) if settings.workflow and len(chosen) <= _SEPARATE_LISTINGS else (None,),
        branch=_only_plain(branches),
        event=_only_plain(settings.event),
        created=f">={start:%Y-%m-%dT%H:%M:%SZ}" if start else None,
    )
    runs: list[Run] = []
    listed = forks = 0
    problems: list[Problem] = []
    try:
        for run in islice(listing.newest_first(), MAX_RUNS_LIMIT):
            listed += 1
            if sieve.lets_through(run) and not run.from_fork:
                runs.append(run)
            forks += sieve.lets_through(run) and run.from_fork
            if len(runs) == settings.max_runs:
                break
    except GitHubError as error:
        if not runs:
            raise
        problems.append(_cut_short(error, len(runs)))
    if listed == MAX_RUNS_LIMIT and len(runs) < settings.max_runs:
        problems.append(_looked_far_enough(len(runs)))
    return tuple(_once(runs)), Window(listed, forks, partial=bool(problems)), problems


def _only_plain(names: Sequence[str]) -> str | None:
    """The single name without the signs of a glob, which GitHub can filter by itself."""
    return names[0] if len(names) == 1 and not set(names[0]) & set("*?[") else None


@dataclass(frozen=True, slots=True)
class _Listing:
    reads: Reads
    workflows: tuple[Workflow | None, ...]
    branch: str | None
    event: str | None
    created: str | None

    def newest_first(self) -> Iterator[Run]:
        """The runs of all listings as one, each page read only when it is needed."""
        listings = (self.reads.runs(one, self.branch, self.event, self.created) for one in self.workflows)
        return heapq.merge(*listings, key=lambda run: (run.created_at, run.id), reverse=True)


def _once(runs: Sequence[Run]) -> Iterator[Run]:
    """Each run once: one that starts while pages are read moves the others to the next page."""
    return iter({run.id: run for run in runs}.values())


def _cut_short(error: GitHubError, seen: int) -> Problem:
    return Problem(
        Gravity.ERROR, f"The list of runs was cut short after {seen}: {error}", "The next sweep tries again."
    )


def _looked_far_enough(found: int) -> Problem:
    return Problem(
        Gravity.WARNING,
        f"Only {found} runs fit the filters among the newest {MAX_RUNS_LIMIT:,}.",
        "Bound the time with `since`, or name the workflows, so that fewer runs are sifted.",
    )


# --- jobs ----------------------------------------------------------------------------------------


def _read_jobs(
    reads: Reads, runs: Sequence[Run], progress: Progress
) -> tuple[tuple[RunJobs, ...], tuple[Problem, ...]]:
    wanted = [run for run in runs if needs_jobs(run, runs)]
    found: list[RunJobs] = []
    problems: list[Problem] = []
    progress.phase("Read the jobs of failed runs", len(wanted))
    for run in wanted:
        try:
            found.append(RunJobs(run.id, reads.jobs(run)))
        except GitHubError as error:
            problems.append(Problem(Gravity.ERROR, f"Run {run.number} of {run.workflow.name} is left out: {error}"))
        progress.advance()
    return tuple(found), tuple(problems)
