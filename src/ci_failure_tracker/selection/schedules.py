"""Schedules: which workflows miss theirs, and what has to be read to know it; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ci_failure_tracker.errors import BadYamlError
from ci_failure_tracker.model import MissedSchedule, Needs, Problem, Run, Schedule, Severity, Snapshot, Workflow
from ci_failure_tracker.selection.cron import due_after, read_crons
from ci_failure_tracker.selection.query import choose_workflows
from ci_failure_tracker.selection.refs import watched_refs
from ci_failure_tracker.settings import Settings

_SCHEDULE = "schedule"
_ACTIVE = "active"
_MOST_NAMES = 5


def schedule_needs(snapshot: Snapshot, settings: Settings, now: datetime) -> Needs:
    """What is needed next to judge the schedules: the files, then the newest runs, then earlier versions of the files.

    The list of workflows says which ones GitHub disabled for inactivity; only `schedules` needs more than that.
    """
    chosen = _chosen(snapshot, settings)
    if not (chosen and settings.schedules):
        return Needs()
    files = Needs(workflow_files=any(_has_file(workflow) for workflow in chosen)).without(snapshot.asked)
    if files:
        return files
    read = _read_schedules(snapshot, chosen)
    without_run = tuple(
        workflow
        for workflow in chosen
        if workflow.id not in read.newest and (workflow.state == MissedSchedule.DISABLED or read.crons.get(workflow.id))
    )
    runs = Needs(scheduled_runs=without_run).without(snapshot.asked)
    if runs:
        return runs
    # An overdue workflow may have had another cron expression when it last ran.
    places = tuple(_place(schedule, last) for schedule, last in _overdue(read.judge_each(chosen, now)))
    return Needs(files_at=places).without(snapshot.asked)


def judge_schedules(snapshot: Snapshot, settings: Settings, now: datetime) -> Snapshot:
    """The snapshot with what is known of the schedules of the chosen workflows.

    A workflow that never ran on its schedule is not judged, for it may be new. Nor is a workflow whose file or runs
    could not be read.
    """
    chosen = _chosen(snapshot, settings)
    if not chosen:
        return snapshot
    read = _read_schedules(snapshot, chosen) if settings.schedules else _Schedules(_newest_scheduled(snapshot), {}, {})
    if settings.schedules:
        schedules = _judge_again(read.judge_each(chosen, now), snapshot.files_at, now)
    else:
        schedules = [_without_crons(workflow, read.newest.get(workflow.id), now) for workflow in chosen]
    known = tuple(schedule for schedule in schedules if schedule is not None)
    return replace(snapshot, schedules=known, problems=(*snapshot.problems, *_unreadable(read.unreadable)))


def _chosen(snapshot: Snapshot, settings: Settings) -> tuple[Workflow, ...]:
    """The workflows to judge: none if the settings leave out every scheduled run."""
    main = snapshot.repository.default_branch
    if settings.event and _SCHEDULE not in settings.event:
        return ()
    if not snapshot.workflows or not watched_refs(settings, main).has(main):
        return ()
    chosen, _ = choose_workflows(snapshot.workflows, settings)
    return tuple(workflow for workflow in chosen if workflow.state in {_ACTIVE, MissedSchedule.DISABLED})


def _newest_scheduled(snapshot: Snapshot) -> Mapping[int, Run]:
    """The newest scheduled run of each workflow that is known to have one."""
    listed_last = (sorted(runs, key=lambda run: run.order) for runs in (snapshot.scheduled_runs, snapshot.runs))
    return {run.workflow.id: run for runs in listed_last for run in runs if run.event == _SCHEDULE}


def _without_crons(workflow: Workflow, last: Run | None, now: datetime) -> Schedule | None:
    """What the state of the workflow and its newest scheduled run say without its file."""
    if workflow.state == MissedSchedule.DISABLED:
        # The time of the run is the same in every sweep; the time of the sweep is not.
        due = last.created_at if last else now.replace(microsecond=0)
        return Schedule(workflow, MissedSchedule.DISABLED, due, last)
    return Schedule(workflow, None, last.created_at, last) if last else None


def _has_file(workflow: Workflow) -> bool:
    """Whether an active workflow has a file; GitHub's own workflows have none."""
    return workflow.state == _ACTIVE and workflow.path.startswith(".github/")


