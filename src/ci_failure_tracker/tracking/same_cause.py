"""Which failed jobs have one cause, and the signature by which it is known.

Two jobs have one cause if their first failures are the same, or most of their failures. So a cause is a group of jobs
that are connected in this way, and the order in which logs are read makes no difference. The signature by which an
issue knows a cause stays its name for good. An older version of the program made other signatures: its causes go on
under their names if the line that named them is in the new log.

The message of an assertion says little: many tests have the same one. Jobs of two repositories have one cause only if
the same test, file or rule fails in them. What is outside of both, such as a host, is one cause anyway.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime

from ci_failure_tracker.diagnosis.naming import names
from ci_failure_tracker.diagnosis.signature import VERSION, masked
from ci_failure_tracker.model import SHORT_FAILURE, Cause, FailureKind, JobDiagnosis, Observation, State
from ci_failure_tracker.text.markdown import plain
from ci_failure_tracker.text.short_names import digest, leg_of_cause
from ci_failure_tracker.tracking.matrix import split_leg

_OF_ONE_REPOSITORY = frozenset(
    {FailureKind.TEST, FailureKind.COMPILE, FailureKind.TYPE, FailureKind.LINT, FailureKind.FORMAT}
)
"""Kinds of failures in the code of a repository. Their messages are not enough to tell them apart from another's."""

MOST_ALIKE = 0.7
"""The part of all failures of two jobs that both have, from which on they have one cause."""


def short_failures(signatures: Iterable[str]) -> tuple[str, ...]:
    """The failures of a job in the short form in which an issue remembers them."""
    return tuple(digest(signature)[:SHORT_FAILURE] for signature in signatures)


def is_of_older_version(signature: str) -> bool:
    """Whether an older version of the program made a signature."""
    return not signature.startswith(f"{VERSION}:")


