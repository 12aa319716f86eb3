"""The statistics of each failing test, from what logs and issues name. They cost no request.

A failed job whose log does not name a test says nothing of that test, unless a test report says that it passed: it may
have failed, passed or not run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from ci_failure_tracker.diagnosis.failing_tests import key_of
from ci_failure_tracker.model import NamedTests, Observation, Outcome, Run, RunRef, State
from ci_failure_tracker.report.known_failures import JobKey, job_name
from ci_failure_tracker.report.measures import TestsSeen, TestStatistics
from ci_failure_tracker.report.run_status import RunStatus, RunStatuses, StatusKind
from ci_failure_tracker.settings import Matrix, Settings
from ci_failure_tracker.text.short_names import leg_of_cause, short_leg
from ci_failure_tracker.tracking.branch_status import STARTED_BY_COMMIT
from ci_failure_tracker.tracking.matrix import split_leg
from ci_failure_tracker.tracking.named_tests import Words, may_hide_tests, passed_in, tests_named_in, words_of
from ci_failure_tracker.tracking.observations import WITHOUT_JOBS

_Leg = tuple[JobKey, str]
"""A job, and the matrix job in it."""

_Order = tuple[datetime, int, int]

_BranchKey = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class KnownState:
    """What one issue remembers; `number` is `None` if the sweep is to open it."""

    state: State
    number: int | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class _FailedJob:
    """One failed execution of a job, in a run that was listed."""

    id: int
    run: Run
    attempt: int
    leg: _Leg

    @property
    def order(self) -> _Order:
        return (*self.run.order, self.attempt)


def statistics_of_tests(
    observations: Sequence[Observation],
    runs: Iterable[Run],
    statuses: RunStatuses,
    states: Sequence[KnownState],
    settings: Settings,
) -> TestsSeen:
    """The statistics of all tests that are known to have failed in these runs, the worst first.

    `observations` have the diagnoses that are known, `statuses` say how each job ended in each run.
    """
    executions = _Executions(observations, {run.id: run for run in runs}, states, settings)
    named = _Named(observations, states)
    issues = _Issues(states)
    by_test: dict[str, list[_FailedJob]] = defaultdict(list)
    names: dict[str, str] = {}
    # In their order, so that the last failure is the newest.
    for failed in sorted(executions.failed.values(), key=lambda failed: failed.order):
        for name in named.in_job(failed.id):
            by_test[key_of(name)].append(failed)
            names[key_of(name)] = name
    meter = _TestMeter(executions, statuses.jobs)
    tests = (
        meter.measure(
            names[key],
            failures,
            _Told(named.passed_jobs(names[key]), issues.passed(key)),
            issues.of(key, failures[-1].id),
        )
        for key, failures in by_test.items()
    )
    failed_jobs = set(_failed_jobs(statuses))
    # A job of which it is known that no test failed counts as read, too.
    read = {(failed.leg[0], failed.run.id) for failed in executions.failed.values() if failed.id in named.failed}
    return TestsSeen(tuple(sorted(tests, key=_worst_first)), len(failed_jobs), len(failed_jobs - read))


def _failed_jobs(statuses: RunStatuses) -> Iterator[tuple[JobKey | None, int]]:
    """Each failed job of each run; a failed run of which no failed job is known is one."""
    known: set[int] = set()
    for job, of_job in statuses.jobs.items():
        for status in filter(_is_red, of_job):
            known.add(status.run.id)
            yield job, status.run.id
    for status in (status for of_workflow in statuses.workflows.values() for status in of_workflow):
        # A run that could not start has no job in which a test can fail.
        without_jobs = statuses.outcomes[status.run.id] in WITHOUT_JOBS
        if _is_red(status) and status.run.id not in known and not without_jobs:
            yield None, status.run.id


def _is_red(status: RunStatus) -> bool:
    return status.kind is StatusKind.RED


def _may_have_failed(status: RunStatus) -> bool:
    """Whether the job failed, or may have. In a run that passed it can at most not have run."""
    if status.kind is StatusKind.UNKNOWN:
        return Outcome.of(status.run.conclusion) is not Outcome.SUCCESS
    return _is_red(status)


def _worst_first(test: TestStatistics) -> tuple[object, ...]:
    return not test.failing, not test.flaky, -test.failed, -(test.failure_rate or 0), test.test


# --- what is known of failed jobs --------------------------------------------------------------------


class _Named:
    """The tests that logs, test reports and issues name.

    `failed` has the failing tests of each failed job of which they are known, by the id of the job; none if it failed
    of something else.
    """

    def __init__(self, observations: Iterable[Observation], states: Iterable[KnownState]) -> None:
        self.failed: dict[int, set[str]] = defaultdict(set)
        self._retried: dict[int, set[str]] = defaultdict(set)
        self._passed: dict[Words, set[int]] = defaultdict(set)
        # Issues first, so that a log of this sweep replaces what an issue remembers.
        for state in (known.state for known in states):
            self._remember(state)
        diagnoses = [each.job_diagnosis for each in observations if each.job_diagnosis is not None]
        for diagnosis in diagnoses:
            if read := tests_named_in(diagnosis):
                # A log that names no test says nothing if its failures may hide some.
                if read.tests or not may_hide_tests(diagnosis.kind):
                    self.failed[read.job_id] = set(read.tests)
                self._retry(read)
        # Only tests that failed somewhere are of interest: a report can name thousands that passed.
        names = {words_of(name) for of_job in (*self.failed.values(), *self._retried.values()) for name in of_job}
        for diagnosis in diagnoses:
            for name in passed_in(diagnosis) & names:
                self._passed[name].add(diagnosis.job_id)

    def _remember(self, state: State) -> None:
        causes = {cause.signature: cause for cause in state.causes}
        for leg in (leg for past in state.occurrences for leg in past.legs if leg.job_id is not None):
            cause = causes.get(leg.signature)
            if state.identity.test:
                self.failed[leg.job_id or 0].add(state.test_name)
            elif cause is not None and not may_hide_tests(cause.kind):
                # An empty set says that it is known that no test failed.
                self.failed[leg.job_id or 0] |= set()
        for of_job in state.named_tests:
            if of_job.tests:
                self.failed[of_job.job_id].update(of_job.tests)
            self._retry(of_job)
            for name in of_job.passed:
                self._passed[words_of(name)].add(of_job.job_id)

    def _retry(self, of_job: NamedTests) -> None:
        for name in of_job.retried:
            self._retried[of_job.job_id].add(name)
            # A retried test passed in the end.
            self._passed[words_of(name)].add(of_job.job_id)

    def in_job(self, job_id: int) -> Set[str]:
        """The tests that failed in a job, in the end or before the runner tried them again."""
        return self.failed.get(job_id, set()) | self._retried.get(job_id, set())

    def passed_jobs(self, name: str) -> Set[int]:
        """The failed jobs in which a test passed in the end."""
        return self._passed.get(words_of(name), set())


class _Executions:
    """The executions of jobs in the listed runs: those that failed, and those of the runs whose jobs were read."""

    def __init__(
        self,
        observations: Iterable[Observation],
        runs: Mapping[int, Run],
        states: Iterable[KnownState],
        settings: Settings,
    ) -> None:
        self._settings = settings
        self.runs = runs
        self.failed: dict[int, _FailedJob] = {}
        self.read: dict[int, dict[_Leg, list[Observation]]] = defaultdict(lambda: defaultdict(list))
        jobs = [each for each in observations if each.job_id is not None and each.run.id in runs]
        # Issues cut long names; the whole ones are in the jobs that were read.
        self._whole_names = {leg_of_cause(job.run.workflow.name, job.job): job.job for job in jobs}
        for state in (known.state for known in states):
            self._remember(state, runs)
        # The newest attempt comes last.
        for job in sorted(jobs, key=lambda job: job.attempt):
            self._see(job)
        self._failed_in: dict[int, list[_FailedJob]] = defaultdict(list)
        for failed in sorted(self.failed.values(), key=lambda failed: failed.order):
            self._failed_in[failed.run.id].append(failed)

    def failed_in(self, run: Run) -> Sequence[_FailedJob]:
        """The jobs that failed in a run, those of its newest attempt last."""
        return self._failed_in.get(run.id, ())

    def _see(self, observation: Observation) -> None:
        run, leg = observation.run, self._leg(observation.run, observation.job or "")
        self.read[run.id][leg].append(observation)
        if self._settings.counts(observation.outcome):
            self.failed[observation.job_id or 0] = _FailedJob(observation.job_id or 0, run, observation.attempt, leg)

    def _remember(self, state: State, runs: Mapping[int, Run]) -> None:
        for past in state.occurrences:
            run = runs.get(past.run_id)
            for leg in past.legs if run else ():
                if run is not None and leg.job_id is not None:
                    # The name may be cut. Unless a job that was read has it, nothing else is known of the job.
                    name = job_name(state.identity, leg, run) or self._whole_names.get(leg.leg)
                    of_job = self._leg(run, name or leg.leg)
                    if not (state.identity.spans_jobs or state.identity.is_whole_workflow or of_job[1]):
                        of_job = (of_job[0], leg.leg)
                    failed = _FailedJob(leg.job_id, run, past.attempt, of_job)
                    # A cut name does not replace a whole one.
                    self.failed[leg.job_id] = failed if name else self.failed.get(leg.job_id, failed)

    def _leg(self, run: Run, name: str) -> _Leg:
        base, leg = split_leg(name)
        if self._settings.matrix is Matrix.SEPARATE:
            return (run.workflow.name, name), ""
        return (run.workflow.name, base), short_leg(leg)


class _Issues:
    """The issues of tests, and of the jobs in which they failed."""

    def __init__(self, states: Sequence[KnownState]) -> None:
        # Open issues last, and of those the newest: later entries replace earlier ones.
        numbered = sorted((known for known in states if known.number), key=lambda known: (known.is_open, known.number))
        self._of_test = {key_of(known.state.test_name): known.number for known in numbered}
        self._of_job = {
            leg.job_id: known.number
            for known in numbered
            if known.is_open and not known.state.identity.test
            for past in known.state.occurrences
            for leg in past.legs
            if leg.job_id is not None
        }
        self._passed: dict[str, set[int]] = defaultdict(set)
        for state in (known.state for known in states if known.state.identity.test):
            # Issues of tests remember runs that passed, whose reports are read no more.
            trials = (trial for status in state.branch_statuses for trial in status.recent)
            self._passed[key_of(state.test_name)] |= {run_id for run_id, passed in trials if passed}

    def of(self, key: str, job_id: int) -> int | None:
        """The issue of a test, or else the open one of a job in which it failed."""
        return self._of_test.get(key) or self._of_job.get(job_id)

    def passed(self, key: str) -> Set[int]:
        """The runs in which a test passed, as its own issue knows."""
        return self._passed.get(key, set())


# --- one test ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Passes:
    """What the runs say of every test that failed in the same jobs.

    `passed` are the runs in which all of these jobs passed in the end, and `doubtful` the others in which one failed or
    may have failed. `latest` is the newest pass of each job on one commit. `newest` is the newest of the runs that
    passed on each branch.
    """

    passed: Set[int]
    doubtful: Set[int]
    latest: Mapping[tuple[_Leg, object], _Order]
    newest: Mapping[_BranchKey, tuple[datetime, int]]


@dataclass(frozen=True, slots=True)
class _Told:
    """The failed jobs in which a test passed in the end, as reports say, and the runs, as its issue says."""

    jobs: Set[int]
    runs: Set[int]


class _TestMeter:
    """Measures tests. Many tests fail in the same jobs, so what these show is worked out once."""

    def __init__(self, executions: _Executions, jobs: Mapping[JobKey, Sequence[RunStatus]]) -> None:
        self._executions = executions
        self._jobs = jobs
        self._passes: dict[frozenset[_Leg], _Passes] = {}

    def measure(self, name: str, failures: Sequence[_FailedJob], told: _Told, issue: int | None) -> TestStatistics:
        """The statistics of one test, of its failures in their order."""
        legs = frozenset(failed.leg for failed in failures)
        if legs not in self._passes:
            self._passes[legs] = self._passes_of(legs)
        known, failed = self._passes[legs], {failure.run.id for failure in failures}
        if told.jobs or told.runs:
            known = self._with_told(known, legs, told)
        last = failures[-1].run
        return TestStatistics(
            test=name,
            jobs=tuple(sorted({job for job, _ in legs})),
            failed=len(failed),
            passed=len(known.passed - failed),
            # A run with a known failure of the test is not unknown.
            unknown=len(known.doubtful - failed),
            retried=len(known.passed & failed),
            failing=any(_is_newest(failure.run, known) for failure in failures),
            flaky_commits=_commits(
                failure for failure in failures if failure.id in told.jobs or _has_passed_since(failure, known)
            ),
            failed_commits=_commits(failures),
            last_failed=RunRef(last.id, last.number, last.commit.sha, last.created_at, last.repository),
            issue=issue,
            partial=any(job not in self._jobs for job, _ in legs),
        )

    def _with_told(self, known: _Passes, legs: Set[_Leg], told: _Told) -> _Passes:
        """The passes with those of a test in jobs that failed of something else."""
        passed, latest, newest = set(known.passed), dict(known.latest), dict(known.newest)
        jobs = [self._executions.failed[job_id] for job_id in told.jobs if job_id in self._executions.failed]
        for failed in jobs:
            # A pass in a job that failed of something else is one on this commit, too.
            place = failed.leg, _tested(failed.run)
            latest[place] = max(failed.order, latest.get(place, failed.order))
        runs = [run for run_id in told.runs if (run := self._executions.runs.get(run_id))]
        for run in (*runs, *(failed.run for failed in jobs if self._has_passed(failed.run, legs, told))):
            passed.add(run.id)
            newest[run.branch_key] = max(run.order, newest.get(run.branch_key, run.order))
        return _Passes(passed, known.doubtful - passed, latest, newest)

    def _has_passed(self, run: Run, legs: Set[_Leg], told: _Told) -> bool:
        """Whether a test passed in the end in all of its jobs that failed in a run."""
        newest = {failed.leg: failed for failed in self._executions.failed_in(run) if failed.leg in legs}
        read = self._executions.read.get(run.id, {})
        return all(
            failed.id in told.jobs or (leg in read and read[leg][-1].outcome is Outcome.SUCCESS)
            for leg, failed in newest.items()
        )

    def _passes_of(self, legs: frozenset[_Leg]) -> _Passes:
        passed: set[int] = set()
        doubtful: set[int] = set()
        latest: dict[tuple[_Leg, object], _Order] = {}
        newest: dict[_BranchKey, tuple[datetime, int]] = {}
        for run, statuses in self._runs({job for job, _ in legs}):
            has_passed, passes = self._judge(run, legs, statuses)
            for leg, attempt in passes.items():
                place = leg, _tested(run)
                latest[place] = max((*run.order, attempt), latest.get(place, (*run.order, attempt)))
            if has_passed:
                passed.add(run.id)
                newest[run.branch_key] = max(run.order, newest.get(run.branch_key, run.order))
            # A run with neither did not run the jobs, or they were cancelled.
            elif any(map(_may_have_failed, statuses.values())):
                doubtful.add(run.id)
        return _Passes(passed, doubtful, latest, newest)

    def _runs(self, jobs: Set[JobKey]) -> Iterable[tuple[Run, Mapping[JobKey, RunStatus]]]:
        """How these jobs ended in each run."""
        statuses: dict[int, dict[JobKey, RunStatus]] = defaultdict(dict)
        for job in jobs:
            for status in self._jobs.get(job, ()):
                statuses[status.run.id][job] = status
        return ((next(iter(of_run.values())).run, of_run) for of_run in statuses.values())

    def _judge(
        self, run: Run, legs: Set[_Leg], statuses: Mapping[JobKey, RunStatus]
    ) -> tuple[bool, Mapping[_Leg, int]]:
        """Whether all of these jobs that ran passed in the end, and the attempts in which they did."""
        read = self._executions.read.get(run.id)
        # Without its jobs, the status of the run is all that is known.
        if read is None:
            green = {job for job, status in statuses.items() if status.kind is StatusKind.GREEN}
            passed = bool(green) and not any(map(_may_have_failed, statuses.values()))
            return passed, {leg: run.attempt for leg in legs if leg[0] in green}
        newest = {leg: read[leg][-1] for leg in legs if leg in read}
        # A job that was skipped shows nothing.
        ran = [observation for observation in newest.values() if observation.outcome is not None]
        passes = {
            leg: observation.attempt for leg, observation in newest.items() if observation.outcome is Outcome.SUCCESS
        }
        return bool(ran) and len(passes) == len(ran), passes


def _is_newest(run: Run, known: _Passes) -> bool:
    """Whether the jobs have not passed on its branch since a failed run."""
    newest = known.newest.get(run.branch_key)
    return newest is None or newest < run.order


def _has_passed_since(failed: _FailedJob, known: _Passes) -> bool:
    """Whether a job passed on the commit on which it failed before."""
    latest = known.latest.get((failed.leg, _tested(failed.run)))
    return latest is not None and failed.order < latest


def _commits(failures: Iterable[_FailedJob]) -> tuple[str, ...]:
    """The commits of failures, the newest first."""
    return tuple(dict.fromkeys(failed.run.commit.sha for failed in reversed([*failures])))


def _tested(run: Run) -> object:
    """What stays the same while only chance may change the result: the commit, or the run that none starts."""
    return run.commit.sha if run.event in STARTED_BY_COMMIT else run.id
