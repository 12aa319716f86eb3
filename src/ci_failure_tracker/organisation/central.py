"""The issues of many repositories in one central repository.

Each repository is read by itself. What follows from their runs is decided for all of them at once, so that one cause in
several repositories has one issue. Then one writer writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from ci_failure_tracker.errors import PrivateError
from ci_failure_tracker.github.retry import TokenLimits
from ci_failure_tracker.issues.body import IssueTemplate
from ci_failure_tracker.model import (
    Action,
    KnownResult,
    KnownWrite,
    Problem,
    Repository,
    Rerun,
    Result,
    Snapshot,
)
from ci_failure_tracker.model.organisation import Look, RepositoryEntry
from ci_failure_tracker.organisation.report_parts import is_of_part, reports_of_parts
from ci_failure_tracker.organisation.sweep_all import Chosen, sweep_all
from ci_failure_tracker.organisation.union import Member, Union, unite
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.report.report_json import report_as_json
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.sweep import (
    GitHub,
    IssueWriter,
    carry_out,
    plan_of,
    read_own_issues,
    read_runs_about,
    tracked_in,
)
from ci_failure_tracker.tracking.track import TrackedIssues


@dataclass(frozen=True, slots=True)
class Central:
    """The repository with the issues: what reads it, what writes into it, and the template of its issues.

    `reruns` gives the writer that runs failed jobs of another repository again. `allow_public` says that anybody may
    read in the issues what fails in private repositories.
    """

    github: GitHub
    writer: IssueWriter
    reruns: Callable[[str], IssueWriter]
    template: IssueTemplate
    allow_public: bool = False

    def check_private(self, repository: Repository, private: Sequence[bool | None]) -> None:
        """Check that nothing of a private repository reaches public issues. What is not known counts as unsafe.

        Raises:
            PrivateError: it would, and nobody allowed it.
        """
        hidden = sum(is_private is not False for is_private in private)
        if hidden and repository.private is not True and not self.allow_public:
            raise PrivateError(repository.full_name, hidden)


@dataclass(frozen=True, slots=True)
class CentralSweep:
    """What came of a sweep: the entry of each repository, and the report of all of them together.

    `problems` are those of the central repository.
    """

    entries: tuple[RepositoryEntry, ...]
    problems: tuple[Problem, ...]
    report: Report


def sweep_central(
    chosen: Sequence[Chosen],
    reader_of: Callable[[str], GitHub],
    central: Central,
    limits: TokenLimits,
    settings: Settings,
    now: datetime,
) -> CentralSweep:
    """Read the repositories once, and bring the central issues up to date.

    Args:
        chosen: the repositories. Those that are screened out, or that cannot be read, keep their issues as they are.
        reader_of: what reads the repository with this name, without its issues; several threads call it.
        central: the repository with the issues.
        limits: what GitHub allows the token. A repository is read only if the requests will suffice.
        settings: the settings of all of them.
        now: the time of the sweep.

    Raises:
        PrivateError: the issues are public, and a repository is not.
        TrackerError: the central repository cannot be read.
    """
    snapshot, tracked = read_own_issues(Union(central.github, {}), settings, now)
    central.check_private(snapshot.repository, [one.repository.private for one in chosen])
    reading = _Reading(reader_of, snapshot, tracked.by_repository(), settings, now)
    entries = sweep_all(chosen, reading.read, limits, lambda _: None)
    # A repository may have become private since it was listed.
    parts = reading.parts
    central.check_private(snapshot.repository, [part.repository.private for part in parts.values()])
    union = Union(central.github, reading.members)
    plan = plan_of(union, unite(snapshot, parts), tracked, settings, central.template, now)
    report = carry_out(plan, union, _Writer(central), settings, now)
    of_parts = reports_of_parts(plan.findings, report, settings, now)

    def with_report(entry: RepositoryEntry) -> RepositoryEntry:
        if entry.look is not Look.SWEPT:
            return entry
        own = replace(of_parts[entry.name], requests=reading.members[entry.name].requests)
        return replace(entry, at=now, report=report_as_json(own))

    others = tuple(problem for problem in report.problems if not is_of_part(problem, parts))
    return CentralSweep(tuple(map(with_report, entries)), others, report)


@dataclass
class _Reading:
    """Reads the runs of one repository after another, from several threads; `parts` are those that were read."""

    reader_of: Callable[[str], GitHub]
    central: Snapshot
    about: Mapping[str, TrackedIssues]
    settings: Settings
    now: datetime
    members: dict[str, Member] = field(default_factory=dict)
    parts: dict[str, Snapshot] = field(default_factory=dict)

    def read(self, name: str) -> None:
        tracked = self.about.get(name, TrackedIssues())
        member = Member(name, self.reader_of(name), self.central, tracked.issues)
        snapshot = member.begin(self.settings.labels[0])
        part, _ = read_runs_about(member, snapshot, tracked_in(snapshot, self.now, tracked), self.settings, self.now)
        self.members[name], self.parts[name] = member, part


@dataclass(frozen=True)
class _Writer:
    """Writes into the central repository, and runs jobs again in the others."""

    central: Central

    def apply(self, actions: Sequence[Action]) -> tuple[Result, ...]:
        return self.central.writer.apply(actions)

    def write_known(self, writes: Sequence[KnownWrite]) -> tuple[KnownResult, ...]:
        return self.central.writer.write_known(writes)

    def run_again(self, reruns: Sequence[Rerun]) -> tuple[Result, ...]:
        by_repository = groupby(sorted(reruns, key=lambda rerun: rerun.repository), key=lambda rerun: rerun.repository)
        results = [
            result for name, of_name in by_repository for result in self.central.reruns(name).run_again(list(of_name))
        ]
        return tuple(sorted(results, key=lambda result: _place(result, reruns)))


def _place(result: Result, reruns: Sequence[Rerun]) -> int:
    return next(place for place, rerun in enumerate(reruns) if rerun is result.action)
