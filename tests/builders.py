"""Builders with defaults: a test says only what matters to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ci_failure_tracker.diagnosis.signature import VERSION
from ci_failure_tracker.github.retry import RetryPolicy
from ci_failure_tracker.model import (
    Commit,
    Diagnosis,
    ExcerptLine,
    FailedLeg,
    Identity,
    Issue,
    Job,
    JobDiagnosis,
    LegCount,
    LineRange,
    LogUnavailable,
    Observation,
    Occurrence,
    Outcome,
    Repository,
    Requests,
    Run,
    RunJobs,
    Snapshot,
    State,
    Step,
    Window,
    Workflow,
)
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.settings import Settings, read_settings

START = datetime(2026, 3, 1, tzinfo=UTC)
CI = Workflow(1, "CI", ".github/workflows/ci.yml")
REPOSITORY = Repository("octo-org/example", "https://github.example/octo-org/example", "main", False, True)


def a_run(number: int = 1, conclusion: str | None = "failure", **more: object) -> Run:
    """Run `number` starts `number` hours after START and takes ten minutes."""
    begin = START + timedelta(hours=number)
    given: dict[str, object] = {
        "id": 1_000 + number,
        "number": number,
        "attempt": 1,
        "workflow": CI,
        "event": "push",
        "branch": "main",
        "commit": Commit(f"{number:040x}", f"Change {number}"),
        "status": "completed" if conclusion else "in_progress",
        "conclusion": conclusion,
        "created_at": begin,
        "started_at": begin,
        "updated_at": begin + timedelta(minutes=10),
        "from_fork": False,
    }
    return Run(**{**given, **more})  # type: ignore[arg-type]


def a_job(
    name: str = "test", conclusion: str | None = "failure", number: int = 1, ended_at: datetime | None = None
) -> Job:
    steps = (Step(1, "Set up job", "success"), Step(2, "Run it", conclusion))
    return Job(5_000 + number, name, conclusion, steps, completed_at=ended_at)


def a_scan(runs: list[Run], jobs: dict[int, list[Job]] | None = None, issues: tuple[Issue, ...] = ()) -> Snapshot:
    return Snapshot(
        repository=REPOSITORY,
        runs=tuple(runs),
        jobs=tuple(RunJobs(run_id, tuple(found)) for run_id, found in (jobs or {}).items()),
        issues=issues,
        viewer=None,
        window=Window(forks=0, unread=0, partial=False),
        problems=(),
    )


def quiet_report() -> Report:
    """The report of a sweep that saw nothing fail."""
    return Report(
        repository=Repository("octo-org/example", "", "main", archived=False, has_issues=True),
        at=datetime(2026, 3, 1, tzinfo=UTC),
        window=Window(forks=0, unread=0, partial=False),
        failing=(),
        results=(),
        problems=(),
        requests=Requests(made=0, left=None, most=800),
    )


def red(run: Run, job: str = "test", job_id: int = 0, outcome: Outcome = Outcome.FAILURE) -> Observation:
    return Observation(
        run,
        outcome,
        job=job,
        job_id=job_id or run.id + 4_000,
        step=Step(2, "Run it", "failure"),
        attempt=run.attempt,
        ended_at=run.updated_at,
    )


def green(run: Run, job: str | None = None) -> Observation:
    return Observation(run, Outcome.SUCCESS, job=job, job_id=run.id + 4_000 if job else None, attempt=run.attempt)


def a_diagnosis(headline: str = "ValueError: no year", *lines: str, outcome: Outcome = Outcome.FAILURE) -> Diagnosis:
    """A diagnosis whose cause is its headline; the excerpt begins at line 7."""
    shown = tuple(ExcerptLine(number, line) for number, line in enumerate(lines or ("before", headline), start=7))
    return Diagnosis(headline, shown, (LineRange(7, 6 + len(shown)),), f"{VERSION}:{headline}", outcome)


def a_reading(
    seen: Observation, headline: str = "ValueError: no year", absence: LogUnavailable | None = None, **more: Outcome
) -> JobDiagnosis:
    """What the log of a failed job said; with an absence and no headline nothing is known."""
    assert seen.job_id
    if not headline:
        return JobDiagnosis(seen.job_id, log_unavailable=absence)
    found = a_diagnosis(headline, **more)
    return JobDiagnosis(seen.job_id, found.signature, headline, found.outcome, absence, 2, found)


def an_issue(number: int = 1, body: str = "", **more: object) -> Issue:
    given: dict[str, object] = {
        "number": number,
        "url": f"https://github.example/octo-org/example/issues/{number}",
        "body": body,
        "open": True,
        "state_reason": None,
        "closed_at": None,
        "author": "github-actions[bot]",
        "author_is_bot": True,
        "author_association": "NONE",
    }
    return Issue(**{**given, **more})  # type: ignore[arg-type]


def a_state(identity: Identity | None = None) -> State:
    """What an issue remembers of one failed run."""
    occurrence = Occurrence(
        run_id=1_001,
        attempt=1,
        number=1,
        event="push",
        branch="main",
        commit=Commit("1" * 40, "Change 1"),
        started_at=START,
        ended_at=START + timedelta(minutes=10),
        outcome=Outcome.FAILURE,
        legs=(FailedLeg("", 5_001, "Run it"),),
        source="ci.yml",
    )
    return State(
        identity=identity or Identity("a" * 32, "CI", "test"),
        count=1,
        first_seen=START,
        last_seen=occurrence.ended_at,
        legs=(LegCount("", 1, occurrence.ended_at),),
        occurrences=(occurrence,),
    )


def some_settings(**given: str) -> Settings:
    texts = {name.replace("_", "-"): value for name, value in given.items()}
    return read_settings({"token": "t", "repository": "octo-org/example", **texts})


HURRIED = RetryPolicy(timeout=5, backoff=0.0, between_writes=0.0)
"""As patient as the program is, but for the waiting."""


class Quiet:
    """Tells nobody of the progress."""

    def phase(self, name: str, steps: int | None = None) -> None:
        pass

    def advance(self) -> None:
        pass
