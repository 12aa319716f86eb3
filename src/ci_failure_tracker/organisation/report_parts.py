"""The report of each of several repositories whose issues are in one: what the report of all says of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from ci_failure_tracker.issues.marker import Tracked
from ci_failure_tracker.model import CurrentFailure, Observation, Problem, Rerun, Result, Skip, Snapshot, own_name
from ci_failure_tracker.report.issue_snapshots import take_issue_snapshots
from ci_failure_tracker.report.report import Report, count_unfinished
from ci_failure_tracker.report.statistics import make_statistics
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.decide import Findings


def reports_of_parts(findings: Findings, report: Report, settings: Settings, now: datetime) -> Mapping[str, Report]:
    """The report of each repository that was read.

    What fails in several is in the report of each of them. An issue about several is counted in that of its newest
    failure, and so is what was done to it.
    """
    return _Parts(findings, report).reports(settings, now)


def is_of_part(problem: Problem, names: Container[str]) -> bool:
    """Whether a problem is one of these repositories."""
    return problem.what.partition(": ")[0] in names


def with_own_names(report: dict[str, Any], repository: str) -> dict[str, Any]:
    """The report of one repository with the names of its workflows and tests alone: it says whose they are."""
    renamed = _renamed(report, repository)
    return renamed if isinstance(renamed, dict) else report


def _renamed(data: object, repository: str) -> object:
    if isinstance(data, dict):
        return {
            key: own_name(repository, value)
            if key in {"workflow", "test"} and isinstance(value, str)
            else _renamed(value, repository)
            for key, value in data.items()
        }
    return [_renamed(each, repository) for each in data] if isinstance(data, list) else data


class _Parts:
    """What was found and done, by repository."""

    def __init__(self, findings: Findings, report: Report) -> None:
        self._findings, self._report = findings, report
        self._homes = {each.identity.id: each.latest.repository for each in findings.history.all_histories}
        self._results: dict[str, list[Result]] = defaultdict(list)
        for result in report.results:
            self._results[self._home(result)].append(result)
        self._tracked: dict[str, list[Tracked]] = defaultdict(list)
        for tracked in findings.history.tracked_issues.written:
            self._tracked[tracked.state.latest.repository if tracked.state else ""].append(tracked)
        self._observations = _by_repository(findings.history.observations)
        self._diagnosed = _by_repository(findings.history.diagnosed)

    def _home(self, result: Result) -> str:
        """The repository in whose report a result is."""
        action = result.action
        if isinstance(action, Rerun):
            return action.repository
        if not isinstance(action, Skip):
            newest, parts = action.state.latest.repository, self._findings.snapshot.parts
            # One that was not read has no report now, and what was done has to be in one.
            others = sorted(name for name in action.state.repositories if name in parts)
            return newest if newest in parts or not others else others[0]
        # A skip has no state. The name of its workflow begins with the repository where several share their issues.
        named = action.identity.workflow.partition(": ")[0]
        return self._homes.get(action.identity.id, named)

    def reports(self, settings: Settings, now: datetime) -> Mapping[str, Report]:
        return {name: self._report_of(name, settings, now) for name in self._findings.snapshot.parts}

    def _report_of(self, name: str, settings: Settings, now: datetime) -> Report:
        findings, whole, results = self._findings_of(name), self._report, tuple(self._results[name])
        known = tuple(each for each in whole.known if each.match.repository == name)
        numbers = {each.rule.number for each in known}
        failing = tuple(each for failure in whole.failing for each in _failing_in(name, failure))
        tracked = findings.history.tracked_issues.written
        return replace(
            whole,
            repository=findings.snapshot.repository,
            issues_url=whole.repository.url,
            window=findings.snapshot.window,
            failing=failing,
            umbrellas=tuple(each for each in whole.umbrellas if each.repository == name),
            results=results,
            problems=tuple(self._problems_of(name)),
            logs=findings.snapshot.logs,
            unfinished=count_unfinished(findings.snapshot.runs, now),
            not_looked_at=findings.snapshot.not_looked_at,
            known=known,
            known_rules=tuple(rule for rule in whole.known_rules if rule.number in numbers),
            statistics=make_statistics(findings, results, settings, now),
            issue_snapshots=take_issue_snapshots(findings.snapshot, tracked, failing, results, now),
        )

    def _problems_of(self, name: str) -> Iterator[Problem]:
        for problem in self._report.problems:
            if is_of_part(problem, (name,)):
                yield replace(problem, what=own_name(name, problem.what))

    def _findings_of(self, name: str) -> Findings:
        """What was found in one repository; the decisions are those of all."""
        history, snapshot = self._findings.history, self._snapshot_of(name)
        written = replace(history.tracked_issues, written=tuple(self._tracked[name]))
        own = replace(
            history,
            observations=tuple(self._observations[name]),
            diagnosed=tuple(self._diagnosed[name]),
            tracked_issues=written,
        )
        return replace(self._findings, snapshot=snapshot, history=own)

    def _snapshot_of(self, name: str) -> Snapshot:
        part = self._findings.snapshot.parts[name]
        jobs = {job.id for of_run in part.jobs for job in of_run.jobs}
        diagnosed = tuple(each for each in self._findings.snapshot.job_diagnoses if each.job_id in jobs)
        return replace(part, job_diagnoses=diagnosed)


def _failing_in(name: str, failure: CurrentFailure) -> Iterator[CurrentFailure]:
    """What fails, as it fails in one repository; nothing if it passes there, whatever it does in others."""
    failing = [status for status in failure.state.branch_statuses if status.red]
    repositories = {status.repository for status in failing} or {failure.repository}
    if repositories == {failure.repository} == {name}:
        yield failure
    elif name in repositories:
        # The failure is the newest one there, not that of the issue, which may be of another repository.
        status = max((each for each in failing if each.repository == name), key=lambda each: each.last_red.at)
        yield replace(
            failure,
            run_id=status.last_red.run_id,
            run_number=status.last_red.number,
            branch=status.branch,
            repository=name,
            legs=tuple(leg for leg in failure.legs if own_name(name, leg) != leg),
        )


def _by_repository(observations: Iterable[Observation]) -> Mapping[str, Sequence[Observation]]:
    by_repository: dict[str, list[Observation]] = defaultdict(list)
    for observation in observations:
        by_repository[observation.run.repository].append(observation)
    return by_repository
