"""Reading test reports over a real server: what is asked, of whom, how much, and what becomes of faults."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from io import BytesIO
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest

from builders import HURRIED, Quiet
from ci_failure_tracker.github import artifacts
from ci_failure_tracker.github.artifacts import ArtifactQueries, read_reports
from ci_failure_tracker.github.client import Endpoints, connect
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.model import (
    Artifact,
    ArtifactReports,
    ByteSource,
    Problem,
    ReportRequests,
    RunReports,
    Severity,
)
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.reports.archive import artifact_reader
from sandbox import Fault, Sandbox
from sandbox.door import RequestRecord

HISTORY = """
now: 2026-03-10T09:00:00Z
repository: {full_name: octo-org/example}
tokens:
  all-rights: {login: "github-actions[bot]"}
  no-actions: {login: "github-actions[bot]", actions: none}
workflows: [{name: CI, file: ci.yml, jobs: [{name: test}]}]
"""
SOURCE = Path(__file__).parents[2] / "src"
LIST, ZIP, STORE = "/artifacts$", "/zip$", "/_artifacts/"


def report(*names: str) -> str:
    return "<testsuite>" + "".join(f'<testcase name="{name}"/>' for name in names) + "</testsuite>"


def an_artifact(name: str = "reports", **given: object) -> dict[str, object]:
    return {"name": name, "files": {"junit.xml": report("total")}, **given}


def a_box(*uploaded: dict[str, object], runs: int = 1) -> Sandbox:
    box = Sandbox.from_yaml(HISTORY)
    for number in range(runs):
        at, failed = f"2026-03-09T1{number}:00:00Z", [{"name": "test", "conclusion": "failure"}]
        box.add_run(workflow="CI", at=at, jobs=failed, artifacts=[dict(one) for one in uploaded])
    return box


@dataclass(frozen=True)
class Read:
    reports: tuple[RunReports, ...]
    problems: tuple[Problem, ...]
    requests: tuple[RequestRecord, ...]
    made: int

    @property
    def tests(self) -> list[str]:
        return [test.name for run in self.reports for each in run.artifacts for test in each.results]

    @property
    def said(self) -> list[str]:
        return [problem.what for problem in self.problems]

    def asked(self, place: str) -> int:
        return sum(re.search(place, record.path) is not None for record in self.requests)


def read(
    box: Sandbox,
    faults: Sequence[Fault] = (),
    names: Sequence[str] = ("*",),
    token: str = "all-rights",  # noqa: S107 - of the sandbox
    most: int = 800,
) -> Read:
    with box.serve() as server:
        endpoints = Endpoints(server.api_url, server.graphql_url)
        requester = connect(Secret(token), endpoints, HURRIED, most)
        queries = Queries(requester, endpoints, "octo-org/example")
        owner = Queries(connect(Secret("all-rights"), endpoints), endpoints, "octo-org/example")
        owner.workflows()
        runs = tuple(owner.runs(None, None, None, None))
        before = len(server.requests)
        for fault in faults:
            box.inject(fault)
        requests = ReportRequests(runs, tuple(names), artifact_reader(["**/junit*.xml"]))
        found = read_reports(ArtifactQueries(requester, queries), requests, Quiet())
        return Read(found.reports, found.problems, tuple(server.requests[before:]), queries.budget.made)


def test_a_run_costs_a_list_and_each_artifact_its_address_and_a_range() -> None:
    found = read(a_box(an_artifact(), an_artifact("others")))
    assert found.tests == ["total", "total"]
    assert (found.asked(LIST), found.asked(ZIP), found.asked(STORE)) == (1, 2, 2)
    assert found.problems == ()
    assert found.made == 3  # the store is not GitHub's API


def test_the_store_gets_no_token() -> None:
    found = read(a_box(an_artifact()))
    assert [record.authorized for record in found.requests if "/_artifacts/" in record.path] == [False]


@pytest.mark.parametrize("fault", ["reset", "html", "status", "truncated"])
def test_the_signed_address_is_in_no_message_and_no_log(fault: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "ci_failure_tracker")
    found = read(a_box(an_artifact()), [Fault(fault, path=STORE, times=None)])  # type: ignore[arg-type]
    assert found.tests == []
    assert found.problems
    assert "sig=" not in "".join([*found.said, caplog.text])


def test_only_artifacts_with_a_wanted_name_are_opened() -> None:
    box = a_box(an_artifact("junit-linux"), an_artifact("Coverage"), an_artifact("docs"))
    found = read(box, names=("junit-*", "COVERAGE"))
    assert found.asked(ZIP) == 2


def test_of_a_large_artifact_a_small_part_is_read() -> None:
    box = a_box(an_artifact())
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("junit.xml", report("total"))
        archive.writestr("picture.bin", Random(1).randbytes(5_000_000))  # noqa: S311 - no secret is made
    with_data(box, buffer.getvalue())
    found = read(box)
    assert found.tests == ["total"]
    assert found.asked(STORE) == 2


def with_data(box: Sandbox, data: bytes) -> None:
    """Let the only artifact hold other bytes."""
    run = box.runs[-1]
    changed = replace(run, artifacts=(replace(run.artifacts[0], data=data),))
    box._state.runs = [changed if each.id == run.id else each for each in box._state.runs]


def test_a_store_without_ranges_is_read_once_into_a_file() -> None:
    found = read(a_box(an_artifact(store="whole")))
    assert found.tests == ["total"]
    assert found.asked(STORE) == 1


def test_a_store_without_ranges_is_read_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifacts, "MOST_WHOLE", 100)
    found = read(a_box(an_artifact(store="whole")))
    assert found.tests == []
    assert "The store sends no parts of it" in found.said[0]


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({"expired": True}, []),
        ({"store": "gone"}, []),
        ({}, [Fault("status", path=ZIP, status=410, times=None)]),
        ({}, [Fault("status", path=ZIP, status=404, times=None)]),
    ],
)
def test_artifacts_that_are_gone_are_said_once(given: dict[str, Any], faults: list[Fault]) -> None:
    found = read(a_box(an_artifact(**given), runs=3), faults)
    assert [problem.severity for problem in found.problems] == [Severity.NOTICE]
    assert found.said[0].endswith("GitHub no longer has it.")
    assert found.said[0].count("reports of run") == 3


def test_a_token_without_the_right_is_told_once() -> None:
    found = read(a_box(an_artifact(), runs=3), token="no-actions")
    assert len(found.problems) == 1
    assert "actions: read" in found.problems[0].advice + found.said[0]
    assert found.asked(ZIP) == 0


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        *product((LIST, ZIP, STORE), ("reset", "html", "lost-reply", "status", "secondary-rate-limit")),
        *product((LIST, STORE), ("truncated",)),  # a redirect has no body
    ],
)
def test_a_fault_is_said_and_nothing_else_is_lost(place: str, kind: str) -> None:
    box = a_box(an_artifact(), runs=2)
    found = read(box, [Fault(kind, path=place, times=None, retry_after=0)])  # type: ignore[arg-type]
    assert found.tests == []
    assert found.problems
    assert all(problem.severity is not Severity.ERROR for problem in found.problems)


@pytest.mark.parametrize("place", [LIST, ZIP, STORE])
@pytest.mark.parametrize("kind", ["reset", "status"])
def test_after_a_short_fault_all_is_read(place: str, kind: str) -> None:
    found = read(a_box(an_artifact(), runs=2), [Fault(kind, path=place, times=1)])  # type: ignore[arg-type]
    assert found.tests == ["total", "total"]
    assert found.problems == ()


def test_a_budget_that_is_spent_is_said() -> None:
    found = read(a_box(an_artifact(), runs=3), most=4)
    assert found.made <= 4
    assert any("800" in each or "4" in each for each in found.said)


def test_a_sweep_reads_so_many_bytes_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifacts, "MOST_BYTES", 150)
    found = read(a_box(an_artifact("a"), an_artifact("b"), an_artifact("c")))
    assert len(found.tests) < 3
    assert any("A sweep reads" in each for each in found.said)


def test_a_sweep_keeps_so_many_tests_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifacts, "MOST_TESTS", 1)
    found = read(a_box(an_artifact("a"), an_artifact("b"), an_artifact("c")))
    assert len(found.tests) == 1
    assert "1 tests of them, at most. 2 artifacts were not read" in found.said[0]


@pytest.mark.parametrize("said", [1, 10_000_000])
def test_a_list_may_name_the_size_of_what_is_in_an_artifact(said: int) -> None:
    def other_size(answer: Any) -> Any:
        return {**answer, "artifacts": [{**one, "size_in_bytes": said} for one in answer["artifacts"]]}

    found = read(a_box(an_artifact()), [Fault("malformed", path=LIST, change=other_size)])
    assert found.tests == ["total"]
    assert found.asked(STORE) == 2


def test_an_artifact_that_cannot_be_understood_is_said_and_the_others_are_read() -> None:
    def without_name(answer: Any) -> Any:
        first, *others = answer["artifacts"]
        return {**answer, "artifacts": [{**first, "name": None}, *others]}

    found = read(a_box(an_artifact("a"), an_artifact("b")), [Fault("malformed", path=LIST, change=without_name)])
    assert found.tests == ["total"]
    assert "unexpected form: `name` is null" in found.said[0]
    assert [problem.severity for problem in found.problems] == [Severity.WARNING]


def test_of_many_artifacts_a_few_are_opened_and_the_rest_is_said() -> None:
    found = read(a_box(*(an_artifact(f"reports-{number}") for number in range(25))))
    assert found.asked(ZIP) == artifacts.MOST_OF_A_RUN
    assert "Of the 25 artifacts of run 1 of CI" in found.said[0]


def test_of_a_run_the_newest_hundred_artifacts_are_listed() -> None:
    found = read(a_box(*(an_artifact(f"log-{number}") for number in range(101))), names=("reports",))
    assert (found.asked(LIST), found.asked(ZIP)) == (1, 0)
    assert "Of the 101 artifacts of run 1 of CI, the newest 100 were looked at" in found.said[0]


def test_what_is_wrong_in_a_report_is_one_note() -> None:
    found = read(a_box(an_artifact(files={"junit.xml": "<testsuite>\n", "junit-2.xml": report("total")})))
    assert found.tests == ["total"]
    assert found.said == [
        "Test reports were not read as a whole: junit.xml is no complete XML (line 2: no element found) "
        "(in reports of run 1 of CI)."
    ]


def test_artifacts_without_a_report_are_said() -> None:
    found = read(a_box(an_artifact(files={"log.txt": "-\n"})))
    assert "1 artifact of failed runs holds no file that fits `test-reports`" in found.said[0]


def test_a_reader_that_fails_ends_nothing_else() -> None:
    """Whatever an artifact does to the program, the sweep goes on."""

    def broken(_artifact: Artifact, _source: ByteSource) -> ArtifactReports:
        raise ZeroDivisionError

    box = a_box(an_artifact())
    with box.serve() as server:
        endpoints = Endpoints(server.api_url, server.graphql_url)
        requester = connect(Secret("all-rights"), endpoints, HURRIED)
        queries = Queries(requester, endpoints, "octo-org/example")
        runs = tuple(queries.runs(None, None, None, None))
        found = read_reports(ArtifactQueries(requester, queries), ReportRequests(runs, ("*",), broken), Quiet())
    assert "ZeroDivisionError" in found.problems[0].what


_SWEEP = """
import datetime, sys
from ci_failure_tracker.entry import action
action.now = lambda: datetime.datetime.fromisoformat("2026-03-10T09:00:00+00:00")
code = action.main()
print("LOADED", *sorted(name for name in sys.modules if name.startswith("ci_failure_tracker.")))
sys.exit(code)
"""


def test_a_sweep_without_test_reports_loads_nothing_that_reads_them() -> None:
    box = a_box(an_artifact())
    with box.serve() as server:
        given = {
            "INPUT_TOKEN": "all-rights",
            "INPUT_REPOSITORY": "octo-org/example",
            "GITHUB_API_URL": server.api_url,
            "GITHUB_GRAPHQL_URL": server.graphql_url,
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(SOURCE),
        }
        done = subprocess.run([sys.executable, "-c", _SWEEP], env=given, capture_output=True, text=True, check=False)
    loaded = set(done.stdout.partition("LOADED ")[2].split())
    reading = {"ci_failure_tracker.reports.archive", "ci_failure_tracker.github.artifacts"}
    assert "ci_failure_tracker.diagnosis.explain" in loaded, done.stdout + done.stderr
    assert all(map(find_spec, reading))
    assert not loaded & reading
