"""The jobs of a run: from what a workflow has and what a run says of it down to steps with their times."""

import itertools
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast, get_args

from sandbox.fields import Fields, ScenarioError, nearest
from sandbox.runner_log import plain_log
from sandbox.state import Annotation, Job, Log, LogKind, Step

CONCLUSIONS = (
    "success",
    "failure",
    "cancelled",
    "timed_out",
    "action_required",
    "startup_failure",
    "skipped",
    "neutral",
    "stale",
)
STATUSES = ("completed", "in_progress", "queued", "waiting", "requested", "pending")
_WITHOUT_TEXT = frozenset(get_args(LogKind)) - {"text"}
# Runs that end this way have no jobs.
JOBLESS = ("startup_failure", "action_required")
# What a run says when its jobs disagree: the first of these that one of them has.
_WORST_FIRST = ("failure", "timed_out", "cancelled", "action_required", "success", "neutral", "skipped")
_CHECKOUT = "Run actions/checkout@v7"
_QUEUE = timedelta(seconds=4)
_DEFAULT_ANNOTATIONS = {
    "failure": "Process completed with exit code 1.",
    "cancelled": "The operation was canceled.",
    "timed_out": "The operation was canceled.",
}


@dataclass(frozen=True)
class JobPlan:
    """A job as its workflow has it: what a run without further words gets."""

    name: str
    steps: tuple[str, ...] = ("Build and test",)
    runner: str = "ubuntu-latest"
    checkout: bool = True

    @property
    def base(self) -> str:
        """The name without the matrix values."""
        return self.name.partition(" (")[0]


@dataclass(frozen=True)
class JobNote:
    """What a run says of one job: only what differs from the plan."""

    name: str
    where: str
    conclusion: str | None
    status: str
    took: timedelta | None
    failed_step: str | None
    steps: tuple[tuple[str, str | None], ...] | None
    log: Log | None
    annotations: tuple[Annotation, ...] | None
    runner: str | None


@dataclass(frozen=True)
class AttemptNote:
    """What a run says of one attempt."""

    where: str
    started_at: datetime
    took: timedelta
    status: str
    conclusion: str | None
    actor: str
    jobs: tuple[JobNote, ...]
    only_jobs: bool

    @property
    def ended_at(self) -> datetime:
        """When the job ended, in UTC."""
        return self.started_at + self.took


def read_job(fields: Fields, folder: Path) -> JobNote:
    """What a mapping under `jobs` says of one job; `folder` is where the logs lie that it names."""
    note = JobNote(
        name=fields.text("name"),
        where=fields.where,
        conclusion=conclusion_of(fields),
        status=fields.choice("status", STATUSES, "completed"),
        took=fields.span("took", timedelta()) or None,
        failed_step=fields.optional_text("step"),
        steps=_steps(fields),
        log=_log(fields, folder),
        annotations=_annotations(fields),
        runner=fields.optional_text("runner"),
    )
    fields.done()
    return note


def _log(fields: Fields, folder: Path) -> Log | None:
    written = fields.optional_text("log")
    if written is None:
        return None
    if written in _WITHOUT_TEXT or "\n" in written:
        return log_of(written)
    path = folder / written
    if not path.is_file():
        raise fields.error("log", f"there is no file {path} (a log of one line ends with a newline)")
    return Log("text", path=path)


def log_of(written: str) -> Log:
    """A log written as its text, or as one of the words for why there is none."""
    return Log(cast("LogKind", written)) if written in _WITHOUT_TEXT else Log("text", written)


def read_plans(fields: Fields) -> tuple[JobPlan, ...]:
    """The jobs of a workflow, each leg of a matrix by its own name."""
    plans = []
    for job in fields.mappings("jobs"):
        name, steps = job.text("name"), tuple(job.names("steps"))
        runner, checkout = job.text("runner", "ubuntu-latest"), job.flag("checkout", default=True)
        for leg in _legs(job):
            label = next((value for value in leg if value.endswith("-latest")), runner)
            leg_name = f"{name} ({', '.join(leg)})" if leg else name
            plans.append(JobPlan(leg_name, steps or JobPlan.steps, label, checkout))
        job.done()
    return tuple(plans)


def _legs(job: Fields) -> list[tuple[str, ...]]:
    matrix = job.inner("matrix")
    names = [key for key, _ in matrix.items()]
    return list(itertools.product(*(matrix.names(name) for name in names)))


def conclusion_of(fields: Fields) -> str | None:
    """How something ended, where a scenario says so."""
    return fields.choice("conclusion", CONCLUSIONS, "success") if fields.raw("conclusion") else None


def _steps(fields: Fields) -> tuple[tuple[str, str | None], ...] | None:
    """Every step of a job, where a scenario wants to say more than which one failed."""
    if fields.raw("steps") is None:
        return None
    found: list[tuple[str, str | None]] = []
    for index, entry in enumerate(fields.entries("steps")):
        if isinstance(entry, str):
            found.append((entry, None))
            continue
        step = Fields(entry, f"{fields.where}.steps[{index}]")
        found.append((step.text("name"), conclusion_of(step)))
        step.done()
    return tuple(found)


