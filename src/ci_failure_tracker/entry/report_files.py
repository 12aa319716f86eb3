"""The files that a sweep writes if `report-dir` asks for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ci_failure_tracker.entry.delivery import AnyReport
from ci_failure_tracker.entry.optional_packages import EXTRAS
from ci_failure_tracker.model import Problem, Severity
from ci_failure_tracker.report.organisation import OrganisationReport
from ci_failure_tracker.report.organisation_json import organisation_as_json
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.report.report_json import report_as_json

NAME = "report.json"
PAGE = "report.html"
METRICS = "metrics.prom"


def write_report(report: AnyReport, folder: str, workspace: Path) -> tuple[AnyReport, str]:
    """Write the files into a folder; return the report with the problems of writing, and the path of its file.

    The path is empty if the file was not written. An empty `folder` means that nothing is written. No error is raised:
    what the sweep did stands, whatever becomes of its report.
    """
    if not folder:
        return report, ""
    place: Path = workspace / folder
    try:
        place.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        return report.with_problems([_unwritable("The report", folder, error)]), ""
    problems = [*_missing(), *_written(place, PAGE, partial(_page, report))]
    # Without the package, the other two files are written all the same.
    if not EXTRAS["metrics"].missing:
        problems += _written(place, METRICS, partial(_metrics, report))
    # The data come last, so that they hold every problem.
    report = report.with_problems(problems)
    lost = _written(place, NAME, partial(_data, report))
    return report.with_problems(lost), "" if lost else str(place / NAME)


def _written(place: Path, name: str, make: Callable[[], bytes]) -> list[Problem]:
    """Write one file; return the problem, if there is one. The other files are written all the same."""
    try:
        (place / name).write_bytes(make())
    except OSError as error:
        return [_unwritable(name, str(place), error)]
    # A fault in one file must not cost the sweep, whose issues are written already.
    except Exception as error:
        what = f"{name} could not be made: {type(error).__name__}."
        return [Problem(Severity.ERROR, what, "This is a bug: please report it.")]
    return []


def _unwritable(name: str, place: str, error: OSError | ValueError) -> Problem:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    what = f"{name} could not be written to {place!r} ({reason})."
    return Problem(Severity.ERROR, what, "Give `report-dir` a folder in the workspace that may be written to.")


def _missing() -> list[Problem]:
    extra = EXTRAS["metrics"]
    if not extra.missing:
        return []
    lacking = f"{METRICS} was not written, for it needs {' and '.join(extra.missing)}."
    return [Problem(Severity.WARNING, lacking, extra.advice)]


def _metrics(report: Report | OrganisationReport) -> bytes:
    # Loaded only here: a sweep without the file does not pay for it.
    from ci_failure_tracker.report.prometheus import metrics_text  # noqa: PLC0415

    return metrics_text(report)


def _page(report: Report | OrganisationReport) -> bytes:
    from ci_failure_tracker.report.page import render_page  # noqa: PLC0415 - only if there is a page to write

    if isinstance(report, OrganisationReport):
        from ci_failure_tracker.report.organisation_page import render_organisation_page  # noqa: PLC0415

        return render_organisation_page(report).encode()
    return render_page(report).encode()


def _data(report: Report | OrganisationReport) -> bytes:
    if isinstance(report, OrganisationReport):
        # Indented, the file of thousands of repositories would be twice as large.
        return (json.dumps(organisation_as_json(report)) + "\n").encode()
    return (json.dumps(report_as_json(report), indent=2) + "\n").encode()
