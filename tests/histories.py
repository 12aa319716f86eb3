"""A recorded history with made-up names: a job breaks and is fixed, another is flaky, a third one was run again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from builders import START, a_run
from ci_failure_tracker.backtest.history import History
from ci_failure_tracker.entry.history_folder import HistoryFolder
from ci_failure_tracker.model import Annotation, Commit, Job, Repository, Run, Step, Workflow

NIGHTLY = Workflow(2, "Nightly", ".github/workflows/nightly.yml")
REPOSITORY = Repository("acme-rockets/moon-lander", "https://github.com/acme-rockets/moon-lander", "main", False, True)
PEOPLE = frozenset({"wernher-b", "Wernher Blaun", "wernher@rockets.test"})
NAMES = ("acme-rockets", "moon-lander", "moon_lander", "wernher", "Blaun", "rockets.test", "secret-orbit", "buildbox7",
         "vault.rockets.internal", "Aim for the far side", "/home/wb/")  # fmt: skip
"""What may not be in a masked history."""

DAY = timedelta(days=1)


def a_log(*errors: str) -> str:
    """The log of a job, as a runner writes it."""
    lines = [
        "Runner name: 'buildbox7'",
        "HEAD is now at 1234567 Aim for the far side",
        "##[group]Run make test",
        "make test",
        "##[endgroup]",
        "cd /home/wb/moon-lander && git push https://github.com/acme-rockets/moon-lander secret-orbit",
        "author: Wernher Blaun <wernher@rockets.test>",
        *errors,
        "##[error]Process completed with exit code 2.",
    ]
    return "".join(f"2026-03-01T00:00:{number:02d}.0000000Z {line}\n" for number, line in enumerate(lines))


def a_history() -> tuple[History, dict[int, tuple[Job, ...]], dict[int, str]]:
    """The runs, the jobs of each, and the log of each failed job."""
    runs: list[Run] = []
    jobs: dict[int, tuple[Job, ...]] = {}
    logs: dict[int, str] = {}
    for number in range(1, 15):
        broken = 3 <= number <= 6
        run = a_run(
            number,
            "failure" if broken else "success",
            branch="main" if number != 4 else "secret-orbit",
            created_at=START + number * DAY,
            started_at=START + number * DAY,
            updated_at=START + number * DAY + timedelta(minutes=10),
            commit=Commit(f"{number:040x}", "Aim for the far side" if number == 3 else f"Change {number}"),
        )
        runs.append(run)
        jobs[run.id] = (_job(run, 1, "build", broken), _job(run, 2, "docs", failed=False))
        logs[10 * run.id + 1] = a_log("src/moon_lander/pilot.c:12:3: error: 'fuel' undeclared") if broken else ""
    again = _run_again(15)
    runs.append(again)
    jobs[again.id] = (
        _job(again, 1, "night", failed=True),
        _job(again, 2, "night", failed=False, attempt=2, later=timedelta(days=2)),
    )
    logs[10 * again.id + 1] = a_log("curl: (6) Could not resolve host: vault.rockets.internal")
    newest = sorted(runs, key=lambda run: run.order, reverse=True)
    history = History(REPOSITORY, (runs[0].workflow, NIGHTLY), tuple(newest), START, START + 18 * DAY, PEOPLE)
    return history, jobs, {job: text for job, text in logs.items() if text}


def _run_again(number: int) -> Run:
    """A run that failed, and that somebody ran again two days later."""
    created = START + number * DAY
    return a_run(
        number,
        "success",
        workflow=NIGHTLY,
        attempt=2,
        created_at=created,
        started_at=created + 2 * DAY,
        updated_at=created + 2 * DAY + timedelta(minutes=10),
    )


def _job(run: Run, number: int, name: str, failed: bool, attempt: int = 1, later: timedelta = timedelta()) -> Job:
    conclusion = "failure" if failed else "success"
    begun = run.created_at + later
    return Job(
        id=10 * run.id + number,
        name=name,
        conclusion=conclusion,
        steps=(Step(1, "make test", "failure", begun, begun + timedelta(minutes=9)),) if failed else (),
        attempt=attempt,
        completed_at=begun + timedelta(minutes=10),
        started_at=begun,
        annotations=(Annotation("failure", "See wernher@rockets.test", "", ".github", 0),) if failed else None,
    )


def recorded(folder: Path) -> HistoryFolder:
    """The history in a folder."""
    history, jobs, logs = a_history()
    written = HistoryFolder(folder)
    written.keep_history(history)
    for run in history.runs:
        written.keep_jobs(run, jobs[run.id])
    for job_id, text in logs.items():
        written.keep_log(job_id, text)
    return written


def at_each_day(first: int, last: int) -> Sequence[datetime]:
    """The noon of each day."""
    return [START + day * DAY + timedelta(hours=12) for day in range(first, last + 1)]
