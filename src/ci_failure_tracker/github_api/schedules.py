"""Schedules: which workflows should run by themselves and do not, and what is asked of GitHub to know it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from fnmatch import fnmatchcase
from itertools import islice

from ci_failure_tracker.diagnosis.schedule import due_after, read_crons
from ci_failure_tracker.errors import MissingRightError, TrackerError, UnreadableScheduleError
from ci_failure_tracker.github_api.jobs import KEPT
from ci_failure_tracker.github_api.reads import Reads
from ci_failure_tracker.github_api.scan import choose_workflows
from ci_failure_tracker.model import Gravity, Problem, Quiet, Run, Scan, Schedule, Workflow
from ci_failure_tracker.rendering.markdown import counted
from ci_failure_tracker.settings import Settings

_SCHEDULE = "schedule"
_ACTIVE = "active"
_ONE_PAGE = 100
_MOST_ASKED = 50
"""Workflows that one sweep asks for one by one, because no recent list of runs has them."""

_RIGHTS = (
    "Give the job that right as well, or leave `schedules` out:\n"
    "permissions:\n  actions: read\n  contents: read\n  issues: write"
)


def read_schedules(reads: Reads, seen: Scan, settings: Settings, now: datetime) -> Scan:
    """The scan with what is known of the schedules of the workflows that the settings ask for.

    The list of workflows tells which ones GitHub disabled for inactivity; only with `schedules` is anything asked. A
    workflow that never ran on its schedule is not judged, for it may be new. What cannot be read is a problem in the
    result, and the workflows that it concerns are not judged.
    """
    chosen = _chosen(seen, settings)
    if not chosen:
        return seen
    desk = _Desk(reads, now)
    known = _newest_by_workflow(seen.runs)
    if settings.schedules:
        found = desk.look(chosen, known)
    else:
        found = [_without_crons(workflow, known.get(workflow.id), now) for workflow in chosen]
    schedules = tuple(schedule for schedule in found if schedule is not None)
    return replace(seen, schedules=schedules, problems=(*seen.problems, *desk.problems))


def _chosen(seen: Scan, settings: Settings) -> tuple[Workflow, ...]:
    """The workflows to judge: none where the settings leave out every run that a schedule starts."""
    main = seen.repository.default_branch
    branches = settings.branch or (main,)
    if settings.event and _SCHEDULE not in settings.event:
        return ()
    if not seen.workflows or not any(main == branch or fnmatchcase(main, branch) for branch in branches):
        return ()
    chosen, _ = choose_workflows(seen.workflows, settings)
    return tuple(workflow for workflow in chosen if workflow.state in {_ACTIVE, Quiet.DISABLED})


def _newest_by_workflow(runs: Iterable[Run]) -> dict[int, Run]:
    """The newest scheduled run of each workflow that has one."""
    scheduled = (run for run in runs if run.event == _SCHEDULE)
    return {run.workflow.id: run for run in sorted(scheduled, key=lambda run: run.order)}


def _without_crons(workflow: Workflow, last: Run | None, now: datetime) -> Schedule | None:
    """What the state of the workflow and its newest scheduled run say by themselves."""
    if workflow.state == Quiet.DISABLED:
        # The run's time is the same in every sweep; ours is not.
        return Schedule(workflow, Quiet.DISABLED, last.created_at if last else now.replace(microsecond=0), last)
    return Schedule(workflow, None, last.created_at, last) if last else None


class _Desk:
    """Where a sweep asks for schedules, and keeps what went wrong with it."""

    def __init__(self, reads: Reads, now: datetime) -> None:
        self._reads = reads
        self._now = now
        self._unreadable: list[str] = []
        self._problems: list[Problem] = []

    @property
    def problems(self) -> tuple[Problem, ...]:
        """One for each cause."""
        return (*self._problems, *_unreadable(self._unreadable))

    def look(self, chosen: Sequence[Workflow], known: Mapping[int, Run]) -> list[Schedule | None]:
        """What is known of each workflow; nothing is said of one whose file or runs could not be read."""
        crons = self._crons([workflow for workflow in chosen if workflow.state == _ACTIVE])
        wanted = [workflow for workflow in chosen if workflow.state == Quiet.DISABLED or crons.get(workflow.id)]
        last = self._newest_runs(wanted, known)
        found = [self._schedule(workflow, crons.get(workflow.id), last.get(workflow.id)) for workflow in chosen]
        return self._looked_at_twice(found)

    def _schedule(self, workflow: Workflow, crons: tuple[str, ...] | None, last: Run | None) -> Schedule | None:
        if workflow.state == Quiet.DISABLED or crons == ():
            return _without_crons(workflow, last, self._now)
        if crons is None or last is None:
            return None
        due = due_after(crons, self._since(workflow, last))
        if due is None:
            self._unreadable.append(f"{workflow.name} ({', '.join(crons)})")
            return None
        return Schedule(workflow, Quiet.OVERDUE if due < self._now else None, due, last, crons)

    def _since(self, workflow: Workflow, last: Run) -> datetime:
        """The last run, or when the workflow was switched on again: before that it missed nothing."""
        return max(last.created_at, self._reads.changed_at(workflow) or last.created_at)

    # --- what is asked ---------------------------------------------------------------------------

    def _crons(self, workflows: Sequence[Workflow]) -> dict[int, tuple[str, ...]]:
        """The cron expressions of each workflow whose file could be read; GitHub's own workflows have no file."""
        with_file = [workflow for workflow in workflows if workflow.path.startswith(".github/")]
        if not with_file:
            return {}
        try:
            files = self._reads.workflow_files()
        except TrackerError as error:
            self._refused(error)
            return {}
        read = {workflow.id: self._crons_in(files.get(workflow.path, ""), workflow.name) for workflow in with_file}
        return {number: crons for number, crons in read.items() if crons is not None}

    def _crons_in(self, text: str, name: str) -> tuple[str, ...] | None:
        try:
            return read_crons(text)
        except UnreadableScheduleError as error:
            self._unreadable.append(f"{name} ({error.what})")
            return None

    def _newest_runs(self, wanted: Sequence[Workflow], known: Mapping[int, Run]) -> dict[int, Run]:
        """The newest scheduled run of each: of the runs at hand, else of a list of all, else asked for one by one."""
        found = dict(known)
        try:
            if any(workflow.id not in found for workflow in wanted):
                listed = islice(self._reads.runs(None, None, _SCHEDULE, None), _ONE_PAGE)
                found = {**_newest_by_workflow(listed), **found}
            missing = [workflow for workflow in wanted if workflow.id not in found]
            for workflow in missing[:_MOST_ASKED]:
                self._reads.budget.check(1, KEPT)
                if run := self._reads.newest_scheduled_run(workflow):
                    found[workflow.id] = run
            self._tell_of_others(missing[_MOST_ASKED:])
        except TrackerError as error:
            self._refused(error)
        return found

    def _looked_at_twice(self, found: list[Schedule | None]) -> list[Schedule | None]:
        """The same, with what changed its expressions since its last run given the time that the old ones allowed.

        So one that ran weekly, and since today is to run daily, is not overdue at once.
        """
        late = [(one, one.last) for one in found if one and one.last and one.quiet is Quiet.OVERDUE]
        places = [(last.commit.sha, one.workflow.path) for one, last in late]
        again: dict[int, Schedule] = {}
        try:
            texts = self._reads.files_at(places) if places else ()
            pairs = zip(late, texts, strict=True)
            again = {one.workflow.id: self._allowed(one, last, text) for (one, last), text in pairs}
        except TrackerError as error:
            self._refused(error)
        return [again.get(one.workflow.id) if one and one.quiet is Quiet.OVERDUE else one for one in found]

    def _allowed(self, late: Schedule, last: Run, text: str | None) -> Schedule:
        try:
            before = read_crons(text or "")
        except UnreadableScheduleError:
            return late
        due = max(late.due, due_after(before, self._since(late.workflow, last)) or late.due)
        return replace(late, quiet=Quiet.OVERDUE if due < self._now else None, due=due)

    # --- what went wrong -------------------------------------------------------------------------

    def _refused(self, error: TrackerError) -> None:
        if isinstance(error, MissingRightError):
            self._problems.append(Problem(Gravity.WARNING, f"Schedules were not looked at. {error.what}", _RIGHTS))
        else:
            what = f"Not every schedule was looked at. {error.what}"
            self._problems.append(Problem(Gravity.WARNING, what, error.advice or "The next sweep tries again."))

    def _tell_of_others(self, left_out: Sequence[Workflow]) -> None:
        if left_out:
            what = f"The scheduled runs of {counted(len(left_out), 'workflow')} were not asked for."
            advice = f"A sweep asks for {_MOST_ASKED} one by one; name fewer with `workflow`."
            self._problems.append(Problem(Gravity.NOTICE, what, advice))


def _unreadable(said: Sequence[str]) -> Iterator[Problem]:
    if said:
        more = f" and {len(said) - 5} more" if len(said) > 5 else ""  # noqa: PLR2004 - enough to see which
        yield Problem(Gravity.NOTICE, f"No schedule could be read in: {', '.join(said[:5])}{more}.")
