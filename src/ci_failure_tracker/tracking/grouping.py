"""Which identities an observation belongs to: its job or workflow, or each cause or test that its job failed of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime

from ci_failure_tracker.diagnosis.signature import is_known
from ci_failure_tracker.model import Identity, JobDiagnosis, Observation, State, Workflow, own_name
from ci_failure_tracker.settings import GroupBy, Settings
from ci_failure_tracker.text.lazy import lazy
from ci_failure_tracker.text.short_names import leg_of_cause
from ci_failure_tracker.tracking.corrections import NOTHING, Corrections
from ci_failure_tracker.tracking.identity import identify, identify_cause
from ci_failure_tracker.tracking.matrix import split_leg
from ci_failure_tracker.tracking.renames import Renames
from ci_failure_tracker.tracking.tests_of_jobs import TestsOfJobs

_Job = tuple[str, str]
"""A workflow's name and the full name of one of its jobs, leg included."""

_JobOnBranch = tuple[_Job, tuple[int, str, str]]

# What the runner prints for any failed step. An older version could take it for a cause.
_NAMES_NO_CAUSE = lazy(r"(?:Error: )?(?:Process completed with exit code \d{1,10}|The operation was cancell?ed)\.?")


class Grouping:
    """How observations make up identities: each job, or each workflow, is one."""

    def __init__(self, settings: Settings, renames: Renames) -> None:
        self._settings = settings
        self._renames = renames

    def places(self, observation: Observation) -> Iterable[tuple[Identity, str]]:
        """The identities that an observation of a job belongs to, and its leg within each."""
        return [self._identify(observation, self._settings.group_by)]

    def _identify(self, observation: Observation, group_by: GroupBy) -> tuple[Identity, str]:
        identity, leg = identify(*_job(observation), group_by, self._settings.matrix, observation.kind)
        # A renamed workflow keeps the identity of its issue, and so its failure id.
        return self._renames.kept(observation.run.workflow, identity), leg

    def present_names(self, identity: Identity) -> Mapping[int, str]:
        """The present names of renamed workflows that belong to an identity, by workflow id."""
        return self._renames.present_names(identity)

    def view(self, observation: Observation, identity: Identity) -> Observation:  # noqa: ARG002 - it says one thing here
        """An observation with what is known of one of its identities."""
        return observation

    def is_read(self, observation: Observation) -> bool:
        """Whether anything is known of why a job failed, from its log, its annotations or an issue."""
        return is_read(observation)

    def is_own(self, observation: Observation, identity: Identity) -> bool:  # noqa: ARG002 - a job has one identity here
        """Whether a failed job failed of what this identity stands for."""
        return True

    def has_passed(self, observation: Observation, identity: Identity) -> bool:  # noqa: ARG002 - a job failed as a whole
        """Whether what this identity stands for is known to have passed in a failed job."""
        return False

    def jobs(self, identity: Identity, workflow: str) -> frozenset[str]:  # noqa: ARG002 - an identity has one workflow
        """The jobs of a workflow, without their legs, that belong to an identity."""
        return frozenset({split_leg(identity.job)[0]})

    def workflows(self, identity: Identity) -> frozenset[str]:
        """The present names of the workflows whose runs say something of an identity."""
        return frozenset({identity.workflow, *self.present_names(identity).values()})


@dataclass(frozen=True, slots=True)
class Remembered:
    """What issues remember: the open ones of a grouping (`states`), those of all kinds, and the closed ones.

    `corrections` are those of people.
    """

    states: Sequence[State] = ()
    open_states: Sequence[State] = ()
    closed: Sequence[State] = ()
    corrections: Corrections = NOTHING