@dataclass(frozen=True, slots=True)
class _Schedules:
    """What was read of the schedules of workflows, by workflow id.

    `newest` are the newest scheduled runs. `crons` are the cron expressions of the files that could be read. `due` is
    when a workflow that ran must have run again; `None` means that no expression can be read. `unreadable` names what
    cannot be read.
    """

    newest: Mapping[int, Run]
    crons: Mapping[int, tuple[str, ...]]
    due: Mapping[int, datetime | None]
    unreadable: tuple[str, ...] = ()

    def judge_each(self, workflows: Iterable[Workflow], now: datetime) -> list[Schedule | None]:
        """What is known of each schedule; `None` if nothing is."""
        return [self._judge(workflow, now) for workflow in workflows]

    def _judge(self, workflow: Workflow, now: datetime) -> Schedule | None:
        crons, last, due = self.crons.get(workflow.id), self.newest.get(workflow.id), self.due.get(workflow.id)
        if workflow.state == MissedSchedule.DISABLED or crons == ():
            return _without_crons(workflow, last, now)
        if crons is None or due is None:
            return None
        return Schedule(workflow, MissedSchedule.OVERDUE if due < now else None, due, last, crons)


def _read_schedules(snapshot: Snapshot, workflows: Sequence[Workflow]) -> _Schedules:
    newest = _newest_scheduled(snapshot)
    crons: dict[int, tuple[str, ...]] = {}
    due: dict[int, datetime | None] = {}
    unreadable = []
    files = snapshot.workflow_files
    with_file = [workflow for workflow in workflows if _has_file(workflow)] if files is not None else []
    for workflow in with_file:
        try:
            crons[workflow.id] = read_crons((files or {}).get(workflow.path, ""))
        except BadYamlError as error:
            unreadable.append(f"{workflow.name} ({error.what})")
    for workflow in with_file:
        expressions, last = crons.get(workflow.id), newest.get(workflow.id)
        if expressions and last:
            due[workflow.id] = due_after(expressions, _since(workflow, last))
            if due[workflow.id] is None:
                unreadable.append(f"{workflow.name} ({', '.join(expressions)})")
    return _Schedules(newest, crons, due, tuple(dict.fromkeys(unreadable)))


def _judge_again(
    schedules: list[Schedule | None], files_at: Mapping[tuple[str, str], str | None], now: datetime
) -> list[Schedule | None]:
    """The same, but an overdue workflow also has the time that its file at its last run allows.

    So a workflow that ran weekly, and is to run daily since today, is not overdue at once.
    """
    again = {
        schedule.workflow.id: _with_earlier_crons(schedule, last, files_at[_place(schedule, last)], now)
        for schedule, last in _overdue(schedules)
        if _place(schedule, last) in files_at
    }
    return [
        again.get(schedule.workflow.id) if schedule and schedule.missed_schedule is MissedSchedule.OVERDUE else schedule
        for schedule in schedules
    ]


def _with_earlier_crons(schedule: Schedule, last: Run, text: str | None, now: datetime) -> Schedule:
    try:
        crons = read_crons(text or "")
    except BadYamlError:
        return schedule
    due = max(schedule.due, due_after(crons, _since(schedule.workflow, last)) or schedule.due)
    return replace(schedule, missed_schedule=MissedSchedule.OVERDUE if due < now else None, due=due)


def _overdue(schedules: Iterable[Schedule | None]) -> Iterator[tuple[Schedule, Run]]:
    """The overdue schedules, each with the newest scheduled run."""
    for schedule in schedules:
        if schedule and schedule.last_run and schedule.missed_schedule is MissedSchedule.OVERDUE:
            yield schedule, schedule.last_run


def _place(schedule: Schedule, last: Run) -> tuple[str, str]:
    """The commit and the path of the file at the last run."""
    return last.commit.sha, schedule.workflow.path


def _since(workflow: Workflow, last: Run) -> datetime:
    """The time of the last run, or when the workflow was switched on again: before that it missed nothing."""
    return max(last.created_at, workflow.changed_at or last.created_at)


def _unreadable(names: Sequence[str]) -> Iterator[Problem]:
    if names:
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        shown = ", ".join(names[:_MOST_NAMES])
        yield Problem(Severity.NOTICE, f"No schedule could be read in: {shown}{more}.")
