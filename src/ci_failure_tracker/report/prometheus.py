"""The statistics as Prometheus metrics, which docs/metrics.md names. It is loaded only if they are asked for."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.openmetrics.exposition import generate_latest

from ci_failure_tracker.model import Outcome
from ci_failure_tracker.model.organisation import Look
from ci_failure_tracker.report.measures import Measures, RunMark, TestsSeen, TestStatistics, TryResult
from ci_failure_tracker.report.organisation import OrganisationReport, Standing
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.report.repository_facts import FailingFact, RepositoryFacts
from ci_failure_tracker.text.markdown import cut_in_middle, plain

MOST = 100
"""Jobs, and workflows, with series of their own. Foreign names must not make any number of series to store."""

MOST_TESTS = 50
"""Tests with series of their own."""

MOST_REPOSITORIES = 500
"""Repositories with series of their own, and failing jobs in them, if a report is of many."""

_LENGTH = 100
"""Characters of a name."""

OTHER = "other"
"""Stands for all other jobs or workflows."""

_NAMELESS = "(no name)"

BUCKETS = (10, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 21_600)
"""Bounds of a run's duration in seconds: from a lint to the six hours that GitHub allows a job."""

_OURS = "ci_failure_tracker"
_WORKFLOW = "cicd_pipeline_name"
_JOB = "cicd_pipeline_task_name"
_TEST = "test_case_name"

_RESULTS = {
    Outcome.SUCCESS: "success",
    Outcome.FAILURE: "failure",
    Outcome.TIMED_OUT: "timeout",
    Outcome.CANCELLED: "cancellation",
    Outcome.SUPERSEDED: "cancellation",
    Outcome.STARTUP_FAILURE: "error",
    None: "skip",
}
"""The results that OpenTelemetry names. A run that waits for an approval has none of them."""

_Names = tuple[str, ...]
_Weight = tuple[int, int, int, int]
_Statistic = Callable[[Sequence[Measures]], float | None]


def metrics_text(report: Report | OrganisationReport) -> bytes:
    """The metrics as OpenMetrics text."""
    text: bytes = generate_latest(registry_of(report))
    return text


def registry_of(report: Report | OrganisationReport) -> CollectorRegistry:
    """A registry with the metrics of one report, and none of the process that made it."""
    # With `auto_describe`, everything would be collected once more to learn the names.
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_OfMany(report) if isinstance(report, OrganisationReport) else _Collected(report))
    return registry


class _Collected:
    def __init__(self, report: Report) -> None:
        self._report = report

    def collect(self) -> Iterable[Metric]:
        statistics, where = self._report.statistics, plain(self._report.repository.full_name)
        workflows = _bounded([((each.workflow,), _weight(each.measures)) for each in statistics.workflows])
        jobs = _bounded(self._jobs())
        yield from _runs([(each.workflow, each.runs) for each in statistics.workflows], workflows, where)
        yield from measured("repository", (), {(where,): [statistics.repository]})
        of_workflows = _grouped([((each.workflow,), each.measures) for each in statistics.workflows], workflows, where)
        yield from measured("workflow", (_WORKFLOW,), of_workflows)
        of_jobs = _grouped([((each.workflow, each.job), each.measures) for each in statistics.jobs], jobs, where)
        yield from measured("job", (_WORKFLOW, _JOB), of_jobs)
        yield from _tests(statistics.tests, where)
        yield from self._tries(where)
        yield from self._issues(where)
        yield self._open(jobs, where)
        yield self._failing(jobs, where)
        sweep = gauge("sweep_timestamp_seconds", "When the sweep was made.", ())
        sweep.add_metric((where,), self._report.at.timestamp())
        yield sweep

    def _jobs(self) -> Iterator[tuple[_Names, _Weight]]:
        """Every job with its weight: first what fails now, then what has issues, then what failed most."""
        for each in self._report.statistics.jobs:
            yield (each.workflow, each.job), _weight(each.measures)
        for failing in self._report.failing:
            yield (failing.identity.workflow, failing.identity.job), (2, 0, 0, 0)
        for names, count in self._open_issues().items():
            yield names, (1, count, 0, 0)

    def _open_issues(self) -> Counter[_Names]:
        counts = Counter[_Names]()
        for row in self._report.statistics.issues.by_job:
            counts[row.workflow, row.job] += row.count
        return counts

    def _issues(self, where: str) -> Iterator[Metric]:
        issues = self._report.statistics.issues
        counts = (
            ("open", "are open after the sweep", issues.open),
            ("opened", "the sweep opened", issues.opened),
            ("closed", "the sweep closed", issues.closed),
        )
        for name, words, count in counts:
            family = gauge(f"repository_{name}_issues", f"Tracked issues that {words}.", ())
            family.add_metric((where,), count)
            yield family
        family = gauge(
            "repository_resolution_mean_seconds", "Mean time from the opening of an issue to its closing.", ()
        )
        if issues.time_to_resolution is not None:
            family.add_metric((where,), issues.time_to_resolution.mean_seconds)
        yield family

    def _tries(self, where: str) -> Iterator[Metric]:
        tries = self._report.statistics.tries
        family = gauge(
            "repository_reruns", "Runs looked at that the tracker ran again, by what came of it.", ("result",)
        )
        # Without `rerun` there is nothing to count.
        for result in TryResult if tries is not None else ():
            family.add_metric((where, result.value), sum(each.result is result for each in tries or ()))
        yield family

    def _open(self, jobs: Mapping[_Names, _Names], where: str) -> Metric:
        family = gauge("job_open_issues", "Tracked issues that are open for a job.", (_WORKFLOW, _JOB))
        counts = Counter[_Names]()
        for names, count in self._open_issues().items():
            counts[jobs[names]] += count
        for names, count in counts.items():
            family.add_metric((where, *names), count)
        return family

    def _failing(self, jobs: Mapping[_Names, _Names], where: str) -> Metric:
        family = gauge("job_failing_since_timestamp_seconds", "Since when a job is failing.", (_WORKFLOW, _JOB))
        since: dict[_Names, float] = {}
        for failing in self._report.failing:
            names, at = jobs[failing.identity.workflow, failing.identity.job], failing.since.timestamp()
            # A job fails since its oldest break. The newest one stands for all jobs without series of their own.
            since[names] = (max if OTHER in names else min)(at, since.get(names, at))
        for names, at in since.items():
            family.add_metric((where, *names), at)
        return family


