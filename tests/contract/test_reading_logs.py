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
from ci_failure_tracker.github.logs import AT_ONCE
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.github.reader import GitHubReader
from ci_failure_tracker.github.retry import Budget
from ci_failure_tracker.model import LogUnavailable, Needs, Outcome, Severity, Snapshot
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.selection.log_requests import choose_log_requests
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.sweep import read_runs
from sandbox import Fault, Sandbox, Server
from sweeping import find_in

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


def diagnose(github: GitHubReader, seen: Snapshot, settings: Settings, now: datetime) -> Snapshot:
    """The logs that a sweep would read, read."""
    wanted = choose_log_requests(find_in(seen, settings, now), settings, now)
    return github.fetch(seen, Needs(logs=wanted), job_diagnoser(Limits(lines=settings.excerpt_lines)))


def read(box: Sandbox, token: str = TOKEN, faults: Sequence[Fault] = (), **given: str) -> tuple[Snapshot, Server]:
    settings = some_settings(**given)
    with box.serve() as server:
        github = github_of(server, token)
        # By REST, as older servers want it: so no annotations come with the jobs.
        box.inject(Fault("status", path="/graphql$", status=404, times=None))
        seen, _ = read_runs(github, settings, box.now)
        for fault in faults:
            box.inject(fault)
        server.clear_requests()
        return diagnose(github, seen, settings, box.now), server


def asked(server: Server) -> list[str]:
    """What was asked, the numbers of jobs left out."""
    kinds = {"logs": "log", "annotations": "annotations"}
    return [kinds.get(one.path.rpartition("/")[2], "store") for one in server.requests]


def texts(seen: Snapshot, gravity: Severity = Severity.WARNING) -> list[str]:
    return [str(problem) for problem in seen.problems if problem.severity is gravity]


def test_a_log_is_read_from_its_signed_address_without_the_token() -> None:
    seen, server = read(a_box(test={}))
    (reading,) = seen.job_diagnoses
    assert (reading.headline, reading.outcome, reading.log_unavailable) == (ERROR, Outcome.FAILURE, None)
    assert asked(server) == ["log", "store"]
    assert [one.authorized for one in server.requests] == [True, False]
    assert (seen.logs.read, seen.logs.size) == (1, len(BROKEN))


def test_what_a_netrc_file_holds_is_not_shown_to_the_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n", "utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    seen, server = read(a_box(test={}))
    assert [one.authorized for one in server.requests] == [True, False]
    assert seen.logs.read == 1


def test_the_readings_come_in_the_order_in_which_they_were_wanted() -> None:
    box = a_box(build={}, lint={}, test={})
    ids = {job.name: job.id for job in box.runs[0].last.jobs}
    for _ in range(5):
        seen, _server = read(box)
        assert [one.job_id for one in seen.job_diagnoses] == [ids["build"], ids["lint"], ids["test"]]


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
        seen, _server = read(box)
    assert seen.logs.read == 8
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
def test_a_log_that_is_not_there_is_no_problem(log: str, absence: LogUnavailable) -> None:
    seen, server = read(a_box(test={"log": log, "annotations": []}))
    (reading,) = seen.job_diagnoses
    assert (reading.log_unavailable, reading.signature) == (absence, "")
    assert seen.problems == ()
    assert asked(server)[-1] == "annotations"
    assert (seen.logs.read, seen.logs.absent) == (0, 1)


def test_annotations_stand_in_for_a_log_that_is_not_there() -> None:
    said = [{"message": "error: 'year' undeclared", "path": "src/dates.c", "line": 7}]
    seen, _server = read(a_box(test={"log": "expired", "annotations": said}))
    (reading,) = seen.job_diagnoses
    assert reading.log_unavailable is LogUnavailable.GONE
    assert reading.signature
    assert "'year' undeclared" in reading.headline


def test_annotations_are_not_asked_for_where_the_log_tells() -> None:
    _seen, server = read(a_box(test={}))
    assert "annotations" not in asked(server)


def test_a_job_that_met_its_time_limit_is_told_by_its_annotation() -> None:
    limit = "The job running on runner GitHub Actions 7 has exceeded the maximum execution time of 6 minutes."
    given = {"conclusion": "cancelled", "log": "working\n##[error]The operation was canceled.\n"}
    seen, server = read(a_box(test={**given, "annotations": [{"message": limit}]}))
    (reading,) = seen.job_diagnoses
    assert (reading.outcome, reading.headline) == (Outcome.TIMED_OUT, limit)
    assert asked(server) == ["annotations", "log", "store"]


def test_of_a_cancelled_job_that_does_not_count_only_annotations_are_read() -> None:
    seen, server = read(a_box(test={"conclusion": "cancelled"}), conclusions="failure")
    assert seen.job_diagnoses == ()
    assert asked(server) == ["annotations"]


def test_without_the_right_to_see_check_runs_it_is_said_once_and_the_logs_are_read() -> None:
    box = a_box(build={"log": "none"}, lint={"log": "none"}, test={})
    seen, server = read(box, "no-checks")
    assert [one.log_unavailable for one in seen.job_diagnoses] == [
        LogUnavailable.NOT_FOUND,
        LogUnavailable.NOT_FOUND,
        None,
    ]
    (notice,) = texts(seen, Severity.NOTICE)
    assert "`checks: read`" in notice
    assert "annotations" in asked(server)


