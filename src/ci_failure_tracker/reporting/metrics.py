"""The figures as Prometheus reads them, named in docs/metrics.md; only loaded where they are asked for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.openmetrics.exposition import generate_latest

from ci_failure_tracker.model import Outcome
from ci_failure_tracker.rendering.markdown import plain
from ci_failure_tracker.reporting.figures import Measures, RunMark
from ci_failure_tracker.reporting.report import Report

MOST = 100
"""Jobs, and workflows, that have series of their own: each series costs whoever stores it, and names are foreign."""

_LENGTH = 100
"""Characters of a name."""

OTHER = "other"
"""Stands for all jobs, or workflows, past that."""

BUCKETS = (10, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 21_600)
"""Bounds of a run's duration in seconds: from a lint to the six hours that GitHub gives a job."""

_OURS = "ci_failure_tracker"
_WORKFLOW = "cicd_pipeline_name"
_JOB = "cicd_pipeline_task_name"

_RESULTS = {
    Outcome.SUCCESS: "success",
    Outcome.FAILURE: "failure",
    Outcome.TIMED_OUT: "timeout",
    Outcome.CANCELLED: "cancellation",
    Outcome.SUPERSEDED: "cancellation",
    Outcome.STARTUP_FAILURE: "error",
    None: "skip",
}
"""The results that OpenTelemetry names; a run that waits for somebody has none of them yet."""

_ERRORS = frozenset({Outcome.FAILURE, Outcome.TIMED_OUT, Outcome.STARTUP_FAILURE})

_Names = tuple[str, ...]
_Figure = Callable[[Sequence[Measures]], float | None]


def metrics_text(report: Report) -> bytes:
    """The metrics as OpenMetrics text."""
    text: bytes = generate_latest(registry_of(report))
    return text


