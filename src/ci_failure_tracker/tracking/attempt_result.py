"""What one attempt of a run says of one identity: which legs failed, which passed, and what a missing job means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ci_failure_tracker.model import OTHER_LEGS, Identity, IdentityKind, Observation, Outcome, Run
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.grouping import Grouping
from ci_failure_tracker.tracking.matrix import split_leg
from ci_failure_tracker.tracking.observations import WITHOUT_JOBS

_NEVER_STARTED = frozenset(outcome.words for outcome in WITHOUT_JOBS)
_NEVER_RAN = Outcome.NEVER_RAN.words


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """What one attempt of a run says of one identity.

    `listed` are all legs that the run lists in any attempt, `replaced` the legs that failed of another cause.
    `other_red` says that a leg failed which is not in `red`. `all_green` says that the whole run passed and its jobs
    were not read, `gone` that the run has jobs but not this one, `skipped` that it passed without this one. `started`
    are the start failures that are over because the run has jobs. `allowed` are the legs that failed and may do so.
    `taken` are the legs whose failures known issues take.
    `unread` are the legs that failed and whose logs were not asked for. `known` says that the run was not read again
    because the issue holds what it says: such a result adds nothing.
    """

    run: Run
    attempt: int = 1
    red: Mapping[str, Observation] = field(default_factory=dict)
    green: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    replaced: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
    other_red: bool = False
    all_green: bool = False
    gone: bool = False
    skipped: bool = False
    started: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()
    known: bool = False

    @property
    def key(self) -> tuple[int, int]:
        """The run id and the attempt."""
        return self.run.id, self.attempt

    @property
    def order(self) -> tuple[datetime, int, int]:
        """Sorts by the creation of the run, then by the attempt."""
        return (*self.run.order, self.attempt)

    @property
    def trigger(self) -> tuple[int, str]:
        """The workflow id and the event, which decide which jobs a run has."""
        return self.run.workflow.id, self.run.event

    @property
    def is_green(self) -> bool:
        """Whether something passed and nothing failed."""
        return not (self.red or self.other_red) and (self.all_green or bool(self.green))

    @property
    def is_proof(self) -> bool:
        """Whether the jobs are known to have passed; in a run that passed as a whole they may have been skipped."""
        return self.is_green and bool(self.green)

    def names_all_green(self) -> bool:
        """Whether every leg passed, also a leg that the issue does not remember by its name."""
        # An issue counts only so many legs by name; the others share one entry, which no run lists.
        return self.is_proof and self.listed <= self.green | {OTHER_LEGS}


class RunListing:
    """What the jobs of all attempts of a run say together."""

    def __init__(self, of_run: Sequence[Observation], settings: Settings, grouping: Grouping) -> None:
        first = of_run[0]
        self.run = first.run
        self.has_jobs = first.job_id is not None
        # A job that a known issue takes has no outcome, but it ran.
        self.runs = any(each.known or each.outcome not in {None, Outcome.NEVER_RAN} for each in of_run)
        # An observation without a job stands for a run whose jobs were not read.
        self.all_green = first.job is None and first.outcome is Outcome.SUCCESS
        self.known = first.before_checkpoint
        self._grouping = grouping
        skipped = (observation for observation in of_run if observation.outcome is None and not observation.known)
        self._skipped = {split_leg(observation.job or "")[0] for observation in skipped}
        self._results = _by_identity(of_run, settings, grouping)

    def listed(self, identity: Identity) -> frozenset[str]:
        """The legs that the run lists."""
        result = self._results.get(identity)
        return result.listed if result else frozenset()

    def ran(self, identity: Identity) -> bool:
        """Whether any leg failed or passed in any attempt."""
        result = self._results.get(identity)
        return result is not None and bool(result.red or result.other_red or result.green)

    def lacks(self, identity: Identity) -> bool:
        """Whether the workflow no longer has any job of the identity.

        A cancelled run may have stopped before it listed all jobs. A skipped matrix, or a skipped call of another
        workflow, is listed under its own name alone.
        """
        if not self.has_jobs or identity in self._results or Outcome.of(self.run.conclusion) is Outcome.CANCELLED:
            return False
        bases = self._grouping.jobs(identity, self.run.workflow.name)
        return not any(base == name or base.startswith(f"{name} / ") for name in self._skipped for base in bases)


class AttemptResults:
    """The results of one attempt of a run, by identity."""

    def __init__(
        self, of_attempt: Sequence[Observation], listing: RunListing, settings: Settings, grouping: Grouping
    ) -> None:
        self.run = listing.run
        self.attempt = of_attempt[0].attempt
        self._listing = listing
        self.named = {
            identity: replace(result, listed=listing.listed(identity))
            for identity, result in _by_identity(of_attempt, settings, grouping).items()
        }

    def on(self, identity: Identity, remembered: bool = False) -> AttemptResult:
        """The result for an identity, also if this attempt does not list it; `remembered` means that it has an issue.

        If the run was not read again, the issue holds more than the list of runs shows.
        """
        listing = self._listing
        if listing.known and remembered:
            return AttemptResult(self.run, self.attempt, known=True)
        result = self.named.get(identity) or AttemptResult(
            self.run,
            self.attempt,
            listed=listing.listed(identity),
            all_green=listing.all_green,
            gone=listing.lacks(identity),
        )
        if not (listing.all_green or listing.has_jobs):
            return result
        # A run with jobs did start, whatever became of them; it ran if one of them did.
        over = _NEVER_STARTED | ({_NEVER_RAN} if listing.runs else set())
        if identity.kind is IdentityKind.RUN and identity.job in over:
            return AttemptResult(self.run, self.attempt, green=frozenset({""}), listed=frozenset({""}))
        if identity.is_whole_workflow:
            # A job may have the same name as a start failure.
            result = replace(result, started=over - result.listed)
        did_not_run = not (result.gone or result.all_green or listing.ran(identity))
        return replace(result, skipped=did_not_run and Outcome.of(self.run.conclusion) is Outcome.SUCCESS)


def _by_identity(
    observations: Sequence[Observation], settings: Settings, grouping: Grouping
) -> dict[Identity, AttemptResult]:
    legs: dict[Identity, dict[str, Observation]] = defaultdict(dict)
    # The worst of two jobs with one name is written last, so it stays.
    for observation in sorted(observations, key=_precedence):
        if observation.job is not None:
            for identity, leg in grouping.places(observation):
                legs[identity][leg] = grouping.view(observation, identity)
    return {identity: _result(identity, of_identity, settings, grouping) for identity, of_identity in legs.items()}


def _precedence(observation: Observation) -> int:
    """Of two jobs with the same name a failed one counts before a passed one, and that before a skipped one."""
    if observation.outcome is None:
        return 2 if observation.known else 0
    return 1 if observation.outcome is Outcome.SUCCESS else 2


def _result(
    identity: Identity, legs: Mapping[str, Observation], settings: Settings, grouping: Grouping
) -> AttemptResult:
    failed = {leg: observation for leg, observation in legs.items() if settings.counts(observation.outcome)}
    red = {leg: observation for leg, observation in failed.items() if grouping.is_own(observation, identity)}
    not_own = {leg: observation for leg, observation in failed.items() if leg not in red}
    passed = {leg for leg, observation in not_own.items() if grouping.has_passed(observation, identity)}
    others = {leg: observation for leg, observation in not_own.items() if leg not in passed}
    read = {leg for leg, observation in others.items() if grouping.is_read(observation)}
    # A job with a diagnosis was asked for its log, even if the log was not there.
    asked = {leg for leg, observation in others.items() if observation.job_diagnosis is not None}
    first = next(iter(legs.values()))
    return AttemptResult(
        run=first.run,
        attempt=first.attempt,
        red=red,
        green=frozenset(passed | {leg for leg, observation in legs.items() if observation.outcome is Outcome.SUCCESS}),
        listed=frozenset(legs),
        replaced=frozenset(read),
        unread=frozenset(others.keys() - read - asked),
        other_red=bool(others),
        allowed=frozenset(leg for leg, observation in legs.items() if observation.allowed),
        taken=frozenset(leg for leg, observation in legs.items() if observation.known),
    )
