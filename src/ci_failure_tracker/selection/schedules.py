"""Schedules: which workflows should run by themselves and do not, and what has to be asked to know it; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fnmatch import fnmatchcase

from ci_failure_tracker.errors import UnreadableScheduleError
from ci_failure_tracker.model import MissedSchedule, Needs, Problem, Run, Schedule, Severity, Snapshot, Workflow
from ci_failure_tracker.selection.cron import due_after, read_crons
from ci_failure_tracker.selection.query import choose_workflows
from ci_failure_tracker.settings import Settings

_SCHEDULE = "schedule"
_ACTIVE = "active"


def schedule_needs(seen: Snapshot, settings: Settings, now: datetime) -> Needs:
    """What is needed next to judge the schedules: the files, then the newest runs, then the files as they were.

    The list of workflows tells which ones GitHub disabled for inactivity; only with `schedules` is more needed.
    """
    chosen = _chosen(seen, settings)
    if not (chosen and settings.schedules):
        return Needs()
    files = Needs(workflow_files=any(_has_file(one) for one in chosen)).without(seen.asked)
    if files:
        return files
    desk = _Desk(seen, now)
    runs = Needs(scheduled_runs=desk.without_run(chosen)).without(seen.asked)
    return runs or Needs(files_at=desk.changed_since(chosen)).without(seen.asked)


def judge_schedules(seen: Snapshot, settings: Settings, now: datetime) -> Snapshot:
    """The scan with what is known of the schedules of the workflows that the settings ask for.

    A workflow that never ran on its schedule is not judged, for it may be new; nor is one of which something could not
    be read.
    """
    chosen = _chosen(seen, settings)
    if not chosen:
        return seen
    desk = _Desk(seen, now)
    if settings.schedules:
        found = desk.look(chosen)
    else:
        found = [_without_crons(workflow, desk.newest.get(workflow.id), now) for workflow in chosen]
    schedules = tuple(schedule for schedule in found if schedule is not None)
    return replace(seen, schedules=schedules, problems=(*seen.problems, *_unreadable(desk.unreadable)))


def _chosen(seen: Snapshot, settings: Settings) -> tuple[Workflow, ...]:
    """The workflows to judge: none where the settings leave out every run that a schedule starts."""
    main = seen.repository.default_branch
    branches = settings.branch or (main,)
    if settings.event and _SCHEDULE not in settings.event:
        return ()
    if not seen.workflows or not any(main == branch or fnmatchcase(main, branch) for branch in branches):
        return ()
    chosen, _ = choose_workflows(seen.workflows, settings)
    return tuple(workflow for workflow in chosen if workflow.state in {_ACTIVE, MissedSchedule.DISABLED})


def _newest_by_workflow(runs: Iterable[Run]) -> dict[int, Run]:
    """The newest scheduled run of each workflow that has one."""
    scheduled = (run for run in runs if run.event == _SCHEDULE)
    return {run.workflow.id: run for run in sorted(scheduled, key=lambda run: run.order)}


def _without_crons(workflow: Workflow, last: Run | None, now: datetime) -> Schedule | None:
    """What the state of the workflow and its newest scheduled run say by themselves."""
    if workflow.state == MissedSchedule.DISABLED:
        # The run's time is the same in every sweep; ours is not.
        return Schedule(
            workflow, MissedSchedule.DISABLED, last.created_at if last else now.replace(microsecond=0), last
        )
    return Schedule(workflow, None, last.created_at, last) if last else None


def _has_file(workflow: Workflow) -> bool:
    """Whether a workflow that should run has a file; GitHub's own workflows have none."""
    return workflow.state == _ACTIVE and workflow.path.startswith(".github/")


