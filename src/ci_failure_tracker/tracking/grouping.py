"""Which identities an observation speaks of: one for its job or workflow, or one for each cause its job failed of."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from ci_failure_tracker.model import Identity, JobDiagnosis, Observation, State
from ci_failure_tracker.settings import GroupBy, Settings
from ci_failure_tracker.text.short_names import short_leg
from ci_failure_tracker.tracking.identity import identify, identify_cause
from ci_failure_tracker.tracking.matrix import split_leg

_Job = tuple[str, str]
"""A workflow's name and the full name of one of its jobs, leg included."""

_Line = tuple[_Job, tuple[int, str, str]]
"""A job in one line of runs, in which a newer one speaks for an older one."""

_SAYS_NOTHING = re.compile(r"(?:Error: )?(?:Process completed with exit code \d{1,10}|The operation was cancell?ed)\.?")


class Grouping(Protocol):
    """How observations make up identities."""

    def places(self, seen: Observation) -> Iterable[tuple[Identity, str]]:
        """The identities that an observation of a job speaks of, and its leg within each."""

    def is_own(self, seen: Observation, identity: Identity) -> bool:
        """Whether a failed job failed of what this identity stands for."""

    def jobs(self, identity: Identity, workflow: str) -> frozenset[str]:
        """The jobs of a workflow, without their legs, that belong to an identity."""

    def workflows(self, identity: Identity) -> frozenset[str]:
        """The names of the workflows whose runs speak of an identity."""


def grouping(observations: Sequence[Observation], settings: Settings, states: Sequence[State] = ()) -> Grouping:
    """The grouping that the settings ask for; `states` are what open issues remember."""
    return _ByCause(observations, settings, states) if settings.group_by is GroupBy.CAUSE else _ByName(settings)


def cause_of(seen: Observation) -> str:
    """The signature of what a job failed of; empty where that is not known, or says no more than that it failed."""
    job_diagnosis = seen.job_diagnosis
    return job_diagnosis.signature if job_diagnosis is not None and names_cause(job_diagnosis) else ""


def names_cause(job_diagnosis: JobDiagnosis) -> bool:
    """Whether a reading tells causes apart: that a step failed is said of all of them."""
    return bool(job_diagnosis.signature) and not _SAYS_NOTHING.fullmatch(job_diagnosis.headline)


class _ByName:
    """An observation belongs to its job or its workflow."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def places(self, seen: Observation) -> Iterable[tuple[Identity, str]]:
        given = self._settings
        return [identify(seen.run.workflow.name, seen.job or "", given.group_by, given.matrix, seen.kind)]

    def is_own(self, seen: Observation, identity: Identity) -> bool:  # noqa: ARG002 - a job has one identity here
        return True

    def jobs(self, identity: Identity, workflow: str) -> frozenset[str]:  # noqa: ARG002 - an identity has one workflow
        return frozenset({split_leg(identity.job)[0]})

    def workflows(self, identity: Identity) -> frozenset[str]:
        return frozenset({identity.workflow})


class _ByCause:
    """An observation of a job belongs to every cause that the job failed of.

    A failed job of which no cause is known stands for its job, but not where a newer failure of it was read: what the
    older one failed of may have been known once, and no issue remembers it. An open issue of a cause names its jobs,
    so that they belong to it although none of them was seen to fail.
    """

    def __init__(self, observations: Sequence[Observation], settings: Settings, states: Sequence[State] = ()) -> None:
        self._settings = settings
        red = [seen for seen in observations if seen.job is not None and settings.counts(seen.outcome)]
        self._read = _newest_read(red)
        # An issue goes on under the name that it was opened with.
        of_issues = {state.identity.cause: state.identity for state in states if state.identity.cause}
        self._causes = {**_identities(red), **of_issues}
        self._of_job: dict[_Job, set[Identity]] = defaultdict(set)
        self._jobs: dict[Identity, set[_Job]] = defaultdict(set)
        self._bases: set[Identity] = set()
        for seen in red:
            own = self._own(seen)
            if own is not None:
                self._jobs[own].add(_job(seen))
                if own.cause:
                    self._of_job[_job(seen)].add(own)
                else:
                    self._bases.add(own)
        self._remember(observations, states)

    def _remember(self, observations: Sequence[Observation], states: Sequence[State]) -> None:
        named: dict[str, set[Identity]] = defaultdict(set)
        for state in states:
            for leg in state.legs if state.identity.cause else ():
                named[leg.leg].add(state.identity)
        for workflow, job in {_job(seen) for seen in observations if seen.job is not None} if named else ():
            for identity in named.get(short_leg(f"{workflow} / {job}"), ()):
                self._of_job[workflow, job].add(identity)
                self._jobs[identity].add((workflow, job))

    def places(self, seen: Observation) -> Iterable[tuple[Identity, str]]:
        workflow, job = _job(seen)
        for identity in self._of_job[workflow, job]:
            yield identity, short_leg(f"{workflow} / {job}")
        identity, leg = self._fallback(seen)
        if identity in self._bases:
            yield identity, leg

    def is_own(self, seen: Observation, identity: Identity) -> bool:
        return self._own(seen) == identity

    def jobs(self, identity: Identity, workflow: str) -> frozenset[str]:
        return frozenset(split_leg(job)[0] for name, job in self._jobs[identity] if name == workflow)

    def workflows(self, identity: Identity) -> frozenset[str]:
        return frozenset(name for name, _ in self._jobs[identity])

    def _own(self, seen: Observation) -> Identity | None:
        cause = cause_of(seen)
        if cause:
            return self._causes[cause]
        newer = self._read.get(_line(seen))
        forgotten = not _is_read(seen) and newer is not None and seen.run.order < newer
        return None if forgotten else self._fallback(seen)[0]

    def _fallback(self, seen: Observation) -> tuple[Identity, str]:
        return identify(*_job(seen), GroupBy.JOB, self._settings.matrix, seen.kind)


def _job(seen: Observation) -> _Job:
    return seen.run.workflow.name, seen.job or ""


def _line(seen: Observation) -> _Line:
    return _job(seen), seen.run.branch_key


def _is_read(seen: Observation) -> bool:
    return seen.job_diagnosis is not None and bool(seen.job_diagnosis.signature)


def _newest_read(red: Iterable[Observation]) -> Mapping[_Line, tuple[datetime, int]]:
    """For each job and line of runs the newest failure whose log was read."""
    ordered = sorted(filter(_is_read, red), key=lambda seen: seen.run.order)
    return {_line(seen): seen.run.order for seen in ordered}


def _identities(red: Iterable[Observation]) -> Mapping[str, Identity]:
    jobs: dict[str, set[_Job]] = defaultdict(set)
    for seen in red:
        if cause := cause_of(seen):
            workflow, job = _job(seen)
            jobs[cause].add((workflow, split_leg(job)[0]))
    return {cause: identify_cause(cause, found) for cause, found in jobs.items()}