def grouping(
    observations: Sequence[Observation],
    settings: Settings,
    remembered: Remembered = Remembered(),
    workflows: Iterable[Workflow] = (),
) -> Grouping:
    """The grouping that the settings ask for; `workflows` are those that exist."""
    states, corrections = remembered.states, remembered.corrections
    present = dict.fromkeys(observation.run.workflow for observation in observations)
    # Workflows of old runs may no longer be in the list of workflows, and the other way round.
    renames = Renames((*states, *corrections.states), (*workflows, *present))
    if settings.group_by is GroupBy.CAUSE:
        return _ByCause(observations, settings, states, renames, corrections)
    if settings.group_by is GroupBy.TEST:
        tests = TestsOfJobs((*remembered.open_states, *states), remembered.closed, settings.max_tests)
        return _ByTest(observations, settings, states, renames, tests, corrections)
    return Grouping(settings, renames)


def cause_of(observation: Observation) -> str:
    """The signature of what a job failed of; empty if it is not known or names no cause."""
    job_diagnosis = observation.job_diagnosis
    return job_diagnosis.signature if job_diagnosis is not None and names_cause(job_diagnosis) else ""


def names_cause(job_diagnosis: JobDiagnosis) -> bool:
    """Whether a diagnosis tells causes apart: that a step failed, or what was printed last, does not."""
    has_content = is_known(job_diagnosis.signature) and not job_diagnosis.weak
    return has_content and not _NAMES_NO_CAUSE.fullmatch(job_diagnosis.headline)


class _AcrossJobs(Grouping):
    """What an issue stands for is only in the logs of jobs, and in several jobs at once.

    A failed job of which no log says more stands for itself, unless a newer failure of it was read: what the older one
    failed of may have been known once, and no issue remembers it. An open issue names its jobs, so that they belong to
    it even if none of them is seen to fail.
    """

    def __init__(
        self, observations: Sequence[Observation], settings: Settings, states: Sequence[State], renames: Renames
    ) -> None:
        super().__init__(settings, renames)
        self._red = list(filter(self._is_red, observations))
        self._of_job: dict[_Job, set[Identity]] = defaultdict(set)
        self._jobs: dict[Identity, set[_Job]] = defaultdict(set)
        self._by_itself: set[Identity] = set()
        self._old_legs: dict[tuple[Identity, _Job], str] = {}
        self._add_jobs_of_issues(observations, [state for state in states if state.identity.spans_jobs])

    def _is_red(self, observation: Observation) -> bool:
        return observation.job is not None and self._settings.counts(observation.outcome)

    def _add_jobs_of_issues(self, observations: Sequence[Observation], states: Sequence[State]) -> None:
        named: dict[str, set[Identity]] = defaultdict(set)
        for state in states:
            for leg in state.legs:
                named[leg.leg].add(state.identity)
        with_job = {
            (_job(observation), observation.run.workflow.id): None
            for observation in observations
            if observation.job is not None
        }
        renamed = _renamed_legs(states, self._renames.names) if named else {}
        # Without an issue that names jobs there is nothing to look up, and this loop is over all jobs.
        for job, workflow_id in with_job if named else ():
            under_present_name = named.get(leg_of_cause(*job), set())
            for identity in under_present_name:
                self._add(job, identity)
            for identity, old_leg in renamed.get((workflow_id, job[1]), ()):
                # A job that has the old name of another one belongs to its own name first.
                if identity not in under_present_name:
                    self._add(job, identity)
                    self._old_legs[identity, job] = old_leg

    def _add(self, job: _Job, identity: Identity) -> None:
        self._of_job[job].add(identity)
        self._jobs[identity].add(job)

    def places(self, observation: Observation) -> Iterable[tuple[Identity, str]]:
        job = _job(observation)
        for identity in self._of_job[job]:
            yield identity, self._old_legs.get((identity, job)) or leg_of_cause(*job)
        identity, leg = self._fallback(observation)
        if identity in self._by_itself:
            yield identity, leg

    def jobs(self, identity: Identity, workflow: str) -> frozenset[str]:
        if not identity.spans_jobs:
            return super().jobs(identity, workflow)
        return frozenset(split_leg(job)[0] for name, job in self._jobs[identity] if name == workflow)

    def workflows(self, identity: Identity) -> frozenset[str]:
        if not identity.spans_jobs:
            return super().workflows(identity)
        return frozenset({name for name, _ in self._jobs[identity]} | {*self.present_names(identity).values()})

    def _fallback(self, observation: Observation) -> tuple[Identity, str]:
        return self._identify(observation, GroupBy.JOB)


