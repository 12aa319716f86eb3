"""The scan: which runs, jobs and issues a sweep reads, and what it does when some cannot be read."""

from __future__ import annotations

import difflib
import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase
from itertools import islice

from ci_failure_tracker.errors import (
    ArchivedError,
    GitHubError,
    IssuesDisabledError,
    RateLimitedError,
    SettingsError,
    TrackerError,
    UnknownWorkflowError,
)
from ci_failure_tracker.github_api.jobs import JobReader
from ci_failure_tracker.github_api.reads import Reads
from ci_failure_tracker.model import (
    Gravity,
    Issue,
    Problem,
    Repository,
    Run,
    Scan,
    Window,
    Workflow,
)
from ci_failure_tracker.progress import Progress
from ci_failure_tracker.settings import MAX_RUNS_LIMIT, Settings
from ci_failure_tracker.tracking.identity import short_branch
from ci_failure_tracker.tracking.marker import find_tracked, needs_viewer
from ci_failure_tracker.tracking.plan import open_states
from ci_failure_tracker.tracking.reach import known_runs

_SEPARATE_LISTINGS = 5
"""Up to so many workflows are listed one by one; beyond, the repository's list is read and sifted."""

_EVERYTHING = "*"

LEAST_LEFT = 50
"""Requests that GitHub has to leave to the token for a sweep to begin."""

KEPT = 0.3
"""The part of a sweep's requests that the list of runs leaves to what follows."""


def scan(reads: Reads, settings: Settings, now: datetime, progress: Progress) -> Scan:
    """Read all that a sweep needs.

    Raises:
        TrackerError: where the sweep cannot go on at all. A run whose jobs cannot be read is a problem in the
            result, and the rest is read all the same.
    """
    progress.phase("Read the tracked issues")
    repository = _usable(reads.repository())
    _check_limit(reads.budget.left)
    moved = _moved(repository, settings)
    issues = reads.issues(settings.labels[0], "open")
    viewer, nameless = read_viewer(reads, issues)
    progress.phase("Read the runs")
    known = reads.workflows()
    chosen, problems = choose_workflows(known, settings)
    branches = settings.branch or (repository.default_branch,)
    everything = len(chosen) == len(known)
    sieve = _Sieve(None if everything else frozenset(one.id for one in chosen), branches, settings.event)
    listing = _listing(reads, () if everything else chosen, branches, settings, now)
    found = _read_runs(listing, sieve, settings.max_runs)
    if not found.runs:
        problems.append(_nothing_fits(branches, settings))
    tracked = find_tracked(issues, viewer)
    told = known_runs(found.runs, tracked, settings)
    jobs, unread, jobless = JobReader(reads, found.runs, told, progress).read(open_states(tracked), settings)
    return Scan(
        repository=repository,
        runs=found.runs,
        jobs=jobs,
        issues=issues,
        viewer=viewer,
        window=Window(found.forks, unread, partial=bool(found.problems) or unread > 0, start=found.start),
        problems=(*problems, *found.problems, *jobless, *nameless, *moved),
        workflows=known,
        known=told,
    )


def _usable(repository: Repository) -> Repository:
    if repository.archived:
        raise ArchivedError(repository.full_name)
    if not repository.has_issues:
        raise IssuesDisabledError(repository.full_name)
    return repository


def _moved(repository: Repository, settings: Settings) -> list[Problem]:
    if repository.full_name.casefold() == settings.repository.casefold():
        return []
    what = f"{settings.repository} is called {repository.full_name} now."
    return [Problem(Gravity.NOTICE, what, "Give that name in `repository`; the old one works until somebody takes it.")]


def _check_limit(left: int | None) -> None:
    """Not to begin what cannot be ended, and to leave something to the others that use the token.

    Raises:
        RateLimitedError: where GitHub leaves too few requests.
    """
    if left is not None and left < LEAST_LEFT:
        raise RateLimitedError(
            f"GitHub leaves {left} requests to this token for now, and a sweep does not begin with less than "
            f"{LEAST_LEFT}.",
            "Sweep again when the limit is reset, within the hour, or run the tracker less often.",
        )


# --- workflows -----------------------------------------------------------------------------------


def choose_workflows(known: Sequence[Workflow], settings: Settings) -> tuple[tuple[Workflow, ...], list[Problem]]:
    """The workflows that the settings ask for.

    Raises:
        UnknownWorkflowError: where one that is asked for does not exist, with the nearest names.
    """
    unknown = [asked for asked in settings.workflow if not any(_is_called(one, asked) for one in known)]
    if unknown:
        raise UnknownWorkflowError("\n".join(_unknown(asked, known) for asked in unknown))
    problems = [
        Problem(Gravity.WARNING, _unknown(asked, known), "`exclude-workflow` has nothing to leave out there.")
        for asked in settings.exclude_workflow
        if not any(_is_called(workflow, asked) for workflow in known)
    ]
    chosen = tuple(
        workflow
        for workflow in known
        if any(_is_called(workflow, asked) for asked in settings.workflow or (_EVERYTHING,))
        and not any(_is_called(workflow, asked) for asked in settings.exclude_workflow)
    )
    if known and not chosen:
        raise SettingsError(["`exclude-workflow` leaves no workflow to look at; take a name away from it."])
    return chosen, problems


