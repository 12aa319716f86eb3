"""Reading logs over a real server: what is asked, with which rights, how much, and what becomes of faults."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from builders import HURRIED, Quiet, some_settings
from ci_failure_tracker.diagnosis import job as job_module
from ci_failure_tracker.diagnosis.explain import Limits
from ci_failure_tracker.diagnosis.job import job_diagnoser
from ci_failure_tracker.errors import GitHubError, LogAbsentError
from ci_failure_tracker.github import logs
from ci_failure_tracker.github.client import Endpoints, connect
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.github.reader import GitHubReader
from ci_failure_tracker.github.retry import Budget
from ci_failure_tracker.github.side_by_side import AT_ONCE
from ci_failure_tracker.model import LogUnavailable, Needs, Outcome, Severity, Snapshot
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.selection.log_requests import choose_log_requests
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.sweep import read_runs
from sandbox import Fault, Sandbox, Server
from sweeping import find_in, sweep_server

BROKEN = """##[group]Run make
##[endgroup]
src/dates.c:7:9: error: 'year' undeclared (first use in this function)
##[error]Process completed with exit code 2.
"""
HISTORY = """
now: 2026-03-10T09:00:00Z
repository: {full_name: octo-org/example}
tokens:
  all-rights: {login: "github-actions[bot]"}
  no-checks: {login: "github-actions[bot]", checks: none}
