"""A sweep of many repositories: which there are, what is known of them, and one report of all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ci_failure_tracker.entry.choice import check_log_is_private, check_not_empty, choose_listed, selection_of
from ci_failure_tracker.entry.kept_report import last_report
from ci_failure_tracker.entry.setup import Connection
from ci_failure_tracker.github.reader import LEAST_LEFT
from ci_failure_tracker.github.repositories import RepositoryQueries
from ci_failure_tracker.github.screening import ScreeningQueries
from ci_failure_tracker.model import Problem, Requests, Severity, WriteStatus
from ci_failure_tracker.model.organisation import Look, RepositoryEntry
from ci_failure_tracker.model.progress import Progress
from ci_failure_tracker.model.words import some_of
from ci_failure_tracker.organisation.central import Central, CentralPlan, CentralSweep, CentralWriter, plan_central
from ci_failure_tracker.organisation.screening import screen
from ci_failure_tracker.organisation.sweep_all import Chosen, sweep_all
from ci_failure_tracker.report.organisation import OrganisationReport
from ci_failure_tracker.report.organisation_words import for_many
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.selection.query import unknown_here
from ci_failure_tracker.sweep import IssueWriter

_MOST_TO_LOOK = 1_000
"""Requests that list and screen repositories. `max-requests` is for the sweep of each."""


@dataclass(frozen=True, slots=True)
class Many:
    """The repositories of one sweep, and the connection that all their sweeps share."""

    connection: Connection
    chosen: tuple[Chosen, ...]
    problems: tuple[Problem, ...]

    @property
    def to_sweep(self) -> int | None:
        """How many repositories have to be swept; with central issues that depends on these, so it is not known yet."""
        central = bool(self.connection.settings.issues_repository)
        return None if central else sum(not one.is_screened_out for one in self.chosen)

    def sweep(
        self, sweep_one: Callable[[Connection], Report], done: Callable[[RepositoryEntry], None], at: datetime
    ) -> OrganisationReport:
        """The report of all repositories.

        Args:
            sweep_one: sweeps the repository of a connection; several threads call it.
            done: is called with the entry of each repository that had to be swept, once at a time.
            at: the time of this sweep.
        """
        # All sweeps share one token, and so its limit.
        limits = self.connection.requester.budget.limits
        entries = sweep_all(self.chosen, lambda name: sweep_one(self.connection.to(name)), limits, done)
        return self._report(entries, (), at)

    def plan_central(self, progress: Progress, at: datetime) -> tuple[CentralPlan, CentralWriter]:
        """What would be written into the central repository, and what writes it.

        Raises:
            TrackerError: the central repository cannot be read, or is public, and a repository is not.
        """
        connection, settings = self.connection, self.connection.settings
        own, readers = connection.to(settings.issues_repository), replace(connection, is_check=True)
        github = own.github(progress)

        def writer_to(name: str) -> IssueWriter:
            other = connection.to(name)
            return other.writer(other.github(progress), progress)

        central = Central(github, connection.template, settings.allow_public)
        plan = plan_central(
            self.chosen,
            lambda name: readers.to(name).github(progress),
            central,
            connection.requester.budget.limits,
            own.settings,
            at,
        )

        def check() -> None:
            # A repository that could not be asked for may be private, so `None` counts as private.
            if any(is_private is not False for is_private in plan.private):
                central.check_private(github.queries.repository(), plan.private)

        return plan, CentralWriter(own.writer(github, progress), writer_to, check)

    def report_of(self, swept: CentralSweep, at: datetime) -> OrganisationReport:
        """The report of a sweep with central issues."""
        name = self.connection.settings.issues_repository
        problems = (replace(for_many(problem), what=f"{name}: {problem.what}") for problem in swept.problems)
        return self._report(swept.entries, tuple(problems), at)

    def _report(
        self, entries: tuple[RepositoryEntry, ...], problems: Sequence[Problem], at: datetime
    ) -> OrganisationReport:
        limits, settings = self.connection.requester.budget.limits, self.connection.settings
        central = bool(settings.issues_repository)
        report = OrganisationReport(
            at=at,
            entries=entries,
            # The central repository has a sweep of its own.
            requests=Requests(limits.made, limits.left, (len(self.chosen) + central) * settings.max_requests),
            issues_repository=settings.issues_repository,
            told=frozenset(entry.name for entry in entries if entry.look is not Look.SWEPT),
        )
        return report.with_problems([*problems, *self.problems, *_in_no_repository(settings.workflow, report)])

    def carry_out(
        self,
        planned: OrganisationReport,
        plans: Mapping[str, Callable[[], Report]],
        done: Callable[[RepositoryEntry], None],
    ) -> OrganisationReport:
        """The report after what was planned for some of the repositories was done, by their names."""
        entries = {entry.name: entry for entry in planned.entries}
        chosen = [
            replace(one, last=entries.get(one.repository.full_name))
            for one in self.chosen
            if one.repository.full_name in plans
        ]
        limits = self.connection.requester.budget.limits
        entries |= {entry.name: entry for entry in sweep_all(chosen, lambda name: plans[name](), limits, done)}
        requests = replace(planned.requests, made=limits.made, left=limits.left)
        return replace(planned, entries=tuple(entries.values()), requests=requests)


def refused(report: OrganisationReport, names: Collection[str]) -> OrganisationReport:
    """The report if a person refused what was planned for these repositories: the next sweep has to plan it again."""
    # Without `kept`, the next sweep does not take the repository for unchanged.
    entries = (replace(entry, kept=None) if entry.name in names else entry for entry in report.entries)
    return replace(report, entries=tuple(entries), is_dry=True)


def choose_many(connection: Connection, workspace: Path, progress: Progress, at: datetime) -> Many:
    """Ask GitHub which repositories are meant, and in which of them something is new.

    Raises:
        TrackerError: none is chosen, or a private one would be named in public.
    """
    settings = connection.settings
    requester = connection.requester.for_another_sweep(_MOST_TO_LOOK)
    # The sweeps leave this number of requests to other programs.
    requester.budget.limits.kept = LEAST_LEFT
    progress.phase("List the repositories")
    wanted = settings.repositories or (settings.repository,)
    selection = selection_of(wanted, settings.exclude_repositories, lambda: settings.repository)
    repositories = RepositoryQueries(requester, connection.endpoints)
    choice, lists = choose_listed(selection, repositories)
    check_not_empty(choice, lists)
    if not settings.allow_public:
        check_log_is_private(choice, repositories, os.environ)
    report, problems = last_report(settings.last_report, workspace)
    last = {entry.name.lower(): entry for entry in report.entries} if report else {}
    by_name = {one.full_name: one for one in choice.chosen}
    known = {name: last[one.key] for name, one in by_name.items() if one.key in last}
    progress.phase("Look for what is new", len(by_name))
    queries = ScreeningQueries(requester, connection.endpoints)
    screening = screen(queries, [*by_name], known, settings, at)
    screened = screening.repositories
    chosen = tuple(Chosen(one, known.get(name), screened.get(name)) for name, one in by_name.items())
    return Many(connection, chosen, (*choice.problems, *problems))


def _in_no_repository(asked: Sequence[str], report: OrganisationReport) -> Iterator[Problem]:
    """A workflow that is asked for and that no repository has; where nothing is looked at, nothing fails."""
    known = [frozenset(standing.facts.problems) for standing in report.standings if standing.facts]
    for name in asked:
        # Each repository warns that it does not have the workflow; only if all do, the name is wrong.
        if known and all(unknown_here("workflow", name) in problems for problems in known):
            what = f"`workflow` names {name!r}, and no repository that was swept has such a workflow."
            yield Problem(Severity.WARNING, what, "Check the spelling.")


# --- the outputs of the action -------------------------------------------------------------------


def outputs_of_many(report: OrganisationReport, path: str, payload: str) -> Mapping[str, str]:
    """The outputs that action.yml declares; lists name the repository of each issue, as in `octo-org/lamp#12`."""
    changed = {
        kind: json.dumps(
            [
                f"{report.issues_repository or standing.name}#{change.number}"
                # Another sweep made the changes in a report from before.
                for standing in report.standings
                if standing.entry.look is Look.SWEPT and standing.facts
                for change in standing.facts.changes
                if change.action == kind and change.number
            ]
        )
        for kind in ("create", "update", "reopen", "close")
    }
    # Nothing fails as far as is known, but not all is known: no number and no answer is true.
    knows_nothing = report.partial and not report.failing
    return {
        "issue-numbers": changed["create"],
        "created-issues": changed["create"],
        "updated-issues": changed["update"],
        "reopened-issues": changed["reopen"],
        "closed-issues": changed["close"],
        "failure-count": "" if knows_nothing else str(report.failure_count),
        "created-count": str(len(json.loads(changed["create"]))),
        "has-failures": "" if knows_nothing else json.dumps(bool(report.failing)),
        "summary": report.line,
        "report-path": path,
        "matrix": "",
        "slack-payload": payload,
    }


def all_problems(report: OrganisationReport) -> Iterator[Problem]:
    """The problems of all, and then those in repositories, each once with the names of these."""
    yield from report.problems
    names: dict[Problem, list[str]] = {}
    for entry in report.entries:
        if entry.problem:
            names.setdefault(entry.problem, []).append(entry.name)
    for problem, of in (*names.items(), *report.problems_in_repositories):
        yield replace(for_many(problem), what=f"{some_of(of)}: {problem.what}")


def plan_lines(report: OrganisationReport) -> list[str]:
    """A line for each repository in which something would be written."""
    swept = (standing for standing in report.standings if standing.entry.look is Look.SWEPT and standing.facts)
    return sorted(
        entry_line(standing.entry)
        for standing in swept
        if standing.facts and any(status == WriteStatus.PLANNED for *_, status in standing.facts.writes)
    )


def entry_line(entry: RepositoryEntry) -> str:
    """What became of one repository, in one line."""
    if entry.look is Look.SWEPT and entry.report:
        return str(entry.report["summary"])
    return f"{entry.name}: {entry.look.value}{f'. {entry.problem.what}' if entry.problem else ''}"