def _annotations(fields: Fields) -> tuple[Annotation, ...] | None:
    if fields.raw("annotations") is None:
        return None
    found = []
    for entry in fields.mappings("annotations"):
        found.append(
            Annotation(
                message=entry.text("message"),
                level=entry.choice("level", ("failure", "warning", "notice"), "failure"),
                title=entry.text("title", ""),
                path=entry.text("path", ".github"),
                line=entry.number("line", 1),
            )
        )
        entry.done()
    return tuple(found)


def draft_jobs(note: AttemptNote, plans: tuple[JobPlan, ...]) -> list[Job]:
    """The jobs of an attempt, not numbered yet: the workflow's, as the notes change them."""
    if not plans:
        plans = tuple(JobPlan(job.name) for job in note.jobs) or (JobPlan("build"),)
    noted: dict[str, JobNote] = {}
    for job in note.jobs:
        noted.update((plan.name, job) for plan in _meant(job, plans))
    if note.conclusion == "failure" and not note.jobs and len(plans) > 1:
        raise ScenarioError(f"{note.where}.jobs: say which job failed; the workflow has {len(plans)}")
    everyone = note.conclusion if not note.jobs else None
    return [_draft(plan, noted.get(plan.name), note, everyone or "success") for plan in plans]


def _meant(job: JobNote, plans: tuple[JobPlan, ...]) -> list[JobPlan]:
    exact = [plan for plan in plans if plan.name == job.name]
    legs = exact or [plan for plan in plans if plan.base == job.name]
    if not legs:
        hint = nearest(job.name, [name for plan in plans for name in (plan.base, plan.name)])
        raise ScenarioError(f"{job.where}.name: the workflow has no job {job.name!r}{hint} (or use `only_jobs`)")
    return legs


def _draft(plan: JobPlan, note: JobNote | None, attempt: AttemptNote, otherwise: str) -> Job:
    note = note or JobNote(plan.name, attempt.where, None, attempt.status, None, None, None, None, None, None)
    done = note.status == "completed"
    conclusion = (note.conclusion or otherwise) if done else None
    started = attempt.started_at + _QUEUE
    ended = started + (note.took or max(attempt.took - 2 * _QUEUE, timedelta(seconds=1)))
    job = Job(
        id=0,
        name=plan.name,
        status=note.status,
        conclusion=conclusion,
        created_at=attempt.started_at,
        started_at=started,
        completed_at=ended if done else None,
        annotations=_said_or_usual(note.annotations, conclusion),
        runner=note.runner or plan.runner,
    )
    job = replace(job, steps=_timed(_named_steps(plan, note, conclusion), job))
    return replace(job, log=note.log or (plain_log(job) if job.steps and done else Log("none")))


def _said_or_usual(said: tuple[Annotation, ...] | None, conclusion: str | None) -> tuple[Annotation, ...]:
    if said is not None:
        return said
    usual = _DEFAULT_ANNOTATIONS.get(conclusion or "")
    return (Annotation(usual, line=12),) if usual else ()


def _named_steps(plan: JobPlan, note: JobNote, conclusion: str | None) -> list[tuple[str, str | None]]:
    """Every step with its conclusion: those before the failed one green, those after it skipped."""
    if conclusion == "skipped":
        return []
    if note.steps is not None:
        return [(name, said or "success") for name, said in note.steps]
    middle = list(plan.steps)
    bad = conclusion if conclusion not in ("success", "neutral", None) else None
    culprit = note.failed_step or middle[-1]
    if culprit not in middle:
        hint = nearest(culprit, middle)
        raise ScenarioError(f"{note.where}.step: the job {plan.name!r} has no step {culprit!r}{hint}")
    at = middle.index(culprit)
    told: list[tuple[str, str | None]] = []
    for index, name in enumerate(middle):
        verdict = "success" if bad is None or index < at else "skipped"
        told.append((name, bad if bad and index == at else verdict))
    return [("Set up job", "success"), *_around_checkout(plan, told), ("Complete job", "success")]


def _around_checkout(plan: JobPlan, told: list[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    if not plan.checkout:
        return told
    return [(_CHECKOUT, "success"), *told, (f"Post {_CHECKOUT}", "success")]


def _timed(named: list[tuple[str, str | None]], job: Job) -> tuple[Step, ...]:
    """The steps with their times: the job's time is shared out among those that ran."""
    if job.completed_at is None:
        return tuple(
            Step(name, number, "queued" if number > 1 else "in_progress", None, None, None)
            for number, (name, _) in enumerate(named, start=1)
        )
    share = (job.completed_at - job.started_at) / max(len(named), 1)
    steps, start = [], job.started_at
    for number, (name, conclusion) in enumerate(named, start=1):
        end = start if conclusion == "skipped" else (start + share).replace(microsecond=0)
        # The steps that clean up count on from the end, as the runner numbers them.
        shown = number + (len(named) - 3 if name.startswith(("Post ", "Complete job")) else 0)
        steps.append(Step(name, shown, "completed", conclusion, start, end))
        start = end
    return tuple(steps)


def worst(jobs: list[Job]) -> str:
    """The conclusion of an attempt that has these jobs."""
    found = {job.conclusion for job in jobs}
    return next((word for word in _WORST_FIRST if word in found), "success")
