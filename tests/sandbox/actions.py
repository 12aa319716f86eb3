"""The routes for workflows, runs, attempts, jobs, logs, annotations and check runs."""

from collections.abc import Iterable
from datetime import timedelta

from sandbox import access, identifiers, payloads, run_filters
from sandbox.call import Call, JsonObject, Refusal, Reply, not_found
from sandbox.state import Attempt, PlacedJob, Run, Workflow

_OLDEST_RERUN = timedelta(days=30)


def list_workflows(call: Call) -> Reply:
    """Every workflow of the repository."""
    access.read_actions(call)
    shown, links = call.page(call.state.workflows)
    items = [payloads.workflow(item, call.state, call.urls) for item in shown]
    return Reply({"total_count": len(call.state.workflows), "workflows": items}, headers=links)


def get_workflow(call: Call) -> Reply:
    """One workflow, by number or file name."""
    access.read_actions(call)
    return Reply(payloads.workflow(_workflow(call), call.state, call.urls))


def list_workflow_runs(call: Call) -> Reply:
    """The runs of one workflow."""
    access.read_actions(call)
    wanted = _workflow(call)
    return _runs(call, [run for run in call.state.runs if run.workflow.id == wanted.id])


def list_runs(call: Call) -> Reply:
    """The runs of every workflow."""
    access.read_actions(call)
    return _runs(call, call.state.runs)


def get_run(call: Call) -> Reply:
    """One run, as its last attempt shows it."""
    access.read_actions(call)
    run = _run(call)
    return Reply(_run_payload(call, run, run.last))


def rerun_failed_jobs(call: Call) -> Reply:
    """Let the failed jobs of a run that has ended run again; they wait for a runner."""
    token = access.write_actions(call)
    run = _run(call)
    if run.status != "completed":
        raise Refusal(403, "This workflow is already running")
    if call.state.now - run.created_at > _OLDEST_RERUN:
        raise Refusal(403, "Unable to retry this workflow run because it was created over a month ago")
    call.state.run_again(run, token.login)
    return Reply({}, status=201)


def get_attempt(call: Call) -> Reply:
    """One run, as one of its attempts shows it."""
    access.read_actions(call)
    run = _run(call)
    return Reply(_run_payload(call, run, _attempt(call, run)))


def list_jobs(call: Call) -> Reply:
    """The jobs of a run: of its last attempt, or of all of them."""
    access.read_actions(call)
    run = _run(call)
    attempts = run.attempts if call.query.get("filter") == "all" else run.attempts[-1:]
    return _jobs(call, _placed(run, attempts))


def list_attempt_jobs(call: Call) -> Reply:
    """The jobs of one attempt."""
    access.read_actions(call)
    run = _run(call)
    return _jobs(call, _placed(run, [_attempt(call, run)]))


def get_job(call: Call) -> Reply:
    """One job."""
    access.read_actions(call)
    return Reply(payloads.job(_job(call, "job_id"), call.state, call.urls))


def job_log(call: Call) -> Reply:
    """The way to a job's log: a signed address on another path, or why there is none."""
    access.read_actions(call)
    if call.token is None or call.token.guest:
        raise Refusal(403, "Must have admin rights to Repository.")
    placed = _job(call, "job_id")
    if placed.job.log.kind == "none":
        raise not_found()
    if placed.job.log.kind == "expired":
        raise Refusal(410, "Server Error")
    return Reply(text=b"", status=302, headers={"Location": log_address(call.urls, placed.job.id)})


def log_address(urls: payloads.Urls, job_id: int | str) -> str:
    """The signed address of a log."""
    return f"{urls.web}/_logs/{job_id}?se=2099-01-01T00%3A00%3A00Z&sp=r&sig={log_signature(job_id)}"


def log_signature(job_id: int | str) -> str:
    """What proves that the address was given out by the API."""
    return identifiers.digest("log signature", job_id)


def list_annotations(call: Call) -> Reply:
    """The annotations of a check run."""
    access.read_checks(call)
    placed = _job(call, "check_run_id")
    shown, links = call.page(placed.job.annotations)
    return Reply([payloads.annotation(item, placed, call.state, call.urls) for item in shown], headers=links)


def list_commit_check_runs(call: Call) -> Reply:
    """The check runs on a commit, a branch or a tag."""
    access.read_checks(call)
    ref = call.params["ref"].removeprefix("heads/")
    on_branch = next((run.commit.sha for run in call.state.runs if run.branch == ref and not run.fork), None)
    sha = on_branch or ref
    runs = [run for run in call.state.runs if run.commit.sha.startswith(sha) and len(sha) >= 7]
    if not runs:
        raise Refusal(422, f"No commit found for SHA: {ref}")
    return _check_runs(call, runs)


def list_suite_check_runs(call: Call) -> Reply:
    """The check runs of a suite, which is what a run is to the checks API."""
    access.read_checks(call)
    number = call.number("check_suite_id")
    runs = [run for run in call.state.runs if run.check_suite_id == number]
    if not runs:
        raise not_found()
    return _check_runs(call, runs)


def _runs(call: Call, runs: list[Run]) -> Reply:
    found = run_filters.matching(runs, call.query)
    shown, links = call.page(found, run_filters.cap(call.query))
    items = [_run_payload(call, run, run.last) for run in shown]
    return Reply({"total_count": len(found), "workflow_runs": items}, headers=links)


def _run_payload(call: Call, run: Run, attempt: Attempt) -> JsonObject:
    # Clients write the flag in the case of their own language: "true", "True".
    without = call.query.get("exclude_pull_requests", "").lower() == "true"
    return payloads.run(run, attempt, call.state, call.urls, pull_requests=not without)


def _placed(run: Run, attempts: Iterable[Attempt]) -> list[PlacedJob]:
    return [PlacedJob(run, attempt, job) for attempt in attempts for job in attempt.jobs]


def _jobs(call: Call, placed: list[PlacedJob]) -> Reply:
    shown, links = call.page(placed)
    items = [payloads.job(item, call.state, call.urls) for item in shown]
    return Reply({"total_count": len(placed), "jobs": items}, headers=links)


def _check_runs(call: Call, runs: list[Run]) -> Reply:
    every = call.query.get("filter") == "all"
    found = [item for run in runs for item in _placed(run, run.attempts if every else run.attempts[-1:])]
    name, status = call.query.get("check_name"), call.query.get("status")
    found = [item for item in found if name in (None, item.job.name) and status in (None, item.job.status)]
    shown, links = call.page(found)
    items = [payloads.check_run(item, call.state, call.urls) for item in shown]
    return Reply({"total_count": len(found), "check_runs": items}, headers=links)


def _workflow(call: Call) -> Workflow:
    workflow = call.state.workflow(call.params["workflow_id"])
    if workflow is None:
        raise not_found()
    return workflow


def _run(call: Call) -> Run:
    run = call.state.run(call.number("run_id"))
    if run is None:
        raise not_found()
    return run


def _attempt(call: Call, run: Run) -> Attempt:
    number = call.number("attempt_number")
    if not 1 <= number <= len(run.attempts):
        raise not_found()
    return run.attempts[number - 1]


def _job(call: Call, name: str) -> PlacedJob:
    placed = call.state.jobs.get(call.number(name))
    if placed is None:
        raise not_found()
    return placed
