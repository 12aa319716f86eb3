"""A recorded history: the runs of a repository, with their jobs and logs, in the form of GitHub's answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from ci_failure_tracker.errors import HistoryError
from ci_failure_tracker.github import answers
from ci_failure_tracker.github.fields import Fields, FormError, each, items, optional, optional_moment, required
from ci_failure_tracker.model import Annotation, Job, Repository, Run, Step, Workflow

# The event of runs that GitHub itself starts, such as those of Dependabot.
_DYNAMIC = "dynamic"
_ON_DEFAULT_BRANCH = frozenset({"schedule", "workflow_run", _DYNAMIC})
"""Events whose runs are on the default branch."""

_USUAL_BRANCHES = ("main", "master")
_WITHOUT_RUNS = {"default_branch", "recorded_from", "recorded_to"}
"""What has to be recorded of a repository, because no run holds it."""

# Years that leave room to count sweeps forward and back.
_YEARS = range(2000, 9000)
_HERE, _ELSEWHERE = 1, 2
"""The id of the recorded repository in a recording, and that of all others."""


@dataclass(frozen=True)
class History:
    """The runs of a repository, the newest first, each with its newest attempt.

    Every run that was created from `since` to `until` is there, as it stood at `until`. `people` are the names, logins
    and addresses of people in the runs, which `anonymise` masks.
    """

    repository: Repository
    workflows: tuple[Workflow, ...]
    runs: tuple[Run, ...]
    since: datetime
    until: datetime
    people: frozenset[str] = frozenset()


class Recording(Protocol):
    """The jobs and the logs of a history."""

    def expect(self, runs: Sequence[Run], job_ids: Sequence[int]) -> None:
        """Take the jobs and logs that are asked for next, so that they can be fetched together."""

    def jobs(self, run: Run) -> tuple[Job, ...] | None:
        """The jobs of all attempts of a run; `None` if they are not known."""

    def log(self, job_id: int) -> Iterator[bytes]:
        """The log of a job in pieces.

        Raises:
            LogAbsentError: the job has no log, or it is not known.
        """

    def annotations(self, run: Run, job_id: int) -> tuple[Annotation, ...] | None:
        """The annotations of a job that `jobs` gives without them; `None` if they are not known."""


# --- read ----------------------------------------------------------------------------------------


def read_history(runs: Fields, workflows: Fields | None = None, repository: Fields | None = None) -> History:
    """The history in a list of runs. What the list of workflows or the repository would say is derived without them.

    Raises:
        HistoryError: the list has another form, or no run can be read.
    """
    try:
        raw = items(runs, "workflow_runs")
        if not raw and (repository is None or not repository.keys() >= _WITHOUT_RUNS):
            raise FormError("it holds no run")
        about = repository or _repository_of(raw)
        known = [answers.workflow(workflow) for workflow in items(workflows, "workflows")] if workflows else []
        by_id = {workflow.id: workflow for workflow in known or _workflows_of(raw)}
        found = sorted(each(raw, "run", lambda data: answers.run(data, by_id), []), key=_order, reverse=True)
        if raw and not found:
            raise FormError("it holds no run that can be read")
        people = (*map(str, optional(about, "people", list) or ()), *(name for run in raw for name in people_of(run)))
        return History(
            repository=_repository(about, optional(about, "default_branch", str) or _default_branch(found)),
            workflows=tuple(by_id.values()),
            runs=tuple(found),
            since=optional_moment(about, "recorded_from") or found[-1].created_at,
            until=_end(optional_moment(about, "recorded_to") or max(run.updated_at for run in found)),
            people=frozenset(people),
        )
    except FormError as error:
        raise HistoryError(f"The recorded history cannot be read: {error}.") from error


def read_jobs(data: Fields, of_run: Run) -> tuple[Job, ...] | None:
    """The jobs of a run; `None` if they are those of an earlier attempt.

    Raises:
        HistoryError: they have another form.
    """
    try:
        jobs = tuple(_job(item, of_run) for item in items(data, "jobs"))
        newest = optional(data, "attempt", int) or max((job.attempt for job in jobs), default=of_run.attempt)
    except FormError as error:
        raise HistoryError(f"The recorded jobs of run {of_run.id} cannot be read: {error}.") from error
    # Jobs that were read before the run was run again are out of date.
    return jobs if newest >= of_run.attempt else None


def _job(data: Fields, of_run: Run) -> Job:
    job = answers.job(data, of_run)
    if optional(data, "annotations", list) is None:
        return job
    return replace(job, annotations=tuple(map(answers.annotation, items(data, "annotations"))))


def _end(time: datetime) -> datetime:
    """The end of a history; the times of sweeps are counted from it."""
    if time.year not in _YEARS:
        raise FormError(f"it ends in the year {time.year}")
    return time


def _order(run: Run) -> tuple[datetime, int]:
    return run.order


def _repository(data: Fields, default_branch: str) -> Repository:
    name = required(data, "full_name", str)
    url = optional(data, "html_url", str) or f"https://github.com/{name}"
    return Repository(name, url, default_branch, archived=False, has_issues=True)


def _repository_of(raw: Sequence[Fields]) -> Fields:
    return required(raw[0], "repository", dict)


def _workflows_of(raw: Iterable[Fields]) -> Iterator[Workflow]:
    """The workflows of runs. If all runs of a workflow have one name, it is the workflow's name."""
    names: dict[int, set[str]] = {}
    paths: dict[int, str] = {}
    for run in raw:
        number, path = optional(run, "workflow_id", int) or 0, optional(run, "path", str) or ""
        name = optional(run, "name", str) or ""
        # The name of a dynamic run is its title, not that of its workflow.
        names.setdefault(number, set()).add("" if optional(run, "event", str) == _DYNAMIC else name)
        paths.setdefault(number, path)
    for number, path in paths.items():
        (name,) = names[number] if len(names[number]) == 1 else ("",)
        yield Workflow(number, name or path.rpartition("/")[2] or f"workflow {number}", path)


