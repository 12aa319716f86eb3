"""What one sweep knows of many repositories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ci_failure_tracker.model.problems import Problem


class Look(StrEnum):
    """How a sweep of many repositories looked at one of them.

    SWEPT     it was swept: its report is of this sweep
    UNCHANGED nothing differs from what the last sweep kept, so it was not swept: it is as it was then
    SCREENED  it was never swept; its newest runs pass and it has no issue of the tracker
    LEFT      it is left for the next sweep, because the requests were used up
    FAILED    it could not be swept
    """

    SWEPT = "swept"
    UNCHANGED = "as last time"
    SCREENED = "screened"
    LEFT = "left"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a repository, so that the next sweep knows whether anything is new in it.

    The four texts are opaque: two of them are equal if what they stand for is. They stand for the heads of the watched
    refs, the newest change of a check suite on them, the tags, and the issues of the tracker. `swept_at` is when it was
    swept last; `None` if it was only screened. `screened_at` is since when it is only screened.
    """

    heads: str
    suites: str
    tags: str
    issues: str
    swept_at: datetime | None = None
    screened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RepositoryEntry:
    """One repository in the report of many.

    `report` is what report.json has for a single repository, of the sweep at `at`. It is of an earlier sweep if the
    repository was not swept now, and `None` if it never was. `problem` says why it was not swept, if that is a problem.
    """

    name: str
    look: Look
    private: bool = False
    at: datetime | None = None
    kept: Kept | None = None
    report: Mapping[str, Any] | None = None
    problem: Problem | None = None
