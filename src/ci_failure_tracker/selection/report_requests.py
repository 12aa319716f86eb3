"""Which test reports a sweep reads: those of the runs whose logs it reads."""

from __future__ import annotations

from ci_failure_tracker.model import LogRequests, ReportRequests, Snapshot
from ci_failure_tracker.settings import Settings


def choose_reports(logs: LogRequests, snapshot: Snapshot, settings: Settings) -> ReportRequests | None:
    """The runs with failed jobs whose logs are read, the most useful first; `None` if no reports are asked for."""
    if not settings.test_reports:
        return None
    # What reads reports is imported with the first of them, because most sweeps read none.
    from ci_failure_tracker.reports.archive import artifact_reader  # noqa: PLC0415

    runs = {run.id: run for run in snapshot.runs}
    run_of = {job.id: run_jobs.run_id for run_jobs in snapshot.jobs for job in run_jobs.jobs}
    wanted = dict.fromkeys(run_of[request.job_id] for request in logs.logs if request.job_id in run_of)
    chosen = tuple(runs[run_id] for run_id in wanted if run_id in runs)
    return ReportRequests(chosen, settings.test_artifacts, artifact_reader(settings.test_reports))
