"""The news of a sweep of many repositories: one message for all, made from the JSON report of each.

Failures of one cause in several repositories are one item of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ci_failure_tracker.model.organisation import Look
from ci_failure_tracker.model.words import counted, some_of
from ci_failure_tracker.notify.news import Item, News, NewsKind, make_news, safe_link
from ci_failure_tracker.report.organisation import OrganisationReport, Standing
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.report.repository_facts import ChangeFact, FailingFact, RepositoryFacts
from ci_failure_tracker.tracking.identity import SEVERAL

_KINDS = {
    ("create", ""): NewsKind.NEW,
    ("reopen", ""): NewsKind.REOPENED,
    ("close", "completed"): NewsKind.RECOVERED,
    ("close", "not_planned"): NewsKind.GONE,
}
"""What a change in report.json is, by its action and the reason of its state. A duplicate is no news."""

_Cause = tuple[str, str]
_Job = tuple[str, FailingFact]


def news_of(report: Report | OrganisationReport) -> News:
    """The changes of a report that are worth a message."""
    return make_news(report) if isinstance(report, Report) else _organisation_news(report)


def _organisation_news(report: OrganisationReport) -> News:
    jobs = _jobs_by_issue(report)
    found = [each for standing in report.standings for each in _items(standing, report.told, jobs)]
    items = _together([] if report.is_dry else found)
    order = list(NewsKind)
    repositories = list(dict.fromkeys(item.repository or report.issues_repository for _, item in found))
    return News(
        repository=repositories[0]
        if len(repositories) == 1
        else counted(len(repositories), "repository", "repositories"),
        issues_url=safe_link(report.issues_url),
        at=report.at,
        line=report.line,
        items=tuple(sorted(items, key=lambda item: order.index(item.kind))),
    )


def _jobs_by_issue(report: OrganisationReport) -> Mapping[str, Sequence[_Job]]:
    """The jobs that fail, each with its repository, by the address of their issue.

    One of several that have an issue in the repository for all may know only the failure id of it.
    """
    found: dict[str, list[_Job]] = {}
    for standing in report.standings:
        for failing in standing.facts.failing if standing.facts else ():
            if key := failing.issue_url or (failing.id if report.issues_repository else ""):
                found.setdefault(key, []).append((standing.name, failing))
    return found


def _items(
    standing: Standing, told: frozenset[str], jobs: Mapping[str, Sequence[_Job]]
) -> Iterator[tuple[_Cause | None, Item]]:
    """What this sweep did to issues of a repository, each with its cause; an issue of a cause once for each job."""
    facts = standing.facts
    # This was news in an earlier message.
    if facts is None or standing.entry.look is not Look.SWEPT or standing.name in told:
        return
    for change in facts.changes:
        if not (kind := _KINDS.get((change.action, change.state_reason))):
            continue
        if kind.is_over:
            # What says "several repositories" itself is about more than the one in whose report it is.
            yield None, _item(change, kind, "" if change.workflow == SEVERAL else standing.name, facts, None)
            continue
        own = [(standing.name, each) for each in facts.failing if each.id == change.id]
        of_issue = [*jobs.get(change.url, ()), *jobs.get(change.id, ())] or own
        if not of_issue:
            yield None, _item(change, kind, standing.name, facts, None)
        for name, failing in of_issue:
            named = replace(change, workflow=failing.workflow, part=failing.part)
            cause = failing.cause if len(of_issue) == 1 else ("", change.url)
            yield cause, _item(named, kind, name, facts, failing)


def _item(change: ChangeFact, kind: NewsKind, name: str, facts: RepositoryFacts, failing: FailingFact | None) -> Item:
    return Item(
        kind=kind,
        workflow=change.workflow,
        job=change.part,
        number=change.number,
        issue_url=safe_link(change.url),
        state=None,
        repository_url=facts.url,
        reason=change.reason if kind.is_over else "",
        run=f"run {failing.run}" if failing else "",
        run_url=safe_link(failing.run_url) if failing else "",
        repository=name,
        told=failing.sentence if failing else "",
        message=failing.message if failing else "",
    )


def _together(items: Sequence[tuple[_Cause | None, Item]]) -> Iterator[Item]:
    """The items; those of one cause in several repositories or of one issue as one, in the place of the first."""
    groups: dict[object, list[Item]] = {}
    for place, (cause, item) in enumerate(items):
        # Without a cause, the place makes a group of one.
        groups.setdefault((item.kind, cause) if cause else place, []).append(item)
    for group in groups.values():
        names = list(dict.fromkeys(item.repository for item in group))
        if len(names) == 1:
            # Of two items of one issue, the first stays.
            yield from [*{item.issue_url or item: item for item in reversed(group)}.values()][::-1]
            continue
        first = group[0]
        told = f"{counted(len(group), 'job')} for one reason: {some_of(names)}."
        yield replace(first, repository=f"{first.repository} and {len(names) - 1:,} more", told=told)