@dataclass(frozen=True, slots=True)
class _Known:
    """A cause that an issue remembers."""

    cause: Cause
    state: State

    @property
    def name(self) -> str:
        return self.cause.signature

    @property
    def failures(self) -> tuple[str, ...]:
        return self.cause.failures or short_failures([self.name])

    @property
    def place(self) -> _Place:
        """Where it was found, and what failed there, as far as the issue remembers it."""
        of_cause = (past for past in self.state.occurrences if self.name in {leg.signature for leg in past.legs})
        repositories = {past.repository for past in of_cause} or {past.repository for past in self.state.occurrences}
        shown = self.state.evidence if self.state.evidence and self.state.evidence.signature == self.name else None
        is_of_one = self.cause.kind in _OF_ONE_REPOSITORY
        return _Place(repositories, is_of_one, frozenset({masked(shown.subject)} if shown and shown.subject else ()))

    @property
    def is_old(self) -> bool:
        """Whether only its headline can be compared."""
        return is_of_older_version(self.name) and not self.cause.failures

    @property
    def order(self) -> tuple[bool, datetime, str]:
        """The issue of a cause comes first, then what was seen first."""
        return self.name != self.state.identity.cause, self.cause.first_seen, self.name

    def is_in(self, diagnosis: JobDiagnosis) -> bool:
        """Whether the line that named an old cause is in a new log, or the new one among the lines of the issue."""
        headline, lines = masked(self.cause.headline.partition("…")[0]), _lines(diagnosis)
        if headline and any(_begins_equal(line, headline, cut="…" in self.cause.headline) for line in lines):
            return True
        evidence = self.state.evidence
        shown = evidence.lines if evidence and evidence.signature == self.name else ()
        return bool(lines) and lines[0] in {masked(line.text) for line in shown}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a cause was found: the repositories, and the subjects of its failures if it is of one repository alone."""

    repositories: Set[str]
    is_of_one: bool
    subjects: Set[str]

    def may_share(self, other: _Place) -> bool:
        """Whether a cause here may be one with a cause there, if their messages are the same."""
        if self.repositories & other.repositories:
            return True
        if self.is_of_one or other.is_of_one:
            return bool(self.subjects & other.subjects)
        return True


class _Job:
    """A failed job whose log was read now."""

    def __init__(self, diagnosis: JobDiagnosis, observation: Observation | None) -> None:
        self.diagnosis = diagnosis
        self.failures = short_failures(diagnosis.signatures)
        self.repository = observation.run.repository if observation else ""
        if observation is not None:
            run, job = observation.run, observation.job or ""
            self._workflow = run.workflow.id, plain(run.workflow.name, 100)
            self._names = {plain(job, 100), plain(split_leg(job)[0], 100)}
            self._leg = leg_of_cause(run.workflow.name, job)
        else:
            self._workflow, self._names, self._leg = (0, ""), set(), ""

    @property
    def place(self) -> _Place:
        """Where it ran, and what failed in it."""
        failures = self.diagnosis.diagnosis.failures if self.diagnosis.diagnosis else ()
        subjects = {masked(failure.subject) for failure in failures if failure.kind in _OF_ONE_REPOSITORY}
        return _Place({self.repository}, self._is_of_one, subjects - {""})

    @property
    def _is_of_one(self) -> bool:
        return self.diagnosis.kind in _OF_ONE_REPOSITORY

    def named(self, signature: str) -> str:
        """The name of the cause of a signature; if issues of several repositories are in one, with what failed."""
        if not (self.repository and self._is_of_one):
            return signature
        failures = self.diagnosis.diagnosis.failures if self.diagnosis.diagnosis else ()
        subject = masked(failures[0].subject) if failures else ""
        of_subject = hashlib.sha256(f"{signature}\n{subject or self.repository}".encode(errors="replace"))
        return f"{VERSION}:{of_subject.hexdigest()[:16]}"

    def is_of(self, state: State) -> bool:
        """Whether an issue is about this job."""
        identity, (workflow_id, workflow) = state.identity, self._workflow
        if identity.cause:
            return any(leg.leg == self._leg for leg in state.legs)
        is_whole = identity.is_whole_workflow
        if not (is_whole or identity.job in self._names or state.job in self._names):
            return False
        return identity.workflow == workflow or any(one.workflow_id == workflow_id for one in state.branch_statuses)


def with_known_names(
    job_diagnoses: Sequence[JobDiagnosis], observations: Iterable[Observation], states: Sequence[State]
) -> tuple[JobDiagnosis, ...]:
    """The diagnoses of this sweep, each with the signature by which its cause is known."""
    if not job_diagnoses:
        return ()
    by_job = {observation.job_id: observation for observation in observations}
    read = [_Job(diagnosis, by_job.get(diagnosis.job_id)) for diagnosis in job_diagnoses]
    known = [_Known(cause, state) for state in states for cause in state.causes]
    by_name = {job.diagnosis.job_id: name for job, name in _named(read, known)}
    return tuple(
        replace(diagnosis, signature=by_name.get(diagnosis.job_id, diagnosis.signature)) for diagnosis in job_diagnoses
    )


def _named(read: Sequence[_Job], known: Sequence[_Known]) -> Iterator[tuple[_Job, str]]:
    """Each job with the name of its cause. A weak cause is compared only within the issue of its job."""
    for job in read:
        if job.diagnosis.signature and job.diagnosis.weak:
            yield job, _own_name(job, known) or job.diagnosis.signature
    # What a person split off is known by its first failure alone, however alike the others are.
    split = {each.signature for cause in known if cause.state.identity.cause for each in cause.state.split}
    strong = [job for job in read if job.diagnosis.signature and not job.diagnosis.weak]
    alone = {job: job.named(job.diagnosis.signatures[0]) for job in strong}
    alone = {job: name for job, name in alone.items() if {job.failures[0], *short_failures([name])} & split}
    yield from alone.items()
    strong = [job for job in strong if job not in alone]
    comparable = [cause for cause in known if cause.name not in cause.state.weak]
    for jobs, causes in _groups(strong, comparable):
        for job in jobs:
            own = [cause for cause in causes if job.is_of(cause.state)]
            best = min(own or causes, key=lambda cause: cause.order, default=None)
            yield job, best.name if best else _most_common(jobs)


def _own_name(job: _Job, known: Iterable[_Known]) -> str:
    """The name that the issue of a job has for its weak cause; empty if it has none."""
    return next(
        (cause.name for cause in known if cause.is_old and job.is_of(cause.state) and cause.is_in(job.diagnosis)), ""
    )


def _most_common(jobs: Iterable[_Job]) -> str:
    times = Counter(job.named(job.diagnosis.signature) for job in jobs)
    return min(times, key=lambda signature: (-times[signature], signature))


# --- groups --------------------------------------------------------------------------------------


def _groups(read: Sequence[_Job], known: Sequence[_Known]) -> Iterator[tuple[list[_Job], list[_Known]]]:
    """The jobs in groups with one cause, each with the causes that issues remember of it."""
    group = _Groups(len(read) + len(known))
    failures = [*(job.failures for job in read), *(cause.failures for cause in known)]
    is_of_several = any(job.repository for job in read)
    places = [*(job.place for job in read), *(cause.place for cause in known)] if is_of_several else []
    for one, other in _alike(failures, len(read)):
        if not places or places[one].may_share(places[other]):
            group.join(one, other)
    for job, cause in _old_causes(read, known):
        group.join(job, len(read) + cause)
    jobs: dict[int, list[_Job]] = defaultdict(list)
    for place, of_job in enumerate(read):
        jobs[group.of(place)].append(of_job)
    causes: dict[int, list[_Known]] = defaultdict(list)
    for place, of_issue in enumerate(known, start=len(read)):
        causes[group.of(place)].append(of_issue)
    yield from ((of_group, causes[place]) for place, of_group in jobs.items())


def _alike(failures: Sequence[Sequence[str]], first: int) -> Iterator[tuple[int, int]]:
    """The pairs with one cause, by their places; one of each pair is among the first ones."""
    with_failure: dict[str, list[int]] = defaultdict(list)
    for place, of_one in enumerate(failures):
        for failure in of_one:
            with_failure[failure].append(place)
    for one in range(first):
        for other in {place for failure in failures[one] for place in with_failure[failure]}:
            if _are_one(failures[one], failures[other]):
                yield one, other


def _are_one(failures: Sequence[str], others: Sequence[str]) -> bool:
    if failures[0] == others[0]:
        return True
    one, other = {*failures}, {*others}
    return len(one & other) >= MOST_ALIKE * len(one | other)


class _Groups:
    """Which of some numbers are connected."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def of(self, place: int) -> int:
        while self._above[place] != place:
            self._above[place] = self._above[self._above[place]]
            place = self._above[place]
        return place

    def join(self, one: int, other: int) -> None:
        self._above[self.of(one)] = self.of(other)


