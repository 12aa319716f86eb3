"""The state of an issue after a history, in the form in which it fits into the marker.

The body is rendered from this state and from nothing else, so a sweep that learns nothing writes nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from ci_failure_tracker.issues.marker import LIMIT, write_marker
from ci_failure_tracker.model import (
    BranchStatus,
    Cause,
    Commit,
    CommitsBetween,
    History,
    Identity,
    LegCount,
    NeverRanReason,
    Occurrence,
    RunRef,
    State,
    Trials,
)
from ci_failure_tracker.text.markdown import plain
from ci_failure_tracker.tracking.branch_status import RECENT, few_red
from ci_failure_tracker.tracking.causes import CAUSES, LONGEST_LINE, CauseUpdate, newly_diagnosed, shortened
from ci_failure_tracker.tracking.flaky import judge_flaky
from ci_failure_tracker.tracking.named_tests import kept, named_tests

REMEMBERED = 10
"""Occurrences that an issue keeps in full; older ones are only counted."""

LEGS = 40
"""Legs that an issue counts each; of a larger matrix the first by name."""

STREAMS = 8
"""Branches whose status an issue remembers."""

_TITLED = len(',"titled":"01234567"')
"""Bytes of a marker that are kept free for the title, which is made after the state."""

TESTS = 50
"""Failing tests that an issue knows, as many failures as a log tells apart."""

OF_MANY = 300
"""The same of an issue about several repositories, as far as its marker has room: for about 120 of them."""

LIMIT_OF_MANY = 48_000
"""The most bytes of the marker of such an issue. The text of the body gets shorter for it."""

LEGS_OF_A_RUN = 10
_NAME, _TITLE, _BRANCH, _STEP = 100, 72, 100, 60


def updated_state(state: State | None, history: History, since: datetime | None = None) -> State:
    """The state of an issue after this history; an occurrence that it has counted is not counted again.

    `since` leaves out what started before it: a new issue that follows a closed one starts afresh.
    """
    # Failures before `since` belong to the issue before this one. They move `counted_to`, so that none counts later.
    earlier = [past for past in history.occurrences if since is not None and past.started_at <= since]
    later = (occurrence for occurrence in history.occurrences if occurrence not in earlier)
    new = [occurrence for occurrence in later if not (state and has_counted(state, occurrence))]
    before = state.occurrences if state else ()
    after = _with_causes(before, history)
    occurrences = sorted((*after, *map(_shortened, new)), key=lambda occurrence: occurrence.order)
    first_red, last_green = bounds(state, history)
    legs, legs_cut = _count_legs(state, new)
    # Only the log says that a job belongs to a cause or a test, and it may be read after its run was counted.
    if history.identity.spans_jobs:
        legs = _with_late_legs(legs, history.occurrences, legs_cut=legs_cut)
    failed = [(occurrence, leg) for occurrence in new for leg in occurrence.legs]
    update = CauseUpdate(history.job_diagnoses, [*newly_diagnosed(before, after), *failed])
    causes, other_causes = update.count(state)
    failing = history.failing
    updated = State(
        identity=_identity(state, history.identity),
        count=(state.count if state else 0) + len(new),
        first_seen=min(
            [*([state.first_seen] if state else ()), *(occurrence.started_at for occurrence in occurrences)]
        ),
        last_seen=max(occurrence.ended_at for occurrence in occurrences),
        legs=legs,
        legs_cut=legs_cut,
        occurrences=tuple(occurrences),
        counted_to=_latest(state.counted_to if state else None, *(occurrence.order for occurrence in earlier)),
        last_green=last_green,
        first_red=first_red,
        green_again=None if failing or history.gone else _green_again(state, history, bool(new)),
        gone=history.gone and not failing,
        cause_replaced=history.cause_replaced and not failing,
        causes=causes,
        other_causes=other_causes,
        weak=update.weak(state, causes),
        evidence=update.newest(state),
        branch_statuses=history.branch_statuses,
        flaky=judge_flaky(state.flaky if state else None, history),
        present_job=plain(history.present_job, _NAME) or (state.present_job if state else ""),
        runs_missed=history.runs_missed or (state is not None and state.runs_missed),
        matrix_jobs=_matrix_jobs(state, history),
        tests=_tests(state, history),
        named_tests=named_tests(state, history),
        owners=None,
    )
    return fit(_with_memory_of_issue(updated, state))


def _matrix_jobs(state: State | None, history: History) -> int:
    """The size of the matrix; a run of which some jobs were left out says less than an earlier one."""
    if history.matrix_jobs > 1:
        return history.matrix_jobs
    return state.matrix_jobs if state else 0


def _tests(state: State | None, history: History) -> tuple[str, ...]:
    """The failing tests for which the issue stands together, the ones that are known now first."""
    named = (test for diagnosis in history.job_diagnoses for test in diagnosis.tests)
    return tuple(dict.fromkeys((*named, *(state.tests if state else ()))))[:TESTS]


def _with_memory_of_issue(updated: State, state: State | None) -> State:
    """The state with what a history does not hold: what became of the issue, and its comments."""
    if state is None:
        return updated
    # What is said of one break, such as its suspects, is wrong for the next one.
    same_break = updated.first_red == state.first_red and updated.last_green == state.last_green
    return dataclasses.replace(
        updated,
        previous=state.previous,
        branch_statuses_cut=state.branch_statuses_cut,
        reopened_at=state.reopened_at,
        week_commented=state.week_commented and same_break,
        cause_commented_at=state.cause_commented_at,
        compared_to=state.compared_to,
        relapses=state.relapses,
        suspects=state.suspects if same_break else None,
        start_failure=state.start_failure if updated.latest.commit == state.latest.commit else None,
        owners=state.owners if same_break else None,
        related=state.related,
        checkpoint=state.checkpoint,
        watched=state.watched,
        title_digest=state.title_digest,
        block=state.block,
        merged=state.merged,
        split=state.split,
    )


def _green_again(state: State | None, history: History, failed: bool) -> RunRef | None:
    """The first passing run after the break; the one that an issue remembers may no longer be listed."""
    # After a new failure, the pass that the issue remembers belongs to the break before.
    remembered = state.green_again if state and not failed else None
    read = history.green_again
    if remembered is None or read is None:
        return remembered or read
    return min(remembered, read, key=lambda run_ref: (run_ref.at, run_ref.run_id))


def follow(number: int, history: History, closed_at: datetime) -> State:
    """The state of a new issue that follows one closed long ago; it counts the trials from its own first failure."""
    updated = updated_state(None, history, since=closed_at)
    first = min(occurrence.run_id for occurrence in updated.occurrences)
    branches = tuple(_with_trials_from(status, first) for status in updated.branch_statuses)
    return fit(dataclasses.replace(updated, previous=number, branch_statuses=branches))


def _with_trials_from(status: BranchStatus, first: int) -> BranchStatus:
    recent = tuple(trial for trial in status.recent if trial[0] >= first)
    return dataclasses.replace(status, recent=recent, earlier=Trials(), earlier_to=max(status.earlier_to, first - 1))


def reopen(state: State, history: History) -> State:
    """The state of an issue that is reopened, without the bounds and the proof of the earlier break.

    It stays flaky, and its trials go on. Branches that are fixed keep theirs, too.
    """
    fresh = dataclasses.replace(
        state,
        last_green=None,
        first_red=None,
        green_again=None,
        closed=None,
        umbrella="",
        reopened_at=None,
        compared_to=None,
        week_commented=False,
        suspects=None,
        owners=None,
        branch_statuses=(),
        branch_statuses_cut=False,
    )
    updated = updated_state(fresh, history)
    # A branch that was proven to be fixed would otherwise have to prove it a second time.
    failing = {status.branch_key for status in updated.branch_statuses}
    fixed = (status for status in state.branch_statuses if status.is_fixed and status.branch_key not in failing)
    return fit(dataclasses.replace(updated, branch_statuses=(*updated.branch_statuses, *fixed)))


def reopened_by_person(state: State, now: datetime) -> State:
    """The state of an issue that the tracker closed and a person reopened: its proof of recovery no longer counts."""
    branches = tuple(
        dataclasses.replace(status, greens=(), spread=False, void=status.trials.passes)
        for status in state.branch_statuses
    )
    return dataclasses.replace(state, closed=None, umbrella="", reopened_at=now, branch_statuses=branches)


def has_counted(state: State, occurrence: Occurrence) -> bool:
    """Whether an issue with this state has counted an occurrence before."""
    if any(remembered.key == occurrence.key for remembered in state.occurrences):
        return True
    # The occurrences that an issue dropped are the oldest ones, so one place in the order stands for all of them.
    return state.counted_to is not None and occurrence.order <= state.counted_to


def _with_causes(remembered: Sequence[Occurrence], history: History) -> tuple[Occurrence, ...]:
    """The remembered occurrences, with the causes that were not known before.

    A job whose log was read later than those of the other jobs of its run joins them in the issue of its cause.
    """
    read = {occurrence.key: occurrence for occurrence in history.occurrences}
    merged = (_merged(past, read[past.key]) if past.key in read else past for past in map(_ended(read), remembered))
    if not history.identity.spans_jobs:
        return tuple(merged)
    return tuple(_with_late_jobs(past, read[past.key]) if past.key in read else past for past in merged)


def _ended(read: Mapping[tuple[int, int], Occurrence]) -> Callable[[Occurrence], Occurrence]:
    """What became of a run that waited in the queue: it was cancelled there, or it ran later and failed."""

    def ended(remembered: Occurrence) -> Occurrence:
        waited = remembered.never_ran is not None and remembered.never_ran.reason is NeverRanReason.QUEUED
        now = read.get(remembered.key)
        return _shortened(now) if waited and now is not None else remembered

    return ended


def _with_late_jobs(remembered: Occurrence, read: Occurrence) -> Occurrence:
    known = {leg.job_id for leg in remembered.legs}
    late = [leg for leg in _shortened(read).legs if leg.job_id not in known]
    # If matrix jobs were cut, a late one may be among these, and to add it would count it twice.
    if not late or remembered.hidden_legs:
        return remembered
    legs = sorted((*remembered.legs, *late), key=lambda leg: leg.leg)
    return _with_legs(dataclasses.replace(remembered, legs=tuple(legs)), LEGS_OF_A_RUN)


def _merged(remembered: Occurrence, read: Occurrence) -> Occurrence:
    # A cause that is known stays: a log that GitHub has deleted since must not take it away.
    by_job = {leg.job_id: leg for leg in read.legs if leg.signature or leg.log_unavailable}
    legs = tuple(
        dataclasses.replace(leg, signature=new.signature, log_unavailable=new.log_unavailable, outcome=new.outcome)
        if not leg.signature and (new := by_job.get(leg.job_id))
        else leg
        for leg in remembered.legs
    )
    return dataclasses.replace(remembered, legs=legs, outcome=read.outcome) if legs != remembered.legs else remembered


def _latest(*orders: tuple[datetime, int, int] | None) -> tuple[datetime, int, int] | None:
    return max((order for order in orders if order is not None), default=None)


def bounds(state: State | None, history: History) -> tuple[RunRef | None, RunRef | None]:
    """The first failing and the last passing run of the break; an issue may know of earlier runs than are listed."""
    if state is None or state.first_red is None:
        return history.first_red, history.last_green
    remembered, read = state.first_red, history.first_red
    if read is None:
        return remembered, state.last_green
    if history.last_green is not None:
        green = state.last_green
        # If an older run is read again, the passing one after it that the issue knows may not be.
        if green is not None and read.run_id == remembered.run_id and history.last_green.at < green.at < read.at:
            return remembered, green
        # The failures that an issue of a cause dropped are no longer known to be its own.
        same_break = history.last_green == green
        return (remembered if same_break and remembered.at < read.at else read), history.last_green
    # A run that started earlier may end, and be read, later.
    is_earlier = read.at < remembered.at and (state.last_green is None or state.last_green.at < read.at)
    return (read if is_earlier else remembered), state.last_green


def _count_legs(state: State | None, new: Sequence[Occurrence]) -> tuple[tuple[LegCount, ...], bool]:
    """Count each leg. Once a leg had to be left out none is added, for a count that starts late would be wrong."""
    counts = {count.leg: count for count in (state.legs if state else ())}
    legs_cut = state.legs_cut if state else False
    for occurrence in new:
        for leg in (failed.leg for failed in occurrence.legs):
            if count := counts.get(leg):
                counts[leg] = LegCount(leg, count.count + 1, max(count.last_seen, occurrence.ended_at))
            elif not legs_cut:
                counts[leg] = LegCount(leg, 1, occurrence.ended_at)
    return tuple(counts[leg] for leg in sorted(counts)), legs_cut


def _with_late_legs(
    counts: Sequence[LegCount], occurrences: Iterable[Occurrence], *, legs_cut: bool
) -> tuple[LegCount, ...]:
    """The counts with jobs that failed later than was counted: their logs were read after their runs were counted."""
    by_leg = {count.leg: count for count in counts}
    for occurrence in occurrences:
        for leg in (failed.leg for failed in occurrence.legs):
            count = by_leg.get(leg)
            if (count is None and legs_cut) or (count is not None and count.last_seen >= occurrence.ended_at):
                continue
            by_leg[leg] = LegCount(leg, count.count + 1 if count else 1, occurrence.ended_at)
    return tuple(by_leg[leg] for leg in sorted(by_leg))


# --- the form that fits --------------------------------------------------------------------------


def _identity(state: State | None, identity: Identity) -> Identity:
    if state and (identity.spans_jobs or identity.id != state.identity.id):
        # A cause or a test is named after the jobs in which it was first seen; the legs name them all. A renamed
        # workflow keeps the name and the failure id that its issue was opened with.
        return state.identity
    return dataclasses.replace(identity, workflow=plain(identity.workflow, _NAME), job=plain(identity.job, _NAME))


def _shortened(occurrence: Occurrence) -> Occurrence:
    shortened = _with_legs(occurrence, LEGS_OF_A_RUN)
    return dataclasses.replace(
        shortened,
        commit=Commit(occurrence.commit.sha, plain(occurrence.commit.title, _TITLE)),
        branch=plain(occurrence.branch, _BRANCH),
        source=plain(occurrence.source, _STEP),
        legs=tuple(
            dataclasses.replace(leg, step=plain(leg.step, _STEP) if leg.step else None) for leg in shortened.legs
        ),
    )


def fit(state: State) -> State:
    """The fullest form of a state whose marker keeps within its limit; a state that fits stays as it is.

    What people merged and split is never left out: then the shortest form is longer if names are very long.
    """
    is_of_many = len(state.repositories) > 1
    forms = (_cut(state, size) for size in ((*_SIZES_OF_MANY, *_SIZES) if is_of_many else _SIZES))
    limit = LIMIT_OF_MANY if is_of_many else LIMIT
    # A state that knows its title has it in its marker, so what fitted once fits again.
    most = limit if state.title_digest else limit - _TITLED
    fitting = (form for form in forms if len(write_marker(form).encode("utf-8", "replace")) <= most)
    return next(fitting, None) or _cut(state, _SIZES[-1])


@dataclasses.dataclass(frozen=True, slots=True)
class _Size:
    """How much a form of a state holds.

    `lines` are those of the excerpt and `text` their characters; `context` are the characters around the excerpt.
    `streams` are the branches, `red` their legs and `recent` the trials of each that are remembered one by one.
    `failures` are those of a cause, `tests` the failing tests, `named` the tests that are remembered by their names.
    """

    occurrences: int
    legs: int
    legs_of_a_run: int
    causes: int
    lines: int
    text: int = LONGEST_LINE
    suspects: int = 10
    owners: int = 10
    streams: int = STREAMS
    red: int = LEGS
    failures: int = 20
    context: int = 0
    tests: int = TESTS
    named: int = 0
    recent: int = RECENT


_SIZES_OF_MANY = (
    _Size(REMEMBERED, OF_MANY, 10, CAUSES, 100, streams=OF_MANY, context=4_000, named=30),
    _Size(REMEMBERED, OF_MANY, 10, CAUSES, 100, streams=OF_MANY, recent=3),
    _Size(5, OF_MANY, 2, 5, 30, streams=OF_MANY, recent=1),
    _Size(5, 100, 2, 5, 30, streams=100, recent=1),
)
"""The first forms of a state of several repositories. Each needs a branch of its own to prove that it recovered."""

_SIZES = (
    _Size(REMEMBERED, LEGS, 10, CAUSES, 100, context=4_000, named=30),
    _Size(REMEMBERED, LEGS, 10, CAUSES, 100, context=4_000, named=8),
    # What stands around the excerpt goes first: the link to the log leads to it.
    _Size(REMEMBERED, LEGS, 10, CAUSES, 100, context=2_000, named=8),
    _Size(REMEMBERED, LEGS, 10, CAUSES, 100, context=1_000, named=8),
    _Size(REMEMBERED, LEGS, 10, CAUSES, 100, named=4),
    _Size(REMEMBERED, LEGS, 10, CAUSES, 100),
    _Size(REMEMBERED, LEGS, 4, CAUSES, 100),
    # The runs before the last five say less than the lines of the log; the first thirty of these matter most.
    _Size(5, LEGS, 4, 5, 100),
    _Size(5, 20, 2, 5, 30),
    _Size(5, 20, 2, 5, 20, suspects=5),
    _Size(5, 10, 1, 3, 12, 200, suspects=5, failures=10, tests=20),
    _Size(3, 10, 1, 3, 8, 160, suspects=3, owners=3, streams=4, red=20, failures=5, tests=10),
    _Size(1, 3, 1, 1, 5, 160, suspects=0, owners=1, streams=2, red=10, failures=5, tests=0),
    _Size(1, 0, 0, 1, 5, 80, suspects=0, owners=0, streams=2, red=3, failures=1, tests=0),
    _Size(1, 0, 0, 1, 0, 80, suspects=0, owners=0, streams=1, red=1, failures=1, tests=0),
)


def _cut(state: State, size: _Size) -> State:
    dropped = state.occurrences[: -size.occurrences]
    remembered = tuple(
        _with_legs(occurrence, size.legs_of_a_run) for occurrence in state.occurrences[-size.occurrences :]
    )
    red_first = sorted(state.branch_statuses, key=lambda status: not status.red)
    kept_statuses = {id(status) for status in red_first[: size.streams]}
    return dataclasses.replace(
        state,
        legs=state.legs[: size.legs],
        legs_cut=state.legs_cut or len(state.legs) > size.legs,
        occurrences=remembered,
        counted_to=_latest(state.counted_to, *(occurrence.order for occurrence in dropped)),
        causes=tuple(_with_failures(cause, size.failures) for cause in state.causes[: size.causes]),
        other_causes=state.other_causes + sum(cause.count for cause in state.causes[size.causes :]),
        evidence=shortened(state.evidence, size.lines, size.text, size.context) if state.evidence else None,
        branch_statuses=tuple(
            _with_trials(_with_red(status, size.red), size.recent)
            for status in state.branch_statuses
            if id(status) in kept_statuses
        ),
        # A passing branch may be forgotten; a failing one is needed to prove the recovery.
        branch_statuses_cut=state.branch_statuses_cut or any(status.red for status in red_first[size.streams :]),
        suspects=_with_commits(state.suspects, size.suspects),
        owners=state.owners and state.owners[: size.owners],
        tests=state.tests[: size.tests],
        named_tests=kept(state.named_tests, remembered, size.named),
    )


def _with_failures(cause: Cause, most: int) -> Cause:
    return cause if len(cause.failures) <= most else dataclasses.replace(cause, failures=cause.failures[:most])


def _with_red(status: BranchStatus, most: int) -> BranchStatus:
    return dataclasses.replace(status, red=few_red(status.red, most))


def _with_trials(status: BranchStatus, most: int) -> BranchStatus:
    """The status with so many trials one by one; the older ones are only counted."""
    older = status.recent[:-most]
    if not older:
        return status
    earlier = status.earlier
    for _, passed in older:
        earlier = earlier.then(passed=passed)
    return dataclasses.replace(status, recent=status.recent[-most:], earlier=earlier, earlier_to=older[-1][0])


def _with_commits(suspects: CommitsBetween | None, most: int) -> CommitsBetween | None:
    if suspects is None or len(suspects.commits) <= most:
        return suspects
    shorter = dataclasses.replace(suspects, commits=suspects.commits[:most], more=True)
    # Where none is kept, nothing more is to be read of them.
    return shorter if most else dataclasses.replace(shorter, pending=False, files_pending=False)


def _with_legs(occurrence: Occurrence, most: int) -> Occurrence:
    hidden_legs = occurrence.hidden_legs + len(occurrence.legs[most:])
    return dataclasses.replace(occurrence, legs=occurrence.legs[:most], hidden_legs=hidden_legs)
