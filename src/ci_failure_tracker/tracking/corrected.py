"""The grouping after what people corrected: a job is counted where a person says, and not for what was split off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ci_failure_tracker.model import Identity, Observation, Outcome
from ci_failure_tracker.tracking.corrections import Corrections, Merge, merged_leg
from ci_failure_tracker.tracking.grouping import Grouping, cause_of
from ci_failure_tracker.tracking.matrix import split_leg


class CorrectedGrouping(Grouping):
    """A grouping in which jobs and workflows that were merged belong to another identity.

    If a line does not count any more, a job belongs to both: its failures are its own again, and only that it passes or
    fails says something of what was counted in the other issue before.
    """

    def __init__(self, inner: Grouping, observations: Sequence[Observation], corrections: Corrections) -> None:
        self._inner = inner
        self._corrections = corrections
        self._targets = dict(corrections.targets)
        self._workflows: dict[str, dict[int, str]] = defaultdict(dict)
        for merge in corrections.merges:
            names = dict.fromkeys(merge.entry.workflows, merge.entry.identity.workflow)
            self._workflows[merge.into.id].update(names)
        for observation in observations:
            for identity, _ in inner.places(observation) if observation.job is not None else ():
                if identity.id in self._targets:
                    self._targets[identity.id] = identity
                for merge in corrections.of(identity):
                    workflow = observation.run.workflow
                    self._workflows[merge.into.id][workflow.id] = workflow.name

    def places(self, observation: Observation) -> Iterable[tuple[Identity, str]]:
        """The identities to which an observation belongs after what people corrected."""
        # The inner grouping decides first, so a correction holds for each kind of issue.
        for identity, leg in self._inner.places(observation):
            merges = self._corrections.of(identity)
            if not any(merge.entry.on for merge in merges):
                # A line that counts takes the job away from its own issue.
                yield self._targets.get(identity.id, identity), leg
            for merge in merges:
                yield self._targets[merge.into.id], merged_leg(merge.entry.identity, leg)

    def is_own(self, observation: Observation, identity: Identity) -> bool:
        """Whether a failed job failed of what this identity stands for: what was split off is not."""
        if self._corrections.is_split(identity, cause_of(observation)):
            # A cause that is split off has its own issue; the job neither fails nor passes of it here.
            return False
        merged = list(self._merged(observation, identity))
        if any(merge.entry.on and self._inner.is_own(observation, source) for source, merge in merged):
            return True
        return not merged and self._inner.is_own(observation, identity)

    def _merged(self, observation: Observation, identity: Identity) -> Iterator[tuple[Identity, Merge]]:
        """The identities of a job that are counted in another one, or were before."""
        for source, _ in self._inner.places(observation):
            for merge in self._corrections.of(source):
                if merge.into.id == identity.id:
                    yield source, merge

    def view(self, observation: Observation, identity: Identity) -> Observation:
        """An observation with what is known of one of its identities."""
        source, merge = next(self._merged(observation, identity), (identity, None))
        if merge is not None and not merge.entry.on and observation.outcome not in {None, Outcome.SUCCESS}:
            # Its own issue counts this failure. So for this one it has neither failed nor passed.
            return replace(observation, outcome=None, never_ran=None, known=merge.entry.number)
        return self._inner.view(observation, source)

    def is_read(self, observation: Observation) -> bool:
        """Whether anything is known of why a job failed."""
        return self._inner.is_read(observation)

    def jobs(self, identity: Identity, workflow: str) -> frozenset[str]:
        """The jobs of a workflow that belong to an identity, with those that were merged."""
        merged = (merge.entry.identity for merge in self._corrections.merges if merge.into.id == identity.id)
        of_workflow = {split_leg(each.job)[0] for each in merged if each.workflow == workflow}
        return self._inner.jobs(identity, workflow) | of_workflow

    def workflows(self, identity: Identity) -> frozenset[str]:
        """The workflows whose runs say something of an identity, with those that were merged."""
        return self._inner.workflows(identity) | {*self._workflows.get(identity.id, {}).values()}

    def present_names(self, identity: Identity) -> Mapping[int, str]:
        """The workflows that belong to an identity under other names, with those that were merged."""
        return {**self._workflows.get(identity.id, {}), **self._inner.present_names(identity)}
