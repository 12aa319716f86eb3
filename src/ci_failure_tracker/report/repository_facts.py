"""What a report of many repositories takes from the report of one: read from its JSON, with each type checked.

The JSON may come from a file that anybody wrote. So each text becomes one line of bounded length without secrets and
invisible characters, and each address leads to GitHub's pages of this repository, or is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
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
    required,
)
from ci_failure_tracker.model import Problem, Severity, own_name
from ci_failure_tracker.report.measures import Measures, Spread
from ci_failure_tracker.report.report_json import SETTLED_SKIPS
from ci_failure_tracker.text.markdown import plain

VERSION = 2
"""The version of report.json that is read here."""

VERBS = {"create": "opened", "update": "updated", "reopen": "reopened", "close": "closed"}
"""What each action does to an issue."""

MOST_TESTS = 20
"""Flaky tests that are kept of a repository."""

# 10**15 is far above every count and time in seconds, and exact as a float.
_NAME, _TEXT, _LONGEST_TEXT, _LONGEST_ADDRESS, _MOST = 200, 1_000, 10_000, 300, 10**15
_REPOSITORY = re.compile(r"[\w.-]{1,100}/[\w.-]{1,100}", re.ASCII)
# A server, an owner and a name, and no more than a page of an issue or a run: a file may come from anybody.
_PAGE = re.compile(
    r"(https?://[\w.:\[\]-]{1,200}(?:/[\w.-]{1,100}){2})(?:/(?:issues|actions/runs)/\d{1,20})?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class FailingFact:
    """One job, or another thing, that fails. An address is empty if it is not one of GitHub's pages.

    `cause` is equal for failures of one cause, also in different repositories; it is empty if the cause is not
    known, or only a symptom. `workflow` is its name without the repository, which issues of several put before it.
    `message` is what the log says, if the first sentence does not say it.
    """

    id: str
    workflow: str
    part: str
    sentence: str
    headline: str
    since: datetime
    run: int
    run_url: str
    issue: int | None
    issue_url: str
    is_new: bool
    cause: tuple[str, str] | None
    message: str


@dataclass(frozen=True, slots=True)
class FlakyTest:
    """One test that failed and then passed on the same commit. `issue_url` is empty if the issue is not known."""

    test: str
    failed: int
    runs: int
    commits: int
    issue: int | None
    issue_url: str


@dataclass(frozen=True, slots=True)
class ChangeFact:
    """What was done to an issue. `action` and `state_reason` are words of report.json."""

    id: str
    action: str
    state_reason: str
    workflow: str
    part: str
    number: int | None
    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """What is known of one repository. `known` counts the jobs that fail and that only known issues count.

    `writes` are the failure id, action and status of each write, whatever became of it, as in report.json.
    """

    repository: str
    url: str
    at: datetime
    partial: bool
    failing: tuple[FailingFact, ...]
    known: int
    flaky: tuple[FlakyTest, ...]
    measures: Measures
    open_issues: int
    opened: int
    closed: int
    changes: tuple[ChangeFact, ...]
    writes: tuple[tuple[str, str, str], ...]
    problems: tuple[Problem, ...]

    @property
    def server(self) -> str:
        """The address of the server; empty if it is not known."""
        # Two parts are removed: the owner and the name.
        return self.url.rsplit("/", 2)[0] if self.url else ""

    @property
    def addresses(self) -> Iterator[str]:
        """Every address in it."""
        yield from (self.url, *(test.issue_url for test in self.flaky), *(change.url for change in self.changes))
        for failing in self.failing:
            yield from (failing.run_url, failing.issue_url)

    @property
    def is_failing(self) -> bool:
        """Whether anything fails that counts as a failure."""
        return bool(self.failing or self.known)

    @property
    def failure_count(self) -> int:
        """How many jobs fail that count as a failure."""
        return len(self.failing) + self.known

    @property
    def since(self) -> datetime | None:
        """Since when the oldest of what fails does."""
        return min((each.since for each in self.failing), default=None)


def repository_name(data: Fields) -> str:
    """The name in the field `repository`.

    Raises:
        FormError: it is none.
    """
    name = required(data, "repository", str)
    if not _REPOSITORY.fullmatch(name):
        raise FormError("`repository` is not owner/name")
    return name


def facts_of(report: Mapping[str, Any]) -> RepositoryFacts:
    """What the report of one repository says.

    Raises:
        FormError: a part of it is missing or has another type.
    """
    if required(report, "version", int) != VERSION:
        raise FormError(f"`version` is not {VERSION}")
    name = repository_name(report)
    statistics = as_object(report.get("statistics"), "`statistics`")
    issues = as_object(statistics.get("issues"), "`issues`")
    actions = items(report, "actions")
    failing = _failing(report, actions)
    return RepositoryFacts(
        repository=name,
        url=_url(report, name, failing),
        at=moment(report, "at"),
        partial=required(report, "partial", bool),
        failing=failing,
        known=_known(report, {each.id for each in failing}),
        flaky=_flaky(as_object(statistics.get("tests"), "`tests`"), items(report, "issues")),
        measures=_measures(as_object(statistics.get("repository"), "`repository`")),
        open_issues=_number(issues, "open"),
        opened=_number(issues, "opened"),
        closed=_number(issues, "closed"),
        # A write that is planned or failed has changed nothing.
        changes=tuple(_change(each, name) for each in actions if required(each, "status", str) == "done"),
        writes=tuple(
            (_text(each, "id"), action, _text(each, "status"))
            for each in actions
            if (action := _text(each, "action")) in VERBS
        ),
        problems=tuple(map(problem_of, items(report, "problems"))),
    )


def brief(report: Mapping[str, Any]) -> dict[str, Any]:
    """The report in a form of a few kilobytes, which the schema allows as well: without charts, lines and jobs.

    A report of thousands of repositories would have no room for more.
    """
    statistics = report["statistics"]
    tests = [test for test in statistics["tests"]["worst"] if test["flaky"] or test["failing"]]
    return {
        **report,
        "workflows": [],
        "statistics": {
            **statistics,
            "workflows": [],
            "jobs": [],
            "over_time": [],
            "tests": {**statistics["tests"], "worst": tests[:MOST_TESTS]},
            "reruns": None,
        },
        "issues": [issue for issue in report["issues"] if issue["open"]],
        "causes": [],
        "actions": [
            action
            for action in report["actions"]
            if action["action"] != "skip" or action["issue"] or action["skip_reason"] not in SETTLED_SKIPS
        ],
    }


def problem_of(data: Fields) -> Problem:
    """One problem.

    Raises:
        FormError: it is none.
    """
    try:
        severity = Severity(required(data, "severity", str))
    except ValueError:
        raise FormError("`severity` is unknown") from None
    advice = required(data, "advice", str)
    if len(advice) > _LONGEST_TEXT:
        raise FormError("`advice` is too long")
    # It may hold YAML, which needs its lines.
    shown = "\n".join(line[: len(line) - len(line.lstrip(" "))] + plain(line, _TEXT) for line in advice.split("\n"))
    return Problem(severity, _text(data, "what"), shown)


# --- the parts -----------------------------------------------------------------------------------


def _failing(report: Mapping[str, Any], actions: Sequence[Fields]) -> tuple[FailingFact, ...]:
    # What is closed as a duplicate comes first, and the issue that stays after it.
    issues = {required(each, "id", str): each for each in actions if required(each, "action", str) != "rerun"}
    name = repository_name(report)
    return tuple(
        _failing_fact(each, issues.get(required(each, "id", str), {}), name) for each in items(report, "failing")
    )


def _failing_fact(data: Fields, action: Fields, repository: str) -> FailingFact:
    # Older versions do not say what covers it.
    issue = optional(data, "covered_by", dict) or {"number": action.get("issue"), "url": action.get("url")}
    number = _optional_number(issue, "number")
    sentence, headline = _text(data, "sentence"), _text(data, "headline")
    # The first sentence names the subject, so the message is shown without it.
    message = headline.removeprefix(f"{_text(data, 'subject')}: ")
    return FailingFact(
        id=_text(data, "id"),
        workflow=own_name(repository, _name(data, "workflow")),
        part=_part(data),
        sentence=sentence,
        headline=headline,
        since=moment(data, "since"),
        run=_number(data, "latest_run"),
        run_url=_page(_text(data, "latest_run_url")),
        issue=number,
        issue_url=_page(_text(issue, "url")) if number else "",
        is_new=required(data, "new", bool),
        cause=_cause(data),
        message="" if message in sentence else message,
    )


def _cause(data: Fields) -> tuple[str, str] | None:
    """What two failures of one cause have in common: one signature can belong to different tests."""
    signature = _text(data, "signature")
    what = _text(data, "subject") or _text(data, "headline")
    # Older versions do not say whether it is weak.
    return None if optional(data, "weak", bool) in {None, True} or not (signature and what) else (signature, what)


def _known(report: Mapping[str, Any], failing: set[str]) -> int:
    """The number of jobs that known issues count and that have no place among the others."""
    jobs = (job for rule in items(report, "known_issues") for job in items(rule, "failing"))
    # A job with an issue of its own is counted there already.
    return len({required(job, "id", str) for job in jobs if not required(job, "ignored", bool)} - failing)


def _flaky(tests: Fields, issues: Iterable[Fields]) -> tuple[FlakyTest, ...]:
    # With a central repository, the issues are in another one.
    pages = {_number(issue, "number"): _page(_text(issue, "url")) for issue in issues}
    flaky = [test for test in items(tests, "worst") if required(test, "flaky", bool)]
    return tuple(
        FlakyTest(
            test=_name(test, "test"),
            failed=_number(test, "failed"),
            runs=_number(test, "runs"),
            commits=len(required(test, "flaky_commits", list)),
            issue=_optional_number(test, "issue"),
            issue_url=pages.get(_optional_number(test, "issue") or 0, ""),
        )
        for test in flaky[:MOST_TESTS]
    )


def _change(data: Fields, repository: str) -> ChangeFact:
    return ChangeFact(
        id=_text(data, "id"),
        action=_text(data, "action"),
        state_reason=_text(data, "state_reason"),
        workflow=own_name(repository, _name(data, "workflow")),
        part=_part(data),
        number=_optional_number(data, "issue"),
        url=_page(_text(data, "url")),
        reason=_text(data, "reason"),
    )


_SPREADS = frozenset({"time_to_recovery", "time_between_failures"})
_DECIMALS = frozenset({"failure_rate", "flake_rate", "broken_seconds"})
_FLAGS = frozenset({"streak_is_least", "partial"})


def _measures(data: Fields) -> Measures:
    values: dict[str, Any] = {}
    # From the fields themselves, so that a new measure cannot be forgotten.
    for name in (field.name for field in fields(Measures)):
        if name in _SPREADS:
            values[name] = _spread(data, name)
        elif name in _DECIMALS:
            values[name] = _optional_decimal(data, name)
        elif name in _FLAGS:
            values[name] = required(data, name, bool)
        else:
            values[name] = _optional_number(data, name) if name == "streak" else _number(data, name)
    return Measures(**values)


def _spread(data: Fields, name: str) -> Spread | None:
    spread = nullable(data, name, dict)
    if spread is None:
        return None
    median, mean, longest = (_decimal(spread, f"{word}_seconds") for word in ("median", "mean", "longest"))
    return Spread(_number(spread, "count"), median, mean, longest)


# --- values --------------------------------------------------------------------------------------


def _text(data: Fields, name: str, limit: int = _TEXT) -> str:
    text = optional(data, name, str) or ""
    # The tracker writes no such text, and to clean one takes long.
    if len(text) > _LONGEST_TEXT:
        raise FormError(f"`{name}` is too long")
    return plain(text, limit)


def _name(data: Fields, name: str) -> str:
    required(data, name, str)
    return _text(data, name, _NAME)


def _part(data: Fields) -> str:
    """What of a workflow it is about."""
    return _text(data, "test", _NAME) or _text(data, "job", _NAME) or "all jobs"


def _number(data: Fields, name: str) -> int:
    return _bounded(required(data, name, int), name)


def _optional_number(data: Fields, name: str) -> int | None:
    number = optional(data, name, int)
    return None if number is None else _bounded(number, name)


def _bounded(number: int, name: str) -> int:
    if abs(number) > _MOST:
        raise FormError(f"`{name}` is too large")
    return number


def _decimal(data: Fields, name: str) -> float:
    value = data.get(name)
    if not isinstance(value, int | float):
        raise FormError(f"`{name}` is not a number")
    # NaN fails this comparison, too; a larger integer would not fit into a float.
    number = float(value) if abs(value) <= _MOST else None
    if number is None:
        raise FormError(f"`{name}` is too large")
    return number


def _optional_decimal(data: Fields, name: str) -> float | None:
    return None if data.get(name) is None else _decimal(data, name)


def _page(url: str) -> str:
    """The address, if it is that of a repository, a run or an issue."""
    return url if len(url) <= _LONGEST_ADDRESS and _PAGE.fullmatch(url) else ""


def _url(report: Mapping[str, Any], name: str, failing: Sequence[FailingFact]) -> str:
    """The address of the repository; older versions do not say it, but one of a run begins with it."""
    candidates = [checked(report["url"], str, "`url`")] if "url" in report else []
    pages = [_PAGE.fullmatch(each.run_url) for each in failing]
    candidates += [page[1] for page in pages if page]
    # An address of another repository must not pass for this one's.
    named = (_page(url) for url in candidates if url.casefold().endswith(f"/{name}".casefold()))
    return next(filter(None, named), "")
