"""The scan: which runs, jobs and issues a sweep reads, and what it does when some cannot be read."""

from __future__ import annotations

import difflib
import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase
from itertools import islice

from ci_failure_tracker.diagnosis.observations import needs_jobs
from ci_failure_tracker.errors import (
    ArchivedError,
    GitHubError,
    IssuesDisabledError,
    RateLimitedError,
    SettingsError,
    TrackerError,
    UnknownWorkflowError,
)
from ci_failure_tracker.github_api.reads import Reads
from ci_failure_tracker.model import (
    Gravity,
    Issue,
    Problem,
    Repository,
    Run,
    RunJobs,
    Scan,
    State,
    Window,
    Workflow,
)
from ci_failure_tracker.progress import Progress
from ci_failure_tracker.rendering.markdown import counted
from ci_failure_tracker.settings import MAX_RUNS_LIMIT, Settings
from ci_failure_tracker.tracking.identity import short_branch
from ci_failure_tracker.tracking.marker import find_tracked, needs_viewer
from ci_failure_tracker.tracking.plan import open_states
from ci_failure_tracker.tracking.proofs import choose_more, choose_proofs

_SEPARATE_LISTINGS = 5
"""Up to so many workflows are listed one by one; beyond, the repository's list is read and sifted."""

_GIVE_UP_AFTER = 3
"""So many runs in a row whose jobs cannot be read: each has been tried several times by then."""

_EVERYTHING = "*"


def scan(reads: Reads, settings: Settings, now: datetime, progress: Progress) -> Scan:
    """Read all that a sweep needs.

    Raises:
        TrackerError: where the sweep cannot go on at all. A run whose jobs cannot be read is a problem in the
            result, and the rest is read all the same.
    """
    progress.phase("Read the tracked issues")
    repository = _usable(reads.repository())
    issues = reads.issues(settings.labels[0])
    viewer, nameless = _viewer(reads, issues)
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
    states = open_states(find_tracked(issues, viewer))
    jobs, unread, jobless = _JobReader(reads, found.runs, progress).read(states, settings)
    return Scan(
        repository=repository,
        runs=found.runs,
        jobs=jobs,
        issues=issues,
        viewer=viewer,
        window=Window(found.forks, unread, partial=bool(found.problems) or unread > 0, start=found.start),
        problems=(*problems, *found.problems, *jobless, *nameless),
        workflows=known,
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
        return heapq.merge(*listings, key=lambda run: run.order, reverse=True)


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


class _JobReader:
    """Reads the jobs of every run that leaves something open, and gives up where GitHub goes on refusing."""

    def __init__(self, reads: Reads, runs: Sequence[Run], progress: Progress) -> None:
        self._reads = reads
        self._runs = runs
        self._progress = progress
        self._found: list[RunJobs] = []
        self._failed: list[tuple[Run, GitHubError]] = []
        self._asked_for = 0
        self._in_a_row = 0
        self._refused = False

    def read(self, states: Sequence[State], settings: Settings) -> tuple[tuple[RunJobs, ...], int, tuple[Problem, ...]]:
        """The jobs, of how many runs they could not be read, and why."""
        proofs = choose_proofs(self._runs, states, settings)
        self._read([*(run for run in self._runs if needs_jobs(run, self._runs)), *proofs])
        self._read(choose_more(self._runs, self._found, states, settings))
        unread = self._asked_for - len(self._found)
        return tuple(self._found), unread, tuple(_unread(self._failed, unread - len(self._failed)))

    def _read(self, wanted: Sequence[Run]) -> None:
        self._asked_for += len(wanted)
        if wanted:
            self._progress.phase("Read the jobs of runs", len(wanted))
        for run in wanted:
            if self._refused:
                return
            self._read_one(run)
            self._progress.advance()

    def _read_one(self, run: Run) -> None:
        try:
            self._found.append(RunJobs(run.id, self._reads.jobs(run)))
            self._in_a_row = 0
        except GitHubError as error:
            self._failed.append((run, error))
            self._in_a_row += 1
            self._refused = isinstance(error, RateLimitedError) or self._in_a_row == _GIVE_UP_AFTER


def _unread(failed: Sequence[tuple[Run, GitHubError]], not_asked: int) -> Iterator[Problem]:
    """One problem for each cause, not for each run."""
    for what, advice in dict.fromkeys((error.what, error.advice) for _, error in failed):
        names = [f"run {run.number} of {run.workflow.name}" for run, error in failed if error.what == what]
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""  # noqa: PLR2004 - enough to see which
        yield Problem(Gravity.ERROR, f"Left out: {', '.join(names[:5])}{more}. {what}", advice)
    if not_asked:
        what = f"GitHub goes on refusing, so the jobs of {counted(not_asked, 'more run')} were not asked for."
        yield Problem(Gravity.ERROR, what, "Sweep again later.")


def _viewer(reads: Reads, issues: Sequence[Issue]) -> tuple[str | None, list[Problem]]:
    """Our own login, where an issue's marker can be told to be ours by nothing else."""
    if not any(needs_viewer(issue) for issue in issues):
        return None, []
    try:
        return reads.viewer(), []
    except TrackerError as error:
        return None, [Problem(Gravity.ERROR, error.what, "Issues that may be the token's own are left alone for now.")]
