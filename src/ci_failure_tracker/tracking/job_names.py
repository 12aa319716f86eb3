"""Names of jobs that change: a date or a version in a name, or a job that was renamed, is the same job.

An identity keeps the first name that it was seen with, so its failure id stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise

from ci_failure_tracker.model import IdentityKind, Observation, State
from ci_failure_tracker.text.lazy import lazy
from ci_failure_tracker.tracking.corrections import own_workflow_ids
from ci_failure_tracker.tracking.grouping import cause_of
from ci_failure_tracker.tracking.matrix import split_leg

# A hash of Git is cut to 7 digits at least, and must hold a digit: `deadbeef` may be a word.
_VALUE = lazy(r"(?<![0-9A-Za-z])v?\d+(?:[-.:_/]\d+)*(?![0-9A-Za-z])|(?<![0-9A-Za-z])(?=[a-f]*\d)[0-9a-f]{7,40}\b")
"""A number, a version, a date or a hash."""

_Order = tuple[datetime, int]


@dataclass
class _Name:
    """The name of a job in one workflow file: the runs that list it, from the first to the last one that is known."""

    first: _Order
    last: _Order
    causes: set[str] = field(default_factory=set)

    def see(self, order: _Order) -> None:
        self.first, self.last = min(self.first, order), max(self.last, order)


@dataclass(frozen=True, slots=True)
class JobNames:
    """The lasting name of each job whose name changed, by workflow id and present name.

    `renamed` has the present names of the jobs that a person renamed, by failure id.
    """

    lasting: Mapping[tuple[int, str], str] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)

    def apply(self, observations: tuple[Observation, ...]) -> tuple[Observation, ...]:
        """The observations under lasting names."""
        return tuple(map(self._steady, observations)) if self.lasting else observations

    def _steady(self, observation: Observation) -> Observation:
        if not _is_job(observation):
            return observation
        # A leg is no part of the name: it changes with the matrix.
        base, _ = split_leg(observation.job or "")
        lasting = self.lasting.get((observation.run.workflow.id, base))
        if lasting is None:
            return observation
        return replace(observation, job=_with_base(observation.job or "", base, lasting))


def job_names(observations: Iterable[Observation], open_states: Iterable[State], closed: Iterable[State]) -> JobNames:
    """The names that changed, from what the runs list and what open and closed issues remember.

    A value in a name is left out of account only if it is seen to change: the runs that list one name all come before
    the runs that list the next one, so no run has both. A job is renamed if its name is gone and a new one fails for
    the same cause.
    """
    seen: dict[int, dict[str, _Name]] = defaultdict(dict)
    for observation in filter(_is_job, observations):
        _add(seen[observation.run.workflow.id], split_leg(observation.job or "")[0], observation.run.order, observation)
    held, ended = _by_workflow(open_states), _by_workflow(closed)
    lasting: dict[tuple[int, str], str] = {}
    renamed: dict[str, str] = {}
    for workflow_id, names in seen.items():
        of_open = held[workflow_id]
        with_other_values = _with_other_values(names, of_open, ended[workflow_id])
        for present, name in {**with_other_values, **_renamed(names, of_open, renamed)}.items():
            lasting[workflow_id, present] = name
    return JobNames(lasting, renamed)


def _by_workflow(states: Iterable[State]) -> dict[int, list[State]]:
    by_workflow: dict[int, list[State]] = defaultdict(list)
    for state in states:
        if state.identity.kind is IdentityKind.JOB:
            for workflow_id in own_workflow_ids(state):
                by_workflow[workflow_id].append(state)
    return by_workflow


def _is_job(observation: Observation) -> bool:
    return observation.kind is IdentityKind.JOB and bool(observation.job) and observation.job_id is not None


def _add(names: dict[str, _Name], base: str, order: _Order, observation: Observation) -> None:
    name = names.setdefault(base, _Name(order, order))
    name.see(order)
    if cause := cause_of(observation):
        name.causes.add(cause)


def _with_base(job: str, base: str, lasting: str) -> str:
    """The job with another name and the same leg; a leg within the name, as of a called workflow, is left out."""
    return f"{lasting}{job[len(base) :]}" if job.startswith(base) else lasting


# --- values that change --------------------------------------------------------------------------


def _with_other_values(names: Mapping[str, _Name], held: Sequence[State], closed: Sequence[State]) -> Mapping[str, str]:
    """The lasting name of each name that differs from an earlier one in a number, a version, a date or a hash alone."""
    groups: dict[str, dict[str, _Name]] = defaultdict(dict)
    for base, name in names.items():
        groups[_VALUE.sub("#", base)][base] = name
    # An open issue goes on; without one, the issue that was closed last may be opened again.
    remembered = {state.identity.job: state for state in (*sorted(closed, key=_last_seen), *held)}
    for job, state in remembered.items():
        # A closed issue whose job is listed under its own name needs no other one.
        if job not in names and _VALUE.sub("#", job) in groups:
            groups[_VALUE.sub("#", job)][job] = _remembered_name(state)
    with_open = {state.identity.job for state in held}
    lasting: dict[str, str] = {}
    for group in groups.values():
        ordered = sorted(group, key=lambda base: group[base].first)
        # Two open issues stay two.
        # Each of them has counted its failures, and nobody can say which one should go on.
        if len(with_open & group.keys()) > 1 or not _in_turn([group[base] for base in ordered]):
            continue
        first = next((job for job in reversed(remembered) if job in group), ordered[0])
        lasting |= {base: first for base in ordered if base != first}
    return lasting


def _in_turn(names: Sequence[_Name]) -> bool:
    """Whether each name ends before the next one begins."""
    return all(one.last < two.first for one, two in pairwise(names))


def _last_seen(state: State) -> datetime:
    return state.last_seen


def _remembered_name(state: State) -> _Name:
    """What an issue knows of its job before the runs that are read; its passing runs may have had a later name."""
    oldest = state.occurrences[0]
    return _Name((oldest.started_at, oldest.run_id), (oldest.started_at, oldest.run_id))


# --- renamed by a person -------------------------------------------------------------------------


def _renamed(names: Mapping[str, _Name], held: Sequence[State], renamed: dict[str, str]) -> Mapping[str, str]:
    lasting: dict[str, str] = {}
    with_issue = {state.identity.job for state in held}
    for state in held:
        job = state.identity.job
        present = state.present_job or _new_name(names, state, with_issue)
        if present and present != job:
            renamed[state.identity.id] = present
            lasting[present] = job
    return lasting


def _new_name(names: Mapping[str, _Name], state: State, with_issue: Set[str]) -> str:
    """The name that came when the name in the issue went, and that fails for the same cause; empty if there is none."""
    # A weak cause is shared by jobs that have nothing to do with each other.
    causes = {leg.signature for leg in state.latest.legs} - {"", *state.weak}
    old = names.get(state.identity.job)
    gone_at = max(old.last, _last_failure(state)) if old else _last_failure(state)
    # A name that was there before the old one went is another job.
    new = (base for base, name in names.items() if name.first > gone_at and name.causes & causes)
    return min((base for base in new if base not in with_issue), default="")


def _last_failure(state: State) -> _Order:
    return max((past.started_at, past.run_id) for past in state.occurrences)
