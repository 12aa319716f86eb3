"""Renamed workflows: an open issue goes on with the name and the failure id that it was opened with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import lru_cache

from ci_failure_tracker.model import Identity, IdentityKind, State, Workflow
from ci_failure_tracker.text.markdown import plain
from ci_failure_tracker.tracking.corrections import own_workflow_ids

_NAME, _SOURCE = 100, 60

_Job = tuple[str, IdentityKind]

_File = tuple[str, str]
"""The repository of a workflow, empty if it is the one with the issues, and its file."""


class Renames:
    """The identities of open issues whose workflow has another name now, found by workflow file and job."""

    def __init__(self, states: Iterable[State], workflows: Iterable[Workflow]) -> None:
        """`workflows` are those that exist or have runs, under their present names."""
        by_id = {workflow.id: workflow for workflow in workflows}
        self.names = frozenset(workflow.name for workflow in by_id.values())
        held: dict[int, list[State]] = defaultdict(list)
        by_file: dict[_File, list[State]] = defaultdict(list)
        for state in states:
            ids = own_workflow_ids(state) & by_id.keys()
            for workflow_id in ids:
                held[workflow_id].append(state)
            # The id of a workflow belongs to its file; the file counts if the workflow got another id.
            for source in () if ids else sources(state):
                by_file[source].append(state)
        self._kept: dict[tuple[int, str, IdentityKind], Identity] = {}
        self._present_names: dict[str, dict[int, str]] = defaultdict(dict)
        for workflow in by_id.values():
            self._add(workflow, (*held[workflow.id], *by_file.get(source_of(workflow), ())))
        self._by_failure_id = {identity.id: identity for identity in self._kept.values()}

    def _add(self, workflow: Workflow, states: Sequence[State]) -> None:
        by_job: dict[_Job, list[State]] = defaultdict(list)
        for state in states:
            if not state.identity.spans_jobs:
                by_job[state.identity.job, state.identity.kind].append(state)
        for (job, kind), of_job in by_job.items():
            if all(state.identity.workflow != _remembered_form(workflow.name, _NAME) for state in of_job):
                identity = max(of_job, key=lambda state: state.last_seen).identity
                self._kept[workflow.id, job, kind] = identity
                self._present_names[identity.id][workflow.id] = workflow.name

    def kept(self, workflow: Workflow, identity: Identity) -> Identity:
        """The identity of the open issue that goes on, or the one that follows from the present name."""
        if not self._kept:
            return identity
        identity = self._kept.get((workflow.id, _remembered_form(identity.job, _NAME), identity.kind), identity)
        # Another workflow may have the earlier name now; both share the issue, so they share its identity.
        return self._by_failure_id.get(identity.id, identity)

    def present_names(self, identity: Identity) -> Mapping[int, str]:
        """The present names of renamed workflows whose jobs keep this identity, by workflow id."""
        return self._present_names.get(identity.id, {})


def sources(state: State) -> Set[_File]:
    """The files of the workflows that an issue remembers, in the form in which it does."""
    return {(occurrence.repository, occurrence.source) for occurrence in state.occurrences if occurrence.source}


def source_of(workflow: Workflow) -> _File:
    """The file of a workflow in the form in which an issue remembers it."""
    return workflow.repository, _remembered_form(workflow.file_name, _SOURCE)


@lru_cache(maxsize=1024)
def _remembered_form(text: str, limit: int) -> str:
    # Each observation names one of a few workflows and jobs.
    return plain(text, limit)