class _OfMany:
    """The metrics of many repositories: the worst under their own names, the others as one."""

    def __init__(self, report: OrganisationReport) -> None:
        self._report = report
        self._groups: dict[str, list[RepositoryFacts]] = defaultdict(list)
        for place, standing in enumerate(report.standings):
            if standing.facts is not None:
                self._groups[standing.name if place < MOST_REPOSITORIES else OTHER].append(standing.facts)

    def collect(self) -> Iterable[Metric]:
        groups: dict[_Names, list[Measures]] = {
            (name,): [facts.measures for facts in group] for name, group in self._groups.items()
        }
        # Several repositories together have sums and means, but no median and no streak.
        yield from measured("repository", (), groups)
        for name, help_text, count in _COUNTS:
            family = gauge(f"repository_{name}", help_text, ())
            for repository, group in self._groups.items():
                family.add_metric((repository,), sum(map(count, group)))
            yield family
        sweep = gauge("sweep_timestamp_seconds", "When the sweep was made; of other repositories, the oldest one.", ())
        # The oldest says how old the figures may be.
        for repository, group in self._groups.items():
            sweep.add_metric((repository,), min(facts.at for facts in group).timestamp())
        yield sweep
        yield self._failing()
        looks = GaugeMetricFamily(
            f"{_OURS}_organisation_repositories", "Repositories by how they were looked at.", labels=("look",)
        )
        # Also ways with no repository, so that a series does not vanish from a dashboard.
        for look in Look:
            looks.add_metric((look.value,), self._report.looks[look])
        yield looks
        causes = GaugeMetricFamily(
            f"{_OURS}_organisation_shared_causes", "Causes of failures in two repositories or more."
        )
        causes.add_metric((), len(self._report.shared_causes))
        yield causes

    def _failing(self) -> Metric:
        family = gauge("job_failing_since_timestamp_seconds", "Since when a job is failing.", (_WORKFLOW, _JOB))
        since: dict[_Names, float] = {}
        for standing, failing in islice(_failing_jobs(self._report), MOST_REPOSITORIES):
            names = (standing.name, *(plain(name, _LENGTH) or _NAMELESS for name in (failing.workflow, failing.part)))
            # A job with two failures fails since the older one.
            since[names] = min(failing.since.timestamp(), since.get(names, math.inf))
        for names, at in since.items():
            family.add_metric(names, at)
        return family


def _failing_jobs(report: OrganisationReport) -> Iterator[tuple[Standing, FailingFact]]:
    for standing in report.failing:
        for failing in standing.facts.failing if standing.facts else ():
            yield standing, failing


