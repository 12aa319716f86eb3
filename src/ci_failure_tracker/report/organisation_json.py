"""The report of many repositories as JSON, and back, as `docs/organisation-report.schema.json` says.

A file of it may come from anybody, so each part is checked when it is read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ci_failure_tracker.github.fields import (
    Fields,
    FormError,
    as_object,
    checked,
    items,
    moment,
    nullable,
    optional,
    optional_moment,
    required,
)
from ci_failure_tracker.model import Requests
from ci_failure_tracker.model.organisation import Kept, Look, RepositoryEntry
from ci_failure_tracker.report.organisation import OrganisationReport
from ci_failure_tracker.report.report_json import moment_as_json, problem_as_json
from ci_failure_tracker.report.repository_facts import brief, facts_of, problem_of, repository_name

VERSION = 1
KIND = "organisation"
MOST_REPOSITORIES = 10_000
"""Repositories of one file."""

# Characters of a text that screening keeps, and requests: far above what the tracker writes.
_LONGEST_KEPT, _MOST_REQUESTS = 20_000, 10**9


def organisation_as_json(report: OrganisationReport) -> dict[str, Any]:
    """The report for programs; `version` grows when a field changes its name or its meaning."""
    return {
        "version": VERSION,
        "kind": KIND,
        "at": report.at.isoformat(),
        "summary": report.line,
        "partial": report.partial,
        "issues_repository": report.issues_repository or None,
        "repositories": [_entry_as_json(standing.entry) for standing in report.standings],
        "problems": [problem_as_json(problem) for problem in report.problems],
        "requests": dataclasses.asdict(report.requests),
    }


def _entry_as_json(entry: RepositoryEntry) -> dict[str, Any]:
    return {
        "repository": entry.name,
        "private": entry.private,
        "look": entry.look.value,
        "at": moment_as_json(entry.at),
        "kept": _kept_as_json(entry.kept) if entry.kept else None,
        "report": brief(entry.report) if entry.report else None,
        "problem": problem_as_json(entry.problem) if entry.problem else None,
    }


def _kept_as_json(kept: Kept) -> dict[str, Any]:
    moments = {name: moment_as_json(getattr(kept, name)) for name in ("swept_at", "screened_at")}
    return {**dataclasses.asdict(kept), **moments}


def read_report(data: object) -> OrganisationReport:
    """A report of many repositories, or one of a single repository, from its JSON.

    Raises:
        FormError: a part of it is missing or has another type.
    """
    fields = as_object(data, "the report")
    # Only the report of many has a kind.
    return _organisation(fields) if "kind" in fields else _single(fields)


def _organisation(data: Fields) -> OrganisationReport:
    if data["kind"] != KIND or required(data, "version", int) != VERSION:
        raise FormError(f"it is not version {VERSION} of a report of kind `{KIND}`")
    listed = items(data, "repositories")
    if len(listed) > MOST_REPOSITORIES:
        raise FormError(f"it has more than {MOST_REPOSITORIES:,} repositories")
    return OrganisationReport(
        at=moment(data, "at"),
        entries=tuple(map(_entry, listed)),
        problems=tuple(map(problem_of, items(data, "problems"))),
        requests=_requests(data),
        issues_repository=nullable(data, "issues_repository", str) or "",
    )


def _single(data: Fields) -> OrganisationReport:
    """The report of one repository as one of many. Its problems are in it."""
    facts = facts_of(data)
    entry = RepositoryEntry(facts.repository, Look.SWEPT, at=facts.at, report=_kept_of(data))
    return OrganisationReport(at=facts.at, entries=(entry,), requests=_requests(data))


def _entry(data: Fields) -> RepositoryEntry:
    name = repository_name(data)
    try:
        look = Look(required(data, "look", str))
    except ValueError:
        raise FormError("`look` is unknown") from None
    report, problem = nullable(data, "report", dict), nullable(data, "problem", dict)
    # Another repository's report would show failures under the wrong name.
    if report is not None and facts_of(report).repository.casefold() != name.casefold():
        raise FormError("a report is of another repository than its entry")
    return RepositoryEntry(
        name=name,
        look=look,
        private=required(data, "private", bool),
        at=optional_moment(data, "at"),
        kept=_kept(data),
        report=None if report is None else _kept_of(report),
        problem=None if problem is None else problem_of(problem),
    )


def _kept_of(report: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a report that `facts_of` could read."""
    try:
        return brief(report)
    # `facts_of` checks only what it reads, and `brief` reads more.
    except (KeyError, TypeError, AttributeError):
        raise FormError("the report of a repository lacks something") from None


def _kept(data: Fields) -> Kept | None:
    kept = nullable(data, "kept", dict)
    if kept is None:
        return None
    texts = [checked(kept.get(name), str, f"`{name}`") for name in ("heads", "suites", "tags", "issues")]
    if any(len(text) > _LONGEST_KEPT for text in texts):
        raise FormError("what is kept of a repository is too long")
    heads, suites, tags, issues = texts
    swept_at, screened_at = (optional_moment(kept, name) for name in ("swept_at", "screened_at"))
    return Kept(heads, suites, tags, issues, swept_at, screened_at)


def _requests(data: Fields) -> Requests:
    requests = as_object(data.get("requests"), "`requests`")
    numbers = [required(requests, "made", int), optional(requests, "left", int), required(requests, "most", int)]
    if any(number is not None and not 0 <= number <= _MOST_REQUESTS for number in numbers):
        raise FormError("a number of requests is out of its range")
    made, left, most = numbers
    return Requests(made or 0, left, most or 0)
