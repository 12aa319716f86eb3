"""Sweeps of a recorded history, one after the other, and what they did to the issues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ci_failure_tracker.backtest.as_of import RecordedRepository
from ci_failure_tracker.backtest.memory import MemoryWriter
from ci_failure_tracker.issues.body import IssueTemplate
from ci_failure_tracker.model import Action, Close, Create, Issue, Reopen, Skip, Update
from ci_failure_tracker.model.progress import Progress
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.sweep import carry_out, make_plan

_DUPLICATE = "duplicate"
_TEMPLATE = IssueTemplate()


@dataclass
class IssueHistory:
    """What became of one issue.

    `identity` is the id of what it stands for; a later issue may have the same. `spans` are the times in which it was
    open; the last one may have no end. `duplicates` are the moments at which it was closed because another issue stands
    for it.
    """

    number: int
    identity: str
    title: str
    spans: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    duplicates: set[datetime] = field(default_factory=set)
    comments: int = 0
    updates: int = 0

    @property
    def opened_at(self) -> datetime:
        """When it was opened for the first time."""
        return self.spans[0][0]

    @property
    def closed_at(self) -> datetime | None:
        """When it was closed for the last time; `None` if it is open."""
        return self.spans[-1][1]

    @property
    def closings(self) -> list[datetime]:
        """When it was closed."""
        return [end for _, end in self.spans if end is not None]

    @property
    def reopenings(self) -> list[datetime]:
        """When it was opened again."""
        return [start for start, _ in self.spans[1:]]

    def open_until(self, end: datetime) -> timedelta:
        """How long it was open in all, up to a moment."""
        return sum(((closed or end) - opened for opened, closed in self.spans), timedelta())


@dataclass(frozen=True)
class Backtest:
    """What the sweeps with one kind of settings did, from the first sweep to the last."""

    issues: tuple[IssueHistory, ...]
    sweeps: tuple[datetime, ...]

    @property
    def end(self) -> datetime:
        """The time of the last sweep."""
        return self.sweeps[-1]


def moments(start: datetime, end: datetime, every: timedelta) -> Iterator[datetime]:
    """The times of the sweeps. The last one is at the end, even if less time than usual has passed."""
    # The first sweep has a span of runs to see.
    moment = start + every
    while moment < end:
        yield moment
        moment += every
    yield end


def sweep_history(
    repository: RecordedRepository,
    settings: Settings,
    sweeps: tuple[datetime, ...],
    progress: Progress,
) -> Backtest:
    """Sweep the history at these moments, with the code of a real sweep. Nobody else touches the issues."""
    issues: dict[int, Issue] = {}
    notes = _Notes()
    progress.phase("Sweep the history", len(sweeps))
    for now in sweeps:
        github = repository.at(now, issues, settings.max_runs)
        notes.now = now
        writer = MemoryWriter(issues, now, notes.note, repository.history.repository.url)
        carry_out(make_plan(github, settings, _TEMPLATE, now), github, writer, settings, now)
        progress.advance()
    return Backtest(tuple(notes.issues.values()), sweeps)


class _Notes:
    """Notes what is done to each issue, at the time `now`."""

    now: datetime

    def __init__(self) -> None:
        self.issues: dict[int, IssueHistory] = {}

    def note(self, number: int, action: Action) -> None:
        match action:
            case Create():
                self.issues[number] = IssueHistory(number, action.identity.id, action.title, [(self.now, None)])
            case Update():
                self.issues[number].updates += 1
            case Reopen():
                self.issues[number].title = action.title or self.issues[number].title
                self.issues[number].spans.append((self.now, None))
            case Close():
                self._close(self.issues[number], action)
            case Skip():
                return
        # A new issue has a text, and no comment.
        if not isinstance(action, Create):
            self.issues[number].comments += bool(action.comment)

    def _close(self, issue: IssueHistory, action: Close) -> None:
        issue.spans[-1] = (issue.spans[-1][0], self.now)
        if action.state_reason == _DUPLICATE:
            issue.duplicates.add(self.now)
