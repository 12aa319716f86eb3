"""When a branch status is retired: nothing runs there any more, so it can neither fail nor pass; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from ci_failure_tracker.model import TAGS, Refs, RetireReason, Run, Workflow

QUIET = timedelta(days=90)
"""How long something may not run before it is retired; if it seldom runs, ten of its own intervals."""

_INTERVALS = 10
"""After how many of its own intervals something is retired, if that is longer than `QUIET`."""

_LAST_RUNS = 10
"""Newest runs whose distances tell the interval."""

_BY_PERSON = "disabled_manually"
_BY_GITHUB = "disabled_inactivity"


@dataclass(frozen=True, slots=True)
class Activity:
    """What is known of what still runs.

    `now` is `None` if nothing is retired for being quiet. `listed` are the times of the listed runs of each workflow
    and status ref. `last_runs` are those of the last runs that were asked for. `complete` are the repositories of which
    every run is listed; an empty name stands for the one with the issues.
    """

    refs: Refs = field(default_factory=Refs)
    now: datetime | None = None
    listed: Mapping[tuple[int, str], Sequence[datetime]] = field(default_factory=dict)
    last_runs: Mapping[tuple[int, str], Sequence[datetime]] = field(default_factory=dict)
    complete: Set[str] = frozenset()

    def why_retired(
        self,
        workflow_id: int,
        status_ref: str,
        workflow: Workflow | None,
        ran: Iterable[datetime],
        repository: str = "",
    ) -> RetireReason | None:
        """Why a status is retired, or `None`; `ran` are the times at which the job is known to have run there."""
        # A deleted branch is certain, whatever the workflow and the times say, so it comes first.
        if self.refs.of(repository).is_gone(status_ref):
            return RetireReason.REF
        state = workflow.state if workflow else ""
        if state == _BY_PERSON:
            return RetireReason.DISABLED
        # GitHub disables a workflow that nobody turned off: that is a failure, a missed schedule.
        complete = repository in self.complete
        is_quiet = state != _BY_GITHUB and self._is_quiet((workflow_id, status_ref), set(ran), complete=complete)
        return RetireReason.QUIET if is_quiet else None

    def _is_quiet(self, key: tuple[int, str], ran: set[datetime], *, complete: bool) -> bool:
        newest = max(ran, default=None)
        if self.now is None or newest is None or self.now - newest <= QUIET:
            return False
        listed = self.listed.get(key, ())
        last_runs = self.last_runs.get(key)
        if is_old(max(listed, default=None), self.now):
            # The workflow itself is quiet, as far as the list goes back.
            # Of tags, only those that say something new are listed.
            if last_runs is None and (not complete or key[1].startswith(TAGS)):
                return False
            # A later run whose jobs were not read may have run the job.
            if any(at > newest and at not in listed for at in last_runs or ()):
                return False
        # A yearly workflow is not old after 90 days: what seldom runs waits for ten of its own intervals.
        return self.now - newest > _INTERVALS * _interval(
            ran | {at for at in (*listed, *(last_runs or ())) if at < newest}
        )


def is_old(newest: datetime | None, now: datetime) -> bool:
    """Whether the newest run is so long ago that its status may be retired."""
    return newest is None or now - newest > QUIET


def _interval(times: Iterable[datetime]) -> timedelta:
    """The median distance of the last ten runs; none if there are no two runs."""
    last = sorted(times)[-_LAST_RUNS:]
    distances = [(after - before).total_seconds() for before, after in pairwise(last)]
    return timedelta(seconds=median(distances)) if distances else timedelta()


def times_by_status(runs: Iterable[Run]) -> Mapping[tuple[int, str], Sequence[datetime]]:
    """The times of runs by workflow and status ref."""
    times: dict[tuple[int, str], list[datetime]] = {}
    for run in runs:
        workflow_id, status_ref, _ = run.branch_key
        times.setdefault((workflow_id, status_ref), []).append(run.created_at)
    return times
