"""What a sweep leaves behind where it is asked to: files in a folder, metrics at a Pushgateway."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from ci_failure_tracker.edges import metrics
from ci_failure_tracker.model import Gravity, Problem
from ci_failure_tracker.reporting.report import Report, report_as_json
from ci_failure_tracker.settings import Settings

NAME = "report.json"
METRICS = "metrics.prom"


def leave_behind(report: Report, settings: Settings, workspace: Path, *, is_dry: bool) -> tuple[Report, str]:
    """Push the metrics and write the files; where the report lies, and the report with what went wrong in it.

    A dry run pushes nothing: what is at the gateway is taken for what is.
    """
    if settings.pushgateway_url.reveal() and not is_dry:
        report = _with(report, *metrics.push(report, settings.pushgateway_url))
    return write_report(report, settings.report_dir, workspace)


def write_report(report: Report, folder: str, workspace: Path) -> tuple[Report, str]:
    """Write the files into a folder; the path of the report, or nothing and the report with the problem in it.

    What the sweep did stands, whatever becomes of its report. Where `folder` is empty nothing is written.
    """
    if not folder:
        return report, ""
    if not metrics.can_be_made():
        lacking = f"{METRICS} was not written, for it needs the package prometheus_client."
        report = _with(report, Problem(Gravity.WARNING, lacking, metrics.INSTALL))
    path = workspace / folder / NAME
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if metrics.can_be_made():
            (path.parent / METRICS).write_bytes(metrics.as_text(report))
        # Last, so that it holds every problem that there was.
        path.write_text(json.dumps(report_as_json(report), indent=2) + "\n", encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        what = f"The report could not be written to {folder!r} ({reason})."
        advice = "Give `report-dir` a folder in the workspace that may be written to."
        return _with(report, Problem(Gravity.ERROR, what, advice)), ""
    return report, str(path)


def _with(report: Report, *problems: Problem) -> Report:
    """The report with these among its problems: errors first, and a warning after them."""
    if all(problem.gravity is Gravity.ERROR for problem in problems):
        return dataclasses.replace(report, problems=(*problems, *report.problems))
    return dataclasses.replace(report, problems=(*report.problems, *problems))
