"""A repository as it stood at a moment of its recorded history."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from ci_failure_tracker.backtest.history import History, Recording
from ci_failure_tracker.backtest.memory import MemoryGitHub
from ci_failure_tracker.errors import LogAbsentError, TrackerError
from ci_failure_tracker.model import (
    Annotation,
    Diagnose,
    Issue,
    Job,
    JobDiagnosis,
    LogRequest,
    LogUnavailable,
    Needs,
    Run,
    Snapshot,
    Workflow,
)

# A run has the worst conclusion of its jobs.
_WORST_FIRST = ("failure", "timed_out", "startup_failure", "cancelled", "action_required")
_PASSED = "success"
_GOES_ON = "in_progress"


@dataclass(frozen=True)
class Timeline:
    """How GitHub showed a run: `shown` holds what it showed from each of the times `since` on."""

    since: tuple[datetime, ...]
    shown: tuple[Run, ...]

    def at(self, moment: datetime) -> Run | None:
        """The run at a moment; `None` before it was created."""
        place = bisect_right(self.since, moment)
        return self.shown[place - 1] if place else None


def timeline_of(run: Run, jobs: Sequence[Job] | None) -> Timeline:
    """The time line of a run. If its earlier attempts are not known, it goes on until its newest attempt ends."""
    views = [(run.created_at, _going_on(run, 1, run.created_at))]
    # Those of the jobs, because a recorded history may name any number of attempts.
    for attempt in sorted({job.attempt for job in jobs or () if 1 <= job.attempt < run.attempt}):
        of_attempt = [job for job in jobs or () if job.attempt == attempt]
        ends = [job.completed_at for job in of_attempt if job.completed_at]
        if not ends:
            continue
        # No attempt ends after the newest one began, whatever the clocks of runners say.
        began, ended = views[-1][1].started_at, min(max(ends), run.started_at)
        conclusion = _conclusion(of_attempt)
        over = replace(
            run, attempt=attempt, status="completed", conclusion=conclusion, started_at=began, updated_at=ended
        )
        begins = _next_start(run, jobs or (), attempt + 1, ended)
        views += [(ended, over), (begins, _going_on(run, attempt + 1, begins))]
    if run.finished:
        views.append((run.updated_at, run))
    # The history was recorded while the newest attempt went on.
    elif run.attempt == views[-1][1].attempt:
        views[-1] = (views[-1][0], run)
    views.sort(key=lambda view: view[0])
    return Timeline(tuple(since for since, _ in views), tuple(shown for _, shown in views))


def _going_on(run: Run, attempt: int, began: datetime) -> Run:
    return replace(run, attempt=attempt, status=_GOES_ON, conclusion=None, started_at=began, updated_at=began)


def _conclusion(jobs: Iterable[Job]) -> str:
    conclusions = {job.conclusion for job in jobs}
    return next((worst for worst in _WORST_FIRST if worst in conclusions), _PASSED)


def _next_start(run: Run, jobs: Iterable[Job], attempt: int, after: datetime) -> datetime:
    """When an attempt began. GitHub lists the jobs that it did not run again under it, too, with their old times."""
    if attempt == run.attempt:
        return max(run.started_at, after)
    starts = [job.started_at for job in jobs if job.attempt == attempt and job.started_at and job.started_at >= after]
    return min(starts, default=after)


def jobs_at(jobs: Iterable[Job], run: Run, moment: datetime) -> Iterator[Job]:
    """The jobs of a run, as GitHub shows it at a moment."""
    for job in jobs:
        if job.attempt > run.attempt or (job.started_at and job.started_at > moment):
            continue
        if job.completed_at and job.completed_at > moment:
            job = replace(job, conclusion=None, status=_GOES_ON, completed_at=None, steps=(), annotations=None)  # noqa: PLW2901
        yield job


# --- the repository ------------------------------------------------------------------------------


class RecordedRepository:
    """A recorded history that can be looked at as it stood at any moment.

    What was read once is kept for later sweeps. `without_jobs` are the runs whose jobs a sweep asked for in vain,
    `without_log` the failed jobs whose logs it asked for in vain.
    """

    def __init__(self, history: History, recording: Recording) -> None:
        """Read the jobs of the runs that were run again: they say how the earlier attempts ended."""
        # Asked for together: one by one, they would cost many more requests.
        recording.expect([run for run in history.runs if run.attempt > 1], ())
        self.history = history
        self.without_jobs: set[int] = set()
        self.without_log: set[int] = set()
        self._recording = recording
        self._newest = {run.id: run for run in history.runs}
        self._jobs: dict[int, tuple[Job, ...] | None] = {}
        self._by_job: dict[int, tuple[Run, Job]] = {}
        self._diagnoses: dict[LogRequest, JobDiagnosis | None] = {}
        self._timelines = [timeline_of(run, self._jobs_of(run) if run.attempt > 1 else ()) for run in history.runs]

    def at(self, moment: datetime, issues: dict[int, Issue], most: int) -> MemoryGitHub:
        """The repository at a moment, with issues; a list holds at most so many runs."""
        shown = (timeline.at(moment) for timeline in self._timelines)
        return _AtMoment(
            runs=[run for run in shown if run is not None],
            jobs=partial(self._jobs_at, moment),
            issues=issues,
            repository=self.history.repository,
            workflows=tuple(_at(workflow, moment) for workflow in self.history.workflows),
            most=most,
            diagnosed=self._diagnosis,
            expect=self._recording.expect,
        )

    def _jobs_at(self, moment: datetime, run: Run) -> Iterable[Job] | None:
        jobs = self._jobs_of(self._newest[run.id])
        if jobs is None:
            self.without_jobs.add(run.id)
            return None
        return jobs_at(jobs, run, moment)

    def _jobs_of(self, run: Run) -> tuple[Job, ...] | None:
        if run.id not in self._jobs:
            self._jobs[run.id] = self._recording.jobs(run)
            self._by_job |= {job.id: (run, job) for job in self._jobs[run.id] or ()}
        return self._jobs[run.id]

    def _diagnosis(self, wanted: LogRequest, diagnose: Diagnose) -> JobDiagnosis | None:
        wanted = replace(wanted, passing_job_id=None)  # what a passing log would add has no part in the cause
        if wanted not in self._diagnoses:
            job = _RecordedJob(self._recording, *self._by_job[wanted.job_id])
            try:
                self._diagnoses[wanted] = diagnose(wanted, job)
            except TrackerError:
                self._diagnoses[wanted] = None
        found = self._diagnoses[wanted]
        if found is not None and found.log_unavailable:
            self.without_log.add(wanted.job_id)
        return found


@dataclass
class _AtMoment(MemoryGitHub):
    """A repository whose logs are recorded."""

    diagnosed: Callable[[LogRequest, Diagnose], JobDiagnosis | None] = field(kw_only=True)

    expect: Callable[[Sequence[Run], Sequence[int]], None] = field(kw_only=True)

    def fetch(self, snapshot: Snapshot, needs: Needs, diagnose: Diagnose) -> Snapshot:
        self.expect(needs.jobs, [wanted.job_id for wanted in (needs.logs.logs if needs.logs else ())])
        return super().fetch(snapshot, needs, diagnose)

    def diagnosis_of(self, wanted: LogRequest, diagnose: Diagnose) -> JobDiagnosis | None:
        return self.diagnosed(wanted, diagnose)


@dataclass(frozen=True, slots=True)
class _RecordedJob:
    """The log and the annotations of a job in a recording."""

    recording: Recording
    run: Run
    job: Job

    def log(self) -> Iterator[bytes]:
        return self.recording.log(self.job.id)

    def passing_log(self, job_id: int) -> Iterator[bytes]:  # noqa: ARG002 - it is never read
        raise LogAbsentError(LogUnavailable.NOT_FOUND)

    def annotations(self) -> tuple[Annotation, ...] | None:
        if self.job.annotations is not None:
            return self.job.annotations
        return self.recording.annotations(self.run, self.job.id)


def _at(workflow: Workflow, moment: datetime) -> Workflow:
    """A workflow at a moment. Only its newest state is known, so before its last change it is taken for active."""
    changed = workflow.changed_at
    return replace(workflow, state="active") if changed and changed > moment else workflow
