"""The files that a sweep leaves behind where it is asked to."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from ci_failure_tracker.model import Gravity, Problem
from ci_failure_tracker.reporting.report import Report, report_as_json

NAME = "report.json"


def write_report(report: Report, folder: str, workspace: Path) -> tuple[Report, str]:
    """Write the report into a folder; the path of the file, or nothing and the report with the problem in it.

    What the sweep did stands, whatever becomes of its report. Where `folder` is empty nothing is written.
    """
    if not folder:
        return report, ""
    path = workspace / folder / NAME
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(report_as_json(report), indent=2) + "\n", encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        what = f"The report could not be written to {folder!r} ({reason})."
        advice = "Give `report-dir` a folder in the workspace that may be written to."
        problem = Problem(Gravity.ERROR, what, advice)
        return dataclasses.replace(report, problems=(problem, *report.problems)), ""
    return report, str(path)
