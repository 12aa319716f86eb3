"""Each field that a sweep reads, missing, null and of another type: it is named, and nothing wrong is done."""

from __future__ import annotations

import difflib
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from ci_failure_tracker.errors import TrackerError
from ci_failure_tracker.report.report import Report
from contract.faults_scenario import PATIENT, REPORTS, Said, a_busy_box, issues_of, look
from contract.malformed import Case, Fields, cases_of
from sandbox import Fault, Sandbox, Server
from sandbox.box import Kept

EVERY = bool(os.environ.get("EVERY_CASE"))
"""Whether every case runs; the usual tests run a part of them."""

PART = 113
MOST_EXTRA_REQUESTS = 12
NO_GRAPHQL = Fault("status", path="/graphql$", status=404, times=None)


LEGAL = {
    ("runs", "workflow_runs.[].head_commit", "null"): "the commit has no title",
    ("runs", "workflow_runs.[].head_branch", "null"): "the run is on no branch",
    ("jobs", "jobs.[].steps", "null"): "the job has no steps",
    ("jobs", "jobs.[].steps", "missing"): "the job has no steps",
    ("jobs", "jobs.[].steps.[].conclusion", "null"): "the step has not ended",
    ("jobs of runs", "data.nodes.[].red.nodes.[].steps.nodes.[].conclusion", "null"): "the step has not ended",
    ("jobs of runs", "data.nodes.[].red.nodes.[].annotations.nodes.[].annotationLevel", "null"): "it has no level",
    ("annotations", "[].annotation_level", "null"): "the annotation has no level",
    ("annotations", "[].message", "null"): "the annotation has no text",
    ("commits", "data.repository", "null"): "the token may not see the repository",
    ("commits", "data.repository.o*", "null"): "the token may not see the commit",
    ("commits", "data.repository.o*.history.nodes.[].author", "null"): "the commit has no author",
    ("origins of commits", "data.repository", "null"): "the token may not see the repository",
    ("origins of commits", "data.repository.o*", "null"): "the token may not see the commit",
    ("origins of commits", "data.repository.o*.author", "null"): "the commit has no author",
    ("origins of commits", "data.repository.o*.associatedPullRequests", "null"): "the token may not see them",
    ("owners", "data.repository", "null"): "the token may not see the repository",
    ("owners", "data.repository.o*", "null"): "the token may not see the contents",
    ("owners", "data.repository.o*.text", "null"): "the file is no text",
    ("changes of a commit", "files", "null"): "the commit changed nothing",
    ("changes of a commit", "files", "missing"): "the commit changed nothing",
    ("newest open issues", "[].user", "null"): "it is a stranger's issue, so a second issue is closed for itself",
    ("newest open issues", "[].body", "null"): "a person emptied it, so a second issue is closed for itself",
}
"""What GitHub's description allows: it is believed, so that the issues say something else for good."""


@dataclass
class Stage:
    """A repository with a fault that is always there, and what sweeps without a malformed answer come to."""

    box: Sandbox
    server: Server
    kept: Kept
    usual: tuple[Fault, ...]
    fields: Fields
    expected: tuple[Said, ...] = ()
    before: tuple[Said, ...] = ()
    requests: int = 0
    problems: frozenset[str] = frozenset()

    def reset(self) -> None:
        self.box.come_back_to(self.kept)
        self.box.renew_limits()
        self.arm()

    def arm(self, *faults: Fault) -> None:
        self.box.clear_faults()
        for fault in (*self.usual, *faults):
            self.box.inject(fault)

    def look(self) -> Report:
        self.server.clear_requests()
        return look(self.server, PATIENT, schedules="true", **REPORTS)


def staged(box: Sandbox, server: Server, *usual: Fault) -> Stage:
    stage = Stage(box, server, box.keep(), usual, Fields())
    stage.reset()
    stage.before = issues_of(box, server)
    with stage.fields.noted():
        report = stage.look()
        stage.requests = len(server.requests)
        stage.problems = frozenset(problem.what for problem in report.problems)
        assert report.failing
        stage.look()
    stage.expected = issues_of(box, server)
    return stage


@pytest.fixture(scope="module", params=["GraphQL", "REST"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    box = a_busy_box()
    copied = box.issue(1)
    box.add_issue(copied.title, copied.body or "", copied.labels, login="an-outsider")
    with box.serve() as server:
        yield staged(box, server, *([NO_GRAPHQL] if request.param == "REST" else []))


def test_a_malformed_answer_is_named_and_does_no_harm(stage: Stage) -> None:
    cases = cases_of(stage.fields)
    if stage.usual:
        cases = [case for case in cases if case.kind.name in {"jobs", "annotations"}]
    chosen = cases if EVERY else cases[::PART]
    wrong = [f"{case}: {words}" for case in chosen for words in faults_of(stage, case)]
    assert not wrong, "\n".join(wrong)
    kinds = len({case.kind.name for case in chosen})
    print(f"\nmalformed answers: {len(chosen)} of {len(cases)} cases, {kinds} kinds of answers, 0 wrong", end="")


def faults_of(stage: Stage, case: Case) -> Iterator[str]:
    """What is wrong after a sweep with a malformed answer."""
    stage.reset()
    stage.arm(case.fault())
    try:
        report: Report | None = stage.look()
    except TrackerError:
        report = None
    asked = len(stage.server.requests)
    after = issues_of(stage.box, stage.server)
    if asked > stage.requests + MOST_EXTRA_REQUESTS:
        yield f"{asked} requests in place of {stage.requests}"
    if report is not None and not report.failing and not report.window.partial:
        yield "it says that nothing fails"
    is_legal = is_allowed(case)
    if report is not None and not is_legal and after != stage.expected and not says_so(stage, report):
        yield "it is not named"
    if extra := counted(after) - (counted(stage.before) | counted(stage.expected)):
        yield f"wrong issues: {dict(extra)}"
    stage.arm()
    for _ in range(2):
        stage.look()
    later = issues_of(stage.box, stage.server)
    if counted(later) != counted(stage.expected) or (later != stage.expected and not is_legal):
        yield f"the issues differ later: {differences(later, stage.expected)}"


def is_allowed(case: Case) -> bool:
    """Whether GitHub's description allows this form."""
    return (case.kind.name, ".".join(case.path), case.form) in LEGAL


def differences(issues: tuple[Said, ...], expected: tuple[Said, ...]) -> str:
    """The lines in which issues differ."""
    now, then = (str(said).replace("\\n", "\n").replace(',"', ',\n"').splitlines() for said in (issues, expected))
    return "\n".join(line[:300] for line in list(difflib.unified_diff(then, now, lineterm="", n=0))[3:9])


def says_so(stage: Stage, report: Report) -> bool:
    return any(problem.what not in stage.problems for problem in report.problems)


def counted(issues: tuple[Said, ...]) -> Counter[tuple[str, str]]:
    return Counter((issue.title, issue.state) for issue in issues)
