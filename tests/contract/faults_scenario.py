"""A repository in which one sweep does everything that a sweep can do, and what its issues say in the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypedDict

import pytest

from ci_failure_tracker.errors import TrackerError
from ci_failure_tracker.github.client import MeteredRequester
from ci_failure_tracker.github.retry import RetryPolicy
from ci_failure_tracker.report.report import Report
from sandbox import Fault, Sandbox, Server
from sandbox.box import Kept
from sweeping import sweep_server

REPOSITORY = "octo-org/example"
TOKEN = "sandbox-token"

_Reports = TypedDict("_Reports", {"test-reports": str})
REPORTS: Final = _Reports({"test-reports": "**/junit*.xml"})
"""Given to a sweep that reads test reports as well."""

PATIENT = RetryPolicy(timeout=0.4, backoff=0.0, longest_wait=2.0, between_writes=0.0)

_SCENARIO = """
now: 2026-03-09T12:00:00Z
repository: {full_name: octo-org/example}
tokens: {sandbox-token: {login: "github-actions[bot]", rate_limit: 1000000}}
files: {CODEOWNERS: "* @octo-org\n"}
workflows:
  - {name: CI, jobs: [{name: lint}, {name: unit}, {name: docs}]}
  - {name: Release, jobs: [{name: publish}]}
runs:
  - {workflow: CI, at: 2026-03-08T10:00:00Z, commit: {title: "Add a cache"}}
  - {workflow: Release, at: 2026-03-08T11:00:00Z}
  - {workflow: CI, at: 2026-03-09T10:00:00Z,
     commit: {title: "Parse dates strictly (#7)", files: [a.py, tests/test_a.py]},
     jobs: [{name: lint, conclusion: failure, log: "a.py:1:1: F401 unused import\\n"},
            {name: unit, conclusion: failure, log: "FAILED tests/test_a.py::test_one - AssertionError\\n"},
            {name: docs, conclusion: failure, log: "docs/a.md:3: broken link\\n"}]}
"""
_MIDDAY = datetime.fromisoformat("2026-03-09T12:00:00Z")
_REPORT = '<testsuite name="pytest"><testcase classname="tests.test_a" name="test_two"/></testsuite>'
_LATER = (
    {"workflow": "CI", "at": "2026-03-10T08:00:00Z", "commit": {"title": "Take the import out"},
     "attempts": [{"jobs": [{"name": "unit", "conclusion": "failure", "log": "error: linking failed: no -lz\n"}]},
                  {"at": "2026-03-10T08:20:00Z"}]},
    {"workflow": "CI", "at": "2026-03-10T09:00:00Z", "commit": {"title": "Mend the links (#9)", "files": ["docs/a.md"]},
     "jobs": [{"name": "unit", "conclusion": "failure", "log": "error: linking failed: no -lz\n"},
              {"name": "docs", "conclusion": "failure", "log": "docs/b.md:7: broken link\n"}],
     "artifacts": [{"name": "reports", "job": "unit", "files": {"junit.xml": _REPORT}}]},
    {"workflow": "Release", "at": "2026-03-10T09:30:00Z", "commit": {"title": "Release it"},
     "jobs": [{"name": "publish", "conclusion": "failure", "log": "none",
               "annotations": [{"message": "The runner has received a shutdown signal."}]}]},
)  # fmt: skip
NOW = datetime.fromisoformat("2026-03-10T12:00:00Z")
_REACH = re.compile(r',"reach":\[[^\]]*\[[^\]]*\][^\]]*\](,"open":"[^"]*")?(,"back":"[^"]*")?')
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\dZ| UTC)")


def a_busy_box() -> Sandbox:
    """After a first sweep, a person's closing and more runs: something to open, update, reopen and close, twice."""
    box = Sandbox.from_yaml(_SCENARIO)
    with box.serve() as server:
        look(server, at=_MIDDAY)
        box.close_issue(3, "completed", at=_MIDDAY + timedelta(minutes=5))
        duplicate = box.issue(2)
        box.add_issue(duplicate.title, duplicate.body, duplicate.labels, login="github-actions[bot]")
        for run in _LATER:
            box.add_run(run)
    return box


def look(server: Server, retry_policy: RetryPolicy = PATIENT, at: datetime = NOW, **given: str) -> Report:
    """One sweep; the time is the same in each, as if they came one right after the other."""
    return sweep_server(server, {"token": TOKEN, "repository": REPOSITORY, **given}, at, retry_policy)


def look_or_fail(server: Server, retry_policy: RetryPolicy, **given: str) -> Report | None:
    """A sweep that may end with an error of the project's own, as the edges show it; any other gets out."""
    try:
        return look(server, retry_policy, NOW, **given)
    except TrackerError:
        return None


NOON = datetime.fromisoformat("2026-03-09T12:00:00Z")


@dataclass
class AtNoon:
    """A repository that each case of a campaign finds as it was, and sweeps at noon."""

    box: Sandbox
    server: Server
    kept: Kept

    def clean(self) -> None:
        self.box.clear_faults()
        self.box.renew_limits()
        self.box.come_back_to(self.kept)
        self.server.clear_requests()

    def look(self, minutes: int = 0) -> Report:
        return look(self.server, PATIENT, NOON + timedelta(minutes=minutes))

    def requests(self) -> int:
        """How many requests a clean sweep sends."""
        self.clean()
        self.look()
        return len(self.server.requests)

    def struck(self, fault: Fault) -> None:
        """One sweep under a fault, and then no fault."""
        self.clean()
        self.box.inject(fault)
        with suppress(TrackerError):
            self.look()
        self.box.clear_faults()


@dataclass(frozen=True)
class Said:
    """An issue as its readers see it."""

    title: str
    state: str
    reason: str | None
    labels: tuple[str, ...]
    body: str
    comments: tuple[str, ...]


def issues_of(box: Sandbox, server: Server) -> tuple[Said, ...]:
    """All issues; numbers, addresses and how far was read may differ from one sweep to another."""
    return tuple(
        sorted(
            (
                Said(
                    issue.title,
                    issue.state,
                    issue.state_reason,
                    tuple(sorted(issue.labels)),
                    _REACH.sub("", (issue.body or "").replace(server.server_url, "")),
                    # Why it failed is said of what could be read when it was said.
                    tuple(comment.body.partition("\n")[0].replace(server.server_url, "") for comment in issue.comments),
                )
                for issue in box.issues
            ),
            key=lambda issue: (issue.title, issue.state, issue.body),
        )
    )


def without_faults(box: Sandbox, server: Server, kept: Kept) -> tuple[tuple[Said, ...], int]:
    """What two clean sweeps come to, and how many requests the first one sends."""
    server.clear_requests()
    look(server, **REPORTS)
    asked = len(server.requests)
    look(server, **REPORTS)
    issues = issues_of(box, server)
    box.come_back_to(kept)
    return issues, asked


class KilledError(BaseException):
    """Nothing in the program catches it, as nothing catches a kill."""


@contextmanager
def killed_at(last: int, monkeypatch: pytest.MonkeyPatch, *, answered: bool) -> Iterator[None]:
    """The program dies at its request number `last`: before it is sent, or after it was answered."""
    send, sent = MeteredRequester.send_once, 0

    def dying(self: MeteredRequester, args: Any, kwargs: Any) -> Any:
        nonlocal sent
        sent += 1
        if sent > last or (sent == last and not answered):
            raise KilledError
        answer = send(self, args, kwargs)
        if sent == last:
            raise KilledError
        return answer

    with monkeypatch.context() as patch, suppress(KilledError):
        patch.setattr(MeteredRequester, "send_once", dying)
        yield
