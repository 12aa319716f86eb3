"""The files that a sweep leaves behind where it is asked to."""

from __future__ import annotations

import json
from pathlib import Path

from ci_failure_tracker.edges import extras
from ci_failure_tracker.model import Gravity, Problem
from ci_failure_tracker.reporting.report import Report
from ci_failure_tracker.reporting.report_json import report_as_json

NAME = "report.json"
PAGE = "report.html"
METRICS = "metrics.prom"


def write_report(report: Report, folder: str, workspace: Path) -> tuple[Report, str]:
    """Write the files into a folder; the path of the report, or nothing and the report with the problem in it.

    What the sweep did stands, whatever becomes of its report. Where `folder` is empty nothing is written.
    """
    if not folder:
        return report, ""
    if extras.METRICS.missing:
        lacking = f"{METRICS} was not written, for it needs {' and '.join(extras.METRICS.missing)}."
        report = report.having([Problem(Gravity.WARNING, lacking, extras.METRICS.advice)])
    place = workspace / folder
    try:
        place.mkdir(parents=True, exist_ok=True)
        if not extras.METRICS.missing:
            _write_metrics(report, place / METRICS)
        _write_page(report, place / PAGE)
        # Last, so that it holds every problem that there was.
        (place / NAME).write_text(json.dumps(report_as_json(report), indent=2) + "\n", encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        what = f"The report could not be written to {folder!r} ({reason})."
        advice = "Give `report-dir` a folder in the workspace that may be written to."
        return report.having([Problem(Gravity.ERROR, what, advice)]), ""
    return report, str(place / NAME)


def _write_metrics(report: Report, path: Path) -> None:
    # Loaded here alone: a sweep that needs none of it does not pay for it.
    from ci_failure_tracker.reporting.metrics import metrics_text  # noqa: PLC0415

    path.write_bytes(metrics_text(report))


def _write_page(report: Report, path: Path) -> None:
    from ci_failure_tracker.rendering.page import render_page  # noqa: PLC0415 - as above

    path.write_text(render_page(report), encoding="utf-8")
