"""Reads the `report.json` of an earlier sweep, or of another process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NoReturn

from ci_failure_tracker.github.fields import FormError
from ci_failure_tracker.model import Problem, Severity
from ci_failure_tracker.report.organisation import OrganisationReport
from ci_failure_tracker.report.organisation_json import read_report

_MOST_BYTES = 200_000_000
"""Bytes of a report: that of 5,000 repositories has 30 MB."""


def read_kept(path: Path) -> OrganisationReport | str:
    """The report in a file, or why it cannot be read."""
    try:
        # Asked before it is read: a file of another kind may be larger than the memory.
        if path.stat().st_size > _MOST_BYTES:
            return f"it has more than {_MOST_BYTES // 1_000_000} MB"
        return read_report(json.loads(path.read_bytes(), parse_constant=_refuse))
    except OSError as error:
        return error.strerror or type(error).__name__
    except FormError as error:
        return str(error)
    # Anybody may have written the file: it can be nested a thousand deep.
    except (ValueError, RecursionError, MemoryError):
        return "it is no JSON, or too large"


def last_report(given: str, workspace: Path) -> tuple[OrganisationReport | None, tuple[Problem, ...]]:
    """The last report of many repositories, if a path is given and there is one; and what is wrong with it."""
    path = workspace / given
    if not given:
        return None, ()
    if not path.exists():
        what = f"There is no last report {given!r}, so nothing is known from before."
        # The path is given from the first sweep on, so its absence is no mistake.
        return None, (Problem(Severity.NOTICE, what, "The first time this is as it should be."),)
    report = read_kept(path)
    if not isinstance(report, str):
        return report, ()
    what = f"The last report {given!r} could not be read: {report}. So nothing is known from before."
    return None, (Problem(Severity.WARNING, what, "See how it is kept from one sweep to the next."),)


def _refuse(name: str) -> NoReturn:
    """Refuse what Python reads as a number and JSON does not know."""
    raise ValueError(name)
