"""What one attempt of a run says of one identity: which legs were red, which green, and what its silence means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ci_failure_tracker.model import OTHER_LEGS, Identity, IdentityKind, Observation, Outcome, Run
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.grouping import Grouping, cause_of
from ci_failure_tracker.tracking.matrix import split_leg
from ci_failure_tracker.tracking.observations import WITHOUT_JOBS

_NEVER_STARTED = frozenset(outcome.words for outcome in WITHOUT_JOBS)


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """What one attempt of a run says of one identity.

    `listed` are all legs that the run names in any attempt, `replaced` those that failed of another cause, `other_red`
    says that any failed and is not among the `red`. `all_green` says that the run was green as a whole and its jobs
    were not read, `gone` that it has jobs and this one is not among them, `skipped` that it was green without this one.
    `started` are the legs that are over because the run has jobs at all. `known` says that the issue holds what the run
    said, and so it says nothing here.
    """

    run: Run
    attempt: int = 1
    red: Mapping[str, Observation] = field(default_factory=dict)
    green: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    replaced: frozenset[str] = frozenset()
    other_red: bool = False
    all_green: bool = False
    gone: bool = False
    skipped: bool = False
    started: frozenset[str] = frozenset()
    known: bool = False

    @property
    def key(self) -> tuple[int, int]:
        """The run and the attempt."""
        return self.run.id, self.attempt

    @property
    def order(self) -> tuple[datetime, int, int]:
        """As the runs were created, and the attempts of one by their number."""
        return (*self.run.order, self.attempt)

    @property
    def trigger(self) -> tuple[int, str]:
        """What decides which jobs a run has."""
        return self.run.workflow.id, self.run.event

    @property
    def is_green(self) -> bool:
        """Whether something was green and nothing red."""
        return not (self.red or self.other_red) and (self.all_green or bool(self.green))

    @property
    def is_proof(self) -> bool:
        """Whether the jobs were seen to be green; of a run that is green as a whole they may have been skipped."""
        return self.is_green and bool(self.green)

    def names_all_green(self) -> bool:
        """Whether every leg was green, also one that nobody remembers by its name."""
        return self.is_proof and self.listed <= self.green | {OTHER_LEGS}


class RunListing:
    """What the jobs of all attempts of a run say together: which there are, and of which nothing was heard."""

    def __init__(self, of_run: Sequence[Observation], settings: Settings, grouping: Grouping) -> None:
        first = of_run[0]
        self.run = first.run
        self.has_jobs = first.job_id is not None
        self.all_green = first.job is None and first.outcome is Outcome.SUCCESS
        self.known = first.before_checkpoint
        self._grouping = grouping
        self._skipped = {split_leg(one.job or "")[0] for one in of_run if one.outcome is None}
        self._all = _by_identity(of_run, settings, grouping)

    def listed(self, identity: Identity) -> frozenset[str]:
        """The legs that the run names."""
        found = self._all.get(identity)
        return found.listed if found else frozenset()

    def heard(self, identity: Identity) -> bool:
        """Whether any leg was red or green in any attempt."""
        found = self._all.get(identity)
        return found is not None and bool(found.red or found.other_red or found.green)

    def lacks(self, identity: Identity) -> bool:
        """Whether the workflow of this run no longer has the job, or any of the jobs.

        A run that was cancelled may have stopped before it listed all jobs, and a skipped matrix or a skipped call of
        another workflow is listed under its own name alone.
        """
        if not self.has_jobs or identity in self._all or Outcome.of(self.run.conclusion) is Outcome.CANCELLED:
            return False
        bases = self._grouping.jobs(identity, self.run.workflow.name)
        return not any(base == name or base.startswith(f"{name} / ") for name in self._skipped for base in bases)


class AttemptResults:
    """All that one attempt of a run says, by identity."""

    def __init__(
        self, of_attempt: Sequence[Observation], listing: RunListing, settings: Settings, grouping: Grouping
    ) -> None:
        self.run = listing.run
        self.attempt = of_attempt[0].attempt
        self._listing = listing
        self.named = {
            identity: replace(verdict, listed=listing.listed(identity))
            for identity, verdict in _by_identity(of_attempt, settings, grouping).items()
        }

    def on(self, identity: Identity, remembered: bool = False) -> AttemptResult:
        """The verdict on an identity, named in this attempt or not; `remembered` says that an open issue stands for it.

        Of a run that is known the issue holds more than its list shows.
        """
        whole = self._listing
        if whole.known and remembered:
            return AttemptResult(self.run, self.attempt, known=True)
        said = self.named.get(identity) or AttemptResult(
            self.run,
            self.attempt,
            listed=whole.listed(identity),
            all_green=whole.all_green,
            gone=whole.lacks(identity),
        )
        if not (whole.all_green or whole.has_jobs):
            return said
        # A run with jobs did start, whatever became of them.
        if identity.kind is IdentityKind.RUN and identity.job in _NEVER_STARTED:
            return AttemptResult(self.run, self.attempt, green=frozenset({""}), listed=frozenset({""}))
        if identity.is_whole_workflow:
            # A job may be called so, too.
            said = replace(said, started=_NEVER_STARTED - said.listed)
        silent = not (said.gone or said.all_green or whole.heard(identity))
        return replace(said, skipped=silent and Outcome.of(self.run.conclusion) is Outcome.SUCCESS)


def _by_identity(seen: Sequence[Observation], settings: Settings, grouping: Grouping) -> dict[Identity, AttemptResult]:
    legs: dict[Identity, dict[str, Observation]] = defaultdict(dict)
    for observation in sorted(seen, key=_loudness):  # two jobs of one name: the louder one speaks
        if observation.job is not None:
            for identity, leg in grouping.places(observation):
                legs[identity][leg] = observation
    return {identity: _verdict(identity, found, settings, grouping) for identity, found in legs.items()}


def _loudness(observation: Observation) -> int:
    if observation.outcome is None:
        return 0
    return 1 if observation.outcome is Outcome.SUCCESS else 2


def _verdict(
    identity: Identity, legs: Mapping[str, Observation], settings: Settings, grouping: Grouping
) -> AttemptResult:
    failed = {leg: seen for leg, seen in legs.items() if settings.counts(seen.outcome)}
    red = {leg: seen for leg, seen in failed.items() if grouping.is_own(seen, identity)}
    any_one = next(iter(legs.values()))
    return AttemptResult(
        run=any_one.run,
        attempt=any_one.attempt,
        red=red,
        green=frozenset(leg for leg, seen in legs.items() if seen.outcome is Outcome.SUCCESS),
        listed=frozenset(legs),
        replaced=frozenset(leg for leg, seen in failed.items() if leg not in red and cause_of(seen)),
        other_red=len(red) < len(failed),
    )