_COUNTS: tuple[tuple[str, str, Callable[[RepositoryFacts], int]], ...] = (
    ("failing_jobs", "Jobs that fail.", lambda facts: facts.failure_count),
    ("flaky_tests", "Tests that are flaky.", lambda facts: len(facts.flaky)),
    ("open_issues", "Tracked issues that are open after the sweep.", lambda facts: facts.open_issues),
    ("opened_issues", "Tracked issues that the sweep opened.", lambda facts: facts.opened),
    ("closed_issues", "Tracked issues that the sweep closed.", lambda facts: facts.closed),
)


def gauge(name: str, help_text: str, labels: _Names) -> GaugeMetricFamily:
    """A metric of the tracker without values; the first label is the repository."""
    return GaugeMetricFamily(f"{_OURS}_{name}", help_text, labels=("repository", *labels))


def _weight(measures: Measures) -> _Weight:
    return (0, measures.failed, measures.flaky, measures.runs)


def _bounded(weighed: Iterable[tuple[_Names, _Weight]]) -> dict[_Names, _Names]:
    """The names that each is shown under: the heaviest under their own names, the others as one."""
    weights: dict[_Names, _Weight] = {}
    for names, weight in weighed:
        # A job may have several weights: the heaviest counts.
        weights[names] = max(weight, weights.get(names, weight))
    # The names last, so that equal weights are always ranked alike.
    ranked = sorted(weights, key=lambda names: ([-weight for weight in weights[names]], names))
    return {
        names: tuple(plain(name, _LENGTH) or _NAMELESS if place < MOST else OTHER for name in names)
        for place, names in enumerate(ranked)
    }


def _grouped(
    named: Iterable[tuple[_Names, Measures]], shown: Mapping[_Names, _Names], where: str
) -> dict[_Names, list[Measures]]:
    groups: dict[_Names, list[Measures]] = defaultdict(list)
    for names, measures in named:
        groups[where, *shown[names]].append(measures)
    return groups


# --- tests ---------------------------------------------------------------------------------------


_OF_TESTS: tuple[tuple[str, str, Callable[[TestStatistics], int]], ...] = (
    ("failed_runs", "Runs looked at in which a test failed.", lambda test: test.failed),
    ("passed_runs", "Runs looked at in which the jobs of a test passed.", lambda test: test.passed),
    ("unknown_runs", "Runs looked at of which it is not known whether a test failed.", lambda test: test.unknown),
    ("retried_runs", "Runs looked at in which a test failed before another attempt passed.", lambda test: test.retried),
    ("flaky_commits", "Commits on which a test failed and then passed.", lambda test: len(test.flaky_commits)),
    ("failing", "1 for a test that fails now.", lambda test: int(test.failing)),
)


def _tests(seen: TestsSeen, where: str) -> Iterator[Metric]:
    """The worst tests under their own names, the others as one, whose values are sums."""
    groups: dict[str, list[TestStatistics]] = defaultdict(list)
    for place, test in enumerate(seen.tests):
        # The ends of long names differ more often than their middles.
        name = cut_in_middle(plain(test.test, 1_000), _LENGTH) or _NAMELESS
        groups[name if place < MOST_TESTS else OTHER].append(test)
    for key, help_text, value in _OF_TESTS:
        family = gauge(f"test_{key}", help_text, (_TEST,))
        for name, group in groups.items():
            family.add_metric((where, name), sum(map(value, group)))
        yield family
    ratios = gauge("test_failure_ratio", "Failed runs of a test of all of which that is known.", (_TEST,))
    for name, group in groups.items():
        # The rate of a partial test is not known, so that of its group is not, either.
        if not any(test.partial for test in group):
            ratios.add_metric((where, name), sum(test.failed for test in group) / sum(test.runs for test in group))
    yield ratios
    unknown = gauge("repository_unknown_failed_jobs", "Failed jobs of which the failing tests are not known.", ())
    unknown.add_metric((where,), seen.unknown_jobs)
    yield unknown


# --- runs ----------------------------------------------------------------------------------------


