"""The runs of a scenario: from what a person wrote down to runs, attempts, jobs and steps."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast, get_args

from sandbox import identifiers
from sandbox.fields import Fields, ScenarioError, nearest
from sandbox.runner_log import plain_log
from sandbox.state import (
    Annotation,
    Attempt,
    Commit,
    Fork,
    Job,
    Log,
    LogKind,
    Run,
    State,
    Step,
    Workflow,
)

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
# Runs that ended this way never got as far as having jobs.
_WITHOUT_TEXT = frozenset(get_args(LogKind)) - {"text"}
_JOBLESS = ("startup_failure", "action_required")
# What a run says when its jobs disagree: the first of these that one of them has.
_WORST_FIRST = ("failure", "timed_out", "cancelled", "action_required", "success", "neutral", "skipped")
_CHECKOUT = "Run actions/checkout@v7"
_QUEUE = timedelta(seconds=4)
_RERUN_AFTER = timedelta(minutes=10)
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
        return self.started_at + self.took


@dataclass
class History:
    """Makes runs for a state. It knows the workflows' jobs, the named commits and where logs lie."""

    state: State
    folder: Path = field(default_factory=Path.cwd)
    plans: dict[str, tuple[JobPlan, ...]] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)
    _numbers: dict[int, int] = field(default_factory=dict)
    _job_ids: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._job_ids.update(self.state.jobs)

    def add(self, entries: Iterable[Fields]) -> list[Run]:
        """Add runs to the state, numbered by time within each workflow."""
        dated = [(entry.moment("at", self.state.now, self.state.now), entry) for entry in entries]
        dated.sort(key=lambda pair: pair[0])
        taken = {run.id for run in self.state.runs}
        runs = []
        for at, entry in dated:
            run = self._run(entry, at, taken)
            taken.add(run.id)
            runs.append(run)
        self.state.add_runs(runs)
        return runs

    def start_numbers_at(self, workflow: Workflow, first: int) -> None:
        """The number the first run of a workflow gets."""
        self._numbers[workflow.id] = first - 1

    def continued(self, run: Run, entry: Fields, *, finish: bool) -> Run:
        """A run with one more attempt, or with another in place of its last one.

        Of the attempt before, the jobs that a re-run of the failed ones leaves alone are carried along: listed again
        under a number of their own, with the times at which they ran.
        """
        before = run.last
        start = before.started_at if finish else before.updated_at + _RERUN_AFTER
        carried = entry.flag("carried", default=False)
        note = self._attempt_note(entry, start, timedelta(minutes=3), before.actor)
        entry.done()
        attempt = self._attempt(note, len(run.attempts) + (not finish), run.workflow)
        if carried:
            named = {job.name for job in note.jobs}
            again = [job for job in before.jobs if job.name not in named]
            fresh = [job for job in attempt.jobs if job.name in named]
            attempt = replace(attempt, jobs=(*fresh, *(self._listed_again(job) for job in again)))
        return replace(run, attempts=(*(run.attempts[:-1] if finish else run.attempts), attempt))

    def _listed_again(self, job: Job) -> Job:
        job_id = identifiers.job_id(job.started_at, self._job_ids)
        self._job_ids.add(job_id)
        return replace(job, id=job_id)

    def change(self, old: Workflow, new: Workflow, jobs: Fields | None) -> None:
        """Let a workflow go on under another name, or with other jobs."""
        plans = self.plans.pop(old.name, ())
        self.plans[new.name] = plans if jobs is None else read_plans(jobs)
        self.state.runs = [replace(run, workflow=new) if run.workflow.id == new.id else run for run in self.state.runs]

    def _run(self, entry: Fields, at: datetime, taken: set[int]) -> Run:
        workflow = self._workflow(entry)
        number = entry.number("number", self._numbers.get(workflow.id, 0) + 1)
        self._numbers[workflow.id] = max(number, self._numbers.get(workflow.id, 0))
        branch = entry.text("branch", self.state.repository.default_branch)
        commit = self._commit(entry, at, (workflow.name, branch, number))
        event = entry.text("event", "push")
        actor = entry.text("actor", commit.author if "@" not in commit.author else "web-flow")
        self.state.account(actor)
        name = entry.text("name", workflow.name)
        attempts = self._attempts(entry, workflow, at, actor)
        run = Run(
            id=entry.number("id", identifiers.run_id(at, taken)),
            workflow=workflow,
            number=number,
            event=event,
            branch=branch,
            commit=commit,
            name=name,
            title=entry.text("title", _title(event, commit, name)),
            actor=actor,
            created_at=at,
            attempts=attempts,
            fork=_fork(entry, actor),
            pull_request=entry.number("pull_request", 0) or None,
        )
        entry.done()
        return run

    def _workflow(self, entry: Fields) -> Workflow:
        name = entry.text("workflow")
        for workflow in self.state.workflows:
            if name in (workflow.name, workflow.file, workflow.path):
                return workflow
        known = [workflow.name for workflow in self.state.workflows]
        raise entry.error("workflow", f"there is no workflow {name!r}{nearest(name, known)}")

    def _commit(self, entry: Fields, at: datetime, seed: tuple[str, str, int]) -> Commit:
        written = entry.raw("commit")
        if isinstance(written, str):
            return self._named_commit(entry, written, at)
        return self.read_commit(entry.inner("commit"), at - timedelta(seconds=20), seed)

    def _named_commit(self, entry: Fields, name: str, at: datetime) -> Commit:
        if name in self.commits:
            return self.commits[name]
        if len(name) == 40 and set(name) <= set("0123456789abcdef"):
            return Commit(name, f"Change {name[:7]}", self.state.repository.owner, "", at)
        known = sorted(self.commits)
        raise entry.error("commit", f"there is no commit {name!r} under `commits`{nearest(name, known)}")

    def read_commit(self, fields: Fields, at: datetime, seed: tuple[object, ...]) -> Commit:
        """A commit written as a mapping; whatever is not said is made up, always the same."""
        sha = fields.text("sha", "auto")
        author = fields.text("author", self.state.repository.owner)
        at = fields.moment("at", at, self.state.now)
        if sha == "auto":
            sha = identifiers.digest("commit", *seed, fields.text("title", ""))
        commit = Commit(
            sha=sha,
            message=fields.text("title", f"Change {sha[:7]}"),
            author=author,
            email=fields.text("email", f"{author}@users.noreply.example"),
            at=at,
        )
        fields.done()
        return commit

    def _attempts(self, entry: Fields, workflow: Workflow, at: datetime, actor: str) -> tuple[Attempt, ...]:
        written = entry.mappings("attempts")
        beside = [key for key in ("jobs", "only_jobs", "conclusion", "status") if key in entry]
        if written and beside:
            raise entry.error(beside[0], "is said in each of the `attempts`, not beside them")
        took = entry.span("took", timedelta(minutes=3))
        notes = [self._attempt_note(fields, at, took, actor) for fields in written[:1] or [entry]]
        for fields in written[1:]:
            notes.append(self._attempt_note(fields, notes[-1].ended_at + _RERUN_AFTER, took, actor))
        for fields in written:
            fields.done()
        return tuple(self._attempt(note, number, workflow) for number, note in enumerate(notes, start=1))

    def _attempt_note(self, fields: Fields, at: datetime, took: timedelta, actor: str) -> AttemptNote:
        only = "only_jobs" in fields
        jobs = fields.mappings("only_jobs") + fields.mappings("jobs")
        return AttemptNote(
            where=fields.where,
            started_at=fields.moment("at", at, self.state.now),
            took=fields.span("took", took),
            status=fields.choice("status", STATUSES, "completed"),
            conclusion=_conclusion(fields),
            actor=fields.text("actor", actor),
            jobs=tuple(self._job_note(job) for job in jobs),
            only_jobs=only,
        )

    def _job_note(self, fields: Fields) -> JobNote:
        note = JobNote(
            name=fields.text("name"),
            where=fields.where,
            conclusion=_conclusion(fields),
            status=fields.choice("status", STATUSES, "completed"),
            took=fields.span("took", timedelta()) or None,
            failed_step=fields.optional_text("step"),
            steps=_steps(fields),
            log=self._log(fields),
            annotations=_annotations(fields),
            runner=fields.optional_text("runner"),
        )
        fields.done()
        return note

    def _log(self, fields: Fields) -> Log | None:
        written = fields.optional_text("log")
        if written is None:
            return None
        if written in _WITHOUT_TEXT or "\n" in written:
            return log_of(written)
        path = self.folder / written
        if not path.is_file():
            raise fields.error("log", f"there is no file {path} (a log of one line ends with a newline)")
        return Log("text", path=path)

    def _attempt(self, note: AttemptNote, number: int, workflow: Workflow) -> Attempt:
        self.state.account(note.actor)
        jobs: list[Job] = []
        if note.conclusion not in _JOBLESS:
            drafts = _drafts(note, () if note.only_jobs else self.plans.get(workflow.name, ()))
            jobs = self._numbered(drafts, note)
        done = note.status == "completed"
        return Attempt(
            number=number,
            status=note.status,
            conclusion=(note.conclusion or _worst(jobs)) if done else None,
            started_at=note.started_at,
            updated_at=note.ended_at if done else self.state.now,
            actor=note.actor,
            jobs=tuple(jobs),
        )

    def _numbered(self, drafts: list[Job], note: AttemptNote) -> list[Job]:
        """The jobs with their numbers. Two runs may start in one second, so what is taken is remembered."""
        numbered: list[Job] = []
        for draft in drafts:
            job_id = identifiers.job_id(note.started_at, self._job_ids)
            self._job_ids.add(job_id)
            numbered.append(replace(draft, id=job_id))
        return numbered


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


def _title(event: str, commit: Commit, name: str) -> str:
    """What GitHub shows for a run: the commit's first line, or the run's name where nobody pushed."""
    return name if event in ("schedule", "dynamic", "workflow_dispatch") else commit.message.partition("\n")[0]


def _fork(entry: Fields, actor: str) -> Fork | None:
    written = entry.raw("fork")
    if written in (None, False):
        return None
    if written == "deleted":
        return Fork(actor, deleted=True)
    return Fork(written if isinstance(written, str) else actor)


def _conclusion(fields: Fields) -> str | None:
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
        found.append((step.text("name"), _conclusion(step)))
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


def _drafts(note: AttemptNote, plans: tuple[JobPlan, ...]) -> list[Job]:
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


def _worst(jobs: list[Job]) -> str:
    found = {job.conclusion for job in jobs}
    return next((word for word in _WORST_FIRST if word in found), "success")


def run_entry(mapping: Mapping[str, object]) -> Fields:
    """A run's mapping, written in code instead of in a file."""
    return Fields(mapping, "run")
