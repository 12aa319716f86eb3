"""What one run says of one identity: which legs were red, which green, and what its silence means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ci_failure_tracker.diagnosis.matrix import split_leg
from ci_failure_tracker.diagnosis.observations import WITHOUT_JOBS
from ci_failure_tracker.diagnosis.outcome import judge
from ci_failure_tracker.model import Identity, Observation, Outcome, Run
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.grouping import Grouping, cause_of

_NEVER_STARTED = frozenset(outcome.words for outcome in WITHOUT_JOBS)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one run says of one identity.

    `listed` are all legs that the run names, `replaced` those that failed of another cause, `other_red` says that any
    failed and is not among the `red`. `all_green` says that the run was green as a whole and its jobs were not read,
    `gone` that it has jobs and this one is not among them, `skipped` that it was green without this one.
    """

    run: Run
    red: Mapping[str, Observation] = field(default_factory=dict)
    green: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    replaced: frozenset[str] = frozenset()
    other_red: bool = False
    all_green: bool = False
    gone: bool = False
    skipped: bool = False

    @property
    def trigger(self) -> tuple[int, str]:
        """What decides which jobs a run has."""
        return self.run.workflow.id, self.run.event

    @property
    def is_green(self) -> bool:
        """Whether something was green and nothing red."""
        return not (self.red or self.other_red) and (self.all_green or bool(self.green))


class RunVerdicts:
    """All that one run says, by identity."""

    def __init__(self, of_run: Sequence[Observation], settings: Settings, grouping: Grouping) -> None:
        self.run = of_run[0].run
        self._of_run = of_run
        self._grouping = grouping
        self._has_jobs = of_run[0].job_id is not None
        self._all_green = of_run[0].job is None and of_run[0].outcome is Outcome.SUCCESS
        self.named = _by_identity(of_run, settings, grouping)

    def on(self, identity: Identity) -> Verdict:
        """The verdict on an identity, named in this run or not."""
        said = self.named.get(identity) or Verdict(self.run, all_green=self._all_green, gone=self._lacks(identity))
        if not (self._all_green or self._has_jobs):
            return said
        # A run with jobs did start, whatever became of them.
        if identity.job in _NEVER_STARTED and not identity.cause:
            return Verdict(self.run, green=frozenset({""}), listed=frozenset({""}))
        if identity.is_whole_workflow:
            said = replace(said, green=said.green | _NEVER_STARTED)
        silent = not (said.red or said.other_red or said.green or said.gone or said.all_green)
        return replace(said, skipped=silent and judge(self.run.conclusion) is Outcome.SUCCESS)

    def _lacks(self, identity: Identity) -> bool:
        """Whether the workflow of this run no longer has the job, or any of the jobs.

        A run that was cancelled may have stopped before it listed all jobs, and a skipped matrix or a skipped call of
        another workflow is listed under its own name alone.
        """
        if not self._has_jobs or judge(self.run.conclusion) is Outcome.CANCELLED:
            return False
        bases = self._grouping.jobs(identity, self.run.workflow.name)
        skipped = {split_leg(one.job or "")[0] for one in self._of_run if one.outcome is None}
        return not any(base == name or base.startswith(f"{name} / ") for name in skipped for base in bases)


def _by_identity(of_run: Sequence[Observation], settings: Settings, grouping: Grouping) -> dict[Identity, Verdict]:
    legs: dict[Identity, dict[str, Observation]] = defaultdict(dict)
    for observation in sorted(of_run, key=_loudness):  # two jobs of one name: the louder one speaks
        if observation.job is not None:
            for identity, leg in grouping.places(observation):
                legs[identity][leg] = observation
    return {identity: _verdict(identity, found, settings, grouping) for identity, found in legs.items()}


def _loudness(observation: Observation) -> int:
    if observation.outcome is None:
        return 0
    return 1 if observation.outcome is Outcome.SUCCESS else 2


def _verdict(identity: Identity, legs: Mapping[str, Observation], settings: Settings, grouping: Grouping) -> Verdict:
    failed = {leg: seen for leg, seen in legs.items() if settings.counts(seen.outcome)}
    red = {leg: seen for leg, seen in failed.items() if grouping.is_own(seen, identity)}
    return Verdict(
        run=next(iter(legs.values())).run,
        red=red,
        green=frozenset(leg for leg, seen in legs.items() if seen.outcome is Outcome.SUCCESS),
        listed=frozenset(legs),
        replaced=frozenset(leg for leg, seen in failed.items() if leg not in red and cause_of(seen)),
        other_red=len(red) < len(failed),
    )
