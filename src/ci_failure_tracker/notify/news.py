"""The news of a sweep: the changes that are worth a message. Every channel makes its message from this one value.

Only a change that was really made is news, so a sweep that writes nothing has none. The texts are plain: without
secrets, control characters and line ends. Each channel makes them safe for its own medium.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from ci_failure_tracker.issues.intro import intro
from ci_failure_tracker.issues.links import run_address
from ci_failure_tracker.model import Close, Create, CurrentFailure, Reopen, Result, State, WriteStatus
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.report.report import Report, message_of
from ci_failure_tracker.text.markdown import cut_in_middle, length, plain
from ci_failure_tracker.text.medium import Medium

_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._~-]+)*")
"""An address that is a link in every medium and holds no character that ends a link."""

Fitting = TypeVar("Fitting")

# Characters. Longer addresses would use up the limits of a message.
_LONGEST_ADDRESS = 200
_NAME, _LINE, _WHOLE = 150, 300, 1_000
_CUTS = (100, 50, 25, 10)
"""Characters of a name in a sentence. The first one with which the sentence fits is used."""


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
        """Whether the issue was closed."""
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

    `reason` says why it was closed; it is empty if it is open. `state` is what the issue remembers: the first sentence
    is made from it. If only a report of it is there, `told` is the first sentence. `message` is what the log says, if
    the first sentence does not say it. `run` is the newest failed run. `repository` names the repository, if there are
    several.
    """

    kind: NewsKind
    workflow: str
    job: str
    number: int | None
    issue_url: str
    state: State | None
    repository_url: str
    reason: str = ""
    message: str = ""
    run: str = ""
    run_url: str = ""
    repository: str = ""
    told: str = ""

    def sentence(self, medium: Medium, limit: int) -> str:
        """The first sentence of the issue for a channel; names are cut until it is within the limit."""
        # Names are cut, and not the sentence: a part of it could mean something else.
        texts = (self._sentence(most, medium) for most in _CUTS)
        return next((text for text in texts if length(text) <= limit), "")

    def _sentence(self, most: int, medium: Medium) -> str:
        if self.state is None:
            # The sentence of a report has its names in it already, so it is cut itself.
            longest = _LINE * most // _CUTS[0]
            return medium.text(cut_in_middle(self.told, longest), longest)
        return intro(self.state, self.repository_url, _NAME, _cut_at(most, medium))

    def texts(self, medium: Medium, sentence: int, headline: int) -> Iterator[str]:
        """Why it was closed; or what fails since when, and what the log says; within these limits of characters."""
        if self.kind.is_over:
            yield medium.text(cut_in_middle(self.reason, headline), headline)
            return
        yield self.sentence(medium, sentence)
        if self.message:
            yield medium.code(cut_in_middle(self.message, headline), headline)

    @property
    def title(self) -> str:
        """`CI › test`, or `octo-org/example: CI › test`."""
        names = f"{self.workflow} › {self.job}"
        return f"{self.repository}: {names}" if self.repository else names

    @property
    def issue(self) -> str:
        """`#12`, or a word if the number is not known."""
        return f"#{self.number}" if self.number else "issue"


@dataclass(frozen=True, slots=True)
class News:
    """All changes of a sweep; false if there are none.

    `repository` is its name, or how many there are. `line` is what fails now, in one line. `at` is the time of the
    sweep. `issues_url` is empty if it could not be a link.
    """

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


def _cut_at(most: int, medium: Medium) -> Medium:
    """The medium with no more characters for a name, and with links to safe addresses alone."""
    return replace(
        medium,
        code=lambda text, limit: medium.code(text, min(limit, most)),
        link=lambda text, url: medium.link(text, safe_link(url)),
    )


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
    # A group's umbrella issue stands for failures that are not in the list themselves.
    failing = {failure.identity.id: failure for failure in (*report.failing, *report.umbrellas)}
    items = [
        _item(action, kind, result.number, failing.get(action.identity.id), url)
        for result, action, kind in _changes(report)
    ]
    order = list(NewsKind)
    return News(
        repository=plain(report.repository.full_name, _NAME),
        issues_url=safe_link(f"{url}/issues"),
        at=report.at,
        line=plain(_line(report), _WHOLE),
        items=tuple(sorted(items, key=lambda item: order.index(item.kind))),
    )


def _line(report: Report) -> str:
    """The state of the repository, whether or not it is news."""
    nothing = "nothing seen failing" if report.knows_nothing else "nothing failing any more"
    # If only known issues count failures, "nothing failing" would be false.
    failing = f"{len(report.failing):,} failing now" if report.failing else "" if report.known_failing else nothing
    words = ", ".join(filter(None, (failing, *report.known_words)))
    return f"{report.repository.full_name}: {words}, {counted(report.statistics.issues.open, 'issue')} open"


def _changes(report: Report) -> Iterator[tuple[Result, Create | Reopen | Close, NewsKind]]:
    for result in report.results:
        action = result.action
        # A write that is planned or failed has changed nothing.
        if result.status is WriteStatus.DONE and isinstance(action, Create | Reopen | Close):
            kind = _kind(action)
            if kind is not None:
                yield result, action, kind


def _kind(action: Create | Reopen | Close) -> NewsKind | None:
    match action:
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


def _item(
    action: Create | Reopen | Close, kind: NewsKind, number: int | None, failing: CurrentFailure | None, url: str
) -> Item:
    failing = None if kind.is_over else failing
    return Item(
        kind=kind,
        workflow=plain(action.identity.workflow, _NAME),
        job=plain(action.identity.part, _NAME),
        number=number,
        issue_url=safe_link(f"{url}/issues/{number}") if number else "",
        state=action.state,
        repository_url=url,
        reason=_shown(action.reason) if kind.is_over else "",
        message=_shown(message_of(failing)) if failing else "",
        run=f"run {failing.run_number}" if failing else "",
        run_url=safe_link(run_address(failing, url)) if failing else "",
    )


def _shown(text: str) -> str:
    return cut_in_middle(plain(text, _WHOLE), _LINE)


def safe_link(url: str) -> str:
    """The address, if it is a link in every medium; else empty."""
    return url if len(url) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(url) else ""