def _renamed_legs(
    states: Iterable[State], present: Set[str]
) -> Mapping[tuple[int, str], Sequence[tuple[Identity, str]]]:
    """The legs of issues under names that no workflow has now, by the id of a workflow and the name of its job."""
    legs: dict[tuple[int, str], list[tuple[Identity, str]]] = defaultdict(list)
    for state in states:
        for leg in state.legs:
            ids = _ids_of_leg(state, leg.leg)
            parts = leg.leg.split(" / ")
            # Names of workflows and jobs may hold ` / ` themselves, so each place may be the border.
            for place in range(1, len(parts)):
                if " / ".join(parts[:place]) not in present:
                    for workflow_id in ids:
                        legs[workflow_id, " / ".join(parts[place:])].append((state.identity, leg.leg))
    return legs


def _ids_of_leg(state: State, leg: str) -> Set[int]:
    """The ids of the workflows that may be the one of a leg: those of its repository, which may have another name now.

    The workflows of a repository that was not read are not gone, and none of another repository takes their place.
    """
    repositories = {status.repository for status in state.branch_statuses}
    own = {name for name in repositories if not name or own_name(name, leg) != leg}
    if not own:
        named = {name for name in repositories if any(own_name(name, each.leg) != each.leg for each in state.legs)}
        own = repositories - named
    return {status.workflow_id for status in state.branch_statuses if status.repository in own}


class _ByCause(_AcrossJobs):
    """An observation of a job belongs to every cause that the job failed of."""

    def __init__(
        self,
        observations: Sequence[Observation],
        settings: Settings,
        states: Sequence[State],
        renames: Renames,
        corrections: Corrections,
    ) -> None:
        super().__init__(observations, settings, states, renames)
        self._corrections = corrections
        self._newest_read = _newest(filter(is_read, self._red))
        # An issue keeps the name that it was opened with.
        self._of_issues = {state.identity.cause: state.identity for state in states if state.identity.cause}
        self._causes = {**_identities(self._red, corrections), **self._of_issues}
        for observation in self._red:
            identity = self._own(observation)
            if identity is not None and identity.cause:
                self._add(_job(observation), identity)
            elif identity is not None:
                self._by_itself.add(identity)

    def is_own(self, observation: Observation, identity: Identity) -> bool:
        return self._own(observation) == identity

    def _own(self, observation: Observation) -> Identity | None:
        if cause := cause_of(observation) or self._cause_of_issue(observation):
            return self._causes[self._corrections.cause(cause)]
        # Older failures without a log would open an issue for the job beside the one for its cause.
        newer = self._newest_read.get(_job_on_branch(observation))
        forgotten = not is_read(observation) and newer is not None and observation.run.order < newer
        return None if forgotten else self._fallback(observation)[0]

    def _cause_of_issue(self, observation: Observation) -> str:
        """The signature, if an open issue stands for it; an older version opened issues for weak causes, too."""
        signature = observation.job_diagnosis.signature if observation.job_diagnosis else ""
        return signature if self._corrections.cause(signature) in self._of_issues else ""


