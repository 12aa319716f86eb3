"""The issues of many repositories in one central repository.

Each repository is read by itself. What follows from their runs is decided for all of them at once, so that one cause in
several repositories has one issue. Then one writer writes.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
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
    Skip,
    Snapshot,
)
from ci_failure_tracker.model.organisation import Look, RepositoryEntry
from ci_failure_tracker.organisation.report_parts import is_of_part, reports_of_parts, with_own_names
from ci_failure_tracker.organisation.screening import is_failing
from ci_failure_tracker.organisation.sweep_all import Chosen, sweep_all
from ci_failure_tracker.organisation.union import Member, Union, unite
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.report.report_json import report_as_json
from ci_failure_tracker.report.repository_facts import brief
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.sweep import (
    GitHub,
    IssueWriter,
    Plan,
    carry_out,
    plan_of,
    read_own_issues,
    read_runs_about,
    tracked_in,
)
from ci_failure_tracker.tracking.track import TrackedIssues


@dataclass(frozen=True, slots=True)
class Central:
    """The repository with the issues: what reads it, and the template of its issues.

    `allow_public` says that anybody may read in the issues what fails in private repositories.
    """

    github: GitHub
    template: IssueTemplate
    allow_public: bool = False

    def check_private(self, repository: Repository, private: Sequence[bool | None]) -> None:
        """Check that nothing of a private repository reaches public issues. What is not known counts as unsafe.

        Raises:
            PrivateError: it would, and nobody allowed it.
        """
        # Nothing that fails in a private repository may be read by more people than the repository itself.
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

    @property
    def not_screened_out(self) -> tuple[RepositoryEntry, ...]:
        """The entries of the repositories that had to be swept."""
        return tuple(entry for entry in self.entries if entry.look not in {Look.UNCHANGED, Look.SCREENED})


@dataclass(frozen=True, slots=True)
class CentralPlan:
    """What would be written about all repositories, and the entries of these without their reports.

    `private` says of each repository whether it is; `None` if that is not known.
    """

    plan: Plan
    github: Union
    entries: tuple[RepositoryEntry, ...]
    private: tuple[bool | None, ...]
    settings: Settings
    now: datetime

    def carry_out(self, writer: IssueWriter) -> CentralSweep:
        """Write, and report what came of it."""
        report = carry_out(self.plan, self.github, writer, self.settings, self.now)
        of_parts = reports_of_parts(self.plan.findings, report, self.settings, self.now)
        others = tuple(problem for problem in report.problems if not is_of_part(problem, of_parts))
        return CentralSweep(tuple(self._with_report(entry, of_parts) for entry in self.entries), others, report)

    def _with_report(self, entry: RepositoryEntry, reports: Mapping[str, Report]) -> RepositoryEntry:
        if entry.look is not Look.SWEPT:
            return entry
        own = replace(reports[entry.name], requests=self.github.members[entry.name].requests)
        return replace(entry, at=self.now, report=brief(with_own_names(report_as_json(own), entry.name)))


def plan_central(
    chosen: Sequence[Chosen],
    reader_of: Callable[[str], GitHub],
    central: Central,
    limits: TokenLimits,
    settings: Settings,
    now: datetime,
) -> CentralPlan:
    """Read the repositories once, and plan what to write about all of them.

    Args:
        chosen: the repositories. Those that are screened out, or that cannot be read, keep their issues as they are.
            One with an open issue, or in which something failed, is always read: people may have changed the issue, and
            what fails alike elsewhere may get one now.
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
    private: list[bool | None] = [one.repository.private for one in chosen]
    # This check comes before the repositories are read, so a mistake costs few requests.
    central.check_private(snapshot.repository, private)
    about = tracked.by_repository()
    reading = _Reading(reader_of, snapshot, about, settings, now)
    entries = sweep_all([_unless_failing(one, about) for one in chosen], reading.read, limits, lambda _: None)
    # A repository may have become private since it was listed.
    private += [part.repository.private for part in reading.parts.values()]
    central.check_private(snapshot.repository, private)
    # A renamed repository is known by the ids of its workflows, which stay.
    union, united = Union(central.github, reading.members), unite(snapshot, reading.parts)
    tracked = tracked.at_home({workflow.id: workflow.repository for workflow in united.workflows})
    plan = plan_of(union, united, tracked, settings, central.template, now)
    return CentralPlan(plan, union, entries, tuple(private), settings, now)


def _unless_failing(one: Chosen, about: Container[str]) -> Chosen:
    """The repository, which is read whatever the screening says if it has an open issue or something failed in it."""
    is_read = one.repository.full_name in about or bool(one.last and is_failing(one.last.report))
    return replace(one, screened=None) if one.is_screened_out and is_read else one


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


@dataclass(frozen=True, slots=True)
class CentralWriter:
    """Writes into the central repository. `reruns` gives what runs failed jobs of another repository again.

    `check` raises an error if nothing may be written any more: since it was planned, a person may have made the
    repository public.
    """

    issues: IssueWriter
    reruns: Callable[[str], IssueWriter]
    check: Callable[[], None] = lambda: None

    def apply(self, actions: Sequence[Action]) -> tuple[Result, ...]:
        """Write the issues."""
        # A sweep that changes nothing needs no check, which costs a request.
        if not all(isinstance(action, Skip) for action in actions):
            self.check()
        return self.issues.apply(actions)

    def write_known(self, writes: Sequence[KnownWrite]) -> tuple[KnownResult, ...]:
        """Write the known issues of the central repository."""
        if writes:
            self.check()
        return self.issues.write_known(writes)

    def run_again(self, reruns: Sequence[Rerun]) -> tuple[Result, ...]:
        """Run each job again in its repository."""
        by_repository = groupby(sorted(reruns, key=lambda rerun: rerun.repository), key=lambda rerun: rerun.repository)
        results = [result for name, of_name in by_repository for result in self.reruns(name).run_again(list(of_name))]
        return tuple(sorted(results, key=lambda result: _place(result, reruns)))


def _place(result: Result, reruns: Sequence[Rerun]) -> int:
    return next(place for place, rerun in enumerate(reruns) if rerun is result.action)
