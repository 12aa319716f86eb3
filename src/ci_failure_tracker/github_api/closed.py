"""The closed issues, which grow in number for ever: read only where a failure may have one already."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ci_failure_tracker.diagnosis.observations import observe
from ci_failure_tracker.errors import GitHubError
from ci_failure_tracker.github_api.reads import Reads
from ci_failure_tracker.github_api.scan import read_viewer
from ci_failure_tracker.model import Problem, Scan
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.plan import would_open


class ClosedIssues:
    """Reads them once in a sweep, at the first time that something would be opened."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._read = False

    def read(self, seen: Scan, settings: Settings, now: datetime) -> Scan:
        """The scan with the closed issues, if a plan without them would open any.

        Where they cannot be read nothing is opened: one may have been closed by somebody who does not want it back.
        """
        if self._read or not would_open(observe(seen), seen, settings, now):
            return seen
        self._read = True
        try:
            self._reads.budget.check(1)
            found = self._reads.issues(settings.labels[0], "closed")
        except GitHubError as error:
            what = f"No issue was opened, for it is not known which ones were closed. {error.what}"
            problem = Problem(error.gravity, what, error.advice)
            return replace(seen, closed_unread=True, problems=(*seen.problems, problem))
        viewer, problems = (seen.viewer, list[Problem]()) if seen.viewer else read_viewer(self._reads, found)
        # One that was closed meanwhile is in both lists.
        issues = {one.number: one for one in (*seen.issues, *found)}
        problems = [*seen.problems, *problems]
        return replace(seen, issues=tuple(issues.values()), viewer=viewer, problems=tuple(problems), closed_read=True)
