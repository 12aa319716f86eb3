"""The figures for programs, as `report.json` holds them."""

from __future__ import annotations

import dataclasses
from typing import Any

from ci_failure_tracker.rendering.markdown import plain
from ci_failure_tracker.reporting.figures import Figures, RunMark

RECENT = 30
"""Runs of each workflow that a chart shows; a report with all of them would be mostly that."""

_LONGEST = 2_000


def figures_as_json(figures: Figures) -> dict[str, Any]:
    """The figures; spans are in seconds, rates from 0 to 1, and `null` is what is not known."""
    return {
        "repository": dataclasses.asdict(figures.repository),
        "workflows": [
            {
                "workflow": _shown(one.workflow),
                "measures": dataclasses.asdict(one.measures),
                "recent": [_run_as_json(run) for run in one.runs[-RECENT:]],
            }
            for one in figures.workflows
        ],
        "jobs": [
            {
                "workflow": _shown(one.workflow),
                "job": _shown(one.job),
                "measures": dataclasses.asdict(one.measures),
                "recent": [_run_as_json(run) for run in one.runs[-RECENT:]],
            }
            for one in figures.jobs
        ],
        "over_time": [
            {**dataclasses.asdict(period), "start": period.start.isoformat()} for period in figures.over_time
        ],
        "issues": {
            **dataclasses.asdict(figures.issues),
            "by_job": [
                {"workflow": _shown(one.workflow), "job": _shown(one.job), "count": one.count}
                for one in figures.issues.by_job
            ],
        },
    }


def _run_as_json(run: RunMark) -> dict[str, Any]:
    return {
        "id": run.id,
        "number": run.number,
        "branch": _shown(run.branch),
        "at": run.at.isoformat(),
        "outcome": run.outcome.value if run.outcome else None,
        "failed": run.failed,
        "flaky": run.flaky,
        "seconds": run.seconds,
        "known": run.known,
    }


def _shown(text: str) -> str:
    return plain(text, _LONGEST)
