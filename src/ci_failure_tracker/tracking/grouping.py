"""Which identities an observation belongs to: its job or workflow, or each cause that its job failed of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from ci_failure_tracker.diagnosis.signature import is_known
from ci_failure_tracker.model import Identity, JobDiagnosis, Observation, State, Workflow
from ci_failure_tracker.settings import GroupBy, Settings
from ci_failure_tracker.text.lazy import lazy
from ci_failure_tracker.text.short_names import leg_of_cause
from ci_failure_tracker.tracking.identity import identify, identify_cause
from ci_failure_tracker.tracking.matrix import split_leg
from ci_failure_tracker.tracking.renames import Renames

_Job = tuple[str, str]
"""A workflow's name and the full name of one of its jobs, leg included."""

_JobOnBranch = tuple[_Job, tuple[int, str, str]]

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
        return self._renames.kept(observation.run.workflow, identity), leg

    def present_names(self, identity: Identity) -> Mapping[int, str]:
        """The present names of renamed workflows that belong to an identity, by workflow id."""
        return self._renames.present_names(identity)

    def is_own(self, observation: Observation, identity: Identity) -> bool:  # noqa: ARG002 - a job has one identity here
        """Whether a failed job failed of what this identity stands for."""
        return True

    def jobs(self, identity: Identity, workflow: str) -> frozenset[str]:  # noqa: ARG002 - an identity has one workflow
        """The jobs of a workflow, without their legs, that belong to an identity."""
        return frozenset({split_leg(identity.job)[0]})

    def workflows(self, identity: Identity) -> frozenset[str]:
        """The present names of the workflows whose runs say something of an identity."""
        return frozenset({identity.workflow, *self.present_names(identity).values()})


def grouping(
    observations: Sequence[Observation],
    settings: Settings,
    states: Sequence[State] = (),
    workflows: Iterable[Workflow] = (),
) -> Grouping:
    """The grouping that the settings ask for; `states` are what open issues remember, `workflows` those that exist."""
    renames = Renames(states, (*workflows, *{observation.run.workflow: None for observation in observations}))
    if settings.group_by is GroupBy.CAUSE:
        return _ByCause(observations, settings, states, renames)
    return Grouping(settings, renames)


def cause_of(observation: Observation) -> str:
    """The signature of what a job failed of; empty if it is not known or names no cause."""
    job_diagnosis = observation.job_diagnosis
    return job_diagnosis.signature if job_diagnosis is not None and names_cause(job_diagnosis) else ""


def names_cause(job_diagnosis: JobDiagnosis) -> bool:
    """Whether a diagnosis tells causes apart: that a step failed, or what was printed last, does not."""
    has_content = is_known(job_diagnosis.signature) and not job_diagnosis.weak
    return has_content and not _NAMES_NO_CAUSE.fullmatch(job_diagnosis.headline)


class _ByCause(Grouping):
    """An observation of a job belongs to every cause that the job failed of.

    A failed job of which no cause is known stands for its job, unless a newer failure of it was read: the cause of the
    older one may have been known once, and no issue remembers it. An open issue of a cause names its jobs, so that they
    belong to it even if none of them is seen to fail.
    """

    def __init__(
        self, observations: Sequence[Observation], settings: Settings, states: Sequence[State], renames: Renames
    ) -> None:
        super().__init__(settings, renames)
        red = list(filter(self._is_red, observations))
        self._newest_read = _newest_read(red)
        # An issue keeps the name that it was opened with.
        self._of_issues = {state.identity.cause: state.identity for state in states if state.identity.cause}
        self._causes = {**_identities(red), **self._of_issues}
        self._causes_of: dict[_Job, set[Identity]] = defaultdict(set)
        self._jobs: dict[Identity, set[_Job]] = defaultdict(set)
        self._without_cause: set[Identity] = set()
        for observation in red:
            identity = self._own(observation)
            if identity is not None:
                self._jobs[identity].add(_job(observation))
                if identity.cause:
                    self._causes_of[_job(observation)].add(identity)
                else:
                    self._without_cause.add(identity)
        self._add_jobs_of_issues(observations, states)

    def _is_red(self, observation: Observation) -> bool:
        return observation.job is not None and self._settings.counts(observation.outcome)

    def _add_jobs_of_issues(self, observations: Sequence[Observation], states: Sequence[State]) -> None:
        named: dict[str, set[Identity]] = defaultdict(set)
        for state in states:
            for leg in state.legs if state.identity.cause else ():
                named[leg.leg].add(state.identity)
        for job in {_job(observation) for observation in observations if observation.job is not None} if named else ():
            for identity in named.get(leg_of_cause(*job), ()):
                self._causes_of[job].add(identity)
                self._jobs[identity].add(job)

    def places(self, observation: Observation) -> Iterable[tuple[Identity, str]]:
        job = _job(observation)
        for identity in self._causes_of[job]:
            yield identity, leg_of_cause(*job)
        identity, leg = self._fallback(observation)
        if identity in self._without_cause:
            yield identity, leg

    def is_own(self, observation: Observation, identity: Identity) -> bool:
        return self._own(observation) == identity

    def jobs(self, identity: Identity, workflow: str) -> frozenset[str]:
        return frozenset(split_leg(job)[0] for name, job in self._jobs[identity] if name == workflow)

    def workflows(self, identity: Identity) -> frozenset[str]:
        return frozenset({name for name, _ in self._jobs[identity]} | {*self.present_names(identity).values()})

    def _own(self, observation: Observation) -> Identity | None:
        if cause := cause_of(observation) or self._cause_of_issue(observation):
            return self._causes[cause]
        newer = self._newest_read.get(_job_on_branch(observation))
        forgotten = not is_read(observation) and newer is not None and observation.run.order < newer
        return None if forgotten else self._fallback(observation)[0]

    def _cause_of_issue(self, observation: Observation) -> str:
        """The signature, if an open issue stands for it; an older version opened issues for weak causes, too."""
        signature = observation.job_diagnosis.signature if observation.job_diagnosis else ""
        return signature if signature in self._of_issues else ""

    def _fallback(self, observation: Observation) -> tuple[Identity, str]:
        return self._identify(observation, GroupBy.JOB)


def _job(observation: Observation) -> _Job:
    return observation.run.workflow.name, observation.job or ""


def _job_on_branch(observation: Observation) -> _JobOnBranch:
    return _job(observation), observation.run.branch_key


def is_read(observation: Observation) -> bool:
    """Whether anything is known of why a job failed, from its log, its annotations or an issue."""
    return observation.job_diagnosis is not None and bool(observation.job_diagnosis.signature)


def _newest_read(red: Iterable[Observation]) -> Mapping[_JobOnBranch, tuple[datetime, int]]:
    """The order of the newest failure whose log was read, for each job on each branch."""
    ordered = sorted(filter(is_read, red), key=lambda observation: observation.run.order)
    return {_job_on_branch(observation): observation.run.order for observation in ordered}


def _identities(red: Iterable[Observation]) -> Mapping[str, Identity]:
    """The identity of each cause, by its signature."""
    jobs: dict[str, set[_Job]] = defaultdict(set)
    for observation in red:
        if cause := cause_of(observation):
            workflow, job = _job(observation)
            jobs[cause].add((workflow, split_leg(job)[0]))
    return {cause: identify_cause(cause, of_cause) for cause, of_cause in jobs.items()}