def _is_called(workflow: Workflow, asked: str) -> bool:
    names = (workflow.name, workflow.file_name, workflow.path)
    # Equal before alike: a name may hold the signs of a glob.
    return asked in names or any(fnmatchcase(name.casefold(), asked.casefold()) for name in names)


def _unknown(asked: str, known: Sequence[Workflow]) -> str:
    names = {name.casefold(): name for one in known for name in (one.file_name, one.name)}
    nearest = difflib.get_close_matches(asked.casefold(), names, n=3, cutoff=0.5)
    lead = f"There is no workflow {asked!r} in this repository."
    if nearest:
        return f"{lead} Did you mean {', '.join(repr(names[name]) for name in nearest)}?"
    shown = ", ".join(repr(name) for name in sorted({one.name for one in known})[:10])
    return f"{lead} It has {shown}." if shown else f"{lead} It has none."


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


@dataclass(frozen=True, slots=True)
class _Found:
    """What a listing gave, and why it ended early if it did."""

    runs: tuple[Run, ...]
    listed: int
    forks: int
    problems: tuple[Problem, ...]
    start: datetime | None


def _read_runs(listing: _Listing, sieve: _Sieve, most: int) -> _Found:
    runs: dict[int, Run] = {}  # each once: a run that starts while pages are read moves others to the next page
    listed = forks = 0
    problems: list[Problem] = []
    oldest: datetime | None = None
    complete = True
    try:
        for run in islice(listing.newest_first(), MAX_RUNS_LIMIT):
            oldest = run.created_at
            listed += run.id not in runs
            if not sieve.lets_through(run):
                continue
            if run.from_fork:
                forks += 1
            else:
                runs[run.id] = _as_remembered(run)
            if len(runs) == most:
                complete = False
                break
    except GitHubError as error:
        if not runs:
            raise
        complete = False
        problems.append(_cut_short(error, len(runs)))
    if listed == MAX_RUNS_LIMIT and len(runs) < most:
        complete = False
        problems.append(_looked_far_enough(len(runs)))
    start = listing.bound if complete else oldest
    return _Found(tuple(runs.values()), listed, forks, tuple(problems), start)


def _as_remembered(run: Run) -> Run:
    """The run with its foreign names as an issue's marker may hold them: visible, short and without secrets."""
    return replace(run, branch=short_branch(run.branch), subject=short_branch(run.subject))


def _listing(
    reads: Reads, chosen: Sequence[Workflow], branches: Sequence[str], settings: Settings, now: datetime
) -> _Listing:
    start = settings.since.start(now)
    return _Listing(
        reads,
        # A quiet workflow would drown in the list of all runs, so a few are listed each by itself.
        workflows=tuple(chosen) if 0 < len(chosen) <= _SEPARATE_LISTINGS else (None,),
        branch=_only_plain(branches),
        event=_only_plain(settings.event),
        bound=start,
    )


def _only_plain(names: Sequence[str]) -> str | None:
    """The single name without the signs of a glob, which GitHub can filter by itself."""
    return names[0] if len(names) == 1 and not set(names[0]) & set("*?[") else None


@dataclass(frozen=True, slots=True)
class _Listing:
    reads: Reads
    workflows: tuple[Workflow | None, ...]
    branch: str | None
    event: str | None
    bound: datetime | None

    def newest_first(self) -> Iterator[Run]:
        """The runs of all listings as one, each page read only when it is needed."""
        created = f">={self.bound:%Y-%m-%dT%H:%M:%SZ}" if self.bound else None
        listings = (self.reads.runs(one, self.branch, self.event, created) for one in self.workflows)
        for run in heapq.merge(*listings, key=lambda run: run.order, reverse=True):
            self.reads.budget.check(1, KEPT)
            yield run


def _nothing_fits(branches: Sequence[str], settings: Settings) -> Problem:
    given = {
        "branch": ", ".join(branches),
        "event": ", ".join(settings.event),
        "workflow": ", ".join(settings.workflow),
        "exclude-workflow": ", ".join(settings.exclude_workflow),
        "since": str(settings.since),
    }
    named = "; ".join(f"`{name}` {value}" for name, value in given.items() if value)
    return Problem(
        Gravity.WARNING, f"No run fits the filters: {named}.", "That is right for a new repository; else check them."
    )


def _cut_short(error: GitHubError, seen: int) -> Problem:
    what = f"The list of runs was cut short after {seen}: {error}"
    return Problem(error.gravity, what, "The next sweep tries again.")


def _looked_far_enough(found: int) -> Problem:
    return Problem(
        Gravity.WARNING,
        f"Only {found} runs fit the filters among the newest {MAX_RUNS_LIMIT:,}.",
        "Bound the time with `since`, or name the workflows, so that fewer runs are sifted.",
    )


def read_viewer(reads: Reads, issues: Sequence[Issue]) -> tuple[str | None, list[Problem]]:
    """Our own login, where an issue's marker can be told to be ours by nothing else."""
    if not any(needs_viewer(issue) for issue in issues):
        return None, []
    try:
        return reads.viewer(), []
    except TrackerError as error:
        return None, [Problem(Gravity.ERROR, error.what, "Issues that may be the token's own are left alone for now.")]