def _runs(
    workflows: Iterable[tuple[str, Sequence[RunMark]]], shown: Mapping[_Names, _Names], where: str
) -> Iterator[Metric]:
    seconds: dict[tuple[str, str], list[float]] = defaultdict(list)
    errors: Counter[tuple[str, str]] = Counter()
    for name, runs in workflows:
        for run in runs:
            if run.seconds is not None and run.outcome in _RESULTS:
                seconds[shown[name,][0], _RESULTS[run.outcome]].append(run.seconds)
            if run.failed and run.outcome is not None:
                errors[shown[name,][0], run.outcome.value] += 1
    durations = HistogramMetricFamily(
        "cicd_pipeline_run_duration_seconds",
        "How long the newest attempts of the runs looked at took.",
        labels=("repository", _WORKFLOW, "cicd_pipeline_result"),
    )
    for labels, spans in seconds.items():
        # Prometheus buckets are cumulative.
        buckets = [(str(float(bound)), sum(span <= bound for span in spans)) for bound in BUCKETS]
        durations.add_metric((where, *labels), [*buckets, ("+Inf", len(spans))], sum(spans))
    yield durations
    # OpenTelemetry has a counter here. A sweep looks at many runs again, so its count also goes down.
    gauge = GaugeMetricFamily(
        "cicd_pipeline_run_errors",
        "Runs looked at that failed, by how.",
        labels=("repository", _WORKFLOW, "error_type"),
    )
    for labels, count in errors.items():
        gauge.add_metric((where, *labels), count)
    yield gauge


# --- measures -----------------------------------------------------------------------------------


def _sum(name: str) -> _Statistic:
    def summed(group: Sequence[Measures]) -> float | None:
        return float(sum(getattr(measures, name) for measures in group))

    return summed


def _ratio(part: str, rate: str) -> _Statistic:
    def ratio(group: Sequence[Measures]) -> float | None:
        runs = sum(measures.runs for measures in group)
        # One part without a rate makes the rate of all a guess.
        if not runs or any(measures.runs and getattr(measures, rate) is None for measures in group):
            return None
        return float(sum(getattr(measures, part) for measures in group) / runs)

    return ratio


def _mean(name: str) -> _Statistic:
    """The mean of all spans of the group."""

    def mean(group: Sequence[Measures]) -> float | None:
        known = [spread for measures in group if (spread := getattr(measures, name)) is not None]
        count = sum(spread.count for spread in known)
        return sum(spread.mean_seconds * spread.count for spread in known) / count if count else None

    return mean


def _median_recovery(group: Sequence[Measures]) -> float | None:
    # Medians cannot be put together.
    return group[0].time_to_recovery.median_seconds if len(group) == 1 and group[0].time_to_recovery else None


def _longest_recovery(group: Sequence[Measures]) -> float | None:
    return max(
        (measures.time_to_recovery.longest_seconds for measures in group if measures.time_to_recovery), default=None
    )


def _only(name: str) -> _Statistic:
    """A value that several jobs or workflows together do not have."""

    def only(group: Sequence[Measures]) -> float | None:
        return getattr(group[0], name) if len(group) == 1 else None

    return only


def _partial(group: Sequence[Measures]) -> float | None:
    return float(any(measures.partial for measures in group))


_STATISTICS: tuple[tuple[str, str, _Statistic], ...] = (
    ("runs", "Runs looked at that passed or failed.", _sum("runs")),
    ("failed_runs", "Runs looked at that failed.", _sum("failed")),
    ("flaky_runs", "Runs looked at that are known to be flaky.", _sum("flaky")),
    ("failure_ratio", "Failed runs of all.", _ratio("failed", "failure_rate")),
    ("flake_ratio", "Flaky runs of all.", _ratio("flaky", "flake_rate")),
    (
        "recovery_mean_seconds",
        "Mean time from the first failure to the passing run that ended it.",
        _mean("time_to_recovery"),
    ),
    ("recovery_median_seconds", "Median of the same.", _median_recovery),
    ("recovery_longest_seconds", "Longest of the same.", _longest_recovery),
    ("between_failures_mean_seconds", "Mean time from one break to the next.", _mean("time_between_failures")),
    ("broken_seconds", "How long it was failing within what was looked at.", _only("broken_seconds")),
    (
        "streak_runs",
        "How many of the newest runs have the same result; below zero if they failed.",
        _only("streak"),
    ),
    ("partial", "1 where something could not be seen.", _partial),
)


def measured(level: str, labels: _Names, groups: Mapping[_Names, Sequence[Measures]]) -> Iterator[Metric]:
    """The statistics of repositories, workflows or jobs; what stands under one name is put together."""
    for name, help_text, statistic in _STATISTICS:
        family = gauge(f"{level}_{name}", help_text, labels)
        for names, group in groups.items():
            value = statistic(group)
            # A value that is not known has no series.
            if value is not None:
                family.add_metric(names, value)
        yield family