# --- causes of an older version ------------------------------------------------------------------


def _old_causes(read: Sequence[_Job], known: Sequence[_Known]) -> Iterator[tuple[int, int]]:
    """The job and the cause of an older version that goes on in it, by their places.

    In the issue of the job the line that named the cause tells it. The causes of other issues are compared by what was
    hashed, or by the headline if only one cause has it and if it names something or the issue stands for all jobs.
    """
    old = [place for place, cause in enumerate(known) if cause.is_old]
    by_text: dict[str, dict[str, int]] = defaultdict(dict)
    for place in old:
        cause = known[place].cause
        by_text[_hashed(cause.signature)].setdefault(cause.signature, place)
        if known[place].state.identity.cause or names(cause.headline):
            by_text[masked(cause.headline)].setdefault(cause.signature, place)
    for number, job in enumerate(read if old else ()):
        diagnosis = job.diagnosis
        own = [place for place in old if job.is_of(known[place].state) and known[place].is_in(diagnosis)]
        if own:
            yield number, min(own, key=lambda place: known[place].order)
            continue
        for text in (_hashed(diagnosis.signature), masked(diagnosis.headline)):
            if len(same := by_text.get(text, {})) == 1:
                yield number, next(iter(same.values()))
                break


def _hashed(signature: str) -> str:
    """A signature without its version. If nothing in the lines is masked in another way, the versions have it alike."""
    return signature.partition(":")[2]


def _lines(diagnosis: JobDiagnosis) -> list[str]:
    """The masked headline, and the other lines that a diagnosis shows."""
    shown = (*diagnosis.diagnosis.lines, *diagnosis.diagnosis.context) if diagnosis.diagnosis else ()
    return [masked(diagnosis.headline), *(masked(line.text) for line in shown)]


def _begins_equal(line: str, headline: str, *, cut: bool) -> bool:
    return line.startswith(headline) if cut else line == headline
