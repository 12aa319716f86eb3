"""The news of a sweep of many repositories: one message for all, made from the JSON report of each.

Failures of one cause in several repositories are one item of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ci_failure_tracker.model.organisation import Look
from ci_failure_tracker.model.words import counted, some_of
from ci_failure_tracker.notify.news import Item, News, NewsKind, make_news, safe_link
from ci_failure_tracker.report.organisation import OrganisationReport, Standing
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.report.repository_facts import ChangeFact, RepositoryFacts

_KINDS = {
    ("create", ""): NewsKind.NEW,
    ("reopen", ""): NewsKind.REOPENED,
    ("close", "completed"): NewsKind.RECOVERED,
    ("close", "not_planned"): NewsKind.GONE,
}
"""What a change in report.json is, by its action and the reason of its state. A duplicate is no news."""

_Cause = tuple[str, str]


def news_of(report: Report | OrganisationReport) -> News:
    """The changes of a report that are worth a message."""
    return make_news(report) if isinstance(report, Report) else _organisation_news(report)


def _organisation_news(report: OrganisationReport) -> News:
    found = [each for standing in report.standings for each in _items(standing, report.told)]
    items = _together([] if report.is_dry else found)
    order = list(NewsKind)
    repositories = list(dict.fromkeys(item.repository for _, item in found))
    return News(
        repository=repositories[0]
        if len(repositories) == 1
        else counted(len(repositories), "repository", "repositories"),
        issues_url=safe_link(report.issues_url),
        at=report.at,
        line=report.line,
        items=tuple(sorted(items, key=lambda item: order.index(item.kind))),
    )


def _items(standing: Standing, told: frozenset[str]) -> Iterator[tuple[_Cause | None, Item]]:
    """What this sweep did to issues of a repository, each with its cause."""
    facts = standing.facts
    if facts is None or standing.entry.look is not Look.SWEPT or standing.name in told:
        return
    for change in facts.changes:
        if kind := _KINDS.get((change.action, change.state_reason)):
            yield _item(change, kind, facts)


def _item(change: ChangeFact, kind: NewsKind, facts: RepositoryFacts) -> tuple[_Cause | None, Item]:
    failing = None if kind.is_over else next((each for each in facts.failing if each.id == change.id), None)
    item = Item(
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
        repository=facts.repository,
        told=failing.sentence if failing else "",
        message=failing.message if failing else "",
    )
    return failing.cause if failing else None, item


def _together(items: Sequence[tuple[_Cause | None, Item]]) -> Iterator[Item]:
    """The items; those of one cause in several repositories as one, in the place of the first."""
    groups: dict[object, list[Item]] = {}
    for place, (cause, item) in enumerate(items):
        groups.setdefault((item.kind, cause) if cause else place, []).append(item)
    for group in groups.values():
        names = list(dict.fromkeys(item.repository for item in group))
        if len(names) == 1:
            yield from group
            continue
        first = group[0]
        told = f"{counted(len(group), 'job')} for one reason: {some_of(names)}."
        yield replace(first, repository=f"{first.repository} and {len(names) - 1:,} more", told=told)