workflows: [{name: CI, file: ci.yml, jobs: [{name: build}, {name: lint}, {name: test}]}]
"""
TOKEN = "all-rights"
ERROR = "src/dates.c:7:9: error: 'year' undeclared (first use in this function)"


def a_box(**jobs: dict[str, object]) -> Sandbox:
    """One run in which these jobs failed, each with what is given."""
    box = Sandbox.from_yaml(HISTORY)
    listed = [{"name": name, "conclusion": "failure", "log": BROKEN, **given} for name, given in jobs.items()]
    box.add_run(workflow="CI", at="2026-03-09T10:00:00Z", jobs=listed)
    return box


def a_box_of_eight(log: str = BROKEN) -> Sandbox:
    """One run in which eight legs failed."""
    box = Sandbox.from_yaml(HISTORY.replace("{name: test}", "{name: test, matrix: {n: [a, b, c, d, e, f, g, h]}}"))
    jobs = [{"name": "test", "conclusion": "failure", "log": log}]
    box.add_run(workflow="CI", at="2026-03-09T10:00:00Z", jobs=jobs)
    return box


def github_of(server: Server, token: str = TOKEN) -> GitHubReader:
    endpoints = Endpoints(server.api_url, server.graphql_url)
    return GitHubReader(connect(Secret(token), endpoints, HURRIED), endpoints, "octo-org/example", Quiet())


def read_logs(github: GitHubReader, snapshot: Snapshot, settings: Settings, now: datetime) -> Snapshot:
    """The snapshot with the logs that a sweep reads."""
    requests = choose_log_requests(find_in(snapshot, settings, now), settings, now)
    return github.fetch(snapshot, Needs(logs=requests), job_diagnoser(Limits(lines=settings.excerpt_lines)))


def read(box: Sandbox, token: str = TOKEN, faults: Sequence[Fault] = (), **given: str) -> tuple[Snapshot, Server]:
    settings = some_settings(**{"branch": "main", **given})
    with box.serve() as server:
        github = github_of(server, token)
        # By REST, as older servers want it: so no annotations come with the jobs.
        box.inject(Fault("status", path="/graphql$", status=404, times=None))
        snapshot, _ = read_runs(github, settings, box.now)
        for fault in faults:
            box.inject(fault)
        server.clear_requests()
        return read_logs(github, snapshot, settings, box.now), server


def asked(server: Server) -> list[str]:
    """The kinds of the requests that were sent."""
    kinds = {"logs": "log", "annotations": "annotations"}
    return [kinds.get(request.path.rpartition("/")[2], "store") for request in server.requests]


def texts(snapshot: Snapshot, severity: Severity = Severity.WARNING) -> list[str]:
    return [str(problem) for problem in snapshot.problems if problem.severity is severity]


def test_a_log_is_read_from_its_signed_address_without_the_token() -> None:
    snapshot, server = read(a_box(test={}))
    (diagnosis,) = snapshot.job_diagnoses
    assert (diagnosis.headline, diagnosis.outcome, diagnosis.log_unavailable) == (ERROR, Outcome.FAILURE, None)
    assert asked(server) == ["log", "store"]
    assert [request.authorized for request in server.requests] == [True, False]
    assert (snapshot.logs.read, snapshot.logs.size) == (1, len(BROKEN))


def test_the_store_of_logs_gets_no_credentials_of_a_netrc_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n", "utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    snapshot, server = read(a_box(test={}))
    assert [request.authorized for request in server.requests] == [True, False]
    assert snapshot.logs.read == 1


def test_the_diagnoses_come_in_the_order_of_the_requests() -> None:
    box = a_box(build={}, lint={}, test={})
    ids = {job.name: job.id for job in box.runs[0].last.jobs}
    for _ in range(5):
        snapshot, _server = read(box)
        assert [diagnosis.job_id for diagnosis in snapshot.job_diagnoses] == [ids["build"], ids["lint"], ids["test"]]


def test_no_more_than_four_logs_are_downloaded_at_once() -> None:
    box = Sandbox.from_yaml(HISTORY.replace("{name: test}", "{name: test, matrix: {n: [a, b, c, d, e, f, g, h]}}"))
    box.add_run(
        workflow="CI", at="2026-03-09T10:00:00Z", jobs=[{"name": "test", "conclusion": "failure", "log": BROKEN}]
    )
    lock, now, most = threading.Lock(), 0, 0

    def counted(self: Queries, job_id: int) -> Iterator[bytes]:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        yield from original(self, job_id)
        with lock:
            now -= 1

    original = Queries.job_log
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Queries, "job_log", counted)
        box.delay = 0.05
        snapshot, _server = read(box)
    assert snapshot.logs.read == 8
    assert 1 < most <= AT_ONCE


@pytest.mark.parametrize(
    ("log", "absence"),
    [
        ("missing", LogUnavailable.NOT_FOUND),
        ("none", LogUnavailable.NOT_FOUND),
        ("expired", LogUnavailable.GONE),
        ("\n", LogUnavailable.EMPTY),
    ],
)
def test_a_log_that_does_not_exist_is_no_problem(log: str, absence: LogUnavailable) -> None:
    snapshot, server = read(a_box(test={"log": log, "annotations": []}))
    (diagnosis,) = snapshot.job_diagnoses
    assert (diagnosis.log_unavailable, diagnosis.signature) == (absence, "")
    assert snapshot.problems == ()
    assert asked(server)[-1] == "annotations"
    assert (snapshot.logs.read, snapshot.logs.absent) == (0, 1)


def test_annotations_replace_a_log_that_does_not_exist() -> None:
    annotations = [{"message": "error: 'year' undeclared", "path": "src/dates.c", "line": 7}]
    snapshot, _server = read(a_box(test={"log": "expired", "annotations": annotations}))
    (diagnosis,) = snapshot.job_diagnoses
    assert diagnosis.log_unavailable is LogUnavailable.GONE
    assert diagnosis.signature
    assert "'year' undeclared" in diagnosis.headline


def test_annotations_are_not_read_if_the_log_says_why() -> None:
    _seen, server = read(a_box(test={}))
    assert "annotations" not in asked(server)


def test_an_annotation_shows_that_a_job_reached_its_time_limit() -> None:
    limit = "The job running on runner GitHub Actions 7 has exceeded the maximum execution time of 6 minutes."
    given = {"conclusion": "cancelled", "log": "working\n##[error]The operation was canceled.\n"}
    snapshot, server = read(a_box(test={**given, "annotations": [{"message": limit}]}))
    (diagnosis,) = snapshot.job_diagnoses
    assert (diagnosis.outcome, diagnosis.headline) == (Outcome.TIMED_OUT, limit)
    assert asked(server) == ["annotations", "log", "store"]


def test_only_annotations_are_read_of_a_cancelled_job_that_does_not_count() -> None:
    snapshot, server = read(a_box(test={"conclusion": "cancelled"}), conclusions="failure")
    assert snapshot.job_diagnoses == ()
    assert asked(server) == ["annotations"]


def test_logs_are_read_without_the_right_to_see_check_runs() -> None:
    box = a_box(build={"log": "none"}, lint={"log": "none"}, test={})
    snapshot, server = read(box, "no-checks")
    assert [diagnosis.log_unavailable for diagnosis in snapshot.job_diagnoses] == [
        LogUnavailable.NOT_FOUND,
        LogUnavailable.NOT_FOUND,
        None,
    ]
    (notice,) = texts(snapshot, Severity.NOTICE)
    assert "`checks: read`" in notice
    assert "annotations" in asked(server)


def test_a_missing_right_ends_the_reading_of_annotations() -> None:
    box = a_box_of_eight("none")
    _seen, server = read(box, "no-checks")
    assert 1 <= asked(server).count("annotations") <= AT_ONCE  # threads may ask at the same moment


# --- what cannot be read -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", path="/_logs/", status=500, times=None),
        Fault("status", path="/_logs/", status=403, times=None),
        Fault("reset", path="/_logs/", times=None),
        Fault("status", path=r"/jobs/\d+/logs", status=502, times=None),
        Fault("html", path=r"/jobs/\d+/logs", status=502, times=None),
        Fault("reset", path=r"/jobs/\d+/logs", times=None),
    ],
    ids=lambda fault: f"{fault.kind} {fault.status or ''} {fault.path}",
)
def test_a_log_that_cannot_be_read_is_a_warning_and_the_sweep_goes_on(fault: Fault) -> None:
    snapshot, _server = read(a_box(test={}), faults=[fault])
    (problem,) = texts(snapshot)
    assert "The log was not read: test of run 1 of CI." in problem
    assert "The next sweep tries again." in problem or "Check the network" in problem
    assert snapshot.job_diagnoses == ()
    assert (snapshot.logs.unread, snapshot.logs.read) == (1, 0)


@pytest.mark.parametrize("kind", ["status", "reset"])
@pytest.mark.parametrize("path", ["/_logs/", r"/jobs/\d+/logs"])
def test_a_temporary_error_is_tried_again(kind: str, path: str) -> None:
    snapshot, _server = read(a_box(test={}), faults=[Fault(kind, path=path, status=502)])  # type: ignore[arg-type]
    assert snapshot.logs.read == 1
    assert snapshot.problems == ()


def test_one_log_that_cannot_be_read_does_not_stop_the_others() -> None:
    box = a_box(build={}, lint={}, test={})
    broken = next(job.id for job in box.runs[0].last.jobs if job.name == "lint")
    snapshot, _server = read(box, faults=[Fault("status", path=f"/_logs/{broken}", status=500, times=None)])
    assert len(snapshot.job_diagnoses) == 2
    assert ["lint of run 1 of CI" in text for text in texts(snapshot)] == [True]


def test_no_more_logs_are_read_if_the_store_goes_on_refusing() -> None:
    box = Sandbox.from_yaml(HISTORY.replace("{name: test}", "{name: test, matrix: {n: [a, b, c, d, e, f, g, h]}}"))
    box.add_run(
        workflow="CI", at="2026-03-09T10:00:00Z", jobs=[{"name": "test", "conclusion": "failure", "log": BROKEN}]
    )
    snapshot, _server = read(box, faults=[Fault("status", path="/_logs/", status=500, times=None)])
    assert snapshot.logs.unread < 8
    assert snapshot.logs.unread + snapshot.logs.left_out == 8
    assert any("GitHub still refuses, so" in text for text in texts(snapshot))


def test_a_rate_limit_ends_the_reading_at_once() -> None:
    box = a_box(build={}, lint={}, test={})
    limits = [Fault("secondary-rate-limit", path=r"/jobs/\d+/logs", times=None, retry_after=900)]
    snapshot, _server = read(box, faults=limits)
    assert any("rate limit" in text for text in texts(snapshot))
    assert snapshot.job_diagnoses == ()


def test_a_log_that_breaks_off_is_read_again_from_the_start() -> None:
    box = a_box(test={})
    with box.serve() as server:
        github = github_of(server)
        snapshot, _ = read_runs(github, some_settings(branch="main"), box.now)
        pieces = Breaks(github.queries)
        github.queries = pieces  # type: ignore[assignment]
        snapshot = read_logs(github, snapshot, some_settings(branch="main"), box.now)
    assert [diagnosis.headline for diagnosis in snapshot.job_diagnoses] == [ERROR]
    assert pieces.begun == 2


class Breaks:
    """Queries whose first log ends in the middle."""

    def __init__(self, queries: Queries) -> None:
        self._queries = queries
        self.begun = 0

    @property
    def budget(self) -> Budget:
        return self._queries.budget

    def job_log(self, job_id: int) -> Iterator[bytes]:
        self.begun += 1
        for piece in self._queries.job_log(job_id):
            yield piece[: len(piece) // 2] if self.begun == 1 else piece
            if self.begun == 1:
                raise GitHubError("cut off")


def test_a_log_that_the_program_fails_over_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(job_module, "explain", fails)
    snapshot, _server = read(a_box(test={}))
    (problem,) = texts(snapshot)
    assert "RecursionError" in problem
    assert "report it" in problem


# --- how much ------------------------------------------------------------------------------------


def test_a_log_is_read_in_pieces_and_never_held_as_a_whole() -> None:
    box = a_box(test={"log": f"{'x' * 99}\n" * 20_000})
    with box.serve() as server:
        sizes = [len(piece) for piece in github_of(server).queries.job_log(box.runs[0].last.jobs[2].id)]
    assert sum(sizes) == 2_000_000
    assert max(sizes) <= 65_536


def test_no_more_bytes_are_read_than_a_sweep_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MOST_BYTES", 1_000_000)
    snapshot, _server = read(a_box(lint={}, test={"log": f"{'x' * 99}\n" * 20_000}))
    assert snapshot.logs.size <= 1_000_000 + AT_ONCE * 65_536
    assert snapshot.logs.left_out >= 1
    (notice,) = texts(snapshot, Severity.NOTICE)
    assert "not read: a sweep reads 50 logs and 1 MB at most" in notice


def test_no_log_is_read_if_logs_is_off() -> None:
    snapshot, server = read(a_box(test={}), logs="false")
    assert server.requests == []
    assert (snapshot.job_diagnoses, snapshot.problems) == ((), ())


@pytest.mark.parametrize("lines", [2, 4])
def test_an_issue_shows_as_many_lines_as_excerpt_lines_says(lines: int) -> None:
    failed = [f"##[error]part {number} is broken" for number in ("one", "two", "three", "four", "five")]
    box = a_box(test={"log": "\n".join(failed) + "\n"})
    with box.serve() as server:
        given = {"token": TOKEN, "repository": "octo-org/example", "excerpt-lines": str(lines)}
        sweep_server(server, given, box.now)
    in_the_open = (box.issue(1).body or "").partition("<details>")[0]
    block = in_the_open.partition("```text\n")[2].partition("\n```")[0]
    assert sum("is broken" in line for line in block.splitlines()) == lines


def test_the_error_for_an_absent_log_says_why() -> None:
    box = a_box(test={"log": "expired"})
    with box.serve() as server, pytest.raises(LogAbsentError) as caught:
        list(github_of(server).queries.job_log(box.runs[0].last.jobs[2].id))
    assert caught.value.log_unavailable is LogUnavailable.GONE


def test_the_step_that_failed_comes_with_its_times() -> None:
    snapshot, _server = read(a_box(test={}))
    job = next(job for of_run in snapshot.jobs for job in of_run.jobs if job.name == "test")
    step = job.steps[2]
    assert step.started_at is not None
    assert step.completed_at is not None
    begun = datetime(2026, 3, 9, 10, tzinfo=UTC)
    assert begun <= step.started_at < step.completed_at <= begun + timedelta(minutes=3)