class _ByTest(_AcrossJobs):
    """An observation of a job belongs to every test that failed in the job.

    If its log names no test, or so many that the job has one issue for them, it belongs to the job.
    """

    def __init__(
        self,
        observations: Sequence[Observation],
        settings: Settings,
        states: Sequence[State],
        renames: Renames,
        tests: TestsOfJobs,
        corrections: Corrections,
    ) -> None:
        super().__init__(observations, settings, states, renames)
        self._tests = tests
        for observation in self._red:
            tests.read(observation, self._fallback(observation)[0])
        self._newest_read = _newest(filter(self.is_read, self._red))
        # An issue of a job that was opened before goes on with the runs in which the job passes.
        self._by_itself |= {state.identity for state in states if not state.identity.spans_jobs}
        jobs: dict[str, set[_Job]] = defaultdict(set)
        for observation in self._red:
            for failure_id in tests.of(observation):
                # Matrix jobs fail of one test; the identity names the job once.
                jobs[failure_id].add((_job(observation)[0], split_leg(_job(observation)[1])[0]))
        open_issues = {state.identity.id: state.identity for state in states}
        named = {
            failure_id: open_issues.get(failure_id) or tests.identity(failure_id, of_test)
            for failure_id, of_test in jobs.items()
        }
        self._identities = _with_merged(named, open_issues, corrections)
        for observation in self._red:
            for identity in self._own(observation):
                if identity.test:
                    self._add(_job(observation), identity)
                else:
                    self._by_itself.add(identity)

    def is_read(self, observation: Observation) -> bool:
        return is_read(observation) or bool(self._tests.of(observation)) or bool(observation.known_tests)

    def is_own(self, observation: Observation, identity: Identity) -> bool:
        return identity in self._own(observation)

    def has_passed(self, observation: Observation, identity: Identity) -> bool:
        return bool(identity.test) and self._tests.has_passed(observation, identity)

    def _own(self, observation: Observation) -> set[Identity]:
        own = {self._identities[failure_id] for failure_id in self._tests.of(observation)}
        newer = self._newest_read.get(_job_on_branch(observation))
        forgotten = not self.is_read(observation) and newer is not None and observation.run.order < newer
        job, _ = self._fallback(observation)
        if not (own or forgotten or observation.known_tests) or self._tests.together(observation, job):
            own.add(job)
        return own

    def view(self, observation: Observation, identity: Identity) -> Observation:
        job, _ = self._fallback(observation)
        tests = [failure_id for failure_id in self._tests.of(observation) if self._identities[failure_id] == identity]
        test = identity.id if identity.id in tests or not tests else min(tests)
        job_diagnosis = self._tests.diagnosis(observation, test if identity.test else "", job)
        if job_diagnosis is observation.job_diagnosis:
            return observation
        return replace(observation, job_diagnosis=job_diagnosis)


def _with_merged(
    named: Mapping[str, Identity], open_issues: Mapping[str, Identity], corrections: Corrections
) -> Mapping[str, Identity]:
    """The identities of tests by failure id, where a test that was merged has that of the other one."""
    identities = dict(named)
    for merge in corrections.on:
        failure_id, merged = merge.into.id, merge.entry.identity.id
        if merged in named:
            into = open_issues.get(failure_id) or named.get(failure_id) or merge.into
            identities |= {failure_id: into, merged: into}
    return identities


def _job(observation: Observation) -> _Job:
    return observation.run.workflow.name, observation.job or ""


def _job_on_branch(observation: Observation) -> _JobOnBranch:
    return _job(observation), observation.run.branch_key


def is_read(observation: Observation) -> bool:
    """Whether anything is known of why a job failed, from its log, its annotations or an issue."""
    return observation.job_diagnosis is not None and bool(observation.job_diagnosis.signature)


def _newest(read: Iterable[Observation]) -> Mapping[_JobOnBranch, tuple[datetime, int]]:
    """The order of the newest of these failures, for each job on each branch."""
    ordered = sorted(read, key=lambda observation: observation.run.order)
    return {_job_on_branch(observation): observation.run.order for observation in ordered}


def _identities(red: Iterable[Observation], corrections: Corrections) -> Mapping[str, Identity]:
    """The identity of each cause, by the signature under which it is counted."""
    jobs: dict[str, set[_Job]] = defaultdict(set)
    repositories: dict[str, set[str]] = defaultdict(set)
    for observation in red:
        if cause := cause_of(observation):
            workflow, job = _job(observation)
            jobs[corrections.cause(cause)].add((workflow, split_leg(job)[0]))
            repositories[corrections.cause(cause)].add(observation.run.repository)
    return {cause: identify_cause(cause, of_cause, repositories[cause]) for cause, of_cause in jobs.items()}
