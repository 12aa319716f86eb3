"""The local GitHub as a test holds it: made from a file, served, looked into and changed."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Self

from sandbox import git, history, replay, scenario, server
from sandbox.door import Door
from sandbox.faults import Fault
from sandbox.fields import Fields, ScenarioError, nearest
from sandbox.history import History
from sandbox.host import host_of
from sandbox.jobs import log_of
from sandbox.ratelimit import RateLimits
from sandbox.state import AccountKind, Closing, Issue, Label, PlacedJob, Run, State


@dataclass(frozen=True)
class Kept:
    """What was written to a sandbox up to a moment."""

    issues: dict[int, Issue]
    labels: dict[str, Label]
    runs: list[Run]
    jobs: dict[int, PlacedJob]
    now: datetime


class Sandbox:
    """A local GitHub. What its server is told to write shows here at once, and the other way round."""

    def __init__(self, state: State, continued: History, door: Door | None = None) -> None:
        self._state = state
        self._history = continued
        self._door = door or Door(host_of(state, continued))

    @classmethod
    def from_scenario(cls, path: Path) -> Self:
        """Read a scenario file; the logs it names lie beside it."""
        return cls(*scenario.read_scenario(path.read_text("utf-8"), path.parent))

    @classmethod
    def from_yaml(cls, text: str) -> Self:
        """Read a scenario from a text."""
        return cls(*scenario.read_scenario(text, Path.cwd()))

    @classmethod
    def from_mapping(cls, document: Mapping[str, object]) -> Self:
        """Make one of a scenario that is written in code, whatever letters it holds."""
        return cls(*scenario.read_document(document, Path.cwd()))

    @classmethod
    def from_replay(cls, folder: Path) -> Self:
        """Load the answers of the real API from a folder: `runs.json`, `jobs/`, `logs/`."""
        state = replay.read_replay(folder)
        return cls(state, History(state))

    @contextmanager
    def serve(self, host: str = "127.0.0.1", port: int = 0) -> Iterator[server.Server]:
        """Serve until the block ends; port 0 is any free one."""
        with server.running(self._door, host, port) as running:
            yield running

    @property
    def state(self) -> State:
        """Everything the server knows."""
        return self._state

    @property
    def issues(self) -> list[Issue]:
        """The issues, by number; pull requests are among them."""
        with self._door.lock:
            return [self._state.issues[number] for number in sorted(self._state.issues)]

    @property
    def labels(self) -> list[Label]:
        """The labels of the repository, by name."""
        with self._door.lock:
            return [self._state.labels[name] for name in sorted(self._state.labels)]

    @property
    def runs(self) -> list[Run]:
        """The runs, newest first."""
        with self._door.lock:
            return list(self._state.runs)

    @property
    def now(self) -> datetime:
        """The clock that writes are stamped with; each write moves it on by a second."""
        return self._state.now

    @now.setter
    def now(self, moment: datetime) -> None:
        with self._door.lock:
            self._state.now = moment

    @property
    def delay(self) -> float:
        """How many seconds each answer waits."""
        return self._door.delay

    @delay.setter
    def delay(self, seconds: float) -> None:
        self._door.delay = seconds

    def inject(self, fault: Fault) -> None:
        """Let something go wrong from now on."""
        with self._door.lock:
            self._door.faults.add(fault)

    def clear_faults(self) -> None:
        """Let nothing go wrong any more."""
        with self._door.lock:
            self._door.faults.clear()

    def keep(self) -> "Kept":
        """What has been written so far, to come back to."""
        with self._door.lock:
            state = self._state
            return Kept(deepcopy(state.issues), deepcopy(state.labels), list(state.runs), dict(state.jobs), state.now)

    def renew_limits(self) -> None:
        """Give every token its whole rate limits again, as an hour later."""
        with self._door.lock:
            self._door.limits = RateLimits()
            self._door.secondary.renew()

    def come_back_to(self, kept: "Kept") -> None:
        """Undo every write since, and what happened to the runs."""
        with self._door.lock:
            self._state.runs = list(kept.runs)
            self._state.jobs = dict(kept.jobs)
            self._state.issues = deepcopy(kept.issues)
            self._state.labels = deepcopy(kept.labels)
            self._state.now = kept.now

    def issue(self, number: int) -> Issue:
        """The issue of that number."""
        if number not in self._state.issues:
            raise ScenarioError(f"there is no issue {number}")
        return self._state.issues[number]

    def add_run(self, entry: Mapping[str, object] | None = None, /, **more: object) -> Run:
        """Add a run, written as in a scenario: `add_run(workflow="CI", conclusion="failure")`."""
        return self.add_runs([{**(entry or {}), **more}])[0]

    def add_runs(self, entries: Sequence[Mapping[str, object]], where: str = "runs") -> list[Run]:
        """Add runs, written as in a scenario, and return them in order of time; `where` is for errors."""
        with self._door.lock:
            return self._history.add([Fields(entry, f"{where}[{place}]") for place, entry in enumerate(entries)])

    def change_log(self, job_id: int, log: str) -> None:
        """Give a job another log: a text with a newline, or why there is none, as in a scenario."""
        with self._door.lock:
            placed = self._state.jobs[job_id]
            self._state.jobs[job_id] = replace(placed, job=replace(placed.job, log=log_of(log)))

    def add_issue(
        self,
        title: str,
        body: str | None = None,
        labels: Sequence[str] = (),
        login: str | None = None,
        author_association: str | None = None,
        type: AccountKind | None = None,  # noqa: A002 - GitHub's name for it
    ) -> Issue:
        """Open an issue in somebody's name."""
        with self._door.lock:
            login = login or self._state.repository.owner
            if type is not None:
                self._state.know(replace(self._state.account(login), kind=type))
            issue = self._state.open_issue(title, body, login)
            issue.labels = self._state.ensure_labels(labels)
            issue.author_association = author_association or issue.author_association
            return issue

    def edit_issue(
        self,
        number: int,
        *,
        title: str | None = None,
        body: str | None = None,
        labels: Sequence[str] | None = None,
        login: str | None = None,
    ) -> Issue:
        """Change an issue the way a person would on the page."""
        with self._door.lock:
            issue = self.issue(number)
            issue.title = issue.title if title is None else title
            issue.labels = issue.labels if labels is None else self._state.ensure_labels(labels)
            issue.updated_at = self._state.tick()
            if body is not None:
                self._state.edit_body(issue, body, login or self._state.repository.owner)
            return issue

    def close_issue(
        self,
        number: int,
        state_reason: str = "completed",
        at: datetime | None = None,
        login: str | None = None,
    ) -> Issue:
        """Close an issue. If a commit of the default branch says `(fixes #N)`, that commit closes it as completed."""
        with self._door.lock:
            issue = self.issue(number)
            at = at or self._state.tick()
            closer = git.closer_of(self._state, issue, at) if state_reason == "completed" else None
            login = login or (closer.author if closer else None)
            self._state.close(issue, Closing(at, login, state_reason, closer))
            return issue

    def reopen_issue(self, number: int, at: datetime | None = None) -> Issue:
        """Open a closed issue again."""
        with self._door.lock:
            issue = self.issue(number)
            self._state.reopen(issue, at or self._state.tick())
            return issue

    def comment(self, number: int, body: str, login: str | None = None) -> None:
        """Say something on an issue in somebody's name."""
        with self._door.lock:
            self._state.comment(self.issue(number), body, login or self._state.repository.owner)

    def change_repository(self, **changes: object) -> None:
        """Change the repository: `change_repository(archived=True)`."""
        with self._door.lock:
            self._state.change_repository(**changes)

    def rename_repository(self, name: str) -> None:
        """Give the repository another `owner/name`; GitHub sends who asks for the old one on."""
        with self._door.lock:
            known = self._state.repository
            former = (*(one for one in known.former_names if one != name), known.full_name)
            self._state.change_repository(full_name=name, former_names=former)
            self._state.account(self._state.repository.owner)

    def change_default_branch(self, name: str) -> None:
        """Make another branch the default; one that is not there yet is the old one under a new name."""
        with self._door.lock:
            git.rename_default_branch(self._state, name)

    def delete_refs(self, names: Sequence[str]) -> None:
        """Delete branches and tags; their runs stay. A ref without a run may be named as well."""
        with self._door.lock:
            self._state.deleted_refs.update(names)

    # --- what goes on ----------------------------------------------------------------------------

    def rerun(self, workflow: str, number: int, entry: Mapping[str, object], *, finish: bool = False) -> Run:
        """Run a run again: `entry` is an attempt as in a scenario; with `carried: true` only the jobs it names run.

        With `finish`, and if the tracker began the last attempt, it takes the place of that one, which goes on.
        """
        with self._door.lock:
            run = self._run(workflow, number)
            # What still goes on is not run again: the attempt that the tracker began ends so.
            ends = finish or (len(run.attempts) > 1 and run.status == "queued")
            again = self._history.continued(run, history.run_entry(entry), finish=ends)
            self._state.replace_run(again)
            return again

    def _run(self, workflow: str, number: int) -> Run:
        for run in self._state.runs:
            if run.workflow.name == workflow and run.number == number:
                return run
        raise ScenarioError(f"there is no run {number} of the workflow {workflow!r}")

    def delete_runs(self, before: datetime) -> None:
        """Let go of old runs; their refs and commits stay."""
        with self._door.lock:
            git.keep_commits(self._state, before)
            self._state.remove_runs(before)

    def change_workflow(
        self,
        name: str,
        *,
        state: str | None = None,
        new_name: str | None = None,
        jobs: Sequence[Mapping[str, object]] | None = None,
    ) -> None:
        """Change a workflow: its state, its name, or the jobs that later runs have."""
        with self._door.lock:
            place = self._place_of(name)
            old = self._state.workflows[place]
            new = replace(old, state=state or old.state, name=new_name or old.name)
            self._state.workflows[place] = new
            self._history.change(old, new, None if jobs is None else history.run_entry({"jobs": list(jobs)}))

    def remove_workflow(self, name: str) -> None:
        """Take a workflow out of the list; its old runs stay."""
        with self._door.lock:
            self._place_of(name)
            self._state.workflows = [one for one in self._state.workflows if one.name != name]

    def _place_of(self, workflow: str) -> int:
        known = [one.name for one in self._state.workflows]
        if workflow not in known:
            raise ScenarioError(f"there is no workflow {workflow!r}{nearest(workflow, known)}")
        return known.index(workflow)