def _default_branch(runs: Sequence[Run]) -> str:
    """The branch that events of the default branch name, or one of the usual names, or the one with most runs."""
    branches = Counter(run.branch for run in runs)
    named = Counter(run.branch for run in runs if run.event in _ON_DEFAULT_BRANCH and not run.from_fork)
    usual = [branch for branch in _USUAL_BRANCHES if branch in branches]
    # A repository with `main` has it as the default branch, in nearly all cases.
    return usual[0] if usual else (named or branches).most_common(1)[0][0]


def people_of(run: Fields) -> Iterator[str]:
    """The logins, names and addresses of people in a run as GitHub sends it."""
    for actor in ("actor", "triggering_actor"):
        yield from _texts(run.get(actor), "login")
    for repository in ("repository", "head_repository"):
        whole = run.get(repository)
        yield from _texts(whole.get("owner") if isinstance(whole, dict) else None, "login")
    commit = run.get("head_commit")
    for person in ("author", "committer"):
        yield from _texts(commit.get(person) if isinstance(commit, dict) else None, "name", "email")


def _texts(data: object, *names: str) -> Iterator[str]:
    if isinstance(data, dict):
        yield from (data[name] for name in names if isinstance(data.get(name), str) and data[name])


# --- write ---------------------------------------------------------------------------------------


def repository_fields(history: History) -> Mapping[str, Any]:
    """What is recorded of the repository itself."""
    repository = history.repository
    return {
        "full_name": repository.full_name,
        "html_url": repository.url,
        "default_branch": repository.default_branch,
        "recorded_from": _moment(history.since),
        "recorded_to": _moment(history.until),
        **({"people": sorted(history.people)} if history.people else {}),
    }


def workflows_fields(history: History) -> Mapping[str, Any]:
    """The list of workflows."""
    listed = [
        {
            "id": workflow.id,
            "name": workflow.name,
            "path": workflow.path,
            "state": workflow.state,
            "updated_at": _moment(workflow.changed_at or history.since),
        }
        for workflow in history.workflows
    ]
    return {"total_count": len(listed), "workflows": listed}


def runs_fields(history: History) -> Mapping[str, Any]:
    """The list of runs, with only the fields that a sweep reads."""
    return {"total_count": len(history.runs), "workflow_runs": [_run_fields(run) for run in history.runs]}


def _run_fields(run: Run) -> Mapping[str, Any]:
    return {
        "id": run.id,
        "name": run.subject if run.event == _DYNAMIC else run.workflow.name,
        "path": run.workflow.path,
        "workflow_id": run.workflow.id,
        "run_number": run.number,
        "run_attempt": run.attempt,
        "event": run.event,
        "head_branch": run.branch,
        "head_sha": run.commit.sha,
        "head_commit": {"message": run.commit.title} if run.commit.title else None,
        "status": run.status,
        "conclusion": run.conclusion,
        "created_at": _moment(run.created_at),
        "run_started_at": _moment(run.started_at),
        "updated_at": _moment(run.updated_at),
        # Only whether both ids differ is read: a run of a fork has another one.
        "repository": {"id": _HERE},
        "head_repository": {"id": _ELSEWHERE if run.from_fork else _HERE},
    }


def jobs_fields(run: Run, jobs: Sequence[Job]) -> Mapping[str, Any]:
    """The jobs of a run, and the newest attempt when they were read."""
    return {"total_count": len(jobs), "attempt": run.attempt, "jobs": [_job_fields(job) for job in jobs]}


def _job_fields(job: Job) -> Mapping[str, Any]:
    return {
        "id": job.id,
        "name": job.name,
        "run_attempt": job.attempt,
        "status": job.status,
        "conclusion": job.conclusion,
        "started_at": _moment(job.started_at),
        "completed_at": _moment(job.completed_at),
        "steps": [_step_fields(step) for step in job.steps],
        **({} if job.annotations is None else {"annotations": [_annotation_fields(one) for one in job.annotations]}),
    }


def _step_fields(step: Step) -> Mapping[str, Any]:
    return {
        "number": step.number,
        "name": step.name,
        "conclusion": step.conclusion,
        "started_at": _moment(step.started_at),
        "completed_at": _moment(step.completed_at),
    }


def _annotation_fields(annotation: Annotation) -> Mapping[str, Any]:
    return {
        "annotation_level": annotation.level,
        "message": annotation.message,
        "title": annotation.title,
        "path": annotation.path,
        "start_line": annotation.line or 0,
    }


def _moment(time: datetime | None) -> str | None:
    return None if time is None else f"{time:%Y-%m-%dT%H:%M:%SZ}"