def test_a_right_that_is_missing_is_not_asked_for_again_and_again() -> None:
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
    seen, _server = read(a_box(test={}), faults=[fault])
    (problem,) = texts(seen)
    assert "Without a look at its log: test of run 1 of CI." in problem
    assert "The next sweep tries again." in problem or "Check the network" in problem
    assert seen.job_diagnoses == ()
    assert (seen.logs.unread, seen.logs.read) == (1, 0)


@pytest.mark.parametrize("kind", ["status", "reset"])
@pytest.mark.parametrize("path", ["/_logs/", r"/jobs/\d+/logs"])
def test_a_passing_fault_is_tried_again(kind: str, path: str) -> None:
    seen, _server = read(a_box(test={}), faults=[Fault(kind, path=path, status=502)])  # type: ignore[arg-type]
    assert seen.logs.read == 1
    assert seen.problems == ()


def test_one_log_that_cannot_be_read_costs_only_that_one() -> None:
    box = a_box(build={}, lint={}, test={})
    broken = next(job.id for job in box.runs[0].last.jobs if job.name == "lint")
    seen, _server = read(box, faults=[Fault("status", path=f"/_logs/{broken}", status=500, times=None)])
    assert len(seen.job_diagnoses) == 2
    assert ["lint of run 1 of CI" in text for text in texts(seen)] == [True]


def test_a_store_that_goes_on_refusing_is_not_hammered_at() -> None:
    box = Sandbox.from_yaml(HISTORY.replace("{name: test}", "{name: test, matrix: {n: [a, b, c, d, e, f, g, h]}}"))
    box.add_run(
        workflow="CI", at="2026-03-09T10:00:00Z", jobs=[{"name": "test", "conclusion": "failure", "log": BROKEN}]
    )
    seen, _server = read(box, faults=[Fault("status", path="/_logs/", status=500, times=None)])
    assert seen.logs.unread < 8
    assert seen.logs.unread + seen.logs.left_out == 8
    assert any("GitHub goes on refusing, so" in text for text in texts(seen))


def test_a_rate_limit_ends_the_reading_at_once() -> None:
    box = a_box(build={}, lint={}, test={})
    limits = [Fault("secondary-rate-limit", path=r"/jobs/\d+/logs", times=None, retry_after=900)]
    seen, _server = read(box, faults=limits)
    assert any("rate limit" in text for text in texts(seen))
    assert seen.job_diagnoses == ()


def test_a_log_that_breaks_off_is_begun_again() -> None:
    box = a_box(test={})
    with box.serve() as server:
        github = github_of(server)
        seen, _ = read_runs(github, some_settings(), box.now)
        pieces = Breaks(github.queries)
        github.queries = pieces  # type: ignore[assignment]
        found = diagnose(github, seen, some_settings(), box.now)
    assert [one.headline for one in found.job_diagnoses] == [ERROR]
    assert pieces.begun == 2


class Breaks:
    """Reads whose first log ends in the middle."""

    def __init__(self, reads: Queries) -> None:
        self._reads = reads
        self.begun = 0

    @property
    def budget(self) -> Budget:
        return self._reads.budget

    def job_log(self, job_id: int) -> Iterator[bytes]:
        self.begun += 1
        for piece in self._reads.job_log(job_id):
            yield piece[: len(piece) // 2] if self.begun == 1 else piece
            if self.begun == 1:
                raise GitHubError("cut off")


def test_a_log_that_trips_the_program_costs_only_that_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(job_module, "explain", fails)
    seen, _server = read(a_box(test={}))
    (problem,) = texts(seen)
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
    seen, _server = read(a_box(lint={}, test={"log": f"{'x' * 99}\n" * 20_000}))
    assert seen.logs.size <= 1_000_000 + AT_ONCE * 65_536
    assert seen.logs.left_out >= 1
    (notice,) = texts(seen, Severity.NOTICE)
    assert "not read: a sweep reads 50 logs and 1 MB at most" in notice


def test_where_there_is_nothing_to_read_nothing_is_asked() -> None:
    seen, server = read(a_box(test={}), logs="false")
    assert server.requests == []
    assert (seen.job_diagnoses, seen.problems) == ((), ())


def test_a_log_that_is_absent_says_why() -> None:
    box = a_box(test={"log": "expired"})
    with box.serve() as server, pytest.raises(LogAbsentError) as caught:
        list(github_of(server).queries.job_log(box.runs[0].last.jobs[2].id))
    assert caught.value.log_unavailable is LogUnavailable.GONE


def test_the_step_that_failed_comes_with_its_times() -> None:
    seen, _server = read(a_box(test={}))
    job = next(job for of_run in seen.jobs for job in of_run.jobs if job.name == "test")
    step = job.steps[2]
    assert step.started_at is not None
    assert step.completed_at is not None
    begun = datetime(2026, 3, 9, 10, tzinfo=UTC)
    assert begun <= step.started_at < step.completed_at <= begun + timedelta(minutes=3)