def registry_of(report: Report) -> CollectorRegistry:
    """The metrics of one report and nothing else: none of the process that made it."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(report))
    return registry


class _Collected:
    def __init__(self, report: Report) -> None:
        self._report = report

    def collect(self) -> Iterable[Metric]:
        figures, where = self._report.figures, plain(self._report.repository.full_name)
        workflows = _bounded([((one.workflow,), one.measures) for one in figures.workflows])
        jobs = _bounded([((one.workflow, one.job), one.measures) for one in figures.jobs])
        yield from _runs([(one.workflow, one.runs) for one in figures.workflows], workflows, where)
        yield from _measures("repository", (), {(): [figures.repository]}, where)
        yield from _measures("workflow", (_WORKFLOW,), _grouped(workflows), where)
        yield from _measures("job", (_WORKFLOW, _JOB), _grouped(jobs), where)
        yield from self._issues(where)
        yield from self._failing(where)
        sweep = _gauge("sweep_timestamp_seconds", "When the sweep was made.", ())
        sweep.add_metric((where,), self._report.at.timestamp())
        yield sweep

    def _issues(self, where: str) -> Iterator[Metric]:
        issues = self._report.figures.issues
        told = (("open", issues.open), ("opened", issues.opened), ("closed", issues.closed))
        helps = {"open": "are open after the sweep", "opened": "the sweep opened", "closed": "the sweep closed"}
        for name, count in told:
            family = _gauge(f"repository_{name}_issues", f"Tracked issues that {helps[name]}.", ())
            family.add_metric((where,), count)
            yield family
        family = _gauge("job_open_issues", "Tracked issues that are open for a job.", (_WORKFLOW, _JOB))
        counts = Counter[_Names]()
        for place, one in enumerate(sorted(issues.by_job, key=lambda one: (-one.count, one.workflow, one.job))):
            counts[_shown((one.workflow, one.job), place)] += one.count
        for names, count in counts.items():
            family.add_metric((where, *names), count)
        yield family

    def _failing(self, where: str) -> Iterator[Metric]:
        family = _gauge("job_failing_since_timestamp_seconds", "Since when a job is failing.", (_WORKFLOW, _JOB))
        since: dict[_Names, float] = {}
        # Past the limit the newest break stands for the others.
        for place, one in enumerate(sorted(self._report.failing, key=lambda one: one.since, reverse=True)):
            names = _shown((one.identity.workflow, one.identity.job), place)
            since[names] = max(one.since.timestamp(), since.get(names, 0.0))
        for names, at in since.items():
            family.add_metric((where, *names), at)
        yield family


def _gauge(name: str, help_text: str, labels: _Names) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{_OURS}_{name}", help_text, labels=("repository", *labels))


def _shown(names: _Names, place: int) -> _Names:
    return tuple(plain(name, _LENGTH) if place < MOST else OTHER for name in names)


@dataclass(frozen=True, slots=True)
class _Labelled:
    """What has figures of its own, and the names it is shown under."""

    names: _Names
    shown: _Names
    measures: Measures


def _bounded(given: Iterable[tuple[_Names, Measures]]) -> list[_Labelled]:
    """Those that fail most come first; past the limit all are one."""
    ranked = sorted(given, key=lambda one: (-one[1].failed, -one[1].flaky, -one[1].runs, one[0]))
    return [_Labelled(names, _shown(names, place), measures) for place, (names, measures) in enumerate(ranked)]


def _grouped(labelled: Iterable[_Labelled]) -> dict[_Names, list[Measures]]:
    groups: dict[_Names, list[Measures]] = defaultdict(list)
    for one in labelled:
        groups[one.shown].append(one.measures)
    return groups


# --- runs ----------------------------------------------------------------------------------------


def _runs(
    workflows: Iterable[tuple[str, Sequence[RunMark]]], labelled: Iterable[_Labelled], where: str
) -> Iterator[Metric]:
    shown = {one.names[0]: one.shown[0] for one in labelled}
    seconds: dict[tuple[str, str], list[float]] = defaultdict(list)
    errors: Counter[tuple[str, str]] = Counter()
    for name, runs in workflows:
        for run in runs:
            if run.seconds is not None and run.outcome in _RESULTS:
                seconds[shown[name], _RESULTS[run.outcome]].append(run.seconds)
            if run.outcome in _ERRORS:
                errors[shown[name], run.outcome.value] += 1
    durations = HistogramMetricFamily(
        "cicd_pipeline_run_duration_seconds",
        "How long the newest attempts of the runs looked at took.",
        labels=("repository", _WORKFLOW, "cicd_pipeline_result"),
    )
    for labels, spans in seconds.items():
        buckets = [(str(float(bound)), sum(one <= bound for one in spans)) for bound in BUCKETS]
        durations.add_metric((where, *labels), [*buckets, ("+Inf", len(spans))], sum(spans))
    yield durations
    # OpenTelemetry has it as a counter; a sweep looks at many runs again, so what it counts also goes down.
    gauge = GaugeMetricFamily(
        "cicd_pipeline_run_errors",
        "Runs looked at that failed, by how.",
        labels=("repository", _WORKFLOW, "error_type"),
    )
    for labels, count in errors.items():
        gauge.add_metric((where, *labels), count)
    yield gauge


# --- figures -------------------------------------------------------------------------------------


def _sum(name: str) -> _Figure:
    def summed(group: Sequence[Measures]) -> float | None:
        return float(sum(getattr(one, name) for one in group))

    return summed


def _ratio(part: str, rate: str) -> _Figure:
    def ratio(group: Sequence[Measures]) -> float | None:
        runs = sum(one.runs for one in group)
        if not runs or any(one.runs and getattr(one, rate) is None for one in group):
            return None
        return float(sum(getattr(one, part) for one in group) / runs)

    return ratio


def _recovery(group: Sequence[Measures]) -> float | None:
    known = [one.recovery for one in group if one.recovery is not None]
    count = sum(one.count for one in known)
    return sum(one.mean_seconds * one.count for one in known) / count if count else None


def _only(name: str) -> _Figure:
    """What cannot be said of several together."""

    def only(group: Sequence[Measures]) -> float | None:
        return getattr(group[0], name) if len(group) == 1 else None

    return only


def _partial(group: Sequence[Measures]) -> float | None:
    return float(any(one.partial for one in group))


_FIGURES: tuple[tuple[str, str, _Figure], ...] = (
    ("runs", "Runs looked at that ended green or red.", _sum("runs")),
    ("failed_runs", "Runs looked at that failed.", _sum("failed")),
    ("flaky_runs", "Runs looked at that are known to be flaky.", _sum("flaky")),
    ("failure_ratio", "Failed runs of all.", _ratio("failed", "failure_rate")),
    ("flake_ratio", "Flaky runs of all.", _ratio("flaky", "flake_rate")),
    ("recovery_mean_seconds", "Mean time from the first failure to the green run that ended it.", _recovery),
    ("broken_seconds", "How long it was red within what was looked at.", _only("broken_seconds")),
    ("streak_runs", "How many of the newest runs ended alike; below zero where red.", _only("streak")),
    ("partial", "1 where something could not be seen.", _partial),
)


def _measures(level: str, labels: _Names, groups: Mapping[_Names, Sequence[Measures]], where: str) -> Iterator[Metric]:
    for name, help_text, figure in _FIGURES:
        family = _gauge(f"{level}_{name}", help_text, labels)
        for names, group in groups.items():
            value = figure(group)
            # A series that is not there is what is not known.
            if value is not None:
                family.add_metric((where, *names), value)
        yield family
