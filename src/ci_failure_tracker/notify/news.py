"""The news of a sweep: the changes that are worth a message. Every channel makes its message from this one value.

Only a change that was really made is news, so a sweep that writes nothing has none. The texts are plain: without
secrets, control characters and line ends. Each channel makes them safe for its own medium.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from ci_failure_tracker.model import Close, Create, CurrentFailure, Reopen, Result, WriteStatus
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.text.markdown import cut_in_middle, plain, utc

_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._~-]+)*")
"""An address that is a link in every medium and holds no character that ends a link."""

Fitting = TypeVar("Fitting")

_LONGEST_ADDRESS = 200
_NAME, _LINE, _WHOLE = 150, 300, 1_000


class NewsKind(StrEnum):
    """What happened to an issue; the most urgent kind comes first."""

    NEW = "new"
    REOPENED = "reopened"
    RECOVERED = "recovered"
    GONE = "gone"

    @property
    def heading(self) -> str:
        """The words above a list of this kind."""
        return _HEADINGS[self]

    @property
    def is_over(self) -> bool:
        """Whether the issue was closed. Its headline is then a sentence of the tracker, not a line of a log."""
        return self in {NewsKind.RECOVERED, NewsKind.GONE}


_HEADINGS = {
    NewsKind.NEW: "New failures",
    NewsKind.REOPENED: "Failing again",
    NewsKind.RECOVERED: "Recovered",
    NewsKind.GONE: "No longer there",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One issue that was opened, reopened or closed. An address is empty if it could not be a link.

    `headline` says what failed, if that is known; for a closed issue, it says why it was closed. `run` is the newest
    failed run; `failed` says how often the job failed and since when.
    """

    kind: NewsKind
    workflow: str
    job: str
    headline: str
    number: int | None
    issue_url: str
    run: str = ""
    run_url: str = ""
    failed: str = ""

    @property
    def title(self) -> str:
        """`CI › test`."""
        return f"{self.workflow} › {self.job}"

    @property
    def issue(self) -> str:
        """`#12`, or a word if the number is not known."""
        return f"#{self.number}" if self.number else "issue"


@dataclass(frozen=True, slots=True)
class News:
    """All changes of a sweep; false if there are none."""

    repository: str
    issues_url: str
    at: datetime
    line: str
    items: tuple[Item, ...]

    def __bool__(self) -> bool:
        return bool(self.items)

    def of(self, kind: NewsKind) -> tuple[Item, ...]:
        """The items of one kind."""
        return tuple(item for item in self.items if item.kind is kind)

    @property
    def headline(self) -> str:
        """`2 new, 1 recovered in octo-org/example`."""
        counts = ((len(self.of(kind)), kind) for kind in NewsKind)
        return f"{', '.join(f'{count} {kind.value}' for count, kind in counts if count)} in {self.repository}"


def that_fit(items: Iterable[Fitting], size: Callable[[Fitting], int], limit: int) -> Iterator[Fitting]:
    """The first items whose sizes together are within the limit."""
    used = 0
    for item in items:
        used += size(item)
        if used > limit:
            return
        yield item


def make_news(report: Report) -> News:
    """The changes of the report that are worth a message."""
    url = report.repository.url
    failing = {failure.identity.id: failure for failure in report.failing}
    items = [_item(result, kind, failing.get(result.action.identity.id), url) for result, kind in _changes(report)]
    order = list(NewsKind)
    return News(
        repository=plain(report.repository.full_name, _NAME),
        issues_url=_link(f"{url}/issues"),
        at=report.at,
        line=plain(_line(report), _WHOLE),
        items=tuple(sorted(items, key=lambda item: order.index(item.kind))),
    )


def _line(report: Report) -> str:
    """The state of the repository, whether or not it is news."""
    nothing = "nothing seen failing" if report.knows_nothing else "nothing failing any more"
    failing = f"{len(report.failing):,} failing now" if report.failing else nothing
    return f"{report.repository.full_name}: {failing}, {counted(report.statistics.issues.open, 'issue')} open"


def _changes(report: Report) -> Iterator[tuple[Result, NewsKind]]:
    for result in report.results:
        kind = _kind(result) if result.status is WriteStatus.DONE else None
        if kind is not None:
            yield result, kind


def _kind(result: Result) -> NewsKind | None:
    match result.action:
        case Create():
            return NewsKind.NEW
        case Reopen():
            return NewsKind.REOPENED
        case Close(state_reason="completed"):
            return NewsKind.RECOVERED
        case Close(state_reason="not_planned"):
            return NewsKind.GONE
        case _:  # the issue that stays speaks for a duplicate
            return None


def _item(result: Result, kind: NewsKind, failing: CurrentFailure | None, url: str) -> Item:
    action = result.action
    identity = action.identity
    workflow = plain(identity.workflow, _NAME)
    job = plain(identity.job_or_all, _NAME)
    failing = None if kind.is_over else failing
    headline = action.reason if kind.is_over else failing.headline if failing else ""
    return Item(
        kind=kind,
        workflow=workflow,
        job=job,
        headline=cut_in_middle(plain(headline, _WHOLE), _LINE),
        number=result.number,
        issue_url=_link(f"{url}/issues/{result.number}") if result.number else "",
        run=f"run {failing.run_number}" if failing else "",
        run_url=_link(f"{url}/actions/runs/{failing.run_id}") if failing else "",
        failed=f"{counted(failing.count, 'failed run')}, red since {utc(failing.since)}" if failing else "",
    )


def _link(url: str) -> str:
    return url if len(url) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(url) else ""
