"""One more try: which failed jobs run again before what failed in them has an issue; pure.

GitHub remembers what was run again: such a run has a second attempt, and only a first attempt gets one more try. An
issue remembers what was not run again: a failure that it has counted gets no other try.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta

from ci_failure_tracker.model import (
    TAGS,
    Decision,
    DecisionKind,
    FailureKind,
    History,
    Observation,
    Outcome,
    Problem,
    Rerun,
    Run,
    Severity,
    Skip,
    SkipReason,
    Snapshot,
)
from ci_failure_tracker.model.words import some_of
from ci_failure_tracker.settings import GroupBy, Matrix, RerunKind, Settings
from ci_failure_tracker.tracking.identity import identify
from ci_failure_tracker.tracking.known_issues import KnownIssues, retries
from ci_failure_tracker.tracking.state_update import has_counted
from ci_failure_tracker.tracking.track import RepositoryHistory

MOST_RERUNS = 5
"""Runs that one sweep runs again."""

_YOUNG = timedelta(hours=6)
_STARTED_ON_PURPOSE = frozenset({"release", "deployment", "workflow_dispatch"})
"""Events that start what a person wants to happen once."""

_DEPLOYING = ("deploy", "publish")
"""Words in the name of a job or a step that changes something outside. A lost runner does not say how far it came."""

_NO_FAILURE = frozenset({None, Outcome.SUCCESS, Outcome.SUPERSEDED})


def choose_reruns(
    repository_history: RepositoryHistory, snapshot: Snapshot, settings: Settings, now: datetime
) -> tuple[Rerun, ...]:
    """The runs to run again, those of the default branch and the newest first."""
    runs = [
        run
        for run in may_run_again(repository_history, snapshot, settings, now)
        if only_transient(repository_history, run) and _is_head(run, snapshot)
    ]
    if snapshot.rerun is not None:
        runs = [run for run in runs if run.id in snapshot.rerun]
    runs.sort(key=lambda run: (_is_on_default_branch(run, snapshot), run.order), reverse=True)
    return tuple(_rerun(run, repository_history) for run in runs[:MOST_RERUNS])


def problems_of_reruns(
    repository_history: RepositoryHistory, snapshot: Snapshot, settings: Settings, now: datetime
) -> Iterator[Problem]:
    """A notice that names the runs that only newer commits keep from running again: nobody sees that in an issue."""
    behind = [
        f"run {run.number} of {run.workflow.name}"
        for run in may_run_again(repository_history, snapshot, settings, now)
        if only_transient(repository_history, run) and _is_head_known(run, snapshot) and not _is_head(run, snapshot)
    ]
    if behind:
        what = f"Not run again, because newer commits are on the branch: {some_of(behind)}."
        yield Problem(Severity.NOTICE, what, "`rerun` runs only the newest commit of a branch again.")


# --- which runs ----------------------------------------------------------------------------------


def may_run_again(
    repository_history: RepositoryHistory, snapshot: Snapshot, settings: Settings, now: datetime
) -> Sequence[Run]:
    """The runs that get one more try if their logs and the newest commit of their branch allow it."""
    if settings.rerun is not RerunKind.TRANSIENT:
        return ()
    failed = _failed_jobs(repository_history)
    failing = {run_id for history in repository_history.histories for run_id in _failing_runs(history)}
    failing |= _failing_as_known(repository_history)
    untold = (failing & failed.keys()) - _told(repository_history)
    return [
        run
        for run in snapshot.runs
        if run.id in untold
        and _may_run_again(run, settings)
        and _failed_at(run, failed[run.id]) > now - _YOUNG
        and not any(map(_deploys, failed[run.id]))
    ]


def _may_run_again(run: Run, settings: Settings) -> bool:
    return (
        run.attempt == 1
        and run.finished
        and not run.from_fork
        and run.event not in _STARTED_ON_PURPOSE
        and not run.status_ref.startswith(TAGS)
        and any(run.workflow.is_called(asked) for asked in settings.rerun_workflows)
    )


def _failing_runs(history: History) -> Set[int]:
    """The runs because of which it fails now."""
    return {red.run_id for status in history.branch_statuses for red in status.red}


def _failing_as_known(repository_history: RepositoryHistory) -> Set[int]:
    """The newest failed runs of jobs of which a known issue says that they may run again."""
    newest: dict[tuple[str | None, tuple[int, str, str]], Observation] = {}
    for job in repository_history.diagnosed:
        key = (job.job, job.run.branch_key)
        if job.known and (key not in newest or newest[key].run.order < job.run.order):
            newest[key] = job
    return {job.run.id for job in newest.values() if retries(repository_history.known, job)}


def _told(repository_history: RepositoryHistory) -> Set[int]:
    """The runs whose failures an issue has counted."""
    of = repository_history.tracked_issues.of
    issues = ((history, of(history.identity.id)) for history in repository_history.all_histories)
    states = ((history, tracked.state) for history, tracked in issues if tracked and tracked.state)
    counted = {past.run_id for history, state in states for past in history.occurrences if has_counted(state, past)}
    return counted | {match.run_id for rule in repository_history.known.rules for match in rule.memory.matches}


def _failed_jobs(repository_history: RepositoryHistory) -> Mapping[int, Sequence[Observation]]:
    """The failed jobs of each run, those that are allowed to fail included: GitHub runs them again, too."""
    failed: dict[int, list[Observation]] = {}
    for job in repository_history.diagnosed:
        if job.job_id is not None and (job.outcome not in _NO_FAILURE or job.allowed or job.known):
            failed.setdefault(job.run.id, []).append(job)
    return failed


def _failed_at(run: Run, failed: Sequence[Observation]) -> datetime:
    return max((job.ended_at for job in failed if job.ended_at), default=run.updated_at)


def _deploys(job: Observation) -> bool:
    names = f"{job.job} {job.step.name if job.step else ''}".casefold()
    return any(word in names for word in _DEPLOYING)


def _is_on_default_branch(run: Run, snapshot: Snapshot) -> bool:
    return run.branch == snapshot.part(run.repository).repository.default_branch


def _is_head_known(run: Run, snapshot: Snapshot) -> bool:
    """Whether anything tells the newest commit of its branch."""
    part = snapshot.part(run.repository)
    return part.heads_hidden or bool(part.heads.get(run.branch))


def _is_head(run: Run, snapshot: Snapshot) -> bool:
    """Whether its commit is the newest one of its branch, as GitHub says, or else as the newest listed run says."""
    part = snapshot.part(run.repository)
    if not part.heads_hidden:
        return part.heads.get(run.branch) == run.commit.sha
    newest = max((other for other in part.runs if other.branch == run.branch), key=lambda other: other.order)
    return newest.commit.sha == run.commit.sha


# --- why they failed -----------------------------------------------------------------------------


def only_transient(repository_history: RepositoryHistory, run: Run) -> bool:
    """Whether a run has failed jobs, and each of them may pass without a change."""
    failed = [job for job in _failed_jobs(repository_history).get(run.id, ()) if not job.allowed]
    return bool(failed) and all(_is_transient(job, repository_history.known) for job in failed)


def _is_transient(job: Observation, known: KnownIssues) -> bool:
    """Whether a job may pass without a change: only infrastructure failed, or a known issue says so."""
    if job.known:
        return retries(known, job)
    diagnosis = job.job_diagnosis
    if diagnosis is None or diagnosis.kind is not FailureKind.INFRASTRUCTURE:
        return False
    failures = diagnosis.diagnosis.failures if diagnosis.diagnosis else ()
    return all(failure.kind is not FailureKind.DEPLOY for failure in failures)


def _rerun(run: Run, repository_history: RepositoryHistory) -> Rerun:
    failed = [job for job in _failed_jobs(repository_history)[run.id] if not job.allowed]
    names = tuple(dict.fromkeys(job.job or "" for job in failed))
    failing = (each.identity for each in repository_history.histories if run.id in _failing_runs(each))
    of_job = identify(run.workflow.name, names[0], GroupBy.JOB, Matrix.TOGETHER)[0]
    identity = next(failing, of_job)
    if identity.cause:  # which may be that of other workflows as well
        identity = replace(identity, workflow=run.workflow.name, job=", ".join(names))
    headline = next((job.job_diagnosis.headline for job in failed if job.job_diagnosis), "")
    what = f"only infrastructure failed in run {run.number}"
    if numbers := dict.fromkeys(job.known for job in failed if job.known):
        named = " and ".join(repository_history.known.rule(number).name for number in numbers)
        what = f"{named} allows another try of run {run.number}"
    return Rerun(identity, f"{what}: {headline}" if headline else what, run.id, run.number, names, run.repository)


# --- what waits for the answer -------------------------------------------------------------------

Decided = tuple[History, Decision | Skip]


def hold_back(decided: Sequence[Decided], reruns: Sequence[Rerun], covering: Mapping[str, str]) -> Iterator[Decided]:
    """No issue is opened for what fails only in runs that run again; `covering` are the causes of umbrella issues."""
    numbers = {rerun.run_id: rerun.run_number for rerun in reruns}
    held = {
        history.identity
        for history, decision in decided
        if _opens(decision) and history.failing and _failing_runs(history) <= numbers.keys()
    }
    causes = {identity.cause for identity in held if identity.cause}
    for history, decision in decided:
        newest = max(_failing_runs(history) & numbers.keys(), default=0)
        words = f"one more try of run {numbers.get(newest)}; an issue follows if it fails again"
        if history.identity in held:
            yield history, _held(decision, words)
        elif isinstance(decision, Skip) and newest and covering.get(history.identity.id) in causes:
            yield history, replace(decision, reason=words)
        else:
            yield history, decision


def _opens(decision: Decision | Skip) -> bool:
    return isinstance(decision, Decision) and decision.kind in {DecisionKind.CREATE, DecisionKind.REOPEN}


def _held(decision: Decision | Skip, reason: str) -> Skip:
    issue = decision.issue if isinstance(decision, Decision) else None
    return Skip(decision.identity, reason, SkipReason.ONE_MORE_TRY, issue.number if issue else None)