@dataclass(frozen=True)
class _Desk:
    """What is known of the schedules; `unreadable` collects what could not be understood."""

    seen: Snapshot
    now: datetime
    unreadable: dict[str, None] = field(default_factory=dict)

    @property
    def newest(self) -> Mapping[int, Run]:
        """The newest scheduled run of each workflow that is known to have one."""
        return {**_newest_by_workflow(self.seen.scheduled_runs), **_newest_by_workflow(self.seen.runs)}

    def look(self, chosen: Sequence[Workflow]) -> list[Schedule | None]:
        """What is known of each workflow; nothing is said of one whose file or runs could not be read."""
        return self._looked_at_twice(self._first_look(chosen))

    def without_run(self, chosen: Sequence[Workflow]) -> tuple[Workflow, ...]:
        """The workflows of which no scheduled run is known."""
        crons, newest = self._crons(chosen), self.newest
        wanted = (one for one in chosen if one.state == MissedSchedule.DISABLED or crons.get(one.id))
        return tuple(one for one in wanted if one.id not in newest)

    def changed_since(self, chosen: Sequence[Workflow]) -> tuple[tuple[str, str], ...]:
        """Of what seems to be overdue, the file at the commit of the last run: its cron may have been another one."""
        return tuple(_place(one, last) for one, last in _late(self._first_look(chosen)))

    def _first_look(self, chosen: Sequence[Workflow]) -> list[Schedule | None]:
        crons, newest = self._crons(chosen), self.newest
        return [self._schedule(workflow, crons.get(workflow.id), newest.get(workflow.id)) for workflow in chosen]

    def _schedule(self, workflow: Workflow, crons: tuple[str, ...] | None, last: Run | None) -> Schedule | None:
        if workflow.state == MissedSchedule.DISABLED or crons == ():
            return _without_crons(workflow, last, self.now)
        if crons is None or last is None:
            return None
        due = due_after(crons, _since(workflow, last))
        if due is None:
            self.unreadable[f"{workflow.name} ({', '.join(crons)})"] = None
            return None
        return Schedule(workflow, MissedSchedule.OVERDUE if due < self.now else None, due, last, crons)

    def _crons(self, workflows: Sequence[Workflow]) -> dict[int, tuple[str, ...]]:
        """The cron expressions of each workflow whose file could be read."""
        files = self.seen.workflow_files
        if files is None:
            return {}
        read = {one.id: self._crons_in(files.get(one.path, ""), one.name) for one in workflows if _has_file(one)}
        return {number: crons for number, crons in read.items() if crons is not None}

    def _crons_in(self, text: str, name: str) -> tuple[str, ...] | None:
        try:
            return read_crons(text)
        except UnreadableScheduleError as error:
            self.unreadable[f"{name} ({error.what})"] = None
            return None

    def _looked_at_twice(self, found: list[Schedule | None]) -> list[Schedule | None]:
        """The same, with what changed its expressions since its last run given the time that the old ones allowed.

        So one that ran weekly, and since today is to run daily, is not overdue at once. Where that cannot be told,
        nothing is.
        """
        files = self.seen.files_at
        again = {
            one.workflow.id: self._allowed(one, last, files[_place(one, last)])
            for one, last in _late(found)
            if _place(one, last) in files
        }
        return [
            again.get(one.workflow.id) if one and one.missed_schedule is MissedSchedule.OVERDUE else one
            for one in found
        ]

    def _allowed(self, late: Schedule, last: Run, text: str | None) -> Schedule:
        try:
            before = read_crons(text or "")
        except UnreadableScheduleError:
            return late
        due = max(late.due, due_after(before, _since(late.workflow, last)) or late.due)
        return replace(late, missed_schedule=MissedSchedule.OVERDUE if due < self.now else None, due=due)


def _late(found: Iterable[Schedule | None]) -> Iterator[tuple[Schedule, Run]]:
    return (
        (one, one.last_run) for one in found if one and one.last_run and one.missed_schedule is MissedSchedule.OVERDUE
    )


def _place(late: Schedule, last: Run) -> tuple[str, str]:
    return last.commit.sha, late.workflow.path


def _since(workflow: Workflow, last: Run) -> datetime:
    """The last run, or when the workflow was switched on again: before that it missed nothing."""
    return max(last.created_at, workflow.changed_at or last.created_at)


def _unreadable(unreadable: Iterable[str]) -> Iterator[Problem]:
    said = list(unreadable)
    if said:
        more = f" and {len(said) - 5} more" if len(said) > 5 else ""  # noqa: PLR2004 - enough to see which
        yield Problem(Severity.NOTICE, f"No schedule could be read in: {', '.join(said[:5])}{more}.")
