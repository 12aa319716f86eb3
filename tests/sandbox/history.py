"""The runs of a scenario: from what a person wrote down to runs and attempts; `jobs.py` makes their jobs."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from sandbox import identifiers
from sandbox.artifacts import read_artifacts
from sandbox.fields import Fields, nearest
from sandbox.jobs import (
    JOBLESS,
    STATUSES,
    AttemptNote,
    JobPlan,
    conclusion_of,
    draft_jobs,
    read_job,
    read_plans,
    worst,
)
from sandbox.state import Attempt, Commit, Fork, Job, Run, State, Workflow

_IN_TITLE = re.compile(r"\(#(\d{1,9})\)$")
_RERUN_AFTER = timedelta(minutes=10)


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
        dated = [pair for entry in entries for pair in self._repeated(entry)]
        dated.sort(key=lambda pair: pair[0])
        taken = {run.id for run in self.state.runs}
        runs = []
        for at, entry in dated:
            run = self._run(entry, at, taken)
            taken.add(run.id)
            runs.append(run)
        self.state.add_runs(runs)
        self.state.deleted_refs -= {run.branch for run in runs if run.branch and not run.fork}
        return runs

    def _repeated(self, entry: Fields) -> list[tuple[datetime, Fields]]:
        """A run with its time; with `times` that many of it, each one `every` later."""
        at = entry.moment("at", self.state.now, self.state.now)
        if ("times" in entry) != ("every" in entry):
            raise entry.error("times", "needs `every`, and `every` needs `times`")
        if "times" not in entry:
            return [(at, entry)]
        if fixed := next((key for key in ("id", "number") if key in entry), None):
            raise entry.error(fixed, "cannot be that of several runs; leave it out, or leave `times` out")
        distance, times = entry.span("every", timedelta()), entry.number("times", 1)
        if times < 1 or not distance:
            raise entry.error("times", "must be 1 or more, and `every` longer than nothing")
        copies = [entry.without("times", "every", "at") for _ in range(times)]
        return [(at + place * distance, copy) for place, copy in enumerate(copies)]

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
        job_id = identifiers.job_id(job.started_at, self._job_ids, self.state.id_offset)
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
        run_id = entry.number("id", identifiers.run_id(at, taken, self.state.id_offset))
        run = Run(
            id=run_id,
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
            artifacts=read_artifacts(entry, self.folder, run_id, attempts),
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
            files=tuple(fields.names("files")),
            pull_request=self._pull_request(fields, author),
        )
        fields.done()
        return commit

    def _pull_request(self, fields: Fields, author: str) -> tuple[int, str] | None:
        """The pull request as it is written, or as the title names it: `(#12)` at its end."""
        if "pull_request" in fields:
            of_pull = fields.inner("pull_request")
            found = of_pull.number("number", 1), of_pull.text("author", author)
            of_pull.done()
        elif (named := _IN_TITLE.search(fields.text("title", ""))) and "@" not in author:
            found = int(named[1]), author
        else:
            return None
        self.state.account(found[1])
        return found

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
            conclusion=conclusion_of(fields),
            actor=fields.text("actor", actor),
            jobs=tuple(read_job(job, self.folder) for job in jobs),
            only_jobs=only,
        )

    def _attempt(self, note: AttemptNote, number: int, workflow: Workflow) -> Attempt:
        self.state.account(note.actor)
        jobs: list[Job] = []
        if note.conclusion not in JOBLESS:
            drafts = draft_jobs(note, () if note.only_jobs else self.plans.get(workflow.name, ()))
            jobs = self._numbered(drafts, note)
        done = note.status == "completed"
        return Attempt(
            number=number,
            status=note.status,
            conclusion=(note.conclusion or worst(jobs)) if done else None,
            started_at=note.started_at,
            updated_at=note.ended_at if done else self.state.now,
            actor=note.actor,
            jobs=tuple(jobs),
        )

    def _numbered(self, drafts: list[Job], note: AttemptNote) -> list[Job]:
        """The jobs with their numbers. Two runs may start in one second, so what is taken is remembered."""
        numbered: list[Job] = []
        for draft in drafts:
            job_id = identifiers.job_id(note.started_at, self._job_ids, self.state.id_offset)
            self._job_ids.add(job_id)
            numbered.append(replace(draft, id=job_id))
        return numbered


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


def run_entry(mapping: Mapping[str, object]) -> Fields:
    """A run's mapping, written in code instead of in a file."""
    return Fields(mapping, "run")
