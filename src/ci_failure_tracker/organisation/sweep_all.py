"""Sweeps many repositories side by side, the worst first, as far as the requests of the token go.

What happens in one of them changes nothing for the others: a fault is a problem of its entry.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from threading import Lock

from ci_failure_tracker.errors import (
    ArchivedError,
    BadTokenError,
    IssuesDisabledError,
    RateLimitedError,
    RequestsSpentError,
    TrackerError,
    UnansweredError,
    kind_and_place,
)
from ci_failure_tracker.github.retry import TokenLimits
from ci_failure_tracker.github.side_by_side import side_by_side
from ci_failure_tracker.model import Problem, Severity
from ci_failure_tracker.model.organisation import Look, RepositoryEntry
from ci_failure_tracker.model.repositories import ListedRepository
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.organisation.screening import Screened
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.report.report_json import report_as_json
from ci_failure_tracker.report.repository_facts import brief

# A sweep without news sends five or six requests; reading one new failure takes a few more.
LEAST_COST = 10
"""Requests that a sweep is taken to need if the last one needed fewer, or if there was none."""

MOST_UNANSWERED = 5
"""After so many repositories in a row of which GitHub told nothing, no other sweep begins: each would wait again."""

_NEVER = datetime.min.replace(tzinfo=UTC)
_NEXT = "The next sweep of all looks at it first."


@dataclass(frozen=True, slots=True)
class Chosen:
    """A repository that is asked for, its entry in the last report, and what the screening says of it."""

    repository: ListedRepository
    last: RepositoryEntry | None = None
    screened: Screened | None = None

    @property
    def is_screened_out(self) -> bool:
        """Whether it need not be swept."""
        return self.screened is not None and self.screened.look is not None

    @property
    def cost(self) -> int:
        """How many requests a sweep of it will need: as many as the last one did."""
        requests = _of_report(self.last, "requests")
        made = requests.get("made") if isinstance(requests, dict) else None
        return max(LEAST_COST, made) if isinstance(made, int) else LEAST_COST

    @property
    def order(self) -> tuple[object, ...]:
        """The worst first: left by the last sweep, most failing jobs, never seen, not seen for longest."""
        failing = _of_report(self.last, "failing")
        was_left = self.last is not None and self.last.look is Look.LEFT
        at = (self.last.at if self.last else None) or _NEVER
        # If the requests do not suffice for all, what is broken is looked at, and what was left out does not wait for
        # ever.
        return not was_left, -len(failing) if isinstance(failing, list) else 0, at, self.repository.key

    def entry(self, look: Look, problem: Problem | None = None) -> RepositoryEntry:
        """The entry if it is not swept: what is known of it is what the last report has."""
        name, private, last = self.repository.full_name, self.repository.private, self.last
        known = replace(last, name=name, private=private) if last else RepositoryEntry(name, look, private=private)
        return replace(known, look=look, problem=problem)

    def screened_entry(self) -> RepositoryEntry:
        """The entry if the screening says that it need not be swept."""
        if self.screened is None or self.screened.look is None:
            raise AssertionError
        return replace(self.entry(self.screened.look), kept=self.screened.kept)


def _of_report(entry: RepositoryEntry | None, field: str) -> object:
    return entry.report.get(field) if entry and entry.report else None


def sweep_all(
    chosen: Sequence[Chosen],
    sweep_one: Callable[[str], Report | None],
    limits: TokenLimits,
    done: Callable[[RepositoryEntry], None],
) -> tuple[RepositoryEntry, ...]:
    """The entry of each repository, in the order of their names.

    Args:
        chosen: the repositories.
        sweep_one: sweeps the repository with this name; several threads call it. It returns no report if that follows
            when all are read.
        limits: what GitHub allows the token. A sweep begins only if the requests will suffice.
        done: is called with the entry of each repository that had to be swept, once at a time.
    """
    entries = [one.screened_entry() for one in chosen if one.is_screened_out]
    waiting = sorted((one for one in chosen if not one.is_screened_out), key=lambda one: one.order)
    sweeps = _Sweeps(sweep_one, limits, done)
    entries += side_by_side([partial(sweeps.sweep, one) for one in waiting])
    return tuple(sorted(entries, key=lambda entry: entry.name.lower()))


class _Sweeps:
    """Sweeps one repository after another, from several threads."""

    def __init__(
        self, sweep_one: Callable[[str], Report | None], limits: TokenLimits, done: Callable[[RepositoryEntry], None]
    ) -> None:
        self._sweep_one, self._limits, self._done = sweep_one, limits, done
        self._lock = Lock()
        self._promised = 0  # requests that sweeps which go on may still send
        self._has_begun = False
        self._unanswered = 0
        self._over: TrackerError | None = None

    def sweep(self, one: Chosen) -> RepositoryEntry:
        """Sweep a repository if the requests will suffice; an error becomes its problem."""
        why_not = self._begin(one.cost)
        entry = one.entry(Look.LEFT, why_not) if why_not else self._swept(one)
        with self._lock:
            self._promised -= 0 if why_not else one.cost
            self._done(entry)
        return entry

    def _begin(self, cost: int) -> Problem | None:
        """Count a sweep as begun, or say why it is left for the next time."""
        with self._lock:
            free = self._limits.free
            why = ""
            if self._over is not None:
                why = self._over.what
            elif not self._limits.may_write:
                why = "GitHub takes no more issues and comments from this token in this hour."
            elif free is not None and free - self._promised < (cost if self._has_begun else min(cost, LEAST_COST)):
                # The first one may begin with less than its last one took, or it would never come.
                left = max(0, free - self._promised)
                why = f"It may need {counted(cost, 'request')}, and of those left in this hour {left:,} are free."
            if why:
                return Problem(Severity.WARNING, f"It was not swept. {why}", _NEXT)
            self._promised += cost
            self._has_begun = True
            return None

    def _swept(self, one: Chosen) -> RepositoryEntry:
        try:
            report = self._sweep_one(one.repository.full_name)
            kept = one.screened.kept if one.screened else None
            entry = replace(one.entry(Look.SWEPT), kept=kept)
            # With one repository for all issues, the report is made when all repositories are read.
            if report is None:
                return entry
            data = brief(report_as_json(report))
            return replace(entry, name=report.repository.full_name, at=report.at, report=data)
        except (RateLimitedError, RequestsSpentError) as error:
            # A sweep may spend its own requests while others still have theirs. A limit of GitHub is for all.
            self._over = self._over or (error if isinstance(error, RateLimitedError) else None)
            return one.entry(Look.LEFT, Problem(Severity.WARNING, error.what, _NEXT))
        except TrackerError as error:
            # A bad token fails everywhere, and a server that is down makes each sweep wait for minutes.
            self._unanswered = self._unanswered + 1 if isinstance(error, UnansweredError) else 0
            if isinstance(error, BadTokenError) or self._unanswered >= MOST_UNANSWERED:
                self._over = self._over or error
            return one.entry(Look.FAILED, _problem(error))
        except Exception as error:  # the others are swept all the same
            return one.entry(Look.FAILED, _bug(error))


def _problem(error: TrackerError) -> Problem:
    """What keeps a repository from being swept. Somebody chose its settings, and the tracker did not fail."""
    if isinstance(error, ArchivedError | IssuesDisabledError):
        # No workflow of its own has to be removed.
        advice = "Unarchive it under Settings." if isinstance(error, ArchivedError) else error.advice
        return Problem(Severity.WARNING, error.what, f"{advice} Or name it in `exclude-repositories`.")
    return Problem(error.severity, error.what, error.advice)


def _bug(error: Exception) -> Problem:
    what = f"The sweep of this repository failed: {kind_and_place(error)}."
    return Problem(Severity.ERROR, what, "This is a bug: please report it with the log.")
